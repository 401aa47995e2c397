"""The deck: what the pages say, in reading order, and from the cache as long as they say the same."""

import json
import os
from collections.abc import Collection
from pathlib import Path

import pytest
from content_folder import small, write

from revise.study import deck as module
from revise.study.deck import Deck, deck
from revise.topic import open_library

OWN = """\
+++
id = "capsules"
title = "Capsule networks"
needs = ["pooling"]
+++

## Summary

A capsule gives a vector.

## Cards

### length {basic level=3}
Q: What does the length say?
A: Whether the feature is there.

### drawn {calc level=2}
solver: nothing-like-it
ask: output

## Questions

### vector {true-false level=1}
Q: A capsule gives a number.
- [ ] true — it gives a vector.
- [x] false — it gives a vector.
"""
EXTENDS = """\
+++
extends = "pooling"
+++

## Cards

### mine {basic}
Q: Mine?
A: Mine.
"""
CHINESE = """\
+++
id = "pooling"
title = "池化"
+++

## 卡片

### gaps {cloze}
C：边长 {{1:二}}，步幅 {{2:二}}。

### what-it-does {reverse}
Q：池化做什么？
A：缩小特征图。

### only-here {basic}
Q：只在这里？
A：是。
"""


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path, Path]:
    """(the shipped content, the student's own, the cache)."""
    return tmp_path / "content", tmp_path / "own", tmp_path / "cache"


@pytest.fixture(autouse=True)
def content(folders: tuple[Path, Path, Path]) -> None:
    root, own, _ = folders
    small(root)
    write(root, "cnn/pooling.zh.md", CHINESE)
    own.mkdir()
    (own / "a.md").write_text(EXTENDS, encoding="utf-8")
    (own / "b.md").write_text(OWN, encoding="utf-8")


def none_built(names: Collection[str]) -> list[str]:
    return []


def made(folders: tuple[Path, Path, Path], cached: bool = True) -> Deck:
    root, own, cache = folders
    return deck(open_library([own], root), cache if cached else None, none_built)


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that were read."""
    read: list[str] = []
    for name in ("read_topic", "read_syllabus"):
        monkeypatch.setattr(module, name, _noting(getattr(module, name), read))
    return read


def _noting(reader, read: list[str]):  # type: ignore[no-untyped-def]
    def noted(path: Path, *more: object) -> object:
        read.append(path.name)
        return reader(path, *more)

    return noted


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_has_what_the_pages_have(folders: tuple[Path, Path, Path], language: str) -> None:
    root, own, _ = folders
    library = open_library([own], root)
    found = deck(library)
    expected = [
        (key, card.key, entry.id, card.kind, card.level, card.point)
        for entry in library.entries
        if library.has_page(entry.id)
        for card in library.read(entry.id, language)[0].cards
        for key in card.keys
    ]
    assert [tuple(item) for item in found.items] == expected
    assert [item.key for item in found.items][-4:] == [
        "own/pooling/mine", "own/capsules/length", "own/capsules/drawn", "own/capsules/vector",
    ]  # fmt: skip
    assert found.needs == {entry.id: entry.needs for entry in library.entries if entry.needs}
    assert found.titles == {entry.id: entry.title for entry in library.entries}


def test_of_the_shipped_content_too() -> None:
    library = open_library()
    found = deck(library)
    for topic in ("convolution", "backprop"):
        keys = [key for card in library.read(topic)[0].cards for key in card.keys]
        assert [item.key for item in found.items if item.topic == topic] == keys


def test_siblings_share_a_card(folders: tuple[Path, Path, Path]) -> None:
    found = {item.key: item.card for item in made(folders).items}
    assert found["pooling/both"] == found["pooling/both#reverse"] == "pooling/both"
    assert found["pooling/gaps#1"] == found["pooling/gaps#2"] == "pooling/gaps"


def test_calculations_without_a_solver_are_left_out_and_counted(folders: tuple[Path, Path, Path]) -> None:
    found = made(folders)
    assert "own/capsules/drawn" not in {item.key for item in found.items}
    assert found.waiting == {"capsules": 1}
    assert "own/capsules/drawn" in {item.key for item in deck(open_library([folders[1]], folders[0])).items}


def test_pages_are_read_once(folders: tuple[Path, Path, Path], unread: list[str]) -> None:
    first = made(folders)
    assert sorted(unread) == ["a.md", "b.md", "pooling.md", "syllabus.toml"]
    unread.clear()
    assert made(folders) == first and unread == []
    page = folders[1] / "a.md"
    page.write_text(EXTENDS.replace("### mine", "### ours"), encoding="utf-8")
    os.utime(page, ns=(1, 1))
    found = made(folders)
    assert unread == ["a.md"] and "own/pooling/ours" in {item.key for item in found.items}
    page.unlink()
    unread.clear()
    assert made(folders) == made(folders, cached=False)
    assert unread.count("a.md") == 0


@pytest.mark.parametrize("damage", ["", "{}", "\x00\x01", "[1", "cut", "changed", "folder"])
def test_a_cache_that_is_damaged_is_read_anew(folders: tuple[Path, Path, Path], damage: str) -> None:
    whole = made(folders)
    (file,) = folders[2].iterdir()
    text = file.read_text(encoding="utf-8")
    assert json.loads(text.partition("\n")[2])
    if damage == "folder":
        file.unlink()
        file.mkdir()
    else:
        changed = {"cut": text[:-40], "changed": text.replace("own/capsules/length", "own/capsules/lenght")}
        file.write_text(changed.get(damage, damage), encoding="utf-8")
    assert made(folders) == whole


def test_a_folder_that_cannot_be_written_is_no_fault(folders: tuple[Path, Path, Path]) -> None:
    folders[2].write_text("not a folder", encoding="utf-8")
    assert made(folders) == made(folders, cached=False)


def test_nothing_is_left_beside_the_cache(folders: tuple[Path, Path, Path]) -> None:
    made(folders)
    assert [path.suffix for path in folders[2].iterdir()] == [".json"]


def test_problems_are_told_also_from_the_cache(folders: tuple[Path, Path, Path]) -> None:
    (folders[1] / "a.md").write_text(EXTENDS.replace("A: Mine.\n", ""), encoding="utf-8")
    for _ in range(2):
        problems = made(folders).problems
        assert any(str(folders[1] / "a.md") in str(problem) for problem in problems)
