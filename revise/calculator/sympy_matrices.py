"""Eigenvalues, singular values, rank and the spectral norm: exact where the roots are, else by NumPy."""

from typing import Any, NamedTuple

import sympy

from revise.engines.arrays import Array, shape_text
from revise.errors import InputError

_MOST_LETTERS = 4  # rows of a matrix with letters


class Eigen(NamedTuple):
    """`vectors` is a basis of the eigenspace, [] where none is shown."""

    value: Any
    times: int
    vectors: list[list[Any]]


def matrix_of(value: Any, what: str, square: bool = False) -> Any:
    if not isinstance(value, Array) or len(value.shape) != 2:
        have = shape_text(value.shape) + " numbers" if isinstance(value, Array) else "a number"
        raise InputError(f"{what} needs a matrix, not {have}")
    rows, columns = value.shape
    if square and rows != columns:
        raise InputError(f"{what} needs a square matrix, not {rows}×{columns}")
    return sympy.Matrix(rows, columns, list(value.flat))


def rank(value: Any) -> tuple[Any, list[str]]:
    matrix = matrix_of(value, "rank")
    notes = ["For general letters; for some values it may be less."] if matrix.free_symbols else []
    return sympy.Integer(matrix.rank(simplify=bool(matrix.free_symbols))), notes


def is_numeric(matrix: Any) -> bool:
    return not matrix.free_symbols


def eigen(value: Any) -> tuple[list[Eigen], list[str]]:
    """Eigenvalues from the largest down, and what is to be said."""
    matrix = matrix_of(value, "eigen", square=True)
    if matrix.free_symbols and matrix.rows > _MOST_LETTERS:
        raise InputError(f"eigen: letters in a matrix of {matrix.rows} rows; give numbers with --at")
    if not _has_short_roots(matrix):
        return _eigen_by_numbers(matrix)
    found = []
    for root, times, basis in matrix.eigenvects():
        vectors = [_tidy(list(vector)) for vector in basis]
        found.append(Eigen(_short(root), int(times), vectors))
    found.sort(key=lambda each: _size(each.value), reverse=True)
    notes = []
    if any(len(each.vectors) < each.times for each in found):
        notes.append("Fewer eigenvectors than rows: the matrix can't be diagonalised.")
    if any(each.value.has(sympy.I) for each in found):
        notes.append("Complex eigenvalues: the matrix turns vectors round.")
    return found, notes


def _has_short_roots(matrix: Any) -> bool:
    """Whether the characteristic polynomial falls into factors of degree 1 and 2."""
    if matrix.free_symbols or matrix.rows <= 2:
        return True
    if not all(entry.is_Rational for entry in matrix):
        return False
    _, factors = matrix.charpoly().factor_list()
    return all(factor.degree() <= 2 for factor, _ in factors)


def _short(expression: Any) -> Any:
    return min((expression, sympy.simplify(expression)), key=lambda form: form.count_ops())


def _tidy(vector: list[Any]) -> list[Any]:
    """Whole numbers where that can be, the first one positive; else as it comes."""
    vector = [_short(entry) for entry in vector]
    if all(entry.is_Rational for entry in vector):
        scale = sympy.ilcm(*(entry.q for entry in vector))
        whole = [entry * scale for entry in vector]
        shared = sympy.igcd(*whole)
        first = next(entry for entry in whole if entry != 0)
        return [entry / shared * (1 if first > 0 else -1) for entry in whole]
    return vector


def _size(value: Any) -> tuple[float, float]:
    near = value.evalf(15)
    if near.free_symbols:
        return (0.0, 0.0)
    return (float(sympy.re(near)), float(sympy.im(near)))


def _numbers(matrix: Any) -> Any:
    import numpy as np

    return np.array([[float(entry) for entry in matrix.row(i)] for i in range(matrix.rows)], dtype=float)


def _eigen_by_numbers(matrix: Any) -> tuple[list[Eigen], list[str]]:
    import numpy as np

    numbers = _numbers(matrix)
    symmetric = bool(np.allclose(numbers, numbers.T, rtol=0, atol=0))
    values, vectors = np.linalg.eigh(numbers) if symmetric else np.linalg.eig(numbers)
    order = np.argsort(-values.real, kind="stable")
    found = [Eigen(_number(values[i]), 1, [[_number(x) for x in vectors[:, i]]]) for i in order]
    return found, ["By numbers (NumPy), eigenvectors of length 1: the roots have no short closed form."]


def _number(value: Any) -> Any:
    if abs(value.imag) > 1e-12 * (1 + abs(value)):
        return sympy.Float(value.real, 16) + sympy.Float(value.imag, 16) * sympy.I
    return sympy.Float(0.0 if abs(value.real) < 1e-15 else value.real, 16)


def singular(value: Any) -> tuple[list[list[float]], list[Any], list[list[float]]]:
    """U by columns, the singular values (exact where the roots are short) and Vᵀ, of the thin decomposition."""
    import numpy as np

    matrix = matrix_of(value, "svd")
    if matrix.free_symbols:
        raise InputError("svd needs numbers; give the letters values with --at")
    left, sizes, right = np.linalg.svd(_numbers(matrix), full_matrices=False)
    for place, row in enumerate(right):  # of the two signs the one whose largest entry is positive
        if row[np.argmax(np.abs(row))] < 0:
            right[place], left[:, place] = -row, -left[:, place]
    exact = _exact_sizes(matrix)
    shown = exact if exact is not None else [sympy.Float(size, 16) for size in sizes]
    return _rounded(left), shown, _rounded(right)


def _rounded(array: Any) -> list[list[float]]:
    return [[0.0 if abs(entry) < 1e-15 else float(entry) for entry in row] for row in array]


def _exact_sizes(matrix: Any) -> list[Any] | None:
    gram = matrix.T * matrix if matrix.cols <= matrix.rows else matrix * matrix.T
    if not all(entry.is_Rational for entry in gram) or not _has_short_roots(gram):
        return None
    roots = [root for root, times in gram.eigenvals().items() for _ in range(times)]
    roots.sort(key=lambda root: float(root.evalf(15)), reverse=True)
    return [_short(sympy.sqrtdenest(sympy.sqrt(root))) for root in roots]


def spectral(value: Any) -> Any:
    """The largest singular value."""
    matrix = matrix_of(value, "norm")
    if matrix.free_symbols and min(matrix.shape) > 2:
        raise InputError("norm(A, 2) of a matrix with letters: two rows or columns at most")
    gram = matrix.T * matrix if matrix.cols <= matrix.rows else matrix * matrix.T
    if matrix.free_symbols or gram.rows <= 2:
        trace, area = gram.trace(), gram.det()
        root = gram[0, 0] if gram.rows == 1 else (trace + sympy.sqrt(sympy.expand(trace**2 - 4 * area))) / 2
        return sympy.sqrtdenest(sympy.sqrt(root))
    sizes = singular(value)[1]
    return sizes[0]
