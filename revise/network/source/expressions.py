"""Expressions of pasted source: numbers, layers, and layers applied to what came before. Read, never run."""

import ast
from collections.abc import Callable, Iterable
from typing import Any

from revise.expression import Node, name
from revise.network.assembly import Piece
from revise.network.layers import MOST_LAYERS
from revise.network.source import arithmetic
from revise.network.source.arguments import did_you_mean
from revise.network.source.objects import Block, Chain, Frame, Module, Numbers, Shape, State, Tensor
from revise.network.source.placing import Placing
from revise.network.source.text import dotted
from revise.network.steps import LENGTH, last_state, one_step

_TRAINING = frozenset(
    "summary compile fit evaluate predict parameters named_parameters load_state_dict state_dict save save_weights "
    "load_weights zero_grad apply forward".split()
)
_NO_SIZE = frozenset(
    "training mask src_mask attn_mask key_padding_mask src_key_padding_mask need_weights is_causal initial_state "
    "average_attn_weights attention_mask use_causal_mask return_attention_scores".split()
)
_SAME = frozenset("to cuda cpu train eval float half double requires_grad_ build".split())
_CONTAINERS = frozenset(["Sequential", "ModuleList", "ModuleDict", "OrderedDict"])


class Expressions(Placing):
    """The value of an expression, and the layers that are placed on the way to it."""

    # -- values ------------------------------------------------------------------------------

    def value(self, node: ast.expr, frame: Frame) -> Any:
        self.step(node)
        read = getattr(self, f"_{type(node).__name__.lower()}", None)
        if read is None:
            raise self.source.fault(node, "this kind of expression is not read; write the layers out")
        return read(node, frame)

    def _constant(self, node: ast.Constant, frame: Frame) -> Any:
        if not isinstance(node.value, bool | int | float | str | None):
            raise self.source.fault(node, "this constant is not read")
        return self._bounded(node, lambda: node.value if isinstance(node.value, str | None) else
                             arithmetic.bounded(node.value))  # fmt: skip

    def _tuple(self, node: ast.Tuple, frame: Frame) -> tuple[Any, ...]:
        return tuple(self._entries(node.elts, frame))

    def _list(self, node: ast.List, frame: Frame) -> list[Any]:
        return list(self._entries(node.elts, frame))

    def _entries(self, nodes: Iterable[ast.expr], frame: Frame) -> Iterable[Any]:
        for node in nodes:
            if not isinstance(node, ast.Starred):
                yield self.value(node, frame)
                continue
            yield from self.short(self.value(node.value, frame), node)

    def short(self, entries: Any, node: ast.AST, before: int = 0) -> list[Any]:
        """`entries` as a list, if it is one and does not grow beyond all bounds."""
        if not isinstance(entries, list | tuple):
            raise self.source.fault(node, "a list of layers is expected here")
        for _ in entries:
            self.step(node)
        if before + len(entries) > MOST_LAYERS:
            raise self.source.fault(node, "this list is too long")
        return list(entries)

    def _dict(self, node: ast.Dict, frame: Frame) -> dict[Any, Any]:
        if any(not isinstance(key, ast.Constant) for key in node.keys):
            raise self.source.fault(node, "names in a dictionary are written in quotes")
        return {key.value: self.value(entry, frame) for key, entry in zip(node.keys, node.values, strict=True)}  # type: ignore[union-attr]

    def _name(self, node: ast.Name, frame: Frame) -> Any:
        for names in (frame.names, self.globals.names):
            if node.id in names:
                return self.used(names[node.id])
        if len(node.id) == 1:
            return name(node.id)  # a letter, as exams write it
        known = {**frame.names, **self.globals.names}
        raise self.source.fault(node, f"{node.id} has no value here{did_you_mean(node.id, known)}")

    def _attribute(self, node: ast.Attribute, frame: Frame) -> Any:
        if not self.in_scope(node, frame):
            return node.attr  # tf.nn.relu, torch.float32
        owner = self.value(node.value, frame)
        if isinstance(owner, Block) and node.attr in owner.attributes:
            return self.used(owner.attributes[node.attr])
        if isinstance(owner, Tensor) and node.attr == "shape":
            return Shape()
        if isinstance(owner, Chain) and node.attr in owner.parts:
            return owner.parts[node.attr]
        hint = did_you_mean(node.attr, owner.attributes) if isinstance(owner, Block) else ""
        raise self.source.fault(node, f"{dotted(node) or node.attr} is not set{hint}")

    def _unaryop(self, node: ast.UnaryOp, frame: Frame) -> Any:
        inner = self.value(node.operand, frame)
        if isinstance(inner, int | float) and not isinstance(inner, bool) and isinstance(node.op, ast.USub | ast.UAdd):
            return -inner if isinstance(node.op, ast.USub) else inner
        raise self.source.fault(node, "this operation is not read")

    def _binop(self, node: ast.BinOp, frame: Frame) -> Any:
        left, right = self.value(node.left, frame), self.value(node.right, frame)
        return self.combine(node, node.op, left, right, frame)

    def combine(self, node: ast.AST, sign: ast.operator, left: Any, right: Any, frame: Frame) -> Any:
        if isinstance(left, Tensor) or isinstance(right, Tensor):
            if isinstance(left, Tensor) and isinstance(right, Tensor) and isinstance(sign, ast.Add):
                return self.join("add", "Add", [left, right], node, frame.path)
            numbers = [each for each in (left, right) if isinstance(each, int | float | Node)]
            if numbers and isinstance(sign, ast.Mult | ast.Div):
                return left if isinstance(left, Tensor) else right  # scaled, as embeddings are by √d
            raise self.source.fault(node, "of tensors only the sum of two is read")
        return self._bounded(node, lambda: arithmetic.combine(sign, left, right))

    def _bounded(self, node: ast.AST, compute: Callable[[], Any]) -> Any:
        try:
            return compute()
        except ValueError as fault:
            raise self.source.fault(node, str(fault)) from None

    def _subscript(self, node: ast.Subscript, frame: Frame) -> Any:
        owner = self.value(node.value, frame)
        if isinstance(owner, Tensor):
            return one_step(self, node, owner, frame)
        if isinstance(owner, State):
            return owner if isinstance(node.slice, ast.Slice) else last_state(self, node, owner)
        index = self.value(node.slice, frame)
        if isinstance(owner, Shape) and index == 0:
            return self.library.batch
        if isinstance(owner, Chain) and str(index) in owner.parts:
            return owner.parts[str(index)]
        if isinstance(owner, list | tuple) and type(index) is int and -len(owner) <= index < len(owner):
            return owner[index]
        if isinstance(owner, dict) and isinstance(index, str | int) and index in owner:
            return owner[index]
        reason = "of a tensor's sizes only the batch, x.size(0), is read" if isinstance(owner, Shape) else "not there"
        raise self.source.fault(node, reason)

    # -- calls -------------------------------------------------------------------------------

    def _call(self, node: ast.Call, frame: Frame) -> Any:
        function = node.func
        if isinstance(function, ast.Attribute) and self.in_scope(function, frame):
            found = self._method(node, function, frame)
            if found is not NotImplemented:
                return found
        called = self.called(node)
        if not self.in_scope(function, frame):
            return self._named(node, called, frame)
        target = self.value(function, frame)
        if isinstance(target, ast.ClassDef):
            return self.instance(target, node, frame)
        if isinstance(target, ast.FunctionDef):
            return self.routine(target, None, node, frame)
        if isinstance(target, Module):
            self.hold(target)
            inputs = self._tensors(node, target, frame)
            return self.library.result(self, target, self.apply(target, self.path(function, frame), inputs, node))
        raise self.source.fault(node, f"{called or 'this'} can't be called here")

    def _method(self, node: ast.Call, function: ast.Attribute, frame: Frame) -> Any:
        owner, called = self.value(function.value, frame), function.attr
        if isinstance(owner, Tensor):
            return self.library.function(self, node, called, [owner], node.args, frame)
        if isinstance(owner, State | Numbers):
            return owner  # h.squeeze(0), torch.zeros(…).to(x.device)
        if isinstance(owner, list) and called in ("append", "extend"):
            added = [self.value(each, frame) for each in node.args]
            owner.extend(self.short(added if called == "append" else added[0], node, len(owner)))
            return None
        if isinstance(owner, Chain | Block):
            if isinstance(owner, Block) and called in owner.attributes:
                return NotImplemented
            if called in ("add", "append", "add_module", "register_module"):
                return self._grow(owner, node, frame)
            if called in _SAME:
                self.library.built(self, owner, called, node, frame)
                return owner
            method = owner.method(called) if isinstance(owner, Block) else None
            if method is not None and owner is frame.names.get("self"):
                return self.routine(method, owner, node, frame, frame.path)
            if called not in _TRAINING:
                hint = did_you_mean(called, owner.attributes) if isinstance(owner, Block) else ""
                raise self.source.fault(node, f"{dotted(function) or called} is not read{hint}")
            return None
        return NotImplemented

    def _grow(self, owner: Chain | Block, node: ast.Call, frame: Frame) -> None:
        values = [self.value(each, frame) for each in (*node.args, *(each.value for each in node.keywords))]
        part, title = values[-1] if values else None, values[0] if len(values) == 2 else ""
        if not isinstance(title, str) or not self.is_part(part):
            raise self.source.fault(node, "a layer is expected here")
        if isinstance(owner, Block):
            owner.attributes[title] = part
        else:
            owner.append(part, title)
        self.hold(part)

    def _named(self, node: ast.Call, called: str, frame: Frame) -> Any:
        """A call of a name that the source does not define: a layer, a container, a function."""
        if called in _CONTAINERS:
            return self._container(node, called, frame)
        made = self.library.make(self, node, called, frame)
        if made is not NotImplemented:
            return made
        if called in ("int", "tuple", "list", "sqrt", "len") and len(node.args) == 1:
            inner = self.value(node.args[0], frame)
            if called == "len":
                return LENGTH if isinstance(inner, Tensor) else len(self.short(inner, node))
            if called == "sqrt" and isinstance(inner, int | float) and inner >= 0:
                return float(inner) ** 0.5
            if called == "int" and isinstance(inner, float | int):
                return int(inner)
            return {"tuple": tuple, "list": list}.get(called, lambda same: same)(inner)
        if node.args and self.library.is_function(called):
            first = self.value(node.args[0], frame)
            tensors = list(first) if isinstance(first, list | tuple) else [first]
            tensors = [last_state(self, node, each) if isinstance(each, State) else each for each in tensors]
            if tensors and all(isinstance(each, Tensor) for each in tensors):
                return self.library.function(self, node, called, tensors, node.args[1:], frame)
        known = [*self.library.known, *_CONTAINERS, *self.globals.names]
        raise self.source.fault(node, f"{called or 'this'} is no layer known here{did_you_mean(called, known)}")

    def _container(self, node: ast.Call, called: str, frame: Frame) -> Any:
        given = list(self._entries(node.args, frame))
        for keyword in node.keywords:
            if keyword.arg in ("layers", "modules"):
                given.append(self.value(keyword.value, frame))
            elif keyword.arg not in ("name", "trainable"):
                raise self.source.fault(keyword, f"{called} has no argument {keyword.arg}")
        if len(given) == 1 and isinstance(given[0], list | tuple | dict):
            inner = given[0]
            if called == "OrderedDict" or isinstance(inner, dict):
                pairs = inner.items() if isinstance(inner, dict) else inner
                if not all(isinstance(pair, tuple | list) and len(pair) == 2 for pair in pairs):
                    raise self.source.fault(node, "OrderedDict takes pairs of a name and a layer")
                given, titles = [part for _, part in pairs], [str(title) for title, _ in pairs]
                if called == "OrderedDict":
                    return dict(zip(titles, given, strict=True))
                return self.chain(given, node, called, titles)
            given = list(inner)
        return self.chain(given, node, called)

    # -- names -------------------------------------------------------------------------------

    def called(self, node: ast.AST) -> str:
        """The last word of what a call names: Conv2d of torch.nn.Conv2d."""
        function = node.func if isinstance(node, ast.Call) else node
        last = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        return str(self.library.aliases.get(last, last)) if isinstance(function, ast.Name) else last

    def in_scope(self, node: ast.AST, frame: Frame) -> bool:
        """Whether a chain of attributes begins with a name that has a value, or with a call."""
        while isinstance(node, ast.Attribute | ast.Subscript):
            node = node.value
        return self._is_bound(node.id, frame) if isinstance(node, ast.Name) else isinstance(node, ast.Call) and (
            self.called(node) != "super"
        )  # fmt: skip

    def _is_bound(self, title: str, frame: Frame) -> bool:
        return title in frame.names or title in self.globals.names

    def path(self, node: ast.AST, frame: Frame) -> str:
        """How self.features[0] is called in the table: features.0."""
        if isinstance(node, ast.Attribute):
            inner = node.value
            own = isinstance(inner, ast.Name) and isinstance(frame.names.get(inner.id), Block)
            return f"{frame.path}{node.attr}" if own else f"{self.path(inner, frame)}.{node.attr}".lstrip(".")
        if (
            isinstance(node, ast.Subscript)
            and isinstance(node.slice, ast.Constant)
            and isinstance(node.slice.value, int)
        ):
            return f"{self.path(node.value, frame)}.{node.slice.value}".lstrip(".")
        return node.id if isinstance(node, ast.Name) else ""

    def _tensors(self, node: ast.Call, target: Module, frame: Frame) -> list[Tensor]:
        """What a layer is applied to. A state to start from and masks change no size."""
        values = [self.value(each, frame) for each in node.args]
        if len(values) == 1 and isinstance(values[0], list | tuple):
            values = list(values[0])
        kind = target.templates[0].kind if isinstance(target, Piece) else ""
        if kind == "rnn" and len(values) == 2:
            del values[1]
        if kind == "attention" and len(values) == 3 and all(isinstance(each, Tensor) for each in values):
            if values[1] != values[2]:
                raise self.source.fault(node, "keys and values come from one tensor: attn(x, y, y)")
            del values[2]
        if kind == "attention" and len(values) == 2 and values[0] == values[1]:
            del values[1]
        if kind == "embedding":
            values = [Tensor(-1) if isinstance(each, Numbers) else each for each in values]  # positions
        values = [last_state(self, node, each) if isinstance(each, State) else each for each in values]
        extra = [each for each in node.keywords if each.arg not in _NO_SIZE]
        if extra or not values or not all(isinstance(each, Tensor) for each in values):
            raise self.source.fault(node, "a layer is applied to what an earlier layer gives")
        return values
