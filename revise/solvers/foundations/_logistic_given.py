"""What logistic regression is given: examples, labels, weights to begin with."""

from dataclasses import dataclass
from typing import Any

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.expression import Node
from revise.solvers.foundations._distributions import shown
from revise.solvers.foundations._loss_rows import check_numbers, check_size, rows_of, single_column

_MOST_FEATURES = 12
FAR = 16  # logits beyond: 1 − σ(z) loses digits


@dataclass(frozen=True)
class Task:
    """Rows of features (numbers where there is one feature), labels or None, first weights, first bias or None."""

    rows: tuple[Any, ...]
    labels: tuple[Any, ...] | None
    weights: Any
    bias: Any
    features: int

    @property
    def single(self) -> bool:
        """Whether there is one feature, so that w is a number."""
        return self.features == 1

    @property
    def letters(self) -> bool:
        flat = [*(self.rows if self.single else [entry for row in self.rows for entry in row.flat])]
        flat += [*(self.labels or ())] + ([self.weights] if self.single else [*self.weights.flat]) + [self.bias]
        return any(isinstance(entry, Node) for entry in flat)


def read_task(input: Array, target: Array | None, start: Array | None, start_bias: Any, bias: bool) -> Task:
    """Raises InputError naming the argument whose size or value does not fit."""
    count, features = input.shape
    if target is not None and count == 1 and len(target.flat) == features > 1:
        input = Array((features, 1), input.flat)  # one feature, typed in a line
        count, features = features, 1
    check_size("input", count, features, _MOST_FEATURES)
    check_numbers("input", input.flat)
    check_numbers("start-bias", [start_bias])
    if not bias and (isinstance(start_bias, Node) or start_bias != 0):
        raise InputError("start-bias: there is no bias with --no-bias")
    first = (0,) * features if start is None else start.flat
    if len(first) != features:
        raise InputError(f"start: {len(first)} weight{'s' * (len(first) != 1)} for {features} features")
    check_numbers("start", first)
    rows = tuple(input.flat) if features == 1 else tuple(rows_of(input))
    labels = None if target is None else _labels(target, count)
    weights = first[0] if features == 1 else Array((features,), first)
    return Task(rows, labels, weights, start_bias if bias else None, features)


def _labels(target: Array, count: int) -> tuple[Any, ...]:
    labels = single_column("target", target)
    if len(labels) != count:
        raise InputError(f"target: {len(labels)} label{'s' * (len(labels) != 1)} for {count} examples")
    check_numbers("target", labels)
    for place, label in enumerate(labels, 1):
        if not isinstance(label, Node) and label not in (0, 1):
            which = f"example {place}: " if count > 1 else ""
            hint = " (write class −1 as 0)" if label == -1 else ""
            raise InputError(f"target: {which}a label is 0 or 1, not {shown(label)}{hint}")
    return labels
