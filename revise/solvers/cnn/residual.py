"""A residual block: shapes of both branches, parameters, cost."""

from random import Random
from typing import Any, Literal

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Number, Shape, whole
from revise.solution import Solution, Work
from revise.solvers.cnn._axes import read_sides, slips
from revise.solvers.cnn._residual import alike, before, chosen, convolutions

SERVES: dict[str, dict[str, object]] = {"residual": {}}
SOURCE = "He et al. 2016, Deep residual learning for image recognition, section 3.2, figures 2 and 5, table 1"
_FIRST = {"input": "56x56x64"}
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # He et al. 2016, figure 5: two 3×3 of 64 filters against 1×1, 3×3 of 64 and 1×1 of 256 ("similar complexity")
    (_FIRST, {"weights": 2 * 36_864, "output": [56, 56, 64], "shortcut-parameters": 0, "multiply-adds": 231_211_008}),
    (
        {"input": "56x56x256", "kind": "bottleneck"},
        {"weights": 69_632, "multiply-adds": 218_365_952, "wide-weights": 1_179_648},
    ),
    # parameters of torchvision's blocks, counted: resnet18.layer1[0], layer2[0]; resnet50.layer1[0], [1], layer2[0];
    # resnext50_32x4d.layer1[1]
    (_FIRST, {"parameters": 73_984}),
    (
        {**_FIRST, "out_channels": 128, "stride": 2},
        {"parameters": 230_144, "output": [28, 28, 128], "shortcut-parameters": 8_448, "plain-parameters": 221_696},
    ),
    ({**_FIRST, "kind": "bottleneck", "out_channels": 256}, {"parameters": 75_008, "shortcut-parameters": 16_896}),
    ({"input": "56x56x256", "kind": "bottleneck"}, {"parameters": 70_400}),
    (
        {"input": "56x56x256", "kind": "bottleneck", "out_channels": 512, "stride": 2},
        {"parameters": 379_392, "output": [28, 28, 512]},
    ),
    ({"input": "56x56x256", "kind": "bottleneck", "inner_channels": 128, "groups": 32}, {"parameters": 71_168}),
]  # fmt: skip
MISTAKES = {
    "w[i]": {
        "the input channels are forgotten": "k[i]^2*K[i]",
        "as many channels in as out": "k[i]^2*K[i]^2",
    },
    "total": {"the projection is forgotten": "road"},
    "params[i]": {"batch norm's scale and shift are forgotten": "w[i]"},
}
_SLIPS = {
    "n[i]^2*w[i]": {"the positions that come in": "n[m]^2*w[i]"},
    "prod(n[i])*w[i]": {"the positions that come in": "prod(n[m])*w[i]"},
}
_SHAPES, _COSTS = "shapes", "parameters and multiply-adds"


