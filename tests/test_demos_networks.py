"""What the demos of single units and plain networks rest on: their gradients, bounds and null cases."""

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


@pytest.mark.parametrize(("knobs", "name"), [({"product": 1, "xor": 1}, "XOR"), ({"product": 0, "xor": 0}, "OR")])
@pytest.mark.parametrize("seed", range(3))
def test_a_perceptron_that_can_learn_stops(seed: int, knobs: dict[str, int], name: str) -> None:
    from revise.demos.networks import perceptron

    metrics = last(perceptron.run(seed, perceptron.STEPS, "cpu", gap=0.1, **knobs))
    assert metrics[f"errors_on_{name}"] == metrics[f"{name}_corrections_per_100"] == 0


def test_a_point_on_the_right_side_moves_no_line() -> None:
    from revise.demos.networks import perceptron

    *_, before, after = perceptron.run(0, 3000, "cpu", gap=0.1, product=0, xor=1)
    (and_before, xor_before), (and_after, xor_after) = before.pictures[:2], after.pictures[:2]
    assert and_before.groups[0] == and_after.groups[0] and and_after.groups[0].x
    assert xor_before.groups[0] != xor_after.groups[0]


@pytest.mark.parametrize("gap", [0.02, 0.1, 0.7])
def test_novikoffs_bound_holds(gap: float) -> None:
    from revise.demos.networks import perceptron

    for seed in range(5):
        metrics = last(perceptron.run(seed, 1500, "cpu", gap=gap, product=0, xor=1))
        assert metrics["errors_on_AND"] == 0
        assert 0 < metrics["corrections_on_AND"] <= metrics["most_for_AND"]


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
    assert metrics["MLP_on_fresh"] < 0.75 and abs(metrics["MLP_on_fresh"] - metrics["linear_on_fresh"]) < 0.05


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
