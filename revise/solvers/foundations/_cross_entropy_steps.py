"""The steps of the cross-entropy: softmax, losses, gradient, for one example or for each of a batch."""

from typing import Any

from revise.errors import InputError
from revise.expression import Node
from revise.solution import Work
from revise.solvers.foundations import _cross_entropy_formulas as formulas
from revise.solvers.foundations._distributions import UNITS

_TINY = 1e-200


class Steps:
    """The steps for one example, or for each of a batch."""

    def __init__(self, work: Work, count: int, base: str | int, reduction: str, stable: bool) -> None:
        self.work, self.count, self.base, self.reduction, self.stable = work, count, base, reduction, stable
        self.one = count == 1
        self.kind = "" if self.one else reduction

    def each(
        self, name: str, pair: tuple[str, str], why: str, table: str, claim: tuple[str, str] | None = None,
        only: set[int] | None = None,
    ) -> None:  # fmt: skip
        """The step for one example, or for every example (of `only`)."""
        if self.one:
            if only is None or 1 in only:
                self.work.let(name, pair[0], why, gradient_of=claim)
            return
        for n in range(1, self.count + 1):
            if only is None or n in only:
                of = None if claim is None else (claim[0], f"{claim[1]}[n]")
                self.work.let(f"{name}[n]", pair[1], why, table=table, gradient_of=of, n=n)

    def value(self, name: str, n: int) -> Any:
        return self.work.env[name] if self.one else self.work.env[name][n]

    def run(self, hard: bool, by_class: bool, smoothing: str, from_logits: bool) -> dict[str, str]:
        if smoothing:
            why = "ε is shared out over " + ("all classes" if smoothing == "all" else "the other classes")
            self.each("t", formulas.SMOOTHED[smoothing, by_class], f"the smoothed target: {why}", "smoothed targets")
        if from_logits:
            self._softmax()
        self._losses(hard)
        if not self.one:
            why = "the batch: the mean of its losses" if self.reduction == "mean" else "the batch: its losses added up"
            self.work.let("L", formulas.TOTAL[self.reduction], why, unit=UNITS[self.base] if self.base != "e" else "")
        self._gradient(hard, from_logits)
        why = "to compare: the loss of equal probabilities 1/C, as at the start of training"
        if not self.work.letters:
            self.work.let("L0", formulas.START[self.base], why + (", of each example" if self.kind == "sum" else ""))
        source = "z" if from_logits else "p"
        words = {"loss": "L"} | ({} if self.work.letters else {"start": "L0"})
        if self.one:
            return words | ({"probabilities": "p"} if from_logits else {}) | {"gradient": f"dL_d{source}"}
        for n in range(1, self.count + 1):
            words |= {f"probabilities-{n}": f"p[{n}]"} if from_logits else {}
            words |= {f"loss-{n}": f"l[{n}]", f"gradient-{n}": f"dL_d{source}[{n}]"}
        return words

    def _softmax(self) -> None:
        table = "softmax of each row"
        if self.stable:
            self.each("m", formulas.GREATEST, "the greatest logit, subtracted so that no exponential overflows", table)
        elif any(not isinstance(x, Node) and x > 700 for n in range(self.count) for x in self.value("z", n + 1).flat):
            raise InputError("logits: their exponentials overflow; leave --no-stable out")
        why = "exponentials of at most 1" if self.stable else "exponentials"
        self.each("E", formulas.EXPONENTIALS[self.stable], why, table)
        self.each("S", formulas.SUM, "their sum", table)
        self.each("p", formulas.SHARED, "softmax: shared out, so that they sum to 1", table)

    def _losses(self, hard: bool) -> None:
        name = "L" if self.one else "l"
        small = self._small()
        rest = set(range(1, self.count + 1)) - small
        if small and "m" not in self.work.env:
            raise InputError("logits: a probability is too small for a number; leave --no-stable out")
        if hard:
            why = "minus the logarithm of the right class's probability"
            if not self.one:
                self.each("q", ("", formulas.RIGHT), "the probability of the right class", "losses", only=rest)
                why = "minus its logarithm"
            self.each(name, formulas.LOG_OF_RIGHT[self.base], why, "losses", only=rest)
            why = "−log p without p, which is too small: ln p = z − m − ln S"
            self.each(name, formulas.LOG_FROM_LOGITS[self.base], why, "losses without p", only=small)
            return
        every = "K" not in self.work.env
        why = "−∑ t log p" if every else "−∑ t log p, over the classes whose target is not 0"
        self.each(name, formulas.MEAN_LOG[self.base, every], why, "losses", only=rest)
        why = "−∑ t log p without p, which is too small: ln p = z − m − ln S"
        self.each(name, formulas.MEAN_FROM_LOGITS[self.base], why, "losses without p", only=small)

    def _small(self) -> set[int]:
        """The examples whose softmax has a probability too small for its logarithm."""
        if "z" not in self.work.env:
            return set()
        return {
            n for n in range(1, self.count + 1)
            if any(not isinstance(p, Node) and p < _TINY for p in self.value("p", n).flat)
        }  # fmt: skip

    def _gradient(self, hard: bool, from_logits: bool) -> None:
        key = hard, self.base, self.kind
        text = (formulas.BY_LOGITS if from_logits else formulas.BY_PROBABILITIES)[key]
        if from_logits:
            why = "prediction minus target: softmax and logarithm cancel" + self._factor()
            self.each("dL_dz", (text, text), why, "gradient by the logits", ("L", "z"))
            return
        if any(p == 0 for n in range(self.count) for p in self.value("p", n + 1).flat):
            text = formulas.WITH_ZEROS[hard, self.base, self.kind]
        why = "−1/p of the target class, 0 for the others" if hard else "−t/p"
        self.each("dL_dp", (text, text), why + self._factor(), "gradient by the probabilities", ("L", "p"))

    def _factor(self) -> str:
        parts = [] if self.base == "e" else [f"1/ln {self.base} for the logarithm's base"]
        parts += ["1/N for the mean"] if self.kind == "mean" else []
        return f"; {' and '.join(parts)}" if parts else ""
