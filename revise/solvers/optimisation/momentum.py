"""Momentum and Nesterov by hand, in each of their forms."""

from fractions import Fraction
from random import Random
from typing import Any, Literal

from revise.errors import InputError
from revise.parameters import Expression, Matrix, Number
from revise.solution import Solution
from revise.solvers.optimisation import _descent
from revise.solvers.optimisation._drawn import drawn
from revise.solvers.optimisation._formulas import AHEAD, AVERAGE, NESTEROV_SHIFTED, NESTEROV_TORCH, SUM, VELOCITY
from revise.solvers.optimisation._problem import Point, at_least_zero, posed, rate, share
from revise.solvers.optimisation._reference import descend

SERVES: dict[str, dict[str, object]] = {"momentum": {}, "nesterov": {"nesterov": "look-ahead"}}
SOURCE = (
    "Polyak 1964; Nesterov 1983; Sutskever et al. 2013, On the importance of initialization and momentum; "
    "PyTorch, torch.optim.SGD"
)
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Zhang et al., Dive into Deep Learning, section 12.6: the printed ends of both trajectories
    (
        {
            "function": "0.1*x1^2 + 2*x2^2", "start": "x1=-5, x2=-2", "steps": 20, "lr": "0.6",
            "momentum": "0.5",
        },
        {"x1": "0.007188", "x2": "0.002553"},
    ),
    (
        {
            "function": "0.1*x1^2 + 2*x2^2", "start": "x1=-5, x2=-2", "steps": 20, "lr": "0.6",
            "momentum": "0.25",
        },
        {"x1": "-0.126340", "x2": "-0.186632"},
    ),
]  # fmt: skip

Form = Literal["sum", "average", "velocity"]
_FORMS = {"sum": SUM, "average": AVERAGE, "velocity": VELOCITY}
_ABOUT = {
    "sum": "Form `sum` (PyTorch): v = βv + g, then θ = θ − ηv. With a constant rate `velocity` leads to the same θ.",
    "average": "Form `average`: v = βv + (1 − β)g, then θ = θ − ηv; it moves 1 − β times as far as the form `sum`.",
    "velocity": "Form `velocity` (Polyak, Sutskever): v = βv − ηg, then θ = θ + v. With a constant rate `sum` leads to "
    "the same θ.",
}
_NESTEROV = {
    "look-ahead": "Nesterov: the gradient is taken at the look-ahead point, where the old velocity alone would lead.",
    "pytorch": "Nesterov as in PyTorch: the gradient is taken at θ itself and the step is g + βv; θ here is the "
    "look-ahead point of the other form.",
    "shifted": "Nesterov in the shifted variable (CS231n): θ here is the look-ahead point, so the gradient is taken "
    "there.",
}


def solve(
    function: Expression | None = None,
    start: Point | None = None,
    gradients: Matrix | None = None,
    steps: Number | None = None,
    lr: Number = Fraction(1, 10),
    momentum: Number = Fraction(9, 10),
    form: Form | None = None,
    nesterov: Literal["no", "look-ahead", "pytorch", "shifted"] = "no",
    weight_decay: Number | None = None,
    wrt: str | None = None,
) -> Solution:
    """The velocity v and the parameter θ after each step; the gradient is derived from the function and shown.

    function      of any letters, "x^2 + 10*y^2"; `L = …` names it
    start         "x=1, y=1", or numbers alone: "1, 1"
    gradients     instead of a function: "1, 0.5, -0.2" one a step; for two parameters a row a step "1, 2; 0.5, -1"
    steps         3 by default
    momentum      β, the share of the velocity that stays
    form          sum: v = βv + g, θ −= ηv (PyTorch, the default); average: v = βv + (1 − β)g, θ −= ηv;
                  velocity: v = βv − ηg, θ += v (the default with Nesterov's look-ahead)
    nesterov      look-ahead: gradient at the look-ahead point; pytorch: at θ, step g + βv;
                  shifted: at θ, θ = θ − βv(old) + (1 + β)v(new)
    weight-decay  λ: λθ is added to the gradient (L2)
    wrt           the letters to move, all of them by default; the others stay as they are

    v₀ = 0. Raises InputError naming the argument that is missing or out of range.
    """
    problem = posed(function, gradients, start, steps, wrt)
    rate(lr, "lr")
    share(momentum, "momentum")
    if weight_decay is not None:
        at_least_zero(weight_decay, "weight-decay")
        if nesterov == "look-ahead":
            raise InputError("weight-decay: with the look-ahead it is open where to take θ; use --nesterov pytorch")
    own = {"pytorch": "sum", "shifted": "velocity"}.get(nesterov)
    if own and form not in (None, own):
        raise InputError(f"form: Nesterov's form {nesterov!r} goes with the form {own}, not {form}; leave form out")
    shape = form or own or ("velocity" if nesterov == "look-ahead" else "sum")
    about = _ABOUT[shape] if nesterov == "no" else _NESTEROV[nesterov]
    if nesterov != "no" and problem.root is None:
        about += " The gradients you gave count as taken there."
    descent = _descent.Descent(problem, {"v": 0}, {"eta": lr, "beta": momentum}, weight_decay, about)
    lines = {"pytorch": NESTEROV_TORCH, "shifted": NESTEROV_SHIFTED}.get(nesterov, _FORMS[shape])
    descent.run(lines, AHEAD["velocity" if shape == "velocity" else "sum"] if nesterov == "look-ahead" else None)
    return descent.answer()


mistakes = _descent.mistakes


def sample(rng: Random) -> dict[str, Any]:
    """A small problem; half of them plain momentum, the others Nesterov's."""
    given = drawn(rng) | {"lr": rng.choice(["0.1", "0.05", "0.5"]), "momentum": rng.choice(["0.9", "0.5"])}
    given["nesterov"] = rng.choice(["no", "no", "no", "look-ahead", "pytorch", "shifted"])
    if given["nesterov"] in ("no", "look-ahead"):
        given["form"] = rng.choice(["sum", "average", "velocity"])
    if rng.random() < 0.2 and given["nesterov"] != "look-ahead":
        given["weight_decay"] = "0.1"
    return given


def reference(**given: Any) -> dict[str, Any]:
    """torch.optim.SGD for PyTorch's forms; NumPy's update for the others."""
    import torch

    lr, beta, decay = (float(given.get(name) or 0) for name in ("lr", "momentum", "weight_decay"))
    lr, beta = lr or 0.1, beta if "momentum" in given else 0.9
    nesterov = given.get("nesterov", "no")
    form = given.get("form") or ("velocity" if nesterov in ("look-ahead", "shifted") else "sum")
    if form == "sum" and nesterov in ("no", "pytorch") and beta:

        def optimiser(parameters: list[Any]) -> Any:
            return torch.optim.SGD(parameters, lr=lr, momentum=beta, weight_decay=decay, nesterov=nesterov == "pytorch")

        return descend(given, optimiser=optimiser, kept={"v": "momentum_buffer"})

    def rule(theta: Any, t: int, slope: Any, state: dict[str, Any]) -> Any:
        old = state["v"]
        drift = beta * old * (1 if form == "velocity" else -lr)
        ahead = theta + drift if nesterov == "look-ahead" else theta
        push = slope(ahead) + decay * theta
        if form == "velocity":
            state["v"] = beta * old - lr * push
            return theta + state["v"] + (beta * (state["v"] - old) if nesterov == "shifted" else 0)
        state["v"] = beta * old + (push if form == "sum" else (1 - beta) * push)
        return theta - lr * (state["v"] if nesterov != "pytorch" else push + beta * state["v"])

    return descend(given, rule=rule, state={"v": 0.0})
