"""A dense block: channels that grow, parameters, the transition."""

from random import Random
from typing import Any

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Number, Shape, spell, whole
from revise.solution import Solution, Work
from revise.solvers.cnn._axes import read_sides, slips

SERVES: dict[str, dict[str, object]] = {"densenet": {}}
SOURCE = "Huang et al. 2017, Densely connected convolutional networks, section 3, table 1"
_BLOCK_1 = {"input": "56x56x64", "growth_rate": 32, "layers": 6, "bottleneck": 4, "compression": "1/2"}
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Huang et al. 2017, figure 1: 5 layers, growth rate 4 (its 15 connections: L(L + 1)/2)
    ({"input": "32x32x16", "growth_rate": 4, "layers": 5}, {"connections": 15}),
    # DenseNet-121's first block and transition: channels of table 1; parameters counted in torchvision's densenet121
    (
        _BLOCK_1,
        {
            "channels": 256, "block-parameters": 335_040, "transition-parameters": 33_280, "output": [28, 28, 128],
            "parameters": 368_320,
        },
    ),
    # its second block, third block and second transition
    (
        {**_BLOCK_1, "input": "28x28x128", "layers": 12},
        {"channels": 512, "block-parameters": 919_680, "transition-parameters": 132_096, "output": [14, 14, 256]},
    ),
    ({**_BLOCK_1, "input": "14x14x256", "layers": 24}, {"channels": 1024, "block-parameters": 2_837_760}),
]  # fmt: skip
MISTAKES = {
    "c[l]": {
        "only the layer before is read": "k",
        "one layer too many is counted": "k0 + k*l",
    },
    "channels": {"the block's input is forgotten": "k*L"},
    "links": {"each layer reads only the one before": "L"},
    "z": {"nothing is compressed": "channels"},
}
_LEARNT = "parameters"


def solve(
    input: Shape,
    growth_rate: Number,
    layers: Number,
    bottleneck: Number = 0,
    compression: Number | None = None,
    norm: bool = True,
    channels_first: bool = False,
) -> Solution:
    """Channels that each layer reads, k0 + k(l − 1), its parameters, and what leaves the block and its transition.

    input         H×W×C, or the channels alone; k0 is C
    growth_rate   k, the channels that each layer adds
    layers        L of the block
    bottleneck    a 1×1 of so many times k filters before each 3×3: 4 in DenseNet-B, 0 without
    compression   θ of the transition (1×1 convolution to θ times the channels, then average pooling 2): 0.5 in
                  DenseNet-C, 1 keeps them; without it there is no transition
    norm          batch norm before every convolution, two numbers a channel it reads

    Raises InputError naming the parameter that does not fit.
    """
    sides, channels = _read(input, channels_first)
    count = whole(layers, "layers")
    _check({"the input's channels": channels, "growth_rate": growth_rate}, bottleneck, compression, count)
    work = Work(
        n=_side(sides), k0=channels, k=growth_rate, L=count, b=bottleneck or None,
        theta=compression, e=tuple(range(1, count + 1)),
    )  # fmt: skip
    work.whole = True
    work.called(n="side", k0="channels in", k="growth rate", L="layers", b="bottleneck", theta="compression", e="")
    work.note("Layer l reads the block's input and all layers before it, side by side (concatenated), and adds k.")
    for layer in range(1, count + 1):
        work.let("c[l]", "k0 + k*(l - 1)", "channels that layer l reads", table="channels", l=layer)
    _parameters(work, range(1, count + 1), norm)
    if "n" in work.given:
        macs = "prod(n)*w[l]" if isinstance(work.given["n"], Array) else "n^2*w[l]"
        for layer in range(1, count + 1):
            work.let("macs[l]", macs, "each weight once at every position", table="multiply-adds", l=layer)
    return _totals(work, norm)


def _read(input: Any, channels_first: bool) -> tuple[tuple[Any, ...], Any]:
    parts = input if isinstance(input, tuple) else (input,)
    if len(parts) == 1:
        return (), parts[0]
    sides, channels = read_sides(input, ("h", "w"), channels_first)
    if channels is None:
        raise InputError("input: the channels are needed, as in 56x56x64, or alone: 64")
    return (sides["h"], sides["w"]), channels


def _side(sides: tuple[Any, ...]) -> Any:
    if not sides:
        return None
    return sides[0] if spell(sides[0]) == spell(sides[1]) else Array((2,), sides)


