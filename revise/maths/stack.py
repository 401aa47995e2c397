"""A formula in two dimensions, as on paper."""

import unicodedata
from typing import NamedTuple

from revise.maths import boxes, symbols
from revise.maths.boxes import Box, beside, text_box
from revise.maths.grouping import carries_scripts
from revise.maths.letters import EMPTY, in_script_letters
from revise.maths.spacing import arrange, plain_row
from revise.maths.tree import (
    Accent,
    Atom,
    Boxed,
    Fenced,
    Fraction,
    Named,
    Node,
    Root,
    Row,
    Scripts,
    Stacked,
    Table,
)

DISPLAY, INSIDE, SCRIPT = range(3)  # standing free, inside a fraction, in a script
_LETTERS = 8  # longer scripts are raised and lowered rather than set in small letters
_AFTER_SHORT_ROOT = frozenset(["", "rel", "bin", "close", "punct", "colon"])
_ENCLOSED = frozenset(["frac", "fence", "table"])  # kinds that cannot be taken for a neighbour's script
_ABOVE = {"hat": "^", "tilde": "~", "vec": "→", "check": "ˇ", "dot": "·", "ddot": "··", "breve": "˘"}


class Part(NamedTuple):
    """A box in a line: the blanks before it, the box, its kind and, where it is a sign, its text."""

    gap: int
    box: Box
    kind: str
    text: str


def parts(items: list[Node], style: int, inside: bool = False) -> list[Part]:
    """The boxes of a line; `inside`: something stands before them."""
    found: list[Part] = []
    places = arrange(items, style == SCRIPT, inside)
    for i, (gap, node, kind) in enumerate(places):
        if isinstance(node, Root):
            after = places[i + 1].kind if i + 1 < len(places) else ""
            shown = _root(node, style, free=after in _AFTER_SHORT_ROOT)
        else:
            shown = box(node, style)
        part = Part(gap, shown, kind, node.text if isinstance(node, Atom) else "")
        if found:
            part = part._replace(gap=gap + _kern(found[-1], part, isinstance(node, Named | Accent)))
        found.append(part)
    return found


def _kern(before: Part, part: Part, named: bool) -> int:
    """Blanks to add so that neither bars nor scripts of neighbours run together."""
    if not part.gap and (
        (part.kind in ("frac", "table") and before.kind == "unary")
        or ("slash" in (before.kind, part.kind) and (before.box.tall or part.box.tall))
        or (named and part.box.width > 1 and before.kind == "ord")
    ):
        return 1
    if before.kind == "unary" or (before.kind in _ENCLOSED and part.kind in _ENCLOSED):
        return 0
    near = boxes.nearest(before.box, part.box)
    return max(0, min(1, 2 - part.gap - near)) if near is not None else 0


def row(items: list[Node], style: int, inside: bool = False) -> Box:
    """Things in a line."""
    return beside((part.gap, part.box) for part in parts(items, style, inside))


def box(node: Node, style: int) -> Box:
    """Any node."""
    match node:
        case Row():
            return row(node.items, style)
        case Atom():
            return text_box(node.text)
        case Scripts():
            return _scripts(node, style)
        case Fraction():
            return _fraction(node, style)
        case Fenced():
            return boxes.fenced(node.left, box(node.body, style), node.right)
        case Root():
            return _root(node, style, True)
        case Accent():
            return _accent(node, style)
        case Table():
            return table(node, style)
        case Stacked():
            return _stacked(node, style)
        case Boxed():
            return boxes.framed(box(node.body, style))
        case Named():
            return _named(node, style)
    return text_box("")


def _fraction(node: Fraction, style: int) -> Box:
    inner = max(style, INSIDE)
    above, below = (
        row(items, inner) if (items := plain_row(part)) else text_box(EMPTY) for part in (node.above, node.below)
    )
    if node.bar:
        return boxes.fraction(above, below)
    column = boxes.stacked([above, text_box(""), below], above.height)
    return boxes.fenced("(", column, ")")


def _root(node: Root, style: int, free: bool) -> Box:
    items = plain_row(node.body)
    body = row(items, style)
    index = box(node.index, SCRIPT) if node.index else None
    if free and index is None and body.height == 1 and len(items) == 1 and _is_short(items[0]):
        return text_box("√" + body.lines[0])
    return boxes.root(body, index)


def _is_short(node: Node) -> bool:
    if isinstance(node, Scripts):
        return isinstance(node.base, Atom) and not node.sup and not node.primes
    return isinstance(node, Atom) and node.kind in ("ord", "num")


