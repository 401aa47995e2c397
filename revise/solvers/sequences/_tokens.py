"""Matrices whose rows are tokens: their rows, their sizes, small ones drawn."""

from random import Random
from typing import Any

from revise.engines.arrays import Array
from revise.errors import InputError


def by(value: Array) -> str:
    """3×2"""
    return "×".join(map(str, value.shape))


def rows(matrix: Array) -> dict[int, Array]:
    """The rows as vectors, counted from 1."""
    wide = matrix.shape[1]
    return {i + 1: Array((wide,), matrix.flat[i * wide : (i + 1) * wide]) for i in range(matrix.shape[0])}


def columns(matrix: Array, first: int, count: int) -> Array:
    """`count` neighbouring columns from `first` on, counted from 0."""
    high, wide = matrix.shape
    flat = [matrix.flat[i * wide + j] for i in range(high) for j in range(first, first + count)]
    return Array((high, count), tuple(flat))


def check_size(matrix: Array, name: str, most: int) -> None:
    """Raises InputError where the matrix is larger than anyone works out by hand."""
    if max(matrix.shape) > most:
        raise InputError(f"{name}: {by(matrix)} is too large to be worked out line by line; at most {most} a side")


def check_shape(matrix: Array, name: str, wanted: tuple[int, int], why: str) -> None:
    if matrix.shape != wanted:
        raise InputError(f"{name}: {by(matrix)}, but it has to be {wanted[0]}×{wanted[1]}: {why}")


def drawn(rng: Random, high: int, wide: int, least: int = -2, most: int = 2) -> str:
    """A matrix of small whole numbers as text."""
    return "; ".join(", ".join(str(rng.randint(least, most)) for _ in range(wide)) for _ in range(high))


def torched(value: Any) -> Any:
    """An Array as a Torch tensor in float64."""
    import torch

    return torch.tensor([float(entry) for entry in value.flat], dtype=torch.float64).reshape(value.shape)
