"""Search: what is found by which words, in which order, in what line; and an index that is never out of date."""

import json
import os
import shlex
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from rich.cells import cell_len

from revise.commands.search import look_up, sources
from revise.render.hits import Again, Context, command_line, context_of, draw_context, draw_hits
from revise.search import Found, Query
from revise.search.cache import cache_file, open_index
from revise.search.documents import blocks
from revise.search.words import fold, terms
from revise.topic import Library, open_library
from tests.content_folder import environment, revise, write

SYLLABUS = "".join(
    f'[[topic]]\nid = "{name}"\npart = "p"\ntitle = "{title}"\n{rest}\n'
    for name, title, rest in [
        ("attention", "Attention", ""),
        ("transformer", "The Transformer", ""),
        ("recurrent", "Recurrent networks", ""),
        ("notes", "Plain notes", ""),
        ("later", "Something later", 'covers = ["zebra crossings", { slug = "okapi", text = "the okapi" }]'),
    ]
)
PAGES = {
    "transformer": "## Summary\nNo word of it.\n## Attention in layers\nHere $\\frac{a}{b}$ it stands.\n",
    "recurrent": "## Summary\nCells.\n## Cards\n### one {basic point=x level=1}\nQ: What has attention?\nA: B.\n",
    "notes": "## Summary\nIt pays attention.\n## Colours\nThe behaviour of neighbouring optimisers is modelled.\n",
    "attention": "## Summary\nKeys.\n## By hand\n\n- padding **here**\n\n| a | b |\n|---|---|\n| quagga | $x$ |\n",
}


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVISE_DATA", str(tmp_path / "data"))
    monkeypatch.delenv("REVISE_MATH", raising=False)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    write(tmp_path / "root", "syllabus.toml", SYLLABUS)
    for name, text in PAGES.items():
        page(tmp_path / "root/p", name, text, '"注意力机制"' if name == "attention" else "")
    return open_library(root=tmp_path / "root")


def page(folder: Path, name: str, text: str, aliases: str = "") -> Path:
    return write(folder, f"{name}.md", f'+++\nid = "{name}"\naliases = [{aliases}]\n+++\n{text}')


def found(library: Library, *words: str, limit: int = 10, language: str = "en") -> Found:
    return look_up(library, Query.of(words), limit, language)


def commands(library: Library, *words: str) -> list[str]:
    """What opens the hits on pages, cards and the syllabus; which solvers there are is no matter here."""
    return [" ".join(hit.command) for hit in found(library, *words).hits if hit.kind != "solver"]


@pytest.mark.parametrize(
    "one_word",
    [
        "normalise normalize normalises", "normalisation normalization Normalisations", "colour color Colours",
        "neighbouring neighboring", "behaviour behavior", "modelling modeling", "labelled labeled", "centre center",
        "analyse analyze", "catalogue catalog", "defence defense", "grey gray", "loss losses", "bias biases",
        "matrix matrices", "entropy entropies", "class classes", "case cases", "Poincaré poincare", "σ sigma Σ",
        "λ lambda", "ＣＮＮ cnn CNNs", "GAN's gan",
    ],
)  # fmt: skip
def test_spellings_of_one_word(one_word: str) -> None:
    assert len({tuple(terms(word)) for word in one_word.split()}) == 1


@pytest.mark.parametrize("two_words", ["four for", "hour hor", "bias bia", "gas ga", "loss los", "batch bath", "1 2"])
def test_words_that_stay_apart(two_words: str) -> None:
    assert len({fold(word) for word in two_words.split()}) == 2


def test_terms() -> None:
    assert terms("max-pooling") == ["max", "pooling", "maxpooling"]
    assert terms("卷积核CNN") == ["卷积", "积核", "核", "cnn"]
    assert terms(r"\begin{aligned}\frac{\alpha}{b_i}\operatorname{ReLU}") == ["alpha", "b", "i", "relu"]


