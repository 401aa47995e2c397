"""Step, Work, Solution: a worked answer. Python decides what comes next; the formulas compute."""

import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any

from revise.engines import exact
from revise.engines.arrays import Array, entries
from revise.engines.written import write
from revise.errors import InputError
from revise.expression import FORMULA, Node, free_names, parse
from revise.numerals import Numerals

At = Mapping[str, int | str]


@dataclass(frozen=True)
class Style:
    """How a solution is worked: the numerals it is shown in, and whether each step's rounding is carried on."""

    numerals: Numerals = Numerals()
    round_steps: bool = False


style: ContextVar[Style] = ContextVar("style", default=Style())


@dataclass(frozen=True)
class Claim:
    """What must hold of a step besides its formula; tests check it by another road.

    gradient_of  (loss, name): the step's value is the derivative of that loss with respect to the name
    holds        an equation in the language that is true once the step is done
    """

    gradient_of: tuple[str, str] | None = None
    holds: str | None = None


@dataclass(frozen=True, eq=False)
class Step:
    """`name = formula = value, because why`; a note has no name and no formula.

    An equation has a formula `left = right` but no name: it holds of `unknown`, which later steps find.

    name     as the solver wrote it: `L`, `h[t]`, `Q[s,a]`; `at` binds its index letters
    formula  text of the language (a Node where the student's own expression is the formula)
    value    int, Fraction, float, a Node with letters, a label, or an Array of those
    unit     `shape`, `bytes`, `multiply-adds` … or empty
    rounded  the value is not what the formula gives but that rounded, to be carried on
    """

    name: str
    formula: str | Node
    value: Any = None
    why: str = ""
    at: At = field(default_factory=dict)
    table: str = ""
    unit: str = ""
    update: bool = False
    claim: Claim = Claim()
    unknown: Mapping[str, Any] = field(default_factory=dict)
    rounded: bool = False

    @property
    def tree(self) -> Node:
        return self.formula if isinstance(self.formula, Node) else formula_tree(self.formula)

    @property
    def is_note(self) -> bool:
        return not self.name and not self.formula

    @property
    def is_equation(self) -> bool:
        return not self.name and bool(self.formula)

    @property
    def shown(self) -> str:
        """The name with its index letters filled in: `h[3]`."""
        return _shown(self)

    @property
    def key(self) -> tuple[str, Any]:
        """The table and the index under which the value is kept; the index is None for a plain name."""
        return _key(self.name, self.at)


@dataclass(frozen=True, eq=False)
class Solution:
    """What was given (`name → value`), the steps in order, and `answers`: word → the name of its step.

    `words` says what a given letter stands for.
    """

    given: Mapping[str, Any]
    steps: tuple[Step, ...]
    answers: Mapping[str, str]
    words: Mapping[str, str] = field(default_factory=dict)

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
        return Solution(self.given, tuple(reversed(steps)), answers, self.words)

    def walk(self) -> Iterator[tuple[Step, dict[str, Any]]]:
        """Each step with what was known before it (its own index letters included)."""
        env = _copy(self.given)
        for step in self.steps:
            yield step, {**env, **step.unknown, **step.at}
            if step.name:
                store(env, step.key, step.value)

    def written(self) -> list[Any]:
        """For each step its line with the numbers put in: a Node, an Array of Nodes, None for a note."""
        return [None if step.is_note else _written(step, env) for step, env in self.walk()]


class Work:
    """A solution in the making. `given` are the textbook's letters; None means: not given, not there.

    A value is a number, a Node with letters, an Array (lists become one), a table (dict from an index to a
    value) or a tuple of labels. One letter anywhere and SymPy computes; otherwise exact numbers do.
    """

    def __init__(self, /, **given: Any) -> None:
        self.given = {name: neutral(value) for name, value in given.items() if value is not None}
        self.env = _copy(self.given)
        self.letters = list(dict.fromkeys(name for value in self.given.values() for name in _letters(value)))
        for name, value in self.given.items():
            if name in self.letters and not _is_only(value, name):
                raise InputError(f"the letter {name} means something else in this solution: choose another")
        self.steps: list[Step] = []
        self.style = style.get()
        self.words: dict[str, str] = {}
        self.whole = False  # whether letters stand for whole numbers

    def called(self, **words: str) -> None:
        """Say what given letters stand for: `n="input"`."""
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
        if not update and _has(self.env, step.key):
            raise ValueError(f"{_shown(step)} has a value already; a new one is an update")
        try:
            value = self._evaluate(step.tree, {**self.env, **at})
        except exact.Undefined as fault:
            raise exact.Undefined(f"{_shown(step)}: {fault}") from None
        exactly = value
        if self.style.round_steps:
            value = _rounded(value, self.style.numerals)
        differs = value is not exactly and _differs(exactly, value)
        self.steps.append(Step(name, formula, value, why, at, table, unit, update, step.claim, rounded=differs))
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
        return Solution(self.given, tuple(self.steps), named, self.words)

    def _evaluate(self, tree: Node, env: dict[str, Any]) -> Any:
        if not self.letters:
            return exact.evaluate(tree, env)
        from revise.engines import sympy_

        return neutral_symbolic(sympy_.evaluate(tree, env, self.whole), self.letters)


