"""Step: one line of a worked answer, and how solutions are worked."""

import re
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from revise.expression import FORMULA, Node, parse
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
        return key_of(self.name, self.at)


@lru_cache(maxsize=4096)
def formula_tree(formula: str) -> Node:
    return parse(formula, None, FORMULA)


def key_of(name: str, at: At) -> tuple[str, Any]:
    match = re.fullmatch(r"(\w+)(?:\[([\w, ]+)\])?", name)
    if match is None:
        raise ValueError(f"{name!r} is no name of a step")
    if match.group(2) is None:
        return match.group(1), None
    letters = [letter.strip() for letter in match.group(2).split(",")]
    index = tuple(int(letter) if letter.isdigit() else at[letter] for letter in letters)
    return match.group(1), index[0] if len(index) == 1 else index


def _shown(step: Step) -> str:
    if not step.name:
        return ""
    name, index = step.key
    if index is None:
        return name
    return f"{name}[{','.join(map(str, index)) if isinstance(index, tuple) else index}]"


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
