"""The search for an unknown whole number, as lines."""

from collections.abc import Sequence

from rich.text import Text

from revise.catalogue import option
from revise.engines.arrays import Array
from revise.engines.latex import latex
from revise.errors import InputError
from revise.expression import Node
from revise.numerals import Numerals
from revise.render.formula import formula_line
from revise.render.step_value import value_chain
from revise.render.wrap import Piece, wrap
from revise.request import FARTHEST, Request
from revise.solution import Step
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
    for candidate in sorted({*found[:3], found[0] - 1, found[-1] + 1}):
        try:
            solution = request.solve(**{request.find or "": candidate})
        except InputError:
            continue
        mark = "✓" if candidate in found else "✗"
        reached = ", ".join(_reached(solution.step(word), word) for word in request.targets if word in solution.answers)
        lines += wrap([Piece(f"  {mark} {sought} {candidate}: {reached}")], width, "", "    ")
    return lines


def _with_letter(request: Request, width: int) -> list[Text]:
    """The answer aimed at as a formula in the unknown, where the solver works with letters."""
    sought = request.find or ""
    if not request.solver.takes_letters(sought):
        return []
    letter = sought[0] if sought[0] not in "ei" else "x"
    lines: list[Text] = []
    for word in request.targets:
        try:
            step = request.solve(**{sought: Node("name", (letter,))}).step(word)
        except (InputError, StopIteration):
            continue
        if (formula := _formula(step)) is not None:
            text = f"{word} {formula}, where {formula_line(letter)} is the {option(sought)}"
            lines += [*wrap([Piece(text)], width), Text()]
    return lines


def _formula(step: Step) -> str | None:
    """A value in the unknown; sides of one length are named once. None where the unknown is not in it."""
    entries = step.value.flat if isinstance(step.value, Array) else (step.value,)
    letters = [entry for entry in entries if isinstance(entry, Node)]
    if not letters:
        return None
    alike = step.unit == "shape" and len({latex(entry) for entry in letters}) == 1
    sign, text = value_chain(letters[0] if alike else step.value, Numerals(), step.unit)[0]
    return f"{sign} {text}"


def _reached(step: Step, word: str) -> str:
    sign, text = value_chain(step.value, Numerals(), step.unit)[0]
    return f"{word} {text}" if sign == "=" else f"{word} {sign} {text}"
