"""Output size of a transposed convolution, and its numbers."""

from itertools import product
from random import Random
from typing import Any

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Matrix, Number, Shape, spell, whole
from revise.solution import Solution, Work
from revise.solvers.cnn._axes import per_axis, read_sides

SERVES: dict[str, dict[str, object]] = {"transposed-conv": {}}
SOURCE = "Dumoulin & Visin 2016, A guide to convolution arithmetic for deep learning, chapter 4, relationship 14"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Dumoulin & Visin 2016, figures 4.1, 4.2, 4.4, 4.5, 4.6 and 4.7: back to the size of the convolution's input
    ({"input": 2, "kernel_size": 3}, {"output": [4, 4]}),
    ({"input": 6, "kernel_size": 4, "padding": 2}, {"output": [5, 5]}),
    ({"input": 7, "kernel_size": 3, "padding": 2}, {"output": [5, 5]}),
    ({"input": 2, "kernel_size": 3, "stride": 2}, {"output": [5, 5]}),
    ({"input": 3, "kernel_size": 3, "stride": 2, "padding": 1}, {"output": [5, 5]}),
    ({"input": 3, "kernel_size": 3, "stride": 2, "padding": 1, "output_padding": 1}, {"output": [6, 6]}),
    # Zhang et al. 2023, Dive into deep learning, section 14.10: the 2×2 input under the 2×2 kernel, stride 1 and 2
    (
        {"values": "0 1; 2 3", "kernel": "0 1; 2 3"},
        {"output": [3, 3], "values": [[0, 0, 1], [0, 4, 6], [4, 12, 9]]},
    ),
    (
        {"values": "0 1; 2 3", "kernel": "0 1; 2 3", "stride": 2},
        {"output": [4, 4], "values": [[0, 0, 0, 1], [0, 0, 2, 3], [0, 2, 0, 3], [4, 6, 6, 9]]},
    ),
    ({"values": "0 1; 2 3", "kernel": "0 1; 2 3", "padding": 1}, {"output": [1, 1], "values": [[4]]}),
    # Li, Johnson & Yeung 2017, CS231n lecture 11: input a, b and filter x, y, z with stride 2
    (
        {"values": "a b", "kernel": "x y z", "stride": 2},
        {"output": [5], "values": ["a*x", "a*y", "a*z + b*x", "b*y", "b*z"]},
    ),
]
MISTAKES = {
    "o[a]": {
        "the size of the convolution instead": "floor((n[a] + 2*p - k)/s) + 1",
        "the side times the stride": "s*n[a]",
        "the stride counted once too often": "s*n[a] + k - 2*p",
        "the padding is added": "s*(n[a] - 1) + k + 2*p",
    },
    "Y[u,v]": {
        "overlaps are overwritten, not added": "sum(sum(X[i,j]*W[u + p - s*i, v + p - s*j]"
        " for j in last[v]..last[v] if first[v] <= j) for i in last[u]..last[u] if first[u] <= i)",
        "the kernel is turned round": "sum(sum(X[i,j]*W[k - 1 - u - p + s*i, k - 1 - v - p + s*j]"
        " for j in first[v]..last[v]) for i in first[u]..last[u])",
    },
    "Y[v]": {
        "overlaps are overwritten, not added": "sum(X[j]*W[v + p - s*j] for j in last[v]..last[v] if first[v] <= j)",
        "the kernel is turned round": "sum(X[j]*W[k - 1 - v - p + s*j] for j in first[v]..last[v])",
    },
}

_MOST = 400
# (dilated, output padding, one number for both axes) → the size along an axis
_SIZES = {
    (False, False, True): "s*(n[a] - 1) + k - 2*p",
    (False, True, True): "s*(n[a] - 1) + k + e - 2*p",
    (True, False, True): "s*(n[a] - 1) + d*(k - 1) - 2*p + 1",
    (True, True, True): "s*(n[a] - 1) + d*(k - 1) + e - 2*p + 1",
    (False, False, False): "s[a]*(n[a] - 1) + k[a] - 2*p[a]",
    (False, True, False): "s[a]*(n[a] - 1) + k[a] + e[a] - 2*p[a]",
    (True, False, False): "s[a]*(n[a] - 1) + d[a]*(k[a] - 1) - 2*p[a] + 1",
    (True, True, False): "s[a]*(n[a] - 1) + d[a]*(k[a] - 1) + e[a] - 2*p[a] + 1",
}
_ENTRY = {
    "square": "sum(sum(X[i,j]*W[u + p - s*i, v + p - s*j] for j in first[v]..last[v]) for i in first[u]..last[u])",
    "oblong": "sum(sum(X[i,j]*W[u + p - s*i, v + p - s*j] for j in left[v]..right[v]) for i in top[u]..bottom[u])",
    "line": "sum(X[j]*W[v + p - s*j] for j in first[v]..last[v])",
}


