"""Gradient descent by hand: a function, given gradients, a data set."""

from fractions import Fraction
from random import Random
from typing import Any

from revise.errors import InputError
from revise.expression import FORMULA, Node, parse
from revise.parameters import Expression, Matrix, Number
from revise.solution import Solution
from revise.solvers.optimisation import _descent
from revise.solvers.optimisation._curvature import bound
from revise.solvers.optimisation._drawn import drawn
from revise.solvers.optimisation._formulas import DESCENT
from revise.solvers.optimisation._problem import Point, at_least_zero, posed, rate
from revise.solvers.optimisation._reference import descend
from revise.solvers.optimisation._regression import SLIPS, Loss, fitted, regression

SERVES: dict[str, dict[str, object]] = {"gradient-descent": {}}
SOURCE = (
    "Goodfellow et al. 2016, Deep Learning, section 4.3 and algorithm 8.1; Zhang et al., Dive into Deep Learning, 12.3"
)
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Zhang et al., Dive into Deep Learning, section 12.3.1: x² from 10, ten steps with three learning rates
    ({"function": "x^2", "start": "10", "steps": 10, "lr": "0.2"}, {"x": "0.060466"}),
    ({"function": "x^2", "start": "10", "steps": 10, "lr": "0.05"}, {"x": "3.486784"}),
    ({"function": "x^2", "start": "10", "steps": 10, "lr": "1.1"}, {"x": "61.917364"}),
    # section 12.3.2, two variables
    (
        {"function": "x1^2 + 2*x2^2", "start": "x1=-5, x2=-2", "steps": 20, "lr": "0.1"},
        {"x1": "-0.057646", "x2": "-0.000073"},
    ),
    # section 12.6.1, the ill-conditioned one: slow along x1, and with 0.6 divergent along x2
    (
        {"function": "0.1*x1^2 + 2*x2^2", "start": "x1=-5, x2=-2", "steps": 20, "lr": "0.4"},
        {"x1": "-0.943467", "x2": "-0.000073", "largest-lr": Fraction(1, 2)},
    ),
    (
        {"function": "0.1*x1^2 + 2*x2^2", "start": "x1=-5, x2=-2", "steps": 20, "lr": "0.6"},
        {"x1": "-0.387814", "x2": "-1673.365109"},
    ),
]


def solve(
    function: Expression | None = None,
    start: Point | None = None,
    gradients: Matrix | None = None,
    steps: Number | None = None,
    lr: Number = Fraction(1, 10),
    weight_decay: Number | None = None,
    wrt: str | None = None,
    data: Matrix | None = None,
    epochs: Number = 1,
    batch_size: Number | None = None,
    drop_last: bool = False,
    loss: Loss = "mean",
) -> Solution:
    """θ = θ − ηg, step by step; of a quadratic also the largest learning rate, 2/λ_max.

    function      of any letters, "x^2 + 10*y^2"; `L = …` names it; its gradient is derived and shown
    start         "x=1, y=1", or numbers alone: "1, 1"
    gradients     instead of a function: "1, 0.5, -0.2" one a step; for two parameters a row a step "1, 2; 0.5, -1"
    steps         3 by default
    lr            η
    weight-decay  λ: λθ is added to the gradient (L2)
    wrt           the letters to move, all of them by default; the others stay as they are
    data          instead of a function: the line ŷ = wx + b through the examples "1, 2; 2, 4", a row an example,
                  its input and its target; --start "w=0" leaves the bias out
    batch-size    with --data: examples an update uses, all by default; 1 is stochastic; in the order given
    epochs        with --data: how often all examples are gone through
    drop-last     with --data: a last batch that is too small is left out
    loss          with --data: mean is ∑e²/N, half ∑e²/(2N), sum ∑e², half-sum ½∑e²

    Backwards: --find steps=1..20 --function "x^2" --start 10 --lr 0.2 --x 1.296.

    Raises InputError naming the argument that is missing or out of range.
    """
    rate(lr, "lr")
    if data is not None:
        for name, value in (("function", function), ("gradients", gradients), ("steps", steps), ("wrt", wrt)):
            if value is not None:
                raise InputError(f"{name}: with --data it has no place; leave one of the two out")
        if weight_decay is not None:
            raise InputError("weight-decay: with --data it has no place; put the penalty into a --function")
        if isinstance(lr, Node):
            raise InputError("lr: a number is needed with --data")
        return regression(data, start, lr, epochs, batch_size, drop_last, loss)
    if batch_size is not None or drop_last or epochs != 1 or loss != "mean":
        raise InputError("batch-size, epochs, drop-last and loss go with --data")
    problem = posed(function, gradients, start, steps, wrt)
    if weight_decay is not None:
        at_least_zero(weight_decay, "weight-decay")
    descent = _descent.Descent(problem, {}, {"eta": lr}, weight_decay)
    descent.run([DESCENT])
    return descent.answer({} if weight_decay is not None else bound(descent))


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """Step as written → what was done wrong → the formula that does it."""
    found = _descent.mistakes(solution)
    for step in solution.steps:
        if isinstance(step.formula, str) and step.formula in SLIPS:
            wrong = {label: parse(slip, None, FORMULA) for label, slip in SLIPS[step.formula].items()}
            found.setdefault(step.name, wrong)
    return found


