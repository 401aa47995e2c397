"""Confusion matrices, regression metrics, ROC curves and perplexity: what the contract can't see."""

import math
from collections import Counter
from fractions import Fraction
from itertools import product
from random import Random
from typing import Any

import pytest
from command import revise

from revise import catalogue
from revise.errors import InputError
from revise.expression import Node
from revise.numerals import Numerals
from revise.render.solution import solution_lines


def solved(name: str, **given: Any) -> Any:
    return catalogue.load(name).solve(**given)


def drawn(name: str, **given: Any) -> str:
    return " ".join(" ".join(line.plain for line in solution_lines(solved(name, **given), 80, Numerals())).split())


def answers(name: str, **given: Any) -> dict[str, Any]:
    solution = solved(name, **given)
    return {word: solution.value(word) for word in solution.answers}


# -- bad input --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("confusion", {}, "matrix: give one of --matrix"),
        ("confusion", {"matrix": "1, 2; 3, 4", "tp": "1"}, "matrix: give one of"),
        ("confusion", {"matrix": "1, 2; 3"}, "matrix: the rows"),
        ("confusion", {"matrix": "1, 2, 3; 4, 5, 6"}, "matrix: as many rows as columns, one for each class, not 2×3"),
        ("confusion", {"matrix": "1, -2; 3, 4"}, "matrix: entry 2 is -2; a count"),
        ("confusion", {"matrix": "1, 2.5; 3, 4"}, "matrix: entry 2 is 2.5; a count"),
        ("confusion", {"matrix": "0, 0; 0, 0"}, "matrix: all counts are 0"),
        ("confusion", {"matrix": "1e12, 2; 3, 4"}, "matrix: entry 1"),
        ("confusion", {"matrix": "nan, 2; 3, 4"}, "matrix: nan"),
        ("confusion", {"tp": "3", "fn": "2", "tn": "1"}, "fp: it is missing"),
        ("confusion", {"tp": "3", "fn": "-2", "fp": "1", "tn": "1"}, "fn is -2"),
        ("confusion", {"tp": "0", "fn": "0", "fp": "0", "tn": "0"}, "tp: all counts are 0"),
        ("confusion", {"tp": "3", "fn": "2", "fp": "1", "tn": "1", "per_class": True}, "per-class: it needs"),
        ("confusion", {"actual": "1 0 1", "predicted": "1 0"}, "predicted: 2 entries, but actual has 3"),
        ("confusion", {"actual": "1 0 1"}, "predicted: give --predicted"),
        ("confusion", {"predicted": "1 0 1"}, "actual: it is missing"),
        ("confusion", {"actual": "1 0 nan", "predicted": "1 0 1"}, "actual: entry 3 is nan"),
        ("confusion", {"actual": "", "predicted": ""}, "actual: no labels"),
        ("confusion", {"actual": "1, , 0", "predicted": "1, 0, 0"}, "actual: entry 2 is empty"),
        ("confusion", {"actual": "1 0", "predicted": "1 2", "labels": "0, 1"}, "predicted: 2 is none of the classes"),
        ("confusion", {"actual": "a a", "predicted": "a a"}, "labels: only a occurs"),
        ("confusion", {"actual": "1 0", "predicted": "1 0", "labels": "1, 1"}, "labels: 1 is there twice"),
        ("confusion", {"actual": "1 0", "predicted": "1 0", "positive": "cat"}, "positive: cat is no class"),
        ("confusion", {"matrix": "1, 2, 3; 4, 5, 6; 7, 8, 9", "positive": "first"}, "positive: with 3 classes"),
        ("confusion", {"matrix": "1, 2; 3, 4", "labels": "a, b, c"}, "labels: 3 names for 2 classes"),
        ("confusion", {"matrix": "1, 2; 3, 4", "beta": "0"}, "beta: 0 is no weight"),
        ("confusion", {"matrix": "1, 2; 3, 4", "threshold": "0.5"}, "threshold: it cuts --scores"),
        ("confusion", {"actual": "1 0", "scores": "a, 0.2"}, "scores: entry 1 is a letter"),
        ("confusion", {"actual": "1 0", "scores": "0.4, 0.2, 0.1"}, "scores: 3 entries, but actual has 2"),
        ("confusion", {"actual": "cat dog", "scores": "0.4, 0.2"}, "positive: which class"),
        ("confusion", {"actual": "0 1 2", "scores": "0.4, 0.2, 0.1"}, "scores: a threshold tells two classes"),
        ("confusion", {"actual": "1 0", "scores": "0.4, 0.2", "threshold": "t"}, "threshold: scores are compared"),
        ("confusion", {"actual": "1 " * 300, "predicted": "1 " * 300}, "actual: 300 labels; at most"),
        ("regression-metrics", {"actual": "1, 2, 3", "predicted": "1, 2"}, "predicted: 2 entries, but actual has 3"),
        ("regression-metrics", {"actual": "", "predicted": "1"}, "actual: an empty list"),
        ("regression-metrics", {"actual": "nan, 1", "predicted": "1, 2"}, "actual: nan"),
        ("regression-metrics", {"actual": "1, 2", "predicted": "1, inf"}, "predicted: inf"),
        ("regression-metrics", {"actual": "1e10, 2", "predicted": "1, 2"}, "actual: entry 1"),
        ("regression-metrics", {"actual": "1, 2, 3", "predicted": "1, 2, 4", "predictors": "2"}, "predictors: 2 of 3"),
        ("regression-metrics", {"actual": "1, 2", "predicted": "1, 2", "predictors": "-1"}, "predictors must be"),
        ("roc-auc", {"scores": "0.1, 0.2", "actual": "1 1"}, "actual: no example is negative, so the FPR"),
        ("roc-auc", {"scores": "0.1, 0.2", "actual": "0 0"}, "actual: no example is positive, so the TPR"),
        ("roc-auc", {"scores": "0.1, 0.2", "actual": "0 1 1"}, "scores: 2 entries, but actual has 3"),
        ("roc-auc", {"scores": "a, 0.2", "actual": "0 1"}, "scores: entry 1 is a letter"),
        ("roc-auc", {"scores": "0.3, 0.2", "actual": "cat dog"}, "positive: which class"),
        ("roc-auc", {"scores": "0.3, 0.2, 0.1", "actual": "0 1 2"}, "actual: 3 classes"),
        ("roc-auc", {"scores": "0.3, 0.2", "actual": "0 1", "recall": "1.5"}, "recall: 1.5"),
        ("roc-auc", {"scores": "0.3, 0.2", "actual": "0 1", "recall": "0"}, "recall: 0"),
        ("roc-auc", {"scores": "0.3, 0.2", "actual": "0 1", "area": "trapezoids"}, "area: the ROC curve"),
        ("roc-auc", {"scores": ", ".join(["0.1"] * 100), "actual": "1 0 " * 50}, "scores: 100 scores; at most"),
        ("perplexity", {}, "probabilities: give one of"),
        ("perplexity", {"probabilities": "0.5", "cross_entropy": "1"}, "cross-entropy: give one of"),
        ("perplexity", {"probabilities": "0.5, 0"}, "probabilities: entry 2 is 0"),
        ("perplexity", {"probabilities": "0.5, 1.2"}, "probabilities: entry 2 is 1.2"),
        ("perplexity", {"probabilities": "0.5, -0.2"}, "probabilities: entry 2 is -0.2"),
        ("perplexity", {"log_probs": "-1, 1"}, "log-probs: entry 2 is 1"),
        ("perplexity", {"cross_entropy": "-1"}, "cross-entropy is -1"),
        ("perplexity", {"cross_entropy": "400"}, "cross-entropy is 400"),
        ("perplexity", {"perplexity": "0.5"}, "perplexity is 0.5"),
        ("perplexity", {"cross_entropy": "2", "words": "3"}, "tokens: a mean a token"),
        ("perplexity", {"cross_entropy": "2", "tokens": "2.5"}, "tokens must be a whole number"),
        ("perplexity", {"cross_entropy": "200", "tokens": "1000", "words": "1"}, "words: so few"),
        ("perplexity", {"probabilities": "0.5", "tokens": "2"}, "tokens: the list says"),
    ],
)
def test_bad_input_names_the_argument(name: str, given: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError) as fault:
        solved(name, **given)
    assert str(fault.value).startswith(said)


