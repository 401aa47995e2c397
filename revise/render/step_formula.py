"""A step's formula and value as a reader wants them: index letters filled in, floats at their places."""

from collections.abc import Collection, Mapping
from fractions import Fraction
from typing import Any

from revise.answers import value_text
from revise.engines import exact
from revise.engines.arrays import Array
from revise.engines.latex import latex
from revise.errors import InputError
from revise.expression import LEAVES, Node, free_names, number, postorder, substitute
from revise.numerals import Numerals
from revise.render.formula import formula_line
from revise.solution import Step
from revise.untrusted import harmless

Labels = Mapping[str, tuple[Any, ...]]
"""Name of a small set → its labels."""


def in_place(step: Step, labels: Labels) -> Node:
    """The formula with the step's index letters filled in: h[t-1] at t = 3 reads h₂."""
    filled = substitute(
        _spread(step.tree, labels, ("prod", "list") if step.unit == "shape" else ("prod",)),
        {
            letter: Node("label", (value,)) if isinstance(value, str) else number(value)
            for letter, value in step.at.items()
        },
    )
    made: dict[int, Node] = {}
    for node in postorder(filled):
        if node.head in LEAVES:
            made[id(node)] = node
            continue
        args = [made[id(child)] for child in node.args]
        if node.head == "index":
            args[1:] = [_folded(arg) for arg in args[1:]]
        elif node.head == "..":
            args = [_folded(arg) for arg in args]
        made[id(node)] = Node(node.head, tuple(args), node.at)
    return made[id(filled)]


def sides(formula: Node) -> list[Node]:
    """The entries of a shape: those of a list, or of lists and numbers joined."""
    if formula.head == "concat":
        return [side for part in formula.args for side in sides(part)]
    return list(formula.args) if formula.head == "list" else [formula]


def _spread(tree: Node, labels: Labels, heads: Collection[str]) -> Node:
    """Products (and lists) over two or three labels written out: k_h k_w for ∏ k_a."""
    made: dict[int, Node] = {}
    for node in postorder(tree):
        if node.head in LEAVES:
            made[id(node)] = node
            continue
        args = tuple(made[id(child)] for child in node.args)
        made[id(node)] = Node(node.head, args, node.at)
        if node.head in heads and args[0].head == "for" and len(args[0].args) == 3:
            variable, domain, body = args[0].args
            if domain.head == "name" and domain.args[0] in labels:
                items = [
                    substitute(body, {variable.args[0]: Node("label", (label,))}) for label in labels[domain.args[0]]
                ]
                made[id(node)] = Node("list", tuple(items)) if node.head == "list" else _product(items)
    return made[id(tree)]


def _product(items: list[Node]) -> Node:
    product = items[0]
    for item in items[1:]:
        product = Node("*", (product, item))
    return product


def _folded(index: Node) -> Node:
    if index.head in LEAVES or free_names(index):
        return index
    try:
        return number(exact.evaluate(index, {}))
    except (InputError, TypeError):
        return index


def value_chain(value: Any, numerals: Numerals, unit: str = "", group: bool = False) -> list[tuple[str, str]]:
    """`= 20/3`, `≈ 6.6667`: a value exactly where it has a short exact form, and rounded where it needs it."""
    if isinstance(value, Node):
        return [("=", formula_line(latex(value)))]
    if isinstance(value, Array):
        flat = [entry for entry in value.flat if not isinstance(entry, Node | str)]
        sign = "=" if all(numerals.is_exact(entry) for entry in flat) else "≈"
        if any(isinstance(entry, Node) for entry in value.flat) and unit == "shape":
            sides = [formula_line(latex(entry)) if isinstance(entry, Node) else str(entry) for entry in value.flat]
            return [("=", " × ".join(f"({side})" if " " in side else side for side in sides))]
        if any(isinstance(entry, Node) for entry in value.flat):
            return [("=", formula_line(latex(nested(value))))]
        return [(sign, value_text(value, numerals, unit))]
    if isinstance(value, str | bool):
        return [("=", harmless(str(value)))]
    text = value_text(value, numerals, group=group)
    chain = [("=" if numerals.is_exact(value) else "≈", text)]
    if "/" in text:
        chain.append(("≈", numerals.decimal(value).replace("-", "−", 1)))
    return chain


def shortened(tree: Node, numerals: Numerals) -> Node:
    """`tree` with its floats as they are shown: at the numerals' places, not at sixteen."""
    made: dict[int, Node] = {}
    for node in postorder(tree):
        if node.head == "number" and isinstance(node.args[0], float) and abs(node.args[0]) < 1e15:
            text = numerals.text(node.args[0])
            made[id(node)] = node if "e" in text else number(Fraction(text))
        elif node.head in LEAVES:
            made[id(node)] = node
        else:
            made[id(node)] = Node(node.head, tuple(made[id(child)] for child in node.args), node.at)
    return made[id(tree)]


def nested(value: Array) -> Node:
    nodes = tuple(entry if isinstance(entry, Node) else number(entry) for entry in value.flat)
    if len(value.shape) == 1:
        return Node("list", nodes)
    size = value.shape[1]
    rows = (Node("list", nodes[i : i + size]) for i in range(0, len(nodes), size))
    return Node("matrix", tuple(rows))
