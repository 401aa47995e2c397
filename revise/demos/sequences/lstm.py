"""An LSTM and a plain RNN keep one bit: the LSTM holds it, the RNN guesses."""

from collections.abc import Iterator
from statistics import fmean
from typing import TYPE_CHECKING

from revise.demos._adam import Adam
from revise.demos._device import begin
from revise.demos._recurrent import (
    LEAST,
    bits_to_remember,
    cell,
    clipped,
    gradient_norms,
    lstm,
    power,
    ratio,
    read,
    readout,
    rnn,
)
from revise.frame import Curve, Curves, Frame

if TYPE_CHECKING:
    from torch import Tensor

LOOK_AT = "Look at the LSTM's accuracy leaving the RNN's, and at the gates f, i, o of the unit that keeps the bit."
SEEN = (
    "Along the direct path of c_t = f c_{t-1} + i g a step back multiplies the gradient by the forget gate f, near 1; "
    "the RNN's vanishes. While the bit is kept, f is near 1 and the input gate i low; the output gate o decides how "
    "much of tanh(c_t) h_t shows."
)
QUESTION = (
    "Which equation of the LSTM lets the gradient survive many steps, and what do the forget, the input and the "
    "output gate do while a bit is kept?"
)
STEPS = 400
KNOBS = {"T": (30, 2, 60), "forget_bias": (3.5, -4.0, 6.0), "lr": (0.005, 0.0005, 0.05)}
WHAT_IF = {
    "T": "steps read before the question, that of the bit included",
    "forget_bias": "the forget gate's bias at the start; the input gate's is minus it",
    "lr": "learning rate of both nets at the start; it falls to 0 over the run",
}
EXPECT = {
    "LSTM_accuracy": (0.95, 1),
    "RNN_accuracy": (0.35, 0.65),
    "LSTM_gradient_ratio": (0.1, None),
    "RNN_gradient_ratio": (0, 1e-4),
    "forget_gate": (0.95, 1),
    "input_gate": (0, 0.3),
}

UNITS, BATCH, TESTED = 16, 32, 256
NOISE = 0.5  # standard deviation of the inputs after the bit
CLIP = 1.0
FRAME_EVERY = 4


def run(seed: int, steps: int, device: str, *, T: int, forget_bias: float, lr: float) -> Iterator[Frame]:
    """Yield a frame before the first step, every 4 steps and after the last.

    Both nets have 16 units, start with weights of the same range, read the same sequences and are trained by Adam
    alike. The metrics: the share of 256 bits told right after T steps (guessing: 0.5); the norm of the loss's gradient
    at step 1 over that at step T (with respect to c for the LSTM, h for the RNN); the mean forget and input gate, from
    step 2, of the unit that keeps the bit. At the start the LSTM's ratio is about the product of the forget gates;
    trained as set here it is above 1, which f < 1 alone can't give: the paths through h and the gates add to it.

    The biases: Tallec & Ollivier 2018 draw the forget gate's as ln U(1, T - 1), here ln 29 = 3.4 at most, and take
    minus that for the input gate's. (Jozefowicz, Zaremba & Sutskever 2015, abstract, add 1 to the forget gate's.)
    """
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits

    place, dice = begin(device, seed)
    gated = cell(2, UNITS, dice, place, gates=4)
    gated[2].detach()[..., :UNITS] = -forget_bias
    gated[2].detach()[..., UNITS : 2 * UNITS] = forget_bias
    nets = {"LSTM": gated, "RNN": cell(2, UNITS, dice, place)}
    for parameters in nets.values():
        parameters += readout(UNITS, 1, dice, place)
    learners = {name: Adam(parameters) for name, parameters in nets.items()}
    watch = _Watch(*(part.to(place) for part in bits_to_remember(T, TESTED, NOISE, dice)))

    yield watch.frame(0, nets)
    for step in range(1, steps + 1):
        x, bits = (part.to(place) for part in bits_to_remember(T, BATCH, NOISE, dice))
        for name, parameters in nets.items():
            states = lstm(parameters, x)[0] if name == "LSTM" else rnn(parameters, x)
            loss = binary_cross_entropy_with_logits(read(parameters, states[-1]).squeeze(-1), bits)
            gradients = torch.autograd.grad(loss, parameters)
            learners[name].step(clipped(gradients, CLIP), lr * (1 - (step - 1) / steps))
        if step % FRAME_EVERY == 0 or step == steps:
            yield watch.frame(step, nets)


