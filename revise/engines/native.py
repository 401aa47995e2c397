"""The second opinion: the tree over NumPy's or Torch's float64, sharing no line with the other engines."""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any, Literal, NamedTuple

import numpy as np

from revise.errors import InputError
from revise.expression import Node
from revise.expression.functions import AXIS

Backend = Literal["numpy", "torch"]

_CONSTANTS = {"e": math.e, "pi": math.pi, "inf": math.inf}
_MOST_ENTRIES = 10_000_000
_WHOLE = 1e-9  # 0.1·30 is the index 3
_WHOLE_AXIS = slice(None)


def evaluate(root: Node, env: Mapping[str, Any], backend: Backend = "numpy") -> Any:
    """The value of `root`, with the names of `env` (native values, or what `lift` takes).

    A scalar is np.float64 or np.bool_ (numpy), or a 0-d float64 or bool tensor (torch); an array is an
    ndarray or a tensor, through which torch.autograd reaches the tensors of `env`; a label is a str.
    Undefined scalars (log 0, 1/0) come as inf or nan. Raises InputError where shapes do not fit, an
    index is outside, a name is missing, or the tree is an equation.
    """
    library = _library(backend)
    scope = dict(env)
    with np.errstate(all="ignore"):
        value = _walk(root, scope, library)
    return _lift(_dense(value, library), library)


def lift(value: Any, backend: Backend) -> Any:
    """A given value as a native one: numbers, Arrays, sequences and tables of them; labels stay."""
    return _lift(value, _library(backend))


# -- the two libraries ----------------------------------------------------------------------------


class _NumPy:
    """What NumPy and Torch spell differently; `xp` is what they spell alike."""

    xp: Any = np

    def owns(self, value: Any) -> bool:
        return isinstance(value, np.float64 | np.bool_ | np.ndarray) and value.dtype in (np.float64, np.bool_)

    def array(self, value: Any) -> Any:
        """Float64 of any shape; a 0-d array becomes a scalar."""
        return np.asarray(_plain(value), dtype=np.float64)[()]

    def truth(self, value: bool) -> Any:
        return np.bool_(value)

    def relu(self, x: Any) -> Any:
        return np.maximum(x, 0.0)

    def sigmoid(self, x: Any) -> Any:
        small = np.exp(-np.abs(x))
        return np.where(x >= 0, 1.0, small)[()] / (1 + small)

    def erf(self, x: Any) -> Any:
        return np.vectorize(math.erf, otypes=[float])(x)[()]

    def softmax(self, x: Any, axis: int) -> Any:
        raised = np.exp(x - np.max(x, axis=axis, keepdims=True))
        return raised / np.sum(raised, axis=axis, keepdims=True)

    def logsumexp(self, x: Any, axis: int, keepdims: bool) -> Any:
        greatest = np.max(x, axis=axis, keepdims=True)
        shift = np.where(np.isfinite(greatest), greatest, 0.0)
        total = np.log(np.sum(np.exp(x - shift), axis=axis, keepdims=True)) + shift
        return total if keepdims else np.squeeze(total, axis)[()]

    def counted(self, count: Callable[..., float], smooth: Callable[..., Any], *args: Any) -> Any:
        """`count` entry by entry, a combinatorial function with the derivative of `smooth`."""
        return np.vectorize(count, otypes=[float])(*args)[()]


class _Torch(_NumPy):
    def __init__(self) -> None:
        import torch

        self.xp = torch

    def owns(self, value: Any) -> bool:
        return isinstance(value, self.xp.Tensor) and value.dtype in (self.xp.float64, self.xp.bool)

    def array(self, value: Any) -> Any:
        if isinstance(value, self.xp.Tensor):
            return value.to(self.xp.float64)
        return self.xp.tensor(np.asarray(value, dtype=np.float64), dtype=self.xp.float64)

    def truth(self, value: bool) -> Any:
        return self.xp.tensor(value)

    def relu(self, x: Any) -> Any:
        return self.xp.relu(x)

    def sigmoid(self, x: Any) -> Any:
        return self.xp.sigmoid(x)

    def erf(self, x: Any) -> Any:
        return self.xp.erf(x)

    def softmax(self, x: Any, axis: int) -> Any:
        return self.xp.softmax(x, axis)

    def logsumexp(self, x: Any, axis: int, keepdims: bool) -> Any:
        return self.xp.logsumexp(x, axis, keepdims)

    def counted(self, count: Callable[..., float], smooth: Callable[..., Any], *args: Any) -> Any:
        exact = self.array(np.vectorize(count, otypes=[float])(*map(_plain, args)))
        if not any(arg.requires_grad for arg in args):
            return exact
        near = smooth(self.xp.lgamma, *args).exp()
        return near + self.xp.where(self.xp.isfinite(near), exact - near, 0.0).detach()


