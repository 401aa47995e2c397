"""Gradients of batch normalisation, gate by gate and at once."""

from random import Random
from typing import Any

from revise.engines.arrays import Array, shape_text
from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Number, Vector
from revise.solution import Solution, Work
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

SERVES: dict[str, dict[str, object]] = {"batchnorm-backward": {}}
SOURCE = "Ioffe & Szegedy 2015, Batch normalization, section 3 (the six gradients after algorithm 1)"
NO_EXAMPLE = "the paper has the formulas only; what circulates as code draws its numbers at random"
LAWS = ["sum(dL_dx) = 0", "sum(dL_dx .* x_hat, axis=0) = eps ./ (sigma2 + eps) .* gamma ./ s .* dL_dgamma"]

# is there one feature only → the steps' formulas
_FORWARD = {
    True: ("sum(x)/m", "sum((x - mu) .* (x - mu))/m", "(x - mu)/s", "gamma*x_hat + beta"),
    False: (
        "sum(x, axis=0)/m",
        "sum((x - mu) .* (x - mu), axis=0)/m",
        "(x - mu) ./ s",
        "gamma .* x_hat + beta",
    ),
}
_ROOT = {False: "sqrt(sigma2)", True: "sqrt(sigma2 + eps)"}
_BACK = {
    True: (
        "sum(dy)",
        "sum(dy .* x_hat)",
        "gamma*dy",
        "-sum(dL_dx_hat .* (x - mu))/(2*s^3)",
        "-sum(dL_dx_hat)/s - dL_dsigma2*2*sum(x - mu)/m",
        "dL_dx_hat/s + dL_dsigma2*2*(x - mu)/m + dL_dmu/m",
    ),
    False: (
        "sum(dy, axis=0)",
        "sum(dy .* x_hat, axis=0)",
        "gamma .* dy",
        "-sum(dL_dx_hat .* (x - mu), axis=0) ./ (2*s.^3)",
        "-sum(dL_dx_hat, axis=0) ./ s - dL_dsigma2 .* (2*sum(x - mu, axis=0)/m)",
        "dL_dx_hat ./ s + dL_dsigma2 .* (2*(x - mu)/m) + dL_dmu/m",
    ),
}
# is there one feature only, is there an ε → the gradient by x at once
_COMPACT = {
    (True, False): "gamma/(m*s)*(m*dy - sum(dy) - (x - mu)*sum(dy .* (x - mu))/sigma2)",
    (True, True): "gamma/(m*s)*(m*dy - sum(dy) - (x - mu)*sum(dy .* (x - mu))/(sigma2 + eps))",
    (False, False): "gamma ./ (m*s) .* (m*dy - sum(dy, axis=0) - (x - mu) .* (sum(dy .* (x - mu), axis=0) ./ sigma2))",
    (False, True): "gamma ./ (m*s) .* "
    "(m*dy - sum(dy, axis=0) - (x - mu) .* (sum(dy .* (x - mu), axis=0) ./ (sigma2 + eps)))",
}
_STRAIGHT = "only the straight way, as if μ and σ² were constants"
_SLIPS = {
    "sum(dy .* x_hat)": {"x itself, which is not normalised": "sum(dy .* x)"},
    "sum(dy .* x_hat, axis=0)": {"x itself, which is not normalised": "sum(dy .* x, axis=0)"},
    "gamma*dy": {"γ is forgotten": "dy"},
    "gamma .* dy": {"γ is forgotten": "dy"},
    "-sum(dL_dx_hat .* (x - mu))/(2*s^3)": {
        "the −1/2 is forgotten": "sum(dL_dx_hat .* (x - mu))/s^3",
        "divided by s instead of s³": "-sum(dL_dx_hat .* (x - mu))/(2*s)",
    },
    "-sum(dL_dx_hat .* (x - mu), axis=0) ./ (2*s.^3)": {
        "the −1/2 is forgotten": "sum(dL_dx_hat .* (x - mu), axis=0) ./ s.^3"
    },
    "dL_dx_hat/s + dL_dsigma2*2*(x - mu)/m + dL_dmu/m": {
        _STRAIGHT: "dL_dx_hat/s",
        "the way through the mean is missing": "dL_dx_hat/s + dL_dsigma2*2*(x - mu)/m",
    },
    "dL_dx_hat ./ s + dL_dsigma2 .* (2*(x - mu)/m) + dL_dmu/m": {
        _STRAIGHT: "dL_dx_hat ./ s",
        "the way through the mean is missing": "dL_dx_hat ./ s + dL_dsigma2 .* (2*(x - mu)/m)",
    },
}


