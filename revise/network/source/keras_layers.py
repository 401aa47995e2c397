"""Keras's layers: the order of their arguments, their defaults, and what each becomes (one layer or several)."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from revise.expression import Node
from revise.network.layers import Layer
from revise.network.source.arguments import Given
from revise.network.source.keras_sequences import SEQUENCES

Build = Callable[[Given], dict[str, Layer]]


@dataclass(frozen=True)
class Known:
    """One class: its signature, and what makes of it layers by the suffix of their names."""

    signature: str
    build: Build
    dims: int | None = None


ANY = "name=None, dtype~, trainable~, activity_regularizer~, input_shape=None, input_dim=None, batch_size~, weights~"
_FORMAT, _DILATED = "data_format=None", "dilation_rate=1"
_KERNEL = "kernel_initializer~, bias_initializer~, kernel_regularizer~, bias_regularizer~"
_CONSTRAINT = "kernel_constraint~, bias_constraint~"
_AFTER = f"activation=None, use_bias=True, {_KERNEL}, activity_regularizer~, {_CONSTRAINT}"
_DEPTHWISE = (
    "activation=None, use_bias=True, depthwise_initializer~, bias_initializer~, depthwise_regularizer~, "
    "bias_regularizer~, activity_regularizer~, depthwise_constraint~, bias_constraint~"
)
_SEPARABLE = (
    "activation=None, use_bias=True, depthwise_initializer~, pointwise_initializer~, bias_initializer~, "
    "depthwise_regularizer~, pointwise_regularizer~, bias_regularizer~, activity_regularizer~, "
    "depthwise_constraint~, pointwise_constraint~, bias_constraint~"
)
_SHIFTS = "beta_initializer~, gamma_initializer~"
_MOVING = "moving_mean_initializer~, moving_variance_initializer~"
_LIMITS = "beta_regularizer~, gamma_regularizer~, beta_constraint~, gamma_constraint~"

# Keras's word → how tables call it
ACTIVATIONS = {
    "relu": "ReLU", "relu6": "ReLU6", "softmax": "Softmax", "log_softmax": "LogSoftmax", "sigmoid": "Sigmoid",
    "tanh": "Tanh", "elu": "ELU", "selu": "SELU", "gelu": "GELU", "silu": "SiLU", "swish": "SiLU", "mish": "Mish",
    "leaky_relu": "LeakyReLU", "softplus": "Softplus", "softsign": "Softsign", "hard_sigmoid": "HardSigmoid",
    "exponential": "Exponential", "hard_silu": "HardSiLU", "hard_swish": "HardSiLU", "celu": "CELU",
}  # fmt: skip


def default_name(called: str) -> str:
    """Conv2D → conv2d, MaxPooling2D → max_pooling2d, ReLU → re_lu: the names Keras gives."""
    split = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", called)
    return re.sub("([a-z])([A-Z])", r"\1_\2", split).lower()


def activated(given: Given, layers: dict[str, Layer]) -> dict[str, Layer]:
    """`layers`, and the activation that the call names as one more."""
    named = given.get("activation")
    if named is None or named == "linear":
        return layers
    if isinstance(named, str) and named in ACTIVATIONS:
        return {**layers, f".{named}": Layer("activation", "", (), word=ACTIVATIONS[named])}
    made = getattr(named, "templates", ())  # a layer, as in activation=LeakyReLU(0.1)
    if made and made[0].kind == "activation":
        return {**layers, f".{made[0].word.lower()}": made[0]}
    raise given.fault("activation", f"{named if isinstance(named, str) else 'this'} is no activation known here")


def _padding(given: Given, also: tuple[str, ...] = ()) -> Any:
    padding = given.get("padding")
    padding = padding.lower() if isinstance(padding, str) else padding
    if padding not in ("valid", "same", *also):
        raise given.fault("padding", f"padding is {' or '.join(('valid', 'same', *also))}")
    return (0,) * given.dims if padding == "valid" else padding


def _check_format(given: Given) -> None:
    if given.get("data_format") not in (None, "channels_last"):
        raise given.fault("data_format", "only channels_last, Keras's default, is read")


def _conv(given: Given) -> dict[str, Layer]:
    _check_format(given)
    kernel, dilation = given.axes("kernel_size"), given.axes("dilation_rate")
    padding = _padding(given, ("causal",) if given.dims == 1 else ())
    if padding == "causal":
        if isinstance(kernel[0], Node) or isinstance(dilation[0], Node):
            raise given.fault("padding", "causal padding needs a kernel in numbers")
        padding = ((dilation[0] * (kernel[0] - 1), 0),)
    groups, out = given.count("groups"), given.count("filters")
    if isinstance(groups, int) and isinstance(out, int) and out % groups:
        raise given.fault("groups", f"groups={groups} does not divide filters={out}")
    layer = Layer(
        "conv", "", (), out=out, kernel=kernel, stride=given.axes("strides"), padding=padding,
        dilation=dilation, groups=groups, bias=given.flag("use_bias"), word="Conv",
    )  # fmt: skip
    return activated(given, {"": layer})


def _depthwise(given: Given) -> Layer:
    _check_format(given)
    return Layer(
        "conv", "", (), out=given.count("depth_multiplier"), kernel=given.axes("kernel_size"),
        stride=given.axes("strides"), padding=_padding(given), dilation=given.axes("dilation_rate"),
        groups="depthwise", bias=given.flag("use_bias"), word="DepthwiseConv",
    )  # fmt: skip


def _separable(given: Given) -> dict[str, Layer]:
    one, none = (1,) * given.dims, (0,) * given.dims
    pointwise = Layer(
        "conv", "", (), out=given.count("filters"), kernel=one, stride=one, padding=none, dilation=one,
        bias=given.flag("use_bias"), word="Conv",
    )  # fmt: skip
    return activated(given, {".depthwise": replace(_depthwise(given), bias=False), ".pointwise": pointwise})


def _transposed(given: Given) -> dict[str, Layer]:
    _check_format(given)
    kernel, stride, dilation = given.axes("kernel_size"), given.axes("strides"), given.axes("dilation_rate")
    padding, extra = _padding(given), (0,) * given.dims
    asked = given.get("output_padding") is not None
    if padding != "same" or asked:
        if any(isinstance(n, Node) for n in (*kernel, *stride, *dilation)):
            raise given.fault("kernel_size", "letters are read here only with padding='same'")
        reach = [k + (k - 1) * (d - 1) for k, d in zip(kernel, dilation, strict=True)]
        if asked:
            extra = given.axes("output_padding", 0)
            padding = tuple(k // 2 for k in reach) if padding == "same" else padding
        else:  # Keras gives n·s + max(k − s, 0): as long as the stride where the kernel is shorter
            extra = tuple(max(s - k, 0) for s, k in zip(stride, reach, strict=True))
    layer = Layer(
        "transposed-conv", "", (), out=given.count("filters"), kernel=kernel, stride=stride, padding=padding,
        output_padding=extra, dilation=dilation, bias=given.flag("use_bias"), word="ConvTranspose",
    )  # fmt: skip
    return activated(given, {"": layer})


def _pool(kind: str, word: str) -> Build:
    def build(given: Given) -> dict[str, Layer]:
        _check_format(given)
        size = given.axes("pool_size")
        stride = size if given.get("strides") is None else given.axes("strides")
        ones, padding = (1,) * given.dims, _padding(given)
        return {"": Layer(kind, "", (), kernel=size, stride=stride, padding=padding, dilation=ones, word=word)}

    return build


def _global(kind: str, adaptive: str, word: str) -> Build:
    def build(given: Given) -> dict[str, Layer]:
        _check_format(given)
        if given.flag("keepdims"):
            return {"": Layer(adaptive, "", (), size=(1,) * given.dims, word=word)}
        return {"": Layer(kind, "", (), word=word)}

    return build


def _dense(given: Given) -> dict[str, Layer]:
    layer = Layer("linear", "", (), out=given.count("units"), bias=given.flag("use_bias"), word="Dense")
    return activated(given, {"": layer})


def _norm(kind: str, word: str) -> Build:
    def build(given: Given) -> dict[str, Layer]:
        if given.get("axis") not in (-1, (-1,)):
            raise given.fault("axis", "only axis=-1, the channels, is read")
        scale, center = given.flag("scale"), given.flag("center")
        if center and not scale:
            raise given.fault("scale", "scale=False with a shift is not read")
        groups = given.count("groups") if kind == "group-norm" else 1
        running = kind == "batch-norm"
        return {"": Layer(kind, "", (), affine=scale, bias=center, running=running, groups=groups, word=word)}

    return build


def _zero_pad(given: Given) -> dict[str, Layer]:
    _check_format(given)
    value = given.get("padding")
    entries = ((value,) if isinstance(value, tuple) and given.dims == 1 else value) if value is not None else 1
    entries = entries if isinstance(entries, tuple) else (entries,) * given.dims
    pairs = tuple(tuple(entry) if isinstance(entry, tuple | list) else (entry, entry) for entry in entries)
    whole = all(isinstance(n, Node) or (isinstance(n, int) and n >= 0) for pair in pairs for n in pair)
    if len(pairs) != given.dims or not all(len(pair) == 2 for pair in pairs) or not whole:
        raise given.fault("padding", "padding is a number, one for each axis, or a pair (before, after) for each")
    return {"": Layer("zero-pad", "", (), padding=pairs, word="ZeroPadding")}


def _upsample(given: Given) -> dict[str, Layer]:
    return {"": Layer("upsample", "", (), size=given.axes("size"), word="UpSampling")}


def _reshape(given: Given) -> dict[str, Layer]:
    shape = given.get("target_shape")
    shape = shape if isinstance(shape, tuple) else (shape,)
    if shape == (-1,):
        return {"": Layer("flatten", "", (), word="Reshape")}
    if not 0 < len(shape) < 4 or not all(isinstance(n, Node) or (isinstance(n, int) and n > 0) for n in shape):
        raise given.fault("target_shape", "target_shape is up to three whole numbers of at least 1")
    return {"": Layer("reshape", "", (), size=shape, word="Reshape")}


def _activation(given: Given) -> dict[str, Layer]:
    layers = activated(given, {})
    return {"": next(iter(layers.values()), Layer("identity", "", (), word="Linear"))}


def _concat(given: Given) -> dict[str, Layer]:
    if given.get("axis") not in (-1, 3):
        raise given.fault("axis", "only axis=-1, the channels, is read")
    return {"": Layer("concat", "", (), word="Concat")}


def _plain(kind: str, word: str) -> Build:
    return lambda given: {"": Layer(kind, "", (), word=word)}


def _table(dims: int) -> dict[str, Known]:
    d, pooled = f"{dims}D", f"strides=None, padding=valid, {_FORMAT}"
    steps = f"strides=1, padding=valid, {_FORMAT}, dilation_rate=1"
    entries: dict[str, tuple[str, Build]] = {
        f"Conv{d}": (f"filters, kernel_size, {steps}, groups=1, {_AFTER}", _conv),
        f"DepthwiseConv{d}": (
            f"kernel_size, strides=1, padding=valid, depth_multiplier=1, {_FORMAT}, dilation_rate=1, {_DEPTHWISE}",
            lambda given: activated(given, {"": _depthwise(given)}),
        ),
        f"SeparableConv{d}": (f"filters, kernel_size, {steps}, depth_multiplier=1, {_SEPARABLE}", _separable),
        f"Conv{d}Transpose": (
            f"filters, kernel_size, strides=1, padding=valid, output_padding=None, {_FORMAT}, {_DILATED}, {_AFTER}",
            _transposed,
        ),
        f"MaxPooling{d}": (f"pool_size=2, {pooled}", _pool("max-pool", "MaxPool")),
        f"AveragePooling{d}": (f"pool_size=2, {pooled}", _pool("avg-pool", "AvgPool")),
        f"GlobalAveragePooling{d}": (
            f"{_FORMAT}, keepdims=False",
            _global("global-avg-pool", "adaptive-avg-pool", "GlobalAvgPool"),
        ),
        f"GlobalMaxPooling{d}": (
            f"{_FORMAT}, keepdims=False",
            _global("global-max-pool", "adaptive-max-pool", "GlobalMaxPool"),
        ),
        f"ZeroPadding{d}": (f"padding=1, {_FORMAT}", _zero_pad),
        f"UpSampling{d}": ("size=2" + (f", {_FORMAT}, interpolation~" if dims == 2 else ""), _upsample),
        f"SpatialDropout{d}": (
            "rate~, seed~" if dims == 1 else "rate~, data_format~, seed~",
            _plain("dropout", "SpatialDropout"),
        ),
    }
    shorter = {f"MaxPool{d}": f"MaxPooling{d}", f"AvgPool{d}": f"AveragePooling{d}", f"Convolution{d}": f"Conv{d}"}
    shorter |= {f"GlobalAvgPool{d}": f"GlobalAveragePooling{d}", f"GlobalMaxPool{d}": f"GlobalMaxPooling{d}"}
    entries |= {short: entries[long] for short, long in shorter.items()}
    return {name: Known(f"{text}, *, {ANY}", build, dims) for name, (text, build) in entries.items()}


_ANYWHERE: dict[str, tuple[str, Build]] = {
    "Dense": (f"units, {_AFTER}", _dense),
    "Flatten": ("data_format~", _plain("flatten", "Flatten")),
    "Reshape": ("target_shape", _reshape),
    "Dropout": ("rate~, noise_shape~, seed~", _plain("dropout", "Dropout")),
    "GaussianNoise": ("stddev~, seed~", _plain("dropout", "GaussianNoise")),
    "GaussianDropout": ("rate~, seed~", _plain("dropout", "GaussianDropout")),
    "AlphaDropout": ("rate~, noise_shape~, seed~", _plain("dropout", "AlphaDropout")),
    "BatchNormalization": (
        f"axis=-1, momentum~, epsilon~, center=True, scale=True, {_SHIFTS}, {_MOVING}, {_LIMITS}",
        _norm("batch-norm", "BatchNorm"),
    ),
    "LayerNormalization": (
        f"axis=-1, epsilon~, center=True, scale=True, {_SHIFTS}, {_LIMITS}",
        _norm("layer-norm", "LayerNorm"),
    ),
    "GroupNormalization": (
        f"groups=32, axis=-1, epsilon~, center=True, scale=True, {_SHIFTS}, {_LIMITS}",
        _norm("group-norm", "GroupNorm"),
    ),
    "Activation": ("activation", _activation),
    "ReLU": ("max_value~, negative_slope~, threshold~", _plain("activation", "ReLU")),
    "LeakyReLU": ("negative_slope~, *, alpha~", _plain("activation", "LeakyReLU")),
    "ELU": ("alpha~", _plain("activation", "ELU")),
    "Softmax": ("axis~", _plain("activation", "Softmax")),
    "Rescaling": ("scale~, offset~", _plain("identity", "Rescaling")),
    "Identity": ("", _plain("identity", "Identity")),
    "Add": ("", _plain("add", "Add")),
    "Concatenate": ("axis=-1", _concat),
}

LAYERS: dict[str, Known] = {
    **_table(1),
    **_table(2),
    **{
        name: Known(f"{text}, {ANY}" if ", *," in text else f"{text}, *, {ANY}", build)
        for name, (text, build) in _ANYWHERE.items()
    },
    **{
        name: Known(f"{text}, {ANY}" if ", *," in text else f"{text}, *, {ANY}", build, dims)
        for name, (text, build, dims) in SEQUENCES.items()
    },
}
