"""One table of the values that several tables of steps worked out."""

from typing import Any

from rich.text import Text

from revise.numerals import Numerals
from revise.render.grid import draw_grid
from revise.render.step_value import value_chain
from revise.render.wrap import Piece, wrap
from revise.solution import Overview, Solution, Step
from revise.untrusted import harmless

_MOST_WORKED = 24  # rows of which the working is shown unasked
_MOST_ROWS = 400
_GAP = 2


def tables_left_out(solution: Solution) -> frozenset[str]:
    """The tables of steps whose values an overview shows and whose working is too long to be shown unasked."""
    views = [view for view in solution.views if isinstance(view, Overview)]
    return frozenset(table for view in views if len(_rows(view, solution)) > _MOST_WORKED for table in view.tables)


def overview_lines(view: Overview, solution: Solution, numerals: Numerals, width: int, everything: bool) -> list[Text]:
    """The table; where it is wider than the screen its columns are shared out over several."""
    rows = _rows(view, solution)
    kept = list(rows) if everything or len(rows) <= _MOST_WORKED else _telling(rows, view)
    cut = [] if everything else kept[_MOST_ROWS:]
    kept = kept[: len(kept) - len(cut)]
    cells = {key: [_cell(rows[key].get(name), numerals) for name in view.columns.values()] for key in kept}
    labels = [harmless(str(rows[key]["label"])) for key in kept]
    lines: list[Text] = []
    for places in _parts(list(view.columns), labels, list(cells.values()), width):
        names = list(view.columns)
        header = [[Piece(view.label)], *([Piece(names[place])] for place in places)]
        body = [
            [[Piece(label, keep=True)], *([Piece(row[place], keep=True)] for place in places)]
            for label, row in zip(labels, cells.values(), strict=True)
            if len(places) == len(names) or any(row[place] for place in places)
        ]
        lines += wrap([Piece(view.title, "bold")], width) if not lines else [Text()]
        lines += draw_grid(header, body, ["left", *["right"] * len(places)], width)
    notes = []
    if len(kept) < len(rows):
        notes.append(f"{len(rows) - len(kept):,} rows that learn nothing and keep the size are left out")
    if not everything and len(rows) > _MOST_WORKED and view.tables:
        notes.append("the working of each row too")
    if notes:
        lines += wrap([Piece("; ".join(notes).capitalize() + ": --all shows them.", "dim")], width)
    return lines


def _rows(view: Overview, solution: Solution) -> dict[Any, dict[str, Any]]:
    """Index → the row's steps by name, and its `label`."""
    wanted = set(view.columns.values())
    rows: dict[Any, dict[str, Any]] = {}
    for step in solution.steps:
        if step.name in wanted and view.label in step.at:
            rows.setdefault(step.key[1], {"label": step.at[view.label]})[step.name] = step
    return rows


def _telling(rows: dict[Any, dict[str, Any]], view: Overview) -> list[Any]:
    """The rows with a number of their own: not those that only repeat the row before."""
    first, *others = view.columns.values()
    found, before = [], None
    for key, row in rows.items():
        value = row[first].value if first in row else None
        if before is None or value != before or any(name in row for name in others):
            found.append(key)
        before = value
    return found


def _cell(step: Step | None, numerals: Numerals) -> str:
    if step is None:
        return ""
    sign, text = value_chain(step.value, numerals, step.unit, group=True, rounded=step.rounded)[0]
    return text if sign == "=" else f"{sign} {text}"


def _parts(names: list[str], labels: list[str], rows: list[list[str]], width: int) -> list[list[int]]:
    """Runs of columns that each fit beside the labels."""
    room = width - max(map(len, labels), default=0)
    sizes = [max(len(name), *(len(row[place]) for row in rows)) + _GAP for place, name in enumerate(names)]
    parts: list[list[int]] = [[]]
    for place, size in enumerate(sizes):
        if parts[-1] and sum(sizes[each] for each in parts[-1]) + size > room:
            parts.append([])
        parts[-1].append(place)
    return parts
