"""What the losses ask of their numbers: rows of scores, targets, classes."""

from collections.abc import Mapping, Sequence
from typing import Any

from revise.engines.arrays import Array, shape_text
from revise.errors import InputError
from revise.expression import FORMULA, Node, free_names, parse
from revise.solution import Solution
from revise.solvers.foundations._distributions import shown

_MOST_ROWS = 40
_MOST_WIDE = 64
_GREATEST = 10**6
_NO_NUMBER = ("nan", "inf", "infinity")


def check_numbers(name: str, numbers: Sequence[Any], greatest: int = _GREATEST) -> None:
    """Raise InputError naming an entry that is no number, or far too large; letters pass."""
    for place, number in enumerate(numbers, 1):
        which = f"{name}: entry {place}" if len(numbers) > 1 else name
        if isinstance(number, Node):
            if words := [word for word in free_names(number) if word.lower() in _NO_NUMBER]:
                raise InputError(f"{which}: {words[0]} is no number")
        elif not abs(number) <= greatest:
            raise InputError(f"{which}: {shown(number)} lies beyond ±{greatest:,}")


def check_size(name: str, high: int, wide: int, most_wide: int = _MOST_WIDE) -> None:
    """Raise InputError where there is more than can be shown."""
    if high > _MOST_ROWS or wide > most_wide:
        raise InputError(f"{name}: {high} × {wide} numbers; it takes {_MOST_ROWS} × {most_wide} at most")


def rows_of(matrix: Array) -> list[Array]:
    """The rows, each a vector."""
    wide = matrix.shape[1]
    return [Array((wide,), matrix.flat[start : start + wide]) for start in range(0, len(matrix.flat), wide)]


def has_letters(*values: Any) -> bool:
    """Whether a letter is among the values (Arrays, numbers, None)."""
    return any(
        isinstance(entry, Node)
        for value in values
        if value is not None
        for entry in (value.flat if isinstance(value, Array) else (value,))
    )


def single_column(name: str, matrix: Array) -> tuple[Any, ...]:
    """The numbers of a single row or a single column. Raises InputError where it is neither."""
    if 1 not in matrix.shape:
        raise InputError(f"{name}: one number an example, so a single row, not {shape_text(matrix.shape)}")
    return matrix.flat


def classes_of(labels: Sequence[Any], examples: int, classes: int) -> list[int]:
    """The target classes as whole numbers from 0. Raises InputError naming the example."""
    if len(labels) != examples:
        raise InputError(f"target: {len(labels)} class{'es' * (len(labels) != 1)} for {examples} examples")
    for place, label in enumerate(labels, 1):
        if isinstance(label, Node) or label != label or label != int(label) or not 0 <= label < classes:
            which = f"example {place}: " if examples > 1 else ""
            raise InputError(f"target: {which}{shown(label)} is no class; {classes} classes are 0 to {classes - 1}")
    return [int(label) for label in labels]


def slips(solution: Solution, table: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, Node]]:
    """Step → what was done wrong → the formula that does it; `table` has them by the right formula."""
    return {
        step.shown: {label: parse(wrong, None, FORMULA) for label, wrong in table[step.formula].items()}
        for step in solution.steps
        if isinstance(step.formula, str) and step.formula in table
    }
