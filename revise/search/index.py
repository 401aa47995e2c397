"""The index as it is read: which terms stand where, and the documents themselves."""

import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Sequence
from json import dumps, loads

from revise.search.documents import Block, Document, Unit


class Index:
    """Terms and documents. Every method raises sqlite3.Error, ValueError or TypeError where the file is damaged."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def groups(self) -> dict[int, str]:
        """Document → the topic or solver that it belongs to."""
        return dict(self.connection.execute("SELECT id, grp FROM document"))

    def exactly(self, terms: Iterable[str]) -> Iterator[tuple[str, Sequence[int]]]:
        """Those of `terms` that occur: for each, numbers of documents times four, plus the field."""
        wanted = list(terms)
        for at in range(0, len(wanted), 900):
            some = wanted[at : at + 900]
            rows = self.connection.execute(
                f"SELECT term, found FROM term WHERE term IN ({','.join('?' * len(some))})", some
            )
            yield from ((term, numbers(found)) for term, found in rows)

    def beginning(self, prefix: str) -> Iterator[tuple[str, Sequence[int]]]:
        """The terms that begin with `prefix`, itself not among them."""
        last = prefix + "\U0010ffff"
        rows = self.connection.execute("SELECT term, found FROM term WHERE term > ? AND term < ?", (prefix, last))
        return ((term, numbers(found)) for term, found in rows)

    def terms(self) -> list[str]:
        return [term for (term,) in self.connection.execute("SELECT term FROM term")]

    def documents(self, group: str) -> list[Document]:
        rows = self.connection.execute("SELECT content FROM document WHERE grp = ? ORDER BY id", (group,))
        return [unpacked(content) for (content,) in rows]


def numbers(found: bytes) -> Sequence[int]:
    """Document times four plus field, for each place of a term. Raises ValueError where it is damaged."""
    return array("Q", found)


def packed(document: Document) -> str:
    """The document as it is stored."""
    return dumps([*vars(document).values()], ensure_ascii=False, separators=(",", ":"))


def unpacked(content: str) -> Document:
    """The stored document. Raises ValueError or TypeError where it is damaged."""
    group, kind, names, units, *rest = loads(content)
    return Document(
        group,
        kind,
        tuple(Block(*name) for name in names),
        tuple(Unit(kind, name, tuple(Block(*block) for block in blocks)) for kind, name, blocks in units),
        *rest,
    )
