"""No grade that was acknowledged is lost or doubled, whenever the program is killed."""

import sqlite3
import sys
from pathlib import Path

import pytest

from revise.errors import InputError
from revise.progress.record import Record

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "benchmarks"))
import kills


def test_random_kills(tmp_path: Path) -> None:
    count = kills.kill(25, tmp_path)
    assert count.stored > 50, "the child was killed before it had done anything"
    assert (count.lost, count.doubled, count.schedules_wrong) == (0, 0, 0)


def test_a_full_disk_says_so_and_loses_nothing(tmp_path: Path) -> None:
    with Record(tmp_path / "r") as record:
        record.add("a/b", 3, 1, "h")
        pages = record._file.execute("PRAGMA page_count").fetchone()[0]
        record._file.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(InputError, match=r"disk .* full: the last grade was not saved"):
            for number in range(10_000):
                record.add("a/b" * 50, 3, 1, str(number))
        stored = record.reviews()
        record._file.execute("PRAGMA max_page_count = 100000")
        record.add("a/c", 4, 1, "h")
        assert record.reviews()[:-1] == stored and record.reviews()[-1].key == "a/c"


def test_a_record_that_is_held_by_another_program(tmp_path: Path) -> None:
    with Record(tmp_path / "r") as record:
        record._file.execute("PRAGMA busy_timeout = 50")
        other = sqlite3.connect(tmp_path / "r", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(InputError, match=r"another program holds .* not saved"):
            record.add("a/b", 3, 1, "h")
        other.execute("ROLLBACK")
        other.close()
        record.add("a/b", 3, 1, "h")
        assert len(record.reviews()) == 1
