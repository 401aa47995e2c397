"""`revise new`: what it writes is reported until it is filled in, and right once it is."""

import re
from pathlib import Path

import pytest

from revise.topic.cards import KINDS
from revise.topic.library import Library
from tests.command import ROOT
from tests.content_folder import PAGE, SYLLABUS, revise, write

SAMPLE = {"solver": "conv", "ask": "weights"}


def filled(text: str) -> str:
    """The page with words in place of every TODO, as an author would fill it in."""
    numbers = iter(range(1000))
    text = re.sub(r" +# TODO:[^\n]*", "", text)
    text = re.sub(r"^(solver|ask): (?:TODO|.*)$", lambda match: f"{match[1]}: {SAMPLE[match[1]]}", text, flags=re.M)
    text = re.sub(r"point=TODO", "point=what", text)
    text = text.replace("### todo-", "### mine-")
    return re.sub(
        r"TODO: ([^\n—]*)(?= —|$)", lambda match: f"words {next(numbers)} {_gaps(match[1])}".strip(), text, flags=re.M
    )


def _gaps(words: str) -> str:
    return " ".join(re.findall(r"\{\{[^}]*\}\}", words))


def problems(folder: Path, path: Path) -> list[str]:
    done = revise("check", str(path), data=folder / "data")
    return [line for line in done.stdout.splitlines()[:-1] if not line.endswith("(a note)")]


SHIPPED = {path.stem for path in (ROOT / "content").glob("*/*.md")}


def started(*words: str, data: Path, code: int = 0, **more: str) -> tuple[Path, str]:
    done = revise("new", *words, data=data, **more)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return Path(done.stdout.partition("\n")[0]), done.stdout if code == 0 else done.stderr


@pytest.mark.parametrize(
    ("topic", "name", "first"),
    [
        ("gan", "gan", 'extends = "gan"'),
        ("convolution", "convolution", 'extends = "convolution"'),
        ("卷积", "convolution", 'extends = "convolution"'),
        ("Generative adversarial networks", "gan", 'extends = "gan"'),
        ("pytorch", "pytorch", 'extends = "pytorch"'),
        ("Schrödinger bridges", "schrodinger-bridges", 'title = "Schrödinger bridges"'),
        ("capsule-networks", "capsule-networks", 'title = "Capsule networks"'),
        ('a "quoted" \\ one', "a-quoted-one", r'title = "a \"quoted\" \\ one"'),
    ],
)
def test_a_students_page(tmp_path: Path, topic: str, name: str, first: str) -> None:
    path, _ = started(topic, data=tmp_path / "data")
    assert path == tmp_path / "data/content" / f"{name}.md"
    text = path.read_text(encoding="utf-8")
    assert first in text.split("+++")[1]
    for kind in KINDS:
        assert f"### todo-{kind} {{{kind} level=1}}\n" in text
    assert ("## Summary" in text) == (name not in SHIPPED)
    found = problems(tmp_path, path)
    todo = [n for n, line in enumerate(text.split("\n"), 1) if "TODO" in line or line.startswith("### todo-")]
    assert [int(line.removeprefix(str(path)).split(":")[1]) for line in found] == todo
    assert all("still to be written: " in line for line in found)
    path.write_text(filled(text), encoding="utf-8")
    assert problems(tmp_path, path) == []


def test_the_page_stands_in_for_one_that_is_not_written(tmp_path: Path) -> None:
    data = tmp_path / "data"
    path, out = started("pytorch", data=data)
    for command in (f"revise check {path}", "revise show pytorch", "revise cards pytorch"):
        assert f"\n  {command}\n" in out
    shown = revise("show", "pytorch", "--no-pager", data=data)
    assert shown.returncode == 0 and "Summary" in shown.stdout
    none = revise("cards", "pytorch", data=data, stdin="3\n")
    assert none.returncode == 1 and "todo" not in none.stdout
    path.write_text(filled(path.read_text(encoding="utf-8")), encoding="utf-8")
    asked = revise("cards", "pytorch", data=data, stdin="3\n")
    assert "1 grade saved" in asked.stdout, asked.stderr
    path.unlink()
    assert "not written yet" in revise("show", "pytorch", "--no-pager", data=data).stdout


def test_a_shipped_page_later_takes_the_own_one_in(tmp_path: Path) -> None:
    shipped, own = tmp_path / "shipped", tmp_path / "own"
    write(shipped, "syllabus.toml", SYLLABUS)
    write(own, "mlp.md", '+++\nextends = "mlp"\n+++\n## Mine\nWords.\n')
    library = Library(shipped, (own,))
    assert library.has_page("mlp") and not library.has_page("pooling")
    assert [section.name for section in library.read("mlp")[0].sections] == ["Mine"]
    write(shipped, "networks/mlp.md", '+++\nid = "mlp"\n+++\n## Summary\nText.\n')
    library = Library(shipped, (own,))
    assert [section.name for section in library.read("mlp")[0].sections] == ["Summary", "Mine"]


