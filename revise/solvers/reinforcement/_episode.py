"""Episodes typed as rows: state, action, reward, next state."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar

from revise.errors import InputError
from revise.expression import Node, free_names
from revise.parameters import read_number, read_source
from revise.untrusted import harmless

_MOST_ROWS = 500
_NUMBER = re.compile(r"[-−+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?(/\d+)?")


@dataclass(frozen=True)
class Row:
    """One step: what was done where, what it earned, where it led. `reward` None: a last row that only says what
    would be done next."""

    state: str
    action: str | None
    reward: Any
    after: str
    text: str = ""


@dataclass(frozen=True)
class Episodes:
    """What was lived through, episode by episode."""

    episodes: tuple[tuple[Row, ...], ...]

    METAVAR: ClassVar[str] = '"A right 1 B; B left 0 end"'

    @classmethod
    def from_text(cls, text: str) -> "Episodes":
        """Rows `state action reward next-state`, semicolons between them, `|` between episodes.

        Also `A right B 1` and `A right > B 1` (next state before the reward), `A 0 B` without an action, and
        `A 0 B 1 C`, states and rewards in turn; the last state left out is called end. Lines stand for semicolons,
        or for `|` where there are semicolons in them. Raises InputError naming the row.
        """
        source, _ = read_source(text.strip())
        lines = "|" if ";" in source else ";"
        parts = re.split(r"[|｜]|\n\s*\n", source.strip())
        episodes = [
            tuple(row for row in re.split(r"[;；]", part.strip().replace("\n", lines)) if row.strip())
            for whole in parts
            for part in (whole.strip().split("\n") if lines == "|" else [whole])
        ]
        read = tuple(_episode(rows) for rows in episodes if rows)
        if not read:
            raise InputError('there is no row; write "A right 1 B; B left 0 end": state, action, reward, next state')
        if sum(map(len, read)) > _MOST_ROWS:
            raise InputError(f"{sum(map(len, read)):,} rows are more than {_MOST_ROWS}")
        return cls(read)

    @property
    def rows(self) -> list[Row]:
        return [row for episode in self.episodes for row in episode]

    def states(self) -> tuple[str, ...]:
        """Every state, in the order in which they come."""
        return tuple(dict.fromkeys(name for row in self.rows for name in (row.state, row.after) if name))

    def begun(self) -> frozenset[str]:
        return frozenset(row.state for row in self.rows)

    def check_joined(self, why: str) -> None:
        """Raise InputError where a row does not begin in the state that the one before it led to."""
        for episode in self.episodes:
            for before, row in pairwise(episode):
                if before.after != row.state:
                    raise InputError(
                        f"episode: {before.text!r} leads to {before.after}, and the next row begins in {row.state}; "
                        f"{why}. Between two episodes stands |"
                    )


def _episode(rows: Iterable[str]) -> tuple[Row, ...]:
    read: list[Row] = []
    for text in rows:
        if read and read[-1].reward is None:
            raise InputError(f"{harmless(text.strip()[:60])!r} comes after a row without a reward, which is a last one")
        read += _rows(text.strip())
    if read[0].reward is None:
        raise InputError(f"{read[0].text!r} has no reward; write state, action, reward, next state")
    return tuple(read)


def _rows(text: str) -> list[Row]:
    """The rows of what stands between two semicolons: one, or several where states and rewards take turns."""
    named = re.sub(r"(?<=\s)(->|→|>)(?=\s)", " > ", text.replace("−", "-"))
    words = [re.sub(r"\s", "", word) for word in re.findall(r"\([^()]*\)|[^\s,，]+", named)]
    if len(words) == 1 and words[0].startswith("(") and "," in text:
        return _rows(text.strip()[1:-1])
    if ">" in words:
        before, after = words[: words.index(">")], words[words.index(">") + 1 :]
        if len(before) in (1, 2) and len(after) == 2:
            return [_row(before[0], before[1] if len(before) == 2 else None, after[1], after[0], text)]
    elif (
        len(words) > 1
        and all(map(_NUMBER.fullmatch, words[1::2]))
        and not (len(words) == 4 and _NUMBER.fullmatch(words[2]))
    ):
        states = [*words[::2], "end"][: len(words) // 2 + 1]
        return [_row(s, None, r, n, text) for s, r, n in zip(states[:-1], words[1::2], states[1:], strict=True)]
    elif len(words) == 4:
        turned = not _NUMBER.fullmatch(words[2]) and _NUMBER.fullmatch(words[3])  # state, action, next state, reward
        places = (3, 2) if turned else (2, 3)
        return [_row(words[0], words[1], words[places[0]], words[places[1]], text)]
    elif len(words) == 3:
        return [_row(words[0], None, words[1], words[2], text)]
    elif len(words) == 2:
        return [Row(words[0], words[1], None, "", harmless(text[:60]))]
    raise InputError(f"{harmless(text[:60])!r} is no row; write `A right 1 B`: state, action, reward, next state")


def _row(state: str, action: str | None, reward: str, after: str, text: str) -> Row:
    for name in (state, action or "a", after):
        if not re.fullmatch(r"[^\W]+([-.'′]\w+)*['′]*|\([\w,.-]+\)|[-+]?\w+", name) or len(name) > 30:
            raise InputError(f"{harmless(text[:60])!r}: {harmless(name[:30])!r} is no name; letters, digits, (1,2)")
    try:
        value = read_number(reward)
    except InputError as fault:
        raise InputError(
            f"{harmless(text[:60])!r}: the reward {harmless(reward)!r} can't be read ({str(fault).splitlines()[0]}); "
            "the order is state, action, reward, next state"
        ) from None
    if not isinstance(value, Node) and not abs(value) < float("inf"):
        raise InputError(f"{harmless(text[:60])!r}: a reward is a finite number")
    if isinstance(value, Node) and not all(re.fullmatch(r"[^\W\d_]\d*", each) for each in free_names(value)):
        raise InputError(
            f"{harmless(text[:60])!r}: {harmless(reward)} is no reward (a number, or one letter); the order is state, "
            "action, reward, next state"
        )
    return Row(state, action, value, after, harmless(text[:60]))
