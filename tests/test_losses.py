"""Cross-entropy, BCE, hinge, squared error, entropy, logistic regression, bias and variance: what the contract can't
see."""

import math
from fractions import Fraction
from importlib import import_module
from itertools import product
from random import Random
from typing import Any

import contract
import pytest

from revise import catalogue
from revise.engines.arrays import entries
from revise.equality import compare
from revise.errors import InputError
from revise.expression import FORMULA, parse
from revise.numerals import Numerals
from revise.render.solution import solution_lines
from revise.request import read_request, split
from revise.solution import Style, style


def solved(name: str, **given: Any) -> Any:
    return catalogue.load(name).solve(**given)


def drawn(name: str, **given: Any) -> str:
    return " ".join(" ".join(line.plain for line in solution_lines(solved(name, **given), 80, Numerals())).split())


def refused(name: str, **given: Any) -> str:
    with pytest.raises(InputError) as fault:
        solved(name, **given)
    return str(fault.value)


def vector(value: Any) -> list[float]:
    return [float(entry) for entry in entries(value)]


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("cross-entropy", {"target": "3", "logits": "1, 2, 3"}, "target: 3 is no class; 3 classes are 0 to 2"),
        ("cross-entropy", {"target": "-1", "logits": "1, 2"}, "target: -1 is no class"),
        ("cross-entropy", {"target": "0, 5", "logits": "1, 2; 3, 4"}, "target: example 2: 5 is no class"),
        ("cross-entropy", {"target": "0"}, "logits: give either"),
        ("cross-entropy", {"target": "0", "logits": "1, 2", "probabilities": "1/2, 1/2"}, "logits: give either"),
        ("cross-entropy", {"target": "0", "probabilities": "0.5, 0.4"}, "probabilities: the probabilities sum to 0.9"),
        ("cross-entropy", {"target": "0, 1", "probabilities": "0.5, 0.5; 0.7, 0.2"}, "probabilities: row 2: the prob"),
        ("cross-entropy", {"target": "0", "probabilities": "0, 1"}, "probabilities: class 0 has probability 0"),
        ("cross-entropy", {"target": "1/2, 1/2", "probabilities": "0, 1"}, "probabilities: class 0 has probability 0"),
        (
            "cross-entropy", {"target": "1", "probabilities": "0, 1", "label_smoothing": "0.1"},
            "probabilities: class 0 has probability 0",
        ),
        ("cross-entropy", {"target": "1/2, 1/3", "logits": "1, 2"}, "target: the probabilities sum to 5/6"),
        ("cross-entropy", {"target": "0, 1", "logits": "1, 2, 3"}, "target: 1 class, or 1 row of 3"),
        ("cross-entropy", {"target": "0", "logits": "nan, 1"}, "logits: nan is no number"),
        ("cross-entropy", {"target": "0", "logits": "1, 1e9"}, "logits: entry 2: 1000000000 lies beyond"),
        ("cross-entropy", {"target": "0", "logits": "1"}, "logits: one number a row"),
        ("cross-entropy", {"target": "0", "logits": "1, 2", "label_smoothing": 1}, "label-smoothing: ε lies"),
        ("cross-entropy", {"target": "0", "logits": "900, 1", "stable": False}, "logits: their exponentials overflow"),
        ("bce", {"target": "1", "probabilities": "0"}, "probabilities: it is 0 where the target is 1: −log 0"),
        ("bce", {"target": "1, 0", "probabilities": "0.5, 1"}, "probabilities: entry 2 is 1 where the target is 0"),
        ("bce", {"target": "2", "probabilities": "0.5"}, "target: 2 is no target"),
        ("bce", {"target": "1", "probabilities": "1.5"}, "probabilities: entry 1 is 1.5"),
        ("bce", {"target": "1, 0", "logits": "1"}, "target: 2 targets for 1 logits"),
        ("bce", {"target": "1", "logits": "1", "pos_weight": 0}, "pos-weight: a weight is above 0"),
        ("bce", {"target": "1", "logits": "1", "probabilities": "1/2"}, "logits: give either"),
        ("hinge", {"scores": "1, 2, 3", "target": "3"}, "target: 3 is no class"),
        ("hinge", {"scores": "1, 2; 3, 4", "target": "0"}, "target: 1 class for 2 examples"),
        ("hinge", {"scores": "0.5, 1", "target": "0, 1"}, "target: entry 1: one score an example has labels −1 and 1"),
        ("hinge", {"scores": "1, 2, 3", "target": "0", "margin": -1}, "margin: Δ is not negative"),
        ("mse", {"input": "1, 2", "target": "1"}, "target: 1×1, but the predictions are 1×2"),
        ("mse", {"input": "1, 2; 3, 4", "target": "1, 2, 3, 4"}, "target: 1×4"),
        ("mse", {"input": "1", "target": "2", "kind": "huber", "delta": 0}, "delta: δ is above 0"),
        ("mse", {"input": "a", "target": "2", "kind": "huber"}, "kind: Huber's loss needs numbers"),
        ("mse", {"input": "1, 2", "target": "1, 2", "reduction": "batchmean"}, "reduction: with one output"),
        ("mse", {"input": "1", "target": "2", "kind": "absolute", "half": True}, "half: only the squared error"),
        ("entropy", {"p": "1/2, 1/3"}, "p: the probabilities sum to 5/6"),
        ("entropy", {"p": "1/2, 1/4; 0, 1/2"}, "p: the probabilities sum to 1.25"),
        ("entropy", {"p": "3/2, -1/2"}, "p: entry 1 is 1.5"),
        ("entropy", {"p": "1/2, 1/2", "q": "1, 0"}, "q: entry 2 is 0 where p has 0.5: −log 0"),
        ("entropy", {"p": "1/2, 1/2", "q": "1/2, 1/4, 1/4"}, "q: 3 entries, but p has 2"),
        ("entropy", {"p": "1/2, 0; 0, 1/2", "q": "1/2, 1/2"}, "q: a second distribution goes with a single row"),
        ("logistic-regression", {"input": "1; 2", "target": "1, 2"}, "target: example 2: a label is 0 or 1, not 2"),
        ("logistic-regression", {"input": "1; 2", "target": "1, -1"}, "target: example 2: a label is 0 or 1, not -1"),
        ("logistic-regression", {"input": "1, 2; 3, 4", "target": "1"}, "target: 1 label for 2 examples"),
        ("logistic-regression", {"input": "1, 2", "start": "1"}, "start: 1 weight for 2 features"),
        ("logistic-regression", {"input": "1", "target": "1", "lr": "0"}, "lr: the learning rate is above 0"),
        ("logistic-regression", {"input": "1", "lr": "0.1"}, "target: gradient descent needs labels"),
        ("logistic-regression", {"input": "1", "target": "1", "epochs": 2}, "epochs: an update needs --lr"),
        ("logistic-regression", {"input": "1", "target": "1", "lr": 1, "epochs": 99}, "epochs: 99 updates are too"),
        ("logistic-regression", {"input": "1, 2", "point": "1"}, "point: 1 numbers for 2 features"),
        (
            "logistic-regression", {"input": "1000", "target": "0", "start": "1", "derivation": True},
            "derivation: the likelihood is too small",
        ),
        ("bias-variance", {"predictions": "1, 2; 3, 4", "truth": "1"}, "truth: 1 value for predictions at 2 points"),
        ("bias-variance", {"predictions": "1, 2", "truth": "1, 2"}, "predictions: one model"),
        ("bias-variance", {"predictions": "1, 2", "truth": "1", "noise": -1}, "noise: a variance is not negative"),
    ],
)  # fmt: skip
def test_bad_input_names_the_argument(name: str, given: dict[str, Any], said: str) -> None:
    assert refused(name, **given).startswith(said)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("cross-entropy", {"target": "0"} | {"logits": "; ".join(["1, 2"] * 41)}),
        ("bce", {"target": "1", "logits": ", ".join(["1"] * 41)}),
        ("hinge", {"scores": "; ".join(["1, 2, 3"] * 41), "target": "0"}),
        ("mse", {"input": ", ".join(["1"] * 41), "target": "1"}),
        ("entropy", {"p": "; ".join(["1/4, 1/4"] * 41)}),
        ("logistic-regression", {"input": "; ".join(["1, 2"] * 41)}),
        ("bias-variance", {"predictions": "; ".join(["1, 2"] * 41), "truth": "1, 2"}),
    ],
)
def test_more_than_can_be_shown_is_refused(name: str, given: dict[str, Any]) -> None:
    assert "at most" in refused(name, **given)


