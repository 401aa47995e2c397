"""Gradient through a chain of layers: value, bound, shortcut."""

from fractions import Fraction
from math import isfinite
from random import Random
from typing import Any

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Number, Vector, whole
from revise.solution import Solution, Work
from revise.solvers.networks._gradient_flow_formulas import (
    BACK,
    BOUND,
    SLIPS,
    SLOPE,
    STEEPEST,
    VALUE,
    WHY_SLOPE,
    Activation,
)
from revise.solvers.optimisation._norm_rows import slips

SERVES: dict[str, dict[str, object]] = {"gradient-flow": {}}
SOURCE = "Nielsen 2015, Neural networks and deep learning, chapter 5; He et al. 2016, Identity mappings, equation 5"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Nielsen, chapter 5, the exploding gradient: weights 100 and z = 0 make every factor 100 · 1/4 = 25
    ({"weights": "100", "layers": 1, "z": "0"}, {"gradient": 25}),
    ({"weights": "100, 100, 100", "z": "0, 0, 0"}, {"gradient": 15625, "first-delta": 156 + Fraction(1, 4)}),
    # the same chapter: |w| < 1 makes every factor less than 1/4
    ({"weights": "1", "layers": 4}, {"bound": Fraction(1, 256)}),
    # ∂C/∂b₁ = σ′(z₁) w₂ σ′(z₂) w₃ … there; here with identity activations, whose slopes are 1
    ({"weights": "p, q, r", "activation": "linear", "z": "0, 0, 0"}, {"gradient": "p*q*r", "first-delta": "q*r"}),
]


def solve(
    weights: Vector,
    z: Vector | None = None,
    x: Number | None = None,
    bias: Vector | None = None,
    layers: Number | None = None,
    activation: Activation = "sigmoid",
    negative_slope: Number | None = None,
    residual: bool = False,
    upstream: Number = 1,
) -> Solution:
    """∂L/∂a₀ as a product of weights and slopes, layer by layer from the output back, and the bound on it.

    weights     w₁, w₂ … of a chain with one unit a layer, zₗ = wₗ aₗ₋₁ + bₗ; one weight with --layers
    z           the pre-activations z₁, z₂ …, where they are given
    x           the input a₀ instead, z is worked out; without both only the bound is
    bias        b₁, b₂ …, with x; 0 where they are not given
    layers      how many layers, where all have the one weight
    activation  of every layer
    negative_slope   of the leaky ReLU, 0.01 by default
    residual    aₗ = aₗ₋₁ + φ(zₗ): the shortcut adds 1 to every factor
    upstream    ∂L/∂a at the end

    Raises InputError naming the argument that does not fit.
    """
    w = _repeated(weights, layers)
    count = len(w)
    if z is not None and x is not None:
        raise InputError("x: the z follow from it; give --x or --z, not both")
    if bias is not None and x is None:
        raise InputError("bias: it needs the input too, --x; the z given have it in them already")
    for value, name in ((z, "z"), (bias, "bias")):
        if value is not None and len(value.flat) != count and not (layers is not None and len(value.flat) == 1):
            raise InputError(f"{name}: {len(value.flat)} numbers for {count} layers; give one for each")
    if negative_slope is not None and activation != "leaky-relu":
        raise InputError("negative-slope: only for --activation leaky-relu")
    for value, name in ((upstream, "upstream"), (x, "x"), *((each, "weights") for each in w)):
        if value is not None and not isinstance(value, Node) and not isfinite(value):
            raise InputError(f"{name}: {value} is not finite")
    valued = z is not None or x is not None
    slope = (0.01 if negative_slope is None else negative_slope) if activation == "leaky-relu" else None
    work = Work(
        w=dict(enumerate(w, 1)), z=None if z is None else _spread(z, count), a=None if x is None else {0: x},
        b=None if bias is None else _spread(bias, count), c=slope, u=upstream if valued else None, n=count,
    )  # fmt: skip
    work.called(w="weights", z="pre-activations", a="input", b="biases", c="negative slope", u="upstream ∂L/∂a")
    work.called(n="layers")
    words: dict[str, str] = {}
    if valued:
        _forwards(work, count, activation, residual)
        words = _backwards(work, count, residual)
    words |= _bounded(work, activation, residual, valued)
    return work.answer(words)


