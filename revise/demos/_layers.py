"""Small networks by hand: parameters in a list, a forward pass over it, one step of SGD."""

import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Generator, Tensor, device


def dense(sizes: Sequence[int], dice: "Generator", place: "device", gain: float = 1.0) -> "list[Tensor]":
    """Weights (inputs × outputs, standard deviation gain/√inputs) and biases (0), in turn; they need a gradient."""
    import torch

    parameters = []
    for rows, columns in itertools.pairwise(sizes):
        weight = torch.randn(rows, columns, generator=dice) * (gain / math.sqrt(rows))
        parameters += [weight, torch.zeros(columns)]
    return [parameter.to(place).requires_grad_() for parameter in parameters]


def forward(parameters: "Sequence[Tensor]", x: "Tensor", activation: "Callable[[Tensor], Tensor]") -> "Tensor":
    """`x` (batch × inputs) → the last layer's output (batch × outputs); `activation` after every layer but the last."""
    import torch

    *hidden, weight, bias = parameters
    for inner, shift in zip(hidden[::2], hidden[1::2], strict=True):
        x = activation(torch.addmm(shift, x, inner))
    return torch.addmm(bias, x, weight)


def descend(parameters: "Iterable[Tensor]", gradients: "Iterable[Tensor]", lr: float) -> None:
    """One step of gradient descent, in place."""
    for parameter, gradient in zip(parameters, gradients, strict=True):
        parameter.detach().sub_(gradient, alpha=lr)


def accuracy(logits: "Tensor", labels: "Tensor") -> float:
    """The share of rows whose largest logit is the label's."""
    return float((logits.argmax(1) == labels).cpu().double().mean())
