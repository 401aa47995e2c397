"""LaTeX keeps the meaning: a reader that knows nothing of the writer computes what was written."""

import re
from decimal import Decimal
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from revise.engines.arrays import Array
from revise.engines.latex import latex, latex_name, latex_target, latex_value
from revise.engines.latex_operations import ROWS
from revise.errors import InputError
from revise.expression import FORMULA, LEAVES, Node, name, number, parse, postorder
from revise.expression.functions import ARITY

# -- a reader of the LaTeX we write -------------------------------------------------------------------

TOKEN = re.compile(r"\\text\{[^}]*\}|\\[A-Za-z]+|\\.|\d+(?:\.\d+)?|[A-Za-z]|\.\.|\S")
FUNCTIONS = {
    r"\sigma": lambda x: 1 / (1 + mpmath.exp(-x)), r"\tanh": mpmath.tanh, r"\sin": mpmath.sin,
    r"\cos": mpmath.cos, r"\log": mpmath.log, r"\ln": mpmath.log, r"\exp": mpmath.exp,
    r"\operatorname{ReLU}": lambda x: max(x, 0), r"\max": max, r"\min": min,
    r"\operatorname{sign}": mpmath.sign,
}  # fmt: skip
RELATIONS = {
    "<": lambda a, b: a < b - EDGE, r"\le": lambda a, b: a <= b + EDGE, ">": lambda a, b: a > b + EDGE,
    r"\ge": lambda a, b: a >= b - EDGE, "=": lambda a, b: abs(a - b) <= EDGE, r"\ne": lambda a, b: abs(a - b) > EDGE,
}  # fmt: skip
BIG = {r"\sum": sum, r"\prod": lambda items: mpmath.fprod(items), r"\max": max, r"\min": min}
EDGE = mpmath.mpf(10) ** -25  # two orders of the same sum may differ by less


class Misread(AssertionError):
    """A person could read this in two ways."""


def times(left, right):
    both = isinstance(left, np.ndarray) and isinstance(right, np.ndarray)
    return left @ right if both else left * right


