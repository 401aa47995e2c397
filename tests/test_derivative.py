"""Derivatives against SymPy's, against differences, and against what a textbook prints."""

from fractions import Fraction

import mpmath
import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from revise.engines.derivative import derivative, local
from revise.engines.latex import latex
from revise.errors import InputError
from revise.expression import FORMULA, Node, name, number, parse, postorder


def read(text):
    return parse(text, limits=FORMULA)


# -- the value of a tree, and the same tree for SymPy ---------------------------------------------------

EDGE = mpmath.mpf(10) ** -25
VALUE = {
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, ".*": lambda a, b: a * b,
    "/": lambda a, b: a / b, "./": lambda a, b: a / b, "^": mpmath.power, ".^": mpmath.power,
    "neg": lambda a: -a, "%": lambda a: a / 100, "exp": mpmath.exp, "log": mpmath.log, "ln": mpmath.log,
    "log2": lambda a: mpmath.log(a, 2), "log10": lambda a: mpmath.log(a, 10), "log_b": mpmath.log,
    "sqrt": mpmath.sqrt, "abs": abs, "sign": lambda a: 0 if abs(a) < EDGE else mpmath.sign(a),
    "floor": lambda a: mpmath.floor(a + EDGE), "ceil": lambda a: mpmath.ceil(a - EDGE),
    "round": lambda a: mpmath.floor(a + EDGE + mpmath.mpf(1) / 2), "step": lambda a: mpmath.mpf(a > -EDGE),
    "sin": mpmath.sin, "cos": mpmath.cos, "tanh": mpmath.tanh, "sigmoid": lambda a: 1 / (1 + mpmath.exp(-a)),
    "relu": lambda a: max(a, 0), "softplus": lambda a: mpmath.log(1 + mpmath.exp(a)), "erf": mpmath.erf,
    "max": max, "min": min, ">": lambda a, b: a > b, "<": lambda a, b: a < b, "==": lambda a, b: a == b,
}  # fmt: skip
TOTALS = {"sum": mpmath.fsum, "prod": mpmath.fprod, "mean": lambda terms: mpmath.fsum(terms) / len(terms)}


def value(root, letters):
    """Iterative, but for what a `for` binds; entries x[i] are looked up as ("x", i)."""
    done = {}
    for node in postorder(root):
        if node.head == "number":
            done[id(node)] = mpmath.mpf(Fraction(node.args[0]).numerator) / Fraction(node.args[0]).denominator
        elif node.head == "name":
            constants = {"e": mpmath.e, "pi": mpmath.pi}
            done[id(node)] = letters.get(node.args[0], constants.get(node.args[0]))
        elif node.head == "index":
            index = done[id(node.args[1])]
            done[id(node)] = None if index is None else letters[node.args[0].args[0], int(index)]
        elif node.args and node.args[0].head == "for":
            variable, domain, body = node.args[0].args
            low, high = (int(value(end, letters)) for end in domain.args)
            terms = [value(body, letters | {variable.args[0]: mpmath.mpf(i)}) for i in range(low, high + 1)]
            done[id(node)] = TOTALS[node.head](terms)
        elif node.head == "where":
            condition, chosen, other = node.args
            done[id(node)] = done[id(chosen)] if done[id(condition)] else done[id(other)]
        elif node.head in VALUE:
            args = [done[id(child)] for child in node.args]
            done[id(node)] = None if None in args else VALUE[node.head](*args)
    return done[id(root)]


SYMPY = {
    "+": sympy.Add, "*": sympy.Mul, "^": sympy.Pow, "neg": lambda a: -a, "-": lambda a, b: a - b,
    "/": lambda a, b: a / b, "exp": sympy.exp, "log": sympy.log, "log2": lambda a: sympy.log(a, 2),
    "log_b": sympy.log, "sqrt": sympy.sqrt, "sin": sympy.sin, "cos": sympy.cos, "tanh": sympy.tanh,
    "sigmoid": lambda a: 1 / (1 + sympy.exp(-a)), "softplus": lambda a: sympy.log(1 + sympy.exp(a)),
    "erf": sympy.erf, "abs": sympy.Abs, "%": lambda a: a / 100,
}  # fmt: skip


def to_sympy(root):
    done = {}
    for node in postorder(root):
        if node.head == "number":
            done[id(node)] = sympy.Rational(node.args[0])
        elif node.head == "name":
            done[id(node)] = {"e": sympy.E, "pi": sympy.pi}.get(node.args[0]) or sympy.Symbol(node.args[0], real=True)
        else:
            done[id(node)] = SYMPY[node.head](*(done[id(child)] for child in node.args))
    return done[id(root)]


