"""RMSprop by hand: a moving average of the squared gradients."""

from fractions import Fraction
from random import Random
from typing import Any

from revise.parameters import Expression, Matrix, Number
from revise.solution import Solution
from revise.solvers.optimisation import _descent
from revise.solvers.optimisation._drawn import drawn
from revise.solvers.optimisation._formulas import MOVED, RMSPROP, RMSPROP_AVERAGE
from revise.solvers.optimisation._problem import Point, at_least_zero, posed, rate, share
from revise.solvers.optimisation._reference import descend

SERVES: dict[str, dict[str, object]] = {"rmsprop": {}}
SOURCE = (
    "Tieleman & Hinton 2012, Coursera lecture 6.5; Goodfellow et al. 2016, algorithm 8.5; PyTorch, torch.optim.RMSprop"
)
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Zhang et al., Dive into Deep Learning, section 12.8: the printed end of the trajectory (epsilon in the root)
    (
        {
            "function": "0.1*x1^2 + 2*x2^2", "start": "x1=-5, x2=-2", "steps": 20, "lr": "0.4", "alpha": "0.9",
            "eps": "1e-6", "eps_in_root": True,
        },
        {"x1": "-0.010599", "x2": "0.000000"},
    ),
    # Keras, rmsprop_test.py, test_single_step: lr 0.5, Keras's rho 0.9
    (
        {
            "gradients": "1, 6, 7, 2", "start": "a=1, b=2, c=3, d=4", "lr": "0.5", "alpha": "0.9", "eps": "1e-7",
        },
        {"a": "-0.5811", "b": "0.4189", "c": "1.4189", "d": "2.4189"},
    ),
]  # fmt: skip


def solve(
    function: Expression | None = None,
    start: Point | None = None,
    gradients: Matrix | None = None,
    steps: Number | None = None,
    lr: Number = Fraction(1, 100),
    alpha: Number = Fraction(99, 100),
    eps: Number = Fraction(1, 10**8),
    eps_in_root: bool = False,
    weight_decay: Number | None = None,
    wrt: str | None = None,
) -> Solution:
    """The moving average v of the squared gradients, the update Δ and the parameter θ after each step.

    function     of any letters, "x^2 + 10*y^2"; its gradient is derived and shown
    start        "x=1, y=1", or numbers alone: "1, 1"
    gradients    instead of a function: "1, 0.5, -0.2" one a step; for two parameters a row a step "1, 2; 0.5, -1"
    steps        3 by default
    alpha        α, the share of the old average that stays (PyTorch 0.99; Hinton's lecture 0.9)
    eps          ε, which keeps the divisor from 0; `--eps 0` leaves it out
    eps-in-root  √(v + ε) instead of √v + ε
    weight-decay λ: λθ is added to the gradient (L2)
    wrt          the letters to move, all of them by default

    v₀ = 0. Raises InputError naming the argument that is missing or out of range.
    """
    problem = posed(function, gradients, start, steps, wrt)
    rate(lr, "lr")
    share(alpha, "alpha")
    for name, value in (("eps", eps), ("weight-decay", weight_decay)):
        at_least_zero(0 if value is None else value, name)
    about = f"Epsilon stands {'inside' if eps_in_root else 'outside'} the root. There is no bias correction."
    hyper = {"eta": lr, "alpha": alpha, "epsilon": eps}
    descent = _descent.Descent(problem, {"v": 0}, hyper, weight_decay, about)
    descent.run((RMSPROP_AVERAGE, RMSPROP[eps_in_root], MOVED))
    return descent.answer()


mistakes = _descent.mistakes


def sample(rng: Random) -> dict[str, Any]:
    """A small problem with α 0.9 or 0.99; a third with epsilon inside the root."""
    given = drawn(rng) | {"lr": rng.choice(["0.1", "0.01"]), "alpha": rng.choice(["0.9", "0.99", "0.5"])}
    if rng.random() < 0.33:
        given |= {"eps": "1e-6", "eps_in_root": True}
    if rng.random() < 0.2:
        given["weight_decay"] = "0.1"
    return given


def reference(**given: Any) -> dict[str, Any]:
    """torch.optim.RMSprop; NumPy where epsilon stands inside the root."""
    import numpy
    import torch

    lr, alpha = float(given.get("lr", 0.01)), float(given.get("alpha", 0.99))
    eps, decay = float(given.get("eps", 1e-8)), float(given.get("weight_decay") or 0)
    if not given.get("eps_in_root"):

        def optimiser(parameters: list[Any]) -> Any:
            return torch.optim.RMSprop(parameters, lr=lr, alpha=alpha, eps=eps, weight_decay=decay)

        return descend(given, optimiser=optimiser, kept={"v": "square_avg"})

    def rule(theta: Any, t: int, slope: Any, state: dict[str, Any]) -> Any:
        push = slope(theta) + decay * theta
        state["v"] += (1 - alpha) * (numpy.square(push) - state["v"])
        return theta - lr * push / numpy.sqrt(state["v"] + eps)

    return descend(given, rule=rule, state={"v": 0.0})
