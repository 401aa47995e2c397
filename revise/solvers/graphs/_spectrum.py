"""Eigenvalues of small symmetric matrices: whole ones exactly, with their vectors; the others by rotations."""

from fractions import Fraction
from math import hypot
from typing import Any

Rows = list[list[Any]]


def null_space(rows: Rows) -> Rows:
    """Vectors that the matrix takes to 0, in whole numbers without a common divisor."""
    from math import gcd, lcm

    work = [[Fraction(entry) for entry in row] for row in rows]
    size = len(work)
    pivots: list[int] = []
    for column in range(size):
        place = next((i for i in range(len(pivots), size) if work[i][column]), None)
        if place is None:
            continue
        at = len(pivots)
        work[at], work[place] = work[place], work[at]
        head = work[at][column]
        work[at] = [entry / head for entry in work[at]]
        for i in range(size):
            if i != at and work[i][column]:
                factor = work[i][column]
                work[i] = [x - factor * y for x, y in zip(work[i], work[at], strict=True)]
        pivots.append(column)
    found: Rows = []
    for free in (column for column in range(size) if column not in pivots):
        vector = [Fraction(0)] * size
        vector[free] = Fraction(1)
        for row, pivot in enumerate(pivots):
            vector[pivot] = -work[row][free]
        scale = lcm(*(entry.denominator for entry in vector))
        whole = [int(entry * scale) for entry in vector]
        common = gcd(*whole) * (-1 if next(entry for entry in whole if entry) < 0 else 1)
        found.append([entry // common for entry in whole])
    return found


def whole_eigenpairs(rows: Rows, most: int) -> list[tuple[int, list[Any]]]:
    """(λ, vector) for each whole eigenvalue from 0 to `most`, as often as it counts."""
    pairs: list[tuple[int, list[Any]]] = []
    for guess in range(most + 1):
        shifted = [[entry - guess * (i == j) for j, entry in enumerate(row)] for i, row in enumerate(rows)]
        pairs += [(guess, vector) for vector in null_space(shifted)]
        if len(pairs) == len(rows):
            break
    return pairs


def rotated(rows: Rows) -> list[tuple[float, list[float]]]:
    """(λ, unit vector) of every eigenvalue, ascending: Jacobi's rotations."""
    size = len(rows)
    a = [[float(entry) for entry in row] for row in rows]
    v = [[float(i == j) for j in range(size)] for i in range(size)]
    for _ in range(60):
        if sum(a[i][j] ** 2 for i in range(size) for j in range(i)) < 1e-28:
            break
        for p in range(size):
            for q in range(p + 1, size):
                if a[p][q] == 0:
                    continue
                slope = (a[q][q] - a[p][p]) / (2 * a[p][q])
                tangent = (1 if slope >= 0 else -1) / (abs(slope) + hypot(1, slope))
                cosine = 1 / hypot(1, tangent)
                sine = tangent * cosine
                for matrix in (a, v):
                    for row in matrix:
                        row[p], row[q] = cosine * row[p] - sine * row[q], sine * row[p] + cosine * row[q]
                a[p], a[q] = (
                    [cosine * x - sine * y for x, y in zip(a[p], a[q], strict=True)],
                    [sine * x + cosine * y for x, y in zip(a[p], a[q], strict=True)],
                )
    return sorted((a[i][i], [row[i] for row in v]) for i in range(size))
