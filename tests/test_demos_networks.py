"""What the demos of single units and plain networks rest on: their gradients, bounds and null cases."""

import itertools
import math

import pytest

pytest.importorskip("torch")


def last(run):
    *_, frame = run
    return frame.metrics


def test_logistic_descends_on_the_gradients_of_autograd() -> None:
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits

    from revise.demos.foundations import logistic

    features, labels = logistic._examples(1.0, torch.Generator().manual_seed(0))
    weights = torch.tensor([[0.7, -2.0], [-1.3, 0.4]], requires_grad=True)
    z = weights @ features
    loss = binary_cross_entropy_with_logits(z[0], labels) + (torch.sigmoid(z[1]) - labels).square().mean() / 2
    (oracle,) = torch.autograd.grad(loss, weights)
    assert torch.allclose(logistic._gradients(weights.detach(), features, labels), oracle, atol=1e-6)


def test_logistic_squared_error_learns_from_an_undecided_start() -> None:
    from revise.demos.foundations import logistic

    metrics = last(logistic.run(0, logistic.STEPS, "cpu", lr=0.5, start=0.0, spread=1.0))
    assert metrics["accuracy_squared_error"] > 0.85


def test_logistic_knows_no_least_loss_of_separable_classes() -> None:
    import torch

    from revise.demos.foundations import logistic

    features, labels = logistic._examples(0.1, torch.Generator().manual_seed(0))
    assert logistic._least(features, labels) == 0


@pytest.mark.parametrize("seed", range(5))
def test_overfit_reaches_the_least_squares_of_numpy(seed: int) -> None:
    import numpy

    from revise.demos.foundations import overfit

    *_, frame = overfit.run(seed, overfit.STEPS, "cpu", degree=6, points=20, decay=0.0)
    (_, _, data), (train, validation) = frame.pictures[0].curves, frame.pictures[1].curves
    x, y = (numpy.array(row[::3]) for row in (data.x, data.y))  # the foot of each stroke
    oracle = numpy.polynomial.Polynomial.fit(x, y + 0.08, 6)(x) - (y + 0.08)
    assert train.y[6] == pytest.approx(math.sqrt((oracle**2).mean()), rel=1e-3)
    assert all(more <= less + 1e-6 for less, more in itertools.pairwise(train.y))
    assert max(validation.y[10:]) > 1.5 * min(validation.y)


@pytest.mark.parametrize("cure", [{"points": 300, "decay": 0.0}, {"points": 20, "decay": 0.1}])
def test_more_points_and_weight_decay_cure_overfitting(cure: dict[str, float]) -> None:
    from revise.demos.foundations import overfit

    for seed in range(5):
        ill = last(overfit.run(seed, overfit.STEPS, "cpu", degree=14, points=20, decay=0.0))
        well = last(overfit.run(seed, overfit.STEPS, "cpu", degree=14, **cure))
        assert well["validation_error"] < 0.8 * ill["validation_error"]
        assert well["train_error"] > ill["train_error"]


@pytest.mark.parametrize("seed", range(3))
def test_a_perceptron_with_the_product_learns_xor_and_stops(seed: int) -> None:
    from revise.demos.networks import perceptron

    metrics = last(perceptron.run(seed, perceptron.STEPS, "cpu", gap=0.1, product=1, mislabelled=0))
    assert metrics["XOR_errors"] == metrics["XOR_corrections_per_100"] == 0


@pytest.mark.parametrize("seed", range(3))
def test_one_wrong_label_keeps_the_perceptron_from_stopping(seed: int) -> None:
    from revise.demos.networks import perceptron

    clean, noisy = (
        last(perceptron.run(seed, perceptron.STEPS, "cpu", gap=0.1, product=0, mislabelled=count)) for count in (0, 1)
    )
    assert noisy["AND_corrections"] > 10 * clean["AND_corrections"]
    assert noisy["AND_errors"] >= 1 / perceptron.POINTS and noisy["AND_bound"] == math.inf


def test_a_point_on_the_right_side_moves_no_line() -> None:
    from revise.demos.networks import perceptron

    *_, before, after = perceptron.run(0, 3000, "cpu", gap=0.1, product=0, mislabelled=0)
    (and_before, xor_before), (and_after, xor_after) = before.pictures[:2], after.pictures[:2]
    assert and_before.groups[0] == and_after.groups[0] and and_after.groups[0].x
    assert xor_before.groups[0] != xor_after.groups[0]


