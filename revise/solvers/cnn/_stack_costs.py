"""A network's weights, biases, parameters and multiply-adds, row by row, and their totals."""

from revise.network import Layer
from revise.solvers.cnn._stack import MULTIPLYING, Stack

_KERNEL = {("line", 1): 0, ("line", 2): 1, ("box", 1): 2, ("box", 2): 2}
_WEIGHTS = {
    "plain": ("k[l]*c[m]*K[l]", "k[l]^2*c[m]*K[l]", "prod(k[l])*c[m]*K[l]"),
    "grouped": ("k[l]*(c[m]/g[l])*K[l]", "k[l]^2*(c[m]/g[l])*K[l]", "prod(k[l])*(c[m]/g[l])*K[l]"),
    "transposed": ("k[l]*c[m]*(K[l]/g[l])", "k[l]^2*c[m]*(K[l]/g[l])", "prod(k[l])*c[m]*(K[l]/g[l])"),
}
_WHYS = {
    "plain": "each filter spans all channels it reads",
    "grouped": "each filter spans the channels of its group",
    "transposed": "each channel lays down kernels in its group only",
    "depthwise": "each filter spans one channel",
}
_POSITIONS = {
    "l": ("n[l]*w[l]", "n[l]^2*w[l]", "prod(n[l])*w[l]"),
    "m": ("n[m]*w[l]", "n[m]^2*w[l]", "prod(n[m])*w[l]"),
}
_LEARNT, _COST = "weights and biases", "multiply-adds"


def add_costs(stack: Stack) -> None:
    """Weights w, biases b, parameters and multiply-adds of each row that learns something."""
    for row, layer in stack.layers.items():
        if layer.kind in MULTIPLYING:
            stack.let("w[l]", *_weights(stack, layer), _LEARNT, row)
            if layer.bias:
                depthwise = layer.groups == "depthwise"
                stack.let("b[l]", "c[l]" if depthwise else "K[l]", "one for each output channel", _LEARNT, row)
            else:
                stack.let("b[l]", "0", "no bias", _LEARNT, row)
        elif layer.kind == "prelu":
            stack.let("w[l]", "K[l]", "slopes", _LEARNT, row)
            stack.let("b[l]", "0", "", _LEARNT, row)
        elif layer.kind.endswith("-norm") and layer.affine:
            sized = layer.kind == "layer-norm" and bool(layer.size)
            stack.let("w[l]", "prod(z[l])" if sized else "c[m]", "a scale γ for each channel", _LEARNT, row)
            shift = "prod(z[l])" if sized else "c[m]"
            stack.let("b[l]", shift if layer.bias else "0", "a shift β for each channel", _LEARNT, row)
        else:
            continue
        stack.let("params[l]", "w[l] + b[l]", "all that is learnt", _LEARNT, row)
    for row, layer in stack.layers.items():
        if layer.kind == "linear" and not stack.sides(row):
            stack.let("macs[l]", "w[l]", "each weight once", _COST, row)
        elif layer.kind in MULTIPLYING:
            formula = _POSITIONS["m" if layer.kind == "transposed-conv" else "l"][_KERNEL[stack.form, stack.dims]]
            stack.let("macs[l]", formula, "each weight once at every position", _COST, row)


def add_totals(stack: Stack) -> dict[str, str]:
    """Sums over all rows; the answers they are."""
    work = stack.work
    if "L" not in work.given:
        work.note("Nothing is learnt in these layers.")
        return {}
    work.let("weights", "sum(w[l] for l in L)", "weights of all layers", unit="weights")
    work.let("biases", "sum(b[l] for l in L)", "biases of all layers", unit="biases")
    work.let("total", "weights + biases", "all that is learnt", unit="parameters")
    answers = {"weights": "weights", "biases": "biases", "parameters": "total"}
    if "X" in work.given:
        work.let("cost", "sum(macs[l] for l in X)", "multiply-adds, biases and norms not counted", unit="MAC")
        work.let("flops", "2*cost", "a multiply-add is two operations", unit="FLOP")
        answers |= {"multiply-adds": "cost", "operations": "flops"}
    return answers


def _weights(stack: Stack, layer: Layer) -> tuple[str, str]:
    if layer.kind == "linear":
        return "c[m]*K[l]", "one for each pair of input and unit"
    which = "grouped" if layer.groups != 1 else "plain"
    place = _KERNEL[stack.form, stack.dims]
    if layer.groups == "depthwise":
        return ("k[l]*c[l]", "k[l]^2*c[l]", "prod(k[l])*c[l]")[place], _WHYS["depthwise"]
    if which == "grouped" and layer.kind == "transposed-conv":
        which = "transposed"
    return _WEIGHTS[which][place], _WHYS[which]
