"""Laws behind the demos on depth, pictures and graphs: gradients and layers against Torch's, the data's facts."""

import pytest

torch = pytest.importorskip("torch")

from revise.demos.cnn import cnn, kernels, resnet  # noqa: E402 - torch may be missing
from revise.demos.graphs import gcn  # noqa: E402
from revise.demos.networks import backprop, vanishing  # noqa: E402
from revise.demos.optimisation import batchnorm  # noqa: E402
from revise.demos.robustness import fgsm  # noqa: E402


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


def test_the_karate_club_has_its_78_edges_and_two_halves() -> None:
    a = gcn._adjacency()
    degrees = (a + a.T).sum(1)
    same = sum((one in gcn.WITH_MR_HI) == (two in gcn.WITH_MR_HI) for one, both in gcn.FRIENDS.items() for two in both)
    assert (a.sum(), degrees[0], degrees[33], degrees[32], degrees.min()) == (78, 16, 17, 12, 1)
    assert len(gcn.WITH_MR_HI) == 17 and same == 67


def test_the_gcn_matrix_is_that_of_kipf_and_welling() -> None:
    a = gcn._adjacency()
    loops = a + a.T + torch.eye(gcn.MEMBERS)
    root = torch.diag(loops.sum(1)).inverse().sqrt()
    ours = gcn._mixing(a, loops=True, normalised=True)
    assert torch.allclose(ours, root @ loops @ root, atol=1e-6)
    assert torch.linalg.eigvalsh(ours).max().item() == pytest.approx(1, abs=1e-5)
    assert not gcn._mixing(a * 0, loops=False, normalised=True).any()


@pytest.mark.parametrize("steps", [1, 4])
def test_the_attack_stays_within_epsilon_and_raises_the_loss(steps: int) -> None:
    dice = torch.Generator().manual_seed(0)
    net = fgsm.dense((144, 8, 10), dice, torch.device("cpu"))
    x, labels = torch.rand(20, 144, generator=dice), torch.randint(10, (20,), generator=dice)
    attacked = fgsm._attacked(net, x, labels, 0.1, steps)
    loss = torch.nn.functional.cross_entropy
    assert (attacked - x).abs().max() <= 0.1 + 1e-6 and attacked.min() >= 0 and attacked.max() <= 1
    assert loss(fgsm._read(net, attacked), labels) > loss(fgsm._read(net, x), labels)


def test_the_two_nets_of_cnn_are_of_one_size_and_shuffling_keeps_the_pixels() -> None:
    metrics = next(cnn.run(0, 1, "cpu", shift=2, shuffle=1, dense_times=1)).metrics
    assert metrics["weights_of_dense"] == pytest.approx(metrics["weights_of_CNN"], rel=0.05)
    order = torch.randperm(144, generator=torch.Generator().manual_seed(1))
    plain, shuffled = (
        cnn._moved(5, 2, each, torch.Generator().manual_seed(2))[0].flatten(1) for each in (torch.arange(144), order)
    )
    assert torch.equal(shuffled, plain[:, order])


def test_sobels_kernels_are_transposes_and_only_edge_kernels_sum_to_0() -> None:
    vertical, horizontal, *_ = known = torch.tensor(kernels._KERNELS)
    assert torch.equal(vertical, horizontal.T)
    assert known.sum((1, 2)).tolist() == pytest.approx([0, 0, 1, 1])
    diverged = list(kernels.run(0, 5760, "cpu", kernel=0, flip=0, lr=1.0))[-1].metrics
    assert diverged["sum_of_weights"] == diverged["largest_error_of_a_weight"] == float("inf")


def test_a_residual_block_begins_as_the_identity() -> None:
    dice = torch.Generator().manual_seed(0)
    net = resnet.dense((4, *[6] * 5, 3), dice, torch.device("cpu"))
    x = torch.randn(2, 4, generator=dice)
    for last in net[4:-2:4]:
        last.detach().zero_()
    w, b, *_, last, shift = net
    assert torch.allclose(resnet._logits(net, x, True), torch.relu(x @ w + b) @ last + shift, atol=1e-6)
    assert torch.allclose(resnet._logits(net, x, False), shift.expand(2, 3))
