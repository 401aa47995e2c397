"""Recurrent cells by hand: what the contract can't see of their steps, gradients and counts."""

import math
from fractions import Fraction
from itertools import product
from random import Random
from typing import Any

import pytest
from command import revise
from contract import agree

from revise.catalogue import load
from revise.engines.arrays import entries
from revise.equality import compare
from revise.errors import InputError
from revise.expression import Node, parse
from revise.finding import find
from revise.request import Request
from revise.solution import Solution

RNN, LSTM, GRU, BPTT, GRADIENT = map(load, ("rnn-step", "lstm-step", "gru-step", "bptt", "rnn-gradient"))
ADDER = {
    "wxh": "1, 1; 1, 1; 1, 1", "whh": "0, 1, 0; 0, 1, 0; 0, 1, 0", "bh": "-0.5, -1.5, -2.5", "v": "1, -1, 1",
    "c": "-0.5", "activation": "step", "output": "step",
}  # fmt: skip


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def notes(solution: Solution) -> str:
    return " ".join(step.why for step in solution.steps if step.is_note)


def draw(rng: Random, high: int, wide: int) -> list[list[float]]:
    return [[rng.randint(-9, 9) / 10 for _ in range(wide)] for _ in range(high)]


def text(rows: list[list[float]]) -> str:
    return "; ".join(", ".join(map(str, row)) for row in rows)


def same(one: Solution, other: Solution) -> None:
    assert set(one.answers) == set(other.answers)
    for word in one.answers:
        assert agree(one.value(word), other.value(word)), word


def is_letters(got: Any, wanted: str) -> bool:
    return isinstance(got, Node) and compare(got, parse(wanted)).outcome == "equal"


# -- rnn-step ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("one", "other"), list(product([0, 1, 5, 11], [3, 7, 15])))
def test_the_adder_adds(one: int, other: int) -> None:
    bits = [(one >> place & 1, other >> place & 1) for place in range(5)]
    solution = RNN.solve(x="; ".join(f"{a}, {b}" for a, b in bits), **ADDER)
    assert sum(entries(solution.value(f"y{t}"))[0] << (t - 1) for t in range(1, 6)) == one + other


def test_a_linear_unit_counts_and_remembers() -> None:
    counter = RNN.solve(x="1, 0, 1, 1, 0", wxh=1, whh=1, activation="identity")
    assert [counter.value(f"h{t}") for t in range(1, 6)] == [1, 1, 2, 3, 3]
    assert RNN.solve(x="1, 0, 1", wxh=1, whh=1, h0=5, activation="identity").value("h3") == 7


@pytest.mark.parametrize("order", ["hx", "xh"])
def test_the_joined_form_is_the_separate_one(order: str) -> None:
    joined = "0.1, 0.2, 0.5; 0.3, -0.4, 0.6" if order == "hx" else "0.5, 0.1, 0.2; 0.6, 0.3, -0.4"
    apart = RNN.solve(x="1; -2; 3", wxh="0.5; 0.6", whh="0.1, 0.2; 0.3, -0.4", bh="0.7, 0.8")
    same(apart, RNN.solve(x="1; -2; 3", w=joined, order=order, bh="0.7, 0.8"))


def test_a_number_is_a_matrix_of_one() -> None:
    plain = RNN.solve(x="1, 2, -1", wxh="0.5", whh="0.3", bh="0.1", h0="0.2", v="2", c="0.5")
    same(plain, RNN.solve(x="1, 2, -1", wxh="0.5; ", whh="[0.3]; ", bh="0.1", h0="0.2", v="2;", c="0.5"))


def test_a_threshold_at_exactly_0_is_asked_about() -> None:
    above, at = (RNN.solve(x="1", wxh=1, whh=0, bh=-1, activation="step", step_at_zero=n) for n in (0, 1))
    assert (above.value("h1"), at.value("h1")) == (0, 1)
    assert "exactly 0" in notes(at)
    assert "exactly 0" not in notes(RNN.solve(x="1", wxh=2, whh=0, bh=-1, activation="step"))


