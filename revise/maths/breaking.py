"""What to do with a formula that is wider than the screen: break it where a reader would, never cut it."""

from collections.abc import Sequence

from revise.maths import boxes, symbols
from revise.maths.boxes import Box, text_box
from revise.maths.line import one_line
from revise.maths.stack import DISPLAY, Part, parts, table
from revise.maths.tree import Atom, Node, Row, Space, Table
from revise.maths.wrapping import INDENT, wrapped

_LEVELS = 3  # at relations, commas and words; at plus and minus; at any operator
_SUMS = frozenset("+−±∓")


class _TooWide(Exception):
    """A part has no place to break and is wider than a line."""


def fitted(tree: Node, width: int) -> Box:
    """The formula in two dimensions if it fits, broken if it must be, at worst on lines of its one-line form."""
    lines = _table_of(tree)
    if lines is None:
        return _fitted_row(tree.items if isinstance(tree, Row) else [tree], width)
    whole = table(lines, DISPLAY)
    if whole.width <= width:
        return whole
    rows = [_fitted_row(_joined(cells), width) for cells in lines.rows]
    return _pile([row for row in rows if row.width])


def _table_of(tree: Node) -> Table | None:
    items = tree.items if isinstance(tree, Row) else [tree]
    if len(items) == 1 and isinstance(items[0], Table) and items[0].style in ("aligned", "lines"):
        return items[0]
    return None


def _joined(cells: list[Row]) -> list[Node]:
    """One line of an aligned table without its columns."""
    items: list[Node] = []
    for i, cell in enumerate(cells):
        if i and i % 2 == 0:
            items.append(Space(symbols.SPACES["quad"]))
        items += cell.items
    return items


def _fitted_row(items: list[Node], width: int) -> Box:
    whole = parts(_single_words(items), DISPLAY)
    if _width(whole) <= width:
        return _line(whole)
    lines: list[list[Part]] = [[]]
    try:
        _fill(whole, 0, lines, width)
    except _TooWide:
        return _column([text_box(line) for line in wrapped(one_line(Row(items)), width)])
    return _pile([_line(line) for line in lines], INDENT)


def _single_words(items: list[Node]) -> list[Node]:
    """Running text as single words, so that it can be broken between them."""
    found: list[Node] = []
    for item in items:
        if not (isinstance(item, Atom) and item.kind == "text" and " " in item.text):
            found.append(item)
            continue
        for i, word in enumerate(item.text.split()):
            atom = Atom(word, "text")
            atom.spaced = bool(i) or item.spaced
            found += [Space(1), atom] if i else [atom]
    return found


def _width(line: Sequence[Part]) -> int:
    return sum(part.gap + part.box.width for part in line) - (line[0].gap if line else 0)


def _line(line: list[Part]) -> Box:
    return boxes.beside((part.gap if i else 0, part.box) for i, part in enumerate(line))


def _may_break(before: Part, part: Part, level: int) -> bool:
    if before.kind == "rel":
        return False
    if part.kind == "rel" or before.kind == "punct" or part.gap >= symbols.SPACES["quad"]:
        return True
    if before.kind == "text" and part.gap and (part.kind == "text" or before.text.endswith((".", ":", ",", ";"))):
        return True
    return part.kind == "bin" and (level == 2 or (level == 1 and part.text in _SUMS))


def _fill(line: list[Part], level: int, lines: list[list[Part]], width: int) -> None:
    """Put `line` at the end of `lines`, a piece at a time; too wide a piece is broken at the next level."""
    if level == _LEVELS:
        raise _TooWide
    start, broken = 0, False
    for end in range(1, len(line) + 1):
        if end < len(line) and not _may_break(line[end - 1], line[end], level):
            continue
        piece = line[start:end]
        room = width - (INDENT if len(lines) > 1 else 0)
        if not broken and _width(lines[-1] + piece) <= room:
            lines[-1] += piece
        elif _width(piece) <= width - INDENT:
            if lines[-1]:
                lines.append([])
            lines[-1] += piece
            broken = False
        else:
            _fill(piece, level + 1, lines, width)
            broken = True
        start = end


def _pile(lines: list[Box], indent: int = 0) -> Box:
    """Lines one under another, set apart where they would touch; all but the first indented."""
    column: list[Box] = []
    for i, line in enumerate(lines):
        if i and (lines[i - 1].below or line.baseline):
            column.append(text_box(""))
        column.append(boxes.beside([(indent if i else 0, line)]))
    return _column(column)


def _column(column: list[Box]) -> Box:
    return boxes.stacked(column, column[0].baseline if column else 0, "l")