class Reader:
    """Recursive descent; whatever is not plain is Misread, never guessed."""

    def __init__(self, tex, letters, arrays=None):
        self.tokens, self.at = [*TOKEN.findall(tex), ""], 0
        self.letters, self.arrays = letters, arrays or {}

    def value(self):
        value = self.logic()
        if self.peek():
            raise Misread(f"left over: {self.tokens[self.at :]}")
        return value

    def peek(self):
        return self.tokens[self.at]

    def next(self, expected=None):
        token = self.tokens[self.at]
        if expected is not None and token != expected:
            raise Misread(f"{token!r} where {expected!r} belongs")
        self.at += 1
        return token

    def accept(self, *tokens):
        return self.next() if self.peek() in tokens and self.peek() else None

    def logic(self):
        value = self.conjunction()
        while self.accept(r"\lor"):
            other = self.conjunction()
            value = value or other
        return value

    def conjunction(self):
        value = self.relation()
        while self.accept(r"\land"):
            other = self.relation()
            value = value and other
        return value

    def relation(self):
        if self.accept(r"\lnot"):
            return not self.atom()[0]
        value = self.sum()
        if sign := self.accept(*RELATIONS):
            return RELATIONS[sign](value, self.sum())
        return value

    def sum(self):
        value = -self.hadamard() if self.accept("-") else self.hadamard()
        while sign := self.accept("+", "-"):
            term = self.hadamard()
            value = value + term if sign == "+" else value - term
        return value

    def hadamard(self):
        value = self.product()
        while self.accept(r"\odot"):
            value = value * self.product()
        return value

    def product(self):
        first = self.tokens[self.at]
        value, slashed = self.factor(), False
        while True:
            before, token = self.tokens[self.at - 1], self.peek()
            dotted = self.accept(r"\cdot")
            if not dotted and self.accept("/"):
                value, slashed = value / self.factor(), True
                continue
            if not dotted and (token in ("", ")", "}", "|", "&", ",", ":", "+", "-", "]", "=") or token in ENDS):
                return value
            if slashed:
                raise Misread("a/b c")
            thin = self.accept(r"\,")
            if not dotted and self.peek()[:1].isdigit():
                raise Misread("a digit after something without a sign")
            if not dotted and first[0].isdigit() and before == first and re.match(r"\\frac", self.peek()):
                raise Misread("a mixed number")
            if not dotted and (before.startswith(r"\text") or self.peek().startswith(r"\text")):
                raise Misread("words side by side")
            if not dotted and not thin and not before[0].isdigit() and self.peek() not in BIG:
                raise Misread("two letters without a space, or a function of something")
            if not dotted and before in self.letters and self.peek() in ("(", r"\left") \
                    and not isinstance(value, np.ndarray):  # fmt: skip
                raise Misread(f"is {before} a function here?")
            value = times(value, self.factor())

    def group(self):
        self.next("{")
        value = self.logic()
        self.next("}")
        return value

    def raw(self):
        """The text of a {…}."""
        start, depth = self.at, 0
        while True:
            depth += {"{": 1, "}": -1}.get(self.next(), 0)
            if not depth:
                return "".join(self.tokens[start + 1 : self.at - 1])

    def factor(self):
        value, fragile = self.atom()
        if self.accept("!"):
            value, fragile = mpmath.factorial(mpmath.nint(value)), True
            if self.peek() == "!":
                raise Misread("n!!")
        if self.accept(r"\%"):
            value, fragile = value / 100, True
        if self.accept("^"):
            if fragile:
                raise Misread("what is raised here?")
            value = self.raise_(value)
            if self.peek() in ("^", "!", r"\%", "_"):
                raise Misread("two exponents")
        return value

    def raise_(self, value):
        if self.tokens[self.at : self.at + 3] == ["{", r"\top", "}"]:
            self.at += 3
            return value.T
        return power(value, self.group())

    def atom(self):
        """Its value, and whether an exponent behind it would be unclear."""
        token = self.next()
        if token[:1].isdigit():
            return mpmath.mpf(token), False
        if token in ("(", r"\left"):
            opened = self.next() if token == r"\left" else "("
            value = self.logic()
            if token == r"\left":
                self.next(r"\right")
            self.next({"(": ")", "|": "|", r"\lfloor": r"\rfloor", r"\lceil": r"\rceil"}[opened])
            value = {"|": abs, r"\lfloor": floor, r"\lceil": ceil}.get(opened, lambda x: x)(value)
            return value, False
        if token == "|":
            value = self.logic()
            self.next("|")
            return abs(value), False
        if token in (r"\lfloor", r"\lceil"):
            value = self.logic()
            self.next({r"\lfloor": r"\rfloor", r"\lceil": r"\rceil"}[token])
            return (floor if token == r"\lfloor" else ceil)(value), False
        if token == r"\frac":
            above = self.group()
            return above / self.group(), True
        if token == r"\binom":
            above = self.group()
            return mpmath.binomial(above, self.group()), True
        if token == r"\sqrt":
            return mpmath.sqrt(self.group()), True
        if token == r"\mathbb":
            self.raw()
            if self.accept(r"\left"):
                self.next("[")
                value = self.logic()
                self.next(r"\right")
            else:
                self.next("[")
                value = self.logic()
            self.next("]")
            return mpmath.mpf(bool(value)), False
        if token == r"\begin":
            return self.cases(), True
        if token in BIG and self.peek() == "_":
            return self.big(token), True
        if token == r"\operatorname":
            token += "{" + self.raw() + "}"
        if (
            token in FUNCTIONS
            and self.peek() in ("(", r"\left", "^", "_")
            and not (token == r"\sigma" and self.peek() in ("^", "_"))
        ):
            return self.call(token)
        return self.letter(token), False

    def call(self, token):
        function, plain = FUNCTIONS[token], token[1:] not in ("tanh", "sin", "cos", "log", "ln", "exp")
        if self.accept("_"):
            under = self.group()
            return mpmath.log(self.arguments()[0], under), True
        if self.accept("^"):
            exponent = self.group()
            return power(function(*self.arguments()), exponent), True
        return function(*self.arguments()), not plain

    def arguments(self):
        left = self.accept(r"\left")
        self.next("(")
        values = [self.logic()]
        while self.accept(","):
            values.append(self.logic())
        if left:
            self.next(r"\right")
        self.next(")")
        return values

    def letter(self, token):
        if token in (r"\hat", r"\mathrm"):
            token += "{" + self.raw() + "}" + (self.next() if token == r"\mathrm" else "")
        if token in self.arrays:
            self.next("_")
            self.next("{")
            index = [self.logic()]
            while self.accept(","):
                index.append(self.logic())
            self.next("}")
            return self.arrays[token](*(int(mpmath.nint(i)) for i in index))
        if self.peek() == "_":
            self.next()
            token += "_{" + self.raw() + "}"
        if token == r"\sigma":  # the variance is one name
            self.next("^")
            assert self.raw() == "2"
            if self.peek() == "^":
                raise Misread("two exponents")
            return self.letters[r"\sigma^{2}"]
        if token == "e":
            return mpmath.e
        return self.letters[token]

    def big(self, sign):
        self.next("_")
        self.next("{")
        if sign in (r"\sum", r"\prod"):
            letter = self.next()
            self.next("=")
            low, condition_at = self.sum(), self.at
            while self.peek() != "}":
                self.raw() if self.peek() == "{" else self.next()
            self.next("}")
            self.next("^")
            high = self.group()
        else:
            low = self.sum()
            self.next(r"\le")
            letter = self.next()
            self.next(r"\le")
            high, condition_at = self.sum(), self.at
            while self.peek() != "}":
                self.raw() if self.peek() == "{" else self.next()
            self.next("}")
        start, terms, before = self.at, [], self.letters
        for i in range(int(mpmath.nint(low)), int(mpmath.nint(high)) + 1):
            self.letters = before | {letter: mpmath.mpf(i)}
            self.at = condition_at
            chosen = not self.accept(",") or (self.next(r"\,") and self.logic())
            self.at = start
            term = self.product()
            if chosen:
                terms.append(term)
        self.letters = before
        if self.peek() in (r"\,", r"\cdot", "/", r"\odot", "!", "^"):
            raise Misread("where does the sum end?")
        return BIG[sign](terms)

    def cases(self):
        assert self.raw() == "cases"
        rows = []
        while True:
            value = self.logic()
            self.next("&")
            if self.next() == r"\text{otherwise}":
                break
            rows.append((value, self.logic()))
            self.next("\\\\")
        self.next(r"\end")
        assert self.raw() == "cases"
        return next((chosen for chosen, holds in rows if holds), value)


