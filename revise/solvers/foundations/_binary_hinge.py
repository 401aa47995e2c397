"""The hinge of two classes: one score an example, labels −1 and 1."""

from typing import Any

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.expression import Node
from revise.solution import Solution, Work
from revise.solvers.foundations import _hinge_formulas as formulas
from revise.solvers.foundations._distributions import shown
from revise.solvers.foundations._loss_rows import single_column


def binary_hinge(values: tuple[Any, ...], target: Array, margin: Any, squared: bool, reduction: str) -> Solution:
    labels = single_column("target", target)
    if len(labels) != len(values):
        raise InputError(f"target: {len(labels)} label{'s' * (len(labels) != 1)} for {len(values)} scores")
    for place, label in enumerate(labels, 1):
        if not isinstance(label, Node) and label not in (-1, 1):
            which = f"entry {place}: " if len(labels) > 1 else ""
            hint = " (write class 0 as −1)" if label == 0 else ""
            raise InputError(f"target: {which}one score an example has labels −1 and 1, not {shown(label)}{hint}")
    one, count = len(values) == 1, len(values)
    work = Work(
        s=values[0] if one else dict(enumerate(values, 1)),
        y=labels[0] if one else dict(enumerate(labels, 1)),
        Delta=margin,
        N=None if one else count,
    )
    work.called(s="score" if one else "scores", y="label" if one else "labels", Delta="margin", N="examples")
    kept = "only what is above 0 counts" + (", squared" if squared else "")
    why = "y·s is at least Δ where the score is right and far enough from 0"
    for n in range(1, count + 1):
        if one:
            work.let("v", formulas.BINARY_MARGIN[0], why)
            work.let("L", formulas.BINARY[squared][0], kept)
        else:
            work.let("v[n]", formulas.BINARY_MARGIN[1], why, table="losses", n=n)
            work.let("l[n]", formulas.BINARY[squared][1], kept, table="losses", n=n)
    if not one:
        why = "the batch: the mean of its losses" if reduction == "mean" else "the batch: its losses added up"
        work.let("L", formulas.TOTAL[reduction], why)
    words = {"loss": "L"} | {f"loss-{n}": f"l[{n}]" for n in range(1, count + 1) if not one}
    if work.letters:
        return work.answer(words)
    for n in range(1, count + 1):
        value = work.env["v"] if one else work.env["v"][n]
        text = formulas.BINARY_SLOPE[squared, "" if one else reduction] if value > 0 else "0"
        why = "violated" if value > 0 else "met: no slope" if value < 0 else "just met: the slope 0 is taken"
        sure = squared or value != 0
        if one:
            work.let("dL_ds", text, why, gradient_of=("L", "s") if sure else None)
        else:
            work.let("dL_ds[n]", text, why, table="gradient", gradient_of=("L", "s[n]") if sure else None, n=n)
        words["gradient" if one else f"gradient-{n}"] = "dL_ds" if one else f"dL_ds[{n}]"
    return work.answer(words)
