"""`revise` alone: where the student stands today, and one thing to do in the next twenty minutes."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from revise import keys
from revise.commands import _content
from revise.commands._day import Wanted, day_queue, exam_of, topics_of
from revise.progress import data_folder
from revise.progress.record import Record
from revise.study.day import beginning, day_of
from revise.study.deck import FLASHCARDS, Deck, deck
from revise.study.limits import done_today
from revise.study.mastery import Standing, standings
from revise.study.queue import Queue
from revise.study.telling import Dashboard, Exam, Suggestion, counted, share

MINUTES = 20
_WEAKEST = 3
"""So many weak topics are named."""
_LEAVE = ("q", "escape")
_KEYS = {"1": "cards", "2": "quiz", "3": "plan", "4": "stats"}


def run(*, plain: bool, width: int | None, content: Path | None) -> list[str]:
    """Show the dashboard; the command that the student's key asks for, none where nobody presses one."""
    from revise import catalogue
    from revise.render.console import make_screen, print_lines
    from revise.render.dashboard import draw_dashboard, draw_help, draw_keys

    found = deck(_content.library(content), data_folder(), catalogue.served)
    _content.warn(found.problems)
    with Record(write=False) as record:
        shown = look(found, record, datetime.now(UTC))
    screen = make_screen(width, plain)
    print_lines(screen, draw_dashboard(shown, screen.width, not plain))
    if plain or not (keys.interactive() and sys.stdout.isatty()):
        return []
    with keys.Keyboard() as keyboard:
        while True:
            print_lines(screen, draw_keys(screen.width, shown.started))
            try:
                key = keyboard.read()
            except EOFError:
                return []
            if key in _LEAVE:
                return []
            if key in ("enter", "space", *_KEYS):
                command = [_KEYS[key]] if key in _KEYS else shown.suggestion.command
                return [*command, *(["--content", str(content)] if content is not None else [])]
            if key in ("?", "h"):
                print_lines(screen, draw_help(screen.width))


def look(found: Deck, record: Record, now: datetime) -> Dashboard:
    """What the record says of today."""
    settings, memories = record.settings(), record.memories()
    named = topics_of(settings, found.titles)
    today = day_of(now)
    done = done_today(record.reviews(since=beginning(today)), memories)
    queue = day_queue(found, record, Wanted(), (), now, memories, done)
    due, new = queue.counts(now)
    on = exam_of(settings)
    asked = [item for item in found.items if item.topic in named] if named else found.items
    stand = standings(
        asked, memories, now, on if on is not None and on >= today else None, suspended=record.suspended()
    )
    weak = sorted((it for it in stand if it.weak), key=lambda it: (-it.weak, it.recall))[:_WEAKEST]
    return Dashboard(
        today=today,
        started=bool(memories or on),
        due=due,
        new=new,
        graded=sum(done.grades.values()),
        graded_new=len(done.new),
        minutes=done.seconds / 60,
        cards=sum(it.cards for it in stand),
        seen=sum(it.seen for it in stand),
        weak=[(found.titles.get(it.topic, it.topic), it) for it in weak],
        exam=None if on is None else Exam(on, (on - today).days, str(settings.get("course") or ""), share(stand, True)),
        suggestion=suggest(found, queue, stand, now),
    )


def suggest(found: Deck, queue: Queue, stand: Sequence[Standing], now: datetime) -> Suggestion:
    """What serves most in the next MINUTES: what is due, then what is new, then a quiz on the weakest topic."""
    minutes = ["--minutes", str(MINUTES)]
    first = queue.next(now)
    if first is not None:
        due, new = queue.counts(now)
        parts = [counted(due, "due card")] if due else []
        if new:
            parts.append(f"{counted(new, 'new card')}{'' if due else f' from {found.titles.get(first.topic)}'}")
        return Suggestion(", then ".join(parts) or "the cards that gain most for the exam", ["cards", *minutes])
    weakest = _weakest(found, stand)
    why = "today's minutes of cards are used up" if queue.rest(now).limit == "day" else "no card waits today"
    if weakest is None:
        return Suggestion(f"{why}; a quiz", ["quiz", *minutes])
    return Suggestion(
        f"{why}; a quiz on {found.titles.get(weakest, weakest)}, your weakest", ["quiz", weakest, *minutes]
    )


def _weakest(found: Deck, stand: Sequence[Standing]) -> str | None:
    """Of the topics that were begun and that a quiz can ask about, the one least known."""
    asked = {item.topic for item in found.items if item.kind == "calc" or item.kind not in FLASHCARDS}
    begun = [it for it in stand if it.seen and it.topic in asked]
    return min(begun, key=lambda it: it.recall * it.cards / it.seen).topic if begun else None
