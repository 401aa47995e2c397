"""PyTorch's layers for sequences: recurrent ones, embeddings, attention, the Transformer's encoder."""

from dataclasses import replace
from typing import Any

from revise.expression import Node
from revise.network.assembly import Piece
from revise.network.layers import Layer
from revise.network.source.arguments import Given

_TYPES = "device~, dtype~"
_RNN = f"num_layers=1, bias=True, batch_first~, dropout~, bidirectional=False, {{0}}{_TYPES}"
_GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}
_MOST = 200


def recurrent(given: Given) -> Piece:
    """One row for each of the stacked layers; those behind the first read all directions of the one before."""
    if given.signature.defaults.get("proj_size") == 0 and given.get("proj_size") != 0:
        raise given.fault("proj_size", "a projection of the state is not read")
    count, both = given.count("num_layers"), given.flag("bidirectional")
    if not isinstance(count, int) or count > _MOST:
        raise given.fault("num_layers", f"num_layers is a number up to {_MOST}")
    layer = Layer(
        "rnn", "", (), out=given.count("hidden_size"), gates=_GATES[given.called], directions=2 if both else 1,
        biases=2 if given.flag("bias") else 0, says=given.says("input_size"), word=given.called,
    )  # fmt: skip
    layers = (layer, *(replace(layer, says=None) for _ in range(count - 1)))
    suffixes = tuple(f".l{place}" for place in range(count)) if count > 1 else ("",)
    return Piece(layers, suffixes, states=2 if given.called == "LSTM" else 1)


def _embedding(given: Given) -> Layer:
    return Layer(
        "embedding", "", (), rows=given.count("num_embeddings"), out=given.count("embedding_dim"), bias=False,
        word="Embedding",
    )  # fmt: skip


def _attention(given: Given) -> Layer:
    for name, usual in (("kdim", None), ("vdim", None), ("add_bias_kv", False)):
        if given.get(name) not in (usual, given.get("embed_dim")):
            raise given.fault(name, f"{name} is read only as {usual}")
    return _attending(given, "embed_dim", "num_heads")


def _attending(given: Given, width: str, heads: str) -> Layer:
    size, count = given.count(width), given.count(heads)
    if isinstance(size, int) and isinstance(count, int) and size % count:
        raise given.fault(heads, f"{heads}={count} does not divide {width}={size}")
    return Layer(
        "attention", "", (), inner=size, says=given.says(width), bias=given.flag("bias"), word="MultiheadAttention"
    )


def _encoder_layer(given: Given) -> Piece:
    """Self-attention and two linear layers, each with a shortcut and a layer norm behind or before it."""
    size, hidden, bias = given.count("d_model"), given.count("dim_feedforward"), given.flag("bias")
    says = size if isinstance(size, int) else None
    named = given.get("activation")
    if not isinstance(named, str) or named not in ("relu", "gelu"):
        raise given.fault("activation", "activation is 'relu' or 'gelu'")
    rows = {
        "self_attn": _attending(given, "d_model", "nhead"),
        "add1": Layer("add", "", (), word="Add"),
        "norm1": Layer("layer-norm", "", (), says=says, bias=bias, running=False, word="LayerNorm"),
        "linear1": Layer("linear", "", (), out=hidden, says=says, bias=bias, word="Linear"),
        "activation": Layer("activation", "", (), word={"relu": "ReLU", "gelu": "GELU"}[named]),
        "linear2": Layer("linear", "", (), out=size, bias=bias, word="Linear"),
        "add2": Layer("add", "", (), word="Add"),
        "norm2": Layer("layer-norm", "", (), says=says, bias=bias, running=False, word="LayerNorm"),
    }
    after = "self_attn add1 norm1 linear1 activation linear2 add2 norm2".split()
    before = "norm1 self_attn add1 norm2 linear1 activation linear2 add2".split()
    wires: tuple[tuple[int, ...], ...]
    if given.flag("norm_first"):
        order, wires = before, ((-1,), (0,), (-1, 1), (2,), (3,), (4,), (5,), (2, 6))
    else:
        order, wires = after, ((-1,), (-1, 0), (1,), (2,), (3,), (4,), (2, 5), (6,))
    return Piece(tuple(rows[name] for name in order), tuple(f".{name}" for name in order), wires=wires)


def _rms_norm(given: Given) -> Layer:
    shape: Any = given.get("normalized_shape")
    size = shape[0] if isinstance(shape, tuple) and len(shape) == 1 else shape
    if not isinstance(size, Node) and (isinstance(size, bool) or not isinstance(size, int) or size < 1):
        raise given.fault("normalized_shape", "normalized_shape is read as one whole number")
    return Layer(
        "layer-norm", "", (), affine=given.flag("elementwise_affine"), bias=False, running=False,
        says=size if isinstance(size, int) else None, word="RMSNorm",
    )  # fmt: skip


# name → signature, what makes it
SEQUENCES: dict[str, tuple[str, Any]] = {
    "RNN": (f"input_size, hidden_size, {_RNN.format('')}".replace("=1, bias", "=1, nonlinearity~, bias"), recurrent),
    "GRU": (f"input_size, hidden_size, {_RNN.format('')}", recurrent),
    "LSTM": (f"input_size, hidden_size, {_RNN.format('proj_size=0, ')}", recurrent),
    "Embedding": (
        (
            "num_embeddings, embedding_dim, padding_idx~, max_norm~, norm_type~, scale_grad_by_freq~, sparse~, "
            f"_weight~, _freeze~, {_TYPES}"
        ),
        _embedding,
    ),
    "MultiheadAttention": (
        (
            "embed_dim, num_heads, dropout~, bias=True, add_bias_kv=False, add_zero_attn~, kdim=None, vdim=None, "
            f"batch_first~, {_TYPES}"
        ),
        _attention,
    ),
    "TransformerEncoderLayer": (
        (
            "d_model, nhead, dim_feedforward=2048, dropout~, activation=relu, layer_norm_eps~, batch_first~, "
            f"norm_first=False, bias=True, {_TYPES}"
        ),
        _encoder_layer,
    ),
}
RMS_NORM = (f"normalized_shape, eps~, elementwise_affine=True, {_TYPES}", _rms_norm)
