"""Gradient descent on a line through a few points: batch, mini-batch or one example at a time."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.expression import Node
from revise.parameters import whole
from revise.solution import Solution, Work
from revise.solvers.optimisation._problem import Point, finite

Loss = Literal["mean", "half", "sum", "half-sum"]

_MOST_ROWS = 50
_MOST_UPDATES = 40
_WITH_BIAS = {True: "w[s]*x[n] + b[s]", False: "w[s]*x[n]"}
# loss → (its formula, the gradients by w and by b) over the rows from a to z, k of them
_LOSS = {
    "mean": "sum(e[t,n]^2 for n in a..z)/k",
    "half": "sum(e[t,n]^2 for n in a..z)/(2*k)",
    "sum": "sum(e[t,n]^2 for n in a..z)",
    "half-sum": "sum(e[t,n]^2 for n in a..z)/2",
}
_BY_W = {
    "mean": "2/k*sum(e[t,n]*x[n] for n in a..z)",
    "half": "1/k*sum(e[t,n]*x[n] for n in a..z)",
    "sum": "2*sum(e[t,n]*x[n] for n in a..z)",
    "half-sum": "sum(e[t,n]*x[n] for n in a..z)",
}
_BY_B = {
    "mean": "2/k*sum(e[t,n] for n in a..z)",
    "half": "1/k*sum(e[t,n] for n in a..z)",
    "sum": "2*sum(e[t,n] for n in a..z)",
    "half-sum": "sum(e[t,n] for n in a..z)",
}
_AFTER = {
    ("mean", True): "sum((w[s]*x[n] + b[s] - y[n])^2 for n in 1..N)/N",
    ("mean", False): "sum((w[s]*x[n] - y[n])^2 for n in 1..N)/N",
    ("half", True): "sum((w[s]*x[n] + b[s] - y[n])^2 for n in 1..N)/(2*N)",
    ("half", False): "sum((w[s]*x[n] - y[n])^2 for n in 1..N)/(2*N)",
    ("sum", True): "sum((w[s]*x[n] + b[s] - y[n])^2 for n in 1..N)",
    ("sum", False): "sum((w[s]*x[n] - y[n])^2 for n in 1..N)",
    ("half-sum", True): "sum((w[s]*x[n] + b[s] - y[n])^2 for n in 1..N)/2",
    ("half-sum", False): "sum((w[s]*x[n] - y[n])^2 for n in 1..N)/2",
}
_WORDS = {
    "mean": "squared errors, their mean over the batch",
    "half": "squared errors, half their mean over the batch",
    "sum": "squared errors, added over the batch",
    "half-sum": "squared errors, half of their sum over the batch",
}
SLIPS = {
    "w[s] - eta*dL_dw[s]": {
        "up the gradient instead of down": "w[s] + eta*dL_dw[s]",
        "the learning rate is forgotten": "w[s] - dL_dw[s]",
    },
    "2/k*sum(e[t,n]*x[n] for n in a..z)": {
        "the input is forgotten: that is the gradient by b": "2/k*sum(e[t,n] for n in a..z)",
        "summed, not averaged": "2*sum(e[t,n]*x[n] for n in a..z)",
    },
    "1/k*sum(e[t,n]*x[n] for n in a..z)": {
        "the factor 2 is there, but the half takes it away": "2/k*sum(e[t,n]*x[n] for n in a..z)",
    },
    "p[t,n] - y[n]": {"the error is turned round: target minus prediction": "y[n] - p[t,n]"},
}


def regression(
    data: Array, start: Point | None, lr: Any, epochs: Any, batch_size: Any, drop_last: bool, loss: Loss
) -> Solution:
    """ŷ = wx + b (or wx, where the start names no b): every update with its predictions, errors and gradients."""
    rows = _rows(data)
    values = _start(start)
    count = len(rows)
    size = count if batch_size is None else whole(batch_size, "batch-size")
    if size > count:
        raise InputError(f"batch-size: there are only {count} examples, not {size}")
    batches = list(_batches(count, size, drop_last, whole(epochs, "epochs")))
    if len(batches) > _MOST_UPDATES:
        raise InputError(f"epochs: {len(batches)} updates are too many to be shown; at most {_MOST_UPDATES}")
    biased = "b" in values
    work = Work(
        x={n: x for n, (x, _) in enumerate(rows, 1)},
        y={n: y for n, (_, y) in enumerate(rows, 1)},
        w={0: values["w"]},
        b={0: values["b"]} if biased else None,
        eta=lr,
        N=count,
    )
    work.called(x="input", y="target", w="start", eta="learning rate", N="examples")
    kind = "batch gradient descent: one update uses all examples"
    if size == 1:
        kind = "stochastic gradient descent: one update for each example, in the order given"
    elif size < count:
        kind = f"mini-batches of {size}, in the order given"
    work.note(f"The line is {'wx + b' if biased else 'wx'}; {kind}.")
    if len(rows) * 2 + 2 > 18:
        work.note("The examples: " + "; ".join(f"{_shown(x)} → {_shown(y)}" for x, y in rows))
    for t, (epoch, first, last) in enumerate(batches, 1):
        update(work, t, epoch, (first, last), biased, loss)
    why = "the loss of all examples at the end"
    work.let("J", _AFTER[loss, biased], why, s=len(batches))
    words = {"w": f"w[{len(batches)}]"} | ({"b": f"b[{len(batches)}]"} if biased else {})
    return work.answer(words | {"loss": "J"})


def update(work: Work, t: int, epoch: int, rows: tuple[int, int], biased: bool, loss: Loss) -> None:
    """One update: predictions, errors, loss, gradients, step."""
    first, last = rows
    at: dict[str, Any] = {"t": t, "a": first, "z": last, "k": last - first + 1, "s": t - 1}
    which = f"example {first}" if first == last else f"examples {first} to {last}"
    work.note(f"Update {t} (epoch {epoch}): {which}")
    table = f"update {t}"
    for n in range(first, last + 1):
        work.let("p[t,n]", _WITH_BIAS[biased], "prediction", table=table, t=t, n=n, s=t - 1)
        work.let("e[t,n]", "p[t,n] - y[n]", "error: prediction minus target", table=table, t=t, n=n, s=t - 1)
    work.let("L[t]", _LOSS[loss], _WORDS[loss] + ", before the update", **at)
    why = "by w: each error times its input"
    work.let("dL_dw[s]", _BY_W[loss], why, gradient_of=("L[t]", "w[s]"), **at)
    if biased:
        work.let("dL_db[s]", _BY_B[loss], "by b: the errors alone", gradient_of=("L[t]", "b[s]"), **at)
    work.let("w[t]", "w[s] - eta*dL_dw[s]", "a step against the gradient", **at)
    if biased:
        work.let("b[t]", "b[s] - eta*dL_db[s]", "the bias at the same time, with its own gradient", **at)


def _batches(count: int, size: int, drop_last: bool, epochs: int) -> Iterator[tuple[int, int, int]]:
    """(epoch, first row, last row) of every update."""
    for epoch in range(1, epochs + 1):
        for first in range(1, count + 1, size):
            if first + size - 1 <= count or not drop_last:
                yield epoch, first, min(first + size - 1, count)


def _rows(data: Array) -> list[tuple[Any, Any]]:
    if data.shape[1] != 2:
        raise InputError(
            f'data: an example is its input and its target, "1, 2; 2, 4", so two numbers a row, not {data.shape[1]}'
        )
    if data.shape[0] > _MOST_ROWS:
        raise InputError(f"data: {data.shape[0]} examples are too many to be shown; at most {_MOST_ROWS}")
    for entry in data.flat:
        if isinstance(entry, Node):
            raise InputError("data: the examples are numbers here; letters go with --function")
        finite(entry, "data: each entry")
    return [(data.flat[place], data.flat[place + 1]) for place in range(0, len(data.flat), 2)]


def _start(start: Point | None) -> Mapping[str, Any]:
    values = {"w": 0, "b": 0} if start is None else dict(start)
    if start is not None and start.is_numbered:
        values = dict(zip("wb", start.values(), strict=False))
    if "w" not in values or set(values) - {"w", "b"} or (start is not None and len(start) > 2):
        raise InputError('start: with --data the parameters are w and b, "w=0, b=0", or w alone')
    for word, value in values.items():
        if isinstance(value, Node):
            raise InputError(f"start: {word} must be a number here")
        finite(value, f"start: {word}")
    return values


def _shown(value: Any) -> str:
    from revise.engines.text import number_text
    from revise.numerals import Numerals

    return number_text(value, Numerals())


def fitted(**given: Any) -> dict[str, Any]:
    """The reference: torch.optim.SGD on slices of the data, the loss by Torch."""
    import torch

    table = torch.tensor([float(entry) for entry in given["data"].flat], dtype=torch.float64).reshape(-1, 2)
    start = given.get("start")
    values = (
        {"w": 0.0, "b": 0.0}
        if start is None
        else dict(zip("wb" if start.is_numbered else start, map(float, start.values()), strict=False))
    )
    leaves = {word: torch.tensor(value, dtype=torch.float64, requires_grad=True) for word, value in values.items()}
    machine = torch.optim.SGD(list(leaves.values()), lr=float(given.get("lr", 0.1)))
    kind = given.get("loss", "mean")

    def cost(part: Any) -> Any:
        line = leaves["w"] * part[:, 0] + leaves.get("b", 0)
        reduced = "mean" if kind in ("mean", "half") else "sum"
        whole = torch.nn.functional.mse_loss(line, part[:, 1], reduction=reduced)
        return whole / 2 if kind.startswith("half") else whole

    size = int(given.get("batch_size") or len(table))
    for _ in range(int(given.get("epochs", 1))):
        for part in table.split(size):  # type: ignore[no-untyped-call]
            if given.get("drop_last") and len(part) < size:
                continue
            machine.zero_grad()
            cost(part).backward()
            machine.step()
    return {word: leaf.item() for word, leaf in leaves.items()} | {"loss": cost(table).item()}
