"""The statements of pasted source, and which network among them is meant."""

import ast
from typing import Any

from revise.errors import InputError
from revise.network.assembly import Piece
from revise.network.layers import Network
from revise.network.source.expressions import Expressions
from revise.network.source.objects import Block, Chain, Frame, Model, Tensor, Unread
from revise.network.source.text import dotted, words

_GROWS = frozenset(["add", "append", "add_module", "extend", "insert"])


class Statements(Expressions):
    """Reads a whole source."""

    def network(self) -> Network:
        loose: list[Any] = []
        implicit = Block(None)  # self.conv1 = … pasted without its class
        self.globals.names["self"] = implicit
        for statement in self.source.tree.body:
            found = self.statement(statement, self.globals, outermost=True)
            loose.extend(found if isinstance(found, list | tuple) else [found])
        del self.globals.names["self"]
        end, title = self._chosen([each for each in loose if isinstance(each, Piece | Chain | Block)], implicit)
        note = "; ".join(dict.fromkeys(self.assumed))
        return self.assembly.network(end.place, note, title)

    def run_body(self, body: list[ast.stmt], frame: Frame) -> Any:
        for statement in body:
            if isinstance(statement, ast.Return):
                return None if statement.value is None else self.value(statement.value, frame)
            self.statement(statement, frame)
        return None

    def statement(self, node: ast.stmt, frame: Frame, outermost: bool = False) -> Any:
        """Do what it says to the names; an expression's value is returned."""
        if isinstance(node, ast.Import | ast.ImportFrom):
            for each in node.names:
                if isinstance(node, ast.ImportFrom) and each.asname:
                    self.library.aliases[each.asname] = each.name
        elif isinstance(node, ast.ClassDef | ast.FunctionDef):
            frame.names[node.name] = node
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets: list[ast.expr] = node.targets if isinstance(node, ast.Assign) else [node.target]
            if node.value is not None:
                self._assign(targets, node.value, frame, outermost)
        elif isinstance(node, ast.AugAssign):
            before = self.value(node.target, frame)
            after = self.combine(node, node.op, before, self.value(node.value, frame), frame)
            self._bind(node.target, after, frame)
        elif isinstance(node, ast.Expr):
            return self._expression(node.value, frame, outermost)
        elif not isinstance(node, ast.Pass | ast.Assert | ast.Global) and not (outermost and self._idle(node)):
            raise self.source.fault(node, "loops, conditions and the like are not read; write the layers out")
        return None

    def _idle(self, node: ast.stmt) -> bool:
        """Whether a loop or a condition leaves the network alone: training, printing."""
        return not any(
            isinstance(each, ast.Attribute) and each.attr in _GROWS and self.in_scope(each, self.globals)
            for each in ast.walk(node)
        ) and not words(node) & set(self.library.known)

    def _expression(self, node: ast.expr, frame: Frame, outermost: bool) -> Any:
        if isinstance(node, ast.Constant):
            return None
        if isinstance(node, ast.Call):
            spoken = dotted(node.func).split(".")
            if self.called(node) == "__init__" or any("init" in part for part in spoken) or spoken == ["print"]:
                return None
        try:
            return self.value(node, frame)
        except InputError:
            if outermost and not self._concerns(node):
                return None
            raise

    def _assign(self, targets: list[ast.expr], node: ast.expr, frame: Frame, outermost: bool) -> None:
        try:
            value = self.value(node, frame)
        except InputError as fault:
            own = isinstance(targets[0], ast.Attribute)
            lost = any(isinstance(frame.names.get(getattr(each, "id", "")), Chain | Block | Model) for each in targets)
            if not (outermost or own) or (self._concerns(node) and not own) or lost:
                raise
            value = Unread(fault)
        for target in targets:
            self._bind(target, value, frame)

    def _concerns(self, node: ast.expr) -> bool:
        """Whether it is a network that this builds, and not data, a loss or a device."""
        known = {*self.library.known, "Sequential", "ModuleList", "ModuleDict", "OrderedDict"}
        inside = words(node)
        return bool(inside & known) or any(
            isinstance(self.globals.names.get(word), ast.ClassDef | Tensor) for word in inside
        )

    def _bind(self, target: ast.expr, value: Any, frame: Frame) -> None:
        if isinstance(target, ast.Name):
            frame.names[target.id] = value
        elif isinstance(target, ast.Tuple | ast.List):
            entries = list(value) if isinstance(value, list | tuple) else []
            if not isinstance(value, Unread) and len(entries) != len(target.elts):
                raise self.source.fault(target, f"{len(target.elts)} names for something else")
            for place, each in enumerate(target.elts):
                self._bind(each, value if isinstance(value, Unread) else entries[place], frame)
        elif isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name):
            owner = frame.names.get(target.value.id)
            if isinstance(owner, Block):
                owner.attributes[target.attr] = value
        else:
            raise self.source.fault(target, "this assignment is not read")

    def _chosen(self, loose: list[Any], implicit: Block) -> tuple[Tensor, str]:
        """Where the network ends, and its name."""
        names = self.globals.names
        models = [(title, value.end) for title, value in names.items() if isinstance(value, Model)]
        nothing = self.source.tree
        found: list[tuple[str, Any]] = [
            (title, value) for title, value in names.items()
            if isinstance(value, Chain | Block) and id(value) not in self.held and not self.is_empty(value)
        ]  # fmt: skip
        if models or found:
            return self._only([*models, *((title, value) for title, value in found)])
        if loose:
            whole = loose[0] if len(loose) == 1 else self.chain(loose, nothing)
            return self.apply(whole, "", [Tensor(-1)], nothing), ""
        if self.assembly.layers:
            return Tensor(len(self.assembly.layers) - 1), ""
        if implicit.attributes:
            return self.apply(implicit, "", [Tensor(-1)], nothing), ""
        return self._defined()

    def is_empty(self, value: Chain | Block) -> bool:
        return isinstance(value, Chain) and not value.parts

    def _defined(self) -> tuple[Tensor, str]:
        """The class, or else the function, that no other uses."""
        names = self.globals.names
        for kind in (ast.ClassDef, ast.FunctionDef):
            defined: dict[str, Any] = {title: value for title, value in names.items() if isinstance(value, kind)}
            used = {word for title, each in defined.items() for word in words(each) if word != title}
            top = [(title, value) for title, value in defined.items() if title not in used]
            if kind is ast.ClassDef:
                top = [(title, value) for title, value in top if Block(value).method("__init__", "forward", "call")]
            if top:
                title, definition = self._single(top)
                made: Any
                if isinstance(definition, ast.ClassDef):
                    made = self.instance(definition, None, self.globals)
                else:
                    made = self.routine(definition, None, None, self.globals)
                if isinstance(made, Piece | Chain | Block):
                    return self.apply(made, "", [Tensor(-1)], definition), title
                if isinstance(made, Model):
                    return made.end, title
        faults = [value.fault for value in names.values() if isinstance(value, Unread)]
        if faults:
            raise faults[0]
        raise InputError("no network is found in the source: nn.Sequential(...), a class with forward, or layers")

    def _only(self, found: list[tuple[str, Any]]) -> tuple[Tensor, str]:
        _, value = self._single(found)
        if isinstance(value, Tensor):
            return value, ""
        definition = getattr(value, "definition", None)
        end = self.apply(value, "", [Tensor(-1)], self.source.tree)
        return end, definition.name if definition else ""

    def _single(self, found: list[tuple[str, Any]]) -> tuple[str, Any]:
        if len({id(value) for _, value in found}) > 1:
            listed = ", ".join(title for title, _ in found[:6])
            raise InputError(f"several networks: {listed}; leave one")
        return found[0]
