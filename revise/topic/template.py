"""A new page in the format of `content/`: every place that the author has to fill in says TODO."""

import json
from collections.abc import Iterable, Sequence

from revise.topic.cards import KINDS
from revise.topic.model import Entry, Point

_SECTIONS = {
    "Summary": "what it is and why it is used, in four to eight lines; whoever reads no further knows that",
    "Formulas": "a table of the letters, then each formula between double dollars, with its shapes and conventions",
    "By hand": "one small example worked on paper; where a solver does it, a fence `revise` too (content/README.md)",
    "Compare": "a table that sets it beside its rivals: what each gives, needs and costs",
    "Traps": "what gets mixed up in exams, each under a heading of its own",
    "Sources": "a list: who published it, where a figure or a convention can be looked up",
    "Next": "what to read after this, and a command to try",
}
_BLOCKS = {
    "basic": ["Q: TODO: one question that has one short answer", "A: TODO: the answer"],
    "reverse": ["Q: TODO: a term", "A: TODO: what it means, without the term itself (it is asked both ways)"],
    "cloze": ["C: TODO: a sentence that hides {{1:the words asked for::a hint}} and {{2:others}}"],
    "calc": [
        "Q: TODO: what is to be worked out (take the block out if no solver does it: revise solve)",
        "solver: TODO",
        "ask: TODO",
    ],
    "choice": [
        "Q: TODO: a question",
        "- [x] TODO: the right option — TODO: why it is right",
        "- [ ] TODO: what somebody would pick who made a likely mistake — TODO: which mistake",
        "- [ ] TODO: another likely mistake — TODO: which",
    ],
    "true-false": [
        "Q: TODO: a statement",
        "- [x] true — TODO: why (mark the other line if the statement is false)",
        "- [ ] false — TODO: what this overlooks",
    ],
    "short": [
        "Q: TODO: a question that takes several sentences to answer",
        "marks: 2",
        "- (1) TODO: what an answer must say for the first mark",
        "- (1) TODO: and for the second",
    ],
}


def new_page(entry: Entry, *, own: bool, extends: bool, cards_only: bool = False, calc: Sequence[str] = ()) -> str:
    """The page of `entry` as text, to be filled in.

    `own` for a student's folder, where cards need no point; `extends` for a topic of the syllabus there;
    `cards_only` where its page is written; `calc` are the solvers that serve it.
    """
    strict = not own
    parts = [_front_matter(entry, own, extends)]
    if not cards_only:
        parts += [part for name, guide in _SECTIONS.items() for part in _section(name, guide, entry.covers)]
    slug = (entry.slugs or ("TODO",))[0] if strict else None
    section = ""
    for kind, sections in KINDS.items():
        if sections[0] != section:
            section = sections[0]
            parts.append(f"## {section}")
        attributes = " ".join(word for word in (kind, f"point={slug}" if slug else "", "level=1") if word)
        lines = _BLOCKS[kind]
        if kind == "calc" and calc:
            lines = [line.replace("solver: TODO", f"solver: {calc[0]}") for line in lines]
        parts.append("\n".join([f"### todo-{kind} {{{attributes}}}", *lines]))
    return "\n\n".join(parts) + "\n"


def _front_matter(entry: Entry, own: bool, extends: bool) -> str:
    lines = [f'{"extends" if extends else "id"} = "{entry.id}"']
    if own and not extends:
        lines.append(f"title = {json.dumps(entry.title, ensure_ascii=False)}")
    lines.append('aliases = []  # TODO: other names to find it by, Chinese ones too: ["…", "…"]')
    lines.append('sources = []  # TODO: where the facts come from: ["…"]')
    if own and not extends:
        lines.append('needs = []  # TODO: ids of the topics to read before: ["…"]')
    return "\n".join(["+++", *lines, "+++"])


def _section(name: str, guide: str, points: Iterable[Point]) -> list[str]:
    """The section with each of its points: the syllabus's traps under Traps, all others under Summary."""
    parts = [f"## {name}", f"TODO: {guide}"]
    if name not in ("Summary", "Traps"):
        return parts
    for point in points:
        if _is_trap(point) != (name == "Traps"):
            continue
        if point.slug:
            heading = point.slug.removeprefix("trap-").replace("-", " ").capitalize()
            parts.append(f"### {heading} {{point={point.slug}}}")
        words = " ".join(point.text.removeprefix("TRAP").lstrip(": ").split())
        parts.append(f"TODO: {words}" + (" (move it where it belongs)" if name == "Summary" else ""))
    return parts


def _is_trap(point: Point) -> bool:
    return point.text.startswith("TRAP") or (point.slug or "").startswith("trap-")