def sample(rng: Random) -> dict[str, Any]:
    """A small function, a list of gradients, or three to four points of a line."""
    lr = rng.choice(["0.1", "0.5", "0.05", "0.25"])
    if rng.random() < 0.65:
        given = drawn(rng) | {"lr": lr}
        if rng.random() < 0.15:
            given["weight_decay"] = "0.1"
        return given
    count = rng.randint(2, 4)
    rows = [f"{place}, {rng.randint(-1, 5)}" for place in rng.sample(range(-1, 5), count)]
    given = {"data": "; ".join(rows), "lr": rng.choice(["0.1", "0.01"]), "epochs": str(rng.randint(1, 2))}
    given["loss"] = rng.choice(["mean", "mean", "half", "sum", "half-sum"])
    if rng.random() < 0.7:
        given["batch_size"] = str(rng.randint(1, count))
        given["drop_last"] = rng.random() < 0.3
    if rng.random() < 0.5:
        given["start"] = rng.choice(["w=1", "w=1, b=-1", "2, 0"])
    return given


def reference(**given: Any) -> dict[str, Any]:
    """torch.optim.SGD; the eigenvalues by NumPy from Torch's second derivatives."""
    import torch

    if given.get("data") is not None:
        return fitted(**given)
    lr, decay = float(given.get("lr", 0.1)), float(given.get("weight_decay") or 0)
    found = descend(given, optimiser=lambda parameters: torch.optim.SGD(parameters, lr=lr, weight_decay=decay))
    return found | _largest(given)


def _largest(given: dict[str, Any]) -> dict[str, float]:
    """The bound and the condition number where the second derivatives are positive."""
    import numpy
    import torch

    from revise.engines import native
    from revise.expression import free_names

    root = given.get("function")
    if root is None:
        return {}
    root = root.args[1] if root.head == "=" else root
    letters = [each for each in free_names(root) if each not in ("e", "pi")]
    if given.get("wrt") or any(isinstance(value, Node) for value in given["start"].values()):
        return {}

    def value(point: Any) -> Any:
        return native.evaluate(root, dict(zip(letters, point, strict=True)), "torch")

    where = torch.linspace(0.3, 0.7, len(letters), dtype=torch.float64)
    square = torch.autograd.functional.hessian(value, where)  # type: ignore[no-untyped-call]
    eigen = numpy.linalg.eigvalsh(square.numpy())
    if eigen[0] <= 0:
        return {}
    return {"largest-lr": 2 / eigen[-1], "condition-number": eigen[-1] / eigen[0]}
