"""Every evaluating engine gives the same value, and the written line evaluates to it."""

from fractions import Fraction
from typing import Any

import pytest
from contract import agree, numbers
from hypothesis import given, settings
from hypothesis import strategies as st

from revise.engines import exact, native, sympy_, walk
from revise.engines.arrays import Array, entries
from revise.engines.written import write
from revise.errors import InputError
from revise.expression import FORMULA, Node, parse
from revise.expression.functions import ARITY, ELEMENTWISE

F = Fraction
ENV: dict[str, Any] = {
    "x": F(1, 2),
    "n": 3,
    "y": F(-3, 4),
    "v": Array((3,), (1, F(-1, 2), 2)),
    "u": Array((3,), (2, 3, F(1, 4))),
    "W": Array((2, 3), (1, 2, F(1, 2), 0, -1, 3)),
    "A": Array((2, 2), (2, 1, 1, 3)),
    "b": Array((2,), (1, F(1, 3))),
    "p": {"lo": F(1, 4), "hi": F(3, 4)},
    "S": ("lo", "hi"),
    "s": "hi",
    "h": {0: 0, 1: F(1, 3), 2: 2},
    "Q": {("lo", "a"): 1, ("lo", "b"): 4, ("hi", "a"): 2, ("hi", "b"): 0},
    "B": ("a", "b"),
}
# One formula a function at least; test_every_function_is_tried sees to it.
FORMULAS = {
    "exp(x)*x - y/n": None,
    "log(n) + ln(x) + log2(8) + log10(1000) + log_b(9, 3)": None,
    "sqrt(x) + sqrt(1/4)": None,
    "abs(y) + sign(y) + sign(0)": None,
    "floor(y) + ceil(y) + trunc(y) + round(2.5) + round(-2.5)": -1 + 0 + 0 + 3 - 3,
    "sin(x) + cos(x)": None,
    "tanh(x) + sigmoid(y) + relu(y) + step(0) + softplus(x) + erf(x)": None,
    "factorial(5) + binom(5, 2)": 130,
    "2^-2 + x^n + 4^(1/2)": F(1, 4) + F(1, 8) + 2,
    "sum(v)": F(5, 2),
    "prod(v)": -1,
    "mean(v)": F(5, 6),
    "var(v)": F(19, 18),
    "max(v) - min(v)": F(5, 2),
    "argmax(v) + argmin(v)": 3,
    "any(v > 1) and all(v > -1)": True,
    "softmax(v)": None,
    "logsumexp(v)": None,
    "sum(W, axis=0)": None,
    "max(W, axis=1)": [2, 3],
    "softmax(W, axis=1)": None,
    "mean(W, axis=1)": None,
    "norm(v)": None,
    "norm(v, 1)": F(7, 2),
    "norm(v, inf)": 2,
    "norm(W)": None,
    "dot(v, u)": 1,
    "outer(v, u)": None,
    "kron(v, b)": None,
    "kron(A, W)": None,
    "inv(A)": [F(3, 5), F(-1, 5), F(-1, 5), F(2, 5)],
    "det(A)": 5,
    "solve(A, b)": [F(8, 15), F(-1, 15)],
    "trace(A)": 5,
    "diag(A)": [2, 3],
    "diag(b)": [1, 0, 0, F(1, 3)],
    "eye(2) + zeros(2, 2) + ones(2, 2)": [2, 1, 1, 2],
    "tril(A)": [2, 0, 1, 3],
    "onehot(1, 3)": [0, 1, 0],
    "concat(v, b)": None,
    "len(v) + len(W)": 5,
    "shape(W)": [2, 3],
    "where(x > 0, log(x), 0)": None,
    "where(v > 0, v, 0)": [1, 0, 2],
    "matpow(A, 3)": [15, 20, 20, 35],
    "W @ v": [1, F(13, 2)],
    "v @ u": 1,
    "A @ A - A .* A": None,
    "W.T @ b": None,
    "v .* u + v ./ u": None,
    "v .^ 2": [1, F(1, 4), 4],
    "W .* v": None,
    "W + b[0]": None,
    "A[0,:] + A[:,1]": [3, 4],
    "W[1,2]": 3,
    "-v": None,
    "50% * n": F(3, 2),
    "sum(p[i]^2 for i in S)": F(5, 8),
    "sum(1/i for i in 1..4 if i != 2)": F(19, 12),
    "prod(i for i in 1..4)": 24,
    "max(Q[s,a] for a in B)": 2,
    "argmax(Q[s,a] for a in B)": "a",
    "argmin(p[i] for i in S)": "lo",
    "[t^2 for t in 1..3]": [1, 4, 9],
    "h[n-1] + h[1]": F(7, 3),
    "mean(h[t] for t in 0..2)": F(7, 9),
    "max(x, y, 0)": F(1, 2),
    "max(v, 0)": [1, 0, 2],
    "n!": 6,
    "not (x > 1) or y > 0": True,
    "all(h[t] >= 0 for t in 0..2)": True,
}


