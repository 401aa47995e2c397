"""Options at a terminal: a marker moves from one to the other in place, nothing else is drawn again."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from revise.exercise.choice import Choice
from revise.render.console import print_lines
from revise.render.question import BLANK, MARK, draw_options

if TYPE_CHECKING:
    from rich.console import Console


class Options:
    """The options as they stand on the screen, the lines `below` after them; `ticks` where several may be right."""

    def __init__(self, console: "Console", options: Sequence[Choice], ticks: bool, below: Sequence[Text]) -> None:
        self._console, self._options, self._below = console, options, below
        self.marked = 0
        self.ticked: set[int] | None = set() if ticks else None
        self.draw()

    def draw(self) -> None:
        """All of them, below what is there."""
        self._size = os.get_terminal_size()
        width = min(self._console.width, self._size.columns, 100)
        drawn = draw_options(self._options, width, self.marked, self.ticked)
        print_lines(self._console, [*(line for lines in drawn for line in lines), *self._below])
        self._console.file.flush()
        self._above = [sum(map(len, drawn[place:])) + len(self._below) for place in range(len(drawn))]

    @property
    def fits(self) -> bool:
        """Whether the marker can be moved in place: the terminal is as it was, and the first option in view."""
        return os.get_terminal_size() == self._size and self._above[0] < self._size.lines

    def move(self, to: int) -> None:
        before, self.marked = self.marked, to % len(self._options)
        if self.fits:
            self._write((before, BLANK), (self.marked, MARK))
        else:
            self._draw_anew()

    def tick(self, place: int) -> None:
        """Tick an option or take its tick away."""
        assert self.ticked is not None
        self.ticked ^= {place}
        before, self.marked = self.marked, place
        if not self.fits:
            self._draw_anew()
            return
        box = "[x]" if place in self.ticked else "[ ]"
        head = f"{MARK}{self._options[place].letter}  {box}"
        self._write((before, BLANK), (place, head))

    def _draw_anew(self) -> None:
        print_lines(self._console, [Text()])
        self.draw()

    def _write(self, *changes: tuple[int, str]) -> None:
        """Put text at the beginning of options' first lines; the cursor ends where it was, all in one write."""
        moves = [f"\x1b[{self._above[place]}A\r{text}\r\x1b[{self._above[place]}B" for place, text in changes]
        self._console.file.write("".join(moves))
        self._console.file.flush()
