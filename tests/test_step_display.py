"""A line of a solution is true as it is written: = only where it holds, and no digit lost that it rests on."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from revise.engines import exact
from revise.engines.arrays import Array
from revise.expression import parse, substitute
from revise.expression.node import Node
from revise.finding import find
from revise.numerals import Numerals
from revise.render.figures import shortened
from revise.render.found import found_lines
from revise.render.solution import solution_lines
from revise.render.step_value import given_text, value_chain, value_line
from revise.request import read_request, split
from revise.solution import style

F = Fraction
ALEXNET = ["conv", "--input", "227x227x3", "--kernel-size", "11", "--stride", "4", "--out-channels", "96"]


def shown(*args: str, width: int = 100) -> str:
    words, own, options = split(args)
    token = style.set(options.style)
    try:
        solution = read_request(words, own, options).solve()
        return "\n".join(line.plain for line in solution_lines(solution, width, options.numerals))
    finally:
        style.reset(token)


def backprop(expression: str, at: str, *more: str) -> str:
    return shown("backprop", expression, "--at", at, *more, width=200)


def line(formula: str, value: float, numerals: Numerals = Numerals(), **numbers: float) -> str:
    tree = substitute(parse(formula), {name: Node("number", (number,)) for name, number in numbers.items()})
    return shortened(tree, numerals, value).text


# -- = and ≈ ------------------------------------------------------------------------------------------


def test_a_saturated_sigmoid_keeps_what_the_line_rests_on() -> None:
    text = backprop("sigmoid(x)", "x=20")
    assert "l₁ = v₁ (1 − v₁) ≈ 0.999999997939(1 − 0.999999997939) ≈ 2.061e−9" in text
    assert "≈ 1 · 2.061 · 10⁻⁹" in text
    assert "1(1 − 1)" not in text
    assert "2.0611536" not in text


@pytest.mark.parametrize(
    ("expression", "at", "line"),
    [
        ("tanh(x)", "x=20", "tanh(20) ≈ 1.0000"),
        ("tanh(x)", "x=20", "1 − tanh²(20)\n       ≈ 0"),
        ("sigmoid(x)", "x=-800", "σ(−800) ≈ 0"),
        ("sqrt(x)", "x=4", "√4 = 2"),
        ("exp(x)", "x=0", "e⁰ = 1"),
        ("x^2", "x=3/2", "1.5² = 2.25"),
    ],
)
def test_a_value_of_an_irrational_function_is_near_and_a_rational_one_exact(
    expression: str, at: str, line: str
) -> None:
    assert line in backprop(expression, at)


def test_rounded_numbers_are_put_in_with_a_near_sign() -> None:
    assert "l₃ = v₃ (1 − v₃) ≈ 0.6225(1 − 0.6225) ≈ 0.2350" in backprop("sigmoid(w*x + b)", "w=0.5, x=1, b=0")


def test_operands_keep_the_zeros_they_were_rounded_to() -> None:
    assert line("a + b", 0.57999 + 2.12701, a=0.57999, b=2.12701) == "0.5800 + 2.1270"


@given(st.floats(1e-7, 1 - 1e-12), st.floats(-50, 50), st.integers(1, 6))
def test_a_line_comes_to_the_value_it_is_said_to_have(a: float, b: float, digits: int) -> None:
    numerals = Numerals(digits)
    for formula in ("a*(1 - a)", "a + b", "b*a - b", "1/a"):
        value = exact.evaluate(parse(formula), {"a": a, "b": b})
        text = line(formula, value, numerals, a=a, b=b)
        if "10" in text or numerals.shown(value) == 0:
            continue  # powers of ten are typeset; a value that is all rounding has no digits to keep
        found = exact.evaluate(parse(text.replace("⁻", "-")), {})
        gap = abs(Decimal(float(found)) - numerals.shown(value))
        assert gap <= max(Decimal(1).scaleb(numerals.shown(value).as_tuple().exponent), Decimal("1e-13")), text


def test_long_fractions_are_rounded_and_short_decimals_are_not() -> None:
    assert line("g*3", F(29999997, 10**7), g=F(9999999, 10**7)) == "0.9999999 · 3"
    assert line("g*3", F(12, 7), g=F(4, 7)) == "(4/7) · 3"
    assert line("g*3", 3 * F(1234567, 7654321), g=F(1234567, 7654321)) == "0.1613 · 3"


# -- given --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "numerals", "text"),
    [
        (F(9_999_999, 10**7), Numerals(), "= 0.9999999"),
        (1 - F(1, 10**12), Numerals(), "= 0.999999999999"),
        (F(1, 10**12), Numerals(), "= 1e−12"),
        (F(1, 4), Numerals(digits=1), "= 0.25"),
        (F(123_456, 10**6), Numerals(significant=2), "= 0.123456"),
        (F(1, 2), Numerals(exact=True), "= 1/2"),
        (F(1, 3), Numerals(), "= 1/3"),
        (2**0.5, Numerals(), "≈ 1.4142"),
        (F(repr(2**0.5)), Numerals(), "≈ 1.4142"),
        (0.99999999, Numerals(), "≈ 0.99999999"),
        (Array((2,), (F(1, 2), 1 - F(1, 10**6))), Numerals(), "= [0.5, 0.999999]"),
        (Array((2, 1), (1, 2**0.5)), Numerals(), "≈ [1; 1.4142]"),
    ],
)
def test_what_is_given_is_not_rounded_away(value: object, numerals: Numerals, text: str) -> None:
    assert given_text(value, numerals) == text


def test_given_in_a_solution() -> None:
    assert "Given  x ≈ 1.4142 · w = 0.9999999" in backprop("x*w", "x=sqrt(2), w=0.9999999")


# -- --round-steps, --exact, --digits -----------------------------------------------------------------


def test_a_step_that_was_rounded_says_so() -> None:
    text = backprop("-log(x)", "x=0.9", "--round-steps", "--digits", "2")
    assert "log(0.9) ≈ −0.11" in text
    assert "−(−0.11) = 0.11" in text
    assert "1/0.9 ≈ 1.11" in text
    assert "value  ≈ 0.11" in text
    assert "df/dx  ≈ −1.11" in text


def test_rounding_steps_never_leaves_nothing() -> None:
    text = backprop("sigmoid(x)", "x=-9", "--round-steps", "--digits", "2")
    assert "value  ≈ 1.2e−4" in text


def test_steps_that_needed_no_rounding_are_exact() -> None:
    text = shown(*ALEXNET, "--round-steps")
    assert "≈" not in text


def test_exact_is_obeyed_in_the_lines() -> None:
    text = backprop("sigmoid(w*x + b)", "w=0.5, x=1, b=0", "--exact")
    assert "σ(1/2) ≈ 0.6225" in text
    assert "0.5" not in text
    assert "df/dw  3/2 = 1.5" in backprop("w*x", "w=2, x=3/2", "--exact")


@pytest.mark.parametrize(
    ("value", "numerals", "chain"),
    [
        (F(3, 2), Numerals(exact=True), [("=", "3/2"), ("=", "1.5")]),
        (F(20, 3), Numerals(), [("=", "20/3"), ("≈", "6.6667")]),
        (F(-1, 10), Numerals(digits=0), [("=", "−1/10"), ("=", "−0.1")]),
        (F(1, 20_000), Numerals(), [("=", "5e−5")]),
        (-4.9e-5, Numerals(), [("≈", "−4.900e−5")]),
        (4.9e-5, Numerals(), [("≈", "4.900e−5")]),
        (105_415_200, Numerals(significant=2), [("≈", "110,000,000")]),
        (F(199_999, 20_000), Numerals(significant=3), [("≈", "10.0")]),
        (float("inf"), Numerals(), [("=", "∞")]),
        (Array((2,), (-1.27141, F(-69, 79))), Numerals(), [("≈", "[−1.2714, −0.8734]")]),
        (Array((2,), (F(1, 2), F(-69, 79))), Numerals(), [("=", "[1/2, −69/79]")]),
        ("go-left", Numerals(), [("=", "go-left")]),
    ],
)
def test_chains(value: object, numerals: Numerals, chain: list[tuple[str, str]]) -> None:
    assert value_chain(value, numerals, group=True) == chain


def test_shapes_have_brackets_where_they_need_them() -> None:
    floor, difference = parse("floor(L - 2*d)"), parse("L - 2*d")
    assert value_line(Array((2,), (floor, 8)), Numerals(), "shape") == "⌊L − 2d⌋ × 8"
    assert value_line(Array((2,), (difference, 8)), Numerals(), "shape") == "(L − 2d) × 8"


# -- the search, and the widths -----------------------------------------------------------------------


def searched(*args: str, letter: bool = False) -> str:
    words, own, options = split(args)
    request = read_request(words, own, options)
    return "\n".join(each.plain for each in found_lines(request, find(request), 100, letter))


def test_a_search_shows_every_target() -> None:
    text = searched(
        *["conv", "--input", "9x9x3", "--kernel-size", "3", "--find", "out-channels"],
        *["--parameters", "280", "--output", "7x7x10"],
    )
    assert "✓ out-channels 10: parameters 280, output 7×7×10" in text
    assert "✗ out-channels 9: parameters 252, output 7×7×9" in text


def test_a_search_shows_the_whole_shape() -> None:
    sides = ["conv", "--kernel-size", "3", "--stride", "2", "--find", "padding"]
    assert "output = (p + 13) × (p + 15), where p is the padding" in searched(
        *sides, "--input", "28x31", "--output", "14x16", letter=True
    )
    assert "output = p + 13, where p is the padding" in searched(*sides, "--input", "28", "--output", "14", letter=True)


def test_a_short_formula_in_a_reason_is_kept_whole() -> None:
    text = shown("conv", "--input", "L", "--kernel-size", "3", "--dilation", "d", width=40)
    assert "d(k − 1) + 1 wide" in text


@pytest.mark.parametrize("width", [20, 25, 40])
@pytest.mark.parametrize(
    "args",
    [
        ["backprop", "sigmoid(w*x + b)", "--at", "w=0.5, x=1, b=0"],
        ["gan-losses", "--real", "0.9,0.8", "--fake", "0.1,0.35"],
        ["conv", "--input", "L", "--kernel-size", "3", "--dilation", "d"],
    ],
)
def test_no_line_is_wider_than_asked(args: list[str], width: int) -> None:
    assert all(cell_len(each) <= width for each in shown(*args, width=width).split("\n"))
