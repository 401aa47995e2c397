"""Work: a solution in the making. Python decides what comes next; the formulas compute."""

from collections.abc import Iterable, Mapping
from typing import Any

from revise.engines import exact
from revise.errors import InputError
from revise.expression import Node
from revise.solution.names import copied, has, is_only, letters_in, store
from revise.solution.result import Map, Overview, Solution
from revise.solution.step import Claim, Step, style
from revise.solution.values import differs, neutral, neutral_symbolic, rounded


class Work:
    """A solution in the making. `given` are the textbook's letters; None means: not given, not there.

    A value is a number, a Node with letters, an Array (lists become one), a table (dict from an index to a
    value) or a tuple of labels. One letter anywhere and SymPy computes; otherwise exact numbers do.
    """

    def __init__(self, /, **given: Any) -> None:
        self.given = {name: neutral(value) for name, value in given.items() if value is not None}
        self.env = copied(self.given)
        self.letters = list(dict.fromkeys(name for value in self.given.values() for name in letters_in(value)))
        for name, value in self.given.items():
            if name in self.letters and not is_only(value, name):
                raise InputError(f"the letter {name} means something else in this solution: choose another")
        self.steps: list[Step] = []
        self.style = style.get()
        self.words: dict[str, str] = {}
        self.views: list[Map | Overview] = []
        self.whole = False  # whether letters stand for whole numbers

    def called(self, **words: str) -> None:
        """Say what given letters stand for: `n="input"`; an empty word: it is not listed, other lines show it."""
        self.words |= words

    def let(
        self,
        name: str,
        formula: str | Node,
        why: str = "",
        *,
        unit: str = "",
        table: str = "",
        update: bool = False,
        gradient_of: tuple[str, str] | None = None,
        holds: str | None = None,
        **at: int | str,
    ) -> Any:
        """Compute `formula`, note it as a step and give its value. `at` binds the index letters of `name`.

        A name that has a value already is refused unless `update`. Raises InputError where the value is
        undefined, naming the step.
        """
        step = Step(name, formula, None, why, at, table, unit, update, Claim(gradient_of, holds))
        if step.key[0] in self.letters and not update:
            raise InputError(f"the letter {step.key[0]} means something else in this solution: choose another")
        if not update and has(self.env, step.key):
            raise ValueError(f"{step.shown} has a value already; a new one is an update")
        try:
            value = self._evaluate(step.tree, {**self.env, **at})
        except exact.Undefined as fault:
            raise exact.Undefined(f"{step.shown}: {fault}") from None
        exactly = value
        if self.style.round_steps:
            value = rounded(value, self.style.numerals)
        changed = value is not exactly and differs(exactly, value)
        self.steps.append(Step(name, formula, value, why, at, table, unit, update, step.claim, rounded=changed))
        store(self.env, step.key, value)
        return value

    def equation(
        self, formula: str, why: str = "", *, unknown: Mapping[str, Any], table: str = "", **at: int | str
    ) -> None:
        """Record `left = right`, in which `unknown` (name → its letters: a Node, or a table of Nodes) is sought."""
        self.steps.append(Step("", formula, None, why, at, table, unknown=dict(unknown)))

    def note(self, text: str, *, holds: str | None = None, **at: int | str) -> None:
        """Record a choice that has no formula, with a law that must hold where there is one."""
        self.steps.append(Step("", "", None, text, at, claim=Claim(None, holds)))

    def map(self, title: str, rows: Iterable[Iterable[str | None]], value: str, arrows: str = "") -> None:
        """Have the last values of the steps `value` drawn as a grid of states; see Map."""
        self.views.append(Map(title, tuple(map(tuple, rows)), value, arrows))

    def overview(self, title: str, columns: Mapping[str, str], label: str, tables: Iterable[str] = ()) -> None:
        """Have the values of several steps drawn as one table; see Overview."""
        self.views.append(Overview(title, dict(columns), label, tuple(tables)))

    def answer(self, words: Mapping[str, str] | None = None, /, **plain: str) -> Solution:
        """End the work: the words name the steps that answer the question; without any, the last one does.

        An underscore in a plain word is shown as a hyphen: multiply_adds answers `multiply-adds`. Words
        that are no plain ones (df/dw0, a state's name) come as a mapping and stay as they are.
        """
        named = {**(words or {}), **{word.replace("_", "-"): name for word, name in plain.items()}}
        shown = {step.shown for step in self.steps} | {step.name for step in self.steps}
        if missing := [name for name in named.values() if name not in shown]:
            raise ValueError(f"no step is called {', '.join(missing)}")
        if not named:
            last = next(step for step in reversed(self.steps) if step.name)
            named = {last.shown: last.shown}
        return Solution(self.given, tuple(self.steps), named, self.words, tuple(self.views))

    def _evaluate(self, tree: Node, env: dict[str, Any]) -> Any:
        if not self.letters:
            return exact.evaluate(tree, env)
        from revise.engines import sympy_

        return neutral_symbolic(sympy_.evaluate(tree, env, self.whole), self.letters)
