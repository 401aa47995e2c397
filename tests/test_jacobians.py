"""Jacobian, linear-jacobian, kronecker, taylor, hessian: letters, conventions, bad input, cases read by hand."""

import json
from typing import Any

import numpy as np
import pytest
from command import revise

from revise import catalogue
from revise.engines.arrays import Array
from revise.engines.text import text
from revise.equality import compare
from revise.errors import InputError
from revise.expression import Node, parse


def solved(name: str, **given: Any) -> Any:
    return catalogue.load(name).solve(**given)


def rows(value: Array) -> list[Any]:
    def shown(entry: Any) -> Any:
        return text(entry).replace("−", "-").replace("·", "*") if isinstance(entry, Node) else entry

    return Array(value.shape, tuple(map(shown, value.flat))).nested()


def test_each_capability_of_the_topic_is_a_command() -> None:
    assert catalogue.served({"jacobian", "kronecker", "taylor", "hessian"}) == {
        "jacobian", "kronecker", "taylor", "hessian"
    }  # fmt: skip


# -- jacobian -------------------------------------------------------------------------------------


def test_a_row_an_output_and_a_column_an_input() -> None:
    value = solved("jacobian", expression="[x*y*z, x^2 + z]").value("J")
    assert value.shape == (2, 3)
    assert rows(value) == [["y*z", "x*z", "x*y"], ["2*x", 0, 1]]


def test_wrt_gives_the_columns_and_their_order() -> None:
    assert rows(solved("jacobian", expression="[x*y, y]", wrt="y, x").value("J")) == [["x", "y"], [1, 0]]


def test_the_gradient_is_the_transposed_jacobian_of_a_scalar() -> None:
    found = solved("jacobian", expression="x^2*y", at="x=2, y=3")
    assert found.value("J").shape == (1, 2)
    assert found.value("gradient").nested() == [12, 4]
    assert found.value("J").nested() == [[12, 4]]


def test_the_chain_rule_is_a_product_of_two_jacobians() -> None:
    direct = solved("jacobian", expression="[(x^2*y)*(x - y), x^2*y + x - y]", at="x=2, y=3").value("J")
    chained = solved("jacobian", expression="[u*v, u + v]", inner="u=x^2*y, v=x - y", at="x=2, y=3")
    assert chained.value("J").nested() == direct.nested()
    assert [step.name for step in chained.steps[-3:]] == ["dv_dy", "J_inner", "J"]


def test_softmax_is_written_out() -> None:
    point = np.array([0.5, -1.0, 2.0])
    p = np.exp(point) / np.exp(point).sum()
    found = solved("jacobian", expression="softmax([a, b, c])", at="a=0.5, b=-1, c=2").value("J")
    np.testing.assert_allclose(np.array(found.nested(), dtype=float), np.diag(p) - np.outer(p, p), rtol=1e-12)


def test_a_matrix_times_a_vector_has_the_matrix_as_jacobian() -> None:
    assert rows(solved("jacobian", expression="[1, 2; 3, 4] @ [x, y]").value("J")) == [[1, 2], [3, 4]]


def test_the_names_of_the_steps_keep_out_of_the_questions_way() -> None:
    found = solved("jacobian", expression="f*J + g", at="f=1, J=2, g=3")
    assert found.value("gradient").nested() == [2, 1, 1]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"expression": "[x, y]", "at": "z=1"}, "z does not occur"),
        ({"expression": "[x, y]", "wrt": "x, x"}, "named twice"),
        ({"expression": "factorial(x)"}, "factorial has no derivative"),
        ({"expression": "[1, 2; 3, 4]*x"}, "not a matrix"),
        ({"expression": "log(x)", "at": "x=0"}, "logarithm of zero"),
        ({"expression": "3"}, "no letter"),
        ({"expression": "u", "inner": "w=x"}, "w does not occur"),
        ({"expression": "u*y", "inner": "u=y^2"}, "give it an inner function"),
        ({"expression": "u", "inner": "u=x^2", "at": "u=1"}, "u is a function of the others"),
        ({"expression": "[a*b*c*d*q*r*s*t, " + ", ".join("abcdqrst") + "]"}, "more than 64 entries"),
    ],
)
def test_a_bad_jacobian_names_the_fault(given: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason.replace("[", r"\[")):
        solved("jacobian", **given)


