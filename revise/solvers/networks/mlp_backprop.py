"""A network of layers by hand: forward pass, deltas, gradients, SGD."""

from fractions import Fraction
from itertools import pairwise
from random import Random
from typing import Any, Literal

from revise.errors import InputError
from revise.expression import FORMULA, Node, parse
from revise.parameters import Matrix, Number
from revise.solution import Solution, Work
from revise.solvers.networks._mlp_formulas import SLIPS, Hidden, Loss, Output
from revise.solvers.networks._mlp_input import Activations, Biases, Layers, check_loss, fitted, gathered
from revise.solvers.networks._mlp_passes import backward, forward, lose, update
from revise.solvers.networks._mlp_reference import trained

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


def solve(
    input: Matrix,
    target: Matrix,
    weights: Layers | None = None,
    biases: Biases | None = None,
    w1: Matrix | None = None,
    w2: Matrix | None = None,
    b1: Matrix | None = None,
    b2: Matrix | None = None,
    w3: Matrix | None = None,
    b3: Matrix | None = None,
    activation: Hidden | Activations = "sigmoid",
    output_activation: Output = "linear",
    loss: Loss = "mse",
    mse: Literal["half", "sum", "mean"] = "half",
    batch: Literal["mean", "sum"] = "mean",
    lr: Number | None = None,
    negative_slope: Number = Fraction(1, 100),
    convention: Literal["column", "row"] = "column",
) -> Solution:
    """z = Wa + b and a = act(z) forwards, δ = ∂L/∂z backwards, then ∂L/∂W = δaᵀ, ∂L/∂b = δ and one SGD step.

    input       one example a line: "0.05, 0.1", or "0, 1; 1, 1" for two; in the work examples are columns (n×N)
    target      one example a line too; for `ce` the one-hot vector or the probabilities of the classes
    weights     every layer from the input on, | between them: "1, 2; 3, 4 | 5, 6" has 2 inputs, 2 hidden units and
                1 output; in a layer one line for each of its units, one number for each input (PyTorch's order)
    biases      the biases of each layer, | between them, - where there are none: "1, 1 | -"
    w1 w2 w3    up to three layers one by one, instead of --weights
    b1 b2 b3    their biases: one number for each unit; a layer without one has no bias
    activation  of every hidden layer, or one for each: "relu, tanh"; the last layer's is `--output-activation`
    loss        `mse`: `--mse half` is ½ ∑(a − y)², `sum` leaves the ½ out, `mean` divides by the number of outputs;
                `bce` goes with a sigmoid, `ce` with a softmax
    batch       `mean` of the examples' losses, or their `sum`
    lr          the learning rate of one step of gradient descent, weights and biases at once; none: no step
    negative-slope  the α of leaky-relu
    convention  `row`: examples are rows and z = aW + b; a layer then has one line for each of its inputs

    BP1 to BP4 are Nielsen's names of the four equations.

    Raises InputError naming the argument whose shape or value does not fit.
    """
    single = {"w1": w1, "b1": b1, "w2": w2, "b2": b2, "w3": w3, "b3": b3}
    layers, shifts = gathered(weights, biases, single)
    net = fitted(input, target, layers, shifts, activation, output_activation, convention == "row")
    check_loss(output_activation, loss, target)
    leaky = "leaky-relu" in net.activations
    if leaky and not isinstance(negative_slope, Node) and not 0 <= negative_slope < 1:
        raise InputError(f"negative-slope: it lies from 0 up to 1 (not included), and {negative_slope} does not")
    kind = mse if loss == "mse" else loss
    over = batch if net.count > 1 else "sum"
    work = Work(
        a={0: net.x},
        y=net.y,
        W=dict(enumerate(net.weights, 1)),
        b={k: b for k, b in enumerate(net.biases, 1) if b is not None} or None,
        N=net.count if over == "mean" else None,
        m=net.sizes[-1] if kind == "mean" else None,
        alpha=negative_slope if leaky else None,
        eta=lr,
    )
    work.called(a="input", y="target", W="weights", b="biases", N="examples", m="outputs", eta="learning rate")
    work.called(alpha="slope where z is negative")
    many = f", one example a {convention}" if net.count > 1 else ""
    work.note(f"aⱼ is the output of layer j, and a₀ is the input{many}.")
    forward(work, net)
    lose(work, net, kind, over)
    backward(work, net, kind, over)
    last = len(net.weights)
    words = {"output": f"a[{last}]", "loss": "L"}
    words |= {f"delta{k}": f"delta[{k}]" for k in range(last, 0, -1)}
    for k, bias in enumerate(net.biases, 1):
        words[f"dL/dW{k}"] = f"dL_dW[{k}]"
        words |= {} if bias is None else {f"dL/db{k}": f"dL_db[{k}]"}
    return work.answer(words | (update(work, net) if lr is not None else {}))


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """Step as shown → what was done wrong → the formula that does it; which there are depends on the network."""
    return {
        step.shown: {label: parse(wrong, None, FORMULA) for label, wrong in SLIPS[step.formula].items()}
        for step in solution.steps
        if isinstance(step.formula, str) and step.formula in SLIPS and step.name != "err"
    }


