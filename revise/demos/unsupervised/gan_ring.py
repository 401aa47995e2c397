"""Two GANs learn eight spots on a ring: the plain one drops some, the other none."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from revise.demos._adam import Adam
from revise.demos._device import begin
from revise.demos._layers import dense, forward
from revise.frame import Curve, Curves, Frame, Scatter

if TYPE_CHECKING:
    from torch import Generator, Tensor, device

LOOK_AT = "Look at the stars that stay: spots of the data on which a generator puts nothing."
SEEN = (
    "The plain generator's loss judges each of its samples alone, so no gradient comes from spots where it puts none; "
    "a discriminator shown several samples at a time (PacGAN) sees that they are too alike: its generator covers all."
)
QUESTION = "What is mode collapse, why does the GAN's loss permit it, and how can a discriminator notice it?"
STEPS = 1500
KNOBS = {"lr": (0.004, 1e-5, 0.1), "pack": (2, 1, 4), "spread": (0.05, 0.02, 0.5)}
WHAT_IF = {
    "lr": "learning rate at the start; it falls to 0 over the run",
    "pack": "samples the second discriminator sees at once; 1: the same GAN twice",
    "spread": "standard deviation of a spot; from about 0.25 on none is dropped",
}
EXPECT = {
    "modes_plain": (1, 6),
    "modes_packed": (8, 8),
    "on_the_spots_plain": (0.8, 1),
    "on_the_spots_packed": (0.8, 1),
}

MODES, RADIUS = 8, 2.0  # the ring of Metz et al. 2017 (unrolled GAN), appendix A; its spots have 0.02
NEAR, SHARE = 0.3, 0.025  # a mode is covered when a fifth of its due of the fakes lie so near it
NOISE, WIDTH, BATCH, DRAWN, SHOWN = 8, 64, 128, 1000, 200
TURNS = 2  # of the discriminator for each of the generator
FRAME_EVERY = 20


def run(seed: int, steps: int, device: str, *, lr: float, pack: int, spread: float) -> Iterator[Frame]:
    """Yield a frame before the first step, every 20 steps and after the last.

    Both generators begin with the same weights, and the random numbers of both games with the same
    seed. The metrics, on 1000 fakes of each: how many of the eight modes it covers, and the share
    of its fakes near one of them.
    """
    import torch

    place, dice = begin(device, seed)
    generator = dense((NOISE, WIDTH, WIDTH, 2), dice, place, gain=math.sqrt(2))
    twin = [weights.detach().clone().requires_grad_() for weights in generator]
    lot = int(torch.randint(2**31, (1,), generator=dice))
    games = _Game(generator, 1, spread, lot, place), _Game(twin, pack, spread, lot, place)
    watch = _Watch(torch.randn(DRAWN, NOISE, generator=dice).to(place), spread)
    yield watch.frame(0, games)

    for step in range(1, steps + 1):
        for game in games:
            game.play(lr * (1 - (step - 1) / steps))
        if step % FRAME_EVERY == 0 or step == steps:
            yield watch.frame(step, games)


class _Game:
    """A generator against a discriminator that judges `pack` samples at a time (PacGAN: Lin et al. 2018, section 2)."""

    def __init__(self, generator: "list[Tensor]", pack: int, spread: float, lot: int, place: "device") -> None:
        import torch

        self.pack, self.spread, self.place = pack, spread, place
        self.dice = torch.Generator().manual_seed(lot)
        self.batch = BATCH - BATCH % pack
        self.generator = generator
        self.discriminator = dense((2 * pack, WIDTH, WIDTH, 1), self.dice, place, gain=math.sqrt(2))
        self.adam_g, self.adam_d = Adam(generator, 0.5, 0.99), Adam(self.discriminator, 0.5, 0.99)

    def play(self, lr: float) -> None:
        """Two steps of the discriminator, one of the generator (with the loss that does not saturate)."""
        import torch
        from torch.nn.functional import softplus

        for _ in range(TURNS):
            real = _ring(self.batch, self.spread, self.dice).to(self.place)
            with torch.no_grad():
                fake = self._fakes()
            # softplus(-logit) = -log D and softplus(logit) = -log(1 - D)
            loss_d = softplus(-self._judge(real)).mean() + softplus(self._judge(fake)).mean()
            self.adam_d.step(torch.autograd.grad(loss_d, self.discriminator), lr)
        loss_g = softplus(-self._judge(self._fakes())).mean()
        self.adam_g.step(torch.autograd.grad(loss_g, self.generator), lr)

    def _fakes(self) -> "Tensor":
        import torch

        noise = torch.randn(self.batch, NOISE, generator=self.dice)
        return forward(self.generator, noise.to(self.place), torch.tanh)

    def _judge(self, samples: "Tensor") -> "Tensor":
        """`samples` (batch × 2), all real or all fake → a logit for each pack of them."""
        import torch

        return forward(self.discriminator, samples.reshape(-1, 2 * self.pack), torch.tanh)


class _Watch:
    """What is measured and drawn: always on the same noise."""

    def __init__(self, noise: "Tensor", spread: float) -> None:
        self.noise, self.near = noise, max(NEAR, 2 * spread)
        self.centres = _centres()
        self.history: list[tuple[int, float, float]] = []

    def frame(self, step: int, games: tuple[_Game, _Game]) -> Frame:
        import torch

        with torch.no_grad():
            plain, packed = (forward(game.generator, self.noise, torch.tanh).cpu() for game in games)
        (modes_plain, on_plain), (modes_packed, on_packed) = self._covered(plain), self._covered(packed)
        self.history.append((step, modes_plain, modes_packed))
        metrics = {
            "modes_plain": modes_plain,
            "modes_packed": modes_packed,
            "on_the_spots_plain": on_plain,
            "on_the_spots_packed": on_packed,
        }
        steps, one, two = zip(*self.history, strict=True)
        return Frame(
            step,
            metrics,
            (
                self._scatter("plain GAN", plain),
                self._scatter(f"packs of {games[1].pack}", packed),
                Curves("modes of 8", (Curve("packed", steps, two), Curve("plain", steps, one)), y_range=(0, 8)),
            ),
        )

    def _scatter(self, title: str, fakes: "Tensor") -> Scatter:
        groups = Curve("data", *self.centres.T.tolist()), Curve("fakes", *fakes[:SHOWN].T.tolist())
        return Scatter(title, groups, (-2.8, 2.8), (-2.8, 2.8))

    def _covered(self, fakes: "Tensor") -> tuple[int, float]:
        """How many modes have enough fakes near them, and the share of fakes that are near a mode."""
        import torch

        if not bool(fakes.isfinite().all()):
            return 0, math.nan
        gaps, nearest = torch.cdist(fakes, self.centres).min(1)
        hits = torch.bincount(nearest[gaps < self.near], minlength=MODES)
        return int((hits >= SHARE * DRAWN).sum()), float(hits.sum()) / DRAWN


def _centres() -> "Tensor":
    import torch

    angles = torch.arange(MODES) * (2 * math.pi / MODES)
    return RADIUS * torch.stack([angles.cos(), angles.sin()], 1)


def _ring(count: int, spread: float, dice: "Generator") -> "Tensor":
    """`count` draws of the data, of shape (count, 2)."""
    import torch

    spots = torch.randint(MODES, (count,), generator=dice)
    return _centres()[spots] + spread * torch.randn(count, 2, generator=dice)