# -- every convention with every other ------------------------------------------------------------------


def conventions() -> list[tuple[str, dict[str, Any]]]:
    """Solver and question: each formula of the tables is used by one of them at least."""
    asked: list[tuple[str, dict[str, Any]]] = []
    for base, reduction, target, source in product(
        ["e", 2, 10],
        ["mean", "sum"],
        ["1", "0, 2", "1/4, 3/4, 0", "1/4, 3/4, 0; 1/2, 1/4, 1/4", "1/2, 1/4, 1/4"],
        ["logits", "far", "probabilities", "zeros"],
    ):
        batch = target == "0, 2" or ";" in target
        values = {
            "logits": "1, -2, 0; 2, 0, 1", "far": "900, 0, -900; 0, 900, 1",
            "probabilities": "0.2, 0.3, 0.5; 0.6, 0.3, 0.1", "zeros": "1/2, 1/2, 0; 1/4, 1/4, 1/2",
        }[source]  # fmt: skip
        if source == "zeros" and target == "1/2, 1/4, 1/4":
            continue
        given = {"target": target, "log_base": base, "reduction": reduction}
        given["logits" if source in ("logits", "far") else "probabilities"] = (
            values if batch else values.partition(";")[0]
        )
        asked.append(("cross-entropy", given))
        if source in ("logits", "probabilities"):
            asked += [("cross-entropy", given | {"stable": False})] if source == "logits" else []
            asked += [("cross-entropy", given | {"label_smoothing": "0.2", "smoothing": s}) for s in ("all", "others")]
    for goal, reduction, weight, source in product(
        ["1", "0", "0.3", "1, 0, 0.3"], ["mean", "sum"], ["1", "3"], ["2, -1, 0.5", "20, 30, -17", "-20, -18, 25", "p"]
    ):
        given = {"target": goal, "reduction": reduction, "pos_weight": weight}
        values = "0.2, 0.4, 0.9" if source == "p" else source
        given["probabilities" if source == "p" else "logits"] = values if "," in goal else values.partition(",")[0]
        asked.append(("bce", given))
    for squared, per_class, reduction, one in product([False, True], [False, True], ["mean", "sum"], [False, True]):
        scores, goal = ("3.2, 5.1, -1.7", "0") if one else ("3.2, 5.1, -1.7; 1.3, 4.9, 2; 2.2, 2.5, -3.1", "0, 1, 2")
        given = {"squared": squared, "reduction": reduction}
        asked.append(("hinge", {"scores": scores, "target": goal, "per_class": per_class} | given))
        scores, goal = ("0.5", "-1") if one else ("0.5, -2, 3", "1, 1, 1")
        asked.append(("hinge", {"scores": scores, "target": goal} | given))
    for kind, reduction, several in product(
        ["squared", "absolute", "huber"], ["mean", "sum", "batchmean"], [False, True]
    ):
        given = {"kind": kind, "reduction": reduction, "delta": "1/2" if kind == "huber" else 1}
        given |= (
            {"input": "1, 3; 0, -0.25", "target": "0, 1; 0, 0"}
            if several
            else {"input": "1, 0, 3", "target": "0, 0.2, 1"}
        )
        if several or reduction != "batchmean":
            asked += [("mse", given | {"half": half}) for half in ((False, True) if kind == "squared" else (False,))]
    for base, p in product(["e", 2, 10], ["1/2, 1/4, 0, 1/4", "1/8, 3/8; 1/2, 0", "0, 0; 1/4, 3/4"]):
        asked.append(("entropy", {"p": p, "log_base": base}))
        if ";" not in p:
            asked.append(("entropy", {"p": p, "log_base": base, "q": "1/8, 1/8, 1/4, 1/2"}))
    for lr, size, reduction, bias, one in product(
        [None, "1/2"], [None, 1, 2], ["mean", "sum"], [True, False], [True, False]
    ):
        given = {"input": "1; -2; 30", "start": "1"} if one else {"input": "1, 2; -2, 1; 30, 4", "start": "1, -1"}
        given |= {"target": "0, 1, 0", "reduction": reduction, "bias": bias, "point": "1" if one else "1, 2"}
        if lr or size is None:
            asked.append(("logistic-regression", given | ({"lr": lr, "batch_size": size} if lr else {})))
    return asked


