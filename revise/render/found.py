"""The search for an unknown whole number, as lines."""

from collections.abc import Sequence

from rich.text import Text

from revise.answers import value_text
from revise.catalogue import option
from revise.engines.arrays import Array
from revise.engines.latex import latex
from revise.errors import InputError
from revise.expression import Node
from revise.numerals import Numerals
from revise.render.formula import formula_line
from revise.render.wrap import Piece, wrap
from revise.request import FARTHEST, Request
from revise.untrusted import harmless


def found_lines(request: Request, found: Sequence[int], width: int, letter: bool = False) -> list[Text]:
    """What the search for an unknown came to, with its neighbours that miss the mark.

    `letter` also shows the answer aimed at as a formula in the unknown (SymPy works it out).
    """
    sought = option(request.find or "")
    aim = ", ".join(f"{word} = {harmless(text)}" for word, text in request.targets.items())
    if not found:
        return wrap([Piece(f"No whole {sought} from 0 to {FARTHEST:,} gives {aim}.", "bold")], width)
    listed = ", ".join(map(str, found[:20])) + (", …" if len(found) > 20 else "")
    pieces = [Piece(f"{sought} = {listed}", "bold green"), Piece(f"  gives {aim}")]
    lines = [*(_with_letter(request, width) if letter else []), *wrap(pieces, width), Text()]
    word = next(iter(request.targets))
    for candidate in sorted({*found[:3], found[0] - 1, found[-1] + 1}):
        try:
            step = request.solve(**{request.find or "": candidate}).step(word)
        except InputError:
            continue
        mark = "✓" if candidate in found else "✗"
        text = f"  {mark} {sought} {candidate}: {word} {value_text(step.value, Numerals(), step.unit)}"
        lines += wrap([Piece(text)], width, "", "    ")
    return lines


def _with_letter(request: Request, width: int) -> list[Text]:
    """The answer aimed at as a formula in the unknown, where the solver works with letters."""
    sought = request.find or ""
    if not request.solver.takes_letters(sought):
        return []
    letter = sought[0] if sought[0] not in "ei" else "x"
    word = next(iter(request.targets))
    try:
        value = request.solve(**{sought: Node("name", (letter,))}).value(word)
    except InputError:
        return []
    entry = value.flat[0] if isinstance(value, Array) else value
    if not isinstance(entry, Node):
        return []
    text = f"{word} = {formula_line(latex(entry))}, where {formula_line(letter)} is the {option(sought)}"
    return [*wrap([Piece(text)], width), Text()]
