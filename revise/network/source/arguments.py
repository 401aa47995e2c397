"""A call's arguments by name, checked against the signature of the layer called."""

import ast
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import Any

from revise.errors import InputError
from revise.expression import Node
from revise.network.assembly import per_axis
from revise.network.source.text import Source

_WORDS: dict[str, Any] = {"True": True, "False": False, "None": None}


@dataclass(frozen=True)
class Signature:
    """Parameters in their order; those after `*` by keyword only. `defaults` lacks what must be given."""

    positional: tuple[str, ...]
    keywords: tuple[str, ...]
    defaults: dict[str, Any]
    ignored: frozenset[str]


@cache
def signature(text: str) -> Signature:
    """`kernel_size, stride=None, return_indices~, *, name~`: what follows ~ is accepted and has no effect here."""
    positional: list[str] = []
    keywords: list[str] = []
    defaults: dict[str, Any] = {}
    ignored: set[str] = set()
    into = positional
    for part in filter(None, map(str.strip, text.split(","))):
        if part == "*":
            into = keywords
            continue
        name, equals, default = part.rstrip("~").partition("=")
        into.append(name)
        if part.endswith("~"):
            ignored.add(name)
        elif equals:
            defaults[name] = int(default) if default.lstrip("-").isdecimal() else _WORDS.get(default, default)
    return Signature(tuple(positional), tuple(keywords), defaults, frozenset(ignored))


class Given:
    """The arguments of one call of `called`. Reading one that does not fit raises InputError at its place."""

    def __init__(
        self, called: str, call: ast.Call, text: str, dims: int | None, source: Source, value: Callable[[ast.expr], Any]
    ) -> None:
        self.called, self.call, self.source = called, call, source
        self.signature, self._value, self._dims = signature(text), value, dims
        self.nodes: dict[str, ast.expr] = {}
        self._bind()

    def _bind(self) -> None:
        known = (*self.signature.positional, *self.signature.keywords)
        for place, node in enumerate(self.call.args):
            if isinstance(node, ast.Starred):
                raise self.source.fault(node, f"{self.called}: *-arguments are not read; write them out")
            if place >= len(self.signature.positional):
                most = len(self.signature.positional)
                raise self.source.fault(node, f"{self.called} takes at most {most} arguments without a name")
            self.nodes[self.signature.positional[place]] = node
        for keyword in self.call.keywords:
            if keyword.arg is None:
                raise self.source.fault(keyword.value, f"{self.called}: **-arguments are not read; write them out")
            if keyword.arg not in known:
                hint = did_you_mean(keyword.arg, known)
                raise self.source.fault(keyword, f"{self.called} has no argument {keyword.arg}{hint}")
            if keyword.arg in self.nodes:
                raise self.source.fault(keyword, f"{self.called}: {keyword.arg} is given twice")
            self.nodes[keyword.arg] = keyword.value
        for name in known:
            if name not in self.nodes and name not in self.signature.defaults and name not in self.signature.ignored:
                raise self.source.fault(self.call, f"{self.called}: {name} is missing")

    @property
    def dims(self) -> int:
        return self._dims or 2

    def fault(self, name: str, message: str) -> InputError:
        return self.source.fault(self.nodes.get(name, self.call), f"{self.called}: {message}")

    def get(self, name: str) -> Any:
        """The argument's value, or its default."""
        if name not in self.nodes:
            return self.signature.defaults.get(name)
        value = self._value(self.nodes[name])
        return tuple(value) if isinstance(value, list) else value

    def count(self, name: str, least: int = 1) -> Any:
        """A whole number of at least `least`, or a letter."""
        return self._count(name, self.get(name), least)

    def says(self, name: str) -> int | None:
        value = self.count(name)
        return value if isinstance(value, int) else None

    def axes(self, name: str, least: int = 1) -> tuple[Any, ...]:
        """One whole number or letter for each axis."""
        value = per_axis(self.get(name), self.dims)
        if value is None:
            raise self.fault(name, f"{name} is one number or one for each of {self.dims} axes")
        return tuple(self._count(name, entry, least) for entry in value)

    def flag(self, name: str) -> bool:
        value = self.get(name)
        if not isinstance(value, bool):
            raise self.fault(name, f"{name} is True or False")
        return value

    def _count(self, name: str, value: Any, least: int) -> Any:
        if isinstance(value, Node):
            return value
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise self.fault(name, f"{name} is a whole number of at least {least}")
        return value


def did_you_mean(word: str, known: Any) -> str:
    """A hint at the nearest of `known`, case ignored; empty where none is near."""
    if len(word) > 60:
        return ""
    lowered = {each.lower(): each for each in sorted(known)}
    exact = get_close_matches(word, sorted(known), 1, 0.8)
    close = exact or [lowered[each] for each in get_close_matches(word.lower(), lowered, 1)]
    return f"; did you mean {close[0]}?" if close else ""
