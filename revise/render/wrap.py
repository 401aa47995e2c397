"""Breaking lines where readers of English and of Chinese expect it: no line wider than asked."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text

# Signs that may not begin a line, and signs that may not end one.
_CLOSING = set(",.;:!?)]}%’”»…·、。，；：！？）】》〉」』〕］｝％～ー—")
_OPENING = set("([{‘“«（【《〈「『〔［｛")


@dataclass(frozen=True)
class Piece:
    """Text in one style; `keep`: its blanks are no place to break (a formula, a short piece of code)."""

    text: str
    style: str = ""
    keep: bool = False


NEWLINE = Piece("\n")


# Printable ASCII without blanks: it is never broken inside unless it is wider than a line.
_RUN = re.compile(r"[!-~]+|.", re.DOTALL)


@dataclass(slots=True)
class _Unit:
    """A character with what combines with it, or a run of plain ASCII."""

    text: str
    style: str
    width: int
    keep: int
    """The number of the piece that must not be broken here; -1 where it may."""

    @property
    def blank(self) -> bool:
        return self.keep < 0 and self.text == " "


def wrap(pieces: Iterable[Piece], width: int, first: Text | str = "", rest: Text | str | None = None) -> list[Text]:
    """`pieces` in lines of at most `width` cells; `first` begins the first line, `rest` the others.

    Blanks at a line's end are dropped; a word that is wider than a line is broken anywhere.
    """
    first = Text(first) if isinstance(first, str) else first
    rest = Text(" " * first.cell_len) if rest is None else Text(rest) if isinstance(rest, str) else rest
    room = max(width - max(first.cell_len, rest.cell_len), 2)
    pieces = list(pieces)
    if sum(cell_len(piece.text) for piece in pieces) <= room and not any(c in p.text for p in pieces for c in "\n\t"):
        return [_whole(pieces, first)]
    lines: list[Text] = []
    for row in _rows(pieces, room):
        for units in _fill(_words(row), room):
            lines.append(_line(units, first if not lines else rest))
    return lines or [_line([], first)]


def phrases(
    words: Iterable[str], width: int, first: Text | str = "", *, style: str = "", gap: str = "   "
) -> list[Text]:
    """Phrases beside each other, `gap` between them; where there are several, none is broken inside."""
    said = [phrase for phrase in words if phrase]
    pieces = [piece for phrase in said for piece in (Piece(gap), Piece(phrase, style, keep=len(said) > 1))]
    return wrap(pieces[1:], width, first)


def _whole(pieces: Iterable[Piece], first: Text) -> Text:
    """A line that fits as it is."""
    line = first.copy()
    for piece in pieces:
        line.append(piece.text, piece.style or None)
    line.rstrip()
    line.no_wrap = True
    return line


def _rows(pieces: Iterable[Piece], room: int) -> list[list[_Unit]]:
    """Units between the line ends that the writer asked for."""
    rows: list[list[_Unit]] = [[]]
    for number, piece in enumerate(pieces):
        keep = number if piece.keep and cell_len(piece.text) <= max(room // 2, 12) else -1
        for index, line in enumerate(piece.text.expandtabs(4).split("\n")):
            if index:
                rows.append([])
            row = rows[-1]
            for sign in _RUN.findall(line):
                if sign < "\u0300":
                    row.append(_Unit(sign, piece.style, len(sign) if sign.isascii() else cell_len(sign), keep))
                elif row and (unicodedata.combining(sign) or unicodedata.category(sign) in ("Mn", "Me", "Cf")):
                    row[-1].text += sign
                    row[-1].width = cell_len(row[-1].text)
                else:
                    row.append(_Unit(sign, piece.style, cell_len(sign), keep))
    return rows


def _breaks(left: _Unit, right: _Unit) -> bool:
    """Whether a line may end between two units that are not blanks."""
    if left.keep >= 0 and left.keep == right.keep:
        return False
    if right.text[0] in _CLOSING or left.text[-1 if left.text.isascii() else 0] in _OPENING:
        return False
    return any(unit.width == 2 and not unit.text.isascii() for unit in (left, right))


def _words(row: Sequence[_Unit]) -> list[list[_Unit]]:
    """Runs that hold together; a run of blanks is a word of its own."""
    words: list[list[_Unit]] = []
    for unit in row:
        last = words[-1][-1] if words else None
        if last is not None and last.blank == unit.blank and not (not unit.blank and _breaks(last, unit)):
            words[-1].append(unit)
        else:
            words.append([unit])
    return words


def _fill(words: Iterable[list[_Unit]], room: int) -> list[list[_Unit]]:
    lines: list[list[_Unit]] = [[]]
    used = 0
    for word in words:
        size = sum(unit.width for unit in word)
        if used + size > room and not word[0].blank and used:
            lines.append([])
            used = 0
        if word[0].blank and not used and len(lines) > 1:
            continue
        for unit in word if size <= room else _apart(word):
            if used + unit.width > room:
                if unit.blank:
                    break
                lines.append([])
                used = 0
            lines[-1].append(unit)
            used += unit.width
    return lines


def _apart(word: Iterable[_Unit]) -> Iterator[_Unit]:
    """The word's characters one by one, to be broken anywhere."""
    for unit in word:
        if unit.text.isascii() and unit.width > 1:
            yield from (_Unit(sign, unit.style, 1, unit.keep) for sign in unit.text)
        else:
            yield unit


def _line(units: list[_Unit], prefix: Text) -> Text:
    while units and units[-1].blank:
        units = units[:-1]
    line = prefix.copy()
    run, style = "", ""
    for unit in units:
        if unit.style != style and run:
            line.append(run, style or None)
            run = ""
        style = unit.style
        run += unit.text
    line.append(run, style or None)
    if not units:
        line.rstrip()
    line.no_wrap = True
    return line


def blank() -> Text:
    """An empty line."""
    return Text()


def joined(lines: Sequence[Text]) -> Text:
    """The lines as one Text to be printed without wrapping."""
    return Text("\n", no_wrap=True, overflow="ignore").join(lines)
