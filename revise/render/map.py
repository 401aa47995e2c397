"""Values and arrows drawn where their states lie, as a grid world is drawn in a textbook."""

import re
from fractions import Fraction
from typing import Any

from rich.text import Text

from revise.numerals import Numerals
from revise.render.step_value import value_line
from revise.render.wrap import Piece, wrap
from revise.solution import Map, Solution

_ARROWS = {"up": "↑", "right": "→", "down": "↓", "left": "←", "north": "↑", "east": "→", "south": "↓", "west": "←"}
_MOST_ROWS = 60


def map_lines(view: Map, solution: Solution, numerals: Numerals, width: int, everything: bool) -> list[Text]:
    """The map in a frame of cells, or only its arrows where the cells are too wide for the screen."""
    values = _last(solution, view.value)
    arrows = {state: _arrow(value) for state, value in _last(solution, view.arrows).items()}
    title = wrap([Piece(view.title, "bold")], width)
    together = numerals.together([value for value in values.values() if not isinstance(value, str)])
    shown = [[_Cell.of(state, values, arrows, together) for state in row] for row in view.rows]
    room = max(len(part) for row in shown for cell in row for part in cell.parts)
    across = len(view.rows[0])
    if (room + 3) * across + 1 <= width and (everything or len(view.rows) <= _MOST_ROWS):
        return [*title, *_framed(shown, room, bool(arrows))]
    if arrows and 2 * across - 1 <= width and len(view.rows) <= _MOST_ROWS:
        marks = [" ".join(cell.mark for cell in row).rstrip() for row in shown]
        note = "One sign a cell: + several actions are best, # a wall, · an end."
        return [*title, *map(Text, marks), *wrap([Piece(note, "dim")], width)]
    return wrap(
        [Piece(f"{view.title}: {len(view.rows)} rows of {across} cells are too many to draw here.", "dim")], width
    )


class _Cell:
    """One state: its value and its arrows, a wall as `###`."""

    def __init__(self, value: str, arrow: str, wall: bool = False) -> None:
        self.parts = [value, arrow]
        self.mark = "#" if wall else "+" if len(arrow) > 1 else arrow or "·"

    @classmethod
    def of(cls, state: str | None, values: dict[Any, Any], arrows: dict[Any, str], numerals: Numerals) -> "_Cell":
        if state is None:
            return cls("###", "", True)
        value = values.get(state)
        if isinstance(value, int | Fraction | float) and not numerals.exact:
            return cls(numerals.decimal(value).replace("-", "−"), arrows.get(state, ""))
        return cls("" if value is None else value_line(value, numerals), arrows.get(state, ""))


def _framed(shown: list[list[_Cell]], room: int, arrows: bool) -> list[Text]:
    def rule(left: str, middle: str, right: str) -> Text:
        return Text(left + middle.join("─" * (room + 2) for _ in shown[0]) + right, style="dim")

    lines = [rule("┌", "┬", "┐")]
    for place, row in enumerate(shown):
        if place:
            lines.append(rule("├", "┼", "┤"))
        for part in range(1 + arrows):
            line = Text("│", style="dim")
            for cell in row:
                line.append(f" {cell.parts[part]:^{room}} ", "bold" if part else "").append("│", "dim")
            lines.append(line)
    return [*lines, rule("└", "┴", "┘")]


def _last(solution: Solution, name: str) -> dict[Any, Any]:
    """The last value of each state among the steps called `name`."""
    return {step.key[1]: step.value for step in solution.steps if name and step.name == name}


def _arrow(value: Any) -> str:
    """`up or left` as ↑←; a word that is no direction as it is."""
    words = re.split(r"[^\w]+|_or_|_", value) if isinstance(value, str) else list(map(str, value))
    return "".join(_ARROWS.get(word, "") for word in words if word != "or") or (" ".join(words) if words else "")
