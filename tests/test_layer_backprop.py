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


DEEP = {
    "input": "0.5, -1, 2; 1, 0.3, -0.7",
    "target": "1, 0; 0, 1",
    "weights": "0.1, 0.2, -0.3; 0.4, -0.5, 0.6; 0.7, 0.8, -0.9; 0.2, 0.1, 0.3 "
    "| 0.3, -0.1, 0.2, 0.5; 0.6, 0.4, -0.2, 0.1 | 0.9, -0.4; 0.2, 0.8; -0.3, 0.5 | 0.5, -0.6, 0.7; -0.1, 0.3, 0.2",
    "biases": "0.1, -0.2, 0.3, 0.4 | 0.05, -0.15 | - | 0.2, -0.1",
}
TURNED = {
    **DEEP,
    "convention": "row",
    "weights": " | ".join(
        "; ".join(
            ", ".join(column) for column in zip(*(line.split(", ") for line in part.strip().split("; ")), strict=True)
        )
        for part in DEEP["weights"].split("|")
    ),
}


def by_autograd(activations: list[str], negative_slope: float) -> dict[str, Any]:
    """Three hidden layers, softmax and cross-entropy written out plainly in Torch."""
    import torch

    ramps: dict[str, Any] = {
        "relu": torch.relu,
        "tanh": torch.tanh,
        "sigmoid": torch.sigmoid,
        "leaky-relu": lambda z: torch.nn.functional.leaky_relu(z, negative_slope),
        "linear": lambda z: z,
    }

    def read(text: str) -> Any:
        rows = [[float(each) for each in line.split(",")] for line in text.split(";")]
        return torch.tensor(rows, dtype=torch.float64)

    weights = [read(part).requires_grad_() for part in DEEP["weights"].split("|")]
    biases = [None if part.strip() == "-" else read(part).requires_grad_() for part in DEEP["biases"].split("|")]
    a, y = read(DEEP["input"]), read(DEEP["target"])
    for w, b, name in zip(weights, biases, [*activations, "linear"], strict=True):
        a = ramps[name](a @ w.T + (0 if b is None else b))
    loss = -(y * torch.log_softmax(a, 1)).sum() / len(y)
    loss.backward()
    found = {"loss": loss.detach()}
    for k, (w, b) in enumerate(zip(weights, biases, strict=True), 1):
        found |= {f"dL/dW{k}": w.grad} | ({} if b is None else {f"dL/db{k}": b.grad})
        found |= {f"W{k}-new": (w - 0.1 * w.grad).detach()}
    return found


@pytest.mark.parametrize(
    "activations", [["sigmoid", "tanh", "relu"], ["leaky-relu", "linear", "tanh"], ["relu", "leaky-relu", "sigmoid"]]
)
def test_three_hidden_layers_against_autograd(activations: list[str]) -> None:
    more = {"output_activation": "softmax", "loss": "ce", "lr": "0.1", "negative_slope": "0.2"}
    more["activation"] = ", ".join(activations)
    column, row = NETWORK.solve(**DEEP, **more), NETWORK.solve(**TURNED, **more)
    for word, value in by_autograd(activations, 0.2).items():
        assert agree(column.value(word), value), word
        turned = value.mT if value.dim() == 2 and "b" not in word else value
        assert agree(row.value(word), turned), word
    for given in (DEEP, TURNED):
        other = NETWORK.reference({**given, **more})
        assert set(other) == set(NETWORK.solve(**given, **more).answers)


def test_every_line_has_its_shape() -> None:
    more = {"output_activation": "softmax", "loss": "ce", "lr": "0.1", "activation": "tanh"}
    for given in (DEEP, TURNED):
        solution = NETWORK.solve(**given, **more)
        for step in solution.steps:
            if step.name and step.name != "L":
                assert f"{step.value.shape[0]}×{step.value.shape[1]}" in step.why, (step.shown, step.why)
    assert NETWORK.solve(**DEEP, **more).value("delta2").shape == (2, 2)
    assert NETWORK.solve(**DEEP, **more).value("delta3").shape == (3, 2)
    assert NETWORK.solve(**TURNED, **more).value("delta3").shape == (2, 3)
    whys = {step.shown: step.why for step in NETWORK.solve(**DEEP, **more).steps}
    assert whys["delta[4]"].startswith("BP1: δ₄")
    assert whys["delta[2]"].startswith("BP2: δ₂")
    assert whys["dL_db[2]"].startswith("BP3")
    assert whys["dL_dW[2]"].startswith("BP4")


def test_layers_at_once_are_the_layers_one_by_one() -> None:
    single = {**NET, "b1": "0.1, 0.2", "activation": "tanh"}
    at_once = {"input": NET["input"], "target": NET["target"], "activation": "tanh"}
    at_once |= {"weights": f"{NET['w1']} | {NET['w2']}", "biases": "0.1, 0.2 | -"}
    one, other = NETWORK.solve(**single), NETWORK.solve(**at_once)
    assert list(one.answers) == list(other.answers)
    assert all(one.value(word) == other.value(word) for word in one.answers)


def test_one_layer_is_a_network_too() -> None:
    solution = NETWORK.solve(input="1, 2", target="1", w1="1, 2")
    assert solution.value("dL/dW1").flat == (4, 8)
    assert NETWORK.solve(input="1, 2", target="1", weights="1, 2").value("dL/dW1").flat == (4, 8)


def test_letters_go_through_every_layer() -> None:
    solution = NETWORK.solve(input="x", target="t", weights="u | v | w", activation="linear")
    from revise.engines import exact

    at = {"x": 2, "t": 5, "u": 3, "v": 7, "w": 11}
    (slope,) = solution.value("dL/dW1").flat
    assert exact.evaluate(slope, at) == (2 * 3 * 7 * 11 - 5) * 7 * 11 * 2


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({}, "needs its layers"),
        ({"weights": "1, 2 | 1", "w1": "1, 2"}, "w1: give the layers one by one or"),
        ({"weights": "1, 2 |"}, "weights: layer 2"),
        ({"weights": "1, 2; 3, 4 | 1, 2, 3"}, "weights: layer 2: 1×3 takes 3 inputs, layer 1 has 2"),
        ({"weights": "1, 2 | 1", "biases": "1"}, "biases: 1 for 2 layers"),
        ({"weights": "1, 2 | 1", "biases": "1, 2 | -"}, "biases: layer 1: one number for each of the 1 units"),
        ({"biases": "1"}, "biases: they go with --weights"),
        ({"w2": "1, 2"}, "w1: missing"),
        ({"weights": "1, 2 | 1", "activation": "relu, tanh"}, "activation: 2 for 1 hidden layer"),
        ({"weights": "1, 2 | 1", "activation": "relu, gelu"}, "'gelu' is not sigmoid"),
        ({"weights": "1, 2 | 1", "activation": "leaky-relu", "negative_slope": "1"}, "negative-slope"),
        ({"weights": "1, 2 | 1", "convention": "row"}, "is it transposed"),
    ],
)
def test_layers_that_do_not_fit(given: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        NETWORK.solve(input="1, 2", target="1", **given)


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
