"""A formula on one line: what a layout in two dimensions shows by place, brackets show here."""

import unicodedata

from revise.maths import grouping, symbols
from revise.maths.letters import EMPTY, in_script_letters, spelled
from revise.maths.spacing import Placed, arrange, plain_row
from revise.maths.tree import Accent, Atom, Boxed, Fenced, Fraction, Named, Node, Root, Row, Scripts, Stacked, Table


def one_line(tree: Node, ascii_only: bool = False) -> str:
    """The formula on one line."""
    return _Line(ascii_only).node(tree, False)


class _Line:
    """One walk over the tree; `ascii_only` chooses the alphabet."""

    def __init__(self, ascii_only: bool) -> None:
        self.ascii_only = ascii_only

    def sign(self, text: str) -> str:
        return spelled(text) if self.ascii_only else text

    def node(self, node: Node, script: bool) -> str:
        match node:
            case Row():
                return self.row(node.items, script)
            case Atom():
                return self.sign(node.text)
            case Scripts():
                return self.scripts(node, script)
            case Fraction():
                return self.fraction(node, script)
            case Fenced():
                return self.fenced(node, script)
            case Root():
                return self.root(node, script, bare=True)
            case Accent():
                return self.accent(node, script)
            case Table():
                return self.table(node, script)
            case Stacked():
                return self.stacked(node, script)
            case Boxed():
                return f"boxed({self.node(node.body, script)})"
            case Named():
                arguments = ", ".join(self.node(argument, script) for argument in node.arguments)
                return f"{self.sign(node.name)}({arguments})"
        return ""

    def row(self, items: list[Node], script: bool, inside: bool = False) -> str:
        places = arrange(items, script, inside)
        found: list[str] = []
        last, bracketed = "", False
        for i, placed in enumerate(places):
            before = places[i - 1] if i else None
            after = places[i + 1] if i + 1 < len(places) else None
            gap, shown = placed.gap, self.placed(placed, before, after, script)
            if placed.kind == "slash" and bracketed:
                gap = int(placed.node.spaced)
            bracketed = placed.kind == "frac" and shown.startswith("(")
            if bracketed and before and before.kind in ("op", "prefix", "slash"):
                gap = 0
            if not gap and (
                grouping.run_together(last, shown) or (before and grouping.ends_open(before.node, last, shown))
            ):
                gap = 1
            found.append(" " * gap + shown)
            last = shown or last
        return "".join(found)

    def placed(self, placed: Placed, before: Placed | None, after: Placed | None, script: bool) -> str:
        """What is shown: beside a factor, a fraction or a root needs brackets of its own."""
        node = placed.node
        if isinstance(node, Atom) and self.ascii_only and node.text == "·" and placed.kind != "bin":
            return "."
        if isinstance(node, Root):
            bare = after is None or after.kind in grouping.APART or after.kind == "bin"
            shown = self.root(node, script, bare)
            factor = node.index and before and not grouping.separates(before, placed.gap) and not self.ascii_only
            return f"({shown})" if factor else shown
        shown = self.node(node, script)
        if isinstance(node, Table) and (before or after):
            return f"[{shown}]"
        free = (before is None or grouping.separates(before, placed.gap)) and (
            after is None or grouping.separates(after, after.gap)
        )
        return f"({shown})" if isinstance(node, Fraction) and node.bar and not free else shown

    def fraction(self, node: Fraction, script: bool) -> str:
        if not node.bar:
            return f"binom({self.node(node.above, script)}, {self.node(node.below, script)})"
        above, below = plain_row(node.above), plain_row(node.below)
        top, bottom = self.row(above, script) or self.sign(EMPTY), self.row(below, script) or self.sign(EMPTY)
        if len(above) == 1 and isinstance(above[0], Root):
            top = self.root(above[0], script, bare=False)
        elif above and (not grouping.is_run(above) or grouping.is_loose(top)):
            top = f"({top})"
        if (below and not (grouping.is_unit(below) or grouping.is_differential(above, below))) or grouping.is_loose(
            bottom
        ):
            bottom = f"({bottom})"
        return f"{top}/{bottom}"

    def root(self, node: Root, script: bool, bare: bool) -> str:
        items = plain_row(node.body)
        body = self.row(items, script)
        if not (len(items) == 1 and isinstance(items[0], Fenced) and items[0].left == "(" and items[0].right == ")"):
            bare = bare and not self.ascii_only and grouping.can_stand_under_root(items)
            body = body if bare else f"({body})"
        if node.index is None:
            return self.sign("√") + body
        index = in_script_letters(node.index, symbols.SUPERSCRIPTS)
        if index is None or self.ascii_only:
            return f"root_{self.wrapped(node.index)}{body if body.startswith('(') else f'({body})'}"
        return f"{index}√{body}"

    def scripts(self, node: Scripts, script: bool) -> str:
        items = plain_row(node.base)
        base = self.row(items, script)
        if items and not grouping.carries_scripts(items):
            base = f"({base})"
        return self.with_scripts(base + self.sign("′") * node.primes, node.sub, node.sup)

    def with_scripts(self, base: str, sub: Node | None, sup: Node | None) -> str:
        if not self.ascii_only:
            low = in_script_letters(sub, symbols.SUBSCRIPTS) if sub else ""
            high = in_script_letters(sup, symbols.SUPERSCRIPTS) if sup else ""
            if low is not None and high is not None:
                return base + low + high
        return base + ("_" + self.wrapped(sub) if sub else "") + ("^" + self.wrapped(sup, True) if sup else "")

    def wrapped(self, node: Node, raised: bool = False) -> str:
        """A script after _ or ^: in brackets unless it is one thing."""
        items = plain_row(node)
        shown = self.row(items, True)
        one = len(items) == 1 and isinstance(items[0], Atom) and (len(items[0].text) == 1 or items[0].kind == "num")
        word = not raised and " " not in shown and all(grouping.is_alphanumeric(item) for item in items)
        return shown if one or word else f"({shown})"

    def fenced(self, node: Fenced, script: bool) -> str:
        body = self.node(node.body, script)
        if self.ascii_only and node.left + node.right in ("⌊⌋", "⌈⌉"):
            return ("floor" if node.left == "⌊" else "ceil") + f"({body})"
        left, right = node.left, node.right
        if not left and right in ("|", "‖", "]", ")"):
            items = plain_row(node.body)
            return (body if grouping.is_unit(items) else f"({body})") + self.sign(right)
        if "{" in (left, right) or "}" in (left, right):
            left, right = left or "{", right or "}"
        return self.sign(left) + body + self.sign(right)

    def accent(self, node: Accent, script: bool) -> str:
        body = self.node(node.body, script)
        if len(body) == 1 and not self.ascii_only:
            return unicodedata.normalize("NFC", body + node.mark)
        return f"{node.word}({body})"

    def stacked(self, node: Stacked, script: bool) -> str:
        base = self.node(node.base, script)
        notes = [note for note in (node.below, node.above) if note is not None]
        if node.brace:
            parts = [base, *(self.node(note, script) for note in notes)]
            return f"{node.brace}brace({', '.join(parts)})"
        inner = node.base
        if isinstance(inner, Atom) and (inner.kind in ("op", "big", "rel", "bin") or inner.limits):
            return self.with_scripts(base, node.below, node.above)
        word = "underset" if node.above is None else "overset"
        return f"{word}({', '.join(self.node(note, script) for note in notes)}, {base})"

    def table(self, node: Table, script: bool) -> str:
        found = shown = ""
        for row in node.rows:
            aside = " " * symbols.SPACES["quad"] in shown  # such as "k = i" after the formula
            shown = self.table_row(row, node.style, script)
            if not shown:
                continue
            goes_on = node.style in ("aligned", "lines") and grouping.goes_on(row) and not aside
            found += ("" if not found else " " if goes_on else "; ") + shown
        return found

    def table_row(self, row: list[Row], style: str, script: bool) -> str:
        if style not in ("aligned", "lines", "cases"):
            return ", ".join(self.row(cell.items, script) for cell in row)
        found = ""
        for i, cell in enumerate(row):
            shown = self.row(cell.items, script, inside=bool(i % 2 and found)).strip()
            if not shown:
                continue
            comma = style == "cases" and not grouping.starts_with_text(cell)
            gap = ", " if comma else " " if i % 2 or style == "cases" else "   "
            found += (gap if found else "") + shown
        return found
