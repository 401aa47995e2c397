"""One walk over a tree for every field of scalars: exact numbers, SymPy expressions, trees."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from revise.engines import arrays
from revise.engines.arrays import Array
from revise.engines.field import Env, Field, Undecided, Unexpandable
from revise.engines.operations import EMPTY, FUNCTIONS, OPERATIONS, Operations
from revise.errors import InputError
from revise.expression.functions import CONSTANTS, ELEMENTWISE
from revise.expression.node import LEAVES, Node


def evaluate(root: Node, env: Env, field: Field) -> Any:
    """The value of `root`: a scalar of the field, an Array of them, or a label.

    Raises InputError where shapes don't fit, a name is unknown or the value is undefined.
    """
    walk = _Walk(env, field)
    values, stack = walk.values, [root]
    while stack:
        node = stack[-1]
        if id(node) in values:
            stack.pop()
        elif missing := walk.missing(node):
            for part in reversed(missing):
                if part.head in LEAVES:
                    values[id(part)] = walk.value(part)
                else:
                    stack.append(part)
        else:
            values[id(node)] = walk.value(node)
            stack.pop()
    return values[id(root)]


@lru_cache(maxsize=65_536)
def _parts(node: Node) -> tuple[Node, ...]:
    """The children that have values of their own: a table's name has none."""
    skip = node.head == "index" and node.args[0].head == "name"
    return tuple(part for part in node.args[1 if skip else 0 :] if part.head not in ("for", "axis"))