def test_the_state_in_letters() -> None:
    solution = RNN.solve(x="1, 2", wxh="u", whh="w", h0="s")
    assert is_letters(solution.value("h2"), "tanh(w*tanh(w*s + u) + 2*u)")


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"x": "1"}, "wxh, whh: missing"),
        ({"x": "1", "wxh": 1, "whh": 1, "w": "1, 2"}, "^w: .*give it alone"),
        ({"x": "1, 2; 3, 4", "wxh": 1, "whh": 1}, "^x: .*one input"),
        ({"x": "1, 2, 3", "wxh": "1, 2; 3, 4", "whh": "1, 0; 0, 1"}, "^x: the weights take 2 inputs"),
        ({"x": "1, 2", "wxh": "1, 2; 3, 4", "whh": "1, 0, 1; 0, 1, 0"}, "^whh: .*2×2, not 2×3"),
        ({"x": "1", "wxh": "1, 2", "whh": "1, 0; 0, 1"}, "^wxh: .*transposed"),
        ({"x": "1, 2", "wxh": "1, 2; 3, 4", "whh": "1, 0; 0, 1", "h0": "1, 2, 3"}, "^h0: .*2 entries, not 3"),
        ({"x": "1", "wxh": 1, "whh": 1, "bh": "1, 2"}, "^bh: "),
        ({"x": "1", "wxh": 1, "whh": 1, "c": 1}, "^c: .*--v"),
        ({"x": "1", "wxh": 1, "whh": 1, "output": "sigmoid"}, "^output: .*--v"),
        ({"x": "1", "wxh": 1, "whh": 1, "v": 1, "output": "softmax"}, "^output: a softmax of one"),
        ({"x": "1", "wxh": "u", "whh": 1, "activation": "step"}, "^activation: .*letters"),
        ({"x": "1", "w": "1; 2"}, "^w: "),
        ({"x": "nan", "wxh": 1, "whh": 1}, "^x: "),
        ({"x": "inf", "wxh": 1, "whh": 1}, "^x: "),
        ({"x": "", "wxh": 1, "whh": 1}, "^x: "),
        ({"x": ", ".join("1" * 65), "wxh": 1, "whh": 1}, "^x: 65 steps are too many"),
    ],
)
def test_an_rnn_that_does_not_fit(given: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        RNN.solve(**given)


# -- lstm-step and gru-step -------------------------------------------------------------------------------


def in_three_forms(gates: str, rng: Random) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """The weights gate by gate, joined and stacked: two hidden units, one input."""
    inward, state, bias = ({gate: draw(rng, 2, wide) for gate in gates} for wide in (1, 2, 1))
    apart, joined = {}, {}
    for q in gates:
        shift = ", ".join(str(row[0]) for row in bias[q])
        apart |= {f"wx{q}": text(inward[q]) + ";", f"wh{q}": text(state[q]), f"b{q}": shift}
        rows = [h + x for h, x in zip(state[q], inward[q], strict=True)]
        joined |= {f"w{q}": text(rows), f"b{q}": shift}
    stacked = {
        "weight_ih": text([row for q in gates for row in inward[q]]),
        "weight_hh": text([row for q in gates for row in state[q]]),
        "bias_ih": ", ".join(str(row[0]) for q in gates for row in bias[q]),
    }
    return apart, joined, stacked


@pytest.mark.parametrize("seed", range(3))
def test_the_three_forms_of_an_lstm_are_one(seed: int) -> None:
    apart, joined, stacked = in_three_forms("ifgo", Random(seed))
    around = {"x": "1; -2", "h0": "0.1, 0.2", "c0": "0.3, -0.4"}
    first = LSTM.solve(**around, **apart)
    same(first, LSTM.solve(**around, **joined))
    same(first, LSTM.solve(**around, **stacked))


@pytest.mark.parametrize("seed", range(3))
def test_the_three_forms_of_a_gru_are_one(seed: int) -> None:
    apart, joined, stacked = in_three_forms("rzn", Random(seed))
    around = {"x": "1; -2", "h0": "0.1, 0.2"}
    same(GRU.solve(**around, **apart), GRU.solve(**around, **joined))
    same(GRU.solve(**around, **apart, reset="after"), GRU.solve(**around, **stacked))


def test_two_biases_are_their_sum_in_an_lstm_but_not_in_a_gru() -> None:
    weights = {"weight_ih": "0.5; 0.1; -0.3; 0.2", "weight_hh": "0.2; 0.4; 0.6; -0.1"}
    two = LSTM.solve(x="1, 2", **weights, bias_ih="0.1, 0.2, 0.3, 0.4", bias_hh="0.5, 0.5, -0.5, 0")
    same(two, LSTM.solve(x="1, 2", **weights, bias_ih="0.6, 0.7, -0.2, 0.4"))
    weights = {"x": "1", "h0": "0.5", "weight_ih": "0.5; 0.1; -0.3", "weight_hh": "0.2; 0.4; 0.6"}
    two = GRU.solve(**weights, bias_ih="0, 0, 0", bias_hh="0, 0, 1")
    assert not agree(two.value("h1"), GRU.solve(**weights, bias_ih="0, 0, 1").value("h1"))


def test_an_lstm_by_hand_with_peepholes() -> None:
    weights = {f"w{side}{gate}": value for gate in "ifgo" for side, value in (("x", "0.5"), ("h", "0.2"))}
    solution = LSTM.solve(x="2", h0="0.5", c0="1", **weights, wci="0.3", wcf="-0.4", wco="0.7")
    base = 0.5 * 2 + 0.2 * 0.5
    i, f, g = sigmoid(base + 0.3), sigmoid(base - 0.4), math.tanh(base)
    c = f + i * g
    o = sigmoid(base + 0.7 * c)
    for word, value in {"i1": i, "f1": f, "g1": g, "c1": c, "o1": o, "h1": o * math.tanh(c)}.items():
        assert math.isclose(solution.value(word), value), word


def test_other_activations_of_an_lstm() -> None:
    weights = {f"w{side}{gate}": "0.5" for gate in "ifgo" for side in "xh"}
    solution = LSTM.solve(x="1", c0="2", **weights, candidate="sigmoid", cell_activation="identity")
    gate = sigmoid(0.5)
    assert math.isclose(solution.value("h1"), gate * (gate * 2 + gate * gate))


def test_an_open_forget_gate_carries_the_cell() -> None:
    shut = {"wxi": 0, "whi": 0, "bi": -100, "wxg": 1, "whg": 1, "wxo": 1, "who": 1}
    solution = LSTM.solve(x=", ".join("1" * 20), wxf=0, whf=0, bf=100, c0="0.7", **shut)
    assert math.isclose(solution.value("c20"), 0.7)
    assert "i20" not in solution.answers


def test_a_gate_in_letters() -> None:
    solution = LSTM.solve(x="1", wxf="p", whf=0, wxi="q", whi=0, wxg="r", whg=0, wxo=0, who=0, c0="s")
    assert is_letters(solution.value("c1"), "s*sigmoid(p) + sigmoid(q)*tanh(r)")
    solution = GRU.solve(x="1", wxr=0, whr=0, wxz="p", whz=0, wxn="q", whn=0, h0="s")
    assert is_letters(solution.value("h1"), "s*sigmoid(p) + (1 - sigmoid(p))*tanh(q)")


CELL = {f"w{side}{gate}": value for gate in "rzn" for side, value in (("x", "0.5"), ("h", "0.8"))}


def test_a_gru_by_hand_in_all_conventions() -> None:
    gate = sigmoid(0.5 * 2 + 0.8 * 0.5)
    for update, reset in product(["keep", "renew"], ["before", "after"]):
        candidate = math.tanh(0.5 * 2 + 0.8 * gate * 0.5 + (gate * 0.3 if reset == "after" else 0))
        z = gate if update == "keep" else 1 - gate
        bias = {"bhn": "0.3"} if reset == "after" else {}
        solution = GRU.solve(x="2", h0="0.5", **CELL, update=update, reset=reset, **bias)
        assert math.isclose(solution.value("h1"), z * 0.5 + (1 - z) * candidate), (update, reset)
        assert ("after the product" in notes(solution)) == (reset == "after")
        assert ("keeps the old state" in notes(solution)) == (update == "keep")


def test_before_and_after_are_the_same_for_one_unit_and_not_for_two() -> None:
    same(GRU.solve(x="1, 2", h0="0.5", **CELL), GRU.solve(x="1, 2", h0="0.5", **CELL, reset="after"))
    apart = in_three_forms("rzn", Random(1))[0] | {"x": "1; -2", "h0": "0.5, -0.3"}
    before, after = GRU.solve(**apart, reset="before"), GRU.solve(**apart, reset="after")
    assert not agree(before.value("h1"), after.value("h1"))


@pytest.mark.parametrize("gates", ["ifgo", "rzn"])
def test_stacked_weights_are_torch_s_own_layer(gates: str) -> None:
    import torch

    torch.manual_seed(0)
    layer = {"ifgo": torch.nn.LSTM, "rzn": torch.nn.GRU}[gates](2, 3, dtype=torch.float64)
    given = {name.removesuffix("_l0"): tensor.tolist() for name, tensor in layer.named_parameters()}
    given = {name: text(rows) if "weight" in name else ", ".join(map(str, rows)) for name, rows in given.items()}
    series = [[1.0, -0.5], [0.25, 2.0], [0.0, 1.0]]
    solution = {"ifgo": LSTM, "rzn": GRU}[gates].solve(x=text(series), **given)
    states = layer(torch.tensor(series, dtype=torch.float64))[0]
    for t in (1, 2, 3):
        assert agree(solution.value(f"h{t}"), states[t - 1])


@pytest.mark.parametrize(("units", "biases", "peephole"), list(product([1, 2], [0, 1, 2], [False, True])))
def test_every_form_of_an_lstm_against_torch(units: int, biases: int, peephole: bool) -> None:
    if peephole and biases == 2:
        return
    rng = Random(units + biases)
    given: dict[str, Any] = {"x": "1; -2", "h0": text(draw(rng, 1, units)), "c0": text(draw(rng, 1, units))}
    if biases == 2:
        given |= {"weight_ih": text(draw(rng, 4 * units, 1)), "weight_hh": text(draw(rng, 4 * units, units))}
        given |= {name: text(draw(rng, 1, 4 * units)) for name in ("bias_ih", "bias_hh")}
    for gate in "ifgo" if biases < 2 else "":
        given |= {f"wx{gate}": text(draw(rng, units, 1)), f"wh{gate}": text(draw(rng, units, units))}
        given |= {f"b{gate}": text(draw(rng, 1, units))} if biases else {}
        given |= {f"wc{gate}": text(draw(rng, 1, units))} if peephole and gate != "g" else {}
    solution, other = LSTM.solve(**given), LSTM.reference(given)
    for word in solution.answers:
        assert agree(solution.value(word), other[word]), word


@pytest.mark.parametrize("update", ["keep", "renew"])
@pytest.mark.parametrize("reset", ["before", "after"])
@pytest.mark.parametrize(("units", "biases"), list(product([1, 2], [0, 1, 2])))
def test_every_form_of_a_gru_against_torch(units: int, biases: int, reset: str, update: str) -> None:
    rng = Random(units + biases)
    given: dict[str, Any] = {"x": "1; -2", "h0": text(draw(rng, 1, units)), "reset": reset, "update": update}
    given |= {"weight_ih": text(draw(rng, 3 * units, 1)), "weight_hh": text(draw(rng, 3 * units, units))}
    given |= {name: text(draw(rng, 1, 3 * units)) for name in ("bias_ih", "bias_hh")[:biases]}
    solution, other = GRU.solve(**given), GRU.reference(given)
    for word in solution.answers:
        assert agree(solution.value(word), other[word]), word


def test_long_formulas_of_letters_are_refused_before_they_are_made() -> None:
    for solver, given, most in (
        (RNN, {"wxh": "u", "whh": "w"}, 12), (BPTT, {"wxh": "u", "whh": "w"}, 6), (LSTM, {**PLAIN, "wxi": "u"}, 4),
    ):  # fmt: skip
        with pytest.raises(InputError, match=f"^x: with letters at most {most} steps"):
            solver.solve(x=", ".join("1" * (most + 1)), **given)


PLAIN = {f"w{side}{gate}": 1 for gate in "ifgo" for side in "xh"}


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({}, "^wxi: the cell has no weights"),
        ({"wxi": 1, "whi": 1}, "^wxf, whf, .*: missing"),
        ({**PLAIN, "wi": "1, 2"}, "^wxi: the weights are given twice"),
        ({**PLAIN, "weight_ih": "1; 2; 3; 4"}, "^wxi: the weights are given twice"),
        ({**PLAIN, "bi": "1, 2"}, "^bi: "),
        ({**PLAIN, "wci": "1, 2"}, "^wci: "),
        ({**PLAIN, "x": "1, 2; 3, 4"}, "^x: "),
        ({**PLAIN, "whf": "1, 2; 3, 4"}, "^wxi: .*2×1, not 1×1"),
        ({"weight_ih": "1; 2; 3; 4"}, "^weight-hh: missing"),
        ({"weight_ih": "1; 2; 3", "weight_hh": "1; 2; 3"}, "^weight-hh: .*4×1, not 3×1"),
        ({"weight_ih": "1; 2; 3; 4", "weight_hh": "1; 2; 3; 4", "bias_ih": "1, 2"}, "^bias-ih: .*4 entries, not 2"),
        ({"weight_ih": "1; 2; 3; 4", "weight_hh": "1; 2; 3; 4", "bi": 1}, "^bi: .*--bias-ih"),
        ({"weight_ih": "1; 2; 3; 4", "weight_hh": "1; 2; 3; 4", "bias_hh": "1, 2, 3, 4", "wci": 1}, "^wci: "),
        ({"wi": "1, 2", "wf": "1, 2", "wg": "1, 2"}, "^wo: missing"),
        ({"wi": "1, 2", "wf": "1, 2", "wg": "1, 2", "wo": "1, 2, 3"}, "^wo: .*1×2, not 1×3"),
        ({"wi": "1", "wf": "1", "wg": "1", "wo": "1"}, "^wi: 1×1 is for the state"),
    ],
)
def test_an_lstm_that_does_not_fit(given: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        LSTM.solve(**{"x": "1", **given})


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({**CELL, "bhn": 1}, "^bhn: .*--reset after"),
        ({"wr": "1, 2", "wz": "1, 2", "wn": "1, 2", "reset": "after"}, "^reset: .*gate by gate"),
        ({"weight_ih": "1; 2; 3", "weight_hh": "1; 2; 3", "bias_hh": "1, 2, 3", "bhn": 1}, "^bhn: --bias-hh"),
        ({"weight_ih": "1; 2; 3; 4", "weight_hh": "1; 2; 3; 4"}, "^weight-hh: .*r, z, n.*3×1, not 4×1"),
        ({"wxr": 1}, "^whr, .*: missing"),
    ],
)
def test_a_gru_that_does_not_fit(given: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        GRU.solve(**{"x": "1", **given})


# -- rnn-params, lstm-params, gru-params ------------------------------------------------------------------


@pytest.mark.parametrize(("name", "gates"), [("rnn-params", 1), ("gru-params", 3), ("lstm-params", 4)])
def test_the_count_in_letters(name: str, gates: int) -> None:
    total = load(name).solve(input_size="m", hidden_size="n").value("parameters")
    assert is_letters(total, f"{gates}*(n*m + n^2 + n)")
    assert is_letters(load(name).solve(input_size="m", hidden_size="n", biases=2).value("parameters"),
                      f"{gates}*(n*m + n^2 + 2*n)")  # fmt: skip


def test_the_default_of_torch_s_documentation() -> None:
    import torch

    total = load("lstm-params").solve(input_size=10, hidden_size=20, num_layers=2, biases=2).value("parameters")
    assert total == sum(each.numel() for each in torch.nn.LSTM(10, 20, 2).parameters()) == 5920


def test_peepholes_and_projection_as_sak_et_al_count_them() -> None:
    """Section 2.2: W = n_c² 4 + n_i n_c 4 + n_c n_o + 3 n_c, and with a projection n_c n_r 4 + … + n_c n_r."""
    given = {"input_size": 40, "hidden_size": 800, "peephole": True, "biases": 0}
    assert load("lstm-params").solve(**given).value("parameters") == 800 * 800 * 4 + 40 * 800 * 4 + 3 * 800
    projected = load("lstm-params").solve(**given, proj_size=512).value("parameters")
    assert projected == 800 * 512 * 4 + 40 * 800 * 4 + 800 * 512 + 3 * 800


@pytest.mark.parametrize(
    ("name", "given", "parameters", "found"),
    [
        ("lstm-params", {"input_size": "64"}, 98_816, [128]),
        ("lstm-params", {"input_size": "10", "biases": 2}, 2560, [20]),
        ("gru-params", {"input_size": "256", "biases": 2}, 3_938_304, [1024]),
        ("rnn-params", {"input_size": "32"}, 2080, [32]),
        ("rnn-params", {"input_size": "32"}, 2081, []),
        ("lstm-params", {"input_size": "128", "bidirectional": True, "num_layers": "2"}, 197_632, [64]),
    ],
)
def test_the_hidden_size_from_the_count(name: str, given: dict[str, Any], parameters: int, found: list[int]) -> None:
    request = Request(load(name), given, sought={"hidden_size": None}, targets={"parameters": str(parameters)})
    assert [each["hidden_size"] for each in find(request)] == found


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"input_size": 0}, "^input-size must be"),
        ({"hidden_size": -3}, "^hidden-size must be"),
        ({"hidden_size": "2.5"}, "^hidden-size must be"),
        ({"proj_size": 4}, "^proj-size: it is smaller"),
        ({"num_layers": 65}, "^num-layers: "),
        ({"cell": "gru", "peephole": True}, "^peephole: only an LSTM"),
        ({"cell": "rnn", "proj_size": 2}, "^proj-size: only an LSTM"),
        ({"num_embeddings": 0}, "^num-embeddings must be"),
    ],
)
def test_a_count_that_can_not_be(given: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        load("lstm-params").solve(**{"input_size": 3, "hidden_size": 4, **given})


# -- bptt -------------------------------------------------------------------------------------------------


def test_a_linear_cell_by_hand() -> None:
    """h₁ = 2, h₂ = 2·2 + 3 = 7, h₃ = 14 + 1 = 15; by w: h₂ + w(h₁ + w·0) = 7 + 2·2 = 11."""
    solution = BPTT.solve(x="2, 3, 1", wxh=1, whh=2, activation="identity", target="14")
    assert solution.value("loss") == Fraction(1, 2)
    assert [solution.value(f"delta{t}") for t in (1, 2, 3)] == [4, 2, 1]
    assert (solution.value("dL/dW_hh"), solution.value("dL/dW_xh")) == (11, 2 * 4 + 3 * 2 + 1)


def test_a_linear_cell_in_letters() -> None:
    solution = BPTT.solve(x="1, 2, 3", wxh="u", whh="w", activation="identity")
    assert is_letters(solution.value("dL/dW_hh"), "2*u*w + 2*u")
    assert is_letters(solution.value("dL/dW_xh"), "w^2 + 2*w + 3")


def test_the_published_walkthrough_where_it_is_right() -> None:
    """prachub.com: h1, y1, and the gradients with its slip in tanh(1.0462) taken out."""
    solution = BPTT.solve(x="1, 2", wxh="0.5", whh="0.1", bh=0, v=2, target="1, 2")
    h1, h2 = math.tanh(0.5), math.tanh(1 + 0.1 * math.tanh(0.5))
    d2 = (2 * h2 - 2) * 2 * (1 - h2 * h2)
    d1 = ((2 * h1 - 1) * 2 + 0.1 * d2) * (1 - h1 * h1)
    wanted = {"dL/dW_hh": d2 * h1, "dL/dW_xh": d1 + 2 * d2, "dL/db_h": d1 + d2}
    for word, value in wanted.items():
        assert math.isclose(solution.value(word), value), word


def test_the_paths_add_up_and_each_is_a_product() -> None:
    solution = BPTT.solve(x="1, 2, -1", wxh="0.5", whh="0.7", target="1, 0, 1", h0="0.3")
    assert agree(solution.value("S"), solution.value("dL/dW_hh"))
    assert sum(step.name == "G[i,k]" for step in solution.steps) == 6
    last = BPTT.solve(x="1, 2, -1", wxh="0.5", whh="0.7", target="1", h0="0.3")
    assert sum(step.name == "G[i,k]" for step in last.steps) == 3


def test_the_mean_is_the_sum_over_the_steps_divided() -> None:
    given = {"x": "1, 2, -1", "wxh": "0.5", "whh": "0.7", "v": "2", "c": "0.1", "bh": "0.1", "target": "1, 0, 1"}
    for loss in ("half", "squared", "bce"):
        added, mean = (BPTT.solve(**given, loss=loss, reduction=way) for way in ("sum", "mean"))
        for word in added.answers:
            assert agree(3 * mean.value(word), added.value(word)), (loss, word)


@pytest.mark.parametrize("loss_at", ["last", "each"])
@pytest.mark.parametrize("tbptt", [1, 2, 3, 4, 5])
def test_truncated_is_a_detached_state(tbptt: int, loss_at: str) -> None:
    target = "1" if loss_at == "last" else "1, 0, 1, 1, 0"
    given = {"x": "1, 2, -1, 0.5, 1", "wxh": "0.5", "whh": "0.7", "bh": "0.1", "target": target, "loss_at": loss_at}
    cut, other, whole = BPTT.solve(**given, tbptt=tbptt), BPTT.reference({**given, "tbptt": tbptt}), BPTT.solve(**given)
    for word in ("loss", "dL/dW_hh", "dL/dW_xh", "dL/db_h"):
        assert agree(cut.value(word), other[word]), word
    assert agree(cut.value("dL/dW_xh"), whole.value("dL/dW_xh")) == (tbptt == 5)
    assert ("not the whole gradient" in notes(cut)) == (tbptt < 5)


@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "relu", "identity"])
@pytest.mark.parametrize(("loss", "target"), [("half", "1, 0"), ("ce", "0, 1"), ("bce", "1, 0"), ("output", None)])
def test_every_loss_and_activation_with_matrices(activation: str, loss: str, target: str | None) -> None:
    rng = Random(3)
    given = {"x": "1, 2; -1, 1; 0.5, 1", "wxh": text(draw(rng, 3, 2)), "whh": text(draw(rng, 3, 3)), "bh": "1, 2, -3"}
    given |= {"v": text(draw(rng, 2, 3)), "c": "0.1, 0.2", "activation": activation, "loss": loss, "lr": "0.5"}
    given |= {} if target is None else {"target": target}
    solution, other = BPTT.solve(**given), BPTT.reference(given)
    assert set(solution.answers) == set(other)
    for word in other:
        assert agree(solution.value(word), other[word]), word


