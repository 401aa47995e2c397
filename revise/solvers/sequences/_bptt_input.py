"""What back-propagation through time is given: the cell, its inputs and targets, checked against each other."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from revise.engines.arrays import Array, entries
from revise.errors import InputError
from revise.expression import Node
from revise.solvers.sequences._cell_input import sequence
from revise.solvers.sequences._rnn_input import read_cell

_MOST_STEPS = 32


@dataclass(frozen=True)
class Cell:
    """`given` are the textbook's letters; `each` says that every step has a loss, else the last one has."""

    plain: bool
    given: dict[str, Any]
    loss: str
    each: bool

    @property
    def output(self) -> bool:
        return ("v" if self.plain else "V") in self.given

    def name(self, end: str) -> str:
        """w_hh or W_hh."""
        return f"{'w' if self.plain else 'W'}_{end}"

    def has_loss(self, t: int) -> bool:
        return self.each or t == len(self.given["x"])


def fitted(typed: Mapping[str, Any], loss: str, loss_at: str | None) -> Cell:
    """The cell. Raises InputError naming the parameter that is missing or does not fit."""
    plain, given = read_cell(typed)
    if loss in ("bce", "ce") and typed["v"] is None:
        raise InputError(f"loss: {loss} needs an output layer; give its weights --v")
    if loss == "ce" and plain:
        raise InputError("loss: ce needs two outputs or more, as rows of --v; for one output it is bce")
    if (typed["target"] is None) != (loss == "output"):
        raise InputError("target: missing" if loss != "output" else "target: with --loss output there is none")
    outputs = 0 if plain else (given["V"] if "V" in given else given["W_hh"]).shape[0]
    steps = len(given["x"])
    if steps > _MOST_STEPS:
        raise InputError(f"x: {steps} steps are too many to be gone back; at most {_MOST_STEPS}")
    each = loss_at == "each"
    if loss != "output":
        targets = _targets(typed["target"], outputs)
        if loss_at is None:
            each = len(targets) > 1
        if len(targets) != (steps if each else 1):
            wanted = f"one for each of the {steps} steps" if each else "one, for the last step (or --loss-at each)"
            if loss_at is None:
                wanted = f"one for the last step, or one for each of the {steps} steps"
            raise InputError(f"target: {wanted}, not {len(targets)}")
        given["d"] = targets if each else {steps: targets[1]}
        if loss in ("bce", "ce"):
            _check_targets(given["d"], loss)
    return Cell(plain, given, loss, each)


def _targets(target: Array, outputs: int) -> dict[int, Any]:
    try:
        return sequence(target, outputs)
    except InputError:
        have = target.shape[1]
        wanted = "1 number" if outputs < 2 else f"{outputs} numbers"
        raise InputError(f"target: {wanted} a step, a step a row; a row has {have}") from None


def _check_targets(targets: Mapping[int, Any], loss: str) -> None:
    for row in targets.values():
        values = [entry for entry in entries(row) if not isinstance(entry, Node)]
        if outside := [value for value in values if not 0 <= value <= 1]:
            raise InputError(f"target: {loss} needs probabilities from 0 to 1, not {outside[0]}")
        if loss == "ce" and (len(values) < len(entries(row)) or abs(sum(values) - 1) > 1e-9):
            raise InputError("target: for ce the numbers of a step add up to 1, as 0, 1, 0")
