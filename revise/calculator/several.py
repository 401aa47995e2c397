"""Answers that are several things: solutions, eigenvalues with their vectors, U S V.T."""

from collections.abc import Callable

from revise.calculator.echo import maths
from revise.calculator.reading import listed
from revise.calculator.result import Result
from revise.calculator.values import Values, number_tree
from revise.engines.arrays import Array
from revise.errors import InputError
from revise.expression import Node, name

# what compares the answer with numbers: a word for it, and "equal", "different" or "open"
Check = Callable[[], tuple[str, str]]


def solved(node: Node, values: Values, result: Result) -> Check:
    from revise.calculator.sympy_algebra import solutions

    asked, letters = node.args[0], listed(node.args[1])
    parts = asked.args if asked.head == "list" else (asked,)
    for part in parts:
        if part.head in ("<", "<=", ">", ">=", "!="):
            raise InputError("solve takes equations, not inequalities")
    equations = [values.symbol(Node("-", part.args) if part.head in ("=", "==") else part) for part in parts]
    if len(equations) > len(letters) * 4 or len(letters) > 8:
        raise InputError("solve: up to 8 letters, and not many more equations than letters")
    symbols = [values.symbol(name(letter)) for letter in letters]
    found, notes, verdict = solutions(equations, symbols)
    result.notes += notes
    result.value = []
    several = len(found) > 1
    for place, solution in enumerate(found, 1):
        solution_values: dict[str, str] = {}
        for symbol, root in solution.items():
            raised = rf"^{{({place})}}" if several and len(letters) > 1 else rf"_{{{place}}}" if several else ""
            label = maths(name(symbol.name)) + raised
            shown = values.line(values.kept(root), label, symbol.name)
            result.lines.append(shown)
            solution_values[symbol.name] = shown.line
        result.value.append(solution_values)
    return lambda: ("numbers put in solve it", verdict)


def eigen(node: Node, values: Values, result: Result) -> None:
    from revise.calculator.sympy_matrices import eigen as found_eigen

    matrix = values.symbolic(node.args[0])
    found, notes = found_eigen(matrix)
    result.notes += notes
    result.value = {"values": [], "vectors": []}
    for place, each in enumerate(found, 1):
        label = rf"\lambda_{{{place}}}"
        shown = values.line(values.kept(each.value), label, f"lambda{place}")
        if each.times > 1:
            result.notes.append(f"Eigenvalue {place} counts {each.times} times.")
        result.lines.append(shown)
        result.value["values"] += [shown.line] * each.times
        for which, vector in enumerate(each.vectors):
            prime = "'" * which
            column = values.line(
                values.kept(Array((len(vector),), tuple(vector))), rf"v_{{{place}}}{prime}", f"v{place}{prime}"
            )
            result.lines.append(column)
            result.value["vectors"].append(column.line)


def singular(node: Node, values: Values, result: Result) -> None:
    from revise.calculator.sympy_matrices import singular as found_singular

    left, sizes, right = found_singular(values.symbolic(node.args[0]))
    diagonal = values.line(values.kept(Array((len(sizes),), tuple(sizes))), r"\operatorname{diag} S", "S")
    u = values.line(number_tree(Array((len(left), len(left[0])), tuple(x for row in left for x in row))), "U", "U")
    v = values.line(
        number_tree(Array((len(right), len(right[0])), tuple(x for row in right for x in row))), r"V^{\top}", "V.T"
    )
    result.lines = [u, diagonal, v]
    result.notes.append("The thin decomposition; a column of U and its row of V.T may both change their sign.")
    result.value = {"U": u.decimal, "S": diagonal.decimal, "V.T": v.decimal}
