"""Layers by hand: what the contract can't see of matrix-backprop, mlp-backprop and gradient-check."""

from typing import Any

import pytest
from contract import agree

from revise import catalogue
from revise.engines.arrays import transpose
from revise.errors import InputError
from revise.solution import Solution

LAYER, NETWORK, CHECK = (catalogue.load(name) for name in ("matrix-backprop", "mlp-backprop", "gradient-check"))


def notes(solution: Solution) -> str:
    return " ".join(step.why for step in solution.steps if step.is_note)


# -- matrix-backprop ------------------------------------------------------------------------------------


@pytest.mark.parametrize("loss", ["upstream", "norm"])
def test_the_conventions_are_each_other_transposed(loss: str) -> None:
    row = LAYER.solve(x="1, 2; 3, -1; 0, 2", w="1, 0, 2; -1, 3, 1", b="1, 2, 3", loss=loss)
    column = LAYER.solve(x="1, 3, 0; 2, -1, 2", w="1, -1; 0, 3; 2, 1", b="1, 2, 3", loss=loss, convention="column")
    assert set(row.answers) == set(column.answers)
    for word in row.answers:
        assert agree(transpose(row.value(word)), column.value(word)), word


def test_a_batch_adds_the_gradients_of_its_examples() -> None:
    both = LAYER.solve(x="1, 2; 3, -1", w="1, 0; -1, 3", b="1, 2", upstream="1, 2; 0, 5")
    one = LAYER.solve(x="1, 2", w="1, 0; -1, 3", b="1, 2", upstream="1, 2")
    other = LAYER.solve(x="3, -1", w="1, 0; -1, 3", b="1, 2", upstream="0, 5")
    for word in ("dL/dW", "dL/db"):
        parts = zip(one.value(word).flat, other.value(word).flat, strict=True)
        assert both.value(word).flat == tuple(a + b for a, b in parts)
    assert both.value("dL/db").shape == (1, 2)


def test_every_gradient_has_the_shape_of_what_it_is_taken_by() -> None:
    solution = LAYER.solve(x="1; 2", w="1, 2; 3, 4; 5, 6", b="1, 2, 3", convention="column")
    shapes = {word: solution.value(word).shape for word in ("dL/dW", "dL/dx", "dL/db")}
    assert shapes == {"dL/dW": (3, 2), "dL/dx": (2, 1), "dL/db": (3, 1)}
    assert "3×2" in next(step.why for step in solution.steps if step.name == "dL_dW")


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"x": "1, 2, 3", "w": "1, 2; 3, 4"}, "x has 3 columns, W has 2 rows"),
        ({"x": "1, 2", "w": "1, 2; 3, 4; 5, 6"}, "--convention column"),
        ({"x": "1, 2; 3, 4; 5, 6", "w": "1, 2; 3, 4", "convention": "column"}, "--convention row"),
        ({"x": "1, 2", "w": "1, 2; 3, 4", "b": "1, 2, 3"}, "each of the 2 outputs"),
        ({"x": "1, 2", "w": "1, 2; 3, 4", "upstream": "1, 2, 3"}, "the shape of z, 1×2"),
        ({"x": "1, 2", "w": "1, 2; 3, 4", "upstream": "1, 2", "loss": "norm"}, "leave it out"),
    ],
)
def test_a_layer_that_does_not_fit(given: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        LAYER.solve(**given)


# -- mlp-backprop ---------------------------------------------------------------------------------------

NET = {"input": "1, 2; -1, 3", "w1": "0.5, -0.2; 0.1, 0.3", "w2": "1, -1; 0.5, 2", "target": "1, 0; 0, 1"}


def test_the_named_losses_differ_by_their_factors() -> None:
    half, total, mean = (NETWORK.solve(**NET, mse=mse, batch="sum") for mse in ("half", "sum", "mean"))
    for word in ("loss", "dL/dW1", "dL/dW2"):
        values = [[float(e) for e in getattr(s.value(word), "flat", (s.value(word),))] for s in (half, total, mean)]
        assert agree(values[1], [2 * value for value in values[0]])
        assert agree(values[2], [value / 2 for value in values[1]]), "two outputs"
    averaged = NETWORK.solve(**NET, mse="half", batch="mean")
    assert agree(averaged.value("loss"), half.value("loss") / 2), "two examples"


@pytest.mark.parametrize("batch", ["mean", "sum"])
@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])
@pytest.mark.parametrize(
    ("output", "loss", "mse"),
    [
        *[(output, "mse", mse) for output in ("linear", "sigmoid") for mse in ("half", "sum", "mean")],
        ("sigmoid", "bce", "half"),
        ("softmax", "ce", "half"),
    ],
)
def test_every_loss_with_every_activation_on_a_batch(
    output: str, loss: str, mse: str, activation: str, batch: str
) -> None:
    given = {**NET, "b1": "0.35, -0.15", "b2": "0.1, 0.2", "lr": "0.5"}
    given |= {"output_activation": output, "loss": loss, "mse": mse, "activation": activation, "batch": batch}
    solution, other = NETWORK.solve(**given), NETWORK.reference(given)
    assert set(other) == set(solution.answers)
    for word in other:
        assert agree(solution.value(word), other[word]), word


