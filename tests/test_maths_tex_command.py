"""`revise tex`."""

import io
import os
import subprocess
import sys

import pytest
from command import ROOT

from revise.commands import tex
from revise.errors import InputError


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REVISE_MATH", raising=False)
    monkeypatch.setenv("COLUMNS", "80")


def test_one_formula(capsys: pytest.CaptureFixture[str]) -> None:
    assert tex.run(r"\frac{a}{b}", None, None) == 0
    assert capsys.readouterr().out == "a\n─\nb\n"


def test_the_mode_is_asked_for_or_comes_from_the_environment(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tex.run(r"\alpha^2", "1d", None)
    tex.run(r"\alpha^2", "ascii", None)
    monkeypatch.setenv("REVISE_MATH", "ascii")
    tex.run(r"\frac{\alpha}{b}", None, None)
    tex.run(r"\frac{\alpha}{b}", "1d", None)
    assert capsys.readouterr().out == "α²\nalpha^2\nalpha/b\nα/b\n"


def test_width(capsys: pytest.CaptureFixture[str]) -> None:
    tex.run("aaa+bbb=ccc+ddd", None, 13)
    assert capsys.readouterr().out == "aaa + bbb\n  = ccc + ddd\n"


def test_standard_input_has_a_formula_a_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("a^2\n\n\\frac{a}{b}\r\nx\ny\n"))
    assert tex.run("-", None, None) == 0
    assert capsys.readouterr().out == "a²\n\na\n─\nb\n\nx\ny\n"


@pytest.mark.parametrize(
    ("formula", "why"),
    [
        (r"\frac{a}{b", "{ is not closed"),
        ("a_b_c", "a double subscript: braces say what it belongs to, a_{b_c}"),
        ("x^2^3", "a double superscript: braces say what it belongs to, a^{b^c}"),
        ("^", "an argument of ^ is missing"),
        ("{x_}", "an argument of _ is missing"),
        (r"\frac", r"an argument of \frac is missing"),
        (r"\frac{a} + b_\sqrt", r"an argument of \sqrt is missing"),
        (r"{\hat}", r"an argument of \hat is missing"),
        ("a}", "a stray }"),
        (r"\right)", r"a stray \right"),
        (r"\begin{foo}", "the environment foo is unknown"),
        (r"\begin{cases} a", r"\begin{cases} is not closed"),
        (r"\begin{cases} a \end{array}", r"\begin{cases} is closed by \end{array}"),
        (r"\begin x", r"\begin wants its argument in braces"),
        (r"\left( x", r"\left is not closed"),
        (r"\left( {x \right)", r"{ is not closed before \right"),
        (r"\left( x \right", r"nothing stands after \right"),
        (r"\sqrt[3", "[ is not closed"),
        (r"\sqrt(3", "( is not closed"),
        ("a\\", "nothing stands after the last backslash"),
        ("{" * 50 + "}" * 50, "it is nested more than 40 deep"),
    ],
)
def test_why_a_formula_cannot_be_read_is_said(capsys: pytest.CaptureFixture[str], formula: str, why: str) -> None:
    assert tex.run(formula, None, 200) == 1
    shown = capsys.readouterr()
    assert shown.out == f"{formula}\n"
    assert shown.err.startswith(f"revise: shown as typed, {why}: {formula[:59]}")


def test_a_command_that_nobody_knows_is_shown_and_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert tex.run(r"\foo{x} + \text{if $\bar\baz$} + \foo + \softmax + \operatorname{top}", "1d", None) == 0
    shown = capsys.readouterr()
    assert shown.out.startswith("foo(x) + ")
    assert shown.err.startswith(r"revise: \foo, \baz are unknown commands, shown by name: \foo{x}")
    assert tex.run(r"\alpha", None, None) == 0
    assert capsys.readouterr().err == ""


def test_a_message_does_not_repeat_a_long_formula(capsys: pytest.CaptureFixture[str]) -> None:
    assert tex.run("a" * 20_000, None, None) == 1
    assert len(capsys.readouterr().err) < 140


@pytest.mark.skipif(os.name == "nt", reason="a pipe of another kind")
def test_formulas_are_shown_as_they_come() -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "revise", "tex", "-", "--mode", "1d"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", cwd=ROOT,
    )  # fmt: skip
    assert child.stdin and child.stdout and child.stderr
    for formula, shown in [("a^2\n", "a²\n"), ("\\frac{a}{b}\n", "a/b\n")]:
        child.stdin.write(formula)
        child.stdin.flush()
        assert child.stdout.readline() == shown
    child.stdout.close()
    child.stdin.write("a^2\n" * 1000)
    child.stdin.close()
    assert child.wait(timeout=30) == 0
    assert child.stderr.read() == ""
    child.stderr.close()


@pytest.mark.parametrize(("formula", "mode"), [("x", "3d"), (" ", None), ("", "1d")])
def test_wrong_use_is_an_input_error(formula: str, mode: str | None) -> None:
    with pytest.raises(InputError):
        tex.run(formula, mode, None)


def test_foreign_text_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    tex.run("a\x1b[2J\u202eb{", None, None)
    shown = capsys.readouterr()
    assert "\x1b" not in shown.out + shown.err
    assert "\u202e" not in shown.out + shown.err
