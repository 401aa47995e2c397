"""Kullback–Leibler divergence of two distributions, term by term."""

from random import Random
from typing import Any, Literal

from revise.engines.arrays import Array, entries
from revise.errors import InputError
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
from revise.solvers.foundations._gaussians import STATED, Distribution, are_numbers, both_gaussian

SERVES: dict[str, dict[str, object]] = {"kl": {}, "gaussian-kl": {}}
SOURCE = (
    "Cover & Thomas 2006, Elements of information theory, section 2.3, definition 2.26; of normal densities: "
    "Kingma & Welling 2014, Auto-encoding variational Bayes, appendix B"
)
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Kullback 1959, Information theory and statistics, table 2.1 (Wikipedia's basic example): both directions
    ({"p": "9/25, 12/25, 4/25", "q": "1/3, 1/3, 1/3"}, {"kl": "0.0852996"}),
    ({"p": "1/3, 1/3, 1/3", "q": "9/25, 12/25, 4/25"}, {"kl": "0.097455"}),
    # Cover & Thomas, example 2.3.1 with r = 1/2 and s = 1/4, in bits: both directions
    ({"p": "1/2, 1/2", "q": "3/4, 1/4", "log_base": 2}, {"kl": "0.2075"}),
    ({"p": "3/4, 1/4", "q": "1/2, 1/2", "log_base": 2}, {"kl": "0.1887"}),
    # the same with its letters
    ({"p": "1 - r, r", "q": "1 - s, s"}, {"kl": "(1 - r)*log((1 - r)/(1 - s)) + r*log(r/s)"}),
    # Kingma & Welling, appendix B: −1/2 (1 + log σ² − μ² − σ²), added over the entries; log σ² as 2 log σ
    ({"p": "normal(m, s)", "q": "normal(0, 1)"}, {"kl": "-1/2*(1 + 2*log(s) - m^2 - s^2)"}),
    (
        {"p": "normal([m, n], [s, t])", "q": "normal([0, 0], [1, 1])"},
        {"kl": "-1/2*(1 + 2*log(s) - m^2 - s^2) - 1/2*(1 + 2*log(t) - n^2 - t^2)"},
    ),
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
    "KL": {
        "divided by the number of entries": "sum(u[i] for i in 1..n)/n",
        "the −1/2 is forgotten": "l + E/(2*sigma_Q^2)",
        "divided by σ_Q instead of σ_Q²": "l + E/(2*sigma_Q) - 1/2",
    },
    "E": {
        "the distance of the means is forgotten": "sigma_P^2",
        "the distance is not squared": "sigma_P^2 + mu_P - mu_Q",
    },
    "l": {"the fraction is upside down": "log(sigma_P/sigma_Q)"},
}

_LOGARITHM: dict[str | int, str] = {"e": "log(P[i]/Q[i])", 2: "log2(P[i]/Q[i])", 10: "log10(P[i]/Q[i])"}


def solve(p: Distribution, q: Distribution, log_base: Literal["e", 2, 10] = "e") -> Solution:
    """KL(P || Q) = ∑ P log(P/Q): one term an entry, then their sum; between normal densities in closed form.

    p          the distribution that weighs the terms (the true one, the data): its probabilities, or
               "normal(0, 2)" with the mean and the standard deviation (not the variance, which is 4 here);
               "normal([0, 1], [1, 2])" for independent entries
    q          the distribution it is compared with (the model), in the same way
    log_base   e is the natural logarithm, in nats; 2 gives bits, 10 hartleys

    Letters are taken to be positive. Raises InputError naming the argument that is no distribution, and
    the entry where q is 0 but p is not: there the divergence is infinite.
    """
    if both_gaussian(p, q):
        return _of_gaussians(p, q, log_base)
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


_PRODUCT = "For independent entries the divergences add up: KL is worked out entry by entry."
_MEANS = (
    "log p(x) − log q(x) = log(σ_Q/σ_P) − (x − μ_P)²/(2 σ_P²) + (x − μ_Q)²/(2 σ_Q²); KL is its mean under P. "
    "There E[(x − μ_P)²] = σ_P², so the middle term gives −1/2."
)
_IN_UNITS: dict[str | int, str] = {2: "K/log(2)", 10: "K/log(10)"}