def test_every_mix_of_options_is_worked_out_or_refused_by_name() -> None:
    """Letters of one part of a solution must not get in the way of another's."""
    inputs: list[dict[str, Any]] = [
        {"tp": "3", "fn": "0", "fp": "0", "tn": "2"},
        {"matrix": "3, 0; 1, 0"},
        {"matrix": "3, 0; 1, 0", "labels": "cat, dog"},
        {"matrix": "3, 0, 1; 0, 0, 0; 1, 0, 2"},
        {"actual": "1 0 1", "predicted": "1 1 0"},
        {"actual": "1 0 1", "scores": "0.5, 0.5, 0.2"},
        {"actual": "a b c", "predicted": "a a b"},
    ]
    choices = product(["actual", "predicted"], [False, True], ["1", "2"], ["mean", "of-means"], ["undefined", 0, 1])
    for rows, per_class, beta, mean, zero in choices:
        for given in inputs:
            options = {"rows": rows, "per_class": per_class, "beta": beta, "macro_f1": mean, "zero_division": zero}
            if per_class and "tp" in given:
                continue
            drawn("confusion", **given, **options)


# -- conventions ------------------------------------------------------------------------------------


def test_rows_and_columns_exchanged_exchange_precision_and_recall() -> None:
    there, back = (answers("confusion", matrix="40, 10; 5, 45", rows=rows) for rows in ("actual", "predicted"))
    assert there["precision"] == back["recall"] == Fraction(8, 9)
    assert there["recall"] == back["precision"] == Fraction(4, 5)
    assert there["f1"] == back["f1"]
    turned = answers("confusion", matrix="40, 5; 10, 45", rows="predicted")
    assert turned == there
    assert "A row of M is an actual class" in drawn("confusion", matrix="1, 2; 3, 4")
    assert "A row of M is a predicted class" in drawn("confusion", matrix="1, 2; 3, 4", rows="predicted")
    three = "5, 1, 0; 2, 6, 1; 0, 3, 9"
    transposed = "5, 2, 0; 1, 6, 3; 0, 1, 9"
    assert answers("confusion", matrix=three) == answers("confusion", matrix=transposed, rows="predicted")


