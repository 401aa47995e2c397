"""Small content folders for tests, and the program run on them as a user would."""

import os
import re
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

SYLLABUS = """\
    [[topic]]
    id = "mlp"
    part = "networks"
    title = "Multi-layer perceptrons"
    needs = []
    exam = ["compute"]
    covers = ["layers", { slug = "layer-count", text = "how many layers" }]
    solve = ["mlp-params"]

    [[topic]]
    id = "pooling"
    part = "cnn"
    title = "Pooling"
    needs = ["mlp"]
    covers = [
      { slug = "what", text = "what pooling does" },
      { slug = "how", text = "how it is computed" },
    ]
    solve = ["pool-planned"]
    """
PAGE = """\
    +++
    id = "pooling"
    aliases = ["subsampling", "池化"]
    sources = ["A book"]
    +++

    ## Summary {point=what}

    Pooling makes maps smaller.

    ## Traps

    ### No weights {point=how}

    It has none.

    ## Cards

    ### what-it-does {basic point=what level=1}
    Q: What does pooling do?
    A: It makes feature maps smaller.

    ### both {reverse point=what level=1}
    Q: max pooling
    A: Keeps the strongest response.

    ### gaps {cloze point=how level=2}
    C: Pooling of side {{1:two::a number}} and stride {{2:two}} halves the {{1:side}}.
    """


def write(folder: Path, name: str, text: str) -> Path:
    """The dedented `text` as a file, its folders made."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dedent(text), encoding="utf-8", newline="")
    return path


def small(folder: Path) -> Path:
    """A syllabus of two topics, one of them with a page."""
    write(folder, "syllabus.toml", SYLLABUS)
    write(folder, "cnn/pooling.md", PAGE)
    return folder


def marked(text: str) -> tuple[str, list[tuple[int, str]]]:
    """Text in which `!!words!!` marks that the rest of the line has a fault, and (line, words) of each."""
    faults: list[tuple[int, str]] = []
    lines = dedent(text).split("\n")
    for number, line in enumerate(lines, start=1):
        for words in re.findall(r"!!(.*?)!!", line):
            faults.append((number, words))
        lines[number - 1] = re.sub(r"!!.*?!!", "", line)
    return "\n".join(lines), faults


def environment(data: Path, **more: str) -> dict[str, str]:
    """The environment of a user whose record is in `data`, at a terminal that is 80 cells wide."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("REVISE_")}
    return {**kept, "REVISE_DATA": str(data), "COLUMNS": "80", "REVISE_DEBUG": "1", **more}


def revise(
    *words: str, data: Path, stdin: str = "", cwd: Path | None = None, **more: str
) -> subprocess.CompletedProcess[str]:
    """`revise` in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "revise", *words],
        input=stdin, capture_output=True, encoding="utf-8", cwd=cwd, env=environment(data, **more), timeout=60,
    )  # fmt: skip
