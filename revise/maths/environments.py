r"""`\begin{…} … \end{…}`: matrices, cases and the lines of derivations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from revise.maths.tree import Fenced, Node, Table, Unreadable

if TYPE_CHECKING:
    from revise.maths.reader import Reader

_FENCES = {
    "pmatrix": ("(", ")"),
    "bmatrix": ("[", "]"),
    "Bmatrix": ("{", "}"),
    "vmatrix": ("|", "|"),
    "Vmatrix": ("‖", "‖"),
    "cases": ("{", ""),
    "dcases": ("{", ""),
    "rcases": ("", "}"),
}
_STYLES = (
    dict.fromkeys(["matrix", "smallmatrix", *_FENCES], "matrix")
    | dict.fromkeys(["cases", "dcases", "rcases"], "cases")
    | dict.fromkeys(["aligned", "align", "alignat", "alignedat", "split", "eqnarray", "flalign"], "aligned")
    | dict.fromkeys(["gathered", "gather", "equation", "multline", "displaymath", "math"], "lines")
    | {"array": "array"}
)


def begin(reader: Reader, name: str) -> Node:
    """The environment that follows; an unknown one is unreadable."""
    environment = reader.raw().strip().rstrip("*")
    if environment not in _STYLES:
        raise Unreadable(f"the environment {environment} is unknown")
    reader.open.append(f"\\begin{{{environment}}}")
    columns = ""
    if environment in ("array", "alignat", "alignedat") and reader.look() == "{":
        columns = "".join(letter for letter in reader.raw() if letter in "lcr")
    rows = reader.cells(frozenset(["\\end"]))
    reader.expect("\\end")
    end = reader.raw().strip().rstrip("*")
    if end != environment:
        raise Unreadable(f"\\begin{{{environment}}} is closed by \\end{{{end}}}")
    reader.open.pop()
    table = Table(rows, _STYLES[environment], columns)
    left, right = _FENCES.get(environment, ("", ""))
    return Fenced(left, table, right) if left or right else table
