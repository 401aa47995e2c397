"""A VAE lays digits out on a plane, where the places between them decode too."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from revise.demos._adam import Adam
from revise.demos._device import begin
from revise.demos._digits import SIDE, digits
from revise.demos._layers import dense, forward
from revise.frame import Curve, Frame, Grid, Heatmap, Scatter

if TYPE_CHECKING:
    from torch import Generator, Tensor

LOOK_AT = "Look at the plane of codes, where the digits part, and at the row below, where one digit turns into another."
SEEN = (
    "The reconstruction term parts the codes of the digits; the KL term keeps them all near N(0, I), so that a code "
    "drawn from there decodes to nearly a digit. Without the KL term sigma shrinks and the codes scatter (beta=0); "
    "with too much of it q(z|x) is N(0, I) whatever x is: posterior collapse (beta=30)."
)
QUESTION = (
    "What are the two terms of the ELBO, and what happens to the codes without the KL term or with too much of it?"
)
STEPS = 3000
KNOBS = {"lr": (0.005, 1e-5, 0.5), "beta": (1.0, 0.0, 30.0), "classes": (5, 2, 10)}
WHAT_IF = {
    "lr": "learning rate at the start; it falls to 0 over the run",
    "beta": "weight of the KL term; 1 gives the ELBO",
    "classes": "how many of the digits 0, 1, 2, … there are",
}
EXPECT = {
    "ELBO": (-40, 0),
    "KL": (3, 6),
    "mean_sigma": (0.05, 0.4),
    "pixels_off": (0, 11),
    "neighbours_of_same_digit": (0.65, 1),
}

HIDDEN, CODE = 64, 2
BATCH, SHOWN, TILES = 64, 300, 5
FRAME_EVERY = 25


def run(seed: int, steps: int, device: str, *, lr: float, beta: float, classes: int) -> Iterator[Frame]:
    """Yield a frame before the first step, every 25 steps and after the last.

    The metrics, on 300 digits the net is not trained on, in nats a picture: the ELBO, its
    reconstruction term (the log-likelihood of the pixels, each 0 or 1) and its KL term; the mean
    of sigma; the standard deviation of all codes z, which N(0, I) has at 1; in how many of the
    144 pixels a picture decoded from N(0, I) differs from the nearest of the 300 (a true digit: in
    about 8); and the share of digits whose nearest neighbour on the plane is the same digit.
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

    def frame(self, step: int, encoder: "list[Tensor]", decoder: "list[Tensor]") -> Frame:
        import torch
        from torch.nn.functional import relu

        with torch.no_grad():
            fit, divergence, mu, sigma = _terms(encoder, decoder, self.pictures, self.noise)
            codes = mu.cpu()
            line = self._line(codes)
            ink = torch.sigmoid(forward(decoder, line.to(sigma), relu)).view(TILES, SIDE, SIDE).tolist()
            drawn = (forward(decoder, self.noise, relu) > 0).float()
        metrics = {
            "ELBO": float(fit - divergence),
            "reconstruction": float(fit),
            "KL": float(divergence),
            "mean_sigma": float(sigma.mean()),
            "spread_of_codes": float((mu.var(0, correction=0) + sigma.square().mean(0)).mean().sqrt()),
            "pixels_off": _pixels_off(drawn, self.pictures),
            "neighbours_of_same_digit": self._alike(codes),
        }
        return Frame(step, metrics, (self._screen(codes, line.tolist(), ink),))

    def _line(self, codes: "Tensor") -> "Tensor":
        """Codes on the straight line between the means of those of the first and of the last digit (TILES × 2)."""
        import torch

        ends = [codes[self.labels == digit].mean(0) for digit in (0, int(self.labels.max()))]
        share = torch.linspace(0, 1, TILES).unsqueeze(1)
        return (1 - share) * ends[0] + share * ends[1]

    def _alike(self, codes: "Tensor") -> float:
        import torch

        if not bool(codes.isfinite().all()):
            return math.nan
        gaps = torch.cdist(codes, codes).fill_diagonal_(math.inf)
        return float((self.labels[gaps.argmin(1)] == self.labels).double().mean())

    def _screen(self, codes: "Tensor", line: list[list[float]], ink: list[list[list[float]]]) -> Grid:
        """Both pictures in one, so that each has the whole width."""
        last = int(self.labels.max())
        groups = [Curve(str(digit), *codes[self.labels == digit].T.tolist()) for digit in range(last + 1)]
        # A title longer than the tile hides the scale, which is 0 to 1.
        decoded = [
            Heatmap(f"z {a:.1f} {b:.1f}".ljust(60), values, 0, 1) for (a, b), values in zip(line, ink, strict=True)
        ]
        return Grid(
            f"{SHOWN} new digits on the plane of codes",
            (
                Scatter("mu(x)", groups, (-3.5, 3.5), (-3.5, 3.5)),
                Grid(f"Decoded: a straight line from 0 to {last}", decoded),
            ),
            1,
        )


def _pixels_off(drawn: "Tensor", real: "Tensor") -> float:
    """In how many pixels a picture drawn differs from the nearest of the real ones, on average; all pixels 0 or 1."""
    differ = drawn.sum(1, keepdim=True) + real.sum(1) - 2 * drawn @ real.T
    return float(differ.min(1).values.mean())
