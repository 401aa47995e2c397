"""A network of layers by hand: forward pass, deltas, gradients, SGD."""

from random import Random
from typing import Any, Literal

from revise.engines.arrays import Array, entries, transpose
from revise.errors import InputError
from revise.expression import FORMULA, Node, parse
from revise.parameters import Matrix, Number
from revise.solution import Solution, Work

SERVES: dict[str, dict[str, object]] = {"mlp-backprop": {}}
SOURCE = "Nielsen 2015, Neural networks and deep learning, equations BP1 to BP4; Mazur 2015, A step by step example"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Mazur 2015, A step by step backpropagation example (it leaves the biases as they are; their new values are ours)
    (
        {
            "input": "0.05, 0.10", "target": "0.01, 0.99", "w1": "0.15, 0.20; 0.25, 0.30", "b1": "0.35, 0.35",
            "w2": "0.40, 0.45; 0.50, 0.55", "b2": "0.60, 0.60", "output_activation": "sigmoid", "lr": "0.5",
        },
        {
            "loss": "0.298371109",
            "output": ["0.75136507", "0.772928465"],
            "delta2": ["0.138498562", "-0.038098"],
            "dL/dW2": [["0.082167041", "0.0826676"], ["-0.0226025", "-0.0227402"]],
            "dL/dW1": [["0.000438568", "0.0008771"], ["0.0004977", "0.0009954"]],
            "W2-new": [["0.35891648", "0.408666186"], ["0.511301270", "0.561370121"]],
            "W1-new": [["0.149780716", "0.19956143"], ["0.24975114", "0.29950229"]],
        },
    ),
]  # fmt: skip

# is there a bias → the layer
_LAYER = {False: "W[k] @ a[j]", True: "W[k] @ a[j] + b[k]"}
_ACTIVATION = {
    "sigmoid": "sigmoid(z[k])", "tanh": "tanh(z[k])", "relu": "relu(z[k])", "linear": "z[k]",
    "softmax": "softmax(z[k], axis=0)",
}  # fmt: skip
# activation → the gradient by z, from the one by a
_BEFORE = {
    "sigmoid": ("dL_da[k] .* a[k] .* (1 - a[k])", "σ′(z) = σ(z)(1 − σ(z)) = a(1 − a), entry by entry"),
    "tanh": ("dL_da[k] .* (1 - a[k] .* a[k])", "tanh′(z) = 1 − tanh²(z) = 1 − a², entry by entry"),
    "relu": ("dL_da[k] .* sign(a[k])", "relu′(z) is 1 where z is positive, else 0: the sign of a"),
    "linear": ("dL_da[k]", "a linear output: a is z itself"),
}
# loss, what is done with the batch → the loss
_LOSS = {
    ("half", "sum"): "1/2*sum(err .* err)",
    ("half", "mean"): "1/(2*N)*sum(err .* err)",
    ("sum", "sum"): "sum(err .* err)",
    ("sum", "mean"): "1/N*sum(err .* err)",
    ("mean", "sum"): "1/m*sum(err .* err)",
    ("mean", "mean"): "1/(m*N)*sum(err .* err)",
    ("bce", "sum"): "-sum(y .* log(a[k]) + (1 - y) .* log(1 - a[k]))",
    ("bce", "mean"): "-1/N*sum(y .* log(a[k]) + (1 - y) .* log(1 - a[k]))",
    ("ce", "sum"): "-sum(y .* log(a[k]))",
    ("ce", "mean"): "-1/N*sum(y .* log(a[k]))",
}
# the same → the gradient by the output a, or, with the cross-entropies, by z at once
_SLOPE = {
    ("half", "sum"): "err",
    ("half", "mean"): "err/N",
    ("sum", "sum"): "2*err",
    ("sum", "mean"): "2*err/N",
    ("mean", "sum"): "2*err/m",
    ("mean", "mean"): "2*err/(m*N)",
    ("bce", "sum"): "a[k] - y",
    ("bce", "mean"): "(a[k] - y)/N",
    ("ce", "sum"): "a[k] - y",
    ("ce", "mean"): "(a[k] - y)/N",
}
_CALLED = {
    "half": "half the squared errors, added over the outputs",
    "sum": "the squared errors, added over the outputs",
    "mean": "the mean of the squared errors over the outputs",
    "bce": "binary cross-entropy, natural logarithm",
    "ce": "cross-entropy, natural logarithm",
}
# a right formula → what is written instead
_SLIPS = {
    "dL_da[k] .* a[k] .* (1 - a[k])": {
        "the derivative of the activation is left out": "dL_da[k]",
        "σ′ is taken of a, not of z": "dL_da[k] .* sigmoid(a[k]) .* (1 - sigmoid(a[k]))",
        "a instead of a(1 − a)": "dL_da[k] .* a[k]",
    },
    "dL_da[k] .* (1 - a[k] .* a[k])": {
        "the derivative of the activation is left out": "dL_da[k]",
        "1 − a instead of 1 − a²": "dL_da[k] .* (1 - a[k])",
    },
    "dL_da[k] .* sign(a[k])": {
        "the derivative of the activation is left out": "dL_da[k]",
        "relu itself instead of its derivative": "dL_da[k] .* a[k]",
    },
    "W[k].T @ delta[k]": {"W is not transposed (only a square W lets it pass)": "W[k] @ delta[k]"},
    "err": {"the sign is turned": "-err"},
    "2*err": {"the factor 2 is forgotten": "err"},
    "a[k] - y": {
        "the sign is turned": "y - a[k]",
        "multiplied by a(1 − a), which the cross-entropy has cancelled": "(a[k] - y) .* a[k] .* (1 - a[k])",
    },
    "(a[k] - y)/N": {"not divided by the size of the batch": "a[k] - y"},
    "W[k] - eta*dL_dW[k]": {
        "uphill: the gradient is added": "W[k] + eta*dL_dW[k]",
        "the learning rate is left out": "W[k] - dL_dW[k]",
    },
}


