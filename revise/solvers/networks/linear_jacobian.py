"""Jacobian of y = Wx by the weights, row by row: I ⊗ xᵀ."""

from random import Random
from typing import Any

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.parameters import Matrix, Vector
from revise.solution import Solution, Work

SERVES: dict[str, dict[str, object]] = {"linear-jacobian": {}}
SOURCE = "Magnus & Neudecker 2019, Matrix Differential Calculus, chapter 9; figures: Stanford CS231n, lecture 4"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # CS231n lecture 4, f = ‖Wx‖²: q = Wx = (0.22, 0.26), ∂f/∂q = 2q = (0.44, 0.52)
    (
        {"w": "0.1, 0.5; -0.3, 0.8", "x": "0.2, 0.4", "upstream": "0.44, 0.52"},
        {
            "y": ["0.22", "0.26"],
            "dL/dW": ["0.088", "0.176", "0.104", "0.208"],
            "gradient": [["0.088", "0.176"], ["0.104", "0.208"]],
            "dL/dx": ["-0.112", "0.636"],
        },
    ),
]
MISTAKES = {
    "dy_dW": {"the factors are turned round: that is W read column by column": "kron(x.T, eye(m))"},
    "dL_dx": {"W is transposed: that belongs to gradients as columns": "dL_dy @ W.T"},
    "G": {"the factors are turned round: that is the gradient transposed": "x @ dL_dy"},
}

_MOST = 512  # entries of the Jacobian


def solve(w: Matrix, x: Vector, b: Vector | None = None, upstream: Matrix | None = None) -> Solution:
    """y = Wx + b with the Jacobians of y by W, x and b; with an upstream Jacobian those of L too.

    w         m×n weights, "1, 2; 3, 4"
    x         the input, n numbers or letters
    b         m numbers
    upstream  the Jacobian of L by y: as many columns as y has entries; one row where L is a single number

    W is read row by row into one long vector, so the Jacobian by W has mn columns. Everything stands in
    numerator layout: one row an output.

    Raises InputError naming the argument whose shape does not fit.
    """
    m, n = w.shape
    if x.shape != (n,):
        raise InputError(f"x: W is {m}×{n}, so x has {n} entries, not {x.shape[0]}")
    if b is not None and b.shape != (m,):
        raise InputError(f"b: W is {m}×{n}, so b has {m} entries, not {b.shape[0]}")
    if upstream is not None and upstream.shape[1] != m:
        raise InputError(f"upstream: y has {m} entries, so the Jacobian by y has {m} columns, not {upstream.shape[1]}")
    if m * m * n > _MOST or (upstream is not None and upstream.shape[0] * m * n > _MOST):
        raise InputError(f"w: a Jacobian of more than {_MOST} entries; take a smaller W")
    work = Work(W=w, x=Array((n, 1), x.flat), b=None if b is None else Array((m, 1), b.flat), m=m, dL_dy=upstream)
    work.called(W=f"weights ({m}×{n})", x=f"input (a column of {n})", b="bias", m="")
    if upstream is not None:
        work.called(dL_dy=f"upstream Jacobian ({upstream.shape[0]}×{m})")
    work.let("y", "W @ x" if b is None else "W @ x + b", "the layer: yᵢ = Σⱼ wᵢⱼ xⱼ, and bᵢ where there is a bias")
    work.let(
        "dy_dW",
        "kron(eye(m), x.T)",
        f"wᵢⱼ is in yᵢ only, and there its factor is xⱼ: row i has xᵀ in block i, else 0; {m}×{m * n}",
    )
    work.let("dy_dx", "W", f"xⱼ has the factor wᵢⱼ in yᵢ: W itself, {m}×{n}")
    answers = {"y": "y", "dy/dW": "dy_dW", "dy/dx": "dy_dx"}
    if b is not None:
        work.let("dy_db", "eye(m)", f"bᵢ is in yᵢ only, with the factor 1: {m}×{m}")
        answers["dy/db"] = "dy_db"
    if upstream is None:
        return work.answer(answers)
    k = upstream.shape[0]
    work.let(
        "dL_dW",
        "dL_dy @ dy_dW",
        f"chain rule: {k}×{m} times {m}×{m * n} is {k}×{m * n}; the same as upstream ⊗ xᵀ",
        holds="dL_dW = kron(dL_dy, x.T)",
    )
    work.let("dL_dx", "dL_dy @ W", f"chain rule: {k}×{m} times {m}×{n} is {k}×{n}")
    answers |= {"dL/dW": "dL_dW", "dL/dx": "dL_dx"}
    if b is not None:
        work.let("dL_db", "dL_dy @ dy_db", "chain rule: the upstream Jacobian as it is")
        answers["dL/db"] = "dL_db"
    if k == 1:
        work.let(
            "G",
            "dL_dy.T @ x.T",
            f"the gradient has the shape of W, {m}×{n}: the one row ∂L/∂W cut into rows of {n}",
        )
        answers["gradient"] = "G"
    return work.answer(answers)


def sample(rng: Random) -> dict[str, Any]:
    """Up to 3×3 with small whole numbers; about two thirds with an upstream Jacobian of one or two rows."""
    m, n = rng.randint(1, 3), rng.randint(2, 3)

    def draw(rows: int, columns: int) -> str:
        return "; ".join(", ".join(str(rng.randint(-3, 3)) for _ in range(columns)) for _ in range(rows))

    given = {"w": draw(m, n), "x": draw(1, n)}
    if rng.random() < 0.4:
        given["b"] = draw(1, m)
    if rng.random() < 0.7:
        given["upstream"] = draw(rng.choice([1, 1, 2]), m)
    return given


def reference(w: Any, x: Any, b: Any = None, upstream: Any = None) -> dict[str, Any]:
    """Torch's functional Jacobian of a linear layer by its flattened weights."""
    import torch
    from torch.autograd.functional import jacobian
    from torch.nn.functional import linear

    def leaf(value: Any) -> Any:
        return torch.tensor([float(entry) for entry in value.flat], dtype=torch.float64)

    m, n = w.shape
    weights, inputs = leaf(w), leaf(x)
    shift = torch.zeros(m, dtype=torch.float64) if b is None else leaf(b)

    def layer(flattened: Any, point: Any, added: Any) -> Any:
        return linear(point, flattened.reshape(m, n), added)

    by_w, by_x, by_b = jacobian(layer, (weights, inputs, shift))  # type: ignore[no-untyped-call]
    found = {"y": layer(weights, inputs, shift), "dy/dW": by_w, "dy/dx": by_x, "dy/db": by_b}
    if upstream is not None:
        above = leaf(upstream).reshape(upstream.shape)
        found |= {"dL/dW": above @ by_w, "dL/dx": above @ by_x, "dL/db": above @ by_b}
        found["gradient"] = (above @ by_w)[0].reshape(m, n)
    return found