ENDS = {
    r"\odot", "\\\\", r"\text{if }", r"\right", r"\rfloor", r"\rceil", r"\land", r"\lor", r"\end", *RELATIONS,
}  # fmt: skip


def floor(x):
    return mpmath.floor(x + EDGE)


def ceil(x):
    return mpmath.ceil(x - EDGE)


def power(under, exponent):
    if isinstance(under, np.ndarray):
        return np.linalg.matrix_power(under, int(exponent))
    return mpmath.power(under, exponent)


# -- what the tree means, computed directly -----------------------------------------------------------

OPERATIONS = {
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": times, "@": times, ".*": lambda a, b: a * b,
    "/": lambda a, b: a / b, "^": power, "neg": lambda a: -a, ".T": lambda a: a.T, "%": lambda a: mpmath.mpf(a) / 100,
    "sqrt": mpmath.sqrt, "abs": abs, "floor": floor, "ceil": ceil, "max": max, "min": min,
    "factorial": lambda a: mpmath.factorial(mpmath.nint(a)), "binom": mpmath.binomial,
    "sigmoid": FUNCTIONS[r"\sigma"], "tanh": mpmath.tanh, "sin": mpmath.sin, "cos": mpmath.cos,
    "log": mpmath.log, "ln": mpmath.log, "log2": lambda a: mpmath.log(a, 2), "log_b": mpmath.log,
    "log10": lambda a: mpmath.log(a, 10), "exp": mpmath.exp, "relu": FUNCTIONS[r"\operatorname{ReLU}"],
    "sign": mpmath.sign, "==": RELATIONS["="], "!=": RELATIONS[r"\ne"], "<": RELATIONS["<"],
    "<=": RELATIONS[r"\le"], ">": RELATIONS[">"], ">=": RELATIONS[r"\ge"],
    "and": lambda a, b: a and b, "or": lambda a, b: a or b, "not": lambda a: not a,
}  # fmt: skip


def meaning(node, letters, arrays):
    def inner(part):
        return meaning(part, letters, arrays)

    if node.head == "number":
        return mpmath.mpf(node.args[0].numerator) / node.args[0].denominator
    if node.head == "name":
        return mpmath.e if node.args[0] == "e" else letters[node.args[0]]
    if node.head == "index":
        return arrays[node.args[0].args[0]](*(int(mpmath.nint(inner(part))) for part in node.args[1:]))
    if node.head == "where":
        condition, chosen, other = map(inner, node.args)
        return chosen if condition else other
    if node.args[0].head == "for":
        variable, domain, body, *condition = node.args[0].args
        low, high = (int(mpmath.nint(inner(end))) for end in domain.args)
        terms = []
        for i in range(low, high + 1):
            more = letters | {variable.args[0]: mpmath.mpf(i)}
            term = meaning(body, more, arrays)
            if not condition or meaning(condition[0], more, arrays):
                terms.append(term)
        if node.head == "mean":
            return sum(terms) / len(terms)
        return BIG["\\" + node.head](terms)
    return OPERATIONS[node.head](*map(inner, node.args))


