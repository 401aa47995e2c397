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
        (F(1, 4001), Numerals(), "2.499e-4"),
        (0.46211715726, Numerals(), "0.4621"),
        (2.0, Numerals(), "2.0000"),
        (0.0, Numerals(), "0"),
        (0.1 + 0.2, Numerals(), "0.3000"),
        (1e-9, Numerals(), "1.000e-9"),
        (F(1, 10**9), Numerals(), "1e-9"),
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
        (-0.00001, Numerals(digits=2), "-1.0e-5"),
        (float("inf"), Numerals(), "∞"),
        (F(2, 3), Numerals(digits=2), "2/3"),
        (123456, Numerals(significant=2), "120000"),
        (0.00005, Numerals(), "5.000e-5"),
        (0.000049, Numerals(), "4.900e-5"),
        (F(1, 20_000), Numerals(), "5e-5"),
        (0.00099999999, Numerals(), "0.00100"),
        (0.0456, Numerals(digits=2), "0.046"),
        (0.0456, Numerals(digits=1), "0.05"),
        (0.1, Numerals(digits=0), "0.1"),
        (7.3, Numerals(digits=0), "7"),
        (F(999_995, 100_000), Numerals(significant=3), "10.0"),
        (F(27_069_951, 10**7), Numerals(), "2.7070"),
        (2.061e-9, Numerals(significant=2), "2.1e-9"),
        (F(1, 2), Numerals(exact=True, significant=3), "1/2"),
        (1 / 3, Numerals(digits=20), "0.333333333333333"),
        (1e-9, Numerals(digits=30), "1.00000000000000e-9"),
    ],
)
def test_text(value: float, style: Numerals, shown: str) -> None:
    assert style.text(value) == shown


def test_groups() -> None:
    assert Numerals().text(105_415_200, group=True) == "105,415,200"
    assert Numerals().text(9_999, group=True) == "9999"
    assert Numerals(significant=2).text(105_415_200, group=True) == "110,000,000"


def test_a_decimal_beside_a_fraction_says_whether_it_is_all_of_it() -> None:
    assert Numerals(exact=True).ends(F(3, 2))
    assert not Numerals(exact=True).ends(F(20, 3))
    assert Numerals(digits=20).decimal(F(1, 3)) == "0." + "3" * 20
    assert (Numerals(digits=0).decimal(F(1, 10)), Numerals(digits=0).ends(F(1, 10))) == ("0.1", True)


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(0, 8))
def test_a_float_is_never_said_to_be_exact(value: float, digits: int) -> None:
    assert not Numerals(digits).is_exact(value)
    assert not Numerals(exact=True).is_exact(value)


def test_infinity_is_exact() -> None:
    assert Numerals().is_exact(float("inf"))


@given(st.floats(1e-300, 1e6), st.integers(0, 8))
def test_no_number_is_shown_as_nothing(value: float, digits: int) -> None:
    shown = Fraction(Numerals(digits).text(value))
    assert shown > 0
    assert abs(shown - Fraction(repr(value))) <= Fraction(repr(value)) / 2


def test_numbers_side_by_side_have_one_form() -> None:
    thirds = Numerals().together([F(1, 3), F(1, 2), 4])
    assert [thirds.text(value) for value in (F(1, 3), F(1, 2), 4)] == ["1/3", "1/2", "4"]
    mixed = Numerals().together([F(-69, 79), -1.27141, 2])
    assert [mixed.text(value) for value in (F(-69, 79), -1.27141, 2)] == ["-0.8734", "-1.2714", "2"]
    assert not mixed.is_exact(F(-69, 79))
    assert Numerals().together([F(1, 2), 1.5]) == Numerals()


def test_enough_places_not_to_look_whole() -> None:
    assert Numerals().telling(0.999999998).text(0.999999998) == "0.999999998"
    assert Numerals().telling(0.62245).text(0.62245) == "0.6225"
    assert Numerals().telling(1.0) == Numerals()


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
