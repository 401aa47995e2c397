"""ResNets for ImageNet (He et al. 2016, table 1), wide ones and ResNeXts: batch norm after every convolution."""

from revise.network.known.rows import Rows
from revise.network.layers import Network

_STAGES = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}


def resnet(depth: int, late: bool = False) -> Network:
    """`late` (v1.5) has a stage's stride in the 3×3 convolution instead of the first 1×1."""
    title = f"ResNet-{depth}{' v1.5' if late else ''}"
    return _network(title, depth, 64, 1, late, _note(depth, late))


def wide_resnet(depth: int) -> Network:
    """Zagoruyko & Komodakis 2016, table 8 (WRN-50-2): bottlenecks twice as wide inside, as torchvision has them."""
    inside = "the 3×3 of every bottleneck twice as wide as ResNet's; the stride of a stage in the 3×3"
    return _network(f"Wide ResNet-{depth}-2", depth, 128, 1, True, f"{_NOTE}; {inside}")


def resnext(depth: int, cardinality: int, width: int) -> Network:
    """Xie et al. 2017, table 1: the 3×3 in `cardinality` groups, each `width` wide in the first stage."""
    inside = f"{cardinality} groups in every 3×3, {width} channels each in the first stage; strides in the 3×3"
    return _network(
        f"ResNeXt-{depth} ({cardinality}×{width}d)", depth, cardinality * width, cardinality, True, f"{_NOTE}; {inside}"
    )


def _network(title: str, depth: int, inner: int, groups: int, late: bool, note: str) -> Network:
    """`inner`: channels of the first stage's 3×3 convolutions; they double from stage to stage."""
    rows = Rows((224, 224, 3))
    rows.conv("conv1", 64, 7, 2, 3, bias=False)
    rows.norm("bn1")
    rows.activation("relu")
    rows.pool("maxpool", 3, 2, 1)
    deep, channels = depth >= 50, 64
    for stage, blocks in enumerate(_STAGES[depth]):
        width = inner * 2**stage
        out = 256 * 2**stage if deep else width
        for block in range(blocks):
            stride = 2 if stage and not block else 1
            name = f"layer{stage + 1}.{block}"
            if deep:
                first, second = (1, stride) if late else (stride, 1)
                convolutions = [(width, 1, first, 1), (width, 3, second, groups), (out, 1, 1, 1)]
            else:
                convolutions = [(width, 3, stride, 1), (out, 3, 1, 1)]
            _block(rows, name, convolutions, stride, project=stride > 1 or channels != out)
            channels = out
    rows.put("global-avg-pool", "avgpool", "GlobalAvgPool")
    rows.linear("fc", 1000)
    rows.activation("softmax", "Softmax")
    return rows.network(title, note)


def _block(rows: Rows, name: str, convolutions: list[tuple[int, int, int, int]], stride: int, project: bool) -> None:
    """Convolutions (filters, kernel, stride, groups) beside a shortcut: the identity, or a 1×1 where sizes change."""
    shortcut = rows.at
    for place, (out, kernel, step, groups) in enumerate(convolutions, 1):
        rows.conv(f"{name}.conv{place}", out, kernel, step, kernel // 2, groups, bias=False)
        end = rows.norm(f"{name}.bn{place}")
        if place < len(convolutions):
            rows.activation(f"{name}.relu{place}")
    if project:
        rows.at = shortcut
        rows.conv(f"{name}.downsample.0", convolutions[-1][0], 1, stride, bias=False)
        shortcut = rows.norm(f"{name}.downsample.1")
    rows.put("add", f"{name}.add", "Add", end, shortcut)
    rows.activation(f"{name}.relu")


_NOTE = "1×1 projections where a shortcut changes size, no bias beside batch norm"


def _note(depth: int, late: bool) -> str:
    if depth < 50:
        return _NOTE
    if late:
        return f"{_NOTE}; the stride of a stage in its first 3×3 (v1.5, as torchvision has it)"
    other = f"resnet{depth}-v1.5 has it in the 3×3"
    return f"{_NOTE}; the stride of a stage in its first 1×1, as in He et al. 2016; {other}"
