"""The passes through a network of layers, each quantity one step with its shape."""

from revise.engines.arrays import entries
from revise.expression import Node
from revise.solution import Work
from revise.solvers.networks._mlp_formulas import (
    ACTIVATION,
    BEFORE,
    BY_BIAS,
    BY_INPUT,
    BY_WEIGHTS,
    CALLED,
    LAYER,
    LOSS,
    SLOPE,
    SOFTMAX,
)
from revise.solvers.networks._mlp_input import Net

_CONVENTION = {False: "column", True: "row"}
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_NAMED = {"linear": "a linear layer: a is z", "sigmoid": "σ of each entry", "softmax": "softmax"}


def forward(work: Work, net: Net) -> None:
    """z and a of every layer."""
    line = _CONVENTION[net.row]
    for k, (activation, bias) in enumerate(zip(net.activations, net.biases, strict=True), 1):
        n, m = net.sizes[k - 1], net.sizes[k]
        first, second = (net.by(n), f"{n}×{m}") if net.row else (f"{m}×{n}", net.by(n))
        left, right = _sub("W", k), _sub("a", k - 1)
        left, right = (right, left) if net.row else (left, right)
        why = f"layer {k}: {left} ({first}) times {right} ({second}) is {net.by(m)}"
        if bias is not None:
            why += f"; {_sub('b', k)} ({bias.shape[0]}×{bias.shape[1]}) is added" + (
                f" to every {line}" if net.count > 1 else ""
            )
        work.let("z[k]", LAYER[line, bias is not None], why, k=k, j=k - 1)
        why = _NAMED.get(activation, f"{activation} of each entry")
        why += f", {line} by {line}" if activation == "softmax" and net.count > 1 else ""
        formula = SOFTMAX[line] if activation == "softmax" else ACTIVATION[activation]
        work.let("a[k]", formula, f"{why}: {net.by(m)}", k=k)
        kinked = {"relu": "0", "leaky-relu": "α"}.get(activation)
        if kinked and 0 in [z for z in entries(work.env["z"][k]) if not isinstance(z, Node)]:
            work.note(
                f"{activation} has no derivative at 0, where an entry of z in layer {k} is: there it is taken as "
                f"{kinked}."
            )


def lose(work: Work, net: Net, kind: str, over: str) -> None:
    """The errors, where the loss is a squared one, and the loss."""
    last = len(net.weights)
    why = CALLED[kind]
    if net.count > 1:
        why += ", " + ("mean over the batch" if over == "mean" else "added over the batch")
    if kind in ("half", "sum", "mean"):
        work.let("err", "a[k] - y", f"the errors: output minus target, {net.by(net.sizes[-1])}", k=last)
    work.let("L", LOSS[kind, over], f"{why}: one number", k=last)


def backward(work: Work, net: Net, kind: str, over: str) -> None:
    """δ of every layer from the last to the first, each followed by the gradients by its weights and biases."""
    last = len(net.weights)
    for k in range(last, 0, -1):
        shape = net.by(net.sizes[k])
        if k == last and kind in ("bce", "ce"):
            name = "sigmoid" if kind == "bce" else "softmax"
            why = f"BP1: {_sub('δ', k)} = ∂L/∂{_sub('z', k)}; the {name} and the logarithm cancel: {shape}"
            work.let("delta[k]", SLOPE[kind, over], why, gradient_of=("L", "z[k]"), k=k)
        else:
            if k == last:
                why = f"the loss by the output {_sub('a', k)}: {shape}"
                work.let("dL_da[k]", SLOPE[kind, over], why, gradient_of=("L", "a[k]"), k=k)
            formula, rule = BEFORE[net.activations[k - 1]]
            why = f"BP{1 if k == last else 2}: {_sub('δ', k)} = ∂L/∂{_sub('z', k)}, entry by entry; {rule}: {shape}"
            work.let("delta[k]", formula, why, gradient_of=("L", "z[k]"), k=k)
        _by_parameters(work, net, k)
        if k > 1:
            _by_input(work, net, k)


def _by_parameters(work: Work, net: Net, k: int) -> None:
    line, n, m = _CONVENTION[net.row], net.sizes[k - 1], net.sizes[k]
    turned = f"{n}×{net.count}" if net.row else f"{net.count}×{n}"
    delta, before = _sub("δ", k), _sub("a", k - 1)
    product = f"{delta} ({net.by(m)}) times {before}ᵀ ({turned})"
    if net.row:
        product = f"{before}ᵀ ({turned}) times {delta} ({net.by(m)})"
    shape = f"{n}×{m}" if net.row else f"{m}×{n}"
    why = f"BP4: {product} is {shape}, the shape of {_sub('W', k)}"
    work.let("dL_dW[k]", BY_WEIGHTS[line], why, gradient_of=("L", "W[k]"), k=k, j=k - 1)
    bias = net.biases[k - 1]
    if bias is not None:
        shape = f"{bias.shape[0]}×{bias.shape[1]}"
        why = f"BP3: {delta} as it is: {shape}, like {_sub('b', k)}"
        if net.count > 1:
            why = f"BP3: the {line}s of {delta} added, for {_sub('b', k)} is in each: {shape}"
        formula = BY_BIAS[line] if net.count > 1 else "delta[k]"
        work.let("dL_db[k]", formula, why, gradient_of=("L", "b[k]"), k=k)


def _by_input(work: Work, net: Net, k: int) -> None:
    n, m = net.sizes[k - 1], net.sizes[k]
    weights, delta = _sub("W", k) + "ᵀ", f"{_sub('δ', k)} ({net.by(m)})"
    product = f"{delta} times {weights} ({m}×{n})" if net.row else f"{weights} ({n}×{m}) times {delta}"
    why = f"back through the weights: {product} is {net.by(n)}"
    work.let("dL_da[j]", BY_INPUT[_CONVENTION[net.row]], why, gradient_of=("L", "a[j]"), k=k, j=k - 1)


def update(work: Work, net: Net) -> dict[str, str]:
    """One step down the gradient for every layer; word → name of the step."""
    words = {}
    for k, (w, bias) in enumerate(zip(net.weights, net.biases, strict=True), 1):
        why = f"layer {k}: one step down the gradient, {w.shape[0]}×{w.shape[1]}"
        work.let("W_new[k]", "W[k] - eta*dL_dW[k]", why, k=k)
        words[f"W{k}-new"] = f"W_new[{k}]"
        if bias is not None:
            work.let("b_new[k]", "b[k] - eta*dL_db[k]", f"and its biases, {bias.shape[0]}×{bias.shape[1]}", k=k)
            words[f"b{k}-new"] = f"b_new[{k}]"
    return words


def _sub(letter: str, k: int) -> str:
    return letter + str(k).translate(_LOWERED)
