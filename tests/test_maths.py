"""Formulas written by hand with the only right answer beside them, and the rules every formula keeps."""

import subprocess
import sys

import pytest

from revise.maths import beside, display_width, is_readable, layout, render

ONE_LINE = [
    (r"-a^2", "−a²", "-a^2"),
    (r"(-a)^2", "(−a)²", "(-a)^2"),
    (r"{-a}^2", "(−a)²", "(-a)^2"),
    (r"(a/b)^2", "(a/b)²", "(a/b)^2"),
    (r"\frac{a}{b}^2", "(a/b)²", "(a/b)^2"),
    (r"\left(\frac{a}{b}\right)^2", "(a/b)²", "(a/b)^2"),
    (r"\frac{a+b}{c}", "(a + b)/c", "(a + b)/c"),
    (r"\frac{a}{bc}", "a/(bc)", "a/(bc)"),
    (r"\frac{ab}{c}", "ab/c", "ab/c"),
    (r"\frac{\frac{a}{b}}{c}", "(a/b)/c", "(a/b)/c"),
    (r"\frac{a}{\frac{b}{c}}", "a/(b/c)", "a/(b/c)"),
    (r"\frac{a}{b}c", "(a/b) c", "(a/b) c"),
    (r"a\frac{b}{c}", "a (b/c)", "a (b/c)"),
    (r"\frac{a}{b}\cdot c", "(a/b) · c", "(a/b) * c"),
    (r"a\cdot\frac{b}{c}", "a · (b/c)", "a * (b/c)"),
    (r"\frac{a}{b}/\frac{c}{d}", "(a/b)/(c/d)", "(a/b)/(c/d)"),
    (r"x - \frac{-a}{b}", "x − (−a)/b", "x - (-a)/b"),
    (r"\frac{1}{2}+\frac{1}{3}", "1/2 + 1/3", "1/2 + 1/3"),
    (r"\frac12 x", "(1/2) x", "(1/2) x"),
    (r"\frac{W-K+2P}{S}+1", "(W − K + 2P)/S + 1", "(W - K + 2P)/S + 1"),
    (r"\frac{1}{a(b+c)}", "1/(a(b + c))", "1/(a(b + c))"),
    (r"\frac{n!}{k!}", "n!/(k!)", "n!/(k!)"),
    (r"\frac{a}{b}!", "(a/b)!", "(a/b)!"),
    (r"\frac{\partial^2 f}{\partial x\partial y}", "∂²f/(∂x∂y)", "(partial^2 f)/(partial x partial y)"),
    (r"\frac{dy}{dx}", "dy/dx", "dy/dx"),
    (r"\frac{a}{dx}", "a/(dx)", "a/(dx)"),
    (r"x_{i}^{2}", "xᵢ²", "x_i^2"),
    (r"x_b^2", "x_b^2", "x_b^2"),
    (r"x_{ab}y", "x_ab y", "x_ab y"),
    (r"{x_i}^2", "(xᵢ)²", "(x_i)^2"),
    (r"x^{n+1}", "xⁿ⁺¹", "x^(n+1)"),
    (r"x^{a\theta}", "x^(aθ)", "x^(a theta)"),
    (r"x^{(i)}", "x⁽ⁱ⁾", "x^((i))"),
    (r"e^{x_k}", "e^(xₖ)", "e^(x_k)"),
    (r"e^{-x^2/2}", "e^(−x²/2)", "e^(-x^2/2)"),
    (r"e^{-\frac{x^2}{2}}", "e^(−x²/2)", "e^(-x^2/2)"),
    (r"x^{y^z}", "x^(yᶻ)", "x^(y^z)"),
    (r"{x^y}^z", "(xʸ)ᶻ", "(x^y)^z"),
    (r"x^10", "x¹ 0", "x^1 0"),
    (r"x^*W", "x* W", "x^* W"),
    (r"\mathrm{KL} - 2", "KL − 2", "KL - 2"),
    (r"x*W", "x * W", "x * W"),
    (r"W^T x", "Wᵀ x", "W^T x"),
    (r"W^\top x", "Wᵀ x", "W^T x"),
    (r"f'(x)", "f′(x)", "f'(x)"),
    (r"f''_i", "f′′ᵢ", "f''_i"),
    (r"f^{\prime}", "f′", "f'"),
    (r"\sqrt{x}", "√x", "sqrt(x)"),
    (r"\sqrt{a+b}c", "√(a + b) c", "sqrt(a + b) c"),
    (r"\sqrt{x}y", "√(x) y", "sqrt(x) y"),
    (r"\sqrt{x^2}", "√(x²)", "sqrt(x^2)"),
    (r"\sqrt{x}^2", "(√x)²", "(sqrt(x))^2"),
    (r"\sqrt(x+1)y", "√(x + 1) y", "sqrt(x + 1) y"),
    (r"\frac{\sqrt{x}}{2}", "√(x)/2", "sqrt(x)/2"),
    (r"\sqrt[3]{x+1}", "³√(x + 1)", "root_3(x + 1)"),
    (r"2\sqrt[3]{x}", "2 (³√x)", "2 root_3(x)"),
    (r"|x|", "|x|", "|x|"),
    (r"|a|-|b|", "|a| − |b|", "|a| - |b|"),
    (r"|-x|", "|−x|", "|-x|"),
    (r"\|x\|_2", "‖x‖₂", "||x||_2"),
    (r"||x||^2", "‖x‖²", "||x||^2"),
    (r"p(y|x)", "p(y | x)", "p(y | x)"),
    (r"D(p\|q)", "D(p ‖ q)", "D(p || q)"),
    (r"\frac{dL}{dw}|_{w=0}", "(dL/dw)|_(w=0)", "(dL/dw)|_(w=0)"),
    (r"\mathbb{E}_{x\sim p}[\log D(x)]", "E_(x∼p)[log D(x)]", "E_(x~p)[log D(x)]"),
    (r"\sum_{i=1}^n x_i", "∑ᵢ₌₁ⁿ xᵢ", "sum_(i=1)^n x_i"),
    (r"\sum_i(x_i)", "∑ᵢ (xᵢ)", "sum_i (x_i)"),
    (r"\frac{\sum_i x_i}{n}", "(∑ᵢ xᵢ)/n", "(sum_i x_i)/n"),
    (r"\log\frac{a}{b}", "log(a/b)", "log(a/b)"),
    (r"\log_2 x", "log₂ x", "log_2 x"),
    (r"\max_{a'}Q(s,a')", "max_(a′) Q(s, a′)", "max_(a') Q(s, a')"),
    (r"arg\underset{f}{\operatorname{min} }\,L(f)", "arg min_f L(f)", "arg min_f L(f)"),
    (r"\operatorname*{arg\,max}_\theta L", "arg max_θ L", "arg max_theta L"),
    (r"2\alpha\beta x", "2αβ x", "2 alpha beta x"),
    (r"x\in A", "x ∈ A", "x in A"),
    (r"\sum_{x\in A}x", "∑_(x∈A) x", "sum_(x in A) x"),
    (r"\mathbf{W}\mathbf{x}+\boldsymbol{b}", "Wx + b", "Wx + b"),
    (r"\mathcal{L}(\theta), \mathbb{R}^n", "ℒ(θ), ℝⁿ", "L(theta), R^n"),
    (r"\hat{y}_i + \bar x + \tilde{z}", "ŷᵢ + x̄ + z̃", "hat(y)_i + bar(x) + tilde(z)"),
    (r"\overline{a+b}c", "bar(a + b) c", "bar(a + b) c"),
    (r"\binom{n}{k}", "binom(n, k)", "binom(n, k)"),
    (r"\lfloor\frac{a}{b}\rfloor + 1", "⌊a/b⌋ + 1", "floor(a/b) + 1"),
    (r"\begin{pmatrix}a&b\\c&d\end{pmatrix}^T", "(a, b; c, d)ᵀ", "(a, b; c, d)^T"),
    (r"\begin{cases}1&\text{if }x>0\\0&x\le0\end{cases}", "{1 if x > 0; 0, x ≤ 0}", "{1 if x > 0; 0, x <= 0}"),
    (r"\begin{aligned}a&=b\\&=c\\d&=e\end{aligned}", "a = b = c; d = e", "a = b = c; d = e"),
    (r"exp(-x)", "exp(−x)", "exp(-x)"),
    (r"softmax(x) = sign(w)", "softmax(x) = sign(w)", "softmax(x) = sign(w)"),
    (r"a-b, -c, (-d), e=-f, 2\cdot-3", "a − b, −c, (−d), e = −f, 2 · −3", "a - b, -c, (-d), e = -f, 2 * -3"),
    (r"\text{若 }x>0", "若 x > 0", "? x > 0"),
    (r"34{,}944", "34,944", "34,944"),
    (r"E[g^2]\_t", "E[g²]ₜ", "E[g^2]_t"),
    (r"learning\_rate", "learning_rate", "learning_rate"),
    (r"\KL{p}{q}+\unknown x", "KL(p, q) + unknown x", "KL(p, q) + unknown x"),
    (r"\unknown{p}{q}^2", "unknown(p, q)²", "unknown(p, q)^2"),
    (r"$$a^2$$", "a²", "a^2"),
    (r"x \not= y", "x ≠ y", "x != y"),
    (r"\left.x\right|_0", "x|₀", "x|_0"),
    (r"a \over b+c", "a/(b + c)", "a/(b + c)"),
    (r"R(\cdot|s)", "R(· | s)", "R(. | s)"),
    (r"a<b", "a < b", "a < b"),
]


