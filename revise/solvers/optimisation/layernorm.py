"""Layer, instance, group and RMS normalisation by hand."""

from random import Random
from typing import Any, Literal

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Number, Vector, whole
from revise.solution import Solution, Work
from revise.solvers.optimisation._norm_rows import Batch, check_eps, listed, per_feature, slips, zero_places

SERVES: dict[str, dict[str, object]] = {"layernorm": {}}
SOURCE = "Ba, Kiros & Hinton 2016, Layer normalization, equation 3; Ulyanov 2016; Wu & He 2018; Zhang & Sennrich 2019"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Zhang et al., Dive into deep learning, section 11.7.3: layer norm of [[1, 2], [2, 3]]
    ({"x": "1, 2; 2, 3"}, {"y": [[-1, 1], [-1, 1]]}),
    # Keras, nn_test.py, test_layer_normalization: 0, 1, 2, 3, 4 (its digits are those of float32)
    ({"x": "0, 1, 2, 3, 4"}, {"y": ["-1.414214", "-0.707107", "0.0", "0.707107", "1.414214"]}),
    # Keras, nn_test.py, test_rms_normalization
    (
        {"x": "1, 2, 3; 4, 5, 6", "over": "rms"},
        {"y": [["0.46291", "0.92582", "1.38873"], ["0.78954", "0.98693", "1.18431"]]},
    ),
    # Keras documentation, LayerNormalization: arange(10)·10 in rows of two
    ({"x": "0, 10; 20, 30; 40, 50; 60, 70; 80, 90"}, {"y": [[-1, 1]] * 5}),
]

# is there one row only → the steps' formulas
_MEAN = {True: "sum(x[i] for i in 0..d-1)/d", False: "sum(x, axis=1)/d"}
_VARIANCE = {True: "sum((x[i] - mu)^2 for i in 0..d-1)/d", False: "sum((x - mu).^2, axis=1)/d"}
_ROOT = {False: "sqrt(sigma2)", True: "sqrt(sigma2 + eps)"}
_HAT = {True: "(x - mu)/s", False: "(x - mu) ./ s"}
_SQUARES = {True: "sum(x[i]^2 for i in 0..d-1)/d", False: "sum(x.^2, axis=1)/d"}
_RMS = {False: "sqrt(q)", True: "sqrt(q + eps)"}
_OVER_RMS = {True: "x/r", False: "x ./ r"}
_OUT = {
    (True, True): "gamma .* x_hat + beta",
    (True, False): "gamma .* x_hat",
    (False, True): "x_hat + beta",
    (False, False): "x_hat",
}
_SLIPS = {
    "sum((x[i] - mu)^2 for i in 0..d-1)/d": {"divided by d − 1": "sum((x[i] - mu)^2 for i in 0..d-1)/(d - 1)"},
    "sum((x - mu).^2, axis=1)/d": {"divided by d − 1": "sum((x - mu).^2, axis=1)/(d - 1)"},
    "sum(x, axis=1)/d": {"over the batch (the columns): that is batch norm": "sum(x, axis=0)/len(x)"},
    "(x - mu)/s": {"divided by the variance, not by its root": "(x - mu)/s^2"},
    "(x - mu) ./ s": {"divided by the variance, not by its root": "(x - mu) ./ s.^2"},
    "x/r": {"the mean is subtracted: RMSNorm does not": "(x - mean(x))/r"},
    "x ./ r": {"the mean is subtracted: RMSNorm does not": "(x - mean(x, axis=1)) ./ r"},
}


