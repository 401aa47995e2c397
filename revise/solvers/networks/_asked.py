"""What a question about derivatives says: a name for the formula, its letters, and those asked for."""

from collections.abc import Mapping, Sequence
from typing import Any

from revise.engines.text import text
from revise.errors import InputError
from revise.expression import Node


def titled(expression: Node) -> tuple[str | None, Node]:
    """The name left of = (None without one) and the formula. Raises InputError where left is no name."""
    if expression.head != "=":
        return None, expression
    left, right = expression.args
    if left.head != "name":
        raise InputError(f"{text(left)} = …: left of = stands only a name for the result")
    return left.args[0], right


def check_asked(letters: Sequence[str], values: Mapping[str, Any], asked: Sequence[str]) -> None:
    """Raise InputError where there is no letter, or `values` or `asked` name one that does not occur."""
    if not letters:
        raise InputError("there is no letter to differentiate by")
    for source, words in (("at", values), ("wrt", asked)):
        for word in words:
            if word not in letters:
                raise InputError(f"{source}: {word} does not occur; the letters are {', '.join(letters[:12])}")
    if len(set(asked)) < len(asked):
        raise InputError("wrt: a letter is named twice")