def _forwards(work: Work, count: int, activation: str, residual: bool) -> None:
    """z where it is not given, activations where they are needed, and the slopes."""
    chain = "a" in work.given
    for layer in range(1, count + 1):
        if chain:
            formula = "w[l]*a[l-1] + b[l]" if "b" in work.given else "w[l]*a[l-1]"
            work.let("z[l]", formula, "pre-activation", table="forwards", l=layer)
        if residual and (chain or activation in ("sigmoid", "tanh")):
            work.let("f[l]", VALUE[activation], "activation", table="forwards", l=layer)
        if chain and residual:
            work.let("a[l]", "a[l-1] + f[l]", "the shortcut adds the layer's input", table="forwards", l=layer)
        elif chain or (not residual and activation in ("sigmoid", "tanh")):
            work.let("a[l]", VALUE[activation], "activation", table="forwards", l=layer)
        work.let("s[l]", SLOPE[activation, residual], f"slope: {WHY_SLOPE[activation]}", table="forwards", l=layer)
    if chain:
        work.let("L", "u*a[n]", "the plainest loss with this ∂L/∂a at the end; any other has the same gradients")


def _backwards(work: Work, count: int, residual: bool) -> dict[str, str]:
    chain = "a" in work.given
    title = "backwards, from the output"
    why = "∂L/∂a: times the next layer's weight" + (", and 1 more by the shortcut" if residual else "")
    for layer in reversed(range(count + 1)):
        formula, reason = (BACK[residual], why) if layer < count else ("u", "∂L/∂a at the end")
        claim = ("L", "a[l]") if chain else None
        work.let("g[l]", formula, reason, table=title, gradient_of=claim, l=layer)
        if layer:
            claim = ("L", "z[l]") if chain else None
            work.let("d[l]", "g[l]*s[l]", "∂L/∂z: times the slope", table=title, gradient_of=claim, l=layer)
        if layer and chain:
            why_w = "∂L/∂w: times the layer's input"
            work.let("p[l]", "d[l]*a[l-1]", why_w, table=title, gradient_of=("L", "w[l]"), l=layer)
    words = {"gradient": "g[0]", "first-delta": "d[1]"}
    return words | ({"output": f"a[{count}]"} if chain else {})


def _bounded(work: Work, activation: str, residual: bool, valued: bool) -> dict[str, str]:
    formula, why = STEEPEST[activation]
    work.let("m", formula, f"greatest slope: {why}")
    why = "no chain with these weights lets through more: |∂L/∂a₀| is at most B times |∂L/∂a| at the end" + (
        " (1 by each shortcut)" if residual else ""
    )
    law = "abs(g[0]) <= abs(u)*B*(1 + 1/10^9)" if valued else None
    bound = work.let("B", BOUND[residual], why, holds=law)
    if isinstance(bound, Node):
        return {"bound": "B"}
    if not isfinite(bound):
        raise InputError("weights: their product is too large for a double")
    if residual:
        work.note("Each factor is 1 + w φ′: even where w φ′ is near 0 the gradient gets through the shortcuts.")
    elif bound < 1:
        work.note("Every layer multiplies, so the gradient vanishes: the first layers hardly learn.")
    elif valued and not isinstance(work.env["g"][0], Node):
        _compare(work, activation)
    return {"bound": "B"}


def _compare(work: Work, activation: str) -> None:
    first, last = abs(work.env["g"][0]), abs(work.env["u"])
    if first > last:
        work.note("Weights times slopes are above 1 on the whole: the gradient grows with the depth, it may explode.")
    elif first < last and activation in ("sigmoid", "tanh"):
        work.note("The bound allows more, but the z here are away from 0, where the slopes are small: it vanishes.")
    elif first == 0:
        work.note("A ReLU that is off passes nothing on: all layers before it get no gradient.")


