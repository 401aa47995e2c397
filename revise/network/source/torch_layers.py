"""PyTorch's layers: the order of their arguments, their defaults, and what each becomes."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from revise.expression import Node
from revise.network.assembly import Piece
from revise.network.layers import Layer
from revise.network.source.arguments import Given
from revise.network.source.torch_sequences import RMS_NORM, SEQUENCES

Build = Callable[[Given], Layer | Piece]


@dataclass(frozen=True)
class Known:
    """One class: its signature, what makes a layer of it, and whether its suffix (1d, 2d) tells the axes."""

    signature: str
    build: Build
    dims: int | None = None
    spatial: bool = False


_REST = "padding_mode~, device~, dtype~"
_CONV = f"out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True, {_REST}"
_TRANSPOSED = (
    f"out_channels, kernel_size, stride=1, padding=0, output_padding=0, groups=1, bias=True, dilation=1, {_REST}"
)
_NORM = "eps~, momentum~, affine={0}, track_running_stats={0}, device~, dtype~, *, bias=True"


def _says(given: Given, name: str) -> int | None:
    return given.says(name) if name in given.signature.positional else None


def _conv(given: Given) -> Layer:
    padding: Any = given.get("padding")
    stride = given.axes("stride")
    if padding == "same" and any(isinstance(step, int) and step > 1 for step in stride):
        raise given.fault("padding", "PyTorch has padding='same' only with stride 1")
    if isinstance(padding, str) and padding not in ("same", "valid"):
        raise given.fault("padding", "padding is a number, 'same' or 'valid'")
    if not isinstance(padding, str):
        padding = given.axes("padding", 0)
    return Layer(
        "conv", "", (), out=given.count("out_channels"), kernel=given.axes("kernel_size"), stride=stride,
        padding=(0,) * given.dims if padding == "valid" else padding, dilation=given.axes("dilation"),
        groups=_groups(given), bias=given.flag("bias"), says=_says(given, "in_channels"), word="Conv",
    )  # fmt: skip


def _transposed(given: Given) -> Layer:
    stride, dilation, extra = given.axes("stride"), given.axes("dilation"), given.axes("output_padding", 0)
    for more, step, gap in zip(extra, stride, dilation, strict=True):
        if all(isinstance(each, int) for each in (more, step, gap)) and more >= max(step, gap):
            raise given.fault("output_padding", "output_padding is smaller than the stride or the dilation")
    return Layer(
        "transposed-conv", "", (), out=given.count("out_channels"), kernel=given.axes("kernel_size"), stride=stride,
        padding=given.axes("padding", 0), output_padding=extra, dilation=dilation, groups=_groups(given),
        bias=given.flag("bias"), says=_says(given, "in_channels"), word="ConvTranspose",
    )  # fmt: skip


def _groups(given: Given) -> Any:
    groups, out, channels = given.count("groups"), given.get("out_channels"), _says(given, "in_channels")
    for number, name in ((channels, "in_channels"), (out, "out_channels")):
        if isinstance(groups, int) and isinstance(number, int) and number % groups:
            raise given.fault("groups", f"groups={groups} does not divide {name}={number}")
    return groups


def _pool(kind: str, word: str) -> Build:
    def build(given: Given) -> Layer:
        kernel, padding = given.axes("kernel_size"), given.axes("padding", 0)
        for side, zeros in zip(kernel, padding, strict=True):
            if isinstance(side, int) and isinstance(zeros, int) and 2 * zeros > side:
                raise given.fault("padding", "padding is at most half of the kernel")
        has_dilation = "dilation" in given.signature.defaults
        return Layer(
            kind, "", (), kernel=kernel, padding=padding, ceil=given.flag("ceil_mode"), word=word,
            stride=kernel if given.get("stride") is None else given.axes("stride"),
            dilation=given.axes("dilation") if has_dilation else (1,) * given.dims,
        )  # fmt: skip

    return build


def _adaptive(kind: str, word: str) -> Build:
    return lambda given: Layer(kind, "", (), size=given.axes("output_size"), word=word)


def _norm(kind: str, word: str) -> Build:
    def build(given: Given) -> Layer:
        running = kind == "batch-norm" and given.flag("track_running_stats")
        says, affine = _says(given, "num_features"), given.flag("affine")
        return Layer(kind, "", (), affine=affine, bias=given.flag("bias"), running=running, says=says, word=word)

    return build


def _group_norm(given: Given) -> Layer:
    return Layer(
        "group-norm", "", (), groups=given.count("num_groups"), says=given.says("num_channels"),
        affine=given.flag("affine"), bias=given.flag("bias"), running=False, word="GroupNorm",
    )  # fmt: skip


def _layer_norm(given: Given) -> Layer:
    shape = given.get("normalized_shape")
    shape = shape if isinstance(shape, tuple) else (shape,)
    if not 0 < len(shape) < 4 or not all(isinstance(n, Node) or (isinstance(n, int) and n > 0) for n in shape):
        raise given.fault("normalized_shape", "normalized_shape is a whole number or up to three")
    return Layer(
        "layer-norm", "", (), affine=given.flag("elementwise_affine"),
        size=channels_last(shape) if len(shape) > 1 else (),
        says=shape[0] if len(shape) == 1 and isinstance(shape[0], int) else None, bias=given.flag("bias"),
        running=False, word="LayerNorm",
    )  # fmt: skip


def channels_last(shape: tuple[Any, ...]) -> tuple[Any, ...]:
    """C, H, W as H, W, C."""
    return (*shape[1:], shape[0])


def _linear(given: Given) -> Layer:
    says = _says(given, "in_features")
    return Layer("linear", "", (), out=given.count("out_features"), bias=given.flag("bias"), says=says, word="Linear")


def _flatten(given: Given) -> Layer:
    if given.get("start_dim") != 1 or given.get("end_dim") != -1:
        raise given.fault("start_dim", "only start_dim=1, end_dim=-1 (all but the batch) is read")
    return Layer("flatten", "", (), word="Flatten")


def _unflatten(given: Given) -> Layer:
    shape = given.get("unflattened_size")
    if given.get("dim") != 1 or not isinstance(shape, tuple) or not 1 < len(shape) < 4:
        raise given.fault("dim", "only dim=1 and a shape C, H, W (or C, L) are read")
    return Layer("reshape", "", (), size=channels_last(sides(given, "unflattened_size", shape)), word="Unflatten")


def sides(given: Given, name: str, shape: tuple[Any, ...]) -> tuple[Any, ...]:
    for side in shape:
        if not isinstance(side, Node) and (isinstance(side, bool) or not isinstance(side, int) or side < 1):
            raise given.fault(name, "every side is a whole number of at least 1")
    return shape


def _pad(given: Given) -> Layer:
    value = given.get("padding")
    flat = value if isinstance(value, tuple) else (value,) * (2 * given.dims)
    if len(flat) != 2 * given.dims or not all(isinstance(n, Node) or (isinstance(n, int) and n >= 0) for n in flat):
        raise given.fault("padding", f"padding is one whole number or {2 * given.dims}: left, right, then top, bottom")
    pairs = tuple((flat[place], flat[place + 1]) for place in range(0, len(flat), 2))
    return Layer("zero-pad", "", (), padding=pairs[::-1], word=given.called.rstrip("d12"))


def upsample(given: Given) -> Layer:
    factor = given.get("scale_factor")
    if factor is None:
        raise given.fault("size", "only scale_factor is read")
    factors = factor if isinstance(factor, tuple) else (factor,)
    whole = tuple(int(n) if isinstance(n, float) and n == int(n) else n for n in factors)
    return Layer("upsample", "", (), size=sides(given, "scale_factor", whole), word="Upsample")


def _plain(kind: str, word: str) -> Build:
    return lambda given: Layer(kind, "", (), word=word)


def _prelu(given: Given) -> Layer:
    return Layer("prelu", "", (), out=given.count("num_parameters"), word="PReLU")


_UPSAMPLE = "size=None, scale_factor=None, mode~, align_corners~, recompute_scale_factor~"
_PLACED = {
    "Conv": (f"in_channels, {_CONV}", _conv),
    "LazyConv": (_CONV, _conv),
    "ConvTranspose": (f"in_channels, {_TRANSPOSED}", _transposed),
    "LazyConvTranspose": (_TRANSPOSED, _transposed),
    "MaxPool": (
        "kernel_size, stride=None, padding=0, dilation=1, return_indices~, ceil_mode=False",
        _pool("max-pool", "MaxPool"),
    ),
    "AdaptiveAvgPool": ("output_size", _adaptive("adaptive-avg-pool", "AdaptiveAvgPool")),
    "AdaptiveMaxPool": ("output_size, return_indices~", _adaptive("adaptive-max-pool", "AdaptiveMaxPool")),
    "ZeroPad": ("padding", _pad),
    "ConstantPad": ("padding, value~", _pad),
    "ReflectionPad": ("padding", _pad),
    "ReplicationPad": ("padding", _pad),
}
_AVERAGE = "kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad~"
_ANYWHERE = {
    "BatchNorm": ("num_features, " + _NORM.format(True), _norm("batch-norm", "BatchNorm")),
    "LazyBatchNorm": (_NORM.format(True), _norm("batch-norm", "BatchNorm")),
    "InstanceNorm": ("num_features, " + _NORM.format(False), _norm("instance-norm", "InstanceNorm")),
    "Dropout": ("p~, inplace~", _plain("dropout", "Dropout")),
}
_ACTIVATIONS = {
    "ReLU ReLU6 SELU SiLU Mish Hardswish Hardsigmoid": "inplace~",
    "Sigmoid Tanh LogSigmoid Softsign Tanhshrink Softmax2d": "",
    "Softmax LogSoftmax Softmin": "dim~",
    "LeakyReLU": "negative_slope~, inplace~",
    "ELU CELU": "alpha~, inplace~",
    "GELU": "approximate~",
    "Softplus": "beta~, threshold~",
    "Hardtanh": "min_val~, max_val~, inplace~",
}

LAYERS: dict[str, Known] = {
    f"{name}{dims}d": Known(text, build, dims, spatial)
    for table, spatial in ((_PLACED, True), (_ANYWHERE, False))
    for name, (text, build) in table.items()
    for dims in (1, 2)
} | {
    "AvgPool1d": Known(_AVERAGE, _pool("avg-pool", "AvgPool"), 1, True),
    "AvgPool2d": Known(f"{_AVERAGE}, divisor_override~", _pool("avg-pool", "AvgPool"), 2, True),
    "Linear": Known("in_features, out_features, bias=True, device~, dtype~", _linear),
    "LazyLinear": Known("out_features, bias=True, device~, dtype~", _linear),
    "Flatten": Known("start_dim=1, end_dim=-1", _flatten),
    "Unflatten": Known("dim, unflattened_size", _unflatten),
    "GroupNorm": Known("num_groups, num_channels, eps~, affine=True, device~, dtype~, *, bias=True", _group_norm),
    "LayerNorm": Known("normalized_shape, eps~, elementwise_affine=True, bias=True, device~, dtype~", _layer_norm),
    "LocalResponseNorm": Known("size~, alpha~, beta~, k~", _plain("lrn", "LRN")),
    "Dropout": Known("p~, inplace~", _plain("dropout", "Dropout")),
    "AlphaDropout": Known("p~, inplace~", _plain("dropout", "AlphaDropout")),
    "Upsample": Known(_UPSAMPLE, upsample),
    "UpsamplingNearest2d": Known("size=None, scale_factor=None", upsample, 2, True),
    "UpsamplingBilinear2d": Known("size=None, scale_factor=None", upsample, 2, True),
    "Identity": Known("", _plain("identity", "Identity")),
    "PReLU": Known("num_parameters=1, init~, device~, dtype~", _prelu),
} | {
    "RMSNorm": Known(*RMS_NORM),
    **{name: Known(text, build, 1, True) for name, (text, build) in SEQUENCES.items()},
} | {
    name: Known(text, _plain("activation", name)) for names, text in _ACTIVATIONS.items() for name in names.split()
}  # fmt: skip
