"""Layers of sequences in Torch, from linear maps: channels first, as in the rest of the second opinion."""

from typing import TYPE_CHECKING

from revise.network import Layer

if TYPE_CHECKING:
    import torch

SEQUENCES = frozenset(["embedding", "rnn", "attention", "last"])


def sequence(layer: Layer, tensor: "torch.Tensor") -> "torch.nn.Module":
    """A module whose weights, shape and matrix products are the layer's."""
    import torch
    from torch import nn

    features = tensor.shape[1]

    class Embedding(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.table = nn.Embedding(layer.rows, layer.out, device="meta")

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            rows: torch.Tensor = self.table(x.long())
            return rows.movedim(2, 1)

    class Recurrent(nn.Module):
        """Gates stacked in one matrix from the input and one from the state, for each direction."""

        def __init__(self) -> None:
            super().__init__()
            tall = layer.gates * layer.out
            pairs = [
                (
                    nn.Linear(features, tall, layer.biases > 0, device="meta"),
                    nn.Linear(layer.out, tall, layer.biases > 1, device="meta"),
                )
                for _ in range(layer.directions)
            ]
            self.pairs = nn.ModuleList(each for pair in pairs for each in pair)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            steps = x.movedim(1, 2)
            ways = []
            for inner, state in zip(self.pairs[::2], self.pairs[1::2], strict=True):
                gates = inner(steps) + state(torch.empty(1, steps.shape[1], layer.out, device="meta"))
                ways.append(gates[..., : layer.out])
            out = torch.cat(ways, 2).movedim(2, 1)
            return out[..., -1] if layer.steps == "last" else out

    class Attention(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.query, self.key, self.value = (
                nn.Linear(features, layer.inner, layer.bias, device="meta") for _ in range(3)
            )
            self.out = nn.Linear(layer.inner, features, layer.bias, device="meta")

        def forward(self, x: torch.Tensor, seen: torch.Tensor | None = None) -> torch.Tensor:
            here, there = (each.movedim(1, 2) for each in (x, x if seen is None else seen))
            scores = self.query(here) @ self.key(there).movedim(1, 2)
            mixed: torch.Tensor = self.out(scores @ self.value(there))
            return mixed.movedim(2, 1)

    class Last(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            step = x[..., -1]
            return step if layer.out is None else step[:, : layer.out]

    return {"embedding": Embedding, "rnn": Recurrent, "attention": Attention, "last": Last}[layer.kind]()