SPELLED = {
    "a": "a", "b": "b", "x": "x", "w": "w", "lambda": r"\lambda", "lr": r"\text{lr}", "W1": "W_{1}",
    "x_hat": r"\hat{x}", "sigma2": r"\sigma^{2}", "h_prev": r"h_{\text{prev}}", "dW": r"\mathrm{d}W",
}  # fmt: skip
VALUES = dict(zip(SPELLED, map(mpmath.mpf, "0.7 1.3 2.1 0.4 1.7 0.9 0.6 3.1 1.9 0.3 2.3".split()), strict=True))
ARRAYS = {
    "y": lambda i: mpmath.mpf(3 * i + 7) / 10,
    "p": lambda i: mpmath.mpf(i * i + 3) / 7,
    "Q": lambda i, j: mpmath.mpf(2 * i + 5 * j + 1) / 11,
}

_numbers = st.one_of(
    st.integers(-3, 4), st.sampled_from([Fraction(1, 2), Fraction(-5, 4), Fraction(1, 3), Fraction(-2, 7)])
).map(number)
_leaves = st.one_of(
    st.sampled_from([*SPELLED, "e"]).map(name),
    _numbers,
    st.builds(lambda i: Node("index", (name("y"), number(i))), st.integers(0, 5)),
    st.builds(lambda i, j: Node("index", (name("Q"), number(i), number(j))), st.integers(0, 5), st.integers(0, 5)),
)


def _grown(inner):
    two = st.builds(lambda h, a, b: Node(h, (a, b)), st.sampled_from(["+", "-", "*", "/", "^", ".*"]), inner, inner)
    one = st.builds(
        lambda head, a: Node(head, (a,)),
        st.sampled_from("neg neg sqrt abs floor ceil sigmoid tanh sin log ln log2 exp relu sign %".split()),
        inner,
    )
    pair = st.builds(lambda h, a, b: Node(h, (a, b)), st.sampled_from(["max", "min", "log_b"]), inner, inner)
    small = st.builds(lambda k: Node("factorial", (k,)), st.integers(0, 6).map(number))
    test = st.builds(lambda h, a, b: Node(h, (a, b)), st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), inner, inner)
    test = st.one_of(
        test,
        st.builds(lambda h, a, b: Node(h, (a, b)), st.sampled_from(["and", "or"]), test, test),
        st.builds(lambda a: Node("not", (a,)), test),
    )
    choice = st.builds(lambda c, a, b: Node("where", (c, a, b)), test, inner, inner)

    def bound(head, term, condition, shape):
        i = name("i")
        entry = Node("*", (Node("index", (name("y"), i)), term))
        body = [entry, Node("+", (i, term)), term, Node("-", (term, i)), Node("neg", (entry,))][shape]
        domain = Node("..", (number(1), number(3)))
        condition = () if head == "mean" else condition
        return Node(head, (Node("for", (i, domain, body, *condition)),))

    heads = st.sampled_from(["sum", "prod", "max", "min", "mean"])
    condition = st.sampled_from([(), (Node("!=", (name("i"), number(2))),)])
    sums = st.builds(bound, heads, inner, condition, st.integers(0, 4))
    return st.one_of(two, two, two, one, pair, small, choice, sums)


TREES = st.recursive(_leaves, _grown, max_leaves=9)


def _same(left, right):
    return abs(left - right) <= EDGE * 10**5 * max(1, abs(left), abs(right))


def reads_back(node):
    """Whether the tree has a value here; AssertionError where the LaTeX has another one."""
    with mpmath.workdps(60):
        try:
            wanted = meaning(node, VALUES, ARRAYS)
        except (ZeroDivisionError, ValueError, OverflowError, TypeError):
            return False
        if not isinstance(wanted, mpmath.mpf | int) or not mpmath.isfinite(wanted) or abs(wanted) > 1e15:
            return False
        tex = latex(node)
        read = Reader(tex, {SPELLED[key]: value for key, value in VALUES.items()}, ARRAYS).value()
        assert _same(read, wanted), f"{tex} reads as {read}, the tree means {wanted}"
        return True


