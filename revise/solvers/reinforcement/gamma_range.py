"""For which γ one stream of rewards, or one policy, beats another."""

from fractions import Fraction
from itertools import pairwise
from random import Random
from typing import Any

from revise.errors import InputError
from revise.expression import Node
from revise.mdp import check_known
from revise.solution import Solution, Work, letters_of
from revise.solvers.reinforcement._streams import follow, period, read_stream, roots, value
from revise.solvers.reinforcement._typed import Process

SERVES: dict[str, dict[str, object]] = {"gamma-range": {}}
SOURCE = "Sutton & Barto 2018, section 3.3, equation 3.8; Berkeley CS188, lecture on MDPs, quiz on discounting"
_LOOP = "top left > L 1 1; top right > R 1 0; L back > top 1 0; R back > top 1 2"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Berkeley CS188, lecture on MDPs, quiz on discounting: five cells, exits 10 and 1; in d both ways are level at
    # 10γ³ = γ, so at 1/√10
    ({"first": "0, 0, 0, 10", "second": "0, 1"}, {"boundary": "0.3162"}),
    # Sutton & Barto 2018, exercise 3.22: left earns 1, 0, 1, 0 …, right 0, 2, 0, 2 …; both are best at γ = 0.5
    ({"first": "(1, 0) ...", "second": "(0, 2) ..."}, {"boundary": Fraction(1, 2)}),
    ({"first": "top=left", "second": "top=right", "mdp": _LOOP, "state": "top"}, {"boundary": Fraction(1, 2)}),
]
MISTAKES = {
    "d[t]": {"the returns are added": "a[t] + b[t]", "the streams are exchanged": "b[t] - a[t]"},
    "gamma": {"the root is forgotten": "-d[i]/d[j]", "the number of steps off by one": "(-d[i]/d[j])^(1/(j - i + 1))"},
}

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
# is the parabola's slope 2ax + b there not negative? → the root
_ROOTS = {
    True: "(-d[k+1] + sqrt(d[k+1]^2 - 4*d[k+2]*d[k]))/(2*d[k+2])",
    False: "(-d[k+1] - sqrt(d[k+1]^2 - 4*d[k+2]*d[k]))/(2*d[k+2])",
}


def solve(first: str, second: str, mdp: Process | None = None, state: str | None = None) -> Solution:
    """The two returns as polynomials in γ, where they are level, and the sign between.

    first   rewards in their order, "0, 0, 10"; with dots they go on for ever: "1 ..." or "5, (1, 0) ...".
            With --mdp a policy, "A=left, B=stay"
    second  the same for the other one
    mdp     rows "A left > B 1 5": state, action > next state, probability 1, reward; or a file
    state   where both policies start; without it the first state

    γ lies from 0 to 1, 1 only where both streams end. Raises InputError where chance decides in the process.
    """
    if mdp is None:
        if state is not None:
            raise InputError("state: it goes with --mdp")
        one, other = read_stream(first, "first"), read_stream(second, "second")
    else:
        begin = state or mdp.states[0]
        check_known(begin, mdp.states, "state", "state")
        one, other = (follow(mdp, text, begin, name) for text, name in ((first, "first"), (second, "second")))
    repeat = period(one, other)
    last = max(len(each.rewards) for each in (one, other)) + repeat * (1 if repeat else 0) - 1
    work = Work(a={t: one.at(t) for t in range(last + 1)}, b={t: other.at(t) for t in range(last + 1)}, n=last,
                L=repeat or None)  # fmt: skip
    work.called(a="", b="", n="", L="period")
    work.note(f"The first earns a: {one.told}. The second earns b: {other.told}.")
    work.note("The first reward is not discounted: the return is a₀ + a₁γ + a₂γ² + …")
    coefficients = _difference(work, repeat, last)
    if not any(coefficients):
        raise InputError("second: both earn the same with every γ")
    found = _boundaries(work, coefficients)
    return _between(work, coefficients, found, not repeat)


def _difference(work: Work, repeat: int, last: int) -> list[Any]:
    if not repeat:
        for t in range(last + 1):
            work.let("d[t]", "a[t] - b[t]", "first less second, power by power of γ", table="the difference", t=t)
    else:
        steps = "γ" + str(repeat).translate(_RAISED) if repeat > 1 else "γ"
        work.note(
            f"The streams repeat: times 1 − {steps}, above 0 for γ < 1, the difference of the returns is a polynomial."
        )
        for t in range(last + 1):
            if t < repeat:
                work.let("d[t]", "a[t] - b[t]", "first less second", table="the difference", t=t)
            else:
                work.let("d[t]", "a[t] - b[t] - (a[t-L] - b[t-L])", "less the same a period before",
                         table="the difference", t=t)  # fmt: skip
    return [work.env["d"][t] for t in range(last + 1)]