def solve(
    x: Batch,
    upstream: Batch,
    gamma: Number | Vector | None = None,
    beta: Number | Vector | None = None,
    eps: Number = 0,
) -> Solution:
    """Forwards, then ∂L/∂β, ∂L/∂γ and, through x̂, σ² and μ, ∂L/∂x; the compact formula at the end.

    x            samples × features, one sample a row; "1, 2, 3" are three samples of one feature; images as
                 "1, 2; 3, 4 | 5, 6; 7, 8 || …": a pipe between channels, two between images
    upstream     ∂L/∂y in the shape of x
    gamma, beta  scale and shift, one for each feature or one for all; 1 and 0 where they are not given
    eps          added to the variance; 0 as by hand

    The variance is the biased one, divided by m.

    Raises InputError naming the argument whose shape does not fit, and the feature whose variance is 0.
    """
    check_eps(eps)
    if x.shape != upstream.shape:
        raise InputError(f"upstream is {shape_text(upstream.shape)}, x is {shape_text(x.shape)}: give ∂L/∂y for each x")
    image = len(x.shape) == 4
    table, arriving = (by_channel(x), by_channel(upstream)) if image else (x, upstream)
    one, single = lone(table), lone(table) is not None
    values, dy = (one, lone(arriving)) if one else (table, arriving)
    count, features = (len(values.flat), 1) if single else (values.shape[0], values.shape[1])
    if count < 2:
        raise InputError("x: one sample has no variance; batch norm needs 2 or more in training")
    what = "channels" if image else "features"
    scale, shift = (
        per_feature(default if value is None else value, features, name, what)
        for value, default, name in ((gamma, 1, "gamma"), (beta, 0, "beta"))
    )
    work = Work(
        x=values, dy=dy, m=count, gamma=scale.flat[0] if single else scale, beta=shift.flat[0] if single else shift,
        eps=eps if eps else None,
    )  # fmt: skip
    size = f"{count} samples of one feature" if single else f"{count} samples × {features} {what}"
    work.called(x=size, dy="upstream ∂L/∂y", m="values for each mean", gamma="scale", beta="shift")
    mu, sigma2, hat, out = _FORWARD[single]
    work.let("mu", mu, "forwards: the mean")
    spread = work.let("sigma2", sigma2, "the variance, divided by m")
    if places := zero_places(spread):
        where = "all values are equal" if single else f"{listed(places, what[:-1], what)}: all values are equal"
        if not eps:
            raise InputError(f"x: {where}, so the variance is 0 and x̂ is 0/0; give an ε, --eps 1e-5")
        work.note(f"{where.capitalize()}: the variance is 0, only ε is under the root, and the normalised x is 0.")
    work.let("s", _ROOT[bool(eps)], "its root, with ε under it" if eps else "its root (no ε here)")
    work.let("x_hat", hat, "normalised")
    work.let("y", out, "scaled and shifted")
    work.let("L", "sum(dy .* y)", "the plainest loss with this ∂L/∂y; any other has the same gradients")
    _backwards(work, single, eps)
    words = {"y": "y", "dL/dbeta": "dL_dbeta", "dL/dgamma": "dL_dgamma", "dL/dx_hat": "dL_dx_hat"}
    return work.answer(words | {"dL/dsigma2": "dL_dsigma2", "dL/dmu": "dL_dmu", "dL/dx": "dL_dx"})


