"""Output size of max or average pooling, and the pooled numbers."""

from random import Random
from typing import Any, Literal

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Matrix, Shape, spell
from revise.solution import Solution, Work
from revise.solvers.cnn._axes import per_axis, read_sides

SERVES: dict[str, dict[str, object]] = {"pool": {}}
SOURCE = "Dumoulin & Visin 2016, A guide to convolution arithmetic for deep learning, section 1.2 and relationship 7"
_GUIDE = "3 3 2 1 0; 0 0 1 3 1; 3 1 2 2 3; 2 0 0 2 2; 2 0 0 0 1"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Dumoulin & Visin 2016, figures 1.5 and 1.6: the average and the greatest of every 3×3 window, stride 1
    (
        {"values": _GUIDE, "kernel_size": 3, "stride": 1, "kind": "average"},
        {"output": [3, 3], "values": [["1.7", "1.7", "1.7"], ["1.0", "1.2", "1.8"], ["1.1", "0.8", "1.3"]]},
    ),
    (
        {"values": _GUIDE, "kernel_size": 3, "stride": 1},
        {"output": [3, 3], "values": [[3, 3, 3], [3, 3, 3], [3, 2, 3]], "parameters": 0},
    ),
    # Krizhevsky et al. 2012: the overlapping pooling behind AlexNet's first layer
    ({"input": "55x55x96", "kernel_size": 3, "stride": 2}, {"output": [27, 27, 96]}),
    # Simonyan & Zisserman 2015: each pooling of VGG halves the side
    ({"input": "224x224x64", "kernel_size": 2}, {"output": [112, 112, 64], "parameters": 0}),
    # Szegedy et al. 2015, table 1: GoogLeNet's first pooling, rounded up as Caffe does
    ({"input": "112x112x64", "kernel_size": 3, "stride": 2, "ceil_mode": True}, {"output": [56, 56, 64]}),
]
MISTAKES = {
    "o[a]": {
        "the +1 is missing": "floor((n[a] + 2*p - k)/s)",
        "the stride is taken as 1": "n[a] + 2*p - k + 1",
        "the padding is counted once": "floor((n[a] + p - k)/s) + 1",
    },
    "y[i,j]": {
        "the largest is taken, not the average": "max(max(x[u,v] for v in s*j..s*j+k-1) for u in s*i..s*i+k-1)",
        "the average is taken, not the largest": "sum(sum(x[u,v] for v in s*j..s*j+k-1) for u in s*i..s*i+k-1)/k^2",
    },
    "y[j]": {
        "the largest is taken, not the average": "max(x[v] for v in s*j..s*j+k-1)",
        "the average is taken, not the largest": "sum(x[v] for v in s*j..s*j+k-1)/k",
    },
}

_MOST = 400
# (rounded up, one number for both axes) → the size along an axis
_SIZES = {
    (False, True): "floor((n[a] + 2*p - k)/s) + 1",
    (False, False): "floor((n[a] + 2*p[a] - k[a])/s[a]) + 1",
    (True, True): "ceil((n[a] + 2*p - k)/s) + 1",
    (True, False): "ceil((n[a] + 2*p[a] - k[a])/s[a]) + 1",
}
# (axes, what a window covers) → the pooled entry; cut at the edges it covers what the tables say
_LARGEST = {
    ("2-D", "whole"): "max(max(x[u,v] for v in s*j..s*j+k-1) for u in s*i..s*i+k-1)",
    ("2-D", "cut"): "max(max(x[u,v] for v in l[j]..r[j]) for u in t[i]..b[i])",
    ("2-D", "cut alike"): "max(max(x[u,v] for v in t[j]..b[j]) for u in t[i]..b[i])",
    ("1-D", "whole"): "max(x[v] for v in s*j..s*j+k-1)",
    ("1-D", "cut alike"): "max(x[v] for v in t[j]..b[j])",
}
_AVERAGE = {
    ("2-D", "whole"): "sum(sum(x[u,v] for v in s*j..s*j+k-1) for u in s*i..s*i+k-1)/k^2",
    ("2-D", "cut"): "sum(sum(x[u,v] for v in l[j]..r[j]) for u in t[i]..b[i])/(c[i]*d[j])",
    ("2-D", "cut alike"): "sum(sum(x[u,v] for v in t[j]..b[j]) for u in t[i]..b[i])/(c[i]*c[j])",
    ("1-D", "whole"): "sum(x[v] for v in s*j..s*j+k-1)/k",
    ("1-D", "cut alike"): "sum(x[v] for v in t[j]..b[j])/c[j]",
}


