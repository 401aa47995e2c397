"""`revise demo`: the list, what is refused and how, one run in lines and as JSON."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from revise.commands import demo as command
from revise.demos import _catalogue, _device
from revise.demos._catalogue import Demo
from revise.demos._trial import within
from revise.errors import InputError, NothingFound
from revise.frame import Curve, Curves, Frame
from revise.topic import open_library

PLANNED = next(name for entry in open_library().entries for name in entry.demo if name not in _catalogue.names())
GAN = _catalogue.read(_catalogue.names()["gan"])
ASK = {
    "device": "cpu",
    "seed": 0,
    "steps": None,
    "knobs": [],
    "save": None,
    "speed": None,
    "plain": True,
    "json": False,
    "width": None,
}


def revise(*words: str, before: str = "") -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, after the Python line `before`."""
    code = f"import sys; {before}\nfrom revise.cli import main\nsys.argv[1:] = {list(words)!r}\nsys.exit(main())"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8")


HEAVY = (
    "import atexit; atexit.register(lambda: print(*({'torch', 'numpy', 'sympy'} & set(sys.modules)), file=sys.stderr))"
)


@pytest.mark.parametrize("words", [("demo",), ("demo", "--json"), ("demo", "gann"), ("demo", "gan", "--set", "lr=9")])
def test_nothing_heavy_is_imported_without_a_run(words: tuple[str, ...]) -> None:
    done = revise(*words, before=HEAVY)
    assert done.stderr.splitlines()[-1] == ""


def test_the_list_names_part_point_topics_and_what_is_planned(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.run(None, **{**ASK, "width": 600}) == 0
    lines = capsys.readouterr().out.splitlines()
    at = next(number for number, line in enumerate(lines) if line.split(maxsplit=1) == ["gan", GAN.point])
    assert lines[at + 1].strip() == "topics: gan · knobs: lr, k, saturating"
    assert "Unsupervised" in lines[:at]
    assert PLANNED in next(line for line in lines if line.startswith("Planned:"))


def test_the_list_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.run(None, **{**ASK, "json": True}) == 0
    (gan,) = [demo for demo in json.loads(capsys.readouterr().out) if demo["name"] == "gan"]
    assert (gan["part"], gan["topics"], gan["point"]) == ("unsupervised", ["gan"], GAN.point)
    assert gan["knobs"]["lr"] == {"default": 0.002, "least": 1e-5, "most": 0.5, "what": GAN.what_if["lr"]}


@pytest.mark.parametrize(
    ("change", "fault", "says"),
    [
        ({"name": "gann"}, InputError, "no demo 'gann'; did you mean gan"),
        ({"save": Path("run.png")}, InputError, "--save run.png: the name ends in .svg or .json"),
        ({"save": Path("none/run.svg")}, InputError, "there is no folder none"),
        ({"name": "???"}, InputError, "lists them"),
        ({"name": PLANNED}, NothingFound, "planned"),
        ({"knobs": ["lrr=1"]}, InputError, "no knob 'lrr'; did you mean lr"),
        ({"knobs": ["zzz=1"]}, InputError, "lr is a number from 1e-05 to 0.5"),
        ({"knobs": ["lr"]}, InputError, "--set lr=0.002"),
        ({"knobs": ["lr=1"]}, InputError, "lr is a number from 1e-05 to 0.5"),
        ({"knobs": ["lr=nan"]}, InputError, "lr is a number"),
        ({"knobs": ["lr=fast"]}, InputError, "lr is a number"),
        ({"knobs": ["k=1.5"]}, InputError, "k is a whole number from 1 to 10"),
        ({"knobs": ["k=0"]}, InputError, "k is a whole number from 1 to 10"),
        ({"seed": -1}, InputError, "--seed -1"),
        ({"seed": 2**63}, InputError, "whole number from 0 to"),
        ({"device": "abacus"}, InputError, "there is cpu"),
        ({"speed": float("nan")}, InputError, "--speed nan"),
        ({"speed": float("inf")}, InputError, "--speed inf"),
        ({"name": None, "seed": 3}, InputError, "--seed: of which demo"),
        ({"name": None, "save": Path("run.svg")}, InputError, "--save: of which demo"),
        ({"device": "cpu:1"}, InputError, "there is cpu"),
    ],
)
def test_what_is_refused(change: dict[str, object], fault: type[Exception], says: str) -> None:
    asked = {"name": "gan", **ASK, **change}
    with pytest.raises(fault, match=says.replace("?", r"\?")):
        command.run(asked.pop("name"), **asked)


@pytest.mark.parametrize(("words", "code"), [(("gann",), 2), ((PLANNED,), 1), (("gan", "--set", "k=0"), 2)])
def test_exit_codes(words: tuple[str, ...], code: int) -> None:
    done = revise("demo", *words)
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.startswith("revise: ") and len(done.stderr.splitlines()) == 1


NO_TORCH = """
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name == "torch":
            raise ModuleNotFoundError("No module named 'torch'", name="torch")
sys.meta_path.insert(0, Refuse())
import importlib.util as machinery
find = machinery.find_spec
machinery.find_spec = lambda name, package=None: None if name == "torch" else find(name, package)
"""


@pytest.mark.parametrize("before", [NO_TORCH, "sys.modules['torch'] = None"], ids=["absent", "broken"])
@pytest.mark.parametrize("words", [("gan", "--json"), ("gan",)])
def test_without_torch_one_line_says_how_to_get_it(before: str, words: tuple[str, ...]) -> None:
    done = revise("demo", *words, before=before)
    assert done.returncode == 1
    assert done.stderr == "revise: demos need PyTorch: pip install 'torch>=2.6,<2.14'\n"
    if before == NO_TORCH:
        assert done.stdout == ""
        assert "revise-dl" not in revise("demo", before=before).stdout


def test_the_device_is_chosen_and_the_choice_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    assert _device.choose("cpu") == _device.choose("CPU") == _device.Chosen("cpu")
    monkeypatch.setattr(torch.accelerator, "is_available", lambda: False)
    assert _device.choose("auto") == _device.Chosen("cpu", "no accelerator here")
    monkeypatch.setattr(torch.accelerator, "is_available", lambda: True)
    monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda: SimpleNamespace(type="cuda"))
    monkeypatch.setattr(torch.accelerator, "device_count", lambda: 2)
    tiny = _device.choose("auto")
    assert tiny.name == "cpu" and "faster" in tiny.why and "cuda:0" in tiny.why
    assert _device.choose("auto", tiny=False).name == "cuda:0"
    assert _device.choose("cuda").name == "cuda:0"
    assert _device.choose("cuda:1").name == "cuda:1"
    with pytest.raises(InputError, match="there is cpu, cuda:0 and cuda:1"):
        _device.choose("cuda:2")


