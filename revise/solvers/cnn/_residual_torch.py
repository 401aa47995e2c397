"""A residual block in Torch."""

from typing import Any


def block(given: dict[str, Any]) -> dict[str, Any]:
    """Output, parameters and operations of the block that `residual` is asked for."""
    import torch
    from torch import nn
    from torch.utils.flop_counter import FlopCounterMode

    *sides, channels = given["input"] if isinstance(given["input"], tuple) else (given["input"],)
    out, stride = given.get("out_channels") or channels, given.get("stride", 1)
    deep = given.get("kind") == "bottleneck"
    inner = given.get("inner_channels") or out // 4
    late = given.get("stride_in") == "second"
    plan = [(channels, out, 3, stride, 1), (out, out, 3, 1, 1)]
    if deep:
        steps = (1, stride) if late else (stride, 1)
        plan = [(channels, inner, 1, steps[0], 1), (inner, inner, 3, steps[1], given.get("groups", 1)),
                (inner, out, 1, 1, 1)]  # fmt: skip
    parts: list[nn.Module] = []
    for before, after, kernel, step, groups in plan:
        parts.append(nn.Conv2d(before, after, kernel, step, kernel // 2, groups=groups, bias=given.get("bias", False),
                               device="meta"))  # fmt: skip
        parts += [nn.BatchNorm2d(after, device="meta")] if given.get("norm", True) else []
    road = nn.Sequential(*parts).train(False)
    side = nn.Sequential()
    changes = out != channels or stride != 1
    way = given.get("shortcut", "auto")
    if way == "projection" or (way == "auto" and changes):
        side.append(nn.Conv2d(channels, out, 1, stride, bias=given.get("bias", False), device="meta"))
        if given.get("norm", True):
            side.append(nn.BatchNorm2d(out, device="meta"))
    tensor = torch.empty(1, channels, *sides, device="meta")
    with FlopCounterMode(display=False) as counter:
        far = road(tensor)
    plain = counter.get_total_flops() // 2
    with FlopCounterMode(display=False) as counter:
        near = side.train(False)(tensor)
    if way == "zero-padded":
        near = nn.functional.pad(near[:, :, ::stride, ::stride], (0, 0, 0, 0, 0, out - channels))
    total = far + near
    weights = sum(part.weight.numel() for part in parts if isinstance(part, nn.Conv2d))
    found = {
        "output": [*total.shape[2:], total.shape[1]],
        "weights": weights,
        "plain-parameters": sum(each.numel() for each in road.parameters()),
        "shortcut-parameters": sum(each.numel() for each in side.parameters()),
        "parameters": sum(each.numel() for part in (road, side) for each in part.parameters()),
        "plain-multiply-adds": plain,
        "multiply-adds": plain + counter.get_total_flops() // 2,
        "additions": total.numel(),
    }
    if deep:
        wide = [nn.Conv2d(channels, out, 3, device="meta"), nn.Conv2d(out, out, 3, device="meta")]
        found["wide-weights"] = sum(part.weight.numel() for part in wide)
        found["saving"] = found["wide-weights"] / weights
    return found
