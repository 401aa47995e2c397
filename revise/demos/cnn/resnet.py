"""A deep plain net against one with shortcuts: its training error stays higher."""

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from revise.demos._device import begin
from revise.demos._digits import SIDE, rows_of_digits
from revise.demos._layers import accuracy, dense
from revise.demos._overflow import log10_or_gap
from revise.frame import Curve, Curves, Frame

if TYPE_CHECKING:
    from torch import Tensor

LOOK_AT = "Look at the training errors, and at the gradient of every layer from the first (left) to the last."
SEEN = (
    "A plain net of 6 layers learns its training digits, the deep one does not, so it is not overfitting: here nearly "
    "no gradient reaches its first layers. Shortcuts carry signal and gradient past every block, whose F need only be "
    "0 to copy x. With --set gain=1.41 the gradient lives, yet the plain net lags far behind: degradation is more than "
    "vanishing (He et al. 2016)."
)
QUESTION = (
    "What is the degradation problem of deep plain networks, and why does a residual block F(x) + x solve it, "
    "in the forward and in the backward pass?"
)
STEPS = 300
KNOBS = {"blocks": (16, 1, 30), "gain": (1.0, 0.5, 2.0), "lr": (0.02, 1e-4, 0.5)}
WHAT_IF = {
    "blocks": "of two layers each, with a layer before and one behind: 16 make 34 layers",
    "gain": "weights start with standard deviation gain/sqrt(inputs); ReLUs want sqrt(2) = 1.41",
    "lr": "learning rate of all nets",
}
EXPECT = {
    "plain_error": (0.5, 1),
    "residual_error": (0, 0.05),
    "shallow_plain_error": (0, 0.05),
    "gradient_ratio": (100, None),
}

WIDTH, CLASSES = 32, 10
SHALLOW = 2  # blocks of the plain net that shows what depth does to it: 6 layers
POINTS, BATCH = 400, 64
BETA = 0.9  # momentum and no batch norm; He et al. 2016, section 3.4, have both
FRAME_EVERY = 3


def run(seed: int, steps: int, device: str, *, blocks: int, gain: float, lr: float) -> Iterator[Frame]:
    """Yield a frame before the first step, every 3 steps and after the last.

    Two deep nets of equal size and a shallow plain one learn from equal batches. The metrics: the share of the
    training digits that each gets wrong; the norm of the gradient of the deep nets' first weights, averaged over the
    batches so far (those where it is finite); the residual net's over the plain one's. (He et al. 2016, section 4.1,
    saw the higher training error with batch norm too, which keeps the gradients up: gain=1.41 does so here, at the
    start.)
    """
    import torch
    from torch.nn.functional import cross_entropy

    place, dice = begin(device, seed)
    x, y = rows_of_digits(POINTS, dice, place)
    plain = dense((SIDE * SIDE, *[WIDTH] * (2 * blocks + 1), CLASSES), dice, place, gain)
    residual = [parameter.detach().clone().requires_grad_() for parameter in plain]
    for last_of_block in residual[4:-2:4]:
        last_of_block.detach().zero_()  # each block starts as the identity, or the sums would grow from block to block
    shallow = dense((SIDE * SIDE, *[WIDTH] * (2 * SHALLOW + 1), CLASSES), dice, place, gain)
    nets = plain, residual, shallow
    velocities = [[parameter.detach() * 0 for parameter in net] for net in nets]
    watch = _Watch(x, y)

    def slopes(batch: "Tensor") -> "list[tuple[Tensor, ...]]":
        losses = [cross_entropy(_logits(net, x[batch], net is residual), y[batch]) for net in nets]
        return [torch.autograd.grad(loss, net) for loss, net in zip(losses, nets, strict=True)]

    for step in range(steps + 1):
        gradients = slopes(torch.randint(POINTS, (BATCH,), generator=dice).to(place))
        watch.add(gradients[:2])
        if step % FRAME_EVERY == 0 or step == steps:
            yield watch.frame(step, nets, gradients[:2])
        for net, gradient, velocity in zip(nets, gradients, velocities, strict=True):
            for parameter, slope, speed in zip(net, gradient, velocity, strict=True):
                parameter.detach().sub_(speed.mul_(BETA).add_(slope), alpha=lr)


def _logits(net: "Sequence[Tensor]", x: "Tensor", shortcut: bool) -> "Tensor":
    """A layer, blocks ReLU(F(x)) or ReLU(F(x) + x) where F is layer, ReLU, layer; and a last layer."""
    import torch

    w, b, *inner, last, shift = net
    x = torch.relu(torch.addmm(b, x, w))
    for start in range(0, len(inner), 4):
        w1, b1, w2, b2 = inner[start : start + 4]
        change = torch.addmm(b2, torch.relu(torch.addmm(b1, x, w1)), w2)
        x = torch.relu(change + x if shortcut else change)
    return torch.addmm(shift, x, last)


class _Watch:
    """What is measured and drawn: plain first, residual second, the shallow one last."""

    def __init__(self, x: "Tensor", y: "Tensor") -> None:
        self.x, self.y = x, y
        self.first: list[list[float]] = [[], []]
        self.history: list[tuple[float, ...]] = []

    def add(self, gradients: "Sequence[Sequence[Tensor]]") -> None:
        for norms, gradient in zip(self.first, gradients, strict=True):
            norm = gradient[0].norm().item()
            norms += [norm] * math.isfinite(norm)

    def frame(self, step: int, nets: "Sequence[Sequence[Tensor]]", gradients: "Sequence[Sequence[Tensor]]") -> Frame:
        import torch

        with torch.no_grad():
            logits = [_logits(net, self.x, net is nets[1]) for net in nets]
            norms = [torch.stack([slope.norm() for slope in net[::2]]).tolist() for net in gradients]
        errors = [1 - accuracy(answers, self.y) for answers in logits]
        self.history.append((step, *errors))
        plain, residual = (sum(norms) / len(norms) if norms else math.inf for norms in self.first)
        metrics = {
            "plain_error": errors[0],
            "residual_error": errors[1],
            "shallow_plain_error": errors[2],
            "plain_gradient": plain,
            "residual_gradient": residual,
            "gradient_ratio": residual / plain if plain else math.inf,
        }
        steps, *rows = zip(*self.history, strict=True)
        layers = range(1, len(norms[0]) + 1)
        names = "plain", "ResNet", "6 layers"
        return Frame(
            step,
            metrics,
            (
                _curves("error", names, steps, rows, (0, 1)),
                _curves(
                    "log10 gradient",
                    names[:2],
                    layers,
                    [[log10_or_gap(norm) for norm in net] for net in norms],
                    (-14, 2),
                ),
            ),
        )


def _curves(
    title: str, names: Sequence[str], x: Sequence[float], rows: Sequence[Sequence[float]], ends: tuple[float, float]
) -> Curves:
    return Curves(title, [Curve(name, x, row) for name, row in zip(names, rows, strict=True)], None, ends)
