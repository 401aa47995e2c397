"""What the calculator found, as plain texts and numbers: it crosses from one process to another as JSON."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class Line:
    """`label = value`: LaTeX and one line of each; `decimal` a number or nested lists where no letter is left.

    `rounded`: the LaTeX shows fewer digits than there are. `foreign`: written as SymPy does, since the language
    has no words for it.
    """

    latex: str
    line: str
    decimal: Any = None
    label: str = ""
    label_line: str = ""
    rounded: bool = False
    foreign: bool = False


@dataclass
class RuleStep:
    """One rule of differentiation applied to one part: `of`′ = `result`, both as maths and as a line.

    `parts` are the u, v, u′, v′ of the rule; `law` is the rule itself; `order` counts repeated differentiation.
    """

    rule: str
    law: str
    letter: str
    of: Line
    result: Line
    parts: list[tuple[str, Line]] = field(default_factory=list)
    order: int = 1


@dataclass
class Result:
    """`lines` hold the answer: one, or several with labels. `none` says why there is no answer.

    `value` is the answer for programs; `at` the answer with numbers put in.
    """

    read: Line
    lines: list[Line] = field(default_factory=list)
    value: Any = None
    at: list[Line] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    steps: list[RuleStep] = field(default_factory=list)
    none: str = ""

    def plain(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> "Result":
        """The Result behind `plain()`."""

        def lines(entries: list[dict[str, Any]]) -> list[Line]:
            return [Line(**entry) for entry in entries]

        steps = [
            RuleStep(
                step["rule"], step["law"], step["letter"], Line(**step["of"]), Line(**step["result"]),
                [(word, Line(**part)) for word, part in step["parts"]], step["order"],
            )
            for step in plain["steps"]
        ]  # fmt: skip
        return cls(
            Line(**plain["read"]), lines(plain["lines"]), plain["value"], lines(plain["at"]), plain["notes"], steps,
            plain["none"],
        )  # fmt: skip
