"""A boolean function as a threshold network; what function a network is."""

from random import Random
from typing import Any, Literal

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.solution import Solution, Work
from revise.solvers.networks._boolean import Function
from revise.solvers.networks._boolean_circuit import circuit
from revise.solvers.networks._boolean_given import given_network
from revise.solvers.networks._boolean_layers import through_dnf, through_fewest
from revise.solvers.networks._mlp_input import Biases, Layers

SERVES: dict[str, dict[str, object]] = {"boolean-network": {}}
SOURCE = "McCulloch & Pitts 1943; Minsky & Papert 1969, Perceptrons; Hertz, Krogh & Palmer 1991, section 5.1"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Goodfellow 2016, section 6.1: W = [[1, 1], [1, 1]], c = [0, −1], w = [1, −2] is XOR
    (
        {"weights": "1, 1; 1, 1 | 1, -2", "biases": "0, -1 | 0", "activation": "relu"},
        {"outputs": [0, 1, 1, 0], "function": "(¬x₁ ∧ x₂) ∨ (x₁ ∧ ¬x₂)"},
    ),
    # Nielsen 2015, chapter 1: weights −2, −2 and bias 3 are a NAND gate
    ({"weights": "-2, -2", "biases": "3"}, {"outputs": [1, 1, 1, 0]}),
    # CMU 11-785 (Raj), lecture 2: XOR by 2 hidden units and one output unit, n variables by 2ⁿ⁻¹ + 1 as a DNF
    ({"function": "xor"}, {"hidden": 2, "units": 3, "outputs": [0, 1, 1, 0]}),
    ({"function": "parity 4"}, {"hidden": 8, "units": 9}),
    ({"function": "parity 3", "method": "smallest"}, {"hidden": 3, "units": 4}),
]
MISTAKES = {
    "b[j]": {
        "AND with OR's threshold": "-1/2",
        "all inputs counted, not those that are 1": "1/2 - len(x[r])",
    },
    "w[j]": {"the negated inputs get weight 0: rows with more ones fire too": "x[r]"},
    "c": {"OR with AND's threshold": "1/2 - len(v)"},
    "z[i]": {"the output's bias is left out": "dot(v, h[i])"},
    "p[i]": {"the hidden units' biases are left out": "W @ x[i]"},
}


def solve(
    function: Function | None = None,
    method: Literal["dnf", "smallest", "gates"] = "dnf",
    weights: Layers | None = None,
    biases: Biases | None = None,
    activation: Literal["step", "relu"] = "step",
    at_zero: Literal["positive", "negative"] = "positive",
) -> Solution:
    """From a function to weights that compute it, or from weights to the function; checked on every row.

    function    a formula ("x1 and not x2"; also & | ~ ^ and brackets), the column of its truth table from 0…0 to 1…1
                ("0110"), or and, or, nand, nor, xor, xnor, not, parity 3, majority 3; up to 6 inputs
    method      `dnf`: a hidden AND unit for each row with 1, then an OR; `smallest`: one perceptron where that will
                do, else two layers with as few hidden units as can be found; `gates`: one perceptron for each AND,
                OR, NOT of the formula
    weights     instead of a function: the layers of a network, | between them; one line for each unit
    biases      their biases, | between them, - for none
    activation  of the given network: `step` everywhere, or `relu` with a linear output
    at_zero     what a step is at 0 in the given network: 1 (`positive`) or 0 (`negative`); the networks made here
                have thresholds half-way, so that 0 never comes up

    Inputs and outputs are 0 and 1.

    Raises InputError naming the argument that does not fit.
    """
    if (function is None) == (weights is None):
        missing = "missing" if function is None else "give it or --weights, not both"
        raise InputError(
            f'function: {missing}; write --function "x1 xor x2", or a network as --weights "1, 1; 1, 1 | 1, -2"'
        )
    if function is None:
        assert weights is not None
        return given_network(weights, biases, activation, at_zero)
    if biases is not None:
        raise InputError("biases: they go with --weights")
    if activation != "step" or at_zero != "positive":
        name = "activation" if activation != "step" else "at-zero"
        raise InputError(f"{name}: it goes with a given network, --weights")
    rows = {i: Array((len(row),), tuple(row)) for i, row in enumerate(function.rows, 1)}
    work = Work(x=rows, y=dict(enumerate(function.bits, 1)))
    work.called(x=f"rows ({', '.join(function.names)})", y="wanted")
    if method == "gates":
        return circuit(work, function)
    return through_dnf(work, function) if method == "dnf" else through_fewest(work, function)


def sample(rng: Random) -> dict[str, Any]:
    """Functions of two or three inputs, some formulas, some networks."""
    kind = rng.random()
    if kind < 0.25:
        hidden = "; ".join(f"{rng.randint(-2, 2)}, {rng.randint(-2, 2)}" for _ in range(2))
        return {
            "weights": f"{hidden} | {rng.randint(-2, 2)}, {rng.randint(-2, 2)}",
            "biases": f"{rng.randint(-2, 1)}, {rng.randint(-2, 1)} | {rng.randint(-1, 1)}",
            "activation": rng.choice(["step", "step", "relu"]),
            "at_zero": rng.choice(["positive", "negative"]),
        }
    if kind < 0.45:
        formula = rng.choice(
            ["x1 xor x2", "a and not b", "(a or b) and not c", "x1 -> x2", "a & b | b & c", "a nand b"]
        )
        return {"function": formula, "method": rng.choice(["gates", "dnf"])}
    count = rng.choice([4, 8])
    return {"function": "".join(rng.choice("01") for _ in range(count)), "method": rng.choice(["dnf", "smallest"])}


def reference(
    function: Any = None, method: str = "dnf", weights: Any = None, biases: Any = None,
    activation: str = "step", at_zero: str = "positive",
) -> dict[str, Any]:  # fmt: skip
    """NumPy on all rows at once; of a function its own truth table and the number of its ones."""
    import numpy

    if function is not None:
        outputs = numpy.array(function.bits)
        ones = int(outputs.sum())
        counts = {"hidden": ones, "units": ones + 1} if method == "dnf" and ones else {}
        return {"outputs": outputs, **counts}
    layers = [numpy.array([[float(e) for e in line] for line in w.nested()]) for w in weights]
    count = layers[0].shape[1]
    signal = (numpy.arange(2**count)[:, None] >> numpy.arange(count)[::-1] & 1).astype(float)
    shifts = biases or (None,) * len(layers)
    for place, (layer, shift) in enumerate(zip(layers, shifts, strict=True), 1):
        z = signal @ layer.T + (0 if shift is None else numpy.array([float(e) for e in shift.flat]))
        if activation == "relu":
            signal = z if place == len(layers) else numpy.maximum(z, 0)
        else:
            signal = numpy.heaviside(z, float(at_zero == "positive"))
    return {"outputs": signal[:, 0] if signal.shape[1] == 1 else signal}
