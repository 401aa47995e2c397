"""A flashcard's answer that can be checked: a number, a shape, a short formula, a word; and what was typed for it."""

import re

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.exercise.grading import grade
from revise.exercise.judge import Judgement
from revise.exercise.reading import Asked, Typed, read, read_formula
from revise.expression import Node, free_names
from revise.parameters import read_number, read_shape
from revise.topic import Face

_LONGEST = 40
_TEX = {r"\cdot": "*", r"\times": "×", r"\left": "", r"\right": "", "{,}": "", r"\,": "", r"\ ": " "}
_SHAPE = re.compile(r"\d+(\s*[x×]\s*\d+)+")
_NAMED = re.compile(r"^[^\W\d]\w*\s*=\s*")
_SUM = re.compile(r"[\d\s.*/+^()×-]+=[\d\s./^()=-]+")  # a sum and what it comes to: 0.5^3 = 0.125
_WORDS = re.compile(r"[^\W\d_][\w’'-]*(?: [\w’'-]+){0,2}")


def expected(face: Face) -> Asked | None:
    """What a typed answer to `face` is compared with; None where only the student can judge."""
    text = _answer(face)
    if not text or len(text) > _LONGEST or "\n" in text:
        return None
    text = text.strip().removesuffix(".").strip()
    text = text[2:-2] if text.startswith("**") and text.endswith("**") else text
    maths = text.startswith("$") and text.endswith("$") and text.count("$") == 2
    plain = _without_tex(text[1:-1]) if maths else text.replace("**", "")
    plain = _NAMED.sub("", plain, count=1) if maths and plain is not None else plain
    if maths and plain is not None and _SUM.fullmatch(plain):
        plain = plain.rpartition("=")[2].strip()
    if plain is None or "=" in plain or "$" in plain:
        return None
    if _SHAPE.fullmatch(plain):
        sides = read_shape(plain.replace("×", "x"))
        return Asked(Array((len(sides),), sides), "shape")
    if re.search(r"\d", plain) and (number := _number(plain)) is not None:
        return Asked(number)
    if maths and (formula := _formula(plain)) is not None:
        return Asked(formula, letters=tuple(free_names(formula)))
    return Asked(plain) if not maths and _WORDS.fullmatch(plain) else None


def judge_short(asked: Asked, written: str) -> Judgement:
    """What was typed, judged: a word that differs may still mean the same, so it is "undecided", never wrong."""
    try:
        typed = read(asked, written)
    except InputError as fault:
        return Judgement("unreadable", message=str(fault))
    if isinstance(asked.value, str):
        alike = _spoken(asked.value) == _spoken(str(typed.value))
        return Judgement("right" if alike else "undecided", typed.echo)
    return _graded(asked, typed)


def _graded(asked: Asked, typed: Typed) -> Judgement:
    found = grade(asked, typed)
    return Judgement(found.grade, typed.echo, counter=found.counter)


def _answer(face: Face) -> str:
    """The words that are asked for: those of the gap, or the back."""
    card = face.card
    if card.kind != "cloze":
        return face.back
    number = face.key.rpartition("#")[2]
    gaps = {gap.text for gap in card.gaps if str(gap.number) == number}
    return gaps.pop() if len(gaps) == 1 else ""


def _without_tex(text: str) -> str | None:
    """Simple LaTeX as a typed formula; None where a command is left that has no such form."""
    for command, sign in _TEX.items():
        text = text.replace(command, sign)
    text = re.sub(r"_\{(\w+)\}", r"_\1", text)
    text = re.sub(r"\\d?frac\{([^{}]*)\}\{([^{}]*)\}", r"((\1)/(\2))", text)
    text = re.sub(r"\^\{([^{}]*)\}", r"^(\1)", text)
    return None if re.search(r"[\\{}]", text) else text.strip()


def _number(text: str) -> object | None:
    try:
        value = read_number(text, counts=True)
    except InputError:
        return None
    return None if isinstance(value, Node) else value


def _formula(text: str) -> Node | None:
    try:
        return read_formula(text)
    except InputError:
        return None


def _spoken(words: str) -> str:
    plain = re.sub(r"[\W_]+", " ", words.casefold()).strip()
    return re.sub(r"^(?:the|a|an) ", "", plain).removesuffix("s")
