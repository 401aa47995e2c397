"""A page is read as its author meant it."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revise.errors import InputError
from revise.topic import Library, Topic, faces, open_library, read_topic
from revise.topic.cloze import ANSWER_END, ANSWER_START, find_gaps
from revise.topic.dollars import find_maths
from revise.topic.syllabus import read_syllabus
from tests.content_folder import PAGE, small, write


def test_page(tmp_path: Path) -> None:
    topic, problems = read_topic(small(tmp_path) / "cnn/pooling.md")
    assert problems == []
    assert (topic.id, topic.aliases, topic.sources) == ("pooling", ("subsampling", "池化"), ("A book",))
    assert [(it.name, it.place.line, it.points) for it in topic.sections] == [
        ("Summary", 7, (("what", 7),)),
        ("Traps", 11, (("how", 13),)),
    ]
    assert topic.sections[0].text == "Pooling makes maps smaller."
    assert [(card.kind, card.place.line, card.point, card.level) for card in topic.cards] == [
        ("basic", 19, "what", 1),
        ("reverse", 23, "what", 1),
        ("cloze", 27, "how", 2),
    ]
    assert [key for card in topic.cards for key in card.keys] == [
        "pooling/what-it-does", "pooling/both", "pooling/both#reverse", "pooling/gaps#1", "pooling/gaps#2",
    ]  # fmt: skip


def test_faces(tmp_path: Path) -> None:
    topic, _ = read_topic(small(tmp_path) / "cnn/pooling.md")
    shown = {face.key: (face.front, face.back) for card in topic.cards for face in faces(card)}
    assert shown["pooling/both"] == ("max pooling", "Keeps the strongest response.")
    assert shown["pooling/both#reverse"] == ("Keeps the strongest response.", "max pooling")
    front, back = shown["pooling/gaps#1"]
    assert front == "Pooling of side [a number] and stride two halves the […]."
    assert back.replace(ANSWER_START, "<").replace(ANSWER_END, ">") == (
        "Pooling of side <two> and stride two halves the <side>."
    )


def asked(topic: Topic) -> list[tuple[str, str, str, int]]:
    return [(it.key, it.front, it.back, it.card.place.line) for card in topic.cards for it in faces(card)]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(b"\n", b"\r\n"),
        lambda text: b"\xef\xbb\xbf" + text,
        lambda text: (
            text.replace(b"Q: ", "Q：".encode()).replace(b"A: ", "A：".encode()).replace(b"C: ", "C：".encode())
        ),
        lambda text: text.replace(b"\n", b"  \t\n"),
        lambda text: text.replace(b"{{1:", "{{1：".encode()),
        lambda text: text.replace(b"\n", b"\r"),
    ],
    ids=["CRLF", "BOM", "full-width colons", "trailing blanks", "full-width in gaps", "CR"],
)
def test_how_editors_save(tmp_path: Path, change) -> None:
    path = small(tmp_path) / "cnn/pooling.md"
    plain, _ = read_topic(path)
    path.write_bytes(change(path.read_bytes()))
    topic, problems = read_topic(path)
    assert problems == []
    assert asked(topic) == asked(plain)
    assert topic.sections == plain.sections and topic.lines == plain.lines


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        (r"{{1:$\frac{a}{b}$}}", r"$\frac{a}{b}$"),
        (r"{{1:$\frac{1}{1+e^{-x}}$::the logistic function}} is bounded", r"$\frac{1}{1+e^{-x}}$"),
        (r"$\frac{{{1:a}}}{b}$", "a"),
        (r"$x = {{1:\frac{a}{b}}}$", r"\frac{a}{b}"),
        (r"{{1:$\{x\}$}}", r"$\{x\}$"),
        (r"{{1:$\left\{ x \right.$}}", r"$\left\{ x \right.$"),
    ],
)
def test_a_cloze_ends_where_its_braces_do(text: str, hidden: str) -> None:
    gaps, faults = find_gaps(text)
    assert faults == []
    assert [gap.text for gap in gaps] == [hidden]


def test_cloze_inside_a_formula(tmp_path: Path) -> None:
    page = (
        PAGE
        + r"""
    ### size {cloze point=how level=1}
    C: The side is $\lfloor {{1:\frac{N}{S}::a ratio}} \rfloor$, not {{2:$N$}}.
    """
    )
    topic, problems = read_topic(write(tmp_path, "cnn/pooling.md", page))
    assert problems == []
    first, second = faces(topic.cards[-1])
    assert first.front == r"The side is $\lfloor \text{[a ratio]} \rfloor$, not $N$."
    assert first.back == r"The side is $\lfloor \frac{N}{S} \rfloor$, not $N$."
    assert second.front == r"The side is $\lfloor \frac{N}{S} \rfloor$, not […]."


@pytest.mark.parametrize(
    ("text", "tex", "lone"),
    [
        ("$x$ and $y$", ["x", "y"], 0),
        ("it costs $5, or $6", [], 2),
        ("it costs $5 and $6", [], 2),
        (r"it costs \$5", [], 0),
        ("`$HOME` and `a$b`", [], 0),
        ("```\n$ ls $x$\n```\n$y$", ["y"], 0),
        ("$$\na = b\n$$", ["a = b"], 0),
        ("in the line $$a = b$$ too", ["a = b"], 0),
        ("$a_1 $ x", ["a_1"], 0),
        ("$ a $ x", ["a"], 0),
        ("$p[y]|_{x}$ | $a$", ["p[y]|_{x}", "a"], 0),
        ("$x\n\ny$", [], 2),
    ],
)
def test_where_maths_is(text: str, tex: list[str], lone: int) -> None:
    spans, alone = find_maths(text)
    assert [span.tex for span in spans] == tex
    assert len(alone) == lone


@given(st.text(alphabet="$`{}\\ \n:1abx~", max_size=80))
def test_any_text_can_be_searched(text: str) -> None:
    spans, _ = find_maths(text)
    for before, after in pairwise(spans):
        assert before.end <= after.start
    gaps, _ = find_gaps(text)
    for gap in gaps:
        assert text[gap.start : gap.end].startswith("{{") and text[gap.start : gap.end].endswith("}}")


@given(st.binary(max_size=300))
def test_any_file_can_be_read(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.md"
    path.write_bytes(b'+++\nid = "any"\n+++\n## Cards\n### a {choice}\n' + data)
    _, problems = read_topic(path)
    assert problems


def test_all_kinds(tmp_path: Path) -> None:
    page = """\
        +++
        id = "pooling"
        +++
        ## Summary
        Text.

        ```revise
        $ revise solve conv --input 227x227x3 --kernel-size 11 \\
            --stride 4
        output = 55x55x96
        weights = 34848
        ```
        ## Questions
        ### one {choice point=what level=1}
        Q: Which?
        - [x] this $a$ — because
          it is so
        - [ ] that — because not
        ### two {true-false point=what level=2}
        Q: Pooling learns.
        - [ ] true — no
        - [x] false — it has no weights
        ### three {calc point=how level=3}
        solver: conv
        ask: output, weights
        ## Short answers
        ### four {short point=how level=1}
        Q: Why?
        marks: 3
        - (1) this
        - (2) that
        """
    topic, problems = read_topic(write(tmp_path, "pooling.md", page))
    assert problems == []
    choice, truth, calc, short = topic.cards
    assert [(it.text, it.why, it.right) for it in choice.options] == [
        ("this $a$", "because it is so", True),
        ("that", "because not", False),
    ]
    assert [it.right for it in truth.options] == [False, True]
    assert (calc.solver, calc.ask) == ("conv", ("output", "weights"))
    assert (short.marks, [it.marks for it in short.points]) == (3, [1, 2])
    (worked,) = topic.sections[0].worked
    assert worked.argv == ("revise", "solve", "conv", "--input", "227x227x3", "--kernel-size", "11", "--stride", "4")
    assert worked.expected == {"output": "55x55x96", "weights": "34848"}
    assert worked.place.line == 8


def test_points_of_the_syllabus(tmp_path: Path) -> None:
    entries, problems = read_syllabus(small(tmp_path) / "syllabus.toml")
    assert problems == []
    assert [entry.id for entry in entries] == ["mlp", "pooling"]
    assert entries[0].covers[0].slug is None and entries[0].covers[0].text == "layers"
    assert entries[1].slugs == ("what", "how")


@pytest.mark.parametrize("name", ["pooling", "POOLING", " Pooling ", "Ｐooling", "池化", "subsampling"])
def test_found_by_any_of_its_names(tmp_path: Path, name: str) -> None:
    assert Library(small(tmp_path)).find(name).id == "pooling"


def test_full_width_letters_are_letters(tmp_path: Path) -> None:
    assert Library(small(tmp_path)).find("mlp").id == "mlp"


def test_unknown_name(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Did you mean pooling"):
        Library(small(tmp_path)).find("poling")


def test_own_content(tmp_path: Path) -> None:
    shipped = small(tmp_path / "shipped")
    own = tmp_path / "own"
    write(own, "pooling-more.md", """\
        +++
        extends = "pooling"
        +++
        ## Cards
        ### mine {basic}
        Q: A?
        A: B.
        """)  # fmt: skip
    write(own, "mine/my-topic.md", '+++\nid = "my-topic"\ntitle = "Mine"\n+++\n## Summary\nText.\n')
    library = Library(shipped, (own,))
    assert [entry.id for entry in library.entries] == ["mlp", "pooling", "my-topic"]
    topic, problems = library.read("pooling")
    assert problems == []
    assert topic.cards[-1].key == "own/pooling/mine"
    assert topic.cards[-1].topic == "pooling"
    assert library.find("Mine").own
    with pytest.raises(InputError, match="no content folder"):
        open_library([tmp_path / "none"])


def test_translation_keeps_the_keys(tmp_path: Path) -> None:
    folder = small(tmp_path)
    write(folder, "cnn/pooling.zh.md", """\
        +++
        id = "pooling"
        title = "池化"
        aliases = ["汇聚"]
        +++
        ## 摘要
        池化使特征图变小。
        ## 卡片
        ### what-it-does {basic}
        Q：池化有什么作用？
        A：使特征图变小。
        """)  # fmt: skip
    library = Library(folder)
    chinese, problems = library.read("pooling", "zh")
    assert problems == []
    english, _ = library.read("pooling")
    assert [card.key for card in chinese.cards] == [card.key for card in english.cards]
    assert chinese.cards[0].question == "池化有什么作用？"
    assert (chinese.cards[0].point, chinese.cards[0].level) == ("what", 1)
    assert chinese.cards[1] == english.cards[1]
    assert chinese.title == "池化" and chinese.sections[0].name == "摘要"
    assert library.find("汇聚").id == "pooling"
    assert english.sections[0].name == "Summary"
