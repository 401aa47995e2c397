"""An Inception module in Torch."""

from typing import Any


def module(given: dict[str, Any]) -> dict[str, Any]:
    """Output, weights and multiply-adds, with bottlenecks and naive."""
    filters = {name: value for name, value in given.items() if name not in ("input", "channels_first") and value}
    pooled = "pool_proj" in filters or all(name in filters for name in ("conv1x1", "conv3x3", "conv5x5"))
    plain = {name: value for name, value in filters.items() if name.startswith("conv")}
    naive = _run(given["input"], plain, pooled) if plain else {}
    slim = _run(given["input"], filters, pooled)
    if plain == filters:
        return naive
    if not naive:
        return slim
    ratio = slim["multiply-adds"] / naive["multiply-adds"]
    return {**slim, **{f"naive-{word}": value for word, value in naive.items()}, "ratio": ratio, "saving": 1 / ratio}


def _run(input: Any, filters: dict[str, Any], pooled: bool) -> dict[str, Any]:
    import torch
    from torch import nn
    from torch.utils.flop_counter import FlopCounterMode

    channels = input[-1]
    branches: list[nn.Module] = []
    for side in (1, 3, 5):
        name = f"{side}x{side}"
        if f"conv{name}" not in filters:
            continue
        reduce = filters.get(f"reduce{name}")
        start = [nn.Conv2d(channels, reduce, 1, bias=False, device="meta")] if reduce else []
        last = nn.Conv2d(reduce or channels, filters[f"conv{name}"], side, padding=side // 2, bias=False, device="meta")
        branches.append(nn.Sequential(*start, last))
    if pooled:
        pool: list[nn.Module] = [nn.MaxPool2d(3, 1, 1)]
        if "pool_proj" in filters:
            pool.append(nn.Conv2d(channels, filters["pool_proj"], 1, bias=False, device="meta"))
        branches.append(nn.Sequential(*pool))
    tensor = torch.empty(1, channels, *input[:2], device="meta")
    with FlopCounterMode(display=False) as counter:
        joined = torch.cat([branch(tensor) for branch in branches], 1)
    return {
        "output": [*joined.shape[2:], joined.shape[1]],
        "weights": sum(each.numel() for branch in branches for each in branch.parameters()),
        "multiply-adds": counter.get_total_flops() // 2,
    }
