"""The steps that count a Transformer: one block, then the parts of the sum."""

from typing import Any

from revise.errors import InputError
from revise.solution import Work


def blocks(work: Work, size: dict[str, Any], bias: bool, norms: bool) -> None:
    """One attention, one feed-forward, one norm; the blocks they make."""
    if "f" not in work.given:
        work.let("f", "4*d", "the feed-forward layer is four times as wide")
    if bias:
        work.let("attention", "4*d^2 + 4*d", "W_Q, W_K, W_V, W_O of all heads together are d×d, each with its bias")
        work.let("ffn", "2*d*f + f + d", "d → f and f → d, with biases")
    else:
        work.let("attention", "4*d^2", "W_Q, W_K, W_V, W_O of all heads together are d×d")
        work.let("ffn", "2*d*f", "d → f and f → d")
    if norms and bias:
        work.let("layernorm", "2*d", "a layer norm: gain and shift for each entry")
    elif norms:
        work.let("layernorm", "d", "a layer norm without biases: a gain for each entry")
    if norms:
        work.let("block", "attention + ffn + 2*layernorm", "one layer: a norm for each of its two parts")
    else:
        work.let("block", "attention + ffn", "one layer")
    if size["num_decoder_layers"] == 0:
        return
    if norms:
        work.let("decoder", "2*attention + ffn + 3*layernorm", "a decoder layer looks at the encoder too")
    else:
        work.let("decoder", "2*attention + ffn", "a decoder layer looks at the encoder too")


def parts(size: dict[str, Any], tied: bool, bias: bool, norms: bool) -> list[tuple[str, str, str]]:
    """The parts of the sum: name, formula, reason."""
    only = size["num_decoder_layers"] == 0
    dense = "d^2 + d" if bias else "d^2"
    rows = [
        (
            size["num_layers"] != 0,
            "layers" if only else "encoder",
            "L*block",
            "all layers" if only else "all encoder layers",
        ),
        (not only, "decoder", "N*decoder", "all decoder layers"),
        (size["vocab_size"] != 0, "tokens", "V*d", "a row for each word of the vocabulary"),
        (size["vocab_size"] != 0 and not tied, "output", "V*d", "the output's own matrix, not tied to the embedding"),
        (size["max_positions"] != 0, "positions", "P*d", "learnt positions; sinusoidal ones have no parameters"),
        (size["type_vocab_size"] != 0, "segments", "S*d", "a row for each segment (sentence A, sentence B)"),
        (size["embedding_norm"] and norms, "embedding-norm", "layernorm", "a layer norm after the embeddings"),
        (size["final_norm"] and norms, "final-norm", "layernorm", "a layer norm after the last layer"),
        (size["pooler"], "pooler", dense, "a dense layer on the first token"),
    ]
    found = [(name, formula, why) for there, name, formula, why in rows if there]
    if not found:
        raise InputError("num-layers: nothing is there to be counted")
    return found


def rough(work: Work, size: dict[str, Any]) -> None:
    wide = size.get("dim_feedforward")
    d = size["d_model"]
    plain = wide is None or (isinstance(wide, int) and isinstance(d, int) and wide == 4 * d)
    deeper = size["num_decoder_layers"] != 0
    if plain and deeper:
        work.let(
            "rough", "12*L*d^2 + 16*N*d^2", "rule of thumb: 4d² an attention, 8d² a feed-forward, the rest left out"
        )
    elif plain:
        work.let("rough", "12*L*d^2", "rule of thumb: 4d² and 8d² a layer; embeddings, biases and norms left out")
    elif deeper:
        work.let("rough", "L*(4*d^2 + 2*d*f) + N*(8*d^2 + 2*d*f)", "rule of thumb: the matrices of the layers only")
    else:
        work.let("rough", "L*(4*d^2 + 2*d*f)", "rule of thumb: the matrices of the layers only")


def extras(work: Work, rank: Any, context: Any, size: dict[str, Any]) -> dict[str, str]:
    words = {}
    deeper = size["num_decoder_layers"] != 0
    if rank is not None:
        formula = "(L + 2*N)*m*2*d*r" if deeper else "L*m*2*d*r"
        work.let("lora", formula, "LoRA: B is d×r, A is r×d for each matrix chosen; W itself stays", unit="parameters")
        words["lora"] = "lora"
    if context is not None:
        formula = "2*N*T*d*2" if deeper else "2*L*T*d*2"
        why = "key and value of every token in every layer that writes, 2 bytes a number (16 bits)"
        work.let("cache", formula, why, unit="bytes")
        words["kv-cache"] = "cache"
    return words
