"""Contractive penalty: squared Frobenius norm of the encoder's Jacobian."""

from random import Random
from typing import Any, Literal

from revise.engines.arrays import Array, transpose
from revise.errors import InputError
from revise.expression import FORMULA, Node, parse
from revise.parameters import Matrix, Number, Vector
from revise.solution import Solution, Work
from revise.solvers.unsupervised._encoder import numbers

SERVES: dict[str, dict[str, object]] = {"contractive-penalty": {}}
SOURCE = (
    "Rifai et al. 2011, Contractive auto-encoders, section 3 (the norm) and section 5.3 (its sum for sigmoid units)"
)
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Rifai et al.: ‖J‖² = ∑ᵢ (hᵢ(1 − hᵢ))² ∑ⱼ Wᵢⱼ²; one unit with two inputs, then two units
    ({"weights": "u, v", "hidden": "a"}, {"penalty": "(a*(1 - a))^2*(u^2 + v^2)"}),
    (
        {"weights": "u, v; p, q", "hidden": "a, b"},
        {"penalty": "(a*(1 - a))^2*(u^2 + v^2) + (b*(1 - b))^2*(p^2 + q^2)"},
    ),
    # the same paper: with a linear encoder the penalty is weight decay, the squares of all weights added
    ({"weights": "1, 2; 3, 4", "x": "1, 1", "activation": "linear"}, {"penalty": 30}),
]
DOMAIN = {"h": (0, 1)}
_SHAPE = {  # the derivative of the activation, by its value
    "sigmoid": ("h[j]*(1 - h[j])", "the sigmoid's slope is h(1 − h)"),
    "tanh": ("1 - h[j]^2", "tanh's slope is 1 − h²"),
    "relu": ("where(h[j] > 0, 1, 0)", "ReLU's slope: 1 where the unit is on, else 0"),
    "linear": ("1", "a linear unit's slope is 1"),
}
_VALUE = {"sigmoid": "sigmoid(z[j])", "tanh": "tanh(z[j])", "relu": "relu(z[j])", "linear": "z[j]"}
_Z = {True: "sum(W[j,i]*x[i] for i in 1..n) + b[j]", False: "sum(W[j,i]*x[i] for i in 1..n)"}
_SLIPS = {
    "h[j]*(1 - h[j])": {"h instead of its slope": "h[j]", "1 − h² as for tanh": "1 - h[j]^2"},
    "1 - h[j]^2": {"h(1 − h) as for the sigmoid": "h[j]*(1 - h[j])"},
    "s[j]^2*Q[j]": {"the slope is not squared": "s[j]*Q[j]", "the weights are left out": "s[j]^2"},
    "sum(W[j,i]^2 for i in 1..n)": {
        "the weights are added before squaring": "sum(W[j,i] for i in 1..n)^2",
        "the weights are not squared": "sum(W[j,i] for i in 1..n)",
    },
    "sum(c[j] for j in 1..m)": {"the root is taken: the norm, not its square": "sqrt(sum(c[j] for j in 1..m))"},
}


def solve(
    weights: Matrix,
    x: Vector | None = None,
    bias: Vector | None = None,
    hidden: Vector | None = None,
    activation: Literal["sigmoid", "tanh", "relu", "linear"] = "sigmoid",
    convention: Literal["column", "row"] = "column",
    weight: Number | None = None,
) -> Solution:
    """‖J‖² = ∑ⱼ (slope of unit j)² ∑ᵢ Wⱼᵢ² of one layer h = φ(Wx + b), unit by unit, with J itself.

    weights     column: a row for each hidden unit, h = φ(Wx + b), as in torch.nn.Linear; row: a column for each
    x           the input; z and h are worked out; or else
    hidden      the hidden activations h
    bias        b, with x; 0 where it is not given
    activation  of the hidden units
    weight      λ of the loss: reconstruction + λ‖J‖²

    Raises InputError naming the argument whose size does not fit.
    """
    w = weights if convention == "column" else transpose(weights)
    units, inputs = w.shape
    _check(w, x, bias, hidden, activation, weight)
    rows = w.nested()
    work = Work(
        W={(j, i): rows[j - 1][i - 1] for j in range(1, units + 1) for i in range(1, inputs + 1)},
        x=_counted(x), b=_counted(bias), h=_counted(hidden), n=inputs, m=units, **{"lambda": weight},
    )  # fmt: skip
    work.called(
        W="" if units * inputs > 12 else "weights",
        x="input",
        b="bias",
        h="hidden activations",
        n="inputs",
        m="units",
        **{"lambda": "weight"},
    )
    layer, side = ("Wx", "row") if convention == "column" else ("xW", "column")
    work.note(
        f"h = φ({layer} + b). Wⱼᵢ here leads from input i to hidden unit j: each unit has a {side} of the matrix typed."
    )
    slope, why = _SHAPE[activation]
    for j in range(1, units + 1):
        if x is not None:
            formula = _Z[bias is not None]
            work.let("z[j]", formula, "pre-activation", table="forwards", j=j)
            work.let("h[j]", _VALUE[activation], "activation", table="forwards", j=j)
    for j in range(1, units + 1):
        work.let("s[j]", slope, why, table="slope and weights of each unit", j=j)
        work.let("Q[j]", "sum(W[j,i]^2 for i in 1..n)", "its weights squared", table="slope and weights of each unit",
                 j=j)  # fmt: skip
        work.let("c[j]", "s[j]^2*Q[j]", "row j of J, squared and added", table="slope and weights of each unit", j=j)
    work.let("J", "[[s[j]*W[j,i] for i in 1..n] for j in 1..m]", "the Jacobian: ∂hⱼ/∂xᵢ is the slope times Wⱼᵢ")
    work.let("F", "sum(c[j] for j in 1..m)", "‖J‖², the squares of all entries of J", holds="F = sum(J .* J)")
    if weight is None:
        return work.answer({"penalty": "F", "J": "J"} | {f"unit {j}": f"c[{j}]" for j in range(1, units + 1)})
    work.let("Omega", "lambda*F", "what the loss gets")
    words = {"weighted": "Omega", "penalty": "F", "J": "J"}
    return work.answer(words | {f"unit {j}": f"c[{j}]" for j in range(1, units + 1)})


