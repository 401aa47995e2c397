"""The curves by another road: running sums over the sorted labels, the AUC from mean ranks (NumPy)."""

from typing import Any


def by_ranks(scores: Any, actual: str, curve: str, area: str, recall: Any, positive: str) -> dict[str, Any]:
    """The answers of roc-auc; `p` or `1` is the positive label where none is named."""
    import numpy

    s = numpy.array([float(score) for score in scores.flat])
    labels = actual.replace(",", " ").split()
    first = positive or ("1" if "1" in labels else "p")
    y = numpy.array([label == first for label in labels])
    order = numpy.argsort(-s, kind="stable")
    last = numpy.append(numpy.diff(s[order]) != 0, True)  # of each group of equal scores the last
    tp, fp = numpy.cumsum(y[order])[last], numpy.cumsum(~y[order])[last]
    hits = tp / y.sum()
    found: dict[str, Any] = {}
    if recall is not None:
        found["threshold"] = float(s[order][last][numpy.searchsorted(hits, float(recall) - 1e-12)])
    if curve == "roc":
        below = numpy.array([(s < x).sum() + ((s == x).sum() + 1) / 2 for x in s])
        found["auc"] = (below[y].sum() - y.sum() * (y.sum() + 1) / 2) / (y.sum() * (~y).sum())
        found["pairs"] = numpy.trapezoid(numpy.append(0, hits), numpy.append(0, fp / (~y).sum()))
        found |= {"fpr": numpy.append(0, fp / (~y).sum()), "tpr": numpy.append(0, hits)}
        found["best-accuracy"] = max(((tp + (~y).sum() - fp) / len(y)).max(), (~y).mean())
        return found
    precision = tp / (tp + fp)
    heights = precision if area == "steps" else (precision + numpy.append(1, precision)[:-1]) / 2
    found |= {"average-precision": float(numpy.diff(hits, prepend=0) @ heights), "baseline": y.mean()}
    return found | {"recall": hits, "precision": precision}
