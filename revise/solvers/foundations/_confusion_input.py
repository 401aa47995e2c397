"""What a confusion matrix is read from: cells, a matrix, two lists of labels, or labels and scores."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from revise.engines.arrays import Array, shape_text
from revise.errors import InputError
from revise.expression import Node
from revise.solvers.foundations._labels import (
    MOST_CLASSES,
    check_alike,
    check_scores,
    classes_of,
    positive_of,
    read_labels,
    whole_counts,
)


@dataclass(frozen=True)
class Table:
    """`cells` (TP, FN, FP, TN), or a `matrix` of `classes`, or lists `actual` and `predicted` (or `scores`).

    Labels stand as the numbers of their classes. `positive` is the number of the positive class; None: each
    class in turn.
    """

    classes: list[str]
    positive: int | None
    cells: tuple[Any, ...] = ()
    matrix: Array | None = None
    actual: tuple[int, ...] = ()
    predicted: tuple[int, ...] = ()
    scores: tuple[Any, ...] = ()


def read_table(
    matrix: Array | None,
    cells: Sequence[Any],
    actual: str | None,
    predicted: str | None,
    scores: Array | None,
    labels: str | None,
    positive: str,
) -> Table:
    """The one thing that is given. Raises InputError naming what is missing, doubled or does not fit."""
    listed = any(value is not None for value in (actual, predicted, scores))
    typed = any(cell is not None for cell in cells)
    if (matrix is not None) + typed + listed != 1:
        need = "give one of --matrix, the four cells --tp --fn --fp --tn, or --actual with --predicted (or --scores)"
        raise InputError(f"matrix: {need}")
    named = None if labels is None else _names(labels)
    if typed:
        return _cells(cells, named, positive)
    if matrix is not None:
        return _matrix(matrix, named, positive)
    return _lists(actual, predicted, scores, named, positive)


def _names(labels: str) -> list[str]:
    names = read_labels("labels", labels)
    if doubled := next((each for each in names if names.count(each) > 1), ""):
        raise InputError(f"labels: {doubled} is there twice")
    return names


def _cells(cells: Sequence[Any], named: list[str] | None, positive: str) -> Table:
    for name, cell in zip(("tp", "fn", "fp", "tn"), cells, strict=True):
        if cell is None:
            raise InputError(f"{name}: it is missing; a 2×2 table has --tp --fn --fp --tn")
        whole_counts(name, [cell])
    if named is not None or positive:
        raise InputError(f"{'labels' if named else 'positive'}: --tp and the others say already which class is which")
    _check_some(list(cells), "tp")
    return Table(["positive", "negative"], 0, cells=tuple(cells))


def _matrix(matrix: Array, named: list[str] | None, positive: str) -> Table:
    size = matrix.shape[0]
    if matrix.shape != (size, size) or size < 2:
        raise InputError(f"matrix: as many rows as columns, one for each class, not {shape_text(matrix.shape)}")
    if size > MOST_CLASSES:
        raise InputError(f"matrix: {size} classes; at most {MOST_CLASSES} are taken")
    whole_counts("matrix", matrix.flat)
    _check_some(list(matrix.flat), "matrix")
    if named is not None and len(named) != size:
        raise InputError(f"labels: {len(named)} names for {size} classes")
    classes = named or [str(place) for place in range(size)]
    _check_two(classes, positive)
    if size > 2:
        return Table(classes, None, matrix=matrix)
    return Table(classes, positive_of(classes, positive) if named or positive else 0, matrix=matrix)


def _lists(
    actual: str | None, predicted: str | None, scores: Array | None, named: list[str] | None, positive: str
) -> Table:
    if actual is None:
        raise InputError("actual: it is missing: the true labels, such as 0, 1, 1")
    if (predicted is None) == (scores is None):
        raise InputError("predicted: give --predicted, or --scores that a threshold cuts, one of the two")
    true = read_labels("actual", actual)
    called = [] if predicted is None else read_labels("predicted", predicted)
    if predicted is not None:
        check_alike("actual", len(true), "predicted", len(called))
    classes = named or classes_of(true, called)
    for name, labels in (("actual", true), ("predicted", called)):
        if strange := next((each for each in labels if each not in classes), ""):
            raise InputError(f"{name}: {strange} is none of the classes {', '.join(classes)}")
    if len(classes) < 2:
        raise InputError(f"labels: only {classes[0]} occurs; name both classes, --labels '{classes[0]}, other'")
    if len(classes) > MOST_CLASSES:
        raise InputError(f"actual: {len(classes)} classes; at most {MOST_CLASSES} are taken")
    _check_two(classes, positive)
    place = positive_of(classes, positive) if len(classes) == 2 else None
    truth = tuple(map(classes.index, true))
    if scores is None:
        return Table(classes, place, actual=truth, predicted=tuple(map(classes.index, called)))
    if len(classes) != 2:
        raise InputError(f"scores: a threshold tells two classes apart, not {len(classes)}")
    if place is None:
        raise InputError(f"positive: which class do high scores speak for, {' or '.join(classes)}?")
    check_alike("actual", len(true), "scores", len(scores.flat))
    check_scores(scores)
    return Table(classes, place, actual=truth, scores=scores.flat)


def _check_two(classes: list[str], positive: str) -> None:
    if positive and len(classes) > 2:
        raise InputError(f"positive: with {len(classes)} classes each is the positive one in its turn")


def _check_some(counts: list[Any], name: str) -> None:
    if not any(isinstance(count, Node) or count > 0 for count in counts):
        raise InputError(f"{name}: all counts are 0; there is nothing to measure")
