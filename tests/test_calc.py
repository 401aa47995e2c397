"""`revise calc` against NumPy, Torch's autograd, quadrature and values near a limit; what it refuses, and how fast."""

import json
import math
import subprocess
import sys
import time
from typing import Any

import numpy as np
import pytest
import torch
from command import ROOT, revise

from revise.calculator import asking, operations, reading, rules
from revise.calculator.asking import ask
from revise.calculator.echo import line, maths
from revise.calculator.evaluation import work_out
from revise.calculator.result import Result
from revise.engines import exact, native
from revise.equality import compare
from revise.errors import InputError, NothingFound
from revise.expression import ExpressionError, parse
from revise.maths import reason
from revise.numerals import Numerals
from revise.render.calculator import result_lines


def found(text: str, at: str | None = None) -> Result:
    """Worked out in this process, every check carried out."""
    result, checks = work_out(reading.read(text, at))
    for check in checks:
        word, verdict = check()
        assert verdict != "different", word
    return result


def answer(text: str, at: str | None = None) -> str:
    result = found(text, at)
    return (result.at or result.lines)[0].line


def decimal(text: str, at: str | None = None) -> Any:
    result = found(text, at)
    return (result.at or result.lines)[0].decimal


def value(formula: str, **letters: float) -> float:
    """What a formula comes to in NumPy: the tests' own evaluation."""
    return float(native.evaluate(parse(formula), letters, "numpy"))


def means(text: str, formula: str) -> bool:
    return compare(parse(answer(text)), parse(formula)).outcome == "equal"


# -- derivatives ------------------------------------------------------------------------------------

SMOOTH = [
    "x^3 - 2*x + 1", "x*exp(x)", "exp(-x^2/2)", "log(1 + x^2)", "sin(x)*cos(2*x)", "tanh(x)^3", "sigmoid(3*x - 1)",
    "x/(1 + x^2)", "sqrt(2 + x)", "x^x", "2^x", "1/(1 + exp(-x))", "softplus(x)*x", "erf(x)", "log2(x + 3)",
    "relu(x)*x", "abs(x - 5)", "(x^2 + 1)^5", "exp(sin(x^2))", "tan(x)", "sinh(x)", "cosh(x)", "silu(x)", "gelu(x)",
    "logit(x/3)", "logsumexp([x, 2*x, 1])", "norm([x, 1])", "dot([x, x^2], [1, 2])", "det([x, 1; 2, x])",
    "e^x", "log_b(x + 2, 3)", "-(x - 1)^2", "x^2*3*x", "5", "max(x, 0.1)", "softmax([x, 1])[0]",
]  # fmt: skip


@pytest.mark.parametrize("formula", SMOOTH)
def test_derivatives_against_autograd(formula: str) -> None:
    for at in (0.7, 1.3):
        leaf = torch.tensor(at, dtype=torch.float64, requires_grad=True)
        tree = reading.read(formula).root
        result = native.evaluate(tree, {"x": leaf}, "torch")
        slope = torch.autograd.grad(result, leaf)[0].item() if getattr(result, "requires_grad", False) else 0.0
        shown = value(found(f"diff({formula}, x)").lines[0].line, x=at)
        assert shown == pytest.approx(slope, rel=1e-9, abs=1e-12), formula


@pytest.mark.parametrize("formula", SMOOTH)
def test_every_step_of_a_derivative_is_one(formula: str) -> None:
    """Each step's result is its part's slope, by centred differences; the last step is the whole."""
    steps = found(f"diff({formula}, x)").steps
    at, h = 0.83, 1e-6
    for step in steps:
        pairs = [(step.of.line, step.result.line)]
        parts = {word: part.line for word, part in step.parts}
        pairs += [(parts[word], parts[word + "′"]) for word in ("u", "v") if word + "′" in parts]
        for part, slope in pairs:
            measured = (value(part, x=at + h) - value(part, x=at - h)) / (2 * h)
            assert value(slope, x=at) == pytest.approx(measured, rel=1e-6, abs=1e-6), (step.rule, part, slope)


