"""Taylor approximation at a point, against the true value."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from random import Random
from typing import Any

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.expression import Node, free_names, name, number, substitute
from revise.parameters import Expression, Number, Values, whole
from revise.solution import Solution, Work
from revise.solvers.networks._asked import titled
from revise.solvers.networks._differentials import (
    check_numbers,
    differentiate,
    fresh,
    leaves,
    note_kinks,
    note_logarithm,
    partial,
    read_letters,
    renamed,
    row,
    slope_of,
    smooth,
)

SERVES: dict[str, dict[str, object]] = {"taylor": {}}
SOURCE = "Goodfellow, Bengio & Courville 2016, Deep Learning, section 4.3; OpenStax, Calculus Volumes 2 and 3"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # OpenStax, Calculus Volume 2, section 6.3: the cube root of 11 from the one of 8
    ({"expression": "x^(1/3)", "at": "x=8", "to": "x=11", "order": 1}, {"approximation": "2.25"}),
    (
        {"expression": "x^(1/3)", "at": "x=8", "to": "x=11", "order": 2},
        {"approximation": "2.21875", "truth": "2.22398"},
    ),
    # OpenStax, Calculus Volume 3, section 4.4: the tangent plane of √(41 − 4x² − y²) at (2, 3)
    (
        {"expression": "sqrt(41 - 4x^2 - y^2)", "at": "x=2, y=3", "to": "x=2.1, y=2.9", "order": 1},
        {"approximation": "3.875", "truth": "3.8665", "gradient": [-2, "-0.75"]},
    ),
    # Burden & Faires, Numerical Analysis, section 1.1, example 3: cos 0.01 by the second Taylor polynomial at 0
    ({"expression": "cos(x)", "at": "x=0", "to": "x=0.01", "order": 2}, {"approximation": "0.99995"}),
    # the exponential series
    ({"expression": "exp(x)", "at": "x=0", "order": 3}, {"approximation": "1 + s + s^2/2 + s^3/6"}),
]

_MOST = 12
# what the steps are called, and what instead where the question has that letter
_NAMES = ("d D", "s S", "T P", "t v", "r R", "g grad", "h q", "H Hess", "k m", "i l", "j o", "L X")


def solve(expression: Expression, at: Values, to: Values | None = None, order: Number = 2) -> Solution:
    """f(a + s) ≈ f(a) + f′(a) s + f″(a) s²/2 + …; of several letters f + gᵀs + ½ sᵀHs.

    expression  a formula of single numbers
    at          the point a, a number for every letter: "x=0" or "x=1, y=2"
    to          where it is evaluated and compared with the true value: "x=0.1"; without it s stays a letter
    order       the highest power of s: up to 12 for one letter, 1 or 2 for several

    Raises InputError naming the letter without a number or the function that has no derivative.
    """
    title, root = titled(expression)
    n = whole(order, "order", 1)
    letters, _ = read_letters([root], at, None)
    if missing := [letter for letter in letters if letter not in at]:
        raise InputError(f"at: {missing[0]} has no number; the point needs one for every letter")
    if n > (_MOST if len(letters) == 1 else 2):
        raise InputError(f"order: up to {_MOST} for one letter, 1 or 2 for several; not {n}")
    if to is not None:
        check_numbers(to, "to")
        if sorted(to) != sorted(letters):
            raise InputError(f"to: a number for each of {', '.join(letters)}, as in {letters[0]}=0.1")
    base = title or fresh("f F u y", letters)
    if base in letters:
        raise InputError(f"{base} stands on both sides of =")
    names = {wishes.split()[0]: fresh(wishes, [*letters, base]) for wishes in _NAMES}
    run = _one if len(letters) == 1 else _several
    return run(root, letters, dict(at), dict(to) if to else None, n, base, names)


def _one(
    root: Node,
    letters: Sequence[str],
    at: Mapping[str, Any],
    to: Mapping[str, Any] | None,
    n: int,
    base: str,
    names: Mapping[str, str],
) -> Solution:
    (x,) = letters
    s, d, k = names["s"], names["d"], names["k"]
    given = {} if to else {s: name(s)}
    work = Work(**{x: at[x]}, **given)
    if to:
        work.let(s, Node("-", (_leaf(to[x]), name(x))), f"the step from {x} to the new point")
    else:
        work.called(**{s: f"step, {s} = new {x} − {x}"})
    slope = root
    for order in range(n + 1):
        slope = slope if order == 0 else partial(slope, x)
        why = "the value at the point" if order == 0 else f"derivative {order} by {x}, at the point"
        claim = (f"{d}[{order - 1}]", x) if order and x in free_names(slope) and smooth(slope) else None
        place: dict[str, Any] = {k: order}
        work.let(f"{d}[{k}]", slope, why, gradient_of=claim, **place)
    total = substitute(renamed("sum(d[i]/factorial(i)*s^i for i in 0..N)", names), {"N": number(n)})
    work.let(names["T"], total, f"the Taylor polynomial of order {n}")
    return _compared(work, root, letters, to, base, names, {"approximation": names["T"]})


def _several(
    root: Node,
    letters: Sequence[str],
    at: Mapping[str, Any],
    to: Mapping[str, Any] | None,
    n: int,
    base: str,
    names: Mapping[str, str],
) -> Solution:
    s = names["s"]
    steps = {letter: f"{s}_{letter}" for letter in letters}
    given: dict[str, Any] = {names["L"]: tuple(letters)} if n == 2 else {}
    if to is None:
        given[s] = Array((len(letters),), tuple(name(step) for step in steps.values()))
    work = Work(**at, **given)
    work.called(**{names["L"]: ""})
    if to is None:
        work.called(**{s: "step to the new point"})
    else:
        gaps = tuple(Node("-", (_leaf(to[letter]), name(letter))) for letter in letters)
        work.let(s, Node("list", gaps), "the step to the new point")
    work.let(base, root, "the value at the point")
    firsts = [differentiate(work, base, root, letter) for letter in letters]
    work.let(names["g"], row(firsts), "the gradient at the point")
    answers = {"approximation": names["T"], "gradient": names["g"]}
    if n == 1:
        formula, why = renamed("f + dot(g, s)", {**names, "f": base}), "first order: f + gᵀs, the tangent plane"
    else:
        _second(work, root, letters, firsts, names)
        formula = renamed("f + dot(g, s) + dot(s, H @ s)/2", {**names, "f": base})
        why = "second order: f + gᵀs + ½ sᵀHs"
        answers["H"] = names["H"]
    work.let(names["T"], formula, why)
    return _compared(work, root, letters, to, base, names, answers)


def _second(work: Work, root: Node, letters: Sequence[str], firsts: Sequence[str], names: Mapping[str, str]) -> None:
    i, j, h = names["i"], names["j"], names["h"]
    for x, first in zip(letters, firsts, strict=True):
        slope = partial(root, x)
        for y in letters:
            indices: dict[str, Any] = {i: x, j: y}
            claim = (first, y) if y in free_names(slope) and smooth(slope) else None
            why = f"by {x} twice" if x == y else f"by {x}, then by {y}"
            work.let(f"{h}[{i},{j}]", partial(slope, y), why, gradient_of=claim, **indices)
    work.let(names["H"], renamed("[[h[i,j] for j in L] for i in L]", names), "the Hessian at the point")


def _compared(
    work: Work,
    root: Node,
    letters: Sequence[str],
    to: Mapping[str, Any] | None,
    base: str,
    names: Mapping[str, str],
    answers: dict[str, str],
) -> Solution:
    if to is not None:
        there = substitute(root, {letter: _leaf(to[letter]) for letter in letters})
        work.let(names["t"], there, "the true value at the new point")
        work.let(names["r"], renamed("abs(T - t)", names), "the error of the approximation")
        answers |= {"truth": names["t"], "error": names["r"]}
    _note_descent(work, letters, names)
    note_kinks(work, [root])
    note_logarithm(work)
    return work.answer(answers)


def _note_descent(work: Work, letters: Sequence[str], names: Mapping[str, str]) -> None:
    """Why the negative gradient is the steepest descent, with a law that holds of this gradient."""
    if len(letters) == 1:
        return
    gradient = work.env[names["g"]].flat
    if any(isinstance(entry, Node) for entry in gradient) or all(entry == 0 for entry in gradient):
        return
    g = names["g"]
    law = {"g": "dot(g, -g/norm(g)) = -norm(g)", "grad": "dot(grad, -grad/norm(grad)) = -norm(grad)"}.get(g)
    work.note(
        "First order, a step s changes the value by gᵀs = ‖g‖ ‖s‖ cos θ. Of all steps of one length it falls most "
        "where cos θ = −1, which is along −g: the negative gradient is the direction of steepest descent.",
        holds=law,
    )


def _leaf(value: Any) -> Node:
    return value if isinstance(value, Node) else number(value)


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """Step → what was done wrong → the formula that does it; the names follow from the question."""
    found: dict[str, dict[str, Node]] = {}
    for step in solution.steps:
        if step.why.startswith("the Taylor polynomial"):
            variable, domain, term = step.tree.args[0].args
            slope = term.args[0].args[0]
            bare = Node("for", (variable, domain, Node("*", (slope, term.args[1]))))
            found[step.name] = {"not divided by the factorials": Node("sum", (bare,))}
        elif step.why.startswith("second order"):
            first, half = step.tree.args
            found[step.name] = {"the ½ is forgotten": Node("+", (first, half.args[0]))}
        elif step.why.startswith("first order"):
            found[step.name] = {"the step is subtracted": Node("-", step.tree.args)}
        elif step.why.startswith("the step from"):
            found[step.name] = {"the step is turned round": Node("-", step.tree.args[::-1])}
    return found


def sample(rng: Random) -> dict[str, Any]:
    """One letter up to order 4, or two letters up to order 2; mostly with a point to compare at."""
    letters, formula = rng.choice(_QUESTIONS)
    point = {letter: rng.choice([1, 2, 3]) for letter in letters.split()}
    given: dict[str, Any] = {
        "expression": formula,
        "at": ", ".join(f"{letter}={value}" for letter, value in point.items()),
        "order": rng.randint(1, 4) if len(point) == 1 else rng.randint(1, 2),
    }
    if rng.random() < 0.8:
        shift = Fraction(rng.choice(["1/2", "1/10", "-1/10"]))
        given["to"] = ", ".join(f"{letter}={value + shift}" for letter, value in point.items())
    return given


_QUESTIONS = [
    ("x", "exp(x)"),
    ("x", "log(x)"),
    ("x", "sqrt(1 + x)"),
    ("x", "1/(1 + x)"),
    ("x", "sin(x)*x"),
    ("x", "sigmoid(x)"),
    ("w", "L = (3*w - 1)^2/2"),
    ("x y", "x^2*y + y^2"),
    ("x y", "exp(x - y)"),
    ("x y", "log(x*y + 1)"),
    ("x y", "x/y"),
]


def reference(
    expression: Node, at: Mapping[str, Any], to: Mapping[str, Any] | None = None, order: Any = 2
) -> dict[str, Any]:
    """Torch: derivatives by autograd again and again, then the sum. Raises InputError where the step is a letter."""
    import math

    import torch

    from revise.engines import native

    root = expression.args[1] if expression.head == "=" else expression
    point = leaves(at, [letter for letter in free_names(root) if letter in at])
    value = native.evaluate(root, point, "torch")
    gradient = [slope_of(value, leaf) for leaf in point.values()]
    found: dict[str, Any] = {} if len(point) == 1 else {"gradient": torch.stack(gradient)}
    if len(point) > 1 and order == 2:
        rows = [torch.stack([slope_of(slope, leaf) for leaf in point.values()]) for slope in gradient]
        found["H"] = torch.stack(rows)
    if to is None:
        if not found:
            raise InputError("the step is a letter")
        return found
    there = {letter: torch.tensor(float(to[letter]), dtype=torch.float64) for letter in point}
    step = torch.stack([there[letter] - leaf.detach() for letter, leaf in point.items()])
    if len(point) == 1:
        (leaf,) = point.values()
        total, slope = value.detach(), value
        for power in range(1, int(order) + 1):
            slope = slope_of(slope, leaf)
            total = total + slope.detach() * step[0] ** power / math.factorial(power)
    else:
        total = value + found["gradient"] @ step + (step @ found["H"] @ step / 2 if order == 2 else 0)
    truth = native.evaluate(root, there, "torch")
    return found | {"approximation": total, "truth": truth, "error": abs(total - truth)}
