"""Output size, parameters and cost of a convolution."""

from random import Random
from typing import Any, Literal

from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Number, Shape, whole
from revise.solution import Solution, Work
from revise.solvers.cnn._axes import per_axis, read_sides

SERVES: dict[str, dict[str, object]] = {"conv": {}}
SOURCE = "Dumoulin & Visin 2016, A guide to convolution arithmetic for deep learning, relationships 6 and 15"
EXAMPLES = [
    # Krizhevsky et al. 2012, layer 1 with the 227 that makes the sizes come out; CS231n counts the same.
    (
        {"input": "227x227x3", "kernel_size": 11, "stride": 4, "out_channels": 96},
        {"output": [55, 55, 96], "weights": 34848, "biases": 96, "multiply-adds": 105_415_200},
    ),
    # Dumoulin & Visin 2016, figures 2.5, 2.7 and 5.1
    ({"input": 5, "kernel_size": 3, "stride": 2}, {"output": [2, 2]}),
    ({"input": 6, "kernel_size": 3, "stride": 2, "padding": 1}, {"output": [3, 3]}),
    ({"input": 7, "kernel_size": 3, "dilation": 2}, {"output": [3, 3]}),
    # Simonyan & Zisserman 2015, the first layer of VGG-16 (its 1,792 parameters are the published ones)
    (
        {"input": "224x224x3", "kernel_size": 3, "padding": 1, "out_channels": 64},
        {"output": [224, 224, 64], "parameters": 1792, "multiply-adds": 86_704_128},
    ),
]
MISTAKES = {
    "o[a]": {
        "the +1 is missing": "floor((n[a] + 2*p[a] - d[a]*(k[a] - 1) - 1)/s[a])",
        "the padding is counted once": "floor((n[a] + p[a] - d[a]*(k[a] - 1) - 1)/s[a]) + 1",
        "rounded up instead of down": "ceil((n[a] + 2*p[a] - d[a]*(k[a] - 1) - 1)/s[a]) + 1",
    },
    "weights": {
        "the input channels are forgotten": "K*prod(k[a] for a in A)",
        "the filters are forgotten": "(C/g)*prod(k[a] for a in A)",
    },
}


def solve(
    input: Shape,
    kernel_size: Shape,
    stride: Shape = 1,
    padding: Shape | Literal["same", "valid"] = 0,
    dilation: Shape = 1,
    groups: Number = 1,
    out_channels: Number | None = None,
    bias: bool = True,
    dims: Literal[1, 2] = 2,
    channels_first: bool = False,
) -> Solution:
    """Sizes along each axis, then weights, parameters and multiply-adds where the channels are known.

    input        H×W×C (L×C with dims=1); one number is a side, channels unknown
    padding      zeros on each side; `same` keeps ceil(n/stride), the odd zero at the end; `valid` is 0
    groups       channels in and out are split into so many independent convolutions

    Raises InputError naming the parameter that does not fit.
    """
    axes = ("h", "w") if dims == 2 else ("l",)
    n, channels = read_sides(input, axes, channels_first)
    k, s, d = (
        per_axis(value, axes, name)
        for value, name in ((kernel_size, "kernel_size"), (stride, "stride"), (dilation, "dilation"))
    )
    p = None if padding == "same" else per_axis(0 if padding == "valid" else padding, axes, "padding", 0)
    _check_channels(channels, out_channels, groups)
    work = Work(n=n, k=k, s=s, p=p, d=d, A=axes, C=channels, K=out_channels, g=groups)
    work.whole = True
    work.called(n="input", k="kernel", s="stride", p="padding", d="dilation", C="channels", K="filters", g="groups")
    _sizes(work, axes)
    return _costs(work, bias)


