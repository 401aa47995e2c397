"""SymPy expressions agree with exact numbers, come back as trees of the same meaning, and never hang."""

import subprocess
import sys
import time
from contextlib import suppress
from fractions import Fraction
from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from revise.engines import exact, sympy_
from revise.engines.arrays import Array, entries
from revise.engines.text import text
from revise.engines.walk import Undecided
from revise.equality import compare
from revise.errors import InputError
from revise.expression import FORMULA, Node, name, number, parse
from revise.expression.functions import ARITY, ELEMENTWISE

LETTERS = {letter: name(letter) for letter in "x y z F N P S K C R p d gamma".split()}


def tree(formula: str) -> Node:
    return parse(formula, None, FORMULA)


def symbolic(formula: str, **env: Any) -> Any:
    return sympy_.evaluate(tree(formula), LETTERS | env)


def shown(formula: str, order: str = "", **env: Any) -> str:
    return text(sympy_.to_tree(symbolic(formula, **env), order.split())).replace("−", "-").replace("·", "*")


numbers = st.one_of(
    st.integers(-6, 9),
    st.fractions(-5, 5, max_denominator=12),
    st.integers(-40, 40).map(lambda k: k / 8),
    st.sampled_from([0, 1, -1, Fraction(1, 2), Fraction(-5, 2), 2.5, 0.1, 1000, -1000, 171]),
)


def outcome(evaluate: Any, formula: str, env: dict[str, Any]) -> Any:
    try:
        return evaluate(tree(formula), env)
    except exact.Undefined:
        return "undefined"


def agree(formula: str, env: dict[str, Any], noise: float = 1e-300) -> None:
    mine, other = outcome(sympy_.evaluate, formula, env), outcome(exact.evaluate, formula, env)
    if isinstance(mine, str) or isinstance(other, str):
        assert mine == other
    elif isinstance(other, bool):
        assert mine is other
    else:
        for left, right in zip(entries(mine), entries(other), strict=True):
            assert float(left) == pytest.approx(float(right), rel=1e-9, abs=noise)


# -- agreement with the exact engine ----------------------------------------------------------------


@given(st.sampled_from(sorted(ELEMENTWISE)), numbers, numbers)
@settings(max_examples=600, deadline=None)
def test_every_elementwise_function_agrees_with_exact(function: str, x: Any, y: Any) -> None:
    agree(f"{function}(x)" if ARITY[function] == (1, 1) else f"{function}(x, y)", {"x": x, "y": y})


@given(st.sampled_from("+ - * / .* ./ ^ < <= > >= == !=".split()), numbers, numbers)
@settings(max_examples=400, deadline=None)
def test_every_operator_agrees_with_exact(sign: str, x: Any, y: Any) -> None:
    agree(f"x {sign} y", {"x": x, "y": y})


def test_the_table_has_every_elementwise_function() -> None:
    assert set(sympy_.FUNCTIONS) == ELEMENTWISE


@pytest.mark.parametrize("x", [Fraction(-1), 0, 0.5])
@pytest.mark.parametrize("formula", ["not (x > 0)", "x > 0 and x < 1", "x > 0 or x < -2", "not x", "(x > 0)*3 + 1"])
def test_logic(formula: str, x: Any) -> None:
    agree(formula, {"x": x})


@given(st.lists(st.fractions(-4, 4, max_denominator=5), min_size=12, max_size=12))
@settings(max_examples=60, deadline=None)
def test_linear_systems_agree_with_exact(flat: list[Fraction]) -> None:
    env = {"A": Array((3, 3), tuple(flat[:9])), "b": Array((3,), tuple(flat[9:]))}
    for formula in ("solve(A, b)", "inv(A)", "det(A)"):
        agree(formula, env)
    if exact.evaluate(tree("det(A)"), env) != 0:  # floats do not see that a matrix is singular
        agree("solve(A .* sqrt(2), b)", env, noise=1e-9)


def test_zero_in_disguise_is_seen_in_a_determinant() -> None:
    with pytest.raises(exact.Undefined, match="singular"):
        symbolic("solve([sqrt(2) + sqrt(3), x; sqrt(5 + 2*sqrt(6)), x], [1, 2])")


