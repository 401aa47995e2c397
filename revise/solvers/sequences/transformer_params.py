"""Parameters and memory of a Transformer: BERT, GPT-2 or any sizes."""

from random import Random
from typing import Any, Literal

from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Number, whole
from revise.solution import Solution, Work
from revise.solvers.sequences._transformer_blocks import blocks, extras, parts, rough
from revise.solvers.sequences._transformer_sizes import PUBLISHED, SIZES
from revise.solvers.sequences._transformer_torch import counts

SERVES: dict[str, dict[str, object]] = {"transformer-params": {}}
SOURCE = (
    "Vaswani et al. 2017, sections 3.1 to 3.4; Devlin et al. 2019; Radford et al. 2019; Kaplan et al. 2020, table 1"
)
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # the released models, as their programs count them (Hugging Face's BertModel, OpenAI's gpt-2)
    ({"net": "bert-base"}, {"parameters": 109_482_240}),
    ({"net": "bert-large"}, {"parameters": 335_141_888}),
    # OpenAI's names of the released sizes: 124M, 355M, 774M, 1558M
    ({"net": "gpt2"}, {"parameters": 124_439_808, "millions": "124"}),
    ({"net": "gpt2-medium"}, {"parameters": 354_823_168, "millions": "355"}),
    ({"net": "gpt2-large"}, {"parameters": 774_030_080, "millions": "774"}),
    ({"net": "gpt2-xl"}, {"parameters": 1_557_611_200, "millions": "1558"}),
    # Kaplan et al. 2020, section 2.1: N ≈ 12·n_layer·d² without embeddings and biases
    ({"num_layers": "L", "d_model": "d", "bias": False, "norms": False}, {"parameters": "12*L*d^2"}),
    # Hu et al. 2021, LoRA, table 4: GPT-3 with rank 1 and rank 8 on W_Q and W_V, 4.7 and 37.7 million
    ({"num_layers": 96, "d_model": 12288, "lora_rank": 1}, {"lora": 4_718_592}),
    ({"num_layers": 96, "d_model": 12288, "lora_rank": 8}, {"lora": 37_748_736}),
]
MISTAKES = {
    "attention": {"the output matrix is forgotten": "3*d^2 + 3*d", "the biases are forgotten": "4*d^2"},
    "ffn": {"one of the two matrices": "d*f + f", "the biases are forgotten": "2*d*f"},
    "layernorm": {"the gain without the shift": "d"},
    "block": {
        "one layer norm instead of two": "attention + ffn + layernorm",
        "the norms are forgotten": "attention + ffn",
    },
    "n[tokens]": {"the output's matrix is counted although it is shared": "2*V*d"},
    "n[encoder]": {"one layer only": "block"},
}
_DEFAULTS: dict[str, Any] = {
    "num_decoder_layers": 0, "vocab_size": 0, "max_positions": 0, "type_vocab_size": 0, "embedding_norm": False,
    "final_norm": False, "pooler": False,
}  # fmt: skip
_BITS = {"float32": 32, "float16": 16, "int8": 8, "int4": 4}


def solve(
    net: Literal[
        "transformer-base", "transformer-big", "bert-base", "bert-large", "gpt2", "gpt2-medium", "gpt2-large", "gpt2-xl"
    ] | None = None,
    num_layers: Number | None = None,
    d_model: Number | None = None,
    nhead: Number | None = None,
    dim_feedforward: Number | None = None,
    num_decoder_layers: Number | None = None,
    vocab_size: Number | None = None,
    max_positions: Number | None = None,
    type_vocab_size: Number | None = None,
    tied: bool = True,
    bias: bool = True,
    norms: bool = True,
    embedding_norm: bool | None = None,
    final_norm: bool | None = None,
    pooler: bool | None = None,
    lora_rank: Number | None = None,
    lora_matrices: Number = 2,
    context: Number | None = None,
) -> Solution:  # fmt: skip
    """Attention 4d² + 4d, feed-forward 2·d·f + f + d, layer norms; times the layers; embeddings; bytes.

    net           the sizes of a published model; what else is given goes before them
    num_layers    blocks with self-attention and feed-forward (all of BERT's and GPT's)
    num_decoder_layers  blocks that have cross-attention too, as in the first Transformer
    nhead         heads; they change no count
    dim_feedforward  f; without it 4d
    vocab_size, max_positions, type_vocab_size  rows of the token, learnt position and segment embeddings; 0 for none
    tied          the output's matrix is the token embedding; else it has V·d of its own
    bias, norms   with biases (and shifts in the layer norms); with layer norms
    embedding_norm, final_norm, pooler  a layer norm after the embeddings (BERT), one after the last block (GPT-2), a
                  dense layer d → d (BERT)
    lora_rank     r: what LoRA trains, on `lora_matrices` of each attention's d×d matrices (W_Q and W_V)
    context       tokens kept: bytes of the cache of keys and values, 16 bits each

    Raises InputError naming the size that is missing or no whole number.
    """
    typed = {
        "num_layers": num_layers, "d_model": d_model, "nhead": nhead, "dim_feedforward": dim_feedforward,
        "num_decoder_layers": num_decoder_layers, "vocab_size": vocab_size, "max_positions": max_positions,
        "type_vocab_size": type_vocab_size, "embedding_norm": embedding_norm, "final_norm": final_norm,
        "pooler": pooler,
    }  # fmt: skip
    size = _sizes(net, typed)
    made = parts(size, tied, bias, norms)
    work = _begun(size, parts=tuple(name for name, _, _ in made), r=lora_rank, m=lora_matrices, T=context)
    blocks(work, size, bias, norms)
    for name, formula, why in made:
        work.let("n[x]", formula, why, x=name)
    if tied and size["vocab_size"] != 0:
        work.note("Tied: an output matrix is the token embedding once more, so nothing is added for it.")
    work.let("params", "sum(n[x] for x in parts)", "all parts", unit="parameters")
    if not work.letters:
        work.let("millions", "params/10^6", "in millions")
    if net and all(value is None for value in typed.values()) and tied and bias and norms:
        work.note(PUBLISHED[net])
    words = {"attention": "attention", "feed-forward": "ffn", "layer": "block"}
    if size["num_decoder_layers"] != 0:
        words["decoder-layer"] = "decoder"
    words |= {name: f"n[{name}]" for name, _, _ in made}
    words |= {"parameters": "params"} if work.letters else {"parameters": "params", "millions": "millions"}
    rough(work, size)
    for t in _BITS:
        work.let("bytes[t]", "bits[t]/8*params", "eight bits are a byte", table="weights in memory", unit="bytes", t=t)
    words |= {"rough": "rough", **{t: f"bytes[{t}]" for t in _BITS}}
    return work.answer(words | extras(work, lora_rank, context, size))


