"""Exact numbers: ints and Fractions as long as they last, floats where a value is irrational or long."""

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from revise.engines.walk import Env, Undecided
from revise.engines.walk import evaluate as walk
from revise.errors import InputError
from revise.expression.node import Node

Scalar = int | Fraction | float

_ROUNDING = 1e-13
_LONGEST = 256  # bits of a numerator or denominator, beyond which a float goes on
_LONGEST_SYSTEM = 2_000_000  # bits of an entry times rows², beyond which elimination takes seconds
_SINGULAR = "a singular matrix: the equations have no single solution"


class Undefined(InputError):
    """No number is the value: a division by zero, the logarithm of zero."""


def evaluate(root: Node, env: Env) -> Any:
    """The value of `root` with `env`'s numbers: a scalar, an Array of them, or a label.

    Raises Undefined where there is none and Undecided where `env` leaves letters.
    """
    try:
        return walk(root, env, FIELD)
    except OverflowError:
        raise Undefined("a value too large for a double") from None


def tidy(value: Scalar) -> Scalar:
    """The plainest type that holds `value`: int before Fraction before float."""
    if isinstance(value, float) and value != value:
        raise Undefined("infinity against infinity has no value")
    if isinstance(value, Fraction):
        if value.denominator == 1:
            value = value.numerator
        elif max(value.numerator.bit_length(), value.denominator.bit_length()) > _LONGEST:
            return value.numerator / value.denominator
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > _LONGEST:
        return float(value)
    return value


class Exact:
    """The field of int, Fraction and float; see `walk.Field`."""

    stable = True

    def lift(self, value: Any) -> Any:
        if isinstance(value, Node):
            if value.head == "number":
                return value.args[0]
            raise Undecided("a letter has no number here")
        return value

    def constant(self, name: str) -> float:
        return {"e": math.e, "pi": math.pi, "inf": math.inf}[name]

    def negative(self, a: Scalar) -> Scalar:
        return -a

    def add(self, a: Scalar, b: Scalar) -> Scalar:
        return tidy(a + b)

    def subtract(self, a: Scalar, b: Scalar) -> Scalar:
        return tidy(a - b)

    def multiply(self, a: Scalar, b: Scalar) -> Scalar:
        for zero, other in ((a, b), (b, a)):  # nothing times a rounded number is exactly nothing
            if not isinstance(zero, float) and zero == 0 and math.isfinite(other):
                return 0
        return tidy(a * b)

    def divide(self, a: Scalar, b: Scalar) -> Scalar:
        if b == 0:
            raise Undefined("a division by zero")
        return tidy(a / b if isinstance(a, float) or isinstance(b, float) else Fraction(a) / b)

    def power(self, a: Scalar, b: Scalar) -> Scalar:
        if a == 0 and b < 0:
            raise Undefined("a division by zero (zero to a negative power)")
        if isinstance(a, float) or isinstance(b, float) or b != int(b):
            return self._root(a, b)
        exponent = int(b)
        bits = max(abs(Fraction(a).numerator), Fraction(a).denominator).bit_length()
        if bits * abs(exponent) > 2 * _LONGEST:
            return math.pow(a, exponent)
        return tidy(Fraction(a) ** exponent)

    def _root(self, a: Scalar, b: Scalar) -> Scalar:
        if a < 0 and b != int(b):
            raise Undefined("a root of a negative number")
        if b == Fraction(1, 2):
            return _sqrt(a)
        return math.pow(a, b)

    def apply(self, function: str, *args: Scalar) -> Scalar:
        return tidy(_FUNCTIONS[function](*args))

    def compare(self, sign: str, a: Scalar, b: Scalar) -> bool:
        return bool(_COMPARE[sign](a, b))

    def logic(self, sign: str, *args: Any) -> bool:
        return {"and": all, "or": any}[sign](args) if sign != "not" else not args[0]

    def decide(self, truth: Any) -> bool:
        return bool(truth)

    def choose(self, condition: Any, yes: Any, no: Any) -> Any:
        return yes if condition else no

    def extreme(self, function: str, items: list[Any]) -> Any:
        return max(items) if function == "max" else min(items)

    def first_extreme(self, function: str, items: list[Any]) -> int:
        return items.index(max(items) if function == "argmax" else min(items))

    def pick(self, labels: list[Any], position: int) -> Any:
        return labels[position]

    def index(self, value: Any) -> int | str:
        if isinstance(value, str):
            return value
        if isinstance(value, bool) or not isinstance(value, int | Fraction | float) or value != int(value):
            raise InputError(f"an index is a whole number, not {value}")
        return int(value)

    def linear(self, function: str, rows: list[list[Any]], right: list[list[Any]]) -> list[list[Any]]:
        """Elimination: in whole numbers while those stay short, else Gauss with the largest entry as the pivot."""
        size = len(rows)
        work = [list(row) + (list(right[i]) if right else []) for i, row in enumerate(rows)]
        if (whole := _whole_rows(work)) is not None:
            scale, times = _bareiss(whole, size), math.prod(_denominators(work))
            if function == "det":
                return [[self.divide(scale, times)]]
            if scale == 0:
                raise Undefined(_SINGULAR)
            return [[self.divide(x, scale) for x in row[size:]] for row in whole]
        determinant: Scalar = 1
        scale = max(abs(entry) for row in rows for entry in row)
        for column in range(size):
            pivot = max(range(column, size), key=lambda i: abs(work[i][column]))
            # with floats a pivot that is rounding error only is none
            least = _ROUNDING * scale if isinstance(work[pivot][column], float) else 0
            if abs(work[pivot][column]) <= least:
                if function == "det":
                    return [[0]]
                raise Undefined(_SINGULAR)
            if pivot != column:
                work[pivot], work[column] = work[column], work[pivot]
                determinant = -determinant
            determinant = self.multiply(determinant, work[column][column])
            for i in range(size):
                if i == column or work[i][column] == 0 or (function == "det" and i < column):
                    continue
                factor = self.divide(work[i][column], work[column][column])
                work[i] = [
                    self.subtract(x, self.multiply(factor, y)) for x, y in zip(work[i], work[column], strict=True)
                ]
        if function == "det":
            return [[determinant]]
        return [[self.divide(x, work[i][i]) for x in work[i][size:]] for i in range(size)]


