"""diff, grad, jacobian and hessian: by the engine of derivatives, in textbook form, with the steps of the rules."""

from typing import Any

from revise.calculator import rules
from revise.calculator.echo import line, maths
from revise.calculator.result import Line, RuleStep
from revise.engines.arrays import Array, array
from revise.engines.derivative import derivative
from revise.engines.written import write
from revise.errors import InputError
from revise.expression import LEAVES, Node, free_names, name, postorder
from revise.expression.functions import ARRAY_FUNCTIONS

_MOST_NODES = 4000
_WORTH = 0.85  # of the operations: so short must a rearranged form be
_SMALL = 8  # operations up to which nothing is to be collected


def entries(tree: Node) -> Any:
    """A formula, or an Array of formulas: products of matrices and softmax are written out entry by entry."""
    heads = {node.head for node in postorder(tree)}
    if not heads & (ARRAY_FUNCTIONS - {"max", "min", "where"} | {"list", "matrix", "@"}):
        return tree
    letters = {letter: name(letter) for letter in free_names(tree)}
    written = write(tree, letters)
    flat = written.flat if isinstance(written, Array) else (written,)
    if any(node.head in ("inv", "det", "solve") for each in flat for node in postorder(each)):
        from revise.engines import sympy_

        value = sympy_.evaluate(tree, letters)
        flat = value.flat if isinstance(value, Array) else (value,)
        trees = [sympy_.to_tree(each, list(letters)) for each in flat]
        return array(value.shape if isinstance(value, Array) else (), trees)
    return written


def differentiated(tree: Node, letter: str) -> Node:
    """The derivative of one formula, its like terms collected where that makes it shorter."""
    slope = derivative(tree, letter)
    if len(postorder(slope)) > _MOST_NODES:
        raise InputError(f"the derivative by {letter} has more than {_MOST_NODES:,} operations")
    return collected(slope)


def collected(tree: Node) -> Node:
    tree = _flat(tree)
    if len(postorder(tree)) <= _SMALL:
        return tree
    from revise.engines import sympy_

    letters = free_names(tree)
    try:
        other = sympy_.to_tree(sympy_.evaluate(tree, {letter: name(letter) for letter in letters}), letters)
    except InputError:
        return tree
    return other if len(postorder(other)) < _WORTH * len(postorder(tree)) else tree


def _flat(tree: Node) -> Node:
    """Products without brackets: a*(b*c) as a*b*c."""
    made: dict[int, Node] = {}
    for node in postorder(tree):
        if node.head in LEAVES:
            made[id(node)] = node
            continue
        args = tuple(made[id(child)] for child in node.args)
        if node.head == "*" and args[1].head == "*":
            first, *others = _factors(args[1])
            product = Node("*", (args[0], first))
            for factor in others:
                product = Node("*", (product, factor))
            made[id(node)] = product
        else:
            made[id(node)] = Node(node.head, args, node.at)
    return made[id(tree)]


def _factors(node: Node) -> list[Node]:
    found: list[Node] = []
    while node.head == "*":
        found.append(node.args[1])
        node = node.args[0]
    return [node, *reversed(found)]


def repeated(tree: Node, letters: list[str], steps: list[RuleStep] | None = None) -> Node:
    """Derivatives by the letters one after another, of a formula or of every entry of an array."""
    value = entries(tree)
    if isinstance(value, Array):
        return nested(Array(value.shape, tuple(_by(entry, letters, None) for entry in value.flat)))
    return _by(value, letters, steps)


def _by(tree: Node, letters: list[str], steps: list[RuleStep] | None) -> Node:
    for order, letter in enumerate(letters, 1):
        if steps is not None:
            steps += [_shown(each, letter, order) for each in rules.steps(tree, letter)]
        tree = differentiated(tree, letter)
    return tree


def _shown(step: rules.Applied, letter: str, order: int) -> RuleStep:
    parts = [(word, shown(part)) for word, part in step.named]
    return RuleStep(step.rule, step.law, letter, shown(step.part), shown(step.result), parts, order)


def shown(tree: Node) -> Line:
    return Line(maths(tree), line(tree))


def gradient(tree: Node, letters: list[str]) -> Node:
    value = entries(tree)
    if isinstance(value, Array):
        raise InputError("grad is of one formula; of several it is jacobian([f1, f2], [x, y])")
    return Node("list", tuple(differentiated(value, letter) for letter in letters))


def jacobian(tree: Node, letters: list[str]) -> Node:
    value = entries(tree)
    functions = value.flat if isinstance(value, Array) else (value,)
    if isinstance(value, Array) and len(value.shape) > 1 and min(value.shape) > 1:
        raise InputError("jacobian is of a vector of formulas, [f1, f2], not of a matrix")
    rows = tuple(Node("list", tuple(differentiated(each, letter) for letter in letters)) for each in functions)
    return Node("matrix", rows)


def hessian(tree: Node, letters: list[str]) -> Node:
    value = entries(tree)
    if isinstance(value, Array):
        raise InputError("hessian is of one formula")
    firsts = {letter: derivative(value, letter) for letter in letters}
    rows = tuple(Node("list", tuple(differentiated(firsts[x], y) for y in letters)) for x in letters)
    return Node("matrix", rows)


def nested(value: Array) -> Node:
    """An Array of trees as one tree."""
    if len(value.shape) == 1:
        return Node("list", value.flat)
    size = len(value.flat) // value.shape[0]
    rows = tuple(Node("list", value.flat[i : i + size]) for i in range(0, len(value.flat), size))
    return Node("matrix", rows)
