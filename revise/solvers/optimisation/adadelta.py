"""Adadelta by hand: RMS of the updates over RMS of the gradients."""

from fractions import Fraction
from random import Random
from typing import Any

from revise.parameters import Expression, Matrix, Number
from revise.solution import Solution
from revise.solvers.optimisation import _descent
from revise.solvers.optimisation._drawn import drawn
from revise.solvers.optimisation._formulas import ADADELTA, ADADELTA_AVERAGE, ADADELTA_MOVED, ADADELTA_UPDATES, MOVED
from revise.solvers.optimisation._problem import Point, at_least_zero, posed, rate, share
from revise.solvers.optimisation._reference import descend

SERVES: dict[str, dict[str, object]] = {"adadelta": {}}
SOURCE = "Zeiler 2012, ADADELTA: an adaptive learning rate method, algorithm 1; PyTorch, torch.optim.Adadelta"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Keras, adadelta_test.py, test_single_step: lr 0.5, Keras's rho 0.95 and epsilon 1e-7
    (
        {
            "gradients": "1, 6, 7, 2", "start": "a=1, b=2, c=3, d=4", "lr": "0.5", "rho": "0.95", "eps": "1e-7",
        },
        {"a": "0.9993", "b": "1.9993", "c": "2.9993", "d": "3.9993"},
    ),
    # the same file, test_correctness_with_golden: after the first gradient 0.01 and after one more, 0.5
    ({"gradients": "0.01", "start": "1", "rho": "0.8", "eps": "1e-6"}, {"theta": "0.9978"}),
    ({"gradients": "0.01, 0.5", "start": "1", "rho": "0.8", "eps": "1e-6"}, {"theta": "0.9947"}),
]  # fmt: skip


def solve(
    function: Expression | None = None,
    start: Point | None = None,
    gradients: Matrix | None = None,
    steps: Number | None = None,
    lr: Number = 1,
    rho: Number = Fraction(9, 10),
    eps: Number = Fraction(1, 10**6),
    eps_in_root: bool = True,
    weight_decay: Number | None = None,
    wrt: str | None = None,
) -> Solution:
    """The averages v of the squared gradients and u of the squared updates, the update Δ and θ after each step.

    function     of any letters, "x^2 + 10*y^2"; its gradient is derived and shown
    start        "x=1, y=1", or numbers alone: "1, 1"
    gradients    instead of a function: "1, 0.5, -0.2" one a step; for two parameters a row a step "1, 2; 0.5, -1"
    steps        3 by default
    lr           1: the paper has no learning rate; PyTorch multiplies the update by it
    rho          ρ, the share of the old averages that stays (PyTorch 0.9; the paper's experiments 0.95)
    eps          ε; it starts the first update, so it must be above 0
    eps-in-root  √(v + ε), as in the paper; --no-eps-in-root has √v + ε
    weight-decay λ: λθ is added to the gradient (L2)
    wrt          the letters to move, all of them by default

    v₀ = u₀ = 0. Raises InputError naming the argument that is missing or out of range.
    """
    problem = posed(function, gradients, start, steps, wrt)
    rate(lr, "lr")
    share(rho, "rho")
    rate(eps, "eps")
    at_least_zero(0 if weight_decay is None else weight_decay, "weight-decay")
    about = f"Epsilon stands {'inside' if eps_in_root else 'outside'} both roots; RMS[Δθ] is that of the step before."
    hyper = {"eta": None if lr == 1 else lr, "rho": rho, "epsilon": eps}
    descent = _descent.Descent(problem, {"v": 0, "u": 0}, hyper, weight_decay, about)
    moved = MOVED if lr == 1 else ADADELTA_MOVED
    descent.run((ADADELTA_AVERAGE, ADADELTA[eps_in_root], ADADELTA_UPDATES, moved))
    return descent.answer()


mistakes = _descent.mistakes


def sample(rng: Random) -> dict[str, Any]:
    """A small problem with ρ 0.9 or 0.95 and an epsilon that moves something."""
    given = drawn(rng) | {"rho": rng.choice(["0.9", "0.95", "0.5"]), "eps": rng.choice(["1e-6", "0.01", "1e-4"])}
    given["eps_in_root"] = rng.random() < 0.75
    if rng.random() < 0.3:
        given["lr"] = "0.5"
    if rng.random() < 0.2:
        given["weight_decay"] = "0.1"
    return given


def reference(**given: Any) -> dict[str, Any]:
    """torch.optim.Adadelta; NumPy where epsilon stands outside the root."""
    import numpy
    import torch

    lr, rho = float(given.get("lr", 1)), float(given.get("rho", 0.9))
    eps, decay = float(given.get("eps", 1e-6)), float(given.get("weight_decay") or 0)
    if given.get("eps_in_root", True):

        def optimiser(parameters: list[Any]) -> Any:
            return torch.optim.Adadelta(parameters, lr=lr, rho=rho, eps=eps, weight_decay=decay)

        return descend(given, optimiser=optimiser, kept={"v": "square_avg", "u": "acc_delta"})

    def rule(theta: Any, t: int, slope: Any, state: dict[str, Any]) -> Any:
        push = slope(theta) + decay * theta
        state["v"] += (1 - rho) * (numpy.square(push) - state["v"])
        move = push * (state["u"] ** 0.5 + eps) / (state["v"] ** 0.5 + eps)
        state["u"] += (1 - rho) * (numpy.square(move) - state["u"])
        return theta - lr * move

    return descend(given, rule=rule, state={"v": 0.0, "u": 0.0})
