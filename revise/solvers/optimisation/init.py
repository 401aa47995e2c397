"""Weight initialisation: Xavier, He, LeCun from fan-in and fan-out."""

from random import Random
from typing import Any, Literal

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Number, Shape, whole
from revise.solution import Solution, Work

SERVES: dict[str, dict[str, object]] = {"init": {}}
SOURCE = "Glorot & Bengio 2010, equations 12 and 16; He et al. 2015, equations 10 and 14; PyTorch, torch.nn.init"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # He et al. 2015, section 2.2: 3×3 filters of 64, 128, 256 and 512 channels, by the backward rule √(2/(k²d))
    *(
        ({"method": "he", "mode": "fan-out", "kernel_size": 3, "in_channels": 64, "out_channels": d}, {"std": sd})
        for d, sd in ((64, "0.059"), (128, "0.042"), (256, "0.029"), (512, "0.021"))
    ),
    # Glorot & Bengio, equation 16: U(−√6/√(n_j + n_j+1), +…), variance 2/(n_j + n_j+1)
    ({"fan_in": "m", "fan_out": "n"}, {"variance": "2/(m + n)", "bound": "sqrt(6)/sqrt(m + n)"}),
    # PyTorch, calculate_gain: tanh 5/3, ReLU √2, leaky ReLU √(2/(1 + slope²)), SELU 3/4
    ({"fan_in": 50, "fan_out": 50, "nonlinearity": "tanh"}, {"gain": "1.666667", "std": "0.2357"}),
    ({"method": "he", "fan_in": 2}, {"gain": "1.414214", "variance": 1}),
    ({"method": "he", "fan_in": 2, "nonlinearity": "leaky-relu", "negative_slope": "0.2"}, {"gain": "1.386750"}),
    ({"method": "lecun", "fan_in": 4, "nonlinearity": "selu"}, {"gain": "0.75"}),
    # PyTorch, nn.Linear: weights in U(−1/√in, 1/√in), drawn by kaiming_uniform_(a=√5)
    (
        {"method": "he", "fan_in": 100, "nonlinearity": "leaky-relu", "negative_slope": "sqrt(5)"},
        {"bound": "0.1"},
    ),
]
MISTAKES = {
    "V": {
        "fan-in alone, not both: that is LeCun's or He's": "G/f_in",
        "the 2 of the mean of both is forgotten": "G/(f_in + f_out)",
        "the gain is not squared": "g/f_in",
        "the other fan": "G/f_out",
    },
    "s": {"the variance is taken for the standard deviation": "V"},
    "a": {
        "the standard deviation is taken for the bound": "s",
        "√12 instead of √3: that is the whole width": "sqrt(12)*s",
    },
    "f_in": {"the kernel's k² is forgotten": "C", "k instead of k²": "k*C"},
    "f_out": {"the kernel's k² is forgotten": "K"},
}

_GAINS = {
    "linear": ("1", "linear (and sigmoid, in PyTorch): gain 1"),
    "sigmoid": ("1", "sigmoid: PyTorch takes 1; Glorot's 4 belongs to σ's slope of 1/4 at 0"),
    "tanh": ("25/9", "tanh: PyTorch's gain is 5/3 (Glorot takes 1, the slope at 0)"),
    "relu": ("2", "ReLU halves the mean square: the gain √2 makes up for it"),
    "leaky-relu": ("2/(1 + c^2)", "leaky ReLU keeps (1 + c²)/2 of the mean square"),
    "selu": ("9/16", "SELU: PyTorch's gain is 3/4"),
}
_VARIANCE = {"xavier": "2*G/(f_in + f_out)", "fan-in": "G/f_in", "fan-out": "G/f_out"}
_PLAIN = {"xavier": "2/(f_in + f_out)", "fan-in": "1/f_in", "fan-out": "1/f_out"}

Gain = Literal["linear", "sigmoid", "tanh", "relu", "leaky-relu", "selu"]


