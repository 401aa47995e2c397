"""`revise search WORDS`: where in pages, cards and solvers something is said, best first."""

import json as json_text
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from revise.commands import _content
from revise.errors import NothingFound
from revise.render.console import make_screen, print_lines
from revise.render.hits import Again, command_line, context_of, draw_hits
from revise.search import Found, Query, search
from revise.search.cache import DAMAGED, Source, cache_file, open_index
from revise.topic import Library
from revise.topic.library import page_files
from revise.untrusted import harmless

_SOLVERS = Path(__file__).resolve().parent.parent / "solvers"


def run(
    words: list[str],
    *,
    limit: int,
    plain: bool,
    json: bool,
    width: int | None,
    content: Path | None,
    lang: str | None,
) -> int:
    query = Query.of(words)
    found = look_up(_content.library(content), query, limit, _content.language(lang))
    again = Again(str(content) if content else "", lang or "")
    if not found.hits:
        if json:
            print("[]")
        raise NothingFound(_nothing(found, words))
    if json:
        print(json_text.dumps(_as_json(found, again), ensure_ascii=False, indent=2))
        return 0
    console = make_screen(width, plain)
    print_lines(console, draw_hits(found.hits, found.query, min(console.width, width or 100), again))
    if found.missing:
        print(harmless(f"revise: {_missing(found)}"), file=sys.stderr)
    return 0


def look_up(library: Library, query: Query, limit: int, language: str) -> Found:
    """The hits in `library` and among the solvers, from the cached index where it is sound."""
    files = sources(library)
    cache = cache_file(cache_folder(), [library.root, *library.own])
    try:
        return search(open_index(files, cache), query, limit, language)
    except DAMAGED:  # found only while it was read: do without, and let the next query make a new one
        sound = open_index(files, None)
        _discard(cache)
        return search(sound, query, limit, language)


def sources(library: Library) -> list[Source]:
    """Every file that is searched."""
    return [
        Source(library.root / "syllabus.toml", "syllabus"),
        *(Source(path, "page") for path in page_files(library.root)),
        *(Source(path, "own") for folder in library.own for path in page_files(folder)),
        *(Source(path, "solver") for path in sorted(_SOLVERS.glob("*/[!_]*.py"))),
    ]


def cache_folder() -> Path:
    """Where what can be made again is kept: `cache` in REVISE_DATA, else the system's folder for a user's caches."""
    named = os.environ.get("REVISE_DATA")
    if named:
        return Path(named).expanduser() / "cache"
    import platformdirs

    return Path(platformdirs.user_cache_dir("revise", appauthor=False))


def _discard(cache: Path) -> None:
    with suppress(OSError):
        cache.unlink(missing_ok=True)


def _nothing(found: Found, words: list[str]) -> str:
    meant = f"; did you mean {found.meant}?" if found.meant else "; `revise topics` lists what there is"
    return f"nothing is found for {' '.join(words)}{meant}"


def _missing(found: Found) -> str:
    meant = f"; did you mean {found.meant}?" if found.meant else ""
    return f"found nowhere, and left out: {', '.join(found.missing)}{meant}"


def _as_json(found: Found, again: Again) -> list[dict[str, Any]]:
    rows = []
    for hit in found.hits:
        context = context_of(hit, found.query)
        rows.append(
            {
                "kind": hit.kind,
                "topic": hit.group if hit.kind != "solver" else None,
                "title": harmless(hit.title),
                "context": context.plain,
                "words": context.words,
                "command": harmless(command_line(hit, again)),
            }
        )
    return rows