def test_a_run_in_lines(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.run("gan", **{**ASK, "steps": 400, "width": 60}) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("Look at") and max(map(len, lines[:3])) <= 60
    assert [line.split()[1] for line in lines if line.startswith("step ")] == [f"{n}/400" for n in range(40, 401, 40)]
    assert any(line.startswith("Asked: ") for line in lines)
    assert lines[-1] == "Expectation not met (400 steps instead of 3000)."
    assert not any("\x1b" in line or "⠤" in line for line in lines)


def test_a_run_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.run("gan", **{**ASK, "steps": 30, "json": True, "knobs": ["lr=0.01", "k=1"]}) == 0
    out, progress = capsys.readouterr()
    result = json.loads(out)
    assert list(result) == ["name", "seed", "device", "steps", "knobs", "metrics", "expected", "met"]
    assert (result["name"], result["seed"], result["device"], result["steps"]) == ("gan", 0, "cpu", 30)
    assert result["knobs"] == {"lr": 0.01, "k": 1, "saturating": 0}
    assert result["met"] is False and result["expected"]["JS_divergence"] == [0, 0.03]
    assert out.count("\n") == 1 and "30/30" in progress


def pretend(monkeypatch: pytest.MonkeyPatch, run: Callable[..., object]) -> None:
    monkeypatch.setattr(Demo, "load", lambda self: run)


def test_ctrl_c_prints_the_last_metrics(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def run(seed: int, steps: int, device: str, **knobs: float) -> object:
        yield Frame(10, {"loss_D": 1.25})
        raise KeyboardInterrupt

    pretend(monkeypatch, run)
    assert command.run("gan", **ASK) == 130
    assert capsys.readouterr().out.splitlines()[-2:] == ["Stopped at step 10 of 3000.", "loss D 1.250"]
    assert command.run("gan", **{**ASK, "json": True}) == 130
    assert capsys.readouterr().out == ""


def test_a_run_broken_off_is_saved_as_far_as_it_came(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def run(seed: int, steps: int, device: str, **knobs: float) -> object:
        yield Frame(10, {"loss_D": 1.25})
        raise KeyboardInterrupt

    pretend(monkeypatch, run)
    for json_too in (False, True):
        assert command.run("gan", **{**ASK, "save": tmp_path / "run.json", "json": json_too}) == 130
        saved = json.loads((tmp_path / "run.json").read_text("utf-8"))
        assert (saved["steps"], saved["metrics"], saved["met"]) == (10, {"loss_D": 1.25}, False)
        (tmp_path / "run.json").unlink()


def test_a_place_that_cannot_be_written_is_refused_before_the_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pretend(monkeypatch, lambda *args, **knobs: pytest.fail("it ran"))
    (tmp_path / "folder.json").mkdir()
    for name in ("folder.json", "n" * 300 + ".svg"):
        with pytest.raises(InputError, match="it can't be written"):
            command.run("gan", **{**ASK, "save": tmp_path / name})
    assert [file.name for file in tmp_path.iterdir()] == ["folder.json"]


def test_help_says_what_the_knobs_of_a_demo_do() -> None:
    said = " ".join(revise("demo", "gan", "--help").stdout.split())
    assert GAN.question in said and "--device" in said
    for name, what in GAN.what_if.items():
        assert f"{name}={GAN.knobs[name][0]:g} " in said and what in said
    assert revise("demo", "-h").stdout.startswith("Usage: revise demo")
    assert revise("demo", "gann", "-h").returncode == 2


SLOW_TORCH = """
import os, signal, time
try:
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0.2)
except KeyboardInterrupt:
    raise ImportError("cannot load module more than once per process")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_ctrl_c_while_torch_is_loading_is_ctrl_c(tmp_path: Path) -> None:
    (tmp_path / "torch.py").write_text(SLOW_TORCH, encoding="utf-8")
    done = revise("demo", "gan", before=f"sys.path.insert(0, {str(tmp_path)!r})")
    assert (done.returncode, done.stderr) == (130, "")


@pytest.mark.parametrize(("value", "met"), [(0.0, True), (0.03, True), (0.031, False), (float("nan"), False)])
def test_the_expectation_is_judged_on_the_last_frame(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], value: float, met: bool
) -> None:
    expect = {"JS_divergence": (0, 0.03), "left_mode": (0.3, 0.5)}
    monkeypatch.setattr(_catalogue, "read", lambda file, read=_catalogue.read: replace(read(file), expect=expect))
    rest = {"left_mode": 0.4}

    def run(seed: int, steps: int, device: str, **knobs: float) -> object:
        yield Frame(0, {"JS_divergence": 0.0 if not met else 1.0, **rest})
        yield Frame(steps, {"JS_divergence": value, **rest})

    pretend(monkeypatch, run)
    command.run("gan", **{**ASK, "json": True})
    result = json.loads(capsys.readouterr().out, parse_constant=lambda word: pytest.fail(f"{word} in JSON"))
    assert result["met"] is met
    command.run("gan", **ASK)
    assert capsys.readouterr().out.endswith("Expectation met.\n" if met else "Expectation not met.\n")


def test_bounds_may_be_open() -> None:
    assert within(7, (None, 7)) and within(7, (7, None)) and not within(7, (8, None))


def test_a_run_is_saved(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    def run(seed: int, steps: int, device: str, **knobs: float) -> object:
        for step in (0, 5, steps):
            curve = Curve("D", (0, 1), (0, float("nan")))
            yield Frame(step, {"JS_divergence": step / steps, "odd": float("inf")}, [Curves("D(x)", [curve])])

    pretend(monkeypatch, run)
    assert command.run("gan", **{**ASK, "save": tmp_path / "run.json", "json": True}) == 0
    printed, saved = json.loads(capsys.readouterr().out), json.loads((tmp_path / "run.json").read_text("utf-8"))
    assert {name: saved[name] for name in printed} == printed
    assert [frame["step"] for frame in saved["frames"]] == [0, 5, 3000]
    assert saved["frames"][1]["metrics"] == {"JS_divergence": 5 / 3000, "odd": "inf"}
    assert saved["pictures"][0]["kind"] == "Curves" and saved["pictures"][0]["curves"][0]["y"] == [0, "nan"]
    command.run("gan", **{**ASK, "save": tmp_path / "run.svg"})
    assert f"Saved: {tmp_path / 'run.svg'}" in capsys.readouterr().out
    assert (tmp_path / "run.svg").read_text("utf-8").startswith("<svg")