def solve(
    x: Batch,
    gamma: Number | Vector | None = None,
    beta: Number | Vector | None = None,
    eps: Number = 0,
    over: Literal["layer", "instance", "group", "rms"] = "layer",
    groups: Number | None = None,
) -> Solution:
    """What each sample is normalised over, mean and variance of each such set, then x̂ and y = γx̂ + β.

    x            samples × features, one sample a row; images as "1, 2; 3, 4 | 5, 6; 7, 8 || …": a pipe between
                 channels, two between images
    gamma, beta  layer, rms: one for each feature; instance, group: one for each channel; or one for all
    eps          added to the variance; 0 as by hand, libraries take 1e-5 or so
    over         layer: all features of a sample; instance: each channel of an image; group: some neighbouring
                 channels together; rms: as layer, divided by √(mean of x²) only
    groups       how many groups the channels are cut into, for `--over group`

    The batch does not enter, so training and evaluation are alike and there are no running averages.

    Raises InputError naming the argument that does not fit, and the set whose variance is 0 without an ε.
    """
    check_eps(eps)
    channels, size = (x.shape[1], x.shape[2] * x.shape[3]) if len(x.shape) == 4 else (x.shape[1], 1)
    sets = _sets(over, groups, channels, size)
    length = channels * size // sets
    rows = x.shape[0] * sets
    single = rows == 1
    shape = (length,) if single else (rows, length)
    if over == "rms" and beta is not None:
        raise InputError("beta: RMSNorm has no shift")
    work = Work(
        x=Array(shape, x.flat), d=length, gamma=_laid_out(gamma, "gamma", over, x, shape, size),
        beta=_laid_out(beta, "beta", over, x, shape, size), eps=eps if eps else None,
    )  # fmt: skip
    image = len(x.shape) == 4
    work.called(x=_described(over, x.shape, sets, length, image), d="values in each set", gamma="scale", beta="shift")
    each = "" if single else " of each row"
    what = _ONE.get(over, "sample")
    if over == "rms":
        least = work.let("q", _SQUARES[single], f"mean of the squares{each}; no mean is subtracted")
        _check_spread(work, least, eps, f"{what}s are 0 everywhere", what)
        work.let("r", _RMS[bool(eps)], "root mean square" + _EPS[bool(eps)])
        work.let("x_hat", _OVER_RMS[single], "divided by it")
    else:
        work.let("mu", _MEAN[single], f"mean{each}: one {what}")
        spread = work.let("sigma2", _VARIANCE[single], f"variance{each}, divided by d" + ("" if single else _SQUARED))
        _check_spread(work, spread, eps, "all values are equal", what)
        work.let("s", _ROOT[bool(eps)], "its root" + _EPS[bool(eps)])
        work.let("x_hat", _HAT[single], "normalised" + ("" if eps else ": mean 0, variance 1"))
    affine = gamma is not None, beta is not None
    work.let("y", _OUT[affine], "γ = 1: nothing changes" if over == "rms" and not affine[0] else _WHY[affine])
    work.note("Nothing is shared between samples: a batch of one will do, and test time is like training.")
    if over == "rms":
        return work.answer({"rms": "r", "x-hat": "x_hat", "y": "y"})
    return work.answer({"mean": "mu", "variance": "sigma2", "x-hat": "x_hat", "y": "y"})


_ONE = {"instance": "channel of an image", "group": "group of channels"}
_EPS = {True: ", with ε under it", False: " (no ε here, libraries add one: --eps 1e-5)"}
_SQUARED = "; ∘2 squares every entry"
_WHY = {
    (True, True): "scaled by γ and shifted by β, which are learnt",
    (True, False): "scaled by γ, which is learnt",
    (False, True): "shifted by β, which is learnt",
    (False, False): "γ = 1 and β = 0: nothing changes",
}


def _sets(over: str, groups: Any, channels: int, size: int) -> int:
    """How many sets a sample is cut into."""
    if groups is not None and over != "group":
        raise InputError("groups: only for --over group")
    if over in ("layer", "rms"):
        if channels * size < 2:
            raise InputError("x: a sample of one value has no variance; give its features in a row")
        return 1
    if over == "instance":
        if size < 2:
            raise InputError("x: instance norm takes images (1, 2; 3, 4 | …); one value a channel has no variance")
        return channels
    if groups is None:
        raise InputError("groups: needed with --over group, as --groups 2")
    count = whole(groups, "groups")
    if channels % count:
        raise InputError(f"groups: {count} does not divide the {channels} channels")
    if channels * size // count < 2:
        raise InputError(f"groups: {count} groups leave one value each, which has no variance")
    return count


