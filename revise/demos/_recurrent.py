"""Recurrent nets by hand: an RNN and an LSTM unrolled over time, the bit they have to remember, clipping."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Generator, Tensor, device

LEAST = -12.0  # the least power of ten drawn


def cell(
    inputs: int, units: int, dice: "Generator", place: "device", *, gates: int = 1, gain: float = 0.0, nets: int = 1
) -> "list[Tensor]":
    """W_x (nets × inputs × gates·units), W_h (nets × units × gates·units) and b (nets × 1 × gates·units).

    Weights are uniform within ±1/√units, as PyTorch starts its recurrent layers, and biases 0. With a `gain` W_h is
    orthogonal times it instead: all its singular values are `gain`.
    """
    import torch

    def draw(rows: int) -> "Tensor":
        return (torch.rand(nets, rows, gates * units, generator=dice) * 2 - 1) / math.sqrt(units)

    w_x, w_h = draw(inputs), draw(units)
    if gain:
        w_h = gain * torch.linalg.qr(torch.randn(nets, units, units, generator=dice))[0]
    return [w.to(place).requires_grad_() for w in (w_x, w_h, torch.zeros(nets, 1, gates * units))]


def readout(units: int, outputs: int, dice: "Generator", place: "device", nets: int = 1) -> "list[Tensor]":
    """The output's weights (nets × units × outputs; standard deviation 1/√units) and biases (0)."""
    import torch

    weight = torch.randn(nets, units, outputs, generator=dice) / math.sqrt(units)
    return [w.to(place).requires_grad_() for w in (weight, torch.zeros(nets, 1, outputs))]


def read(parameters: "Sequence[Tensor]", state: "Tensor") -> "Tensor":
    """The logits of a `state` (nets × batch × units); the read-out is the last two of the parameters."""
    import torch

    weight, bias = parameters[-2:]
    return torch.baddbmm(bias, state, weight)


def rnn(parameters: "Sequence[Tensor]", x: "Tensor", h: "Tensor | None" = None) -> "list[Tensor]":
    """`x` (steps × nets × batch × inputs) → the hidden state after each step (nets × batch × units).

    The cell's parameters are the first three. `h` is the state before the first step, 0 unless given.
    """
    import torch

    w_x, w_h, b = parameters[:3]
    states = []
    for sums in (x @ w_x + b).unbind():
        h = torch.tanh(sums if h is None else torch.baddbmm(sums, h, w_h))
        states.append(h)
    return states


def lstm(parameters: "Sequence[Tensor]", x: "Tensor") -> "tuple[list[Tensor], list[Tensor], list[Tensor]]":
    """`x` as in `rnn` → h, c and the gates after each step; the gates i, f, o side by side in one tensor."""
    import torch

    w_x, w_h, b = parameters[:3]
    units = w_h.shape[-2]
    h = c = x.new_zeros(x.shape[1], x.shape[2], units)
    hidden, cells, gates = [], [], []
    for sums in (x @ w_x + b).unbind():
        sums = torch.baddbmm(sums, h, w_h)
        ifo = torch.sigmoid(sums[..., : 3 * units])
        i, f, o = ifo.chunk(3, -1)
        c = f * c + i * torch.tanh(sums[..., 3 * units :])
        h = o * torch.tanh(c)
        hidden.append(h)
        cells.append(c)
        gates.append(ifo)
    return hidden, cells, gates


def bits_to_remember(steps: int, batch: int, noise: float, dice: "Generator", nets: int = 1) -> "tuple[Tensor, Tensor]":
    """Inputs (steps × nets × batch × 2) and the bits, 0 or 1 (nets × batch).

    The first step shows the bit, as −1 or 1, with a 1 beside it; at all others there is noise of the standard
    deviation given, with a 0 beside it.
    """
    import torch

    bits = torch.randint(2, (nets, batch), generator=dice).float()
    x = torch.zeros(steps, nets, batch, 2)
    x[..., 0] = noise * torch.randn(steps, nets, batch, generator=dice)
    x[0] = torch.stack([2 * bits - 1, torch.ones(nets, batch)], -1)
    return x, bits


def clipped(gradients: "Sequence[Tensor]", most: float) -> "list[Tensor]":
    """For each net, the gradients scaled so that the norm of them all is at most `most`."""
    import torch

    squares = torch.stack([gradient.square().sum((1, 2), keepdim=True) for gradient in gradients])
    factor = (most / (squares.sum(0).sqrt() + 1e-12)).clamp(max=1)
    return [gradient * factor for gradient in gradients]


def gradient_norms(loss: "Tensor", states: "Sequence[Tensor]") -> "list[list[float]]":
    """The norm of the loss's gradient with respect to each state, averaged over the batch: steps × nets."""
    import torch

    return torch.stack([slope.norm(dim=-1).mean(-1) for slope in torch.autograd.grad(loss, states)]).tolist()


def power(value: float) -> float:
    """The power of ten that `value` is, LEAST or more; not a number where the value is none."""
    return max(LEAST, math.log10(max(value, 1e-300))) if math.isfinite(value) else math.nan


def ratio(norms: Sequence[float]) -> float:
    """The first over the last; not a number where the last is 0."""
    return norms[0] / norms[-1] if norms[-1] else math.nan
