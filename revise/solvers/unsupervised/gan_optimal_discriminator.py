"""Optimal discriminator D* of a GAN, derived, and the value it gives."""

from fractions import Fraction
from random import Random
from typing import Any

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Vector
from revise.solution import Solution, Work, letters_of
from revise.solvers.foundations._distributions import (
    by_entry,
    check_digits,
    check_distributions,
    check_probabilities,
    distribution,
)

SERVES: dict[str, dict[str, object]] = {"gan-optimal-discriminator": {}}
SOURCE = "Goodfellow et al. 2014, Generative adversarial nets, section 4.1, proposition 1 and theorem 1"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # proposition 1: the optimal discriminator for a fixed generator, at one x
    ({"p": "p", "q": "q"}, {"D*": "p/(p + q)"}),
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
}

_ZERO = "0 · log 0 counts as 0, the limit of x log x"


def solve(p: Vector, q: Vector) -> Solution:
    """D*(x) = p/(p + q) from the derivative of V set to zero, then V(D*) directly and as −log 4 + 2·JSD.

    p   p_data, the distribution of the data
    q   p_g, the distribution of the generator

    A single entry is the two densities at one x: only D* there is worked out. Logarithms are natural, letters
    are taken to be positive. Raises InputError naming the argument that is no distribution.
    """
    if len(p.flat) == len(q.flat) == 1:
        return _at_one_point(p.flat[0], q.flat[0])
    assumed = check_distributions(p=p, q=q)
    of_p, of_q = by_entry(p), by_entry(q)
    live = [x for x in of_p if of_p[x] != 0 or of_q[x] != 0]
    work = Work(P=of_p, Q=of_q)
    work.called(P="data", Q="generator")
    work.note("P is p_data, Q is p_g; log is the natural logarithm.")
    for text in assumed:
        work.note(text)
    _derivation(work, of_p, of_q, live)
    _value(work, of_p, of_q)
    _divergence(work, of_p, of_q)
    check_digits(work, "JSD", p, q)
    return work.answer(
        {**{f"D*({x})": f"D[{x}]" for x in live}, "value": "V", "js": "JSD", "value-by-js": "W"},
    )


def _derivation(work: Work, of_p: dict[int, Any], of_q: dict[int, Any], live: list[int]) -> None:
    inner = [x for x in live if of_p[x] != 0 and of_q[x] != 0]
    work.note("Sought: the D that makes V(D) = ∑ₓ (P(x) log D(x) + Q(x) log(1 − D(x))) largest.")
    work.note(
        "Every x has a D(x) of its own, so each term is made largest alone. With a = P(x), b = Q(x), y = D(x) "
        "it is f(y) = a log y + b log(1 − y), where 0 < y < 1."
    )
    if inner:
        work.note("Its derivative f′(y) = a/y − b/(1 − y) is set to zero:")
    for x in inner:
        work.equation("P[x]/D[x] - Q[x]/(1 - D[x]) = 0", unknown={"D": letters_of("D", [x])}, table="equations", x=x)
    if inner:
        work.note("Times y (1 − y): a (1 − y) = b y, so a = (a + b) y and y = a/(a + b); then 1 − y = b/(a + b).")
    if any(of_q[x] == 0 for x in live):
        work.note("Where b = 0 only a log y is left; it rises up to the end y = 1, which is a/(a + b) too.")
    if any(of_p[x] == 0 for x in live):
        work.note("Where a = 0 only b log(1 − y) is left; it falls from the end y = 0, which is a/(a + b) too.")
    if idle := [str(x) for x in of_p if x not in live]:
        work.note(f"At x = {', '.join(idle)} neither has mass: every D(x) is as good there, and V gains nothing.")
    for x in live:
        work.let("D[x]", "P[x]/(P[x] + Q[x])", "D*", table="optimal discriminator", x=x)
        work.let("R[x]", "Q[x]/(P[x] + Q[x])", "1 − D*", table="optimal discriminator", holds="R[x] = 1 - D[x]", x=x)
    if inner:
        work.note("The second derivative f″(y) = −a/y² − b/(1 − y)² is negative for every y: this is the maximum.")
    for x in () if work.letters else inner:
        work.let("h[x]", "-P[x]/D[x]^2 - Q[x]/R[x]^2", "f″ at D*", table="second derivative", holds="h[x] < 0", x=x)


