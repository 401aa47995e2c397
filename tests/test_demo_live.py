"""The live screen in a real (pseudo) terminal: keys, Ctrl-C, resizing, and what is left behind."""

import os
import re
import select
import struct
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

if sys.platform == "win32":
    pytest.skip("pseudo-terminals are POSIX", allow_module_level=True)

import fcntl
import pty
import termios

LAUNCH = """
import fcntl, os, sys, termios
os.setsid()
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
"""
MAIN = "from revise.cli import main; sys.argv[1:] = {words!r}; sys.exit(main())"
PRETEND = """
import time
from revise.frame import Curve, Curves, Frame
from revise.render.console import make_console
from revise.render.live import watch

def frames():
    for step in range({count}):
        time.sleep(0.002)
        yield Frame(step, {{"loss": 1.0}}, [Curves("loss", [Curve("D", range(step), range(step))])])

print("ended", watch(frames(), make_console(), "Look here.", {count}, {speed}))
"""


CHILDREN: list[subprocess.Popen[bytes]] = []


@pytest.fixture(autouse=True)
def _no_child_is_left() -> Iterator[None]:
    """A test that fails half-way leaves its program running: end it, or a later test is blamed."""
    yield
    while CHILDREN:
        child = CHILDREN.pop()
        if child.poll() is None:
            child.kill()
        child.wait(30)


class Terminal:
    """A program in a terminal of 24 × 80, and everything it wrote there."""

    def __init__(self, code: str) -> None:
        self.master, slave = pty.openpty()
        self.size(80, 24)
        self.before = termios.tcgetattr(slave)
        self.slave = slave
        environment = {**os.environ, "TERM": "xterm-256color"}
        for name in ("NO_COLOR", "COLUMNS", "LINES", "REVISE_MATH"):
            environment.pop(name, None)
        self.child = subprocess.Popen(
            [sys.executable, "-c", LAUNCH + code],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=environment,
        )
        CHILDREN.append(self.child)
        self.text = ""

    def size(self, width: int, height: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def read_until(self, pattern: str, seconds: float = 30) -> str:
        """Read on until `pattern` turns up in what is new; returns what is new."""
        new, end = "", time.monotonic() + seconds
        while not re.search(pattern, new):
            assert time.monotonic() < end, f"no {pattern!r} in {new[-500:]!r}"
            if select.select([self.master], [], [], 0.1)[0]:
                chunk = os.read(self.master, 65536).decode("utf-8", "replace")
                new, self.text = new + chunk, self.text + chunk
        return new

    def press(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def end(self) -> int:
        """The exit code, after the terminal was seen to be as it was before."""
        code = self.child.wait(30)
        while select.select([self.master], [], [], 0.2)[0]:
            self.text += os.read(self.master, 65536).decode("utf-8", "replace")
        assert termios.tcgetattr(self.slave) == self.before
        assert self.text.rindex("\x1b[?25h") > self.text.rindex("\x1b[?25l")
        assert self.text.rindex("\x1b[?1049l") > self.text.rindex("\x1b[?1049h")
        os.close(self.slave)
        os.close(self.master)
        return code


def step(text: str) -> int:
    return int(re.findall(r"step (\d+)/", text)[-1])


def test_keys() -> None:
    terminal = Terminal(PRETEND.format(count=5000, speed=None))
    terminal.read_until(r"step \d+/5000")
    terminal.press(" ")
    paused = step(terminal.read_until("paused"))
    assert step(terminal.read_until(r"step \d+/")) == paused
    terminal.press("sss")
    terminal.read_until(rf"step {paused + 3}/")
    terminal.press("\x1b[A")
    assert step(terminal.read_until(r"step \d+/")) == paused + 3
    terminal.size(40, 12)
    terminal.read_until(r"space s \+ - q")
    terminal.press(" ----")
    terminal.read_until("0.25 s a frame")
    terminal.press("q")
    terminal.read_until("ended False")
    assert terminal.end() == 0


def test_a_slow_run_is_as_slow_as_asked_and_the_keys_go_on_from_there() -> None:
    terminal = Terminal(PRETEND.format(count=5000, speed=0.3))
    terminal.read_until("step 0/5000 · 3.3 s a frame")
    terminal.press("-")
    terminal.press("+")
    terminal.read_until("· 1 s a frame")
    terminal.press("+")
    terminal.read_until(r"· 0\.5 s a frame")
    terminal.press("Q")
    terminal.read_until("ended False")
    assert terminal.end() == 0


def test_a_size_that_the_window_does_not_have_is_not_believed() -> None:
    shown = "from revise.render.console import make_console; print('size', *make_console().size, 'of it')"
    terminal = Terminal(f"os.environ.update(COLUMNS='200', LINES='0'); {shown}\n")
    terminal.read_until("size 80 24 of it")
    terminal = Terminal(f"os.environ.update(COLUMNS='40', LINES='10'); {shown}\n")
    terminal.read_until("size 40 10 of it")


def test_to_the_end() -> None:
    terminal = Terminal(PRETEND.format(count=60, speed=None))
    terminal.read_until("ended True")
    assert terminal.end() == 0


def test_a_terminated_run_leaves_the_terminal_clean() -> None:
    terminal = Terminal(PRETEND.format(count=5000, speed=None))
    terminal.read_until(r"step \d+/5000")
    terminal.child.terminate()
    assert terminal.end() == 143


def test_ctrl_c_leaves_the_terminal_clean_and_says_how_far_it_came() -> None:
    pytest.importorskip("torch")
    terminal = Terminal(MAIN.format(words=["demo", "gan", "--steps", "1000000"]))
    terminal.read_until(r"step [1-9]\d*/1000000")
    terminal.press("\x03")
    last = terminal.read_until(r"Stopped at step \d+ of 1000000\.[\s\S]*loss G \d")
    assert "JS divergence" in last.partition("Stopped at step")[2]
    assert "Traceback" not in terminal.text
    assert terminal.end() == 130