def test_the_rules_are_named() -> None:
    def named(formula: str) -> list[str]:
        return [step.rule for step in found(f"diff({formula}, x)").steps]

    assert named("x*exp(x)") == ["derivative of the exponential function", "product rule"]
    assert named("exp(x^2)") == ["power rule", "chain rule: outside the exponential function, inside u"]
    assert named("sin(x)/x") == ["derivative of the sine", "quotient rule"]
    assert named("1/x") == ["quotient rule, the numerator constant"]
    assert named("3*x^2 + x") == ["power rule", "constant factor", "sum rule"]
    assert named("2^x") == ["exponential function of another base"]
    assert named("x^x") == ["power of which both parts move"]
    assert named("log(x)") == ["derivative of the logarithm"]
    assert named("(x^2 + 1)^5")[-1] == "power rule and chain rule"
    assert named("7") == []
    product = found("diff(x*exp(x), x)").steps[-1]
    assert [word for word, _ in product.parts] == ["u", "u′", "v", "v′"]


def test_rules_cover_every_function_that_has_a_derivative() -> None:
    from revise.engines import derivative

    scalar = set(derivative._RULES) - {"+", "-", "neg", "%", "where", "max", "min", "sum", "mean", "prod"}
    assert scalar <= set(rules._FUNCTIONS) | rules._RULES


def test_higher_and_mixed_derivatives() -> None:
    assert answer("diff(x^5, x, 3)") == "60*x^2"
    assert answer("diff(x^2*y^3, x, y)") == answer("diff(x^2*y^3, y, x)") == "6*x*y^2"
    assert answer("diff(x^2*y^3, x, 2, y)") == "6*y^2"
    assert answer("diff(diff(x^4, x), x)") == "12*x^2"
    assert answer("diff(x^2)") == "2*x"
    assert {step.order for step in found("diff(x^4, x, 2)").steps} == {1, 2}


def test_steps_can_be_left_out() -> None:
    assert work_out(reading.read("diff(x*exp(x), x)"), steps=False)[0].steps == []


def test_gradients_jacobians_hessians_against_torch() -> None:
    point = torch.tensor([0.6, -1.2], dtype=torch.float64)

    def f(v: Any) -> Any:
        return v[0] ** 2 * torch.exp(v[1]) + torch.sin(v[0] * v[1])

    formula, at = "x^2*exp(y) + sin(x*y)", "x=0.6, y=-1.2"
    gradient = torch.autograd.functional.jacobian(f, point)
    np.testing.assert_allclose(decimal(f"grad({formula}, [x, y])", at), gradient, rtol=1e-12)
    second = torch.autograd.functional.hessian(f, point)
    np.testing.assert_allclose(decimal(f"hessian({formula}, [x, y])", at), second, rtol=1e-12)
    softmax = torch.autograd.functional.jacobian(lambda v: torch.softmax(v, 0), point)
    np.testing.assert_allclose(decimal("jacobian(softmax([x, y]), [x, y])", at), softmax, rtol=1e-12)
    assert answer("jacobian([x^2*y, sin(x)], [x, y])") == "[2*x*y, x^2; cos(x), 0]"


# -- limits, integrals, sums, series ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "end", "nearby"),
    [
        ("sin(x)/x", "0", 1e-5), ("(1 - cos(x))/x^2", "0", 1e-3), ("(exp(x) - 1)/x", "0", 1e-7),
        ("x*log(x)", "0, right", 1e-12), ("(1 + 1/x)^x", "inf", 1e7), ("x*exp(-x)", "inf", 60.0),
        ("sigmoid(x)", "-inf", -60.0), ("tanh(x)", "inf", 40.0),
        ("relu(x)/x", "0, right", 1e-9), ("relu(x)/x", "0, left", -1e-9), ("abs(x)/x", "0, left", -1e-9),
        ("(x^2 - 1)/(x - 1)", "1", 1 + 1e-7), ("x^x", "0, right", 1e-10), ("max(x, 2 - x)", "1", 1 + 1e-9),
    ],
)  # fmt: skip
def test_limits_against_values_nearby(formula: str, end: str, nearby: float) -> None:
    assert decimal(f"limit({formula}, x, {end})") == pytest.approx(value(formula, x=nearby), abs=1e-5)


@pytest.mark.parametrize("formula", ["1/x", "abs(x)/x", "sin(1/x)", "relu(x)/x", "exp(1/x)"])
def test_no_limit_is_said(formula: str) -> None:
    with pytest.raises(NothingFound, match="there is no limit"):
        found(f"limit({formula}, x, 0)")


def quadrature(formula: str, low: float, high: float, count: int = 60) -> float:
    nodes, weights = np.polynomial.legendre.leggauss(count)
    places = (high - low) / 2 * nodes + (high + low) / 2
    return float((high - low) / 2 * sum(w * value(formula, x=p) for w, p in zip(weights, places, strict=True)))


