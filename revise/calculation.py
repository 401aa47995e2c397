"""A calculation to be asked: a solver's sample, told in words, with the command that works it out."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from revise import catalogue
from revise.catalogue import option
from revise.errors import InputError
from revise.request import command_line
from revise.solution import Solution

_TRIES = 200
_SAID = frozenset(["bytes", "MAC", "FLOP"])  # units that an answer names; the others are its word already


@dataclass(frozen=True)
class Calculation:
    """`question` and `answer` are Markdown; the answer holds a worked fence."""

    question: str
    answer: str
    solution: Solution


def draw(solver_name: str, ask: Sequence[str], rng: Random, sought: str = "") -> Calculation:
    """Fresh numbers for which the solver gives every answer named in `ask`; `sought` asks for it in words.

    Raises InputError where there is no such solver, or no sample has those answers.
    """
    solver = catalogue.load(solver_name)
    for _ in range(_TRIES):
        given = solver.sample(rng)
        words = command_line(solver, given)
        if words is None:
            continue
        try:
            solution = solver.solve(**given)
        except InputError:
            continue
        if set(ask) <= set(solution.answers):
            break
    else:
        raise InputError(f"{solver_name} has no sample with {' and '.join(ask)}")
    lines = [f"- {option(name).replace('-', ' ')}: {_told(word)}" for name, word in zip(given, words[3:], strict=True)]
    sought = sought or f"Work out the {' and the '.join(f'**{word}**' for word in ask)}."
    question = f"{solver.summary.rstrip('.')}:\n\n" + "\n".join(lines) + f"\n\n{sought}"
    from revise.answers import value_text
    from revise.numerals import Numerals

    stated = [f"{word} = {value_text(solution.value(word), Numerals(), solution.step(word).unit)}" for word in ask]
    units = [solution.step(word).unit for word in ask]
    answer = "\n\n".join(
        f"**{line}**{f' {unit}' if unit in _SAID else ''}" for line, unit in zip(stated, units, strict=True)
    )
    fence = "\n".join(["```revise", f"$ {shlex.join(words)}", *(line.replace("×", "x") for line in stated), "```"])
    return Calculation(question, f"{answer}\n\n{fence}", solution)


def _told(word: str) -> str:
    name, equals, value = word.partition("=")
    if not equals:
        return "no" if name.startswith("--no-") else "yes"
    return value.replace("x", "×") if value.replace("x", "").isdigit() else value
