"""Batch normalisation by hand: training and evaluation."""

from random import Random
from typing import Any, Literal

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Number, Vector
from revise.solution import Solution, Work
from revise.solvers.optimisation._batchnorm_formulas import (
    FOLDED,
    HAT,
    HAT_EVAL,
    MEAN,
    OUT,
    ROOT,
    ROOT_EVAL,
    RUNNING,
    SCALE,
    SHIFT,
    SLIPS,
    UNBIASED,
    VARIANCE,
)
from revise.solvers.optimisation._batchnorm_torch import reference
from revise.solvers.optimisation._norm_rows import (
    Batch,
    by_channel,
    check_eps,
    listed,
    lone,
    per_feature,
    slips,
    zero_places,
)

SERVES: dict[str, dict[str, object]] = {"batchnorm": {}}
SOURCE = "Ioffe & Szegedy 2015, Batch normalization, algorithms 1 and 2"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Zhang et al., Dive into deep learning, section 11.7.3: batch norm of [[1, 2], [2, 3]] beside layer norm
    ({"x": "1, 2; 2, 3"}, {"y": [[-1, -1], [1, 1]]}),
    # Keras documentation, layers.Normalization (the same standardisation): mean and variance of 1…5, applied to 1, 2, 3
    (
        {"x": "1, 2, 3", "mode": "eval", "running_mean": "3", "running_var": "2"},
        {"y": ["-1.414214", "-0.707107", "0.0"]},
    ),
    ({"x": "1, 2, 3, 4, 5"}, {"mean": 3, "variance": 2}),
    # the same documentation, a mean and a variance for each feature; its input is the first of these samples
    (
        {"x": "0, 7, 4; 2, 9, 6; 0, 7, 4; 2, 9, 6"},
        {"y": [[-1, -1, -1], [1, 1, 1], [-1, -1, -1], [1, 1, 1]]},
    ),
]


