"""Can one perceptron do it? Weights, or the proof that there are none."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from random import Random
from typing import Any

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.expression import number
from revise.parameters import Matrix, Vector
from revise.solution import Solution, Work
from revise.solvers.networks._boolean import Function
from revise.solvers.networks._line_words import listed, lowered, numbers_only, point_text, signs_of, sum_of
from revise.solvers.networks._literals import vector_of
from revise.solvers.networks._separation import separate

SERVES: dict[str, dict[str, object]] = {"linearly-separable": {}}
SOURCE = (
    "Minsky & Papert 1969, Perceptrons; multipliers as proof: Farkas 1902, in Boyd & Vandenberghe 2004, section 5.8"
)
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Minsky & Papert 1969: XOR by no perceptron; Goodfellow 2016, section 6.1
    ({"function": "xor"}, {"separable": "no", "multipliers": [1, 1, 1, 1]}),
    ({"function": "parity 3"}, {"separable": "no"}),
    # the textbook weights of AND, OR and NOT with thresholds half-way (Ng, CS229: −30, 20, 20 is AND's multiple)
    ({"function": "x1 and x2"}, {"separable": "yes", "weights": [1, 1], "bias": Fraction(-3, 2)}),
    ({"function": "or"}, {"separable": "yes", "weights": [1, 1], "bias": Fraction(-1, 2)}),
    ({"function": "not"}, {"separable": "yes", "weights": [-1], "bias": Fraction(1, 2)}),
]
MISTAKES = {
    "z[i]": {
        "the bias is left out": "dot(w, x[i])",
        "the threshold is added instead of subtracted": "dot(w, x[i]) - b",
    },
    "P": {"the bias is left out of the sum": "sum(lambda[i]*concat(x[i], 0) for i in A if y[i] > 0)"},
}
_MOST_POINTS, _MOST_INPUTS = 64, 12


def solve(function: Function | None = None, input: Matrix | None = None, target: Vector | None = None) -> Solution:
    """A boolean function or labelled points: one inequality for each, then weights that meet all, or why none can.

    function  a formula ("x1 and not x2"; also & | ~ ^), the column of its truth table from 0…0 to 1…1 ("0110"),
              or and, or, nand, nor, xor, xnor, not, parity 3, majority 3
    input     instead of a function: one point a line, "0, 0; 1, 2; 3, 1"
    target    the points' labels, 0 and 1 or −1 and 1

    Class 1 wants w·x + b ≥ 0, the other one < 0. The proof adds inequalities, each so many times, until the
    same expression would have to be both.

    Raises InputError naming the argument that does not fit.
    """
    points, signs, names, labels = _asked(function, input, target)
    found = separate(points, signs)
    vectors = {i: Array((len(point),), tuple(point)) for i, point in enumerate(points, 1)}
    proof = {"lambda": dict(enumerate(found.multipliers, 1))} if found.multipliers else {}
    work = Work(
        x=vectors, y=dict(enumerate(labels, 1)), A=tuple(vectors), verdict=("no", "yes"), **proof,
    )  # fmt: skip
    work.called(x="points" if function is None else f"rows ({', '.join(names)})", y="wanted", A="", verdict="")
    work.called(**{"lambda": ""})
    letters = [*(lowered("w", j) for j in range(1, len(names) + 1)), "b"]
    low = "0" if 0 in labels else "−1"
    work.note(f"Class 1 needs w·x + b ≥ 0, class {low} needs < 0: one line for each (asking for > 0 changes nothing).")
    for i, (point, sign, label) in enumerate(zip(points, signs, labels, strict=True), 1):
        wants = f"{sum_of([*point, 1], letters)} {'≥' if sign > 0 else '<'} 0"
        work.note(f"({i})  {point_text(point)} → {str(label).replace('-', '−')}:  {wants}")
    if found.multipliers:
        return _impossible(work, signs, found.multipliers, letters)
    return _possible(work, found.weights, found.bias, signs, labels)


def _possible(work: Work, weights: Sequence[Any], bias: Any, signs: Sequence[int], labels: Sequence[int]) -> Solution:
    why = "weights that meet every line (they are not the only ones)"
    work.let("w", vector_of(weights), why)
    work.let("b", number(bias), "and their bias; −b is the threshold")
    negative = min(labels) if min(labels) < 0 else 0
    output = "where(z[i] >= 0, 1, -1)" if negative else "where(z[i] >= 0, 1, 0)"
    for i in range(1, len(signs) + 1):
        work.let("z[i]", "dot(w, x[i]) + b", "", table="every line checked", i=i)
        work.let("o[i]", output, "", table="every line checked", holds="o[i] = y[i]", i=i)
    work.let("separable", "verdict[1]", "every output is the one wanted", holds="all([o[i] == y[i] for i in A])")
    return work.answer(separable="separable", weights="w", bias="b")


def _impossible(work: Work, signs: Sequence[int], multipliers: Sequence[int], letters: Sequence[str]) -> Solution:
    for sign, name in ((1, "P"), (-1, "N")):
        used = [i for i, (m, s) in enumerate(zip(multipliers, signs, strict=True), 1) if m and s == sign]
        times = [f"({i})" + (f" {multipliers[i - 1]} times" if multipliers[i - 1] > 1 else "") for i in used]
        kind = "≥ 0" if sign > 0 else "< 0"
        why = f"line i taken λᵢ times, the lines {kind} added: {listed(times)}; coefficients of {', '.join(letters)}"
        formula = (
            "sum(lambda[i]*concat(x[i], 1) for i in A if y[i] > 0)"
            if sign > 0
            else "sum(lambda[i]*concat(x[i], 1) for i in A if y[i] <= 0)"
        )
        work.let(name, formula, why)
        work.note(f"So {sum_of(work.env[name].flat, letters)} {kind}.")
    why = "one expression can't be ≥ 0 and < 0 at once: no weights do it"
    work.let("separable", "verdict[0]", why, holds="all(P == N)")
    work.let("m", "[lambda[i] for i in A]", "how often each line was taken")
    return work.answer(separable="separable", multipliers="m")


def _asked(
    function: Any, input: Array | None, target: Array | None
) -> tuple[list[tuple[Any, ...]], list[int], tuple[str, ...], list[int]]:
    """Points, signs, the inputs' names, labels."""
    if function is not None:
        if input is not None or target is not None:
            raise InputError("function: give a boolean function, or points (--input and --target), not both")
        bits = list(function.bits)
        return function.rows, [2 * bit - 1 for bit in bits], function.names, bits
    if input is None or target is None:
        missing = "function" if input is None and target is None else "input" if input is None else "target"
        raise InputError(f'{missing}: missing; write --function "x1 xor x2", or --input "0, 0; 1, 1" --target "0, 1"')
    points = [tuple(row) for row in input.nested()]
    if len(points) > _MOST_POINTS or len(points[0]) > _MOST_INPUTS:
        raise InputError(
            f"input: {len(points)} points of {len(points[0])} numbers; {_MOST_POINTS} of {_MOST_INPUTS} at most"
        )
    numbers_only(input.flat, "input", "a proof")
    signs, bipolar = signs_of(target.flat, len(points))
    if len(set(signs)) < 2:
        raise InputError("target: all labels are the same, so there is nothing to separate")
    names = tuple(lowered("x", j) for j in range(1, len(points[0]) + 1))
    return points, signs, names, signs if bipolar else [int(sign > 0) for sign in signs]