@pytest.mark.parametrize(
    ("formula", "low", "high"),
    [
        ("x^2", "0", "3"), ("x*exp(-x)", "0", "2"), ("1/(1 + x^2)", "0", "1"), ("sin(x)^2", "0", "pi"),
        ("log(x)", "1", "2"), ("exp(-x^2)", "-1", "1"), ("sigmoid(x)", "-1", "2"), ("tanh(x)", "0", "1"),
        ("sqrt(x)", "1", "4"), ("relu(x)", "-1", "2"), ("abs(x - 1)", "0", "3"), ("x^3 - x", "2", "-1"),
        ("1/(x^2 + 3*x + 2)", "0", "1"), ("x*sin(x)", "0", "1"),
    ],
)  # fmt: skip
def test_areas_against_quadrature(formula: str, low: str, high: str) -> None:
    ends = [float(exact.evaluate(parse(end), {})) for end in (low, high)]
    kinked = formula.startswith(("relu", "abs"))
    area = quadrature(formula, *ends, count=600 if kinked else 60)
    assert decimal(f"integrate({formula}, x, {low}, {high})") == pytest.approx(area, rel=1e-3 if kinked else 1e-8)


@pytest.mark.parametrize(
    "formula",
    ["x^3", "x*exp(x)", "1/x", "1/(x^2 - 1)", "log(x)", "sin(x)*cos(x)", "sigmoid(x)", "x/(1 + x^2)", "exp(2*x)"],
)
def test_antiderivatives_by_differences(formula: str) -> None:
    result = found(f"integrate({formula}, x)")
    assert any("add any constant C" in note for note in result.notes)
    h = 1e-5
    for at in (1.7, 2.4):
        high, low = (value(result.lines[0].line, x=at + step) for step in (h, -h))
        assert (high - low) / (2 * h) == pytest.approx(value(formula, x=at), rel=1e-6)


def test_the_logarithm_of_an_antiderivative_has_its_bars() -> None:
    assert answer("integrate(1/x, x)") == "log(abs(x))"
    assert "abs" not in answer("integrate(x/(1 + x^2), x)")


def test_integrals_to_infinity_and_with_letters() -> None:
    assert answer("integrate(x*exp(-x), x, 0, inf)") == "1"
    assert decimal("integrate(exp(-x^2), x, -inf, inf)") == pytest.approx(math.sqrt(math.pi))
    result = found("integrate(exp(-a*x), x, 0, inf)")
    assert result.lines[0].line == "1/a"
    assert "For a > 0." in result.notes
    assert decimal("integrate(exp(-a*x), x, 0, inf)", "a=2") == 0.5
    with pytest.raises(NothingFound):
        found("integrate(exp(sin(x^3))*log(x), x)")
    with pytest.raises(NothingFound):
        found("integrate(1/x, x, -1, 1)")


def test_sums() -> None:
    assert means("sum(k, k, 1, n)", "n*(n + 1)/2")
    assert means("sum(k^2, k, 1, n)", "n*(n + 1)*(2*n + 1)/6")
    assert means("sum(2^k, k, 0, n)", "2^(n + 1) - 1")
    assert decimal("sum(1/k^2, k, 1, inf)") == pytest.approx(math.pi**2 / 6)
    assert decimal("sum(k!, k, 0, 10)") == sum(math.factorial(k) for k in range(11))
    assert decimal("sum(k*x, k, 1, 4)", "x=3") == 30
    geometric = found("sum(gamma^k, k, 0, inf)")
    assert geometric.lines[0].line == "1/(1 - gamma)"
    assert geometric.notes == ["For abs(gamma) < 1."]
    assert found("integrate(1/x, x)").notes[-1] == "log is the natural logarithm."
    assert answer("sum(k, k, 3, 1)") == "0"
    assert answer("sum(binom(n, k), k, 0, n)") == "2^n"
    assert means("sum(k*p*(1 - p)^(k - 1), k, 1, inf)", "1/p")
    assert decimal("sum(1/k, k, 1, 1000)") == pytest.approx(sum(1 / k for k in range(1, 1001)))
    assert len(answer("sum(1/k, k, 1, 1000)")) < 20
    assert answer("sum([1, 2, 3])") == "6"
    assert answer("sum([1, 2; 3, 4], axis=0)") == "[4, 6]" or decimal("sum([1, 2; 3, 4], axis=0)") == [[4, 6]]


@pytest.mark.parametrize(
    "formula", ["exp(x)", "log(1 + x)", "sin(x)", "1/(1 - x)", "sigmoid(x)", "sqrt(1 + x)", "tanh(x)"]
)
def test_series_are_near_the_function(formula: str) -> None:
    polynomial = answer(f"taylor({formula}, x, 0, 4)")
    for at in (0.02, -0.03):
        assert value(polynomial, x=at) == pytest.approx(value(formula, x=at), abs=5e-8)


