"""The shipped pages teach and ask what the syllabus promises."""

import re
from functools import cache

import pytest

from docs import pages
from revise.topic import Topic, open_library
from revise.topic.dollars import find_maths

LIBRARY = open_library()
WRITTEN = [entry.id for entry in LIBRARY.entries if LIBRARY.has_page(entry.id)]
MORE_CARDS = {"backprop", "convolution", "cnn-architectures", "transformer", "gan", "vae", "mdp"}
_NAME = re.compile(r"(?<![\w^\\])[A-Z][\w'’-]*")
_WORDS = {"TRAP", "E", "P", "N", "S", "F", "D", "V", "Q", "R", "W", "H", "T", "L", "A", "C", "K", "B", "X", "I", "U"}
"""The sign of a trap, and letters that stand in formulas."""


@cache
def page(name: str) -> Topic:
    return LIBRARY.read(name)[0]


@cache
def text(name: str) -> str:
    """All words under the front matter, the cards' too, without the signs of LaTeX and Markdown."""
    source = page(name).path.read_text(encoding="utf-8").split("\n+++\n", 1)[1]
    return re.sub(r"[\s\\{}*_`$-]+", " ", source).casefold()


def names(sentence: str) -> list[str]:
    """Words of a point that begin with a capital: persons, networks, methods. W_hh is a symbol."""
    return [word for word in _NAME.findall(sentence) if word not in _WORDS and "_" not in word]


def test_a_capital_makes_a_name() -> None:
    assert names("TRAP: ResNet's decay by He et al. is E[x] of the BPTT with W_hh") == ["ResNet's", "He", "BPTT"]


@pytest.mark.parametrize("name", WRITTEN)
def test_every_point_is_taught_and_asked(name: str) -> None:
    points = LIBRARY.entry(name).covers
    assert points and [point.text for point in points if point.slug is None] == []
    taught = {slug for section in page(name).sections for slug, _ in section.points}
    asked = {card.point for card in page(name).cards}
    assert {point.slug for point in points} - taught == set(), "no section teaches these"
    assert {point.slug for point in points} - asked == set(), "no card or question asks these"


@pytest.mark.parametrize("name", WRITTEN)
def test_every_proper_name_of_the_entry_stands_on_the_page(name: str) -> None:
    wanted = {word for point in LIBRARY.entry(name).covers for word in names(point.text)}
    there = text(name)
    missing = [word for word in wanted if re.sub(r"['’]s$", "", word).replace("-", " ").casefold() not in there]
    assert missing == []


@pytest.mark.parametrize("name", WRITTEN)
def test_there_is_enough_to_be_asked(name: str) -> None:
    cards = [card for card in page(name).cards if card.kind in ("basic", "reverse", "cloze", "calc")]
    kinds = [card.kind for card in page(name).cards]
    assert len(cards) >= (20 if name in MORE_CARDS else 12)
    assert kinds.count("choice") + kinds.count("true-false") >= 6
    assert kinds.count("short") >= 3
    assert len(page(name).terms) >= 6


@pytest.mark.parametrize("name", WRITTEN)
def test_no_card_asks_for_a_bare_yes_or_a_long_list(name: str) -> None:
    basic = [card for card in page(name).cards if card.kind in ("basic", "reverse")]
    bare = [card.id for card in basic if re.fullmatch(r"(yes|no|true|false)\W*", card.answer.strip(), re.IGNORECASE)]
    long = [card.id for card in basic if len(re.findall(r"^\s*(?:[-*]|\d+\.)\s", card.answer, re.MULTILINE)) > 5]
    assert bare == [] and long == []


@pytest.mark.parametrize("name", WRITTEN)
def test_a_page_has_what_a_reader_looks_for(name: str) -> None:
    sections = {section.name.casefold() for section in page(name).sections}
    assert {"summary", "by hand", "traps", "sources", "next"} <= sections
    assert sum(len(section.worked) for section in page(name).sections) >= 1 or not LIBRARY.entry(name).solve
    assert any(find_maths(section.text)[0] for section in page(name).sections) or not LIBRARY.entry(name).solve


def test_terms_are_chinese_where_they_say_so() -> None:
    terms = [term for name in WRITTEN for term in page(name).terms]
    assert len(terms) > 100
    assert [term.term for term in terms if not re.search(r"[\u4e00-\u9fff]", term.zh)] == []


def test_the_table_of_pages_is_today() -> None:
    assert pages.TABLE.read_text(encoding="utf-8") == pages.table(), "run python -m docs.pages"
