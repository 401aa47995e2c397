"""What native values must be: shapes that fit, vectors, square matrices, whole numbers, truth values."""

import math
from typing import Any

import numpy as np

from revise.errors import InputError

MOST_ENTRIES = 10_000_000
ROUNDING = 1e-9  # 0.1·30 is the index 3


def shape(value: Any) -> tuple[int, ...] | None:
    """None for what is neither a number nor an array."""
    return tuple(value.shape) if hasattr(value, "shape") else None


def spell(value: Any) -> str:
    """2×3; (4) for a vector or a list of labels."""
    sizes = (len(value),) if isinstance(value, tuple) else shape(value)
    if not sizes:
        return "of one number"
    return "×".join(str(size) for size in sizes) if len(sizes) > 1 else f"({sizes[0]})"


def describe(value: Any) -> str:
    """What stands where one number should."""
    if shape(value) is None:
        return f"the label {value}" if isinstance(value, str) else "a table or labels"
    return f"an array of shape {spell(value)}"


def holds(value: Any) -> bool:
    if shape(value) != ():
        raise InputError("a condition must be one truth value, not " + describe(value))
    return bool(value.item())


def whole(value: Any, what: str) -> int:
    if shape(value) != ():
        raise InputError(f"{what} must be one whole number, not " + describe(value))
    plain = float(value.item())
    if not math.isfinite(plain) or abs(plain - round(plain)) > ROUNDING * max(1.0, abs(plain)):
        raise InputError(f"{what} must be a whole number, not {plain:g}")
    return round(plain)


def lengths(name: str, *sizes: Any) -> list[int]:
    """The sizes of the array that `name` makes, refused where they are too large."""
    given = []
    for size in sizes:
        given.append(whole(size, f"the size in {name}"))
        if not 0 <= given[-1] <= MOST_ENTRIES:
            raise InputError(f"{name}: a size from 0 to {MOST_ENTRIES:,}, not {given[-1]}")
    if math.prod(given) > MOST_ENTRIES:
        raise InputError(f"{name} of more than {MOST_ENTRIES:,} entries")
    return given


def require_fit(sign: str, *values: Any) -> None:
    """Refuse shapes that do not broadcast."""
    different = {tuple(value.shape) for value in values if value.ndim}
    if len(different) > 1:
        try:
            np.broadcast_shapes(*different)
        except ValueError:
            spelled = " and ".join(spell(value) for value in values)
            raise InputError(f"{sign}: shapes {spelled} do not fit") from None


def require_vectors(name: str, *values: Any) -> None:
    for value in values:
        if value.ndim != 1:
            raise InputError(f"{name} needs vectors, not shape {spell(value)}")


def require_square(name: str, value: Any) -> None:
    if value.ndim != 2 or value.shape[0] != value.shape[1]:
        raise InputError(f"{name} needs a square matrix, not shape {spell(value)}")
