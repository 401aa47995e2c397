"""Unpooling: the enlarged size, and the numbers put in their places."""

from random import Random
from typing import Any, Literal

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Matrix, Shape
from revise.solution import Solution, Work
from revise.solvers.cnn._axes import check_letters, one_number, per_axis, read_sides, slips
from revise.solvers.cnn._bilinear import bilinear
from revise.solvers.cnn._remembered import MOST, PLACES, flat, name_shape, unpooled

SERVES: dict[str, dict[str, object]] = {"unpool": {}}
SOURCE = (
    "Li, Johnson & Yeung 2017, CS231n lecture 11, in-network upsampling; torch.nn.functional.max_unpool2d, interpolate"
)
_POOLED = "1 2 6 3; 3 5 2 1; 1 2 2 1; 7 3 4 8"
_SQUARES = "1 2 3 4; 5 6 7 8; 9 10 11 12; 13 14 15 16"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # CS231n lecture 11, 2017, slides 'In-network upsampling: unpooling' and 'max unpooling': 1 2; 3 4 three ways
    (
        {"values": "1 2; 3 4", "pooled_from": _POOLED},
        {"output": [4, 4], "values": [[0, 0, 2, 0], [0, 1, 0, 0], [0, 0, 0, 0], [3, 0, 0, 4]]},
    ),
    (
        {"values": "1 2; 3 4", "mode": "nearest"},
        {"output": [4, 4], "values": [[1, 1, 2, 2], [1, 1, 2, 2], [3, 3, 4, 4], [3, 3, 4, 4]]},
    ),
    (
        {"values": "1 2; 3 4", "mode": "bed-of-nails"},
        {"output": [4, 4], "values": [[1, 0, 2, 0], [0, 0, 0, 0], [3, 0, 4, 0], [0, 0, 0, 0]]},
    ),
    # PyTorch's documentation of MaxUnpool2d: 1 … 16 pooled by 2 with indices 5 7; 13 15; unpooled to 4×4
    (
        {"values": "6 8; 14 16", "indices": "5 7; 13 15"},
        {"output": [4, 4], "values": [[0, 0, 0, 0], [0, 6, 0, 8], [0, 0, 0, 0], [0, 14, 0, 16]]},
    ),
    ({"pooled_from": _SQUARES}, {"values": [[0, 0, 0, 0], [0, 6, 0, 8], [0, 0, 0, 0], [0, 14, 0, 16]]}),
    # PyTorch's documentation of Upsample: 1 2; 3 4 twice as large, bilinear without and with aligned corners
    (
        {"values": "1 2; 3 4", "mode": "bilinear"},
        {
            "values": [
                [1, "1.25", "1.75", 2], ["1.5", "1.75", "2.25", "2.5"], ["2.5", "2.75", "3.25", "3.5"],
                [3, "3.25", "3.75", 4],
            ]
        },
    ),
    (
        {"values": "1 2; 3 4", "mode": "bilinear", "align_corners": True},
        {
            "values": [
                ["1.0", "1.3333", "1.6667", "2.0"], ["1.6667", "2.0", "2.3333", "2.6667"],
                ["2.3333", "2.6667", "3.0", "3.3333"], ["3.0", "3.3333", "3.6667", "4.0"],
            ]
        },
    ),
    # Badrinarayanan et al. 2017 (SegNet): 2×2 windows with remembered places undo each of VGG's five poolings
    ({"input": "112x112x64"}, {"output": [224, 224, 64], "parameters": 0}),
]  # fmt: skip
_NEAREST = {
    2: "[[X[floor(u/s), floor(v/s)] for v in 0..W-1] for u in 0..H-1]",
    1: "[X[floor(v/s)] for v in 0..W-1]",
}
_NAILS = {
    2: "[[sum(sum(X[i,j] for j in 0..m-1 if s*j == v) for i in 0..n-1 if s*i == u) for v in 0..W-1] for u in 0..H-1]",
    1: "[sum(X[j] for j in 0..m-1 if s*j == v) for v in 0..W-1]",
}
# a right formula → what is written instead
_SLIPS = {
    "s*(n - 1) + k": {"the size of a pooling": "floor((n - k)/s) + 1", "the stride counted once too often": "s*n + k"},
    "s*n": {"the size of a pooling": "floor(n/s)", "the factor is added": "n + s"},
    "s[a]*n[a]": {"the size of a pooling": "floor(n[a]/s[a])", "the factor is added": "n[a] + s[a]"},
    "s[a]*(n[a] - 1) + k[a]": {
        "the size of a pooling": "floor((n[a] - k[a])/s[a]) + 1",
        "the stride counted once too often": "s[a]*n[a] + k[a]",
    },
    PLACES[2]: {
        "the first place of each window, as on a bed of nails": _NAILS[2],
        "every entry of a window gets the number": _NEAREST[2],
    },
    PLACES[1]: {
        "the first place of each window, as on a bed of nails": _NAILS[1],
        "every entry of a window gets the number": _NEAREST[1],
    },
    _NAILS[2]: {"copies where zeros belong": _NEAREST[2]},
    _NAILS[1]: {"copies where zeros belong": _NEAREST[1]},
    _NEAREST[2]: {
        "zeros where copies belong": _NAILS[2],
        "the whole matrix is repeated": "[[X[u - n*floor(u/n), v - m*floor(v/m)] for v in 0..W-1] for u in 0..H-1]",
    },
    _NEAREST[1]: {"zeros where copies belong": _NAILS[1]},
    "max((u + 1/2)/s - 1/2, 0)": {"corners are compared, not middles": "min(u/s, n - 1)"},
}  # fmt: skip


