"""Penalties, dropout, initialisation, gradients through depth and clipping: what the contract can't see."""

from fractions import Fraction
from math import sqrt
from typing import Any

import pytest
from contract import agree

from revise import catalogue
from revise.engines.arrays import Array
from revise.equality import compare
from revise.errors import InputError
from revise.expression import parse
from revise.finding import find
from revise.request import read_request, split
from revise.solution import Solution

DECAY, LOSS, DROPOUT, INIT, VARIANCE, FLOW, CLIP = map(
    catalogue.load,
    ("weight-decay", "regularised-loss", "dropout", "init", "activation-variance", "gradient-flow", "clip"),
)


def notes(solution: Solution) -> str:
    return " ".join(step.why for step in solution.steps if step.is_note)


def flat(solution: Solution, word: str) -> list[Any]:
    value = solution.value(word)
    return list(value.flat) if isinstance(value, Array) else [value]


def same(value: Any, wanted: str) -> bool:
    return compare(value, parse(wanted)).outcome == "equal"


# -- weight decay ---------------------------------------------------------------------------------------


def test_the_half_and_the_samples_are_conventions() -> None:
    given = {"w": "2", "lr": "0.1", "weight_decay": "0.5", "gradient": "1"}
    assert flat(DECAY.solve(**given), "w-new") == [Fraction(18, 10)]
    assert flat(DECAY.solve(**given, half=False), "w-new") == [Fraction(17, 10)]
    assert flat(DECAY.solve(**given, samples=10), "w-new") == [Fraction(189, 100)]
    assert DECAY.solve(**given, half=False).value("factor") == Fraction(9, 10)
    assert "λ/2 ‖w‖²" in notes(DECAY.solve(**given))
    assert "λ/(2n) ‖w‖²" in notes(DECAY.solve(**given, samples=10))


def test_l1_subtracts_the_same_amount_everywhere_and_nothing_at_0() -> None:
    solution = DECAY.solve(w="3, -2, 0", lr="0.1", l1="2")
    assert flat(solution, "w-new") == [Fraction(28, 10), Fraction(-18, 10), 0]
    assert "0 at w = 0" in notes(solution)


def test_the_proximal_step_stops_at_0_where_the_subgradient_runs_over() -> None:
    given = {"w": "0.1, -3", "lr": "0.1", "l1": "2"}
    assert flat(DECAY.solve(**given), "w-new") == [Fraction(-1, 10), Fraction(-28, 10)]
    assert flat(DECAY.solve(**given, l1_step="proximal"), "w-new") == [0, Fraction(-28, 10)]


def test_elastic_net_is_both() -> None:
    solution = DECAY.solve(w="2, -1", lr="1", weight_decay="0.5", l1="0.25", gradient="1, 1")
    assert flat(solution, "gradient") == [Fraction(9, 4), Fraction(1, 4)]


def test_without_a_gradient_the_weight_decays_geometrically() -> None:
    solution = DECAY.solve(w="1", lr="0.5", weight_decay="0.5", steps=4)
    assert flat(solution, "w-new") == [Fraction(3, 4) ** 4]