def test_irrational_constants_stay_exact_and_print_to_thirty_digits() -> None:
    assert symbolic("sqrt(2)*sqrt(3) - sqrt(6)") == 0
    assert symbolic("1/exp(-100)") == sympy.exp(100)
    assert symbolic("sqrt(2) + sqrt(3) == sqrt(5 + 2*sqrt(6))") is True
    assert symbolic("exp(-100) > 0") is True
    assert symbolic("2.0^2 + x^f", f=2.0) == sympy.Symbol("x", real=True) ** 2 + 4


# -- letters ----------------------------------------------------------------------------------------

parts = st.recursive(
    st.one_of(
        st.sampled_from(["x", "y", "z"]).map(name),
        st.integers(0, 5).map(number),
        st.fractions(0, 3, max_denominator=6).map(number),
        st.sampled_from(["e", "pi"]).map(name),
    ),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from("+ - * / ^ + - *".split()), inner, inner).map(lambda t: Node(t[0], t[1:])),
        st.tuples(st.sampled_from(sorted(set(ELEMENTWISE) - {"log_b", "binom", "factorial"})), inner).map(
            lambda t: Node(t[0], t[1:])
        ),
        st.tuples(st.sampled_from(["max", "min", "log_b"]), inner, inner).map(lambda t: Node(t[0], t[1:])),
        inner.map(lambda part: Node("neg", (part,))),
        st.tuples(st.sampled_from(["<", ">=", "=="]), inner, inner, inner, inner).map(
            lambda t: Node("where", (Node(t[0], t[1:3]), *t[3:]))
        ),
    ),
    max_leaves=7,
)


@given(parts)
@settings(max_examples=300, deadline=None)
def test_to_tree_keeps_the_meaning(root: Node) -> None:
    try:
        again = sympy_.to_tree(sympy_.evaluate(root, LETTERS), ["x", "y"])
    except InputError:
        return
    verdict = compare(root, again)
    assert verdict.outcome != "different", (text(root), text(again), verdict)


@given(parts)
@settings(max_examples=150, deadline=None)
def test_light_simplification_keeps_the_meaning(root: Node) -> None:
    try:
        value = sympy_.evaluate(root, LETTERS)
        before, after = sympy_.to_tree(value), sympy_.to_tree(sympy_.simplify_light(value))
    except InputError:
        return
    assert compare(before, after).outcome != "different", (text(before), text(after))


@pytest.mark.parametrize(
    ("formula", "order", "line"),
    [
        ("(N - F + 2*P)/S + 1", "N F P S", "(N + 2*P - F)/S + 1"),
        ("floor((N - F + 2*P)/S) + 1", "N P F S", "floor((N + 2*P - F)/S) + 1"),
        ("1 - x", "x", "1 - x"),
        ("x - 1", "x", "x - 1"),
        ("-x - 1", "x", "-x - 1"),
        ("x^2 - 2*x + 1", "x", "x² - 2*x + 1"),
        ("1 - 2*x - x^2", "x", "1 - 2*x - x²"),
        ("-R/(gamma - 1)", "R gamma", "R/(1 - γ)"),
        ("sigmoid(x)", "x", "1/(1 + exp(-x))"),
        ("softplus(x)", "x", "log(1 + exp(x))"),
        ("relu(x)", "x", "max(0, x)"),
        ("step(x - 1)", "x", "where(x ≥ 1, 1, 0)"),
        ("round(x/2) + trunc(x)", "x", "round(x/2) + trunc(x)"),
        ("sqrt(x)/2", "x", "√x/2"),
        ("1/sqrt(d)", "d", "1/√d"),
        ("2/3*x*y/z", "x y z", "2*x*y/(3*z)"),
        ("(x + 1)/2", "x", "(x + 1)/2"),
        ("-p*log2(p) - (1 - p)*log2(1 - p)", "p", "-p*log2(p) - (1 - p)*log2(1 - p)"),
        ("(F*F*C + 1)*K", "F C K", "K*(F²*C + 1)"),
        ("y*x + x", "y x", "y*x + x"),
        ("y*(-x - 1)", "y x", "-y*(x + 1)"),
        ("where(x > 0 and y < 1, x, y)", "", "where(x > 0 and y < 1, x, y)"),
        ("max(x, y, 3, 4)", "", "max(4, x, y)"),
        ("sqrt(8)", "", "2*√2"),
        ("-inf", "", "-∞"),
    ],
)
def test_terms_come_in_the_order_people_write(formula: str, order: str, line: str) -> None:
    assert shown(formula, order).replace("inf", "∞") == line


