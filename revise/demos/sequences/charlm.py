"""An RNN reads a tale character by character and learns to write like it."""

from collections.abc import Iterator
from textwrap import wrap
from typing import TYPE_CHECKING

from revise.demos._adam import Adam
from revise.demos._device import begin
from revise.demos._overflow import log10_or_gap
from revise.demos._recurrent import cell, clipped, read, readout, rnn
from revise.frame import Bars, Curve, Curves, Frame, Text

if TYPE_CHECKING:
    from torch import Generator, Tensor, device

LOOK_AT = "Look at the text that it writes: letters at random, then syllables, then words, while the perplexity falls."
SEEN = (
    "Each character is drawn from the softmax over all 28 and then read as the next input. The tale's perplexity falls "
    "from about 28 almost to 1, for it is learnt by heart; on a text not trained on it falls, then rises: overfitting."
)
QUESTION = (
    "What does a character language model compute at each step, how is text drawn from it, and what is its "
    "perplexity before it has learnt anything?"
)
STEPS = 1200
KNOBS = {"temperature": (0.5, 0.1, 3.0), "units": (32, 4, 96), "span": (20, 1, 40)}
WHAT_IF = {
    "temperature": "the logits are divided by it before the softmax, in writing only",
    "units": "of the hidden state",
    "span": "characters back that the gradient reaches: truncated back-propagation through time",
}
EXPECT = {
    "perplexity": (1, 1.5),
    "perplexity_unseen": (2, 12),
    "unseen_over_lowest": (1.2, None),
    "real_words": (0.75, 1),
}

# Written for this program.
TALE = (
    "a small grey mouse lived under the old stone bridge. the river ran under the bridge and sang to the mouse all "
    "day. one day a red fox came to the river. the fox was old and the fox was hungry. "
    '"small mouse," said the fox, "come out and sing to me." "old fox," said the mouse, "the river sings all day. '
    'sit down by the stones and hear the river." so the fox sat down by the stones. the river sang of rain and '
    "of snow on the hills. it sang of the long road down to the sea. the fox heard the river and did not hear the "
    "mouse. the mouse ran over the bridge and up the hill. on the hill stood a tall green tree, and in the tree sat "
    'a black bird. "small mouse," said the bird, "where do you run?" "to the sea," said the mouse. "the river '
    'sings of the sea all day, and so the sea must be good." "the sea is long and grey and cold," said the bird. '
    '"stay on the hill and sing to me." but the mouse ran down the hill and along the long road. the rain came '
    "and the snow came, and the mouse ran on. one day the road came to an end, and there was the sea. it was long "
    "and it was grey and it was cold. and the sea sang to the mouse all night, and the song of the sea was the song "
    "of the river under the old stone bridge. "
    "in the night the mouse sat down by the cold grey sea and was hungry. a white bird came over the sea and sat down "
    'by the mouse. "who sings all night?" said the white bird. "the sea sings," said the mouse, "and the sea sings '
    'the song of the river." "the river runs to the sea," said the bird, "and the rain runs to the river. the rain '
    'came out of the sea, and so the sea sings the song of the rain." the mouse heard the bird and did not run on. '
    'one day it said to the white bird, "it is good to hear the sea, but the hill is green and the bridge is old, and '
    'there is a fox who sits by the river and hears the song." so the mouse ran back along the long road. the sun '
    "came and the snow ran down the hills. the mouse ran up the hill, and the black bird sat in the tall green tree. "
    '"small mouse," said the bird, "was the sea good?" "the sea was long and grey and cold," said the mouse, "and '
    'it sang to me all night." the mouse ran down the hill and over the bridge to the old red fox. "old fox," said the '
    'mouse, "sit down by the stones, and hear the song of the sea." so the fox sat down by the stones, and the mouse '
    "sang all day under the old stone bridge. "
)
# The same words in another order, never trained on.
UNSEEN = (
    "a black bird lived in the tall tree on the hill. the bird was hungry and it was cold. one night the old fox came "
    'up the hill and sat down under the tree. "stay and sing to me," said the fox. "the mouse sings by the river," '
    'said the bird, "and the sea is good to hear." '
)
BATCH = 320  # characters read at each step, whatever the span
LR = 0.015  # falls in a straight line to 0 over the run
CLIP = 1.0
OPENING, WRITTEN, WRITERS, WIDE = "the ", 190, 8, 38
LIKELIEST = 4
FRAME_EVERY = 12


