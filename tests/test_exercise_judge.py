"""Answers judged: errors carried forward, mistakes named, hints that give away a little more each."""

from random import Random
from typing import Any

import pytest

from revise import catalogue
from revise.exercise.calculation import draw
from revise.exercise.judge import Judgement, Worked
from revise.exercise.lines import hints, leading, line, lines
from revise.solution import Solution, Work


def worked(name: str, words: str, **given: Any) -> Worked:
    solver = catalogue.load(name)
    solution = solver.solve(**given)
    return Worked(solution, tuple(map(solution.step, words.split())), solver.module)


CONV = worked(
    "conv", "output weights multiply-adds operations",
    input="227x227x3", kernel_size=11, stride=4, out_channels=96,
)  # fmt: skip


@pytest.mark.parametrize(
    ("part", "text", "named", "step"),
    [
        (0, "54x54x96", "The +1 is missing.", "o[h]"),
        (1, "11616", "The input channels are forgotten.", "weights"),
        (1, "363", "The filters are forgotten.", "weights"),
        (2, "210,830,400", "That is **operations**, not **multiply-adds**.", None),
        (3, "105415200", "That is **multiply-adds**, not **operations**.", "flops"),
        (0, "96x55x55", "The right numbers in another order; here it is height, width, depth.", None),
        (0, "55x55", "2 sides where 3 are asked for.", None),
        (0, "55x55x3", "Only side 3 is wrong.", None),
        (1, "-34848", "The sign is the other way round.", None),
        (1, "34849", "One too many.", None),
        (1, "34847", "One too few.", None),
        (1, "69,696", "A factor of 2 too many.", None),
        (1, "12345", "", None),
    ],
)
def test_wrong_answers_are_named(part: int, text: str, named: str, step: str | None) -> None:
    found = CONV.judge(text, part)
    assert (found.outcome, found.named) == ("wrong", named)
    if step is not None:
        assert found.step is not None
        assert CONV.solution.steps[found.step].shown == step


def test_an_error_is_carried_forward() -> None:
    own = ["54x54x96", "34848"]
    macs = 54 * 54 * 34848
    assert CONV.judge(str(macs), 2, own) == Judgement("right", f"{macs:,}", carried=True)
    assert CONV.judge(str(2 * macs), 3, [*own, str(macs)]).carried
    assert CONV.judge(str(macs), 2).outcome == "wrong"
    assert CONV.judge("105415200", 2, own) == Judgement("right", "105,415,200")
    assert CONV.judge(str(macs + 7), 2, own).outcome == "wrong"
    assert CONV.judge("105415200", 2, ["(((", ""]).outcome == "right"


def test_a_mistake_made_after_an_own_error_is_named_too() -> None:
    steps = worked("discounted-return", "G[3] return", rewards="1, 2, 30, 40", gamma="1/2")
    own = ["80"]
    assert steps.judge("80", 0).outcome == "wrong"
    assert steps.judge(str(1 + 2 + 30 + 80), 1, own).named == "Not discounted."
    assert steps.judge(str(1 + 1 + 30 / 4 + 10), 1, own).carried


def small(**given: Any) -> Solution:
    work = Work(**given)
    work.let("a", "x + y", "the sum")
    work.let("b", "a*x", "times x")
    work.let("c", "b + y", "and y")
    return work.answer(c="c")


def test_small_numbers_are_named_with_care() -> None:
    solution = small(x=2, y=3)
    case = Worked(solution, (solution.step("c"),))  # a 5, b 10, c 13
    assert case.judge("10").named == "It looks like this: that is the value of `b`, a step before."
    assert case.judge("12").named == "It looks like this: one too few."
    assert case.judge("1").named == ""
    many = small(x=1, y=4)  # a 5, b 5, c 9
    assert Worked(many, (many.step("c"),)).judge("5").named == ""


def test_large_numbers_are_named_plainly() -> None:
    solution = small(x=20, y=30)  # a 50, b 1000, c 1030
    case = Worked(solution, (solution.step("c"),))
    found = case.judge("1000")
    assert found.named == "That is the value of `b`, a step before."
    assert found.step == 2
    assert case.judge("2060").named == "A factor of 2 too many."
    assert case.judge("515").named == "A factor of 2 is missing."


