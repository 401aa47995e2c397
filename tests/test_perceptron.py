"""Perceptrons, boolean functions and the size of networks: what the contract can't see."""

from fractions import Fraction
from itertools import product
from random import Random
from typing import Any

import pytest
from command import revise

from revise import catalogue
from revise.errors import InputError
from revise.solution import Solution
from revise.solvers.networks._boolean import Boolean, read_boolean
from revise.solvers.networks._boolean_forms import fewest_terms, form_text, smallest
from revise.solvers.networks._separation import Separation, separate

AND = "0, 0; 0, 1; 1, 0; 1, 1"


def solved(name: str, **given: Any) -> Solution:
    return catalogue.load(name).solve(**given)


def notes(solution: Solution) -> str:
    return " ".join(step.why for step in solution.steps if step.is_note)


def column(solution: Solution, name: str) -> list[Any]:
    return [step.value for step in solution.steps if step.name == name]


# -- perceptron -----------------------------------------------------------------------------------------


def test_the_table_of_negnevitsky_as_it_is_printed() -> None:
    """Artificial intelligence (2005), table 6.3: the weights after each of the 20 samples, and the outputs."""
    solution = solved(
        "perceptron", input=AND, target="0, 0, 0, 1", lr="0.1", start="0.3, -0.1", bias="fixed", start_bias="-0.2"
    )
    tenths = [tuple(int(10 * w) for w in weights.flat) for weights in column(solution, "w[t]")]
    assert tenths == [
        *[(3, -1), (3, -1), (2, -1), (3, 0)],
        *[(3, 0), (3, 0), (2, 0), (2, 0)],
        *[(2, 0), (2, 0), (1, 0), (2, 1)],
        *[(2, 1), (2, 1), (1, 1), (1, 1)],
        *[(1, 1), (1, 1), (1, 1), (1, 1)],
    ]
    assert column(solution, "o[t]") == [0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1]
    assert column(solution, "e[t]")[:4] == [0, 0, -1, 1]


def test_cornells_or_with_a_third_input() -> None:
    """CS472 (2004), perceptron-example: <0,0,0.5> and <0,0.5,0> in epoch one, then <0,0.5,0.5>."""
    solution = solved(
        "perceptron", input="0, 0, -1; 0, 1, -1; 1, 0, -1; 1, 1, -1", target="0, 1, 1, 1", lr="0.5", bias="none"
    )
    halves = [tuple(int(2 * w) for w in weights.flat) for weights in column(solution, "w[t]")]
    assert halves[:5] == [(0, 0, 1), (0, 1, 0), (0, 1, 0), (0, 1, 0), (0, 1, 1)]
    assert solution.value("weights").flat == (Fraction(1, 2), Fraction(1, 2), Fraction(1, 2))


@pytest.mark.parametrize(
    ("at_zero", "first"), [("positive", [0, 0]), ("negative", [1, 1]), ("mistake", [1, 1])], ids=str
)
def test_what_counts_at_zero_is_a_convention(at_zero: str, first: list[int]) -> None:
    solution = solved("perceptron", input="1, 1; -1, -1", target="1, -1", at_zero=at_zero)
    assert list(column(solution, "w[t]")[0].flat) == first
    assert "z = 0" in notes(solution)


def test_both_update_rules_agree_for_0_and_1_and_differ_by_2_for_signs() -> None:
    given = {"input": "1, 2; -1, 1; 2, -1", "epochs": 1}
    by_error, by_label = (
        solved("perceptron", target="0, 1, 0", update=update, **given) for update in ("error", "label")
    )
    assert by_error.value("weights") == by_label.value("weights")
    by_error, by_label = (
        solved("perceptron", target="-1, 1, -1", update=update, **given) for update in ("error", "label")
    )
    first = [column(solution, "w[t]")[0].flat for solution in (by_label, by_error)]
    assert first == [(-1, -2), (-2, -4)]