def solve(
    input: Matrix,
    target: Matrix,
    w1: Matrix,
    w2: Matrix,
    b1: Matrix | None = None,
    b2: Matrix | None = None,
    w3: Matrix | None = None,
    b3: Matrix | None = None,
    activation: Literal["sigmoid", "tanh", "relu"] = "sigmoid",
    output_activation: Literal["linear", "sigmoid", "softmax"] = "linear",
    loss: Literal["mse", "bce", "ce"] = "mse",
    mse: Literal["half", "sum", "mean"] = "half",
    batch: Literal["mean", "sum"] = "mean",
    lr: Number | None = None,
) -> Solution:
    """z = Wa + b and a = act(z) forwards, δ = ∂L/∂z backwards, then ∂L/∂W = δaᵀ, ∂L/∂b = δ and one SGD step.

    input       one example a line: "0.05, 0.1", or "0, 1; 1, 1" for two; in the work examples are columns (n×N)
    target      one example a line too; for `ce` the one-hot vector or the probabilities of the classes
    w1 w2 w3    one line for each unit of the layer, one number for each of its inputs (PyTorch's order)
    b1 b2 b3    one number for each unit; a layer without one has no bias
    activation  of every layer but the last, whose own is `--output-activation`
    loss        `mse`: `--mse half` is ½ ∑(a − y)², `sum` leaves the ½ out, `mean` divides by the number of outputs;
                `bce` goes with a sigmoid, `ce` with a softmax
    batch       `mean` of the examples' losses, or their `sum`
    lr          the learning rate of one step of gradient descent, weights and biases at once; none: no step

    Raises InputError naming the argument whose shape or value does not fit.
    """
    _check_pair(output_activation, loss)
    x, y = transpose(input), transpose(target)
    matrices = [w for w in (w1, w2, w3) if w is not None]
    if w3 is None and b3 is not None:
        raise InputError("b3: there is no third layer; give --w3")
    biases = [_bias(b, w, k) for k, (b, w) in enumerate(zip((b1, b2, b3), matrices, strict=False), 1)]
    sizes = _fitted(x, y, matrices)
    _check_target(y, loss)
    count, last = x.shape[1], len(matrices)
    kind = mse if loss == "mse" else loss
    over = batch if count > 1 else "sum"
    work = Work(
        a={0: x},
        y=y,
        W=dict(enumerate(matrices, 1)),
        b={k: b for k, b in enumerate(biases, 1) if b is not None} or None,
        N=count if over == "mean" else None,
        m=sizes[-1] if kind == "mean" else None,
        eta=lr,
    )
    work.called(a="input", y="target", W="weights", b="biases", N="examples", m="outputs", eta="learning rate")
    work.note("aⱼ is the output of layer j, and a₀ is the input" + (", one example a column." if count > 1 else "."))
    _forward(work, sizes, count, biases, [activation] * (last - 1) + [output_activation])
    _lose(work, kind, over, last)
    _backward(work, sizes, count, biases, activation, output_activation, kind, over)
    words = {"output": f"a[{last}]", "loss": "L"}
    words |= {f"delta{k}": f"delta[{k}]" for k in range(last, 0, -1)}
    for k, bias in enumerate(biases, 1):
        words[f"dL/dW{k}"] = f"dL_dW[{k}]"
        words |= {} if bias is None else {f"dL/db{k}": f"dL_db[{k}]"}
    if lr is not None:
        for k, bias in enumerate(biases, 1):
            work.let("W_new[k]", "W[k] - eta*dL_dW[k]", f"layer {k}: one step down the gradient", k=k)
            words[f"W{k}-new"] = f"W_new[{k}]"
            if bias is not None:
                work.let("b_new[k]", "b[k] - eta*dL_db[k]", f"and its biases, {sizes[k]}×1", k=k)
                words[f"b{k}-new"] = f"b_new[{k}]"
    return work.answer(words)


