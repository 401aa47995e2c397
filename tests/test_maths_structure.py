"""All formulas of real notes, judged by a reader of its own that shares no line with `revise.maths`.

It tokenises the LaTeX, says which signs, fractions, scripts and matrices there are, and looks for each of them in
what was printed: on one line by brackets, in two dimensions by place.
"""

import json
import re
import unicodedata
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from revise.maths import display_width, render

FORMULAS = [
    entry["tex"] for entry in json.loads(Path(__file__).with_name("data").joinpath("formulas.json").read_text("utf-8"))
]
WIDE = 10_000

SIGNS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "theta": "θ", "phi": "ϕ", "sigma": "σ", "lambda": "λ", "eta": "η",
    "epsilon": "ϵ", "varepsilon": "ε", "mu": "μ", "rho": "ρ", "pi": "π", "kappa": "κ", "Delta": "Δ", "Sigma": "Σ",
    "partial": "∂", "nabla": "∇", "infty": "∞", "cdot": "·", "times": "×", "odot": "⊙", "otimes": "⊗", "star": "⋆",
    "sum": "∑", "prod": "∏", "int": "∫", "leq": "≤", "geq": "≥", "neq": "≠", "ne": "≠", "approx": "≈", "sim": "∼",
    "in": "∈", "leftarrow": "←", "rightarrow": "→", "xrightarrow": "→", "Rightarrow": "⇒", "implies": "⟹",
    "uparrow": "↑", "downarrow": "↓", "dots": "…", "cdots": "⋯", "vdots": "⋮", "ddots": "⋱", "top": "⊤",
    "hat": "\u0302", "tilde": "\u0303", "bar": "\u0304", "langle": "⟨", "rangle": "⟩",
}  # fmt: skip
WORDS = {"log", "exp", "tanh", "max", "min", "lim", "arg"}
SILENT = {
    "frac", "sqrt", "left", "right", "text", "mathbf", "mathcal", "mathbb", "boldsymbol", "operatorname", "quad",
    "begin", "end", "underset", "underbrace", "boxed", "lfloor", "rfloor",
}  # fmt: skip
TOKEN = re.compile(r"\\(?:begin|end)\{[a-z]+\}(?:\{l\})?|\\[A-Za-z]+|\\.|.", re.DOTALL)
DRAWN = set(" \n()[]{}|─│┌┐└┘╰╯┬╲_√⎛⎜⎝⎞⎟⎠⎡⎢⎣⎤⎥⎦⎧⎨⎩⎪,;^/'′‖⌊⌋.!")


@cache
def tokens(tex: str) -> tuple[str, ...]:
    return tuple(token for token in TOKEN.findall(tex) if not token.isspace())


def plain(text: str) -> str:
    """Raised, lowered, accented and double-struck characters as the characters they stand for."""
    return "".join(c if c in "…⋯ϵϕ≠" else unicodedata.normalize("NFKD", c) for c in text).replace("−", "-")


def signs(tex: str) -> Counter[str]:
    """The letters, figures and signs that must be seen; brackets, bars and primes are judged elsewhere."""
    found: Counter[str] = Counter()
    for token in tokens(tex):
        name = token[1:]
        if token.startswith(("\\begin", "\\end")) or (token[0] == "\\" and name in SILENT):
            continue
        if token[0] == "\\" and len(token) > 1 and name.isalpha():
            found.update(name if name in WORDS else SIGNS[name])
        elif token[0] != "\\":
            found.update(plain(token))
    return Counter({sign: n for sign, n in found.items() if sign not in DRAWN and sign not in "&^_{}"})


def seen(text: str) -> Counter[str]:
    return Counter(c for c in plain(text) if c not in DRAWN)


def merged(counter: Counter[str]) -> Counter[str]:
    """⊤ as a superscript is the letter ᵀ; E and its script form look alike here."""
    return Counter({("T" if sign == "⊤" else sign): 0 for sign in counter}) + Counter(
        "".join(("T" if sign == "⊤" else sign) * n for sign, n in counter.items())
    )


