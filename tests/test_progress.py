"""The record loses nothing and doubles nothing."""

import sqlite3
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from revise.errors import InputError
from revise.progress import data_folder
from revise.progress.record import Answer, Record


def test_grades_are_kept(tmp_path: Path) -> None:
    at = datetime(2026, 11, 20, 9, 30, 1, 250_000, tzinfo=UTC)
    with Record(tmp_path / "r") as record:
        added = record.add("a/b#1", 3, 2.5, "hash", at)
    with Record(tmp_path / "r") as record:
        assert record.reviews() == [added]
        assert (added.id, added.key, added.grade, added.at, added.seconds, added.text_hash) == (
            1, "a/b#1", 3, at, 2.5, "hash",
        )  # fmt: skip


def test_the_tables_are_those_of_the_interface(tmp_path: Path) -> None:
    with Record(tmp_path / "r") as record:
        record.add("k", 1, 0, "")
        record.undo_last()
    file = sqlite3.connect(tmp_path / "r")
    tables = ("review", "undo", "answer", "mark", "setting", "meta")
    columns = {table: [row[1] for row in file.execute(f"PRAGMA table_info({table})")] for table in tables}
    file.close()
    assert columns == {
        "review": ["id", "key", "grade", "at_utc", "seconds", "text_hash"],
        "undo": ["id", "review", "at_utc"],
        "answer": ["id", "review", "outcome", "hints", "mistake"],
        "mark": ["id", "key", "what", "at_utc"],
        "setting": ["id", "name", "value", "at_utc"],
        "meta": ["schema"],
    }


def test_undo_as_often_as_wanted_also_after_a_restart(tmp_path: Path) -> None:
    with Record(tmp_path / "r") as record:
        for grade in (1, 2, 3):
            record.add("k", grade, 0, "")
        undone = record.undo_last()
        assert undone is not None and undone.grade == 3
    with Record(tmp_path / "r") as record:
        record.add("k", 4, 0, "")
        grades = []
        while (undone := record.undo_last()) is not None:
            grades.append(undone.grade)
        assert grades == [4, 2, 1]
        assert record.reviews() == []


def test_nothing_is_ever_changed_or_deleted(tmp_path: Path) -> None:
    with Record(tmp_path / "r") as record:
        record.add("k", 1, 0, "", answer=Answer("wrong"))
        record.suspend("k")
        record.set("exam", "2027-01-15")
        record.undo_last()
    file = sqlite3.connect(tmp_path / "r")
    logs = ("review", "undo", "answer", "mark", "setting")
    for statement in (*(f"DELETE FROM {log}" for log in logs), "UPDATE review SET grade = 4"):
        with pytest.raises(sqlite3.IntegrityError, match="only ever added"):
            file.execute(statement)
    file.close()


def test_two_at_once(tmp_path: Path) -> None:
    def sit(name: str) -> None:
        with Record(tmp_path / "r") as record:
            for _ in range(25):
                record.add(name, 3, 0, "")

    threads = [threading.Thread(target=sit, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Record(tmp_path / "r") as record:
        reviews = record.reviews()
    assert len(reviews) == 100 and len({it.id for it in reviews}) == 100
    assert all(sum(it.key == name for it in reviews) == 25 for name in "abcd")


def test_damaged_file(tmp_path: Path) -> None:
    path = tmp_path / "r"
    path.write_bytes(b"This is no database, but somebody's notes. " * 50)
    before = path.read_bytes()
    with pytest.raises(InputError, match=r"damaged .* nothing was changed"):
        Record(path)
    assert path.read_bytes() == before


def test_file_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "r"
    with Record(path):
        pass
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda file, **more: connect(f"file:{file}?mode=ro", uri=True, **more))
    with pytest.raises(InputError, match=r"can't be written .*REVISE_DATA"):
        Record(path)


def test_a_folder_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "r").mkdir()
    with pytest.raises(InputError, match="can't be written"):
        Record(tmp_path / "r")
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="can't be made"):
        Record(tmp_path / "file" / "r")


def test_newer_schema(tmp_path: Path) -> None:
    with Record(tmp_path / "r"):
        pass
    file = sqlite3.connect(tmp_path / "r")
    file.execute("INSERT INTO meta VALUES (99)")
    file.commit()
    file.close()
    with pytest.raises(InputError, match="newer version"):
        Record(tmp_path / "r")


def test_where_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REVISE_DATA", str(tmp_path))
    assert data_folder() == tmp_path
    monkeypatch.delenv("REVISE_DATA")
    assert data_folder().name.startswith("revise")
