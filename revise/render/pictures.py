"""Each kind of picture as lines of text: `draw(picture, width, height, look)`."""

import math
import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rich.text import Text

from revise import frame
from revise.render.canvas import COLOURS, MARKS, Canvas, sample
from revise.render.tiles import bars, heatmap

GUTTER = 6  # cells left of a plot, nearly always the same, so that axes below each other line up


@dataclass(frozen=True, slots=True)
class Look:
    """What the terminal can show: colours, and more characters than ASCII."""

    colour: bool = True
    ascii: bool = False


def draw(picture: frame.Picture, width: int, height: int, look: Look) -> list[Text]:
    """`picture` as exactly `height` lines of exactly `width` cells, its title on the first."""
    match picture:
        case frame.Curves():
            return fitted(_curves(picture, width, height, look), width, height)
        case frame.Scatter():
            return fitted(_scatter(picture, width, height, look), width, height)
        case frame.Contour():
            return fitted(_contour(picture, width, height, look), width, height)
        case frame.Heatmap():
            title, body = heatmap(picture, width, height - 1, look.colour, look.ascii)
        case frame.Bars():
            title, body = Text(picture.title), bars(picture, width, height - 1, look.colour, look.ascii)
        case frame.Text():
            title, body = Text(picture.title), [Text(line) for line in picture.lines]
        case frame.Grid():
            title, body = Text(picture.title), _grid(picture, width, height - 1, look)
    return fitted([title, *body], width, height)


def fitted(lines: Iterable[Text], width: int, height: int) -> list[Text]:
    """`lines` cut and filled to `height` lines of `width` cells."""
    kept = list(lines)[:height]
    kept += [Text() for _ in range(height - len(kept))]
    for line in kept:
        line.no_wrap, line.end = True, ""
        if len(line.plain) != width or not line.plain.isascii():
            line.truncate(width, overflow="crop", pad=True)
    return kept


def short(value: float) -> str:
    """A number that fits the gutter, for an axis."""
    if float(value).is_integer() and abs(value) < 10 ** (GUTTER - 2):
        return str(int(value))
    shapes = (f"{value:.3g}", f"{value:.2g}", f"{value:.1g}", f"{value:.0e}")
    texts = [re.sub(r"e([+-])0*", lambda found: "e" + found[1].strip("+"), shape) for shape in shapes]
    return next((text for text in texts if len(text) < GUTTER), texts[-1])


class _Axes:
    """A canvas below its heading, with a range on each axis and its ends written beside it."""

    def __init__(
        self, heading: list[Text], x: frame.Range, y: frame.Range, width: int, height: int, look: Look
    ) -> None:
        self.heading, self.x, self.y, self.look = heading, x, y, look
        self.gutter = max(GUTTER, *(len(short(end)) + 1 for end in y))
        self.canvas = Canvas(max(1, width - self.gutter), max(1, height - len(heading) - 1), look.ascii)

    def dots(self, curve: frame.Curve) -> list[tuple[float, float]]:
        (left, right), (bottom, top) = self.x, self.y
        across = (self.canvas.across - 1) / (right - left)
        down = (self.canvas.down - 1) / (top - bottom)
        return [((x - left) * across, (top - y) * down) for x, y in zip(curve.x, curve.y, strict=True)]

    def lines(self) -> list[Text]:
        plot = self.canvas.rows(self.look.colour)
        edge = "|" if self.look.ascii else "│"
        labels = ["" for _ in plot]
        labels[-1], labels[0] = short(self.y[0]), short(self.y[1])
        rows = [
            Text(f"{label:>{self.gutter - 1}}{edge}").append_text(row) for label, row in zip(labels, plot, strict=True)
        ]
        left, right = (short(end) for end in self.x)
        rows.append(Text(" " * self.gutter + left + right.rjust(self.canvas.width - len(left))))
        return [*self.heading, *rows]


def _curves(picture: frame.Curves, width: int, height: int, look: Look) -> list[Text]:
    x, y = extent(picture.curves, picture.x_range, picture.y_range)
    samples = [sample(pen, look.ascii, look.colour) for pen in range(len(picture.curves))]
    axes = _Axes(_heading(picture.title, samples, picture.curves, width, height), x, y, width, height, look)
    for pen, curve in reversed(list(enumerate(picture.curves))):
        axes.canvas.line(axes.dots(curve), pen)
    return axes.lines()


def _scatter(picture: frame.Scatter, width: int, height: int, look: Look) -> list[Text]:
    x, y = extent(picture.groups, picture.x_range, picture.y_range)
    alone = len(picture.groups) == 1
    marks = [Text() if alone else _sign(MARKS[pen % len(MARKS)], pen, look) for pen in range(len(picture.groups))]
    axes = _Axes(_heading(picture.title, marks, picture.groups, width, height), x, y, width, height, look)
    for pen, group in enumerate(picture.groups):
        for across, down in axes.dots(group):
            if not (math.isfinite(across) and math.isfinite(down)):
                continue
            if alone:
                axes.canvas.dot(round(across), round(down), pen)
            else:
                _mark(axes.canvas, across, down, MARKS[pen % len(MARKS)], pen)
    return axes.lines()


