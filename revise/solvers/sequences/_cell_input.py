"""What a recurrent cell is given: numbers or matrices, and whether their sizes fit each other."""

from collections.abc import Mapping, Sequence
from typing import Any

from revise.engines.arrays import Array, shape_text
from revise.errors import InputError
from revise.parameters import Matrix, Number, Vector

Weight = Number | Matrix
Bias = Number | Vector

_MOST = 20_000  # products in all
_MOST_STEPS = 64


def is_plain(weights: Sequence[Any]) -> bool:
    """Whether every weight that is given is a single number: then the cell is one of single numbers."""
    return not any(isinstance(weight, Array) for weight in weights)


def sequence(x: Array, width: int) -> dict[int, Any]:
    """The inputs x₁, x₂ …: single numbers where `width` is 0, else vectors of so many entries.

    A step is a row; where a step has one entry the numbers may also stand in one line.
    Raises InputError where the rows have another width.
    """
    rows, columns = x.shape if len(x.shape) == 2 else (1, x.shape[0])
    if width == 0:
        if 1 not in (rows, columns):
            raise InputError(
                f"x: with single numbers as weights a step has one input; {shape_text(x.shape)} are {columns} a step"
            )
        return dict(enumerate(x.flat, 1))
    if width == 1 and rows == 1:
        return {t: Array((1,), (entry,)) for t, entry in enumerate(x.flat, 1)}
    if columns != width:
        hint = "; write a step a row, as 1, 0; 0, 1" if columns > width or rows == width else ""
        raise InputError(f"x: the weights take {width} inputs a step, a row of x has {columns}{hint}")
    return {t + 1: Array((width,), x.flat[t * width : (t + 1) * width]) for t in range(rows)}


def matrix(value: Any, name: str, size: tuple[int, int], why: str) -> Array:
    """`value` as a matrix of that size; a single number is 1×1. Raises InputError naming the parameter."""
    given: Array = value if isinstance(value, Array) else Array((1, 1), (value,))
    if given.shape != size:
        turned = " (is it transposed?)" if given.shape[0] != size[0] == given.shape[1] else ""
        raise InputError(f"{name}: {why}, so it is {shape_text(size)}, not {shape_text(given.shape)}{turned}")
    return given


def vector(value: Any, name: str, size: int, why: str) -> Array:
    """`value` as a vector of that size; a single number is a vector of one, and 0 one of zeros."""
    if not isinstance(value, Array):
        value = Array((size,), (0,) * size) if value == 0 else Array((1,), (value,))
    if len(value.flat) != size:
        raise InputError(
            f"{name}: {why}, so it has {size} {'entry' if size == 1 else 'entries'}, not {len(value.flat)}"
        )
    return Array((size,), value.flat)


def number(value: Any, name: str) -> Any:
    """`value` as a single number, also where it was typed as a list of one."""
    if isinstance(value, Array):
        if len(value.flat) != 1:
            raise InputError(f"{name}: the weights are single numbers, so this is one too, not {len(value.flat)}")
        return value.flat[0]
    return value


def needed(given: Mapping[str, Any], names: Sequence[str], instead: str = "") -> None:
    """Raise InputError naming the parameters among `names` that are missing."""
    if missing := [name for name in names if given[name] is None]:
        raise InputError(f"{', '.join(missing).replace('_', '-')}: missing{instead}")


def check_cost(steps: int, hidden: int, inputs: int, gates: int) -> None:
    """Raise InputError where the sequence is too long, or the cell too large, to be written out."""
    if steps > _MOST_STEPS:
        raise InputError(f"x: {steps} steps are too many to be written out; at most {_MOST_STEPS}")
    if steps * gates * hidden * (hidden + inputs) > _MOST:
        raise InputError(
            f"x: {steps} steps of {hidden} hidden units with {inputs} inputs are too much to be written out"
        )


def check_letters(letters: Sequence[str], steps: int, most: int) -> None:
    """Raise InputError where letters would make the formulas of the last steps too long."""
    if letters and steps > most:
        raise InputError(f"x: with letters at most {most} steps can be written out, not {steps}")
