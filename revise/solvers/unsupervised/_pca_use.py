"""What is done with the eigenpairs: components of length 1, shares of the variance, projection and way back."""

from typing import Any

from revise.engines.arrays import Array
from revise.expression import Node
from revise.solution import Work

_ROUNDING = 1e-12
_NORMED = {True: "-u[i]/norm(u[i])", False: "u[i]/norm(u[i])"}


def add_components(work: Work, columns: int, sign: str) -> dict[str, str]:
    """The steps vᵢ, of length 1 and with the sign agreed; their answers and the eigenvalues'."""
    rule = "the entry largest in size is positive" if sign == "largest" else "the first entry that is not 0 is positive"
    vectors = work.env["u"]
    if any(isinstance(entry, Node) for vector in vectors.values() for entry in vector.flat):
        rule = "v and −v are both right"
    turned = {i: _is_turned(vectors[i], sign) for i in range(1, columns + 1)}
    for i in sorted(turned, key=lambda place: (turned[place], place)):
        table = "components, the sign turned" if turned[i] else "components"
        work.let("v[i]", _NORMED[turned[i]], f"length 1; {rule}", table=table, i=i)
    names = {f"eigenvalue {i}": f"lambda[{i}]" for i in range(1, columns + 1)}
    return names | {f"component {i}": f"v[{i}]" for i in range(1, columns + 1)}


def _is_turned(vector: Array, sign: str) -> bool:
    if any(isinstance(entry, Node) for entry in vector.flat):
        return False
    flat = [float(entry) for entry in vector.flat]
    most = max(map(abs, flat))
    least = 1e-9 * most if sign == "first" else most * (1 - 1e-9)
    return next(entry for entry in flat if abs(entry) > least or abs(entry) == most) < 0


def add_shares(work: Work, columns: int, components: Any) -> dict[str, str]:
    """The shares of the variance, how many components the wanted share needs, and what is dropped."""
    every = range(1, columns + 1)
    law = "sum(lambda[j] for j in 1..d) = t"
    for i in every:
        why = "explained variance ratio: t is the total variance"
        work.let("r[i]", "lambda[i]/t", why, table="shares of the variance", holds=law, i=i)
        work.let("A[i]", "sum(r[j] for j in 1..i)", "up to here", table="shares of the variance", i=i)
    words = {f"ratio {i}": f"r[{i}]" for i in every}
    if any(isinstance(work.env["A"][i], Node) for i in every):
        if components is None:
            work.let("k", "1", "kept here: with letters the share can't be compared")
    else:
        why = "components needed: one more than those up to which the share is not reached"
        reached = (work.env["A"][i] for i in every)
        if any(isinstance(share, float) and abs(share - work.env["theta"]) < _ROUNDING for share in reached):
            work.note("A share equals θ up to rounding: it counts as reached.")
            work.let("N", "1 + sum(1 for i in 1..d-1 if theta - A[i] > 1/10^12)", why, unit="components")
        else:
            work.let("N", "1 + sum(1 for i in 1..d-1 if A[i] < theta)", why, unit="components")
        words["needed"] = "N"
        if components is None:
            work.let("k", "N", "so many are kept", unit="components")
    work.let("kappa", "sum(r[i] for i in 1..k)", "the share that is kept")
    words["kept"] = "kappa"
    if work.env["k"] < columns:
        why = "dropped eigenvalues added: the mean squared reconstruction error"
        work.let("J", "sum(lambda[i] for i in k+1..d)", why, holds="J = t*(1 - kappa)")
    else:
        work.let("J", "0", "every component is kept: nothing is lost")
    return words | {"error": "J"}


# what is divided by → the mean squared reconstruction error, and the singular values from the eigenvalues
_ERROR = {"n-1": "sum((Z - Q).^2)/(n - 1)", "n": "sum((Z - Q).^2)/n"}
_SINGULAR = {"n-1": "sqrt((n - 1)*lambda[i])", "n": "sqrt(n*lambda[i])"}


def add_projection(work: Work, columns: int, divide_by: str, scale: bool) -> dict[str, str]:
    """The scores of the points, their reconstruction, its error, the singular values; the same of a new point."""
    words: dict[str, str] = {}
    work.let("V", "[v[i] for i in 1..k].T", "the components kept, one a column")
    if "X" in work.given:
        work.let("Y", "Z @ V", "the scores: each centred point projected on the components")
        work.let("Q", "Y @ V.T", "back again, still centred")
        if scale:
            work.let("R", "Q .* s + m", "the scale and the mean put back: the reconstruction")
        else:
            work.let("R", "Q + m", "the mean added: the reconstruction")
        if work.env["k"] < columns:
            scaled = " (of the scaled values)" if scale else ""
            why = f"the squared distances, averaged as in C{scaled}: exactly the dropped eigenvalues"
            work.let("E", _ERROR[divide_by], why, holds="E = J")
        divisor = {"n-1": "(n − 1)", "n": "n"}[divide_by]
        for i in range(1, columns + 1):
            why = f"the singular values of Z = UΣVᵀ: their squares are {divisor} λ"
            work.let("sigma[i]", _SINGULAR[divide_by], why, table="by the SVD", i=i)
        words = {"scores": "Y", "reconstruction": "R"}
        words |= {f"singular value {i}": f"sigma[{i}]" for i in range(1, columns + 1)}
    if "x" in work.given:
        words |= _new_point(work, scale)
    return words


def _new_point(work: Work, scale: bool) -> dict[str, str]:
    if scale:
        work.let("y", "((x - m) ./ s) @ V", "the new point: less the mean, scaled, projected")
        work.let("x_hat", "(y @ V.T) .* s + m", "and back")
    else:
        work.let("y", "(x - m) @ V", "the new point: less the mean, projected")
        work.let("x_hat", "y @ V.T + m", "and back")
    work.let("delta", "sum((x - x_hat).^2)", "its squared distance from its reconstruction")
    return {"projection": "y", "point reconstructed": "x_hat", "squared distance": "delta"}
