"""Adam, AdamW and AMSGrad by hand: moments, bias correction, update."""

from fractions import Fraction
from random import Random
from typing import Any, Literal

from revise.errors import InputError
from revise.parameters import Expression, Matrix, Number, Vector
from revise.solution import Solution
from revise.solvers.optimisation import _descent
from revise.solvers.optimisation._drawn import drawn
from revise.solvers.optimisation._formulas import (
    ADAM,
    ADAM_PLAIN,
    ADAM_RATE,
    DECOUPLED,
    LARGEST,
    M_HAT,
    MOMENTS,
    MOVED,
    RATE,
    V_HAT,
)
from revise.solvers.optimisation._problem import BETAS, Point, at_least_zero, pair, posed, rate
from revise.solvers.optimisation._reference import descend

SERVES: dict[str, dict[str, object]] = {"adam": {}, "adamw": {"decay": "decoupled"}, "amsgrad": {"amsgrad": True}}
SOURCE = (
    "Kingma & Ba 2015, Adam, algorithm 1; Loshchilov & Hutter 2019, Decoupled weight decay regularization, "
    "algorithm 2; Reddi et al. 2018 (AMSGrad)"
)
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Kingma & Ba, section 2.1: without epsilon the first step is exactly the learning rate, whatever the gradient
    ({"gradients": "5", "start": "1", "lr": "0.001", "eps": "0"}, {"theta": Fraction(999, 1000)}),
    ({"gradients": "-0.01", "start": "1", "lr": "0.001", "eps": "0"}, {"theta": Fraction(1001, 1000)}),
    # Keras, adam_test.py and adamw_test.py, test_single_step: lr 0.5; AdamW with Keras's decay 0.004
    (
        {"gradients": "1, 6, 7, 2", "start": "a=1, b=2, c=3, d=4", "lr": "0.5", "eps": "1e-7"},
        {"a": "0.5000", "b": "1.5000", "c": "2.5000", "d": "3.5000"},
    ),
    (
        {
            "gradients": "1, 6, 7, 2", "start": "a=1, b=2, c=3, d=4", "lr": "0.5", "eps": "1e-7",
            "weight_decay": "0.004", "decay": "decoupled",
        },
        {"a": "0.4980", "b": "1.4960", "c": "2.4940", "d": "3.4920"},
    ),
    # Keras, adamw_test.py, test_correctness_with_golden: the first of ten parameters, three gradients; Keras has the
    # correction in the rate, and with an epsilon of 2 that shows
    (
        {
            "gradients": "0.01, 0.1, 0.1", "start": "1", "lr": "1", "eps": "2", "weight_decay": "0.5",
            "decay": "decoupled", "form": "rate",
        },
        {"theta": "0.1223"},
    ),
]  # fmt: skip


def solve(
    function: Expression | None = None,
    start: Point | None = None,
    gradients: Matrix | None = None,
    steps: Number | None = None,
    lr: Number = Fraction(1, 1000),
    betas: Vector = BETAS,
    eps: Number = Fraction(1, 10**8),
    eps_in_root: bool = False,
    bias_correction: bool = True,
    form: Literal["moments", "rate"] = "moments",
    amsgrad: bool = False,
    weight_decay: Number | None = None,
    decay: Literal["l2", "decoupled"] = "l2",
    wrt: str | None = None,
) -> Solution:
    """The moments m and v, corrected m̂ and v̂, the update Δ and the parameter θ after each step.

    function         of any letters, "x^2 + 10*y^2"; its gradient is derived and shown
    start            "x=1, y=1", or numbers alone: "1, 1"
    gradients        instead of a function: "1, 0.5, -0.2" one a step; for two parameters a row a step "1, 2; 0.5, -1"
    steps            3 by default
    betas            β₁ and β₂, "0.9, 0.999"
    eps              ε, which keeps the divisor from 0; `--eps 0` leaves it out
    eps-in-root      √(v̂ + ε) instead of √v̂ + ε
    bias-correction  --no-bias-correction: m and v as they are
    form             moments: m̂ and v̂ (algorithm 1, PyTorch); rate: the correction goes into the learning rate and
                     ε stands beside √v (the paper's shorter order, Keras)
    amsgrad          the largest v so far instead of v (PyTorch's form, with bias correction)
    weight-decay     λ; none for Adam, 0.01 for AdamW (PyTorch)
    decay            l2: λθ is added to the gradient; decoupled: AdamW, the weight shrinks by ηλθ beside the update
    wrt              the letters to move, all of them by default

    m₀ = v₀ = 0. Raises InputError naming the argument that is missing or out of range.
    """
    problem = posed(function, gradients, start, steps, wrt)
    rate(lr, "lr")
    beta1, beta2 = pair(betas)
    for name, value in (("eps", eps), ("weight-decay", weight_decay)):
        at_least_zero(0 if value is None else value, name)
    if form == "rate" and (eps_in_root or not bias_correction):
        raise InputError("form: with `rate` epsilon stands outside the root and the rate is corrected")
    decoupled = decay == "decoupled"
    if decoupled and weight_decay is None:
        weight_decay = Fraction(1, 100)
    about = f"Epsilon stands {'inside' if eps_in_root else 'outside'} the root"
    about += ". " if bias_correction else "; without bias correction. "
    if form == "rate":
        about += "The bias correction goes into the learning rate r, so ε stands beside √v, not √v̂. "
    if decoupled:
        about += "AdamW: the decay goes past the moments. "
    elif weight_decay is not None:
        about += "L2: the decay is part of the gradient, so the moments see it. "
    hyper = {"eta": lr, "beta1": beta1, "beta2": beta2, "epsilon": eps}
    if decoupled:
        hyper["lambda"] = weight_decay
    states = {"m": 0, "v": 0} | ({"v_max": 0} if amsgrad else {})
    descent = _descent.Descent(problem, states, hyper, None if decoupled else weight_decay, about.strip())
    lines = [*MOMENTS, *([LARGEST] if amsgrad else [])]
    if form == "rate":
        lines += [RATE, ADAM_RATE[amsgrad]]
    elif bias_correction:
        lines += [M_HAT, V_HAT[amsgrad], ADAM[True, eps_in_root]]
    else:
        lines.append(ADAM_PLAIN[amsgrad, eps_in_root])
    descent.run([*lines, DECOUPLED if decoupled else MOVED])
    return descent.answer()


