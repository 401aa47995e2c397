"""The console every command prints through, and the one place where foreign text is made harmless."""

import os
import re
import sys

from rich.console import Console

# C0 and C1 controls except newline and tab, bidirectional overrides and isolates, lone surrogates.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def harmless(text: str) -> str:
    """`text` with every character that could steer a terminal shown as � instead."""
    return _UNSAFE.sub("\ufffd", text)


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
