r"""Every formula of a page renders; where it can be evaluated, a second reader of LaTeX agrees with the page.

`data/page_formulas.toml` says for formulas with letters which command works them out. Formulas of numbers alone,
such as `785 \cdot 128 + 129 \cdot 10 = 101{,}770`, are found on the pages and need no row.
"""

import math
import re
import shlex
import tomllib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from revise.engines.arrays import entries
from revise.maths import MODES, reason, render, unknown_commands
from revise.request import work_out
from revise.topic import faces, open_library
from revise.topic.dollars import find_maths
from tests.latex_reader import evaluate
from tests.latex_values import Unread

LIBRARY = open_library()
WRITTEN = [entry.id for entry in LIBRARY.entries if LIBRARY.has_page(entry.id)]
ROWS: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).with_name("data") / "page_formulas.toml").read_text(encoding="utf-8")
)["formula"]
_RELATION = re.compile(
    r"(\\(?:approx|le|ge|ne|to|leftarrow|quad|qquad|Rightarrow)(?![A-Za-z])|[=<>]"
    r"|(?<!\\)[,;](?![^(]*\)))"  # a comma parts two statements, save between brackets
)
_DECIMAL = re.compile(r"\d+(?:\.(\d+))?(?: *\\cdot *10\^\{?(-?\d+)\}?)?")
_TAIL = re.compile(r"\s(million|%)")
_SCALES = {"million": r" \cdot 10^6", "%": r" \cdot 10^{-2}"}
_IRRATIONAL = re.compile(r"\\(?:tanh|log|ln|exp|sqrt|sigma|sin|cos)|e\^")


@cache
def formulas(name: str) -> tuple[str, ...]:
    """What stands between dollars on the page: its sections, terms, cards, questions, and what is said of them.

    The words "million" and "%" behind a formula belong to its last number.
    """
    page = LIBRARY.read(name)[0]
    texts = [section.text for section in page.sections] + [term.line for term in page.terms]
    for card in page.cards:
        texts += [text for face in faces(card) for text in (face.front, face.back)]
        texts += [card.question, card.answer, *(mark.text for mark in card.points)]
        texts += [text for option in card.options for text in (option.text, option.why)]
    found = []
    for text in texts:
        for span in find_maths(text)[0]:
            tail = _TAIL.match(text, span.end)
            found.append(" ".join(span.tex.split()) + (_SCALES[tail[1]] if tail else ""))
    return tuple(dict.fromkeys(found))


def links(tex: str) -> Iterator[tuple[str, str, str]]:
    r"""(left, sign, right) for the neighbours of a chain `a = b \approx c`."""
    parts = [part.strip() for part in _RELATION.split(tex.replace("{,}", ""))]
    yield from zip(parts[0::2], parts[1::2], parts[2::2], strict=False)


def number(tex: str) -> float | None:
    """What `tex` comes to, where it is made of numbers."""
    try:
        value = evaluate(tex)
    except (ValueError, ArithmeticError, TypeError):  # a complex power is a TypeError
        return None
    return value if isinstance(value, float) and re.search(r"\d", tex) else None


def tolerance(left: str, sign: str, right: str) -> float:
    r"""Half a unit of the last place of each printed number behind \approx; 0 behind =, save 0.7616 for tanh 1."""
    if sign == "=" and not (_IRRATIONAL.search(left) and re.search(r"\.\d{4}", right)):
        return 0.0
    if not re.fullmatch(rf"[-+]?{_DECIMAL.pattern}(?: *[-+] *{_DECIMAL.pattern})*", right):
        return 0.0
    return sum(0.5000001 * 10.0 ** (int(power or 0) - len(places or "")) for places, power in _DECIMAL.findall(right))


NUMERIC = [
    (name, left, sign, right)
    for name in WRITTEN
    for tex in formulas(name)
    for left, sign, right in links(tex)
    if sign in ("=", r"\approx") and number(left) is not None and number(right) is not None
]


