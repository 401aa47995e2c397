"""The syllabus as a tree: parts, topics, and which pages are written."""

from itertools import groupby

from rich.console import Console
from rich.text import Text

from revise.render.console import print_lines
from revise.render.inline import one_line
from revise.render.wrap import Piece, wrap
from revise.topic import Library


def print_outline(console: Console, library: Library) -> None:
    """Every topic in reading order; a full dot has a page."""
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
    print_lines(console, lines)


def part_title(part: str) -> str:
    """A part's name as a heading: CNN, Reinforcement."""
    return part.upper() if len(part) <= 3 else part.capitalize()
