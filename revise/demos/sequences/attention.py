"""An RNN with attention reverses letters: its alignment is the other diagonal."""

from collections.abc import Iterator
from string import ascii_lowercase
from typing import TYPE_CHECKING

from revise.demos._adam import Adam
from revise.demos._attended import most_attended
from revise.demos._device import begin
from revise.demos._layers import dense
from revise.demos._recurrent import cell, rnn
from revise.frame import Curve, Curves, Frame, Heatmap, Text

if TYPE_CHECKING:
    from torch import Generator, Tensor, device

LOOK_AT = "Look at the alignment, a row for each letter written, gathering on the one letter of the input it needs."
SEEN = (
    "No alignment was given, yet the weights settle on the other diagonal: the context, the encoder's states averaged "
    "by them, brings the letter needed. The net with one vector for the whole input, trained as long, gets letters "
    "wrong, above all late ones, and a larger share of them the longer the input."
)
QUESTION = (
    "What is the bottleneck of an encoder-decoder, how does attention compute its context vector, "
    "and which alignment do you expect when a sequence is reversed?"
)
STEPS = 600
KNOBS = {"length": (9, 2, 24), "copy": (0, 0, 1), "additive": (1, 0, 1)}
WHAT_IF = {
    "length": "letters in a sequence",
    "copy": "1: writes the letters in the order in which they were read",
    "additive": "1: scores v^T tanh(W_q s + W_k h), 0: s^T h",
}
EXPECT = {"accuracy": (0.97, 1), "accuracy_without_attention": (0.4, 0.7), "weight_where_needed": (0.85, 1)}

LETTERS = 20
UNITS = 32  # of the decoder; half of them for each of the encoder's directions
BATCH, TESTED, SHOWN = 32, 128, 2
LR = 0.01  # falls in a straight line to 0 over the run
GAIN = 3.0  # of the additive score's weights at the start: smaller, and attention stays even for long
FRAME_EVERY = 5


def run(seed: int, steps: int, device: str, *, length: int, copy: int, additive: int) -> Iterator[Frame]:
    """Yield a frame before the first step, every 5 steps and after the last.

    Two nets alike read and write the same sequences, trained with teacher forcing: one gets a context for each letter
    it writes, the other the encoder's two last states for all. The metrics: the share of letters right in 128
    sequences, each net living with its own letters (guessing: 1/20), the mean attention weight on the letter that has
    to be written (even weights: 1/length), and the loss of the net with attention, in nats a letter.
    """
    import torch
    from torch.nn.functional import cross_entropy

    place, dice = begin(device, seed)
    nets = [_Net("additive" if additive else "dot", dice, place), _Net("", dice, place)]
    learners = [Adam(net.parameters) for net in nets]
    watch = _Watch(torch.randint(LETTERS, (TESTED, length), generator=dice).to(place), bool(copy))

    yield watch.frame(0, nets)
    for step in range(1, steps + 1):
        x = torch.randint(LETTERS, (BATCH, length), generator=dice).to(place)
        y = x if copy else x.flip(1)
        losses = [cross_entropy(net.write(x, y)[0].flatten(0, 1), y.flatten()) for net in nets]
        for net, adam, loss in zip(nets, learners, losses, strict=True):
            adam.step(torch.autograd.grad(loss, net.parameters), LR * (1 - (step - 1) / steps))
        if step % FRAME_EVERY == 0 or step == steps:
            yield watch.frame(step, nets, losses[0])


