"""The rows of a network's table: which layer each is, which rows it rests on, what its formulas start from."""

from collections.abc import Sequence
from typing import Any

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.expression import Node
from revise.network import Layer, Network
from revise.parameters import spell
from revise.solution import Work

KEEPING = frozenset(
    "dropout activation prelu batch-norm layer-norm group-norm instance-norm lrn identity add attention".split()
)
CONVOLUTIONS = ("conv", "transposed-conv")
SEQUENTIAL = ("rnn", "attention")
MULTIPLYING = (*CONVOLUTIONS, "linear", *SEQUENTIAL)
_SEQUENCE_FIELDS = ("gates", "inner", "rows")
_WINDOWS = ("conv", "max-pool", "avg-pool")


class Stack:
    """A network at work: row l is its layer l, row 0 the input.

    form    "line": one number is every side of a map; "box": a vector holds the sides
    source  row → the row that its size was worked out in; layers that keep it lead back to what they read
    field   row → the same for receptive field and jump; None where an output sees all, or no field is defined

    `more` is given too, beside what the layers say.
    """

    def __init__(self, network: Network, sides: Sequence[Any], channels: Any, **more: Any) -> None:
        self.dims = network.dims
        self.layers = dict(enumerate(network.layers, 1))
        alike = len({spell(side) for side in sides}) <= 1 and all(map(_is_alike, network.layers))
        self.form = "line" if alike else "box"
        self.source: dict[int, int] = {0: 0}
        self.field: dict[int, int | None] = {0: 0 if sides else None}
        for row, layer in self.layers.items():
            reads = [place + 1 for place in layer.inputs]
            self.source[row] = self.source[reads[0]] if layer.kind in KEEPING else row
            fields = [self.field[each] for each in reads]
            if None in fields:
                self.field[row] = None
            elif layer.kind in _WINDOWS or layer.kind in ("add", "concat"):
                self.field[row] = row
            else:
                keeps = layer.kind in (*KEEPING, "zero-pad", "select") and layer.kind != "attention"
                self.field[row] = fields[0] if keeps else None
        start = self._side([1] * len(sides))
        self.work = Work(
            n={0: self._side(sides)} if sides else None, c={0: channels}, r={0: start} if sides else None,
            j={0: start} if sides else None, **self._settings(),
            L=tuple(row for row, layer in self.layers.items() if learns(layer)) or None,
            X=tuple(row for row, layer in self.layers.items() if layer.kind in MULTIPLYING) or None, **more,
        )  # fmt: skip
        self.work.whole = True
        words = ("length", "features") if network.dims == 1 else ("side", "channels" if sides else "features")
        self.work.called(n=words[0], c=words[1], **dict.fromkeys([*"rjkspdqgKztuIF", *_SEQUENCE_FIELDS], ""))

    def known(self, letter: str, row: int) -> Any:
        table = self.work.env.get(letter)
        return table.get(row) if isinstance(table, dict) else None

    def read(self, row: int) -> int:
        """The row whose size the layer starts from."""
        return self.source[self.layers[row].inputs[0] + 1]

    def sides(self, row: int) -> tuple[Any, ...]:
        """The map's sides; none where the row is a vector of features."""
        value = self.known("n", row)
        if value is None:
            return ()
        return value.flat if isinstance(value, Array) else (value,) * self.dims

    def told(self, row: int) -> str:
        """What a row gives, for errors: 7x7x512, or 10 features."""
        parts = [*self.sides(row), self.known("c", row)]
        return "x".join(str(spell(part)) for part in parts) if parts[1:] else f"{spell(parts[0])} features"

    def let(self, name: str, formula: str, why: str, table: str, row: int, reads: int | None = None) -> None:
        at: dict[str, Any] = {
            "l": row,
            "layer": titled(self.layers[row]),
            "m": self.read(row) if reads is None else reads,
        }
        self.work.let(name, formula, why, table=table, unit="shape" if name == "o[l]" else "", **at)

    def _side(self, values: Sequence[Any]) -> Any:
        return values[0] if self.form == "line" and values else Array((len(values),), tuple(values))

    def _settings(self) -> dict[str, Any]:
        """The tables k, s, p … of what the layers say; I and F: the rows that are joined."""
        tables: dict[str, dict[int, Any]] = {letter: {} for letter in (*"kspdqgKztuIF", *_SEQUENCE_FIELDS)}
        for row, layer in self.layers.items():
            fields = (layer.kernel, layer.stride, layer.padding, layer.dilation, layer.output_padding)
            for letter, values in zip("kspdq", fields, strict=True):
                if values and values != "same" and not any(isinstance(value, tuple) for value in values):
                    tables[letter][row] = self._side(values)
            if layer.out is not None:
                tables["K"][row] = layer.out
            if layer.kind == "rnn":
                tables["gates"][row] = layer.gates
            if layer.inner is not None:
                tables["inner"][row] = layer.inner
            if layer.rows is not None:
                tables["rows"][row] = layer.rows
            if layer.kind == "attention" and len(layer.inputs) > 1:
                tables["I"][row] = self.source[layer.inputs[1] + 1]
            if layer.kind in CONVOLUTIONS and layer.groups not in (1, "depthwise"):
                tables["g"][row] = layer.groups
            if layer.kind == "zero-pad" or is_uneven(layer):
                pairs = [each if isinstance(each, tuple) else (each, each) for each in layer.padding]
                tables["t"][row] = self._side([sum(pair) for pair in pairs])
            if layer.kind == "upsample":
                tables["u"][row] = self._side(layer.size)
            if layer.kind.startswith("adaptive"):
                tables["z"][row] = self._side(layer.size)
            if layer.kind == "reshape":
                tables["z"][row], tables["K"][row] = self._side(layer.size[:-1]), layer.size[-1]
            if layer.kind == "layer-norm" and layer.size:
                tables["z"][row] = Array((len(layer.size),), tuple(layer.size))
            if layer.kind in ("add", "concat"):
                tables["I"][row] = _listed([self.source[each + 1] for each in layer.inputs])
                tables["F"][row] = _listed([self.field[each + 1] for each in layer.inputs])
        return {letter: table for letter, table in tables.items() if table}


