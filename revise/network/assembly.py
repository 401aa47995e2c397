"""Layers put one after another: positions, unique names, the number of axes."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from revise.errors import InputError
from revise.network.layers import MOST_LAYERS, Layer, Network

LEARNT = frozenset(
    "conv transposed-conv linear prelu batch-norm layer-norm group-norm instance-norm embedding rnn attention".split()
)
SPATIAL = frozenset(
    "conv transposed-conv max-pool avg-pool adaptive-avg-pool adaptive-max-pool zero-pad upsample".split()
)


class Assembly:
    """A network as it grows."""

    def __init__(self) -> None:
        self.layers: list[Layer] = []
        self.dims: int | None = None
        self.input: tuple[int, ...] | None = None
        self._names: dict[str, int] = {}

    def add(self, template: Layer, name: str, inputs: Iterable[int]) -> int:
        """Place a copy of `template`; the position it stands at. A name met before gets a number."""
        if len(self.layers) >= MOST_LAYERS:
            raise InputError(f"more than {MOST_LAYERS:,} layers")
        self.layers.append(replace(template, name=self._unique(name), inputs=tuple(inputs)))
        return len(self.layers) - 1

    def set_dims(self, dims: int, refuse: Callable[[str], InputError]) -> None:
        if self.dims not in (None, dims):
            raise refuse(f"a {dims}-D layer among {self.dims}-D ones")
        self.dims = dims

    def network(self, end: int | None = None, note: str = "", name: str = "") -> Network:
        """What leads to the layer at `end` (all of it without), renumbered."""
        kept = range(len(self.layers)) if end is None else self._needed(end)
        moved = {-1: -1} | {old: new for new, old in enumerate(kept)}
        dims = self.dims or 2
        layers = []
        for old in kept:
            layer = self.layers[old]
            inputs = tuple(moved[place] for place in layer.inputs)
            if layer.kind == "upsample" and len(layer.size) == 1:
                layer = replace(layer, size=layer.size * dims)
            layers.append(layer if inputs == layer.inputs else replace(layer, inputs=inputs))
        return Network(tuple(layers), name, self.input, dims, note)

    def _needed(self, end: int) -> list[int]:
        seen, waiting = {-1}, [end]
        while waiting:
            place = waiting.pop()
            if place not in seen:
                seen.add(place)
                waiting.extend(self.layers[place].inputs)
        return sorted(seen - {-1})

    def _unique(self, name: str) -> str:
        met = self._names[name] = self._names.get(name, 0) + 1
        return name if met == 1 else self._unique(f"{name}_{met}")


@dataclass(frozen=True, eq=False)
class Piece:
    """A layer that a text makes and has not placed yet; Keras's with an activation are two.

    wires   for each template the ones it reads, -1 what the piece is applied to; one after another without
    states  how many states an applied recurrent layer gives beside its outputs
    """

    templates: tuple[Layer, ...]
    suffixes: tuple[str, ...] = ("",)
    name: str = ""
    wires: tuple[tuple[int, ...], ...] = ()
    states: int = 0
    dims: int | None = None
    input: tuple[int, ...] | None = None

    @property
    def learns(self) -> bool:
        return any(template.kind in LEARNT for template in self.templates)


def per_axis(value: Any, dims: int) -> Any:
    """`value` as one entry for each axis; None where it is a tuple of another length."""
    if not isinstance(value, tuple):
        return (value,) * dims
    return value if len(value) == dims else None
