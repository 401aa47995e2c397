"""A student's past for the tests: a record of so many days, worked through the queue, written as an export is."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from revise import schedule
from revise.progress.record import Record
from revise.schedule import Memory
from revise.study.deck import Item
from revise.study.limits import Limits
from revise.study.queue import Queue

MISTAKES = ("you counted the padding once", "you left the bias out", "you took multiply-adds for operations")


def lines(
    items: list[Item], days: int, until: datetime, *, new_per_day: int = 12, seed: int = 0, quiz: int = 4
) -> list[str]:
    """The lines of an export: `days` days of cards and `quiz` answers a day, the last one that of `until`."""
    chance = Random(seed)
    memories: dict[str, Memory] = {}
    rows = [{"revise": "progress", "schema": 2}]
    answers: list[dict[str, object]] = []
    asked = [item for item in items if item.kind == "calc" or item.kind in ("choice", "true-false")]
    for back in range(days - 1, -1, -1):
        at = until - timedelta(days=back, minutes=chance.randrange(30, 90))
        if back and chance.random() < 0.15:
            continue
        queue = Queue(items, memories, at, limits=Limits(new_per_day), zone=UTC)
        while (item := queue.next(at)) is not None and at < until:
            memory = memories.get(item.key)
            hard = item.topic.startswith("b")
            known = 0.7 if memory is None else schedule.recall(memory, at) if memory.state == 2 else 0.85
            grade = chance.choice((2, 3, 3, 3, 4)) if chance.random() < known - 0.25 * hard else 1
            seconds = round(chance.uniform(4, 30), 3)
            memories[item.key] = schedule.after(memory, grade, at)
            queue.graded(item, memories[item.key], seconds)
            rows.append(_review(len(rows), item.key, grade, at, seconds))
            at += timedelta(seconds=seconds)
        for item in chance.sample(asked, min(quiz, len(asked))) if at < until else ():
            outcome = chance.choice(("right", "right", "right", "imprecise", "wrong", "wrong", "undecided"))
            rows.append(_review(len(rows), item.key, {"right": 3, "imprecise": 2}.get(outcome, 1), at, 60.0))
            mistake = chance.choice(MISTAKES) if outcome == "wrong" else ""
            told = {"review": len(rows) - 1, "outcome": outcome, "hints": 0, "mistake": mistake}
            answers.append({"table": "answer", "id": len(answers) + 1, **told})
            at += timedelta(seconds=60)
    return [json.dumps(row) for row in [*rows, *answers]]


def record(path: Path, items: list[Item], days: int, until: datetime, **more: int) -> None:
    """The same as a record file."""
    with Record(path) as made:
        made.take_in(lines(items, days, until, **more))


def _review(number: int, key: str, grade: int, at: datetime, seconds: float) -> dict[str, object]:
    row = {"id": number, "key": key, "grade": grade, "at_utc": at.isoformat(), "seconds": seconds, "text_hash": ""}
    return {"table": "review", **row}
