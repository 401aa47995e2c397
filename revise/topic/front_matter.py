"""The `+++` TOML lines at the head of a page."""

import re
import tomllib
from typing import Any

from revise.topic.lines import SLUG, Fault, listed, slug_like, suggest, toml_fault
from revise.topic.model import Term

FIELDS = ("id", "aliases", "sources", "terms", "title", "extends", "needs")
_OPENING = re.compile(r"\s*(\+\+\+|---)[ \t]*\n")
_FIELD_LINE = re.compile(r"^\s*([A-Za-z][\w-]*)\s*=", re.MULTILINE)


def split_front_matter(text: str, faults: Fault) -> tuple[dict[str, Any], dict[str, int], str, int]:
    """(fields, their lines, the page under them, the line it starts on); problems go to `faults`."""
    match = _OPENING.match(text)
    if match is None or match[1] != "+++":
        meant = " (`---` is YAML: this format is TOML)" if match else ""
        faults.add(1, f"a page begins with a line `+++`, its fields, and another `+++`{meant}")
        return {}, {}, text, 1
    first = text.count("\n", 0, match.end()) + 1
    end = re.compile(r"^\+\+\+[ \t]*$", re.MULTILINE).search(text, match.end())
    if end is None:
        faults.add(1, "the front matter is not closed: a second line `+++` is missing")
        return {}, {}, "", text.count("\n") + 1
    source = text[match.end() : end.start()]
    lines = {found[1]: first + source.count("\n", 0, found.start(1)) for found in _FIELD_LINE.finditer(source)}
    return (
        _parse(source, first, faults),
        lines,
        text[end.end() + 1 :],
        first + source.count("\n") + 1,
    )


def _parse(source: str, first: int, faults: Fault) -> dict[str, Any]:
    try:
        return tomllib.loads(source)
    except tomllib.TOMLDecodeError as wrong:
        line, reason = toml_fault(wrong, source)
        faults.add(first + line - 1, f'the front matter is not TOML: {reason} (texts need quotes: id = "gan")')
        return {}


def checked(fields: dict[str, Any], lines: dict[str, int], language: str, own: bool, faults: Fault) -> dict[str, Any]:
    """Those `fields` that are known and of the right type; all others are problems."""
    good: dict[str, Any] = {}
    for name, value in fields.items():
        line = lines.get(name, 1)
        if name not in FIELDS:
            hint = suggest(name, FIELDS, f"; known: {listed(FIELDS)}")
            faults.add(line, f"unknown field `{name}` in the front matter{hint}")
        elif name in ("id", "title", "extends") and not (isinstance(value, str) and value.strip()):
            faults.add(line, f'`{name}` is a text in quotes: {name} = "…"')
        elif name in ("aliases", "sources", "needs") and not _is_texts(value):
            faults.add(line, f'`{name}` is a list of texts: {name} = ["…", "…"]')
        elif name == "terms":
            good[name] = _terms(value, line, faults)
        elif name == "title" and language == "en" and not own:
            faults.add(line, "`title` comes from the syllabus; only a translation (`.zh.md`) has its own")
        elif name in ("extends", "needs") and not own:
            hint = "only your own content extends a topic" if name == "extends" else "it is in the syllabus"
            faults.add(line, f"`{name}` does not belong here: {hint}")
        else:
            good[name] = value
    _check_id(good, lines, faults)
    return good


LONGEST_LINE = 80
"""Characters of a term's one line."""


def _terms(value: object, line: int, faults: Fault) -> list[Term]:
    """The rows of the glossary that are whole; each other one is a problem."""
    shape = 'terms = [ { term = "stride", zh = "步幅", line = "cells the filter moves at a step" } ]'
    if not isinstance(value, list):
        faults.add(line, f"`terms` is a list: {shape}")
        return []
    terms: list[Term] = []
    for row in value:
        whole = isinstance(row, dict) and set(row) == set(Term._fields) and _is_texts(list(row.values()))
        if not whole:
            faults.add(line, f"`terms`: each has term, zh and line: {shape}")
        elif len(row["line"]) > LONGEST_LINE:
            faults.add(line, f"`terms`: the line of `{row['term']}` is longer than {LONGEST_LINE} characters")
        else:
            terms.append(Term(**row))
    return terms


def _check_id(good: dict[str, Any], lines: dict[str, int], faults: Fault) -> None:
    for name in ("id", "extends"):
        value = good.get(name)
        if value is not None and not SLUG.fullmatch(value):
            faults.add(
                lines.get(name, 1),
                f"`{value}` is no id (small letters, digits, hyphens): did you mean `{slug_like(value)}`?",
            )
            good[name] = slug_like(value)
    if "id" in good and "extends" in good:
        faults.add(lines.get("id", 1), "a page has either `id` (a new topic) or `extends`, not both")


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) and item.strip() for item in value)
