"""What is known of SymPy expressions, and how large they may grow before numbers or an error take over."""

import math
from typing import Any

import sympy

from revise.engines.arrays import Array
from revise.engines.exact import Undefined
from revise.errors import InputError

LONGEST = 4096  # bits of a whole number; above, 30 digits go on
GREATEST_EXPONENT = 1024
LONG_SUM = 50  # terms, from which on a sum is collected before SymPy sees it
_LONGEST_CONSTANT = 100  # operations; above, 40 digits go on
_FUNCTION_SIZE = 10  # operations that nesting one more function counts as
_HEAVIEST = 100_000  # operations written out, shared ones counted each time
TOO_LARGE = "a value too large for a double"


class Sum:
    """The first `count` of `terms`, which longer sums share: adding one by one costs SymPy n² steps."""

    def __init__(self, terms: list[Any]) -> None:
        self.terms, self.count = terms, len(terms)

    def plus(self, term: Any) -> "Sum":
        terms = self.terms if self.count == len(self.terms) else self.terms[: self.count]
        terms.append(term)
        return Sum(terms)


class Limited:
    """Memory of the sizes of expressions; `done` is what every operation ends with."""

    def __init__(self) -> None:
        self._sizes: dict[Any, tuple[int, bool]] = {}

    def sign(self, number: Any) -> int:
        """-1, 0 or 1 for an expression without letters; 0 too where 100 digits cancel."""
        if not number.is_Number:
            number = number.evalf(40)
            if not number.is_Number:
                raise Undefined("a value that is not real")
            if number.is_Float and number._prec < 20:
                return 0
        return int(bool(number > 0)) - int(bool(number < 0))

    def whole(self, number: Any) -> int | None:
        """The whole number that an expression without letters is, if it is one."""
        if number.is_Integer or number.is_infinite:
            return int(number) if number.is_Integer else None
        near = int(sympy.floor(number + sympy.Rational(1, 2)))
        return near if self.sign(number - near) == 0 else None

    def known(self, expression: Any) -> bool:
        return not self.size(expression)[1]

    def size(self, expression: Any) -> tuple[int, bool]:
        """The operations in it, written out, and whether it holds letters."""
        found = self._sizes.get(expression)
        if found is None:
            if expression.args:
                parts = [self.size(part) for part in expression.args]
                own = _FUNCTION_SIZE if expression.is_Function else 1
                found = own + sum(size for size, _ in parts), any(letters for _, letters in parts)
            else:
                found = 1 + (bits(expression) // 64 if expression.is_Rational else 0), bool(expression.is_Symbol)
            self._sizes[expression] = found
        return found

    def settled(self, value: Any) -> Any:
        """`value` with a long sum carried out."""
        return self.done(sympy.Add(*value.terms[: value.count])) if isinstance(value, Sum) else value

    def number(self, value: Any) -> Any:
        if isinstance(value, Sum):
            return self.settled(value)
        if isinstance(value, bool | int):
            return sympy.Integer(int(value))
        if is_truth(value):
            return sympy.Piecewise((sympy.Integer(1), value), (sympy.Integer(0), True))
        if isinstance(value, Array):
            raise InputError("an array where a number is needed")
        return value

    def done(self, value: Any) -> Any:
        """`value` if there is one and it is of bearable size."""
        if value is sympy.nan or value is sympy.zoo:
            raise Undefined("a value that is not defined")
        if value.is_Rational:
            return sympy.Float(value, 30) if bits(value) > LONGEST else value
        if value.is_Float:
            if sum(value._mpf_[2:]) > 1024:
                raise Undefined(TOO_LARGE)
        elif value.is_Mul and value.args[0].is_Rational and bits(value.args[0]) > LONGEST:
            value = sympy.Float(value.args[0], 30) * sympy.Mul(*value.args[1:])
        size, letters = self.size(value)
        if not letters and size > _LONGEST_CONSTANT:
            return self.done(value.evalf(40))
        if size > _HEAVIEST:
            raise InputError("too long a formula for symbolic work: give numbers for some letters")
        return value


def is_truth(value: Any) -> bool:
    """Whether it is a relation or such; SymPy counts letters among these, we don't."""
    return isinstance(value, sympy.logic.boolalg.Boolean) and not isinstance(value, sympy.Symbol)


def bits(number: Any) -> int:
    return max(int(number.p).bit_length(), int(number.q).bit_length())


def coefficient_bits(base: Any) -> int:
    """Bits that a power of `base` multiplies: those of its numeric factors."""
    numbers = [factor.as_base_exp() for factor in sympy.Mul.make_args(base)]
    return sum(bits(b) * max(1, math.ceil(abs(e))) for b, e in numbers if b.is_Rational and e.is_Rational)
