"""Functions of whole arrays: reductions, linear algebra, arrays made from sizes or joined."""

from collections.abc import Callable
from functools import reduce
from typing import Any

import numpy as np

from revise.engines.native_operators import matmul
from revise.engines.native_shapes import lengths, require_fit, require_square, require_vectors, spell, whole
from revise.engines.native_values import Library
from revise.errors import InputError

EMPTY = {"sum": 0.0, "prod": 1.0, "any": 0.0, "all": 1.0}  # what is left when nothing is

# -- reductions -----------------------------------------------------------------------------------


def _reduction(name: str) -> Callable[..., Any]:
    """Over all entries, or along an axis that stays with length 1."""

    def run(library: Library, x: Any, axis: int | None = None) -> Any:
        keep = axis is not None and x.ndim > 0
        if axis is None or not keep:
            x, axis = x.reshape(-1), 0
        if x.shape[axis] == 0 and name not in EMPTY:
            raise InputError(f"{name} of no entries")
        return _REDUCTIONS[name](library, x, axis, keep)

    return run


def _variance(library: Library, x: Any, axis: int, keep: bool) -> Any:
    centred = x - library.xp.mean(x, axis=axis, keepdims=True)
    return library.xp.mean(centred**2, axis=axis, keepdims=keep)


_REDUCTIONS: dict[str, Callable[[Library, Any, int, bool], Any]] = {
    "sum": lambda library, x, axis, keep: library.xp.sum(x, axis=axis, keepdims=keep),
    "prod": lambda library, x, axis, keep: library.xp.prod(x, axis=axis, keepdims=keep),
    "mean": lambda library, x, axis, keep: library.xp.mean(x, axis=axis, keepdims=keep),
    "var": _variance,
    "max": lambda library, x, axis, keep: library.xp.amax(x, axis=axis, keepdims=keep),
    "min": lambda library, x, axis, keep: library.xp.amin(x, axis=axis, keepdims=keep),
    "argmax": lambda library, x, axis, keep: library.array(library.xp.argmax(x, axis=axis, keepdims=keep)),
    "argmin": lambda library, x, axis, keep: library.array(library.xp.argmin(x, axis=axis, keepdims=keep)),
    "any": lambda library, x, axis, keep: library.xp.any(x != 0, axis=axis, keepdims=keep),
    "all": lambda library, x, axis, keep: library.xp.all(x != 0, axis=axis, keepdims=keep),
    "logsumexp": lambda library, x, axis, keep: library.logsumexp(x, axis, keep),
}


def _extreme(name: str) -> Callable[..., Any]:
    """Of one array's entries, or entry by entry of several values."""
    of_one, pairwise = _reduction(name), f"{name}imum"

    def run(library: Library, *args: Any, axis: int | None = None) -> Any:
        if len(args) == 1:
            return of_one(library, args[0], axis)
        require_fit(name, *args)
        return reduce(getattr(library.xp, pairwise), args)

    return run


def _softmax(library: Library, x: Any, axis: int | None = None) -> Any:
    if x.ndim == 0 or (axis is None and x.ndim > 1):
        raise InputError(f"softmax of shape {spell(x)}: it needs a vector, or a matrix and an axis=")
    return library.softmax(x, axis or 0)


# -- linear algebra -------------------------------------------------------------------------------


def _dot(library: Library, left: Any, right: Any) -> Any:
    require_vectors("dot", left, right)
    return matmul(left, right)


def _outer(library: Library, left: Any, right: Any) -> Any:
    require_vectors("outer", left, right)
    return left[:, None] * right[None, :]


def _kron(library: Library, left: Any, right: Any) -> Any:
    if left.ndim != right.ndim or left.ndim not in (1, 2):
        raise InputError(f"kron needs two matrices or two vectors, not shapes {spell(left)} and {spell(right)}")
    return library.xp.kron(left, right)


