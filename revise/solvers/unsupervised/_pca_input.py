"""What a principal component analysis starts from, and whether it can."""

from typing import Any

from revise.engines.arrays import Array
from revise.engines.text import text
from revise.errors import InputError
from revise.expression import Node
from revise.parameters import whole
from revise.solvers.networks.hessian import definiteness
from revise.solvers.unsupervised._encoder import numbers

_MOST_POINTS = 64
_MOST = 6  # columns
Rows = list[list[Any]]


def check_points(points: Array, scale: bool) -> int:
    """The number of columns. Raises InputError: too few points, too many, or none that differ."""
    count, columns = points.shape
    if count > _MOST_POINTS:
        raise InputError(f"points: {count} points; at most {_MOST_POINTS} are worked out")
    _check_columns(columns, "points", "numbers a point")
    if count < 2:
        raise InputError("points: one point has no variance; write one a line, as 1, 2; 3, 4")
    _check_entries(points, "points")
    if any(isinstance(entry, Node) for entry in points.flat):
        raise InputError("points: numbers are needed; letters can stand in a 2×2 --covariance")
    varying = [len({row[j] for row in points.nested()}) > 1 for j in range(columns)]
    if not any(varying):
        raise InputError("points: all are the same, there is no variance to explain")
    if scale and not all(varying):
        raise InputError(f"points: column {varying.index(False) + 1} does not vary and can't be scaled to variance 1")
    return columns


def check_covariance(covariance: Array, scale: bool) -> int:
    """The number of columns. Raises InputError where the matrix is no covariance matrix."""
    rows, columns = covariance.nested(), covariance.shape[1]
    if len(rows) != columns:
        raise InputError(f"covariance: it is square, not {len(rows)}×{columns}")
    _check_columns(columns, "covariance", "columns")
    _check_entries(covariance, "covariance")
    for i in range(columns):
        for j in range(i):
            if not _same(rows[i][j], rows[j][i]):
                raise InputError(f"covariance: it is not symmetric, entry {i + 1},{j + 1} differs from {j + 1},{i + 1}")
    if any(isinstance(entry, Node) for entry in covariance.flat):
        if columns != 2 or scale:
            raise InputError("covariance: letters can stand in a 2×2 matrix without --scale; else numbers are needed")
        return columns
    kind = definiteness(rows)
    if kind == "zero":
        raise InputError("covariance: it is 0, there is no variance to explain")
    if not kind.startswith("positive"):
        raise InputError(f"covariance: it is {kind}; a variance is never negative, so neither is an eigenvalue")
    if scale and any(rows[i][i] == 0 for i in range(columns)):
        raise InputError("covariance: a variable without variance can't be scaled")
    return columns


def check_asked(components: Any, share: Any, columns: int) -> None:
    if components is not None and whole(components, "components") > columns:
        raise InputError(f"components: {components} are more than the {columns} there are")
    if isinstance(share, Node) or not 0 < share <= 1:
        raise InputError(f"share: {text(share) if isinstance(share, Node) else share}; it lies from 0 to 1, as 0.95")


def row_of(values: Array | None, columns: int, name: str) -> Array | None:
    """A point as a matrix of one line. Raises InputError where it has not as many numbers."""
    if values is None:
        return None
    if len(values.flat) != columns:
        raise InputError(f"{name}: {len(values.flat)} given, but there are {columns} columns")
    _check_entries(values, name)
    return Array((1, columns), values.flat)


def _check_columns(columns: int, name: str, what: str) -> None:
    if columns < 2:
        raise InputError(f"{name}: a single column has nothing to be turned; at least two {what}")
    if columns > _MOST:
        raise InputError(f"{name}: {columns} {what}; at most {_MOST} are worked out")


def _check_entries(values: Array, name: str) -> None:
    for entry in values.flat:
        numbers(name, entry)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, Node) and isinstance(other, Node):
        return text(one) == text(other)
    return bool(one == other)
