"""The layers of a network as they are typed, and whether everything fits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, get_args

from revise.engines.arrays import Array, transpose
from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Kind, read_matrix
from revise.solvers.networks._mlp_formulas import Hidden

_ORDINAL = {1: "first", 2: "second", 3: "third"}
_NONE = ("", "-", "−", "none")


def read_layers(text: str) -> tuple[Array, ...]:
    """`1, 2; 3, 4 | 5, 6`: a matrix for each layer, from the input to the output."""
    return tuple(_matrix(part, k) for k, part in enumerate(_parts(text), 1))


def read_biases(text: str) -> tuple[Array | None, ...]:
    """`1, 2 | - | 3`: the biases of each layer, - where it has none."""
    parts = enumerate(_parts(text), 1)
    return tuple(None if part.strip() in _NONE else _matrix(part, k) for k, part in parts)


def read_activations(text: str) -> tuple[str, ...]:
    """`relu, tanh`: one for each hidden layer."""
    names = tuple(part.strip().replace("_", "-") for part in text.replace("，", ",").split(","))
    if wrong := [name for name in names if name not in get_args(Hidden)]:
        raise InputError(f"{wrong[0]!r} is not {' or '.join(get_args(Hidden))}")
    return names


Layers = Annotated[tuple[Any, ...], Kind("layers", '"1, 2; 3, 4 | 5, 6"', read_layers)]
Biases = Annotated[tuple[Any, ...], Kind("biases", '"1, 2 | 3"', read_biases)]
Activations = Annotated[tuple[Any, ...], Kind("activations", '"relu, tanh"', read_activations)]


def _parts(text: str) -> list[str]:
    return text.replace("｜", "|").split("|")


def _matrix(part: str, k: int) -> Array:
    try:
        return read_matrix(part)
    except InputError as fault:
        raise InputError(f"layer {k}: {fault}") from None


@dataclass(frozen=True)
class Net:
    """What is trained: `sizes` counts the units of each layer, the input's first; examples lie as `row` says."""

    x: Array
    y: Array
    weights: tuple[Array, ...]
    biases: tuple[Array | None, ...]
    activations: tuple[str, ...]
    sizes: tuple[int, ...]
    row: bool

    @property
    def count(self) -> int:
        return self.x.shape[0] if self.row else self.x.shape[1]

    def by(self, units: int) -> str:
        """The shape of a quantity with that many units for every example."""
        return f"{self.count}×{units}" if self.row else f"{units}×{self.count}"


def gathered(
    weights: Sequence[Array] | None, biases: Sequence[Array | None] | None, single: Mapping[str, Array | None]
) -> tuple[list[tuple[str, Array]], list[tuple[str, Array | None]]]:
    """Each layer's weights and biases, with the name of the argument they came in; `single` are w1, b1, w2 …"""
    given = [name for name, value in single.items() if value is not None]
    if weights is not None or biases is not None:
        if weights is None:
            raise InputError("biases: they go with --weights; beside --w1 they are --b1, --b2")
        if given:
            raise InputError(f"{given[0]}: give the layers one by one or as --weights and --biases, not both")
        listed = [None] * len(weights) if biases is None else list(biases)
        if len(listed) != len(weights):
            raise InputError(
                f"biases: {len(listed)} for {len(weights)} layers; write - for a layer without, as 1, 1 | -"
            )
        names = [f"layer {k}" for k in range(1, len(weights) + 1)]
        return (
            [(f"weights: {name}", w) for name, w in zip(names, weights, strict=True)],
            [(f"biases: {name}", b) for name, b in zip(names, listed, strict=True)],
        )
    count = sum(name.startswith("w") for name in given)
    if not count:
        raise InputError('weights: the network needs its layers, as --weights "1, 2; 3, 4 | 5, 6" or --w1 and --w2')
    for k in range(1, 4):
        w, b = single[f"w{k}"], single[f"b{k}"]
        if w is None and k <= count:
            raise InputError(f"w{k}: missing; the layers are numbered from the input on")
        if w is None and b is not None:
            raise InputError(f"b{k}: there is no {_ORDINAL[k]} layer; give --w{k}")
    layers = [(f"w{k}", w) for k in range(1, 4) if (w := single[f"w{k}"]) is not None]
    return layers, [(f"b{k}", single[f"b{k}"]) for k in range(1, len(layers) + 1)]


def fitted(
    x: Array,
    y: Array,
    layers: list[tuple[str, Array]],
    biases: list[tuple[str, Array | None]],
    activation: str | Sequence[str],
    output: str,
    row: bool,
) -> Net:
    """The network, its parts checked against each other. Raises InputError naming the argument that does not fit."""
    sizes = [x.shape[1]]
    for k, (name, w) in enumerate(layers, 1):
        n, m = w.shape if row else (w.shape[1], w.shape[0])
        if n != sizes[-1]:
            before = "the input has" if k == 1 else f"layer {k - 1} has"
            line = "input" if row else "unit"
            hint = f" (one line for each {line}: is it transposed?)" if m == sizes[-1] else ""
            raise InputError(f"{name}: {w.shape[0]}×{w.shape[1]} takes {n} inputs, {before} {sizes[-1]}{hint}")
        sizes.append(m)
    if y.shape != (x.shape[0], sizes[-1]):
        lines, numbers = x.shape[0], sizes[-1]
        raise InputError(
            f"target: {lines} line{'s' * (lines > 1)} of {numbers} number{'s' * (numbers > 1)} wanted, "
            f"not {y.shape[0]} of {y.shape[1]}"
        )
    shifts = tuple(_bias(name, b, m, k, row) for k, ((name, b), m) in enumerate(zip(biases, sizes[1:], strict=True), 1))
    hidden = len(layers) - 1
    chosen = (activation,) if isinstance(activation, str) else tuple(activation)
    chosen = chosen * hidden if len(chosen) == 1 else chosen
    if len(chosen) != hidden:
        raise InputError(f"activation: {len(chosen)} for {hidden} hidden layer{'s' * (hidden != 1)}")
    weights = tuple(w for _, w in layers)
    x, y = (x, y) if row else (transpose(x), transpose(y))
    return Net(x, y, weights, shifts, (*chosen, output), tuple(sizes), row)


def _bias(name: str, b: Array | None, units: int, k: int, row: bool) -> Array | None:
    if b is None:
        return None
    if len(b.flat) != units or 1 not in b.shape:
        raise InputError(f"{name}: one number for each of the {units} units of layer {k}, not {len(b.flat)}")
    return Array((1, units) if row else (units, 1), b.flat)


def check_loss(output: str, loss: str, y: Array) -> None:
    """Raise InputError where the loss does not go with the output's activation or with the targets (a line each)."""
    wanted = {"bce": "sigmoid", "ce": "softmax"}.get(loss)
    if wanted and output != wanted:
        raise InputError(f"loss: {loss} needs --output-activation {wanted}, not {output}")
    if loss == "mse":
        if output == "softmax":
            raise InputError("loss: a softmax goes with --loss ce; with mse its whole Jacobian would be needed")
        return
    for entry in y.flat:
        if not isinstance(entry, Node) and not 0 <= entry <= 1:
            raise InputError(f"target: {loss} needs probabilities from 0 to 1, not {entry}")
    for line in y.nested() if loss == "ce" else ():
        if any(isinstance(entry, Node) for entry in line):
            raise InputError("target: for ce numbers that add up to 1, no letters")
        if abs(sum(line) - 1) > 1e-9:
            raise InputError("target: for ce the numbers of one example add up to 1, as 0, 1, 0")
