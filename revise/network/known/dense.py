"""DenseNets with bottlenecks and compression (DenseNet-BC; Huang et al. 2017, table 1)."""

from revise.network.known.rows import Rows
from revise.network.layers import Network

_BLOCKS = {121: (6, 12, 24, 16), 169: (6, 12, 32, 32), 201: (6, 12, 48, 32)}
_GROWTH = 32


def densenet(depth: int) -> Network:
    """Growth rate 32: every layer reads all before it in its block and adds 32 channels."""
    rows = Rows((224, 224, 3))
    rows.conv("conv0", 2 * _GROWTH, 7, 2, 3, bias=False)
    rows.norm("norm0")
    rows.activation("relu0")
    rows.pool("pool0", 3, 2, 1)
    channels = 2 * _GROWTH
    for block, layers in enumerate(_BLOCKS[depth], 1):
        for layer in range(1, layers + 1):
            _layer(rows, f"block{block}.layer{layer}")
        channels += layers * _GROWTH
        if block < 4:
            channels //= 2
            name = f"transition{block}"
            rows.norm(f"{name}.norm")
            rows.activation(f"{name}.relu")
            rows.conv(f"{name}.conv", channels, 1, bias=False)
            rows.pool(f"{name}.pool", 2, 2, average=True)
    rows.norm("norm5")
    rows.activation("relu5")
    rows.put("global-avg-pool", "avgpool", "GlobalAvgPool")
    rows.linear("classifier", 1000)
    rows.activation("softmax", "Softmax")
    return rows.network(
        f"DenseNet-{depth}",
        "growth rate 32, 1×1 bottlenecks of 128, transitions halve the channels; no bias beside batch norm",
    )


def _layer(rows: Rows, name: str) -> None:
    before = rows.at
    for place, (out, kernel) in enumerate(((4 * _GROWTH, 1), (_GROWTH, 3)), 1):
        rows.norm(f"{name}.norm{place}")
        rows.activation(f"{name}.relu{place}")
        rows.conv(f"{name}.conv{place}", out, kernel, padding=kernel // 2, bias=False)
    rows.put("concat", f"{name}.concat", "Concat", before, rows.at)
