"""Which topics are learnt, and which wait until those they need are."""

from collections.abc import Collection, Mapping

from revise.study.mastery import LEARNT


class Needs:
    """The counts behind hold-backs, kept up to date card by card. Topics that need each other hold nothing back."""

    def __init__(self, needs: Mapping[str, Collection[str]], named: Collection[str] = ()) -> None:
        self._needs = {
            topic: [base for base in bases if not _reaches(needs, base, topic)]
            for topic, bases in needs.items()
            if topic not in named
        }
        self._cards: dict[str, int] = {}
        self._learnt: dict[str, int] = {}
        self._held: dict[str, str] | None = None

    def count(self, topic: str, cards: int, learnt: int) -> None:
        """Add to (or take from) the topic's flashcards, and those of them that have left the learning steps."""
        self._cards[topic] = self._cards.get(topic, 0) + cards
        self._learnt[topic] = self._learnt.get(topic, 0) + learnt
        self._held = None

    def learnt(self, topic: str) -> bool:
        """Whether enough of the topic's cards are; a topic without cards counts as learnt."""
        return self._learnt.get(topic, 0) >= LEARNT * self._cards.get(topic, 0) - 1e-9

    def held(self) -> dict[str, str]:
        """Topic → the first topic it waits for."""
        if self._held is None:
            waits = (
                (topic, next((it for it in bases if not self.learnt(it)), "")) for topic, bases in self._needs.items()
            )
            self._held = {topic: base for topic, base in waits if base}
        return self._held


def _reaches(needs: Mapping[str, Collection[str]], start: str, goal: str) -> bool:
    """Whether `start` is `goal` or needs it, directly or not."""
    met = {start}
    open_ = [start]
    while open_:
        topic = open_.pop()
        if topic == goal:
            return True
        new = [base for base in needs.get(topic, ()) if base not in met]
        met.update(new)
        open_ += new
    return False