def test_series_elsewhere() -> None:
    assert answer("taylor(exp(x), x, 0, 3)") == "1 + x + x^2/2 + x^3/6"
    assert answer("taylor(log(x), x, 1, 3)") == "x - 1 - (x - 1)^2/2 + (x - 1)^3/3"
    assert value(answer("taylor(exp(x), x, -1, 6)"), x=-0.9) == pytest.approx(math.exp(-0.9), abs=1e-9)
    assert value(answer("taylor(x^2, x, 3, 2)"), x=10) == 100
    with pytest.raises(InputError, match="no value at x = 0"):
        found("taylor(sqrt(x), x, 0, 2)")


# -- equations and forms ------------------------------------------------------------------------------


def solutions(text: str) -> list[dict[str, str]]:
    return found(text).value  # type: ignore[no-any-return]


def test_equations() -> None:
    assert solutions("solve(x^2 = 4, x)") == [{"x": "-2"}, {"x": "2"}]
    assert solutions("solve(x^2 = 2, x)") == [{"x": "-sqrt(2)"}, {"x": "sqrt(2)"}]
    assert solutions("solve(2x + 1, x)") == [{"x": "-1/2"}]
    assert solutions("solve([a + b = 3, a*b = 2], [a, b])") == [{"a": "1", "b": "2"}, {"a": "2", "b": "1"}]
    assert len(solutions("solve(x^3 - 3x + 1 = 0, x)")) == 3
    assert found("solve(x^3 - 3x + 1 = 0, x)").notes == []
    assert solutions("solve(w*x + b = 0, x)") == [{"x": "-b/w"}]
    (root,) = solutions("solve(x^5 - x - 1 = 0, x)")
    assert float(root["x"]) ** 5 - float(root["x"]) - 1 == pytest.approx(0, abs=1e-12)
    for text in (
        "solve(x^3 - 6x^2 + 11x - 6, x)",
        "solve(exp(x) = 3, x)",
        "solve(log(x) = 2, x)",
        "solve(sigmoid(x) = 0.9, x)",
    ):
        tree = parse(text[6:-4].replace("=", "-"))
        for solution in solutions(text):
            assert value(line(tree), x=value(solution["x"])) == pytest.approx(0, abs=1e-9)


def test_what_has_no_solution_or_too_many() -> None:
    for text, why in [
        ("solve(x^2 + 1 = 0, x)", "no real solution"),
        ("solve(x = x, x)", "every value"),
        ("solve(1 = 2, x)", "does not occur"),
        ("solve([x + y = 1, x + y = 2], [x, y])", "no real solution"),
        ("solve(cos(x) = x, x)", "no closed form"),
    ]:
        with pytest.raises(NothingFound, match=why):
            found(text)
    assert any("Not all solutions" in note for note in found("solve(sin(x) = 0, x)").notes)


@pytest.mark.parametrize("make", ["simplify", "expand", "factor"])
@pytest.mark.parametrize(
    "formula",
    ["(x + 1)^3", "x^4 - 5*x^2 + 4", "(x^2 - 1)/(x - 1)", "sin(x)^2 + cos(x)^2", "exp(x)*exp(-x)*x", "(a + b)*(a - b)"],
)
def test_forms_mean_the_same(make: str, formula: str) -> None:
    assert means(f"{make}({formula})", formula)


def test_nested_operations() -> None:
    assert answer("simplify(diff(x*exp(x), x))") == "(x + 1)*exp(x)"
    assert answer("simplify(sin(x)^2 + cos(x)^2)") == "1"
    assert answer("2*diff(x^2, x) + 1") == "4*x + 1"
    assert answer("det(hessian(x^2*y + y^2, [x, y]))") == "4*y - 4*x^2" or means(
        "det(hessian(x^2*y + y^2, [x, y]))", "4*y - 4*x^2"
    )
    assert answer("diff(integrate(x^2, x), x)") == "x^2"
    assert answer("limit(diff(x^3, x)/x, x, 0)") == "0"
    assert answer("solve(diff(x^2 - 4x, x) = 0, x)") == "2"


# -- matrices ---------------------------------------------------------------------------------------

RNG = np.random.default_rng(3)
MATRICES = [RNG.integers(-4, 5, size) for size in [(2, 2), (3, 3), (2, 3), (3, 2), (4, 4)]]


