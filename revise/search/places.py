"""One topic's documents and a query → hits: the line that answers, and the command that opens its place."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec

from revise.search.documents import CARD, HEADING, NAME, TEXT, Block, Document, Unit
from revise.search.query import Query
from revise.search.words import terms
from revise.topic import normalised

_COMMANDS = {"basic": "cards", "reverse": "cards", "cloze": "cards", "calc": "cards",
             "choice": "quiz", "true-false": "quiz", "short": "quiz"}  # fmt: skip
WEIGHT = {NAME: 100.0, HEADING: 30.0, CARD: 12.0, TEXT: 8.0}
_INHERITED = 3.0
"""What a word counts in a section that has it only in the page's name."""


@dataclass(frozen=True)
class Hit:
    """`text` answers the query (Markdown, one block), `heading` stands above it; `command` opens the place."""

    group: str
    kind: str
    """"page", "planned", "section", "cards", "quiz" or "solver"."""
    title: str
    command: tuple[str, ...]
    text: str
    rank: tuple[int, float]
    """How many words of the query it has, and how well."""
    heading: str = ""
    own: bool = False


def hits_of(documents: Sequence[Document], query: Query, language: str) -> Iterator[Hit]:
    """Everything in one topic, or one solver, that has a word of `query`; several may share a command."""
    names = [name for document in documents for name in document.names]
    if not names:
        return
    group, title = documents[0].group, _title(documents, language)
    if documents[0].kind == "solver":
        yield from _named(group, "solver", title, (*group.split(), "--help"), names, query)
        return
    written = any(it.kind == "page" and it.language == "en" and not it.extends for it in documents)
    own = any(it.own and not it.extends for it in documents)
    if not written and all(it.kind == "page" for it in documents):
        return  # extends or translates a topic that there isn't
    page: tuple[str, ...] = ("show", group)
    yield from _named(group, "page" if written else "planned", title, page, names, query, own)
    inherited = [max(word.quality(name.terms) for name in names) for word in query.words]
    translation = any(it.language == language != "en" and _sections(it) for it in documents)
    for document in documents:
        if document.kind == ("syllabus" if written else "page"):
            continue
        opens = document.language == language or (document.language == "en" and not translation)
        for unit in document.units:
            found = _in_unit(unit, query, inherited)
            if found is None:
                continue
            rank, heading, text = found
            kind, command = "planned" if unit.kind == "points" else "page", page
            if unit.kind == "section" and opens and (slug := _slug(unit.name, _sections(document))):
                kind, command = "section", (*page, slug)
            elif unit.kind in _COMMANDS:
                kind, command = _COMMANDS[unit.kind], (_COMMANDS[unit.kind], group)
                if not _is_built(kind):
                    continue
            yield Hit(group, kind, title, command, text, rank, heading, document.own)


def _title(documents: Sequence[Document], language: str) -> str:
    titled = [it.names[0].text for it in documents if it.names and (it.kind != "page" or (it.own and not it.extends))]
    return titled[0] if titled else documents[0].group


def _sections(document: Document) -> tuple[str, ...]:
    return tuple(unit.name for unit in document.units if unit.kind == "section")


@cache
def _is_built(command: str) -> bool:
    return find_spec(f"revise.commands.{command}") is not None


def _named(
    group: str, kind: str, title: str, command: tuple[str, ...], names: Sequence[Block], query: Query, own: bool = False
) -> Iterator[Hit]:
    """The hit on a topic's or a solver's names, if there is one."""
    counted, total, telling = 0, 0.0, []
    for word in query.words:
        rated = [(word.quality(name.terms) * (0.6 + 0.4 / max(len(name.terms.split()), 1)), name) for name in names]
        best, name = max(rated, key=lambda pair: pair[0])
        if best:
            counted, total = counted + 1, total + WEIGHT[NAME] * best
            telling += [] if word.quality(f" {' '.join(terms(title))} ") else [name]
    if not counted:
        return
    wanted = {term for word in query.words for term in word.ways[0]}
    if any(set(name.terms.split()) == wanted or _is(query, name) for name in names):
        total += 50
    others = [name.text for name in dict.fromkeys(telling) if name.text != title and name.text != group.split()[-1]]
    text = f"{title} ({', '.join(others[:3])})" if others else title
    yield Hit(group, kind, title, command, text, (counted, total), own=own)


def _is(query: Query, name: Block) -> bool:
    """Whether the only word of the query is the whole name."""
    return len(query.words) == 1 and normalised(query.words[0].typed) == normalised(name.text)


def _in_unit(unit: Unit, query: Query, inherited: Sequence[float]) -> tuple[tuple[int, float], str, str] | None:
    """(rank, heading, text) of the best block of `unit`; None where it has no word of its own."""
    weight = WEIGHT[TEXT] if unit.kind in ("section", "points") else WEIGHT[CARD]
    best = [inherited_quality * _INHERITED for inherited_quality in inherited]
    chosen, chosen_rank = -1, (0, 0.0)
    heading, under = -1, -1
    for number, block in enumerate(unit.blocks):
        heading = number if block.heading else heading
        count, total = 0, 0.0
        for place, word in enumerate(query.words):
            quality = word.quality(block.terms)
            if quality:
                value = quality * (WEIGHT[HEADING] if block.heading else weight)
                count, total, best[place] = count + 1, total + value, max(best[place], value)
        if count and block.heading:
            total += 4 * count / max(len(block.terms.split()), 1)
        if count > 1 and _side_by_side(query, block):
            total += 3
        if (count, total) > chosen_rank:
            chosen, chosen_rank, under = number, (count, total), heading
    if chosen < 0:
        return None
    rank = (sum(value > 0 for value in best), sum(best) + chosen_rank[1] / 10 + 2 * chosen_rank[0])
    above = unit.blocks[under].text if under >= 0 else ""
    block = unit.blocks[chosen]
    if not block.heading:
        return rank, above, block.text
    after = unit.blocks[chosen + 1] if chosen + 1 < len(unit.blocks) else None
    return rank, above, after.text if after is not None and not after.heading else ""


def _side_by_side(query: Query, block: Block) -> bool:
    return f" {' '.join(term for word in query.words for term in word.ways[0])} " in block.terms


@cache
def _slug(name: str, sections: tuple[str, ...]) -> str:
    """What `revise show TOPIC` takes for the section `name`, without a sign that a shell could read; empty if none."""
    whole = normalised(name)
    match = re.match(r"[^\W_]+(?: [^\W_]+)*", whole)
    if match is None:
        return ""
    known = {normalised(section) for section in sections}
    clear = match.group() == whole or [it for it in known if it.startswith(match.group())] == [whole]
    return match.group().replace(" ", "-") if clear else ""
