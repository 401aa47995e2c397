"""`revise show TOPIC [SECTION]`: a page, through a pager where it is longer than the screen."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from revise.commands import _content
from revise.errors import InputError
from revise.progress import seen_keys
from revise.render.console import make_screen
from revise.render.inline import title_lines
from revise.render.page import draw_markdown
from revise.render.paging import print_paged
from revise.render.worked import draw_worked
from revise.render.wrap import Piece, blank, wrap
from revise.topic import Entry, Library, Section, Topic, asked_keys, normalised

if TYPE_CHECKING:
    from rich.text import Text

GLOSSARY = "glossary"
_QUESTIONS = ("cards", "questions", "short answers")


def run(
    topic: str,
    section: str | None,
    *,
    plain: bool,
    width: int | None,
    content: Path | None,
    pager: bool,
    lang: str | None,
) -> int:
    library = _content.library(content)
    console = make_screen(width, plain)
    columns = min(console.width, width or 100)
    if normalised(topic) == GLOSSARY:
        print_paged(console, _glossary(library, section, columns), pager)
        return 0
    entry = library.find(topic)
    if not library.has_page(entry.id):
        print_paged(console, _planned(entry, library, columns), pager)
        return 1
    page, problems = library.read(entry.id, _content.language(lang))
    title = page.title or entry.title
    if section is not None:
        lines = _section(_named(page, section), columns)
    else:
        lines = title_lines(title, columns, "═")
        for part in page.sections:
            lines += [blank(), *_section(part, columns)]
        lines += [blank(), *_onwards(entry, page, library, columns)]
    print_paged(console, lines, pager)
    _content.warn(problems)
    return 0


def _named(page: Topic, name: str) -> Section:
    """The section called `name`, or the only one that begins so. Raises InputError."""
    wanted = normalised(name)
    known = {normalised(section.name): section for section in page.sections}
    starting = [section for title, section in known.items() if title.startswith(wanted)]
    if wanted in known:
        return known[wanted]
    if len(starting) == 1:
        return starting[0]
    if wanted in _QUESTIONS:
        raise InputError(f"cards are asked, not shown: revise cards {page.id}")
    names = ", ".join(section.name.lower() for section in starting or page.sections)
    fault = "could be several" if starting else "is no section of this page"
    raise InputError(f"`{name}` {fault}; sections: {names}")


def _section(section: Section, width: int) -> "list[Text]":
    return [*title_lines(section.name, width, "─"), blank(), *draw_markdown(section.text, width, draw_worked)]


def _glossary(library: Library, within: str | None, width: int) -> "list[Text]":
    """The terms of all pages, or of the topic or part called `within`. Raises InputError."""
    from revise.render.glossary import draw_glossary

    topics = {entry.id: entry.part for entry in library.entries}
    title = "Glossary"
    if within is not None:
        if within in topics.values():
            topics = {name: part for name, part in topics.items() if part == within}
        else:
            topics = {library.find(within).id: ""}
        title = f"Glossary: {within}"
    terms = [
        term
        for page in library.pages
        if page.head.id in topics and page.head.language == "en"
        for term in page.head.terms
    ]
    if not terms and within:
        raise InputError(f"no page of `{within}` has terms yet")
    return [*title_lines(title, width, "═"), blank(), *draw_glossary(terms, width)]


def _planned(entry: Entry, library: Library, width: int) -> "list[Text]":
    """What stands in place of a page that is not written yet."""
    lines = title_lines(entry.title, width, "═")
    lines += [blank(), *wrap([Piece("This page is not written yet. It will cover:")], width), blank()]
    for point in entry.covers:
        lines += wrap([Piece(point.text)], width, "• ")
    return [*lines, blank(), *_onwards(entry, None, library, width)]


def _onwards(entry: Entry, page: Topic | None, library: Library, width: int) -> "list[Text]":
    """Where to go from here: only what exists."""
    from revise import catalogue

    solvers, demos = catalogue.served(entry.solve), _content.built("demos")
    rows: list[tuple[str, Sequence[str]]] = [
        ("Read before", [f"{name}{'' if library.has_page(name) else ' (planned)'}" for name in entry.needs]),
        ("Solve", [name for name in entry.solve if name in solvers]),
        ("Demos", [name for name in entry.demo if name in demos]),
    ]
    if page is not None and page.cards:
        keys = asked_keys(page)
        seen = len(keys & seen_keys())
        rows.insert(0, ("Terms", [f"{term.term} {term.zh}" for term in page.terms]))
        rows.append((f"Cards ({seen} seen, {len(keys) - seen} unseen)", [f"revise cards {entry.id}"]))
    lines: list[Text] = []
    for name, words in rows:
        if words:
            lines += wrap([Piece(f"{name}: ", "bold"), Piece(", ".join(words))], width, "", "  ")
    return lines
