"""A network built and run by Torch without memory, for the second opinion."""

from math import ceil
from typing import TYPE_CHECKING, Any

from revise.errors import InputError
from revise.expression import Node
from revise.network import Layer, Network
from revise.solvers.cnn._field_torch import traced
from revise.solvers.cnn._sequence_torch import SEQUENCES, sequence

if TYPE_CHECKING:
    import torch


def run(net: Network, sides: tuple[Any, ...], channels: Any) -> dict[str, Any]:
    """Output shape, parameters, weights, biases, multiply-adds, and the last receptive field."""
    made, modules, operations = lay_out(net, sides, channels)
    names = [(name, entry.numel()) for module in modules.values() for name, entry in module.named_parameters()]
    last = made[len(net.layers) - 1]
    found = {
        "output": [*last.shape[2:], last.shape[1]],
        "parameters": sum(count for _, count in names),
        "biases": sum(count for name, count in names if name.endswith("bias")),
        "weights": sum(count for name, count in names if not name.endswith("bias")),
        "multiply-adds": operations // 2,
        "operations": operations,
    }
    return {word: value for word, value in found.items() if value or word == "biases"} | traced(net, made)


def lay_out(
    net: Network, sides: tuple[Any, ...], channels: Any
) -> tuple[dict[int, "torch.Tensor"], dict[int, "torch.nn.Module"], int]:
    """Each layer's output and its module by place, -1 for the input; the operations that Torch counts."""
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    if any(isinstance(value, Node) for value in (*sides, channels)):
        raise InputError("letters: Torch runs numbers only")
    made = {-1: torch.empty(1, channels, *sides, device="meta")}
    modules: dict[int, torch.nn.Module] = {}
    with FlopCounterMode(display=False) as counter:
        for place, layer in enumerate(net.layers):
            tensors = [made[each] for each in layer.inputs]
            if layer.kind == "add":
                made[place] = sum(tensors[1:], start=tensors[0])
            elif layer.kind == "select":
                made[place] = tensors[0][:, list(layer.size)]
            elif layer.kind == "concat":
                made[place] = torch.cat(tensors, 1)
            else:
                modules[place] = _module(layer, tensors[0])
                made[place] = modules[place](*tensors)
    return made, modules, counter.get_total_flops()


