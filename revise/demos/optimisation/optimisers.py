"""Seven optimisers race over one map: momentum overtakes SGD, Newton jumps."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from revise.demos._device import begin
from revise.demos.optimisation import _rules
from revise.frame import Bars, Contour, Curve, Frame

if TYPE_CHECKING:
    from torch import Generator, Tensor

LOOK_AT = "Look at where each letter stands on the map, and at its loss: a bar shows how far it has fallen."
SEEN = (
    "In a narrow valley the steep side holds SGD's rate down, so it crawls along the flat one, where momentum gathers "
    "speed; AdaGrad's steps shrink for good, RMSprop's keep the size of the rate and never settle; Adam's settle, as "
    "it remembers the squares 100 times longer. Newton stands at a quadratic's minimum after one step, but is drawn "
    "into the saddle of --set surface=1, which the others leave."
)
QUESTION = (
    "Why is gradient descent slow in a narrow valley, how do momentum, the adaptive methods and Newton's method "
    "change the step, and which of them does a saddle point attract?"
)
STEPS = 200
KNOBS = {"surface": (0, 0, 2), "lr": (0.025, 1e-4, 1.0), "beta": (0.9, 0.0, 0.99), "noise": (0.0, 0.0, 1.0)}
WHAT_IF = {
    "surface": "0 valley, 1 saddle, 2 Rosenbrock",
    "lr": (
        "learning rate of all but Newton, which has none; in the valley SGD diverges above 2/50 = 0.04, "
        "Nesterov with beta 0.9 above 1.36/50 = 0.027"
    ),
    "beta": "of momentum and Nesterov; with 0 both are SGD",
    "noise": "standard deviation of what is added to each slope, as by mini-batches",
}
EXPECT = {
    "SGD": (1e-3, 0.1),
    "momentum": (0, 1e-7),
    "Nesterov": (0, 1e-7),
    "AdaGrad": (0.03, None),
    "RMSprop": (1e-3, 0.008),
    "Adam": (0, 1e-6),
    "Newton": (0, 1e-10),
}

NAMES = ("SGD", "momentum", "Nesterov", "AdaGrad", "RMSprop", "Adam", "Newton")
# Where the race starts, what the map shows (x, y) and the heights of its lines, for each surface.
STARTS = ((-1.0, 0.5), (-1.0, 0.01), (-1.2, 1.0))
MAPS = (
    ((-1.3, 0.5), (-0.7, 0.7), (0.15, 1, 3.5, 8)),
    ((-1.3, 0.7), (-1.4, 1.4), (0.02, 0.08, 0.17, 0.25, 0.4, 0.8, 1.4)),
    ((-1.7, 1.7), (-0.6, 1.8), (0.004, 0.02, 0.06, 0.2, 0.8, 3, 8)),
)
MOST = 8.0  # powers of ten drawn: beyond, a racer stands at the minimum for the eye
FRAME_EVERY = 2


def run(seed: int, steps: int, device: str, *, surface: int, lr: float, beta: float, noise: float) -> Iterator[Frame]:
    """Yield a frame before the first step, every 2 steps and after the last.

    The metrics: each racer's loss, the height above the surface's lowest point. The seed moves the start a little and
    draws the noise; all start at one place and see the same noise. One rate serves all: on the valley even SGD's best,
    0.039, leaves it above 0.002 (factor 0.990 a step along x), far behind momentum.
    """
    import torch

    place, dice = begin(device, seed)
    start = torch.tensor(STARTS[surface]) * (1 + 0.1 * _spread(dice))
    points = start.to(place).repeat(len(NAMES), 1)
    rules: tuple[Callable[[Tensor, _rules.Memory], Tensor], ...] = (
        _rules.sgd,
        partial(_rules.momentum, beta=beta),
        partial(_rules.nesterov, beta=beta),
        _rules.adagrad,
        _rules.rmsprop,
        _rules.adam,
    )
    memories: list[_rules.Memory] = [defaultdict(float) for _ in NAMES]
    field = _field(surface)
    paths = [[tuple(point)] for point in points.tolist()]
    first = height(points, surface)[0].item()
    yield _frame(0, surface, field, paths, _heights(points, surface), first)
    for step in range(1, steps + 1):
        slopes, hessians = _derivatives(points, surface)
        slopes = slopes + noise * torch.randn(2, generator=dice).to(place)
        moves = [rule(slope, memory) * lr for rule, slope, memory in zip(rules, slopes, memories, strict=False)]
        points = points - torch.stack([*moves, _rules.newton(slopes[-1], hessians[-1])])
        for path, point in zip(paths, points.tolist(), strict=True):
            path.append(tuple(point))
        if step % FRAME_EVERY == 0 or step == steps:
            yield _frame(step, surface, field, paths, _heights(points, surface), first)


def height(points: "Tensor", surface: int) -> "Tensor":
    """The surface's height above its lowest point, for (…, 2) coordinates.

    0: curvature 1/4 along x and 50 along y. 1: a saddle at (0, 0) between minima at (0, ±1). 2: Rosenbrock 1960,
    over 50, so that one learning rate suits all three.
    """
    x, y = points[..., 0], points[..., 1]
    value: Tensor
    if surface == 0:
        value = x**2 / 8 + 25 * y**2
    elif surface == 1:
        value = x**2 / 2 + (y**2 - 1) ** 2 / 4
    else:
        value = ((1 - x) ** 2 + 100 * (y - x**2) ** 2) / 50
    return value


def _heights(points: "Tensor", surface: int) -> list[float]:
    """Every racer's height; that of one who has run off is infinite."""
    return [value if math.isfinite(value) else math.inf for value in height(points, surface).tolist()]


