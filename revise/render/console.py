"""The console every command prints through."""

import os
import sys

from rich.console import Console


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
