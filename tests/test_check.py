"""`check` finds what is wrong, at its line, and says what was probably meant."""

import json
import os
from pathlib import Path

import pytest

from revise.topic.check import NOT_READ, Checker, Report
from revise.topic.library import Library
from revise.topic.lines import MOST_BYTES
from tests.content_folder import marked, revise, small, write

FAULTY = r"""
    +++
    id = "pooling"
    !!did you mean `aliases`!!alias = ["subsampling"]
    !!comes from the syllabus!!title = "Pooling"
    +++
    !!before the first!!Stray words.

    ## Summary

    Words with !!no partner!!$x in them.

    ```revise
    !!`$ ` is missing!!revise solve conv --stride 2
    = 3
    ```

    ```revise
    !!did you mean `pool-planned`!!$ revise solve pool-plannd --size 2
    = 3
    ```

    ## !!a second section!!Summary

    Again.

    ### !!`wat` is no point of `pooling` in the syllabus: did you mean `what`?!!More {point=wat}

    ## Cards

    ### !!did you mean `two-words`!!Two words {basic point=what level=1}
    Q: A question?
    A: An answer.

    ### kind {!!did you mean `basic`!!basc point=what level=1}
    Q: A question?
    A: An answer.

    ### empty {basic point=what level=1}
    Q: A question?
    !!`A:` is empty!!A:

    ### !!has no line `A:`!!one-side {basic point=what level=1}
    Q: A question?

    ### open {cloze point=what level=1}
    C: First line,
    then {{1:fine}} and !!is not closed!!{{2:$\frac{a}{b}$ never closed.

    ### !!a level is 1, 2 or 3!!level {basic point=what level=4}
    Q: A question?
    A: An answer.

    ### !!is no point!!point {basic point=waht level=1}
    Q: A question?
    A: An answer.

    ### field {basic point=what level=1}
    Q: A question?
    !!did you mean `A:`!!Answer: This.
    A: An answer.

    ### twin {basic point=what level=1}
    Q: A question?
    A: An answer.

    ### !!is used already in line!!twin {basic point=what level=1}
    Q: A question?
    A: An answer.

    ## Questions

    ### options {choice point=how level=1}
    Q: Which?
    - [x] this — because
    !!says why!!- [ ] that

    ### none {choice point=how level=1}
    Q: Which?
    !!no option is right!!- [ ] this — because
    - [ ] that — because

    ### short-here {!!belongs under `## Short answers`!!short point=how level=1}
    Q: Why?
    marks: 2
    - (2) so

    ## Short answers

    ### sum {short point=how level=1}
    Q: Why?
    !!add up to 3!!marks: 4
    - (1) this
    - (2) that

    ## Sources

    - A book

    ```python
    !!!!x = 1
    """


def check(folder: Path, built: frozenset[str] = frozenset({"conv"})) -> Report:
    return Checker(Library(folder), built).run()


def found(report: Report, folder: Path) -> list[tuple[str, int, str]]:
    return [(it.where.file.relative_to(folder).as_posix(), it.where.line, it.message) for it in report.problems]


def test_every_planted_fault_is_found_at_its_line(tmp_path: Path) -> None:
    folder = small(tmp_path)
    text, faults = marked(
        FAULTY.lstrip("\n").replace("```python", "!!fence is not closed!!```python").replace("!!!!", "")
    )
    write(folder, "cnn/pooling.md", text)
    write(folder, "cnn/poling.md", '+++\nid = "poling"\n+++\n## Summary\nText.\n')
    write(folder, "networks/mlp.md", "## Summary\nText.\n")
    write(folder, "cnn/notes.txt", "words")
    write(folder, "ids.txt", "mlp/gone\n")
    expected = [("cnn/pooling.md", line, words) for line, words in faults] + [
        ("cnn/poling.md", 2, "did you mean `pooling`"),
        ("networks/mlp.md", 1, "begins with a line `+++`"),
        ("cnn/notes.txt", 1, "is not read"),
        ("ids.txt", 1, "`mlp/gone` is gone"),
        ("ids.txt", 1, "not listed yet"),
    ]
    assert len(expected) >= 20
    problems = found(check(folder), folder)
    missed = [
        want for want in expected
        if not any((file, line) == want[:2] and want[2] in message for file, line, message in problems)
    ]  # fmt: skip
    assert missed == []
    invented = [it for it in problems if it[:2] not in {want[:2] for want in expected}]
    assert invented == []
    assert len(problems) == len(expected)


