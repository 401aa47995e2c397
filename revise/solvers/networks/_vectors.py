"""Several vectors or matrices in one argument: the gradients or the weights of a network's layers."""

from dataclasses import dataclass

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.parameters import read_matrix

_MOST = 50


@dataclass(frozen=True)
class Vectors:
    """`parts` in their order; a lone row is a vector."""

    METAVAR = '"3, 4 | 0, 12"'
    parts: tuple[Array, ...]

    @classmethod
    def from_text(cls, text: str) -> "Vectors":
        """`3, 4 | 0, 12`: a pipe between one layer's values and the next one's. Raises InputError naming the part."""
        pieces = text.replace("｜", "|").split("|")
        if len(pieces) > _MOST:
            raise InputError(f"{len(pieces)} parts are more than {_MOST}")
        return cls(tuple(_read(piece, place, len(pieces)) for place, piece in enumerate(pieces, 1)))


def _read(piece: str, place: int, count: int) -> Array:
    try:
        matrix = read_matrix(piece)
    except InputError as fault:
        if count == 1:
            raise
        reason = "is empty: a pipe stands between parts" if not piece.strip() else str(fault)
        raise InputError(f"part {place} of {count} {reason}") from None
    return Array((len(matrix.flat),), matrix.flat) if matrix.shape[0] == 1 else matrix