def test_the_positive_class_is_said_and_can_be_the_other() -> None:
    first, last = (answers("confusion", matrix="40, 10; 5, 45", positive=place) for place in ("first", "last"))
    assert (first["tp"], first["fn"], first["fp"], first["tn"]) == (40, 10, 5, 45)
    assert (last["tp"], last["fn"], last["fp"], last["tn"]) == (45, 5, 10, 40)
    assert first["mcc"] == pytest.approx(last["mcc"])
    assert "The positive class is the first one" in drawn("confusion", matrix="40, 10; 5, 45")
    assert "The positive class, spam, is 1; ham is 0." in drawn("confusion", actual="spam ham", predicted="ham ham")
    assert "The positive class is 1." in drawn("confusion", actual="1 0", predicted="0 0")
    named = answers("confusion", actual="cat dog cat", predicted="cat cat dog", positive="cat")
    assert (named["tp"], named["fn"], named["fp"], named["tn"]) == (1, 1, 1, 0)


def test_labels_that_do_not_tell_the_positive_class_are_taken_in_turn() -> None:
    found = answers("confusion", actual="cat dog cat", predicted="cat cat dog")
    assert {"precision-cat", "precision-dog", "macro-f1"} <= set(found)
    assert "0 = cat, 1 = dog" in drawn("confusion", actual="cat dog cat", predicted="cat cat dog")


def test_a_score_at_the_threshold() -> None:
    given = {"actual": "1 0", "scores": "0.5, 0.5"}
    assert answers("confusion", **given)["tp"] == 1
    assert answers("confusion", **given)["fp"] == 1
    below = answers("confusion", **given, at_threshold="negative")
    assert (below["tp"], below["fp"], below["fn"], below["tn"]) == (0, 0, 1, 1)


@pytest.mark.parametrize("at_threshold", ["positive", "negative"])
@pytest.mark.parametrize("positive", ["1", "0"])
def test_a_threshold_with_each_class_in_turn(at_threshold: str, positive: str) -> None:
    given = {"actual": "1 0 1 0", "scores": "0.5, 0.6, 0.2, 0.1", "at_threshold": at_threshold, "positive": positive}
    pair, both = answers("confusion", **given), answers("confusion", **given, per_class=True)
    assert both[f"recall-{positive}"] == pair["recall"]
    assert both["accuracy"] == pair["accuracy"]


