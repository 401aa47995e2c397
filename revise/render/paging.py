"""Lines that do not fit the screen go through the reader's pager, where a person reads them."""

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from revise.render.console import Pipe, print_lines
from revise.render.wrap import joined

if TYPE_CHECKING:
    from rich.console import Console


def print_paged(console: "Console | Pipe", lines: Sequence[Text], pager: bool = True) -> None:
    """Print `lines`, which are wrapped already; with `pager` through one where they are more than a screen."""
    if isinstance(console, Pipe) or not (
        pager and sys.stdin.isatty() and sys.stdout.isatty() and len(lines) >= console.height
    ):
        print_lines(console, lines)
        return
    # Styles only where the pager is known to show them; `less` gets git's options unless the user has his own.
    options = os.environ.setdefault("LESS", "FRX")
    command = os.environ.get("PAGER", "less")
    styles = "less" in command and "R" in options.upper() and os.name == "posix" and not console.no_color
    with console.pager(styles=styles):
        console.print(joined(lines), soft_wrap=True)
