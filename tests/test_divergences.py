"""KL, JS and the GAN's value and best discriminator: what the contract can't see."""

import math
from fractions import Fraction
from random import Random
from typing import Any

import pytest
import sympy

from revise import catalogue
from revise.engines import exact, sympy_
from revise.errors import InputError
from revise.expression import Node
from revise.numerals import Numerals
from revise.render.solution import solution_lines


def solved(name: str, **given: Any) -> Any:
    return catalogue.load(name).solve(**given)


def drawn(name: str, **given: Any) -> str:
    return " ".join(" ".join(line.plain for line in solution_lines(solved(name, **given), 80, Numerals())).split())


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"p": "1/2, 1/3", "q": "1/2, 1/2"}, "p: the probabilities sum to 5/6"),
        ({"p": "1/2, 1/2", "q": "0.5, 0.4"}, "q: the probabilities sum to 0.9"),
        ({"p": "0.5, 0.50000001", "q": "1/2, 1/2"}, "p: the probabilities sum to 1.00000001"),
        ({"p": "1/3, 6666666667/9999999999", "q": "1/2, 1/2"}, "p: the probabilities sum to"),
        ({"p": "3/2, -1/2", "q": "1/2, 1/2"}, "p: entry 1 is 1.5"),
        ({"p": "1/2, 1/2", "q": "1/3, 1/3, 1/3"}, "q: 3 entries, but p has 2"),
        ({"p": "nan, 1", "q": "1/2, 1/2"}, "p: nan is no"),
        ({"p": "a, 1/2 - a", "q": "1/2, 1/2"}, "p: the probabilities sum to 0.5"),
    ],
)
def test_what_is_no_distribution(given: dict[str, str], said: str) -> None:
    for name in ("kl", "js", "gan-optimal-discriminator"):
        with pytest.raises(InputError) as fault:
            solved(name, **given)
        assert str(fault.value).startswith(said), name
    with pytest.raises(InputError) as fault:
        solved("gan-value", **given, discriminator="1/2")
    assert str(fault.value).startswith(said)


def test_long_decimals_sum_to_one_within_1e_9_and_fractions_exactly() -> None:
    third = "0.3333333333, 0.3333333333, 0.3333333333"
    assert math.isclose(solved("kl", p=third, q="1/4, 1/4, 1/2").value("kl"), math.log(32 / 27) / 3, abs_tol=1e-9)
    with pytest.raises(InputError):
        solved("kl", p="1/3, 1/3, 3333333333/10000000001", q="1/4, 1/4, 1/2")


def test_kl_is_infinite_where_q_has_no_mass() -> None:
    with pytest.raises(InputError, match=r"q: entry 2 is 0 where p has 0\.25.*infinite"):
        solved("kl", p="3/4, 1/4", q="1, 0")
    assert solved("kl", p="1, 0", q="3/4, 1/4").value("kl") == pytest.approx(math.log(4 / 3))
    assert solved("kl", p="1, 0, 0", q="1/2, 0, 1/2", log_base=2).value("kl") == 1


@pytest.mark.parametrize("name", ["kl", "js", "gan-optimal-discriminator"])
def test_no_digits_of_rounding_are_shown(name: str) -> None:
    with pytest.raises(InputError, match="rounding"):
        solved(name, p="0.3, 0.7", q="0.3000000001, 0.6999999999")
    word = "kl" if name == "kl" else "js"
    assert solved(name, p="0.3, 0.7", q="0.3, 0.7").value(word) == 0


@pytest.mark.parametrize("base", ["e", 2, 10])
def test_js_is_symmetric_bounded_and_the_mean_of_two_kl(base: Any) -> None:
    unit = 1 if base == "e" else math.log(base)
    rng = Random(1)
    sample = catalogue.load("js").sample
    for given in (given for given in (sample(rng) for _ in range(20)) if "normal" not in given["p"]):
        p, q = given["p"], given["q"]
        there, back = solved("js", p=p, q=q, log_base=base), solved("js", p=q, q=p, log_base=base)
        assert there.value("js") == pytest.approx(back.value("js"))
        assert 0 <= there.value("js") <= math.log(2) / unit + 1e-12
        assert there.value("distance") ** 2 == pytest.approx(there.value("js"))
        middle = ", ".join(
            str((Fraction(a) + Fraction(b)) / 2) for a, b in zip(p.split(", "), q.split(", "), strict=True)
        )
        halves = [solved("kl", p=each, q=middle, log_base=base).value("kl") for each in (p, q)]
        assert there.value("js") == pytest.approx(sum(halves) / 2)
    apart = solved("js", p="1/2, 1/2, 0", q="0, 0, 1", log_base=base).value("js")
    assert apart == pytest.approx(math.log(2) / unit)


