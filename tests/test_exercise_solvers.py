"""Every solver as a source of questions: right answers, mistakes and nonsense are told apart."""

from collections.abc import Iterator
from random import Random

import pytest

from revise import catalogue
from revise.answers import value_text
from revise.equality import same_value
from revise.exercise.carrying import replayed
from revise.exercise.mistakes import formulas_of, known_mistakes
from revise.exercise.picking import drawn_calculation, drawn_next_line
from revise.exercise.question import Question
from revise.exercise.reading import read
from revise.numerals import Numerals

NAMES = catalogue.names()
SEEDS = 2
NONSENSE = ("", "banana(", "?? what", "import os", '__import__("os")', "((", "1;;2)")
NEVER_A_CALCULATION = {"gridworld"}  # its worlds have too many transitions for a table
NEVER_A_NEXT_LINE = {"architecture", "gradient-check"}  # names without a reason; differences that rounding eats
NEVER = {"linearly-separable"}  # its weights are not the only ones


def drawn(name: str) -> Iterator[Question]:
    for make in (drawn_calculation, drawn_next_line):
        for seed in range(SEEDS):
            question = make(name, "topic", Random(seed))
            if question is not None:
                yield question


@pytest.mark.parametrize("name", NAMES)
def test_a_solver_gives_questions(name: str) -> None:
    found = list(drawn(name))
    kinds = {question.kind for question in found}
    never = {"next": NEVER_A_NEXT_LINE | NEVER, "calc": NEVER_A_CALCULATION | NEVER}
    assert kinds == {kind for kind, names in never.items() if name not in names}
    again = [question.prompt for question in drawn(name)]
    assert [question.prompt for question in found] == again
    for question in found:
        _check_right_and_nonsense(question)
        _check_mistakes(question)


def _check_right_and_nonsense(question: Question) -> None:
    assert question.worked is not None
    assert question.level in (1, 2, 3)
    typed: list[str] = []
    for part, step in enumerate(question.worked.targets):
        shown = value_text(step.value, Numerals(), step.unit)
        found = question.judge(shown, part, typed)
        assert found.outcome == "right", (shown, question.parts[part], found)
        assert not found.carried
        for text in NONSENSE:
            assert question.judge(text, part).outcome == "unreadable", text
        given = question.hints(part)
        assert 2 <= len(given) <= 3
        assert len(set(given)) == len(given)
        assert question.solution_from(None, part)
        typed.append(shown)


def _check_mistakes(question: Question) -> None:
    """What each known mistake gives is wrong, and said to be that mistake, unless several give it."""
    assert question.worked is not None
    solution, module = question.worked.solution, question.worked.module
    for part, step in enumerate(question.worked.targets):
        asked = question.worked.asked[part]
        right = value_text(step.value, Numerals(), step.unit)
        for name, label, tree in formulas_of(solution, module):
            steps = replayed(solution, {name: tree}, step)
            if not steps or steps[-1][1] is not step or same_value(steps[-1][2], step.value):
                continue
            text = value_text(steps[-1][2], Numerals(), step.unit)
            found = question.judge(text, part)
            if text == right or found.outcome == "right":  # not told apart to four decimals
                continue
            if "undefined" in text or "∞" in text:
                continue
            assert found.outcome == "wrong", (label, text, right)
            known = [guess.text for guess in known_mistakes(solution, module, step, asked, read(asked, text), {})]
            assert label in known
            assert (found.named != "") == (len(known) <= 2), (label, text)
            if len(known) == 1:
                assert label[1:] in found.named
