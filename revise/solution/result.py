"""Solution: what was given, the steps in order, the answers."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from revise.engines.written import write
from revise.expression import Node, free_names
from revise.solution.names import copied, store
from revise.solution.step import Step


@dataclass(frozen=True)
class Map:
    """Values drawn where their states lie: a view of the steps, never a second store.

    rows    labels of the states, row by row from the top; None is a wall
    value   name of the steps shown, as written: `V[s]`
    arrows  name of the steps whose labels (`up`, `left or right`) are drawn as arrows; "" for none
    """

    title: str
    rows: tuple[tuple[str | None, ...], ...]
    value: str
    arrows: str = ""


@dataclass(frozen=True)
class Overview:
    """One table of values from the steps of several: a view of them, never a second store.

    columns  heading → name of the steps, as written: `w[l]`
    label    the index letter that calls a row by name
    tables   what the steps' own tables are called; they are left out where they get long
    """

    title: str
    columns: Mapping[str, str]
    label: str
    tables: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Solution:
    """What was given (`name → value`), the steps in order, and `answers`: word → the name of its step.

    `words` says what a given letter stands for.
    """

    given: Mapping[str, Any]
    steps: tuple[Step, ...]
    answers: Mapping[str, str]
    words: Mapping[str, str] = field(default_factory=dict)
    views: tuple[Map | Overview, ...] = ()

    def value(self, word: str) -> Any:
        """The answer called `word`, or the last value of the step so named. Raises KeyError."""
        return self.step(word).value

    def step(self, word: str) -> Step:
        """The step behind the answer called `word`: by its name with the index filled in, else as written."""
        return self._named[self.answers.get(word, word)]

    @cached_property
    def _named(self) -> dict[str, Step]:
        """The last step of each name; a name with its index goes before a name as written."""
        named = [step for step in self.steps if step.name]
        return {**{step.name: step for step in named}, **{step.shown: step for step in named}}

    def towards(self, words: Collection[str]) -> "Solution":
        """Only the answers called `words` and the steps that lead to them; notes and equations stay."""
        answers = {word: name for word, name in self.answers.items() if word in words}
        needed = {self.step(word).key[0] for word in answers}
        steps = []
        for step in reversed(self.steps):
            if step.name and step.key[0] not in needed:
                continue
            steps.append(step)
            needed |= set(free_names(step.tree)) if step.name else set()
        return Solution(self.given, tuple(reversed(steps)), answers, self.words, self.views)

    def walk(self) -> Iterator[tuple[Step, dict[str, Any]]]:
        """Each step with what was known before it (its own index letters included)."""
        env = copied(self.given)
        for step in self.steps:
            yield step, {**env, **step.unknown, **step.at}
            if step.name:
                store(env, step.key, step.value)

    def written(self) -> list[Any]:
        """For each step its line with the numbers put in: a Node, an Array of Nodes, None for a note."""
        return [None if step.is_note else _written(step, env) for step, env in self.walk()]


def _written(step: Step, env: Mapping[str, Any]) -> Any:
    if not step.is_equation:
        return write(step.tree, env)
    left, right = step.tree.args
    return Node("=", (write(left, env), write(right, env)))
