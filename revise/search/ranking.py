"""Query and index → hits, best first: a name before a heading before a card before text."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from revise.search.documents import Document
from revise.search.index import Index
from revise.search.places import WEIGHT, Hit, hits_of
from revise.search.query import BEGINS, EXACT, TYPO, Query, Word
from revise.search.words import fold, tokens

_BONUS = 60.0
"""What names in full, words side by side and the like may add: the bound on what a document can reach."""
_MOST_PREFIXES = 400
_ENOUGH = 3
"""Hits with all the words, so that those with fewer need not be shown."""


@dataclass(frozen=True)
class Found:
    """The hits; `missing` are the words that occur nowhere, `meant` the query with its nearest known words."""

    query: Query
    hits: list[Hit]
    missing: tuple[str, ...] = ()
    meant: str = ""


def search(index: Index, query: Query, limit: int = 10, language: str = "en") -> Found:
    """At most `limit` hits for `query`; `language` is the one that pages are shown in."""
    groups = index.groups()
    scores = [_forgiving(index, query, word, groups) for word in query.words]
    if not _common(scores):
        query = query.taken_apart(lambda some: {term for term, _ in index.exactly(some)})
        for word in query.words:
            query.forgive(word)
        scores = [_scores(index, word, groups) for word in query.words]
    asked = query.words
    missing = [word for word, found in zip(query.words, scores, strict=True) if not found]
    query = Query([word for word in query.words if word not in missing])
    hits = _best(index, query, [found for found in scores if found], groups, limit, language)
    meant = _meant(index, asked, missing) if missing else ""
    return Found(query, hits, tuple(word.typed for word in missing), meant)


def _common(scores: list[dict[str, float]]) -> set[str]:
    return set.intersection(*(set(found) for found in scores)) if scores else set()


def _forgiving(index: Index, query: Query, word: Word, groups: dict[int, str]) -> dict[str, float]:
    """Where `word` is; where it is nowhere, its misspellings."""
    found = _scores(index, word, groups)
    if not found:
        query.forgive(word)
        found = _scores(index, word, groups)
    return found


def _scores(index: Index, word: Word, groups: dict[int, str]) -> dict[str, float]:
    """Topic or solver → the most that `word` can count in it."""
    best: dict[str, float] = {}
    places = dict(index.exactly({term for way in word.ways for term in way} | word.typos))
    word.misspelt(word.typos & set(places))
    for way in word.ways:
        each = [_by_group(places.get(term, ()), groups, EXACT) for term in way]
        for group in _common(each):
            best[group] = max(best.get(group, 0.0), min(found[group] for found in each))
    rest = [(codes, TYPO) for term, codes in places.items() if term in word.typos]
    if word.prefix:
        begun = [codes for _, (_, codes) in zip(range(_MOST_PREFIXES), index.beginning(word.prefix), strict=False)]
        rest += [(codes, EXACT if word.han else BEGINS) for codes in begun]
    for codes, quality in rest:
        for group, score in _by_group(codes, groups, quality).items():
            if score > best.get(group, 0.0):
                best[group] = score
    return best


def _by_group(codes: Iterable[int], groups: dict[int, str], quality: float) -> dict[str, float]:
    fields: dict[str, int] = {}
    for code in codes:
        group = groups.get(code >> 2)
        if group is not None and fields.get(group, -1) < code & 3:
            fields[group] = code & 3
    return {group: WEIGHT[place] * quality for group, place in fields.items()}


def _best(
    index: Index, query: Query, scores: list[dict[str, float]], groups: dict[int, str], limit: int, language: str
) -> list[Hit]:
    """The best hits; a topic is opened only while it could still hold one of them."""
    order = {group: number for number, group in enumerate(dict.fromkeys(groups.values()))}
    bounds: dict[str, tuple[int, float]] = {}
    for found in scores:
        for group, score in found.items():
            count, total = bounds.get(group, (0, 0.0))
            bounds[group] = (count + 1, total + score)
    hits: dict[tuple[str, ...], Hit] = {}
    ranked = sorted(bounds, key=lambda group: (*(-part for part in bounds[group]), order[group]))
    for number, group in enumerate(ranked[: 20 + 2 * limit]):
        count, total = bounds[group]
        top = sorted((hit.rank for hit in hits.values()), reverse=True)[:limit]
        if len(top) == limit and number >= limit and top[-1] > (count, total + _BONUS):
            break
        for hit in hits_of(index.documents(group), query, language):
            if hit.command not in hits or hits[hit.command].rank < hit.rank:
                hits[hit.command] = hit
    best = sorted(hits.values(), key=lambda hit: (*(-part for part in hit.rank), order[hit.group]))
    whole = [hit for hit in best if hit.rank[0] == best[0].rank[0]]
    return (whole if len(whole) >= _ENOUGH else best)[:limit]


def _meant(index: Index, words: list[Word], missing: Collection[Word]) -> str:
    """The query with what occurs nowhere replaced by the nearest word that does; empty where there is none."""
    terms = index.terms()
    said: list[str] = []
    changed = False
    for word in words:
        near = _near(word.ways[-1][-1], terms) if word in missing and not word.han else None
        changed |= near is not None
        said += [_as_written(index, near)] if near else [] if word in missing else [word.typed]
    return " ".join(said) if changed else ""


def _near(word: str, terms: list[str]) -> str | None:
    alike = [term for term in terms if abs(len(term) - len(word)) < 4 and set(term[:2]) & set(word[:2])]
    close = get_close_matches(word, alike, 1, 0.65)
    return close[0] if close else None


def _as_written(index: Index, term: str) -> str:
    """A word of the content that `term` stands for: normalisation, where the term is normalization."""
    groups = index.groups()
    for _, codes in index.exactly([term]):
        for document in index.documents(groups[codes[0] >> 2]):
            for text in _texts(document):
                for start, end, _ in tokens(text):
                    if fold(text[start:end]) == term:
                        return text[start:end].lower()
    return term


def _texts(document: Document) -> Iterator[str]:
    yield from (block.text for block in document.names)
    yield from (block.text for unit in document.units for block in unit.blocks)
