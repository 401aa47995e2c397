"""Does an RNN's gradient vanish or explode: bound and product."""

from random import Random
from typing import Any, Literal

from revise.engines.arrays import Array, entries
from revise.errors import InputError
from revise.expression import FORMULA, Node, parse
from revise.parameters import Matrix, Number
from revise.solution import Solution, Work
from revise.solvers.sequences._cell_input import Weight
from revise.solvers.sequences._rnn_gradient_input import check_range, last_step, rows_of, size_of
from revise.solvers.sequences._rnn_jacobians import product, singular, verdict

SERVES: dict[str, dict[str, object]] = {"rnn-gradient": {}}
SOURCE = "Pascanu, Mikolov & Bengio 2013, On the difficulty of training recurrent neural networks, section 2.1"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Strang, Introduction to Linear Algebra, chapter on the SVD: A = [3 0; 4 5] has singular values √45 and √5,
    # eigenvalues 3 and 5
    ({"whh": "3, 0; 4, 5", "steps": 2, "activation": "identity"}, {"sigma_max": "6.7082", "rho": 5, "bound": "6.7082"}),
]
_SLOPE = {"tanh": "1", "sigmoid": "1/4", "relu": "1", "identity": "1"}
_WHY_SLOPE = {
    "tanh": "tanh′ is at most 1, at 0",
    "sigmoid": "σ′ is at most 1/4, at 0",
    "relu": "relu′ is 1 or 0",
    "identity": "the derivative of a linear unit is 1",
}
MISTAKES = {
    "bound": {
        "one factor too many: h_1 to h_T are T − 1 steps": "factor^T",
        "the slope of the activation is forgotten": "sigma_max^(T - 1)",
        "added up instead of multiplied": "(T - 1)*factor",
    },
}
_SLIPS = {
    "sqrt(lambda_1)": {"the root is forgotten: the eigenvalues of WᵀW are the squares": "lambda_1"},
    "w*s[t]": {"the slope is left out": "w"},
    "diag(s[t]) @ W": {"the slope is left out": "W", "the slopes multiply the columns": "W @ diag(s[t])"},
}


def solve(
    whh: Weight | None = None,
    steps: Number | None = None,
    activation: Literal["tanh", "sigmoid", "relu", "identity"] = "tanh",
    slopes: Matrix | None = None,
    states: Matrix | None = None,
    sigma_max: Number | None = None,
    gamma: Number | None = None,
) -> Solution:
    """The bound (γ σ_max)^(T−1) of ∂h_T/∂h_1, and the product itself where the slopes are known.

    whh         the state's weights: a number, a 2×2 matrix, or a diagonal one
    steps       T, the last step: from h_1 to h_T there are T − 1 factors
    activation  its greatest slope is γ: 1 for tanh, relu, identity, 1/4 for sigmoid
    slopes      f′(a) at the steps 2 … T, for the product itself: "0.5, 0.8", or a row of n for each step
    states      instead of the slopes, the states h at the steps 2 … T
    sigma_max   instead of whh: the largest singular value, where the matrix is larger than can be worked by hand
    gamma       another greatest slope than the activation's

    Below 1/γ the gradient must vanish (sufficient); only above it can it explode (necessary, not sufficient).

    Raises InputError naming the argument that is missing or does not fit.
    """
    if (whh is None) == (sigma_max is None):
        raise InputError("whh: give either the state's weights --whh or their largest singular value --sigma-max")
    if slopes is not None and states is not None:
        raise InputError("states: the slopes are given already; leave one of them out")
    if sigma_max is not None and not isinstance(sigma_max, Node) and sigma_max < 0:
        raise InputError(f"sigma-max: a singular value is never negative, as {sigma_max} is")
    if gamma is not None and not isinstance(gamma, Node) and gamma <= 0:
        raise InputError(f"gamma: the greatest slope is above 0, not {gamma}")
    if states is not None and activation == "identity":
        raise InputError("states: a linear unit has slope 1 whatever its state; leave them out")
    size = size_of(whh)
    along = slopes if slopes is not None else states
    rows = None if along is None else rows_of(along, size, whh, "slopes" if states is None else "states")
    if rows is not None:
        check_range(rows, activation, gamma, states is not None)
    last = last_step(steps, rows)
    named: dict[str, Any] = {} if whh is None else {"w" if size == 0 else "W": whh}
    if sigma_max is not None:
        named["sigma_max"] = sigma_max
    if rows is not None:
        named["s" if slopes is not None else "h"] = rows
    work = Work(**named, T=last, gamma=gamma)
    work.called(w="weight", W="weights", T="last step", s="slopes", h="states", sigma_max="largest singular value")
    work.called(gamma="greatest slope")
    work.note("hₜ = f(W hₜ₋₁ + …), so ∂hₜ/∂hₜ₋₁ = diag(f′(aₜ)) W, and ∂h_T/∂h₁ is the product of T − 1 of them.")
    words = singular(work, whh, size)
    if gamma is None:
        work.let("gamma", _SLOPE[activation], f"the greatest slope: {_WHY_SLOPE[activation]}")
    work.let("factor", "gamma*sigma_max", "what one step can stretch a gradient by at most")
    work.let("bound", "factor^(T - 1)", "‖∂h_T/∂h₁‖ is at most this: T − 1 factors")
    words |= {"factor": "factor", "bound": "bound"}
    verdict(work, work.env["factor"], activation)
    if rows is not None:
        words["product"] = product(work, rows, size, activation, states is not None)
    return work.answer(words)


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """Step → what was done wrong → the formula that does it; which ones there are depends on the weights."""
    return {
        step.name: {label: parse(wrong, None, FORMULA) for label, wrong in _SLIPS[step.formula].items()}
        for step in solution.steps
        if isinstance(step.formula, str) and step.formula in _SLIPS
    }


