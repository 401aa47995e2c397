"""Which solvers plain words may mean: the rarer a word among them, the more it tells."""

import re
from math import log

from revise.catalogue import Entry, entries, source_of

_MOST = 5
_SMALL = frozenset(
    "the and are for from has have how many much does what which with when why can you need compute calculate find "
    "give given get show value values number please want there this that its into out our per use using would".split()
)


def suggested(text: str) -> list[Entry]:
    """The solvers that `text` fits best, by name, first line, what they serve, and what is said inside."""
    words = set(map(_stem, telling(text)))
    listed = [(entry, _parts(entry)) for entry in entries()]
    rarity = {word: sum(any(word in part for part in parts) for _, parts in listed) for word in words}

    def score(parts: tuple[frozenset[str], ...]) -> float:
        return sum(
            weight * log(1 + len(listed) / rarity[word])
            for word in words
            for weight in [next((w for w, part in zip((4, 3, 1), parts, strict=True) if word in part), 0)]
            if weight
        )

    ranked = sorted(((score(parts), entry) for entry, parts in listed), key=lambda pair: (-pair[0], pair[1].name))
    best = ranked[0][0] if ranked else 0
    return [entry for value, entry in ranked[:_MOST] if value > best / 3]


def telling(text: str) -> list[str]:
    """The words of `text` that say what it is about."""
    return [word for word in re.findall(r"[^\W_]+", text.lower()) if len(word) > 1 and word not in _SMALL]


def _parts(entry: Entry) -> tuple[frozenset[str], ...]:
    names = " ".join([entry.name, *entry.serves])
    return tuple(
        frozenset(_stem(word) for word in re.findall(r"[^\W_]+", part.lower()))
        for part in (names, entry.summary, source_of(entry))
    )


def _stem(word: str) -> str:
    """Without the endings that plain words differ in: parameters, params; gates, gate."""
    word = {"parameters": "param", "parameter": "param", "params": "param", "size": "size"}.get(word, word)
    return re.sub(r"(?<=\w{3})(ies|es|s|ing|ed|e|y)$", "", word)