def _library(backend: Backend) -> _NumPy:
    return _Torch() if backend == "torch" else _NumPy()


def _plain(value: Any) -> Any:
    """A tensor as an ndarray; anything else as it is."""
    return value.detach().cpu().numpy() if hasattr(value, "detach") else value


def _lift(value: Any, library: _NumPy) -> Any:
    if isinstance(value, str) or library.owns(value):
        return value
    if isinstance(value, Mapping):
        return {key: _lift(entry, library) for key, entry in value.items()}
    if isinstance(value, range) and value:
        return library.array(value)
    if isinstance(value, tuple | list | range):
        return _stack([_lift(entry, library) for entry in value], library) if value else ()
    if not isinstance(value, np.ndarray | np.generic) and hasattr(value, "flat"):  # an engine-neutral Array
        entries = [_lift(entry, library) for entry in value.flat]
        flat = _stack(entries, library) if entries else library.array([])
        return flat if isinstance(flat, tuple) else flat.reshape(value.shape)
    try:
        return library.array(value if hasattr(value, "shape") else float(value))
    except OverflowError:
        return library.array(math.inf if value > 0 else -math.inf)
    except (TypeError, ValueError):
        raise InputError(f"{value} is no number NumPy or Torch could compute with") from None


# -- the walk -------------------------------------------------------------------------------------


class _Terms(NamedTuple):
    """What a binder gives: the items it went through and the body's value at each."""

    items: list[Any]
    values: list[Any]


def _walk(root: Node, scope: dict[str, Any], library: _NumPy) -> Any:
    values: dict[int, Any] = {}
    stack = [root]
    while stack:
        node = stack[-1]
        if id(node) not in values:
            missing = [child for child in _needed(node, values) if id(child) not in values]
            if missing:
                stack.extend(reversed(missing))
                continue
            values[id(node)] = _apply(node, values, scope, library)
        stack.pop()
    return values[id(root)]


def _needed(node: Node, values: dict[int, Any]) -> Sequence[Node]:
    """The children `node` waits for, as far as the values so far decide."""
    if node.head in ("number", "name", "label", ":"):
        return ()
    if node.head == "for":
        return node.args[1:2]
    if node.head not in ("where", "and", "or") or id(node.args[0]) not in values:
        return node.args[:1] if node.head in ("where", "and", "or") else node.args
    first = values[id(node.args[0])]
    if _shape(first) != ():
        return node.args
    holds = _holds(first)
    if node.head == "where":
        return node.args[1:2] if holds else node.args[2:]
    return node.args[1:] if holds == (node.head == "and") else ()


def _apply(node: Node, values: dict[int, Any], scope: dict[str, Any], library: _NumPy) -> Any:
    head = node.head
    if head == "number":
        return _lift(node.args[0], library)
    if head == "name":
        return _named(node.args[0], scope, library)
    if head in ("label", ":"):
        return node.args[0] if head == "label" else _WHOLE_AXIS
    if head == "for":
        return _bind(node, values[id(node.args[1])], scope, library)
    if head in ("where", "and", "or"):
        return _decide(node, values, library)
    args = [values[id(child)] for child in node.args]
    if head == "axis":
        return args[0]
    if head in ("list", "matrix"):
        return _stack(args[0].values if isinstance(args[0], _Terms) else args, library)
    if head == "index":
        return _index(node.args[0], args[0], args[1:], library)
    if head in ("==", "!=") and any(isinstance(arg, str) for arg in args):
        return _same_label(library, head, *args)
    if head in _OPERATORS:
        return _OPERATORS[head](library, *(_real(arg, head, library) for arg in args))
    if head in FUNCTIONS:
        return _call(node, args, library)
    if head == "=":
        raise InputError("an equation has no value: evaluate its two sides")
    raise InputError(f"{head!r} is no operation the NumPy and Torch engine knows")


