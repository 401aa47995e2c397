"""Where a text gives layers but not how they follow one another, a linear layer after an image needs a flatten."""

from typing import Any

from revise.network.assembly import SPATIAL, Piece
from revise.network.layers import Layer


def missing_flatten(layers: list[Layer], part: Any) -> Layer | None:
    """A flatten, if `part` begins with a linear layer and what stands there has sides."""
    while hasattr(part, "parts") and part.parts:
        part = next(iter(part.parts.values()))
    if not isinstance(part, Piece) or part.templates[0].kind != "linear":
        return None
    for layer in reversed(layers):
        if layer.kind in ("flatten", "linear", "global-avg-pool", "global-max-pool"):
            return None
        if layer.kind in SPATIAL:
            first = part.templates[0]
            return Layer("flatten", "", (), word="Flatten", line=first.line, column=first.column)
    return None
