"""The example of content/README.md is checked as it stands there, and holds every construct of the format."""

import re
from pathlib import Path

import pytest

from revise.topic.cards import KINDS
from revise.topic.front_matter import FIELDS
from tests.content_folder import revise

README = Path(__file__).parent.parent / "content/README.md"
_FILE = re.compile(r"^## [^\n]*`([\w./-]+)`\n.*?^(`{3,})\w+\n(.*?)^\2\n", re.MULTILINE | re.DOTALL)
EXAMPLE = {name: text for name, _, text in _FILE.findall(README.read_text(encoding="utf-8"))}
PAGE = "content/cnn/conv-size.md"


def write_example(folder: Path, **changed: str) -> None:
    for name, text in {**EXAMPLE, **changed}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(("folder", "pages", "keys"), [("content", 2, 9), ("mine", 2, 2)])
def test_the_example_has_no_problem(tmp_path: Path, folder: str, pages: int, keys: int) -> None:
    write_example(tmp_path)
    done = revise("check", folder, data=tmp_path / "data", cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert done.stdout.splitlines()[-1].endswith(f"; {pages} pages, {keys} keys")
    assert done.stdout.startswith("no problems, 0 notes") or folder == "content"


def test_its_only_notes_are_cards_not_translated_yet(tmp_path: Path) -> None:
    write_example(tmp_path)
    *notes, _ = revise("check", "content", data=tmp_path / "data", cwd=tmp_path).stdout.splitlines()
    assert len(notes) == 1
    assert "not translated yet" in notes[0]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("weights = 34848", "weights = 34849", "34849"),
        ("\n= 3\n", "\n= 4\n", "3"),
        ("{point=weights}", "{point=weight}", "did you mean `weights`"),
        ("marks: 3", "marks: 4", "add up to 3"),
        (" was=output-formula", " was=stride", "is still there"),
        ("ask: weights", "ask: wieghts", "wieghts"),
    ],
)
def test_a_slip_in_it_would_be_seen(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert EXAMPLE[PAGE].count(old) == 1
    line = EXAMPLE[PAGE].partition(old)[0].count("\n") + 1
    write_example(tmp_path, **{PAGE: EXAMPLE[PAGE].replace(old, new)})
    done = revise("check", "content", data=tmp_path / "data", cwd=tmp_path)
    found = [it for it in done.stdout.splitlines() if it.startswith("content/") and not it.endswith("(a note)")]
    assert done.returncode == 1
    assert len(found) == 1, done.stdout
    name, number, words = found[0].split(":", 2)
    assert name == PAGE
    assert abs(int(number) - line) <= 4  # a block's problem stands at its heading
    assert said in words


def test_it_holds_every_construct() -> None:
    page = EXAMPLE[PAGE]
    for kind in KINDS:
        assert f"{{{kind} point=" in page, kind
    fields = {name for text in EXAMPLE.values() for name in re.findall(r"^(\w+) = ", text, re.MULTILINE)}
    assert fields >= set(FIELDS)
    for construct in ("## Summary {point=", "was=", "```revise\n$ revise solve", "$$", "::", "\n= ", "- [x]", "- (2)"):
        assert construct in page, construct
    assert set(EXAMPLE) == {
        "content/syllabus.toml", PAGE, "content/cnn/conv-size.zh.md", "content/ids.txt",
        "mine/convolution.md", "mine/capsules.md",
    }  # fmt: skip


def test_own_content_of_the_example_is_shown_and_asked(tmp_path: Path) -> None:
    write_example(tmp_path)
    data = tmp_path / "data"
    done = revise("show", "胶囊网络", "--content", "mine", "--no-pager", data=data, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Capsule networks\n")
    done = revise("cards", "capsules", "--content", "mine", data=data, cwd=tmp_path, stdin="3\n")
    assert "1 grade saved" in done.stdout


def test_it_shows_the_words_that_make_and_check_a_page() -> None:
    commands = re.findall(r"^    revise (\w+)", README.read_text(encoding="utf-8"), re.MULTILINE)
    assert commands == ["new", "check", "check"]