def _named(name: str, scope: dict[str, Any], library: _NumPy) -> Any:
    if name not in scope:
        if name not in _CONSTANTS:
            raise InputError(f"{name} is not given")
        return library.array(_CONSTANTS[name])
    if not isinstance(scope[name], Mapping):  # a table's entries are lifted one by one, when they are read
        scope[name] = _lift(scope[name], library)
    return scope[name]


def _decide(node: Node, values: dict[int, Any], library: _NumPy) -> Any:
    first, *rest = (values.get(id(child)) for child in node.args)
    if node.head == "where":
        if _shape(first) == ():
            return rest[0] if _holds(first) else rest[1]
        return _where(library, *(_real(value, "where", library) for value in (first, *rest)))
    left = _real(first, node.head, library) != 0
    if _shape(left) == () and bool(left) != (node.head == "and"):
        return left
    right = _real(rest[0], node.head, library) != 0
    _fit(node.head, left, right)
    return left & right if node.head == "and" else left | right


def _bind(node: Node, domain: Any, scope: dict[str, Any], library: _NumPy) -> _Terms:
    variable, _, body, *condition = node.args
    domain = _dense(domain, library)
    if isinstance(domain, tuple):
        items = list(domain)
    elif _shape(domain):
        items = list(_real(domain, "for", library).reshape(-1))
    else:
        raise InputError(f"{variable.args[0]} needs something to go through: a range, labels or an array")
    inner, kept, terms = dict(scope), [], []
    for item in items:
        inner[variable.args[0]] = item
        if condition and not _holds(_walk(condition[0], inner, library)):
            continue
        kept.append(item)
        terms.append(_walk(body, inner, library))
    return _Terms(kept, terms)


def _call(node: Node, args: list[Any], library: _NumPy) -> Any:
    name, function = node.head, FUNCTIONS[node.head]
    if isinstance(args[0], _Terms):
        return _over_terms(name, args[0], library)
    if name == "len" and isinstance(args[0], tuple | Mapping):
        return library.array(len(args[0]))
    axis = args.pop() if node.args[-1].head == "axis" else None
    if len(args) > 1 and name in AXIS and (axis is not None or name not in ("max", "min")):
        raise InputError(f"{name} takes one array; along an axis it is {name}(x, axis=0)")
    reals = [_real(arg, name, library) for arg in args]
    if name not in AXIS:
        return function(library, *reals)
    if axis is not None and reals[0].ndim:
        axis = _whole(axis, "an axis")
        if not 0 <= axis < reals[0].ndim:
            raise InputError(f"{name}: shape {_spell(reals[0])} has no axis {axis}")
    return function(library, *reals, axis=axis)


def _over_terms(name: str, terms: _Terms, library: _NumPy) -> Any:
    if not terms.values:
        if name not in _EMPTY:
            raise InputError(f"{name} over nothing: no item of the domain is left")
        return library.truth(name == "all") if name in ("any", "all") else library.array(_EMPTY[name])
    reals = [_real(value, name, library) for value in terms.values]
    arrays = [value for value in reals if value.ndim]
    if not arrays:
        value = FUNCTIONS[name](library, library.xp.stack(reals))
        return terms.items[int(value)] if name in ("argmax", "argmin") else value
    if name not in ("sum", "prod", "mean"):
        raise InputError(f"{name} … for … needs numbers, not arrays of shape {_spell(arrays[0])}")
    operate = _OPERATORS[".*" if name == "prod" else "+"]
    total = reduce(lambda left, right: operate(library, left, right), reals)
    return total / len(reals) if name == "mean" else total


def _index(written: Node, container: Any, indices: list[Any], library: _NumPy) -> Any:
    called = written.args[0] if written.head == "name" else "this array"
    spots: list[Any] = [
        spot if isinstance(spot, str | slice) else _whole(spot, f"an index of {called}") for spot in indices
    ]
    if isinstance(container, Mapping):
        return _look_up(called, container, spots, library)
    sizes = (len(container),) if isinstance(container, tuple) else _shape(container)
    if not sizes:
        raise InputError(f"{called} is one value and takes no index")
    if len(spots) > len(sizes):
        raise InputError(f"{called} of shape {_spell(container)} takes no {len(spots)} indices")
    for spot, size in zip(spots, sizes, strict=False):
        if isinstance(spot, str):
            raise InputError(f"{called} counts from 0 and has no entry {spot}")
        if not isinstance(spot, slice) and not 0 <= spot < size:
            raise InputError(f"{called}[{spot}]: the indices of {called} go from 0 to {size - 1}")
    return container[spots[0]] if isinstance(container, tuple) else container[tuple(spots)]