def solve(
    kernel_size: Shape,
    input: Shape | None = None,
    stride: Shape | None = None,
    padding: Shape = 0,
    values: Matrix | None = None,
    kind: Literal["max", "average"] = "max",
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    channels_first: bool = False,
) -> Solution:
    """Sizes along each axis, and the entries of one channel where its values are given.

    input              H×W or H×W×C; one number is a side; not needed where values are given
    stride             the kernel's size unless given
    padding            on each side, at most half the kernel; never the largest of a window
    values             the matrix to pool, up to 400 windows; a single row is pooled along its length
    ceil_mode          round the size up, as PyTorch does: no window starts in the padding behind the input
    count_include_pad  an average divides by the window's padding too, or only by the entries it has of the input

    Raises InputError naming the parameter that does not fit.
    """
    axes = ("l",) if values is not None and values.shape[0] == 1 else ("h", "w")
    if values is None and input is None:
        raise InputError("input: give --input 55x55x96, or --values with the matrix to pool")
    n, channels = read_sides(input, axes, channels_first) if input is not None else ({}, None)
    if values is not None:
        sides = dict(zip(axes, values.shape[-len(axes) :], strict=True))
        if n and n != sides:
            raise InputError(f"input: the values are {'×'.join(map(str, values.shape))}; leave --input out")
        n, channels = sides, None
    k = per_axis(kernel_size, axes, "kernel_size")
    s = per_axis(kernel_size if stride is None else stride, axes, "stride")
    p = per_axis(padding, axes, "padding", 0)
    for axis in axes:
        _check_fits(n[axis], k[axis], p[axis])
    alike = all(len(set(map(str, table.values()))) == 1 for table in (k, s, p))
    if values is not None and (not alike or any(isinstance(table[axes[0]], Node) for table in (k, s, p))):
        raise InputError("values: the numbers are worked with one number each for kernel, stride and padding")
    one = axes[0]
    work = Work(
        x=_entries(values), n=n, k=k[one] if alike else k, s=s[one] if alike else s, p=p[one] if alike else p,
        A=axes, C=channels,
    )  # fmt: skip
    work.whole = values is None
    work.called(x="input", n="input", k="window", s="stride", p="padding", C="channels")
    if values is not None:
        work.words["n"], work.words["x"] = "size", "values"
    square = alike and len(axes) == 2 and spell(n["h"]) == spell(n["w"])
    for axis in axes[:1] if square else axes:
        _size(work, axis, n[axis], k[axis], s[axis], p[axis], ceil_mode, alike)
    if square:
        work.let("o[a]", "o[b]", "a square: as wide as high", a="w", b="h")
    if channels is None:
        work.let("out", "[o[a] for a in A]", "the positions along each axis", unit="shape")
    else:
        work.let("out", "concat([o[a] for a in A], C)", "every channel is pooled by itself: C stays", unit="shape")
    work.let("params", "0", "a window has no weights: nothing is learnt", unit="parameters")
    if values is None:
        return work.answer(output="out", parameters="params")
    _numbers(work, axes, kind, count_include_pad)
    return work.answer(output="out", parameters="params", values="Y")


def _entries(values: Array | None) -> Array | None:
    return Array(values.shape[1:], values.flat) if values is not None and values.shape[0] == 1 else values


