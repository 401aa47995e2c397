"""A GCN told two members of a karate club finds the side of nearly all others."""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from revise.demos._adam import Adam
from revise.demos._device import begin
from revise.demos._layers import accuracy
from revise.frame import Curve, Curves, Frame, Scatter

if TYPE_CHECKING:
    from torch import Tensor

LOOK_AT = "Look at the 34 members moving in the plane as the two known ones (+) pull their neighbours with them."
SEEN = (
    "Each layer mixes members with their friends (A) and themselves (self-loops), scaled by how many friends they "
    "have (normalisation); 67 of the 78 friendships are within one side, so two labels place nearly all others. The "
    "same net without the edges, an MLP, learns its two labels as well, but can only guess the rest."
)
QUESTION = (
    "What do A H W, the self-loops and the normalisation do in a GCN layer, and why do a few labelled nodes suffice "
    "to classify the others?"
)
STEPS = 200
KNOBS = {"layers": (3, 1, 16), "edges": (1.0, 0.0, 1.0), "matrix": (0, 0, 3)}
WHAT_IF = {
    "layers": "GCN layers before the softmax; the last one's two outputs are drawn",
    "edges": "share of the edges that is kept",
    "matrix": "0: D^(-1/2) (A + I) D^(-1/2), 1: without self-loops, 2: not normalised, 3: neither, just A",
}
EXPECT = {"accuracy": (0.9, None), "without_edges": (None, 0.78), "loss": (0, 0.05), "loss_without": (0, 0.05)}

# Zachary 1977, An information flow model for conflict and fission in small groups, Journal of Anthropological
# Research 33: who was friends with whom outside the club, and whom each followed after the split: 78
# edges. For each member the friends of a higher number.
FRIENDS = {
    1: (2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 18, 20, 22, 32),
    2: (3, 4, 8, 14, 18, 20, 22, 31),
    3: (4, 8, 9, 10, 14, 28, 29, 33),
    4: (8, 13, 14), 5: (7, 11), 6: (7, 11, 17), 7: (17,),
    9: (31, 33, 34), 10: (34,), 14: (34,), 15: (33, 34), 16: (33, 34), 19: (33, 34), 20: (34,), 21: (33, 34),
    23: (33, 34), 24: (26, 28, 30, 33, 34), 25: (26, 28, 32), 26: (32,), 27: (30, 34), 28: (34,), 29: (32, 34),
    30: (33, 34), 31: (33, 34), 32: (33, 34), 33: (34,),
}  # fmt: skip
MEMBERS = 34
WITH_MR_HI = (1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 17, 18, 20, 22)
LABELLED = (1, 34)  # Mr. Hi, the instructor, and the officer he fell out with
WIDTH, LR = 4, 0.01
FRAME_EVERY = 2


def run(seed: int, steps: int, device: str, *, layers: int, edges: float, matrix: int) -> Iterator[Frame]:
    """Yield a frame before the first step, every 2 steps and after the last; the seed draws the weights.

    As Kipf & Welling 2017, appendix A: no features (X = I), tanh, layers of 4, 4 and 2, a softmax on top; but two
    labels, not four. The metrics: the share of the 32 unlabelled members put on their side, by the GCN and by the
    same net without edges; both losses on the two labels; `spread`, how far the members of a club are apart in the
    GCN's plane, as a share of how far the clubs are. The one placed wrongly is member 9, as in Zachary's own model.
    """
    import torch

    place, dice = begin(device, seed)
    sizes = [MEMBERS, *[WIDTH] * (layers - 1), 2, 2]
    start = [torch.randn(n, m, generator=dice) * math.sqrt(2 / (n + m)) for n, m in pairwise(sizes)]
    kept = torch.rand(MEMBERS, MEMBERS, generator=dice) < edges
    nets = [[weight.clone().to(place).requires_grad_() for weight in start] for _ in range(2)]
    mixing = _mixing(_adjacency() * kept, loops=matrix in (0, 2), normalised=matrix in (0, 1))
    graphs = [graph.to(place) for graph in (mixing, torch.eye(MEMBERS))]
    adams = [Adam(net) for net in nets]
    watch = _Watch()
    for step in range(steps + 1):
        planes = [_plane(net, graph) for net, graph in zip(nets, graphs, strict=True)]
        logits = [plane @ net[-1] for plane, net in zip(planes, nets, strict=True)]
        losses = [_loss(rows) for rows in logits]
        if step % FRAME_EVERY == 0 or step == steps:
            yield watch.frame(step, planes, logits, [loss.item() for loss in losses])
        for net, adam, loss in zip(nets, adams, losses, strict=True):
            adam.step(torch.autograd.grad(loss, net), LR)