def test_the_best_discriminator_is_better_than_any_other() -> None:
    rng = Random(2)
    for _ in range(20):
        p, q = ([rng.randint(1, 9) for _ in range(3)] for _ in range(2))
        given = {
            name: ", ".join(str(Fraction(each, sum(counts))) for each in counts)
            for name, counts in (("p", p), ("q", q))
        }
        best = solved("gan-optimal-discriminator", **given)
        said = [best.value(f"D*({x})") for x in (1, 2, 3)]
        assert not any(isinstance(each, float) for each in said)
        top = solved("gan-value", **given, discriminator=", ".join(map(str, said))).value("value")
        assert top == pytest.approx(best.value("value"), abs=1e-12)
        assert best.value("value-by-js") == pytest.approx(top, abs=1e-12)
        assert best.value("js") == pytest.approx(solved("js", **given).value("js"))
        for x in range(3):
            for moved in (Fraction(1, 50), -Fraction(1, 50)):
                other = [each + (moved if at == x else 0) for at, each in enumerate(said)]
                if 0 < other[x] < 1:
                    less = solved("gan-value", **given, discriminator=", ".join(map(str, other))).value("value")
                    assert less < top


def test_the_equation_is_the_derivative_of_the_term_and_h_of_the_equation() -> None:
    solution = solved("gan-optimal-discriminator", p="p", q="q")
    p, q, y = sympy.symbols("p q y", positive=True)
    term = p * sympy.log(y) + q * sympy.log(1 - y)
    equation = next(step for step in solution.steps if step.is_equation)
    left = sympy_.evaluate(equation.tree.args[0], {"P": p, "Q": q, "D": y})
    assert sympy.simplify(left - sympy.diff(term, y)) == 0
    second = sympy_.evaluate(solution.step("h").tree, {"P": p, "Q": q, "D": y, "R": 1 - y})
    assert sympy.simplify(second - sympy.diff(term, y, 2)) == 0
    numbers = solved("gan-optimal-discriminator", p="1/2, 1/2", q="1/4, 3/4")
    for x, known in ((1, {p: "1/2", q: "1/4", y: "2/3"}), (2, {p: "1/2", q: "3/4", y: "2/5"})):
        wanted = sympy.diff(term, y, 2).subs({letter: sympy.Rational(value) for letter, value in known.items()})
        assert numbers.value(f"h[{x}]") == Fraction(int(wanted.p), int(wanted.q))


def test_letters_give_what_numbers_give() -> None:
    env = {"p": Fraction(1, 3), "q": Fraction(3, 4)}
    for name, extra in (
        ("kl", {}),
        ("js", {}),
        ("gan-optimal-discriminator", {}),
        ("gan-value", {"discriminator": "q"}),
    ):
        letters = solved(name, p="p, 1 - p", q="q, 1 - q", **extra)
        numbers = solved(name, p="1/3, 2/3", q="3/4, 1/4", **dict.fromkeys(extra, "3/4"))
        for word in numbers.answers:
            value = letters.value(word)
            assert isinstance(value, Node)
            assert exact.evaluate(value, env) == pytest.approx(numbers.value(word)), (name, word)


@pytest.mark.parametrize("letter", ["a", "b", "i", "n", "p", "q", "r", "s", "t", "x", "y"])
def test_the_usual_letters_are_free(letter: str) -> None:
    given = {"p": f"{letter}, 1 - {letter}", "q": "1/4, 3/4"}
    for name, more in (
        ("kl", {}),
        ("js", {}),
        ("gan-optimal-discriminator", {}),
        ("gan-value", {"discriminator": "0.3"}),
    ):
        solution, numbers = solved(name, **given, **more), solved(name, p="1/3, 2/3", q="1/4, 3/4", **more)
        for word in numbers.answers:
            got = solution.value(word)
            got = exact.evaluate(got, {letter: Fraction(1, 3)}) if isinstance(got, Node) else got
            assert got == pytest.approx(numbers.value(word)), (name, word)


def test_rounded_steps_are_not_refused() -> None:
    from revise.solution import Style, style

    token = style.set(Style(round_steps=True))
    try:
        assert solved("kl", p="0.5, 0.5", q="0.501, 0.499").value("kl") == 0
    finally:
        style.reset(token)


def test_densities_at_one_x_need_not_sum_to_one() -> None:
    assert solved("gan-optimal-discriminator", p="3", q="1").value("D*") == Fraction(3, 4)
    assert solved("gan-optimal-discriminator", p="0", q="1/5").value("D*") == 0
    assert solved("gan-optimal-discriminator", p="1/5", q="0").value("D*") == 1
    for given in ({"p": "0", "q": "0"}, {"p": "-1", "q": "2"}):
        with pytest.raises(InputError, match=r"^p: "):
            solved("gan-optimal-discriminator", **given)


