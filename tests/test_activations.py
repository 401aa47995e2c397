"""Activation functions, softmax and forward passes: what the contract can't see."""

import math
from fractions import Fraction
from typing import Any, get_args

import pytest
from command import revise
from contract import agree

from revise import catalogue
from revise.equality import compare
from revise.errors import InputError
from revise.expression import parse
from revise.solution import Solution
from revise.solvers.networks._activation_formulas import ACTIVATIONS, Name
from revise.solvers.networks.mlp_forward import Hidden


def solved(name: str, **given: Any) -> Solution:
    return catalogue.load(name).solve(**given)


def notes(solution: Solution) -> str:
    return " ".join(step.why for step in solution.steps if step.is_note)


# -- activation -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in get_args(Name) if name not in ("linear", "step")])
def test_the_greatest_derivative_is_reached_and_not_passed(name: str) -> None:
    """On a grid from −8 to 8 by Torch's autograd."""
    import torch
    from torch.nn import functional

    bend = {
        "relu": torch.relu, "leaky-relu": functional.leaky_relu, "sigmoid": torch.sigmoid, "tanh": torch.tanh,
        "elu": functional.elu, "gelu": functional.gelu, "softplus": functional.softplus, "silu": functional.silu,
        "swish": functional.silu, "softsign": functional.softsign, "hard-sigmoid": functional.hardsigmoid,
    }[name]  # fmt: skip
    grid = torch.linspace(-8, 8, 160_001, dtype=torch.float64, requires_grad=True)
    greatest = float(torch.autograd.grad(bend(grid).sum(), grid)[0].max())
    solution = solved("activation", function=name, x="1")
    if "greatest-derivative" not in solution.answers:
        assert name == "softplus"
        assert greatest < 1
        return
    assert math.isclose(float(solution.value("greatest-derivative")), greatest, abs_tol=1e-7)


def test_two_steep_sides() -> None:
    assert solved("activation", function="elu", x="1", alpha=2).value("greatest-derivative") == 2
    assert solved("activation", function="leaky-relu", x="1", alpha=3).value("greatest-derivative") == 3


@pytest.mark.parametrize(("function", "beyond"), [("sigmoid", "4.6"), ("tanh", "3")])
def test_where_it_is_said_to_saturate(function: str, beyond: str) -> None:
    edge = float(beyond)
    inside, outside = (
        solved("activation", function=function, x=str(x)).value("derivative") for x in (edge - 0.1, edge)
    )
    assert outside < 0.01 < inside
    assert beyond in ACTIVATIONS[function].says


def test_saturated_points_and_dead_units_are_named() -> None:
    assert "at x = −6 and 6" in notes(solved("activation", function="sigmoid", x="-6, 0, 6"))
    assert "dead" in notes(solved("activation", function="relu", x="-1, -2"))
    assert "dead" not in notes(solved("activation", function="relu", x="-1, 2"))


@pytest.mark.parametrize("at_zero", ["0", "1/2", "1"])
def test_relu_at_0_is_a_convention(at_zero: str) -> None:
    slopes = solved("activation", function="relu", x="-1, 0, 1", at_zero=at_zero).value("derivative").flat
    assert slopes == (0, Fraction(at_zero), 1)


def test_the_two_forms_of_gelu() -> None:
    exact, tanh = (solved("activation", function="gelu", x="-1, 2", approximate=form) for form in ("none", "tanh"))
    for one, other in zip(exact.value("value").flat, tanh.value("value").flat, strict=True):
        assert 0 < abs(one - other) < 0.0005


def test_the_form_within_which_the_tanh_gelu_stays() -> None:
    """The bound that the text gives, on a grid."""
    import torch
    from torch.nn.functional import gelu

    grid = torch.linspace(-10, 10, 100_001, dtype=torch.float64)
    gap = float((gelu(grid) - gelu(grid, approximate="tanh")).abs().max())
    assert 0.0004 < gap < 0.0005