@settings(max_examples=1000, deadline=None)
@given(TREES)
def test_a_reader_computes_what_the_tree_means(node):
    assume(reads_back(node))


def _frames():
    """Every operation with a hole in each place."""
    a, b, half = name("a"), name("lr"), parse("1/3")
    domain = Node("..", (number(1), number(2)))
    for head in ["+", "-", "*", "/", "^", ".*", "max", "log_b"]:
        for other in (a, b, half, number(2), number(-2)):
            yield lambda hole, head=head, other=other: Node(head, (hole, other))
            yield lambda hole, head=head, other=other: Node(head, (other, hole))
    for head in "neg sqrt abs floor ceil sigmoid tanh sin log log2 exp relu % factorial".split():
        yield lambda hole, head=head: Node(head, (hole,))
    for head in ["sum", "prod", "max", "mean"]:
        yield lambda hole, head=head: Node(head, (Node("for", (name("i"), domain, hole)),))
    for head in ["<", "==", "and"]:
        truth = parse("a < x")
        other = truth if head == "and" else a
        yield lambda hole, head=head, other=other: Node(head, (hole, other))
    yield lambda hole: Node("not", (hole,))
    yield lambda hole: Node("where", (parse("a < 1"), hole, a))
    yield lambda hole: Node("where", (parse("a > 1"), a, hole))


def test_every_operation_in_every_place_of_every_other():
    frames, truths, read = list(_frames()), {"and", "not", "<", "=="}, 0
    for inner in frames:
        logic = inner(name("x")).head in ("and", "not")
        part = inner(parse("x < 1") if logic else name("x"))
        read += reads_back(inner(parse("x < 1") if logic else name("sigma2")))
        for outer in frames:
            node = outer(part)
            if node.head in ("and", "not") and part.head not in truths:
                continue
            read += reads_back(node)
            if node.head not in truths:
                read += reads_back(Node("^", (name("x"), node)))
    assert read > 10_000


_letters = np.random.default_rng(3).integers(-3, 4, (4, 2, 2))
MATRICES = {letter: _letters[i].astype(object) for i, letter in enumerate("ABCD")}
_matrix_trees = st.recursive(
    st.sampled_from("ABCD").map(name),
    lambda inner: st.one_of(
        st.builds(lambda h, a, b: Node(h, (a, b)), st.sampled_from(["+", "-", "@", "@", ".*"]), inner, inner),
        st.builds(lambda h, a: Node(h, (a,)), st.sampled_from(["neg", ".T"]), inner),
        st.builds(lambda a, k: Node("matpow", (a, number(k))), inner, st.integers(2, 3)),
        st.builds(lambda k, a: Node("*", (number(k), a)), st.integers(-2, 3), inner),
        st.builds(lambda k, a: Node("*", (a, number(k))), st.integers(-2, 3), inner),
    ),
    max_leaves=7,
)


@settings(max_examples=500, deadline=None)
@given(_matrix_trees)
def test_products_of_matrices_keep_their_order(node):
    order = {id(part): part for part in postorder(node)}
    done = {}
    for key, part in order.items():
        if part.head in LEAVES:
            done[key] = part.args[0] if part.head == "number" else MATRICES[part.args[0]]
        else:
            operation = OPERATIONS.get(part.head, power)
            done[key] = operation(*(done[id(child)] for child in part.args))
    tex = latex(node)
    read = Reader(tex, MATRICES).value()
    assert np.array_equal(read, done[id(node)]), tex


# -- the textbook look ----------------------------------------------------------------------------------