# -- linear-jacobian, kronecker ------------------------------------------------------------------


def test_the_jacobian_by_the_weights_is_block_diagonal() -> None:
    found = solved("linear-jacobian", w="1, 2; 3, 4", x="5, 6")
    assert found.value("dy/dW").nested() == [[5, 6, 0, 0], [0, 0, 5, 6]]
    assert found.value("dy/dx").nested() == [[1, 2], [3, 4]]
    assert rows(solved("linear-jacobian", w="a, b; c, d", x="p, q").value("dy/dW")) == [
        ["p", "q", 0, 0],
        [0, 0, "p", "q"],
    ]


def test_upstream_times_it_is_upstream_kronecker_x() -> None:
    found = solved("linear-jacobian", w="1, 2; 3, 4; 0, 1", x="5, 6", upstream="1, -1, 2; 0, 3, 1")
    expected = np.kron([[1, -1, 2], [0, 3, 1]], [[5, 6]])
    assert found.value("dL/dW").nested() == expected.tolist()


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"w": "1, 2; 3, 4", "x": "1"}, "x: W is 2×2, so x has 2 entries, not 1"),
        ({"w": "1, 2; 3, 4", "x": "1, 2", "b": "1"}, "b: W is 2×2"),
        ({"w": "1, 2; 3, 4", "x": "1, 2", "upstream": "1, 2, 3"}, "upstream: y has 2 entries"),
    ],
)
def test_shapes_that_do_not_fit(given: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        solved("linear-jacobian", **given)


@pytest.mark.parametrize("vec", ["row", "column"])
def test_the_vec_identity(vec: str) -> None:
    a, b = np.array([[1, 2], [3, 4], [0, -1]]), np.array([[2, 0, 1], [1, 1, -2]])
    x = np.arange(6).reshape((3, 2) if vec == "column" else (2, 3))
    found = solved("kronecker", a="1, 2; 3, 4; 0, -1", b="2, 0, 1; 1, 1, -2", x="; ".join(map(str, x)), vec=vec)
    assert found.value("product").nested() == np.kron(a, b).tolist()
    expected = b @ x @ a.T if vec == "column" else a @ x @ b.T
    assert found.value("matrix").nested() == expected.tolist()
    assert found.value("vector").nested() == expected.reshape(-1, order="F" if vec == "column" else "C").tolist()


def test_letters_in_a_kronecker_product() -> None:
    assert rows(solved("kronecker", a="a, b", b="x; 2").value("product")) == [["a*x", "b*x"], ["2*a", "2*b"]]


def test_kronecker_refuses_what_does_not_fit() -> None:
    with pytest.raises(InputError, match="with --vec column X is 2×2, not 1×3"):
        solved("kronecker", a="1, 2", b="1, 2", x="1, 2, 3")
    wide = "; ".join([" ".join(["1"] * 12)] * 12)
    with pytest.raises(InputError, match="more than 1024 entries"):
        solved("kronecker", a=wide, b=wide)


# -- taylor -----------------------------------------------------------------------------------------


def test_the_sine_series_in_letters() -> None:
    found = solved("taylor", expression="sin(x)", at="x=0", order=5).value("approximation")
    assert compare(found, parse("s - s^3/6 + s^5/120")).outcome == "equal"


def test_the_error_shrinks_with_the_order() -> None:
    errors = [
        float(solved("taylor", expression="exp(x)", at="x=0", to="x=0.5", order=n).value("error")) for n in range(1, 7)
    ]
    assert errors == sorted(errors, reverse=True)
    assert errors[-1] == pytest.approx(np.exp(0.5) - sum(0.5**k / [1, 1, 2, 6, 24, 120, 720][k] for k in range(7)))


def test_two_letters_by_hand() -> None:
    found = solved("taylor", expression="x^2*y + y^2", at="x=1, y=2", to="x=1.1, y=1.9")
    assert [str(found.value(word)) for word in ("approximation", "truth", "error")] == [
        "591/100",
        "5909/1000",
        "1/1000",
    ]
    assert found.value("H").nested() == [[4, 2], [2, 2]]
    notes = [step for step in found.steps if step.is_note]
    assert "steepest descent" in notes[0].why
    assert notes[0].claim.holds == "dot(g, -g/norm(g)) = -norm(g)"


def test_the_step_stays_a_letter_without_a_point_to_compare() -> None:
    found = solved("taylor", expression="x*y", at="x=2, y=3", order=1).value("approximation")
    assert compare(found, parse("6 + 3*s_x + 2*s_y")).outcome == "equal"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"expression": "exp(x)", "at": "x=0", "order": 13}, "order: up to 12"),
        ({"expression": "exp(x)", "at": "x=0", "order": 0}, "order must be"),
        ({"expression": "x*y", "at": "x=1, y=1", "order": 3}, "1 or 2 for several"),
        ({"expression": "exp(x*y)", "at": "x=0"}, "y has no number"),
        ({"expression": "exp(x)", "at": "x=0", "to": "y=2"}, "to: a number for each of x"),
        ({"expression": "sqrt(x)", "at": "x=0"}, "division by zero"),
        ({"expression": "exp(x)"}, "needs --at"),
    ],
)
def test_a_bad_taylor_question(given: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        solved("taylor", **given)


# -- hessian ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "point", "said"),
    [
        ("x^2 + y^2", "x=0, y=0", "a strict local minimum"),
        ("-x^2 - 3y^2", "x=0, y=0", "a strict local maximum"),
        ("x^2 - y^2", "x=0, y=0", "a saddle point"),
        ("x*y*z", "x=0, y=0, z=0", "undecided: H is 0"),
        ("x^2 + y^4", "x=0, y=0", "can't tell a minimum from a saddle"),
        ("-x^2 + y^3", "x=0, y=0", "can't tell a maximum from a saddle"),
        ("x^2 + y^2 - z^2", "x=0, y=0, z=0", "a saddle point"),
        ("x^2 + 2y^2 + 3z^2 + x*y", "x=0, y=0, z=0", "a strict local minimum"),
        ("-(x^2 + 2y^2 + 3z^2 + x*y)", "x=0, y=0, z=0", "a strict local maximum"),
        ("x^2", "x=1", "no critical point"),
        ("exp(x^2 + y^2)", "x=0, y=0", "a strict local minimum"),
    ],
)
def test_the_kind_of_point(expression: str, point: str, said: str) -> None:
    found = solved("hessian", expression=expression, at=point)
    assert any(said in step.why for step in found.steps if step.is_note)