def solve(
    x: Batch,
    gamma: Number | Vector | None = None,
    beta: Number | Vector | None = None,
    eps: Number = 0,
    mode: Literal["train", "eval"] = "train",
    variance: Literal["biased", "unbiased"] = "biased",
    running_mean: Number | Vector | None = None,
    running_var: Number | Vector | None = None,
    momentum: Number | None = None,
    convention: Literal["torch", "keras"] = "torch",
    running_variance: Literal["biased", "unbiased"] | None = None,
) -> Solution:
    """Mean, variance, x̂ and y = γx̂ + β for every feature; the running averages where one of them is given.

    x             samples × features, one sample a row; "1, 2, 3" are three samples of one feature; images as
                  "1, 2; 3, 4 | 5, 6; 7, 8 || …": a pipe between channels, two between images
    gamma, beta   scale and shift, one for each feature or one for all; 1 and 0 where they are not given
    eps           added to the variance; 0 as by hand, libraries take 1e-5 (PyTorch) or 1e-3 (Keras)
    mode          `eval` normalises by the running averages, not by the batch
    variance      of the batch: `biased` divides by m, `unbiased` by m − 1
    running_mean, running_var   before this batch (0 and 1 where only one of them, or --momentum, is given)
    momentum      torch: the weight of the new batch (0.1); keras: of the old average (0.99)
    running_variance   of the batch in the running average: torch takes `unbiased`, keras `biased`

    Raises InputError naming the argument that does not fit, and the feature whose variance is 0 without an ε.
    """
    check_eps(eps)
    image = len(x.shape) == 4
    table = by_channel(x) if image else x
    one = lone(table)
    if mode == "eval":
        if running_mean is None or running_var is None:
            raise InputError("running-mean and running-var are needed with --mode eval")
        if isinstance(running_mean, Array) and len(running_mean.flat) == table.shape[1]:
            one = one if table.shape[1] == 1 else None
    values, single = (table, False) if one is None else (one, True)
    count, features = (len(values.flat), 1) if single else (values.shape[0], values.shape[1])
    what = "channels" if image else "features"
    affine = gamma is not None or beta is not None
    if affine:
        gamma, beta = 1 if gamma is None else gamma, 0 if beta is None else beta
    given = {
        name: None if value is None else per_feature(value, features, name.replace("_", "-"), what)
        for name, value in (
            ("gamma", gamma), ("beta", beta), ("running_mean", running_mean), ("running_var", running_var),
        )
    }  # fmt: skip
    if given["running_var"] and any(not isinstance(v, Node) and v < 0 for v in given["running_var"].flat):
        raise InputError("running-var: a variance is never negative")
    letters = {name: value.flat[0] if single and value else value for name, value in given.items()}
    layout = _layout(x, single, count, features)
    if mode == "eval":
        return _evaluated(values, letters, eps, single, layout)
    if count < 2:
        raise InputError("x: one sample has no variance; batch norm needs 2 or more in training (or --mode eval)")
    averages = any(each is not None for each in (running_mean, running_var, momentum))
    alpha = {"torch": "0.1", "keras": "0.99"}[convention] if momentum is None else momentum
    if not isinstance(alpha, str | Node) and not 0 <= alpha <= 1:
        raise InputError(f"momentum: {alpha} is no weight; it lies from 0 to 1")
    work = Work(
        x=values, m=count, gamma=letters["gamma"], beta=letters["beta"], eps=eps if eps else None,
        alpha=(float(alpha) if isinstance(alpha, str) else alpha) if averages else None,
        mu_run=_start(letters["running_mean"], 0, single, features) if averages else None,
        sigma2_run=_start(letters["running_var"], 1, single, features) if averages else None,
    )  # fmt: skip
    work.called(
        x=layout, m="values for each mean", gamma="scale", beta="shift", alpha="momentum", mu_run="running mean",
        sigma2_run="running variance",
    )  # fmt: skip
    each = "" if single else f" of each {what[:-1]}"
    squares = "" if single else "; ∘2 squares every entry"
    work.let("mu", MEAN[single], f"the batch's mean{each}")
    why = "divided by m (biased), as in training" if variance == "biased" else "divided by m − 1 (unbiased), as asked"
    spread = work.let("sigma2", VARIANCE[single, variance], f"its variance{each}, {why}{squares}")
    _check_spread(work, spread, eps, what, single)
    work.let("s", ROOT[bool(eps)], "the root once; " + (_WITH if eps else _WITHOUT))
    unit = variance == "biased" and not eps
    work.let("x_hat", HAT[single], "normalised" + (": mean 0, variance 1" if unit else ""))
    work.let("y", OUT[single, affine], _SCALED if affine else _PLAIN)
    words = {"mean": "mu", "variance": "sigma2", "x-hat": "x_hat", "y": "y"}
    if averages:
        _run_on(work, convention, running_variance, single, momentum is None)
        words |= {"running-mean": "mu_run", "running-var": "sigma2_run"}
    work.note("With γ = s and β = μ the layer gives x back: it can learn to do nothing.")
    return work.answer(words)


_SCALED = "scaled by γ and shifted by β, which are learnt"
_PLAIN = "γ = 1 and β = 0: nothing changes"
_WITH = "ε keeps it from 0"
_WITHOUT = "no ε here, libraries add one (--eps 1e-5)"


def _layout(x: Array, single: bool, count: int, features: int) -> str:
    if len(x.shape) == 4:
        n, c, h, w = x.shape
        return f"{n}·{h}·{w} = {count} positions, one a row, × {c} channels" if not single else f"{n}·{h}·{w} positions"
    return f"{count} samples of one feature" if single else f"{count} samples × {features} features"


def _start(value: Any, first: int, single: bool, features: int) -> Any:
    if value is not None:
        return value
    return first if single else Array((features,), (first,) * features)


def _check_spread(work: Work, spread: Any, eps: Any, what: str, single: bool) -> None:
    places = zero_places(spread)
    if not places:
        return
    where = "all values are equal" if single else f"{listed(places, what[:-1], what)}: all values are equal"
    if not eps:
        raise InputError(f"x: {where}, so the variance is 0 and x̂ would be 0/0; give an ε, --eps 1e-5")
    work.note(f"{where.capitalize()}: the variance is 0, ε alone is under the root: normalised x = 0, y = β.")


