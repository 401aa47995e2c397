"""Operators and array functions over any field of scalars."""

from collections.abc import Callable
from typing import Any

from revise.engines import arrays
from revise.engines.arrays import Array
from revise.engines.field import Field
from revise.errors import InputError
from revise.expression.node import Node


class Operations:
    """What the walk does at a node whose arguments are known; `field` does the sums on the entries."""

    def __init__(self, field: Field) -> None:
        self.field = field

    def pairwise(self, sign: str, a: Any, b: Any) -> Any:
        function: dict[str, Callable[[Any, Any], Any]] = {
            "+": self.field.add, "-": self.field.subtract, ".*": self.field.multiply,
            "./": self.field.divide, ".^": self.field.power,
        }  # fmt: skip
        return arrays.broadcast(function[sign], a, b, sign=sign)

    def scaled(self, a: Any, b: Any) -> Any:
        if isinstance(a, Array) and isinstance(b, Array):
            raise InputError("* between two arrays: write .* entry by entry or @ for the matrix product")
        return arrays.broadcast(self.field.multiply, a, b)

    def divided(self, a: Any, b: Any) -> Any:
        if isinstance(b, Array):
            raise InputError("/ by an array: write ./ for entry by entry")
        return arrays.broadcast(self.field.divide, a, b)

    def raised(self, a: Any, b: Any) -> Any:
        if isinstance(a, Array) or isinstance(b, Array):
            raise InputError("^ on an array: write .^ for entry by entry, matpow(A, n) for a matrix")
        return self.field.power(a, b)

    def compared(self, sign: str, a: Any, b: Any) -> Any:
        if isinstance(a, str) or isinstance(b, str):
            return (a == b) == (sign == "==")
        return arrays.broadcast(lambda x, y: self.field.compare(sign, x, y), a, b, sign=sign)

    def matmul(self, a: Any, b: Any) -> Any:
        return arrays.matmul(a, b, self.field.multiply, self.total)

    def total(self, items: list[Any]) -> Any:
        total = items[0]
        for item in items[1:]:
            total = self.field.add(total, item)
        return total

    def product(self, items: list[Any]) -> Any:
        product = items[0]
        for item in items[1:]:
            product = self.field.multiply(product, item)
        return product

    # -- reductions and array functions ---------------------------------------------------------

    def reduced(self, head: str, args: list[Any], axis: int | None) -> Any:
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

    def mean(self, items: list[Any]) -> Any:
        return self.field.divide(self.total(items), self.field.lift(len(items)))

    def variance(self, items: list[Any]) -> Any:
        mean, two = self.mean(items), self.field.lift(2)
        return self.mean([self.field.power(self.field.subtract(item, mean), two) for item in items])

    def softmax(self, items: list[Any]) -> list[Any]:
        powers = [self.field.apply("exp", item) for item in self.lowered(items)[0]]
        total = self.total(powers)
        return [self.field.divide(power, total) for power in powers]

    def log_sum_exp(self, items: list[Any]) -> Any:
        lowered, greatest = self.lowered(items)
        value = self.field.apply("log", self.total([self.field.apply("exp", item) for item in lowered]))
        return value if greatest is None else self.field.add(greatest, value)

    def lowered(self, items: list[Any]) -> tuple[list[Any], Any]:
        """The items less their greatest where exp would overflow; only a field of plain numbers needs it."""
        if not getattr(self.field, "stable", False) or max(items) < 700:
            return items, None
        greatest = max(items)
        return [self.field.subtract(item, greatest) for item in items], greatest

    def norm(self, value: Any, order: Any = None) -> Any:
        items = list(arrays.entries(value))
        kind = 2 if order is None else _order(self.field, order)
        if kind == 2:
            two = self.field.lift(2)
            return self.field.apply("sqrt", self.total([self.field.power(item, two) for item in items]))
        sizes = [self.field.apply("abs", item) for item in items]
        return self.total(sizes) if kind == 1 else self.field.extreme("max", sizes)

    def dot(self, a: Any, b: Any) -> Any:
        if len(arrays.shape_of(a)) != 1 or arrays.shape_of(a) != arrays.shape_of(b):
            raise InputError("dot needs two vectors of one length")
        return self.matmul(a, b)

    def outer(self, a: Any, b: Any) -> Any:
        if len(arrays.shape_of(a)) != 1 or len(arrays.shape_of(b)) != 1:
            raise InputError("outer needs two vectors")
        flat = [self.field.multiply(x, y) for x in a.flat for y in b.flat]
        return Array((*a.shape, *b.shape), tuple(flat))

    def kronecker(self, a: Any, b: Any) -> Any:
        high, low = arrays.shape_of(a), arrays.shape_of(b)
        if len(high) != len(low) or len(high) not in (1, 2):
            raise InputError("kron needs two matrices or two vectors")
        blocks = [[self.field.multiply(x, y) for y in b.flat] for x in a.flat]
        if len(high) == 1:
            return Array((high[0] * low[0],), tuple(entry for block in blocks for entry in block))
        flat = [
            blocks[i * high[1] + j][k * low[1] + m]
            for i in range(high[0])
            for k in range(low[0])
            for j in range(high[1])
            for m in range(low[1])
        ]
        return Array((high[0] * low[0], high[1] * low[1]), tuple(flat))

    def square(self, value: Any, what: str) -> list[list[Any]]:
        shape = arrays.shape_of(value)
        if len(shape) != 2 or shape[0] != shape[1]:
            raise InputError(f"{what} needs a square matrix, not {arrays.shape_text(shape)}")
        return [list(value.flat[i * shape[1] : (i + 1) * shape[1]]) for i in range(shape[0])]

    def solved(self, matrix: Any, right: Any) -> Any:
        rows, shape = self.square(matrix, "solve"), arrays.shape_of(right)
        if not shape or shape[0] != len(rows) or len(shape) > 2:
            raise InputError(f"solve: {len(rows)} equations against {arrays.shape_text(shape)}")
        width = shape[1] if len(shape) == 2 else 1
        columns = [list(right.flat[i * width : (i + 1) * width]) for i in range(len(rows))]
        solved = self.field.linear("solve", rows, columns)
        return Array(shape, tuple(entry for row in solved for entry in row))

    def inverse(self, matrix: Any) -> Any:
        rows = self.square(matrix, "inv")
        one = [[self.field.lift(int(i == j)) for j in range(len(rows))] for i in range(len(rows))]
        solved = self.field.linear("solve", rows, one)
        return Array(matrix.shape, tuple(entry for row in solved for entry in row))

    def determinant(self, matrix: Any) -> Any:
        return self.field.linear("det", self.square(matrix, "det"), [])[0][0]

    def trace(self, matrix: Any) -> Any:
        return self.total([row[i] for i, row in enumerate(self.square(matrix, "trace"))])

    def diagonal(self, value: Any) -> Any:
        if len(arrays.shape_of(value)) != 1:
            rows = self.square(value, "diag")
            return Array((len(rows),), tuple(row[i] for i, row in enumerate(rows)))
        size = value.shape[0]
        zero = self.field.lift(0)
        return Array((size, size), tuple(value.flat[i] if i == j else zero for i in range(size) for j in range(size)))

    def matrix_power(self, matrix: Any, exponent: Any) -> Any:
        rows, times = self.square(matrix, "matpow"), self.field.index(exponent)
        if not isinstance(times, int) or not 0 <= times <= 1024:
            raise InputError("matpow needs a whole exponent from 0 to 1024")
        result = self.eye(len(rows))
        for _ in range(times):
            result = self.matmul(result, matrix)
        return result

    def size(self, value: Any) -> int:
        size = value if isinstance(value, int) else self.field.index(value)
        if not isinstance(size, int) or not 1 <= size <= 512:
            raise InputError("a size is a whole number from 1 to 512")
        return size

    def eye(self, size: Any) -> Array:
        n = self.size(size)
        return Array((n, n), tuple(self.field.lift(int(i == j)) for i in range(n) for j in range(n)))

    def filled(self, value: int, *sizes: Any) -> Array:
        shape = tuple(map(self.size, sizes))
        count = shape[0] * (shape[1] if len(shape) == 2 else 1)
        return Array(shape, (self.field.lift(value),) * count)

    def one_hot(self, position: Any, size: Any) -> Array:
        at, n = self.field.index(position), self.size(size)
        if not isinstance(at, int) or not 0 <= at < n:
            raise InputError(f"onehot: position {at} is outside 0 to {n - 1}")
        return Array((n,), tuple(self.field.lift(int(i == at)) for i in range(n)))

    def lower(self, matrix: Any) -> Array:
        if len(arrays.shape_of(matrix)) != 2:
            raise InputError("tril needs a matrix")
        rows, columns = matrix.shape
        zero = self.field.lift(0)
        flat = [matrix.flat[i * columns + j] if j <= i else zero for i in range(rows) for j in range(columns)]
        return Array((rows, columns), tuple(flat))

    def joined(self, *parts: Any) -> Array:
        shapes = [arrays.shape_of(part) or (1,) for part in parts]
        if len({shape[1:] for shape in shapes}) > 1:
            raise InputError("concat: the parts differ in more than their first axis")
        flat = [entry for part in parts for entry in arrays.entries(part)]
        return Array((sum(shape[0] for shape in shapes), *shapes[0][1:]), tuple(flat))

    def equation(self, left: Any, right: Any) -> Any:
        raise InputError("an equation has no value; its two sides have")

    def shape(self, value: Any) -> Array:
        if not isinstance(value, Array):
            raise InputError("shape of a single number")
        return Array((len(value.shape),), tuple(map(self.field.lift, value.shape)))


