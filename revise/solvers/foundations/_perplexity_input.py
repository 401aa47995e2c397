"""What a perplexity may be made of."""

from typing import Any

from revise.errors import InputError
from revise.expression import Node
from revise.parameters import whole
from revise.solvers.foundations._distributions import shown
from revise.solvers.foundations._labels import MOST
from revise.solvers.foundations._loss_rows import check_numbers


def check(sources: dict[str, Any], tokens: Any, words: Any) -> None:
    """Raise InputError naming what is no probability, no logarithm of one, no mean loss, no number of tokens."""
    for name, value in sources.items():
        if value is not None:
            numbers = value.flat if hasattr(value, "flat") else (value,)
            check_numbers(name, numbers, 10**9)
            if len(numbers) > MOST:
                raise InputError(f"{name}: {len(numbers)} tokens; at most {MOST} are taken")
            for place, number in enumerate(numbers, 1):
                if not isinstance(number, Node):
                    _check_one(name, f"{name}: entry {place}" if len(numbers) > 1 else name, number)
    for name, value in (("tokens", tokens), ("words", words)):
        if value is not None and not isinstance(value, Node):
            whole(value, name)
    if words is not None and tokens is None and (sources["cross-entropy"], sources["perplexity"]) != (None, None):
        raise InputError("tokens: a mean a token becomes one a word only with the number of tokens")


def _check_one(name: str, which: str, number: Any) -> None:
    if name == "probabilities":
        if number == 0:
            raise InputError(f"{which} is 0: its surprisal −log 0 has no bound, the perplexity is infinite")
        if not 0 < number <= 1:
            raise InputError(f"{which} is {shown(number)}; a probability lies above 0, up to 1")
    elif name == "log-probs" and not -700 <= number <= 0:
        told = "a logarithm of a probability is never positive" if number > 0 else "too small for a number"
        raise InputError(f"{which} is {shown(number)}: {told}")
    elif name == "cross-entropy" and not 0 <= number <= 300:
        told = "it is never negative" if number < 0 else "its power is too large for a number"
        raise InputError(f"{which} is {shown(number)}: {told}")
    elif name == "perplexity" and number < 1:
        raise InputError(f"{which} is {shown(number)}; it is at least 1")
