"""Where a student stands: how well each topic is known now, and will be on the day of the exam."""

from collections.abc import Container, Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo
from typing import NamedTuple

from revise.schedule import HALF_DAY, Memory
from revise.study.day import beginning, day_of, exam_begins
from revise.study.deck import FLASHCARDS, Item
from revise.study.forgetting import RELEARNING, REVIEW, recall_after, recall_at, recalls

__all__ = ["LEARNT", "LEECH", "WEAK", "Standing", "is_leech", "is_weak", "recall_at", "recalls", "standings"]

LEECH = 6
"""A card forgotten so often is told about: another wording or the page helps more than another try."""
WEAK = 0.8
"""Below this chance of recall at the end of the day a card is weak."""
LEARNT = 0.6
"""A topic is learnt once this part of its flashcards has left the learning steps."""


class Standing(NamedTuple):
    """One topic in numbers of cards (a key each, so every gap counts); suspended ones are left out.

    `learnt` have left the learning steps, `due` and `weak` are a part of those `seen`. `recall` now and `on_exam`
    are mean chances over all cards, with 0 for an unseen one: the share of the topic that would be known.
    `on_exam` is None where there is no exam.
    """

    topic: str
    cards: int
    seen: int
    learnt: int
    due: int
    weak: int
    recall: float
    on_exam: float | None = None


def is_leech(memory: Memory) -> bool:
    """Whether the card was forgotten LEECH times or more."""
    return memory.lapses >= LEECH


def is_weak(memory: Memory, at: datetime) -> bool:
    """Whether the card was forgotten last time, is a leech, or has most likely begun to fade."""
    return memory.state == RELEARNING or is_leech(memory) or recall_at(memory, at) < WEAK


def standings(
    items: Sequence[Item],
    memories: Mapping[str, Memory],
    now: datetime,
    exam: date | None = None,
    *,
    suspended: Container[str] = frozenset(),
    zone: tzinfo | None = None,
) -> list[Standing]:
    """A Standing for each topic that has a flashcard, in reading order. What is due today is due."""
    end = beginning(day_of(now, zone) + timedelta(days=1), zone)
    exam_at = exam_begins(exam, zone) if exam is not None else None
    from_now, from_end = now + HALF_DAY, end + HALF_DAY
    found: dict[str, _Sums] = {}
    for key, _, topic, kind, _, _ in items:
        if kind not in FLASHCARDS or key in suspended:
            continue
        sums = found.get(topic)
        if sums is None:
            sums = found[topic] = _Sums()
        sums.cards += 1
        memory = memories.get(key)
        if memory is None:
            continue
        state, _, stability, _, due, last, _, lapses, _ = memory
        sums.seen += 1
        sums.learnt += state == REVIEW
        sums.due += due < end
        passed = (from_now - last).days
        known = recall_after(stability, passed if passed > 0 else 0)
        sums.recall += known
        if (from_end - last).days != passed:
            known = recall_at(memory, end)
        sums.weak += known < WEAK or state == RELEARNING or lapses >= LEECH
        if exam_at is not None:
            sums.on_exam += recall_at(memory, exam_at)
    return [
        Standing(
            topic, it.cards, it.seen, it.learnt, it.due, it.weak,
            it.recall / it.cards, it.on_exam / it.cards if exam_at is not None else None,
        )
        for topic, it in found.items()
    ]  # fmt: skip


class _Sums:
    def __init__(self) -> None:
        self.cards = self.seen = self.learnt = self.due = self.weak = 0
        self.recall = self.on_exam = 0.0