LOOK = {
    "1/(1 + exp(-x))": r"\frac{1}{1 + e^{-x}}",
    "-a^2": "-a^{2}",
    "(-a)^2": "(-a)^{2}",
    "(a^b)^c": "(a^{b})^{c}",
    "a^b^c": "a^{b^{c}}",
    "(a/b)^2": r"\left(\frac{a}{b}\right)^{2}",
    "a - (b + c)": "a - (b + c)",
    "a + (b - c)": "a + b - c",
    "a + (-b)*c": r"a + (-b\,c)",
    "a/(b*c)": r"\frac{a}{b\,c}",
    "-a/b": r"-\frac{a}{b}",
    "2*x": "2x",
    "2*3": r"2 \cdot 3",
    "x*(-2)": r"x \cdot (-2)",
    "w*x": r"w\,x",
    "lr*g": r"\text{lr} \cdot g",
    "s*(1 - s)": r"s \cdot (1 - s)",
    "sigmoid(x)*(1 - sigmoid(x))": r"\sigma(x)\,(1 - \sigma(x))",
    "2*(1/3)": r"2 \cdot \frac{1}{3}",
    "exp(-(x - mu)^2/(2*sigma2))": r"\exp\left(-\frac{(x - \mu)^{2}}{2\sigma^{2}}\right)",
    "exp(x) + e": r"\exp(x) + e",
    "x^(1/2)": "x^{1/2}",
    "x^(a/(b*c))": r"x^{a/(b\,c)}",
    "log(x)^a": r"(\log(x))^{a}",
    "x^(a/b*c)": r"x^{(a/b)\,c}",
    "W @ x + b": r"W\,x + b",
    "(A @ x) .* (1 - x .* x)": r"A\,x \odot (1 - x \odot x)",
    "x .* (A @ y)": r"x \odot (A\,y)",
    "(x @ y)*z": r"(x\,y)\,z",
    "Q @ K.T": r"Q\,K^{\top}",
    "inv(A).T @ b": r"(A^{-1})^{\top}\,b",
    "solve(eye(n) - gamma*P, R)": r"(I_{n} - \gamma\,P)^{-1}\,R",
    "a .^ 2": r"a^{\circ 2}",
    "dot(a + b, c)": r"(a + b) \cdot c",
    "outer(a, b)": r"a\,b^{\top}",
    "kron(A + B, x.T)": r"(A + B) \otimes x^{\top}",
    "kron(A, B) @ x": r"(A \otimes B)\,x",
    "softmax(z, axis=1)": r"\operatorname{softmax}_{\text{each row}}(z)",
    "softmax(z)[i]": r"\operatorname{softmax}(z)_{i}",
    "sum(x[i] for i in 1..n)": r"\sum_{i=1}^{n} x_{i}",
    "sum(x[i] + 1 for i in S if i != j)": r"\sum_{i \in S,\, i \ne j} (x_{i} + 1)",
    "a*sum(x[i] for i in S)*b": r"\left(a\,\sum_{i \in S} x_{i}\right)\,b",
    "-sum(y[i]*log(p[i]) for i in 1..n)": r"-\sum_{i=1}^{n} y_{i}\,\log(p_{i})",
    "mean(x[i] for i in 1..n)": r"\frac{1}{n} \sum_{i=1}^{n} x_{i}",
    "mean(x[i] for i in 0..n-1)": r"\frac{1}{n} \sum_{i=0}^{n - 1} x_{i}",
    "mean(x[i] for i in S)": r"\frac{1}{|S|} \sum_{i \in S} x_{i}",
    "mean(x[i] for i in 2..n)": r"\operatorname{mean}_{2 \le i \le n} x_{i}",
    "r + gamma*max(Q[n,b] for b in A)": r"r + \gamma\,\max_{b \in A} Q_{n,b}",
    "argmax(Q[s,a] for a in A)": r"\arg\max_{a \in A} Q_{s,a}",
    "argmax(x)": r"\arg\max(x)",
    "sum(x[i] == 1 for i in 1..n)": r"\sum_{i=1}^{n} \mathbb{1}[x_{i} = 1]",
    "sum(x)": r"\sum x",
    "sum(x, axis=0)": r"\sum_{\text{rows}} x",
    "all(x[t] > 0 for t in 1..T)": r"\forall t \in \{1, \dots, T\}: x_{t} > 0",
    "any(x)": r"\operatorname{any}(x)",
    "x[t-1]": "x_{t - 1}",
    "X[:,0]": "X_{:,0}",
    "W1[i,j]": "(W_{1})_{i,j}",
    "h_prev[j]": r"h_{\text{prev},j}",
    "sigma2[k]": r"\sigma_{k}^{2}",
    "(A @ x)[i]": r"(A\,x)_{i}",
    "x[i][j]": "(x_{i})_{j}",
    "abs(x)": "|x|",
    "abs(x/y)": r"\left|\frac{x}{y}\right|",
    "abs(abs(x))": r"|(|x|)|",
    "norm(x)^2": r"\|x\|_{2}^{2}",
    "norm(x, 1)": r"\|x\|_{1}",
    "norm(x, inf)": r"\|x\|_{\infty}",
    "floor(x) + ceil(x/2)": r"\lfloor x \rfloor + \left\lceil \frac{x}{2} \right\rceil",
    "factorial(n - k)": "(n - k)!",
    "binom(n, k)": r"\binom{n}{k}",
    "tanh(x)^2": r"\tanh^{2}(x)",
    "log2(p)": r"\log_{2}(p)",
    "log_b(x, b)": r"\log_{b}(x)",
    "log_b(x, b)^2": r"(\log_{b}(x))^{2}",
    "relu(x)": r"\operatorname{ReLU}(x)",
    "where(x > 0, x, where(x < -1, 0, 2))":
        r"\begin{cases} x & \text{if } x > 0 \\ 0 & \text{if } x < -1 \\ 2 & \text{otherwise} \end{cases}",
    "where(x > 0, 1, 0)*y":
        r"\left(\begin{cases} 1 & \text{if } x > 0 \\ 0 & \text{otherwise} \end{cases}\right)\,y",
    "y = a == b": "y = (a = b)",
    "not (a < b or c > d)": r"\lnot (a < b \lor c > d)",
    "[1, 2; 3, 4] @ [x, y]":
        r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}\,\begin{pmatrix} x \\ y \end{pmatrix}",
    "[x[t]^2 for t in 1..T]": "(x_{t}^{2})_{t=1}^{T}",
    "concat(h, x)": "[h; x]",
    "zeros(m, n) + ones(k)": r"\mathbf{0}_{m \times n} + \mathbf{1}_{k}",
    "trace(A)": r"\operatorname{tr}(A)",
    "5%*x": r"5\% \cdot x",
    "0.5*x": "0.5x",
    "1e-8": "10^{-8}",
    "2.5e-7*x": r"2.5 \cdot 10^{-7}\,x",
    "1*exp(-(x - mu)/a)": r"1 \cdot e^{-(x - \mu)/a}",
    "1*log(x)": r"1 \cdot \log(x)",
    "1*pi": r"1 \cdot \pi",
    "-1*x": r"-1 \cdot x",
    "1*x[home]": r"1 \cdot x_{\text{home}}",
    "0.75*1*(2 + x)": r"0.75 \cdot 1 \cdot (2 + x)",
    "1*sqrt(x)": r"1 \cdot \sqrt{x}",
    "21*x": "21x",
    "sqrt(2)*x": r"\sqrt{2} \cdot x",
}  # fmt: skip


