"""Rows put under one another: how the named networks are written down."""

from typing import Any

from revise.network.assembly import Assembly
from revise.network.layers import Layer, Network


class Rows:
    """A 2-D network being written. Each method places a layer after `at` (the last one) and returns its position."""

    def __init__(self, input: tuple[int, ...]) -> None:
        self.assembly = Assembly()
        self.assembly.dims, self.assembly.input = 2, input
        self.at = -1

    def put(self, kind: str, name: str, word: str, *inputs: int, **fields: Any) -> int:
        layer = Layer(kind, "", (), word=word, **fields)
        self.at = self.assembly.add(layer, name, inputs or (self.at,))
        return self.at

    def conv(
        self, name: str, out: int, kernel: int, stride: int = 1, padding: int = 0,
        groups: int | str = 1, bias: bool = True,
    ) -> int:  # fmt: skip
        return self.put(
            "conv", name, "Conv", out=out, kernel=(kernel, kernel), stride=(stride, stride),
            padding=(padding, padding), dilation=(1, 1), groups=groups, bias=bias,
        )  # fmt: skip

    def pool(
        self, name: str, kernel: int, stride: int, padding: int = 0, ceil: bool = False, average: bool = False
    ) -> int:
        kind, word = ("avg-pool", "AvgPool") if average else ("max-pool", "MaxPool")
        return self.put(
            kind, name, word, kernel=(kernel, kernel), stride=(stride, stride), padding=(padding, padding),
            dilation=(1, 1), ceil=ceil,
        )  # fmt: skip

    def activation(self, name: str, word: str = "ReLU") -> int:
        return self.put("activation", name, word)

    def norm(self, name: str) -> int:
        return self.put("batch-norm", name, "BatchNorm")

    def lrn(self, name: str) -> int:
        return self.put("lrn", name, "LRN")

    def linear(self, name: str, out: int) -> int:
        return self.put("linear", name, "Linear", out=out)

    def flatten(self, name: str = "flatten") -> int:
        return self.put("flatten", name, "Flatten")

    def dropout(self, name: str) -> int:
        return self.put("dropout", name, "Dropout")

    def network(self, name: str, note: str = "") -> Network:
        return self.assembly.network(None, note, name)
