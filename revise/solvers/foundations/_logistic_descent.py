"""Gradient descent on logistic regression: every update with its probabilities, errors and gradients."""

from collections.abc import Iterator
from typing import Any

from revise.errors import InputError
from revise.expression import Node
from revise.parameters import whole
from revise.solution import Work
from revise.solvers.foundations._logistic_given import FAR, Task

_MOST_UPDATES = 40
_LOGIT = {
    (True, True): "w[t-1]*x[n] + b[t-1]", (True, False): "w[t-1]*x[n]",
    (False, True): "dot(w[t-1], x[n]) + b[t-1]", (False, False): "dot(w[t-1], x[n])",
}  # fmt: skip
_LAST = {
    (True, True): "w[T]*x[n] + b[T]", (True, False): "w[T]*x[n]",
    (False, True): "dot(w[T], x[n]) + b[T]", (False, False): "dot(w[T], x[n])",
}  # fmt: skip
_LOSS = {1: "-log(p[t,n])", 0: "-log(1 - p[t,n])"}
_FAR_LOSS = {1: "softplus(-z[t,n])", 0: "softplus(z[t,n])"}
_UNKNOWN_LOSS = "-(y[n]*log(p[t,n]) + (1 - y[n])*log(1 - p[t,n]))"
_LOSS_WHY = {1: "y = 1: −log p", 0: "y = 0: −log(1 − p)"}
_END_LOSS = {1: "-log(q[n])", 0: "-log(1 - q[n])"}
_FAR_END_LOSS = {1: "softplus(-u[n])", 0: "softplus(u[n])"}
_TOTAL = {"one": "l[t,a]", "mean": "sum(l[t,n] for n in a..c)/k", "sum": "sum(l[t,n] for n in a..c)"}
_BY_W = {"one": "e[t,a]*x[a]", "mean": "sum(e[t,n]*x[n] for n in a..c)/k", "sum": "sum(e[t,n]*x[n] for n in a..c)"}
_BY_B = {"one": "e[t,a]", "mean": "sum(e[t,n] for n in a..c)/k", "sum": "sum(e[t,n] for n in a..c)"}


def batches(count: int, size: Any, epochs: Any, letters: bool) -> list[tuple[int, int, int]]:
    """(epoch, first example, last example) of every update. Raises InputError where there are too many."""
    wide = count if size is None else whole(size, "batch-size")
    if wide > count:
        raise InputError(f"batch-size: {wide}, but there {'is' if count == 1 else 'are'} only {count}")
    rounds = whole(epochs, "epochs")
    if rounds * -(-count // wide) > _MOST_UPDATES:
        raise InputError(f"epochs: {rounds * -(-count // wide)} updates are too many; at most {_MOST_UPDATES}")
    if letters and rounds * -(-count // wide) > 1:
        raise InputError("epochs: with letters one update is shown; leave --epochs and --batch-size out")
    return list(_batches(count, wide, rounds))


def _batches(count: int, size: int, rounds: int) -> Iterator[tuple[int, int, int]]:
    for epoch in range(1, rounds + 1):
        for first in range(1, count + 1, size):
            yield epoch, first, min(first + size - 1, count)


def descend(work: Work, task: Task, every: list[tuple[int, int, int]], reduction: str) -> dict[str, str]:
    """The updates, and the answers' words."""
    size = every[0][2] - every[0][1] + 1
    count = len(task.rows)
    kind = "batch gradient descent: one update uses all examples"
    if size < count:
        kind = f"mini-batches of {size}, in the order given"
        kind = "stochastic gradient descent: one update an example, in the order given" if size == 1 else kind
    if count > 1:
        work.note(kind[0].upper() + kind[1:] + ".")
    for t, (epoch, first, last) in enumerate(every, 1):
        if len(every) > 1:
            which = f"example {first}" if first == last else f"examples {first} to {last}"
            work.note(f"Update {t} (epoch {epoch}): {which}")
        _update(work, task, t, first, last, reduction)
    words = {"weights": f"w[{len(every)}]"}
    return words | ({} if task.bias is None else {"bias": f"b[{len(every)}]"})


def _update(work: Work, task: Task, t: int, first: int, last: int, reduction: str) -> None:
    at: dict[str, Any] = {"t": t, "a": first, "c": last, "k": last - first + 1, "s": t - 1}
    kind = "one" if first == last else reduction
    table, labels = f"update {t}", task.labels or ()
    for n in range(first, last + 1):
        work.let("z[t,n]", _LOGIT[task.single, task.bias is not None], "score", table=table, t=t, n=n)
        work.let("p[t,n]", "sigmoid(z[t,n])", "probability of class 1", table=table, t=t, n=n)
        work.let("e[t,n]", "p[t,n] - y[n]", "error: probability minus label", table=table, t=t, n=n)
    for n in range(first, last + 1):
        label, logit = labels[n - 1], work.env["z"][t, n]
        if isinstance(label, Node):
            formula, why = _UNKNOWN_LOSS, "minus the log-likelihood"
        else:
            far = not isinstance(logit, Node) and (abs(logit) > FAR or work.env["p"][t, n] in (0, 1))
            formula, why = (_FAR_LOSS if far else _LOSS)[int(label)], _LOSS_WHY[int(label)]
        work.let("l[t,n]", formula, why, table=f"losses before update {t}", t=t, n=n)
    why = {"one": "the loss before the update", "mean": "their mean", "sum": "their sum"}[kind]
    work.let("L[t]", _TOTAL[kind], why, **at)
    work.let("dL_dw[s]", _BY_W[kind], "by w: each error times its input", gradient_of=("L[t]", "w[s]"), **at)
    if task.bias is not None:
        work.let("dL_db[s]", _BY_B[kind], "by b: the errors alone", gradient_of=("L[t]", "b[s]"), **at)
    work.let("w[t]", "w[s] - eta*dL_dw[s]", "a step against the gradient", **at)
    if task.bias is not None:
        work.let("b[t]", "b[s] - eta*dL_db[s]", "the bias at the same time", **at)


def at_the_end(work: Work, task: Task, updates: int, reduction: str) -> dict[str, str]:
    """Probabilities, classes, loss and accuracy with the last weights."""
    if work.letters:
        return {}
    count, labels = len(task.rows), task.labels or ()
    for n in range(1, count + 1):
        formula = _LAST[task.single, task.bias is not None]
        work.let("u[n]", formula, "score with the last weights", table="after the last update", n=n)
        work.let("q[n]", "sigmoid(u[n])", "probability", table="after the last update", n=n)
        work.let("c[n]", "step(u[n])", "class: 1 where p ≥ 1/2", table="after the last update", n=n)
    for n, label in enumerate(labels, 1):
        far = abs(work.env["u"][n]) > FAR or work.env["q"][n] in (0, 1)
        formula = (_FAR_END_LOSS if far else _END_LOSS)[int(label)]
        work.let("j[n]", formula, _LOSS_WHY[int(label)], table="losses after the last update", n=n)
    formula = "sum(j[n] for n in 1..N)/N" if reduction == "mean" else "sum(j[n] for n in 1..N)"
    work.let("J", formula, "the loss of all examples now" if count > 1 else "the loss now")
    if count == 1:
        return {"loss": "J"}
    work.let("A", "sum(1 for n in 1..N if c[n] == y[n])/N", "accuracy: the share of right classes")
    return {"loss": "J", "accuracy": "A"}
