"""A VAE lays digits out on a plane, where the places between them decode too."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from revise.demos._adam import Adam
from revise.demos._device import begin
from revise.demos._digits import SIDE, digits
from revise.demos._layers import dense, forward
from revise.frame import Curve, Curves, Frame, Grid, Heatmap, Scatter

if TYPE_CHECKING:
    from torch import Generator, Tensor

LOOK_AT = "Look at the plane of codes: the digits part into islands, and the row of pictures turns one into another."
SEEN = (
    "The ELBO has risen: the decoder draws digits from two numbers, "
    "and the KL term keeps the codes near N(0, I), so that the codes between two digits decode to pictures too."
)
QUESTION = (
    "What are the two terms of the ELBO, and what happens to the codes without the KL term or with too much of it?"
)
STEPS = 3000
KNOBS = {
    "lr": (0.005, 1e-5, 0.5),
    "beta": (1.0, 0.0, 30.0),  # weight of the KL term; 0: sigma shrinks and codes scatter; 30: posterior collapse
    "classes": (5, 2, 10),  # how many of the digits 0, 1, 2, … there are
}
EXPECT = {"ELBO": (-45, 0), "KL": (3, 6), "mean_sigma": (0.05, 0.4), "neighbours_of_same_digit": (0.65, 1)}

HIDDEN, CODE = 64, 2
BATCH, SHOWN, TILES = 64, 300, 7
FRAME_EVERY = 25


def run(seed: int, steps: int, device: str, *, lr: float, beta: float, classes: int) -> Iterator[Frame]:
    """Yield a frame before the first step, every 25 steps and after the last.

    The metrics, on 300 digits the net is not trained on, in nats a picture: the ELBO, its
    reconstruction term (the log-likelihood of the pixels, each 0 or 1) and its KL
    term; the mean of sigma; and the share of digits whose nearest neighbour on the plane is the
    same digit.
    """
    import torch

    place, dice = begin(device, seed)
    pixels = SIDE * SIDE
    # The encoder gives mu and log sigma²; the decoder the logit of each pixel.
    encoder = dense((pixels, HIDDEN, 2 * CODE), dice, place, gain=math.sqrt(2))
    decoder = dense((CODE, HIDDEN, pixels), dice, place, gain=math.sqrt(2))
    net = encoder + decoder
    adam = Adam(net)
    fresh, labels = _binary(SHOWN, dice, classes)
    watch = _Watch(fresh.to(place), labels, torch.randn(SHOWN, CODE, generator=dice).to(place))
    yield watch.frame(0, encoder, decoder)

    for step in range(1, steps + 1):
        x = _binary(BATCH, dice, classes)[0].to(place)
        noise = torch.randn(BATCH, CODE, generator=dice).to(place)
        fit, divergence, _, _ = _terms(encoder, decoder, x, noise)
        adam.step(torch.autograd.grad(beta * divergence - fit, net), lr * (1 - (step - 1) / steps))
        if step % FRAME_EVERY == 0 or step == steps:
            yield watch.frame(step, encoder, decoder)


def _binary(count: int, dice: "Generator", classes: int) -> "tuple[Tensor, Tensor]":
    """Digits of pixels 0 or 1 (count × 144), as a likelihood of Bernoulli variables needs them, and which they are."""
    ink, labels = digits(count, dice, 0, classes)
    return (ink > 0.5).flatten(1).float(), labels


def _terms(
    encoder: "list[Tensor]", decoder: "list[Tensor]", x: "Tensor", noise: "Tensor"
) -> "tuple[Tensor, Tensor, Tensor, Tensor]":
    """E[log p(x|z)] from one z a picture and KL(q(z|x) || N(0, I)), both means over the batch; mu and sigma."""
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits, relu

    mu, log_variance = forward(encoder, x, relu).chunk(2, 1)
    sigma = torch.exp(log_variance / 2)
    logits = forward(decoder, mu + sigma * noise, relu)
    fit = -binary_cross_entropy_with_logits(logits, x, reduction="sum") / len(x)
    # Kingma & Welling 2014, appendix B
    divergence = (mu.square() + sigma.square() - 1 - log_variance).sum(1).mean() / 2
    return fit, divergence, mu, sigma


class _Watch:
    """What is measured and drawn: always the same digits and the same noise."""

    def __init__(self, pictures: "Tensor", labels: "Tensor", noise: "Tensor") -> None:
        self.pictures, self.labels, self.noise = pictures, labels, noise
        self.history: list[tuple[int, float, float]] = []

    def frame(self, step: int, encoder: "list[Tensor]", decoder: "list[Tensor]") -> Frame:
        import torch

        with torch.no_grad():
            fit, divergence, mu, sigma = _terms(encoder, decoder, self.pictures, self.noise)
            codes = mu.cpu()
            row, first, last = self._between(codes, decoder)
        elbo = float(fit - divergence)
        self.history.append((step, elbo, float(divergence)))
        metrics = {
            "ELBO": elbo,
            "reconstruction": float(fit),
            "KL": float(divergence),
            "mean_sigma": float(sigma.mean()),
            "neighbours_of_same_digit": self._alike(codes),
        }
        return Frame(step, metrics, self._pictures(codes, row, f"codes from {first} to {last}, decoded"))

    def _between(self, codes: "Tensor", decoder: "list[Tensor]") -> "tuple[list[list[list[float]]], int, int]":
        """Pictures decoded on the straight line between the mean codes of the first and last digit shown."""
        import torch
        from torch.nn.functional import relu

        first, last = 0, int(self.labels.max())
        ends = [codes[self.labels == digit].mean(0) for digit in (first, last)]
        share = torch.linspace(0, 1, TILES).unsqueeze(1)
        line = (1 - share) * ends[0] + share * ends[1]
        ink = torch.sigmoid(forward(decoder, line.to(decoder[0].device), relu))
        return ink.view(TILES, SIDE, SIDE).tolist(), first, last

    def _alike(self, codes: "Tensor") -> float:
        import torch

        if not bool(codes.isfinite().all()):
            return math.nan
        gaps = torch.cdist(codes, codes).fill_diagonal_(math.inf)
        return float((self.labels[gaps.argmin(1)] == self.labels).double().mean())

    def _pictures(
        self, codes: "Tensor", row: list[list[list[float]]], title: str
    ) -> "tuple[Scatter | Grid | Curves, ...]":
        steps, elbo, divergence = zip(*self.history, strict=True)
        groups = [
            Curve(str(digit), *codes[self.labels == digit].T.tolist()) for digit in range(int(self.labels.max()) + 1)
        ]
        return (
            Scatter("mu(x) of digits", groups, (-3.5, 3.5), (-3.5, 3.5)),
            Grid(title, [Heatmap("".ljust(12), ink, 0, 1) for ink in row], TILES),
            Curves("ELBO, nats", (Curve("ELBO", steps, elbo),), y_range=(-110, 0)),
            Curves("KL, nats", (Curve("KL", steps, divergence),), y_range=(0, 10)),
        )
