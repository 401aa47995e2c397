"""`revise quiz [TOPIC…]`: one round of questions; every grade is on the disk before the next one."""

from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from random import Random, SystemRandom
from typing import NamedTuple

from revise import keys
from revise.commands import _content
from revise.commands._choosing import Sort, chosen, named_topics, topics_of
from revise.commands._desk import Desk
from revise.commands._round import Round
from revise.errors import InputError, NothingFound
from revise.exercise.question import KINDS
from revise.progress import data_folder
from revise.progress.record import Record
from revise.study.deck import deck


class Wanted(NamedTuple):
    """What the command line asks for; `kinds` as typed, with commas between them."""

    number: int = 10
    level: int | None = None
    minutes: float | None = None
    seed: int | None = None
    part: str | None = None
    kinds: str | None = None


def run(
    topics: Sequence[str], wanted: Wanted, *, plain: bool, width: int | None, content: Path | None, lang: str | None
) -> int:
    from revise import catalogue
    from revise.render.console import make_screen

    library = _content.library(content)
    named = _content.named(library, topics, wanted.part)
    sort = Sort(wanted.level, _kinds(wanted.kinds))
    rng = Random(SystemRandom().getrandbits(64) if wanted.seed is None else wanted.seed)
    found = deck(library, data_folder(), catalogue.served)
    _content.warn(found.problems)
    pressed = keys.interactive()
    with Record() as record, keys.Keyboard() if pressed else keys.Lines() as reader:
        groups = named_topics(named) if named else topics_of(library, found, record, wanted.seed is None)
        questions = chosen(library, groups, rng, sort, _content.language(lang), record.suspended())
        first = next(questions, None)
        if first is None:
            raise NothingFound(_nothing(named, wanted))
        desk = Desk(make_screen(width, plain), reader, pressed)
        sitting = Round(
            chain([first], questions), record, desk, wanted.number, wanted.minutes,
            list(topics), wanted.level,
        )  # fmt: skip
        for warning in record.warnings:
            desk.say(warning)
        try:
            sitting.run()
        except KeyboardInterrupt:
            desk.say("")
            sitting.close()
            return 130
    return 0


def _kinds(typed: str | None) -> frozenset[str] | None:
    if typed is None:
        return None
    found = [keys.normalised(word) for word in typed.replace("，", ",").split(",") if word.strip()]
    unknown = [word for word in found if word not in KINDS]
    if unknown or not found:
        raise InputError(f"--kinds {typed}: there is {', '.join(KINDS)}; several with commas between them")
    return frozenset(found)


def _nothing(named: Sequence[str], wanted: Wanted) -> str:
    limits = [f"--level {wanted.level}"] * (wanted.level is not None)
    limits += [f"--kinds {wanted.kinds}"] * (wanted.kinds is not None)
    where = f" for {' and '.join(named)}" if named else ""
    instead = f"without {' and '.join(limits)} there may be" if limits else "revise topics lists the pages there are"
    return f"no questions{where}{' with ' + ' and '.join(limits) if limits else ''}: {instead}"
