"""Hidden layers bend the boundary round two spirals; a linear net cannot."""

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from revise.demos._adam import Adam
from revise.demos._device import begin
from revise.demos._layers import dense, forward
from revise.frame import Curve, Curves, Frame, Heatmap

if TYPE_CHECKING:
    from torch import Generator, Tensor

LOOK_AT = "Look at P(class 1) over the plane: a smooth slope at first, then a boundary that winds round the spirals."
SEEN = (
    "The hidden layers compute features that a line separates, so the boundary in the plane is bent; the same net "
    "without its activations is one linear map, and its straight boundary gets about a third of the points wrong."
)
QUESTION = (
    "Show that a deep network without non-linear activations is one linear map, and explain what hidden layers do "
    "for classes that no line separates."
)
STEPS = 1500
KNOBS = {"width": (16, 1, 64), "layers": (2, 0, 4), "turns": (1.5, 0.2, 2.0)}
WHAT_IF = {
    "width": "units in each hidden layer",
    "layers": "hidden layers; 0 is logistic regression",
    "turns": "of each spiral",
}
EXPECT = {"MLP_accuracy": (0.95, 1), "linear_accuracy": (0.5, 0.72)}

LR = 0.005  # falls in a straight line to 0 over the run
POINTS, FRESH = 200, 1000
NOISE = 0.03  # standard deviation of both coordinates; the spirals reach out to 1
EDGE, ROWS, COLUMNS = 1.15, 15, 31
FRAME_EVERY = 15


def run(seed: int, steps: int, device: str, *, width: int, layers: int, turns: float) -> Iterator[Frame]:
    """Yield a frame before the first step, every 15 steps and after the last.

    Two nets of one size, with tanh and without activations, see all training points at each step. The metrics: the
    share of 1000 fresh points that each gets right, the same of the training points for the first, its mean
    cross-entropy on them in nats, and how many weights and biases it has.
    """
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits

    place, dice = begin(device, seed)
    sizes = (2, *[width] * layers, 1)
    activations: tuple[Callable[[torch.Tensor], torch.Tensor], ...] = torch.tanh, _unchanged
    nets = [dense(sizes, dice, place, 5 / 3) for _ in activations]
    adams = [Adam(net) for net in nets]
    points, labels = (part.to(place) for part in _spirals(POINTS, turns, dice))
    fresh, fresh_labels = (part.to(place) for part in _spirals(FRESH, turns, dice))
    watch = _Watch(points, labels)

    def frame(step: int) -> Frame:
        with torch.no_grad():
            right = [
                _right(forward(net, fresh, activation), fresh_labels)
                for net, activation in zip(nets, activations, strict=True)
            ]
            logits = forward(nets[0], points, torch.tanh)
            metrics = {
                "MLP_accuracy": right[0],
                "linear_accuracy": right[1],
                "MLP_training_accuracy": _right(logits, labels),
                "loss_of_MLP": binary_cross_entropy_with_logits(logits, labels).item(),
                "weights_of_MLP": sum(parameter.numel() for parameter in nets[0]),
            }
            return watch.frame(step, metrics, forward(nets[0], watch.grid, torch.tanh))

    yield frame(0)
    for step in range(1, steps + 1):
        rate = LR * (1 - (step - 1) / steps)
        for net, adam, activation in zip(nets, adams, activations, strict=True):
            loss = binary_cross_entropy_with_logits(forward(net, points, activation), labels)
            adam.step(torch.autograd.grad(loss, net), rate)
        if step % FRAME_EVERY == 0 or step == steps:
            yield frame(step)


class _Watch:
    """What is drawn: the plane with the training points in it, and how the two nets learn."""

    def __init__(self, points: "Tensor", labels: "Tensor") -> None:
        import torch

        x, y = torch.linspace(-EDGE, EDGE, COLUMNS), torch.linspace(EDGE, -EDGE, ROWS)
        self.grid = torch.cartesian_prod(y, x).flip(1).to(points)
        marks = [[" "] * COLUMNS for _ in range(ROWS)]
        for (across, up), (label,) in zip(points.tolist(), labels.tolist(), strict=True):
            row, column = (
                round((EDGE - up) / (2 * EDGE) * (ROWS - 1)),
                round((across + EDGE) / (2 * EDGE) * (COLUMNS - 1)),
            )
            if 0 <= row < ROWS and 0 <= column < COLUMNS:
                marks[row][column] = "ox"[int(label)]
        self.marks = ["".join(row) for row in marks]
        self.history: list[tuple[float, float, float]] = []

    def frame(self, step: int, metrics: dict[str, float], logits: "Tensor") -> Frame:
        self.history.append((step, metrics["MLP_accuracy"], metrics["linear_accuracy"]))
        steps, bent, straight = zip(*self.history, strict=True)
        plane = logits.sigmoid().view(ROWS, COLUMNS).tolist()
        curves = Curve("MLP", steps, bent), Curve("linear", steps, straight)
        return Frame(
            step,
            metrics,
            (
                Heatmap("P(class 1)  o 0  x 1 ", plane, 0, 1, self.marks),
                Curves("accuracy", curves, y_range=(0.4, 1)),
            ),
        )


def _unchanged(z: "Tensor") -> "Tensor":
    return z


def _right(logits: "Tensor", labels: "Tensor") -> float:
    """The share of rows on the right side of the boundary."""
    return float(((logits >= 0) == (labels > 0.5)).cpu().double().mean())


def _spirals(count: int, turns: float, dice: "Generator") -> "tuple[Tensor, Tensor]":
    """Points (count × 2) on two arms, one the other turned by half a circle, and their arms, 0 or 1 (count × 1)."""
    import torch

    labels = (torch.arange(count) % 2).float()
    along = torch.rand(count, generator=dice).sqrt()  # so that the outer parts are not thinner
    angle = 2 * math.pi * turns * along + math.pi * labels
    radius = 0.1 + 0.9 * along
    points = radius.unsqueeze(1) * torch.stack([angle.cos(), angle.sin()], 1)
    return points + NOISE * torch.randn(count, 2, generator=dice), labels.unsqueeze(1)
