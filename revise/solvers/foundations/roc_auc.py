"""ROC curve and AUC, or precision–recall curve and average precision."""

from random import Random
from typing import Any, Literal

from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Number, Vector
from revise.solution import Solution, Work
from revise.solvers.foundations._distributions import shown
from revise.solvers.foundations._labels import two_classes
from revise.solvers.foundations._loss_rows import slips

SERVES: dict[str, dict[str, object]] = {"roc-auc": {}}
SOURCE = "Fawcett 2006, An introduction to ROC analysis, Pattern Recognition Letters 27, algorithms 1 and 2"
_FAWCETT = {
    "scores": ".9, .8, .7, .6, .55, .54, .53, .52, .51, .505, .4, .39, .38, .37, .36, .35, .34, .33, .30, .1",
    "actual": "p p n p p p n n p n p n p n n n p n p n",
}
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # scikit-learn, roc_auc_score and roc_curve: 0.75; (0, 0), (0, 0.5), (0.5, 0.5), (0.5, 1), (1, 1)
    (
        {"scores": "0.1, 0.4, 0.35, 0.8", "actual": "0 0 1 1"},
        {"auc": "0.75", "pairs": "0.75", "fpr": [0, 0, "0.5", "0.5", 1], "tpr": [0, "0.5", "0.5", 1, 1]},
    ),
    # scikit-learn, average_precision_score: 0.83 today; 0.79 by trapezoids, in the documentation of version 0.13
    (
        {"scores": "0.1, 0.4, 0.35, 0.8", "actual": "0 0 1 1", "curve": "precision-recall"},
        {"average-precision": 5 / 6, "precision": [1, "0.5", 2 / 3, "0.5"], "recall": ["0.5", "0.5", 1, 1]},
    ),
    (
        {"scores": "0.1, 0.4, 0.35, 0.8", "actual": "0 0 1 1", "curve": "precision-recall", "area": "trapezoids"},
        {"average-precision": "0.79"},
    ),
    # Fawcett 2006, figure 3: 20 instances; the point (0.1, 0.5), at scores from .54 on, has the best accuracy, 70 %
    (
        _FAWCETT,
        {"best-accuracy": "0.7",
         "fpr": [0, 0, 0, ".1", ".1", ".1", ".1", ".2", ".3", ".3", ".4", ".4", ".5", ".5", ".6", ".7", ".8", ".8",
                 ".9", ".9", 1],
         "tpr": [0, ".1", ".2", ".2", ".3", ".4", ".5", ".5", ".5", ".6", ".6", ".7", ".7", ".8", ".8", ".8", ".8",
                 ".9", ".9", 1, 1]},
    ),
]  # fmt: skip
MISTAKES = {
    "A[k]": {
        "rectangles of the height at the end instead of trapezoids": "(FPR[k] - FPR[k-1])*TPR[k]",
        "not halved": "(FPR[k] - FPR[k-1])*(TPR[k] + TPR[k-1])",
    },
    "W[i]": {"ties count as whole": "sum(where(s[i] >= s[j], 1, 0) for j in 1..n if y[j] == 0)"},
}
_MOST = 60  # scores
# a right formula → what is written instead
_SLIPS = {
    "FP[k]/n_n": {"divided by all that are called positive": "FP[k]/(TP[k] + FP[k])"},
    "TP[k]/n_p": {"divided by all examples": "TP[k]/n"},
    "(R[k] - R[k-1])*P[k]": {"the precision before the step": "(R[k] - R[k-1])*P[k-1]"},
    "TP[k]/(TP[k] + FP[k])": {"divided by all positives: that is the recall": "TP[k]/n_p"},
}


