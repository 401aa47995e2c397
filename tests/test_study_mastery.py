"""The forgetting curve agrees with the fsrs library; standings count what they say."""

from datetime import UTC, date, timedelta

import pytest
from fsrs import Scheduler
from hypothesis import given
from hypothesis import strategies as st
from study import START, card, cards, review_state

from revise import schedule
from revise.schedule import Memory
from revise.study.forgetting import FACTOR, gain, recall_at, recalls
from revise.study.mastery import LEECH, is_leech, is_weak, standings

memories = st.builds(
    lambda stability, difficulty, hours, lapses: Memory(
        2, None, stability, difficulty, START, START - timedelta(hours=hours), 3, lapses, ""
    ),
    st.floats(0.01, 3000),
    st.floats(1, 10),
    st.floats(0, 20_000),
    st.integers(0, 9),
)


@given(memories)
def test_recall_is_that_of_the_library(memory: Memory) -> None:
    assert recall_at(memory, START) == pytest.approx(schedule.recall(memory, START), rel=1e-12)
    assert list(recalls([memory], START)) == [recall_at(memory, START)]


@given(memories, st.integers(0, 200))
def test_the_gain_is_what_a_review_brings(memory: Memory, days: int) -> None:
    exam = START + timedelta(days=days)
    known = schedule.recall(memory, START)
    after = [schedule.recall(schedule.after(memory, grade, START), exam) for grade in (3, 1)]
    expected = known * after[0] + (1 - known) * after[1] - schedule.recall(memory, exam)
    assert gain(memory, START, exam) == pytest.approx(expected, rel=1e-9, abs=1e-12)


def test_the_curve_passes_through_nine_tenths() -> None:
    assert recall_at(review_state(START, 10), START) == pytest.approx(0.9)
    assert pytest.approx(Scheduler()._FACTOR, rel=1e-12) == FACTOR


def test_leeches_and_weak_cards() -> None:
    assert is_leech(review_state(START, lapses=LEECH)) and not is_leech(review_state(START, lapses=LEECH - 1))
    fresh = review_state(START + timedelta(days=9), 10)
    assert not is_weak(fresh, START)
    assert is_weak(fresh, START + timedelta(days=100)) and is_weak(review_state(START, lapses=LEECH), START)
    assert is_weak(schedule.after(fresh, 1, START + timedelta(days=9)), START + timedelta(days=9))


def test_standings() -> None:
    items = [*cards(4, "a"), card("q", "a", "choice"), *cards(1, "b")]
    known = {
        "a/c0": review_state(START, 10),
        "a/c1": review_state(START + timedelta(days=9), 10),
        "a/c2": schedule.after(None, 1, START),
        "a/q": review_state(START),
        "gone/x": review_state(START),
    }
    first, second = standings(items, known, START, date(2026, 12, 20), suspended={"a/c3"}, zone=UTC)
    assert first[:6] == ("a", 3, 3, 2, 2, 1)
    assert first.recall == pytest.approx(sum(schedule.recall(known[f"a/c{n}"], START) for n in range(3)) / 3)
    exam = START.replace(month=12)
    assert first.on_exam == pytest.approx(sum(schedule.recall(known[f"a/c{n}"], exam) for n in range(3)) / 3)
    assert second == ("b", 1, 0, 0, 0, 0, 0.0, 0.0)
    assert standings(items, known, START)[0].on_exam is None