def test_an_authors_page(tmp_path: Path) -> None:
    content = tmp_path / "content"
    write(content, "syllabus.toml", SYLLABUS)
    write(content, "cnn/pooling.md", PAGE)
    path, out = started("Multi-layer perceptrons", "--content", str(content), data=tmp_path / "data")
    assert path == content / "networks/mlp.md"
    assert "--write-ids" in out and "revise show" not in out
    text = path.read_text(encoding="utf-8")
    assert "### Layer count {point=layer-count}\n\nTODO: how many layers" in text
    assert "### todo-basic {basic point=layer-count level=1}" in text
    assert text.startswith('+++\nid = "mlp"\n')
    assert problems(tmp_path, path)
    path.write_text(filled(text), encoding="utf-8")
    assert problems(tmp_path, path) == []
    done = revise("check", str(content), "--write-ids", data=tmp_path / "data")
    assert done.returncode == 0, done.stdout
    keys = (content / "ids.txt").read_text().split()
    assert {"mlp/mine-basic", "mlp/mine-reverse#reverse", "mlp/mine-cloze#2", "mlp/mine-short"} <= set(keys)


def test_points_without_slugs_are_left_to_the_author(tmp_path: Path) -> None:
    content = tmp_path / "content"
    write(content, "syllabus.toml", SYLLABUS.replace(', { slug = "layer-count", text = "how many layers" }', ""))
    path, out = started("mlp", "--content", str(content / "networks/.."), data=tmp_path / "data")
    assert "have no slugs yet" in " ".join(out.split())
    assert "point=TODO" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("topic", ["poling", "gan"])
def test_an_authors_topic_is_in_the_syllabus(tmp_path: Path, topic: str) -> None:
    write(tmp_path / "content", "syllabus.toml", SYLLABUS)
    _, said = started(topic, "--content", str(tmp_path / "content"), data=tmp_path / "data", code=2)
    assert f"no topic is called `{topic}`" in said and "syllabus.toml first" in said
    assert [path.name for path in (tmp_path / "content").rglob("*")] == ["syllabus.toml"]


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    data, content = tmp_path / "data", tmp_path / "content"
    for topic in ("gan", "convolution", "my topic"):
        path, _ = started(topic, data=data)
        path.write_text('+++\nid = "my-topic"\ntitle = "My topic"\n+++\n' if topic == "my topic" else "mine")
        before = path.read_text()
        _, said = started(topic, data=data, code=2)
        assert str(path) in said
        assert path.read_text() == before
    write(content, "syllabus.toml", SYLLABUS)
    path = write(content, "cnn/pooling.md", PAGE)
    _, said = started("pooling", "--content", str(content), data=data, code=2)
    assert "has a page already" in said and str(path) in said
    assert path.read_text(encoding="utf-8").startswith("+++")


def test_where_the_page_goes(tmp_path: Path) -> None:
    data = tmp_path / "data"
    named, other = tmp_path / "with blank", tmp_path / "other"
    path, out = started("gan", "--content", str(named), data=data)
    assert path == named / "gan.md"
    assert f"revise show gan --content '{named}'" in out
    path, _ = started("gan", data=data, REVISE_CONTENT=str(other))
    assert path == other / "gan.md"
    assert not (data / "content").exists()


def test_a_likely_slip_is_told(tmp_path: Path) -> None:
    path, out = started("convolutoin", data=tmp_path)
    assert path.name == "convolutoin.md"
    assert "if you meant convolution, delete the file" in " ".join(out.split())


@pytest.mark.parametrize("topic", ["", "  ", "...", "薛定谔桥", "GAN 薛定谔", "x" * 300])
def test_no_id_can_be_made(tmp_path: Path, topic: str) -> None:
    _, said = started(topic, data=tmp_path / "data", code=2)
    assert "id" in said
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("topic", ["../../outside", "/etc/outside", "a\x1b[31mb\u202e", "line\nline"])
def test_a_name_stays_a_name(tmp_path: Path, topic: str) -> None:
    path, out = started(topic, data=tmp_path / "data")
    assert path.parent == tmp_path / "data/content"
    assert "\x1b" not in out and "\u202e" not in out
    text = path.read_text(encoding="utf-8")
    assert "\x1b" not in text and "\u202e" not in text
    assert len([line for line in problems(tmp_path, path) if "still to be written" not in line]) == 0


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for place in ("file", "file/deeper"):
        _, said = started("gan", "--content", str(tmp_path / place), data=tmp_path / "data", code=2)
        assert str(tmp_path / "file") in said and said.count("\n") == 1


def test_a_todo_in_code_is_no_placeholder(tmp_path: Path) -> None:
    page = '+++\nid = "mine"\ntitle = "Mine"\n+++\n## Summary\nText.\n\n```python\n# TODO: nothing of ours\n```\n'
    path = write(tmp_path / "own", "mine.md", page)
    assert problems(tmp_path, path) == []
    path.write_text(page.replace("Text.", "Text, todo and TODOS.\nTODO: the rest"))
    assert problems(tmp_path, path) == [f"{path}:7: still to be written: the rest"]
