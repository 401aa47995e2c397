"""Squared, absolute or Huber error of predictions, with its gradient."""

from random import Random
from typing import Any, Literal

from revise.engines.arrays import Array, shape_text
from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Matrix, Number
from revise.solution import Solution, Work
from revise.solvers.foundations import _mse_formulas as formulas
from revise.solvers.foundations._distributions import shown
from revise.solvers.foundations._loss_rows import check_numbers, check_size, has_letters, slips

SERVES: dict[str, dict[str, object]] = {"mse": {}}
SOURCE = "Goodfellow, Bengio & Courville 2016, Deep Learning, equation 5.4; Huber 1964; torch.nn.MSELoss, HuberLoss"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # scikit-learn, mean_squared_error and mean_absolute_error: 0.375 and 0.5; of two outputs 0.708 and 0.75
    ({"input": "2.5, 0, 2, 8", "target": "3, -0.5, 2, 7"}, {"loss": "0.375"}),
    ({"input": "2.5, 0, 2, 8", "target": "3, -0.5, 2, 7", "kind": "absolute"}, {"loss": "0.5"}),
    ({"input": "0, 2; -1, 2; 8, -5", "target": "0.5, 1; -1, 1; 7, -6"}, {"loss": "0.708"}),
    ({"input": "0, 2; -1, 2; 8, -5", "target": "0.5, 1; -1, 1; 7, -6", "kind": "absolute"}, {"loss": "0.75"}),
    # Keras, Huber: 0.155
    ({"input": "0.6, 0.4, 0.4, 0.6", "target": "0, 1, 0, 0", "kind": "huber"}, {"loss": "0.155"}),
]
MISTAKES = {
    "e[i]": {"the error is turned round: target minus prediction": "y[i] - y_hat[i]"},
    "e[n,i]": {"the error is turned round: target minus prediction": "y[n,i] - y_hat[n,i]"},
}


def solve(
    input: Matrix,
    target: Matrix,
    kind: Literal["squared", "absolute", "huber"] = "squared",
    reduction: Literal["mean", "sum", "batchmean"] = "mean",
    half: bool = False,
    delta: Number = 1,
) -> Solution:
    """The error e = ŷ − y of every prediction, what it adds to the loss, the loss and its gradient by ŷ.

    input      the predictions ŷ, "2.5, 0, 2"; of several outputs a row an example
    target     the targets y, as many
    kind       squared: e² (MSE, L2); absolute: |e| (MAE, L1); huber: e²/2 up to δ, then δ(|e| − δ/2)
    reduction  mean over all numbers (PyTorch's MSELoss), their sum; batchmean: the sum divided by the examples
               only, where an example has several outputs
    half       a factor ½ before the squared error, so that its gradient has no 2
    delta      δ of Huber's loss; smooth L1 is Huber's loss divided by δ

    Raises InputError naming the argument that does not fit.
    """
    high, wide = input.shape
    several = high > 1 and wide > 1
    _check(input, target, several, kind, reduction, half, delta)
    count = high if several else len(input.flat)
    work = Work(
        y_hat=_table(input, several), y=_table(target, several),
        delta=delta if kind == "huber" else None, N=count, D=wide if several else None,
    )  # fmt: skip
    work.called(y_hat="predictions", y="targets", N="examples", D="outputs", delta="threshold")
    places = list(work.given["y_hat"])
    at = "e[n,i]" if several else "e[i]"
    for place in places:
        formula = "y_hat[n,i] - y[n,i]" if several else "y_hat[i] - y[i]"
        index = _index(place)
        work.let(at, formula, "prediction minus target", table="errors", **index)
        text, why = _term(kind, several, work, place)
        work.let("h[n,i]" if several else "h[i]", text, why, table="errors", **index)
    why = {"mean": "their mean", "sum": "added up", "batchmean": "added up, divided by the examples"}[reduction]
    work.let("L", formulas.TOTAL[several, reduction, half], f"half of {why}" if half and reduction == "mean" else
             f"{why}, halved" if half else why)  # fmt: skip
    for place in places:
        part = _part(kind, work, place)
        name, of = ("dL_dy_hat[n,i]", "y_hat[n,i]") if several else ("dL_dy_hat[i]", "y_hat[i]")
        text = formulas.SLOPE[part, several, reduction, half]
        work.let(name, text, _SLOPE_WHY[part], table="gradient", gradient_of=("L", of), **_index(place))
    why = "the gradient as a matrix" if several else "the gradient as a vector"
    work.let("g", "[[dL_dy_hat[n,i] for i in 1..D] for n in 1..N]" if several else "[dL_dy_hat[i] for i in 1..N]", why)
    if kind == "squared" and reduction == "mean" and not half:
        work.note("Its root is the RMSE, in the units of y. Squares weigh large errors (outliers) most.")
    if kind == "huber":
        work.note("Near 0 as smooth as the square, far out as mild as |e|: outliers pull with δ at most.")
    return work.answer(loss="L", gradient="g")


