"""The open record: add a grade, take it back, ask what is known."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple

from revise.errors import InputError
from revise.progress import backup, tables
from revise.progress.faults import explain
from revise.progress.folder import record_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from revise.schedule import Memory, Review

_REVIEW = "id, key, grade, at_utc, seconds, text_hash"


class Answer(NamedTuple):
    """What a quiz knows of an answer beside its grade; `outcome` is one of `tables.OUTCOMES`."""

    outcome: str
    hints: int = 0
    mistake: str = ""


class Record:
    """The open record. Use as a context manager; every method raises InputError where the file fails.

    Several programs may have it open at once: a write waits for the other's, ten seconds at most.
    Opened with `write=False` nothing is made, migrated or copied, and a read-only file will do.
    `warnings` are sentences about what did not work and does no harm yet.
    """

    def __init__(self, path: Path | None = None, write: bool = True) -> None:
        import sqlite3

        self.path = path or record_file()
        self.warnings: list[str] = []
        if write:
            self._make_folder()
        with self._explained():
            if write:
                self._file = sqlite3.connect(self.path, timeout=10, isolation_level=None)
            elif self.path.is_file():
                address = f"{self.path.resolve().as_uri()}?mode=ro"
                self._file = sqlite3.connect(address, uri=True, timeout=10, isolation_level=None)
            else:
                self._file = sqlite3.connect(":memory:", isolation_level=None)
                tables.migrate(self._file, 0)
            try:
                self._schema = self._known_version()
                if write:
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

    def add(
        self,
        key: str,
        grade: int,
        seconds: float,
        text_hash: str,
        at: datetime | None = None,
        answer: Answer | None = None,
    ) -> "Review":
        """Store a grade (and what a quiz knows of the answer); when this returns it is on the disk.

        `at` is UTC, now without it.
        """
        from revise.progress import memories

        at = (at or datetime.now(UTC)).astimezone(UTC)
        row = (key, grade, at.isoformat(), round(float(seconds), 3), text_hash)
        with self._writing():
            done = self._file.execute(
                "INSERT INTO review (key, grade, at_utc, seconds, text_hash) VALUES (?, ?, ?, ?, ?)", row
            )
            assert done.lastrowid is not None
            if answer is not None:
                self._file.execute(
                    "INSERT INTO answer (review, outcome, hints, mistake) VALUES (?, ?, ?, ?)",
                    (done.lastrowid, *answer),
                )
            memories.catch_up(self._file)
        return memories.review_of((done.lastrowid, *row))

    def undo_last(self, at: datetime | None = None) -> "Review | None":
        """Take the last grade in force back and return it; None where there is none."""
        from revise.progress import memories

        at = (at or datetime.now(UTC)).astimezone(UTC)
        with self._writing():
            row = self._file.execute(f"SELECT {_REVIEW} {tables.IN_FORCE} ORDER BY id DESC LIMIT 1").fetchone()
            if row is None:
                return None
            self._file.execute("INSERT INTO undo (review, at_utc) VALUES (?, ?)", (row[0], at.isoformat()))
            memories.catch_up(self._file)
        return memories.review_of(row)

    def reviews(self, key: str | None = None, since: datetime | None = None) -> "list[Review]":
        """The grades in force, in the order they were given; of one key, or from `since` (UTC) on."""
        from revise.progress import memories

        where, values = "", []
        if key is not None:
            where, values = " AND key = ?", [key]
        if since is not None:
            where += " AND at_utc >= ?"
            values.append(since.astimezone(UTC).isoformat())
        # `+id` leaves the index on the time in use, where only a part is asked for.
        order = "+id" if since is not None else "id"
        with self._explained():
            rows = self._file.execute(f"SELECT {_REVIEW} {tables.IN_FORCE}{where} ORDER BY {order}", values).fetchall()
        return [memories.review_of(row) for row in rows]

    def answers(self, since: datetime | None = None) -> "list[tuple[Review, Answer]]":
        """What the quiz knows of the grades in force that it gave, in the order they were given."""
        from revise.progress import memories

        if self._schema < 2:
            return []
        columns = ", ".join(f"review.{name}" for name in _REVIEW.split(", "))
        where, values = ("", []) if since is None else ("AND at_utc >= ?", [since.astimezone(UTC).isoformat()])
        with self._explained():
            rows = self._file.execute(
                f"SELECT {columns}, outcome, hints, mistake FROM answer CROSS JOIN review ON review.id = answer.review "
                f"WHERE review.id NOT IN (SELECT review FROM undo) {where} ORDER BY review.id",
                values,
            ).fetchall()
        return [(memories.review_of(row[:6]), Answer(*row[6:])) for row in rows]

    def grades(self, since: datetime) -> "Iterator[tuple[str, int, str, float, int]]":
        """(key, grade, time as ISO text, seconds, 1 where a quiz asked), in force, from `since` (UTC) on."""
        quiz = "id IN (SELECT review FROM answer)" if self._schema >= 2 else "0"
        with self._explained():
            yield from self._file.execute(
                f"SELECT key, grade, at_utc, seconds, {quiz} {tables.IN_FORCE} AND at_utc >= ? ORDER BY +id",
                [since.astimezone(UTC).isoformat()],
            )

    def counts(self, instants: "Sequence[datetime]") -> list[int]:
        """How many grades in force were given between each instant and the next; one number less than `instants`."""
        text = [at.astimezone(UTC).isoformat() for at in instants]
        counted = f"SELECT count(*) {tables.IN_FORCE} AND at_utc >= ? AND at_utc < ?"
        with self._explained():
            return [self._file.execute(counted, ends).fetchone()[0] for ends in pairwise(text)]

    def total(self, longest: float) -> tuple[datetime | None, int, float]:
        """(time of the first grade in force, how many there are, their seconds, each `longest` at most)."""
        with self._explained():
            first, count, seconds = self._file.execute(
                f"SELECT min(at_utc), count(*), total(min(seconds, ?)) {tables.IN_FORCE}", [longest]
            ).fetchone()
        return (datetime.fromisoformat(first) if first else None, count, seconds)

    def memories(self) -> "dict[str, Memory]":
        """Key → what is known about it."""
        from revise import schedule
        from revise.progress import memories

        with self._explained():
            if self._schema >= 2 and memories.is_current(self._file):
                return memories.all_of(self._file)
            return schedule.replay(memories.reviews(self._file))

    def memory(self, key: str) -> "Memory | None":
        """What is known about `key`."""
        from revise import schedule

        return schedule.replay(self.reviews(key)).get(key)

    def suspend(self, key: str) -> None:
        """`key` is not asked any more, until it is resumed."""
        self._append("mark", key, "suspended")

    def resume(self, key: str) -> None:
        self._append("mark", key, "resumed")

    def suspended(self) -> frozenset[str]:
        return frozenset(key for key, what in self._newest("mark", "key", "what") if what == "suspended")

    def settings(self) -> dict[str, Any]:
        """Name → value as it was last set."""
        return {name: json.loads(value) for name, value in self._newest("setting", "name", "value")}

    def set(self, name: str, value: Any) -> None:
        """Store a setting; `value` is what JSON can hold."""
        self._append("setting", name, json.dumps(value, ensure_ascii=False))

    def rebuild(self) -> int:
        """Compute the schedule anew from the grades; how many keys it holds."""
        from revise.progress import memories

        with self._writing():
            memories.rebuild(self._file)
            return int(self._file.execute("SELECT count(*) FROM memory").fetchone()[0])

    def export(self) -> Iterator[str]:
        """The whole record as lines of JSON."""
        from revise.progress import transfer

        with self._explained():
            yield from transfer.export(self._file)

    def take_in(self, lines: "Iterable[str]") -> tuple[int, Path | None]:
        """Import an export beside what is there, each row once: (new grades, the copy made before, if any)."""
        from revise.progress import transfer

        rows = transfer.read(lines)
        copy = self._copy_before("import") if self._file.execute("SELECT 1 FROM review").fetchone() else None
        with self._writing():
            return transfer.merge(self._file, rows), copy

    def _append(self, table: str, name: str, value: str) -> None:
        columns = tables.LOGS[table][1:]
        with self._writing():
            self._file.execute(
                f"INSERT INTO {table} ({', '.join(columns)}) VALUES (?, ?, ?)",
                (name, value, datetime.now(UTC).isoformat()),
            )

    def _newest(self, table: str, name: str, value: str) -> list[tuple[str, str]]:
        if self._schema < 2:
            return []
        with self._explained():
            rows = self._file.execute(f"SELECT {name}, {value} FROM {table} ORDER BY id").fetchall()
        return list(dict(rows).items())

    def _make_folder(self) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as fault:
            raise InputError(
                f"the folder {self.path.parent} for the record can't be made ({fault.strerror}): "
                "name another in REVISE_DATA"
            ) from fault

    def _known_version(self) -> int:
        version = tables.version(self._file)
        if version > tables.SCHEMA:
            raise InputError(
                f"the record {self.path} was written by a newer version of this program "
                f"(schema {version}, this one knows {tables.SCHEMA}): update the program; nothing was changed"
            )
        return version

    def _prepare(self) -> None:
        """Make or migrate the tables; find out now, not after the first card, that nothing can be written."""
        from revise.progress import memories

        if 0 < self._schema < tables.SCHEMA:
            self._copy_before(f"schema-{tables.SCHEMA}")
        elif self._schema == tables.SCHEMA:
            self._copy_daily()
        with self._writing():
            found = self._known_version()  # another program may have been quicker
            if found < tables.SCHEMA:
                tables.migrate(self._file, found)
            tables.index(self._file)
            self._file.execute(f"PRAGMA user_version = {tables.SCHEMA}")
            memories.catch_up(self._file)
        self._schema = tables.SCHEMA

    def _copy_daily(self) -> None:
        try:
            backup.daily(self._file, self.path)
        except OSError as fault:
            self.warnings.append(f"today's copy of the record could not be made ({fault}); the record itself is fine")

    def _copy_before(self, what: str) -> Path:
        try:
            return backup.before(self._file, self.path, what)
        except OSError as fault:
            raise InputError(
                f"no copy of the record could be made in {backup.folder(self.path)} ({fault}): nothing was changed; "
                "make room or mend its permissions"
            ) from fault

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._explained():
            self._file.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._file.execute("COMMIT")
            except BaseException:
                if self._file.in_transaction:
                    self._file.execute("ROLLBACK")
                raise

    @contextmanager
    def _explained(self) -> Iterator[None]:
        import sqlite3

        try:
            yield
        except sqlite3.Error as fault:
            raise InputError(explain(self.path, fault)) from fault
