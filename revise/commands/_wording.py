"""What a sitting says: waits, what became of a typed answer, why nothing more is asked."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from revise.study.queue import Queue
from revise.study.telling import counted

if TYPE_CHECKING:
    from revise.exercise.judge import Judgement


def in_words(wait: timedelta) -> str:
    """A wait as a person says it: 10 minutes, 3 days, 2 months."""
    minutes = wait.total_seconds() / 60
    for size, name in ((60 * 24 * 365, "year"), (60 * 24 * 30.4, "month"), (60 * 24, "day"), (60, "hour")):
        if minutes >= size * 0.95:
            return counted(round(minutes / size), name)
    return counted(max(round(minutes), 1), "minute")


def judged_in_words(judged: "Judgement") -> str:
    """What became of a typed answer, in a sentence or two."""
    if judged.outcome == "unreadable":
        return f"I can't read this, so it costs nothing: {judged.message}"
    words = {
        "right": "Right.",
        "imprecise": "The right value, not precise enough.",
        "wrong": "Not right.",
        "undecided": "I can't decide whether this is the same: compare it yourself.",
    }
    more = [judged.named, f"({judged.counter})" if judged.counter else ""]
    return " ".join([f"I read {judged.read}.", words[judged.outcome], *(text for text in more if text)])


def why_no_more(queue: Queue, now: datetime) -> str:
    """What stopped a sitting and what waits for what."""
    rest = queue.rest(now)
    words = {
        "cards": "That was the number of cards you wanted.",
        "minutes": "The time you gave this sitting is over.",
        "day": "Today's minutes are used up.",
    }
    said = [words[rest.limit]] if rest.limit else ["No more cards now."]
    if rest.limit and rest.due:
        said.append(f"{counted(rest.due, 'card')} still due.")
    if rest.siblings:
        said.append(f"{counted(rest.siblings, 'card')} wait for tomorrow: another side was asked today.")
    if rest.new and not rest.limit:
        said.append(f"{counted(rest.new, 'new card')} wait for tomorrow (--new-per-day asks more).")
    held = queue.held_back()
    if rest.held and held:
        topic, base = next(iter(held.items()))
        said.append(f"{topic} waits until {base} is learnt; revise cards {topic} asks it all the same.")
    return " ".join(said)