def test_a_fraction_in_an_exponent_lies_flat():
    third = number(Fraction(1, 3))
    assert latex(Node("^", (name("x"), third))) == "x^{1/3}"
    assert latex(Node("^", (name("x"), Node("*", (third, name("a")))))) == r"x^{(1/3)\,a}"
    assert latex(Node("*", (name("a"), third))) == r"a\,\frac{1}{3}"


@pytest.mark.parametrize("text", LOOK)
def test_look(text):
    assert latex(parse(text, limits=FORMULA)) == LOOK[text]


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        ("lambda", r"\lambda"), ("W1", "W_{1}"), ("sigma2", r"\sigma^{2}"), ("sigma1", r"\sigma_{1}"),
        ("x_hat", r"\hat{x}"), ("y_bar", r"\bar{y}"), ("x_tilde", r"\tilde{x}"), ("h_prev", r"h_{\text{prev}}"),
        ("x1_hat", r"\hat{x}_{1}"), ("sigma2_hat", r"\hat{\sigma}^{2}"), ("pi_star", r"\pi^{*}"),
        ("theta_0", r"\theta_{0}"), ("d_model", r"d_{\text{model}}"), ("n_H", "n_{H}"), ("n_in", r"n_{\text{in}}"),
        ("dL_dW1", r"\frac{\partial L}{\partial W_{1}}"),
        ("dL_dh_prev", r"\frac{\partial L}{\partial h_{\text{prev}}}"),
        ("dL_dlogits", r"\frac{\partial L}{\partial \text{logits}}"), ("dim_data", r"\text{dim}_{\text{data}}"),
        ("dz1_dw", r"\frac{\partial z_{1}}{\partial w}"), ("dW", r"\mathrm{d}W"), ("dW2", r"\mathrm{d}W_{2}"),
        ("lr", r"\text{lr}"), ("Wxh", "W_{xh}"), ("bf", "b_{f}"), ("inf", r"\infty"), ("x_", "x"),
        ("_x", r"\text{\_x}"), ("loss_train", r"\text{loss}_{\text{train}}"), ("out1", r"\text{out}_{1}"),
    ],
)  # fmt: skip
def test_names(name, symbol):
    assert latex_name(name) == symbol