@pytest.mark.parametrize("tex", FORMULAS)
def test_every_sign_is_there_and_none_is_added(tex: str) -> None:
    expected = merged(signs(tex))
    assert merged(seen(render(tex, "2d", WIDE).replace("□", "").replace("──→", "→"))) == expected
    line = render(tex, "1d", WIDE).replace("□", "")
    line = line.replace("boxed(", "(").replace("underbrace(", "(")
    assert merged(seen(line)) == expected


@pytest.mark.parametrize("mode", ["2d", "1d", "ascii"])
@pytest.mark.parametrize("width", [40, 80])
def test_no_tex_is_left_and_no_line_is_too_wide(mode: str, width: int) -> None:
    for tex in FORMULAS:
        shown = render(tex, mode, width)
        assert "\\" not in shown, tex
        assert "&" not in shown and "$" not in shown, tex
        sets = len(re.findall(r"\\\{|\\begin\{cases\}", tex))
        if mode != "2d":
            assert shown.count("{") == shown.count("}") == sets, tex
        assert mode != "ascii" or shown.isascii(), tex
        for line in shown.split("\n"):
            assert line == line.rstrip(), tex
            assert display_width(line) <= width, (tex, line)


# -- fractions ----------------------------------------------------------------------------------------


def group(tex: str, at: int) -> tuple[str, int]:
    """The braces that open at or after `at`: their content, and where they end."""
    while tex[at] == " ":
        at += 1
    assert tex[at] == "{", tex[at:]
    depth = 0
    for end in range(at, len(tex)):
        depth += (tex[end] == "{" and tex[end - 1] != "\\") - (tex[end] == "}" and tex[end - 1] != "\\")
        if not depth:
            return tex[at + 1 : end], end + 1
    raise AssertionError(tex)


def fractions(tex: str) -> list[tuple[str, str]]:
    found = []
    for match in re.finditer(r"\\frac", tex):
        above, end = group(tex, match.end())
        below, _ = group(tex, end)
        found.append((above, below))
    return found


WITH_FRACTIONS = [tex for tex in FORMULAS if r"\frac" in tex]


def is_sum(tex: str) -> bool:
    """Whether there is a + or − or a sum outside all brackets, so that it needs brackets of its own."""
    depth, last = 0, ""
    for token in tokens(tex):
        depth += (token in "({[" or token == "\\left") - (token in ")}]" or token == "\\right")
        if not depth and (token in ("+", "-", "\\sum", "\\cdot", "=") and (last or token != "-")):
            return True
        last = token
    return False


def closed(text: str, at: int, step: int) -> int:
    """From a bracket at `at`, the place of its partner in direction `step`."""
    pairs = {"(": ")", "[": "]", "{": "}"} if step > 0 else {")": "(", "]": "[", "}": "{"}
    depth = 0
    while 0 <= at < len(text):
        depth += (text[at] in pairs) - (text[at] in pairs.values())
        if not depth:
            return at
        at += step
    raise AssertionError(text)


def operand(text: str, at: int, step: int) -> str:
    """What stands right or left of a slash, as a reader of programs takes it."""
    brackets = "([{" if step > 0 else ")]}"
    others = ")]}" if step > 0 else "([{"
    start = at
    while 0 <= at < len(text) and text[at] not in " ,;/−+" + others:
        at = closed(text, at, step) if text[at] in brackets else at
        at += step
    return text[start:at] if step > 0 else text[at + 1 : start + 1]