@pytest.mark.parametrize("name", ["cross-entropy", "bce", "hinge", "mse", "entropy", "logistic-regression"])
def test_every_convention_with_every_other(name: str) -> None:
    solver = catalogue.load(name)
    for given in (given for asked, given in conventions() if asked == name):
        solution, theirs = solver.solve(**given), solver.reference(given)
        shared = set(solution.answers) & set(theirs)
        assert {"loss", "entropy", "h(x)"} & shared
        for word in shared:
            assert contract.agree(solution.value(word), theirs[word], 1e-7), (given, word)
        contract._check_holds(solution)
        if any(step.claim.gradient_of for step in solution.steps):
            contract._check_gradients(solution)


def formulas_of(value: Any) -> set[str]:
    """The formulas in a table of them, the reasons beside them left out."""
    if isinstance(value, str):
        try:
            parse(value, None, FORMULA)
        except InputError:
            return set()
        return {value} - {""}
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else ()
    return {text for part in parts for text in formulas_of(part)}


NO_STEPS = ("SERVES", "EXAMPLES", "MISTAKES", "DOMAIN", "UNITS", "LOGARITHMS", "SLIPS", "WHY", "SHARED")


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("cross-entropy", ["_cross_entropy_formulas"]),
        ("bce", ["_bce_formulas"]),
        ("hinge", ["_hinge_formulas"]),
        ("mse", ["_mse_formulas"]),
        ("entropy", ["_entropy_formulas"]),
        ("logistic-regression", ["_logistic_forward", "_logistic_descent", "logistic_regression"]),
    ],
)
def test_every_formula_is_used_by_one_of_them(name: str, files: list[str]) -> None:
    solver = catalogue.load(name)
    asked = [given for asked, given in conventions() if asked == name]
    if name == "logistic-regression":
        letters = {"input": "x", "target": "t", "start": "u"}
        vertical = {"input": "1, 0", "target": "1", "start": "1, 0"}
        asked += [letters, letters | {"lr": "1"}, vertical, vertical | {"lr": "1"}]
        far = {"input": "30", "target": "1", "start": "1"}
        asked += [far, far | {"lr": "1"}]
    used = {step.formula for given in asked for step in solver.solve(**given).steps}
    for file in files:
        module = import_module(f"revise.solvers.foundations.{file}")
        tables = {n: v for n, v in vars(module).items() if n.isupper() and not any(word in n for word in NO_STEPS)}
        assert {
            n: formulas_of(v) - used for n, v in tables.items() if isinstance(v, dict) and formulas_of(v) - used
        } == {}


