"""Letters: SymPy expressions, built from constructors only. Import this module where it is needed."""

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import sympy

from revise.engines.arrays import Array
from revise.engines.exact import Undefined
from revise.engines.sympy_functions import FUNCTIONS
from revise.engines.sympy_limits import (
    GREATEST_EXPONENT,
    LONG_SUM,
    LONGEST,
    TOO_LARGE,
    Limited,
    Sum,
    coefficient_bits,
    is_truth,
)
from revise.engines.sympy_rational import Singular, determinant, simplify_light, solve
from revise.engines.tree_of import to_tree
from revise.engines.walk import Env, Undecided
from revise.engines.walk import evaluate as walk
from revise.errors import InputError
from revise.expression.functions import CONSTANTS
from revise.expression.node import Node, free_names

__all__ = ["FUNCTIONS", "Symbolic", "evaluate", "simplify_light", "to_tree"]

_SINGULAR = "a singular matrix: the equations have no single solution"
_LARGEST_SYSTEM = 64  # rows times letters; a solution takes seconds and fills pages beyond


def evaluate(root: Node, env: Env, whole: bool = False) -> Any:
    """The value of `root`: a SymPy expression, an Array of them, a bool, a relation, or a label.

    A Node in `env` is a formula of letters; a name whose value is that same name is a letter even
    if it is spelled e or pi. Letters are real, and whole numbers if `whole`.

    Raises Undefined where there is no value, Undecided where letters leave a choice open, InputError
    where it is too deep or long for SymPy.
    """
    letters = {key for key, value in env.items() if isinstance(value, Node) and value.args[:1] == (key,)}
    field = Symbolic(frozenset(letters), whole)
    try:
        value = walk(root, env, field)
        if isinstance(value, Array):
            return Array(value.shape, tuple(map(field.settled, value.flat)))
        return field.settled(value)
    except RecursionError:
        raise InputError("nested too deep for symbolic work: give numbers for some letters") from None
    except OverflowError:
        raise Undefined(TOO_LARGE) from None


