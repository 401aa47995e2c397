"""Which convolutions a residual block has, and which shortcut."""

from typing import Any

from revise.errors import InputError
from revise.expression import Node
from revise.parameters import spell


def convolutions(
    kind: str, out: Any, inner_channels: Any, stride: Any, stride_in: str, groups: Any
) -> dict[str, dict[str, Any]]:
    if kind == "basic":
        for value, name in ((inner_channels, "inner-channels"), (None if alike(groups, 1) else groups, "groups")):
            if value is not None:
                raise InputError(f"{name}: a basic block has none; --kind bottleneck has")
        if stride_in != "first":
            raise InputError("stride-in: a basic block has its stride in the first convolution")
        return {
            "conv1": {"k": 3, "s": stride, "p": 1, "K": out},
            "conv2": {"k": 3, "s": 1, "p": 1, "K": out},
        }
    inner = _quarter(out) if inner_channels is None else inner_channels
    if isinstance(inner, int) and isinstance(groups, int) and inner % groups:
        raise InputError(f"groups: {groups} does not divide the {inner} channels inside")
    first, second = (stride, 1) if stride_in == "first" else (1, stride)
    middle = {"k": 3, "s": second, "p": 1, "K": inner}
    return {
        "conv1": {"k": 1, "s": first, "p": 0, "K": inner},
        "conv2": middle if alike(groups, 1) else {**middle, "g": groups},
        "conv3": {"k": 1, "s": 1, "p": 0, "K": out},
    }


def _quarter(out: Any) -> Any:
    if isinstance(out, Node):
        raise InputError("inner-channels: with letters say how many filters stand inside, --inner-channels M")
    if out % 4:
        raise InputError(f"inner-channels: {out} does not divide by 4; say how many filters stand inside")
    return out // 4


def alike(one: Any, other: Any) -> bool:
    return spell(one) == spell(other)


def chosen(shortcut: str, fits: bool) -> str:
    if shortcut == "identity" and not fits:
        raise InputError("shortcut: the identity needs as many channels out as in and stride 1; take a projection")
    return ("identity" if fits else "projection") if shortcut == "auto" else shortcut


def before(rows: dict[str, Any], row: str) -> str:
    names = list(rows)
    return "x" if row == "shortcut" or names.index(row) == 0 else names[names.index(row) - 1]
