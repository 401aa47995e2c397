"""The tree every engine walks."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

LEAVES = frozenset({"number", "name", "label", ":"})


@dataclass(frozen=True, eq=False, repr=False, slots=True)
class Node:
    """One operation. Immutable, compared by identity (equality of meaning is `revise.equality`).

    head  an operator's sign (`+ - * / @ .* ./ ^ .^ = == != < <= > >= and or not neg ..`), a function's
          name, or one of `number name label : list matrix index for axis % .T`
    args  its Nodes; for the leaves `number`, `name` and `label` the one payload
          (int or Fraction; str; str). `for` holds variable, domain, body and perhaps a condition.
    at    where it stands in the text it was read from, counted in characters
    """

    head: str
    args: tuple[Any, ...] = ()
    at: int = 0

    def __repr__(self) -> str:
        return f"<Node {self.head} at {self.at}>"


def number(value: int | Fraction, at: int = 0) -> Node:
    if isinstance(value, Fraction) and value.denominator == 1:
        value = value.numerator
    return Node("number", (value,), at)


def name(text: str, at: int = 0) -> Node:
    return Node("name", (text,), at)


def postorder(root: Node, parts: Callable[[Node], Iterable[Node]] = lambda node: node.args) -> list[Node]:
    """Every distinct node below `root`, children before parents, binders' bodies included.

    `parts` gives the children that count, where not all do.
    """
    order: list[Node] = []
    seen: set[int] = set()
    stack: list[tuple[Node, bool]] = [(root, False)]
    while stack:
        node, ready = stack.pop()
        if ready:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            if node.head not in LEAVES:
                stack.extend((child, False) for child in reversed(tuple(parts(node))))
    return order


def free_names(root: Node) -> list[str]:
    """Names the tree needs from outside, in the order of writing; what a `for` binds is not among them."""
    found: dict[str, None] = {}
    for node, bound in _with_bound(root):
        if node.head == "name" and node.args[0] not in bound:
            found.setdefault(node.args[0])
    return list(found)


def _with_bound(root: Node) -> Iterator[tuple[Node, frozenset[str]]]:
    stack: list[tuple[Node, frozenset[str]]] = [(root, frozenset())]
    seen: set[tuple[int, frozenset[str]]] = set()
    while stack:
        node, bound = stack.pop()
        if (id(node), bound) in seen:
            continue
        seen.add((id(node), bound))
        yield node, bound
        if node.head == "for":
            variable, domain, *rest = node.args
            stack.extend((part, bound | {variable.args[0]}) for part in reversed(rest))
            stack.append((domain, bound))
        elif node.head not in LEAVES:
            stack.extend((child, bound) for child in reversed(node.args))


def substitute(root: Node, values: dict[str, Node]) -> Node:
    """`root` with free names replaced; untouched parts are shared, not copied."""
    if not values:
        return root
    made: dict[int, Node] = {}
    for node in postorder(root):
        if node.head == "name":
            made[id(node)] = values.get(node.args[0], node)
        elif node.head == "for":
            hidden = node.args[0].args[0]
            inner = {key: value for key, value in values.items() if key != hidden}
            parts = (
                node.args[0],
                made[id(node.args[1])],
                *(substitute(part, inner) for part in node.args[2:]),
            )
            made[id(node)] = Node("for", parts, node.at)
        elif node.head in LEAVES:
            made[id(node)] = node
        else:
            args = tuple(made[id(child)] for child in node.args)
            same = all(new is old for new, old in zip(args, node.args, strict=True))
            made[id(node)] = node if same else Node(node.head, args, node.at)
    return made[id(root)]