def _boundaries(work: Work, d: list[Any]) -> list[Any]:
    """The steps that find where the polynomial is 0."""
    found = roots(d)
    places = [power for power, each in enumerate(d) if each]
    if not found:
        work.note("The polynomial has no root between 0 and 1: the same one is better throughout.")
        return []
    single = len(found) == 1
    law = "sum(d[t]*gamma^t for t in 0..n if d[t] != 0) = 0"
    if single:
        work.equation(law, "level where the difference is 0", unknown={"gamma": Node("name", ("gamma",))})
    else:
        laws = "sum(d[t]*gamma[i]^t for t in 0..n if d[t] != 0) = 0"
        for i in range(1, len(found) + 1):
            work.equation(laws, "level where the difference is 0", unknown={"gamma": letters_of("gamma", [i])}, i=i)
    if len(places) == 2:
        low, high = places
        solved = "-d[i]/d[j]" if high - low == 1 else "(-d[i]/d[j])^(1/(j - i))"
        work.let("gamma", solved, "solved for γ, which is above 0", i=low, j=high, holds=law)
        return [work.env["gamma"]]
    if places[-1] - places[0] == 2:
        return _quadratic(work, d, places[0], found)
    for i, root in enumerate(found, 1):
        name = "gamma" if single else "gamma[i]"
        known = {
            "x": {**work.given.get("x", {}), i: Fraction(repr(round(root, 7))) if isinstance(root, float) else root}
        }
        work.given.update(known)
        work.env.update({"x": dict(known["x"])})
        work.called(x="")
        work.let(name, "x[i] - sum(d[t]*x[i]^t for t in 0..n)/sum(t*d[t]*x[i]^(t - 1) for t in 1..n)",
                 "by halving to 7 places, then one step of Newton's method", i=i)  # fmt: skip
    return [work.env["gamma"]] if single else [work.env["gamma"][i] for i in range(1, len(found) + 1)]


def _quadratic(work: Work, d: list[Any], low: int, found: list[Any]) -> list[Any]:
    divided = (
        "" if not low else ", once γ is divided out" if low == 1 else f", once γ to the power {low} is divided out"
    )
    work.note(f"A quadratic equation{divided}.")
    for i, root in enumerate(found, 1):
        name, rising = "gamma" if len(found) == 1 else "gamma[i]", 2 * d[low + 2] * root + d[low + 1] >= 0
        work.let(name, _ROOTS[rising], "the root between 0 and 1", k=low, i=i)
    return [work.env["gamma"]] if len(found) == 1 else [work.env["gamma"][i] for i in range(1, len(found) + 1)]


def _between(work: Work, d: list[Any], found: list[Any], ends: bool) -> Solution:
    """The sign of the polynomial on each side of its roots, and the ranges in words."""
    numerals = work.style.numerals
    marks = [Fraction(0), *map(Fraction, found), Fraction(1)]
    middles = {j: round((low + high) / 2, 3) for j, (low, high) in enumerate(pairwise(marks), 1)}
    points = {
        j: mark if marks[j - 1] < mark < marks[j] else (marks[j - 1] + marks[j]) / 2 for j, mark in middles.items()
    }
    work.given["u"] = work.env["u"] = points
    work.called(u="")
    ranges: dict[bool, list[str]] = {True: [], False: []}
    for j in points:
        sign = work.let("F[j]", "sum(d[t]*u[j]^t for t in 0..n if d[t] != 0)", "at a γ between them",
                        table="the sign: above 0 the first is better", j=j)  # fmt: skip
        low, high = (
            numerals.text(float(mark) if mark.denominator > 1000 else mark) for mark in (marks[j - 1], marks[j])
        )
        closed = (j == 1 and d[0] != 0, j == len(points) and ends and value(d, 1) != 0)
        ranges[sign > 0].append(f"{low} {'≤' if closed[0] else '<'} γ {'≤' if closed[1] else '<'} {high}")
    if d[0] == 0:
        work.note("At γ = 0 they are level: only the first reward counts there.")
    if ends and value(d, 1) == 0:
        work.note("At γ = 1 they are level too.")
    words = {"1": " or ".join(ranges[True]) or "nowhere", "2": " or ".join(ranges[False]) or "nowhere"}
    work.given["w"] = work.env["w"] = {1: words["1"], 2: words["2"]}
    work.called(w="")
    work.let("R[k]", "w[k]", "where the first is better", k=1)
    work.let("R[k]", "w[k]", "where the second is better", k=2)
    boundary = (
        {"boundary": "gamma"} if len(found) == 1 else {f"boundary-{i}": f"gamma[{i}]" for i in range(1, len(found) + 1)}
    )
    return work.answer({**boundary, "first-better": "R[1]", "second-better": "R[2]"})


def sample(rng: Random) -> dict[str, Any]:
    """Two short streams, some for ever: the first begins better, the second ends better."""
    first = [rng.randint(1, 6) for _ in range(rng.randint(1, 3))]
    second = [first[0] - rng.randint(1, 4), *(rng.randint(0, 4) for _ in range(rng.randint(0, 2)))]
    dots = rng.choice(["", "", " ..."])
    second.append(sum(first) + max(first) * len(second) + rng.randint(1, 9))
    return {"first": ", ".join(map(str, first)) + dots, "second": ", ".join(map(str, second)) + dots}


def reference(first: str, second: str, mdp: Any = None, state: str | None = None) -> dict[str, Any]:
    """NumPy: the roots of the polynomial as eigenvalues of its companion matrix, from the long series itself."""
    import numpy

    if mdp is None:
        one, other = read_stream(first, "first"), read_stream(second, "second")
    else:
        one, other = (follow(mdp, text, state or mdp.states[0], "first") for text in (first, second))
    repeat = (len(one.cycle) or 1) * (len(other.cycle) or 1) if one.cycle or other.cycle else 0
    length = max(len(one.rewards), len(other.rewards)) + repeat
    series = numpy.array([float(one.at(t) - other.at(t)) for t in range(length)])
    if repeat:
        series = series - numpy.concatenate([numpy.zeros(repeat), series])[:length]
    found = numpy.roots(numpy.trim_zeros(series, "b")[::-1])
    real = sorted(root.real for root in found if abs(root.imag) < 1e-9 and 1e-9 < root.real < 1 - 1e-9)
    return {"boundary": real[0]} if len(real) == 1 else {f"boundary-{i}": root for i, root in enumerate(real, 1)}