def test_the_base_of_a_logarithm_and_the_mean() -> None:
    work = Work(y=[1, 2, 3])
    work.let("L", "log(5) + log(y[1])")
    work.let("M", "sum(y)*7")
    solution = work.answer(loss="L", total="M")
    loss, total = (Worked(solution, (solution.step(word),)) for word in ("loss", "total"))
    assert "base" in loss.judge("3.3219").named  # log2(10)
    assert loss.judge("1.0000").outcome == "wrong"
    assert total.judge("14").named == "Divided by 3 once too often."
    assert total.judge("126").named == "Not divided by 3."


def test_a_rough_likeness_is_no_name() -> None:
    work = Work(p=2)
    work.let("L", "log(p)")
    assert Worked(work.answer(loss="L"), (work.steps[-1],)).judge("1/2").named == ""  # ln 2 times ln 2 is 0.48


def test_the_transpose_is_named() -> None:
    case = worked("matrix-backprop", "dL/dW", x="1, 2", w="1, 2, 3; 4, 5, 7", upstream="1, 5, -1")
    assert case.judge("1, 5, -1; 2, 10, -2").outcome == "right"
    assert "transpose" in case.judge("1, 2; 5, 10; -1, -2").named
    assert case.judge("1 5 -1").outcome == "wrong"


def test_precision_is_an_outcome_of_its_own() -> None:
    case = worked("softmax", "probabilities loss", logits="1, 2, 4", target="0")
    shown = [round(float(p), 2) for p in case.targets[0].value.flat]
    assert case.judge(", ".join(map(str, shown))).outcome == "imprecise"
    assert case.judge("0.0420, 0.1142, 0.8438").outcome == "right"


@pytest.mark.parametrize("text", ["", "55x55x", "huh?", "55×(55", "import os", "@conv"])
def test_unreadable_is_kept_apart(text: str) -> None:
    found = CONV.judge(text)
    assert found.outcome == "unreadable"
    assert found.message
    assert not found.read


def test_letters_are_judged_as_formulas() -> None:
    work = Work(x=catalogue.load("backprop").arguments({"expression": "x"})["expression"])
    work.let("f", "x^2")
    work.let("g", "2*f + x")
    case = Worked(work.answer(g="g"), (work.steps[-1],))
    assert case.judge("x(2x+1)").outcome == "right"
    wrong = case.judge("2x^2 - x")
    assert wrong.outcome == "wrong"
    assert wrong.counter.startswith("at x = ")
    assert case.judge("x +").outcome == "unreadable"


def test_hints_give_more_and_more_away() -> None:
    what, formulas, numbers = hints(CONV.solution, CONV.targets[0])
    assert "positions the kernel fits in" in what
    assert "\\lfloor" not in what
    assert "\\lfloor" in formulas
    assert "227" not in formulas
    assert "227" in numbers
    assert "55 \\times 55" not in "".join((what, formulas))


def test_hints_leave_out_what_is_known() -> None:
    way = leading(CONV.solution, CONV.targets[2])
    known = leading(CONV.solution, CONV.targets[0])
    assert "positions" in hints(CONV.solution, CONV.targets[2], (), len(way))[0]
    assert "positions" not in hints(CONV.solution, CONV.targets[2], known)[0]


def test_lines_of_a_solution() -> None:
    step = CONV.solution.step("weights")
    shown = line(CONV.solution, step)
    assert shown.startswith("each filter spans all input channels\n\n$$")
    assert shown.endswith("= 34848\\ \\text{weights}$$")
    place = CONV.solution.steps.index(CONV.targets[2])
    assert lines(CONV.solution, CONV.targets[2], place) == line(CONV.solution, CONV.targets[2])


def test_a_drawn_calculation_keeps_its_words() -> None:
    calculation = draw("conv", ["weights"], Random(3), "How many weights?")
    assert calculation.question.endswith("\n\nHow many weights?")
    assert "```revise\n$ revise solve conv " in calculation.answer
    assert calculation.question == draw("conv", ["weights"], Random(3), "How many weights?").question


def test_conventions_that_matter_are_told() -> None:
    assert "betas 0.9, 0.999" in draw("adam", ["m"], Random(1)).question
    assert "dims" not in draw("conv", ["weights"], Random(3)).question