@pytest.mark.parametrize(("tex", "line", "plain"), ONE_LINE)
def test_one_line(tex: str, line: str, plain: str) -> None:
    assert render(tex, "1d") == line
    assert render(tex, "ascii") == plain


TWO_DIMENSIONS = {
    r"\frac{a+b}{c}": """
a + b
─────
  c""",
    r"\frac{\frac{a}{b}}{c} - \frac{a}{\frac{b}{c}}": """
 a
 ─
 b     a
─── − ───
 c     b
       ─
       c""",
    r"-\frac{a}{b}": """
  a
− ─
  b""",
    r"\left(\frac{a}{b}\right)^2": """
⎛a⎞²
⎜─⎟
⎝b⎠""",
    r"\frac{dy}{dx}^T": """
⎛dy⎞ᵀ
⎜──⎟
⎝dx⎠""",
    r"(1+\frac{a}{b})": """
⎛    a⎞
⎜1 + ─⎟
⎝    b⎠""",
    r"\sqrt{a+b}c": """
 _____
√a + b c""",
    r"\sqrt{\frac{a}{b}}": """
 ┌─
 │a
 │─
╲│b""",
    r"2\sqrt[3]{x+1}": """
  3_____
2 √x + 1""",
    r"e^{-\frac{x^2}{2}}": """
   x²
 − ──
   2
e""",
    r"e^{x_k}+x^{a,b}_{c,d}": """
 xₖ    a,b
e   + x
       c,d""",
    r"x^*W": """
x* W""",
    r"\sum_{i=1}^n x_i": """
 n
 ∑  xᵢ
i=1""",
    r"\mathbb{E}_{x\sim p}[f(x)]": """
 E [f(x)]
x∼p""",
    r"\max_{a'}Q(s',a')": """
max Q(s′, a′)
a′""",
    r"arg\underset{f}{\operatorname{min} }\,L(f)": """
arg min L(f)
     f""",
    r"\int_0^\infty f": """
 ∞
∫  f
 0""",
    r"\begin{bmatrix}1&20\\300&4\\5&6\end{bmatrix}": """
⎡ 1   20⎤
⎢300  4 ⎥
⎣ 5   6 ⎦""",
    r"f = \begin{cases}0&x<0\\x&\text{otherwise}\end{cases}": """
    ⎧0   x < 0
f = ⎨
    ⎩x   otherwise""",
    r"\begin{aligned}a&=\frac{b}{c}\\&=d\end{aligned}": """
    b
a = ─
    c

  = d""",
    r"\boxed{x}": """
┌───┐
│ x │
└───┘""",
    r"\underbrace{a+b}_{c}": """
a + b
╰─┬─╯
  c""",
    r"\overset{d}{=}\hat{xy}\bar{x+y}": """
d  ^  _____
=  xy x + y""",
    r"\frac{dL}{dw}|_{w=0}": """
dL│
──│
dw│w=0""",
    r"\left\lfloor\frac{a}{b}\right\rfloor": """
⎢a⎥
⎢─⎥
⎣b⎦""",
    r"\xrightarrow{ab}": """
 ab
───→""",
    r"\binom{n}{k}": """
⎛n⎞
⎜ ⎟
⎝k⎠""",
}


