"""Four plain RNNs keep a bit for 5 to 30 steps: those asked late never learn it."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from revise.demos._device import begin
from revise.demos._layers import descend
from revise.demos._recurrent import (
    LEAST,
    bits_to_remember,
    cell,
    clipped,
    gradient_norms,
    power,
    ratio,
    read,
    readout,
    rnn,
)
from revise.frame import Bars, Curve, Curves, Frame

if TYPE_CHECKING:
    from torch import Tensor

LOOK_AT = "Look at the gradient step by step: the further back from the loss, the smaller; then at who learns."
SEEN = (
    "The gradient shrinks at each step back, to at most σ^(T-t) of its size at step T (the bound), as W_hh's largest "
    "singular value σ is below 1: asked after 10 steps the bit is learnt, after 30 it is guessed. Clipping only "
    "shortens a gradient that explodes; it brings back none that has vanished."
)
QUESTION = (
    "Why does a plain RNN not learn long dependencies, what has the largest singular value of W_hh to do with it, "
    "and against which of the two faults does clipping help?"
)
STEPS = 1000
KNOBS = {"gain": (0.6, 0.1, 2.0), "noise": (0.5, 0.0, 3.0), "clip": (1.0, 0.01, 1000.0)}
WHAT_IF = {
    "gain": "every singular value of W_hh at the start",
    "noise": "standard deviation of the inputs after the bit",
    "clip": "the largest norm a gradient may have",
}
EXPECT = {
    "accuracy_5_steps": (0.95, 1),
    "accuracy_10_steps": (0.95, 1),
    "accuracy_30_steps": (0.35, 0.65),
    "gradient_ratio": (0, 1e-4),
    "largest_singular_value": (0, 0.95),
}

SPANS = (5, 10, 20, 30)  # one net for each: how many steps it reads before it is asked
LONGEST = SPANS[-1]
UNITS, BATCH, TESTED = 16, 32, 256
LR = 0.3
FRAME_EVERY = 10


def run(seed: int, steps: int, device: str, *, gain: float, noise: float, clip: float) -> Iterator[Frame]:
    """Yield a frame before the first step, every 10 steps and after the last.

    The task is latching (Bengio, Simard & Frasconi 1994, section II): a bit is shown at step 1, noise follows. The
    metrics: the share of 256 bits told right after 5, 10 and 30 steps (guessing: 0.5); for the net with 30, the
    norm of dL/dh at step 1 over that at step 30, and the largest singular value of W_hh.
    """
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits

    place, dice = begin(device, seed)
    recurrent = cell(2, UNITS, dice, place, gain=gain, nets=len(SPANS))
    parameters = [*recurrent, *readout(UNITS, 1, dice, place, len(SPANS))]
    tests, answers = (part.to(place) for part in bits_to_remember(LONGEST, TESTED, noise, dice, len(SPANS)))

    def loss(x: "Tensor", bits: "Tensor") -> "tuple[Tensor, list[Tensor], Tensor]":
        """The sum of the nets' losses, every state, and the logits (nets × batch), each net's after its span."""
        states = rnn(parameters, x)
        asked = torch.stack([states[span - 1][net] for net, span in enumerate(SPANS)])
        logits = read(parameters, asked).squeeze(-1)
        return binary_cross_entropy_with_logits(logits, bits, reduction="none").mean(1).sum(), states, logits

    history: list[tuple[int, list[float]]] = []

    def frame(step: int) -> Frame:
        total, states, logits = loss(tests, answers)
        norms = [nets[-1] for nets in gradient_norms(total, states)]
        right = ((logits > 0) == (answers > 0.5)).cpu().double().mean(1).tolist()
        history.append((step, right))
        return _frame(step, right, norms, _largest(parameters[1][-1]), history)

    yield frame(0)
    for step in range(1, steps + 1):
        x, bits = (part.to(place) for part in bits_to_remember(LONGEST, BATCH, noise, dice, len(SPANS)))
        descend(parameters, clipped(torch.autograd.grad(loss(x, bits)[0], parameters), clip), LR)
        if step % FRAME_EVERY == 0 or step == steps:
            yield frame(step)


def _largest(matrix: "Tensor") -> float:
    """The largest singular value; not a number where an entry is none."""
    import torch

    here = matrix.detach().cpu()
    return float(torch.linalg.svdvals(here)[0]) if bool(here.isfinite().all()) else math.nan


def _frame(
    step: int, right: list[float], norms: list[float], sigma: float, history: list[tuple[int, list[float]]]
) -> Frame:
    bound = [power(norms[-1]) + (LONGEST - t) * power(sigma) for t in range(1, LONGEST + 1)]
    ticks = [float(t) for t in range(1, LONGEST + 1)]
    counted = [float(at) for at, _ in history]
    return Frame(
        step,
        {f"accuracy_{span}_steps": right[SPANS.index(span)] for span in (5, 10, 30)}
        | {"gradient_ratio": ratio(norms), "largest_singular_value": sigma},
        (
            Curves(
                "log10 |dL/dh_t|",
                (
                    Curve("T=30", ticks, [power(norm) for norm in norms]),
                    Curve("bound", ticks, [min(bounded, 1.0) for bounded in bound]),
                ),
                (1, LONGEST),
                (LEAST, 1),
            ),
            Bars("accuracy by steps read", [f"T={span}" for span in SPANS], right, 0, 1),
            Curves(
                "accuracy",
                [Curve(f"T={span}", counted, [each[SPANS.index(span)] for _, each in history]) for span in (10, 30)],
                None,
                (0, 1),
            ),
        ),
    )
