"""The samples shown to a perceptron one after another, each quantity one step of its epoch's table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from revise.solution import Work

# are the outputs ±1, what happens at z = 0 → the output
_OUTPUT = {
    (True, "positive"): "where(z[t] >= 0, 1, -1)",
    (True, "negative"): "where(z[t] > 0, 1, -1)",
    (True, "mistake"): "sign(z[t])",
    (False, "positive"): "where(z[t] >= 0, 1, 0)",
    (False, "negative"): "where(z[t] > 0, 1, 0)",
}
_SUM = {
    "apart": "dot(w[t-1], x[i]) + b[t-1]",
    "fixed": "dot(w[t-1], x[i]) + b",
    "weight": "dot(w[t-1], x[i])",
    "none": "dot(w[t-1], x[i])",
}


@dataclass(frozen=True)
class Task:
    """What is learnt, and by which convention; `first` are the weights begun with, w₀ among them for bias `weight`."""

    points: Sequence[tuple[Any, ...]]
    signs: Sequence[int]
    by_label: bool
    bipolar: bool
    bias: str
    at_zero: str
    first: tuple[Any, ...]

    @property
    def rows(self) -> list[tuple[Any, ...]]:
        """The samples as the weights meet them."""
        return [(1, *point) if self.bias == "weight" else point for point in self.points]

    @property
    def labels(self) -> list[int]:
        return [sign if self.bipolar else int(sign == 1) for sign in self.signs]


def learn(work: Work, task: Task, limit: int, to_the_limit: bool) -> tuple[int, str]:
    """The epochs worked, and how they ended: `learnt`, `repeats` or `epochs`.

    to_the_limit  weights that come back to where they were do not end it
    """
    count = len(task.points)
    seen = {state(work, 0)}
    for k in range(1, limit + 1):
        right = [_show(work, task, k, i, (k - 1) * count + i) for i in range(1, count + 1)]
        if all(right):
            return k, "learnt"
        reached = state(work, k * count)
        if reached in seen and not to_the_limit:
            return k, "repeats"
        seen.add(reached)
    return limit, "epochs"


def state(work: Work, t: int) -> tuple[Any, ...]:
    """The weights and, where there is one, the bias after t samples."""
    bias = work.env.get("b")
    return (*work.env["w"][t].flat, *([bias[t]] if isinstance(bias, dict) else []))


def _show(work: Work, task: Task, k: int, i: int, t: int) -> bool:
    """One sample; whether its output was right."""
    table = "epochs"
    at: dict[str, Any] = {"k": k, "i": i, "t": t}
    work.let("z[t]", _SUM[task.bias], table=table, **at)
    output = work.let("o[t]", _OUTPUT[task.bipolar, task.at_zero], table=table, **at)
    right = bool(output == task.labels[i - 1])
    learnt = task.bias == "apart"
    if not task.by_label:
        work.let("e[t]", "y[i] - o[t]", "the error", table=table, **at)
        work.let("w[t]", "w[t-1] + eta*e[t]*x[i]", "", table=table, **at)
        if learnt:
            work.let("b[t]", "b[t-1] + eta*e[t]", "", table=table, **at)
    elif right:
        work.let("w[t]", "w[t-1]", "right: nothing changes", table=table, **at)
        if learnt:
            work.let("b[t]", "b[t-1]", "", table=table, **at)
    else:
        work.let("w[t]", "w[t-1] + eta*y[i]*x[i]", "wrong", table=table, **at)
        if learnt:
            work.let("b[t]", "b[t-1] + eta*y[i]", "", table=table, **at)
    return right
