"""Eigenvalues and eigenvectors of a covariance matrix as they are found by hand; decimals where roots are none."""

from fractions import Fraction
from typing import Any

from revise.engines.arrays import Array
from revise.expression import Node, number
from revise.solution import Work, letters_of, neutral
from revise.solvers.graphs._spectrum import rotated

_LOW = " ₁₂₃"
_TINY = 1e-12  # of the total variance: what floats leave of a 0
_CUBIC = "lambda[i]^3 - t*lambda[i]^2 + c*lambda[i] - D = 0"
_IS_ROOT = "abs(lambda[i]^3 - t*lambda[i]^2 + c*lambda[i] - D) <= t^3/10^12"  # as near as floats come
_NEWTON = "g[i] - (g[i]^3 - t*g[i]^2 + c*g[i] - D)/(3*g[i]^2 - 2*t*g[i] + c)"
# the rows of C − λI
_ROWS = (
    "[C[0,0] - lambda[i], C[0,1], C[0,2]]",
    "[C[1,0], C[1,1] - lambda[i], C[1,2]]",
    "[C[2,0], C[2,1], C[2,2] - lambda[i]]",
)
_PAIRS = ((0, 1), (0, 2), (1, 2))
_CROSS = "[p[i][1]*q[i][2] - p[i][2]*q[i][1], p[i][2]*q[i][0] - p[i][0]*q[i][2], p[i][0]*q[i][1] - p[i][1]*q[i][0]]"
_AXES = {2: ("[1, 0]", "[0, 1]"), 3: ("[1, 0, 0]", "[0, 1, 0]", "[0, 0, 1]")}


def add_eigenpairs(work: Work) -> None:
    """The steps λᵢ, greatest first, and uᵢ, an eigenvector of any length, for the matrix C that `work` knows."""
    rows = work.env["C"].nested()
    exact = not any(isinstance(entry, Node | float) for row in rows for entry in row)
    if len(rows) == 2:
        _two(work, rows)
    elif len(rows) == 3 and exact:
        _three(work, rows)
    else:
        _many(work, rows)


def _two(work: Work, rows: list[list[Any]]) -> None:
    work.let("t", "C[0,0] + C[1,1]", "the trace, which is the sum of the eigenvalues")
    work.let("D", "C[0,0]*C[1,1] - C[0,1]*C[1,0]", "the determinant, which is their product")
    why = "the characteristic polynomial det(C − λI); both eigenvalues are roots of it"
    work.equation("lambda[i]^2 - t*lambda[i] + D = 0", why, unknown={"lambda": letters_of("lambda", [1])}, i=1)
    why = "the discriminant t² − 4D, in the form that can't be negative"
    work.let("S", "(C[0,0] - C[1,1])^2 + 4*C[0,1]^2", why, holds="S = t^2 - 4*D")
    law = "abs(lambda[i]^2 - t*lambda[i] + D) <= t^2/10^12"
    work.let("lambda[i]", "(t + sqrt(S))/2", "the greater root: the variance along the first component", holds=law, i=1)
    work.let("lambda[i]", "(t - sqrt(S))/2", "the other root", holds=law, i=2)
    if isinstance(rows[0][1], Node) or rows[0][1] != 0:
        why = "solves the first row of (C − λI)u = 0: (C₀₀ − λ)u₀ + C₀₁u₁ = 0"
        for i in (1, 2):
            work.let("u[i]", "[C[0,1], lambda[i] - C[0,0]]", why, table="eigenvectors", i=i)
        return
    first = 0 if isinstance(rows[0][0], Node) or rows[0][0] >= rows[1][1] else 1
    if not isinstance(rows[0][0], Node) and rows[0][0] == rows[1][1]:
        work.note("Both eigenvalues are the same: every direction is an eigenvector, the axes are as good as any.")
    for i, axis in ((1, first), (2, 1 - first)):
        work.let("u[i]", _AXES[2][axis], "C is diagonal: the axes", table="eigenvectors", i=i)


def _three(work: Work, rows: list[list[Any]]) -> None:
    work.let("t", "C[0,0] + C[1,1] + C[2,2]", "the trace, which is the sum of the eigenvalues")
    work.let(
        "c", "C[0,0]*C[1,1] - C[0,1]^2 + C[0,0]*C[2,2] - C[0,2]^2 + C[1,1]*C[2,2] - C[1,2]^2",
        "the three 2×2 determinants along the diagonal, added",
    )  # fmt: skip
    work.let("D", "det(C)", "the determinant, which is the eigenvalues' product")
    why = "the characteristic polynomial det(C − λI), its sign turned; all eigenvalues are roots of it"
    work.equation(_CUBIC, why, unknown={"lambda": letters_of("lambda", [1])}, i=1)
    guesses = sorted((value for value, _ in rotated(rows)), reverse=True)
    place = _rational(work, guesses)
    if place is None:
        _by_newton(work, guesses)
    else:
        _by_division(work, guesses, place)
    _vectors(work)


def _rational(work: Work, guesses: list[float]) -> int | None:
    """Which root is a fraction; None where no root is."""
    t, c, d = (Fraction(work.env[name]) for name in "tcD")
    for place in (2, 0, 1):
        root = Fraction(guesses[place]).limit_denominator(10**6)
        if root**3 - t * root**2 + c * root - d == 0:
            guesses[place] = neutral(root)
            return place
    return None