def solve(
    values: Matrix | None = None,
    pooled_from: Matrix | None = None,
    indices: Matrix | None = None,
    kernel_size: Shape = 2,
    stride: Shape | None = None,
    output_size: Shape | None = None,
    mode: Literal["max", "nearest", "bed-of-nails", "bilinear"] = "max",
    align_corners: bool = False,
    input: Shape | None = None,
    channels_first: bool = False,
) -> Solution:
    """The size, and where the numbers are given the enlarged matrix.

    values         the matrix to enlarge; with --pooled-from the pooled numbers themselves unless given
    pooled_from    max: the matrix whose max pooling left the places; the largest of each window, the first in row order
    indices        max: the places themselves as PyTorch counts them, row by row through the output, from 0
    kernel_size    max: the window of the pooling; else how many times larger
    stride         max: of the pooling, the window's size unless given
    output_size    max: H×W, where the pooling had dropped a row or column at the end
    mode           max: to the remembered places; nearest: copies; bed-of-nails: first corner, zeros else; bilinear
    align_corners  bilinear: first and last entries lie on each other, not the edges
    input          H×W or H×W×C, where only the size is asked

    Raises InputError naming the parameter that does not fit.
    """
    check_letters(values=values, pooled_from=pooled_from)
    if mode != "max":
        for given, name in ((pooled_from, "pooled-from"), (indices, "indices"), (output_size, "output-size")):
            if given is not None:
                raise InputError(f"{name}: only --mode max has a use for it")
        if stride is not None:
            raise InputError("stride: only --mode max has one; the factor is --kernel-size")
    if align_corners and mode != "bilinear":
        raise InputError("align-corners: only --mode bilinear has corners to align")
    if values is None and pooled_from is None:
        if indices is not None:
            raise InputError("values: give the numbers that go to the indices")
        return _size(input, kernel_size, stride, mode, channels_first)
    if input is not None:
        raise InputError("input: the numbers have their size; leave --input out")
    known = values if pooled_from is None else pooled_from
    assert known is not None
    axes = ("l",) if known.shape[0] == 1 else ("h", "w")
    k = one_number(kernel_size, axes, "kernel_size")
    s = one_number(kernel_size if stride is None else stride, axes, "stride")
    if mode != "max":
        assert values is not None
        return _enlarged(values, axes, s, mode, align_corners)
    return unpooled(values, pooled_from, indices, axes, k, s, output_size)


def _size(input: Any, kernel_size: Any, stride: Any, mode: str, channels_first: bool) -> Solution:
    if input is None:
        raise InputError("values: give --values with the matrix, or --input 112x112x64 for the size")
    axes = ("h", "w")
    n, channels = read_sides(input, axes, channels_first)
    k = per_axis(kernel_size, axes, "kernel_size")
    s = per_axis(kernel_size if stride is None else stride, axes, "stride")
    work = Work(n=n, k=k if mode == "max" else None, s=s, A=axes, C=channels)
    work.whole = True
    work.called(n="input", k="window", s="stride" if mode == "max" else "factor", C="channels")
    for axis in axes:
        if mode == "max":
            why = "the first window, and a stride for each further one"
            work.let("o[a]", "s[a]*(n[a] - 1) + k[a]", why, a=axis)
        else:
            work.let("o[a]", "s[a]*n[a]", "each entry becomes so many", a=axis)
    if channels is None:
        work.let("out", "[o[a] for a in A]", "the positions along each axis", unit="shape")
    else:
        work.let("out", "concat([o[a] for a in A], C)", "every channel by itself: C stays", unit="shape")
    work.let("params", "0", "no weights: nothing is learnt", unit="parameters")
    return work.answer(output="out", parameters="params")