def test_blocks_leave_formulas_whole() -> None:
    text = "> A line\n> $$a\n> | b$$\n\n- one $x | y$\n\n| a | $p|q$ |\n|---|---|\n\n```revise\n$ revise solve x\n```\n"
    assert [block.text for block in blocks(text)] == ["A line $$a | b$$", "one $x | y$", "a | $p|q$"]
    assert [(block.text, block.heading) for block in blocks("### Size {point=x}\nWhy\n$S > 1$")] == [
        ("Size", True),
        ("Why $S > 1$", False),
    ]
    assert blocks("$$a\n> b$$")[0].text == "$$a > b$$"
    assert blocks("> $$a\n> > b$$")[0].text == "$$a > b$$"
    assert blocks("> a > b\nc > d")[0].text == "a > b c > d"


def test_name_before_heading_before_card_before_text(library: Library) -> None:
    assert commands(library, "attention") == [
        "show attention",
        "show transformer attention-in-layers",
        "cards recurrent",
        "show notes summary",
    ]


def test_exact_before_beginning_before_typo(tmp_path: Path, library: Library) -> None:
    for name, word in (("notes", "gnomon"), ("recurrent", "gnomonic"), ("transformer", "gnomno")):
        page(tmp_path / "root/p", name, f"## Summary\nA {word}.\n")
    exact, begins, typo = "show notes summary", "show recurrent summary", "show transformer summary"
    assert commands(library, "gnomon") == [exact, begins], "what is found as typed needs no forgiving"
    (tmp_path / "root/p/notes.md").unlink()
    assert commands(library, "gnomon") == [begins]
    (tmp_path / "root/p/recurrent.md").unlink()
    assert commands(library, "gnomon") == [typo]


@pytest.mark.parametrize(
    "typo", ["atention", "attenttion", "attentoin", "attentiom", "ttention", "attentionn", "Attention", "ATTENTION"]
)
def test_one_typo_is_forgiven(library: Library, typo: str) -> None:
    assert commands(library, typo)[0] == "show attention"


def test_two_typos_are_not_but_named(library: Library) -> None:
    nothing = found(library, "atentoin")
    assert (nothing.hits, nothing.missing, nothing.meant) == ([], ("atentoin",), "attention")
    some = found(library, "quagga", "xyzzyx", "atentoin")
    assert some.hits[0].command == ("show", "attention", "by-hand")
    assert (some.missing, some.meant) == (("xyzzyx", "atentoin"), "quagga attention")


@pytest.mark.parametrize(
    "word", ["optimizer", "optimizers", "neighboring", "behavior", "modeled", "modelled", "Colors"]
)
def test_british_and_american(library: Library, word: str) -> None:
    assert commands(library, word)[0] == "show notes colours"


@pytest.mark.parametrize("words", ["注意力机制", "注意力", "意力机", "机制", "力", "注意力机制是什么", "注意力模型"])
def test_chinese_inside_runs(library: Library, words: str) -> None:
    assert commands(library, words)[0] == "show attention"


def test_unknown_chinese(library: Library) -> None:
    assert commands(library, "量子纠缠") == []


def test_all_words_before_some(library: Library) -> None:
    assert commands(library, "padding", "attention")[0] == "show attention by-hand", "the page's name counts for it"
    assert commands(library, "attention in layers")[0] == "show transformer attention-in-layers"
    assert commands(library, "what", "is", "the", "attention") == commands(library, "attention")


def test_planned_topics_say_so(library: Library) -> None:
    (hit,) = found(library, "zebra").hits
    assert (hit.kind, hit.command) == ("planned", ("show", "later"))
    assert "planned" in draw_hits([hit], Query.of(["zebra"]), 80, Again())[1].plain
    assert found(library, "attention").hits[0].kind == "page"


def test_limit(library: Library) -> None:
    assert len(found(library, "attention", limit=2).hits) == 2