def test_a_good_folder_has_no_problems(tmp_path: Path) -> None:
    folder = small(tmp_path)
    keys = ["gaps#1", "gaps#2", "both", "both#reverse", "what-it-does"]
    write(folder, "ids.txt", "".join(sorted(f"pooling/{key}\n" for key in keys)))
    report = check(folder)
    assert found(report, folder) == []
    assert (report.pages, report.keys) == (1, 5)


HEAD = '+++\nid = "pooling"\n+++\n## Summary\n'
WORKED, CARDS, QUESTIONS = HEAD, HEAD + "Text.\n## Cards\n", HEAD + "Text.\n## Questions\n"


@pytest.mark.parametrize(
    ("page", "line", "words"),
    [
        ("---\nid: pooling\n---\n", 1, "TOML"),
        ("+++\nid = pooling\n+++\n", 2, "quotes"),
        ('+++\nid = "pooling"\n', 1, "not closed"),
        ("+++\naliases = []\n+++\n## Summary\nText.\n", 1, "no `id`"),
        ('+++\nid = "pooling"\naliases = "x"\n+++\n## Summary\nText.\n', 3, "list of texts"),
        ('+++\nid = "pooling"\nterms = ["stride"]\n+++\n## Summary\nText.\n', 3, "each has term, zh and line"),
        ('+++\nid = "pooling"\nterms = 3\n+++\n## Summary\nText.\n', 3, "`terms` is a list"),
        ('+++\nid = "pooling"\nterms = [{term = "a", zh = "甲"}]\n+++\n## Summary\nText.\n', 3, "each has term"),
        (f'+++\nid = "pooling"\nterms = [{{term = "a", zh = "甲", line = "{"x" * 81}"}}]\n+++\n## Summary\nText.\n', 3,
         "longer than 80"),
        ('+++\nid = "pooling"\n+++\n# Pooling\n## Summary\nText.\n', 4, "title comes from the syllabus"),
        ('+++\nid = "pooling"\n+++\n## Summary\n\n## Traps\nText.\n', 4, "empty"),
        (CARDS.replace('ds', 'd') + '### a {basic}\nQ: a\nA: b\n', 7, "did you mean `cards`"),
        (CARDS + 'Words.\n### a {basic}\nQ: a\nA: b\n', 7, "stray text"),
        (CARDS + '### a {basic}\nWords.\nQ: a\nA: b\n', 8, "stray text"),
        (CARDS + '### a {basic}\nQ: a\nQ: b\nA: b\n', 9, "second `Q:`"),
        (CARDS + '### a {basic point=what}\nQ: a\nA: b\n', 7, "names no level"),
        (CARDS + '### a\nQ: a\nA: b\n', 7, "does not say its kind"),
        (CARDS + '### a {basic lvl=1}\nQ: a\nA: b\n', 7, "did you mean `level`"),
        (CARDS + '### a {basic}\nC: {{1:x}}\n', 8, "did you mean {cloze}"),
        (CARDS + '### a {cloze}\nC: x\n', 8, "nothing is hidden"),
        (CARDS + '### a {cloze}\nC: {{c1::x}}\n', 8, "is no gap"),
        (CARDS + '### a {calc}\nsolver: convv\nask: output\n', 7, "did you mean `conv`"),
        (HEAD + "Text.\n## Questions\n", 6, "the section `## Questions` is empty"),
        (QUESTIONS + '### a {true-false}\nQ: x\n- [x] true — a\n- [x] false — b\n', 9, "not both"),
        ('+++\nid = "pooling"\naliases = ["MLP"]\n+++\n## Summary\nText.\n', 3, "belongs to `mlp`"),
(QUESTIONS + "### a {choice}\nQ: x\n- [x] one — because\n", 7, "two options at least"),
        (WORKED + '```revise\n$ revise solve conv "x\n= 1\n```\n', 6, "cannot be read"),
        (WORKED + '```revise\n$ revise solve conv\n```\n', 6, "no answer"),
        (WORKED + '```revise\n$ revise solve conv\n= 1\nb = 2\n```\n', 7, "give this answer its name"),
    ],
)  # fmt: skip
def test_one_fault(tmp_path: Path, page: str, line: int, words: str) -> None:
    folder = small(tmp_path)
    for kind in ("basic", "cloze", "calc", "choice", "true-false"):
        page = page.replace(f"{{{kind}}}", f"{{{kind} point=what level=1}}")
    write(folder, "cnn/pooling.md", page)
    problems = [it for it in found(check(folder), folder) if it[0] == "cnn/pooling.md"]
    assert [it[1] for it in problems if words in it[2]] == [line], problems


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('needs = ["mlp"]', 'needs = ["mpl"]', 14, "did you mean `mlp`"),
        ('id = "pooling"', 'id = "mlp"', 11, "stands in line 2 already"),
        ('slug = "how"', 'slug = "what"', 17, "used twice"),
        ('exam = ["compute"]', 'exams = ["compute"]', 6, "did you mean `exam`"),
        ('title = "Pooling"', 'title = "Pooling', 13, "not TOML"),
    ],
)
def test_faults_of_the_syllabus(tmp_path: Path, old: str, new: str, line: int, words: str) -> None:
    path = small(tmp_path) / "syllabus.toml"
    path.write_text(path.read_text().replace(old, new))
    problems = [it for it in found(check(tmp_path), tmp_path) if it[0] == "syllabus.toml"]
    assert [it[1] for it in problems if words in it[2]] == [line], problems


