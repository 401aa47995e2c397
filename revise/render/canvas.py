"""A canvas of braille dots, 2 × 4 to a cell; or of ASCII characters, one to a cell.

Each pen has its own dash pattern (its own character in ASCII) besides its colour, so that colour
never carries meaning alone.
"""

import math
from collections.abc import Iterable

from rich.text import Text

COLOURS = ("cyan", "magenta", "green", "yellow", "red", "blue")
MARKS = "*o+x#@"
PATTERNS = ("1", "10", "11110000", "1000", "1111110010", "1100")
# The bit of each dot in a braille cell, by row and column.
_BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))


class Canvas:
    """`width` × `height` cells. Dots count from the top left corner: `across` × `down` of them."""

    def __init__(self, width: int, height: int, ascii: bool = False) -> None:
        self.width, self.height, self.ascii = width, height, ascii
        self.across, self.down = (width, height) if ascii else (width * 2, height * 4)
        self._bits = [0] * (width * height)
        self._pens = [0] * (width * height)
        self._glyphs: dict[int, str] = {}

    def dot(self, x: int, y: int, pen: int = 0) -> None:
        """Set one dot; outside the canvas nothing happens."""
        if not (0 <= x < self.across and 0 <= y < self.down):
            return
        if self.ascii:
            self.glyph(x, y, MARKS[pen % len(MARKS)], pen)
            return
        cell = (y >> 2) * self.width + (x >> 1)
        self._bits[cell] |= _BITS[y & 3][x & 1]
        self._pens[cell] = pen

    def line(self, points: Iterable[tuple[float, float]], pen: int = 0) -> None:
        """A line through `points`, in dots; a point that is not finite interrupts it."""
        pattern = "1" if self.ascii else PATTERNS[pen % len(PATTERNS)]
        before: tuple[float, float] | None = None
        last, count = None, 0
        for point in points:
            if not (math.isfinite(point[0]) and math.isfinite(point[1])):
                before = None
                continue
            ends = self._clipped(before or point, point)
            before = point
            if ends is None:
                continue
            x, y, to_x, to_y = ends
            pieces = max(1, math.ceil(max(abs(to_x - x), abs(to_y - y))))
            for piece in range(pieces + 1):
                share = piece / pieces
                here = round(x + (to_x - x) * share), round(y + (to_y - y) * share)
                if here != last:
                    if pattern[count % len(pattern)] == "1":
                        self.dot(*here, pen)
                    last, count = here, count + 1

    def glyph(self, column: int, row: int, character: str, pen: int = 0) -> None:
        """Put one character into a cell, over its dots."""
        if 0 <= column < self.width and 0 <= row < self.height:
            self._glyphs[row * self.width + column] = character
            self._pens[row * self.width + column] = pen

    def rows(self, colour: bool = True) -> list[Text]:
        """The canvas as lines of exactly `width` cells, equal neighbours merged into runs."""
        lines = []
        for start in range(0, len(self._bits), self.width):
            line = Text(no_wrap=True, end="")
            run, style = "", ""
            for cell in range(start, start + self.width):
                bits = self._bits[cell]
                character = self._glyphs.get(cell) or (chr(0x2800 + bits) if bits else " ")
                own = COLOURS[self._pens[cell] % len(COLOURS)] if colour and character != " " else style
                if own != style and run:
                    line.append(run, style)
                    run = ""
                run, style = run + character, own
            line.append(run, style)
            lines.append(line)
        return lines

    def _clipped(
        self, start: tuple[float, float], end: tuple[float, float]
    ) -> tuple[float, float, float, float] | None:
        """The part of a stretch that lies on the canvas (Liang & Barsky 1984), or None."""
        (x, y), (to_x, to_y) = start, end
        enter, leave = 0.0, 1.0
        for at, step, most in ((x, to_x - x, self.across - 1), (y, to_y - y, self.down - 1)):
            if step == 0:
                if not -0.5 <= at <= most + 0.5:
                    return None
                continue
            first, second = sorted(((-0.5 - at) / step, (most + 0.5 - at) / step))
            enter, leave = max(enter, first), min(leave, second)
        if enter > leave:
            return None
        across, down = to_x - x, to_y - y
        return x + enter * across, y + enter * down, x + leave * across, y + leave * down


def sample(pen: int, ascii: bool = False, colour: bool = True) -> Text:
    """A short piece of a pen's line, for a legend."""
    canvas = Canvas(4, 1, ascii)
    canvas.line([(0, canvas.down // 2), (canvas.across, canvas.down // 2)], pen)
    return canvas.rows(colour)[0]
