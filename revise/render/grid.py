"""Tables that fold rather than cut: narrower columns first, then one record below the other."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.text import Text

from revise.render.wrap import Piece, wrap

Cell = list[Piece]
_GAP = 2


def draw_grid(header: Sequence[Cell], rows: Sequence[Sequence[Cell]], sides: Sequence[str], width: int) -> list[Text]:
    """A table of at most `width` cells; `sides` are "left", "center" or "right", one a column."""
    bold = [[Piece(piece.text, f"bold {piece.style}".strip(), piece.keep) for piece in cell] for cell in header]
    columns = _columns([bold, *rows], width)
    if columns is None:
        return _records(header, rows, width)
    tall = [any(len(_cell(cell, size)) > 1 for cell, size in zip(row, columns, strict=True)) for row in rows]
    folded = 3 * sum(tall) > len(rows)  # a blank line between rows, where many take several
    lines = _row(bold, columns, sides)
    lines.append(Text((" " * _GAP).join("─" * size for size in columns), style="dim", no_wrap=True))
    for index, row in enumerate(rows):
        if folded and index:
            lines.append(Text())
        lines += _row(row, columns, sides)
    return lines


def _columns(rows: Sequence[Sequence[Cell]], width: int) -> list[int] | None:
    """Widths that fit; None where a column would get too narrow for its words."""
    natural = [max(_natural(row[index]) for row in rows) for index in range(len(rows[0]))]
    least = [max(min(_longest_word(row[index]), 24) for row in rows) for index in range(len(rows[0]))]
    room = width - _GAP * (len(natural) - 1)
    if sum(least) > room:
        return None
    sizes = list(natural)
    while sum(sizes) > room:
        widest = max(range(len(sizes)), key=lambda index: (sizes[index] > least[index], sizes[index]))
        sizes[widest] -= 1
    return [max(size, 1) for size in sizes]


def _natural(cell: Cell) -> int:
    return max(cell_len(line) for line in "".join(piece.text for piece in cell).split("\n"))


def _longest_word(cell: Cell) -> int:
    """The widest run that is better not broken; Chinese breaks anywhere."""
    longest = 1
    text = "".join(piece.text.replace(" ", "\xa0") if piece.keep else piece.text for piece in cell)
    for word in text.split(" "):
        narrow = max(("".join(" " if cell_len(sign) == 2 else sign for sign in word)).split(" "), key=len)
        longest = max(longest, cell_len(narrow), 4 if cell_len(word) > len(word) else 1)
    return longest


def _cell(cell: Cell, size: int) -> list[Text]:
    return wrap(cell, size) if cell else [Text()]


def _row(row: Sequence[Cell], columns: Sequence[int], sides: Sequence[str]) -> list[Text]:
    cells = [_cell(cell, size) for cell, size in zip(row, columns, strict=True)]
    lines: list[Text] = []
    for index in range(max(len(cell) for cell in cells)):
        line = Text(no_wrap=True)
        for cell, size, side in zip(cells, columns, sides, strict=True):
            text = cell[index] if index < len(cell) else Text()
            free = max(size - text.cell_len, 0)
            left = free if side == "right" else free // 2 if side == "center" else 0
            line.append(" " * left).append_text(text).append(" " * (free - left + _GAP))
        line.rstrip()
        lines.append(line)
    return lines


def _records(header: Sequence[Cell], rows: Sequence[Sequence[Cell]], width: int) -> list[Text]:
    """Each row as lines `column: entry`, for screens that are too narrow for the table."""
    lines: list[Text] = []
    for index, row in enumerate(rows):
        if index:
            lines.append(Text())
        for number, (name, cell) in enumerate(zip(header, row, strict=True)):
            if not cell:
                continue
            title = [Piece(piece.text, f"bold {piece.style}".strip(), piece.keep) for piece in name]
            label = [*title, Piece(": ")] if name else []
            lines += wrap([*label, *cell], width, "" if number == 0 else "  ", "  " if number == 0 else "    ")
    return lines
