"""Jensen–Shannon divergence of two distributions, term by term."""

from random import Random
from typing import Any, Literal

from revise.errors import InputError
from revise.solution import Solution, Work
from revise.solvers.foundations._distributions import (
    LOGARITHMS,
    UNITS,
    by_entry,
    check_digits,
    check_distributions,
    distribution,
)
from revise.solvers.foundations._gaussians import (
    STATED,
    Distribution,
    Gaussian,
    add_expectations,
    add_log_ratio,
    are_numbers,
    both_gaussian,
    check_jsd,
    same,
    single,
)

SERVES: dict[str, dict[str, object]] = {"js": {}}
SOURCE = "Lin 1991, Divergence measures based on the Shannon entropy; Goodfellow et al. 2014, proof of theorem 1"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # SciPy's documentation of scipy.spatial.distance.jensenshannon, which gives the distance: the root
    ({"p": "1, 0, 0", "q": "0, 1, 0", "log_base": 2}, {"js": 1, "distance": 1}),
    ({"p": "1, 0", "q": "1/2, 1/2"}, {"distance": 0.46450140402245893}),
    ({"p": "1, 0, 0", "q": "1, 0, 0"}, {"js": 0, "distance": 0}),
]
DOMAIN = {"P": (0, 1), "Q": (0, 1)}
MISTAKES = {
    "M[i]": {"the mixture is Q itself": "Q[i]", "not halved: the sum is no distribution": "P[i] + Q[i]"},
    "JSD": {
        "the two are added, not averaged": "A + B",
        "only KL(P || M) is taken": "A",
        "the root is taken: that is the distance": "sqrt((A + B)/2)",
    },
    "u[i]": {"weighted with the mixture": "M[i]*l[i]"},
}

_OF_P: dict[str | int, str] = {"e": "log(P[i]/M[i])", 2: "log2(P[i]/M[i])", 10: "log10(P[i]/M[i])"}
_OF_Q: dict[str | int, str] = {"e": "log(Q[i]/M[i])", 2: "log2(Q[i]/M[i])", 10: "log10(Q[i]/M[i])"}
_BOUNDS: dict[str | int, str] = {"e": "log 2 ≈ 0.6931 nat", 2: "1 bit", 10: "log₁₀ 2 ≈ 0.3010 hartley"}
_LAWS: dict[str | int, str] = {
    "e": "0 <= JSD and JSD <= log(2) + 1e-12",
    2: "0 <= JSD and JSD <= 1 + 1e-12",
    10: "0 <= JSD and JSD <= log10(2) + 1e-12",
}
_ZERO = "0 · log 0 counts as 0, the limit of x log x"


def solve(p: Distribution, q: Distribution, log_base: Literal["e", 2, 10] = "e") -> Solution:
    """M = (P + Q)/2, then KL(P || M) and KL(Q || M) term by term, then JSD, their mean.

    p, q       the two distributions; their order doesn't matter. Probabilities, or "normal(0, 2)" with the mean
               and the standard deviation: there is no closed form then, the integrals are approximated to 1e-6
    log_base   e is the natural logarithm, in nats; 2 gives bits, 10 hartleys

    `distance` is the root of JSD. Letters are taken to be positive. Raises InputError naming the argument
    that is no distribution.
    """
    if both_gaussian(p, q, most=1):
        return _of_gaussians(single(p), single(q), log_base)
    assumed = check_distributions(p=p, q=q)
    of_p, of_q, n = by_entry(p), by_entry(q), len(p.flat)
    work = Work(P=of_p, Q=of_q)
    work.note(LOGARITHMS[log_base])
    for text in assumed:
        work.note(text)
    for i in of_p:
        work.let("M[i]", "(P[i] + Q[i])/2", table="mixture", i=i)
    for i in of_p:
        if of_p[i] == 0:
            work.let("u[i]", "0", _ZERO, table="first divergence, zero terms", i=i)
    for i in of_p:
        if of_p[i] != 0:
            work.let("l[i]", _OF_P[log_base], table="first divergence, term by term", i=i)
            work.let("u[i]", "P[i]*l[i]", "for KL(P || M)", table="first divergence, term by term", i=i)
    work.let("A", "sum(u[i] for i in 1..n)", "KL(P || M)", unit=UNITS[log_base], n=n)
    for i in of_q:
        if of_q[i] == 0:
            work.let("w[i]", "0", _ZERO, table="second divergence, zero terms", i=i)
    for i in of_q:
        if of_q[i] != 0:
            work.let("k[i]", _OF_Q[log_base], table="second divergence, term by term", i=i)
            work.let("w[i]", "Q[i]*k[i]", "for KL(Q || M)", table="second divergence, term by term", i=i)
    work.let("B", "sum(w[i] for i in 1..n)", "KL(Q || M)", unit=UNITS[log_base], n=n)
    work.let(
        "JSD", "(A + B)/2", "the mean of the two: the Jensen–Shannon divergence", unit=UNITS[log_base],
        holds=_LAWS[log_base],
    )  # fmt: skip
    work.note(
        f"0 ≤ JSD ≤ {_BOUNDS[log_base]}: 0 only where P = Q, the most where P and Q never overlap. "
        "It is symmetric, and never infinite: M > 0 wherever P or Q is."
    )
    check_digits(work, "JSD", p, q)
    work.let("d", "sqrt(JSD)", "its root is a metric: the Jensen–Shannon distance (SciPy's jensenshannon)")
    return work.answer({"kl(p,m)": "A", "kl(q,m)": "B", "js": "JSD", "distance": "d"})