def _size(work: Work, axis: str, n: Any, k: Any, s: Any, p: Any, ceil_mode: bool, alike: bool) -> None:
    formula = _SIZES[ceil_mode, alike]
    letters = any(isinstance(value, Node) for value in (n, k, s, p))
    if not ceil_mode:
        work.let("o[a]", formula, "positions the window fits in", a=axis)
        if not letters and (n + 2 * p - k) % s:
            work.note(
                f"{n + 2 * p - k} does not divide by {s}: rounded down, the end of the {_padded(p)} is never seen."
            )
        return
    if letters:
        work.let("o[a]", formula, "rounded up: a last window may hang over the end", a=axis)
        work.note("One less where that last window would start in the padding behind the input.")
        return
    if (-(-(n + 2 * p - k) // s)) * s >= n + p:
        work.let("q[a]", formula, "rounded up", a=axis)
        why = "the last window would start in the padding behind the input: left out"
        start = "(q[a] - 1)*s >= n[a] + p" if alike else "(q[a] - 1)*s[a] >= n[a] + p[a]"
        work.let("o[a]", "q[a] - 1", why, holds=start, a=axis)
        return
    hangs = (n + 2 * p - k) % s
    why = (
        "rounded up: the last window hangs over the end" if hangs else "positions the window fits in; nothing to round"
    )
    work.let("o[a]", formula, why, a=axis)


def _padded(p: Any) -> str:
    return "padded input" if p else "input"


def _check_fits(n: Any, k: Any, p: Any) -> None:
    if not isinstance(k, Node) and not isinstance(p, Node) and 2 * p > k:
        raise InputError(f"padding: {p} is more than half of the window, {k}; a window could hold nothing else")
    if not any(isinstance(value, Node) for value in (n, k, p)) and k > n + 2 * p:
        raise InputError(f"kernel-size: the window is {k} wide, the {_padded(p)} only {n + 2 * p}")


def _numbers(work: Work, axes: tuple[str, ...], kind: str, count_include_pad: bool) -> None:
    n, k, s, p = (work.given[letter] for letter in "nksp")
    size = {axis: work.env["o"][axis] for axis in axes}
    count = size.get("h", 1) * size[axes[-1]]
    if count > _MOST:
        raise InputError(f"values: {count:,} windows; at most {_MOST} are worked by hand")
    covers = "whole"
    if p > 0 or any((size[axis] - 1) * s + k > n[axis] for axis in axes):
        covers = "cut alike" if len(set(n.values())) == 1 else "cut"
        _positions(work, size, covers, kind == "average", count_include_pad)
    formula = (_AVERAGE if kind == "average" else _LARGEST)["1-D" if len(axes) == 1 else "2-D", covers]
    why = "the average of each window" if kind == "average" else "the largest of each window"
    if kind == "max" and p > 0:
        why += ", the padding left out"
    if len(axes) == 1:
        for j in range(size["l"]):
            work.let("y[j]", formula, why, table="windows", j=j)
        work.let("Y", "[y[j] for j in 0..m]", "one behind the other", m=size["l"] - 1)
        return
    for i in range(size["h"]):
        for j in range(size["w"]):
            work.let("y[i,j]", formula, why, table="windows", i=i, j=j)
    work.let("Y", "[[y[i,j] for j in 0..m] for i in 0..q]", "set out in rows", q=size["h"] - 1, m=size["w"] - 1)


def _positions(work: Work, size: dict[str, Any], covers: str, average: bool, include: bool) -> None:
    """What each window covers of the input along an axis, counted from 0, and how many entries an average counts."""
    if average:
        work.note(
            "Convention: the padding counts as zeros in the average (count-include-pad)."
            if include
            else "Convention: only entries of the input count in the average (no count-include-pad)."
        )
    table = {"cut": "rows of each window", "cut alike": "rows or columns of each window"}[covers]
    if len(size) == 1:
        table = "entries of each window"
    for i in range(size["h"] if "h" in size else size["l"]):
        work.let("g[i]", "s*i - p", "starts at; below 0 is padding", table=table, i=i)
        work.let("t[i]", "max(g[i], 0)", "first of the input, counted from 0", table=table, i=i)
        work.let("b[i]", "min(g[i] + k, len(x)) - 1", "last of the input", table=table, i=i)
        if average and include:
            work.let("c[i]", "min(k, len(x) + p - g[i])", "how many count, with padding", table=table, i=i)
        elif average:
            work.let("c[i]", "b[i] - t[i] + 1", "how many count", table=table, i=i)
    if covers == "cut alike":
        return
    table = "columns of each window"
    for j in range(size["w"]):
        work.let("f[j]", "s*j - p", "starts at; below 0 is padding", table=table, j=j)
        work.let("l[j]", "max(f[j], 0)", "first of the input, counted from 0", table=table, j=j)
        work.let("r[j]", "min(f[j] + k, len(x.T)) - 1", "last of the input", table=table, j=j)
        if average and include:
            work.let("d[j]", "min(k, len(x.T) + p - f[j])", "how many count, with padding", table=table, j=j)
        elif average:
            work.let("d[j]", "r[j] - l[j] + 1", "how many count", table=table, j=j)


def sample(rng: Random) -> dict[str, Any]:
    """A size alone, or a small matrix with its windows."""
    kernel = rng.randint(2, 3)
    given: dict[str, Any] = {"kernel_size": kernel, "padding": rng.choice([0, 0, 1])}
    if rng.random() < 0.7:
        given["stride"] = rng.randint(1, 3)
    if rng.random() < 0.4:
        given["ceil_mode"] = True
    if rng.random() < 0.35:
        given["input"] = (rng.randint(4, 12), rng.randint(4, 12), 2 * rng.randint(1, 8))
        if rng.random() < 0.3:
            given["kernel_size"] = (kernel, kernel + 1)
        return given
    rows, columns = rng.choice([(4, 4), (4, 4), (3, 4), (5, 5), (1, 6)])
    given["values"] = Array((rows, columns), tuple(rng.randint(-4, 9) for _ in range(rows * columns)))
    given["kind"] = rng.choice(["max", "average"])
    if given["kind"] == "average" and rng.random() < 0.5:
        given["count_include_pad"] = False
    return given


def reference(**given: Any) -> dict[str, Any]:
    """Torch's own pooling, on a tensor of one channel or of all."""
    import torch
    from torch.nn import functional

    if given.get("values") is not None:
        matrix = given["values"]
        tensor = torch.tensor([float(entry) for entry in matrix.flat], dtype=torch.float64).reshape(1, *matrix.shape)
        tensor = tensor if matrix.shape[0] == 1 else tensor[None]
    else:
        sides = given["input"] if isinstance(given["input"], tuple) else (given["input"],) * 2
        first = given.get("channels_first") and len(sides) == 3
        channels = (sides[0] if first else sides[2]) if len(sides) == 3 else 1
        tensor = torch.zeros(1, channels, *(sides[1:] if first else sides[:2]), dtype=torch.float64)
    window = {
        "kernel_size": given["kernel_size"], "stride": given.get("stride"), "padding": given.get("padding", 0),
        "ceil_mode": given.get("ceil_mode", False),
    }  # fmt: skip
    line = tensor.dim() == 3
    if given.get("kind") == "average":
        window["count_include_pad"] = given.get("count_include_pad", True)
        pooled = functional.avg_pool1d(tensor, **window) if line else functional.avg_pool2d(tensor, **window)
    else:
        pooled = functional.max_pool1d(tensor, **window) if line else functional.max_pool2d(tensor, **window)
    if given.get("values") is not None:
        return {"output": list(pooled.squeeze(0).shape[1:]), "values": pooled.flatten(), "parameters": 0}
    depth = [tensor.shape[1]] if isinstance(given["input"], tuple) and len(given["input"]) == 3 else []
    return {"output": [*pooled.shape[2:], *depth], "parameters": 0}