def test_enough_is_compared() -> None:
    assert len(NUMERIC) >= 300 and len(ROWS) >= 90
    counts = Counter(row["page"] for row in ROWS)
    few = [name for name in WRITTEN if LIBRARY.entry(name).solve and counts[name] < 2]
    assert few == [], "data/page_formulas.toml needs two formulas of these pages that a solver works out"


@pytest.mark.parametrize(("name", "left", "sign", "right"), NUMERIC)
def test_both_sides_of_a_numeric_formula_are_equal(name: str, left: str, sign: str, right: str) -> None:
    one, other = number(left), number(right)
    assert one is not None and other is not None
    near = tolerance(left, sign, right)
    if not near and sign != "=":
        near = 0.03 * abs(other)
    assert math.isclose(one, other, rel_tol=1e-12, abs_tol=max(near, 1e-15)), (one, other)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['page']}-{row.get('side', row['formula'])}")
def test_a_formula_and_its_solver_agree(row: dict[str, Any]) -> None:
    assert any(row["formula"] in tex for tex in formulas(row["page"])), "the page does not have this formula"
    side = row.get("side", row["formula"])
    assert side in row["formula"]
    theirs = flat(evaluate(side, {name: read(value) for name, value in row["values"].items()}))
    solution = work_out(shlex.split(row["command"]))
    answer = row.get("answer") or next(iter(solution.answers))
    ours = [float(entry) for entry in entries(solution.value(answer))]
    ours = ours[row["at"] :][:1] if "at" in row else ours
    assert theirs == pytest.approx(ours, rel=1e-9, abs=1e-12)


def read(value: Any) -> Any:
    """A value of the table; a text is itself a formula of numbers."""
    if isinstance(value, list):
        return [read(entry) for entry in value]
    if isinstance(value, dict):
        return {name: read(entry) for name, entry in value.items()}
    return evaluate(value) if isinstance(value, str) else float(value)


def flat(value: Any) -> list[float]:
    return [number for entry in value for number in flat(entry)] if isinstance(value, list) else [value]


@pytest.mark.parametrize("name", WRITTEN)
def test_every_formula_renders(name: str) -> None:
    """In three modes, without a command that nobody knows, its source or a sign that has no ASCII spelling."""
    page = formulas(name)
    assert len(page) >= 20
    for tex in page:
        assert (reason(tex), unknown_commands(tex)) == (None, []), tex
        for mode in MODES:
            shown = render(tex, mode)
            assert shown.strip() or tex == r"\,"
            assert not re.search(r"\\(?:[A-Za-z]|[{},;!|])|\$|\ufffd", shown), (mode, tex)
        assert ("?" in render(tex, "ascii")) == ("?" in tex), tex


@pytest.mark.parametrize(
    "tex", [r"a b", r"2/3 x", r"\hat x", r"x_2", r"\log x y", "2^12", "2 +", "(2", "|2", r"\foo 2", "2, 3", r"\sum_i x"]
)
def test_the_reader_refuses_what_it_does_not_know(tex: str) -> None:
    with pytest.raises(Unread):
        evaluate(tex, {"x": 1.0, "y": 2.0})


@pytest.mark.parametrize(
    ("tex", "value"),
    [
        (r"1 - 2 \cdot 3^2 / 9 - (1 - 4)", 2.0),
        (r"\frac{1}{2} |2 - 5| + \lfloor 7/2 \rfloor + \lceil 7/2 \rceil", 8.5),
        (r"\sum_{k=0}^{t-1} \beta^k g_{t-k} + 1", 5.25),
        (r"\sum_{j \ne y} \max(0, g_j - g_y) \cdot 2", 2.0),
        (r"\log_2 8 + 3! - \tanh^2(0) - e^0", 8.0),
        (r"g^\top g - g \cdot g + \|g\|_1 + \max_j g_j", [9.0]),
    ],
)
def test_the_reader_reads(tex: str, value: Any) -> None:
    assert evaluate(tex, {"t": 3.0, r"\beta": 0.5, "g": [1.0, 2.0, 3.0], "j": [1, 2, 3], "y": 2.0}) == value