# -- cross-entropy -----------------------------------------------------------------------------------


def test_the_slide_of_cs231n_has_the_logarithm_to_base_10() -> None:
    natural = solved("cross-entropy", target="0", logits="3.2, 5.1, -1.7").value("loss")
    decimal = solved("cross-entropy", target="0", logits="3.2, 5.1, -1.7", log_base=10).value("loss")
    assert (round(natural, 2), round(decimal, 2)) == (2.04, 0.89)
    assert decimal == pytest.approx(natural / math.log(10))


@pytest.mark.parametrize(("classes", "base", "start"), [(10, "e", math.log(10)), (8, 2, 3), (10, 10, 1)])
def test_the_loss_at_the_start_is_log_of_the_classes(classes: int, base: Any, start: float) -> None:
    solution = solved("cross-entropy", target="4", logits=", ".join(["0"] * classes), log_base=base)
    assert solution.value("loss") == pytest.approx(start)
    assert solution.value("start") == pytest.approx(start)


def test_the_gradient_by_the_logits_is_p_less_y_and_sums_to_0() -> None:
    solution = solved("cross-entropy", target="2", logits="1, 2, 3")
    p, gradient = vector(solution.value("probabilities")), vector(solution.value("gradient"))
    assert gradient == pytest.approx([p[0], p[1], p[2] - 1])
    batch = solved("cross-entropy", target="2, 0", logits="1, 2, 3; 1, 2, 3")
    assert vector(batch.value("gradient-1")) == pytest.approx([g / 2 for g in gradient])
    total = solved("cross-entropy", target="2, 0", logits="1, 2, 3; 1, 2, 3", reduction="sum")
    assert vector(total.value("gradient-1")) == pytest.approx(gradient)
    assert total.value("loss") == pytest.approx(2 * batch.value("loss"))