def typed(matrix: Any) -> str:
    return "[" + "; ".join(", ".join(map(str, row)) for row in matrix) + "]"


@pytest.mark.parametrize("matrix", MATRICES, ids=lambda m: f"{m.shape[0]}x{m.shape[1]}")
def test_matrices_against_numpy(matrix: Any) -> None:
    text = typed(matrix)
    assert decimal(f"rank({text})") == np.linalg.matrix_rank(matrix)
    assert decimal(f"transpose({text})") == matrix.T.tolist()
    for order, kind in [("1", 1), ("2", 2), ("inf", np.inf), ("fro", "fro")]:
        assert decimal(f"norm({text}, {order})") == pytest.approx(np.linalg.norm(matrix, kind)), order
    np.testing.assert_allclose(decimal(f"kron({text}, [1, 2; 0, -1])"), np.kron(matrix, [[1, 2], [0, -1]]))
    np.testing.assert_allclose(decimal(f"{text} @ {typed(matrix.T)}"), matrix @ matrix.T)
    parts = found(f"svd({text})").value
    left, sizes, right = (np.array(parts[word], dtype=float) for word in ("U", "S", "V.T"))
    np.testing.assert_allclose(left @ np.diag(sizes) @ right, matrix, atol=1e-9)
    np.testing.assert_allclose(sizes, np.linalg.svd(matrix)[1], atol=1e-9)
    if matrix.shape[0] == matrix.shape[1]:
        assert decimal(f"det({text})") == pytest.approx(np.linalg.det(matrix))
        assert decimal(f"trace({text})") == np.trace(matrix)
        np.testing.assert_allclose(decimal(f"inverse({text})"), np.linalg.inv(matrix), atol=1e-12)


@pytest.mark.parametrize(
    "text",
    ["[2, 1; 1, 2]", "[1, 2; 3, 4]", "[2, 0, 0; 0, 3, 4; 0, 4, 9]", "[1, 2, 3; 4, 5, 6; 7, 8, 10]", "[4, 1; 0, 4]"],
)
def test_eigenvectors_are_only_stretched(text: str) -> None:
    matrix = np.array(decimal(text), dtype=float)
    parts = found(f"eigen({text})")
    values = [row.decimal for row in parts.lines if row.label_line.startswith("lambda")]
    assert values == sorted(values, reverse=True)
    current = 0.0
    for row in parts.lines:
        if row.label_line.startswith("lambda"):
            current = row.decimal
        else:
            np.testing.assert_allclose(matrix @ row.decimal, current * np.array(row.decimal), atol=1e-9)
    np.testing.assert_allclose(
        sorted(float(exact.evaluate(parse(each), {})) for each in parts.value["values"]),
        sorted(np.linalg.eigvals(matrix).real), atol=1e-6,
    )  # fmt: skip


def test_complex_and_defective_eigenvalues_are_said() -> None:
    turned = found("eigen([0, 1; -1, 0])")
    assert [row.decimal for row in turned.lines if row.label_line.startswith("lambda")] == ["0+1i", "0-1i"]
    assert any("Complex" in note for note in turned.notes)
    assert any("diagonalised" in note for note in found("eigen([4, 1; 0, 4])").notes)


def test_vector_norms_and_matrices_with_names() -> None:
    assert [answer(f"norm([3, -4]{order})") for order in ("", ", 1", ", 2", ", inf")] == ["5", "7", "5", "4"]
    assert answer("A @ B", "A=[1, 2; 3, 4], B=[1; 1]") == "[3; 7]"
    assert answer("inverse(A)", "A=[1, 2; 3, 4]") == "[-2, 1; 3/2, -1/2]"
    assert answer("solve([2, 1; 1, 3], [1, 2])") == "[1/5, 3/5]"
    assert means("det([a, b; c, d])", "a*d - b*c")


# -- numbers, letters, --at ------------------------------------------------------------------------


def test_exact_values_and_decimals() -> None:
    assert (answer("2/3 + 1/6"), decimal("2/3 + 1/6")) == ("5/6", pytest.approx(5 / 6))
    assert (answer("sqrt(8)"), decimal("sqrt(8)")) == ("2*sqrt(2)", pytest.approx(math.sqrt(8)))
    assert decimal("softmax([1, 2, 3])") == pytest.approx((np.exp([1, 2, 3]) / np.exp([1, 2, 3]).sum()).tolist())
    assert decimal("logsumexp([1, 2])") == pytest.approx(np.logaddexp(1, 2))
    assert decimal("sigmoid(2) + relu(-3)") == pytest.approx(1 / (1 + math.exp(-2)))
    assert answer("x + x") == "2*x"
    assert decimal("0.1 + 0.2") == 0.3


