"""Batch, layer, instance, group and RMS norm by hand: what the contract can't see."""

from fractions import Fraction
from random import Random
from typing import Any

import pytest
from command import revise
from contract import agree, law_holds

from revise import catalogue
from revise.engines.arrays import Array
from revise.equality import compare
from revise.errors import InputError
from revise.expression import parse
from revise.finding import find
from revise.replay import replay
from revise.request import read_request, split
from revise.solution import Solution

BATCH, BACKWARD, LAYER, PARAMS = map(catalogue.load, ("batchnorm", "batchnorm-backward", "layernorm", "norm-params"))


def notes(solution: Solution) -> str:
    return " ".join(step.why for step in solution.steps if step.is_note)


def flat(solution: Solution, word: str) -> list[Any]:
    value = solution.value(word)
    return list(value.flat) if isinstance(value, Array) else [value]


# -- batch norm -----------------------------------------------------------------------------------------


def test_a_row_and_a_column_are_the_same_samples_of_one_feature() -> None:
    row, column = BATCH.solve(x="1, 2, 6"), BATCH.solve(x="1; 2; 6")
    assert row.value("mean") == column.value("mean") == 3
    assert row.value("variance") == column.value("variance") == Fraction(14, 3)
    assert row.value("y").flat == column.value("y").flat


def test_the_forward_pass_is_biased_and_the_running_average_unbiased() -> None:
    given = {"x": "2, 4, 6, 8", "running_mean": "1", "running_var": "2", "momentum": "1/2"}
    torch = BATCH.solve(**given)
    assert torch.value("variance") == 5
    assert torch.value("running-mean") == 3
    assert torch.value("running-var") == 1 + Fraction(20, 3) / 2
    biased = BATCH.solve(**given, running_variance="biased")
    assert biased.value("running-var") == 1 + Fraction(5, 2)
    assert BATCH.solve(**given, variance="unbiased").value("variance") == Fraction(20, 3)


def test_momentum_is_the_new_batchs_weight_in_torch_and_the_old_averages_in_keras() -> None:
    given = {"x": "0, 20", "running_mean": "0", "running_var": "1"}
    torch, keras = (BATCH.solve(**given, convention=name) for name in ("torch", "keras"))
    assert torch.value("running-mean") == 1
    assert keras.value("running-mean") == Fraction(1, 10)
    assert torch.value("running-var") == Fraction(9, 10) + 20
    assert keras.value("running-var") == Fraction(99, 100) + 1
    assert "PyTorch's default" in notes(torch)
    assert "Keras's default" in notes(keras)
    assert "default" not in notes(BATCH.solve(**given, momentum="0.1"))
    same = BATCH.solve(**given, momentum="0.99", convention="keras", running_variance="unbiased")
    assert same.value("running-var") == Fraction(99, 100) + 2


def test_running_averages_start_at_0_and_1_and_are_shown_only_when_asked() -> None:
    assert "running-mean" not in BATCH.solve(x="0, 20").answers
    asked = BATCH.solve(x="0, 20", momentum="1/2")
    assert asked.value("running-mean") == 5
    assert asked.value("running-var") == Fraction(1, 2) + 100


def test_evaluation_ignores_the_batch_and_is_one_line() -> None:
    given = {"mode": "eval", "running_mean": "1", "running_var": "4", "gamma": "6", "beta": "2"}
    solution = BATCH.solve(x="3", **given)
    assert flat(solution, "y") == [8]
    assert (solution.value("slope"), solution.value("shift")) == (3, -1)
    assert BATCH.solve(x="3, 100", **given).value("y").flat[0] == 8


def test_evaluation_of_one_sample_with_several_features() -> None:
    solution = BATCH.solve(x="1, 2, 3", mode="eval", running_mean="1, 1, 1", running_var="1, 4, 1/4")
    assert flat(solution, "y") == [0, Fraction(1, 2), 4]


def test_a_feature_map_is_normalised_by_channel() -> None:
    solution = BATCH.solve(x="1, 3 | 5, 5 || 1, 3 | 5, 9", gamma="2, 1")
    assert flat(solution, "mean") == [2, 6]
    assert flat(solution, "variance") == [1, 3]
    assert solution.given["m"] == 4
    assert solution.value("y").shape == (4, 2)
    assert [solution.value("y").flat[i] for i in (0, 2, 4, 6)] == [-2, 2, -2, 2]


def test_without_variance_epsilon_is_needed_and_then_said() -> None:
    with pytest.raises(InputError, match=r"feature 1: all values are equal.*--eps"):
        BATCH.solve(x="1, 3; 2, 3")
    solution = BATCH.solve(x="1, 3; 2, 3", eps="0.01", beta="7")
    assert [solution.value("y").flat[i] for i in (1, 3)] == [7, 7]
    assert "Feature 1" in notes(solution)