def _repeated(weights: Array, layers: Any) -> tuple[Any, ...]:
    if layers is None:
        if len(weights.flat) > 100:
            raise InputError(f"weights: {len(weights.flat)} layers are more than the 100 that are worked out")
        return weights.flat
    if (count := whole(layers, "layers")) > 100:
        raise InputError(f"layers: {count} is more than the 100 that are worked out")
    if len(weights.flat) not in (1, count):
        raise InputError(f"layers: {count}, but {len(weights.flat)} weights are given; leave --layers out")
    return weights.flat * (count if len(weights.flat) == 1 else 1)


def _spread(values: Array, count: int) -> dict[int, Any]:
    return dict(enumerate(values.flat * (count if len(values.flat) == 1 else 1), 1))


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """Step → what was done wrong → the formula that does it."""
    return slips(solution, SLIPS)


def sample(rng: Random) -> dict[str, Any]:
    """Two to four layers; with the z, with an input, or the bound alone."""
    count = rng.randint(2, 4)
    given: dict[str, Any] = {"weights": ", ".join(rng.choice(["1", "2", "-1", "1/2", "3"]) for _ in range(count))}
    given["activation"] = rng.choice(["sigmoid", "sigmoid", "tanh", "relu", "leaky-relu"])
    if given["activation"] == "leaky-relu":
        given["negative_slope"] = "0.1"
    kind = rng.choice(["z", "x", "bound"])
    if kind == "z":
        given["z"] = ", ".join(rng.choice(["0", "1", "-1", "2", "1/2"]) for _ in range(count))
    elif kind == "x":
        given["x"] = rng.choice(["1", "2", "1/2"])
        if rng.random() < 0.5:
            given["bias"] = ", ".join(rng.choice(["0", "1", "-1"]) for _ in range(count))
    if rng.random() < 0.3:
        given["residual"] = True
    return given


def reference(
    weights: Array, z: Any = None, x: Any = None, bias: Any = None, layers: Any = None, activation: str = "sigmoid",
    negative_slope: Any = None, residual: bool = False, upstream: Any = 1,
) -> dict[str, Any]:  # fmt: skip
    """Torch: autograd through the chain; biases that bring about the z where those are given."""
    import torch

    w = [float(v) for v in weights.flat] * (int(layers) if layers is not None and len(weights.flat) == 1 else 1)
    slope = 0.01 if negative_slope is None else float(negative_slope)
    run: Any = {
        "sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu, "linear": torch.clone,
        "leaky-relu": torch.nn.LeakyReLU(slope),
    }[activation]  # fmt: skip
    steep = {"sigmoid": 0.25, "leaky-relu": max(1.0, abs(slope))}.get(activation, 1.0)
    bound = torch.tensor([abs(each) * steep + (1 if residual else 0) for each in w], dtype=torch.float64).prod()
    found: dict[str, Any] = {"bound": bound}
    if z is None and x is None:
        return found
    start = torch.tensor(float(x if x is not None else 0.3), dtype=torch.float64, requires_grad=True)
    shifts = [float(v) for v in bias.flat] if bias is not None else [0.0] * len(w)
    wanted = None if z is None else [float(v) for v in z.flat] * (len(w) if len(z.flat) == 1 else 1)
    value, before = start, []
    for place, weight in enumerate(w):
        inner = weight * value + (shifts * len(w))[place]
        if wanted is not None:
            inner = weight * value + (wanted[place] - weight * value.detach())
        inner.retain_grad()
        before.append(inner)
        value = run(inner) + (value if residual else 0)
    (value * float(upstream)).backward()  # type: ignore[no-untyped-call]
    found |= {"gradient": start.grad, "first-delta": before[0].grad}
    return found | ({"output": value} if x is not None else {})