def test_numbers_for_letters() -> None:
    assert answer("diff(x^3, x)", "x=2") == "12"
    assert found("diff(a*x^2, x)", "a=3, x=2").lines[0].line == "6*x"
    assert answer("grad(x^2*y, [x, y])", "x=1, y=1/2") == "[1, 1]"
    assert answer("integrate(x^2, x, 0, t)", "t=3") == "9"
    assert decimal("integrate(1/(1 + x^2), x)", "x=1") == pytest.approx(math.pi / 4)
    assert solutions("solve(a*x = 6, x)") == [{"x": "6/a"}]
    assert found("solve(a*x = 6, x)", "a=2").value == [{"x": "3"}]
    for at, why in [
        ("y=1", "no letter y; the letters are x"), ("x=1, x=2", "given twice"), ("x", "no assignment"),
        ("x=[1,", "never closed"), ("2=x", "is no letter"),
    ]:  # fmt: skip
        with pytest.raises(InputError, match=why):
            reading.read("diff(x^2, x)", at)
    with pytest.raises(InputError, match="x is bound"):
        reading.read("limit(x, x, 0)", "x=1")


# -- what is refused ---------------------------------------------------------------------------------

DEEP = "(" * 100 + "1" + ")" * 100
REFUSED = {
    '__import__("os").system("id")': "two underscores",
    "().__class__": "something between|value is missing|point stands alone",
    "9**9**9**9": "exponent above",
    "(9^99)^99": "too large",
    "factorial(10^6)": "factorial of more than 170",
    "sin(" * 80 + "x" + ")" * 80: "nested more than 60 deep",
    "x+" * 300 + "x": "more than",
    "diff(" * 70 + "x" + ", x)" * 70: "nested more than|more than",
    "dif(x^2, x)": "did you mean diff",
    "integral(x, x)": "is no function",
    "lambda: 1": "no meaning here",
    "x for x in [1]": "has no place|not part",
    "x^2 = 4": "to solve it write solve",
    "diff(x^2, 3)": "after a letter stands how often",
    "diff(x^2, x, 99)": "order 1 to 10",
    "diff(x*y)": "say by which letter",
    "grad(x, [x, x])": "named twice",
    "limit(x, x, x)": "x itself can't stand here",
    "limit(x, x, 0, up)": "left or right",
    "taylor(x, x, 0, 99)": "from 0 to 20",
    "taylor(x, x, 0, 1/2)": "from 0 to 20",
    "norm([1, 2], 3)": "1, 2, inf or fro",
    "simplify(solve(x = 1, x))": "stands alone",
    "A @ B": "A is no matrix yet",
    "[1, 2; 3, 4] @ [1, 2, 3]": "shapes 2×2 @ 3 do not fit",
    "[1, 2; 3, 4] + [1, 2, 3]": "shapes 2×2 and 3",
    "inverse([1, 2; 2, 4])": "singular",
    "det([1, 2, 3; 4, 5, 6])": "square matrix, not 2×3",
    "eigen([1, 2, 3; 4, 5, 6])": "square matrix, not 2×3",
    "svd([1, 2])": "svd needs a matrix, not 2 numbers",
    "rank(3)": "rank needs a matrix, not a number",
    "svd([x, 1; 1, 2])": "needs numbers",
    "kron([1, 2], [1, 2; 3, 4])": "two matrices or two vectors",
    "1/0": "division by zero",
    "log(0)": "not defined",
    "solve(x^2 < 4, x)": "not inequalities",
    "expand((a + b + c + d)^1000)": "more than 3,000 terms",
    "sum(k, k, 1/2, 3)": "whole numbers",
    "diff(factorial(x), x)": "factorial has no derivative",
    "grad([x, y], [x, y])": "of one formula",
    "": "nothing to read",
}


@pytest.mark.parametrize("text", REFUSED, ids=lambda text: text[:30])
def test_bad_input_is_named(text: str) -> None:
    began = time.perf_counter()
    with pytest.raises(InputError, match=REFUSED[text]):
        found(text)
    assert time.perf_counter() - began < 20  # a hang, not a slow machine


def test_elsewhere_the_language_has_no_operations() -> None:
    for text, why in [
        ("diff(x, x)", "is no function"),
        ("sum(x = 1)", "top of a formula"),
        ("2*inf", "infinity is not"),
    ]:
        with pytest.raises(ExpressionError, match=why):
            parse(text)
    with pytest.raises(ExpressionError, match="top of a formula"):
        parse("sin(x = 1)", calls=operations.CALLS)


