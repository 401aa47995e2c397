"""`revise check`: every problem of the content as `file:line: what is wrong`."""

import json as json_text
from pathlib import Path

from revise.commands import _content
from revise.errors import InputError
from revise.topic import Library, Place, Problem, open_library, shipped_folder
from revise.topic.check import NOT_READ, Checker, Report
from revise.topic.ids import all_keys, read_ids, vanished, write_ids
from revise.untrusted import harmless


def run(path: Path | None, *, write_ids: bool, json: bool) -> int:
    from revise.commands.solve import answer_matches

    library, only = _chosen(path)
    checker = Checker(library, _content.served(), answer_matches, _drawn)
    named = only is not None and not only.is_dir()
    if only is not None and named and not checker.reads(only):
        report = Report([Problem(Place(only, 1), NOT_READ)])
    else:
        report = checker.run(strays=not named)
        folder = library.own[0] if library.own else library.root
        if only is not None or library.own:
            report = checker.about(only or folder)
        refused = _bring_up_to_date(checker, folder, report) if write_ids else []
        report.problems += refused
    if json:
        print(json_text.dumps(_as_json(report), ensure_ascii=False, indent=2))
    else:
        _print(report)
    return 1 if report.problems else 0


def _chosen(path: Path | None) -> tuple[Library, Path | None]:
    """The library that `path` belongs to, and the file or folder the report is limited to."""
    if path is None:
        return open_library(), None
    if not path.exists():
        raise InputError(f"there is no file or folder {path}")
    path = path.resolve() if path.is_dir() else path.parent.resolve() / path.name
    folder = path if path.is_dir() else path.parent
    for above in (folder, *folder.parents):
        if (above / "syllabus.toml").is_file():
            return Library(above), None if above == path else path
    if folder == shipped_folder():
        return open_library(), path
    own = folder if path.is_dir() or folder.parent == folder else _own_root(folder)
    return open_library([own]), None if own == path else path


def _own_root(folder: Path) -> Path:
    """A page of one's own stands in the content folder or in a part of it."""
    return folder.parent if (folder.parent / "ids.txt").is_file() or list(folder.parent.glob("*.md")) else folder


def _drawn(solver: str, ask: tuple[str, ...]) -> str:
    """What is wrong with a calculation card; empty where its numbers can be drawn."""
    from random import Random

    from revise.exercise.calculation import draw

    try:
        draw(solver, ask, Random(0))
    except InputError as fault:
        return str(fault)
    return ""


def _bring_up_to_date(checker: Checker, folder: Path, report: Report) -> list[Problem]:
    """Write the list of keys; returns why it was refused."""
    path = folder / "ids.txt"
    topics = [it for it in checker.topics if it.language == "en" and it.path.is_relative_to(folder)]
    listed = read_ids(path)[0] if path.is_file() else {}
    gone = vanished(listed, topics, path)
    others = [it for it in report.problems if it.where.file != path]
    if gone or others:
        return []
    keys = all_keys(topics)
    write_ids(path, keys)
    report.problems = [it for it in report.problems if it.where.file != path]
    print(f"{_shown(path)}: {len(keys)} keys written")
    return []


def _print(report: Report) -> None:
    for problem in report.problems:
        print(_line(problem))
    for note in report.notes:
        print(f"{_line(note)} (a note)")
    count = len(report.problems)
    many = "1 problem" if count == 1 else f"{count or 'no'} problems"
    print(f"{many}, {len(report.notes)} notes; {report.pages} page{'s' * (report.pages != 1)}, {report.keys} keys")


def _line(problem: Problem) -> str:
    return harmless(f"{_shown(problem.where.file)}:{problem.where.line}: {problem.message}")


def _shown(path: Path) -> str:
    """Shorter where it lies under the working folder."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _as_json(report: Report) -> dict[str, object]:
    def listed(found: list[Problem]) -> list[dict[str, object]]:
        return [{"file": _shown(it.where.file), "line": it.where.line, "message": it.message} for it in found]

    return {
        "problems": listed(report.problems),
        "notes": listed(report.notes),
        "pages": report.pages,
        "keys": report.keys,
    }