def _sizes(net: str | None, typed: dict[str, Any]) -> dict[str, Any]:
    """What is typed, else the net's own, else nothing there. Raises InputError where a size is missing or no count."""
    size = {
        **_DEFAULTS,
        **SIZES.get(net or "", {}),
        **{name: value for name, value in typed.items() if value is not None},
    }
    for name in ("num_layers", "d_model"):
        if name not in size:
            raise InputError(f"{name.replace('_', '-')} is missing; or name a --net such as bert-base")
    for name, value in size.items():
        if not isinstance(value, bool | Node):
            size[name] = whole(value, name, 1 if name in ("d_model", "nhead", "dim_feedforward") else 0)
    heads, d = size.get("nhead"), size["d_model"]
    if isinstance(heads, int) and isinstance(d, int) and d % heads and "nhead" in typed and typed["nhead"] is not None:
        raise InputError(f"nhead: {heads} heads can't share {d} entries evenly")
    return size


def _begun(size: dict[str, Any], **more: Any) -> Work:
    for value, name in ((more["r"], "lora_rank"), (more["m"], "lora_matrices"), (more["T"], "context")):
        if value is not None and not isinstance(value, Node):
            whole(value, name)
    if isinstance(more["m"], int) and more["m"] > 4:
        raise InputError(f"lora-matrices: an attention has 4 matrices, not {more['m']}")
    if more["r"] is None:
        more["m"] = None
    there = {letter: size[name] for letter, name in _LETTERS.items() if size.get(name, 0) != 0}
    work = Work(**there, **more, bits=_BITS)
    work.whole = True
    work.called(
        L="layers", N="decoder layers", d="entries of a token", h="heads", f="feed-forward", V="vocabulary",
        P="positions", S="segments", bits="", r="rank", m="matrices with LoRA", T="tokens kept",
    )  # fmt: skip
    return work


_LETTERS = {
    "L": "num_layers", "N": "num_decoder_layers", "d": "d_model", "h": "nhead", "f": "dim_feedforward",
    "V": "vocab_size", "P": "max_positions", "S": "type_vocab_size",
}  # fmt: skip


def sample(rng: Random) -> dict[str, Any]:
    """One to four layers of a few entries, with some of the rest; a published model now and then."""
    if rng.random() < 0.15:
        return {"net": rng.choice(list(SIZES))}
    given: dict[str, Any] = {
        "num_layers": rng.randint(1, 4), "d_model": 4 * rng.randint(1, 8), "vocab_size": 10 * rng.randint(1, 5),
        "bias": rng.random() < 0.7, "tied": rng.random() < 0.6,
    }  # fmt: skip
    if rng.random() < 0.4:
        given["dim_feedforward"] = rng.randint(4, 20)
    if rng.random() < 0.3:
        given["num_decoder_layers"] = rng.randint(1, 3)
    if rng.random() < 0.4:
        given |= {"max_positions": rng.randint(8, 32), "type_vocab_size": 2, "embedding_norm": True, "pooler": True}
    if rng.random() < 0.4:
        given |= {"final_norm": True, "context": 16}
    if rng.random() < 0.4:
        given |= {"lora_rank": rng.randint(1, 4), "lora_matrices": rng.choice([1, 2, 4])}
    return given


def reference(**given: Any) -> dict[str, Any]:
    """Torch's encoder and decoder layers, embeddings, norms and linear layers, laid out without memory."""
    return counts({**_DEFAULTS, **SIZES.get(given.get("net") or "", {}), **given})
