"""A demo on a live screen: drawn on a clock, paused and stepped by keys, the terminal left as it was."""

import signal
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import FrameType

from rich.console import Console
from rich.live import Live
from rich.text import Text

from revise.frame import Frame
from revise.render.frame import draw_frame, look_of
from revise.render.live_keys import NoKeys, live_keys
from revise.render.pictures import fitted

CLOCK = 0.1  # seconds between two pictures
PACES = (0.0, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0)  # least seconds for a frame, to which + and - go
KEYS = ("space pause · s step · + - speed · q quit", "space s + - q")


def watch(frames: Iterable[Frame], console: Console, look_at: str, steps: int, speed: float | None = None) -> bool:
    """Show `frames` as they come, on a screen of their own; False where `q` ended it early.

    The clock decides which frames are drawn: the first, then at most ten a second, so that drawing
    never holds up training. A paused or slowed run draws every frame; it begins at `speed` frames a second.
    Raises KeyboardInterrupt (Ctrl-C) and SystemExit(143) (SIGTERM) with the terminal already put back.
    """
    with _terminable(), live_keys() as keys, _screen(console) as live:
        show = _Show(live, console, keys, look_at, steps)
        if speed is not None:
            show.pace = 1 / speed
        return show.run(frames)


class _Show:
    def __init__(self, live: Live, console: Console, keys: NoKeys, look_at: str, steps: int) -> None:
        self.live, self.console, self.keys = live, console, keys
        self.look_at, self.steps = look_at, steps
        self.look = look_of(console)
        self.pace, self.paused, self.due = 0.0, False, 0.0

    def run(self, frames: Iterable[Frame]) -> bool:
        for frame in frames:
            began = time.monotonic()
            if began >= self.due or self.paused or self.pace >= CLOCK:
                self._draw(frame)
            if not self._answered(frame, began):
                return False
        return True

    def _answered(self, frame: Frame, began: float) -> bool:
        """Obey the keys until the next frame is wanted; False to quit."""
        while True:
            left = began + self.pace - time.monotonic()
            key = self.keys.wait(CLOCK if self.paused else min(max(left, 0), CLOCK))
            if key in ("q", "Q"):
                return False
            if key == " ":
                self.paused = not self.paused
            elif key in ("+", "="):
                self.pace = max((pace for pace in PACES if pace < self.pace), default=0.0)
            elif key in ("-", "_"):
                self.pace = min((pace for pace in PACES if pace > self.pace), default=self.pace)
            elif key in ("s", "S"):
                self.paused = True
                return True
            if key or (self.paused and time.monotonic() >= self.due):
                self._draw(frame)  # also after the window has changed its size
            if not self.paused and time.monotonic() >= began + self.pace:
                return True

    def _draw(self, frame: Frame) -> None:
        width, height = self.console.size
        look_at = list(Text(self.look_at, "bold").wrap(self.console, width))[: max(1, height // 6)]
        below = self._status(frame.step, width)
        room = max(0, height - len(look_at) - len(below))
        lines = [*fitted(look_at, width, len(look_at)), *draw_frame(frame, width, room, self.look), *below]
        self.live.update(Text("\n").join(lines[:height]), refresh=True)
        self.due = time.monotonic() + CLOCK

    def _status(self, step: int, width: int) -> list[Text]:
        state = f"step {step}/{self.steps}"
        if self.paused:
            state += " · paused"
        elif self.pace:
            state += f" · {self.pace:.2g} s a frame"
        if not self.keys.listening:
            return fitted([Text(state)], width, 1)
        keys = next((text for text in KEYS if len(state) + 2 + len(text) <= width), "")
        return fitted([Text(state).append(keys.rjust(width - len(state)), "dim")], width, 1)


@contextmanager
def _screen(console: Console) -> Iterator[Live]:
    with Live(console=console, screen=True, auto_refresh=False, vertical_overflow="crop") as live:
        yield live


@contextmanager
def _terminable() -> Iterator[None]:
    """Let SIGTERM unwind the stack, so that the cursor comes back."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, _: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
