"""Batch norm learns at a learning rate at which the same net without it fails."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from revise.demos._device import begin
from revise.demos._digits import SIDE, rows_of_digits
from revise.demos._layers import accuracy, dense, descend
from revise.demos._overflow import log10_or_gap, or_infinite
from revise.frame import Curve, Curves, Frame

if TYPE_CHECKING:
    import torch
    from torch import Tensor

LOOK_AT = "Look at the loss of the two nets at the same large learning rate, and at the spread of z, layer by layer."
SEEN = (
    "At a rate that throws the plain net off, back to guessing or to infinity, the net with batch norm learns: every "
    "unit's z is brought to mean 0 and variance 1 over the batch, so the size of the weights before it drops out, and "
    "weights that a step has blown up get smaller gradients. Gamma and beta give each unit back any spread and mean "
    "that is of use; new digits are tested with the running averages."
)
QUESTION = (
    "What does batch normalisation compute in training and at test time, what are gamma and beta for, "
    "and why does it allow larger learning rates?"
)
STEPS = 240
KNOBS = {"lr": (2.0, 0.001, 5.0), "batch": (64, 2, 256), "depth": (6, 1, 12)}
WHAT_IF = {
    "lr": "learning rate; with 0.1 both nets learn, with 5 the one with batch norm learns badly too",
    "batch": "digits in a batch; a mean and a variance over few of them are noise",
    "depth": "hidden layers; with 1 the plain net learns too",
}
EXPECT = {
    "norm_loss": (0, 0.3),
    "norm_test": (0.9, 1),
    "plain_test": (0, 0.3),
    "norm_spread": (0.5, 2),
}

WIDTH, CLASSES = 64, 10
POINTS, FRESH = 400, 500
EPS, MOMENTUM = 1e-5, 0.1
FRAME_EVERY = 2


def run(seed: int, steps: int, device: str, *, lr: float, batch: int, depth: int) -> Iterator[Frame]:
    """Yield a frame before the first step, every 2 steps and after the last.

    Two nets of ReLUs with He's weights learn digits from the same batches by plain SGD. The metrics: each net's loss
    in nats on a batch, before the step; their accuracy on 500 new digits, for which batch norm uses its running
    averages; and the standard deviation of what enters each net's last ReLU, over the batch and the units. Loss and
    spread of a net that has overflowed are infinite.
    """
    import torch
    from torch.nn.functional import cross_entropy

    place, dice = begin(device, seed)
    x, y = rows_of_digits(POINTS + FRESH, dice, place)
    plain = dense((SIDE * SIDE, *[WIDTH] * depth, CLASSES), dice, place, 2**0.5)
    normed = [parameter.detach().clone().requires_grad_() for parameter in plain]
    norm = _Norm(depth, place)
    watch = _Watch(x[POINTS:], y[POINTS:], depth)
    for step in range(steps + 1):
        chosen = torch.randint(POINTS, (batch,), generator=dice).to(place)
        logits, spreads = _forward(plain, x[chosen])
        normed_logits, normed_spreads = _forward(normed, x[chosen], norm)
        losses = cross_entropy(logits, y[chosen]), cross_entropy(normed_logits, y[chosen])
        if step % FRAME_EVERY == 0 or step == steps:
            with torch.no_grad():
                norm.training = False
                answers = [_forward(plain, watch.x)[0], _forward(normed, watch.x, norm)[0]]
                norm.training = True
            yield watch.frame(step, [loss.item() for loss in losses], answers, [spreads, normed_spreads])
        descend(plain, torch.autograd.grad(losses[0], plain), lr)
        both = [*normed, *norm.parameters]
        descend(both, torch.autograd.grad(losses[1], both), lr)


class _Norm:
    """Batch norm of every hidden layer (Ioffe & Szegedy 2015, algorithm 1), with running averages as in Torch."""

    def __init__(self, depth: int, place: "torch.device") -> None:
        import torch

        self.gammas = [torch.ones(WIDTH, device=place, requires_grad=True) for _ in range(depth)]
        self.betas = [torch.zeros(WIDTH, device=place, requires_grad=True) for _ in range(depth)]
        self.means = [torch.zeros(WIDTH, device=place) for _ in range(depth)]
        self.variances = [torch.ones(WIDTH, device=place) for _ in range(depth)]
        self.training = True

    @property
    def parameters(self) -> "list[Tensor]":
        return [*self.gammas, *self.betas]

    def __call__(self, z: "Tensor", layer: int) -> "Tensor":
        mean, variance = self.means[layer], self.variances[layer]
        if self.training:
            size = len(z)
            mean, variance = z.mean(0), z.var(0, correction=0)
            # The batch is normalised by the variance over m, the running average takes that over m - 1.
            self.means[layer].lerp_(mean.detach(), MOMENTUM)
            self.variances[layer].lerp_(variance.detach() * (size / (size - 1)), MOMENTUM)
        return self.gammas[layer] * (z - mean) / (variance + EPS).sqrt() + self.betas[layer]


def _forward(net: "Sequence[Tensor]", x: "Tensor", norm: _Norm | None = None) -> "tuple[Tensor, list[Tensor]]":
    """The logits, and of every hidden layer the standard deviation of what enters its ReLU, over batch and units."""
    import torch

    *hidden, weight, bias = net
    spreads = []
    for layer, (inner, shift) in enumerate(zip(hidden[::2], hidden[1::2], strict=True)):
        z = torch.addmm(shift, x, inner)
        z = norm(z, layer) if norm else z  # which subtracts the bias again with the mean: beta takes its part
        spreads.append(z.detach().std())
        x = torch.relu(z)
    return torch.addmm(bias, x, weight), spreads


class _Watch:
    """What is measured and drawn: the plain net first, then batch norm."""

    def __init__(self, x: "Tensor", y: "Tensor", depth: int) -> None:
        self.x, self.y = x, y
        self.layers = range(1, depth + 1)
        self.history: list[tuple[float, ...]] = []

    def frame(
        self,
        step: int,
        losses: Sequence[float],
        answers: "Sequence[Tensor]",
        spreads: "Sequence[Sequence[Tensor]]",
    ) -> Frame:
        tests = [accuracy(logits, self.y) for logits in answers]
        rows = [[log10_or_gap(spread.item()) for spread in net] for net in spreads]
        self.history.append((step, *map(or_infinite, losses), *tests))
        metrics = {
            "plain_loss": or_infinite(losses[0]),
            "norm_loss": or_infinite(losses[1]),
            "plain_test": tests[0],
            "norm_test": tests[1],
            "plain_spread": or_infinite(spreads[0][-1].item()),
            "norm_spread": or_infinite(spreads[1][-1].item()),
        }
        steps, *history = zip(*self.history, strict=True)
        pictures = (
            _pair("loss", steps, history[:2], (0, 4)),
            _pair("log10 spread of z", self.layers, rows, (-2, 4)),
            _pair("accuracy", steps, history[2:], (0, 1)),
        )
        return Frame(step, metrics, pictures)


def _pair(title: str, x: Sequence[float], rows: Sequence[Sequence[float]], ends: tuple[float, float]) -> Curves:
    plain, norm = rows
    return Curves(title, (Curve("norm", x, norm), Curve("plain", x, plain)), None, ends)
