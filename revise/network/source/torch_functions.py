"""What PyTorch's forward methods call beside layers: F.relu(x), torch.flatten(x, 1), x.view(-1, 400)."""

from collections.abc import Callable
from typing import Any

from revise.expression import Node
from revise.network.layers import Layer
from revise.network.source.arguments import Given
from revise.network.source.torch_layers import LAYERS, Known, channels_last, sides, upsample

BATCH = "the batch"  # x.size(0), x.shape[0]


def _like(layer: str, signature: str | None = None) -> Known:
    known = LAYERS[layer]
    return Known(known.signature if signature is None else signature, known.build, known.dims, known.spatial)


def _flatten(given: Given) -> Layer:
    if given.get("start_dim") != 1 or given.get("end_dim") != -1:
        raise given.fault("start_dim", "flatten needs start_dim=1 (without it the batch is flattened too)")
    return Layer("flatten", "", (), word="Flatten")


def view(given: Given) -> Layer:
    """x.view(x.size(0), -1), x.view(-1, 400), x.view(-1, 128, 7, 7)."""
    shape = given.get("shape")
    first, *rest = shape if isinstance(shape, tuple) and shape else (None,)
    if first not in (BATCH, -1) or not rest or (first == -1 and rest == [-1]):
        raise given.fault("shape", "the first size is the batch (x.size(0) or -1), then -1 or the other sizes")
    if rest == [-1]:
        return Layer("flatten", "", (), word="Flatten")
    whole = sides(given, "shape", tuple(rest))
    if len(whole) == 1:
        return Layer("flatten", "", (), says=whole[0] if isinstance(whole[0], int) else None, word="Flatten")
    if len(whole) > 3:
        raise given.fault("shape", "a shape has the batch and up to three more sizes")
    return Layer("reshape", "", (), size=channels_last(whole), word="View")


def _mean(given: Given) -> Layer:
    dim = given.get("dim")
    dims = sorted(dim if isinstance(dim, tuple) else (dim,), key=str)
    if dims not in ([2, 3], [-1, -2], [2]):
        raise given.fault("dim", "only the mean over the sides, dim=(2, 3), is read")
    if given.flag("keepdim"):
        return Layer("adaptive-avg-pool", "", (), size=(1,) * (1 if dims == [2] else 2), word="Mean")
    return Layer("global-avg-pool", "", (), word="Mean")


def _pad(given: Given) -> Layer:
    flat = given.get("pad")
    if not isinstance(flat, tuple) or len(flat) not in (2, 4):
        raise given.fault("pad", "pad is left, right (then top, bottom)")
    if not all(isinstance(n, Node) or (isinstance(n, int) and n >= 0) for n in flat):
        raise given.fault("pad", "pad has whole numbers of at least 0")
    return Layer("zero-pad", "", (), padding=tuple(zip(flat[::2], flat[1::2], strict=True))[::-1], word="Pad")


_ACTIVATIONS = {
    "relu": "ReLU", "relu6": "ReLU6", "leaky_relu": "LeakyReLU", "elu": "ELU", "selu": "SELU", "celu": "CELU",
    "gelu": "GELU", "silu": "SiLU", "mish": "Mish", "hardswish": "Hardswish", "hardsigmoid": "Hardsigmoid",
    "hardtanh": "Hardtanh", "softsign": "Softsign", "softplus": "Softplus", "sigmoid": "Sigmoid", "tanh": "Tanh",
    "logsigmoid": "LogSigmoid", "softmax": "Softmax", "log_softmax": "LogSoftmax", "softmin": "Softmin",
}  # fmt: skip
_MAX = "kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices~"
_RESIZE = "size=None, scale_factor=None, mode~, align_corners~, recompute_scale_factor~, antialias~"

FUNCTIONS: dict[str, Known] = {
    **{name: _like(word) for name, word in _ACTIVATIONS.items()},
    "relu_": _like("ReLU"),
    "softmax": _like("Softmax", "dim~, _stacklevel~, dtype~"),
    "log_softmax": _like("LogSoftmax", "dim~, _stacklevel~, dtype~"),
    **{f"max_pool{d}d": _like(f"MaxPool{d}d", _MAX) for d in (1, 2)},
    **{f"avg_pool{d}d": _like(f"AvgPool{d}d") for d in (1, 2)},
    **{f"adaptive_avg_pool{d}d": _like(f"AdaptiveAvgPool{d}d") for d in (1, 2)},
    **{f"adaptive_max_pool{d}d": _like(f"AdaptiveMaxPool{d}d") for d in (1, 2)},
    **{name: _like("Dropout", "p~, training~, inplace~") for name in ("dropout", "dropout1d", "dropout2d")},
    "alpha_dropout": _like("AlphaDropout", "p~, training~, inplace~"),
    "local_response_norm": _like("LocalResponseNorm"),
    "interpolate": Known(_RESIZE, upsample),
    "pad": Known("pad, mode~, value~", _pad),
    "flatten": Known("start_dim=0, end_dim=-1", _flatten),
    "mean": Known("dim, keepdim=False, dtype~", _mean),
}  # fmt: skip
UNCHANGED = frozenset("contiguous to float half double cuda cpu clone detach requires_grad_".split())
VIEWS = frozenset(["view", "reshape"])
JOINS = frozenset(["cat", "concat", "concatenate"])

Build = Callable[[Given], Any]
