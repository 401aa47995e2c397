"""How long a deck of 20,000 cards takes: from its cache, the queue with the first card, the next card, standings.

Usage: python benchmarks/study.py [CARDS]. Prints a Markdown table; exit code 1 if a target is missed.
"""

import random
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter

from revise import catalogue, schedule
from revise.schedule import Memory
from revise.study.deck import Deck, deck
from revise.study.mastery import standings
from revise.study.plan import calendar
from revise.study.queue import Queue
from revise.topic import open_library

TARGETS = {"deck from the cache": 60.0, "queue and first card": 150.0, "next card, the slowest of 300": 2.0}
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
EXAM = date(2027, 1, 15)


def write_pages(folder: Path, count: int, per_page: int = 50) -> None:
    for number in range(count // per_page):
        cards = "".join(f"### c{card} {{basic level=1}}\nQ: What {card}?\nA: That.\n\n" for card in range(per_page))
        head = f'+++\nid = "own-{number}"\ntitle = "Own {number}"\n+++\n\n## Summary\n\nWords.\n\n'
        (folder / f"{number:04}.md").write_text(f"{head}## Cards\n\n{cards}", encoding="utf-8")


def remembered(made: Deck) -> dict[str, Memory]:
    """Four of five cards are seen, at any distance from their next time."""
    chance = random.Random(0)
    memories = {}
    for item in made.items[: len(made.items) * 4 // 5]:
        stability, last = chance.uniform(0.3, 40), NOW - timedelta(days=chance.uniform(0, 30))
        due = last + timedelta(days=max(1, round(stability)))
        memories[item.key] = Memory(2, None, stability, chance.uniform(2, 9), due, last, 3, 0, "")
    return memories


def milliseconds(work: Callable[[], object], times: int = 5) -> float:
    """The median of several goes."""
    taken = []
    for _ in range(times):
        begun = perf_counter()
        work()
        taken.append((perf_counter() - begun) * 1000)
    return sorted(taken)[times // 2]


def slowest_next(queue: Queue, memories: dict[str, Memory]) -> float:
    slowest = 0.0
    for _ in range(300):
        item = queue.next(NOW)
        if item is None:
            break
        memory = schedule.after(memories.get(item.key), 3, NOW)
        begun = perf_counter()
        queue.graded(item, memory)
        queue.next(NOW)
        slowest = max(slowest, (perf_counter() - begun) * 1000)
    return slowest


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    with tempfile.TemporaryDirectory() as name:
        own, cache = Path(name) / "own", Path(name) / "cache"
        own.mkdir()
        write_pages(own, count)
        rows = [("deck, read for the first time", milliseconds(lambda: _deck(own, cache), 1))]
        rows.append(("deck from the cache", milliseconds(lambda: _deck(own, cache))))
        made = _deck(own, cache)
    memories = remembered(made)
    rows.append(("queue and first card", milliseconds(lambda: _queue(made, memories).next(NOW))))
    rows.append(("next card, the slowest of 300", slowest_next(_queue(made, memories), memories)))
    rows.append(("standings", milliseconds(lambda: standings(made.items, memories, NOW, EXAM))))
    plan = milliseconds(lambda: calendar(made.items, memories, NOW.date(), EXAM, 30, made.needs), 1)
    rows.append(("plan of 56 days", plan))
    print(f"| {len(made.items):,} cards | ms | target |\n|---|---|---|")
    for what, taken in rows:
        print(f"| {what} | {taken:.1f} | {TARGETS.get(what, '')} |")
    return int(any(taken > TARGETS.get(what, taken) for what, taken in rows))


def _deck(own: Path, cache: Path) -> Deck:
    return deck(open_library([own]), cache, catalogue.served)


def _queue(made: Deck, memories: dict[str, Memory]) -> Queue:
    return Queue(made.items, memories, NOW, needs=made.needs, exam=EXAM)


if __name__ == "__main__":
    sys.exit(main())
