"""One page of `content/<part>/<topic>.md` → a Topic and everything that is wrong with it."""

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from revise.topic.cards import CARD_SECTIONS, read_card
from revise.topic.dollars import find_maths
from revise.topic.front_matter import checked, split_front_matter
from revise.topic.lines import Fault, Line, heading, joined, listed, read_bytes, read_text, split_lines, suggest
from revise.topic.model import Card, Place, Problem, Section, Topic
from revise.topic.worked import find_worked

TRANSLATION = re.compile(r"(?P<topic>.+)\.(?P<language>[a-z]{2})\.md")
_HEAD_BYTES = 16_384
_TODO = re.compile(r"\bTODO\b|^### todo-")
"""What `revise new` leaves to be written."""


def read_topic(path: Path, own: bool = False) -> tuple[Topic, list[Problem]]:
    """The page at `path`, and its problems by line. What has a problem may be missing from the Topic.

    Raises OSError where the file cannot be read.
    """
    faults = Fault(path)
    text = read_text(path, faults)
    if text is None:
        return replace(_head(path, "", own, Fault(path))[0], unread=True), faults.problems
    topic, body, first = _head(path, text, own, faults)
    _check_todo((Line(number, line) for number, line in enumerate(text.split("\n")[: first - 1], 1)), faults)
    sections, cards = _read_body(split_lines(body, first, faults), topic, faults)
    return (
        replace(topic, sections=tuple(sections), cards=tuple(cards), broken=tuple(faults.broken)),
        sorted(faults.problems),
    )


def read_head(path: Path, own: bool = False) -> Topic:
    """Only the front matter of the page at `path`: what a look-up by name needs. Raises OSError."""
    data = read_bytes(path, Fault(path), _HEAD_BYTES) or b""
    text = data.decode("utf-8-sig", "replace").replace("\r\n", "\n")
    return _head(path, text, own, Fault(path))[0]


def _head(path: Path, text: str, own: bool, faults: Fault) -> tuple[Topic, str, int]:
    named = TRANSLATION.fullmatch(path.name)
    language = named["language"] if named else "en"
    fields, lines, body, first = split_front_matter(text, faults)
    fields = checked(fields, lines, language, own, faults)
    stem = named["topic"] if named else path.stem
    if "id" not in fields and "extends" not in fields:
        if lines or not faults.problems:
            faults.add(1, f'the front matter has no `id`: id = "{stem}"')
        fields["id"] = stem
    topic = Topic(
        id=fields.get("extends") or fields["id"],
        path=path,
        title=fields.get("title", ""),
        aliases=tuple(fields.get("aliases", ())),
        sources=tuple(fields.get("sources", ())),
        terms=tuple(fields.get("terms", ())),
        needs=tuple(fields.get("needs", ())),
        language=language,
        extends="extends" in fields,
        own=own,
        lines=lines,
    )
    return topic, body, first


def _read_body(lines: list[Line], topic: Topic, faults: Fault) -> tuple[list[Section], list[Card]]:
    sections: list[Section] = []
    cards: list[Card] = []
    block: list[Line] = []
    for line in [*lines, None]:
        found = heading(line) if line is not None else (2, "", None)
        if found is not None and found[0] <= 2:
            _close(block, topic, sections, cards, faults)
            block = []
        if line is not None:
            block.append(line)
    return sections, cards


def _close(block: list[Line], topic: Topic, sections: list[Section], cards: list[Card], faults: Fault) -> None:
    """Take in the lines from one `##` heading up to the next."""
    found = heading(block[0]) if block else None
    if found is None or found[0] > 2:
        stray = next((line for line in block if line.text), None)
        if stray is not None:
            faults.add(stray.number, "text before the first `## ` heading: is `## Summary` missing above it?")
        return
    level, name, _ = found
    first = block[0].number
    if level == 1:
        faults.add(first, "a page has no `# ` heading: its title comes from the syllabus; write `## …`")
        return
    if not name:
        faults.add(first, "a heading without words")
        return
    if name.casefold() in CARD_SECTIONS:
        _read_cards(block, CARD_SECTIONS[name.casefold()], topic, cards, faults)
        return
    if any(section.name.casefold() == name.casefold() for section in sections):
        faults.add(first, f"a second section `## {name}`")
    _refuse_cards(block[1:], name, faults)
    if not joined(block[1:]).strip():
        faults.add(first, f"the section `## {name}` is empty")
    _check_maths(block, faults)
    _check_todo(block, faults)
    sections.append(
        Section(
            name=name,
            text=joined(block[1:]),
            place=Place(faults.path, first),
            points=_points(block, faults),
            worked=find_worked(block[1:], faults),
        )
    )


