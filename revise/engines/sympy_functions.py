"""The scalar functions of the language on SymPy expressions; `field` is the Symbolic that asks."""

import math
from collections.abc import Callable
from typing import Any

import sympy

from revise.engines.exact import Undefined
from revise.engines.sympy_limits import bits


def _log(field: Any, x: Any, base: Any = None) -> Any:
    if field.known(x) and field.sign(x) <= 0:
        raise Undefined(f"a logarithm of {'zero' if field.sign(x) == 0 else 'a number that is not positive'}")
    if base is None:
        return sympy.log(x)
    if field.known(base) and (field.sign(base) <= 0 or field.sign(base - 1) == 0):
        raise Undefined("a logarithm of a number that is not positive")
    if x.is_Rational and base.is_Rational and field.sign(x - 1) == 0:
        return sympy.Integer(0)
    if x.is_Rational and base.is_Rational:
        near = round(math.log(x.p / x.q) / math.log(base.p / base.q)) if bits(x) + bits(base) < 1000 else 0
        if abs(near) < 1024 and base**near == x:
            return sympy.Integer(near)
    return sympy.log(x) / sympy.log(base)


def _sqrt(field: Any, x: Any) -> Any:
    if field.known(x) and field.sign(x) < 0:
        raise Undefined("the square root of a negative number")
    return sympy.sqrt(x)


def _exp(field: Any, x: Any) -> Any:
    if field.known(x) and x.is_finite and x.evalf(17) > 709.78:
        raise Undefined("a value too large for a double")
    return sympy.exp(x)


def _sigmoid(field: Any, x: Any) -> Any:
    if field.known(x) and field.sign(x) < 0:
        return sympy.exp(x) / (1 + sympy.exp(x))
    return 1 / (1 + sympy.exp(-x))


def _softplus(field: Any, x: Any) -> Any:
    if field.known(x) and field.sign(x) > 0:
        return x + sympy.log(1 + sympy.exp(-x))
    return sympy.log(1 + sympy.exp(x))


def _whole_part(name: str, shift: Any) -> Callable[[Any, Any], Any]:
    """Toward zero after `shift`; with letters it stays a function of that name."""

    def part(field: Any, x: Any) -> Any:
        if not field.known(x):
            return sympy.Function(name, integer=True)(x)
        return field.sign(x) * sympy.floor(abs(x) + shift)

    return part


def _factorial(field: Any, n: Any) -> Any:
    if not field.known(n):
        return sympy.factorial(n)
    whole = field.whole(n)
    if whole is None or whole < 0:
        raise Undefined("factorial of something that is no natural number")
    if whole > 170:
        raise Undefined("factorial of more than 170")
    return sympy.factorial(whole)


def _binom(field: Any, n: Any, k: Any) -> Any:
    whole = [field.whole(number) if field.known(number) else 0 for number in (n, k)]
    if None in whole or not all(0 <= number <= 1000 for number in whole):
        raise Undefined("binom needs whole 0 ≤ k ≤ n ≤ 1000")
    if not field.known(n) or not field.known(k):
        return sympy.binomial(n, k, evaluate=False)
    if whole[1] > whole[0]:
        raise Undefined("binom needs whole 0 ≤ k ≤ n ≤ 1000")
    return sympy.Integer(math.comb(*whole))


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "exp": _exp, "log": _log, "ln": _log, "log_b": _log,
    "log2": lambda field, x: _log(field, x, sympy.Integer(2)),
    "log10": lambda field, x: _log(field, x, sympy.Integer(10)),
    "sqrt": _sqrt,
    "abs": lambda field, x: sympy.Abs(x),
    "sign": lambda field, x: sympy.Integer(field.sign(x)) if field.known(x) else sympy.sign(x),
    "floor": lambda field, x: sympy.floor(x),
    "ceil": lambda field, x: sympy.ceiling(x),
    "trunc": _whole_part("trunc", sympy.Integer(0)),
    "round": _whole_part("round", sympy.Rational(1, 2)),
    "sin": lambda field, x: sympy.sin(x),
    "cos": lambda field, x: sympy.cos(x),
    "tanh": lambda field, x: sympy.tanh(x),
    "sigmoid": _sigmoid,
    "relu": lambda field, x: field.extreme("max", [0, x]),
    "step": lambda field, x: field.number(field.compare(">=", x, 0)),
    "softplus": _softplus,
    "erf": lambda field, x: sympy.erf(x),
    "factorial": _factorial,
    "binom": _binom,
}  # fmt: skip
