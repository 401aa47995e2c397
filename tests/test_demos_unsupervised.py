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


def _last(demo, seed: int, steps: int | None = None, **knobs: float) -> dict[str, float]:
    settings = {**{name: knob[0] for name, knob in demo.KNOBS.items()}, **knobs}
    *_, frame = demo.run(seed, steps or demo.STEPS, "cpu", **settings)
    return frame.metrics


def test_without_centring_the_first_axis_points_at_the_mean() -> None:
    from revise.demos.unsupervised import pca

    assert _last(pca, 0, centred=0)["angle_to_first_axis"] > 85
    assert _last(pca, 0, power=1)["angle_to_first_axis"] < 0.1


def test_a_linear_autoencoder_is_pca_and_a_straight_cloud_needs_no_more() -> None:
    from revise.demos.unsupervised import autoencoder

    assert _last(autoencoder, 0, linear=1)["error_over_PCA"] == pytest.approx(1, abs=0.03)
    assert _last(autoencoder, 0, bend=0.0)["error_over_PCA"] == pytest.approx(1, abs=0.2)


def test_without_kl_the_codes_scatter_and_with_too_much_they_collapse() -> None:
    from revise.demos.unsupervised import vae

    none, much = (_last(vae, 0, 800, beta=beta) for beta in (0.0, 30.0))
    assert none["mean_sigma"] < 0.05 and none["spread_of_codes"] > 2
    assert much["KL"] < 0.05 and much["mean_sigma"] > 0.9


def test_pixels_off_counts_from_the_nearest_picture() -> None:
    from revise.demos.unsupervised import vae

    real = torch.tensor([[1.0, 1, 0, 0], [0, 0, 1, 1]])
    drawn = torch.tensor([[1.0, 1, 1, 0], [0, 0, 1, 1], [0, 0, 0, 0]])
    assert vae._pixels_off(drawn, real) == 1


def test_the_best_discriminator_is_the_share_of_the_data() -> None:
    from revise.demos._layers import dense
    from revise.demos.unsupervised import gan

    dice = torch.Generator().manual_seed(0)
    watch = gan._Watch(torch.randn(gan.DRAWN, gan.NOISE, generator=dice), gan._data(gan.DRAWN, dice))
    nets = [dense((inputs, 4, 1), dice, torch.device("cpu")) for inputs in (gan.NOISE, 1)]
    for net in nets:
        for weights in net:
            weights.detach().zero_()
    nets[0][-1].detach().fill_(1.5)  # all fakes in the middle of the right mode
    frame = watch.frame(0, *nets)
    best = frame.pictures[1].curves[1]
    at = {round(x, 2): share for x, share in zip(best.x, best.y, strict=True)}
    assert at[-2.05] == pytest.approx(1, abs=1e-3)

    def normal(x: float, mean: float, deviation: float) -> float:
        return math.exp(-0.5 * ((x - mean) / deviation) ** 2) / (deviation * math.sqrt(2 * math.pi))

    p = [0.4 * normal(x, -2.0, 0.5) + 0.6 * normal(x, 1.5, 0.7) for x in best.x]
    share = [data / (data + normal(x, 1.5, 0.15)) for data, x in zip(p, best.x, strict=True)]
    assert at[1.55] == pytest.approx(share[65], abs=0.03)
    assert frame.metrics["D_from_half"] == 0
    expected = sum(0.1 * data * abs(0.5 - part) for data, part in zip(p, share, strict=True))
    assert frame.metrics["D_from_best"] == pytest.approx(expected, abs=0.01)


def test_a_pack_of_one_is_the_plain_gan() -> None:
    from revise.demos.unsupervised import gan_ring

    metrics = _last(gan_ring, 0, 60, pack=1)
    assert metrics["modes_plain"] == metrics["modes_packed"]
    assert metrics["on_the_spots_plain"] == metrics["on_the_spots_packed"]
