"""`revise tex FORMULA`: LaTeX as a terminal can show it."""

import os
import shutil
import sys

from revise.errors import InputError
from revise.maths import MODES, is_readable, render
from revise.untrusted import harmless


def run(formula: str, mode: str | None, width: int | None) -> int:
    """Show one formula, or every line of standard input for "-"; 1 if one of them cannot be read."""
    mode = mode or os.environ.get("REVISE_MATH") or "2d"
    if mode not in MODES:
        raise InputError(f"--mode is {', '.join(MODES[:-1])} or {MODES[-1]}, not {mode}")
    width = width or shutil.get_terminal_size().columns
    formulas = [line.strip() for line in sys.stdin if line.strip()] if formula == "-" else [formula]
    if not formulas or not formulas[0].strip():
        raise InputError(r"there is no formula; try: revise tex '\frac{a}{b}'")
    apart = False
    for tex in formulas:
        shown = harmless(render(harmless(tex), mode, width))
        if apart or (tex is not formulas[0] and "\n" in shown):
            print()
        print(shown)
        apart = "\n" in shown
    unreadable = [tex for tex in formulas if not is_readable(tex)]
    for tex in unreadable:
        print(harmless(f"revise: shown as typed, something is not closed: {tex}"), file=sys.stderr)
    return 1 if unreadable else 0
