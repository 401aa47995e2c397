def _index(written: Node, container: Any, indices: list[Any], library: NumPy) -> Any:
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


def _look_up(called: str, table: Mapping[Any, Any], spots: list[Any], library: NumPy) -> Any:
    if _WHOLE_AXIS in spots:
        raise InputError(f"{called} is a table: it has entries, but no rows to take with ':'")
    for key in (spots[0], (spots[0],)) if len(spots) == 1 else (tuple(spots),):
        if key in table:
            return table[key] if isinstance(table[key], Mapping) else lifted(table[key], library)
    raise InputError(f"{called}[{', '.join(map(str, spots))}] is not given")


def _broadcast(sign: str, function: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    def operate(library: NumPy, left: Any, right: Any) -> Any:
        fit(sign, left, right)
        return function(left, right)

    return operate


def _times(library: NumPy, left: Any, right: Any) -> Any:
    if left.ndim and right.ndim:
        raise InputError(f"*: shapes {spell(left)} and {spell(right)}; between arrays write .* or @")
    return left * right


def _divide(library: NumPy, left: Any, right: Any) -> Any:
    if right.ndim:
        raise InputError(f"/: shapes {spell(left)} and {spell(right)}; entry by entry it is ./")
    return left / right


def _power(library: NumPy, left: Any, right: Any) -> Any:
    if left.ndim or right.ndim:
        raise InputError(f"^: shapes {spell(left)} and {spell(right)}; write .^ or matpow")
    return left**right


def _matmul(library: NumPy, left: Any, right: Any) -> Any:
    if left.ndim not in (1, 2) or right.ndim not in (1, 2) or left.shape[-1] != right.shape[0]:
        raise InputError(f"@: shapes {spell(left)} and {spell(right)} do not fit")
    return left @ right


def _range(library: NumPy, first: Any, last: Any) -> Any:
    start, stop = whole(first, "the start of a range"), whole(last, "the end of a range")
    if stop - start >= _MOST_ENTRIES:
        raise InputError(f"a range of more than {_MOST_ENTRIES:,} numbers")
    return library.array(range(start, stop + 1))


def _same_label(library: NumPy, sign: str, left: Any, right: Any) -> Any:
    for side in (left, right):
        if not isinstance(side, str) and shape(side) != ():
            raise InputError(f"{sign} compares a label with a label, not with " + what(side))
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
