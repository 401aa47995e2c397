"""Fully connected against convolution, separable against plain: what the contract does not ask."""

import pytest

from revise import catalogue
from revise.errors import InputError
from revise.parameters import spell


def solve(name: str, **given: object):  # type: ignore[no-untyped-def]
    return catalogue.load(name).solve(**given)


def test_letters_that_differ_are_no_square() -> None:
    oblong = solve("dense-vs-conv", input="HxWxC", kernel_size="F", out_channels="K")
    sides = [spell(side) for side in oblong.value("output").flat]
    assert sides == ["H + 1 − F", "W + 1 − F", "K"]
    square = solve("dense-vs-conv", input="NxNxC", kernel_size="F", out_channels="K")
    assert [step.why for step in square.steps if step.shown == "o[w]"] == ["a square: as wide as high"]
    assert square.value("output").flat[0] is not None


def test_letters_of_the_student_keep_their_meaning() -> None:
    given = {"input": "HxWxC", "kernel_size": "F", "stride": "S", "padding": "P", "out_channels": "K"}
    shown = solve("dense-vs-conv", **given)
    assert spell(shown.value("conv-weights")) == "C·F²·K"
    assert not {step.key[0] for step in shown.steps if step.name} & set("HWCFSPKNMDLRQ")


@pytest.mark.parametrize(("biases", "parameters"), [("tied", 12), ("untied", 768), ("none", 0)])
def test_the_biases_of_the_convolution(biases: str, parameters: int) -> None:
    given = {"input": "16x16x1", "kernel_size": 5, "stride": 2, "padding": 2, "out_channels": 12}
    shown = solve("dense-vs-conv", **given, bias=biases != "none", untied_bias=biases == "untied")
    assert shown.value("conv-parameters") - shown.value("conv-weights") == parameters
    assert shown.value("local-parameters") - shown.value("local-weights") == (0 if biases == "none" else 768)


def test_a_kernel_as_large_as_the_map_is_the_fully_connected_layer() -> None:
    for kernel in (None, "4x4"):
        shown = solve("dense-vs-conv", input="4x4x12", kernel_size=kernel, out_channels=30)
        assert shown.value("dense-weights") == shown.value("conv-weights") == 4 * 4 * 12 * 30
        assert "local-weights" not in shown.answers
    padded = solve("dense-vs-conv", input="4x4x12", kernel_size=4, padding=1, out_channels=30)
    assert padded.value("conv-weights") < padded.value("dense-weights")


def test_the_ratio_in_letters_and_of_groups() -> None:
    given = {"kernel_size": "F", "channels": "M", "out_channels": "N", "size": "D_F"}
    assert spell(solve("depthwise", **given).value("ratio")) == "1/N + 1/F²"
    assert spell(solve("grouped-conv", **given, groups="g").value("ratio")) == "1/g"


@pytest.mark.parametrize(
    ("name", "given", "reason"),
    [
        ("dense-vs-conv", {"input": "32x32", "out_channels": 6}, "the channels are needed"),
        ("dense-vs-conv", {"input": "32x32x3", "out_channels": 0}, "out-channels must be"),
        ("dense-vs-conv", {"input": "8x9x3", "out_channels": 4, "kernel_size": 9}, "kernel-size: the kernel is 9 high"),
        ("dense-vs-conv", {"input": "7x7x3", "out_channels": 4, "larger": "9x5"}, "larger: the kernel is 7 wide"),
        ("dense-vs-conv", {"input": "7x7x3", "out_channels": 4, "larger": "9x9x4"}, "larger: it has 4 channels"),
        ("separable-conv", {"kernel_size": "5x3", "channels": 3, "out_channels": 4}, "kernel-size: one side"),
        ("separable-conv", {"kernel_size": 3, "channels": 3, "out_channels": 4, "groups": 3}, "groups: they need"),
        ("grouped-conv", {"kernel_size": 3, "channels": 3, "out_channels": 4}, "groups: say how many"),
        ("grouped-conv", {"kernel_size": 3, "channels": 6, "out_channels": 4, "groups": 3}, "not divide out-channels"),
    ],
)
def test_bad_input(name: str, given: dict[str, object], reason: str) -> None:
    with pytest.raises(InputError) as fault:
        solve(name, **given)
    assert reason in str(fault.value)
