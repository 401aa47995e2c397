"""Numbers put into what SymPy found: does it agree with the question? Runs in the child process, after the answer."""

import itertools
from collections.abc import Iterator
from typing import Any, Literal

import sympy

Verdict = Literal["equal", "different", "open"]
Check = tuple[str, Verdict]

_NUMERATORS = (7, 3, 11, -5, 2, -13, 17, -3, 19, 5, -7, 23)
_DENOMINATORS = (5, 7, 3, 4, 9, 8, 6, 11, 10, 13, 12, 15)
_TOLERANCE = 1e-9
_ENOUGH = 4


def points(letters: list[Any]) -> Iterator[dict[Any, Any]]:
    """Places with a value for each letter, of both signs; the first ones are positive."""
    for start in range(len(_NUMERATORS)):
        point = {}
        for place, letter in enumerate(letters):
            at = (start + 3 * place) % len(_NUMERATORS)
            value = sympy.Rational(_NUMERATORS[at], _DENOMINATORS[(at + start) % len(_DENOMINATORS)])
            if start < 3 or letter.is_positive:
                value = abs(value)
            point[letter] = sympy.Integer(start + place + 1) if letter.is_integer else value
        yield point


def value(expression: Any, point: dict[Any, Any], digits: int = 20) -> Any:
    """A finite real number, or None."""
    try:
        found = expression.xreplace(point).evalf(digits)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError, NotImplementedError):
        return None
    return found if found.is_Number and found.is_finite and not found.has(sympy.nan) else None


def compare(left: Any, right: Any) -> Verdict:
    """Two expressions of real letters, where both have a value."""
    letters = sorted(left.free_symbols | right.free_symbols, key=lambda letter: str(letter.name))
    agreed = 0
    for point in points(letters):
        first, second = value(left, point), value(right, point)
        if first is None or second is None:
            continue
        if not near(first, second):
            return "different"
        agreed += 1
        if agreed >= _ENOUGH or not letters:
            return "equal"
    return "equal" if agreed >= _ENOUGH else "open"


def near(first: Any, second: Any, tolerance: float = _TOLERANCE) -> bool:
    return bool(abs(first - second) <= tolerance * (1 + abs(first) + abs(second)))


def entrywise(pairs: list[tuple[Any, Any]]) -> Verdict:
    verdicts = {compare(left, right) for left, right in pairs}
    return "different" if "different" in verdicts else "equal" if verdicts == {"equal"} else "open"


def area(expression: Any, letter: Any, low: Any, high: Any, found: Any) -> Verdict:
    """A definite integral against quadrature, other letters at one positive point."""
    others = sorted((expression.free_symbols | low.free_symbols | high.free_symbols) - {letter}, key=str)
    point = {other: sympy.Rational(3 + 2 * place, 2) for place, other in enumerate(others)}
    wanted = value(found, point)
    if wanted is None:
        return "open"
    body, first, last = (part.xreplace(point) for part in (expression, low, high))
    try:
        measured = sympy.Integral(body, (letter, first, last)).evalf(10)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError, NotImplementedError):
        measured = None
    if measured is None or not measured.is_Number or not measured.is_finite:
        return _by_strips(body, letter, first, last, wanted)
    return "equal" if near(wanted, measured, 1e-5) else "different"


def _by_strips(expression: Any, letter: Any, low: Any, high: Any, wanted: Any) -> Verdict:
    """Where SymPy's own quadrature fails, as at kinks: the middle of each of 300 strips."""
    if not low.is_finite or not high.is_finite or not wanted.is_finite:
        return "open"
    strips = 300
    width = (high - low) / strips
    middles = [value(expression, {letter: low + width * (sympy.Rational(1, 2) + place)}, 15) for place in range(strips)]
    if None in middles:
        return "open"
    return "equal" if near(wanted, sum(middles, sympy.Integer(0)) * width.evalf(15), 1e-2) else "different"


def total(expression: Any, letter: Any, low: Any, high: Any, found: Any) -> Verdict:
    """A sum against its terms added one by one, for bounds of a few terms; an infinite one by its first thousands."""
    letters = sorted((low.free_symbols | high.free_symbols), key=str)
    others = sorted(expression.free_symbols - {letter} - set(letters), key=str)
    point = {each: sympy.Integer(4 + place) for place, each in enumerate(letters)}
    point |= {each: sympy.Rational(1, 3 + place) for place, each in enumerate(others)}
    first, last = low.xreplace(point), high.xreplace(point)
    wanted = value(found, point)
    if wanted is None or not first.is_Integer:
        return "open"
    if last.is_infinite:
        measured = sympy.Sum(expression.xreplace(point), (letter, first, last)).evalf(10)
        return "open" if not measured.is_Number else "equal" if near(wanted, measured, 1e-6) else "different"
    if not last.is_Integer or not 0 <= last - first <= 2000:
        return "open"
    terms = [value(expression, {**point, letter: sympy.Integer(k)}) for k in range(int(first), int(last) + 1)]
    if None in terms:
        return "open"
    return "equal" if near(wanted, sum(terms, sympy.Integer(0))) else "different"


def limit(expression: Any, letter: Any, end: Any, side: int, found: Any) -> Verdict:
    """The values on the way to `end`: do they come nearer to the limit?"""
    others = sorted((expression.free_symbols | end.free_symbols | found.free_symbols) - {letter}, key=str)
    point = {other: sympy.Rational(3 + 2 * place, 2) for place, other in enumerate(others)}
    if end.is_infinite:
        way = [sympy.Integer(10) ** power * (1 if end > 0 else -1) for power in (1, 2, 4)]
    else:
        way = [end.xreplace(point) + side * sympy.Rational(1, 10**power) for power in (2, 6, 18, 54)]
    values = [value(expression, {**point, letter: place}, 90) for place in way]
    if None in values:
        return "open"
    if found.is_infinite:
        growing = all(bool(abs(b) > abs(a)) for a, b in itertools.pairwise(values))
        return "equal" if growing and bool((values[-1] > 0) == (found > 0)) else "different"
    wanted = value(found, point, 90)
    if wanted is None:
        return "open"
    gaps = [abs(each - wanted) for each in values]
    if gaps[-1] < sympy.Float("1e-6") * (1 + abs(wanted)):
        return "equal"
    shrinking = all(bool(b < a) for a, b in itertools.pairwise(gaps))
    if gaps[-1] < (1 + abs(wanted)) / 100:
        return "equal" if shrinking else "different"
    return "open" if shrinking and gaps[-1] < gaps[0] * sympy.Rational(9, 10) else "different"
