"""What the demos of optimisation and generalisation rest on: their rules, features and null cases."""

import math
from collections import defaultdict

import pytest

pytest.importorskip("torch")


def test_the_rules_are_those_of_torch() -> None:
    import torch

    from revise.demos.optimisation import _rules, optimisers

    lr, start = 0.02, [-1.2, 1.0]
    oracles = {
        "sgd": lambda p: torch.optim.SGD(p, lr),
        "momentum": lambda p: torch.optim.SGD(p, lr, momentum=0.9),
        "nesterov": lambda p: torch.optim.SGD(p, lr, momentum=0.9, nesterov=True),
        "adagrad": lambda p: torch.optim.Adagrad(p, lr, eps=1e-8),
        "rmsprop": lambda p: torch.optim.RMSprop(p, lr, alpha=0.9),
        "adam": lambda p: torch.optim.Adam(p, lr),
    }
    for name, make in oracles.items():
        ours = torch.tensor(start, dtype=torch.float64)
        theirs = ours.clone().requires_grad_()
        oracle, memory = make([theirs]), defaultdict(float)
        for _ in range(25):
            slope = optimisers._derivatives(ours.unsqueeze(0), 2)[0][0]
            ours = ours - lr * getattr(_rules, name)(slope, memory)
            oracle.zero_grad()
            optimisers.height(theirs, 2).backward()
            oracle.step()
        assert torch.allclose(ours, theirs, atol=1e-9), name


def test_the_hessian_and_newtons_step() -> None:
    import torch

    from revise.demos.optimisation import _rules, optimisers

    points = torch.tensor([[-1.2, 1.0], [0.3, -0.4]], dtype=torch.float64)
    for surface in (0, 1, 2):
        slopes, hessians = optimisers._derivatives(points, surface)
        for point, slope, hessian in zip(points, slopes, hessians, strict=True):
            expected = torch.autograd.functional.hessian(lambda p, s=surface: optimisers.height(p, s), point)
            assert torch.allclose(hessian, expected)
            assert torch.allclose(_rules.newton(slope, hessian), torch.linalg.solve(expected, slope))
    for surface, minimum in ((0, [0.0, 0.0]), (1, [0.0, 1.0]), (1, [0.0, -1.0]), (2, [1.0, 1.0])):
        assert optimisers.height(torch.tensor(minimum), surface).item() == 0


def test_newton_is_drawn_to_the_saddle_that_the_others_leave() -> None:
    from revise.demos.optimisation import optimisers

    *_, last = optimisers.run(0, 200, "cpu", surface=1, lr=0.025, beta=0.9, noise=0.0)
    assert last.metrics["Newton"] == pytest.approx(0.25)
    assert all(last.metrics[name] < 1e-3 for name in ("momentum", "Nesterov", "RMSprop", "Adam"))


def test_without_beta_momentum_and_nesterov_are_sgd() -> None:
    from revise.demos.optimisation import optimisers

    *_, last = optimisers.run(0, 50, "cpu", surface=0, lr=0.025, beta=0.0, noise=0.0)
    assert last.metrics["momentum"] == last.metrics["Nesterov"] == last.metrics["SGD"]


def test_no_rate_brings_sgd_near_momentum_in_the_valley() -> None:
    from revise.demos.optimisation import optimisers

    for rate in (0.03, 0.035, 0.039):
        *_, last = optimisers.run(0, 200, "cpu", surface=0, lr=rate, beta=0.9, noise=0.0)
        assert last.metrics["SGD"] > 1e-3 > 1e-7 > last.metrics["momentum"]
    *_, last = optimisers.run(0, 200, "cpu", surface=0, lr=1.0, beta=0.9, noise=0.0)
    assert last.metrics["SGD"] == math.inf


def test_sigmoids_learn_at_the_same_rate_where_they_are_few() -> None:
    from revise.demos.networks import vanishing

    *_, shallow = vanishing.run(0, 280, "cpu", depth=2, gain=1.0, lr=0.08)
    assert shallow.metrics["sigmoid_loss"] < 1


def test_with_small_weights_only_the_shortcuts_carry_the_gradient() -> None:
    from revise.demos.networks import vanishing

    small = next(vanishing.run(0, 10, "cpu", depth=20, gain=0.6, lr=0.08)).metrics
    assert small["relu_ratio"] < 0.6**18 and 0.8 < small["residual_ratio"] < 1.3


def test_the_gradient_goes_as_the_size_of_the_weights() -> None:
    from revise.demos.optimisation import init

    first = next(init.run(0, 10, "cpu", small=0.2, large=6.0, relu=0, lr=0.05)).metrics
    assert 0.2**4 / 1.5 < first["small_gradient"] < 0.2**4 * 1.5
    assert first["rule_gradient"] < 1 < first["large_gradient"]


