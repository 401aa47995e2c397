"""Where a question is answered: what is printed, the lines and keys that are read, the commands among them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from revise import keys
from revise.exercise.question import Question

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from revise.render.console import Pipe

QUIT, UNDO, _SKIP = ("q", "quit", "escape"), ("u", "undo"), ("s", "skip")
_HELP = """\
Answers as you would write them: 34,944, 2/3, 0.67, 3.5e4, 55x55x96, [1, 2; 3, 4], sigma(x)*(1-sigma(x)). What can't \
be read costs nothing.
? gives a hint: each costs half a point, and the grade is "hard" at best.
skip shows the solution and counts as \
not known. u takes the last question back and asks it again, as often as you want. q ends; every question that was \
graded is saved already.""".splitlines()
_MOVES = "The marker moves with the arrows, j and k; Enter or the space bar chooses, a letter at once."


class Quit(Exception):
    """The student ends the round."""


class Undo(Exception):
    """The student takes the last grade back instead of answering."""


@dataclass
class Desk:
    """A screen and a reader; with `pressed` keys come one by one, else lines."""

    screen: "Console | Pipe"
    reader: keys.Keyboard | keys.Lines
    pressed: bool

    @property
    def width(self) -> int:
        """Of a question, in cells, as wide as the terminal is now."""
        return min(self.screen.width, 100)

    def answer(self, question: Question, part: int, hints: int) -> str:
        """What was typed: an answer, "?" or "skip". Raises Quit, Undo, EOFError."""
        from revise.render.console import Pipe

        if question.options:
            if self.pressed and not isinstance(self.screen, Pipe) and self.screen.is_terminal:
                return self.choose(question)
            from revise.render.question import draw_options

            self.show([line for lines in draw_options(question.options, self.width) for line in lines])
        own = _own_words(question, part)
        short = {key for key in ("u", "q", "s") if key not in own}
        expects = f"{question.parts[part].expects}, then Enter" if question.options else "Enter answers"
        helps = f"? hint −½ ({hints} left)" if hints else ""
        while True:
            self.say(expects, helps, "skip", "u undo" if "u" in short else "undo", "q quit" if "q" in short else "quit",
                     "help")  # fmt: skip
            text = self.reader.line("answer: ").strip()
            word = keys.normalised(text)
            if not word:
                continue
            if word in QUIT and (len(word) > 1 or "q" in short) and word not in own:
                raise Quit
            if word in UNDO and (len(word) > 1 or "u" in short) and word not in own:
                raise Undo
            if word in _SKIP and word not in own:
                return "skip"
            if word in ("help", "h") and word not in own:
                for line in _HELP:
                    self.say(line)
            else:
                return "?" if word == "?" else text

    def choose(self, question: Question) -> str:
        """An option picked with the marker or by its letter."""
        from revise.render.console import Pipe
        from revise.render.options import Options

        assert not isinstance(self.screen, Pipe)
        options = question.options
        several = sum(option.right for option in options) > 1
        last = options[-1].letter
        pick = (f"Space or a–{last} tick", "Enter answers") if several else (f"Enter or a–{last} choose",)
        below = [*self.lines(""), *self.lines("↑ ↓ j k move", *pick, "s skip", "u undo", "q quit", "? help")]
        shown = Options(self.screen, options, several, below)
        letters = {option.letter: place for place, option in enumerate(options)}
        letters |= {str(place + 1): place for place in range(len(options))}
        if question.kind == "true-false":
            letters |= {option.text[:1].casefold(): place for place, option in enumerate(options)}
        while True:
            key = self.reader.read()
            if key in ("up", "k", "left", "down", "j", "right", "tab"):
                shown.move(shown.marked + (-1 if key in ("up", "k", "left") else 1))
            elif key in letters and not several:
                shown.move(letters[key])
                return options[letters[key]].letter
            elif several and (key in letters or key == "space"):
                shown.tick(letters.get(key, shown.marked))
            elif several and key == "enter" and shown.ticked:
                return ", ".join(options[place].letter for place in sorted(shown.ticked))
            elif key in ("enter", "space") and not several:
                return options[shown.marked].letter
            elif key in QUIT:
                raise Quit
            elif key in UNDO:
                raise Undo
            elif key in _SKIP:
                return "skip"
            elif key in ("?", "h"):
                self.say("")
                for line in (_MOVES, *_HELP[2:]):
                    self.say(line)
                self.say("")
                shown.draw()

    def show(self, lines: "list[Text]") -> None:
        from revise.render.console import print_lines

        print_lines(self.screen, lines)
        self.screen.file.flush()

    def lines(self, *phrases: str) -> "list[Text]":
        """The phrases on one line if they fit; where there are several, each stays whole."""
        from revise.render import wrap

        return wrap.phrases(phrases, self.screen.width)

    def say(self, *phrases: str) -> None:
        self.show(self.lines(*phrases))


def _own_words(question: Question, part: int) -> frozenset[str]:
    """Letters and words that can be an answer to the part, so that they are no commands there."""
    if question.worked is None:
        return frozenset()
    asked = question.worked.asked[part]
    found = asked.letters if asked.kind in ("formula", "formulas") else asked.labels
    return frozenset(keys.normalised(word) for word in found)
