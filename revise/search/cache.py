"""The index on the disk: SQLite in the user's cache folder, kept up to date by each file's size and time of change.

A cache that is missing, damaged, of another version or cannot be written is not used: the index is then made in
memory. The file is never changed in place: a new one takes its place.
"""

import os
import sqlite3
import tempfile
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from revise import __version__
from revise.search.documents import Document, page_document, solver_document, syllabus_documents
from revise.search.index import Index, packed, unpacked

DAMAGED = (sqlite3.Error, ValueError, TypeError)
"""What reading a damaged index raises."""
_VERSION = f"{__version__}/2"
"""To be changed with what is stored, or with how words are folded."""
_TABLES = """
    CREATE TABLE version (version TEXT NOT NULL);
    CREATE TABLE file (id INTEGER PRIMARY KEY, path BLOB NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL);
    CREATE TABLE document (id INTEGER PRIMARY KEY, file INTEGER NOT NULL, grp TEXT NOT NULL, content TEXT NOT NULL);
    CREATE INDEX document_grp ON document (grp);
    CREATE INDEX document_file ON document (file);
    CREATE TABLE term (term TEXT PRIMARY KEY, found BLOB NOT NULL) WITHOUT ROWID;
"""
Stamp = tuple[bytes, int, int]
"""A file's path, size and time of its last change."""


class Source(NamedTuple):
    """A file that holds documents; `kind` is "syllabus", "page", "own" or "solver"."""

    path: Path
    kind: str

    def documents(self) -> Iterator[Document]:
        if self.kind == "syllabus":
            yield from syllabus_documents(self.path)
        elif self.kind == "solver":
            solver = solver_document(self.path)
            if solver is not None:
                yield solver
        else:
            yield page_document(self.path, self.kind == "own")


def open_index(sources: list[Source], cache: Path | None) -> Index:
    """The index of `sources`, from `cache` as far as that is of use; None makes it in memory."""
    if cache is not None:
        with suppress(OSError, *DAMAGED):
            return Index(_cached(sources, cache))
    memory = _empty()
    _update(memory, sources)
    return Index(memory)


def cache_file(folder: Path, roots: Iterable[Path]) -> Path:
    """Where the index of the content in `roots` is kept: another `--content` has another index."""
    names = b"\0".join(os.fsencode(root.absolute()) for root in roots)
    return folder / f"search-{blake2b(names, digest_size=6).hexdigest()}.db"


def _cached(sources: list[Source], cache: Path) -> sqlite3.Connection:
    memory = None
    with suppress(*DAMAGED):
        kept = _opened(cache)
        if kept is not None:
            if not _changes(kept, sources)[2]:
                return kept
            changed = sqlite3.connect(":memory:")
            with closing(kept):
                kept.backup(changed)
            _update(changed, sources)
            memory = changed
    if memory is None:
        memory = _empty()
        _update(memory, sources)
    with suppress(sqlite3.Error, OSError):
        _store(memory, cache)
    return memory


def _opened(cache: Path) -> sqlite3.Connection | None:
    """The stored index; None where there is none of this version."""
    if not cache.is_file():
        return None
    connection = sqlite3.connect(f"{cache.absolute().as_uri()}?mode=ro", uri=True)
    try:
        if connection.execute("SELECT version FROM version").fetchall() == [(_VERSION,)]:
            return connection
    except sqlite3.Error:
        pass
    connection.close()
    return None


def _empty() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.executescript(_TABLES)
    connection.execute("INSERT INTO version VALUES (?)", (_VERSION,))
    return connection


def _store(memory: sqlite3.Connection, cache: Path) -> None:
    cache.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(".tmp", "search-", cache.parent)
    os.close(number)
    try:
        with closing(sqlite3.connect(name)) as file:
            file.execute("PRAGMA synchronous = OFF")  # a torn file is a cache not used
            memory.commit()
            memory.backup(file)
        Path(name).replace(cache)
    finally:
        Path(name).unlink(missing_ok=True)


def _changes(connection: sqlite3.Connection, sources: list[Source]) -> tuple[list[int], list[Source], bool]:
    """(files that are no longer as stored, sources to be read, whether there are any)."""
    rows = connection.execute("SELECT id, path, size, mtime_ns FROM file")
    stored = {(path, size, time): number for number, path, size, time in rows}
    now = {stamp: source for source in sources if (stamp := _stamp(source.path)) is not None}
    gone = [number for stamp, number in stored.items() if stamp not in now]
    new = [source for stamp, source in now.items() if stamp not in stored]
    return gone, new, bool(gone or new)


def _stamp(path: Path) -> Stamp | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - a thousand of them, at half the time of Path.stat
    except OSError:
        return None
    return os.fsencode(path), found.st_size, found.st_mtime_ns


def _update(connection: sqlite3.Connection, sources: list[Source]) -> None:
    gone, new, _ = _changes(connection, sources)
    removed: set[int] = set()
    touched: set[str] = set()
    for file in gone:
        for number, content in connection.execute("SELECT id, content FROM document WHERE file = ?", (file,)):
            removed.add(number)
            touched.update(unpacked(content).fields())
        connection.execute("DELETE FROM document WHERE file = ?", (file,))
        connection.execute("DELETE FROM file WHERE id = ?", (file,))
    added: defaultdict[str, list[int]] = defaultdict(list)
    for source in new:
        stamp = _stamp(source.path)
        documents = _readable(source)
        if stamp is None or documents is None:
            continue
        new_file = connection.execute("INSERT INTO file (path, size, mtime_ns) VALUES (?, ?, ?)", stamp).lastrowid
        for document in documents:
            row = (new_file, document.group, packed(document))
            made = connection.execute("INSERT INTO document (file, grp, content) VALUES (?, ?, ?)", row)
            for term, field in document.fields().items():
                added[term].append((made.lastrowid or 0) * 4 + field)
    _merge(connection, removed, touched, added)
    connection.commit()


def _merge(
    connection: sqlite3.Connection, removed: set[int], touched: set[str], added: Mapping[str, Sequence[int]]
) -> None:
    """Take the documents `removed` out of the terms `touched`, and put `added` in."""
    known = dict(Index(connection).exactly([*(touched | set(added))])) if touched or _filled(connection) else {}
    rows: list[tuple[str, bytes]] = []
    for term in touched | set(added):
        kept = [code for code in known.get(term, ()) if code >> 2 not in removed]
        rows.append((term, array("Q", [*kept, *added.get(term, ())]).tobytes()))
    connection.executemany("INSERT OR REPLACE INTO term VALUES (?, ?)", (row for row in rows if row[1]))
    connection.executemany("DELETE FROM term WHERE term = ?", ((term,) for term, found in rows if not found))


def _filled(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM term LIMIT 1").fetchone() is not None


def _readable(source: Source) -> list[Document] | None:
    try:
        return list(source.documents())
    except OSError:
        return None