def _backwards(work: Work, single: bool, eps: Any) -> None:
    by_beta, by_gamma, by_hat, by_sigma2, by_mu, by_x = _BACK[single]
    work.let("dL_dbeta", by_beta, "β is added to every sample: their gradients added up", gradient_of=("L", "beta"))
    work.let(
        "dL_dgamma",
        by_gamma,
        "γ multiplies the normalised x: each gradient times it, added up",
        gradient_of=("L", "gamma"),
    )
    work.let("dL_dx_hat", by_hat, "the normalised x is multiplied by γ", gradient_of=("L", "x_hat"))
    why = "σ² is in every normalised x, whose slope by it is −½ (x − μ)/s³; added over the batch"
    work.let("dL_dsigma2", by_sigma2, why, gradient_of=("L", "sigma2"))
    why = "μ is in every normalised x (−1/s) and in σ²; the second part is 0, for ∑ (x − μ) = 0"
    work.let("dL_dmu", by_mu, why, gradient_of=("L", "mu"))
    why = "three ways from x: straight (1/s), through σ² (2(x − μ)/m), through μ (1/m)"
    work.let("dL_dx", by_x, why, gradient_of=("L", "x"))
    why = "the same at once; the last part is ∂L/∂γ times the normalised x"
    work.let("compact", _COMPACT[single, bool(eps)], why, holds="compact = dL_dx")
    law = "sum(dL_dx) = 0" if single else "sum(dL_dx, axis=0) = 0*mu"
    work.note("Check: the gradients by x add up to 0 over the batch: moving all x alike changes nothing.", holds=law)
    if not eps:
        law = "sum(dL_dx .* x_hat) = 0" if single else "sum(dL_dx .* x_hat, axis=0) = 0*mu"
        work.note(
            "Check: so do their products with the normalised x: stretching all x from μ changes nothing.", holds=law
        )


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """Step → what was done wrong → the formula that does it."""
    return slips(solution, _SLIPS)


def sample(rng: Random) -> dict[str, Any]:
    """Two to five samples with an easy variance, one or two features."""
    patterns = [(-1, 1, -1, 1), (-3, -1, 1, 3)] if rng.random() < 0.4 else [rng.choice(_PATTERNS)]
    columns = []
    for pattern in patterns:
        centre, step = rng.randint(-2, 5), rng.choice([1, 2])
        columns.append([centre + step * part for part in pattern])
    rows = list(zip(*columns, strict=True))
    given: dict[str, Any] = {
        "x": "; ".join(", ".join(map(str, row)) for row in rows),
        "upstream": "; ".join(", ".join(str(rng.randint(-2, 3)) for _ in row) for row in rows),
    }
    if rng.random() < 0.6:
        given |= {"gamma": rng.choice(["2", "1/2", "3"]), "beta": rng.choice(["1", "-1"])}
    return given | ({"eps": "0.01"} if rng.random() < 0.2 else {})


_PATTERNS = [(-1, 1, -1, 1), (-3, -1, 1, 3), (-1, -1, 1, 1), (-2, -1, 0, 1, 2), (-1, 0, 1), (-2, 0, 0, 2)]


def reference(x: Array, upstream: Array, gamma: Any = None, beta: Any = None, eps: Any = 0) -> dict[str, Any]:
    """Torch: the library's batch norm in float64 and autograd through it."""
    import torch

    def leaf(value: Any, shape: Any) -> torch.Tensor:
        flat = [float(v) for v in getattr(value, "flat", (value,))]
        return torch.tensor(flat, dtype=torch.float64).expand(shape[0] if len(flat) != 1 else shape).clone()

    data = torch.tensor([float(v) for v in x.flat], dtype=torch.float64).reshape(x.shape)
    back = torch.tensor([float(v) for v in upstream.flat], dtype=torch.float64).reshape(x.shape)
    if data.ndim == 2 and 1 in x.shape:
        data, back = data.reshape(-1, 1), back.reshape(-1, 1)
    data.requires_grad_()
    size = data.shape[1]
    weight = leaf(1 if gamma is None else gamma, (size,)).requires_grad_()
    bias = leaf(0 if beta is None else beta, (size,)).requires_grad_()
    out = torch.nn.functional.batch_norm(data, None, None, weight, bias, True, 0.0, float(eps) or 1e-300)
    out.backward(back)  # type: ignore[no-untyped-call]
    assert data.grad is not None
    rows = [t.movedim(1, -1).reshape(-1, size) if t.ndim == 4 else t for t in (out, data.grad)]
    return {"y": rows[0], "dL/dx": rows[1], "dL/dgamma": weight.grad, "dL/dbeta": bias.grad}
