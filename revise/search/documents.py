"""What is searched: syllabus, pages and solvers as documents of named units, each made of blocks of text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from revise.search.words import terms
from revise.topic import Card, Topic, read_topic
from revise.topic.dollars import find_maths
from revise.topic.lines import without_attributes
from revise.topic.syllabus import read_syllabus

TEXT, CARD, HEADING, NAME = range(4)
"""Where a term stands, from least to most telling."""

_FENCE = re.compile(r"[ ]{0,12}(`{3,}|~{3,})\s*(\w*)")
_ITEM = re.compile(r"\s*(?:>\s?)*\s*(?:[-*+]\s+(?:\[.\]\s)?|\d{1,9}[.)]\s+)")
_QUOTE = re.compile(r"\s*(?:>\s?)+")
_RULE = re.compile(r"[\s|:*_-]*")
_MASK = re.compile("\x02(\\d+)\x03")
_HEADING = re.compile(r"#{1,6}\s+")


class Block(NamedTuple):
    """A paragraph, an item, a row or a heading; `terms` are those of `text`, a blank on each side."""

    text: str
    terms: str
    heading: bool = False


class Unit(NamedTuple):
    """A section of a page, a card, or what the syllabus plans: the smallest thing that is found."""

    kind: str
    """"section", "points", or the kind of a card."""
    name: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Document:
    """One topic in one file, or one solver. `group` is what belongs together: a topic's id, or `solve NAME`."""

    group: str
    kind: str
    """"syllabus", "page" or "solver"."""
    names: tuple[Block, ...]
    units: tuple[Unit, ...] = ()
    language: str = "en"
    own: bool = False
    extends: bool = False

    def fields(self) -> dict[str, int]:
        """Each term with the most telling place where it stands."""
        places: dict[str, int] = {}
        blocks = [(block, NAME) for block in self.names]
        for unit in self.units:
            least = TEXT if unit.kind in ("section", "points") else CARD
            blocks += [(block, HEADING if block.heading else least) for block in unit.blocks]
        for block, field in blocks:
            for term in block.terms.split():
                if places.get(term, -1) < field:
                    places[term] = field
        return places


def block(text: str, heading: bool = False) -> Block:
    return Block(text, f" {' '.join(terms(text))} ", heading)


def syllabus_documents(path: Path) -> Iterator[Document]:
    """A document for each topic of the syllabus, in reading order. Raises OSError."""
    for entry in read_syllabus(path)[0]:
        points = tuple(block(point.text) for point in entry.covers)
        units = (Unit("points", "", points),) if points else ()
        yield Document(entry.id, "syllabus", (block(entry.title), block(entry.id)), units)


def page_document(path: Path, own: bool) -> Document:
    """The page at `path`. Raises OSError."""
    topic, _ = read_topic(path, own)
    title = topic.title or (topic.id if own and not topic.extends and topic.language == "en" else "")
    words = [name for term in topic.terms for name in (term.term, term.zh)]
    names = [block(name) for name in dict.fromkeys((title, *topic.aliases, *words)) if name]
    if own and not topic.extends:
        names.append(block(topic.id))
    units = [*_sections(topic), *(_card(card) for card in topic.cards)]
    return Document(topic.id, "page", tuple(names), tuple(units), topic.language, own, topic.extends)


def solver_document(path: Path) -> Document | None:
    """The solver in the file `path`, found by its name, summary and capabilities."""
    from revise import catalogue

    name = catalogue.option(path.stem)
    entry = next((entry for entry in catalogue.entries() if entry.name == name), None)
    if entry is None:
        return None
    names = [block(entry.summary), block(entry.name), *(block(word) for word in entry.serves)]
    return Document(f"solve {entry.name}", "solver", tuple(names))


def _sections(topic: Topic) -> Iterator[Unit]:
    for section in topic.sections:
        yield Unit("section", section.name, (block(section.name, True), *blocks(section.text)))


def _card(card: Card) -> Unit:
    question = card.question
    for gap in reversed(card.gaps):
        question = question[: gap.start] + gap.text + question[gap.end :]
    options = [f"{option.text} — {option.why}" for option in card.options]
    texts = [question, card.answer, *options, *(mark.text for mark in card.points)]
    return Unit(card.kind, "", tuple(part for text in texts for part in blocks(text)))


def blocks(markdown: str) -> list[Block]:
    """Markdown cut into paragraphs, items, rows and headings, without their signs; no formula is cut."""
    spans, _ = find_maths(markdown)
    masked, at = [], 0
    for number, span in enumerate(spans):
        masked += [markdown[at : span.start], f"\x02{number}\x03"]
        at = span.end
    source = [_formula(markdown, span.start, span.end) for span in spans]
    found: list[Block] = []
    for text, heading in _pieces("".join([*masked, markdown[at:]])):
        whole = _MASK.sub(lambda match: source[int(match[1])] if int(match[1]) < len(source) else "", text)
        if whole.strip():
            found.append(block(whole, heading))
    return found


def _formula(markdown: str, start: int, end: int) -> str:
    """A formula on one line; in a quotation its further lines begin with signs that are not its own."""
    first, *rest = markdown[start:end].split("\n")
    quote = _QUOTE.match(markdown, markdown.rfind("\n", 0, start) + 1, start)
    sign = re.compile(rf"\s*(?:>\s?){{0,{quote.group().count('>') if quote else 0}}}")
    return " ".join([first, *(sign.sub("", line, count=1) for line in rest)])


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    """(text on one line, whether it is a heading); worked problems are left out: their numbers are no prose."""
    lines: list[str] = []
    fence, language = "", ""
    for line in [*text.split("\n"), ""]:
        mark = _FENCE.match(line)
        row = line.lstrip().startswith("|")
        if fence or mark or row or not line.strip() or _HEADING.match(line) or _ITEM.match(line):
            if lines:
                yield " ".join(lines), False
            lines = []
        if mark and not fence:
            fence, language = mark[1], mark[2].lower()
        elif fence:
            if line.strip().startswith(fence):
                fence = ""
            elif language != "revise":
                yield f"`{line.strip()}`" if "`" not in line and line.strip() else line.strip(), False
        elif _HEADING.match(line):
            yield without_attributes(_HEADING.sub("", line)).strip(), True
        elif row:
            if not _RULE.fullmatch(line):
                yield " | ".join(cell.strip() for cell in line.strip().strip("|").split("|") if cell.strip()), False
        elif line.strip() and not _RULE.fullmatch(line):
            first = _ITEM.match(line)
            lines.append(
                (
                    line[first.end() :] if first else _QUOTE.sub("", line, count=1) if _QUOTE.match(line) else line
                ).strip()
            )