def _run_on(work: Work, convention: str, running_variance: str | None, single: bool, unsaid: bool) -> None:
    kind = running_variance or {"torch": "unbiased", "keras": "biased"}[convention]
    side = "the new batch" if convention == "torch" else "the old average"
    other = "Keras gives it to the old average" if convention == "torch" else "PyTorch gives it to the new batch"
    name = {"torch": "PyTorch", "keras": "Keras"}[convention]
    default = f" ({name}'s default)" if unsaid else ""
    work.note(f"Running averages as in {name}: the momentum α{default} is the weight of {side}; {other}.")
    mean, var = RUNNING[convention]
    if kind == "unbiased":
        work.let("v", UNBIASED[single], "unbiased, by m − 1: what goes into the running variance")
    else:
        work.let("v", "sigma2", "the running variance takes the biased one too")
    work.let("mu_run", mean, "running mean", update=True)
    work.let("sigma2_run", var, "running variance", update=True)


def _evaluated(values: Array, letters: dict[str, Any], eps: Any, single: bool, layout: str) -> Solution:
    places = zero_places(letters["running_var"])
    if places and not eps:
        raise InputError("running-var: a variance of 0 is divided by; give an ε, --eps 1e-5")
    work = Work(
        x=values, mu_run=letters["running_mean"], sigma2_run=letters["running_var"], gamma=letters["gamma"],
        beta=letters["beta"], eps=eps if eps else None,
    )  # fmt: skip
    work.called(x=layout, mu_run="running mean", sigma2_run="running variance", gamma="scale", beta="shift")
    work.note("Evaluation: the running averages stand in for the batch's mean and variance, which do not enter.")
    work.let("s", ROOT_EVAL[bool(eps)], "the root of the running variance; " + (_WITH if eps else _WITHOUT))
    work.let("x_hat", HAT_EVAL[single], "normalised by the running averages")
    affine = letters["gamma"] is not None
    work.let("y", OUT[single, affine], _SCALED if affine else _PLAIN)
    work.let("a", SCALE[single, affine], "all of it is one line y = ax + b: its slope")
    work.let("b", SHIFT[single, affine], "its shift; a layer before it can take both in", holds=FOLDED[single])
    return work.answer({"x-hat": "x_hat", "y": "y", "slope": "a", "shift": "b"})


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """Step → what was done wrong → the formula that does it."""
    return slips(solution, SLIPS)


def sample(rng: Random) -> dict[str, Any]:
    """Two to five samples with an easy variance; about a third with running averages, a third evaluated."""
    patterns = [p for p in _PATTERNS if len(p) == 4] if rng.random() < 0.4 else [rng.choice(_PATTERNS)]
    columns = []
    for pattern in patterns[: rng.choice([1, 2])]:
        centre, step = rng.randint(-3, 6), rng.choice([1, 2])
        columns.append([centre + step * part for part in pattern])
    given: dict[str, Any] = {"x": "; ".join(", ".join(map(str, row)) for row in zip(*columns, strict=True))}
    if rng.random() < 0.6:
        given |= {"gamma": rng.choice(["2", "1/2", "3"]), "beta": rng.choice(["1", "-1", "0.5"])}
    kind = rng.choice(["plain", "running", "eval"])
    if kind == "eval":
        given |= {"mode": "eval", "running_mean": str(rng.randint(-1, 3)), "running_var": rng.choice(["1", "4", "9/4"])}
    elif kind == "running":
        given |= {"running_mean": "1", "running_var": "2", "convention": rng.choice(["torch", "keras"])}
        given["momentum"] = rng.choice(["0.1", "0.9", "1/2"])
    return given | ({"eps": "1e-5"} if rng.random() < 0.2 else {})


_PATTERNS = [(-1, 1), (-1, 1, -1, 1), (-3, -1, 1, 3), (-1, -1, 1, 1), (-2, -1, 0, 1, 2), (-1, 0, 1), (-2, 0, 0, 2)]


__all__ = ["mistakes", "reference", "sample", "solve"]