def test_translation(tmp_path: Path, library: Library) -> None:
    text = '+++\nid = "attention"\n+++\n## 公式\n查询、键、值的缩放点积。\n'
    write(tmp_path / "root/p", "attention.zh.md", text)
    (hit,) = found(library, "缩放点积").hits
    assert hit.command == ("show", "attention"), "the section is not on the English page"
    (hit,) = found(library, "缩放点积", language="zh").hits
    assert hit.command == ("show", "attention", "公式")
    assert command_line(hit, Again("", "zh")).endswith("attention 公式 --lang zh".replace("公式", shlex.quote("公式")))
    (hit,) = found(library, "quagga", language="zh").hits
    assert hit.command == ("show", "attention"), "the translation stands in the place of the section"


def test_own_content(tmp_path: Path, library: Library) -> None:
    own = tmp_path / "my notes"
    write(own, "mine.md", '+++\nid = "mine"\ntitle = "My own"\n+++\n## What & why?\nGnus.\n## What\nLions.\n')
    write(own, "more.md", '+++\nextends = "attention"\n+++\n## Extra\nA gnat.\n')
    write(own, "lost.md", '+++\nextends = "nowhere"\n+++\n## Extra\nAn axolotl.\n')
    both = open_library([own], library.root)
    assert [hit.command for hit in found(both, "gnus").hits] == [("show", "mine")], "`what` alone is the other section"
    assert [hit.command for hit in found(both, "lions").hits] == [("show", "mine", "what")]
    (hit,) = found(both, "gnat").hits
    assert "\x1b" not in "".join(line.plain for line in draw_hits([hit], Query.of(["gnat"]), 80, Again("\x1b[2J")))
    assert hit.command == ("show", "attention", "extra")
    if os.name == "posix":
        assert command_line(hit, Again(str(own))) == f"revise show attention extra --content '{own}'"
    assert found(both, "axolotl").hits == [], "no command opens it"
    assert found(both, "own").hits[0].command == ("show", "mine")


def shown(text: str, words: str, width: int, formulas: tuple[tuple[int, int], ...] = ()) -> str:
    line = draw_context(Context(text, tuple(Query.of([words]).spans(text)), formulas), width)
    for span in line.spans:
        assert span.style == "bold"
    return "".join(
        f"<{line.plain[a:b]}>" if bold else line.plain[a:b]
        for a, b, bold in _cut(len(line.plain), [(span.start, span.end) for span in line.spans])
    )


def _cut(length: int, spans: list[tuple[int, int]]) -> list[tuple[int, int, bool]]:
    parts, at = [], 0
    for start, end in spans:
        parts += [(at, start, False), (start, end, True)]
        at = end
    return [*parts, (at, length, False)]


def test_context_is_cut_round_the_words() -> None:
    text = "one two three four five six seven eight nine ten"
    assert shown(text, "five", 80) == "one two three four <five> six seven eight nine ten"
    assert shown(text, "six", 20) == "…five <six> seven…"
    assert shown(text, "ten", 20) == "…eight nine <ten>"
    assert shown(text, "one", 14) == "<one> two three…"
    assert shown("卷积神经网络利用图像的空间结构。", "空间", 14) == "…用图像的<空间>…"
    assert shown("three filler words and then some, two words: c d", "c d", 12) == "…words: <c> <d>"


def test_no_formula_is_cut() -> None:
    text = "before x = (a + b)/(c + d) after and more words"
    formula = ((7, 26),)
    assert shown(text, "after", 30, formula) == "x = (a + b)/(c + d) <after>".join(["…", "…"])
    assert shown(text, "after", 20, formula) == "…<after> and more…"
    assert "(" not in shown(text, "before", 20, formula)
    assert shown(text, "x", 30, formula) == "…<x> = (a + b)/(c + d) after…"
    assert shown(text, "x", 18, formula) == "before … after…", "a word inside does not break it open"
    assert shown("a verylongwordthatdoesnotfit b", "verylongwordthatdoesnotfit", 12) == "…<verylongwo>…"


@pytest.mark.parametrize("query", ["convolution", "stride padding", "卷积", "output size", "gradient", "im2col", "F"])
@pytest.mark.parametrize("width", [100, 80, 40, 21])
def test_shipped_hits_fit_and_have_the_words(query: str, width: int) -> None:
    result = found(open_library(), query, limit=30)
    assert result.hits
    for hit in result.hits:
        context = context_of(hit, result.query)
        assert context.marks or query in " ".join(hit.command), context.plain  # a solver may have it in its name alone
        assert "$" not in context.plain and "**" not in context.plain and "\n" not in context.plain
        for line in draw_hits([hit], result.query, width, Again()):
            assert cell_len(line.plain) <= width and line.plain == line.plain.rstrip()


