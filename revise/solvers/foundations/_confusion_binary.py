"""Two classes, one of them positive: the four cells, then what is made of them."""

from typing import Any

from revise.expression import Node
from revise.solution import Work
from revise.solvers.foundations._confusion_input import Table

# rows → the cells of M, p the positive class, q the other
_CELLS = {
    "actual": {"TP": "M[p,p]", "FN": "M[p,q]", "FP": "M[q,p]", "TN": "M[q,q]"},
    "predicted": {"TP": "M[p,p]", "FN": "M[q,p]", "FP": "M[p,q]", "TN": "M[q,q]"},
}
_COUNTED = {
    "TP": "sum(1 for i in 1..n if y[i] == 1 and y_hat[i] == 1)",
    "FN": "sum(1 for i in 1..n if y[i] == 1 and y_hat[i] == 0)",
    "FP": "sum(1 for i in 1..n if y[i] == 0 and y_hat[i] == 1)",
    "TN": "sum(1 for i in 1..n if y[i] == 0 and y_hat[i] == 0)",
}
_LAYOUT = {"actual": "[TP, FN; FP, TN]", "predicted": "[TP, FP; FN, TN]"}
_MEANING = {
    "TP": "true positives: positive, and called positive",
    "FN": "false negatives: positive, but called negative (missed)",
    "FP": "false positives: negative, but called positive (false alarms)",
    "TN": "true negatives: negative, and called negative",
}

# name → formula, its denominator as Python finds it and as it is told, why
_RATES: dict[str, tuple[str, tuple[str, str], str, str]] = {
    "precision": ("TP/(TP + FP)", ("TP", "FP"), "TP + FP", "of all that are called positive, how many are"),
    "recall": ("TP/(TP + FN)", ("TP", "FN"), "TP + FN", "sensitivity, TPR: of all positives, how many are found"),
    "specificity": ("TN/(TN + FP)", ("TN", "FP"), "TN + FP", "TNR: of all negatives, how many are called negative"),
    "FPR": ("FP/(FP + TN)", ("FP", "TN"), "FP + TN", "false-positive rate, 1 − specificity"),
    "NPV": ("TN/(TN + FN)", ("TN", "FN"), "TN + FN", "of all that are called negative, how many are"),
}
_CONVENTION: dict[object, str] = {0: "0", 1: "1"}


def cells(work: Work, table: Table, rows: str) -> None:
    """The steps TP, FN, FP, TN, where they are not given; and their matrix where that is not."""
    if table.matrix is not None:
        p = table.positive or 0
        for name, formula in _CELLS[rows].items():
            work.let(name, formula, _MEANING[name], p=p, q=1 - p)
        return
    if not table.cells:
        for name, formula in _COUNTED.items():
            work.let(name, formula, _MEANING[name])
    across, down = ("actual", "predicted") if rows == "actual" else ("predicted", "actual")
    work.let("M", _LAYOUT[rows], f"the confusion matrix: a row for each {across} class, a column for each {down} one")


def measures(work: Work, beta: Any, zero: str | int) -> dict[str, str]:
    """The steps from accuracy to kappa; word → step of those that are defined."""
    work.let("N", "TP + FN + FP + TN", "all examples")
    work.let("accuracy", "(TP + TN)/N", "how many are right")
    work.let("error", "1 - accuracy", "error rate: how many are wrong")
    words = {"accuracy": "accuracy", "error-rate": "error"}
    for name, (formula, under, told, why) in _RATES.items():
        if not _is_zero(work, *under):
            work.let(name, formula, why)
        elif zero == "undefined":
            work.note(f"{name}: its denominator {told} is 0, so it is undefined (--zero-division 0 counts it as 0).")
            continue
        else:
            work.let(name, _CONVENTION[zero], f"its denominator {told} is 0: {zero} by the convention asked for")
        words[name.lower()] = name
    _f_scores(work, beta, zero, words)
    if {"recall", "specificity"} <= set(words):
        work.let("balanced", "(recall + specificity)/2", "balanced accuracy: the mean of the two classes' recalls")
        words["balanced-accuracy"] = "balanced"
    _agreement(work, zero, words)
    return words


