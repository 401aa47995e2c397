"""`revise solve` from the command line: words in, worked solution out, and every way of being wrong."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from command import ROOT, revise

ALEXNET = ["conv", "--input", "227x227x3", "--kernel-size", "11", "--stride", "4", "--out-channels", "96"]


def answer(*args: str) -> object:
    done = revise("solve", *args, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["answer"]


def test_a_solution_reads_like_a_hand_in() -> None:
    done = revise("solve", *ALEXNET)
    assert done.returncode == 0
    assert "= ⌊(227 + 2 · 0 − 11)/4⌋ + 1" in done.stdout
    assert "out = oₕ × o_w × K = 55×55×96" in done.stdout
    assert "params = weights + biases = 34848 + 96 = 34944" in done.stdout
    assert "multiply-adds  105,415,200" in done.stdout
    assert "\x1b" not in done.stdout
    assert not any(line != line.rstrip() for line in done.stdout.split("\n"))


def test_json() -> None:
    done = revise("solve", *ALEXNET, "--json")
    shown = json.loads(done.stdout)
    assert {key: shown[key] for key in ("schema", "solver")} == {"schema": 1, "solver": "conv"}
    assert shown["answer"]["output"] == [55, 55, 96]
    assert shown["answer"]["parameters"] == 34944
    first = shown["steps"][0]
    assert first["written"] == "floor((227 + 2·0 − 11)/4) + 1"
    assert first["value"] == 55
    assert first["at"] == {"a": "h"}


def test_letters_keep_the_writers_order() -> None:
    shown = json.loads(
        revise(
            "solve", "conv", "--input", "N", "--kernel-size", "F", "--padding", "P", "--stride", "S", "--json"
        ).stdout
    )
    assert shown["steps"][0]["value"] == "floor((N + 2·P − F)/S) + 1"


@pytest.mark.parametrize(
    ("args", "found"),
    [
        (
            ["--input", "224", "--kernel-size", "7", "--stride", "2", "--output", "112", "--find", "padding"],
            {"padding": [3]},
        ),
        (
            ["--input", "224", "--kernel-size", "7", "--stride", "2", "--output", "112", "--padding", "?"],
            {"padding": [3]},
        ),
        (["--input", "32", "--kernel-size", "5", "--output", "28", "--find", "stride"], {"stride": [1]}),
        (["--kernel-size", "3", "--stride", "2", "--output", "7", "--find", "input"], {"input": [15, 16]}),
        (
            ["--input", "9x9x3", "--kernel-size", "3", "--out-channels", "?", "--parameters", "280"],
            {"out_channels": [10]},
        ),
    ],
)
def test_find(args: list[str], found: dict[str, list[int]]) -> None:
    shown = answer("conv", *args)
    assert shown == {name.replace("_", "-"): value for name, value in found.items()}


def test_find_without_an_answer_says_so_and_exits_1() -> None:
    args = ["conv", "--input", "10", "--kernel-size", "3", "--output", "500", "--find", "stride"]
    done = revise("solve", *args)
    assert done.returncode == 1
    assert "No whole stride" in done.stdout
    shown = json.loads(revise("solve", *args, "--json").stdout)
    assert shown["answer"] == {"stride": []}
    assert "500" in shown["why"]


@pytest.mark.parametrize(
    ("args", "reason"),
    [
        (["convv"], "did you mean conv"),
        (["conv"], "needs --input"),
        (["conv", "--input", "5", "--kernel-size", "3", "--strde", "2"], "did you mean stride"),
        (["conv", "--input", "5", "--kernel-size"], "needs a value"),
        (["conv", "--input", "5", "--kernel-size", "9**9**9"], "kernel-size"),
        (["conv", "--input", "5", "--kernel-size", "3", "--kernel-size", "3"], "given twice"),
        (["conv", "5", "3", "1", "0", "1", "1", "1", "1", "1", "1", "1", "1"], "too many"),
        (["conv", "--input", "5.5", "--kernel-size", "3"], "whole number"),
        (["conv", "--input", "5", "--kernel-size", "7"], "kernel-size: the kernel is 7 high"),
        (["conv", "-i", "5", "-k", "3"], "no option -i"),
        (["conv", "--input", "5x5x3", "--kernel-size", "3", "extra"], "one word too many"),
        (["conv", "--input", "5x5x3", "--kernel-size", "3", "--bias=banana"], "is a switch"),
        (["conv", "--input", "5*5*3", "--kernel-size", "3"], "5x5x3"),
        (["conv", "--input", "1,024", "--kernel-size", "3"], "two ways"),
        (["conv", "--input", "9", "--kernel-size", "K", "--out-channels", "2K", "--stride", "p"], "choose another"),
        (["conv", "--input", "9", "--kernel-size", "3", "--output", "7", "--find", "bias"], "only a whole number"),
        (["backprop", "nofile.txt"], "no file nofile.txt"),
        (["backprop", "x*y", "--at", "x=2 y=3"], "comma between"),
        (["backprop", "x*y", "--at", "x=?"], "can't be sought"),
        (["gan-losses", "--fake", "2", "--find", "real", "--discriminator", "1"], "no whole real can be tried"),
        (["backprop", "@/dev/zero"], "no file"),
        (["conv", "--input", "5x5x3", "--kernel-size", "3", "--groups", "2", "--out-channels", "4"], "groups"),
        (["conv", "--input", "5", "--kernel-size", "3", "--padding", "full"], "padding"),
        (["conv", "--input", "5", "--kernel-size", "3", "--digits", "x"], "--digits"),
        (["conv", "--input", "1x2x3x4", "--kernel-size", "3"], "input has 4 sides"),
        (["conv", "--input", "5", "--find", "kernel_size"], "needs an answer to aim at"),
        (["conv", "--input", "5", "--kernel-size", "3", "--find", "stride", "--outptu", "2"], "did you mean output"),
        (["--for", "convolutoin"], "did you mean convolution"),
        (["conv", "--template"], "no template"),
    ],
)
def test_bad_input_names_the_argument_and_exits_2(args: list[str], reason: str) -> None:
    done = revise("solve", *args)
    assert done.returncode == 2, done.stdout
    assert reason in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    "typed",
    [
        "9**9**9",
        "((9**9)**9999)**9999",
        "factorial(10**8)",
        "(" * 100_000,
        "x.__class__",
        "__import__('os')",
        "\x1b[2J",
        "exec('1')",
    ],
    ids=range(8),
)
def test_hostile_expressions(typed: str) -> None:
    done = revise("solve", "backprop", typed)
    assert done.returncode == 2
    assert done.stderr.rstrip().endswith("^")
    assert "\x1b" not in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="a lone surrogate cannot be an argument on Windows")
def test_a_lone_surrogate() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "revise", "solve", "backprop", b"x+\xed\xa0\x80"],
        capture_output=True, cwd=ROOT, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert done.stderr.decode("utf-8").rstrip().endswith("^")


def test_an_expression_may_start_with_a_minus_and_come_from_standard_input(tmp_path: Path) -> None:
    assert answer("backprop", "-w0*x", "--at", "w0=2, x=3")["value"] == -6  # type: ignore[index]
    file = tmp_path / "formula.txt"
    file.write_text("w*x + 1\n", encoding="utf-8")
    for source in (str(file), f"@{file}"):
        assert answer("backprop", source, "--at", "w=2, x=3")["value"] == 7  # type: ignore[index]
    done = revise("solve", "backprop", "-", "--at", "w=2, x=3", "--json", stdin="w*x + 2")
    assert json.loads(done.stdout)["answer"]["value"] == 8


def test_rounding_options() -> None:
    args = ["backprop", "1/(1+exp(-x))", "--at", "x=1"]
    assert "0.7311" in revise("solve", *args).stdout
    assert "0.73" in revise("solve", *args, "--digits", "2").stdout
    assert "0.7310" in revise("solve", *args, "--truncate").stdout
    assert "0.731" in revise("solve", *args, "--significant", "3").stdout
    carried = answer(*args, "--round-steps", "--digits", "1")
    assert carried["value"] == pytest.approx(0.7)  # type: ignore[index]


def test_check_names_the_engine() -> None:
    done = revise("solve", *ALEXNET, "--check")
    assert done.returncode == 0
    assert "✓ parameters 34944: the reference engine agrees" in done.stdout
    letters = revise("solve", "conv", "--input", "N", "--kernel-size", "F", "--check")
    assert letters.returncode == 0
    assert "the numbers agree" in letters.stdout


def test_the_list() -> None:
    done = revise("solve")
    assert "CNN" in done.stdout
    assert "conv" in done.stdout
    shown = json.loads(revise("solve", "--json").stdout)
    conv = next(entry for entry in shown if entry["name"] == "conv")
    assert conv == {
        "name": "conv",
        "part": "cnn",
        "topics": ["convolution"],
        "capabilities": ["conv"],
        "summary": "Output size, parameters and cost of a convolution.",
    }
    only = json.loads(revise("solve", "--json", "--for", "convolution").stdout)
    assert "conv" in [entry["name"] for entry in only]
    assert all("convolution" in entry["topics"] for entry in only)
    assert len(only) < len(shown)


def test_prose_is_answered_with_solvers_not_with_numbers() -> None:
    done = revise("solve", "how many parameters has a convolution")
    assert "revise solve conv --help" in done.stdout and "revise show convolution " in done.stdout
    assert "Nothing is computed from prose" in done.stdout


def test_help_of_a_solver() -> None:
    done = revise("solve", "conv", "--help")
    assert "--kernel-size SHAPE" in done.stdout
    assert "Dumoulin" in done.stdout


@pytest.mark.parametrize(
    "args",
    [
        ["backprop", "x*y"],
        ["backprop", "max(x, y)", "--at", "x=1, y=1"],
        ["conv", "--input", "NxNxC", "--kernel-size", "F", "--out-channels", "K"],
        ["gan-losses", "--real", "D_x", "--fake", "0.2"],
        ["gan-losses", "--real", "0.9", "--fake", "0.2", "--round-steps", "--digits", "2"],
        ["discounted-return", "--rewards", "1, a, 2", "--gamma", "g"],
    ],
    ids=lambda args: "-".join(args[:2]),
)
def test_check_does_not_raise_a_false_alarm(args: list[str]) -> None:
    done = revise("solve", *args, "--check")
    assert done.returncode == 0, done.stdout
    assert "✓" in done.stdout
    assert "✗" not in done.stdout
    shown = json.loads(revise("solve", *args, "--check", "--json").stdout)
    assert all(entry["agrees"] for entry in shown["check"])


def test_the_check_can_fail(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import revise.solvers.cnn.conv as c\nreal = c.reference\n"
        "c.reference = lambda **given: {**real(**given), 'weights': 1}\n",
        encoding="utf-8",
    )
    done = revise("solve", *ALEXNET, "--check", env={"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"})
    assert done.returncode == 1
    assert "✗ weights 34848: the reference engine has 1" in done.stdout


def test_letters_of_the_student_never_change_their_meaning() -> None:
    args = ["conv", "--input", "NxNxC", "--kernel-size", "F", "--padding", "P", "--stride", "S", "--out-channels", "K"]
    shown = json.loads(revise("solve", *args, "--json").stdout)
    assert shown["answer"]["weights"] == "F²·C·K"
    names = {step["name"].partition("[")[0] for step in shown["steps"] if step["name"]}
    assert not names & set("NFPSKC")


def test_a_one_letter_name_before_a_bracket_is_a_product_where_the_question_has_it() -> None:
    assert answer("backprop", "w0*x + 2x(x+1) − 3²", "--at", "w0=1, x=2")["value"] == 5  # type: ignore[index]
    assert answer("backprop", "exp(a(b+c))", "--at", "a=0, b=1, c=2")["value"] == 1  # type: ignore[index]
    assert answer("backprop", "sigma(x)*(1-sigma(x))", "--at", "x=0")["value"] == 0.25  # type: ignore[index]
    assert answer("backprop", "k*x+2k*x", "--at", "k=3, x=1")["value"] == 9  # type: ignore[index]


@pytest.mark.parametrize("switch", [["--bias=false"], ["--bias", "false"], ["--no-bias"]])
def test_switches(switch: list[str]) -> None:
    given = ["conv", "--input", "5x5x3", "--kernel-size", "3", "--out-channels", "2"]
    assert answer(*given, *switch)["parameters"] == 54  # type: ignore[index]
    assert answer(*given, "--bias")["parameters"] == 56  # type: ignore[index]
    assert answer("conv", "--bias", "5x5x3", "3", "--out-channels", "2")["parameters"] == 56  # type: ignore[index]
