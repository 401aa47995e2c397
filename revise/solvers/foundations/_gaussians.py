"""Normal distributions as they are typed, and what their divergences take: closed form or integral."""

import math
import re
from typing import Annotated, Any

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.expression import Node, free_names
from revise.expression.functions import ARITY
from revise.parameters import Kind, read_number, read_vector
from revise.solution import Work
from revise.solvers.foundations._distributions import shown

Gaussian = tuple[Any, Any]  # mean and standard deviation, or Arrays of them for independent entries
STATED = "normal(μ, σ) is typed with the standard deviation σ, so that σ² is the variance; P is p, Q is q."
_NORMALS = frozenset(["normal", "gaussian", "gauss"])
_WRITTEN = "write normal(mean, standard deviation), as normal(0, 2) for variance 4"


def read_distribution(text: str) -> Array | Gaussian:
    """Probabilities `1/2, 1/2`, or `normal(0, 1)`: mean and standard deviation, also of vectors in [ ]."""
    match = re.fullmatch(r"\s*([^\W\d]\w*)\s*[(（](.*)[)）]\s*", text, re.DOTALL)
    if match is None or match[1] in ARITY:
        return read_vector(text)
    if match[1] in ("N", "𝒩"):
        raise InputError(f"{text.strip()}: in books the second number of N(μ, σ²) is the variance; {_WRITTEN}")
    if match[1].lower() not in _NORMALS:
        raise InputError(f"there is no distribution {match[1]!r}; {_WRITTEN}, or probabilities as 1/2, 1/2")
    parts = re.split(r"[,，](?![^\[]*\])", match[2])
    if len(parts) != 2 or not all(part.strip() for part in parts):
        raise InputError(f"{text.strip()}: a mean and a standard deviation are wanted; {_WRITTEN}")
    mean, deviation = (read_vector(part) if part.strip().startswith("[") else read_number(part) for part in parts)
    if isinstance(mean, Array) != isinstance(deviation, Array) or (
        isinstance(mean, Array) and mean.shape != deviation.shape
    ):
        raise InputError(f"{text.strip()}: as many standard deviations as means, as normal([0, 1], [2, 2])")
    return mean, deviation


# an Array of probabilities, or a Gaussian
Distribution = Annotated[Any, Kind("distribution", '"1/2, 1/2"|"normal(0, 1)"', read_distribution)]


def both_gaussian(p: Any, q: Any, most: int | None = None) -> bool:
    """Whether p and q are normal, of one dimension and at most `most`. Raises InputError naming what doesn't fit."""
    if isinstance(p, tuple) != isinstance(q, tuple):
        normal, other = ("p", "q") if isinstance(p, tuple) else ("q", "p")
        raise InputError(f"{other}: {normal} is a normal density, so {other} must be one too")
    if not isinstance(p, tuple):
        return False
    sizes = [len(each[0].flat) if isinstance(each[0], Array) else None for each in (p, q)]
    if sizes[0] != sizes[1]:
        raise InputError(f"q: {sizes[1] or 'no'} entries, but p has {sizes[0] or 'none: it is one number'}")
    if most is not None and (sizes[0] or 1) > most:
        raise InputError("p: one dimension only: a single mean and a single standard deviation")
    for name, (mean, deviation) in (("p", p), ("q", q)):
        for number in _entries(mean):
            _check_letters(name, number)
        for number in _entries(deviation):
            _check_letters(name, number)
            if not isinstance(number, Node) and number <= 0:
                raise InputError(f"{name}: a standard deviation is above 0, and {shown(number)} is not")
    return True


def single(gaussian: Gaussian) -> Gaussian:
    """The mean and the standard deviation as numbers, where they came as vectors of length 1."""
    mean, deviation = (each.flat[0] if isinstance(each, Array) else each for each in gaussian)
    return mean, deviation


def same(a: Any, b: Any) -> bool:
    """Whether two numbers, or two formulas as they are written, are the same."""
    return shown(a) == shown(b) if isinstance(a, Node) and isinstance(b, Node) else bool(a == b)


def are_numbers(*gaussians: Gaussian) -> bool:
    return not any(isinstance(number, Node) for each in gaussians for part in each for number in _entries(part))


def _entries(value: Any) -> tuple[Any, ...]:
    return value.flat if isinstance(value, Array) else (value,)


def _check_letters(name: str, number: Any) -> None:
    if isinstance(number, Node) and (w := [w for w in free_names(number) if w.lower() in ("nan", "inf", "infinity")]):
        raise InputError(f"{name}: {w[0]} is no number")


# -- JSD and the value of a GAN, by the trapezoidal rule --------------------------------------------------

