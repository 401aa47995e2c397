"""`revise topics`: the syllabus as a tree, and what of it is written."""

import json as json_text
from itertools import groupby
from pathlib import Path
from typing import Any

from revise.commands import _content
from revise.topic import Entry, Library


def run(*, plain: bool, json: bool, width: int | None, content: Path | None) -> int:
    library = _content.library(content)
    if json:
        print(json_text.dumps([_as_json(library, entry) for entry in library.entries], ensure_ascii=False, indent=2))
        return 0
    from rich.text import Text

    from revise.render.console import make_console
    from revise.render.inline import one_line
    from revise.render.wrap import Piece, joined, wrap

    console = make_console(width, plain)
    lines: list[Text] = []
    for part, entries in groupby(library.entries, key=lambda entry: entry.part):
        lines += [*([Text()] if lines else []), Text(part_title(part), "bold")]
        for entry in entries:
            written = library.has_page(entry.id)
            pieces = [Piece(entry.id, "bold" if written else "", keep=True), Piece(" — " + one_line(entry.title).plain)]
            lines += wrap(pieces, console.width, "  ● " if written else "  ○ ")
    pages = sum(library.has_page(entry.id) for entry in library.entries)
    count = len(library.entries)
    lines += [Text(), *wrap([Piece(f"● page written ({pages} of {count})   ○ planned")], console.width)]
    lines += wrap([Piece("revise show TOPIC opens a page.")], console.width)
    console.print(joined(lines), soft_wrap=True)
    _content.warn(library.syllabus[1])
    return 0


def part_title(part: str) -> str:
    """A part's name as a heading: CNN, Reinforcement."""
    return part.upper() if len(part) <= 3 else part.capitalize()


def _as_json(library: Library, entry: Entry) -> dict[str, Any]:
    page = library.has_page(entry.id)
    topic = library.read(entry.id)[0] if page else None
    return {
        "id": entry.id,
        "part": entry.part,
        "title": entry.title,
        "page": page,
        "own": entry.own,
        "aliases": list(topic.aliases) if topic else [],
        "cards": sum(len(card.keys) for card in topic.cards) if topic else 0,
        "needs": list(entry.needs),
        "exam": list(entry.exam),
        "covers": [{"slug": point.slug, "text": point.text} for point in entry.covers],
        "solve": list(entry.solve),
        "demo": list(entry.demo),
    }