def test_logits_far_apart_neither_overflow_nor_lose_the_loss() -> None:
    assert solved("cross-entropy", target="1", logits="1000, 0").value("loss") == pytest.approx(1000)
    assert solved("cross-entropy", target="0", logits="1000, 0").value("loss") == pytest.approx(0)
    soft = solved("cross-entropy", target="1/4, 3/4", logits="1000, 0").value("loss")
    assert soft == pytest.approx(750)
    shift = solved("cross-entropy", target="0, 1", logits="5, 6; 1005, 1006")
    assert shift.value("loss-1") == pytest.approx(shift.value("loss-2") + 1)


def test_one_row_of_classes_and_rows_of_probabilities_are_told_apart() -> None:
    logits = "1, 2; 3, 5"
    by_class = solved("cross-entropy", target="0, 1", logits=logits).value("loss")
    assert solved("cross-entropy", target="1, 0; 0, 1", logits=logits).value("loss") == pytest.approx(by_class)
    one_hot = solved("cross-entropy", target="0, 1", logits="1, 2").value("loss")
    assert one_hot == pytest.approx(solved("cross-entropy", target="1", logits="1, 2").value("loss"))


def test_both_ways_to_smooth_labels() -> None:
    given = {"target": "0", "probabilities": "1/2, 1/4, 1/4", "label_smoothing": "0.3"}
    everywhere = solved("cross-entropy", **given)
    assert everywhere.value("loss") == pytest.approx(0.8 * math.log(2) + 0.2 * math.log(4))
    others = solved("cross-entropy", **given, smoothing="others")
    assert others.value("loss") == pytest.approx(0.7 * math.log(2) + 0.3 * math.log(4))


def test_cross_entropy_with_letters() -> None:
    solution = solved("cross-entropy", target="0", logits="a, b")
    assert compare(solution.value("loss"), parse("log(exp(a) + exp(b)) - a")).outcome == "equal"
    soft = solved("cross-entropy", target="s, 1 - s", probabilities="r, 1 - r")
    assert compare(soft.value("loss"), parse("-s*log(r) - (1 - s)*log(1 - r)")).outcome == "equal"


def test_a_zero_that_nobody_wants_does_no_harm() -> None:
    solution = solved("cross-entropy", target="1/2, 1/2, 0", probabilities="1/2, 1/2, 0", log_base=2)
    assert solution.value("loss") == 1
    assert vector(solution.value("gradient"))[2] == 0
    hard = solved("cross-entropy", target="0", probabilities="1/2, 1/2, 0")
    assert vector(hard.value("gradient")) == [-2, 0, 0]


# -- binary cross-entropy ----------------------------------------------------------------------------


def test_bce_keeps_its_digits_where_the_sigmoid_does_not() -> None:
    assert solved("bce", target="0", logits="40").value("loss") == pytest.approx(40)
    assert solved("bce", target="0", logits="-40").value("loss") == pytest.approx(math.exp(-40), rel=1e-9)
    assert solved("bce", target="1", logits="-2000").value("loss") == pytest.approx(2000)
    assert solved("bce", target="1/4", logits="100").value("loss") == pytest.approx(75)


def test_bce_is_cross_entropy_of_two_classes() -> None:
    two = solved("cross-entropy", target="1", logits="0, 1.5")
    one = solved("bce", target="1", logits="1.5")
    assert one.value("loss") == pytest.approx(two.value("loss"))
    assert one.value("gradient") == pytest.approx(vector(two.value("gradient"))[1])
    assert one.value("start") == pytest.approx(math.log(2))


def test_the_positive_weight_counts_positives_only() -> None:
    plain = solved("bce", target="1, 0", probabilities="0.8, 0.3", reduction="sum")
    weighted = solved("bce", target="1, 0", probabilities="0.8, 0.3", reduction="sum", pos_weight=3)
    assert weighted.value("loss-1") == pytest.approx(3 * plain.value("loss-1"))
    assert weighted.value("loss-2") == plain.value("loss-2")


