"""Which parts of a one-line formula need brackets, and which neighbours a blank."""

import re

from revise.maths import symbols
from revise.maths.letters import in_script_letters
from revise.maths.spacing import Placed, arrange
from revise.maths.tree import Accent, Atom, Boxed, Fenced, Fraction, Named, Node, Root, Row, Scripts, Space, Stacked

APART = frozenset(["rel", "unary", "open", "close", "punct", "colon"])  # kinds that are no factors
_SUMS = frozenset("+−±∓")
_LETTERS_END = re.compile("[A-Za-z]{2}$")
_LETTERS_START = re.compile("[A-Za-z]{2}")


def run_together(last: str, shown: str) -> bool:
    """A name of several letters would run into its neighbour."""
    if not (last and shown and (last[-1].isalnum() or last[-1] in "'′") and shown[0].isalnum()):
        return False
    return bool(_LETTERS_END.search(last) or _LETTERS_START.match(shown))


def ends_open(node: Node, last: str, shown: str) -> bool:
    """A script after _ or ^ would swallow what follows."""
    open_end = last[-1:].isalnum() and ("_" in last or "^" in last)
    return isinstance(node, Scripts) and shown[:1].isalnum() and open_end


def separates(placed: Placed, gap: int) -> bool:
    """Whether a fraction may stand beside it without brackets: it is no factor."""
    if gap > 1 or (placed.kind == "text" and gap):
        return True
    if isinstance(placed.node, Atom) and placed.node.text == "!":
        return False
    return placed.kind in APART or (
        placed.kind == "bin" and isinstance(placed.node, Atom) and placed.node.text in _SUMS
    )


def is_unit(items: list[Node]) -> bool:
    """One thing, so that `a/unit` can be read one way only."""
    if len(items) != 1:
        return False
    match items[0]:
        case Atom(kind=kind, text=text):
            return kind in ("ord", "num", "prefix", "op", "dots") or (kind == "text" and " " not in text)
        case Scripts(base=Atom(kind=kind)):
            return kind != "big"
        case Fenced(left=left, right=right):
            return bool(left and right)
        case Scripts() | Accent() | Root() | Named() | Boxed():
            return True
        case Fraction(bar=bar):
            return not bar
    return False


def is_run(items: list[Node]) -> bool:
    """A numerator that needs no brackets: one thing, letters and figures without a blank, or a call."""
    if is_unit(items):
        return True
    places = arrange(items)
    if any(placed.gap for placed in places):
        return False
    if len(places) > 1 and places[-1].kind == "fence" and is_unit([places[-1].node]):
        places = places[:-1]
        if len(places) == 1 and places[0].kind == "op":
            return True
    elif len(places) == 2 and isinstance(sign := places[1].node, Atom) and sign.text == "!":
        places = places[:1]
    return all(placed.kind in ("ord", "num", "prefix") and not isinstance(placed.node, Root | Row) for placed in places)


def is_differential(above: list[Node], below: list[Node]) -> bool:
    """∂x under anything, dx under d…: never a product."""
    if len(below) != 2 or not is_unit(below[1:]) or not isinstance(below[0], Atom):
        return False
    first = above[0].base if above and isinstance(above[0], Scripts) else above[0] if above else None
    return below[0].text == "∂" or (below[0].text == "d" and isinstance(first, Atom) and first.text == "d")


def is_loose(shown: str) -> bool:
    """Whether there is a blank outside all brackets."""
    open_brackets = 0
    for character in shown:
        open_brackets += (character in "([{⟨⌊⌈") - (character in ")]}⟩⌋⌉")
        if character == " " and open_brackets <= 0:
            return True
    return False


def can_stand_under_root(items: list[Node]) -> bool:
    """A letter, a number, or a letter with an index: √x, √dₖ."""
    if len(items) != 1:
        return False
    inner = items[0]
    if isinstance(inner, Scripts) and inner.sub and not inner.sup and not inner.primes:
        return isinstance(inner.base, Atom) and in_script_letters(inner.sub, symbols.SUBSCRIPTS) is not None
    return isinstance(inner, Atom) and inner.kind in ("ord", "num")


def carries_scripts(items: list[Node]) -> bool:
    """Whether a script after it belongs to all of it."""
    if len(items) != 1:
        return False
    match items[0]:
        case Atom(kind=kind, text=text):
            return kind == "op" or " " not in text
        case Fenced(left=left, right=right):
            return bool(right or left == "{")
        case Accent() | Named() | Boxed() | Stacked():
            return True
        case Fraction(bar=bar):
            return not bar
    return False


def is_alphanumeric(node: Node) -> bool:
    return isinstance(node, Atom) and node.kind in ("ord", "num", "text") and node.text.isalnum()


def goes_on(row: list[Row]) -> bool:
    """A line of a derivation that begins with a relation or a sign continues the line before."""
    items = [item for cell in row for item in cell.items if not isinstance(item, Space)]
    return bool(items) and isinstance(items[0], Atom) and items[0].kind in ("rel", "bin")


def starts_with_text(cell: Row) -> bool:
    items = [item for item in cell.items if not isinstance(item, Space)]
    return bool(items) and isinstance(items[0], Atom) and items[0].kind == "text"
