"""`revise` alone on the screen: today in a few lines, the suggestion, the keys."""

from datetime import date
from typing import TYPE_CHECKING

from rich.text import Text

from revise.render.bars import bar, cut, padded, percent
from revise.render.wrap import Piece, phrases, wrap
from revise.study.telling import counted
from revise.untrusted import harmless

if TYPE_CHECKING:
    from revise.study.telling import Dashboard

_LABEL = 12
_WIDEST = 80
_OPENING = {
    "a page": "revise show convolution",
    "a few cards": "revise cards convolution",
    "a solution": "revise solve conv --input 227x227x3 --kernel-size 11",
    "a plan": "revise plan --exam {day}",
}
_KEYS = ("1 cards", "2 quiz", "3 plan", "4 stats", "q quit", "? help")
_HELP = (
    "Enter (or the space bar) starts what is suggested. 1 asks cards: due ones first, then new ones. 2 asks generated "
    "calculations and questions. 3 shows the days up to the exam, 4 where you stand. q or Esc ends. Each is a command "
    "too: revise cards, revise quiz, revise plan, revise stats; revise --help lists them all."
)


def draw_dashboard(shown: "Dashboard", width: int, drawn: bool = True) -> list[Text]:
    """All of it but the keys, at most 20 lines at 80 columns; with `drawn` bars stand beside the numbers."""
    width = min(width, _WIDEST)
    if not shown.started:
        lines = wrap([Piece("Nothing is recorded yet. Four ways to begin:", "bold")], width)
        for name, command in _OPENING.items():
            lines += wrap([Piece(command.format(day=_months_on(shown.today)))], width, f"  {name:<{_LABEL + 1}}")
        return lines
    lines = [Text(f"{shown.today:%A} {day_text(shown.today)}", "bold"), Text()]
    lines += _row("Due today", counted(shown.due, "card"), width)
    lines += _row("New today", counted(shown.new, "card") if shown.new else "none", width)
    lines += _row("Done today", _done(shown), width)
    lines += _row("Seen so far", f"{shown.seen:,} of {counted(shown.cards, 'card')}", width)
    lines += _exam(shown, width, drawn)
    if shown.weak:
        lines += [Text(), Text("Weak topics", "bold"), *_weak(shown, width, drawn)]
    lines += [Text(), *wrap([Piece("Next 20 minutes: ", "bold"), Piece(shown.suggestion.words + ".")], width)]
    return [*lines, *wrap([Piece("revise " + " ".join(shown.suggestion.command), "cyan")], width, "  ")]


def draw_keys(width: int, started: bool = True) -> list[Text]:
    """The keys in a line; before the first grade no suggestion stands above them."""
    keys = ("Enter starts it" if started else "Enter asks new cards", *_KEYS)
    return [Text(), *phrases(keys, min(width, _WIDEST))]


def draw_help(width: int) -> list[Text]:
    return [Text(), *wrap([Piece(_HELP)], min(width, _WIDEST))]


def day_text(day: date) -> str:
    """`5 January 2027`."""
    return f"{day.day} {day:%B %Y}"


def in_days(days: int) -> str:
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")


def _exam(shown: "Dashboard", width: int, drawn: bool) -> list[Text]:
    exam = shown.exam
    if exam is None:
        return _row("Exam", "no date yet: revise plan --exam DATE", width)
    if exam.days < 0:
        return _row("Exam", f"was on {day_text(exam.day)}: revise plan --exam DATE sets the next", width)
    named = f" ({harmless(exam.course)})" if exam.course else ""
    lines = _row("Exam", f"{in_days(exam.days)}: {exam.day:%A} {day_text(exam.day)}{named}", width)
    said = f"{percent(exam.known)} of the cards would be known then, if you did no more"
    lines += _row("", said, width)
    size = min(40, width - _LABEL)
    if not drawn:
        return lines
    return [*lines, Text(" " * _LABEL).append_text(bar(exam.known, size))]


def _weak(shown: "Dashboard", width: int, drawn: bool) -> list[Text]:
    """Title, how many of its seen cards are weak, what is known of the topic as number and bar."""
    size = 20 if width >= 72 and drawn else 0
    title = min(max(len(name) for name, _ in shown.weak), max(width - 28 - (size + 2 if size else 0), 8))
    lines = []
    for name, it in shown.weak:
        if width < 44:
            lines += wrap(
                [Piece(f"{cut(harmless(name), width)}: {it.weak} of {it.seen} seen are weak")], width, "", "  "
            )
            continue
        line = Text(f"{padded(harmless(name), title)}  {it.weak:>4} of {it.seen:>4} seen weak", no_wrap=True)
        lines.append(line.append("  ").append_text(bar(it.weak / it.seen, size, "yellow")) if size else line)
    return lines


def _done(shown: "Dashboard") -> str:
    if not shown.graded:
        return "nothing yet"
    new = f", {shown.graded_new} of them new" if shown.graded_new else ""
    minutes = counted(round(shown.minutes), "minute") if shown.minutes >= 1 else "less than a minute"
    return f"{counted(shown.graded, 'answer')}{new}, {minutes}"


def _row(label: str, words: str, width: int) -> list[Text]:
    return wrap([Piece(words)], width, f"{label:<{_LABEL}}", " " * _LABEL)


def _months_on(day: date) -> str:
    """A date some two months from `day`, as an example."""
    return date.fromordinal(day.toordinal() + 60).isoformat()
