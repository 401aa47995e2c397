"""`revise doctor` looks at everything, whatever is broken, and says what to do."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len

from revise.commands import _health, _parts, doctor
from revise.maths.cells import display_width
from revise.progress.record import Record
from revise.render.ruler import ROWS, ruler
from tests.content_folder import environment, revise

ROOT = Path(__file__).parent.parent
HEADINGS = ["program", "content", "settings", "record", "terminal", "parts"]


QUICK_TORCH = """\
__version__ = "2.9.0"
class accelerator:
    is_available = staticmethod(lambda: False)
"""


@pytest.fixture(autouse=True)
def _quick_torch(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """A torch that is imported at once, as the real one takes seconds."""
    monkeypatch.setenv("PYTHONPATH", fake_torch(tmp_path_factory.mktemp("quick"), QUICK_TORCH))


def report(data: Path, code: int = 0, **more: str) -> dict[str, Any]:
    done = revise("doctor", "--json", data=data, **more)
    assert (done.returncode, done.stderr) == (code, ""), done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    assert list(found) == ["schema", "fine", *HEADINGS, "problems"]
    assert all(problem["what"] and problem["do"] for problem in found["problems"])
    return found


def said(found: dict[str, Any]) -> str:
    return " · ".join(problem["what"] for problem in found["problems"])


def test_all_is_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert report(tmp_path / "data")["parts"]["torch"] == {"version": "2.9.0", "device": "cpu"}
    monkeypatch.delenv("PYTHONPATH")
    found = report(tmp_path / "data")
    assert found["fine"] and not found["problems"]
    assert found["content"]["topics"] > 50
    assert found["content"]["pages"] == len(
        [path for path in (ROOT / "content").glob("*/*.md") if path.name.count(".") == 1]
    )
    assert found["record"]["exists"] is False and found["record"]["writable"] is True
    assert not (tmp_path / "data").exists()
    import numpy

    assert found["parts"]["numpy"] == numpy.__version__


def test_text_has_every_heading_and_no_blanks_at_line_ends(tmp_path: Path) -> None:
    for width in ("20", "40", "80"):
        done = revise("doctor", "--width", width, data=tmp_path)
        assert (done.returncode, done.stderr) == (0, "")
        lines = done.stdout.splitlines()
        assert [heading.capitalize() for heading in HEADINGS if heading.capitalize() in lines] == [
            heading.capitalize() for heading in HEADINGS
        ]
        assert lines[-1] == "Nothing is wrong."
        assert all(line == line.rstrip() for line in lines)
        assert max(map(cell_len, lines)) <= int(width)
    plain = revise("doctor", "--plain", data=tmp_path).stdout
    assert "│" not in plain and "卷" not in plain and "Nothing is wrong." in plain


@pytest.mark.parametrize("width", [20, 27, 28, 80])
def test_bars_of_the_ruler_stand_in_one_line(width: int) -> None:
    lines = [line.plain for line in ruler(width)]
    assert {line[-1] for line in lines} == {"|"}
    assert len({display_width(line) for line in lines}) == 1
    assert len({cell_len(line) for line in lines}) == 1
    assert cell_len(lines[0]) <= width


def test_the_ruler_tries_what_terminals_draw_differently() -> None:
    signs = "".join(signs for _, signs in ROWS)
    for sign in "αΩ⎛⎧─│╱ₕⁿ⁻卷，∑≤→✓●𝔼\u0302":
        assert sign in signs, sign


def test_own_content_and_grades_are_counted(tmp_path: Path) -> None:
    page = '+++\nid = "mine"\ntitle = "Mine"\n+++\n## Summary\nText.\n'
    for name in ("data/content/mine.md", "data/content/mine.zh.md", "more/part/other.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(page, encoding="utf-8")
    with Record(tmp_path / "data/record.sqlite3") as record:
        for key in "abc":
            record.add(key, 3, 1.0, "", datetime.now(UTC))
        record.undo_last()
    before = (tmp_path / "data/record.sqlite3").read_bytes()
    found = report(tmp_path / "data", REVISE_CONTENT=str(tmp_path / "more"))
    assert [own["pages"] for own in found["content"]["own"]] == [1, 1]
    assert found["record"]["reviews"] == 2
    assert found["record"]["bytes"] == len(before)
    assert (tmp_path / "data/record.sqlite3").read_bytes() == before
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == ["content", "record.sqlite3"]
    assert found["settings"]["REVISE_CONTENT"] == str(tmp_path / "more")


@pytest.mark.parametrize("kind", ["no database", "cut", "other tables", "folder", "newer"])
def test_a_record_that_is_not_one(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "record.sqlite3"
    if kind == "no database":
        path.write_bytes(b"not a database at all, certainly not" * 100)
    elif kind == "folder":
        path.mkdir()
    elif kind == "other tables":
        sqlite3.connect(path).execute("CREATE TABLE review (a)").connection.close()
    else:
        with Record(path) as record:
            for number in range(500):
                record.add(f"key-{number}", 3, 1.0, "0123456789abcdef")
        if kind == "cut":
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        else:
            with sqlite3.connect(path) as file:
                file.execute("INSERT INTO meta VALUES (999)")
            file.close()
    found = report(tmp_path, code=1)
    expected = {"folder": "nothing can be saved", "newer": "newer version"}.get(kind, "is damaged")
    assert expected in said(found)
    assert str(tmp_path) in said(found)
    if kind == "newer":
        assert found["record"]["reviews"] == 500


def test_an_empty_file_is_a_record_that_has_not_begun(tmp_path: Path) -> None:
    (tmp_path / "record.sqlite3").touch()
    assert report(tmp_path)["record"]["reviews"] == 0


def test_a_record_held_by_another_program(tmp_path: Path) -> None:
    Record(tmp_path / "record.sqlite3").__exit__(None, None, None)
    holder = sqlite3.connect(tmp_path / "record.sqlite3", isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    assert "another program holds the record" in said(report(tmp_path, code=1))
    holder.close()


def test_a_record_left_in_the_middle_of_a_write_is_left_as_it_is(tmp_path: Path) -> None:
    """A copy of a file and its journal while a large write is on its way, as after a power cut."""
    path, data = tmp_path / "record.sqlite3", tmp_path / "data"
    with Record(path) as record:
        record.add("a", 3, 1.0, "")
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("PRAGMA cache_size = 1")
    writer.execute("BEGIN IMMEDIATE")
    for number in range(3000):
        row = (f"key-{number}", 3, "2026-01-01T00:00:00+00:00", 1.0, "0" * 16)
        writer.execute("INSERT INTO review (key, grade, at_utc, seconds, text_hash) VALUES (?, ?, ?, ?, ?)", row)
    data.mkdir()
    copies = [Path(shutil.copy(tmp_path / name, data)) for name in ("record.sqlite3", "record.sqlite3-journal")]
    writer.execute("ROLLBACK")
    writer.close()
    before = [copy.read_bytes() for copy in copies]
    assert "in the middle of a write" in said(report(data, code=1))
    assert [copy.read_bytes() for copy in copies] == before
    with Record(data / "record.sqlite3") as record:
        assert len(record.reviews()) == 1
    assert report(data)["record"]["reviews"] == 1


def test_a_data_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    found = report(tmp_path / "file/data", code=1)
    assert "nothing can be saved" in said(found) and "is no folder" in said(found)
    assert found["record"]["writable"] is False
    done = revise("doctor", data=tmp_path / "file/data")
    assert (done.returncode, done.stderr) == (1, "")
    assert "✗ nothing can be saved" in done.stdout and "set REVISE_DATA" in done.stdout
    assert done.stdout.endswith("1 problem was found.\n")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="permissions do not stop this user")
def test_a_read_only_data_folder(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    Record(folder / "record.sqlite3").__exit__(None, None, None)
    for mode, words in ((0o500, "nothing can be saved"), (0o000, "nothing can be saved")):
        folder.chmod(mode)
        try:
            assert words in said(report(folder, code=1))
        finally:
            folder.chmod(0o700)


def test_no_room_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVISE_DATA", str(tmp_path))
    monkeypatch.setattr(_health, "LEAST_FREE", 10**18)
    wrong: list[tuple[str, str]] = []
    _health.look({}, lambda what, do: wrong.append((what, do)))
    assert [what for what, _ in wrong] == [f"the disk of {tmp_path} is nearly full"]


def test_settings_that_nobody_reads(tmp_path: Path) -> None:
    found = report(tmp_path, code=1, REVISE_MATHS="2d", REVISE_MATH="3d", REVISE_CONTENT=str(tmp_path / "\x1b[31mnone"))
    assert "did you mean REVISE_MATH?" in said(found)
    assert "REVISE_MATH is 3d" in said(found)
    assert "which is no folder" in said(found)
    done = revise("doctor", data=tmp_path, REVISE_CONTENT=str(tmp_path / "\x1b[31m\u202enone"))
    assert "\x1b" not in done.stdout and "\u202e" not in done.stdout


@pytest.mark.parametrize("state", ["missing", "empty", "no TOML", "a folder"])
def test_shipped_content_that_is_broken(tmp_path: Path, state: str) -> None:
    """A copy of the package whose content/ is broken."""
    shutil.copytree(ROOT / "revise", tmp_path / "revise", ignore=shutil.ignore_patterns("__pycache__"))
    syllabus = tmp_path / "content/syllabus.toml"
    if state != "missing":
        syllabus.parent.mkdir()
        syllabus.write_text("[[topic]\n" if state == "no TOML" else "", encoding="utf-8")
    if state == "a folder":
        syllabus.unlink()
        syllabus.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "revise", "doctor", "--json"],
        cwd=tmp_path, env=environment(tmp_path / "data"), capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (1, "")
    found = json.loads(done.stdout)
    assert found["program"]["folder"] == str(tmp_path / "revise")
    expected = {"empty": "there is no page in", "no TOML": "syllabus.toml:1: the syllabus is not TOML"}
    assert expected.get(state, "the shipped content is missing") in said(found)


def fake_torch(folder: Path, program: str) -> str:
    (folder / "torch").mkdir()
    (folder / "torch/__init__.py").write_text(program, encoding="utf-8")
    return str(folder)


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("raise RuntimeError('libcudart is the wrong one')", "RuntimeError: libcudart is the wrong one"),
        ("import os; os._exit(11)", "exit code 11"),
        ("raise OSError('no \\x1b[31m such')", "no \x1b[31m such"),
        ("__version__ = '1.0'", "demos need a newer PyTorch than 1.0"),
    ],
)
def test_a_broken_torch_is_a_problem(tmp_path: Path, program: str, words: str) -> None:
    found = report(tmp_path / "data", code=1, PYTHONPATH=fake_torch(tmp_path, program))
    assert words in said(found)
    assert "pip install 'torch" in found["problems"][0]["do"]
    done = revise("doctor", data=tmp_path / "data", PYTHONPATH=str(tmp_path))
    assert done.returncode == 1 and "\x1b" not in done.stdout


@pytest.mark.parametrize("child", ["", "import subprocess, sys; subprocess.Popen([sys.executable, '-c', SLEEP]); "])
def test_a_torch_that_hangs_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, child: str) -> None:
    program = f"SLEEP = 'import time; time.sleep(20)'; {child}import time; time.sleep(600)"
    monkeypatch.setenv("PYTHONPATH", fake_torch(tmp_path, program))
    began = time.monotonic()
    found = _parts.ask_torch(seconds=1.5)
    assert time.monotonic() - began < 10
    assert found["fault"] == "it doesn't load: no answer after 1.5 seconds"


def test_a_torch_in_the_working_folder_is_not_run(tmp_path: Path) -> None:
    fake_torch(tmp_path, "open('ran', 'w').close()")
    revise("doctor", data=tmp_path / "data", cwd=tmp_path, PYTHONPATH="")
    assert not (tmp_path / "ran").exists()


def test_without_torch_nothing_is_wrong(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(_parts, "find_spec", lambda name: None)
    assert _parts.ask_torch()["install"].startswith("pip install 'torch")
    checkup = doctor.Checkup()
    checkup.look("parts", doctor._installed)
    assert checkup.problems == []


def test_a_missing_part_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_parts, "NEEDED", ("numpy", "no-such-package-at-all"))
    monkeypatch.setattr(_parts, "ask_torch", dict)
    checkup = doctor.Checkup()
    checkup.look("parts", doctor._installed)
    assert [it["what"] for it in checkup.problems] == ["no-such-package-at-all is not installed"]


def test_a_fault_of_one_heading_leaves_the_others(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REVISE_DATA", str(tmp_path))

    def broken(*_: object) -> None:
        raise ZeroDivisionError("inside")

    for name in ("_program", "_content", "_settings", "_terminal", "_installed"):
        monkeypatch.setattr(doctor, name, broken)
    monkeypatch.setattr(_health, "look", broken)
    assert doctor.run(plain=False, json=False, width=80) == 1
    out = capsys.readouterr().out
    assert out.count("ZeroDivisionError: inside") == len(HEADINGS)
    assert out.endswith(f"{len(HEADINGS)} problems were found.\n")


def test_nothing_heavy_is_imported(tmp_path: Path) -> None:
    program = (
        "import sys; sys.argv = ['revise', 'doctor']\n"
        "from revise.cli import main; main()\n"
        "print('loaded:', [it for it in ('torch', 'numpy', 'sympy', 'fsrs', 'scipy') if it in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment(tmp_path), capture_output=True, encoding="utf-8", check=True
    )
    assert done.stdout.endswith("loaded: []\n")


@pytest.mark.parametrize("locale", ["C", "POSIX"])
def test_any_locale(tmp_path: Path, locale: str) -> None:
    found = report(tmp_path, LC_ALL=locale, PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert found["terminal"]["is_terminal"] is False