def test_a_step_lowers_the_loss() -> None:
    before = NETWORK.solve(**NET, lr="0.01")
    moved = {f"w{k}": before.value(f"W{k}-new") for k in (1, 2)}
    assert NETWORK.solve(**{**NET, **moved}).value("loss") < before.value("loss")


def test_without_a_rate_there_is_no_step() -> None:
    assert not [word for word in NETWORK.solve(**NET).answers if word.endswith("new")]


def test_relu_at_its_kink_is_taken_as_0_and_said_so() -> None:
    given = {"input": "1, 1", "w1": "1, -1; 1, 1", "w2": "2, 3", "target": "0", "activation": "relu"}
    solution = NETWORK.solve(**given)
    assert solution.value("delta1").flat == (0, 18)
    assert "no derivative at 0" in notes(solution)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"w1": "1, 2, 3"}, "w1: 1×3 takes 3 inputs, the input has 2"),
        ({"w2": "1, 2, 3; 4, 5, 6"}, "layer 1 has 2"),
        ({"b2": "1, 2, 3"}, "b2: one number for each of the 2 units"),
        ({"b3": "1"}, "no third layer"),
        ({"target": "1, 0"}, "2 lines of 2 numbers wanted"),
        ({"loss": "bce"}, "needs --output-activation sigmoid"),
        ({"loss": "ce", "output_activation": "sigmoid"}, "needs --output-activation softmax"),
        ({"output_activation": "softmax"}, "Jacobian"),
        ({"loss": "ce", "output_activation": "softmax", "target": "1, 1; 0, 1"}, "add up to 1"),
        ({"loss": "bce", "output_activation": "sigmoid", "target": "1, 2; 0, 1"}, "probabilities"),
    ],
)
def test_a_network_that_does_not_fit(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        NETWORK.solve(**{**NET, **change})


# -- gradient-check -------------------------------------------------------------------------------------


def test_a_wrong_derivative_is_found_and_a_right_one_passes() -> None:
    wrong = CHECK.solve(expression="x^2*y", at="x=3, y=2", wrt="x", gradient="x*y")
    right = CHECK.solve(expression="x^2*y", at="x=3, y=2", wrt="x", gradient="2*x*y")
    assert wrong.value("relative error x") == 0.5
    assert "probably wrong" in notes(wrong)
    assert right.value("relative error x") == 0
    assert "passes" in notes(right)


def test_a_kink_within_the_step_gives_no_verdict() -> None:
    for formula in ("relu(x - 1)", "abs(x - 1)", "max(x, 1)", "where(x > 1, x, 2*x - 1)"):
        told = notes(CHECK.solve(expression=formula, at="x=1"))
        assert "says nothing" in told, formula
        assert "wrong" not in told
    assert "passes" in notes(CHECK.solve(expression="relu(x - 1)", at="x=2"))


def test_letters_of_the_question_keep_their_names() -> None:
    solution = CHECK.solve(expression="h^2*a + n*p*m*r*i", at="h=3, a=2, n=1, p=1, m=2, r=5, i=1", wrt="h, i")
    assert solution.value("df/dh") == 12
    assert solution.value("df/di") == 10
    assert solution.value("numerical df/dh") == 12


def test_two_zeros_have_no_error() -> None:
    assert CHECK.solve(expression="x^2", at="x=0").value("relative error x") == 0


def test_near_zero_the_scale_is_explained() -> None:
    told = notes(CHECK.solve(expression="x^3", at="x=0"))
    assert "|a − n| itself" in told
    assert "wrong" not in told


def test_a_long_step_is_named_as_the_reason() -> None:
    assert "--h 1e-5" in notes(CHECK.solve(expression="x*exp(x)", at="x=2", h="0.1"))


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"at": "x=1"}, "y has no number"),
        ({"at": "x=1, y=t"}, "a difference has no letters"),
        ({"at": "x=1, y=2, z=3"}, "z does not occur"),
        ({"at": "x=1, y=2", "wrt": "x, x"}, "named twice"),
        ({"at": "x=1, y=2", "h": "0"}, "above 0"),
        ({"at": "x=1, y=2", "gradient": "y"}, "one derivative"),
        ({"at": "x=1, y=2", "wrt": "x", "gradient": "z"}, "z does not occur"),
    ],
)
def test_what_can_not_be_checked(given: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        CHECK.solve(expression="x*y", **given)