_ENDS = 8  # standard deviations to either side: what lies beyond weighs below 1e-14
_FINEST = 256
# l = log p − log q: the means of −log(1 + e⁻ˡ) under P and of −log(1 + eˡ) under Q, l a line or a parabola
_LINE = (
    "-h/sqrt(2*pi)*sum(exp(-(k*h)^2/2)*softplus(-(w*(mu_P + sigma_P*k*h) + b)) for k in -n..n)",
    "-h/sqrt(2*pi)*sum(exp(-(k*h)^2/2)*softplus(w*(mu_Q + sigma_Q*k*h) + b) for k in -n..n)",
)
_PARABOLA = (
    """-h/sqrt(2*pi)*sum(exp(-(k*h)^2/2)*softplus(-(v*(mu_P + sigma_P*k*h)^2 + w*(mu_P + sigma_P*k*h) + b))
    for k in -n..n)""",
    """-h/sqrt(2*pi)*sum(exp(-(k*h)^2/2)*softplus(v*(mu_Q + sigma_Q*k*h)^2 + w*(mu_Q + sigma_Q*k*h) + b)
    for k in -n..n)""",
)


def add_log_ratio(work: Work, equal: bool) -> None:
    """The coefficients of log p(x) − log q(x): a line in x where the variances are `equal`, else a parabola."""
    work.note("log p(x) − log q(x) = log(σ_Q/σ_P) − (x − μ_P)²/(2 σ_P²) + (x − μ_Q)²/(2 σ_Q²), sorted by powers of x:")
    if equal:
        work.note("The variances are the same, so x² cancels: the log ratio is a line, w x + b.")
        work.let("w", "(mu_P - mu_Q)/sigma_P^2", "the slope, the factor of x")
        work.let("b", "(mu_Q^2 - mu_P^2)/(2*sigma_P^2)", "what is left without x")
        return
    work.let("v", "1/(2*sigma_Q^2) - 1/(2*sigma_P^2)", "the factor of x²: the variances differ, so it stays")
    work.let("w", "mu_P/sigma_P^2 - mu_Q/sigma_Q^2", "the factor of x")
    work.let("b", "log(sigma_Q/sigma_P) + mu_Q^2/(2*sigma_Q^2) - mu_P^2/(2*sigma_P^2)", "what is left without x")


def add_expectations(work: Work, p: Gaussian, q: Gaussian) -> bool:
    """E_P and E_Q, the means of log(p/(p + q)) under P and of log(q/(p + q)) under Q, by the trapezoidal rule.

    `work` knows the coefficients of the log ratio. False where no step of the rule is fine enough.
    """
    n = _fine(p, q)
    if n is None:
        work.note("The two differ too much in width for the trapezoidal rule here: no number is given.")
        return False
    means = _LINE if same(p[1], q[1]) else _PARABOLA
    work.note(
        "JSD of two normal densities has no closed form. What follows is an approximation: a mean under P is the "
        "integral of f(μ + σ z) e^(−z²/2)/√(2π) over z, by the trapezoidal rule at z = k h from −8 to 8 (halving h "
        "changes the result by less than 1e-9)."
    )
    work.note("With l = log p − log q: log(p/(p + q)) = −log(1 + e⁻ˡ), log(q/(p + q)) = −log(1 + eˡ).")
    work.note("softplus(t) is log(1 + eᵗ).")
    work.let("h", "8/n", "the step", n=n)
    work.let("E_P", means[0], "the mean of log(p/(p + q)) under P", n=n)
    work.let("E_Q", means[1], "the mean of log(q/(p + q)) under Q", n=n)
    return True


def check_jsd(work: Work) -> None:
    """Raise InputError where JSD is so small that it is mostly rounding."""
    if not work.style.round_steps and work.env["JSD"] < 1e-9:
        raise InputError("q: so near to p that their divergence (below 1e-9) is lost in rounding")


def _fine(p: Gaussian, q: Gaussian) -> int | None:
    """The least n, doubled from 32, from which a finer step changes E_P + E_Q by less than 1e-9."""
    n, value = 32, _trapezoid(p, q, 32)
    while n <= _FINEST:
        finer = _trapezoid(p, q, 2 * n)
        if abs(finer - value) < 1e-9:
            return n
        n, value = 2 * n, finer
    return None


def _trapezoid(p: Gaussian, q: Gaussian, n: int) -> float:
    (m, s), (t, r) = ((float(mean), float(deviation)) for mean, deviation in (p, q))
    h, total = _ENDS / n, 0.0
    for mean, deviation, sign in ((m, s, -1), (t, r, 1)):
        for k in range(-n, n + 1):
            x = mean + deviation * k * h
            ratio = sign * (math.log(r / s) - ((x - m) / s) ** 2 / 2 + ((x - t) / r) ** 2 / 2)
            total -= math.exp(-((k * h) ** 2) / 2) * (max(ratio, 0) + math.log1p(math.exp(-abs(ratio))))
    return total * h / math.sqrt(2 * math.pi)
