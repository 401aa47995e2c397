"""The glossary: term, Chinese, one line; and the words of one page."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.text import Text

from revise.render.wrap import Piece, wrap
from revise.topic import Term

_WIDE = 60
"""Cells below which the one line stands under its term instead of beside it."""


def draw_glossary(terms: Sequence[Term], width: int) -> list[Text]:
    """The `terms` in alphabetical order: three columns, or on a narrow screen two lines each."""
    rows = sorted(terms, key=lambda term: term.term.casefold())
    if width < _WIDE:
        lines: list[Text] = []
        for row in rows:
            lines += wrap([Piece(row.term, "bold"), Piece(f" {row.zh}")], width, "", "  ")
            lines += wrap([Piece(row.line)], width, "  ")
        return lines
    first = min(max((cell_len(row.term) for row in rows), default=0), width // 4)
    second = min(max((cell_len(row.zh) for row in rows), default=0), width // 4)
    lines = []
    for row in rows:
        columns = [
            wrap([Piece(row.term, "bold")], first),
            wrap([Piece(row.zh)], second),
            wrap([Piece(row.line)], width - first - second - 4),
        ]
        lines += _beside(columns, (first, second))
    return lines


def _beside(columns: Sequence[list[Text]], widths: Sequence[int]) -> list[Text]:
    lines: list[Text] = []
    for number in range(max(map(len, columns))):
        line = Text(no_wrap=True)
        start = 0
        for column, width in zip(columns, (*widths, 0), strict=True):
            if number < len(column):
                line.append(" " * (start - line.cell_len))
                line.append_text(column[number])
            start += width + 2
        lines.append(line)
    return lines
