"""`revise doctor`: what is installed, where everything lies, and for each fault what to do. It changes nothing."""

import json as json_text
import locale
import os
import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from revise import __version__
from revise.commands import _health, _parts
from revise.errors import InputError
from revise.progress import data_folder
from revise.render.checkup import print_checkup
from revise.render.console import make_console
from revise.topic import open_library, shipped_folder
from revise.topic.library import page_files

VARIABLES = ("REVISE_DATA", "REVISE_CONTENT", "REVISE_LANG", "REVISE_MATH", "REVISE_DEBUG")
MATHS = ("2d", "1d", "ascii")
LEAST_COLUMNS = 40
Facts = dict[str, Any]


@dataclass
class Checkup:
    """What was found out, by heading, and what is wrong with it."""

    found: dict[str, Facts] = field(default_factory=dict)
    problems: list[dict[str, str]] = field(default_factory=list)

    def wrong(self, what: str, remedy: str) -> None:
        self.problems.append({"what": what, "do": remedy})

    def look(self, heading: str, into: "Callable[[Checkup, Facts], None]") -> None:
        """Fill in one heading; whatever stops that is a problem too, and the next heading is still looked at."""
        facts = self.found.setdefault(heading, {})
        try:
            into(self, facts)
        except InputError as fault:
            self.wrong(str(fault), "Mend what it names, then run revise doctor again.")
        except OSError as fault:
            self.wrong(f"{heading}: {fault.filename} can't be read ({fault.strerror})", "Mend it or its permissions.")
        except Exception as fault:
            self.wrong(
                f"{heading}: this could not be looked at ({type(fault).__name__}: {fault})",
                "Install the program again; if that doesn't help, report this line.",
            )


def run(*, plain: bool, json: bool, width: int | None) -> int:
    console = make_console(width, plain)
    checkup = Checkup()
    checkup.look("program", _program)
    checkup.look("content", _content)
    checkup.look("settings", _settings)
    checkup.look("record", lambda result, facts: _health.look(facts, result.wrong))
    checkup.look("terminal", lambda result, facts: _terminal(result, facts, console.color_system))
    checkup.look("parts", _installed)
    if json:
        whole = {"schema": 1, "fine": not checkup.problems, **checkup.found, "problems": checkup.problems}
        print(json_text.dumps(whole, ensure_ascii=False, indent=2))
    else:
        print_checkup(console, checkup.found, checkup.problems, drawn=not plain)
    return 1 if checkup.problems else 0


def _program(_: Checkup, facts: Facts) -> None:
    facts["version"] = __version__
    facts["folder"] = str(Path(__file__).resolve().parent.parent)
    facts["python"] = f"{platform.python_implementation()} {platform.python_version()}"
    facts["executable"] = sys.executable
    facts["platform"] = platform.platform()


def _content(result: Checkup, facts: Facts) -> None:
    """The student's own folders, and the shipped one."""
    facts["own"] = []
    if named := os.environ.get("REVISE_CONTENT"):
        folder = Path(os.path.expanduser(named))  # noqa: PTH111 (Path's raises where there is no such user)
        if folder.is_dir():
            facts["own"].append({"folder": str(folder), "pages": _pages(result, folder)})
        else:
            result.wrong(f"REVISE_CONTENT names {folder}, which is no folder", "Make it, or unset REVISE_CONTENT.")
    kept = data_folder() / "content"
    if os.path.isdir(kept):  # noqa: PTH112 (Path's raises where a folder above can't be read)
        facts["own"].append({"folder": str(kept), "pages": _pages(result, kept)})
    try:
        root = shipped_folder()
    except InputError as fault:
        result.wrong(str(fault).partition(":")[0], "Install the program again.")
        return
    facts["folder"] = str(root)
    entries, faults = open_library(root=root).syllabus
    facts["topics"], facts["pages"] = len(entries), _pages(result, root)
    if faults:
        result.wrong(str(faults[0]), "Install the program again; revise check lists every problem of the content.")
    elif not facts["pages"]:
        result.wrong(f"there is no page in {root}", "Install the program again.")


def _pages(result: Checkup, folder: Path) -> int:
    """How many pages, translations not counted, lie in `folder`; one that can't be opened is a problem."""
    pages = 0
    for path in page_files(folder):
        try:
            if path.is_file():
                path.open("rb").close()
        except OSError as fault:
            result.wrong(f"{path} can't be read ({fault.strerror})", "Mend its permissions.")
        pages += path.name.count(".") == 1
    return pages


def _settings(result: Checkup, facts: Facts) -> None:
    """Environment variables that change what the program does."""
    for name in sorted(name for name in os.environ if name.startswith("REVISE_")):
        facts[name] = os.environ[name]
        if name not in VARIABLES:
            near = get_close_matches(name, VARIABLES, n=1)
            hint = f": did you mean {near[0]}?" if near else ""
            result.wrong(f"{name} is no setting of this program{hint}", f"Unset it; there are {', '.join(VARIABLES)}.")
    maths = os.environ.get("REVISE_MATH")
    if maths and maths not in MATHS:
        result.wrong(f"REVISE_MATH is {maths}, which is ignored", f"Set it to one of {', '.join(MATHS)}, or unset it.")


def _terminal(result: Checkup, facts: Facts, colour: str | None) -> None:
    columns, rows = shutil.get_terminal_size()
    encoding = locale.getencoding().lower()
    facts |= {
        "is_terminal": sys.stdout.isatty(), "columns": columns, "rows": rows, "TERM": os.environ.get("TERM"),
        "encoding": encoding, "colour": colour, "NO_COLOR": "NO_COLOR" in os.environ,
    }  # fmt: skip
    if not facts["is_terminal"]:
        return
    if encoding not in ("utf-8", "utf8") and os.name != "nt":
        result.wrong(
            f"the locale says {encoding}, but revise writes UTF-8",
            "If letters look wrong: set the terminal to UTF-8, and LANG to a locale such as C.UTF-8.",
        )
    if columns < LEAST_COLUMNS:
        result.wrong(f"the window has {columns} columns", f"Make it {LEAST_COLUMNS} wide at least; 80 is better.")


def _installed(result: Checkup, facts: Facts) -> None:
    """Versions of what the program calculates and trains with."""
    for name in _parts.NEEDED:
        facts[name] = _parts.installed(name)
        if facts[name] is None:
            result.wrong(f"{name} is not installed", f"pip install {name}, or install the program again.")
    facts["torch"] = torch = _parts.ask_torch()
    if "fault" in torch:
        result.wrong(f"PyTorch: {torch['fault']}", f"Only the demos need it; install it again: {torch['install']}")
