"""What happened today, and so what may still be asked: no sibling of what was shown, nothing known twice."""

from revise.schedule import Memory
from revise.study.deck import Item
from revise.study.forgetting import REVIEW
from revise.study.limits import Done


class Today:
    """Grades, new cards and time of one day; `skipped` keys are of this sitting only."""

    def __init__(self, done: Done) -> None:
        self.grades = dict(done.grades)
        self.new = set(done.new)
        self.seconds = done.seconds
        self.skipped: set[str] = set()
        self._shown: dict[str, set[str]] = {}
        for key in self.grades:
            self._shown.setdefault(key.partition("#")[0], set()).add(key)

    def grade(self, item: Item, new: bool, seconds: float) -> None:
        if new:
            self.new.add(item.key)
        self.grades[item.key] = self.grades.get(item.key, 0) + 1
        self.seconds += seconds
        self._shown.setdefault(item.card, set()).add(item.key)

    def undo(self, key: str, new: bool, seconds: float) -> None:
        """Take one grade back; `new` where the key is unseen again."""
        if new:
            self.new.discard(key)
        self.seconds = max(self.seconds - seconds, 0.0)
        self.skipped.discard(key)
        if self.grades.get(key, 0) > 1:
            self.grades[key] -= 1
        else:
            self.grades.pop(key, None)
            self._shown.get(key.partition("#")[0], set()).discard(key)

    def skip(self, item: Item) -> None:
        self.skipped.add(item.key)
        self._shown.setdefault(item.card, set()).add(item.key)

    def was_shown(self, card: str) -> bool:
        """Whether one of the card's sides was asked or skipped."""
        return bool(self._shown.get(card))

    def allows(self, item: Item, memory: Memory | None) -> bool:
        """Whether it may still be asked: after a grade only in its learning steps, never after a sibling."""
        if item[0] in self.grades:
            return memory is not None and memory.state != REVIEW and item[0] not in self.skipped
        return not self._shown.get(item[1])
