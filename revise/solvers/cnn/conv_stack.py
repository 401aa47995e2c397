"""A whole network: sizes, parameters, cost and view, layer by layer."""

from random import Random
from typing import Any

from revise.errors import InputError
from revise.network import Network
from revise.parameters import Shape
from revise.solution import Solution
from revise.solvers.cnn._entry import entry
from revise.solvers.cnn._stack import Stack
from revise.solvers.cnn._stack_costs import add_costs, add_totals
from revise.solvers.cnn._stack_sizes import add_fields, add_sizes

SERVES: dict[str, dict[str, object]] = {"conv-stack": {}}
SOURCE = (
    "Dumoulin & Visin 2016, A guide to convolution arithmetic; Araujo, Norris & Sim 2019, Computing receptive fields; "
    "the networks' own papers"
)
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # LeCun et al. 1998 with C3 fully connected, as Dive into Deep Learning 7.6 builds it
    ({"net": "lenet5"}, {"parameters": 61_706, "output": [10]}),
    # Krizhevsky et al. 2012 ("60 million"), as Caffe's bvlc_alexnet; the paper's figure says 224 where only 227 fits.
    # The receptive field of pool5: Araujo et al. 2019
    (
        {"net": "alexnet"},
        {"parameters": 60_965_224, "multiply-adds": 724_406_816, "receptive-field": 195, "jump": 32, "output": [1000]},
    ),
    # Simonyan & Zisserman 2015, table 2 (138 million), counted out; the receptive field: Araujo et al. 2019
    (
        {"net": "vgg16"},
        {"parameters": 138_357_544, "multiply-adds": 15_470_264_320, "receptive-field": 212, "output": [1000]},
    ),
    # He et al. 2016, table 1 (3.8 × 10⁹ and 1.8 × 10⁹ multiply-adds); parameters as torchvision lists them
    (
        {"net": "resnet50"},
        {"parameters": 25_557_032, "multiply-adds": 3_857_973_248, "receptive-field": 483, "output": [1000]},
    ),
    ({"net": "resnet50-v1.5"}, {"parameters": 25_557_032, "multiply-adds": 4_089_184_256, "receptive-field": 427}),
    ({"net": "resnet18"}, {"parameters": 11_689_512, "multiply-adds": 1_814_073_344, "receptive-field": 435}),
    # Szegedy et al. 2015, table 1 (about 1.5 billion multiply-adds), as Caffe's bvlc_googlenet without its side heads
    ({"net": "googlenet"}, {"parameters": 6_998_552, "output": [1000]}),
]
MISTAKES = {
    "n[l]": {
        "the +1 is missing": "floor((n[m] + 2*p[l] - k[l]) ./ s[l])",
        "the padding is counted once": "floor((n[m] + p[l] - k[l]) ./ s[l]) + 1",
    },
    "w[l]": {"the input channels are forgotten": "k[l]^2*K[l]"},
    "r[l]": {"the strides before are forgotten": "r[m] + k[l] - 1"},
}
_MOST = 10_000


def solve(net: Network, input: Shape | None = None, channels_first: bool = False) -> Solution:
    """Output shape, weights, biases, multiply-adds, receptive field r and jump j of every layer, then the totals.

    net    a known network (vgg16, resnet50 …); a file or - with PyTorch or Keras layers, read and never run;
           or layers typed out: "conv 3 64 p1, relu, maxpool 2, flatten, fc 10"
    input  H×W×C (L×C in one dimension, or the number of features; of tokens, where an embedding comes first);
           a known network has its own; a sequence's length that is not given is the letter T

    Biases and normalisations cost no multiply-adds here. Raises InputError naming the layer that does not fit.
    """
    if len(net.layers) > _MOST:
        raise InputError(f"net: {len(net.layers):,} layers are more than {_MOST:,}")
    sides, channels = entry(net, input, channels_first)
    stack = Stack(net, sides, channels)
    for note in filter(None, (net.note, _roles(stack))):
        stack.work.note(note)
    add_sizes(stack)
    add_fields(stack)
    add_costs(stack)
    answers = {"output": f"o[{len(net.layers)}]", **add_totals(stack)}
    if seeing := _sees(stack):
        answers |= {"receptive-field": f"r[{seeing[-1]}]", "jump": f"j[{seeing[-1]}]"}
    columns = {
        "output": "o[l]", "weights": "w[l]", "biases": "b[l]", "parameters": "params[l]", "multiply-adds": "macs[l]",
        **({"r": "r[l]", "j": "j[l]"} if _sees(stack) else {}),
    }  # fmt: skip
    tables = ("sizes", "what one output sees", "weights", "weights and biases", "multiply-adds")
    stack.work.overview(net.name or "The network", columns, "layer", tables)
    return stack.work.answer(answers)


def _roles(stack: Stack) -> str:
    """What the letters of this network's tables stand for."""
    kinds = {layer.kind for layer in stack.layers.values()}
    features = "features" if stack.dims == 1 else "channels or features"
    told = [f"Row l is a layer, m the row it reads; o is its output, c its {features}"]
    layers = stack.layers.values()
    told += ["k is the kernel, s the stride, p the padding"] if any(each.kernel for each in layers) else []
    told += ["K the filters or units"] if any(each.out is not None for each in layers) else []
    told += ["r is the receptive field, j the jump; the answers are the last map's"] if _sees(stack) else []
    told += ["gates: 1 in a plain RNN, 3 in a GRU, 4 in an LSTM"] if "rnn" in kinds else []
    told += ["inner: heads times the width of a head"] if "attention" in kinds else []
    if stack.work.letters == ["T"]:
        told += ["T: the length, which is not said"]
    if "batch-norm" in kinds:
        told += ["A batch norm's running mean and variance are not learnt and not counted"]
    return "; ".join(told) + "."


def _sees(stack: Stack) -> list[int]:
    """The rows with a receptive field of their own."""
    return [row for row, field in stack.field.items() if field == row and row]


def sample(rng: Random) -> dict[str, Any]:
    """Two or three small convolutions with pooling between, and a head on half of the draws."""
    parts = []
    for _ in range(rng.randint(2, 3)):
        kernel, filters, stride = rng.choice([1, 3, 5]), rng.randint(2, 6), rng.choice([1, 1, 2])
        parts.append(f"conv {kernel} {filters} s{stride} p{rng.randint(0, 2)}")
        parts += rng.choice([["relu"], ["bn", "relu"], []])
        parts += rng.choice([["maxpool 2"], ["avgpool 3 s2"], []])
    parts += rng.choice([["flatten", f"fc {rng.randint(2, 10)}"], []])
    height = rng.randint(24, 40)
    width = height if rng.random() < 0.7 else rng.randint(24, 40)
    return {"net": ", ".join(parts), "input": (height, width, rng.randint(1, 3))}


def reference(net: Network, input: Any = None, channels_first: bool = False) -> dict[str, Any]:
    """The layers built and run by Torch without memory; the field traced back from one output."""
    from revise.solvers.cnn._stack_torch import run

    return run(net, *entry(net, input, channels_first))
