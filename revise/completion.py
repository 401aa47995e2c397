"""What the Tab key offers: names of topics, parts, solvers and demos, from file names alone."""

from collections.abc import Iterable
from pathlib import Path

from revise.errors import InputError


def topics(incomplete: str) -> list[str]:
    return _beginning(incomplete, (page.name.split(".")[0] for page in _pages()))


def topics_and_glossary(incomplete: str) -> list[str]:
    return topics(incomplete) + _beginning(incomplete, ["glossary"])


def parts(incomplete: str) -> list[str]:
    return _beginning(incomplete, (page.parent.name for page in _pages()))


def solvers(incomplete: str) -> list[str]:
    from revise.catalogue import names

    return _beginning(incomplete, names())


def demos(incomplete: str) -> list[str]:
    from revise.demos._catalogue import names

    return _beginning(incomplete, names())


def _pages() -> Iterable[Path]:
    from revise.topic.library import shipped_folder

    try:
        return shipped_folder().glob("*/*.md")
    except InputError:
        return ()


def _beginning(incomplete: str, names: Iterable[str]) -> list[str]:
    return sorted({name for name in names if name.startswith(incomplete)})
