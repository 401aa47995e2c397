"""Dropout: a net that learns fewer wrong labels by heart is better on new digits."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from revise.demos._adam import Adam
from revise.demos._device import begin
from revise.demos._digits import SIDE, digits
from revise.demos._layers import accuracy, dense
from revise.frame import Curve, Curves, Frame, Heatmap

if TYPE_CHECKING:
    from torch import Generator, Tensor

LOOK_AT = "Look at the validation loss of the two nets, and at the hidden units that are dropped (x) in this step."
SEEN = (
    "Both nets start from the same weights; the plain one soon learns even the wrong labels by heart, the one with "
    "dropout, where no unit can rely on certain others, fits them more slowly and is better on new digits, at the end "
    "and each at its best. Units that are kept are divided by 1 - p, so the expected activation is that of the test, "
    "where all are on."
)
QUESTION = (
    "What does dropout do in training and at test time, where does the factor 1/(1 - p) come from, "
    "and why does it work against overfitting?"
)
STEPS = 120
KNOBS = {"p": (0.5, 0.0, 0.9), "points": (300, 50, 1000), "mislabelled": (0.3, 0.0, 0.8)}
WHAT_IF = {
    "p": "probability that a hidden unit is dropped",
    "points": "digits to train on",
    "mislabelled": "share of them whose label is drawn anew at random",
}
EXPECT = {
    "plain_train": (0.97, 1),
    "dropout_train": (0.85, 0.995),
    "accuracy_gain": (0.03, None),
    "loss_ratio": (0.3, 0.9),
    "best_loss_ratio": (0.3, 0.93),
}

WIDTH, CLASSES = 128, 10
HELD_OUT = 1000
INK = 0.2  # standard deviation of the noise on the pictures
LR = 0.002
FRAME_EVERY = 2


def run(seed: int, steps: int, device: str, *, p: float, points: int, mislabelled: float) -> Iterator[Frame]:
    """Yield a frame before the first step, every 2 steps and after the last.

    The metrics: both nets' accuracy on the training labels as they are and on 1000 new digits, labelled rightly; how
    much of the latter dropout gains; the validation loss with dropout over that without, in this step and each at its
    lowest so far: early stopping of the plain net gains less.
    """
    import torch
    from torch.nn.functional import cross_entropy

    place, dice = begin(device, seed)
    train, validation = (_inputs(count, dice) for count in (points, HELD_OUT))
    drawn_anew = torch.rand(points, generator=dice) < mislabelled
    labels = torch.where(drawn_anew, torch.randint(CLASSES, (points,), generator=dice), train[1])
    x, y = train[0].to(place), labels.to(place)
    plain = dense((SIDE * SIDE, WIDTH, WIDTH, CLASSES), dice, place, gain=2**0.5)
    dropped = [parameter.detach().clone().requires_grad_() for parameter in plain]
    adam, adam_dropped = Adam(plain), Adam(dropped)
    masks = [torch.ones(points, WIDTH, device=place)] * 2
    watch = _Watch(p, (x, y), (validation[0].to(place), validation[1].to(place)))
    yield watch.frame(0, plain, dropped, masks[0])
    for step in range(1, steps + 1):
        adam.step(torch.autograd.grad(cross_entropy(_logits(plain, x), y), plain), LR)
        # Kept with probability 1 − p and then scaled up, so that the expected activation stays as it was (inverted
        # dropout): at test time nothing is dropped and nothing is scaled.
        masks = [(torch.rand(points, WIDTH, generator=dice) >= p).to(place) / (1 - p) for _ in range(2)]
        adam_dropped.step(torch.autograd.grad(cross_entropy(_logits(dropped, x, masks), y), dropped), LR)
        if step % FRAME_EVERY == 0 or step == steps:
            yield watch.frame(step, plain, dropped, masks[0])


def _inputs(count: int, dice: "Generator") -> "tuple[Tensor, Tensor]":
    pictures, labels = digits(count, dice, INK)
    return pictures.flatten(1) - 0.3, labels


def _logits(parameters: "Sequence[Tensor]", x: "Tensor", masks: "Sequence[Tensor]" = ()) -> "Tensor":
    """Two hidden layers of ReLUs, each times its mask where there is one."""
    import torch

    w1, b1, w2, b2, w3, b3 = parameters
    for place, (weight, bias) in enumerate(((w1, b1), (w2, b2))):
        x = torch.relu(torch.addmm(bias, x, weight))
        x = x * masks[place] if masks else x
    return torch.addmm(b3, x, w3)


class _Watch:
    """What is measured and drawn, always with every unit on."""

    def __init__(self, p: float, train: "tuple[Tensor, Tensor]", validation: "tuple[Tensor, Tensor]") -> None:
        self.p, self.train, self.validation = p, train, validation
        self.history: list[tuple[float, ...]] = []

    def frame(self, step: int, plain: "list[Tensor]", dropped: "list[Tensor]", mask: "Tensor") -> Frame:
        import torch
        from torch.nn.functional import cross_entropy

        with torch.no_grad():
            train = [accuracy(_logits(net, self.train[0]), self.train[1]) for net in (plain, dropped)]
            logits = [_logits(net, self.validation[0]) for net in (plain, dropped)]
            hidden = torch.relu(torch.addmm(dropped[1], self.train[0][:1], dropped[0])) * mask[:1]
        new = [accuracy(answers, self.validation[1]) for answers in logits]
        loss = [cross_entropy(answers, self.validation[1]).item() for answers in logits]
        self.history.append((step, *loss, *new, *train))
        steps, *rows = zip(*self.history, strict=True)
        metrics = {
            "plain_train": train[0],
            "plain_validation": new[0],
            "dropout_train": train[1],
            "dropout_validation": new[1],
            "accuracy_gain": new[1] - new[0],
            "loss_ratio": loss[1] / loss[0],
            "best_loss_ratio": min(rows[1]) / min(rows[0]),
        }
        titles = "validation loss", "valid. accuracy", "train"
        curves = [
            Curves(title, (Curve(f"p={self.p:g}", steps, with_), Curve("plain", steps, without)), None, ends)
            for title, without, with_, ends in zip(
                titles, rows[::2], rows[1::2], ((0, 2.5), (0, 1), (0, 1)), strict=True
            )
        ]
        columns = WIDTH // 8
        dropped_here = "".join("x" if kept == 0 else " " for kept in mask[0].tolist())
        marks = [dropped_here[start : start + columns] for start in range(0, WIDTH, columns)]
        units = Heatmap("hidden units", hidden.reshape(8, columns).tolist(), 0, None, marks)
        return Frame(step, metrics, (*curves[:2], units, curves[2]))
