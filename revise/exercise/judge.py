"""A typed answer judged: read, compared, carried forward from earlier errors, and named where it is wrong."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from types import ModuleType
from typing import Any, Literal

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.exercise.asked import Asked
from revise.exercise.carrying import carried, value_with
from revise.exercise.grading import Domain, grade
from revise.exercise.mistakes import known_mistakes, name_mistake
from revise.exercise.reading import Typed, read
from revise.expression import Node, free_names
from revise.expression.functions import CONSTANTS
from revise.solution import Solution, Step

Outcome = Literal["right", "imprecise", "wrong", "undecided", "unreadable"]


@dataclass(frozen=True)
class Judgement:
    """What became of an answer.

    read     what was understood: `55×55×96`; empty where it is unreadable
    message  why it is unreadable, with a caret under the place
    named    what went wrong, a sentence of Markdown; empty where that can't be said
    carried  right with the student's own earlier value, not with the right one
    counter  where a typed formula differs: `at x = 2: yours is 3, the answer 4`
    step     the place of the first wrong step, for `Question.solution_from`
    """

    outcome: Outcome
    read: str = ""
    message: str = ""
    named: str = ""
    carried: bool = False
    counter: str = ""
    step: int | None = None


@dataclass(frozen=True)
class Worked:
    """A solution of which the steps behind `targets` are asked for; `module` is its solver's."""

    solution: Solution
    targets: tuple[Step, ...]
    module: ModuleType | None = None

    @property
    def domain(self) -> Domain:
        domain: Domain = getattr(self.module, "DOMAIN", {})
        return domain

    @cached_property
    def asked(self) -> tuple[Asked, ...]:
        letters, labels = tuple(_letters(self.solution)), tuple(_labels(self.solution))
        return tuple(Asked(step.value, step.unit, letters, _near(step, labels)) for step in self.targets)

    def judge(self, text: str, part: int = 0, earlier: Sequence[str] = ()) -> Judgement:
        """`text` as the answer to a part; `earlier` are the texts typed for the parts before it."""
        asked, target = self.asked[part], self.targets[part]
        try:
            typed = read(asked, text)
        except InputError as fault:
            return Judgement("unreadable", message=str(fault))
        graded = grade(asked, typed, self.domain)
        if graded.grade == "right" and not self._turned(part, typed):
            return Judgement("right", typed.echo)
        own = self._own_values(part, earlier)
        going_on = value_with(self.solution, own, target) if own else None
        if going_on is not None:
            again = grade(Asked(going_on, asked.unit, asked.letters, asked.labels), typed, self.domain)
            if again.grade == "right":
                return Judgement("right", typed.echo, carried=True)
        if graded.grade == "undecided":
            return Judgement("undecided", typed.echo)
        if graded.grade == "imprecise" and not self._known(part, typed):
            return Judgement("imprecise", typed.echo)
        named = name_mistake(self.solution, self.module, target, asked, typed, own)
        place = named.step if named else None
        return Judgement("wrong", typed.echo, named=named.text if named else "", counter=graded.counter, step=place)

    def _own_values(self, part: int, earlier: Sequence[str]) -> dict[str, Node]:
        """What to put in for earlier parts that were answered otherwise than right."""
        values: list[tuple[Step, Any]] = []
        for place, text in enumerate(earlier[:part]):
            try:
                typed = read(self.asked[place], text)
            except InputError:
                continue
            fits = getattr(self.asked[place].value, "shape", ()) == getattr(typed.value, "shape", ())
            if fits and grade(self.asked[place], typed, self.domain).grade != "right":
                values.append((self.targets[place], typed.value))
        return carried(self.solution, values)

    def _turned(self, part: int, typed: Typed) -> bool:
        """Whether a row was typed where a known mistake gives that row instead of the column."""
        return typed.literal is not None and self._known(part, replace(typed, value=typed.literal, literal=None))

    def _known(self, part: int, typed: Typed) -> bool:
        """Whether a mistake that is known gives just this: then it is no matter of rounding."""
        return bool(known_mistakes(self.solution, self.module, self.targets[part], self.asked[part], typed, {}))


def _letters(solution: Solution) -> Iterator[str]:
    seen: dict[str, None] = {}
    for value in _everything(solution):
        if isinstance(value, Node):
            seen.update(dict.fromkeys(name for name in free_names(value) if name not in CONSTANTS))
    return iter(seen)


def _labels(solution: Solution) -> Iterator[str]:
    """Every label that the solution speaks of."""
    seen: dict[str, None] = {}
    for value in solution.given.values():
        if isinstance(value, tuple):
            seen.update(dict.fromkeys(entry for entry in value if isinstance(entry, str)))
    for value in _everything(solution):
        if isinstance(value, str):
            seen[value] = None
    return iter(seen)


def _near(step: Step, labels: tuple[str, ...]) -> tuple[str, ...]:
    """The labels an answer can be; none where it is no label."""
    entries = step.value.flat if isinstance(step.value, Array) else (step.value,)
    return labels if any(isinstance(entry, str) for entry in entries) else ()


def _everything(solution: Solution) -> Iterator[Any]:
    for value in (*solution.given.values(), *(step.value for step in solution.steps)):
        if isinstance(value, Array):
            yield from value.flat
        elif isinstance(value, Mapping):
            yield from value.values()
        else:
            yield value
