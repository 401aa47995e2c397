"""What sizes and their options are along each axis: one number for all of them, or one for each."""

from typing import Any

from revise.errors import InputError
from revise.expression import Node
from revise.parameters import whole


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
