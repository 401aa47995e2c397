"""Points at which two formulas are compared, and the values there."""

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from revise.engines.arrays import entries
from revise.engines.exact import Exact
from revise.engines.walk import evaluate
from revise.errors import InputError
from revise.expression.functions import CONSTANTS
from revise.expression.node import Node

Domain = Mapping[str, tuple[float, float]]

_ATTEMPTS = 120
_SEED = 20_260_101


def is_letter(name: str, domain: Domain) -> bool:
    return name not in CONSTANTS or name in domain


def points(letters: Sequence[str], domain: Domain) -> Iterator[tuple[bool, dict[str, int | Fraction]]]:
    """Points of every kind in turn, easy numbers first, and whether each is one that nothing singles out."""
    draw = random.Random(_SEED)
    whole = [3, 2, 0, 1, -1, 5, -2, 4]
    for attempt in range(_ATTEMPTS):
        kind, fine = attempt % 6, 2 if attempt < 6 else 10 if attempt < 24 else 997
        point: dict[str, int | Fraction] = {}
        for at, letter in enumerate(letters):
            if letter in domain:
                point[letter] = _inside(draw, *domain[letter], fine, kind == 3)
            elif kind == 3:
                first = attempt // 6
                point[letter] = whole[first] if at == 0 and first < len(whole) else draw.randint(-3, 6)
            else:
                low, high = [(0, 4), (-4, 0), (0, 1), (0, 0), (-3, 3), draw.choice([(4, 60), (-60, -4)])][kind]
                point[letter] = _inside(draw, low, high, fine, False)
        yield attempt >= 6 and kind not in (3, 5), point


def _inside(draw: random.Random, low: float, high: float, fine: int, whole: bool) -> int | Fraction:
    """A number in the range: a whole one if asked and there is one, else one of `fine` parts of a unit."""
    if whole and math.ceil(low) <= math.floor(min(high, 1e9)):
        return draw.randint(math.ceil(max(low, -1e9)), math.floor(min(high, 1e9)))
    start, end = Fraction(max(low, -100.0)), Fraction(min(high, max(low, -100.0) + 200))
    if end - start >= 1:
        return _plain(Fraction(draw.randrange(math.floor(start * fine) + 1, math.ceil(end * fine)), fine))
    return _plain(start + (end - start) * Fraction(draw.randrange(1, max(fine, 10)), max(fine, 10)))


def _plain(value: Fraction) -> int | Fraction:
    return value.numerator if value.denominator == 1 else value


class Watching(Exact):
    """Exact arithmetic that notes the largest float summand and whether there were floats at all.

    Each float is shaken by `shake` of itself: up for seed 0, down for seed 1, at random for others.
    """

    def __init__(self, shake: float = 0.0, seed: int = 0) -> None:
        self.largest, self.floats, self.shake, self.draw = 0.0, False, shake, random.Random(seed)
        self.always = {0: shake, 1: -shake}.get(seed)

    def _shaken(self, value: Any) -> Any:
        if not isinstance(value, float):
            return value
        self.floats = True
        return value * (1 + (self.draw.uniform(-self.shake, self.shake) if self.always is None else self.always))

    def constant(self, name: str) -> float:
        return float(self._shaken(super().constant(name)))

    def add(self, a: Any, b: Any) -> Any:
        total = super().add(a, b)
        if isinstance(total, float):
            self.largest = max(self.largest, abs(float(a)), abs(float(b)))
        return self._shaken(total)

    def subtract(self, a: Any, b: Any) -> Any:
        return self.add(a, -b)

    def multiply(self, a: Any, b: Any) -> Any:
        return self._shaken(super().multiply(a, b))

    def divide(self, a: Any, b: Any) -> Any:
        return self._shaken(super().divide(a, b))

    def power(self, a: Any, b: Any) -> Any:
        return self._shaken(super().power(a, b))

    def apply(self, function: str, *args: Any) -> Any:
        if function in ("sin", "cos"):
            self.largest = max(self.largest, abs(float(args[0])))
        return self._shaken(super().apply(function, *args))


@dataclass(frozen=True)
class Found:
    value: Any
    largest: float
    floats: bool


def value_at(tree: Node, point: Mapping[str, Any], watch: Watching | None = None) -> Found | None:
    """The value at `point` if there is a finite one."""
    watch = watch or Watching()
    try:
        value = evaluate(tree, point, watch)
    except (InputError, OverflowError):
        return None
    if any(not isinstance(entry, str) and not math.isfinite(entry) for entry in entries(value)):
        return None
    return Found(value, watch.largest, watch.floats)