def sample(rng: Random) -> dict[str, Any]:
    """Functions of two or three inputs, or four to six points with small whole numbers."""
    kind = rng.random()
    if kind < 0.3:
        return {"function": "".join(rng.choice("01") for _ in range(4))}
    if kind < 0.6:
        return {"function": "".join(rng.choice("01") for _ in range(8))}
    if kind < 0.7:
        return {"function": rng.choice(["x1 xor x2", "a and not b", "(a or b) and c", "x1 -> x2", "a & b | c & d"])}
    count, low = rng.randint(4, 6), rng.choice([0, -1])
    labels = [1, low, *(rng.choice([1, low]) for _ in range(count - 2))]
    points = "; ".join(f"{rng.randint(-3, 3)}, {rng.randint(-3, 3)}" for _ in labels)
    return {"input": points, "target": ", ".join(map(str, labels))}


def reference(function: Any = None, input: Any = None, target: Any = None) -> dict[str, Any]:
    """Kirchberger's theorem: two finite sets can be parted unless some d + 2 points can't be.

    Each affinely dependent set of points with one dependency is looked at; the dependency, by NumPy's SVD, must
    not have the classes on opposite sides.
    """
    import numpy

    points = numpy.array(function.rows if function is not None else input.nested(), dtype=float)
    labels = function.bits if function is not None else target.flat
    side = numpy.array([1 if label == 1 else -1 for label in labels])
    lifted = numpy.hstack([points, numpy.ones((len(points), 1))])
    for size in range(2, points.shape[1] + 3):
        for chosen in map(list, combinations(range(len(points)), size)):
            _, sizes, turned = numpy.linalg.svd(lifted[chosen].T)
            if int((sizes > 1e-9).sum()) != size - 1:
                continue
            signed = turned[-1] * side[chosen]
            if (signed > 1e-9).all() or (signed < -1e-9).all():
                return {"separable": "no"}
    return {"separable": "yes"}
