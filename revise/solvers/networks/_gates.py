"""A formula as a computational graph: its gates in forward order, and who feeds whom. Nothing here recurses."""

from collections.abc import Collection
from dataclasses import dataclass

from revise.errors import InputError
from revise.expression import LEAVES, Node, name, number, postorder
from revise.expression.functions import ELEMENTWISE

_COMPARISONS = frozenset(["<", "<=", ">", ">=", "==", "!="])
_OPERATORS = frozenset(["+", "-", "*", "/", "^", ".*", "./", ".^", "neg", "%", "max", "min", "where"])
_PLAIN = {".*": "*", "./": "/", ".^": "^"}


@dataclass(frozen=True, eq=False)
class Gate:
    """One operation: `formula` in letters and earlier values, `sources` (operand → gate number or letter).

    Operands that no letter reaches are not among the sources, nor is the condition of a `where`.
    """

    number: int
    formula: Node
    sources: dict[int, int | str]


@dataclass(frozen=True, eq=False)
class Graph:
    """`gates` in forward order; `output` is the last value: `v[n]`, or a leaf where there is no gate."""

    gates: list[Gate]
    output: Node


def build(root: Node, letters: Collection[str], table: str) -> Graph:
    """The graph of `root`; gate i's value is called `table[i]`. A node met twice is one gate.

    Raises InputError at an operation whose value or operand is no single number.
    """
    order = _scalar_part(root)
    reached: dict[int, bool] = {}  # whether a letter stands below
    shown: dict[int, Node] = {}
    source: dict[int, int | str] = {}
    gates: list[Gate] = []
    for node in order:
        if node.head in LEAVES:
            reached[id(node)] = node.head == "name" and node.args[0] in letters
            shown[id(node)] = node
            if reached[id(node)]:
                source[id(node)] = node.args[0]
            continue
        reached[id(node)] = any(reached.get(id(child), False) for child in _operands(node))
        formula = Node(_PLAIN.get(node.head, node.head), tuple(shown.get(id(c), c) for c in node.args), node.at)
        if not reached[id(node)] and node is not root and _is_short(node):  # 1/2, √2, −3
            shown[id(node)] = node
            continue
        at = len(gates) + 1
        feeds = {k: source[id(child)] for k, child in enumerate(node.args) if id(child) in source}
        gates.append(Gate(at, formula, feeds))
        shown[id(node)] = value_of(table, at)
        if reached[id(node)]:
            source[id(node)] = at
    return Graph(gates, shown[id(root)])


def value_of(table: str, at: int) -> Node:
    return Node("index", (name(table), number(at)))


def _operands(node: Node) -> tuple[Node, ...]:
    """What a gradient can flow into."""
    return node.args[1:] if node.head == "where" else node.args


def _is_short(node: Node) -> bool:
    return len(node.args) <= 2 and all(child.head in LEAVES for child in node.args)


def _scalar_part(root: Node) -> list[Node]:
    """`root`'s nodes, children first, without the conditions of `where`."""
    order = postorder(root, _operands)
    for node in reversed(order):
        _check(node)
    return order


def _check(node: Node) -> None:
    if node.head in ("number", "name") or node.head in _OPERATORS:
        if node.head in ("max", "min") and len(node.args) == 1:
            raise InputError(f"{node.head} of one thing: here it compares single numbers, as in {node.head}(x, y)")
        return
    if node.head in ELEMENTWISE:
        return
    if node.head in _COMPARISONS:
        raise InputError("a comparison is true or false and has no gradient; it may stand first in where(…, …, …)")
    if node.head == "=":
        raise InputError("= belongs at the top: L = (w*x − y)^2")
    shown = {"@": "the product @", "list": "a list", "matrix": "a matrix", "index": "an index", ".T": "a transpose"}
    raise InputError(f"{shown.get(node.head, node.head)} works on arrays; each node here is a single number")