def _forward(work: Work, sizes: list[int], count: int, biases: list[Array | None], activations: list[Any]) -> None:
    for k, activation in enumerate(activations, 1):
        n, m = sizes[k - 1], sizes[k]
        why = f"layer {k}: W ({m}×{n}) times a ({n}×{count}) is {m}×{count}"
        layer = _LAYER[biases[k - 1] is not None]
        if biases[k - 1] is not None:
            why += f"; b ({m}×1) is added" + (" to every column" if count > 1 else "")
        work.let("z[k]", layer, why, k=k, j=k - 1)
        named = {"linear": "a linear output", "sigmoid": "σ of each entry", "softmax": "softmax"}
        why = named.get(activation, f"{activation} of each entry")
        why += ", column by column" if activation == "softmax" and count > 1 else ""
        work.let("a[k]", _ACTIVATION[activation], f"{why}: {m}×{count}", k=k)
        if activation == "relu" and 0 in [z for z in entries(work.env["z"][k]) if not isinstance(z, Node)]:
            work.note(f"relu has no derivative at 0, where an entry of z in layer {k} is: there it is taken as 0.")


def _lose(work: Work, kind: str, over: str, last: int) -> None:
    why = _CALLED[kind]
    if work.env["y"].shape[1] > 1:
        why += ", " + ("mean over the batch" if over == "mean" else "added over the batch")
    if kind in ("half", "sum", "mean"):
        work.let("err", "a[k] - y", "the errors: output minus target", k=last)
    work.let("L", _LOSS[kind, over], why, k=last)


def _backward(
    work: Work,
    sizes: list[int],
    count: int,
    biases: list[Array | None],
    activation: str,
    output_activation: str,
    kind: str,
    over: str,
) -> None:
    last = len(biases)
    for k in range(last, 0, -1):
        m, n = sizes[k], sizes[k - 1]
        shape = f"{m}×{count}"
        if k == last and kind in ("bce", "ce"):
            name = "sigmoid" if kind == "bce" else "softmax"
            why = f"δ = ∂L/∂z: the {name} and the logarithm cancel; {shape}"
            work.let("delta[k]", _SLOPE[kind, over], why, gradient_of=("L", "z[k]"), k=k)
        else:
            if k == last:
                work.let("dL_da[k]", _SLOPE[kind, over], f"the loss by the output: {shape}",
                         gradient_of=("L", "a[k]"), k=k)  # fmt: skip
            formula, why = _BEFORE[output_activation if k == last else activation]
            work.let("delta[k]", formula, f"δ = ∂L/∂z; {why}: {shape}", gradient_of=("L", "z[k]"), k=k)
        why = f"δ ({shape}) times aᵀ ({count}×{n}) is {m}×{n}, the shape of W"
        work.let("dL_dW[k]", "delta[k] @ a[j].T", why, gradient_of=("L", "W[k]"), k=k, j=k - 1)
        if biases[k - 1] is not None:
            formula = "sum(delta[k], axis=1)" if count > 1 else "delta[k]"
            why = f"the columns of δ added, for b is in each: {m}×1" if count > 1 else f"δ as it is: {m}×1, like b"
            work.let("dL_db[k]", formula, why, gradient_of=("L", "b[k]"), k=k)
        if k > 1:
            why = f"back through the weights: Wᵀ ({n}×{m}) times δ ({shape}) is {n}×{count}"
            work.let("dL_da[j]", "W[k].T @ delta[k]", why, gradient_of=("L", "a[j]"), k=k, j=k - 1)


