"""Max unpooling: the places that the pooling remembered, and the numbers put there."""

from itertools import product
from typing import Any

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.expression import Node
from revise.parameters import whole
from revise.solution import Solution, Work
from revise.solvers.cnn._axes import check_fits, per_axis

MOST = 400
PLACES = {
    2: "[[sum(sum(X[i,j] for j in 0..m-1 if M[i,j] == u and N[i,j] == v) for i in 0..n-1) for v in 0..W-1]"
    " for u in 0..H-1]",
    1: "[sum(X[j] for j in 0..m-1 if N[j] == v) for v in 0..W-1]",
}
# (axes, from the matrix before the pooling or from indices) → the remembered places
_MAXIMUM = {
    2: "max(max(V[u,v] for v in s*j..s*j+k-1) for u in s*i..s*i+k-1)",
    1: "max(V[v] for v in s*j..s*j+k-1)",
}
_ROW = {True: "argmax(max(V[u,v] for v in s*j..s*j+k-1) for u in s*i..s*i+k-1)", False: "floor(J[i,j]/W)"}
_COLUMN = {
    (2, True): "argmax(V[M[i,j],v] for v in s*j..s*j+k-1)",
    (2, False): "J[i,j] - W*M[i,j]",
    (1, True): "argmax(V[v] for v in s*j..s*j+k-1)",
    (1, False): "J[j]",
}


def unpooled(
    values: Array | None, pooled_from: Array | None, indices: Array | None, axes: tuple[str, ...], k: int, s: int,
    output_size: Any,
) -> Solution:  # fmt: skip
    """The numbers to the places that the pooling remembered."""
    if pooled_from is not None and indices is not None:
        raise InputError("indices: give them or --pooled-from, not both")
    if pooled_from is None and indices is None:
        raise InputError("pooled-from: max unpooling needs the places: --pooled-from or --indices; or another --mode")
    rank = len(axes)
    small = _small(values, pooled_from, indices, axes, k, s)
    usual = tuple(s * (side - 1) + k for side in small)
    size = _size_of(pooled_from, output_size, axes, usual, s)
    if _count(size or usual) > MOST:
        raise InputError(f"values: at most {MOST} entries of the output are worked by hand")
    high, wide = (size[0] if rank == 2 else None, size[-1]) if size else (None, None)
    work = Work(
        X=None if values is None else flat(values, rank), V=None if pooled_from is None else flat(pooled_from, rank),
        J=None if indices is None else flat(indices, rank), n=small[0] if rank == 2 else None, m=small[-1], k=k, s=s,
        H=high, W=wide,
    )  # fmt: skip
    work.called(
        X="values", V="before", J="indices", n="pooled height", m="pooled width" if rank == 2 else "pooled length",
        k="window", s="stride", H="height", W="width" if rank == 2 else "length",
    )  # fmt: skip
    if size is None:
        why = "the first window, and a stride for each further one"
        if rank == 2:
            work.let("H", "s*(n - 1) + k", why)
        work.let("W", "s*(m - 1) + k", why)
    elif pooled_from is not None:
        work.note("V is the matrix before the pooling: the output gets its size.")
    name_shape(work, rank)
    places = _places(work, small, rank)
    outside = [
        place for place in places if place[-1] >= work.env["W"] or place[0] >= work.env["H" if rank == 2 else "W"]
    ]
    if outside:
        raise InputError(f"indices: row {outside[0][0]} is outside the output, counted from 0; see --output-size")
    if twice := next((place for place in places if places.count(place) > 1), None):
        where = f"row {twice[0]}, column {twice[1]}" if rank == 2 else f"place {twice[0]}"
        name = "indices" if indices is not None else "pooled-from"
        raise InputError(f"{name}: two numbers go to {where}: where windows overlap like this there is no unpooling")
    work.let("Z", PLACES[rank], "each number to its remembered place, zeros else")
    return work.answer(output="out", parameters="params", values="Z")


