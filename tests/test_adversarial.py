"""FGSM and the attack on a linear classifier: signs, targets, clipping, growth, bad input."""

from fractions import Fraction
from random import Random
from typing import Any

import numpy
import pytest

from revise import catalogue
from revise.engines.text import text
from revise.errors import InputError
from revise.finding import find
from revise.request import read_request, split
from revise.solution import Solution

KARPATHY = {"x": "2, -1, 3, -2, 2, 2, 1, -4, 5, 1", "w": "-1, -1, 1, -1, 1, -1, 1, 1, -1, 1"}


def solved(name: str, **given: Any) -> Solution:
    return catalogue.load(name).solve(**given)


def flat(solution: Solution, word: str) -> list[Any]:
    return list(solution.value(word).flat)


# -- FGSM -----------------------------------------------------------------------------------------


def test_a_linear_classifier_by_hand() -> None:
    """z = 2 − 3 + ½ = −½; the label is 0, so the gradient p·w has the signs of w: (1, 3) becomes (2, 2), z = 2½."""
    solution = solved("fgsm", x="1, 3", w="2, -1", b="0.5", y=0, epsilon=1)
    assert flat(solution, "adversarial") == [2, 2]
    assert (solution.value("z"), solution.value("z_adv")) == (Fraction(-1, 2), Fraction(5, 2))
    assert (solution.value("class"), solution.value("new-class")) == (0, 1)
    assert solution.value("new-loss") > solution.value("loss")


def test_targeted_goes_down_the_target_s_loss() -> None:
    given = {"x": "1, 3", "w": "2, -1", "b": "0.5", "epsilon": "0.1"}
    untargeted, targeted = solved("fgsm", **given, y=0), solved("fgsm", **given, y=1, targeted=True)
    assert flat(untargeted, "adversarial") == flat(targeted, "adversarial")
    assert targeted.value("new-loss") < targeted.value("loss")
    wrong = solved("fgsm", **given, y=1)
    assert flat(wrong, "adversarial") != flat(targeted, "adversarial")


def test_both_kinds_of_labels_give_the_same() -> None:
    given = {"x": "1, 3", "w": "2, -1", "epsilon": "0.1"}
    for word in ("adversarial", "gradient"):
        assert flat(solved("fgsm", **given, y=0), word) == pytest.approx(flat(solved("fgsm", **given, y=-1), word))


def test_sign_of_zero_is_zero() -> None:
    solution = solved("fgsm", x="1, 3", w="2, 0", y=0, epsilon="0.1")
    assert flat(solution, "adversarial") == [Fraction(11, 10), 3]
    still = solved("fgsm", x="1, 2", w="2, 1", y=4, epsilon="0.1", loss="squared")
    assert flat(still, "adversarial") == [1, 2]
    assert any("gradient is 0" in step.why for step in still.steps)


def test_clipping() -> None:
    solution = solved("fgsm", x="0.95, 0.05", w="1, -1", y=0, epsilon="0.1", clip="0, 1")
    assert flat(solution, "adversarial") == [1, 0]
    typed = solved("fgsm", x="u=0.95", epsilon="0.1", loss="u^2", clip="0, 1")
    assert (typed.value("u_far"), typed.value("u_adv")) == (Fraction(21, 20), 1)


def test_a_typed_loss_is_derived() -> None:
    solution = solved("fgsm", x="x1=1, x2=2", epsilon="0.1", loss="J = (a*x1 - x2)^2", values="a=3")
    assert text(solution.step("dJ_dx1").tree) == "2·((a·x₁ − x₂)·a)"
    assert (solution.value("dJ/dx1"), solution.value("dJ/dx2")) == (6, -2)
    assert (solution.value("x1_adv"), solution.value("x2_adv")) == (Fraction(11, 10), Fraction(19, 10))
    assert solution.value("new-loss") == Fraction(7, 5) ** 2
    assert solved("fgsm", x="1, 2", epsilon="0.1", loss="x1*x2").value("x1_adv") == Fraction(11, 10)


def test_letters_stay() -> None:
    solution = solved("fgsm", x="x=1", epsilon="eps", loss="(w*x - 3)^2", values="w=2")
    assert text(solution.value("x_adv")) == "1 − eps"
    assert text(solved("fgsm", x="1, 3", w="2, -1", y=0, epsilon="eps").value("x_adv").flat[0]) == "eps + 1"


def test_a_large_score_keeps_its_loss() -> None:
    solution = solved("fgsm", x="100, 2", w="1, 1", y=0, epsilon=1)
    assert (solution.value("loss"), solution.value("new-loss")) == (pytest.approx(102), pytest.approx(104))


def test_no_corner_of_the_cube_has_a_larger_loss() -> None:
    rng = Random(3)
    for _ in range(20):
        x, w = ([rng.randint(-3, 3) for _ in range(4)] for _ in range(2))
        label = rng.randint(0, 1)
        solution = solved("fgsm", x=", ".join(map(str, x)), w=", ".join(map(str, w)), y=label, epsilon="1/2")
        for corner in numpy.ndindex(2, 2, 2, 2):
            at = numpy.array(x) + numpy.array(corner) - 0.5
            z = float(numpy.array(w) @ at)
            assert numpy.logaddexp(0, z) - label * z <= solution.value("new-loss") + 1e-9


# -- the linear attack ----------------------------------------------------------------------------


