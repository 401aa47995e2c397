"""A wrong answer is named: what a known mistake gives, another step's value, a factor, a sign, a transpose."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from revise.equality import same_value
from revise.exercise.asked import Asked
from revise.exercise.carrying import Instead, replayed
from revise.exercise.guesses import MANY, Guess, fits, guesses, is_small
from revise.exercise.reading import Typed
from revise.expression import FORMULA, Node, parse
from revise.solution import Solution, Step


@dataclass(frozen=True)
class Named:
    """What went wrong, as a sentence; `step` is the place in the solution's steps from which it is wrong."""

    text: str
    step: int | None = None


def name_mistake(
    solution: Solution, module: ModuleType | None, target: Step, asked: Asked, typed: Typed, instead: Instead
) -> Named | None:
    """What the wrong answer comes from, where that can be said.

    module   the solver's, for its MISTAKES and mistakes(solution)
    instead  the student's own earlier values

    Raises nothing: what can't be replayed is left out.
    """
    small = is_small(typed)
    for base in [instead, {}] if instead else [{}]:
        known = known_mistakes(solution, module, target, asked, typed, base)
        if len(known) > MANY:
            return None
        if known:
            places = [guess.step for guess in known if guess.step is not None]
            first = min(places) if places else None
            return Named(_sentence(" — or: ".join(guess.text for guess in known), small or len(known) > 1), first)
    found = list(guesses(solution, target, asked, typed))
    if not found or len(found) > (1 if small else MANY):
        return None
    return Named(_sentence(found[0].text, small), found[0].step)


def _sentence(text: str, guessed: bool) -> str:
    return f"It looks like this: {text}." if guessed else f"{text[0].upper()}{text[1:]}."


def formulas_of(solution: Solution, module: ModuleType | None) -> Iterator[tuple[str, str, Node]]:
    """Step name, what was done wrong, and the wrong formula: MISTAKES, then what mistakes(solution) gives."""
    table: Mapping[str, Mapping[str, str]] = getattr(module, "MISTAKES", {})
    names = {name for step in solution.steps if step.name for name in (step.name, step.shown)}
    for name, labelled in table.items():
        if name in names:
            for label, formula in labelled.items():
                yield name, label, parse(formula, None, FORMULA)
    computed = getattr(module, "mistakes", None)
    if callable(computed):
        found: Mapping[str, Mapping[str, Node]] = computed(solution)
        for name, slips in found.items():
            for label, tree in slips.items():
                yield name, label, tree


def known_mistakes(
    solution: Solution, module: ModuleType | None, target: Step, asked: Asked, typed: Typed, base: Instead
) -> list[Guess]:
    """The known mistakes that give the typed answer, each once."""
    found: dict[str, Guess] = {}
    for name, label, tree in formulas_of(solution, module):
        steps = replayed(solution, {**base, name: tree}, target)
        if not steps or steps[-1][1] is not target:
            continue
        wrong = steps[-1][2]
        if same_value(wrong, target.value) or not fits(asked, wrong, typed):
            continue
        first = next((place for place, step, value in steps if not _same(step.value, value)), None)
        found.setdefault(label, Guess(label, first))
    return list(found.values())


def _same(a: Any, b: Any) -> bool:
    return isinstance(a, Node) or isinstance(b, Node) or same_value(a, b)