def tree(formula: str) -> Node:
    return parse(formula, None, FORMULA)


def test_every_function_is_tried() -> None:
    tried = {node.head for formula in FORMULAS for node in _nodes(formula)}
    assert set(ARITY) <= tried, set(ARITY) - tried


def _nodes(formula: str) -> list[Node]:
    from revise.expression import postorder

    return postorder(tree(formula))


def test_every_engine_has_every_function() -> None:
    assert set(ARITY) <= walk.FUNCTIONS | ELEMENTWISE
    assert set(ELEMENTWISE) == set(exact.FUNCTIONS)
    assert set(ELEMENTWISE) <= set(sympy_.FUNCTIONS)


@pytest.mark.parametrize("formula", FORMULAS)
def test_engines_agree(formula: str) -> None:
    value = exact.evaluate(tree(formula), ENV)
    published = FORMULAS[formula]
    if published is not None:
        wanted = published if isinstance(published, list) else [published]
        assert list(entries(value)) == wanted
    for backend in ("numpy", "torch"):
        lifted = {name: native.lift(entry, backend) for name, entry in ENV.items()}
        assert agree(value, native.evaluate(tree(formula), lifted, backend)), backend
    symbolic = sympy_.evaluate(tree(formula), ENV)
    theirs = [x if isinstance(x, str | bool) else float(x) for x in entries(symbolic)]
    assert agree(value, theirs)


LABELS = {"argmax(Q[s,a] for a in B)", "argmin(p[i] for i in S)"}  # a label has no line of numbers


@pytest.mark.parametrize("formula", [formula for formula in FORMULAS if formula not in LABELS])
def test_the_written_line_evaluates_to_the_value(formula: str) -> None:
    value = exact.evaluate(tree(formula), ENV)
    lines = entries(write(tree(formula), ENV))
    shown = [x for line in lines for x in numbers(exact.evaluate(line, {}))]
    assert agree(value, shown)


_numbers = st.fractions(min_value=-4, max_value=4, max_denominator=8)


@settings(max_examples=60, deadline=None)
@given(st.lists(_numbers, min_size=6, max_size=6), st.lists(_numbers, min_size=3, max_size=3))
def test_engines_agree_on_random_arrays(flat: list[Fraction], vector: list[Fraction]) -> None:
    env = {"W": Array((2, 3), tuple(flat)), "v": Array((3,), tuple(vector)), "c": F(1, 3)}
    lifted = {name: native.lift(entry, "numpy") for name, entry in env.items()}
    for formula in (
        "W @ v",
        "sum(W .* v, axis=1)",
        "tanh(W @ v) + c",
        "softmax(v)",
        "max(W, axis=0)",
        "norm(W)",
        "var(v)",
        "relu(v) .* v",
    ):
        assert agree(exact.evaluate(tree(formula), env), native.evaluate(tree(formula), lifted)), formula


