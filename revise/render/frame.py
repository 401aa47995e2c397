"""A whole frame of a demo: its pictures laid out in the room there is, its metrics below."""

import math
import os
from collections.abc import Iterable, Mapping, Sequence

from rich.console import Console
from rich.text import Text

from revise.frame import Frame, Picture
from revise.render.pictures import Look, draw, fitted

SIDE_BY_SIDE = 72  # columns from which pictures stand in two columns
LEAST_ROWS = {1: 7, 2: 5}  # by columns: a title, its legend, rows of drawing and an axis


def look_of(console: Console) -> Look:
    """What `console` can show; REVISE_MATH=ascii and the Linux console ask for ASCII shapes."""
    colour = console.is_terminal and not console.no_color and console.color_system is not None
    return Look(colour, os.environ.get("REVISE_MATH") == "ascii" or os.environ.get("TERM") == "linux")


def draw_frame(frame: Frame, width: int, height: int, look: Look) -> list[Text]:
    """`frame` as exactly `height` lines of exactly `width` cells; the pictures take what the metrics leave."""
    figures = metric_lines(frame.metrics, width)
    room = max(0, height - len(figures))
    return [*_laid_out(frame.pictures, width, room, look), *fitted(map(Text, figures), width, height - room)]


def metric_lines(metrics: Mapping[str, float], width: int) -> list[str]:
    """`js divergence 0.004 · d on data 0.5 …`, broken between metrics."""
    return joined([f"{spoken(name)} {figure(value)}" for name, value in metrics.items()], width)


def joined(items: Iterable[str], width: int) -> list[str]:
    """Items on as few lines as they need, broken between them."""
    lines: list[str] = []
    for item in items:
        if lines and len(lines[-1]) + 3 + len(item) <= width:
            lines[-1] += f" · {item}"
        else:
            lines.append(item)
    return lines


def spoken(name: str) -> str:
    """A metric's or a knob's name with blanks for its underscores."""
    return name.replace("_", " ")


def figure(value: float) -> str:
    """Three significant digits, with a width that does not flicker between frames; a count as it is."""
    if isinstance(value, int):
        return str(value)
    if not math.isfinite(value):
        return str(value)
    if value == 0 or 1e-3 <= abs(value) < 1e4:
        return f"{value:.{max(0, 3 - max(0, math.floor(math.log10(abs(value) or 1))))}f}"
    return f"{value:.2e}"


def _laid_out(pictures: Sequence[Picture], width: int, height: int, look: Look) -> list[Text]:
    """Two columns where there is room for them, filled downwards; the last pictures give way first."""
    columns = 2 if width >= SIDE_BY_SIDE and len(pictures) > 1 else 1
    most = columns * max(1, height // LEAST_ROWS[columns])
    shown = pictures[:most]
    if not shown or height < 2:
        return fitted([], width, height)
    left = math.ceil(len(shown) / columns)
    wide = (width - 2) * 3 // 5 if columns == 2 else width
    first = _stacked(shown[:left], wide, height, look)
    if columns == 1:
        return first
    second = _stacked(shown[left:], width - 2 - wide, height, look)
    return [a.append("  ").append_text(b) for a, b in zip(first, second, strict=True)]


def _stacked(pictures: Sequence[Picture], width: int, height: int, look: Look) -> list[Text]:
    """Pictures below each other; the upper ones get the rows that do not divide."""
    each, over = divmod(height, len(pictures))
    return [
        line for place, picture in enumerate(pictures) for line in draw(picture, width, each + (place < over), look)
    ]