def _check_pair(output_activation: str, loss: str) -> None:
    wanted = {"bce": "sigmoid", "ce": "softmax"}.get(loss)
    if wanted and output_activation != wanted:
        raise InputError(f"loss: {loss} needs --output-activation {wanted}, not {output_activation}")
    if loss == "mse" and output_activation == "softmax":
        raise InputError("loss: a softmax goes with --loss ce; with mse its whole Jacobian would be needed")


def _bias(b: Array | None, w: Array, k: int) -> Array | None:
    if b is None:
        return None
    units = w.shape[0]
    if len(b.flat) != units or 1 not in b.shape:
        raise InputError(f"b{k}: one number for each of the {units} units of layer {k}, not {len(b.flat)}")
    return Array((units, 1), b.flat)


def _fitted(x: Array, y: Array, matrices: list[Array]) -> list[int]:
    """The number of units of each layer, the input's first."""
    sizes = [x.shape[0]]
    for k, w in enumerate(matrices, 1):
        if w.shape[1] != sizes[-1]:
            before = "the input has" if k == 1 else f"layer {k - 1} has"
            hint = " (one line for each unit: is it transposed?)" if w.shape[0] == sizes[-1] else ""
            raise InputError(f"w{k}: {w.shape[0]}×{w.shape[1]} takes {w.shape[1]} inputs, {before} {sizes[-1]}{hint}")
        sizes.append(w.shape[0])
    if y.shape != (sizes[-1], x.shape[1]):
        raise InputError(
            f"target: {x.shape[1]} line{'s' * (x.shape[1] > 1)} of {sizes[-1]} "
            f"number{'s' * (sizes[-1] > 1)} wanted, not {y.shape[1]} of {y.shape[0]}"
        )
    return sizes


def _check_target(y: Array, loss: str) -> None:
    if loss == "mse":
        return
    for entry in y.flat:
        if not isinstance(entry, Node) and not 0 <= entry <= 1:
            raise InputError(f"target: {loss} needs probabilities from 0 to 1, not {entry}")
    if loss == "ce":
        for column in zip(*y.nested(), strict=True):
            if not any(isinstance(entry, Node) for entry in column) and abs(sum(column) - 1) > 1e-9:
                raise InputError("target: for ce the numbers of one example add up to 1, as 0, 1, 0")
            if any(isinstance(entry, Node) for entry in column):
                raise InputError("target: for ce numbers that add up to 1, no letters")


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """Step as shown → what was done wrong → the formula that does it; which there are depends on the network."""
    return {
        step.shown: {label: parse(wrong, None, FORMULA) for label, wrong in _SLIPS[step.formula].items()}
        for step in solution.steps
        if isinstance(step.formula, str) and step.formula in _SLIPS and step.name != "err"
    }


