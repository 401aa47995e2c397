"""Sigmoids starve the first layers of gradient; ReLUs and shortcuts do not."""

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from revise.demos._device import begin
from revise.demos._digits import SIDE, rows_of_digits
from revise.demos._layers import dense, descend
from revise.demos._overflow import log10_or_gap, or_infinite
from revise.frame import Bars, Curve, Curves, Frame

if TYPE_CHECKING:
    from torch import Tensor

LOOK_AT = (
    "Look at the size of the gradient in each layer, from the first (left) to the last, in three equally deep nets."
)
SEEN = (
    "A sigmoid's slope is at most 1/4, so with Xavier's weights a layer passes on less than a quarter of the gradient: "
    "nearly none reaches the first layers, and the loss stays near ln 10 = 2.30, a guess among ten digits. ReLUs, "
    "of slope 1 where on, with He's weights pass it on and learn; with smaller weights (--set gain=0.6) it vanishes "
    "there too, and only the shortcuts still carry it."
)
QUESTION = (
    "Why does the gradient vanish in a deep net of sigmoids, at what rate per layer, and how do ReLU, "
    "a good initialisation and residual connections help?"
)
STEPS = 280
KNOBS = {"depth": (20, 2, 40), "gain": (1.0, 0.2, 3.0), "lr": (0.08, 1e-4, 1.0)}
WHAT_IF = {
    "depth": "hidden layers; with 2 the sigmoid net learns too",
    "gain": (
        "times the spread of Xavier's (sigmoid) and He's (ReLU) weights: at 0.6 the plain ReLU net's "
        "gradient vanishes, at 1.5 it explodes"
    ),
    "lr": "learning rate at the start, of the sigmoids 12 times it; it falls to 0 over the run",
}
EXPECT = {
    "sigmoid_ratio": (0, 1e-6),
    "relu_ratio": (0.2, 10),
    "residual_ratio": (0.8, 1.3),
    "sigmoid_loss": (2.2, None),
    "relu_loss": (0, 0.9),
    "residual_loss": (0, 0.9),
}

NAMES = "sigmoid", "relu", "residual"
LABELS = "sigmoid", "ReLU", "residual"
SIGMOID_RATE = 12  # times the learning rate: at the other nets' own, two layers of sigmoids would hardly learn either
WIDTH, CLASSES = 96, 10
POINTS, BATCH = 400, 64
FRAME_EVERY = 2


def run(seed: int, steps: int, device: str, *, depth: int, gain: float, lr: float) -> Iterator[Frame]:
    """Yield a frame before the first step, every 2 steps and after the last.

    Three nets from the same normal draws learn from the same batches by plain SGD. The metrics, of each net: the norm
    of the gradient at the first hidden layer's output over that at the last one's, both averaged over the batches so
    far (of a net that overflows, on the first batch); and the loss on all the training digits, in nats. The factor in
    a layer is that ratio's (depth - 1)-th root.
    """
    import torch
    from torch.nn.functional import cross_entropy

    place, dice = begin(device, seed)
    x, y = rows_of_digits(POINTS, dice, place)
    xavier = dense((SIDE * SIDE, *[WIDTH] * depth, CLASSES), dice, place, gain)
    # Var[w] = 1/fan-in for equal fans (Glorot & Bengio 2010) and 2/fan-in for ReLU (He et al. 2015); biases are 0.
    he = [(parameter.detach() * math.sqrt(2)).requires_grad_() for parameter in xavier]
    nets = xavier, he, [parameter.detach().clone().requires_grad_() for parameter in he]
    watch = _Watch(x, y, depth)
    for step in range(steps + 1):
        batch = torch.randint(POINTS, (BATCH,), generator=dice).to(place)
        gradients = []
        for net, name in zip(nets, NAMES, strict=True):
            logits, outputs = _forward(net, x[batch], name)
            gradients.append(torch.autograd.grad(cross_entropy(logits, y[batch]), [*net, *outputs]))
        watch.add([gradient[-depth:] for gradient in gradients])
        if step % FRAME_EVERY == 0 or step == steps:
            yield watch.frame(step, nets)
        rate = lr * (1 - step / max(1, steps))
        for net, gradient, name in zip(nets, gradients, NAMES, strict=True):
            descend(net, gradient[:-depth], rate * (SIGMOID_RATE if name == "sigmoid" else 1))