def test_zero_denominators_are_named_or_follow_the_convention() -> None:
    given = {"tp": "0", "fn": "5", "fp": "0", "tn": "5"}
    text = drawn("confusion", **given)
    assert "precision: its denominator TP + FP is 0, so it is undefined" in text
    assert "MCC: its denominator has the factor TP + FP = 0" in text
    found = answers("confusion", **given)
    assert "precision" not in found
    assert "mcc" not in found
    assert found["f1"] == 0
    assert answers("confusion", **given, zero_division=0)["precision"] == 0
    assert answers("confusion", **given, zero_division=1)["precision"] == 1
    three = {"matrix": "5, 0, 0; 2, 0, 1; 1, 0, 3"}
    text = drawn("confusion", **three)
    assert "precision of 1: the denominator TP + FP is 0" in text
    assert "macro-precision" not in answers("confusion", **three)
    by_zero = answers("confusion", **three, zero_division=0)
    assert by_zero["precision-1"] == 0
    assert by_zero["macro-precision"] == (Fraction(5, 8) + Fraction(3, 4)) / 3
    only = answers("confusion", tp="0", fn="0", fp="0", tn="7")
    assert not {"precision", "recall", "f1", "mcc", "kappa"} & set(only)
    assert only["specificity"] == 1


def test_macro_f1_has_two_meanings() -> None:
    """Opitz & Burst 2019, Macro F1 and Macro F1: the two differ, the second is never less."""
    rng, apart = Random(3), 0
    for _ in range(20):
        rows = "; ".join(", ".join(str(rng.randint(1, 9)) for _ in range(3)) for _ in range(3))
        mean, of_means = (answers("confusion", matrix=rows, macro_f1=each) for each in ("mean", "of-means"))
        p, r = mean["macro-precision"], mean["macro-recall"]
        assert of_means["macro-f1"] == 2 * p * r / (p + r)
        assert mean["macro-f1"] == sum(mean[f"f1-{c}"] for c in range(3)) / 3
        assert of_means["macro-f1"] >= mean["macro-f1"]
        apart += of_means["macro-f1"] != mean["macro-f1"]
    assert apart > 10


def test_mape_as_percentage_or_fraction() -> None:
    percent, fraction = (
        answers("regression-metrics", actual="1, 2", predicted="2, 2", mape=each)["mape"]
        for each in ("percent", "fraction")
    )
    assert (percent, fraction) == (50, Fraction(1, 2))


def test_what_regression_cannot_divide_by_is_named() -> None:
    same = {"actual": "2, 2, 2", "predicted": "1, 2, 3"}
    assert "all y are equal, so the denominator SST is 0" in drawn("regression-metrics", **same)
    assert not {"r2", "explained-variance"} & set(answers("regression-metrics", **same))
    assert "there is but one y" in drawn("regression-metrics", actual="3", predicted="2")
    assert "MAPE: y_1 is 0" in drawn("regression-metrics", actual="0, 1", predicted="1, 2")
    assert "mape" not in answers("regression-metrics", actual="0, 1", predicted="1, 2")


def test_a_constant_bias_is_forgiven_by_explained_variance_only() -> None:
    found = answers("regression-metrics", actual="1, 2, 4, 5", predicted="2, 3, 5, 6")
    assert found["explained-variance"] == 1
    assert found["r2"] == Fraction(3, 5)
    assert found["bias"] == -1


# -- ROC curves -------------------------------------------------------------------------------------


def test_ties_are_one_threshold_and_count_half() -> None:
    found = answers("roc-auc", scores="0.5, 0.5, 0.9, 0.1", actual="1 0 1 0")
    assert found["auc"] == found["pairs"] == Fraction(7, 8)
    assert list(found["fpr"].flat) == [0, 0, Fraction(1, 2), 1]
    assert answers("roc-auc", scores="0.5, 0.5, 0.5", actual="1 0 1")["auc"] == Fraction(1, 2)


def test_the_area_does_not_depend_on_the_order_or_the_scale_and_turns_round() -> None:
    rng = Random(5)
    for _ in range(15):
        size = rng.randint(4, 7)
        scores = [Fraction(rng.randint(1, 9), 10) for _ in range(size)]
        labels = ["0", "1", *(rng.choice("01") for _ in range(size - 2))]
        area = answers("roc-auc", scores=", ".join(map(str, scores)), actual=" ".join(labels))["auc"]
        order = rng.sample(range(size), size)
        mixed = answers(
            "roc-auc",
            scores=", ".join(str(scores[i] ** 3) for i in order), actual=" ".join(labels[i] for i in order),
        )["auc"]  # fmt: skip
        assert mixed == area
        turned = answers("roc-auc", scores=", ".join(str(-score) for score in scores), actual=" ".join(labels))["auc"]
        assert turned == 1 - area