def _look_up(called: str, table: Mapping[Any, Any], spots: list[Any], library: _NumPy) -> Any:
    if _WHOLE_AXIS in spots:
        raise InputError(f"{called} is a table: it has entries, but no rows to take with ':'")
    for key in (spots[0], (spots[0],)) if len(spots) == 1 else (tuple(spots),):
        if key in table:
            return table[key] if isinstance(table[key], Mapping) else _lift(table[key], library)
    raise InputError(f"{called}[{', '.join(map(str, spots))}] is not given")


# -- checks ---------------------------------------------------------------------------------------


def _shape(value: Any) -> tuple[int, ...] | None:
    """None for what is neither a number nor an array."""
    return tuple(value.shape) if hasattr(value, "shape") else None


def _spell(value: Any) -> str:
    """2×3; (4) for a vector."""
    sizes = (len(value),) if isinstance(value, tuple) else _shape(value)
    if not sizes:
        return "of one number"
    return "×".join(str(size) for size in sizes) if len(sizes) > 1 else f"({sizes[0]})"


def _dense(value: Any, library: _NumPy) -> Any:
    """A table with the keys 0, 1, … as an array; anything else as it is."""
    if isinstance(value, Mapping) and value and list(value) == list(range(len(value))):
        return _stack([_dense(_lift(entry, library), library) for entry in value.values()], library)
    return value


def _real(value: Any, where: str, library: _NumPy) -> Any:
    """`value` as float64, truth as 0 and 1."""
    value = _dense(value, library)
    if isinstance(value, str):
        raise InputError(f"{where}: {value} is a label, no number")
    if isinstance(value, tuple | Mapping):
        raise InputError(f"{where}: a {'list of labels' if isinstance(value, tuple) else 'table'} is no number")
    return value if value.dtype == library.xp.float64 else library.array(value)


def _holds(value: Any) -> bool:
    if _shape(value) != ():
        raise InputError("a condition must be one truth value, not " + _what(value))
    return bool(value.item())


def _whole(value: Any, what: str) -> int:
    if _shape(value) != ():
        raise InputError(f"{what} must be one whole number, not " + _what(value))
    plain = float(value.item())
    if not math.isfinite(plain) or abs(plain - round(plain)) > _WHOLE * max(1.0, abs(plain)):
        raise InputError(f"{what} must be a whole number, not {plain:g}")
    return round(plain)


def _what(value: Any) -> str:
    if _shape(value) is None:
        return f"the label {value}" if isinstance(value, str) else "a table or labels"
    return f"an array of shape {_spell(value)}"


def _length(value: Any, where: str) -> int:
    size = _whole(value, f"the size in {where}")
    if not 0 <= size <= _MOST_ENTRIES:
        raise InputError(f"{where}: a size from 0 to {_MOST_ENTRIES:,}, not {size}")
    return size


def _fit(sign: str, *values: Any) -> None:
    """Refuse shapes that do not broadcast."""
    shapes = {tuple(value.shape) for value in values if value.ndim}
    if len(shapes) > 1:
        try:
            np.broadcast_shapes(*shapes)
        except ValueError:
            spelled = " and ".join(_spell(value) for value in values)
            raise InputError(f"{sign}: shapes {spelled} do not fit") from None


def _vector(where: str, *values: Any) -> None:
    for value in values:
        if value.ndim != 1:
            raise InputError(f"{where} needs vectors, not shape {_spell(value)}")


def _square(where: str, value: Any) -> None:
    if value.ndim != 2 or value.shape[0] != value.shape[1]:
        raise InputError(f"{where} needs a square matrix, not shape {_spell(value)}")


def _stack(items: Sequence[Any], library: _NumPy) -> Any:
    """Along a new first axis; labels make a tuple."""
    if not items:
        raise InputError("an empty list has no shape")
    if any(isinstance(item, str) for item in items):
        return tuple(items)
    rows = [_real(item, "a list", library) for item in items]
    for row in rows:
        if row.shape != rows[0].shape:
            raise InputError(f"the rows of this array differ: shapes {_spell(rows[0])} and {_spell(row)}")
    return library.xp.stack(rows)


# -- operators ------------------------------------------------------------------------------------


def _broadcast(sign: str, function: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    def operate(library: _NumPy, left: Any, right: Any) -> Any:
        _fit(sign, left, right)
        return function(left, right)

    return operate


def _times(library: _NumPy, left: Any, right: Any) -> Any:
    if left.ndim and right.ndim:
        raise InputError(f"*: shapes {_spell(left)} and {_spell(right)}; between arrays write .* or @")
    return left * right


def _divide(library: _NumPy, left: Any, right: Any) -> Any:
    if right.ndim:
        raise InputError(f"/: shapes {_spell(left)} and {_spell(right)}; entry by entry it is ./")
    return left / right


def _power(library: _NumPy, left: Any, right: Any) -> Any:
    if left.ndim or right.ndim:
        raise InputError(f"^: shapes {_spell(left)} and {_spell(right)}; write .^ or matpow")
    return left**right


def _matmul(library: _NumPy, left: Any, right: Any) -> Any:
    if left.ndim not in (1, 2) or right.ndim not in (1, 2) or left.shape[-1] != right.shape[0]:
        raise InputError(f"@: shapes {_spell(left)} and {_spell(right)} do not fit")
    return left @ right


def _range(library: _NumPy, first: Any, last: Any) -> Any:
    start, stop = _whole(first, "the start of a range"), _whole(last, "the end of a range")
    if stop - start >= _MOST_ENTRIES:
        raise InputError(f"a range of more than {_MOST_ENTRIES:,} numbers")
    return library.array(range(start, stop + 1))


def _same_label(library: _NumPy, sign: str, left: Any, right: Any) -> Any:
    for side in (left, right):
        if not isinstance(side, str) and _shape(side) != ():
            raise InputError(f"{sign} compares a label with a label, not with " + _what(side))
    same = isinstance(left, str) and isinstance(right, str) and left == right
    return library.truth(same == (sign == "=="))


_OPERATORS: dict[str, Callable[..., Any]] = {
    "+": _broadcast("+", lambda a, b: a + b),
    "-": _broadcast("-", lambda a, b: a - b),
    ".*": _broadcast(".*", lambda a, b: a * b),
    "./": _broadcast("./", lambda a, b: a / b),
    ".^": _broadcast(".^", lambda a, b: a**b),
    "==": _broadcast("==", lambda a, b: a == b),
    "!=": _broadcast("!=", lambda a, b: a != b),
    "<": _broadcast("<", lambda a, b: a < b),
    "<=": _broadcast("<=", lambda a, b: a <= b),
    ">": _broadcast(">", lambda a, b: a > b),
    ">=": _broadcast(">=", lambda a, b: a >= b),
    "*": _times,
    "/": _divide,
    "^": _power,
    "@": _matmul,
    "..": _range,
    "neg": lambda library, x: -x,
    "not": lambda library, x: x == 0,
    "%": lambda library, x: x / 100,
    ".T": lambda library, x: x.T if x.ndim == 2 else x,
}


# -- functions ------------------------------------------------------------------------------------


def _entrywise(name: str) -> Callable[..., Any]:
    return lambda library, x: getattr(library.xp, name)(x)


def _round(library: _NumPy, x: Any) -> Any:
    towards_zero = library.xp.trunc(x)
    away = library.array(abs(x - towards_zero) >= 0.5)
    return towards_zero + library.xp.sign(x) * away


def _factorial(library: _NumPy, n: Any) -> Any:
    return library.counted(_count_orders, lambda lgamma, n: lgamma(n + 1), n)


def _count_orders(n: float) -> float:
    if not math.isfinite(n):
        return n if n > 0 else math.nan
    if n > 171:
        return math.inf
    if abs(n - round(n)) > _WHOLE:
        return math.gamma(n + 1)
    return math.nan if n < -_WHOLE else float(math.factorial(round(n))) if n < 170.5 else math.inf


def _binom(library: _NumPy, n: Any, k: Any) -> Any:
    _fit("binom", n, k)
    return library.counted(_count_choices, lambda lgamma, n, k: lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1), n, k)


def _count_choices(n: float, k: float) -> float:
    if not math.isfinite(n) or not math.isfinite(k) or n < -_WHOLE:
        return math.nan
    if any(abs(x - round(x)) > _WHOLE for x in (n, k)):
        if k <= -1 or n - k <= -1:
            return math.nan
        return math.exp(math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1))
    whole, chosen = round(n), round(k)
    if not 0 <= chosen <= whole:
        return 0.0
    if min(chosen, whole - chosen) > 1000:  # at least binom(2002, 1001)
        return math.inf
    try:
        return float(math.comb(whole, chosen))
    except OverflowError:
        return math.inf


def _log_to(library: _NumPy, x: Any, base: Any) -> Any:
    _fit("log_b", x, base)
    return library.xp.log(x) / library.xp.log(base)


def _reduction(name: str) -> Callable[..., Any]:
    """Over all entries, or along an axis that stays with length 1."""

    def run(library: _NumPy, x: Any, axis: int | None = None) -> Any:
        keep = axis is not None and x.ndim > 0
        if axis is None or not keep:
            x, axis = x.reshape(-1), 0
        if x.shape[axis] == 0 and name not in _EMPTY:
            raise InputError(f"{name} of no entries")
        return _REDUCTIONS[name](library, x, axis, keep)

    return run


def _variance(library: _NumPy, x: Any, axis: int, keep: bool) -> Any:
    centred = x - library.xp.mean(x, axis=axis, keepdims=True)
    return library.xp.mean(centred**2, axis=axis, keepdims=keep)


_EMPTY = {"sum": 0.0, "prod": 1.0, "any": 0.0, "all": 1.0}
_REDUCTIONS: dict[str, Callable[[_NumPy, Any, int, bool], Any]] = {
    "sum": lambda library, x, axis, keep: library.xp.sum(x, axis=axis, keepdims=keep),
    "prod": lambda library, x, axis, keep: library.xp.prod(x, axis=axis, keepdims=keep),
    "mean": lambda library, x, axis, keep: library.xp.mean(x, axis=axis, keepdims=keep),
    "var": _variance,
    "max": lambda library, x, axis, keep: library.xp.amax(x, axis=axis, keepdims=keep),
    "min": lambda library, x, axis, keep: library.xp.amin(x, axis=axis, keepdims=keep),
    "argmax": lambda library, x, axis, keep: library.array(library.xp.argmax(x, axis=axis, keepdims=keep)),
    "argmin": lambda library, x, axis, keep: library.array(library.xp.argmin(x, axis=axis, keepdims=keep)),
    "any": lambda library, x, axis, keep: library.xp.any(x != 0, axis=axis, keepdims=keep),
    "all": lambda library, x, axis, keep: library.xp.all(x != 0, axis=axis, keepdims=keep),
    "logsumexp": lambda library, x, axis, keep: library.logsumexp(x, axis, keep),
}


def _extreme(name: str) -> Callable[..., Any]:
    """Of one array's entries, or entry by entry of several values."""
    whole, pairwise = _reduction(name), f"{name}imum"

    def run(library: _NumPy, *args: Any, axis: int | None = None) -> Any:
        if len(args) == 1:
            return whole(library, args[0], axis)
        _fit(name, *args)
        return reduce(getattr(library.xp, pairwise), args)

    return run


def _softmax(library: _NumPy, x: Any, axis: int | None = None) -> Any:
    if x.ndim == 0 or (axis is None and x.ndim > 1):
        raise InputError(f"softmax of shape {_spell(x)}: it needs a vector, or a matrix and an axis=")
    return library.softmax(x, axis or 0)


def _dot(library: _NumPy, left: Any, right: Any) -> Any:
    _vector("dot", left, right)
    return _matmul(library, left, right)


def _outer(library: _NumPy, left: Any, right: Any) -> Any:
    _vector("outer", left, right)
    return left[:, None] * right[None, :]


def _norm(library: _NumPy, x: Any, order: Any = None) -> Any:
    p = 2.0 if order is None else math.nan if order.ndim else float(order.item())
    if p not in (1.0, 2.0, math.inf):
        raise InputError("norm is norm(x), norm(x, 1) or norm(x, inf)")
    return library.xp.linalg.norm(x.reshape(-1), p)


def _solve(library: _NumPy, matrix: Any, right: Any) -> Any:
    _square("solve", matrix)
    if right.ndim not in (1, 2) or right.shape[0] != matrix.shape[0]:
        raise InputError(f"solve: shapes {_spell(matrix)} and {_spell(right)} do not fit")
    return _regular("solve", library.xp.linalg.solve, matrix, right)


def _inverse(library: _NumPy, matrix: Any) -> Any:
    _square("inv", matrix)
    return _regular("inv", library.xp.linalg.inv, matrix)


def _regular(where: str, function: Callable[..., Any], *args: Any) -> Any:
    try:
        return function(*args)
    except (np.linalg.LinAlgError, RuntimeError):  # Torch's LinAlgError is a RuntimeError
        raise InputError(f"{where}: the matrix is singular") from None


def _determinant(library: _NumPy, matrix: Any) -> Any:
    _square("det", matrix)
    return library.xp.linalg.det(matrix)


def _trace(library: _NumPy, matrix: Any) -> Any:
    _square("trace", matrix)
    return library.xp.trace(matrix)


def _matpow(library: _NumPy, matrix: Any, exponent: Any) -> Any:
    _square("matpow", matrix)
    times = _whole(exponent, "the exponent of matpow")
    if times < 0:
        raise InputError(f"matpow needs an exponent of 0 or more, not {times}")
    return library.xp.linalg.matrix_power(matrix, times)


def _diag(library: _NumPy, x: Any) -> Any:
    if x.ndim not in (1, 2):
        raise InputError(f"diag needs a vector or a matrix, not shape {_spell(x)}")
    return library.xp.diag(x)


def _tril(library: _NumPy, x: Any) -> Any:
    if x.ndim != 2:
        raise InputError(f"tril needs a matrix, not shape {_spell(x)}")
    return library.xp.tril(x)


def _full(name: str, entry: float) -> Callable[..., Any]:
    def make(library: _NumPy, *sizes: Any) -> Any:
        shape = [_length(size, name) for size in sizes]
        if math.prod(shape) > _MOST_ENTRIES:
            raise InputError(f"{name} of more than {_MOST_ENTRIES:,} entries")
        return library.array(np.full(shape, entry))

    return make


def _eye(library: _NumPy, size: Any) -> Any:
    return library.array(np.eye(len(_full("eye", 1.0)(library, size, size))))


def _onehot(library: _NumPy, position: Any, size: Any) -> Any:
    k, n = _whole(position, "the position in onehot"), _length(size, "onehot")
    if not 0 <= k < n:
        raise InputError(f"onehot: position {k} is outside 0 to {n - 1}")
    return library.array([float(i == k) for i in range(n)])


def _concat(library: _NumPy, *parts: Any) -> Any:
    blocks = [part if part.ndim else part.reshape(1) for part in parts]
    for block in blocks:
        if block.shape[1:] != blocks[0].shape[1:]:
            raise InputError(f"concat: shapes {_spell(blocks[0])} and {_spell(block)} do not fit")
    return library.xp.concatenate(blocks)


def _len(library: _NumPy, x: Any) -> Any:
    return library.array(x.shape[0] if x.ndim else 1)


def _sizes(library: _NumPy, x: Any) -> Any:
    if not x.ndim:
        raise InputError("shape of one number: it has no axis")
    return library.array(tuple(x.shape))


def _where(library: _NumPy, condition: Any, yes: Any, no: Any) -> Any:
    """Of a condition that is an array; with a scalar one `_decide` takes a side unseen."""
    _fit("where", condition, yes, no)
    return library.xp.where(condition != 0, yes, no)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{name: _entrywise(name) for name in "exp log log2 log10 sqrt sign floor ceil trunc sin cos tanh".split()},
    "ln": _entrywise("log"),
    "abs": _entrywise("abs"),
    "log_b": _log_to,
    "round": _round,
    "sigmoid": lambda library, x: library.sigmoid(x),
    "relu": lambda library, x: library.relu(x),
    "step": lambda library, x: library.xp.clip(library.xp.sign(x) + 1, 0, 1),  # stays on Torch's graph
    "softplus": lambda library, x: library.xp.logaddexp(x, library.array(0)),
    "erf": lambda library, x: library.erf(x),
    "factorial": _factorial,
    "binom": _binom,
    **{name: _reduction(name) for name in _REDUCTIONS},
    "max": _extreme("max"),
    "min": _extreme("min"),
    "softmax": _softmax,
    "dot": _dot,
    "outer": _outer,
    "norm": _norm,
    "inv": _inverse,
    "det": _determinant,
    "solve": _solve,
    "trace": _trace,
    "diag": _diag,
    "eye": _eye,
    "zeros": _full("zeros", 0.0),
    "ones": _full("ones", 1.0),
    "tril": _tril,
    "onehot": _onehot,
    "concat": _concat,
    "len": _len,
    "shape": _sizes,
    "where": _where,
    "matpow": _matpow,
}
