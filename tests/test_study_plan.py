"""The days up to an exam."""

from datetime import UTC, date, timedelta

import pytest
from study import START, card, cards, review_state

from revise.schedule import Review
from revise.study.limits import Done
from revise.study.plan import SECONDS, Plan, calendar, pace, seconds_by_kind

TODAY, EXAM = START.date(), date(2026, 12, 20)


def plan(count: int = 60, minutes: float = 20, **more: object) -> Plan:
    items = [*cards(count // 2, "base"), *cards(count // 2, "top"), card("q", "top", "choice")]
    needs = {"top": ("base",)}
    return calendar(items, {}, TODAY, EXAM, minutes, needs, zone=UTC, **more)  # type: ignore[arg-type]


def test_every_day_up_to_the_exam() -> None:
    made = plan()
    assert [day.date for day in made.days] == [TODAY + timedelta(days=offset) for offset in range(30)]
    assert all(day.minutes <= 20 + SECONDS["basic"] / 60 for day in made.days)
    assert all(day.minutes == pytest.approx(day.reviews * SECONDS["basic"] / 60) for day in made.days)


def test_all_cards_come_in_and_the_base_first() -> None:
    made = plan()
    assert made.left == {} and made.more_minutes == 0
    assert made.new_per_day == pace(60, TODAY, EXAM) == 3
    for topic in ("base", "top"):
        assert sum(day.new.get(topic, 0) for day in made.days) == 30
    assert "top" not in made.days[0].new
    assert all(it.on_exam is not None and it.on_exam > 0.9 and it.seen == it.cards == 30 for it in made.standings)


def test_what_does_not_fit_is_said_and_how_many_minutes_would_do() -> None:
    short = plan(400, 7)
    assert sum(short.left.values()) > 50 and short.more_minutes > 0
    unseen = sum(it.cards - it.seen for it in short.standings)
    assert unseen == sum(short.left.values())
    longer = plan(400, 7 + short.more_minutes)
    assert sum(longer.left.values()) < sum(short.left.values()) * 0.2


def test_a_limit_on_new_cards_that_lacks_no_time() -> None:
    made = plan(400, 60, new_per_day=5)
    assert made.new_per_day == 5 and made.more_minutes == 0
    assert sum(made.left.values()) == 400 - 30 * 5


def test_the_same_question_the_same_plan() -> None:
    assert plan() == plan()


def test_what_was_done_today_counts() -> None:
    assert sum(plan(done=Done(seconds=20 * 60)).days[0].new.values()) == 0


def test_named_topics_and_suspended_cards() -> None:
    made = plan(named=["top"], suspended=["top/c0"])
    assert {topic for day in made.days for topic in day.new} == {"top"}
    assert sum(day.new.get("top", 0) for day in made.days) == 29
    assert [it.topic for it in made.standings] == ["top"]


@pytest.mark.parametrize("exam", [TODAY, TODAY - timedelta(days=3)])
def test_on_the_day_itself_nothing_is_planned(exam: date) -> None:
    made = calendar(cards(5), {"t/c0": review_state(START)}, TODAY, exam, 20, zone=UTC)
    assert made.days == [] and made.left == {"t": 4} and made.more_minutes == 0


def test_the_students_own_time_counts() -> None:
    items = [card("a"), card("b", kind="calc")]
    reviews = [Review(number, "t/a", 3, START, 40, "") for number in range(25)]
    reviews += [Review(99, "t/b", 3, START, 5, ""), Review(100, "solve/conv", 3, START, 5, "")]
    assert seconds_by_kind(reviews, items) == {**SECONDS, "basic": 40}
