"""Variance of activations or gradients through layers of random weights."""

from math import isfinite
from random import Random
from typing import Any, Literal

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Number, Vector, whole
from revise.solution import Solution, Work
from revise.solvers.optimisation._norm_rows import slips

SERVES: dict[str, dict[str, object]] = {"activation-variance": {}}
SOURCE = "Glorot & Bengio 2010, equations 5, 6 and 15; He et al. 2015, equations 8 to 14"
_VGG = "64, 576, 1152, 1152, 2304, 2304, 4608, 4608, 4608, 4608"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # He et al. 2015, section 2.2: nine 3×3 layers with 64, 128 (2), 256 (2) and 512 (4) channels and s.d. 0.01: the
    # gradient is 1/(5.9 · 4.2² · 2.9² · 2.1⁴) = 1/(1.7 · 10⁴) of what it should be
    ({"widths": _VGG, "std": "0.01", "activation": "relu", "direction": "backward"}, {"ratio-std": "0.00006"}),
    ({"widths": _VGG, "init": "he", "activation": "relu", "direction": "backward"}, {"ratio-std": 1}),
    # Glorot & Bengio, equation 15: with the standard U(−1/√n, 1/√n), n Var[W] = 1/3, so a third is left by each layer
    ({"widths": "1000", "layers": 1, "init": "uniform"}, {"variance": "0.333333"}),
    ({"widths": "1000", "layers": 4, "init": "uniform"}, {"ratio": "0.012346"}),
]
_SLIPS = {
    "n[l-1]*q[l]*S[l-1]": {
        "the width is forgotten": "q[l]*S[l-1]",
        "the standard deviation instead of the variance": "n[l-1]*sqrt(q[l])*S[l-1]",
    },
    "n[l+1]*q[l+1]*v[l+1]": {"the width is forgotten": "q[l+1]*v[l+1]"},
    "n[l+1]*q[l+1]*v[l+1]/2": {
        "the width is forgotten": "q[l+1]*v[l+1]/2",
        "ReLU's half is forgotten": "n[l+1]*q[l+1]*v[l+1]",
    },
    "v[l]/2": {"ReLU's half is forgotten": "v[l]", "ReLU taken to leave a quarter": "v[l]/4"},
    "s^2": {"the s.d. instead of its square": "s"},
    "1/(3*n[l-1])": {"the variance of a uniform draw is a²/3, not a²": "1/n[l-1]"},
}

# initialisation, direction → Var[w] of layer l, whose matrix has n[l-1] inputs and n[l] outputs
_WEIGHTS = {
    ("xavier", "forward"): "2/(n[l-1] + n[l])",
    ("xavier", "backward"): "2/(n[l-1] + n[l])",
    ("he", "forward"): "2/n[l-1]",
    ("he", "backward"): "2/n[l]",
    ("lecun", "forward"): "1/n[l-1]",
    ("lecun", "backward"): "1/n[l-1]",
    ("uniform", "forward"): "1/(3*n[l-1])",
    ("uniform", "backward"): "1/(3*n[l-1])",
    ("std", "forward"): "s^2",
    ("std", "backward"): "s^2",
}
_WHY = {
    "xavier": "Xavier",
    "he": "He",
    "lecun": "LeCun",
    "uniform": "uniform in ±1/√n: a²/3",
    "std": "the s.d. squared",
}
_FORWARD = "n[l-1]*q[l]*S[l-1]"
_SECOND = {"linear": "v[l]", "tanh": "v[l]", "relu": "v[l]/2"}
_AFTER = {
    "linear": "no activation: E[a²] = Var[z]",
    "tanh": "tanh near 0 is the identity: E[a²] ≈ Var[z] as long as z is small",
    "relu": "ReLU sets half of a symmetric z to 0: E[a²] = Var[z]/2",
}
_BACKWARD = {
    "linear": "n[l+1]*q[l+1]*v[l+1]",
    "tanh": "n[l+1]*q[l+1]*v[l+1]",
    "relu": "n[l+1]*q[l+1]*v[l+1]/2",
}


def solve(
    widths: Vector,
    layers: Number | None = None,
    init: Literal["xavier", "he", "lecun", "uniform"] | None = None,
    std: Number | None = None,
    activation: Literal["linear", "tanh", "relu"] = "linear",
    direction: Literal["forward", "backward"] = "forward",
    input_variance: Number = 1,
) -> Solution:
    """Var[z] = n · Var[w] · E[a²] layer by layer; backwards Var[∂L/∂a] the same way with the fan-out.

    widths          units of every layer from the input on, "784, 500, 10" (k²C of a convolution); or one width
    layers          how many layers, where all have the one width
    init            of the weights: xavier by default; he: 2/fan-in (backward: 2/fan-out); lecun 1/fan-in;
                    `uniform` is the old U(−1/√n, 1/√n), variance 1/(3n)
    std             standard deviation of the weights instead
    activation      relu halves E[a²]; tanh is taken as the identity, as near 0
    direction       of the activations, or of the gradients
    input_variance  E[x²] of the input, mean 0; backward: variance of the gradient at the output

    Weights have mean 0 and are independent of their inputs.

    Raises InputError naming the argument that does not fit.
    """
    if init is not None and std is not None:
        raise InputError("std: it sets the weights, and so does --init; give one of the two")
    kind = "std" if std is not None else init or "xavier"
    for value, name in ((std, "std"), (input_variance, "input-variance")):
        if value is not None and not isinstance(value, Node) and not (value > 0 and isfinite(value)):
            raise InputError(f"{name}: {value} is not above 0")
    sizes = _sizes(widths, layers)
    last = len(sizes) - 1
    forward = direction == "forward"
    relu = activation == "relu"
    work = Work(
        n=dict(enumerate(sizes)), s=std, S={0: input_variance} if forward else None,
        v=None if forward else {last: input_variance},
    )  # fmt: skip
    work.called(n="width" if layers is None else "", s="s.d. of the weights")
    work.called(S="mean square of the input" if forward else "", v="gradient's variance at the output")
    if layers is not None:
        wide = widths.flat[0] if not isinstance(widths.flat[0], Node) else "equally"
        work.note(f"The layer is {wide} wide." if last == 1 else f"All {last} layers are {wide} wide.")
    title = "layer by layer" if forward else "weights"
    for layer in range(1, last + 1):
        work.let("q[l]", _WEIGHTS[kind, direction], f"Var[w]: {_WHY[kind]}", table=title, l=layer)
        if forward:
            why = "Var[z]: so many independent terms of variance Var[w] E[a²]"
            work.let("v[l]", _FORWARD, why, table=title, l=layer)
            work.let("S[l]", _SECOND[activation], _AFTER[activation], table=title, l=layer)
    for layer in () if forward else reversed(range(last)):
        why = "Var[∂L/∂a] of the layer before: fan-out terms" + (", half of them cut by ReLU" if relu else "")
        work.let("v[l]", _BACKWARD[activation], why, table="from the output back", l=layer)
    return _ended(work, forward, relu, last)


