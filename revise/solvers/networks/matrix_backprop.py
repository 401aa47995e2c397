"""Gradients of a linear layer, z = xW or z = Wx, and of ‖Wx‖²."""

from random import Random
from typing import Any, Literal

from revise.engines.arrays import Array, transpose
from revise.errors import InputError
from revise.expression import FORMULA, Node, parse
from revise.parameters import Matrix
from revise.solution import Solution, Work

SERVES: dict[str, dict[str, object]] = {"matrix-backprop": {}}
SOURCE = "Stanford CS231n, lecture 4 'Backpropagation and neural networks', vectorised example f(x, W) = ‖W·x‖²"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # CS231n lecture 4, the vectorised example
    (
        {"x": "0.2, 0.4", "w": "0.1, 0.5; -0.3, 0.8", "convention": "column", "loss": "norm"},
        {
            "q": ["0.22", "0.26"],
            "f": "0.116",
            "df/dW": [["0.088", "0.176"], ["0.104", "0.208"]],
            "df/dx": ["-0.112", "0.636"],
        },
    ),
    # the same transposed: Wᵀ for W, and every gradient of a matrix is transposed with it
    (
        {"x": "0.2, 0.4", "w": "0.1, -0.3; 0.5, 0.8", "loss": "norm"},
        {"f": "0.116", "df/dW": [["0.088", "0.104"], ["0.176", "0.208"]], "df/dx": ["-0.112", "0.636"]},
    ),
]

# convention, is there a bias → what the layer does
_LAYER = {
    ("row", False): "x @ W",
    ("row", True): "x @ W + b",
    ("column", False): "W @ x",
    ("column", True): "W @ x + b",
}
# loss → convention → the gradients by W and by x
_GRADIENTS = {
    "upstream": {"row": ("x.T @ dz", "dz @ W.T"), "column": ("dz @ x.T", "W.T @ dz")},
    "norm": {"row": ("x.T @ dq", "dq @ W.T"), "column": ("dq @ x.T", "W.T @ dq")},
}
# loss, convention, is it a batch → the gradient by b
_BIAS = {
    ("upstream", "row", False): "dz",
    ("upstream", "row", True): "sum(dz, axis=0)",
    ("upstream", "column", False): "dz",
    ("upstream", "column", True): "sum(dz, axis=1)",
    ("norm", "row", False): "dq",
    ("norm", "row", True): "sum(dq, axis=0)",
    ("norm", "column", False): "dq",
    ("norm", "column", True): "sum(dq, axis=1)",
}
# a right formula → what is written instead
_SLIPS = {
    "x.T @ dz": {"the factors are turned round: that is the gradient transposed": "dz.T @ x"},
    "dz @ x.T": {"the factors are turned round: that is the gradient transposed": "x @ dz.T"},
    "x.T @ dq": {"the factors are turned round: that is the gradient transposed": "dq.T @ x"},
    "dq @ x.T": {"the factors are turned round: that is the gradient transposed": "x @ dq.T"},
    "dz @ W.T": {"W is not transposed (only a square W lets it pass)": "dz @ W"},
    "W.T @ dz": {"W is not transposed (only a square W lets it pass)": "W @ dz"},
    "dq @ W.T": {"W is not transposed (only a square W lets it pass)": "dq @ W"},
    "W.T @ dq": {"W is not transposed (only a square W lets it pass)": "W @ dq"},
    "2*q": {"the factor 2 is forgotten": "q"},
    "sum(dz, axis=0)": {"averaged over the batch instead of added": "mean(dz, axis=0)"},
    "sum(dz, axis=1)": {"averaged over the batch instead of added": "mean(dz, axis=1)"},
    "sum(dq, axis=0)": {"averaged over the batch instead of added": "mean(dq, axis=0)"},
    "sum(dq, axis=1)": {"averaged over the batch instead of added": "mean(dq, axis=1)"},
}


