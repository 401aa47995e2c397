"""Named networks against torchvision's own, and the blocks they are made of; what the contract's samples can't see."""

from math import prod
from typing import Any

import pytest

from revise.catalogue import load
from revise.errors import InputError
from revise.network import Network
from revise.network.known import NAMES, canonical
from revise.network.several import Networks
from revise.parameters import spell
from revise.solvers.cnn._architecture import deepest
from tests.command import revise


def solve(name: str, **given: Any) -> Any:
    return load(name).solve(**given)


# -- named networks ----------------------------------------------------------------------------------

# name → multiply-adds that Torch counted, entries of all outputs of convolutions and linear layers, layers with
# parameters or max pooling: taken from torchvision 0.28's own modules, where every row was compared (shape, parameters,
# multiply-adds) in the order of execution
TORCHVISION = {
    "resnet18": (1_814_073_344, 2_484_712, 42), "resnet34": (3_663_761_408, 3_739_112, 74),
    "resnet50-v1.5": (4_089_184_256, 11_114_984, 108), "resnet101-v1.5": (7_801_405_440, 16_232_936, 210),
    "resnet152-v1.5": (11_513_626_624, 22_555_112, 312), "wide-resnet50-2": (11_398_021_120, 14_401_512, 108),
    "wide-resnet101-2": (22_753_050_624, 21_225_448, 210), "resnext50-32x4d": (4_230_479_872, 14_401_512, 108),
    "resnext101-32x8d": (16_414_015_488, 31_210_472, 210), "densenet121": (2_834_161_664, 6_900_200, 243),
    "densenet169": (3_359_843_328, 7_301_608, 339), "densenet201": (4_291_365_888, 7_853_544, 403),
    "mobilenet-v2": (300_774_272, 6_679_112, 105), "squeezenet1.0": (818_924_576, 4_346_248, 29),
    "squeezenet1.1": (349_151_936, 2_589_352, 29), "vgg11": (7_609_090_048, 7_435_240, 16),
    "vgg13": (11_308_466_176, 12_252_136, 18), "vgg16": (15_470_264_320, 13_556_712, 21),
    "vgg19": (19_632_062_464, 14_861_288, 24), "alexnet-torchvision": (714_188_480, 494_184, 11),
    "googlenet-torchvision": (1_498_376_192, 3_227_160, 128),
}  # fmt: skip
DEPTHS = {
    "alexnet": 8, "zfnet": 8, "vgg11": 11, "vgg19": 19, "googlenet": 22, "resnet18": 18, "resnet34": 34, "resnet50": 50,
    "resnet101": 101, "resnet152": 152, "resnext50-32x4d": 50, "densenet121": 121, "densenet169": 169,
    "densenet201": 201, "mobilenet-v1": 28, "squeezenet1.0": 18, "lenet5": 5, "wrn-28-10": 26,
}  # fmt: skip


@pytest.mark.parametrize("name", TORCHVISION)
def test_rows_are_torchvisions(name: str) -> None:
    solution, network = solve("architecture", nets=name), Network.from_text(name)
    macs, values, rows = TORCHVISION[name]
    assert solution.value("multiply-adds") == macs
    weighted = {layer.name for layer in network.layers if layer.kind in ("conv", "linear")}
    given = {step.at["layer"]: step.value for step in solution.steps if step.name == "v[l]"}
    assert sum(value for layer, value in given.items() if layer in weighted) == values
    learnt = {step.at["layer"] for step in solution.steps if step.name == "params[l]"}
    assert len(learnt | {layer.name for layer in network.layers if layer.kind == "max-pool"}) == rows


def test_torchvision_itself_where_it_is_installed() -> None:
    models = pytest.importorskip("torchvision.models")
    import torch

    for name in ("resnext50_32x4d", "wide_resnet50_2", "densenet121", "mobilenet_v2", "squeezenet1_0"):
        with torch.device("meta"):
            theirs = getattr(models, name)()
        mine = solve("architecture", nets=canonical(name))
        assert mine.value("parameters") == sum(each.numel() for each in theirs.parameters())


