"""Logistic regression leaves a wrong start by cross-entropy, not by squared error."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from revise.demos._device import begin
from revise.demos._layers import descend
from revise.frame import Contour, Curve, Curves, Frame

if TYPE_CHECKING:
    from torch import Generator, Tensor

LOOK_AT = (
    "Look at the two curves of p, the probability of class 1: both start near 0, but only one moves to the points."
)
SEEN = (
    "Both models start sure of class 0. Cross-entropy's gradient is (p - y)x, large where the model is wrong, and it "
    "reaches the least loss; squared error's has the factor p(1 - p) as well, nearly 0 there, and it hardly moves."
)
QUESTION = (
    "Derive the gradient of the cross-entropy in logistic regression; why is squared error a bad loss behind a sigmoid?"
)
STEPS = 2000
KNOBS = {"lr": (0.5, 0.001, 20.0), "start": (12.0, 0.0, 30.0), "spread": (1.0, 0.1, 3.0)}
WHAT_IF = {
    "lr": "learning rate of both models",
    "start": "the bias begins at minus this; from 0 both losses learn",
    "spread": "standard deviation of each class; where no point is astray, the weight grows without end",
}
EXPECT = {
    "accuracy_cross_entropy": (0.85, 1),
    "accuracy_squared_error": (0, 0.6),
    "above_least_loss": (0, 0.01),
    "gradient_squared_error": (0, 0.001),
}

MEANS = -1.5, 1.5  # of class 0 and class 1
EXAMPLES = 200
LEVELS = 0.3, 0.5, 1.0, 2.0, 4.0, 7.0
FRAME_EVERY = 20


def run(seed: int, steps: int, device: str, *, lr: float, start: float, spread: float) -> Iterator[Frame]:
    """Yield a frame before the first step, after each of the first 20, every 20 steps and after the last.

    Both models are p = sigmoid(wx + b) with one feature, descend on the mean over all examples and start at w = 0,
    b = -start. The metrics: the share of the examples that each gets right, how far the mean cross-entropy of the
    first (nats) is above the least there is, the norm of each loss's gradient, and the first one's weight.
    """
    import torch

    place, dice = begin(device, seed)
    features, labels = (part.to(place) for part in _examples(spread, dice))
    # Row 0 is trained by cross-entropy, row 1 by squared error; the columns are w and b.
    weights = torch.tensor([[0.0, -start], [0.0, -start]]).to(place)
    watch = _Watch(features, labels, start)
    yield watch.frame(0, weights, _gradients(weights, features, labels))
    for step in range(1, steps + 1):
        descend([weights], [_gradients(weights, features, labels)], lr)
        if step <= FRAME_EVERY or step % FRAME_EVERY == 0 or step == steps:
            yield watch.frame(step, weights, _gradients(weights, features, labels))


def _gradients(weights: "Tensor", features: "Tensor", labels: "Tensor") -> "Tensor":
    """The gradient of each row's own loss, in the shape of `weights`: error, times p(1 - p) or not, times input."""
    import torch

    p = torch.sigmoid(weights @ features)
    error = p - labels
    error[1] *= p[1] * (1 - p[1])
    return error @ features.T / len(labels)


def _examples(spread: float, dice: "Generator") -> "tuple[Tensor, Tensor]":
    """The features over a row of ones, for the bias (2 × examples), and the labels: one half of each class."""
    import torch

    labels = (torch.arange(EXAMPLES) % 2).float()
    x = torch.tensor(MEANS)[labels.long()] + spread * torch.randn(EXAMPLES, generator=dice)
    return torch.stack([x, torch.ones(EXAMPLES)]), labels


def _least(features: "Tensor", labels: "Tensor") -> float:
    """The least mean cross-entropy, by Newton's method; 0 where it stops short, as on separable classes."""
    import torch

    x, y = features.double(), labels.double()
    weights = torch.zeros(2, dtype=torch.float64)
    for _ in range(50):
        p = torch.sigmoid(weights @ x)
        curvature = (x * (p * (1 - p))) @ x.T
        if float(torch.linalg.det(curvature)) < 1e-9:
            return 0.0
        weights = weights - torch.linalg.solve(curvature, x @ (p - y))
    loss = _cross_entropy(weights, x, y).item()
    return loss if math.isfinite(loss) else 0.0


def _cross_entropy(weights: "Tensor", features: "Tensor", labels: "Tensor") -> "Tensor":
    from torch.nn.functional import softplus

    z = weights @ features
    return (softplus(z) - labels * z).mean(-1)


class _Watch:
    """What is measured and drawn, on the CPU."""

    def __init__(self, features: "Tensor", labels: "Tensor", start: float) -> None:
        import torch

        self.features, self.labels = features.cpu().double(), labels.cpu().double()
        self.least = _least(self.features, self.labels)
        self.grid = torch.stack([torch.linspace(-6, 6, 97), torch.ones(97)]).double()
        # Each example is a short upright stroke, with a gap after it: class 0 below the curves, class 1 above them.
        across = [here for value in self.features[0].tolist() for here in (value, value, math.nan)]
        up = [here for y in self.labels.tolist() for here in (1.2 * y - 0.15, 1.2 * y - 0.05, math.nan)]
        self.points = Curve("data", across, up)
        self.w_range, self.b_range = (-2.0, 6.0), (-max(start, 2.0) - 2, 4.0)
        w = torch.linspace(*self.w_range, 33).repeat(25, 1)
        b = torch.linspace(self.b_range[1], self.b_range[0], 25).unsqueeze(1).expand(25, 33)
        surface = _cross_entropy(torch.stack([w, b], -1).double(), self.features, self.labels)
        self.surface = surface.tolist()
        self.paths: list[list[list[float]]] = []
        self.norms: list[tuple[float, ...]] = []

    def frame(self, step: int, weights: "Tensor", gradients: "Tensor") -> Frame:
        import torch

        weights, gradients = weights.cpu().double(), gradients.cpu().double()
        right = ((weights @ self.features >= 0) == (self.labels > 0.5)).double().mean(1).tolist()
        norms = gradients.norm(dim=1).tolist()
        metrics = {
            "accuracy_cross_entropy": right[0],
            "accuracy_squared_error": right[1],
            "above_least_loss": float(_cross_entropy(weights[0], self.features, self.labels)) - self.least,
            "gradient_cross_entropy": norms[0],
            "gradient_squared_error": norms[1],
            "weight_cross_entropy": float(weights[0, 0]),
        }
        self.paths.append(weights.tolist())
        self.norms.append((step, *(math.log10(max(norm, 1e-12)) for norm in norms)))
        p = torch.sigmoid(weights @ self.grid).tolist()
        names = "CE", "squared"
        steps, *logs = zip(*self.norms, strict=True)
        paths = [
            Curve(name, *zip(*(point[row] for point in self.paths), strict=True)) for row, name in enumerate(names)
        ]
        x = self.grid[0].tolist()
        return Frame(
            step,
            metrics,
            (
                Curves("p(x)", (*map(Curve, names, (x, x), p), self.points), (-6, 6), (-0.15, 1.15)),
                Contour("CE over w and b", self.surface, self.w_range, self.b_range, LEVELS, paths),
                Curves(
                    "log10 |grad|",
                    [Curve(name, steps, row) for name, row in zip(names, logs, strict=True)],
                    None,
                    (-7, 0.5),
                ),
            ),
        )
