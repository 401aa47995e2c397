"""`conv-stack`: whole networks, known by name, typed or pasted; what the contract's samples can't see."""

import json
from pathlib import Path
from typing import Any

import pytest

from revise.catalogue import load
from revise.errors import InputError
from revise.expression import parse
from tests.command import revise

STACK = load("conv-stack")
TORCH = """
import torch.nn as nn
import torch.nn.functional as F

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, padding=1)
        self.conv2 = nn.Conv2d(16, 16, 3, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(16)
        self.fc = nn.Linear(16 * 8 * 8, 10)

    def forward(self, x):
        x = F.relu(self.conv1(x))
        y = self.bn(self.conv2(x))
        x = F.max_pool2d(F.relu(x + y), 2)
        return self.fc(x.view(x.size(0), -1))
"""
KERAS = """
model = keras.Sequential([
    layers.Conv2D(8, 3, activation="relu", padding="same", input_shape=(28, 28, 1)),
    layers.MaxPooling2D(),
    layers.Flatten(),
    layers.Dense(10, activation="softmax"),
])
"""


def solved(net: str, **given: Any) -> Any:
    return STACK.solve(net=net, **given)


@pytest.mark.parametrize("name", ["lenet5-1998", "alexnet-torchvision", "vgg11", "resnet34", "googlenet-torchvision"])
def test_known_networks_are_torchs_on_every_answer(name: str) -> None:
    solution, answers = solved(name), STACK.reference({"net": name})
    assert set(answers) == set(solution.answers)
    for word, value in answers.items():
        got = solution.value(word)
        assert (list(got.flat) if hasattr(got, "flat") else got) == value, word


def test_both_stride_placements_have_the_same_parameters_and_different_views() -> None:
    first, second = solved("resnet50"), solved("resnet50-v1.5")
    assert first.value("parameters") == second.value("parameters")
    assert (first.value("receptive-field"), second.value("receptive-field")) == (483, 427)
    assert any("v1.5" in step.why for step in first.steps)


def test_a_pasted_module_is_read_with_its_forward() -> None:
    solution = solved(TORCH, input="16x16x3")
    assert solution.value("parameters") == (3 * 9 + 1) * 16 + 16 * 9 * 16 + 32 + (16 * 64 + 1) * 10
    assert solution.value("o[5]").flat == (16, 16, 16), "the sum of two branches"
    with pytest.raises(InputError, match="fc"):
        solved(TORCH, input="32x32x3")


def test_a_keras_model_brings_its_input(tmp_path: Path) -> None:
    file = tmp_path / "model.py"
    file.write_text(KERAS, "utf-8")
    by_file = revise("solve", "conv-stack", str(file), "--json")
    by_stdin = revise("solve", "conv-stack", "-", "--json", stdin=KERAS)
    assert by_file.returncode == 0, by_file.stderr
    answers = json.loads(by_file.stdout)["answer"]
    assert answers["parameters"] == (9 + 1) * 8 + (14 * 14 * 8 + 1) * 10
    assert json.loads(by_stdin.stdout)["answer"] == answers
    bigger = json.loads(revise("solve", "conv-stack", str(file), "--input", "56x56x1", "--json").stdout)["answer"]
    assert bigger["parameters"] == (9 + 1) * 8 + (28 * 28 * 8 + 1) * 10


def test_letters_come_through() -> None:
    solution = solved("conv 3 K p1, maxpool 2", input="NxNx3")
    assert solution.value("parameters").head != "number"
    from revise.equality import compare

    assert compare(solution.value("parameters"), parse("28*K")).outcome == "equal"
    assert compare(solution.value("multiply-adds"), parse("27*K*N^2")).outcome == "equal"


def test_height_and_width_are_kept_apart() -> None:
    given = {"net": "conv 3x5 8 p1, maxpool 2, conv 3 4, gap, fc 10", "input": "40x60x3"}
    solution, answers = solved(**given), STACK.reference(given)
    for word in ("receptive-field", "jump", "multiply-adds", "parameters"):
        got = solution.value(word)
        assert (list(got.flat) if hasattr(got, "flat") else got) == answers[word], word


@pytest.mark.parametrize(
    ("net", "input", "reason"),
    [
        ("conv 3 8", "2x2x1", "kernel is 3 wide, the padded input only 2"),
        ("conv 3 8", None, "give --input"),
        ("conv 3 8, konv 3", "5x5x1", "column 11"),
        ("nn.Sequential(nn.Conv2d(3, 8, 3), nn.Conv2d(4, 8, 3))", "9x9x3", "takes 4, but 8 come in"),
        ("nn.Sequential(nn.Conv2d(3, 8, 3),\n  nn.Linear(8, 3))", "9x9x3", "line 2, column 3"),
        ("nn.Sequential(nn.Conv2d(3, 8, 3), nn.Flatten(), nn.Linear(99, 3))", "9x9x3", "takes 99, but 392"),
        ("fc 10, conv 3 3", "10", "needs a map, but gets 10 features"),
        ("conv 3 8 g2", "5x5x3", "does not divide"),
        ("conv 3 8", "5x5", "give HxWxC"),
        ("vgg15", None, "did you mean vgg"),
    ],
)
def test_what_does_not_fit_is_named(net: str, input: str | None, reason: str) -> None:
    with pytest.raises(InputError, match=reason.replace("(", r"\(")):
        solved(net, **({"input": input} if input else {}))


def test_code_in_a_model_is_never_run(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    code = f"import pathlib\npathlib.Path({str(mark)!r}).touch()\nmodel = nn.Sequential(nn.Conv2d(3, 8, 3))\n"
    done = revise("solve", "conv-stack", "-", "--input", "9x9x3", stdin=code)
    assert done.returncode in (0, 2) and "Traceback" not in done.stderr
    assert not mark.exists()