def _module(layer: Layer, tensor: "torch.Tensor") -> "torch.nn.Module":
    import torch.nn as nn

    dims, channels = tensor.dim() - 2, tensor.shape[1]
    options: dict[str, Any] = {"device": "meta"}
    if layer.kind in ("conv", "transposed-conv"):
        groups = channels if layer.groups == "depthwise" else layer.groups
        filters = layer.out * channels if layer.groups == "depthwise" else layer.out
        options |= {"stride": layer.stride, "dilation": layer.dilation or 1, "groups": groups, "bias": layer.bias}
        if layer.kind == "conv":
            conv: Any = nn.Conv2d if dims == 2 else nn.Conv1d
            pads = _padding(layer, tensor)
            return nn.Sequential(_Pad(pads), conv(channels, filters, layer.kernel, **options))
        transposed: Any = nn.ConvTranspose2d if dims == 2 else nn.ConvTranspose1d
        options |= {"padding": layer.padding, "output_padding": layer.output_padding or 0}
        return transposed(channels, filters, layer.kernel, **options)  # type: ignore[no-any-return]
    if layer.kind in ("max-pool", "avg-pool"):
        pool: Any = {("max-pool", 2): nn.MaxPool2d, ("max-pool", 1): nn.MaxPool1d, ("avg-pool", 2): nn.AvgPool2d,
                     ("avg-pool", 1): nn.AvgPool1d}[layer.kind, dims]  # fmt: skip
        if layer.padding == "same":
            return nn.Sequential(_Pad(_padding(layer, tensor)), pool(layer.kernel, layer.stride))
        return pool(layer.kernel, layer.stride, layer.padding, ceil_mode=layer.ceil)  # type: ignore[no-any-return]
    if layer.kind == "linear":
        if dims:
            last = nn.Linear(channels, layer.out, layer.bias, device="meta")
            return nn.Sequential(_Turn(True), last, _Turn(False))
        return nn.Linear(channels, layer.out, layer.bias, device="meta")
    if layer.kind in SEQUENCES:
        return sequence(layer, tensor)
    if layer.kind == "flatten" or (layer.kind == "reshape" and len(layer.size) == 1):
        return nn.Flatten()
    if layer.kind.startswith("adaptive"):
        return nn.AdaptiveAvgPool2d(layer.size) if dims == 2 else nn.AdaptiveAvgPool1d(layer.size[0])
    if layer.kind.startswith("global"):
        return nn.Sequential(nn.AdaptiveAvgPool2d(1) if dims == 2 else nn.AdaptiveAvgPool1d(1), nn.Flatten())
    if layer.kind == "batch-norm":
        norm: Any = {0: nn.BatchNorm1d, 1: nn.BatchNorm1d, 2: nn.BatchNorm2d}[dims]
        return norm(channels, affine=layer.affine, device="meta").train(False)  # type: ignore[no-any-return]
    if layer.kind in ("dropout", "activation", "identity", "lrn"):
        return nn.Identity()
    if layer.kind in ("group-norm", "instance-norm", "layer-norm", "zero-pad", "upsample", "reshape"):
        return _other(layer, channels)
    if layer.kind == "prelu":
        return nn.PReLU(layer.out, device="meta")
    raise InputError(f"{layer.name}: Torch's second opinion knows no {layer.kind} here")


def _other(layer: Layer, channels: int) -> "torch.nn.Module":
    """Norms as one number (and another) a channel; what only changes sizes."""
    import torch
    import torch.nn as nn

    class Changed(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            sizes = layer.size if layer.kind == "layer-norm" and layer.size else (channels,)
            if layer.kind.endswith("-norm") and layer.affine:
                self.weight = nn.Parameter(torch.empty(*sizes, device="meta"))
                if layer.bias:
                    self.bias = nn.Parameter(torch.empty(*sizes, device="meta"))

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            if layer.kind == "zero-pad":
                return nn.functional.pad(x, _padding(layer, x))
            if layer.kind == "upsample":
                return nn.functional.interpolate(x, scale_factor=tuple(map(float, layer.size)))
            return x.reshape(1, layer.size[-1], *layer.size[:-1]) if layer.kind == "reshape" else x

    return Changed()


def _padding(layer: Layer, tensor: "torch.Tensor") -> list[int]:
    """Zeros before and after each axis, the last axis first."""
    pads: list[int] = []
    if layer.padding != "same" and any(isinstance(side, tuple) for side in layer.padding):
        return [
            zeros for side in reversed(layer.padding) for zeros in (side if isinstance(side, tuple) else (side,) * 2)
        ]
    for axis in reversed(range(tensor.dim() - 2)):
        if layer.padding == "same":
            size, step = tensor.shape[2 + axis], layer.stride[axis]
            span = (layer.dilation[axis] if layer.dilation else 1) * (layer.kernel[axis] - 1) + 1
            total = max((ceil(size / step) - 1) * step + span - size, 0)
            pads += [total // 2, total - total // 2]
        else:
            pads += [layer.padding[axis]] * 2
    return pads


def _Pad(pads: list[int]) -> "torch.nn.Module":
    import torch.nn as nn

    left, right, *others = pads
    if others:
        return nn.ConstantPad2d((left, right, others[0], others[1]), 0.0)
    return nn.ConstantPad1d((left, right), 0.0)


def _Turn(last: bool) -> "torch.nn.Module":
    import torch

    class Turn(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x.movedim(1, -1) if last else x.movedim(-1, 1)

    return Turn()
