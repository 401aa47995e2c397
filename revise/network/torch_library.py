"""How PyTorch's calls are read."""

import ast
from dataclasses import replace
from typing import Any

from revise.network.arguments import Given, did_you_mean
from revise.network.assembly import Piece
from revise.network.expressions import Expressions
from revise.network.layers import Layer
from revise.network.objects import Frame, Shape, Tensor
from revise.network.torch_functions import BATCH, FUNCTIONS, JOINS, UNCHANGED, VIEWS, view
from revise.network.torch_layers import LAYERS, Known

_VIEW = "shape"


class TorchLibrary:
    """Layers, and the functions that a forward method uses."""

    batch = BATCH
    known = tuple(LAYERS)

    def __init__(self) -> None:
        self.aliases: dict[str, str] = {}

    def make(self, run: Expressions, node: ast.Call, called: str, frame: Frame) -> Any:
        if called not in LAYERS:
            return NotImplemented
        known = LAYERS[called]
        if called == "Identity":  # takes anything
            node = ast.copy_location(ast.Call(node.func, [], []), node)
        layer = self._built(run, node, called, known, frame)
        return Piece((layer,), dims=known.dims if known.spatial else None)

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
        if called in UNCHANGED:
            return inputs[0]
        if called in VIEWS:
            shape = rest[0] if len(rest) == 1 else ast.copy_location(ast.Tuple(list(rest), ast.Load()), node)
            bare = ast.copy_location(ast.Call(node.func, [shape], node.keywords), node)
            layer = self._built(run, bare, called, Known(_VIEW, view), frame)
            return Tensor(run.assembly.add(layer, f"{frame.path}{called}", (inputs[0].place,)))
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
        given = Given(called, node, known.signature, known.dims, run.source, lambda each: run.value(each, frame))
        line, column = run.source.place(node)
        return replace(known.build(given), line=line, column=column)

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
        if len(dims) != 1 or run.value(dims[0], frame) not in (1, -3):
            raise run.source.fault(node, "cat is read along the channels: dim=1")
        return run.join("concat", "Concat", inputs, node, frame.path)
