"""Pasted recurrent layers, embeddings, attention and norms: read here, run by PyTorch, summed by Keras."""

import inspect
import math
import typing
from typing import Any

import pytest
import torch
from torch import nn

from revise.catalogue import load
from revise.errors import InputError
from revise.network import Network
from revise.network.source.arguments import signature
from revise.network.source.torch_sequences import SEQUENCES
from tests.command import revise

STACK = load("conv-stack")


class Tagger(nn.Module):
    def __init__(self, vocab=50, d=6, h=5):
        super().__init__()
        self.h = h
        self.embed = nn.Embedding(vocab, d, padding_idx=0)
        self.lstm = nn.LSTM(d, h, num_layers=2, batch_first=True, dropout=0.1, bidirectional=True)
        self.norm = nn.LayerNorm(2 * h)
        self.out = nn.Linear(2 * h, 7)

    def forward(self, x):
        h0 = torch.zeros(4, x.size(0), self.h).to(x.device)
        c0 = torch.zeros(4, x.size(0), self.h)
        states, _ = self.lstm(self.embed(x), (h0, c0))
        return self.out(self.norm(states))


class LastState(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(20, 4)
        self.rnn = nn.RNN(4, 6, 3, bias=False, batch_first=True)
        self.gru = nn.GRU(6, 8, batch_first=True)
        self.fc = nn.Linear(8, 2)

    def forward(self, tokens):
        x, _ = self.rnn(self.embed(tokens))
        _, h = self.gru(x)
        return self.fc(torch.relu(h[-1]))


class BothEnds(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(20, 4)
        self.lstm = nn.LSTM(4, 3, bidirectional=True, batch_first=True)
        self.fc = nn.Linear(6 + 6, 2)

    def forward(self, tokens):
        out, (h, _) = self.lstm(self.embed(tokens))
        ends = torch.cat((h[-2], h[-1]), dim=1)
        return self.fc(torch.cat([ends, out.mean(dim=1)], dim=-1))


class Attending(nn.Module):
    def __init__(self, d=8):
        super().__init__()
        self.d = d
        self.tok = nn.Embedding(30, d)
        self.pos = nn.Embedding(16, d)
        self.attn = nn.MultiheadAttention(d, 2, batch_first=True)
        self.cross = nn.MultiheadAttention(d, 4, bias=False, batch_first=True)
        self.norm1 = nn.RMSNorm(d)
        self.norm2 = nn.LayerNorm(d, bias=False)
        self.up = nn.Linear(d, 4 * d)
        self.down = nn.Linear(4 * d, d)

    def forward(self, tokens):
        places = torch.arange(tokens.size(1))
        start = self.tok(tokens) * math.sqrt(self.d) + self.pos(places)
        x = self.norm1(start + self.attn(start, start, start, need_weights=False)[0])
        seen, _ = self.cross(x, start, start)
        x = self.norm2(x + seen)
        x = x + self.down(torch.relu(self.up(x)))
        return x[:, 0]


class Encoder(nn.Module):
    def __init__(self, first=True):
        super().__init__()
        self.embed = nn.Embedding(30, 8)
        layer = nn.TransformerEncoderLayer(
            8, 2, dim_feedforward=20, activation="gelu", batch_first=True, norm_first=first
        )
        self.encoder = nn.TransformerEncoder(layer, num_layers=3, norm=nn.LayerNorm(8), enable_nested_tensor=False)
        self.block = nn.TransformerEncoderLayer(8, 4, 12, bias=False, batch_first=True)
        self.fc = nn.Linear(8, 3)

    def forward(self, tokens):
        x = self.block(self.encoder(self.embed(tokens)))
        return self.fc(x[:, -1, :])


class Heard(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(5, 6, 3, stride=2, padding=1)
        self.norm = nn.GroupNorm(2, 6)
        self.gru = nn.GRU(6, 4, batch_first=True, bidirectional=True)
        self.fc = nn.Linear(8, 2)

    def forward(self, sound):
        x = self.norm(self.conv(sound)).permute(0, 2, 1)
        out, _ = self.gru(x)
        return self.fc(out[:, -1])


TOKENS = [Tagger, LastState, BothEnds, Attending, Encoder]


def rows(solution: Any) -> dict[str, dict[str, Any]]:
    """Layer → the last value of each of its steps."""
    found: dict[str, dict[str, Any]] = {}
    for step in solution.steps:
        if "layer" in step.at:
            found.setdefault(str(step.at["layer"]), {})[step.name] = step.value
    return found


def compare(make: Any, solution: Any, given: torch.Tensor) -> None:
    """Every module's parameters and output shape, then the whole model's."""
    model, found, seen = make().eval(), rows(solution), dict[str, tuple[int, ...]]()

    def note(name: str, result: Any) -> None:
        out = result[0] if isinstance(result, tuple) else result
        seen[name] = tuple(out.shape[1:] if len(out) == len(given) else out.shape)  # positions have no batch

    kept = (nn.RNNBase, nn.MultiheadAttention, nn.Embedding, nn.Linear, nn.LayerNorm, nn.RMSNorm, nn.Conv1d)
    inside = {f"{name}.out_proj" for name, each in model.named_modules() if isinstance(each, nn.MultiheadAttention)}
    parts = {name: each for name, each in model.named_modules() if isinstance(each, kept) and name not in inside}
    for name, part in parts.items():
        part.register_forward_hook(lambda _, __, result, name=name: note(name, result))
    with torch.no_grad():
        torch.backends.mha.set_fastpath_enabled(False)
        out = model(given)
    assert parts
    for name, part in parts.items():
        mine = {title: row for title, row in found.items() if title == name or title.startswith(f"{name}.l")}
        assert mine, name
        assert sum(row["params[l]"] for row in mine.values()) == sum(each.numel() for each in part.parameters()), name
        if name in seen:
            shape = list(list(mine.values())[-1]["o[l]"].flat)
            expected = list(seen[name])
            assert shape == (expected[::-1] if isinstance(part, nn.Conv1d) else expected), name
    assert solution.value("parameters") == sum(each.numel() for each in model.parameters())
    assert list(solution.value("output").flat) == list(out.shape[1:])


@pytest.mark.parametrize("make", TOKENS, ids=lambda make: make.__name__)
def test_models_of_tokens_are_read_as_torch_runs_them(make: Any) -> None:
    solution = STACK.solve(net=inspect.getsource(make), input=9)
    compare(make, solution, torch.randint(0, 16, (2, 9)))
    agreed = STACK.reference({"net": inspect.getsource(make), "input": 9})
    assert agreed["multiply-adds"] == solution.value("multiply-adds")
    assert agreed["parameters"] == solution.value("parameters")


def test_norm_first_and_last_have_the_same_parameters() -> None:
    first = inspect.getsource(Encoder)
    last = first.replace("first=True)", "first=False)", 1)
    orders = [[layer.name for layer in Network.from_text(each).layers] for each in (first, last)]
    assert orders[0][1:3] == ["encoder.layers.0.norm1", "encoder.layers.0.self_attn"]
    assert orders[1][1:3] == ["encoder.layers.0.self_attn", "encoder.layers.0.add1"]
    solved = [STACK.solve(net=each, input=9) for each in (first, last)]
    assert solved[0].value("parameters") == solved[1].value("parameters")
    compare(lambda: Encoder(False), solved[1], torch.randint(0, 16, (2, 9)))


def test_a_convolution_before_a_recurrent_layer() -> None:
    solution = STACK.solve(net=inspect.getsource(Heard), input="20x5")
    compare(Heard, solution, torch.zeros(2, 5, 20))
    assert (solution.value("receptive-field"), solution.value("jump")) == (3, 2)


def test_multiply_adds_of_attention_are_those_that_torch_counts() -> None:
    from torch.utils.flop_counter import FlopCounterMode

    solution = STACK.solve(net="nn.MultiheadAttention(8, 2)", input="9x8")
    torch.backends.mha.set_fastpath_enabled(False)
    attention, x = nn.MultiheadAttention(8, 2, batch_first=True).train(), torch.zeros(1, 9, 8)
    with FlopCounterMode(display=False) as counter:
        attention(x, x, x, need_weights=True)
    assert solution.value("multiply-adds") == counter.get_total_flops() // 2 == 4 * 9 * 64 + 2 * 81 * 8


@pytest.mark.parametrize("name", SEQUENCES)
def test_arguments_stand_in_pytorchs_order(name: str) -> None:
    made = getattr(nn, name).__init__
    theirs = inspect.signature((typing.get_overloads(made) or [made])[0]).parameters
    ours = signature(SEQUENCES[name][0])
    assert list(ours.positional) == [title for title in theirs if title != "self"]
    for title, default in ours.defaults.items():
        assert theirs[title].default == default or (title, default) == ("activation", "relu")


def test_the_open_length_is_a_letter() -> None:
    solution = STACK.solve(net=inspect.getsource(Tagger))
    assert "T" in revise("solve", "conv-stack", inspect.getsource(Tagger)).stdout
    assert solution.value("parameters") == sum(each.numel() for each in Tagger().parameters())


# -- Keras: totals that Keras prints (keras.io: Bidirectional LSTM on IMDB; the guide to recurrent layers) -----------

IMDB = """
inputs = keras.Input(shape=(None,), dtype="int32")
x = layers.Embedding(20000, 128)(inputs)
x = layers.Bidirectional(layers.LSTM(64, return_sequences=True))(x)
x = layers.Bidirectional(layers.LSTM(64))(x)
outputs = layers.Dense(1, activation="sigmoid")(x)
model = keras.Model(inputs, outputs)
"""
GUIDE = """
model = keras.Sequential()
model.add(layers.Embedding(input_dim=1000, output_dim=64))
model.add(layers.GRU(256, return_sequences=True))
model.add(layers.SimpleRNN(128))
model.add(layers.Dense(10))
"""
BLOCK = """
inputs = layers.Input(shape=(200, 32))
attn = layers.MultiHeadAttention(num_heads=2, key_dim=32)(inputs, inputs)
x = layers.LayerNormalization()(inputs + attn)
y = layers.TimeDistributed(layers.Dense(32, activation="relu"))(x)
y = layers.RMSNormalization()(layers.Dense(32)(y))
x = layers.GlobalAveragePooling1D()(x + y)
x, h = layers.GRU(4, return_state=True, reset_after=False)(layers.Reshape((8, 4))(x))
model = keras.Model(inputs, layers.Dense(1)(h))
"""


def test_keras() -> None:
    imdb, guide = STACK.solve(net=IMDB, input=200), STACK.solve(net=GUIDE, input=30)
    assert imdb.value("parameters") == 2_757_761
    assert [rows(imdb)[name]["params[l]"] for name in ("bidirectional", "bidirectional_1")] == [98_816, 98_816]
    assert guide.value("parameters") == 64_000 + 247_296 + 49_280 + 1_290
    assert STACK.solve(net=GUIDE.replace("256, ", "256, reset_after=False, "), input=30).value("parameters") == (
        guide.value("parameters") - 3 * 256
    )
    block = rows(STACK.solve(net=BLOCK))
    # keras.io, Text classification with Transformer: 10,656 in its block, of which the attention has 8,416, two dense
    # layers 1,056 each, two norms 64 each
    assert block["multi_head_attention"]["params[l]"] == 4 * 32 * 64 + 3 * 64 + 32 == 8416
    assert block["rms_normalization"]["params[l]"] == 32
    assert block["gru"]["params[l]"] == 3 * (4 * 4 + 4 * 4 + 4)
    assert list(block["last_state"]["o[l]"].flat) == [4]


TUTORIALS = {
    # PyTorch's tutorials: names with a character-level RNN; part-of-speech tagging (6, 6, 9 words, 3 tags)
    """
class CharRNN(nn.Module):
    def __init__(self, input_size, hidden_size, output_size):
        super(CharRNN, self).__init__()
        self.rnn = nn.RNN(input_size, hidden_size)
        self.h2o = nn.Linear(hidden_size, output_size)
        self.softmax = nn.LogSoftmax(dim=1)
    def forward(self, line_tensor):
        rnn_out, hidden = self.rnn(line_tensor)
        return self.softmax(self.h2o(hidden[0]))
rnn = CharRNN(58, 128, 18)
""": (58 * 128 + 128 * 128 + 2 * 128 + 129 * 18, [18]),
    """
class LSTMTagger(nn.Module):
    def __init__(self, embedding_dim=6, hidden_dim=6, vocab_size=9, tagset_size=3):
        super().__init__()
        self.word_embeddings = nn.Embedding(vocab_size, embedding_dim)
        self.lstm = nn.LSTM(embedding_dim, hidden_dim)
        self.hidden2tag = nn.Linear(hidden_dim, tagset_size)
    def forward(self, sentence, hidden):
        embeds = self.word_embeddings(sentence)
        lstm_out, hidden = self.lstm(embeds.view(len(sentence), 1, -1), hidden)
        tag_space = self.hidden2tag(lstm_out.view(len(sentence), -1))
        return F.log_softmax(tag_space, dim=1)
""": (54 + 4 * 6 * (6 + 6 + 2) + 21, [7, 3]),
    # Chollet, Deep learning with Python: an LSTM on IMDB
    """
model = models.Sequential([
    layers.Embedding(10000, 32, input_length=500), layers.LSTM(32), layers.Dense(1, activation="sigmoid")])
""": (328_353, [1]),
    # without forward, and bare lines: the order of assignment is assumed, the outputs are passed on
    "self.lstm = nn.LSTM(100, 256, bidirectional=True)\nself.fc = nn.Linear(512, 5)": (
        2 * 4 * 256 * (100 + 256 + 2) + 513 * 5, [7, 5],
    ),
}  # fmt: skip


@pytest.mark.parametrize("source", TUTORIALS, ids=["names", "tags", "imdb", "bare"])
def test_what_tutorials_print(source: str) -> None:
    parameters, output = TUTORIALS[source]
    size = {"CharRNN": "7x58", "Tagger": "7", "models": None}
    given = next((each for word, each in size.items() if word in source), "7x100")
    solution = STACK.solve(net=source, **({"input": given} if given else {}))
    assert solution.value("parameters") == parameters
    assert list(solution.value("output").flat) == output


def test_notes_and_letters_say_what_was_assumed() -> None:
    chained = Network.from_text("nn.Sequential(nn.LSTM(4, 3), nn.Linear(3, 2))")
    assert "what follows LSTM reads its outputs" in chained.note
    shown = revise("solve", "conv-stack", "nn.Sequential(nn.LSTM(4, 3), nn.Linear(3, 2))").stdout
    assert "gates: 1 in a plain RNN, 3 in a GRU, 4 in an LSTM" in shown and "T: the length" in " ".join(shown.split())
    assert "kernel" not in shown and "receptive" not in shown
    dense = revise("solve", "conv-stack", "nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2))").stdout
    assert "features c₀ = 4" in dense and "kernel" not in dense


def test_printed_recurrent_layers() -> None:
    printed = "Net(\n  (embed): Embedding(50, 6)\n  (lstm): LSTM(6, 5, num_layers=2, batch_first=True)\n)"
    solution = STACK.solve(net=printed, input=9)
    assert solution.value("parameters") == 50 * 6 + 4 * 5 * (6 + 5 + 2) + 4 * 5 * (5 + 5 + 2)


# -- what does not fit ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("net", "size", "reason"),
    [
        ("nn.Sequential(nn.Linear(4, 5), nn.LSTM(6, 3))", "9x4", "line 1, column 32.*takes 6, but 5 come in"),
        ("nn.LSTM(9, 3)", "9", "needs a sequence"),
        ("nn.MultiheadAttention(8, 2)", "8", "needs a sequence"),
        ("nn.MultiheadAttention(8, 3)", "9x8", "num_heads=3 does not divide embed_dim=8"),
        ("nn.MultiheadAttention(8, 2)", "9x6", "takes 8, but 6 come in"),
        ("nn.Embedding(10, 4)", "9x4", "takes a row of indices"),
        ("nn.LSTM(4, 3, proj_size=2)", "9x4", "a projection of the state is not read"),
        ("nn.LSTM(4, 3, num_layers=0)", "9x4", "num_layers is a whole number of at least 1"),
        ("nn.GRU(4, -3)", "9x4", "hidden_size is a whole number"),
        ("nn.LSTM(4)", "9x4", "hidden_size is missing"),
        ("nn.Sequential(nn.Conv2d(3, 4, 3), nn.LSTM(4, 3))", "9x9x3", "a 1-D layer among 2-D ones"),
        ("nn.TransformerEncoderLayer(8, 2, activation='tanh')", "9x8", "activation is 'relu' or 'gelu'"),
        ("Sequential([Bidirectional(Dense(4))])", "9x8", "a recurrent layer"),
        ("Sequential([LSTM(4, return_sequences=1)])", "9x8", "return_sequences is True or False"),
    ],
)
def test_what_does_not_fit(net: str, size: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        STACK.solve(net=net, input=size)


def test_steps_that_are_not_read() -> None:
    for wrong in ("out[:, 1:, :]", "out[:, :, :]", "out[0, 0]", "out.mean(dim=2)", "torch.cat([out, out], dim=1)"):
        body = inspect.getsource(LastState).replace("torch.relu(h[-1])", wrong).replace("_, h = ", "out, h = ")
        with pytest.raises(InputError, match="line"):
            Network.from_text(body)