class _Walk(Operations):
    def __init__(self, env: Env, field: Field) -> None:
        super().__init__(field)
        self.env = env
        self.values: dict[int, Any] = {}

    def missing(self, node: Node) -> list[Node]:
        """What must be known before `node` is; a side that is not chosen never is."""
        if node.head in LEAVES or node.head in ("for", "axis", ".."):
            return []
        if node.head in ("where", "and", "or"):
            first = node.args[0]
            return [part for part in [first, *self._sides(node)] if id(part) not in self.values][:1]
        values = self.values
        return [part for part in _parts(node) if id(part) not in values]

    def _sides(self, node: Node) -> list[Node]:
        """The parts of a `where`, `and`, `or` that are evaluated once its first part is known."""
        first, *others = node.args
        if id(first) not in self.values:
            return []
        truth = self.values[id(first)]
        if isinstance(truth, Array):
            return others
        try:
            decided = self.field.decide(truth)
        except Undecided:
            return others
        if node.head == "where":
            return [others[0] if decided else others[1]]
        return others if decided == (node.head == "and") else []

    def value(self, node: Node) -> Any:
        head = node.head
        if head == "number":
            return self.field.lift(node.args[0])
        if head == "name":
            return self._named(node.args[0])
        if head == "label":
            return node.args[0]
        if head in (":", "for", "axis"):
            return None
        if head == "..":
            return arrays.stack([self.field.lift(number) for number in self._domain(node)])
        if head in ("where", "and", "or"):
            return self._branch(node)
        if head == "index":
            return self._index(node)
        if node.args[0].head == "for":
            return self._bound(node)
        values = self.values
        axis = node.args[-1] if node.args[-1].head == "axis" else None
        args = [values[id(child)] for child in (node.args[:-1] if axis else node.args)]
        for arg in args:
            if type(arg) in (str, tuple) and head not in ("==", "!=", "len", "list"):
                raise InputError(f"{head} takes numbers, and a label is none")
        if axis is not None:
            at = self.field.index(evaluate(axis.args[0], self.env, self.field))
            return self.reduced(head, args, at if isinstance(at, int) else None)
        if head in ELEMENTWISE:
            return arrays.broadcast(lambda *xs: self.field.apply(head, *xs), *args, sign=head)
        return OPERATIONS[head](self, *args) if head in OPERATIONS else self.reduced(head, args, None)

    def _named(self, name: str) -> Any:
        if name not in self.env:
            if name in CONSTANTS:
                return self.field.constant(name)
            raise InputError(f"{name} has no value")
        return self._lifted(self.env[name], name)

    def _lifted(self, value: Any, name: str) -> Any:
        if isinstance(value, Array):
            return Array(value.shape, tuple(map(self.field.lift, value.flat)))
        if isinstance(value, str | tuple):
            return value
        if isinstance(value, dict):
            keys = list(value)
            if keys == list(range(len(keys))):
                return arrays.stack([self._lifted(value[key], name) for key in keys])
            raise InputError(f"{name} is a table: it needs its index, as in {name}[…]")
        return self.field.lift(value)

    def _index(self, node: Node) -> Any:
        base, *given = node.args
        indices = [None if item.head == ":" else self.field.index(self.values[id(item)]) for item in given]
        name = base.args[0] if base.head == "name" else "this array"
        source = self.env.get(name) if base.head == "name" else self.values[id(base)]
        if source is None:
            raise InputError(f"{name} has no value")
        if isinstance(source, dict):
            key = indices[0] if len(indices) == 1 else tuple(indices)
            if key not in source:
                raise InputError(f"{name}[{', '.join(map(str, indices))}] has no value")
            return self._lifted(source[key], name)
        if isinstance(source, tuple):
            return self._label(source, indices, name)
        if any(isinstance(index, str) for index in indices):
            raise InputError(f"{name} is indexed by whole numbers")
        taken = arrays.take(source, [i for i in indices if not isinstance(i, str)], name)
        return self._lifted(taken, name) if base.head == "name" else taken

    def _label(self, labels: tuple[Any, ...], indices: list[Any], name: str) -> Any:
        if len(indices) != 1 or not isinstance(indices[0], int) or not 0 <= indices[0] < len(labels):
            raise InputError(f"{name} has {len(labels)} labels, counted from 0")
        return labels[indices[0]]

    def _branch(self, node: Node) -> Any:
        """A `where`, `and` or `or` whose needed parts are known."""
        sides = self._sides(node)
        values = [self.values[id(side)] for side in sides]
        truth = self.values[id(node.args[0])]
        if node.head == "where":
            if len(sides) == 1:
                return values[0]
            return arrays.broadcast(self.field.choose, truth, *values, sign="where")
        if not sides:
            return truth
        return arrays.broadcast(lambda *xs: self.field.logic(node.head, *xs), truth, *values, sign=node.head)

    def _bound(self, node: Node) -> Any:
        """A reduction or list over `for`."""
        variable, domain, body, *condition = node.args[0].args
        labels, items = [], []
        for label in self._domain(domain):
            env = {**self.env, variable.args[0]: label}
            if condition and not self.field.decide(evaluate(condition[0], env, self.field)):
                continue
            labels.append(label)
            items.append(evaluate(body, env, self.field))
        if node.head == "list":
            return arrays.stack(items)
        if not items and node.head in EMPTY:
            return self.field.lift(EMPTY[node.head])
        if any(isinstance(item, Array) for item in items):
            return self._entrywise(node.head, items)
        if node.head in ("argmax", "argmin"):
            if not items:
                raise InputError(f"{node.head} over nothing")
            return self.field.pick(labels, self.field.first_extreme(node.head, items))
        return self.reduced(node.head, [arrays.stack(items)] if items else [], None)

    def _entrywise(self, head: str, items: list[Any]) -> Any:
        if head not in ("sum", "prod", "mean"):
            raise InputError(f"{head} over arrays: say which axis, on one array")
        total = items[0]
        for item in items[1:]:
            total = self.pairwise(".*" if head == "prod" else "+", total, item)
        return self.divided(total, self.field.lift(len(items))) if head == "mean" else total

    def _domain(self, node: Node) -> Sequence[Any]:
        if node.head == "..":
            low, high = (self.field.index(evaluate(end, self.env, self.field)) for end in node.args)
            if not isinstance(low, int) or not isinstance(high, int):
                raise InputError("a range runs between whole numbers")
            return range(low, high + 1)
        if node.head == "name" and isinstance(self.env.get(node.args[0]), tuple | range):
            labels: Sequence[Any] = self.env[node.args[0]]
            return labels
        return list(arrays.entries(evaluate(node, self.env, self.field)))


__all__ = ["FUNCTIONS", "Env", "Undecided", "Unexpandable", "evaluate"]
