"""Tree → one line of text that the parser reads back as the same tree."""

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from revise.expression.lexer import GREEK
from revise.expression.node import LEAVES, Node, postorder
from revise.numerals import Numerals

_SIGNS = {
    "+": (" + ", 7), "-": (" − ", 7), "*": ("·", 8), "/": ("/", 8), "@": (" @ ", 8), ".*": (" ⊙ ", 8),
    "./": (" ./ ", 8), "^": ("^", 10), ".^": (" .^ ", 10), "=": (" = ", 1), "or": (" or ", 2), "and": (" and ", 3),
    "==": (" == ", 5), "!=": (" ≠ ", 5), "<": (" < ", 5), "<=": (" ≤ ", 5), ">": (" > ", 5), ">=": (" ≥ ", 5),
    "..": ("..", 6),
}  # fmt: skip
_LETTERS = {name: letter for letter, name in GREEK.items() if letter not in "ϵϕ"}
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


class _Piece(NamedTuple):
    text: str
    precedence: float
    minus: bool = False  # starts with a minus sign


def text(node: Node, numerals: Numerals | None = None) -> str:
    """`node` in one line, as a person would type it: 2·x² + exp(−w₀)."""
    style = numerals or Numerals()
    pieces: dict[int, _Piece] = {}
    for part in postorder(node):
        args = [pieces[id(child)] for child in part.args] if part.head not in LEAVES else []
        pieces[id(part)] = _piece(part, args, style)
    return pieces[id(node)].text


def name_text(name: str) -> str:
    """A name as it is read: Greek letters as letters, closing digits lowered (w₀, σ, h_prev)."""
    stem = name.rstrip("0123456789")
    digits = name[len(stem) :].translate(_SUBSCRIPTS)
    if stem in _LETTERS:
        return _LETTERS[stem] + digits
    return stem + digits if len(stem) == 1 else name


def number_text(value: int | Fraction | float, style: Numerals) -> str:
    return style.text(value).replace("-", "−", 1) if value < 0 else style.text(value)


def _piece(node: Node, args: list[_Piece], style: Numerals) -> _Piece:
    head = node.head
    if head == "number":
        spelling, value = number_text(node.args[0], style), node.args[0]
        level = 8 if "/" in spelling else 9 if value < 0 else 12
        return _Piece(spelling, level, value < 0)
    if head in ("name", "label"):
        return _Piece(name_text(node.args[0]) if head == "name" else node.args[0], 12)
    if head in _SIGNS:
        return _infix(head, *args)
    return _OTHERS.get(head, _call)(node, args)


def _infix(sign: str, left: _Piece, right: _Piece) -> _Piece:
    spelling, level = _SIGNS[sign]
    if sign == "^" and right.text.isdigit():
        return _Piece(_bracketed(left, 11) + right.text.translate(_SUPERSCRIPTS), 10, False)
    tight_left = 11 if level == 10 else level + (level == 5)
    tight_right = level if level == 10 else level + 0.5
    shown = _bracketed(left, tight_left)
    after = f"({right.text})" if right.minus and level > 5 else _bracketed(right, tight_right)
    return _Piece(shown + spelling + after, level, shown.startswith("−"))


def _bracketed(piece: _Piece, least: float) -> str:
    return piece.text if piece.precedence >= least else f"({piece.text})"


def _negative(_: Node, args: list[_Piece]) -> _Piece:
    inner = args[0]
    shown = f"({inner.text})" if inner.minus else _bracketed(inner, 10)
    return _Piece("−" + shown, 9, True)


def _index(_: Node, args: list[_Piece]) -> _Piece:
    base, *indices = args
    return _Piece(f"{_bracketed(base, 11)}[{','.join(piece.text for piece in indices)}]", 12)


def _list(_: Node, args: list[_Piece]) -> _Piece:
    return _Piece(f"[{', '.join(piece.text for piece in args)}]", 12)


def _matrix(_: Node, args: list[_Piece]) -> _Piece:
    return _Piece(f"[{'; '.join(piece.text[1:-1] for piece in args)}]", 12)


def _for(node: Node, args: list[_Piece]) -> _Piece:
    variable, domain, body, *condition = args
    tail = f" if {condition[0].text}" if condition else ""
    return _Piece(f"{body.text} for {variable.text} in {domain.text}{tail}", 0)


def _root(node: Node, args: list[_Piece]) -> _Piece:
    inner = args[0]
    if inner.precedence == 12 and node.args[0].head in ("number", "name"):
        return _Piece("√" + inner.text, 9.5)
    return _call(node, args)


def _call(node: Node, args: list[_Piece]) -> _Piece:
    return _Piece(f"{node.head}({', '.join(piece.text for piece in args)})", 12)


_OTHERS: dict[str, Callable[[Node, list[_Piece]], _Piece]] = {
    "neg": _negative,
    "index": _index,
    "list": _list,
    "matrix": _matrix,
    "for": _for,
    "sqrt": _root,
    "axis": lambda _, args: _Piece(f"axis={args[0].text}", 0),
    ":": lambda _, __: _Piece(":", 12),
    "factorial": lambda _, args: _Piece(_bracketed(args[0], 11) + "!", 11),
    "%": lambda _, args: _Piece(_bracketed(args[0], 11) + "%", 11),
    ".T": lambda _, args: _Piece(_bracketed(args[0], 11) + ".T", 11),
    "not": lambda _, args: _Piece("not " + _bracketed(args[0], 4), 4),
}
