"""Pages: nothing too wide, no formula damaged, found by any name, no heavy import on the way."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.text import Text

from revise.render.formula import formula_line
from revise.render.page import draw_markdown
from revise.render.wrap import Piece, wrap
from tests.content_folder import environment, revise, small, write

FORMULAS = [
    entry["tex"] for entry in json.loads((Path(__file__).parent / "data/formulas.json").read_text(encoding="utf-8"))
]
EVERYTHING = r"""
A paragraph with *emphasis*, **bold words that go on for a while**, `code_span(x)`, a
[link](https://example.org/a/long/address/that/does/not/fit/into/forty/columns), $x_i^2$ and a
formula $y = \frac{\sum_{i=1}^n w_i x_i + b}{\sqrt{\sigma^2 + \epsilon}}$ in it.

$$\mathcal{L}(\theta) = -\frac{1}{N} \sum_{n=1}^{N} \sum_{k=1}^{K} y_{nk} \log \frac{e^{z_{nk}}}{\sum_j e^{z_{nj}}}$$

### A heading with $\frac{\partial L}{\partial W}$ in it {point=what}

- One item that is long enough to be folded at forty columns, with $a \cdot b$.
  - A nested one，中文也在这里，长到必须换行，而且标点符号不能出现在行首。
    1. deeper $\alpha$
    2. still deeper
- Another:

  with a second paragraph and $$E = mc^2$$ in it

10. ten
11. eleven

> A quotation with $p(x \mid y)$ and
> $$
> \frac{a}{b}
> $$
> more.

| symbol | meaning | formula |
|:--|:-:|--:|
| $P[y]|_{x}$ | probability of the class, a long entry | $\frac{e^{z_y}}{\sum_j e^{z_j}}$ |
| 卷积神经网络 | 一个很长的中文单元格，必须换行 | $\|w\|_2$ |

```python
def a_function_with_a_long_name(argument_one, argument_two, argument_three, argument_four):
    return 1
```

```revise
$ revise solve conv --input 227x227x3 --kernel-size 11 --stride 4 --out-channels 96
output = 55x55x96
```

卷积神经网络通过局部连接、参数共享和池化三种机制来利用图像的空间结构，从而大大减少了需要学习的参数的数量（这很重要）。
下一行紧接着上一行。

---

Averyveryveryveryveryveryveryveryveryveryveryveryveryveryveryveryverylongword and https://example.org/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.
"""


def plain(lines: list[Text]) -> str:
    return "\n".join(line.plain for line in lines)


@pytest.mark.parametrize("width", [120, 80, 60, 40, 25])
def test_no_line_is_too_wide(width: int) -> None:
    lines = draw_markdown(EVERYTHING, width)
    assert [line.plain for line in lines if line.cell_len > width] == []
    assert [line.plain for line in lines if line.plain != line.plain.rstrip()] == []


@pytest.mark.parametrize("width", [80, 40])
def test_nothing_is_lost(width: int) -> None:
    shown = "".join(plain(draw_markdown(EVERYTHING, width)).split())
    for words in (
        "emphasis",
        "code_span(x)",
        "example.org/a/long/address",
        "一个很长的中文单元格",
        "argument_four",
        "probabilityoftheclass",
    ):
        assert any(part in shown for part in (words, words[:8])), words
    assert "$" not in shown.replace("$revisesolve", "")
    assert "{point" not in shown


@pytest.mark.parametrize("width", range(12, 60, 3))
def test_chinese_is_broken_before_no_closing_sign(width: int) -> None:
    text = "卷积神经网络（CNN）通过局部连接、参数共享和“池化”三种机制，利用图像的空间结构。《深度学习》说：是的！"
    lines = [line.plain for line in wrap([Piece(text)], width)]
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert [line for line in lines if line[0] in "，。、：！）”》"] == []
    assert [line for line in lines if line[-1] in "（“《"] == []
    assert max(cell_len(line) for line in lines) <= width
    assert min(cell_len(line) for line in lines[:-1]) >= width - 9, "lines are filled"


def test_a_line_end_between_chinese_words_is_no_blank() -> None:
    assert plain(draw_markdown("卷积\n网络", 40)) == "卷积网络"
    assert plain(draw_markdown("convolution\nnetwork", 40)) == "convolution network"


def test_short_formulas_are_not_broken() -> None:
    for width in range(30, 60):
        lines = [line.plain for line in draw_markdown("words and more words $a = b + c$, and words " * 4, width)]
        assert sum(line.count("a = b + c,") for line in lines) == 4, width


@pytest.mark.parametrize(
    "place",
    ["{}", "- {}", "### {}", "> {}", "| a | b |\n|---|---|\n| {} | x |", "**{}**", "中文：{}，中文。", "1. x\n   - {}"],
    ids=["paragraph", "list", "heading", "quotation", "table", "bold", "Chinese", "nested"],
)
def test_no_formula_is_damaged(place: str) -> None:
    damaged = []
    for tex in FORMULAS:
        tex = " ".join(tex.split())
        if formula_line(tex) not in plain(draw_markdown(place.replace("{}", f"${tex}$"), 5000)):
            damaged.append(tex)
    assert damaged == []


def test_display_maths_stands_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    text = r"Before $$\frac{a}{b}$$ after."
    assert plain(draw_markdown(text, 60)) == "Before\n\n    a\n    ─\n    b\n\nafter."
    monkeypatch.setenv("REVISE_MATH", "1d")
    assert plain(draw_markdown(text, 60)) == "Before\n\n    a/b\n\nafter."
    monkeypatch.setenv("REVISE_MATH", "ascii")
    assert plain(draw_markdown(r"$\alpha$ and $$\beta$$", 60)).isascii()


def test_table_folds_then_becomes_records() -> None:
    table = (
        "| name | what it is for |\n|---|---|\n| conv | slides a filter over the image |\n| pool | makes it small |\n"
    )
    assert plain(draw_markdown(table, 60)).split("\n")[2] == "conv  slides a filter over the image"
    folded = plain(draw_markdown(table, 24)).split("\n")
    assert folded[2:4] == ["conv  slides a filter", "      over the image"]
    wide = "| " + " | ".join(f"column{i}" for i in range(6)) + " |\n" + "|---" * 6 + "|\n" + "| entry " * 6 + "|\n"
    assert plain(draw_markdown(wide, 40)).startswith("column0: entry\n  column1: entry\n")


def test_hostile_text_is_harmless() -> None:
    lines = draw_markdown("a \x1b[31mred\x1b[0m \u202eb `\x07` $\x1b]0;x\x07$\n\n```\n\x1b[2J\n```\n\x020\x03", 60)
    assert not set(plain(lines)) & set("\x1b\x07\u202e\x02\x03")


def test_brackets_are_not_markup(tmp_path: Path) -> None:
    folder = own(tmp_path, "The loss is -log(p[y]) and [/y] [bold]x[/bold].")
    done = revise("show", "my-topic", "--content", str(folder), data=tmp_path)
    assert "-log(p[y]) and [/y] [bold]x[/bold]." in done.stdout


def own(tmp_path: Path, text: str) -> Path:
    page = (
        f'+++\nid = "my-topic"\ntitle = "Mine: $x^2$"\naliases = ["我的"]\n+++\n## Summary\n{text}\n## Traps\nNone.\n'
    )
    write(tmp_path / "own", "my-topic.md", page)
    return tmp_path / "own"


@pytest.mark.parametrize("name", ["convolution", "CNN", "cnn", "卷积", "ConvNet"])
def test_found_by_its_names(tmp_path: Path, name: str) -> None:
    done = revise("show", name, "--no-pager", data=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Convolution and pooling\n═")
    assert "\x1b" not in done.stdout
    assert [line for line in done.stdout.split("\n") if line != line.rstrip() or cell_len(line) > 80] == []


@pytest.mark.parametrize("width", ["80", "40"])
def test_the_shipped_page_fits(tmp_path: Path, width: str) -> None:
    done = revise("show", "convolution", "--width", width, data=tmp_path)
    assert [line for line in done.stdout.split("\n") if cell_len(line) > int(width)] == []
    assert done.stderr == ""


def test_one_section(tmp_path: Path) -> None:
    done = revise("show", "convolution", "trap", data=tmp_path)
    assert done.returncode == 0 and done.stdout.startswith("Traps\n─────\n")
    done = revise("show", "convolution", "nothing", data=tmp_path)
    assert done.returncode == 2 and "sections: summary" in done.stderr
    done = revise("show", "convolution", "cards", data=tmp_path)
    assert done.returncode == 2 and "revise cards convolution" in done.stderr


def test_unknown_topic(tmp_path: Path) -> None:
    done = revise("show", "convolutoin", data=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Did you mean convolution" in done.stderr


def test_topic_without_a_page(tmp_path: Path) -> None:
    done = revise("show", "history", data=tmp_path)
    assert done.returncode == 1
    if "not written yet" in done.stdout:
        assert "cybernetics" in done.stdout
    else:
        pytest.skip("the page is written now")


def test_topics(tmp_path: Path) -> None:
    done = revise("topics", "--width", "60", data=tmp_path)
    assert done.returncode == 0 and "\nCNN\n  ● convolution — Convolution and pooling · cards: 0 seen" in done.stdout
    assert done.stdout.index("Foundations") < done.stdout.index("Networks") < done.stdout.index("CNN")
    entries = json.loads(revise("topics", "--json", data=tmp_path).stdout)
    convolution = next(entry for entry in entries if entry["id"] == "convolution")
    assert convolution["page"] and convolution["cards"] > 11 and "卷积" in convolution["aliases"]
    assert convolution["points"] == convolution["taught"] == convolution["asked"] == len(convolution["covers"])
    assert convolution["questions"] >= 6 and convolution["shorts"] >= 3 and convolution["worked"] >= 5
    assert convolution["languages"] == ["en"] and convolution["part"] == "cnn"
    assert {"slug": "output-size", "text": "output size floor((N + 2P - D(F-1) - 1)/S) + 1"} in convolution["covers"]


def test_own_content_by_environment_and_data_folder(tmp_path: Path) -> None:
    folder = own(tmp_path, "Text.")
    assert revise("show", "我的", data=tmp_path / "d", REVISE_CONTENT=str(folder)).stdout.startswith("Mine: x²\n═")
    folder.rename(tmp_path / "d" / "content") if (tmp_path / "d").mkdir() is None else None
    assert revise("show", "我的", data=tmp_path / "d").returncode == 0
    assert revise("show", "我的", data=tmp_path / "e").returncode == 2
    assert revise("topics", "--content", str(tmp_path / "none"), data=tmp_path / "e").returncode == 2


def test_broken_content_is_said(tmp_path: Path) -> None:
    folder = own(tmp_path, "Costs $5.")
    done = revise("show", "my-topic", "--content", str(folder), data=tmp_path)
    assert done.returncode == 0 and "1 problem in the content" in done.stderr


@pytest.mark.parametrize(
    "words", [["show", "convolution", "formulas"], ["topics"], ["cards", "convolution"], ["--help"]]
)
def test_no_heavy_import(tmp_path: Path, words: list[str]) -> None:
    code = (
        "import sys; sys.argv[0] = 'revise'\nfrom revise.cli import main\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print('LOADED', *sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *words], input="", capture_output=True, encoding="utf-8",
        env=environment(tmp_path), timeout=60,
    )  # fmt: skip
    loaded = set(done.stdout.partition("LOADED")[2].split())
    assert "revise.cli" in loaded, done.stderr
    assert not loaded & {"sympy", "numpy", "torch", "scipy", "rich.markdown", "pygments"}
    if words == ["--help"]:
        assert not loaded & {
            "revise.topic",
            "revise.progress",
            "revise.maths",
            "rich.console",
            "markdown_it",
            "fsrs",
            "platformdirs",
        }
    if words[0] == "show":
        assert not loaded & {"fsrs", "sqlite3"}


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
@pytest.mark.parametrize(("rows", "paged"), [(24, True), (2000, False)])
def test_pager_only_where_it_is_needed(tmp_path: Path, rows: int, paged: bool) -> None:
    import pty
    import termios

    leader, follower = pty.openpty()
    termios.tcsetwinsize(follower, (rows, 80))
    pager = write(tmp_path, "pager", '#!/bin/sh\necho "$LESS" > "$0.called"\ncat > /dev/null\n')
    pager.chmod(0o755)
    kept = {name: value for name, value in environment(tmp_path).items() if name not in ("COLUMNS", "LINES", "LESS")}
    child = subprocess.Popen(
        [sys.executable, "-m", "revise", "show", "convolution", "formulas"],
        stdin=follower, stdout=follower, stderr=follower,
        env={**kept, "PAGER": str(pager), "TERM": "xterm"}, start_new_session=True,
    )  # fmt: skip
    os.close(follower)
    try:
        while os.read(leader, 4096):
            pass
    except OSError:
        pass
    assert child.wait(timeout=60) == 0
    assert (tmp_path / "pager.called").exists() == paged


def test_small_folder_helper_is_sound(tmp_path: Path) -> None:
    assert (small(tmp_path) / "cnn/pooling.md").is_file()


def test_language_option_and_variable(tmp_path: Path) -> None:
    own = tmp_path / "own"
    write(own, "mine/my-pool.md", '+++\nid = "my-pool"\ntitle = "My pooling"\n+++\n## Summary\nIt shrinks maps.\n')
    write(own, "mine/my-pool.zh.md", '+++\nid = "my-pool"\ntitle = "我的池化"\n+++\n## 摘要\n它使特征图变小。\n')
    words = ["show", "my-pool", "--content", str(own)]
    assert "It shrinks maps." in revise(*words, data=tmp_path).stdout
    assert "它使特征图变小。" in revise(*words, "--lang", "zh", data=tmp_path).stdout
    assert "它使特征图变小。" in revise(*words, data=tmp_path, REVISE_LANG="zh_CN").stdout
    assert "It shrinks maps." in revise(*words, "--lang", "en", data=tmp_path, REVISE_LANG="zh_CN").stdout


def test_topics_and_pages_count_what_was_seen(tmp_path: Path) -> None:
    before = revise("show", "convolution", "--no-pager", data=tmp_path).stdout
    assert re.search(r"Cards \(0 seen, \d+ unseen\)", before)
    assert re.search(r"pooling · cards: 0 seen, \d+\s+unseen", revise("topics", data=tmp_path).stdout)
    assert revise("cards", "convolution", data=tmp_path, stdin="3\n4\nq\n").returncode == 0
    assert "Cards (2 seen, " in revise("show", "convolution", "--no-pager", data=tmp_path).stdout
    assert "Convolution and pooling · cards: 2 seen" in revise("topics", data=tmp_path).stdout
    topics = json.loads(revise("topics", "--json", data=tmp_path).stdout)
    assert next(topic for topic in topics if topic["id"] == "convolution")["seen"] == 2
    (tmp_path / "record.sqlite3").write_bytes(b"not a database")
    assert "Cards (0 seen, " in revise("show", "convolution", "--no-pager", data=tmp_path).stdout


def test_the_sign_of_a_quotation_is_no_relation_and_a_relation_no_quotation() -> None:
    quoted = plain(draw_markdown("> words\n> $$\n> \\frac{a}{b}\n> > c\n> $$\n", 60))
    assert "│   a\n│   ─ > c\n│   b" in quoted
    assert quoted.count(">") == 1, quoted
    assert "a > b" in plain(draw_markdown("$$\na\n> b\n$$\n", 60))


def with_terms(folder: Path) -> Path:
    page = small(folder) / "cnn/pooling.md"
    rows = (
        'terms = [ { term = "window", zh = "窗口", line = "the cells that are read at once, and then the next ones" },'
        ' { term = "Average pooling", zh = "平均池化", line = "the mean of each window" } ]\n'
    )
    page.write_text(page.read_text(encoding="utf-8").replace("sources =", rows + "sources ="), encoding="utf-8")
    return folder


@pytest.mark.parametrize("width", [30, 40, 80])
def test_the_glossary_lists_terms_by_alphabet(tmp_path: Path, width: int) -> None:
    folder = with_terms(tmp_path / "content")
    done = revise("show", "glossary", "own", "--content", str(folder), "--width", str(width), data=tmp_path)
    lines = done.stdout.splitlines()
    assert done.returncode == 0 and all(cell_len(line) <= width for line in lines)
    words = " ".join(done.stdout.split())
    assert words.startswith(
        "Glossary: own ═════════════ Average pooling 平均池化 the mean of each window window 窗口 the cells"
    )


def test_the_glossary_of_a_topic_or_a_part(tmp_path: Path) -> None:
    folder = with_terms(tmp_path / "content")
    shown = [
        revise("show", "glossary", word, "--content", str(folder), data=tmp_path) for word in ("own", "pooling", "窗口")
    ]
    assert ["窗口" in done.stdout for done in shown] == [True] * 3
    write(folder, "own-empty.md", '+++\nid = "own-empty"\ntitle = "Empty"\n+++\n## Summary\nText.\n')
    for word, said in (("own-empty", "no page of `own-empty` has terms"), ("nothing", "no topic is called `nothing`")):
        done = revise("show", "glossary", word, "--content", str(folder), data=tmp_path)
        assert done.returncode == 2 and said in done.stderr


def test_a_page_ends_with_its_terms_and_is_found_by_them(tmp_path: Path) -> None:
    folder = with_terms(tmp_path / "content")
    done = revise("show", "窗口", "--content", str(folder), data=tmp_path)
    assert "Terms: window 窗口, Average pooling 平均池化" in done.stdout
    assert "pooling" in revise("search", "窗口", "--content", str(folder), data=tmp_path).stdout
