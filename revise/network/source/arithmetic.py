"""Sums and products of the numbers a source writes down; letters make formulas."""

import ast
import math
import operator
from collections.abc import Callable
from typing import Any

from revise.expression import Node, number, postorder

_MOST = 10**12
_SIGNS: dict[type[ast.operator], tuple[str, Callable[[Any, Any], Any]]] = {
    ast.Add: ("+", operator.add), ast.Sub: ("-", operator.sub), ast.Mult: ("*", operator.mul),
    ast.Div: ("/", operator.truediv), ast.FloorDiv: ("//", operator.floordiv), ast.Mod: ("%", operator.mod),
    ast.Pow: ("^", operator.pow),
}  # fmt: skip


def combine(sign: ast.operator, left: Any, right: Any) -> Any:
    """`left sign right` of numbers, letters, texts (+) or lists (+). Raises ValueError saying why not."""
    if type(sign) not in _SIGNS:
        raise ValueError("this operation is not read")
    shown, compute = _SIGNS[type(sign)]
    if isinstance(left, list | str) and isinstance(right, type(left)) and shown == "+":
        if len(left) + len(right) > 10**5:
            raise ValueError("this is too long")
        joined: Any = operator.add(left, right)
        return joined
    if isinstance(left, list | tuple) or isinstance(right, list | tuple):
        raise ValueError("a list times a number is not read; write the layers out")
    if not all(isinstance(each, int | float | Node) and not isinstance(each, bool) for each in (left, right)):
        raise ValueError("only numbers are combined here")
    if isinstance(left, Node) or isinstance(right, Node):
        return _letters(shown, left, right)
    if shown == "^" and (abs(right) > 40 or abs(left) > _MOST):
        raise ValueError("this power is too large")
    try:
        return bounded(compute(left, right))
    except (ZeroDivisionError, OverflowError):
        raise ValueError("this has no value") from None


def bounded(value: Any) -> Any:
    if isinstance(value, complex) or (isinstance(value, float) and not math.isfinite(value)):
        raise ValueError("this has no value")
    if abs(value) > _MOST:
        raise ValueError("this number is too large")
    return value


def _letters(shown: str, left: Any, right: Any) -> Node:
    if any(isinstance(each, float) for each in (left, right)) or shown == "%":
        raise ValueError("letters are combined with whole numbers by + - * / //")
    sides = tuple(each if isinstance(each, Node) else _signed(each) for each in (left, right))
    made = Node("floor", (Node("/", sides),)) if shown == "//" else Node(shown, sides)
    sizes: dict[int, int] = {}
    for node in postorder(made):
        sizes[id(node)] = 1 + sum(sizes[id(part)] for part in node.args if isinstance(part, Node))
    if sizes[id(made)] > 200:
        raise ValueError("this formula is too long")
    return made


def _signed(value: int) -> Node:
    return number(value) if value >= 0 else Node("neg", (number(-value),))
