"""Gradient of max or average pooling: where it goes, and how much."""

from itertools import product
from random import Random
from typing import Any, Literal

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Matrix, Shape
from revise.solution import Solution, Work
from revise.solvers.cnn._axes import arriving, check_fits, check_letters, one_number, slips

SERVES: dict[str, dict[str, object]] = {"pool-backward": {}}
SOURCE = (
    "Stanford CS231n notes, Convolutional networks, 'Pooling layer: backpropagation'; torch.nn.MaxPool2d, AvgPool2d"
)
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Cross Validated, question 414301 with its accepted answer: two channels under one 2×2 window each
    ({"values": "1 4; 3 2", "kernel_size": 2, "upstream": "1"}, {"values": [[4]], "dL/dX": [[0, 1], [0, 0]]}),
    ({"values": "2 6; 7 2", "kernel_size": 2, "upstream": "2"}, {"values": [[7]], "dL/dX": [[0, 0], [2, 0]]}),
]

_MOST = 144
_SIZES = {"R": "floor((n + 2*p - k)/s) + 1", "T": "floor((m + 2*p - k)/s) + 1"}
# (axes, padded) → the pooled number; padded windows are cut to rows t…e and columns l…r of the input
_LARGEST = {
    (2, False): "max(max(X[u,v] for v in s*j..s*j+k-1) for u in s*i..s*i+k-1)",
    (2, True): "max(max(X[u,v] for v in l[j]..r[j]) for u in t[i]..e[i])",
    (1, False): "max(X[v] for v in s*j..s*j+k-1)",
    (1, True): "max(X[v] for v in l[j]..r[j])",
}
_ROW = {
    False: "argmax(max(X[u,v] for v in s*j..s*j+k-1) for u in s*i..s*i+k-1)",
    True: "argmax(max(X[u,v] for v in l[j]..r[j]) for u in t[i]..e[i])",
}
_COLUMN = {
    (2, False): "argmax(X[M[i,j],v] for v in s*j..s*j+k-1)",
    (2, True): "argmax(X[M[i,j],v] for v in l[j]..r[j])",
    (1, False): "argmax(X[v] for v in s*j..s*j+k-1)",
    (1, True): "argmax(X[v] for v in l[j]..r[j])",
}
# (axes, padded, the padding counts) → the average
_AVERAGE = {
    (2, False, True): "sum(sum(X[u,v] for v in s*j..s*j+k-1) for u in s*i..s*i+k-1)/k^2",
    (2, True, True): "sum(sum(X[u,v] for v in l[j]..r[j]) for u in t[i]..e[i])/k^2",
    (2, True, False): "sum(sum(X[u,v] for v in l[j]..r[j]) for u in t[i]..e[i])/((e[i] - t[i] + 1)*(r[j] - l[j] + 1))",
    (1, False, True): "sum(X[v] for v in s*j..s*j+k-1)/k",
    (1, True, True): "sum(X[v] for v in l[j]..r[j])/k",
    (1, True, False): "sum(X[v] for v in l[j]..r[j])/(r[j] - l[j] + 1)",
}
_FROM_LARGEST = {
    2: "sum(sum(delta[i,j] for j in 0..T-1 if M[i,j] == u and N[i,j] == v) for i in 0..R-1)",
    1: "sum(delta[j] for j in 0..R-1 if N[j] == v)",
}
_FROM_AVERAGE = {
    (2, False, True): "sum(sum(delta[i,j]/k^2 for j in 0..T-1 if s*j <= v and v < s*j + k)"
    " for i in 0..R-1 if s*i <= u and u < s*i + k)",
    (2, True, True): "sum(sum(delta[i,j]/k^2 for j in 0..T-1 if l[j] <= v and v <= r[j])"
    " for i in 0..R-1 if t[i] <= u and u <= e[i])",
    (2, True, False): "sum(sum(delta[i,j]/((e[i] - t[i] + 1)*(r[j] - l[j] + 1))"
    " for j in 0..T-1 if l[j] <= v and v <= r[j]) for i in 0..R-1 if t[i] <= u and u <= e[i])",
    (1, False, True): "sum(delta[j]/k for j in 0..R-1 if s*j <= v and v < s*j + k)",
    (1, True, True): "sum(delta[j]/k for j in 0..R-1 if l[j] <= v and v <= r[j])",
    (1, True, False): "sum(delta[j]/(r[j] - l[j] + 1) for j in 0..R-1 if l[j] <= v and v <= r[j])",
}
_EVERYONE = {
    2: "sum(sum(delta[i,j] for j in 0..T-1 if s*j <= v and v < s*j + k) for i in 0..R-1 if s*i <= u and u < s*i + k)",
    1: "sum(delta[j] for j in 0..R-1 if s*j <= v and v < s*j + k)",
}
# a right formula → what is written instead
_SLIPS = {
    _FROM_LARGEST[2]: {
        "every entry of the window gets the gradient": _EVERYONE[2],
        "the gradient is shared out as by an average": _FROM_AVERAGE[2, False, True],
    },
    _FROM_LARGEST[1]: {
        "every entry of the window gets the gradient": _EVERYONE[1],
        "the gradient is shared out as by an average": _FROM_AVERAGE[1, False, True],
    },
    _FROM_AVERAGE[2, False, True]: {
        "not divided by the size of the window": _EVERYONE[2],
        "divided by the side of the window only": "sum(sum(delta[i,j]/k for j in 0..T-1 if s*j <= v and v < s*j + k)"
        " for i in 0..R-1 if s*i <= u and u < s*i + k)",
    },
    _FROM_AVERAGE[1, False, True]: {"not divided by the size of the window": _EVERYONE[1]},
}


