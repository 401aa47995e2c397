"""No constant part of a typed formula may be undefined, or too large or too small for a double."""

import math
from collections.abc import Callable
from fractions import Fraction

from revise.expression.lexer import ExpressionError
from revise.expression.node import LEAVES, Node, postorder

_GREATEST_EXPONENT = 1024
_GREATEST_FACTORIAL = 170


def _power(base: float, exponent: float) -> float:
    if base < 0 and exponent != int(exponent):
        raise ValueError("a root of a negative number")
    if abs(exponent) > _GREATEST_EXPONENT and exponent == int(exponent):
        raise ValueError(f"a whole exponent above {_GREATEST_EXPONENT}")
    return math.pow(base, exponent)


def _factorial(n: float) -> float:
    if n < 0 or n != int(n):
        raise ValueError("factorial of something that is no natural number")
    if n > _GREATEST_FACTORIAL:
        raise ValueError(f"factorial of more than {_GREATEST_FACTORIAL}")
    return math.gamma(n + 1)


def _binom(n: float, k: float) -> float:
    if n != int(n) or k != int(k) or not 0 <= k <= n or n > 1000:
        raise ValueError("binom needs whole 0 ≤ k ≤ n ≤ 1000")
    return float(math.comb(int(n), int(k)))


def _log(x: float, base: float = math.e) -> float:
    if x <= 0 or base <= 0 or base == 1:
        raise ValueError("a logarithm that is not defined")
    return math.log(x, base)


_OPERATIONS: dict[str, Callable[..., float]] = {
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, ".*": lambda a, b: a * b,
    "/": lambda a, b: a / b, "./": lambda a, b: a / b, "^": _power, ".^": _power,
    "neg": lambda a: -a, "%": lambda a: a / 100, "exp": math.exp, "log": _log, "ln": _log,
    "log2": _log, "log10": _log, "log_b": _log, "sqrt": math.sqrt, "factorial": _factorial,
    "binom": _binom, "abs": abs,
    "sin": math.sin, "cos": math.cos, "tanh": math.tanh, "erf": math.erf,
    "floor": lambda a: float(math.floor(a)), "ceil": lambda a: float(math.ceil(a)),
    "trunc": lambda a: float(math.trunc(a)), "round": lambda a: math.copysign(math.floor(abs(a) + 0.5), a),
    "relu": lambda a: max(a, 0.0), "sign": lambda a: math.copysign(1, a) if a else 0.0,
    "step": lambda a: float(a >= 0), "sigmoid": lambda a: 0.5 * (1 + math.tanh(a / 2)),
    "softplus": lambda a: max(a, 0) + math.log1p(math.exp(-abs(a))),
}  # fmt: skip


def check_constants(root: Node, text: str) -> None:
    """Raise ExpressionError at the first constant operation without a finite, nonzero-if-nonzero double.

    A product or power of nonzero numbers that vanishes in a double is refused too: exact arithmetic
    would carry its millions of digits.
    """
    values: dict[int, float] = {}
    for node in postorder(root):
        if node.head == "number":
            value = _double(node.args[0])
        elif node.head == "name" and node.args[0] in ("e", "pi"):
            value = math.e if node.args[0] == "e" else math.pi
        elif node.head in ("^", ".^") and node.args[1].head == "number":
            _check_exponent(node, text)
            if id(node.args[0]) not in values:
                continue
            value = _apply(node, values, text)
        elif node.head in _OPERATIONS and node.head not in LEAVES:
            if not all(id(child) in values for child in node.args):
                continue
            value = _apply(node, values, text)
        else:
            continue
        if not math.isfinite(value):
            raise ExpressionError("a number too large for a double", text, node.at)
        values[id(node)] = value


def _check_exponent(node: Node, text: str) -> None:
    exponent = node.args[1].args[0]
    if isinstance(exponent, int) and abs(exponent) > _GREATEST_EXPONENT:
        raise ExpressionError(f"a whole exponent above {_GREATEST_EXPONENT}", text, node.args[1].at)


def _double(value: int | Fraction) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _apply(node: Node, values: dict[int, float], text: str) -> float:
    args = [values[id(child)] for child in node.args]
    try:
        value = _OPERATIONS[node.head](*args)
    except ZeroDivisionError:
        raise ExpressionError("a division by zero", text, node.at) from None
    except OverflowError:
        raise ExpressionError("a number too large for a double", text, node.at) from None
    except ValueError as fault:
        message = str(fault)
        if "math domain" in message or "expected" in message:
            message = "a value that is not defined"
        raise ExpressionError(message, text, node.at) from None
    if value == 0 and node.head in ("*", ".*", "/", "./", "^", ".^", "exp") and args[0] != 0 and all(args[-1:]):
        raise ExpressionError("a number too small for a double", text, node.at)
    return float(value)