class _Watch:
    """What is measured and drawn: always on the same sequences."""

    def __init__(self, x: "Tensor", bits: "Tensor") -> None:
        self.x, self.bits = x, bits
        self.history: list[tuple[int, float, float]] = []

    def frame(self, step: int, nets: "dict[str, list[Tensor]]") -> Frame:
        hidden, cells, gates = lstm(nets["LSTM"], self.x)
        right, norms = self._judge(nets["LSTM"], hidden[-1], cells)
        states = rnn(nets["RNN"], self.x)
        right_rnn, norms_rnn = self._judge(nets["RNN"], states[-1], states)
        self.history.append((step, right, right_rnn))
        opened, ones, zeros = _keeper(cells, gates, self.bits)
        return Frame(
            step,
            {
                "LSTM_accuracy": right,
                "RNN_accuracy": right_rnn,
                "LSTM_gradient_ratio": ratio(norms),
                "RNN_gradient_ratio": ratio(norms_rnn),
                "forget_gate": fmean(opened[1][1:]),
                "input_gate": fmean(opened[0][1:]),
            },
            self._pictures(opened, (ones, zeros), (norms, norms_rnn)),
        )

    def _judge(self, parameters: "list[Tensor]", last: "Tensor", states: "list[Tensor]") -> tuple[float, list[float]]:
        """The share of bits told right, and the norm of the loss's gradient with respect to each step's state."""
        from torch.nn.functional import binary_cross_entropy_with_logits

        logits = read(parameters, last).squeeze(-1)
        norms = gradient_norms(binary_cross_entropy_with_logits(logits, self.bits), states)
        right = ((logits > 0) == (self.bits > 0.5)).cpu().double().mean().item()
        return right, [net for (net,) in norms]

    def _pictures(
        self, opened: list[list[float]], kept: tuple[list[float], ...], norms: tuple[list[float], ...]
    ) -> tuple[Curves, ...]:
        ticks = [float(t) for t in range(1, len(self.x) + 1)]
        steps, right, right_rnn = zip(*self.history, strict=True)
        ends = (1, len(self.x))
        names = ("i", "f", "o")
        lines = [Curve(name, ticks, gate) for name, gate in zip(names, opened, strict=True)]
        return (
            Curves("accuracy", (Curve("LSTM", steps, right), Curve("RNN", steps, right_rnn)), None, (0, 1)),
            Curves("gates at t", (lines[1], lines[0], lines[2]), ends, (0, 1)),
            Curves(
                "log10 grad. ratio",
                [
                    Curve(name, ticks, [power(ratio((norm, row[-1]))) for norm in row])
                    for name, row in zip(("LSTM", "RNN"), norms, strict=True)
                ],
                ends,
                (LEAST, 2),
            ),
            Curves(
                "cell c_t", [Curve(name, ticks, row) for name, row in zip(("bit 1", "bit 0"), kept, strict=True)], ends
            ),
        )


def _keeper(
    cells: "list[Tensor]", gates: "list[Tensor]", bits: "Tensor"
) -> tuple[list[list[float]], list[float], list[float]]:
    """The unit whose cell tells the bits apart best, at its worst step: its mean gates i, f, o; c for 1, for 0."""
    import torch

    kept, opened = torch.stack(cells)[:, 0].detach(), torch.stack(gates)[:, 0].detach().mean(1)
    ones, zeros = kept[:, bits[0] > 0.5], kept[:, bits[0] < 0.5]
    apart = (ones.mean(1) - zeros.mean(1)).abs() / (ones.std(1) + zeros.std(1) + 1e-6)
    unit = int(apart.amin(0).argmax())
    return opened[:, unit::UNITS].T.tolist(), ones.mean(1)[:, unit].tolist(), zeros.mean(1)[:, unit].tolist()
