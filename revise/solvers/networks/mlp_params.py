"""Parameters of a dense network by layer; a hidden size from them."""

from itertools import pairwise
from random import Random
from typing import Any

from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Number, Shape, whole
from revise.solution import Solution, Work

SERVES: dict[str, dict[str, object]] = {"mlp-params": {}}
SOURCE = "Goodfellow, Bengio & Courville 2016, section 6.4; the counts are those of torch.nn.Linear"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Keras examples, mnist_mlp: 784-512-512-10, its summary says 401,920 + 262,656 + 5,130 = 669,706
    ({"input": "28x28", "hidden": "512x512", "output": 10}, {"parameters": 669_706}),
    # TensorFlow's quick start: 784-128-10 has 101,770
    ({"input": 784, "hidden": 128, "output": 10}, {"parameters": 101_770, "weights": 101_632, "biases": 138}),
    # Nielsen 2015, chapter 3: 784-30-10 has 23,860 weights and biases
    ({"input": 784, "hidden": 30, "output": 10}, {"parameters": 23_860}),
    # Simonyan & Zisserman 2015: VGG-16's dense layers, 102,764,544 + 16,781,312 + 4,097,000
    ({"input": "7x7x512", "hidden": 4096, "layers": 2, "output": 1000}, {"parameters": 123_642_856}),
    # Han et al. 2015: LeNet-300-100 has 267K
    ({"input": 784, "hidden": "300x100", "output": 10}, {"parameters": 266_610, "weights": 266_200}),
]
MISTAKES = {
    "p[k]": {
        "the biases are forgotten": "n[k-1]*n[k]",
        "a bias for each input instead of each unit": "(n[k] + 1)*n[k-1]",
        "one bias for the whole layer": "n[k-1]*n[k] + 1",
        "sizes added, not multiplied": "n[k-1] + n[k]",
    },
    "weights": {"the last layer is left out": "sum(n[k-1]*n[k] for k in 1..m-1)"},
}
_MOST = 200  # layers


def solve(
    input: Shape,
    output: Number,
    hidden: Shape | None = None,
    layers: Number = 1,
    bias: bool = True,
    bytes_per_value: Number = 4,
) -> Solution:
    """Weights, biases and parameters of each layer and in all, and the bytes they take.

    input            inputs, or an image that is flattened: 784 or 28x28
    output           units of the last layer
    hidden           units of the hidden layers, x between them: 128, or 512x256; none: no hidden layer
    layers           so many hidden layers of that one size
    bias             --no-bias: no layer has biases
    bytes_per_value  4 is float32

    Backwards: --find hidden --input 784 --output 10 --parameters 101770.

    Raises InputError naming the argument that does not fit.
    """
    sides = input if isinstance(input, tuple) else (input,)
    between = () if hidden is None else hidden if isinstance(hidden, tuple) else (hidden,)
    count = whole(layers, "layers")
    if count > 1 and len(between) != 1:
        raise InputError("layers: it repeats one hidden size, as --hidden 128 --layers 3; else list them as 512x256")
    between = between * count
    if len(between) > _MOST:
        raise InputError(f"layers: {len(between)} hidden layers are more than {_MOST}")
    _check(sides, "input")
    _check(between, "hidden")
    _check((output,), "output")
    if not isinstance(bytes_per_value, Node) and bytes_per_value <= 0:
        raise InputError(f"bytes-per-value: it is positive, not {bytes_per_value}")
    flat = len(sides) > 1
    work = Work(
        s=dict(enumerate(sides, 1)) if flat else None,
        n={
            place: size for place, size in enumerate((None if flat else sides[0], *between, output)) if size is not None
        },
        m=len(between) + 1,
        B=bytes_per_value,
    )
    work.whole = True
    work.called(s="image", n="units", m="layers with weights", B="bytes a value")
    if flat:
        work.let("n[0]", "prod(s[a] for a in 1..j)", "the image is flattened", unit="inputs", j=len(sides))
    for k in range(1, len(between) + 2):
        if bias:
            work.let("p[k]", "(n[k-1] + 1)*n[k]", "every unit: a weight for each input, and one bias",
                     table="parameters of each layer", k=k)  # fmt: skip
        else:
            work.let("p[k]", "n[k-1]*n[k]", "every unit: a weight for each input",
                     table="parameters of each layer", k=k)  # fmt: skip
    work.let("weights", "sum(n[k-1]*n[k] for k in 1..m)", "inputs times units, layer by layer", unit="weights")
    if bias:
        work.let("biases", "sum(n[k] for k in 1..m)", "one for each unit, none for the inputs", unit="biases")
    else:
        work.let("biases", "0", "no biases", unit="biases")
    work.let("params", "sum(p[k] for k in 1..m)", "all layers", unit="parameters", holds="params = weights + biases")
    work.let("macs", "weights", "every weight is used once for an example", unit="MAC")
    work.let("memory", "B*params", "stored, without gradients and optimiser", unit="bytes")
    return work.answer(
        weights="weights", biases="biases", parameters="params", multiply_adds="macs", memory="memory",
    )  # fmt: skip


def _check(sizes: tuple[Any, ...], name: str) -> None:
    for size in sizes:
        if not isinstance(size, Node):
            whole(size, name)
            if size > 10**12:
                raise InputError(f"{name}: {size:,} units are too many")


def sample(rng: Random) -> dict[str, Any]:
    """Up to three hidden layers of a few units."""
    given: dict[str, Any] = {"input": rng.choice([rng.randint(2, 12), "4x3", "3x3x2"]), "output": rng.randint(1, 6)}
    kind = rng.random()
    if kind < 0.4:
        given["hidden"] = rng.randint(2, 10)
    elif kind < 0.7:
        given["hidden"] = "x".join(str(rng.randint(2, 9)) for _ in range(rng.randint(2, 3)))
    elif kind < 0.9:
        given |= {"hidden": rng.randint(2, 6), "layers": rng.randint(2, 3)}
    return given | {"bias": rng.random() < 0.8, "bytes_per_value": rng.choice([2, 4, 4, 8])}


def reference(
    input: Any, output: Any, hidden: Any = None, layers: Any = 1, bias: bool = True, bytes_per_value: Any = 4
) -> dict[str, Any]:
    """Torch's layers laid out without memory, their numbers counted."""
    import torch

    first = int(torch.Size([*input] if isinstance(input, tuple) else [input]).numel())
    between = [] if hidden is None else [hidden] * layers if isinstance(hidden, int) else list(hidden) * layers
    sizes = [first, *between, output]
    net = torch.nn.Sequential(*(torch.nn.Linear(a, b, bias=bias, device="meta") for a, b in pairwise(sizes)))
    counts = {len(each.shape): 0 for each in net.parameters()} | {1: 0, 2: 0}
    for each in net.parameters():
        counts[len(each.shape)] += each.numel()
    total = sum(each.numel() for each in net.parameters())
    return {
        "weights": counts[2], "biases": counts[1], "parameters": total, "multiply-adds": counts[2],
        "memory": total * bytes_per_value,
    }  # fmt: skip
