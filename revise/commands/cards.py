"""`revise cards [TOPIC…]`: one sitting of flashcards; every grade is on the disk before the next card."""

from collections.abc import Sequence
from pathlib import Path

from revise import keys
from revise.commands import _content
from revise.commands._day import Wanted, day_queue
from revise.commands._sitting import Sitting
from revise.errors import InputError, NothingFound
from revise.progress import data_folder
from revise.progress.record import Record
from revise.study.deck import FLASHCARDS, Deck, deck

__all__ = ["Wanted", "resume", "run"]


def run(
    topics: Sequence[str], wanted: Wanted, *, plain: bool, width: int | None, content: Path | None, lang: str | None
) -> int:
    from revise import catalogue
    from revise.render.console import make_screen

    library = _content.library(content)
    named = _content.named(library, topics, wanted.part)
    found = deck(library, data_folder(), catalogue.served)
    _content.warn(found.problems)
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
