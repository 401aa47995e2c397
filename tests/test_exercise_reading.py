"""What students type as answers: how it is read, echoed and compared."""

from fractions import Fraction
from typing import Any

import pytest

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.exercise.asked import Asked
from revise.exercise.grading import grade
from revise.exercise.reading import read
from revise.expression import parse

SHAPE = Asked(Array((3,), (55, 55, 96)), "shape")
SIDES = Asked(Array((2,), (55, 0)), "shape")
COUNT = Asked(34944, "parameters")
THIRDS = Asked(Fraction(2, 3))
FLOAT = Asked(0.6931471805599453, "nat")
SMALL = Asked(3.297e-7)
PERCENT = Asked(Fraction(565, 9), "%")
VECTOR = Asked(Array((3,), (Fraction(1, 2), Fraction(1, 4), 1)))
MATRIX = Asked(Array((2, 2), (1, 2, 3, 4)))
COLUMN = Asked(Array((2, 1), (4, 3)))
WORD = Asked("right", labels=("left", "right"))
TIE = Asked("up or right", labels=("up or right", "up"))
SLOPE = Asked(parse("sigmoid(x)*(1 - sigmoid(x))"), letters=("x",))
COUNTED = Asked(parse("4*n*m^2 + n"), letters=("n", "m"))
PAIR = Asked(Array((2,), (parse("2*x"), parse("x^2"))), letters=("x",))


@pytest.mark.parametrize(
    ("asked", "texts"),
    [
        (
            SHAPE,
            "55x55x96|(55, 55, 96)|55×55×96|55 55 96|[55,55,96]|５５，５５，９６|55*55*96|out = 55x55x96",
        ),
        (SHAPE, "output: 55X55X96|55 by 55 by 96"),
        (SIDES, "５５，０|55x0"),
        (COUNT, "34,944|34944|3.4944e4|34.944k|34944 parameters|34 944|34944.0|３４９４４"),
        (THIRDS, "2/3|4/6|0.6667|.6667|0.66667|66.67%|1 - 1/3|≈ 0.6667|x = 2/3|２／３|0.6666"),
        (FLOAT, "log(2)|0.6931|0.6931 nats|-log(1/2)|0.69314718|0.6931."),
        (SMALL, "3.297e-7|3.3e-7|0.00000033"),
        (PERCENT, "62.7778|62.7778%|565/9"),
        (VECTOR, "1/2, 0.25, 1|[0.5 0.25 1]|(0.5, 0.25, 1)|0.5; 0.25; 1|１／２，０．２５，１"),
        (MATRIX, "1 2; 3 4|[[1,2],[3,4]]|[1, 2; 3, 4]|１ ２；３ ４"),
        (COLUMN, "4; 3|[[4], [3]]|4, 3"),
        (WORD, 'right|Right|"right"'),
        (TIE, "right or up|up or right"),
        (SLOPE, "sigma(x)*(1-sigma(x))|σ(x)(1-σ(x))|exp(-x)/(1+exp(-x))^2|sigmoid(x) - sigmoid(x)²"),
        (PAIR, "2x, x²|[x + x, x*x]"),
        (COUNTED, "4*n*m^2 + n|4nm^2+n|n + 4nmm|4mnm + n"),
        (Asked(True), "yes|true|对"),
    ],
)
def test_right_as_students_write_it(asked: Asked, texts: str) -> None:
    for text in texts.split("|"):
        assert grade(asked, read(asked, text)).grade == "right", text


@pytest.mark.parametrize(
    ("asked", "text", "wanted"),
    [
        (COUNT, "35k", "imprecise"), (COUNT, "3.5e4", "imprecise"), (COUNT, "35000", "imprecise"),
        (COUNT, "34,945", "wrong"), (COUNT, "-34944", "wrong"), (COUNT, "30k", "wrong"),
        (Asked(192, "weights"), "190", "wrong"), (Asked(19), "20", "wrong"),
        (THIRDS, "0.67", "imprecise"), (THIRDS, "0.66", "imprecise"), (THIRDS, "0.6690", "imprecise"),
        (THIRDS, "0.7", "imprecise"), (THIRDS, "0.65", "wrong"), (THIRDS, "1", "wrong"),
        (Asked(Fraction(9598, 10000)), "1.0000", "wrong"),
        (SMALL, "0", "wrong"), (SMALL, "4e-7", "wrong"),
        (SHAPE, "55", "wrong"), (SHAPE, "96x55x55", "wrong"), (Asked(Array((2,), (7, 7)), "shape"), "7", "right"),
        (VECTOR, "0.5, 0.25", "wrong"), (VECTOR, "0.5, 0.25, 1.001", "imprecise"),
        (MATRIX, "1 3; 2 4", "wrong"), (MATRIX, "1, 2, 3, 4", "wrong"), (TIE, "up", "wrong"),
    ],
)  # fmt: skip
def test_other_outcomes(asked: Asked, text: str, wanted: str) -> None:
    assert grade(asked, read(asked, text)).grade == wanted