def _small(
    values: Array | None, pooled_from: Array | None, indices: Array | None, axes: tuple[str, ...], k: int, s: int
) -> tuple[int, ...]:
    """The sides of the pooled matrix, checked against all that is given."""
    rank = len(axes)
    if pooled_from is not None:
        if any(isinstance(entry, Node) for entry in pooled_from.flat):
            raise InputError("pooled-from: of letters nobody can tell which is the largest")
        sides = pooled_from.shape[-rank:]
        for axis, side in zip(axes, sides, strict=True):
            check_fits(axis, side, k, 0, what="kernel-size: the window")
        small = tuple((side - k) // s + 1 for side in sides)
    else:
        assert values is not None
        small = values.shape[-rank:]
    for given, name in ((values, "values"), (indices, "indices")):
        if given is not None and (given.shape[-rank:] != small or (rank == 1 and given.shape[0] != 1)):
            wanted = "×".join(map(str, small if rank == 2 else (1, *small)))
            raise InputError(f"{name}: the pooling left {wanted}, not {'×'.join(map(str, given.shape))}")
    for entry in indices.flat if indices is not None else ():
        whole(entry, "indices", 0)
    return small


def _size_of(
    pooled_from: Array | None, output_size: Any, axes: tuple[str, ...], usual: tuple[int, ...], s: int
) -> tuple[int, ...] | None:
    """The sides of the output where they are given; None where the formula tells."""
    named = None
    if output_size is not None:
        sides = per_axis(output_size, axes, "output_size")
        named = tuple(whole(sides[axis], "output_size") for axis in axes)
        for side, plain in zip(named, usual, strict=True):
            if not plain - s < side < plain + s:
                raise InputError(f"output-size: {side} is not between {plain - s + 1} and {plain + s - 1}")
    if pooled_from is None:
        return named
    sides_before = pooled_from.shape[-len(axes) :]
    if named is not None and named != sides_before:
        raise InputError(f"output-size: before the pooling it was {'×'.join(map(str, sides_before))}; leave it out")
    return sides_before


def _count(sides: tuple[int, ...]) -> int:
    return sides[0] * (sides[1] if len(sides) == 2 else 1)


def _places(work: Work, small: tuple[int, ...], rank: int) -> list[tuple[int, ...]]:
    """Where each number goes: row and column, or place."""
    before = work.given.get("V") is not None
    largest = "Y" if "X" in work.given else "X"
    table = "remembered places, counted from 0"
    places: list[tuple[int, ...]] = []
    for each in product(*map(range, small)):
        at: dict[str, Any] = dict(zip("ij"[-rank:], each, strict=True))
        if before:
            work.let(largest + ("[i,j]" if rank == 2 else "[j]"), _MAXIMUM[rank], "the largest", table=table, **at)
        if rank == 2:
            row = work.let("M[i,j]", _ROW[before], "its row", table=table, **at)
            places.append((row, work.let("N[i,j]", _COLUMN[2, before], "its column", table=table, **at)))
        else:
            places.append((work.let("N[j]", _COLUMN[1, before], "its place", table=table, **at),))
    if before and any(_ties(work, each) for each in product(*map(range, small))):
        work.note("Several entries of a window are the largest: the first in row order counts, as in PyTorch.")
    return places


def _ties(work: Work, at: tuple[int, ...]) -> bool:
    values, k, s = work.given["V"], work.given["k"], work.given["s"]
    width = values.shape[-1]
    window = [
        values.flat[(place[0] * width if len(place) == 2 else 0) + place[-1]]
        for place in product(*(range(s * i, s * i + k) for i in at))
    ]
    return window.count(max(window)) > 1


def flat(values: Array, rank: int) -> Array:
    """A single row as a vector, where there are no others."""
    return Array(values.shape[1:], values.flat) if rank == 1 else values


def name_shape(work: Work, rank: int) -> None:
    work.let("out", "[H, W]" if rank == 2 else "[W]", "rows and columns" if rank == 2 else "entries", unit="shape")
    work.let("params", "0", "no weights: nothing is learnt", unit="parameters")
