"""How numbers are written: decimal places, significant digits, truncation, exact fractions."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import Any

_PRECISE = Context(prec=60)
_LONG = Context(prec=400)
_FLOAT_DIGITS = 15  # significant decimal digits that a double surely has
_LARGE, _SMALL = 15, -4  # powers of ten from which, and down to which, a number is written with its power


@dataclass(frozen=True)
class Numerals:
    """`digits` decimal places, or `significant` digits if given; `truncate` cuts instead of rounding.

    A number of which fewer than two digits would be left has more places, or is written with a power of ten.
    `exact` keeps every fraction a fraction; without `fractions` none is written.
    """

    digits: int = 4
    significant: int | None = None
    truncate: bool = False
    exact: bool = False
    fractions: bool = True

    def text(self, value: int | Fraction | float, group: bool = False) -> str:
        """`value` in digits. `group` puts commas into whole numbers of five digits and more."""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, float) and not math.isfinite(value):
            return "undefined" if math.isnan(value) else ("∞" if value > 0 else "-∞")
        if self._is_fraction(value):
            return f"{value.numerator}/{value.denominator}"  # type: ignore[union-attr]
        return self.decimal(value, group)

    def decimal(self, value: int | Fraction | float, group: bool = False) -> str:
        """`value` as a decimal even where `text` writes a fraction."""
        if isinstance(value, int) and self.significant is None:
            return f"{value:,}" if group and abs(value) >= 10_000 else str(value)
        shown = self.shown(value)
        mantissa, power = shown, 0
        if self._has_power(value):
            power = shown.adjusted()
            mantissa = shown.scaleb(-power, _LONG)
        text = f"{mantissa:f}"
        if "." in text and self.ends(value):
            text = text.rstrip("0").rstrip(".")
        if power:
            return f"{text}e{power}"
        return f"{shown:,f}" if group and abs(shown) >= 10_000 and "." not in text else text

    def is_exact(self, value: int | Fraction | float) -> bool:
        """Whether `text` says precisely what `value` is."""
        return self._is_fraction(value) or self.ends(value)

    def ends(self, value: int | Fraction | float) -> bool:
        """Whether `decimal` says precisely what `value` is. A float is known to be near a value, never to be it."""
        if isinstance(value, float):
            return not math.isfinite(value)
        return (isinstance(value, int) and self.significant is None) or self.shown(value) == value

    def together(self, values: Iterable[Any]) -> "Numerals":
        """The numerals for numbers that stand side by side: fractions for all of them or for none."""
        numbers: list[int | Fraction | float] = [v for v in values if isinstance(v, int | Fraction | float)]
        if self.exact or not any(map(self._is_fraction, numbers)):
            return self
        short = all(not isinstance(value, float) and self._is_short(value) for value in numbers)
        return replace(self, exact=True) if short else replace(self, fractions=False)

    def telling(self, value: int | Fraction | float) -> "Numerals":
        """These numerals, with as many more places as it takes for `value` not to look whole: 0.9999999 is not 1."""
        style = replace(self, significant=None, truncate=False)
        if self.is_exact(value) or not -(10**6) < value < 10**6 or value == int(value) or self.shown(value) % 1:
            return self
        while style.digits < _FLOAT_DIGITS and not style.shown(value) % 1:
            style = replace(style, digits=style.digits + 1)
        return style if style.shown(value) % 1 else self

    def round(self, value: int | Fraction | float) -> Decimal:
        """`value` to the places or digits asked for, even where nothing but zeros is left."""
        exact = _as_decimal(value)
        if exact == 0:
            return Decimal(0)
        if self.significant is None:
            return self._to_places(exact, self.digits)
        return self._to_figures(exact, self.significant)

    def shown(self, value: int | Fraction | float) -> Decimal:
        """The Decimal that `decimal` writes."""
        exact = _as_decimal(value)
        if exact == 0:
            return Decimal(0)
        if isinstance(value, int) and self.significant is None:
            return exact
        known = _FLOAT_DIGITS if isinstance(value, float) else _LONG.prec
        if self.significant is not None or self._has_power(value):
            return self._to_figures(exact, min(self.significant or max(self.digits, 1), known))
        power = exact.adjusted()
        least = min(2, max(self.digits, 1)) - 1 - power if power < 0 and not self._fits(value) else 0
        return self._to_places(exact, min(max(self.digits, least), known - 1 - power))

    def _to_places(self, exact: Decimal, places: int) -> Decimal:
        mode = ROUND_DOWN if self.truncate else ROUND_HALF_UP
        rounded = exact.quantize(Decimal(1).scaleb(-places), mode, _LONG)
        return abs(rounded) if rounded == 0 else rounded

    def _to_figures(self, exact: Decimal, figures: int) -> Decimal:
        rounded = self._to_places(exact, figures - 1 - exact.adjusted())
        if rounded.adjusted() > exact.adjusted():
            rounded = self._to_places(rounded, figures - 1 - rounded.adjusted())
        return rounded

    def _has_power(self, value: int | Fraction | float) -> bool:
        """Whether `value` is written with a power of ten."""
        if value == 0:
            return False
        exact = _as_decimal(value)
        if exact.adjusted() == _SMALL:  # 0.00099999 is shown as 0.0010
            exact = self._to_figures(exact, min(self.significant or max(self.digits, 1), _FLOAT_DIGITS))
        power = exact.adjusted()
        return power >= _LARGE or (power <= _SMALL and not self._fits(value))

    def _fits(self, value: int | Fraction | float) -> bool:
        """Whether the places asked for (six beside significant digits) hold all of `value`."""
        places = self.digits if self.significant is None else 6
        return not isinstance(value, float) and 10**places % value.denominator == 0

    def _is_fraction(self, value: int | Fraction | float) -> bool:
        if not isinstance(value, Fraction) or value.denominator == 1 or not self.fractions:
            return False
        return self.exact or (self.significant is None and not self._fits(value) and self._is_short(value))

    def _is_short(self, value: int | Fraction) -> bool:
        return value.denominator <= 1000 and abs(value.numerator) < 10**6


def _as_decimal(value: int | Fraction | float) -> Decimal:
    if isinstance(value, Fraction):
        return _PRECISE.divide(Decimal(value.numerator), Decimal(value.denominator))
    # The shortest decimal that names the double: 0.15 rounds up, as on paper.
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