mistakes = _descent.mistakes


def sample(rng: Random) -> dict[str, Any]:
    """A small problem; one in three departs from the defaults."""
    given = drawn(rng) | {"lr": rng.choice(["0.001", "0.1", "0.5"])}
    if rng.random() < 0.3:
        given["betas"] = rng.choice(["0.9, 0.99", "0.5, 0.5", "0.9, 0.95"])
    if rng.random() < 0.2:
        given |= {"eps": "1e-6", "eps_in_root": True}
    if rng.random() < 0.15:
        given["bias_correction"] = False
    elif "eps_in_root" not in given and rng.random() < 0.2:
        given["form"] = "rate"
    if rng.random() < 0.15:
        given["amsgrad"] = True
    if rng.random() < 0.3:
        given |= {"weight_decay": "0.1", "decay": rng.choice(["l2", "decoupled"])}
    return given


def reference(**given: Any) -> dict[str, Any]:
    """torch.optim.Adam and AdamW; NumPy where epsilon stands inside the root or nothing is corrected."""
    import numpy
    import torch

    lr, eps = float(given.get("lr", 0.001)), float(given.get("eps", 1e-8))
    first, second = [float(beta) for beta in given["betas"].flat] if "betas" in given else (0.9, 0.999)
    decoupled, largest = given.get("decay") == "decoupled", bool(given.get("amsgrad"))
    decay = given.get("weight_decay")
    decay = float(decay) if decay is not None else 0.01 if decoupled else 0.0
    correct = given.get("bias_correction", True)
    kept = {"m": "exp_avg", "v": "exp_avg_sq"} | ({"v_max": "max_exp_avg_sq"} if largest else {})
    if correct and not given.get("eps_in_root") and given.get("form") != "rate":

        def optimiser(parameters: list[Any]) -> Any:
            kind = torch.optim.AdamW if decoupled else torch.optim.Adam
            return kind(parameters, lr=lr, betas=(first, second), eps=eps, weight_decay=decay, amsgrad=largest)

        return descend(given, optimiser=optimiser, kept=kept)

    def rule(theta: Any, t: int, slope: Any, state: dict[str, Any]) -> Any:
        eps_now = eps
        push = slope(theta) + (0 if decoupled else decay * theta)
        state["m"] += (1 - first) * (push - state["m"])
        state["v"] += (1 - second) * (push * push - state["v"])
        if largest:
            state["v_max"] = numpy.maximum(state["v_max"], state["v"])
        if given.get("form") == "rate":
            eps_now = eps / (1 - second**t) ** 0.5  # the same in the order of algorithm 1
        scales = (1 - first**t, 1 - second**t) if correct else (1, 1)
        mean, square = state["m"] / scales[0], (state["v_max"] if largest else state["v"]) / scales[1]
        below = numpy.sqrt(square + eps) if given.get("eps_in_root") else numpy.sqrt(square) + eps_now
        return theta * (1 - lr * decay if decoupled else 1) - lr * mean / below

    return descend(given, rule=rule, state=dict.fromkeys(kept, 0.0))
