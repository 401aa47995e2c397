"""MobileNet (Howard et al. 2017), MobileNetV2 (Sandler et al. 2018), SqueezeNet (Iandola et al. 2016)."""

from revise.network.known.rows import Rows
from revise.network.layers import Network


def mobilenet_v1() -> Network:
    """Table 1: depthwise 3×3 and pointwise 1×1 by turns, width multiplier 1."""
    rows = Rows((224, 224, 3))
    _normed(rows, "conv1", 32, 3, 2)
    steps = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1)]
    for place, (out, stride) in enumerate(steps, 2):
        _normed(rows, f"conv{place}.dw", 1, 3, stride, depthwise=True)
        _normed(rows, f"conv{place}.pw", out, 1)
    rows.put("global-avg-pool", "avgpool", "GlobalAvgPool")
    rows.linear("fc", 1000)
    rows.activation("softmax", "Softmax")
    return rows.network(
        "MobileNet v1",
        "the last depthwise convolution has stride 1: the paper's table 1 prints s2 beside an output that stays 7×7",
    )


# expansion, channels, blocks, stride of the first
_INVERTED = (
    (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1),
)  # fmt: skip


def mobilenet_v2() -> Network:
    """Table 2, width multiplier 1."""
    rows, channels, place = Rows((224, 224, 3)), 32, 0
    _normed(rows, "conv1", channels, 3, 2, word="ReLU6")
    for expansion, out, blocks, first in _INVERTED:
        for block in range(blocks):
            place += 1
            stride = 1 if block else first
            _inverted(rows, f"block{place}", channels, expansion, out, stride)
            channels = out
    _normed(rows, "conv2", 1280, 1, word="ReLU6")
    rows.put("global-avg-pool", "avgpool", "GlobalAvgPool")
    rows.dropout("dropout")
    rows.linear("fc", 1000)
    rows.activation("softmax", "Softmax")
    return rows.network(
        "MobileNetV2", "as torchvision has it, whose first block leaves out the expansion; narrow ends without ReLU"
    )


def _inverted(rows: Rows, name: str, channels: int, expansion: int, out: int, stride: int) -> None:
    """Widen by 1×1, a depthwise 3×3, narrow by 1×1 without ReLU; a shortcut where nothing changes size."""
    before = rows.at
    if expansion > 1:
        _normed(rows, f"{name}.expand", channels * expansion, 1, word="ReLU6")
    _normed(rows, f"{name}.dw", 1, 3, stride, depthwise=True, word="ReLU6")
    _normed(rows, f"{name}.project", out, 1, word="")
    if stride == 1 and channels == out:
        rows.put("add", f"{name}.add", "Add", before, rows.at)


def _normed(
    rows: Rows, name: str, out: int, kernel: int, stride: int = 1, depthwise: bool = False, word: str = "ReLU"
) -> None:
    rows.conv(name, out, kernel, stride, kernel // 2, "depthwise" if depthwise else 1, bias=False)
    rows.norm(f"{name}.bn")
    if word:
        rows.activation(f"{name}.{word.lower()}", word)


def squeezenet(later: bool) -> Network:
    """Table 1 (1.0), or its authors' cheaper version 1.1 (`later`): both as torchvision has them."""
    rows = Rows((224, 224, 3))
    rows.conv("conv1", 64 if later else 96, 3 if later else 7, 2)
    rows.activation("conv1.relu")
    pooled = (1, 3, 5) if later else (1, 4, 8)
    for place, squeeze in enumerate((16, 16, 32, 32, 48, 48, 64, 64), 2):
        if place - 1 in pooled:
            rows.pool(f"pool{place - 1}", 3, 2, ceil=True)
        _fire(rows, f"fire{place}", squeeze)
    rows.dropout("dropout")
    rows.conv("conv10", 1000, 1)
    rows.activation("conv10.relu")
    rows.put("global-avg-pool", "avgpool", "GlobalAvgPool")
    rows.activation("softmax", "Softmax")
    note = "no linear layer: conv10 gives a map for each class; pooling rounds up (ceil)"
    if not later:
        note += "; input 224 as in torchvision, the paper's maps of 111 and 55 come of 227"
    return rows.network(f"SqueezeNet 1.{int(later)}", note)


def _fire(rows: Rows, name: str, squeeze: int) -> None:
    """Squeeze by 1×1, then expand fourfold by 1×1 and by 3×3 side by side."""
    rows.conv(f"{name}.squeeze", squeeze, 1)
    before = rows.activation(f"{name}.squeeze.relu")
    ends = []
    for kernel in (1, 3):
        rows.at = before
        rows.conv(f"{name}.expand{kernel}x{kernel}", 4 * squeeze, kernel, padding=kernel // 2)
        ends.append(rows.activation(f"{name}.expand{kernel}x{kernel}.relu"))
    rows.put("concat", f"{name}.concat", "Concat", *ends)
