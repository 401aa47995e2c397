"""Confusion matrix: accuracy, precision, recall, F, MCC, averages."""

from random import Random
from typing import Any, Literal

from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Matrix, Number, Vector
from revise.solution import Solution
from revise.solvers.foundations._confusion_binary import cells, measures
from revise.solvers.foundations._confusion_classes import Classes
from revise.solvers.foundations._confusion_given import cut, given, predict, say
from revise.solvers.foundations._confusion_input import read_table
from revise.solvers.foundations._loss_rows import check_numbers, slips

SERVES: dict[str, dict[str, object]] = {"confusion": {}}
SOURCE = "Sokolova & Lapalme 2009, A systematic analysis of performance measures for classification tasks, tables 2, 3"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # scikit-learn's user guide, precision, recall and F-measures: 1.0, 0.5, 0.66, and 0.83 for beta 0.5, 0.55 for 2
    (
        {"actual": "0, 1, 0, 1", "predicted": "0, 1, 0, 0"},
        {"precision": 1, "recall": "0.5", "f1": 2 / 3, "matrix": [[1, 1], [0, 2]]},
    ),
    ({"actual": "0, 1, 0, 1", "predicted": "0, 1, 0, 0", "beta": "0.5"}, {"f-beta": 5 / 6}),
    ({"actual": "0, 1, 0, 1", "predicted": "0, 1, 0, 0", "beta": 2}, {"f-beta": 5 / 9}),
    # the same, precision_recall_fscore_support with beta 0.5: (0.66, 1), (1, 0.5), (0.71, 0.83)
    (
        {"matrix": "2, 0; 1, 1", "beta": "0.5", "per_class": True},
        {"precision-0": 2 / 3, "precision-1": 1, "recall-0": 1, "recall-1": "0.5", "f-beta-0": "0.714",
         "f-beta-1": 5 / 6},
    ),
    # scikit-learn, matthews_corrcoef: −0.33; balanced_accuracy_score: 0.625
    ({"actual": "+1, +1, +1, -1", "predicted": "+1, -1, +1, +1"}, {"mcc": -1 / 3}),
    ({"actual": "0, 1, 0, 0, 1, 0", "predicted": "0, 1, 0, 0, 0, 1"}, {"balanced-accuracy": "0.625"}),
    # scikit-learn, confusion_matrix
    (
        {"actual": "2, 0, 2, 2, 0, 1", "predicted": "0, 0, 2, 2, 0, 2"},
        {"matrix": [[2, 0, 0], [0, 0, 1], [1, 0, 2]]},
    ),
    # scikit-learn, precision_recall_fscore_support: macro 0.22, 0.33, 0.26, micro 0.33, weighted 0.22, 0.33, 0.26
    (
        {"actual": "cat dog pig cat dog pig", "predicted": "cat pig dog cat cat dog"},
        {"macro-precision": "0.222", "macro-recall": "0.333", "macro-f1": "0.267", "micro-f1": "0.333",
         "weighted-precision": "0.222", "weighted-f1": "0.267", "precision-cat": "0.667", "recall-cat": 1,
         "f1-cat": "0.8"},
    ),
    # scikit-learn, cohen_kappa_score: 0.6875
    (
        {"actual": "negative, positive, negative, neutral, positive",
         "predicted": "negative, positive, negative, neutral, negative"},
        {"kappa": "0.6875"},
    ),
]  # fmt: skip
MISTAKES = {
    "precision": {"divided by the actual positives: that is the recall": "TP/(TP + FN)"},
    "recall": {"divided by the predicted positives: that is the precision": "TP/(TP + FP)"},
    "specificity": {"divided by all that are called negative: that is the NPV": "TN/(TN + FN)"},
    "F_1": {
        "the plain mean of precision and recall": "(precision + recall)/2",
        "the factor 2 is forgotten": "precision*recall/(precision + recall)",
    },
    "F_beta": {"β is not squared": "(1 + beta)*precision*recall/(beta*precision + recall)"},
    "balanced": {"precision for specificity": "(recall + precision)/2"},
    "P_macro": {"weighted by the classes' sizes": "sum(m[c]*P[c] for c in 0..k-1)/N"},
    "F_macro": {"made of the macro precision and recall": "2*P_macro*R_macro/(P_macro + R_macro)"},
}
# a right formula → what is written instead
_SLIPS = {
    "M[p,q]": {"rows and columns exchanged": "M[q,p]"},
    "M[q,p]": {"rows and columns exchanged": "M[p,q]"},
    "sum(M[c,j] for j in 0..k-1 if j != c)": {"rows and columns exchanged": "sum(M[j,c] for j in 0..k-1 if j != c)"},
    "sum(M[j,c] for j in 0..k-1 if j != c)": {"rows and columns exchanged": "sum(M[c,j] for j in 0..k-1 if j != c)"},
}


