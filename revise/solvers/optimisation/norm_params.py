"""Parameters of a normalisation layer: learnt and running."""

from random import Random
from typing import Any, Literal

from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Number, Shape, whole
from revise.solution import Solution, Work

SERVES: dict[str, dict[str, object]] = {"norm-params": {}}
SOURCE = "Ioffe & Szegedy 2015, section 3.2; Ba et al. 2016, section 3; PyTorch's documentation of its norm layers"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Keras' summary of ResNet-50: conv1_bn (64 channels) has 256 parameters
    ({"channels": 64}, {"learnable": 128, "running": 128, "total": 256}),
    # the same summary: 26,560 channels are normalised in all, and 53,120 parameters are not trained
    ({"channels": 26560}, {"learnable": 53120, "running": 53120}),
    # Devlin et al. 2019, BERT base: 768 features; the embedding's norm and two for each of 12 layers
    ({"channels": 768, "kind": "layer"}, {"learnable": 1536, "running": 0}),
    ({"channels": 768, "kind": "layer", "layers": 25}, {"learnable": 38400}),
    # PyTorch's documentation of LayerNorm: NLP over 10 features; images over 5×10×10
    ({"channels": 10, "kind": "layer"}, {"learnable": 20}),
    ({"input": "5x10x10", "channels_first": True, "kind": "layer", "batch": 20}, {"learnable": 1000, "means": 20}),
]
MISTAKES = {
    "learnable": {
        "one scale and shift for the whole layer": "2*k",
        "β is forgotten": "k*C",
        "a pair for every position: batch norm has one for each channel": "k*2*H*W*C",
    },
    "running": {"the running averages are left out, as if layer norm": "0"},
    "means": {"one mean for every value": "C*H*W", "one for each sample: that is layer norm": "N"},
}

# kind → are the running averages kept, how many values there are to each mean, how many means
_VALUES = {"batch": "N*H*W", "layer": "H*W*C", "instance": "H*W", "group": "H*W*C/g", "rms": "H*W*C"}
_MEANS = {"batch": "C", "layer": "N", "instance": "N*C", "group": "N*g", "rms": "N"}
_FLAT_VALUES = {"batch": "N", "layer": "C", "group": "C/g", "rms": "C"}
_OVER = {
    "batch": "over the batch and all positions: one mean for each channel",
    "layer": "over all values of a sample: one mean for each sample",
    "instance": "over the positions: one mean for each channel of each sample",
    "group": "over the positions and channels of a group: one mean for each group of each sample",
    "rms": "over all values of a sample: one mean square for each sample",
}


def solve(
    channels: Number | None = None,
    kind: Literal["batch", "layer", "instance", "group", "rms"] = "batch",
    input: Shape | None = None,
    batch: Number | None = None,
    groups: Number | None = None,
    affine: bool = True,
    bias: bool = True,
    layers: Number = 1,
    channels_first: bool = False,
) -> Solution:
    """γ and β for each channel (batch, instance, group) or each value (layer), and batch norm's running averages.

    channels  C, channels or features
    input     H×W×C instead: layer norm then learns a pair for every value, and means are counted
    batch     N, samples in a batch, to count the means
    groups    for `group`
    affine    with γ and β; --no-affine has neither (PyTorch's default for instance norm)
    bias      with β; RMSNorm has none
    layers    how many such layers there are

    Running averages are not learnt: PyTorch calls them buffers, Keras non-trainable parameters.

    Raises InputError naming the argument that does not fit.
    """
    height, width, depth = _sides(input, channels_first)
    if channels is not None and depth is not None:
        raise InputError("channels: they stand in --input already; give one of the two")
    count = depth if channels is None else channels
    if count is None:
        raise InputError("channels: give --channels 64, or --input 32x32x64")
    g = 1 if groups is None else groups
    for value, name in ((count, "channels"), (batch, "batch"), (g, "groups"), (layers, "layers")):
        if value is not None and not isinstance(value, Node):
            whole(value, name)
    if (groups is None) == (kind == "group"):
        raise InputError("groups: needed with --kind group" if kind == "group" else "groups: only for --kind group")
    if isinstance(count, int) and isinstance(g, int) and count % g:
        raise InputError(f"groups: {g} does not divide the {count} channels")
    if kind == "instance" and height is None and batch is not None:
        raise InputError("input: instance norm's means need the sides, as --input 32x32x64")
    spatial = height is not None
    work = Work(
        C=count, H=height if spatial else None, W=width if spatial else None, N=batch,
        g=groups, k=None if layers == 1 else layers,
    )  # fmt: skip
    work.whole = True
    work.called(C="channels" if spatial or kind in ("batch", "group", "instance") else "features")
    work.called(H="height", W="width", N="batch", g="groups", k="layers")
    _counted(work, kind, affine, bias and kind != "rms", spatial, layers == 1)
    words = {"learnable": "learnable", "running": "running", "total": "total"}
    if batch is not None:
        formula = _VALUES[kind] if spatial else _FLAT_VALUES[kind]
        work.let("values", formula, _OVER[kind], unit="values")
        work.let(
            "means", _MEANS[kind], "so many mean squares" if kind == "rms" else "so many means, and as many variances"
        )
        words |= {"values": "values", "means": "means"}
    if kind == "instance" and affine:
        work.note(
            "PyTorch's InstanceNorm has γ and β only where affine=True is asked for; --no-affine leaves them out."
        )
    if kind == "batch":
        work.note("PyTorch also keeps a counter of batches (num_batches_tracked); it is not counted here.")
        if affine and bias:
            work.note("The layer before needs no bias: the mean is subtracted anyway, and β takes its place.")
    return work.answer(words)


