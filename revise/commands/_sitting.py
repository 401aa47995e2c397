"""One sitting of flashcards: ask, take a grade, keep it, and all that a student can do besides."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from revise import keys, schedule
from revise.commands import _beside
from revise.commands._typing import can_be_typed, typed_grade
from revise.commands._wording import in_words, why_no_more
from revise.errors import InputError
from revise.progress.record import Record
from revise.study.deck import Deck, Item
from revise.study.limits import LONGEST
from revise.study.mastery import is_leech
from revise.study.queue import Queue
from revise.topic import Card, Face, Library, faces

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from revise.exercise.question import Question
    from revise.render.console import Pipe

_FLIP = "any key: the answer"
_TYPED = "a: type the answer"
_ALWAYS = ("u undo", "s skip", "q quit", "? help")
_FOUR = ("1 again", "2 hard", "3 good", "4 easy")
_TWO = ("1 no", "2 yes")
_HELP = """\
1 again: I didn't know it. 2 hard: only just. 3 good: I knew it (also Enter or the space bar, unless another grade \
is proposed). 4 easy: at once.
u takes the last grade back, as often as you want, also after a restart. s skips the card for today. x suspends it \
until `revise cards --resume KEY`. a types the answer, which is checked and a grade proposed.
o opens the topic's page, v opens the solver behind it, e edits the card in $EDITOR, t shows its LaTeX source. \
q ends; everything graded is saved already.""".splitlines()
_WORDS = {name: grade for grade, name in schedule.GRADES.items()}
_LEAVE = ("q", "escape", "quit")


