"""A dense block and its transition in Torch."""

from typing import Any


def block(given: dict[str, Any]) -> dict[str, Any]:
    """Channels, parameters and operations, by running the layers."""
    import torch
    from torch import nn
    from torch.utils.flop_counter import FlopCounterMode

    parts = given["input"] if isinstance(given["input"], tuple) else (8, 8, given["input"])
    mapped, growth = isinstance(given["input"], tuple), given["growth_rate"]

    def convolution(before: int, after: int, kernel: int) -> nn.Module:
        conv = nn.Conv2d(before, after, kernel, padding=kernel // 2, bias=False, device="meta")
        norm = [nn.BatchNorm2d(before, device="meta")] if given.get("norm", True) else []
        return nn.Sequential(*norm, nn.ReLU(), conv).train(False)

    tensors = [torch.empty(1, parts[-1], *parts[:2], device="meta")]
    modules: list[nn.Module] = []
    links = 0
    with FlopCounterMode(display=False) as counter:
        for _ in range(given["layers"]):
            read = torch.cat(tensors, 1)
            links += len(tensors)
            inner = int(given.get("bottleneck", 0)) * growth
            steps = [convolution(read.shape[1], inner, 1)] if inner else []
            steps.append(convolution(inner or read.shape[1], growth, 3))
            modules.append(nn.Sequential(*steps))
            tensors.append(modules[-1](read))
        out = torch.cat(tensors, 1)
        found: dict[str, Any] = {"channels": out.shape[1], "connections": links, "block-parameters": _count(modules)}
        if given.get("compression") is not None:
            change = convolution(out.shape[1], int(given["compression"] * out.shape[1]), 1)
            found["transition-parameters"] = _count([change])
            modules.append(change)
            out = nn.AvgPool2d(2)(change(out))
    found["parameters"] = _count(modules)
    if mapped:
        found |= {"output": [*out.shape[2:], out.shape[1]], "multiply-adds": counter.get_total_flops() // 2}
    return found


def _count(modules: Any) -> int:
    return sum(each.numel() for module in modules for each in module.parameters())