@pytest.mark.parametrize(
    ("asked", "text", "reason"),
    [
        (COUNT, "", "nothing"), (COUNT, "x", "is a letter"), (COUNT, "0,67", "with a point"), (COUNT, "1/0", "^"),
        (COUNT, "6x6x6", "one number"), (COUNT, "5 5", "side by side"), (COUNT, "9**9**9", "exponent"),
        (COUNT, "__import__('os').getcwd()", "^"), (COUNT, "1" * 600, "500 characters"), (SHAPE, "hello", "28x28x6"),
        (SHAPE, "5.5x3", "whole number"), (VECTOR, "1, a", "without letters"), (MATRIX, "1, 2; (3", "^"),
        (WORD, "up", "left or right"), (SLOPE, "sigma(x", "^"), (SLOPE, "y", "no letter of this question"),
        (SLOPE, "-", "^"), (COUNTED, "1/nm", "nm is no letter"), (COUNTED, "2^nm", "nm is no"),
        (COUNTED, "nk", "nk is no letter"), (Asked(True), "maybe", "yes or no"),
    ],
)  # fmt: skip
def test_unreadable_says_why(asked: Asked, text: str, reason: str) -> None:
    with pytest.raises(InputError) as fault:
        read(asked, text)
    assert reason in str(fault.value)


@pytest.mark.parametrize(
    ("asked", "text", "echo"),
    [
        (SHAPE, "(55,55,96)", "55×55×96"), (COUNT, "34944", "34,944"), (COUNT, "35k", "35,000"), (THIRDS, "4/6", "2/3"),
        (MATRIX, "1 2; 3 4", "[1, 2; 3, 4]"), (SLOPE, "x*x", "x·x"), (FLOAT, "−0.5", "−0.5"),
    ],
)  # fmt: skip
def test_what_was_read_is_echoed(asked: Asked, text: str, echo: str) -> None:
    assert read(asked, text).echo == echo


def test_a_wrong_formula_carries_its_counter_example() -> None:
    found = grade(SLOPE, read(SLOPE, "sigmoid(x)"))
    assert found.grade == "wrong"
    assert found.counter.startswith("at x = ")
    assert "yours is" in found.counter


def test_undecided_is_not_wrong() -> None:
    asked = Asked(parse("log(x^2)"), letters=("x",))
    assert grade(asked, read(asked, "2*log(x)")).grade == "undecided"
    assert grade(asked, read(asked, "2*log(x)"), {"x": (0, 10)}).grade == "right"


def test_nothing_typed_reads_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: Any) -> Any:
        raise AssertionError("an answer opened a file")

    monkeypatch.setattr("revise.parameters.read_file", forbidden)
    monkeypatch.setattr("sys.stdin", None)
    for asked in (COUNT, SHAPE, VECTOR, MATRIX, SLOPE, PAIR):
        for text in ("-", "@README.md", "README.md"):
            with pytest.raises(InputError):
                read(asked, text)


@pytest.mark.parametrize("asked", [SHAPE, COUNT, THIRDS, VECTOR, MATRIX, WORD, SLOPE, PAIR, SMALL])
def test_each_part_says_what_is_expected(asked: Asked) -> None:
    assert asked.expects[0] in "a23"
    if asked in (THIRDS, VECTOR, MATRIX, SMALL):
        assert "the last may be 1 off" in asked.expects


def test_one_number_for_several_costs_nothing() -> None:
    asked = Asked(Array((1, 2), (3, 4)))
    with pytest.raises(InputError, match="2 numbers are asked for"):
        read(asked, "3")
    assert read(asked, "3, 4").value == asked.value
