"""Lines of styled text as an SVG picture of a terminal.

Every character is put into its cell by coordinates, so that columns stand below each other whatever font the reader
has; wide characters, Chinese among them, take two cells (Rich's own export squashes them, rich#2742). Lines, brackets,
blocks and Braille dots, which must meet across cells, are drawn and not written. Colours follow the reader's light or
dark setting. The same lines always give the same file.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from html import escape
from io import StringIO
from typing import NamedTuple

from rich.cells import cell_len
from rich.color import Color, ColorType
from rich.console import Console
from rich.style import Style
from rich.text import Text

WIDE, HIGH, FONT = 9, 18, 15  # a cell and a letter, in pixels
MARGIN, BAR = 16, 36  # round the text; above it, with the title
FONTS = (
    "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',"
    "'PingFang SC','Microsoft YaHei','Noto Sans Mono CJK SC','Noto Sans CJK SC','WenQuanYi Zen Hei',monospace"
)
# Paper, bar, border, ink, then the eight colours of a terminal.
LIGHT = "#fdfdfd #eef0f2 #d0d7de #1f2328 #1f2328 #c5221f #1a7f37 #855d00 #0a5cc2 #9333ab #0a7480 #57606a".split()
DARK = "#11151b #1b2129 #30363d #e6edf3 #6e7681 #ff7b72 #56d364 #e3b341 #79c0ff #d2a8ff #56d4dd #c9d1d9".split()

# Strokes in a cell of 1 × 1, in SVG's path language: M moves, L draws a line, Q a curve.
STROKES = {
    "─": "M0 .5L1 .5", "│": "M.5 0L.5 1", "┌": "M1 .5L.5 .5L.5 1", "┐": "M0 .5L.5 .5L.5 1",
    "└": "M.5 0L.5 .5L1 .5", "┘": "M.5 0L.5 .5L0 .5", "├": "M.5 0L.5 1M.5 .5L1 .5", "┤": "M.5 0L.5 1M.5 .5L0 .5",
    "┬": "M0 .5L1 .5M.5 .5L.5 1", "┴": "M0 .5L1 .5M.5 .5L.5 0", "┼": "M0 .5L1 .5M.5 0L.5 1",
    "═": "M0 .42L1 .42M0 .58L1 .58", "╲": "M0 0L1 1", "╱": "M1 0L0 1",
    "╭": "M1 .5Q.5 .5 .5 1", "╮": "M0 .5Q.5 .5 .5 1", "╰": "M.5 0Q.5 .5 1 .5", "╯": "M.5 0Q.5 .5 0 .5",
    "⎡": "M.8 .1L.3 .1L.3 1", "⎢": "M.3 0L.3 1", "⎣": "M.3 0L.3 .9L.8 .9",
    "⎤": "M.2 .1L.7 .1L.7 1", "⎥": "M.7 0L.7 1", "⎦": "M.7 0L.7 .9L.2 .9",
    "⎛": "M.8 .05Q.35 .4 .35 1", "⎜": "M.35 0L.35 1", "⎝": "M.35 0Q.35 .6 .8 .95",
    "⎞": "M.2 .05Q.65 .4 .65 1", "⎟": "M.65 0L.65 1", "⎠": "M.65 0Q.65 .6 .2 .95",
    "⎧": "M.9 .1Q.5 .1 .5 .5L.5 1", "⎨": "M.5 0Q.5 .5 .1 .5Q.5 .5 .5 1", "⎩": "M.5 0L.5 .5Q.5 .9 .9 .9",
    "⎫": "M.1 .1Q.5 .1 .5 .5L.5 1", "⎬": "M.5 0Q.5 .5 .9 .5Q.5 .5 .5 1", "⎭": "M.5 0L.5 .5Q.5 .9 .1 .9",
    "⎪": "M.5 0L.5 1",
}  # fmt: skip
DOTS = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)]  # the bits of a Braille character


class Cell(NamedTuple):
    """A character with its marks: its column, how many cells it takes, its style."""

    column: int
    text: str
    wide: int
    style: Style


def picture(lines: Sequence[Text], columns: int, title: str) -> str:
    """The SVG of `lines` on a terminal `columns` wide, under a bar with `title`."""
    width, height = columns * WIDE + 2 * MARGIN, len(lines) * HIGH + BAR + 2 * MARGIN
    shapes: dict[tuple[str, str], list[str]] = {}  # kind and look → path
    rows, behind = [], []
    for number, line in enumerate(lines):
        top = BAR + MARGIN + number * HIGH
        cells = list(cells_of(line))
        behind += [backdrop(cell, top) for cell in cells if cell.style.bgcolor or cell.style.reverse]
        for cell in cells:
            if drawn := shape(cell, top):
                kind, path = drawn
                shapes.setdefault((kind, look(cell.style)), []).append(path)
        if row := "".join(spans([cell for cell in cells if shape(cell, top) is None])):
            rows.append(f'<text y="{top + 14}">{row}</text>')
    name = escape(title, quote=True)
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{name}">',
        f"<title>{name}</title>",
        "",
        f'<rect class="p e" x=".5" y=".5" width="{width - 1}" height="{height - 1}" rx="8"/>',
        f'<path class="r" d="M1 {BAR}V9a8 8 0 0 1 8-8H{width - 9}a8 8 0 0 1 8 8V{BAR}z"/>',
        *(f'<circle class="e" cx="{20 + 18 * place}" cy="{BAR // 2}" r="5.5"/>' for place in range(3)),
        f'<text class="n" x="{width / 2:g}" y="{BAR // 2 + 4}">{name}</text>',
        *behind,
        *(f'<path class="{kind} {looks}" d="{"".join(paths)}"/>' for (kind, looks), paths in shapes.items()),
        *rows,
    ]
    own = sorted(set(re.findall(r"\bx([0-9a-f]{6})\b", " ".join(parts))))
    parts[2] = f"<style>{sheet()}{''.join(f'.x{tone}{{color:#{tone}}}' for tone in own)}</style>"
    return "\n".join([*parts, "</svg>", ""])


def cells_of(line: Text) -> Iterator[Cell]:
    """The characters of `line`, each with the marks that stand on it."""
    console = Console(file=StringIO(), color_system="truecolor", force_terminal=True)
    column, kept = 0, None
    for segment in Text(end="").append_text(line).render(console):
        for char in segment.text:
            wide = cell_len(char)
            if wide == 0 and kept is not None:
                kept = kept._replace(text=kept.text + char)
                continue
            if kept is not None:
                yield kept
            kept = Cell(column, char, wide, segment.style or Style())
            column += wide
    if kept is not None:
        yield kept


def spans(cells: Sequence[Cell]) -> Iterator[str]:
    """Words of one look; wide characters and those with marks stand alone, blanks are left out.

    A reader that takes only the first of a word's coordinates (librsvg) is then off by no more than its font is.
    """
    word: list[Cell] = []
    for cell in cells:
        blank = cell.text.isspace() and not (cell.style.underline or cell.style.strike)
        if word and (blank or not (plain(word[-1]) and plain(cell)) or look(cell.style) != look(word[-1].style)):
            yield span(word)
            word = []
        if not blank:
            word.append(cell)
    if word:
        yield span(word)


def plain(cell: Cell) -> bool:
    return cell.wide == 1 and len(cell.text) == 1 and cell.text <= "\uffff"


def span(cells: Sequence[Cell]) -> str:
    places = " ".join(f"{MARGIN + cell.column * WIDE + (cell.wide == 2) * (2 * WIDE - FONT) / 2:g}" for cell in cells)
    # A mark and its letter are one character where the font has it.
    text = escape("".join(unicodedata.normalize("NFC", cell.text) for cell in cells), quote=False)
    return f'<tspan class="{look(cells[0].style)}" x="{places}">{text}</tspan>'


def shape(cell: Cell, top: int) -> tuple[str, str] | None:
    """What is drawn in place of a character: its kind (line, dots, area) and path; None for one that is written."""
    left, code = MARGIN + cell.column * WIDE, ord(cell.text[0])
    if cell.text in STROKES:
        path = ""
        for command in STROKES[cell.text].replace("M", ";M").replace("L", ";L").replace("Q", ";Q").split(";")[1:]:
            numbers = [float(number) for number in command[1:].split()]
            points = zip(numbers[::2], numbers[1::2], strict=True)
            path += command[0] + " ".join(f"{left + x * WIDE:g} {top + y * HIGH:g}" for x, y in points)
        return "l", path
    if 0x2800 <= code <= 0x28FF:
        dots = [DOTS[bit] for bit in range(8) if (code - 0x2800) >> bit & 1]
        return "o", "".join(f"M{left + 2.25 + 4.5 * x:g} {top + 2.25 + 4.5 * y:g}h0" for x, y in dots)
    if 0x2580 <= code <= 0x2590:
        x, y, wide, high = block(code)
        return "a", f"M{left + x * WIDE:g} {top + y * HIGH:g}h{wide * WIDE:g}v{high * HIGH:g}h{-wide * WIDE:g}z"
    return None


def block(code: int) -> tuple[float, float, float, float]:
    """The part of a cell that a block character fills: left, top, width, height."""
    if code == 0x2580:
        return 0, 0, 1, 0.5
    if code == 0x2590:
        return 0.5, 0, 0.5, 1
    if code <= 0x2588:
        return 0, 1 - (code - 0x2580) / 8, 1, (code - 0x2580) / 8
    return 0, 0, (0x2590 - code) / 8, 1


def backdrop(cell: Cell, top: int) -> str:
    colour = cell.style.color if cell.style.reverse else cell.style.bgcolor
    left = MARGIN + cell.column * WIDE
    return f'<path class="a {tint(colour)}" d="M{left} {top}h{cell.wide * WIDE}v{HIGH}h{-cell.wide * WIDE}z"/>'


def look(style: Style) -> str:
    """The classes of a style."""
    ground = tint(style.bgcolor)
    if style.reverse:
        colour = tint(style.bgcolor, "q")
    elif style.color and ground.startswith("x"):  # ink on a ground that is the same in light and dark
        colour = f"x{style.color.get_truecolor().hex.removeprefix('#')}"
    else:
        colour = tint(style.color, "q" if style.bgcolor else "f")
    marks = {"b": style.bold, "d": style.dim, "i": style.italic, "u": style.underline, "s": style.strike}
    return " ".join([colour, *(mark for mark, on in marks.items() if on)])


def tint(colour: Color | None, default: str = "f") -> str:
    """The class of a colour: one of eight with a light and a dark form, or any other as it is."""
    if colour is None or colour.type is ColorType.DEFAULT:
        return default
    if colour.number is not None and colour.number < 16:
        return f"c{colour.number % 8}"
    return f"x{colour.get_truecolor().hex.removeprefix('#')}"


def sheet() -> str:
    """The style sheet: classes p(aper), r (bar), e(dge), f (ink), q (ink on a coloured ground), c0 to c7, and marks."""

    def colours(palette: Sequence[str]) -> str:
        paper, bar, edge, *inks = palette
        named = "".join(
            f".{name}{{color:{ink}}}" for name, ink in zip(["f", *map("c{}".format, range(8))], inks, strict=True)
        )
        return f".p{{fill:{paper}}}.q{{color:{paper}}}.r{{fill:{bar}}}.e{{stroke:{edge}}}{named}"

    return (
        f"text{{font:{FONT}px {FONTS};fill:currentColor}}tspan{{fill:currentColor}}circle{{fill:none}}"
        f".n{{font-size:13px;text-anchor:middle}}text.n{{fill:#7d8590}}"
        ".l,.o{fill:none;stroke:currentColor}.l{stroke-width:1.3}.o{stroke-width:3;stroke-linecap:round}"
        ".a{fill:currentColor}.b{font-weight:700}.d{opacity:.7}.i{font-style:italic}"
        ".u{text-decoration:underline}.s{text-decoration:line-through}"
        f"{colours(LIGHT)}@media(prefers-color-scheme:dark){{{colours(DARK)}}}"
    )
