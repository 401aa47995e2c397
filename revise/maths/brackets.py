"""Brackets and bars of one line find their partners, so that they can grow and carry scripts."""

from itertools import pairwise

from revise.maths.symbols import CLOSES
from revise.maths.tree import Atom, Fenced, Node, Row, Scripts


def paired(items: list[Node]) -> list[Node]:
    """`items` with every matched pair of brackets or bars made one `Fenced` node."""
    found: list[Node] = []
    openers: list[int] = []
    for item in items:
        sign = _sign(item)
        if sign is not None and sign.kind == "open" and item is sign:
            openers.append(len(found))
        elif sign is not None and sign.kind == "close" and openers and _match(found[openers[-1]], sign):
            start = openers.pop()
            item = _fence(found[start], found[start + 1 :], item, sign)
            del found[start:]
        found.append(item)
    found = _bars(found)
    _expectations(found)
    return found


def _sign(item: Node) -> Atom | None:
    inner = item.base if isinstance(item, Scripts) else item
    return inner if isinstance(inner, Atom) else None


def _match(opener: Node, closer: Atom) -> bool:
    return isinstance(opener, Atom) and opener.text in CLOSES.get(closer.text, "")


def _fence(opener: Node, body: list[Node], closer: Node, sign: Atom) -> Node:
    assert isinstance(opener, Atom)
    body = _bars(body)
    _expectations(body)
    fence = Fenced(opener.text, Row(body), sign.text)
    fence.spaced = opener.spaced
    if not isinstance(closer, Scripts):
        return fence
    closer.base = fence
    closer.spaced = opener.spaced
    return closer


def _bars(items: list[Node]) -> list[Node]:
    """Two bars are an absolute value or a norm; a single one separates ("given") or says "evaluated at"."""
    for text in ("‖", "|"):
        where = [i for i, item in enumerate(items) if _is_bar(item, text)]
        if not where:
            continue
        if len(where) % 2 == 0 and all(isinstance(items[i], Atom) for i in where[::2]):
            items = _absolute(items, where)
        elif len(where) == 1:
            items = _single(items, where[0])
    return items


def _is_bar(item: Node, text: str) -> bool:
    sign = _sign(item)
    return sign is not None and sign.kind == "bar" and sign.text == text


def _absolute(items: list[Node], where: list[int]) -> list[Node]:
    found: list[Node] = []
    start = 0
    for left, right in zip(where[::2], where[1::2], strict=True):
        found += items[start:left]
        sign = _sign(items[right])
        assert sign is not None
        found.append(_fence(items[left], items[left + 1 : right], items[right], sign))
        start = right + 1
    return found + items[start:]


def _single(items: list[Node], at: int) -> list[Node]:
    item = items[at]
    sign = _sign(item)
    assert sign is not None
    if isinstance(item, Scripts) and at:
        item.base = Fenced("", Row([items[at - 1]]), sign.text)
        item.spaced = items[at - 1].spaced
        return [*items[: at - 1], item, *items[at + 1 :]]
    if item is sign:
        sign.kind = "rel"
    return items


def _expectations(items: list[Node]) -> None:
    """A plain E before a square bracket is an expectation: its subscript belongs below it."""
    for item, after in pairwise(items):
        sign = _sign(item)
        if sign is not None and sign.text == "E" and isinstance(item, Scripts):
            fence = after.base if isinstance(after, Scripts) else after
            sign.limits = sign.limits or (isinstance(fence, Fenced) and fence.left == "[")