def test_a_caret_stands_under_the_place() -> None:
    with pytest.raises(ExpressionError) as caught:
        reading.read("1 + diff(x^2, 3)")
    assert caught.value.at == 14
    assert str(caught.value).endswith("\n" + " " * 18 + "^")


def test_brackets_alone_are_no_depth() -> None:
    assert answer(DEEP) == "1"


def test_an_attack_ends_quickly_in_the_command() -> None:
    began = time.perf_counter()
    for text in ('__import__("os")', "9**9**9**9", "factorial(10^6)"):
        done = revise("calc", text)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
    bare = time.perf_counter()
    for _ in range(3):
        subprocess.run([sys.executable, "-c", "pass"], check=True)
    assert (bare - began) < 15 * (time.perf_counter() - bare) + 3  # a ratio: other programs run beside


# -- the child process ------------------------------------------------------------------------------


def test_where_sympy_may_wander_a_process_of_its_own_does_it() -> None:
    wandering = {
        "simplify(x)", "expand(x)", "factor(x)", "limit(x, x, 0)", "integrate(x, x)", "solve(x = 1, x)",
        "sum(k, k, 1, n)", "taylor(x, x, 0, 1)", "eigen([a, 1; 1, 2])", "2 + diff(simplify(x), x)",
    }  # fmt: skip
    assert all(reading.read(text).wanders for text in wandering)
    for text in (
        "diff(x, x)",
        "sum([1, 2])",
        "solve([1, 2; 3, 4], [1, 1])",
        "2 + 3",
        "hessian(x, [x])",
        "norm([1, 2])",
    ):
        assert not reading.read(text).wanders


def test_a_child_answers_as_this_process_does() -> None:
    question = reading.read("simplify(diff(x*exp(x), x))")
    result, checked = ask(question, seconds=60)
    assert result == work_out(question)[0]
    assert [verdict for _, verdict in checked] == ["equal"]


def test_a_child_that_wanders_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    children = []
    start = subprocess.Popen

    def watched(*args: Any, **options: Any) -> Any:
        children.append(start(*args, **options))
        return children[-1]

    monkeypatch.setattr(asking.subprocess, "Popen", watched)
    question = reading.read("sum(k^k, k, 1, 10^9)")
    with pytest.raises(NothingFound, match=r"no answer within 0\.5 s.*--seconds 30 waits longer"):
        ask(question, seconds=0.5)
    assert children[0].poll() is not None


def test_a_child_whose_parent_is_gone_ends() -> None:
    child = asking._Child({"text": "sum(k^k, k, 1, 10^9)", "at": None, "steps": True, "digits": 4, "limits": {}})
    child.wait("ready", 60)
    assert child.process.poll() is None
    assert child.process.stdin is not None
    child.process.stdin.close()
    assert child.process.wait(30) == 1
    assert child.process.stdout is not None
    child.reader.join(10)
    child.process.stdout.close()


def test_faults_of_the_child_keep_their_kind() -> None:
    with pytest.raises(InputError, match="not inequalities"):
        ask(reading.read("solve(x < 1, x)"), seconds=60)
    with pytest.raises(NothingFound, match="no real solution"):
        ask(reading.read("solve(x^2 = -1, x)"), seconds=60)


def test_a_wrong_answer_of_sympy_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from revise.commands import calc

    def wrong(question: Any, *_: Any, **__: Any) -> Any:
        return work_out(reading.read("x"))[0], [("values", "different")]

    monkeypatch.setattr(asking, "ask", wrong)
    code = calc.run("x", at=None, steps=True, seconds=5, digits=4, json=True, plain=True, width=80)
    assert code == 1
    shown = json.loads(capsys.readouterr().out)
    assert shown["result"] is None
    assert "fails the check by numbers" in shown["why"]


def test_the_checks_find_a_wrong_answer() -> None:
    import sympy

    from revise.calculator import sympy_checks as checks

    x, k = sympy.Symbol("x", real=True), sympy.Symbol("k", integer=True)
    assert checks.compare(x**2, x**2 + sympy.Rational(1, 10**6)) == "different"
    assert checks.compare((x + 1) ** 2, x**2 + 2 * x + 1) == "equal"
    assert checks.area(x, x, sympy.Integer(0), sympy.Integer(1), sympy.Rational(1, 2)) == "equal"
    assert checks.area(x, x, sympy.Integer(0), sympy.Integer(1), sympy.Rational(2, 3)) == "different"
    assert checks.total(k, k, sympy.Integer(1), sympy.Integer(5), sympy.Integer(15)) == "equal"
    assert checks.total(k, k, sympy.Integer(1), sympy.Integer(5), sympy.Integer(14)) == "different"
    assert checks.limit(sympy.sin(x) / x, x, sympy.Integer(0), 1, sympy.Integer(1)) == "equal"
    assert checks.limit(sympy.sin(x) / x, x, sympy.Integer(0), 1, sympy.Integer(2)) == "different"


