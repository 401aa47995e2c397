"""What `revise doctor` found out, as a page."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from revise.render.console import print_lines
from revise.render.ruler import ruler
from revise.render.wrap import Piece, wrap
from revise.untrusted import harmless

_LABEL = 11
_RULER = "The bars at the right stand in one line only if this terminal draws every sign as wide as revise counts it:"
_IF_NOT = "If one stands out, try another font or terminal, or set REVISE_MATH=ascii: formulas are then plain letters."


def print_checkup(
    console: Console, found: Mapping[str, Mapping[str, Any]], problems: Sequence[Mapping[str, str]], drawn: bool
) -> None:
    """The facts by heading, the ruler where it is `drawn`, then each problem with its remedy."""
    width = console.width
    lines: list[Text] = []
    for heading, facts in found.items():
        rows = list(_ROWS[heading](facts))
        if not rows:
            continue
        lines += [*([Text()] if lines else []), Text(heading.capitalize(), "bold")]
        for label, value in rows:
            lines += wrap([Piece(harmless(value))], width, f"  {label:<{_LABEL}}", " " * (2 + _LABEL))
        if heading == "terminal" and drawn:
            lines += [Text(), *wrap([Piece(_RULER)], width), *ruler(width), *wrap([Piece(_IF_NOT)], width)]
    lines.append(Text())
    for problem in problems:
        lines += wrap([Piece(harmless(problem["what"]), "bold")], width, "✗ ", "  ")
        lines += wrap([Piece(harmless(problem["do"]))], width, "  ")
    count = len(problems)
    told = {0: "Nothing is wrong.", 1: "1 problem was found."}.get(count, f"{count} problems were found.")
    print_lines(console, [*lines, Text(told, "bold" if count else "")])


def _program(facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if "platform" in facts:
        yield "revise", f"{facts['version']}, in {facts['folder']}"
        yield "Python", f"{facts['python']}, {facts['executable']}"
        yield "system", facts["platform"]


def _content(facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if "pages" in facts:
        yield "shipped", f"{_count(facts['pages'], 'page')} of {_count(facts['topics'], 'topic')}, in {facts['folder']}"
    for own in facts.get("own", ()):
        yield "your own", f"{_count(own['pages'], 'page')}, in {own['folder']}"
    if not facts.get("own"):
        yield "your own", "none; revise new TOPIC starts a page"


def _settings(facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for number, (name, value) in enumerate(facts.items()):
        yield "" if number else "variables", f"{name}={value}"


def _record(facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if "folder" in facts:
        yield "folder", f"{facts['folder']}{'' if facts['writable'] else ' (not writable)'}"
        if not facts["exists"]:
            yield "file", "none yet: the first grade makes it"
    if "reviews" in facts:
        yield "file", f"{_count(facts['reviews'], 'grade')}, {_size(facts['bytes'])}"
    if "free_bytes" in facts:
        yield "free space", _size(facts["free_bytes"])


def _terminal(facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if "NO_COLOR" in facts:
        yield "size", f"{facts['columns']} columns, {facts['rows']} rows"
        yield "TERM", facts["TERM"] or "not set"
        yield "encoding", f"{facts['encoding']} by the locale; revise writes utf-8"
        why = "NO_COLOR is set" if facts["NO_COLOR"] else "" if facts["is_terminal"] else "output is no terminal"
        yield "colour", facts["colour"] or f"none{f' ({why})' if why else ''}"


def _parts(facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, version in facts.items():
        if name != "torch":
            yield name, version or "not installed"
    torch = facts.get("torch", {})
    if "device" in torch:
        yield "torch", f"{torch['version']}, on {torch['device']}"
    elif "fault" in torch:
        yield "torch", f"{torch['version'] or 'installed'}, but {torch['fault']}"
    elif "install" in torch:
        yield "torch", f"not installed; for the demos: {torch['install']}"


_ROWS = {
    "program": _program, "content": _content, "settings": _settings,
    "record": _record, "terminal": _terminal, "parts": _parts,
}  # fmt: skip


def _count(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def _size(size: float) -> str:
    units = ["bytes", "kB", "MB", "GB", "TB"]
    while size >= 1000 and len(units) > 1:
        size /= 1000
        units.pop(0)
    return f"{size:.0f} {units[0]}" if units[0] == "bytes" or size >= 10 else f"{size:.1f} {units[0]}"