def test_planned_is_a_note(tmp_path: Path) -> None:
    folder = small(tmp_path)
    path = folder / "cnn/pooling.md"
    text = "\n```revise\n$ revise solve pool-planned --size 2\n= 3\n```\n## Traps"
    path.write_text(path.read_text(encoding="utf-8").replace("\n## Traps", text), encoding="utf-8")
    report = check(folder)
    assert [it for it in found(report, folder) if it[0] != "ids.txt"] == []
    assert [(it.where.line, "planned" in it.message) for it in report.notes] == [(12, True)]


def test_worked_answers_are_compared(tmp_path: Path) -> None:
    folder = small(tmp_path)
    write(folder, "cnn/pooling.md", """\
        +++
        id = "pooling"
        +++
        ## Summary
        ```revise
        $ revise solve conv --size 2
        a = 1
        b = 3
        ```
        """)  # fmt: skip
    right = {"a": "1", "b": "2"}

    def compare(argv: list[str], answers: dict[str, str]) -> list[str]:
        assert argv == ["revise", "solve", "conv", "--size", "2"]
        return [f"{name} is {right[name]}" for name, text in answers.items() if right[name] != text]

    report = Checker(Library(folder), frozenset({"conv"}), compare).run()
    assert [it for it in found(report, folder) if it[0] != "ids.txt"] == [("cnn/pooling.md", 8, "b is 2")]


def test_was_keeps_a_key(tmp_path: Path) -> None:
    folder = small(tmp_path)
    path = folder / "cnn/pooling.md"
    keys = ["both", "both#reverse", "gaps#1", "gaps#2", "what-it-does"]
    write(folder, "ids.txt", "".join(f"pooling/{key}\n" for key in keys))
    path.write_text(
        path.read_text(encoding="utf-8").replace("### what-it-does {basic", "### purpose {basic"), encoding="utf-8"
    )
    gone = [it for it in found(check(folder), folder) if "is gone" in it[2]]
    assert [it[:2] for it in gone] == [("ids.txt", 5)] and "was=what-it-does" in gone[0][2]
    path.write_text(
        path.read_text(encoding="utf-8").replace("### purpose {basic", "### purpose {basic was=what-it-does"),
        encoding="utf-8",
    )
    assert not [it for it in found(check(folder), folder) if "is gone" in it[2]]
    path.write_text(path.read_text(encoding="utf-8").replace("was=what-it-does", "was=both"), encoding="utf-8")
    assert [it for it in found(check(folder), folder) if "is still there" in it[2]]


