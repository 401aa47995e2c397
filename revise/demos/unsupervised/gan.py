"""A GAN learns two Gaussians: the densities meet and D(x) falls to 1/2."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from revise.demos._adam import Adam
from revise.demos._device import begin
from revise.demos._layers import dense, forward
from revise.frame import Curve, Curves, Frame

if TYPE_CHECKING:
    from torch import Generator, Tensor

LOOK_AT = "Look at D(x) following its best answer, p/(p + q), which flattens to 1/2 as the two densities meet."
SEEN = (
    "D followed p/(p + q), the data's share of both densities; where they agree that is D(x) = 1/2, "
    "and the discriminator's loss settles at ln 4 = 1.386 (the game's value is -ln 4)."
)
QUESTION = (
    "For a fixed generator, what is the optimal discriminator, and what are D and the value of the game "
    "when the generator's distribution equals the data's?"
)
STEPS = 3000
KNOBS = {"lr": (0.002, 1e-5, 0.5), "k": (2, 1, 10), "saturating": (0, 0, 1)}
WHAT_IF = {
    "lr": "learning rate of both at the start; it falls to 0 over the run",
    "k": "discriminator steps for each generator step",
    "saturating": "1: the generator minimises log(1 - D), the loss of the minimax game",
}
EXPECT = {
    "JS_divergence": (0, 0.03),
    "D_from_half": (0, 0.03),
    "D_from_best": (0, 0.05),
    "left_mode": (0.3, 0.5),
    "loss_D": (1.35, 1.4),
}

MODES = ((0.4, -2.0, 0.5), (0.6, 1.5, 0.7))  # weight, mean, standard deviation
VALLEY = -0.5  # a sample below it belongs to the left mode
EDGE, BINS = 5.0, 100
NOISE, WIDTH, BATCH, DRAWN = 8, 32, 128, 4096
FRAME_EVERY = 20


def run(seed: int, steps: int, device: str, *, lr: float, k: int, saturating: int) -> Iterator[Frame]:
    """Yield a frame before the first step, every 20 steps and after the last.

    The metrics: Jensen–Shannon divergence in nats between the data and 4096 fakes (0 the same,
    ln 2 = 0.693 disjoint), the mean distance on data between D and 1/2 and between D and
    p/(p + q), the best D for these fakes; the share of fakes in the left mode (of the data: 0.4);
    and both losses in nats, averaged since the last frame.
    """
    import torch
    from torch.nn.functional import softplus

    place, dice = begin(device, seed)
    generator = dense((NOISE, WIDTH, WIDTH, 1), dice, place)
    discriminator = dense((1, WIDTH, WIDTH, 1), dice, place)
    # A long memory of old gradients makes the two nets circle each other: hence the small betas.
    adam_g, adam_d = Adam(generator, 0.5, 0.9), Adam(discriminator, 0.5, 0.9)
    watch = _Watch(torch.randn(DRAWN, NOISE, generator=dice).to(place), _data(DRAWN, dice).to(place))
    yield watch.frame(0, generator, discriminator)

    for step in range(1, steps + 1):
        rate = lr * (1 - (step - 1) / steps)
        for _ in range(k):
            real = _data(BATCH, dice).to(place)
            with torch.no_grad():
                fake = _net(generator, torch.randn(BATCH, NOISE, generator=dice).to(place))
            # softplus(-logit) = -log D and softplus(logit) = -log(1 - D)
            loss_d = softplus(-_net(discriminator, real)).mean() + softplus(_net(discriminator, fake)).mean()
            adam_d.step(torch.autograd.grad(loss_d, discriminator), rate)
        fake = _net(generator, torch.randn(BATCH, NOISE, generator=dice).to(place))
        logits = _net(discriminator, fake)
        loss_g = -softplus(logits).mean() if saturating else softplus(-logits).mean()
        adam_g.step(torch.autograd.grad(loss_g, generator), rate)
        watch.losses(loss_d, loss_g)
        if step % FRAME_EVERY == 0 or step == steps:
            yield watch.frame(step, generator, discriminator)


class _Watch:
    """What is measured and drawn: always on the same noise and the same data."""

    def __init__(self, noise: "Tensor", data: "Tensor") -> None:
        import torch

        self.noise, self.data = noise, data
        edges = torch.linspace(-EDGE, EDGE, BINS + 1, dtype=torch.float64)
        self.x = ((edges[1:] + edges[:-1]) / 2).tolist()
        self.grid = ((edges[1:] + edges[:-1]) / 2).to(noise).unsqueeze(1)
        self.truth = _mass(edges)
        self.density = (self.truth * BINS / (2 * EDGE)).tolist()
        gap = edges[1:, None] - edges[None, 1:]
        blur = torch.exp(-0.5 * (gap / 0.15) ** 2)
        self.blur = blur / blur.sum(0) * BINS / (2 * EDGE)
        self.smooth = self.blur @ self.truth  # blurred as the fakes' density is, to be compared with it
        self.recent: list[tuple[Tensor, Tensor]] = []
        self.history: list[tuple[int, float, float]] = []

    def losses(self, loss_d: "Tensor", loss_g: "Tensor") -> None:
        self.recent.append((loss_d.detach(), loss_g.detach()))

    def frame(self, step: int, generator: "list[Tensor]", discriminator: "list[Tensor]") -> Frame:
        import torch

        with torch.no_grad():
            fakes = _net(generator, self.noise)
            d_data = torch.sigmoid(_net(discriminator, self.data)).cpu().double()
            d_grid = torch.sigmoid(_net(discriminator, self.grid)).flatten().cpu().double()
        fakes = fakes.cpu().double().flatten()
        mass = torch.histc(fakes.clamp(-EDGE, EDGE), BINS, -EDGE, EDGE) / DRAWN
        if not fakes.isfinite().all():
            mass = mass * math.nan
        density = self.blur @ mass
        best = self.smooth / (self.smooth + density)
        metrics = {
            "JS_divergence": _js(mass, self.truth),
            "D_from_half": (d_data - 0.5).abs().mean().item(),
            "D_from_best": (self.truth * (d_grid - best).abs()).sum().item(),
            "left_mode": (fakes < VALLEY).double().mean().item(),
        }
        if self.recent:
            loss_d, loss_g = (torch.stack(losses).mean().item() for losses in zip(*self.recent, strict=True))
            self.recent.clear()
            self.history.append((step, loss_d, loss_g))
            if len(self.history) > 400:
                del self.history[1:-1:2]
            metrics |= {"loss_D": loss_d, "loss_G": loss_g}
        return Frame(step, metrics, self._pictures(density.tolist(), d_grid.tolist(), best.tolist()))

    def _pictures(self, density: list[float], d_curve: list[float], best: list[float]) -> tuple[Curves, ...]:
        steps, loss_d, loss_g = zip(*self.history, strict=True) if self.history else ((), (), ())
        ends = (-EDGE, EDGE)
        level = (math.log(4),) * len(steps)
        top = math.ceil(max([*density, *self.density]) * 10) / 10 if math.isfinite(max(density)) else 1.0
        curves = Curve("q of G", self.x, density), Curve("p of data", self.x, self.density)
        # Left out where D hardly ever sees a sample.
        known = [d if p + q > 0.01 else math.nan for d, p, q in zip(best, self.density, density, strict=True)]
        return (
            Curves("density", curves, ends, (0, top)),
            Curves("D(x)", (Curve("D", self.x, d_curve), Curve("p/(p + q)", self.x, known)), ends, (0, 1)),
            Curves("loss", (Curve("D", steps, loss_d), Curve("G", steps, loss_g), Curve("ln 4", steps, level))),
        )


def _net(parameters: "list[Tensor]", x: "Tensor") -> "Tensor":
    """`x` of shape (batch, inputs) → (batch, 1): D's logit, or a sample of G."""
    from torch.nn.functional import leaky_relu

    return forward(parameters, x, lambda z: leaky_relu(z, 0.2))


def _data(count: int, dice: "Generator") -> "Tensor":
    """`count` draws from the mixture, of shape (count, 1)."""
    import torch

    (weight, mean_a, sd_a), (_, mean_b, sd_b) = MODES
    left = torch.rand(count, 1, generator=dice) < weight
    z = torch.randn(count, 1, generator=dice)
    return torch.where(left, mean_a + sd_a * z, mean_b + sd_b * z)


def _mass(edges: "Tensor") -> "Tensor":
    """The mixture's mass in each bin; the outer bins hold the tails too."""
    import torch

    parts = [w * (1 + torch.erf((edges - mean) / (sd * math.sqrt(2)))) / 2 for w, mean, sd in MODES]
    below = torch.stack(parts).sum(0)
    below[0], below[-1] = 0, 1
    return below[1:] - below[:-1]


def _js(p: "Tensor", q: "Tensor") -> float:
    import torch

    middle = (p + q) / 2
    return float((torch.xlogy(p, p / middle) + torch.xlogy(q, q / middle)).sum() / 2)
