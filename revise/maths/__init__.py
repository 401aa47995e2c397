r"""LaTeX formulas for a terminal: in two dimensions, on one line, or in ASCII.

    >>> print(render(r"\frac{a + b}{c}"))
    a + b
    ─────
      c
    >>> render(r"\frac{a + b}{c}", mode="1d")
    '(a + b)/c'

Standard library only. No text whatever raises an exception; a formula that is not closed shows its source.
"""

import re
from typing import Final

from revise.maths.boxes import Box, beside
from revise.maths.breaking import fitted
from revise.maths.cells import display_width
from revise.maths.letters import spelled
from revise.maths.line import one_line
from revise.maths.reader import TOO_DEEP, read, read_with
from revise.maths.tree import Unreadable
from revise.maths.wrapping import wrapped

__all__ = ["MODES", "Box", "beside", "display_width", "is_readable", "layout", "reason", "render", "unknown_commands"]

MODES: Final = ("2d", "1d", "ascii")
# Controls, bidirectional overrides and lone surrogates could steer a terminal; private use is ours.
_UNSAFE = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")


def render(tex: str, mode: str = "2d", width: int = 80) -> str:
    """`tex` as text of at most `width` cells a line, without trailing blanks.

    `mode`: "2d" stacks as on paper, "1d" keeps to one line (wrapped if it is too long), "ascii" does so with
    ASCII characters only (a character without ASCII spelling becomes "?"). Raises ValueError for another mode.
    """
    if mode not in MODES:
        raise ValueError(f"mode is one of {', '.join(MODES)}, not {mode!r}")
    if mode == "2d":
        return "\n".join(layout(tex, width).lines)
    tex = _clean(tex)
    try:
        line = one_line(read(tex), ascii_only=mode == "ascii")
    except (Unreadable, RecursionError):
        line = spelled(tex) if mode == "ascii" else tex
    return "\n".join(text.rstrip() for text in wrapped(line, width))


def layout(tex: str, width: int = 80) -> Box:
    """`tex` in two dimensions, as a box to put beside others (see `beside`); its baseline is the main line."""
    tex = _clean(tex)
    try:
        box = fitted(read(tex), width)
    except (Unreadable, RecursionError):
        lines = wrapped(tex, width)
        box = Box(tuple(lines), max(map(display_width, lines)))
    return box._replace(lines=tuple(line.rstrip() for line in box.lines))


def is_readable(tex: str) -> bool:
    """Whether `tex` is shown as maths; False where `render` shows its source."""
    return reason(tex) is None


def reason(tex: str) -> str | None:
    r"""Why `tex` cannot be read, such as "an argument of \frac is missing"; None where it can."""
    try:
        read(_clean(tex))
    except Unreadable as fault:
        return str(fault)
    except RecursionError:
        return TOO_DEEP
    return None


def unknown_commands(tex: str) -> list[str]:
    r"""The commands of `tex` that are shown by their names because nobody knows them, as typed: `\foo`."""
    try:
        return [f"\\{name}" for name in dict.fromkeys(read_with(_clean(tex))[1])]
    except (Unreadable, RecursionError):
        return []


def _clean(tex: str) -> str:
    return " ".join(_UNSAFE.sub("\ufffd", tex).split())