# -- the command --------------------------------------------------------------------------------------


def test_the_help_lists_every_operation() -> None:
    for done in (revise("calc", "--help"), revise("calc")):
        assert done.returncode == 0
        assert all(f"  {name}(" in done.stdout for name in operations.OPERATIONS)
        assert max(map(len, done.stdout.splitlines())) <= 80


def test_json_is_one_object() -> None:
    shown = json.loads(revise("calc", "diff(x^2, x)", "--at", "x=3", "--json").stdout)
    assert shown["schema"] == 1
    assert (shown["input"], shown["read"], shown["result"], shown["decimal"]) == (
        "diff(x^2, x)",
        "diff(x^2, x)",
        "2*x",
        None,
    )
    assert shown["at"] == {"values": "x=3", "result": "6", "latex": "6", "decimal": 6}
    assert shown["steps"][0]["rule"] == "power rule"
    done = revise("calc", "limit(1/x, x, 0)", "--json", "--seconds", "60")
    assert done.returncode == 1
    assert json.loads(done.stdout)["result"] is None


def test_the_screen_of_a_student() -> None:
    shown = revise("calc", "diff(x*exp(x), x)").stdout
    assert "product rule: (u v)′ = u′ v + u v′" in shown
    assert "with u = x, u′ = 1, v = eˣ, v′ = eˣ" in shown
    assert "to copy: exp(x) + x*exp(x)" in shown
    assert "without steps" in revise("calc", "integrate(x, x)", "--seconds", "60").stdout
    assert "2x" in revise("calc", "-x + 3x").stdout
    assert "≈ 2.83\n" in revise("calc", "sqrt(8)", "--digits", "2").stdout


@pytest.mark.parametrize("width", [40, 80])
def test_results_fit_the_width(width: int) -> None:
    for text in (
        "diff(x^2*exp(3*x)/(1 + x), x)",
        "svd([1, 2; 3, 4])",
        "jacobian(softmax([x, y, z]), [x, y, z])",
        "sqrt(8)",
    ):
        lines = [row.plain for row in result_lines(found(text), width, [], "Checked: so.", Numerals())]
        assert max(map(len, lines)) <= width, text
        assert not any("\\" in row for row in lines), text


def test_what_was_read_is_shown_as_maths() -> None:
    for text in [
        "diff(x^2*y, x, y)", "2*diff(x, x)^2", "integrate(x + 1, x, 0, inf)", "limit(1/x, x, 0, left)",
        "sum(k^2 + 1, k, 1, n)", "grad(x*y, [x, y])", "hessian(x, [x])", "solve([a = 1, b = 2], [a, b])",
        "norm(A, inf)", "inverse(A) @ transpose(B)", "-integrate(x, x)^2", "eigen([1, 2; 3, 4])",
        "simplify(factor(x))",
    ]:  # fmt: skip
        try:
            root = reading.read(text, "A=[1, 2; 3, 4], B=[1, 2; 3, 4]" if "B" in text else None).root
        except InputError:
            root = parse(text, calls=operations.CALLS)
        assert reason(maths(root)) is None or reason(maths(root)) == "", (text, maths(root))
        assert "zz" not in maths(root)
        again = parse(line(root), calls=operations.CALLS)
        assert line(again) == line(root)


def test_a_numeric_question_imports_neither_sympy_nor_numpy() -> None:
    for text, heavy in [("2 + 3*4", ("sympy", "numpy")), ("diff(x^2, x)", ("sympy", "numpy", "torch"))]:
        script = (
            "import sys\nfrom revise.commands import calc\n"
            f"calc.run({text!r}, at=None, steps=True, seconds=5, digits=4, json=False, plain=True, width=80)\n"
            f"print([name for name in {heavy!r} if name in sys.modules])"
        )
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True)
        assert done.stdout.splitlines()[-1] == "[]", text


def test_other_commands_do_not_load_the_calculator() -> None:
    script = "import sys\nimport revise.cli\nprint([name for name in sys.modules if 'calc' in name])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"
