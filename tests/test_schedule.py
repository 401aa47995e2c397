"""The schedule is a pure function of the grades."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revise.schedule import Memory, Review, after, is_due, recall, replay

START = datetime(2026, 11, 20, 9, tzinfo=UTC)


def history(*grades: int, days: float = 1) -> list[Review]:
    return [Review(i, "a/b", grade, START + timedelta(days=days * i), 1, "h") for i, grade in enumerate(grades)]


def test_better_grades_wait_longer() -> None:
    waits = [after(None, grade, START).due for grade in (1, 2, 3, 4)]
    assert waits == sorted(waits) and len(set(waits)) == 4
    assert waits[0] == START + timedelta(minutes=1)


def test_known_cards_come_back_later_and_later() -> None:
    memory: Memory | None = None
    gaps = []
    at = START
    for _ in range(6):
        memory = after(memory, 3, at)
        gaps.append(memory.due - at)
        at = memory.due
    assert gaps == sorted(gaps) and gaps[-1] > timedelta(days=30)
    assert memory is not None and memory.reviews == 6 and memory.lapses == 0
    assert after(memory, 1, at).lapses == 1


def test_recall_falls_to_the_target_when_due() -> None:
    memory = after(None, 4, START)
    assert recall(memory, START) == pytest.approx(1, abs=1e-6)
    assert recall(memory, memory.due) == pytest.approx(0.9, abs=0.02)
    assert recall(memory, memory.due + timedelta(days=300)) < 0.6


def test_due() -> None:
    memory = after(None, 3, START)
    assert not is_due(memory, START) and is_due(memory, memory.due)


def test_a_clock_that_went_back_is_clamped() -> None:
    first = after(None, 3, START)
    back = after(first, 3, START - timedelta(days=400))
    assert back == after(first, 3, START)
    assert back.last == START and back.due > START
    assert 0 <= recall(first, START - timedelta(days=5)) <= 1


@pytest.mark.parametrize("at", [datetime(2026, 1, 1), datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=8)))])
def test_only_utc(at: datetime) -> None:
    with pytest.raises(ValueError, match="UTC"):
        after(None, 3, at)


@pytest.mark.parametrize("grade", [0, 5, -1])
def test_only_grades(grade: int) -> None:
    with pytest.raises(ValueError, match="grade"):
        after(None, grade, START)


def test_replay_is_step_by_step() -> None:
    reviews = history(3, 3, 1, 4)
    memory: Memory | None = None
    for review in reviews:
        memory = after(memory, review.grade, review.at, review.text_hash)
    assert replay(reviews) == {"a/b": memory}


@given(st.lists(st.tuples(st.integers(1, 4), st.integers(-10_000, 10_000_000)), min_size=1, max_size=12))
def test_any_history_gives_the_same_schedule_twice(steps: list[tuple[int, int]]) -> None:
    at, reviews = START, []
    for number, (grade, seconds) in enumerate(steps):
        at += timedelta(seconds=seconds)
        reviews.append(Review(number, "k", grade, at, 0, ""))
    once, twice = replay(reviews), replay(reviews)
    assert once == twice
    assert once["k"].due > once["k"].last and once["k"].stability > 0
    assert once["k"].reviews == len(steps)


def test_an_evening_and_the_next_morning_are_a_day_apart() -> None:
    evening = START.replace(hour=20)
    learnt = after(after(None, 3, evening), 3, evening + timedelta(minutes=10))
    assert learnt.state == 2
    whole = after(learnt, 3, learnt.last + timedelta(days=1))
    for hours in (12, 20, 30):
        morning = after(learnt, 3, learnt.last + timedelta(hours=hours))
        assert morning.stability == whole.stability
        assert morning.last == learnt.last + timedelta(hours=hours)
        assert morning.due - morning.last == whole.due - whole.last
    assert after(learnt, 3, learnt.last + timedelta(hours=11)).stability < whole.stability
