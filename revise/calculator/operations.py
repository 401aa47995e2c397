"""The operations of the calculator: how each is called, what it does, whether SymPy may wander in it."""

from typing import NamedTuple

from revise.expression.functions import ARITY


class Operation(NamedTuple):
    least: int
    most: int
    usage: str
    meaning: str
    wanders: bool = False


OPERATIONS = {
    "diff": Operation(1, 8, "diff(f, x)  diff(f, x, 2)  diff(f, x, y)", "derivative, with its steps"),
    "grad": Operation(1, 2, "grad(f, [x, y])", "gradient"),
    "jacobian": Operation(1, 2, "jacobian([f1, f2], [x, y])", "one row an output, one column an input"),
    "hessian": Operation(1, 2, "hessian(f, [x, y])", "second derivatives"),
    "taylor": Operation(4, 4, "taylor(f, x, 0, 3)", "Taylor polynomial at 0, up to the power 3", True),
    "limit": Operation(3, 4, "limit(f, x, 0)  limit(f, x, inf)  limit(f, x, 0, right)", "limit; also left", True),
    "integrate": Operation(2, 4, "integrate(f, x)  integrate(f, x, 0, inf)", "antiderivative, or the area", True),
    "sum": Operation(1, 4, "sum(f, k, 1, n)  sum([1, 2])", "sum over whole k, or of a list", True),
    "solve": Operation(2, 2, "solve(x^2 = 4, x)  solve([a = 1, a*b = 2], [a, b])", "real solutions", True),
    "simplify": Operation(1, 1, "simplify(f)", "the shortest form found", True),
    "expand": Operation(1, 1, "expand(f)", "multiplied out", True),
    "factor": Operation(1, 1, "factor(f)", "as a product", True),
    "inverse": Operation(1, 1, "inverse(A)", "also inv(A)"),
    "transpose": Operation(1, 1, "transpose(A)", "also A.T"),
    "rank": Operation(1, 1, "rank(A)", "number of independent rows", True),
    "norm": Operation(1, 2, "norm(v, 1)  norm(A, 2)  norm(A, inf)  norm(A, fro)", "vector and matrix norms"),
    "eigen": Operation(1, 1, "eigen(A)", "eigenvalues and eigenvectors", True),
    "svd": Operation(1, 1, "svd(A)", "A = U S V.T", True),
}
# of the language itself, named in the help beside the others
LANGUAGE = {
    "A @ B": "matrix product; .* and ./ entry by entry",
    "det(A)  trace(A)  kron(A, B)": "determinant, trace, Kronecker product",
}
# a name → what it stands for, in u
ABBREVIATIONS = {
    "tan": "sin(u)/cos(u)",
    "sinh": "(exp(u) - exp(-u))/2",
    "cosh": "(exp(u) + exp(-u))/2",
    "logit": "log(u/(1 - u))",
    "silu": "u*sigmoid(u)",
    "gelu": "u*(1 + erf(u/sqrt(2)))/2",
}

# what the parser takes for calls: name → least and greatest number of arguments
CALLS = {name: (operation.least, operation.most) for name, operation in OPERATIONS.items()}
CALLS |= dict.fromkeys(ABBREVIATIONS, (1, 1))
# whose answer is several things, so that it stands alone
SEVERAL = frozenset({"solve", "eigen", "svd"})


def table() -> list[tuple[str, str]]:
    """How each operation is called, and what it does."""
    return [*((operation.usage, operation.meaning) for operation in OPERATIONS.values()), *LANGUAGE.items()]


assert not set(ABBREVIATIONS) & set(ARITY)
