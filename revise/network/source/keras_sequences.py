"""Keras's layers for sequences: recurrent ones, embeddings, attention."""

from collections.abc import Callable
from typing import Any

from revise.network.layers import Layer
from revise.network.source.arguments import Given

_START = "kernel_initializer~, recurrent_initializer~, bias_initializer~"
_LIMITS = (
    "kernel_regularizer~, recurrent_regularizer~, bias_regularizer~, activity_regularizer~, kernel_constraint~, "
    "recurrent_constraint~, bias_constraint~, dropout~, recurrent_dropout~, seed~"
)
_GIVES = "return_sequences=False, return_state=False, go_backwards~, stateful~, unroll~"
_GATED = "units, activation~, recurrent_activation~, use_bias=True"
_ATTENTION = (
    "num_heads, key_dim, value_dim=None, dropout~, use_bias=True, output_shape=None, attention_axes~, "
    "flash_attention~, kernel_initializer~, bias_initializer~, kernel_regularizer~, bias_regularizer~, "
    "activity_regularizer~, kernel_constraint~, bias_constraint~, seed~"
)


def _recurrent(word: str, gates: int) -> Callable[[Given], dict[str, Layer]]:
    def build(given: Given) -> dict[str, Layer]:
        twice = word == "GRU" and given.flag("reset_after")
        layer = Layer(
            "rnn", "", (), out=given.count("units"), gates=gates, biases=(1 + twice) * given.flag("use_bias"),
            steps="all" if given.flag("return_sequences") else "last", word=word,
        )  # fmt: skip
        return {"": layer}

    return build


def _embedding(given: Given) -> dict[str, Layer]:
    rows, out = given.count("input_dim"), given.count("output_dim")
    return {"": Layer("embedding", "", (), rows=rows, out=out, bias=False, word="Embedding")}


def _attention(given: Given) -> dict[str, Layer]:
    heads, width = given.count("num_heads"), given.count("key_dim")
    for name, usual in (("value_dim", width), ("output_shape", None)):
        if given.get(name) not in (None, usual):
            raise given.fault(name, f"{name} is read only where it is left out")
    if not isinstance(heads, int) or not isinstance(width, int):
        raise given.fault("num_heads", "num_heads and key_dim are numbers")
    bias = given.flag("use_bias")
    return {"": Layer("attention", "", (), inner=heads * width, bias=bias, word="MultiHeadAttention")}


def _rms_norm(given: Given) -> dict[str, Layer]:
    if given.get("axis") not in (-1, (-1,)):
        raise given.fault("axis", "only axis=-1, the features, is read")
    return {"": Layer("layer-norm", "", (), bias=False, running=False, word="RMSNorm")}


# name → signature without what every layer has, what makes it, axes
SEQUENCES: dict[str, tuple[str, Any, int | None]] = {
    "SimpleRNN": (
        f"units, activation~, use_bias=True, {_START}, {_LIMITS}, {_GIVES}".replace(", seed~", ""),
        _recurrent("SimpleRNN", 1),
        1,
    ),
    "LSTM": (f"{_GATED}, {_START}, unit_forget_bias~, {_LIMITS}, {_GIVES}", _recurrent("LSTM", 4), 1),
    "GRU": (
        f"{_GATED}, {_START}, {_LIMITS}, {_GIVES}, reset_after=True, use_cudnn~",
        _recurrent("GRU", 3),
        1,
    ),
    "Embedding": (
        (
            "input_dim, output_dim, embeddings_initializer~, embeddings_regularizer~, embeddings_constraint~, "
            "mask_zero~, lora_rank~, *, input_length=None"
        ),
        _embedding,
        1,
    ),
    "MultiHeadAttention": (_ATTENTION, _attention, 1),
    "RMSNormalization": ("axis=-1, epsilon~", _rms_norm, None),
}
