"""GoogLeNet (Szegedy et al. 2015, table 1), without the auxiliary classifiers."""

from revise.network.known.rows import Rows
from revise.network.layers import Network

# 1×1, 3×3 reduce, 3×3, 5×5 reduce, 5×5, pool projection
_MODULES = {
    "3a": (64, 96, 128, 16, 32, 32), "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64), "4b": (160, 112, 224, 24, 64, 64), "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64), "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128), "5b": (384, 192, 384, 48, 128, 128),
}  # fmt: skip


def googlenet() -> Network:
    """The paper's: biases, local response normalisation, no batch norm."""
    rows = Rows((224, 224, 3))
    _conv(rows, "conv1", 64, 7, 2)
    rows.pool("pool1", 3, 2, ceil=True)
    rows.lrn("norm1")
    _conv(rows, "conv2_reduce", 64, 1)
    _conv(rows, "conv2", 192, 3)
    rows.lrn("norm2")
    rows.pool("pool2", 3, 2, ceil=True)
    for name, filters in _MODULES.items():
        _module(rows, f"inception{name}", filters)
        if name in ("3b", "4e"):
            rows.pool(f"pool{name[0]}", 3, 2, ceil=True)
    rows.pool("pool5", 7, 1, average=True)
    rows.flatten()
    rows.dropout("dropout")
    rows.linear("fc", 1000)
    rows.activation("softmax", "Softmax")
    return rows.network("GoogLeNet", "without the auxiliary classifiers; pooling rounds up (ceil)")


def googlenet_torchvision() -> Network:
    """torchvision.models.googlenet: batch norm instead of biases, 3×3 in the branch that is called 5×5."""
    rows = Rows((224, 224, 3))
    _conv(rows, "conv1", 64, 7, 2, norm=True)
    rows.pool("maxpool1", 3, 2, ceil=True)
    _conv(rows, "conv2", 64, 1, norm=True)
    _conv(rows, "conv3", 192, 3, norm=True)
    rows.pool("maxpool2", 3, 2, ceil=True)
    for name, filters in _MODULES.items():
        _module(rows, f"inception{name}", filters, norm=True)
        if name == "3b":
            rows.pool("maxpool3", 3, 2, ceil=True)
        if name == "4e":
            rows.pool("maxpool4", 2, 2, ceil=True)
    rows.put("global-avg-pool", "avgpool", "GlobalAvgPool")
    rows.dropout("dropout")
    rows.linear("fc", 1000)
    return rows.network(
        "GoogLeNet (torchvision)",
        "batch norm, and 3×3 convolutions in the branch called 5×5, as torchvision has them; "
        "without the auxiliary classifiers",
    )


def _conv(rows: Rows, name: str, out: int, kernel: int, stride: int = 1, norm: bool = False) -> int:
    rows.conv(name, out, kernel, stride, kernel // 2, bias=not norm)
    if norm:
        rows.norm(f"{name}.bn")
    return rows.activation(f"{name}.relu")


def _module(rows: Rows, name: str, filters: tuple[int, ...], norm: bool = False) -> None:
    """Four branches side by side, their channels concatenated."""
    before, large = rows.at, 3 if norm else 5
    one, reduce3, three, reduce5, five, projection = filters
    ends = [_conv(rows, f"{name}.1x1", one, 1, norm=norm)]
    for kernel, label, reduce, out in ((3, "3x3", reduce3, three), (large, "5x5", reduce5, five)):
        rows.at = before
        _conv(rows, f"{name}.{label}_reduce", reduce, 1, norm=norm)
        ends.append(_conv(rows, f"{name}.{label}", out, kernel, norm=norm))
    rows.at = before
    rows.pool(f"{name}.pool", 3, 1, 1, ceil=norm)
    ends.append(_conv(rows, f"{name}.pool_proj", projection, 1, norm=norm))
    rows.put("concat", f"{name}.concat", "Concat", *ends)