def solve(
    scores: Vector,
    actual: str,
    curve: Literal["roc", "precision-recall"] = "roc",
    area: Literal["steps", "trapezoids"] = "steps",
    recall: Number | None = None,
    positive: str = "",
) -> Solution:
    """The thresholds from the greatest score down, TPR and FPR at each, and the area under the curve.

    scores    a score each, high for the positive class: "0.1, 0.4, 0.35, 0.8"
    actual    the true labels in the same order: "0 0 1 1", "n n p p"
    curve     roc, or precision against recall, with the average precision
    area      of precision and recall: steps, ∑ (Rₖ − Rₖ₋₁) Pₖ, or trapezoids (too optimistic)
    recall    find the greatest threshold that has at least this recall (TPR)
    positive  the positive class, where its name does not tell

    Equal scores are one threshold. A score equal to the threshold is called positive.

    Raises InputError naming the argument: only one class, lists of unlike length, a score that is no number.
    """
    if len(scores.flat) > _MOST:
        raise InputError(f"scores: {len(scores.flat)} scores; at most {_MOST} are taken")
    truth = two_classes(scores, actual, positive)
    levels = sorted(set(scores.flat), reverse=True)
    if area != "steps" and curve == "roc":
        raise InputError("area: the ROC curve has trapezoids always; steps are for --curve precision-recall")
    _check_recall(recall)
    n = len(truth)
    work = Work(
        s=dict(enumerate(scores.flat, 1)), y=dict(enumerate(truth, 1)), t=dict(enumerate(levels, 1)), n=n, r=recall
    )
    work.called(s="scores", y="actual", n="examples", t="", r="recall asked for")
    work.note("The threshold goes down through the scores t₁ > t₂ > …; at tₖ all with sᵢ ≥ tₖ are called positive.")
    work.let("n_p", "sum(y[i] for i in 1..n)", "positives")
    work.let("n_n", "n - n_p", "negatives")
    at = [[str(truth[i]) for i, score in enumerate(scores.flat) if score == level] for level in levels]
    marks = [{"k": k, "threshold": shown(level), "actual": " ".join(at[k - 1])} for k, level in enumerate(levels, 1)]
    words = _roc(work, marks) if curve == "roc" else _precision_recall(work, marks, area)
    if recall is not None:
        _threshold(work, "TPR" if curve == "roc" else "R", recall, levels)
        words = {"threshold": "theta"} | words
    return work.answer(words)


def _counts(work: Work, mark: dict[str, Any], table: str) -> None:
    work.let(
        "TP[k]",
        "sum(1 for i in 1..n if s[i] >= t[k] and y[i] == 1)",
        "positives from the threshold on",
        table=table,
        **mark,
    )
    why = "negatives from the threshold on"
    work.let("FP[k]", "sum(1 for i in 1..n if s[i] >= t[k] and y[i] == 0)", why, table=table, **mark)


def _roc(work: Work, marks: list[dict[str, Any]]) -> dict[str, str]:
    for name in ("TPR[k]", "FPR[k]"):
        work.let(name, "0", "a threshold above every score: nothing is called positive", k=0)
    work.let("accuracy[k]", "n_n/n", "then the negatives are the right ones", k=0)
    for mark in marks:
        _counts(work, mark, "counts at each threshold")
    for mark in marks:
        table = "points of the ROC curve"
        work.let("TPR[k]", "TP[k]/n_p", "true-positive rate (recall): upwards", table=table, **mark)
        work.let("FPR[k]", "FP[k]/n_n", "false-positive rate: to the right", table=table, **mark)
        work.let("accuracy[k]", "(TP[k] + n_n - FP[k])/n", "right ones", table=table, **mark)
    for mark in marks:
        why = "width times mean height, from the point before"
        formula = "(FPR[k] - FPR[k-1])*(TPR[k] + TPR[k-1])/2"
        work.let("A[k]", formula, why, table="trapezoids under the curve", k=mark["k"])
    last = len(marks)
    work.let("AUC", "sum(A[k] for k in 1..K)", "the area under the ROC curve", K=last)
    _pairs(work)
    work.let("acc_best", "max(accuracy[k] for k in 0..K)", "the best accuracy of all thresholds", K=last)
    work.let("x_curve", "[FPR[k] for k in 0..K]", "the points of the curve: to the right", K=last)
    work.let("y_curve", "[TPR[k] for k in 0..K]", "and upwards", K=last)
    return {"auc": "AUC", "pairs": "AUC_pairs", "best-accuracy": "acc_best", "fpr": "x_curve", "tpr": "y_curve"}


def _pairs(work: Work) -> None:
    """The same area as the share of pairs in the right order (Mann–Whitney)."""
    for i, label in work.given["y"].items():
        score = shown(work.given["s"][i])
        if label:
            formula = "sum(where(s[i] > s[j], 1, where(s[i] == s[j], 1/2, 0)) for j in 1..n if y[j] == 0)"
            why = "the negatives j that score lower than the positive i; a tie counts ½"
            work.let("W[i]", formula, why, table="the same by pairs", i=i, score=score)
    why = "the share of pairs (positive, negative) in the right order: the same area by another road"
    work.let("AUC_pairs", "sum(W[i] for i in 1..n if y[i] == 1)/(n_p*n_n)", why, holds="AUC_pairs = AUC")


