r"""A second reader of LaTeX formulas: it evaluates them, and raises Unread at anything it does not know.

`table` says what a symbol is worth: `{r"\eta_0": 0.1, "x": [1.0, 2.0], "i": [1, 2]}`. The longest symbol that stands
in the formula wins, so `V(S_t)` may be one. A list is a vector, of which `x_i` is entry i, counted from 1; a mapping
is a vector that counts otherwise; a list of lists is a matrix. `\sum_i` takes the values that the table gives `i`.
Shares no line with `revise.maths` or `revise.expression`.
"""

import math
from collections.abc import Mapping
from typing import Any

from tests.latex_values import CALLS, CONSTANTS, NORMS, OVER, ROUND, Unread, each, place, product, tokens

_ENDS = {"+", "-", ")", "]", "}", "|", r"\|", ",", r"\rfloor", r"\rceil", ""}
_SIGNS = {"/", r"\odot", r"\cdot", r"\times"}


def evaluate(tex: str, table: Mapping[str, Any] | None = None) -> Any:
    reader = _Reader(tokens(tex), dict(table or {}))
    value = reader.sum()
    if reader.next:
        raise Unread(f"{reader.next!r} is left over in {tex}")
    return value


class _Reader:
    def __init__(self, signs: list[str], table: Mapping[str, Any]) -> None:
        self.signs, self.at, self.bars = signs, 0, 0
        self.table = {tuple(tokens(name)): value for name, value in table.items()}

    @property
    def next(self) -> str:
        return self.signs[self.at] if self.at < len(self.signs) else ""

    def take(self, *wanted: str) -> str:
        if wanted and self.next not in wanted:
            raise Unread(f"{self.next!r} where {' or '.join(wanted)} should stand in {' '.join(self.signs)}")
        self.at += 1
        return self.signs[self.at - 1] if self.at <= len(self.signs) else ""

    def had(self, sign: str) -> bool:
        """Whether `sign` comes next; it is taken then."""
        return self.next == sign and bool(self.take())

    def sum(self) -> Any:
        value = 0.0 if self.next in ("-", "+") else self.term()
        while (sign := self.next) in ("+", "-"):
            self.take()
            value = each(float.__add__ if sign == "+" else float.__sub__, value, self.term())
        return value

    def term(self) -> Any:
        value, slash = self.factor(), False
        while self.next not in _ENDS or (self.next in ("|", r"\|") and not self.bars):
            sign = self.take() if self.next in _SIGNS else ""
            if slash and not sign:
                raise Unread("a/b c can be read in two ways")
            other, slash = self.factor(), sign == "/"
            if sign in ("/", r"\odot"):
                value = each(float.__truediv__ if slash else float.__mul__, value, other)
            elif sign and isinstance(value, list) and isinstance(other, list):
                value = product([value], other)[0]
            else:
                value = product(value, other)
        return value

    def factor(self) -> Any:
        value = self.atom()
        while self.next in ("^", "!"):
            if self.take() == "!":
                value = float(math.factorial(int(value)))
            elif self.had(r"\top"):
                value = [list(row) for row in zip(*value, strict=True)] if isinstance(value[0], list) else [value]
            else:
                value = each(float.__pow__, value, self.script())
        return value

    def script(self) -> Any:
        """What stands after ^ or _: braces, or one sign."""
        if len(self.next) > 1 and self.next.isdigit():
            raise Unread(f"{self.next} needs braces")
        return self.atom()

    def atom(self) -> Any:
        for size in range(max(map(len, self.table), default=0), 0, -1):
            if (name := tuple(self.signs[self.at : self.at + size])) in self.table:
                self.at += size
                return self.entry(self.table[name])
        sign = self.take()
        if sign[:1].isdigit():
            return float(sign.replace("{,}", ""))
        if sign in OVER and self.had("_"):
            return OVER[sign](self.over())
        if sign in (r"\max", r"\min"):
            self.take("(")
            values = [self.sum()]
            while self.take(",", ")") == ",":
                values.append(self.sum())
            return each(max if sign == r"\max" else min, *values)
        if sign in ROUND:
            closing, function = ROUND[sign]
            outer, self.bars = self.bars, sign in ("|", r"\|")  # between bars, a bar closes and never opens
            value = each(function, self.sum())
            self.take(closing)
            self.bars = outer
            return NORMS[self.take(*NORMS) if self.had("_") else "2"](value) if sign == r"\|" else value
        if sign == r"\frac":
            return each(float.__truediv__, self.script(), self.script())
        if sign == r"\sqrt":
            return each(math.sqrt, self.script())
        if sign in CALLS:
            return self.call(sign)
        if sign in CONSTANTS:
            return CONSTANTS[sign]
        raise Unread(f"what is {sign!r} in {' '.join(self.signs)}?")

    def entry(self, value: Any) -> Any:
        """`x`, or `x_i`, `w_{ij}`, `g_{t-k}` where x is a list."""
        if not isinstance(value, list | dict) or not self.had("_"):
            return value
        if isinstance(value, dict):
            return value[str(int(self.script()))]
        if not isinstance(value[0], list):
            return value[place(value, self.script())]
        self.take("{")
        row = value[place(value, self.atom())]
        self.had(",")
        found = row[place(row, self.atom())]
        self.take("}")
        return found

    def over(self) -> list[float]:
        """The values of the next term for each value of the index."""
        braced, letter = self.had("{"), self.take()
        if braced and self.had("="):
            first = int(self.sum())
            self.take("}")
            self.take("^")
            values = [*range(first, int(self.script()) + 1)]
        else:
            values = [*self.table.get((letter,), [])]
            if braced and self.had(r"\ne"):
                values.remove(self.atom())
            if braced:
                self.take("}")
        if not values:
            raise Unread(f"{letter} runs over nothing")
        start, found, outside = self.at, [], self.table
        for value in values:
            self.at, self.table = start, {**outside, (letter,): float(value)}
            found.append(self.term())
        self.table = outside
        return found

    def call(self, name: str) -> Any:
        r"""`\log x`, `\log(x + 1)`, `\log_2 x`, `\tanh^2(x)`."""
        scale = 1 / math.log(self.script()) if name == r"\log" and self.had("_") else 1.0
        power = self.script() if self.had("^") else 1.0
        bare = self.next not in ("(", r"\frac", r"\sum", r"\prod")
        value = each(CALLS[name], self.atom() if self.next == "(" else self.factor())
        if bare and self.next not in _ENDS | _SIGNS:
            raise Unread(f"how far does {name} reach?")
        return each(lambda entry: (entry * scale) ** power, value)