class _Net:
    """An encoder that reads both ways and a decoder (Bahdanau, Cho & Bengio 2015, section 3), both plain RNNs."""

    def __init__(self, score: str, dice: "Generator", place: "device") -> None:
        import torch

        self.score = score
        self.encoder = cell(LETTERS, UNITS // 2, dice, place, nets=2)
        self.first = dense((UNITS, UNITS), dice, place)
        self.decoder = dense((LETTERS + 2 * UNITS, UNITS), dice, place)
        self.out = dense((2 * UNITS, LETTERS), dice, place)
        query, key = (dense((UNITS, UNITS), dice, place, GAIN)[0] for _ in range(2))
        self.scorer = [query, key, dense((UNITS, 1), dice, place, GAIN)[0]] if score == "additive" else []
        self.parameters = [*self.encoder, *self.first, *self.decoder, *self.out, *self.scorer]
        self.code = torch.cat([torch.eye(LETTERS), torch.zeros(1, LETTERS)]).to(place)  # the last row: none yet

    def write(self, x: "Tensor", y: "Tensor | None" = None) -> "tuple[Tensor, Tensor]":
        """Letters `x` (batch × length) → logits (batch × length × letters), weights (batch × written × read).

        The letter before is taken from `y`, or without it from what the net wrote itself.
        """
        import torch

        ahead = self.code[x.T]
        states = torch.stack(rnn(self.encoder, torch.stack([ahead, ahead.flip(0)], 1)))  # length × 2 × batch × units/2
        h = torch.cat([states[:, 0], states[:, 1].flip(0)], -1).transpose(0, 1)
        context = torch.cat([states[-1, 0], states[-1, 1]], -1)
        s = torch.tanh(torch.addmm(self.first[1], context, self.first[0]))
        keys = h @ self.scorer[1] if self.scorer else h
        before = torch.full_like(x[:, 0], LETTERS)
        logits, weights = [], []
        for i in range(x.shape[1]):
            if self.score:
                weights.append(torch.softmax(self._scores(s, keys), 1))
                context = torch.bmm(weights[-1].unsqueeze(1), h).squeeze(1)
            s = torch.tanh(torch.addmm(self.decoder[1], torch.cat([self.code[before], context, s], 1), self.decoder[0]))
            logits.append(torch.addmm(self.out[1], torch.cat([s, context], 1), self.out[0]))
            before = logits[-1].argmax(1) if y is None else y[:, i]
        return torch.stack(logits, 1), torch.stack(weights, 1) if weights else h.new_zeros(0)

    def _scores(self, s: "Tensor", keys: "Tensor") -> "Tensor":
        """The score of each input's state (batch × length) for the decoder's state `s`, before it takes its step."""
        import torch

        if self.score == "dot":
            return torch.bmm(keys, s.unsqueeze(2)).squeeze(2)
        w_query, _, v = self.scorer
        return (torch.tanh((s @ w_query).unsqueeze(1) + keys) @ v).squeeze(2)


class _Watch:
    """What is measured and drawn: always on the same sequences."""

    def __init__(self, x: "Tensor", copy: bool) -> None:
        self.x, self.y = x, x if copy else x.flip(1)
        self.copy = copy
        self.history: list[tuple[int, float, float]] = []

    def frame(self, step: int, nets: "list[_Net]", loss: "Tensor | None" = None) -> Frame:
        import torch

        with torch.no_grad():
            logits, weights = nets[0].write(self.x)
            written = [logits.argmax(2), nets[1].write(self.x)[0].argmax(2)]
        by_place = [(own == self.y).cpu().double().mean(0) for own in written]
        right, without = (float(shares.mean()) for shares in by_place)
        aligned = weights if self.copy else weights.flip(2)
        self.history.append((step, right, without))
        metrics = {
            "accuracy": right,
            "accuracy_without_attention": without,
            "weight_where_needed": float(aligned.cpu().double().mean(0).diagonal().mean()),
        }
        if loss is not None:
            metrics["loss"] = float(loss.detach())
        steps, *accuracies = zip(*self.history, strict=True)
        names = ("with", "without")
        places = [float(place) for place in range(1, self.x.shape[1] + 1)]
        marks = most_attended(weights[0], (ascii_lowercase[code] for code in self.x[0].tolist()))
        lines = []
        for row in range(SHOWN):
            lines += [f"{'reads':8}{_letters(self.x[row])}"]
            lines += [f"{name:8}{_letters(own[row], self.y[row])}" for name, own in zip(names, written, strict=True)]
        return Frame(
            step,
            metrics,
            (
                Heatmap("writes down, reads across", weights[0].tolist(), 0, 1, marks),
                Curves(
                    "accuracy",
                    [Curve(name, steps, line) for name, line in zip(names, accuracies, strict=True)],
                    None,
                    (0, 1),
                ),
                Text("copied (capitals: wrong)" if self.copy else "reversed (capitals: wrong)", lines),
                Curves(
                    "accuracy by place written",
                    [Curve(name, places, line.tolist()) for name, line in zip(names, by_place, strict=True)],
                    (1, len(places)),
                    (0, 1),
                ),
            ),
        )


def _letters(codes: "Tensor", truth: "Tensor | None" = None) -> str:
    """The letters, capital where they are not the true ones."""
    text = [ascii_lowercase[code] for code in codes.tolist()]
    right = [True] * len(text) if truth is None else (codes == truth).tolist()
    return (" " if len(text) < 14 else "").join(
        letter if good else letter.upper() for letter, good in zip(text, right, strict=True)
    )