def learns(layer: Layer) -> bool:
    return layer.kind in (*MULTIPLYING, "prelu", "embedding") or (layer.kind.endswith("-norm") and layer.affine)


def is_uneven(layer: Layer) -> bool:
    """Whether an axis has other zeros before than after."""
    return any(isinstance(side, tuple) for side in layer.padding)


def place(layer: Layer) -> str:
    """How errors name a layer: with line and column where it stands in a text."""
    return f"line {layer.line}, column {layer.column}: {titled(layer)}" if layer.line else titled(layer)


def titled(layer: Layer) -> str:
    """The layer's name, with its word where it has only a number."""
    return layer.name if any(char.isalpha() for char in layer.name) else f"{layer.name} {layer.word}".strip()


def are_numbers(*values: Any) -> bool:
    return not any(isinstance(value, Node) for value in values)


def check_joined(stack: Stack, row: int, layer: Layer) -> None:
    """Raise InputError where layers that are added or set side by side do not fit."""
    shapes = {stack.told(stack.source[each + 1]) for each in layer.inputs}
    if layer.kind == "concat":
        shapes = {shape.rpartition("x")[0] for shape in shapes}
    if len(shapes) > 1:
        what = "sides of what is set side by side" if layer.kind == "concat" else "shapes of what is added"
        raise InputError(f"{place(layer)}: the {what} differ: {' and '.join(sorted(shapes))}")


def _listed(rows: Sequence[int | None]) -> Array:
    known = [row for row in rows if row is not None]
    return Array((len(known),), tuple(known))


def _is_alike(layer: Layer) -> bool:
    """Whether the layer treats all axes alike."""
    sizes = () if layer.kind in ("layer-norm", "select") else layer.size[:-1] if layer.kind == "reshape" else layer.size
    fields = (layer.kernel, layer.stride, layer.padding, layer.dilation, layer.output_padding, sizes)
    return all(values == "same" or len({str(value) for value in map(_told, values)}) <= 1 for values in fields)


def _told(value: Any) -> Any:
    return value if isinstance(value, tuple) else spell(value)