def _adjacency() -> "Tensor":
    """Its upper triangle."""
    import torch

    a = torch.zeros(MEMBERS, MEMBERS)
    for member, friends in FRIENDS.items():
        for friend in friends:
            a[member - 1, friend - 1] = 1
    return a


def _mixing(upper: "Tensor", loops: bool, normalised: bool) -> "Tensor":
    """D^(-1/2) (A + I) D^(-1/2), D the degrees of A + I; without I or D where they are not wanted."""
    import torch

    a = upper + upper.T + loops * torch.eye(MEMBERS)
    if not normalised:
        return a
    degrees = a.sum(1)
    scale = torch.where(degrees > 0, degrees.clamp(min=1).rsqrt(), 0)
    return scale[:, None] * a * scale


def _plane(net: "Sequence[Tensor]", graph: "Tensor") -> "Tensor":
    """What the last GCN layer makes of X = I: members × 2. In each layer, H ← tanh(Â H W)."""
    import torch

    first, *others, _ = net
    h = torch.tanh(graph @ first)
    for weight in others:
        h = torch.tanh(graph @ h @ weight)
    return h


def _loss(logits: "Tensor") -> "Tensor":
    """Cross-entropy of the two labelled members: 1 belongs to side 0, 34 to side 1."""
    from torch.nn.functional import log_softmax

    one, other = (member - 1 for member in LABELLED)
    logs = log_softmax(logits, 1)
    return 0 - (logs[one, 0] + logs[other, 1]) / 2


class _Watch:
    """What is measured and drawn; on the CPU."""

    def __init__(self) -> None:
        import torch

        self.side = torch.tensor([int(member not in WITH_MR_HI) for member in range(1, MEMBERS + 1)])
        self.unknown = torch.tensor([member not in LABELLED for member in range(1, MEMBERS + 1)])
        self.history: list[tuple[float, ...]] = []

    def frame(self, step: int, planes: "list[Tensor]", logits: "list[Tensor]", losses: list[float]) -> Frame:
        right = [accuracy(rows.cpu()[self.unknown], self.side[self.unknown]) for rows in logits]
        drawn = [plane.detach().cpu() for plane in planes]
        self.history.append((step, *right, *losses))
        metrics = {
            "accuracy": right[0],
            "without_edges": right[1],
            "loss": losses[0],
            "loss_without": losses[1],
            "spread": self._spread(drawn[0]),
        }
        steps, *rows = zip(*self.history, strict=True)
        names = "GCN", "MLP"
        curves = [
            Curves(title, [Curve(name, steps, row) for name, row in zip(names, pair, strict=True)], None, (0, 1))
            for title, pair in (("accuracy", rows[:2]), ("loss", rows[2:]))
        ]
        return Frame(step, metrics, (self._scatter("GCN", drawn[0]), self._scatter("MLP: no edges", drawn[1]), *curves))

    def _spread(self, plane: "Tensor") -> float:
        clubs = [plane[self.side == side] for side in (0, 1)]
        within = sum(float((club - club.mean(0)).norm(dim=1).mean()) for club in clubs) / 2
        between = float((clubs[0].mean(0) - clubs[1].mean(0)).norm())
        return within / between if between else math.inf

    def _scatter(self, name: str, plane: "Tensor") -> Scatter:
        groups = (("Mr. Hi", self.unknown & (self.side == 0)), ("officer", self.unknown & (self.side == 1)))
        curves = [Curve(label, *plane[which].T.tolist()) for label, which in (*groups, ("known", ~self.unknown))]
        return Scatter(name, curves, (-1.05, 1.05), (-1.05, 1.05))
