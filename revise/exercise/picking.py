"""Which questions are asked on a topic: those of its page and those drawn from its solvers, mixed."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from math import isfinite
from random import Random
from typing import Any

from revise import catalogue
from revise.engines.arrays import Array
from revise.exercise.calculation import for_paper, told
from revise.exercise.leading import leading
from revise.exercise.meanings import NOT_ASKED, meaning
from revise.exercise.next_line import GREATEST, LEAST, draw_next_line
from revise.exercise.question import KINDS, Question, calculated, level_of, next_question, of_card
from revise.expression import Node
from revise.mdp import MDP
from revise.solution import Solution
from revise.topic import Card, Entry, Topic

_TRIES = 20
_EACH = 12  # drawn questions of one solver and kind in a row of questions
_WIDEST = 240  # characters of a line of the prompt
_MOST_STEPS = 14
_MOST_ENTRIES = 4


def drawn_calculation(name: str, topic: str, rng: Random, title: str = "") -> Question | None:
    """A calculation of the solver that serves `name`, with one to three parts that build on each other."""
    solver = catalogue.load(name)
    for given, solution in for_paper(solver, rng, _TRIES):
        given_away = {state for value in given.values() if isinstance(value, MDP) for state in value.terminal}
        ends = [word for word in solution.answers if word not in given_away and _is_asked(solver, solution, word)]
        if not ends:
            continue
        ask = _with_parts(solution, rng.choice(ends), ends, rng)
        calculation = told(solver, given, solution, ask, "")
        if max(map(len, calculation.question.splitlines())) > _WIDEST:
            continue
        count = len(leading(solution, solution.step(ask[-1])))
        return calculated(calculation, f"solve/{name}", topic, title or solver.summary, level_of(count), name)
    return None


def drawn_next_line(name: str, topic: str, rng: Random, title: str = "") -> Question | None:
    """The next line of a derivation by the solver that serves `name`."""
    solver = catalogue.load(name)
    for _ in range(_TRIES):
        drawn = draw_next_line(solver, rng)
        if drawn is None:
            return None
        if max(map(len, _words(drawn.question))) <= _WIDEST:
            return next_question(drawn, name, topic, title or solver.summary)
    return None


def questions(
    entry: Entry,
    page: Topic | None,
    rng: Random,
    level: int | None = None,
    kinds: Collection[str] | None = None,
) -> Iterator[Question]:
    """Questions on a topic, each once: those of its page and drawn ones in turn, in an order of `rng`.

    `level` and `kinds` (of KINDS) limit them. Ends where nothing new is found.
    """
    title = (page.title if page else "") or entry.title
    cards = [card for card in page.cards if _is_wanted(card, level, kinds)] if page else []
    rng.shuffle(cards)
    written: Iterator[Question] = (found for card in cards if (found := of_card(card, title, rng)))
    built = catalogue.served(entry.solve)
    sources = [
        (make, name)
        for kind, make in (("calc", drawn_calculation), ("next", drawn_next_line))
        if kinds is None or kind in kinds
        for name in entry.solve
        if name in built
    ]
    rng.shuffle(sources)
    drawn = _drawn(sources, entry.id, title, rng, level)
    yield from _mixed(written, drawn, rng)


def _mixed(first: Iterator[Question], second: Iterator[Question], rng: Random) -> Iterator[Question]:
    waiting = [first, second]
    while waiting:
        source = rng.choice(waiting)
        question = next(source, None)
        if question is None:
            waiting.remove(source)
        else:
            yield question


_Make = Callable[[str, str, Random, str], Question | None]


def _drawn(
    sources: Sequence[tuple[_Make, str]], topic: str, title: str, rng: Random, level: int | None
) -> Iterator[Question]:
    """One of each source in turn; a source that gives nothing new is left."""
    seen: set[str] = set()
    left = dict.fromkeys(range(len(sources)), _EACH)
    while left:
        for place in list(left):
            make, name = sources[place]
            question = _new(make, name, topic, title, rng, level, seen)
            left[place] -= 1
            if question is None or not left[place]:
                del left[place]
            if question is not None:
                seen.add(question.prompt)
                yield question


def _new(
    make: _Make, name: str, topic: str, title: str, rng: Random, level: int | None, seen: Collection[str]
) -> Question | None:
    for _ in range(_EACH):
        question = make(name, topic, rng, title)
        if question is None:
            return None
        if question.prompt not in seen and level in (None, question.level):
            return question
    return None


def _is_wanted(card: Card, level: int | None, kinds: Collection[str] | None) -> bool:
    return card.kind in KINDS and (kinds is None or card.kind in kinds) and level in (None, card.level)


def _is_asked(solver: catalogue.Solver, solution: Solution, word: str) -> bool:
    return meaning(solver, word) != NOT_ASKED and _can_be_asked(solution, word)


def _can_be_asked(solution: Solution, word: str) -> bool:
    """A number, a shape or a short vector that has to be worked out, and not in too many steps."""
    step = solution.step(word)
    if step.tree.head in ("number", "name", "label") or not _is_short(step.value):
        return False
    return len(leading(solution, step)) <= _MOST_STEPS


def _is_short(value: Any) -> bool:
    if isinstance(value, Array):
        return len(value.shape) <= 2 and len(value.flat) <= _MOST_ENTRIES and all(map(_is_number, value.flat))
    return _is_number(value)


def _is_number(value: Any) -> bool:
    if isinstance(value, bool | str | Node) or not isfinite(value):
        return False
    return bool(value == 0 or LEAST < abs(value) < GREATEST)


def _with_parts(solution: Solution, end: str, words: Sequence[str], rng: Random) -> list[str]:
    """`end` with up to two answers on the way to it before it."""
    way = leading(solution, solution.step(end))
    before: Mapping[int, str] = {
        place: word
        for word in words
        for place, step in enumerate(way[:-1])
        if solution.step(word) is step and step is not solution.step(end)
    }
    wanted = rng.sample(sorted(before), min(len(before), rng.randint(0, 2)))
    return [*(before[place] for place in sorted(wanted)), end]


def _words(prompt: str) -> list[str]:
    """The lines of a prompt that are no formulas."""
    return [row for row in prompt.splitlines() if not row.startswith("$$")] or [""]
