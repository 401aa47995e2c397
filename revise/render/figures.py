"""The numbers of a formula as they are shown: rounded where they are long, never so far that the line is false."""

import math
from collections.abc import Callable
from dataclasses import replace
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from revise.engines import exact
from revise.engines.arrays import Array
from revise.engines.latex import latex
from revise.errors import InputError
from revise.expression import LEAVES, Node, number, postorder
from revise.numerals import Numerals
from revise.render.formula import formula_line

_MOST_DIGITS = 16  # more than this a float does not have
_PLAIN = 8  # significant digits of a decimal that stands in a line as it is
_LONGEST_FRACTION = 20  # signs of LaTeX: \frac{12345}{12345}


class Line(NamedTuple):
    """A formula to be shown, and whether numbers in it were rounded for that."""

    tree: Node
    rounded: bool

    @property
    def sign(self) -> str:
        return "≈" if self.rounded else "="

    @property
    def text(self) -> str:
        return formula_line(latex(self.tree))


def shortened(tree: Node, numerals: Numerals, value: Any = None) -> Line:
    """`tree` with its floats and long fractions rounded as `numerals` say.

    Where `value` is a number the digits are as many as it takes for the line to come to it as it is shown.
    """
    if not any(_is_long(node, numerals) for node in postorder(tree)):
        return Line(_figured(tree, numerals), False)
    style = numerals
    if isinstance(value, int | Fraction | float) and math.isfinite(value):
        wanted = numerals.shown(value)
        finer = (_finer(numerals, more) for more in range(_MOST_DIGITS))
        style = next((style for style in finer if _comes_to(tree, style, numerals, wanted)), _finer(numerals, 99))
    return Line(_figured(tree, style), True)


def _finer(numerals: Numerals, more: int) -> Numerals:
    if numerals.significant is not None:
        return replace(numerals, significant=numerals.significant + more)
    return replace(numerals, digits=numerals.digits + more)


def _is_long(node: Node, numerals: Numerals) -> bool:
    if node.head != "number":
        return False
    value = node.args[0]
    if isinstance(value, float):
        return math.isfinite(value)
    if numerals.exact or not isinstance(value, Fraction):
        return False
    full = full_decimal(value)
    return (full is None or _figures(full) > _PLAIN) and len(latex(node)) > _LONGEST_FRACTION


def full_decimal(value: Fraction) -> Decimal | None:
    """`value` as a decimal that ends within fifteen digits; None where it does not."""
    decimal = Context(prec=15).divide(Decimal(value.numerator), Decimal(value.denominator))
    return decimal if decimal == value else None


def _figures(value: Decimal) -> int:
    return len(value.as_tuple().digits)


def _comes_to(tree: Node, style: Numerals, numerals: Numerals, wanted: Decimal) -> bool:
    """Whether the line, its numbers rounded by `style`, has the value that is shown."""

    def read(node: Node) -> Node:
        return number(Fraction(style.telling(node.args[0]).shown(node.args[0]))) if _is_long(node, style) else node

    try:
        found = exact.evaluate(_mapped(tree, read), {})
        return isinstance(found, int | Fraction | float) and numerals.shown(found) == wanted
    except (InputError, ArithmeticError, TypeError, ValueError):
        return False


def _figured(tree: Node, style: Numerals) -> Node:
    def set_(node: Node) -> Node:
        value = node.args[0]
        if _is_long(node, style):
            return figure(value, style.telling(value))
        if not isinstance(value, Fraction):
            return node
        if style.exact:
            return figure(value, style)
        full = full_decimal(value) if value.denominator > 10**6 else None
        return node if full is None else Node("number", (full,))

    return _mapped(tree, lambda node: set_(node) if node.head == "number" else node)


def _mapped(tree: Node, change: Callable[[Node], Node]) -> Node:
    """`tree` with `change` made to its leaves."""
    made: dict[int, Node] = {}
    for node in postorder(tree):
        if node.head in LEAVES:
            made[id(node)] = change(node)
        else:
            made[id(node)] = Node(node.head, tuple(made[id(child)] for child in node.args), node.at)
    return made[id(tree)]


def figure(value: int | Fraction | float, numerals: Numerals) -> Node:
    """A number as `numerals` show it: whole, a fraction, or a decimal with the zeros that were rounded to."""
    if isinstance(value, float) and not math.isfinite(value):
        return Node("number", (value,))
    if "/" in numerals.text(value):
        over = Node("/", (number(abs(value.numerator)), number(value.denominator)))  # type: ignore[union-attr]
        return Node("neg", (over,)) if value < 0 else over
    if not numerals.ends(value):
        return Node("number", (numerals.shown(value),))
    return Node("number", (numerals.shown(value).normalize() if isinstance(value, Fraction) else value,))


def nested(value: Array, numerals: Numerals) -> Node:
    """A vector or a matrix as a list or a matrix of what `numerals` show."""
    nodes = tuple(
        shortened(entry, numerals).tree if isinstance(entry, Node) else figure(entry, numerals) for entry in value.flat
    )
    if len(value.shape) == 1:
        return Node("list", nodes)
    size = value.shape[1]
    rows = (Node("list", nodes[i : i + size]) for i in range(0, len(nodes), size))
    return Node("matrix", tuple(rows))