def sample(rng: Random) -> dict[str, Any]:
    """Two or three units a layer with tenths; about one in four is a batch, one in five has two hidden layers."""
    output, loss = rng.choice([("linear", "mse"), ("sigmoid", "mse"), ("sigmoid", "bce"), ("softmax", "ce")])
    n, hidden, outputs = 2, rng.randint(2, 3), rng.randint(2, 3) if loss == "ce" else rng.randint(1, 2)
    count, activation = rng.choice([1, 1, 1, 2]), rng.choice(["sigmoid", "tanh", "relu"])

    def draw(high: int, wide: int) -> str:
        return "; ".join(", ".join(str(rng.randint(-9, 9) / 10) for _ in range(wide)) for _ in range(high))

    given: dict[str, Any] = {"input": draw(count, n), "w1": draw(hidden, n), "w2": draw(outputs, hidden)}
    if rng.random() < 0.2:
        given |= {"w2": draw(hidden, hidden), "w3": draw(outputs, hidden)}
    second = hidden if "w3" in given else outputs
    if activation == "relu":  # biases that keep z off 0
        eighths = ["-0.375", "-0.125", "0.125", "0.375"]
        given |= {f"b{k}": ", ".join(rng.choice(eighths) for _ in range(m)) for k, m in ((1, hidden), (2, second))}
    elif rng.random() < 0.8:
        given |= {"b1": draw(1, hidden), "b2": draw(1, second)}
    lines = [[rng.randint(0, 1) for _ in range(outputs)] for _ in range(count)]
    if loss == "ce":
        lines = [[int(i == line) for i in range(outputs)] for line in (rng.randrange(outputs) for _ in range(count))]
    return given | {
        "target": "; ".join(", ".join(map(str, line)) for line in lines),
        "activation": activation,
        "output_activation": output,
        "loss": loss,
        "mse": rng.choice(["half", "half", "sum", "mean"]),
        "batch": rng.choice(["mean", "sum"]),
        "lr": rng.choice(["0.1", "0.5", "1"]),
    }


def reference(**given: Any) -> dict[str, Any]:
    """Torch's layers with examples as rows, its own losses on the logits, autograd and its SGD."""
    import torch
    from torch.nn import functional

    def tensor(value: Any) -> Any:
        return torch.tensor([[float(e) for e in line] for line in value.nested()], dtype=torch.float64)

    layers: list[Any] = []
    for k in (1, 2, 3):
        if given.get(f"w{k}") is not None:
            weight, shift = tensor(given[f"w{k}"]), given.get(f"b{k}")
            layer = torch.nn.Linear(weight.shape[1], weight.shape[0], bias=shift is not None, dtype=torch.float64)
            with torch.no_grad():
                layer.weight.copy_(weight)
                if shift is not None:
                    layer.bias.copy_(tensor(shift).flatten())
            layers.append(layer)
    signal, target = tensor(given["input"]), tensor(given["target"])
    examples, outputs = target.shape
    loss: Any
    # 1e-12: what is exactly 0 in fractions may not be in floats
    ramps: dict[str, Any] = {
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
        "relu": lambda z: torch.relu(z) * (z > 1e-12),
    }
    hidden = ramps[given.get("activation", "sigmoid")]
    logits: list[Any] = []
    for layer in layers:
        signal = layer(hidden(signal) if logits else signal)
        signal.retain_grad()
        logits.append(signal)
    last: dict[str, Any] = {"linear": lambda z: z, "sigmoid": torch.sigmoid, "softmax": lambda z: torch.softmax(z, 1)}
    output = last[given.get("output_activation", "linear")](signal)
    kind = given.get("loss", "mse")
    if kind == "bce":
        loss = functional.binary_cross_entropy_with_logits(signal, target, reduction="sum")
    elif kind == "ce":
        loss = functional.cross_entropy(signal, target, reduction="sum")
    else:
        shares = {"half": 0.5, "sum": 1.0, "mean": 1 / outputs}
        loss = functional.mse_loss(output, target, reduction="sum") * shares[given.get("mse", "half")]
    if given.get("batch", "mean") == "mean":
        loss = loss / examples
    loss.backward()
    found = {"output": output.mT, "loss": loss}
    for k, (layer, z) in enumerate(zip(layers, logits, strict=True), 1):
        found |= {f"delta{k}": z.grad.mT, f"dL/dW{k}": layer.weight.grad}
        if layer.bias is not None:
            found[f"dL/db{k}"] = layer.bias.grad
    if given.get("lr") is not None:
        torch.optim.SGD([p for layer in layers for p in layer.parameters()], lr=float(given["lr"])).step()
        for k, layer in enumerate(layers, 1):
            found[f"W{k}-new"] = layer.weight
            if layer.bias is not None:
                found[f"b{k}-new"] = layer.bias
    return {word: value.detach().clone() for word, value in found.items()}