def test_bce_with_letters() -> None:
    solution = solved("bce", target="y", probabilities="p")
    assert compare(solution.value("gradient"), parse("(p - y)/(p*(1 - p))")).outcome == "equal"
    logit = solved("bce", target="y", logits="z")
    assert compare(logit.value("gradient"), parse("1/(1 + exp(-z)) - y")).outcome == "equal"


def test_a_probability_rounded_to_0_or_1_gives_no_log_of_0() -> None:
    rounding = style.set(Style(Numerals(2), True))
    try:
        assert solved("bce", target="0", logits="8").value("loss") == 8
        assert solved("logistic-regression", input="8", target="0", start="1").value("loss") == 8
        assert solved("logistic-regression", input="8", target="0", start="1", lr="0.1").value("weights") < 1
    finally:
        style.reset(rounding)


# -- hinge -------------------------------------------------------------------------------------------


def test_the_slide_of_cs231n_read_by_hand() -> None:
    solution = solved("hinge", scores="3.2, 5.1, -1.7; 1.3, 4.9, 2.0; 2.2, 2.5, -3.1", target="0, 1, 2")
    assert [solution.value(f"loss-{n}") for n in (1, 2, 3)] == [Fraction(29, 10), 0, Fraction(129, 10)]
    assert solution.value("loss") == Fraction(79, 15)
    assert [solution.value(f"violated-{n}") for n in (1, 2, 3)] == [1, 0, 2]
    assert vector(solution.value("gradient-3")) == pytest.approx([1 / 3, 1 / 3, -2 / 3])
    text = drawn("hinge", scores="3.2, 5.1, -1.7", target="0")
    assert "5.1 − 3.2 + 1 = 2.9" in text
    assert "−1.7 − 3.2 + 1 = −3.9" in text


def test_the_hinge_at_the_start_is_the_number_of_wrong_classes() -> None:
    solution = solved("hinge", scores="0, 0, 0, 0", target="2")
    assert solution.value("loss") == solution.value("start") == 3
    assert solved("hinge", scores="0, 0, 0, 0", target="2", margin=2, squared=True).value("start") == 12


def test_torch_divides_the_margin_loss_by_the_classes() -> None:
    import torch

    scores, goal = torch.tensor([[0.1, 0.2, 0.4, 0.8]], dtype=torch.float64), torch.tensor([3])
    theirs = torch.nn.functional.multi_margin_loss(scores, goal).item()  # the example of its documentation, 0.32…
    ours = solved("hinge", scores="0.1, 0.2, 0.4, 0.8", target="3", per_class=True).value("loss")
    assert float(ours) == pytest.approx(theirs)
    assert ours == Fraction(13, 40)


def test_a_margin_just_met_costs_nothing_and_its_kink_is_named() -> None:
    assert solved("hinge", scores="2, 1", target="0").value("loss") == 0
    assert "subgradient" in drawn("hinge", scores="2, 1", target="0")
    assert "just met" in drawn("hinge", scores="1", target="1")


def test_labels_of_two_classes() -> None:
    solution = solved("hinge", scores="0.5; -2", target="1, -1")
    assert [solution.value("loss-1"), solution.value("loss-2")] == [Fraction(1, 2), 0]
    assert [solution.value("gradient-1"), solution.value("gradient-2")] == [Fraction(-1, 2), 0]
    assert solved("hinge", scores="0.5", target="-1", squared=True).value("gradient") == 3


def test_hinge_with_letters() -> None:
    solution = solved("hinge", scores="a, b", target="1")
    assert compare(solution.value("loss"), parse("max(0, a - b + 1)")).outcome == "equal"


# -- squared, absolute, Huber ------------------------------------------------------------------------


def test_the_conventions_of_the_squared_error() -> None:
    given = {"input": "1, 3", "target": "0, 1"}
    kinds = [("mean", False), ("mean", True), ("sum", False), ("sum", True)]
    losses = [solved("mse", **given, reduction=kind, half=half).value("loss") for kind, half in kinds]
    assert losses == [Fraction(5, 2), Fraction(5, 4), 5, Fraction(5, 2)]
    gradients = [vector(solved("mse", **given, reduction=r, half=h).value("gradient")) for r, h in kinds]
    assert gradients == [[1, 2], [0.5, 1], [2, 4], [1, 2]]
    outputs = {"input": "1, 3; 0, 0", "target": "0, 1; 0, 0"}
    assert solved("mse", **outputs).value("loss") == Fraction(5, 4)
    assert solved("mse", **outputs, reduction="batchmean").value("loss") == Fraction(5, 2)


