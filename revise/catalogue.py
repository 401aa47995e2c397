"""What solvers there are, read from file names and first lines; one is imported when it is asked for."""

import inspect
import re
from ast import literal_eval
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, get_type_hints

from revise.errors import InputError, NothingFound
from revise.parameters import VALUES, Kind, kinds, read
from revise.solution import Solution

_FOLDER = Path(__file__).parent / "solvers"


@dataclass(frozen=True)
class Entry:
    """A line of the list: `serves` maps capabilities of the syllabus to the parameters they set."""

    name: str
    part: str
    summary: str
    serves: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Solver:
    """A loaded solver; `preset` are the parameters its capability sets."""

    name: str
    part: str
    module: ModuleType
    preset: Mapping[str, Any]

    @cached_property
    def parameters(self) -> Mapping[str, inspect.Parameter]:
        return inspect.signature(self.module.solve).parameters

    @cached_property
    def annotations(self) -> dict[str, Any]:
        return get_type_hints(self.module.solve, include_extras=True)

    @property
    def summary(self) -> str:
        return (self.module.__doc__ or "").strip().partition("\n")[0]

    def arguments(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """`given` with every text read as its parameter's annotation says, and the preset filled in."""
        values: dict[str, Any] = {}
        letters: set[str] = set()
        for name, value in sorted({**self.preset, **given}.items(), key=lambda item: not self._assigns(item[0])):
            if name not in self.parameters:
                raise InputError(unknown(f"--{option(name)}", [f"--{option(known)}" for known in self.parameters]))
            try:
                values[name] = read(self.annotations[name], value, letters) if isinstance(value, str) else value
                letters |= set(values[name]) if self._assigns(name) and isinstance(values[name], dict) else set()
            except InputError as fault:
                raise InputError(f"{option(name)}: {fault}") from None
        missing = [
            name
            for name, parameter in self.parameters.items()
            if parameter.default is inspect.Parameter.empty and name not in values
        ]
        if missing:
            raise InputError(f"{self.name} needs {' and '.join('--' + option(name) for name in missing)}")
        return values

    def _assigns(self, name: str) -> bool:
        """Whether the parameter gives letters their values: it is read before the formulas."""
        return name in self.parameters and VALUES in kinds(self.annotations[name])

    def solve(self, **given: Any) -> Solution:
        """The worked solution; texts among `given` are read first."""
        solution: Solution = self.module.solve(**self.arguments(given))
        return solution

    def reference(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The answers of another engine, by word."""
        answers: dict[str, Any] = self.module.reference(**self.arguments(given))
        return answers

    @property
    def sample(self) -> Callable[[Any], dict[str, Any]]:
        sample: Callable[[Any], dict[str, Any]] = self.module.sample
        return sample

    def takes_letters(self, name: str) -> bool:
        return any(isinstance(kind, Kind) for kind in kinds(self.annotations[name]))


def option(name: str) -> str:
    """A parameter's spelling on the command line."""
    return name.replace("_", "-")


def entries() -> list[Entry]:
    """Every solver, sorted by part and name. Nothing is imported."""
    return [_entry(path) for path in sorted(_FOLDER.glob("*/[!_]*.py"))]


def source_of(entry: Entry) -> str:
    """The text of a solver's file, unread by Python."""
    return (_FOLDER / entry.part / f"{entry.name.replace('-', '_')}.py").read_text(encoding="utf-8")


def served(wanted: Collection[str]) -> frozenset[str]:
    """Those of `wanted` that `revise solve` takes: solvers by file name, else what a solver says it serves."""
    found = set(wanted) & set(names())
    missing = set(wanted) - found
    for path in _FOLDER.glob("*/[!_]*.py") if missing else ():
        source = path.read_text(encoding="utf-8")
        if any(f'"{name}"' in source for name in missing):
            found |= missing & set(_entry(path).serves)
    return frozenset(found)


def names() -> list[str]:
    """The commands: file names with hyphens."""
    return sorted(option(path.stem) for path in _FOLDER.glob("*/[!_]*.py"))


def load(name: str) -> Solver:
    """The solver called `name`, or the one that serves the capability `name`.

    Raises NothingFound where the syllabus plans it, InputError with the nearest names where nobody knows it.
    """
    stem = name.replace("-", "_")
    path = next(iter(_FOLDER.glob(f"*/{stem}.py")), None) if stem.isidentifier() and stem[0] != "_" else None
    if path is not None:
        return _loaded(path.parent.name, stem, {})
    everything = entries()
    for entry in everything:
        if name in entry.serves:
            return _loaded(entry.part, entry.name.replace("-", "_"), entry.serves[name])
    known = {entry.name for entry in everything} | {word for entry in everything for word in entry.serves}
    planned = _planned() - known
    asked = option(name.lower())
    if asked in planned:
        raise NothingFound(f"the solver {name!r} is planned, not built yet; `revise solve` lists those there are")
    from difflib import get_close_matches

    parts = [each for each in sorted(planned) if {*each.split("-")} <= {*asked.split("-")}]  # max-pool: pool
    nearest = get_close_matches(asked, sorted(known | planned), 1, 0.5)
    meant = next(iter(parts or nearest), "")
    if meant in planned:
        fault = f"there is no solver {name!r}; {meant} is planned, not built yet"
    else:
        fault = unknown(f"solver {name!r}", sorted(known), name)
    raise InputError(fault + "; `revise solve` lists them")


def unknown(what: str, known: list[str], word: str | None = None) -> str:
    """The sentence for a word nobody knows, with the nearest known one."""
    from difflib import get_close_matches

    by_small = {each.lower(): each for each in known}
    close = get_close_matches((word or what).lower(), by_small, 1, 0.5)
    return f"there is no {what}" + (f"; did you mean {by_small[close[0]]}?" if close else "")


def _planned() -> frozenset[str]:
    """The solvers that the shipped syllabus asks for."""
    from revise.topic import open_library

    return frozenset(name for entry in open_library().syllabus[0] for name in entry.solve)


def _loaded(part: str, stem: str, preset: Mapping[str, Any]) -> Solver:
    return Solver(option(stem), part, import_module(f"revise.solvers.{part}.{stem}"), preset)


def _entry(path: Path) -> Entry:
    """First line and SERVES, found as text: parsing hundred files takes longer than reading a page."""
    source = path.read_text(encoding="utf-8")
    summary = source.lstrip().removeprefix('"""').partition("\n")[0].removesuffix('"""').strip()
    match = re.search(r"^SERVES\b[^=\n]*= (?=\{)", source, re.MULTILINE)
    serves: Mapping[str, Mapping[str, Any]] = literal_eval(_braced(source[match.end() :])) if match else {}
    return Entry(option(path.stem), path.parent.name, summary, serves)


def _braced(text: str) -> str:
    """`text` up to the brace that closes its first one."""
    depth = 0
    for match in re.finditer(r"[{}]", text):
        depth += 1 if match.group() == "{" else -1
        if depth == 0:
            return text[: match.end()]
    return text
