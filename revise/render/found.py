"""The search for unknown whole numbers, as lines."""

from collections.abc import Sequence
from itertools import groupby
from math import prod

from rich.cells import cell_len
from rich.text import Text

from revise.catalogue import option
from revise.engines.arrays import Array
from revise.engines.latex import latex
from revise.errors import InputError
from revise.expression import Node
from revise.finding import Numbers, tried, why_none
from revise.numerals import Numerals
from revise.render.formula import formula_line
from revise.render.step_value import value_chain
from revise.render.wrap import Piece, wrap
from revise.request import Request
from revise.solution import Step
from revise.untrusted import harmless

_MOST = 40  # rows of choices shown


def found_lines(
    request: Request, found: Sequence[Numbers], width: int, letter: bool = False, everything: bool = False
) -> list[Text]:
    """What the search came to: a lone unknown with its neighbours that miss the mark, several as a table.

    `letter` also shows the answer aimed at as a formula in the unknowns (SymPy works it out), `everything`
    every row of a long table.
    """
    if not found:
        sentence = harmless(why_none(request))
        return wrap([Piece(sentence[0].upper() + sentence[1:] + ".", "bold")], width)
    lines = _with_letters(request, width) if letter else []
    if len(request.sought) > 1:
        return lines + _choices(request, found, width, None if everything else _MOST)
    return lines + _numbers(
        request, next(iter(request.sought)), [choice for (choice,) in map(dict.values, found)], width
    )


def _aim(request: Request) -> str:
    return ", ".join(f"{word} = {harmless(text)}" for word, text in request.targets.items())


def _numbers(request: Request, name: str, found: Sequence[int], width: int) -> list[Text]:
    """The numbers found for a lone unknown, and what the first of them and their neighbours lead to."""
    sought = option(name)
    listed = ", ".join(map(str, found[:20])) + (", …" if len(found) > 20 else "")
    pieces = [Piece(f"{sought} = {listed}", "bold green"), Piece(f"  gives {_aim(request)}")]
    lines = [*wrap(pieces, width), Text()]
    for candidate in sorted({*found[:3], found[0] - 1, found[-1] + 1}):
        try:
            solution = request.solve(**{name: candidate})
        except InputError:
            continue
        mark = "✓" if candidate in found else "✗"
        reached = ", ".join(_reached(solution.step(word), word) for word in request.targets if word in solution.answers)
        lines += wrap([Piece(f"  {mark} {sought} {candidate}: {reached}")], width, "", "    ")
    return lines


def _choices(request: Request, found: Sequence[Numbers], width: int, most: int | None) -> list[Text]:
    """The choices found as a table: the numbers of the last unknown stand together, a repeated first is left out."""
    ranges = tried(request)
    spans = ", ".join(f"{option(name)} {numbers[0]}–{numbers[-1]}" for name, numbers in ranges.items())
    count = f"{len(found):,} of {prod(map(len, ranges.values())):,} choices"
    gives = "gives" if len(found) == 1 else "give"
    lines = wrap([Piece(count, "bold green"), Piece(f" {gives} {_aim(request)}. Tried: {spans}.")], width)
    names = list(map(option, request.sought))
    groups = groupby((tuple(choice.values()) for choice in found), lambda numbers: numbers[:-1])
    rows = [(key, [numbers[-1] for numbers in group]) for key, group in groups]
    head = "  " + "  ".join(names)
    narrow = cell_len(head) > width
    lines += [Text(), *([] if narrow else [Text(head, style="bold")])]
    room = len(names[-1]) if all(len(last) == 1 for _, last in rows) else 0
    before: tuple[int, ...] = ()
    for key, last in rows[:most]:
        listed = ", ".join(map(str, last))
        if narrow:
            parts = [f"{name} {number}" for name, number in zip(names, [*key, listed], strict=True)]
            lines += wrap([Piece("  " + ", ".join(parts))], width, "", "    ")
            continue
        shown = ["" if key[:1] == before[:1] and not place else str(number) for place, number in enumerate(key)]
        cells = "".join(f"  {cell:>{len(name)}}" for cell, name in zip(shown, names, strict=False)) + "  "
        before = key
        if room:
            lines.append(Text(f"{cells}{listed:>{room}}"))
        else:
            lines += wrap([Piece(listed)], width, Text(cells), " " * len(cells))
    if most is not None and len(rows) > most:
        lines.append(Text(f"  … and {len(rows) - most:,} rows more (--all)", style="dim"))
    return lines


def _with_letters(request: Request, width: int) -> list[Text]:
    """The answer aimed at as a formula in the unknowns, where the solver works with letters."""
    letters: dict[str, str] = {}
    for name in request.sought:
        free = [letter for letter in (*name, *"xyz") if letter not in (*"ei_", *letters.values())]
        if not request.solver.takes_letters(name) or not free:
            return []
        letters[name] = free[0]
    meant = [f"{formula_line(letter)} {{}}the {option(name)}" for name, letter in letters.items()]
    told = (", ".join(meant[:-1]) + " and " * (len(meant) > 1) + meant[-1]).replace("{}", "is ", 1).replace("{}", "")
    lines: list[Text] = []
    for word in request.targets:
        try:
            step = request.solve(**{name: Node("name", (letter,)) for name, letter in letters.items()}).step(word)
        except (InputError, StopIteration):
            continue
        if (formula := _formula(step)) is not None:
            lines += [*wrap([Piece(f"{word} {formula}, where {told}")], width), Text()]
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