def test_each_point_of_the_curve_is_the_confusion_matrix_at_that_threshold() -> None:
    scores, labels = "0.1, 0.4, 0.35, 0.8, 0.4", "0 0 1 1 1"
    curve = answers("roc-auc", scores=scores, actual=labels)
    for k, cut in enumerate(("0.8", "0.4", "0.35", "0.1"), 1):
        at = answers("confusion", scores=scores, actual=labels, threshold=cut)
        assert (at["fpr"], at["recall"]) == (curve["fpr"].flat[k], curve["tpr"].flat[k])
    assert curve["best-accuracy"] == max(
        answers("confusion", scores=scores, actual=labels, threshold=cut)["accuracy"]
        for cut in ("0.8", "0.4", "0.35", "0.1", "2")
    )


def test_the_threshold_for_a_recall() -> None:
    given = {"scores": "0.1, 0.4, 0.35, 0.8", "actual": "0 0 1 1"}
    for curve in ("roc", "precision-recall"):
        for recall, threshold in (("0.1", "0.8"), ("1/2", "0.8"), ("0.51", "0.35"), ("1", "0.35")):
            assert answers("roc-auc", **given, curve=curve, recall=recall)["threshold"] == Fraction(threshold)


def test_fawcett_by_hand() -> None:
    """Figure 3 of the paper; the area, 68 of the 100 pairs, is counted here by hand: 10+10+9+9+9+7+6+5+2+1."""
    module = catalogue.load("roc-auc").module
    found = answers("roc-auc", **module._FAWCETT)
    assert found["auc"] == found["pairs"] == Fraction(68, 100)
    assert found["best-accuracy"] == Fraction(7, 10)
    points = list(zip(found["fpr"].flat, found["tpr"].flat, strict=True))
    assert points[6] == (Fraction(1, 10), Fraction(1, 2))
    assert len(points) == 21


def test_rounding_on_the_way_moves_no_example_across_a_threshold() -> None:
    done = revise("solve", "roc-auc", "0.12344, 0.12341, 0.12346", "0 1 1", "--round-steps", "--digits", "3", "--json")
    assert done.returncode == 0, done.stderr
    assert '"auc": 0.5' in done.stdout


# -- perplexity -------------------------------------------------------------------------------------


def test_bases_agree_on_the_perplexity() -> None:
    for given in ({"probabilities": "0.8, 0.1, 1/3"}, {"probabilities": "1/2, 1/8"}):
        by_base = [answers("perplexity", **given, log_base=base) for base in ("e", 2, 10)]
        assert len({round(float(found["perplexity"]), 9) for found in by_base}) == 1
        assert by_base[0]["cross-entropy"] == pytest.approx(float(by_base[1]["cross-entropy"]) * math.log(2))
        assert by_base[0]["bits"] == pytest.approx(float(by_base[1]["cross-entropy"]))
        assert by_base[2]["bits"] == pytest.approx(float(by_base[1]["cross-entropy"]))


def test_perplexity_there_and_back() -> None:
    for base in ("e", 2, 10):
        entropy = answers("perplexity", perplexity="20", log_base=base)["cross-entropy"]
        assert answers("perplexity", cross_entropy=repr(entropy), log_base=base)["perplexity"] == pytest.approx(20)
    assert answers("perplexity", perplexity="8", log_base=2, tokens="5")["total"] == 15


def test_log_probabilities_are_the_same_text() -> None:
    direct = answers("perplexity", probabilities="1/4, 1/2, 1/8", log_base=2, words="2")
    by_logs = answers("perplexity", log_probs="-2, -1, -3", log_base=2, words="2")
    assert direct["perplexity"] == by_logs["perplexity"] == 4
    assert direct["per-word"] == by_logs["per-word"] == 8


def test_a_long_text_has_a_perplexity_though_its_probability_is_no_number() -> None:
    found = answers("perplexity", probabilities=", ".join(["0.0001"] * 150))
    assert found["perplexity"] == pytest.approx(10_000)
    assert "joint" not in found


def test_zeros_and_a_three_by_jurafsky_and_martin() -> None:
    """The exercise with 91 zeros of 100 digits in training: 0 0 0 0 0 3 0 0 0 0, so (0.91⁹ · 0.01)^(−1/10)."""
    found = answers("perplexity", probabilities=", ".join(["0.91"] * 5 + ["0.01"] + ["0.91"] * 4))
    assert found["perplexity"] == pytest.approx((0.91**9 * 0.01) ** -0.1)
    assert round(float(found["perplexity"]), 3) == 1.725