def test_the_bias_as_a_weight_is_the_bias_apart() -> None:
    given = {"input": "2, 1; -1, 3; 0, -1; -2, -1", "target": "1, 1, -1, -1", "start_bias": 1, "start": "1, -1"}
    apart, inside = (solved("perceptron", bias=bias, **given) for bias in ("apart", "weight"))
    assert inside.value("weights").flat == (apart.value("bias"), *apart.value("weights").flat)


def test_the_learning_rate_does_not_matter_from_zero_weights() -> None:
    given = {"input": AND, "target": "0, 0, 0, 1"}
    one, small = (solved("perceptron", lr=lr, **given) for lr in (1, "0.1"))
    assert [10 * w for w in small.value("weights").flat] == list(one.value("weights").flat)
    assert one.value("updates") == small.value("updates")
    assert one.value("bound") == small.value("bound")


def test_xor_comes_round_again() -> None:
    solution = solved("perceptron", input=AND, target="0, 1, 1, 0")
    assert "where they were after epoch 2" in notes(solution)
    assert "No line parts" in notes(solution)
    assert "epochs" not in solution.answers


def test_too_few_epochs_are_told_from_hopeless_ones() -> None:
    early = solved("perceptron", input=AND, target="0, 0, 0, 1", epochs=1)
    assert "with enough epochs" in notes(early)
    hopeless = solved("perceptron", input=AND, target="0, 1, 1, 0", epochs=1)
    assert "No line parts" in notes(hopeless)
    origin = solved("perceptron", input="1, 1; 2, 2", target="1, -1", bias="none", epochs=3)
    assert "with one (--bias apart) it can" in notes(origin)
    fixed = solved("perceptron", input="1; 2", target="1, 0", bias="fixed", epochs=3)
    assert "--bias apart" in notes(fixed)


