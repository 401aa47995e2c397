"""Keys while a picture is moving: read without waiting, the terminal put back whatever happens."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class NoKeys:
    """Standard input is no terminal: nothing is ever pressed."""

    listening = False

    def wait(self, seconds: float) -> str:
        """The next key, or "" after `seconds`."""
        if seconds > 0:
            time.sleep(seconds)
        return ""


if sys.platform == "win32":
    import msvcrt

    class Keys(NoKeys):
        """Keys from the Windows console."""

        listening = True

        def wait(self, seconds: float) -> str:
            end = time.monotonic() + seconds
            while not msvcrt.kbhit():
                if time.monotonic() >= end:
                    return ""
                time.sleep(min(0.02, seconds))
            key = msvcrt.getwch()
            if key == "\x03":
                raise KeyboardInterrupt
            if key in "\x00\xe0":  # an arrow or a function key: its second half
                msvcrt.getwch()
                return ""
            return key

    @contextmanager
    def live_keys() -> Iterator[NoKeys]:
        """Keys for as long as the block runs."""
        yield Keys() if sys.stdin is not None and sys.stdin.isatty() else NoKeys()

else:
    import select
    import termios

    class Keys(NoKeys):
        """Keys from a terminal whose lines are switched off."""

        listening = True

        def __init__(self, descriptor: int) -> None:
            self.descriptor = descriptor
            self.ahead = ""

        def wait(self, seconds: float) -> str:
            if not self.ahead:
                if not self.listening:
                    return super().wait(seconds)
                if not select.select([self.descriptor], [], [], max(0.0, seconds))[0]:
                    return ""
                typed = os.read(self.descriptor, 64)
                if not typed:
                    self.listening = False
                # An arrow key is an escape sequence, read whole and passed over.
                self.ahead = "" if typed.startswith(b"\x1b") else typed.decode("ascii", "replace")
            key, self.ahead = self.ahead[:1], self.ahead[1:]
            return key

    @contextmanager
    def live_keys() -> Iterator[NoKeys]:
        """Keys for as long as the block runs: no line buffer, no echo; Ctrl-C still interrupts.

        Ctrl-Z and Ctrl-\\ are held back meanwhile, since they would leave the shell without a cursor. A job
        in the background gets no keys: to touch the terminal from there would stop it.
        """
        try:
            descriptor = sys.stdin.fileno()
            in_front = os.isatty(descriptor) and os.tcgetpgrp(descriptor) == os.getpgrp()
        except (AttributeError, OSError, ValueError):
            in_front = False
        if not in_front:
            yield NoKeys()
            return
        before = termios.tcgetattr(descriptor)
        mode = termios.tcgetattr(descriptor)
        mode[3] &= ~(termios.ICANON | termios.ECHO)
        mode[6][termios.VMIN], mode[6][termios.VTIME] = 1, 0
        nothing = bytes([os.fpathconf(descriptor, "PC_VDISABLE") & 0xFF])
        mode[6][termios.VSUSP] = mode[6][termios.VQUIT] = nothing
        try:
            termios.tcsetattr(descriptor, termios.TCSADRAIN, mode)
            yield Keys(descriptor)
        finally:
            termios.tcsetattr(descriptor, termios.TCSAFLUSH, before)
