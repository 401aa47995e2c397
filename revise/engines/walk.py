"""One walk over a tree for every field of scalars: exact numbers, SymPy expressions, trees."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from revise.engines import arrays
from revise.engines.arrays import Array
from revise.errors import InputError
from revise.expression.functions import CONSTANTS, ELEMENTWISE
from revise.expression.node import LEAVES, Node

Env = Mapping[str, Any]


class Undecided(InputError):
    """A comparison between letters: nobody can say which way it goes."""


class Unexpandable(Exception):
    """This field has no way to write the operation out; its name and arguments are shown instead."""


class Field(Protocol):
    """Scalars and what is done with them. `lift` takes int, Fraction, float, bool or a Node of letters."""

    def lift(self, value: Any) -> Any: ...
    def constant(self, name: str) -> Any: ...
    def negative(self, a: Any) -> Any: ...
    def add(self, a: Any, b: Any) -> Any: ...
    def subtract(self, a: Any, b: Any) -> Any: ...
    def multiply(self, a: Any, b: Any) -> Any: ...
    def divide(self, a: Any, b: Any) -> Any: ...
    def power(self, a: Any, b: Any) -> Any: ...
    def apply(self, function: str, *args: Any) -> Any: ...
    def compare(self, sign: str, a: Any, b: Any) -> Any: ...
    def logic(self, sign: str, *args: Any) -> Any: ...
    def decide(self, truth: Any) -> bool: ...
    def choose(self, condition: Any, yes: Any, no: Any) -> Any: ...
    def extreme(self, function: str, items: list[Any]) -> Any: ...
    def first_extreme(self, function: str, items: list[Any]) -> Any: ...
    def pick(self, labels: list[Any], position: Any) -> Any: ...
    def index(self, value: Any) -> int | str: ...
    def linear(self, function: str, rows: list[list[Any]], right: list[list[Any]]) -> list[list[Any]]: ...


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
            stack.extend(reversed(missing))
        else:
            values[id(node)] = walk.value(node)
            stack.pop()
    return values[id(root)]


class _Walk:
    def __init__(self, env: Env, field: Field) -> None:
        self.env, self.field = env, field
        self.values: dict[int, Any] = {}

    def missing(self, node: Node) -> list[Node]:
        """What must be known before `node` is; a side that is not chosen never is."""
        if node.head in LEAVES or node.head in ("for", "axis", ".."):
            return []
        if node.head in ("where", "and", "or"):
            first = node.args[0]
            return [part for part in [first, *self._sides(node)] if id(part) not in self.values][:1]
        # a table's name is not a value of its own
        skip = node.head == "index" and node.args[0].head == "name"
        parts = [part for part in node.args[1 if skip else 0 :] if part.head not in ("for", "axis")]
        return [part for part in parts if id(part) not in self.values]

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
        args = [self.values[id(child)] for child in node.args if child.head != "axis"]
        if any(isinstance(arg, str | tuple) for arg in args) and head not in ("==", "!=", "len", "list"):
            raise InputError(f"{head} takes numbers, and a label is none")
        axis = next((child for child in node.args if child.head == "axis"), None)
        if axis is not None:
            at = self.field.index(evaluate(axis.args[0], self.env, self.field))
            return self._reduced(head, args, at if isinstance(at, int) else None)
        if head in ELEMENTWISE:
            return arrays.broadcast(lambda *xs: self.field.apply(head, *xs), *args, sign=head)
        return _OPERATIONS[head](self, *args) if head in _OPERATIONS else self._reduced(head, args, None)

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
        value = self._lifted(source, name) if base.head == "name" else source
        if any(isinstance(index, str) for index in indices):
            raise InputError(f"{name} is indexed by whole numbers")
        return arrays.take(value, [i for i in indices if not isinstance(i, str)], name)

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
        if not items and node.head in _EMPTY:
            return self.field.lift(_EMPTY[node.head])
        if any(isinstance(item, Array) for item in items):
            return self._entrywise(node.head, items)
        if node.head in ("argmax", "argmin"):
            if not items:
                raise InputError(f"{node.head} over nothing")
            return self.field.pick(labels, self.field.first_extreme(node.head, items))
        return self._reduced(node.head, [arrays.stack(items)] if items else [], None)

    def _entrywise(self, head: str, items: list[Any]) -> Any:
        if head not in ("sum", "prod", "mean"):
            raise InputError(f"{head} over arrays: say which axis, on one array")
        total = items[0]
        for item in items[1:]:
            total = self._pairwise(".*" if head == "prod" else "+", total, item)
        return self._divided(total, self.field.lift(len(items))) if head == "mean" else total

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

    # -- operators ----------------------------------------------------------------------------

    def _pairwise(self, sign: str, a: Any, b: Any) -> Any:
        function: dict[str, Callable[[Any, Any], Any]] = {
            "+": self.field.add, "-": self.field.subtract, ".*": self.field.multiply,
            "./": self.field.divide, ".^": self.field.power,
        }  # fmt: skip
        return arrays.broadcast(function[sign], a, b, sign=sign)

    def _scaled(self, a: Any, b: Any) -> Any:
        if isinstance(a, Array) and isinstance(b, Array):
            raise InputError("* between two arrays: write .* entry by entry or @ for the matrix product")
        return arrays.broadcast(self.field.multiply, a, b)

    def _divided(self, a: Any, b: Any) -> Any:
        if isinstance(b, Array):
            raise InputError("/ by an array: write ./ for entry by entry")
        return arrays.broadcast(self.field.divide, a, b)

    def _raised(self, a: Any, b: Any) -> Any:
        if isinstance(a, Array) or isinstance(b, Array):
            raise InputError("^ on an array: write .^ for entry by entry, matpow(A, n) for a matrix")
        return self.field.power(a, b)

    def _compared(self, sign: str, a: Any, b: Any) -> Any:
        if isinstance(a, str) or isinstance(b, str):
            return (a == b) == (sign == "==")
        return arrays.broadcast(lambda x, y: self.field.compare(sign, x, y), a, b, sign=sign)

    def _matmul(self, a: Any, b: Any) -> Any:
        return arrays.matmul(a, b, self.field.multiply, self._total)

    def _total(self, items: list[Any]) -> Any:
        total = items[0]
        for item in items[1:]:
            total = self.field.add(total, item)
        return total

    def _product(self, items: list[Any]) -> Any:
        product = items[0]
        for item in items[1:]:
            product = self.field.multiply(product, item)
        return product

    # -- reductions and array functions ---------------------------------------------------------

    def _reduced(self, head: str, args: list[Any], axis: int | None) -> Any:
        if head in ("max", "min") and len(args) > 1:
            return arrays.broadcast(lambda *xs: self.field.extreme(head, list(xs)), *args, sign=head)
        if not args or not arrays.entries(args[0]):
            raise InputError(f"{head} over nothing")
        if head in ("softmax",) and axis is None:
            if len(arrays.shape_of(args[0])) != 1:
                raise InputError("softmax of a matrix needs axis=0 (each column) or axis=1 (each row)")
            axis = 0
        run = _RUNS[head]
        if head == "softmax":
            return arrays.along(lambda items: run(self, items), args[0], axis or 0)
        return arrays.reduce(lambda items: run(self, items), args[0], axis)

    def _mean(self, items: list[Any]) -> Any:
        return self.field.divide(self._total(items), self.field.lift(len(items)))

    def _variance(self, items: list[Any]) -> Any:
        mean, two = self._mean(items), self.field.lift(2)
        return self._mean([self.field.power(self.field.subtract(item, mean), two) for item in items])

    def _softmax(self, items: list[Any]) -> list[Any]:
        powers = [self.field.apply("exp", item) for item in self._lowered(items)[0]]
        total = self._total(powers)
        return [self.field.divide(power, total) for power in powers]

    def _log_sum_exp(self, items: list[Any]) -> Any:
        lowered, greatest = self._lowered(items)
        value = self.field.apply("log", self._total([self.field.apply("exp", item) for item in lowered]))
        return value if greatest is None else self.field.add(greatest, value)

    def _lowered(self, items: list[Any]) -> tuple[list[Any], Any]:
        """The items less their greatest where exp would overflow; only a field of plain numbers needs it."""
        if not getattr(self.field, "stable", False) or max(items) < 700:
            return items, None
        greatest = max(items)
        return [self.field.subtract(item, greatest) for item in items], greatest

    def _norm(self, value: Any, order: Any = None) -> Any:
        items = list(arrays.entries(value))
        kind = 2 if order is None else _order(self.field, order)
        if kind == 2:
            two = self.field.lift(2)
            return self.field.apply("sqrt", self._total([self.field.power(item, two) for item in items]))
        sizes = [self.field.apply("abs", item) for item in items]
        return self._total(sizes) if kind == 1 else self.field.extreme("max", sizes)

    def _dot(self, a: Any, b: Any) -> Any:
        if len(arrays.shape_of(a)) != 1 or arrays.shape_of(a) != arrays.shape_of(b):
            raise InputError("dot needs two vectors of one length")
        return self._matmul(a, b)

    def _outer(self, a: Any, b: Any) -> Any:
        if len(arrays.shape_of(a)) != 1 or len(arrays.shape_of(b)) != 1:
            raise InputError("outer needs two vectors")
        flat = [self.field.multiply(x, y) for x in a.flat for y in b.flat]
        return Array((*a.shape, *b.shape), tuple(flat))

    def _square(self, value: Any, what: str) -> list[list[Any]]:
        shape = arrays.shape_of(value)
        if len(shape) != 2 or shape[0] != shape[1]:
            raise InputError(f"{what} needs a square matrix, not {arrays.shape_text(shape)}")
        return [list(value.flat[i * shape[1] : (i + 1) * shape[1]]) for i in range(shape[0])]

    def _solved(self, matrix: Any, right: Any) -> Any:
        rows, shape = self._square(matrix, "solve"), arrays.shape_of(right)
        if not shape or shape[0] != len(rows) or len(shape) > 2:
            raise InputError(f"solve: {len(rows)} equations against {arrays.shape_text(shape)}")
        width = shape[1] if len(shape) == 2 else 1
        columns = [list(right.flat[i * width : (i + 1) * width]) for i in range(len(rows))]
        solved = self.field.linear("solve", rows, columns)
        return Array(shape, tuple(entry for row in solved for entry in row))

    def _inverse(self, matrix: Any) -> Any:
        rows = self._square(matrix, "inv")
        one = [[self.field.lift(int(i == j)) for j in range(len(rows))] for i in range(len(rows))]
        solved = self.field.linear("solve", rows, one)
        return Array(matrix.shape, tuple(entry for row in solved for entry in row))

    def _determinant(self, matrix: Any) -> Any:
        return self.field.linear("det", self._square(matrix, "det"), [])[0][0]

    def _trace(self, matrix: Any) -> Any:
        return self._total([row[i] for i, row in enumerate(self._square(matrix, "trace"))])

    def _diagonal(self, value: Any) -> Any:
        if len(arrays.shape_of(value)) != 1:
            rows = self._square(value, "diag")
            return Array((len(rows),), tuple(row[i] for i, row in enumerate(rows)))
        size = value.shape[0]
        zero = self.field.lift(0)
        return Array((size, size), tuple(value.flat[i] if i == j else zero for i in range(size) for j in range(size)))

    def _matrix_power(self, matrix: Any, exponent: Any) -> Any:
        rows, times = self._square(matrix, "matpow"), self.field.index(exponent)
        if not isinstance(times, int) or not 0 <= times <= 1024:
            raise InputError("matpow needs a whole exponent from 0 to 1024")
        result = self._eye(len(rows))
        for _ in range(times):
            result = self._matmul(result, matrix)
        return result

    def _size(self, value: Any) -> int:
        size = value if isinstance(value, int) else self.field.index(value)
        if not isinstance(size, int) or not 1 <= size <= 512:
            raise InputError("a size is a whole number from 1 to 512")
        return size

    def _eye(self, size: Any) -> Array:
        n = self._size(size)
        return Array((n, n), tuple(self.field.lift(int(i == j)) for i in range(n) for j in range(n)))

    def _filled(self, value: int, *sizes: Any) -> Array:
        shape = tuple(map(self._size, sizes))
        count = shape[0] * (shape[1] if len(shape) == 2 else 1)
        return Array(shape, (self.field.lift(value),) * count)

    def _one_hot(self, position: Any, size: Any) -> Array:
        at, n = self.field.index(position), self._size(size)
        if not isinstance(at, int) or not 0 <= at < n:
            raise InputError(f"onehot: position {at} is outside 0 to {n - 1}")
        return Array((n,), tuple(self.field.lift(int(i == at)) for i in range(n)))

    def _lower(self, matrix: Any) -> Array:
        if len(arrays.shape_of(matrix)) != 2:
            raise InputError("tril needs a matrix")
        rows, columns = matrix.shape
        zero = self.field.lift(0)
        flat = [matrix.flat[i * columns + j] if j <= i else zero for i in range(rows) for j in range(columns)]
        return Array((rows, columns), tuple(flat))

    def _joined(self, *parts: Any) -> Array:
        shapes = [arrays.shape_of(part) or (1,) for part in parts]
        if len({shape[1:] for shape in shapes}) > 1:
            raise InputError("concat: the parts differ in more than their first axis")
        flat = [entry for part in parts for entry in arrays.entries(part)]
        return Array((sum(shape[0] for shape in shapes), *shapes[0][1:]), tuple(flat))

    def _equation(self, left: Any, right: Any) -> Any:
        raise InputError("an equation has no value; its two sides have")

    def _shape(self, value: Any) -> Array:
        if not isinstance(value, Array):
            raise InputError("shape of a single number")
        return Array((len(value.shape),), tuple(map(self.field.lift, value.shape)))


def _order(field: Field, order: Any) -> int | None:
    try:
        kind = field.index(order)
    except (InputError, OverflowError):
        return None
    if kind not in (1, 2):
        raise InputError("norm is of order 1, 2 or inf")
    return int(kind)


_OPERATIONS: dict[str, Callable[..., Any]] = {
    "neg": lambda walk, a: arrays.broadcast(walk.field.negative, a),
    **{sign: lambda walk, a, b, s=sign: walk._pairwise(s, a, b) for sign in ("+", "-", ".*", "./", ".^")},
    "*": _Walk._scaled, "/": _Walk._divided, "^": _Walk._raised, "@": _Walk._matmul,
    **{
        sign: lambda walk, a, b, s=sign: walk._compared(s, a, b) for sign in ("<", "<=", ">", ">=", "==", "!=")
    },
    "not": lambda walk, a: arrays.broadcast(lambda x: walk.field.logic("not", x), a),
    "=": _Walk._equation,
    "%": lambda walk, a: arrays.broadcast(lambda x: walk.field.divide(x, walk.field.lift(100)), a),
    ".T": lambda walk, a: arrays.transpose(a),
    "list": lambda walk, *items: arrays.stack(items),
    "matrix": lambda walk, *rows: arrays.stack(rows),
    "norm": _Walk._norm, "dot": _Walk._dot, "outer": _Walk._outer, "solve": _Walk._solved,
    "inv": _Walk._inverse, "det": _Walk._determinant, "trace": _Walk._trace, "diag": _Walk._diagonal,
    "eye": _Walk._eye, "tril": _Walk._lower, "onehot": _Walk._one_hot, "concat": _Walk._joined,
    "zeros": lambda walk, *sizes: walk._filled(0, *sizes), "ones": lambda walk, *sizes: walk._filled(1, *sizes),
    "len": lambda walk, a: walk.field.lift(len(a) if isinstance(a, tuple) else (*arrays.shape_of(a), 1)[0]),
    "shape": _Walk._shape, "matpow": _Walk._matrix_power,
}  # fmt: skip

_RUNS: dict[str, Callable[[_Walk, list[Any]], Any]] = {
    "sum": _Walk._total, "prod": _Walk._product, "mean": _Walk._mean, "var": _Walk._variance,
    "max": lambda walk, items: walk.field.extreme("max", items),
    "min": lambda walk, items: walk.field.extreme("min", items),
    "argmax": lambda walk, items: walk.field.first_extreme("argmax", items),
    "argmin": lambda walk, items: walk.field.first_extreme("argmin", items),
    "any": lambda walk, items: walk.field.logic("or", *items),
    "all": lambda walk, items: walk.field.logic("and", *items),
    "softmax": _Walk._softmax, "logsumexp": _Walk._log_sum_exp,
}  # fmt: skip

_EMPTY = {"sum": 0, "prod": 1, "any": False, "all": True}

FUNCTIONS = frozenset(_OPERATIONS) | frozenset(_RUNS) | {"where"}
