"""The matrices of self-attention: whether they fit, and the share of each head."""

from revise.engines.arrays import Array, transpose
from revise.errors import InputError
from revise.solvers.sequences._tokens import by, columns

_MOST_HEADS = 4


def split(matrix: Array | None, heads: int, row: bool) -> Array | dict[int, Array] | None:
    """The matrix as it is for one head; for several the share of each, counted from 1."""
    if matrix is None or heads == 1:
        return matrix
    lying = matrix if row else transpose(matrix)
    share = lying.shape[1] // heads
    parts = {h + 1: columns(lying, h * share, share) for h in range(heads)}
    return parts if row else {h: transpose(part) for h, part in parts.items()}


def check(matrices: dict[str, Array], row: bool, heads: int) -> int:
    """How long keys are, all heads together."""
    if heads > _MOST_HEADS:
        raise InputError(f"num-heads: at most {_MOST_HEADS} heads are worked out line by line, not {heads}")
    sizes = {name: value.shape if row else value.shape[::-1] for name, value in matrices.items()}
    size = sizes["x"][1]
    long = {}
    for name in ("w_q", "w_k", "w_v"):
        if name not in sizes:
            if heads > 1:
                raise InputError(f"{name.replace('_', '-')}: several heads need W_Q, W_K and W_V, which they share out")
            long[name] = size
            continue
        high, long[name] = sizes[name]
        if high != size:
            _refuse(matrices, name, row, f"a token has {size} entries")
        if long[name] % heads:
            raise InputError(
                f"num-heads: {heads} heads can't share the {long[name]} entries that {name.replace('_', '-')} makes"
            )
    if long["w_q"] != long["w_k"]:
        raise InputError(f"w-k: a key has {long['w_k']} entries, a query {long['w_q']}; their product needs as many")
    if "w_o" in sizes and sizes["w_o"][0] != long["w_v"]:
        _refuse(matrices, "w_o", row, f"a value of all heads together has {long['w_v']} entries")
    return long["w_k"]


def _refuse(matrices: dict[str, Array], name: str, row: bool, why: str) -> None:
    matrix, shown = matrices[name], name.replace("_", "-")
    side = "rows" if row else "columns"
    other = "column" if row else "row"
    raise InputError(
        f"{shown}: {by(matrix)}, with x {by(matrices['x'])}: {why}, so {shown} needs as many {side}; "
        f"tokens are {'rows' if row else 'columns'} here, --convention {other} takes the others"
    )