def _sizes(work: Work, axes: tuple[str, ...]) -> None:
    n, k, s, d, p = (work.given.get(letter) for letter in "nksdp")
    assert n and k and s and d
    alike = len(axes) == 2 and all(table["h"] == table["w"] for table in (n, k, s, d, p) if table)
    for axis in axes[:1] if alike else axes:
        if p is None:
            work.let("o[a]", "ceil(n[a]/s[a])", "padding `same`: one output for each stride", a=axis)
            work.let("t[a]", "max((o[a] - 1)*s[a] + d[a]*(k[a] - 1) + 1 - n[a], 0)", "zeros needed in all", a=axis)
            work.let("b[a]", "floor(t[a]/2)", "zeros before", a=axis)
            work.let("f[a]", "t[a] - b[a]", "zeros after: the odd one comes last", a=axis)
            continue
        _check_fits(axis, n[axis], k[axis], d[axis], p[axis])
        if d[axis] == 1:
            work.let("o[a]", "floor((n[a] + 2*p[a] - k[a])/s[a]) + 1", "positions the kernel fits in", a=axis)
        else:
            work.let(
                "o[a]", "floor((n[a] + 2*p[a] - d[a]*(k[a] - 1) - 1)/s[a]) + 1",
                "positions the dilated kernel, d(k − 1) + 1 wide, fits in", a=axis,
            )  # fmt: skip
        _note_remainder(work, axis, n[axis], k[axis], s[axis], d[axis], p[axis], alike)
    if alike:
        work.let("o[a]", "o[b]", "a square: as wide as high", a="w", b="h")


def _costs(work: Work, bias: bool) -> Solution:
    if "K" not in work.given:
        work.let("out", "[o[a] for a in A]", "the positions along each axis", unit="shape")
        missing = "the input's channels and --out-channels" if "C" not in work.given else "--out-channels"
        work.note(f"Parameters and cost also need {missing}.")
        return work.answer(output="out")
    work.let("out", "concat([o[a] for a in A], K)", "the depth is the number of filters", unit="shape")
    if "C" not in work.given:
        work.note("Parameters and cost also need the input's channels.")
        return work.answer(output="out")
    if work.given["g"] == 1:
        work.let("weights", "prod(k[a] for a in A)*C*K", "each filter spans all input channels", unit="weights")
    else:
        why = "each filter spans the channels of its group"
        work.let("weights", "prod(k[a] for a in A)*(C/g)*K", why, unit="weights")
    work.let("biases", "K" if bias else "0", "one bias a filter" if bias else "no bias", unit="biases")
    work.let("params", "weights + biases", "all that is learnt", unit="parameters")
    work.let(
        "macs", "prod(o[a] for a in A)*weights", "every weight once at every position, biases not counted", unit="MAC"
    )
    work.let("flops", "2*macs", "a multiply-add is two operations", unit="FLOP")
    work.let("values", "prod(o[a] for a in A)*K", "values in the output", unit="values")
    work.let("memory", "4*values", "at 4 bytes a value (float32), for one image", unit="bytes")
    return work.answer(
        output="out", weights="weights", biases="biases", parameters="params", multiply_adds="macs",
        operations="flops", activations="values", memory="memory",
    )  # fmt: skip


def _check_channels(channels: Any, out_channels: Any, groups: Any) -> None:
    for value, name in ((channels, "the input's channels"), (out_channels, "out-channels"), (groups, "groups")):
        if value is not None and not isinstance(value, Node):
            whole(value, name)
    for value, name in ((channels, "the input's channels"), (out_channels, "out-channels")):
        if isinstance(value, int) and isinstance(groups, int) and value % groups:
            raise InputError(f"groups: {groups} does not divide {name}, {value}")


def _check_fits(axis: str, n: Any, k: Any, d: Any, p: Any) -> None:
    if not any(isinstance(value, Node) for value in (n, k, d, p)) and d * (k - 1) + 1 > n + 2 * p:
        side = {"h": "high", "w": "wide", "l": "long"}[axis]
        raise InputError(f"kernel-size: the kernel is {d * (k - 1) + 1} {side}, the padded input only {n + 2 * p}")


