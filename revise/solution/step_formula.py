"""A step's formula as a reader wants it: index letters filled in, small products written out."""

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any

from revise.engines import exact
from revise.engines.latex import latex
from revise.errors import InputError
from revise.expression import LEAVES, Node, free_names, number, postorder, substitute
from revise.solution import Step, formula_tree

Labels = Mapping[str, tuple[Any, ...]]
"""Name of a small set → its labels."""


def in_place(step: Step, labels: Labels) -> Node:
    """The formula with the step's index letters filled in: h[t-1] at t = 3 reads h₂."""
    if isinstance(step.formula, Node):
        return _filled(step.formula, tuple(step.at.items()), (), False)
    return _filled_text(step.formula, tuple(step.at.items()), tuple(labels.items()), step.unit == "shape")


@lru_cache(maxsize=1024)
def _filled_text(formula: str, at: tuple[Any, ...], labels: tuple[Any, ...], shape: bool) -> Node:
    """A page works one solver out several times: its literal formulas come again."""
    return _filled(formula_tree(formula), at, labels, shape)


def _filled(tree: Node, at: tuple[Any, ...], labels: tuple[Any, ...], shape: bool) -> Node:
    filled = substitute(
        _spread(tree, dict(labels), ("prod", "list") if shape else ("prod",)),
        {letter: Node("label", (value,)) if isinstance(value, str) else number(value) for letter, value in at},
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


@lru_cache(maxsize=1024)
def formula_tex(formula: Node) -> str:
    """The LaTeX of a formula from `in_place`, which gives the same one again."""
    return latex(formula)


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
