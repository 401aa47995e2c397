"""With one number a point PCA keeps to a line; an auto-encoder bends with data."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from revise.demos._adam import Adam
from revise.demos._device import begin
from revise.demos._layers import dense, forward
from revise.frame import Curve, Curves, Frame, Scatter

if TYPE_CHECKING:
    from torch import Generator, Tensor

LOOK_AT = "Look at the auto-encoder's reconstructions: they leave PCA's straight line and bend along the data."
SEEN = (
    "Both keep one number for each point, but PCA can put its reconstructions only on a straight line, "
    "while the auto-encoder's non-linear decoder puts them on a curve through the data. Without tanh "
    "it would end on PCA's line (--set linear=1)."
)
QUESTION = "When does an auto-encoder equal PCA, and when can it reconstruct better with a code of the same size?"
STEPS = 1500
KNOBS = {"lr": (0.004, 1e-5, 0.5), "linear": (0, 0, 1), "bend": (200.0, 0.0, 300.0)}
WHAT_IF = {
    "lr": "learning rate at the start; it falls to 0 over the run",
    "linear": "1: no tanh anywhere",
    "bend": "degrees of the arc on which the data lie; 0 is straight, as PCA wants it",
}
EXPECT = {"error_over_PCA": (0, 0.12), "error_of_PCA": (0.2, 0.4), "order_kept_by_code": (0.97, 1)}

LENGTH = 5.0  # of the arc, whatever its bend
NOISE = 0.1  # standard deviation across and along it
WIDTH, CODE = 16, 1
POINTS, FRESH, BATCH = 400, 400, 100
FRAME_EVERY = 10


def run(seed: int, steps: int, device: str, *, lr: float, linear: int, bend: float) -> Iterator[Frame]:
    """Yield a frame before the first step, every 10 steps and after the last.

    The metrics, all on 400 points seen by neither: the mean squared distance between a point and
    its reconstruction for the auto-encoder and for PCA, both with one number a point, the first
    over the second, and how well the code keeps the order of the points along the arc (Spearman's
    rank correlation, without its sign).
    """
    import torch

    place, dice = begin(device, seed)
    points, _ = _arc(POINTS, bend, dice)
    fresh, order = _arc(FRESH, bend, dice)
    # Two inputs, a code of one number, two outputs; the encoder and the decoder are nets of one hidden layer.
    encoder = dense((2, WIDTH, CODE), dice, place)
    decoder = dense((CODE, WIDTH, 2), dice, place)
    net = encoder + decoder
    adam = Adam(net)
    watch = _Watch(points, fresh, order)
    points = points.to(place)
    yield watch.frame(0, encoder, decoder, linear)

    for step in range(1, steps + 1):
        x = points[torch.randint(POINTS, (BATCH,), generator=dice).to(place)]
        code = _net(encoder, x, linear)
        loss = (_net(decoder, code, linear) - x).square().sum(1).mean()
        adam.step(torch.autograd.grad(loss, net), lr * (1 - (step - 1) / steps))
        if step % FRAME_EVERY == 0 or step == steps:
            yield watch.frame(step, encoder, decoder, linear)


class _Watch:
    """What is measured and drawn: always the same fresh points, and PCA's answer for them."""

    def __init__(self, points: "Tensor", fresh: "Tensor", order: "Tensor") -> None:
        import torch

        self.fresh, self.order = fresh, order
        middle = points.mean(0)
        _, _, axes = torch.linalg.svd(points - middle, full_matrices=False)
        self.by_pca = middle + (fresh - middle) @ axes[:CODE].T @ axes[:CODE]
        self.pca_error = _error(self.by_pca, fresh)
        self.history: list[tuple[int, float]] = []

    def frame(self, step: int, encoder: "list[Tensor]", decoder: "list[Tensor]", linear: int) -> Frame:
        import torch

        with torch.no_grad():
            code = _net(encoder, self.fresh.to(encoder[0].device), linear)
            back = _net(decoder, code, linear).cpu()
        code = code.flatten().cpu()
        error = _error(back, self.fresh)
        self.history.append((step, error))
        metrics = {
            "error_over_PCA": error / self.pca_error,
            "error_of_autoencoder": error,
            "error_of_PCA": self.pca_error,
            "order_kept_by_code": _same_order(code, self.order),
        }
        return Frame(step, metrics, self._pictures(back, code))

    def _pictures(self, back: "Tensor", code: "Tensor") -> "tuple[Scatter | Curves, ...]":
        steps, errors = zip(*self.history, strict=True)
        ends = steps[0], max(steps[-1], 1)
        groups = [
            Curve(name, *part.T.tolist())
            for name, part in (("data", self.fresh), ("PCA", self.by_pca), ("auto-encoder", back))
        ]
        return (
            Scatter("plane", groups, (-2.6, 2.6), (-1.8, 1.8)),
            Curves(
                "test error",
                (Curve("auto-encoder", steps, errors), Curve("PCA", ends, (self.pca_error,) * 2)),
                y_range=(0, max(1.5 * self.pca_error, 0.1)),
            ),
            Scatter("code (up), arc (across)", (Curve("", self.order.tolist(), code.tolist()),), (-1, 1)),
        )


def _net(parameters: "list[Tensor]", x: "Tensor", linear: int) -> "Tensor":
    import torch

    return forward(parameters, x, (lambda z: z) if linear else torch.tanh)


def _arc(count: int, bend: float, dice: "Generator") -> "tuple[Tensor, Tensor]":
    """Points (count × 2) near an arc about the origin, and how far along it each is (−1 to 1)."""
    import torch

    along = 2 * torch.rand(count, generator=dice) - 1
    angle = math.radians(max(bend, 0.01)) / 2
    radius = LENGTH / (2 * angle)
    x, y = radius * torch.sin(angle * along), radius * (torch.cos(angle * along) - math.sin(angle) / angle)
    return torch.stack([x, y], 1) + NOISE * torch.randn(count, 2, generator=dice), along


def _error(back: "Tensor", points: "Tensor") -> float:
    return float((back - points).double().square().sum(1).mean())


def _same_order(code: "Tensor", order: "Tensor") -> float:
    if not bool(code.isfinite().all()):
        return math.nan
    ranks = [values.argsort().argsort().double() for values in (code, order)]
    one, two = (rank - rank.mean() for rank in ranks)
    return abs(float((one @ two) / (one.norm() * two.norm())))
