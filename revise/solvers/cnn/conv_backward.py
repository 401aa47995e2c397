"""Gradients of a convolution's kernel, bias and input, term by term."""

from collections.abc import Mapping
from itertools import product
from random import Random
from typing import Any

from revise.engines.arrays import Array, take
from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Channels, Filters, Shape, Vector
from revise.solution import Solution, Work
from revise.solvers.cnn import _conv_gradients as formulas
from revise.solvers.cnn._axes import arriving, check_fits, check_letters, one_number, planes, slips

SERVES: dict[str, dict[str, object]] = {"conv-backward": {}}
SOURCE = "Goodfellow, Bengio & Courville 2016, Deep Learning, section 9.5, equations 9.11 and 9.13"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Solai 2018, Convolutions and Backpropagations: a 3×3 input X, a 2×2 filter F, ∂L/∂O written here as o11 … o22
    (
        {
            "input": "x11 x12 x13; x21 x22 x23; x31 x32 x33",
            "kernel": "f11 f12; f21 f22",
            "upstream": "o11 o12; o21 o22",
        },
        {
            "dL/dW": [
                ["o11*x11 + o12*x12 + o21*x21 + o22*x22", "o11*x12 + o12*x13 + o21*x22 + o22*x23"],
                ["o11*x21 + o12*x22 + o21*x31 + o22*x32", "o11*x22 + o12*x23 + o21*x32 + o22*x33"],
            ],
            "dL/dX": [
                ["o11*f11", "o11*f12 + o12*f11", "o12*f12"],
                ["o11*f21 + o21*f11", "o11*f22 + o12*f21 + o21*f12 + o22*f11", "o12*f22 + o22*f12"],
                ["o21*f21", "o21*f22 + o22*f21", "o22*f22"],
            ],
        },
    ),
]

_MOST = 400