# -- letters, backwards, pages ------------------------------------------------------------------------


def test_letters() -> None:
    from revise.equality import compare
    from revise.expression import parse

    found = answers("confusion", tp="a", fn="b", fp="c", tn="d")
    for word, wanted in {"precision": "a/(a+c)", "recall": "a/(a+b)", "f1": "2*a/(2*a+b+c)"}.items():
        assert compare(found[word], parse(wanted)).outcome == "equal", word
    mse = answers("regression-metrics", actual="1, 2, 3", predicted="1, x, 4")["mse"]
    assert compare(mse, parse("((2-x)^2 + 1)/3")).outcome == "equal"
    pair = answers("perplexity", probabilities="p, q")
    assert isinstance(pair["perplexity"], Node)
    assert compare(pair["by-geometric-mean"], parse("1/sqrt(p*q)"), {"p": (0, 1), "q": (0, 1)}).outcome == "equal"


@pytest.mark.parametrize(
    ("args", "found"),
    [
        (["confusion", "--tp", "40", "--fn", "10", "--tn", "45", "--find", "fp", "--precision", "4/5"], [10]),
        (["confusion", "--tp", "30", "--fp", "7", "--tn", "45", "--find", "fn", "--recall", "3/4"], [10]),
        (["perplexity", "--cross-entropy", "2", "--words", "10", "--find", "tokens", "--per-word", "11.0232"], [12]),
    ],
)
def test_backwards(args: list[str], found: list[int]) -> None:
    import json

    done = revise("solve", *args, "--json")
    assert done.returncode == 0, done.stderr
    (numbers,) = json.loads(done.stdout)["answer"].values()
    assert numbers == found


def test_none_of_the_cells_gives_it() -> None:
    done = revise("solve", "confusion", "--tp", "3", "--fn", "1", "--tn", "4", "--find", "fp", "--precision", "5/7")
    assert done.returncode == 1


def test_a_page_of_three_classes_by_hand() -> None:
    """Counted by hand: class 1 has TP 6, FN 3, FP 4; supports 6, 9, 12; accuracy 20/27."""
    found = answers("confusion", matrix="5, 1, 0; 2, 6, 1; 0, 3, 9")
    assert found["accuracy"] == Fraction(20, 27)
    assert found["precision-1"] == Fraction(6, 10)
    assert found["recall-1"] == Fraction(6, 9)
    assert found["specificity-1"] == Fraction(14, 18)
    assert found["f1-1"] == Fraction(12, 19)
    assert found["micro-precision"] == found["micro-recall"] == found["micro-f1"] == Fraction(20, 27)
    weighted = (6 * Fraction(5, 7) + 9 * Fraction(6, 10) + 12 * Fraction(9, 10)) / 27
    assert found["weighted-precision"] == weighted
    assert found["weighted-recall"] == found["accuracy"]
    chance = Fraction(6 * 7 + 9 * 10 + 12 * 10, 27**2)
    assert found["kappa"] == (Fraction(20, 27) - chance) / (1 - chance)


def test_counting_agrees_with_a_counter() -> None:
    rng = Random(9)
    for _ in range(10):
        true, called = ([rng.choice(["ant", "bee", "cow"]) for _ in range(12)] for _ in range(2))
        true[:3] = ["ant", "bee", "cow"]
        counts = Counter(zip(true, called, strict=True))
        names = ["ant", "bee", "cow"]
        for rows in ("actual", "predicted"):
            matrix = answers("confusion", actual=" ".join(true), predicted=",".join(called), rows=rows)["matrix"]
            for i, a in enumerate(names):
                for j, b in enumerate(names):
                    pair = (a, b) if rows == "actual" else (b, a)
                    assert matrix.flat[3 * i + j] == counts[pair]


def test_classes_stand_in_the_order_of_numbers_or_as_named() -> None:
    numbers = {"actual": "10 2 1 +2", "predicted": "10 1 01 2.0"}
    assert [word for word in answers("confusion", **numbers) if word.startswith("recall")] == [
        "recall-1", "recall-2", "recall-10"
    ]  # fmt: skip
    assert list(answers("confusion", **numbers)["matrix"].flat) == [1, 0, 0, 1, 1, 0, 0, 0, 1]
    named = answers("confusion", actual="b a", predicted="b b", labels="b, a, c")
    assert list(named["matrix"].flat) == [1, 0, 0, 1, 0, 0, 0, 0, 0]
