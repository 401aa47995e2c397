"""`revise new TOPIC`: a page to fill in, which `revise check` follows until nothing of it is left open."""

import os
import shlex
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from revise.commands import _content
from revise.errors import InputError
from revise.progress import data_folder
from revise.render.console import make_screen, print_lines
from revise.render.wrap import Piece, wrap
from revise.topic import Entry, Library, Place, normalised, open_library, shipped_folder
from revise.topic.lines import slug_like
from revise.topic.template import new_page
from revise.untrusted import harmless

_LONGEST = 60  # signs of an id, which is a file name too
_ANY_WIDTH = 100_000


@dataclass(frozen=True)
class _Start:
    """The page to write, and what the author is told about it."""

    path: Path
    text: str
    told: str
    next: tuple[tuple[str, str], ...]


def run(topic: str, *, content: Path | None) -> int:
    folder = _folder(content)
    root = next((above for above in (folder, folder.parent) if (above / "syllabus.toml").is_file()), None)
    try:
        start = _shipped(topic, root) if root is not None else _own(topic, folder, named=content is not None)
    except OSError as fault:
        raise InputError(f"{fault.filename} can't be read ({fault.strerror}): revise doctor") from fault
    _write(start.path, start.text)
    todo = sum("TODO" in line or line.startswith("### todo-") for line in start.text.split("\n"))
    print(harmless(str(start.path)))
    told = [Piece(harmless(f"{start.told}: {todo} lines to fill in, marked TODO. Next:"))]
    lines = wrap(told, (console := make_screen()).width)
    for command, purpose in start.next:
        lines += wrap([Piece(harmless(command))], _ANY_WIDTH, "  ")  # to be copied whole
        lines += wrap([Piece(purpose)], console.width, "      ")
    print_lines(console, lines)
    return 0


def _folder(content: Path | None) -> Path:
    """The author's folder: --content, else REVISE_CONTENT, else `content` in the user's data folder."""
    named = content or (Path(os.environ["REVISE_CONTENT"]) if os.environ.get("REVISE_CONTENT") else None)
    return Path(os.path.abspath(os.path.expanduser(named or data_folder() / "content")))  # noqa: PTH100, PTH111


def _shipped(topic: str, root: Path) -> _Start:
    """A page of the content that `root/syllabus.toml` belongs to."""
    library = Library(root)
    try:
        entry = library.find(topic)
    except InputError as fault:
        raise InputError(f"{fault} A page in {root} needs its topic in syllabus.toml first.") from None
    path = root / entry.part / f"{entry.id}.md"
    for page in library.pages_of(entry.id):
        if page.head.language == "en":
            raise InputError(f"`{entry.id}` has a page already: {page.path}")
    told = f"A page for {entry.title}"
    if not entry.slugs:
        told += " (its points in syllabus.toml have no slugs yet, which cards must name)"
    steps = [(f"revise check {_quoted(path)}", "what is still open")]
    steps.append((f"revise check {_quoted(root)} --write-ids", "when it is complete: lists the keys of its cards"))
    if root.resolve() == shipped_folder():
        steps.append((f"revise show {entry.id}", "the page as a student sees it"))
    text = new_page(entry, own=False, extends=False, calc=_solvers(entry))
    return _Start(path, text, told, tuple(steps))


def _own(topic: str, folder: Path, named: bool) -> _Start:
    """A page in the student's own `folder`: a new topic, or more about one of the syllabus."""
    kept = data_folder() / "content"
    library = open_library([path for path in dict.fromkeys((folder, kept)) if path.is_dir()])
    entry = library.names.get(normalised(topic))
    found = library.entry(entry) if entry is not None else _invented(topic, library)
    pages = library.pages_of(found.id)
    if found.own and pages:
        raise InputError(f"`{found.id}` has a page already: {pages[0].path}")
    written = any(not page.own and page.head.language == "en" for page in pages)
    path = folder / f"{found.id}.md"
    text = new_page(found, own=True, extends=not found.own, cards_only=written, calc=_solvers(found))
    told = f"A page for {found.title}"
    if found.own:
        told = f"{found.title} isn't in the syllabus{_meant(topic, library)}. A page for a topic of your own"
    elif written:
        told = f"Cards of your own for {found.title}"
    option = f" --content {_quoted(folder)}" if named else ""
    steps = [
        (f"revise check {_quoted(path)}", "what is still open"),
        (f"revise show {found.id}{option}", "the page"),
        (f"revise cards {found.id}{option}", "its cards; one with a TODO is left out"),
    ]
    return _Start(path, text, told, tuple(steps))


def _invented(topic: str, library: Library) -> Entry:
    """A topic of the student's own by the name `topic`. InputError where no id can be made of it."""
    title = " ".join(harmless(topic).split())
    letters = "".join(sign for sign in unicodedata.normalize("NFKD", title) if not unicodedata.combining(sign))
    if not any(sign.isalnum() for sign in letters) or any(sign.isalnum() and not sign.isascii() for sign in letters):
        raise InputError(
            f"`{title}` is no topic of the syllabus, and no id can be made of it: name yours in small letters, digits "
            "and hyphens (its title in any script stands in the page)"
        )
    name = slug_like(letters)
    if len(name) > _LONGEST:
        raise InputError(f"`{name[:20]}…` is too long for an id: {_LONGEST} signs at most")
    known = next((entry for entry in library.entries if entry.id == name), None)
    if known is not None:
        return known
    if title == name:
        title = title.replace("-", " ").capitalize()
    return Entry(name, "own", title, Place(library.root, 1), own=True)


def _meant(topic: str, library: Library) -> str:
    from difflib import get_close_matches

    near = get_close_matches(normalised(topic), library.names, n=1, cutoff=0.75)
    return f" (if you meant {library.names[near[0]]}, delete the file and name that)" if near else ""


def _solvers(entry: Entry) -> list[str]:
    served = _content.served()
    return [name for name in entry.solve if name in served]


def _write(path: Path, text: str) -> None:
    """A new file; InputError where there is one, or none can be made."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            try:
                file.write(text)
                file.flush()
            except OSError:
                path.unlink()
                raise
    except FileExistsError as fault:
        if not path.exists() and not path.is_symlink():
            raise InputError(f"{path.parent} is no folder") from fault
        raise InputError(f"{path} is there already: nothing was written; edit it, or move it away") from fault
    except OSError as fault:
        raise InputError(f"{path} can't be written ({fault.strerror}): name another folder with --content") from fault


def _quoted(path: Path) -> str:
    text = str(path)
    if os.name == "posix":
        return shlex.quote(text)
    return f'"{text}"' if " " in text else text
