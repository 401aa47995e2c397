"""`revise topics`: the syllabus as a tree, and what of it is written."""

import json as json_text
from pathlib import Path
from typing import Any

from revise.commands import _content
from revise.progress import seen_keys
from revise.topic import Entry, Library, Topic, asked_keys

QUESTION_KINDS = ("choice", "true-false")


def run(*, plain: bool, json: bool, width: int | None, content: Path | None) -> int:
    library = _content.library(content)
    if json:
        print(json_text.dumps(coverage(library), ensure_ascii=False, indent=2))
        return 0
    from revise.render.console import make_screen
    from revise.render.outline import print_outline

    print_outline(make_screen(width, plain), library, seen_keys())
    _content.warn(library.syllabus[1])
    return 0


def coverage(library: Library) -> list[dict[str, Any]]:
    """What there is of each topic, in reading order."""
    seen = seen_keys()
    return [_as_json(library, entry, seen) for entry in library.entries]


def _taught(topic: Topic) -> set[str]:
    return {slug for section in topic.sections for slug, _ in section.points}


def _asked(topic: Topic) -> set[str | None]:
    return {card.point for card in topic.cards}


def _as_json(library: Library, entry: Entry, seen: frozenset[str]) -> dict[str, Any]:
    page = library.has_page(entry.id)
    topic = library.read(entry.id)[0] if page else None
    keys = asked_keys(topic) if topic else frozenset()
    kinds = [card.kind for card in topic.cards] if topic else []
    sections = topic.sections if topic else ()
    return {
        "id": entry.id,
        "part": entry.part,
        "title": entry.title,
        "page": page,
        "own": entry.own,
        "aliases": list(topic.aliases) if topic else [],
        "points": len(entry.covers),
        "taught": sum(slug in _taught(topic) for slug in entry.slugs) if topic else 0,
        "asked": sum(slug in _asked(topic) for slug in entry.slugs) if topic else 0,
        "cards": len(keys),
        "seen": len(keys & seen),
        "questions": sum(kind in QUESTION_KINDS for kind in kinds),
        "shorts": kinds.count("short"),
        "worked": sum(len(section.worked) for section in sections),
        "terms": len(topic.terms) if topic else 0,
        "languages": sorted({each.head.language for each in library.pages_of(entry.id)}),
        "needs": list(entry.needs),
        "exam": list(entry.exam),
        "covers": [{"slug": point.slug, "text": point.text} for point in entry.covers],
        "solve": list(entry.solve),
        "demo": list(entry.demo),
    }
