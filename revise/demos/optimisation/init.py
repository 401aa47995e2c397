"""Initialisation: too small starves the layers, too large saturates them."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from revise.demos._device import begin
from revise.demos._digits import SIDE, rows_of_digits
from revise.demos._layers import accuracy, dense, descend
from revise.demos._overflow import log10_or_gap, or_infinite
from revise.frame import Bars, Curve, Curves, Frame, Grid

if TYPE_CHECKING:
    from torch import Tensor

LOOK_AT = (
    "Look at the histograms of the activations, layer by layer from left to right, for three sizes of weights, and at "
    "the gradient of each layer's activations."
)
SEEN = (
    "Drawn too small, activations die on their way forwards and gradients on their way back, and nothing is learnt. "
    "Too large, most units sit at the ends of tanh, where its slope is nearly 0, and the large weights blow up what "
    "comes back through the few others. Xavier's size, Var[w] = 1/fan-in for equal fans, keeps both and learns best; "
    "He's is twice that, as ReLU drops half."
)
QUESTION = (
    "What happens to activations and gradients when weights start too small or too large, and how do the "
    "initialisations of Xavier and He follow from keeping the variance?"
)
STEPS = 240
KNOBS = {"small": (0.2, 0.01, 1.0), "large": (6.0, 1.0, 10.0), "relu": (0, 0, 1), "lr": (0.05, 1e-4, 1.0)}
WHAT_IF = {
    "small": "the small weights' standard deviation, times the rule's",
    "large": "the large weights' standard deviation, times the rule's",
    "relu": "1: ReLU and He's rule; too large then does not saturate, it explodes",
    "lr": "learning rate; none saves the small or the large weights; with 1 Xavier's saturate too",
}
EXPECT = {
    "small_spread": (0, 0.03),
    "rule_spread": (0.3, 0.85),
    "large_saturated": (0.5, 1),
    "small_gradient": (0, 0.01),
    "rule_gradient": (0.2, 2),
    "large_gradient": (8, None),
    "small_accuracy": (0, 0.3),
    "rule_accuracy": (0.85, 1),
    "large_accuracy": (0, 0.6),
}

NAMES = "small", "rule", "large"
LAYERS, WIDTH, CLASSES = 5, 64, 10
POINTS, FRESH, BATCH = 400, 500, 64
BINS = 7
SATURATED = 0.95
FRAME_EVERY = 2


def run(seed: int, steps: int, device: str, *, small: float, large: float, relu: int, lr: float) -> Iterator[Frame]:
    """Yield a frame before the first step, every 2 steps and after the last.

    Three nets that differ in the size of their first weights only learn digits from the same batches. The metrics, on
    500 new digits: the root mean square of the last hidden layer's activations with too small weights and with the
    rule's, and the share of those above 0.95 in size with too large ones (none of ReLU's); at the start, each net's
    gradient by the first hidden layer's activations over that by the last's; its accuracy.
    With more steps (1000) the net with too large weights fits its training digits, but reads only half of the new ones.
    """
    import torch
    from torch.nn.functional import cross_entropy

    place, dice = begin(device, seed)
    x, y = rows_of_digits(POINTS + FRESH, dice, place)
    x = x / x.square().mean().sqrt()
    new, (x, y) = (x[POINTS:], y[POINTS:]), (x[:POINTS], y[:POINTS])
    # Var[w] = 1/fan-in for tanh: Xavier's 2/(fan-in + fan-out) where the fans are equal (Glorot & Bengio 2010,
    # equation 12); 2/fan-in for ReLU (He et al. 2015, equation 10). Biases are 0.
    drawn = dense((SIDE * SIDE, *[WIDTH] * LAYERS, CLASSES), dice, place, 2**0.5 if relu else 1.0)
    nets = [[(parameter.detach() * size).requires_grad_() for parameter in drawn] for size in (small, 1.0, large)]
    watch = _Watch(*new, bool(relu))
    yield watch.frame(0, nets)
    for step in range(1, steps + 1):
        batch = torch.randint(POINTS, (BATCH,), generator=dice).to(place)
        for net in nets:
            loss = cross_entropy(_layers(net, x[batch], bool(relu))[-1], y[batch])
            descend(net, torch.autograd.grad(loss, net), lr)
        if step % FRAME_EVERY == 0 or step == steps:
            yield watch.frame(step, nets)


def _layers(net: "Sequence[Tensor]", x: "Tensor", relu: bool) -> "list[Tensor]":
    """Every hidden layer's activations, and last the logits."""
    import torch

    *hidden, weight, bias = net
    outputs = [x]
    for inner, shift in zip(hidden[::2], hidden[1::2], strict=True):
        z = torch.addmm(shift, outputs[-1], inner)
        outputs.append(torch.relu(z) if relu else torch.tanh(z))
    return [*outputs[1:], torch.addmm(bias, outputs[-1], weight)]


class _Watch:
    """What is measured and drawn, on the new digits."""

    def __init__(self, x: "Tensor", y: "Tensor", relu: bool) -> None:
        self.x, self.y, self.relu = x, y, relu
        self.ratios: list[float] = []

    def frame(self, step: int, nets: "Sequence[Sequence[Tensor]]") -> Frame:
        norms = [self._gradients(net) for net in nets]
        self.ratios = self.ratios or [first / last for first, *_, last in norms]
        outputs = [[units.detach() for units in _layers(net, self.x, self.relu)] for net in nets]
        scores = [accuracy(layers[-1], self.y) for layers in outputs]
        small, rule, large = (layers[-2] for layers in outputs)
        saturated = 0.0 if self.relu else (large.abs() > SATURATED).float().mean().item()
        metrics = {"small_spread": _rms(small), "rule_spread": _rms(rule), "large_saturated": saturated}
        metrics |= {f"{name}_gradient": ratio for name, ratio in zip(NAMES, self.ratios, strict=True)}
        metrics |= {f"{name}_accuracy": score for name, score in zip(NAMES, scores, strict=True)}
        titles = "small", "He" if self.relu else "Xavier", "large"
        tiles = [
            self._histogram(f"{title}{place}", units)
            for title, layers in zip(titles, outputs, strict=True)
            for place, units in enumerate(layers[:-1], 1)
        ]
        logs = [
            Curve(title, range(1, LAYERS + 1), [log10_or_gap(norm) for norm in row])
            for title, row in zip(titles, norms, strict=True)
        ]
        ends = "0 to 3" if self.relu else "-1 to 1"
        grid = Grid(f"activations from {ends}", tiles, LAYERS)
        return Frame(step, metrics, (grid, Curves("log10 gradient", logs, None, (-6, 2))))

    def _gradients(self, net: "Sequence[Tensor]") -> list[float]:
        """The norm of the gradient by each hidden layer's activations."""
        import torch
        from torch.nn.functional import cross_entropy

        outputs = _layers(net, self.x, self.relu)
        gradients = torch.autograd.grad(cross_entropy(outputs[-1], self.y), outputs[:-1])
        return [gradient.cpu().double().norm().item() for gradient in gradients]

    def _histogram(self, title: str, units: "Tensor") -> Bars:
        """A bar's height is the root of its share, so that few units are seen too; the ends take what lies outside."""
        import torch

        low, high = (0.0, 3.0) if self.relu else (-1.0, 1.0)
        counts = torch.histc(units.float().cpu().nan_to_num(high).clamp(low, high), BINS, low, high)
        return Bars(title, [""] * BINS, (counts / units.numel()).sqrt().tolist(), 0, 1)


def _rms(units: "Tensor") -> float:
    """The root mean square, infinite where the units have overflowed."""
    return or_infinite(units.square().mean().sqrt().item())
