"""A network built and run by Torch without memory, for the second opinion."""

from math import ceil, floor
from typing import TYPE_CHECKING, Any

from revise.errors import InputError
from revise.expression import Node
from revise.network import Layer, Network

if TYPE_CHECKING:
    import torch


def run(net: Network, sides: tuple[Any, ...], channels: Any) -> dict[str, Any]:
    """Output shape, parameters, weights, biases, multiply-adds, and the last receptive field."""
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
                made[place] = modules[place](tensors[0])
    names = [(name, entry.numel()) for module in modules.values() for name, entry in module.named_parameters()]
    last = made[len(net.layers) - 1]
    found = {
        "output": [*last.shape[2:], last.shape[1]],
        "parameters": sum(count for _, count in names),
        "biases": sum(count for name, count in names if name.endswith("bias")),
        "weights": sum(count for name, count in names if not name.endswith("bias")),
        "multiply-adds": counter.get_total_flops() // 2,
        "operations": counter.get_total_flops(),
    }
    return {word: value for word, value in found.items() if value or word == "biases"} | _field(net, made)


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
    if layer.kind == "prelu":
        return nn.PReLU(layer.out, device="meta")
    raise InputError(f"{layer.name}: Torch's second opinion knows no {layer.kind} here")


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


def _field(net: Network, made: dict[int, Any]) -> dict[str, Any]:
    """The span of inputs that one output of the last sliding layer sees, followed back along every road."""
    sliding = ("conv", "max-pool", "avg-pool", "add", "concat")
    keeping = ("activation", "dropout", "batch-norm", "lrn", "identity", "prelu", "select", "zero-pad")
    depth, last = -1, -1
    for place, layer in enumerate(net.layers):
        if layer.kind not in (*sliding, *keeping):
            break
        depth = place
    for place in range(depth + 1):
        last = place if net.layers[place].kind in sliding else last
    if last < 0 or len(made[-1].shape) < 3:
        return {}
    fields, jumps = [], []
    for axis in range(len(made[-1].shape) - 2):
        (first, end), (second, _) = (_seen(net, last, position, axis) for position in (0, 1))
        fields.append(end - first + 1)
        jumps.append(second - first)
    alike = len(set(zip(fields, jumps, strict=True))) == 1 and _stays_square(net, made)
    return {"receptive-field": fields[0] if alike else fields, "jump": jumps[0] if alike else jumps}


def _stays_square(net: Network, made: dict[int, Any]) -> bool:
    """Whether height and width are alike all the way, kernels included."""
    sizes = [entry.shape[2:] for entry in made.values()] + [layer.kernel for layer in net.layers]
    return all(len(set(size)) <= 1 for size in sizes)


def _seen(net: Network, place: int, position: int, axis: int) -> tuple[int, int]:
    """First and last index along the axis, borders ignored, on which that output rests."""
    needed = {place: (position, position)}
    for here in range(place, -1, -1):
        if here not in needed:
            continue
        layer, (low, high) = net.layers[here], needed[here]
        if layer.kernel:
            step, spread = layer.stride[axis], (layer.dilation[axis] if layer.dilation else 1)
            before = layer.padding[axis] if layer.padding != "same" else floor((layer.kernel[axis] - 1) / 2)
            low, high = low * step - before, high * step - before + spread * (layer.kernel[axis] - 1)
        for each in layer.inputs:
            old = needed.get(each, (low, high))
            needed[each] = min(old[0], low), max(old[1], high)
    return needed[-1]
