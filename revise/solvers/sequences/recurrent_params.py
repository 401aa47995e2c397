"""Parameters of RNN, LSTM and GRU layers, with embedding and output."""

from random import Random
from typing import Any, Literal

from revise.errors import InputError
from revise.expression import FORMULA, Node, parse
from revise.parameters import Number, whole
from revise.solution import Solution, Work
from revise.solvers.sequences._recurrent_layers import add_layer
from revise.solvers.sequences._recurrent_torch import counted

SERVES: dict[str, dict[str, object]] = {
    "rnn-params": {"cell": "rnn"},
    "lstm-params": {"cell": "lstm"},
    "gru-params": {"cell": "gru"},
}
SOURCE = (
    "Greff et al. 2017, LSTM: a search space odyssey; Sak et al. 2014 (projection); torch.nn.LSTM, keras.layers.LSTM"
)
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Keras, guide 'Working with RNNs': Embedding(1000, 64), LSTM(128), Dense(10)
    (
        {"cell": "lstm", "input_size": 64, "hidden_size": 128, "num_embeddings": 1000, "out_features": 10},
        {"layer1": 98_816, "embedding": 64_000, "output": 1_290, "parameters": 164_106},
    ),
    # Keras, example 'Bidirectional LSTM on IMDB': Embedding(20000, 128), twice Bidirectional(LSTM(64)), Dense(1)
    (
        {
            "cell": "lstm", "input_size": 128, "hidden_size": 64, "num_layers": 2, "bidirectional": True,
            "num_embeddings": 20_000, "out_features": 1,
        },
        {"layer1": 98_816, "layer2": 98_816, "output": 129, "parameters": 2_757_761},
    ),
    # TensorFlow, tutorial 'Text generation with an RNN': Embedding(66, 256), GRU(1024), Dense(66); two biases a gate
    (
        {
            "cell": "gru", "input_size": 256, "hidden_size": 1024, "biases": 2,
            "num_embeddings": 66, "out_features": 66,
        },
        {"layer1": 3_938_304, "embedding": 16_896, "output": 67_650, "parameters": 4_022_850},
    ),
    # Chollet, Deep learning with Python, section 6.2.1: Embedding(10000, 32), SimpleRNN(32)
    (
        {"cell": "rnn", "input_size": 32, "hidden_size": 32, "num_embeddings": 10_000},
        {"layer1": 2_080, "embedding": 320_000, "parameters": 322_080},
    ),
]  # fmt: skip
_SLIPS = {
    "G*n*m": {"the gates are forgotten": "n*m"},
    "G*n*n": {"the state's weights are forgotten": "0*n", "n instead of n²: W is a matrix": "G*n"},
    "G*n": {"the biases are forgotten": "0*n", "one bias a gate, not one for each unit": "G"},
    "2*G*n": {"only one of the two biases": "G*n"},
    "D*cell[l]": {"the second direction is forgotten": "cell[l]"},
    "G*n*D*n": {"the layer above takes the input again": "G*n*m", "one direction's state only": "G*n*n"},
    "G*n*D*p": {"the state is the projected one": "G*n*D*n"},
    "K*D*n + K": {"only one direction's state is taken": "K*n + K", "the output's biases are forgotten": "K*D*n"},
}
_GATES = {"rnn": 1, "gru": 3, "lstm": 4}
_MOST_LAYERS = 64