def _precision_recall(work: Work, marks: list[dict[str, Any]], area: str) -> dict[str, str]:
    work.let("R[k]", "0", "a threshold above every score: nothing is found", k=0)
    if area == "trapezoids":
        work.let("P[k]", "1", "by convention the curve starts at precision 1", k=0)
    for mark in marks:
        _counts(work, mark, "counts at each threshold")
    for mark in marks:
        table = "points of the precision–recall curve"
        work.let("P[k]", "TP[k]/(TP[k] + FP[k])", "precision", table=table, **mark)
        work.let("R[k]", "TP[k]/n_p", "recall", table=table, **mark)
    for mark in marks:
        if area == "steps":
            why = "the gain in recall times the precision there"
            work.let("A[k]", "(R[k] - R[k-1])*P[k]", why, table="steps under the curve", k=mark["k"])
        else:
            formula = "(R[k] - R[k-1])*(P[k] + P[k-1])/2"
            work.let("A[k]", formula, "width times mean height", table="trapezoids under the curve", k=mark["k"])
    why = "average precision" if area == "steps" else "area under the precision–recall curve, linear between the points"
    work.let("AP", "sum(A[k] for k in 1..K)", why, K=len(marks))
    work.let("base", "n_p/n", "to compare: the precision of scores that know nothing is the share of positives")
    work.let("x_curve", "[R[k] for k in 1..K]", "the points of the curve: recall to the right", K=len(marks))
    work.let("y_curve", "[P[k] for k in 1..K]", "and precision upwards", K=len(marks))
    return {"average-precision": "AP", "baseline": "base", "recall": "x_curve", "precision": "y_curve"}


_REACHED = {"TPR": ("TPR[k] >= r", "TPR[k-1] < r"), "R": ("R[k] >= r", "R[k-1] < r")}


def _threshold(work: Work, name: str, recall: Any, levels: list[Any]) -> None:
    """The first threshold on the way down that has the recall asked for."""
    table = work.env[name]
    k = next(place for place in range(1, len(levels) + 1) if table[place] >= recall)
    work.note(f"Sought: the greatest threshold with a recall of at least {shown(recall)}.")
    why = f"the first on the way down that has it: recall {shown(table[k])} at k = {k}"
    why += f", {shown(table[k - 1])} before"
    work.let("theta", "t[k]", why, holds=_REACHED[name][0], k=k)
    work.note(f"Every greater threshold has less: recall {shown(table[k - 1])} at most.", holds=_REACHED[name][1], k=k)


def _check_recall(recall: Any) -> None:
    if recall is None:
        return
    if isinstance(recall, Node) or not 0 < recall <= 1:
        raise InputError(f"recall: {shown(recall)} is no recall to reach; it lies above 0, up to 1")


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """In the points of both curves: the wrong denominator, the wrong height."""
    return slips(solution, _SLIPS)


def sample(rng: Random) -> dict[str, Any]:
    """Four to six examples, scores in tenths with ties now and then; one in three as precision and recall."""
    size = rng.randint(4, 6)
    labels = ["0", "1", *(rng.choice("01") for _ in range(size - 2))]
    rng.shuffle(labels)
    given: dict[str, Any] = {
        "scores": ", ".join(f"0.{rng.randint(1, 9)}" for _ in range(size)), "actual": " ".join(labels)
    }  # fmt: skip
    if rng.random() < 0.35:
        given |= {"curve": "precision-recall", "area": rng.choice(["steps", "steps", "trapezoids"])}
    if rng.random() < 0.3:
        given["recall"] = rng.choice(["1/2", "0.8", "1"])
    return given


def reference(
    scores: Any, actual: str, curve: str = "roc", area: str = "steps", recall: Any = None, positive: str = ""
) -> dict[str, Any]:
    """NumPy: the AUC from mean ranks, the curves from running sums over the sorted labels."""
    from revise.solvers.foundations._roc_numpy import by_ranks

    return by_ranks(scores, actual, curve, area, recall, positive)
