"""The console every command prints through."""

import os
import sys
from collections.abc import Iterable

from rich.console import Console
from rich.text import Text


def make_console(width: int | None = None, plain: bool = False, stderr: bool = False) -> Console:
    """A console without markup, emoji or guessing; `plain` drops every escape code.

    `width` is in cells; None asks the terminal (80 where there is none).
    """
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
    )


def print_lines(console: Console, lines: Iterable[Text]) -> None:
    """Lines that are wrapped already; where no style can be shown they are written as they are."""
    if console.color_system is None and not console.is_terminal:
        console.file.write("".join(f"{line.plain}\n" for line in lines))
        return
    console.print(Text("\n", no_wrap=True, overflow="ignore").join(lines), soft_wrap=True)