def solve(
    input: Shape,
    kind: Literal["basic", "bottleneck"] = "basic",
    out_channels: Number | None = None,
    inner_channels: Number | None = None,
    stride: Number = 1,
    shortcut: Literal["auto", "identity", "projection", "zero-padded"] = "auto",
    stride_in: Literal["first", "second"] = "first",
    groups: Number = 1,
    norm: bool = True,
    bias: bool = False,
    channels_first: bool = False,
) -> Solution:
    """F(x) and the shortcut side by side, added; then what the shortcut costs beside the plain block.

    input           H×W×C
    kind            basic: 3×3, 3×3; bottleneck: 1×1, 3×3, 1×1
    out_channels    of the block; the input's unless said
    inner_channels  filters inside a bottleneck; a quarter of out_channels unless said
    shortcut        auto: the identity where nothing changes shape, else a projection (1×1, W_s);
                    zero-padded: positions left out, zeros for the new channels, nothing learnt
    stride_in       which convolution of a bottleneck strides: first (He et al. 2016), second (v1.5, torchvision)
    groups          of the 3×3 of a bottleneck (ResNeXt)
    norm            batch norm after every convolution, two numbers a channel

    Raises InputError naming the parameter that does not fit.
    """
    sides, channels = read_sides(input, ("h", "w"), channels_first)
    if channels is None:
        raise InputError("input: the channels are needed, as in 56x56x64")
    numbers = {"out_channels": out_channels, "inner_channels": inner_channels, "stride": stride, "groups": groups}
    for name, value in {"the input's channels": channels, **numbers}.items():
        if value is not None and not isinstance(value, Node):
            whole(value, name)
    out = channels if out_channels is None else out_channels
    rows = convolutions(kind, out, inner_channels, stride, stride_in, groups)
    way = chosen(shortcut, alike(channels, out) and alike(stride, 1))
    if way == "projection":
        rows["shortcut"] = {"k": 1, "s": stride, "p": 0, "K": out}
    height, across = sides["h"], sides["w"]
    start = height if alike(height, across) else Array((2,), (height, across))
    tables: dict[str, Any] = {
        letter: {row: given[letter] for row, given in rows.items() if letter in given} for letter in "kspKg"
    }
    work = Work(n={"x": start}, c={"x": channels}, **{letter: table for letter, table in tables.items() if table})
    if way == "zero-padded":
        work = Work(**work.given, s0=stride, K0=out)
    work.whole = True
    work.called(n="side", c="channels", k="kernel", s="stride", p="padding", K="filters", g="groups", s0="", K0="")
    for row in rows:
        _convolution(work, rows, row)
    _shortcut(work, rows, way)
    return _costs(work, rows, way, norm, bias)


def _convolution(work: Work, rows: dict[str, Any], row: str) -> None:
    """Side, channels and shape of what the row gives."""
    source = before(rows, row)
    side = work.env["n"][source]
    for each in side.flat if isinstance(side, Array) else (side,):
        if isinstance(each, int) and each < 1:
            raise InputError("input: nothing is left of it")
    formula = "floor((n[m] + 2*p[i] - k[i])/s[i]) + 1"
    work.let("n[i]", formula, "positions the kernel fits in", table=_SHAPES, i=row, m=source)
    work.let("c[i]", "K[i]", "as many channels as filters", table=_SHAPES, i=row, m=source)
    shape = "concat(n[i], c[i])" if isinstance(side, Array) else "[n[i], n[i], c[i]]"
    work.let("o[i]", shape, "", table=_SHAPES, unit="shape", i=row, m=source)


def _shortcut(work: Work, rows: dict[str, Any], way: str) -> None:
    """What goes round, and that it can be added to F(x)."""
    last = "conv3" if "conv3" in rows else "conv2"
    if way == "identity":
        law = "n[x] = n[i]"
        work.note("The shortcut is the identity: x has F(x)'s shape and costs nothing.", holds=law, x="x", i=last)
    elif way == "projection":
        work.note(
            "The shortcut is a projection W_s: a 1×1 convolution brings x to F(x)'s shape.", holds="n[a] = n[i]",
            a="shortcut", i=last,
        )  # fmt: skip
    else:
        work.let("kept", "floor((n[x] - 1)/s0) + 1", "the shortcut keeps every s-th position", x="x")
        work.let("zeros", "K0 - c[x]", "channels of zeros are put beside those of x; nothing is learnt", x="x")
        added = work.env["zeros"]
        if isinstance(added, int) and added < 0:
            raise InputError("shortcut: zeros can't take channels away; take a projection")
        work.note("Then x has F(x)'s shape.", holds="kept = n[i]", i=last)
    square = not isinstance(work.env["n"]["x"], Array)
    why = "F(x) and the shortcut are added entry by entry, then ReLU"
    work.let("out", "[n[i], n[i], c[i]]" if square else "concat(n[i], c[i])", why, unit="shape", i=last)