def _f_scores(work: Work, beta: Any, zero: str | int, words: dict[str, str]) -> None:
    one = not isinstance(beta, Node) and beta == 1
    name, word = ("F_1", "f1") if one else ("F_beta", "f-beta")
    if _is_zero(work, "TP", "FP", "FN"):
        told = "TP, FP and FN are all 0"
        if zero == "undefined":
            work.note(f"{word.upper()}: {told}, so it is undefined.")
            return
        work.let(name, _CONVENTION[zero], f"{told}: {zero} by the convention asked for")
    elif any(isinstance(work.env[cell], Node) for cell in ("TP", "FN", "FP")) or isinstance(beta, Node):
        why = "the harmonic mean of precision and recall, written with the counts"
        formula = "2*TP/(2*TP + FP + FN)" if one else "(1 + beta^2)*TP/((1 + beta^2)*TP + beta^2*FN + FP)"
        work.let(name, formula, why)
    elif {"precision", "recall"} <= set(words) and not _is_zero(work, "TP") and not _is_zero(work, "precision"):
        if one:
            why, holds = "the harmonic mean of precision and recall", "F_1 = 2*TP/(2*TP + FP + FN)"
            work.let("F_1", "2*precision*recall/(precision + recall)", why, holds=holds)
        else:
            why = "the weighted harmonic mean: recall counts β² times as much as precision"
            work.let("F_beta", "(1 + beta^2)*precision*recall/(beta^2*precision + recall)", why)
    elif one:
        why = "the harmonic mean from the counts, as precision + recall is 0 or one is undefined"
        work.let("F_1", "2*TP/(2*TP + FP + FN)", why)
    else:
        why = "from the counts, as precision and recall are 0 or one is undefined"
        work.let("F_beta", "(1 + beta^2)*TP/((1 + beta^2)*TP + beta^2*FN + FP)", why)
    words[word] = name


def _agreement(work: Work, zero: str | int, words: dict[str, str]) -> None:
    """Matthews' correlation and Cohen's kappa."""
    empty = [
        told for told, pair in (("TP + FP", ("TP", "FP")), ("TP + FN", ("TP", "FN")), ("TN + FP", ("TN", "FP")),
                                ("TN + FN", ("TN", "FN"))) if _is_zero(work, *pair)
    ]  # fmt: skip
    if not empty:
        why = "Matthews' correlation, from −1 to 1; 0 is no better than chance"
        work.let("MCC", "(TP*TN - FP*FN)/sqrt((TP + FP)*(TP + FN)*(TN + FP)*(TN + FN))", why)
        words["mcc"] = "MCC"
    elif zero == "undefined":
        work.note(f"MCC: its denominator has the factor {empty[0]} = 0, so it is undefined (many programs print 0).")
    else:
        work.let("MCC", _CONVENTION[0], f"its denominator has the factor {empty[0]} = 0: 0, as programs print")
        words["mcc"] = "MCC"
    why = "agreement by chance: both say positive, or both say negative"
    chance = work.let("p_e", "((TP + FN)*(TP + FP) + (TN + FP)*(TN + FN))/N^2", why)
    if isinstance(chance, Node) or chance != 1:
        work.let("kappa", "(accuracy - p_e)/(1 - p_e)", "Cohen's kappa: how far the agreement goes beyond chance")
        words["kappa"] = "kappa"
    else:
        work.note("Cohen's kappa: 1 − pₑ is 0, as everything is of one class, so it is undefined.")


def _is_zero(work: Work, *names: str) -> bool:
    """Whether all these counts are 0; letters are not."""
    return all(not isinstance(work.env[name], Node) and work.env[name] == 0 for name in names)
