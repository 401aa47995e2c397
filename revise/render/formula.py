"""LaTeX as lines for the terminal, in the form that REVISE_MATH asks for (2d, 1d or ascii)."""

import os
from functools import lru_cache

from rich.cells import cell_len

from revise import maths
from revise.render.wrap import Piece, wrap


def formula_line(tex: str) -> str:
    """`tex` on one line, for running text, headings and tables."""
    return _line(tex, "ascii" if os.environ.get("REVISE_MATH") == "ascii" else "1d")


@lru_cache(maxsize=4096)
def _line(tex: str, mode: str) -> str:
    return " ".join(maths.render(tex, mode=mode, width=100_000).split("\n")).strip()


def formula_block(tex: str, width: int) -> list[str]:
    """`tex` as display maths: lines of at most `width` cells."""
    wanted = os.environ.get("REVISE_MATH", "2d")
    return list(_block(tex, wanted if wanted in ("2d", "1d", "ascii") else "2d", width))


@lru_cache(maxsize=1024)
def _block(tex: str, mode: str, width: int) -> tuple[str, ...]:
    lines = maths.render(tex, mode=mode, width=width).split("\n")
    if any(cell_len(line) > width for line in lines):
        lines = maths.render(tex, mode="ascii" if mode == "ascii" else "1d", width=width).split("\n")
        lines = [part.plain for line in lines for part in wrap([Piece(line)], width, "", "  ")]
    return tuple(line.rstrip() for line in lines)
