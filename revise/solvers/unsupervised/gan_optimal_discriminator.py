"""Optimal discriminator D* of a GAN, derived, and the value it gives."""

import math
from fractions import Fraction
from random import Random
from typing import Any

from revise.engines.arrays import entries
from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Vector
from revise.solution import Solution, Work
from revise.solvers.foundations._distributions import (
    check_probabilities,
    distribution,
    shown,
)
from revise.solvers.foundations._gaussians import Distribution, both_gaussian, single
from revise.solvers.unsupervised._discrete_discriminator import VALUE, solve_discrete
from revise.solvers.unsupervised._gaussian_discriminator import solve_gaussians

SERVES: dict[str, dict[str, object]] = {"gan-optimal-discriminator": {}}
SOURCE = "Goodfellow et al. 2014, Generative adversarial nets, section 4.1, proposition 1 and theorem 1"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # proposition 1: the optimal discriminator for a fixed generator, at one x
    ({"p": "p", "q": "q"}, {"D*": "p/(p + q)"}),
    # Bishop 2006, Pattern recognition and machine learning, equations 4.65 to 4.67 with equal priors: the posterior
    # of two normal classes of one variance is σ(wx + w₀), w = (μ₁ − μ₂)/σ², w₀ = (μ₂² − μ₁²)/(2σ²)
    (
        {"p": "normal(m, s)", "q": "normal(n, s)"},
        {"slope": "(m - n)/s^2", "intercept": "(n^2 - m^2)/(2*s^2)", "half-at": "(m + n)/2"},
    ),
    ({"p": "normal(0, 1)", "q": "normal(2, 1)"}, {"D*": "sigmoid(2 - 2*x)", "half-at": 1}),
    # theorem 1: where p_g = p_data, D* = 1/2 everywhere, JSD = 0 and the value is −log 4
    (
        {"p": "1/3, 2/3", "q": "1/3, 2/3"},
        {"D*(1)": Fraction(1, 2), "D*(2)": Fraction(1, 2), "js": 0, "value": -1.3862943611198906},
    ),
]
DOMAIN = {"P": (0, 1), "Q": (0, 1)}
MISTAKES = {
    "D[x]": {
        "the share of the generator is taken": "Q[x]/(P[x] + Q[x])",
        "the ratio of the two is taken": "P[x]/Q[x]",
        "the mean of the two is taken": "(P[x] + Q[x])/2",
    },
    "D": {"the share of the generator is taken": "Q/(P + Q)", "the ratio of the two is taken": "P/Q"},
    "v[x]": {"both logarithms are of D": "P[x]*log(D[x]) + Q[x]*log(D[x])"},
    "W": {
        "JSD is counted once": "-log(4) + JSD",
        "log 2 instead of log 4": "-log(2) + 2*JSD",
        "the sign of log 4 is wrong": "log(4) + 2*JSD",
    },
    "JSD": {"the two are added, not averaged": "A + B"},
    "w": {"the means are exchanged: that is the generator's share": "(mu_Q - mu_P)/sigma_P^2"},
    "b": {"the means are not squared": "(mu_Q - mu_P)/(2*sigma_P^2)"},
}


def solve(p: Distribution, q: Distribution, x: Vector | None = None) -> Solution:
    """D*(x) = p/(p + q) from the derivative of V set to zero, then V(D*) directly and as −log 4 + 2·JSD.

    p   p_data, the distribution of the data: its probabilities, or "normal(0, 1)" with the mean and the
        standard deviation (not the variance)
    q   p_g, the distribution of the generator, in the same way
    x   with normal densities: where D* is worked out, as "0, 1"; without it D* is a function of the letter x

    A single entry is the two densities at one x: only D* there is worked out. Logarithms are natural, letters
    are taken to be positive. Raises InputError naming the argument that is no distribution.
    """
    if both_gaussian(p, q, most=1):
        return solve_gaussians(single(p), single(q), x)
    if x is not None:
        raise InputError("x: only with normal densities; probabilities have a D* for every entry")
    if len(p.flat) == len(q.flat) == 1:
        return _at_one_point(p.flat[0], q.flat[0])
    return solve_discrete(p, q)


