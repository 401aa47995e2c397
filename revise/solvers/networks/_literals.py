"""Numbers that were found, not computed, as formulas of their own."""

from collections.abc import Sequence
from typing import Any

from revise.expression import Node, number


def vector_of(values: Sequence[Any]) -> Node:
    return Node("list", tuple(map(number, values)))


def matrix_of(rows: Sequence[Sequence[Any]]) -> Node:
    return Node("matrix", tuple(map(vector_of, rows)))