def test_definiteness_against_numpy() -> None:
    from revise.solvers.networks.hessian import definiteness

    rng = np.random.default_rng(0)
    for _ in range(300):
        size = int(rng.integers(1, 4))
        half = rng.integers(-2, 3, (size, size))
        matrix = half + half.T
        if rng.random() < 0.3:
            matrix = half @ half.T * int(rng.choice([-1, 1]))
        low, high = (eigenvalues := np.linalg.eigvalsh(matrix)).min(), eigenvalues.max()
        near = 1e-9
        expected = (
            "zero" if abs(matrix).max() == 0
            else "positive definite" if low > near
            else "negative definite" if high < -near
            else "positive semidefinite" if low > -near
            else "negative semidefinite" if high < near
            else "indefinite"
        )  # fmt: skip
        assert definiteness([[int(x) for x in row] for row in matrix]) == expected, matrix


def test_a_hessian_in_letters_is_symmetric_and_has_no_verdict() -> None:
    found = solved("hessian", expression="i*j^2")
    assert rows(found.value("H")) == [[0, "2*j"], ["2*j", "2*i"]]
    assert not any(step.is_note for step in found.steps)


def test_bad_hessians() -> None:
    for expression, given, reason in [
        ("a*b*c*d*q*r*s", {}, "at most 6"),
        ("3", {}, "no letter"),
        ("x*y*z", {"test": "eigenvalues"}, "test: eigenvalues by hand"),
        ("f = f*x", {}, "both sides"),
    ]:
        with pytest.raises(InputError, match=reason):
            solved("hessian", expression=expression, **given)


def test_the_screen_of_a_student() -> None:
    done = revise("solve", "hessian", "x^2 - y^2", "--at", "x=0, y=0")
    assert done.returncode == 0
    assert "so this is a critical point: a saddle point." in " ".join(done.stdout.split())
    shown = json.loads(revise("solve", "taylor", "exp(x)", "--at", "x=0", "--to", "x=1", "--json").stdout)
    assert shown["answer"]["approximation"] == 2.5
    assert revise("solve", "jacobian", "[x, y", "--at", "x=1").returncode == 2
