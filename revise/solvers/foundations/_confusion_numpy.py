"""The measures by another road: means over masked examples, the correlation of labels (NumPy)."""

from typing import Any


def by_examples(
    matrix: Any = None, tp: Any = None, fn: Any = None, fp: Any = None, tn: Any = None, actual: str | None = None,
    predicted: str | None = None, scores: Any = None, threshold: Any = None, at_threshold: str = "positive",
    rows: str = "actual", labels: str | None = None, positive: str = "", per_class: bool = False, beta: Any = 1,
    macro_f1: str = "mean", zero_division: Any = "undefined",
) -> dict[str, Any]:  # fmt: skip
    """The answers that are defined; those with the denominator 0 are left out."""
    import numpy

    names: list[str] = []
    if tp is not None:
        pairs, weights = [(1, 1), (1, 0), (0, 1), (0, 0)], [tp, fn, fp, tn]
        plus: int | None = 1
    elif matrix is not None:
        size = matrix.shape[0]
        pairs = [(i, j) if rows == "actual" else (j, i) for i in range(size) for j in range(size)]
        weights, names = list(matrix.flat), (labels or " ".join(map(str, range(size)))).replace(",", " ").split()
        plus = None if size > 2 else size - 1 if positive == "last" else 0
        if size == 2 and positive in names:
            plus = names.index(positive)
    else:
        true = _split(actual or "")
        if scores is None:
            called = _split(predicted or "")
        else:
            cut, values = float(threshold or 0.5), [float(score) for score in scores.flat]
            called = [str(int(v >= cut if at_threshold == "positive" else v > cut)) for v in values]
        names = sorted({*true, *called} | ({"0", "1"} if {*true, *called} <= {"0", "1"} else set()))
        if "-1" in names:
            names = ["-1", "1"]
        pairs, weights = [(names.index(a), names.index(b)) for a, b in zip(true, called, strict=True)], [1] * len(true)
        plus = names.index(positive) if positive else names.index("1") if len(names) == 2 and "1" in names else None
    kept = [(pair, int(weight)) for pair, weight in zip(pairs, weights, strict=True) if weight]
    y, h = (numpy.array([pair[axis] for pair, _ in kept]) for axis in (0, 1))
    w = numpy.array([weight for _, weight in kept])
    plus = None if per_class else plus
    across, down = (y, h) if rows == "actual" else (h, y)
    order = list(range(len(names))) if plus is None else [plus, 1 - plus]
    table = [[int(w[(across == a) & (down == b)].sum()) for b in order] for a in order]
    return _Examples(y, h, w, float(beta)).answers(plus, names, macro_f1) | {"matrix": table}


def _split(text: str) -> list[str]:
    return [part.replace("+", "") for part in text.replace(",", " ").split()]


class _Examples:
    """Labels y, predictions h, and how often each pair occurs."""

    def __init__(self, y: Any, h: Any, w: Any, beta: float) -> None:
        self.y, self.h, self.w, self.beta = y, h, w, beta

    def answers(self, plus: int | None, names: list[str], macro_f1: str) -> dict[str, Any]:
        import numpy

        hits = self.y == self.h
        accuracy = float(numpy.average(hits, weights=self.w))
        found: dict[str, Any] = {"accuracy": accuracy, "mcc": self.correlation(), "kappa": self.kappa(accuracy)}
        f_word = "f1" if self.beta == 1 else "f-beta"
        if plus is not None:
            p, r, s, f = self.rates(plus)
            fpr = self.share(self.h == plus, self.y != plus)
            found |= {"precision": p, "recall": r, "specificity": s, f_word: f, "error-rate": 1 - accuracy}
            found |= {"fpr": fpr, "npv": self.share(self.y != plus, self.h != plus)}
            found["balanced-accuracy"] = None if r is None or s is None else (r + s) / 2
            for cell, (a, b) in {"tp": (True, True), "fn": (True, False), "fp": (False, True)}.items():
                found[cell] = int(self.w[((self.y == plus) == a) & ((self.h == plus) == b)].sum())
            found["tn"] = int(self.w.sum()) - found["tp"] - found["fn"] - found["fp"]
            return {word: value for word, value in found.items() if value is not None}
        rates = [self.rates(c) for c in range(len(names))]
        for c, name in enumerate(names):
            found |= dict(
                zip((f"{w}-{name}" for w in ("precision", "recall", "specificity", f_word)), rates[c], strict=True)
            )
        support = [self.w[self.y == c].sum() for c in range(len(names))]
        for place, word in ((0, "precision"), (1, "recall"), (3, f_word)):
            column = [rate[place] for rate in rates]
            defined = [each for each in column if each is not None]
            if len(defined) == len(column):
                found[f"macro-{word}"] = float(numpy.mean(defined))
                found[f"weighted-{word}"] = float(numpy.average(defined, weights=support))
            found[f"micro-{word}"] = accuracy
        if macro_f1 == "of-means" and "macro-precision" in found and "macro-recall" in found:
            found[f"macro-{f_word}"] = self.harmonic(found["macro-precision"], found["macro-recall"])
        found["balanced-accuracy"] = found.get("macro-recall")
        return {word: value for word, value in found.items() if value is not None}

    def share(self, wanted: Any, among: Any) -> float | None:
        import numpy

        return float(numpy.average(wanted[among], weights=self.w[among])) if among.any() else None

    def rates(self, c: int) -> tuple[float | None, ...]:
        """Precision, recall, specificity and F of class c."""
        p, r = self.share(self.y == c, self.h == c), self.share(self.h == c, self.y == c)
        f = None if p is None and r is None else self.harmonic(p or 0.0, r or 0.0)
        return p, r, self.share(self.h != c, self.y != c), f

    def harmonic(self, p: float, r: float) -> float:
        square = self.beta**2
        return 0.0 if p * r == 0 else (1 + square) / (1 / p + square / r)

    def correlation(self) -> float | None:
        """The covariance of one-hot labels and predictions, over the root of their own."""
        import numpy

        size = int(max(self.y.max(), self.h.max())) + 1
        a, b = (numpy.repeat(numpy.eye(size)[each], self.w, axis=0) for each in (self.y, self.h))
        a, b = a - a.mean(axis=0), b - b.mean(axis=0)
        spread = (a**2).mean() * (b**2).mean()
        return float((a * b).mean() / numpy.sqrt(spread)) if spread > 1e-15 else None

    def kappa(self, accuracy: float) -> float | None:
        import numpy

        size = int(max(self.y.max(), self.h.max())) + 1
        shares = [numpy.bincount(each, self.w, size) / self.w.sum() for each in (self.y, self.h)]
        chance = float(shares[0] @ shares[1])
        return None if chance > 1 - 1e-12 else (accuracy - chance) / (1 - chance)
