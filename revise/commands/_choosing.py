"""Which questions a quiz asks: topics in turn, or weak ones more often; kinds mixed, nothing twice."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from random import Random
from typing import NamedTuple

from revise.exercise.picking import questions
from revise.exercise.question import Question
from revise.progress.record import Record
from revise.study.deck import Deck
from revise.study.mastery import is_weak, standings
from revise.topic import Library

_AHEAD = 3  # questions of a topic among which the rarest kind is taken
_WEAK = 4.0  # so much more often a topic comes of which everything is weak


class Sort(NamedTuple):
    """What kind of questions are wanted; None for all."""

    level: int | None = None
    kinds: frozenset[str] | None = None


class Topics(NamedTuple):
    """Topics and how often each comes beside the others; `in_turn`: one after the other instead."""

    weights: Mapping[str, float]
    in_turn: bool = False


def named_topics(topics: Sequence[str]) -> list[Topics]:
    return [Topics(dict.fromkeys(topics, 1.0), in_turn=True)]


def topics_of(library: Library, found: Deck, record: Record, by_record: bool = True) -> list[Topics]:
    """All topics with a page; with `by_record` first those begun or set for the exam, the weak ones more often."""
    pages = [entry.id for entry in library.entries if library.has_page(entry.id)]
    if not by_record:
        return [Topics(dict.fromkeys(pages, 1.0))]
    now, memories = datetime.now(UTC), record.memories()
    seen: Counter[str] = Counter()
    weak: Counter[str] = Counter()
    for standing in standings(found.items, memories, now, suspended=record.suspended()):
        seen[standing.topic] += standing.seen
        weak[standing.topic] += standing.weak
    answered = {item.key: item.topic for item in found.items if item.kind in ("choice", "true-false")}
    drawn = {f"solve/{name}": entry.id for entry in library.entries for name in entry.solve}
    for key, topic in (answered | drawn).items():
        if key in memories:
            seen[topic] += 1
            weak[topic] += is_weak(memories[key], now)
    chosen = set(record.settings().get("topics") or ())
    first = {topic: 1 + _WEAK * weak[topic] / max(seen[topic], 1) for topic in pages if seen[topic] or topic in chosen}
    rest = {topic: 1.0 for topic in pages if topic not in first}
    return [Topics(weights) for weights in (first, rest) if weights]


def chosen(
    library: Library,
    groups: Sequence[Topics],
    rng: Random,
    sort: Sort,
    language: str,
    left_out: Collection[str] = (),
) -> Iterator[Question]:
    """Questions, each once; a group of topics is exhausted before the next. `left_out` are keys."""
    seen: set[tuple[str, ...]] = set()
    kinds: Counter[str] = Counter()
    for weights, in_turn in groups:
        sources = {topic: _Source(library, topic, rng, sort, language) for topic in weights}
        turn = 0
        while sources:
            names = list(sources)
            name = names[turn % len(names)] if in_turn else rng.choices(names, [weights[it] for it in names])[0]
            question = sources[name].next(kinds, lambda it: it.key not in left_out and _words(it) not in seen)
            if question is None:
                del sources[name]
                continue
            turn += 1
            kinds[question.kind] += 1
            seen.add(_words(question))
            yield question


def _words(question: Question) -> tuple[str, ...]:
    """What makes two questions the same for whoever is asked."""
    return (question.prompt, *sorted(option.text for option in question.options))


class _Source:
    """The questions of one topic; its page is read with the first."""

    def __init__(self, library: Library, topic: str, rng: Random, sort: Sort, language: str) -> None:
        self._left = _questions(library, topic, rng, sort, language)
        self._ahead: list[Question] = []

    def next(self, kinds: Mapping[str, int], wanted: Callable[[Question], bool]) -> Question | None:
        """The one of the next few whose kind was asked least."""
        self._ahead = [question for question in self._ahead if wanted(question)]
        while len(self._ahead) < _AHEAD and (question := next(self._left, None)) is not None:
            if wanted(question):
                self._ahead.append(question)
        if not self._ahead:
            return None
        best = min(self._ahead, key=lambda question: kinds[question.kind])
        self._ahead.remove(best)
        return best


def _questions(library: Library, topic: str, rng: Random, sort: Sort, language: str) -> Iterator[Question]:
    page = library.read(topic, language)[0] if library.has_page(topic) else None
    yield from questions(library.entry(topic), page, rng, sort.level, sort.kinds)
