"""Equations and forms of expressions by SymPy; each with what its numbers are compared with."""

from math import comb
from typing import Any

import sympy

from revise.calculator import sympy_checks as checks
from revise.calculator.sympy_calculus import Found
from revise.errors import InputError, NothingFound

_MOST_TERMS = 3000
_HYPERBOLIC = (sympy.sinh, sympy.cosh, sympy.coth, sympy.sech, sympy.csch)


def simplified(expression: Any) -> Found:
    """The shortest of what simplify, factor and cancel give."""
    forms = [expression]
    for make in (sympy.simplify, sympy.factor, sympy.cancel):
        try:
            forms.append(_in_the_language(make(expression)))
        except (sympy.PolynomialError, NotImplementedError, RecursionError):
            continue
    best = min(forms, key=lambda form: (form.count_ops(), len(str(form))))
    return Found(
        best, [], lambda: ("both forms have the same values at sample points", checks.compare(best, expression))
    )


def _in_the_language(expression: Any) -> Any:
    """Hyperbolic functions other than tanh as exponentials, tan as sin over cos."""
    for kind in _HYPERBOLIC:
        expression = expression.replace(kind, lambda inner, kind=kind: kind(inner).rewrite(sympy.exp))
    return expression.replace(sympy.tan, lambda inner: sympy.sin(inner) / sympy.cos(inner))


def expanded(expression: Any) -> Found:
    """Multiplied out. Raises InputError where that makes thousands of terms."""
    if (terms := _terms(expression)) > _MOST_TERMS:
        raise InputError(f"expand: more than {_MOST_TERMS:,} terms ({terms:,} at least)")
    found = sympy.expand(expression)
    return Found(
        found, [], lambda: ("both forms have the same values at sample points", checks.compare(found, expression))
    )


def _terms(expression: Any) -> int:
    """How many terms it has multiplied out, at most a little above what is allowed."""
    if expression.is_Add:
        return min(sum(map(_terms, expression.args)), 10**6)
    if expression.is_Mul:
        product = 1
        for part in expression.args:
            product = min(product * _terms(part), 10**6)
        return product
    if expression.is_Pow and expression.exp.is_Integer:
        terms, power = _terms(expression.base), abs(int(expression.exp))
        return 1 if terms == 1 else min(comb(min(terms + power - 1, 10**4), min(power, terms - 1)), 10**6)
    return max([1, *map(_terms, expression.args)])


def factored(expression: Any) -> Found:
    found = sympy.factor(expression)
    notes = [] if found != expression else ["There is no other form over the rational numbers."]
    return Found(
        found, notes, lambda: ("both forms have the same values at sample points", checks.compare(found, expression))
    )


# -- equations --------------------------------------------------------------------------------------------


def solutions(equations: list[Any], letters: list[Any]) -> tuple[list[dict[Any, Any]], list[str], checks.Verdict]:
    """Real solutions as dicts, what is to be said, and how numbers put in agree.

    Raises NothingFound where there is none or none was found. `equations` are expressions that are to be 0.
    """
    equations = [each for each in equations if not _is_zero(each)]
    if not equations:
        raise NothingFound("every value solves it: both sides are the same")
    if any(not each.free_symbols & set(letters) for each in equations):
        raise NothingFound(_impossible(equations, letters))
    notes: list[str] = []
    others = sorted(set().union(*(each.free_symbols for each in equations)) - set(letters), key=str)
    if len(equations) == len(letters) == 1 and not others:
        found = [{letters[0]: root} for root in _roots(equations[0], letters[0], notes)]
    else:
        found = _general(equations, letters)
    if not found:
        raise NothingFound("there is no real solution" if not others else "no solution was found")
    verdicts = [_fits(equations, each) for each in found]
    kept = [each for each, verdict in zip(found, verdicts, strict=True) if verdict != "different"]
    if not kept:
        raise NothingFound("SymPy's solutions fail the check by numbers, so none is shown")
    if others:
        notes.append(f"For general {', '.join(map(str, others))}: what is divided by must not be 0.")
    free = sorted(set(letters) - set().union(*(set(each) for each in kept)), key=str)
    if free:
        notes.append(f"{', '.join(map(str, free))}: any value; the others follow.")
    return sorted(kept, key=_order), notes, "open" if "open" in verdicts else "equal"