def _read_cards(block: list[Line], section: str, topic: Topic, cards: list[Card], faults: Fault) -> None:
    starts = [index for index, line in enumerate(block) if (found := heading(line)) and found[0] == 3]
    for line in block[1 : starts[0] if starts else len(block)]:
        if line.text:
            faults.add(line.number, "stray text: every block begins with `### id {kind point=… level=…}`")
            break
    if not starts and not any(line.text for line in block[1:]):
        faults.add(block[0].number, f"the section `## {section}` is empty")
    owner = f"own/{topic.id}" if topic.own else topic.id
    strict = not topic.own and topic.language == "en"
    for start, end in zip(starts, [*starts[1:], len(block)], strict=False):
        found = heading(block[start])
        assert found is not None
        _check_maths(block[start:end], faults)
        card = read_card(found[1], found[2], block[start:end], section, owner, strict, faults)
        if card is None:
            continue
        if _check_todo(block[start:end], faults):
            faults.broken.append(card.id)
            continue
        twin = next((other for other in cards if other.key == card.key), None)
        if twin is not None:
            faults.add(card.place.line, f"the id `{card.id}` is used already in line {twin.place.line}")
            continue
        cards.append(card)


def _refuse_cards(lines: list[Line], name: str, faults: Fault) -> None:
    """A misspelt `## Cards` must not hide its blocks in a section of prose."""
    for line in lines:
        found = heading(line)
        if found and found[0] == 3 and found[2] is not None and not _only_points(found[2]):
            meant = suggest(
                name, CARD_SECTIONS, f": blocks stand under {listed(['Cards', 'Questions', 'Short answers'])}"
            )
            faults.add(line.number, f"a block `{found[1]}` in the section `{name}`{meant}")


def _only_points(braces: str) -> bool:
    return all(word.startswith("point=") for word in braces.split())


def _points(block: list[Line], faults: Fault) -> tuple[tuple[str, int], ...]:
    """The points named in the braces of the section's own heading and of the headings inside it."""
    points: dict[str, int] = {}
    for line in block:
        found = heading(line)
        if found is None or found[2] is None:
            continue
        if line is block[0] and not _only_points(found[2]):
            faults.add(line.number, f"`{{{found[2]}}}`: a heading's braces hold `point=slug` only")
            continue
        for word in found[2].split():
            if word.startswith("point="):
                for slug in word.removeprefix("point=").split(","):
                    points.setdefault(slug, line.number)
    return tuple(points.items())


def _check_todo(lines: Iterable[Line], faults: Fault) -> bool:
    """Whether a placeholder stands in `lines`, code excepted; each line with one is a problem."""
    marked = [line for line in lines if "TODO" in line.text or "todo-" in line.text]
    left = [(line, found) for line in marked if not line.code and (found := _TODO.search(line.text))]
    for line, found in left:
        words = line.text[found.end() :].strip(" :\uff1a") or line.text.strip()
        words = words if len(words) <= 60 else f"{words[:59].rstrip()}…"
        if line.text.startswith("### todo-"):
            words = "an id that says what the card asks (it stays for good)"
        faults.add(line.number, f"still to be written: {words}")
    return bool(left)


def _check_maths(block: list[Line], faults: Fault) -> None:
    text = "\n".join(line.text for line in block)
    for offset in find_maths(text)[1]:
        number = block[0].number + text.count("\n", 0, offset)
        faults.add(number, "this `$` has no partner (a formula is `$x$`, no blank line in it; a dollar is `\\$`)")
