"""AdaGrad by hand: squared gradients added up, a rate a parameter."""

from fractions import Fraction
from random import Random
from typing import Any, Literal

from revise.parameters import Expression, Matrix, Number
from revise.solution import Solution
from revise.solvers.optimisation import _descent
from revise.solvers.optimisation._drawn import drawn
from revise.solvers.optimisation._formulas import ADAGRAD, ADAGRAD_MEAN, MOVED, SQUARES
from revise.solvers.optimisation._problem import Point, at_least_zero, posed, rate
from revise.solvers.optimisation._reference import descend

SERVES: dict[str, dict[str, object]] = {"adagrad": {}}
SOURCE = "Duchi, Hazan & Singer 2011, Adaptive subgradient methods; Goodfellow et al. 2016, algorithm 8.4"
_D2L = {"function": "0.1*x1^2 + 2*x2^2", "start": "x1=-5, x2=-2", "steps": 20, "eps": "1e-6", "eps_in_root": True}
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Zhang et al., Dive into Deep Learning, section 12.7: the printed ends of both trajectories (epsilon in the root)
    (_D2L | {"lr": "0.4"}, {"x1": "-2.382563", "x2": "-0.158591"}),
    (_D2L | {"lr": "2"}, {"x1": "-0.002295", "x2": "-0.000000"}),
    # Keras, adagrad_test.py, test_single_step: lr 0.5, Keras's initial accumulator 0.1
    (
        {
            "gradients": "1, 6, 7, 2", "start": "a=1, b=2, c=3, d=4", "lr": "0.5", "eps": "1e-7",
            "initial_accumulator_value": "0.1",
        },
        {"a": "0.5233", "b": "1.5007", "c": "2.5005", "d": "3.5061"},
    ),
]  # fmt: skip


def solve(
    function: Expression | None = None,
    start: Point | None = None,
    gradients: Matrix | None = None,
    steps: Number | None = None,
    lr: Number = Fraction(1, 10),
    eps: Number = Fraction(1, 10**10),
    eps_in_root: bool = False,
    initial_accumulator_value: Number = 0,
    form: Literal["sum", "mean"] = "sum",
    weight_decay: Number | None = None,
    wrt: str | None = None,
) -> Solution:
    """The sum s of the squared gradients, the update Δ and the parameter θ after each step.

    function     of any letters, "x^2 + 10*y^2"; its gradient is derived and shown
    start        "x=1, y=1", or numbers alone: "1, 1"
    gradients    instead of a function: "1, 0.5, -0.2" one a step; for two parameters a row a step "1, 2; 0.5, -1"
    steps        3 by default
    eps          ε, which keeps the divisor from 0; `--eps 0` leaves it out
    eps-in-root  √(s + ε) instead of √s + ε
    form         mean: the same written as η_t/σ_t with η_t = η/√t and σ the root MEAN square, where √t cancels
    weight-decay λ: λθ is added to the gradient (L2)
    wrt          the letters to move, all of them by default

    s₀ is --initial-accumulator-value. Raises InputError naming the argument that is missing or out of range.
    """
    problem = posed(function, gradients, start, steps, wrt)
    rate(lr, "lr")
    for name, value in (
        ("eps", eps),
        ("initial-accumulator-value", initial_accumulator_value),
        ("weight-decay", weight_decay),
    ):
        at_least_zero(0 if value is None else value, name)
    about = f"Epsilon stands {'inside' if eps_in_root else 'outside'} the root."
    if form == "mean":
        about = "The form η/√t over σ, the root mean square: √t cancels (but for ε), so it is the form with the sum."
    hyper = {"eta": lr, "epsilon": eps}
    descent = _descent.Descent(problem, {"s": initial_accumulator_value}, hyper, weight_decay, about)
    update = ADAGRAD_MEAN if form == "mean" else (ADAGRAD[eps_in_root],)
    descent.run((SQUARES, *update, MOVED))
    return descent.answer()


mistakes = _descent.mistakes


def sample(rng: Random) -> dict[str, Any]:
    """A small problem; epsilon as in PyTorch, or larger and inside the root."""
    given = drawn(rng) | {"lr": rng.choice(["0.1", "0.5", "1"])}
    if rng.random() < 0.4:
        given |= {"eps": "1e-6", "eps_in_root": rng.random() < 0.5}
    elif rng.random() < 0.3:
        given["form"] = "mean"
    if rng.random() < 0.2:
        given["weight_decay"] = "0.1"
    return given


def reference(**given: Any) -> dict[str, Any]:
    """torch.optim.Adagrad; NumPy where epsilon stands inside the root or the mean is taken."""
    import numpy
    import torch

    lr, eps = float(given.get("lr", 0.1)), float(given.get("eps", 1e-10))
    decay, first = float(given.get("weight_decay") or 0), float(given.get("initial_accumulator_value", 0))
    if not given.get("eps_in_root") and given.get("form") != "mean":

        def optimiser(parameters: list[Any]) -> Any:
            return torch.optim.Adagrad(parameters, lr=lr, eps=eps, weight_decay=decay, initial_accumulator_value=first)

        return descend(given, optimiser=optimiser, kept={"s": "sum"})

    def rule(theta: Any, t: int, slope: Any, state: dict[str, Any]) -> Any:
        push = slope(theta) + decay * theta
        state["s"] = state["s"] + numpy.square(push)
        if given.get("form") == "mean":
            return theta - lr / t**0.5 * push / ((state["s"] / t) ** 0.5 + eps)
        return theta - lr * push / numpy.sqrt(state["s"] + eps)

    return descend(given, rule=rule, state={"s": first})
