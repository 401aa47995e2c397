"""Layer lists: four notations against PyTorch itself, the named networks against their published totals."""

import inspect
import io
import math
import subprocess
import sys
from collections import OrderedDict
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import nn

from revise.errors import InputError
from revise.expression import Node
from revise.network import KINDS, Layer, Network
from revise.network.known import NAMES
from revise.network.source.arguments import signature
from revise.network.source.torch_layers import LAYERS as TORCH
from revise.network.source.torch_sequences import SEQUENCES

# -- sizes and parameters, counted here by a second hand -------------------------------------------


def measure(network: Network, size: tuple[int, ...]) -> tuple[list[tuple[int, ...]], int]:
    """What each layer gives (channels last) and all parameters."""
    shapes: dict[int, tuple[int, ...]] = {-1: size}
    parameters = 0
    for place, layer in enumerate(network.layers):
        assert layer.kind in KINDS
        assert all(-1 <= before < place for before in layer.inputs)
        shape, learnt = _one(layer, [shapes[before] for before in layer.inputs])
        shapes[place] = shape
        parameters += learnt
    return [shapes[place] for place in range(len(network.layers))], parameters


def _one(layer: Layer, inputs: list[tuple[int, ...]]) -> tuple[tuple[int, ...], int]:
    shape = inputs[0]
    *sides, channels = shape
    if layer.says is not None and layer.kind not in ("layer-norm",):
        assert layer.says == (math.prod(shape) if layer.kind == "flatten" else channels), layer.name
    if layer.kind == "conv":
        groups = channels if layer.groups == "depthwise" else layer.groups
        out = channels * layer.out if layer.groups == "depthwise" else layer.out
        return (*_slid(layer, sides), out), math.prod(layer.kernel) * channels // groups * out + out * layer.bias
    if layer.kind == "transposed-conv":
        grown = []
        for axis, n in enumerate(sides):
            s, k, d = layer.stride[axis], layer.kernel[axis], layer.dilation[axis]
            if layer.padding == "same":
                grown.append(n * s)
            else:
                grown.append((n - 1) * s - 2 * layer.padding[axis] + d * (k - 1) + 1 + layer.output_padding[axis])
        return (*grown, layer.out), math.prod(
            layer.kernel
        ) * channels * layer.out // layer.groups + layer.out * layer.bias
    if layer.kind in ("max-pool", "avg-pool"):
        return (*_slid(layer, sides), channels), 0
    if layer.kind.startswith("adaptive"):
        return (*layer.size, channels), 0
    if layer.kind.startswith("global"):
        return (channels,), 0
    if layer.kind == "linear":
        return (*sides, layer.out), channels * layer.out + layer.out * layer.bias
    if layer.kind == "flatten":
        return (math.prod(shape),), 0
    if layer.kind == "reshape":
        return layer.size, 0
    if layer.kind == "zero-pad":
        pairs = [pair if isinstance(pair, tuple) else (pair, pair) for pair in layer.padding]
        return (*(n + sum(pair) for n, pair in zip(sides, pairs, strict=True)), channels), 0
    if layer.kind == "upsample":
        return (*(n * factor for n, factor in zip(sides, layer.size, strict=True)), channels), 0
    if layer.kind == "add":
        assert len(set(inputs)) == 1, layer.name
        return shape, 0
    if layer.kind == "concat":
        assert len({each[:-1] for each in inputs}) == 1, layer.name
        return (*sides, sum(each[-1] for each in inputs)), 0
    if layer.kind == "select":
        assert len(layer.size) == layer.out and max(layer.size) < channels
        return (*sides, layer.out), 0
    if layer.kind == "prelu":
        return shape, layer.out
    if layer.kind.endswith("-norm"):
        normal = math.prod(layer.size) if layer.size else layer.says or channels
        return shape, normal * layer.affine * (1 + layer.bias)
    return shape, 0


