"""A table of next words with their probabilities, read from text; greedy and beam search over it."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from revise.errors import InputError
from revise.expression import Node
from revise.parameters import read_number, read_source

ENDS = ("<eos>", "</s>", "<end>", "eos", "EOS", "end", "END", "[SEP]")
_STARTS = ("", "<s>", "<bos>", "<sos>", "<start>", "start", "START", "bos", "BOS")
_MOST_ROWS, _MOST_WORDS, _LONGEST = 500, 200, 40
START = "start"

Words = tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """`rows`: what stands before → next word → number; `start` is the first row's; `logs`: they are logarithms."""

    rows: dict[Words, dict[str, Any]]
    start: Words
    end: str
    logs: bool

    def next(self, words: Words) -> dict[str, Any] | None:
        """The row for the whole of `words`, else for the longest ending that has one; of no words the first row's."""
        if not words:
            return self.rows.get(())
        return next((self.rows[words[at:]] for at in range(len(words)) if words[at:] in self.rows), None)


@dataclass(frozen=True)
class Candidate:
    """`words` after the start; `total` is the product of probabilities or the sum of logarithms."""

    words: Words
    parent: Words
    number: Any
    total: Any


@dataclass
class Search:
    """`rounds`: candidates, those kept and those dropped, step by step; `finals` in the order they were finished."""

    rounds: list[tuple[list[Candidate], list[Candidate], list[Candidate]]] = field(default_factory=list)
    finals: list[Candidate] = field(default_factory=list)
    open: list[Candidate] = field(default_factory=list)


def read_table(text: str, end: str | None) -> Table:
    """Rows `before: word 0.4, word 0.6`, one a line or with semicolons between them; the first row is the start."""
    source = re.sub("[：，；]", lambda sign: {"：": ":", "，": ",", "；": ";"}[sign.group()], read_source(text)[0])
    rows: dict[Words, dict[str, Any]] = {}
    for line in re.split(r"[;\n]", source):
        if not line.strip():
            continue
        before, colon, after = line.rpartition(":")
        if not colon:
            raise InputError(f"table: {line.strip()!r} is no row; write it as the dog: runs 0.4, has 0.6")
        words = () if before.strip() in _STARTS else tuple(before.split())
        if words and words[0] in _STARTS:
            words = words[1:]
        if words in rows:
            raise InputError(f"table: two rows for {before.strip() or 'the start'!r}")
        rows[words] = _row(before.strip() or "the start", after)
    if not rows:
        raise InputError("table: it has no row; write one as the dog: runs 0.4, has 0.6")
    if len(rows) > _MOST_ROWS or max(map(len, rows.values())) > _MOST_WORDS:
        raise InputError(f"table: at most {_MOST_ROWS} rows of {_MOST_WORDS} words")
    listed = {word for row in rows.values() for word in row}
    if end is not None and end not in listed:
        raise InputError(f"end: no row has the word {end!r}")
    last = end or next((word for word in ENDS if word in listed), "")
    return Table(rows, next(iter(rows)), last, _check_numbers(rows))


def _row(name: str, text: str) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for part in text.split(","):
        match = re.fullmatch(r"\s*(\S+?)\s*(?:=|\s)\s*(\S+)\s*", part)
        if match is None or len(match[1]) > _LONGEST:
            raise InputError(f"table: {part.strip()!r} after {name!r} is no word with its number, such as runs 0.4")
        try:
            value = read_number(match[2])
        except InputError:
            value = None
        if value is None or isinstance(value, Node) or not math.isfinite(value):
            raise InputError(f"table: {match[2]!r} after {match[1]!r} is no number")
        if match[1] in row:
            raise InputError(f"table: {match[1]!r} stands twice after {name!r}")
        row[match[1]] = value
    return row


def _check_numbers(rows: dict[Words, dict[str, Any]]) -> bool:
    """Whether they are logarithms. Raises InputError where a row is no distribution."""
    numbers = [value for row in rows.values() for value in row.values()]
    logs = any(value < 0 for value in numbers)
    for words, row in rows.items():
        name = " ".join(words) or "the start"
        for word, value in row.items():
            if logs and value > 0:
                raise InputError(
                    f"table: {word} {value} after {name!r}: logarithms of probabilities are never positive"
                )
            if not logs and value > 1:
                raise InputError(f"table: {word} {value} after {name!r} is no probability")
        total = float(sum(row.values()))
        if not logs and total > 1 + 1e-9:
            raise InputError(f"table: the probabilities after {name!r} add up to {total:g}, more than 1")
    return logs


def label(words: Iterable[str]) -> str:
    return " ".join(words) or START


def search(table: Table, width: int, steps: int, compete: bool) -> Search:
    """Beam search: at each step the `width` best of all continuations; width 1 is greedy.

    compete  finished sequences stay in the beam and can be driven out; else each is put aside and the beam is
             one narrower
    """
    found = Search(open=[Candidate((), (), None, 0 if table.logs else 1)])
    done: list[Candidate] = []
    for _ in range(steps):
        room = width if compete else width - len(found.finals)
        candidates = [each for parent in found.open for each in _continued(table, parent)]
        if not candidates or room <= 0:
            break
        pool = (done if compete else []) + candidates
        order = sorted(pool, key=lambda each: -each.total)
        kept, dropped = order[:room], order[room:]
        found.rounds.append((candidates, kept, dropped))
        ended = [each for each in kept if _is_over(table, each)]
        found.open = [each for each in kept if not _is_over(table, each)]
        if compete:
            done = ended
        else:
            found.finals += ended
    if compete:
        found.finals = done
    found.finals = found.finals + found.open
    return found


def _is_over(table: Table, candidate: Candidate) -> bool:
    if candidate.words[-1] == table.end:
        return True
    return not table.end and table.next((*table.start, *candidate.words)) is None


def _continued(table: Table, parent: Candidate) -> list[Candidate]:
    row = table.next((*table.start, *parent.words))
    if row is None:
        before = " ".join((*table.start, *parent.words))
        raise InputError(f"table: no row says what follows {before!r}; give one, or fewer --steps")
    made = []
    for word, number in row.items():
        if table.logs or number > 0:
            total = parent.total + number if table.logs else parent.total * number
            made.append(Candidate((*parent.words, word), parent.words, number, total))
    return made