def _check(counts: dict[str, Any], bottleneck: Any, compression: Any, layers: int) -> None:
    for name, value in counts.items():
        if not isinstance(value, Node):
            whole(value, name)
    if not isinstance(bottleneck, Node):
        whole(bottleneck, "bottleneck", 0)
    if layers > 200:
        raise InputError(f"layers: {layers:,} in one block; up to 200 are written out")
    if compression is not None and not isinstance(compression, Node) and not 0 < compression <= 1:
        raise InputError(f"compression: a share above 0, at most 1, not {compression}")


def _parameters(work: Work, layers: range, norm: bool) -> None:
    deep = "b" in work.given
    for layer in layers:
        if deep:
            why = "1×1 to b·k channels, then 3×3 to k"
            work.let("w[l]", "c[l]*b*k + 9*(b*k)*k", why, table="weights", l=layer)
        else:
            work.let("w[l]", "9*c[l]*k", "3×3 to k channels", table="weights", l=layer)
    for layer in layers:
        if norm:
            normed = "2*c[l] + 2*b*k" if deep else "2*c[l]"
            work.let("s[l]", normed, "scale and shift of each channel that is normalised", table=_LEARNT, l=layer)
            work.let("params[l]", "w[l] + s[l]", "all that is learnt", table=_LEARNT, l=layer)
        else:
            work.let("params[l]", "w[l]", "no norm, no bias", table=_LEARNT, l=layer)


def _totals(work: Work, norm: bool) -> Solution:
    work.let("channels", "k0 + k*L", "the block's input and what every layer added", unit="channels")
    work.let("links", "L*(L + 1)/2", "connections: 1 + 2 + … + L; a plain stack of L layers has L", unit="connections")
    work.let("block", "sum(params[l] for l in e)", "all layers", unit="parameters")
    answers = {"channels": "channels", "connections": "links", "block-parameters": "block"}
    mapped, uneven = "n" in work.given, isinstance(work.given.get("n"), Array)
    if mapped:
        work.let("cost", "sum(macs[l] for l in e)", "all layers", unit="MAC")
    if "theta" not in work.given:
        if mapped:
            work.let("out", "concat(n, channels)" if uneven else "[n, n, channels]", "the sides stay", unit="shape")
            answers["output"] = "out"
        work.let("total", "block", "there is no transition", unit="parameters")
        return work.answer(answers | {"parameters": "total"} | ({"multiply-adds": "cost"} if mapped else {}))
    work.let("z", "floor(theta*channels)", "the transition's 1×1 keeps so many", unit="channels")
    if norm:
        work.let("change", "channels*z + 2*channels", "1×1, and the norm before it", unit="parameters")
    else:
        work.let("change", "channels*z", "1×1 without a norm", unit="parameters")
    work.let("total", "block + change", "block and transition", unit="parameters")
    answers |= {"transition-parameters": "change", "parameters": "total"}
    if mapped:
        work.let("half", "floor(n/2)", "average pooling 2×2, stride 2")
        shape = "concat(half, z)" if uneven else "[half, half, z]"
        work.let("out", shape, "what the next block reads", unit="shape")
        macs = "cost + prod(n)*channels*z" if uneven else "cost + n^2*channels*z"
        work.let("all", macs, "with the transition's 1×1", unit="MAC")
        answers |= {"output": "out", "multiply-adds": "all"}
    return work.answer(answers)


_SLIPS = {
    "9*c[l]*k": {"a 3×3 kernel counted as one number": "c[l]*k"},
    "c[l]*b*k + 9*(b*k)*k": {"the 1×1 is forgotten": "9*(b*k)*k", "the 3×3 reads all channels": "c[l]*b*k + 9*c[l]*k"},
    "w[l] + s[l]": {"norms forgotten": "w[l]"},
}


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """Step → what was done wrong → the formula that does it."""
    return slips(solution, _SLIPS)


def sample(rng: Random) -> dict[str, Any]:
    """Three to five layers of growth rate 2 to 8, with a transition in half of the draws."""
    side, channels = rng.choice([7, 8, 14]), 2 * rng.randint(2, 8)
    given: dict[str, Any] = {
        "input": rng.choice([(side, side, channels), (side, side + 3, channels), channels]),
        "growth_rate": rng.randint(2, 8), "layers": rng.randint(3, 5), "bottleneck": rng.choice([0, 4]),
        "norm": rng.random() < 0.7,
    }  # fmt: skip
    return {**given, "compression": rng.choice(["1/2", 1])} if rng.random() < 0.5 else given


def reference(**given: Any) -> dict[str, Any]:
    """Torch's layers laid out without memory, each fed with everything before it."""
    from revise.solvers.cnn._densenet_torch import block

    return block(given)
