"""Cost of self-attention: O(n²d) against the O(nd²) of recurrence."""

from random import Random
from typing import Any, Literal

from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Number, whole
from revise.solution import Solution, Work

SERVES: dict[str, dict[str, object]] = {"attention-complexity": {}}
SOURCE = "Vaswani et al. 2017, section 4 and table 1"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Vaswani et al. 2017, table 1, column by column
    (
        {"n": "n", "d": "d", "kernel_size": "k", "r": "r"},
        {
            "self-attention": "n^2*d", "recurrent": "n*d^2", "convolutional": "k*n*d^2", "restricted": "r*n*d",
            "steps(recurrent)": "n", "path(recurrent)": "n", "path(convolutional)": "log(n)/log(k)",
            "path(restricted)": "n/r",
        },
    ),
    # the same table: one step and one hop whatever n and d are
    ({"n": 70, "d": 512}, {"steps(self-attention)": 1, "path(self-attention)": 1, "same-as-recurrent": 512}),
    # Kaplan et al. 2020, table 1: attention mask 2·n·d and QKV with project 8·d² operations a token, 2 a multiply-add
    ({"n": "n", "d": "d"}, {"projections": "4*d^2*n", "scores": "n^2*d"}),
]  # fmt: skip
MISTAKES = {
    "scores": {"n·d only: each query against one key": "n*d", "multiplied by the number of heads": "h*n^2*d"},
    "projections": {"the output matrix is forgotten": "3*n*d^2", "once, not once a token": "4*d^2"},
    "entries": {"one matrix for all heads": "n^2"},
    "cost[x]": {"n and d swapped": "n*d^2"},
    "even": {"equal where n = d (that compares n²d with nd², not all the products)": "d"},
}
_BYTES = {"float32": 4, "float16": 2, "int8": 1}


def solve(
    n: Number,
    d: Number,
    num_heads: Number = 1,
    kernel_size: Number = 3,
    r: Number | None = None,
    dtype: Literal["float32", "float16", "int8"] = "float32",
) -> Solution:
    """Multiply-adds of one layer part by part, when they are even, memory; then the layers of table 1 side by side.

    n            tokens
    d            entries of a token
    num_heads    heads share d, so they change the memory of the weights A, not the multiply-adds
    kernel_size  k of a convolution, compared with
    r            how many neighbours a token sees where attention is restricted
    dtype        of the weights A

    The softmax and biases are not counted. Raises InputError where a size is no whole number of at least 1.
    """
    named = ((n, "n"), (d, "d"), (num_heads, "num_heads"), (kernel_size, "kernel_size"), (r, "r"))
    for value, name in named:
        if value is not None and not isinstance(value, Node):
            whole(value, name, 2 if name == "kernel_size" else 1)
    if isinstance(n, int) and isinstance(r, int) and r > n:
        raise InputError(f"r: a token can't see {r} neighbours among {n} tokens")
    layers = ("self-attention", "recurrent", "convolutional", *(("restricted",) if r is not None else ()))
    work = Work(n=n, d=d, h=num_heads, k=kernel_size, r=r, b=_BYTES[dtype], layers=layers)
    work.whole = True
    work.called(n="tokens", d="entries of a token", h="heads", k="kernel", r="neighbours", b="bytes a value")
    work.let("projections", "4*n*d^2", "Q, K, V and the output: four products n×d by d×d", unit="MAC")
    why = "QKᵀ: n² dot products; h heads of d/h entries make as many"
    work.let("scores", "n^2*d", why, unit="MAC")
    work.let("mixing", "n^2*d", "AV: n outputs, each a sum over n values of d entries", unit="MAC")
    work.let("macs", "projections + scores + mixing", "one attention layer", unit="MAC")
    why = "4nd² = 2n²d gives n = 2d; a longer sequence costs more in QKᵀ and AV than in the matrices"
    work.let("even", "2*d", why, holds="4*even*d^2 = 2*even^2*d", unit="tokens")
    work.let("entries", "h*n^2", "a weight for each pair of tokens in each head", unit="values")
    work.let("memory", "b*entries", "bytes of the weights A", unit="bytes")
    _compared(work, layers)
    why = "n²d = nd² gives n = d: below it self-attention is cheaper than recurrence"
    work.let("same", "d", why, holds="same^2*d = same*d^2", unit="tokens")
    words = {"projections": "projections", "scores": "scores", "weighted-sum": "mixing", "multiply-adds": "macs"}
    words |= {"even-at": "even", "weights": "entries", "memory": "memory"}
    words |= {layer: f"cost[{layer}]" for layer in layers}
    words |= {f"steps({layer})": f"steps[{layer}]" for layer in layers}
    words |= {f"path({layer})": f"path[{layer}]" for layer in layers}
    return work.answer({**words, "same-as-recurrent": "same"})


