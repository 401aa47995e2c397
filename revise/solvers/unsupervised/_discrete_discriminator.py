"""The optimal discriminator of two discrete distributions, entry by entry, and the value it gives."""

from typing import Any

from revise.engines.arrays import Array
from revise.solution import Solution, Work, letters_of
from revise.solvers.foundations._distributions import by_entry, check_digits, check_distributions

VALUE = (
    "Put back into V, with M = (P + Q)/2: D* = P/(P + Q) is half of P/M, and 1 − D* half of Q/M. As P and Q each add "
    "up to 1 over all x, log(1/2) comes out twice: V(D*) = −log(4) + KL(P || M) + KL(Q || M) = −log(4) + 2 · JSD(P, Q)."
)
_ZERO = "0 · log 0 counts as 0, the limit of x log x"


def solve_discrete(p: Array, q: Array) -> Solution:
    """D* for every entry, then V(D*) directly and as −log 4 + 2·JSD."""
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
    work.note("The same by theorem 1, V(D*) = −log(4) + 2 · JSD:")
    work.note(VALUE)
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
