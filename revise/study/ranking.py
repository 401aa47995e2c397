"""When a seen card is asked today, and before which others."""

from datetime import datetime
from typing import Literal, NamedTuple

from revise.schedule import Memory
from revise.study.forgetting import LEARNING, REVIEW, gain, recall_at
from revise.study.mastery import is_weak

Mode = Literal["all", "due", "new", "weak"]
Turn = Literal["", "step", "due", "early"]
WORTH = 0.003
"""Before an exam, a card that is not due is asked where a review raises its recall on the day by this much."""


class Ranking(NamedTuple):
    """The rules of one day, which ends at `end`; they give the same order at whatever hour they are asked.

    Before an exam the cards come first whose recall on its day a review today raises most. (The lowest recall first
    spends a short day on what will be forgotten again: see `tests/test_study_exam.py`.)
    """

    mode: Mode
    end: datetime
    exam: datetime | None

    def rank(self, memory: Memory) -> float:
        """The lowest comes first."""
        if self.mode == "weak":
            return recall_at(memory, self.end)
        if self.exam is not None:
            return -gain(memory, self.end, self.exam)
        return memory.due.timestamp()

    def turn(self, memory: Memory, rank: float, graded: bool) -> Turn:
        """In which row the card stands, given its rank and whether it was graded today."""
        if memory.state != REVIEW:
            if self.mode == "weak":
                return "step" if graded or is_weak(memory, self.end) else ""
            return "step" if self.mode != "new" or graded or memory.state == LEARNING else ""
        if self.mode == "new" or graded:
            return ""
        if self.mode == "weak":
            return "due" if is_weak(memory, self.end) else ""
        if memory.due < self.end:
            return "due"
        return "early" if self.mode == "all" and self.exam is not None and rank < -WORTH else ""
