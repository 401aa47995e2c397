"""A worked solution on a terminal: each step as formula, numbers put in, result, and why."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len
from rich.text import Text

from revise.engines.arrays import Array
from revise.engines.latex import latex, latex_target
from revise.engines.written import is_plain, size
from revise.expression import Node, free_names
from revise.numerals import Numerals
from revise.render.console import Pipe, print_lines
from revise.render.figures import nested, shortened
from revise.render.formula import formula_block, formula_line
from revise.render.given import given_lines
from revise.render.step_table import table_lines
from revise.render.step_value import side_latex, value_chain
from revise.render.wrap import Piece, wrap
from revise.solution import Map, Solution, Step
from revise.solution.step_formula import Labels, formula_tex, in_place, sides
from revise.untrusted import harmless

if TYPE_CHECKING:
    from rich.console import Console


_MOST_LINES = 9  # entries of an array that are written out
_LONGEST = 60  # operations in a line that is written out


def print_solution(
    console: "Console | Pipe", title: str, solution: Solution, numerals: Numerals, everything: bool = False
) -> None:
    """Print the solution; `everything` also writes out long lines and large arrays."""
    print_lines(console, solution_lines(solution, console.width, numerals, everything, title))


def solution_lines(
    solution: Solution, width: int, numerals: Numerals, everything: bool = False, title: str = ""
) -> list[Text]:
    """The solution in lines of at most `width` cells."""
    lines: list[Text] = []
    if title:
        lines += [*wrap([Piece(title, "bold")], width), Text()]
    lines += given_lines(solution, numerals, width)
    count = 0
    labels = {name: value for name, value in solution.given.items() if isinstance(value, tuple) and len(value) <= 3}
    steps = list(zip(solution.steps, solution.written(), strict=True))
    left_out = _left_out(solution) if solution.views and not everything else ()
    for table, run in groupby(steps, key=lambda pair: pair[0].table):
        rows = list(run)
        if table in left_out:
            continue
        if table:
            lines += [
                *table_lines([step for step, _ in rows], [line for _, line in rows], numerals, width, everything),
                Text(),
            ]
            continue
        for step, written in rows:
            count += bool(step.name)
            lines += [*_Drawn(step, written, numerals, width, everything, labels).lines(count), Text()]
    if solution.views:
        lines += _views(solution, numerals, width, everything)
    return [*lines, *_answers(solution, numerals, width)]


def _left_out(solution: Solution) -> frozenset[str]:
    from revise.render.overview import tables_left_out

    return tables_left_out(solution)


def _views(solution: Solution, numerals: Numerals, width: int, everything: bool) -> list[Text]:
    """The maps and overviews, each with an empty line behind it."""
    from revise.render.map import map_lines
    from revise.render.overview import overview_lines

    lines: list[Text] = []
    for view in solution.views:
        draw = map_lines if isinstance(view, Map) else overview_lines
        lines += [*draw(view, solution, numerals, width, everything), Text()]  # type: ignore[arg-type]
    return lines


class _Drawn:
    """One step in lines."""

    def __init__(
        self, step: Step, written: Any, numerals: Numerals, width: int, everything: bool, labels: Labels
    ) -> None:
        self.step, self.written, self.numerals, self.everything = step, written, numerals, everything
        self.labels = labels
        self.indent = 4 if width >= 60 else 2
        self.width, self.room = width, width - self.indent

    def lines(self, count: int) -> list[Text]:
        step = self.step
        if step.is_note:
            return wrap(_told(step.why), self.width, Text("  · ", style="yellow"), "    ")
        head = Text(f"{count}. ", style="bold cyan") if step.name else Text("· ", style="cyan")
        lines = wrap(_told(step.why, "italic"), self.width, head) if step.why else [head]
        return lines + [self._indented(line) for line in self._body()]

    def _indented(self, line: Text) -> Text:
        return Text.assemble(" " * self.indent, line, no_wrap=True) if line.plain.strip() else Text()

    def _body(self) -> list[Text]:
        formula = in_place(self.step, self.labels)
        if self.step.is_equation:
            return self._equation(formula)
        left = latex_target(self.step.name, dict(self.step.at))
        sign = r"\leftarrow" if self.step.update else "="
        right = r" \times ".join(map(side_latex, sides(formula))) if self.step.unit == "shape" else formula_tex(formula)
        block = formula_block(f"{left} {sign} {right}", self.room)
        if len(block) == 2 and cell_len(line := formula_line(f"{left} {sign} {right}")) <= self.room:
            block = [line]  # two rows only lower a script: one line of text says as much
        chain = [pair for pair in self._chain(formula) if pair != ("=", formula_line(right))]
        if len(block) == 1 and not self._is_matrix() and all("\n" not in text for _, text in chain):
            line = block[0]
            if cell_len(line + "".join(f" {sign} {text}" for sign, text in chain)) <= self.room:
                return [Text(line).append_text(_chained(chain))]
        column = (
            cell_len(formula_line(left)) if len(block) == 1 else max(map(cell_len, formula_block(left, 1000)))
        ) + 1
        return [Text(line) for line in block] + self._below(chain, column)

    def _below(self, chain: list[tuple[str, str]], column: int) -> list[Text]:
        column = min(column, self.room // 4)
        lines: list[Text] = []
        if self._is_matrix():
            chain, matrix = chain[:-1], self._matrix(chain[-1][0], column)
        else:
            matrix = []
        for place, (sign, text) in enumerate(chain):
            style = "bold" if place == len(chain) - 1 else ""
            for row in text.split("\n"):
                lines += wrap([Piece(row, style)], self.room, " " * column + sign + " ", " " * (column + 2))
        return lines + matrix

    def _is_matrix(self) -> bool:
        value = self.step.value
        return isinstance(value, Array) and len(value.shape) == 2 and value.shape[0] > 1

    def _matrix(self, sign: str, column: int) -> list[Text]:
        """A matrix as a block, the sign at its middle; row by row in one line where that is too wide."""
        value = self.step.value
        tree = nested(value, self.numerals.together(value.flat))
        block = formula_block(latex(tree), self.room - column - 2)
        middle = (len(block) - 1) // 2
        return [
            Text.assemble(" " * column, sign if row == middle else " ", " ", (line, "bold"))
            for row, line in enumerate(block)
        ]

    def _equation(self, formula: Node) -> list[Text]:
        lines = [Text(line) for line in formula_block(formula_tex(formula), self.room)]
        written = shortened(self.written, self.numerals).text
        if written != formula_line(formula_tex(formula)):
            lines += wrap([Piece(written)], self.room, "  ", "    ")
        return lines

    def _chain(self, formula: Node) -> list[tuple[str, str]]:
        """Signs and texts after the formula: numbers put in, value, rounded value."""
        chain = list(self._put_in(formula))
        value, unit = self.step.value, self.step.unit
        for sign, text in value_chain(value, self.numerals, unit, rounded=self.step.rounded):
            if not (chain and chain[-1] == (sign, text)):
                chain.append((sign, text))
        if unit and unit not in ("shape", "weights", "biases", "parameters", "values") and chain:
            chain[-1] = (chain[-1][0], f"{chain[-1][1]} {unit}")
        return chain

    def _put_in(self, formula: Node) -> Iterator[tuple[str, str]]:
        written, value = self.written, self.step.value
        if isinstance(written, str) or self.step.unit == "shape":
            return
        if isinstance(written, Array):
            rows = written.flat
            if len(rows) > _MOST_LINES and not self.everything:
                return
            if all(is_plain(row) for row in rows) or any(size(row) > _LONGEST for row in rows):
                return
            lines = [shortened(row, self.numerals, entry) for row, entry in zip(rows, value.flat, strict=True)]
            sign = "≈" if any(line.rounded for line in lines) else "="
            places = _places(written.shape)
            yield sign, "\n".join(f"[{place}]  {line.text}" for place, line in zip(places, lines, strict=True))
            return
        if is_plain(written) or (size(written) > _LONGEST and not self.everything):
            return
        line = shortened(written, self.numerals, value)
        if line.text != formula_line(formula_tex(formula)):
            yield line.sign, line.text


_SIGN = "[−+·×=<>≤≥]"
_FORMULA = re.compile(
    rf"((?:[^\s()]*\([^()]* (?:{_SIGN}|/) [^()]*\)[^\s(),;:]*|[^\s()]+(?= {_SIGN} ))(?: {_SIGN} [^\s(),;:]+)*)"
)
_SHORT = 24  # cells of a formula in a reason that is not broken


def _told(why: str, style: str = "") -> list[Piece]:
    """A reason in pieces; what stands between backticks is code, and short formulas are kept whole."""
    pieces = []
    for place, part in enumerate(harmless(why).split("`")):
        for turn, text in enumerate(_FORMULA.split(part) if place % 2 == 0 else [part]):
            pieces.append(Piece(text, "cyan" if place % 2 else style, keep=turn % 2 == 1 and cell_len(text) <= _SHORT))
    return pieces


def _places(shape: tuple[int, ...]) -> list[str]:
    if len(shape) == 1:
        return [str(i) for i in range(shape[0])]
    return [f"{i},{j}" for i in range(shape[0]) for j in range(shape[1])]


def _chained(chain: Sequence[tuple[str, str]]) -> Text:
    line = Text()
    for place, (sign, text) in enumerate(chain):
        line.append(f" {sign} ").append(text, "bold" if place == len(chain) - 1 else "")
    return line


def _answers(solution: Solution, numerals: Numerals, width: int) -> list[Text]:
    lines = [Text("Answer", style="bold green")]
    widest = max(cell_len(word) for word in solution.answers)
    near = _resting_on_rounded(solution)
    for word in solution.answers:
        step = solution.step(word)
        chain = value_chain(step.value, numerals, step.unit, group=True, rounded=step.key[0] in near)
        text = chain[0][1] + "".join(f" {sign} {rest}" for sign, rest in chain[1:])
        sign = "≈ " if chain[0][0] == "≈" else ""
        unit = f" {step.unit}" if step.unit in ("bytes",) else ""
        pieces = [Piece(f"{word:<{min(widest, 24)}}  "), Piece(sign + text + unit, "bold", keep=True)]
        lines += wrap(pieces, width, "  ", "    ")
    return lines


def _resting_on_rounded(solution: Solution) -> set[str]:
    """The names of which a value was rounded and carried on, or was worked out from such a one."""
    near: set[str] = set()
    for step in solution.steps:
        if step.name and (step.rounded or not near.isdisjoint(free_names(step.tree))):
            near.add(step.key[0])
    return near


def print_verdicts(console: "Console | Pipe", verdicts: Sequence[tuple[str, bool]]) -> None:
    """What `--check` found, one line each."""
    lines = [line for text, _ in verdicts for line in wrap([Piece(harmless(text))], console.width, "", "  ")]
    if lines:
        print_lines(console, [Text(), *lines])
