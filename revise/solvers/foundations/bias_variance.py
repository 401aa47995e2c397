"""Bias, variance and noise from the predictions of several models."""

from random import Random
from typing import Any

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Matrix, Number, Vector
from revise.solution import Solution, Work
from revise.solvers.foundations._distributions import shown
from revise.solvers.foundations._loss_rows import check_numbers, check_size, slips

SERVES: dict[str, dict[str, object]] = {"bias-variance": {}}
SOURCE = "Geman, Bienenstock & Doursat 1992; Bishop 2006, section 3.2; Goodfellow et al. 2016, equation 5.54"
NO_EXAMPLE = (
    "the books show curves over many fits, or integrals, no predictions from which a figure could be recomputed"
)
LAWS = [
    "E = B + V",
    "E = sum(sum((y_hat[m,i] - f[i])^2 for m in 1..M) for i in 1..K)/(K*M)",
    "total = E + sigma2",
    "V >= 0",
]
MISTAKES = {
    "v[i]": {
        "divided by M − 1: the sum is exact with M only": "sum((y_hat[m,i] - mu[i])^2 for m in 1..M)/(M - 1)",
        "the distances to f, not to the mean": "sum((y_hat[m,i] - f[i])^2 for m in 1..M)/M",
    },
    "B": {"not squared": "sum(d[i] for i in 1..K)/K", "added up, not averaged": "sum(d[i]^2 for i in 1..K)"},
    "d[i]": {"the bias of the first model, not of the mean": "y_hat[1,i] - f[i]"},
    "total": {"the noise is forgotten": "E", "σ instead of σ²": "E + sqrt(sigma2)"},
}


def solve(predictions: Matrix, truth: Vector, noise: Number = 0) -> Solution:
    """At each point: the models' mean, bias² and variance; the expected squared error is bias² + variance + noise.

    predictions  a row for each model (trained on a data set of its own), a column for each point: "1, 2; 3, 4"; of
                 one point also in a line, "1, 3", where --truth is one number
    truth        the true value f(x) at each point, without noise
    noise        σ², the variance of the noise in y = f(x) + ε, which no model can remove

    Variances are divided by the number of models, M: only so is the sum exact. Raises InputError naming the argument
    that does not fit.
    """
    points = len(truth.flat)
    if predictions.shape[0] == 1 and points == 1:
        predictions = Array((len(predictions.flat), 1), predictions.flat)
    models, wide = predictions.shape
    check_size("predictions", models, wide, 12)
    if wide != points:
        raise InputError(f"truth: {points} value{'s' * (points != 1)} for predictions at {wide} points")
    if models < 2:
        raise InputError("predictions: one model; give a row for each, two at least")
    check_numbers("predictions", predictions.flat)
    check_numbers("truth", truth.flat)
    check_numbers("noise", [noise])
    if not isinstance(noise, Node) and noise < 0:
        raise InputError(f"noise: a variance is not negative; {shown(noise)} is")
    cells = {(place // wide + 1, place % wide + 1): value for place, value in enumerate(predictions.flat)}
    work = Work(
        y_hat=cells, f=dict(enumerate(truth.flat, 1)), sigma2=noise, M=models, K=points
    )  # fmt: skip
    work.called(y_hat="predictions", f="truth", sigma2="noise", M="models", K="points")
    work.note("ŷₘ,ᵢ: what model m predicts at point i. Expectations are means over the models.")
    for i in range(1, points + 1):
        work.let("mu[i]", "sum(y_hat[m,i] for m in 1..M)/M", "the mean prediction", table="means", i=i)
    for i in range(1, points + 1):
        work.let("d[i]", "mu[i] - f[i]", "the bias", table="bias and variance", i=i)
        why = "the variance, around the mean"
        work.let("v[i]", "sum((y_hat[m,i] - mu[i])^2 for m in 1..M)/M", why, table="bias and variance", i=i)
    where = "" if points == 1 else ", averaged over the points"
    work.let("B", "sum(d[i]^2 for i in 1..K)/K" if points > 1 else "d[1]^2", f"bias²{where}: the model's own error")
    work.let("V", "sum(v[i] for i in 1..K)/K" if points > 1 else "v[1]",
             f"variance{where}: how the fits scatter with their data")  # fmt: skip
    for i in range(1, points + 1):
        why = "the mean squared error itself, without noise"
        work.let("s[i]", "sum((y_hat[m,i] - f[i])^2 for m in 1..M)/M", why, table="check: errors", i=i,
                 holds="s[i] = d[i]^2 + v[i]")  # fmt: skip
    why = "worked out directly: the same as bias² + variance"
    work.let("E", "sum(s[i] for i in 1..K)/K" if points > 1 else "s[1]", why, holds="E = B + V")
    work.let("total", "B + V + sigma2", "the expected squared error of a new y: bias² + variance + noise",
             holds="total = E + sigma2")  # fmt: skip
    work.note(_verdict(work))
    return work.answer({"bias-squared": "B", "variance": "V", "error": "E", "total": "total"})


def _verdict(work: Work) -> str:
    bias, variance = work.env["B"], work.env["V"]
    common = "A more flexible model has less bias and more variance; more data less variance."
    if isinstance(bias, Node) or isinstance(variance, Node) or bias == variance:
        return common
    larger = (
        "Of the two bias² is larger: a sign of underfitting."
        if bias > variance
        else "Of the two the variance is larger: a sign of overfitting."
    )
    return f"{larger} {common}"


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """At a single point: bias² and the error without a sum."""
    return slips(solution, {"d[1]^2": {"not squared": "d[1]"}, "s[1]": {"the root is taken": "sqrt(s[1])"}})


def sample(rng: Random) -> dict[str, Any]:
    """Two to four models at one to three points, whole numbers."""
    models, points = rng.randint(2, 4), rng.randint(1, 3)
    rows = [[str(rng.randint(-1, 6)) for _ in range(points)] for _ in range(models)]
    return {
        "predictions": "; ".join(map(", ".join, rows)),
        "truth": ", ".join(str(rng.randint(0, 5)) for _ in range(points)),
        "noise": rng.choice(["0", "1", "0.25", "2"]),
    }


def reference(predictions: Any, truth: Any, noise: Any = 0) -> dict[str, float]:
    """NumPy's mean and var along the models; the total by two noises ±σ added to the truth."""
    import numpy as np

    goal = np.array([float(entry) for entry in truth.flat])
    table = np.array([float(entry) for entry in predictions.flat]).reshape(-1, len(goal))
    shift = float(noise) ** 0.5
    noisy = np.concatenate([(table - goal - shift) ** 2, (table - goal + shift) ** 2])
    return {
        "bias-squared": float(np.mean((table.mean(axis=0) - goal) ** 2)), "variance": float(table.var(axis=0).mean()),
        "error": float(np.mean((table - goal) ** 2)), "total": float(noisy.mean()),
    }  # fmt: skip
