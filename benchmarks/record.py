"""20,000 cards with 300,000 reviews beside 100 cards: whole processes, their memory, and FSRS beside a compiled one.

Usage: python benchmarks/record.py [CARDS [REVIEWS]], on Linux or macOS. The shipped content stands beside the cards
in both cases. Prints a Markdown table; exit code 1 if a target is missed. The compiled FSRS is of the extra `bench`.
"""

import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

from revise import schedule
from revise.progress.record import Record

REVISE = [sys.executable, "-m", "revise"]
ROUNDS = 9
NEXT = 80
"""So many more cards in a sitting give the time of the next one."""
TARGETS = {"dashboard": 2.0, "first card": 2.0, "next card": 2.0, "stats": 4.0}
MOST_MEMORY = 150.0
_MEGA = 1e6 if sys.platform == "darwin" else 1e3  # ru_maxrss is in bytes there, else in kilobytes


def write_cards(folder: Path, count: int, per_page: int = 50) -> list[str]:
    """Pages of the student's own; → the keys."""
    keys = []
    folder.mkdir(parents=True)
    for page in range(-(-count // per_page)):
        here = range(page * per_page, min(count, (page + 1) * per_page))
        blocks = "".join(f"### c{card} {{basic level=1}}\nQ: What {card}?\nA: That.\n\n" for card in here)
        head = f'+++\nid = "own-{page}"\ntitle = "Own {page}"\n+++\n\n## Summary\n\nWords.\n\n'
        (folder / f"{page:04}.md").write_text(f"{head}## Cards\n\n{blocks}", encoding="utf-8")
        keys += [f"own/own-{page}/c{card}" for card in here]
    return keys


def write_record(path: Path, keys: list[str], each: int) -> None:
    """`each` reviews of every key, in the order of time, so placed that a quarter of the cards is due today."""
    chance = random.Random(0)
    now = datetime.now(UTC)
    reviews = []
    for key in keys:
        at, memory, past = now, None, []
        for _ in range(each):
            grade = 1 if chance.random() < 0.12 else chance.choice((2, 3, 3, 3, 4))
            past.append((at, grade))
            memory = schedule.after(memory, grade, at)
            at += timedelta(days=chance.uniform(0.5, 20))
        assert memory is not None
        days = max((memory.due - memory.last).days, 1) * chance.uniform(0, 1.1) + 1.3
        back = memory.last - now + timedelta(days=days)
        reviews += [(at - back, key, grade, round(chance.uniform(3, 40), 3)) for at, grade in past]
    reviews.sort()
    lines = [json.dumps({"revise": "progress", "schema": 2})]
    for number, (at, key, grade, seconds) in enumerate(reviews, 1):
        row = {"table": "review", "id": number, "key": key, "grade": grade, "at_utc": at.isoformat()}
        lines.append(json.dumps({**row, "seconds": seconds, "text_hash": ""}))
    with Record(path) as record:
        record.take_in(lines)


def process(arguments: list[str], folder: Path, grades: int = 0) -> tuple[float, float]:
    """One whole process: (seconds, megabytes). `grades` cards are graded good; the record is a fresh copy then."""
    data = folder / "data"
    env = {**os.environ, "REVISE_DATA": str(data), "REVISE_CONTENT": str(folder / "own"), "COLUMNS": "80"}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    if grades:
        shutil.copy(folder / "record.sqlite3", data / "record.sqlite3")
        with (data / "record.sqlite3").open("rb+") as copy:
            os.fsync(copy.fileno())  # or the first grade would wait for the whole copy
    begun = time.perf_counter()
    started = subprocess.Popen(
        [*REVISE, *arguments], env=env, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert started.stdin is not None and started.stderr is not None
    started.stdin.write(b"3\n" * grades)
    started.stdin.close()
    said = started.stderr.read()
    _, status, usage = os.wait4(started.pid, 0)
    taken = time.perf_counter() - begun
    if os.waitstatus_to_exitcode(status):
        raise RuntimeError(f"revise {' '.join(arguments)}: {said.decode()}")
    return taken, usage.ru_maxrss / _MEGA


def sitting(folder: Path, grades: int) -> tuple[float, float]:
    return process(["cards", "--new-per-day", "9999"], folder, grades)


MEASURED: dict[str, Callable[[Path], tuple[float, float]]] = {
    "dashboard": lambda folder: process([], folder),
    "first card": lambda folder: sitting(folder, 1),
    "first card and the next": lambda folder: sitting(folder, 1 + NEXT),
    "stats": lambda folder: process(["stats"], folder),
}


def measure(small: Path, large: Path) -> tuple[dict[str, dict[Path, float]], float]:
    """Medians in seconds, the two cases in turns; and the most memory of the large one."""
    times: dict[str, dict[Path, list[float]]] = {name: {small: [], large: []} for name in MEASURED}
    memory = 0.0
    for turn in range(ROUNDS + 1):
        for name, work in MEASURED.items():
            for folder in (small, large):
                taken, used = work(folder)
                if turn:  # the first one fills the caches
                    times[name][folder].append(taken)
                    memory = max(memory, used if folder == large else 0.0)
    middle = {name: {folder: statistics.median(all_) for folder, all_ in each.items()} for name, each in times.items()}
    more = middle.pop("first card and the next")
    middle["next card"] = {it: (more[it] - middle["first card"][it]) / NEXT for it in more}
    return middle, memory


def compiled(reviews: list[schedule.Review]) -> float | None:
    """Seconds of the compiled FSRS for the same history; None where it is not installed."""
    if find_spec("fsrs_rs_python") is None:
        return None
    import fsrs_rs_python as other

    scheduler = other.FSRS(parameters=list(other.DEFAULT_PARAMETERS))
    begun = time.perf_counter()
    known: dict[str, tuple[object, datetime]] = {}
    for review in reviews:
        state, last = known.get(review.key, (None, review.at))
        found = scheduler.next_states(state, 0.9, (review.at - last + schedule.HALF_DAY).days)
        grades = (found.again, found.hard, found.good, found.easy)
        known[review.key] = (grades[review.grade - 1].memory, review.at)
    return time.perf_counter() - begun


def replays(path: Path) -> list[str]:
    """Rows on computing the schedule anew, and on reading it as it is kept."""
    with Record(path, write=False) as record:
        begun = time.perf_counter()
        count = len(record.memories())
        kept = time.perf_counter() - begun
        reviews = record.reviews()
    begun = time.perf_counter()
    schedule.replay(reviews)
    ours = time.perf_counter() - begun
    theirs = compiled(reviews)
    rows = [f"| the schedule of {count:,} cards as it is kept | | {kept * 1000:.0f} ms | | |"]
    rows.append(f"| the same from {len(reviews):,} reviews | | {ours:.2f} s | | |")
    if theirs is None:
        return [*rows, "| by fsrs-rs-python | | not installed | | |"]
    return [*rows, f"| by fsrs-rs-python (compiled) | | {theirs:.2f} s | ours takes {ours / theirs:.1f} × as long | |"]


def build(folder: Path, cards: int, each: int) -> None:
    (folder / "data").mkdir(parents=True)
    write_record(folder / "record.sqlite3", write_cards(folder / "own", cards), each)
    shutil.copy(folder / "record.sqlite3", folder / "data/record.sqlite3")


def main() -> int:
    if sys.argv[1:2] == ["build"]:
        build(Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
        return 0
    cards = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    reviews = int(sys.argv[2]) if len(sys.argv) > 2 else 300_000
    each = max(reviews // cards, 1)
    with tempfile.TemporaryDirectory() as name:
        small, large = Path(name) / "small", Path(name) / "large"
        for folder, count in ((small, 100), (large, cards)):
            # In a process of its own: a child's memory is counted from what its parent held.
            subprocess.run([sys.executable, __file__, "build", str(folder), str(count), str(each)], check=True)
        found, memory = measure(small, large)
        rows = replays(large / "record.sqlite3")
    missed = memory > MOST_MEMORY
    print(f"| whole process | 100 cards | {cards:,} cards, {cards * each:,} reviews | ratio | target |")
    print("|---|---|---|---|---|")
    for what, target in TARGETS.items():
        few, many = (found[what][folder] * 1000 for folder in (small, large))
        missed |= many / few > target
        print(f"| {what} | {few:.1f} ms | {many:.1f} ms | {many / few:.2f} | ≤ {target:g} |")
    print(f"| most memory | | {memory:.0f} MB | | ≤ {MOST_MEMORY:g} MB |")
    print("\n".join(rows))
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
