"""Sigmoids starve the first layers of gradient; ReLUs and shortcuts do not."""

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from revise.demos._device import begin
from revise.demos._digits import SIDE, digits
from revise.demos._layers import dense, descend
from revise.frame import Bars, Curve, Curves, Frame

if TYPE_CHECKING:
    from torch import Tensor

LOOK_AT = (
    "Look at the size of the gradient in each layer, from the first (left) to the last, in three nets of one depth."
)
SEEN = (
    "In the sigmoid net the gradient shrinks by a steady factor from layer to layer towards the input, and its loss "
    "stays at ln 10 = 2.303, a guess among ten digits; ReLUs, and ReLUs with shortcuts, pass it on and learn."
)
QUESTION = (
    "Why does the gradient vanish in a deep net of sigmoids, at what rate per layer, and how do ReLU, "
    "a good initialisation and residual connections help?"
)
STEPS = 280
KNOBS = {
    "depth": (20, 2, 40),  # hidden layers
    "gain": (
        1.0,
        0.2,
        3.0,
    ),  # times the spread of Xavier's (sigmoid) and He's (ReLU) weights; 0.6, 1.5: plain ReLU vanishes, explodes
    "lr": (0.08, 1e-4, 1.0),  # falls in a straight line to 0 over the run
}
EXPECT = {
    "sigmoid_ratio": (0, 1e-6),
    "relu_ratio": (0.2, 10),
    "residual_ratio": (0.5, 2),
    "sigmoid_loss": (2.2, None),
    "relu_loss": (0, 0.9),
    "residual_loss": (0, 0.9),
}

NAMES = "sigmoid", "relu", "residual"
LABELS = "sigmoid", "ReLU", "residual"
WIDTH, CLASSES = 96, 10
POINTS, BATCH = 400, 64
FRAME_EVERY = 2


def run(seed: int, steps: int, device: str, *, depth: int, gain: float, lr: float) -> Iterator[Frame]:
    """Yield a frame before the first step, every 2 steps and after the last.

    Three nets from the same normal draws learn from the same batches by plain SGD. The metrics, of each net: the norm
    of the gradient at the first hidden layer's output over that at the last one's, both averaged over the batches so
    far; and the loss on all the training digits, in nats. The factor in a layer is that ratio's (depth - 1)-th root.
    """
    import torch
    from torch.nn.functional import cross_entropy

    place, dice = begin(device, seed)
    pictures, labels = digits(POINTS, dice)
    x, y = (pictures.flatten(1) - 0.2).to(place), labels.to(place)
    xavier = dense((SIDE * SIDE, *[WIDTH] * depth, CLASSES), dice, place, gain)
    # Var[w] = 1/fan-in for equal fans (Glorot & Bengio 2010) and 2/fan-in for ReLU (He et al. 2015); biases are 0.
    he = [(parameter.detach() * math.sqrt(2)).requires_grad_() for parameter in xavier]
    nets = xavier, he, [parameter.detach().clone().requires_grad_() for parameter in he]
    watch = _Watch(x, y, depth)
    for step in range(steps + 1):
        batch = torch.randint(POINTS, (BATCH,), generator=dice).to(place)
        gradients = []
        for net, name in zip(nets, NAMES, strict=True):
            logits, outputs = _forward(net, x[batch], name)
            gradients.append(torch.autograd.grad(cross_entropy(logits, y[batch]), [*net, *outputs]))
        watch.add([gradient[-depth:] for gradient in gradients])
        if step % FRAME_EVERY == 0 or step == steps:
            yield watch.frame(step, nets)
        for net, gradient in zip(nets, gradients, strict=True):
            descend(net, gradient[:-depth], lr * (1 - step / max(1, steps)))


def _forward(net: "Sequence[Tensor]", x: "Tensor", name: str) -> "tuple[Tensor, list[Tensor]]":
    """The logits, and every hidden layer's output."""
    import torch

    act = torch.sigmoid if name == "sigmoid" else torch.relu
    w, b, *inner, last, shift = net
    outputs = [act(torch.addmm(b, x, w))]
    for weight, bias in zip(inner[::2], inner[1::2], strict=True):
        change = act(torch.addmm(bias, outputs[-1], weight))
        # A sum makes the signal grow in every layer: each change is scaled down by their number.
        outputs.append(outputs[-1] + change * (2 / len(inner)) if name == "residual" else change)
    return torch.addmm(shift, outputs[-1], last), outputs


class _Watch:
    """The norms, gathered over the batches, and what is drawn; one row for each net."""

    def __init__(self, x: "Tensor", y: "Tensor", depth: int) -> None:
        self.x, self.y, self.depth = x, y, depth
        self.count = 0
        self.ends = [[0.0, 0.0] for _ in NAMES]
        self.norms = [[0.0] * depth for _ in NAMES]
        self.history: list[tuple[float, ...]] = []

    def add(self, gradients: "Sequence[Sequence[Tensor]]") -> None:
        self.norms = [_norms(net) for net in gradients]
        for ends, norms in zip(self.ends, self.norms, strict=True):
            ends[0] += norms[0]
            ends[1] += norms[-1]

    def frame(self, step: int, nets: "Sequence[Sequence[Tensor]]") -> Frame:
        import torch
        from torch.nn.functional import cross_entropy

        with torch.no_grad():
            logits = [_forward(net, self.x, name)[0] for net, name in zip(nets, NAMES, strict=True)]
        losses = [cross_entropy(answers, self.y).item() for answers in logits]
        self.history.append((step, *losses))
        ratios = [first / last if last else math.nan for first, last in self.ends]
        metrics = {f"{name}_ratio": ratio for name, ratio in zip(NAMES, ratios, strict=True)}
        metrics |= {f"{name}_loss": loss for name, loss in zip(NAMES, losses, strict=True)}
        factors = [ratio ** (1 / (self.depth - 1)) for ratio in ratios]
        steps, *rows = zip(*self.history, strict=True)
        layers = range(1, self.depth + 1)
        logs = [[_log(norm) for norm in norms] for norms in self.norms]
        pictures = (
            _three("log grad", layers, logs, (-16, 2)),
            _three("loss", steps, rows, (0, 3)),
            Bars("gradient's factor in a layer", LABELS, factors, 0, 1.5),
        )
        return Frame(step, metrics, pictures)


def _norms(gradients: "Sequence[Tensor]") -> list[float]:
    """The norms; in double precision on the CPU, since squares below 1e-38 would be 0."""
    return [gradient.cpu().double().norm().item() for gradient in gradients]


def _three(title: str, x: Sequence[float], rows: Sequence[Sequence[float]], ends: tuple[float, float]) -> Curves:
    return Curves(
        title,
        [Curve(label, x, row) for label, row in zip(("sigmoid", "ReLU", "resid."), rows, strict=True)],
        None,
        ends,
    )


def _log(value: float) -> float:
    return math.log10(value) if 0 < value < math.inf else math.nan