def _derivatives(points: "Tensor", surface: int) -> "tuple[Tensor, Tensor]":
    """The gradient (n × 2) and the Hessian (n × 2 × 2) at each point."""
    import torch

    points = points.detach().requires_grad_()
    (slopes,) = torch.autograd.grad(height(points, surface).sum(), points, create_graph=True)
    rows = [torch.autograd.grad(slopes[:, axis].sum(), points, retain_graph=True)[0] for axis in (0, 1)]
    return slopes.detach(), torch.stack(rows, 1)


def _spread(dice: "Generator") -> "Tensor":
    """Two numbers between −1 and 1."""
    import torch

    return torch.rand(2, generator=dice) * 2 - 1


def _field(surface: int) -> list[list[float]]:
    """The heights over the map, the top row first."""
    import torch

    (left, right), (bottom, top), _ = MAPS[surface]
    y, x = torch.meshgrid(torch.linspace(top, bottom, 41), torch.linspace(left, right, 41), indexing="ij")
    rows: list[list[float]] = height(torch.stack([x, y], 2), surface).tolist()
    return rows


def _frame(
    step: int, surface: int, field: list[list[float]], paths: list[list[tuple[float, ...]]],
    heights: list[float], start: float,
) -> Frame:  # fmt: skip
    x_range, y_range, levels = MAPS[surface]
    curves = [Curve(name, *zip(*path, strict=True)) for name, path in zip(NAMES, paths, strict=True)]
    return Frame(
        step,
        dict(zip(NAMES, heights, strict=True)),
        (
            Contour("map", field, x_range, y_range, levels, curves),
            Bars(
                "loss fallen, in powers of 10",
                [f"{letter} {name}" for letter, name in zip("abcdefg", NAMES, strict=True)],
                [_fallen(height, start) for height in heights],
                0,
                MOST,
            ),
        ),
    )


def _fallen(height: float, start: float) -> float:
    """By how many powers of ten the height has fallen; nothing where it has risen."""
    return min(MOST, max(0.0, math.log10(start / max(height, start * 1e-30)))) if math.isfinite(height) else 0.0