# layer → cost, steps one after the other, longest path between two tokens; each with its reason
_LAYERS = {
    "self-attention": (("n^2*d", "all pairs"), ("1", "all tokens at once"), ("1", "each token sees each")),
    "recurrent": (
        ("n*d^2", "a d×d matrix for each token"), ("n", "a step waits for the one before"), ("n", "one token a step"),
    ),
    "convolutional": (
        ("k*n*d^2", "k matrices d×d for each token"), ("1", "all tokens at once"),
        ("log_b(n, k)", "layers, each dilated k times as far"),
    ),
    "restricted": (("r*n*d", "r neighbours for each token"), ("1", "all at once"), ("n/r", "layers, r tokens each")),
}  # fmt: skip


def _compared(work: Work, layers: tuple[str, ...]) -> None:
    work.note(
        "Table 1 of the paper, orders of growth: the cost of a layer, its steps one after the other, and the longest "
        "path between two tokens. Constants and the projections are left out."
    )
    for layer in layers:
        cost, steps, path = _LAYERS[layer]
        work.let("cost[x]", cost[0], cost[1], table="layers side by side", x=layer)
        work.let("steps[x]", steps[0], steps[1], table="layers side by side", x=layer)
        work.let("path[x]", path[0], path[1], table="layers side by side", x=layer)


def sample(rng: Random) -> dict[str, Any]:
    """A short sequence of small tokens."""
    heads = rng.choice([1, 2, 4])
    given: dict[str, Any] = {
        "n": rng.randint(2, 20), "d": heads * rng.randint(1, 8), "num_heads": heads,
        "kernel_size": rng.choice([3, 5]), "dtype": rng.choice(list(_BYTES)),
    }  # fmt: skip
    if rng.random() < 0.5:
        given["r"] = rng.randint(1, given["n"])
    return given


def reference(
    n: Any, d: Any, num_heads: Any = 1, kernel_size: Any = 3, r: Any = None, dtype: str = "float32"
) -> dict[str, Any]:
    """Torch's own count of the operations of each product, on tensors without memory."""
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    def counted(run: Any) -> int:
        with FlopCounterMode(display=False) as counter:
            run()
        return int(counter.get_total_flops()) // 2

    def blank(*shape: int) -> Any:
        return torch.empty(*shape, device="meta", dtype=torch.float32)

    each = torch.nn.Linear(d, d, bias=False, device="meta")
    heads = blank(num_heads, n, d // num_heads) if d % num_heads == 0 else blank(1, n, d)
    weights = blank(heads.shape[0], n, n)
    conv = torch.nn.Conv1d(d, d, kernel_size, padding="same", bias=False, device="meta")
    found: dict[str, Any] = {
        "projections": counted(lambda: [each(blank(n, d)) for _ in range(4)]),
        "scores": counted(lambda: heads @ heads.mT),
        "weighted-sum": counted(lambda: weights @ heads),
        "self-attention": counted(lambda: blank(n, d) @ blank(d, n)),
        "recurrent": counted(lambda: [each(blank(1, d)) for _ in range(n)]),
        "convolutional": counted(lambda: conv(blank(1, d, n))),
    }
    found["multiply-adds"] = found["projections"] + found["scores"] + found["weighted-sum"]
    if d % num_heads == 0:
        kind = {"float32": torch.float32, "float16": torch.float16, "int8": torch.int8}[dtype]
        found |= {"weights": weights.numel(), "memory": weights.numel() * kind.itemsize}
    if r is not None:
        found["restricted"] = counted(lambda: blank(n, 1, d) @ blank(n, d, r))
    return found
