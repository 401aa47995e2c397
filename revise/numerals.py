"""How numbers are written: decimal places, significant digits, truncation, exact fractions."""

import math
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

_PRECISE = Context(prec=60)


@dataclass(frozen=True)
class Numerals:
    """`digits` decimal places, or `significant` digits if given; `truncate` cuts instead of rounding.

    `exact` keeps every fraction a fraction.
    """

    digits: int = 4
    significant: int | None = None
    truncate: bool = False
    exact: bool = False

    def text(self, value: int | Fraction | float, group: bool = False) -> str:
        """`value` in digits. `group` puts commas into whole numbers of five digits and more."""
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int) and self.significant is None:
            return f"{value:,}" if group and abs(value) >= 10_000 else str(value)
        if isinstance(value, float) and not math.isfinite(value):
            return "undefined" if math.isnan(value) else ("∞" if value > 0 else "-∞")
        if isinstance(value, Fraction) and not self._terminates(value) and self._short(value):
            return f"{value.numerator}/{value.denominator}"
        rounded = self.round(value)
        if isinstance(value, Fraction | float) and rounded == 0 and value != 0:
            return self._scientific(value)
        if abs(rounded) >= 10**15:
            return self._scientific(value)
        text = f"{rounded:f}"
        if isinstance(value, Fraction) or rounded == _as_decimal(value):
            text = text.rstrip("0").rstrip(".") if "." in text else text
        return text

    def decimal(self, value: int | Fraction | float) -> str:
        """`value` as a decimal even where `text` writes a fraction."""
        return self.text(float(value))

    def is_exact(self, value: int | Fraction | float) -> bool:
        """Whether `text` says precisely what `value` is."""
        if isinstance(value, float):
            return not math.isfinite(value) or (abs(value) < 10**15 and self.round(value) == _as_decimal(value))
        if isinstance(value, int) and self.significant is None:
            return True
        return (not self._terminates(value) and self._short(value)) or self.round(value) == value

    def round(self, value: int | Fraction | float) -> Decimal:
        """The Decimal that `text` shows (fractions as decimals)."""
        exact = _as_decimal(value)
        if exact == 0:
            return Decimal(0)
        places = self.digits
        if self.significant is not None:
            places = self.significant - 1 - exact.adjusted()
        quantum = Decimal(1).scaleb(-places)
        mode = ROUND_DOWN if self.truncate else ROUND_HALF_UP
        rounded = exact.quantize(quantum, mode, Context(prec=400))
        if self.significant is not None and rounded.adjusted() > exact.adjusted():
            rounded = rounded.quantize(quantum.scaleb(1), mode, Context(prec=400))
        return abs(rounded) if rounded == 0 else rounded

    def _terminates(self, value: int | Fraction) -> bool:
        if self.significant is not None:
            return self.round(value) == value
        return not self.exact and (10**self.digits) % value.denominator == 0

    def _short(self, value: int | Fraction) -> bool:
        return self.exact or (self.significant is None and value.denominator <= 1000 and abs(value.numerator) < 10**6)

    def _scientific(self, value: int | Fraction | float) -> str:
        figures = self.significant or max(self.digits, 1)
        exact = _as_decimal(value)
        shown = exact.scaleb(-exact.adjusted()).quantize(
            Decimal(1).scaleb(1 - figures), ROUND_DOWN if self.truncate else ROUND_HALF_UP
        )
        power = exact.adjusted()
        if abs(shown) >= 10:
            shown, power = shown / 10, power + 1
        mantissa = f"{shown:f}"
        mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
        return f"{mantissa}e{power}"


def _as_decimal(value: int | Fraction | float) -> Decimal:
    if isinstance(value, Fraction):
        return _PRECISE.divide(Decimal(value.numerator), Decimal(value.denominator))
    # The shortest decimal that names the double: 0.15 rounds up, as on paper.
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
