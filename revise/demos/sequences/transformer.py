"""A Transformer block sorts digits by self-attention; without positions it fails."""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from revise.demos._adam import Adam
from revise.demos._attended import most_attended
from revise.demos._device import begin
from revise.demos._layers import dense, forward
from revise.frame import Curve, Curves, Frame, Grid, Heatmap, Text

if TYPE_CHECKING:
    from torch import Generator, Tensor, device

LOOK_AT = "Look at the attention, a row for each place written: the first learns to look for small digits."
SEEN = (
    "All places are written at once: the first look for small digits, the last for large ones, wherever these stand. "
    "Without positions the outputs only change places with the tokens, so no place knows its rank."
)
QUESTION = (
    "Write down scaled dot-product attention. What happens to its output when the tokens change places, "
    "and what is a positional encoding for?"
)
STEPS = 1200
KNOBS = {"heads": (1, 1, 4), "positions": (1, 0, 2), "causal": (0, 0, 1)}
WHAT_IF = {
    "heads": "side by side, each a part of the width",
    "positions": "0: none, 1: learned, 2: sinusoidal",
    "causal": "1: a place sees no later one (which tells it a little of where it is)",
}
EXPECT = {
    "accuracy": (0.97, 1),
    "accuracy_without_positions": (0.2, 0.4),
    "first_looks_at": (0, 3),
    "last_looks_at": (6, 9),
}

DIGITS, LENGTH = 10, 8
WIDTH, INNER = 24, 48  # of a token: divides among 1 to 4 heads; of the feed-forward network
BATCH, TESTED, SHOWN = 32, 256, 2
LR = 0.004  # falls in a straight line to 0 over the run
FRAME_EVERY = 12


def run(seed: int, steps: int, device: str, *, heads: int, positions: int, causal: int) -> Iterator[Frame]:
    """Yield a frame before the first step, every 12 steps and after the last.

    Place i has to write the i-th smallest of 8 digits. Two nets alike learn it from the same lists, the second without
    positions. The metrics: the share of digits right in 256 lists, of whole lists right, and of digits right without
    positions (guessing: 1/10); the mean digit that the first and the last place look at, weighted by their attention
    (even attention: 4.5).
    """
    import torch
    from torch.nn.functional import cross_entropy

    place, dice = begin(device, seed)
    nets = [_Block(heads, kind, bool(causal), dice, place) for kind in (positions, 0)]
    learners = [Adam(net.parameters) for net in nets]
    tests = torch.randint(DIGITS, (TESTED, LENGTH), generator=dice)
    tests[1] = tests[0].flip(0)  # shown below each other: the same digits in two orders
    watch = _Watch(tests.to(place))

    yield watch.frame(0, nets)
    for step in range(1, steps + 1):
        x = torch.randint(DIGITS, (BATCH, LENGTH), generator=dice).to(place)
        y = x.sort(1).values
        for net, adam in zip(nets, learners, strict=True):
            loss = cross_entropy(net.write(x)[0].flatten(0, 1), y.flatten())
            adam.step(torch.autograd.grad(loss, net.parameters), LR * (1 - (step - 1) / steps))
        if step % FRAME_EVERY == 0 or step == steps:
            yield watch.frame(step, nets)


