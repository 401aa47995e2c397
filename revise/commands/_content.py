"""Which content a command works on: shipped, then the student's own; and which solvers there are."""

import os
import sys
from collections.abc import Iterable
from pathlib import Path

from revise.errors import InputError
from revise.progress import data_folder
from revise.topic import Library, Problem, open_library
from revise.untrusted import harmless

_PACKAGE = Path(__file__).resolve().parent.parent


def library(content: Path | None = None) -> Library:
    """The shipped content, the folder `content` (else REVISE_CONTENT), and `content` in the user's data folder."""
    named = content or (Path(os.environ["REVISE_CONTENT"]) if os.environ.get("REVISE_CONTENT") else None)
    own = [named.expanduser()] if named else []
    kept = data_folder() / "content"
    if kept.is_dir() and kept not in own:
        own.append(kept)
    return open_library(own)


def named(library: Library, topics: Iterable[str], part: str | None) -> list[str]:
    """The ids of `topics` by any of their names, and of every topic of `part`. Raises InputError."""
    found = [library.find(name).id for name in topics]
    if part is not None:
        parts = {entry.id: entry.part for entry in library.entries}
        if part not in parts.values():
            raise InputError(f"--part {part}: there is {', '.join(dict.fromkeys(parts.values()))}")
        found += [topic for topic, its in parts.items() if its == part and topic not in found]
    return found


def language(wanted: str | None = None) -> str:
    """The language of pages and cards: `wanted`, else REVISE_LANG without its country, else English."""
    return (wanted or os.environ.get("REVISE_LANG", "en")).replace("-", "_").partition("_")[0].lower() or "en"


def built(kind: str) -> frozenset[str]:
    """Names of the "solvers" or "demos" that exist: files (`conv_stack.py` is conv-stack), nothing imported."""
    files = (path for path in (_PACKAGE / kind).glob("*/*.py") if not path.name.startswith("_"))
    return frozenset(path.stem.replace("_", "-") for path in files)


def served() -> frozenset[str]:
    """Every word that `revise solve` takes: solvers, and the capabilities that they serve."""
    from revise import catalogue

    entries = catalogue.entries()
    return frozenset(entry.name for entry in entries) | {word for entry in entries for word in entry.serves}


def warn(problems: Iterable[Problem]) -> None:
    """Say on standard error that something of the content is left out, and where to read what."""
    found = list(problems)
    if found:
        many = "1 problem" if len(found) == 1 else f"{len(found)} problems"
        command = f"revise check {found[0].where.file}"
        print(harmless(f"revise: {many} in the content; what is broken is left out: {command}"), file=sys.stderr)
