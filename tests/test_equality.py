"""Is this answer that one? Rewritten formulas are equal, changed ones are not, and doubt is said."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from revise.engines import exact
from revise.engines.arrays import Array
from revise.equality import Verdict, close, compare, same_value
from revise.expression import FORMULA, Node, name, number, parse, postorder
from revise.numerals import Numerals

F = Fraction


def verdict(left: str, right: str, **domain: tuple[float, float]) -> Verdict:
    return compare(parse(left, None, FORMULA), parse(right, None, FORMULA), domain)


PAIRS = [
    ("abs(x)", "x", "different"),
    ("sqrt(x^2)", "x", "different"),
    ("sqrt(x^2)", "abs(x)", "equal"),
    ("log(x^2)", "2*log(x)", "undecided"),
    ("exp(log(x))", "x", "undecided"),
    ("log(x*y)", "log(x) + log(y)", "undecided"),
    ("floor(x)", "x", "different"),
    ("round(x)", "x", "different"),
    ("floor((N - F)/S) + 1", "(N - F)/S + 1", "different"),
    ("relu(floor(x/8))", "0", "different"),
    ("step(x)", "where(x > 0, 1, 0)", "different"),
    ("sign(x)", "where(x >= 0, 1, -1)", "different"),
    ("softplus(x)", "x", "different"),
    ("sin(pi*x)", "0", "different"),
    ("sigmoid(x)", "1/(1 + exp(-x))", "equal"),
    ("tanh(x)", "2*sigmoid(2*x) - 1", "equal"),
    ("-log(1 - sigmoid(x))", "softplus(x)", "equal"),
    ("1 - tanh(x)", "2/(exp(2*x) + 1)", "equal"),
    ("softmax([x, y])[0]", "sigmoid(x - y)", "equal"),
    ("logsumexp([x, y])", "log(exp(x) + exp(y))", "equal"),
    ("sin(x)^2 + cos(x)^2 - 1", "0", "equal"),
    ("x/x", "1", "equal"),
    ("(x^2 - 1)/(x - 1)", "x + 1", "equal"),
    ("factorial(n)", "n*factorial(n - 1)", "equal"),
    ("relu(x)", "max(x, 0)", "equal"),
    ("sum(x^t for t in 0..3)", "(1 - x^4)/(1 - x)", "equal"),
    ("x^0.5", "sqrt(x)", "equal"),
    ("x^20", "x^20 + 10^(-9)", "different"),
    ("x", "x*(1 + 10^(-8))", "different"),
    ("exp(x)", "exp(x)*(1 + 10^(-6))", "different"),
    ("x", "y", "different"),
    ("[x, 1]", "[x, 1]", "equal"),
    ("[x, 1]", "[x, 2]", "different"),
    ("[x, 1]", "x", "different"),
    ("log(x - 1000)", "log(x - 1000)", "undecided"),
    ("1/3", "0.3333", "different"),
    ("2/6", "1/3", "equal"),
    ("sqrt(2)*sqrt(3)", "sqrt(6)", "equal"),
    ("sin(pi)", "0", "equal"),
    ("sigmoid(81)", "exp(81)/(exp(81) + 1)", "equal"),
    ("sigmoid(81)", "exp(81)/(exp(81) + 1) + 1/1000", "different"),
    ("exp(60) + x - exp(60)", "0", "undecided"),
    ("exp(60) + 1 - exp(60)", "0", "undecided"),
    ("floor(sigmoid(x))", "0", "equal"),
    ("1/0", "3", "undecided"),
    ("A @ x", "x", "undecided"),
]


@pytest.mark.parametrize(("left", "right", "wanted"), PAIRS)
def test_tricky_pairs(left: str, right: str, wanted: str) -> None:
    assert verdict(left, right).outcome == wanted
    assert verdict(right, left).outcome == wanted


def test_a_domain_settles_what_was_open() -> None:
    assert verdict("log(x^2)", "2*log(x)", x=(0, 1)).outcome == "equal"
    assert verdict("abs(x)", "x", x=(0, float("inf"))).outcome == "equal"
    assert verdict("a*x^3", "2*a*x^3", a=(1e-6, 1e-4), x=(1e-6, 1e-5)).outcome == "different"
    assert verdict("log(x - 1000)", "log(x - 1000)", x=(1000, 2000)).outcome == "equal"


@given(st.integers(-400, 400).map(lambda k: k / 8), st.sampled_from([2**-10, 0.25, 1, 1.5, 7, 100, 10**6]))
def test_points_lie_in_the_domain(low: float, width: float) -> None:
    outside = f"where(x < {F(low)} or x > {F(low + width)}, 1, 0)"
    assert verdict(outside, "0", x=(low, low + width)).outcome == "equal"


def test_a_letter_may_be_called_e() -> None:
    assert verdict("e^2", "exp(2)").outcome == "equal"
    assert verdict("e^2", "exp(2)", e=(0, 5)).outcome == "different"


def test_different_names_a_point_and_both_values_and_is_the_same_every_time() -> None:
    first = verdict("sqrt(x^2)", "x")
    assert first == verdict("sqrt(x^2)", "x")
    assert first.point["x"] < 0
    assert (first.left, first.right) == (-first.point["x"], first.point["x"])


def test_undecided_may_name_the_point_where_one_side_has_no_value() -> None:
    found = verdict("log(x^2)", "2*log(x)")
    assert found.point["x"] < 0
    assert found.left is not None
    assert found.right is None


# -- rewriting --------------------------------------------------------------------------------------


def formulas_of(greatest: int, signs: str, functions: list[str]) -> st.SearchStrategy[Node]:
    return st.recursive(
        st.one_of(st.sampled_from("xyz").map(name), st.integers(1, greatest).map(number)),
        lambda inner: st.one_of(
            st.tuples(st.sampled_from(signs.split()), inner, inner).map(lambda t: Node(t[0], t[1:])),
            st.tuples(st.sampled_from(functions), inner).map(lambda t: Node(t[0], t[1:])),
        ),
        max_leaves=8,
    )


# `tame` ones have a value everywhere, and no constant in them is so large that a thousandth drowns in it.
tame = formulas_of(3, "+ - *", ["tanh", "sin", "abs", "neg"])
formulas = st.one_of(formulas_of(9, "+ - * / ^", ["exp", "tanh", "sigmoid", "sin", "sqrt", "abs", "neg"]), tame)


def rewritten(root: Node) -> Node:
    """The same by other means: sums and products turned round, brackets multiplied out, a/b as a·(1/b)."""
    made: dict[int, Node] = {}
    for node in postorder(root):
        if node.head in ("name", "number"):
            made[id(node)] = node
            continue
        args = [made[id(child)] for child in node.args]
        new = Node(node.head, tuple(args))
        if node.head in "+*":
            new = Node(node.head, (args[1], args[0]))
        if node.head == "*" and args[0].head in "+-":
            a, b = args[0].args
            new = Node(args[0].head, (Node("*", (a, args[1])), Node("*", (args[1], b))))
        elif node.head == "-":
            new = Node("+", (Node("neg", (args[1],)), args[0]))
        elif node.head == "/":
            new = Node("*", (Node("/", (number(1), args[1])), args[0]))
        elif node.head == "^" and args[1].head == "number" and args[1].args[0] == 2:
            new = Node("*", (args[0], args[0]))
        elif node.head == "sigmoid":
            new = Node("/", (Node("exp", (args[0],)), Node("+", (Node("exp", (args[0],)), number(1)))))
        made[id(node)] = new
    return made[id(root)]


@given(formulas)
@settings(max_examples=300, deadline=None)
def test_a_formula_equals_itself_rewritten(root: Node) -> None:
    assert compare(root, rewritten(root)).outcome != "different"


@given(tame)
@settings(max_examples=200, deadline=None)
def test_where_it_has_values_everywhere_that_is_decided(root: Node) -> None:
    assert compare(root, rewritten(root)).outcome == "equal"


@given(tame, st.sampled_from([F(1, 1000), F(-1, 7), 1, 10]))
@settings(max_examples=300, deadline=None)
def test_a_small_change_is_different(root: Node, change: int | Fraction) -> None:
    assert compare(root, Node("+", (rewritten(root), number(change)))).outcome == "different"


@given(formulas)
@settings(max_examples=300, deadline=None)
def test_an_eighth_more_is_never_equal(root: Node) -> None:
    if compare(root, Node("*", (number(F(9, 8)), rewritten(root)))).outcome == "equal":
        assert compare(root, number(0)).outcome != "different"


@given(formulas)
@settings(max_examples=100, deadline=None)
def test_the_counter_example_is_one(root: Node) -> None:
    other = Node("+", (rewritten(root), name("x")))
    found = compare(root, other)
    if found.outcome == "different":
        assert exact.evaluate(root, found.point) == found.left
        assert exact.evaluate(other, found.point) == found.right


def test_five_thousand_operations() -> None:
    root = parse("x" + " + x*2 - 1" * 1700, None, FORMULA)
    assert compare(root, parse("3401*x - 1700", None, FORMULA)).outcome == "equal"
    assert compare(root, parse("3401*x - 1701", None, FORMULA)).outcome == "different"


# -- values -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        (F(1, 3), F(2, 6), True),
        (F(1, 3), F(333333333333, 10**12), False),
        (1 / 3, F(1, 3), True),
        (1.0, 1, True),
        (0.1 + 0.2 - 0.3, 0, True),
        (1e-15, 2e-15, False),
        (1.0, 1.0000001, False),
        (float("inf"), float("inf"), True),
        (float("inf"), -float("inf"), False),
        (float("inf"), 1, False),
        (float("nan"), float("nan"), False),
        (10**400, 1.0, False),
        (10**400, 10**400, True),
        (True, True, True),
        ("up", "up", True),
        ("up", 1, False),
        (("a", "b"), ("a", "b"), True),
        ({"a": 1}, {"a": 1.0}, True),
        ({"a": 1}, {"b": 1}, False),
        (Array((2,), (1, 2)), [1, 2.0], True),
        (Array((2,), (1, 2)), Array((2, 1), (1, 2)), False),
        (Array((2, 2), (1, 2, 3, 4)), [[1, 2], [3, 4]], True),
        (Array((2, 2), (1, 2, 3, 4)), [[1, 2], [3, 5]], False),
        (None, None, True),
        (None, 0, False),
    ],
)
def test_same_value(a: Any, b: Any, same: bool) -> None:
    assert same_value(a, b) is same
    assert same_value(b, a) is same


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("2/3", "right"),
        ("0.6667", "right"),
        ("0.66667", "right"),
        ("0.667", "imprecise"),
        ("0.67", "imprecise"),
        ("0.66", "imprecise"),
        ("0.6666", "imprecise"),
        ("0.6668", "wrong"),
        ("0.65", "wrong"),
        ("1", "wrong"),
        ("0", "wrong"),
    ],
)
def test_right_value_wrong_precision_is_its_own_outcome(typed: str, wanted: str) -> None:
    for value in (F(2, 3), 2 / 3):
        for read in (F(typed), float(F(typed))):
            assert close(value, read, Numerals()) == wanted


def test_precision_follows_what_was_asked() -> None:
    assert close(F(2, 3), F("0.67"), Numerals(digits=2)) == "right"
    assert close(F(2, 3), F("0.6666"), Numerals(truncate=True)) == "right"
    assert close(F(2, 3), F("0.6667"), Numerals(truncate=True)) == "imprecise"
    assert close(F(2, 3), F("0.6667"), Numerals(exact=True)) == "imprecise"
    assert close(12345.678, F(12300), Numerals(significant=3)) == "right"
    assert close(F(1, 80), F("0.0125"), Numerals()) == "right"
    assert close(7, 7.0, Numerals()) == "right"
    assert close(7, 8, Numerals()) == "wrong"
    assert close(100, 101, Numerals()) == "wrong"


def test_the_worst_entry_counts() -> None:
    value = Array((2,), (F(2, 3), F(1, 3)))
    assert close(value, Array((2,), (F("0.6667"), F("0.3333"))), Numerals()) == "right"
    assert close(value, [F("0.67"), F("0.3333")], Numerals()) == "imprecise"
    assert close(value, [F("0.67"), F("0.5")], Numerals()) == "wrong"
    assert close(value, [F("0.6667")], Numerals()) == "wrong"
    assert close(value, F(2, 3), Numerals()) == "wrong"
    assert close("up", "up", Numerals()) == "right"
    assert close("up", 1, Numerals()) == "wrong"
