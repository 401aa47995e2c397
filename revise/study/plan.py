"""The days up to an exam: what each brings if the queue is followed, and what does not fit in the time."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from math import ceil
from random import Random
from typing import NamedTuple

from revise import schedule
from revise.schedule import Memory, Review
from revise.study.day import exam_begins
from revise.study.deck import FLASHCARDS, Item
from revise.study.forgetting import REVIEW, recall_at
from revise.study.limits import LONGEST, Done, Limits
from revise.study.mastery import Standing, standings
from revise.study.queue import Queue

SECONDS = {"basic": 15.0, "reverse": 12.0, "cloze": 12.0, "calc": 90.0}
"""How long a question takes a student of whom nothing is known yet, by kind."""
_ENOUGH = 20
"""From so many grades of a kind on, the student's own time counts."""
_FIRST_TRY, _IN_STEPS = 0.7, 0.9
"""The chance of "good" for an unseen card, and for one in its learning steps."""
_NEW_UNTIL = 0.8
"""The part of the days over which new cards are spread, so that the last ones settle too."""
DAYS = 14
"""So many days are planned where there is no exam."""
_ASKS = 4
"""How often a new card is asked before an exam, as a rule of thumb."""


class Day(NamedTuple):
    """One day of the plan: new cards by topic, all questions (first ones and repeats), and minutes."""

    date: date
    new: dict[str, int]
    reviews: int
    minutes: float


class Plan(NamedTuple):
    """From today to the day before the exam (or DAYS days); one likely course, not a promise."""

    days: list[Day]
    new_per_day: int
    """The pace of new cards that the days follow."""
    left: dict[str, int]
    """Topic → flashcards that are still unseen when the exam comes, or the days are over."""
    more_minutes: float
    """About this many more a day would leave none unseen; 0 where time is not what lacks."""
    standings: list[Standing]
    """Where the student stands on the day of the exam, or after the days, if the plan is followed."""


def pace(unseen: int, today: date, exam: date) -> int:
    """How many new cards a day bring all of them in, with days to spare for the last ones."""
    return ceil(unseen / max(1, int((exam - today).days * _NEW_UNTIL)))


def seconds_by_kind(reviews: Iterable[Review], items: Iterable[Item]) -> dict[str, float]:
    """How long the student takes for a question of each kind: the median, else `SECONDS`."""
    from statistics import median

    kinds = {item.key: item.kind for item in items}
    taken: dict[str, list[float]] = {}
    for review in reviews:
        if review.key in kinds and review.seconds > 0:
            taken.setdefault(kinds[review.key], []).append(min(review.seconds, LONGEST))
    return {**SECONDS, **{kind: median(times) for kind, times in taken.items() if len(times) >= _ENOUGH}}


def calendar(
    items: Sequence[Item],
    memories: Mapping[str, Memory],
    today: date,
    exam: date | None,
    minutes_per_day: float | None,
    needs: Mapping[str, Collection[str]] | None = None,
    *,
    new_per_day: int | None = None,
    named: Collection[str] = (),
    suspended: Collection[str] = (),
    done: Done = Done(),  # noqa: B008 - a tuple
    seconds: Mapping[str, float] = SECONDS,
    zone: tzinfo | None = None,
) -> Plan:
    """The plan from `today` on, by running the queue day after day with answers drawn from the predicted recall.

    `new_per_day` is the most the student wants; `done` is what today saw already. Where there is no exam, the same
    number of new cards comes every day, and `minutes_per_day` may be without a bound. The same question, the same plan.
    """
    suspended = frozenset(suspended)
    wanted = [it for it in items if it.kind in FLASHCARDS and (not named or it.topic in named)]
    wanted = [it for it in wanted if it.key not in suspended]
    unseen = sum(it.key not in memories for it in wanted)
    end = today + timedelta(days=DAYS) if exam is None else exam
    new = Limits().new_per_day if new_per_day is None else new_per_day
    if exam is not None:
        new = pace(unseen, today, exam) if new_per_day is None else min(pace(unseen, today, exam), new_per_day)
    limits = Limits(new, minutes_per_day=minutes_per_day)
    start = exam_begins(today, zone)
    queue = Queue(
        items, memories, start, done=done, suspended=suspended, needs=needs, named=named, exam=exam, limits=limits,
        zone=zone,
    )  # fmt: skip
    known = dict(memories)
    chance = Random(0)
    days = []
    for offset in range((end - today).days):
        day = today + timedelta(days=offset)
        days.append(_studied(queue, known, day, exam_begins(day, zone), seconds, chance))
    left = Counter(it.topic for it in wanted if it.key not in known)
    short = any(sum(day.new.values()) < new for day in days[: int(len(days) * _NEW_UNTIL)])
    lacking = sum(_ASKS * _time(seconds, it.kind) for it in wanted if it.key not in known) / 60
    return Plan(
        days=days,
        new_per_day=new,
        left=dict(left),
        more_minutes=lacking / len(days) if days and short and exam is not None else 0.0,
        standings=standings(wanted, known, exam_begins(end, zone), exam, zone=zone),
    )


def _studied(
    queue: Queue, known: dict[str, Memory], day: date, at: datetime, seconds: Mapping[str, float], chance: Random
) -> Day:
    """Work the queue of one day down, and write what is then known into `known`."""
    new: Counter[str] = Counter()
    asked = 0
    spent = 0.0
    while (item := queue.next(at)) is not None:
        memory = known.get(item.key)
        new[item.topic] += memory is None
        known[item.key] = schedule.after(memory, 3 if chance.random() < _likely(memory, at) else 1, at)
        queue.graded(item, known[item.key], _time(seconds, item.kind))
        asked += 1
        spent += _time(seconds, item.kind)
        at += timedelta(seconds=_time(seconds, item.kind))
    return Day(day, dict(+new), asked, spent / 60)


def _likely(memory: Memory | None, at: datetime) -> float:
    if memory is None:
        return _FIRST_TRY
    return recall_at(memory, at) if memory.state == REVIEW else _IN_STEPS


def _time(seconds: Mapping[str, float], kind: str) -> float:
    return seconds.get(kind, SECONDS["basic"])
