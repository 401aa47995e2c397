"""What a solution starts from: numbers and short tables in a line, larger arrays as blocks."""

from typing import Any

from rich.text import Text

from revise.engines.arrays import Array
from revise.engines.latex import latex, latex_target
from revise.expression import Node
from revise.numerals import Numerals
from revise.render.figures import nested
from revise.render.formula import formula_block, formula_line
from revise.render.step_value import given_text
from revise.render.wrap import Piece, wrap
from revise.solution import Solution
from revise.untrusted import harmless

_IN_A_LINE = 16  # entries of an array
_IN_A_BLOCK = 400


def given_lines(solution: Solution, numerals: Numerals, width: int) -> list[Text]:
    """The lines after the title, an empty one at the end; none where nothing is given."""
    lines: list[Text] = []
    if parts := _parts(solution, numerals):
        pieces = [Piece("Given  ", "dim")]
        for place, part in enumerate(parts):
            pieces += [Piece(" · ")] * bool(place)
            for turn, entry in enumerate(part):
                pieces += [Piece(", ")] * bool(turn) + [Piece(entry, keep=True)]
        lines += wrap(pieces, width, "", "       ")
    for name, value in solution.given.items():
        if isinstance(value, Array) and _IN_A_LINE < len(value.flat) <= _IN_A_BLOCK and len(value.shape) == 2:
            lines += _block(name, value, solution.words.get(name, ""), numerals, width, first=not lines)
    return [*lines, Text()] if lines else []


def _block(name: str, value: Array, word: str, numerals: Numerals, width: int, first: bool) -> list[Text]:
    """A matrix with its name before its middle row; row by row where it is too wide."""
    label = "Given  " if first else " " * 7
    left = f"{word} {formula_line(latex_target(name))} = ".lstrip()
    if 3 * len(left) > width:
        named = wrap([Piece(label, "dim"), Piece(harmless(left.rstrip()))], width, "", "       ")
        return named + [Text(f"  {line}", no_wrap=True) for line in _drawn(value, numerals, width - 2)]
    block = _drawn(value, numerals, width - 7 - len(left))
    middle = (len(block) - 1) // 2
    lines = []
    for row, line in enumerate(block):
        lead = harmless(left) if row == middle else " " * len(left)
        lines.append(Text.assemble((label if row == 0 else " " * 7, "dim"), lead, line, no_wrap=True))
    return lines


def _drawn(value: Array, numerals: Numerals, width: int) -> list[str]:
    return formula_block(latex(nested(value, numerals.together(value.flat))), width)


def _parts(solution: Solution, numerals: Numerals) -> list[list[str]]:
    """What has room in a line, with the words for it: one entry, or those of a table."""
    parts: list[list[str]] = []
    for name, value in solution.given.items():
        if solution.words.get(name) == "":
            continue
        word = f"{solution.words[name]} " if name in solution.words else ""
        if isinstance(value, tuple) or (isinstance(value, Array) and len(value.flat) > _IN_A_LINE):
            continue
        if isinstance(value, dict):
            if len(value) > _IN_A_LINE or any(isinstance(entry, str) for entry in value.values()):
                continue
            texts = {key: given_text(entry, numerals) for key, entry in value.items()}
            if len(set(texts.values())) == 1 and all(isinstance(key, str) for key in texts) and len(texts) < 4:
                parts.append([f"{word}{formula_line(latex_target(name))} {next(iter(texts.values()))}"])
            else:
                listed = [f"{_indexed(name, key)} {text}" for key, text in texts.items()]
                parts.append([word + listed[0], *listed[1:]])
            continue
        if isinstance(value, Node) and value.head == "name" and value.args[0] == name:
            continue
        parts.append([f"{word}{formula_line(latex_target(name))} {given_text(value, numerals)}"])
    return [[harmless(entry) for entry in part] for part in parts]


def _indexed(name: str, key: Any) -> str:
    letters = key if isinstance(key, tuple) else (key,)
    at = {f"i{place}": letter for place, letter in enumerate(letters)}
    return formula_line(latex_target(f"{name}[{','.join(at)}]", at))
