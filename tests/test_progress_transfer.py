"""The record out and in again, its copies, and the commands for both."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from revise.errors import InputError
from revise.progress import backup
from revise.progress.record import Answer, Record
from tests.content_folder import revise

START = datetime(2026, 11, 20, 9, tzinfo=UTC)


_REVIEW = json.dumps(
    {"table": "review", "id": 2, "key": "a", "grade": 3, "at_utc": START.isoformat(), "seconds": 1, "text_hash": ""}
)


def fill(path: Path, first: int = 0, count: int = 6) -> list[str]:
    """A record with something in every table; its export."""
    with Record(path) as record:
        for number in range(first, first + count):
            answer = Answer("wrong", 1, "a sign") if number % 2 else None
            record.add(f"a/{number % 3}", number % 4 + 1, 1.5, "h", START + timedelta(hours=number), answer)
        record.undo_last(START + timedelta(days=1))
        record.suspend("a/1")
        record.set("exam", "2027-01-15")
        return list(record.export())


def test_a_round_trip_is_exact(tmp_path: Path) -> None:
    lines = fill(tmp_path / "r")
    with Record(tmp_path / "s") as record:
        assert record.take_in(lines) == (6, None)
        assert list(record.export()) == lines
        with Record(tmp_path / "r", write=False) as first:
            assert record.memories() == first.memories() and record.suspended() == first.suspended()


def test_importing_twice_doubles_nothing(tmp_path: Path) -> None:
    lines = fill(tmp_path / "r")
    with Record(tmp_path / "r") as record:
        new, copy = record.take_in(lines)
        assert new == 0 and copy is not None and copy.is_file()
        assert list(record.export()) == lines


def test_two_machines_are_joined_by_time(tmp_path: Path) -> None:
    desk, laptop = fill(tmp_path / "desk", 0), fill(tmp_path / "laptop", 3, 6)
    joined = []
    for name, lines in (("desk", laptop), ("laptop", desk)):
        with Record(tmp_path / name) as record:
            record.take_in(lines)
            reviews = record.reviews()
            assert [it.at for it in reviews] == sorted(it.at for it in reviews)
            joined.append(([it[1:] for it in reviews], record.memories(), [it[1] for it in record.answers()]))
    assert joined[0] == joined[1]
    # 0–5 and 3–8 without what either side took back (5 and 8)
    assert len(joined[0][0]) == 7


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("{", "line 3 is no JSON"),
        ('{"table": "review", "id": 1}', "line 3 is no row"),
        ('{"table": "meta", "schema": 1}', "line 3 is no row"),
        ('{"table": "undo", "id": 1, "review": 77, "at_utc": "2026-11-20T09:00:00+00:00"}', "names a review"),
        (_REVIEW.replace(": 3", ": 9"), "line 3 is no row"),
        (_REVIEW.replace(START.isoformat(), "yesterday"), "line 3 is no row"),
        ("[]", "line 3 is no row"),
    ],
)  # fmt: skip
def test_a_bad_line_imports_nothing(tmp_path: Path, line: str, words: str) -> None:
    good = fill(tmp_path / "r")[:2]
    with Record(tmp_path / "s") as record:
        with pytest.raises(InputError, match=words):
            record.take_in([*good, line])
        assert record.reviews() == []


def test_a_foreign_or_a_newer_file_is_refused(tmp_path: Path) -> None:
    with Record(tmp_path / "s") as record:
        with pytest.raises(InputError, match="does not say"):
            record.take_in(['{"a": 1}'])
        with pytest.raises(InputError, match="newer version"):
            record.take_in(['{"revise": "progress", "schema": 99}'])


def test_a_copy_a_day_and_seven_are_kept(tmp_path: Path) -> None:
    fill(tmp_path / "r")
    with Record(tmp_path / "r") as record:
        for day in range(12):
            backup.daily(record._file, record.path, START + timedelta(days=40 + day))
            assert backup.daily(record._file, record.path, START + timedelta(days=40 + day)) is None
        before = list(record.export())
    copies = sorted((tmp_path / "backups").glob("record-day-*.sqlite3"))
    assert len(copies) == 7 and copies[-1].name == "record-day-2027-01-10.sqlite3"
    with Record(copies[-1], write=False) as copy:
        assert list(copy.export()) == before


def test_a_copy_that_fails_stops_no_sitting_but_an_import(tmp_path: Path) -> None:
    lines = fill(tmp_path / "r")
    (tmp_path / "backups").write_text("in the way")
    with Record(tmp_path / "r") as record:
        assert len(record.warnings) == 1 and "today's copy" in record.warnings[0]
        record.add("a/9", 3, 1, "")
        with pytest.raises(InputError, match="nothing was changed"):
            record.take_in(lines)
        assert len(record.reviews()) == 6


def test_the_commands(tmp_path: Path) -> None:
    data, other = tmp_path / "a", tmp_path / "b"
    lines = fill(data / "record.sqlite3")
    assert revise("progress", "path", data=data).stdout == f"{data / 'record.sqlite3'}\n"
    out = tmp_path / "record.jsonl"
    assert "12 rows" in revise("progress", "export", str(out), data=data).stdout
    assert out.read_text(encoding="utf-8").splitlines() == lines
    assert revise("progress", "export", data=data).stdout.splitlines() == lines
    assert "6 grades new" in revise("progress", "import", str(out), data=other).stdout
    assert "0 grades new" in revise("progress", "import", "-", data=other, stdin="\n".join(lines)).stdout
    assert revise("progress", "export", data=other).stdout.splitlines() == lines
    assert "3 cards and questions" in revise("progress", "rebuild", data=other).stdout
    kept = revise("progress", "delete", data=other, stdin="no\n")
    assert kept.returncode == 1 and "Kept." in kept.stdout and (other / "record.sqlite3").is_file()
    gone = revise("progress", "delete", data=other, stdin="yes\n")
    assert gone.returncode == 0 and not (other / "record.sqlite3").exists()
    copy = next((other / "backups").glob("record-deleted-*.sqlite3"))
    with Record(copy, write=False) as record:
        assert list(record.export()) == lines
    for words in (("export",), ("rebuild",), ("delete", "--yes")):
        assert revise("progress", *words, data=tmp_path / "c").returncode == 1, words
    assert revise("progress", "import", str(tmp_path / "none"), data=other).returncode == 2
    assert json.loads(lines[0]) == {"revise": "progress", "schema": 2}
