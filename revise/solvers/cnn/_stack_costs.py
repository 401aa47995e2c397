"""A network's weights, biases, parameters and multiply-adds, row by row, and their totals."""

from revise.network import Layer
from revise.solvers.cnn._stack import MULTIPLYING, SEQUENTIAL, Stack, learns

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
    rows = [row for row, layer in stack.layers.items() if learns(layer)]
    wide = any(stack.layers[row].kind == "rnn" for row in rows)  # formulas that need a table of their own
    for row in rows if wide else ():
        stack.let("w[l]", *_learnt(stack, row)[0], "weights", row)
    for row in rows:
        weights, biases = _learnt(stack, row)
        if not wide:
            stack.let("w[l]", *weights, _LEARNT, row)
        stack.let("b[l]", *biases, _LEARNT, row)
        stack.let("params[l]", "w[l] + b[l]", "all that is learnt", _LEARNT, row)
    for row, layer in stack.layers.items():
        if layer.kind == "rnn":
            stack.let(
                "macs[l]", "n[m]*w[l]", "each weight once at every step; products of gates not counted", _COST, row
            )
        elif layer.kind == "attention":
            stack.let("macs[l]", *_ATTENDING[len(layer.inputs)], _COST, row)
        elif layer.kind == "linear" and not stack.sides(row):
            stack.let("macs[l]", "w[l]", "each weight once", _COST, row)
        elif layer.kind in MULTIPLYING:
            formula = _POSITIONS["m" if layer.kind == "transposed-conv" else "l"][_KERNEL[stack.form, stack.dims]]
            stack.let("macs[l]", formula, "each weight once at every position", _COST, row)


def _learnt(stack: Stack, row: int) -> tuple[tuple[str, str], tuple[str, str]]:
    """Formula and reason of the row's weights and of its biases."""
    layer = stack.layers[row]
    if layer.kind in (*SEQUENTIAL, "embedding"):
        return _sequence_weights(layer), _sequence_biases(layer)
    if layer.kind == "prelu":
        return ("K[l]", "slopes"), ("0", "")
    if layer.kind.endswith("-norm"):
        count = "prod(z[l])" if layer.kind == "layer-norm" and layer.size else "c[m]"
        return (count, "a scale γ for each channel"), (count if layer.bias else "0", "a shift β for each channel")
    if not layer.bias:
        return _weights(stack, layer), ("0", "no bias")
    each = "c[l]" if layer.groups == "depthwise" else "K[l]"
    return _weights(stack, layer), (each, "one for each output channel")


_ATTENDING = {
    1: (
        "4*n[m]*c[m]*inner[l] + 2*n[m]^2*inner[l]",
        "Q, K, V and the output; then QKᵀ and its product with V for each pair of positions",
    ),
    2: (
        "2*n[m]*c[m]*inner[l] + 2*n[I[l]]*c[m]*inner[l] + 2*n[m]*n[I[l]]*inner[l]",
        "Q and the output, K and V of what it looks at; then QKᵀ and its product with V",
    ),
}


def _sequence_weights(layer: Layer) -> tuple[str, str]:
    if layer.kind == "embedding":
        return "rows[l]*K[l]", "a vector for each index"
    if layer.kind == "attention":
        return "4*c[m]*inner[l]", "Q, K, V and the output"
    if layer.directions == 2:
        return "2*gates[l]*(c[m] + K[l])*K[l]", "both directions; a gate reads the input and the state before"
    return "gates[l]*(c[m] + K[l])*K[l]", "each gate reads the input and the state before"


def _sequence_biases(layer: Layer) -> tuple[str, str]:
    if layer.kind == "attention" and layer.bias:
        return "3*inner[l] + c[m]", "of Q, K and V, and of the output"
    if layer.kind != "rnn" or not layer.biases:
        return "0", "no bias"
    both = layer.directions == 2
    if layer.biases == 1:
        return (
            ("2*gates[l]*K[l]", "one for each gate and direction") if both else ("gates[l]*K[l]", "one for each gate")
        )
    if both:
        return "4*gates[l]*K[l]", "two for each gate and direction: one beside the input, one beside the state"
    return "2*gates[l]*K[l]", "two for each gate: one beside the input, one beside the state"


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
