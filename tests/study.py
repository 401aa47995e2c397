"""What the tests of `revise.study` share: small decks, and a student who answers by the predicted recall."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

from revise import schedule
from revise.schedule import Memory
from revise.study.deck import Item
from revise.study.queue import Queue

START = datetime(2026, 11, 20, 9, tzinfo=UTC)


def card(name: str, topic: str = "t", kind: str = "basic") -> Item:
    """`name` is an id, or `id#n` for one of several siblings."""
    return Item(f"{topic}/{name}", f"{topic}/{name.partition('#')[0]}", topic, kind, 1, None)


def cards(count: int, topic: str = "t") -> list[Item]:
    return [card(f"c{number}", topic) for number in range(count)]


def review_state(due: datetime, stability: float = 10, last: datetime | None = None, lapses: int = 0) -> Memory:
    last = last or due - timedelta(days=max(1, round(stability)))
    return Memory(2, None, stability, 5.0, due, last, 3, lapses, "")


class Student:
    """Works a queue down and keeps what is remembered, as the record would."""

    def __init__(self, queue: Queue, memories: dict[str, Memory], seed: int = 0) -> None:
        self.queue, self.memories, self.random = queue, dict(memories), Random(seed)
        self.asked: list[str] = []
        self.at = START

    def answer(self, grade: int | None = None, seconds: float = 10) -> Item | None:
        """Grade the next card: with `grade`, else good or again by chance. None where there is none."""
        item = self.queue.next(self.at)
        if item is None:
            return None
        memory = self.memories.get(item.key)
        if grade is None:
            chance = 0.75 if memory is None else schedule.recall(memory, self.at) if memory.state == 2 else 0.9
            grade = 3 if self.random.random() < chance else 1
        self.memories[item.key] = schedule.after(memory, grade, self.at)
        self.queue.graded(item, self.memories[item.key], seconds, self.at)
        self.asked.append(item.key)
        self.at += timedelta(seconds=seconds)
        return item

    def work(self, grade: int | None = None, on_card: Callable[[Item], None] | None = None) -> list[str]:
        """Until nothing is left; the keys in the order they were asked."""
        begun = len(self.asked)
        while (item := self.answer(grade)) is not None:
            if on_card is not None:
                on_card(item)
            assert len(self.asked) - begun < 5000, "it never ends"
        return self.asked[begun:]
