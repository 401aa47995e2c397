"""Laws of the unsupervised demos that their last frames do not show."""

import math

import pytest

torch = pytest.importorskip("torch")


def test_kl_of_the_vae_is_that_of_torch_distributions() -> None:
    from torch.distributions import Bernoulli, Normal, kl_divergence

    from revise.demos._layers import dense, forward
    from revise.demos.unsupervised import vae

    dice = torch.Generator().manual_seed(0)
    encoder = dense((6, 5, 4), dice, torch.device("cpu"), 2)
    decoder = dense((2, 5, 6), dice, torch.device("cpu"), 2)
    x = (torch.rand(7, 6, generator=dice) > 0.5).float()
    noise = torch.randn(7, 2, generator=dice)
    fit, divergence, mu, sigma = vae._terms(encoder, decoder, x, noise)
    normal = Normal(mu, sigma)
    expected = kl_divergence(normal, Normal(torch.zeros(2), torch.ones(2))).sum(1).mean()
    assert divergence.item() == pytest.approx(expected.item(), rel=1e-5)
    likelihood = Bernoulli(logits=forward(decoder, mu + sigma * noise, torch.relu)).log_prob(x).sum(1).mean()
    assert fit.item() == pytest.approx(likelihood.item(), rel=1e-5)


def test_modes_covered_on_the_ring() -> None:
    from revise.demos.unsupervised import gan_ring

    watch = gan_ring._Watch(torch.zeros(1, gan_ring.NOISE), 0.05)
    half = gan_ring._centres()[:4].repeat(gan_ring.DRAWN // 4, 1)
    assert watch._covered(half) == (4, 1)
    assert watch._covered(half * 1.1) == (4, 1)
    assert watch._covered(half * 1.2) == (0, 0)
    few = half.clone()
    few[:24] = gan_ring._centres()[6]  # fewer than a fifth of an eighth
    assert watch._covered(few)[0] == 4
    few[:25] = gan_ring._centres()[6]
    assert watch._covered(few)[0] == 5
    assert gan_ring._centres().norm(dim=1).tolist() == pytest.approx([gan_ring.RADIUS] * 8)


def test_the_arc_keeps_its_length_and_its_middle() -> None:
    from revise.demos.unsupervised import autoencoder

    for bend in (0.0, 90.0, 300.0):
        points, along = autoencoder._arc(20000, bend, torch.Generator().manual_seed(1))
        ends = [points[(along - end).abs() < 0.02].mean(0) for end in (-1, 1)]
        half = math.radians(max(bend, 0.01)) / 2
        chord = autoencoder.LENGTH * math.sin(half) / half
        assert (ends[1] - ends[0]).norm().item() == pytest.approx(chord, abs=0.12)
        assert points.mean(0).abs().max().item() < 0.05