def solve(
    input: Channels,
    kernel: Filters,
    upstream: Channels | None = None,
    bias: Vector | None = None,
    stride: Shape = 1,
    padding: Shape = 0,
) -> Solution:
    """Every entry of ∂L/∂W, ∂L/∂b and ∂L/∂X as the sum over the outputs it took part in.

    input     a matrix a channel, a pipe between channels: "1 2; 3 4 | 5 6; 7 8"; a single row is a signal
    kernel    a matrix for each channel in the same way, two pipes between filters: "1 0 | 0 1 || 2 1 | 1 2"
    upstream  ∂L/∂Y in the shape of the output, a matrix a filter; all ones unless given, as for L = the sum of Y
    bias      one number for each filter; no gradient needs it

    The kernel is laid on as it is (cross-correlation), as in every deep-learning library.

    Raises InputError naming the parameter that does not fit.
    """
    input, kernel = planes(input, 3), planes(kernel, 4)
    check_letters(input=input, kernel=kernel, upstream=upstream, bias=bias)
    if kernel.shape[1] != input.shape[0]:
        raise InputError(f"kernel: a filter needs a matrix for each channel of the input, {input.shape[0]}")
    line = input.shape[1] == kernel.shape[2] == 1
    axes = ("l",) if line else ("h", "w")
    n, k = (dict(zip(axes, each.shape[-len(axes) :], strict=True)) for each in (input, kernel))
    s, p = one_number(stride, axes, "stride"), one_number(padding, axes, "padding", 0)
    for axis in axes:
        check_fits(axis, n[axis], k[axis], p)
    size = tuple((n[axis] + 2 * p - k[axis]) // s + 1 for axis in axes)
    if p > max(k.values()):
        raise InputError(f"padding: {p} is more than the side of the kernel, {max(k.values())}")
    delta = _upstream(upstream, kernel.shape[0], (1, *size) if line else size)
    if len(input.flat) + len(kernel.flat) + len(delta.flat) > _MOST:
        raise InputError(f"input: at most {_MOST} entries of input, kernel and output are worked by hand")
    if bias is not None and len(bias.flat) != kernel.shape[0]:
        raise InputError(f"bias: one number for each filter, {kernel.shape[0]}, not {len(bias.flat)}")
    kind = "one" if input.shape[0] == kernel.shape[0] == 1 else "several"
    work = Work(
        **_tables(kind, input, kernel, delta, line), b=bias.flat[0] if bias and kind == "one" else bias, n=n[axes[0]],
        m=None if line else n["w"], F=k[axes[0]], G=None if line else k["w"], s=s, p=p,
        C=input.shape[0] if kind != "one" else None, K=kernel.shape[0] if kind != "one" else None,
    )  # fmt: skip
    work.called(
        X="input", W="kernel", delta="upstream", b="bias",
        n="length" if line else "height", m="width", F="kernel length" if line else "kernel height", G="kernel width",
        s="stride", p="padding", C="channels", K="filters",
    )  # fmt: skip
    work.note(arriving(upstream))
    _forward(work, kind, axes)
    words = {**_kernel(work, kind, axes), **_bias(work, kind), **_input(work, kind, axes)}
    return work.answer(words)


def _upstream(upstream: Array | None, filters: int, size: tuple[int, ...]) -> Array:
    shape = (filters, *size)
    if upstream is None:
        return Array(shape, (1,) * (filters * size[0] * size[1]))
    given = planes(upstream, 3)
    if given.shape != shape:
        wanted = f"{size[0]}×{size[1]}" + (f" for each of the {filters} filters" if filters > 1 else "")
        have = f"{given.shape[1]}×{given.shape[2]}" + (f" for {given.shape[0]}" if filters > 1 else "")
        raise InputError(f"upstream: ∂L/∂Y has the shape of the output, {wanted}, not {have}")
    return given


def _tables(kind: str, input: Array, kernel: Array, delta: Array, line: bool) -> dict[str, Any]:
    """The given letters: one matrix each, or tables of matrices by channel and filter."""

    def part(value: Array, *at: int) -> Array:
        matrix: Array = take(value, at)
        return Array(matrix.shape[1:], matrix.flat) if line else matrix

    channels, filters = range(input.shape[0]), range(kernel.shape[0])
    if kind == "one":
        return {"X": part(input, 0), "W": part(kernel, 0, 0), "delta": part(delta, 0)}
    return {
        "X": {c: part(input, c) for c in channels},
        "W": {(f, c): part(kernel, f, c) for f in filters for c in channels},
        "delta": {f: part(delta, f) for f in filters},
    }


def _forward(work: Work, kind: str, axes: tuple[str, ...]) -> None:
    plane = len(axes)
    work.let("R", formulas.SIZES["R"], "rows of the output" if plane == 2 else "entries of the output")
    if plane == 2:
        work.let("T", formulas.SIZES["T"], "columns of the output")
    padded = work.given["p"] > 0
    channels, filters = range(work.given.get("C", 1)), range(work.given.get("K", 1))
    why = "zeros all round the input" if plane == 2 else "zeros before and behind the input"
    for c in channels if padded else ():
        work.let("P" if kind == "one" else "P[c]", formulas.PADDED[kind, plane], why, **_at(kind, c=c))
    has_bias = "b" in work.given
    name, formula = "Q" if has_bias else "Y", formulas.FORWARD[kind, plane, padded]
    for f in filters:
        at = _at(kind, f=f)
        work.let(name if kind == "one" else name + "[f]", formula, "forwards: the kernel on every place", **at)
        if has_bias:
            work.let("Y" if kind == "one" else "Y[f]", formulas.SHIFTED[kind], "the bias on every output", **at)
    work.let(
        "L", formulas.LOSS[kind], "one number; any loss with this ∂L/∂Y has the same gradients, this is the plainest"
    )


def _at(kind: str, **at: Any) -> dict[str, Any]:
    return {} if kind == "one" else at


def _kernel(work: Work, kind: str, axes: tuple[str, ...]) -> dict[str, str]:
    """Each weight: the input under it times what arrives, over all outputs."""
    given, plane = work.given, len(axes)
    formula = formulas.KERNEL[kind, plane, given["p"] > 0]
    cells = _cells("uv", [given["F"], given["G"]] if plane == 2 else [given["F"]])
    pairs = [_at(kind, f=f, c=c) for f, c in product(range(given.get("K", 1)), range(given.get("C", 1)))]
    why = "dW stands for ∂L/∂W; a weight is used at every output: what arrives there times the entry it lay on, added"
    name = {("one", 2): "dW[u,v]", ("one", 1): "dW[v]", ("several", 2): "dW[f,c,u,v]", ("several", 1): "dW[f,c,v]"}
    for pair, cell in product(pairs, cells):
        work.let(name[kind, plane], formula, why, table="gradient of the kernel", **pair, **cell)
    words = {}
    for pair in pairs:
        at = "[f,c]" if pair else ""
        work.let(
            "dL_dW" + at, formulas.KERNEL_GRADIENT[kind, plane], f"set out in the shape of W, {_shape(given['W'])}",
            gradient_of=("L", "W" + at), **pair,
        )  # fmt: skip
        where = "[{f},{c}]".format(**pair) if pair else ""
        words["dL/dW" + where] = "dL_dW" + where
    return words


def _bias(work: Work, kind: str) -> dict[str, str]:
    has, words = "b" in work.given, {}
    why = "the bias is added to every output once: all that arrives, added"
    for f in range(work.given.get("K", 1)):
        at = "" if kind == "one" else "[f]"
        claim = ("L", "b" + at) if has and kind == "one" else None
        work.let("dL_db" + at, formulas.BIAS[kind], why, gradient_of=claim, **_at(kind, f=f))
        where = "" if kind == "one" else f"[{f}]"
        words["dL/db" + where] = "dL_db" + where
    return words


def _input(work: Work, kind: str, axes: tuple[str, ...]) -> dict[str, str]:
    """Each entry of the input: the weights that lay on it, with what arrives at their outputs."""
    given, plane = work.given, len(axes)
    turned = "turned by 180°" if plane == 2 else "turned round"
    around = "F − 1 and G − 1 zeros" if plane == 2 else "F − 1 zeros"
    spread = ", s − 1 zeros between its entries" if given["s"] > 1 else ""
    cut = "; what falls on the padding is cut off" if given["p"] else ""
    if any((side + 2 * given["p"] - kernel) % given["s"] for side, kernel in _sides(given)):
        work.note("The stride leaves the end of the input out; what no kernel reached has gradient 0.")
    work.note(f"The same as the full convolution: δ with {around} around it{spread}, under the kernel {turned}{cut}.")
    cells = _cells("uv", [given["n"], given["m"]] if plane == 2 else [given["n"]])
    name = {("one", 2): "dX[u,v]", ("one", 1): "dX[v]", ("several", 2): "dX[c,u,v]", ("several", 1): "dX[c,v]"}
    why = "dX stands for ∂L/∂X; every output the entry took part in: what arrives there times the weight that lay on it"
    channels = [_at(kind, c=c) for c in range(given.get("C", 1))]
    for channel, cell in product(channels, cells):
        formula = formulas.INPUT[kind, plane, given["p"] > 0]
        work.let(name[kind, plane], formula, why, table="gradient of the input", **channel, **cell)
    words = {}
    for channel in channels:
        at = "[c]" if channel else ""
        work.let(
            "dL_dX" + at, formulas.INPUT_GRADIENT[kind, plane], f"set out in the shape of X, {_shape(given['X'])}",
            gradient_of=("L", "X" + at), **channel,
        )  # fmt: skip
        where = "[{c}]".format(**channel) if channel else ""
        words["dL/dX" + where] = "dL_dX" + where
    return words


def _sides(given: Mapping[str, Any]) -> list[tuple[int, int]]:
    return [(given["n"], given["F"]), *([(given["m"], given["G"])] if "m" in given else [])]


def _cells(letters: str, sides: list[int]) -> list[dict[str, Any]]:
    return [dict(zip(letters[-len(sides) :], each, strict=True)) for each in product(*map(range, sides))]


def _shape(value: Any) -> str:
    matrix = next(iter(value.values())) if isinstance(value, dict) else value
    return "×".join(map(str, matrix.shape))


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """Step → what was done wrong → the formula that does it."""
    return slips(solution, formulas.SLIPS)


def sample(rng: Random) -> dict[str, Any]:
    """A small input and kernel of whole numbers; a quarter have two channels or two filters, some are signals."""
    line = rng.random() < 0.2
    channels, filters = rng.choice([(1, 1), (1, 1), (1, 1), (2, 1), (1, 2), (2, 2)])
    stride, padding = rng.choice([1, 1, 1, 2]), rng.choice([0, 0, 1])
    high, side = (1, 1) if line else (rng.randint(2, 3), 2)
    wide, across = rng.randint(3, 4), 2

    def draw(*shape: int) -> Array:
        count = 1
        for length in shape:
            count *= length
        return Array(shape, tuple(rng.randint(-2, 4) for _ in range(count)))

    given: dict[str, Any] = {
        "input": draw(channels, high, wide),
        "kernel": draw(filters, channels, side, across),
        "stride": stride,
        "padding": padding,
    }
    if rng.random() < 0.7:
        rows = 1 if line else (high + 2 * padding - side) // stride + 1
        given["upstream"] = draw(filters, rows, (wide + 2 * padding - across) // stride + 1)
    if rng.random() < 0.4:
        given["bias"] = draw(filters)
    return given


def reference(**given: Any) -> dict[str, Any]:
    """Torch's own backward pass of its convolution layer."""
    import torch
    from torch.nn import functional

    def leaf(value: Array, rank: int) -> Any:
        flat = torch.tensor([float(entry) for entry in value.flat], dtype=torch.float64)
        return flat.reshape((1,) * (rank - len(value.shape)) + value.shape)

    image, weight = leaf(given["input"], 4)[0], leaf(given["kernel"], 4)
    line = image.shape[1] == weight.shape[2] == 1
    if line:
        image, weight = image.squeeze(1), weight.squeeze(2)
    image, weight = image.requires_grad_(), weight.requires_grad_()
    bias = torch.zeros(weight.shape[0], dtype=torch.float64, requires_grad=True)
    run = functional.conv1d if line else functional.conv2d
    out = run(image, weight, bias, given.get("stride", 1), given.get("padding", 0))
    above = torch.ones_like(out) if given.get("upstream") is None else leaf(given["upstream"], 3).reshape(out.shape)
    of_image, of_weight, of_bias = torch.autograd.grad(out, (image, weight, bias), above)
    if weight.shape[0] == weight.shape[1] == 1:
        return {"dL/dW": of_weight[0, 0], "dL/db": of_bias[0], "dL/dX": of_image[0]}
    found = {f"dL/dX[{c}]": each for c, each in enumerate(of_image)}
    for f, filter in enumerate(of_weight):
        found |= {f"dL/dW[{f},{c}]": each for c, each in enumerate(filter)} | {f"dL/db[{f}]": of_bias[f]}
    return found
