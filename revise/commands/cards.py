"""`revise cards [TOPIC…]`: one sitting of flashcards; every grade is on the disk before the next card."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple, cast

from revise import keys
from revise.commands import _content
from revise.commands._sitting import Sitting
from revise.errors import InputError, NothingFound
from revise.progress import data_folder
from revise.progress.record import Record
from revise.study.day import beginning, day_of
from revise.study.deck import FLASHCARDS, Deck, deck
from revise.study.limits import Limits, done_today
from revise.study.queue import Queue
from revise.study.ranking import Mode


class Wanted(NamedTuple):
    """What the command line asks for; None where the record's settings or the usual ones hold."""

    part: str | None = None
    mode: str = "all"
    two: bool = False
    new_per_day: int | None = None
    cards: int | None = None
    minutes: float | None = None


def run(
    topics: Sequence[str], wanted: Wanted, *, plain: bool, width: int | None, content: Path | None, lang: str | None
) -> int:
    from revise import catalogue
    from revise.render.console import make_screen

    library = _content.library(content)
    named = [library.find(name).id for name in topics]
    found = deck(library, data_folder(), catalogue.served)
    _content.warn(found.problems)
    if wanted.part is not None:
        parts = {entry.id: entry.part for entry in library.entries}
        if wanted.part not in parts.values():
            raise InputError(f"--part {wanted.part}: there is {', '.join(dict.fromkeys(parts.values()))}")
        named += [topic for topic, part in parts.items() if part == wanted.part and topic not in named]
    asked = [item for item in found.items if item.kind in FLASHCARDS and (not named or item.topic in named)]
    if not asked:
        raise NothingFound(_no_cards(named, found))
    pressed = keys.interactive()
    with Record() as record, keys.Keyboard() if pressed else keys.Lines() as reader:
        screen = make_screen(width, plain)
        queue = day_queue(found, record, wanted, named)
        sitting = Sitting(library, found, queue, record, screen, reader, pressed, wanted.two, _content.language(lang))
        for warning in record.warnings:
            sitting.say(warning)
        try:
            return sitting.run(sum(found.waiting.get(topic, 0) for topic in named or found.waiting))
        except KeyboardInterrupt:
            sitting.say("")
            sitting.say(sitting.saved())
            return 130


def day_queue(found: Deck, record: Record, wanted: Wanted, named: Sequence[str]) -> Queue:
    """Today's cards: what the record and its settings make of the deck."""
    now = datetime.now(UTC)
    memories, settings = record.memories(), record.settings()
    exam = settings.get("exam")
    chosen = named or settings.get("topics") or ()
    new = settings.get("new-per-day", 20) if wanted.new_per_day is None else wanted.new_per_day
    return Queue(
        found.items,
        memories,
        now,
        done=done_today(record.reviews(since=beginning(day_of(now))), memories),
        suspended=record.suspended(),
        needs={} if wanted.part else found.needs,
        named=chosen,
        exam=date.fromisoformat(exam) if exam else None,
        limits=Limits(new, wanted.cards, wanted.minutes, settings.get("minutes-per-day")),
        mode=cast("Mode", wanted.mode),
    )


def resume(key: str) -> int:
    """A suspended card is asked again."""
    with Record() as record:
        if key not in record.suspended():
            listed = ", ".join(sorted(record.suspended()))
            raise InputError(f"--resume {key}: it isn't suspended; {f'those are {listed}' if listed else 'no card is'}")
        record.resume(key)
    print(f"{key} is asked again.")
    return 0


def _no_cards(named: Sequence[str], found: Deck) -> str:
    names = " and ".join(named)
    if any(found.waiting.get(topic, 0) for topic in named):
        return f"{names} has only calculation cards, which can't be asked yet"
    return f"no cards yet for {names}: revise topics lists the pages there are" if names else "there are no cards yet"
