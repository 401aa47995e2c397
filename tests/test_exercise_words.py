"""What a question says beside what is given: meanings, things taken for granted, and what leads to a step."""

import re
from random import Random

import pytest

from revise import catalogue
from revise.exercise import meanings
from revise.exercise.calculation import sampled, told
from revise.exercise.leading import leading
from revise.exercise.lines import hints
from revise.exercise.short_answer import expected
from revise.exercise.unsaid import UNSAID
from revise.topic import Face, open_library

SOLVERS = {meanings.module_name(solver): solver for solver in map(catalogue.load, catalogue.names())}
SEEDS = 80


def words_of(name: str) -> set[str]:
    draws = [sampled(SOLVERS[name], Random(seed)) for seed in range(SEEDS)]
    return {word for found in draws if found for word in found[1].answers}


@pytest.mark.parametrize("name", meanings.MEANINGS)
def test_every_meaning_is_of_an_answer_that_is_drawn(name: str) -> None:
    words = words_of(name)
    for pattern in meanings.MEANINGS[name]:
        assert any(re.fullmatch(pattern, word) for word in words), pattern


@pytest.mark.parametrize("name", UNSAID)
def test_what_is_taken_for_granted_is_a_parameter(name: str) -> None:
    for each in UNSAID[name]:
        assert each.missing in ("", "gain") or each.missing in SOLVERS[name].parameters
        assert each.where.keys() <= SOLVERS[name].parameters.keys()


@pytest.mark.parametrize("table", [meanings.NO_NEXT_LINE, meanings.NOT_GIVEN])
def test_the_other_tables_name_solvers(table: dict[str, object]) -> None:
    assert table.keys() <= SOLVERS.keys()


@pytest.mark.parametrize("name", meanings.NOT_GIVEN)
def test_what_makes_no_question_is_a_parameter(name: str) -> None:
    assert meanings.NOT_GIVEN[name].keys() <= SOLVERS[name].parameters.keys()


def asked(name: str, ask: str, **given: object) -> str:
    solver = SOLVERS[name]
    return told(solver, given, solver.solve(**given), [ask], "").question


def test_a_short_word_is_explained() -> None:
    question = asked("bce", "start", probabilities="0.2", target="1")
    assert question.endswith("Work out the **start** ($L_{0}$: the loss where every p is 1/2).")


def test_what_starts_at_0_is_said_unless_it_is_given() -> None:
    given = {"input": "1, 1; -1, -1", "target": "1, -1", "bias": "none", "epochs": 2}
    assert "weights start at 0" in asked("perceptron", "weights", **given)
    assert "weights start at 0" not in asked("perceptron", "weights", **given, start="1, 0")


def test_a_choice_that_changes_nothing_is_not_told() -> None:
    given = {"actual": "5, 3", "predicted": "4, 3", "mape": "percent"}
    assert "mape" not in asked("regression_metrics", "mse", **given)
    assert "mape: percent" in asked("regression_metrics", "mape", **given)


def test_a_number_with_a_default_is_told_where_a_step_needs_it() -> None:
    given = {"input": "1, 1; -1, -1", "target": "1, -1", "bias": "none", "lr": "1/2", "start": "1, 1", "epochs": 1}
    assert "lr: 1/2" in asked("perceptron", "weights", **{**given, "target": "-1, -1"})


def test_tiny_defaults_are_powers_of_ten() -> None:
    given = {"function": "x^2", "start": "x=1", "steps": 1, "lr": "0.1"}
    assert "eps 1e-10" in asked("adagrad", "x", **{**given, "start": "x=1e-9"})


def test_only_the_entries_that_are_read_lead_to_a_step() -> None:
    solution = SOLVERS["hinge"].solve(scores="1.3, 2, 4.9; -1, -1, 4.9", target="1, 0")
    way = leading(solution, solution.step("violated-2"))
    assert [step.shown for step in way] == ["v[2,1]", "v[2,2]", "k[2]"]
    assert "v_{1" not in "".join(hints(solution, solution.step("violated-2")))


def test_all_updates_of_an_entry_lead_to_it() -> None:
    solution = SOLVERS["q_learning"].solve(
        episode="C right 6 A; A left 6 B; B left 4 C; C right 5 end", alpha="0.1", gamma="1"
    )
    shown = [step.shown for step in leading(solution, solution.step("Q(C,right)"))]
    assert shown.count("Q[C,right]") == 2
    assert "Q[A,left]" not in shown


@pytest.mark.parametrize(
    ("back", "value"),
    [("$0.5^3 = 0.125$", "1/8"), ("$(1/4)^4 = 1/256$", "1/256"), ("$a = 1, b = 2$", None), ("$1 = 2x$", None)],
)
def test_of_a_sum_what_it_comes_to_is_asked(back: str, value: str | None) -> None:
    card = next(card for card in open_library().read("momentum")[0].cards if card.kind not in ("cloze", "calc"))
    asked = expected(Face("momentum/x", "", back, card))
    assert (asked and str(asked.value)) == value