# is it layer norm of an image, is there β → the scales and shifts of one layer
_LEARNT = {
    (False, True): "2*C",
    (False, False): "C",
    (True, True): "2*H*W*C",
    (True, False): "H*W*C",
}
_LEARNT_IN_ALL = {
    (False, True): "k*2*C",
    (False, False): "k*C",
    (True, True): "k*2*H*W*C",
    (True, False): "k*H*W*C",
}


def _counted(work: Work, kind: str, affine: bool, bias: bool, spatial: bool, one: bool) -> None:
    wide = spatial and kind in ("layer", "rms")
    per = (
        "value, as in PyTorch's LayerNorm([C, H, W])"
        if wide and kind == "layer"
        else "value"
        if wide
        else "channel"
        if kind in ("batch", "instance", "group")
        else "feature"
    )
    if affine:
        formula = (_LEARNT if one else _LEARNT_IN_ALL)[wide, bias]
        pair = "a scale γ and a shift β" if bias else "a scale γ, no shift"
        work.let("learnable", formula, f"{pair} for each {per}", unit="parameters")
    else:
        work.let("learnable", "0", "without γ and β nothing is learnt", unit="parameters")
    if kind == "batch":
        formula = "2*C" if one else "k*2*C"
        work.let("running", formula, "a running mean and variance for each channel, not learnt", unit="values")
    else:
        work.let("running", "0", "no running averages: test time is like training", unit="values")
    work.let("total", "learnable + running", "all that is stored (Keras' Param #)")


def _sides(input: Any, channels_first: bool) -> tuple[Any, Any, Any]:
    if input is None:
        return None, None, None
    sides = input if isinstance(input, tuple) else (input,)
    if len(sides) != 3:
        raise InputError("input: give HxWxC, as 32x32x64")
    for side in sides:
        if not isinstance(side, Node):
            whole(side, "input")
    depth, height, width = sides if channels_first else (sides[2], sides[0], sides[1])
    return height, width, depth


def sample(rng: Random) -> dict[str, Any]:
    """A small layer; about half with sides and a batch."""
    kind = rng.choice(["batch", "batch", "layer", "instance", "group", "rms"])
    depth = rng.choice([4, 8, 16, 64])
    given: dict[str, Any] = {"kind": kind}
    if rng.random() < 0.6:
        given |= {"input": (rng.randint(2, 8), rng.randint(2, 8), depth), "batch": rng.choice([2, 8, 32])}
    else:
        given["channels"] = depth
    if kind == "group":
        given["groups"] = rng.choice([2, 4])
    if rng.random() < 0.2:
        given["layers"] = rng.randint(2, 4)
    if kind == "instance" and rng.random() < 0.4:
        given["affine"] = False
    return given


def reference(channels: Any = None, kind: str = "batch", input: Any = None, **given: Any) -> dict[str, Any]:
    """Torch's layers, their parameters and buffers counted."""
    import torch

    sides: Any = None if input is None else (input[0] if given.get("channels_first") else input[-1])
    size = int(channels if channels is not None else sides)
    affine, bias, layers = given.get("affine", True), given.get("bias", True), int(given.get("layers", 1))
    shape = [size] if input is None else [int(side) for side in input]
    made: Any
    if kind == "batch":
        made = torch.nn.BatchNorm2d(size, affine=affine)
    elif kind == "instance":
        made = torch.nn.InstanceNorm2d(size, affine=affine)
    elif kind == "group":
        made = torch.nn.GroupNorm(int(given["groups"]), size, affine=affine)
    elif kind == "layer":
        made = torch.nn.LayerNorm(shape, elementwise_affine=affine, bias=bias)
    else:
        made = torch.nn.RMSNorm(shape, elementwise_affine=affine)
    learnt = sum(each.numel() for name, each in made.named_parameters() if bias or name == "weight")
    kept = sum(each.numel() for name, each in made.named_buffers() if name.startswith("running"))
    found = {"learnable": layers * learnt, "running": layers * kept, "total": layers * (learnt + kept)}
    if given.get("batch") and input is not None:
        batch, area = int(given["batch"]), 1
        for side in shape:
            area *= side
        per = {"batch": batch * area // size, "instance": area // size, "group": area // int(given.get("groups", 1))}
        found["means"] = batch * area // per.get(kind, area)
    return found
