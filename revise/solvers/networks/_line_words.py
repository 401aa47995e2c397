"""What a perceptron's weights say in words: sums such as 2x₁ − x₂ + b, and the line they draw."""

from collections.abc import Sequence
from typing import Any

from revise.errors import InputError
from revise.expression import Node
from revise.numerals import Numerals

_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def lowered(letter: str, number: int) -> str:
    return letter + str(number).translate(_LOWERED)


def sum_of(coefficients: Sequence[Any], letters: Sequence[str]) -> str:
    """`2x₁ − x₂ + b`; a letter that is empty leaves the number alone; terms with 0 are left out."""
    shown = ""
    for coefficient, letter in zip(coefficients, letters, strict=True):
        if coefficient == 0:
            continue
        size = "" if abs(coefficient) == 1 and letter else number_text(abs(coefficient))
        size += " " if "/" in size and letter else ""
        sign = ("−" if coefficient < 0 else "") if not shown else (" − " if coefficient < 0 else " + ")
        shown += f"{sign}{size}{letter}"
    return shown or "0"


def number_text(value: Any) -> str:
    return Numerals().text(value).replace("-", "−")


def point_text(point: Sequence[Any]) -> str:
    return f"({', '.join(map(number_text, point))})"


def numbers_only(values: Sequence[Any], name: str, why: str) -> None:
    """Raise InputError at a letter: `why` says what needs numbers."""
    for value in values:
        if isinstance(value, Node):
            raise InputError(f"{name}: {why} needs numbers, not letters")


def signs_of(labels: Sequence[Any], count: int) -> tuple[list[int], bool]:
    """+1 or −1 for each of `count` points, and whether the labels were ±1 (not 0 and 1). Raises InputError."""
    numbers_only(labels, "target", "a class")
    if len(labels) != count:
        raise InputError(f"target: {len(labels)} label{'s' * (len(labels) != 1)} for {count} points")
    kinds = set(labels)
    if not kinds <= {0, 1} and not kinds <= {-1, 1}:
        strange = next((label for label in labels if label not in (-1, 0, 1)), None)
        if strange is not None:
            raise InputError(f"target: a label is 0 or 1, or −1 or 1, not {number_text(strange)}")
        raise InputError("target: labels are 0 and 1, or −1 and 1, not both kinds")
    return [1 if label == 1 else -1 for label in labels], 0 not in kinds


def listed(words: Sequence[str]) -> str:
    """`a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def subscripted(name: str) -> str:
    """`x12` as `x₁₂`."""
    letters = name.rstrip("0123456789")
    return letters + name[len(letters) :].translate(_LOWERED)
