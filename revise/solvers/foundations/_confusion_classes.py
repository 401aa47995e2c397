"""Any number of classes, each the positive one in its turn, and the averages over them."""

from typing import Any

from revise.expression import Node
from revise.solution import Work
from revise.solvers.foundations._confusion_input import Table

_COUNTED = {
    "actual": "[[sum(1 for i in 1..n if y[i] == a and y_hat[i] == b) for b in 0..k-1] for a in 0..k-1]",
    "predicted": "[[sum(1 for i in 1..n if y_hat[i] == a and y[i] == b) for b in 0..k-1] for a in 0..k-1]",
}
_ROW, _COLUMN = "sum(M[c,j] for j in 0..k-1 if j != c)", "sum(M[j,c] for j in 0..k-1 if j != c)"
_MISSED = {"actual": _ROW, "predicted": _COLUMN}
_CALLED = {"actual": _COLUMN, "predicted": _ROW}
_F_ONE = "2*TP[c]/(2*TP[c] + FP[c] + FN[c])"
_F_BETA = "(1 + beta^2)*TP[c]/((1 + beta^2)*TP[c] + beta^2*FN[c] + FP[c])"
_CONVENTION: dict[object, str] = {0: "0", 1: "1"}
_CELLS = ("TP", "FN", "FP", "TN")
# letter → word, the counts whose sum is its denominator, how that is told
_RATES = {
    "P": ("precision", ("TP", "FP"), "TP + FP"),
    "R": ("recall", ("TP", "FN"), "TP + FN"),
    "S": ("specificity", ("TN", "FP"), "TN + FP"),
    "F": ("f", ("TP", "FP", "FN"), "2 TP + FP + FN"),
}
_MACRO = {
    "P": "sum(P[c] for c in 0..k-1)/k", "R": "sum(R[c] for c in 0..k-1)/k", "F": "sum(F[c] for c in 0..k-1)/k"
}  # fmt: skip
_MICRO = {
    "P": "sum(TP[c] for c in 0..k-1)/sum(TP[c] + FP[c] for c in 0..k-1)",
    "R": "sum(TP[c] for c in 0..k-1)/sum(TP[c] + FN[c] for c in 0..k-1)",
}
_WEIGHTED = {
    "P": "sum(m[c]*P[c] for c in 0..k-1)/N", "R": "sum(m[c]*R[c] for c in 0..k-1)/N",
    "F": "sum(m[c]*F[c] for c in 0..k-1)/N",
}  # fmt: skip


