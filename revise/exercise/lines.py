"""Steps of a solution as Markdown: the formula, the numbers put in, the value, and why."""

import re
from collections.abc import Collection
from fractions import Fraction
from typing import Any

from revise.answers import value_text
from revise.engines.arrays import Array
from revise.engines.latex import latex, latex_target, latex_value
from revise.engines.written import is_plain, size, write
from revise.exercise.leading import leading
from revise.expression import LEAVES, Node, postorder
from revise.numerals import Numerals
from revise.solution import Solution, Step
from revise.solution.step_formula import formula_tex, in_place, sides

_LONGEST = 40  # operations in a line that is written out
_NUMERALS = Numerals()


def name_tex(step: Step) -> str:
    return latex_target(step.name, dict(step.at))


def definition(solution: Solution, step: Step) -> str:
    """`name = formula` as LaTeX."""
    tex = _formula(solution, step)
    return f"{name_tex(step)} {chr(92) + 'leftarrow' if step.update else '='} {tex}"


def put_in(solution: Solution, step: Step) -> tuple[str, str]:
    """The sign and the formula with the numbers put in, as LaTeX; empty where there is nothing, or too much."""
    written = write(step.tree, next(env for each, env in solution.walk() if each is step))
    rows = list(written.flat) if isinstance(written, Array) else [written]
    if isinstance(written, str) or step.unit == "shape" or len(rows) > 6 or any(size(row) > _LONGEST for row in rows):
        return "", ""
    if all(map(is_plain, rows)) or (isinstance(written, Array) and len(written.shape) > 2):
        return "", ""
    figured = [_figured(row) for row in rows]
    sign = r"\approx" if any(rounded for _, rounded in figured) else "="
    trees = [tree for tree, _ in figured]
    return sign, latex(_nested(written.shape, trees) if isinstance(written, Array) else trees[0])


def value_tex(step: Step) -> tuple[str, str]:
    """The sign it needs and the value as LaTeX."""
    value = step.value
    if step.unit == "shape" and isinstance(value, Array):
        return "=", r" \times ".join(latex_value(side) for side in value.flat)
    if isinstance(value, Array) and len(value.shape) <= 2 and not any(isinstance(x, str | Node) for x in value.flat):
        style = _NUMERALS.together(value.flat)
        entries = [_figure(entry, style) for entry in value.flat]
        sign = "=" if all(map(style.is_exact, value.flat)) else r"\approx"
        return sign, latex(_nested(value.shape, entries))
    if isinstance(value, bool | str | Node | Array):
        return "=", latex_value(value)
    return ("=" if _NUMERALS.is_exact(value) else r"\approx"), latex(_figure(value, _NUMERALS))


def told(text: str) -> str:
    """A solver's sentence as Markdown: signs that Markdown would take for its own are escaped."""
    return re.sub(r"([\\*_$\[\]<|])", r"\\\1", text)


def line(solution: Solution, step: Step, number: int | None = None) -> str:
    """One step as Markdown; a note is its sentence."""
    if step.is_note:
        return f"*{told(step.why)}*" if step.why else ""
    head = f"**{number}.** " if number else ""
    if step.is_equation:
        formula = latex(in_place(step, _sets(solution)))
        return f"{head}{told(step.why)}\n\n$${formula}$$".strip()
    sign, value = value_tex(step)
    equals, middle = put_in(solution, step)
    tex = definition(solution, step)
    right = _formula(solution, step)
    if middle and middle not in (right, value):
        tex += f" {equals} {middle}"
    if not tex.endswith(f" {value}") or right != value:
        tex += f" {sign} {value}"
    unit = rf"\ \text{{{step.unit}}}" if step.unit not in ("", "shape", "%") else ""
    return f"{head}{told(step.why)}\n\n$${tex}{unit}$$".strip()


def lines(solution: Solution, target: Step, first: int = 0, most: int | None = None) -> str:
    """The way to `target` from the step at place `first` on, as Markdown; the last `most` steps."""
    way = leading(solution, target)
    shown = [
        step for place, step in enumerate(solution.steps) if place >= first and any(step is each for each in way)
    ] or [target]
    left = len(shown) - most if most and len(shown) > most else 0
    parts = [f"({left} steps before are left out.)"] if left else []
    return "\n\n".join(parts + [line(solution, step) for step in shown[left:]])


def hints(solution: Solution, target: Step, known: Collection[Step] = (), most: int = 4) -> tuple[str, ...]:
    """Three hints, each of which gives more away: what to work out; the formulas; the numbers put in."""
    way = leading(solution, target, known)
    shown = way[-most:]
    more = len(way) - most
    before = f"({more} step{'s come' if more > 1 else ' comes'} before these.)\n\n" if more > 0 else ""
    what = "\n".join(f"- ${name_tex(step)}$" + (f": {told(step.why)}" if step.why else "") for step in shown)
    formulas = "\n\n".join(f"$${definition(solution, step)}$$" for step in shown)
    numbers = []
    for step in shown:
        equals, middle = put_in(solution, step)
        right = f"{equals} {middle}" if middle else f"= {_formula(solution, step)}"
        numbers.append(f"$${name_tex(step)} {right}$$")
    given = (f"{before}{what}", formulas, "\n\n".join(numbers))
    return given if given[1] != given[2] else given[:2]


def _formula(solution: Solution, step: Step) -> str:
    tree = in_place(step, _sets(solution))
    return r" \times ".join(map(_side, sides(tree))) if step.unit == "shape" else formula_tex(tree)


def _side(side: Node) -> str:
    return rf"\left({latex(side)}\right)" if side.head in ("+", "-", "*", "/", "neg", "where") else latex(side)


def _sets(solution: Solution) -> dict[str, tuple[Any, ...]]:
    return {name: value for name, value in solution.given.items() if isinstance(value, tuple) and len(value) <= 3}


def _nested(shape: tuple[int, ...], entries: list[Node]) -> Node:
    if len(shape) == 1:
        return Node("list", tuple(entries))
    rows = [Node("list", tuple(entries[i : i + shape[1]])) for i in range(0, len(entries), shape[1])]
    return Node("matrix", tuple(rows))


def _figure(value: Any, style: Numerals) -> Node:
    """A number as the style shows it: whole, a fraction, or a rounded decimal."""
    if isinstance(value, float) and value - value != 0:  # infinite or undefined
        return Node("number", (value,))
    if isinstance(value, Fraction) and "/" not in value_text(value, style):
        return Node("number", (style.shown(value).normalize() if style.ends(value) else style.shown(value),))
    return Node("number", (style.shown(value) if isinstance(value, float) else value,))


def _figured(tree: Node) -> tuple[Node, bool]:
    """`tree` with its floats and long fractions rounded, and whether any was."""
    made: dict[int, Node] = {}
    rounded = False
    for node in postorder(tree):
        if node.head == "number" and not _NUMERALS.is_exact(node.args[0]):
            style = _NUMERALS.telling(node.args[0])
            made[id(node)], rounded = Node("number", (style.shown(node.args[0]),)), True
        elif node.head in LEAVES:
            made[id(node)] = node
        else:
            made[id(node)] = Node(node.head, tuple(made[id(child)] for child in node.args), node.at)
    return made[id(tree)], rounded