def sample(rng: Random) -> dict[str, Any]:
    """Two or three units a layer with tenths, one to three hidden layers; one in four is a batch."""
    output, loss = rng.choice([("linear", "mse"), ("sigmoid", "mse"), ("sigmoid", "bce"), ("softmax", "ce")])
    hidden = [rng.randint(2, 3)] * rng.choice([1, 1, 1, 1, 2, 2, 3])
    outputs = rng.randint(2, 3) if loss == "ce" else rng.randint(1, 2)
    sizes, count = [2, *hidden, outputs], rng.choice([1, 1, 1, 2])
    names = ["sigmoid", "tanh", "relu", "leaky-relu"]
    chosen = rng.choices(names, k=len(hidden)) if len(hidden) > 1 else [rng.choice(names)]
    row = rng.random() < 0.2

    def draw(high: int, wide: int) -> str:
        return "; ".join(", ".join(str(rng.randint(-9, 9) / 10) for _ in range(wide)) for _ in range(high))

    weights = [draw(n, m) if row else draw(m, n) for n, m in pairwise(sizes)]
    biases = [draw(1, m) for m in sizes[1:]]
    if {"relu", "leaky-relu"} & set(chosen):  # biases that keep z off 0
        biases = [", ".join(rng.choice(["-0.375", "-0.125", "0.125", "0.375"]) for _ in range(m)) for m in sizes[1:]]
    given: dict[str, Any] = {"input": draw(count, 2), "activation": ", ".join(chosen)}
    if len(weights) > 3 or rng.random() < 0.4:
        given |= {"weights": " | ".join(weights), "biases": " | ".join([*biases[:-1], "-"])}
    else:
        given |= {f"w{k}": w for k, w in enumerate(weights, 1)} | {f"b{k}": b for k, b in enumerate(biases, 1)}
    lines = [[rng.randint(0, 1) for _ in range(outputs)] for _ in range(count)]
    if loss == "ce":
        lines = [[int(i == line) for i in range(outputs)] for line in (rng.randrange(outputs) for _ in range(count))]
    return given | {
        "target": "; ".join(", ".join(map(str, line)) for line in lines),
        "output_activation": output,
        "loss": loss,
        "mse": rng.choice(["half", "half", "sum", "mean"]),
        "batch": rng.choice(["mean", "sum"]),
        "lr": rng.choice(["0.1", "0.5", "1"]),
        "negative_slope": rng.choice(["0.01", "0.1"]),
        "convention": "row" if row else "column",
    }


def reference(**given: Any) -> dict[str, Any]:
    """Torch's layers with examples as rows, its own losses on the logits, autograd and its SGD."""
    return trained(**given)
