"""`revise tex FORMULA`: LaTeX as a terminal can show it."""

import os
import shutil
import sys
from collections.abc import Iterable

from revise.errors import InputError
from revise.maths import MODES, reason, render, unknown_commands
from revise.untrusted import harmless

_ECHO = 60  # characters of a formula that a message repeats


def run(formula: str, mode: str | None, width: int | None) -> int:
    """Show one formula, or each line of standard input as it comes for "-"; 1 if one of them cannot be read."""
    mode = mode or os.environ.get("REVISE_MATH") or "2d"
    if mode not in MODES:
        raise InputError(f"--mode is {', '.join(MODES[:-1])} or {MODES[-1]}, not {mode}")
    width = width or shutil.get_terminal_size().columns
    lines: Iterable[str] = sys.stdin if formula == "-" else [formula]
    shown = readable = 0
    apart = False
    for tex in filter(None, map(str.strip, lines)):
        drawn = harmless(render(harmless(tex), mode, width))
        if apart or (shown and "\n" in drawn):
            print()
        print(drawn, flush=True)
        apart = "\n" in drawn
        shown += 1
        readable += _said(tex)
    if not shown:
        raise InputError(r"there is no formula; try: revise tex '\frac{a}{b}'")
    return 0 if readable == shown else 1


def _said(tex: str) -> bool:
    """Whether `tex` can be read; what is wrong or strange goes to standard error."""
    echo = tex if len(tex) <= _ECHO else tex[: _ECHO - 1] + "…"
    if fault := reason(tex):
        print(harmless(f"revise: shown as typed, {fault}: {echo}"), file=sys.stderr)
        return False
    if strange := unknown_commands(tex):
        known = "is an unknown command" if len(strange) == 1 else "are unknown commands"
        print(harmless(f"revise: {', '.join(strange)} {known}, shown by name: {echo}"), file=sys.stderr)
    return True
