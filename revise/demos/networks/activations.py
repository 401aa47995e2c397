"""Large steps saturate sigmoid and tanh and kill ReLUs; small ones revive none."""

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from revise.demos._device import begin
from revise.demos._digits import SIDE, rows_of_digits
from revise.demos._layers import accuracy, dense, descend
from revise.frame import Bars, Curve, Curves, Frame

if TYPE_CHECKING:
    from torch import Tensor

    Activation = Callable[[Tensor], Tensor]

LOOK_AT = "Look at the accuracies, which rise until the steps are too large for a while, and at the units that go flat."
SEEN = (
    "The large steps drove most sigmoid and tanh outputs to the ends, where the curve is flat, and left most ReLUs off "
    "for every digit; a derivative near or at 0 lets hardly any gradient through, so small steps bring none back."
)
QUESTION = (
    "What does it mean that a sigmoid saturates and that a ReLU dies, why do such units stop learning, "
    "and what helps against each?"
)
STEPS = 1000
KNOBS = {"burst": (300.0, 1.0, 1000.0), "layers": (3, 1, 6), "slope": (0.0, 0.0, 1.0)}
WHAT_IF = {
    "burst": "steps are so many times larger from 40 to 50 % of the run; 1 changes nothing",
    "layers": "hidden layers",
    "slope": "of the ReLU left of 0; above 0 it is leaky and cannot die",
}
EXPECT = {
    "accuracy_before": (0.8, 1),
    "accuracy_after": (0, 0.4),
    "saturated_sigmoid": (0.5, 1),
    "saturated_tanh": (0.5, 1),
    "dead_ReLU": (0.5, 1),
}

NAMES = "sigmoid", "tanh", "ReLU"
GAINS = 4.0, 5 / 3, math.sqrt(2)  # so that a unit's first outputs spread about as far as its inputs
LR = 0.1
CLIP = 1.0  # the largest norm of a gradient
WIDTH, CLASSES = 32, 10
POOL, WATCHED, BATCH = 2000, 400, 64
FLAT = 0.1  # of the largest derivative
BURST = 0.4, 0.5
FRAME_EVERY = 10


def run(seed: int, steps: int, device: str, *, burst: float, layers: int, slope: float) -> Iterator[Frame]:
    """Yield a frame before the first step, every 10 steps and after the last.

    Three nets learn digits by gradient descent from the same batches. The metrics: the mean of their accuracies on
    400 digits before the burst and now, and the third's now; the share of the hidden sigmoid and tanh units' outputs
    where the derivative is under a tenth of its largest, and the share of the ReLUs that are off for all those digits.
    """
    import torch
    from torch.nn.functional import cross_entropy, leaky_relu

    place, dice = begin(device, seed)
    activations: tuple[Activation, ...] = torch.sigmoid, torch.tanh, lambda z: leaky_relu(z, slope)
    sizes = (SIDE * SIDE, *[WIDTH] * layers, CLASSES)
    nets = [dense(sizes, dice, place, gain) for gain in GAINS]
    x, y = rows_of_digits(POOL + WATCHED, dice, place)
    watch = _Watch(x[POOL:], y[POOL:], activations, slope)
    yield watch.frame(0, nets, True)
    for step in range(1, steps + 1):
        share = step / steps
        rate = LR * (burst if BURST[0] < share <= BURST[1] else 1)
        batch = torch.randint(POOL, (BATCH,), generator=dice).to(place)
        for net, activation in zip(nets, activations, strict=True):
            loss = cross_entropy(_layers(net, x[batch], activation)[-1], y[batch])
            descend(net, _clipped(torch.autograd.grad(loss, net)), rate)
        if step % FRAME_EVERY == 0 or step == steps:
            yield watch.frame(step, nets, share <= BURST[0])


def _layers(parameters: "list[Tensor]", x: "Tensor", activation: "Activation") -> "list[Tensor]":
    """The weighted sums of every layer, the last being the logits."""
    import torch

    sums = [torch.addmm(parameters[1], x, parameters[0])]
    for weight, bias in zip(parameters[2::2], parameters[3::2], strict=True):
        sums.append(torch.addmm(bias, activation(sums[-1]), weight))
    return sums


def _clipped(gradients: "Sequence[Tensor]") -> "list[Tensor]":
    """The gradients scaled down together to a norm of CLIP where it is larger, so that the ReLU net cannot overflow."""
    import torch

    norm = torch.stack([gradient.norm() for gradient in gradients]).norm()
    return [gradient * (CLIP / norm.clamp(min=CLIP)) for gradient in gradients]


class _Watch:
    """What is measured and drawn: always on the same digits."""

    def __init__(self, x: "Tensor", y: "Tensor", activations: "tuple[Activation, ...]", slope: float) -> None:
        self.x, self.y, self.activations, self.slope = x, y.cpu(), activations, slope
        self.before = 0.0
        self.history: list[tuple[float, ...]] = []
        self.flat_history: list[tuple[float, ...]] = []

    def frame(self, step: int, nets: "list[list[Tensor]]", before: bool) -> Frame:
        import torch

        with torch.no_grad():
            sums = [_layers(net, self.x, f) for net, f in zip(nets, self.activations, strict=True)]
        right = [accuracy(layers[-1].cpu(), self.y) for layers in sums]
        flat = [
            [_saturated(torch.sigmoid(z) * torch.sigmoid(-z) * 4) for z in sums[0][:-1]],
            [_saturated(1 - torch.tanh(z).square()) for z in sums[1][:-1]],
            [0.0 if self.slope else _dead(z) for z in sums[2][:-1]],
        ]
        shares = [sum(layers) / len(layers) for layers in flat]
        mean = sum(right) / len(right)
        if before:
            self.before = mean
        self.history.append((step, *right))
        self.flat_history.append((step, *shares))
        metrics = {
            "accuracy_before": self.before,
            "accuracy_after": mean,
            "ReLU_after": right[2],
            "saturated_sigmoid": shares[0],
            "saturated_tanh": shares[1],
            "dead_ReLU": shares[2],
        }
        labels = [
            f"{name} {place}" for name, layers in zip(NAMES, flat, strict=True) for place in range(1, len(layers) + 1)
        ]
        pictures = (
            _curves("accuracy", self.history),
            _curves("flat", self.flat_history),
            Bars("flat or dead, by hidden layer", labels, [*chain.from_iterable(flat)], 0, 1),
        )
        return Frame(step, metrics, pictures)


def _curves(title: str, history: list[tuple[float, ...]]) -> Curves:
    steps, *rows = zip(*history, strict=True)
    return Curves(title, [Curve(name, steps, row) for name, row in zip(NAMES, rows, strict=True)], y_range=(0, 1))


def _saturated(derivatives: "Tensor") -> float:
    """The share of `derivatives`, relative to the largest there can be, that are too small to learn from."""
    return float((derivatives < FLAT).cpu().double().mean())


def _dead(sums: "Tensor") -> float:
    """The share of units (columns) whose weighted sum is above 0 for no example (row)."""
    return 1 - float((sums > 0).any(0).cpu().double().mean())