def test_the_bound_holds_for_random_data_and_any_separator() -> None:
    rng = Random(5)
    for _ in range(40):
        points = [(rng.randint(-3, 3), rng.randint(-3, 3)) for _ in range(5)]
        labels = [1 if 2 * x - y + 1 > 0 else -1 for x, y in points]
        text = "; ".join(f"{x}, {y}" for x, y in points)
        solution = solved("perceptron", input=text, target=", ".join(map(str, labels)), at_zero="mistake")
        assert solution.value("updates") <= solution.value("bound")


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"input": "1, 2; 3, 4", "target": "1, 1, 0"}, "target: 3 labels for 2 points"),
        ({"input": "1, 2; 3, 4", "target": "1, 5"}, "not 5"),
        ({"input": "1, 2; 3, 4", "target": "0, -1"}, "not both kinds"),
        ({"input": "1, a; 3, 4", "target": "0, 1"}, "input:"),
        ({"input": "1, 2; 3, 4", "target": "0, 1", "lr": 0}, "lr:"),
        ({"input": "1, 2; 3, 4", "target": "0, 1", "lr": "eta"}, "lr:"),
        ({"input": "1, 2; 3, 4", "target": "0, 1", "start": "1"}, "start: 1 weights for 2"),
        ({"input": "1, 2; 3, 4", "target": "0, 1", "epochs": 10**6}, "epochs:"),
        ({"input": "1, 2; 3, 4", "target": "0, 1", "epochs": 0}, "epochs"),
        ({"input": "1, 2; 3, 4", "target": "0, 1", "at_zero": "mistake"}, "at-zero:"),
        ({"input": "1, 2; 3, 4", "target": "0, 1", "bias": "none", "start_bias": 1}, "start-bias:"),
        ({"input": "; ".join(["1, 2"] * 65), "target": ", ".join(["1"] * 65)}, "input: 65 samples"),
    ],
)
def test_what_a_perceptron_refuses(given: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        solved("perceptron", **given)


# -- separation -----------------------------------------------------------------------------------------


def proved(points: list[Any], signs: list[int], found: Separation) -> bool:
    """Whether the weights meet every inequality, or the multipliers add the inequalities up to 0 > 0."""
    if not found.multipliers:
        return all(
            s * (sum(w * x for w, x in zip(found.weights, point, strict=True)) + found.bias) > 0
            for s, point in zip(signs, points, strict=True)
        )
    lifted = [(*point, 1) for point in points]
    sums = [
        sum(m * s * x[j] for m, s, x in zip(found.multipliers, signs, lifted, strict=True))
        for j in range(len(lifted[0]))
    ]
    return not any(sums) and min(found.multipliers) >= 0 and any(found.multipliers)


@pytest.mark.parametrize(("inputs", "functions"), [(1, 4), (2, 14), (3, 104)])
def test_the_number_of_threshold_functions(inputs: int, functions: int) -> None:
    """4, 14, 104: OEIS A000609."""
    rows = list(product((0, 1), repeat=inputs))
    separable = 0
    for bits in product((-1, 1), repeat=2**inputs):
        found = separate(rows, list(bits))
        assert proved(rows, list(bits), found), bits
        separable += not found.multipliers
    assert separable == functions


def test_proofs_and_weights_for_random_points() -> None:
    rng = Random(7)
    outcomes = set()
    for _ in range(150):
        size, count = rng.randint(1, 4), rng.randint(2, 9)
        points = [tuple(Fraction(rng.randint(-9, 9), rng.randint(1, 3)) for _ in range(size)) for _ in range(count)]
        signs = [rng.choice([1, -1]) for _ in points]
        found = separate(points, signs)
        assert proved(points, signs, found), (points, signs)
        outcomes.add(bool(found.multipliers))
    assert outcomes == {True, False}


def test_xors_four_inequalities_are_lines_of_their_own() -> None:
    solution = solved("linearly-separable", function="xor")
    said = notes(solution)
    for line in ("(0, 0) → 0:  b < 0", "(0, 1) → 1:  w₂ + b ≥ 0", "(1, 1) → 0:  w₁ + w₂ + b < 0"):
        assert line in said
    assert "w₁ + w₂ + 2b ≥ 0" in said
    assert "w₁ + w₂ + 2b < 0" in said
    assert solution.value("separable") == "no"


def test_a_proof_with_a_multiplier_of_2() -> None:
    solution = solved("linearly-separable", input="0, 0; 2, 0; 1, 1; 0, 2", target="1, 1, -1, 1")
    assert solution.value("multipliers").flat == (0, 1, 2, 1)
    assert "(3) 2 times" in next(step.why for step in solution.steps if step.name == "N")


def test_one_point_with_both_labels() -> None:
    assert solved("linearly-separable", input="1, 2; 1, 2", target="0, 1").value("separable") == "no"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({}, "function: missing"),
        ({"function": "xor", "input": "1, 2"}, "not both"),
        ({"input": "1, 2; 3, 4"}, "target: missing"),
        ({"input": "1, 2; 3, 4", "target": "1, 1"}, "all labels are the same"),
        ({"input": "1, a; 3, 4", "target": "1, 0"}, "input: a proof needs numbers"),
        ({"function": "x1 xor"}, "ends where a variable"),
        ({"function": "a b"}, "nothing is expected"),
        ({"function": "(a or b"}, "not closed"),
        ({"function": "011"}, "3 values"),
        ({"function": "a|b|c|d|e|f|g"}, "7 variables"),
        ({"function": "a $ b"}, "can't be read"),
        ({"function": "majority 4"}, "tie"),
        ({"function": "(" * 50 + "a" + ")" * 50}, "brackets inside"),
        ({"function": "a or " * 200 + "b"}, "characters"),
    ],
)
def test_what_separability_refuses(given: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        solved("linearly-separable", **given)


# -- boolean functions ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "bits"),
    [
        ("x1 and not x2", (0, 0, 1, 0)),
        ("x1 & ~x2", (0, 0, 1, 0)),
        ("x1 ∧ ¬x2", (0, 0, 1, 0)),
        ("a + b*c'", (0, 0, 1, 0, 1, 1, 1, 1)),
        ("a -> b", (1, 1, 0, 1)),
        ("a <-> b", (1, 0, 0, 1)),
        ("a ^ b ^ c", (0, 1, 1, 0, 1, 0, 0, 1)),
        ("a or b and c", (0, 0, 0, 1, 1, 1, 1, 1)),
        ("not a or b", (1, 1, 0, 1)),
        ("NOT (a OR b)", (1, 0, 0, 0)),
        ("a xor b and c", (0, 0, 0, 1, 1, 1, 1, 0)),
        ("a and 1", (0, 1)),
        ("not not a", (0, 1)),
        ("0 1 1 0", (0, 1, 1, 0)),
        ("10", (1, 0)),
        ("nand", (1, 1, 1, 0)),
        ("majority", (0, 0, 0, 1, 0, 1, 1, 1)),
    ],
)
def test_how_functions_are_typed(text: str, bits: tuple[int, ...]) -> None:
    assert read_boolean(text).bits == bits


