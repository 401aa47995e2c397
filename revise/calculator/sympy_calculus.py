"""Limits, integrals, sums and Taylor polynomials by SymPy; each with what its numbers are compared with."""

from collections.abc import Callable
from typing import Any, NamedTuple

import sympy

from revise.calculator import sympy_checks as checks
from revise.errors import InputError, NothingFound

_UNKNOWN = (sympy.Integral, sympy.Sum, sympy.Limit, sympy.Product, sympy.hyper, sympy.meijerg)
_MOST_TERMS = 10**6


class Found(NamedTuple):
    """What was found, what is to be said with it, and a check that may take its time."""

    value: Any
    notes: list[str]
    check: Callable[[], checks.Check] | None = None


def integrate(expression: Any, letter: Any, low: Any = None, high: Any = None) -> Found:
    """Raises NothingFound where SymPy finds no closed form."""
    if low is None:
        return _antiderivative(expression, letter)
    notes: list[str] = []
    found = _settled(sympy.integrate(expression, (letter, low, high)), notes)
    letters = (expression.free_symbols | low.free_symbols | high.free_symbols) - {letter}
    if letters and (found.has(*_UNKNOWN) or notes or found.has(sympy.Piecewise)):
        notes = []
        positive = {each: sympy.Symbol(each.name, positive=True) for each in letters}
        parts = [part.xreplace(positive) for part in (expression, low, high)]
        other = _settled(sympy.integrate(parts[0], (letter, parts[1], parts[2])), notes)
        if not other.has(*_UNKNOWN):
            found = other.xreplace({new: old for old, new in positive.items()})
            listed = ", ".join(sorted(each.name for each in letters))
            notes.append(f"For {listed} > 0.")
    if found.has(*_UNKNOWN):
        raise NothingFound("no closed form was found for this integral")
    if found is sympy.nan or found.has(sympy.zoo):
        raise NothingFound("this integral has no value")
    if found.is_infinite:
        notes.append("The integral diverges.")
    return Found(
        _shortest(found),
        notes,
        lambda: ("quadrature gives the same number", checks.area(expression, letter, low, high, found)),
    )


def _antiderivative(expression: Any, letter: Any) -> Found:
    notes: list[str] = []
    found = sympy.integrate(expression, letter)
    if found.has(*_UNKNOWN):
        raise NothingFound("no closed form was found for this integral")
    found = _with_absolute_logarithms(_settled(found, notes), expression, letter)
    notes.append("An antiderivative: add any constant C.")
    return Found(
        _shortest(found),
        notes,
        lambda: (
            "its derivative is the integrand at sample points",
            checks.compare(sympy.diff(found, letter), expression),
        ),
    )


def _with_absolute_logarithms(found: Any, expression: Any, letter: Any) -> Any:
    """log|u| for log u, where that is an antiderivative too: it holds on both sides of 0."""
    logarithms = [part for part in found.atoms(sympy.log) if part.has(letter) and not part.args[0].is_positive]
    if not logarithms or found.has(sympy.Piecewise):
        return found
    other = found.xreplace({part: sympy.log(sympy.Abs(part.args[0])) for part in logarithms})
    agrees = checks.compare(sympy.diff(other, letter), expression) == "equal"
    return other if agrees and not any(part.args[0].is_nonnegative for part in logarithms) else found


def _settled(found: Any, notes: list[str]) -> Any:
    """Of cases with an open one, the case that is known, its condition said."""
    if found.has(sympy.Piecewise) and found.has(*_UNKNOWN):
        found = sympy.piecewise_fold(found)
    if isinstance(found, sympy.Piecewise) and found.args[-1][0].has(*_UNKNOWN):
        value, condition = found.args[0]
        if not value.has(*_UNKNOWN) and len(found.args) == 2:
            notes.append(f"For {_condition(condition)}.")
            return value
    return found


def _condition(condition: Any) -> str:
    from revise.calculator.echo import line
    from revise.engines.tree_of import to_tree

    try:
        return line(to_tree(condition))
    except InputError:
        return str(condition)


def _shortest(found: Any) -> Any:
    if found.has(sympy.Piecewise) or not found.free_symbols:
        return found
    return min((found, sympy.factor(found)), key=lambda form: form.count_ops())


# -- sums -----------------------------------------------------------------------------------------------


