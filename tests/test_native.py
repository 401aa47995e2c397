"""The native engine: every function against NumPy, SciPy or a hand, gradients against differences."""

import math
import subprocess
import sys
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import scipy.special
import torch

from revise.engines.arrays import Array
from revise.engines.native import FUNCTIONS, evaluate, lift
from revise.errors import InputError
from revise.expression import FORMULA, Node, name, number, parse
from revise.expression.functions import ARITY

BACKENDS = ("numpy", "torch")
X = np.array([0.5, -1.0, 2.0, 0.0])
V = np.array([1.0, -2.0])
M = np.array([[1.0, 2.0], [3.0, 5.0]])
B = np.array([[1.0, -2.0, 3.0], [4.0, 0.5, -6.0]])
GIVEN: dict[str, Any] = {
    "x": Array((4,), (Fraction(1, 2), -1, 2, 0)),
    "v": V,
    "M": Array((2, 2), (1, 2, 3, 5)),
    "B": B,
    "n": 3,
    "y": Fraction(1, 4),
    "S": ("left", "right"),
    "R": ("left", "right", "up"),
    "s": "right",
    "Q": {("left", 0): 1, ("left", 1): Fraction(5, 2), ("right", 0): 3, ("right", 1): -1},
    "V": {"left": 7.0, "right": 9},
    "h": {0: Array((2,), (1, 2)), 1: Array((2,), (3, 4))},
    "D": {2: 5, 4: 8},
    "E": {},
}


def value(text: str, backend: Any = "numpy", **given: Any) -> Any:
    return evaluate(parse(text, limits=FORMULA), {**GIVEN, **given}, backend)


