"""A long one-line formula on several lines."""

from itertools import accumulate
from typing import NamedTuple

from revise.maths import symbols
from revise.maths.cells import display_width

INDENT = 2  # of every line but the first
_SHORT = 0.4  # a better place to break is not worth a line that is emptier than this
_SUMS = frozenset("+−±∓-")
_SIGNS = frozenset(sign for sign, kind in symbols.KIND.items() if kind == "rel")
_RELATIONS = _SIGNS | {symbols.ASCII[sign] for sign in _SIGNS if sign in symbols.ASCII}
_OPERATORS = _SUMS | _RELATIONS


class _Break(NamedTuple):
    """A place where a line may end (before the blanks) and the next begin; the lower the score the better."""

    end: int
    start: int
    score: tuple[int, int]


def wrapped(text: str, width: int) -> list[str]:
    """Lines of at most `width` cells, broken at blanks, best before a relation outside all brackets.

    A word that is wider than a line stays whole.
    """
    if display_width(text) <= width:
        return [text]
    cells = [0, *accumulate(map(display_width, text))]
    breaks = _breaks(text)
    lines: list[str] = []
    start = following = 0
    while start < len(text):
        room = width - (INDENT if lines else 0)
        limit = cells[start] + room
        if cells[-1] <= limit:
            lines.append(text[start:])
            break
        fitting = []
        while following < len(breaks) and cells[breaks[following].end] <= limit:
            fitting.append(breaks[following])
            following += 1
        if fitting:
            full = [place for place in fitting if cells[place.end] - cells[start] >= _SHORT * room] or fitting
            chosen = min(reversed(full), key=lambda place: place.score)
            following -= len(fitting) - fitting.index(chosen) - 1
        elif following < len(breaks):
            chosen = breaks[following]
            following += 1
        else:
            lines.append(text[start:])
            break
        lines.append(text[start : chosen.end])
        start = chosen.start
    return [lines[0], *(" " * INDENT + line for line in lines[1:])]


def _breaks(text: str) -> list[_Break]:
    found: list[_Break] = []
    open_brackets = 0
    for i, character in enumerate(text):
        if i and character != " ":
            if text[i - 1] == " ":
                end = len(text[:i].rstrip()) if text[i - 2 : i] == "  " else i - 1
                if end:
                    found.append(_Break(end, i, (open_brackets, _rank(text, end, i))))
            elif character.isalnum() and 2 in (display_width(text[i - 1]), display_width(character)):
                found.append(_Break(i, i, (open_brackets, 6)))
        open_brackets += (character in "([{⟨⌊⌈") - (character in ")]}⟩⌋⌉")
    return found


def _rank(text: str, end: int, start: int) -> int:
    word = text[start : start + 12].split(" ", 1)[0]
    if start - end > 1 or text[end - 1] == ";":
        return 0
    if word in _RELATIONS:
        return 1
    if word in _SUMS:
        return 2
    if text[max(0, end - 8) : end].rsplit(" ", 1)[-1] in _OPERATORS:
        return 5
    return 3 if text[end - 1] == "," else 4
