"""`revise plan`: the exam's date and topics, and the days up to it."""

import json as json_text
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from revise.commands import _content
from revise.commands._dates import read_day
from revise.commands._day import exam_of, minutes_of, topics_of
from revise.errors import InputError, NothingFound
from revise.progress import data_folder
from revise.progress.record import Record
from revise.study.day import beginning, day_of
from revise.study.deck import FLASHCARDS, Deck, deck
from revise.study.limits import EXAM_MINUTES, done_today
from revise.study.mastery import standings
from revise.study.plan import calendar, seconds_by_kind
from revise.study.telling import Outlook, share
from revise.topic import Library

SETTINGS = ("exam", "course", "topics", "new-per-day", "minutes-per-day")
LATELY = timedelta(days=60)
"""How far back the student's own pace is looked for."""


def run(
    *,
    exam: str | None,
    course: str | None,
    topics: str | None,
    minutes: float | None,
    new_per_day: int | None,
    clear: bool,
    plain: bool,
    json: bool,
    width: int | None,
    content: Path | None,
) -> int:
    from revise import catalogue

    library = _content.library(content)
    now = datetime.now(UTC)
    today = day_of(now)
    changes: dict[str, Any] = dict.fromkeys(SETTINGS) if clear else {}
    if exam is not None:
        changes["exam"] = read_day(exam, today, "--exam").isoformat()
    if course is not None:
        changes["course"] = " ".join(course.split())
    if topics is not None:
        changes["topics"] = read_topics(topics, library)
    if minutes is not None:
        changes["minutes-per-day"] = minutes
    if new_per_day is not None:
        changes["new-per-day"] = new_per_day
    found = deck(library, data_folder(), catalogue.served)
    _content.warn(found.problems)
    with Record(write=bool(changes)) as record:
        for name, value in changes.items():
            if record.settings().get(name) != value:
                record.set(name, value)
        for warning in record.warnings:
            print(f"revise: {warning}", file=sys.stderr)
        shown = outlook(found, record, now)
    if not sum(it.cards for it in shown.now):
        raise NothingFound(f"there are no cards yet{' for these topics' if shown.topics else ''}: nothing to plan")
    if json:
        print(json_text.dumps(as_json(shown), ensure_ascii=False, indent=2))
        return 0
    from revise.render.console import make_screen
    from revise.render.paging import print_paged
    from revise.render.plan import draw_plan

    screen = make_screen(width, plain)
    print_paged(screen, draw_plan(shown, screen.width, not plain), not plain)
    return 0


def read_topics(text: str, library: Library) -> list[str]:
    """Topics and whole parts, with commas between; `all` is the empty list. Raises InputError."""
    words = [word.strip() for word in text.replace("，", ",").replace("、", ",").split(",") if word.strip()]
    if not words:
        raise InputError("--topics is empty: name topics with commas between, or all")
    if [word.casefold() for word in words] == ["all"]:
        return []
    parts = {entry.id: entry.part for entry in library.entries}
    named: list[str] = []
    for word in words:
        if word in parts.values() and word not in parts:
            named += [topic for topic, part in parts.items() if part == word]
            continue
        try:
            named.append(library.find(word).id)
        except InputError as fault:
            raise InputError(f"--topics: {fault}") from None
    return list(dict.fromkeys(named))


def outlook(found: Deck, record: Record, now: datetime) -> Outlook:
    """The days ahead, by what the record and its settings say."""
    settings, memories = record.settings(), record.memories()
    today = day_of(now)
    on = exam_of(settings)
    on = on if on is not None and on >= today else None
    named = topics_of(settings, found.titles)
    minutes = minutes_of(settings) or (EXAM_MINUTES if on is not None else None)
    suspended = record.suspended()
    lately = list(record.reviews(since=now - LATELY))
    reviews = [review for review in lately if review.at >= beginning(today)]
    wanted = settings.get("new-per-day")
    plan = calendar(
        found.items,
        memories,
        today,
        on,
        minutes,
        found.needs,
        new_per_day=wanted if isinstance(wanted, int) else None,
        named=named,
        suspended=suspended,
        done=done_today(reviews, memories),
        seconds=seconds_by_kind(lately, found.items),
    )
    asked = [item for item in found.items if item.kind in FLASHCARDS and (not named or item.topic in named)]
    stand = standings(asked, memories, now, on, suspended=suspended)
    return Outlook(today, on, str(settings.get("course") or ""), named, minutes, plan, stand, found.titles)


def as_json(shown: Outlook) -> dict[str, Any]:
    plan, exam = shown.plan, shown.exam
    planned = {it.topic: it for it in plan.standings}
    return {
        "schema": 1,
        "today": shown.today.isoformat(),
        "exam": exam.isoformat() if exam is not None else None,
        "days_left": (exam - shown.today).days if exam is not None else None,
        "course": shown.course,
        "topics": shown.topics,
        "minutes_per_day": shown.minutes,
        "new_per_day": plan.new_per_day,
        "known_now": round(share(shown.now, False), 4),
        "known_on_exam_as_it_is": round(share(shown.now, True), 4) if exam is not None else None,
        "known_on_exam_by_plan": round(share(plan.standings, True), 4) if exam is not None else None,
        "standings": [
            {
                "topic": it.topic,
                "cards": it.cards,
                "seen": it.seen,
                "now": round(it.recall, 4),
                "as_it_is": _rounded(it.on_exam),
                "by_plan": _rounded(planned[it.topic].on_exam),
            }
            for it in shown.now
        ],
        "days": [
            {
                "date": day.date.isoformat(),
                "weekday": f"{day.date:%A}",
                "new": day.new,
                "reviews": day.reviews,
                "minutes": round(day.minutes, 1),
            }
            for day in plan.days
        ],
        "left": plan.left,
        "more_minutes": round(plan.more_minutes, 1),
    }


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)