def test_floats_labels_truths_and_arrays_have_trees() -> None:
    assert sympy_.to_tree(symbolic("x*f", f=0.5)).args[0].args[0] == 0.5
    assert sympy_.to_tree("up").head == "label"
    assert sympy_.to_tree(True).args == (1,)
    assert text(sympy_.to_tree(symbolic("[x, 1; 2, y]"))) == "[x, 1; 2, y]"
    assert text(sympy_.to_tree(symbolic("[x, 1]"))) == "[x, 1]"


def test_a_formula_of_letters_and_letters_that_hide_constants() -> None:
    x = sympy.Symbol("x", real=True)
    assert symbolic("w^2", w=tree("x + 1")) == (x + 1) ** 2
    assert symbolic("w", w=tree("2*pi")) == 2 * sympy.pi
    assert symbolic("e + 1", e=name("e")) == sympy.Symbol("e", real=True) + 1
    assert text(sympy_.to_tree(symbolic("exp(1) + e", e=name("e")), ["e"])) == "e + exp(1)"


@pytest.mark.parametrize("formula", ["where(x < log(step(x)), x, y)", "max(y, log(step(x)))", "x > 1/step(x)"])
def test_a_case_without_a_value(formula: str) -> None:
    with suppress(InputError):
        symbolic(formula)


def test_what_letters_leave_open() -> None:
    with pytest.raises(Undecided, match="y > x"):
        symbolic("argmax([x, y])")
    assert symbolic("argmax([x, x])") == 0
    assert symbolic("x^2 >= 0") is True
    assert symbolic("x + 1 > x") is True
    assert isinstance(symbolic("where(x > y, 1, 2)"), sympy.Piecewise)
    with pytest.raises(InputError, match="whole number"):
        symbolic("onehot(x, 3)")


# -- systems with letters ---------------------------------------------------------------------------


def test_bellman_with_gamma_as_a_letter_takes_under_a_second() -> None:
    rows = [[(i * j + i + 2 * j) % 5 for j in range(6)] for i in range(6)]
    flat = tuple(Fraction(entry, sum(row)) for row in rows for entry in row)
    env = {"P": Array((6, 6), flat), "R": Array((6,), (1, -2, 0, 3, 0, 1))}
    start = time.perf_counter()
    values = symbolic("solve(eye(6) - gamma*P, R)", **env)
    trees = [sympy_.to_tree(sympy_.simplify_light(value), ["gamma"]) for value in values.flat]
    assert time.perf_counter() - start < 1
    right = exact.evaluate(tree("solve(eye(6) - gamma*P, R)"), env | {"gamma": Fraction(9, 10)})
    assert [exact.evaluate(part, {"gamma": Fraction(9, 10)}) for part in trees] == list(right.flat)


def test_a_state_that_stays_put_is_worth_r_over_one_minus_gamma() -> None:
    value = symbolic("solve([1 - gamma, 0; -gamma, 1], [R, 0])")
    assert [text(sympy_.to_tree(entry, ["R", "gamma"])) for entry in value.flat] == ["R/(1 − γ)", "R·γ/(1 − γ)"]


@pytest.mark.parametrize(
    "matrix",
    ["[x, x; x, x]", "[1, 2; 2, 4]", "[sqrt(2), 1; 2, sqrt(2)]", "[sqrt(2), x; 2, sqrt(2)*x]", "[0.5, x; 1, 2*x]"],
)
def test_singular_means_for_all_letters(matrix: str) -> None:
    with pytest.raises(exact.Undefined, match="singular"):
        symbolic(f"solve({matrix}, [1, 2])")
    assert sympy.simplify(symbolic(f"det({matrix})")) == 0


@pytest.mark.parametrize(
    "matrix", ["[exp(-x), 1; 1, 2]", "[sqrt(2), x; 1, max(x, y)]", "[f, x; 2, 3]", "[1/x, x; x, 1]"]
)
def test_entries_beyond_rational_functions(matrix: str) -> None:
    env = {"f": 0.1, "x": 0.7, "y": 1.3}
    root = sympy_.to_tree(symbolic(f"solve({matrix}, [y, 1])", f=0.1))
    right = exact.evaluate(tree(f"solve({matrix}, [y, 1])"), env)
    assert exact.evaluate(root, env).flat == pytest.approx(right.flat)


