"""Signs of LaTeX, and what they do to numbers, vectors (lists) and matrices (lists of rows); see latex_reader."""

import math
import re
from collections.abc import Callable
from typing import Any

_TOKEN = re.compile(
    r"\\(?:mathrm|text|operatorname)\s*\{[^{}]*\}|\\[A-Za-z]+|\\.|\d+(?:\{,\}\d{3})*(?:\.\d+)?|[^\s]", re.DOTALL
)
_LAYOUT = {r"\left", r"\right", r"\big", r"\Big", r"\,", r"\;", r"\!", "\\ ", r"\textstyle"}
CALLS: dict[str, Callable[[float], float]] = {
    r"\exp": math.exp, r"\log": math.log, r"\ln": math.log, r"\tanh": math.tanh, r"\cos": math.cos, r"\sin": math.sin,
    r"\sigma": lambda z: 1 / (1 + math.exp(-z)), r"\mathrm{ReLU}": lambda z: max(z, 0.0),
    r"\mathrm{sign}": lambda z: z / abs(z), r"\Phi": lambda z: (1 + math.erf(z / math.sqrt(2))) / 2,
    r"\varphi": lambda z: math.exp(-z * z / 2) / math.sqrt(2 * math.pi),
}  # fmt: skip
ROUND: dict[str, tuple[str, Callable[[float], float]]] = {
    r"\lfloor": (r"\rfloor", math.floor),
    r"\lceil": (r"\rceil", math.ceil),
    "(": (")", float), "[": ("]", float), "{": ("}", float), "|": ("|", abs), r"\|": (r"\|", abs),
}  # fmt: skip
NORMS: dict[str, Callable[[list[float]], float]] = {
    "1": math.fsum, "2": lambda sizes: math.hypot(*sizes), r"\infty": max
}  # fmt: skip
OVER: dict[str, Callable[[list[float]], float]] = {r"\sum": math.fsum, r"\prod": math.prod, r"\max": max, r"\min": min}
CONSTANTS = {"e": math.e, r"\pi": math.pi}


class Unread(ValueError):
    """The formula has a sign that this reader does not know, or knows in another place."""


def tokens(tex: str) -> list[str]:
    return [re.sub(r"\s", "", token) for token in _TOKEN.findall(tex) if token not in _LAYOUT]


def each(function: Callable[..., float], *values: Any) -> Any:
    """`function` entry by entry; a number goes with every entry."""
    lists = [value for value in values if isinstance(value, list)]
    if not lists:
        return float(function(*map(float, values)))
    columns = [value if isinstance(value, list) else [value] * len(lists[0]) for value in values]
    return [each(function, *row) for row in zip(*columns, strict=True)]


def product(a: Any, b: Any) -> Any:
    """A number times anything, or rows by columns; a vector is a column."""
    if not (isinstance(a, list) and isinstance(b, list)):
        return each(lambda x, y: x * y, a, b)
    rows = [row if isinstance(row, list) else [row] for row in a]
    columns = [list(column) for column in zip(*b, strict=True)] if isinstance(b[0], list) else [b]
    if len(rows[0]) != len(columns[0]):
        raise Unread("these two lists have no product without a sign")
    found = [[math.fsum(x * y for x, y in zip(row, column, strict=True)) for column in columns] for row in rows]
    return found if isinstance(b[0], list) else [row[0] for row in found]


def place(items: list[Any], index: float) -> int:
    """Where entry `index` stands; they count from 1."""
    return range(1, len(items) + 1).index(int(index))
