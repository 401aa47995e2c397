"""MSE, RMSE, MAE, R², explained variance, MAPE, residual by residual."""

from random import Random
from typing import Any, Literal

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Number, Vector, whole
from revise.solution import Solution, Work
from revise.solvers.foundations._labels import MOST, check_alike
from revise.solvers.foundations._loss_rows import check_numbers, has_letters, slips

SERVES: dict[str, dict[str, object]] = {"regression-metrics": {}}
SOURCE = "James, Witten, Hastie & Tibshirani, An Introduction to Statistical Learning, sections 3.1.3 and 6.1.3"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # scikit-learn's documentation of each measure has these four numbers: 0.375, 0.612, 0.5, 0.948, 0.957, 0.3273
    (
        {"actual": "3, -0.5, 2, 7", "predicted": "2.5, 0, 2, 8", "mape": "fraction"},
        {"mse": "0.375", "rmse": "0.612", "mae": "0.5", "r2": "0.9486", "explained-variance": "0.9572",
         "mape": "0.3274", "max-error": 1, "sse": "1.5"},
    ),
    # r2_score's documentation: the mean predicted gives 0, the wrong order −3
    ({"actual": "1, 2, 3", "predicted": "2, 2, 2"}, {"r2": 0}),
    ({"actual": "1, 2, 3", "predicted": "3, 2, 1"}, {"r2": -3}),
    # max_error's documentation
    ({"actual": "3, 2, 7, 1", "predicted": "4, 2, 7, 1"}, {"max-error": 1}),
]  # fmt: skip
MISTAKES = {
    "MSE": {"divided by n − 1": "SSE/(n - 1)", "not divided": "SSE"},
    "RMSE": {"the root of each square, then the mean: that is the MAE": "sum(a[i] for i in 1..n)/n"},
    "MAE": {"with their signs the residuals cancel": "sum(e[i] for i in 1..n)/n"},
    "R²": {"the fraction is not taken from 1": "SSE/SST", "upside down": "1 - SST/SSE"},
    "EV": {"without the mean residual it is R²": "1 - sum(s[i] for i in 1..n)/SST"},
}
# a right formula → what is written instead
_SLIPS = {
    "(y[i] - y_bar)^2": {"the distance from the prediction": "(y[i] - y_hat[i])^2"},
    "a[i]/abs(y[i])": {"divided by the prediction": "a[i]/abs(y_hat[i])"},
}


def solve(
    actual: Vector,
    predicted: Vector,
    predictors: Number | None = None,
    mape: Literal["percent", "fraction"] = "percent",
) -> Solution:
    """The residuals one by one, then each measure made of them.

    actual      the true values y: "3, -0.5, 2, 7"
    predicted   the predictions ŷ, in the same order
    predictors  p, how many inputs the model has, for the adjusted R²
    mape        as a percentage, or as a fraction

    Raises InputError naming the argument. What has the denominator 0 is named and left out: R² where all y are
    equal, MAPE where a y is 0.
    """
    _check(actual, predicted)
    n = len(actual.flat)
    p = None if predictors is None or isinstance(predictors, Node) else whole(predictors, "predictors", 0)
    if p is not None and p > n - 2:
        raise InputError(f"predictors: {p} of {n} examples leave n − p − 1 = {n - p - 1}; it must be at least 1")
    work = Work(
        y=dict(enumerate(actual.flat, 1)), y_hat=dict(enumerate(predicted.flat, 1)), n=n,
        p=predictors if p is None else p,
    )  # fmt: skip
    work.called(y="actual", y_hat="predicted", n="examples", p="predictors")
    table = "residuals"
    for i in range(1, n + 1):
        work.let("e[i]", "y[i] - y_hat[i]", "residual: actual minus predicted", table=table, i=i)
        work.let("a[i]", "abs(e[i])", "its size", table=table, i=i)
        work.let("s[i]", "e[i]^2", "its square", table=table, i=i)
    work.let("SSE", "sum(s[i] for i in 1..n)", "the squares added up (also RSS)")
    work.let("MSE", "SSE/n", "mean squared error")
    work.let("RMSE", "sqrt(MSE)", "its root, in the unit of y")
    work.let("MAE", "sum(a[i] for i in 1..n)/n", "mean absolute error")
    words = {"sse": "SSE", "mse": "MSE", "rmse": "RMSE", "mae": "MAE"}
    if not has_letters(actual, predicted):
        work.let("e_max", "max(a[i] for i in 1..n)", "the greatest error")
        words["max-error"] = "e_max"
    _explained(work, n, words)
    _percentage(work, actual, mape, words)
    return work.answer(words)


