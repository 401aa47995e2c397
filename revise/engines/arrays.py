"""Arrays of anything: a shape and a flat tuple, row by row. The field of the entries does the sums."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

from revise.errors import InputError


@dataclass(frozen=True, slots=True)
class Array:
    """`flat` holds prod(shape) entries in row-major order; shape is never empty."""

    shape: tuple[int, ...]
    flat: tuple[Any, ...]

    def __post_init__(self) -> None:
        if not self.shape or prod(self.shape) != len(self.flat):
            raise InputError(f"{len(self.flat)} entries do not fill the shape {shape_text(self.shape)}")

    def nested(self) -> list[Any]:
        """Lists in lists."""
        if len(self.shape) == 1:
            return list(self.flat)
        size = prod(self.shape[1:])
        return [Array(self.shape[1:], self.flat[i * size : (i + 1) * size]).nested() for i in range(self.shape[0])]


def shape_text(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) if shape else "a number"


def shape_of(value: Any) -> tuple[int, ...]:
    return value.shape if isinstance(value, Array) else ()


def entries(value: Any) -> tuple[Any, ...]:
    return value.flat if isinstance(value, Array) else (value,)


def array(shape: tuple[int, ...], flat: Sequence[Any]) -> Any:
    """An Array, or the one entry where the shape is ()."""
    return Array(shape, tuple(flat)) if shape else flat[0]


def stack(items: Sequence[Any]) -> Array:
    """Items of one shape along a new first axis."""
    if not items:
        raise InputError("an empty list has no shape")
    shapes = {shape_of(item) for item in items}
    if len(shapes) > 1:
        raise InputError("the rows of this array differ in length")
    return Array((len(items), *shapes.pop()), tuple(entry for item in items for entry in entries(item)))


def broadcast(function: Callable[..., Any], *values: Any, sign: str = "") -> Any:
    """`function` entry by entry; lengths agree or are 1, aligned at the last axis."""
    if not any(isinstance(value, Array) for value in values):
        return function(*values)
    rank = max(len(shape_of(value)) for value in values)
    padded = [(1,) * (rank - len(shape_of(value))) + shape_of(value) for value in values]
    shape = tuple(max(sizes) if 0 not in sizes else 0 for sizes in zip(*padded, strict=True))
    for sizes in zip(*padded, strict=True):
        if len({size for size in sizes if size != 1}) > 1:
            shapes = " and ".join(shape_text(shape_of(value)) for value in values)
            raise InputError(f"shapes {shapes} do not fit{f' in {sign}' if sign else ''}")
    flats = [_spread(entries(value), have, shape) for value, have in zip(values, padded, strict=True)]
    return Array(shape, tuple(function(*row) for row in zip(*flats, strict=True)))


def _spread(flat: tuple[Any, ...], have: tuple[int, ...], want: tuple[int, ...]) -> Sequence[Any]:
    if have == want:
        return flat
    strides = _strides(have)
    steps = [0 if size == 1 else stride for size, stride in zip(have, strides, strict=True)]
    return [flat[sum(i * s for i, s in zip(index, steps, strict=True))] for index in product(*map(range, want))]


def _strides(shape: tuple[int, ...]) -> list[int]:
    return [prod(shape[axis + 1 :]) for axis in range(len(shape))]


def matmul(left: Any, right: Any, times: Callable[[Any, Any], Any], total: Callable[[list[Any]], Any]) -> Any:
    """`left @ right` for vectors and matrices."""
    a, b = shape_of(left), shape_of(right)
    if not 1 <= len(a) <= 2 or not 1 <= len(b) <= 2:
        raise InputError(f"@ needs vectors or matrices, not {shape_text(a)} @ {shape_text(b)}")
    inner = b[0]
    if a[-1] != inner:
        raise InputError(f"shapes {shape_text(a)} @ {shape_text(b)} do not fit: {a[-1]} against {inner}")
    rows = [left.flat[i * inner : (i + 1) * inner] for i in range(len(left.flat) // inner)]
    width = b[1] if len(b) == 2 else 1
    columns = [right.flat[j::width] for j in range(width)]
    flat = [total([times(x, y) for x, y in zip(row, column, strict=True)]) for row in rows for column in columns]
    return array(a[:-1] + b[1:], flat)


def transpose(value: Any) -> Any:
    if len(shape_of(value)) != 2:
        return value
    rows, columns = value.shape
    return Array((columns, rows), tuple(value.flat[i * columns + j] for j in range(columns) for i in range(rows)))


def reduce(function: Callable[[list[Any]], Any], value: Any, axis: int | None) -> Any:
    """`function` of all entries, or along `axis`, which stays with length 1."""
    if axis is None or not isinstance(value, Array):
        return function(list(entries(value)))
    return along(lambda run: [function(run)], value, axis)


def along(function: Callable[[list[Any]], list[Any]], value: Array, axis: int) -> Array:
    """`function` maps each run of entries along `axis` to a run of a new length."""
    if not 0 <= axis < len(value.shape):
        raise InputError(f"axis {axis} of an array of shape {shape_text(value.shape)}")
    before, size, after = prod(value.shape[:axis]), value.shape[axis], prod(value.shape[axis + 1 :])
    runs = [
        [function(list(value.flat[i * size * after + k : (i + 1) * size * after : after])) for k in range(after)]
        for i in range(before)
    ]
    length = len(runs[0][0])
    flat = [runs[i][k][j] for i in range(before) for j in range(length) for k in range(after)]
    return Array((*value.shape[:axis], length, *value.shape[axis + 1 :]), tuple(flat))


def take(value: Any, indices: Sequence[int | None], what: str = "this array") -> Any:
    """The entry or part at `indices`; None keeps a whole axis, missing ones do too."""
    shape = shape_of(value)
    if len(indices) > len(shape):
        raise InputError(f"{what} has {len(shape)} axes, not {len(indices)}")
    indices = [*indices, *[None] * (len(shape) - len(indices))]
    for index, size in zip(indices, shape, strict=True):
        if index is not None and not 0 <= index < size:
            raise InputError(f"index {index} is outside {what}, which counts from 0 to {size - 1}")
    ranges = [range(size) if i is None else (i,) for i, size in zip(indices, shape, strict=True)]
    strides = _strides(shape)
    flat = [value.flat[sum(i * s for i, s in zip(at, strides, strict=True))] for at in product(*ranges)]
    return array(tuple(size for i, size in zip(indices, shape, strict=True) if i is None), flat)