def test_hostile_text_is_harmless(tmp_path: Path, library: Library) -> None:
    own = tmp_path / "own"
    write(
        own, "bad.md", '+++\nid = "bad"\ntitle = "T\\u001b]0;x"\n+++\n## He\x1b[2Jad\ngiraffe \x9b31m $\x1b[1m\u202e$\n'
    )
    done = revise("search", "giraffe\x1b[31m", "--content", str(own), data=tmp_path / "d")
    assert done.returncode == 0 and "giraffe" in done.stdout
    assert not set(done.stdout + done.stderr) & set("\x1b\x9b\u202e")
    done = revise("search", "giraffe", "--json", "--content", str(own), data=tmp_path / "d")
    assert not set(json.loads(done.stdout)[0]["context"]) & set("\x1b\x9b\u202e")


def test_every_command_opens_its_place(tmp_path: Path) -> None:
    done = revise("search", "convolution", "--json", "--limit", "30", data=tmp_path)
    rows = json.loads(done.stdout)
    assert {"page", "section", "cards", "solver"} <= {row["kind"] for row in rows}
    assert len({row["command"] for row in rows}) == len(rows)
    for row in rows[:12]:
        opened = revise(*shlex.split(row["command"])[1:], data=tmp_path)
        assert opened.returncode == (1 if row["kind"] == "planned" else 0), opened.stderr
        if row["kind"] == "section":
            heading = row["context"].partition(":")[0]
            assert "".join(heading.split()) in "".join(opened.stdout.split()), row


def test_command_line(tmp_path: Path) -> None:
    done = revise("search", "卷积", "--plain", data=tmp_path)
    assert done.stdout.startswith("Convolution and pooling (卷积)\n  revise show convolution\n")
    done = revise("search", "xyzzyqqq", data=tmp_path)
    assert (done.returncode, done.stdout) == (1, "") and "nothing is found for xyzzyqqq" in done.stderr
    done = revise("search", "convolutionnalll", "--json", data=tmp_path)
    assert (done.returncode, done.stdout) == (1, "[]\n") and "did you mean convolution" in done.stderr
    done = revise("search", "?!", data=tmp_path)
    assert done.returncode == 2 and "no word" in done.stderr
    done = revise("search", "a b " * 40, *(f"w{i}" for i in range(40)), data=tmp_path)
    assert done.returncode == 2 and "at most 32" in done.stderr
    done = revise("search", "x" * 5000, data=tmp_path)
    assert done.returncode == 1
    (row, *_) = json.loads(revise("search", "convolutoin", "--json", data=tmp_path).stdout)
    assert row == {
        "kind": "page",
        "topic": "convolution",
        "title": "Convolution and pooling",
        "context": "Convolution and pooling",
        "words": ["Convolution"],
        "command": "revise show convolution",
    }


def test_no_heavy_import(tmp_path: Path) -> None:
    code = (
        "import sys; sys.argv[0] = 'revise'\nfrom revise.cli import main\n"
        "try: main()\nexcept SystemExit: pass\nprint('LOADED', *sys.modules)"
    )
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", code, "search", "convolution"],
            capture_output=True, encoding="utf-8", env=environment(tmp_path), timeout=60,
        )  # fmt: skip
        loaded = set(done.stdout.partition("LOADED")[2].split())
        assert "revise.search" in loaded, done.stderr
        assert not loaded & {"sympy", "numpy", "torch", "scipy", "fsrs", "rich.markdown", "pygments"}
    assert not loaded & {"revise.catalogue", "revise.expression"}, "solvers are in the index"


def the_cache(library: Library, tmp_path: Path) -> Path:
    return cache_file(tmp_path / "data/cache", [library.root, *library.own])


