"""Lists by part: the syllabus with its pages, and the solvers."""

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from rich.text import Text

from revise.catalogue import Entry
from revise.render.console import Pipe, print_lines
from revise.render.inline import one_line
from revise.render.wrap import Piece, wrap
from revise.topic import Library, asked_keys

if TYPE_CHECKING:
    from rich.console import Console


def print_outline(console: "Console | Pipe", library: Library, seen: frozenset[str]) -> None:
    """Every topic in reading order; a full dot has a page. `seen` are the keys of cards with a grade."""
    lines: list[Text] = []
    for part, entries in groupby(library.entries, key=lambda entry: entry.part):
        lines += [*([Text()] if lines else []), Text(part_title(part), "bold")]
        for entry in entries:
            written = library.has_page(entry.id)
            pieces = [Piece(entry.id, "bold" if written else "", keep=True), Piece(" — " + one_line(entry.title).plain)]
            if written and (keys := asked_keys(library.read(entry.id)[0])):
                met = len(keys & seen)
                pieces.append(Piece(f" · cards: {met} seen, {len(keys) - met} unseen", "dim"))
            lines += wrap(pieces, console.width, "  ● " if written else "  ○ ")
    pages = sum(library.has_page(entry.id) for entry in library.entries)
    count = len(library.entries)
    lines += [Text(), *wrap([Piece(f"● page written ({pages} of {count})   ○ planned")], console.width)]
    lines += wrap([Piece("revise show TOPIC opens a page.")], console.width)
    print_lines(console, lines)


def part_title(part: str) -> str:
    """A part's name as a heading: CNN, Reinforcement."""
    return part.upper() if len(part) <= 3 else part.capitalize()


def print_solvers(console: "Console | Pipe", entries: Sequence[Entry]) -> None:
    """The solvers by part."""
    lines: list[Text] = []
    column = 2 + max(len(entry.name) for entry in entries) if entries else 0
    for part, group in groupby(entries, key=lambda entry: entry.part):
        lines.append(Text(part_title(part), style="bold"))
        for entry in group:
            lines += wrap([Piece(entry.summary)], console.width, Text(f"  {entry.name:<{column}}"))
    print_lines(console, [*lines, Text(), Text("`revise solve NAME --help` explains one.", style="dim")])
