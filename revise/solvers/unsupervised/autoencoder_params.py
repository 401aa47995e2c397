"""Parameters of an auto-encoder: each half, tied weights, compression."""

from itertools import pairwise
from random import Random
from typing import Any

from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Number, Shape, whole
from revise.solution import Solution, Work

SERVES: dict[str, dict[str, object]] = {"autoencoder-params": {}}
SOURCE = (
    "Goodfellow, Bengio & Courville 2016, chapter 14; Hinton & Salakhutdinov 2006, Reducing the dimensionality of data"
)
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Chollet 2016, Building autoencoders in Keras: 784-32-784, 'compression of factor 24.5'; its summary
    # (also in tensorchiefs' course, exercise 16) says 25,120 + 25,872 = 50,992
    (
        {"input": "28x28", "code": 32},
        {"encoder": 25_120, "decoder": 25_872, "parameters": 50_992, "compression": "24.5"},
    ),
    # Hinton & Salakhutdinov's 784-1000-500-250-30 for digits; TensorFlow Federated's model summary counts 2,837,314
    ({"input": 784, "hidden": "1000x500x250", "code": 30}, {"parameters": 2_837_314}),
    # PyTorch's example `vae`, 784-400-(20 and 20)-400-784: counted as 652,824 wherever it is reimplemented
    ({"input": 784, "hidden": 400, "code": 20, "variational": True}, {"parameters": 652_824}),
    # the formula for one hidden layer: two matrices, a bias for each unit; tied: one matrix
    ({"input": "n", "code": "m"}, {"parameters": "2*n*m + n + m"}),
    ({"input": "n", "code": "m", "tied": True}, {"parameters": "n*m + n + m"}),
]
MISTAKES = {
    "p[k]": {
        "the biases are forgotten": "N[k-1]*N[k]",
        "a bias for each input instead of each unit": "(N[k] + 1)*N[k-1]",
    },
    "params": {
        "the decoder taken to be as large as the encoder": "2*P_enc",
        "the decoder is left out": "P_enc",
    },
    "r": {"upside down": "N[c]/N[0]"},
}
_MOST = 100  # layers of one half


def solve(
    input: Shape,
    code: Number,
    hidden: Shape | None = None,
    decoder: Shape | None = None,
    tied: bool = False,
    bias: bool = True,
    variational: bool = False,
) -> Solution:
    """Each layer of the encoder and of the decoder, their sums, and how much smaller the code is than the input.

    input        inputs, or an image that is flattened: 784 or 28x28
    code         units of the bottleneck
    hidden       units of the encoder's layers before the code, x between them: 256x64; none: code straight from input
    decoder      units of the decoder's layers between code and output; by default the encoder's, backwards
    tied         the decoder uses the encoder's matrices transposed; its biases stay its own
    bias         --no-bias: no layer has biases
    variational  two heads, μ and log σ², each of the code's size

    Backwards: --find code --input 784 --parameters 50992.

    Raises InputError naming the argument that does not fit.
    """
    sides = input if isinstance(input, tuple) else (input,)
    before = _listed(hidden)
    after = tuple(reversed(before)) if decoder is None else _listed(decoder)
    for sizes, name in ((sides, "input"), ((code,), "code"), (before, "hidden"), (after, "decoder")):
        _check(sizes, name)
    if tied and decoder is not None:
        raise InputError("decoder: with --tied it has the encoder's layers backwards; leave it out")
    if tied and variational:
        raise InputError("tied: the two heads of a variational encoder have no counterpart in the decoder")
    flat, c = len(sides) > 1, len(before) + 1
    units = [None if flat else sides[0], *before, code, *after]
    last = len(units)
    work = Work(s=dict(enumerate(sides, 1)) if flat else None, c=c,
                N={k: size for k, size in enumerate(units) if size is not None})  # fmt: skip
    work.whole = True
    work.called(s="image", N="units", c="layer of the code")
    if flat:
        work.let("N[0]", "prod(s[a] for a in 1..j)", "the image is flattened", unit="inputs", j=len(sides))
    work.let("N[k]", "N[0]", "the output is as large as the input", unit="outputs", k=last)
    _encoder(work, c, bias, variational)
    _decoder(work, c, last, bias, tied)
    return _totals(work, c, last, units, bias=bias, tied=tied, variational=variational)


def _encoder(work: Work, c: int, bias: bool, variational: bool) -> None:
    for k in range(1, c + 1):
        if variational and k == c:
            heads = "two heads, μ and log σ², each with its own weights" + (" and biases" if bias else "")
            work.let("p[k]", "2*(N[k-1] + 1)*N[k]" if bias else "2*N[k-1]*N[k]", heads, table="encoder: the heads", k=k)
        else:
            _layer(work, "encoder: parameters of each layer", bias, k)


