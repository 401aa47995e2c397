"""Whether a hyperplane parts two sets of points: exact weights, or multipliers that prove there are none."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm
from typing import Any

Row = list[Fraction]


@dataclass(frozen=True)
class Separation:
    """Either `weights` and `bias` with s(w·x + b) > 0 at every point, or `multipliers` ≥ 0, one for each point.

    The multipliers λ prove that there are no weights: ∑ λ s x = 0 and ∑ λ s = 0, so ∑ λ s(w·x + b) is 0 for
    every w and b, though each of its terms would have to be positive.
    """

    weights: tuple[Any, ...] = ()
    bias: Any = 0
    multipliers: tuple[int, ...] = ()


def separate(points: Sequence[Sequence[Any]], signs: Sequence[int], origin: bool = False) -> Separation:
    """The weights with the least ∑|w| at margin 1, whole and without a common divisor, or the multipliers.

    origin  the hyperplane goes through the origin: no bias, and ∑ λ s need not be 0

    The linear program solved is the dual one: ∑ λ as large as possible with |∑ λ s x| ≤ 1 in every coordinate
    and ∑ λ s = 0. Its bounds' prices are w and b; where ∑ λ grows without end, the way it grows is the proof.
    """
    count, wide = len(points), len(points[0])
    columns = [
        [s * Fraction(entry) for entry in (*x, *(() if origin else (1,)))] for x, s in zip(points, signs, strict=True)
    ]
    bounds = [Fraction(int(j < wide)) for j in range(len(columns[0]))]
    many = len(bounds)
    table: list[Row] = []
    for place in range(2 * many):
        sign, j = (1, place) if place < many else (-1, place - many)
        slack = [Fraction(int(place == other)) for other in range(2 * many)]
        table.append([*(sign * column[j] for column in columns), *slack, bounds[j]])
    costs = [*([Fraction(-1)] * count), *([Fraction(0)] * (2 * many + 1))]
    ray = _grown(table, costs, [count + place for place in range(2 * many)])
    if ray is not None:
        return Separation(multipliers=_whole(ray[:count]))
    prices = costs[count : count + 2 * many]
    both = [prices[j] - prices[many + j] for j in range(many)]
    scale = _scale(both[:wide]) if any(both[:wide]) else 1 / abs(both[-1])
    values = [_tidy(entry * scale) for entry in both]
    return Separation(weights=tuple(values[:wide]), bias=0 if origin else values[-1])


def _grown(table: list[Row], costs: Row, basis: list[int]) -> Row | None:
    """Simplex steps in place, the first useful column each time (Bland); a direction of growth without end, or None."""
    while True:
        enters = next((j for j, cost in enumerate(costs[:-1]) if cost < 0), None)
        if enters is None:
            return None
        rows = [i for i, row in enumerate(table) if row[enters] > 0]
        if not rows:
            ray = [Fraction(0)] * (len(costs) - 1)
            ray[enters] = Fraction(1)
            for i, row in enumerate(table):
                ray[basis[i]] = -row[enters]
            return ray
        leaves = min(rows, key=lambda i: (table[i][-1] / table[i][enters], basis[i]))
        pivot = table[leaves] = [entry / table[leaves][enters] for entry in table[leaves]]
        for row in [*(table[i] for i in range(len(table)) if i != leaves), costs]:
            if factor := row[enters]:
                row[:] = [entry - factor * other if other else entry for entry, other in zip(row, pivot, strict=True)]
        basis[leaves] = enters


def _scale(values: Sequence[Fraction]) -> Fraction:
    """What makes the values whole numbers without a common divisor."""
    below = lcm(*(value.denominator for value in values))
    return Fraction(below, gcd(*(int(value * below) for value in values)))


def _whole(values: Sequence[Fraction]) -> tuple[int, ...]:
    scale = _scale(values)
    return tuple(int(value * scale) for value in values)


def _tidy(value: Fraction) -> Any:
    return int(value) if value.denominator == 1 else value