def neutral(value: Any) -> Any:
    """`value` as every engine knows it: lists become Arrays, whole Fractions ints, 0.1 a tenth."""
    if isinstance(value, list):
        return _stacked([neutral(item) for item in value])
    if isinstance(value, dict):
        return {key: neutral(item) for key, item in value.items()}
    if isinstance(value, float) and math.isfinite(value):
        return exact.tidy(Fraction(repr(value)))
    if isinstance(value, Fraction):
        return exact.tidy(value)
    if isinstance(value, Array):
        return Array(value.shape, tuple(neutral(entry) for entry in value.flat))
    if isinstance(value, Node) and value.head == "number":
        return value.args[0]
    return value


def neutral_symbolic(value: Any, order: list[str]) -> Any:
    """SymPy's result as a tree in the order of `order`'s letters; numbers as numbers."""
    from revise.engines import sympy_

    if isinstance(value, Array):
        return Array(value.shape, tuple(neutral_symbolic(entry, order) for entry in value.flat))
    if isinstance(value, bool | int | str):
        return value
    tree = sympy_.to_tree(value, order)
    if tree.head == "number":
        return tree.args[0]
    if tree.head == "neg" and tree.args[0].head == "number":
        return -tree.args[0].args[0]
    return tree


@lru_cache(maxsize=4096)
def formula_tree(formula: str) -> Node:
    return parse(formula, None, FORMULA)


def store(env: dict[str, Any], key: tuple[str, Any], value: Any) -> None:
    """Put `value` under `key`; an index opens a table, which is changed in place."""
    name, index = key
    if index is None:
        env[name] = value
        return
    table = env.get(name)
    if isinstance(table, Array):
        env[name] = table = dict(enumerate(table.flat)) if len(table.shape) == 1 else {}
    if not isinstance(table, dict):
        table = env[name] = {} if table is None else table
    table[index] = value


def _written(step: Step, env: Mapping[str, Any]) -> Any:
    if not step.is_equation:
        return write(step.tree, env)
    left, right = step.tree.args
    return Node("=", (write(left, env), write(right, env)))


def _stacked(items: list[Any]) -> Array:
    from revise.engines.arrays import stack

    return stack(items)


def _copy(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: dict(value) if isinstance(value, dict) else value for name, value in given.items()}


def _key(name: str, at: At) -> tuple[str, Any]:
    match = re.fullmatch(r"(\w+)(?:\[([\w, ]+)\])?", name)
    if match is None:
        raise ValueError(f"{name!r} is no name of a step")
    if match.group(2) is None:
        return match.group(1), None
    letters = [letter.strip() for letter in match.group(2).split(",")]
    index = tuple(int(letter) if letter.isdigit() else at[letter] for letter in letters)
    return match.group(1), index[0] if len(index) == 1 else index


def letters_of(name: str, indices: Iterable[Any]) -> dict[Any, Node]:
    """A table of unknowns: each index with its letter `name[index]`, to be used as `unknown` of an equation."""
    return {
        index: Node(
            "index",
            (Node("name", (name,)), *(_label(part) for part in (index if isinstance(index, tuple) else (index,)))),
        )
        for index in indices
    }


def _label(part: int | str) -> Node:
    return Node("label", (part,)) if isinstance(part, str) else Node("number", (part,))


def _shown(step: Step) -> str:
    if not step.name:
        return ""
    name, index = step.key
    if index is None:
        return name
    return f"{name}[{','.join(map(str, index)) if isinstance(index, tuple) else index}]"


def _has(env: Mapping[str, Any], key: tuple[str, Any]) -> bool:
    name, index = key
    if index is None:
        return name in env
    table = env.get(name)
    if isinstance(table, Array):
        return isinstance(index, int) and index < table.shape[0]
    return isinstance(table, dict) and index in table


def _letters(value: Any) -> list[str]:
    if isinstance(value, Node):
        return free_names(value)
    if isinstance(value, Array):
        return [name for entry in value.flat for name in _letters(entry)]
    if isinstance(value, dict):
        return [name for entry in value.values() for name in _letters(entry)]
    return []


def _is_only(value: Any, name: str) -> bool:
    """Whether `value` is the letter `name` itself, or a table of nothing else."""
    if isinstance(value, dict):
        return all(_is_only(entry, name) for entry in value.values())
    return isinstance(value, Node) and value.head == "name" and value.args[0] == name


def _rounded(value: Any, numerals: Numerals) -> Any:
    if isinstance(value, Array):
        return Array(value.shape, tuple(_rounded(entry, numerals) for entry in value.flat))
    if isinstance(value, Fraction) or (isinstance(value, float) and abs(value) < 1e300):
        return exact.tidy(Fraction(numerals.shown(value)))
    return value


def _differs(value: Any, rounded: Any) -> bool:
    """Whether rounding changed anything; a float was near its value only."""
    pairs = zip(entries(value), entries(rounded), strict=True)
    return any(a is not b and (isinstance(a, float) or a != b) for a, b in pairs)