def _scripts(node: Scripts, style: int) -> Box:
    items = plain_row(node.base)
    base = row(items, style)
    if items and not carries_scripts(items):
        base = boxes.fenced("(", base, ")")
    if node.primes:
        marks = text_box("′" * node.primes)
        base = boxes.scripts(base, None, marks) if base.tall else beside([(0, base), (0, marks)])
    if node.sub is None and node.sup is None:
        return base
    low = in_script_letters(node.sub, symbols.SUBSCRIPTS) if node.sub else ""
    high = in_script_letters(node.sup, symbols.SUPERSCRIPTS) if node.sup else ""
    small = low is not None and high is not None and len(low) <= _LETTERS and len(high) <= _LETTERS
    if _has_limits(node, items) and not (small and style):
        return _limits(base, node.sup, node.sub)
    lower = box(node.sub, SCRIPT) if node.sub else None
    upper = box(node.sup, SCRIPT) if node.sup else None
    if base.tall and base.height > 1:
        if small:
            lower, upper = text_box(low) if low else None, text_box(high) if high else None
        return boxes.scripts(base, lower, upper)
    if small:
        return beside([(0, base), (0, text_box((low or "") + (high or "")))])
    if not _is_integral(items):
        if low is not None and len(low) <= _LETTERS:
            return boxes.scripts(base, None, upper, low)
        if high is not None and len(high) <= _LETTERS:
            return boxes.scripts(base, lower, None, high)
    return boxes.scripts(base, lower, upper)


def _has_limits(node: Scripts, base: list[Node]) -> bool:
    if node.limits is not None:
        return node.limits
    return len(base) == 1 and isinstance(base[0], Atom) and base[0].limits


def _is_integral(base: list[Node]) -> bool:
    return len(base) == 1 and isinstance(base[0], Atom) and base[0].text in symbols.SIDE_LIMITS


def _limits(base: Box, above: Node | None, below: Node | None) -> Box:
    column = [base]
    baseline = base.baseline
    if above is not None:
        upper = box(above, SCRIPT)
        column.insert(0, upper)
        baseline += upper.height
    if below is not None:
        column.append(box(below, SCRIPT))
    return boxes.stacked(column, baseline)


def _accent(node: Accent, style: int) -> Box:
    body = box(node.body, style)
    text = body.lines[0]
    if body.height == 1 and len(text) == 1:
        return Box((unicodedata.normalize("NFC", text + node.mark),), body.width, 0)
    if node.word == "underline":
        return boxes.stacked([body, text_box("‾" * body.width)], body.baseline)
    mark = "_" * body.width if node.word == "bar" else _ABOVE.get(node.word)
    if mark is None:
        return beside([(0, text_box(node.word)), (0, boxes.fenced("(", body, ")"))])
    if node.word == "vec":
        mark = boxes.BAR * (body.width - 1) + mark
    return boxes.stacked([text_box(mark), body], body.baseline + 1)


def _stacked(node: Stacked, style: int) -> Box:
    if node.brace:
        label = node.above or node.below
        return boxes.braced(box(node.base, style), box(label, SCRIPT) if label else None, node.brace == "over")
    base = node.base
    if isinstance(base, Atom) and base.text in "→←⇒⇐↔↦":
        notes = [box(note, SCRIPT) for note in (node.above, node.below) if note is not None]
        length = max([note.width for note in notes], default=0)
        return _limits(text_box(_long_arrow(base.text, length + 2)), node.above, node.below)
    return _limits(box(base, style), node.above, node.below)


def _long_arrow(sign: str, length: int) -> str:
    line = "═" if sign in "⇒⇐" else boxes.BAR
    if sign in "→⇒":
        return line * (length - 1) + sign
    if sign in "←⇐":
        return sign + line * (length - 1)
    return ("←" if sign == "↔" else "├") + line * (length - 2) + "→"


def _named(node: Named, style: int) -> Box:
    arguments: list[tuple[int, Box]] = []
    for argument in node.arguments:
        if arguments:
            arguments.append((0, text_box(",")))
        arguments.append((1 if arguments else 0, box(argument, style)))
    return beside([(0, text_box(node.name)), (0, boxes.fenced("(", beside(arguments), ")"))])


def table(node: Table, style: int) -> Box:
    """A matrix, cases, or the lines of a derivation."""
    aligned = node.style in ("aligned", "lines")
    inner = INSIDE if node.style == "matrix" and style == DISPLAY else style
    rows = [
        [_cell(cell, inner, bool(aligned and i % 2), aligned and not i % 2) for i, cell in enumerate(cells)]
        for cells in node.rows
    ]
    columns = max(map(len, rows), default=0)
    if aligned:
        align, gaps = ("rl" if node.style == "aligned" else "l"), [3 * (1 - i % 2) for i in range(columns)]
    elif node.style == "cases":
        align, gaps = "l", [3] * columns
    else:
        align, gaps = node.columns or "c", [2] * columns
    found, baselines = boxes.grid(rows, align, gaps)
    if len(rows) == 2 and found.height == 2 and not aligned:
        return Box((found.lines[0], "", found.lines[1]), found.width, 1, True)
    middle = (found.height - 1) // 2
    return found._replace(baseline=min(baselines, key=lambda line: abs(line - middle)) if len(rows) % 2 else middle)


def _cell(cell: Row, style: int, right: bool, left: bool) -> Box:
    """A cell; the left and the right one of an aligned pair keep the blanks around a relation between them."""
    line = parts(cell.items, style, inside=right)
    shown = beside((part.gap, part.box) for part in line)
    return shown._replace(width=shown.width + 1) if left and line and line[-1].kind == "rel" else shown
