"""Laws behind the demos on depth: the graph against autograd, batch norm against Torch's, a quarter a layer."""

import pytest

torch = pytest.importorskip("torch")

from revise.demos.networks import backprop, vanishing  # noqa: E402 - torch may be missing
from revise.demos.optimisation import batchnorm  # noqa: E402


@pytest.mark.parametrize("relu", [False, True])
def test_the_graph_has_the_gradients_of_autograd(relu: bool) -> None:
    graph = backprop._Graph(relu)
    values = {"w": 0.7, "b": 0.2, "v": -1.3, "x": 0.9, "t": 0.4}
    leaves = {name: torch.tensor(value, dtype=torch.float64, requires_grad=True) for name, value in values.items()}
    for node in backprop.ORDER:
        values[node] = graph.gates[node](values)
    gradients: dict[str, float] = {}
    for node in backprop.BACK:
        graph.back(node, values, gradients, forget=False)
    z = leaves["w"] * leaves["x"] + leaves["b"]
    h = torch.relu(z) if relu else torch.tanh(z)
    loss = (leaves["v"] * h + h - leaves["t"]) ** 2 / 2
    assert values["L"] == pytest.approx(loss.item())
    expected = torch.autograd.grad(loss, [leaves[name] for name in backprop.WEIGHTS])
    assert [gradients[name] for name in backprop.WEIGHTS] == pytest.approx([each.item() for each in expected])


def test_a_forgotten_branch_is_seen_by_the_check() -> None:
    right, wrong = (list(backprop.run(0, 60, "cpu", lr=0.3, relu=0, forget=forget))[-1].metrics for forget in (0, 1))
    assert right["check_error"] < 1e-6 < 0.5 < wrong["check_error"]


def test_batch_norm_is_that_of_torch_in_training_and_in_use() -> None:
    dice = torch.Generator().manual_seed(0)
    ours = batchnorm._Norm(1, torch.device("cpu"))
    theirs = torch.nn.BatchNorm1d(batchnorm.WIDTH, eps=batchnorm.EPS, momentum=batchnorm.MOMENTUM)
    for _ in range(5):
        z = torch.randn(16, batchnorm.WIDTH, generator=dice) * 3 + 1
        assert torch.allclose(ours(z, 0), theirs(z), atol=1e-5)
    ours.training = False
    theirs.eval()
    z = torch.randn(4, batchnorm.WIDTH, generator=dice)
    assert torch.allclose(ours(z, 0), theirs(z), atol=1e-5)


def test_a_sigmoid_takes_three_quarters_and_more_of_the_gradient_in_each_layer() -> None:
    frame = next(vanishing.run(0, 10, "cpu", depth=20, gain=1.0, lr=0.1))
    factors = frame.pictures[2]
    assert factors.values[0] < 0.25 < 0.7 < factors.values[2]
    assert frame.metrics["sigmoid_ratio"] == pytest.approx(factors.values[0] ** 19, rel=1e-6)