def test_exact_stays_exact_and_becomes_a_float_when_it_gets_long() -> None:
    assert exact.evaluate(tree("1/3 + 1/6"), {}) == F(1, 2)
    assert exact.evaluate(tree("0.1 + 0.2"), {}) == F(3, 10)
    assert isinstance(exact.evaluate(tree("4/2"), {}), int)
    long = exact.evaluate(tree("(2/3)^400"), {})
    assert isinstance(long, float)
    assert long == pytest.approx((2 / 3) ** 400, rel=1e-12)
    assert exact.evaluate(tree("sqrt(2)^2"), {}) == pytest.approx(2)


@pytest.mark.parametrize(
    ("formula", "reason"),
    [
        ("W @ b", "do not fit"),
        ("v + b", "do not fit"),
        ("W * W", "two arrays"),
        ("v / u", "write ./"),
        ("W ^ 2", "matpow"),
        ("log(x - x)", "zero"),
        ("1/(x - x)", "division by zero"),
        ("solve(A - A, b)", "singular"),
        ("v[3]", "outside"),
        ("p", "needs its index"),
        ("Q[s]", "no value"),
        ("h[9]", "no value"),
        ("nothing", "no value"),
        ("softmax(W)", "axis"),
        ("v[x]", "whole number"),
        ("s + 1", "label"),
        ("solve([0, 0, 1; 3.6, -3, 0; -2, 5/3, 0] .* sqrt(2), [1, 2, 3])", "singular"),
        ("inf - inf", "infinity"),
        ("0*inf", "infinity"),
        ("norm(v, 1/2)", "whole number"),
        ("norm(v, 3)", "order"),
        ("sqrt(y)", "negative"),
        ("y^x", "negative"),
    ],
)
def test_what_has_no_value_says_why(formula: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        exact.evaluate(tree(formula), ENV)


@pytest.mark.parametrize("engine", [exact.evaluate, write, sympy_.evaluate])
def test_a_chain_of_5000_is_walked(engine: Any) -> None:
    chain = parse("1" + "+1" * 5000, limits=FORMULA)
    value = engine(chain, {})
    assert (exact.evaluate(value, {}) if isinstance(value, Node) else value) == 5001


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("n < 0 and v[9] > 0", False),
        ("n > 0 or v[9] > 0", True),
        ("any(t > 9 for t in 1..0)", False),
        ("all(t > 9 for t in 1..0)", True),
        ("len(S)", 2),
        ("p[S[1]]", F(3, 4)),
        ("sum(z^2 for z in v)", F(21, 4)),
        ("mean([t, 2*t] for t in 1..3)", [2, 4]),
        ("softmax([1000, 1000])", [F(1, 2), F(1, 2)]),
        ("logsumexp([1000, 1000]) - 1000 - log(2)", 0),
        ("round(0.49999999999999994)", 0),
    ],
)
def test_corners(formula: str, value: Any) -> None:
    assert agree(exact.evaluate(tree(formula), ENV), value)
    lifted = {name: native.lift(entry, "numpy") for name, entry in ENV.items()}
    assert agree(native.evaluate(tree(formula), lifted), value)


@pytest.mark.parametrize("formula", ["n = 3", "shape(3)", "max(v for t in 1..2)", "argmax(v for t in 1..2)"])
def test_what_is_no_value_is_refused_by_both(formula: str) -> None:
    with pytest.raises(InputError):
        exact.evaluate(tree(formula), ENV)
    if not formula.startswith("shape"):
        lifted = {name: native.lift(entry, "numpy") for name, entry in ENV.items()}
        with pytest.raises(InputError):
            native.evaluate(tree(formula), lifted)


def test_a_thousand_nested_choices_are_walked_once_each() -> None:
    deep = parse("where(x > 0, " * 1000 + "x" + ", 0)" * 1000, limits=FORMULA)
    assert exact.evaluate(deep, {"x": 2}) == 2
    shared = parse("x + 1", limits=FORMULA)
    for _ in range(60):
        shared = Node("where", (Node(">", (shared, shared)), shared, shared))
    assert exact.evaluate(shared, {"x": 2}) == 3
