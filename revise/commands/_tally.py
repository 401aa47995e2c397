"""What a round of questions came to: points, what they were lost to, named mistakes, what to do next."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from revise.exercise.question import Question
from revise.progress.record import Answer

_WORST = ("right", "undecided", "imprecise", "skipped", "wrong")
_LOST = {"wrong": "wrong answers", "skipped": "skipped", "undecided": "by your own word", "imprecise": "rounding"}


class Done(NamedTuple):
    """What became of one part; `same` is the student's own word where it could not be decided."""

    outcome: str
    hints: int = 0
    named: str = ""
    carried: bool = False
    same: bool = True
    text: str = ""

    @property
    def lost(self) -> list[tuple[str, int]]:
        """What half points were lost to, of the two that a part gives."""
        if self.outcome in ("wrong", "skipped") or not self.same:
            return [(_LOST[self.outcome], 2)]
        found = [("rounding", 1)] if self.outcome == "imprecise" else []
        return found + ([("hints", min(self.hints, 2 - len(found)))] if self.hints else [])

    @property
    def grade(self) -> int:
        """1 not known, 2 with help, 3 known."""
        if self.outcome in ("wrong", "skipped") or not self.same:
            return 1
        return 2 if self.hints or self.carried or self.outcome == "imprecise" else 3


class Answered(NamedTuple):
    """A question of the round with its parts; `review` is the grade's number in the record."""

    question: Question
    parts: tuple[Done, ...]
    review: int = 0

    @property
    def grade(self) -> int:
        return min(part.grade for part in self.parts)

    @property
    def answer(self) -> Answer:
        """For the record: the worst outcome of the parts, all hints, the first named mistake."""
        worst = max((part.outcome for part in self.parts), key=_WORST.index)
        named = next((part.named for part in self.parts if part.named), "")
        return Answer(worst, sum(part.hints for part in self.parts), named)

    @property
    def is_right(self) -> bool:
        return all(part.outcome == "right" or (part.outcome == "undecided" and part.same) for part in self.parts)

    @property
    def where(self) -> str:
        """The command to look at: the solver that was drawn from, else the topic's page."""
        source, _, name = self.question.key.partition("/")
        return f"revise solve {name} --help" if source == "solve" else f"revise show {self.question.topic}"


def totals(answered: Sequence[Answered]) -> list[str]:
    """How many were right, the points, and what the others were lost to."""
    parts = [part for each in answered for part in each.parts]
    lost: Counter[str] = Counter()
    for part in parts:
        for what, halves in part.lost:
            lost[what] += halves
    right = sum(each.is_right for each in answered)
    said = [f"{right} of {len(answered)} right."]
    points = f"Points: {_halved(2 * len(parts) - lost.total())} of {len(parts)}"
    if lost:
        said.append(f"{points}; lost: {', '.join(f'{what} {_halved(halves)}' for what, halves in lost.most_common())}.")
    elif answered:
        said.append(f"{points}.")
    return said


def mistakes(answered: Sequence[Answered]) -> list[tuple[Answered, str]]:
    """What was named, each with its question."""
    return [(each, part.named) for each in answered for part in each.parts if part.named]


def next_command(answered: Sequence[Answered], topics: Sequence[str], level: int | None) -> str:
    """What to do now: the page of the topic on which most was lost, then the same again."""
    lost: Counter[str] = Counter()
    for each in answered:
        lost[each.question.topic] += sum(halves for part in each.parts for _, halves in part.lost)
    lost += Counter()
    if lost:
        topic = lost.most_common(1)[0][0]
        return f"Next: revise show {topic}, then revise quiz {topic}"
    named = "".join(f" {topic}" for topic in topics)
    return f"Next: revise quiz{named} --level {(level or 2) + 1}" if (level or 2) < 3 else "Next: revise cards"


def _halved(halves: int) -> str:
    whole, half = divmod(halves, 2)
    return (str(whole) if whole or not half else "") + ("½" if half else "")
