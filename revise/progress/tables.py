"""The tables of the record, and how an older file gets them."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

SCHEMA = 2
LOGS = {
    "review": ("id", "key", "grade", "at_utc", "seconds", "text_hash"),
    "undo": ("id", "review", "at_utc"),
    "answer": ("id", "review", "outcome", "hints", "mistake"),
    "mark": ("id", "key", "what", "at_utc"),
    "setting": ("id", "name", "value", "at_utc"),
}
"""Tables that are only ever added to, with their columns; the rest can be rebuilt from them."""
IN_FORCE = "FROM review WHERE id NOT IN (SELECT review FROM undo)"
OUTCOMES = ("right", "imprecise", "wrong", "undecided", "skipped")
_FIRST = (
    """CREATE TABLE IF NOT EXISTS review (
        id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL, grade INTEGER NOT NULL CHECK (grade BETWEEN 1 AND 4),
        at_utc TEXT NOT NULL, seconds REAL NOT NULL, text_hash TEXT NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS review_key ON review (key)",
    """CREATE TABLE IF NOT EXISTS undo (
        id INTEGER PRIMARY KEY AUTOINCREMENT, review INTEGER NOT NULL UNIQUE REFERENCES review (id),
        at_utc TEXT NOT NULL)""",
    "CREATE TABLE IF NOT EXISTS meta (schema INTEGER NOT NULL)",
)
_SECOND = (
    f"""CREATE TABLE answer (
        id INTEGER PRIMARY KEY AUTOINCREMENT, review INTEGER NOT NULL UNIQUE REFERENCES review (id),
        outcome TEXT NOT NULL CHECK (outcome IN {OUTCOMES}), hints INTEGER NOT NULL, mistake TEXT NOT NULL)""",
    """CREATE TABLE mark (
        id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL,
        what TEXT NOT NULL CHECK (what IN ('suspended', 'resumed')), at_utc TEXT NOT NULL)""",
    """CREATE TABLE setting (
        id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, value TEXT NOT NULL, at_utc TEXT NOT NULL)""",
    """CREATE TABLE memory (
        key TEXT PRIMARY KEY, state INTEGER NOT NULL, step INTEGER, stability REAL NOT NULL, difficulty REAL NOT NULL,
        due TEXT NOT NULL, last TEXT NOT NULL, reviews INTEGER NOT NULL, lapses INTEGER NOT NULL,
        text_hash TEXT NOT NULL) WITHOUT ROWID""",
    "CREATE TABLE held (review INTEGER NOT NULL, undo INTEGER NOT NULL, scheduler TEXT NOT NULL)",
)
_STEPS = {1: _FIRST, 2: _SECOND}


def version(file: "sqlite3.Connection") -> int:
    """The schema of an open file; 0 for one without tables."""
    there = file.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone()
    return (file.execute("SELECT max(schema) FROM meta").fetchone()[0] or 0) if there else 0


def migrate(file: "sqlite3.Connection", found: int) -> None:
    """Bring a file of schema `found` up to date, inside the caller's transaction."""
    for step in range(found + 1, SCHEMA + 1):
        for statement in _STEPS[step]:
            file.execute(statement)
        file.execute("INSERT INTO meta (schema) VALUES (?)", (step,))
    guard(file)


def index(file: "sqlite3.Connection") -> None:
    """What makes reading quick and can be missing: today's grades are found by their time."""
    file.execute("CREATE INDEX IF NOT EXISTS review_at ON review (at_utc)")


def guard(file: "sqlite3.Connection") -> None:
    """From here on nothing can be changed or deleted in the logs."""
    for table in LOGS:
        for verb in ("update", "delete"):
            file.execute(
                f"""CREATE TRIGGER IF NOT EXISTS {table}_no_{verb} BEFORE {verb} ON {table}
                BEGIN SELECT RAISE(ABORT, 'the record is only ever added to'); END"""
            )


def unguard(file: "sqlite3.Connection") -> None:
    """For an import, which writes all logs anew in one transaction."""
    for table in LOGS:
        for verb in ("update", "delete"):
            file.execute(f"DROP TRIGGER IF EXISTS {table}_no_{verb}")
