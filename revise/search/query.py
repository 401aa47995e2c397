"""What is asked for: words with the spellings that count as them, and how well a text answers."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import cached_property

from revise.errors import InputError
from revise.search.words import STOP, fold, is_han, one_typo, pairs, tokens

EXACT, BEGINS, TYPO = 1.0, 0.7, 0.45
"""How much a word counts by the way it was found."""
MOST_WORDS, MOST_LETTERS = 32, 40
_ENDING = re.compile(r"(?<=iz)(?:ation|ing|ed?|er)$|(?:ing|ion|ed|e)$")
_FUNCTION_WORDS = re.compile("为什么|什么|怎么|怎样|如何|哪些|[的了是吗呢和与及或]")


@dataclass
class Word:
    """One word of the query. `ways`: sequences of terms that are this word; `typos`: terms it may be meant as."""

    typed: str
    ways: tuple[tuple[str, ...], ...]
    typos: frozenset[str] = frozenset()

    @property
    def han(self) -> bool:
        return is_han(self.typed)

    @property
    def prefix(self) -> str:
        """The beginning of a term that counts too, without the word's ending; empty where it would be a letter."""
        last = self.ways[0][-1]
        if len(self.ways[0]) > 1 or not (self.han or len(last) > 1):
            return ""
        stem = _ENDING.sub("", last)
        return stem if len(stem) > 3 else last

    @cached_property
    def _needles(self) -> list[tuple[str, float]]:
        """What to look for in terms with blanks between them, best first."""
        begins = [(f" {self.prefix}", EXACT if self.han else BEGINS)] if self.prefix else []
        return [(f" {' '.join(way)} ", EXACT) for way in self.ways] + begins + [(f" {it} ", TYPO) for it in self.typos]

    def quality(self, terms: str) -> float:
        """How well `terms` (blanks between them and at both ends) hold this word, from 0 to 1."""
        for needle, quality in self._needles:
            if needle in terms:
                return quality
        return 0.0

    def misspelt(self, typos: Collection[str]) -> None:
        """Let `typos` count as this word too."""
        self.typos = frozenset(typos)
        self.__dict__.pop("_needles", None)

    def within(self, text: str, found: tuple[str, ...]) -> tuple[int, int] | None:
        """Which part of `text`, whose terms are `found`, is this word."""
        if self.han and is_han(text):
            at = text.find(self.typed)
            return (at, at + len(self.typed)) if at >= 0 else None
        return (0, len(text)) if self.quality(f" {' '.join(found)} ") else None


@dataclass
class Query:
    """The words of a query; those that say nothing are dropped. Raises InputError where there are none."""

    words: list[Word]

    @classmethod
    def of(cls, typed: Iterable[str]) -> "Query":
        text = unicodedata.normalize("NFC", " ".join(typed))
        words = {text[start:end]: _word(text[start:end], found) for start, end, found in tokens(text)}
        if not words:
            raise InputError("there is no word to search for")
        if len(words) > MOST_WORDS:
            raise InputError(f"these are {len(words)} words; at most {MOST_WORDS} are searched for")
        telling = [word for typed, word in words.items() if typed.lower() not in STOP]
        return cls(telling or list(words.values()))

    def spans(self, text: str) -> list[tuple[int, int, int]]:
        """(start, end, number of the word) of everything in `text` that is asked for."""
        marks: list[tuple[int, int, int]] = []
        for start, end, found in tokens(text):
            for number, word in enumerate(self.words):
                at, shift = word.within(text[start:end], found), start
                while at is not None:
                    marks.append((shift + at[0], shift + at[1], number))
                    shift += at[1]
                    at = word.within(text[shift:end], ()) if word.han and shift < end else None
        return sorted(marks)

    def taken_apart(self, known: Callable[[Collection[str]], set[str]]) -> "Query":
        """The query with its runs of Chinese cut where a pair of characters occurs nowhere (`known` tells)."""
        words: list[Word] = []
        for word in self.words:
            if not word.han or len(word.typed) < 3:
                words.append(word)
                continue
            pieces = [piece for part in _FUNCTION_WORDS.split(word.typed) for piece in _chains(part, known)]
            words += [_word(piece, pairs(piece)) for piece in dict.fromkeys(pieces)] or [word]
        return Query(words)

    def forgive(self, word: Word) -> None:
        """Let `word` be misspelt by one letter."""
        last = word.ways[0][-1] if len(word.ways) == 1 else ""
        if not word.han and 3 <= len(last) <= MOST_LETTERS:
            word.misspelt(one_typo(unicodedata.normalize("NFKC", word.typed).casefold()) | one_typo(last))


def _word(typed: str, found: tuple[str, ...]) -> Word:
    if is_han(typed):
        return Word(typed, (found[:-1] or found,))
    if len(found) == 1:
        return Word(typed, (found,))
    return Word(typed, (found[:-1], found[-1:], (fold(typed),)))


def _chains(run: str, known: Callable[[Collection[str]], set[str]]) -> list[str]:
    """The longest pieces of `run` whose pairs all occur; a single character stays only alone."""
    if len(run) < 2:
        return []
    there = known([run[at : at + 2] for at in range(len(run) - 1)])
    pieces, piece = [], run[0]
    for at in range(1, len(run)):
        if run[at - 1 : at + 1] in there:
            piece += run[at]
        else:
            pieces.append(piece)
            piece = run[at]
    return [piece for piece in [*pieces, piece] if len(piece) > 1]