def _denominators(rows: list[list[Any]]) -> list[int]:
    """For each row of ints and Fractions the least number that makes all of it whole."""
    return [math.lcm(*(entry.denominator for entry in row)) for row in rows]


def _whole_rows(rows: list[list[Any]]) -> list[list[int]] | None:
    """Every row times its least denominator; None where floats occur or the numbers would grow too long."""
    if any(isinstance(entry, float) for row in rows for entry in row):
        return None
    scales = _denominators(rows)
    if max(scale.bit_length() for scale in scales) > _LONGEST_SYSTEM:
        return None
    whole = [
        [entry.numerator * (scale // entry.denominator) for entry in row]
        for row, scale in zip(rows, scales, strict=True)
    ]
    longest = max(entry.bit_length() for row in whole for entry in row)
    return whole if longest * len(rows) ** 2 <= _LONGEST_SYSTEM else None


def _bareiss(work: list[list[int]], size: int) -> int:
    """Jordan elimination without fractions (Bareiss 1968), in place: the first `size` columns become d times I.

    Every division has no rest. Gives d, the determinant; 0 where the matrix is singular.
    """
    previous = 1
    for column in range(size):
        pivot = next((i for i in range(column, size) if work[i][column]), None)
        if pivot is None:
            return 0
        if pivot != column:
            work[pivot], work[column] = work[column], [-entry for entry in work[pivot]]
        head, above = work[column][column], work[column]
        for i in range(size):
            if i != column:
                factor = work[i][column]
                work[i] = [(head * x - factor * y) // previous for x, y in zip(work[i], above, strict=True)]
        previous = head
    return previous


def _sqrt(a: Scalar) -> Scalar:
    if a < 0:
        raise Undefined("the square root of a negative number")
    if isinstance(a, float):
        return math.sqrt(a)
    fraction = Fraction(a)
    top, bottom = math.isqrt(fraction.numerator), math.isqrt(fraction.denominator)
    if top * top == fraction.numerator and bottom * bottom == fraction.denominator:
        return Fraction(top, bottom)
    return math.sqrt(a)


def _log(a: Scalar, base: Scalar | None = None) -> Scalar:
    if a <= 0 or (base is not None and (base <= 0 or base == 1)):
        raise Undefined(f"a logarithm of {'zero' if a == 0 else 'a number that is not positive'}")
    if a == 1:
        return 0
    if base is None:
        return math.log(a)
    value = math.log2(a) if base == 2 else math.log10(a) if base == 10 else math.log(a) / math.log(base)
    whole = round(value)
    if not isinstance(a, float) and abs(value - whole) < 1e-9 and abs(whole) < 1024 and _is_power(a, base, whole):
        return whole
    return value


def _is_power(a: Scalar, base: Scalar, exponent: int) -> bool:
    return Fraction(base) ** exponent == a


def _exp(a: Scalar) -> Scalar:
    if a == -math.inf:
        return 0
    return 1 if a == 0 else math.exp(a)


def _sigmoid(a: Scalar) -> Scalar:
    if a == 0:
        return Fraction(1, 2)
    if a >= 0:
        return 1 / (1 + math.exp(-a))
    power = math.exp(a)
    return power / (1 + power)


def _round(a: Scalar) -> Scalar:
    size = math.floor(abs(Fraction(a)) + Fraction(1, 2))
    return size if a >= 0 else -size


def _factorial(n: Scalar) -> int:
    if n < 0 or n != int(n):
        raise Undefined("factorial of something that is no natural number")
    if n > 170:
        raise Undefined("factorial of more than 170")
    return math.factorial(int(n))


def _binom(n: Scalar, k: Scalar) -> int:
    if n != int(n) or k != int(k) or not 0 <= k <= n or n > 1000:
        raise Undefined("binom needs whole 0 ≤ k ≤ n ≤ 1000")
    return math.comb(int(n), int(k))


_FUNCTIONS: dict[str, Callable[..., Scalar]] = {
    "exp": _exp,
    "log": _log,
    "ln": _log,
    "log2": lambda a: _log(a, 2),
    "log10": lambda a: _log(a, 10),
    "log_b": _log,
    "sqrt": _sqrt,
    "abs": abs,
    "sign": lambda a: (a > 0) - (a < 0),
    "floor": math.floor,
    "ceil": math.ceil,
    "trunc": math.trunc,
    "round": _round,
    "sin": lambda a: 0 if a == 0 else math.sin(a),
    "cos": lambda a: 1 if a == 0 else math.cos(a),
    "tanh": lambda a: 0 if a == 0 else math.tanh(a),
    "sigmoid": _sigmoid,
    "relu": lambda a: a if a > 0 else 0,
    "step": lambda a: int(a >= 0),
    "softplus": lambda a: max(a, 0) + math.log1p(math.exp(-abs(a))),
    "erf": lambda a: 0 if a == 0 else math.erf(a),
    "factorial": _factorial,
    "binom": _binom,
}
_COMPARE: dict[str, Callable[[Scalar, Scalar], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}
FIELD = Exact()
FUNCTIONS = frozenset(_FUNCTIONS)
