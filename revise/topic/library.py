"""All content there is: the shipped folder, then the student's own; topics found by any of their names."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from revise.errors import InputError
from revise.topic.model import Card, Entry, Problem, Topic
from revise.topic.reader import read_head, read_topic
from revise.topic.syllabus import read_entry, read_syllabus


def shipped_folder() -> Path:
    """`content/` beside the package in a checkout, `revise/content/` in an installed wheel."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "content", package.parent / "content"):
        if (folder / "syllabus.toml").is_file():
            return folder
    raise InputError(f"the shipped content is missing beside {package}: install the program again")


def normalised(name: str) -> str:
    """What names are compared by: case, width, blanks, hyphens and underscores don't count."""
    return re.sub(r"[\s_-]+", " ", unicodedata.normalize("NFKC", name).casefold()).strip()


@dataclass(frozen=True)
class Page:
    """A page's file; `own` where it is the student's."""

    path: Path
    own: bool
    head: Topic


@dataclass(frozen=True)
class Library:
    """The content of one run; nothing is read before it is asked for.

    `root` holds `syllabus.toml` and the shipped pages, `own` are the student's folders.
    """

    root: Path
    own: tuple[Path, ...] = ()

    @cached_property
    def syllabus(self) -> tuple[tuple[Entry, ...], list[Problem]]:
        return read_syllabus(self.root / "syllabus.toml")

    @cached_property
    def pages(self) -> tuple[Page, ...]:
        """Every page's front matter: shipped, then own; by file name; translations too."""
        return (*(Page(path, False, read_head(path)) for path in page_files(self.root)), *self.own_pages)

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Topics in reading order: the syllabus's, then the student's own."""
        shipped = self.syllabus[0]
        own: dict[str, Entry] = {}
        for page in self.pages:
            head = page.head
            if page.own and not head.extends and head.language == "en":
                own.setdefault(
                    head.id,
                    Entry(head.id, "own", head.title or head.id, head.place(), needs=head.needs, own=True),
                )
        return (*shipped, *(entry for name, entry in own.items() if name not in {it.id for it in shipped}))

    def entry(self, topic: str) -> Entry:
        return next(entry for entry in self.entries if entry.id == topic)

    @cached_property
    def own_pages(self) -> tuple[Page, ...]:
        return tuple(Page(path, True, read_head(path, own=True)) for folder in self.own for path in page_files(folder))

    @cached_property
    def _shipped(self) -> tuple[Path, ...]:
        return tuple(page_files(self.root))

    def pages_of(self, topic: str) -> list[Page]:
        """The files of one topic; shipped ones are named after it, so no other is opened."""
        shipped = [path for path in self._shipped if path.name.partition(".")[0] == topic]
        found = [Page(path, False, read_head(path)) for path in shipped]
        return [*found, *(page for page in self.own_pages if page.head.id == topic)]

    def has_page(self, topic: str) -> bool:
        if next(self.root.glob(f"*/{topic}.md"), None) is not None:
            return True
        return any(page.head.language == "en" for page in self.pages_of(topic))

    @cached_property
    def names(self) -> dict[str, str]:
        """Normalised name → topic id; ids win over titles, titles over aliases."""
        names: dict[str, str] = {}
        for entry in self.entries:
            names.setdefault(normalised(entry.id), entry.id)
        for entry in self.entries:
            names.setdefault(normalised(entry.title), entry.id)
        known = {entry.id for entry in self.entries}
        for page in self.pages:
            for name in (page.head.title, *page.head.aliases):
                if name and page.head.id in known:
                    names.setdefault(normalised(name), page.head.id)
        for page in self.pages:
            for term in page.head.terms:
                for name in (term.term, term.zh):
                    names.setdefault(normalised(name), page.head.id)
        return names

    def find(self, name: str) -> Entry:
        """The topic called `name` (id, title or alias). Raises InputError, with the nearest name."""
        if not self.own and name.isascii() and (alone := read_entry(self.root / "syllabus.toml", name)) is not None:
            return alone
        wanted = normalised(name)
        found = self.names.get(wanted)
        if found is not None:
            return self.entry(found)
        from difflib import get_close_matches

        near = [self.names[word] for word in get_close_matches(wanted, self.names, n=4, cutoff=0.6)]
        if len(wanted) > 1:
            near += [topic for known, topic in self.names.items() if wanted in known]
        meant = list(dict.fromkeys(near))[:3]
        hint = f" Did you mean {' or '.join(meant)}?" if meant else " `revise topics` lists them all."
        raise InputError(f"no topic is called `{name}`.{hint}")

    def read(self, topic: str, language: str = "en") -> tuple[Topic, list[Problem]]:
        """The page of `topic` in `language` with the student's own cards, and the problems of its files.

        Where a translation lacks something, the English stands. Raises KeyError where no page is written.
        """
        problems: list[Problem] = []
        whole: Topic | None = None
        others: list[Topic] = []
        for page in self.pages_of(topic):
            if page.head.language not in ("en", language):
                continue
            read, faults = read_topic(page.path, page.own)
            problems += faults
            if page.head.language == "en" and not page.head.extends and whole is None:
                whole = read
            else:
                others.append(read)
        if whole is None:  # until the topic's page is shipped, the student's own stands in for it
            english = [index for index, other in enumerate(others) if other.language == "en"]
            if not english:
                raise KeyError(topic)
            whole = others.pop(english[0])
        for other in others:
            whole = translated(whole, other) if other.language != "en" else joined_with(whole, other)
        return whole, problems


def page_files(folder: Path) -> Iterator[Path]:
    """Files of `folder` and its folders that hold pages, in the order of their names."""
    for path in sorted(folder.glob("*.md")) + sorted(folder.glob("*/*.md")):
        if path.name.lower() != "readme.md" and not path.name.startswith("."):
            yield path


def joined_with(topic: Topic, extension: Topic) -> Topic:
    """`topic` with the sections and cards that a page of the student's own adds."""
    return replace(
        topic,
        aliases=(*topic.aliases, *extension.aliases),
        terms=(*topic.terms, *extension.terms),
        sections=(*topic.sections, *extension.sections),
        cards=(*topic.cards, *extension.cards),
    )


def translated(topic: Topic, translation: Topic) -> Topic:
    """`topic` in the words of `translation`: its sections if it has any, and the cards with the same ids."""
    words = {card.key: card for card in translation.cards}
    return replace(
        topic,
        title=translation.title or topic.title,
        language=translation.language,
        sections=translation.sections or topic.sections,
        cards=tuple(_reworded(card, words.get(card.key)) for card in topic.cards),
    )


def _reworded(card: Card, other: Card | None) -> Card:
    if other is None or other.kind != card.kind or set(other.numbers) != set(card.numbers):
        return card
    return replace(other, point=card.point, level=card.level, was=card.was, solver=card.solver, ask=card.ask)


def open_library(own: Sequence[Path] = (), root: Path | None = None) -> Library:
    """The shipped content and the `own` folders; a folder that does not exist is an InputError."""
    for folder in own:
        if not folder.is_dir():
            raise InputError(f"there is no content folder {folder}")
    return Library(root or shipped_folder(), tuple(own))
