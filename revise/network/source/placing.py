"""Classes, functions and containers of pasted source become layers in a network."""

import ast
import re
from collections.abc import Iterable
from typing import Any

from revise.expression import name
from revise.network.assembly import Assembly, Piece
from revise.network.flattening import missing_flatten
from revise.network.layers import Layer
from revise.network.source.objects import Block, Chain, Frame, Module, Numbers, State, Tensor, Unread
from revise.network.source.text import Source
from revise.network.steps import last_state

_MOST_STEPS = 400_000
_STATE = re.compile(
    r"[hc]x?_?(0|t|prev)?|(prev_?)?(hidden|state)s?\w*|\w*mask|lengths?|seq_len\w*"
)  # what sets no size


class Placing:
    """What is read so far. `library` knows PyTorch's or Keras's layers."""

    def __init__(self, source: Source, library: Any) -> None:
        self.source, self.library = source, library
        self.assembly = Assembly()
        self.globals = Frame({})
        self.assumed: list[str] = []  # sentences for the network's note
        self.placed: set[int] = set()  # layers with parameters that stand in the network already
        self.held: set[int] = set()  # modules that are part of another
        self._kept: list[Any] = []  # so that no id is given twice
        self._steps = 0

    def step(self, node: ast.AST) -> None:
        """Count; a few lines can ask for more than anyone waits for."""
        self._steps += 1
        if self._steps > _MOST_STEPS:
            raise self.source.fault(node, "this source takes too many steps")

    def value(self, node: ast.expr, frame: Frame) -> Any:
        raise NotImplementedError

    # -- the source's own classes and functions ----------------------------------------------

    def instance(self, definition: ast.ClassDef, node: ast.Call | None, frame: Frame) -> Block:
        block = Block(definition)
        start = block.method("__init__")
        if start is not None:
            self.routine(start, block, node, frame)
        for part in block.modules().values():
            self.hold(part)
        return block

    def routine(
        self, definition: ast.FunctionDef, owner: Block | None, node: ast.Call | None, frame: Frame, path: str = ""
    ) -> Any:
        """What a function of the source returns. Without a call its parameters are their defaults, or letters."""
        names = self._arguments(definition, owner, node, frame)
        return self.run_body(definition.body, Frame(names, path))

    def _arguments(
        self, definition: ast.FunctionDef, owner: Block | None, node: ast.Call | None, frame: Frame
    ) -> dict[str, Any]:
        parameters, optional = definition.args, definition.args.defaults
        wanted = [each.arg for each in (*parameters.posonlyargs, *parameters.args)]
        names: dict[str, Any] = {}
        if owner is not None and wanted:
            names[wanted.pop(0)] = owner
        values = [self.value(each, frame) for each in node.args] if node else []
        if len(values) > len(wanted):
            raise self.source.fault(node or definition, f"{definition.name} takes {len(wanted)} arguments")
        given = dict(zip(wanted, values, strict=False))
        wanted += [each.arg for each in parameters.kwonlyargs]
        for keyword in node.keywords if node else []:
            if keyword.arg not in wanted or keyword.arg in given:
                raise self.source.fault(keyword, f"{definition.name} has no argument {keyword.arg or '**'} here")
            given[keyword.arg] = self.value(keyword.value, frame)
        last = [each.arg for each in (*parameters.posonlyargs, *parameters.args)][-len(optional) or 10**9 :]
        defaults = dict(zip(last, optional, strict=True)) | {
            each.arg: default
            for each, default in zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True)
            if default is not None
        }
        for title in wanted:
            if title not in given and title not in defaults and node is not None:
                raise self.source.fault(node, f"{definition.name}: {title} is missing")
            names[title] = (
                given[title] if title in given
                else self.value(defaults[title], self.globals) if title in defaults else name(title)
            )  # fmt: skip
        return names

    def run_body(self, body: list[ast.stmt], frame: Frame) -> Any:
        raise NotImplementedError

    # -- applying ----------------------------------------------------------------------------

    def apply(self, module: Module, path: str, inputs: list[Tensor], node: ast.AST) -> Tensor:
        """Place what `module` holds after `inputs`."""
        self.step(node)
        if isinstance(module, Piece):
            return self._place(module, path, inputs, node)
        if len(inputs) != 1:
            raise self.source.fault(node, "one tensor is expected here")
        if isinstance(module, Chain):
            here = inputs[0]
            for title, part in module.parts.items():
                here = self.apply(part, f"{path}.{title}" if path else title, [here], node)
                if isinstance(part, Piece) and part.states:
                    word = part.templates[0].word
                    self.assumed.append(f"what follows {word} reads its outputs; in PyTorch it gets states too")
            return here
        method = module.method("forward", "call")
        if method is None:
            return self._in_order(module, path, inputs[0], node)
        return self._forward(module, method, path, inputs[0], node)

    def _forward(self, block: Block, method: ast.FunctionDef, path: str, here: Tensor, node: ast.AST) -> Tensor:
        wanted = [each.arg for each in method.args.args]
        begun = wanted[2 : len(wanted) - len(method.args.defaults)]
        if len(wanted) < 2 or not all(_STATE.fullmatch(title) for title in begun):
            raise self.source.fault(method, f"{method.name} must take one input beside self, and states or masks")
        defaults = [self.value(each, self.globals) for each in method.args.defaults]
        optional = dict(zip(wanted[len(wanted) - len(defaults) :], defaults, strict=True))
        names = optional | dict.fromkeys(begun, Numbers()) | {wanted[0]: block, "self": block, wanted[1]: here}
        before = set(self.placed)
        end = self.run_body(method.body, Frame(names, f"{path}." if path else ""))
        if isinstance(end, tuple) and end and isinstance(end[0], Tensor):
            end = end[0]  # return out, hidden
        if isinstance(end, State):
            end = last_state(self, method, end)
        if not isinstance(end, Tensor):
            raise self.source.fault(method, f"{method.name} must return what the last layer gives")
        unused = [
            title for title, part in block.modules().items()
            if isinstance(part, Piece) and part.learns and id(part) not in self.placed - before
        ]  # fmt: skip
        if unused:
            self.assumed.append(f"{', '.join(unused[:5])}: not used in {method.name}, so not counted")
        return end

    def _in_order(self, block: Block, path: str, here: Tensor, node: ast.AST) -> Tensor:
        for value in block.attributes.values():
            self.used(value)
        self.assumed.append("there is no forward method: the layers are taken in the order of assignment")
        for title, part in block.modules().items():
            here = self.flat_before(part, here)
            here = self.apply(part, f"{path}.{title}" if path else title, [here], node)
        return here

    def flat_before(self, part: Any, here: Tensor) -> Tensor:
        """Where the order is assumed: a flatten between the first linear layer and what has sides."""
        layer = missing_flatten(self.assembly.layers, part)
        if layer is None:
            return here
        self.assumed.append("the flattening before the first linear layer is assumed")
        return Tensor(self.assembly.add(layer, "flatten", (here.place,)))

    def _place(self, piece: Piece, path: str, inputs: list[Tensor], node: ast.AST) -> Tensor:
        joins = piece.templates[0].kind in ("add", "concat")
        looks = piece.templates[0].kind == "attention" and len(inputs) == 2
        if joins != (len(inputs) > 1) and not looks:
            raise self.source.fault(node, "two tensors or more, in a list" if joins else "one tensor is expected here")
        if piece.learns:
            if id(piece) in self.placed:
                raise self.source.fault(node, f"{path or 'a layer'} is used twice: shared weights are not read")
            self.placed.add(id(piece))
            self._kept.append(piece)
        if piece.dims is not None:
            self.assembly.set_dims(piece.dims, lambda reason: self.source.fault(node, reason))
        if piece.input is not None and self.assembly.input is None and not self.assembly.layers:
            self.assembly.input = piece.input
        places = tuple(each.place for each in inputs)
        title = piece.name or path or piece.templates[0].word.lower()
        made: list[int] = []
        for row, (template, suffix) in enumerate(zip(piece.templates, piece.suffixes, strict=True)):
            if piece.wires:
                reads = tuple(places[0] if wire < 0 else made[wire] for wire in piece.wires[row])
            else:
                reads = (made[-1],) if made else places
            made.append(self.assembly.add(template, title + suffix, reads))
        return Tensor(made[-1])

    def join(self, kind: str, word: str, inputs: list[Tensor], node: ast.AST, prefix: str = "") -> Tensor:
        line, column = self.source.place(node)
        layer = Layer(kind, "", (), word=word, line=line, column=column)
        return Tensor(self.assembly.add(layer, prefix + word.lower(), (each.place for each in inputs)))

    def chain(self, parts: list[Any], node: ast.AST, called: str = "Sequential", titles: Iterable[str] = ()) -> Chain:
        made, names = Chain(called=called), list(titles)
        for place, part in enumerate(parts):
            if not self.is_part(part):
                raise self.source.fault(node, f"{called}: entry {place + 1} is no layer")
            self.hold(part)
            if not isinstance(part, Tensor):
                made.append(part, names[place] if names else "")
        return made

    def is_part(self, part: Any) -> bool:
        return isinstance(part, Module) or part == Tensor(-1)

    def hold(self, part: Any) -> None:
        self.held.add(id(part))
        self._kept.append(part)

    def used(self, value: Any) -> Any:
        if isinstance(value, Unread):
            raise value.fault
        return value
