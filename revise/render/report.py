"""What a demo says around its pictures: sentences wrapped to the console, figures, the last picture."""

import sys
import textwrap
from collections.abc import Iterable, Mapping

from rich.text import Text

from revise.frame import Frame
from revise.render.console import make_console
from revise.render.frame import draw_frame, figure, look_of, metric_lines, spoken

CLOSING_ROWS = 13  # left below the last picture for what is said about it


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
        width = max(self.console.width, len(rest) + 12)
        for line in textwrap.wrap(sentence, width, initial_indent=first, subsequent_indent=rest):
            self.line(line, style)

    def line(self, line: str, style: str = "") -> None:
        """One line as it stands, shown at once."""
        self.console.print(Text(line, style), soft_wrap=True)
        self.console.file.flush()

    def metrics(self, metrics: Mapping[str, float]) -> None:
        for line in metric_lines(metrics, self.console.width):
            self.line(line)

    def judged(self, name: str, value: float, bounds: str, good: bool) -> None:
        """A metric beside what was expected of it."""
        self.say(f"{spoken(name)} {figure(value)}, expected {bounds}: {'met' if good else 'not met'}", rest="  ")

    def picture(self, frame: Frame | None) -> None:
        """The last picture, where pictures are wanted."""
        if frame is None or not self.live:
            return
        height = min(24, max(10, self.console.height - CLOSING_ROWS))
        bare = Frame(frame.step, {}, frame.pictures)
        for line in draw_frame(bare, self.console.width, height, look_of(self.console)):
            line.rstrip()
            self.console.print(line, soft_wrap=True, end="\n")

    def watch(self, frames: Iterable[Frame], look_at: str, steps: int, speed: float | None = None) -> bool:
        """Show `frames` live, at most `speed` a second; False where the viewer quit."""
        from revise.render.live import watch

        return watch(frames, self.console, look_at, steps, speed)
