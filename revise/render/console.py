"""The console every command prints through."""

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from rich.text import Text

if TYPE_CHECKING:
    from rich.console import Console


@dataclass(frozen=True)
class Pipe:
    """Standard output that shows no style: it needs none of Rich's console, which takes a while to load."""

    file: TextIO
    width: int
    height: int
    no_color: bool = True


def make_console(width: int | None = None, plain: bool = False, stderr: bool = False) -> "Console":
    """A console without markup, emoji or guessing; `plain` drops every escape code.

    `width` is in cells; None asks COLUMNS, else the terminal (80 where there is none).
    """
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    plain = plain or os.environ.get("TERM") == "dumb"
    return Console(
        file=stream,
        width=width,
        markup=False,
        emoji=False,
        highlight=False,
        no_color=True if plain or "NO_COLOR" in os.environ else None,
        force_terminal=False if plain else None,
        legacy_windows=False,
        soft_wrap=False,
        _environ=_environment(stream),
    )


def _environment(stream: TextIO) -> dict[str, str]:
    """The environment, less a COLUMNS or LINES that is 0 or more than the window has: lines would wrap there."""
    try:
        window = os.get_terminal_size(stream.fileno())
    except (OSError, ValueError):
        window = os.terminal_size((0, 0))
    kept = dict(os.environ)
    for name, most in zip(("COLUMNS", "LINES"), window, strict=True):
        named = kept.get(name, "")
        if named.isdecimal() and (int(named) == 0 or (stream.isatty() and 0 < most < int(named))):
            del kept[name]
    return kept


def make_screen(width: int | None = None, plain: bool = False) -> "Console | Pipe":
    """What `print_lines` writes to: a console, or a Pipe where no style could be shown."""
    forced = os.environ.get("FORCE_COLOR") or os.environ.get("TTY_COMPATIBLE") == "1"
    if plain or not (sys.stdout.isatty() or forced):
        columns, rows = _size()
        return Pipe(sys.stdout, width or columns, rows)
    return make_console(width, plain)


def print_lines(screen: "Console | Pipe", lines: Iterable[Text]) -> None:
    """Lines that are wrapped already; where no style can be shown they are written as they are."""
    if isinstance(screen, Pipe) or (screen.color_system is None and not screen.is_terminal):
        screen.file.write("".join(f"{line.plain}\n" for line in lines))
        return
    screen.print(Text("\n", no_wrap=True, overflow="ignore").join(lines), soft_wrap=True)


def _size() -> tuple[int, int]:
    """Columns and rows: COLUMNS and LINES, else of whichever standard stream is a terminal, else 80 × 25."""
    columns, rows = 80, 25
    for number in (1, 2, 0):
        try:
            columns, rows = os.get_terminal_size(number)
            break
        except (OSError, ValueError):
            continue
    named = os.environ.get("COLUMNS", "")
    return int(named) if named.isdecimal() and int(named) > 0 else columns or 80, rows or 25