def _laid_out(value: Any, name: str, over: str, x: Array, shape: tuple[int, ...], size: int) -> Any:
    """γ or β as an array that fits the rows."""
    if value is None:
        return None
    features = shape[-1] if over in ("layer", "rms") else x.shape[1]
    one = per_feature(value, features, name, "values of a sample" if over in ("layer", "rms") else "channels")
    if over in ("layer", "rms"):
        return one
    return Array(shape, tuple(entry for _ in range(x.shape[0]) for entry in one.flat for _ in range(size)))


def _described(over: str, shape: tuple[int, ...], sets: int, length: int, image: bool) -> str:
    rows = shape[0] * sets
    if over in _ONE:
        return f"{rows} rows, each a {_ONE[over]} ({length} values)" if rows > 1 else f"one {_ONE[over]}"
    unit = "image" if image else "sample"
    return f"{shape[0]} {unit}s, one a row ({length} values)" if shape[0] > 1 else f"one {unit}"


def _check_spread(work: Work, spread: Any, eps: Any, reason: str, what: str) -> None:
    places = zero_places(spread)
    if not places:
        return
    where = listed(places, "row", "rows") if isinstance(spread, Array) else f"the {what}"
    reason = "all values are 0" if "0 everywhere" in reason else reason
    if not eps:
        raise InputError(f"x: {where}: {reason}, so 0 is divided by 0; give an ε, --eps 1e-5")
    work.note(f"{where.capitalize()}: {reason}; only ε is under the root, and the normalised values are 0.")


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """Step → what was done wrong → the formula that does it."""
    return slips(solution, _SLIPS)


def sample(rng: Random) -> dict[str, Any]:
    """One or two samples with an easy variance; about one in four is an image or is cut into groups."""
    rows = []
    for pattern in rng.sample(_FOURS, 2)[: rng.choice([1, 2])]:
        centre, step = rng.randint(-3, 6), rng.choice([1, 2])
        rows.append(", ".join(str(centre + step * part) for part in pattern))
    given: dict[str, Any] = {"x": "; ".join(rows), "over": rng.choice(["layer", "layer", "rms", "group"])}
    if given["over"] == "group":
        given["groups"] = 2
    if rng.random() < 0.15:
        given = {"x": "1, 3; 5, 7 | 2, 4; 0, 2", "over": rng.choice(["instance", "layer"])}
    if rng.random() < 0.5:
        given["gamma"] = rng.choice(["2", "1/2"])
        given |= {} if given["over"] == "rms" else {"beta": rng.choice(["1", "-1"])}
    return given | ({"eps": "1e-5"} if rng.random() < 0.3 else {})


_FOURS = [(-3, -1, 1, 3), (-2, 1, 2, -1), (0, 3, -1, 2), (1, -1, 3, 5), (4, 0, 2, -2)]


def reference(
    x: Array, gamma: Any = None, beta: Any = None, eps: Any = 0, over: str = "layer", groups: Any = None
) -> dict[str, Any]:
    """Torch's functional layer, instance, group and RMS norm in float64."""
    import torch

    data = torch.tensor([float(v) for v in x.flat], dtype=torch.float64).reshape(x.shape)
    per = data[0].numel() if over in ("layer", "rms") else data.shape[1]

    def feature(value: Any) -> torch.Tensor | None:
        if value is None:
            return None
        flat = torch.tensor([float(v) for v in getattr(value, "flat", (value,))], dtype=torch.float64)
        return flat.expand(per).reshape(data.shape[1:]) if over in ("layer", "rms") else flat.expand(per)

    weight, bias, small, tail = feature(gamma), feature(beta), float(eps), list(data.shape[1:])
    if over == "rms":
        return {"y": torch.nn.functional.rms_norm(data, tail, weight, small)}
    if over == "layer":
        return {"y": torch.nn.functional.layer_norm(data, tail, weight, bias, small)}
    if over == "instance":
        return {"y": torch.nn.functional.instance_norm(data, weight=weight, bias=bias, eps=small or 1e-300)}
    return {"y": torch.nn.functional.group_norm(data, int(groups), weight, bias, small)}