_KL_P: dict[str | int, str] = {"e": "log(2) + E_P", 2: "1 + E_P/log(2)", 10: "(log(2) + E_P)/log(10)"}
_KL_Q: dict[str | int, str] = {"e": "log(2) + E_Q", 2: "1 + E_Q/log(2)", 10: "(log(2) + E_Q)/log(10)"}


def _of_gaussians(p: Gaussian, q: Gaussian, log_base: str | int) -> Solution:
    """JSD by the trapezoidal rule: P/M is 2p/(p + q), so KL(P || M) is log 2 and a mean of log(p/(p + q))."""
    if not are_numbers(p, q):
        raise InputError("p: between normal densities JSD has no closed form: give numbers for all letters")
    work = Work(mu_P=p[0], sigma_P=p[1], mu_Q=q[0], sigma_Q=q[1])
    for text in (STATED, LOGARITHMS[log_base]):
        work.note(text)
    if p == q:
        work.let("JSD", "0", "P and Q are the same: only then is it 0", unit=UNITS[log_base])
        return work.answer(js="JSD")
    add_log_ratio(work, same(p[1], q[1]))
    if not add_expectations(work, p, q):
        raise InputError("q: too different in width from p for the trapezoidal rule; there is no closed form")
    unit = UNITS[log_base]
    work.let("A", _KL_P[log_base], "KL(P || M): P/M = 2p/(p + q), and the 2 gives log 2", unit=unit)
    work.let("B", _KL_Q[log_base], "KL(Q || M), in the same way", unit=unit)
    why = "the mean of the two, accurate to 1e-6: the Jensen–Shannon divergence"
    work.let("JSD", "(A + B)/2", why, unit=unit, holds=_LAWS[log_base])
    check_jsd(work)
    work.let("d", "sqrt(JSD)", "its root is a metric: the Jensen–Shannon distance (SciPy's jensenshannon)")
    return work.answer({"kl(p,m)": "A", "kl(q,m)": "B", "js": "JSD", "distance": "d"})


def sample(rng: Random) -> dict[str, Any]:
    """Two to four entries in eighths, tenths or twelfths, zeros among them; one in three in another base.

    One in eight is a pair of normal densities.
    """
    if rng.random() < 0.125:
        means, width = rng.sample([-1, 0, 1, 2], 2), rng.choice(["1", "2"])
        return {"p": f"normal({means[0]}, 1)", "q": f"normal({means[1]}, {width})", "log_base": rng.choice(["e", 2])}
    size = rng.randint(2, 4)
    p, q = (", ".join(map(str, distribution(rng, size, rng.choice([4, 8, 10, 12])))) for _ in range(2))
    return {"p": p, "q": q, "log_base": rng.choice(["e", "e", "e", "e", 2, 10])}


def reference(p: Any, q: Any, log_base: Any = "e") -> dict[str, float]:
    """By entropies in NumPy: JSD = H(M) − (H(P) + H(Q))/2, and KL(P || M) as cross-entropy less entropy."""
    import numpy as np

    unit = 1.0 if log_base == "e" else np.log(float(log_base))
    if isinstance(p, tuple):
        (m, s), (t, r) = ([float(each) for each in single(of)] for of in (p, q))
        line = np.linspace(min(m - 12 * s, t - 12 * r), max(m + 12 * s, t + 12 * r), 8_001)
        logs = [-(((line - at) / by) ** 2) / 2 - np.log(by * np.sqrt(2 * np.pi)) for at, by in ((m, s), (t, r))]
        mixed = np.logaddexp(*logs) - np.log(2)
        found = [float(np.sum(np.exp(log) * (log - mixed)) * (line[1] - line[0]) / unit) for log in logs]
        return {"kl(p,m)": found[0], "kl(q,m)": found[1], "js": sum(found) / 2}
    first, second = (np.array([float(entry) for entry in x.flat]) for x in (p, q))
    middle = 0.5 * first + 0.5 * second

    def cross(weights: Any, of: Any) -> float:
        kept = weights > 0
        return float(-np.dot(weights[kept], np.log(of[kept])) / unit)

    divergence = cross(middle, middle) - (cross(first, first) + cross(second, second)) / 2
    return {
        "kl(p,m)": cross(first, middle) - cross(first, first),
        "kl(q,m)": cross(second, middle) - cross(second, second),
        "js": divergence,
    }