def solve(
    values: Matrix,
    kernel_size: Shape,
    upstream: Matrix | None = None,
    stride: Shape | None = None,
    padding: Shape = 0,
    kind: Literal["max", "average"] = "max",
    count_include_pad: bool = True,
) -> Solution:
    """The pooling forwards, then every entry's gradient as the sum over the windows it was in.

    values             the matrix that is pooled, one channel; a single row is pooled along its length
    upstream           ∂L/∂Y in the shape of the pooled matrix; all ones unless given, as for L = the sum of Y
    stride             the kernel's size unless given
    padding            on each side, at most half the kernel; never the largest of a window
    count_include_pad  an average divides by the window's padding too, or only by the entries it has of the input

    Where several entries of a window are the largest, the first in row order gets the gradient.

    Raises InputError naming the parameter that does not fit.
    """
    line = values.shape[0] == 1
    axes = ("l",) if line else ("h", "w")
    check_letters(values=values, upstream=upstream)
    k = one_number(kernel_size, axes, "kernel_size")
    s = one_number(kernel_size if stride is None else stride, axes, "stride")
    p = one_number(padding, axes, "padding", 0)
    n = dict(zip(axes, values.shape[-len(axes) :], strict=True))
    if len(values.flat) > _MOST:
        raise InputError(f"values: at most {_MOST} entries are worked by hand")
    if 2 * p > k:
        raise InputError(f"padding: {p} is more than half of the window, {k}; a window could hold nothing else")
    for axis in axes:
        check_fits(axis, n[axis], k, p, what="kernel-size: the window")
    if kind == "max" and any(isinstance(entry, Node) for entry in values.flat):
        raise InputError("values: of letters nobody can tell which is the largest")
    size = tuple((n[axis] + 2 * p - k) // s + 1 for axis in axes)
    delta = _upstream(upstream, size)
    flat = Array(values.shape[1:], values.flat) if line else values
    work = Work(X=flat, delta=delta, n=n[axes[0]], m=None if line else n["w"], k=k, s=s, p=p)
    work.called(
        X="values", delta="upstream",
        n="length" if line else "height", m="width", k="window", s="stride", p="padding",
    )  # fmt: skip
    work.note(arriving(upstream))
    work.let("R", _SIZES["R"], "entries of the output" if line else "rows of the output")
    if not line:
        work.let("T", _SIZES["T"], "columns of the output")
    if p:
        _cut(work, size)
    tied = _forward(work, size, kind, count_include_pad)
    return _backward(work, n, kind, count_include_pad, tied)


def _upstream(upstream: Array | None, size: tuple[int, ...]) -> Array:
    if upstream is None:
        return Array(size, (1,) * len(list(product(*map(range, size)))))
    shape = upstream.shape if len(size) == 2 else upstream.shape[1:]
    if shape != size or (len(size) == 1 and upstream.shape[0] != 1):
        wanted, have = ("×".join(map(str, each)) for each in (size if len(size) == 2 else (1, *size), upstream.shape))
        raise InputError(f"upstream: ∂L/∂Y has the shape of the output, {wanted}, not {have}")
    return Array(size, upstream.flat)


def _cut(work: Work, size: tuple[int, ...]) -> None:
    """What each window has of the input, counted from 0."""
    for i in range(size[0] if len(size) == 2 else 0):
        work.let("t[i]", "max(s*i - p, 0)", "first row", table="rows of each window, the padding left out", i=i)
        work.let("e[i]", "min(s*i - p + k, n) - 1", "last row", table="rows of each window, the padding left out", i=i)
    word = "columns" if len(size) == 2 else "entries"
    table = f"{word} of each window, the padding left out"
    for j in range(size[-1]):
        work.let("l[j]", "max(s*j - p, 0)", "first", table=table, j=j)
        last = "min(s*j - p + k, m) - 1" if len(size) == 2 else "min(s*j - p + k, n) - 1"
        work.let("r[j]", last, "last", table=table, j=j)


def _forward(work: Work, size: tuple[int, ...], kind: str, include: bool) -> bool:
    """The pooled numbers and, of a largest, its place; whether one stands at several places."""
    axes, padded = len(size), work.given["p"] > 0
    name, at = ("Y[i,j]", "ij") if axes == 2 else ("Y[j]", "j")
    tied = False
    if kind == "average" and padded:
        counts = "the padding counts as zeros (count-include-pad)" if include else "only entries of the input count"
        work.note(f"Convention: in an average {counts}.")
    for each in product(*map(range, size)):
        cell: dict[str, Any] = dict(zip(at, each, strict=True))
        if kind == "average":
            work.let(name, _AVERAGE[axes, padded, include or not padded], "average", table="windows", **cell)
            continue
        largest = work.let(name, _LARGEST[axes, padded], "the largest", table="windows", **cell)
        if axes == 2:
            work.let("M[i,j]", _ROW[padded], "its row", table="windows", **cell)
            work.let("N[i,j]", _COLUMN[axes, padded], "its column", table="windows", **cell)
        else:
            work.let("N[j]", _COLUMN[axes, padded], "its place", table="windows", **cell)
        tied = tied or _window(work, each).count(largest) > 1
    if axes == 2:
        work.let("Z", "[[Y[i,j] for j in 0..T-1] for i in 0..R-1]", "set out in rows")
    else:
        work.let("Z", "[Y[j] for j in 0..R-1]", "one behind the other")
    if tied:
        work.note("Several entries of a window are the largest: the first in row order counts, as in PyTorch.")
    return tied


def _window(work: Work, at: tuple[int, ...]) -> list[Any]:
    given, values = work.given, work.given["X"]
    sides = [
        range(max(given["s"] * i - given["p"], 0), min(given["s"] * i - given["p"] + given["k"], length))
        for i, length in zip(at, values.shape, strict=True)
    ]
    width = values.shape[-1]
    return [values.flat[(place[0] * width if len(place) == 2 else 0) + place[-1]] for place in product(*sides)]


def _backward(work: Work, n: dict[str, int], kind: str, include: bool, tied: bool) -> Solution:
    axes, padded = len(n), work.given["p"] > 0
    name, at = ("dX[u,v]", "uv") if axes == 2 else ("dX[v]", "v")
    why = "one number; any loss with this ∂L/∂Y has the same gradient, this is the plainest"
    work.let("L", "sum(delta .* Z)", why)
    if kind == "max":
        formula = _FROM_LARGEST[axes]
        why = "dX stands for ∂L/∂X; what arrives at the windows of which this entry is the largest, added; else 0"
    else:
        formula = _FROM_AVERAGE[axes, padded, include or not padded]
        why = "dX stands for ∂L/∂X; of what arrives at each window it is in, an equal share, added"
    for each in product(*map(range, n.values())):
        cell: dict[str, Any] = dict(zip(at, each, strict=True))
        work.let(name, formula, why, table="gradient of the input", **cell)
    claim = None if tied else ("L", "X")
    shape = "×".join(map(str, n.values()))
    if axes == 2:
        formula = "[[dX[u,v] for v in 0..m-1] for u in 0..n-1]"
        work.let("dL_dX", formula, f"set out in the shape of the input, {shape}", gradient_of=claim)
    else:
        work.let("dL_dX", "[dX[v] for v in 0..n-1]", f"set out along the input, {shape} long", gradient_of=claim)
    return work.answer({"values": "Z", "dL/dX": "dL_dX"})


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """Step → what was done wrong → the formula that does it."""
    return slips(solution, _SLIPS)


def sample(rng: Random) -> dict[str, Any]:
    """A small matrix, mostly without ties; half of the windows overlap."""
    rows, columns = rng.choice([(4, 4), (4, 4), (3, 3), (3, 4), (1, 6)])
    kernel = rng.randint(2, 3)
    stride, padding = rng.choice([kernel, 1, 2]), rng.choice([0, 0, 0, 1])
    drawn = rng.sample(range(-4, 16), rows * columns) if rng.random() < 0.8 else rng.choices(range(4), k=rows * columns)
    given: dict[str, Any] = {
        "values": Array((rows, columns), tuple(drawn)), "kernel_size": kernel, "stride": stride, "padding": padding,
        "kind": rng.choice(["max", "max", "average"]), "count_include_pad": rng.random() < 0.7,
    }  # fmt: skip
    high, wide = ((side + 2 * padding - kernel) // stride + 1 for side in (rows, columns))
    high = 1 if rows == 1 else high
    if rng.random() < 0.8:
        given["upstream"] = Array((high, wide), tuple(rng.randint(-3, 6) for _ in range(high * wide)))
    return given


def reference(**given: Any) -> dict[str, Any]:
    """Torch's own pooling and autograd."""
    import torch
    from torch.nn import functional

    def tensor(value: Array) -> Any:
        rows = torch.tensor([float(entry) for entry in value.flat], dtype=torch.float64).reshape(1, *value.shape)
        return rows if value.shape[0] == 1 else rows[None]

    image = tensor(given["values"]).requires_grad_()
    line = image.dim() == 3
    how = {"kernel_size": given["kernel_size"], "stride": given.get("stride"), "padding": given.get("padding", 0)}
    if given.get("kind") == "average":
        how["count_include_pad"] = given.get("count_include_pad", True)
        out = functional.avg_pool1d(image, **how) if line else functional.avg_pool2d(image, **how)
    else:
        out = functional.max_pool1d(image, **how) if line else functional.max_pool2d(image, **how)
    above = torch.ones_like(out)
    if given.get("upstream") is not None:
        above = torch.tensor([float(e) for e in given["upstream"].flat], dtype=torch.float64).reshape(out.shape)
    return {"values": out.flatten().detach(), "dL/dX": torch.autograd.grad(out, image, above)[0].flatten()}
