"""What the Tab key offers: names of topics, parts, solvers and demos, from file names; nothing of them is imported."""

from collections.abc import Iterable

from revise.errors import InputError


def topics(incomplete: str) -> list[str]:
    """Topics with a page, the student's own among them."""
    from revise.commands._content import library
    from revise.topic.library import page_files

    try:
        found = library()
        own = [page.head.id for page in found.own_pages]
    except InputError:
        return []
    return _beginning(incomplete, [*(file.name.partition(".")[0] for file in page_files(found.root)), *own])


def topics_and_glossary(incomplete: str) -> list[str]:
    return topics(incomplete) + _beginning(incomplete, ["glossary"])


def parts(incomplete: str) -> list[str]:
    from revise.topic.library import page_files, shipped_folder

    return _beginning(incomplete, (file.parent.name for file in page_files(shipped_folder())))


def solvers(incomplete: str) -> list[str]:
    return _built(incomplete, "solvers")


def demos(incomplete: str) -> list[str]:
    return _built(incomplete, "demos")


def _built(incomplete: str, kind: str) -> list[str]:
    from revise.commands._content import built

    return _beginning(incomplete, built(kind))


def _beginning(incomplete: str, names: Iterable[str]) -> list[str]:
    return sorted({name for name in names if name.startswith(incomplete)})
