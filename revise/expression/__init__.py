"""The expression language: text → tree. Nothing a person typed is ever evaluated as Python."""

from revise.expression.lexer import ExpressionError
from revise.expression.node import LEAVES, Node, free_names, name, number, postorder, substitute
from revise.expression.parser import FILE, FORMULA, TYPED, Limits, parse

__all__ = [
    "FILE",
    "FORMULA",
    "LEAVES",
    "TYPED",
    "ExpressionError",
    "Limits",
    "Node",
    "free_names",
    "name",
    "number",
    "parse",
    "postorder",
    "substitute",
]
