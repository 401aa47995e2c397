"""The command line as a whole: ways in, ways out, what is imported, what stands in no file of the package."""

import ast
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from command import ROOT, revise

PACKAGE = ROOT / "revise"
HEAVY = ("sympy", "numpy", "torch", "scipy", "rich.markdown", "pydantic", "mpmath")


def test_version_and_start() -> None:
    assert revise("--version").stdout.startswith("revise ")
    with TemporaryDirectory() as empty:
        start = revise(env={"REVISE_DATA": empty}).stdout
    assert start.count("\n") == 5
    assert all(f"revise {verb} " in start for verb in ("show", "cards", "solve", "plan --exam"))


def test_help_lists_every_command() -> None:
    done = revise("--help")
    assert done.returncode == 0
    for verb in ("solve", "topics", "show", "cards", "plan", "stats", "check", "demo", "tex"):
        assert f"\n  {verb} " in done.stdout, verb
        assert revise(verb, "--help").returncode == 0


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["slove"], 2),
        (["show"], 2),
        (["solve", "nothing-like-it"], 2),
        (["topics", "--width", "x"], 2),
        (["demo", "gna"], 2),
        (["show", "convolutoin"], 2),
    ],
)
def test_wrong_usage_exits_2_without_a_traceback(args: list[str], code: int) -> None:
    done = revise(*args)
    assert done.returncode == code
    assert done.stderr
    assert "Traceback" not in done.stderr + done.stdout


def test_a_solver_of_the_syllabus_that_is_not_built_is_planned(monkeypatch: pytest.MonkeyPatch) -> None:
    from revise import catalogue
    from revise.errors import InputError, NothingFound

    monkeypatch.setattr(catalogue, "_planned", lambda: frozenset(["conv", "shrink", "dismantle-it"]))
    for name in ("dismantle-it", "dismantle_it", "Dismantle-It"):
        with pytest.raises(NothingFound, match=f"the solver '{name}' is planned, not built yet"):
            catalogue.load(name)
    with pytest.raises(InputError, match="no solver 'dismantl-it'; dismantle-it is planned, not built yet"):
        catalogue.load("dismantl-it")
    with pytest.raises(InputError, match="no solver 'max-shrink'; shrink is planned, not built yet"):
        catalogue.load("max-shrink")


def test_what_the_syllabus_plans_is_no_wrong_usage() -> None:
    import tomllib

    from revise.commands import _content

    topics = tomllib.loads((ROOT / "content/syllabus.toml").read_text(encoding="utf-8"))["topic"]
    planned = {word for topic in topics for word in topic.get("solve", [])} - _content.served()
    for name in sorted(planned)[:1]:
        done = revise("solve", name)
        assert (done.returncode, done.stdout) == (1, "")
        assert "is planned, not built yet" in done.stderr


def test_another_case_is_no_other_word() -> None:
    done = revise("solve", "CONV")
    assert done.returncode == 2
    assert "there is no solver 'CONV'; did you mean conv?" in done.stderr


def test_a_fault_of_ours_is_one_line_and_70(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import revise.request\ndef broken(*a): raise RuntimeError('inside')\nrevise.request.split = broken\n",
        encoding="utf-8",
    )
    env = {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    done = revise("solve", "conv", env=env)
    assert done.returncode == 70
    assert done.stderr.count("\n") == 1
    assert "REVISE_DEBUG=1" in done.stderr
    around = {**os.environ, **env, "REVISE_DEBUG": "1"}
    shown = subprocess.run(
        [sys.executable, "-m", "revise", "solve", "conv"], env=around, capture_output=True, text=True, check=False
    )
    assert "RuntimeError: inside" in shown.stderr


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT between processes")
def test_ctrl_c_exits_130() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "revise", "solve", "backprop", "-"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT,
    )  # fmt: skip
    time.sleep(1.5)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert b"Traceback" not in errors


@pytest.mark.skipif(os.name == "nt", reason="a shell pipe of another kind")
@pytest.mark.parametrize("option", ["", "--json"])
def test_a_broken_pipe_is_silent(option: str) -> None:
    revise_conv = f"{sys.executable} -m revise solve conv --input 9x9x9 --kernel-size 3 --out-channels 4 {option}"
    command = f"{revise_conv} | head -n 1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.strip().endswith("0")
    assert done.stderr == ""


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "gbk"])
def test_output_is_utf8_under_any_locale(encoding: str) -> None:
    env = {"PYTHONIOENCODING": encoding, "LC_ALL": "C", "PYTHONUTF8": "0"}
    done = revise("solve", "conv", "--input", "9x9x3", "--kernel-size", "3", "--out-channels", "4", env=env)
    assert done.returncode == 0
    assert "7×7×4" in done.stdout


def test_escape_sequences_in_arguments_never_reach_the_terminal() -> None:
    for args in (
        ["solve", "\x1b[31mred"],
        ["show", "\x1b]0;title\x07"],
        ["solve", "conv", "--\x1b[2J", "1"],
        ["demo", "\x9b31m"],
    ):
        done = revise(*args)
        assert "\x1b" not in done.stdout + done.stderr
        assert "\x9b" not in done.stdout + done.stderr


