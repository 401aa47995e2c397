"""A small CNN learns its own filters, and beats a dense net with as many weights."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from revise.demos._adam import Adam
from revise.demos._device import begin
from revise.demos._digits import SIDE, digits
from revise.demos._layers import accuracy, dense, forward
from revise.frame import Curve, Curves, Frame, Grid, Heatmap

if TYPE_CHECKING:
    from torch import Generator, Tensor, device

LOOK_AT = (
    "Look at the four filters: noise at first, they come to answer to edges, ink or blank paper, as their maps show."
)
SEEN = (
    "The CNN reads more fresh digits than the dense net with as many weights: a filter has few, sees a small patch "
    "and is used at every position, so it finds a stroke wherever it stands. The dense net learns each position anew; "
    "with four times the weights (--set dense_times=4) it keeps up."
)
QUESTION = "Why does a convolutional layer need fewer parameters than a dense one, and why does it suit pictures?"
STEPS = 1500
KNOBS = {"shift": (2, 0, 4), "shuffle": (0, 0, 1), "dense_times": (1, 1, 16)}
WHAT_IF = {
    "shift": "pixels by which a digit is moved at most; with 0 the dense net keeps up",
    "shuffle": "1: the pixels of all pictures in one other order; neighbours are strangers, and the CNN suffers",
    "dense_times": "the dense net has so many times the CNN's weights",
}
EXPECT = {
    "CNN_on_fresh": (0.93, 1),
    "lead_over_dense": (0.08, 1),
    "change_of_filters": (0.3, None),
    "live_filters": (4, 4),
}

FILTERS, DEEPER = 4, 16  # channels of the two convolutional layers
KERNEL, BIAS = 3, 0.2  # biases start above 0, so that no filter is dead on dark paper
BATCH, FRESH, LR = 64, 1000, 0.01
NOISE = 0.1  # standard deviation, on every pixel
FRAME_EVERY = 15


def run(seed: int, steps: int, device: str, *, shift: int, shuffle: int, dense_times: int) -> Iterator[Frame]:
    """Yield a frame before the first step, every 15 steps and after the last.

    Both nets see the same new digits at each step. The metrics: the share of 1000 other digits
    that each reads rightly, the difference, the CNN's cross-entropy in nats on the last batch,
    how far the filters have moved, as a share of what they began as, how many of them answer to
    any digit, and how many weights and biases each net has.
    """
    import torch
    from torch.nn.functional import cross_entropy

    place, dice = begin(device, seed)
    cnn = _cnn(dice, place)
    size = sum(parameter.numel() for parameter in cnn)
    hidden = round((dense_times * size - 10) / (SIDE * SIDE + 1 + 10))
    rival = dense((SIDE * SIDE, hidden, 10), dice, place, gain=math.sqrt(2))
    adams = Adam(cnn), Adam(rival)
    order = torch.randperm(SIDE * SIDE, generator=dice) if shuffle else torch.arange(SIDE * SIDE)
    fresh, numbers = _moved(FRESH, shift, order, dice)
    watch = _Watch(fresh.to(place), numbers.to(place), cnn[0])
    watch.sizes = {"weights_of_CNN": size, "weights_of_dense": sum(parameter.numel() for parameter in rival)}

    for step in range(steps + 1):
        pictures, labels = (part.to(place) for part in _moved(BATCH, shift, order, dice))
        rate = LR * (1 - step / steps)
        loss = cross_entropy(_read(cnn, pictures)[1], labels)
        if step % FRAME_EVERY == 0 or step == steps:
            yield watch.frame(step, cnn, rival, loss.item())
        adams[0].step(torch.autograd.grad(loss, cnn), rate)
        adams[1].step(torch.autograd.grad(cross_entropy(_dense(rival, pictures), labels), rival), rate)


class _Watch:
    """What is measured and drawn: always on the same fresh digits, the first of them shown."""

    def __init__(self, pictures: "Tensor", labels: "Tensor", filters: "Tensor") -> None:
        self.pictures, self.labels = pictures, labels
        self.began = filters.detach().clone()
        self.sizes: dict[str, float] = {}
        self.history: list[tuple[int, float, float]] = []

    def frame(self, step: int, cnn: "list[Tensor]", rival: "list[Tensor]", loss: float) -> Frame:
        import torch

        with torch.no_grad():
            maps, logits = _read(cnn, self.pictures)
            ours = accuracy(logits.cpu(), self.labels.cpu())
            theirs = accuracy(_dense(rival, self.pictures).cpu(), self.labels.cpu())
        self.history.append((step, ours, theirs))
        steps, all_ours, all_theirs = zip(*self.history, strict=True)
        metrics = {
            "CNN_on_fresh": ours,
            "dense_on_fresh": theirs,
            "lead_over_dense": ours - theirs,
            "loss_of_CNN": loss,
            "change_of_filters": float((cnn[0].detach() - self.began).norm() / self.began.norm()),
            "live_filters": int((maps.amax((0, 2, 3)) > 0).sum()),
        }
        shown, read = int(self.labels[0]), int(logits[0].argmax())
        filters = cnn[0].detach().squeeze(1)
        bound = max(float(filters.abs().max()), 1e-9) if bool(filters.isfinite().all()) else 1.0
        return Frame(
            step,
            metrics | self.sizes,
            (
                Grid(
                    "feature maps: where each filter answers",
                    [Heatmap(_title("map", index), field.tolist(), 0) for index, field in enumerate(maps[0], 1)],
                    FILTERS,
                ),
                Grid(
                    "the filters of the first layer",
                    [
                        Heatmap(_title("filter", index), field.tolist(), -bound, bound)
                        for index, field in enumerate(filters, 1)
                    ],
                    FILTERS,
                ),
                Heatmap(f"a fresh {shown}, read as {read}", self.pictures[0].tolist(), 0, 1),
                Curves("accuracy", (Curve("CNN", steps, all_ours), Curve("dense", steps, all_theirs)), y_range=(0, 1)),
            ),
        )


def _title(kind: str, index: int) -> str:
    """So wide that a narrow tile shows nothing of the scale rather than its beginning."""
    return f"{kind} {index}".ljust(12)


def _cnn(dice: "Generator", place: "device") -> "list[Tensor]":
    """Weights and biases, in turn, of two convolutional layers and the dense one that reads them."""
    import torch

    side = (SIDE - KERNEL + 1) // 2 // 2
    shapes = (FILTERS, 1, KERNEL, KERNEL), (DEEPER, FILTERS, 3, 3), (10, DEEPER * side * side)
    parameters = []
    for shape in shapes:
        weight = torch.randn(shape, generator=dice) * math.sqrt(2 / math.prod(shape[1:]))  # He et al. 2015, eq. 10
        parameters += [weight, torch.full(shape[:1], BIAS)]
    return [parameter.to(place).requires_grad_() for parameter in parameters]


def _moved(count: int, shift: int, order: "Tensor", dice: "Generator") -> "tuple[Tensor, Tensor]":
    """Digits (count × 12 × 12) moved by up to `shift` pixels both ways, on blank paper, and which they are.

    The pixels of each then stand in `order`.
    """
    import torch
    from torch.nn.functional import pad

    clean, labels = digits(count, dice, 0)
    down, across = torch.randint(2 * shift + 1, (2, count, 1), generator=dice)
    window = torch.arange(SIDE)
    rows, columns = (down + window).unsqueeze(2), (across + window).unsqueeze(1)
    moved = pad(clean, (shift,) * 4)[torch.arange(count).view(-1, 1, 1), rows, columns]
    noisy = (moved + NOISE * torch.randn(moved.shape, generator=dice)).clamp(0, 1)
    return noisy.flatten(1)[:, order].view_as(noisy), labels


def _read(parameters: "list[Tensor]", pictures: "Tensor") -> "tuple[Tensor, Tensor]":
    """`pictures` (batch × 12 × 12) → the first layer's maps (batch × 4 × …) and the logits (batch × 10)."""
    from torch.nn.functional import conv2d, linear, max_pool2d, relu

    first, first_bias, second, second_bias, weight, bias = parameters
    maps = relu(conv2d(pictures.unsqueeze(1), first, first_bias))
    deeper = relu(conv2d(max_pool2d(maps, 2), second, second_bias, padding=1))
    return maps, linear(max_pool2d(deeper, 2).flatten(1), weight, bias)


def _dense(parameters: "list[Tensor]", pictures: "Tensor") -> "Tensor":
    from torch.nn.functional import relu

    return forward(parameters, pictures.flatten(1), relu)
