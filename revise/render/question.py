"""A question of the quiz on the screen: its heading, its words, its options, a hint, the solution."""

from collections.abc import Collection, Sequence

from rich.text import Text

from revise.exercise.choice import Choice
from revise.exercise.judge import Judgement
from revise.exercise.question import Part, Question
from revise.render.inline import one_line
from revise.render.page import draw_markdown
from revise.render.worked import draw_worked
from revise.render.wrap import Piece, wrap
from revise.untrusted import harmless

KINDS = {"choice": "choose", "true-false": "true or false", "calc": "work it out", "next": "the next line"}
MARK, BLANK = "▸ ", "  "
_SAID = {
    "right": ("Right.", "bold green"),
    "imprecise": ("The right value, but not precise enough.", "bold yellow"),
    "wrong": ("Not right.", "bold red"),
    "undecided": ("I can't decide whether this is the same.", "bold yellow"),
}


def draw_question(question: Question, notes: Sequence[str], width: int) -> list[Text]:
    """The heading (place, topic, kind, level, time left) and what is asked, without options."""
    topic = one_line(question.title).plain
    words = [notes[0], topic, KINDS[question.kind], f"level {question.level}", *notes[1:]]
    heading = wrap([Piece(" · ".join(words), "dim")], width)
    prompt = draw_markdown(question.prompt, width, draw_worked)
    return [Text("─" * width, style="dim", no_wrap=True), *heading, Text(), *prompt, Text()]


def draw_options(
    options: Sequence[Choice], width: int, marked: int | None = None, ticked: Collection[int] | None = None
) -> list[list[Text]]:
    """Each option's lines; `marked` has the marker before it, where there is one; `ticked` those with a tick."""
    drawn = []
    for place, option in enumerate(options):
        sign = (MARK if place == marked else BLANK) if marked is not None else ""
        box = "" if ticked is None else "[x] " if place in ticked else "[ ] "
        head = f"{sign}{option.letter}  {box}"
        inner = draw_markdown(option.text, width - len(head)) or [Text()]
        lines = [Text.assemble(head if number == 0 else " " * len(head), line) for number, line in enumerate(inner)]
        for line in lines:
            line.no_wrap = True
        drawn.append(lines)
    return drawn


def draw_part(part: Part, number: int, count: int, width: int) -> list[Text]:
    """What is to be typed now: the part's name and what is expected."""
    which = f"Part {number} of {count}: " if count > 1 else ""
    name = one_line(part.word).plain
    return wrap([Piece(which), Piece(name, "bold", keep=True), Piece(f" — {part.expects}")], width)


def draw_verdict(judged: Judgement, choice: bool, carried: str, width: int) -> list[Text]:
    """What was read and what became of it, named where that can be said; `carried` are the words of earlier parts."""
    if judged.outcome == "unreadable":
        lines = wrap([Piece("I can't read this, so it costs nothing:", "bold")], width)
        return lines + _message(judged.message, width)
    words, style = _SAID[judged.outcome]
    if judged.carried:
        words = f"Right with your own {carried}: it counts."
    read = one_line(judged.read).plain if choice else harmless(judged.read)
    lines = wrap([Piece(f"I read {read}. "), Piece(words, style, keep=len(words) < width)], width)
    if judged.counter:
        lines += wrap([Piece(f"They differ {harmless(judged.counter)}.")], width)
    if judged.named:
        lines += draw_markdown(judged.named, width)
    return lines


def draw_hint(hint: str, number: int, count: int, width: int) -> list[Text]:
    """A hint, marked by a bar and its number."""
    return [*wrap([Piece(f"Hint {number} of {count}", "bold")], width), *_barred(hint, width, "yellow")]


def draw_solution(markdown: str, title: str, width: int) -> list[Text]:
    """The solution or a part of it, marked by a bar."""
    return [Text(), *wrap([Piece(title, "bold")], width), *_barred(markdown, width, "green")]


def draw_note(markdown: str, width: int, first: str = "") -> list[Text]:
    """A sentence of Markdown behind a sign."""
    lines = draw_markdown(markdown, width - len(first))
    return [
        Text.assemble(first if number == 0 else " " * len(first), line, no_wrap=True)
        for number, line in enumerate(lines)
    ]


def _barred(markdown: str, width: int, style: str) -> list[Text]:
    lines = draw_markdown(markdown, width - 2, draw_worked)
    return [Text.assemble(("┃ ", style), line, no_wrap=True) if line.plain else Text("┃", style) for line in lines]


def _message(message: str, width: int) -> list[Text]:
    """A sentence, and where it has them the line that was typed and the caret under the place, cut round it."""
    rows = harmless(message).split("\n")
    lines = wrap([Piece(rows[0])], width)
    at = next((row.index("^") for row in rows[1:] if row.strip() == "^"), 0)
    start = max(0, at + 4 - width) if max(map(len, rows[1:]), default=0) > width else 0
    return lines + [Text(row[start : start + width], no_wrap=True) for row in rows[1:]]
