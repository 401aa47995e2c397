"""How Keras's calls are read."""

import ast
from dataclasses import replace
from typing import Any

from revise.expression import name as letter
from revise.network.assembly import Piece
from revise.network.layers import Layer
from revise.network.source.arguments import Given
from revise.network.source.expressions import Expressions
from revise.network.source.keras_layers import ACTIVATIONS, LAYERS, Known, default_name
from revise.network.source.objects import Frame, Model, Numbers, State, Tensor

_INPUT = "shape=None, batch_size~, dtype~, *, input_shape=None, name~, batch_shape=None, sparse~"
_WRAPPER = {
    "Bidirectional": "layer, merge_mode=concat, weights~, backward_layer~, *, name=None, input_shape=None",
    "TimeDistributed": "layer, *, name~, input_shape~",
}
_MODEL = "inputs=None, outputs=None, *, name~"


class KerasLibrary:
    """Layers with Keras's names, inputs, models."""

    batch = None
    known = (*LAYERS, "Input", "InputLayer", "Model")

    def __init__(self) -> None:
        self.aliases: dict[str, str] = {}
        self._met: dict[str, int] = {}

    def make(self, run: Expressions, node: ast.Call, called: str, frame: Frame) -> Any:
        if called in ("Input", "InputLayer"):
            return self._input(run, node, called, frame)
        if called == "Model":
            return self._model(run, node, frame)
        if called in ("Bidirectional", "TimeDistributed"):
            return self._wrapped(run, node, called, frame)
        if called in ("range", "arange"):
            return Numbers()
        if called not in LAYERS:
            return NotImplemented
        known = LAYERS[called]
        given = self._given(run, node, called, known.signature, known, frame)
        line, column = run.source.place(node)
        made = {title: replace(layer, line=line, column=column) for title, layer in known.build(given).items()}
        title = given.get("name") or self._numbered(default_name(called))
        if not isinstance(title, str):
            raise given.fault("name", "a name is text")
        shape = given.get("input_shape")
        if shape is None and called != "Embedding" and isinstance(given.get("input_dim"), int):
            shape = (given.get("input_dim"),)
        shape = None if shape is None else self._sides(given, "input_shape", shape)
        if shape is None and isinstance(given.get("input_length"), int):
            shape = (given.get("input_length"),)
        states = (2 if called == "LSTM" else 1) if given.get("return_state") else 0
        return Piece(tuple(made.values()), tuple(made), title, dims=known.dims, input=shape, states=states)

    def _wrapped(self, run: Expressions, node: ast.Call, called: str, frame: Frame) -> Any:
        """Bidirectional(LSTM(…)): both directions side by side; TimeDistributed(Dense(…)): at each step, as it is."""
        given = self._given(run, node, called, _WRAPPER[called], None, frame)
        inner = given.get("layer")
        if not isinstance(inner, Piece):
            raise given.fault("layer", "a layer is expected")
        if called == "TimeDistributed":
            return inner
        if inner.templates[0].kind != "rnn" or given.get("merge_mode") != "concat" or inner.states:
            raise given.fault("layer", "a recurrent layer without return_state, merge_mode='concat', is read")
        layers = tuple(replace(layer, directions=2) for layer in inner.templates)
        shape = given.get("input_shape")
        sides = inner.input if shape is None else self._sides(given, "input_shape", shape)
        title = given.get("name") or self._numbered("bidirectional")
        return replace(inner, templates=layers, name=title, input=sides)

    def result(self, run: Expressions, piece: Any, end: Tensor) -> Any:
        """What a call of a layer gives: with return_state a recurrent layer's states too."""
        if not isinstance(piece, Piece) or not piece.states:
            return end
        return (end, *[State(end.place, piece.templates[-1].out)] * piece.states)

    def is_function(self, called: str) -> bool:
        return called in ACTIVATIONS or called in ("add", "concatenate", "concat")

    def function(
        self, run: Expressions, node: ast.Call, called: str, inputs: list[Tensor], rest: list[ast.expr], frame: Frame
    ) -> Any:
        """tf.nn.relu(x), layers.add([x, y]), layers.concatenate([x, y])."""
        axes = [*rest, *(each.value for each in node.keywords if each.arg == "axis")]
        if called in ACTIVATIONS and len(inputs) == 1:
            line, column = run.source.place(node)
            layer = Layer("activation", "", (), word=ACTIVATIONS[called], line=line, column=column)
            return Tensor(run.assembly.add(layer, called, (inputs[0].place,)))
        if called in ("add", "concatenate", "concat") and len(inputs) > 1:
            if any(run.value(each, frame) not in (-1, 3) for each in axes):
                raise run.source.fault(node, "only axis=-1, the channels, is read")
            return run.join("add" if called == "add" else "concat", called.title()[:6], inputs, node)
        raise run.source.fault(node, f"{called} is not read here")

    def built(self, run: Expressions, owner: Any, called: str, node: ast.Call, frame: Frame) -> None:
        """model.build((None, 28, 28, 1)) tells the input."""
        given = [*node.args, *(each.value for each in node.keywords)]
        if called == "build" and len(given) == 1:
            shape = run.value(given[0], frame)
            if isinstance(shape, list | tuple) and all(type(side) is int and side > 0 for side in shape[1:]):
                run.assembly.input = tuple(shape[1:])

    def _given(
        self, run: Expressions, node: ast.Call, called: str, text: str, known: Known | None, frame: Frame
    ) -> Given:
        dims = known.dims if known else None
        return Given(called, node, text, dims, run.source, lambda each: run.value(each, frame))

    def _input(self, run: Expressions, node: ast.Call, called: str, frame: Frame) -> Tensor:
        given = self._given(run, node, called, _INPUT, None, frame)
        shape = given.get("input_shape") if given.get("shape") is None else given.get("shape")
        if shape is None and isinstance(given.get("batch_shape"), tuple):
            shape = given.get("batch_shape")[1:]
        if shape is None:
            raise given.fault("shape", "shape is missing")
        sides = self._sides(given, "shape", shape)
        if run.assembly.input is not None:
            raise run.source.fault(node, "a second input; networks with one input are read")
        run.assembly.input = sides
        return Tensor(-1)

    def _model(self, run: Expressions, node: ast.Call, frame: Frame) -> Model:
        given = self._given(run, node, "Model", _MODEL, None, frame)
        end = given.get("outputs")
        end = end[0] if isinstance(end, tuple) and len(end) == 1 else end
        if not isinstance(end, Tensor):
            raise given.fault("outputs", "one output, a tensor, is expected")
        return Model(end)

    def _sides(self, given: Given, name: str, shape: Any) -> Any:
        """The shape, a sequence's open length as T; None where a map's side is left open."""
        shape = shape if isinstance(shape, tuple) else (shape,)
        if shape[0] is None and len(shape) < 3 and None not in shape[1:]:
            shape = (letter("T"), *shape[1:])
            return shape if all(type(side) is int and side > 0 for side in shape[1:]) else None
        if any(side is None for side in shape):
            return None
        if not 0 < len(shape) < 4 or not all(type(side) is int and side > 0 for side in shape):
            raise given.fault(name, "a shape is up to three whole numbers: height, width, channels")
        return shape

    def _numbered(self, title: str) -> str:
        met = self._met[title] = self._met.get(title, -1) + 1
        return f"{title}_{met}" if met else title
