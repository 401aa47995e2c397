"""Forward pass of a dense network by hand, with the shape at each line."""

from fractions import Fraction
from itertools import pairwise
from random import Random
from typing import Annotated, Any, Literal, get_args

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Kind, Matrix, Number
from revise.solution import Solution, Work
from revise.solvers.networks._line_words import lowered
from revise.solvers.networks._mlp_formulas import ACTIVATION, LAYER, SOFTMAX
from revise.solvers.networks._mlp_input import Biases, Layers, Net, fitted, gathered

SERVES: dict[str, dict[str, object]] = {"mlp-forward": {}}
SOURCE = "Goodfellow, Bengio & Courville 2016, sections 6.1 and 6.4; the layer is that of torch.nn.Linear"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Goodfellow 2016, section 6.1: XOR with relu, examples as rows; equations 6.4 to 6.11
    (
        {
            "input": "0, 0; 0, 1; 1, 0; 1, 1", "w1": "1, 1; 1, 1", "b1": "0, -1", "w2": "1; -2", "b2": "0",
            "activation": "relu", "convention": "row",
        },
        {"z1": [[0, -1], [1, 0], [1, 0], [2, 1]], "a1": [[0, 0], [1, 0], [1, 0], [2, 1]], "output": [0, 1, 1, 0]},
    ),
    # Mazur 2015, A step by step backpropagation example, its forward pass
    (
        {
            "input": "0.05, 0.10", "weights": "0.15, 0.20; 0.25, 0.30 | 0.40, 0.45; 0.50, 0.55",
            "biases": "0.35, 0.35 | 0.60, 0.60", "output_activation": "sigmoid",
        },
        {
            "z1": ["0.3775", "0.3925"], "a1": ["0.593269992", "0.596884378"], "z2": ["1.105905967", "1.224921404"],
            "output": ["0.75136507", "0.772928465"],
        },
    ),
    # CS231n, linear classification: the picture's scores −2.85, 0.86, 0.28 and their softmax; its 0.016 is 0.058
    # divided by 3.738, rounded numbers both: it is 0.01545
    (
        {
            "input": "-15, 22, -44, 56", "output_activation": "softmax", "b1": "0, 0.2, -0.3",
            "w1": "0.01, -0.05, 0.1, 0.05; 0.7, 0.2, 0.05, 0.16; 0.0, -0.45, -0.2, 0.03",
        },
        {"z1": ["-2.85", "0.86", "0.28"], "output": ["0.015", "0.631", "0.353"], "class": 1},
    ),
]  # fmt: skip
MISTAKES = {
    "z[k]": {
        "the bias is left out": "W[k] @ a[k-1]",
        "the bias is subtracted": "W[k] @ a[k-1] - b[k]",
        "W is transposed (only a square W lets it pass)": "W[k].T @ a[k-1] + b[k]",
    },
    "a[k]": {"the activation is left out": "z[k]", "squashed by σ whatever the activation is": "sigmoid(z[k])"},
}
Hidden = Literal[
    "sigmoid", "tanh", "relu", "leaky-relu", "linear", "step", "sign", "elu", "gelu", "softplus", "silu", "softsign",
    "hard-sigmoid",
]  # fmt: skip
Output = Literal[Hidden, "softmax"]
# what `mlp-backprop` has, and what only a forward pass needs
_ACTIVATION = ACTIVATION | {
    "step": "step(z[k])",
    "sign": "where(z[k] >= 0, 1, -1)",
    "elu": "where(z[k] > 0, z[k], alpha*(exp(z[k]) - 1))",
    "gelu": "1/2*z[k] .* (1 + erf(z[k]/sqrt(2)))",
    "softplus": "softplus(z[k])",
    "silu": "z[k] .* sigmoid(z[k])",
    "softsign": "z[k] ./ (1 + abs(z[k]))",
    "hard-sigmoid": "relu(z[k]/6 + 1/2) - relu(z[k]/6 - 1/2)",
}
_SAYS = {
    "linear": "a linear layer: a is z itself",
    "step": "1 where z ≥ 0, else 0",
    "sign": "1 where z ≥ 0, else −1",
    "leaky-relu": "z where it is positive, else α z",
    "elu": "z where it is positive, else α(eᶻ − 1)",
    "gelu": "z Φ(z), exact",
    "silu": "z σ(z)",
    "hard-sigmoid": "z/6 + ½, cut at 0 and 1",
    "softmax": "softmax",
}


def _read_activations(text: str) -> tuple[str, ...]:
    names = tuple(part.strip().replace("_", "-") for part in text.replace("，", ",").split(","))
    if wrong := [name for name in names if name not in get_args(Hidden)]:
        raise InputError(f"{wrong[0]!r} is not {' or '.join(get_args(Hidden))}")
    return names