def _value(work: Work, of_p: dict[int, Any], of_q: dict[int, Any]) -> None:
    for x in of_p:
        if of_p[x] != 0 and of_q[x] != 0:
            work.let("v[x]", "P[x]*log(D[x]) + Q[x]*log(R[x])", table="terms of the value", x=x)
    for x in of_p:
        if of_p[x] == 0 or of_q[x] == 0:
            work.let("v[x]", "0", "0 · log counts as 0, and log 1 = 0", table="terms of the value, zero terms", x=x)
    work.let("V", "sum(v[x] for x in 1..n)", "the value V(D*), the sum of the terms", n=len(of_p))


def _divergence(work: Work, of_p: dict[int, Any], of_q: dict[int, Any]) -> None:
    n = len(of_p)
    work.note("The same by theorem 1, V(D*) = −log(4) + 2 · JSD, with the mixture M = (P + Q)/2:")
    for x in of_p:
        work.let("M[x]", "(P[x] + Q[x])/2", table="mixture", x=x)
    for x in of_p:
        if of_p[x] != 0:
            work.let("u[x]", "P[x]*log(P[x]/M[x])", table="first divergence, term by term", x=x)
    for x in of_p:
        if of_p[x] == 0:
            work.let("u[x]", "0", _ZERO, table="first divergence, zero terms", x=x)
    work.let("A", "sum(u[x] for x in 1..n)", "KL(P || M)", n=n)
    for x in of_q:
        if of_q[x] != 0:
            work.let("w[x]", "Q[x]*log(Q[x]/M[x])", table="second divergence, term by term", x=x)
    for x in of_q:
        if of_q[x] == 0:
            work.let("w[x]", "0", _ZERO, table="second divergence, zero terms", x=x)
    work.let("B", "sum(w[x] for x in 1..n)", "KL(Q || M)", n=n)
    work.let("JSD", "(A + B)/2", "the Jensen–Shannon divergence of P and Q")
    work.let("W", "-log(4) + 2*JSD", "the value again: it equals V above", holds="W = V")
    work.note("JSD is 0 only where Q = P: the best generator brings the value to −log(4) ≈ −1.3863, where D* = 1/2.")


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
    return work.answer({"D*": "D"})


def sample(rng: Random) -> dict[str, Any]:
    """Two or three entries in quarters, eighths or tenths, some of them zero; one in five is a single x."""
    if rng.random() < 0.2:
        return {"p": f"{rng.randint(1, 9) / 10}", "q": f"{rng.randint(1, 9) / 10}"}
    size = rng.randint(2, 3)
    p, q = (", ".join(map(str, distribution(rng, size, rng.choice([4, 8, 10]), rng.random() < 0.3))) for _ in range(2))
    return {"p": p, "q": q}


def reference(p: Array, q: Array) -> dict[str, float]:
    """D* by bisection on the slope of V that Torch's autograd finds; JSD by Torch's kl_div."""
    import torch
    from torch.nn.functional import kl_div

    real, made = (torch.tensor([float(entry) for entry in x.flat], dtype=torch.float64) for x in (p, q))

    def gain(y: Any) -> Any:
        return torch.special.xlogy(real, y) + torch.special.xlogy(made, 1 - y)

    low, high = torch.zeros_like(real), torch.ones_like(real)
    for _ in range(60):
        y = ((low + high) / 2).requires_grad_()
        (slope,) = torch.autograd.grad(gain(y).sum(), y)
        low, high = torch.where(slope > 0, y.detach(), low), torch.where(slope > 0, high, y.detach())
    best = (low + high) / 2
    if len(real) == 1:
        return {"D*": float(best[0])}
    mixture = torch.log((real + made) / 2)
    live = (real + made) > 0
    divergence = sum(float(kl_div(mixture[live], part[live], reduction="sum")) for part in (real, made)) / 2
    value = float(gain(best)[live].sum())
    named = {f"D*({x})": float(best[x - 1]) for x in range(1, len(real) + 1) if live[x - 1]}
    return {**named, "value": value, "js": divergence, "value-by-js": value}