def solve(
    x: Matrix,
    w: Matrix,
    b: Matrix | None = None,
    upstream: Matrix | None = None,
    convention: Literal["row", "column"] = "row",
    loss: Literal["upstream", "norm"] = "upstream",
) -> Solution:
    """The layer forwards, then its gradients by W, x and b, with the shapes at every line.

    x           row: N×n, one example a row; column: n×N, one example a column ("1, 2" is one example in both)
    w           row: n×m for z = xW; column: m×n for z = Wx
    b           m numbers, added to every example
    upstream    dL/dz in the shape of z; all ones by default, as for L = the sum of z's entries
    convention  `row` has z = xW + b, `column` has z = Wx + b
    loss        `norm`: f = ‖q‖², the squares of q's entries added, where q is the layer's output

    A gradient has the shape of what it is taken by.

    Raises InputError naming the argument whose shape does not fit.
    """
    row = convention == "row"
    if loss == "norm" and upstream is not None:
        raise InputError("upstream: with --loss norm it follows from the loss; leave it out")
    x, m, count = _fitted(x, w, row)
    bias = None if b is None else _bias(b, m, row)
    size = (count, m) if row else (m, count)
    if upstream is not None:
        upstream = _upstream(upstream, size)
    batch = count > 1
    many = f" ({count} examples, one a {convention})" if batch else ""
    inner = f"{_by(x)} times {_by(w)}" if row else f"{_by(w)} times {_by(x)}"
    forward = f"forwards: {inner} is {size[0]}×{size[1]}{many}"
    if bias is not None:
        forward += f"; b, {_by(bias)}, is added to every {convention}" if batch else f"; b is {_by(bias)}"
    layer = _LAYER[convention, bias is not None]
    if loss == "norm":
        work = Work(x=x, W=w, b=bias)
    else:
        work = Work(x=x, W=w, b=bias, dz=upstream or Array(size, (1,) * (size[0] * size[1])))
        work.called(dz=f"upstream ∂L/∂z ({size[0]}×{size[1]}{'' if upstream else ', all ones'})")
    work.called(x=f"input ({_by(x)})", W=f"weights ({_by(w)})", b="bias" if bias is None else f"bias ({_by(bias)})")
    by_w, by_x = _GRADIENTS[loss][convention]
    by_b = _BIAS[loss, convention, batch]
    d, s = ("q", f"{size[0]}×{size[1]}") if loss == "norm" else ("z", f"{size[0]}×{size[1]}")
    x_t, w_t = f"{x.shape[1]}×{x.shape[0]}", f"{w.shape[1]}×{w.shape[0]}"
    why_w = f"xᵀ times d{d}: {x_t} times {s} is {_by(w)}, the shape of W"
    why_x = f"d{d} times Wᵀ: {s} times {w_t} is {_by(x)}, the shape of x"
    if not row:
        why_w = f"d{d} times xᵀ: {s} times {x_t} is {_by(w)}, the shape of W"
        why_x = f"Wᵀ times d{d}: {w_t} times {s} is {_by(x)}, the shape of x"
    if batch:
        why_w += "; the product adds over the batch"
    why_b = f"b is added once, so d{d} as it is: {s}, the shape of b"
    if batch and bias is not None:
        why_b = f"b is in every {convention}, so the {convention}s of d{d} are added: {s} becomes {_by(bias)}, like b"
    if loss == "norm":
        work.let("q", layer, forward)
        work.let("f", "sum(q .* q)", "‖q‖²: the squares of all entries added, one number")
        work.let("dq", "2*q", f"dq stands for ∂f/∂q: each square gives 2q; {s}, the shape of q", gradient_of=("f", "q"))
        work.let("df_dW", by_w, why_w, gradient_of=("f", "W"))
        work.let("df_dx", by_x, why_x, gradient_of=("f", "x"))
        words = {"q": "q", "f": "f", "df/dq": "dq", "df/dW": "df_dW", "df/dx": "df_dx"}
        if bias is not None:
            work.let("df_db", by_b, why_b, gradient_of=("f", "b"))
            words["df/db"] = "df_db"
        return work.answer(words)
    work.let("z", layer, forward)
    if upstream is None:
        work.let("L", "sum(z)", "the loss whose ∂L/∂z is 1 at every entry: their sum, one number")
    else:
        work.let("L", "sum(dz .* z)", "one number; any loss with this dz has the same gradients, this is the plainest")
    work.let("dL_dW", by_w, why_w, gradient_of=("L", "W"))
    work.let("dL_dx", by_x, why_x, gradient_of=("L", "x"))
    words = {"z": "z", "dL/dW": "dL_dW", "dL/dx": "dL_dx"}
    if bias is not None:
        work.let("dL_db", by_b, why_b, gradient_of=("L", "b"))
        words["dL/db"] = "dL_db"
    return work.answer(words)


def _by(value: Array) -> str:
    return "×".join(map(str, value.shape))


