"""What comes after the epochs: the line the weights draw, the bound on the mistakes, or why there is no end."""

from typing import Any

from revise.solution import Work
from revise.solvers.networks._line_words import lowered, sum_of
from revise.solvers.networks._literals import vector_of
from revise.solvers.networks._perceptron_epochs import Task, state
from revise.solvers.networks._separation import Separation, separate

# is the bias apart → the samples' length, are the labels ±1 → the least margin
_LONGEST = {
    False: "max(dot(x[i], x[i]) for i in A)",
    True: "max(dot(x[i], x[i]) + 1 for i in A)",
}
_MARGIN = {
    (False, True): "min(y[i]*dot(u, x[i]) for i in A)",
    (False, False): "min((2*y[i] - 1)*dot(u, x[i]) for i in A)",
    (True, True): "min(y[i]*dot(u, concat(x[i], 1)) for i in A)",
    (True, False): "min((2*y[i] - 1)*dot(u, concat(x[i], 1)) for i in A)",
}
_INTERCEPT = {"apart": "-b[t]/w[t][q]", "fixed": "-b/w[t][q]", "weight": "-w[t][0]/w[t][q]"}


def boundary(work: Work, task: Task, last: int) -> None:
    """The line w·x + b = 0; with two inputs also x₂ as a function of x₁."""
    weights, bias = _learnt(work, task, last)
    letters = [lowered("x", j) for j in range(1, len(weights) + 1)]
    work.note(f"Decision boundary: {sum_of([*weights, bias], [*letters, ''])} = 0.")
    if len(weights) != 2 or not weights[1]:
        return
    first = 1 if task.bias == "weight" else 0
    at: dict[str, Any] = {"t": last, "p": first, "q": first + 1}
    work.let("slope", "-w[t][p]/w[t][q]", "the boundary solved for x₂: its slope", **at)
    if task.bias in _INTERCEPT:
        work.let("intercept", _INTERCEPT[task.bias], "and where it cuts the x₂-axis", **at)


def bound(work: Work, task: Task, last: int) -> dict[str, str]:
    """(R/γ)² where it holds: first weights 0 and a bias that is learnt or absent. Word → step."""
    if task.bias == "fixed" or any(state(work, 0)):
        return {}
    apart = task.bias == "apart"
    rows = [(*row, 1) for row in task.rows] if apart else task.rows
    weights = state(work, last)
    if min(s * sum(w * x for w, x in zip(weights, row, strict=True)) for s, row in zip(task.signs, rows, strict=True)):
        work.let("u", "concat(w[t], b[t])" if apart else "w[t]", "weights that separate the samples", t=last)
    else:
        found = separate(rows, task.signs, origin=True)
        if found.multipliers:
            return {}
        why = "a sample lies on the line learnt; these weights keep all of them off it"
        work.let("u", vector_of(found.weights), why)
    why = (
        "R²: the longest sample squared, with the 1 that goes with the bias"
        if apart
        else "R²: the longest sample squared"
    )
    work.let("Q", _LONGEST[apart], why)
    work.let("mu", _MARGIN[apart, task.bipolar], "the least margin of these weights")
    why = "(R/γ)² with γ = μ/‖u‖: from weights 0 there are at most so many updates, whatever η"
    work.let("B", "Q*dot(u, u)/mu^2", why, holds="M <= B")
    return {"bound": "B"}


def failed(work: Work, task: Task, count: int, why: str) -> None:
    """Say why the last epoch still had mistakes, and whether any weights would have none."""
    size = len(task.points)
    if why == "repeats":
        before = next(k for k in range(count) if state(work, k * size) == state(work, count * size))
        back = f"where they were after epoch {before}" if before else "where they started"
        work.note(
            f"After epoch {count} the weights are back {back}: the same updates come again and again, without end."
        )
    else:
        work.note(f"Not learnt in {count} epoch{'s' * (count > 1)}: the last one still had wrong outputs.")
    origin = task.bias == "none"
    found = separate(task.points, task.signs, origin=origin)
    if origin and _proves(found, task):
        free = separate(task.points, task.signs)
        also = "nor does one with a bias" if free.multipliers else "with one (--bias apart) it can"
        work.note(
            f"No hyperplane through the origin parts the classes: without a bias no perceptron learns them; {also}."
        )
    elif _proves(found, task):
        what = "line" if len(task.points[0]) == 2 else "hyperplane"
        work.note(
            f"No {what} parts the two classes, so no perceptron can learn them; `revise solve linearly-separable` "
            "with the same --input and --target gives the proof."
        )
    elif not found.multipliers and task.bias == "fixed":
        work.note("With a bias that is learnt too (--bias apart) the classes can be parted.")
    elif not found.multipliers:
        work.note("The classes can be parted, so with enough epochs the perceptron learns them.")


def _proves(found: Separation, task: Task) -> bool:
    """Whether the multipliers use a point that must lie off the line, whatever counts at z = 0."""
    strict = {"positive": (-1,), "negative": (1,), "mistake": (-1, 1)}[task.at_zero]
    return any(m and s in strict for m, s in zip(found.multipliers, task.signs, strict=False))


def _learnt(work: Work, task: Task, last: int) -> tuple[list[Any], Any]:
    values = list(work.env["w"][last].flat)
    if task.bias == "weight":
        return values[1:], values[0]
    bias = work.env.get("b", 0)
    return values, bias[last] if isinstance(bias, dict) else bias