def test_variables_are_ordered_by_name_and_number() -> None:
    assert read_boolean("x10 or x2 or a").names == ("a", "x2", "x10")


def fires(weights: Any, bias: Any, signal: Any) -> int:
    return int(sum(w * x for w, x in zip(weights, signal, strict=True)) + bias >= 0)


def test_the_smallest_network_of_every_function_of_three_inputs() -> None:
    """Two hidden units do for all of the 256 but parity and its negation, which take 3."""
    three = []
    for bits in product((0, 1), repeat=8):
        function = Boolean(("x1", "x2", "x3"), bits)
        if not separate(function.rows, [2 * bit - 1 for bit in bits]).multipliers:
            continue
        net = smallest(function)
        for row, bit in zip(function.rows, bits, strict=True):
            hidden = [fires(w, b, row) for w, b in zip(net.weights, net.biases, strict=True)]
            assert fires(net.out, net.bias, hidden) == bit
        if len(net.weights) > 2:
            three.append(bits)
    assert three == [(0, 1, 1, 0, 1, 0, 0, 1), (1, 0, 0, 1, 0, 1, 1, 0)]


def test_small_networks_of_larger_functions_compute_them() -> None:
    rng = Random(11)
    for _ in range(25):
        count = rng.randint(4, 5)
        names = tuple(f"x{place}" for place in range(count))
        density = rng.choice([0.1, 0.3, 0.5, 0.8])
        function = Boolean(names, tuple(int(rng.random() < density) for _ in range(2**count)))
        if not separate(function.rows, [2 * bit - 1 for bit in function.bits]).multipliers:
            continue
        net = smallest(function)
        for row, bit in zip(function.rows, function.bits, strict=True):
            hidden = [fires(w, b, row) for w, b in zip(net.weights, net.biases, strict=True)]
            assert fires(net.out, net.bias, hidden) == bit
        assert len(net.weights) <= sum(function.bits)


def test_shortest_normal_forms() -> None:
    names = ["a", "b", "c"]
    assert form_text(fewest_terms(read_boolean("majority")), names) == "(a ∧ b) ∨ (a ∧ c) ∨ (b ∧ c)"
    assert len(fewest_terms(read_boolean("parity 4"))) == 8
    # the cyclic core: six prime implicants, three are enough
    assert len(fewest_terms(read_boolean("01111110"))) == 3


@pytest.mark.parametrize("method", ["dnf", "smallest", "gates"])
@pytest.mark.parametrize("formula", ["x1 xor x2", "(a or b) and not c", "a & b | b & c | a & c", "a -> b", "a xnor b"])
def test_every_method_computes_the_function(method: str, formula: str) -> None:
    solution = solved("boolean-network", function=formula, method=method)
    assert solution.value("outputs").flat == read_boolean(formula).bits


