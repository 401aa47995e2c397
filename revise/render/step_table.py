"""Consecutive steps that share a `table`, drawn as one: a view of the steps, never a second store."""

from collections.abc import Sequence
from typing import Any

from rich.cells import cell_len
from rich.text import Text

from revise.engines.arrays import Array
from revise.engines.latex import latex, latex_target
from revise.engines.written import is_plain, size
from revise.numerals import Numerals
from revise.render.figures import shortened
from revise.render.formula import formula_line
from revise.render.grid import draw_grid
from revise.render.step_value import value_chain
from revise.render.wrap import Piece, wrap
from revise.solution import Step
from revise.untrusted import harmless

_MOST_ROWS = 40
_MOST_FORMULAS = 5  # of one column, each shown once above the table


def table_lines(
    steps: Sequence[Step], written: Sequence[Any], numerals: Numerals, width: int, everything: bool = False
) -> list[Text]:
    """Rows are the indices the steps share, columns their names; a formula common to a column stands above it."""
    columns = list(dict.fromkeys(_column(step) for step in steps))
    letters = list(dict.fromkeys(letter for step in steps for letter in step.at))
    rows: dict[tuple[Any, ...], dict[str, tuple[Step, Any]]] = {}
    for step, line in zip(steps, written, strict=True):
        rows.setdefault(tuple(step.at.get(letter, "") for letter in letters), {})[_column(step)] = (step, line)
    common = {name: _common(steps, name) for name in columns}
    lines = wrap([Piece(steps[0].table[:1].upper() + steps[0].table[1:], "bold")], width)
    for shared_by_rows in common.values():
        for shared in (step for step in shared_by_rows if step.why or step.unit != "shape"):
            tex = f"{latex_target(shared.name, {})} = {latex(shared.tree)}"
            why = [Piece(f"   {shared.why}", "italic")] if shared.why else []
            lines += wrap([Piece(formula_line(tex)), *why], width, "  ", "    ")
    header = [*letters, *(formula_line(latex_target(name, {})) if "[" in name else name for name in columns)]
    wordy = any(step.why and not common[_column(step)] for step in steps)
    header += ["why"] if wordy else []
    shown = list(rows.items())
    cut = 0 if everything else max(0, len(shown) - _MOST_ROWS)
    if cut:
        shown = shown[: _MOST_ROWS // 2] + shown[-(_MOST_ROWS // 2) :]
    cells = [_row(key, row, columns, common, numerals, wordy) for key, row in shown]
    worked = sum(any(_puts_in(row.get(name)) for row in rows.values()) for name in columns)
    if worked > 1 and not everything and _breaks(header, cells, width):
        cells = [_row(key, row, columns, common, numerals, wordy, values=True) for key, row in shown]
    sides = ["right"] * len(letters) + ["left"] * (len(header) - len(letters))
    lines += draw_grid([[Piece(word)] for word in header], cells, sides, width)
    if cut:
        lines += wrap(
            [
                Piece(
                    f"{cut:,} rows between the first and the last {_MOST_ROWS // 2} are left out; --all shows them.",
                    "dim",
                )
            ],
            width,
        )
    return lines


def _puts_in(entry: tuple[Step, Any] | None) -> bool:
    """Whether the step's line has more than its value."""
    return entry is not None and not isinstance(entry[1], Array | str) and not is_plain(entry[1])


def _breaks(header: Sequence[str], rows: Sequence[Sequence[Sequence[Piece]]], width: int) -> bool:
    """Whether the table is wider than the screen."""
    table = [[[Piece(word)] for word in header], *rows]
    widest = [max(sum(cell_len(piece.text) for piece in row[place]) for row in table) for place in range(len(header))]
    return sum(widest) + 2 * (len(widest) - 1) > width


def _column(step: Step) -> str:
    return step.name or "equation"


def _common(steps: Sequence[Step], name: str) -> list[Step]:
    """Steps that stand for their column: one for each of the few formulas its rows have; else none."""
    of_name = [step for step in steps if _column(step) == name]
    told = all(isinstance(step.formula, str) and step.name for step in of_name)
    kinds: dict[Any, Step] = {}
    for step in of_name:
        kinds.setdefault(step.formula, step)
    return list(kinds.values()) if told and (len(kinds) == 1 or len(kinds) <= _MOST_FORMULAS) else []


def _row(
    key: tuple[Any, ...],
    row: dict[str, tuple[Step, Any]],
    columns: Sequence[str],
    common: dict[str, list[Step]],
    numerals: Numerals,
    wordy: bool,
    values: bool = False,
) -> list[list[Piece]]:
    cells = [[Piece(harmless(str(part)))] for part in key]
    for name in columns:
        if name not in row:
            cells.append([Piece("")])
            continue
        step, written = row[name]
        cells.append([Piece(_cell(step, written, numerals, bool(common[name]), values))])
    if wordy:
        cells.append([Piece("; ".join(step.why for name, (step, _) in row.items() if step.why and not common[name]))])
    return cells


def _cell(step: Step, written: Any, numerals: Numerals, short: bool, bare: bool) -> str:
    if not step.name:
        return shortened(written, numerals).text
    sign, value = value_chain(step.value, numerals, step.unit, rounded=step.rounded)[0]
    alone = value if sign == "=" else f"{sign} {value}"
    if isinstance(written, Array | str) or (bare and short):
        return alone
    line = shortened(written, numerals, step.value)
    if short:
        return alone if is_plain(written) or line.text == value or size(written) > 40 else f"{line.text} {sign} {value}"
    parts = latex_target(step.name, dict(step.at)), latex(step.tree)
    text = " = ".join(map(formula_line, parts))
    last = formula_line(parts[1])
    if line.text not in (last, value):
        text, last = f"{text} {line.sign} {line.text}", line.text
    return text if last == value else f"{text} {sign} {value}"
