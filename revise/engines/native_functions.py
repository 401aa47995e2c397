"""The native engine's table of functions, and those that work entry by entry."""

import math
from collections.abc import Callable
from typing import Any

from revise.engines.native_arrays import ARRAY_FUNCTIONS
from revise.engines.native_shapes import ROUNDING, require_fit
from revise.engines.native_values import Library


def _entrywise(name: str) -> Callable[..., Any]:
    return lambda library, x: getattr(library.xp, name)(x)


def _log_to(library: Library, x: Any, base: Any) -> Any:
    require_fit("log_b", x, base)
    return library.xp.log(x) / library.xp.log(base)


def _round(library: Library, x: Any) -> Any:
    towards_zero = library.xp.trunc(x)
    away = library.array(abs(x - towards_zero) >= 0.5)
    return towards_zero + library.xp.sign(x) * away


def _factorial(library: Library, n: Any) -> Any:
    return library.counted(_count_orders, lambda lgamma, n: lgamma(n + 1), n)


def _count_orders(n: float) -> float:
    if not math.isfinite(n):
        return n if n > 0 else math.nan
    if n > 170.6:
        return math.inf
    if abs(n - round(n)) > ROUNDING:
        return math.gamma(n + 1)
    return math.nan if n < -ROUNDING else float(math.factorial(round(n))) if n < 170.5 else math.inf


def _binom(library: Library, n: Any, k: Any) -> Any:
    require_fit("binom", n, k)
    return library.counted(_count_choices, lambda lgamma, n, k: lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1), n, k)


def _count_choices(n: float, k: float) -> float:
    if not math.isfinite(n) or not math.isfinite(k) or n < -ROUNDING:
        return math.nan
    if any(abs(x - round(x)) > ROUNDING for x in (n, k)):
        if k <= -1 or n - k <= -1:
            return math.nan
        return math.exp(math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1))
    whole, chosen = round(n), round(k)
    if not 0 <= chosen <= whole:
        return 0.0
    if min(chosen, whole - chosen) > 1000:  # at least binom(2002, 1001)
        return math.inf
    try:
        return float(math.comb(whole, chosen))
    except OverflowError:
        return math.inf


def _where(library: Library, condition: Any, yes: Any, no: Any) -> Any:
    """Of a condition that is an array; with a scalar one the walk takes a side unseen."""
    require_fit("where", condition, yes, no)
    return library.xp.where(condition != 0, yes, no)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{name: _entrywise(name) for name in "exp log log2 log10 sqrt abs sign floor ceil trunc sin cos tanh".split()},
    "ln": _entrywise("log"),
    "log_b": _log_to,
    "round": _round,
    "sigmoid": lambda library, x: library.sigmoid(x),
    "relu": lambda library, x: library.relu(x),
    "step": lambda library, x: library.xp.clip(library.xp.sign(x) + 1, 0, 1),  # stays on Torch's graph
    "softplus": lambda library, x: library.xp.logaddexp(x, library.array(0)),
    "erf": lambda library, x: library.erf(x),
    "factorial": _factorial,
    "binom": _binom,
    "where": _where,
    **ARRAY_FUNCTIONS,
}