def _norm(library: Library, x: Any, order: Any = None) -> Any:
    p = 2.0 if order is None else np.nan if order.ndim else float(order.item())
    if p not in (1.0, 2.0, np.inf):
        raise InputError("norm is norm(x), norm(x, 1) or norm(x, inf)")
    return library.xp.linalg.norm(x.reshape(-1), p)


def _solve(library: Library, matrix: Any, right: Any) -> Any:
    require_square("solve", matrix)
    if right.ndim not in (1, 2) or right.shape[0] != matrix.shape[0]:
        raise InputError(f"solve: shapes {spell(matrix)} and {spell(right)} do not fit")
    return _regular("solve", library.xp.linalg.solve, matrix, right)


def _inverse(library: Library, matrix: Any) -> Any:
    require_square("inv", matrix)
    return _regular("inv", library.xp.linalg.inv, matrix)


def _regular(name: str, function: Callable[..., Any], *args: Any) -> Any:
    try:
        return function(*args)
    except (np.linalg.LinAlgError, RuntimeError):  # Torch's LinAlgError is a RuntimeError
        raise InputError(f"{name}: the matrix is singular") from None


def _determinant(library: Library, matrix: Any) -> Any:
    require_square("det", matrix)
    return library.xp.linalg.det(matrix)


def _trace(library: Library, matrix: Any) -> Any:
    require_square("trace", matrix)
    return library.xp.trace(matrix)


def _matpow(library: Library, matrix: Any, exponent: Any) -> Any:
    require_square("matpow", matrix)
    times = whole(exponent, "the exponent of matpow")
    if times < 0:
        raise InputError(f"matpow needs an exponent of 0 or more, not {times}")
    return library.xp.linalg.matrix_power(matrix, times)


def _diag(library: Library, x: Any) -> Any:
    if x.ndim not in (1, 2):
        raise InputError(f"diag needs a vector or a matrix, not shape {spell(x)}")
    return library.xp.diag(x)


def _tril(library: Library, x: Any) -> Any:
    if x.ndim != 2:
        raise InputError(f"tril needs a matrix, not shape {spell(x)}")
    return library.xp.tril(x)


# -- sizes and joining ----------------------------------------------------------------------------


def _onehot(library: Library, position: Any, size: Any) -> Any:
    k, (n,) = whole(position, "the position in onehot"), lengths("onehot", size)
    if not 0 <= k < n:
        raise InputError(f"onehot: position {k} is outside 0 to {n - 1}")
    return library.array([float(i == k) for i in range(n)])


def _concat(library: Library, *parts: Any) -> Any:
    blocks = [part if part.ndim else part.reshape(1) for part in parts]
    for block in blocks:
        if block.shape[1:] != blocks[0].shape[1:]:
            raise InputError(f"concat: shapes {spell(blocks[0])} and {spell(block)} do not fit")
    return library.xp.concatenate(blocks)


def _sizes(library: Library, x: Any) -> Any:
    if not x.ndim:
        raise InputError("shape of one number: it has no axis")
    return library.array(tuple(x.shape))


ARRAY_FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{name: _reduction(name) for name in _REDUCTIONS},
    "max": _extreme("max"),
    "min": _extreme("min"),
    "softmax": _softmax,
    "dot": _dot,
    "outer": _outer,
    "kron": _kron,
    "norm": _norm,
    "solve": _solve,
    "inv": _inverse,
    "det": _determinant,
    "trace": _trace,
    "matpow": _matpow,
    "diag": _diag,
    "tril": _tril,
    "eye": lambda library, n: library.array(np.eye(lengths("eye", n, n)[0])),
    "zeros": lambda library, *sizes: library.array(np.zeros(lengths("zeros", *sizes))),
    "ones": lambda library, *sizes: library.array(np.ones(lengths("ones", *sizes))),
    "onehot": _onehot,
    "concat": _concat,
    "len": lambda library, x: library.array(x.shape[0] if x.ndim else 1),
    "shape": _sizes,
}
