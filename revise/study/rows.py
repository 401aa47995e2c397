"""The rows in which cards stand until they are asked; a day's work costs one sort and no scan of all cards."""

from collections.abc import Callable, Container, Mapping, Sequence
from datetime import datetime
from heapq import heapify, heappop, heappush
from typing import Any

from revise.schedule import Memory
from revise.study.deck import Item
from revise.study.forgetting import REVIEW
from revise.study.ranking import Ranking
from revise.study.today import Today

_Heap = list[Any]


class Rows:
    """Heaps of (rank, place in the deck). An entry that no longer stands rightly is dropped when it comes up."""

    def __init__(
        self,
        items: Sequence[Item],
        memories: Mapping[str, Memory],
        ranking: Ranking,
        today: Today,
        wanted: Callable[[Item], bool],
    ) -> None:
        self._items, self._memories, self._ranking, self._today = items, memories, ranking, today
        self._wanted = wanted
        self.steps: _Heap = []
        self.due: _Heap = []
        self.early: _Heap = []
        self._new: dict[str, _Heap] = {item[2]: [] for item in items}
        self.due_cards: set[str] = set()
        """Cards of which a seen side is asked today, if only in its learning steps."""
        self.new_cards: dict[str, set[str]] = {topic: set() for topic in self._new}
        """Topic → cards of which an unseen side may be asked."""
        quick, end = ranking.exam is None and ranking.mode in ("all", "due"), ranking.end
        for order, item in enumerate(items):
            memory = memories.get(item[0]) if quick else None
            # Most cards come back on a later day and are in no row.
            if memory is None or memory.state != REVIEW or memory.due < end:
                self._place(order, list.append)
        for heap in (self.steps, self.due, self.early):
            heapify(heap)

    def settle(self, card: str, topic: str, members: Sequence[int]) -> None:
        """Place a card's sides anew after something happened to one of them."""
        self.due_cards.discard(card)
        self.new_cards[topic].discard(card)
        for order in members:
            self._place(order, heappush)

    def first(self, heap: _Heap, until: datetime | None = None) -> Item | None:
        """The first in one of the rows of seen cards; of `steps`, if it is due at `until`."""
        while heap:
            rank, order = heap[0]
            item = self._items[order]
            memory = self._memories.get(item.key)
            if memory is not None and self._wanted(item) and self._today.allows(item, memory):
                step = memory.state != REVIEW
                if step == (heap is self.steps) and rank == (memory.due if step else self._ranking.rank(memory)):
                    return item if until is None or rank <= until else None
            heappop(heap)
        return None

    def first_new(self, held: Container[str]) -> Item | None:
        """The first unseen one in reading order whose topic is not among `held`."""
        for topic, heap in self._new.items():
            while heap and topic not in held:
                item = self._items[heap[0]]
                if item.key not in self._memories and self._wanted(item) and self._today.allows(item, None):
                    return item
                heappop(heap)
        return None

    def _place(self, order: int, put: Callable[[_Heap, Any], None]) -> None:
        item = self._items[order]
        key, card, topic, _, _, _ = item
        memory = self._memories.get(key)
        if not self._wanted(item) or not self._today.allows(item, memory):
            return
        if memory is None:
            if self._ranking.mode in ("all", "new"):
                put(self._new[topic], order)
                self.new_cards[topic].add(card)
            return
        rank = 0.0 if memory.state != REVIEW else self._ranking.rank(memory)
        turn = self._ranking.turn(memory, rank, key in self._today.grades)
        if turn == "step":
            put(self.steps, (memory.due, order))
            if memory.due < self._ranking.end:
                self.due_cards.add(card)
        elif turn == "due":
            put(self.due, (rank, order))
            self.due_cards.add(card)
        elif turn == "early":
            put(self.early, (rank, order))
