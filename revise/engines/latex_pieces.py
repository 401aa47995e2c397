"""Pieces of LaTeX and how two of them stand side by side: brackets, signs, products, fractions, powers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from revise.errors import InputError

# How tightly a piece holds together when something is written beside it, loose to tight.
EQUATION, CASES, OR, AND, NOT, COMPARISON, SUM, SIGNED = 1, 2, 3, 4, 5, 6, 7, 8
DOT, HADAMARD, INLINE, MATRIX_PRODUCT, PRODUCT, POWER, ATOM = 9, 10, 11, 12, 13, 14, 15

_LONGEST = 2_000_000


@dataclass(frozen=True, eq=False, repr=False, slots=True)
class Piece:
    """A part of a formula as a rope: `parts` are joined once, at the end.

    level         one of the names above
    starts, ends  what stands at the edges: digit one letter script word bracket negative minus bar frac call root
                  other; one is the number 1, which is never dropped and reads badly before a letter
    open          what follows would be read as belonging to it (the terms of a sum)
    unsigned      the piece without the minus it starts with
    length        characters, so that a tree sharing its parts is refused before it is written out
    """

    parts: "tuple[str | Piece, ...]"
    level: int
    starts: str
    ends: str
    tall: bool
    open: bool
    unsigned: "Piece | None"
    length: int


def piece(
    *parts: str | Piece,
    level: int = ATOM,
    edges: tuple[str, str] | str = "other",
    tall: bool = False,
    open: bool = False,
    unsigned: Piece | None = None,
) -> Piece:
    starts, ends = (edges, edges) if isinstance(edges, str) else edges
    length = sum(len(part) if isinstance(part, str) else part.length for part in parts)
    return Piece(parts, level, starts, ends, tall, open, unsigned, length)


def flat(root: Piece) -> str:
    """The text of a rope. Raises InputError above two million characters."""
    if root.length > _LONGEST:
        raise InputError("this formula is too long to be shown: its parts repeat more than two million signs")
    texts: list[str] = []
    stack: list[str | Piece] = [root]
    while stack:
        part = stack.pop()
        if isinstance(part, str):
            texts.append(part)
        else:
            stack.extend(reversed(part.parts))
    return "".join(texts)


# -- brackets -----------------------------------------------------------------------------------------


def joined(pieces: Sequence[Piece], sign: str) -> Piece:
    parts: list[str | Piece] = []
    for part in pieces:
        parts.extend((sign, part) if parts else (part,))
    edges = (pieces[0].starts, pieces[-1].ends) if pieces else "other"
    return piece(*parts, level=EQUATION, edges=edges, tall=any(part.tall for part in pieces))


def matrix(rows: list[list[Piece]]) -> Piece:
    inner = joined([joined(row, " & ") for row in rows], r" \\ ")
    return piece(r"\begin{pmatrix} ", inner, r" \end{pmatrix}", tall=True)


def enclosed(left: str, inner: Piece, right: str, edge: str = "bracket") -> Piece:
    if inner.tall:
        left, right = rf"\left{left}", rf"\right{right}"
    space = " " if left[-1].isalpha() else ""
    starts = "negative" if left[-1] == "(" and inner.starts == "minus" else edge
    return piece(left + space, inner, space + right, edges=(starts, edge), tall=inner.tall)


def bracketed(part: Piece) -> Piece:
    return enclosed("(", part, ")")


def held(part: Piece, level: int, closed: bool = False) -> Piece:
    """`part`, in brackets unless it holds together at `level`; a truth value in a sum counts 0 or 1."""
    if OR <= part.level <= COMPARISON < level:
        inside = enclosed("[", part, "]")
        return piece(r"\mathbb{1}", inside, edges=("digit", "bracket"), tall=part.tall)
    return bracketed(part) if part.level < level or (closed and part.open) else part


# -- two values ---------------------------------------------------------------------------------------


def minus(part: Piece) -> Piece:
    edges = ("minus", part.ends)
    return piece("-", part, level=SIGNED, edges=edges, tall=part.tall, open=part.open, unsigned=part)


def negative(part: Piece) -> Piece:
    return minus(held(part, DOT))


def infix(left: Piece, sign: str, right: Piece, level: int) -> Piece:
    edges = (left.starts, right.ends)
    return piece(left, sign, right, level=level, edges=edges, tall=left.tall or right.tall, open=right.open)


def plus(left: Piece, right: Piece) -> Piece:
    return infix(held(left, SUM), " + ", held(right, DOT if right.starts == "minus" else SUM), SUM)


def less(left: Piece, right: Piece) -> Piece:
    return infix(held(left, SUM), " - ", held(right, DOT), SUM)


def sign_first(product: Callable[[Piece, Piece], Piece]) -> Callable[[Piece, Piece], Piece]:
    """(-a) b is written -a b."""

    def signed(left: Piece, right: Piece) -> Piece:
        return product(left, right) if left.unsigned is None else minus(product(left.unsigned, right))

    return signed


@sign_first
def times(left: Piece, right: Piece) -> Piece:
    left, right = held(left, PRODUCT), held(right, MATRIX_PRODUCT)
    return infix(left, _times_sign(left.ends, right.starts), right, min(PRODUCT, right.level))


def _times_sign(left: str, right: str) -> str:
    """Side by side, unless that could be read as something else: 2 3, f(x), 2⅓, √2 x, names of several letters."""
    dotted = (
        right in ("digit", "negative")
        or left in ("one", "root")
        or "word" in (left, right)
        or "bar" in (left, right)
        or (left == "letter" and right == "bracket")
        or (left in ("digit", "frac") and right == "frac")
    )
    if dotted:
        return r" \cdot "
    return "" if left == "digit" and right in ("letter", "bracket", "call") else r"\,"


@sign_first
def matrix_times(left: Piece, right: Piece) -> Piece:
    left = held(left, MATRIX_PRODUCT, closed=True)
    right = bracketed(right) if right.starts == "digit" else held(right, POWER)
    sign = {"digit": "", "one": r" \cdot ", "root": r" \cdot "}.get(left.ends, r"\,")
    return infix(left, sign, right, MATRIX_PRODUCT)


@sign_first
def entrywise_times(left: Piece, right: Piece) -> Piece:
    left = left if left.level == HADAMARD and not left.open else held(left, MATRIX_PRODUCT, closed=True)
    right = right if right.level == HADAMARD else held(right, POWER)
    return infix(left, r" \odot ", right, HADAMARD)


@sign_first
def kronecker(left: Piece, right: Piece) -> Piece:
    return infix(held(left, POWER), r" \otimes ", held(right, POWER), HADAMARD)


@sign_first
def over(left: Piece, right: Piece) -> Piece:
    return piece(r"\frac{", left, "}{", right, "}", level=POWER, edges="frac", tall=True)


@sign_first
def slashed(left: Piece, right: Piece) -> Piece:
    """A fraction on one line, for exponents and subscripts."""
    return infix(held(left, PRODUCT), "/", held(right, POWER), INLINE)


def dot(left: Piece, right: Piece) -> Piece:
    return infix(held(left, POWER), r" \cdot ", held(right, POWER), DOT)


def raised(under: Piece, exponent: str | Piece) -> Piece:
    under = held(under, ATOM)
    return piece(under, "^{", exponent, "}", level=POWER, edges=(under.starts, "script"), tall=under.tall)
