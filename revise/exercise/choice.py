"""A choice or a true-false question: letters, the options' own words, and why each is right or wrong."""

import re
from dataclasses import dataclass
from random import Random

from revise.exercise.judge import Judgement
from revise.topic import Card

_TRUE = ("true", "t", "yes", "y", "对", "正确", "是")
_FALSE = ("false", "f", "no", "n", "错", "错误", "否")


@dataclass(frozen=True)
class Choice:
    """One option: its letter, its Markdown, whether it is right, and why."""

    letter: str
    text: str
    why: str
    right: bool


def options_of(card: Card, rng: Random) -> tuple[Choice, ...]:
    """The card's options in the order they are shown: shuffled, except true and false."""
    options = list(card.options)
    if card.kind == "choice":
        rng.shuffle(options)
    return tuple(
        Choice(chr(ord("a") + place), option.text, option.why, option.right) for place, option in enumerate(options)
    )


def judge_choice(options: tuple[Choice, ...], written: str, true_false: bool) -> Judgement:
    """By letters (`b`, `a, c`), by number, or by an option's own words."""
    picked = _picked(options, written, true_false)
    if picked is None:
        last = options[-1].letter
        wanted = "true or false" if true_false else f"a letter from a to {last}, or the words of an option"
        return Judgement("unreadable", message=f"please answer with {wanted}")
    echo = ", ".join(f"{option.letter} {option.text}" if not true_false else option.text for option in picked)
    if {option.letter for option in picked} == {option.letter for option in options if option.right}:
        return Judgement("right", echo)
    wrong = [f"**{option.text}**: {option.why}" for option in picked if not option.right and option.why]
    if not wrong and all(option.right for option in picked):
        count = sum(option.right for option in options)
        wrong = [f"that is right, but there are {count} right ones"]
    return Judgement("wrong", echo, named="\n\n".join(wrong))


def _picked(options: tuple[Choice, ...], written: str, true_false: bool) -> list[Choice] | None:
    text = _plain(written)
    if not text:
        return None
    if true_false and text in _TRUE + _FALSE:
        return [options[0] if text in _TRUE else options[1]]
    named = [option for option in options if _plain(option.text) == text]
    if len(named) == 1:
        return named
    parts = [part for part in re.split(r"[\s,;&+()\[\].]+|\band\b", text) if part]
    if all(len(part) == 1 and part.isalpha() for part in parts) or (len(parts) == 1 and 1 < len(text) <= len(options)):
        letters = [letter for part in parts for letter in part]
        by_letter = {option.letter: option for option in options}
        if len(set(letters)) == len(letters) and all(letter in by_letter for letter in letters):
            return [by_letter[letter] for letter in letters]
    if len(parts) == 1 and parts[0].isdecimal() and 1 <= int(parts[0]) <= len(options):
        return [options[int(parts[0]) - 1]]
    starting = [option for option in options if len(text) >= 3 and _plain(option.text).startswith(text)]
    return starting if len(starting) == 1 else None


def _plain(text: str) -> str:
    """What options are compared by: without case, full width, Markdown and LaTeX signs."""
    half = "".join(chr(ord(char) - 0xFEE0) if "！" <= char <= "～" else char for char in text)
    half = re.sub(r"[*`$\\]", "", half.replace("−", "-").replace("\u3000", " "))
    return " ".join(half.split()).casefold().rstrip(".,。")