def solve(
    kernel_size: Shape | None = None,
    input: Shape | None = None,
    stride: Shape = 1,
    padding: Shape = 0,
    output_padding: Shape = 0,
    dilation: Shape = 1,
    out_channels: Number | None = None,
    bias: bool = True,
    values: Matrix | None = None,
    kernel: Matrix | None = None,
    channels_first: bool = False,
) -> Solution:
    """Sizes along each axis; weights where the channels are known; every entry where the numbers are given.

    input            H×W or H×W×C; one number is a side; not needed where values are given
    padding          what the matching convolution pads: it is cut off each side here
    output_padding   rows and columns added at the end only, fewer than the stride or the dilation
    values, kernel   matrices of one channel; single rows are worked in 1-D; stride and padding are then one number

    Raises InputError naming the parameter that does not fit.
    """
    if (values is None) != (kernel is None):
        raise InputError("values: the numbers need both --values and --kernel")
    single = values is not None and kernel is not None and values.shape[0] == kernel.shape[0] == 1
    axes = ("l",) if single else ("h", "w")
    n, channels = _given_sides(axes, input, values, channels_first)
    kernel_size = _given_kernel(axes, kernel_size, kernel)
    k, s, d = (
        per_axis(value, axes, name)
        for value, name in ((kernel_size, "kernel_size"), (stride, "stride"), (dilation, "dilation"))
    )
    p, e = (
        per_axis(value, axes, name, 0) for value, name in ((padding, "padding"), (output_padding, "output_padding"))
    )
    for value, name in ((channels, "the input's channels"), (out_channels, "out-channels")):
        if value is not None and not isinstance(value, Node):
            whole(value, name)
    for axis in axes:
        _check(n[axis], k[axis], s[axis], p[axis], e[axis], d[axis])
    alike = all(len(set(map(str, table.values()))) == 1 for table in (k, s, p, d, e))
    dilated, more = (any(value != least for value in table.values()) for table, least in ((d, 1), (e, 0)))
    if values is not None:
        _check_numbers(alike, dilated, (k, s, p, e), axes[0])
    shown = {letter: table[axes[0]] if alike else table for letter, table in zip("kspde", (k, s, p, d, e), strict=True)}
    if not dilated:
        del shown["d"]
    if not more:
        del shown["e"]
    work = Work(X=_flat(values, single), W=_flat(kernel, single), n=n, **shown, A=axes, C=channels, K=out_channels)
    work.whole = values is None
    work.called(
        X="values", W="kernel", n="input", k="kernel side", s="stride", p="padding", d="dilation", C="channels",
        K="filters", e="output padding",
    )  # fmt: skip
    square = alike and len(axes) == 2 and spell(n["h"]) == spell(n["w"])
    for axis in axes[:1] if square else axes:
        why = "the first stamp, a stride for each further one, less what the padding cuts off"
        work.let("o[a]", _SIZES[dilated, more, alike], why, a=axis)
    if square:
        work.let("o[a]", "o[b]", "a square: as wide as high", a="w", b="h")
    if out_channels is None or values is not None:
        work.let("out", "[o[a] for a in A]", "the positions along each axis", unit="shape")
    else:
        work.let("out", "concat([o[a] for a in A], K)", "the depth is the number of filters", unit="shape")
    if values is not None:
        _numbers(work, axes, square)
        return work.answer(output="out", values="Z")
    if out_channels is None or channels is None:
        return work.answer(output="out")
    if alike:
        work.let("weights", "k^2*C*K", "a kernel for each pair of channels", unit="weights")
    else:
        work.let("weights", "prod(k[a] for a in A)*C*K", "a kernel for each pair of channels", unit="weights")
    work.let("biases", "K" if bias else "0", "one bias a filter" if bias else "no bias", unit="biases")
    work.let("params", "weights + biases", "all that is learnt", unit="parameters")
    return work.answer(output="out", weights="weights", biases="biases", parameters="params")