# text → value, by hand or by a direct call
CASES: dict[str, Any] = {
    # entry by entry
    "exp(x)": np.exp(X),
    "log(x + 2)": np.log(X + 2),
    "ln(e^2)": 2.0,
    "log2(8)": 3.0,
    "log10(1000)": 3.0,
    "log_b(9, 3)": 2.0,
    "log_b([8, 2], 2)": np.array([3.0, 1.0]),
    "sqrt(abs(x))": np.sqrt(np.abs(X)),
    "|x|": np.array([0.5, 1, 2, 0]),
    "sign(x)": np.array([1.0, -1, 1, 0]),
    "floor([-1.5, 1.5])": np.array([-2.0, 1]),
    "ceil([-1.5, 1.5])": np.array([-1.0, 2]),
    "trunc([-1.5, 1.5])": np.array([-1.0, 1]),
    "round([0.5, -0.5, 1.5, 2.5, -2.5, 0.4, 0.49999999999999994])": np.array([1.0, -1, 2, 3, -3, 0, 0]),
    "sin(x)": np.sin(X),
    "cos(x)": np.cos(X),
    "tanh(x)": np.tanh(X),
    "sigmoid(x)": scipy.special.expit(X),
    "sigmoid([-800, -40, 40, 800])": scipy.special.expit(np.array([-800.0, -40, 40, 800])),
    "relu(x)": np.array([0.5, 0, 2, 0]),
    "step(x)": np.array([1.0, 0, 1, 1]),
    "softplus(x)": np.log1p(np.exp(X)),
    "softplus([-30, 30, 1000])": np.array([math.log1p(math.exp(-30)), 30 + math.exp(-30), 1000]),
    "erf(x)": scipy.special.erf(X),
    "factorial([0, 1, 5, 20])": np.array([1.0, 1, 120, 2432902008176640000]),
    "5!": 120.0,
    "factorial(170)": float(math.factorial(170)),
    "factorial(171)": math.inf,
    "factorial(0.5)": math.gamma(1.5),
    "binom(5, 2)": 10.0,
    "binom([4, 50], [2, 25])": np.array([6.0, 126410606437752]),
    "binom(3, 4)": 0.0,
    "binom(1000000, 2)": 499999500000.0,
    "binom(5000, 2500)": math.inf,
    "binom(2.5, 0.5)": scipy.special.binom(2.5, 0.5),
    # reductions
    "sum(B)": B.sum(),
    "sum(B, axis=1)": B.sum(1, keepdims=True),
    "prod(x + 3)": np.prod(X + 3),
    "prod(B, axis=0)": B.prod(0, keepdims=True),
    "mean(x)": 0.375,
    "mean(B, axis=0)": B.mean(0, keepdims=True),
    "var(x)": X.var(),
    "var(B, axis=1)": B.var(1, keepdims=True),
    "max(x)": 2.0,
    "min(B, axis=1)": np.array([[-2.0], [-6.0]]),
    "max(B, axis=0)": np.array([[4.0, 0.5, 3.0]]),
    "max(1, n, 2)": 3.0,
    "max(0, x)": np.array([0.5, 0, 2, 0]),
    "min(x, 1)": np.array([0.5, -1, 1, 0]),
    "sum(n, axis=0)": 3.0,
    "argmax([3, 7, 7])": 1.0,
    "argmin([3, 1, 1])": 1.0,
    "argmax(B)": 3.0,
    "argmax(B, axis=0)": np.array([[1.0, 1, 0]]),
    "argmin(B, axis=1)": np.array([[1.0], [2]]),
    "any(x > 1)": True,
    "all(x > 1)": False,
    "any(B > 3, axis=0)": np.array([[True, False, False]]),
    "all(B > -3, axis=1)": np.array([[True], [False]]),
    "sum(x > 0)": 2.0,
    "(n > 2) + (n > 1)": 2.0,
    "-(n > 2)": -1.0,
    "softmax(x)": scipy.special.softmax(X),
    "softmax(B, axis=1)": scipy.special.softmax(B, axis=1),
    "softmax([1000, 1001, -inf])": scipy.special.softmax([1000, 1001, -math.inf]),
    "logsumexp(x)": scipy.special.logsumexp(X),
    "logsumexp(B, axis=0)": scipy.special.logsumexp(B, axis=0, keepdims=True),
    "logsumexp([1000, 1000])": 1000 + math.log(2),
    "logsumexp([-inf, -inf])": -math.inf,
    # arrays
    "dot(v, v)": 5.0,
    "outer(v, x)": np.outer(V, X),
    "kron(v, x)": np.kron(V, X),
    "kron(M, B)": np.kron(M, B),
    "norm(x)": math.sqrt(5.25),
    "‖B‖": np.linalg.norm(B),
    "norm(B, 1)": 16.5,
    "norm(B, 2)": np.linalg.norm(B),
    "norm(B, inf)": 6.0,
    "norm(-3)": 3.0,
    "solve(M, v)": np.array([-9.0, 5.0]),
    "solve(M, M)": np.eye(2),
    "inv(M)": np.array([[-5.0, 2.0], [3.0, -1.0]]),
    "det(M)": -1.0,
    "trace(M)": 6.0,
    "diag(v)": np.array([[1.0, 0], [0, -2]]),
    "diag(M)": np.array([1.0, 5]),
    "eye(2)": np.eye(2),
    "zeros(3)": np.zeros(3),
    "zeros(2, n)": np.zeros((2, 3)),
    "ones(2, 1)": np.ones((2, 1)),
    "tril(ones(3, 3))": np.tril(np.ones((3, 3))),
    "onehot(1, 3)": np.array([0.0, 1, 0]),
    "concat(v, x)": np.array([1.0, -2, 0.5, -1, 2, 0]),
    "concat(M, [7, 8; 9, 0])": np.array([[1.0, 2], [3, 5], [7, 8], [9, 0]]),
    "concat(v, 1)": np.array([1.0, -2, 1]),
    "len(B)": 2.0,
    "len(S)": 2.0,
    "shape(B)": np.array([2.0, 3.0]),
    "matpow(M, 3)": M @ M @ M,
    "matpow(M, 0)": np.eye(2),
    "where(n > 2, 1, log(nowhere))": 1.0,
    "where(n > 3, nowhere[7], 2)": 2.0,
    "where(x > 0, x, -1)": np.array([0.5, -1, 2, -1]),
    "where(n > 2, s, n)": "right",
    # operators
    "2*x + 1": 2 * X + 1,
    "B - [1; 2]": B - np.array([[1.0], [2.0]]),
    "M .* M": M * M,
    "M ./ [1, 2]": M / np.array([1.0, 2.0]),
    "M .^ 2": M**2,
    "2^n^0.5": 2 ** (3**0.5),
    "-v": -V,
    "M/4": M / 4,
    "M @ v": M @ V,
    "v @ M": V @ M,
    "v @ v": 5.0,
    "M @ B": M @ B,
    "B.T": B.T,
    "v.T": V,
    "5%": 0.05,
    "M > 2": M > 2,
    "n == 3": True,
    "n != 3": False,
    "not (n == 3)": False,
    "x > 0 and x < 1": np.array([True, False, False, False]),
    "n < 0 and x[9] > 0": False,
    "n > 0 or x[9] > 0": True,
    "n < 0 or x > 1": np.array([False, False, True, False]),
    "1/0": math.inf,
    "log(0)": -math.inf,
    "0/0": math.nan,
    "sqrt(-1)": math.nan,
    "e": math.e,
    "pi": math.pi,
    "-inf": -math.inf,
    # lists and indices
    "[1, 2; 3, 4]": np.array([[1.0, 2], [3, 4]]),
    "[v, 2*v]": np.array([[1.0, -2], [2, -4]]),
    "x[2]": 2.0,
    "x[8*y]": 2.0,
    "x[(0.1 + 0.2)*10]": 0.0,
    "B[:, 1]": B[:, 1],
    "B[1]": B[1],
    "B[1, :]": B[1],
    "B[1, 2]": -6.0,
    "(M @ v)[0]": -3.0,
    "S[1]": "right",
    "Q[s, n - 2]": -1.0,
    "V[s]": 9.0,
    "h[1]": np.array([3.0, 4]),
    "h[1][0]": 3.0,
    "sum(h)": 10.0,
    "D[4]": 8.0,
    "s == S[1]": True,
    "s != S[1]": False,
    "s == n": False,
    # binders
    "sum(t^2 for t in 1..n)": 14.0,
    "sum(t for t in 1..n if t != 2)": 4.0,
    "sum(t for t in 1..0)": 0.0,
    "prod(t for t in 1..0)": 1.0,
    "any(t > 1 for t in 1..0)": False,
    "all(t > 1 for t in 1..0)": True,
    "prod(t for t in 1..4)": 24.0,
    "mean(t for t in 1..4)": 2.5,
    "sum(h[t] for t in 0..1)": np.array([4.0, 6]),
    "mean(h[t] for t in 0..1)": np.array([2.0, 3]),
    "prod(h[t] for t in 0..1)": np.array([3.0, 8]),
    "max(Q[k, 0] for k in S)": 3.0,
    "min(Q[k, 0] for k in S)": 1.0,
    "argmax(Q[k, 0] for k in S)": "right",
    "argmin(Q[k, 0] for k in S)": "left",
    "argmax(5 - t for t in 2..4)": 2.0,
    "argmax(0 for t in 2..4)": 2.0,
    "[argmax(Q[k, a] for a in 0..1) for k in S]": np.array([1.0, 0]),
    "[argmax(Q[k, a] for k in S) for a in 0..1]": ("right", "left"),
    "[t*x for t in 1..2]": np.array([X, 2 * X]),
    "[[i*j for i in 1..3] for j in 1..2]": np.array([[1.0, 2, 3], [2, 4, 6]]),
    "sum(z^2 for z in x)": 5.25,
    "sum(z for z in B)": B.sum(),
    "any(k == s for k in S)": True,
    "all(k == s for k in S)": False,
    "sum(x[n] for n in 0..1) + n": 2.5,
    "sum(sum(i*j for j in i..n) for i in 1..n)": 25.0,
}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("text", CASES)
def test_value(text: str, backend: str) -> None:
    expected, got = CASES[text], value(text, backend)
    if isinstance(expected, str | tuple):
        assert got == expected
        return
    kind = torch.Tensor if backend == "torch" else (np.ndarray if np.shape(expected) else np.generic)
    assert isinstance(got, kind)
    truth = np.asarray(expected).dtype == bool
    assert str(got.dtype).removeprefix("torch.") == ("bool" if truth else "float64")
    assert tuple(got.shape) == np.shape(expected)
    np.testing.assert_allclose(np.asarray(got), expected, rtol=1e-14, atol=1e-15)