def _by_division(work: Work, guesses: list[Any], place: int) -> None:
    at = place + 1
    root = guesses[place]
    why = "D is 0, so 0 is a root" if root == 0 else "a root found by trial: put in, the polynomial is 0"
    work.let("lambda[i]", number(root) if root >= 0 else Node("neg", (number(-root),)), why, holds=_IS_ROOT, i=at)
    why = "divided by λ − λᵢ, the polynomial is λ² − bλ + e: b is the sum of the other two"
    work.let("b", "t - lambda[i]", why, i=at)
    work.let("e", "c - lambda[i]*b", "their product", i=at)
    work.let("S", "b^2 - 4*e", "the discriminant", holds="S >= 0")
    first, second = (j for j in (1, 2, 3) if j != at)
    work.let("lambda[i]", "(b + sqrt(S))/2", "the greater of the other two", holds=_IS_ROOT, i=first)
    work.let("lambda[i]", "(b - sqrt(S))/2", "the last one", holds=_IS_ROOT, i=second)


def _by_newton(work: Work, guesses: list[float]) -> None:
    known = {i: neutral(float(f"{guess:.7g}")) for i, guess in enumerate(guesses, 1)}
    work.given["g"], work.env["g"] = known, dict(known)
    work.called(g="")
    work.note("No root is a fraction. A calculator's solver gives them; a Newton step from there shows that they fit:")
    for i in known:
        work.let("lambda[i]", _NEWTON, "g − p(g)/p′(g), p the polynomial", table="eigenvalues", holds=_IS_ROOT, i=i)


def _vectors(work: Work) -> None:
    """uᵢ of a 3×3 matrix; roots that are the same are so exactly, for only fractions can be double here."""
    values = work.env["lambda"]
    copies = {i: [j for j in values if values[j] == values[i]] for i in values}
    if len(copies[1]) == 3:
        work.note("All eigenvalues are the same: every direction is an eigenvector, the axes are as good as any.")
        for i in (1, 2, 3):
            work.let("u[i]", _AXES[3][i - 1], "an axis", table="eigenvectors", i=i)
        return
    for i in (i for i in (1, 2, 3) if len(copies[i]) == 1):
        pair = _best_rows(work.env["C"].nested(), float(values[i]))
        one, other = pair
        table = f"eigenvectors, by rows {one + 1} and {other + 1} of C − λI"
        work.let("p[i]", _ROWS[one], f"row {one + 1}", table=table, i=i)
        work.let("q[i]", _ROWS[other], f"row {other + 1}", table=table, i=i)
        why = "their cross product is at right angles to both, so it solves (C − λI)u = 0"
        work.let("u[i]", _CROSS, why, table=table, i=i)
    double = next((found for found in copies.values() if len(found) == 2), None)
    if double is None:
        return
    alone = next(i for i in (1, 2, 3) if len(copies[i]) == 1)
    first, second = double
    work.note(
        f"λ{_LOW[first]} = λ{_LOW[second]}: every direction at right angles to u{_LOW[alone]} is an eigenvector. Two "
        "of them that are at right angles to each other are chosen."
    )
    entries = work.env["u"][alone].flat
    flat = "[-u[i][1], u[i][0], 0]" if entries[0] != 0 or entries[1] != 0 else "[1, 0, 0]"
    work.let("o", flat, "at right angles to it", holds="dot(o, u[i]) = 0", i=alone)
    work.let("u[i]", "o", "the first of the two", i=first)
    work.let(
        "u[i]", "[u[j][1]*o[2] - u[j][2]*o[1], u[j][2]*o[0] - u[j][0]*o[2], u[j][0]*o[1] - u[j][1]*o[0]]",
        "the cross product of both", i=second, j=alone,
    )  # fmt: skip


def _best_rows(rows: list[list[Any]], value: float) -> tuple[int, int]:
    """Two rows of C − λI, the first ones whose cross product is not much shorter than the longest."""
    shifted = [[float(entry) - value * (i == j) for j, entry in enumerate(row)] for i, row in enumerate(rows)]

    def length(pair: tuple[int, int]) -> float:
        a, b = (shifted[place] for place in pair)
        return sum((a[i - 2] * b[i - 1] - a[i - 1] * b[i - 2]) ** 2 for i in range(3))

    longest = max(map(length, _PAIRS))
    return next(pair for pair in _PAIRS if length(pair) >= longest / 1000)


def _many(work: Work, rows: list[list[Any]]) -> None:
    """Four and more dimensions, or entries that are no fractions: the vectors are found outside and tested here."""
    pairs = sorted(rotated(rows), reverse=True)
    total = sum(value for value, _ in pairs)
    work.let("t", "trace(C)", "the sum of the eigenvalues")
    known = {i: Array((len(rows),), tuple(map(neutral, vector))) for i, (_, vector) in enumerate(pairs, 1)}
    work.given["w"], work.env["w"] = known, dict(known)
    work.called(w="")
    work.note(
        "By hand this is too long, so the eigenvectors w come from a computer (Jacobi's rotations); their eigenvalues "
        "follow and C w = λ w is tested."
    )
    law = "max(abs(C @ w[i] - lambda[i]*w[i])) <= t/10^9"
    for i, (value, _) in enumerate(pairs, 1):
        if abs(value) < _TINY * total:
            work.let("lambda[i]", "0", "0 up to rounding", table="eigenvalues that vanish", i=i)
        else:
            why = "wᵀCw/wᵀw, for C w = λ w"
            work.let("lambda[i]", "dot(w[i], C @ w[i])/dot(w[i], w[i])", why, table="eigenvalues", holds=law, i=i)
    for i in known:
        work.let("u[i]", "w[i]", "as found", table="eigenvectors", i=i)