def _at_one_point(p: Any, q: Any) -> Solution:
    """D* at one x: p and q are densities there, so they need not sum to 1."""
    for name, density in (("p", p), ("q", q)):
        check_probabilities(name, [density], most=None)
    if p == 0 and q == 0:
        raise InputError("p: p and q are both 0 at this x: every D is as good there")
    work = Work(P=p, Q=q)
    work.called(P="data", Q="generator")
    work.note("P is p_data, Q is p_g at one x: densities, which need not sum to 1. log is the natural logarithm.")
    if any(isinstance(density, Node) for density in (p, q)):
        work.note("Letters stand for positive numbers.")
    work.note(
        "V(D) adds up P(x) log D(x) + Q(x) log(1 − D(x)) over all x. Every x has a D(x) of its own, so each term "
        "is made largest alone. With a = P, b = Q, y = D it is f(y) = a log y + b log(1 − y), where 0 < y < 1."
    )
    if p != 0 and q != 0:
        work.equation(
            "P/D - Q/(1 - D) = 0", "the derivative f′(y) = a/y − b/(1 − y) is set to zero",
            unknown={"D": Node("name", ("D",))},
        )  # fmt: skip
        work.let("D", "P/(P + Q)", "times y (1 − y): a (1 − y) = b y, so a = (a + b) y and y = a/(a + b)")
        work.let("R", "Q/(P + Q)", "what is left, 1 − D", holds="R = 1 - D")
        why = "the second derivative f″(y) = −a/y² − b/(1 − y)² at D: negative, so this is the maximum"
        work.let("h", "-P/D^2 - Q/R^2", why, holds="h < 0")
    elif p == 0:
        work.let("D", "P/(P + Q)", "only b log(1 − y) is left; it falls from the end y = 0, which is a/(a + b) too")
    else:
        work.let("D", "P/(P + Q)", "only a log y is left; it rises up to the end y = 1, which is a/(a + b) too")
    work.note(VALUE)
    work.note(
        "JSD is 0 only where P = Q everywhere: the least value the generator can reach is −log(4), with D* = 1/2."
    )
    return work.answer({"D*": "D"})


def sample(rng: Random) -> dict[str, Any]:
    """Two or three entries in quarters, eighths or tenths, some of them zero; one in five is a single x.

    One in four is a pair of normal densities with one to three values of x.
    """
    if rng.random() < 0.25:
        drawn = rng.sample([-2, -1, 0, 1, 2], 2)
        widths = rng.choice([("1", "1"), ("2", "2"), ("1", "2"), ("1/2", "1")])
        p, q = (f"normal({mean}, {width})" for mean, width in zip(drawn, widths, strict=True))
        return {"p": p, "q": q, "x": ", ".join(str(x) for x in rng.sample(range(-3, 4), rng.randint(1, 3)))}
    if rng.random() < 0.2:
        return {"p": f"{rng.randint(1, 9) / 10}", "q": f"{rng.randint(1, 9) / 10}"}
    size = rng.randint(2, 3)
    p, q = (", ".join(map(str, distribution(rng, size, rng.choice([4, 8, 10]), rng.random() < 0.3))) for _ in range(2))
    return {"p": p, "q": q}


def reference(p: Any, q: Any, x: Any = None) -> dict[str, float]:
    """D* by bisection on the slope of V that Torch's autograd finds; JSD by Torch's kl_div.

    Of normal densities: D* in the same way from Torch's Normal; V by Torch's trapezoid over 8,001 values of x.
    """
    import torch
    from torch.nn.functional import kl_div

    normal = isinstance(p, tuple)
    if normal and x is None:
        raise InputError("x: give numbers to compare at")
    if normal:
        numbers = [[torch.tensor(float(each), dtype=torch.float64) for each in single(of)] for of in (p, q)]
        law: Any = torch.distributions.Normal
        pair = [law(*each) for each in numbers]
        points = torch.tensor([float(entry) for entry in entries(x)], dtype=torch.float64)
        real, made = (torch.exp(each.log_prob(points)) for each in pair)
    else:
        real, made = (torch.tensor([float(entry) for entry in of.flat], dtype=torch.float64) for of in (p, q))

    def gain(y: Any) -> Any:
        return torch.special.xlogy(real, y) + torch.special.xlogy(made, 1 - y)

    low, high = torch.zeros_like(real), torch.ones_like(real)
    for _ in range(60):
        y = ((low + high) / 2).requires_grad_()
        (slope,) = torch.autograd.grad(gain(y).sum(), y)
        low, high = torch.where(slope > 0, y.detach(), low), torch.where(slope > 0, high, y.detach())
    best = (low + high) / 2
    if normal:
        ends = [float(each.mean + side * 12 * each.stddev) for each in pair for side in (-1, 1)]
        line = torch.linspace(min(ends), max(ends), 8_001, dtype=torch.float64)
        logs = torch.stack([each.log_prob(line) for each in pair])
        value = float(torch.trapezoid((torch.exp(logs) * torch.log_softmax(logs, 0)).sum(0), line))
        named = {f"D*({shown(entry)})": float(each) for entry, each in zip(entries(x), best, strict=True)}
        zero = torch.zeros((), dtype=torch.float64, requires_grad=True)
        ratio = pair[0].log_prob(zero) - pair[1].log_prob(zero)
        (slope,) = torch.autograd.grad(ratio, zero, create_graph=True)
        (bend,) = torch.autograd.grad(slope, zero)
        named |= {
            "D*": float(best[0]),
            "intercept": float(ratio.detach()),
            "slope": float(slope.detach()),
            "square": float(bend) / 2,
        }
        return {**named, "value": value, "js": value / 2 + math.log(2)}
    if len(real) == 1:
        return {"D*": float(best[0])}
    mixture = torch.log((real + made) / 2)
    live = (real + made) > 0
    divergence = sum(float(kl_div(mixture[live], part[live], reduction="sum")) for part in (real, made)) / 2
    value = float(gain(best)[live].sum())
    named = {f"D*({x})": float(best[x - 1]) for x in range(1, len(real) + 1) if live[x - 1]}
    return {**named, "value": value, "js": divergence, "value-by-js": value}
