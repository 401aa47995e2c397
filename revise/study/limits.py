"""What bounds a sitting, what was done today before it, and what is left when it ends."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Literal, NamedTuple

from revise.schedule import Memory, Review

EXAM_MINUTES = 30.0
"""The day's minutes before an exam where the student has not set any."""
LONGEST = 300.0
"""Seconds that one grade counts at most: whoever leaves the table has not studied on."""

Limit = Literal["", "cards", "minutes", "day"]


class Limits(NamedTuple):
    """`cards` and `minutes` (by the clock) bound a sitting, `new_per_day` and `minutes_per_day` the whole day."""

    new_per_day: int = 20
    cards: int | None = None
    minutes: float | None = None
    minutes_per_day: float | None = None


class Done(NamedTuple):
    """What was graded today before the sitting: key → grades in force, the keys then new, and the time taken."""

    grades: Mapping[str, int] = {}
    new: frozenset[str] = frozenset()
    seconds: float = 0.0


class Rest(NamedTuple):
    """Why nothing more is asked: the limit that stopped it, and how many keys wait for what."""

    limit: Limit
    due: int
    """Cards that the limit leaves over."""
    siblings: int
    """Due or unseen, but another side of the same card was asked today."""
    skipped: int
    new: int
    """Unseen, and enough new ones were asked today."""
    held: int
    """Unseen, and a topic they need is not learnt."""
    later: datetime | None
    """When the next one is due; None where none is seen."""


def done_today(reviews: Iterable[Review], memories: Mapping[str, Memory]) -> Done:
    """What `reviews`, those of today that are in force, and the memories after them say of the day."""
    grades: Counter[str] = Counter()
    seconds = 0.0
    for review in reviews:
        grades[review.key] += 1
        seconds += min(review.seconds, LONGEST)
    new = frozenset(key for key, count in grades.items() if key in memories and memories[key].reviews <= count)
    return Done(dict(grades), new, seconds)