# -- random trees ---------------------------------------------------------------------------------------

POINT = {letter: mpmath.sqrt(mpmath.mpf(n)) / 3 for letter, n in {"x": 7, "a": 13, "b": 31}.items()}

_leaves = st.one_of(
    st.sampled_from(["x", "x", "x", "a", "b", "e"]).map(name),
    st.sampled_from([0, 1, 2, 3, -1, -2, Fraction(1, 2), Fraction(-2, 3)]).map(number),
)


def _grown(one, two, more=()):
    def grow(inner):
        return st.one_of(
            st.builds(lambda h, a, b: Node(h, (a, b)), st.sampled_from(two), inner, inner),
            st.builds(lambda h, a: Node(h, (a,)), st.sampled_from(one), inner),
            *(make(inner) for make in more),
        )

    return grow


_smooth = "neg neg exp log log2 sqrt sin cos tanh sigmoid softplus erf %".split()
SMOOTH = st.recursive(_leaves, _grown(_smooth, ["+", "-", "*", "/", "^", "log_b"]), max_leaves=7)


def _loop(head, body, sign):
    entry = Node(sign, (body, Node("*", (name("i"), body))))
    return Node(head, (Node("for", (name("i"), read("1..3"), entry)),))


def _choice(left, right, other):
    return Node("where", (Node(">", (left, right)), right, other))


_choices = [
    lambda inner: st.builds(_choice, inner, inner, inner),
    lambda inner: st.builds(lambda h, *parts: Node(h, parts), st.sampled_from(["max", "min"]), inner, inner, inner),
    lambda inner: st.builds(_loop, st.sampled_from(["sum", "mean", "prod"]), inner, st.sampled_from("+*")),
]
_kinked = [*_smooth, *"abs sign floor ceil round step relu".split()]
KINKED = st.recursive(_leaves, _grown(_kinked, ["+", "-", "*", "/", "^", "max", "min"], _choices), max_leaves=7)


def _finite(number):
    return isinstance(number, mpmath.mpf | int) and bool(mpmath.isfinite(number)) and abs(number) < 1e12


@settings(max_examples=600, deadline=None)
@given(KINKED)
def test_the_slope_is_that_of_small_differences(node):
    with mpmath.workdps(50):
        point = {letter: +value for letter, value in POINT.items()}
        try:
            here = value(node, point)
            slope = mpmath.diff(lambda x: value(node, point | {"x": x}), point["x"])
            found = value(derivative(node, "x"), point)
        except (ZeroDivisionError, ValueError, OverflowError, TypeError):
            assume(False)
        assume(_finite(here) and _finite(slope) and _finite(found))  # 0^x has log(0) in its derivative
        assert abs(found - slope) <= 1e-9 * max(1, abs(here), abs(slope)), latex(derivative(node, "x"))


@settings(max_examples=150, deadline=None)
@given(SMOOTH)
def test_sympy_has_the_same_slope(node):
    found = derivative(node, "x")
    expected, ours = to_sympy(node), to_sympy(found)
    assume(not expected.has(sympy.zoo, sympy.nan, sympy.oo))
    slope = sympy.diff(expected, sympy.Symbol("x", real=True))
    at = {"x": sympy.Rational(7, 9), "a": sympy.Rational(5, 4), "b": sympy.Rational(11, 6)}
    at = {sympy.Symbol(letter, real=True): number for letter, number in at.items()}
    left, right = (tree.subs(at).evalf(30) for tree in (slope, ours))
    assume(left.is_finite and right.is_finite and left.is_real and abs(left) < 1e12)
    assert abs(left - right) <= 1e-15 * max(1, abs(left)), (expected, ours)


# -- the textbook form ----------------------------------------------------------------------------------

