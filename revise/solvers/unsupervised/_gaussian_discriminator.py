"""The optimal discriminator between two normal densities: a logistic function of x, or of a parabola in x."""

from typing import Any

from revise.engines.arrays import entries
from revise.errors import InputError
from revise.expression import Node, free_names
from revise.solution import Solution, Work
from revise.solvers.foundations._distributions import shown
from revise.solvers.foundations._gaussians import (
    STATED,
    Gaussian,
    add_expectations,
    add_log_ratio,
    are_numbers,
    check_jsd,
    same,
)
from revise.solvers.unsupervised._discrete_discriminator import VALUE

_POINTWISE = (
    "Sought: the D that makes V(D) = ∫ (p(x) log D(x) + q(x) log(1 − D(x))) dx largest. Every x has a D(x) of its "
    "own, so what stands under the integral is made largest alone. With a = p(x), b = q(x), y = D(x) it is "
    "f(y) = a log y + b log(1 − y), where 0 < y < 1."
)
_DERIVATIVE = (
    "Its derivative a/y − b/(1 − y) is set to zero; times y (1 − y): a (1 − y) = b y, so a = (a + b) y and "
    "y = a/(a + b). The second derivative −a/y² − b/(1 − y)² is negative for every y: this is the maximum."
)
_LOGISTIC = (
    "So D*(x) = p(x)/(p(x) + q(x)). Divided by p(x) it is 1/(1 + q(x)/p(x)) = σ(log p(x) − log q(x)), the logistic "
    "function of the log ratio."
)
_ALIKE = (
    "Both densities are the same: D*(x) = 1/2 for every x, JSD = 0 and V(D*) = −log(4) ≈ −1.3863, the least there is."
)


def solve_gaussians(p: Gaussian, q: Gaussian, x: Any) -> Solution:
    """D* at the values of `x`, or as a function of the letter x where there are none."""
    free = x is None
    if free and any("x" in free_names(part) for each in (p, q) for part in each if isinstance(part, Node)):
        raise InputError("p: x is where D* is looked at; choose another letter")
    if not free and any(isinstance(number, Node) for number in entries(x)):
        raise InputError("x: numbers, as 0, 1.5; without --x the answer is a function of the letter x")
    points: Any = Node("name", ("x",)) if free else dict(enumerate(entries(x), 1))
    work = Work(mu_P=p[0], sigma_P=p[1], mu_Q=q[0], sigma_Q=q[1], x=points)
    for text in (STATED, _POINTWISE, _DERIVATIVE, _LOGISTIC):
        work.note(text)
    if not are_numbers(p, q):
        work.note("Letters for σ stand for positive numbers.")
    equal = same(p[1], q[1])
    if equal and same(p[0], q[0]):
        return _alike(work, points)
    add_log_ratio(work, equal)
    words = {"slope": "w", "intercept": "b"} if equal else {"square": "v", "slope": "w", "intercept": "b"}
    words |= _at(work, points, equal)
    words |= _half(work, equal)
    work.note(VALUE)
    if work.letters:
        work.note(
            "JSD of two normal densities has no closed form. With numbers for all, as --x 0, it is approximated here."
        )
    elif add_expectations(work, p, q):
        work.let("V", "E_P + E_Q", "the value V(D*), accurate to 1e-6")
        work.let("JSD", "(V + log(4))/2", "from V = −log(4) + 2 · JSD; in nats, accurate to 1e-6")
        check_jsd(work)
        words |= {"value": "V", "js": "JSD"}
    return work.answer(words)


def _at(work: Work, points: Any, equal: bool) -> dict[str, str]:
    """The log ratio and D* at each point, as a table, or at the letter x."""
    if isinstance(points, Node):
        work.let("l", "w*x + b" if equal else "v*x^2 + w*x + b", "the log ratio log p(x) − log q(x)")
        work.let("D", "sigmoid(l)", "D*(x)")
        return {"D*": "D"}
    for i in points:
        formula = "w*x[i] + b" if equal else "v*x[i]^2 + w*x[i] + b"
        work.let("l[i]", formula, "log p − log q at x", table="optimal discriminator", i=i)
        work.let("D[i]", "sigmoid(l[i])", "D*", table="optimal discriminator", holds=_SHARE, i=i)
    return {f"D*({shown(x)})": f"D[{i}]" for i, x in points.items()}


_SHARE = """D[i]*(exp(-((x[i] - mu_P)/sigma_P)^2/2)/sigma_P + exp(-((x[i] - mu_Q)/sigma_Q)^2/2)/sigma_Q)
    = exp(-((x[i] - mu_P)/sigma_P)^2/2)/sigma_P"""


def _half(work: Work, equal: bool) -> dict[str, str]:
    """Where D* = 1/2: the densities cross at one point, or at two where the variances differ."""
    if equal:
        work.equation("w*c + b = 0", "D* = 1/2 where the log ratio is 0", unknown={"c": Node("name", ("c",))})
        work.let("c", "-b/w", "half-way between the means", holds="c = (mu_P + mu_Q)/2")
        return {"half-at": "c"}
    work.note("D* = 1/2 where the log ratio v x² + w x + b is 0; two roots, for w² − 4 v b > 0 wherever v is not 0.")
    work.let("d", "w^2 - 4*v*b", "the discriminant")
    root = "where one density overtakes the other"
    work.let("c_1", "(-w - sqrt(d))/(2*v)", root, holds="v*c_1^2 + w*c_1 + b = 0")
    work.let("c_2", "(-w + sqrt(d))/(2*v)", root, holds="v*c_2^2 + w*c_2 + b = 0")
    return {"half-at(1)": "c_1", "half-at(2)": "c_2"}


def _alike(work: Work, points: Any) -> Solution:
    work.note(_ALIKE)
    if isinstance(points, Node):
        work.let("D", "1/2", "D*(x), whatever x is")
        return work.answer({"D*": "D"})
    for i in points:
        work.let("D[i]", "1/2", "D*, whatever x is", table="optimal discriminator", i=i)
    return work.answer({f"D*({shown(x)})": f"D[{i}]" for i, x in points.items()})
