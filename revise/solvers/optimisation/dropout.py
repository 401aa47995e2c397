"""Dropout by hand: a given mask, training, testing, mean and variance."""

from random import Random
from typing import Any, Literal

from revise.engines.arrays import Array, shape_text
from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Matrix, Number
from revise.solution import Solution, Work
from revise.solvers.optimisation._norm_rows import slips

SERVES: dict[str, dict[str, object]] = {"dropout": {}}
SOURCE = "Srivastava et al. 2014, Dropout, sections 4 and 10 (both scalings); inverted: Stanford CS231n, notes 2"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # TensorFlow's documentation of tf.nn.dropout: ones, rate 0.5 and 0.8, with the masks it drew
    (
        {"x": "1,1,1,1,1; 1,1,1,1,1; 1,1,1,1,1", "p": "0.5", "mask": "1,0,0,1,1; 1,1,1,1,1; 1,0,1,0,1"},
        {"output": [[2, 0, 0, 2, 2], [2, 2, 2, 2, 2], [2, 0, 2, 0, 2]]},
    ),
    (
        {"x": "1,1,1,1,1; 1,1,1,1,1; 1,1,1,1,1", "p": "0.8", "mask": "0,0,0,1,1; 0,1,0,1,0; 1,0,1,0,1"},
        {"output": [[0, 0, 0, 5, 5], [0, 5, 0, 5, 0], [5, 0, 5, 0, 5]]},
    ),
    # Srivastava et al., figure 2: at test the weights are multiplied by p, the chance to be kept
    (
        {"x": "a, b", "p": "r", "probability": "keep", "scaling": "test", "mode": "test"},
        {"output": ["r*a", "r*b"]},
    ),
]
DOMAIN = {"p": (0, 1), "r": (0, 1)}
MISTAKES = {
    "q": {"p is read the other way round: the chance to be dropped": "p"},
}

_MOST_COUNTED = 200

# is it training, inverted → the output
_OUTPUT = {
    ("train", "inverted"): "M .* x/q",
    ("train", "test"): "M .* x",
    ("test", "inverted"): "x",
    ("test", "test"): "q*x",
}
_WHY = {
    ("train", "inverted"): "training: dropped ones are 0, what is kept is divided by q",
    ("train", "test"): "training: dropped ones are 0, the others stay as they are",
    ("test", "inverted"): "test: nothing is dropped and nothing scaled, for training did it",
    ("test", "test"): "test: nothing is dropped, all multiplied by q",
}
_SLIPS = {
    "M .* x/q": {
        "not divided by the keep probability": "M .* x",
        "divided by the drop probability": "M .* x/(1 - q)",
        "multiplied instead of divided": "M .* x*q",
        "the mask is the wrong way round": "(1 - M) .* x/q",
    },
    "M .* x": {"scaled in training too": "M .* x/q", "the mask is the wrong way round": "(1 - M) .* x"},
    "q*x": {"not scaled at test": "x", "multiplied by the drop probability": "(1 - q)*x"},
    "x": {"scaled at test as well": "q*x"},
    "(1 - q)/q*(x .* x)": {"that of the mask without the 1/q": "q*(1 - q)*(x .* x)"},
}


def solve(
    x: Matrix,
    p: Number,
    mask: Matrix | None = None,
    probability: Literal["drop", "keep"] = "drop",
    mode: Literal["train", "test"] = "train",
    scaling: Literal["inverted", "test"] = "inverted",
    weights: Matrix | None = None,
) -> Solution:
    """Output for a given mask, and what it is on average.

    x            activations that dropout is put on
    p            the probability
    mask         1 keeps, 0 drops, one for each activation; without it only mean and variance are worked out
    probability  p is the chance to `drop` (PyTorch, Keras) or to `keep` (the paper, TensorFlow 1)
    mode         `test` drops nothing
    scaling      `inverted` divides by the keep probability in training; `test` multiplies by it at test, as the paper
    weights      of the next unit: its input z = ∑ w y is worked out too, one weight for each activation

    Raises InputError naming the argument that does not fit.
    """
    if not isinstance(p, Node) and not 0 <= p <= 1:
        raise InputError(f"p: {p} is no probability; it lies from 0 to 1")
    train = mode == "train"
    keep_zero = not isinstance(p, Node) and (p == 1) == (probability == "drop") and p in (0, 1)
    if keep_zero and train and scaling == "inverted":
        raise InputError(f"p: {p} keeps nothing, and what is kept is divided by 0")
    size = (len(x.flat),) if x.shape[0] == 1 else x.shape
    if mask is not None:
        _check_mask(mask, x)
        if not train:
            raise InputError("mask: at test nothing is dropped; leave it out, or --mode train")
    if weights is not None and len(weights.flat) != len(x.flat):
        raise InputError(f"weights: {len(weights.flat)} numbers for {len(x.flat)} activations; give one for each")
    work = Work(
        x=Array(size, x.flat), p=p, M=None if mask is None else Array(size, mask.flat),
        w=None if weights is None else Array(size, weights.flat),
        n=len(x.flat) if train and mask is None and len(x.flat) <= _MOST_COUNTED else None,
    )  # fmt: skip
    work.called(
        x="activations", p=f"probability to {probability}", M="mask (1 keeps)", w="next unit's weights", n="units"
    )
    if probability == "drop":
        work.let("q", "1 - p", "the chance to be kept, as p is the chance to be dropped")
    else:
        work.let("q", "p", "the chance to be kept, as p is given")
    words = {}
    if mask is not None or not train:
        work.let("y", _OUTPUT[mode, scaling], _WHY[mode, scaling])
        words["output"] = "y"
        if weights is not None:
            work.let("z", "sum(w .* y)", "the next unit's input")
            words["z"] = "z"
    elif scaling == "inverted":
        work.note("No mask is given: each activation becomes x/q with probability q and 0 with 1 − q.")
    else:
        work.note("No mask is given: each activation stays x with probability q and becomes 0 with 1 − q.")
    if train:
        words |= _on_average(work, scaling, weights is not None)
    else:
        _at_test(work, scaling)
    if "n" in work.given:
        work.let("masks", "2^n", "each unit in or out: so many thinned networks share the weights")
        words["masks"] = "masks"
    return work.answer(words)


