"""Gradients of a formula: values forwards, the chain rule backwards."""

from collections.abc import Mapping, Sequence
from math import isfinite
from random import Random
from typing import Any

from revise.engines.text import text
from revise.errors import InputError
from revise.expression import Node, free_names, name, postorder
from revise.expression.functions import CONSTANTS
from revise.parameters import Expression, Values
from revise.solution import Solution, Work
from revise.solvers.networks._asked import check_asked, titled
from revise.solvers.networks._gates import build
from revise.solvers.networks._passes import Backward, Names, forward, name_kinks
from revise.solvers.networks._slips import slips

SERVES: dict[str, dict[str, object]] = {"backprop": {}}
SOURCE = "Stanford CS231n, notes 'Backpropagation, Intuitions'; Rumelhart, Hinton & Williams 1986"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # CS231n notes: "Compound expressions with chain rule", the sigmoid neuron, "Patterns in backward flow".
    # The lecture's slides carry 0.2 on and print 0.4 and -0.6; the notes' figure is rounded once, as here.
    (
        {"expression": "(x + y) z", "at": "x=-2, y=5, z=-4"},
        {"value": -12, "df/dx": -4, "df/dy": -4, "df/dz": 3},
    ),
    (
        {"expression": "1/(1+exp(-(w0*x0+w1*x1+w2)))", "at": "w0=2, x0=-1, w1=-3, x1=-2, w2=-3"},
        {"value": "0.73", "df/dw0": "-0.20", "df/dx0": "0.39", "df/dw1": "-0.39", "df/dx1": "-0.59", "df/dw2": "0.20"},
    ),
    (
        {"expression": "2*(x*y + max(z, w))", "at": "x=3, y=-4, z=2, w=-1"},
        {"value": -20, "df/dx": -8, "df/dy": 6, "df/dz": 2, "df/dw": 0},
    ),
    # Karpathy, README of micrograd, its a to g put into one formula (c = 3a + 4b + 3 after the updates of c).
    (
        {
            "expression": "g = (3a+4b+3 - 4*(3*(a*b+b^3)+relu(b+a)) - relu(b-a))^2/2"
            " + 10/(3a+4b+3 - 4*(3*(a*b+b^3)+relu(b+a)) - relu(b-a))^2",
            "at": "a=-4, b=2",
        },
        {"value": "24.7041", "dg/da": "138.8338", "dg/db": "645.5773"},
    ),
    # Mazur 2015, A step by step backpropagation example
    (
        {
            "expression": "E = (0.01 - sigmoid(w5*sigmoid(w1*0.05+w2*0.1+b1) + w6*sigmoid(w3*0.05+w4*0.1+b1) + b2))^2/2"
            " + (0.99 - sigmoid(w7*sigmoid(w1*0.05+w2*0.1+b1) + w8*sigmoid(w3*0.05+w4*0.1+b1) + b2))^2/2",
            "at": "w1=0.15, w2=0.2, w3=0.25, w4=0.3, w5=0.4, w6=0.45, w7=0.5, w8=0.55, b1=0.35, b2=0.6",
            "wrt": "w5, w1",
        },
        {"value": "0.298371109", "dE/dw5": "0.082167041", "dE/dw1": "0.000438568"},
    ),
]
_MOST_DERIVED = 40  # operations up to which the derivative is also shown as one formula
_MOST_LETTERED = 60  # operations that letters are carried through


def solve(expression: Expression, at: Values | None = None, wrt: str | None = None) -> Solution:
    """The value forwards, then each node's gradient backwards: local gradient times upstream gradient.

    expression  a formula of single numbers; `L = …` names it; @file, a path or - (standard input) read it
    at          the letters' values; a letter left out stays a letter
    wrt         the letters to differentiate by, all of them by default: "w0, w1"

    Every operation is a node v[i], g[i] is the gradient of the result with respect to it and l[i] its
    local gradient where that needs working out. A letter, or a node given twice from Python, gathers
    the gradients of all its paths; the same text typed twice makes two nodes.

    Raises InputError naming the letter that does not occur or the node that has no value.
    """
    function, root = titled(expression)
    values = dict(at or {})
    asked = [part.strip() for part in (wrt or "").replace(";", ",").split(",") if part.strip()]
    letters = [each for each in free_names(root) if each not in CONSTANTS or each in (*values, *asked)]
    _check_letters(letters, values, asked)
    if function in letters:
        raise InputError(f"{function} stands on both sides of =")
    heads = {node.head for node in postorder(root)}
    names = Names(letters, function, "ln" if "ln" in heads and "log" not in heads else "log")
    graph = build(root, letters, names.value)
    missing = [letter for letter in letters if letter not in values]
    if missing and len(graph.gates) > _MOST_LETTERED:
        raise InputError(
            f"{len(graph.gates):,} operations are too many to carry letters through: "
            f"give numbers for {', '.join(missing[:8])}{' …' * (len(missing) > 8)} with --at"
        )
    work = Work(**{letter: values.get(letter, name(letter)) for letter in letters})
    forward(work, graph, names)
    kinks = name_kinks(work, graph)
    backward = Backward(work, graph, asked or letters, names)
    backward.run()
    answers = {"value": names.function}
    derived = 0 < len(graph.gates) <= _MOST_DERIVED and not (kinks & {"max", "min"} and not missing)
    for letter in asked or letters:
        if letter in backward.undefined:
            work.note(f"d{names.function}/d{letter} does not exist at this point: {backward.undefined[letter]}.")
            continue
        answers[f"d{names.function}/d{letter}"] = backward.gradient(letter)
        if derived and not backward.derive(root, letter):
            work.note(f"The derivative by {letter} is not written out as one formula: too long to be read.")
    if len(graph.gates) > _MOST_DERIVED:
        work.note(f"With {len(graph.gates):,} operations the derivatives are not written out as one formula each.")
    if any(node.head == "log" for step in work.steps if not step.is_note for node in postorder(step.tree)):
        work.note("log is the natural logarithm.")
    return work.answer(answers)