def test_smaller_networks_are_named() -> None:
    assert "one perceptron will do" in notes(solved("boolean-network", function="majority"))
    assert "Smaller: no" in notes(solved("boolean-network", function="xor"))
    assert "Smaller: 4 hidden units" in notes(solved("boolean-network", function="parity 4"))


def test_the_step_at_0_decides_what_a_given_network_is() -> None:
    given = {"weights": "1, 1", "biases": "-1"}
    assert solved("boolean-network", **given).value("outputs").flat == (0, 1, 1, 1)
    assert solved("boolean-network", at_zero="negative", **given).value("outputs").flat == (0, 0, 0, 1)


def test_a_network_that_is_no_boolean_function() -> None:
    solution = solved("boolean-network", weights="1, 1; 1, -1 | 1, 1", activation="relu")
    assert "no boolean function" in notes(solution)
    assert "function" not in solution.answers


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({}, "function: missing"),
        ({"function": "xor", "weights": "1, 1"}, "not both"),
        ({"function": "xor", "biases": "1"}, "biases: they go with --weights"),
        ({"function": "xor", "at_zero": "negative"}, "at-zero:"),
        ({"function": "0110", "method": "gates"}, "method: gates"),
        ({"weights": "1, 1; 2, 2"}, "one output"),
        ({"weights": "1, 1; 2, 2 | 1, 2, 3"}, "layer 2 is 1×3"),
        ({"weights": "1, 1", "biases": "1, 2"}, "biases: layer 1"),
        ({"weights": "1, w"}, "letters"),
        ({"weights": ", ".join(["1"] * 7)}, "128 rows"),
    ],
)
def test_what_a_boolean_network_refuses(given: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        solved("boolean-network", **given)


# -- counts ---------------------------------------------------------------------------------------------


def test_parity_in_letters_and_backwards() -> None:
    done = revise("solve", "parity-units", "--find", "inputs", "--deep-units", "15")
    assert done.returncode == 0
    assert "inputs = 6" in done.stdout
    solution = solved("parity-units", inputs=5)
    assert (solution.value("dnf-hidden"), solution.value("deep-layers"), solution.value("chain-layers")) == (16, 6, 8)


@pytest.mark.parametrize("inputs", ["1", "2.5", "-3", "100000"])
def test_parity_of_what_is_no_number_of_inputs(inputs: str) -> None:
    with pytest.raises(InputError, match="inputs"):
        solved("parity-units", inputs=inputs)


def test_the_hidden_size_from_the_count() -> None:
    args = ["solve", "mlp-params", "--find", "hidden", "--input", "784", "--output", "10", "--parameters"]
    assert "hidden = 128" in revise(*args, "101770").stdout
    assert revise(*args, "101771").returncode == 1
    two = revise(*args[:6], "--output", "10", "--layers", "2", "--parameters", "669706")
    assert "hidden = 512" in two.stdout


def test_letters_as_sizes() -> None:
    solution = solved("mlp-params", input="d", hidden="h", output="c")
    assert str(revise("solve", "mlp-params", "d", "c", "--hidden", "h").stdout).count("h") > 2
    assert solution.value("parameters") is not None


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"input": 784, "output": 10, "hidden": 0}, "hidden"),
        ({"input": 0, "output": 10}, "input"),
        ({"input": 784, "output": -1}, "output"),
        ({"input": 784, "output": 10, "hidden": "12x13", "layers": 2}, "layers:"),
        ({"input": 784, "output": 10, "hidden": 4, "layers": 10**6}, "layers:"),
        ({"input": 10**13, "output": 10}, "input"),
        ({"input": 784, "output": 10, "bytes_per_value": 0}, "bytes-per-value"),
    ],
)
def test_what_a_parameter_count_refuses(given: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        solved("mlp-params", **given)
