"""ResNets for ImageNet (He et al. 2016, table 1): batch norm after every convolution, so none has a bias."""

from revise.network.layers import Network
from revise.network.rows import Rows

_STAGES = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3), 50: (3, 4, 6, 3)}


def resnet(depth: int, late: bool = False) -> Network:
    """`late` (v1.5) has a stage's stride in the 3×3 convolution instead of the first 1×1."""
    rows = Rows((224, 224, 3))
    rows.conv("conv1", 64, 7, 2, 3, bias=False)
    rows.norm("bn1")
    rows.activation("relu")
    rows.pool("maxpool", 3, 2, 1)
    deep, channels = depth >= 50, 64
    for stage, blocks in enumerate(_STAGES[depth]):
        width = 64 * 2**stage
        out = 4 * width if deep else width
        for block in range(blocks):
            stride = 2 if stage and not block else 1
            name = f"layer{stage + 1}.{block}"
            if deep:
                first, second = (1, stride) if late else (stride, 1)
                convolutions = [(width, 1, first), (width, 3, second), (out, 1, 1)]
            else:
                convolutions = [(width, 3, stride), (out, 3, 1)]
            _block(rows, name, convolutions, stride, project=stride > 1 or channels != out)
            channels = out
    rows.put("global-avg-pool", "avgpool", "GlobalAvgPool")
    rows.linear("fc", 1000)
    rows.activation("softmax", "Softmax")
    return rows.network(f"ResNet-{depth}{' v1.5' if late else ''}", _note(deep, late))


def _block(rows: Rows, name: str, convolutions: list[tuple[int, int, int]], stride: int, project: bool) -> None:
    """Convolutions beside a shortcut: the identity, or a 1×1 where the size or the channels change."""
    shortcut = rows.at
    for place, (out, kernel, step) in enumerate(convolutions, 1):
        rows.conv(f"{name}.conv{place}", out, kernel, step, kernel // 2, bias=False)
        end = rows.norm(f"{name}.bn{place}")
        if place < len(convolutions):
            rows.activation(f"{name}.relu{place}")
    if project:
        rows.at = shortcut
        rows.conv(f"{name}.downsample.0", convolutions[-1][0], 1, stride, bias=False)
        shortcut = rows.norm(f"{name}.downsample.1")
    rows.put("add", f"{name}.add", "Add", end, shortcut)
    rows.activation(f"{name}.relu")


def _note(deep: bool, late: bool) -> str:
    note = "1×1 projections where a shortcut changes size, no bias beside batch norm"
    if not deep:
        return note
    if late:
        return f"{note}; the stride of a stage in its first 3×3 (v1.5, as torchvision has it)"
    return f"{note}; the stride of a stage in its first 1×1, as in He et al. 2016; resnet50-v1.5 has it in the 3×3"