def _check_letters(letters: Sequence[str], values: Mapping[str, Any], asked: Sequence[str]) -> None:
    check_asked(letters, values, asked)
    for letter, value in values.items():
        if isinstance(value, Node) and value.args != (letter,):
            raise InputError(f"at: {letter} = {text(value)} holds letters; give a number, or leave {letter} out")
        if isinstance(value, float) and not isfinite(value):
            raise InputError(f"at: {letter} must be a finite number")


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """Typical wrong formulas of `solution`, by step (`g[7]`, `df_dx`) and by what was done wrong.

    A function, not a table: the formulas follow from the question.
    """
    return slips(solution)


def sample(rng: Random) -> dict[str, Any]:
    """A small formula and whole numbers or halves that keep it off its kinks and poles."""
    letters, formula = rng.choice(_QUESTIONS)
    values = dict(zip(letters.split(), rng.sample(_SMALL, len(letters.split())), strict=True))
    return {"expression": formula, "at": ", ".join(f"{letter}={value}" for letter, value in values.items())}


_SMALL = ["-4", "-3", "-2", "-1", "1", "2", "3", "4", "-1/2", "1/2", "3/2"]
_QUESTIONS = [
    ("x y z", "(x + y)*z"),
    ("x y", "x*y + x"),
    ("a b", "(a + b)*(b + 1)"),
    ("w x b", "1/(1 + exp(-(w*x + b)))"),
    ("w x b", "sigmoid(w*x + b)"),
    ("w x b t", "L = (w*x + b - t)^2/2"),
    ("w x b", "relu(w*x + b + 1/3)*w"),
    ("x y z", "max(x, y)*z + x"),
    ("x y z", "2*(x*y + min(y, z))"),
    ("w v x", "v*tanh(w*x)"),
    ("x y", "x/y - y/x"),
    ("x y", "x^3*y - y^2"),
    ("x y", "log(x^2 + 1) + y*x"),
    ("x y", "sqrt(x^2 + y^2)"),
    ("x y", "exp(-x)*y + abs(x - y)"),
    ("z t", "L = softplus(z) - t*z"),
    ("x y", "sin(x)*cos(y) - erf(x*y)"),
]


def reference(expression: Node, at: Mapping[str, Any] | None = None, wrt: str | None = None) -> dict[str, Any]:
    """Torch's autograd on the whole formula; where operands of max or min are equal, only its value.

    Raises InputError where a letter has no number.
    """
    import torch

    from revise.engines import native

    named = expression.head == "="
    function, root = (expression.args[0].args[0], expression.args[1]) if named else ("f", expression)
    leaves = {x: torch.tensor(float(value), dtype=torch.float64, requires_grad=True) for x, value in (at or {}).items()}
    value = native.evaluate(root, leaves, "torch")
    if _has_ties(root, leaves):
        return {"value": value.item()}
    by = [letter.strip() for letter in wrt.split(",")] if wrt else list(leaves)
    slopes = torch.autograd.grad(value, [leaves[letter] for letter in by], allow_unused=True)
    gradients = {f"d{function}/d{letter}": 0.0 if s is None else s.item() for letter, s in zip(by, slopes, strict=True)}
    return {"value": value.item(), **gradients}


def _has_ties(root: Node, leaves: Mapping[str, Any]) -> bool:
    """Whether a max or min has no single greatest or least operand: there Torch shares the gradient."""
    from revise.engines import native

    choices = [node for node in postorder(root) if node.head in ("max", "min")]
    if not choices:
        return False
    listed = Node("list", tuple(operand for node in choices for operand in node.args))
    values = iter(native.evaluate(listed, leaves, "torch").tolist())
    for node in choices:
        operands = [next(values) for _ in node.args]
        extreme = max(operands) if node.head == "max" else min(operands)
        if operands.count(extreme) > 1:
            return True
    return False