Activations = Annotated[tuple[Any, ...], Kind("activations", '"relu, tanh"', _read_activations)]


def solve(
    input: Matrix,
    weights: Layers | None = None,
    biases: Biases | None = None,
    w1: Matrix | None = None,
    b1: Matrix | None = None,
    w2: Matrix | None = None,
    b2: Matrix | None = None,
    w3: Matrix | None = None,
    b3: Matrix | None = None,
    activation: Hidden | Activations = "sigmoid",
    output_activation: Output = "linear",
    alpha: Number | None = None,
    convention: Literal["column", "row"] = "column",
) -> Solution:
    """z = Wa + b and a = act(z), layer by layer; with a softmax or a sigmoid the class decided for.

    input       one example a line: "0.05, 0.1", or "0, 1; 1, 1" for two; in the work examples are columns (n×N)
    weights     every layer from the input on, | between them: "1, 2; 3, 4 | 5, 6" has 2 inputs, 2 hidden units and
                1 output; in a layer one line for each of its units, one number for each input (PyTorch's order)
    biases      the biases of each layer, | between them, - where there are none: "1, 1 | -"
    w1 w2 w3    up to three layers one by one, instead of --weights; b1 b2 b3 their biases
    activation  of every hidden layer, or one for each: "relu, tanh"; the last layer's is --output-activation;
                sign has sign(0) = 1, step has step(0) = 1
    alpha       of leaky-relu (0.01 without it) and of elu (1 without it)
    convention  `row`: examples are rows and z = aW + b; a layer then has one line for each of its inputs

    Classes are counted from 0.

    Raises InputError naming the argument whose shape or value does not fit.
    """
    layers, shifts = gathered(weights, biases, {"w1": w1, "b1": b1, "w2": w2, "b2": b2, "w3": w3, "b3": b3})
    row = convention == "row"
    outputs = layers[-1][1].shape[1 if row else 0]
    unasked = Array((input.shape[0], outputs), (0,) * (input.shape[0] * outputs))
    net = fitted(input, unasked, layers, shifts, activation, output_activation, row)
    slope = _alpha(alpha, net)
    work = Work(
        a={0: net.x},
        W=dict(enumerate(net.weights, 1)),
        b={k: b for k, b in enumerate(net.biases, 1) if b is not None} or None,
        alpha=slope,
    )
    work.called(
        a="input", W="weights", b="biases", alpha="slope below 0" if "leaky-relu" in net.activations else "α of elu"
    )
    many = f", one example a {convention}" if net.count > 1 else ""
    work.note(f"aₖ is the output of layer k, and a₀ is the input{many}.")
    for k in range(1, len(net.weights) + 1):
        _layer(work, net, k)
    last = len(net.weights)
    words: dict[str, str] = {}
    for k in range(1, last + 1):
        words |= {f"z{k}": f"z[{k}]", "output" if k == last else f"a{k}": f"a[{k}]"}
    return work.answer(words | _decide(work, net, output_activation))


def _alpha(alpha: Any, net: Net) -> Any:
    kinds = {"leaky-relu", "elu"} & set(net.activations)
    if alpha is not None and not kinds:
        raise InputError("alpha: only leaky-relu and elu have one")
    if len(kinds) == 2:
        raise InputError("activation: leaky-relu and elu in one network would share their α; take one of them")
    if alpha is not None and not isinstance(alpha, Node) and alpha < 0:
        raise InputError(f"alpha: it is not negative, {alpha} is")
    if not kinds:
        return None
    return alpha if alpha is not None else Fraction(1, 100) if "leaky-relu" in kinds else 1


def _layer(work: Work, net: Net, k: int) -> None:
    line = "row" if net.row else "column"
    n, m, bias, activation = net.sizes[k - 1], net.sizes[k], net.biases[k - 1], net.activations[k - 1]
    first, second = (net.by(n), f"{n}×{m}") if net.row else (f"{m}×{n}", net.by(n))
    left, right = lowered("W", k), lowered("a", k - 1)
    left, right = (right, left) if net.row else (left, right)
    why = f"layer {k}: {left} ({first}) times {right} ({second}) is {net.by(m)}"
    if bias is not None:
        where = f" to every {line}" if net.count > 1 else ""
        why += f"; {lowered('b', k)} ({bias.shape[0]}×{bias.shape[1]}) is added{where}"
    work.let("z[k]", LAYER[line, bias is not None], why, k=k, j=k - 1)
    says = _SAYS.get(activation, f"{activation} of each entry")
    if activation == "softmax":
        says += f", {line} by {line}" if net.count > 1 else ""
        work.let("a[k]", SOFTMAX[line], f"{says}: {net.by(m)}", k=k)
    else:
        work.let("a[k]", _ACTIVATION[activation], f"{says}: {net.by(m)}", k=k)