def test_karpathy_s_classifier() -> None:
    solution = solved("linear-attack", **KARPATHY, epsilon="1/2")
    assert (solution.value("s"), solution.value("m"), solution.value("change")) == (10, 1, 5)
    assert solution.value("smallest-epsilon") == Fraction(3, 10)
    assert any("the class flips" in step.why for step in solution.steps)
    assert any("The class stays" in step.why for step in solved("linear-attack", **KARPATHY, epsilon="0.2").steps)


@pytest.mark.parametrize(("norm", "size"), [("inf", Fraction(5, 7)), ("2", Fraction(1))])
def test_the_smallest_epsilon_meets_the_boundary(norm: str, size: Fraction) -> None:
    solution = solved("linear-attack", x="1, 0", w="3, 4", b=2, norm=norm)
    assert solution.value("smallest-epsilon") == size
    point = flat(solution, "boundary-point")
    assert 3 * point[0] + 4 * point[1] + 2 == 0
    moved = [point[0] - 1, point[1] - 0]
    reach = max(map(abs, moved)) if norm == "inf" else sum(each**2 for each in moved) ** Fraction(1, 2)
    assert reach == pytest.approx(float(size))


def test_attacking_from_the_other_side() -> None:
    up = solved("linear-attack", x="-1, 0", w="3, 4", epsilon=1)
    assert (up.value("score"), up.value("new-score")) == (-3, 4)
    down = solved("linear-attack", x="1, 0", w="3, 4", epsilon=1)
    assert (down.value("score"), down.value("new-score")) == (3, -4)


def test_growth_with_the_dimension_and_backwards() -> None:
    solution = solved("linear-attack", m="0.1", n=1000, epsilon="0.01")
    assert (solution.value("change"), solution.value("change-at-10n")) == (1, 10)
    words = ["linear-attack", "--m", "0.1", "--epsilon", "0.01", "--find", "n", "--change", "1"]
    assert find(read_request(*split(words))) == [{"n": 1000}]
    assert text(solved("linear-attack", m="m0", n="k", epsilon="e0").value("change")) == "m₀·k·e₀"


def test_on_the_boundary_already() -> None:
    solution = solved("linear-attack", x="1, 1", w="1, -1", epsilon=1)
    assert solution.value("smallest-epsilon") == 0
    assert "boundary-point" not in solution.answers


# -- bad input ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "given", "reason"),
    [
        ("fgsm", {"x": "1, 2", "epsilon": "1"}, "w: a model needs"),
        ("fgsm", {"x": "1, 2", "epsilon": "1", "w": "1, 2"}, "y: the label"),
        ("fgsm", {"x": "1, 2", "epsilon": "1", "w": "1", "y": 1}, "w: 1 weights"),
        ("fgsm", {"x": "1, 2", "epsilon": "-1", "w": "1, 2", "y": 1}, "epsilon"),
        ("fgsm", {"x": "1, 2", "epsilon": "inf", "w": "1, 2", "y": 1}, "epsilon"),
        ("fgsm", {"x": "1, 2", "epsilon": "1", "w": "1, 2", "y": 3}, "y: a label"),
        ("fgsm", {"x": "1, 2", "epsilon": "1", "w": "1, 2", "y": 1, "clip": "1, 0"}, "clip"),
        ("fgsm", {"x": "1, 2", "epsilon": "1", "w": "1, 2", "y": 1, "clip": "1"}, "clip"),
        ("fgsm", {"x": "1, 2", "epsilon": "1", "w": "1, 2", "y": 1, "values": "t=1"}, "values"),
        ("fgsm", {"x": "x=1", "epsilon": "1", "loss": "x^2", "y": 1}, "y: with a typed loss"),
        ("fgsm", {"x": "z=1", "epsilon": "1", "loss": "x^2"}, "x: z does not occur"),
        ("fgsm", {"x": "1, 2", "epsilon": "1", "loss": "x^2"}, "x: 2 numbers for the letters x"),
        ("fgsm", {"x": "x=1", "epsilon": "1", "loss": "J*x"}, "J means something else"),
        ("fgsm", {"x": "x=1", "epsilon": "1", "loss": "x^2", "values": "x=3"}, "values: x is part"),
        ("fgsm", {"x": "x=1", "epsilon": "1", "loss": "x^2", "values": "q=3"}, "values: q does not occur"),
        ("fgsm", {"x": "x=1", "epsilon": "1", "loss": "log(x - 1)"}, "logarithm"),
        ("fgsm", {"epsilon": "1"}, "needs --x"),
        ("linear-attack", {}, "--w and --x"),
        ("linear-attack", {"w": "1, 2"}, "x: the input"),
        ("linear-attack", {"w": "1, 2", "x": "1"}, "2 weights for 1"),
        ("linear-attack", {"w": "0, 0", "x": "1, 2"}, "all weights 0"),
        ("linear-attack", {"w": "1, 2", "x": "1, 2", "epsilon": "-1"}, "epsilon"),
        ("linear-attack", {"w": "1, 2", "x": "1, 2", "m": "1"}, "m: it follows"),
        ("linear-attack", {"m": "1", "n": "1/2", "epsilon": "1"}, "n must be"),
        ("linear-attack", {"m": "-1", "n": "5", "epsilon": "1"}, "m: an average"),
    ],
)
def test_bad_input_names_the_argument(name: str, given: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        solved(name, **given)
