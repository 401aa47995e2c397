"""Perceptron learning by hand: every sample and update, epoch by epoch."""

from fractions import Fraction
from random import Random
from typing import Any, Literal

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.parameters import Matrix, Number, Vector, whole
from revise.solution import Solution, Work
from revise.solvers.networks._line_words import numbers_only, signs_of
from revise.solvers.networks._perceptron_epochs import Task, learn
from revise.solvers.networks._perceptron_result import bound, boundary, failed

SERVES: dict[str, dict[str, object]] = {"perceptron": {}}
SOURCE = "Rosenblatt 1958, The perceptron; the bound (R/γ)²: Novikoff 1962, On convergence proofs for perceptrons"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Negnevitsky 2005, Artificial intelligence, table 6.3: AND with the threshold left as it is, 5 epochs; here in
    # tenths, for in floats 0.2 − 0.1 − 0.1 need not be 0 (test_perceptron.py has the table as it is printed)
    (
        {
            "input": "0, 0; 0, 1; 1, 0; 1, 1", "target": "0, 0, 0, 1", "lr": 1, "start": "3, -1",
            "bias": "fixed", "start_bias": -2,
        },
        {"weights": [1, 1], "epochs": 5},
    ),
    # Cornell CS472 (autumn 2004), perceptron-example: OR with a third input −1 in the bias's place; after epoch 2
    (
        {
            "input": "0, 0, -1; 0, 1, -1; 1, 0, -1; 1, 1, -1", "target": "0, 1, 1, 1", "lr": "0.5", "bias": "none",
            "epochs": 2,
        },
        {"weights": ["0.5", "0.5", "0"]},
    ),
    # Fausett 1994, Fundamentals of neural networks, example 2.12: AND with ±1, a net input of 0 is a mistake
    (
        {
            "input": "1, 1; 1, -1; -1, 1; -1, -1", "target": "1, -1, -1, -1", "at_zero": "mistake",
        },
        {"weights": [1, 1], "bias": -1, "epochs": 2},
    ),
]  # fmt: skip
MISTAKES = {
    "w[t]": {
        "updated though the output was right": "w[t-1] + eta*y[i]*x[i]",
        "the sign of the update is turned": "w[t-1] - eta*e[t]*x[i]",
        "the input is left out of the update": "w[t-1] + eta*e[t]*ones(len(x[i]))",
        "the learning rate is left out": "w[t-1] + e[t]*x[i]",
    },
    "b[t]": {"the bias is not learnt": "b[t-1]"},
    "z[t]": {"the bias is left out": "dot(w[t-1], x[i])"},
}
_MOST = 1000  # samples shown to the perceptron, one after another
_USUAL = 100  # epochs


def solve(
    input: Matrix,
    target: Vector,
    update: Literal["label", "error"] | None = None,
    lr: Number = 1,
    start: Vector | None = None,
    start_bias: Number = 0,
    bias: Literal["apart", "weight", "fixed", "none"] = "apart",
    at_zero: Literal["positive", "negative", "mistake"] = "positive",
    epochs: Number | None = None,
) -> Solution:
    """One line for each sample in the order given: z = w·x + b, the output o, the new weights; epoch after epoch.

    input       one sample a line: "0, 0; 0, 1; 1, 0; 1, 1"
    target      their labels, 0 and 1 or −1 and 1
    update      `label`: w + ηyx where the output is wrong, y = ±1 (usual with −1 and 1; labels 0 are read as −1);
                `error`: w + η(t − o)x (usual with 0 and 1; with −1 and 1 a step is twice as long)
    lr          the learning rate η
    start       the weights begun with, 0 without it; start-bias the bias begun with
    bias        `apart`: a number b of its own; `weight`: w₀, with a first input 1; `fixed`: b stays as it is
                (a threshold θ is b = −θ); `none`
    at_zero     the output where z is exactly 0: the `positive` class, the `negative` one, or always a `mistake`
    epochs      at most so many; without it until an epoch has no mistake, or the weights come back to where they were

    Then the decision boundary and, started from 0, the bound (R/γ)² on the number of mistakes.

    Raises InputError naming the argument whose size or value does not fit.
    """
    task = _read(input, target, update, bias, at_zero, start, start_bias, lr)
    limit = _limit(epochs, len(task.points))
    work = Work(
        x={i: Array((len(row),), row) for i, row in enumerate(task.rows, 1)},
        y=dict(enumerate(task.labels, 1)),
        eta=lr,
        w={0: Array((len(task.first),), task.first)},
        b=start_bias if bias == "fixed" else {0: start_bias} if bias == "apart" else None,
        N=len(task.points),
        A=tuple(range(1, len(task.points) + 1)),
    )
    work.called(x="samples", y="labels", eta="learning rate", w="first weights", N="", A="")
    work.called(b="bias, not learnt" if bias == "fixed" else "first bias")
    _say(work, task)
    count, why = learn(work, task, limit, epochs is not None)
    for k in range(1, count + 1):
        work.let(
            "n[k]", "sum(1 for i in A if o[(k - 1)*N + i] != y[i])", "wrong outputs in the epoch",
            table="mistakes", k=k,
        )  # fmt: skip
    work.let("M", "sum(n[k] for k in 1..K)", "updates in all", K=count)
    last = count * len(task.points)
    words = {"weights": f"w[{last}]"} | ({"bias": f"b[{last}]"} if bias == "apart" else {})
    words["updates"] = "M"
    if why != "learnt":
        failed(work, task, count, why)
        return work.answer(words)
    work.let("E", "k", "the first epoch without a mistake: the weights stay as they are", k=count)
    boundary(work, task, last)
    words |= {"epochs": "E"} | bound(work, task, last)
    return work.answer(words)


