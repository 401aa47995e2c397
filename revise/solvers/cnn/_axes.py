"""What sizes and their options are along each axis: one number for all of them, or one for each."""

import math
from collections.abc import Mapping
from typing import Any

from revise.engines.arrays import Array, entries
from revise.errors import InputError
from revise.expression import FORMULA, Node, free_names, parse
from revise.parameters import whole
from revise.solution import Solution


def read_sides(input: Any, axes: tuple[str, ...], channels_first: bool) -> tuple[dict[str, Any], Any]:
    """The side along each axis, and the channels where they are given. Raises InputError."""
    sides = input if isinstance(input, tuple) else (input,)
    rank = len(axes)
    if len(sides) == 1:
        return dict.fromkeys(axes, side(sides[0], "input")), None
    if len(sides) not in (rank, rank + 1):
        wanted = "L or LxC" if rank == 1 else "a side, HxW or HxWxC"
        raise InputError(f"input has {len(sides)} sides; give {wanted}")
    channels = None
    if len(sides) == rank + 1:
        channels, sides = (sides[0], sides[1:]) if channels_first else (sides[-1], sides[:-1])
    return {axis: side(each, "input") for axis, each in zip(axes, sides, strict=True)}, channels


def side(value: Any, name: str, least: int = 1) -> Any:
    """A whole number of at least `least`, or a letter."""
    return value if isinstance(value, Node) else whole(value, name, least)


def per_axis(value: Any, axes: tuple[str, ...], name: str, least: int = 1) -> dict[str, Any]:
    """An option's value along each axis. Raises InputError naming it."""
    parts = value if isinstance(value, tuple) else (value,)
    if len(parts) not in (1, len(axes)):
        raise InputError(
            f"{name.replace('_', '-')} has {len(parts)} sides; give one, or one for each of the {len(axes)} axes"
        )
    parts = parts * len(axes) if len(parts) == 1 else parts
    return {axis: side(each, name, least) for axis, each in zip(axes, parts, strict=True)}


def one_number(value: Any, axes: tuple[str, ...], name: str, least: int = 1) -> int:
    """The option's one number for all axes."""
    table = per_axis(value, axes, name, least)
    if len(set(map(str, table.values()))) > 1:
        name = name.replace("_", "-")
        raise InputError(f"{name}: the numbers are worked with one {name} for both axes")
    return whole(table[axes[0]], name, least)


def check_fits(axis: str, n: int, k: int, p: int, d: int = 1, what: str = "kernel: it") -> None:
    """Raise InputError where a kernel or window of numbers is larger than what it is laid on."""
    if (span := d * (k - 1) + 1) > n + 2 * p:
        side = {"h": "high", "w": "wide", "l": "long"}[axis]
        raise InputError(f"{what} is {span} {side}, the {'padded ' if p else ''}input only {n + 2 * p}")


def planes(value: Array, rank: int) -> Array:
    """A matrix among channels, or channels among filters, of which there is one."""
    return Array((1,) * (rank - len(value.shape)) + value.shape, value.flat)


def check_letters(**grids: Any) -> None:
    """Raise InputError where e stands among letters: it is Euler's number in every formula."""
    names = {name: {letter for entry in entries(grid) for letter in _letters(entry)} for name, grid in grids.items()}
    if set().union(*names.values()) - {"e", "pi"}:
        for name, letters in names.items():
            if "e" in letters:
                raise InputError(f"{name}: e is the number 2.718… in a formula; write another letter, such as E")


def _letters(entry: Any) -> list[str]:
    return free_names(entry) if isinstance(entry, Node) else ["e"] if entry == math.e else []


def arriving(upstream: Array | None) -> str:
    """What δ is, for a note."""
    what = "δ stands for ∂L/∂Y, what arrives from the layers above"
    return what + ("." if upstream is not None else "; not given, so all ones, as for L = the sum of Y.")


def slips(solution: Solution, table: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, Node]]:
    """Step → what was done wrong → the formula that does it; `table` has them by the right formula."""
    return {
        step.name: {label: parse(wrong, None, FORMULA) for label, wrong in table[step.formula].items()}
        for step in solution.steps
        if isinstance(step.formula, str) and step.formula in table
    }
