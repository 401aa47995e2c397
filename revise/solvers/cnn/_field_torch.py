"""Receptive fields found by following one output back to the input."""

from math import floor
from typing import Any

from revise.network import Network


def traced(net: Network, made: dict[int, Any]) -> dict[str, Any]:
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
