"""A polynomial of too high a degree fits the noise: validation error rises."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from revise.demos._device import begin
from revise.demos._overflow import or_infinite
from revise.frame import Curve, Curves, Frame

if TYPE_CHECKING:
    from torch import Generator, Tensor

LOOK_AT = "Look at the curve bending to reach the points, and at the two errors parting: training down, validation up."
SEEN = (
    "At too low a degree both errors are high (underfitting); a higher one never fits the training points worse, but "
    "from some degree on it fits their noise (overfitting): the training error goes on falling while the validation "
    "error rises. Three cures of overfitting are knobs here: a lower degree, more points and weight decay."
)
QUESTION = (
    "How are overfitting and underfitting read off training and validation error as the model grows more flexible, "
    "and what cures each?"
)
STEPS = 4000
KNOBS = {"degree": (14, 0, 14), "points": (20, 4, 300), "decay": (0.0, 0.0, 1.0)}
WHAT_IF = {
    "degree": "of the polynomial that is shown",
    "points": "to train on; with 14 or fewer the error may fall again past its peak: double descent",
    "decay": "lambda of the penalty (lambda/2)||w||^2",
}
EXPECT = {
    "train_error": (0, 0.3),
    "validation_error": (0.6, None),
    "best_degree": (3, 9),
    "best_degree_error": (0.3, 0.5),
}

NOISE = 0.35  # standard deviation; no model's expected error on new points is below it
MOST = 14
HELD_OUT = 200
BETA = 0.9
FRAME_EVERY = 40


def run(seed: int, steps: int, device: str, *, degree: int, points: int, decay: float) -> Iterator[Frame]:
    """Yield a frame before the first step, after each of the first 20, every 40 steps and after the last.

    Polynomials of degree 0 to 14 are trained side by side on points of sin(πx) with noise. The metrics: root mean
    square errors of the one of `degree`, and the degree with the least validation error, with that error.
    """
    import torch

    place, dice = begin(device, seed)
    # One point in each of as many equal parts of −1 … 1, so that no gap is wide.
    x = (torch.arange(points) + torch.rand(points, generator=dice)) / points * 2 - 1
    held_out = torch.rand(HELD_OUT, generator=dice) * 2 - 1
    y, y_held_out = _noisy(x, dice), _noisy(held_out, dice)
    features, target = _legendre(x), y.unsqueeze(1)
    # Momentum with the rate 1/(largest curvature) is stable for every degree.
    rate = 1 / (float(torch.linalg.eigvalsh(features.T @ features / points).max()) + decay)
    views = [(_legendre(x).to(place), target.to(place)), (_legendre(held_out).to(place), y_held_out.to(place)[:, None])]
    features, target = views[0]
    # Column d holds the weights of the polynomial of degree d: those of higher powers stay 0.
    weights = torch.zeros(MOST + 1, MOST + 1, device=place)
    allowed = torch.ones_like(weights).triu()
    velocity = torch.zeros_like(weights)
    watch = _Watch(degree, x, y, views)
    yield watch.frame(0, weights)
    for step in range(1, steps + 1):
        slope = allowed * (features.T @ (features @ weights - target)) / points + decay * weights
        velocity = BETA * velocity + slope
        weights = weights - rate * velocity
        if step <= 20 or step % FRAME_EVERY == 0 or step == steps:
            yield watch.frame(step, weights)


def _noisy(x: "Tensor", dice: "Generator") -> "Tensor":
    import torch

    return torch.sin(math.pi * x) + NOISE * torch.randn(len(x), generator=dice)


def _legendre(x: "Tensor") -> "Tensor":
    """Legendre polynomials up to degree 14 at `x`, scaled to mean square 1 over −1 … 1, a column each.

    They span the same polynomials as 1, x, x² … but are not nearly parallel, so that descent gets somewhere.
    """
    import torch

    columns = [torch.ones_like(x), x]
    for n in range(1, MOST):
        columns.append(((2 * n + 1) * x * columns[n] - n * columns[n - 1]) / (n + 1))
    return torch.stack([math.sqrt(2 * n + 1) * column for n, column in enumerate(columns)], 1)


class _Watch:
    """What is measured and drawn."""

    def __init__(self, degree: int, x: "Tensor", y: "Tensor", views: "list[tuple[Tensor, Tensor]]") -> None:
        import torch

        self.degree, self.views = degree, views
        grid = torch.linspace(-1, 1, 121)
        self.x, self.grid = grid.tolist(), _legendre(grid).to(views[0][0])
        truth = Curve("truth", self.x, torch.sin(math.pi * grid).tolist())
        # Each point is a short upright stroke, with a gap after it.
        across = [here for value in x.tolist() for here in (value, value, math.nan)]
        up = [here for value in y.tolist() for here in (value - 0.08, value + 0.08, math.nan)]
        self.known = (truth, Curve("data", across, up))
        self.history: list[tuple[float, ...]] = []

    def frame(self, step: int, weights: "Tensor") -> Frame:
        train, validation = (
            (features @ weights - target).square().mean(0).sqrt().tolist() for features, target in self.views
        )
        best = min(range(MOST + 1), key=lambda degree: or_infinite(validation[degree]))
        self.history.append((math.log10(step + 1), train[self.degree], validation[self.degree]))
        metrics = {
            "train_error": train[self.degree],
            "validation_error": validation[self.degree],
            "best_degree": best,
            "best_degree_error": validation[best],
        }
        fit = Curve(f"degree {self.degree}", self.x, (self.grid @ weights[:, self.degree]).tolist())
        degrees = range(MOST + 1)
        steps, *errors = zip(*self.history, strict=True)
        return Frame(
            step,
            metrics,
            (
                Curves("y", (fit, *self.known), (-1, 1), (-2, 2)),
                Curves(
                    "error by degree",
                    (Curve("train", degrees, train), Curve("val", degrees, validation)),
                    (0, MOST),
                    (0, 1.5),
                ),
                Curves(
                    "error, log10 step",
                    [Curve(name, steps, row) for name, row in zip(("train", "val"), errors, strict=True)],
                    None,
                    (0, 1.5),
                ),
            ),
        )