def test_a_step_lowers_the_loss() -> None:
    given = {"x": "1, 2", "wxh": "0.5", "whh": "0.3", "target": "1", "lr": "0.05"}
    solution = BPTT.solve(**given)
    moved = {"wxh": solution.value("W_xh-new"), "whh": solution.value("W_hh-new")}
    assert BPTT.solve(**{**given, **moved}).value("loss") < solution.value("loss")


def test_relu_at_its_kink_is_said() -> None:
    assert "no derivative at 0" in notes(BPTT.solve(x="0, 1", wxh=1, whh=1, activation="relu"))


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"target": "1, 2, 3"}, "^target: .*not 3"),
        ({"target": "1, 2", "loss_at": "last"}, "^target: one, for the last"),
        ({"target": "1", "loss_at": "each"}, "^target: one for each of the 2 steps"),
        ({"target": "1, 2; 3, 4"}, "^target: 1 number a step"),
        ({"loss": "half"}, "^target: missing"),
        ({"loss": "output", "target": "1"}, "^target: .*there is none"),
        ({"loss": "bce", "target": "1"}, "^loss: .*--v"),
        ({"loss": "ce", "target": "1", "v": 1}, "^loss: ce needs two outputs"),
        ({"loss": "ce", "target": "1, 1", "v": "1; 2"}, "^target: .*add up to 1"),
        ({"loss": "bce", "target": "2", "v": 1}, "^target: .*0 to 1, not 2"),
        ({"tbptt": 0}, "tbptt must be"),
        ({"c": 1}, "^c: "),
        ({"whh": "1, 2; 3, 4"}, "^wxh: "),
        ({"x": ", ".join("1" * 33)}, "^x: 33 steps"),
    ],
)
def test_a_way_back_that_does_not_fit(given: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        BPTT.solve(**{"x": "1, 2", "wxh": 1, "whh": 1, **given})


# -- rnn-gradient -----------------------------------------------------------------------------------------


def test_strang_s_matrix_step_by_step() -> None:
    solution = GRADIENT.solve(whh="3, 0; 4, 5", steps=3, activation="identity")
    assert [solution.value(word) for word in ("p", "q", "lambda_1", "lambda_2", "rho")] == [50, 225, 45, 5, 5]
    assert math.isclose(solution.value("bound"), 45)


@pytest.mark.parametrize("seed", range(6))
def test_the_product_stays_below_the_bound(seed: int) -> None:
    import numpy

    rng = Random(seed)
    weights = [[rng.randint(-3, 3) for _ in range(2)] for _ in range(2)]
    states = draw(rng, 4, 2)
    solution = GRADIENT.solve(whh=text(weights), states=text(states))
    wanted = numpy.eye(2)
    for row in states:
        wanted = numpy.diag(1 - numpy.array(row) ** 2) @ numpy.array(weights) @ wanted
    assert agree(solution.value("product"), wanted)
    assert numpy.linalg.norm(wanted, 2) <= solution.value("bound") + 1e-9


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"whh": "0.9"}, "the gradient vanishes. This is sufficient"),
        ({"whh": "3.9", "activation": "sigmoid"}, "the gradient vanishes. This is sufficient"),
        ({"whh": "4.1", "activation": "sigmoid"}, "necessary, not sufficient"),
        ({"whh": "-1"}, "the bound stays 1"),
        ({"whh": "0.5, 5; 0, 0.5", "activation": "identity"}, "ρ < 1 makes it go to 0"),
        ({"whh": "0, 1; -4, 0", "activation": "identity"}, "ρ > 1 makes it explode"),
        ({"whh": "w"}, "γ σ_max < 1: it must vanish"),
    ],
)
def test_what_is_said_of_long_sequences(given: dict[str, Any], told: str) -> None:
    assert told in notes(GRADIENT.solve(**given, steps=10))


