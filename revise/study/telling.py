"""What the dashboard, the plan and the statistics tell, as plain values: commands collect them, render draws them."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from revise.study.mastery import Standing

if TYPE_CHECKING:  # the dashboard needs neither, and is to be there at once
    from revise.study.history import Worked
    from revise.study.plan import Plan


class Exam(NamedTuple):
    """`known` is the share of all cards that would be known on the day if nothing more were done.

    Past it where `days` is negative."""

    day: date
    days: int
    course: str
    known: float


class Suggestion(NamedTuple):
    """One thing to do, in words, and the command that starts it."""

    words: str
    command: list[str]


class Dashboard(NamedTuple):
    """`weak` are the topics with most weak cards; `started` is False before the first grade."""

    today: date
    started: bool
    due: int
    new: int
    graded: int
    graded_new: int
    minutes: float
    cards: int
    seen: int
    weak: list[tuple[str, Standing]]
    exam: Exam | None
    suggestion: Suggestion


class Outlook(NamedTuple):
    """The plan with what it is about. `exam` is None where no date is set, or it is past."""

    today: date
    exam: date | None
    course: str
    topics: list[str]
    minutes: float | None
    plan: "Plan"
    now: list[Standing]
    """Where the student stands today; what is known on the exam's day if nothing more is done."""
    titles: Mapping[str, str]


def counted(number: int, thing: str) -> str:
    """`1 card`, `1,234 cards`."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def share(stand: Sequence[Standing], on_exam: bool) -> float:
    """The share of all cards that is known now, or on the day of the exam."""
    known = sum(((it.on_exam or 0.0) if on_exam else it.recall) * it.cards for it in stand)
    return known / max(sum(it.cards for it in stand), 1)


class Hard(NamedTuple):
    """A card that was forgotten so often."""

    key: str
    topic: str
    lapses: int
    leech: bool


class Quiz(NamedTuple):
    """Answers of the quiz by outcome; `mistakes` are the named ones with their number, most frequent first."""

    outcomes: Mapping[str, int]
    mistakes: list[tuple[str, int]]

    @property
    def judged(self) -> int:
        """What was judged right or not: neither skipped nor undecided."""
        return sum(self.outcomes.get(name, 0) for name in ("right", "imprecise", "wrong"))


class Stats(NamedTuple):
    """`answers` and `seconds` are of all time; `days` the last 30 with an answer.

    `heat` are the answers of each day of WEEKS weeks, from a Monday to today.
    """

    today: date
    standings: list[Standing]
    titles: Mapping[str, str]
    answers: int
    seconds: float
    days_studied: int
    days: "Mapping[date, Worked]"
    heat: list[int]
    ahead: list[int]
    hardest: list[Hard]
    leeches: int
    quiz: Quiz

    @property
    def lately(self) -> "Worked":
        """The last 30 days."""
        from revise.study.history import together

        return together(self.days.values())

    @property
    def week(self) -> "Worked":
        """The last 7 days."""
        from revise.study.history import together

        return together(it for day, it in self.days.items() if self.today - timedelta(7) < day <= self.today)
