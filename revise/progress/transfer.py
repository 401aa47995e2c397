"""The record as text: a line of JSON for each row of the logs, exact in a round trip."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from revise.errors import InputError
from revise.progress import memories, tables

if TYPE_CHECKING:
    import sqlite3

_HEAD = {"revise": "progress", "schema": tables.SCHEMA}
Rows = dict[str, list[tuple[Any, ...]]]
_TYPES = {
    "id": int, "review": int, "grade": int, "hints": int, "seconds": float,
    "key": str, "at_utc": str, "text_hash": str, "outcome": str, "mistake": str, "what": str, "name": str, "value": str,
}  # fmt: skip


def export(file: "sqlite3.Connection") -> Iterator[str]:
    """The lines, without their ends."""
    yield json.dumps(_HEAD)
    for table, columns in tables.LOGS.items():
        for row in file.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY id"):
            yield json.dumps({"table": table, **dict(zip(columns, row, strict=True))}, ensure_ascii=False)


def read(lines: Iterable[str]) -> Rows:
    """The rows of an export. Raises InputError that names the line; nothing is stored."""
    rows: Rows = {table: [] for table in tables.LOGS}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            said = json.loads(line)
        except ValueError:
            raise InputError(f"line {number} is no JSON: is this a file of `revise progress export`?") from None
        if number == 1:
            if not isinstance(said, dict) or said.get("revise") != "progress":
                raise InputError("line 1 does not say that this is an export of `revise progress export`")
            if not isinstance(said.get("schema"), int) or said["schema"] > tables.SCHEMA:
                raise InputError("line 1: the export is of a newer version of this program: update the program")
            continue
        table = said.pop("table", None) if isinstance(said, dict) else None
        if table not in tables.LOGS or not _fits(said, tables.LOGS[table]):
            raise InputError(f"line {number} is no row of the record: nothing was imported")
        rows[table].append(tuple(said[column] for column in tables.LOGS[table]))
    known = {row[0] for row in rows["review"]}
    for table in ("undo", "answer"):
        named = [row[1] for row in rows[table]]
        if not set(named) <= known or len(set(named)) != len(named):
            raise InputError(f"an {table} names a review that is missing, or one twice: nothing was imported")
    return rows


def _fits(said: dict[str, Any], columns: tuple[str, ...]) -> bool:
    if set(said) != set(columns):
        return False
    for column, value in said.items():
        wanted = _TYPES[column]
        if isinstance(value, bool) or not isinstance(value, (int, float) if wanted is float else wanted):
            return False
        if column == "at_utc" and not _is_moment(str(value)):
            return False
    in_range = 1 <= said.get("grade", 1) <= 4 and said.get("outcome", "right") in tables.OUTCOMES
    return in_range and said.get("what", "resumed") in ("suspended", "resumed")


def _is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).utcoffset() is not None
    except ValueError:
        return False


def merge(file: "sqlite3.Connection", rows: Rows) -> int:
    """Put `rows` beside what is there, by time, each once, inside the caller's transaction; → reviews that are new."""
    here: Rows = {
        table: file.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY id").fetchall()
        for table, columns in tables.LOGS.items()
    }
    if not any(here.values()):
        _write(file, rows)
        return len(rows["review"])
    theirs = _by_review(rows)
    mine = _by_review(here)
    new = [event for event in theirs if event[0] not in {known[0] for known in mine}]
    kept = {event[0]: event for event in mine}
    for event, undone, answer in theirs:  # taken back there, still in force here: it stays taken back
        if event in kept:
            kept[event] = (event, kept[event][1] or undone, kept[event][2] or answer)
    merged: Rows = {table: [] for table in tables.LOGS}
    for number, (event, undone, answer) in enumerate(sorted([*kept.values(), *new], key=lambda it: it[0][2]), 1):
        merged["review"].append((number, *event))
        if undone is not None:
            merged["undo"].append((len(merged["undo"]) + 1, number, undone))
        if answer is not None:
            merged["answer"].append((len(merged["answer"]) + 1, number, *answer))
    for table in ("mark", "setting"):
        both = dict.fromkeys(row[1:] for row in [*here[table], *rows[table]])
        merged[table] = [(number, *row) for number, row in enumerate(sorted(both, key=lambda row: row[-1]), 1)]
    _write(file, merged)
    return len(new)


def _by_review(rows: Rows) -> list[tuple[tuple[Any, ...], str | None, tuple[Any, ...] | None]]:
    undone = {review: at for _, review, at in rows["undo"]}
    answers = {row[1]: row[2:] for row in rows["answer"]}
    return [(row[1:], undone.get(row[0]), answers.get(row[0])) for row in rows["review"]]


def _write(file: "sqlite3.Connection", rows: Rows) -> None:
    tables.unguard(file)
    for table in reversed(tables.LOGS):
        file.execute(f"DELETE FROM {table}")
    for table, columns in tables.LOGS.items():
        signs = ", ".join("?" * len(columns))
        file.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({signs})", rows[table])
    tables.guard(file)
    memories.rebuild(file)
