"""Iterations per epoch and updates in all, from examples and batch size."""

from random import Random
from typing import Any

from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Number
from revise.parameters import whole as whole_number
from revise.solution import Solution, Work

SERVES: dict[str, dict[str, object]] = {"epochs": {}}
SOURCE = "Goodfellow et al. 2016, Deep Learning, section 8.1.3; PyTorch, torch.utils.data.DataLoader (drop_last)"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Google, Machine Learning Glossary, "epoch": 1,000 examples in batches of 50 are 20 iterations
    ({"examples": 1000, "batch_size": 50}, {"iterations-per-epoch": 20}),
    # keras.io, Simple MNIST convnet: 90 % of 60,000 images, batches of 128, 15 epochs; the log counts 422 a time
    ({"examples": 54000, "batch_size": 128, "epochs": 15}, {"iterations-per-epoch": 422, "total-updates": 6330}),
]
MISTAKES = {
    "I": {
        "rounded down: the last, smaller batch is forgotten": "floor(N/B)",
        "not rounded": "N/B",
        "rounded up though the last batch is dropped": "ceil(N/B)",
    },
    "U": {"only one epoch": "I", "the examples counted instead of the batches": "N*E"},
}
_MOST = 10**12


def solve(
    examples: Number,
    batch_size: Number,
    epochs: Number = 1,
    drop_last: bool = False,
    iterations: Number | None = None,
) -> Solution:
    """⌈N/B⌉ iterations an epoch (one update each); of a number of iterations the epochs they are.

    examples    N, in the training set
    batch-size  B; 1 is stochastic gradient descent, N the whole batch
    epochs      E, how often all examples are gone through
    drop-last   a last batch that is too small is left out: ⌊N/B⌋ (PyTorch's drop_last)
    iterations  how many epochs are these?

    Backwards: --find batch-size --examples 2000 --iterations-per-epoch 4.

    Raises InputError where a count is no whole number above 0, or the batch is larger than the set.
    """
    for name, value in (("examples", examples), ("batch-size", batch_size), ("epochs", epochs)):
        if not isinstance(value, Node) and whole_number(value, name) > _MOST:
            raise InputError(f"{name}: {value} is too large")
    if iterations is not None and not isinstance(iterations, Node):
        whole_number(iterations, "iterations")
    if not isinstance(examples, Node) and not isinstance(batch_size, Node) and batch_size > examples:
        raise InputError(f"batch-size: there are only {examples} examples, not {batch_size}")
    work = Work(N=examples, B=batch_size, E=epochs, T=iterations)
    work.whole = True
    work.called(N="examples", B="batch size", E="epochs", T="iterations")
    if drop_last:
        work.let("I", "floor(N/B)", "iterations an epoch: the last batch is left out where it is not full")
        work.let("R", "N - I*B", "examples that an epoch leaves out")
    else:
        work.let("I", "ceil(N/B)", "iterations an epoch: the last batch may be smaller, but it counts")
        work.let("R", "N - (I - 1)*B", "examples in the last batch")
    work.let("U", "I*E", "updates in all: one each iteration")
    words = {"iterations-per-epoch": "I", "left-out" if drop_last else "last-batch": "R", "total-updates": "U"}
    if iterations is not None:
        work.let("F", "T/I", "the iterations as epochs")
        work.let("C", "floor(F)", "complete epochs")
        work.let("M", "T - C*I", "iterations into the next one")
        words |= {"as-epochs": "F", "complete-epochs": "C", "into-the-next": "M"}
    return work.answer(words)


def sample(rng: Random) -> dict[str, Any]:
    """Round numbers, where the division mostly leaves a rest."""
    examples = rng.choice([10, 100, 250, 1000, 2000, 50000, 60000])
    batch = rng.choice([size for size in (1, 4, 10, 32, 64, 100, 128, 256) if size <= examples])
    given: dict[str, Any] = {"examples": str(examples), "batch_size": str(batch), "epochs": str(rng.randint(1, 20))}
    given["drop_last"] = rng.random() < 0.4
    if rng.random() < 0.4:
        given["iterations"] = str(rng.choice([100, 1000, 7, 450]))
    return given


def reference(
    examples: Any, batch_size: Any, epochs: Any = 1, drop_last: bool = False, iterations: Any = None
) -> dict[str, Any]:
    """The batches of an epoch counted by Torch's own sampler."""
    from torch.utils.data import BatchSampler

    size, count = int(batch_size), int(examples)
    batches = [len(batch) for batch in BatchSampler(range(count), size, drop_last)]
    found: dict[str, Any] = {"iterations-per-epoch": len(batches), "total-updates": len(batches) * int(epochs)}
    found["left-out" if drop_last else "last-batch"] = count - sum(batches) if drop_last else batches[-1]
    if iterations is not None:
        complete, rest = divmod(int(iterations), len(batches))
        found |= {"as-epochs": int(iterations) / len(batches), "complete-epochs": complete, "into-the-next": rest}
    return found