def test_changed_files_are_noticed(tmp_path: Path, library: Library) -> None:
    folder = tmp_path / "root/p"
    assert commands(library, "walrus") == []
    page(folder, "notes", "## Summary\nA walrus.\n")
    assert commands(library, "walrus") == ["show notes summary"] and commands(library, "behaviour") == []
    written = (folder / "notes.md").stat()
    page(folder, "notes", "## Summary\nA iguana.\n")
    os.utime(folder / "notes.md", ns=(written.st_atime_ns, written.st_mtime_ns + 1))
    assert commands(library, "iguana") == ["show notes summary"], "same size, a nanosecond later"
    (folder / "notes.md").unlink()
    assert commands(library, "walrus") == []
    page(folder, "later", "## Summary\nA walrus.\n")
    assert commands(library, "walrus") == ["show later summary"]
    write(tmp_path / "root", "syllabus.toml", SYLLABUS.replace("Something later", "Sea animals"))
    assert commands(library, "animals") == ["show later"]


def test_index_brought_up_to_date_is_the_index_made_anew(tmp_path: Path, library: Library) -> None:
    cache = the_cache(library, tmp_path)
    for step in range(6):
        page(tmp_path / "root/p", "notes", f"## Summary\nStep {step} {'attention ' * (step % 2)}.\n")
        if step == 3:
            (tmp_path / "root/p/recurrent.md").unlink()
        kept, new = open_index(sources(library), cache), open_index(sources(library), None)
        contents = []
        for index in (kept, new):
            names = dict(index.connection.execute("SELECT id, content FROM document"))
            contents.append(
                {term: sorted((names[code >> 2], code & 3) for code in codes)
                 for term, codes in index.exactly(index.terms())}
            )  # fmt: skip
        assert contents[0] == contents[1] and len(contents[0]) > 20


def test_index_is_kept(tmp_path: Path, library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    commands(library, "attention")
    monkeypatch.setattr("revise.search.cache.page_document", None)
    assert commands(library, "attention")[0] == "show attention"
    assert [path.suffix for path in (tmp_path / "data/cache").iterdir()] == [".db"], "nothing is left lying about"


@pytest.mark.parametrize(
    "damage",
    ["empty", "noise", "half", "zeros", "version", "no table", "no files", "content", "codes", "folder", "a database"],
)
def test_a_damaged_cache_is_not_used(
    tmp_path: Path, library: Library, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = commands(library, "attention")
    cache = the_cache(library, tmp_path)
    data = cache.read_bytes()
    changes = {
        "version": "UPDATE version SET version = 'old'; DELETE FROM term",
        "no table": "DROP TABLE document",
        "no files": "DROP TABLE file",
        "content": "UPDATE document SET content = substr(content, 1, 30)",
        "codes": "UPDATE term SET found = X'01'",
        "a database": "DROP TABLE version; CREATE TABLE version (other)",
    }
    if damage == "folder":
        cache.unlink()
        cache.mkdir()
    elif damage in changes:
        with sqlite3.connect(cache) as connection:
            connection.executescript(changes[damage])
        connection.close()
    else:
        half = len(data) // 2
        bad = {"empty": b"", "noise": b"x" * 5000, "half": data[:half], "zeros": data[:200] + bytes(len(data) - 200)}
        cache.write_bytes(bad[damage])
    assert commands(library, "attention") == before
    assert commands(library, "attention") == before
    if damage != "folder":
        monkeypatch.setattr("revise.search.cache.page_document", None)
        assert commands(library, "attention") == before, "a sound one was made again"


def test_a_cache_that_cannot_be_written(tmp_path: Path, library: Library) -> None:
    write(tmp_path, "data", "a file in the folder's place")
    assert commands(library, "attention")[0] == "show attention"


def test_unreadable_pages_are_left_out(tmp_path: Path, library: Library) -> None:
    (tmp_path / "root/p/broken.md").symlink_to(tmp_path / "nowhere")
    (tmp_path / "root/p/folder.md").mkdir()
    assert commands(library, "attention")[0] == "show attention"