def _of_gaussians(p: Any, q: Any, log_base: str | int) -> Solution:
    several = isinstance(p[0], Array)
    (mu_p, sigma_p), (mu_q, sigma_q) = (tuple(map(by_entry, each)) if several else each for each in (p, q))
    work = Work(mu_P=mu_p, sigma_P=sigma_p, mu_Q=mu_q, sigma_Q=sigma_q)
    work.note(STATED)
    work.note(_MEANS)
    total = "KL" if log_base == "e" else "K"
    closed = "KL(P || Q), natural logarithm"
    if several:
        work.note(_PRODUCT)
        for i in mu_p:
            work.let("l[i]", "log(sigma_Q[i]/sigma_P[i])", table="pieces", i=i)
            work.let("E[i]", "sigma_P[i]^2 + (mu_P[i] - mu_Q[i])^2", "E[(x − μ_Q)²] under P", table="pieces", i=i)
        for i in mu_p:
            work.let("u[i]", "l[i] + E[i]/(2*sigma_Q[i]^2) - 1/2", "KL of the entry", table="entries", i=i)
        work.let(total, "sum(u[i] for i in 1..n)", closed, unit="nat", holds=_NOT_NEGATIVE[total], n=len(mu_p))
    else:
        work.let("l", "log(sigma_Q/sigma_P)", "the term without x")
        work.let("E", "sigma_P^2 + (mu_P - mu_Q)^2", "E[(x − μ_Q)²] under P: the variance and the squared distance")
        work.let(total, "l + E/(2*sigma_Q^2) - 1/2", closed, unit="nat", holds=_NOT_NEGATIVE[total])
    if log_base != "e":
        work.let("KL", _IN_UNITS[log_base], "from nats to the base asked for", unit=UNITS[log_base])
    if are_numbers(p, q) and not work.style.round_steps and not _is_same(p, q) and work.env["KL"] < 1e-10:
        raise InputError("q: so near to p that their divergence (below 1e-10) is lost in rounding")
    work.note("KL is never negative, 0 only where P = Q, and not symmetric: KL(Q || P) in general differs.")
    return work.answer(kl="KL")


_NOT_NEGATIVE = {"KL": "KL >= -1e-12", "K": "K >= -1e-12"}


def _is_same(p: Any, q: Any) -> bool:
    return all((a.flat == b.flat) if isinstance(a, Array) else bool(a == b) for a, b in zip(p, q, strict=True))


def sample(rng: Random) -> dict[str, Any]:
    """Two to four entries in tenths or twelfths; P may have zeros, Q has none; one in three in another base.

    About one in four is a pair of normal densities, some of them of two entries.
    """
    if rng.random() < 0.25:
        base = rng.choice(["e", "e", "e", 2])
        if rng.random() < 0.3:
            drawn = [
                f"normal([{rng.randint(-2, 2)}, {rng.randint(-2, 2)}], [{rng.randint(1, 3)}, 2])" for _ in range(2)
            ]
        else:
            drawn = [f"normal({rng.randint(-2, 3)}, {rng.choice(['1/2', '1', '2', '3'])})" for _ in range(2)]
        return {"p": drawn[0], "q": drawn[1], "log_base": base}
    size = rng.randint(2, 4)
    p = distribution(rng, size, rng.choice([4, 8, 10]))
    q = distribution(rng, size, rng.choice([5, 8, 12]), zeros=False)
    return {
        "p": ", ".join(map(str, p)),
        "q": ", ".join(map(str, q)),
        "log_base": rng.choice(["e", "e", "e", "e", 2, 10]),
    }


def reference(p: Any, q: Any, log_base: Any = "e") -> dict[str, float]:
    """Torch's kl_div in float64, its kl_divergence of two Normal; in units of the base."""
    import torch
    from torch.nn.functional import kl_div

    unit = torch.log(torch.tensor(2.718281828459045 if log_base == "e" else float(log_base), dtype=torch.float64))
    if isinstance(p, tuple):
        pair = [[torch.tensor([float(e) for e in entries(part)], dtype=torch.float64) for part in x] for x in (p, q)]
        law: Any = torch.distributions
        return {"kl": float(law.kl_divergence(*(law.Normal(*each) for each in pair)).sum() / unit)}
    target, model = (torch.tensor([float(entry) for entry in x.flat], dtype=torch.float64) for x in (p, q))
    return {"kl": float(kl_div(torch.log(model), target, reduction="sum") / unit)}