def test_letters_go_through() -> None:
    solution = BATCH.solve(x="1, 3", gamma="g", beta="b")
    assert BATCH.solve(x="1, 3").value("y").flat == (-1, 1)
    for entry, wanted in zip(solution.value("y").flat, ("b - g", "b + g"), strict=True):
        assert compare(entry, parse(wanted)).outcome == "equal"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"x": "5"}, "one sample has no variance"),
        ({"x": "3, 3, 3"}, "all values are equal"),
        ({"x": "1, 2", "eps": "-1"}, "eps: -1"),
        ({"x": "1, 2", "gamma": "1, 2, 3"}, "gamma: 3 numbers for one feature"),
        ({"x": "1, 2; 3, 4", "beta": "1, 2, 3"}, "beta: 3 numbers for 2 features"),
        ({"x": "1, 2", "mode": "eval"}, "running-mean and running-var"),
        ({"x": "1, 2", "mode": "eval", "running_mean": "0", "running_var": "-1"}, "running-var: a variance"),
        ({"x": "1, 2", "mode": "eval", "running_mean": "0", "running_var": "0"}, "running-var: a variance of 0"),
        ({"x": "1, 2", "momentum": "2"}, "momentum: 2"),
        ({"x": "1, 2 | 3, 4 || 5, 6"}, "image 2 is 1×1×2"),
        ({"x": "1, 2; 3"}, "x: "),
        ({"x": ""}, "x: "),
        ({"x": "nan, 1"}, "x: "),
    ],
)
def test_a_batch_that_does_not_do(given: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        BATCH.solve(**given)


# -- backwards ------------------------------------------------------------------------------------------


def test_the_six_gradients_by_hand() -> None:
    # x = 0, 2: mean 1, variance 1, normalised −1, 1; dy = 3, 1, gamma = 2
    solution = BACKWARD.solve(x="0, 2", upstream="3, 1", gamma="2", eps="3")
    # s = 2, normalised −1/2, 1/2; dx_hat = 6, 2; dsigma2 = −(6·(−1) + 2·1)/(2·8) = 1/4; dmu = −8/2
    assert flat(solution, "dL/dbeta") == [4]
    assert flat(solution, "dL/dgamma") == [-1]
    assert flat(solution, "dL/dx_hat") == [6, 2]
    assert flat(solution, "dL/dsigma2") == [Fraction(1, 4)]
    assert flat(solution, "dL/dmu") == [-4]
    # 6/2 + 1/4·2·(−1)/2 − 4/2 and 2/2 + 1/4·2·1/2 − 4/2
    assert flat(solution, "dL/dx") == [Fraction(3, 4), Fraction(-3, 4)]


def test_two_samples_get_no_gradient_without_epsilon() -> None:
    solution = BACKWARD.solve(x="1, 4", upstream="5, -2", gamma="3")
    assert flat(solution, "dL/dx") == [0, 0]


@pytest.mark.parametrize("seed", range(12))
def test_its_laws(seed: int) -> None:
    given = BACKWARD.sample(Random(seed))
    single = ";" not in given["x"] or "," not in given["x"]
    solution = BACKWARD.solve(**given)
    for _, _, env in replay(solution):
        known = {"eps": 0, **env}
    for law in BACKWARD.module.LAWS if single else []:
        assert law_holds(law, known), law
    if not single:
        size = solution.value("mu").shape[1]
        values = solution.value("dL/dx").flat
        assert all(agree(sum(values[k::size]), 0) for k in range(size))


def test_the_gradients_of_a_feature_map() -> None:
    given = {"x": "1, 3 | 5, 5 || 1, 3 | 5, 9", "upstream": "1, 0 | 2, 1 || 0, 1 | 1, 3", "gamma": "2, 1", "eps": "1"}
    solution, other = BACKWARD.solve(**given), BACKWARD.reference(given)
    for word, value in other.items():
        assert agree(solution.value(word), value), word


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"x": "1, 2", "upstream": "1, 2, 3"}, "upstream is 1×3, x is 1×2"),
        ({"x": "2, 2", "upstream": "1, 2"}, "--eps 1e-5"),
        ({"x": "5", "upstream": "1"}, "one sample"),
        ({"x": "1, 2", "upstream": "1, 2", "gamma": "1, 2"}, "gamma: 2 numbers for one feature"),
        ({"x": "1, 2"}, "--upstream"),
    ],
)
def test_gradients_that_cannot_be(given: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        BACKWARD.solve(**given)


# -- layer norm and its kin -----------------------------------------------------------------------------


def test_layer_norm_of_one_sample_is_batch_norm_of_it_as_a_batch() -> None:
    assert LAYER.solve(x="4, 1, 7, 0").value("y").flat == BATCH.solve(x="4, 1, 7, 0").value("y").flat


def test_a_sample_does_not_see_the_others() -> None:
    both, alone = LAYER.solve(x="1, 2, 6; 5, 0, 1"), LAYER.solve(x="1, 2, 6")
    assert both.value("y").flat[:3] == alone.value("y").flat


def test_what_is_normalised_over() -> None:
    image = "1, 3; 5, 7 | 2, 4; 0, 2 | 1, 1; 2, 2 | 9, 1; 4, 6"
    means = {
        "layer": [Fraction(50, 16)],
        "instance": [4, 2, Fraction(3, 2), 5],
        "group": [3, Fraction(13, 4)],
    }
    for over, wanted in means.items():
        solution = LAYER.solve(x=image, over=over, **({"groups": 2} if over == "group" else {}))
        assert flat(solution, "mean") == wanted, over
    assert flat(LAYER.solve(x=image, over="group", groups=1), "mean") == means["layer"]
    assert flat(LAYER.solve(x=image, over="group", groups=4), "mean") == means["instance"]


@pytest.mark.parametrize("over", ["layer", "instance", "group", "rms"])
def test_gamma_and_beta_go_to_their_channels(over: str) -> None:
    given = {"x": "1, 3; 5, 7 | 2, 4; 0, 2 || 4, 3; 1, 7 | 2, 2; 0, 1", "over": over, "eps": "0.1"}
    given["gamma"] = "1, 2, 3, 4, 5, 6, 7, 8" if over in ("layer", "rms") else "1, 2"
    given |= {} if over == "rms" else {"beta": "1, 2, 3, 4, 5, 6, 7, 8" if over == "layer" else "5, 6"}
    given |= {"groups": "1"} if over == "group" else {}
    assert agree(LAYER.solve(**given).value("y"), LAYER.reference(given)["y"])


def test_rms_norm_does_not_centre() -> None:
    solution = LAYER.solve(x="1, 7", over="rms", gamma="2")
    assert solution.value("rms") == 5
    assert flat(solution, "y") == [Fraction(2, 5), Fraction(14, 5)]
    assert "mean" not in solution.answers


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"x": "5"}, "one value"),
        ({"x": "1, 1"}, "all values are equal"),
        ({"x": "0, 0", "over": "rms"}, "all values are 0"),
        ({"x": "1, 2; 3, 3"}, "row 1: all values are equal"),
        ({"x": "1, 2, 3", "over": "group", "groups": 2}, "groups: 2 does not divide"),
        ({"x": "1, 2", "over": "group"}, "groups: needed"),
        ({"x": "1, 2", "over": "group", "groups": 2}, "one value each"),
        ({"x": "1, 2", "over": "instance"}, "instance norm takes images"),
        ({"x": "1, 2", "over": "rms", "beta": "1"}, "beta: RMSNorm"),
        ({"x": "1, 2", "groups": "2"}, "groups: only for"),
        ({"x": "1, 2", "gamma": "1, 2, 3"}, "gamma: 3 numbers"),
    ],
)
def test_a_sample_that_does_not_do(given: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        LAYER.solve(**given)


# -- counts ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "more", "learnable", "values", "means"),
    [
        ("batch", {}, 128, 16 * 32 * 32, 64),
        ("layer", {}, 2 * 32 * 32 * 64, 32 * 32 * 64, 16),
        ("rms", {}, 32 * 32 * 64, 32 * 32 * 64, 16),
        ("instance", {}, 128, 32 * 32, 16 * 64),
        ("group", {"groups": 32}, 128, 32 * 32 * 2, 16 * 32),
    ],
)
def test_what_each_kind_counts(kind: str, more: dict[str, Any], learnable: int, values: int, means: int) -> None:
    solution = PARAMS.solve(input="32x32x64", batch=16, kind=kind, **more)
    assert [solution.value(word) for word in ("learnable", "values", "means")] == [learnable, values, means]
    assert solution.value("values") * solution.value("means") == 16 * 32 * 32 * 64
    assert solution.value("running") == (128 if kind == "batch" else 0)