def test_huber_joins_its_parts_at_delta() -> None:
    at = [solved("mse", input=x, target="0", kind="huber", delta=2).value("loss") for x in ("1", "2", "3")]
    assert at == [Fraction(1, 2), 2, 4]
    assert vector(solved("mse", input="-3, 1", target="0, 0", kind="huber", reduction="sum").value("gradient")) == [
        -1,
        1,
    ]


def test_squared_error_with_letters() -> None:
    solution = solved("mse", input="a", target="y", half=True)
    assert compare(solution.value("loss"), parse("(a - y)^2/2")).outcome == "equal"
    assert compare(next(iter(entries(solution.value("gradient")))), parse("a - y")).outcome == "equal"


# -- entropy -----------------------------------------------------------------------------------------


def test_rows_and_columns_of_a_joint_table() -> None:
    table = "1/2, 1/4; 0, 1/4"
    x, y = solved("entropy", p=table), solved("entropy", p=table, rows="y")
    assert x.value("h(x)") == pytest.approx(y.value("h(y)"))
    assert x.value("h(y|x)") == pytest.approx(y.value("h(x|y)"))
    assert x.value("i(x;y)") == pytest.approx(y.value("i(x;y)"))


def test_independent_variables_share_nothing() -> None:
    solution = solved("entropy", p="1/8, 3/8; 1/8, 3/8")
    assert solution.value("i(x;y)") == pytest.approx(0, abs=1e-12)
    assert solution.value("h(x,y)") == pytest.approx(solution.value("h(x)") + solution.value("h(y)"))


def test_the_entropy_of_a_language_model_is_the_logarithm_of_its_perplexity() -> None:
    rng = Random(3)
    for base, root in ((2, 2), ("e", math.e), (10, 10)):
        given = catalogue.load("entropy").sample(rng) | {"p": "1/2, 1/4, 1/4", "log_base": base, "q": "1/4, 1/4, 1/2"}
        given.pop("rows", None)
        solution = solved("entropy", **given)
        assert solution.value("perplexity") == pytest.approx(root ** solution.value("entropy"))
        assert solution.value("perplexity") == pytest.approx(2**1.5)
        kl = solved("kl", p=given["p"], q=given["q"], log_base=base).value("kl")
        assert solution.value("kl") == pytest.approx(kl)
        assert solution.value("cross-entropy") == pytest.approx(solution.value("entropy") + kl)


def test_zeros_add_nothing() -> None:
    assert solved("entropy", p="1/2, 1/2, 0").value("entropy") == 1
    assert solved("entropy", p="1, 0").value("entropy") == 0
    assert "0 · log 0 counts as 0" in drawn("entropy", p="1, 0")
    assert solved("entropy", p="1/2, 1/2, 0", q="1/4, 3/4, 0").value("kl") == pytest.approx(0.2075, abs=5e-5)


# -- logistic regression -----------------------------------------------------------------------------


def test_batch_and_stochastic_descent_differ() -> None:
    given = {"input": "1; 2", "target": "0, 1", "lr": 1}
    batch, one = solved("logistic-regression", **given), solved("logistic-regression", **given, batch_size=1)
    assert batch.value("weights") == Fraction(1, 4)  # −(0.5·1 − 0.5·2)/2
    p = 1 / (1 + math.exp(-(-0.5 * 2 - 0.5)))  # after w = −0.5, b = −0.5
    assert one.value("weights") == pytest.approx(-0.5 + (1 - p) * 2)
    assert solved("logistic-regression", **given, reduction="sum").value("weights") == Fraction(1, 2)


def test_without_a_bias_there_is_none() -> None:
    solution = solved("logistic-regression", input="1; 2", target="0, 1", lr=1, bias=False)
    assert "bias" not in solution.answers
    assert solution.value("weights") == Fraction(1, 4)