def _ended(work: Work, forward: bool, relu: bool, last: int) -> Solution:
    if forward:
        work.let("r", "S[L]/S[0]", "what all layers together do to the mean square", L=last)
    else:
        work.let("r", "v[0]/v[L]", "what all layers together do to the gradient's variance", L=last)
    work.let("t", "sqrt(r)", "the same of its size (standard deviation)")
    ratio = work.env["r"]
    if not isinstance(ratio, Node):
        if not isfinite(ratio):
            raise InputError("std: the variance grows too large for a double; fewer layers or smaller weights")
        far = "keeps its size" if abs(ratio - 1) < 1e-9 else "dies out" if ratio < 1 else "grows"
        what = "signal" if forward else "gradient"
        whose = "LeCun's, and Xavier's" if forward else "Xavier's"
        keeps = "He's 2/n" if relu else f"1/n: {whose} where the widths are equal"
        n = "fan-in" if forward else "fan-out"
        work.note(f"With these weights the {what} {far}. It is kept by {keeps} (n the {n}).")
    if relu and forward:
        work.note("The first layer sees the input itself, which no ReLU has halved.")
    place = f"v[{last if forward else 0}]"
    words = {"variance": place} | ({"mean-square": f"S[{last}]"} if forward else {})
    return work.answer(words | {"ratio": "r", "ratio-std": "t"})


def _sizes(widths: Array, layers: Any) -> list[Any]:
    sizes = list(widths.flat)
    for size in sizes:
        if not isinstance(size, Node):
            whole(size, "widths")
    if layers is not None:
        if len(sizes) != 1:
            raise InputError("layers: only with one width; several widths say how many layers there are")
        if (count := whole(layers, "layers")) > 200:
            raise InputError(f"layers: {count} is more than the 200 that are worked out")
        return sizes * (count + 1)
    if len(sizes) < 2:
        raise InputError("layers: with one width say how many layers, as --layers 10")
    if len(sizes) > 201:
        raise InputError(f"widths: {len(sizes) - 1} layers are more than the 200 that are worked out")
    return sizes


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """Step → what was done wrong → the formula that does it."""
    return slips(solution, _SLIPS)


def sample(rng: Random) -> dict[str, Any]:
    """Two to four layers with easy widths."""
    given: dict[str, Any] = {"activation": rng.choice(["relu", "relu", "linear", "tanh"])}
    if rng.random() < 0.5:
        given |= {"widths": rng.choice(["100", "50", "400"]), "layers": rng.randint(2, 4)}
    else:
        given["widths"] = ", ".join(str(rng.choice([10, 20, 50, 100])) for _ in range(rng.randint(3, 4)))
    if rng.random() < 0.5:
        given["std"] = rng.choice(["0.01", "0.1", "0.2"])
    else:
        given["init"] = rng.choice(["xavier", "he", "lecun", "uniform"])
    if rng.random() < 0.3:
        given["direction"] = "backward"
    return given


def reference(
    widths: Array, layers: Any = None, init: Any = None, std: Any = None, activation: str = "linear",
    direction: str = "forward", input_variance: Any = 1,
) -> dict[str, Any]:  # fmt: skip
    """NumPy: each layer's factor in one array, multiplied up."""
    import numpy

    sizes = numpy.array([float(v) for v in widths.flat] * (int(layers) + 1 if layers is not None else 1))
    into, out = sizes[:-1], sizes[1:]
    if std is not None:
        spread = numpy.full(len(into), float(std) ** 2)
    else:
        he = 2 / (into if direction == "forward" else out)
        spread = {"he": he, "lecun": 1 / into, "uniform": 1 / into / 3}.get(init, 2 / (into + out))
    half = 0.5 if activation == "relu" else 1.0
    factors = spread * half * (into if direction == "forward" else out)
    ratio = float(factors.prod())
    end = ratio * float(input_variance) / (half if direction == "forward" else 1)
    found = {"variance": end, "ratio": ratio, "ratio-std": ratio**0.5}
    return found | ({"mean-square": ratio * float(input_variance)} if direction == "forward" else {})
