"""One moment of a demo: its step, its figures and what to draw, as plain numbers.

A demo yields frames and knows nothing of terminals; `render/` draws them and knows nothing of
training. Every sequence is stored as a tuple of Python floats, so a frame can be kept, compared
and written as JSON. A value that is not finite is a gap in the drawing.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

Range: TypeAlias = tuple[float, float]
Row: TypeAlias = Sequence[float]


@dataclass(frozen=True, slots=True)
class Curve:
    """A line through points, in the order given: `x` and `y` have the same length (0 is allowed)."""

    name: str
    x: Row
    y: Row

    def __post_init__(self) -> None:
        _put(self, x=_row(self.x, "x"), y=_row(self.y, "y"))
        if len(self.x) != len(self.y):
            raise ValueError(f"{self.name}: {len(self.x)} x-values for {len(self.y)} y-values")


@dataclass(frozen=True, slots=True)
class Curves:
    """Curves on one pair of axes, the first on top; what the others are compared with comes last.

    A range of None is taken from the data, anew for each frame.
    """

    title: str
    curves: Sequence[Curve]
    x_range: Range | None = None
    y_range: Range | None = None

    def __post_init__(self) -> None:
        _put(self, curves=_all(self.curves, Curve), **_ranges(self.x_range, self.y_range))


@dataclass(frozen=True, slots=True)
class Scatter:
    """Points in groups, each with its own mark, later ones on top. Ranges as in `Curves`."""

    title: str
    groups: Sequence[Curve]
    x_range: Range | None = None
    y_range: Range | None = None

    def __post_init__(self) -> None:
        _put(self, groups=_all(self.groups, Curve), **_ranges(self.x_range, self.y_range))


@dataclass(frozen=True, slots=True)
class Heatmap:
    """A field of values, rows × columns, the first row on top.

    `low` and `high` are the values at the ends of the scale (None: from the data). `marks`, where
    given, has the shape of `values`: one character for each cell (an arrow, a letter, a blank).
    """

    title: str
    values: Sequence[Row]
    low: float | None = None
    high: float | None = None
    marks: Sequence[str] = ()

    def __post_init__(self) -> None:
        _put(self, values=_field(self.values), marks=tuple(self.marks))
        _put(self, **_scale(self.low, self.high))
        if self.marks and [len(row) for row in self.marks] != [len(row) for row in self.values]:
            raise ValueError("marks need the shape of the values")


@dataclass(frozen=True, slots=True)
class Contour:
    """Level lines of a field over two axes, and the paths of whatever moves on it.

    `values` is rows × columns, the first row at the top (largest y); `levels` are the heights at
    which lines are drawn.
    """

    title: str
    values: Sequence[Row]
    x_range: Range
    y_range: Range
    levels: Row
    paths: Sequence[Curve] = ()

    def __post_init__(self) -> None:
        _put(self, values=_field(self.values), levels=tuple(sorted(_row(self.levels, "levels"))))
        _put(self, paths=_all(self.paths, Curve), **_ranges(self.x_range, self.y_range))


@dataclass(frozen=True, slots=True)
class Bars:
    """One bar for each label, from 0; `low` and `high` are the ends of the scale (None: from the data)."""

    title: str
    labels: Sequence[str]
    values: Row
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        _put(self, labels=tuple(self.labels), values=_row(self.values, "values"))
        _put(self, **_scale(self.low, self.high))
        if len(self.labels) != len(self.values):
            raise ValueError(f"{len(self.labels)} labels for {len(self.values)} values")


@dataclass(frozen=True, slots=True)
class Text:
    """Lines to read: what a model wrote, a table of gates. Long lines are cut at the edge."""

    title: str
    lines: Sequence[str]

    def __post_init__(self) -> None:
        if isinstance(self.lines, str):
            raise ValueError("lines is a sequence of strings, not one string")
        _put(self, lines=tuple(self.lines))


@dataclass(frozen=True, slots=True)
class Grid:
    """Small pictures side by side (filters, digits, one histogram a layer), `columns` in a row.

    None leaves the number of columns to the width there is.
    """

    title: str
    tiles: "Sequence[Picture]"
    columns: int | None = None

    def __post_init__(self) -> None:
        _put(self, tiles=_all(self.tiles, PICTURES))
        if self.columns is not None and self.columns < 1:
            raise ValueError(f"columns must be at least 1, not {self.columns}")


Picture: TypeAlias = Curves | Scatter | Heatmap | Contour | Bars | Text | Grid
PICTURES = (Curves, Scatter, Heatmap, Contour, Bars, Text, Grid)


@dataclass(frozen=True, slots=True)
class Frame:
    """A demo after `step` steps: its metrics by name, and its pictures, the most important first.

    A metric may be infinite or not a number (that is what too large a learning rate does); an `int` is a
    count, shown without decimals. Its name is a Python identifier, shown with blanks for the underscores.
    """

    step: int
    metrics: Mapping[str, float]
    pictures: Sequence[Picture] = ()

    def __post_init__(self) -> None:
        if isinstance(self.step, bool) or not isinstance(self.step, int) or self.step < 0:
            raise ValueError(f"step must be a whole number from 0, not {self.step!r}")
        for name in self.metrics:
            if not name.isidentifier():
                raise ValueError(f"a metric's name must be an identifier, not {name!r}")
        figures = {name: value if type(value) is int else _number(value, name) for name, value in self.metrics.items()}
        _put(self, metrics=figures, pictures=_all(self.pictures, PICTURES))


def _put(owner: object, **fields: object) -> None:
    for name, value in fields.items():
        object.__setattr__(owner, name, value)


def _number(value: object, name: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"{name}: {type(value).__name__} is not a plain number (a tensor has .item(), .tolist())")
    return float(value)


def _row(values: Iterable[float], name: str) -> Row:
    row = tuple(values)
    if set(map(type, row)) <= {float}:
        return row
    return tuple(_number(value, name) for value in row)


def _field(rows: Iterable[Iterable[float]]) -> tuple[Row, ...]:
    table = tuple(_row(row, "values") for row in rows)
    if not table or not table[0] or len({len(row) for row in table}) > 1:
        raise ValueError("values must be rows of one length, at least 1 × 1")
    return table


def _range(ends: Range) -> Range:
    low, high = (_number(end, "range") for end in ends)
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise ValueError(f"a range runs from a lower to a higher finite number, not {low} to {high}")
    return low, high


def _ranges(x: Range | None, y: Range | None) -> dict[str, Any]:
    return {"x_range": None if x is None else _range(x), "y_range": None if y is None else _range(y)}


def _scale(low: float | None, high: float | None) -> dict[str, Any]:
    if low is not None and high is not None:
        low, high = _range((low, high))
    return {"low": low, "high": high}


def _all(items: Iterable[Any], kinds: type | tuple[type, ...]) -> tuple[Any, ...]:
    found = tuple(items)
    for item in found:
        if not isinstance(item, kinds):
            raise ValueError(f"{type(item).__name__} does not belong here")
    return found
