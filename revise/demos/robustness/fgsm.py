"""FGSM: a change too small to matter at random fools a net that read every digit."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from revise.demos._adam import Adam
from revise.demos._device import begin
from revise.demos._digits import SIDE, digits
from revise.demos._layers import accuracy, dense, forward
from revise.frame import Curve, Curves, Frame, Grid, Heatmap

if TYPE_CHECKING:
    from torch import Tensor

LOOK_AT = "Look at the two curves over epsilon: noise of random signs does little, the gradient's signs do much."
SEEN = (
    "The net reads fresh digits, with random noise too; but one step of the same size along the signs of the loss's "
    "gradient by the input makes it wrong on most of them. There all 144 small changes raise the loss together and "
    "add up, while random ones largely cancel."
)
QUESTION = (
    "Write down FGSM, and say why a change of at most epsilon in every pixel fools a net "
    "that withstands random noise of the same size."
)
STEPS = 1000
KNOBS = {"epsilon": (0.15, 0.0, 0.5), "attack_steps": (1, 1, 10), "adversarial": (0, 0, 1)}
WHAT_IF = {
    "epsilon": "the most a pixel may change; ink is 1, paper 0",
    "attack_steps": "more than 1: iterative FGSM, in steps of epsilon/attack_steps",
    "adversarial": "1: adversarial training, half of each batch's loss on digits attacked with epsilon",
}
EXPECT = {"clean": (0.97, 1), "random_signs": (0.95, 1), "FGSM": (0, 0.25)}

HIDDEN, BATCH, FRESH, LR = 64, 64, 500, 0.005
EPSILONS = tuple(index / 20 for index in range(9))  # of the curves: 0 … 0.4
FRAME_EVERY = 10


def run(seed: int, steps: int, device: str, *, epsilon: float, attack_steps: int, adversarial: int) -> Iterator[Frame]:
    """Yield a frame before the first step, every 10 steps and after the last.

    The metrics: the share of 500 fresh digits read rightly as they are, with each pixel changed by
    epsilon up or down at random, and attacked; and the training's cross-entropy in nats.
    """
    import torch
    from torch.nn.functional import cross_entropy

    place, dice = begin(device, seed)
    net = dense((SIDE * SIDE, HIDDEN, 10), dice, place, gain=math.sqrt(2))
    adam = Adam(net)
    fresh, labels = digits(FRESH, dice)
    signs = torch.randint(2, (FRESH, SIDE * SIDE), generator=dice) * 2.0 - 1
    watch = _Watch(fresh.flatten(1).to(place), labels.to(place), signs.to(place), epsilon, attack_steps)

    for step in range(steps + 1):
        pictures, numbers = (part.to(place) for part in digits(BATCH, dice))
        pictures = pictures.flatten(1)
        loss = cross_entropy(_read(net, pictures), numbers)
        if adversarial:  # Goodfellow, Shlens & Szegedy 2015, section 6, with their weight of 1/2
            harder = _attacked(net, pictures, numbers, epsilon, attack_steps)
            loss = (loss + cross_entropy(_read(net, harder), numbers)) / 2
        if step % FRAME_EVERY == 0 or step == steps:
            yield watch.frame(step, net, loss.item())
        adam.step(torch.autograd.grad(loss, net), LR * (1 - step / steps))


class _Watch:
    """What is measured and drawn: always on the same fresh digits and the same random signs."""

    def __init__(self, fresh: "Tensor", labels: "Tensor", signs: "Tensor", epsilon: float, attack_steps: int) -> None:
        self.fresh, self.labels, self.signs = fresh, labels, signs
        self.epsilon, self.attack_steps = epsilon, attack_steps
        self.shown = 0
        self.history: list[tuple[int, float, float, float]] = []

    def frame(self, step: int, net: "list[Tensor]", loss: float) -> Frame:
        before = _read(net, self.fresh)
        attacked = self._attacked(net, self.epsilon)
        after = _read(net, attacked)
        noisy = self._right(net, self._noisy(self.epsilon))
        self.history.append((step, self._share(before), noisy, self._share(after)))
        self._choose(before.argmax(1), after.argmax(1))
        steps, clean, random, fooled = zip(*self.history, strict=True)
        metrics = {"clean": clean[-1], "random_signs": random[-1], "FGSM": fooled[-1], "loss": loss}
        curves = (
            Curve("FGSM", EPSILONS, [self._right(net, self._attacked(net, size)) for size in EPSILONS]),
            Curve("noise", EPSILONS, [self._right(net, self._noisy(size)) for size in EPSILONS]),
        )
        shown, change = self.fresh[self.shown], (attacked - self.fresh)[self.shown]
        reads = [int(logits[self.shown].argmax()) for logits in (before, after)]
        most = max(self.epsilon, 1e-9)
        tiles = (
            _tile(f"read as {reads[0]}", shown, 0, 1),
            _tile("+ the change", change, -most, most),
            _tile(f"read as {reads[1]}", attacked[self.shown], 0, 1),
        )
        return Frame(
            step,
            metrics,
            (
                Curves("acc. over epsilon", curves, (0, EPSILONS[-1]), (0, 1)),
                Grid(f"a fresh {int(self.labels[self.shown])}, attacked with epsilon {self.epsilon:g}", tiles, 3),
                Curves(
                    "accuracy by step",
                    (Curve("FGSM", steps, fooled), Curve("clean", steps, clean)),
                    y_range=(0, 1),
                ),
            ),
        )

    def _attacked(self, net: "list[Tensor]", size: float) -> "Tensor":
        return _attacked(net, self.fresh, self.labels, size, self.attack_steps)

    def _noisy(self, size: float) -> "Tensor":
        return (self.fresh + size * self.signs).clamp(0, 1)

    def _right(self, net: "list[Tensor]", pictures: "Tensor") -> float:
        return self._share(_read(net, pictures))

    def _share(self, logits: "Tensor") -> float:
        return accuracy(logits.cpu(), self.labels.cpu())

    def _choose(self, before: "Tensor", after: "Tensor") -> None:
        """Show the first digit that the attack fools, and keep to it as long as it is fooled."""
        fooled = (before == self.labels) & (after != self.labels)
        if not fooled[self.shown] and fooled.any():
            self.shown = int(fooled.nonzero()[0])


def _attacked(net: "list[Tensor]", pictures: "Tensor", labels: "Tensor", epsilon: float, steps: int) -> "Tensor":
    """x + ε sign(∇ₓ J), within 0 and 1; with `steps` > 1 in so many equal steps, the gradient taken anew at each."""
    import torch
    from torch.nn.functional import cross_entropy

    moved = pictures
    for _ in range(steps):
        moved = moved.detach().requires_grad_()
        (gradient,) = torch.autograd.grad(cross_entropy(_read(net, moved), labels), moved)
        moved = (moved + epsilon / steps * gradient.sign()).clamp(0, 1)
    return moved.detach()


def _read(net: "list[Tensor]", pictures: "Tensor") -> "Tensor":
    """`pictures` (batch × 144) → logits (batch × 10)."""
    from torch.nn.functional import relu

    return forward(net, pictures, relu)


def _tile(title: str, pixels: "Tensor", low: float, high: float) -> Heatmap:
    return Heatmap(title.ljust(14), pixels.reshape(SIDE, SIDE).tolist(), low, high)
