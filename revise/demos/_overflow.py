"""Figures of nets that may have overflowed, for a metric or a curve."""

import math


def or_infinite(value: float) -> float:
    """`value`; infinity where it is no number."""
    return value if math.isfinite(value) else math.inf


def log10_or_gap(value: float) -> float:
    """log10 of `value`; not a number, which a curve leaves out, where that is not finite."""
    return math.log10(value) if 0 < value < math.inf else math.nan
