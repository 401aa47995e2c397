"""How far apart the things in a line stand; both layouts ask here."""

from typing import NamedTuple

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
    Space,
    Stacked,
    Table,
)

_WIDE = 2  # a gap of so many cells separates: what follows begins anew
_BEFORE_OPERAND = frozenset(["", "bin", "op", "big", "rel", "open", "punct", "colon", "unary", "slash"])
_SIGNS = frozenset("+−±∓")
_NEUTRAL = frozenset(["open", "unary"])


class Placed(NamedTuple):
    """A node, the blanks before it, and its kind once its neighbours are known."""

    gap: int
    node: Node
    kind: str


def kind_of(node: Node) -> str:
    """The kind that decides spacing, before neighbours are looked at."""
    match node:
        case Atom():
            return node.kind
        case Scripts():
            kind = kind_of(node.base)
            return "ord" if kind == "prefix" and node.sub is not None else kind
        case Stacked(brace="", base=base):
            return kind_of(base)
        case Fraction(bar=True):
            return "frac"
        case Root(index=index) if index is not None:
            return "frac"
        case Fenced(body=Table()) | Fenced(body=Row(items=[Table()])):
            return "table"
        case Fenced():
            return "fence"
        case Fraction() | Table() | Boxed() | Stacked():
            return "table"
        case Named():
            return "named"
    return "ord"


def arrange(items: list[Node], script: bool = False, inside: bool = False) -> list[Placed]:
    """Place `items` in a line. `script`: the tight spacing of indices. `inside`: something stands before."""
    found: list[Placed] = []
    kinds = _resolved(items, inside)
    previous: tuple[Node, str] | None = None
    least = 0
    for node, kind in zip(items, kinds, strict=True):
        if isinstance(node, Space):
            least = max(least, node.cells)
            continue
        leads = inside and kind in ("rel", "bin") and not script
        gap = _gap(*previous, node, kind, script) if previous else int(leads)
        found.append(Placed(max(gap, least), node, kind))
        previous, least = (node, kind), 0
    return found


def _resolved(items: list[Node], inside: bool) -> list[str]:
    """Kinds with every sign that has no left operand made unary, or an ordinary sign."""
    kinds = [kind_of(item) for item in items]
    before, last = "ord" if inside else "", 0
    for i, kind in enumerate(kinds):
        item = items[i]
        if isinstance(item, Space):
            before = "" if item.cells >= _WIDE else before
            continue
        if kind == "bin" and before in _BEFORE_OPERAND:
            kinds[i] = "unary" if isinstance(item, Atom) and item.text in _SIGNS else "ord"
        elif (kind in ("close", "punct") and before == "bin") or (kind == "rel" and before in ("bin", "unary")):
            kinds[last] = "ord"
        before, last = "ord" if _is_abbreviation(item) else kinds[i], i
    if before == "bin":
        kinds[last] = "ord"
    return kinds


def _is_abbreviation(node: Node) -> bool:
    """Whether a word names a quantity, as KL and MSE do, and no function."""
    return isinstance(node, Atom) and node.kind == "op" and node.text.isupper()


def _gap(a: Node, a_kind: str, b: Node, b_kind: str, script: bool) -> int:
    spaced = int(b.spaced)
    if a_kind in _NEUTRAL or b_kind in ("punct", "close"):
        return 0
    if a_kind in ("punct", "colon"):
        return int(not script and not _thousands(a, b))
    if b_kind == "colon":
        return spaced
    if a_kind in ("rel", "bin") or b_kind in ("rel", "bin"):
        return int(not script and (a_kind != b_kind or bool(spaced)))
    if "slash" in (a_kind, b_kind):
        return max(spaced, int("frac" in (a_kind, b_kind)))
    if "dots" in (a_kind, b_kind):
        return int(not script)
    if "big" in (a_kind, b_kind):
        return 1
    if a_kind in ("op", "named"):
        return int(not _is_call(b, b_kind))
    if b_kind in ("op", "named", "unary"):
        return 1
    if a_kind == "prefix":
        return int(b_kind in ("frac", "table"))
    if a_kind in ("frac", "table") or b_kind in ("frac", "table"):
        return 1
    return _between_operands(a, b, b_kind, spaced)


def _between_operands(a: Node, b: Node, b_kind: str, spaced: int) -> int:
    if isinstance(a, Root) or (isinstance(a, Accent) and not isinstance(b, Fenced) and _is_long(a.body)):
        return 1
    if _is_call(b, b_kind):
        return int(spaced and (_is_phrase(a) or (isinstance(a, Scripts) and a.sup is not None)))
    if b_kind == "fence" and isinstance(b, Scripts) and isinstance(b.base, Fenced) and not b.base.left:
        return 1  # "evaluated at"
    if _has_scripts(a) or (_is_word(a) and not isinstance(b, Fenced)) or _is_word(b):
        return 1
    return spaced


def _is_call(node: Node, kind: str) -> bool:
    base = node.base if isinstance(node, Scripts) else node
    return (isinstance(base, Fenced) and base.left in ("(", "[")) or kind == "open"


def _has_scripts(node: Node) -> bool:
    return isinstance(node, Scripts) and kind_of(node) != "prefix" and (node.sub or node.sup) is not None


def _is_word(node: Node) -> bool:
    base = node.base if isinstance(node, Scripts) else node
    return isinstance(base, Atom) and base.kind == "text" and len(base.text) > 1


def _is_phrase(node: Node) -> bool:
    return isinstance(node, Atom) and node.kind == "text" and (" " in node.text or node.text[-1] in ".:,;")


def _is_long(node: Node) -> bool:
    items = plain_row(node)
    return len(items) != 1 or not isinstance(items[0], Atom)


def _thousands(a: Node, b: Node) -> bool:
    return (
        isinstance(a, Atom)
        and a.text == ","
        and isinstance(b, Atom)
        and b.kind == "num"
        and not b.spaced
        and len(b.text) == 3
    )


def plain_row(node: Node) -> list[Node]:
    """The things a node consists of, groups opened."""
    while isinstance(node, Row) and len(node.items) == 1 and isinstance(node.items[0], Row):
        node = node.items[0]
    return node.items if isinstance(node, Row) else [node]
