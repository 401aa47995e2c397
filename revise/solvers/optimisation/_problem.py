"""What an optimiser works on: a typed function with its gradient, or a list of gradients."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from revise.engines.arrays import Array
from revise.engines.derivative import derivative
from revise.engines.text import text
from revise.errors import InputError
from revise.expression import Node, free_names
from revise.expression import name as letter
from revise.expression.functions import CONSTANTS
from revise.numerals import Numerals
from revise.parameters import read_values, read_vector, whole
from revise.solvers.networks._asked import titled

BETAS = Array((2,), (Fraction(9, 10), Fraction(999, 1000)))
MOST_STEPS = 1000
_MOST_PARAMETERS = 8
_MOST_ROWS = 2000


class Point(dict[str, Any]):
    """Where the descent starts: letter → value; parameters without letters are called 1, 2 …"""

    METAVAR: ClassVar[str] = '"x=2, y=-1"'

    @classmethod
    def from_text(cls, source: str) -> "Point":
        """`x=2, y=-1`, or numbers alone: `2, -1`."""
        if "=" in source or "＝" in source:
            numbered = [part.partition("=") for part in source.split(",")]
            if all(left.strip().isdecimal() for left, _, _ in numbered):
                return cls.from_text(", ".join(right for _, _, right in numbered))
            return cls(read_values(source))
        return cls({str(place): value for place, value in enumerate(read_vector(source).flat, 1)})

    @property
    def is_numbered(self) -> bool:
        return all(key.isdecimal() for key in self)


@dataclass(frozen=True)
class Problem:
    """`labels` are the parameters' names; a single parameter without a letter is ["theta"].

    root       the function, None where gradients are given
    title      what the function is called
    start      label → value
    gradients  one row a step
    constants  letters of the function that stay letters or have a value of their own
    """

    labels: list[str]
    root: Node | None
    title: str
    start: Mapping[str, Any]
    gradients: list[tuple[Any, ...]]
    steps: int
    constants: Mapping[str, Any]

    @property
    def single(self) -> bool:
        return len(self.labels) == 1

    def slope(self, label: str) -> Node:
        assert self.root is not None
        return derivative(self.root, label)


def posed(
    function: Node | None, gradients: Array | None, start: Point | None, steps: Any, wrt: str | None = None
) -> Problem:
    """The problem as asked. Raises InputError naming the argument that is missing or does not fit."""
    if (function is None) == (gradients is None):
        raise InputError(
            'function: give a function, --function "x^2" --start x=1, or a list, --gradients "1, 0.5" --start 0'
            if function is None
            else "gradients: with --function they follow from it; leave one of the two out"
        )
    if gradients is not None and wrt:
        raise InputError("wrt: it names letters of --function")
    problem = _by_function(function, start, steps, wrt) if function else _by_list(gradients, start, steps)
    for label, value in problem.start.items():
        finite(value, f"start: {label}" if label in (start or {}) else "start")
    if len(problem.labels) > _MOST_PARAMETERS:
        raise InputError(
            f"start: {len(problem.labels)} parameters are too many to be shown; at most {_MOST_PARAMETERS}"
        )
    if problem.steps * len(problem.labels) > _MOST_ROWS:
        raise InputError(
            f"steps: {problem.steps} of {len(problem.labels)} parameters are more than {_MOST_ROWS:,} rows"
        )
    return problem


def _by_function(function: Node | None, start: Point | None, steps: Any, wrt: str | None) -> Problem:
    assert function is not None
    title, root = titled(function)
    letters = [each for each in free_names(root) if each not in CONSTANTS]
    asked = [part.strip() for part in (wrt or "").replace(";", ",").split(",") if part.strip()]
    if not letters:
        raise InputError("function: there is no letter in it to move")
    for each in asked:
        if each not in letters:
            raise InputError(f"wrt: {each} does not occur in the function; its letters are {', '.join(letters)}")
    if len(set(asked)) < len(asked):
        raise InputError("wrt: a letter is named twice")
    labels = asked or letters
    if start is None:
        raise InputError(f'start: say where it begins, --start "{", ".join(f"{each}=1" for each in labels)}"')
    values = dict(start)
    if start.is_numbered:
        if len(start) != len(labels):
            raise InputError(f"start: {len(start)} numbers for the letters {', '.join(labels)}")
        values = dict(zip(labels, start.values(), strict=True))
    for each in values:
        if each not in letters:
            raise InputError(f"start: {each} does not occur in the function; its letters are {', '.join(letters)}")
    if missing := [each for each in labels if each not in values]:
        hint = "" if asked else f'; if it is no parameter, name those with --wrt "{", ".join(values)}"'
        raise InputError(f"start: {missing[0]} has no value{hint}")
    for each in labels:
        try:
            derivative(root, each)
        except InputError as fault:
            raise InputError(f"function: {fault}") from None
    constants = {each: values.get(each, letter(each)) for each in letters if each not in labels}
    count = whole(3 if steps is None else steps, "steps")
    if count > MOST_STEPS:
        raise InputError(f"steps: at most {MOST_STEPS:,}, not {count:,}")
    return Problem(labels, root, title or "f", {each: values[each] for each in labels}, [], count, constants)


def _by_list(gradients: Array | None, start: Point | None, steps: Any) -> Problem:
    assert gradients is not None
    given = start if start is not None else Point({"1": 0})
    width = len(given)
    rows, columns = gradients.shape
    listed = [gradients.flat[row * columns : (row + 1) * columns] for row in range(rows)]
    if width == 1 and rows == 1:
        listed = [(entry,) for entry in gradients.flat]
    elif columns != width:
        raise InputError(
            f"gradients: a row has {columns} numbers, --start {width}: one row a step, one number a parameter, "
            'as in --gradients "1, 2; 0.5, -1" --start "0, 0"'
        )
    for row in listed:
        for entry in row:
            finite(entry, "gradients: each")
    labels = ["theta"] if width == 1 and given.is_numbered else list(given)
    if steps is not None and whole(steps, "steps") != len(listed):
        raise InputError(f"steps: there are {len(listed)} gradients, one a step; leave steps out")
    if len(listed) > MOST_STEPS:
        raise InputError(f"gradients: at most {MOST_STEPS:,} steps, not {len(listed):,}")
    return Problem(labels, None, "", dict(zip(labels, given.values(), strict=True)), listed, len(listed), {})


def finite(value: Any, what: str) -> None:
    """Raise InputError where `value` is neither a letter nor a finite number."""
    if not isinstance(value, Node) and not abs(value) < float("inf"):
        raise InputError(f"{what} must be a finite number")


def rate(value: Any, name: str) -> None:
    """Raise InputError where `value` is no positive number (or a letter)."""
    finite(value, name)
    if not isinstance(value, Node) and value <= 0:
        raise InputError(f"{name} must be above 0, not {text(Node('number', (value,)), Numerals(exact=True))}")


def share(value: Any, name: str) -> None:
    """Raise InputError where `value` does not lie from 0 up to 1 (not included)."""
    if not isinstance(value, Node) and not 0 <= value < 1:
        raise InputError(f"{name} lies from 0 up to 1 (not included), and {value} does not")


def at_least_zero(value: Any, name: str) -> None:
    finite(value, name)
    if not isinstance(value, Node) and value < 0:
        raise InputError(f"{name} must not be negative")


def pair(betas: Array) -> tuple[Any, Any]:
    """The two of Adam. Raises InputError."""
    if len(betas.flat) != 2:
        raise InputError(f'betas: two numbers, "0.9, 0.999", not {len(betas.flat)}')
    for place, beta in enumerate(betas.flat, 1):
        share(beta, f"betas: β{'₁₂'[place - 1]}")
    return betas.flat[0], betas.flat[1]