def _is_zero(expression: Any) -> bool:
    return expression == 0 or (not expression.is_Symbol and sympy.expand(expression) == 0)


def _impossible(equations: list[Any], letters: list[Any]) -> str:
    listed = ", ".join(map(str, letters))
    return f"{listed} does not occur in an equation that does not hold by itself"


def _roots(equation: Any, letter: Any, notes: list[str]) -> list[Any]:
    """The real roots of one equation in one letter; every one of them, or a note that there are more."""
    if equation.is_polynomial(letter) and sympy.Poly(equation, letter).domain in (sympy.ZZ, sympy.QQ):
        return [_real(root) for root in dict.fromkeys(sympy.real_roots(sympy.Poly(equation, letter)))]
    try:
        found = sympy.solveset(equation, letter, sympy.S.Reals)
    except (NotImplementedError, ValueError, TypeError):
        found = None
    if found is sympy.S.EmptySet:
        return []
    if isinstance(found, sympy.FiniteSet):
        return [_real(root) for root in found]
    if found is not None and found in (sympy.S.Reals, sympy.Interval(-sympy.oo, sympy.oo)):
        raise NothingFound("every value solves it")
    if isinstance(found, sympy.Interval):
        raise NothingFound(f"every {letter} {_between(found)} solves it")
    try:
        roots = [_real(root) for root in sympy.solve(equation, letter)]
    except NotImplementedError:
        roots = []
    if not roots:
        raise NothingFound("no closed form was found for the solutions")
    periodic = found is not None and found.has(sympy.ImageSet)
    notes.append("Not all solutions: they repeat with the period." if periodic else "There may be more solutions.")
    return roots


def _between(found: Any) -> str:
    low, high = found.start, found.end
    if low.is_infinite or high.is_infinite:
        sign = (">" if low.is_finite else "<") + (
            "" if (found.left_open if low.is_finite else found.right_open) else "="
        )
        return f"{sign} {low if low.is_finite else high}"
    return f"from {low} to {high}"


def _real(root: Any) -> Any:
    """The root; a cubic's as a decimal where its closed form is three lines long."""
    if root.has(sympy.I, sympy.CRootOf) or (not root.free_symbols and root.count_ops() > 20):
        near = root.evalf(20)
        if near.is_Add and abs(sympy.im(near)) < sympy.Float("1e-15"):
            near = sympy.re(near)
        return sympy.Float(near, 16) if near.is_Number else root
    forms = [root, sympy.together(root), sympy.radsimp(root), sympy.factor(root)]
    return min(forms, key=lambda form: form.count_ops())


def _general(equations: list[Any], letters: list[Any]) -> list[dict[Any, Any]]:
    try:
        found = sympy.solve(equations, letters, dict=True)
    except NotImplementedError:
        raise NothingFound("no closed form was found for the solutions") from None
    return [{letter: _real(root) for letter, root in each.items()} for each in found]


def _fits(equations: list[Any], solution: dict[Any, Any]) -> checks.Verdict:
    """Whether numbers put in leave nothing over."""
    if any(root.has(sympy.I) for root in solution.values()):
        return "different"
    verdicts: set[checks.Verdict] = set()
    for equation in equations:
        left = equation.xreplace(solution)
        verdicts.add(checks.compare(left, sympy.Integer(0)) if left.free_symbols else _vanishes(left))
    return "different" if "different" in verdicts else "open" if "open" in verdicts else "equal"


def _vanishes(number: Any) -> checks.Verdict:
    near = number.evalf(20)
    if not near.is_number or near.has(sympy.nan, sympy.zoo):
        return "different"
    return "equal" if abs(near) < sympy.Float("1e-9") else "different"


def _order(solution: dict[Any, Any]) -> tuple[Any, ...]:
    values = []
    for root in solution.values():
        near = root.evalf(15)
        values.append((0, float(near)) if near.is_Number and near.is_finite else (1, str(root)))
    return tuple(map(str, values)) if any(kind for kind, _ in values) else tuple(value for _, value in values)