class _Block:
    """An encoder block (Vaswani et al. 2017, section 3) between an embedding and a softmax over the digits.

    Layer norm comes before attention and feed-forward network, as in Xiong et al. 2020, here without its gain and bias.
    """

    def __init__(self, heads: int, positions: int, causal: bool, dice: "Generator", place: "device") -> None:
        import torch

        self.heads = heads
        self.embedding = torch.randn(DIGITS, WIDTH, generator=dice).to(place).requires_grad_()
        learned = [torch.randn(LENGTH, WIDTH, generator=dice).to(place).requires_grad_()] if positions == 1 else []
        self.positions = learned[0] if learned else (_sinusoidal() * (positions == 2)).to(place)
        self.qkv, self.mix, self.inner, self.out = (
            dense(sizes, dice, place)
            for sizes in ((WIDTH, 3 * WIDTH), (WIDTH, WIDTH), (WIDTH, INNER, WIDTH), (WIDTH, DIGITS))
        )
        self.mask = torch.full((LENGTH, LENGTH), -math.inf if causal else 0.0).triu(1).to(place)
        self.parameters = [self.embedding, *learned, *self.qkv, *self.mix, *self.inner, *self.out]

    def write(self, x: "Tensor") -> "tuple[Tensor, Tensor]":
        """Digits `x` (batch × places) → logits (batch × places × digits), weights (batch × heads × places × places)."""
        import torch
        from torch.nn.functional import layer_norm

        tokens = (self.embedding[x] + self.positions).flatten(0, 1)  # batch · places × width
        qkv = forward(self.qkv, layer_norm(tokens, (WIDTH,)), torch.relu)
        q, k, v = qkv.view(len(x), LENGTH, 3, self.heads, -1).permute(2, 0, 3, 1, 4).unbind()
        scores = q @ k.transpose(2, 3) / math.sqrt(WIDTH // self.heads)
        attention = torch.softmax(scores + self.mask, 3)
        heads = (attention @ v).transpose(1, 2).reshape(tokens.shape)
        tokens = tokens + forward(self.mix, heads, torch.relu)
        tokens = tokens + forward(self.inner, layer_norm(tokens, (WIDTH,)), torch.relu)
        logits = forward(self.out, layer_norm(tokens, (WIDTH,)), torch.relu)
        return logits.view(len(x), LENGTH, DIGITS), attention


def _sinusoidal() -> "Tensor":
    """Sines in the even columns and cosines in the odd ones (Vaswani et al. 2017, section 3.5)."""
    import torch

    angles = torch.arange(LENGTH).unsqueeze(1) / 10000 ** (torch.arange(0, WIDTH, 2) / WIDTH)
    return torch.stack([angles.sin(), angles.cos()], 2).flatten(1)


class _Watch:
    """What is measured and drawn: always on the same lists."""

    def __init__(self, x: "Tensor") -> None:
        self.x, self.y = x, x.sort(1).values
        self.history: list[tuple[int, float, float]] = []

    def frame(self, step: int, nets: "list[_Block]") -> Frame:
        import torch
        from torch.nn.functional import one_hot

        with torch.no_grad():
            logits, attention = nets[0].write(self.x)
            written = [logits.argmax(2), nets[1].write(self.x)[0].argmax(2)]
        right, right_without = ((own == self.y).cpu().double() for own in written)
        held = one_hot(self.x, DIGITS).to(attention)
        sought = (attention.mean(1) @ held).mean(0).cpu().double()  # places × digits: the weight on them
        looks_at = (sought @ torch.arange(DIGITS).double()).tolist()
        metrics = {
            "accuracy": float(right.mean()),
            "lists_right": float(right.prod(1).mean()),
            "accuracy_without_positions": float(right_without.mean()),
            "first_looks_at": looks_at[0],
            "last_looks_at": looks_at[-1],
        }
        self.history.append((step, metrics["accuracy"], metrics["accuracy_without_positions"]))
        steps, *accuracies = zip(*self.history, strict=True)
        names = ("positions", "none")
        lines = []
        for row in range(SHOWN):
            lines += [f"{'reads':11}{_digits(self.x[row])}"]
            answers = [f"{name:11}{_digits(own[row])}" for name, own in zip(names, written, strict=True)]
            lines += reversed(answers)  # a small screen cuts the last line, which repeats the third
        curves = [Curve(name, steps, line) for name, line in zip(names, accuracies, strict=True)]
        title = "attention on the first list"
        one = len(attention[0]) == 1
        tiles = [
            Heatmap(
                title if one else f"head {number}",
                weights.tolist(),
                0,
                0.5,
                most_attended(weights, map(str, self.x[0].tolist())),
            )
            for number, weights in enumerate(attention[0], 1)
        ]
        return Frame(
            step,
            metrics,
            (
                Heatmap(
                    "attention: place by digit", sought.tolist(), 0, 0.5, most_attended(sought, map(str, range(DIGITS)))
                ),
                Curves("accuracy", curves, None, (0, 1)),
                Text("it sorts", lines),
                tiles[0] if one else Grid(title, tiles),
            ),
        )


def _digits(codes: "Tensor") -> str:
    return " ".join(map(str, codes.tolist()))
