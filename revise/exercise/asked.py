"""What one part of a question asks for: the kind of answer, its precision, and that in words."""

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from revise.engines.arrays import Array, shape_text
from revise.expression import Node
from revise.numerals import Numerals

Kind = Literal["number", "shape", "vector", "matrix", "channels", "label", "labels", "truth", "formula", "formulas"]

_COUNTED = ("weights", "biases", "parameters", "values", "bytes", "MAC", "FLOP", "tokens")


@dataclass(frozen=True)
class Asked:
    """What one part of a question wants: the right value, and how the question words what it expects.

    letters  those of the question, for formulas
    labels   the words that an answer can be, where it is one
    """

    value: Any
    unit: str = ""
    letters: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()

    @property
    def kind(self) -> Kind:
        return kind_of(self.value, self.unit)

    @property
    def numerals(self) -> Numerals:
        """The precision asked for: 4 decimals, or 2 significant digits where those say too little."""
        sizes = [abs(float(entry)) for entry in flat(self.value) if isinstance(entry, int | Fraction | float)]
        return Numerals(significant=2) if 0 < max(sizes, default=0.0) < 0.01 else Numerals()

    @property
    def expects(self) -> str:
        """In words, with the tolerance: "a number: 4 decimals (the last may be 1 off) or a fraction"."""
        value, unit = self.value, self.unit
        figures = "2 significant digits" if self.numerals.significant else "4 decimals"
        exactness = f"{figures} (the last may be 1 off) or a fraction"
        match self.kind:
            case "shape":
                return f"a shape, as {'x'.join(['28', '28', '6', '3'][: len(value.flat)])}"
            case "vector" if len(value.flat) > 1:
                return f"{len(value.flat)} numbers, as 1, 1/2, 0.25; {figures} (the last may be 1 off)"
            case "matrix":
                return f"a {shape_text(value.shape)} matrix, rows as in 1, 2; 3, 4; {figures} (the last may be 1 off)"
            case "channels":
                return f"{len(value.flat)} numbers ({shape_text(value.shape)}), row by row"
            case "label":
                return f"a word: {listed(self.labels)}" if self.labels else "a word"
            case "labels":
                return f"{len(value.flat)} words, with commas between them"
            case "truth":
                return "yes or no"
            case "formula":
                return f"a formula in {listed(self.letters, 'and')}" if self.letters else "a formula"
            case "formulas":
                return f"{len(value.flat)} formulas, as x^2, 2*x"
        if unit in _COUNTED:
            return f"a whole number ({unit})"
        return f"a number{f' ({unit})' if unit else ''}: {exactness}"


def kind_of(value: Any, unit: str = "") -> Kind:
    if isinstance(value, bool):
        return "truth"
    if isinstance(value, Array):
        if unit == "shape":
            return "shape"
        if any(isinstance(entry, str) for entry in value.flat):
            return "labels"
        if any(isinstance(entry, Node) for entry in value.flat):
            return "formulas"
        return "vector" if len(value.shape) == 1 else "matrix" if len(value.shape) == 2 else "channels"
    if isinstance(value, str):
        return "label"
    return "formula" if isinstance(value, Node) else "number"


def flat(value: Any) -> tuple[Any, ...]:
    return value.flat if isinstance(value, Array) else (value,)


def listed(words: Collection[str], link: str = "or") -> str:
    listed = list(words)
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} {link} {listed[-1]}"