def run(seed: int, steps: int, device: str, *, temperature: float, units: int, span: int) -> Iterator[Frame]:
    """Yield a frame before the first step, every 12 steps and after the last.

    The metrics: perplexity on the tale (guessing evenly: 28, the size of its alphabet) and on a text that is not
    trained on, also over its lowest so far; of 8 texts written after "the ", the share of words that stand in the
    tale, and of different ones.
    """
    import torch

    place, dice = begin(device, seed)
    model = _Model(units, dice, place)
    adam = Adam(model.parameters)
    # Readers go round the tale, each from a place of its own; their states are carried on, the gradient is not.
    readers = BATCH // span
    starts = torch.arange(readers) * (len(TALE) // readers)
    tale, state = model.codes(TALE), torch.zeros(1, readers, units).to(place)
    history: list[tuple[int, float, float]] = []
    yield model.frame(0, history, temperature)
    for step in range(1, steps + 1):
        places = starts + (step - 1) * span + torch.arange(span + 1).unsqueeze(1)
        loss, state = model.loss(tale[places % len(tale)], state)
        gradients = torch.autograd.grad(loss, model.parameters)
        adam.step(clipped(gradients, CLIP), LR * (1 - (step - 1) / steps))
        if step % FRAME_EVERY == 0 or step == steps:
            yield model.frame(step, history, temperature)


class _Model:
    """The net, what it is asked, and its writing."""

    def __init__(self, units: int, dice: "Generator", place: "device") -> None:
        self.letters = sorted(set(TALE))
        self.words = set(_words(TALE))
        self.units, self.dice, self.place = units, dice, place
        count = len(self.letters)
        self.parameters = [*cell(count, units, dice, place), *readout(units, count, dice, place)]

    def codes(self, text: str) -> "Tensor":
        import torch

        return torch.tensor([self.letters.index(letter) for letter in text])

    def states(self, codes: "Tensor", state: "Tensor") -> "list[Tensor]":
        """The state after each of the characters (characters × streams)."""
        from torch.nn.functional import one_hot

        x = one_hot(codes, len(self.letters)).float().unsqueeze(1)
        return rnn(self.parameters, x.to(self.place), state)

    def loss(self, codes: "Tensor", state: "Tensor") -> "tuple[Tensor, Tensor]":
        """The cross-entropy, in nats, of each next character, and the state after the last one read."""
        import torch
        from torch.nn.functional import cross_entropy

        states = self.states(codes[:-1], state)
        logits = read(self.parameters, torch.cat(states, 1))[0]
        return cross_entropy(logits, codes[1:].flatten().to(self.place)), states[-1].detach()

    def perplexity(self, text: str) -> float:
        import torch

        with torch.no_grad():
            nats = self.loss(self.codes(text).unsqueeze(1), torch.zeros(1, 1, self.units).to(self.place))[0]
        return float(nats.cpu().double().exp())

    def write(self, temperature: float) -> "tuple[list[str], list[float]]":
        """Texts after OPENING, written side by side, and the probabilities of their first character."""
        import torch

        state = torch.zeros(1, WRITERS, self.units).to(self.place)
        drawn, first = self.codes(OPENING).unsqueeze(1).expand(-1, WRITERS), None
        columns = []
        with torch.no_grad():
            for _ in range(WRITTEN):
                state = self.states(drawn, state)[-1]
                chances = torch.softmax(read(self.parameters, state)[0].cpu() / temperature, 1)
                chances = chances.nan_to_num(1.0)
                first = chances[0].tolist() if first is None else first
                drawn = torch.multinomial(chances, 1, generator=self.dice).T
                columns.append(drawn[0])
        texts = ["".join(self.letters[code] for code in row) for row in torch.stack(columns, 1).tolist()]
        return [OPENING + text for text in texts], first or []

    def frame(self, step: int, history: list[tuple[int, float, float]], temperature: float) -> Frame:
        history.append((step, self.perplexity(TALE), self.perplexity(UNSEEN)))
        texts, chances = self.write(temperature)
        words = [word for text in texts for word in _words(text)[:-1]]  # the last may be cut off
        steps, learnt, unseen = zip(*history, strict=True)
        top = sorted(zip(chances, self.letters, strict=True), reverse=True)[:LIKELIEST]
        curves = [
            Curve(name, steps, [log10_or_gap(value) for value in values])
            for name, values in (("tale", learnt), ("unseen", unseen))
        ]
        return Frame(
            step,
            {
                "perplexity": learnt[-1],
                "perplexity_unseen": unseen[-1],
                "unseen_over_lowest": unseen[-1] / min(unseen),
                "real_words": sum(word in self.words for word in words) / max(1, len(words)),
                "different_words": len(set(words)) / max(1, len(words)),
            },
            (
                Text("it writes:", wrap(texts[0], WIDE)),
                Curves("log10 perplexity", curves, None, (0, 1.6)),
                Bars(
                    f'chances after "{OPENING}"',
                    [{" ": "space"}.get(letter, letter) for _, letter in top],
                    [round(chance, 3) for chance, _ in top],
                    0,
                    1,
                ),
            ),
        )


def _words(text: str) -> list[str]:
    """The words, without the signs around them."""
    return [word for part in text.split() if (word := part.strip('.,?"'))]