@pytest.mark.parametrize("tex", WITH_FRACTIONS)
def test_fractions_on_one_line_are_bracketed(tex: str) -> None:
    shown = render(tex, "1d", WIDE).replace("□", "")
    ratios = []
    for match in re.finditer("/", shown):
        ratios.append((operand(shown, match.start() - 1, -1), operand(shown, match.end(), 1)))
    for above, below in fractions(tex):
        wanted = merged(signs(above)), merged(signs(below))
        fitting = [(a, b) for a, b in ratios if (merged(seen(a)), merged(seen(b))) == wanted]
        assert fitting, (above, below, ratios)
        for a, b in fitting:
            assert not is_sum(above) or (a[0], closed(a, 0, 1)) == ("(", len(a) - 1), a
            assert not is_sum(below) or closed(b, b.index("("), 1) == len(b) - 1, b


def columns(shown: str) -> list[list[str]]:
    """The screen as cells: a Chinese character takes two, a combining mark joins the cell before."""
    screen = []
    for line in shown.split("\n"):
        cells: list[str] = []
        for character in line:
            if unicodedata.combining(character):
                cells[-1] += character
            else:
                cells += [character] + [""] * (display_width(character) - 1)
        screen.append(cells)
    width = max(map(len, screen))
    return [cells + [" "] * (width - len(cells)) for cells in screen]


def bars(screen: list[list[str]]) -> list[tuple[int, int, int]]:
    found = []
    for row, cells in enumerate(screen):
        line = "".join(cell[:1] or " " for cell in cells)
        for match in re.finditer("─+", line):
            around = line[match.start() - 1 : match.start()] + line[match.end() : match.end() + 1]
            if not set(around) & set("┌┐└┘╰╯┬→"):
                found.append((row, *match.span()))
    return found


def beyond(screen: list[list[str]], row: int, left: int, right: int, step: int) -> str:
    """Everything above or below a bar, up to an empty line or a longer bar."""
    found = ""
    row += step
    while 0 <= row < len(screen):
        text = "".join(screen[row][left:right])
        if not text.strip(" │⎢⎥⎜⎟") or set(text) <= set("─┌┐└┘"):
            break
        found += text
        row += step
    return found


@pytest.mark.parametrize("tex", WITH_FRACTIONS)
def test_fractions_in_two_dimensions_are_stacked(tex: str) -> None:
    screen = columns(render(tex, "2d", WIDE).replace("□", " "))
    ratios = [(merged(seen(beyond(screen, *bar, -1))), merged(seen(beyond(screen, *bar, 1)))) for bar in bars(screen)]
    for above, below in fractions(tex):
        assert (merged(signs(above)), merged(signs(below))) in ratios, (above, below)
    assert len(ratios) == len(fractions(tex))


# -- scripts and limits -------------------------------------------------------------------------------

