"""The local gradients of each operation: as formulas, in words, and what is taken for one at a kink."""

from collections.abc import Container, Sequence
from fractions import Fraction
from math import floor
from typing import Any

from revise.engines.derivative import local
from revise.expression import Node, name, number, postorder, substitute

_RULES = {
    "neg": "the minus turns the sign",
    "%": "a hundredth",
    "exp": "exp is its own derivative",
    "log": "log x: 1/x",
    "ln": "ln x: 1/x",
    "log2": "log₂ x: 1/(x log 2)",
    "log10": "log₁₀ x: 1/(x log 10)",
    "sqrt": "√x: 1/(2√x)",
    "abs": "|x|: the sign of x",
    "sin": "sin: cos",
    "cos": "cos: −sin",
    "tanh": "tanh: 1 − value²",
    "sigmoid": "sigmoid: s(1 − s)",
    "relu": "relu passes it where its input is positive, else 0",
    "softplus": "softplus: the sigmoid",
    "erf": "erf: 2/√π · exp(−x²)",
    "max": "max routes it to the largest",
    "min": "min routes it to the smallest",
    "where": "only the branch that is taken gets it",
    **dict.fromkeys(["sign", "step", "floor", "ceil", "trunc", "round"], "flat between its jumps: 0"),
}
_ROUTERS = {
    "relu": ("relu: 1, its input is positive", "relu: 0, its input is not positive"),
    "max": ("max routes it to the largest", "max: 0, not the largest"),
    "min": ("min routes it to the smallest", "min: 0, not the smallest"),
    "where": ("the branch that is taken", "0, not the branch that is taken"),
}
KINKED = frozenset("relu abs max min sign step floor ceil trunc round".split())
_PAIRS = {
    "+": ("addition distributes", "addition distributes"),
    "-": ("subtraction: 1 on the left", "subtraction: −1 on the right"),
    "*": ("multiplication swaps", "multiplication swaps"),
    "^": ("power: n·x^(n − 1)", "a^x: a^x · log a"),
    "log_b": ("log_b x: 1/(x log b)", "log_b x by its base"),
}


def slopes(formula: Node, own: Node, flowing: Container[int], euler: str = "") -> Sequence[Node]:
    """The local gradient by each operand, `own` standing for the value; only the `flowing` ones are of use.

    euler  a free name, where the question has a letter e: then e is no constant
    """
    if formula.head in ("max", "min"):
        return [_routed(formula, k, flowing) for k in range(len(formula.args))]
    if not euler:
        return local(formula, own)
    found = local(substitute(formula, {"e": name(euler)}), own)
    return [substitute(slope, {euler: name("e")}) for slope in found]


def _routed(formula: Node, operand: int, flowing: Container[int]) -> Node:
    """1 where the operand is the one that max or min takes: of equals a constant, else the first."""
    args = formula.args
    first = [k for k in range(len(args)) if k != operand and (k < operand or k not in flowing)]
    later = [k for k in range(len(args)) if k > operand and k in flowing]
    chosen = number(1)
    for rivals, sign in ((later, ">="), (first, ">")):
        if rivals:
            best = args[rivals[0]] if len(rivals) == 1 else Node(formula.head, tuple(args[k] for k in rivals))
            test = Node(sign if formula.head == "max" else sign.replace(">", "<"), (args[operand], best))
            chosen = Node("where", (test, chosen, number(0)))
    return chosen


def natural(tree: Node, logarithm: str) -> Node:
    """`tree` with its natural logarithms called `logarithm`: derivatives write log, the question may have ln."""
    made: dict[int, Node] = {}
    for node in postorder(tree) if logarithm != "log" else ():
        args = tuple(made.get(id(child), child) for child in node.args)
        made[id(node)] = Node(logarithm if node.head == "log" else node.head, args, node.at)
    return made.get(id(tree), tree)


def rule(formula: Node, operand: int, slope: Node, logarithm: str = "log") -> str:
    """Why `slope` is `formula`'s local gradient by its `operand`-th argument (from 0)."""
    return _rule(formula, operand, slope).replace(" log ", f" {logarithm} ")


def _rule(formula: Node, operand: int, slope: Node) -> str:
    head = formula.head
    if head in _ROUTERS and slope.head == "number":
        return _ROUTERS[head][0 if slope.args[0] else 1]
    if head == "/":
        above = formula.args[0].args[0] if formula.args[0].head == "number" else "a"
        return "a/b: 1/b" if operand == 0 else f"{above}/x: −{above}/x²"
    if head == "^" and operand == 0 and formula.args[1].head == "number" and formula.args[1].args[0] == 2:
        return "x²: 2x"
    return _PAIRS[head][operand] if head in _PAIRS else _RULES.get(head, head)


def is_kink(head: str, operands: Sequence[Any]) -> bool:
    """Whether the operation has no derivative just there."""
    if head in ("relu", "abs", "sign", "step"):
        return bool(operands[0] == 0)
    if head in ("floor", "ceil", "trunc", "round"):
        shifted = operands[0] + Fraction(1, 2) if head == "round" else operands[0]
        return bool(shifted == floor(shifted))
    if head in ("max", "min"):
        extreme = max(operands) if head == "max" else min(operands)
        return sum(bool(operand == extreme) for operand in operands) > 1
    return False


def convention(head: str) -> str:
    """What is taken for the gradient at a kink, in words."""
    if head in ("max", "min"):
        return (
            f"{head} has no derivative where two operands are equally {'large' if head == 'max' else 'small'}: "
            "the gradient goes to a constant among them (so it is 0), else to the first "
            "(PyTorch would share it: there --check compares the value only)."
        )
    if head in ("relu", "abs"):
        return f"{head} has no derivative at 0: there it is taken as 0."
    return f"{head} has no derivative where it jumps: there too it is taken as 0."