@pytest.mark.parametrize("gap", [0.02, 0.1, 0.7])
def test_novikoffs_bound_holds(gap: float) -> None:
    from revise.demos.networks import perceptron

    for seed in range(5):
        metrics = last(perceptron.run(seed, 1500, "cpu", gap=gap, product=0, mislabelled=0))
        assert metrics["AND_errors"] == 0
        assert 0 < metrics["AND_corrections"] <= metrics["AND_bound"]


def test_the_line_is_where_the_perceptron_is_undecided() -> None:
    from revise.demos.networks import perceptron

    weights = w1, w2, b, w12 = 0.5, -1.0, 0.3, 0.8
    curve = perceptron._line(weights)
    assert len(curve.x) > 40
    for x, y in zip(curve.x, curve.y, strict=True):
        assert math.isclose(w1 * x + w2 * y + b + w12 * x * y, 0, abs_tol=1e-9)
    assert not perceptron._line((0.0, 0.0, 0.0, 0.0)).x


def test_an_mlp_without_hidden_layers_is_as_straight_as_the_linear_net() -> None:
    from revise.demos.networks import mlp

    metrics = last(mlp.run(0, mlp.STEPS, "cpu", width=16, layers=0, turns=1.5))
    assert metrics["MLP_accuracy"] < 0.75 and abs(metrics["MLP_accuracy"] - metrics["linear_accuracy"]) < 0.05


def test_units_stay_alive_with_steps_of_one_size_and_leaky_ones_come_back() -> None:
    from revise.demos.networks import activations

    calm = last(activations.run(0, activations.STEPS, "cpu", burst=1.0, layers=3, slope=0.0))
    assert calm["accuracy_after"] > 0.95
    assert max(calm["saturated_sigmoid"], calm["saturated_tanh"], calm["dead_ReLU"]) < 0.25
    leaky = last(activations.run(0, activations.STEPS, "cpu", burst=300.0, layers=3, slope=0.3))
    assert leaky["dead_ReLU"] == 0 and leaky["ReLU_after"] > 0.7


def test_dead_and_saturated_of_known_units() -> None:
    import torch

    from revise.demos.networks import activations

    assert activations._dead(torch.tensor([[-1.0, -1.0, 0.0, 2.0], [-2.0, 3.0, -1.0, 1.0]])) == 0.5
    z = torch.tensor([0.0, 1.8, 1.9, -1.9])  # tanh'(z) falls to 0.1 at z = 1.818
    assert activations._saturated(1 - torch.tanh(z).square()) == 0.5


@pytest.mark.parametrize("relu", [0, 1])
def test_the_graph_has_the_gradients_of_autograd(relu: int) -> None:
    import torch

    from revise.demos.networks import backprop

    values = {"x": 0.8, "t": 1.3, "w": 0.5, "b": 0.1, "v": -0.3}
    leaves = {name: torch.tensor(value, dtype=torch.float64, requires_grad=True) for name, value in values.items()}
    z = leaves["w"] * leaves["x"] + leaves["b"]
    h = torch.relu(z) if relu else torch.tanh(z)
    y = leaves["v"] * h + h
    loss = (y - leaves["t"]) ** 2 / 2
    wanted = {"w": leaves["w"], "b": leaves["b"], "v": leaves["v"], "z": z, "h": h, "y": y}
    oracle = torch.autograd.grad(loss, list(wanted.values()))
    graph = backprop._Graph(bool(relu))
    for node in backprop.ORDER:
        values[node] = graph.gates[node](values)
    gradients: dict[str, float] = {}
    for node in backprop.BACK:
        graph.back(node, values, gradients, False)
    for name, gradient in zip(wanted, oracle, strict=True):
        assert gradients[name] == pytest.approx(gradient.item(), rel=1e-12)


def test_backprop_notices_a_forgotten_branch() -> None:
    from revise.demos.networks import backprop

    metrics = last(backprop.run(0, backprop.STEPS, "cpu", lr=0.2, relu=0, forget=1))
    assert metrics["check_error"] > 0.1
