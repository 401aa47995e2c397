"""A 3 × 3 filter learns Sobel's kernel from a picture and its edges alone."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from revise.demos._device import begin
from revise.demos._digits import digits
from revise.demos._overflow import or_infinite
from revise.frame import Curve, Curves, Frame, Grid, Heatmap, Text

if TYPE_CHECKING:
    from torch import Generator, Tensor

LOOK_AT = "Look at the learnt output growing into the wanted one, while nine random weights become the kernel."
SEEN = (
    "Correcting its nine weights at every place of one picture, the filter found the kernel. Sobel's weights sum to 0, "
    "so flat ground gives 0 and only edges answer; a blur averages; sharpening adds the edges to the picture. A CNN "
    "learns its kernels like this, but is given no wanted maps: the error comes back from the loss at its end."
)
QUESTION = (
    "What do Sobel's kernels, a blur and a sharpening kernel do to a picture, why do an edge kernel's weights "
    "sum to 0, and where do a CNN's kernels come from?"
)
STEPS = 5760
KNOBS = {"kernel": (0, 0, 3), "flip": (0, 0, 1), "lr": (0.3, 1e-4, 1.0)}
WHAT_IF = {
    "kernel": "what is learnt: 0 Sobel for vertical edges, 1 Sobel for horizontal ones, 2 a blur, 3 sharpening",
    "flip": "1: the wanted output comes from convolution proper, so the kernel is learnt turned by 180°",
    "lr": "learning rate; with 1 the steps overshoot and the weights grow without end",
}
EXPECT = {"largest_error_of_a_weight": (0, 0.01), "sum_of_weights": (-0.01, 0.01)}

# Gonzalez & Woods, Digital Image Processing, ch. 3: Sobel's pair, the 3 × 3 mean, identity minus Laplacian.
_NAMES = "vertical edges", "horiz. edges", "blur", "sharpen"
_KERNELS = (
    ((-1.0, 0.0, 1.0), (-2.0, 0.0, 2.0), (-1.0, 0.0, 1.0)),
    ((-1.0, -2.0, -1.0), (0.0, 0.0, 0.0), (1.0, 2.0, 1.0)),
    ((1 / 9, 1 / 9, 1 / 9), (1 / 9, 1 / 9, 1 / 9), (1 / 9, 1 / 9, 1 / 9)),
    ((0.0, -1.0, 0.0), (-1.0, 5.0, -1.0), (0.0, -1.0, 0.0)),
)
SIDE, NOISE = 14, 0.03
INSIDE = SIDE - 2  # how many places a 3 × 3 kernel has in a row, without padding
FRAME_EVERY = 48  # a third of a slide


def run(seed: int, steps: int, device: str, *, kernel: int, flip: int, lr: float) -> Iterator[Frame]:
    """Yield a frame before the first step, after each third of a slide and after the last step.

    A step is one place of the filter: its sum of products, and gradient descent on half the
    square of its error. The metrics: the largest difference between a weight and the kernel's, the
    root mean square error of the output, the sum of the weights (Sobel: 0), and how often the
    filter went over the picture.
    """
    import torch

    place, dice = begin(device, seed)
    picture = _picture(dice)
    patches = picture.unfold(0, 3, 1).unfold(1, 3, 1).reshape(-1, 9)  # each place's nine pixels
    outputs = patches @ torch.tensor(_KERNELS).reshape(len(_KERNELS), 9).T
    wanted = patches @ torch.tensor(_KERNELS[kernel]).flatten().flip(0) if flip else outputs[:, kernel]
    watch = _Watch(picture, outputs, wanted, kernel)
    patches, wanted = patches.to(place), wanted.to(place)
    weights = (0.5 * torch.randn(9, generator=dice)).to(place)
    yield watch.frame(0, patches, weights)

    for step in range(1, steps + 1):
        at = (step - 1) % len(patches)
        patch = patches[at]
        weights -= lr * (patch @ weights - wanted[at]) * patch
        if step % FRAME_EVERY == 0 or step == steps:
            yield watch.frame(step, patches, weights)


class _Watch:
    """What is measured and drawn; the fixed kernels' outputs stay as they are."""

    def __init__(self, picture: "Tensor", outputs: "Tensor", wanted: "Tensor", kernel: int) -> None:
        self.kernel, self.wanted = kernel, wanted
        self.top = float(wanted.abs().max())
        self.picture = Heatmap("the picture".ljust(SIDE), picture.tolist(), 0, 1)
        self.target = self._map("wanted", wanted)
        others = [index for index in range(len(_NAMES)) if index != kernel]
        tiles = [Heatmap(_NAMES[index].ljust(SIDE), _rows(outputs[:, index], INSIDE)) for index in others]
        self.others = Grid("other kernels on the same picture", tiles, 3)
        self.history: list[tuple[int, float]] = []

    def _map(self, title: str, values: "Tensor") -> Heatmap:
        low = -self.top if self.kernel < 2 else 0.0
        return Heatmap(title.ljust(SIDE), _rows(values, INSIDE), low, self.top)

    def frame(self, step: int, patches: "Tensor", weights: "Tensor") -> Frame:
        import torch

        output = (patches @ weights).cpu()
        learnt = weights.cpu()
        error = or_infinite((output - self.wanted).square().mean().sqrt().item())
        self.history.append((step, error))
        steps, errors = zip(*self.history, strict=True)
        true = torch.tensor(_KERNELS[self.kernel]).flatten()
        metrics = {
            "largest_error_of_a_weight": or_infinite((learnt - true).abs().max().item()),
            "error_of_output": error,
            "sum_of_weights": or_infinite(learnt.sum().item()),
            "slides": step / len(patches),
        }
        pairs = zip(_rows(learnt, 3), _rows(true, 3), strict=True)
        lines = [f"{_written(ours)} " + " ".join(f"{value:4.2g}" for value in theirs) for ours, theirs in pairs]
        return Frame(
            step,
            metrics,
            (
                Grid("a filter slides over a picture", (self.picture, self.target, self._map("learnt", output)), 3),
                self.others,
                Text("learnt weights   the kernel's", lines),
                Curves("error of the output", (Curve("RMS", steps, errors),)),
            ),
        )


def _picture(dice: "Generator") -> "Tensor":
    """A bright digit on dark ground, with a little noise: 14 × 14, from 0 to 1."""
    import torch

    ink, _ = digits(1, dice, 0)
    clean = torch.full((SIDE, SIDE), 0.1)
    clean[1:-1, 1:-1] += 0.8 * ink[0]
    return (clean + NOISE * torch.randn(SIDE, SIDE, generator=dice)).clamp(0, 1)


def _rows(values: "Tensor", side: int) -> list[list[float]]:
    rows: list[list[float]] = values.reshape(side, side).tolist()
    return rows


def _written(row: list[float]) -> str:
    return " ".join(f"{round(value, 2) + 0:5.2f}" if abs(value) < 10 else "    -" for value in row)