def solve(
    matrix: Matrix | None = None,
    tp: Number | None = None,
    fn: Number | None = None,
    fp: Number | None = None,
    tn: Number | None = None,
    actual: str | None = None,
    predicted: str | None = None,
    scores: Vector | None = None,
    threshold: Number | None = None,
    at_threshold: Literal["positive", "negative"] = "positive",
    rows: Literal["actual", "predicted"] = "actual",
    labels: str | None = None,
    positive: str = "",
    per_class: bool = False,
    beta: Number = 1,
    macro_f1: Literal["mean", "of-means"] = "mean",
    zero_division: Literal["undefined", 0, 1] = "undefined",
) -> Solution:
    """Every measure of a confusion matrix, each its own line; with more than two classes for each, and averaged.

    matrix         counts, a row a class: "40, 10; 5, 45"
    tp fn fp tn    instead, the four cells of two classes; `--find fp --precision 0.8` seeks the missing one
    actual         instead, the true labels: "0, 1, 1" or "cat dog cat"
    predicted      the labels that were predicted, in the same order
    scores         instead of predicted: a score each, called positive from the threshold on
    threshold      default 1/2
    at_threshold   what a score equal to the threshold is called
    rows           what the rows of the matrix stand for; the columns are the other
    labels         the names of the classes in the order of the rows
    positive       the positive class: its name, first or last. Of a matrix it is the first one by default, of
                   labels the one called 1, yes, true, positive, p …; where no name tells, each class in turn
    per_class      each class in turn, and the averages, for two classes as well
    beta           β of the F score: 2 weighs recall more, 1/2 precision
    macro_f1       the mean of the classes' F1, or the F1 of macro precision and macro recall
    zero_division  what a measure with the denominator 0 counts as

    Raises InputError naming the argument: lists of unlike length, counts that are none, an unknown label.
    """
    table = read_table(matrix, (tp, fn, fp, tn), actual, predicted, scores, labels, positive)
    check_numbers("beta", [beta], 1000)
    if not isinstance(beta, Node) and beta <= 0:
        raise InputError(f"beta: {beta} is no weight; β is positive")
    if threshold is not None and scores is None:
        raise InputError("threshold: it cuts --scores; without scores there is nothing to cut")
    theta = None if scores is None else cut(threshold)
    in_turn = per_class or table.positive is None
    if table.cells and per_class:
        raise InputError("per-class: it needs the --matrix, or --actual and --predicted")
    work = given(table, in_turn, None if not isinstance(beta, Node) and beta == 1 else beta, theta)
    say(work, table, rows, in_turn)
    if theta is not None:
        predict(work, table, in_turn, at_threshold)
    if in_turn:
        return work.answer(Classes(work, table, rows, beta, zero_division, macro_f1).run(table.matrix is None))
    cells(work, table, rows)
    words = {"matrix": "M"} if table.matrix is None else {}
    if not table.cells:
        words |= {"tp": "TP", "fn": "FN", "fp": "FP", "tn": "TN"}
    return work.answer(words | measures(work, beta, zero_division))


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """Rows taken for columns, where a matrix was read."""
    return slips(solution, _SLIPS)


def sample(rng: Random) -> dict[str, Any]:
    """Two classes as cells, as a matrix or as labels; or three classes."""
    kind = rng.random()
    if kind < 0.25:
        return {name: rng.randint(1, 12) for name in ("tp", "fn", "fp", "tn")}
    rows = rng.choice(["actual", "actual", "predicted"])
    if kind < 0.5:
        counts = [rng.randint(1, 12) for _ in range(4)]
        typed = "{}, {}; {}, {}".format(*counts)
        place = rng.choice(["first", "last"])
        return {"matrix": typed, "rows": rows, "positive": place, "beta": rng.choice([1, 2, "1/2"])}
    if kind < 0.75:
        size = rng.randint(5, 8)
        drawn = {"actual": " ".join(rng.choice("01") for _ in range(size)), "rows": rows}
        if rng.random() < 0.5:
            return drawn | {"predicted": " ".join(rng.choice("01") for _ in range(size))}
        scores = ", ".join(f"0.{rng.randint(1, 9)}" for _ in range(size))
        return drawn | {"scores": scores, "threshold": f"0.{rng.randint(3, 7)}"}
    square = [[rng.randint(0, 6) + 4 * (i == j) for j in range(3)] for i in range(3)]
    return {
        "matrix": "; ".join(", ".join(map(str, row)) for row in square),
        "rows": rows,
        "macro_f1": rng.choice(["mean", "mean", "of-means"]),
    }


def reference(**given: Any) -> dict[str, Any]:
    """NumPy on the examples one by one: means over masks, correlations of one-hot labels."""
    from revise.solvers.foundations._confusion_numpy import by_examples

    return by_examples(**given)
