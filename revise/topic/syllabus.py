"""`content/syllabus.toml`: the topics in reading order, their points, solvers and demos."""

import re
import tomllib
from pathlib import Path
from typing import Any

from revise.topic.lines import SLUG, Fault, read_text, slug_like, suggest, toml_fault
from revise.topic.model import Entry, Place, Point, Problem

FIELDS = ("id", "part", "title", "needs", "exam", "covers", "solve", "demo")
_TOPIC = re.compile(r"^\s*\[\[\s*topic\s*\]\]", re.MULTILINE)


def read_syllabus(path: Path) -> tuple[tuple[Entry, ...], list[Problem]]:
    """The syllabus's topics in reading order, and what is wrong with the file. Raises OSError."""
    faults = Fault(path)
    text = read_text(path, faults)
    if text is None:
        return (), faults.problems
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        line, reason = toml_fault(wrong, text)
        faults.add(line, f"the syllabus is not TOML: {reason}")
        return (), faults.problems
    starts = [text.count("\n", 0, match.end()) + 1 for match in _TOPIC.finditer(text)]
    ends = [*starts[1:], text.count("\n") + 2]
    rows = text.split("\n")
    entries: list[Entry] = []
    raw = data.get("topic", [])
    for name in data:
        if name != "topic":
            faults.add(1, f"unknown table `{name}`: the syllabus is a list of `[[topic]]`")
    needs_line: dict[str, int] = {}
    for fields, start, end in zip(raw, starts, ends, strict=False):
        lines = _lines(rows, start, end)
        entry = _entry(fields, lines, start, list(enumerate(rows[start:end], start + 1)), faults)
        if entry is None:
            continue
        twin = next((other for other in entries if other.id == entry.id), None)
        if twin is not None:
            faults.add(entry.place.line, f"the topic `{entry.id}` stands in line {twin.place.line} already")
            continue
        entries.append(entry)
        needs_line[entry.id] = lines.get("needs", start)
    known = [entry.id for entry in entries]
    for entry in entries:
        for need in entry.needs:
            if need not in known:
                faults.add(needs_line[entry.id], f"`{entry.id}` needs the unknown topic `{need}`{suggest(need, known)}")
    circle = _circle(entries)
    if circle:
        faults.add(needs_line[circle[0]], f"topics need each other in a circle: {' > '.join(circle)}")
    return tuple(entries), sorted(faults.problems)


def _circle(entries: list[Entry]) -> list[str]:
    """Topics that need each other, the first one again at the end; empty where there is a reading order."""
    from graphlib import CycleError, TopologicalSorter

    try:
        TopologicalSorter({entry.id: entry.needs for entry in entries}).prepare()
    except CycleError as wrong:
        return list(reversed(wrong.args[1]))
    return []


def read_entry(path: Path, topic: str) -> Entry | None:
    """The entry of one topic alone, a hundredth of the file; None where the whole has to be read."""
    faults = Fault(path)
    text = read_text(path, faults) or ""
    at = text.find(f'\nid = "{topic}"\n')
    start = text.rfind("[[topic]]", 0, max(at, 0))
    if at < 0 or start < 0:
        return None
    end = text.find("[[topic]]", at)
    try:
        fields = tomllib.loads(text[start : end if end > 0 else len(text)])["topic"][0]
    except tomllib.TOMLDecodeError:
        return None
    return _entry(fields, {}, text.count("\n", 0, start) + 1, [], faults) if fields.get("id") == topic else None


def _lines(rows: list[str], start: int, end: int) -> dict[str, int]:
    """Field → line, between the 1-based lines `start` and `end`."""
    found: dict[str, int] = {}
    for number in range(start + 1, end):
        match = re.match(r"\s*([A-Za-z][\w-]*)\s*=", rows[number - 1]) if number <= len(rows) else None
        if match:
            found.setdefault(match[1], number)
    return found


def _entry(
    fields: dict[str, Any], lines: dict[str, int], start: int, rows: list[tuple[int, str]], faults: Fault
) -> Entry | None:
    name = fields.get("id")
    for key in fields:
        if key not in FIELDS:
            faults.add(lines.get(key, start), f"unknown field `{key}`{suggest(key, FIELDS)}")
    for key in ("id", "part", "title"):
        if not isinstance(fields.get(key), str) or not fields[key].strip():
            faults.add(lines.get(key, start), f'a topic has a text `{key} = "…"`')
            return None
    assert isinstance(name, str)
    for slug in (name, fields["part"]):
        if not SLUG.fullmatch(slug):
            faults.add(lines.get("id", start), f"`{slug}` is no id: did you mean `{slug_like(slug)}`?")
    for key in ("needs", "exam", "solve", "demo"):
        value = fields.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            faults.add(lines.get(key, start), f'`{key}` is a list of texts: {key} = ["…", "…"]')
            fields = {**fields, key: []}
    return Entry(
        id=name,
        part=fields["part"],
        title=fields["title"],
        place=Place(faults.path, lines.get("id", start)),
        needs=tuple(fields.get("needs", ())),
        exam=tuple(fields.get("exam", ())),
        covers=_points(fields.get("covers", []), lines.get("covers", start), rows, faults),
        solve=tuple(fields.get("solve", ())),
        demo=tuple(fields.get("demo", ())),
    )


def _points(value: object, line: int, rows: list[tuple[int, str]], faults: Fault) -> tuple[Point, ...]:
    points: list[Point] = []
    for item in value if isinstance(value, list) else [value]:
        match item:
            case str(text):
                points.append(Point(text))
            case {"slug": str(slug), "text": str(text), **rest} if not rest:
                row = max((number for number, text in rows if f'"{slug}"' in text), default=line)
                if not SLUG.fullmatch(slug):
                    faults.add(row, f"the slug `{slug}` has other signs than small letters, digits, hyphens")
                if any(point.slug == slug for point in points):
                    faults.add(row, f"the slug `{slug}` is used twice in this topic")
                points.append(Point(text, slug))
            case _:
                faults.add(line, 'a point is a text or `{ slug = "output-size", text = "…" }`')
    return tuple(points)