def _decide(work: Work, net: Net, output: str) -> dict[str, str]:
    """The class of each example where the output is a probability: word → step."""
    last, several = len(net.weights), net.count > 1
    if work.letters or output not in ("softmax", "sigmoid") or (output == "sigmoid" and net.sizes[-1] != 1):
        return {}
    why = "the greatest output decides, counted from 0" if output == "softmax" else "class 1 from ½ on"
    for i in range(net.count):
        if output == "softmax":
            formula = "argmax(a[k][i,:])" if net.row else "argmax(a[k][:,i])"
        else:
            formula = "where(a[k][i,0] >= 1/2, 1, 0)" if net.row else "where(a[k][0,i] >= 1/2, 1, 0)"
        work.let("c[i]", formula, why, table="class of each example" if several else "", k=last, i=i)
    found = work.env["z"][last].nested()
    logits = found if net.row else list(zip(*found, strict=True))
    if any(sum(z == max(line) for z in line) > 1 for line in logits) and net.sizes[-1] > 1:
        work.note("Where two outputs are equally great the first of them is taken.")
    return {f"class{i}": f"c[{i}]" for i in range(net.count)} if several else {"class": "c[0]"}


def sample(rng: Random) -> dict[str, Any]:
    """One to three layers of two or three units with tenths; one in three is a batch."""
    sizes = [rng.randint(2, 3) for _ in range(rng.randint(1, 3))] + [rng.randint(1, 3)]
    count, row = rng.choice([1, 1, 2]), rng.random() < 0.3

    def draw(high: int, wide: int) -> str:
        return "; ".join(", ".join(str(rng.randint(-9, 9) / 8) for _ in range(wide)) for _ in range(high))

    pairs = list(pairwise(sizes))
    output = rng.choice(["linear", "sigmoid", "softmax", "tanh"])
    return {
        "input": draw(count, sizes[0]),
        "weights": " | ".join(draw(n, m) if row else draw(m, n) for n, m in pairs),
        "biases": " | ".join(draw(1, m) if rng.random() < 0.8 else "-" for _, m in pairs),
        "activation": rng.choice([name for name in get_args(Hidden) if name not in ("step", "sign")]),
        "output_activation": "sigmoid" if output == "softmax" and sizes[-1] == 1 else output,
        "convention": "row" if row else "column",
    }


def reference(**given: Any) -> dict[str, Any]:
    """Torch's functional layers with examples as rows."""
    import torch
    from torch.nn import functional

    def tensor(value: Any) -> Any:
        return torch.tensor([[float(e) for e in line] for line in value.nested()], dtype=torch.float64)

    row = given.get("convention") == "row"
    pairs = [(given.get(f"w{k}"), given.get(f"b{k}")) for k in (1, 2, 3)]
    if given.get("weights") is not None:
        pairs = list(zip(given["weights"], given.get("biases") or [None] * len(given["weights"]), strict=True))
    pairs = [pair for pair in pairs if pair[0] is not None]
    hidden = given.get("activation", "sigmoid")
    chosen = [hidden] if isinstance(hidden, str) else list(hidden)
    chosen = chosen * (len(pairs) - 1) if len(chosen) == 1 else chosen
    alpha = given.get("alpha")
    bends: dict[str, Any] = {
        "sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu, "linear": lambda z: z,
        "leaky-relu": lambda z: functional.leaky_relu(z, float(0.01 if alpha is None else alpha)),
        "elu": lambda z: functional.elu(z, float(1 if alpha is None else alpha)),
        "step": lambda z: torch.heaviside(z, torch.ones_like(z)), "sign": lambda z: 2.0 * (z >= 0) - 1,
        "gelu": functional.gelu, "softplus": functional.softplus, "silu": functional.silu,
        "softsign": functional.softsign, "hard-sigmoid": functional.hardsigmoid,
        "softmax": lambda z: torch.softmax(z, 1),
    }  # fmt: skip
    signal = tensor(given["input"])
    found: dict[str, Any] = {}
    for k, ((weight, shift), bend) in enumerate(
        zip(pairs, [*chosen, given.get("output_activation", "linear")], strict=True), 1
    ):
        z = functional.linear(
            signal, tensor(weight).mT if row else tensor(weight), None if shift is None else tensor(shift).flatten()
        )
        signal = bends[bend](z)
        found |= {f"z{k}": z if row else z.mT, f"a{k}": signal if row else signal.mT}
    found["output"] = found.pop(f"a{len(pairs)}")
    if given.get("output_activation") == "softmax":
        best = signal.argmax(1)
        found |= {f"class{i}": best[i] for i in range(len(best))} if len(best) > 1 else {"class": best[0]}
    return found