def _counted(values: Array | None) -> dict[int, Any] | None:
    return None if values is None else dict(enumerate(values.flat, 1))


def _check(w: Array, x: Any, bias: Any, hidden: Any, activation: str, weight: Any) -> None:
    units, inputs = w.shape
    if (x is None) == (hidden is None):
        raise InputError("x: give the input --x or the activations --hidden, one of the two")
    if bias is not None and x is None:
        raise InputError("bias: it needs the input too, --x; the activations given have it in them already")
    for name, values, size, what in (("x", x, inputs, "inputs"), ("bias", bias, units, "hidden units"),
                                     ("hidden", hidden, units, "hidden units")):  # fmt: skip
        if values is not None and len(values.flat) != size:
            raise InputError(
                f"{name}: {len(values.flat)} given for the {size} {what} of a {units}×{inputs} matrix of weights"
                " (one line for each unit; --convention row: one column)"
            )
    for name, values in (("weights", w), ("x", x), ("bias", bias), ("hidden", hidden), ("weight", weight)):
        for value in () if values is None else values.flat if isinstance(values, Array) else (values,):
            numbers(name, value)
    least, most = {"sigmoid": (0, 1), "tanh": (-1, 1)}.get(activation, (None, None))
    for value in () if hidden is None or least is None or most is None else hidden.flat:
        if not isinstance(value, Node) and not least <= value <= most:
            raise InputError(f"hidden: {value} is no value of {activation}, which lies from {least} to {most}")
    if activation == "relu" and any(isinstance(value, Node) for value in (hidden or x).flat):
        raise InputError("activation: relu needs numbers, for its slope depends on the sign")
    if weight is not None and not isinstance(weight, Node) and weight < 0:
        raise InputError(f"weight: {weight} would reward what it should punish; it is not negative")


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """Step → what was done wrong → the formula that does it; the slope's depend on the activation."""
    return {
        step.name: {label: parse(wrong, None, FORMULA) for label, wrong in _SLIPS[step.formula].items()}
        for step in solution.steps
        if isinstance(step.formula, str) and step.formula in _SLIPS
    }


def sample(rng: Random) -> dict[str, Any]:
    """Two or three units and inputs; half from the activations, in tenths."""
    units, inputs = rng.randint(1, 3), rng.randint(2, 3)
    column = rng.random() < 0.7

    def draw(high: int, wide: int) -> str:
        return "; ".join(", ".join(str(rng.randint(-2, 3)) for _ in range(wide)) for _ in range(high))

    given: dict[str, Any] = {"weights": draw(units, inputs) if column else draw(inputs, units)}
    given["convention"] = "column" if column else "row"
    if rng.random() < 0.5:
        given["activation"] = rng.choice(["sigmoid", "sigmoid", "tanh"])
        given["hidden"] = ", ".join(str(rng.randint(1, 9) / 10) for _ in range(units))
    else:
        given["activation"] = rng.choice(["sigmoid", "sigmoid", "tanh", "relu", "linear"])
        given |= {"x": draw(1, inputs), "bias": draw(1, units)}
    return given | ({"weight": "0.1"} if rng.random() < 0.4 else {})


def reference(
    weights: Any, x: Any = None, bias: Any = None, hidden: Any = None, activation: str = "sigmoid",
    convention: str = "column", weight: Any = None,
) -> dict[str, Any]:  # fmt: skip
    """Torch's Jacobian of the layer by autograd; where h is given, of a layer whose bias brings h about."""
    import torch

    w = torch.tensor([[float(entry) for entry in row] for row in weights.nested()], dtype=torch.float64)
    w = w if convention == "column" else w.mT
    shape: Any = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": torch.relu, "linear": lambda z: z}[activation]
    if hidden is not None:
        h = torch.tensor([float(entry) for entry in hidden.flat], dtype=torch.float64)
        shift = {"sigmoid": torch.logit, "tanh": torch.atanh}.get(activation, lambda value: value)(h)
        point = torch.zeros(w.shape[1], dtype=torch.float64)
    else:
        point = torch.tensor([float(entry) for entry in x.flat], dtype=torch.float64)
        flat = [0.0] * len(w) if bias is None else [float(entry) for entry in bias.flat]
        shift = torch.tensor(flat, dtype=torch.float64)
    jacobian = torch.func.jacrev(lambda inputs: shape(torch.nn.functional.linear(inputs, w, shift)))(point)
    found = {"penalty": torch.linalg.matrix_norm(jacobian, "fro").item() ** 2, "J": jacobian}
    found |= {f"unit {j}": row.dot(row).item() for j, row in enumerate(jacobian, 1)}
    return found | ({} if weight is None else {"weighted": float(weight) * found["penalty"]})
