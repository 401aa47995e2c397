"""LeNet-5 (LeCun et al. 1998), AlexNet (Krizhevsky et al. 2012), ZFNet (2013), VGG (Simonyan & Zisserman 2015)."""

from revise.network.known.rows import Rows
from revise.network.layers import Network


def lenet5() -> Network:
    """As it is taught: C3 sees all six maps, subsampling is an average, the output layer is linear."""
    rows = Rows((32, 32, 1))
    rows.conv("C1", 6, 5)
    rows.activation("C1.tanh", "Tanh")
    rows.pool("S2", 2, 2, average=True)
    rows.conv("C3", 16, 5)
    rows.activation("C3.tanh", "Tanh")
    rows.pool("S4", 2, 2, average=True)
    rows.conv("C5", 120, 5)
    rows.activation("C5.tanh", "Tanh")
    rows.flatten()
    rows.linear("F6", 84)
    rows.activation("F6.tanh", "Tanh")
    rows.linear("output", 10)
    return rows.network(
        "LeNet-5", "C3 connected to all six maps, plain average pooling and a linear output; lenet5-1998 is the paper's"
    )


def lenet5_1998() -> Network:
    """With table I's connections of C3, subsampling with a coefficient and a bias a map, no learnt output layer."""
    rows = Rows((32, 32, 1))
    rows.conv("C1", 6, 5)
    rows.activation("C1.tanh", "Tanh")
    _subsampling(rows, "S2")
    _partly_connected(rows)
    rows.activation("C3.tanh", "Tanh")
    _subsampling(rows, "S4")
    rows.conv("C5", 120, 5)
    rows.activation("C5.tanh", "Tanh")
    rows.flatten()
    rows.linear("F6", 84)
    rows.activation("F6.tanh", "Tanh")
    return rows.network(
        "LeNet-5 (1998)",
        "C3 connected as in the paper's table I, trainable subsampling; the ten RBF outputs have fixed weights "
        "and are left out",
    )


def _subsampling(rows: Rows, name: str) -> None:
    """The mean of four, times a coefficient, plus a bias: both one for each map."""
    rows.pool(name, 2, 2, average=True)
    rows.conv(f"{name}.scale", 1, 1, groups="depthwise")
    rows.activation(f"{name}.sigmoid", "Sigmoid")


def _partly_connected(rows: Rows) -> None:
    """Six maps from three neighbours each, nine from four, one from all six."""
    before = rows.at
    three = [(place + step) % 6 for place in range(6) for step in range(3)]
    four = [(place + step) % 6 for place in range(6) for step in range(4)]
    four += [(place + step) % 6 for place in range(3) for step in (0, 1, 3, 4)]
    ends = []
    for name, maps, channels in (("C3.3maps", 6, three), ("C3.4maps", 9, four)):
        rows.put("select", f"{name}.select", "Select", before, out=len(channels), size=tuple(channels))
        ends.append(rows.conv(name, maps, 5, groups=maps))
    rows.at = before
    ends.append(rows.conv("C3.6maps", 1, 5))
    rows.put("concat", "C3", "Concat", *ends)


def alexnet(grouped: bool) -> Network:
    """Krizhevsky et al. 2012, on two GPUs (`grouped`) or as if on one."""
    rows, groups = Rows((227, 227, 3)), 2 if grouped else 1
    for name, out, kernel, stride, padding, split in (
        ("1", 96, 11, 4, 0, 1), ("2", 256, 5, 1, 2, groups), ("3", 384, 3, 1, 1, 1),
        ("4", 384, 3, 1, 1, groups), ("5", 256, 3, 1, 1, groups),
    ):  # fmt: skip
        rows.conv(f"conv{name}", out, kernel, stride, padding, split)
        rows.activation(f"relu{name}")
        if name in "12":
            rows.lrn(f"norm{name}")
        if name in "125":
            rows.pool(f"pool{name}", 3, 2)
    _head(rows)
    halves = "conv2, conv4 and conv5 in two groups, one on each GPU" if grouped else "every convolution in one group"
    return rows.network(
        "AlexNet" if grouped else "AlexNet (ungrouped)",
        f"input 227 (the paper prints 224, which doesn't fit); {halves}",
    )


def alexnet_torchvision() -> Network:
    """torchvision.models.alexnet, after Krizhevsky 2014 (one weird trick)."""
    rows = Rows((224, 224, 3))
    for place, out, kernel, stride, padding, pooled in (
        (0, 64, 11, 4, 2, True), (3, 192, 5, 1, 2, True), (6, 384, 3, 1, 1, False), (8, 256, 3, 1, 1, False),
        (10, 256, 3, 1, 1, True),
    ):  # fmt: skip
        rows.conv(f"features.{place}", out, kernel, stride, padding)
        rows.activation(f"features.{place + 1}")
        if pooled:
            rows.pool(f"features.{place + 2}", 3, 2)
    rows.put("adaptive-avg-pool", "avgpool", "AdaptiveAvgPool", size=(6, 6))
    rows.flatten()
    for place in (0, 3):
        rows.dropout(f"classifier.{place}")
        rows.linear(f"classifier.{place + 1}", 4096)
        rows.activation(f"classifier.{place + 2}")
    rows.linear("classifier.6", 1000)
    return rows.network("AlexNet (torchvision)", "torchvision's variant: no groups, no LRN, fewer filters, input 224")


def zfnet(filters: tuple[int, int, int]) -> Network:
    """Zeiler & Fergus 2013, figure 3; `filters` of layers 3 to 5."""
    rows = Rows((224, 224, 3))
    third, fourth, fifth = filters
    for name, out, kernel, stride, padding in (
        ("1", 96, 7, 2, 1), ("2", 256, 5, 2, 0), ("3", third, 3, 1, 1), ("4", fourth, 3, 1, 1), ("5", fifth, 3, 1, 1),
    ):  # fmt: skip
        rows.conv(f"conv{name}", out, kernel, stride, padding)
        rows.activation(f"relu{name}")
        if name in "125":
            rows.pool(f"pool{name}", 3, 2, ceil=True)
        if name in "12":
            rows.lrn(f"norm{name}")
    _head(rows)
    wide = third > 384
    which = (
        "table 3's wider layers 3 to 5 (512, 1024, 512)" if wide else "zfnet-wide has 512, 1024, 512 in layers 3 to 5"
    )
    return rows.network(
        "ZFNet (wide)" if wide else "ZFNet",
        f"padding 1 in layer 1 and pooling that rounds up (ceil) give the paper's sizes 110, 55, 26, 13, 6; {which}",
    )


_REPEATS = {11: (1, 1, 2, 2, 2), 13: (2, 2, 2, 2, 2), 16: (2, 2, 3, 3, 3), 19: (2, 2, 4, 4, 4)}


def vgg(depth: int) -> Network:
    """Configurations A, B, D and E of table 1."""
    rows = Rows((224, 224, 3))
    for stage, (repeats, out) in enumerate(zip(_REPEATS[depth], (64, 128, 256, 512, 512), strict=True), 1):
        for place in range(1, repeats + 1):
            rows.conv(f"conv{stage}_{place}", out, 3, padding=1)
            rows.activation(f"relu{stage}_{place}")
        rows.pool(f"pool{stage}", 2, 2)
    _head(rows)
    return rows.network(f"VGG-{depth}")


def _head(rows: Rows) -> None:
    rows.flatten()
    for place in (6, 7):
        rows.linear(f"fc{place}", 4096)
        rows.activation(f"relu{place}")
        rows.dropout(f"drop{place}")
    rows.linear("fc8", 1000)
    rows.activation("softmax", "Softmax")
