r"""Formulas of real notes for the terminal: how many come out right, how fast, beside other packages.

    python benchmarks/maths.py [--failures]

prints a Markdown table; with `--failures` also each formula that failed and its first fault. Exit code 1 where
`revise.maths` misses a target. The peers come with the extra `bench`; one that is not installed is said to be missing.

A formula counts as **rendered** if, judged by the machine:

1. there is no exception, no error message and some output;
2. no backslash is left, and no brace that the source does not ask for (`\{`, `\}`, `cases`);
3. every letter and digit of the source is there as often as in the source: Greek commands as Greek letters (in ASCII
   by name), operators such as `\log` by name, styled and raised characters as the letters they stand for;
4. the sides of every fraction stay apart where they have a sign between terms (`a+b`, `a \cdot b`): above and below a
   bar, or, beside a slash, in brackets.

**Scripts apart too** asks in addition that a script with a sign in it (`h_{t-1}`) is raised, lowered or bracketed: its
letters stand in order and not straight behind a letter, `_` or `^`.
"""

import contextlib
import importlib
import json
import os
import re
import statistics
import subprocess
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

FORMULAS = Path(__file__).parent.parent / "tests" / "data" / "formulas.json"
ROUNDS, IMPORTS = 7, 15
MOST_MICROSECONDS, MOST_IMPORT = 1000.0, 20.0  # targets: median of a formula, milliseconds of the import

OPERATORS = set("arg cos det dim exp gcd inf lim ln log max min Pr sin sinh sup tan tanh".split())
BETWEEN = set("+ - = < > , * / | : \\pm \\mp \\cdot \\times \\odot \\otimes \\sim \\in \\leq \\geq \\mid \\to".split())
TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\S", re.DOTALL)
ENVIRONMENT = re.compile(r"\\(?:begin|end)\{[A-Za-z]+\*?\}(?:\{[lcr|]+\})?")
OPEN, CLOSE = "([{⌊⌈⟨", ")]}⌋⌉⟩"
PHONETIC = str.maketrans("ɑɛɩɸ", "αειφ")  # what raised Greek letters decompose into
BAR = re.compile("[─━—⎯╶╴]{2,}|-{3,}")

Renderer = Callable[[str], str]


def revise_maths(mode: str) -> Renderer:
    from revise.maths import render

    return lambda tex: render(tex, mode)


def texicode() -> Renderer:
    from texicode.pipeline import render_tex

    def render(tex: str) -> str:
        shown: str = render_tex(tex, False, False, "raw", {"fonts": "normal"})
        if shown.startswith("TeXicode: "):
            raise ValueError(shown)
        return shown

    return render


def pylatexenc() -> Renderer:
    from pylatexenc.latex2text import LatexNodes2Text

    convert: Renderer = LatexNodes2Text(math_mode="text").latex_to_text
    return lambda tex: convert(f"${tex}$")


def flatlatex() -> Renderer:
    from flatlatex import converter

    convert: Renderer = converter().convert
    return convert


def unicodeit() -> Renderer:
    from unicodeit import replace

    convert: Renderer = replace
    return convert


class Row(NamedTuple):
    name: str
    form: str
    module: str  # what is imported
    make: Callable[[], Renderer]


ROWS = [
    Row("revise.maths", "2d", "revise.maths", lambda: revise_maths("2d")),
    Row("revise.maths", "1d", "revise.maths", lambda: revise_maths("1d")),
    Row("revise.maths", "ascii", "revise.maths", lambda: revise_maths("ascii")),
    Row("texicode", "two-dimensional", "texicode.pipeline", texicode),
    Row("pylatexenc", "one line", "pylatexenc.latex2text", pylatexenc),
    Row("flatlatex", "one line", "flatlatex", flatlatex),
    Row("unicodeit", "one line", "unicodeit", unicodeit),
]


def first_fault(tex: str, render: Renderer, ascii_only: bool) -> str:
    """The first of "no output", "TeX left", "letters lost", "fractions" and "scripts" that is wrong; "" if none."""
    try:
        shown = render(tex)
    except Exception:  # whatever another package raises is the result here
        return "no output"
    if not shown.strip():
        return "no output"
    braces = "\\{" in tex or "\\}" in tex or "{cases}" in tex
    if re.search(r"\\" if braces else r"[\\{}]", shown):
        return "TeX left"
    if letters(tex, ascii_only) - Counter(filter(str.isalnum, plain(shown))):
        return "letters lost"
    if not all(sides_apart(shown, *fraction, ascii_only) for fraction in fractions(tex)):
        return "fractions"
    return "" if all(script_apart(shown, script, ascii_only) for script in scripts(tex)) else "scripts"