TEXTBOOK = [
    ("x^2", "x", "2x"),
    ("x^3", "x", "3x^{2}"),
    ("x^n", "x", r"n\,x^{n - 1}"),
    ("x^(k - 1)", "x", r"(k - 1)\,x^{k - 2}"),
    ("x^(-2)", "x", "-2x^{-3}"),
    ("x^1", "x", "1"),
    ("1/x", "x", r"-\frac{1}{x^{2}}"),
    ("x/2", "x", "0.5"),
    ("x/n", "x", r"\frac{1}{n}"),
    ("a*x^2 + b*x + c", "x", r"2a\,x + b"),
    ("(y - t)^2/2", "y", "y - t"),
    ("0.5*(y - t)^2", "t", "-(y - t)"),
    ("lambda*theta^2/2", "theta", r"\lambda\,\theta"),
    ("exp(-x)", "x", "-e^{-x}"),
    ("exp(a*x)", "x", r"a\,e^{a\,x}"),
    ("e^(2*x)", "x", "2e^{2x}"),
    ("a^x", "x", r"a^{x}\,\log(a)"),
    ("x^x", "x", r"x^{x}\,(\log(x) + 1)"),
    ("e^e", "e", r"e^{e}\,(\log(e) + 1)"),
    ("log(x)*y", "x", r"\frac{y}{x}"),
    ("2*sin(x)*cos(x)", "x", r"2\cos^{2}(x) - 2\sin^{2}(x)"),
    ("log(x^2)*x", "x", r"2 + \log(x^{2})"),
    ("log(x^3)", "x", r"\frac{3}{x}"),
    ("x^2*log(x)", "x", r"2x\,\log(x) + x"),
    ("sigmoid(x)^3", "x", r"3\sigma(x)^{3}\,(1 - \sigma(x))"),
    ("x*tanh(x)^2", "x", r"\tanh^{2}(x) + 2x\,\tanh(x)\,(1 - \tanh^{2}(x))"),
    ("(x + a)^2*log(x + a)", "x", r"2(x + a)\,\log(x + a) + x + a"),
    ("sqrt(x)^3", "x", r"\frac{3\sqrt{x}}{2}"),
    ("-log(p)", "p", r"-\frac{1}{p}"),
    ("log(1 + exp(x))", "x", r"\frac{e^{x}}{1 + e^{x}}"),
    ("log2(x)", "x", r"\frac{1}{x\,\log(2)}"),
    ("y*log(p) + (1 - y)*log(1 - p)", "p", r"\frac{y}{p} - \frac{1 - y}{1 - p}"),
    ("1/(1 + exp(-x))", "x", r"\frac{e^{-x}}{(1 + e^{-x})^{2}}"),
    ("sqrt(x)", "x", r"\frac{1}{2\sqrt{x}}"),
    ("sqrt(x^2 + 1)", "x", r"\frac{x}{\sqrt{x^{2} + 1}}"),
    ("sin(2*x)", "x", r"2\cos(2x)"),
    ("cos(x)", "x", r"-\sin(x)"),
    ("tanh(x)", "x", r"1 - \tanh^{2}(x)"),
    ("tanh(u*x + v*h)", "h", r"(1 - \tanh^{2}(u\,x + v\,h))\,v"),
    ("sigmoid(z)", "z", r"\sigma(z)\,(1 - \sigma(z))"),
    ("sigmoid(w*x + b)", "w", r"\sigma(w\,x + b)\,(1 - \sigma(w\,x + b))\,x"),
    ("softplus(-x)", "x", r"-\sigma(-x)"),
    ("erf(x)", "x", r"\frac{2e^{-x^{2}}}{\sqrt{\pi}}"),
    ("abs(w)", "w", r"\operatorname{sign}(w)"),
    ("relu(z)", "z", r"\begin{cases} 1 & \text{if } z > 0 \\ 0 & \text{otherwise} \end{cases}"),
    ("relu(w*x)", "w", r"\begin{cases} x & \text{if } w\,x > 0 \\ 0 & \text{otherwise} \end{cases}"),
    ("max(0, x)", "x", r"\begin{cases} 1 & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}"),
    ("floor(x) + step(x)*y", "x", "0"),
    ("gamma", "x", "0"),
    ("x[t]^2 + x[t-1]", "x[t]", "2x_{t}"),
    ("v*h[t-1]", "h[t - 1]", "v"),
    ("sum((y[i] - w*x[i])^2 for i in 1..n)", "w", r"-2\,\sum_{i=1}^{n} (y_{i} - w\,x_{i})\,x_{i}"),
    ("mean(w*x[i] for i in S)", "w", r"\frac{1}{|S|} \sum_{i \in S} x_{i}"),
    ("x*sum(x for x in 1..n)", "x", r"\sum_{x=1}^{n} x"),
    ("sum(factorial(x) for x in 1..n)", "x", "0"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "letter", "tex"), TEXTBOOK)
def test_textbook_form(text, letter, tex):
    assert latex(derivative(read(text), letter)) == tex