@pytest.mark.parametrize("tex", TWO_DIMENSIONS)
def test_two_dimensions(tex: str) -> None:
    assert render(tex) == TWO_DIMENSIONS[tex].removeprefix("\n")


UNREADABLE = [
    r"\frac{a}{b",
    r"\frac{a}",
    r"\left( x",
    r"x }",
    r"\begin{pmatrix} a",
    r"\begin{nobody} a \end{nobody}",
    r"\begin{pmatrix} a \end{bmatrix}",
    r"x^",
    r"x_i_j",
    r"\sqrt",
    r"\sqrt(a",
    r"\text{a",
    r"a \right)",
    "\\",
    "{" * 500 + "x" + "}" * 500,
    "(" * 500 + "x" + ")" * 500,
]


@pytest.mark.parametrize("tex", UNREADABLE)
@pytest.mark.parametrize("mode", ["2d", "1d", "ascii"])
def test_what_is_not_closed_shows_its_source_whole(tex: str, mode: str) -> None:
    assert not is_readable(tex)
    assert render(tex, mode).replace("\n", " ") == tex


def test_a_deep_formula_is_read() -> None:
    tex = r"\frac{1}{1+" * 12 + "x" + "}" * 12
    assert render(tex, "1d").count("/") == 12
    assert render(tex, width=200).count("─" * 49) >= 1


