"""The line with the numbers put in: `W @ x + b` becomes 2·3 + 3·0.5 + 1. A field whose scalars are trees."""

import operator
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from revise.engines import exact
from revise.engines.arrays import Array
from revise.engines.walk import Env, Undecided, Unexpandable, evaluate
from revise.errors import InputError
from revise.expression.functions import CONSTANTS
from revise.expression.node import Node, free_names, postorder, substitute


def write(root: Node, env: Env) -> Any:
    """`root` with `env`'s values written into it: a Node, or an Array of Nodes, one an entry.

    Sums over an index become their terms and matrix products their sums. Where an operation has no such
    form (`solve`, `inv`) the values stand as lists and matrices inside the formula. A label stays a str.
    """
    try:
        return evaluate(root, env, FIELD)
    except Unexpandable:
        literals = {
            name: _literal(env[name]) for name in free_names(root) if not isinstance(env.get(name), tuple | str)
        }
        return substitute(root, literals)


def _literal(value: Any) -> Node:
    if isinstance(value, dict):
        return Node("list", tuple(_literal(entry) for entry in value.values()))
    if not isinstance(value, Array):
        return FIELD.lift(value)
    if len(value.shape) == 1:
        return Node("list", tuple(map(FIELD.lift, value.flat)))
    rows = [Array(value.shape[1:], tuple(entry)) for entry in _rows(value)]
    return Node("matrix" if len(value.shape) == 2 else "list", tuple(map(_literal, rows)))


def _rows(value: Array) -> list[tuple[Any, ...]]:
    size = len(value.flat) // value.shape[0]
    return [value.flat[i * size : (i + 1) * size] for i in range(value.shape[0])]


class Written:
    """The field of trees; see `walk.Field`. Nothing is simplified: what is shown is what is computed."""

    def lift(self, value: Any) -> Node:
        if isinstance(value, Node):
            return value
        if isinstance(value, bool):
            value = int(value)
        return Node("number", (value,))

    def constant(self, name: str) -> Node:
        return Node("name", (name,))

    def negative(self, a: Node) -> Node:
        return Node("neg", (a,))

    def add(self, a: Node, b: Node) -> Node:
        return Node("+", (a, b))

    def subtract(self, a: Node, b: Node) -> Node:
        return Node("-", (a, b))

    def multiply(self, a: Node, b: Node) -> Node:
        return Node("*", (a, b))

    def divide(self, a: Node, b: Node) -> Node:
        return Node("/", (a, b))

    def power(self, a: Node, b: Node) -> Node:
        return Node("^", (a, b))

    def apply(self, function: str, *args: Node) -> Node:
        return Node(function, args)

    def compare(self, sign: str, a: Node, b: Node) -> Node:
        return Node(sign, (a, b))

    def logic(self, sign: str, *args: Node) -> Node:
        if sign == "not":
            return Node("not", args)
        joined = args[0]
        for arg in args[1:]:
            joined = Node(sign, (joined, arg))
        return joined

    def decide(self, truth: Any) -> bool:
        if isinstance(truth, bool):
            return truth
        known = _known(truth)
        if known is not None:
            return bool(known)
        if set(free_names(truth)) - CONSTANTS:
            raise Undecided("a condition on letters")
        return bool(exact.evaluate(truth, {}))

    def choose(self, condition: Node, yes: Node, no: Node) -> Node:
        return Node("where", (condition, yes, no))

    def extreme(self, function: str, items: list[Node]) -> Node:
        return Node(function, tuple(items)) if len(items) <= 64 else Node(function, (Node("list", tuple(items)),))

    def first_extreme(self, function: str, items: list[Node]) -> Node:
        return Node(function, (Node("list", tuple(items)),))

    def pick(self, labels: list[Any], position: Node) -> Node:
        shown = [Node("label", (label,)) if isinstance(label, str) else self.lift(label) for label in labels]
        return Node("index", (Node("list", tuple(shown)), position))

    def index(self, value: Any) -> int | str:
        if isinstance(value, str):
            return value
        known = _known(value)
        if isinstance(known, int):
            return known
        if free_names(value):
            raise InputError("an index is a whole number, not a letter")
        found = exact.evaluate(value, {})
        return found if isinstance(found, str) else exact.FIELD.index(found)

    def linear(self, function: str, rows: list[list[Any]], right: list[list[Any]]) -> list[list[Any]]:
        raise Unexpandable(function)


FIELD = Written()

_PLAIN: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "<": operator.lt, "<=": operator.le, ">": operator.gt,
    ">=": operator.ge, "==": operator.eq, "!=": operator.ne, "and": lambda a, b: a and b, "or": lambda a, b: a or b,
}  # fmt: skip


def _known(node: Node, depth: int = 12) -> Any:
    """The value of a small tree of exact numbers, as indices and their conditions are; None for anything else."""
    if node.head == "number":
        return node.args[0] if isinstance(node.args[0], int | Fraction) else None
    if node.head not in _PLAIN or not depth:
        return None
    values = [_known(part, depth - 1) for part in node.args]
    return None if None in values else _PLAIN[node.head](*values)


def size(root: Node) -> int:
    """How many nodes a written line has."""
    return len(postorder(root))


def is_plain(root: Node) -> bool:
    """Whether the line is a number or a letter already, so that writing it out says nothing."""
    return root.head in ("number", "name", "label") or (
        root.head == "neg" and isinstance(root.args[0].args[0], int | Fraction | float)
    )