def plain(text: str) -> str:
    """Styled, raised and accented characters as the ones they stand for."""
    return unicodedata.normalize("NFKD", text).translate(PHONETIC)


def letters_in_order(tex: str, ascii_only: bool) -> Iterator[str]:
    for token in TOKEN.findall(ENVIRONMENT.sub(" ", tex)):
        if not token.startswith("\\"):
            named = greek_name(token) if ascii_only else ""
            yield from named or filter(str.isalnum, plain(token))
        elif token[1:] in OPERATORS:
            yield from token[1:]
        elif sign := greek(token[1:]):
            yield from plain(token[1:].removeprefix("var") if ascii_only else sign)


def letters(tex: str, ascii_only: bool) -> Counter[str]:
    return Counter(letters_in_order(tex, ascii_only))


def greek(name: str) -> str:
    """The letter of `\\name`, or ""."""
    size = "CAPITAL" if name[:1].isupper() else "SMALL"
    try:
        return unicodedata.lookup(f"GREEK {size} LETTER {name.removeprefix('var').replace('ambda', 'amda')}")
    except KeyError:
        return ""


def greek_name(char: str) -> str:
    """`lambda` for λ; "" for another character."""
    words = unicodedata.name(plain(char)[0], "").replace("LAMDA", "LAMBDA").split()
    if words[:1] != ["GREEK"] or words[2:3] != ["LETTER"]:
        return ""
    return words[3].title() if words[1] == "CAPITAL" else words[3].lower()


def argument(tex: str, start: int) -> tuple[str, int]:
    """The group or token at `start`, and where it ends. Raises ValueError where there is none."""
    found = TOKEN.search(tex, start)
    if found is None or found[0] == "}":
        raise ValueError("no argument")
    if found[0] != "{":
        return found[0], found.end()
    depth = 0
    for token in TOKEN.finditer(tex, found.start()):
        depth += (token[0] == "{") - (token[0] == "}")
        if depth == 0:
            return tex[found.end() : token.start()], token.end()
    raise ValueError("not closed")


def fractions(tex: str) -> Iterator[tuple[str, str]]:
    r"""The two sides of every `\frac` that has both."""
    for command in re.finditer(r"\\[dt]?frac(?![A-Za-z])", tex):
        try:
            above, middle = argument(tex, command.end())
            yield above, argument(tex, middle)[0]
        except ValueError:
            continue


def scripts(tex: str) -> Iterator[str]:
    """Every script with a sign between terms, unless it takes several rows itself."""
    for mark in re.finditer(r"[_^](?=\s*\{)", tex.replace("\\_", "  ")):
        try:
            script = argument(tex, mark.end())[0]
        except ValueError:
            continue
        if compound(script) and not re.search(r"[_^]|\\(frac|begin|sum|sqrt|text|under|over)", script):
            yield script


def compound(tex: str) -> bool:
    """Is there a sign between terms, outside all brackets?"""
    depth, before = 0, False
    for token in TOKEN.findall(tex):
        if token in BETWEEN and depth == 0 and before:
            return True
        depth += (token.lstrip("\\") in tuple(OPEN)) - (token.lstrip("\\") in tuple(CLOSE))
        before = True
    return False


def sides_apart(shown: str, above: str, below: str, ascii_only: bool) -> bool:
    if not compound(above) and not compound(below):
        return True
    upper, lower = letters(above, ascii_only), letters(below, ascii_only)
    rows = [in_cells(row) for row in shown.split("\n")]
    for number, row in enumerate(rows):
        for bar in BAR.finditer(row):
            over, under = (
                Counter(filter(str.isalnum, plain("".join(part[bar.start() : bar.end()] for part in half))))
                for half in (rows[:number], rows[number + 1 :])
            )
            if not upper - over and not lower - under:
                return True
    return any(
        (not compound(above) or holds(line[: slash.start()], upper, -1))
        and (not compound(below) or holds(line[slash.end() :], lower, 1))
        for line in map(plain, [*rows, " ".join(rows)])
        for slash in re.finditer("[/⁄∕]", line)
    )


def in_cells(row: str) -> str:
    """`row` with one character a cell: without combining marks, a blank behind each wide character."""
    return "".join(
        char + " " * (unicodedata.east_asian_width(char) in "WF") for char in row if not unicodedata.combining(char)
    )


def holds(text: str, wanted: Counter[str], step: int) -> bool:
    """Does `text` begin (or, backwards, end) with a bracket that holds the letters `wanted`?"""
    text, opening, closing = (text, OPEN, CLOSE) if step == 1 else (text[::-1], CLOSE, OPEN)
    text = text.lstrip()
    depth = 0
    for place, char in enumerate(text):
        depth += (char in opening) - (char in closing)
        if depth == 0:
            return place > 0 and not wanted - Counter(filter(str.isalnum, text[:place]))
    return False


