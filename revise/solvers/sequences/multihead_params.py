"""Parameters of multi-head attention: Q, K, V, output; per head."""

from fractions import Fraction
from random import Random
from typing import Any

from revise.expression import Node
from revise.parameters import Number, whole
from revise.solution import Solution, Work

SERVES: dict[str, dict[str, object]] = {"multihead-params": {}}
SOURCE = "Vaswani et al. 2017, section 3.2.2; with biases as torch.nn.MultiheadAttention has them"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Ntakouris 2021, Timeseries classification with a Transformer model (keras.io), its printed summary: tokens of one
    # entry, 4 heads of key_dim 256
    ({"embed_dim": 1, "num_heads": 4, "head_dim": 256}, {"parameters": 7169}),
    # Kaplan et al. 2020, Scaling laws, table 1: QKV 3·d·d_attn, project d_attn·d; d_attn is h·d_k here
    ({"embed_dim": "d", "num_heads": "h", "head_dim": "a", "bias": False}, {"parameters": "3*d*h*a + h*a*d"}),
    # Vaswani et al. 2017, table 3 (A): the heads share d = 512 out, 1 of 512 as 16 of 32, and the size stays the same
    ({"embed_dim": 512, "num_heads": 1, "bias": False}, {"head-size": 512, "parameters": 1_048_576}),
    ({"embed_dim": 512, "num_heads": 16, "bias": False}, {"head-size": 32, "parameters": 1_048_576}),
]
MISTAKES = {
    "W_O": {"the output matrix is forgotten": "0"},
    "W_Q": {"every head has the full d": "d*h*d"},
    "biases": {"biases of Q, K, V only": "3*h*d_k", "one bias a matrix": "4"},
    "per_head": {"only the query matrix": "d*d_k"},
}


def solve(
    embed_dim: Number,
    num_heads: Number,
    head_dim: Number | None = None,
    kdim: Number | None = None,
    vdim: Number | None = None,
    bias: bool = True,
) -> Solution:
    """Weights d·h·d_k for each of Q, K, V and as many for the output; 4d² where d_k = d/h, whatever h is.

    embed_dim  d, entries of a token (of a query, and of what comes out)
    num_heads  h
    head_dim   d_k, entries of a query, key or value in one head (Keras: key_dim); without it d/h
    kdim, vdim  entries of the tokens that keys and values are made of, where these differ from d
    bias       a bias for each output of the four matrices

    Where h does not divide d a note says so. Raises InputError where a size is no whole number of at least 1.
    """
    for value, name in (
        (embed_dim, "embed_dim"),
        (num_heads, "num_heads"),
        (head_dim, "head_dim"),
        (kdim, "kdim"),
        (vdim, "vdim"),
    ):
        if value is not None and not isinstance(value, Node):
            whole(value, name)
    work = Work(d=embed_dim, h=num_heads, d_k=head_dim, d_K=kdim, d_V=vdim)
    work.whole = True
    work.called(d="entries of a token", h="heads", d_k="entries in a head", d_K="entries of a key's token")
    work.called(d_V="entries of a value's token")
    if head_dim is None:
        size = work.let("d_k", "d/h", "the heads share the entries out")
        if isinstance(size, Fraction):
            work.note(f"{num_heads} heads can't share {embed_dim} entries evenly: PyTorch refuses this layer.")
    work.let("W_Q", "d*h*d_k", "queries: d×d_k for each head", unit="weights")
    if kdim is None:
        work.let("W_K", "d*h*d_k", "keys: as many", unit="weights")
    else:
        work.let("W_K", "d_K*h*d_k", "keys: their tokens are of another size", unit="weights")
    if vdim is None:
        work.let("W_V", "d*h*d_k", "values: as many", unit="weights")
    else:
        work.let("W_V", "d_V*h*d_k", "values: their tokens are of another size", unit="weights")
    work.let("W_O", "h*d_k*d", "output: the heads side by side, h·d_k, back to d", unit="weights")
    work.let("weights", "W_Q + W_K + W_V + W_O", "all four matrices", unit="weights")
    if bias:
        work.let("biases", "3*h*d_k + d", "one for each output: of Q, K, V and of the output matrix", unit="biases")
    else:
        work.let("biases", "0", "no bias", unit="biases")
    work.let("params", "weights + biases", "all that is learnt", unit="parameters")
    work.let("per_head", "(W_Q + W_K + W_V)/h", "weights that make Q, K and V of one head", unit="weights")
    if head_dim is None and kdim is None and vdim is None:
        work.note("h·d_k is d, so the weights are 4d² whatever the number of heads is.", holds="weights = 4*d^2")
    words = {"head-size": "d_k"} if head_dim is None else {}
    return work.answer(words, weights="weights", biases="biases", parameters="params", per_head="per_head")


def sample(rng: Random) -> dict[str, Any]:
    """A few heads of a few entries; some with sizes of their own."""
    heads = rng.choice([1, 2, 4, 8])
    given: dict[str, Any] = {"embed_dim": heads * rng.randint(1, 8), "num_heads": heads, "bias": rng.random() < 0.7}
    if rng.random() < 0.3:
        given |= {"kdim": rng.randint(2, 12), "vdim": rng.randint(2, 12)}
    elif rng.random() < 0.3:
        given["head_dim"] = rng.randint(2, 16)
    return given


def reference(
    embed_dim: Any, num_heads: Any, head_dim: Any = None, kdim: Any = None, vdim: Any = None, bias: bool = True
) -> dict[str, Any]:
    """Torch's MultiheadAttention laid out without memory; heads of their own size as four linear layers."""
    import torch

    if head_dim is None:
        layer: Any = torch.nn.MultiheadAttention(
            embed_dim, num_heads, bias=bias, kdim=kdim, vdim=vdim, device="meta"
        )  # fmt: skip
    else:
        wide = num_heads * head_dim
        sizes = ((embed_dim, wide), (kdim or embed_dim, wide), (vdim or embed_dim, wide), (wide, embed_dim))
        layer = torch.nn.ModuleList(torch.nn.Linear(*size, bias=bias, device="meta") for size in sizes)
    counts = {name: each.numel() for name, each in layer.named_parameters()}
    biases = sum(count for name, count in counts.items() if "bias" in name)
    out = embed_dim * num_heads * (head_dim or embed_dim // num_heads)
    total = sum(counts.values())
    found = {"parameters": total, "biases": biases, "weights": total - biases}
    return {**found, "head-size": embed_dim // num_heads, "per-head": (total - biases - out) / num_heads}
