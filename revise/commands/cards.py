"""`revise cards [TOPIC…]`: one sitting of flashcards; every grade is on the disk before the next card."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from revise import keys, schedule
from revise.commands import _content
from revise.errors import NothingFound
from revise.progress.record import Record
from revise.topic import Entry, Face, Library, faces

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from revise.render.console import Pipe

_WORDS = {name: grade for grade, name in schedule.GRADES.items()}
_GRADING = ("1 again", "2 hard", "3 good", "4 easy", "u undo", "q quit", "? help")
_FLIPPING = ("any key: the answer", "u undo", "q quit", "? help")
_HELP = (
    "1 again: I didn't know it. 2 hard: only just. 3 good: I knew it. 4 easy: at once. "
    "u takes the last grade back, as often as you want. q ends; everything graded is saved."
)


def run(topics: Sequence[str], *, plain: bool, width: int | None, content: Path | None, lang: str | None) -> int:
    from revise.render.console import make_screen

    library = _content.library(content)
    found = [library.find(name) for name in topics]
    entries = list(dict.fromkeys(found)) or [it for it in library.entries if library.has_page(it.id)]
    deck, waiting = _deck(library, entries, lang)
    if not deck:
        raise NothingFound(_no_cards(found, waiting))
    pressed = keys.interactive()
    with Record() as record, keys.Keyboard() if pressed else keys.Lines() as reader:
        console = make_screen(width, plain)
        sitting = _Sitting(deck, record, console, {it.id: it.title for it in entries}, reader, pressed)
        try:
            return sitting.run(waiting)
        except KeyboardInterrupt:
            sitting.say("")
            sitting.say(sitting.saved())
            return 130


def _deck(library: Library, entries: Sequence[Entry], lang: str | None) -> tuple[list[Face], int]:
    """What can be asked, in reading order, and how many calculation cards wait for their solver."""
    deck: list[Face] = []
    waiting = 0
    solvers = _content.built("solvers")
    for entry in entries:
        if not library.has_page(entry.id):
            continue
        topic, problems = library.read(entry.id, _content.language(lang))
        _content.warn(problems)
        for card in topic.cards:
            if card.kind != "calc":
                deck += faces(card)
            elif card.solver in solvers or card.solver in _content.served():
                deck.append(Face(card.key, "", "", card))  # its numbers are drawn when it is asked
            else:
                waiting += 1
    return deck, waiting


def drawn(face: Face) -> Face:
    """A calculation with fresh numbers; any other face as it is."""
    if face.card.kind != "calc":
        return face
    from random import Random

    from revise.calculation import draw

    calculation = draw(face.card.solver, face.card.ask, Random(), face.card.question)
    return replace(face, front=calculation.question, back=calculation.answer)


def _no_cards(entries: Sequence[Entry], waiting: int) -> str:
    names = " and ".join(entry.id for entry in entries)
    if waiting:
        return f"{names or 'the content'} has only calculation cards, which can't be asked yet"
    return f"no cards yet for {names}: revise topics lists the pages there are" if names else "there are no cards yet"


@dataclass
class _Sitting:
    deck: Sequence[Face]
    record: Record
    console: "Console | Pipe"
    titles: dict[str, str]
    reader: keys.Keyboard | keys.Lines
    pressed: bool
    graded: int = 0
    met: set[str] = field(default_factory=set)
    again: list[Face] = field(default_factory=list)
    """Faces whose grade was taken back: asked first."""

    def __post_init__(self) -> None:
        self.faces = {face.key: face for face in self.deck}
        wanted = [review for review in self.record.reviews() if review.key in self.faces]
        self.memories = schedule.replay(wanted)

    def run(self, waiting: int) -> int:
        due, new = self.counts()
        self.say(f"{due} due, {new} new" + (f"; {waiting} calculations can't be asked yet" if waiting else ""))
        asked = 0
        while True:
            face = self.draw()
            if face is None and not self.offer_undo():
                break
            if face is None:
                continue
            asked += 1
            if not self.ask(face):
                break
        self.say(self.saved())
        return 0 if asked else 1

    def counts(self) -> tuple[int, int]:
        now = datetime.now(UTC)
        due = sum(schedule.is_due(memory, now) for memory in self.memories.values())
        return due, len(self.faces) - len(self.memories)

    def draw(self) -> Face | None:
        """The next card: one taken back, else the one longest due, else the first new one."""
        if self.again:
            return self.again[-1]
        now = datetime.now(UTC)
        due = [(memory.due, key) for key, memory in self.memories.items() if schedule.is_due(memory, now)]
        if due:
            return self.faces[min(due)[1]]
        new = [face for key, face in self.faces.items() if key not in self.memories]
        # A sibling (another gap, the other way round) gives the answer away: it waits for the rest.
        return next((face for face in new if face.card.key not in self.met), new[0] if new else None)

    def ask(self, face: Face) -> bool:
        """Show the card until it is graded or a grade is taken back; False where the student ends."""
        from revise.render.card import draw_back, draw_front

        face = drawn(face)
        memory = self.memories.get(face.key)
        note = "new" if memory is None else "changed since you saw it" if memory.text_hash != face.text_hash else ""
        self.show(draw_front(face, self.titles.get(face.card.topic, face.card.topic), note, self.width))
        began = time.monotonic()
        if self.pressed:
            choice = self.choose(_FLIPPING, flip=True)
            if choice in ("q", "u"):
                return self.leave_or_undo(choice)
        self.say("")
        self.show(draw_back(face, self.width))
        choice = self.choose(_GRADING)
        if choice in ("q", "u"):
            return self.leave_or_undo(choice)
        self.grade(face, int(choice), time.monotonic() - began)
        return True

    @property
    def width(self) -> int:
        """Of a card, in cells, as wide as the terminal is now."""
        return min(self.console.width, 100)

    def choose(self, prompt: Sequence[str], flip: bool = False) -> str:
        """ "q", "u" or a grade's digit; with `flip` any other key is "" instead."""
        while True:
            self.say("")
            self.say(*prompt)
            try:
                key = self.reader.read()
            except EOFError:
                return "q"
            key = str(_WORDS.get(key, key))
            if key in ("q", "escape", "quit"):
                return "q"
            if key in ("u", "undo"):
                return "u"
            if key in ("?", "h", "help"):
                self.say(_HELP)
            elif flip:
                return ""
            elif key in ("1", "2", "3", "4"):
                return key
            else:
                self.say("That is no grade: 1, 2, 3 or 4.")

    def grade(self, face: Face, grade: int, seconds: float) -> None:
        review = self.record.add(face.key, grade, seconds, face.text_hash)
        self.graded += 1
        self.met.add(face.card.key)
        if self.again and self.again[-1].key == face.key:
            self.again.pop()
        memory = schedule.after(self.memories.get(face.key), grade, review.at, face.text_hash)
        self.memories[face.key] = memory
        self.say(f"{schedule.GRADES[grade]}: back in {in_words(memory.due - memory.last)}")

    def leave_or_undo(self, choice: str) -> bool:
        if choice == "q":
            return False
        review = self.record.undo_last()
        if review is None:
            self.say("There is no grade to take back.")
            return True
        self.graded = max(self.graded - 1, 0)
        face = self.faces.get(review.key)
        self.say(f"Taken back: {review.key}, {schedule.GRADES[review.grade]}.")
        if face is None:
            self.say("It is not among these cards, so it is not asked now.")
            return True
        self.memories.pop(review.key, None)
        self.memories |= schedule.replay(self.record.reviews(review.key))
        self.again.append(face)
        return True

    def offer_undo(self) -> bool:
        """After the last card a slip can still be mended. True where a grade was taken back."""
        if not (self.pressed and self.record.reviews()):
            return False
        self.say("")
        self.say("No more cards now. u takes the last grade back, any other key ends.")
        try:
            return self.reader.read() == "u" and self.leave_or_undo("u")
        except EOFError:
            return False

    def saved(self) -> str:
        """How the sitting ends, and when the next card is due."""
        words = {0: "Nothing graded", 1: "1 grade saved"}.get(self.graded, f"{self.graded} grades saved")
        if not self.memories:
            return f"{words}."
        wait = min(memory.due for memory in self.memories.values()) - datetime.now(UTC)
        return f"{words}; the next card is due {'now' if wait <= timedelta() else 'in ' + in_words(wait)}."

    def show(self, lines: "list[Text]") -> None:
        from revise.render.console import print_lines

        print_lines(self.console, lines)

    def say(self, *phrases: str) -> None:
        """Print the phrases on one line if they fit; where there are several, each stays whole."""
        from revise.render.wrap import Piece, wrap

        pieces = [Piece(words, keep=len(phrases) > 1) for words in phrases]
        gaps = [Piece("   ")] * len(pieces)
        self.show(wrap([it for pair in zip(pieces, gaps, strict=True) for it in pair], self.console.width))


def in_words(wait: timedelta) -> str:
    """A wait as a person says it: 10 minutes, 3 days, 2 months."""
    minutes = wait.total_seconds() / 60
    for size, name in ((60 * 24 * 365, "year"), (60 * 24 * 30.4, "month"), (60 * 24, "day"), (60, "hour")):
        if minutes >= size * 0.95:
            return _counted(round(minutes / size), name)
    return _counted(max(round(minutes), 1), "minute")


def _counted(count: int, name: str) -> str:
    return f"{count} {name}{'' if count == 1 else 's'}"
