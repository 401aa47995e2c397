def shape(value: Any) -> tuple[int, ...] | None:
    """None for what is neither a number nor an array."""
    return tuple(value.shape) if hasattr(value, "shape") else None


def spell(value: Any) -> str:
    """2×3; (4) for a vector."""
    sizes = (len(value),) if isinstance(value, tuple) else shape(value)
    if not sizes:
        return "of one number"
    return "×".join(str(size) for size in sizes) if len(sizes) > 1 else f"({sizes[0]})"


def dense(value: Any, library: NumPy) -> Any:
    """A table with the keys 0, 1, … as an array; anything else as it is."""
    if isinstance(value, Mapping) and value and list(value) == list(range(len(value))):
        return stack([dense(lifted(entry, library), library) for entry in value.values()], library)
    return value


def real(value: Any, where: str, library: NumPy) -> Any:
    """`value` as float64, truth as 0 and 1."""
    value = dense(value, library)
    if isinstance(value, str):
        raise InputError(f"{where}: {value} is a label, no number")
    if isinstance(value, tuple | Mapping):
        raise InputError(f"{where}: a {'list of labels' if isinstance(value, tuple) else 'table'} is no number")
    return value if value.dtype == library.xp.float64 else library.array(value)


def holds(value: Any) -> bool:
    if shape(value) != ():
        raise InputError("a condition must be one truth value, not " + what(value))
    return bool(value.item())


def whole(value: Any, what: str) -> int:
    if shape(value) != ():
        raise InputError(f"{what} must be one whole number, not " + what(value))
    plain = float(value.item())
    if not math.isfinite(plain) or abs(plain - round(plain)) > _WHOLE * max(1.0, abs(plain)):
        raise InputError(f"{what} must be a whole number, not {plain:g}")
    return round(plain)


def what(value: Any) -> str:
    if shape(value) is None:
        return f"the label {value}" if isinstance(value, str) else "a table or labels"
    return f"an array of shape {spell(value)}"


def length(value: Any, where: str) -> int:
    size = whole(value, f"the size in {where}")
    if not 0 <= size <= _MOST_ENTRIES:
        raise InputError(f"{where}: a size from 0 to {_MOST_ENTRIES:,}, not {size}")
    return size


def fit(sign: str, *values: Any) -> None:
    """Refuse shapes that do not broadcast."""
    shapes = {tuple(value.shape) for value in values if value.ndim}
    if len(shapes) > 1:
        try:
            np.broadcast_shapes(*shapes)
        except ValueError:
            spelled = " and ".join(spell(value) for value in values)
            raise InputError(f"{sign}: shapes {spelled} do not fit") from None


def vectors(where: str, *values: Any) -> None:
    for value in values:
        if value.ndim != 1:
            raise InputError(f"{where} needs vectors, not shape {spell(value)}")


def square(where: str, value: Any) -> None:
    if value.ndim != 2 or value.shape[0] != value.shape[1]:
        raise InputError(f"{where} needs a square matrix, not shape {spell(value)}")


def stack(items: Sequence[Any], library: NumPy) -> Any:
    """Along a new first axis; labels make a tuple."""
    if not items:
        raise InputError("an empty list has no shape")
    if any(isinstance(item, str) for item in items):
        return tuple(items)
    rows = [real(item, "a list", library) for item in items]
    for row in rows:
        if row.shape != rows[0].shape:
            raise InputError(f"the rows of this array differ: shapes {spell(rows[0])} and {spell(row)}")
    return library.xp.stack(rows)
