"""What attention looks at most, for the marks of a heat map."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor


def most_attended(weights: "Tensor", tokens: Iterable[str]) -> list[str]:
    """For each row of `weights` the token (one character for each column) that has the most, in its column."""
    names = list(tokens)
    return [
        "".join(name if column == most else " " for column, name in enumerate(names))
        for most in weights.argmax(1).tolist()
    ]
