"""Linear systems and simplification over the field of rational functions of the letters."""

from fractions import Fraction
from math import comb
from typing import Any

import sympy
from sympy.polys.matrices import DomainMatrix

_MOST_TERMS = 2000  # of a polynomial written out


class Singular(Exception):
    """The system has no single solution, whatever the letters are."""


def solve(rows: list[list[Any]], right: list[list[Any]]) -> list[list[Any]]:
    """X with rows @ X = right. Raises Singular."""
    if not _has_letters(rows + right) and not _all_rational(rows + right):
        return _eliminated(rows, right)[0]
    matrix, back = _matrix([[*row, *side] for row, side in zip(rows, right, strict=True)])
    size = len(rows)
    left, sides = matrix[:, :size], matrix[:, size:]
    try:
        solution = left.lu_solve(sides)
    except sympy.polys.matrices.exceptions.DMNonInvertibleMatrixError:
        raise Singular from None
    if back and _vanishes(left.domain.to_sympy(left.det()).xreplace(back)):
        raise Singular
    return [[_restored(entry, back) for entry in row] for row in solution.to_Matrix().tolist()]


def determinant(rows: list[list[Any]]) -> Any:
    if not _has_letters(rows) and not _all_rational(rows):
        return _eliminated(rows, [[] for _ in rows])[1]
    matrix, back = _matrix(rows)
    return _restored(matrix.domain.to_sympy(matrix.det()), back)


def _has_letters(rows: list[list[Any]]) -> bool:
    return any(entry.free_symbols for row in rows for entry in row)


def _all_rational(rows: list[list[Any]]) -> bool:
    return all(entry.is_Rational for row in rows for entry in row)


def _matrix(rows: list[list[Any]]) -> tuple[Any, dict[Any, Any]]:
    """The matrix over a fraction field, and what its stand-in letters and long fractions stood for."""
    stand_ins: dict[Any, Any] = {}
    for row in rows:
        for entry in row:
            _replace_kernels(entry, stand_ins)
    entries = [[entry.xreplace(stand_ins) for entry in row] for row in rows]
    matrix = DomainMatrix.from_list_sympy(len(rows), len(rows[0]), entries).to_field()
    return matrix, {new: old for old, new in stand_ins.items()}


def _replace_kernels(entry: Any, stand_ins: dict[Any, Any]) -> None:
    """Note a stand-in for whatever in `entry` is no rational function: sqrt(2), exp(-x), floats."""
    stack = [entry]
    while stack:
        part = stack.pop()
        if part.is_Add or part.is_Mul:
            stack.extend(part.args)
        elif part.is_Pow and part.exp.is_Integer:
            stack.append(part.base)
        elif part.is_Float:
            exact = Fraction(*_ratio(part))
            stand_ins[part] = sympy.Rational(exact.numerator, exact.denominator)
        elif not part.is_Rational and not part.is_Symbol and part not in stand_ins:
            stand_ins[part] = sympy.Dummy(f"k{len(stand_ins)}", real=True)


def _ratio(number: Any) -> tuple[int, int]:
    sign, mantissa, exponent, _ = number._mpf_
    signed = -int(mantissa) if sign else int(mantissa)
    return (signed << exponent, 1) if exponent >= 0 else (signed, 1 << -exponent)


def _restored(entry: Any, back: dict[Any, Any]) -> Any:
    restored = entry.xreplace({new: old for new, old in back.items() if new.is_Symbol})
    if any(not new.is_Symbol for new in back):  # floats came in, so floats go out
        long = [number for number in restored.atoms(sympy.Rational) if not number.is_Integer or abs(number) > 2**53]
        restored = restored.xreplace({number: sympy.Float(number, 17) for number in long})
    if restored.has(sympy.nan, sympy.zoo):
        raise Singular
    return restored


def _vanishes(expression: Any) -> bool:
    """Whether it is zero at a point where nothing is zero by chance."""
    letters = sorted(expression.free_symbols, key=lambda letter: str(letter.name))
    point = {letter: sympy.Rational(1009 + 31 * i, 1013 + 17 * i) for i, letter in enumerate(letters)}
    value = expression.xreplace(point).evalf(40)
    return bool(value.is_Number and abs(value) < sympy.Float(1e-25))


def _eliminated(rows: list[list[Any]], right: list[list[Any]]) -> tuple[list[list[Any]], Any]:
    """Gauss with the largest pivot in 50 digits: the solution and the determinant."""
    work = [[entry.evalf(50) for entry in (*row, *side)] for row, side in zip(rows, right, strict=True)]
    size, product = len(rows), sympy.Integer(1)
    largest = max((abs(entry) for row in work for entry in row[:size]), default=0)
    for column in range(size):
        pivot = max(range(column, size), key=lambda i, c=column: abs(work[i][c]))  # type: ignore[misc]
        if abs(work[pivot][column]) <= largest * sympy.Float(1e-35):
            if right[0]:
                raise Singular
            return [], sympy.Integer(0)
        if pivot != column:
            work[pivot], work[column], product = work[column], work[pivot], -product
        product *= work[column][column]
        for i in range(size):
            if i != column:
                factor = work[i][column] / work[column][column]
                work[i] = [x - factor * y for x, y in zip(work[i], work[column], strict=True)]
    digits = 17 if any(entry.has(sympy.Float) for row in (*rows, *right) for entry in row) else 30
    solution = [[sympy.Float(x / work[i][i], digits) for x in work[i][size:]] for i in range(size)]
    return solution, sympy.Float(product, digits)


def simplify_light(expression: Any) -> Any:
    """The shortest of a rational function as it stands, over one denominator, and factored.

    Anything else, and whatever would grow long on the way, comes back as it is.
    """
    if not isinstance(expression, sympy.Expr) or not expression.free_symbols or expression.has(sympy.Float):
        return expression
    if expression.has(sympy.Piecewise, sympy.oo) or _terms(expression) > _MOST_TERMS:
        return expression
    try:
        reduced = sympy.cancel(expression)
        forms = [expression, reduced, sympy.factor(reduced)]
    except (sympy.PolynomialError, NotImplementedError, RecursionError):
        return expression
    return min(forms, key=lambda form: form.count_ops())


def _terms(expression: Any) -> int:
    """About how many terms it has when multiplied out over one denominator; large means stop."""
    if expression.is_Add:
        tops, bottoms = 0, 1
        for part in expression.args:
            top, bottom = part.as_numer_denom() if part.count_ops() < 200 else (part, sympy.Integer(1))
            tops += _terms(top)
            bottoms *= _terms(bottom) if bottom.free_symbols else 1
            if tops * bottoms > _MOST_TERMS:
                return _MOST_TERMS + 1
        return tops * bottoms
    if expression.is_Mul:
        product = 1
        for part in expression.args:
            product = min(product * _terms(part), _MOST_TERMS + 1)
        return product
    if expression.is_Pow and expression.exp.is_Integer:
        terms, power = _terms(expression.base), abs(int(expression.exp))
        if power > _MOST_TERMS or terms > _MOST_TERMS:
            return _MOST_TERMS + 1
        return min(comb(terms + power - 1, power), _MOST_TERMS + 1)
    return 1