def test_channels_from_the_count_and_letters() -> None:
    assert find(read_request(*split(["norm-params", "--find", "channels", "--total", "256"]))) == [{"channels": 64}]
    sought = ["norm-params", "--kind", "layer", "--layers", "25", "--find", "channels", "--learnable", "38400"]
    assert find(read_request(*split(sought))) == [{"channels": 768}]
    assert compare(PARAMS.solve(channels="D").value("total"), parse("4*D")).outcome == "equal"


def test_a_count_that_no_width_has() -> None:
    done = revise("solve", "norm-params", "--find", "channels", "--learnable", "129")
    assert done.returncode == 1
    assert "No whole channels" in done.stdout


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({}, "channels: give"),
        ({"channels": "0"}, "channels must be"),
        ({"channels": "-3"}, "channels must be"),
        ({"channels": "3/2"}, "channels must be"),
        ({"channels": "6", "kind": "group"}, "groups: needed"),
        ({"channels": "6", "kind": "group", "groups": "4"}, "groups: 4 does not divide"),
        ({"channels": "6", "groups": "2"}, "groups: only"),
        ({"input": "3x3"}, "input: give"),
        ({"input": "3x3x4", "channels": "4"}, "channels: they stand"),
        ({"channels": "4", "kind": "instance", "batch": "2"}, "input: instance"),
    ],
)
def test_counts_that_cannot_be(given: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        PARAMS.solve(**given)