def _read(
    input: Array,
    target: Array,
    update: str | None,
    bias: str,
    at_zero: str,
    start: Array | None,
    start_bias: Any,
    lr: Any,
) -> Task:
    points = [tuple(row) for row in input.nested()]
    signs, bipolar = signs_of(target.flat, len(points))
    numbers_only(input.flat, "input", "a decision at every sample")
    numbers_only([lr], "lr", "a decision at every sample")
    numbers_only([start_bias], "start-bias", "a decision at every sample")
    if lr <= 0:
        raise InputError(f"lr: the learning rate is positive, not {lr}")
    if len(points) > 64 or len(points[0]) > 16:
        raise InputError(f"input: {len(points)} samples of {len(points[0])} numbers; it takes 64 of 16 at most")
    if bias == "none" and start_bias != 0:
        raise InputError("start-bias: there is no bias with --bias none")
    first = (0,) * len(points[0]) if start is None else start.flat
    numbers_only(first, "start", "a decision at every sample")
    if len(first) != len(points[0]):
        raise InputError(f"start: {len(first)} weights for {len(points[0])} inputs (the bias is --start-bias)")
    by_label = update == "label" or (update is None and bipolar)
    if at_zero == "mistake" and not by_label:
        raise InputError("at-zero: `mistake` goes with --update label; in t − o the output is one of the two classes")
    return Task(
        points, signs, by_label, by_label or bipolar, bias, at_zero, (start_bias, *first) if bias == "weight" else first
    )


def _limit(epochs: Any, count: int) -> int:
    if epochs is None:
        return min(_USUAL, _MOST // count)
    limit = whole(epochs, "epochs")
    if limit * count > _MOST:
        raise InputError(f"epochs: {limit} of {count} samples is more than {_MOST} samples")
    return limit


def _say(work: Work, task: Task) -> None:
    names = ("1", "−1") if task.bipolar else ("1", "0")
    zero = {
        "positive": f"z = 0 counts as class {names[0]}",
        "negative": f"z = 0 counts as class {names[1]}",
        "mistake": "z = 0 is a mistake whatever the label",
    }[task.at_zero]
    work.note(f"k is the epoch, i the sample, t counts the samples shown; {zero}.")
    if task.bias == "weight":
        work.note("The bias is the weight w₀ of a first input that is always 1: it stands first in x and w.")


def sample(rng: Random) -> dict[str, Any]:
    """Four or five points with small whole numbers; boolean functions, or points on two sides of a line."""
    bipolar = rng.random() < 0.5
    low = -1 if bipolar else 0
    corners = [(low, low), (low, 1), (1, low), (1, 1)]
    signs = rng.choice([[0, 0, 0, 1], [0, 1, 1, 1], [1, 0, 0, 0], [1, 1, 1, 0], [0, 0, 1, 0], [0, 1, 1, 0]])
    if rng.random() < 0.4:
        corners = [(rng.randint(-2, 3), rng.randint(-2, 3)) for _ in range(rng.randint(3, 5))]
        signs = [int(x + y > 1) for x, y in corners]
    given: dict[str, Any] = {
        "input": "; ".join(f"{x}, {y}" for x, y in corners),
        "target": ", ".join(str(1 if sign else low) for sign in signs),
        "lr": rng.choice(["1", "1", "0.5", "0.25"]),
        "bias": rng.choice(["apart", "apart", "weight", "none"]),
    }
    if rng.random() < 0.6:
        given["update"] = rng.choice(["label", "error"])
    if rng.random() < 0.4:
        given["start"] = f"{rng.randint(-1, 1)}, {rng.randint(-1, 1)}"
    by_label = given.get("update", "label" if bipolar else "error") == "label"
    given["at_zero"] = rng.choice(["positive", "negative", "mistake" if by_label else "positive"])
    if rng.random() < 0.5:
        given["epochs"] = rng.randint(1, 4)
    return given


def reference(
    input: Any, target: Any, update: str | None = None, lr: Any = 1, start: Any = None, start_bias: Any = 0,
    bias: str = "apart", at_zero: str = "positive", epochs: Any = None,
) -> dict[str, Any]:  # fmt: skip
    """NumPy on fractions: the whole bias inside the weight vector, and the margin's sign decides."""
    import numpy

    samples = numpy.array([[Fraction(1), *map(Fraction, row)] for row in input.nested()], dtype=object)
    bipolar = 0 not in target.flat
    error = update == "error" or (update is None and not bipolar)
    side = numpy.array([1 if label == 1 else -1 for label in target.flat])
    first = [0] * (samples.shape[1] - 1) if start is None else list(start.flat)
    v = numpy.array([Fraction(start_bias), *map(Fraction, first)], dtype=object)
    learnt = numpy.ones(len(v), dtype=object)
    learnt[0] = int(bias in ("apart", "weight"))
    pace = lr * (2 if error and bipolar else 1)
    tie = {"positive": 1, "negative": -1, "mistake": 0}[at_zero]
    seen = [tuple(v)]
    total = epoch = clean = 0
    while epoch < (epochs or 100) and not clean:
        epoch += 1
        wrong = 0
        for row, sign in zip(samples, side, strict=True):
            z = row @ v
            if ((z > 0) - (z < 0) or tie) != sign:
                v = v + pace * sign * row * learnt
                wrong += 1
        total += wrong
        clean = int(not wrong)
        if epochs is None and not clean and tuple(v) in seen:
            break
        seen.append(tuple(v))
    answers: dict[str, Any] = {"weights": list(v if bias == "weight" else v[1:]), "bias": v[0], "updates": total}
    return answers | ({"epochs": epoch} if clean else {})
