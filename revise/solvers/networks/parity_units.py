"""Units for XOR of n inputs: as a DNF, counting, or a deep chain."""

from random import Random
from typing import Any

from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Number, whole
from revise.solution import Solution, Work

SERVES: dict[str, dict[str, object]] = {"parity-units": {}}
SOURCE = (
    "CMU 11-785 (Raj), lecture 2, depth and width of boolean networks; Rumelhart, Hinton & Williams 1986 (counting)"
)
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # CMU 11-785, lecture 2: XOR of 4 variables by 9 perceptrons, of 6 by 15; 3(n − 1) in 2 log₂ n layers; as a
    # single hidden layer 2ⁿ⁻¹ + 1 perceptrons, 33 for 6
    ({"inputs": 4}, {"deep-units": 9, "deep-layers": 4, "dnf-hidden": 8}),
    ({"inputs": 6}, {"deep-units": 15, "dnf-units": 33}),
    # Rumelhart, Hinton & Williams 1986, parity: n hidden units for n inputs
    ({"inputs": 8}, {"counting-hidden": 8, "deep-layers": 6}),
    ({"inputs": "n"}, {"dnf-units": "2^(n - 1) + 1", "deep-units": "3*(n - 1)", "counting-units": "n + 1"}),
]
MISTAKES = {
    "dnf": {"all rows of the table, not the half with 1": "2^n", "a term for each input": "n"},
    "deep": {"a unit for each XOR: a single one can't do it": "n - 1", "n XORs instead of n − 1": "3*n"},
    "layers": {"a layer for each XOR: it has a hidden and an output layer": "ceil(log2(n))"},
}


def solve(inputs: Number) -> Solution:
    """Hidden units, all units, layers and parameters of threshold networks for x₁ ⊕ … ⊕ xₙ, three ways.

    inputs  n, at least 2, or a letter

    dnf       one hidden AND unit for each row with 1, then an OR
    counting  hidden unit k fires where at least k inputs are 1; the output adds them with + and − by turns
    deep      n − 1 blocks of XOR, two hidden units and an output each; in a chain, or in pairs as a tree

    The output unit is counted in `units`, the inputs never are.

    Raises InputError where n is no whole number of at least 2.
    """
    if not isinstance(inputs, Node) and whole(inputs, "inputs", 2) > 1000:
        raise InputError(f"inputs: {inputs} is more than 1000")
    work = Work(n=inputs)
    work.whole = True
    work.called(n="inputs")
    work.let("rows", "2^(n - 1)", "half of the 2ⁿ rows have an odd number of ones")
    work.let("dnf", "rows", "DNF: a hidden unit for each; such rows differ in two inputs or more, so no two terms join")
    work.let("dnf_units", "dnf + 1", "and an OR unit")
    work.let(
        "dnf_params", "dnf*(n + 1) + dnf + 1", "weights and biases: n + 1 for each hidden unit; the OR has one for each"
    )
    work.let("count", "n", "counting: hidden unit k fires where at least k inputs are 1, all weights 1, bias ½ − k")
    work.let("count_units", "count + 1", "the output has weights 1, −1, 1 … and bias −½")
    work.let("count_params", "count*(n + 1) + count + 1", "weights and biases")
    work.let("blocks", "n - 1", "deep: each XOR of two joins one more input")
    work.let("deep", "3*blocks", "an XOR of two takes 2 hidden units and 1 output")
    work.let("deep_params", "9*blocks", "weights and biases: 3 for each unit, it has two inputs")
    work.let("chain", "2*blocks", "layers of units if the blocks stand one behind the other")
    work.let("layers", "2*ceil(log2(n))", "layers if they are joined in pairs, as a tree: log₂ n levels of 2 layers")
    work.let("skip", "2*blocks", "units where links may skip a layer: XOR is then x₁ + x₂ − 2·AND and takes 2")
    work.note("So the shallow AND-OR network grows like 2ⁿ, the deep one like n.")
    return work.answer(
        dnf_hidden="dnf", dnf_units="dnf_units", dnf_parameters="dnf_params", counting_hidden="count",
        counting_units="count_units", counting_parameters="count_params", deep_units="deep",
        deep_parameters="deep_params", chain_layers="chain", deep_layers="layers", skip_units="skip",
    )  # fmt: skip


def sample(rng: Random) -> dict[str, Any]:
    """Two to eight inputs."""
    return {"inputs": rng.randint(2, 8)}


def reference(inputs: Any) -> dict[str, Any]:
    """The networks themselves in NumPy, each run on every row; their units and weights counted."""
    import numpy

    n = int(inputs)
    if n > 10:
        raise ValueError("too many rows to run")
    rows = numpy.arange(2**n)[:, None] >> numpy.arange(n) & 1
    odd = rows.sum(1) % 2

    def shallow(weights: Any, biases: Any, out: Any, bias: float) -> tuple[int, int]:
        found = (rows @ weights.T + biases > 0).astype(int) @ out + bias > 0
        assert (found == odd).all()
        return len(biases), weights.size + biases.size + out.size + 1

    ones = rows[odd == 1]
    dnf = shallow(2 * ones - 1, 0.5 - ones.sum(1), numpy.ones(len(ones)), -0.5)
    ladder = 0.5 - numpy.arange(1, n + 1)
    count = shallow(numpy.ones((n, n)), ladder, (-1.0) ** numpy.arange(n), -0.5)
    signals, units, depths = [rows[:, j] for j in range(n)], 0, [0] * n
    while len(signals) > 1:
        joined, reached = [], []
        for a, b, d, e in zip(signals[::2], signals[1::2], depths[::2], depths[1::2], strict=False):
            some, both = a + b - 0.5 > 0, a + b - 1.5 > 0
            joined.append((1 * some - 1 * both - 0.5 > 0).astype(int))
            reached.append(max(d, e) + 2)
            units += 3
        signals, depths = joined + signals[len(signals) // 2 * 2 :], reached + depths[len(depths) // 2 * 2 :]
    assert (signals[0] == odd).all()
    chain = 0
    for _ in range(n - 1):
        chain += 2
    return {
        "dnf-hidden": dnf[0], "dnf-units": dnf[0] + 1, "dnf-parameters": dnf[1], "counting-hidden": count[0],
        "counting-units": count[0] + 1, "counting-parameters": count[1], "deep-units": units,
        "deep-parameters": 3 * units, "deep-layers": depths[0], "chain-layers": chain,
    }  # fmt: skip