class Classes:
    """The steps for every class; `words` are the answers so far."""

    def __init__(self, work: Work, table: Table, rows: str, beta: Any, zero: str | int, mean: str) -> None:
        self.work, self.names, self.rows, self.zero, self.mean = work, table.classes, rows, zero, mean
        self.one = not isinstance(beta, Node) and beta == 1
        self.all = range(len(table.classes))
        self.words: dict[str, str] = {}
        self.whole: dict[str, bool] = {}  # letter → defined for every class

    def run(self, counted: bool) -> dict[str, str]:
        if counted:
            across, down = ("actual", "predicted") if self.rows == "actual" else ("predicted", "actual")
            why = f"the confusion matrix: row a counts {across} class a, column b {down} class b"
            self.work.let("M", _COUNTED[self.rows], why)
            self.words["matrix"] = "M"
        self.work.let("N", "sum(M)", "all examples")
        self._cells()
        self.work.let("accuracy", "sum(TP[c] for c in 0..k-1)/N", "the diagonal: how many are right")
        self.words["accuracy"] = "accuracy"
        self._rates()
        self._averages()
        self._agreement()
        return self.words

    def _cells(self) -> None:
        table = "the four counts of each class against the rest"
        for c in self.all:
            self.work.let("TP[c]", "M[c,c]", "on the diagonal", table=table, c=c)
            where = "the rest of its row" if self.rows == "actual" else "the rest of its column"
            self.work.let("FN[c]", _MISSED[self.rows], f"of this class, called another: {where}", table=table, c=c)
            where = "the rest of its column" if self.rows == "actual" else "the rest of its row"
            self.work.let("FP[c]", _CALLED[self.rows], f"of another, called this one: {where}", table=table, c=c)
            self.work.let("TN[c]", "N - TP[c] - FN[c] - FP[c]", "all others", table=table, c=c)
            self.work.let("m[c]", "TP[c] + FN[c]", "support: how many are of this class", table=table, c=c)

    def _rates(self) -> None:
        f_word = "F₁" if self.one else "F_β"
        for letter, formula, why in (
            ("P", "TP[c]/(TP[c] + FP[c])", "precision"),
            ("R", "TP[c]/(TP[c] + FN[c])", "recall (sensitivity)"),
            ("S", "TN[c]/(TN[c] + FP[c])", "specificity"),
            ("F", _F_ONE if self.one else _F_BETA, f"{f_word}: the harmonic mean of P and R, written with the counts"),
        ):
            word, under, told = _RATES[letter]
            word = word if letter != "F" else "f1" if self.one else "f-beta"
            empty = [c for c in self.all if all(self._is_zero(name, c) for name in under)]
            self.whole[letter] = not empty or self.zero != "undefined"
            for c in self.all:
                if c not in empty:
                    self.work.let(f"{letter}[c]", formula, why, table=f"{word} of each class", c=c)
                elif self.zero != "undefined":
                    by = f"{told} is 0: {self.zero} by the convention asked for"
                    self.work.let(f"{letter}[c]", _CONVENTION[self.zero], by, table=f"{word} of each class", c=c)
                if c not in empty or self.zero != "undefined":
                    self.words[f"{word}-{self.names[c]}"] = f"{letter}[{c}]"
            if empty and self.zero == "undefined":
                which = " and ".join(self.names[c] for c in empty)
                self.work.note(
                    f"{word} of {which}: the denominator {told} is 0, so it is undefined, and so are its macro and "
                    f"weighted averages (--zero-division 0 counts it as 0)."
                )

    def _averages(self) -> None:
        f_word = "f1" if self.one else "f-beta"
        named = {"P": "precision", "R": "recall", "F": f_word}
        told = {**named, "F": "F₁" if self.one else "F_β"}
        for letter, word in named.items():
            if letter == "F" and self.mean == "of-means":
                self._f_of_means(f_word)
            elif self.whole[letter]:
                why = f"macro {told[letter]}: the plain mean over the classes, rare ones count as much"
                self.work.let(f"{letter}_macro", _MACRO[letter], why)
                self.words[f"macro-{word}"] = f"{letter}_macro"
        for letter in ("P", "R"):
            why = f"micro {told[letter]}: the counts of all classes added up first"
            self.work.let(f"{letter}_micro", _MICRO[letter], why, holds=_IS_ACCURACY[letter])
            self.words[f"micro-{named[letter]}"] = f"{letter}_micro"
        why = f"micro {told['F']}: P and R are equal, as each error is one FP and one FN, so it is the accuracy too"
        self.work.let("F_micro", "P_micro", why, holds="F_micro = accuracy")
        self.words[f"micro-{f_word}"] = "F_micro"
        for letter, word in named.items():
            if self.whole[letter]:
                why = f"weighted {told[letter]}: each class counts by its support"
                self.work.let(f"{letter}_weighted", _WEIGHTED[letter], why)
                self.words[f"weighted-{word}"] = f"{letter}_weighted"
        if self.whole["R"] and not any(self._is_zero("m", c) for c in self.all):
            self.work.let("balanced", "R_macro", "balanced accuracy: another name of the macro recall")
            self.words["balanced-accuracy"] = "balanced"

    def _f_of_means(self, word: str) -> None:
        known = self.work.env
        if not (self.whole["P"] and self.whole["R"]) or (known["P_macro"] == 0 and known["R_macro"] == 0):
            self.work.note(
                f"macro {word} of the mean precision and recall: undefined, as one of them is or both are 0."
            )
            return
        why = f"macro {word} as the harmonic mean of macro precision and macro recall (the other way: mean of the F)"
        formula = "2*P_macro*R_macro/(P_macro + R_macro)"
        if self.one:
            self.work.let("F_macro", formula, why)
        else:
            self.work.let("F_macro", "(1 + beta^2)*P_macro*R_macro/(beta^2*P_macro + R_macro)", why)
        self.words[f"macro-{word}"] = "F_macro"

    def _agreement(self) -> None:
        """Matthews' correlation of k classes (Gorodkin 2004) and Cohen's kappa."""
        table = "how often each class is predicted"
        for c in self.all:
            self.work.let("q[c]", "TP[c] + FP[c]", "called this class", table=table, c=c)
        spread = [
            any(not isinstance(self._of(name, c), int) or self._of(name, c) not in (0, self._total()) for c in self.all)
            for name in ("m", "q")
        ]
        if all(spread):
            self.work.let("D", "sum(q[c]*m[c] for c in 0..k-1)", "predicted times actual, added over the classes")
            why = "Matthews' correlation for k classes (Gorodkin 2004)"
            self.work.let(
                "MCC",
                "(N*sum(TP[c] for c in 0..k-1) - D)/sqrt((N^2 - sum(q[c]^2 for c in 0..k-1))"
                "*(N^2 - sum(m[c]^2 for c in 0..k-1)))",
                why,
            )
            self.work.let("p_e", "D/N^2", "agreement by chance")
            self.work.let("kappa", "(accuracy - p_e)/(1 - p_e)", "Cohen's kappa: how far the agreement goes beyond it")
            self.words |= {"mcc": "MCC", "kappa": "kappa"}
        else:
            one = "actual" if not spread[0] else "predicted"
            self.work.note(f"MCC: all {one} labels are of one class, its denominator is 0, so it is undefined.")

    def _of(self, name: str, c: int) -> Any:
        return self.work.env[name][c]

    def _total(self) -> Any:
        return self.work.env["N"]

    def _is_zero(self, name: str, c: int) -> bool:
        value = self._of(name, c)
        return not isinstance(value, Node) and bool(value == 0)


_IS_ACCURACY = {"P": "P_micro = accuracy", "R": "R_micro = accuracy"}