# -- hostile sizes ----------------------------------------------------------------------------------

HOSTILE = """
((9^9)^9999)^9999|9^9^9|((2*x)^1000)^1000|(((2*x)^1000)^1000)^1000|exp(exp(exp(1000)))|factorial(171)|x^(10^9)
factorial(170)^1000|binom(x, 500)|binom(1000, 500)|binom(x, 10^6)|sin(10^300)|floor(exp(700))|0.1^5000|2^(1/3)^1000
(x + y + z)^1000|exp(-10^200)|(1/3)^1024*(2/7)^1024|log2(10^300 + 1)|prod(k*x for k in 1..400)
sum(1/k for k in 1..500)|prod(1 + x/k for k in 1..300)|max(x, y, z, p, d, R, N, F, K, C, S, P)
"""


@pytest.mark.parametrize("formula", HOSTILE.replace("\n", "|").strip("|").split("|"))
def test_hostile_sizes_end_soon(formula: str) -> None:
    start = time.perf_counter()
    with suppress(InputError):
        sympy_.simplify_light(symbolic(formula))
    assert time.perf_counter() - start < 5


def repeated(formula: str, first: str, times: int) -> Any:
    value, step = symbolic(first), tree(formula)
    for _ in range(times):
        value = sympy_.evaluate(step, {"y": value})
    return value


@pytest.mark.parametrize(
    "formula", ["y*y + y", "y*y", "y^2", "(y + 1)*(y - 1)", "y*(1 - y)*7/2", "exp(-y)", "relu(y - 1/3)"]
)
@pytest.mark.parametrize("first", ["2*x", "3/7", "exp(1/2)"])
def test_iterations_end_soon(formula: str, first: str) -> None:
    start = time.perf_counter()
    with suppress(InputError):
        repeated(formula, first, 40)
    assert time.perf_counter() - start < 10


@pytest.mark.parametrize(
    "formula",
    [
        "x" + "+1" * 5000,
        "0" + "".join(f"+x^{k % 1000}*y^{k // 1000}" for k in range(5000)),
        "0" + "".join(f"-sqrt({k})" for k in range(2, 2000)),
        "x" + "*(x + 1)" * 1000,
        "sin(" * 5000 + "1" + ")" * 5000,
    ],
    ids=["ones", "terms", "roots", "factors", "nested"],
)
def test_long_chains_work(formula: str) -> None:
    start = time.perf_counter()
    symbolic(formula)
    assert time.perf_counter() - start < 20


def test_a_long_sum_is_the_sum() -> None:
    letters = {f"a{k}": name(f"a{k}") for k in range(200)}
    value = sympy_.evaluate(tree("+".join(letters) + " - a3"), letters)
    assert value == sympy.Add(*(sympy.Symbol(letter, real=True) for letter in letters if letter != "a3"))
    both = sympy_.evaluate(tree("[s + a0, s + a1]"), letters | {"s": tree("+".join(letters))})
    assert both.flat[0] - both.flat[1] == sympy.Symbol("a0", real=True) - sympy.Symbol("a1", real=True)


def test_letters_nested_too_deep_are_an_input_error() -> None:
    with pytest.raises(InputError, match="too deep"):
        symbolic("sin(" * 5000 + "x" + ")" * 5000)


def test_too_many_letters_in_a_system_are_an_input_error() -> None:
    letters = {f"a{k}": name(f"a{k}") for k in range(36)}
    rows = "; ".join(", ".join(f"a{6 * i + j}" for j in range(6)) for i in range(6))
    with pytest.raises(InputError, match="36 letters"):
        symbolic(f"det([{rows}])", **letters)


@pytest.mark.parametrize(
    "formula",
    "1/0 0^(-1) log(0) log(-1) sqrt(-2) (-8)^(1/3) inf-inf x/(y-y) 0*inf log_b(2,1) binom(2,3) exp(1000)".split(),
)
def test_undefined_values(formula: str) -> None:
    with pytest.raises(exact.Undefined):
        symbolic(formula)


def test_sympy_stays_away_from_other_engines() -> None:
    code = "import sys, revise.equality, revise.engines.exact, revise.engines.tree_of; print('sympy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
