"""Pictures made of whole cells: heat maps and bars."""

import math
from collections.abc import Sequence

from rich.cells import cell_len
from rich.text import Text

from revise import frame

SHADES = " .:-=+*#%@"
LEVELS = 24
PLAIN_MARKS = str.maketrans("↑↓←→·", "^v<>.")
# Dark to light through hues that the common kinds of colour blindness keep apart.
_ANCHORS = ((30, 20, 70), (50, 80, 160), (30, 150, 160), (130, 200, 90), (250, 235, 100))


def heatmap(picture: frame.Heatmap, width: int, height: int, colour: bool, ascii: bool) -> tuple[Text, list[Text]]:
    """Title with the scale, and the field: half blocks in colour, shades of ASCII without.

    Cells keep the field's proportions; a field too large for the room is thinned out.
    """
    levels, low, high = _levels(picture)
    blocks = colour and not ascii
    title = Text(f"{picture.title}  {low:.3g} ")
    if blocks:
        for level in range(0, LEVELS, 4):
            title.append(" ", f"on {_hex(level)}")
    else:
        title.append(SHADES)
    title.append(f" {high:.3g}")
    rows, columns = len(levels), len(levels[0])
    if picture.marks and columns <= width and rows <= height:
        marks = [row.translate(PLAIN_MARKS) for row in picture.marks] if ascii else picture.marks
        return title, _marked(levels, marks, width, height, blocks)
    if blocks:
        scale = min(width / columns, 2 * height / rows)
        scale = math.floor(scale) if scale >= 1 else scale
        return title, _half_blocks(_resampled(levels, scale, scale))
    scale = min(width / columns / 2, height / rows)
    scale = math.floor(scale) if scale >= 1 else min(1.0, width / columns, height / rows)
    doubled = 2 if columns * scale * 2 <= width else 1
    field = _resampled(levels, scale, scale * doubled)
    return title, [Text("".join(_shade(level) for level in row)) for row in field]


def _levels(picture: frame.Heatmap) -> tuple[list[list[int]], float, float]:
    """Each value as a level 0 … LEVELS − 1 (−1 where it is not finite), and the scale's ends."""
    finite = [value for row in picture.values for value in row if math.isfinite(value)]
    low = picture.low if picture.low is not None else min(finite, default=0.0)
    high = picture.high if picture.high is not None else max(finite, default=1.0)
    factor = LEVELS / (high - low) if high > low else 0.0

    def level(value: float) -> int:
        if not math.isfinite(value):
            return -1
        return min(LEVELS - 1, max(0, int((value - low) * factor)))

    return [[level(value) for value in row] for row in picture.values], low, high


def _resampled(levels: Sequence[Sequence[int]], down: float, across: float) -> list[list[int]]:
    rows, columns = len(levels), len(levels[0])
    tall, wide = max(1, int(rows * down)), max(1, int(columns * across))
    picked = [column * columns // wide for column in range(wide)]
    return [[levels[row * rows // tall][column] for column in picked] for row in range(tall)]


def _half_blocks(field: list[list[int]]) -> list[Text]:
    """Two rows of the field to a line; equal neighbours are merged into runs."""
    lines = []
    for index in range(0, len(field), 2):
        upper = field[index]
        lower = field[index + 1] if index + 1 < len(field) else [None] * len(upper)
        line = Text(no_wrap=True, end="")
        start = 0
        pairs = list(zip(upper, lower, strict=True))
        for end in range(1, len(pairs) + 1):
            if end == len(pairs) or pairs[end] != pairs[start]:
                above, below = pairs[start]
                style = _hex(above) if below is None else f"{_hex(above)} on {_hex(below)}"
                line.append("▀" * (end - start), style)
                start = end
        lines.append(line)
    return lines


def _marked(levels: list[list[int]], marks: Sequence[str], width: int, height: int, blocks: bool) -> list[Text]:
    """One block of cells for each value, its mark in the middle."""
    rows, columns = len(levels), len(levels[0])
    tall = max(1, min(height // rows, width // columns // 2))
    wide = min(width // columns, 2 * tall + 1)
    lines = []
    for row in range(rows):
        for part in range(tall):
            line = Text(no_wrap=True, end="")
            for column, level in enumerate(levels[row]):
                mark = marks[row][column] if part == tall // 2 else " "
                fill = " " if blocks or level < 0 else _shade(level)
                text = (mark if mark != " " else fill).center(wide, fill)
                ink = "black" if level > LEVELS // 2 else "white"
                line.append(text, f"{ink} on {_hex(level)}" if blocks else "")
            lines.append(line)
    return lines


def _shade(level: int) -> str:
    return "?" if level < 0 else SHADES[level * len(SHADES) // LEVELS]


def _hex(level: int) -> str:
    """A level's colour, as Rich writes one."""
    if level < 0:
        return "#808080"
    place = level / (LEVELS - 1) * (len(_ANCHORS) - 1)
    index = min(int(place), len(_ANCHORS) - 2)
    share = place - index
    mixed = [round(a + (b - a) * share) for a, b in zip(_ANCHORS[index], _ANCHORS[index + 1], strict=True)]
    return "#{:02x}{:02x}{:02x}".format(*mixed)


def bars(picture: frame.Bars, width: int, height: int, colour: bool, ascii: bool) -> list[Text]:
    """A line for each bar where they fit, else upright columns without their labels."""
    finite = [value for value in picture.values if math.isfinite(value)]
    low = picture.low if picture.low is not None else min(0.0, *finite, 0.0)
    high = picture.high if picture.high is not None else max(0.0, *finite, 0.0)
    if high <= low:
        high = low + 1
    style = "cyan" if colour else ""
    if len(picture.values) <= height:
        return _lying(picture, low, high, width, style, ascii)
    return _upright(picture.values, low, high, width, height, style, ascii)


def _lying(picture: frame.Bars, low: float, high: float, width: int, style: str, ascii: bool) -> list[Text]:
    beside = min(max((cell_len(label) for label in picture.labels), default=0), width // 3)
    room = max(1, width - beside - 9)
    zero = round(min(max(-low / (high - low), 0), 1) * room)
    lines = []
    for label, value in zip(picture.labels, picture.values, strict=True):
        name = Text(label)
        name.truncate(beside, overflow="ellipsis", pad=True)
        bar = " " * room
        if math.isfinite(value):
            end = round(min(max((value - low) / (high - low), 0), 1) * room)
            start, end = min(zero, end), max(zero, end)
            bar = " " * start + ("#" if ascii else "█") * (end - start) + " " * (room - end)
        lines.append(name.append(" ").append(bar, style).append(f" {value:.3g}"))
    return lines


def _upright(
    values: Sequence[float], low: float, high: float, width: int, height: int, style: str, ascii: bool
) -> list[Text]:
    eighths = " ######## " if ascii else " ▁▂▃▄▅▆▇█"
    wide = max(1, width // len(values))
    tall = [
        round(min(max((value - low) / (high - low), 0), 1) * height * 8) if math.isfinite(value) else 0
        for value in values
    ]
    return [
        Text("".join(eighths[min(8, max(0, top - row * 8))] * wide for top in tall), style)
        for row in reversed(range(height))
    ]
