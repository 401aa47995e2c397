"""How PyTorch's calls are read."""

import ast
from dataclasses import replace
from typing import Any

from revise.network.assembly import Piece
from revise.network.layers import Layer
from revise.network.source.arguments import Given, did_you_mean
from revise.network.source.expressions import Expressions
from revise.network.source.objects import Chain, Frame, Numbers, Shape, State, Tensor
from revise.network.source.torch_functions import BATCH, FUNCTIONS, JOINS, UNCHANGED, VIEWS, view
from revise.network.source.torch_layers import LAYERS, Known
from revise.network.steps import is_sequence, keeps_steps, layout, turned

_VIEW = "shape"
_ENCODER = "encoder_layer, num_layers, norm=None, enable_nested_tensor~, mask_check~"
_FILLED = frozenset("zeros ones rand randn empty arange zeros_like randn_like".split())


class TorchLibrary:
    """Layers, and the functions that a forward method uses."""

    batch = BATCH
    known = tuple(LAYERS)

    def __init__(self) -> None:
        self.aliases: dict[str, str] = {}

    def make(self, run: Expressions, node: ast.Call, called: str, frame: Frame) -> Any:
        if called == "TransformerEncoder":
            return self._encoder(run, node, frame)
        if called in _FILLED:
            return Numbers()
        if called not in LAYERS:
            return NotImplemented
        known = LAYERS[called]
        if called == "Identity":  # takes anything
            node = ast.copy_location(ast.Call(node.func, [], []), node)
        dims = known.dims if known.spatial else None
        given = self._given(run, node, called, known.signature, frame, known.dims)
        line, column = run.source.place(node)
        built = known.build(given)
        piece = built if isinstance(built, Piece) else Piece((built,))
        return replace(
            piece, templates=tuple(replace(layer, line=line, column=column) for layer in piece.templates), dims=dims
        )

    def is_function(self, called: str) -> bool:
        return called in FUNCTIONS or called in JOINS or called in ("add", "reshape")

    def function(
        self, run: Expressions, node: ast.Call, called: str, inputs: list[Tensor], rest: list[ast.expr], frame: Frame
    ) -> Any:
        """F.relu(x), x.relu(), x.view(…): `rest` is what follows the tensor."""
        if called == "size" or (called == "dim" and not rest):
            return self._size(run, node, rest, frame)
        if called in JOINS:
            return self._concat(run, node, inputs, rest, frame)
        if called == "add":
            inputs += [run.value(each, frame) for each in rest]
            if len(inputs) == 2 and all(isinstance(each, Tensor) for each in inputs):
                return run.join("add", "Add", inputs, node, frame.path)
        if len(inputs) != 1:
            raise run.source.fault(node, f"{called} takes one tensor")
        if called in UNCHANGED or (called in ("permute", "transpose") and turned(run, node, rest, frame)):
            return inputs[0]
        if called in VIEWS and keeps_steps(run, inputs[0], rest, frame):
            return inputs[0]
        if called in VIEWS:
            shape = rest[0] if len(rest) == 1 else ast.copy_location(ast.Tuple(list(rest), ast.Load()), node)
            bare = ast.copy_location(ast.Call(node.func, [shape], node.keywords), node)
            layer = self._built(run, bare, called, Known(_VIEW, view), frame)
            return Tensor(run.assembly.add(layer, f"{frame.path}{called}", (inputs[0].place,)))
        if called == "mean" and is_sequence(run.assembly.layers, inputs[0].place):
            return self._mean(run, node, inputs[0], rest, frame)
        if called not in FUNCTIONS:
            hint = did_you_mean(called, [*FUNCTIONS, *VIEWS, *JOINS])
            raise run.source.fault(node, f"{called} is no function known here{hint}")
        known = FUNCTIONS[called]
        bare = ast.copy_location(ast.Call(node.func, list(rest), node.keywords), node)
        layer = self._built(run, bare, called, known, frame)
        if known.spatial and known.dims is not None:
            run.assembly.set_dims(known.dims, lambda reason: run.source.fault(node, reason))
        return Tensor(run.assembly.add(layer, f"{frame.path}{called}", (inputs[0].place,)))

    def built(self, run: Expressions, owner: Any, called: str, node: ast.Call, frame: Frame) -> None:
        """`.to(device)` and the like change nothing here."""

    def _built(self, run: Expressions, node: ast.Call, called: str, known: Known, frame: Frame) -> Layer:
        line, column = run.source.place(node)
        built = known.build(self._given(run, node, called, known.signature, frame, known.dims))
        assert isinstance(built, Layer)
        return replace(built, line=line, column=column)

    def _given(
        self, run: Expressions, node: ast.Call, called: str, text: str, frame: Frame, dims: int | None = None
    ) -> Given:
        return Given(called, node, text, dims, run.source, lambda each: run.value(each, frame))

    def _encoder(self, run: Expressions, node: ast.Call, frame: Frame) -> Chain:
        """nn.TransformerEncoder: copies of one layer, then a norm if there is one."""
        given = self._given(run, node, "TransformerEncoder", _ENCODER, frame)
        layer, count, norm = given.get("encoder_layer"), given.count("num_layers"), given.get("norm")
        if not isinstance(layer, Piece) or not isinstance(count, int) or count > 200:
            raise given.fault("num_layers", "an encoder layer and how many of it, up to 200")
        run.hold(layer)
        parts: dict[str, Any] = {f"layers.{place}": replace(layer) for place in range(count)}
        if norm is not None:
            run.hold(norm)
        return Chain(parts if norm is None else {**parts, "norm": norm}, "TransformerEncoder")

    def result(self, run: Expressions, piece: Any, end: Tensor) -> Any:
        """What a call of a layer gives: a recurrent layer its outputs and states, attention its weights too."""
        last = piece.templates[-1] if isinstance(piece, Piece) else None
        if last is not None and last.kind == "rnn":
            state = State(end.place, last.out)
            return end, ((state, state) if piece.states == 2 else state)
        return (end, Numbers()) if last is not None and last.kind == "attention" else end

    def _mean(self, run: Expressions, node: ast.Call, here: Tensor, rest: list[ast.expr], frame: Frame) -> Tensor:
        """out.mean(dim=1), with batch_first=False out.mean(dim=0): over the steps."""
        dims = [run.value(each, frame) for each in (*rest, *(each.value for each in node.keywords))]
        if dims not in ([1], [0]):
            raise run.source.fault(node, "of a sequence the mean over its steps, dim=1, is read")
        line, column = run.source.place(node)
        layer = Layer("global-avg-pool", "", (), word="Mean", line=line, column=column)
        return Tensor(run.assembly.add(layer, f"{frame.path}mean", (here.place,)))

    def _size(self, run: Expressions, node: ast.Call, rest: list[ast.expr], frame: Frame) -> Any:
        if not rest:
            return Shape()
        if len(rest) == 1 and run.value(rest[0], frame) == 0:
            return BATCH
        raise run.source.fault(node, "of a tensor's sizes only the batch, x.size(0), is read")

    def _concat(
        self, run: Expressions, node: ast.Call, inputs: list[Tensor], rest: list[ast.expr], frame: Frame
    ) -> Tensor:
        dims = [*rest, *(each.value for each in node.keywords if each.arg in ("dim", "axis"))]
        laid = {layout(run.assembly.layers, each.place) for each in inputs}
        allowed = {"sequence": (2, -1), "features": (1, -1)}.get(min(laid), (1, -3)) if len(laid) == 1 else (1, -3)
        if len(dims) != 1 or run.value(dims[0], frame) not in allowed:
            wanted = "the features: dim=-1" if -1 in allowed else "the channels: dim=1"
            raise run.source.fault(node, f"cat is read along {wanted}")
        return run.join("concat", "Concat", inputs, node, frame.path)