def _forward(net: "Sequence[Tensor]", x: "Tensor", name: str) -> "tuple[Tensor, list[Tensor]]":
    """The logits, and every hidden layer's output."""
    import torch

    act = torch.sigmoid if name == "sigmoid" else torch.relu
    w, b, *inner, last, shift = net
    outputs = [act(torch.addmm(b, x, w))]
    for weight, bias in zip(inner[::2], inner[1::2], strict=True):
        change = act(torch.addmm(bias, outputs[-1], weight))
        # The sums would grow from layer to layer: each change is divided by their number, as there is no batch norm.
        outputs.append(outputs[-1] + change * (2 / len(inner)) if name == "residual" else change)
    return torch.addmm(shift, outputs[-1], last), outputs


class _Watch:
    """The norms, gathered over the batches, and what is drawn; one row for each net."""

    def __init__(self, x: "Tensor", y: "Tensor", depth: int) -> None:
        self.x, self.y, self.depth = x, y, depth
        self.norms: list[list[float]] = []
        self.first: list[list[float]] = []
        self.sums = [[0.0] * depth for _ in NAMES]
        self.history: list[tuple[float, ...]] = []

    def add(self, gradients: "Sequence[Sequence[Tensor]]") -> None:
        self.norms = [_norms(net) for net in gradients]
        self.first = self.first or self.norms
        self.sums = [
            [total + norm for total, norm in zip(*rows, strict=True)]
            for rows in zip(self.sums, self.norms, strict=True)
        ]

    def frame(self, step: int, nets: "Sequence[Sequence[Tensor]]") -> Frame:
        import torch
        from torch.nn.functional import cross_entropy

        with torch.no_grad():
            logits = [_forward(net, self.x, name)[0] for net, name in zip(nets, NAMES, strict=True)]
        losses = [or_infinite(cross_entropy(answers, self.y).item()) for answers in logits]
        self.history.append((step, *losses))
        means = [
            total if all(map(math.isfinite, total)) else first
            for total, first in zip(self.sums, self.first, strict=True)
        ]
        ratios = [norms[0] / norms[-1] if norms[-1] else 0.0 for norms in means]
        metrics = {f"{name}_ratio": ratio for name, ratio in zip(NAMES, ratios, strict=True)}
        metrics |= {f"{name}_loss": loss for name, loss in zip(NAMES, losses, strict=True)}
        factors = [ratio ** (1 / (self.depth - 1)) for ratio in ratios]
        steps, *rows = zip(*self.history, strict=True)
        layers = range(1, self.depth + 1)
        logs = [[log10_or_gap(norm) for norm in norms] for norms in self.norms]
        pictures = (
            _three("log10 gradient", layers, logs, (-16, 2)),
            _three("loss", steps, rows, (0, 3)),
            Bars("gradient's factor in a layer", LABELS, factors, 0, 1.5),
        )
        return Frame(step, metrics, pictures)


def _norms(gradients: "Sequence[Tensor]") -> list[float]:
    """The norms; in double precision on the CPU, since squares below 1e-38 would be 0."""
    return [gradient.cpu().double().norm().item() for gradient in gradients]


def _three(title: str, x: Sequence[float], rows: Sequence[Sequence[float]], ends: tuple[float, float]) -> Curves:
    return Curves(
        title,
        [Curve(label, x, row) for label, row in zip(("sigmoid", "ReLU", "resid."), rows, strict=True)],
        None,
        ends,
    )
