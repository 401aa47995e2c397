"""What the past says: days, time, and how much of what came back was still known."""

from collections.abc import Container, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import NamedTuple

from revise.schedule import Memory
from revise.study.day import beginning, day_of
from revise.study.limits import LONGEST

Grade = tuple[str, int, str, float, int]
"""Key, grade, time as ISO text, seconds, 1 where a quiz asked."""


class Worked(NamedTuple):
    """One day: answers, first answers ever, seconds, and of the cards that came back how many were known."""

    answers: int = 0
    new: int = 0
    seconds: float = 0.0
    back: int = 0
    known: int = 0


def history(
    grades: Iterable[Grade], earlier: Container[str] = frozenset(), zone: tzinfo | None = None
) -> dict[date, Worked]:
    """Day → what was done; `grades` are in the order they were given, `earlier` the keys answered on days before.

    A card comes back when a sitting asks it for the first time on a day after the day of its last answer; it was
    known where that answer is better than 1.
    """
    found: dict[date, Worked] = {}
    last: dict[str, date] = {}
    day = date.min
    first = until = ""  # the text of the day's ends: most grades fall into the same day as the one before
    answers = new = back = known = 0
    taken = 0.0
    for key, grade, at, seconds, quiz in grades:
        if not first <= at < until:
            _add(found, day, Worked(answers, new, taken, back, known))
            answers = new = back = known = 0
            taken = 0.0
            day = day_of(datetime.fromisoformat(at).astimezone(UTC), zone)
            first, until = (beginning(day + timedelta(days=more), zone).isoformat() for more in (0, 1))
        answers += 1
        taken += seconds if seconds < LONGEST else LONGEST
        before = last.get(key)
        if before is day:
            continue
        if before is None and key not in earlier:
            new += 1
        elif before is not None and before >= day:  # a clock that went back
            continue
        elif not quiz:
            back += 1
            known += grade > 1
        last[key] = day
    _add(found, day, Worked(answers, new, taken, back, known))
    return dict(sorted(found.items()))


def _add(found: dict[date, Worked], day: date, more: Worked) -> None:
    if more.answers:
        found[day] = together([found.get(day, Worked()), more])


def together(days: Iterable[Worked]) -> Worked:
    """The sums over several days."""
    columns = list(zip(*days, strict=True))
    return Worked(*(sum(column) for column in columns)) if columns else Worked()


def forecast(memories: Mapping[str, Memory], today: date, days: int, zone: tzinfo | None = None) -> list[int]:
    """How many cards come back on each day from `today` on; what is overdue comes today."""
    ends = [beginning(today + timedelta(days=offset + 1), zone) for offset in range(days)]
    counts = [0] * days
    for memory in memories.values():
        if memory.due < ends[-1]:
            counts[next(place for place, end in enumerate(ends) if memory.due < end)] += 1
    return counts
