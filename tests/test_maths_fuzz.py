"""Whatever is typed: no exception, nothing that steers a terminal, linear time, source or whole formula."""

import json
import re
import time
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revise.maths import display_width, is_readable, layout, reason, render
from revise.maths.commands import _HANDLERS
from revise.maths.symbols import ACCENTS, BIG, DOTS, FUNCTIONS, GREEK, RELATIONS

FORMULAS = [
    entry["tex"] for entry in json.loads(Path(__file__).with_name("data").joinpath("formulas.json").read_text("utf-8"))
]
COMMANDS = sorted(
    {*ACCENTS, *BIG, *DOTS, *FUNCTIONS, *GREEK, *RELATIONS, *_HANDLERS, "text", "mathrm", "over", "limits"}
)
PIECES = [*(f"\\{name}" for name in COMMANDS), *"{}{}[]()^_'&|$~%#. ab12+-=*/,中é\u0301", "\\\\", "\\right)", "\\left("]
PIECES += ["\\begin{matrix}", "\\end{matrix}", "\\begin{cases}", "\\end{cases}", "\\{", "\\}", "\\|", "\\_", "\\"]

broken = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)
cut = st.builds(lambda tex, a, b: tex[min(a, b) : max(a, b)], st.sampled_from(FORMULAS), *[st.integers(0, 200)] * 2)


def formulas() -> st.SearchStrategy[str]:
    """Readable formulas, nested."""
    leaf = st.sampled_from(["a", "x", "12", "\\theta", "\\text{卷积}", "\\infty", "f(x)", "\\log x", "-y", "\\hat z"])

    def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        shapes = ["\\frac{%s}{%s}", "{%s}^{%s}", "{%s}_{%s}", "%s + %s", "%s = %s", "\\left(%s\\right)%s", "|%s| %s"]
        shapes += ["\\sum_{%s}^{n} %s", "\\sqrt[%s]{%s}", "\\sqrt{%s}%s", "\\boxed{%s}%s", "\\underbrace{%s}_{%s}"]
        shapes += ["\\begin{pmatrix}%s & %s\\end{pmatrix}", "\\begin{cases}%s & %s\\\\a\\end{cases}"]
        shapes += ["\\overset{%s}{%s}", "\\overline{%s}%s", "\\binom{%s}{%s}", "\\begin{aligned}%s&=%s\\end{aligned}"]
        return st.builds(lambda shape, a, b: shape % (a, b), st.sampled_from(shapes), inner, inner)

    return st.recursive(leaf, larger, max_leaves=12)


def check(tex: str) -> None:
    for mode in ("2d", "1d", "ascii"):
        for width in (1, 30):
            shown = render(tex, mode, width)
            assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", shown)
            assert all(line == line.rstrip() for line in shown.split("\n"))
            assert mode != "ascii" or shown.isascii()
            if not is_readable(tex) and mode == "1d" and width == 30:
                assert re.sub(r"\s", "", shown) == re.sub(r"\s", "", render(tex, "1d", 10**6))
    assert reason(tex) != ""
    box = layout(tex, 60)
    assert 0 <= box.baseline < len(box.lines)
    assert all(display_width(line) <= box.width for line in box.lines)


@given(st.text(max_size=60))
def test_any_text(tex: str) -> None:
    check(tex)


@given(broken | cut)
def test_broken_formulas(tex: str) -> None:
    check(tex)


@given(formulas())
def test_nested_formulas_fit_and_lose_nothing(tex: str) -> None:
    assert is_readable(tex)
    check(tex)
    wanted = sorted(
        re.findall(r"12|[a-z]|卷积", re.sub(r"\\[a-z]+(?:\{[a-z]+matrix\}|\{cases\}|\{aligned\})?", "", tex))
    )
    wide = layout(tex, 10**6)
    picture = unicodedata.normalize("NFKD", "\n".join(wide.lines))
    assert "\\" not in picture
    assert not Counter(wanted) - Counter(re.findall(r"12|[a-z]|卷积", picture))
    if wide.width > 40:
        assert all(display_width(line) <= 40 or " " not in line.strip() for line in layout(tex, 40).lines)


@given(formulas())
def test_brackets_of_one_line_match(tex: str) -> None:
    for mode in ("1d", "ascii"):
        shown = render(tex, mode, 10**6)
        assert shown.count("(") == shown.count(")")
        assert shown.count("{") == shown.count("}")


SHAPES = {
    "sum": "a+",
    "fractions": r"\frac{a}{b}",
    "nested fractions": r"\frac{",
    "open brackets": "(",
    "open groups": "{",
    "scripts": "x^{",
    "rows": r"a\\",
    "columns": "&",
    "bars": "|a",
    "left": r"\left(",
    "roots": r"\sqrt(",
    "accents": r"\hat",
    "words": r"\text{ab} ",
    "Chinese": "中",
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_time_stays_linear(shape: str) -> None:
    """Eight times the length may take twenty times as long: a square would take sixty-four."""

    def seconds(length: int) -> float:
        tex = shape * (length // len(shape))
        best = float("inf")
        for _ in range(3):
            start = time.process_time()
            for mode in ("2d", "1d", "ascii"):
                render(tex, mode)
            best = min(best, time.process_time() - start)
        return best

    assert seconds(9_600) < 20 * seconds(1_200) + 0.05