def script_apart(shown: str, script: str, ascii_only: bool) -> bool:
    marked = "\n".join(map(bracketed, shown.split("\n")))
    sign = "(?:[^0-9A-Za-zͰ-Ͽ\n]| in )*?" if ascii_only else "[^0-9A-Za-zͰ-Ͽ\n]*?"
    return bool(re.search(r"(?<![\w^])" + sign.join(map(re.escape, letters_in_order(script, ascii_only))), marked))


def bracketed(row: str) -> str:
    """A row with its raised and its lowered characters in brackets."""
    shown, before = "", ""
    for char in row:
        kind = unicodedata.decomposition(char).partition(" ")[0]
        kind = kind if kind in ("<super>", "<sub>") else ""
        shown += (")" if before and kind != before else "") + ("(" if kind and kind != before else "") + plain(char)
        before = kind
    return shown + (")" if before else "")


def microseconds(formulas: list[str], render: Renderer) -> list[float]:
    """The median time of each formula, one that raises included."""
    times: list[list[float]] = [[] for _ in formulas]
    for _ in range(ROUNDS):
        for tex, runs in zip(formulas, times, strict=True):
            began = time.perf_counter()
            with contextlib.suppress(Exception):
                render(tex)
            runs.append((time.perf_counter() - began) * 1e6)
    return [statistics.median(runs) for runs in times]


def import_milliseconds(modules: list[str]) -> dict[str, float]:
    """What `import` takes in a fresh interpreter, byte code cached; the modules take turns, medians."""
    command = "import time\nbegan = time.perf_counter()\nimport {}\nprint(time.perf_counter() - began)"
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    path = f"import sys\nsys.path.insert(0, {str(Path(__file__).parent.parent)!r})\n"
    times: dict[str, list[float]] = {module: [] for module in modules}
    for turn in range(IMPORTS + 1):
        for module in modules:
            call = [sys.executable, "-c", path + command.format(module)]
            done = subprocess.run(call, check=True, capture_output=True, text=True, env=env)
            if turn:  # the first fills the cache
                times[module].append(float(done.stdout) * 1000)
    return {module: statistics.median(runs) for module, runs in times.items()}


def installed(row: Row) -> bool:
    try:
        importlib.import_module(row.module)
    except ImportError:
        return False
    return True


def version(name: str) -> str:
    if name.startswith("revise"):
        return importlib.import_module("revise").__version__
    return metadata.version(name)


def main() -> int:
    sys.path.insert(0, str(Path(__file__).parent.parent))
    formulas = [entry["tex"] for entry in json.loads(FORMULAS.read_text("utf-8"))]
    present = [row for row in ROWS if installed(row)]
    imports = import_milliseconds(list(dict.fromkeys(row.module for row in present)))
    missed, failed = False, []
    print(f"{len(formulas)} formulas, Python {sys.version.split()[0]}\n")
    print("| package | form | rendered | scripts apart too | median | 95th percentile | import | first fault |")
    print("|---|---|---|---|---|---|---|---|")
    for row in ROWS:
        if row not in present:
            print(f"| {row.name} | {row.form} | not installed (`pip install -e '.[bench]'`) | | | | | |")
            continue
        render = row.make()
        faults = [first_fault(tex, render, row.form == "ascii") for tex in formulas]
        failed += [
            f"{row.name} {row.form}: {fault}: {tex!r}" for tex, fault in zip(formulas, faults, strict=True) if fault
        ]
        counts = Counter(filter(None, faults))
        right = faults.count("") / len(faults)
        times = microseconds(formulas, render)
        median, slow = statistics.median(times), statistics.quantiles(times, n=20)[-1]
        missed |= row.name == "revise.maths" and (median > MOST_MICROSECONDS or imports[row.module] > MOST_IMPORT)
        cells = [
            f"{row.name} {version(row.name)}",
            row.form,
            f"{right + counts['scripts'] / len(faults):.1%}",
            f"{right:.1%}",
            f"{median:.0f} µs",
            f"{slow:.0f} µs",
            f"{imports[row.module]:.1f} ms",
            ", ".join(f"{fault} {count}" for fault, count in counts.most_common()) or "none",
        ]
        print(f"| {' | '.join(cells)} |", flush=True)
    if "--failures" in sys.argv[1:]:
        print("\n" + "\n".join(failed))
    print(f"\nTargets for revise.maths: median ≤ {MOST_MICROSECONDS:.0f} µs, import ≤ {MOST_IMPORT:.0f} ms: "
          + ("missed" if missed else "met"))  # fmt: skip
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
