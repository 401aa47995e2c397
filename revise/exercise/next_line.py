"""The next line of a derivation: a solution up to some step, which is asked for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from math import isfinite
from random import Random
from typing import Any

from revise.catalogue import Solver
from revise.engines.arrays import Array
from revise.exercise.calculation import for_paper
from revise.exercise.judge import Worked
from revise.exercise.leading import leading
from revise.exercise.lines import definition, line, name_tex, told
from revise.exercise.meanings import NOT_ASKED, can_be_next, meaning
from revise.exercise.telling import fence, given_markdown
from revise.expression import Node, free_names
from revise.expression.functions import CONSTANTS
from revise.solution import Solution, Step

_TRIES = 30
_MOST_LINES = 8  # lines shown before the one asked for
_ALL_LINES = 5  # where there are more, only those that lead to it are shown
_LONGEST = 160  # characters of LaTeX in a formula
_MOST_ENTRIES = 4
LEAST, GREATEST = 1e-6, 1e12  # beyond them it is rounding, or nothing for paper


@dataclass(frozen=True)
class NextLine:
    """`question` and `answer` are Markdown; `way` are the steps shown."""

    question: str
    answer: str
    solution: Solution
    solver: Solver
    step: Step
    way: tuple[Step, ...]

    @property
    def worked(self) -> Worked:
        return Worked(self.solution, (self.step,), self.solver.module)


def draw_next_line(solver: Solver, rng: Random) -> NextLine | None:
    """A solution of the solver with one of its steps blanked; None where it has none that can be asked."""
    for given, solution in for_paper(solver, rng, _TRIES):
        for step in rng.sample(solution.steps, len(solution.steps)):
            if can_be_next(solver, step) and (way := _way(solution, step)) is not None:
                return _asked(solver, given, solution, step, way)
    return None


def _way(solution: Solution, step: Step) -> list[Step] | None:
    """The steps that are shown before `step`: all, or else those that lead to it. None where it can't be asked."""
    if not step.name or not _is_short(step.value) or step.tree.head in ("number", "name", "index", "label"):
        return None
    if not set(free_names(step.tree)) - CONSTANTS or len(definition(solution, step)) > _LONGEST:
        return None
    before = [each for each in solution.steps[: solution.steps.index(step)] if each.name]
    if len(before) > _ALL_LINES:
        before = leading(solution, step)[:-1]
        if _is_numbered(step):
            return None
    if not 1 <= len(before) <= _MOST_LINES:
        return None
    return before if all(len(line(solution, each)) < 3 * _LONGEST for each in before) else None


def _is_numbered(step: Step) -> bool:
    """Whether its name says nothing without the steps before: the gradient of gate 7."""
    return isinstance(step.formula, Node)


def _is_short(value: Any) -> bool:
    if isinstance(value, bool | str):
        return False
    if isinstance(value, Array):
        entries = value.flat
        whole = all(isinstance(x, Node) or (not isinstance(x, str) and isfinite(x)) for x in entries)
        return whole and len(value.shape) <= 2 and len(entries) <= _MOST_ENTRIES
    return isinstance(value, Node) or value == 0 or LEAST < abs(value) < GREATEST


def _asked(solver: Solver, given: Mapping[str, Any], solution: Solution, step: Step, way: list[Step]) -> NextLine:
    first, last = solution.steps.index(way[0]), solution.steps.index(step)
    shown = [each for each in solution.steps[first:last] if any(each is one for one in way) or each.is_note]
    numbers = count(1)
    lines = "\n\n".join(line(solution, each, None if each.is_note else next(numbers)) for each in shown)
    words = [word for word in solution.answers if solution.step(word) is step and meaning(solver, word) != NOT_ASKED]
    word = next((word for word in words if re.fullmatch(r"[a-z][a-z -]{3,}", word)), "")
    plain = next((found for each in words if (found := meaning(solver, each))), "")
    said = f": the **{word}**" if word else f": {told(step.why)}" if step.why else ""
    said += f" ({told(plain)})" if plain and word else ""
    beginning = given_markdown(solver, given, solution, list(solution.answers))
    question = f"{beginning}\n\n{lines}\n\nThe next line is ${name_tex(step)}${said}. What is its value?"
    towards = words or [
        word for word in solution.answers if any(each is step for each in leading(solution, solution.step(word)))
    ]
    answer = line(solution, step)
    if towards and (worked := fence(solver, given, solution, towards[:1])):
        answer += f"\n\n{worked}"
    return NextLine(question, answer, solution, solver, step, tuple(way))
