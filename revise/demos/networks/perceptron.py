"""The perceptron's rule stops on separable classes, and never on XOR."""

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from revise.demos._device import begin
from revise.frame import Curve, Curves, Frame, Scatter

if TYPE_CHECKING:
    from torch import Tensor

LOOK_AT = "Look at the line of stars in each plane: for AND it comes to rest, for XOR it jumps for ever."
SEEN = (
    "On the separable AND the corrections end, as the convergence theorem says. No line separates XOR: of any four "
    "points, one at each corner, at least one is wrong, so a quarter of all or more, and the corrections never end."
)
QUESTION = "State the perceptron learning rule and when it converges, and prove that no single perceptron computes XOR."
STEPS = 6000
KNOBS = {"gap": (0.1, 0.02, 0.7), "product": (0, 0, 1), "mislabelled": (0, 0, 10)}
WHAT_IF = {
    "gap": "least distance of a point from the line x1 + x2 = 1, which separates AND",
    "product": "1: x1 x2 as a third input, and XOR becomes separable",
    "mislabelled": "points at (-1, -1) that AND gets as class 1: one is enough, and no line is right",
}
EXPECT = {
    "AND_errors": (0, 0),
    "XOR_errors": (0.25, 1),
    "AND_corrections_per_100": (0, 0),
    "XOR_corrections_per_100": (20, 100),
}

NAMES = "AND", "XOR"
POINTS = 80  # as many at each corner
FRAME_EVERY = 40


def run(seed: int, steps: int, device: str, *, gap: float, product: int, mislabelled: int) -> Iterator[Frame]:
    """Yield a frame before the first step, after each of the first 20, every 40 steps and after the last.

    A step shows each perceptron one point, in a new order each round; where sign(w.x + b) is not its class (±1), the
    class times the point is added to the weights. They start at 0, so another rate than 1 would only scale them. The
    metrics: the share of all points wrong now, the corrections so far, the bound on those for AND by Novikoff's
    theorem (1962), (R/margin)^2 with the margin of x1 + x2 = 1, and how many of the last 100 steps corrected.
    """
    import torch

    place, dice = begin(device, seed)
    reach = (1 - math.sqrt(2) * gap) / 2
    corners = torch.tensor([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]]).repeat(POINTS // 4, 1)
    points = corners + reach * (2 * torch.rand(POINTS, 2, generator=dice) - 1)
    inputs = torch.cat([points, torch.ones(POINTS, 1), product * points.prod(1, keepdim=True)], 1)
    first, second = corners.T
    classes = torch.stack([torch.minimum(first, second), -first * second])
    # Every fourth point is at (-1, -1). From there to (1, 1) one crosses what lies between the other two corners.
    classes[0, : 4 * mislabelled : 4] = 1
    watch = _Watch(inputs, classes)
    x, y = inputs.to(place), classes.to(place)
    weights = torch.zeros(2, 4, device=place)  # of x1, x2, the 1 for the bias and x1 x2; a row for each perceptron
    order: list[int] = []
    yield watch.frame(0, weights)
    for step in range(1, steps + 1):
        if not order:
            order = torch.randperm(POINTS, generator=dice).tolist()
        shown = order.pop()
        output = torch.where(weights @ x[shown] >= 0, 1.0, -1.0)
        wrong = (output != y[:, shown]).float()
        weights += (wrong * y[:, shown]).unsqueeze(1) * x[shown]
        watch.count(wrong.tolist())
        if step <= 20 or step % FRAME_EVERY == 0 or step == steps:
            yield watch.frame(step, weights)


class _Watch:
    """What is counted and drawn, on the CPU."""

    def __init__(self, inputs: "Tensor", classes: "Tensor") -> None:
        import torch

        self.inputs, self.classes = inputs, classes
        separator = torch.tensor([1.0, 1.0, -1.0, 0.0])
        margin = float((classes[0] * (inputs @ separator)).min() / separator.norm())
        self.bound = (float(inputs.norm(dim=1).max()) / margin) ** 2 if margin > 0 else math.inf
        self.groups = [
            [Curve(name, *points[row == value].T[:2].tolist()) for name, value in (("0", -1), ("1", 1))]
            for row, points in ((row, inputs) for row in classes)
        ]
        self.corrections: list[list[float]] = [[], []]  # 1 or 0 at each step
        self.history: list[tuple[float, ...]] = []

    def count(self, wrong: list[float]) -> None:
        for row, value in zip(self.corrections, wrong, strict=True):
            row.append(value)

    def frame(self, step: int, weights: "Tensor") -> Frame:
        weights = weights.cpu()
        wrong = ((weights @ self.inputs.T >= 0) != (self.classes > 0)).double().mean(1).tolist()
        totals = [sum(row) for row in self.corrections]
        recent = [100 * sum(row[-100:]) / max(1, len(row[-100:])) for row in self.corrections]
        self.history.append((step, *totals))
        steps, *counts = zip(*self.history, strict=True)
        metrics = {
            "AND_errors": wrong[0],
            "XOR_errors": wrong[1],
            "AND_corrections": int(totals[0]),
            "AND_bound": self.bound,
            "AND_corrections_per_100": recent[0],
            "XOR_corrections_per_100": recent[1],
        }
        planes = [
            Scatter(name, (_line(row.tolist()), *groups), (-2, 2), (-2, 2))
            for name, row, groups in zip(NAMES, weights, self.groups, strict=True)
        ]
        rising = [Curve(name, steps, row) for name, row in zip(NAMES, counts, strict=True)]
        return Frame(step, metrics, (*planes, Curves("corrections so far", rising)))


def _line(weights: Sequence[float]) -> Curve:
    """Points of the plane where the perceptron is undecided: w1 x1 + w2 x2 + b + w12 x1 x2 = 0."""
    w1, w2, b, w12 = weights
    ticks = [tick / 20 for tick in range(-40, 41)]
    ups = [(-(b + w1 * x) / (w2 + w12 * x)) if w2 + w12 * x else math.nan for x in ticks]
    rights = [(-(b + w2 * y) / (w1 + w12 * y)) if w1 + w12 * y else math.nan for y in ticks]
    dots = [
        (x, y) for x, y in (*zip(ticks, ups, strict=True), *zip(rights, ticks, strict=True)) if abs(x) <= 2 >= abs(y)
    ]
    return Curve("boundary", [x for x, _ in dots], [y for _, y in dots])
