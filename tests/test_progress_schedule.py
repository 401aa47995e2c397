"""The schedule in the record's file is always what the grades in force give."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from revise import schedule
from revise.progress.record import Answer, Record
from revise.progress.tables import _FIRST, guard

START = datetime(2026, 11, 20, 9, tzinfo=UTC)
FIRST_TABLES = (*_FIRST, "INSERT INTO meta (schema) VALUES (1)")


def first_schema(path: Path, grades: int) -> None:
    """A record as the first release left it."""
    file = sqlite3.connect(path)
    for statement in FIRST_TABLES:
        file.execute(statement)
    for number in range(grades):
        row = (f"a/{number % 3}", number % 4 + 1, (START + timedelta(days=number)).isoformat(), 2.5, "h")
        file.execute("INSERT INTO review (key, grade, at_utc, seconds, text_hash) VALUES (?, ?, ?, ?, ?)", row)
    file.execute("INSERT INTO undo (review, at_utc) VALUES (2, ?)", (START.isoformat(),))
    file.commit()
    file.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from([0, 1, 2, 3, 4])), max_size=12), st.booleans())
def test_the_cache_is_the_replay(
    tmp_path_factory: pytest.TempPathFactory, acts: list[tuple[str, int]], two: bool
) -> None:
    path = tmp_path_factory.mktemp("cache") / "r"
    with Record(path) as record, Record(path) as other:
        for number, (key, grade) in enumerate(acts):
            into = other if two and number % 2 else record
            if grade:
                into.add(key, grade, 1, "", START + timedelta(days=number))
            else:
                into.undo_last(START + timedelta(days=number))
            expected = schedule.replay(record.reviews())
            assert into.memories() == expected
            assert into.memory(key) == expected.get(key)


def test_a_first_release_record_is_migrated_and_a_copy_kept(tmp_path: Path) -> None:
    first_schema(tmp_path / "r", 30)
    with Record(tmp_path / "r", write=False) as record:
        before = record.reviews()
        assert record.settings() == {} and record.suspended() == frozenset() and record.answers() == []
        assert record.memories() == schedule.replay(before)
    with Record(tmp_path / "r") as record:
        assert record.reviews() == before and len(before) == 29
        assert record.memories() == schedule.replay(before)
        record.set("exam", "2027-01-15")
    copies = list((tmp_path / "backups").glob("record-before-schema-2-*.sqlite3"))
    assert len(copies) == 1
    with Record(copies[0], write=False) as record:
        assert record.reviews() == before


def test_a_wrong_cache_is_computed_anew(tmp_path: Path) -> None:
    with Record(tmp_path / "r") as record:
        for number in range(5):
            record.add("a/b", 3, 1, "", START + timedelta(days=number))
        right = record.memories()
    for damage in ("DELETE FROM held", "UPDATE held SET scheduler = 'old'", "UPDATE held SET review = 99"):
        file = sqlite3.connect(tmp_path / "r")
        file.execute("UPDATE memory SET stability = 1")
        file.execute(damage)
        file.commit()
        file.close()
        with Record(tmp_path / "r") as record:
            assert record.memories() == right, damage
    file = sqlite3.connect(tmp_path / "r")
    file.execute("DELETE FROM memory")
    file.commit()
    file.close()
    with Record(tmp_path / "r") as record:
        assert record.memories() == {}
        assert record.rebuild() == 1 and record.memories() == right


def test_what_the_quiz_knows_goes_with_its_grade(tmp_path: Path) -> None:
    with Record(tmp_path / "r") as record:
        record.add("solve/conv", 1, 3, "", START, Answer("wrong", 2, "the +1 is missing"))
        record.add("a/b", 3, 3, "", START + timedelta(days=1))
        record.add("solve/conv", 3, 3, "", START + timedelta(days=2), Answer("right"))
        assert [answer for _, answer in record.answers()] == [Answer("wrong", 2, "the +1 is missing"), Answer("right")]
        assert len(record.answers(START + timedelta(days=1))) == 1
        record.undo_last()
        assert [answer.outcome for _, answer in record.answers()] == ["wrong"]
        with pytest.raises(Exception, match="CHECK"):
            record.add("a/b", 3, 1, "", START, Answer("perhaps"))
        assert len(record.reviews()) == 2, "neither the answer nor its grade is stored"


def test_marks_and_settings_are_the_newest(tmp_path: Path) -> None:
    with Record(tmp_path / "r") as record:
        record.suspend("a/b")
        record.suspend("a/c")
        record.resume("a/b")
        record.set("exam", "2027-01-15")
        record.set("topics", ["gan", "vae"])
        record.set("exam", None)
    with Record(tmp_path / "r", write=False) as record:
        assert record.suspended() == {"a/c"}
        assert record.settings() == {"exam": None, "topics": ["gan", "vae"]}


def test_reading_makes_nothing(tmp_path: Path) -> None:
    with Record(tmp_path / "none" / "r", write=False) as record:
        assert record.reviews() == [] and record.memories() == {} and record.settings() == {}
    assert list(tmp_path.iterdir()) == []


def test_guards_are_back_after_an_import(tmp_path: Path) -> None:
    with Record(tmp_path / "r") as record:
        record.add("a/b", 3, 1, "")
        lines = list(record.export())
    with Record(tmp_path / "s") as record:
        record.take_in(lines)
    file = sqlite3.connect(tmp_path / "s")
    with pytest.raises(sqlite3.IntegrityError, match="only ever added"):
        file.execute("DELETE FROM review")
    guard(file)
    file.close()


def test_rows_that_came_without_the_cache_are_taken_in(tmp_path: Path) -> None:
    with Record(tmp_path / "r") as record:
        for number in range(4):
            record.add("a/b", 3, 1, "", START + timedelta(days=number))
    file = sqlite3.connect(tmp_path / "r")
    for number, key in ((5, "a/b"), (6, "a/c")):
        row = (key, 4, (START + timedelta(days=number)).isoformat(), 1.0, "")
        file.execute("INSERT INTO review (key, grade, at_utc, seconds, text_hash) VALUES (?, ?, ?, ?, ?)", row)
    file.execute("INSERT INTO undo (review, at_utc) VALUES (2, ?)", (START.isoformat(),))
    file.commit()
    file.close()
    with Record(tmp_path / "r", write=False) as record:
        assert record.memories() == schedule.replay(record.reviews())
    with Record(tmp_path / "r") as record:
        assert len(record.reviews()) == 5
        assert record.memories() == schedule.replay(record.reviews())