def test_a_penalty_that_makes_weights_grow_is_said() -> None:
    assert "grow" in notes(DECAY.solve(w="1", lr="3", weight_decay="1"))
    assert "jumps over 0" in notes(DECAY.solve(w="1", lr="1.5", weight_decay="1"))
    assert "grow" not in notes(DECAY.solve(w="1", lr="0.1", weight_decay="1"))


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"w": "1, 2", "lr": "0.1"}, "no penalty at all"),
        ({"w": "1, 2", "weight_decay": "0.1"}, "--lr"),
        ({"w": "1", "lr": "0.1", "weight_decay": "-1"}, "weight-decay: -1"),
        ({"w": "1", "lr": "-0.1", "weight_decay": "1"}, "lr: "),
        ({"w": "1, 2", "lr": "0.1", "weight_decay": "1", "gradient": "1"}, "gradient: 1 numbers"),
        ({"w": "1", "lr": "0.1", "weight_decay": "1", "steps": "0"}, "steps must"),
        ({"w": "1", "lr": "0.1", "weight_decay": "1", "steps": "9999"}, "steps: 9999"),
        ({"w": "1", "lr": "0.1", "weight_decay": "1", "l1_step": "proximal"}, "l1-step"),
        ({"w": "1", "lr": "0.1", "weight_decay": "1", "samples": "0"}, "samples must"),
    ],
)
def test_decay_that_cannot_be(given: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        DECAY.solve(**given)


# -- regularised loss -----------------------------------------------------------------------------------


def test_two_weights_with_one_score_differ_in_l2_and_not_in_l1() -> None:
    one, spread = "1, 0, 0, 0", "0.25, 0.25, 0.25, 0.25"
    l2 = [LOSS.solve(w=w, weight_decay=1, half=False).value("penalty") for w in (one, spread)]
    l1 = [LOSS.solve(w=w, l1=1).value("penalty") for w in (one, spread)]
    assert l2 == [1, Fraction(1, 4)]
    assert l1 == [1, 1]


def test_layers_are_added_up_and_keep_their_shapes() -> None:
    solution = LOSS.solve(w="1, -2; 3, 0 | 4, 1", weight_decay="0.5", l1="0.1", loss="2")
    assert solution.value("penalty") == Fraction(31, 4) + Fraction(11, 10)
    assert solution.value("total") == 2 + solution.value("penalty")
    assert solution.value("penalty-gradient-1").shape == (2, 2)
    assert flat(solution, "penalty-gradient-2") == [Fraction(21, 10), Fraction(6, 10)]


def test_the_penalty_by_its_conventions() -> None:
    given = {"w": "3, 4", "weight_decay": "0.2"}
    assert LOSS.solve(**given).value("penalty") == Fraction(5, 2)
    assert LOSS.solve(**given, half=False).value("penalty") == 5
    assert LOSS.solve(**given, samples=5).value("penalty") == Fraction(1, 2)
    assert flat(LOSS.solve(**given, half=False), "penalty-gradient") == [Fraction(6, 5), Fraction(8, 5)]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"w": "1, 2"}, "no penalty"),
        ({"w": "1 |", "l1": "1"}, "part 2 of 2 is empty"),
        ({"w": "1, 2 | 3", "l1": "1", "gradient": "1, 2"}, "gradient has 1 parts"),
        ({"w": "1, 2", "l1": "1", "gradient": "1, 2, 3"}, "part 1 is 3, w's is 2"),
        ({"w": "1, 2", "l1": "-1"}, "l1: -1"),
    ],
)
def test_a_loss_that_cannot_be(given: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        LOSS.solve(**given)


# -- dropout --------------------------------------------------------------------------------------------


def test_p_drops_or_keeps_as_is_said() -> None:
    drop = DROPOUT.solve(x="4, 8", p="0.2", mask="1, 0")
    keep = DROPOUT.solve(x="4, 8", p="0.2", mask="1, 0", probability="keep")
    assert flat(drop, "output") == [5, 0]
    assert flat(keep, "output") == [20, 0]


def test_both_scalings_agree_on_average() -> None:
    for scaling in ("inverted", "test"):
        train = DROPOUT.solve(x="4, 8", p="0.25", scaling=scaling)
        test = DROPOUT.solve(x="4, 8", p="0.25", scaling=scaling, mode="test")
        assert train.value("mean").flat == test.value("output").flat, scaling
    assert flat(DROPOUT.solve(x="4", p="0.25"), "variance") == [Fraction(16, 3)]
    assert flat(DROPOUT.solve(x="4", p="0.25", scaling="test"), "variance") == [3]


def test_n_units_have_two_to_the_n_thinned_networks() -> None:
    assert DROPOUT.solve(x="1, 2; 3, 4", p="0.5").value("masks") == 16
    assert "masks" not in DROPOUT.solve(x="1, 2", p="0.5", mask="1, 0").answers


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"x": "1, 2", "p": "1.5"}, "p: "),
        ({"x": "1, 2", "p": "1"}, "p: 1 keeps nothing"),
        ({"x": "1, 2", "p": "0", "probability": "keep"}, "p: 0 keeps nothing"),
        ({"x": "1, 2", "p": "0.5", "mask": "1, 2"}, "mask: only"),
        ({"x": "1, 2", "p": "0.5", "mask": "1"}, "mask is 1×1"),
        ({"x": "1, 2", "p": "0.5", "mask": "1, 0", "mode": "test"}, "mask: at test"),
        ({"x": "1, 2", "p": "0.5", "weights": "1"}, "weights: 1 numbers"),
        ({"x": "1, 2"}, "--p"),
    ],
)
def test_dropout_that_cannot_be(given: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        DROPOUT.solve(**given)


# -- initialisation -------------------------------------------------------------------------------------


def test_the_three_rules_of_one_layer() -> None:
    given = {"fan_in": "8", "fan_out": "2"}
    assert INIT.solve(**given).value("variance") == Fraction(1, 5)
    assert INIT.solve(**given, method="he").value("variance") == Fraction(1, 4)
    assert INIT.solve(**given, method="he", mode="fan-out").value("variance") == 1
    assert INIT.solve(**given, method="lecun").value("variance") == Fraction(1, 8)
    assert INIT.solve(**given, method="he", nonlinearity="linear").value("variance") == Fraction(1, 8)


def test_a_convolutions_fans_count_the_kernel() -> None:
    solution = INIT.solve(kernel_size="3x5", in_channels="4", out_channels="6")
    assert [solution.value("fan-in"), solution.value("fan-out")] == [60, 90]
    assert INIT.solve(kernel_size="3", in_channels="64", method="he").value("fan-in") == 576
    letters = INIT.solve(kernel_size="k", in_channels="C", method="he")
    assert same(letters.value("variance"), "2/(k^2*C)")


def test_the_fan_from_the_standard_deviation() -> None:
    assert find(read_request(*split(["init", "--method", "he", "--find", "fan-in", "--std", "0.1000"]))) == [
        {"fan_in": 200}
    ]
    sought = ["init", "--method", "he", "--kernel-size", "3", "--find", "in-channels", "--std", "0.0589"]
    assert {"in_channels": 64} in find(read_request(*split(sought)))


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({}, "fan-in: needed"),
        ({"fan_in": "3"}, "fan-out: needed"),
        ({"fan_in": "0", "method": "he"}, "fan-in must"),
        ({"fan_in": "3/2", "method": "he"}, "fan-in must"),
        ({"kernel_size": "3"}, "in-channels: needed"),
        ({"kernel_size": "0", "in_channels": "3", "method": "he"}, "kernel-size must"),
        ({"kernel_size": "3", "fan_in": "4"}, "fan-in: with --kernel-size"),
        ({"in_channels": "3"}, "kernel-size: needed"),
        ({"fan_in": "3", "method": "lecun", "mode": "fan-out"}, "mode: only"),
        ({"fan_in": "3", "fan_out": "3", "negative_slope": "1"}, "negative-slope: only"),
    ],
)
def test_an_initialisation_that_cannot_be(given: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        INIT.solve(**given)


# -- variance through layers ----------------------------------------------------------------------------


def test_he_keeps_relu_and_lecun_keeps_linear() -> None:
    for init, activation, wanted in (
        ("he", "relu", 1),
        ("lecun", "linear", 1),
        ("lecun", "relu", Fraction(1, 16)),
        ("he", "linear", 16),
        ("uniform", "linear", Fraction(1, 81)),
    ):
        solution = VARIANCE.solve(widths="100", layers=4, init=init, activation=activation)
        assert solution.value("ratio") == wanted, (init, activation)


def test_forwards_counts_what_comes_in_and_backwards_what_goes_out() -> None:
    forward = VARIANCE.solve(widths="100, 25, 4", std="0.1")
    backward = VARIANCE.solve(widths="100, 25, 4", std="0.1", direction="backward")
    assert forward.value("ratio") == Fraction(100, 100) * Fraction(25, 100)
    assert backward.value("ratio") == Fraction(25, 100) * Fraction(4, 100)


def test_a_simulation_agrees() -> None:
    import torch

    generator = torch.Generator().manual_seed(0)
    x = torch.randn(4000, 200, generator=generator, dtype=torch.float64)
    z = x
    for _ in range(3):
        w = 0.15 * torch.randn(200, 200, generator=generator, dtype=torch.float64)
        z = (x if z is x else torch.relu(z)) @ w
    solution = VARIANCE.solve(widths="200", layers=3, std="0.15", activation="relu")
    assert abs(float(z.var()) / float(solution.value("variance")) - 1) < 0.1


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"widths": "100"}, "layers: with one width"),
        ({"widths": "100", "layers": "0"}, "layers must"),
        ({"widths": "100", "layers": "500"}, "layers: 500"),
        ({"widths": "1, 2", "layers": "3"}, "layers: only"),
        ({"widths": "1, 0"}, "widths must"),
        ({"widths": "1, 2", "std": "0"}, "std: 0"),
        ({"widths": "1, 2", "std": "1", "init": "he"}, "std: it sets"),
        ({"widths": "100000", "layers": "200", "std": "3"}, "too large"),
    ],
)
def test_a_stack_that_cannot_be(given: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        VARIANCE.solve(**given)


# -- gradient flow --------------------------------------------------------------------------------------


def test_sigmoids_leave_a_quarter_at_most() -> None:
    solution = FLOW.solve(weights="2, -1, 3", z="0, 0, 0")
    assert solution.value("gradient") == Fraction(-6, 64)
    assert solution.value("bound") == Fraction(6, 64)
    away = FLOW.solve(weights="2, -1, 3", z="2, -1, 0")
    assert abs(away.value("gradient")) < away.value("bound")
    assert same(FLOW.solve(weights="w", layers=2).value("bound"), "w^2/16")


def test_a_relu_that_is_off_stops_everything() -> None:
    solution = FLOW.solve(weights="2, 3", z="1, -1", activation="relu")
    assert solution.value("gradient") == 0
    assert "off" in notes(solution)
    assert FLOW.solve(weights="2, 3", z="1, 1", activation="relu").value("gradient") == 6


def test_a_shortcut_adds_1_to_each_factor() -> None:
    assert FLOW.solve(weights="2, 4", z="0, 0", residual=True).value("gradient") == Fraction(3, 2) * 2
    off = FLOW.solve(weights="5, 5, 5", z="-1, -1, -1", activation="relu", residual=True)
    assert off.value("gradient") == 1


def test_the_input_and_the_pre_activations_it_gives_agree() -> None:
    by_input = FLOW.solve(weights="1, -2", x="0.5", bias="0.5, 1", activation="relu")
    by_z = FLOW.solve(weights="1, -2", z="1, -1", activation="relu")
    assert by_input.value("gradient") == by_z.value("gradient") == 0
    assert flat(by_input, "output") == [0]


def test_the_depth_from_the_bound() -> None:
    assert find(read_request(*split(["gradient-flow", "2", "--find", "layers", "--bound", "1/32"]))) == [{"layers": 5}]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"weights": "1, 2", "z": "1"}, "z: 1 numbers for 2 layers"),
        ({"weights": "1", "z": "1", "x": "1"}, "x: the z follow"),
        ({"weights": "1, 2", "bias": "1, 1"}, "bias: it needs"),
        ({"weights": "1", "layers": "101"}, "layers: 101"),
        ({"weights": "1, 2", "layers": "3"}, "layers: 3"),
        ({"weights": "1", "negative_slope": "1"}, "negative-slope: only"),
        ({"weights": "1e300", "layers": "50"}, "weights: their product"),
    ],
)
def test_a_chain_that_cannot_be(given: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        FLOW.solve(**given)


# -- clipping -------------------------------------------------------------------------------------------


def test_one_factor_for_all_parts_or_one_for_each() -> None:
    together = CLIP.solve(gradient="3, 4 | 0, 12", max_norm="6.5")
    assert together.value("norm") == 13
    assert together.value("factor") == Fraction(1, 2)
    assert flat(together, "clipped-2") == [0, 6]
    each = CLIP.solve(gradient="3, 4 | 0, 12", max_norm="6.5", scope="each")
    assert flat(each, "clipped-1") == [3, 4]
    assert flat(each, "clipped-2") == [0, Fraction(13, 2)]


def test_what_is_short_enough_stays_and_nothing_is_stretched() -> None:
    assert flat(CLIP.solve(gradient="3, 4", max_norm="5"), "clipped") == [3, 4]
    assert flat(CLIP.solve(gradient="3, 4", max_norm="50"), "clipped") == [3, 4]
    assert flat(CLIP.solve(gradient="0, 0", max_norm="1"), "clipped") == [0, 0]


def test_by_norm_the_direction_stays_and_by_value_it_turns() -> None:
    assert flat(CLIP.solve(gradient="6, -8", max_norm="5"), "clipped") == [3, -4]
    assert flat(CLIP.solve(gradient="6, -8", clip_value="5"), "clipped") == [5, -5]


def test_other_norms_and_pytorchs_epsilon() -> None:
    assert CLIP.solve(gradient="3, -4", max_norm="1", norm_type=1).value("norm") == 7
    assert CLIP.solve(gradient="3, -4", max_norm="1", norm_type="inf").value("norm") == 4
    given = {"gradient": "3, 4 | 12", "max_norm": "1", "eps": "1e-6"}
    solution, other = CLIP.solve(**given), CLIP.reference(given)
    assert agree(solution.value("clipped-1"), other["clipped-1"], 1e-12)
    assert not agree(solution.value("clipped-1"), [3 / 13, 4 / 13], 1e-12)


def test_letters_keep_the_case_open() -> None:
    solution = CLIP.solve(gradient="a, b", max_norm="t")
    assert same(solution.value("norm"), "sqrt(a^2 + b^2)")
    assert same(solution.value("factor"), "min(1, t/sqrt(a^2 + b^2))")
    assert agree(CLIP.solve(gradient="1, 1", max_norm="1").value("clipped"), [sqrt(0.5)] * 2)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"gradient": "1, 2"}, "max-norm: give"),
        ({"gradient": "1, 2", "max_norm": "1", "clip_value": "1"}, "max-norm: give"),
        ({"gradient": "1, 2", "max_norm": "0"}, "max-norm: 0"),
        ({"gradient": "1, 2", "clip_value": "-1"}, "clip-value: -1"),
        ({"gradient": "1, 2 |", "max_norm": "1"}, "gradient: part 2 of 2"),
        ({"gradient": "", "max_norm": "1"}, "gradient: "),
        ({"gradient": "1, 2", "max_norm": "1", "eps": "-1"}, "eps: "),
        ({"gradient": "1, 2", "max_norm": "1", "norm_type": "3"}, "norm-type"),
    ],
)
def test_clipping_that_cannot_be(given: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        CLIP.solve(**given)
