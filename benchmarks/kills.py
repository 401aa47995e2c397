"""Kill a program that is grading, at random moments, and count: `python benchmarks/kills.py [200]`.

A child stores grades (some by the quiz), takes some back, and says each one once it is stored. It is killed with
SIGKILL (terminated on Windows) after a random time. Then every grade it had said must be in the record once, nothing
may be there that it had not begun, and the schedule must be what the grades give.
"""

import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
CHILD = """
import sys
from pathlib import Path
from revise.progress.record import Answer, Record
number = int(sys.argv[2])
with Record(Path(sys.argv[1])) as record:
    print("ready", flush=True)
    while True:
        number += 1
        if number % 7 == 0:
            review = record.undo_last()
            print("undone", review.text_hash if review else "", flush=True)
        answer = Answer("right", number % 3) if number % 2 else None
        record.add(f"topic/card-{number % 5}", number % 4 + 1, 0.5, str(number), answer=answer)
        print("stored", number, flush=True)
"""


class Count(NamedTuple):
    kills: int
    stored: int
    lost: int
    doubled: int
    schedules_wrong: int


def kill(times: int, folder: Path, seed: int = 0) -> Count:
    """Kill a child `times` times on one record in `folder`, and count over all of them."""
    from revise import schedule
    from revise.progress.record import Record

    rng = random.Random(seed)
    path = folder / "record.sqlite3"
    said: list[str] = []
    undone: set[str] = set()
    wrong = 0
    for turn in range(times):
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(path), str(turn * 1_000_000)],
            stdout=subprocess.PIPE, encoding="utf-8", cwd=Path(__file__).resolve().parent.parent,
        )  # fmt: skip
        assert child.stdout is not None
        if rng.random() < 0.9:  # else it is killed while the file is opened
            assert child.stdout.readline() == "ready\n"
            time.sleep(rng.uniform(0, 0.08))
        else:
            time.sleep(rng.uniform(0, 0.2))
        child.kill()
        out, _ = child.communicate()
        for line in out.split("\n")[:-1]:  # what follows the last line end was cut off in the middle
            what, _, name = line.partition(" ")
            if what == "stored":
                said.append(name)
            elif what == "undone" and name:
                undone.add(name)
        if path.is_file():
            with Record(path) as record:
                wrong += record.memories() != schedule.replay(record.reviews())
    with Record(path) as record:
        export = list(record.export())
    rows = [line.partition('"text_hash": "')[2].partition('"')[0] for line in export if '"table": "review"' in line]
    lost = len([name for name in said if name not in set(rows)])
    with Record(path) as record:
        in_force = {review.text_hash for review in record.reviews()}
    lost += len(undone & in_force)
    return Count(times, len(said), lost, len(rows) - len(set(rows)), wrong)


def main() -> None:
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with tempfile.TemporaryDirectory() as folder:
        count = kill(times, Path(folder))
    print(
        f"{count.kills} kills · {count.stored} grades acknowledged · {count.lost} lost · {count.doubled} doubled · ",
        end="",
    )
    print(f"{count.schedules_wrong} wrong schedules")
    sys.exit(1 if count.lost or count.doubled or count.schedules_wrong else 0)


if __name__ == "__main__":
    main()