def solve(
    fan_in: Number | None = None,
    fan_out: Number | None = None,
    method: Literal["xavier", "he", "lecun"] = "xavier",
    nonlinearity: Gain | None = None,
    negative_slope: Number | None = None,
    mode: Literal["fan-in", "fan-out"] = "fan-in",
    kernel_size: Shape | None = None,
    in_channels: Number | None = None,
    out_channels: Number | None = None,
) -> Solution:
    """Variance, standard deviation (normal) and bound (uniform in ±a) of the weights.

    fan_in, fan_out   inputs of a unit, units fed by an input: the two sides of the weight matrix
    method            xavier (Glorot): 2/(fan-in + fan-out); he (Kaiming): 2/fan-in for ReLU; lecun: 1/fan-in
    nonlinearity      its gain, squared, multiplies the variance; he: relu by default, else 1
    negative_slope    of the leaky ReLU, 0.01 by default
    mode              he: fan-in keeps the forward signal's size, fan-out the gradient's
    kernel_size       of a convolution, with its channels: fan-in is k² · in, fan-out k² · out

    Raises InputError naming the argument that is missing or does not fit.
    """
    conv = kernel_size is not None
    if mode == "fan-out" and method != "he":
        raise InputError("mode: only for --method he")
    if conv and (fan_in is not None or fan_out is not None):
        raise InputError("fan-in: with --kernel-size the fans follow from the channels; give one of the two")
    if not conv and (in_channels is not None or out_channels is not None):
        raise InputError("kernel-size: needed with channels, as --kernel-size 3")
    need_in, need_out = _needed(method, mode)
    left, right = (in_channels, out_channels) if conv else (fan_in, fan_out)
    names = ("in-channels", "out-channels") if conv else ("fan-in", "fan-out")
    for value, needed, name in ((left, need_in, names[0]), (right, need_out, names[1])):
        if needed and value is None:
            raise InputError(f"{name}: needed for {method}" + (f" with --mode {mode}" if method == "he" else ""))
        if value is not None and not isinstance(value, Node):
            whole(value, name)
    shape = nonlinearity or ("relu" if method == "he" else "linear")
    if negative_slope is not None and shape != "leaky-relu":
        raise InputError("negative-slope: only for --nonlinearity leaky-relu")
    slope = (0.01 if negative_slope is None else negative_slope) if shape == "leaky-relu" else None
    work = Work(
        k=_kernel(kernel_size) if conv else None, C=left if conv else None, K=right if conv else None,
        f_in=None if conv else left, f_out=None if conv else right, c=slope,
    )  # fmt: skip
    work.called(k="kernel", C="channels in", K="channels out", f_in="fan-in", f_out="fan-out", c="negative slope")
    words = _fans(work) if conv else {}
    _spread(work, shape, "xavier" if method == "xavier" else mode, _sentence(method, mode))
    return work.answer(words | {"gain": "g", "variance": "V", "std": "s", "bound": "a"})


def _needed(method: str, mode: str) -> tuple[bool, bool]:
    return method == "xavier" or mode == "fan-in", method == "xavier" or mode == "fan-out"


def _kernel(kernel_size: Any) -> Any:
    """The side of a square kernel, or all its sides."""
    sides = kernel_size if isinstance(kernel_size, tuple) else (kernel_size,)
    for side in sides:
        if not isinstance(side, Node):
            whole(side, "kernel-size")
    return sides[0] if len(sides) == 1 else Array((len(sides),), tuple(sides))


def _fans(work: Work) -> dict[str, str]:
    words, oblong = {}, isinstance(work.given["k"], Array)
    if "C" in work.given:
        work.let("f_in", "prod(k)*C" if oblong else "k^2*C", "inputs of one output: the kernel over all channels in")
        words["fan-in"] = "f_in"
    if "K" in work.given:
        work.let(
            "f_out", "prod(k)*K" if oblong else "k^2*K", "outputs that one input feeds (PyTorch's count, stride 1)"
        )
        words["fan-out"] = "f_out"
    return words