def test_at_one_half_the_value_is_minus_log_4_whatever_the_distributions() -> None:
    rng = Random(3)
    sample = catalogue.load("gan-value").sample
    for _ in range(10):
        given = {**sample(rng), "discriminator": "1/2"}
        assert solved("gan-value", **given).value("value") == pytest.approx(-math.log(4))


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("0, 1/2", "entry 1 is 0 where p"),
        ("1/2, 1", "entry 2 is 1 where q"),
        ("0.5, 1.5", "entry 2 is 1.5"),
        ("1/2, 1/2, 1/2", "3 entries"),
    ],
)
def test_no_infinite_value(said: str, fault: str) -> None:
    with pytest.raises(InputError, match=f"^discriminator: {fault}"):
        solved("gan-value", p="1/2, 1/2", q="1/4, 3/4", discriminator=said)


def test_certain_where_only_one_of_them_has_mass_costs_nothing() -> None:
    assert solved("gan-value", p="1, 0", q="0, 1", discriminator="1, 0").value("value") == 0
    best = solved("gan-optimal-discriminator", p="1, 0, 0", q="0, 0, 1")
    assert (best.value("D*(1)"), best.value("D*(3)"), best.value("value")) == (1, 0, 0)
    assert "D*(2)" not in best.answers
    assert best.value("value-by-js") == pytest.approx(0, abs=1e-12)


def test_what_a_marker_looks_for_is_said() -> None:
    shown = drawn("kl", p="1/2, 0, 1/2", q="1/4, 1/4, 1/2")
    assert "natural logarithm" in shown
    assert "0 · log 0 counts as 0" in shown
    assert "not symmetric" in shown
    assert "≤ 1 bit" in drawn("js", p="1, 0", q="0, 1", log_base=2)
    assert "log 2 ≈ 0.6931 nat" in drawn("js", p="1, 0", q="0, 1")
    assert "−log(4) ≈ −1.3863" in drawn("gan-value", p="1, 0", q="0, 1", discriminator="0.3")
    derived = drawn("gan-optimal-discriminator", p="1/2, 1/2", q="1/4, 3/4")
    for part in ("0.5/D₁ − 0.25/(1 − D₁) = 0", "= 2/3", "second derivative", "W = −log(4) + 2 · JSD"):
        assert part in derived


# -- normal densities -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("p", "q", "wanted"),
    [
        ((0, 1), (1, 2), math.log(2) + 2 / 8 - 1 / 2),
        ((1, 2), (0, 1), math.log(1 / 2) + 5 / 2 - 1 / 2),
        ((3, 2), (3, 2), 0),
        ((0, 1), (3, 1), 9 / 2),
    ],
)
def test_kl_of_normal_densities(p: tuple[int, int], q: tuple[int, int], wanted: float) -> None:
    given = {"p": f"normal{p}", "q": f"normal{q}"}
    assert solved("kl", **given).value("kl") == pytest.approx(wanted)
    assert solved("kl", **given, log_base=2).value("kl") == pytest.approx(wanted / math.log(2))


def test_the_second_number_is_the_standard_deviation_and_that_is_said() -> None:
    assert solved("kl", p="normal(0, 2)", q="normal(0, 1)").value("E") == 4
    assert "standard deviation" in drawn("kl", p="normal(0, 2)", q="normal(0, 1)")
    with pytest.raises(InputError, match="variance"):
        solved("kl", p="N(0, 4)", q="normal(0, 1)")


def test_independent_entries_add_up() -> None:
    both = solved("kl", p="normal([0, 1], [1, 2])", q="normal([1, 0], [2, 3])").value("kl")
    parts = [solved("kl", p=p, q=q).value("kl") for p, q in _PAIRS]
    assert both == pytest.approx(sum(parts))


_PAIRS = [("normal(0, 1)", "normal(1, 2)"), ("normal(1, 2)", "normal(0, 3)")]


def _integral(p: tuple[float, float], q: tuple[float, float]) -> float:
    """JSD of two normal densities, by mpmath's adaptive quadrature."""
    import mpmath

    def density(at: tuple[float, float], x: Any) -> Any:
        return mpmath.npdf(x, *at)

    def integrand(x: Any) -> Any:
        a, b = density(p, x), density(q, x)
        return (a * mpmath.log(2 * a / (a + b)) + b * mpmath.log(2 * b / (a + b))) / 2

    ends = sorted(at[0] + side * 12 * at[1] for at in (p, q) for side in (-1, 1))
    points = mpmath.linspace(ends[0], ends[-1], 40)
    return float(mpmath.quad(integrand, points))