def _given_sides(axes: tuple[str, ...], input: Any, values: Array | None, channels_first: bool) -> Any:
    if values is None and input is None:
        raise InputError("input: give --input 7x7x64, or --values and --kernel with the numbers")
    n, channels = read_sides(input, axes, channels_first) if input is not None else ({}, None)
    if values is None:
        return n, channels
    sides = dict(zip(axes, values.shape[-len(axes) :], strict=True))
    if n and n != sides:
        raise InputError(f"input: the values are {'×'.join(map(str, values.shape))}; leave --input out")
    return sides, None


def _given_kernel(axes: tuple[str, ...], kernel_size: Any, kernel: Array | None) -> Any:
    if kernel is None:
        if kernel_size is None:
            raise InputError("kernel-size: give --kernel-size 3, or --values and --kernel with the numbers")
        return kernel_size
    sides = kernel.shape[-len(axes) :]
    if kernel_size is not None and tuple(per_axis(kernel_size, axes, "kernel_size").values()) != sides:
        raise InputError(f"kernel-size: the kernel is {'×'.join(map(str, kernel.shape))}; leave --kernel-size out")
    return sides


def _flat(values: Array | None, single: bool) -> Array | None:
    """A single row as a vector."""
    return Array(values.shape[1:], values.flat) if values is not None and single else values


def _check(n: Any, k: Any, s: Any, p: Any, e: Any, d: Any) -> None:
    if not any(isinstance(value, Node) for value in (e, s, d)) and e >= max(s, d) and e > 0:
        raise InputError(f"output-padding: {e} is not below the stride, {s}" + f", or the dilation, {d}" * (d > 1))
    if any(isinstance(value, Node) for value in (n, k, s, p, e, d)):
        return
    size = s * (n - 1) + d * (k - 1) + e - 2 * p + 1
    if size < 1:
        raise InputError(f"padding: {p} on each side leaves nothing: the output would have a side of {size}")


def _check_numbers(alike: bool, dilated: bool, tables: Any, one: str) -> None:
    if not alike:
        raise InputError("values: the numbers are worked with a square kernel and one stride and one padding")
    if dilated:
        raise InputError("dilation: the numbers are worked with dilation 1")
    if any(isinstance(table[one], Node) for table in tables):
        raise InputError("values: the numbers need stride and padding as numbers")


def _numbers(work: Work, axes: tuple[str, ...], square: bool) -> None:
    """The stamps, where each output finds the inputs that reach it, and their sum."""
    size = {axis: work.env["o"][axis] for axis in axes}
    if (count := size.get("h", 1) * size[axes[-1]]) > _MOST:
        raise InputError(f"values: {count:,} entries; at most {_MOST} are worked by hand")
    one = len(axes) == 1
    shape = work.env["X"].shape
    if one:
        work.note(
            "Each entry Xⱼ stamps the kernel, times Xⱼ, from place s j − p on; where stamps overlap they add, and what "
            "lies outside the output is cut off. Places count from 0."
        )
        for j in range(shape[0]):
            work.let("S[j]", "X[j]*W", "what is stamped", table="stamps", j=j)
    else:
        work.note(
            "Each entry X(i,j) stamps the kernel, times X(i,j), with its first corner at row s i − p, column s j − p; "
            "where stamps overlap they add, and what lies outside the output is cut off. Places count from 0."
        )
        for i, j in product(*map(range, shape)):
            work.let("S[i,j]", "X[i,j]*W", "what is stamped", table="stamps", i=i, j=j)
    _reach(work, axes, size, one or square)
    if one:
        for v in range(size["l"]):
            work.let("Y[v]", _ENTRY["line"], "the stamps that lie here", table="outputs", v=v)
        work.let("Z", "[Y[v] for v in 0..m]", "one behind the other", m=size["l"] - 1)
        return
    for u, v in product(range(size["h"]), range(size["w"])):
        formula = _ENTRY["square" if square else "oblong"]
        work.let("Y[u,v]", formula, "the stamps that lie here", table="outputs", u=u, v=v)
    work.let("Z", "[[Y[u,v] for v in 0..m] for u in 0..q]", "set out in rows", q=size["h"] - 1, m=size["w"] - 1)