class Symbolic(Limited):
    """The field of SymPy expressions; see `walk.Field`. `letters` hide the constants of their name."""

    def __init__(self, letters: frozenset[str] = frozenset(), whole: bool = False) -> None:
        super().__init__()
        self.letters = letters
        self.kind = {"integer": True} if whole else {"real": True}
        self._formulas: dict[int, tuple[Node, Any]] = {}

    def lift(self, value: Any) -> Any:
        if isinstance(value, bool | sympy.Basic):
            return value
        if isinstance(value, Node):
            return self._formula(value)
        if isinstance(value, int):
            return self.done(sympy.Integer(value))
        if isinstance(value, Fraction):
            return self.done(sympy.Rational(value.numerator, value.denominator))
        if math.isnan(value):
            raise Undefined("not a number")
        return (sympy.oo if value > 0 else -sympy.oo) if math.isinf(value) else sympy.Float(value, 17)

    def constant(self, name: str) -> Any:
        return {"e": sympy.E, "pi": sympy.pi, "inf": sympy.oo}[name]

    def negative(self, a: Any) -> Any:
        return -self.number(a)

    def add(self, a: Any, b: Any) -> Any:
        if isinstance(a, Sum):
            return a.plus(self.number(b))
        left, right = self.number(a), self.number(b)
        if isinstance(left, sympy.Add) and len(left.args) > LONG_SUM:
            return Sum([left, right])
        return self.done(left + right)

    def subtract(self, a: Any, b: Any) -> Any:
        return self.add(a, -self.number(b))

    def multiply(self, a: Any, b: Any) -> Any:
        return self.done(self.number(a) * self.number(b))

    def divide(self, a: Any, b: Any) -> Any:
        bottom = self.number(b)
        if self.known(bottom) and self.sign(bottom) == 0:
            raise Undefined("a division by zero")
        return self.done(self.number(a) / bottom)

    def power(self, a: Any, b: Any) -> Any:
        base, exponent = self.number(a), self.number(b)
        if exponent.is_Float and (times := self.whole(exponent)) is not None:
            exponent = sympy.Integer(times)
        if self.known(exponent):
            bits = coefficient_bits(base)
            if self.known(base):
                self._check_power(base, exponent)
                if base.is_Rational and exponent.is_finite and bits * abs(exponent) > LONGEST:
                    base = sympy.Float(base, 30)
            elif exponent.is_Integer and abs(exponent) > GREATEST_EXPONENT:
                raise InputError(f"a whole exponent above {GREATEST_EXPONENT}")
            elif bits * abs(exponent) > 2 * LONGEST:
                raise InputError("too long a number for symbolic work")
        return self.done(sympy.Pow(base, exponent))

    def _check_power(self, base: Any, exponent: Any) -> None:
        sign = self.sign(base)
        if sign == 0 and self.sign(exponent) < 0:
            raise Undefined("a division by zero (zero to a negative power)")
        if sign < 0 and not exponent.is_integer:
            raise Undefined("a root of a negative number")
        if sign and base.is_finite and exponent.is_finite:
            doublings = exponent.evalf(17) * sympy.log(abs(base).evalf(17)) / math.log(2)
            if doublings > 1024:
                raise Undefined(TOO_LARGE)
            if doublings < -(10**6):
                raise Undefined("a value too small for a double")

    def apply(self, function: str, *args: Any) -> Any:
        return self.done(FUNCTIONS[function](self, *map(self.number, args)))

    def compare(self, sign: str, a: Any, b: Any) -> Any:
        left, right = self.number(a), self.number(b)
        gap = left - right if left != right else sympy.Integer(0)
        if gap is not sympy.nan and self.known(gap):
            return bool(_RELATIONS[sign][0](self.sign(gap)))
        decided = _made(_RELATIONS[sign][1], left, right, evaluate=self.size(gap)[0] < 100)
        return bool(decided) if decided in (sympy.true, sympy.false) else decided

    def logic(self, sign: str, *args: Any) -> Any:
        truths = [sympy.true if truth is True else sympy.false if truth is False else truth for truth in args]
        truths = [truth if is_truth(truth) else self._truth(truth) for truth in truths]
        joined = {"and": sympy.And, "or": sympy.Or, "not": sympy.Not}[sign](*truths)
        return bool(joined) if joined in (sympy.true, sympy.false) else joined

    def _truth(self, number: Any) -> Any:
        return sympy.true if self.compare("!=", number, 0) is True else sympy.Ne(number, 0)

    def decide(self, truth: Any) -> bool:
        if isinstance(truth, bool) or truth in (sympy.true, sympy.false):
            return bool(truth)
        if not is_truth(truth):
            return self.decide(self.compare("!=", truth, 0))
        sides = str(truth).replace("**", "^")
        if len(sides) > 120 or not truth.is_Relational:
            sides = "what depends on " + ", ".join(sorted(letter.name for letter in truth.free_symbols))
        raise Undecided(f"nobody can say whether {sides} holds: give numbers for the letters")

    def choose(self, condition: Any, yes: Any, no: Any) -> Any:
        if isinstance(condition, bool) or condition in (sympy.true, sympy.false):
            return yes if condition else no
        if not is_truth(condition):
            return self.choose(self.compare("!=", condition, 0), yes, no)
        pairs = (self.number(yes), condition), (self.number(no), True)
        light = sum(self.size(part)[0] for part in (pairs[0][0], condition, pairs[1][0])) < 100
        return self.done(_made(sympy.Piecewise, *pairs, evaluate=light))

    def extreme(self, function: str, items: list[Any]) -> Any:
        numbers = [self.number(item) for item in items]
        known = [number for number in numbers if self.known(number)]
        rest = [number for number in dict.fromkeys(numbers) if not self.known(number)]
        if known:
            rest = [known[self.first_extreme(f"arg{function}", known)], *rest]
        make = sympy.Max if function == "max" else sympy.Min
        light = sum(self.size(number)[0] for number in rest) < 300
        return rest[0] if len(rest) == 1 else self.done(_made(make, *rest, evaluate=light))

    def first_extreme(self, function: str, items: list[Any]) -> int:
        best = 0
        for at in range(1, len(items)):
            if self.decide(self.compare(">" if function == "argmax" else "<", items[at], items[best])):
                best = at
        return best

    def pick(self, labels: list[Any], position: int) -> Any:
        return labels[position]

    def index(self, value: Any) -> int | str:
        if isinstance(value, str):
            return value
        value = self.settled(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        if isinstance(value, sympy.Expr) and self.known(value) and (whole := self.whole(value)) is not None:
            return whole
        raise InputError(f"an index is a whole number, not {value}")

    def linear(self, function: str, rows: list[list[Any]], right: list[list[Any]]) -> list[list[Any]]:
        matrix = [[self.number(entry) for entry in row] for row in rows]
        sides = [[self.number(entry) for entry in row] for row in right]
        if any(entry.is_infinite for row in matrix + sides for entry in row):
            raise Undefined("an infinite entry in a linear system")
        letters = set().union(*(entry.free_symbols for row in matrix for entry in row))
        if len(rows) > 4 and len(letters) * len(rows) > _LARGEST_SYSTEM:
            raise InputError(f"{len(letters)} letters in a matrix of {len(rows)} rows: give numbers for some letters")
        try:
            if function == "det":
                return [[self.done(determinant(matrix))]]
            return [[self.done(entry) for entry in row] for row in solve(matrix, sides)]
        except Singular:
            raise Undefined(_SINGULAR) from None

    def _formula(self, tree: Node) -> Any:
        if tree.head == "number":
            return self.lift(tree.args[0])
        if id(tree) not in self._formulas:
            names = [name for name in free_names(tree) if name not in CONSTANTS or name in self.letters]
            letters = {name: sympy.Symbol(name, **self.kind) for name in names}
            self._formulas[id(tree)] = tree, walk(tree, letters, self)
        return self._formulas[id(tree)][1]


def _made(constructor: Callable[..., Any], *args: Any, evaluate: bool) -> Any:
    try:
        return constructor(*args, evaluate=evaluate)
    except (TypeError, ValueError):  # so SymPy says that zoo or nan is compared
        raise Undefined("a value that is not defined in every case") from None


_RELATIONS: dict[str, tuple[Callable[[int], bool], Callable[..., Any]]] = {
    "<": (lambda sign: sign < 0, sympy.Lt),
    "<=": (lambda sign: sign <= 0, sympy.Le),
    ">": (lambda sign: sign > 0, sympy.Gt),
    ">=": (lambda sign: sign >= 0, sympy.Ge),
    "==": (lambda sign: sign == 0, sympy.Eq),
    "!=": (lambda sign: sign != 0, sympy.Ne),
}
