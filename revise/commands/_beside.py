"""What a student opens from beside a card: its topic's page, the solvers behind it, the editor."""

import os
import shlex
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from revise.topic import Card, Library

if TYPE_CHECKING:
    from rich.console import Console

    from revise.render.console import Pipe


def page(topic: str, library: Library, language: str, screen: "Console | Pipe") -> None:
    """The topic's page, through the pager where it is long."""
    from revise.commands import show

    show.run(topic, None, plain=screen.no_color, width=screen.width, content=_own(library), pager=True, lang=language)


def _own(library: Library) -> Path | None:
    return library.own[0] if library.own else None


def solver(library: Library, topic: str, card: Card) -> str:
    """Explain the card's solver, or the first of its topic's; returns the commands that work such things out."""
    from revise import catalogue
    from revise.commands import solve

    built = catalogue.served(library.entry(topic).solve)
    names = [card.solver] if card.solver else [name for name in library.entry(topic).solve if name in built]
    if not names:
        return f"{topic} has no solver."
    solve.run([names[0], "--help"])
    return "; ".join(f"revise solve {name}" for name in names)


def edit(card: Card) -> str:
    """Open the card in $VISUAL or $EDITOR; what went wrong, or nothing."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    file = card.place.file
    if not editor:
        return f"Set EDITOR to your editor; the card is {card.place}."
    if not os.access(file, os.W_OK):
        return f"{file} can't be written; cards of your own: revise new {card.topic}."
    try:
        subprocess.run([*shlex.split(editor), f"+{card.place.line}", str(file)], check=False)
    except (OSError, ValueError) as fault:
        return f"EDITOR={editor} could not be started ({fault})."
    return ""
