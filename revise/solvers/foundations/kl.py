"""Kullback–Leibler divergence of two distributions, term by term."""

from random import Random
from typing import Any, Literal

from revise.errors import InputError
from revise.parameters import Vector
from revise.solution import Solution, Work
from revise.solvers.foundations._distributions import (
    LOGARITHMS,
    UNITS,
    by_entry,
    check_digits,
    check_distributions,
    distribution,
    shown,
)

SERVES: dict[str, dict[str, object]] = {"kl": {}}
SOURCE = "Cover & Thomas 2006, Elements of information theory, section 2.3, definition 2.26"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Kullback 1959, Information theory and statistics, table 2.1 (Wikipedia's basic example): both directions
    ({"p": "9/25, 12/25, 4/25", "q": "1/3, 1/3, 1/3"}, {"kl": "0.0852996"}),
    ({"p": "1/3, 1/3, 1/3", "q": "9/25, 12/25, 4/25"}, {"kl": "0.097455"}),
    # Cover & Thomas, example 2.3.1 with r = 1/2 and s = 1/4, in bits: both directions
    ({"p": "1/2, 1/2", "q": "3/4, 1/4", "log_base": 2}, {"kl": "0.2075"}),
    ({"p": "3/4, 1/4", "q": "1/2, 1/2", "log_base": 2}, {"kl": "0.1887"}),
    # the same with its letters
    ({"p": "1 - r, r", "q": "1 - s, s"}, {"kl": "(1 - r)*log((1 - r)/(1 - s)) + r*log(r/s)"}),
    # SciPy's documentation of scipy.stats.entropy: a fair coin against a biased one
    ({"p": "1/2, 1/2", "q": "9/10, 1/10"}, {"kl": 0.5108256237659907}),
]
DOMAIN = {"P": (0, 1), "Q": (0, 1)}
MISTAKES = {
    "u[i]": {
        "weighted with Q instead of P": "Q[i]*l[i]",
        "the fraction is upside down: the sign is wrong": "-P[i]*l[i]",
        "P and Q are exchanged: that is KL(Q || P)": "-Q[i]*l[i]",
        "the weight P is forgotten": "l[i]",
    },
    "KL": {"divided by the number of entries": "sum(u[i] for i in 1..n)/n"},
}

_LOGARITHM: dict[str | int, str] = {"e": "log(P[i]/Q[i])", 2: "log2(P[i]/Q[i])", 10: "log10(P[i]/Q[i])"}


def solve(p: Vector, q: Vector, log_base: Literal["e", 2, 10] = "e") -> Solution:
    """KL(P || Q) = ∑ P log(P/Q): one term an entry, then their sum.

    p          the distribution that weighs the terms (the true one, the data)
    q          the distribution it is compared with (the model)
    log_base   e is the natural logarithm, in nats; 2 gives bits, 10 hartleys

    Letters are taken to be positive. Raises InputError naming the argument that is no distribution, and
    the entry where q is 0 but p is not: there the divergence is infinite.
    """
    assumed = check_distributions(p=p, q=q)
    of_p, of_q, n = by_entry(p), by_entry(q), len(p.flat)
    for i, probability in of_p.items():
        if of_q[i] == 0 and probability != 0:
            raise InputError(
                f"q: entry {i} is 0 where p has {shown(probability)}: log(P/Q) has no bound there, "
                f"KL(P || Q) is infinite"
            )
    work = Work(P=of_p, Q=of_q)
    work.note(LOGARITHMS[log_base])
    for text in assumed:
        work.note(text)
    for i in of_p:
        if of_p[i] == 0:
            work.let("u[i]", "0", "where Pᵢ = 0: 0 · log 0 counts as 0, the limit of x log x", table="zero terms", i=i)
    for i in of_p:
        if of_p[i] != 0:
            work.let("l[i]", _LOGARITHM[log_base], table="terms", i=i)
            work.let("u[i]", "P[i]*l[i]", "weighted with P", table="terms", i=i)
    why = "KL(P || Q), the sum of the terms"
    work.let("KL", "sum(u[i] for i in 1..n)", why, unit=UNITS[log_base], n=n)
    check_digits(work, "KL", p, q)
    work.note("KL is never negative, 0 only where P = Q, and not symmetric: KL(Q || P) in general differs.")
    return work.answer(kl="KL")


def sample(rng: Random) -> dict[str, Any]:
    """Two to four entries in tenths or twelfths; P may have zeros, Q has none; one in three in another base."""
    size = rng.randint(2, 4)
    p = distribution(rng, size, rng.choice([4, 8, 10]))
    q = distribution(rng, size, rng.choice([5, 8, 12]), zeros=False)
    return {
        "p": ", ".join(map(str, p)),
        "q": ", ".join(map(str, q)),
        "log_base": rng.choice(["e", "e", "e", "e", 2, 10]),
    }


def reference(p: Any, q: Any, log_base: Any = "e") -> dict[str, float]:
    """Torch's kl_div in float64, in units of the base."""
    import torch
    from torch.nn.functional import kl_div

    target, model = (torch.tensor([float(entry) for entry in x.flat], dtype=torch.float64) for x in (p, q))
    unit = torch.log(torch.tensor(2.718281828459045 if log_base == "e" else float(log_base), dtype=torch.float64))
    return {"kl": float(kl_div(torch.log(model), target, reduction="sum") / unit)}
