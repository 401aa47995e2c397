"""Is a typed value the right one, to the precision asked for?"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from revise.engines.arrays import Array
from revise.engines.text import name_text
from revise.equality import close, compare
from revise.exercise.asked import Asked, flat
from revise.exercise.reading import Typed, echoed, spoken
from revise.expression import Node, number
from revise.numerals import Numerals

Grade = Literal["right", "imprecise", "wrong", "undecided"]
Domain = Mapping[str, tuple[float, float]]

_NEAR = Fraction(1, 200)  # a real number so near was rounded on the way
_ORDER: tuple[Grade, ...] = ("wrong", "undecided", "imprecise", "right")


@dataclass(frozen=True)
class Graded:
    """`counter` says where two formulas differ."""

    grade: Grade
    counter: str = ""


def grade(asked: Asked, typed: Typed, domain: Domain | None = None) -> Graded:
    """How the typed value compares with the one asked for."""
    value, given = asked.value, typed.value
    match asked.kind:
        case "shape":
            return Graded("right" if _same_shape(value, given) else "wrong")
        case "label" | "labels":
            alike = [spoken(str(entry)) for entry in flat(value)] == [spoken(str(entry)) for entry in flat(given)]
            return Graded("right" if alike else "wrong")
        case "truth":
            return Graded("right" if value == given else "wrong")
        case "formula" | "formulas":
            return _formulas(value, given, domain or {})
    if isinstance(value, Array):
        if value.shape != given.shape:
            return Graded("wrong")
        found = [_number(x, y, asked.numerals, "") for x, y in zip(value.flat, given.flat, strict=True)]
        return Graded(min(found, key=_ORDER.index))
    return Graded(_number(value, given, asked.numerals, typed.text))


def _same_shape(value: Array, given: Array) -> bool:
    """One side is enough for a square."""
    if len(given.flat) == 1 and len(value.flat) == 2:
        return bool(value.flat[0] == value.flat[1] == given.flat[0])
    return value.flat == given.flat


def _number(value: Any, given: Any, numerals: Numerals, text: str) -> Grade:
    if isinstance(value, str | bool) or isinstance(given, str) or not math.isfinite(value) or not math.isfinite(given):
        return "right" if value == given else "wrong"
    found = close(value, given, numerals)
    places = -int(numerals.round(value).as_tuple().exponent)
    if found == "right" or (found == "imprecise" and _decimals(text) < places):
        return found
    exact, typed = Fraction(value), Fraction(given)
    if isinstance(value, int):
        if typed.denominator > 1:
            return "imprecise" if abs(typed - exact) <= abs(exact) * _NEAR else "wrong"
        return "imprecise" if _rounded_to_figures(value, typed, text) else "wrong"
    if "/" not in text and abs(exact - typed) <= Fraction(10) ** -places * Fraction(3, 2):
        return "right"  # the last decimal may be 1 off
    return "imprecise" if abs(exact - typed) <= abs(exact) * _NEAR else "wrong"


def _decimals(text: str) -> int:
    """How many decimal places are written: 1.0000 claims to be exact to the fourth."""
    match = re.fullmatch(r"[-−+]?\d*\.(\d+)", text)
    return len(match[1]) if match else 0


def _rounded_to_figures(value: int, typed: Fraction, text: str) -> bool:
    """Whether 35k or 3.5e4 stands for 34,944: rounded to the two digits or more that are written."""
    if not re.search(r"[kMGeE]|000$", text) or not typed:
        return False
    figures = len(re.sub(r"[eE].*|\D", "", re.sub(r"0+$", "", text) if text.isdigit() else text).lstrip("0"))
    return figures >= 2 and Fraction(Numerals(significant=figures).round(value)) == typed


def _formulas(value: Any, given: Any, domain: Domain) -> Graded:
    mine, theirs = flat(value), flat(given)
    if len(mine) != len(theirs):
        return Graded("wrong")
    worst = Graded("right")
    for right, typed in zip(mine, theirs, strict=True):
        found = _formula(right, typed, domain)
        if _ORDER.index(found.grade) < _ORDER.index(worst.grade):
            worst = found
    return worst


def _formula(value: Any, given: Any, domain: Domain) -> Graded:
    sides = [side if isinstance(side, Node) else number(side) for side in (value, given)]
    verdict = compare(sides[0], sides[1], domain)
    if verdict.outcome == "equal":
        return Graded("right")
    if verdict.outcome == "undecided":
        return Graded("undecided")
    at = ", ".join(f"{name_text(name)} = {echoed(point)}" for name, point in verdict.point.items())
    values = f"yours is {_shown(verdict.right)}, the answer {_shown(verdict.left)}"
    return Graded("wrong", f"at {at}: {values}" if at else values)


def _shown(value: Any) -> str:
    return echoed(value) if isinstance(value, int | Fraction | float | Array) else "undefined"
