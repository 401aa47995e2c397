"""Fully connected, locally connected, convolution: weights and cost."""

from random import Random
from typing import Any, Literal

from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Number, Shape, spell, whole
from revise.solution import Solution, Work
from revise.solvers.cnn._axes import per_axis, read_sides

SERVES: dict[str, dict[str, object]] = {"dense-vs-conv": {}}
SOURCE = "Goodfellow, Bengio & Courville 2016, Deep Learning, sections 9.2 and 9.5"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Goodfellow et al. 2016, figure 9.6: 280 high, 320 wide; 319·280·3 operations against 320·280·319·280 entries of a
    # matrix, "over sixteen billion" operations; "four billion" and "roughly 60,000" times more efficient
    (
        {"input": "280x320x1", "kernel_size": "1x2", "out_channels": 1, "bias": False},
        {
            "output": [280, 319, 1], "dense-weights": 320 * 280 * 319 * 280, "conv-weights": 2,
            "conv-operations": 267_960, "dense-operations": 16_006_054_680, "weight-ratio": 4_001_536_000,
        },
    ),
    # LeCun et al. 1989, section 3.3: H1 has 19,968 connections (768 · 26) and 1,068 free parameters (768 biases, 25
    # times 12 weights), H3 5,790; with H2 (38,592 and 2,592) and the output (310) 64,660 and 9,760 in all
    (
        {"input": "16x16x1", "kernel_size": 5, "stride": 2, "padding": 2, "out_channels": 12, "untied_bias": True},
        {"output": [8, 8, 12], "local-parameters": 19_968, "conv-weights": 300, "conv-parameters": 1068},
    ),
    ({"input": "4x4x12", "out_channels": 30}, {"dense-parameters": 5790, "conv-parameters": 5790}),
    # Li, Johnson & Karpathy 2015, CS231n, convolutional networks: VGG-16's first fully connected layer, and the map of
    # 12×12×512 that an image of 384×384 leads to
    (
        {"input": "7x7x512", "out_channels": 4096, "larger": "12x12x512"},
        {
            "output": [1, 1, 4096], "dense-weights": 102_760_448, "conv-weights": 102_760_448,
            "scores": [6, 6, 4096],
        },
    ),
]  # fmt: skip
MISTAKES = {
    "weights[dense]": {
        "the filters are forgotten among the outputs": "inputs*prod(o[a] for a in A)",
        "the channels are forgotten among the inputs": "prod(n[a] for a in A)*outputs",
    },
    "weights[local]": {"the weights are shared": "patch*K"},
    "weights[conv]": {
        "the input channels are forgotten": "prod(k[a] for a in A)*K",
        "the weights are not shared": "patch*outputs",
    },
    "macs[conv]": {"only one position is counted": "weights[x]"},
    "params[conv]": {"a bias for every weight": "2*weights[x]"},
}


def solve(
    input: Shape,
    out_channels: Number,
    kernel_size: Shape | None = None,
    stride: Shape = 1,
    padding: Shape | Literal["same", "valid"] = 0,
    bias: bool = True,
    untied_bias: bool = False,
    larger: Shape | None = None,
    channels_first: bool = False,
) -> Solution:
    """Weights, parameters, multiply-adds of the three layers that lead from one input to one size of output.

    input         H×W×C
    out_channels  the filters; without a kernel size the outputs of the fully connected layer
    kernel_size   left out: the whole map, which writes the fully connected layer as a convolution
    untied_bias   the convolution has a bias at every position, as in LeCun et al. 1989, not one a filter
    larger        another input, H×W, over which the same kernel slides: a map of scores

    Raises InputError naming the parameter that does not fit.
    """
    axes = ("h", "w")
    n, channels = read_sides(input, axes, channels_first)
    if channels is None:
        raise InputError("input: the channels are needed too: 32x32x3")
    for value, name in ((channels, "the input's channels"), (out_channels, "out-channels")):
        if not isinstance(value, Node):
            whole(value, name)
    k = n if kernel_size is None else per_axis(kernel_size, axes, "kernel_size")
    s = per_axis(stride, axes, "stride")
    p = None if padding == "same" else per_axis(0 if padding == "valid" else padding, axes, "padding", 0)
    big, its_channels = read_sides(larger, axes, channels_first) if larger is not None else (None, None)
    if its_channels is not None and spell(its_channels) != spell(channels):
        raise InputError(f"larger: it has {its_channels} channels, the input {channels}")
    if p is not None:
        _check_fits("kernel-size", "padded input", n, k, p)
        _check_fits("larger", "larger input", big or n, k, p)
    work = Work(n=n, C=channels, k=k, s=s, p=p, K=out_channels, m=big, A=axes)
    work.whole = True
    work.called(n="input", k="kernel", s="stride", p="padding", C="channels", K="filters", m="larger input")
    alike = all(spell(table["h"]) == spell(table["w"]) for table in (n, k, s, p) if table)
    _side(work, axes, alike, p is None)
    work.let("out", "concat([o[a] for a in A], K)", "the depth is the number of filters", unit="shape")
    as_convolution = p is not None and all(spell(k[a]) == spell(n[a]) and p[a] == 0 for a in axes)
    biases = "none" if not bias else "untied" if untied_bias else "tied"
    answers = _layers(work, biases, as_convolution)
    if big is not None:
        answers |= _scores(work, axes, p is None, as_convolution)
    return work.answer(answers)