def test_a_row_for_every_function_and_a_case_for_every_row() -> None:
    assert set(FUNCTIONS) == set(ARITY)
    tried = {node.head for text in CASES for node in _nodes(parse(text, limits=FORMULA))}
    assert set(ARITY) <= tried
    assert {"+", "-", "*", "/", "@", ".*", "./", "^", ".^", "==", "!=", "<", ">", "and", "or", "not"} <= tried


def _nodes(root: Node) -> list[Node]:
    below = [child for child in root.args if isinstance(child, Node)]
    return [root, *(node for child in below for node in _nodes(child))]


@pytest.mark.parametrize("sign, outcome", [("<", [1, 0, 0]), ("<=", [1, 1, 0]), (">", [0, 0, 1]), (">=", [0, 1, 1])])
@pytest.mark.parametrize("backend", BACKENDS)
def test_comparisons(sign: str, outcome: list[int], backend: str) -> None:
    assert value(f"[1, 2, 3] {sign} 2", backend).tolist() == [bool(entry) for entry in outcome]


# -- gradients ------------------------------------------------------------------------------------

SMOOTH = [
    "exp(a) .* log(b)", "ln(b) + log2(b) - log10(b)", "log_b(b, 3)", "sqrt(b) + |a|", "sin(a) - cos(b)",
    "tanh(a) .* sigmoid(b)", "relu(a) + softplus(a)", "erf(a)", "max(a, 0.1)", "min(a, b)", "max(a)", "min(b)",
    "sum(a, axis=0)", "prod(b)", "mean(a) + var(b)", "softmax(a)", "logsumexp(a)", "dot(a, b)", "outer(a, b)",
    "kron(a, b)", "kron(outer(a, b), eye(2))",
    "norm(a)", "norm(a, 1)", "norm(a, inf)", "solve(outer(a, b) + 3*eye(3), a)", "inv(outer(a, b) + 3*eye(3))",
    "det(outer(a, b) + eye(3))", "trace(outer(a, b))", "diag(a)", "tril(outer(a, b))", "concat(a, b)",
    "matpow(outer(a, b), 3)", "where(a > 0, a.^3, -b)", "where(a[0] > 0, a, b)", "a[1]*b[0]", "a .^ 2", "b .^ a",
    "a[0]^2 + 2^b[1]", "b ./ a", "b/a[0]", "5%*a", "sum(a[i]*b[2 - i] for i in 0..2)",
    "max(a[i]*b[i] for i in 0..2)", "[b[i]^i for i in 0..2]", "binom(b + 4, 1.5)", "factorial(b)",
    "sum(z^3 for z in a if z > 0)", "h[0] @ a",
]  # fmt: skip


