"""What the record and its settings make of a deck: the student's day, shared by all that asks or counts."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple, cast

from revise.progress.record import Record
from revise.schedule import Memory
from revise.study.day import beginning, day_of
from revise.study.deck import Deck
from revise.study.limits import Done, Limits, done_today
from revise.study.queue import Queue
from revise.study.ranking import Mode

NEW_PER_DAY = 20


class Wanted(NamedTuple):
    """What the command line asks for; None where the record's settings or the usual ones hold."""

    part: str | None = None
    mode: str = "all"
    two: bool = False
    new_per_day: int | None = None
    cards: int | None = None
    minutes: float | None = None


def day_queue(
    found: Deck,
    record: Record,
    wanted: Wanted,
    named: Sequence[str],
    now: datetime | None = None,
    memories: Mapping[str, Memory] | None = None,
    done: Done | None = None,
) -> Queue:
    """Today's cards: what the record and its settings make of the deck.

    `memories` and what is `done` today are given where they are read already.
    """
    now = now or datetime.now(UTC)
    memories, settings = record.memories() if memories is None else memories, record.settings()
    if done is None:
        done = done_today(record.reviews(since=beginning(day_of(now))), memories)
    return Queue(
        found.items,
        memories,
        now,
        done=done,
        suspended=record.suspended(),
        needs={} if wanted.part else found.needs,
        named=named or topics_of(settings, found.titles),
        exam=exam_of(settings),
        limits=Limits(
            new_per_day_of(settings) if wanted.new_per_day is None else wanted.new_per_day,
            wanted.cards,
            wanted.minutes,
            minutes_of(settings),
        ),
        mode=cast("Mode", wanted.mode),
    )


def exam_of(settings: Mapping[str, Any]) -> date | None:
    """The day of the exam, whether or not it is past."""
    try:
        return date.fromisoformat(settings.get("exam") or "")
    except (TypeError, ValueError):  # an imported record may say anything
        return None


def topics_of(settings: Mapping[str, Any], known: Mapping[str, str]) -> list[str]:
    """The topics that the exam is about; none where it is about all."""
    chosen = settings.get("topics")
    return [topic for topic in chosen if topic in known] if isinstance(chosen, list) else []


def new_per_day_of(settings: Mapping[str, Any]) -> int:
    wanted = settings.get("new-per-day")
    return wanted if isinstance(wanted, int) and wanted >= 0 else NEW_PER_DAY


def minutes_of(settings: Mapping[str, Any]) -> float | None:
    """The minutes a day that the student has; None where that was not said."""
    wanted = settings.get("minutes-per-day")
    return float(wanted) if isinstance(wanted, int | float) and wanted > 0 else None