def solve(
    input_size: Number,
    hidden_size: Number,
    cell: Literal["rnn", "lstm", "gru"],
    biases: Literal[1, 2, 0] = 1,
    num_layers: Number = 1,
    bidirectional: bool = False,
    peephole: bool = False,
    proj_size: Number | None = None,
    num_embeddings: Number | None = None,
    out_features: Number | None = None,
) -> Solution:
    """The weights of the input and of the state, the biases, layer by layer, and the sum.

    cell            rnn has one sum a unit, gru three, lstm four
    input_size      numbers in each input, m; with an embedding the length of its vectors
    hidden_size     hidden units, n
    biases          a gate's biases: 1 in textbooks and Keras' LSTM, 2 in PyTorch and Keras' GRU, 0 without
    num_layers      stacked layers; from the second on the input is the state below
    bidirectional   two cells a layer, forwards and backwards; the layer above takes both states
    peephole        LSTM: three weights on each unit's cell
    proj_size       LSTM: the state is projected to so many numbers
    num_embeddings  an embedding in front: so many words
    out_features    a dense layer with bias on the last state (or on both directions')

    Raises InputError naming the parameter that is no whole number or does not fit the cell.
    """
    for value, name in (
        (input_size, "input_size"), (hidden_size, "hidden_size"), (proj_size, "proj_size"),
        (num_embeddings, "num_embeddings"), (out_features, "out_features"),
    ):  # fmt: skip
        if value is not None and not isinstance(value, Node):
            whole(value, name)
    layers = whole(num_layers, "num_layers")
    if layers > _MOST_LAYERS:
        raise InputError(f"num-layers: {layers} layers are too many to be written out; at most {_MOST_LAYERS}")
    if cell != "lstm" and (peephole or proj_size is not None):
        raise InputError(f"{'peephole' if peephole else 'proj-size'}: only an LSTM has that")
    if not isinstance(proj_size, Node) and not isinstance(hidden_size, Node) and (proj_size or 0) >= hidden_size:
        raise InputError(f"proj-size: it is smaller than the hidden size {hidden_size}, not {proj_size}")
    work = Work(
        m=input_size, n=hidden_size, p=proj_size, G=_GATES[cell], D=2 if bidirectional else 1, N=layers,
        V=num_embeddings, K=out_features,
    )  # fmt: skip
    work.whole = True
    work.called(m="input", n="hidden units", p="projected to", G="gates" if cell != "rnn" else "", N="layers")
    work.called(D="directions", V="words", K="outputs")
    _note(work, cell, biases)
    width = "n" if proj_size is None else "p"
    for k in range(1, layers + 1):
        add_layer(work, k, biases, width, peephole, bidirectional)
    return _total(work, layers, width)


def _note(work: Work, cell: str, biases: int) -> None:
    parts = {
        "rnn": "One sum: the new state.",
        "gru": "Three sums: reset gate, update gate, candidate.",
        "lstm": "Four sums: input, forget and output gate, candidate.",
    }[cell]
    kept = {
        0: "No biases.",
        1: "One bias for each, as in textbooks; PyTorch keeps two (--biases 2).",
        2: "Two biases for each, one beside each matrix, as in PyTorch.",
    }[biases]
    if cell == "gru" and biases == 1:
        kept = "One bias for each, as in textbooks; PyTorch and Keras keep two (--biases 2)."
    work.note(f"{parts} {kept}")


def _total(work: Work, layers: int, width: str) -> Solution:
    words = {f"layer{k}": f"layer[{k}]" for k in range(1, layers + 1)}
    embedded, finished = "V" in work.given, "K" in work.given
    if layers == 1 and not embedded and not finished:
        return work.answer({"parameters": "layer[1]"})
    if layers > 1:
        work.let("P", "sum(layer[l] for l in 1..N)", "all recurrent layers", unit="parameters")
    else:
        work.let("P", "layer[1]", "the recurrent layer", unit="parameters")
    words["recurrent"] = "P"
    if embedded:
        work.let("E", "V*m", "the embedding: a vector for each word, no bias", unit="parameters")
        words["embedding"] = "E"
    if finished:
        formula = "K*D*n + K" if width == "n" else "K*D*p + K"
        taken = "both last states" if work.given["D"] == 2 else "the last state"
        work.let("O", formula, f"the output layer takes in {taken}; a bias for each output", unit="parameters")
        words["output"] = "O"
    if not embedded and not finished:
        return work.answer(words | {"parameters": "P"})
    total = {(True, False): "P + E", (False, True): "P + O", (True, True): "P + E + O"}[embedded, finished]
    work.let("total", total, "all that is learnt", unit="parameters")
    return work.answer(words | {"parameters": "total"})


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """Step → what was done wrong → the formula that does it; which ones there are depends on the layers."""
    return {
        step.name: {label: parse(wrong, None, FORMULA) for label, wrong in _SLIPS[step.formula].items()}
        for step in solution.steps
        if isinstance(step.formula, str) and step.formula in _SLIPS
    }


def sample(rng: Random) -> dict[str, Any]:
    """Sizes to be multiplied by hand; about one in three is stacked or bidirectional."""
    cell = rng.choice(["rnn", "lstm", "lstm", "gru"])
    given: dict[str, Any] = {
        "cell": cell,
        "input_size": rng.choice([3, 5, 8, 10]),
        "hidden_size": rng.choice([4, 6, 10]),
    }
    given["biases"] = rng.choice([1, 1, 2, 0])
    if rng.random() < 0.4:
        given |= {"num_layers": rng.randint(1, 3), "bidirectional": rng.random() < 0.6}
    if cell == "lstm" and rng.random() < 0.5:
        given |= rng.choice([{"peephole": True}, {"proj_size": 2}])
    if rng.random() < 0.4:
        given |= {"num_embeddings": rng.choice([50, 100]), "out_features": rng.choice([1, 5])}
    return given


def reference(**given: Any) -> dict[str, Any]:
    """Torch's own modules counted; a second bias is taken off again, peepholes are put on."""
    return counted(given)