def _sentence(method: str, rule: str) -> str:
    if method == "xavier":
        return "between 1/fan-in (forwards) and 1/fan-out (backwards): their mean is put for the fan"
    if method == "lecun":
        return "one over the fan-in: the sum of so many terms keeps its variance"
    return (
        "the sum of fan-in terms keeps its size" if rule == "fan-in" else "the gradient, a sum of fan-out terms, does"
    )


def _spread(work: Work, shape: str, rule: str, why: str) -> None:
    square, reason = _GAINS[shape]
    if shape in ("linear", "sigmoid"):
        work.let("g", "1", reason)
        work.let("V", _PLAIN[rule], f"variance of a weight: {why}")
    else:
        work.let("G", square, f"gain squared; {reason}")
        work.let("g", "sqrt(G)", "the gain")
        work.let("V", _VARIANCE[rule], f"variance of a weight: {why}")
    work.let("s", "sqrt(V)", "standard deviation: draw from N(0, s²)")
    work.let("a", "sqrt(3*V)", "or uniformly from −a to a, whose variance is a²/3", holds="a^2/3 = V")
    work.note("Biases start at 0. Weights must not: equal units would get equal gradients and stay equal.")


def sample(rng: Random) -> dict[str, Any]:
    """A layer with easy fans, about a third a convolution."""
    given: dict[str, Any] = {"method": rng.choice(["xavier", "he", "lecun"])}
    if rng.random() < 0.35:
        given |= {"kernel_size": rng.choice([1, 3, 5, (3, 5)]), "in_channels": rng.choice([1, 2, 4, 16])}
        given["out_channels"] = rng.choice([2, 6, 8, 32])
    else:
        given |= {"fan_in": rng.choice([2, 8, 50, 100, 256]), "fan_out": rng.choice([4, 10, 46, 100])}
    if given["method"] == "he" and rng.random() < 0.4:
        given["mode"] = "fan-out"
    if rng.random() < 0.4:
        given["nonlinearity"] = rng.choice(["relu", "tanh", "leaky-relu", "selu", "linear"])
        if given["nonlinearity"] == "leaky-relu":
            given["negative_slope"] = rng.choice(["0.1", "0.2", "1/2"])
    return given


def reference(
    fan_in: Any = None, fan_out: Any = None, method: str = "xavier", nonlinearity: Any = None,
    negative_slope: Any = None, mode: str = "fan-in", kernel_size: Any = None, in_channels: Any = None,
    out_channels: Any = None,
) -> dict[str, Any]:  # fmt: skip
    """Torch's own rule: fans of a real tensor, its gains, and the bound its uniform initialiser draws to."""
    import torch
    from torch.nn import init

    if kernel_size is not None:
        sides = kernel_size if isinstance(kernel_size, tuple) else (kernel_size, kernel_size)
        tensor = torch.empty(int(out_channels or 1), int(in_channels or 1), *map(int, sides))
    else:
        tensor = torch.empty(int(fan_out or 1), int(fan_in or 1))
    into, out = init._calculate_fan_in_and_fan_out(tensor)
    name: Any = nonlinearity or ("relu" if method == "he" else "linear")
    slope = 0.01 if negative_slope is None else float(negative_slope)
    gain = init.calculate_gain(name.replace("-", "_"), slope if name == "leaky-relu" else None)
    if method == "xavier":
        std = gain * (2.0 / (into + out)) ** 0.5
    else:
        std = gain / (out if mode == "fan-out" else into) ** 0.5
    found = {"gain": gain, "variance": std**2, "std": std, "bound": 3**0.5 * std}
    return found | (
        {"fan-in": into, "fan-out": out} if kernel_size is not None and in_channels and out_channels else {}
    )