def _decoder(work: Work, c: int, last: int, bias: bool, tied: bool) -> None:
    table = "decoder: parameters of each layer"
    for k in range(c + 1, last + 1):
        if tied:
            why = (
                "the weights are the encoder's, transposed; only the biases are its own"
                if bias
                else "nothing of its own"
            )
            work.let("p[k]", "N[k]" if bias else "0", why, table=table, k=k)
        else:
            _layer(work, table, bias, k)


def _layer(work: Work, table: str, bias: bool, k: int) -> None:
    why = "every unit: a weight for each input" + (", and one bias" if bias else "")
    work.let("p[k]", "(N[k-1] + 1)*N[k]" if bias else "N[k-1]*N[k]", why, table=table, k=k)


def _totals(work: Work, c: int, last: int, sizes: list[Any], *, bias: bool, tied: bool, variational: bool) -> Solution:
    work.let("P_enc", "sum(p[k] for k in 1..c)", "the encoder's layers", unit="parameters")
    work.let("P_dec", "sum(p[k] for k in c+1..m)", "the decoder's layers", unit="parameters", m=last)
    work.let("params", "P_enc + P_dec", "all that is learnt", unit="parameters")
    if bias and not variational:
        work.let("biases", "sum(N[k] for k in 1..m)", "one for each unit, none for the inputs", unit="biases", m=last)
    elif bias:
        work.let(
            "biases", "sum(N[k] for k in 1..m) + N[c]", "one for each unit, the code's twice", unit="biases", m=last
        )
    else:
        work.let("biases", "0", "no biases", unit="biases")
    work.let("weights", "params - biases", "the entries of the matrices that are stored", unit="weights")
    work.let("r", "N[0]/N[c]", "inputs for each number of the code")
    _note_kind(work, sizes[c], c)
    return work.answer(
        encoder="P_enc", decoder="P_dec", parameters="params", weights="weights", biases="biases", compression="r"
    )


def _note_kind(work: Work, code: Any, c: int) -> None:
    inputs = work.env["N"][0]
    if isinstance(code, Node) or isinstance(inputs, Node):
        return
    if code < inputs:
        work.note("The code is smaller than the input: undercomplete.", holds="N[c] < N[0]")
    else:
        work.note(
            "The code is not smaller than the input: overcomplete. Without a penalty or noise it could just copy.",
            holds="N[c] >= N[0]",
        )


def _listed(sizes: Any) -> tuple[Any, ...]:
    return () if sizes is None else sizes if isinstance(sizes, tuple) else (sizes,)


def _check(sizes: tuple[Any, ...], name: str) -> None:
    if len(sizes) > _MOST:
        raise InputError(f"{name}: {len(sizes)} layers are more than {_MOST}")
    for size in sizes:
        if not isinstance(size, Node) and whole(size, name) > 10**12:
            raise InputError(f"{name}: {size:,} units are too many")


def sample(rng: Random) -> dict[str, Any]:
    """A few units and at most two hidden layers; a quarter tied, a fifth variational."""
    given: dict[str, Any] = {"input": rng.choice([rng.randint(4, 20), "4x3", "3x3x2"]), "code": rng.randint(1, 6)}
    if rng.random() < 0.6:
        given["hidden"] = "x".join(str(rng.randint(3, 12)) for _ in range(rng.randint(1, 2)))
    kind = rng.random()
    if kind < 0.25:
        given["tied"] = True
    elif kind < 0.45:
        given["variational"] = True
    elif kind < 0.65:
        given["decoder"] = rng.randint(2, 9)
    return given | {"bias": rng.random() < 0.8}


def reference(
    input: Any, code: Any, hidden: Any = None, decoder: Any = None, tied: bool = False, bias: bool = True,
    variational: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Torch's layers laid out without memory; tied ones share their matrix, so that it is counted once."""
    import torch

    def stack(sizes: list[int]) -> list[Any]:
        return [torch.nn.Linear(a, b, bias=bias, device="meta") for a, b in pairwise(sizes)]

    def count(layers: list[Any], seen: set[int], least: int = 1) -> int:
        every = {id(each): each for layer in layers for each in layer.parameters()}
        found = {key: each.numel() for key, each in every.items() if key not in seen and each.ndim >= least}
        seen |= set(found)
        return sum(found.values())

    flat = int(torch.Size([*input] if isinstance(input, tuple) else [input]).numel())
    between = [] if hidden is None else [*hidden] if isinstance(hidden, tuple) else [hidden]
    back = between[::-1] if decoder is None else [*decoder] if isinstance(decoder, tuple) else [decoder]
    encoder, rest = stack([flat, *between, code]), stack([code, *back, flat])
    if variational:
        encoder.append(torch.nn.Linear([flat, *between][-1], code, bias=bias, device="meta"))
    if tied:
        for layer, mirror in zip(rest, reversed(encoder), strict=True):
            layer.weight = mirror.weight
    seen: set[int] = set()
    parts = {"encoder": count(encoder, seen), "decoder": count(rest, seen)}
    weights = count(encoder + rest, set(), 2)
    total = sum(parts.values())
    return parts | {"parameters": total, "weights": weights, "biases": total - weights, "compression": flat / code}
