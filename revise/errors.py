"""What goes wrong on the user's side. Each of these becomes one clear message and an exit code."""


class InputError(Exception):
    """Wrong usage or input: the message names the argument and the remedy. Exit code 2."""


class NothingFound(Exception):
    """The question was fine and the answer is "none". Exit code 1."""