def _side(work: Work, axes: tuple[str, ...], alike: bool, same: bool) -> None:
    for axis in axes[:1] if alike else axes:
        if same:
            work.let("o[a]", "ceil(n[a]/s[a])", "padding `same`: one output for each stride", a=axis)
        else:
            work.let("o[a]", "floor((n[a] + 2*p[a] - k[a])/s[a]) + 1", "positions the kernel fits in", a=axis)
    if alike:
        work.let("o[a]", "o[b]", "a square: as wide as high", a="w", b="h")


def _layers(work: Work, biases: str, as_convolution: bool) -> dict[str, str]:
    """The steps of every layer, and the answers they give."""
    work.let("inputs", "prod(n[a] for a in A)*C", "the input, flattened", unit="values")
    work.let("outputs", "prod(o[a] for a in A)*K", "the output, flattened", unit="values")
    why = "inputs under the kernel: all of them" if as_convolution else "inputs under the kernel"
    work.let("patch", "prod(k[a] for a in A)*C", why, unit="values")
    why = "fully connected: every output has a weight for every input"
    work.let("weights[x]", "inputs*outputs", why, unit="weights", x="dense")
    if as_convolution:
        why = "as a convolution: a kernel as large as the map for each output, so the same weights in another order"
        work.let("weights[x]", "patch*K", why, unit="weights", holds="weights[x] = weights[y]", x="conv", y="dense")
        names = ["dense", "conv"]
    else:
        why = "locally connected: every output has weights of its own for its patch"
        work.let("weights[x]", "patch*outputs", why, unit="weights", x="local")
        why = "convolution: one set of weights a filter, shared by all positions"
        work.let("weights[x]", "patch*K", why, unit="weights", x="conv")
        names = ["dense", "local", "conv"]
    if biases == "none":
        work.note("No biases: the parameters are the weights.")
    for name in names if biases != "none" else []:
        if name == "conv" and biases == "tied":
            work.let("params[x]", "weights[x] + K", "plus one bias a filter", unit="parameters", x=name)
        else:
            work.let("params[x]", "weights[x] + outputs", "plus one bias an output", unit="parameters", x=name)
    for name in names:
        if name == "conv":
            why = "every weight once at every position"
            work.let("macs[x]", "prod(o[a] for a in A)*weights[x]", why, unit="MAC", x=name)
        else:
            work.let("macs[x]", "weights[x]", "every weight once, biases not counted", unit="MAC", x=name)
    parameters = "weights" if biases == "none" else "params"
    answers = {"output": "out"}
    for word, letter in (("weights", "weights"), ("parameters", parameters), ("multiply-adds", "macs")):
        answers |= {f"{name}-{word}": f"{letter}[{name}]" for name in names}
    if as_convolution:
        return answers
    if biases == "none":
        why = "each output: a product for every input it sees, a sum fewer"
        work.let("ops[x]", "outputs*(2*inputs - 1)", why, unit="FLOP", x="dense")
        work.let("ops[x]", "outputs*(2*patch - 1)", why, unit="FLOP", x="conv")
    else:
        why = "each output: a product for every input it sees, as many sums with the bias"
        work.let("ops[x]", "outputs*2*inputs", why, unit="FLOP", x="dense")
        work.let("ops[x]", "outputs*2*patch", why, unit="FLOP", x="conv")
    why = "times fewer weights in the convolution than fully connected"
    work.let("ratio[q]", "weights[x]/weights[y]", why, q="weights", x="dense", y="conv")
    why = "times fewer weights by sharing alone: the number of positions"
    work.let(
        "ratio[q]",
        "weights[x]/weights[y]",
        why,
        q="sharing",
        x="local",
        y="conv",
        holds="ratio[q] = prod(o[a] for a in A)",
    )
    why = "times fewer multiply-adds: the small patch saves them, sharing none"
    work.let("ratio[q]", "macs[x]/macs[y]", why, q="work", x="dense", y="conv", holds="ratio[q] = inputs/patch")
    ratios = {"weight-ratio": "ratio[weights]", "sharing-ratio": "ratio[sharing]", "multiply-add-ratio": "ratio[work]"}
    return answers | {f"{name}-operations": f"ops[{name}]" for name in ("dense", "conv")} | ratios


