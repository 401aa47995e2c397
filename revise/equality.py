"""Is this answer that one? Exact where both are exact, else by sampling; "can't decide" is an answer."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Literal

from revise.engines.arrays import Array, entries, shape_of
from revise.expression.node import Node, free_names
from revise.numerals import Numerals
from revise.sampling import Domain, Found, Watching, is_letter, points, value_at

Outcome = Literal["equal", "different", "undecided"]

_TOLERANCE = 1e-9
_ROUNDING = 1e-13  # of the largest number met on the way
_DOUBTFUL = 1e-6  # of a value: where shaking moves it by more, agreement there says nothing
_SHAKE = 1e-13  # relative change put on every float to see what rounding can do
_ENOUGH = 16  # points where both sides have a value; 8 must be reached
_LEAST = 8


@dataclass(frozen=True)
class Verdict:
    """How two formulas compare; where they differ, `point` names the letters' values and both sides'."""

    outcome: Outcome
    point: Mapping[str, int | Fraction] = field(default_factory=lambda: MappingProxyType({}))
    left: Any = None
    right: Any = None


def compare(left: Node, right: Node, domain: Domain = MappingProxyType({})) -> Verdict:
    """Whether two formulas of numbers mean the same for real letters.

    Letters are sampled inside `domain` (least, greatest; both excluded unless whole), elsewhere among
    positive, negative, whole and large numbers and between 0 and 1. Seeded: the same question has the same
    answer. Undecided where both sides have a value at fewer than 8 points, or where one side alone
    has a value at several: log(x^2) and 2*log(x) agree only for x > 0, which a domain can say.
    """
    letters = [name for name in dict.fromkeys(free_names(left) + free_names(right)) if is_letter(name, domain)]
    if not letters:
        first, second = value_at(left, {}), value_at(right, {})
        if first is None or second is None:
            return Verdict("undecided", left=first and first.value, right=second and second.value)
        return Verdict(_relation(left, right, {}, first, second), left=first.value, right=second.value)
    agreed = 0
    one_sided: list[tuple[dict[str, int | Fraction], Any, Any]] = []
    for generic, point in points(letters, domain):
        first, second = value_at(left, point), value_at(right, point)
        if first and second:
            outcome = _relation(left, right, point, first, second)
            if outcome == "different":
                return Verdict("different", point, first.value, second.value)
            agreed += outcome == "equal"
        elif generic and (first or second):
            one_sided.append((point, first and first.value, second and second.value))
        if agreed >= _ENOUGH and (not one_sided or len(one_sided) >= 3):
            break
    if agreed >= _LEAST and len(one_sided) < 3:
        return Verdict("equal")
    return Verdict("undecided", *(one_sided[0] if one_sided else ()))


def same_value(a: Any, b: Any, tolerance: float = _TOLERANCE) -> bool:
    """Whether two values agree: exactly where both are exact, else to a relative `tolerance`.

    Values are numbers, Arrays (or nested lists of one shape), labels, tuples and tables.
    """
    if isinstance(a, Mapping) or isinstance(b, Mapping):
        return (
            isinstance(a, Mapping)
            and isinstance(b, Mapping)
            and a.keys() == b.keys()
            and all(same_value(a[key], b[key], tolerance) for key in a)
        )
    first, second = _opened(a), _opened(b)
    if isinstance(first, list) or isinstance(second, list):
        return (
            isinstance(first, list)
            and isinstance(second, list)
            and len(first) == len(second)
            and all(same_value(x, y, tolerance) for x, y in zip(first, second, strict=True))
        )
    if isinstance(a, str) or isinstance(b, str) or a is None or b is None:
        return bool(a == b)
    return _near(a, b, tolerance, 1e-12 if 0 in (a, b) else 0)


def close(value: Any, typed: Any, numerals: Numerals) -> Literal["right", "imprecise", "wrong"]:
    """How a typed number (or Array) compares with `value`, asked for to the precision of `numerals`.

    imprecise  the right value with too few digits, or cut where it was to be rounded
    """
    if isinstance(value, Array) or isinstance(typed, Array | list):
        first, second = _opened(value), _opened(typed)
        if not isinstance(first, list) or not isinstance(second, list) or len(first) != len(second):
            return "wrong"
        found = {close(x, y, numerals) for x, y in zip(first, second, strict=True)}
        return "wrong" if "wrong" in found else "imprecise" if "imprecise" in found else "right"
    if isinstance(value, str) or isinstance(typed, str) or not (math.isfinite(value) and math.isfinite(typed)):
        return "right" if value == typed else "wrong"
    near = same_value(value, typed)
    typed = Fraction(repr(typed)) if isinstance(typed, float) else typed
    exact = numerals.exact and not isinstance(value, float)
    if value == typed or (not exact and (near or _as_asked(value, typed, numerals))):
        return "right"
    return "imprecise" if _abridged(value, typed) else "wrong"


def _as_asked(value: Any, typed: Any, numerals: Numerals) -> bool:
    """Whether it is `value` rounded as asked, or with more digits than that."""
    if Fraction(numerals.round(value)) == Fraction(typed):
        return True
    places = _places(typed)
    asked = max(0, -int(numerals.round(value).as_tuple().exponent))
    return places is not None and places > asked and _rounded(value, places, numerals.truncate) == typed


def _abridged(value: Any, typed: Any) -> bool:
    places = _places(typed)
    if places is None or typed == 0 or abs(Fraction(value) - Fraction(typed)) > abs(Fraction(value)) / 20:
        return False
    return Fraction(typed) in (_rounded(value, places, False), _rounded(value, places, True))


def _places(typed: Any) -> int | None:
    """Decimal places of a number that was typed; None for a fraction such as 1/3."""
    return next((places for places in range(16) if (Fraction(typed) * 10**places).denominator == 1), None)


def _rounded(value: Any, places: int, truncate: bool) -> Fraction:
    return Fraction(Numerals(digits=places, truncate=truncate).round(value))


def _relation(left: Node, right: Node, point: Mapping[str, Any], first: Found, second: Found) -> Outcome:
    """How both values compare; a gap that rounding can make is no difference, nor proof of the same."""
    a, b = first.value, second.value
    if shape_of(a) != shape_of(b):
        return "different"
    apart = [_gap(x, y) for x, y in _pairs(a, b) if not _near(x, y, _TOLERANCE, 0)]
    doubt = max(_doubt(tree, point, side, 6 if apart else 1) for tree, side in ((left, first), (right, second)))
    if apart and max(apart) > 2 * doubt:
        return "different"
    size = max((abs(float(x)) for x in (*entries(a), *entries(b)) if isinstance(x, float)), default=0.0)
    if apart and max(apart) > _ROUNDING * max(first.largest, second.largest):
        return "undecided"
    return "equal" if doubt <= max(_TOLERANCE, _DOUBTFUL * size) else "undecided"


def _doubt(tree: Node, point: Mapping[str, Any], found: Found, times: int) -> float:
    """How far the value moves when each float on the way is shaken a little."""
    if not found.floats:
        return 0.0
    doubt = 0.0
    for seed in range(times):
        shaken = value_at(tree, point, Watching(_SHAKE, seed))
        if shaken is None or shape_of(shaken.value) != shape_of(found.value):
            return math.inf
        doubt = max(doubt, *(_gap(x, y) for x, y in _pairs(shaken.value, found.value)))
    return doubt


def _pairs(a: Any, b: Any) -> list[tuple[Any, Any]]:
    return list(zip(entries(a), entries(b), strict=True))


def _gap(a: Any, b: Any) -> float:
    if isinstance(a, str) or isinstance(b, str):
        return 0.0 if a == b else math.inf
    try:
        return float(abs(a - b)) or (0.0 if a == b else math.ulp(0.0))
    except OverflowError:
        return math.inf


def _near(a: Any, b: Any, tolerance: float, slack: float) -> bool:
    if isinstance(a, str | Array | list) or isinstance(b, str | Array | list) or a == b:
        return bool(a == b)
    if not isinstance(a, float) and not isinstance(b, float):
        return False
    try:
        gap, size = abs(float(a) - float(b)), max(abs(float(a)), abs(float(b)))
    except OverflowError:
        return False
    return math.isfinite(size) and gap <= tolerance * size + slack


def _opened(value: Any) -> Any:
    """A list of entries or rows for anything with entries, else the value itself."""
    return value.nested() if isinstance(value, Array) else list(value) if isinstance(value, list | tuple) else value