def _note_remainder(work: Work, axis: str, n: Any, k: Any, s: Any, d: Any, p: Any, alike: bool) -> None:
    """Say what the floor drops, where it drops something."""
    if any(isinstance(value, Node) for value in (n, k, s, d, p)):
        return
    span = n + 2 * p - d * (k - 1) - 1
    rest = span % s
    if not rest:
        return
    one = {"h": "row", "w": "column", "l": "entry"}[axis]
    many = {"h": "rows", "w": "columns", "l": "entries"}[axis]
    unseen = f"{rest} {many}" if rest > 1 else one
    unseen += (f" and {rest} columns" if rest > 1 else " and column") if alike else ""
    where = "padded input" if p else "input"
    verb = "are" if rest > 1 or alike else "is"
    work.note(
        f"{span} does not divide by {s}: rounded down, the last {unseen} of the {where} {verb} never seen.",
        holds="floor((n[a] + 2*p[a] - d[a]*(k[a] - 1) - 1)/s[a]) < (n[a] + 2*p[a] - d[a]*(k[a] - 1) - 1)/s[a]",
        a=axis,
    )


def sample(rng: Random) -> dict[str, Any]:
    """A small layer; about one in three has channels, groups or unequal sides."""
    side, kernel = rng.randint(5, 14), rng.randint(1, 5)
    given: dict[str, Any] = {
        "input": (side, rng.randint(5, 14), 2 * rng.randint(1, 3)) if rng.random() < 0.7 else side,
        "kernel_size": kernel,
        "stride": rng.randint(1, 3),
        "padding": rng.choice([0, 1, 2, "valid", "same"]),
    }
    if rng.random() < 0.5 and kernel in (2, 3):
        given["dilation"] = rng.randint(1, 2)
    if isinstance(given["input"], tuple):
        given["out_channels"] = 2 * rng.randint(1, 4)
        given["groups"] = rng.choice([1, 1, 2])
        given["bias"] = rng.random() < 0.8
    return given


def reference(**given: Any) -> dict[str, Any]:
    """The layer itself, laid out by Torch without memory; `same` with a stride pads by hand, as Keras does."""
    import torch

    dims = given.get("dims", 2)
    input = given["input"] if isinstance(given["input"], tuple) else (given["input"],) * dims
    if len(input) == dims + 1 and given.get("channels_first"):
        input = (*input[1:], input[0])
    spatial, channels = input[:dims], input[dims] if len(input) > dims else given.get("groups", 1)
    filters = given.get("out_channels") or given.get("groups", 1)
    padding = given.get("padding", 0)
    tensor = torch.empty(1, channels, *spatial, device="meta")
    pair = {name: given.get(name, 1) for name in ("kernel_size", "stride", "dilation")}
    if padding == "same":
        pads: list[int] = []
        for axis in reversed(range(dims)):
            k, s, d = (v[axis] if isinstance(v, tuple) else v for v in pair.values())
            total = max((-(-spatial[axis] // s) - 1) * s + d * (k - 1) + 1 - spatial[axis], 0)
            pads += [total // 2, total - total // 2]
        tensor = torch.nn.functional.pad(tensor, pads)
    layer_type = torch.nn.Conv2d if dims == 2 else torch.nn.Conv1d
    layer = layer_type(
        channels, filters, **pair, padding=0 if isinstance(padding, str) else padding,
        groups=given.get("groups", 1), bias=given.get("bias", True), device="meta",
    )  # fmt: skip
    size = list(layer(tensor).shape[2:])
    if len(input) == dims or given.get("out_channels") is None:
        return {"output": size + ([filters] if given.get("out_channels") is not None else [])}
    weights, parameters = layer.weight.numel(), sum(each.numel() for each in layer.parameters())
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        layer(tensor)
    return {
        "output": [*size, filters],
        "weights": weights,
        "parameters": parameters,
        "biases": parameters - weights,
        "operations": counter.get_total_flops(),
        "multiply-adds": counter.get_total_flops() // 2,
        "activations": layer(tensor).numel(),
        "memory": layer(tensor).numel() * 4,
    }
