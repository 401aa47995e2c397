"""Threshold networks made for a boolean function: through its normal form, or as small as possible."""

from typing import Any

from revise.expression import number
from revise.solution import Solution, Work
from revise.solvers.networks._boolean import Boolean
from revise.solvers.networks._boolean_forms import fewest_terms, form_text, minterms, smallest
from revise.solvers.networks._line_words import subscripted
from revise.solvers.networks._literals import matrix_of, vector_of
from revise.solvers.networks._separation import separate


def through_dnf(work: Work, function: Boolean) -> Solution:
    """A hidden unit for each row with 1, and an OR unit; a note says how much smaller it can be."""
    ones = [i for i, bit in enumerate(function.bits, 1) if bit]
    if not ones:
        work.note("The function is 0 in every row: its normal form has no term, and one unit that never fires will do.")
        return _one_unit(work, function)
    names = [subscripted(name) for name in function.names]
    work.note(f"Disjunctive normal form, a term for each row with 1: {form_text(minterms(function), names)}.")
    for j, r in enumerate(ones, 1):
        work.let("w[j]", "2*x[r] - 1", "hidden unit j is true in row r only: weight 1 for a 1, −1 for a 0",
                 table="hidden units: and", j=j, r=r)  # fmt: skip
        work.let("b[j]", "1/2 - sum(x[r])", "row r reaches its number of ones, every other row at least 1 less",
                 table="hidden units: and", j=j, r=r)  # fmt: skip
    work.let("W", "[w[j] for j in 1..K]", "one line for each hidden unit", K=len(ones))
    work.let("B", "[b[j] for j in 1..K]", "and its bias", K=len(ones))
    work.let("v", "ones(K)", "the output unit is an OR: weight 1 for each hidden unit", K=len(ones))
    work.let("c", "-1/2", "and one of them is enough")
    _run(work, function)
    words = _counted(work, len(ones))
    _say_smaller(work, function, len(ones))
    return work.answer(words)


def through_fewest(work: Work, function: Boolean) -> Solution:
    """One unit for a separable function, else the smallest two layers found."""
    if not separate(function.rows, [2 * bit - 1 for bit in function.bits]).multipliers:
        return _one_unit(work, function)
    net = smallest(function)
    work.note(
        "No single perceptron does it (`revise solve linearly-separable` gives the proof), so there are two layers."
    )
    work.let("W", matrix_of(net.weights), f"hidden units, a line each: {net.why}")
    work.let("B", vector_of(net.biases), "their biases")
    work.let("v", vector_of(net.out), "the output unit's weights")
    work.let("c", number(net.bias), "and its bias")
    _run(work, function)
    return work.answer(_counted(work, len(net.weights)))


def _one_unit(work: Work, function: Boolean) -> Solution:
    found = separate(function.rows, [2 * bit - 1 for bit in function.bits])
    work.let("v", vector_of(found.weights), "one perceptron will do: its weights")
    work.let("c", number(found.bias), "and its bias; no row gives exactly 0")
    for i, row in enumerate(function.rows, 1):
        inputs = "".join(map(str, row))
        work.let("z[i]", "dot(v, x[i]) + c", "", table="every row", inputs=inputs, i=i)
        work.let("o[i]", "where(z[i] >= 0, 1, 0)", "the value wanted in each", table="every row", holds="o[i] = y[i]",
                 inputs=inputs, i=i)  # fmt: skip
    _outputs(work, function)
    work.let("hidden", "0", "no hidden layer")
    work.let("units", "hidden + 1", "the output unit")
    return work.answer(weights="v", bias="c", hidden="hidden", units="units", outputs="f")


def _run(work: Work, function: Boolean) -> None:
    for i, row in enumerate(function.rows, 1):
        at: dict[str, Any] = {"inputs": "".join(map(str, row)), "i": i}
        work.let("p[i]", "W @ x[i] + B", "the hidden units' sums", table="every row", **at)
        work.let("h[i]", "where(p[i] >= 0, 1, 0)", "which of them fire", table="every row", **at)
        work.let("z[i]", "dot(v, h[i]) + c", "the output unit's sum", table="every row", **at)
        work.let("o[i]", "where(z[i] >= 0, 1, 0)", "the value wanted in each", table="every row",
                 holds="o[i] = y[i]", **at)  # fmt: skip
    _outputs(work, function)


def _outputs(work: Work, function: Boolean) -> None:
    work.let("f", "[o[i] for i in 1..n]", "the column of the truth table", n=len(function.bits))


def _counted(work: Work, hidden: int) -> dict[str, str]:
    work.let("hidden", "len(B)", "hidden units")
    work.let("units", "hidden + 1", "with the output unit")
    return {
        "weights": "W", "biases": "B", "output-weights": "v", "output-bias": "c", "hidden": "hidden", "units": "units",
        "outputs": "f",
    }  # fmt: skip


def _say_smaller(work: Work, function: Boolean, hidden: int) -> None:
    if not separate(function.rows, [2 * bit - 1 for bit in function.bits]).multipliers:
        work.note("Smaller: the function is linearly separable, so one perceptron will do (--method smallest).")
        return
    names = [subscripted(name) for name in function.names]
    terms = fewest_terms(function)
    if len(terms) < hidden:
        work.note(f"Smaller: with fewer terms, {form_text(terms, names)}, {len(terms)} hidden units.")
    few = len(smallest(function).weights)
    if few < min(hidden, len(terms)):
        work.note(f"Smaller: {few} hidden units, if they need not be AND units (--method smallest).")
    elif few == hidden == 2:
        work.note(
            "Smaller: no. It is not linearly separable, so it needs a hidden layer, and one unit there is too few."
        )
