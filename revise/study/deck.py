"""Everything that can be asked, in reading order, without reading a page again that has not changed."""

import json
import os
import tempfile
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

from revise import __version__
from revise.topic.library import Library, page_files
from revise.topic.model import Place, Problem
from revise.topic.reader import TRANSLATION, read_topic
from revise.topic.syllabus import read_syllabus

FLASHCARDS = frozenset(["basic", "reverse", "cloze", "calc"])
"""Kinds that a sitting of flashcards asks; the other kinds are the quiz's."""
_VERSION = f"{__version__}/1"
"""To be changed with what is stored, or with how pages are read."""

Stamp = list[Any]
"""A file's path, size and time of its last change."""


class Item(NamedTuple):
    """One thing that can be asked. Siblings (gaps, the two directions) have one `card`."""

    key: str
    card: str
    topic: str
    kind: str
    level: int
    point: str | None


class Deck(NamedTuple):
    """All items in reading order, and what else is known without reading a page."""

    items: list[Item]
    needs: dict[str, tuple[str, ...]]
    """Topic → the topics to be learnt before."""
    titles: dict[str, str]
    """Topic → title, in reading order; those without a card too."""
    waiting: dict[str, int]
    """Topic → its calculation cards whose solver is not built yet."""
    problems: list[Problem]
    """What is wrong with the pages; it may be missing from the items."""


def deck(
    library: Library, cache: Path | None = None, served: Callable[[Collection[str]], Collection[str]] | None = None
) -> Deck:
    """The deck of `library`, the same in every language, as a translation changes only words.

    `cache` is a folder for what was read; None keeps nothing. `served` gives those of the solvers' names that can
    be solved (`catalogue.served`); the cards of the others are left out. None takes them all.
    """
    sources = [(library.root / "syllabus.toml", "syllabus")]
    sources += [(path, "page") for path in page_files(library.root) if not TRANSLATION.fullmatch(path.name)]
    sources += [(path, "own") for folder in library.own for path in page_files(folder) if not _translated(path)]
    file = _cache_file(cache, [library.root, *library.own]) if cache is not None else None
    kept = _load(file) if file is not None else {}
    read = {f"{kind}:{path}": _entry(path, kind, kept.get(f"{kind}:{path}")) for path, kind in sources}
    if file is not None and read != kept:
        with suppress(OSError):
            _store(file, read)
    return _assembled(read, served)


def _translated(path: Path) -> bool:
    return TRANSLATION.fullmatch(path.name) is not None


def _entry(path: Path, kind: str, kept: dict[str, Any] | None) -> dict[str, Any]:
    stamp = _stamp(path)
    if kept is not None and stamp is not None and kept["stamp"] == stamp:
        return kept
    try:
        return {"stamp": stamp, **(_syllabus(path) if kind == "syllabus" else _page(path, kind == "own"))}
    except OSError as wrong:
        problem = [str(path), 1, f"can't be read: {wrong.strerror or wrong}"]
        return {
            "stamp": None,
            "id": "",
            "extends": False,
            "items": [],
            "solvers": {},
            "topics": [],
            "problems": [problem],
        }


def _stamp(path: Path) -> Stamp | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - a thousand of them, at half the time of Path.stat
    except OSError:
        return None
    return [str(path), found.st_size, found.st_mtime_ns]


def _syllabus(path: Path) -> dict[str, Any]:
    entries, problems = read_syllabus(path)
    return {"topics": [[it.id, it.title, list(it.needs)] for it in entries], "problems": _plain(problems)}


def _page(path: Path, own: bool) -> dict[str, Any]:
    topic, problems = read_topic(path, own)
    items = [[key, card.key, topic.id, card.kind, card.level, card.point] for card in topic.cards for key in card.keys]
    solvers = {card.key: card.solver for card in topic.cards if card.kind == "calc"}
    found = {"id": topic.id, "extends": topic.extends, "title": topic.title or topic.id, "needs": list(topic.needs)}
    return {**found, "items": items, "solvers": solvers, "problems": _plain(problems)}


def _plain(problems: Iterable[Problem]) -> list[list[Any]]:
    return [[str(problem.where.file), problem.where.line, problem.message] for problem in problems]


def _assembled(read: Mapping[str, dict[str, Any]], served: Callable[[Collection[str]], Collection[str]] | None) -> Deck:
    """Topics in the order of the syllabus, then the student's own; of each the shipped cards, then added ones."""
    topics: dict[str, tuple[str, tuple[str, ...]]] = {}
    pages: dict[str, list[dict[str, Any]]] = {}
    problems: list[Problem] = []
    for name, entry in read.items():
        problems += [Problem(Place(Path(file), line), message) for file, line, message in entry["problems"]]
        if name.startswith("syllabus:"):
            topics.update({topic: (title, tuple(needs)) for topic, title, needs in entry["topics"]})
            continue
        if name.startswith("own:") and not entry["extends"] and entry["id"]:
            topics.setdefault(entry["id"], (entry["title"], tuple(entry["needs"])))
        # A shipped page is found by its file's name, a student's own by the id it gives itself.
        found = entry["id"] if name.startswith("own:") else Path(name.removeprefix("page:")).stem
        pages.setdefault(found, []).append(entry)
    items: list[Item] = []
    solvers: dict[str, str] = {}
    for topic in topics:
        for page in sorted(pages.get(topic, ()), key=lambda page: bool(page["extends"])):
            items += map(Item._make, page["items"])
            solvers |= page["solvers"]
    solved = set(solvers.values()) if served is None or not solvers else served(set(solvers.values()))
    unsolved = {card for card, solver in solvers.items() if solver not in solved}
    waiting: dict[str, int] = {}
    if unsolved:
        for item in items:
            if item.card in unsolved:
                waiting[item.topic] = waiting.get(item.topic, 0) + 1
        items = [item for item in items if item.card not in unsolved]
    if len({item[0] for item in items}) < len(items):  # a key given twice is a problem of `revise check`
        items = list({item.key: item for item in reversed(items)}.values())[::-1]
    titles = {topic: title for topic, (title, _) in topics.items()}
    return Deck(items, {topic: needs for topic, (_, needs) in topics.items() if needs}, titles, waiting, problems)


def _cache_file(folder: Path, roots: Iterable[Path]) -> Path:
    """Where the deck of the content in `roots` is kept: another `--content` has another file."""
    names = b"\0".join(os.fsencode(root.absolute()) for root in roots)
    return folder / f"deck-{blake2b(names, digest_size=6).hexdigest()}.json"


def _load(file: Path) -> dict[str, Any]:
    """What is kept; nothing where that is of another version, or not whole."""
    try:
        head, _, body = file.read_bytes().partition(b"\n")
        if head != _seal(body):
            return {}
        kept: dict[str, Any] = json.loads(body)
        return kept
    except (OSError, ValueError):
        return {}


def _store(file: Path, read: Mapping[str, dict[str, Any]]) -> None:
    """In one instant: a reader sees the old file or the new one."""
    body = json.dumps(read, separators=(",", ":")).encode()
    file.parent.mkdir(parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(".tmp", "deck-", file.parent)
    try:
        with os.fdopen(number, "wb") as made:
            made.write(_seal(body) + b"\n" + body)
        Path(name).replace(file)
    finally:
        Path(name).unlink(missing_ok=True)


def _seal(body: bytes) -> bytes:
    return f"{_VERSION} {blake2b(body, digest_size=16).hexdigest()}".encode()
