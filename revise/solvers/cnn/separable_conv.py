"""Depthwise separable or grouped convolution beside the plain one."""

from random import Random
from typing import Any, Literal

from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Number, Shape, spell, whole
from revise.solution import Solution, Work

SERVES: dict[str, dict[str, object]] = {
    "separable-conv": {},
    "depthwise": {},
    "depthwise-conv": {},
    "grouped-conv": {"kind": "grouped"},
}
SOURCE = "Howard et al. 2017, MobileNets, section 3.1; groups: Krizhevsky et al. 2012, section 3.5"
_TABLE_3 = {"kernel_size": 3, "channels": 512, "out_channels": 512, "size": 14}
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Howard et al. 2017, table 3, in millions: 462 multiply-adds and 2.36 parameters; 52.3 and 0.27; with the width
    # multiplier 0.75 (384 of 512 channels) 29.6 and 0.15
    (
        _TABLE_3,
        {
            "plain-multiply-adds": 462_422_016, "separable-multiply-adds": 52_283_392,
            "plain-weights": 2_359_296, "separable-weights": 266_752,
        },
    ),
    (
        {**_TABLE_3, "channels": 384, "out_channels": 384},
        {"separable-multiply-adds": 29_578_752, "separable-weights": 150_912},
    ),
    # Wang 2018, A basic introduction to separable convolutions: 12×12×3 to 8×8×256 (recomputed)
    (
        {"kernel_size": 5, "channels": 3, "out_channels": 256, "size": 8},
        {
            "plain-multiply-adds": 1_228_800, "depthwise-multiply-adds": 4800,
            "pointwise-multiply-adds": 49_152, "separable-multiply-adds": 53_952,
        },
    ),
    # Krizhevsky et al. 2012, section 3.5: the second layer's 256 kernels of 5×5×48, half of the 96 channels
    (
        {"kernel_size": 5, "channels": 96, "out_channels": 256, "size": 27, "kind": "grouped", "groups": 2},
        {"grouped-weights": 256 * 5 * 5 * 48, "plain-weights": 256 * 5 * 5 * 96, "ratio": "0.5"},
    ),
]  # fmt: skip
MISTAKES = {
    "weights[depthwise]": {
        "the depthwise filters span all channels": "k^2*C*C",
        "one filter for all channels": "k^2",
    },
    "weights[pointwise]": {"the pointwise filters are k wide": "k^2*C*K"},
    "weights[separable]": {
        "the pointwise part is forgotten": "weights[a]",
        "the parts are multiplied": "weights[a]*weights[b]",
    },
    "weights[group]": {"only the channels in are split": "k^2*(C/g)*K", "only the filters are split": "k^2*C*(K/g)"},
}


def solve(
    kernel_size: Shape,
    channels: Number,
    out_channels: Number,
    size: Shape | None = None,
    kind: Literal["separable", "grouped"] = "separable",
    groups: Number | None = None,
    bias: bool = False,
) -> Solution:
    """Weights and multiply-adds of each part, next to the plain convolution, and what is left of its cost.

    kernel_size    its side
    channels       in the input
    out_channels   filters
    size           the output map's side; with stride 1 and same padding the input's too
    kind           separable: depthwise, then pointwise; grouped: `groups` independent convolutions
    bias           count biases; MobileNet has none, batch normalisation follows

    Raises InputError naming the parameter that does not fit.
    """
    k, o = _side(kernel_size, "kernel_size"), None if size is None else _side(size, "size")
    for value, name in ((channels, "channels"), (out_channels, "out_channels"), (groups, "groups")):
        if value is not None and not isinstance(value, Node):
            whole(value, name)
    if (kind == "grouped") != (groups is not None):
        raise InputError(
            "groups: say how many, --groups 2" if kind == "grouped" else "groups: they need --kind grouped"
        )
    for value, name in ((channels, "channels"), (out_channels, "out-channels")):
        if isinstance(value, int) and isinstance(groups, int) and value % groups:
            raise InputError(f"groups: {groups} does not divide {name}, {value}")
    work = Work(k=k, C=channels, K=out_channels, o=o, g=groups)
    work.whole = True
    work.called(k="kernel", C="channels", K="filters", o="output side", g="groups")
    why = "plain: each of the K filters spans all C channels"
    work.let("weights[x]", "k^2*C*K", why, unit="weights", x="plain")
    return _separable(work, bias) if kind == "separable" else _grouped(work, bias)


def _separable(work: Work, bias: bool) -> Solution:
    why = "depthwise: a filter of one channel for each channel, nothing is mixed"
    work.let("weights[x]", "k^2*C", why, unit="weights", x="depthwise")
    why = "pointwise: K filters of 1×1 mix the C channels"
    work.let("weights[x]", "C*K", why, unit="weights", x="pointwise")
    why = "separable: the one after the other"
    work.let("weights[x]", "weights[a] + weights[b]", why, unit="weights", x="separable", a="depthwise", b="pointwise")
    if bias:
        why = "plus one bias a filter"
        work.let("params[x]", "weights[x] + K", why, unit="parameters", x="plain")
        why = "plus one bias a filter: C depthwise, K pointwise"
        work.let("params[x]", "weights[x] + C + K", why, unit="parameters", x="separable")
    parts = ["plain", "depthwise", "pointwise"]
    if "o" in work.given:
        for part in parts:
            work.let("macs[x]", "o^2*weights[x]", "every weight once at every position", unit="MAC", x=part)
        why = "the one after the other"
        work.let("macs[x]", "macs[a] + macs[b]", why, unit="MAC", x="separable", a="depthwise", b="pointwise")
    work.let("ratio[q]", "weights[x]/weights[y]", "what is left of the weights", q="weights", x="separable", y="plain")
    why = "the same cancelled: depthwise leaves 1/K, pointwise 1/k²"
    work.let("short", "1/K + 1/k^2", why, holds="short = weights[x]/weights[y]", x="separable", y="plain")
    return _end(work, [*parts, "separable"], ["plain", "separable"] if bias else [], "separable")


