"""Values as every engine knows them."""

import math
from fractions import Fraction
from typing import Any

from revise.engines import exact
from revise.engines.arrays import Array, entries, stack
from revise.expression import Node
from revise.numerals import Numerals


def neutral(value: Any) -> Any:
    """`value` as every engine knows it: lists become Arrays, whole Fractions ints, 0.1 a tenth."""
    if isinstance(value, list):
        return stack([neutral(item) for item in value])
    if isinstance(value, dict):
        return {key: neutral(item) for key, item in value.items()}
    if isinstance(value, float) and math.isfinite(value):
        return exact.tidy(Fraction(repr(value)))
    if isinstance(value, Fraction):
        return exact.tidy(value)
    if isinstance(value, Array):
        return Array(value.shape, tuple(neutral(entry) for entry in value.flat))
    if isinstance(value, Node) and value.head == "number":
        return value.args[0]
    return value


def neutral_symbolic(value: Any, order: list[str]) -> Any:
    """SymPy's result as a tree in the order of `order`'s letters; numbers as numbers."""
    from revise.engines import sympy_

    if isinstance(value, Array):
        return Array(value.shape, tuple(neutral_symbolic(entry, order) for entry in value.flat))
    if isinstance(value, bool | int | str):
        return value
    tree = sympy_.to_tree(value, order)
    if tree.head == "number":
        return tree.args[0]
    if tree.head == "neg" and tree.args[0].head == "number":
        return -tree.args[0].args[0]
    return tree


def rounded(value: Any, numerals: Numerals) -> Any:
    if isinstance(value, Array):
        return Array(value.shape, tuple(rounded(entry, numerals) for entry in value.flat))
    if isinstance(value, Fraction) or (isinstance(value, float) and abs(value) < 1e300):
        return exact.tidy(Fraction(numerals.shown(value)))
    return value


def differs(value: Any, rounded: Any) -> bool:
    """Whether rounding changed anything; a float was near its value only."""
    pairs = zip(entries(value), entries(rounded), strict=True)
    return any(a is not b and (isinstance(a, float) or a != b) for a, b in pairs)