def test_relus_with_large_weights_explode_and_do_not_saturate() -> None:
    from revise.demos.optimisation import init

    *_, last = init.run(0, 20, "cpu", small=0.2, large=1.2, relu=1, lr=0.05)
    assert last.metrics["large_saturated"] == 0
    *_, last = init.run(0, 20, "cpu", small=0.2, large=6.0, relu=1, lr=0.05)
    assert last.metrics["large_gradient"] > 100 and not any(map(math.isnan, last.metrics.values()))


def test_under_batch_norm_larger_weights_change_nothing_but_get_smaller_gradients() -> None:
    import torch

    from revise.demos._layers import dense
    from revise.demos.optimisation import batchnorm

    place, dice = torch.device("cpu"), torch.Generator().manual_seed(0)
    net = dense((20, batchnorm.WIDTH, 3), dice, place, 2**0.5)
    large = [parameter.detach() * size for parameter, size in zip(net, (8, 1, 1, 1), strict=True)]
    x = torch.randn(32, 20, generator=dice)
    logits, gradients = [], []
    for parameters in (net, large):
        leaves = [parameter.detach().requires_grad_() for parameter in parameters]
        logits.append(batchnorm._forward(leaves, x, batchnorm._Norm(1, place))[0])
        gradients.append(torch.autograd.grad(logits[-1].square().sum(), leaves[0])[0])
    assert torch.allclose(logits[0], logits[1], atol=1e-4)
    assert torch.allclose(gradients[0], gradients[1] * 8, rtol=1e-3, atol=1e-2)


def test_the_features_are_orthonormal_legendre_polynomials() -> None:
    import numpy as np
    import torch

    from revise.demos.foundations.overfit import MOST, _legendre

    x, weights = np.polynomial.legendre.leggauss(40)
    features = _legendre(torch.tensor(x)).numpy()
    assert np.allclose(features.T @ (features * weights[:, None]) / 2, np.eye(MOST + 1), atol=1e-9)


def test_more_points_close_the_gap_and_a_line_underfits() -> None:
    from revise.demos.foundations import overfit

    *_, many = overfit.run(0, 2000, "cpu", degree=11, points=300, decay=0.0)
    assert many.metrics["validation_error"] < 1.25 * many.metrics["train_error"]
    *_, line = overfit.run(0, 2000, "cpu", degree=1, points=12, decay=0.0)
    assert min(line.metrics["train_error"], line.metrics["validation_error"]) > 0.35
    *_, decayed = overfit.run(0, 2000, "cpu", degree=11, points=12, decay=0.1)
    assert decayed.metrics["validation_error"] < 0.6


def test_without_dropping_the_two_nets_are_one() -> None:
    from revise.demos.optimisation import dropout

    *_, last = dropout.run(0, 20, "cpu", p=0.0, points=100, mislabelled=0.3)
    assert last.metrics["accuracy_gain"] == 0 and last.metrics["loss_ratio"] == pytest.approx(1)


def test_masks_keep_the_expected_activation() -> None:
    import torch

    from revise.demos.optimisation.dropout import _logits

    dice = torch.Generator().manual_seed(0)
    net = [torch.eye(1), torch.zeros(1), torch.eye(1), torch.zeros(1), torch.eye(1), torch.zeros(1)]
    x = torch.ones(40000, 1)
    masks = [(torch.rand(40000, 1, generator=dice) >= 0.3) / 0.7 for _ in range(2)]
    assert _logits(net, x, masks).mean().item() == pytest.approx(_logits(net, x).mean().item(), abs=0.02)


def test_a_block_with_a_zero_branch_is_the_identity() -> None:
    import torch

    from revise.demos._layers import dense
    from revise.demos.cnn.resnet import _logits

    dice = torch.Generator().manual_seed(0)
    net = dense((5, 4, 4, 4, 3), dice, torch.device("cpu"))
    net[4].detach().zero_()
    x = torch.randn(6, 5, generator=dice)
    without = [*net[:2], *net[-2:]]
    assert torch.equal(_logits(net, x, True), _logits(without, x, True))
    assert not torch.equal(_logits(net, x, False), _logits(without, x, False))


def test_two_blocks_train_without_shortcuts_and_a_good_start_alone_does_not_save_sixteen() -> None:
    from revise.demos.cnn import resnet

    *_, shallow = resnet.run(0, 300, "cpu", blocks=2, gain=1.0, lr=0.02)
    assert shallow.metrics["plain_error"] < 0.05
    *_, started = resnet.run(0, 300, "cpu", blocks=16, gain=math.sqrt(2), lr=0.02)
    assert started.metrics["plain_gradient"] > 0.01
    assert started.metrics["plain_error"] > 0.3 and started.metrics["residual_error"] < 0.05