@pytest.mark.parametrize("name", DEPTHS)
def test_depth_is_what_the_name_or_the_paper_says(name: str) -> None:
    assert sum(deepest(Network.from_text(name))) == DEPTHS[name]


def test_the_name_of_a_wide_resnet_counts_projections_and_not_the_linear_layer() -> None:
    network = Network.from_text("wide-resnet")
    assert network.name == "WRN-28-10" and "28 of the name counts the three" in network.note
    assert sum(layer.kind == "conv" for layer in network.layers) == 28
    reads = {layer.name: [network.layers[place].name for place in layer.inputs] for layer in network.layers}
    assert reads["group2.0.shortcut"] == ["group2.0.relu1"]  # as in its authors' code: after norm and ReLU
    assert reads["group2.1.add"] == ["group2.1.conv2", "group2.0.add"]


@pytest.mark.parametrize(
    ("spelled", "name"),
    [
        ("ResNet-101", "resnet101"), ("wide_resnet50_2", "wide-resnet50-2"), ("resnext50_32x4d", "resnext50-32x4d"),
        ("ResNeXt-50", "resnext50-32x4d"), ("mobilenet_v2", "mobilenet-v2"), ("MobileNet", "mobilenet-v1"),
        ("squeezenet1_1", "squeezenet1.1"), ("SqueezeNet", "squeezenet1.0"), ("DenseNet-121", "densenet121"),
        ("WRN-28-10", "wrn-28-10"), ("ZF-Net", "zfnet"), ("resnet", ""), ("conv 3 64", ""),
    ],
)  # fmt: skip
def test_spellings(spelled: str, name: str) -> None:
    assert canonical(spelled) == name


def test_differences_are_named() -> None:
    notes = {name: Network.from_text(name).note for name in NAMES}
    assert "110, 55, 26, 13, 6" in notes["zfnet"] and "512, 1024, 512" in notes["zfnet-wide"]
    assert "resnet152-v1.5 has it in the 3×3" in notes["resnet152"]
    assert "paper's table 1 prints s2" in notes["mobilenet-v1"]
    assert "111 and 55 come of 227" in notes["squeezenet1.0"] and "227" not in notes["squeezenet1.1"]


# -- architecture ------------------------------------------------------------------------------------


def test_vgg_by_hand_memory_is_early_and_parameters_are_in_fc() -> None:
    solution = solve("architecture", nets="VGG16")
    sides = [(224, 64, 2), (112, 128, 2), (56, 256, 3), (28, 512, 3), (14, 512, 3)]
    maps = sum(n * n * k * (times + 1 / 4) for n, k, times in sides)  # each stage's pool: a quarter of its map
    assert solution.value("activations") == 224 * 224 * 3 + maps + 4096 + 4096 + 1000
    assert solution.value("fc-parameters") == 25_089 * 4096 + 4097 * 4096 + 4097 * 1000
    assert solution.value("early-share") > 0.85 < solution.value("fc-share")
    notes = [step.why for step in solution.steps if step.is_note]
    assert "Most parameters of one layer: fc6." in notes and "The largest map: conv1_1." in notes


def test_beside_each_other_they_are_what_each_is_alone() -> None:
    names = ("alexnet", "squeezenet1.1", "mobilenet-v2")
    together = solve("architecture", nets=", ".join(names))
    for name in names:
        alone = solve("architecture", nets=name)
        for word in set(alone.answers) - {"parameter-memory"}:
            assert together.value(f"{name}-{word}") == alone.value(word), (name, word)


