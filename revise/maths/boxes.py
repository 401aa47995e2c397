"""Boxes of text: lines with a baseline, put side by side and one above another."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from revise.maths.cells import display_width

BAR = "─"


class Box(NamedTuple):
    """Lines (without trailing blanks), their width in cells, and the line that stands on the baseline.

    `tall`: brackets around it grow (a fraction does that, a subscript doesn't).
    """

    lines: tuple[str, ...]
    width: int
    baseline: int = 0
    tall: bool = False

    @property
    def height(self) -> int:
        return len(self.lines)

    @property
    def below(self) -> int:
        """Lines under the baseline."""
        return len(self.lines) - 1 - self.baseline


def text_box(text: str) -> Box:
    """One line."""
    return Box((text,), display_width(text))


def beside(parts: Iterable[tuple[int, Box]]) -> Box:
    """Boxes from left to right on one baseline, each with the blanks before it."""
    parts = list(parts)
    above = max((box.baseline for _, box in parts), default=0)
    height = above + 1 + max((box.below for _, box in parts), default=0)
    rows: list[list[str]] = [[] for _ in range(height)]
    filled = [0] * height
    x = 0
    for gap, box in parts:
        x += gap
        for row, line in enumerate(box.lines, above - box.baseline):
            if line:
                rows[row].append(" " * (x - filled[row]) + line)
                filled[row] = x + display_width(line)
        x += box.width
    return Box(tuple(map("".join, rows)), x, above, any(box.tall for _, box in parts))


def nearest(left: Box, right: Box) -> int | None:
    """The least distance between two boxes on lines off the baseline, when they touch; None without such lines."""
    found: list[int] = []
    for row, line in enumerate(right.lines, left.baseline - right.baseline):
        if 0 <= row < left.height and row != left.baseline and line and left.lines[row]:
            indent = len(line) - len(line.lstrip(" "))
            found.append(left.width - display_width(left.lines[row]) + indent)
    return min(found, default=None)


def stacked(boxes: Sequence[Box], baseline: int, align: str = "c", tall: bool = True) -> Box:
    """Boxes from top to bottom, aligned l, c or r; `baseline` is a line of the result."""
    width = max((box.width for box in boxes), default=0)
    lines: list[str] = []
    for box in boxes:
        shift = {"l": 0, "c": (width - box.width) // 2, "r": width - box.width}[align]
        lines += [" " * shift + line if line else "" for line in box.lines]
    return Box(tuple(lines), width, baseline, tall)


def fraction(above: Box, below: Box) -> Box:
    """One over the other with a bar that is longer than any bar inside."""
    inner = max(above.width, below.width)
    longer = 2 * any(_is_all_bar(box, inner) for box in (above, below))
    return stacked([above, text_box(BAR * (inner + longer)), below], above.height)


def _is_all_bar(box: Box, width: int) -> bool:
    return box.width == width and any(line.startswith(BAR) and len(line) == width for line in box.lines)


def scripts(base: Box, sub: Box | None, sup: Box | None, small: str = "") -> Box:
    """Scripts to the right of the base, above and below its line (a tall base: at its corners).

    `small` is the other script, in small letters on the line of the base.
    """
    corners = base.tall and base.height > 1
    top, bottom = (0, base.height - 1) if corners else (base.baseline - 1, base.baseline + 1)
    start = top - sup.height + 1 if sup else 0
    above = max(0, -start)
    lines = [""] * above + list(base.lines)
    for box, row in ((sup, start), (sub, bottom), (text_box(small), base.baseline)):
        if box:
            lines = _overlaid(lines, box, row + above, base.width)
    width = base.width + max(box.width for box in (sub, sup, text_box(small)) if box)
    return Box(tuple(lines), width, base.baseline + above, base.tall)


def _overlaid(lines: list[str], box: Box, row: int, column: int) -> list[str]:
    lines = lines + [""] * (row + box.height - len(lines))
    for i, line in enumerate(box.lines, row):
        if line:
            lines[i] += " " * (column - display_width(lines[i])) + line
    return lines


def root(body: Box, index: Box | None) -> Box:
    """A root sign with a line over all of the body; the index stands over its left end."""
    if body.height == 1:
        lines = ["_" * body.width, "√" + body.lines[0]]
        free = 1  # lines above the lowest left edge of the sign
        lines[0] = " " + lines[0]
    else:
        lines = [" ┌" + BAR * body.width, *(" │" + line for line in body.lines[:-1]), "╲│" + body.lines[-1]]
        free = body.height
    baseline = body.baseline + 1
    width = body.width + len(lines[-1]) - len(body.lines[-1])
    if index:
        left = max(index.width - 1, 0)
        raised = max(0, index.height - free)
        lines = [""] * raised + [" " * left + line for line in lines]
        for i, line in enumerate(index.lines, raised + free - index.height):
            lines[i] = line + " " * (left + 1 - display_width(line)) + lines[i][left + 1 :]
        baseline, width = baseline + raised, width + left
    return Box(tuple(lines), width, baseline, body.tall)


_PIECES = {  # sign: top, middle, bottom, filler
    "(": "⎛⎜⎝⎜",
    ")": "⎞⎟⎠⎟",
    "[": "⎡⎢⎣⎢",
    "]": "⎤⎥⎦⎥",
    "{": "⎧⎨⎩⎪",
    "}": "⎫⎬⎭⎪",
    "⌊": "⎢⎢⎣⎢",
    "⌋": "⎥⎥⎦⎥",
    "⌈": "⎡⎢⎢⎢",
    "⌉": "⎤⎥⎥⎥",
    "|": "││││",
    "‖": "‖‖‖‖",
    "⟦": "⟦⟦⟦⟦",
    "⟧": "⟧⟧⟧⟧",
    "⟨": "╱⟨╲│",
    "⟩": "╲⟩╱│",
}


def delimiter(sign: str, height: int, baseline: int) -> Box:
    """A bracket as high as what it holds."""
    if height == 1 or sign not in _PIECES:
        return Box(("",) * baseline + (sign,) + ("",) * (height - 1 - baseline), display_width(sign), baseline)
    top, middle, bottom, filler = tuple(_PIECES[sign])
    lines = [top, *[filler] * (height - 2), bottom]
    if height > 2:
        lines[min(max(baseline, 1), height - 2)] = middle
    return Box(tuple(lines), 1, baseline)


def padded(box: Box, above: int, below: int) -> Box:
    """The box with empty lines around it."""
    return box._replace(lines=("",) * above + box.lines + ("",) * below, baseline=box.baseline + above)


def fenced(left: str, body: Box, right: str) -> Box:
    """A body between brackets, which grow with a tall body."""
    if not body.tall:
        return beside([(0, text_box(left)), (0, body), (0, text_box(right))])
    if body.height == 2 and ("{" in left or "}" in right):
        body = padded(body, 1, 0) if body.baseline == 0 else padded(body, 0, 1)
    parts = [(0, delimiter(left, body.height, body.baseline))] if left else []
    parts.append((0, body))
    if right:
        parts.append((0, delimiter(right, body.height, body.baseline)))
    return beside(parts)._replace(tall=True)


def framed(body: Box) -> Box:
    """A body in a frame."""
    lines = [f"│ {line}{' ' * (body.width - display_width(line))} │" for line in body.lines]
    edge = BAR * (body.width + 2)
    return Box((f"┌{edge}┐", *lines, f"└{edge}┘"), body.width + 4, body.baseline + 1, True)


def braced(body: Box, label: Box | None, over: bool) -> Box:
    """A horizontal brace with its label."""
    width = max(body.width, 3)
    left, right, middle = ("╭", "╮", "┴") if over else ("╰", "╯", "┬")
    half = (width - 3) // 2
    brace = text_box(left + BAR * half + middle + BAR * (width - 3 - half) + right)
    parts = [body, brace] + ([label] if label else [])
    if over:
        parts.reverse()
    baseline = body.baseline + (sum(part.height for part in parts[:-1]) if over else 0)
    return stacked(parts, baseline)


def grid(rows: Sequence[Sequence[Box]], align: str, gaps: Sequence[int]) -> tuple[Box, list[int]]:
    """Cells in aligned columns, rows on their baselines; the second value is the baseline of each row.

    `align` has a letter and `gaps` the blanks before it for each column. Rows that would touch are set apart.
    """
    columns = max(map(len, rows), default=0)
    widths = [max((row[i].width for row in rows if i < len(row)), default=0) for i in range(columns)]
    lines: list[str] = []
    baselines: list[int] = []
    previous: Box | None = None
    for row in rows:
        parts: list[tuple[int, Box]] = []
        slack = 0
        for i, box in enumerate(row):
            free = widths[i] - box.width
            shift = {"l": 0, "c": free // 2, "r": free}[align[i % len(align)]]
            parts.append((slack + (gaps[i] if i else 0) + shift, box))
            slack = free - shift
        line = beside(parts)
        if previous is not None and (previous.below or line.baseline):
            lines.append("")
        baselines.append(len(lines) + line.baseline)
        lines += line.lines
        previous = line
    width = sum(widths) + sum(gaps[1:columns])
    return Box(tuple(lines), width, 0, True), baselines
