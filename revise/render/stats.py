"""`revise stats` as pictures of characters, each with its numbers."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from revise.render.bars import bar, cut, padded, percent
from revise.render.wrap import Piece, phrases, wrap
from revise.study.telling import counted
from revise.untrusted import harmless

if TYPE_CHECKING:
    from revise.study.history import Worked
    from revise.study.telling import Stats

_WIDEST = 80
_SHADES = "·░▒▓█"
_DAYS = ("Mon", "", "Wed", "", "Fri", "", "Sun")
_LABEL = 11


def draw_stats(shown: "Stats", width: int, drawn: bool = True) -> list[Text]:
    """All figures; with `drawn` beside bars and a map of days, else as numbers alone."""
    width = min(width, _WIDEST)
    if not shown.answers:
        said = "Nothing is answered yet: revise cards asks cards, revise quiz asks questions."
        return wrap([Piece(said)], width)
    weeks = counted(-(-len(shown.heat) // 7), "week")
    parts = [
        ("Topics", _topics(shown, width, drawn)),
        ("So far", _so_far(shown, width)),
        (f"Answers, the last {weeks}", _heat(shown, width) if drawn else _weeks(shown)),
        (f"Cards that come back in the next {len(shown.ahead)} days", _ahead(shown, width, drawn)),
        ("Hardest cards", _hardest(shown, width)),
        ("Quiz", _quiz(shown, width)),
    ]
    lines: list[Text] = []
    for title, part in parts:
        if part:
            lines += [*([Text()] if lines else []), *wrap([Piece(title, "bold")], width), *part]
    return lines


def _topics(shown: "Stats", width: int, drawn: bool) -> list[Text]:
    """Known now, as number and bar; learnt and seen of all cards where there is room."""
    begun = [it for it in shown.standings if it.seen]
    titles = [harmless(shown.titles.get(it.topic, it.topic)) for it in begun]
    size = 0 if not drawn else 20 if width >= 60 else 12 if width >= 36 else 6
    wide = width >= 60
    figures = size + 7 + (14 if wide else 0)
    room = min(max(map(cell_len, titles), default=0), width - figures - 1)
    lines = []
    if wide and begun:
        lines.append(Text(f"{'':<{room}}  known {'':<{size}}  seen of all", "dim", no_wrap=True))
    for it, title in zip(begun, titles, strict=True):
        line = Text(f"{padded(title, room)} {percent(it.recall):>6} ", no_wrap=True).append_text(bar(it.recall, size))
        lines.append(line.append(f"{it.seen:>6} of{it.cards:>4}") if wide else line)
    rest = len(shown.standings) - len(begun)
    if rest:
        lines += wrap([Piece(f"{counted(rest, 'topic')} not begun", "dim")], width)
    return lines


def _so_far(shown: "Stats", width: int) -> list[Text]:
    now = shown.days[shown.today].seconds if shown.today in shown.days else 0.0
    rows = [
        ("Answers", f"{shown.answers:,} on {counted(shown.days_studied, 'day')}"),
        ("Time", f"{_time(shown.seconds)}; last 7 days {_time(shown.week.seconds)}; today {_time(now)}"),
        ("Retention", f"{_retention(shown.lately)} in 30 days"),
    ]  # fmt: skip
    lines = [line for name, words in rows for line in wrap([Piece(words)], width, f"{name:<{_LABEL}}", " " * _LABEL)]
    said = "(of the cards that came back on a later day, those not graded 1 at first)"
    return [*lines, *wrap([Piece(said, "dim")], width, " " * _LABEL)]


def _heat(shown: "Stats", width: int) -> list[Text]:
    """Weeks from left to right, Monday at the top; the shade says how many answers, the key which."""
    weeks = -(-len(shown.heat) // 7)
    heat = shown.heat[7 * max(0, weeks - (width - 4) // 2) :]
    most = max(heat)
    steps = _steps(most)
    lines = []
    first = shown.today - timedelta(days=len(heat) - 1)
    months = ""
    for week in range(0, len(heat), 7):
        monday = first + timedelta(days=week)
        if (monday.day <= 7 or week == 0) and len(months) <= 4 + week // 7 * 2:
            months = f"{months:<{4 + week // 7 * 2}}{monday:%b}"
    lines.append(Text(months, "dim", no_wrap=True))
    for row, name in enumerate(_DAYS):
        line = Text(f"{name:<4}", no_wrap=True)
        for week in range(0, len(heat), 7):
            if week + row < len(heat):
                line.append(_shade(heat[week + row], steps) * 2, "green" if heat[week + row] else "dim")
        lines.append(line)
    key = [f"{sign} {words}" for sign, words in zip(_SHADES, _ranges(steps), strict=True)]
    return [*lines, *phrases(key, width, "    ", style="dim", gap="  ")]


def _weeks(shown: "Stats") -> list[Text]:
    """The answers of each week in which there were any."""
    first = shown.today - timedelta(days=len(shown.heat) - 1)
    totals = [(first + timedelta(days=week), sum(shown.heat[week : week + 7])) for week in range(0, len(shown.heat), 7)]
    return [Text(f"week of {monday.day} {monday:%b}: {total:,}", no_wrap=True) for monday, total in totals if total]


def _steps(most: int) -> list[int]:
    """From how many answers on each shade but the first is drawn."""
    return [1, *(max(round(most * part), number) for number, part in ((2, 0.25), (3, 0.5), (4, 0.75)))]


def _shade(count: int, steps: Sequence[int]) -> str:
    return _SHADES[sum(count >= step for step in steps)]


def _ranges(steps: Sequence[int]) -> list[str]:
    ends = [f"{low}–{high - 1}" if high - 1 > low else f"{low}" for low, high in pairwise(steps)]
    return ["0", *ends, f"{steps[-1]}+"]


def _ahead(shown: "Stats", width: int, drawn: bool) -> list[Text]:
    most = max(shown.ahead)
    if not most:
        return [Text("none", no_wrap=True)]
    size = min(40, width - 18) if drawn else 0
    lines = []
    for offset, count in enumerate(shown.ahead):
        day = shown.today + timedelta(days=offset)
        name = "today" if not offset else f"{day:%a} {day.day:>2} {day:%b}"
        line = Text(f"{name:<10} {count:>5}", no_wrap=True)
        lines.append(line.append("  ").append_text(bar(count / most, size)) if size else line)
    return lines


def _hardest(shown: "Stats", width: int) -> list[Text]:
    lines = []
    for it in shown.hardest:
        said = f"{harmless(it.key)}: forgotten {counted(it.lapses, 'time')}"
        lines += wrap([Piece(said), Piece(f", revise show {it.topic}" if it.leech else "")], width, "", "  ")
    if shown.leeches:
        said = f"{counted(shown.leeches, 'card')} forgotten 6 times or more: the page, or better words, help more "
        lines += wrap([Piece(said + "than another try.")], width)
    return lines


def _quiz(shown: "Stats", width: int) -> list[Text]:
    quiz = shown.quiz
    if not quiz.outcomes:
        return []
    right = quiz.outcomes.get("right", 0)
    said = f"{right} of {counted(quiz.judged, 'answer')} right"
    said += f" ({percent(right / quiz.judged)})" if quiz.judged else ""
    aside = [
        f"{quiz.outcomes[name]} {name}"
        for name in ("imprecise", "wrong", "undecided", "skipped")
        if quiz.outcomes.get(name)
    ]
    lines = wrap([Piece("; ".join([said, *aside]))], width)
    for words, count in quiz.mistakes:
        lines += wrap([Piece(cut(harmless(words), 300))], width, f"{count:>3} × ", "      ")
    return lines


def _retention(worked: "Worked") -> str:
    return f"{percent(worked.known / worked.back)} of {worked.back:,}" if worked.back else "nothing came back"


def _time(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"
