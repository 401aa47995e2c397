"""When a card comes back: pure functions over the FSRS scheduler of the `fsrs` library."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from fsrs import Card, Scheduler

HALF_DAY = timedelta(hours=12)
"""FSRS counts whole days. Here they are rounded: learnt in the evening and asked next morning is a day, not none."""
GRADES = {1: "again", 2: "hard", 3: "good", 4: "easy"}


SCHEDULER = "FSRS-6, steps of 1 and 10 minutes, target 0.9, nearest whole day"
"""Changes whenever the same grades would give another schedule: what was computed before is then no use."""


class Review(NamedTuple):
    """One grade as it was given: `grade` 1–4, `at` in UTC, `seconds` from question to grade."""

    id: int
    key: str
    grade: int
    at: datetime
    seconds: float
    text_hash: str


class Memory(NamedTuple):
    """What is known about one key after its reviews; `due` and `last` in UTC, stability in days."""

    state: int
    step: int | None
    stability: float
    difficulty: float
    due: datetime
    last: datetime
    reviews: int
    lapses: int
    text_hash: str = ""


def after(memory: Memory | None, grade: int, at: datetime, text_hash: str = "") -> Memory:
    """The memory once the card got `grade` (1–4) at `at`; `memory` is None for a new card.

    A clock that went back is clamped to the last review. Raises ValueError for another grade,
    or for a time that is not UTC.
    """
    from fsrs import Rating

    if grade not in GRADES:
        raise ValueError(f"a grade is 1, 2, 3 or 4, not {grade}")
    if at.tzinfo is None or at.utcoffset() != UTC.utcoffset(None):
        raise ValueError("times are UTC")
    at = at.astimezone(UTC)
    if memory is not None:
        at = max(at, memory.last)
    counted = at
    if memory is not None and (days := (at - memory.last + HALF_DAY).days) > 0:
        counted = memory.last + timedelta(days=days)
    card, _ = _scheduler().review_card(_card(memory, counted), Rating(grade), counted)
    assert card.stability is not None and card.difficulty is not None
    lapsed = memory is not None and memory.state == 2 and grade == 1
    return Memory(
        state=int(card.state),
        step=card.step,
        stability=card.stability,
        difficulty=card.difficulty,
        due=card.due + (at - counted),
        last=at,
        reviews=(memory.reviews if memory else 0) + 1,
        lapses=(memory.lapses if memory else 0) + lapsed,
        text_hash=text_hash,
    )


def replay(reviews: Iterable[Review]) -> dict[str, Memory]:
    """Key → memory after all `reviews`, which come in the order they were given."""
    memories: dict[str, Memory] = {}
    for review in reviews:
        memories[review.key] = after(memories.get(review.key), review.grade, review.at, review.text_hash)
    return memories


def recall(memory: Memory, at: datetime) -> float:
    """The chance, 0 to 1, that the card is known at `at`."""
    return float(_scheduler().get_card_retrievability(_card(memory, at), max(at, memory.last) + HALF_DAY))


def is_due(memory: Memory, at: datetime) -> bool:
    """Whether the card should be asked at `at`; a clock that went back delays nothing that was due."""
    return memory.due <= max(at, memory.last)


@cache
def _scheduler() -> "Scheduler":
    from fsrs import Scheduler

    # No fuzz: it draws from the global random numbers, so a schedule rebuilt from the record would differ.
    return Scheduler(enable_fuzzing=False)


def _card(memory: Memory | None, at: datetime) -> "Card":
    from fsrs import Card, State

    # An id, because Card() without one sleeps to make itself unique.
    if memory is None:
        return Card(card_id=1, due=at)
    return Card(
        card_id=1,
        state=State(memory.state),
        step=memory.step,
        stability=memory.stability,
        difficulty=memory.difficulty,
        due=memory.due,
        last_review=memory.last,
    )