_SLOPE_WHY = {
    "squared": "in proportion to the error",
    "absolute": "only the error's sign; 0 where it is 0",
    "near": "|e| ≤ δ: as of e²/2",
    "far": "|e| > δ: always δ, whatever the size",
}


def _part(kind: str, work: Work, place: Any) -> str:
    if kind != "huber":
        return kind
    return "near" if abs(work.env["e"][place]) <= work.env["delta"] else "far"


def _term(kind: str, several: bool, work: Work, place: Any) -> tuple[str, str]:
    if kind != "huber":
        return formulas.TERM[kind][several], {"squared": "squared", "absolute": "its size"}[kind]
    near = _part(kind, work, place) == "near"
    return formulas.HUBER[near][several], "|e| ≤ δ: half the square" if near else "|e| > δ: a straight line"


def _table(values: Array, several: bool) -> dict[Any, Any]:
    if not several:
        return dict(enumerate(values.flat, 1))
    wide = values.shape[1]
    return {(place // wide + 1, place % wide + 1): value for place, value in enumerate(values.flat)}


def _index(place: Any) -> dict[str, Any]:
    return {"n": place[0], "i": place[1]} if isinstance(place, tuple) else {"i": place}


def _check(
    input: Array, target: Array, several: bool, kind: str, reduction: str, half: bool, delta: Any
) -> None:  # fmt: skip
    high, wide = input.shape
    check_size("input", high if several else 1, wide if several else len(input.flat), 40)
    fits = target.shape == input.shape or (
        1 in input.shape and 1 in target.shape and len(input.flat) == len(target.flat)
    )
    if not fits:
        raise InputError(f"target: {shape_text(target.shape)}, but the predictions are {shape_text(input.shape)}")
    check_numbers("input", input.flat)
    check_numbers("target", target.flat)
    check_numbers("delta", [delta])
    if reduction == "batchmean" and not several:
        raise InputError("reduction: with one output an example, batchmean is mean")
    if half and kind != "squared":
        raise InputError("half: only the squared error takes a ½ (Huber's has one already)")
    if kind == "huber" and has_letters(input, target, delta):
        raise InputError("kind: Huber's loss needs numbers, for |e| is compared with δ")
    if kind == "huber" and delta <= 0:
        raise InputError(f"delta: δ is above 0, not {shown(delta)}")


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """Step → what was done wrong → the formula that does it."""
    return slips(solution, formulas.SLIPS)


def sample(rng: Random) -> dict[str, Any]:
    """Two to four predictions, or two examples of two outputs; some absolute or Huber."""
    high, wide = (2, 2) if rng.random() < 0.25 else (1, rng.randint(2, 4))

    def drawn() -> str:
        return "; ".join(
            ", ".join(rng.choice(["0", "1", "2", "3", "0.5", "-1", "2.5"]) for _ in range(wide)) for _ in range(high)
        )

    given: dict[str, Any] = {"input": drawn(), "target": drawn()}
    kind = rng.choice(["squared", "squared", "absolute", "huber"])
    given["kind"] = kind
    given["reduction"] = rng.choice(["mean", "mean", "sum", "batchmean" if high > 1 else "mean"])
    if kind == "squared" and rng.random() < 0.4:
        given["half"] = True
    if kind == "huber":
        given["delta"] = rng.choice(["1", "2", "1/2"])
    return given


def reference(
    input: Any, target: Any, kind: str = "squared", reduction: str = "mean", half: bool = False, delta: Any = 1
) -> dict[str, Any]:
    """Torch's mse_loss, l1_loss and huber_loss, and autograd."""
    import torch
    from torch.nn import functional

    x = torch.tensor([[float(e) for e in row] for row in input.nested()], dtype=torch.float64, requires_grad=True)
    y = torch.tensor([float(e) for e in target.flat], dtype=torch.float64).reshape(x.shape)
    over = "sum" if reduction == "batchmean" else reduction
    total = {
        "squared": lambda: functional.mse_loss(x, y, reduction=over),
        "absolute": lambda: functional.l1_loss(x, y, reduction=over),
        "huber": lambda: functional.huber_loss(x, y, reduction=over, delta=float(delta)),
    }[kind]() / (2 if half else 1)
    if reduction == "batchmean":
        total = total / len(x)
    slope = torch.autograd.grad(total, x)[0]
    return {"loss": total, "gradient": slope.flatten() if 1 in x.shape else slope}