@pytest.mark.parametrize("text", SMOOTH)
def test_gradients_reach_the_given_tensors(text: str) -> None:
    tree = parse(text, limits=FORMULA)

    def run(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        result = evaluate(tree, {"a": a, "b": b, "h": {0: b}}, "torch")
        assert isinstance(result, torch.Tensor) and result.requires_grad
        return result

    a = torch.tensor([0.7, -1.3, 0.4], dtype=torch.float64, requires_grad=True)
    b = torch.tensor([1.4, 0.6, 2.2], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(run, (a, b))


@pytest.mark.parametrize(
    "text, at, slope",
    [
        ("relu(a)", 0.0, 0.0),
        ("relu(a)", 2.0, 1.0),
        ("abs(a)", 0.0, 0.0),
        ("sign(a)", 0.0, 0.0),
        ("sign(a)", 3.0, 0.0),
        ("step(a)", 0.0, 0.0),
        ("round(a)", 0.7, 0.0),
        ("floor(a) + ceil(a) + trunc(a)", 0.7, 0.0),
        ("norm([a, 0])", 0.0, 0.0),
        ("a^2", 0.0, 0.0),
        ("softplus(a)", 30.0, 1.0),
        ("factorial(a)", 3.0, 6 * scipy.special.digamma(4.0)),
        ("binom(a, 2)", 4.0, 3.5),
        ("max(a, 1, 0)", 3.0, 1.0),
    ],
)
def test_slopes_at_kinks(text: str, at: float, slope: float) -> None:
    a = torch.tensor(at, dtype=torch.float64, requires_grad=True)
    (gradient,) = torch.autograd.grad(value(text, "torch", a=a), a)
    assert gradient.item() == pytest.approx(slope, abs=1e-12)


def test_single_precision_tensors_get_gradients_too() -> None:
    a = torch.tensor([1.0, 2.0], requires_grad=True)
    value("sum(a .^ 2)", "torch", a=a).backward()
    assert a.grad is not None and a.grad.tolist() == [2.0, 4.0]


def test_a_table_of_tensors_is_replayed() -> None:
    u = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
    given: dict[str, Any] = {"u": u, "h": {0: torch.tensor(0.3, dtype=torch.float64)}}
    for t in range(1, 4):
        given["h"][t] = value("tanh(u*h[t-1])", "torch", t=t, **given)
    (gradient,) = torch.autograd.grad(given["h"][3], u)

    def last(w: float) -> float:
        state = 0.3
        for _ in range(3):
            state = math.tanh(w * state)
        return state

    assert gradient.item() == pytest.approx((last(0.5 + 1e-6) - last(0.5 - 1e-6)) / 2e-6, rel=1e-8)


# -- size -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_chain_of_5000(backend: str) -> None:
    tree, one = name("a"), number(1)
    for _ in range(2500):
        tree = Node("+", (one, Node("neg", (tree,))))
    assert evaluate(tree, {"a": 4}, backend).item() == 4  # type: ignore[arg-type]
    for _ in range(5000):
        tree = Node("where", (Node(">", (one, number(0))), tree, name("nowhere")))
    assert evaluate(tree, {"a": 4}, backend).item() == 4  # type: ignore[arg-type]


def test_the_gradient_of_a_chain_of_5000() -> None:
    tree = name("a")
    for _ in range(5000):
        tree = Node("neg", (tree,))
    a = torch.tensor(4.0, dtype=torch.float64, requires_grad=True)
    evaluate(tree, {"a": a}, "torch").backward()
    assert a.grad is not None and a.grad.item() == 1


def test_shared_parts_are_evaluated_once() -> None:
    tree = name("a")
    for _ in range(60):
        tree = Node("where", (Node(">", (tree, number(0))), Node("+", (tree, tree)), number(0)))
    assert evaluate(tree, {"a": 1}) == 2.0**60


def test_numpy_asks_neither_torch_nor_the_other_engines() -> None:
    script = (
        "import sys; from revise.engines.native import evaluate; from revise.expression import parse; "
        "assert evaluate(parse('1 + x'), {'x': 2}) == 3; "
        "sys.exit(not {'torch', 'revise.engines.arrays', 'revise.engines.walk'}.isdisjoint(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False, timeout=60).returncode == 0


# -- given values ---------------------------------------------------------------------------------


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    "given, expected",
    [
        (3, 3.0),
        (Fraction(1, 4), 0.25),
        (True, 1.0),
        (2.5, 2.5),
        (np.int64(4), 4.0),
        (10**400, math.inf),
        (-Fraction(10**400), -math.inf),
        (Array((2, 2), (1, Fraction(1, 2), 0.25, True)), [[1, 0.5], [0.25, 1]]),
        ([[1, 2], [3, 4]], [[1, 2], [3, 4]]),
        ((1, 2), [1, 2]),
        (range(3), [0, 1, 2]),
        (np.arange(3), [0, 1, 2]),
        (torch.arange(3), [0, 1, 2]),
        (torch.tensor(2.0, requires_grad=True), 2.0),
    ],
)
def test_lift(given: Any, expected: Any, backend: Any) -> None:
    lifted = lift(given, backend)
    assert str(lifted.dtype).removeprefix("torch.") == "float64"
    assert lifted.tolist() == expected
    again = lift(lifted, backend)
    assert again is lifted


@pytest.mark.parametrize("backend", BACKENDS)
def test_lift_leaves_labels_and_goes_into_tables(backend: Any) -> None:
    assert lift("left", backend) == "left"
    assert lift(("left", "up"), backend) == ("left", "up")
    assert lift(Array((2,), ("left", "up")), backend) == ("left", "up")
    assert lift((), backend) == ()
    table = lift({1: Fraction(1, 2), ("s", 2): Array((2,), (1, 2))}, backend)
    assert table[1].item() == 0.5 and table["s", 2].tolist() == [1, 2]


def test_results_can_be_given_again() -> None:
    policy = value("[argmax(Q[k, a] for k in S) for a in 0..1]")
    assert value("p[0]", p=policy) == "right"
    assert value("D")[4] == 8.0
    assert value("h").tolist() == [[1, 2], [3, 4]]


def test_names_of_the_question_go_before_constants() -> None:
    assert value("e + pi", e=1, pi=2) == 3


def test_the_given_values_stay_as_they_were() -> None:
    given = {"x": [1, 2], "h": {0: Fraction(1, 2)}, "n": 1}
    evaluate(parse("sum(x[n]*h[0] for n in 0..1) + n", limits=FORMULA), given)
    assert given == {"x": [1, 2], "h": {0: Fraction(1, 2)}, "n": 1}


# -- errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    "text, says",
    [
        ("x + v", r"\+: shapes \(4\) and \(2\)"),
        ("B == M", "==: shapes 2×3 and 2×2"),
        ("x and v", r"and: shapes \(4\) and \(2\)"),
        ("B*M", "2×3 and 2×2.*write .* or @"),
        ("1/M", "entry by entry it is ./"),
        ("M^2", "matpow"),
        ("B @ B", "@: shapes 2×3 and 2×3"),
        ("n @ v", "@: shapes of one number"),
        ("binom(x, v)", "binom: shapes"),
        ("max(x, v)", "max: shapes"),
        ("where(x > 0, v, 1)", "where: shapes"),
        ("dot(M, v)", "dot needs vectors"),
        ("outer(M, v)", "outer needs vectors"),
        ("kron(M, v)", "kron needs two matrices or two vectors"),
        ("det(B)", "det needs a square matrix, not shape 2×3"),
        ("inv([1, 2; 2, 4])", "inv: the matrix is singular"),
        ("solve([1, 2; 2, 4], v)", "solve: the matrix is singular"),
        ("solve(M, x)", "solve: shapes 2×2 and"),
        ("trace(B)", "trace needs a square"),
        ("tril(v)", "tril needs a matrix"),
        ("diag(n)", "diag needs"),
        ("matpow(M, 0.5)", "whole number, not 0.5"),
        ("matpow(M, 0 - 1)", "0 or more, not -1"),
        ("softmax(M)", "an axis="),
        ("softmax(n)", "needs a vector"),
        ("sum(M, axis=2)", "no axis 2"),
        ("sum(M, axis=-1)", "no axis -1"),
        ("sum(M, 1)", "axis=0"),
        ("norm(v, 3)", "norm is"),
        ("onehot(3, 3)", "outside 0 to 2"),
        ("zeros(0 - 1)", "not -1"),
        ("eye(100000)", "more than"),
        ("max(zeros(0))", "max of no entries"),
        ("shape(n)", "no axis"),
        ("concat(M, v)", "concat: shapes"),
        ("[1, v]", "the rows of this array differ"),
        ("x[4]", r"x\[4\]: the indices of x go from 0 to 3"),
        ("x[0.5]", "whole number, not 0.5"),
        ("x[1/0]", "whole number, not inf"),
        ("x[v]", "one whole number, not an array"),
        ("x[s]", "no entry right"),
        ("x[0, 0]", "takes no 2 indices"),
        ("n[0]", "n is one value"),
        ("S[2]", "from 0 to 1"),
        ("Q[s, 7]", r"Q\[right, 7\] is not given"),
        ("Q[s, :]", "is a table"),
        ("D + 1", "a table is no number"),
        ("E + 1", "a table is no number"),
        ("S + 1", "labels is no number"),
        ("s + 1", "right is a label"),
        ("exp(s)", "right is a label"),
        ("s < s", "right is a label"),
        ("s == x", "compares a label with a label"),
        ("nowhere + 1", "nowhere is not given"),
        ("n = 3", "an equation has no value"),
        ("sum(t for t in n)", "needs something to go through"),
        ("sum(t for t in D)", "needs something to go through"),
        ("sum(t for t in 1..0.5)", "the end of a range must be a whole number"),
        ("sum(t for t in 1..10^9)", "a range of more than"),
        ("max(t for t in 1..0)", "max over nothing"),
        ("mean(t for t in 1..0)", "mean over nothing"),
        ("[t for t in 1..0]", "an empty list"),
        ("max(h[t] for t in 0..1)", "needs numbers, not arrays"),
        ("sum(t for t in 1..2 if v > 0)", "one truth value, not an array"),
    ],
)
def test_refused(text: str, says: str, backend: str) -> None:
    with pytest.raises(InputError, match=says):
        value(text, backend)


def test_what_is_no_number_is_refused() -> None:
    with pytest.raises(InputError, match="no number NumPy or Torch"):
        value("a + 1", a=object())
    with pytest.raises(InputError, match="no number NumPy or Torch"):
        value("a + 1", a=np.array(["one"]))
    with pytest.raises(InputError, match="no operation"):
        evaluate(Node("cosine", (number(1),)), {})
