"""What goes wrong in back-propagation by hand, as formulas put in a step's place."""

from collections.abc import Mapping
from typing import Any

from revise.engines import exact
from revise.engines.text import text
from revise.errors import InputError
from revise.expression import Node, name, number
from revise.solution import Solution, Step
from revise.solvers.networks._passes import DERIVED

Slips = dict[str, Node]


def slips(solution: Solution) -> dict[str, Slips]:
    """Step as shown (`g[3]`, `df_dx`) → what was done wrong → the formula that does it.

    With numbers only those are listed that give another value than the right one.
    """
    gates = {step.key: step.tree for step in solution.steps if step.table == "forward"}
    table = next((key[0] for key in gates), "")
    found: dict[str, Slips] = {}
    for step, env in solution.walk():
        if step.claim.gradient_of is not None and step.why != DERIVED:
            own = _own(step, table)
            slipped = _in_gradient(step.tree, own, {key[1]: tree for key, tree in gates.items()})
        elif step.table == "backward":
            index = step.key[1]
            gate = gates[table, index[0] if isinstance(index, tuple) else index]
            slipped = _in_slope(step.tree, gate)
        else:
            continue
        if kept := {label: wrong for label, wrong in slipped.items() if _differs(wrong, step.value, env)}:
            found[_shown(step)] = kept
    return found


def _in_gradient(tree: Node, own: Node, gates: Mapping[Any, Node]) -> Slips:
    if tree.head == "+":
        return {"only one path is counted, but gradients add at a branch": _first_term(tree)}
    if tree.head != "*":
        return {}
    upstream, slope = tree.args
    gate = gates[upstream.args[1].args[0]]
    slipped = {"the local gradient alone, without the upstream gradient": slope}
    if gate.head == "*" and text(slope) != text(own):
        slipped["multiplied by its own value, but a product swaps"] = Node("*", (upstream, own))
    if slope.head == "neg" or (slope.head == "number" and slope.args[0] < 0):
        slipped["the minus is forgotten"] = Node("*", (upstream, _positive(slope)))
    if gate.head == "exp":
        slipped["the input of exp is taken, but exp is its own derivative"] = Node("*", (upstream, gate.args[0]))
    return slipped


def _in_slope(tree: Node, gate: Node) -> Slips:
    if gate.head == "sigmoid" and tree.head == "*":
        return {"s instead of s(1 − s)": tree.args[0]}
    if gate.head == "tanh" and tree.head == "-":
        return {"1 − value instead of 1 − value²": Node("-", (number(1), tree.args[1].args[0]))}
    if gate.head == "^" and tree.head == "*":
        return {"the factor in front is forgotten": tree.args[1]}
    without = _without_minus(tree)
    return {} if without is None else {"the minus is forgotten": without}


def _without_minus(tree: Node) -> Node | None:
    """`tree` without the minus it begins with."""
    if tree.head == "neg":
        positive: Node = tree.args[0]
        return positive
    if tree.head == "number" and tree.args[0] < 0:
        return number(-tree.args[0])
    if tree.head in ("*", "/"):
        inner = _without_minus(tree.args[0])
        return None if inner is None else Node(tree.head, (inner, tree.args[1]))
    return None


def _positive(slope: Node) -> Node:
    without = _without_minus(slope)
    return slope if without is None else without


def _first_term(tree: Node) -> Node:
    while tree.head == "+":
        tree = tree.args[0]
    return tree


def _own(step: Step, table: str) -> Node:
    """What the gradient of `step` is taken by: a letter or a value."""
    index = step.key[1]
    assert step.claim.gradient_of is not None
    return name(step.claim.gradient_of[1]) if index is None else Node("index", (name(table), number(index)))


def _shown(step: Step) -> str:
    title, index = step.key
    if index is None:
        return title
    return f"{title}[{','.join(map(str, index)) if isinstance(index, tuple) else index}]"


def _differs(wrong: Node, right: Any, env: Mapping[str, Any]) -> bool:
    if isinstance(right, Node) or any(isinstance(value, Node) for value in env.values()):
        return True
    try:
        value = exact.evaluate(wrong, env)
    except InputError:
        return False
    return bool(abs(value - right) > 1e-9 * max(1, abs(right)))