def test_write_ids_refuses_to_drop_a_key(tmp_path: Path) -> None:
    folder, data = small(tmp_path / "content"), tmp_path / "data"
    done = revise("check", str(folder), data=data)
    assert done.returncode == 1 and "ids.txt:1: the list of keys is missing" in done.stdout
    done = revise("check", str(folder), "--write-ids", data=data)
    assert done.returncode == 0, done.stdout
    listed = (folder / "ids.txt").read_text().splitlines()
    assert listed == sorted(listed) and len(listed) == 5
    path = folder / "cnn/pooling.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("what-it-does", "purpose"), encoding="utf-8")
    done = revise("check", str(folder), "--write-ids", data=data)
    assert done.returncode == 1 and "pooling/what-it-does" in done.stdout
    assert (folder / "ids.txt").read_text().splitlines() == listed
    path.write_text(text.replace("what-it-does {basic", "purpose {basic was=what-it-does"), encoding="utf-8")
    done = revise("check", str(folder), "--write-ids", data=data)
    assert done.returncode == 0, done.stdout
    assert "pooling/purpose" in (folder / "ids.txt").read_text()


def test_own_content(tmp_path: Path) -> None:
    own = tmp_path / "own"
    write(own, "gan.md", '+++\nid = "gan"\ntitle = "GAN"\n+++\n## Summary\nText.\n')
    write(own, "more.md", '+++\nextends = "convolutions"\n+++\n## Cards\n### a {basic}\nQ: a\nA: b\n')
    done = revise("check", str(own), data=tmp_path / "data")
    assert done.returncode == 1
    assert 'gan.md:2: `gan` is a shipped topic: to add to it write extends = "gan"' in done.stdout
    assert (
        "more.md:2: `convolutions`, which this page extends, is no shipped topic: did you mean `convolution`?"
        in done.stdout
    )


def test_an_extension_may_not_reuse_ids(tmp_path: Path) -> None:
    shipped, own = small(tmp_path / "shipped"), tmp_path / "own"
    page = '+++\nextends = "pooling"\n+++\n## Cards\n### both {basic}\nQ: a\nA: b\n'
    write(own, "more.md", page)
    report = Checker(Library(shipped, (own,)), frozenset()).run()
    assert [
        (it.where.line, "shipped cards" in it.message) for it in report.problems if it.where.file.name == "more.md"
    ] == [(5, True)]


def test_translation_must_agree(tmp_path: Path) -> None:
    folder = small(tmp_path)
    write(folder, "cnn/pooling.zh.md", """\
        +++
        id = "pooling"
        +++
        ## 摘要
        池化。
        ## 卡片
        ### what-it-dos {basic}
        Q：什么？
        A：小。
        ### gaps {cloze}
        C：边长{{1:减半}}。
        """)  # fmt: skip
    problems = [it for it in found(check(folder), folder) if it[0] == "cnn/pooling.zh.md"]
    assert [it[1] for it in problems] == [2, 7, 10], problems
    assert "did you mean `what-it-does`" in problems[1][2] and "hides 1, but 1, 2" in problems[2][2]


def test_json(tmp_path: Path) -> None:
    folder = small(tmp_path / "content")
    write(folder, "cnn/pooling.md", '+++\nid = "pooling"\n+++\n')
    done = revise("check", str(folder), "--json", data=tmp_path / "data")
    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert report["pages"] == 1
    assert [(Path(it["file"]).name, it["line"]) for it in report["problems"]] == [("pooling.md", 1)]


def test_a_single_file(tmp_path: Path) -> None:
    folder = small(tmp_path / "content")
    write(folder, "networks/mlp.md", "nothing")
    done = revise("check", str(folder / "cnn/pooling.md"), data=tmp_path / "data")
    assert done.returncode == 0, done.stdout


def test_nowhere(tmp_path: Path) -> None:
    done = revise("check", str(tmp_path / "none"), data=tmp_path)
    assert done.returncode == 2 and "there is no file" in done.stderr


@pytest.mark.parametrize("name", ["/etc/passwd", "/dev/null", "/dev/zero"])
@pytest.mark.skipif(os.name != "posix", reason="other systems have other devices")
def test_a_named_file_that_is_no_page_is_a_problem(tmp_path: Path, name: str) -> None:
    done = revise("check", name, data=tmp_path)
    assert done.returncode == 1
    assert done.stdout == f"{name}:1: {NOT_READ}\n1 problem, 0 notes; 0 pages, 0 keys\n"