def sample(rng: Random) -> dict[str, Any]:
    """A number or a small 2×2 matrix, up to five steps; half have slopes too."""
    plain = rng.random() < 0.5
    steps = rng.randint(2, 5)
    activation = rng.choice(["tanh", "sigmoid", "relu", "identity"])
    given: dict[str, Any] = {"steps": steps, "activation": activation}
    if plain:
        given["whh"] = rng.choice(["0.5", "-0.8", "1.5", "2", "3"])
    else:
        given["whh"] = "; ".join(", ".join(str(rng.randint(-3, 3)) for _ in range(2)) for _ in range(2))
    if rng.random() < 0.5:
        wide = 1 if plain else 2
        name = "states" if activation in ("tanh", "sigmoid") and rng.random() < 0.5 else "slopes"
        values = {"sigmoid": ["0.1", "0.2", "0.24"], "relu": ["1", "1", "0"], "identity": ["1"]}.get(activation)
        if values is None or name == "states":
            values = ["0.1", "0.3", "0.5", "0.6", "0.8"]
        lines = [", ".join(rng.choice(values) for _ in range(wide)) for _ in range(steps - 1)]
        given[name] = "; ".join(lines)
    return given


def reference(**given: Any) -> dict[str, Any]:
    """NumPy's singular values and eigenvalues, and its chained product of the factors."""
    import numpy

    whh = given.get("whh")
    size = whh.shape[0] if isinstance(whh, Array) else 1
    found: dict[str, Any] = {}
    if whh is None:
        top = float(given["sigma_max"])
    else:
        weights = numpy.array([float(entry) for entry in entries(whh)]).reshape(size, size)
        top = float(numpy.linalg.svd(weights, compute_uv=False)[0])
        found |= {"sigma_max": top, "rho": float(numpy.abs(numpy.linalg.eigvals(weights)).max())}
    activation = given.get("activation", "tanh")
    slope = float(given["gamma"]) if given.get("gamma") is not None else 0.25 if activation == "sigmoid" else 1.0
    along: Any = given.get("slopes") if given.get("slopes") is not None else given.get("states")
    last = int(given["steps"]) if given.get("steps") is not None else len(along.flat) // size + 1
    found |= {"factor": slope * top, "bound": numpy.prod([slope * top] * (last - 1))}
    if along is not None:
        values = numpy.array([float(entry) for entry in along.flat]).reshape(-1, size)
        if given.get("states") is not None:
            changed = {"tanh": 1 - values**2, "sigmoid": values - values**2, "relu": (values > 0) * 1.0}
            values = changed[activation]
        factors = [weights * row[:, None] for row in values[::-1]]
        product = numpy.linalg.multi_dot(factors) if len(factors) > 1 else factors[0]
        found["product"] = product if isinstance(whh, Array) else float(product[0, 0])
    return found
