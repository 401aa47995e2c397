"""A known network's facts, or several beside each other."""

from random import Random
from typing import Any, Literal

from revise.network.several import Networks
from revise.parameters import Number, Shape, whole
from revise.solution import Solution
from revise.solvers.cnn._architecture import Counted, count
from revise.solvers.cnn._architecture_several import compare

SERVES: dict[str, dict[str, object]] = {"architecture": {}}
SOURCE = "the networks' own papers; CS231n, lecture 9 and the notes on convolutional networks (VGGNet in detail)"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Simonyan & Zisserman 2015, table 2 (138 million). CS231n lists the same maps and adds them up to 24M values: its
    # own list gives 15.2M (input, convolutions, pools and fully connected layers), so 61 MB and not 93.
    # Its 102,760,448 weights of the first fully connected layer are 74 % of all.
    (
        {"nets": "vgg16"},
        {
            "parameters": 138_357_544, "fc-parameters": 123_642_856, "fc-share": "0.89", "depth": 16,
            "multiply-adds": 15_470_264_320, "activations": 15_237_608, "memory": 60_950_432,
        },
    ),
    # Krizhevsky et al. 2012 (60 million, 8 layers, 650,000 neurons), Szegedy et al. 2015 (22 layers), He et al. 2016
    # (3.8 × 10⁹ multiply-adds, 50 layers); parameters as torchvision lists them for VGG-16 and ResNet-50
    (
        {"nets": "alexnet, vgg16, resnet50, googlenet"},
        {
            "alexnet-parameters": 60_965_224, "alexnet-depth": 8, "alexnet-fc-share": "0.96",
            "vgg16-parameters": 138_357_544, "resnet50-parameters": 25_557_032, "resnet50-depth": 50,
            "resnet50-multiply-adds": 3_857_973_248, "googlenet-depth": 22, "googlenet-parameters": 6_998_552,
        },
    ),
    # Howard et al. 2017, table 8 (569 million multiply-adds, 4.2 million parameters); Sandler et al. 2018, table 4
    # (300 million, 3.4 million; torchvision's is 3,504,872); Iandola et al. 2016: 50 times fewer than AlexNet
    (
        {"nets": "mobilenet-v1, mobilenet-v2, squeezenet"},
        {
            "mobilenet-v1-multiply-adds": 568_740_352, "mobilenet-v1-parameters": 4_231_976, "mobilenet-v1-depth": 28,
            "mobilenet-v2-multiply-adds": 300_774_272, "mobilenet-v2-parameters": 3_504_872,
            "squeezenet1.0-parameters": 1_248_424, "squeezenet1.0-depth": 18,
        },
    ),
    # torchvision's list: parameters; Huang et al. 2017: 121 layers
    ({"nets": "densenet121"}, {"parameters": 7_978_856, "depth": 121}),
    ({"nets": "resnet101, resnet152"}, {"resnet101-parameters": 44_549_160, "resnet152-parameters": 60_192_808}),
]  # fmt: skip
MISTAKES = {
    "share": {"compared with the convolutions, not with all": "dense/(total - dense)"},
    "memory": {"counted one byte a value": "values", "counted the weights, not the maps": "B*total"},
    "share[net]": {"compared with the convolutions, not with all": "dense[net]/(params[net] - dense[net])"},
    "memory[net]": {"counted one byte a value": "values[net]", "counted the weights": "B*params[net]"},
}


def solve(
    nets: Networks,
    input: Shape | None = None,
    count_activations: Literal["in-place", "all"] = "in-place",
    bytes: Number = 4,
    channels_first: bool = False,
) -> Solution:
    """Depth, parameters and the fully connected layers' share, multiply-adds, and the memory of the activations.

    nets               known networks with commas between (alexnet, vgg16), or one; other networks with | between
    input              H×W×C instead of each network's own
    count_activations  in-place: the input and what convolutions, pools and linear layers give; ReLU, norms, sums and
                       concatenations write over it. all: they are counted too, views and the identity never
    bytes              of one value: 4 in float32, 2 in float16

    One image, forward only. Raises InputError naming the parameter or the layer that does not fit.
    """
    size = whole(bytes, "bytes")
    counted = {
        label: count(label, net, input, count_activations == "all", size, channels_first)
        for label, net in nets.labelled.items()
    }
    return _one(*counted.values()) if len(counted) == 1 else compare(counted, size)


def _one(counted: Counted) -> Solution:
    columns = {
        "output": "o[l]", "values": "v[l]", "parameters": "params[l]", "multiply-adds": "macs[l]",
    }  # fmt: skip
    tables = ("sizes", "values", "weights", "weights and biases", "multiply-adds")
    counted.work.overview(counted.title, columns, "layer", tables)
    return counted.work.answer(counted.answers)


def sample(rng: Random) -> dict[str, Any]:
    """A small network of two convolutions, or two such beside each other."""
    nets = " | ".join(_small(rng) for _ in range(rng.choice([1, 2])))
    side = rng.choice([12, 16, 20])
    return {
        "nets": nets, "input": (side, side, rng.randint(1, 3)), "count_activations": rng.choice(["in-place", "all"]),
        "bytes": rng.choice([4, 4, 2]),
    }  # fmt: skip


def _small(rng: Random) -> str:
    norm = rng.choice(["bn, ", ""])
    first, second, units = (rng.randint(2, 8) for _ in range(3))
    return f"conv 3 {first} p1, {norm}relu, maxpool 2, conv 3 {second}, relu, gap, fc {units}, relu, fc 10"


def reference(nets: Networks, **given: Any) -> dict[str, Any]:
    """The layers laid out by Torch without memory; its own count of operations, and its modules' outputs."""
    from revise.solvers.cnn._architecture_torch import facts

    found = {label: facts(net, given) for label, net in nets.labelled.items()}
    if len(found) == 1:
        return next(iter(found.values()))
    return {f"{label}-{word}": value for label, each in found.items() for word, value in each.items()}