def _contour(picture: frame.Contour, width: int, height: int, look: Look) -> list[Text]:
    letters = [_sign(_letter(pen), pen, look) for pen in range(len(picture.paths))]
    heading = _heading(picture.title, letters, picture.paths, width, height)
    axes = _Axes(heading, picture.x_range, picture.y_range, width, height, look)
    canvas = axes.canvas
    for column, row in _level_dots(picture.values, picture.levels, canvas.across, canvas.down):
        if look.ascii:
            canvas.glyph(column, row, ".", len(picture.paths))
        else:
            canvas.dot(column, row, len(picture.paths))
    for pen, path in enumerate(picture.paths):
        dots = axes.dots(path)
        canvas.line(dots, pen)
        if dots and all(map(math.isfinite, dots[-1])):
            _mark(canvas, *dots[-1], _letter(pen), pen)
    return axes.lines()


def _sign(character: str, pen: int, look: Look) -> Text:
    return Text().append(character, COLOURS[pen % len(COLOURS)] if look.colour else "")


def _letter(pen: int) -> str:
    return "abcdefghijklmnopqrstuvwxyz"[pen % 26]


def _mark(canvas: Canvas, across: float, down: float, character: str, pen: int) -> None:
    column = min(max(across, -1), canvas.across) * canvas.width / canvas.across
    row = min(max(down, -1), canvas.down) * canvas.height / canvas.down
    canvas.glyph(math.floor(column), math.floor(row), character, pen)


@lru_cache(maxsize=8)
def _level_dots(
    values: tuple[tuple[float, ...], ...], levels: tuple[float, ...], across: int, down: int
) -> tuple[tuple[int, int], ...]:
    """The dots where the band between two levels changes to the right or below; values between are interpolated."""
    columns, rows = _spread(across, len(values[0])), _spread(down, len(values))
    bands = []
    for top, low, share in rows:
        row = [upper + (lower - upper) * share for upper, lower in zip(values[top], values[low], strict=True)]
        bands.append(
            [bisect_left(levels, row[left] + (row[right] - row[left]) * part) for left, right, part in columns]
        )
    return tuple(
        (x, y)
        for y, (row_here, below) in enumerate(zip(bands, [*bands[1:], bands[-1]], strict=True))
        for x, (here, beside, under) in enumerate(zip(row_here, [*row_here[1:], row_here[-1]], below, strict=True))
        if here != beside or here != under
    )


def _spread(dots: int, points: int) -> list[tuple[int, int, float]]:
    """For each of `dots` the points before and after it, and its share of the way between them."""
    places = [dot / max(1, dots - 1) * (points - 1) for dot in range(dots)]
    before = [min(int(place), max(0, points - 2)) for place in places]
    return [(left, min(left + 1, points - 1), place - left) for left, place in zip(before, places, strict=True)]


def _grid(picture: frame.Grid, width: int, height: int, look: Look) -> list[Text]:
    if not picture.tiles:
        return []
    columns = min(picture.columns or max(1, min(len(picture.tiles), width // 12)), len(picture.tiles))
    rows = math.ceil(len(picture.tiles) / columns)
    wide, tall = max(1, (width - columns + 1) // columns), max(2, height // rows)
    lines: list[Text] = []
    for start in range(0, len(picture.tiles), columns):
        drawn = [draw(tile, wide, tall, look) for tile in picture.tiles[start : start + columns]]
        lines += [Text(" ").join(parts) for parts in zip(*drawn, strict=True)]
    return lines


def _heading(title: str, marks: Sequence[Text], curves: Sequence[frame.Curve], width: int, height: int) -> list[Text]:
    """The title and what each mark stands for, on a second line or a third where the picture is tall enough."""
    lines = [Text(title)]
    for mark, curve in zip(marks, curves, strict=True):
        entry = mark.append(f" {curve.name}") if mark.plain else Text(curve.name)
        if lines[-1].cell_len + 2 + entry.cell_len > width and len(lines) <= (height - 4) // 3:
            lines.append(Text("  ").append_text(entry))
        else:
            lines[-1].append("  ").append_text(entry)
    return lines


def extent(
    curves: Sequence[frame.Curve], x: frame.Range | None, y: frame.Range | None
) -> tuple[frame.Range, frame.Range]:
    """The ranges asked for, or what the finite values span (0 to 1 where there are none)."""
    return (
        x or _span(value for curve in curves for value in curve.x),
        y or _span(value for curve in curves for value in curve.y),
    )


def _span(values: Iterable[float]) -> frame.Range:
    finite = [value for value in values if math.isfinite(value)]
    if not finite:
        return 0.0, 1.0
    low, high = min(finite), max(finite)
    if low == high:
        margin = abs(low) / 10 or 1.0
        return low - margin, high + margin
    return low, high
