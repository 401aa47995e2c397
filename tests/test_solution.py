"""Work and Solution: what a step is, what is refused, and the part of a solution that leads to some answers."""

from fractions import Fraction

import pytest

from revise import catalogue
from revise.engines.text import text
from revise.errors import InputError
from revise.expression import name, parse
from revise.replay import replay
from revise.solution import Solution, Style, Work, letters_of, style


def test_towards_keeps_the_steps_that_lead_to_the_answers() -> None:
    whole = catalogue.load("conv").solve(input="9x9x3", kernel_size="3", out_channels="4")
    part = whole.towards(["parameters"])
    assert list(part.answers) == ["parameters"]
    assert [step.shown for step in part.steps] == ["weights", "biases", "params"]
    assert part.value("parameters") == whole.value("parameters")
    assert len(part.written()) == 3
    assert [step.shown for step in whole.towards(list(whole.answers)).steps] == [step.shown for step in whole.steps]


def test_a_table_grows_by_its_index() -> None:
    work = Work(x=[1, 2, 3], h={-1: 0})
    for t in range(3):
        work.let("h[t]", "x[t] + h[t-1]/2", t=t)
    solution = work.answer(last="h[2]")
    assert solution.value("last") == Fraction(17, 4)
    assert solution.given["h"] == {-1: 0}
    assert [text(line) for line in solution.written()] == ["1 + 0/2", "2 + 1/2", "3 + 2.5/2"]
    assert [value for _, value, _ in replay(solution)] == [1, Fraction(5, 2), Fraction(17, 4)]
    assert solution.given["h"] == {-1: 0}, "a replay leaves the solution as it is"


def test_a_name_is_given_once() -> None:
    work = Work(x=1)
    work.let("y", "x + 1")
    with pytest.raises(ValueError, match="y has a value already"):
        work.let("y", "x + 2")
    assert work.let("y", "y*10", update=True) == 20
    with pytest.raises(ValueError, match="no step is called z"):
        work.answer(result="z")


def test_a_letter_of_the_question_keeps_its_meaning() -> None:
    with pytest.raises(InputError, match="letter K means something else"):
        Work(K=3, p=parse("K + 1"))
    work = Work(a=name("b"))
    with pytest.raises(InputError, match="letter b means something else"):
        work.let("b", "a + 1")
    assert Work(gamma=name("gamma")).letters == ["gamma"]


def test_letters_are_carried_and_numbers_stay_exact() -> None:
    work = Work(x=0.1, y=name("y"))
    work.let("z", "(x + 2*y)/2 - y")
    solution = work.answer()
    assert solution.value("z") == Fraction(1, 20)


def test_equations_show_their_unknowns() -> None:
    work = Work(S=("a", "b"), p={("a", "a"): Fraction(1, 2), ("a", "b"): Fraction(1, 2)}, R={"a": 1})
    work.equation("V[s] = R[s] + sum(p[s,n]*V[n] for n in S)", unknown={"V": letters_of("V", ("a", "b"))}, s="a")
    work.let("x", "1")
    assert [text(line) for line in work.answer().written()] == ["V[a] = 1 + (0.5·V[a] + 0.5·V[b])", "1"]


def test_rounded_steps_are_carried_on() -> None:
    def solution() -> Solution:
        work = Work(x=Fraction(1, 3))
        work.let("y", "x*1")
        work.let("z", "y*3")
        return work.answer(result="z")

    assert solution().value("result") == 1
    token = style.set(Style(round_steps=True))
    try:
        assert solution().value("result") == Fraction(9999, 10000)
    finally:
        style.reset(token)


def test_what_is_undefined_names_the_step() -> None:
    work = Work(x=0)
    with pytest.raises(InputError, match=r"y\[3\]: a division by zero"):
        work.let("y[t]", "1/x", t=3)


@pytest.mark.parametrize(
    ("value", "written", "right"),
    [
        (Fraction(69877, 10**8), "6.988e-4", True),
        (Fraction(69877, 10**8), "6.989e-4", False),
        (Fraction(69877, 10**8), "6.988e−4", True),
        (34944, "3.5e4", True),
        (34944, "3.4e4", False),
        (34944, "34945", False),
        (float("inf"), "1.0", False),
    ],
)
def test_a_decimal_with_a_power_matches_what_rounds_to_it(value: object, written: str, right: bool) -> None:
    from revise.answers import value_matches

    assert value_matches(value, "", written) is right
