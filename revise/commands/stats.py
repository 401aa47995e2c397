"""`revise stats`: where the student stands, from the record and the deck."""

import json as json_text
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from revise.commands import _content
from revise.progress import data_folder
from revise.progress.record import Answer, Record
from revise.schedule import Memory
from revise.study.day import beginning, day_of
from revise.study.deck import FLASHCARDS, Deck, deck
from revise.study.history import Worked, forecast, history
from revise.study.limits import LONGEST
from revise.study.mastery import is_leech, standings
from revise.study.telling import Hard, Quiz, Stats

WEEKS = 15
AHEAD = 14
_HARDEST = 5
_MISTAKES = 5
_LATELY = timedelta(days=30)


def run(*, plain: bool, json: bool, width: int | None, content: Path | None) -> int:
    from revise import catalogue

    found = deck(_content.library(content), data_folder(), catalogue.served)
    _content.warn(found.problems)
    with Record(write=False) as record:
        shown = collect(found, record, datetime.now(UTC))
    if json:
        print(json_text.dumps(as_json(shown), ensure_ascii=False, indent=2))
        return 0
    from revise.render.console import make_screen
    from revise.render.paging import print_paged
    from revise.render.stats import draw_stats

    screen = make_screen(width, plain)
    print_paged(screen, draw_stats(shown, screen.width, not plain), not plain)
    return 0


def collect(found: Deck, record: Record, now: datetime) -> Stats:
    """Every figure. Keys that are in no page any more count in the past, not in what comes."""
    today = day_of(now)
    memories, suspended = record.memories(), record.suspended()
    asked = {it.key: it for it in found.items if it.key not in suspended}
    alive = {key: memory for key, memory in memories.items() if key in asked and asked[key].kind in FLASHCARDS}
    monday = today - timedelta(days=today.weekday() + 7 * (WEEKS - 1))
    begun = beginning(today - _LATELY + timedelta(days=1))
    grades = list(record.grades(begun))
    often = Counter(grade[0] for grade in grades)
    earlier = {key for key, count in often.items() if key in memories and memories[key].reviews > count}
    first, answers, seconds = record.total(LONGEST)
    start = min(day_of(first), monday) if first is not None else monday
    each = [start + timedelta(days=offset) for offset in range((today - start).days + 1)]
    counts = dict(zip(each, record.counts([beginning(day) for day in [*each, today + timedelta(days=1)]]), strict=True))
    hardest = sorted((it for it in alive.items() if it[1].lapses), key=_hardness)
    return Stats(
        today=today,
        standings=standings(found.items, memories, now, suspended=suspended),
        titles=found.titles,
        answers=answers,
        seconds=seconds,
        days_studied=sum(count > 0 for count in counts.values()),
        days=history(grades, earlier),
        heat=[count for day, count in counts.items() if day >= monday],
        ahead=forecast(alive, today, AHEAD),
        hardest=[Hard(key, asked[key].topic, it.lapses, is_leech(it)) for key, it in hardest[:_HARDEST]],
        leeches=sum(is_leech(it) for it in alive.values()),
        quiz=_quiz(answer for _, answer in record.answers()),
    )


def _hardness(entry: tuple[str, Memory]) -> tuple[float, float, str]:
    key, memory = entry
    return (-memory.lapses, memory.stability, key)


def _quiz(answers: Iterable[Answer]) -> Quiz:
    outcomes: Counter[str] = Counter()
    mistakes: Counter[str] = Counter()
    for answer in answers:
        outcomes[answer.outcome] += 1
        if answer.mistake:
            mistakes[answer.mistake] += 1
    return Quiz(dict(outcomes), sorted(mistakes.items(), key=lambda it: (-it[1], it[0]))[:_MISTAKES])


def as_json(shown: Stats) -> dict[str, Any]:
    first = shown.today - timedelta(days=len(shown.heat) - 1)
    judged = shown.quiz.judged
    return {
        "schema": 1,
        "today": shown.today.isoformat(),
        "topics": [
            {
                "topic": it.topic, "cards": it.cards, "seen": it.seen, "learnt": it.learnt, "due": it.due,
                "weak": it.weak, "recall": round(it.recall, 4),
            }
            for it in shown.standings
        ],
        "retention": _retention(shown.lately),
        "answers": {"all": shown.answers, "last_30_days": shown.lately.answers, "today": shown.heat[-1]},
        "seconds": {
            "all": round(shown.seconds, 1),
            "last_7_days": round(shown.week.seconds, 1),
            "today": round(shown.days.get(shown.today, Worked()).seconds, 1),
        },
        "days_studied": shown.days_studied,
        "days": [
            {"date": (first + timedelta(days=offset)).isoformat(), "answers": count}
            for offset, count in enumerate(shown.heat)
        ],
        "forecast": [
            {"date": (shown.today + timedelta(days=offset)).isoformat(), "due": count}
            for offset, count in enumerate(shown.ahead)
        ],
        "leeches": shown.leeches,
        "hardest": [it._asdict() for it in shown.hardest],
        "quiz": {
            "outcomes": dict(shown.quiz.outcomes),
            "right": round(shown.quiz.outcomes.get("right", 0) / judged, 4) if judged else None,
            "mistakes": _counted(shown.quiz.mistakes),
        },
    }  # fmt: skip


def _retention(worked: Worked) -> dict[str, Any]:
    share = round(worked.known / worked.back, 4) if worked.back else None
    return {"days": _LATELY.days, "came_back": worked.back, "known": worked.known, "share": share}


def _counted(mistakes: Sequence[tuple[str, int]]) -> list[dict[str, Any]]:
    return [{"mistake": words, "times": count} for words, count in mistakes]