def _slid(layer: Layer, sides: list[int]) -> list[int]:
    out = []
    for axis, n in enumerate(sides):
        k, s, d = layer.kernel[axis], layer.stride[axis], layer.dilation[axis]
        if layer.padding == "same":
            out.append(-(-n // s))
            continue
        pad = layer.padding[axis]
        before, after = pad if isinstance(pad, tuple) else (pad, pad)
        span = n + before + after - d * (k - 1) - 1
        steps = -(-span // s) if layer.ceil else span // s
        if layer.ceil and steps * s >= n + before:
            steps -= 1
        out.append(steps + 1)
    return out


def totals(network: Network, size: tuple[int, ...]) -> int:
    return measure(network, size)[1]


# -- against PyTorch: the same source is run here and read there --------------------------------------


class Chained(nn.Module):
    def __init__(self, classes=10):
        super().__init__()
        hidden = 30 * 2
        self.conv1 = nn.Conv2d(3, 6, 5)
        self.pool = nn.MaxPool2d(2, 2)
        self.conv2 = nn.Conv2d(6, 16, (3, 5), stride=(1, 2), padding=(1, 2), bias=False)
        self.norm = nn.BatchNorm2d(16)
        self.fc1 = nn.Linear(16 * 7 * 7, hidden)
        self.drop = nn.Dropout(0.5)
        self.fc2 = nn.Linear(hidden, classes)

    def forward(self, x):
        x = self.pool(F.relu(self.conv1(x)))
        x = F.max_pool2d(torch.relu(self.norm(self.conv2(x))), (2, 1), ceil_mode=True)
        x = x.view(x.size(0), -1)
        x = self.drop(F.relu(self.fc1(x)))
        return F.log_softmax(self.fc2(x), dim=1)


class Residual(nn.Module):
    def __init__(self, before, after, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(before, after, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(after)
        self.conv2 = nn.Conv2d(after, after, 3, padding="same", dilation=2, groups=2)
        self.skip = nn.Sequential(nn.Conv2d(before, after, 1, stride, bias=False), nn.BatchNorm2d(after))

    def forward(self, x):
        out = F.relu(self.bn1(self.conv1(x)))
        out = self.conv2(out)
        out += self.skip(x)
        return F.relu(out)


class Branched(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.Sequential(Residual(3, 8), Residual(8, 16, stride=2))
        self.up = nn.ConvTranspose2d(16, 12, 3, 2, 1, output_padding=1)
        self.side = nn.Conv2d(16, 4, 1)
        self.pool = nn.AdaptiveAvgPool2d((2, 3))
        self.fc = nn.Linear(16 * 6, 5, bias=False)

    def forward(self, x):
        x = self.blocks(x)
        side = F.interpolate(self.side(x), scale_factor=2)
        x = torch.cat([self.up(x), side], dim=1)
        x = torch.flatten(self.pool(x), 1)
        return self.fc(x)


def sequential() -> nn.Module:
    return nn.Sequential(
        OrderedDict(
            [
                ("pad", nn.ZeroPad2d((1, 2, 0, 4))),
                ("conv", nn.Conv2d(2, 4, 3, 2, groups=2)),
                ("act", nn.PReLU(4)),
                ("norm", nn.GroupNorm(2, 4)),
                ("inner", nn.Sequential(nn.AvgPool2d(2, padding=1), nn.Conv2d(4, 6, kernel_size=2, dilation=2))),
                ("instance", nn.InstanceNorm2d(6, affine=True)),
                ("up", nn.Upsample(scale_factor=2)),
                ("flat", nn.Flatten()),
                ("last", nn.LayerNorm(288)),
            ]
        )
    )


def one_axis() -> nn.Module:
    return nn.Sequential(
        nn.Conv1d(3, 8, 5, stride=2, padding=1), nn.BatchNorm1d(8), nn.ReLU(True),
        nn.MaxPool1d(3, 2, 1, 1, False, True), nn.ConvTranspose1d(8, 4, 4, 2), nn.AdaptiveMaxPool1d(5), nn.Flatten(),
        nn.Linear(20, 3), nn.BatchNorm1d(3), nn.Unflatten(1, (3, 1)),
    )  # fmt: skip


MODELS: list[tuple[Any, Any, tuple[int, ...]]] = [
    (Chained, [Chained], (32, 32, 3)),
    (Branched, [Residual, Branched], (12, 16, 3)),
    (sequential, [sequential], (15, 20, 2)),
    (one_axis, [one_axis], (40, 3)),
]


@pytest.mark.parametrize(("make", "sources", "size"), MODELS, ids=lambda value: getattr(value, "__name__", ""))
def test_source_gives_the_sizes_and_parameters_that_torch_gives(
    make: Any, sources: list[Any], size: tuple[int, ...]
) -> None:
    network = Network.from_text("\n".join(inspect.getsource(source) for source in sources))
    model = make().eval()
    given = torch.zeros(1, size[-1], *size[:-1])
    shapes, parameters = measure(network, size)
    assert network.dims == len(size) - 1
    assert parameters == sum(each.numel() for each in model.parameters())
    assert _last(shapes[-1]) == tuple(model(given).shape[1:])
    seen: dict[str, tuple[int, ...]] = {}
    for name, part in model.named_modules():
        if not list(part.children()):
            part.register_forward_hook(lambda _, __, out, name=name: seen.update({name: tuple(out.shape[1:])}))
    model(given)
    named = {layer.name: shape for layer, shape in zip(network.layers, shapes, strict=True)}
    assert seen and all(_last(named[name]) == shape for name, shape in seen.items())
    by_name = {layer.name: layer for layer in network.layers}
    for name, part in model.named_modules():
        own = sum(each.numel() for each in part.parameters(recurse=False))
        if own:
            before = [shapes[place] if place >= 0 else size for place in by_name[name].inputs]
            assert _one(by_name[name], before)[1] == own, name


def _last(shape: tuple[int, ...]) -> tuple[int, ...]:
    return (shape[-1], *shape[:-1])


@pytest.mark.parametrize("make", [sequential, one_axis], ids=lambda make: make.__name__)
def test_a_printed_sequential_is_the_source(make: Any) -> None:
    printed, source = Network.from_text(str(make())), Network.from_text(inspect.getsource(make))
    assert printed.note == ""
    assert printed.dims == source.dims
    assert [_bare(layer) for layer in printed.layers] == [_bare(layer) for layer in source.layers]


def test_a_printed_class_says_what_it_assumes() -> None:
    network = Network.from_text(str(Chained()))
    assert network.name == "Chained" and "order of assignment" in network.note and "flatten" in network.note
    assert [layer.name for layer in network.layers] == "conv1 pool conv2 norm flatten fc1 drop fc2".split()
    with pytest.raises(InputError, match="branch"):
        Network.from_text("Net(\n  (downsample): Conv2d(3, 4, kernel_size=(1, 1), stride=(1, 1))\n)")


def _bare(layer: Layer) -> tuple[Any, ...]:
    return tuple(getattr(layer, name) for name in Layer.__dataclass_fields__ if name not in ("line", "column"))


@pytest.mark.parametrize("name", [name for name in TORCH if name not in SEQUENCES])  # those: with the sequences' tests
def test_arguments_stand_in_pytorchs_order_with_its_defaults(name: str) -> None:
    if name == "Identity":
        return
    ours, theirs = signature(TORCH[name].signature), inspect.signature(getattr(nn, name).__init__).parameters
    real = {title: each for title, each in theirs.items() if title not in ("self", "args", "kwargs")}
    ordered = [title for title, each in real.items() if each.kind is each.POSITIONAL_OR_KEYWORD]
    assert list(ours.positional) == ordered[: len(ours.positional)]
    assert set(ordered[len(ours.positional) :]) <= {"min_value", "max_value"}  # Hardtanh's old names
    for title, default in ours.defaults.items():
        if title in real:
            assert real[title].default == default, title
    required = [title for title, each in real.items() if each.default is each.empty]
    assert all(title not in ours.defaults for title in required)


# -- Keras: totals that model.summary() of Keras 3.15 prints ------------------------------------------

KERAS = """
from tensorflow import keras
from tensorflow.keras import layers
model = keras.Sequential([
    keras.Input(shape=(28, 28, 1)),
    layers.Conv2D(32, kernel_size=(3, 3), activation="relu"),
    layers.MaxPooling2D(pool_size=(2, 2)),
    layers.Conv2D(64, kernel_size=(3, 3), activation="relu"),
    layers.MaxPooling2D(pool_size=(2, 2)),
    layers.Flatten(),
    layers.Dropout(0.5),
    layers.Dense(10, activation="softmax"),
])
model.compile(optimizer="adam", loss="categorical_crossentropy")
history = model.fit(x_train, y_train, epochs=15)
"""


def test_keras_sequential() -> None:
    network = Network.from_text(KERAS)
    shapes, parameters = measure(network, network.input or ())
    assert network.input == (28, 28, 1)
    assert parameters == 34826  # the total in keras.io's "Simple MNIST convnet"
    assert shapes[-1] == (10,)
    assert [layer.name for layer in network.layers] == [
        "conv2d", "conv2d.relu", "max_pooling2d", "conv2d_1", "conv2d_1.relu", "max_pooling2d_1", "flatten", "dropout",
        "dense", "dense.softmax",
    ]  # fmt: skip


def test_keras_add_is_the_list_and_functional_models_join() -> None:
    grown = """
    model = Sequential()
    model.add(SeparableConv2D(16, 3, padding='same', activation=tf.nn.relu, input_shape=(9, 9, 4)))
    model.add(DepthwiseConv2D(3, depth_multiplier=2, strides=2, padding="same"))
    model.add(Conv2DTranspose(5, 2, strides=3))
    model.add(ZeroPadding2D(((0, 1), (2, 3))))
    model.add(BatchNormalization())
    model.add(AveragePooling2D(3, strides=2, padding='same'))
    model.add(GlobalAveragePooling2D())
    """
    network = Network.from_text(grown)
    shapes, parameters = measure(network, (9, 9, 4))
    assert network.input == (9, 9, 4)
    assert shapes == [
        (9, 9, 4), (9, 9, 16), (9, 9, 16), (5, 5, 32), (15, 15, 5), (16, 20, 5), (16, 20, 5), (8, 10, 5), (5,),
    ]  # fmt: skip
    assert parameters == (3 * 3 * 4 + 4 * 16 + 16) + (9 * 32 + 32) + (4 * 32 * 5 + 5) + 10
    functional = """
    def build(classes=7):
        inputs = layers.Input((8, 8, 3))
        x = layers.Conv2D(4, 3, padding="same", name="first")(inputs)
        y = layers.LeakyReLU()(layers.Conv2D(4, 3, padding="same")(x))
        x = layers.Add()([x, y])
        x = layers.concatenate([x, y])
        unused = layers.Dense(99)(x)
        x = layers.Flatten()(x)
        return keras.Model(inputs=inputs, outputs=layers.Dense(classes)(x))
    model = build()
    """
    network = Network.from_text(functional)
    assert [(layer.name, layer.inputs) for layer in network.layers] == [
        ("first", (-1,)), ("conv2d", (0,)), ("leaky_re_lu", (1,)), ("add", (0, 2)), ("concat", (3, 2)),
        ("flatten", (4,)), ("dense_1", (5,)),
    ]  # fmt: skip
    assert totals(network, (8, 8, 3)) == 112 + 148 + 8 * 8 * 8 * 7 + 7


def test_keras_one_axis() -> None:
    network = Network.from_text(
        "Sequential([Conv1D(4, 3, dilation_rate=2, padding='causal', input_shape=(20, 2)), MaxPooling1D(), "
        "Conv1D(3, 2), GlobalMaxPooling1D()])"
    )
    assert network.dims == 1 and network.input == (20, 2)
    assert measure(network, (20, 2)) == ([(20, 4), (10, 4), (9, 3), (3,)], 28 + 27)


# -- the named networks ------------------------------------------------------------------------------

# Papers and torchvision's documentation (num_params); LeNet-5's 60,000 is in its section II-B.
PUBLISHED = {
    "lenet5": 61_706, "lenet5-1998": 60_000, "alexnet": 60_965_224, "alexnet-ungrouped": 62_378_344,
    "alexnet-torchvision": 61_100_840, "vgg11": 132_863_336, "vgg13": 133_047_848, "vgg16": 138_357_544,
    "vgg19": 143_667_240, "resnet18": 11_689_512, "resnet34": 21_797_672, "resnet50": 25_557_032,
    "resnet50-v1.5": 25_557_032, "googlenet": 6_998_552, "googlenet-torchvision": 6_624_904,
    "resnet101": 44_549_160, "resnet101-v1.5": 44_549_160, "resnet152": 60_192_808, "resnet152-v1.5": 60_192_808,
    "wide-resnet50-2": 68_883_240, "wide-resnet101-2": 126_886_696, "resnext50-32x4d": 25_028_904,
    "resnext101-32x8d": 88_791_336, "densenet121": 7_978_856, "densenet169": 14_149_480, "densenet201": 20_013_928,
    "mobilenet-v2": 3_504_872, "squeezenet1.0": 1_248_424, "squeezenet1.1": 1_235_496,
    # counted out: the papers say 36.5 M (Zagoruyko & Komodakis), 4.2 M (Howard et al.), ZFNet nothing (62.4 M, 107.6 M)
    "wrn-28-10": 36_479_194, "mobilenet-v1": 4_231_976, "zfnet": 62_357_608, "zfnet-wide": 107_627_624,
}  # fmt: skip
SIZES = {
    ("lenet5", "S4"): (5, 5, 16), ("lenet5-1998", "C3"): (10, 10, 16), ("alexnet", "pool5"): (6, 6, 256),
    ("alexnet", "conv2"): (27, 27, 256), ("alexnet-torchvision", "features.12"): (6, 6, 256),
    ("vgg16", "pool5"): (7, 7, 512), ("resnet18", "maxpool"): (56, 56, 64), ("resnet50", "layer4.2.relu"): (7, 7, 2048),
    ("resnet50", "layer2.0.conv1"): (28, 28, 128), ("resnet50-v1.5", "layer2.0.conv1"): (56, 56, 128),
    ("googlenet", "pool2"): (28, 28, 192), ("googlenet", "inception3a.concat"): (28, 28, 256),
    ("googlenet", "inception4e.concat"): (14, 14, 832), ("googlenet", "inception5b.concat"): (7, 7, 1024),
    ("googlenet-torchvision", "inception5b.concat"): (7, 7, 1024),
    ("zfnet", "conv1"): (110, 110, 96), ("zfnet", "pool1"): (55, 55, 96), ("zfnet", "conv2"): (26, 26, 256),
    ("zfnet", "pool2"): (13, 13, 256), ("zfnet", "pool5"): (6, 6, 256), ("resnet101", "layer3.22.relu"): (14, 14, 1024),
    ("wrn-28-10", "group2.0.conv1"): (16, 16, 320), ("wrn-28-10", "relu"): (8, 8, 640),
    ("densenet121", "block1.layer6.concat"): (56, 56, 256), ("densenet121", "transition3.pool"): (7, 7, 512),
    ("mobilenet-v1", "conv7.dw"): (14, 14, 256), ("mobilenet-v1", "conv14.pw"): (7, 7, 1024),
    ("mobilenet-v2", "block14.dw"): (7, 7, 576), ("squeezenet1.0", "pool8"): (13, 13, 512),
    ("squeezenet1.1", "conv10"): (13, 13, 1000),
}  # fmt: skip


def test_every_named_network_has_a_published_total() -> None:
    assert set(PUBLISHED) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_named_networks(name: str) -> None:
    network = Network.from_text(name)
    assert network.input is not None and network.dims == 2
    shapes, parameters = measure(network, network.input)
    assert parameters == PUBLISHED[name]
    assert len({layer.name for layer in network.layers}) == len(network.layers)
    ends = {"lenet5-1998": (84,), "lenet5": (10,), "wrn-28-10": (10,)}
    assert shapes[-1] == ends.get(name, (1000,))
    by_name = {layer.name: shape for layer, shape in zip(network.layers, shapes, strict=True)}
    for (owner, layer), shape in SIZES.items():
        if owner == name:
            assert by_name[layer] == shape, layer


def test_c3_of_1998_has_the_papers_1516_parameters() -> None:
    parts = {layer.name: layer for layer in Network.from_text("LeNet-5 1998").layers}
    assert [_one(parts[name], [(14, 14, seen)])[1] for name, seen in (("C3.3maps", 18), ("C3.4maps", 36))] == [456, 909]
    assert _one(parts["C3.6maps"], [(14, 14, 6)])[1] == 1516 - 456 - 909
    chosen = parts["C3.4maps.select"].size
    assert [sorted(chosen[4 * place : 4 * place + 4]) for place in range(6, 9)] == [
        [0, 1, 3, 4], [1, 2, 4, 5], [0, 2, 3, 5],
    ]  # fmt: skip


@pytest.mark.parametrize("spelled", ["vgg16", "VGG-16", "Vgg 16", "vgg_16"])
def test_names_ignore_case_and_punctuation(spelled: str) -> None:
    assert Network.from_text(spelled).name == "VGG-16"
    assert Network.from_text("ResNet-50 v1.5").name == "ResNet-50 v1.5"


@pytest.mark.parametrize(
    ("text", "reason"),
    [("vgg15", "did you mean vgg1"), ("resnet", "did you mean resnet"), ("transformer", "known: lenet5")],
)
def test_a_bare_name_that_is_unknown(text: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        Network.from_text(text)


# -- the short notation ------------------------------------------------------------------------------


def test_short_notation_against_torch() -> None:
    network = Network.from_text("conv 3 64 1 1, relu, pool 2, 2*(conv 3 128 p1 s2, bn) -> flatten; fc 10 nobias # end")
    model = nn.Sequential(
        nn.Conv2d(3, 64, 3, 1, 1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(64, 128, 3, 2, 1), nn.BatchNorm2d(128), nn.Conv2d(128, 128, 3, 2, 1), nn.BatchNorm2d(128),
        nn.Flatten(), nn.Linear(128 * 16, 10, bias=False),
    )  # fmt: skip
    shapes, parameters = measure(network, (32, 32, 3))
    assert parameters == sum(each.numel() for each in model.parameters())
    assert shapes[-1] == tuple(model(torch.zeros(1, 3, 32, 32)).shape[1:])
    assert [layer.name for layer in network.layers] == "conv1 relu pool conv2 bn1 conv3 bn2 flatten fc".split()


def test_every_word_and_option() -> None:
    network = Network.from_text(
        """
        conv 3x5 8 same d 2 g2          # a comment, with pool(2) in it
        dwconv 3 m2, sepconv 3 4 p same, deconv 4 6 s 2 p 1 op 1
        avgpool 3 2 1 ceil → adaptive 3x2, lrn, ln, gn 2, in, prelu 6
        zeropad 1x2, upsample 2, reshape 5x6x6, dropout 0.5, LeakyReLU, 2*tanh, gap, softmax
        """
    )
    assert [layer.kind for layer in network.layers] == (
        "conv conv conv conv transposed-conv avg-pool adaptive-avg-pool lrn layer-norm group-norm instance-norm prelu "
        "zero-pad upsample reshape dropout activation activation activation global-avg-pool activation"
    ).split()
    first = network.layers[0]
    assert (first.kernel, first.padding, first.dilation, first.groups) == ((3, 5), "same", (2, 2), 2)
    assert [layer.name for layer in network.layers[1:4]] == ["dwconv", "sepconv.depthwise", "sepconv.pointwise"]
    assert [layer.bias for layer in network.layers[1:4]] == [True, False, True]
    assert network.layers[4].output_padding == (1, 1) and network.layers[5].ceil
    assert (network.layers[0].line, network.layers[0].column) == (2, 9)
    assert Network.from_text("conv1d 16 5, pool 2").layers[1].kernel == (2,)


def test_letters_are_numbers_left_open() -> None:
    layer = Network.from_text("conv k F s s p p").layers[0]
    assert all(isinstance(each, Node) for each in (*layer.kernel, layer.out, *layer.stride, *layer.padding))
    source = "class N(nn.Module):\n def __init__(self, hidden):\n  self.fc = nn.Linear(784, 2*hidden)"
    assert isinstance(Network.from_text(source).layers[0].out, Node)


# -- what can be wrong -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no layers"),
        ("conv 3", "line 1, column 1: conv: filters missing; write it as conv KERNEL FILTERS"),
        ("relu,\n conv 3 64, rlu", "line 2, column 13: rlu is no layer known here; did you mean relu"),
        ("conv 3 64 s0", "line 1, column 11: stride is a whole number of at least 1, not s0"),
        ("conv 3 64 1 1 1", "one too many"),
        ("conv 3 64 p1 p2", "padding is given twice"),
        ("pool 2 g2", "pool has no groups"),
        ("conv 3 64 q=2", "there is no option q"),
        ("conv 3x5x7 4", "kernel is one number or 2"),
        ("2*(conv 3 64", "column 3: \\( is never closed"),
        ("relu)", "\\) without \\("),
        ("2*()", "brackets are empty"),
        ("relu, 3*", "nothing to repeat"),
        ("1000*(1000*relu)", "more than 100,000 layers"),
        ("0*relu", "1 to 100,000 times"),
        ("conv1d 3 4, conv2d 3 4", "1-D and 2-D"),
        ("nn.Sequential(nn.Conv2D(3, 64, 3))", "line 1, column 15: Conv2D is no layer known here; did you mean Conv2d"),
        ("nn.Sequential(nn.Conv2d(3, 64, 3, strides=2))", "no argument strides; did you mean stride"),
        ("nn.Sequential(nn.Conv2d(3, 64))", "kernel_size is missing"),
        ("nn.Sequential(nn.Conv2d(3, 64, 3, padding='same', stride=2))", "only with stride 1"),
        ("nn.Sequential(nn.Conv2d(3, 64, 3, groups=2))", "groups=2 does not divide in_channels=3"),
        ("nn.Sequential(nn.Conv2d(3, 64, 0))", "kernel_size is a whole number of at least 1"),
        ("nn.Sequential(nn.Conv2d(3, 64, True))", "kernel_size is a whole number"),
        ("nn.Sequential(nn.MaxPool2d(2, padding=2))", "at most half"),
        ("nn.Sequential(nn.Bilinear(3, 4, 5))", "Bilinear is no layer known here"),
        ("nn.Sequential(*[nn.ReLU()]*2)", "a list times a number"),
        ("nn.Sequential(\n  nn.ReLU(),\n  nn.Conv2d(3,\n", "not Python"),
        ("nn.Sequential(nn.Conv1d(3, 4, 3), nn.MaxPool2d(2))", "a 2-D layer among 1-D ones"),
        ("a = nn.Sequential(nn.ReLU())\nb = nn.Sequential(nn.Tanh())", "several networks: a, b"),
        ("m = nn.Sequential()\nfor i in range(3):\n  m.append(nn.ReLU())", "loops"),
        ("x = 5", "no network is found"),
        ("import os\nos.system('true')", "no network is found"),
        ("def f(x):\n  return f(x)\nnn.Sequential(f(1))", "calls itself"),
        ("nn.Linear(10**9**9, 2)", "too large"),
        ("l = [nn.ReLU()]\n" + "l = [*l, *l]\n" * 60 + "nn.Sequential(*l)", "list is too long|too many steps"),
        ("l = [nn.ReLU()]\n" + "l.extend(l)\n" * 60 + "nn.Sequential(*l)", "list is too long|too many steps"),
        (
            "a = nn.Sequential()\n" + "a = nn.Sequential(a, a)\n" * 60,
            "too many steps",
        ),
        ("class N(nn.Module):\n def __init__(s, n):\n" + "  n = n + n\n" * 60 + "  s.f = nn.Linear(3, n)", "too long"),
        ("2*" * 60_000 + "relu", "1 to 100,000 times"),
        ("net.py", "there is no file net.py"),
        ("@nowhere", "there is no file nowhere"),
        (f"relu, {' ' * 200_000}relu", "more than 200,000 characters"),
        ("Sequential([Dense(3, activation='rleu')])", "rleu is no activation"),
        ("Sequential([Conv2D(3, 3, data_format='channels_first')])", "channels_last"),
        ("Sequential([Conv2D(3, 3, padding='full')])", "padding is valid or same"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(text: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        Network.from_text(text)


FORWARD = """class N(nn.Module):
    def __init__(self):
        self.conv = nn.Conv2d(3, 8, 3)
        self.spare = nn.Linear(1, 1)
    def forward(self, x):
        {}
"""


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("return self.cnov(x)", "line 6, column 16: self.cnov is not read; did you mean conv"),
        ("return self.conv(self.conv(x))", "used twice: shared weights"),
        ("return torch.flatten(self.conv(x))", "start_dim=1"),
        ("return x * x", "sum of two"),
        ("return torch.cat([x, x])", "dim=1"),
        ("return x.view(7, -1)", "first size is the batch"),
        ("if x: return x", "loops, conditions"),
        ("return F.rleu(x)", "rleu is no"),
        ("pass", "must return"),
    ],
)
def test_forward_methods_that_are_not_read(body: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        Network.from_text(FORWARD.format(body))


def test_notes_say_what_was_assumed_or_left_out() -> None:
    assert "spare: not used in forward" in Network.from_text(FORWARD.format("return self.conv(x)")).note
    network = Network.from_text("self.conv1 = nn.Conv2d(1, 2, 3)\nself.fc = nn.Linear(4, 5)")
    assert [layer.kind for layer in network.layers] == ["conv", "flatten", "linear"]
    assert "order of assignment" in network.note and "flatten" in network.note


def test_fences_prompts_files_and_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pasted = "Here it is:\n```python\n>>> nn.Sequential(\n...     nn.Conv2d(3, 4, 3),\n... )\nSequential(...)\n```\nbye"
    layer = Network.from_text(pasted).layers[0]
    assert (layer.line, layer.column) == (4, 9)
    file = tmp_path / "net.py"
    file.write_text("nn.Sequential(nn.Conv2d(3, 4, 3), nn.Rleu())", encoding="utf-8")
    for way in (str(file), f"@{file}"):
        with pytest.raises(InputError, match=r"net\.py: line 1, column 35: Rleu .* did you mean ReLU"):
            Network.from_text(way)
    monkeypatch.setattr("sys.stdin", io.StringIO("conv 3 4\nrelu"))
    assert len(Network.from_text("-").layers) == 2
    monkeypatch.setattr("sys.stdin", io.StringIO("rlu, relu"))
    with pytest.raises(InputError, match="standard input: line 1"):
        Network.from_text("-")


def test_nothing_is_run_and_little_is_imported() -> None:
    script = (
        "import sys; from revise.network import Network; Network.from_text('vgg16'); "
        "assert 'ast' not in sys.modules or not any(m.startswith('revise.network.') and m.rpartition('.')[2] in "
        "('python', 'compact', 'torch_layers', 'inception') for m in sys.modules); "
        "Network.from_text('nn.Sequential(nn.ReLU())'); assert not {'torch', 'numpy', 'sympy'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=Path(__file__).parents[1])


# -- any text ----------------------------------------------------------------------------------------

WORDS = st.sampled_from(
    "conv pool fc relu flatten bn dwconv sepconv deconv conv1d 3 64 1 3x5 s2 p1 p same nobias ceil k 2* ( ) , ; -> # "
    "\n 0 -1 1e9 9**9 nn.Sequential( nn.Conv2d( nn.ReLU() nn.Linear(3,4) x = [ ] { } : * ** .view(-1 "
    "F.relu( class def return lambda in model.add( layers.Dense( keras.Input( None True 'same' \\ \" ' ``` >>> import "
    "OrderedDict( torch.cat( x.size(0) nn.Upsample( scale_factor= += keras.Model( super().__init__() range( if".split(
        " "
    )
)


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(
        st.text(max_size=80), st.lists(WORDS, max_size=14).map(" ".join), st.lists(WORDS, max_size=14).map("".join)
    )
)
@example("x = [nn.ReLU()]\nnn.Sequential(*x, **{})")
@example("-" * 50_000 + "nn.a(")
@example("x" + ".a()" * 20_000)
@example("(" * 5_000 + "conv")
@example("nn.Sequential(\0)")
def test_any_text_is_a_network_or_an_input_error(text: str) -> None:
    if text == "-":
        return
    try:
        network = Network.from_text(text)
    except InputError as fault:
        assert str(fault)
        return
    assert network.layers and len({layer.name for layer in network.layers}) == len(network.layers)
    assert all(layer.kind in KINDS for layer in network.layers)


def _spelled(layer: dict[str, Any]) -> str:
    kernel = "x".join(map(str, layer["kernel"]))
    parts = [layer["word"], kernel, *([str(layer["out"])] if layer["word"] == "conv" else [])]
    return " ".join([*parts, f"s{layer['stride']}", f"p {layer['padding']}", *(["nobias"] if layer["plain"] else [])])


SHORT = st.fixed_dictionaries(
    {
        "word": st.sampled_from(["conv", "pool"]), "kernel": st.tuples(st.integers(1, 9), st.integers(1, 9)),
        "out": st.integers(1, 99), "stride": st.integers(1, 4), "padding": st.integers(0, 4), "plain": st.booleans(),
    }
).map(lambda layer: layer | {"plain": layer["plain"] and layer["word"] == "conv"})  # fmt: skip


@given(st.lists(SHORT, min_size=1, max_size=6), st.sampled_from([", ", "; ", "\n", " -> "]), st.integers(1, 3))
def test_the_short_notation_round_trips(layers: list[dict[str, Any]], separator: str, times: int) -> None:
    network = Network.from_text(f"{times}*({separator.join(map(_spelled, layers))})")
    assert [
        (layer.kind, layer.kernel, layer.out, layer.stride, layer.padding, layer.bias) for layer in network.layers
    ] == [
        (
            "conv" if layer["word"] == "conv" else "max-pool", layer["kernel"],
            layer["out"] if layer["word"] == "conv" else None,
            (layer["stride"],) * 2, (layer["padding"],) * 2, not layer["plain"],
        )
        for layer in layers * times
    ]  # fmt: skip