SCRIPT = re.compile(r"([A-Za-z)])(\^|_)\{([A-Za-z0-9, =+()-]+)\}")
RAISED, LOWERED = set("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾"), set("₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
WITH_SCRIPTS = [tex for tex in FORMULAS if SCRIPT.search(tex)]


def is_raised(character: str, mark: str) -> bool:
    if character in (RAISED if mark == "^" else LOWERED):
        return True
    return unicodedata.decomposition(character).startswith("<super>" if mark == "^" else "<sub>")


@pytest.mark.parametrize("tex", WITH_SCRIPTS)
def test_scripts_on_one_line_are_raised_or_bracketed(tex: str) -> None:
    shown = render(tex, "1d", WIDE)
    for _, mark, content in SCRIPT.findall(tex):
        wanted = content.replace(" ", "")
        small = "".join(c if is_raised(c, mark) else " " for c in shown).split()
        in_brackets = f"{mark}({wanted})" in plain(shown).replace(" ", "")
        bare = wanted.isalnum() and (mark == "_" or len(wanted) == 1) and mark + wanted in plain(shown)
        assert in_brackets or bare or any(wanted in plain(run) for run in small), (content, shown)


@pytest.mark.parametrize("tex", WITH_SCRIPTS)
def test_scripts_in_two_dimensions_stand_higher_or_lower(tex: str) -> None:
    screen = columns(render(tex, "2d", WIDE))
    for base, mark, content in SCRIPT.findall(tex):
        wanted = content.replace(" ", "").replace("-", "−")
        small = "".join(c if is_raised(c, mark) else " " for cells in screen for c in "".join(cells) + " ").split()
        if any(wanted.replace("−", "-") in plain(run) for run in small):
            continue
        places = [
            (row, column)
            for row, cells in enumerate(screen)
            for column in range(len(cells))
            if "".join(cells[column : column + len(wanted)]) == wanted
        ]
        near = [
            cells_of
            for row, column in places
            for away in (1, 2)
            if 0 <= (under := row + (away if mark == "^" else -away)) < len(screen)
            for cells_of in ["".join(screen[under][max(0, column - 1) : column + len(wanted)])]
        ]
        assert any(base in text or set(text) & set("∑∏Emin") for text in near), (base, mark, content)


@pytest.mark.parametrize("tex", [tex for tex in FORMULAS if re.search(r"\\(?:sum|prod|max|min)_", tex)])
def test_limits_stand_under_their_operator(tex: str) -> None:
    outside = tex
    for above, below in fractions(tex):
        outside = outside.replace(above, "").replace(below, "")
    outside = re.sub(r"\\sqrt\{.*", "", outside)
    screen = columns(render(tex, "2d", WIDE))
    limits = []
    for row, cells in enumerate(screen[:-1]):
        for match in re.finditer("∑|∏|max|min", "".join(cell[:1] or " " for cell in cells)):
            middle = (match.start() + match.end() - 1) // 2
            left = right = middle
            under = screen[row + 1]
            while left and under[left - 1] != " ":
                left -= 1
            while right < len(under) and under[right] != " ":
                right += 1
            limits.append(plain("".join(under[left:right])))
    for content in re.findall(r"\\(?:sum|prod|max|min)_(?:\{([A-Za-z0-9=,]+)\}|([a-z]))", outside):
        wanted = "".join(content)
        assert any(wanted in limit for limit in limits), (wanted, limits)


# -- matrices -----------------------------------------------------------------------------------------


def matrices(tex: str) -> list[list[list[str]]]:
    bodies = re.findall(r"\\begin\{[pb]matrix\}(.*?)\\end\{[pb]matrix\}", tex, re.DOTALL)
    return [[row.split("&") for row in re.split(r"\\\\", body)] for body in bodies]


@pytest.mark.parametrize("tex", [tex for tex in FORMULAS if matrices(tex)])
def test_matrix_cells_align(tex: str) -> None:
    """Inside its brackets a matrix has blank columns between its cells, and every cell is in its column."""
    screen = columns(render(tex, "2d", WIDE))
    edges = [
        (row, column) for row, cells in enumerate(screen) for column, cell in enumerate(cells) if cell in "⎡⎛" and cell
    ]
    edges.sort(key=lambda place: place[1])
    found = []
    for row, left in edges:
        close = {"⎡": ("⎤", "⎣"), "⎛": ("⎞", "⎝")}[screen[row][left]]
        right = next(column for column in range(left, len(screen[row])) if screen[row][column] == close[0])
        bottom = next(line for line in range(row, len(screen)) if screen[line][left] == close[1])
        found.append([cells[left + 1 : right] for cells in screen[row : bottom + 1]])
    for matrix in matrices(tex):
        width = max(map(len, matrix))
        wanted = [merged(signs("".join(row[i] for row in matrix if i < len(row)))) for i in range(width)]
        assert any(_columns_of(area, width) == wanted for area in found), matrix


def _columns_of(area: list[list[str]], count: int) -> list[Counter[str]] | None:
    blank = [all(line[i] == " " for line in area) for i in range(len(area[0]))]
    starts = [0]
    for i in range(1, len(blank) - 1):
        if blank[i] and blank[i - 1] and not blank[i + 1]:
            starts.append(i + 1)
    if len(starts) != count:
        return None
    ends = [*starts[1:], len(blank)]
    return [merged(seen("".join("".join(line[a:b]) for line in area))) for a, b in zip(starts, ends, strict=True)]