@pytest.mark.parametrize(
    ("p", "q"), [((0, 1), (2, 1)), ((0, 1), (0, 3)), ((1, 2), (-1, 0.5)), ((0, 1), (0.1, 1)), ((0, 1), (8, 1))]
)
def test_jsd_of_normal_densities_is_good_to_1e_6(p: tuple[float, float], q: tuple[float, float]) -> None:
    given, wanted = {"p": f"normal{p}", "q": f"normal{q}"}, _integral(p, q)
    assert solved("js", **given).value("js") == pytest.approx(wanted, abs=1e-6)
    best = solved("gan-optimal-discriminator", **given, x="0")
    assert best.value("js") == pytest.approx(wanted, abs=1e-6)
    assert best.value("value") == pytest.approx(-math.log(4) + 2 * wanted, abs=2e-6)
    assert "no closed form" in drawn("js", **given)


def test_with_equal_variances_the_best_discriminator_is_logistic() -> None:
    best = solved("gan-optimal-discriminator", p="normal(0, 1)", q="normal(2, 1)")
    assert (best.value("slope"), best.value("intercept"), best.value("half-at")) == (-2, 2, 1)
    for x in (-1, 0, 1, 3):
        said = exact.evaluate(best.value("D*"), {"x": x})
        p, q = (math.exp(-((x - mean) ** 2) / 2) for mean in (0, 2))
        assert said == pytest.approx(p / (p + q))
    shown = drawn("gan-optimal-discriminator", p="normal(0, 1)", q="normal(2, 1)")
    for part in ("a/(a + b)", "second derivative", "−log(4) + 2 · JSD", "no closed form"):
        assert part in shown


def test_with_different_variances_the_densities_cross_twice() -> None:
    best = solved("gan-optimal-discriminator", p="normal(0, 1)", q="normal(2, 3)", x="-5, 0, 4")
    for x in (-5, 0, 4):
        p, q = (math.exp(-(((x - mean) / sd) ** 2) / 2) / sd for mean, sd in ((0, 1), (2, 3)))
        assert best.value(f"D*({x})") == pytest.approx(p / (p + q))
    for place in (1, 2):
        x = best.value(f"half-at({place})")
        p, q = (math.exp(-(((x - mean) / sd) ** 2) / 2) / sd for mean, sd in ((0, 1), (2, 3)))
        assert p == pytest.approx(q)


def test_letters_of_normal_densities() -> None:
    best = solved("gan-optimal-discriminator", p="normal(m, s)", q="normal(n, t)")
    env = {"m": 1, "s": Fraction(1, 2), "n": -1, "t": 2, "x": Fraction(1, 3)}
    p, q = (math.exp(-(((1 / 3 - mean) / sd) ** 2) / 2) / sd for mean, sd in ((1, 0.5), (-1, 2)))
    assert exact.evaluate(best.value("D*"), env) == pytest.approx(p / (p + q))
    assert solved("gan-optimal-discriminator", p="normal(m, s)", q="normal(m, s)").value("D*") == Fraction(1, 2)


@pytest.mark.parametrize(
    ("name", "p", "q", "reason"),
    [
        ("kl", "normal(0, 0)", "normal(0, 1)", "p: a standard deviation is above 0"),
        ("kl", "normal(0, 1)", "normal(0, -1)", "q: a standard deviation is above 0"),
        ("kl", "normal(0)", "normal(0, 1)", "p: .* a mean and a standard deviation are wanted"),
        ("kl", "uniform(0, 1)", "normal(0, 1)", "p: there is no distribution 'uniform'"),
        ("kl", "normal(0, 1)", "1/2, 1/2", "q: p is a normal density"),
        ("kl", "normal(0, 1)", "normal([0, 1], [1, 1])", "q: 2 entries"),
        ("kl", "normal([0, 1], [1])", "normal(0, 1)", "p: .* as many standard deviations as means"),
        ("kl", "normal(0, 1)", "normal(0, 1.0000001)", "q: so near to p"),
        ("js", "normal(0, s)", "normal(0, 1)", "p: .* no closed form"),
        ("js", "normal(0, 1)", "normal(0, 5000)", "q: too different in width"),
        ("gan-optimal-discriminator", "normal([0, 1], [1, 1])", "normal([0, 1], [1, 1])", "p: one dimension"),
        ("gan-optimal-discriminator", "normal(x, 1)", "normal(0, 1)", "p: x is where"),
    ],
)
def test_what_is_no_pair_of_normal_densities(name: str, p: str, q: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        solved(name, p=p, q=q)


def test_x_is_for_normal_densities_only() -> None:
    with pytest.raises(InputError, match="x: only with normal"):
        solved("gan-optimal-discriminator", p="1/2, 1/2", q="1/2, 1/2", x="1")
    with pytest.raises(InputError, match="x: numbers"):
        solved("gan-optimal-discriminator", p="normal(0, 1)", q="normal(1, 1)", x="t")
