"""Gradients of the generator's two losses: by hand, with letters, along training, through the generator."""

import math
from fractions import Fraction
from typing import Any

import pytest
import sympy

from revise.catalogue import load
from revise.checking import check
from revise.engines import exact, sympy_
from revise.errors import InputError
from revise.expression import Node
from revise.solution import Solution

SOLVER = load("gan-gradients")


def solve(**given: object) -> Solution:
    return SOLVER.solve(**given)


def test_by_hand() -> None:
    solution = solve(fake="0.1", real="0.9")
    assert {word: solution.value(word) for word in solution.answers} == {
        "dL_sat/dD": Fraction(-10, 9),
        "dL_ns/dD": -10,
        "dL_sat/da": Fraction(-1, 10),
        "dL_ns/da": Fraction(-9, 10),
        "ratio": 9,
        "dL_fake/da": Fraction(1, 10),
        "dL_real/da": Fraction(-1, 10),
    }


def test_early_the_one_is_flat_and_the_other_steep_late_the_other_way_round() -> None:
    solution = solve(fake="0.01, 0.5, 0.99")
    assert [solution.value(f"dL_sat/da({d})") for d in ("0.01", "0.5", "0.99")] == [
        Fraction(-1, 100), Fraction(-1, 2), Fraction(-99, 100)
    ]  # fmt: skip
    assert [solution.value(f"dL_ns/da({d})") for d in ("0.01", "0.5", "0.99")] == [
        Fraction(-99, 100), Fraction(-1, 2), Fraction(-1, 100)
    ]  # fmt: skip
    assert [solution.value(f"ratio({d})") for d in ("0.01", "0.5", "0.99")] == [99, 1, Fraction(1, 99)]


def test_with_the_letter_the_results_are_those_of_the_book() -> None:
    solution = solve()
    d, a = sympy.symbols("D a", positive=True)
    sigmoid = 1 / (1 + sympy.exp(-a))
    losses = {"sat": sympy.log(1 - d), "ns": -sympy.log(d)}
    for name, loss in losses.items():
        by_d = sympy_.evaluate(solution.value(f"dL_{name}/dD"), {"D": d})
        assert sympy.simplify(by_d - sympy.diff(loss, d)) == 0
        by_a = sympy_.evaluate(solution.value(f"dL_{name}/da"), {"D": d})
        assert sympy.simplify(by_a.subs(d, sigmoid) - sympy.diff(loss.subs(d, sigmoid), a)) == 0
    env = {"D": Fraction(1, 5)}
    shown = {word: exact.evaluate(solution.value(word), env) for word in ("dL_sat/da", "dL_ns/da", "ratio")}
    assert shown == {"dL_sat/da": Fraction(-1, 5), "dL_ns/da": Fraction(-4, 5), "ratio": 4}
    assert solution.value("dL_fake/da").args == ("D",)


@pytest.mark.parametrize("logit", ["-4, 0, 4", "-2", "-700", "15"])
def test_a_logit_gives_what_its_sigmoid_gives(logit: str) -> None:
    solution = solve(logit=logit)
    several = "," in logit
    for text in logit.split(", "):
        a = float(text)
        d, rest = 1 / (1 + math.exp(-a)), 1 / (1 + math.exp(a))
        place = f"({text})" if several else ""
        assert solution.value(f"dL_sat/da{place}") == pytest.approx(-d, rel=1e-9)
        assert solution.value(f"dL_ns/da{place}") == pytest.approx(-rest, rel=1e-8)


def test_through_a_linear_discriminator_and_a_linear_generator() -> None:
    """a = w x + b, x = θ z: both gradients get the factor w z, so that their ratio stays."""
    numbers = solve(fake="0.2", da_dx="3", dx_dtheta="-2")
    assert numbers.value("dL_sat/dx") == Fraction(-3, 5)
    assert numbers.value("dL_ns/dx") == Fraction(-12, 5)
    assert numbers.value("dL_sat/dtheta") == Fraction(6, 5)
    assert numbers.value("dL_ns/dtheta") == Fraction(24, 5)
    letters = solve(fake="0.2", da_dx="w", dx_dtheta="z")
    value = letters.value("dL_ns/dtheta")
    assert isinstance(value, Node)
    assert exact.evaluate(value, {"w": 3, "z": -2}) == Fraction(24, 5)


def test_the_trap_and_the_direction_are_said() -> None:
    told = " ".join(step.why for step in solve(fake="0.1").steps)
    assert "are equivalent” is wrong" in told
    assert "the same sign" in told
    assert "saturates" in told


def test_twice_the_same_d_is_one_row() -> None:
    assert [word for word in solve(fake="0.5, 0.5").answers if word.startswith("ratio")] == ["ratio(0.5)"]


@pytest.mark.parametrize("given", [{"fake": "d", "real": "r"}, {"logit": "a"}, {"fake": "0.1", "da_dx": "w"}])
def test_letters_agree_with_torch(given: dict[str, Any]) -> None:
    lines = check(SOLVER, SOLVER.arguments(given), solve(**given))
    assert len(lines) == 3
    assert all(right and "dL_sat/da" in line for line, right in lines), lines


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"fake": "0"}, "fake: .* strictly between 0 and 1"),
        ({"fake": "0.5, 1"}, "fake: .*; 1 does not"),
        ({"fake": "-0.2"}, "fake: "),
        ({"fake": "Infinity"}, "fake: Infinity is no number"),
        ({"fake": "0.5", "real": "1"}, r"real: D\(x\)"),
        ({"fake": "0.5", "logit": "0"}, "not both"),
        ({"logit": "16"}, "logit: 16 is outside"),
        ({"dx_dtheta": "1"}, "da-dx: "),
        ({"fake": "L_sat"}, "means something else"),
    ],
)
def test_what_is_refused(given: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        solve(**given)
