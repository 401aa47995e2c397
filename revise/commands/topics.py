"""`revise topics`: the syllabus as a tree, and what of it is written."""

import json as json_text
from pathlib import Path
from typing import Any

from revise.commands import _content
from revise.progress import seen_keys
from revise.topic import Entry, Library, asked_keys


def run(*, plain: bool, json: bool, width: int | None, content: Path | None) -> int:
    library = _content.library(content)
    seen = seen_keys()
    if json:
        rows = [_as_json(library, entry, seen) for entry in library.entries]
        print(json_text.dumps(rows, ensure_ascii=False, indent=2))
        return 0
    from revise.render.console import make_screen
    from revise.render.outline import print_outline

    print_outline(make_screen(width, plain), library, seen)
    _content.warn(library.syllabus[1])
    return 0


def _as_json(library: Library, entry: Entry, seen: frozenset[str]) -> dict[str, Any]:
    page = library.has_page(entry.id)
    topic = library.read(entry.id)[0] if page else None
    keys = asked_keys(topic) if topic else frozenset()
    return {
        "id": entry.id,
        "part": entry.part,
        "title": entry.title,
        "page": page,
        "own": entry.own,
        "aliases": list(topic.aliases) if topic else [],
        "cards": len(keys),
        "seen": len(keys & seen),
        "needs": list(entry.needs),
        "exam": list(entry.exam),
        "covers": [{"slug": point.slug, "text": point.text} for point in entry.covers],
        "solve": list(entry.solve),
        "demo": list(entry.demo),
    }
