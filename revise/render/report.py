"""What a demo says around its pictures: sentences wrapped to the console, figures, the last picture."""

import sys
import textwrap
from collections.abc import Iterable, Mapping, Sequence

from rich.text import Text

from revise.frame import Frame
from revise.render.console import make_console
from revise.render.frame import draw_frame, look_of, metric_lines

LEAST_ROWS, MOST_ROWS = 12, 24  # of the picture above what is said about it


class Report:
    """`width` in cells (None: the terminal's); `plain` for no drawing, as where output is a pipe."""

    def __init__(self, width: int | None, plain: bool) -> None:
        self.console = make_console(width, plain)
        self.live = not plain and self.console.is_terminal and sys.stdout.isatty()
        if self.live and width is not None:
            # A line wider than the window would wrap and break the screen.
            self.console = make_console(min(width, make_console().width), plain)

    def say(self, sentence: str, style: str = "", first: str = "", rest: str = "") -> None:
        """A sentence, wrapped; `first` and `rest` stand before its first and its other lines."""
        for line in self.wrapped(sentence, first, rest):
            self.line(line, style)

    def wrapped(self, sentence: str, first: str = "", rest: str = "") -> list[str]:
        """The lines that `say` prints."""
        width = max(self.console.width, len(rest) + 12)
        return textwrap.wrap(sentence, width, initial_indent=first, subsequent_indent=rest)

    def line(self, line: str, style: str = "") -> None:
        """One line as it stands, shown at once."""
        self.console.print(Text(line, style), soft_wrap=True)
        self.console.file.flush()

    def metrics(self, metrics: Mapping[str, float]) -> None:
        for line in metric_lines(metrics, self.console.width):
            self.line(line)

    def close(self, frame: Frame | None, lines: Sequence[str], verdict: str) -> None:
        """The last picture, where pictures are wanted, above what is said of it; on one screen if that has the room."""
        if frame is not None and self.live:
            height = min(MOST_ROWS, max(LEAST_ROWS, self.console.height - len(lines) - 2))
            bare = Frame(frame.step, {}, frame.pictures)
            for line in draw_frame(bare, self.console.width, height, look_of(self.console)):
                line.rstrip()
                self.console.print(line, soft_wrap=True, end="\n")
        for spoken_line in lines:
            self.line(spoken_line)
        self.line(verdict, "bold")

    def watch(self, frames: Iterable[Frame], look_at: str, steps: int, speed: float | None = None) -> bool:
        """Show `frames` live, at most `speed` a second; False where the viewer quit."""
        from revise.render.live import watch

        return watch(frames, self.console, look_at, steps, speed)
