"""What the README promises: its commands run, and CI runs the very command it gives for the tests."""

import re
import shlex
from datetime import date, timedelta
from pathlib import Path

import pytest
from command import ROOT, revise

from docs import pictures

README = (ROOT / "README.md").read_text(encoding="utf-8")
TESTS = "python3 -m venv .venv && .venv/bin/python -m pip install -e '.[dev]' && .venv/bin/python -m pytest -n auto"
COMMANDS = [text.replace("\\|", "|") for text in re.findall(r"^\| `(revise [^`]+)`", README, re.MULTILINE)]


def test_ci_and_contributing_give_the_same_command() -> None:
    assert f"    {TESTS}\n" in README
    assert f"    {TESTS}\n" in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert f"\n{TESTS}\n" in (ROOT / ".ci/run").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["solve", "show"])
def test_the_pictures_show_what_the_program_prints_today(name: str) -> None:
    committed = (ROOT / f"docs/{name}.svg").read_text(encoding="utf-8")
    assert committed == pictures.drawn(name), "run python -m docs.pictures"
    command = re.search(r"\.venv/bin/(revise solve conv .*)$", README, re.MULTILINE)
    assert command is not None
    assert command.group(1) == pictures.COMMANDS["solve"]


def test_every_picture_is_there() -> None:
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    assert len(pictures) == 3
    assert all((ROOT / picture).is_file() for picture in pictures)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_table_runs(command: str, tmp_path: Path) -> None:
    ahead = (date.today() + timedelta(days=56)).isoformat()
    words = [re.sub(r"^2\d{3}-\d\d-\d\d$", ahead, word) for word in shlex.split(command)[1:]]
    if "mdp.toml" in words:
        template = revise("solve", "bellman", "--template").stdout
        first = template.split("# ---- ")[1] if "# ---- " in template else template
        (tmp_path / "mdp.toml").write_text(first.partition("----\n")[2] if "----" in first else first, encoding="utf-8")
    if "world.txt" in words:
        (tmp_path / "world.txt").write_text(revise("solve", "gridworld", "--template=world.txt").stdout, "utf-8")
    if words[0] == "demo" and len(words) > 1:
        words += ["--plain", "--steps", "5"]
    done = revise(*words, env={"REVISE_DATA": str(tmp_path)}, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout
