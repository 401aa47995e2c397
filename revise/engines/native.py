"""The second opinion: the tree over NumPy's or Torch's float64, sharing no line with the other engines."""

import math
from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any, NamedTuple

import numpy as np

from revise.engines.native_arrays import EMPTY
from revise.engines.native_functions import FUNCTIONS
from revise.engines.native_operators import OPERATORS, index, same_label, span
from revise.engines.native_shapes import holds, require_fit, shape, spell, whole
from revise.engines.native_values import Backend, Library, dense, library_of, lifted, real, stack
from revise.errors import InputError
from revise.expression import Node
from revise.expression.functions import AXIS

_CONSTANTS = {"e": math.e, "pi": math.pi, "inf": math.inf}


def evaluate(root: Node, env: Mapping[str, Any], backend: Backend = "numpy") -> Any:
    """The value of `root`, with the names of `env` (native values, or what `lift` takes).

    A scalar is np.float64 or np.bool_ (numpy), or a 0-d float64 or bool tensor (torch); an array is an
    ndarray or a tensor, through which torch.autograd reaches the tensors of `env`; a label is a str.
    Undefined scalars (log 0, 1/0) come as inf or nan. Raises InputError where shapes do not fit, an
    index is outside, a name is missing, or the tree is an equation.
    """
    library = library_of(backend)
    with np.errstate(all="ignore"):
        value = _walk(root, dict(env), library)
    return lifted(dense(value, library), library)


def lift(value: Any, backend: Backend) -> Any:
    """A given value as a native one: numbers, Arrays, sequences and tables of them; labels stay."""
    return lifted(value, library_of(backend))


class _Terms(NamedTuple):
    """What a binder gives: the items it went through and the body's value at each."""

    items: list[Any]
    values: list[Any]


def _walk(root: Node, scope: dict[str, Any], library: Library) -> Any:
    values: dict[int, Any] = {}
    open_nodes = [root]
    while open_nodes:
        node = open_nodes[-1]
        if id(node) not in values:
            missing = [child for child in _needed(node, values) if id(child) not in values]
            if missing:
                open_nodes += reversed(missing)
                continue
            values[id(node)] = _apply(node, values, scope, library)
        open_nodes.pop()
    return values[id(root)]


def _needed(node: Node, values: dict[int, Any]) -> Sequence[Node]:
    """The children `node` waits for, as far as the values so far decide."""
    if node.head in ("number", "name", "label", ":"):
        return ()
    if node.head == "for":
        return node.args[1:2]
    if node.head not in ("where", "and", "or"):
        return node.args
    if id(node.args[0]) not in values:
        return node.args[:1]
    first = values[id(node.args[0])]
    if shape(first) != ():
        return node.args
    if node.head == "where":
        return node.args[1:2] if holds(first) else node.args[2:]
    return node.args[1:] if holds(first) == (node.head == "and") else ()


def _apply(node: Node, values: dict[int, Any], scope: dict[str, Any], library: Library) -> Any:
    head = node.head
    if head == "number":
        return lifted(node.args[0], library)
    if head == "name":
        return _named(node.args[0], scope, library)
    if head in ("label", ":"):
        return node.args[0] if head == "label" else slice(None)
    if head == "for":
        return _bind(node, values[id(node.args[1])], scope, library)
    if head in ("where", "and", "or"):
        return _decide(node, values, library)
    args = [values[id(child)] for child in node.args]
    if head == "axis":
        return args[0]
    if head in ("list", "matrix"):
        return stack(args[0].values if isinstance(args[0], _Terms) else args, library)
    if head == "index":
        return index(node.args[0], args[0], args[1:], library)
    if head in ("==", "!=") and any(isinstance(arg, str) for arg in args):
        return same_label(library, head, *args)
    if head == "..":
        return span(library, *(real(arg, head, library) for arg in args))
    if head in OPERATORS:
        return OPERATORS[head](*(real(arg, head, library) for arg in args))
    if head in FUNCTIONS:
        return _call(node, args, library)
    if head == "=":
        raise InputError("an equation has no value: evaluate its two sides")
    raise InputError(f"{head!r} is no operation the NumPy and Torch engine knows")


def _named(name: str, scope: dict[str, Any], library: Library) -> Any:
    if name not in scope:
        if name not in _CONSTANTS:
            raise InputError(f"{name} is not given")
        return library.array(_CONSTANTS[name])
    if not isinstance(scope[name], Mapping):  # a table's entries are lifted one by one, when they are read
        scope[name] = lifted(scope[name], library)
    return scope[name]


def _decide(node: Node, values: dict[int, Any], library: Library) -> Any:
    first, *rest = (values.get(id(child)) for child in node.args)
    if node.head == "where":
        if shape(first) == ():
            return rest[0] if holds(first) else rest[1]
        return FUNCTIONS["where"](library, *(real(value, "where", library) for value in (first, *rest)))
    left = real(first, node.head, library) != 0
    if shape(left) == () and bool(left) != (node.head == "and"):
        return left
    right = real(rest[0], node.head, library) != 0
    require_fit(node.head, left, right)
    return left & right if node.head == "and" else left | right


def _bind(node: Node, domain: Any, scope: dict[str, Any], library: Library) -> _Terms:
    variable, _, body, *condition = node.args
    domain = dense(domain, library)
    if isinstance(domain, tuple):
        items = list(domain)
    elif shape(domain):
        items = list(real(domain, "for", library).reshape(-1))
    else:
        raise InputError(f"{variable.args[0]} needs something to go through: a range, labels or an array")
    inner, kept, terms = dict(scope), [], []
    for item in items:
        inner[variable.args[0]] = item
        if condition and not holds(_walk(condition[0], inner, library)):
            continue
        kept.append(item)
        terms.append(_walk(body, inner, library))
    return _Terms(kept, terms)


def _call(node: Node, args: list[Any], library: Library) -> Any:
    name, function = node.head, FUNCTIONS[node.head]
    if isinstance(args[0], _Terms):
        return _over_terms(name, args[0], library)
    if name == "len" and isinstance(args[0], tuple | Mapping):
        return library.array(len(args[0]))
    axis = args.pop() if node.args[-1].head == "axis" else None
    if len(args) > 1 and name in AXIS and (axis is not None or name not in ("max", "min")):
        raise InputError(f"{name} takes one array; along an axis it is {name}(x, axis=0)")
    reals = [real(arg, name, library) for arg in args]
    if name not in AXIS:
        return function(library, *reals)
    if axis is not None and reals[0].ndim:
        axis = whole(axis, "an axis")
        if not 0 <= axis < reals[0].ndim:
            raise InputError(f"{name}: shape {spell(reals[0])} has no axis {axis}")
    return function(library, *reals, axis=axis)


def _over_terms(name: str, terms: _Terms, library: Library) -> Any:
    if not terms.values:
        if name not in EMPTY:
            raise InputError(f"{name} over nothing: no item of the domain is left")
        return library.truth(name == "all") if name in ("any", "all") else library.array(EMPTY[name])
    reals = [real(value, name, library) for value in terms.values]
    arrays = [value for value in reals if value.ndim]
    if not arrays:
        value = FUNCTIONS[name](library, library.xp.stack(reals))
        return terms.items[int(value)] if name in ("argmax", "argmin") else value
    if name not in ("sum", "prod", "mean"):
        raise InputError(f"{name} … for … needs numbers, not arrays of shape {spell(arrays[0])}")
    total = reduce(OPERATORS[".*" if name == "prod" else "+"], reals)
    return total / len(reals) if name == "mean" else total


__all__ = ["FUNCTIONS", "evaluate", "lift"]