def _scores(work: Work, axes: tuple[str, ...], same: bool, as_convolution: bool) -> dict[str, str]:
    alike = all(spell(table["h"]) == spell(table["w"]) for table in map(work.given.get, "mksp") if table)
    for axis in axes[:1] if alike else axes:
        if same:
            work.let("z[a]", "ceil(m[a]/s[a])", "the same kernel over the larger input", a=axis)
        else:
            why = "the same kernel over the larger input: positions it fits in"
            work.let("z[a]", "floor((m[a] + 2*p[a] - k[a])/s[a]) + 1", why, a=axis)
    if alike:
        work.let("z[a]", "z[b]", "a square as well", a="w", b="h")
    why = "a map of scores, from the same weights"
    work.let("scores", "concat([z[a] for a in A], K)", why, unit="shape")
    if as_convolution:
        work.note("Flattened, the larger input would not fit the fully connected layer at all.")
    return {"scores": "scores"}


def _check_fits(parameter: str, what: str, side: Any, k: Any, p: Any) -> None:
    for axis, extent in (("h", "high"), ("w", "wide")):
        if any(isinstance(table[axis], Node) for table in (side, k, p)):
            continue
        if k[axis] > side[axis] + 2 * p[axis]:
            room = side[axis] + 2 * p[axis]
            raise InputError(f"{parameter}: the kernel is {k[axis]} {extent}, the {what} only {room}")


def sample(rng: Random) -> dict[str, Any]:
    """A small map; one in four is a fully connected layer written as a convolution."""
    side, channels = rng.randint(3, 8), rng.randint(1, 3)
    given: dict[str, Any] = {"input": (side, rng.randint(3, 8), channels), "out_channels": rng.randint(1, 4)}
    if rng.random() < 0.25:
        return {**given, "larger": (side + rng.randint(0, 3), 8)}
    given |= {"kernel_size": rng.randint(1, 3), "stride": rng.randint(1, 2), "padding": rng.choice([0, 1, "same"])}
    return {**given, "bias": rng.random() < 0.7, "untied_bias": rng.random() < 0.3}


def reference(**given: Any) -> dict[str, Any]:
    """Torch's own layers and its count of operations, laid out without memory; a local layer from its patches."""
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    shape = given["input"]
    height, width, channels = (*shape[1:], shape[0]) if given.get("channels_first") else shape
    kernel = given.get("kernel_size") or (height, width)
    kernel, stride = (v if isinstance(v, tuple) else (v, v) for v in (kernel, given.get("stride", 1)))
    padding, bias, filters = given.get("padding", 0), given.get("bias", True), given["out_channels"]

    def padded(tensor: Any) -> Any:
        if padding != "same":
            sides = (0, 0) if padding == "valid" else padding if isinstance(padding, tuple) else (padding, padding)
            return torch.nn.functional.pad(tensor, (sides[1], sides[1], sides[0], sides[0]))
        pads: list[int] = []
        for axis in (1, 0):
            size = tensor.shape[2 + axis]
            total = max((-(-size // stride[axis]) - 1) * stride[axis] + kernel[axis] - size, 0)
            pads += [total // 2, total - total // 2]
        return torch.nn.functional.pad(tensor, pads)

    def macs(layer: Any, tensor: Any) -> int:
        with FlopCounterMode(display=False) as counter:
            layer(tensor)
        return int(counter.get_total_flops() // 2)

    image = torch.empty(1, channels, height, width, device="meta")
    conv = torch.nn.Conv2d(channels, filters, kernel, stride, bias=False, device="meta")
    out = conv(padded(image))
    dense = torch.nn.Linear(image.numel(), out.numel(), bias=False, device="meta")
    patches = torch.nn.functional.unfold(padded(image), kernel, stride=stride)
    local = torch.empty(filters, *patches.shape[1:], device="meta")
    weights = {"dense": dense.weight.numel(), "local": local.numel(), "conv": conv.weight.numel()}
    work = {"dense": macs(dense, image.flatten(1)), "local": local.numel(), "conv": macs(conv, padded(image))}
    biases = dict.fromkeys(weights, out.numel() if bias else 0)
    if bias and not given.get("untied_bias"):
        biases["conv"] = filters
    answers: dict[str, Any] = {"output": [*out.shape[2:], filters]}
    for name, count in weights.items():
        answers |= {f"{name}-weights": count, f"{name}-parameters": count + biases[name]}
        answers |= {f"{name}-multiply-adds": work[name]}
        answers |= {f"{name}-operations": 2 * work[name] - (0 if bias else out.numel())}
    answers |= {
        "weight-ratio": weights["dense"] / weights["conv"], "sharing-ratio": weights["local"] / weights["conv"],
        "multiply-add-ratio": work["dense"] / work["conv"],
    }  # fmt: skip
    if given.get("larger") is not None:
        larger = given["larger"] if isinstance(given["larger"], tuple) else (given["larger"],) * 2
        larger = larger[-2:] if given.get("channels_first") else larger[:2]
        answers["scores"] = [*conv(padded(torch.empty(1, channels, *larger, device="meta"))).shape[2:], filters]
    return answers