def _enlarged(values: Array, axes: tuple[str, ...], s: int, mode: str, align_corners: bool) -> Solution:
    """Copies, nails or shares of the neighbours."""
    if len(values.flat) * s ** len(axes) > MOST:
        raise InputError(f"values: at most {MOST} entries of the output are worked by hand")
    rank = len(axes)
    work = Work(X=flat(values, rank), n=values.shape[0] if rank == 2 else None, m=values.shape[1], s=s)
    work.called(X="values", n="height", m="width" if rank == 2 else "length", s="factor")
    if rank == 2:
        work.let("H", "s*n", "each row becomes so many")
    work.let("W", "s*m", "each column becomes so many" if rank == 2 else "each entry becomes so many")
    name_shape(work, rank)
    if mode == "nearest":
        work.let("Z", _NEAREST[rank], "every place has the number of the entry it lies in: copies")
    elif mode == "bed-of-nails":
        work.let("Z", _NAILS[rank], "each number in the first place of its block, zeros else")
    else:
        bilinear(work, rank, align_corners)
    return work.answer(output="out", parameters="params", values="Z")


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """Step → what was done wrong → the formula that does it."""
    return slips(solution, _SLIPS)


def sample(rng: Random) -> dict[str, Any]:
    """A size alone, or a small matrix one way or another."""

    def draw(high: int, wide: int) -> Array:
        return Array((high, wide), tuple(rng.sample(range(-9, 26), high * wide)))

    mode = rng.choice(["max", "max", "max", "nearest", "bed-of-nails", "bilinear"])
    if rng.random() < 0.15:
        sides = (rng.randint(2, 20), rng.randint(2, 20), rng.randint(1, 8))
        return {"input": sides, "kernel_size": rng.choice([2, 3, (2, 3)]), "mode": mode}
    rows, columns = rng.choice([(2, 2), (2, 3), (1, 3), (3, 2)])
    given: dict[str, Any] = {"mode": mode}
    if mode != "max":
        given |= {"values": draw(rows, columns), "kernel_size": 2 if mode == "bilinear" else rng.randint(2, 3)}
        return given | ({"align_corners": True} if mode == "bilinear" and rng.random() < 0.5 else {})
    more = rng.randint(0, 1)
    if rng.random() < 0.7:
        given["pooled_from"] = draw(1 if rows == 1 else 2 * rows + more, 2 * columns + more)
        if rng.random() < 0.8:
            given["values"] = draw(rows, columns)
        return given
    given["values"] = draw(rows, columns)
    corners = [(2 * i, 2 * j) for i in range(rows) for j in range(columns)]
    down = 0 if rows == 1 else 1
    places = [(i + rng.randint(0, down)) * 2 * columns + j + rng.randint(0, 1) for i, j in corners]
    return given | {"indices": Array((rows, columns), tuple(places))}


def reference(**given: Any) -> dict[str, Any]:
    """Torch's own unpooling and interpolation; nails by a transposed convolution with a 1 in the corner."""
    import torch
    from torch.nn import functional

    mode, k = given.get("mode", "max"), given.get("kernel_size", 2)
    s = given.get("stride") or k
    if given.get("input") is not None:
        sides = given["input"] if isinstance(given["input"], tuple) else (given["input"],) * 2
        first = given.get("channels_first") and len(sides) == 3
        spatial, depth = (sides[1:], [sides[0]]) if first else (sides[:2], list(sides[2:]))
        zeros = torch.zeros(1, 1, *spatial)
        if mode == "max":
            places = torch.zeros(1, 1, *spatial, dtype=torch.int64)
            out = functional.max_unpool2d(zeros, places, k, s)
        else:
            out = functional.interpolate(zeros, scale_factor=k)
        return {"output": [*out.shape[2:], *depth], "parameters": 0}

    def tensor(value: Array) -> Any:
        rows = torch.tensor([float(entry) for entry in value.flat], dtype=torch.float64).reshape(1, *value.shape)
        return rows if line else rows[None]

    known = given["pooled_from"] if given.get("pooled_from") is not None else given["values"]
    line = known.shape[0] == 1
    if mode == "max":
        size = given.get("output_size")
        if given.get("pooled_from") is not None:
            before = tensor(given["pooled_from"])
            pool = functional.max_pool1d if line else functional.max_pool2d
            numbers, places = pool(before, k, s, return_indices=True)
            size = before.shape[2:]
        else:
            numbers, places = tensor(given["values"]), tensor(given["indices"]).to(torch.int64)
        numbers = tensor(given["values"]) if given.get("values") is not None else numbers
        size = size if size is None or not isinstance(size, int) else [size] * (1 if line else 2)
        undo = functional.max_unpool1d if line else functional.max_unpool2d
        out = undo(numbers, places, k, s, output_size=None if size is None else list(size))
    elif mode == "bed-of-nails":
        nail = torch.zeros(1, 1, *([k] if line else [k, k]), dtype=torch.float64)
        nail.view(-1)[0] = 1
        run = functional.conv_transpose1d if line else functional.conv_transpose2d
        out = run(tensor(known), nail, stride=k)
    elif mode == "nearest":
        out = functional.interpolate(tensor(known), scale_factor=k)
    else:
        smooth = "linear" if line else "bilinear"
        aligned = given.get("align_corners", False)
        out = functional.interpolate(tensor(known), scale_factor=k, mode=smooth, align_corners=aligned)
    return {"output": list(out.squeeze(0).shape[1:]), "parameters": 0, "values": out.flatten()}
