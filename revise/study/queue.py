"""What is asked next: a card in its learning steps, then what is due, then new cards.

Before an exam what a review raises most for its day comes first, and new cards take turns with due ones, as an unseen
card is not known on the day at all. Then cards that are not due yet are asked, as far as the day's minutes go. No
interval is cut short, so nothing piles up on the last day.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta, tzinfo

from revise.schedule import Memory
from revise.study.day import beginning, day_of, exam_begins
from revise.study.deck import FLASHCARDS, Item
from revise.study.forgetting import REVIEW
from revise.study.limits import EXAM_MINUTES, Done, Limit, Limits, Rest
from revise.study.needs import Needs
from revise.study.ranking import Mode, Ranking
from revise.study.rows import Rows
from revise.study.today import Today

AHEAD = timedelta(minutes=20)
"""A card in its learning steps comes this much too early where nothing else is left to ask."""


class Queue:
    """The day's cards. `next` only looks: the same card comes again until it is graded, skipped or suspended.

    `items` is the whole deck, as hold-backs count all of a topic's cards; asked are only `kinds`, and only `named`
    topics where there are any. `needs` says which topics hold a topic's new cards back; a named one waits for none.
    `done` is what was graded today before. The day's minutes are as the limits say, before an `exam` EXAM_MINUTES
    where they say nothing. All times are in UTC.
    """

    def __init__(
        self,
        items: Sequence[Item],
        memories: Mapping[str, Memory],
        now: datetime,
        *,
        done: Done = Done(),  # noqa: B008 - a tuple
        suspended: Iterable[str] = (),
        needs: Mapping[str, Collection[str]] | None = None,
        named: Collection[str] = (),
        exam: date | None = None,
        limits: Limits = Limits(),  # noqa: B008 - a tuple
        mode: Mode = "all",
        kinds: Collection[str] = FLASHCARDS,
        zone: tzinfo | None = None,
    ) -> None:
        self.limits = limits
        self.mode = mode
        self._items = items
        self._kinds, self._named = frozenset(kinds), frozenset(named)
        self._zone, self._exam = zone, exam
        self._suspended = set(suspended)
        self._memories = dict(memories)
        self._needs = Needs(needs or {}, self._named)
        self._order = {item[0]: order for order, item in enumerate(items)}
        self._members: dict[str, list[int]] = {}
        counts: dict[str, list[int]] = {}
        members, away = self._members, self._suspended
        for order, (key, card, topic, kind, _, _) in enumerate(items):
            if card in members:
                members[card].append(order)
            else:
                members[card] = [order]
            if kind in FLASHCARDS and key not in away:
                memory = memories.get(key)
                count = counts.get(topic)
                if count is None:
                    count = counts[topic] = [0, 0]
                count[0] += 1
                count[1] += memory is not None and memory.state == REVIEW
        for topic, (cards, learnt) in counts.items():
            self._needs.count(topic, cards, learnt)
        self._began = now
        self._asked = 0
        self._again: list[Item] = []
        self._begin(now, done)

    @property
    def memories(self) -> Mapping[str, Memory]:
        """Key → memory, with what was graded since."""
        return self._memories

    def next(self, now: datetime) -> Item | None:
        """What to ask at `now`; None where a limit is reached or nothing is left (`rest` says which)."""
        self._turn_if_over(now)
        if self._again:
            return self._again[-1]
        if self._limit(now):
            return None
        rows = self._rows
        item = rows.first(rows.steps, now)
        if item is None and self._new_in_turn():
            item = self._first_new()
        return item or rows.first(rows.due) or self._first_new() or rows.first(rows.early) or self._soon(now)

    def graded(self, item: Item, memory: Memory, seconds: float = 0.0, at: datetime | None = None) -> None:
        """`item` got a grade at `at`, which left `memory`; it is on the disk already.

        After a clock went back `memory.last` is later than `at`; without `at` it stands for it.
        """
        self._turn_if_over(at or memory.last)
        new = item.key not in self._memories
        self._remember(item, memory)
        self._today.grade(item, new, seconds)
        self._asked += 1
        self._settle(item)

    def undone(self, key: str, memory: Memory | None, seconds: float = 0.0) -> None:
        """The last grade of `key` was taken back, which left `memory` (None: new again). It is asked first."""
        self._today.undo(key, memory is None, seconds)
        self._asked = max(self._asked - 1, 0)
        order = self._order.get(key)
        if order is None:
            return
        item = self._items[order]
        self._remember(item, memory)
        self._settle(item)
        if self._wanted(item):
            self._again.append(item)

    def skip(self, item: Item) -> None:
        """Not again in this sitting today, nor its siblings: what was shown gives them away."""
        self._today.skip(item)
        self._settle(item)

    def suspend(self, key: str, away: bool = True) -> None:
        """Not again until it is resumed, which is `away=False`."""
        order = self._order.get(key)
        if order is None or (key in self._suspended) == away:
            return
        item = self._items[order]
        self._tally(item, -1)
        self._suspended ^= {key}
        self._tally(item, 1)
        self._settle(item)

    def resume(self, key: str) -> None:
        """Take a suspension back."""
        self.suspend(key, away=False)

    def counts(self, now: datetime) -> tuple[int, int]:
        """(cards that are due or come back today, new ones that are asked today), siblings counted once."""
        self._turn_if_over(now)
        left = max(self.limits.new_per_day - self._new_asked(), 0)
        held = self._needs.held()
        due = self._rows.due_cards
        new = 0
        for topic, cards in self._rows.new_cards.items():
            if new >= left:
                break
            if topic not in held:
                new += len(cards - due)
        return len(due), min(new, left)

    def held_back(self) -> dict[str, str]:
        """Topics with new cards that wait → the topic to be learnt first."""
        held = self._needs.held()
        return {topic: held[topic] for topic, cards in self._rows.new_cards.items() if cards and topic in held}

    def rest(self, now: datetime) -> Rest:
        """Why `next` has nothing more."""
        self._turn_if_over(now)
        held = self._needs.held()
        siblings = new = back = 0
        later: datetime | None = None
        for item in self._items:
            if not self._wanted(item):
                continue
            memory = self._memories.get(item.key)
            if memory is not None and (memory.due >= self._ranking.end or item.key in self._today.grades):
                later = memory.due if later is None else min(later, memory.due)
            elif self._today.was_shown(item.card):
                siblings += item.key not in self._today.skipped
            elif memory is None:
                back += item.topic in held
                new += item.topic not in held
        limit = self._limit(now)
        due = len(self._rows.due_cards) if limit else 0
        return Rest(limit, due, siblings, len(self._today.skipped), new, back, later)

    def _new_in_turn(self) -> bool:
        """Before an exam new cards take turns with due ones; what was asked today says whose turn it is."""
        new = len(self._today.new)
        return self._ranking.exam is not None and new <= len(self._today.grades) - new

    def _turn_if_over(self, now: datetime) -> None:
        if now >= self._ranking.end:
            self._begin(now, Done())

    def _begin(self, now: datetime, done: Done) -> None:
        """Begin the day of `now`; a clock that goes back begins none."""
        self.day = day_of(now, self._zone)
        self._today = Today(done)
        exam = exam_begins(self._exam, self._zone) if self._exam is not None and self.day <= self._exam else None
        self._ranking = Ranking(self.mode, beginning(self.day + timedelta(days=1), self._zone), exam)
        self._rows = Rows(self._items, self._memories, self._ranking, self._today, self._wanted)

    def _limit(self, now: datetime) -> Limit:
        _, cards, minutes, daily = self.limits
        if cards is not None and self._asked >= cards:
            return "cards"
        if minutes is not None and now - self._began >= timedelta(minutes=minutes):
            return "minutes"
        if daily is None and self._ranking.exam is not None:
            daily = EXAM_MINUTES
        return "day" if daily is not None and self._today.seconds >= daily * 60 else ""

    def _wanted(self, item: Item) -> bool:
        return item[3] in self._kinds and (not self._named or item[2] in self._named) and item[0] not in self._suspended

    def _new_asked(self) -> int:
        orders = (self._order.get(key) for key in self._today.new)
        return sum(order is not None and self._items[order].kind in self._kinds for order in orders)

    def _first_new(self) -> Item | None:
        return self._rows.first_new(self._needs.held()) if self._new_asked() < self.limits.new_per_day else None

    def _soon(self, now: datetime) -> Item | None:
        return self._rows.first(self._rows.steps, now + AHEAD)

    def _settle(self, item: Item) -> None:
        if item in self._again:
            self._again.remove(item)
        self._rows.settle(item.card, item.topic, self._members[item.card])

    def _remember(self, item: Item, memory: Memory | None) -> None:
        self._tally(item, -1)
        if memory is None:
            self._memories.pop(item.key, None)
        else:
            self._memories[item.key] = memory
        self._tally(item, 1)

    def _tally(self, item: Item, sign: int) -> None:
        """Count a flashcard in (1) or out (-1) among those by which a topic is learnt."""
        key, _, topic, kind, _, _ = item
        if kind in FLASHCARDS and key not in self._suspended:
            memory = self._memories.get(key)
            self._needs.count(topic, sign, sign * (memory is not None and memory.state == REVIEW))