def _costs(work: Work, rows: dict[str, Any], way: str, norm: bool, bias: bool) -> Solution:
    for row in rows:
        at: dict[str, Any] = {"i": row, "m": before(rows, row)}
        grouped = "k[i]^2*(c[m]/g[i])*K[i]" if "g" in rows[row] else "k[i]^2*c[m]*K[i]"
        work.let("w[i]", grouped, "each filter spans the channels it reads", table=_COSTS, **at)
        if norm or bias:
            extra, why = _EXTRA[norm, bias]
            work.let("params[i]", extra, why, table=_COSTS, **at)
        else:
            work.let("params[i]", "w[i]", "no bias, no norm", table=_COSTS, **at)
        square = not isinstance(work.env["n"]["x"], Array)
        macs = "n[i]^2*w[i]" if square else "prod(n[i])*w[i]"
        work.let("macs[i]", macs, "every weight once at every position", table=_COSTS, **at)
    three = "conv3" in rows
    names: dict[str, Any] = {"a": "conv1", "b": "conv2", **({"d": "conv3"} if three else {})}
    work.let("weights", "w[a] + w[b] + w[d]" if three else "w[a] + w[b]", "of F(x)", unit="weights", **names)
    formula = "params[a] + params[b] + params[d]" if three else "params[a] + params[b]"
    work.let("road", formula, "F(x) alone: the plain block", unit="parameters", **names)
    formula = "macs[a] + macs[b] + macs[d]" if three else "macs[a] + macs[b]"
    work.let("plain", formula, "the plain block's", unit="MAC", **names)
    if way == "projection":
        work.let("side", "params[x]", "what the projection learns", unit="parameters", x="shortcut")
        work.let("cost", "plain + macs[x]", "with the projection", unit="MAC", x="shortcut")
    else:
        work.let("side", "0", "the shortcut learns nothing", unit="parameters")
        work.let("cost", "plain", "the shortcut multiplies nothing", unit="MAC")
    work.let("total", "road + side", "the residual block's", unit="parameters")
    work.let("adds", "prod(out)", "additions that join the branches", unit="additions")
    answers = {
        "output": "out", "weights": "weights", "parameters": "total", "plain-parameters": "road",
        "shortcut-parameters": "side", "multiply-adds": "cost", "plain-multiply-adds": "plain", "additions": "adds",
    }  # fmt: skip
    if three:
        why = "two 3×3 instead, as wide as the block: 9·C·K + 9·K²"
        work.let("wide", "9*c[x]*c[y] + 9*c[y]^2", why, unit="weights", x="x", y="conv3")
        work.let("saving", "wide/weights", "times as many weights as the bottleneck has")
        answers |= {"wide-weights": "wide", "saving": "saving"}
    return work.answer(answers)


_EXTRA = {
    (True, False): ("w[i] + 2*c[i]", "plus batch norm's scale and shift for each channel"),
    (False, True): ("w[i] + c[i]", "plus a bias for each filter"),
    (True, True): ("w[i] + c[i] + 2*c[i]", "plus a bias, a scale and a shift for each channel"),
}


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """Step → what was done wrong → the formula that does it."""
    return slips(solution, _SLIPS)


def sample(rng: Random) -> dict[str, Any]:
    """A small block of either kind; a third of them change shape."""
    channels, side = 4 * rng.randint(1, 4), rng.choice([7, 8, 14])
    given: dict[str, Any] = {
        "input": (side, side if rng.random() < 0.7 else side + 2, channels),
        "kind": rng.choice(["basic", "bottleneck"]), "norm": rng.random() < 0.6, "bias": rng.random() < 0.2,
    }  # fmt: skip
    if rng.random() < 0.5:
        given |= {"out_channels": 2 * channels, "stride": rng.choice([1, 2])}
        given["shortcut"] = rng.choice(["auto", "zero-padded"])
    if given["kind"] == "bottleneck":
        given["stride_in"] = rng.choice(["first", "second"])
    return given


def reference(**given: Any) -> dict[str, Any]:
    """Torch's layers laid out without memory; the shortcut of zeros sliced and padded."""
    from revise.solvers.cnn._residual_torch import block

    return block(given)
