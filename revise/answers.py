"""A Solution's answers: as JSON, as text, and against what somebody wrote."""

import math
import re
from fractions import Fraction
from typing import Any

from revise.engines.arrays import Array
from revise.engines.text import text
from revise.errors import InputError
from revise.expression import Node
from revise.numerals import Numerals
from revise.parameters import read_matrix, read_number, read_shape, read_vector
from revise.solution import Solution, Step

Value = Any


def value_text(value: Value, numerals: Numerals, unit: str = "", group: bool = False) -> str:
    """A value in one line: `55×55×96` for a shape, `[0.5, 1/3]` for a vector."""
    if isinstance(value, Array):
        if unit == "shape":
            return "×".join(value_text(entry, numerals) for entry in value.flat)
        if len(value.shape) == 2:
            rows = [value.flat[i * value.shape[1] : (i + 1) * value.shape[1]] for i in range(value.shape[0])]
            return f"[{'; '.join(', '.join(value_text(x, numerals) for x in row) for row in rows)}]"
        return f"[{', '.join(value_text(entry, numerals) for entry in value.flat)}]"
    if isinstance(value, Node):
        return text(value, numerals)
    if isinstance(value, str):
        return value
    return numerals.text(value, group).replace("-", "−", 1) if value < 0 else numerals.text(value, group)


def plain_value(value: Value) -> Any:
    """A value as JSON: numbers, texts of fractions and letters as they are, lists; no NaN or Infinity."""
    if isinstance(value, Array):
        return [plain_value(entry) for entry in _unnested(value)]
    if isinstance(value, list):
        return [plain_value(entry) for entry in value]
    if isinstance(value, Fraction):
        return float(value)
    if isinstance(value, Node):
        return text(value, Numerals(exact=True))
    if isinstance(value, float) and not abs(value) < float("inf"):
        return "nan" if value != value else ("inf" if value > 0 else "-inf")
    return value


def exact_value(value: Value) -> Any:
    """As `plain_value`, but fractions as texts such as `20/3`."""
    if isinstance(value, Array):
        return [exact_value(entry) for entry in _unnested(value)]
    if isinstance(value, list):
        return [exact_value(entry) for entry in value]
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    return plain_value(value)


def _unnested(value: Array) -> list[Any]:
    if len(value.shape) == 1:
        return list(value.flat)
    size = len(value.flat) // value.shape[0]
    return [Array(value.shape[1:], value.flat[i * size : (i + 1) * size]) for i in range(value.shape[0])]


def matches(solution: Solution, word: str, written: str) -> bool:
    """Whether the answer called `word` is what somebody wrote: `55x55x96`, `112` for 112×112, `0.67`, `2/3`.

    A decimal matches when the value rounds to it; anything else must be equal.
    """
    step = solution.step(word)
    return value_matches(step.value, step.unit, written)


def value_matches(value: Value, unit: str, written: str) -> bool:
    """See `matches`. Raises InputError where `written` can't be read."""
    written = written.strip()
    if unit == "shape":
        sides = read_shape(written)
        sides = sides if isinstance(sides, tuple) else (sides,)
        entries = tuple(value.flat)
        alike = len(sides) == 1 and len(entries) == 2 and len(set(map(str, entries))) == 1
        if alike and _scalar_matches(entries[0], _spelled(sides[0])):
            return True
        return len(sides) == len(entries) and all(
            _scalar_matches(entry, _spelled(side)) for entry, side in zip(entries, sides, strict=True)
        )
    if isinstance(value, Array):
        wanted = read_vector(written) if len(value.shape) == 1 else read_matrix(written)
        parts = [part.strip() for part in re.split(r"[,;]|\s+(?![^\[]*$)", written.strip("[]() ")) if part.strip()]
        if wanted.shape != value.shape:
            return False
        if len(parts) != len(value.flat):
            parts = [str(entry) for entry in wanted.flat]
        return all(_scalar_matches(entry, part) for entry, part in zip(value.flat, parts, strict=True))
    return _scalar_matches(value, written)


def _spelled(side: Any) -> str:
    return text(side) if isinstance(side, Node) else str(side)


def _scalar_matches(value: Value, written: str) -> bool:
    if isinstance(value, str):
        return value == written
    wanted = read_number(written, counts=True)
    if isinstance(value, Node) or isinstance(wanted, Node):
        return _same_letters(value, wanted)
    decimals = re.fullmatch(r"[-−+]?\d*\.(\d+)(?:[eE]([-−+]?\d{1,3}))?", written)
    if decimals and math.isfinite(value):
        last = int((decimals.group(2) or "0").replace("−", "-")) - len(decimals.group(1))
        return abs(Fraction(value) - Fraction(wanted)) <= Fraction(10) ** last / 2
    if isinstance(value, float) or isinstance(wanted, float):
        return bool(abs(value - wanted) <= 1e-9 * max(1, abs(wanted)))
    return bool(value == wanted)


def _same_letters(value: Value, wanted: Value) -> bool:
    from revise.equality import compare

    sides = [side if isinstance(side, Node) else Node("number", (side,)) for side in (value, wanted)]
    return bool(compare(sides[0], sides[1]).outcome == "equal")


def answer_problems(solution: Solution, written: dict[str, str]) -> list[str]:
    """What is wrong with the answers a page writes under a command: one sentence each."""
    problems = []
    for word, expected in written.items():
        if not word and len(solution.answers) != 1:
            listed = ", ".join(solution.answers)
            problems.append(f"`= {expected}` names no answer; this command has several: {listed}")
            continue
        word = word or next(iter(solution.answers))
        if word not in solution.answers:
            problems.append(f"this command has no answer {word!r}; it has {', '.join(solution.answers)}")
            continue
        try:
            right = matches(solution, word, expected)
        except InputError as fault:
            problems.append(f"{word} = {expected}: {str(fault).splitlines()[0]}")
            continue
        if not right:
            step: Step = solution.step(word)
            problems.append(f"{word} is {value_text(step.value, Numerals(), step.unit)}, not {expected}")
    return problems