def _explained(work: Work, n: int, words: dict[str, str]) -> None:
    """R² and its kin, where y varies."""
    work.let("y_bar", "sum(y[i] for i in 1..n)/n", "the mean of y")
    for i in range(1, n + 1):
        work.let("d[i]", "(y[i] - y_bar)^2", "squared distance from the mean", table="spread of y", i=i)
    total = work.let("SST", "sum(d[i] for i in 1..n)", "total sum of squares: the error of always predicting the mean")
    if not isinstance(total, Node) and total == 0:
        why = "there is but one y" if n == 1 else "all y are equal"
        work.note(f"R² and explained variance: {why}, so the denominator SST is 0 and they are undefined.")
        return
    work.let("R²", "1 - SSE/SST", "R²: the part of y's spread that the predictions explain; 0 is as good as the mean")
    words["r2"] = "R²"
    if "p" in work.given:
        why = "adjusted R²: every predictor costs"
        work.let("R²_adj", "1 - (SSE/(n - p - 1))/(SST/(n - 1))", why)
        words["adjusted-r2"] = "R²_adj"
    work.let("e_bar", "sum(e[i] for i in 1..n)/n", "the mean residual (bias): 0 where the model is right on average")
    why = "explained variance: as R², but a constant bias of the residuals is forgiven"
    work.let("EV", "1 - sum((e[i] - e_bar)^2 for i in 1..n)/SST", why, holds="EV = 1 - SSE/SST + n*e_bar^2/SST")
    words |= {"bias": "e_bar", "explained-variance": "EV"}


def _percentage(work: Work, actual: Array, mape: str, words: dict[str, str]) -> None:
    if zeros := [i for i, y in enumerate(actual.flat, 1) if not isinstance(y, Node) and y == 0]:
        which = f"y_{zeros[0]} is" if len(zeros) == 1 else f"{len(zeros)} of the y are"
        work.note(f"MAPE: {which} 0, and each residual is divided by its y, so it is undefined.")
        return
    for i in range(1, len(actual.flat) + 1):
        work.let("r[i]", "a[i]/abs(y[i])", "error as a part of y", table="relative errors", i=i)
    if mape == "percent":
        work.let("MAPE", "100*sum(r[i] for i in 1..n)/n", "mean absolute percentage error", unit="%")
    else:
        work.let("MAPE", "sum(r[i] for i in 1..n)/n", "mean absolute percentage error, as a fraction")
    words["mape"] = "MAPE"


def _check(actual: Array, predicted: Array) -> None:
    for name, values in (("actual", actual), ("predicted", predicted)):
        check_numbers(name, values.flat, 10**9)
        if len(values.flat) > MOST:
            raise InputError(f"{name}: {len(values.flat)} values; at most {MOST} are taken")
    check_alike("actual", len(actual.flat), "predicted", len(predicted.flat))


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """In the tables: the wrong centre, the wrong divisor."""
    return slips(solution, _SLIPS)


def sample(rng: Random) -> dict[str, Any]:
    """Three to five small numbers and predictions near them; half the time with predictors."""
    size = rng.randint(3, 5)
    actual = [rng.randint(1, 9) for _ in range(size)]
    actual[0] = actual[1] + rng.choice([-1, 1, 2])
    predicted = [y + rng.choice([-2, -1, -0.5, 0, 0.5, 1, 2]) for y in actual]
    predicted[-1] = actual[-1] + 1
    given: dict[str, Any] = {"actual": ", ".join(map(str, actual)), "predicted": ", ".join(map(str, predicted))}
    if rng.random() < 0.5:
        given["predictors"] = 1
    return given | {"mape": rng.choice(["percent", "percent", "fraction"])}


def reference(actual: Any, predicted: Any, predictors: Any = None, mape: str = "percent") -> dict[str, Any]:
    """Torch's losses and NumPy's variances and norms."""
    import numpy
    import torch
    from torch.nn.functional import l1_loss, mse_loss

    y, h = (numpy.array([float(each) for each in values.flat]) for values in (actual, predicted))
    tensors = torch.from_numpy(h), torch.from_numpy(y)
    mse = float(mse_loss(*tensors))
    found = {
        "sse": float(mse_loss(*tensors, reduction="sum")), "mse": mse, "mae": float(l1_loss(*tensors)),
        "rmse": float(numpy.linalg.norm(y - h) / numpy.sqrt(len(y))),
        "max-error": float(numpy.linalg.norm(y - h, numpy.inf)),
    }  # fmt: skip
    if numpy.ptp(y) > 0:
        found["r2"] = 1 - mse / float(numpy.var(y))
        found["explained-variance"] = 1 - float(numpy.var(y - h) / numpy.var(y))
        found["bias"] = float(y.mean() - h.mean())
        if predictors is not None:
            unbiased = float(((y - h) ** 2).sum()) / (len(y) - int(predictors) - 1)
            found["adjusted-r2"] = 1 - unbiased / float(numpy.var(y, ddof=1))
    if y.all():
        found["mape"] = float(numpy.mean(numpy.abs(h / y - 1))) * (100 if mape == "percent" else 1)
    return found
