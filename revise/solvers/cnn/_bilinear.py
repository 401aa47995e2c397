"""Bilinear enlargement by hand: neighbours and shares, along the rows, down the columns."""

from itertools import product

from revise.errors import InputError
from revise.solution import Work

# (axes, rows and columns alike) → along a row; then down the columns
_ALONG = {
    (2, True): "(1 - F[v])*X[i,A[v]] + F[v]*X[i,B[v]]",
    (2, False): "(1 - G[v])*X[i,C[v]] + G[v]*X[i,D[v]]",
    (1, True): "(1 - F[v])*X[A[v]] + F[v]*X[B[v]]",
}
_DOWN = "(1 - F[u])*S[A[u],v] + F[u]*S[B[u],v]"
_PLACE = {
    ("rows", False): "max((u + 1/2)/s - 1/2, 0)",
    ("rows", True): "u*(n - 1)/(H - 1)",
    ("columns", False): "max((v + 1/2)/s - 1/2, 0)",
    ("columns", True): "v*(m - 1)/(W - 1)",
}
_SET_OUT = {2: "[[Y[u,v] for v in 0..W-1] for u in 0..H-1]", 1: "[Y[v] for v in 0..W-1]"}


def bilinear(work: Work, rank: int, align_corners: bool) -> None:
    """For each row and column the two neighbours and their shares, then every entry."""
    square = rank == 1 or work.given["n"] == work.given["m"]
    work.note(
        "Convention: the corners of input and output lie on each other (align-corners)."
        if align_corners
        else "Convention: the edges of input and output lie on each other (no align-corners)."
    )
    if align_corners and 1 in (work.env["W"], work.env.get("H")):
        raise InputError("align-corners: an output of a single row or column has no two corners")
    if rank == 1:
        _neighbours(work, ("m", "W"), align_corners, "entries")
    else:
        _neighbours(work, ("n", "H"), align_corners, "rows, and columns likewise" if square else "rows")
        if not square:
            _neighbours(work, ("m", "W"), align_corners, "columns")
    why = "the two neighbours by their shares"
    if rank == 1:
        for v in range(work.env["W"]):
            work.let("Y[v]", _ALONG[1, True], why, table="outputs", v=v)
    else:
        for i, v in product(range(work.given["n"]), range(work.env["W"])):
            work.let("S[i,v]", _ALONG[2, square], f"along row i: {why}", table="each row stretched", i=i, v=v)
        for u, v in product(range(work.env["H"]), range(work.env["W"])):
            work.let("Y[u,v]", _DOWN, f"down the columns: {why}", table="outputs", u=u, v=v)
    work.let("Z", _SET_OUT[rank], "set out in rows" if rank == 2 else "one behind the other")


def _neighbours(work: Work, sides: tuple[str, str], align_corners: bool, word: str) -> None:
    table = f"the {word}: between which two of the input, and where"
    place = "place in the input, counted from 0" + ("" if align_corners else ", from middle to middle; never below 0")
    share = "share of the next one"
    for u in range(work.env[sides[1]]):
        if sides == ("n", "H"):
            work.let("P[u]", _PLACE["rows", align_corners], place, table=table, u=u)
            work.let("A[u]", "floor(P[u])", "the one before", table=table, u=u)
            work.let("B[u]", "min(A[u] + 1, n - 1)", "the next, at most the last", table=table, u=u)
            work.let("F[u]", "P[u] - A[u]", share, table=table, u=u)
        elif len(work.env["X"].shape) == 2:
            work.let("Q[v]", _PLACE["columns", align_corners], place, table=table, v=u)
            work.let("C[v]", "floor(Q[v])", "the one before", table=table, v=u)
            work.let("D[v]", "min(C[v] + 1, m - 1)", "the next, at most the last", table=table, v=u)
            work.let("G[v]", "Q[v] - C[v]", share, table=table, v=u)
        else:
            work.let("P[v]", _PLACE["columns", align_corners], place, table=table, v=u)
            work.let("A[v]", "floor(P[v])", "the one before", table=table, v=u)
            work.let("B[v]", "min(A[v] + 1, m - 1)", "the next, at most the last", table=table, v=u)
            work.let("F[v]", "P[v] - A[v]", share, table=table, v=u)