def add_up(expression: Any, letter: Any, low: Any, high: Any) -> Found:
    """The sum over whole numbers from `low` to `high`."""
    for end in (low, high):
        if not end.free_symbols and not end.is_integer and not end.is_infinite:
            raise InputError(f"a sum runs between whole numbers, not to {end}")
    letters = (low.free_symbols | high.free_symbols) - {letter}
    counted = bool(low.is_Integer and low >= 0)  # 1 to n: n counts something
    whole = {each: sympy.Symbol(each.name, integer=True, nonnegative=counted or None) for each in letters}
    index = sympy.Dummy(letter.name, integer=True)
    body, first, last = (part.xreplace({letter: index, **whole}) for part in (expression, low, high))
    if first.is_Integer and last.is_Integer and last < first:
        return Found(sympy.Integer(0), ["From a larger to a smaller number there is no term: the sum is 0."])
    notes: list[str] = []
    found = _settled(sympy.summation(body, (index, first, last)), notes)
    if found.has(*_UNKNOWN) and first.is_Integer and last.is_Integer and last - first < _MOST_TERMS:
        found = sympy.Add(*(body.xreplace({index: sympy.Integer(k)}) for k in range(int(first), int(last) + 1)))
    if found.has(*_UNKNOWN):
        raise NothingFound("no closed form was found for this sum")
    if found is sympy.nan or found.has(sympy.zoo):
        raise NothingFound("this sum has no value")
    if found.is_infinite:
        notes.append("The sum diverges.")
    check = lambda: ("the terms added up give the same number", checks.total(body, index, first, last, found))  # noqa: E731
    return Found(_shortest(found).xreplace({new: old for old, new in whole.items()}), notes, check)


# -- limits ---------------------------------------------------------------------------------------------


def limit(expression: Any, letter: Any, end: Any, side: str = "") -> Found:
    """Raises NothingFound where there is none, saying what both sides tend to."""
    if end.is_infinite:
        found = sympy.limit(expression, letter, end)
        return _limited(found, [(expression, letter, end, 1)])
    sides = {"right": [1], "left": [-1], "": [1, -1]}[side]
    found_at = {}
    for sign in sides:
        step = sympy.Dummy("t", positive=True)
        moved = expression.xreplace({letter: end + sign * step})
        found_at[sign] = sympy.limit(moved, step, 0, "+")
    first, *rest = found_at.values()
    for other in rest:
        if not _is_limit(first) or not _is_limit(other) or not _same(first, other):
            raise NothingFound(f"there is no limit: {_told(found_at[-1])} from the left, {_told(first)} from the right")
    return _limited(first, [(expression, letter, end, sign) for sign in sides])


def _is_limit(found: Any) -> bool:
    return not found.has(sympy.nan, sympy.zoo, sympy.AccumBounds, *_UNKNOWN)


def _same(first: Any, other: Any) -> bool:
    if first.is_infinite or other.is_infinite:
        return bool(first == other)
    return bool(first == other) or checks.compare(first, other) == "equal"


def _told(found: Any) -> str:
    if not _is_limit(found):
        return "none"
    return {sympy.oo: "∞", -sympy.oo: "−∞"}.get(found, str(found))


def _limited(found: Any, ways: list[tuple[Any, Any, Any, int]]) -> Found:
    if not _is_limit(found):
        raise NothingFound("there is no limit, or SymPy finds none")

    def check() -> checks.Check:
        verdicts = {checks.limit(*way, found) for way in ways}
        verdict: checks.Verdict = (
            "different" if "different" in verdicts else "equal" if verdicts == {"equal"} else "open"
        )
        return "values on the way there come nearer to it", verdict

    return Found(found, [], check)


# -- Taylor -----------------------------------------------------------------------------------------------


def coefficients(derivatives: list[Any], letter: Any, point: Any) -> list[Any]:
    """The derivatives at the point, each over its factorial. Raises InputError where one has no value there."""
    found = []
    for order, slope in enumerate(derivatives):
        at = slope.subs(letter, point)
        if at.has(sympy.nan, sympy.zoo, sympy.oo, -sympy.oo, sympy.I):
            what = "the function" if order == 0 else f"its derivative of order {order}"
            raise InputError(f"taylor: {what} has no value at {letter} = {point}")
        found.append(sympy.simplify(at) / sympy.factorial(order))
    return found


def derivatives_of(expression: Any, letter: Any, most: int) -> list[Any]:
    found = [expression]
    for _ in range(most):
        found.append(sympy.diff(found[-1], letter))
    return found
