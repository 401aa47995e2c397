"""Weights, slopes and states along which a gradient goes back, checked against each other."""

from fractions import Fraction
from typing import Any

from revise.engines.arrays import Array, entries
from revise.errors import InputError
from revise.expression import Node
from revise.parameters import whole
from revise.solvers.sequences._cell_input import sequence

_MOST_STEPS = 1000
_MOST_FACTORS = 64


def size_of(whh: Any) -> int:
    """Rows of the weights; 0 for a single number or none. Raises InputError where σ_max can't be worked by hand."""
    if not isinstance(whh, Array):
        return 0
    high, wide = whh.shape
    if high != wide:
        raise InputError(f"whh: it takes a state to a state, so it is square, not {high}×{wide}")
    off = [entry for place, entry in enumerate(whh.flat) if place % (wide + 1)]
    if high > 2 and any(isinstance(entry, Node) or entry != 0 for entry in off):
        raise InputError(
            f"whh: singular values of {high}×{high} are not worked by hand; a 2×2 or a diagonal matrix is, "
            "else give --sigma-max"
        )
    return high


def rows_of(along: Array, size: int, whh: Any, name: str) -> dict[int, Any]:
    if whh is None:
        raise InputError(f"{name}: the product needs the weights --whh")
    try:
        found = sequence(along, size)
    except InputError as fault:
        raise InputError(str(fault).replace("x: ", f"{name}: ").replace("row of x", "row")) from None
    if len(found) > _MOST_FACTORS:
        raise InputError(f"{name}: {len(found)} steps are too many to be written out; at most {_MOST_FACTORS}")
    return {t + 1: row for t, row in found.items()}


def check_range(rows: dict[int, Any], activation: str, gamma: Any, are_states: bool) -> None:
    """Raise InputError where a slope or a state is none that the activation has."""
    least: Any = -1 if are_states and activation == "tanh" else 0
    most: Any = {"tanh": 1, "sigmoid": 1, "relu": None}[activation] if are_states else gamma
    if not are_states and gamma is None:
        most = Fraction(1, 4) if activation == "sigmoid" else 1
    name, what = ("states", "its states") if are_states else ("slopes", "its slopes")
    for value in [entry for row in rows.values() for entry in entries(row)]:
        if isinstance(value, Node) or isinstance(most, Node):
            continue
        if value < least or (most is not None and value > most):
            upper = "up" if most is None else f"to {most}"
            raise InputError(f"{name}: {value} can't be, {activation} has {what} from {least} {upper}")
        if not are_states and activation in ("relu", "identity") and gamma is None and value not in (0, 1):
            raise InputError(f"{name}: {value} can't be, the slope of {activation} is 0 or 1")


def last_step(steps: Any, rows: dict[int, Any] | None) -> Any:
    if steps is None:
        if rows is None:
            raise InputError("steps: missing; T is the last step, T − 1 factors lead to it from the first")
        return len(rows) + 1
    if isinstance(steps, Node):
        if rows is not None:
            raise InputError("steps: a number here, for the slopes are")
        return steps
    last = whole(steps, "steps")
    if last > _MOST_STEPS:
        raise InputError(f"steps: {last} steps are more than {_MOST_STEPS}")
    if rows is not None and len(rows) != last - 1:
        raise InputError(f"steps: from the first to step {last} there are {last - 1} slopes, not {len(rows)}")
    return last
