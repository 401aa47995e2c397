"""Wide residual networks for 32×32 images (Zagoruyko & Komodakis 2016, table 1): pre-activation blocks."""

from revise.network.known.rows import Rows
from revise.network.layers import Network


def wide_resnet(depth: int, factor: int) -> Network:
    """WRN-depth-factor: three stages of (depth − 4)/6 blocks, `factor` times as wide as the thin network."""
    rows = Rows((32, 32, 3))
    rows.conv("conv1", 16, 3, padding=1, bias=False)
    channels = 16
    for stage, width in enumerate((16 * factor, 32 * factor, 64 * factor)):
        for block in range((depth - 4) // 6):
            stride = 2 if stage and not block else 1
            _block(rows, f"group{stage + 1}.{block}", width, stride, project=channels != width)
            channels = width
    rows.norm("bn")
    rows.activation("relu")
    rows.put("global-avg-pool", "avgpool", "GlobalAvgPool")
    rows.linear("fc", 10)
    rows.activation("softmax", "Softmax")
    return rows.network(
        f"WRN-{depth}-{factor}",
        "CIFAR-10's 32×32 and 10 classes; batch norm and ReLU before each convolution, without dropout; "
        f"the {depth} of the name counts the three 1×1 projections and not the linear layer",
    )


def _block(rows: Rows, name: str, width: int, stride: int, project: bool) -> None:
    """Norm, ReLU, 3×3, twice; a projection reads what the first ReLU gives, the identity what stands before it."""
    before = rows.at
    rows.norm(f"{name}.bn1")
    active = rows.activation(f"{name}.relu1")
    rows.conv(f"{name}.conv1", width, 3, stride, 1, bias=False)
    rows.norm(f"{name}.bn2")
    rows.activation(f"{name}.relu2")
    end = rows.conv(f"{name}.conv2", width, 3, 1, 1, bias=False)
    if project:
        rows.at = active
        before = rows.conv(f"{name}.shortcut", width, 1, stride, bias=False)
    rows.put("add", f"{name}.add", "Add", end, before)