@pytest.mark.parametrize("name", ["cnn/README.md", "cnn/notes.txt", "cnn/world.toml", "cnn/deep/page.md", ".hidden.md"])
def test_a_named_file_of_the_folder_that_is_not_read_is_a_problem(tmp_path: Path, name: str) -> None:
    path = write(small(tmp_path / "content"), name, "words")
    done = revise("check", str(path), data=tmp_path / "data")
    assert (done.returncode, done.stdout.splitlines()[0]) == (1, f"{path}:1: {NOT_READ}")


@pytest.mark.parametrize("name", ["syllabus.toml", "cnn/pooling.md"])
def test_only_what_is_named_is_counted(tmp_path: Path, name: str) -> None:
    folder = small(tmp_path / "content")
    write(folder, "networks/mlp.md", '+++\nid = "mlp"\n+++\n## Summary\nText.\n')
    done = revise("check", str(folder / name), data=tmp_path / "data")
    pages, keys = (0, 0) if name == "syllabus.toml" else (1, 5)
    assert done.stdout.splitlines()[-1].endswith(f"; {pages} page{'s' * (pages != 1)}, {keys} keys"), done.stdout
    own = write(tmp_path / "own", "mine.md", '+++\nid = "mine"\ntitle = "Mine"\n+++\n## Summary\nText.\n').parent
    done = revise("check", str(own), data=tmp_path / "data")
    assert done.stdout == "no problems, 0 notes; 1 page, 0 keys\n"


def test_toml_beside_the_syllabus_is_not_passed_over(tmp_path: Path) -> None:
    folder = small(tmp_path)
    for name in ("world.toml", "cnn/syllabus.toml", ".tool/settings.toml"):
        write(folder, name, "a = 1")
    stray = [it[0] for it in found(check(folder), folder) if it[2] == NOT_READ]
    assert stray == ["cnn/syllabus.toml", "world.toml"]


@pytest.mark.skipif(os.name != "posix", reason="other systems have no pipes in folders")
@pytest.mark.parametrize("kind", ["zero", "pipe", "folder", "large"])
def test_only_regular_files_of_a_reasonable_size_are_read(tmp_path: Path, kind: str) -> None:
    path = small(tmp_path / "content") / "networks" / "mlp.md"
    path.parent.mkdir()
    if kind == "zero":
        path.symlink_to("/dev/zero")
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.write_bytes(b"a" * (MOST_BYTES + 1))
    said = "more than 4 MB" if kind == "large" else "no regular file"
    for words in (["check", str(tmp_path / "content")], ["check", str(path)] if kind != "folder" else ["check"]):
        done = revise(*words, data=tmp_path / "data")
        lines = [line for line in done.stdout.splitlines() if line.startswith(f"{path}:")]
        assert len(lines) == (len(words) == 2)
        assert all(said in line for line in lines)
    assert Library(tmp_path / "content").find("pooling").id == "pooling"
    assert Library(tmp_path / "content").find("Multi-layer perceptrons").id == "mlp"


def test_topics_that_need_each_other_have_no_reading_order(tmp_path: Path) -> None:
    folder = small(tmp_path)
    syllabus = folder / "syllabus.toml"
    text = syllabus.read_text(encoding="utf-8")
    syllabus.write_text(text.replace("needs = []", 'needs = ["pooling"]', 1), encoding="utf-8")
    circles = [problem for problem in check(folder).problems if "in a circle" in problem.message]
    assert [(problem.where.file, problem.where.line) for problem in circles] == [(syllabus, 5)]
    assert any(way in circles[0].message for way in ("mlp > pooling > mlp", "pooling > mlp > pooling"))


def test_a_term_belongs_to_one_page(tmp_path: Path) -> None:
    folder = small(tmp_path)
    row = 'terms = [ { term = "Window", zh = "窗口", line = "the cells that are read at once" } ]'
    page = f'+++\nid = "NAME"\n{row}\n+++\n## Summary\nText.\n'
    write(folder, "cnn/pooling.md", page.replace("NAME", "pooling"))
    write(folder, "networks/mlp.md", page.replace("NAME", "mlp").replace("Window", "window"))
    said = [str(problem.where.file.name) for problem in check(folder).problems if "the term" in problem.message]
    assert said == ["mlp.md"]
