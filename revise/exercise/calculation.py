"""A calculation to be asked: a solver's sample, told in words, with the command that works it out."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from revise import catalogue
from revise.catalogue import Solver
from revise.errors import InputError
from revise.exercise.asked import flat
from revise.exercise.judge import Worked
from revise.exercise.lines import lines, name_tex
from revise.exercise.lines import told as escaped
from revise.exercise.meanings import can_be_asked, meaning
from revise.exercise.telling import can_be_told, fence, given_markdown, statement
from revise.solution import Solution

_TRIES = 200
_MOST_ENTRIES = 12  # of an answer that has to be typed, where another draw has fewer
_LONGER = 40  # draws for a shorter answer
_SAID = frozenset(["bytes", "MAC", "FLOP"])  # units that an answer names; the others are its word already


@dataclass(frozen=True)
class Calculation:
    """`question` and `answer` are Markdown; the answer holds a worked fence."""

    question: str
    answer: str
    solution: Solution
    solver: Solver
    ask: tuple[str, ...]

    @property
    def worked(self) -> Worked:
        return Worked(self.solution, tuple(map(self.solution.step, self.ask)), self.solver.module)


def draw(solver_name: str, ask: Sequence[str], rng: Random, sought: str = "") -> Calculation:
    """Fresh numbers for which the solver gives every answer named in `ask`; `sought` asks for it in words.

    Raises InputError where there is no such solver, or no sample has those answers.
    """
    solver = catalogue.load(solver_name)
    longer = None
    for place in range(_TRIES):
        found = sampled(solver, rng)
        if found and set(ask) <= set(found[1].answers):
            if max(len(flat(found[1].value(word))) for word in ask) <= _MOST_ENTRIES:
                return told(solver, *found, ask, sought)
            longer = longer or found
        if longer and place >= _LONGER:
            break
    if longer:
        return told(solver, *longer, ask, sought)
    raise InputError(f"{solver_name} has no sample with {' and '.join(ask)}")


def sampled(solver: Solver, rng: Random) -> tuple[dict[str, Any], Solution] | None:
    """What is given and its solution; None where this draw has no command of one line."""
    given = {**solver.sample(rng), **solver.preset}
    if not can_be_told(solver, given):
        return None
    try:
        return given, solver.solve(**given)
    except InputError:
        return None


def for_paper(solver: Solver, rng: Random, tries: int) -> Iterator[tuple[dict[str, Any], Solution]]:
    """Those of so many draws that make a question for paper: what is given, and its solution."""
    for _ in range(tries):
        found = sampled(solver, rng)
        if found is not None and can_be_asked(solver, found[0]):
            yield found


def told(solver: Solver, given: Mapping[str, Any], solution: Solution, ask: Sequence[str], sought: str) -> Calculation:
    """The question in words: what is given, the conventions that matter, what is sought."""
    listed = [_term(solver, solution, word) for word in ask]
    sought = sought or f"Work out {', '.join(listed[:-1])}{' and ' if listed[1:] else ''}{listed[-1]}."
    question = f"{given_markdown(solver, given, solution, ask)}\n\n{sought}"
    stated = [statement(solution, word) for word in ask]
    units = [solution.step(word).unit for word in ask]
    answer = "\n\n".join(
        f"**{line}**{f' {unit}' if unit in _SAID else ''}" for line, unit in zip(stated, units, strict=True)
    )
    worked = fence(solver, given, solution, ask) or lines(solution, solution.step(ask[-1]))
    return Calculation(question, f"{answer}\n\n{worked}", solution, solver, tuple(ask))


def _term(solver: Solver, solution: Solution, word: str) -> str:
    """An answer's word in a sentence, with its symbol and meaning: the **start** ($L_0$: the loss where …)."""
    step = solution.step(word)
    article = "the " if re.fullmatch(r"[a-z][a-z -]{3,}", word) else ""
    symbol = name_tex(step)
    more = ["" if "text" in symbol or symbol == word else f"${symbol}$", escaped(meaning(solver, word) or "")]
    return f"{article}**{escaped(word)}**" + (f" ({': '.join(filter(None, more))})" if any(more) else "")