@pytest.mark.parametrize(
    ("function", "value", "slope"),
    [
        ("sigmoid", "1/(1 + exp(-z))", "exp(-z)/(1 + exp(-z))^2"),
        ("tanh", "tanh(z)", "1 - tanh(z)^2"),
        ("softplus", "log(1 + exp(z))", "sigmoid(z)"),
        ("silu", "z*sigmoid(z)", "sigmoid(z)*(1 + z*(1 - sigmoid(z)))"),
        ("gelu", "z/2*(1 + erf(z/sqrt(2)))", "1/2*(1 + erf(z/sqrt(2))) + z*exp(-z^2/2)/sqrt(2*pi)"),
    ],
)
def test_letters(function: str, value: str, slope: str) -> None:
    solution = solved("activation", function=function, x="z")
    assert compare(solution.value("value"), parse(value)).outcome == "equal"
    assert compare(solution.value("derivative"), parse(slope)).outcome == "equal"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"function": "foo"}, "function"),
        ({"function": "sigmoid", "x": "1e9"}, "x:"),
        ({"function": "sigmoid", "x": ""}, "x:"),
        ({"function": "sigmoid", "x": "1, inf"}, "x:"),
        ({"function": "relu", "alpha": 2}, "alpha: relu has none"),
        ({"function": "elu", "alpha": -1}, "alpha:"),
        ({"function": "relu", "at_zero": 2}, "at-zero:"),
        ({"function": "tanh", "at_zero": 1}, "at-zero:"),
        ({"function": "tanh", "approximate": "tanh"}, "approximate:"),
        ({"function": "tanh", "beta": 2}, "beta: tanh has none"),
        ({"function": "softplus", "beta": 0}, "beta:"),
        ({"function": "sigmoid", "slope": "0.2"}, "slope:"),
        ({"function": "sigmoid", "x": ", ".join(["1"] * 61)}, "x: 61 points"),
    ],
)
def test_what_an_activation_refuses(given: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        solved("activation", **given)


# -- softmax --------------------------------------------------------------------------------------------


def test_a_shift_changes_nothing() -> None:
    solution = solved("softmax", logits="1, 2, 3", shift=100)
    assert agree(solution.value("shifted"), solution.value("probabilities"))
    moved = solved("softmax", logits="101, 102, 103")
    assert agree(moved.value("probabilities"), solution.value("probabilities"))


def test_a_shift_in_letters() -> None:
    solution = solved("softmax", logits="a, b", shift="c", jacobian=False)
    first = solution.value("shifted").flat[0]
    assert compare(first, parse("exp(a)/(exp(a) + exp(b))")).outcome == "equal"


def test_the_greatest_is_subtracted_only_where_asked() -> None:
    stable, plain = (solved("softmax", logits="1, 2", stable=stable) for stable in (True, False))
    assert agree(stable.value("probabilities"), plain.value("probabilities"))
    assert "m" in [step.name for step in stable.steps]
    assert "m" not in [step.name for step in plain.steps]
    with pytest.raises(InputError, match="overflow"):
        solved("softmax", logits="1000, 2", stable=False)
    assert agree(solved("softmax", logits="1000, 2").value("probabilities"), [1, 0])


def test_a_loss_whose_probability_vanishes_is_still_finite() -> None:
    assert solved("softmax", logits="0, 5000", target=0).value("loss") == 5000


def test_temperature_flattens_and_keeps_the_class() -> None:
    cold, warm = (solved("softmax", logits="1, 3, 2", temperature=t) for t in ("1/4", "4"))
    assert max(cold.value("probabilities").flat) > 0.97
    assert max(warm.value("probabilities").flat) < 0.5
    assert cold.value("class") == warm.value("class") == 1


def test_the_jacobians_rows_add_up_to_0() -> None:
    for row in solved("softmax", logits="1, 3, 2", temperature=2).value("jacobian").nested():
        assert math.isclose(sum(row), 0, abs_tol=1e-12)


def test_two_logits_in_letters_are_a_sigmoid() -> None:
    solution = solved("softmax", logits="a, b", target=0)
    assert compare(solution.value("probabilities").flat[0], parse("sigmoid(a - b)")).outcome == "equal"
    assert compare(solution.value("gradient").flat[1], parse("sigmoid(b - a)")).outcome == "equal"
    assert compare(solution.value("loss"), parse("log(1 + exp(b - a))")).outcome == "equal"
    assert compare(solution.value("jacobian").flat[1], parse("-sigmoid(a - b)*sigmoid(b - a)")).outcome == "equal"


def test_soft_targets() -> None:
    solution = solved("softmax", logits="1, 2", target="1/2, 1/2")
    p = solution.value("probabilities").flat
    assert math.isclose(solution.value("loss"), -0.5 * math.log(p[0]) - 0.5 * math.log(p[1]))


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"logits": "1"}, "logits"),
        ({"logits": "1, inf"}, "logits"),
        ({"logits": "1, 1e9"}, "logits"),
        ({"logits": "1, 2", "target": 2}, "target: a class from 0 to 1"),
        ({"logits": "1, 2", "target": -1}, "target"),
        ({"logits": "1, 2", "target": "0.5, 0.6"}, "add up to 1"),
        ({"logits": "1, 2", "target": "1, 0, 0"}, "3 probabilities for 2"),
        ({"logits": "1, 2", "target": "k"}, "target"),
        ({"logits": "1, 2", "temperature": 0}, "temperature"),
        ({"logits": "1, 2", "temperature": "1e-9"}, "temperature"),
        ({"logits": "1, 2", "shift": "c"}, "shift"),
        ({"logits": ", ".join(["1"] * 65)}, "logits"),
    ],
)
def test_what_softmax_refuses(given: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        solved("softmax", **given)


# -- forward pass ---------------------------------------------------------------------------------------


def test_the_conventions_are_each_other_transposed() -> None:
    given = {"input": "1, 2; 0, -1", "b1": "1, 2, 3", "activation": "tanh"}
    column = solved("mlp-forward", w1="1, 0; -1, 3; 2, 1", **given)
    row = solved("mlp-forward", w1="1, -1, 2; 0, 3, 1", convention="row", **given)
    assert column.value("output").shape == (3, 2)
    assert [list(line) for line in zip(*column.value("output").nested(), strict=True)] == row.value("output").nested()


def test_letters_go_through_a_network() -> None:
    solution = solved("mlp-forward", input="x1, x2", w1="w1, w2", b1="b", output_activation="sigmoid")
    assert compare(solution.value("output").flat[0], parse("sigmoid(w1*x1 + w2*x2 + b)")).outcome == "equal"


def test_without_a_bend_two_layers_are_one() -> None:
    two = solved("mlp-forward", input="1, 2", weights="1, 2; 3, 4 | 5, 6", biases="1, 1 | 2", activation="linear")
    one = solved("mlp-forward", input="1, 2", weights="23, 34", biases="13")
    assert two.value("output") == one.value("output")


@pytest.mark.parametrize("name", [name for name in get_args(Hidden) if name not in ("step", "sign", "linear")])
def test_every_activation_far_from_0_too(name: str) -> None:
    import torch
    from torch.nn import functional

    points = [-7.0, -3.5, -1.0, 0.5, 2.0, 3.5, 7.0]
    bends = {
        "sigmoid": torch.sigmoid, "tanh": torch.tanh, "leaky-relu": functional.leaky_relu, "silu": functional.silu,
        "hard-sigmoid": functional.hardsigmoid,
    }  # fmt: skip
    bend = bends.get(name) or getattr(functional, name)
    solution = solved(
        "mlp-forward", input="; ".join(map(str, points)), weights="1 | 1", activation=name, convention="row"
    )
    assert agree(solution.value("a1"), bend(torch.tensor(points, dtype=torch.float64)))


def test_the_steps_at_0() -> None:
    for name, values in (("step", [0, 1, 1]), ("sign", [-1, 1, 1])):
        solution = solved("mlp-forward", input="-1; 0; 2", w1="1", w2="1", activation=name, convention="row")
        assert list(solution.value("a1").flat) == values


@pytest.mark.parametrize("convention", ["row", "column"])
def test_the_class_is_an_examples_not_an_outputs(convention: str) -> None:
    solution = solved(
        "mlp-forward", input="3, 5; 1, 4", w1="1, 0; 0, 1", output_activation="softmax", convention=convention
    )
    assert (solution.value("class0"), solution.value("class1")) == (1, 1)


def test_the_class_of_each_example() -> None:
    solution = solved("mlp-forward", input="1, 0; 0, 1", w1="1, 0; 0, 2", output_activation="softmax")
    assert (solution.value("class0"), solution.value("class1")) == (0, 1)
    assert "first of them" not in notes(solution)
    tied = solved("mlp-forward", input="1, 1", w1="1, 0; 0, 1", output_activation="softmax")
    assert tied.value("class") == 0
    assert "first of them" in notes(tied)


@pytest.mark.parametrize(("logit", "label"), [("-0.1", 0), ("0", 1), ("0.1", 1)])
def test_a_sigmoid_decides_at_a_half(logit: str, label: int) -> None:
    assert solved("mlp-forward", input=logit, w1="1", output_activation="sigmoid").value("class") == label


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"input": "1, 2"}, "weights"),
        ({"input": "1, 2, 3", "w1": "1, 2; 3, 4"}, "w1: 2×2 takes 2 inputs"),
        ({"input": "1, 2", "w1": "1, 2; 3, 4", "w2": "1, 2, 3"}, "w2: 1×3"),
        ({"input": "1, 2", "w1": "1, 2; 3, 4", "b1": "1"}, "b1"),
        ({"input": "1, 2", "w1": "1, 2", "activation": "foo"}, "activation"),
        ({"input": "1, 2", "w1": "1, 2", "alpha": 1}, "alpha"),
        ({"input": "1, 2", "weights": "1, 2 | 1 | 1", "activation": "elu, leaky-relu"}, "share their α"),
        ({"input": "1, 2", "weights": "1, 2 | 1", "activation": "relu, relu"}, "activation: 2 for 1"),
        ({"input": "1, 2", "w2": "1, 2"}, "w1: missing"),
    ],
)
def test_what_a_forward_pass_refuses(given: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        solved("mlp-forward", **given)


@pytest.mark.parametrize(
    "args", [["softmax", "1,2,3"], ["activation", "sigmoid"], ["mlp-forward", "1,2", "--w1", "1,2"]]
)
def test_the_command_lines(args: list[str]) -> None:
    done = revise("solve", *args)
    assert done.returncode == 0, done.stderr
    assert "Answer" in done.stdout
