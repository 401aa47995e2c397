"""The SVG writer of the README's pictures: everything in its cell, nothing of the text read as SVG."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rich.text import Text

from revise.render.svg import FONT, MARGIN, WIDE, picture

SVG = "{http://www.w3.org/2000/svg}"
DOCS = Path(__file__).parent.parent / "docs"


def placed(line: Text | str) -> dict[str, float]:
    """Where each character, or character with its marks, of one line stands, in cells."""
    root = ElementTree.fromstring(picture([Text(line) if isinstance(line, str) else line], 40, "title"))
    found: dict[str, float] = {}
    for span in root.iter(f"{SVG}tspan"):
        places = [(float(x) - MARGIN) / WIDE for x in span.attrib["x"].split()]
        text = span.text or ""
        found |= {text: places[0]} if len(places) == 1 else dict(zip(text, places, strict=True))
    return found


def test_chinese_takes_two_cells() -> None:
    places = placed("a卷积b")
    inset = (2 * WIDE - FONT) / 2 / WIDE  # the letter in the middle of its two cells
    assert places["a"] == 0 and places["b"] == 5
    assert places["卷"] == pytest.approx(1 + inset) and places["积"] == pytest.approx(3 + inset)


def test_every_character_has_its_own_place_and_blanks_none() -> None:
    assert placed("ab  c d") == {"a": 0, "b": 1, "c": 4, "d": 6}


def test_a_mark_stands_on_its_letter() -> None:
    assert placed("x\u0302y") == {"x\u0302": 0, "y": 1}


def test_text_is_not_markup() -> None:
    title = "a <b> & \"c\" 'd'"
    root = ElementTree.fromstring(picture([Text("</svg><&>")], 40, title))
    assert "".join(span.text or "" for span in root.iter(f"{SVG}tspan")) == "</svg><&>"
    assert root.attrib["aria-label"] == root.findtext(f"{SVG}title") == title


def test_lines_blocks_and_dots_are_drawn_not_written() -> None:
    root = ElementTree.fromstring(picture([Text("a─⎢⠃▂█")], 40, "title"))
    assert [span.text for span in root.iter(f"{SVG}tspan")] == ["a"]
    paths = {path.attrib["class"]: path.attrib["d"] for path in root.iter(f"{SVG}path")}
    line, dots, areas = paths["l f"], paths["o f"], paths["a f"]
    left, top = MARGIN + WIDE, 36 + MARGIN
    assert line.startswith(f"M{left} {top + 9}L{left + WIDE} {top + 9}M")
    assert dots.count("M") == 2 and areas.count("M") == 2


def test_styles_become_classes() -> None:
    line = Text.assemble(("bold", "bold"), ("dim", "dim cyan"), ("own", "#102030 on #fefefe"), ("back", "reverse"))
    drawn = picture([line], 40, "title")
    looks = [span.attrib["class"] for span in ElementTree.fromstring(drawn).iter(f"{SVG}tspan")]
    assert looks == ["f b", "c6 d", "x102030", "q"]
    assert ".x102030{color:#102030}" in drawn and ".xfefefe{color:#fefefe}" in drawn
    assert drawn.count('class="a xfefefe"') == 3 and drawn.count('class="a f"') == 4


def test_the_same_lines_give_the_same_file() -> None:
    lines = [Text("卷积 ⠃", "cyan"), Text("│ x̂")]
    assert picture(lines, 40, "t") == picture(lines, 40, "t")


@pytest.mark.parametrize("name", ["solve", "show", "demo"])
def test_the_pictures_are_small_and_stand_alone(name: str) -> None:
    text = DOCS.joinpath(f"{name}.svg").read_text("utf-8")
    ElementTree.fromstring(text)
    assert len(text.encode()) < 100_000
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)|<script|<image|\bhref", text)
