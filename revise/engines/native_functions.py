def _entrywise(name: str) -> Callable[..., Any]:
    return lambda library, x: getattr(library.xp, name)(x)


def _round(library: NumPy, x: Any) -> Any:
    towards_zero = library.xp.trunc(x)
    away = library.array(abs(x - towards_zero) >= 0.5)
    return towards_zero + library.xp.sign(x) * away


def _factorial(library: NumPy, n: Any) -> Any:
    return library.counted(_count_orders, lambda lgamma, n: lgamma(n + 1), n)


def _count_orders(n: float) -> float:
    if not math.isfinite(n):
        return n if n > 0 else math.nan
    if n > 171:
        return math.inf
    if abs(n - round(n)) > _WHOLE:
        return math.gamma(n + 1)
    return math.nan if n < -_WHOLE else float(math.factorial(round(n))) if n < 170.5 else math.inf


def _binom(library: NumPy, n: Any, k: Any) -> Any:
    fit("binom", n, k)
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


def _log_to(library: NumPy, x: Any, base: Any) -> Any:
    fit("log_b", x, base)
    return library.xp.log(x) / library.xp.log(base)


def _reduction(name: str) -> Callable[..., Any]:
    """Over all entries, or along an axis that stays with length 1."""

    def run(library: NumPy, x: Any, axis: int | None = None) -> Any:
        keep = axis is not None and x.ndim > 0
        if axis is None or not keep:
            x, axis = x.reshape(-1), 0
        if x.shape[axis] == 0 and name not in _EMPTY:
            raise InputError(f"{name} of no entries")
        return _REDUCTIONS[name](library, x, axis, keep)

    return run


def _variance(library: NumPy, x: Any, axis: int, keep: bool) -> Any:
    centred = x - library.xp.mean(x, axis=axis, keepdims=True)
    return library.xp.mean(centred**2, axis=axis, keepdims=keep)


_EMPTY = {"sum": 0.0, "prod": 1.0, "any": 0.0, "all": 1.0}
_REDUCTIONS: dict[str, Callable[[NumPy, Any, int, bool], Any]] = {
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

    def run(library: NumPy, *args: Any, axis: int | None = None) -> Any:
        if len(args) == 1:
            return whole(library, args[0], axis)
        fit(name, *args)
        return reduce(getattr(library.xp, pairwise), args)

    return run


def _softmax(library: NumPy, x: Any, axis: int | None = None) -> Any:
    if x.ndim == 0 or (axis is None and x.ndim > 1):
        raise InputError(f"softmax of shape {spell(x)}: it needs a vector, or a matrix and an axis=")
    return library.softmax(x, axis or 0)


def _dot(library: NumPy, left: Any, right: Any) -> Any:
    vectors("dot", left, right)
    return _matmul(library, left, right)


def _outer(library: NumPy, left: Any, right: Any) -> Any:
    vectors("outer", left, right)
    return left[:, None] * right[None, :]


def _norm(library: NumPy, x: Any, order: Any = None) -> Any:
    p = 2.0 if order is None else math.nan if order.ndim else float(order.item())
    if p not in (1.0, 2.0, math.inf):
        raise InputError("norm is norm(x), norm(x, 1) or norm(x, inf)")
    return library.xp.linalg.norm(x.reshape(-1), p)


def _solve(library: NumPy, matrix: Any, right: Any) -> Any:
    square("solve", matrix)
    if right.ndim not in (1, 2) or right.shape[0] != matrix.shape[0]:
        raise InputError(f"solve: shapes {spell(matrix)} and {spell(right)} do not fit")
    return _regular("solve", library.xp.linalg.solve, matrix, right)


def _inverse(library: NumPy, matrix: Any) -> Any:
    square("inv", matrix)
    return _regular("inv", library.xp.linalg.inv, matrix)


def _regular(where: str, function: Callable[..., Any], *args: Any) -> Any:
    try:
        return function(*args)
    except (np.linalg.LinAlgError, RuntimeError):  # Torch's LinAlgError is a RuntimeError
        raise InputError(f"{where}: the matrix is singular") from None


def _determinant(library: NumPy, matrix: Any) -> Any:
    square("det", matrix)
    return library.xp.linalg.det(matrix)


def _trace(library: NumPy, matrix: Any) -> Any:
    square("trace", matrix)
    return library.xp.trace(matrix)


def _matpow(library: NumPy, matrix: Any, exponent: Any) -> Any:
    square("matpow", matrix)
    times = whole(exponent, "the exponent of matpow")
    if times < 0:
        raise InputError(f"matpow needs an exponent of 0 or more, not {times}")
    return library.xp.linalg.matrix_power(matrix, times)


def _diag(library: NumPy, x: Any) -> Any:
    if x.ndim not in (1, 2):
        raise InputError(f"diag needs a vector or a matrix, not shape {spell(x)}")
    return library.xp.diag(x)


def _tril(library: NumPy, x: Any) -> Any:
    if x.ndim != 2:
        raise InputError(f"tril needs a matrix, not shape {spell(x)}")
    return library.xp.tril(x)


def _full(name: str, entry: float) -> Callable[..., Any]:
    def make(library: NumPy, *sizes: Any) -> Any:
        shape = [length(size, name) for size in sizes]
        if math.prod(shape) > _MOST_ENTRIES:
            raise InputError(f"{name} of more than {_MOST_ENTRIES:,} entries")
        return library.array(np.full(shape, entry))

    return make


def _eye(library: NumPy, size: Any) -> Any:
    return library.array(np.eye(len(_full("eye", 1.0)(library, size, size))))


def _onehot(library: NumPy, position: Any, size: Any) -> Any:
    k, n = whole(position, "the position in onehot"), length(size, "onehot")
    if not 0 <= k < n:
        raise InputError(f"onehot: position {k} is outside 0 to {n - 1}")
    return library.array([float(i == k) for i in range(n)])


def _concat(library: NumPy, *parts: Any) -> Any:
    blocks = [part if part.ndim else part.reshape(1) for part in parts]
    for block in blocks:
        if block.shape[1:] != blocks[0].shape[1:]:
            raise InputError(f"concat: shapes {spell(blocks[0])} and {spell(block)} do not fit")
    return library.xp.concatenate(blocks)


def _len(library: NumPy, x: Any) -> Any:
    return library.array(x.shape[0] if x.ndim else 1)


def _sizes(library: NumPy, x: Any) -> Any:
    if not x.ndim:
        raise InputError("shape of one number: it has no axis")
    return library.array(tuple(x.shape))


def _where(library: NumPy, condition: Any, yes: Any, no: Any) -> Any:
    """Of a condition that is an array; with a scalar one `_decide` takes a side unseen."""
    fit("where", condition, yes, no)
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
