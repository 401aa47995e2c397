"""By Oja's rule an axis turns to where a cloud's variance is largest."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from revise.demos._device import begin
from revise.frame import Curve, Curves, Frame, Scatter

if TYPE_CHECKING:
    from torch import Tensor

LOOK_AT = "Look at w1: each point pulls it a little, and it turns to where the cloud is longest."
SEEN = (
    "w1 came to rest where the pulls of all points cancel: C w1 = λ w1, with C the covariance matrix. "
    "So w1 is an eigenvector of C and the variance along it is λ, the largest eigenvalue; w2 has the other."
)
QUESTION = "Why are the principal components eigenvectors of the covariance matrix, and what do the eigenvalues say?"
STEPS = 3000
KNOBS = {"lr": (0.05, 1e-4, 0.3), "power": (0, 0, 1), "centred": (1, 0, 1)}
WHAT_IF = {
    "lr": "learning rate at the start, over the points' mean squared length; it falls to 0 over the run",
    "power": "1: power iteration with the covariance matrix, once a frame, instead of Oja's rule",
    "centred": "0: the mean is not subtracted, and w1 points at it instead",
}
EXPECT = {
    "angle_to_first_axis": (0, 2),
    "share_along_w1": (0.8, 0.97),
    "gap_to_eigenvalues": (0, 0.02),
    "length_of_w1": (0.97, 1.03),
}

POINTS = 300
SPREAD = 2.0, 0.8  # standard deviations along the cloud and across it
AWAY = 4.0  # from the origin to the cloud's middle, at a right angle to the cloud's length
REACH = 6.0  # w1 and w2 are drawn so many times as long, both ways
START, LENGTH = 80.0, 0.4  # w1 begins so many degrees from the first axis, and so short
FRAME_EVERY = 20


def run(seed: int, steps: int, device: str, *, lr: float, power: int, centred: int) -> Iterator[Frame]:
    """Yield a frame before the first step, every 20 steps and after the last; one point a step,
    all of them in a new order in each pass.

    The metrics: degrees between w1 and the first eigenvector (torch.linalg.eigh), the variance
    along w1, the larger eigenvalue, w1's share of all variance, the largest gap between a variance
    and its eigenvalue as a share of the latter, and the length of w1.
    """
    import torch

    place, dice = begin(device, seed)
    turn = math.pi * torch.rand(1, generator=dice).item()
    along, across = (torch.tensor([math.cos(a), math.sin(a)]) for a in (turn, turn + math.pi / 2))
    z = torch.randn(POINTS, 2, generator=dice) * torch.tensor(SPREAD)
    points = AWAY * across + z @ torch.stack([along, across])
    watch = _Watch(points, centred)
    shown = watch.seen.to(place)
    moments = shown.T @ shown / POINTS  # the covariance matrix, where the points are centred
    scale = float(moments.trace())

    first = watch.axes[0] @ _turned(START)
    w = (LENGTH * torch.stack([first, first @ _turned(90)])).to(place)  # w1 and w2 are its rows
    yield watch.frame(0, w)

    for step in range(1, steps + 1):
        if not power:
            if (step - 1) % POINTS == 0:
                order = torch.randperm(POINTS, generator=dice).tolist()
            x = shown[order[(step - 1) % POINTS]]
            y = w @ x
            # Oja 1982 for the first row; Sanger 1989 takes from x what the rows above explain.
            rate = lr * (1 - (step - 1) / steps) / scale
            w = w + rate * y.unsqueeze(1) * (x - torch.tril(y.expand(2, 2)) @ w)
        if step % FRAME_EVERY == 0 or step == steps:
            if power:
                w = _orthonormal(w @ moments)
            yield watch.frame(step, w)


class _Watch:
    """What is measured and drawn: the cloud as the rule sees it, its true axes and their variances."""

    def __init__(self, points: "Tensor", centred: int) -> None:
        import torch

        middle = points.mean(0)
        self.seen = points - middle if centred else points
        self.covariance = ((points - middle).T @ (points - middle) / (POINTS - 1)).double()
        values, vectors = torch.linalg.eigh(self.covariance)  # in rising order, vectors in columns
        self.eigenvalues = values.flip(0).tolist()
        self.axes = vectors.flip(1).T.float()
        self.history: list[tuple[int, float, float]] = []

    def frame(self, step: int, w: "Tensor") -> Frame:
        rows = w.detach().cpu().double()
        length = rows.norm(dim=1)
        unit = rows / length.unsqueeze(1)
        one, two = (unit @ self.covariance @ unit.T).diagonal().tolist()
        cosine = float((unit[0] @ self.axes[0].double()).abs().clamp(max=1))
        self.history.append((step, one, two))
        gaps = [abs(v - value) / value for v, value in zip((one, two), self.eigenvalues, strict=True)]
        metrics = {
            "angle_to_first_axis": math.degrees(math.acos(cosine)),
            "variance_along_w1": one,
            "larger_eigenvalue": self.eigenvalues[0],
            "share_along_w1": one / sum(self.eigenvalues),
            "gap_to_eigenvalues": max(gaps) if math.isfinite(sum(gaps)) else math.nan,
            "length_of_w1": float(length[0]),
        }
        return Frame(step, metrics, self._pictures((REACH * rows).tolist()))

    def _pictures(self, arrows: list[list[float]]) -> "tuple[Scatter | Curves, ...]":
        steps, one, two = zip(*self.history, strict=True)
        reach = max(REACH, math.ceil(float(self.seen.abs().max())))
        marks = [part / 12 for part in range(-12, 13)]
        groups = [
            Curve(name, [part * x for part in marks], [part * y for part in marks])
            for name, (x, y) in zip(("w1", "w2"), arrows, strict=True)
        ]
        cloud = Curve("data", *self.seen.T.tolist())
        first, second = self.eigenvalues
        ends = steps[0], max(steps[-1], 1)
        return (
            Scatter("the cloud", (cloud, *groups), (-reach, reach), (-reach, reach)),
            Curves(
                "variance",
                (
                    Curve("w1", steps, one),
                    Curve("w2", steps, two),
                    Curve("exact", (*ends, math.nan, *ends), (first, first, math.nan, second, second)),
                ),
                y_range=(0, math.ceil(first + 0.5)),
            ),
        )


def _turned(degrees: float) -> "Tensor":
    import torch

    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return torch.tensor([[cosine, sine], [-sine, cosine]])


def _orthonormal(rows: "Tensor") -> "Tensor":
    """Both rows of length 1, the second without its part along the first (Gram–Schmidt)."""
    import torch

    first = rows[0] / rows[0].norm()
    second = rows[1] - (rows[1] @ first) * first
    return torch.stack([first, second / second.norm()])
