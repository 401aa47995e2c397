"""The operators of the native engine, and indexing."""

import operator
from collections.abc import Callable, Mapping
from typing import Any

from revise.engines.native_shapes import MOST_ENTRIES, describe, require_fit, shape, spell, whole
from revise.engines.native_values import Library, lifted
from revise.errors import InputError
from revise.expression import Node


def _broadcast(sign: str, function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def operate(left: Any, right: Any) -> Any:
        require_fit(sign, left, right)
        return function(left, right)

    return operate


def _times(left: Any, right: Any) -> Any:
    if left.ndim and right.ndim:
        raise InputError(f"*: shapes {spell(left)} and {spell(right)}; between arrays write .* or @")
    return left * right


def _divide(left: Any, right: Any) -> Any:
    if right.ndim:
        raise InputError(f"/: shapes {spell(left)} and {spell(right)}; entry by entry it is ./")
    return left / right


def _power(left: Any, right: Any) -> Any:
    if left.ndim or right.ndim:
        raise InputError(f"^: shapes {spell(left)} and {spell(right)}; write .^ or matpow")
    return left**right


def matmul(left: Any, right: Any) -> Any:
    if left.ndim not in (1, 2) or right.ndim not in (1, 2) or left.shape[-1] != right.shape[0]:
        raise InputError(f"@: shapes {spell(left)} and {spell(right)} do not fit")
    return left @ right


OPERATORS: dict[str, Callable[..., Any]] = {
    "+": _broadcast("+", operator.add),
    "-": _broadcast("-", operator.sub),
    ".*": _broadcast(".*", operator.mul),
    "./": _broadcast("./", operator.truediv),
    ".^": _broadcast(".^", operator.pow),
    "==": _broadcast("==", operator.eq),
    "!=": _broadcast("!=", operator.ne),
    "<": _broadcast("<", operator.lt),
    "<=": _broadcast("<=", operator.le),
    ">": _broadcast(">", operator.gt),
    ">=": _broadcast(">=", operator.ge),
    "*": _times,
    "/": _divide,
    "^": _power,
    "@": matmul,
    "neg": operator.neg,
    "not": lambda x: x == 0,
    "%": lambda x: x / 100,
    ".T": lambda x: x.T if x.ndim == 2 else x,
}


def span(library: Library, first: Any, last: Any) -> Any:
    """`first..last`."""
    start, stop = whole(first, "the start of a range"), whole(last, "the end of a range")
    if stop - start >= MOST_ENTRIES:
        raise InputError(f"a range of more than {MOST_ENTRIES:,} numbers")
    return library.array(range(start, stop + 1))


def same_label(library: Library, sign: str, left: Any, right: Any) -> Any:
    """`==` or `!=` with a label on one side at least."""
    for side in (left, right):
        if not isinstance(side, str) and shape(side) != ():
            raise InputError(f"{sign} compares a label with a label, not with " + describe(side))
    same = isinstance(left, str) and isinstance(right, str) and left == right
    return library.truth(same == (sign == "=="))


def index(written: Node, container: Any, indices: list[Any], library: Library) -> Any:
    """The entry or part of an array, of labels or of a table; a slice keeps a whole axis."""
    called = written.args[0] if written.head == "name" else "this array"
    spots: list[Any] = [
        spot if isinstance(spot, str | slice) else whole(spot, f"an index of {called}") for spot in indices
    ]
    if isinstance(container, Mapping):
        return _look_up(called, container, spots, library)
    sizes = (len(container),) if isinstance(container, tuple) else shape(container)
    if not sizes:
        raise InputError(f"{called} is one value and takes no index")
    if len(spots) > len(sizes):
        raise InputError(f"{called} of shape {spell(container)} takes no {len(spots)} indices")
    for spot, size in zip(spots, sizes, strict=False):
        if isinstance(spot, str):
            raise InputError(f"{called} counts from 0 and has no entry {spot}")
        if not isinstance(spot, slice) and not 0 <= spot < size:
            raise InputError(f"{called}[{spot}]: the indices of {called} go from 0 to {size - 1}")
    return container[spots[0]] if isinstance(container, tuple) else container[tuple(spots)]


def _look_up(called: str, table: Mapping[Any, Any], spots: list[Any], library: Library) -> Any:
    if any(isinstance(spot, slice) for spot in spots):
        raise InputError(f"{called} is a table: it has entries, but no rows to take with ':'")
    for key in (spots[0], (spots[0],)) if len(spots) == 1 else (tuple(spots),):
        if key in table:
            return table[key] if isinstance(table[key], Mapping) else lifted(table[key], library)
    raise InputError(f"{called}[{', '.join(map(str, spots))}] is not given")
