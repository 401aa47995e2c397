"""The record of what was answered: one SQLite file, only ever added to, each grade safe before the next card."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from revise.errors import InputError

if TYPE_CHECKING:
    import sqlite3

    from revise.schedule import Review

SCHEMA = 1
_TABLES = (
    """CREATE TABLE IF NOT EXISTS review (
        id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL, grade INTEGER NOT NULL CHECK (grade BETWEEN 1 AND 4),
        at_utc TEXT NOT NULL, seconds REAL NOT NULL, text_hash TEXT NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS review_key ON review (key)",
    """CREATE TABLE IF NOT EXISTS undo (
        id INTEGER PRIMARY KEY AUTOINCREMENT, review INTEGER NOT NULL UNIQUE REFERENCES review (id),
        at_utc TEXT NOT NULL)""",
    "CREATE TABLE IF NOT EXISTS meta (schema INTEGER NOT NULL)",
    *(
        f"""CREATE TRIGGER IF NOT EXISTS {table}_no_{verb} BEFORE {verb} ON {table}
        BEGIN SELECT RAISE(ABORT, 'the record is only ever added to'); END"""
        for table in ("review", "undo")
        for verb in ("update", "delete")
    ),
)
_IN_FORCE = "FROM review WHERE id NOT IN (SELECT review FROM undo)"
_COLUMNS = "id, key, grade, at_utc, seconds, text_hash"


def data_folder() -> Path:
    """Where the record is kept: REVISE_DATA, else the system's folder for a user's data."""
    named = os.environ.get("REVISE_DATA")
    if named:
        return Path(named).expanduser()
    import platformdirs

    return Path(platformdirs.user_data_dir("revise", appauthor=False))


def seen_keys() -> frozenset[str]:
    """Keys with a grade in force; none where there is no record yet or it can't be read."""
    import sqlite3

    path = data_folder() / "record.sqlite3"
    if not path.is_file():
        return frozenset()
    try:
        file = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        try:
            return frozenset(key for (key,) in file.execute(f"SELECT DISTINCT key {_IN_FORCE}"))
        finally:
            file.close()
    except sqlite3.Error:
        return frozenset()


class Record:
    """The open record. Use as a context manager; every method raises InputError where the file fails.

    Several programs may have it open at once: a write waits for the other's, ten seconds at most.
    """

    def __init__(self, path: Path | None = None) -> None:
        import sqlite3

        self.path = path or data_folder() / "record.sqlite3"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as fault:
            raise InputError(
                f"the folder {self.path.parent} for the record can't be made ({fault.strerror}): "
                "name another in REVISE_DATA"
            ) from fault
        with self._explained():
            self._file = sqlite3.connect(self.path, timeout=10, isolation_level=None)
            try:
                self._prepare()
            except BaseException:
                self._file.close()
                raise

    def __enter__(self) -> "Record":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, key: str, grade: int, seconds: float, text_hash: str, at: datetime | None = None) -> "Review":
        """Store a grade; when this returns it is on the disk. `at` is UTC, now without it."""
        at = (at or datetime.now(UTC)).astimezone(UTC)
        row = (key, grade, at.isoformat(), round(seconds, 3), text_hash)
        with self._writing():
            done = self._file.execute(
                "INSERT INTO review (key, grade, at_utc, seconds, text_hash) VALUES (?, ?, ?, ?, ?)", row
            )
        assert done.lastrowid is not None
        return _review((done.lastrowid, *row))

    def undo_last(self, at: datetime | None = None) -> "Review | None":
        """Take the last grade in force back and return it; None where there is none."""
        at = (at or datetime.now(UTC)).astimezone(UTC)
        with self._writing():
            row = self._file.execute(f"SELECT {_COLUMNS} {_IN_FORCE} ORDER BY id DESC LIMIT 1").fetchone()
            if row is None:
                return None
            self._file.execute("INSERT INTO undo (review, at_utc) VALUES (?, ?)", (row[0], at.isoformat()))
        return _review(row)

    def reviews(self, key: str | None = None) -> "list[Review]":
        """The grades in force, in the order they were given; of one key if it is named."""
        where, values = (" AND key = ?", (key,)) if key is not None else ("", ())
        with self._explained():
            rows = self._file.execute(f"SELECT {_COLUMNS} {_IN_FORCE}{where} ORDER BY id", values).fetchall()
        return [_review(row) for row in rows]

    def _prepare(self) -> None:
        """Make the tables of a new file; find out now, not after the first card, that nothing can be written."""
        with self._writing():
            tables = {name for (name,) in self._file.execute("SELECT name FROM sqlite_master")}
            version = self._file.execute("SELECT max(schema) FROM meta").fetchone()[0] if "meta" in tables else None
            if version is not None and version > SCHEMA:
                raise InputError(
                    f"the record {self.path} was written by a newer version of this program "
                    f"(schema {version}, this one knows {SCHEMA}): update the program; nothing was changed"
                )
            if version is None:
                for statement in _TABLES:
                    self._file.execute(statement)
                self._file.execute("INSERT INTO meta (schema) VALUES (?)", (SCHEMA,))
        if version is not None:  # a write that is rolled back: a read-only file or folder refuses it
            with self._explained():
                self._file.execute("BEGIN IMMEDIATE")
                try:
                    self._file.execute(f"PRAGMA user_version = {SCHEMA}")
                finally:
                    if self._file.in_transaction:
                        self._file.execute("ROLLBACK")

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._explained():
            self._file.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._file.execute("ROLLBACK")
                raise
            self._file.execute("COMMIT")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        import sqlite3

        try:
            yield
        except sqlite3.Error as fault:
            raise InputError(_explain(self.path, fault)) from fault


def _review(row: tuple[int, str, int, str, float, str]) -> "Review":
    from revise.schedule import Review

    number, key, grade, at, seconds, text_hash = row
    return Review(number, key, grade, datetime.fromisoformat(at), seconds, text_hash)


def _explain(path: Path, fault: "sqlite3.Error") -> str:
    """What happened to the record and what to do, for a person."""
    reason = str(fault)
    if "readonly" in reason or "unable to open" in reason:
        return f"the record {path} can't be written ({reason}): mend its permissions or set REVISE_DATA"
    if "locked" in reason or "busy" in reason:
        return f"another program holds the record {path}: the last grade was not saved; try again when it is done"
    if "full" in reason:
        return f"the disk of the record {path} is full: the last grade was not saved; make room and go on"
    if "not a database" in reason or "malformed" in reason or "no such column" in reason:
        return f"the record {path} is damaged ({reason}): nothing was changed; move the file away or put a copy back"
    return f"the record {path} failed ({reason}): the last grade was not saved"
