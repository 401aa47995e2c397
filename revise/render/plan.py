"""The days up to the exam as a calendar, and what would be known on its day."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from revise.render.bars import bar, cut, padded, percent
from revise.render.dashboard import day_text, in_days
from revise.render.wrap import Piece, phrases, wrap
from revise.study.mastery import Standing
from revise.study.plan import DAYS, Day, pace
from revise.study.telling import counted, share
from revise.untrusted import harmless

if TYPE_CHECKING:
    from revise.study.telling import Outlook

_WIDEST = 100
_NARROW = 60
_NAMED = 3
"""So many topics are named in a row; the others are counted."""


def draw_plan(shown: "Outlook", width: int, drawn: bool = True) -> list[Text]:
    """The plan; with `drawn` bars stand beside the numbers."""
    width = min(width, _WIDEST)
    lines = [*_heading(shown, width), Text(), *_known(shown, width, drawn), *_left_over(shown, width), Text()]
    if shown.exam is not None and shown.plan.days:
        lines += [*_topics(shown, width, drawn), Text()]
    if shown.plan.days:
        lines += _calendar(shown, width)
    if shown.exam is None:
        said = "With a date, revise plan --exam YEAR-MONTH-DAY also says what would be known on that day."
        lines += [Text(), *wrap([Piece(said)], width)]
    return lines


def _heading(shown: "Outlook", width: int) -> list[Text]:
    course = f"{harmless(shown.course)}: " if shown.course else ""
    if shown.exam is None:
        title = f"{course}no exam date; the next {DAYS} days"
    else:
        title = f"{course}exam {in_days((shown.exam - shown.today).days)}, {shown.exam:%A} {day_text(shown.exam)}"
    minutes = "as many minutes as it takes" if shown.minutes is None else f"{shown.minutes:g} minutes a day"
    topics = "all topics" if not shown.topics else _named(shown.topics, "more topics")
    said = f"{minutes}, up to {counted(shown.plan.new_per_day, 'new card')} a day, {topics}"
    bare = [topic for topic in shown.topics if topic not in {it.topic for it in shown.now}]
    if bare:
        said += f"; no cards yet on {_named(bare, 'more')}"
    return [*wrap([Piece(title[0].upper() + title[1:], "bold")], width), *wrap([Piece(said)], width)]


def _known(shown: "Outlook", width: int, drawn: bool) -> list[Text]:
    """One bar for now, and before an exam two for its day."""
    rows = [("Known now", share(shown.now, False))]
    if shown.exam is not None:
        rows += [
            ("Then, if you did no more", share(shown.now, True)),
            ("Then, by this plan", share(shown.plan.standings, True)),
        ]
    room = max(len(name) for name, _ in rows)
    size = min(40, width - room - 8)
    if size < 8 or not drawn:
        return [line for name, known in rows for line in wrap([Piece(f"{name}: {percent(known)}")], width, "", "  ")]
    return [Text(f"{name:<{room}} {percent(known):>5}  ").append_text(bar(known, size)) for name, known in rows]


def _left_over(shown: "Outlook", width: int) -> list[Text]:
    plan, exam = shown.plan, shown.exam
    left = sum(plan.left.values())
    if not left:
        return []
    if exam is None:
        return wrap([Piece(f"After these days {counted(left, 'card')} would still be unseen.")], width)
    named = _named([f"{topic} {count}" for topic, count in plan.left.items()], "more topics")
    said = f"What does not fit: {counted(left, 'card')} would stay unseen ({named})."
    wanted = pace(sum(it.cards - it.seen for it in shown.now), shown.today, exam)
    if plan.more_minutes and shown.minutes is not None:
        minutes = round(shown.minutes + plan.more_minutes + 0.5)
        said += f" About {minutes} minutes a day would do: revise plan --minutes {minutes}."
    elif wanted > plan.new_per_day:
        said += f" {wanted} new cards a day would do: revise plan --new-per-day {wanted}."
    else:
        said += " They wait until the topics they need are learnt."
    return [Text(), *wrap([Piece(said, "bold")], width)]


def _topics(shown: "Outlook", width: int, drawn: bool) -> list[Text]:
    """What is known of each topic: now, and on the day without and with the plan."""
    planned: Mapping[str, Standing] = {it.topic: it for it in shown.plan.standings}
    titles = {it.topic: harmless(shown.titles.get(it.topic, it.topic)) for it in shown.now}
    figures = 27
    size = 20 if width >= 76 and drawn else 0
    room = min(max(map(cell_len, [*titles.values(), "Known, by topic"])), width - figures - (size + 2 if size else 0))
    narrow = room < 14
    heading = f"{'now':>7}{'no more':>10}{'by plan':>10}"
    title = "Known, by topic"
    lines = wrap([Piece(title if narrow else padded(title, room) + heading, "bold", keep=not narrow)], width)
    for it in shown.now:
        by_plan = planned[it.topic].on_exam or 0.0
        if narrow:
            said = f"now {percent(it.recall)}", f"no more {percent(it.on_exam or 0.0)}", f"by plan {percent(by_plan)}"
            lines += [Text(cut(titles[it.topic], width)), *phrases(said, width, "  ", gap="  ")]
            continue
        row = f"{percent(it.recall):>7}{percent(it.on_exam or 0.0):>10}{percent(by_plan):>10}"
        line = Text(padded(titles[it.topic], room) + row, no_wrap=True)
        lines.append(line.append("  ").append_text(bar(by_plan, size)) if size else line)
    return lines


def _calendar(shown: "Outlook", width: int) -> list[Text]:
    """A line a day; on a narrow screen the new topics stand below it."""
    narrow = width < _NARROW
    lines = [Text(f"{'Day':<12}{'answers':>7}{'min':>6}" + ("" if narrow else "   new cards"), "bold", no_wrap=True)]
    for day in shown.plan.days:
        new = _new(day)
        head = f"{day.date:%a} {day.date.day:>2} {day.date:%b}  {day.reviews:>7}{round(day.minutes):>6}"
        if narrow:
            lines += [Text(head, no_wrap=True), *(wrap([Piece(f"new: {new}")], width, "    ") if new else ())]
        else:
            lines += wrap([Piece(new)], width, f"{head}   ")
    total = sum(day.minutes for day in shown.plan.days)
    said = f"{sum(day.reviews for day in shown.plan.days):,} answers in {_hours(total)}."
    said += " This is one likely course: each day follows what you really answered."
    return [*lines, Text(), *wrap([Piece(said, "dim")], width)]


def _new(day: Day) -> str:
    return _named([f"{topic} {count}" for topic, count in day.new.items()], "more topics")


def _named(words: Sequence[str], rest: str) -> str:
    """The first few, the others counted."""
    words = [harmless(word) for word in words]
    kept = words if len(words) <= _NAMED + 1 else words[:_NAMED]
    return ", ".join(kept) + (f" and {len(words) - len(kept)} {rest}" if len(kept) < len(words) else "")


def _hours(minutes: float) -> str:
    if minutes < 90:
        return counted(round(minutes), "minute")
    return f"{minutes / 60:.0f} hours"