def _fitted(x: Array, w: Array, row: bool) -> tuple[Array, int, int]:
    """x in the convention's shape, outputs, examples."""
    n, m = w.shape if row else (w.shape[1], w.shape[0])
    if not row and x.shape[0] == 1 and x.shape == (1, n):
        x = transpose(x)  # one example, typed in a line
    count, have = x.shape if row else (x.shape[1], x.shape[0])
    if have != n:
        product = f"x ({_by(x)}) times W ({_by(w)})" if row else f"W ({_by(w)}) times x ({_by(x)})"
        left, right = (f"x has {have}", f"W has {n}") if row else (f"W has {n}", f"x has {have}")
        other = "column" if row else "row"
        fits = (w.shape[1] if row else w.shape[0]) in (x.shape if row else (x.shape[1],))
        hint = f"; --convention {other} has z = {'Wx' if row else 'xW'}" if fits else ""
        raise InputError(f"x: {product} does not go: {left} columns, {right} rows{hint}")
    return x, m, count


def _bias(b: Array, m: int, row: bool) -> Array:
    if len(b.flat) != m or 1 not in b.shape:
        raise InputError(f"b: one number for each of the {m} outputs, not {_by(b)}")
    return Array((1, m) if row else (m, 1), b.flat)


def _upstream(upstream: Array, size: tuple[int, int]) -> Array:
    if 1 in size and upstream.shape == size[::-1]:
        return Array(size, upstream.flat)
    if upstream.shape != size:
        raise InputError(f"upstream: dL/dz has the shape of z, {size[0]}×{size[1]}, not {_by(upstream)}")
    return upstream


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """Step → what was done wrong → the formula that does it; which ones there are depends on the convention."""
    return {
        step.name: {label: parse(wrong, None, FORMULA) for label, wrong in _SLIPS[step.formula].items()}
        for step in solution.steps
        if isinstance(step.formula, str) and step.formula in _SLIPS
    }


def sample(rng: Random) -> dict[str, Any]:
    """A small layer with whole numbers; about half are a batch, a third ‖·‖²."""
    n, m, count = rng.randint(2, 3), rng.randint(2, 3), rng.choice([1, 1, 2, 3])
    row, norm = rng.random() < 0.6, rng.random() < 0.33

    def draw(high: int, wide: int) -> str:
        return "; ".join(", ".join(str(rng.randint(-3, 3)) for _ in range(wide)) for _ in range(high))

    given: dict[str, Any] = {
        "x": draw(count, n) if row else draw(n, count),
        "w": draw(n, m) if row else draw(m, n),
        "convention": "row" if row else "column",
        "loss": "norm" if norm else "upstream",
    }
    if rng.random() < 0.6:
        given["b"] = draw(1, m)
    if not norm and rng.random() < 0.6:
        given["upstream"] = draw(count, m) if row else draw(m, count)
    return given


def reference(
    x: Any, w: Any, b: Any = None, upstream: Any = None, convention: str = "row", loss: str = "upstream"
) -> dict[str, Any]:
    """Torch's linear layer and autograd; examples are rows there, so the column convention is turned round."""
    import torch
    from torch.nn.functional import linear

    def leaf(value: Any) -> Any:
        rows = [[float(entry) for entry in line] for line in value.nested()]
        return torch.tensor(rows, dtype=torch.float64, requires_grad=True)

    weights, inputs = leaf(w), leaf(x)
    shift = None if b is None else torch.tensor([float(e) for e in b.flat], dtype=torch.float64, requires_grad=True)
    if convention == "row":
        result = linear(inputs, weights.mT, shift)
    else:
        one = inputs.shape[0] == 1 and inputs.shape[1] == weights.shape[1]
        result = linear(inputs if one else inputs.mT, weights, shift)
        result = result.mT
    letter, function = ("q", "f") if loss == "norm" else ("z", "L")
    leaves = [weights, inputs, *([] if shift is None else [shift])]
    found = {letter: result}
    if loss == "norm":
        total = torch.linalg.vector_norm(result) ** 2 if bool(result.any()) else result.square().sum()
        found |= {"f": total, "df/dq": torch.autograd.grad(total, result, retain_graph=True)[0]}
        slopes = torch.autograd.grad(total, leaves)
    else:
        arriving = torch.ones_like(result) if upstream is None else leaf(upstream).reshape(result.shape)
        slopes = torch.autograd.grad(result, leaves, arriving)
    found |= {f"d{function}/d{by}": slope for by, slope in zip("Wxb", slopes, strict=False)}
    return {word: value.detach() for word, value in found.items()}