@pytest.mark.parametrize(
    ("text", "at_zero"),
    [("relu(x)", 0), ("max(x, 0)", 0), ("max(0, x)", 0), ("min(0, x)", 0), ("abs(x)", 0), ("step(x)", 0),
     ("where(x >= 0, x, 0)", 1), ("sign(x)", 0)],
)  # fmt: skip
def test_at_a_kink(text, at_zero):
    VALUE[">="] = lambda a, b: a >= b
    assert value(derivative(read(text), "x"), {"x": mpmath.mpf(0)}) == at_zero


@pytest.mark.parametrize(
    ("text", "letter", "why"),
    [
        ("factorial(x)", "x", "whole numbers"),
        ("binom(n, x)", "x", "whole numbers"),
        ("softmax(x)", "x", "softmax has no derivative"),
        ("A @ x", "x", "@ has no derivative"),
        ("sum(x)", "x", r"write sum\(… for i in …\)"),
        ("max(w*x[i] for i in 1..2)", "w", "over an array or a range"),
        ("x[t]", "x", "stands in an indexed name"),
        ("h[t]", "t", "stands in an indexed name"),
        ("x + x[t]", "x[t]", "stands alone"),
        ("sum(x[i]*w for i in 1..n)", "x[t]", "run through a sum"),
        ("sum(x[i]*w for i in 1..n)", "x[i]", "run through a sum"),
        ("sum(i for i in 1..x)", "x", "range of a sum"),
        ("x[x[1]]", "x[1]", "stands in an index"),
        ("x^2", "2*x", "a letter or an entry"),
    ],
)
def test_refused(text, letter, why):
    with pytest.raises(InputError, match=why):
        derivative(read(text), letter)


# -- local derivatives ----------------------------------------------------------------------------------

LOCAL = {
    "a + b": ["1", "1"],
    "a - b": ["1", "-1"],
    "a*b": ["b", "a"],
    "a*a": ["a", "a"],
    "a/b": [r"\frac{1}{b}", r"-\frac{a}{b^{2}}"],
    "a^b": [r"b\,a^{b - 1}", r"s\,\log(a)"],
    "u^2": ["2u", r"s\,\log(u)"],
    "-a": ["-1"],
    "exp(u)": ["s"],
    "log(u)": [r"\frac{1}{u}"],
    "sqrt(u)": [r"\frac{1}{2s}"],
    "sigmoid(u)": [r"s \cdot (1 - s)"],
    "tanh(u)": ["1 - s^{2}"],
    "abs(u)": [r"\operatorname{sign}(u)"],
    "floor(u)": ["0"],
}


@pytest.mark.parametrize("text", LOCAL)
def test_local_derivatives_use_the_value(text):
    assert [latex(part) for part in local(read(text), name("s"))] == LOCAL[text]


def test_local_derivatives_stand_on_the_arguments():
    node = read("sigmoid(w*x)")
    (slope,) = local(node)
    assert node in postorder(slope)
    assert local(read("x")) == () == local(read("x[t]"))
    with pytest.raises(InputError, match="factorial"):
        local(read("factorial(n)"))
    with pytest.raises(InputError, match="over a range"):
        local(read("sum(x[i] for i in S)"))


@pytest.mark.parametrize("text", ["a*b", "a/b", "a^b", "max(a, b)", "log_b(a, b)", "where(a > 1, a, b)", "a - b"])
def test_the_chain_rule_joins_local_derivatives(text):
    """At letters, an operation's local derivative is its derivative."""
    node = read(text)
    slopes = dict(zip(["a", "b"], local(node)[-2:], strict=True))
    for letter, slope in slopes.items():
        assert value(slope, POINT) == pytest.approx(value(derivative(node, letter), POINT))


# -- size -----------------------------------------------------------------------------------------------


def test_a_chain_of_5000_operations():
    point = {"x": mpmath.mpf("0.5")}
    nested = read("tanh(" * 5000 + "x" + ")" * 5000)
    slope = derivative(nested, "x")
    expected, at = mpmath.mpf(1), point["x"]
    for _ in range(5000):
        at = mpmath.tanh(at)
        expected *= 1 - at**2
    assert mpmath.almosteq(value(slope, point), expected, 1e-9)
    assert len(postorder(slope)) < 6 * 5000
    assert latex(derivative(read("+".join(["x"] * 5001)), "x")) == "5001"
    assert mpmath.almosteq(value(derivative(read("*".join(["x"] * 5001)), "x"), {"x": mpmath.mpf(1)}), 5001)


def test_parts_are_shared_with_the_formula():
    node = read("sigmoid(w*x + b)*y")
    shared = {id(part) for part in postorder(node)}
    slope = derivative(node, "w")
    assert sum(id(part) in shared for part in postorder(slope)) >= 5
