"""`revise tex`."""

import io

import pytest

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


def test_what_is_not_closed_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert tex.run(r"\frac{a}{b", None, None) == 1
    shown = capsys.readouterr()
    assert shown.out == "\\frac{a}{b\n"
    assert "not closed" in shown.err


@pytest.mark.parametrize(("formula", "mode"), [("x", "3d"), (" ", None), ("", "1d")])
def test_wrong_use_is_an_input_error(formula: str, mode: str | None) -> None:
    with pytest.raises(InputError):
        tex.run(formula, mode, None)


def test_foreign_text_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    tex.run("a\x1b[2J\u202eb{", None, None)
    shown = capsys.readouterr()
    assert "\x1b" not in shown.out + shown.err
    assert "\u202e" not in shown.out + shown.err
