"""What is known at the start of a confusion matrix, and what is said of it: axes, classes, the cut of the scores."""

from fractions import Fraction
from typing import Any

from revise.errors import InputError
from revise.expression import Node
from revise.solution import Work
from revise.solvers.foundations._confusion_input import Table
from revise.solvers.foundations._distributions import shown


def cut(threshold: Any) -> Any:
    """The threshold, one half by default. Raises InputError where it is a letter."""
    if threshold is None:
        return Fraction(1, 2)
    if isinstance(threshold, Node):
        raise InputError("threshold: scores are compared with it, so it must be a number")
    return threshold


def given(table: Table, in_turn: bool, beta: Any, theta: Any) -> Work:
    """The letters: counts, or labels as numbers (1 the positive class where there is one)."""
    if table.cells:
        work = Work(**dict(zip(("TP", "FN", "FP", "TN"), table.cells, strict=True)), beta=beta)
    elif table.matrix is not None:
        work = Work(M=table.matrix, k=len(table.classes) if in_turn else None, beta=beta)
    else:
        truth, called = table.actual, table.predicted
        if not in_turn:
            truth, called = (tuple(int(each == table.positive) for each in labels) for labels in (truth, called))
        work = Work(
            y=dict(enumerate(truth, 1)), y_hat=dict(enumerate(called, 1)) or None,
            s=dict(enumerate(table.scores, 1)) or None, theta=theta, n=len(truth),
            k=len(table.classes) if in_turn else None, beta=beta,
        )  # fmt: skip
    work.called(M="confusion matrix", y="actual", y_hat="predicted", s="scores", n="examples", k="classes")
    work.called(theta="threshold", beta="")
    work.called(TP="true positives", FN="false negatives", FP="false positives", TN="true negatives")
    return work


def say(work: Work, table: Table, rows: str, in_turn: bool) -> None:
    """Which axis is the truth, and which class is the positive one."""
    if table.matrix is not None:
        work.note(_AXES[rows])
    if in_turn:
        named = table.classes != [str(place) for place in range(len(table.classes))]
        told = ", ".join(f"{place} = {name}" for place, name in enumerate(table.classes))
        work.note(f"The classes: {told}." if named else "The classes are counted from 0.")
    elif not table.cells:
        place = table.positive or 0
        name = table.classes[place]
        if table.matrix is not None:
            where = "first" if place == 0 else "second"
            work.note(f"The positive class is the {where} one{_called(table, name)}: cell {place},{place} counts TP.")
        else:
            plain = table.classes == ["0", "1"] and place == 1
            other = table.classes[1 - place]
            work.note(f"The positive class is {name}." if plain else f"The positive class, {name}, is 1; {other} is 0.")


_AXES = {
    "actual": "A row of M is an actual class, a column a predicted one (--rows predicted reads it the other way).",
    "predicted": "A row of M is a predicted class, a column an actual one (--rows actual is the default).",
}


def _called(table: Table, name: str) -> str:
    return "" if table.classes == ["0", "1"] else f", {name}"


def predict(work: Work, table: Table, in_turn: bool, at_threshold: str) -> None:
    """The label of each score; with every class in turn they are the numbers of the classes."""
    rule = _RULES[at_threshold, in_turn and table.positive == 0]
    for i, (score, actual) in enumerate(zip(table.scores, table.actual, strict=True), 1):
        why = f"a score at the threshold is called {at_threshold}"
        work.let("y_hat[i]", rule, why, table=_CUT, i=i, score=shown(score), actual=table.classes[actual])


_CUT = "the threshold cuts the scores"
# what a score at the threshold is called, whether the positive class has the number 0 → the rule
_RULES = {
    ("positive", False): "where(s[i] >= theta, 1, 0)",
    ("negative", False): "where(s[i] > theta, 1, 0)",
    ("positive", True): "where(s[i] >= theta, 0, 1)",
    ("negative", True): "where(s[i] > theta, 0, 1)",
}
