"""Where the maths is in a Markdown text: `$…$` and `$$…$$`, not inside code, not a price."""

import re
from typing import NamedTuple

_TOKEN = re.compile(
    r"""
      (?P<fence>^[ ]{0,12}(?P<mark>`{3,}|~{3,})[^\n]*$(?:.*?^[ ]{0,12}(?P=mark)[ ]*$|.*\Z))
    | (?P<escape>\\.)
    | (?P<code>(?P<ticks>(?<!`)`+(?!`))(?:(?!\n[ \t]*\n).)+?(?<!`)(?P=ticks)(?!`))
    | (?P<display>\$\$(?P<block>(?:\\.|[^$\\])+?)\$\$)
    | (?P<inline>\$(?P<text>(?:\\.|[^$\\])+?)\$(?!\d))
    | (?P<lone>\$)
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_MATHS_SIGN = re.compile(r"[\\^_={}]")


class Span(NamedTuple):
    """Maths at text[start:end], its dollars included."""

    start: int
    end: int
    tex: str
    display: bool


def find_maths(text: str) -> tuple[list[Span], list[int]]:
    """The maths of `text` in order, and the offsets of `$` signs that have no partner (write `\\$`)."""
    spans: list[Span] = []
    lone: list[int] = []
    at = 0
    while (match := _TOKEN.search(text, at)) is not None:
        at = match.end()
        tex = match["block"] or match["text"]
        if tex is not None and _is_maths(tex, display=match["block"] is not None):
            spans.append(Span(match.start(), at, tex.strip(), match["block"] is not None))
        elif tex is not None or match["lone"]:
            lone.append(match.start())
            at = match.start() + (2 if text.startswith("$$", match.start()) else 1)
    return spans, lone


def _is_maths(tex: str, display: bool) -> bool:
    """`$5 and $6` is two prices: a blank on one side only needs a sign that prose does not have."""
    if not tex.strip() or _BLANK_LINE.search(tex):
        return False
    if display or tex[0].isspace() == tex[-1].isspace():
        return True
    return _MATHS_SIGN.search(tex) is not None