def test_complex_and_nilpotent_and_zero_weights() -> None:
    rotation = GRADIENT.solve(whh="0, -1; 1, 0", steps=5)
    assert [rotation.value(word) for word in ("sigma_max", "rho", "bound")] == [1, 1, 1]
    shift = GRADIENT.solve(whh="0, 2; 0, 0", steps=3, activation="identity", slopes="1, 1; 1, 1")
    assert [shift.value(word) for word in ("sigma_max", "rho", "bound")] == [2, 0, 4]
    assert entries(shift.value("product")) == (0, 0, 0, 0)
    assert GRADIENT.solve(whh="0, 0; 0, 0", steps=3).value("bound") == 0


def test_a_chain_in_letters_and_by_the_singular_value() -> None:
    assert is_letters(GRADIENT.solve(whh="w", slopes="0.5, 0.8").value("product"), "2/5*w^2")
    assert is_letters(GRADIENT.solve(whh="2", slopes="p, q").value("product"), "4*p*q")
    assert GRADIENT.solve(sigma_max="1/2", steps=11).value("bound") == Fraction(1, 1024)
    assert GRADIENT.solve(whh="3, 0, 0; 0, -5, 0; 0, 0, 1", steps=2).value("sigma_max") == 5


def test_after_how_many_steps_the_bound_is_reached() -> None:
    request = Request(GRADIENT, {"whh": "1/2"}, sought={"steps": None}, targets={"bound": "1/1024"})
    assert find(request) == [{"steps": 11}]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"steps": 3}, "^whh: give either"),
        ({"whh": 1, "sigma_max": 1, "steps": 3}, "^whh: give either"),
        ({"whh": 1}, "^steps: missing"),
        ({"whh": 1, "steps": 0}, "steps must be"),
        ({"whh": 1, "steps": 1001}, "^steps: 1001"),
        ({"whh": "1, 2, 3; 4, 5, 6", "steps": 3}, "^whh: .*square, not 2×3"),
        ({"whh": "1, 2, 3; 4, 5, 6; 7, 8, 9", "steps": 3}, "^whh: .*--sigma-max"),
        ({"whh": 1, "steps": 3, "slopes": "0.5"}, "^steps: .*2 slopes, not 1"),
        ({"whh": 1, "slopes": "1.5"}, "^slopes: .*from 0 to 1"),
        ({"whh": 1, "slopes": "0.3", "activation": "sigmoid"}, "^slopes: .*from 0 to 1/4"),
        ({"whh": 1, "slopes": "0.5", "activation": "relu"}, "^slopes: .*0 or 1"),
        ({"whh": 1, "states": "-2"}, "^states: .*from -1 to 1"),
        ({"whh": 1, "slopes": "1", "states": "1"}, "^states: "),
        ({"whh": "1, 0; 0, 1", "slopes": "1, 1, 1"}, "^slopes: the weights take 2"),
        ({"sigma_max": -1, "steps": 3}, "^sigma-max: "),
        ({"whh": 1, "gamma": 0, "steps": 3}, "^gamma: "),
        ({"whh": 1000, "steps": 900}, "too large"),
    ],
)
def test_a_bound_that_can_not_be(given: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        GRADIENT.solve(**given)


# -- as a student types it --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "line"),
    [
        ('rnn-step --x "1, 2" --wxh 0.5 --whh 0.1', "h1  ≈ 0.4621"),
        ("lstm-step --x 1 --weight-ih 1;1;1;1 --weight-hh 0;0;0;0", "h1  ≈ 0.3696"),
        ("gru-step --x 1 --wr 0,1 --wz 0,1 --wn 0,1", "h1  ≈ [0.2048]"),
        ("bptt --x 2,3 --wxh 1 --whh 2 --activation identity", "dL/dW_hh  2"),
        ("rnn-gradient --whh 1/2 --steps 5", "bound      0.0625"),
        ("rnn-params --input-size 10 --hidden-size 20", "parameters  620"),
        ("lstm-params --input-size 10 --hidden-size 20", "parameters  2480"),
        ("gru-params --input-size 10 --hidden-size 20", "parameters  1860"),
    ],
)
def test_every_capability_is_a_command(command: str, line: str) -> None:
    words = command.replace('"1, 2"', "1,2").split()
    done = revise("solve", *words)
    assert (done.returncode, done.stderr) == (0, "")
    assert line in done.stdout