@pytest.mark.parametrize(
    ("text", "width"),
    [("", 0), ("abc", 3), ("卷积", 4), ("（x）", 5), ("x\u0302", 1), ("xₖ²∑√", 5), ("⎛─⎞", 3), ("a卷", 3), ("한", 2)],
)
def test_display_width(text: str, width: int) -> None:
    assert display_width(text) == width


def test_chinese_counts_two_cells() -> None:
    assert render(r"\frac{\text{卷积核}}{S}") == "卷积核\n──────\n  S"
    assert render(r"\begin{bmatrix}\text{卷}\\ab\\c\end{bmatrix}") == "⎡卷⎤\n⎢ab⎥\n⎣c ⎦"


def test_layout_gives_a_baseline_to_put_boxes_beside_others() -> None:
    box = layout(r"\frac{a}{b}")
    assert (box.lines, box.width, box.baseline) == (("a", "─", "b"), 1, 1)
    name, equals = layout("y"), layout("=")
    assert beside([(0, name), (1, equals), (1, box)]).lines == ("    a", "y = ─", "    b")


def test_too_wide_breaks_at_a_relation() -> None:
    assert render("aaa+bbb=ccc+ddd", width=12) == "aaa + bbb\n  = ccc\n  + ddd"
    assert render("aaa+bbb=ccc+ddd", width=13) == "aaa + bbb\n  = ccc + ddd"


def test_too_wide_breaks_at_a_sum_and_keeps_fractions_stacked() -> None:
    shown = render(r"y = \frac{a}{b} + \frac{c}{d} + \frac{e}{f}", width=12)
    assert shown == "    a   c\ny = ─ + ─\n    b   d\n\n    e\n  + ─\n    f"


def test_too_wide_without_a_place_to_break_takes_the_one_line_form() -> None:
    assert render(r"\frac{aaaaaa + bbbbbb}{cccccc + dddddd}", width=12) == (
        "(aaaaaa\n  +\n  bbbbbb)/(cccccc\n  + dddddd)"
    )


def test_nothing_is_lost_when_a_line_is_wrapped() -> None:
    tex = r"f(x) = \alpha + \beta \cdot (\gamma - \delta) + g(x, y) = \text{some words} \Rightarrow z"
    whole = render(tex, "1d", 1000)
    for width in range(1, 60):
        lines = render(tex, "1d", width).split("\n")
        assert " ".join(line.strip() for line in lines) == whole
        assert all(display_width(line) <= width or " " not in line.strip() for line in lines)


def test_controls_never_come_through() -> None:
    for mode in ("2d", "1d", "ascii"):
        shown = render("a\x1b[31m+\u202eb\ud800\x00", mode)
        assert not set(shown) & set("\x1b\u202e\ud800\x00")


def test_an_unknown_mode_is_an_error() -> None:
    with pytest.raises(ValueError, match="2d, 1d, ascii"):
        render("x", "3d")


def test_only_the_standard_library_is_imported() -> None:
    code = "import sys; import revise.maths; print(*sorted(m for m in sys.modules if m.startswith('revise')))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert all(name == "revise" or name.startswith("revise.maths") for name in loaded)
    code = "import sys; before = set(sys.modules); import revise.maths; print(*set(sys.modules) - before)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    outside = {name.split(".")[0] for name in loaded} - {"revise"}
    assert outside <= set(sys.stdlib_module_names)
