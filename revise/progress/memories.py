"""The schedule in the record's file: a cache of `schedule.replay` over the grades in force, by key."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from revise import schedule
from revise.progress.tables import IN_FORCE
from revise.schedule import Memory, Review

if TYPE_CHECKING:
    import sqlite3

_COLUMNS = "key, state, step, stability, difficulty, due, last, reviews, lapses, text_hash"
_REVIEW = "id, key, grade, at_utc, seconds, text_hash"


def is_current(file: "sqlite3.Connection") -> bool:
    """Whether the cache holds every review and undo there is."""
    held = file.execute("SELECT review, undo, scheduler FROM held").fetchall()
    return held == [(*_last(file), schedule.SCHEDULER)]


def catch_up(file: "sqlite3.Connection") -> None:
    """Take in what was added since, inside the caller's transaction; everything where the cache is no use."""
    held = file.execute("SELECT review, undo, scheduler FROM held").fetchall()
    last = _last(file)
    if len(held) != 1 or held[0][2] != schedule.SCHEDULER or held[0][0] > last[0] or held[0][1] > last[1]:
        rebuild(file)
        return
    if held[0][:2] == last:
        return
    undone = {
        key
        for (key,) in file.execute(
            "SELECT DISTINCT key FROM undo CROSS JOIN review ON review.id = undo.review WHERE undo.id > ?",
            (held[0][1],),
        )
    }
    for key in undone:
        file.execute("DELETE FROM memory WHERE key = ?", (key,))
        _store(file, schedule.replay(reviews(file, key)))
    added = file.execute(f"SELECT {_REVIEW} {IN_FORCE} AND id > ? ORDER BY id", (held[0][0],)).fetchall()
    for new in map(review_of, added):
        if new.key not in undone:
            memory = schedule.after(one(file, new.key), new.grade, new.at, new.text_hash)
            _store(file, {new.key: memory})
    _hold(file)


def rebuild(file: "sqlite3.Connection") -> None:
    """Compute the whole cache anew, inside the caller's transaction."""
    file.execute("DELETE FROM memory")
    _store(file, schedule.replay(reviews(file)))
    _hold(file)


def reviews(file: "sqlite3.Connection", key: str | None = None) -> Iterable[Review]:
    where, values = (" AND key = ?", (key,)) if key is not None else ("", ())
    return map(review_of, file.execute(f"SELECT {_REVIEW} {IN_FORCE}{where} ORDER BY id", values).fetchall())


def all_of(file: "sqlite3.Connection") -> dict[str, Memory]:
    moment = datetime.fromisoformat
    return {
        key: Memory(state, step, stability, difficulty, moment(due), moment(last), reviews, lapses, text_hash)
        for key, state, step, stability, difficulty, due, last, reviews, lapses, text_hash in file.execute(
            f"SELECT {_COLUMNS} FROM memory"
        )
    }


def one(file: "sqlite3.Connection", key: str) -> Memory | None:
    row = file.execute(f"SELECT {_COLUMNS} FROM memory WHERE key = ?", (key,)).fetchone()
    return _memory(row[1:]) if row else None


def review_of(row: tuple[int, str, int, str, float, str]) -> Review:
    number, key, grade, at, seconds, text_hash = row
    return Review(number, key, grade, datetime.fromisoformat(at), seconds, text_hash)


def _memory(row: tuple[Any, ...]) -> Memory:
    state, step, stability, difficulty, due, last, count, lapses, text_hash = row
    moments = datetime.fromisoformat(due), datetime.fromisoformat(last)
    return Memory(state, step, stability, difficulty, *moments, count, lapses, text_hash)


def _store(file: "sqlite3.Connection", memories: dict[str, Memory]) -> None:
    file.executemany(
        f"INSERT OR REPLACE INTO memory ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(key, *it[:4], it.due.isoformat(), it.last.isoformat(), *it[6:]) for key, it in memories.items()],
    )


def _hold(file: "sqlite3.Connection") -> None:
    file.execute("DELETE FROM held")
    file.execute("INSERT INTO held (review, undo, scheduler) VALUES (?, ?, ?)", (*_last(file), schedule.SCHEDULER))


def _last(file: "sqlite3.Connection") -> tuple[int, int]:
    row = file.execute("SELECT (SELECT max(id) FROM review), (SELECT max(id) FROM undo)").fetchone()
    return (row[0] or 0, row[1] or 0)
