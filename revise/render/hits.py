"""Hits of a search: a line of context with the words marked, and under it the command that opens the place."""

import os
import re
import shlex
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len
from rich.text import Text

from revise.render.inline import Maths, pieces_of
from revise.render.wrap import Piece, wrap
from revise.search import Hit, Query
from revise.untrusted import harmless

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_CHUNK = re.compile(r"\s+|[\u1100-\U0010ffff]|[^\s\u1100-\U0010ffff]+")
_MARK = "bold"


@dataclass(frozen=True)
class Context:
    """A hit's text as shown; `marks` are (start, end, number of the word), `formulas` (start, end)."""

    plain: str
    marks: tuple[tuple[int, int, int], ...]
    formulas: tuple[tuple[int, int], ...]

    @property
    def words(self) -> list[str]:
        return list(dict.fromkeys(self.plain[start:end] for start, end, _ in self.marks))


@dataclass(frozen=True)
class _Chunk:
    """What is shown whole or not at all: a word, a wide character, blanks, a formula."""

    start: int
    end: int
    width: int
    shown: str = ""
    """Instead of the text, where it could not be shown whole."""


def context_of(hit: Hit, query: Query) -> Context:
    """The hit's heading and text on one line, formulas laid out, foreign signs made harmless."""
    pieces = [*_pieces(hit.heading), Piece(": ")] if hit.heading and hit.text else _pieces(hit.heading)
    plain, formulas = "", []
    for piece in [*pieces, *_pieces(hit.text)]:
        text = " ".join(piece.text.split("\n"))
        if piece.keep:
            formulas.append((len(plain), len(plain) + len(text)))
        plain += text
    return Context(plain, tuple(query.spans(plain)), tuple(formulas))


class Again(NamedTuple):
    """Options of the search that its commands need too: the folder of one's own content, the language."""

    content: str = ""
    language: str = ""


def command_line(hit: Hit, again: Again) -> str:
    """The command that opens the hit, as typed in a shell."""
    words = ["revise", *hit.command]
    words += ["--content", again.content] if again.content and hit.own else []
    words += ["--lang", again.language] if again.language and hit.kind != "solver" else []
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)


def draw_hits(hits: Sequence[Hit], query: Query, width: int, again: Again) -> list[Text]:
    """Every hit as lines of at most `width` cells."""
    lines: list[Text] = []
    for hit in hits:
        lines.append(draw_context(context_of(hit, query), width))
        note = " (planned)" if hit.kind == "planned" else ""
        lines += wrap([Piece(harmless(command_line(hit, again)), "cyan"), Piece(note, "dim")], width, "  ", "    ")
    return lines


def draw_context(context: Context, width: int) -> Text:
    """The part of `context` with most of the words, cut where a word or a formula ends; … stands for the rest."""
    chunks = _chunks(context, max(width - 2, 4))
    first, last = 0, len(chunks)
    if sum(chunk.width for chunk in chunks) > width:
        first, last = _window(chunks, context, max(width - 2, 4))
    shown = "…" if first else ""
    bold: list[tuple[int, int]] = []
    for chunk in chunks[first:last]:
        shift = len(shown) - chunk.start
        shown += chunk.shown or context.plain[chunk.start : chunk.end]
        for start, end, _ in context.marks if not chunk.shown else ():
            start, end = max(start, chunk.start) + shift, min(end, chunk.end) + shift
            if start < end and bold and start <= bold[-1][1]:
                bold[-1] = (bold[-1][0], max(end, bold[-1][1]))
            elif start < end:
                bold.append((start, end))
    line = Text(shown + ("…" if last < len(chunks) else ""), no_wrap=True)
    for start, end in bold:
        line.stylize(_MARK, start, end)
    return line


def _window(chunks: Sequence[_Chunk], context: Context, room: int) -> tuple[int, int]:
    """(first, after the last) of the chunks to show: most words of the query, then some text before them."""
    numbers = [_numbers(chunk, context) for chunk in chunks]
    best, most = 0, 0
    for first in range(len(chunks)):
        if numbers[first]:
            seen = set().union(*numbers[first : _reach(chunks, first, room)])
            if len(seen) > most:
                best, most = first, len(seen)
    needed = max((at for at in range(best, _reach(chunks, best, room)) if numbers[at]), default=best)
    spare = room - sum(chunk.width for chunk in chunks[best : needed + 1])
    before = spare if _reach(chunks, best, room) == len(chunks) else spare // 2
    first = best
    while first and chunks[first - 1].width <= before:
        first -= 1
        before -= chunks[first].width
    while first < best and (chunks[first].shown or context.plain[chunks[first].start].isspace()):
        first += 1
    last = _reach(chunks, first, room + (first == 0))
    while last > first + 1 and (chunks[last - 1].shown or context.plain[chunks[last - 1].start].isspace()):
        last -= 1
    return first, last


def _reach(chunks: Sequence[_Chunk], first: int, room: int) -> int:
    """The chunk after the last that fits into `room` from `first` on."""
    last = first
    while last < len(chunks) and chunks[last].width <= room:
        room -= chunks[last].width
        last += 1
    return last


def _numbers(chunk: _Chunk, context: Context) -> set[int]:
    if chunk.shown:
        return set()
    return {number for start, end, number in context.marks if start < chunk.end and end > chunk.start}


def _chunks(context: Context, room: int) -> list[_Chunk]:
    """The context in pieces of at most `room` cells."""
    chunks: list[_Chunk] = []
    at = 0
    whole = [*context.formulas, (len(context.plain), len(context.plain))]
    for start, end, _ in context.marks:
        apart = all(end <= first or last <= start for first, last in whole)
        whole += [(start, end)] if apart and cell_len(context.plain[start:end]) <= room else []
    for start, end in sorted(whole):
        for match in _CHUNK.finditer(context.plain, at, start):
            width = cell_len(match.group())
            if width <= room:
                chunks.append(_Chunk(match.start(), match.end(), width))
            else:
                chunks += [_Chunk(i, i + 1, cell_len(context.plain[i])) for i in range(*match.span())]
        width = cell_len(context.plain[start:end])
        if end > start:
            chunks.append(_Chunk(start, end, width) if width <= room else _Chunk(start, end, 1, "…"))
        at = end
    return chunks


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).disable(["html_inline"])


def _pieces(text: str) -> list[Piece]:
    maths = Maths(" ".join(text.split()))
    inline = _parser().parseInline(maths.text)
    return pieces_of(inline[0].children or [], maths) if inline else []