def test_examples_of_one_feature_in_a_line() -> None:
    line = solved("logistic-regression", input="1, 2, 3", target="0, 1, 1", start="1")
    column = solved("logistic-regression", input="1; 2; 3", target="0, 1, 1", start="1")
    assert line.value("loss") == column.value("loss")
    assert line.value("probability-2") == column.value("probability-2")


def test_the_decision_boundary() -> None:
    of_one = solved("logistic-regression", input="1; 2", start="2", start_bias=-3)
    assert of_one.value("boundary") == Fraction(3, 2)
    of_two = solved("logistic-regression", input="1, 2", start="1, 2", start_bias=-4)
    assert (of_two.value("slope"), of_two.value("intercept")) == (Fraction(-1, 2), 2)
    assert solved("logistic-regression", input="1, 2", start="2, 0", start_bias=-4).value("boundary") == 2
    assert "there is no boundary" in drawn("logistic-regression", input="1, 2")


def test_the_odds_are_the_exponential_of_the_score() -> None:
    solution = solved("logistic-regression", input="1", start="0.7", start_bias="0.1")
    assert solution.value("odds") == pytest.approx(math.exp(0.8))
    assert solution.value("odds-ratio") == pytest.approx(math.exp(0.7))


def test_a_class_is_1_where_the_probability_is_a_half_or_more() -> None:
    solution = solved("logistic-regression", input="-1; 0; 1", target="0, 1, 0", start="1")
    assert [solution.value(f"class-{n}") for n in (1, 2, 3)] == [0, 1, 1]
    assert solution.value("accuracy") == Fraction(2, 3)


def test_the_derivation_ends_in_p_less_y() -> None:
    text = drawn("logistic-regression", input="0; 1", target="0, 1", start="1", derivation=True)
    assert "likelihood" in text
    solution = solved("logistic-regression", input="0; 1", target="0, 1", start="1", derivation=True)
    table = {step.shown: step.value for step in solution.steps}
    assert table["d[1]"] == pytest.approx(table["e[1]"])
    assert table["NLL"] == pytest.approx(2 * solution.value("loss"))


def test_a_new_point_is_classified_with_the_last_weights() -> None:
    solution = solved("logistic-regression", input="3, 2", target="1", lr="0.1", point="1, 1")
    assert solution.value("point-logit") == Fraction(3, 10)
    assert solution.value("point-class") == 1
    assert solved("logistic-regression", input="1", start="1", point="-2").value("point-class") == 0


# -- bias and variance -------------------------------------------------------------------------------


def test_bias_and_variance_of_one_point() -> None:
    solution = solved("bias-variance", predictions="1, 3, 5", truth="2", noise="1/4")
    assert solution.value("bias-squared") == 1
    assert solution.value("variance") == Fraction(8, 3)
    assert solution.value("error") == Fraction(11, 3)
    assert solution.value("total") == Fraction(47, 12)


def test_models_alike_have_no_variance_and_a_right_mean_no_bias() -> None:
    assert solved("bias-variance", predictions="4, 4", truth="1").value("variance") == 0
    assert solved("bias-variance", predictions="0, 2", truth="1").value("bias-squared") == 0


def test_bias_and_variance_with_letters() -> None:
    solution = solved("bias-variance", predictions="a, b", truth="f")
    assert compare(solution.value("bias-squared"), parse("((a + b)/2 - f)^2")).outcome == "equal"
    assert compare(solution.value("variance"), parse("(a - b)^2/4")).outcome == "equal"


# -- backwards ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "found"),
    [
        (["hinge", "0, 0, 0", "0", "--find", "margin", "--loss", "6"], [{"margin": 3}]),
        (["bias-variance", "1, 3", "2", "--find", "noise", "--total", "5"], [{"noise": 4}]),
        (["mse", "5", "0", "--kind", "huber", "--find", "delta", "--loss", "8"], [{"delta": 2}]),
        (["bce", "1", "--logits", "0", "--find", "pos-weight", "--loss", "1.3863"], [{"pos_weight": 2}]),
        (
            ["logistic-regression", "2", "--target", "1", "--find", "lr", "--weights", "5"],
            [{"lr": 5}],
        ),
    ],
)  # fmt: skip
def test_whole_numbers_are_found(args: list[str], found: list[dict[str, int]]) -> None:
    from revise.finding import find

    words, own, options = split(args)
    assert find(read_request(words, own, options)) == found