@dataclass
class Sitting:
    """A sitting at `screen`: with `pressed` keys come one by one from `reader`, else lines."""

    library: Library
    found: Deck
    queue: Queue
    record: Record
    screen: "Console | Pipe"
    reader: keys.Keyboard | keys.Lines
    pressed: bool
    two: bool = False
    language: str = "en"
    graded: int = 0

    def __post_init__(self) -> None:
        self._cards: dict[str, dict[str, Card]] = {}
        self._memories = dict(self.queue.memories)
        self._kept: str | None = None

    def run(self, waiting: int = 0) -> int:
        """Ask until nothing is left or the student ends; 1 where there was nothing to ask."""
        due, new = self.queue.counts(datetime.now(UTC))
        self.say(f"{due} due, {new} new" + (f"; {waiting} calculations can't be asked yet" if waiting else ""))
        asked = 0
        while True:
            item = self.queue.next(datetime.now(UTC))
            if item is None:
                self.say(why_no_more(self.queue, datetime.now(UTC)))
                if not self.offer_undo():
                    break
                continue
            asked += 1
            if not self.ask(item):
                break
        self.say(self.saved())
        return 0 if asked else 1

    def ask(self, item: Item) -> bool:
        """One card until it is graded, skipped or suspended, or a grade is taken back; False to end."""
        from revise.render.card import draw_back, draw_front

        try:
            face, question = self.face(item)
        except (KeyError, InputError) as fault:
            self.say(f"{item.key} can't be asked now ({fault}): it is skipped.")
            self.queue.skip(item)
            return True
        memory = self._memories.get(item.key)
        note = "new" if memory is None else "changed since you saw it" if memory.text_hash != face.text_hash else ""

        def front() -> None:
            self.show(draw_front(face, self.found.titles.get(item.topic, item.topic), note, self.width))

        def back() -> None:
            self.say("")
            self.show(draw_back(face, self.width))

        def both() -> None:
            front()
            back()

        front()
        began = time.monotonic()
        can_type = can_be_typed(face, question)
        proposed: int | None = None
        if self.pressed:
            prompt = (_FLIP, *((_TYPED,) if can_type else ()))
            choice = self.choose(item, face, prompt, front, flip=True, can_type=can_type)
            if choice in ("q", "u", "gone"):
                return self._other(choice)
            if choice == "a":
                proposed = typed_grade(face, question, self.reader, self.say)
        elif can_type:
            proposed = self._typed_line(face, question)
        back()
        choice = self.choose(item, face, _TWO if self.two else _FOUR, both, proposed=proposed)
        if choice in ("q", "u", "gone"):
            return self._other(choice)
        self.grade(item, face, int(choice), min(time.monotonic() - began, LONGEST))
        return True

    def face(self, item: Item) -> "tuple[Face, Question | None]":
        """What is asked, and for a calculation the question with its fresh numbers. Raises KeyError, InputError."""
        card = self.card(item)
        if card.kind != "calc":
            return next(face for face in faces(card) if face.key == item.key), None
        from random import Random

        from revise.exercise.question import of_card

        question = of_card(card, self.found.titles.get(item.topic, item.topic), Random())
        if question is None:
            raise InputError(f"the solver {card.solver} has no such calculation")
        return Face(item.key, question.prompt, question.answer, card), question

    def card(self, item: Item) -> Card:
        if item.topic not in self._cards:
            topic, _ = self.library.read(item.topic, self.language)
            self._cards[item.topic] = {card.key: card for card in topic.cards}
        return self._cards[item.topic][item.card]

    def _typed_line(self, face: Face, question: "Question | None") -> int | None:
        """From a pipe an answer begins with `=`; any other line is kept: it is the grade."""
        self.say("", "A line `= answer` is checked; a grade shows the answer.")
        try:
            line = self.reader.read()
        except EOFError:
            line = "q"
        if line.startswith("="):
            return typed_grade(face, question, self.reader, self.say, line[1:].strip())
        self._kept = line
        return None

    @property
    def width(self) -> int:
        """Of a card, in cells, as wide as the terminal is now."""
        return min(self.screen.width, 100)

    def choose(
        self,
        item: Item,
        face: Face,
        prompt: Sequence[str],
        redraw: Callable[[], None],
        *,
        flip: bool = False,
        can_type: bool = False,
        proposed: int | None = None,
    ) -> str:
        """ "q", "u", "gone" (skipped or suspended), or a grade's digit; with `flip` "a" to type, "" to see the back."""
        while True:
            self.say("")
            usual = proposed or 3
            named = {1: "no", 3: "yes"}.get(usual, "yes") if self.two else schedule.GRADES[usual]
            self.say(*prompt, *(() if flip else (f"Enter {named}",)), *_ALWAYS)
            try:
                key = self.reader.read() if self._kept is None else self._kept
            except EOFError:
                return "q"
            self._kept = None
            if key == "resize":
                redraw()
            elif key in _LEAVE:
                return "q"
            elif key in ("u", "undo"):
                return "u"
            elif key in ("?", "h", "help"):
                for words in _HELP:
                    self.say(words)
            elif key in ("s", "skip"):
                self.queue.skip(item)
                self.say("Skipped for today.")
                return "gone"
            elif key in ("x", "suspend"):
                self.record.suspend(item.key)
                self.queue.suspend(item.key)
                self.say(f"Suspended. revise cards --resume {item.key} asks it again.")
                return "gone"
            elif key in ("o", "v", "e", "t") and (self.pressed or not flip):
                if self._beside(key, item, face):
                    return "gone"
            elif flip:
                return "a" if can_type and key == "a" else ""
            elif grade := self._grade_of(key, usual):
                return str(grade)
            else:
                self.say("That is no grade: 1 or 2." if self.two else "That is no grade: 1, 2, 3 or 4.")

    def _grade_of(self, key: str, usual: int) -> int:
        """The grade a key or word stands for; 0 for none."""
        if key in ("enter", "space", ""):
            return usual
        if self.two:
            return {"1": 1, "no": 1, "n": 1, "2": 3, "yes": 3, "y": 3}.get(key, 0)
        return int(key) if key in ("1", "2", "3", "4") else _WORDS.get(key, 0)

    def _beside(self, key: str, item: Item, face: Face) -> bool:
        """The page, the solvers, the source, the editor; True where the card must be drawn anew."""
        if key == "t":
            for line in (face.front, "", face.back):
                self.say(line)
        elif key == "v":
            with self.reader.aside():
                said = _beside.solver(self.library, item.topic, face.card)
            self.say(said)
        elif key == "o":
            with self.reader.aside():
                _beside.page(item.topic, self.library, self.language, self.screen)
        else:
            with self.reader.aside():
                said = _beside.edit(face.card)
            self._cards.pop(item.topic, None)
            self.say(said or "Read again.")
            return not said
        return False

    def grade(self, item: Item, face: Face, grade: int, seconds: float) -> None:
        review = self.record.add(item.key, grade, seconds, face.text_hash)
        self.graded += 1
        before = self._memories.get(item.key)
        memory = schedule.after(before, grade, review.at, face.text_hash)
        self._memories[item.key] = memory
        self.queue.graded(item, memory, seconds, review.at)
        name = {1: "no", 3: "yes"}[grade] if self.two else schedule.GRADES[grade]
        self.say(f"{name}: back in {in_words(memory.due - memory.last)}")
        if is_leech(memory) and (before is None or memory.lapses > before.lapses):
            self.say(
                f"You have forgotten this one {memory.lapses} times: another try helps less than the page "
                f"(o, or revise show {item.topic}) or better words (e). Nothing was suspended."
            )

    def _other(self, choice: str) -> bool:
        if choice == "q":
            return False
        if choice == "gone":
            return True
        review = self.record.undo_last()
        if review is None:
            self.say("There is no grade to take back.")
            return True
        self.graded = max(self.graded - 1, 0)
        self.say(f"Taken back: {review.key}, {schedule.GRADES[review.grade]}.")
        memory = self.record.memory(review.key)
        if memory is None:
            self._memories.pop(review.key, None)
        else:
            self._memories[review.key] = memory
        self.queue.undone(review.key, memory, review.seconds)
        ahead = self.queue.next(datetime.now(UTC))
        if ahead is None or ahead.key != review.key:
            self.say("It is not among these cards, so it is not asked now.")
        return True

    def offer_undo(self) -> bool:
        """After the last card a slip can still be mended. True where a grade was taken back."""
        if not (self.pressed and self.graded):
            return False
        self.say("")
        self.say("u takes the last grade back, any other key ends.")
        try:
            return self.reader.read() == "u" and self._other("u")
        except EOFError:
            return False

    def saved(self) -> str:
        """How the sitting ends, and when the next card is due."""
        words = {0: "Nothing graded", 1: "1 grade saved"}.get(self.graded, f"{self.graded} grades saved")
        rest = self.queue.rest(datetime.now(UTC))
        if rest.later is None:
            return f"{words}."
        wait = rest.later - datetime.now(UTC)
        return f"{words}; the next card is due {'now' if wait <= timedelta() else 'in ' + in_words(wait)}."

    def show(self, lines: "list[Text]") -> None:
        from revise.render.console import print_lines

        print_lines(self.screen, lines)

    def say(self, *phrases: str) -> None:
        """Print the phrases on one line if they fit; where there are several, each stays whole."""
        from revise.render import wrap

        self.show(wrap.phrases(phrases, self.screen.width))