def _reach(work: Work, axes: tuple[str, ...], size: dict[str, Any], alike: bool) -> None:
    """For each place of the output the first and the last entry of the input whose stamp lies there."""
    if alike:
        table = "inputs that reach an output" if len(axes) == 1 else "inputs that reach a row or column of the output"
        for u in range(size[axes[0]]):
            work.let("first[u]", "max(ceil((u + p - k + 1)/s), 0)", "counted from 0", table=table, u=u)
            work.let("last[u]", "min(floor((u + p)/s), len(X) - 1)", table=table, u=u)
        return
    table = "rows of the input that reach a row of the output"
    for u in range(size["h"]):
        work.let("top[u]", "max(ceil((u + p - k + 1)/s), 0)", "first, counted from 0", table=table, u=u)
        work.let("bottom[u]", "min(floor((u + p)/s), len(X) - 1)", "last", table=table, u=u)
    table = "columns of the input that reach a column of the output"
    for v in range(size["w"]):
        work.let("left[v]", "max(ceil((v + p - k + 1)/s), 0)", "first, counted from 0", table=table, v=v)
        work.let("right[v]", "min(floor((v + p)/s), len(X.T) - 1)", "last", table=table, v=v)


def sample(rng: Random) -> dict[str, Any]:
    """A size alone, or a small matrix and a kernel of 2×2 or 3×3."""
    stride, padding = rng.randint(1, 3), rng.randint(0, 1)
    given: dict[str, Any] = {"stride": stride, "padding": padding}
    if stride > 1 and rng.random() < 0.4:
        given["output_padding"] = rng.randint(1, stride - 1)
    if rng.random() < 0.4:
        given["kernel_size"] = rng.choice([2, 3, 4, 5, (3, 4)])
        given["input"] = (rng.randint(2, 8), rng.randint(2, 8), rng.randint(1, 8))
        if rng.random() < 0.4:
            given["dilation"] = 2
        if rng.random() < 0.6:
            given |= {"out_channels": rng.randint(1, 8), "bias": rng.random() < 0.7}
        return given
    (rows, columns), side = rng.choice([(2, 2), (2, 3), (1, 3), (1, 4)]), rng.randint(2, 3)
    given["values"] = Array((rows, columns), tuple(rng.randint(-2, 4) for _ in range(rows * columns)))
    height = 1 if rows == 1 else side
    given["kernel"] = Array((height, side), tuple(rng.randint(-2, 3) for _ in range(height * side)))
    return given


def reference(**given: Any) -> dict[str, Any]:
    """Torch's transposed convolution, as a layer and on the numbers."""
    import torch
    from torch.nn import functional

    how = {name: given.get(name, least) for name, least in (("stride", 1), ("padding", 0), ("output_padding", 0))}
    if given.get("values") is not None:
        tensors = [
            torch.tensor([float(entry) for entry in given[name].flat], dtype=torch.float64)
            for name in ("values", "kernel")
        ]
        shapes = [given[name].shape for name in ("values", "kernel")]
        line = all(shape[0] == 1 for shape in shapes)
        signal, weight = (
            tensor.reshape(1, 1, *(shape[1:] if line else shape)) for tensor, shape in zip(tensors, shapes, strict=True)
        )
        run = functional.conv_transpose1d if line else functional.conv_transpose2d
        out = run(signal, weight, **how)
        return {"output": list(out.shape[2:]), "values": out.flatten()}
    sides = given["input"] if isinstance(given["input"], tuple) else (given["input"],) * 2
    if len(sides) == 3 and given.get("channels_first"):
        sides = (*sides[1:], sides[0])
    channels = sides[2] if len(sides) == 3 else 1
    layer = torch.nn.ConvTranspose2d(
        channels, given.get("out_channels") or 1, given["kernel_size"], **how, dilation=given.get("dilation", 1),
        bias=given.get("bias", True),
    )  # fmt: skip
    out = layer(torch.zeros(1, channels, *sides[:2]))
    filters = given.get("out_channels")
    weights, parameters = layer.weight.numel(), sum(each.numel() for each in layer.parameters())
    return {
        "output": [*out.shape[2:], *([] if filters is None else [filters])],
        "weights": weights, "parameters": parameters, "biases": parameters - weights,
    }  # fmt: skip
