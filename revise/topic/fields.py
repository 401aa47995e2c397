"""The lines of a block: fields `Q: …`, options `- [x] …`, marks `- (1) …`; anything else is stray."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from revise.topic.lines import Fault, Line, suggest
from revise.topic.model import Mark, Option, Place

FIELD_NAMES = ("Q", "A", "C", "solver", "ask", "marks")
_LONG_NAMES = {name.lower(): name for name in FIELD_NAMES if len(name) > 1}
_FIELD = re.compile(r"([A-Za-z][A-Za-z-]{0,11})\s*([:\uff1a])(\s*)(.*)")
_OPTION = re.compile(r"[-*+]\s*\[(.{0,3}?)\]\s*(.*)")
_MARK = re.compile(r"[-*+]\s*[(\uff08]\s*(\d+)\s*[)\uff09]\s*(.*)")
_WHY = re.compile(r"\s+(?:—|–|--)\s+|\s*——\s*")


@dataclass
class Fields:
    """What a block's lines hold; `line` says where each field begins."""

    text: dict[str, str] = field(default_factory=dict)
    line: dict[str, int] = field(default_factory=dict)
    options: list[Option] = field(default_factory=list)
    points: list[Mark] = field(default_factory=list)
    marks: int = 0
    items: int = 0
    """Lines of the list, those with faults too."""
    foreign: str = ""
    """The first field that belongs to another kind."""


def read_fields(kind: str, allowed: Sequence[str], lines: Sequence[Line], faults: Fault) -> Fields:
    """The fields of one block; `allowed` are those of its kind."""
    fields = Fields()
    texts: dict[str, list[str]] = {}
    items: list[tuple[Line, list[str]]] = []
    into: list[str] | None = None
    for line in lines:
        name, rest = _field(line)
        if _is_item(kind, line):
            into = [line.text]
            items.append((line, into))
        elif name is not None:
            into = _open(name, rest, line, kind, allowed, fields, texts, faults)
        elif into is None:
            if line.text:
                faults.add(line.number, f"stray text before the first field: write `{allowed[0]}:` in front of it")
                into = []
        elif items and into is items[-1][1] and line.text and not line.text[0].isspace():
            faults.add(line.number, "stray text after the list: indent it if it belongs to the line above")
        else:
            into.append(line.text)
    for name, parts in texts.items():
        fields.text[name] = "\n".join(parts).strip()
    for line, parts in items:
        _add_item(kind, line, " ".join(part.strip() for part in parts).strip(), fields, faults)
    fields.items = len(items)
    if "marks" in fields.text:
        _set_marks(fields, faults)
    return fields


def _field(line: Line) -> tuple[str | None, str]:
    """(field name, rest of the line), the name None for a line that opens no field."""
    match = None if line.code else _FIELD.fullmatch(line.text)
    if match is None:
        return None, ""
    name, colon, blanks, rest = match.groups()
    if len(name) > 1:
        name = _LONG_NAMES.get(name.lower(), name)
    if name not in FIELD_NAMES and colon == ":" and rest and not blanks:  # as in https://…
        return None, ""
    return name, rest


def _open(
    name: str, rest: str, line: Line, kind: str, allowed: Sequence[str],
    fields: Fields, texts: dict[str, list[str]], faults: Fault,
) -> list[str]:  # fmt: skip
    """Begin field `name`; returns where its further lines go."""
    if name not in FIELD_NAMES:
        hint = suggest(name, FIELD_NAMES, " (to keep it as text, put another word before it)")
        if len(name) > 1 and name[0].upper() in allowed and name.lower() in ("question", "answer", "cloze"):
            hint = f": did you mean `{name[0].upper()}:`?"
        faults.add(line.number, f"unknown field `{name}:`{hint}")
        return []
    if name not in allowed:
        fields.foreign = fields.foreign or name
        other = {"C": "{cloze}", "A": "{basic}", "solver": "{calc}", "marks": "{short}"}.get(name)
        meant = f": did you mean {other}?" if other and not texts else f" (it has {', '.join(allowed)})"
        faults.add(line.number, f"`{name}:` does not belong to a {kind} block{meant}")
        return []
    if name in texts:
        faults.add(line.number, f"a second `{name}:`: is a heading `### …` missing above it?")
        return []
    texts[name] = [rest]
    fields.line[name] = line.number
    return texts[name]


def _is_item(kind: str, line: Line) -> bool:
    if line.code:
        return False
    if kind in ("choice", "true-false"):
        return _OPTION.match(line.text) is not None
    return kind == "short" and _MARK.match(line.text) is not None


def _add_item(kind: str, line: Line, text: str, fields: Fields, faults: Fault) -> None:
    place = Place(faults.path, line.number)
    if kind == "short":
        match = _MARK.fullmatch(text)
        assert match is not None
        if not match[2] or int(match[1]) == 0:
            faults.add(line.number, "a point has marks and words: `- (1) what the answer must say`")
        else:
            fields.points.append(Mark(int(match[1]), match[2], place))
        return
    match = _OPTION.fullmatch(text)
    assert match is not None
    box = match[1].strip().lower()
    if box not in ("", "x"):
        faults.add(line.number, f"`[{match[1]}]`: an option is `[x]` (right) or `[ ]` (wrong)")
        return
    said, *why = _WHY.split(match[2], maxsplit=1)
    if not said.strip() or not why or not why[0].strip():
        faults.add(line.number, "an option says why: `- [x] the option — the reason`")
        return
    if any(option.text == said.strip() for option in fields.options):
        faults.add(line.number, f"the option `{said.strip()}` stands here twice")
    fields.options.append(Option(said.strip(), why[0].strip(), box == "x", place))


def _set_marks(fields: Fields, faults: Fault) -> None:
    text = fields.text["marks"]
    if text and not (text.isdecimal() and int(text) > 0):
        faults.add(fields.line["marks"], f"marks: {text}: a whole number above zero")
    elif text:
        fields.marks = int(text)
