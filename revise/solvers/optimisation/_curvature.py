"""The largest learning rate of a quadratic: 2 over the largest eigenvalue of its second derivatives."""

from collections.abc import Mapping
from typing import Any

from revise.engines import exact
from revise.engines.derivative import derivative
from revise.errors import InputError
from revise.expression import Node, free_names
from revise.solution import Work
from revise.solvers.optimisation._descent import Descent

_TWO = "(H[0,0] + H[1,1])/2 + sqrt(((H[0,0] - H[1,1])/2)^2 + H[0,1]^2)"
_TWO_LEAST = "(H[0,0] + H[1,1])/2 - sqrt(((H[0,0] - H[1,1])/2)^2 + H[0,1]^2)"


def hessian(root: Node, labels: list[str]) -> list[list[Node]]:
    """The second derivatives. Raises InputError where there are none."""
    slopes = [derivative(root, label) for label in labels]
    return [[derivative(slope, other) for other in labels] for slope in slopes]


def matrix(rows: list[list[Node]]) -> Node:
    return Node("matrix", tuple(Node("list", tuple(row)) for row in rows))


def bound(descent: Descent) -> Mapping[str, str]:
    """The steps to the bound where the function is a convex quadratic; word → step. Elsewhere nothing."""
    work, problem = descent.work, descent.problem
    if problem.root is None:
        return {}
    try:
        rows = [[descent.free(entry) for entry in row] for row in hessian(problem.root, problem.labels)]
    except InputError:
        return {}
    if any(set(free_names(entry)) & set(problem.labels) for row in rows for entry in row):
        return {}
    letters = any(isinstance(value, Node) for value in problem.constants.values())
    if problem.single:
        if not letters and _number(rows[0][0], work) <= 0:
            return {}
        work.let("H", rows[0][0], "second derivative: the same everywhere, the function is a quadratic")
        why = "the descent converges while |1 − ηH| < 1"
        work.let("eta_max", "2/H", why + (", for H above 0" if letters else ""))
        return {"largest-lr": "eta_max"}
    if letters:
        return {}
    size = len(problem.labels)
    numbers = [[_number(entry, work) for entry in row] for row in rows]
    diagonal = all(numbers[i][j] == 0 for i in range(size) for j in range(size) if i != j)
    if size > 2 and not diagonal:
        return {}
    least = min(numbers[i][i] for i in range(size))
    if least <= 0 or (size == 2 and numbers[0][0] * numbers[1][1] <= numbers[0][1] ** 2):
        return {}
    work.let("H", matrix(rows), "second derivatives: the same everywhere, the function is a quadratic")
    if diagonal:
        work.let("lambda_max", "max(diag(H))", "H is diagonal: its largest eigenvalue is its largest entry")
        work.let("lambda_min", "min(diag(H))", "and the smallest its smallest")
    else:
        law = "det(H - lambda_max*eye(2)) = 0"
        work.let("lambda_max", _TWO, "largest eigenvalue of a symmetric 2×2 matrix", holds=law)
        work.let("lambda_min", _TWO_LEAST, "smallest eigenvalue", holds="lambda_max*lambda_min = det(H)")
    work.let("eta_max", "2/lambda_max", "the descent converges while |1 − ηλ| < 1 for every eigenvalue λ")
    work.let("kappa", "lambda_max/lambda_min", "condition number: the larger, the slower along the flat direction")
    return {"largest-lr": "eta_max", "condition-number": "kappa"}


def _number(tree: Node, work: Work) -> Any:
    return exact.evaluate(tree, work.env)
