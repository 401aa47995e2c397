"""The one place where a key press or a typed line is read, on every system."""

import os
import re
import signal
import sys
import threading
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# What terminals on Linux, macOS and Windows send for the keys we know by name.
_NAMES = {
    "\r": "enter", "\n": "enter", " ": "space", "\t": "tab", "\x1b": "escape", "\x7f": "backspace", "\x08": "backspace",
    "\x1b[A": "up", "\x1b[B": "down", "\x1b[C": "right", "\x1b[D": "left",
    "\x1bOA": "up", "\x1bOB": "down", "\x1bOC": "right", "\x1bOD": "left",
    "\xe0H": "up", "\xe0P": "down", "\xe0M": "right", "\xe0K": "left",
    "\x00H": "up", "\x00P": "down", "\x00M": "right", "\x00K": "left",
}  # fmt: skip
_ONE_KEY = re.compile("\x1b(?:\\[[0-9;?]*[ -/]*[@-~]|O.)|[\xe0\x00][A-Z]|.", re.DOTALL)


def normalised(text: str) -> str:
    """Small letters, full-width digits and letters as ordinary ones, no blanks round it."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def interactive() -> bool:
    """Whether a person at a terminal presses keys; otherwise lines are read."""
    return sys.stdin.isatty()


class Keyboard:
    """Key presses one by one. As a context it keeps, unechoed, what is pressed while the screen is drawn."""

    def __init__(self) -> None:
        self._waiting: list[str] = []
        self._restore: Callable[[], None] | None = None
        self._unwatch: Callable[[], None] | None = None
        self._asleep = self._resized = False

    def __enter__(self) -> "Keyboard":
        self._restore = _hush()
        self._unwatch = _watch_size(self._wake)
        return self

    def __exit__(self, *fault: object) -> None:
        for undo in (self._unwatch, self._restore):
            if undo is not None:
                undo()

    def _wake(self) -> None:
        self._resized = True
        if self._asleep:
            raise _ResizedError

    def line(self, prompt: str) -> str:
        """A whole line as it is typed, with the system's own editing. Raises EOFError, KeyboardInterrupt."""
        with self.aside():
            return input(prompt)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """The terminal as it was before, for another program or a whole line."""
        if self._restore is None:
            yield
            return
        self._restore()
        try:
            yield
        finally:
            self._restore = _hush()

    def read(self) -> str:
        """The next key: its name (enter, space, escape, up …), or its character as `normalised` gives it.

        "resize" where the window changed its size meanwhile: what is shown should be drawn again.

        Raises KeyboardInterrupt on Ctrl-C and EOFError on Ctrl-D or where the terminal is gone.
        """
        if not self._waiting:
            import typer

            # typer.getchar throws away what was pressed before it was called.
            early = _pressed_early() if self._restore is not None else ""
            try:
                self._asleep = True
                if self._resized and not early:
                    raise _ResizedError
                typed = early or typer.getchar()
            except _ResizedError:
                self._resized = False
                return "resize"
            finally:
                self._asleep = False
            if not typed:
                raise EOFError
            self._waiting = _ONE_KEY.findall(typed)
        key = self._waiting.pop(0)
        if key == "\x03":
            raise KeyboardInterrupt
        if key in ("\x04", "\x1a"):
            raise EOFError
        return _NAMES.get(key) or normalised(key) or key


class _ResizedError(Exception):
    pass


def _watch_size(told: Callable[[], None]) -> Callable[[], None] | None:
    """Have `told` called whenever the window changes its size; returns what ends that. None on Windows."""
    number = getattr(signal, "SIGWINCH", None)
    if number is None or threading.current_thread() is not threading.main_thread():
        return None
    before = signal.signal(number, lambda *_: told())

    def end() -> None:
        signal.signal(number, before)

    return end


def _hush() -> Callable[[], None] | None:
    """Switch the terminal's echo off; returns what switches it on again. None where there is no termios (Windows)."""
    try:
        import termios
        import tty
    except ImportError:
        return None
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    tty.setcbreak(terminal, termios.TCSADRAIN)
    return lambda: termios.tcsetattr(terminal, termios.TCSADRAIN, before)


def _pressed_early() -> str:
    import select

    terminal = sys.stdin.fileno()
    if not select.select([terminal], [], [], 0)[0]:
        return ""
    return os.read(terminal, 1024).decode("utf-8", "replace")


class Lines:
    """One answer a line from standard input: for pipes, scripts and screen readers."""

    def __enter__(self) -> "Lines":
        return self

    def __exit__(self, *fault: object) -> None:
        pass

    def line(self, prompt: str) -> str:
        """The next line as it stands, its end left out. Raises EOFError."""
        print(prompt, flush=True)
        line = sys.stdin.readline()
        if not line:
            raise EOFError
        return line.rstrip("\r\n")

    @contextmanager
    def aside(self) -> Iterator[None]:
        yield

    def read(self) -> str:
        """The next line as `normalised` gives it. Raises EOFError at the end of input."""
        line = sys.stdin.readline()
        if not line:
            raise EOFError
        return normalised(line)
