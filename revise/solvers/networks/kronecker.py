"""Kronecker product A ⊗ B block by block, and what it does to vec X."""

from itertools import product
from random import Random
from typing import Any, Literal

from revise.engines.arrays import Array, shape_text
from revise.errors import InputError
from revise.expression import Node, free_names, name, number
from revise.parameters import Matrix
from revise.solution import Solution, Work
from revise.solvers.networks._differentials import fresh, renamed

SERVES: dict[str, dict[str, object]] = {"kronecker": {}}
SOURCE = "Petersen & Pedersen 2012, The Matrix Cookbook, section 10.2; Magnus & Neudecker 2019, chapter 2"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Wikipedia, 'Kronecker product', section 'Examples'
    (
        {"a": "1, 2; 3, 4", "b": "0, 5; 6, 7"},
        {"product": [[0, 5, 0, 10], [6, 7, 12, 14], [0, 15, 0, 20], [18, 21, 24, 28]]},
    ),
]
MISTAKES = {
    "K": {
        "the factors are turned round": "kron(B, A)",
        "A is transposed": "kron(A.T, B)",
    },
    "y": {"A and B change places": "kron(B, A) @ v"},
    "Y": {"A is not transposed (vec by columns)": "B @ X @ A"},
}

_MOST = 1024  # entries of the product
_MOST_BLOCKS = 9
# how X is read into a vector → X as a matrix again after the product, and the law that ties both
_IDENTITY = {
    "column": (
        "B @ X @ A.T",
        "all([all([abs(y[k*shape(Y)[0] + i] - Y[i,k]) < 1/10^9 for i in 0..shape(Y)[0]-1]) for k in 0..shape(Y)[1]-1])",
        "vec stacks the columns: (A ⊗ B) vec X = vec(B X Aᵀ)",
    ),
    "row": (
        "A @ X @ B.T",
        "all([all([abs(y[i*shape(Y)[1] + k] - Y[i,k]) < 1/10^9 for k in 0..shape(Y)[1]-1]) for i in 0..shape(Y)[0]-1])",
        "vec stacks the rows: (A ⊗ B) vec X = vec(A X Bᵀ)",
    ),
}


def solve(a: Matrix, b: Matrix, x: Matrix | None = None, vec: Literal["column", "row"] = "column") -> Solution:
    """Every entry of A times all of B, the blocks in the places of the entries.

    a    m×n
    b    p×q; the product is mp×nq
    x    a matrix that A ⊗ B is applied to as a vector: q×n by columns, n×q by rows
    vec  how x is read into a vector: column by column (the usual vec) or row by row (as NumPy's ravel)

    A Jacobian by weights is one: y = Wx has I ⊗ xᵀ by W read row by row; see `linear-jacobian`.

    Raises InputError naming the argument whose shape does not fit.
    """
    (m, n), (p, q) = a.shape, b.shape
    if m * n * p * q > _MOST:
        raise InputError(f"a, b: {m}×{n} by {p}×{q} makes {m * p}×{n * q}, more than {_MOST} entries")
    wanted = (q, n) if vec == "column" else (n, q)
    if x is not None and x.shape != wanted:
        raise InputError(
            f"x: A ⊗ B has {n * q} columns; with --vec {vec} X is {shape_text(wanted)}, not {shape_text(x.shape)}"
        )
    entries = _entries(a)
    letters = [letter for value in (*a.flat, *b.flat) if isinstance(value, Node) for letter in free_names(value)]
    small = {wish: fresh(f"{wish} {other}", letters) for wish, other in (("a", "alpha"), ("x", "xi"))}
    work = Work(A=a, B=b, X=x, **{small["a"]: entries, small["x"]: None if x is None else _entries(x)})
    work.called(**dict.fromkeys(small.values(), ""))
    for i, j in entries if m * n <= _MOST_BLOCKS else ():
        work.let(
            "M[i,j]",
            renamed("a[i,j]*B", small),
            f"block in row {i}, column {j}: the entry of A times all of B",
            i=i,
            j=j,
        )
    work.let("K", "kron(A, B)", f"the blocks in the places of the entries: {m * p}×{n * q}")
    if x is None:
        return work.answer(product="K")
    work.let("v", _flattened(x, vec, small["x"]), f"vec X: {vec} by {vec}")
    work.let("y", "K @ v", f"{m * p}×{n * q} times a vector of {n * q}")
    formula, law, why = _IDENTITY[vec]
    work.let("Y", formula, f"{why}; the same {m * p} numbers as a matrix", holds=law)
    return work.answer(product="K", vector="y", matrix="Y")


def _entries(matrix: Array) -> dict[tuple[int, int], Any]:
    """The entries by row and column, counted from 1."""
    rows, columns = (range(1, size + 1) for size in matrix.shape)
    return dict(zip(product(rows, columns), matrix.flat, strict=True))


def _flattened(x: Array, vec: str, entries: str) -> Node:
    """The entries of X in the order in which they are read."""
    places = sorted(_entries(x), key=lambda place: place if vec == "row" else place[::-1])
    return Node("list", tuple(Node("index", (name(entries), number(i), number(j))) for i, j in places))


def sample(rng: Random) -> dict[str, Any]:
    """Up to 2×3 by 2×2 with small whole numbers; half of them with X."""
    m, n, p, q = rng.randint(1, 2), rng.randint(2, 3), rng.randint(2, 2), rng.randint(1, 2)

    def draw(rows: int, columns: int) -> str:
        return "; ".join(", ".join(str(rng.randint(-3, 4)) for _ in range(columns)) for _ in range(rows))

    given = {"a": draw(m, n), "b": draw(p, q)}
    if rng.random() < 0.5:
        given["vec"] = rng.choice(["column", "row"])
        given["x"] = draw(q, n) if given["vec"] == "column" else draw(n, q)
    return given


def reference(a: Any, b: Any, x: Any = None, vec: str = "column") -> dict[str, Any]:
    """NumPy's kron and einsum; reshape with order F or C is vec."""
    import numpy as np

    left, right = (np.array(value.nested(), dtype=float) for value in (a, b))
    size = (left.shape[0] * right.shape[0], left.shape[1] * right.shape[1])
    found = {"product": np.einsum("ij,kl->ikjl", left, right).reshape(size)}
    if x is not None:
        order: Literal["F", "C"] = "F" if vec == "column" else "C"
        vector = np.kron(left, right) @ np.array(x.nested(), dtype=float).reshape(-1, order=order)
        shape = (right.shape[0], left.shape[0]) if vec == "column" else (left.shape[0], right.shape[0])
        found |= {"vector": vector, "matrix": vector.reshape(shape, order=order)}
    return found