def _order(field: Field, order: Any) -> int | None:
    """1 or 2, or None for the greatest entry."""
    named = isinstance(order, Node) and order.args[:1] == ("inf",)
    if named or (not isinstance(order, Node) and order == field.constant("inf")):
        return None
    kind = field.index(order)
    if kind not in (1, 2):
        raise InputError("norm is of order 1, 2 or inf")
    return int(kind)


OPERATIONS: dict[str, Callable[..., Any]] = {
    "neg": lambda walk, a: arrays.broadcast(walk.field.negative, a),
    **{sign: lambda walk, a, b, s=sign: walk.pairwise(s, a, b) for sign in ("+", "-", ".*", "./", ".^")},
    "*": Operations.scaled, "/": Operations.divided, "^": Operations.raised, "@": Operations.matmul,
    **{
        sign: lambda walk, a, b, s=sign: walk.compared(s, a, b) for sign in ("<", "<=", ">", ">=", "==", "!=")
    },
    "not": lambda walk, a: arrays.broadcast(lambda x: walk.field.logic("not", x), a),
    "=": Operations.equation,
    "%": lambda walk, a: arrays.broadcast(lambda x: walk.field.divide(x, walk.field.lift(100)), a),
    ".T": lambda walk, a: arrays.transpose(a),
    "list": lambda walk, *items: arrays.stack(items),
    "matrix": lambda walk, *rows: arrays.stack(rows),
    "norm": Operations.norm, "dot": Operations.dot, "outer": Operations.outer,
    "kron": Operations.kronecker, "solve": Operations.solved,
    "inv": Operations.inverse, "det": Operations.determinant, "trace": Operations.trace, "diag": Operations.diagonal,
    "eye": Operations.eye, "tril": Operations.lower, "onehot": Operations.one_hot, "concat": Operations.joined,
    "zeros": lambda walk, *sizes: walk.filled(0, *sizes), "ones": lambda walk, *sizes: walk.filled(1, *sizes),
    "len": lambda walk, a: walk.field.lift(len(a) if isinstance(a, tuple) else (*arrays.shape_of(a), 1)[0]),
    "shape": Operations.shape, "matpow": Operations.matrix_power,
}  # fmt: skip

_RUNS: dict[str, Callable[[Operations, list[Any]], Any]] = {
    "sum": Operations.total, "prod": Operations.product, "mean": Operations.mean, "var": Operations.variance,
    "max": lambda walk, items: walk.field.extreme("max", items),
    "min": lambda walk, items: walk.field.extreme("min", items),
    "argmax": lambda walk, items: walk.field.first_extreme("argmax", items),
    "argmin": lambda walk, items: walk.field.first_extreme("argmin", items),
    "any": lambda walk, items: walk.field.logic("or", *items),
    "all": lambda walk, items: walk.field.logic("and", *items),
    "softmax": Operations.softmax, "logsumexp": Operations.log_sum_exp,
}  # fmt: skip

EMPTY = {"sum": 0, "prod": 1, "any": False, "all": True}

FUNCTIONS = frozenset(OPERATIONS) | frozenset(_RUNS) | {"where"}
