"""An LSTM and a plain RNN keep one bit: the LSTM holds it, the RNN guesses."""

from collections.abc import Iterator
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

LOOK_AT = "Look at the LSTM's accuracy leaving the RNN's, and at the forget gate of the unit that keeps the bit."
SEEN = (
    "The RNN's gradient is gone before it reaches the step that showed the bit; the LSTM's survives along its "
    "cell, where a step back multiplies by the forget gate, near 1; so its cell ends far apart for bit 0 and bit 1."
)
QUESTION = (
    "Which equation of the LSTM lets the gradient survive many steps, and what do the forget, the input and the "
    "output gate do while a bit is being kept?"
)
STEPS = 400
KNOBS = {
    "T": (30, 2, 60),  # steps read before the question, that of the bit included
    "forget_bias": (2.0, -4.0, 6.0),  # the forget gate's bias at the start
    "noise": (0.5, 0.0, 3.0),  # standard deviation of the inputs after the bit
}
EXPECT = {
    "LSTM_accuracy": (0.95, 1),
    "RNN_accuracy": (0.35, 0.65),
    "LSTM_gradient_ratio": (0.001, None),
    "RNN_gradient_ratio": (0, 1e-4),
}

UNITS, BATCH, TESTED = 16, 32, 256
LR = {"LSTM": 0.005, "RNN": 0.003}  # fall in a straight line to 0 over the run
CLIP = 1.0
GAIN = 0.6  # the RNN's W_hh at the start, as in the demo rnn
FRAME_EVERY = 4


def run(seed: int, steps: int, device: str, *, T: int, forget_bias: float, noise: float) -> Iterator[Frame]:
    """Yield a frame before the first step, every 4 steps and after the last.

    Both nets have 16 units, read the same sequences and are trained by Adam. The metrics: the share of 256 bits
    told right after T steps (guessing: 0.5); the norm of the loss's gradient at step 1 over that at step T (with
    respect to c for the LSTM, h for the RNN); the mean forget gate, from step 2, of the unit that keeps the bit.

    A forget gate that starts open: Jozefowicz, Zaremba & Sutskever 2015 (abstract) add 1 to its bias.
    """
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits

    place, dice = begin(device, seed)
    gated = cell(2, UNITS, dice, place, gates=4)
    gated[2].detach()[..., UNITS : 2 * UNITS] = forget_bias
    nets = {"LSTM": gated, "RNN": cell(2, UNITS, dice, place, gain=GAIN)}
    for parameters in nets.values():
        parameters += readout(UNITS, 1, dice, place)
    learners = {name: Adam(parameters) for name, parameters in nets.items()}
    watch = _Watch(*(part.to(place) for part in bits_to_remember(T, TESTED, noise, dice)))

    yield watch.frame(0, nets)
    for step in range(1, steps + 1):
        x, bits = (part.to(place) for part in bits_to_remember(T, BATCH, noise, dice))
        for name, parameters in nets.items():
            states = lstm(parameters, x)[0] if name == "LSTM" else rnn(parameters, x)
            loss = binary_cross_entropy_with_logits(read(parameters, states[-1]).squeeze(-1), bits)
            learners[name].step(
                clipped(torch.autograd.grad(loss, parameters), CLIP), LR[name] * (1 - (step - 1) / steps)
            )
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
        forget = opened[1]
        return Frame(
            step,
            {
                "LSTM_accuracy": right,
                "RNN_accuracy": right_rnn,
                "LSTM_gradient_ratio": ratio(norms),
                "RNN_gradient_ratio": ratio(norms_rnn),
                "forget_gate": sum(forget[1:]) / (len(forget) - 1),
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
        names = ("input", "forget", "output")
        lines = [Curve(name, ticks, gate) for name, gate in zip(names, opened, strict=True)]
        return (
            Curves("accuracy", (Curve("LSTM", steps, right), Curve("RNN", steps, right_rnn)), None, (0, 1)),
            Curves("gates", (lines[1], lines[0], lines[2]), ends, (0, 1)),
            Curves(
                "log10 gradient",
                [Curve(name, ticks, [power(n) for n in row]) for name, row in zip(("LSTM", "RNN"), norms, strict=True)],
                ends,
                (LEAST, 0),
            ),
            Curves(
                "cell c", [Curve(name, ticks, row) for name, row in zip(("bit 1", "bit 0"), kept, strict=True)], ends
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
