"""The update rules that race: each turns a slope into what is subtracted, for a learning rate of 1."""

from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from torch import Tensor

Memory: TypeAlias = dict[str, Any]  # what a rule remembers; everything starts at 0
BETA = 0.9


def sgd(g: "Tensor", memory: Memory) -> "Tensor":
    return g


def momentum(g: "Tensor", memory: Memory, beta: float = BETA) -> "Tensor":
    """The rate outside the velocity, as in PyTorch."""
    velocity: Tensor = beta * memory["v"] + g
    memory["v"] = velocity
    return velocity


def nesterov(g: "Tensor", memory: Memory, beta: float = BETA) -> "Tensor":
    """In the shifted variable: the point is the look-ahead point, so the slope is taken there."""
    memory["v"] = beta * memory["v"] + g
    move: Tensor = g + beta * memory["v"]
    return move


def adagrad(g: "Tensor", memory: Memory) -> "Tensor":
    """Duchi, Hazan & Singer 2011; epsilon outside the root, here and below."""
    memory["s"] = memory["s"] + g**2
    move: Tensor = g / (memory["s"].sqrt() + 1e-8)
    return move


def rmsprop(g: "Tensor", memory: Memory) -> "Tensor":
    """Hinton, Neural Networks for Machine Learning, lecture 6e: decay 0.9 (PyTorch's default is 0.99)."""
    memory["s"] = 0.9 * memory["s"] + 0.1 * g**2
    move: Tensor = g / (memory["s"].sqrt() + 1e-8)
    return move


def adam(g: "Tensor", memory: Memory) -> "Tensor":
    """Kingma & Ba 2015, algorithm 1, with its decays."""
    memory["t"] += 1
    memory["m"] = 0.9 * memory["m"] + 0.1 * g
    memory["s"] = 0.999 * memory["s"] + 0.001 * g**2
    mean, square = memory["m"] / (1 - 0.9 ** memory["t"]), memory["s"] / (1 - 0.999 ** memory["t"])
    move: Tensor = mean / (square.sqrt() + 1e-8)
    return move


def newton(g: "Tensor", hessian: "Tensor") -> "Tensor":
    """H⁻¹g by Cramer's rule: a singular H gives infinity, not an error."""
    import torch

    (a, b), (c, d) = hessian
    move: Tensor = torch.stack([d * g[0] - b * g[1], a * g[1] - c * g[0]]) / (a * d - b * c)
    return move