@pytest.mark.parametrize("hidden", ["\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u2062"])
def test_characters_without_width_are_shown(hidden: str) -> None:
    done = revise("show", f"conv{hidden}olution")
    assert hidden not in done.stdout + done.stderr
    assert "conv\ufffdolution" in done.stderr


def imported_by(*args: str, stdin: str = "") -> set[str]:
    """Modules loaded by the time the command ends."""
    program = (
        "import atexit, sys; sys.argv = ['revise', *sys.argv[1:]]\n"
        "atexit.register(lambda: print('\\n'.join(sorted(sys.modules)), file=sys.stderr))\n"
        "from revise.cli import main; sys.exit(main())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *args],
        input=stdin, capture_output=True, text=True, cwd=ROOT, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return set(done.stderr.split("\n"))


@pytest.mark.parametrize(
    ("args", "also_banned"),
    [
        (["--help"], ("rich", "fsrs", "sqlite3", "platformdirs", "markdown_it", "revise.commands")),
        (["--version"], ("rich", "fsrs", "sqlite3", "platformdirs", "markdown_it", "revise.commands")),
        (["solve"], ("fsrs", "sqlite3", "platformdirs")),
        (
            ["solve", "conv", "--input", "227x227x3", "--kernel-size", "11"],
            ("fsrs", "sqlite3", "markdown_it", "revise.topic"),
        ),
        (["solve", "conv", "--input", "9", "--kernel-size", "3", "--json"], ("rich", "fsrs", "sqlite3", "markdown_it")),
        (["show", "convolution", "--no-pager"], ("fsrs",)),
        (["topics"], ("fsrs", "markdown_it")),
        (["cards", "convolution"], ()),
        ([], ("fsrs", "markdown_it", "rich.console", "revise.commands.cards")),
        (["stats"], ("fsrs", "markdown_it", "rich.console")),
        (["plan"], ("markdown_it", "rich.console")),
        (["tex", "x^2"], ("fsrs", "sqlite3", "markdown_it", "rich")),
        (["demo"], ("fsrs", "sqlite3", "markdown_it")),
    ],
    ids=lambda value: "-".join(value[:2]) if isinstance(value, list) else "",
)
def test_forbidden_imports(
    args: list[str], also_banned: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REVISE_DATA", str(tmp_path))
    loaded = imported_by(*args, stdin="3\n" if args[:1] == ["cards"] else "")
    for name in (*HEAVY, *also_banned):
        assert name not in loaded, f"{' '.join(args)} imports {name}"


FORBIDDEN_CALLS = {
    "eval",
    "exec",
    "compile",
    "sympify",
    "parse_expr",
    "parse_latex",
    "lambdify",
    "__import__",
    "setrecursionlimit",
}


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_nothing_in_the_package_can_evaluate_text(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    names |= {
        alias.name.rpartition(".")[2]
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    attributes = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and not (isinstance(node.value, ast.Name) and node.value.id == "re")
    }
    assert not FORBIDDEN_CALLS & (names | attributes)
    assert not any(
        word in path.stem.split("_")
        for word in ("utils", "helpers", "common", "manager", "base", "core", "misc", "info")
    )


def test_only_render_imports_rich_and_nothing_reads_the_shared_folder() -> None:
    for path in PACKAGE.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        assert "../shared" not in source, path
        if path.parent.name != "render":
            assert not {name for name in _imports(ast.parse(source)) if name.split(".")[0] == "rich"}, path


def _imports(tree: ast.AST) -> set[str]:
    """Modules imported at run time: what stands under `if TYPE_CHECKING` is not."""
    skipped = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING"
        for part in ast.walk(node)
    }
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import) and id(node) not in skipped:
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and id(node) not in skipped:
            found.add(node.module or "")
    return found


def test_no_text_offers_a_package_that_is_not_ours() -> None:
    for path in [*ROOT.glob("*.md"), *PACKAGE.rglob("*.py"), *(ROOT / "content").rglob("*.md")]:
        source = path.read_text(encoding="utf-8")
        assert "pip install revise" not in source, path


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("revise so", ["solve"]),
        ("revise solve discounted-r", ["discounted-return"]),
        ("revise demo gri", ["gridworld"]),
        ("revise demo gan", ["gan", "gan-ring"]),
        ("revise show gl", ["glossary"]),
        ("revise cards convolution ac", ["activations"]),
        ("revise quiz --part rob", ["robustness"]),
    ],
)
def test_the_tab_key_knows_the_names(words: str, offered: list[str]) -> None:
    asked = {"_REVISE_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    assert revise(env=asked).stdout.split() == offered


def test_the_tab_key_knows_the_students_own_topics(tmp_path: Path) -> None:
    assert revise("new", "riddles", "--content", str(tmp_path)).returncode == 0
    asked = {"_REVISE_COMPLETE": "complete_bash", "COMP_WORDS": "revise cards rid", "COMP_CWORD": "2"}
    assert revise(env=asked).stdout.split() == []
    assert revise(env={**asked, "REVISE_CONTENT": str(tmp_path)}).stdout.split() == ["riddles"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
@pytest.mark.parametrize("words", [["topics"], ["show", "mdp", "--no-pager"], ["--version"]])
def test_a_full_disk_is_no_fault_of_ours(words: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "revise", *words], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 1
    assert done.stderr.startswith("revise: the output can't be written") and done.stderr.count("\n") == 1