@pytest.mark.parametrize(
    ("target", "at", "tex"),
    [
        ("h[t]", {"t": 3}, "h_{3}"), ("h[t-1]", {}, "h_{t - 1}"), ("L", None, "L"), ("o[a]", None, "o_{a}"),
        ("Q[s,a]", {"s": "cool", "a": "slow"}, r"Q_{\text{cool},\text{slow}}"),
        ("Q[s, a]", {"s": "a_b", "a": 0}, r"Q_{\text{a\_b},0}"),
        ("dL_dh[t]", {"t": 2}, r"\frac{\partial L}{\partial h_{2}}"), ("W1[l]", {"l": 2}, "(W_{1})_{2}"),
    ],
)  # fmt: skip
def test_targets(target, at, tex):
    assert latex_target(target, at) == tex


@pytest.mark.parametrize(
    ("value", "tex"),
    [
        (3, "3"), (-3, "-3"), (Fraction(1, 3), r"\frac{1}{3}"), (Fraction(-1, 8), "-0.125"),
        (Fraction(1, 10**8), "10^{-8}"), (Fraction(1, 2**9), r"\frac{1}{512}"), (34944, "34944"),
        (0.123456, "0.1235"), (-2.5, "-2.5"), (2.0, "2"), (0.0, "0"), (-0.0, "0"), (1e-9, "10^{-9}"),
        (-2.5e-6, r"-2.5 \cdot 10^{-6}"), (float("inf"), r"\infty"), (float("-inf"), r"-\infty"),
        (float("nan"), r"\text{undefined}"), (True, r"\text{true}"), ("cool", r"\text{cool}"),
        (parse("x/2"), r"\frac{x}{2}"), (("up", 2), r"(\text{up}, 2)"), ({"s": 1.5}, r"\{\text{s} \mapsto 1.5\}"),
        (Array((2,), (1, Fraction(1, 2))), r"\begin{pmatrix} 1 \\ 0.5 \end{pmatrix}"),
        (Array((2, 2), (1, 2.5, 3, -4)), r"\begin{pmatrix} 1 & 2.5 \\ 3 & -4 \end{pmatrix}"),
        (Array((2, 1, 1), (1, 2)),
         r"\left[\begin{pmatrix} 1 \end{pmatrix}, \begin{pmatrix} 2 \end{pmatrix}\right]"),
    ],
)  # fmt: skip
def test_values(value, tex):
    assert latex_value(value) == tex


def test_a_label_that_is_all_of_an_index_has_one_pair_of_brackets():
    assert latex_target("V[s]", {"s": "(1,3)"}) == r"V_{\text{1,3}}"
    assert latex(Node("index", (name("V"), Node("label", ("(1,3)",))))) == r"V_{\text{1,3}}"
    assert latex_target("Q[s,a]", {"s": "(1,3)", "a": "up"}) == r"Q_{\text{(1,3)},\text{up}}"
    assert latex_target("V[s]", {"s": "(1)(2)"}) == r"V_{\text{(1)(2)}}"


@pytest.mark.parametrize(
    ("digits", "tex"),
    [
        ("0.5800", "0.5800"), ("-0.5800", "-0.5800"), ("2.061E-9", r"2.061 \cdot 10^{-9}"), ("1E-9", "10^{-9}"),
        ("1.000E-9", r"1.000 \cdot 10^{-9}"), ("0.0046", "0.0046"), ("0", "0"), ("1.5E+20", r"1.5 \cdot 10^{20}"),
    ],
)  # fmt: skip
def test_a_decimal_keeps_its_digits(digits, tex):
    assert latex(Node("number", (Decimal(digits),))) == tex


def test_a_vector_lies_down_on_request():
    assert latex_value(Array((2,), (1, 2)), column=False) == r"\begin{pmatrix} 1 & 2 \end{pmatrix}"
    assert latex_value(0.123456, digits=2) == "0.12"


def test_every_function_of_the_language_has_a_row():
    signs = "= or and not < <= > >= == != .. + - neg * @ .* / ./ ^ .^ % .T index list matrix for axis".split()
    assert set(ROWS) == {*ARITY, *signs}


@pytest.mark.parametrize("text", ["+".join(["x"] * 5001), "tanh(" * 5000 + "x" + ")" * 5000, "-" * 5000 + "x"])
def test_a_chain_of_5000_operations(text):
    tex = latex(parse(text, limits=FORMULA))
    assert tex.count("x") == text.count("x")
    assert tex.count("(") == tex.count(")")


def test_a_tree_that_shares_its_parts_is_refused_before_it_is_written():
    node = name("x")
    for _ in range(60):
        node = Node("+", (node, node))
    with pytest.raises(InputError, match="too long"):
        latex(node)
