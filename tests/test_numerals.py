"""How numbers are shown: rounding is done on the decimal the reader sees, and exactness is not claimed falsely."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revise.numerals import Numerals

F = Fraction


@pytest.mark.parametrize(
    ("value", "style", "shown"),
    [
        (34848, Numerals(), "34848"),
        (F(1, 2), Numerals(), "0.5"),
        (F(1, 3), Numerals(), "1/3"),
        (F(20, 3), Numerals(), "20/3"),
        (F(1, 10_000), Numerals(), "0.0001"),
        (F(1, 4001), Numerals(), "0.0002"),
        (0.46211715726, Numerals(), "0.4621"),
        (2.0, Numerals(), "2"),
        (0.1 + 0.2, Numerals(), "0.3000"),
        (1e-9, Numerals(), "1e-9"),
        (1.23456789e20, Numerals(), "1.235e20"),
        (0.15, Numerals(digits=1), "0.2"),
        (0.25, Numerals(digits=1), "0.3"),
        (-0.25, Numerals(digits=1), "-0.3"),
        (0.19, Numerals(digits=1, truncate=True), "0.1"),
        (-0.19, Numerals(digits=1, truncate=True), "-0.1"),
        (F(1, 8), Numerals(exact=True), "1/8"),
        (F(12345, 1000), Numerals(significant=3), "12.3"),
        (0.00123456, Numerals(significant=2), "0.0012"),
        (999.96, Numerals(significant=4), "1000"),
        (-0.00001, Numerals(digits=2), "-1e-5"),
        (float("inf"), Numerals(), "∞"),
        (F(2, 3), Numerals(digits=2), "2/3"),
        (123456, Numerals(significant=2), "120000"),
    ],
)
def test_text(value: float, style: Numerals, shown: str) -> None:
    assert style.text(value) == shown


def test_groups() -> None:
    assert Numerals().text(105_415_200, group=True) == "105,415,200"
    assert Numerals().text(9_999, group=True) == "9999"


@given(st.fractions(max_denominator=10**6, min_value=-1000, max_value=1000), st.integers(0, 6))
def test_exactness_is_never_claimed_falsely(value: Fraction, digits: int) -> None:
    style = Numerals(digits)
    text = style.text(value)
    if style.is_exact(value):
        assert Fraction(text) == value
    elif "e" not in text:
        assert abs(Fraction(text) - value) <= Fraction(1, 2 * 10**digits)


@given(st.floats(-1e6, 1e6), st.integers(0, 8))
def test_a_float_is_within_half_a_unit_of_the_last_place(value: float, digits: int) -> None:
    text = Numerals(digits).text(value)
    if "e" not in text:
        assert abs(Fraction(text) - Fraction(repr(value))) <= Fraction(1, 2 * 10**digits)