def test_what_is_counted_as_an_activation() -> None:
    net = "conv 3 4 p1, bn, relu, maxpool 2, flatten, fc 10, softmax"
    plain, kept = (
        solve("architecture", nets=net, input="4x4x2", count_activations=each) for each in ("in-place", "all")
    )
    assert plain.value("activations") == 32 + 64 + 16 + 10
    assert kept.value("activations") == 32 + 64 + 64 + 64 + 16 + 10 + 10
    half = solve("architecture", nets=net, input="4x4x2", bytes=2)
    assert half.value("memory") == 2 * 122 and half.value("parameter-memory") * 2 == plain.value("parameter-memory")


def test_networks_are_separated_by_commas_or_pipes() -> None:
    assert list(Networks.from_text("alexnet, VGG-16; resnet50").labelled) == [
        "alexnet", "vgg16", "resnet50",
    ]  # fmt: skip
    assert list(Networks.from_text("conv 3 8, relu, gap, fc 10 | lenet5").labelled) == ["net1", "lenet5"]
    assert list(Networks.from_text("conv 3 8, relu, gap, fc 10").labelled) == ["net1"]


def test_a_network_without_convolution_or_without_parameters() -> None:
    dense = solve("architecture", nets="fc 5, relu, fc 2", input=8)
    assert (dense.value("depth"), dense.value("fc-share"), dense.value("parameters")) == (2, 1, 57)
    empty = solve("architecture", nets="maxpool 2, relu", input="4x4x1")
    assert empty.value("depth") == 0 and "parameters" not in empty.answers
    both = solve("architecture", nets="maxpool 2 | maxpool 2, gap, fc 3", input="4x4x1")
    assert both.value("net1-parameters") == 0 and both.value("net2-fc-share") == 1


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"nets": "alexnet, vgg17"}, "nets: there is no network vgg17; did you mean vgg1"),
        ({"nets": "alexnet, AlexNet"}, "nets: alexnet is given twice"),
        ({"nets": "alexnet |"}, "nets: a network is missing"),
        ({"nets": "|".join(NAMES)}, "networks; up to 12"),
        ({"nets": "alexnet, vgg16", "input": "NxNx3"}, "with numbers, not with letters"),
        ({"nets": "vgg16", "input": "16x16x3"}, "pool5: the kernel is 2 wide|linear|kernel"),
        ({"nets": "conv 3 8"}, "input: the network does not say it"),
        ({"nets": "vgg16", "bytes": 0}, "bytes must be a whole number of at least 1"),
        ({"nets": "vgg16", "count_activations": "some"}, "count-activations: 'some' is not in-place or all"),
    ],
)
def test_bad_input_of_architecture(given: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        solve("architecture", **given)


def test_the_screen_of_a_comparison() -> None:
    shown = revise("solve", "architecture", "alexnet, vgg16, resnet50, googlenet").stdout
    rows = [line.split() for line in shown.splitlines() if line.startswith(("alexnet  ", "resnet50  "))]
    assert ["alexnet", "8", "60,965,224", "≈", "0.9617", "724,406,816", "936,323", "≈", "0.8648"] in rows
    assert "15.3 %" in shown and "resnet50-v1.5 has it in the 3×3" in shown


# -- residual ----------------------------------------------------------------------------------------


def test_a_residual_block_in_letters() -> None:
    plain = solve("residual", input="NxNxC")
    assert spell(plain.value("parameters")) == "18·C² + 4·C"
    assert [spell(side) for side in plain.value("output").flat] == ["N", "N", "C"]
    deep = solve("residual", input="NxNxC", kind="bottleneck", inner_channels="M", norm=False)
    assert spell(deep.value("weights")) == "2·C·M + 9·M²"
    assert solve("residual", input="HxWxC", out_channels="K").value("shortcut-parameters") is not None


def test_the_shortcuts() -> None:
    given = {"input": "8x8x4", "out_channels": 8, "stride": 2, "norm": False}
    projection, zeros = (solve("residual", **given, shortcut=each) for each in ("auto", "zero-padded"))
    assert projection.value("shortcut-parameters") == 4 * 8
    assert zeros.value("shortcut-parameters") == 0 and zeros.value("zeros") == 4
    assert projection.value("output").flat == zeros.value("output").flat == (4, 4, 8)
    assert projection.value("multiply-adds") - zeros.value("multiply-adds") == 16 * 32
    same = solve("residual", input="8x8x4", shortcut="projection", norm=False)
    assert same.value("shortcut-parameters") == 16 and same.value("plain-parameters") == 2 * 9 * 16


def test_where_a_bottleneck_strides() -> None:
    given = {"input": "56x56x256", "kind": "bottleneck", "out_channels": 512, "stride": 2}
    first, second = (solve("residual", **given, stride_in=each) for each in ("first", "second"))
    assert first.value("parameters") == second.value("parameters")
    assert second.value("multiply-adds") - first.value("multiply-adds") == (56**2 - 28**2) * 256 * 128


def test_blocks_are_those_of_the_named_networks() -> None:
    rows = {step.at["layer"]: step for step in solve("conv-stack", net="resnet50").steps if step.name == "params[l]"}
    block = sum(step.value for layer, step in rows.items() if layer.startswith("layer3.0."))
    given = {"input": "28x28x512", "kind": "bottleneck", "out_channels": 1024, "stride": 2}
    assert solve("residual", **given).value("parameters") == block


def test_backwards() -> None:
    found = revise("solve", "residual", "56x56x64", "--stride", "2", "--find", "out-channels", "--parameters", "230144")
    assert "out-channels = 128" in found.stdout
    found = revise("solve", "inception", "28x28x192", "--conv5x5", "32", "--find", "reduce5x5", "--multiply-adds",
                   "12443648")  # fmt: skip
    assert "reduce5x5 = 16" in found.stdout
    found = revise("solve", "densenet", "64", "--growth-rate", "32", "--find", "layers", "--channels", "256")
    assert "layers = 6" in found.stdout


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"input": "8x8"}, "input: the channels are needed"),
        ({"input": "8x0x4"}, "input must be a whole number of at least 1"),
        ({"input": "8x8x4", "stride": 0}, "stride must be"),
        ({"input": "8x8x4", "out_channels": 8, "shortcut": "identity"}, "shortcut: the identity needs"),
        ({"input": "8x8x4", "out_channels": 2, "shortcut": "zero-padded"}, "shortcut: zeros can't take channels away"),
        ({"input": "8x8x6", "kind": "bottleneck"}, "inner-channels: 6 does not divide by 4"),
        ({"input": "8x8xC", "kind": "bottleneck"}, "inner-channels: with letters"),
        ({"input": "8x8x8", "kind": "bottleneck", "groups": 3}, "groups: 3 does not divide the 2"),
        ({"input": "8x8x8", "groups": 2}, "groups: a basic block has none"),
        ({"input": "8x8x8", "stride_in": "second"}, "stride-in: a basic block"),
    ],
)
def test_bad_input_of_residual(given: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        solve("residual", **given)


# -- inception ---------------------------------------------------------------------------------------


def test_cs231ns_module_by_hand() -> None:
    filters = {"conv1x1": 128, "conv3x3": 192, "conv5x5": 96, "reduce3x3": 64, "reduce5x5": 64, "pool_proj": 64}
    solution = solve("inception", input="28x28x256", **filters)
    branches = {step.at["b"]: step.value for step in solution.steps if step.name == "macs[b]"}
    positions = 28 * 28
    assert branches["3x3"] == positions * 9 * 256 * 192 and branches["3x3 reduced"] == positions * 9 * 64 * 192
    assert solution.value("naive-multiply-adds") == positions * 256 * (128 + 9 * 192 + 25 * 96)
    assert solution.value("multiply-adds") + branches["3x3 reduced"] == 358_055_936  # the slide's 358M has it twice


def test_inception_modules_are_googlenets() -> None:
    stack = solve("conv-stack", net="googlenet")
    weights = {step.at["layer"]: step.value for step in stack.steps if step.name == "w[l]"}
    module = sum(value for layer, value in weights.items() if layer.startswith("inception4e."))
    given = {"conv1x1": 256, "reduce3x3": 160, "conv3x3": 320, "reduce5x5": 32, "conv5x5": 128, "pool_proj": 128}
    solution = solve("inception", input="14x14x528", **given)
    assert solution.value("weights") == module and solution.value("output").flat == (14, 14, 832)


def test_an_inception_branch_in_letters() -> None:
    solution = solve("inception", input="HxWxC", conv5x5="K", reduce5x5="R")
    assert spell(solution.value("naive-weights")) == "25·C·K"
    assert spell(solution.value("weights")) == "C·R + 25·K·R"


def test_a_pool_is_a_branch_of_a_whole_module() -> None:
    assert solve("inception", input="8x8x6", conv1x1=1, conv3x3=2, conv5x5=3).value("output").flat == (8, 8, 12)
    assert solve("inception", input="8x8x6", conv1x1=1, conv3x3=2).value("output").flat == (8, 8, 3)
    assert solve("inception", input="8x8x6", pool_proj=2).value("output").flat == (8, 8, 2)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"input": "8x8", "conv1x1": 3}, "input: the channels are needed"),
        ({"input": "8x8x4"}, "say the filters of one branch"),
        ({"input": "8x8x4", "reduce3x3": 2}, "reduce3x3: it stands before conv3x3"),
        ({"input": "8x8x4", "conv1x1": 0}, "conv1x1 must be a whole number of at least 1"),
        ({"input": "8x8x4", "conv5x5": "1/2"}, "conv5x5 must be a whole number"),
    ],
)
def test_bad_input_of_inception(given: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        solve("inception", **given)


# -- densenet ----------------------------------------------------------------------------------------


def test_dense_blocks_are_densenet121s() -> None:
    learnt: dict[str, int] = {}
    for step in solve("conv-stack", net="densenet121").steps:
        if step.name == "params[l]":
            block = str(step.at["layer"]).partition(".")[0]
            learnt[block] = learnt.get(block, 0) + step.value
    channels, side = 64, 56
    for block, layers in enumerate((6, 12, 24, 16), 1):
        given = {"input": (side, side, channels), "growth_rate": 32, "layers": layers, "bottleneck": 4}
        solution = solve("densenet", **given, compression="0.5")
        assert solution.value("block-parameters") == learnt[f"block{block}"]
        if block < 4:
            assert solution.value("transition-parameters") == learnt[f"transition{block}"]
        side, _, channels = solution.value("output").flat
        assert prod((side, channels)) > 0


def test_a_dense_block_in_letters_and_by_hand() -> None:
    solution = solve("densenet", input="k0", growth_rate="k", layers=3, norm=False)
    assert spell(solution.value("channels")) == "k₀ + 3·k"
    small = solve("densenet", input=4, growth_rate=2, layers=3, norm=False)
    assert small.value("block-parameters") == 9 * 2 * (4 + 6 + 8)
    assert solve("densenet", input="7x9x4", growth_rate=2, layers=3, compression=1).value("output").flat == (3, 4, 10)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"layers": 0}, "layers must be a whole number of at least 1"),
        ({"layers": 10**6}, "layers: 1,000,000 in one block"),
        ({"growth_rate": -1}, "growth-rate must be"),
        ({"compression": 0}, "compression: a share above 0"),
        ({"compression": "3/2"}, "compression: a share above 0, at most 1"),
        ({"bottleneck": -1}, "bottleneck must be"),
        ({"input": "8x8"}, "input: the channels are needed"),
        ({"layers": "L"}, "layers must be a number here"),
    ],
)
def test_bad_input_of_densenet(given: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        solve("densenet", **{"input": "8x8x4", "growth_rate": 2, "layers": 3, **given})