def _grouped(work: Work, bias: bool) -> Solution:
    why = "one group: K/g filters that span C/g channels"
    work.let("weights[x]", "k^2*(C/g)*(K/g)", why, unit="weights", x="group")
    work.let("weights[x]", "g*weights[y]", "grouped: g such convolutions", unit="weights", x="grouped", y="group")
    if bias:
        for part in ("plain", "grouped"):
            work.let("params[x]", "weights[x] + K", "plus one bias a filter", unit="parameters", x=part)
    if "o" in work.given:
        for part in ("plain", "grouped"):
            work.let("macs[x]", "o^2*weights[x]", "every weight once at every position", unit="MAC", x=part)
    work.let("ratio[q]", "weights[x]/weights[y]", "what is left of the weights", q="weights", x="grouped", y="plain")
    work.let("short", "1/g", "the same cancelled", holds="short = weights[x]/weights[y]", x="grouped", y="plain")
    return _end(work, ["plain", "group", "grouped"], ["plain", "grouped"] if bias else [], "grouped")


def _end(work: Work, parts: list[str], biased: list[str], cheap: str) -> Solution:
    answers = {f"{part}-weights": f"weights[{part}]" for part in parts}
    answers |= {f"{part}-parameters": f"params[{part}]" for part in biased}
    if "o" in work.given:
        why = "and as much of the multiply-adds: the positions cancel"
        work.let("ratio[q]", "macs[x]/macs[y]", why, holds="ratio[q] = short", q="macs", x=cheap, y="plain")
        answers |= {f"{part}-multiply-adds": f"macs[{part}]" for part in parts if part != "group"}
    else:
        work.note("Multiply-adds also need --size, the side of the output map; their ratio is the same.")
    work.let("saving", "1/short", "times fewer weights and multiply-adds")
    return work.answer(answers | {"ratio": "short", "saving": "saving"})


def _side(value: Any, name: str) -> Any:
    """The side of a square."""
    sides = value if isinstance(value, tuple) else (value,)
    if len(sides) > 2 or len({spell(side) for side in sides}) > 1:
        raise InputError(f"{name.replace('_', '-')}: one side, of a square")
    return sides[0] if isinstance(sides[0], Node) else whole(sides[0], name)


def sample(rng: Random) -> dict[str, Any]:
    """Small numbers; one in three is grouped."""
    given: dict[str, Any] = {
        "kernel_size": rng.choice([3, 3, 5]), "channels": 2 * rng.randint(1, 8), "out_channels": 2 * rng.randint(1, 8),
        "size": rng.choice([None, 4, 7, 8, 14]), "bias": rng.random() < 0.3,
    }  # fmt: skip
    return {**given, "kind": "grouped", "groups": 2} if rng.random() < 0.33 else given


def reference(**given: Any) -> dict[str, Any]:
    """Torch's layers laid out without memory: their weights, and the operations that Torch counts."""
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    inside, outside, kernel = (given[name] for name in ("channels", "out_channels", "kernel_size"))
    size, kernel = given.get("size"), kernel[0] if isinstance(kernel, tuple) else kernel
    size = size[0] if isinstance(size, tuple) else size
    bias = given.get("bias", False)
    layers = {"plain": [torch.nn.Conv2d(inside, outside, kernel, bias=bias, device="meta")]}
    if given.get("kind") == "grouped":
        groups = given["groups"]
        layers["grouped"] = [torch.nn.Conv2d(inside, outside, kernel, groups=groups, bias=bias, device="meta")]
        layers["group"] = [torch.nn.Conv2d(inside // groups, outside // groups, kernel, bias=bias, device="meta")]
    else:
        layers["depthwise"] = [torch.nn.Conv2d(inside, inside, kernel, groups=inside, bias=bias, device="meta")]
        layers["pointwise"] = [torch.nn.Conv2d(inside, outside, 1, bias=bias, device="meta")]
        layers["separable"] = [*layers["depthwise"], *layers["pointwise"]]
    answers: dict[str, Any] = {}
    for name, stack in layers.items():
        answers[f"{name}-weights"] = sum(layer.weight.numel() for layer in stack)
        answers[f"{name}-parameters"] = sum(each.numel() for layer in stack for each in layer.parameters())
        if size is not None and name != "group":
            side = size if name == "pointwise" else size + kernel - 1
            with FlopCounterMode(display=False) as counter:
                torch.nn.Sequential(*stack)(torch.empty(1, inside, side, side, device="meta"))
            answers[f"{name}-multiply-adds"] = counter.get_total_flops() // 2
    small = answers["grouped-weights" if "grouped" in layers else "separable-weights"]
    return {**answers, "ratio": small / answers["plain-weights"], "saving": answers["plain-weights"] / small}