def _on_average(work: Work, scaling: str, weighted: bool) -> dict[str, str]:
    if scaling == "inverted":
        work.let("E", "q*(x/q)", "mean over masks, q · x/q + (1 − q) · 0: x itself, so the test needs no scaling")
        work.let("V", "(1 - q)/q*(x .* x)", "variance q (x/q)² − x²")
    else:
        work.let("E", "q*x", "mean over masks, q · x + (1 − q) · 0: the test must multiply by q to agree")
        work.let("V", "q*(1 - q)*(x .* x)", "variance q x² − (q x)²")
    words = {"mean": "E", "variance": "V"}
    if weighted:
        work.let("E_z", "sum(w .* E)", "mean of the next unit's input")
        work.let("V_z", "sum(w .* w .* V)", "its variance: the units are dropped independently")
        words |= {"mean-z": "E_z", "variance-z": "V_z"}
    return words


def _at_test(work: Work, scaling: str) -> None:
    if scaling == "inverted":
        work.note("In training what was kept was divided by q, so its mean was x already.")
    else:
        work.note("In training the mean was q x, so the test multiplies by q (or the weights behind it).")


def _check_mask(mask: Array, x: Array) -> None:
    if mask.shape != x.shape:
        raise InputError(f"mask is {shape_text(mask.shape)}, x is {shape_text(x.shape)}: give a 0 or 1 for each")
    if any(isinstance(entry, Node) or entry not in (0, 1) for entry in mask.flat):
        raise InputError("mask: only 1 (kept) and 0 (dropped) stand in it")


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """Step → what was done wrong → the formula that does it."""
    return slips(solution, _SLIPS)


def sample(rng: Random) -> dict[str, Any]:
    """Two to four activations, an easy probability; a mask in most."""
    count = rng.randint(2, 4)
    given: dict[str, Any] = {
        "x": ", ".join(str(rng.randint(-2, 6)) for _ in range(count)),
        "p": rng.choice(["0.5", "0.2", "1/4", "0.8"]),
        "probability": rng.choice(["drop", "drop", "keep"]),
        "scaling": rng.choice(["inverted", "inverted", "test"]),
        "mode": rng.choice(["train", "train", "test"]),
    }
    if given["mode"] == "train" and rng.random() < 0.8:
        given["mask"] = ", ".join(str(rng.choice([0, 1, 1])) for _ in range(count))
    if rng.random() < 0.4:
        given["weights"] = ", ".join(str(rng.choice([-2, -1, 1, 2])) for _ in range(count))
    return given


def reference(
    x: Array, p: Any, mask: Any = None, probability: str = "drop", mode: str = "train", scaling: str = "inverted",
    weights: Any = None,
) -> dict[str, Any]:  # fmt: skip
    """NumPy over all 2ⁿ masks, each with its probability; Torch's dropout only draws at random."""
    from itertools import product

    import numpy

    values = numpy.array([float(v) for v in x.flat])
    kept = float(p) if probability == "keep" else 1 - float(p)

    def passed(drawn: Any) -> Any:
        return numpy.where(drawn, values / kept if scaling == "inverted" else values, 0)

    found: dict[str, Any] = {}
    if mode == "test":
        found["output"] = values if scaling == "inverted" else values * kept
    elif mask is not None:
        found["output"] = passed(numpy.array([entry == 1 for entry in mask.flat]))
    linear = None if weights is None else numpy.array([float(v) for v in weights.flat])
    if linear is not None and "output" in found:
        found["z"] = linear @ found["output"]
    if mode == "train" and len(values) <= 12:
        masks = numpy.array(list(product([True, False], repeat=len(values))))
        chance = (kept ** masks.sum(1)) * ((1 - kept) ** (~masks).sum(1))
        outputs = numpy.array([passed(each) for each in masks])
        found["mean"] = chance @ outputs
        found["variance"] = chance @ (outputs - found["mean"]) ** 2
        if linear is not None:
            found["mean-z"] = chance @ (outputs @ linear)
            found["variance-z"] = chance @ (outputs @ linear - found["mean-z"]) ** 2
        if mask is None:
            found["masks"] = len(masks)
    return found
