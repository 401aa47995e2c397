"""One step of a sequence, states, and axes that change places: what a forward method does between layers."""

import ast
from collections.abc import Sequence
from typing import Any

from revise.network.layers import Layer
from revise.network.source.objects import Frame, State, Tensor

LENGTH = "the length"  # len(x)
_FEATURES_LAST = frozenset(["embedding", "rnn", "attention"])
_TURNS = ((0, 2, 1), (1, 0, 2), (1, 2), (2, 1), (0, 1), (1, 0), (-1, -2), (-2, -1))


def one_step(run: Any, node: ast.Subscript, owner: Tensor, frame: Frame) -> Tensor:
    """The step that `owner[…]` takes: one whole number among full slices."""
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    wanted = [part for part in parts if not _is_full(part)]
    if len(wanted) != 1 or len(parts) > 3 or type(index := run.value(wanted[0], frame)) is not int:
        raise run.source.fault(node, "of a tensor one step is read: out[:, -1, :], out[:, -1] or out[-1]")
    return place_step(run, node, owner.place, None, "last step" if index == -1 else "one step")


def last_state(run: Any, node: ast.AST, state: State) -> Tensor:
    """h[-1], h.squeeze(0), h: what a recurrent layer ends with, one direction of its last layer."""
    return place_step(run, node, state.place, state.out, "last state")


def place_step(run: Any, node: ast.AST, place: int, out: Any, word: str) -> Tensor:
    line, column = run.source.place(node)
    layer = Layer("last", "", (), out=out, word=word.title().replace(" ", ""), line=line, column=column)
    return Tensor(run.assembly.add(layer, word.replace(" ", "_"), (place,)))


def is_sequence(layers: Sequence[Layer], place: int) -> bool:
    """Whether what stands there is a sequence with its features last."""
    return layout(layers, place) == "sequence"


def layout(layers: Sequence[Layer], place: int) -> str:
    """How PyTorch lays out what stands there: features, sequence (features last), map (channels first), or unknown."""
    while place >= 0:
        layer = layers[place]
        if layer.kind in ("last", "flatten") or layer.kind.startswith("global") or layer.steps == "last":
            return "features"
        if layer.kind in _FEATURES_LAST:
            return "sequence"
        if layer.kernel or layer.kind in ("reshape", "upsample", "zero-pad"):
            return "map"
        place = layer.inputs[0]
    has = any(layer.kind in _FEATURES_LAST for layer in layers) and not any(layer.kernel for layer in layers)
    return "sequence" if has else "unknown"


def keeps_steps(run: Any, here: Tensor, rest: list[ast.expr], frame: Frame) -> bool:
    """x.view(len(x), 1, -1), and of a sequence x.view(-1, 128): each step keeps its features."""
    shape = [run.value(each, frame) for each in rest]
    if shape and shape[0] == LENGTH:
        return True
    return len(shape) == 2 and shape[0] == -1 != shape[1] and is_sequence(run.assembly.layers, here.place)


def turned(run: Any, node: ast.Call, rest: list[ast.expr], frame: Frame) -> bool:
    """Whether a permute or transpose only moves the batch, the steps or the features: rows keep them apart anyway."""
    if tuple(run.value(each, frame) for each in rest) in _TURNS:
        return True
    raise run.source.fault(node, "of a sequence's axes two change places: permute(0, 2, 1), transpose(1, 2)")


def _is_full(part: ast.expr) -> bool:
    return isinstance(part, ast.Slice) and part.lower is None and part.upper is None and part.step is None
