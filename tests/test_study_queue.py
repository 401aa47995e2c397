"""What is asked next, and what never is."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from study import START, Student, card, cards, review_state

from revise import schedule
from revise.schedule import Memory, Review
from revise.study.deck import Item
from revise.study.limits import Done, Limits, done_today
from revise.study.queue import Queue

MODES = ("all", "due", "new", "weak")


def queue(items: list[Item], memories: dict[str, Memory] | None = None, **more: object) -> Queue:
    return Queue(items, memories or {}, START, **{"zone": UTC, **more})  # type: ignore[arg-type]


def sitting(items: list[Item], memories: dict[str, Memory] | None = None, **more: object) -> Student:
    return Student(queue(items, memories, **more), memories or {})


def in_days(days: float, stability: float = 10) -> Memory:
    return review_state(START + timedelta(days=days), stability)


@st.composite
def decks(draw: st.DrawFn) -> tuple[list[Item], dict[str, Memory], dict[str, tuple[str, ...]]]:
    """Some topics with siblings, part of them seen, at any distance from their next time."""
    items: list[Item] = []
    memories: dict[str, Memory] = {}
    for number in range(draw(st.integers(1, 4))):
        for name in range(draw(st.integers(0, 6))):
            for gap in range(draw(st.integers(1, 3))):
                item = card(f"c{name}#{gap + 1}", f"t{number}", "cloze")
                items.append(item)
                if draw(st.booleans()):
                    days = draw(st.floats(-40, 40))
                    memories[item.key] = in_days(days, draw(st.floats(0.5, 60)))
                elif draw(st.booleans()):
                    memories[item.key] = schedule.after(None, draw(st.sampled_from([1, 3])), START - timedelta(days=2))
    needs = {"t1": ("t0",), "t2": ("t1", "t0"), "t3": ("t2",)}
    return items, memories, needs


exams = st.sampled_from([None, date(2026, 11, 21), date(2026, 12, 20), date(2027, 6, 1)])
limits = st.builds(Limits, st.integers(0, 8), st.none() | st.integers(0, 12), st.none() | st.floats(0, 5))


@settings(max_examples=150, deadline=None)
@given(decks(), exams, limits, st.sampled_from(MODES), st.integers(0, 99))
def test_laws_of_a_day(deck: tuple, exam: date | None, bounds: Limits, mode: str, seed: int) -> None:  # type: ignore[type-arg]
    items, memories, needs = deck
    found = {item.key: item for item in items}
    student = Student(queue(items, memories, needs=needs, exam=exam, limits=bounds, mode=mode), memories, seed)
    while (item := student.queue.next(student.at)) is not None:
        # No new card of a topic that is held back.
        assert item.key in student.memories or _free(item.topic, items, student, needs)
        assert item == student.answer(), "next only looks"
    asked = student.asked
    # No sibling of a card is asked on the same day.
    assert len({found[key].card for key in asked}) == len(set(asked))
    # The limits hold.
    new = {key for key in asked if key not in memories}
    assert len(new) <= bounds.new_per_day
    assert bounds.cards is None or len(asked) <= bounds.cards
    # Nothing that is due is lost: it was asked, a sibling was, or a limit that is told stopped the sitting.
    rest = student.queue.rest(student.at)
    due = {key for key, memory in memories.items() if memory.due < START + timedelta(hours=19)}
    if not rest.limit and mode in ("all", "due"):
        assert {found[key].card for key in due} <= {found[key].card for key in asked}
        assert student.queue.counts(student.at)[0] == 0
    # Only what is due is asked, but for new cards and before an exam.
    if exam is None and mode in ("all", "due"):
        assert set(asked) <= due | new
    assert not (mode == "due" and new)
    # The same day again gives the same order.
    again = Student(queue(items, memories, needs=needs, exam=exam, limits=bounds, mode=mode), memories, seed)
    assert again.work() == asked


def _free(topic: str, items: list[Item], student: Student, needs: dict[str, tuple[str, ...]]) -> bool:
    """Whether all bases of `topic` are learnt now, counted anew."""
    for base in needs.get(topic, ()):
        keys = [item.key for item in items if item.topic == base]
        known = sum(key in student.memories and student.memories[key].state == 2 for key in keys)
        if known < 0.6 * len(keys):
            return False
    return True


@settings(max_examples=60, deadline=None)
@given(decks(), exams, st.lists(st.sampled_from(["good", "again", "undo", "skip", "suspend", "night"])))
def test_a_restart_and_an_undo_change_nothing(deck: tuple, exam: date | None, events: list[str]) -> None:  # type: ignore[type-arg]
    """After any events a queue made anew from the record goes on as the one that lived through them."""
    items, memories, needs = deck
    known, suspended, log = dict(memories), set[str](), list[tuple[str, Memory | None, datetime]]()
    at = START
    living = queue(items, memories, needs=needs, exam=exam)
    for event in events:
        item = living.next(at)
        if event == "night":
            at += timedelta(days=1)
        elif event == "undo" and log:
            key, before, _ = log.pop()
            if before is None:
                del known[key]
            else:
                known[key] = before
            living.undone(key, before)
            assert key in suspended or ((top := living.next(at)) is not None and top.key == key)
        elif item is not None and event in ("good", "again"):
            log.append((item.key, known.get(item.key), at))
            known[item.key] = schedule.after(known.get(item.key), 3 if event == "good" else 1, at)
            living.graded(item, known[item.key])
        elif item is not None and event == "suspend":
            suspended.add(item.key)
            living.suspend(item.key)
        elif item is not None and event == "skip":
            living.skip(item)
            following = living.next(at)
            assert following is None or following.card != item.card
            return
        at += timedelta(seconds=7)
    today = Counter(key for key, _, when in log if when >= START.replace(hour=4) + timedelta(days=(at - START).days))
    new = frozenset(key for key in today if known[key].reviews == today[key] and key not in memories)
    fresh = Queue(items, known, at, needs=needs, exam=exam, suspended=suspended, done=Done(today, new), zone=UTC)
    assert living.counts(at) == fresh.counts(at)
    assert living.held_back() == fresh.held_back()
    assert set(_drained(living, known, at)) == set(_drained(fresh, known, at))


def _drained(asked: Queue, known: dict[str, Memory], at: datetime) -> list[str]:
    student = Student(asked, known)
    student.at = at
    return student.work(4)


def test_due_comes_before_new_and_longest_due_first() -> None:
    items = cards(4)
    memories = {"t/c2": in_days(-1), "t/c3": in_days(-5), "t/c1": in_days(3)}
    assert sitting(items, memories).work(4) == ["t/c3", "t/c2", "t/c0"]


def test_what_is_due_tonight_is_asked_this_morning() -> None:
    late = {"t/c0": in_days(0.7), "t/c1": in_days(0.8)}
    assert sitting(cards(2), late).work(4) == ["t/c0"]


def test_a_failed_card_comes_back_in_the_same_sitting() -> None:
    student = sitting(cards(3))
    assert student.answer(1) == card("c0")
    student.at += timedelta(minutes=2)
    assert student.answer(3) == card("c0")
    assert [student.answer(4), student.answer(4)] == [card("c1"), card("c2")]
    assert student.answer(3) == card("c0")  # nothing else is left: it doesn't wait the ten minutes out
    assert student.answer() is None


def test_siblings_wait_for_another_day() -> None:
    items = [card("c#1"), card("c#2"), card("d")]
    student = sitting(items)
    assert student.work(4) == ["t/c#1", "t/d"]
    assert student.queue.rest(student.at)[:4] == ("", 0, 1, 0)
    student.at += timedelta(days=1)
    assert student.work(4) == ["t/c#2"]
    done = Done({"t/c#1": 1})
    assert sitting(items, {"t/c#1": in_days(9)}, done=done).work(4) == ["t/d"]


def test_new_cards_of_a_day_also_after_a_restart() -> None:
    limits = Limits(new_per_day=3)
    student = sitting(cards(9), limits=limits)
    assert student.queue.counts(START) == (0, 3)
    student.answer(4)
    reviews = [Review(1, "t/c0", 4, START, 900, "h")]
    done = done_today(reviews, student.memories)
    assert done == ({"t/c0": 1}, {"t/c0"}, 300)
    assert sitting(cards(9), student.memories, done=done, limits=limits).work(4) == ["t/c1", "t/c2"]
    student.work(4)
    assert student.queue.rest(student.at).new == 6
    student.at += timedelta(days=1)
    assert student.work(4) == ["t/c3", "t/c4", "t/c5"]


def test_a_clock_that_goes_back_begins_no_day() -> None:
    student = sitting(cards(5), limits=Limits(new_per_day=1))
    student.answer(4)
    student.at -= timedelta(days=3)
    assert student.answer(4) is None


def test_limits_of_a_sitting() -> None:
    student = sitting(cards(9), limits=Limits(cards=2))
    assert len(student.work(4)) == 2 and student.queue.rest(student.at).limit == "cards"
    student = sitting(cards(9), limits=Limits(minutes=1))
    assert len(student.work(4)) == 6 and student.queue.rest(student.at).limit == "minutes"
    student = sitting(cards(9), limits=Limits(minutes_per_day=1), done=Done(seconds=35))
    assert len(student.work(4)) == 3 and student.queue.rest(student.at).limit == "day"
    student.queue.undone("t/c2", None, 10)
    assert student.queue.next(student.at) == card("c2")


def test_needs_hold_new_cards_back() -> None:
    items = [*cards(5, "base"), *cards(2, "top"), *cards(1, "free")]
    needs = {"top": ("base", "without-cards"), "free": ("without-cards",)}
    student = sitting(items, needs=needs, limits=Limits(new_per_day=2))
    assert student.queue.held_back() == {"top": "base"}
    assert student.work(4) == ["base/c0", "base/c1"]
    student.at += timedelta(days=1)
    assert student.answer(4) == card("c2", "base")
    assert student.queue.held_back() == {}
    assert student.answer(4) == card("c3", "base")
    named = sitting(items, needs=needs, named=["top"])
    assert named.work(4) == ["top/c0", "top/c1"]
    seen = sitting(items, {"top/c0": in_days(-1)}, needs=needs)
    assert seen.answer(4) == card("c0", "top"), "what was seen is never held back"


def test_questions_and_suspended_cards_don_t_hold_a_topic_back() -> None:
    items = [*cards(2, "base"), card("q", "base", "choice"), card("r", "base", "short"), *cards(1, "top")]
    memories = {"base/c0": in_days(5)}
    assert queue(items, memories, needs={"top": ("base",)}).held_back() == {"top": "base"}
    lively = queue(items, memories, needs={"top": ("base",)})
    lively.suspend("base/c1")
    assert lively.held_back() == {} and lively.next(START) == card("c0", "top")
    lively.resume("base/c1")
    assert lively.held_back() == {"top": "base"} and lively.next(START) == card("c1", "base")


def test_topics_that_need_each_other_hold_nothing_back() -> None:
    items = [*cards(1, "a"), *cards(1, "b"), *cards(1, "c")]
    needs = {"a": ("b", "a"), "b": ("a",), "c": ("b",)}
    assert queue(items, needs=needs).held_back() == {"c": "b"}


def test_modes() -> None:
    items = cards(5)
    memories = {"t/c0": in_days(-1, 10), "t/c1": in_days(5, 10), "t/c2": in_days(-300, 10), "t/c3": in_days(8)}
    memories["t/c3"] = review_state(START + timedelta(days=8), lapses=6)
    assert sitting(items, memories, mode="due").work(4) == ["t/c2", "t/c0"]
    assert sitting(items, memories, mode="new").work(4) == ["t/c4"]
    assert sitting(items, memories, mode="weak").work(4) == ["t/c2", "t/c3"]


def test_undo_as_often_as_wanted() -> None:
    student = sitting(cards(3), limits=Limits(new_per_day=2))
    student.answer(4)
    student.answer(4)
    assert student.answer(4) is None
    for name in ("c1", "c0"):
        del student.memories[f"t/{name}"]
        student.queue.undone(f"t/{name}", None)
        assert student.queue.next(student.at) == card(name)
    assert student.work(4) == ["t/c0", "t/c1"]
    student.queue.undone("elsewhere/x", None)  # a card of other content: nothing to ask
    assert student.answer() is None


def test_skipped_cards_and_their_siblings_rest() -> None:
    skipping = queue([card("c#1"), card("c#2"), card("d")])
    skipping.skip(card("c#1"))
    assert skipping.next(START) == card("d") and skipping.counts(START) == (0, 1)
    assert skipping.rest(START)[2:4] == (1, 1)
    assert skipping.next(START + timedelta(days=1)) == card("c#1")


@pytest.mark.parametrize("exam,first", [(date(2026, 11, 19), "t/c1"), (date(2026, 12, 20), "t/c0")])
def test_an_exam_that_is_over_changes_nothing(exam: date, first: str) -> None:
    memories = {"t/c0": in_days(-1, 3), "t/c1": in_days(-9, 300)}
    items = [card("c1"), card("c0")]
    assert sitting(items, memories, exam=exam).work(4)[0] == first


def test_questions_of_the_quiz_take_no_flashcard_s_place() -> None:
    items = [card("q", kind="choice"), *cards(2)]
    memories = {"t/q": in_days(5)}
    student = sitting(items, memories, done=Done({"t/q": 1}, frozenset(["t/q", "solve/conv"])), limits=Limits(2))
    assert student.work(4) == ["t/c0", "t/c1"]
    assert sitting(items, kinds=["choice"]).work(4) == ["t/q"]


def test_before_an_exam_new_and_due_cards_take_turns() -> None:
    memories = {f"t/c{number}": in_days(-1, 3 + number) for number in range(4)}
    student = sitting(cards(7), memories, exam=date(2026, 12, 20), limits=Limits(new_per_day=2))
    assert ["new" if key not in memories else "due" for key in student.work(4)] == ["new", "due", "new", *["due"] * 3]


def test_a_grade_taken_back_frees_the_siblings() -> None:
    student = sitting([card("c#1"), card("c#2")])
    student.answer(4)
    assert student.answer() is None
    student.queue.undone("t/c#1", None)
    student.queue.suspend("t/c#1")
    assert student.queue.next(student.at) == card("c#2")


def test_a_clock_that_went_back_turns_no_day() -> None:
    """A card seen in the future leaves its siblings to another day all the same."""
    items = [card("b#1"), card("b#2"), card("a")]
    later = START + timedelta(days=3)
    early = START - timedelta(hours=2)
    memories = {"t/b#1": review_state(early, 5), "t/b#2": review_state(START, 5), "t/a": review_state(START, 5, later)}
    student = Student(queue(items, memories), memories)
    assert student.work(grade=4) == ["t/b#1", "t/a"]
