"""What the content is made of: topics, sections, cards, worked problems, and what is wrong with them."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple


class Place(NamedTuple):
    """A line of a file; lines count from 1."""

    file: Path
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Problem(NamedTuple):
    """One thing that is wrong, where, and what was probably meant."""

    where: Place
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


class Point(NamedTuple):
    """A point of the syllabus; without a slug no card can name it yet."""

    text: str
    slug: str | None = None


@dataclass(frozen=True)
class Entry:
    """A topic as the syllabus has it; its page may not be written yet."""

    id: str
    part: str
    title: str
    place: Place
    needs: tuple[str, ...] = ()
    exam: tuple[str, ...] = ()
    covers: tuple[Point, ...] = ()
    solve: tuple[str, ...] = ()
    demo: tuple[str, ...] = ()
    own: bool = False

    @property
    def slugs(self) -> tuple[str, ...]:
        return tuple(point.slug for point in self.covers if point.slug is not None)


class Answer(NamedTuple):
    """A line `name = text` of a worked problem; the name is empty where there is one answer."""

    name: str
    text: str
    place: Place


class Term(NamedTuple):
    """A word of the field for the glossary: English, Chinese, and what it means in one line."""

    term: str
    zh: str
    line: str


@dataclass(frozen=True)
class Worked:
    """A worked problem: the words of its command (revise solve …), and the answers the page states."""

    argv: tuple[str, ...]
    answers: tuple[Answer, ...]
    place: Place

    @property
    def expected(self) -> dict[str, str]:
        """Answer names → answers as written; the one answer of a lone `= …` has the name ""."""
        return {answer.name: answer.text for answer in self.answers}


@dataclass(frozen=True)
class Section:
    """A `## heading` and the Markdown under it."""

    name: str
    text: str
    place: Place
    points: tuple[tuple[str, int], ...] = ()
    """(slug of a point, line), from this heading and those below it."""
    worked: tuple[Worked, ...] = ()


class Option(NamedTuple):
    """A line of a choice or a true-false question."""

    text: str
    why: str
    right: bool
    place: Place


class Mark(NamedTuple):
    """What a short answer must say, and the marks for it."""

    marks: int
    text: str
    place: Place


class Gap(NamedTuple):
    """`{{number:text::hint}}` at text[start:end] of a cloze."""

    number: int
    start: int
    end: int
    text: str
    hint: str = ""


@dataclass(frozen=True)
class Card:
    """One block under Cards, Questions or Short answers; which fields are filled depends on `kind`."""

    key: str
    kind: str
    place: Place
    point: str | None = None
    level: int = 1
    was: tuple[str, ...] = ()
    question: str = ""
    answer: str = ""
    gaps: tuple[Gap, ...] = ()
    solver: str = ""
    ask: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    marks: int = 0
    points: tuple[Mark, ...] = ()

    @property
    def id(self) -> str:
        return self.key.rpartition("/")[2]

    @property
    def topic(self) -> str:
        return self.key.split("/")[-2]

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of a cloze's gaps, ascending."""
        return tuple(sorted({gap.number for gap in self.gaps}))

    @property
    def keys(self) -> tuple[str, ...]:
        """What the record stores grades under: one key for each thing that can be asked."""
        if self.kind == "cloze":
            return tuple(f"{self.key}#{number}" for number in self.numbers)
        if self.kind == "reverse":
            return (self.key, f"{self.key}#reverse")
        return (self.key,)


@dataclass(frozen=True)
class Face:
    """One thing a flashcard sitting asks: Markdown of both sides."""

    key: str
    front: str
    back: str
    card: Card

    @property
    def text_hash(self) -> str:
        """Changes whenever the words of either side do: 16 hexadecimal digits."""
        import hashlib

        words = " ".join(self.front.split()) + "\0" + " ".join(self.back.split())
        if self.card.kind == "calc":  # its numbers are fresh each time
            words = "\0".join([self.card.solver, *self.card.ask, self.card.question])
        return hashlib.blake2b(words.encode("utf-8", "replace"), digest_size=8).hexdigest()


@dataclass(frozen=True)
class Topic:
    """A page as it was read; the syllabus has its title, its points and what it needs."""

    id: str
    path: Path
    title: str = ""
    aliases: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    terms: tuple[Term, ...] = ()
    needs: tuple[str, ...] = ()
    language: str = "en"
    extends: bool = False
    own: bool = False
    sections: tuple[Section, ...] = ()
    cards: tuple[Card, ...] = ()
    broken: tuple[str, ...] = ()
    """Ids of blocks that are left out because something is wrong with them."""
    unread: bool = False
    """The file is no regular one, or too large."""
    lines: dict[str, int] = field(default_factory=dict)
    """Where each field of the front matter stands."""

    def place(self, name: str = "id") -> Place:
        """Where the front matter's field `name` stands, the first line where it does not."""
        return Place(self.path, self.lines.get(name, 1))
