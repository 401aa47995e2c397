"""GAN losses: by hand, with letters, in other bases, over a batch."""

import math

import pytest

from revise.catalogue import load
from revise.engines import exact
from revise.engines.text import text
from revise.errors import InputError
from revise.expression import Node
from revise.replay import replay
from revise.solution import Solution

SOLVER = load("gan-losses")


def solve(**given: object) -> Solution:
    return SOLVER.solve(**given)


def values(solution: Solution) -> dict[str, float]:
    return {word: float(solution.value(word)) for word in solution.answers}


def test_by_hand() -> None:
    assert values(solve(real="0.9", fake="0.2")) == pytest.approx(
        {
            "discriminator": -math.log(0.9) - math.log(0.8),
            "value": math.log(0.9) + math.log(0.8),
            "generator-saturating": math.log(0.8),
            "generator-non-saturating": -math.log(0.2),
        },
        rel=1e-12,
    )


def test_the_targets_are_shown_in_the_cross_entropy() -> None:
    solution = solve(real="0.9", fake="0.2")
    lines = [text(line) for line in solution.written() if isinstance(line, Node)]
    assert lines[0] == "−(1·log(0.9) + (1 − 1)·log(1 − 0.9))"
    assert lines[1] == "−(0·log(0.2) + (1 − 0)·log(1 − 0.2))"
    assert text(solution.step("B_real").tree) == "−(y_real·log(D_real) + (1 − y_real)·log(1 − D_real))"
    assert "not the mean" in solution.step("L_D").why
    assert "natural logarithm" in solution.steps[0].why


def test_a_batch_is_averaged_term_by_term() -> None:
    solution = solve(real="0.9, 0.6", fake="0.1, 0.2, 0.5")
    real, fake = -math.log(0.9 * 0.6) / 2, -math.log(0.9 * 0.8 * 0.5) / 3
    assert solution.value("B_real") == pytest.approx(real)
    assert solution.value("B_fake") == pytest.approx(fake)
    assert values(solution)["discriminator"] == pytest.approx(real + fake)
    assert values(solution)["generator-non-saturating"] == pytest.approx(-math.log(0.1 * 0.2 * 0.5) / 3)
    assert "mean over the batch" in solution.step("B_real").why
    assert "batch" not in solve(real="0.9", fake="0.1").step("B_real").why


@pytest.mark.parametrize("real", ["0.9", "0.9, 0.6"])
@pytest.mark.parametrize("fake", ["0.2", "0.2, 0.7"])
@pytest.mark.parametrize("base", [2, 10])
def test_another_base_only_changes_the_unit(real: str, fake: str, base: int) -> None:
    nats, others = values(solve(real=real, fake=fake)), values(solve(real=real, fake=fake, log_base=str(base)))
    assert {word: value * math.log(base) for word, value in others.items()} == pytest.approx(nats, rel=1e-12)


def test_bits_come_out_exactly() -> None:
    assert solve(real="1/2", fake="3/4", log_base="2").value("discriminator") == 3


@pytest.mark.parametrize("given", [{"real": "D_x", "fake": "D_z"}, {"real": "D_x", "fake": "0.25"}])
def test_letters(given: dict[str, str]) -> None:
    solution = solve(**given)
    at = {"D_x": 0.75, "D_z": 0.25}
    numbers = values(solve(real="0.75", fake="0.25"))
    for word, number in numbers.items():
        value = solution.value(word)
        got = exact.evaluate(value, at) if isinstance(value, Node) else value
        assert float(got) == pytest.approx(number)


@pytest.mark.parametrize(
    ("real", "fake", "reason"),
    [
        ("1.2", "0.2", r"real: D\(x\) is a probability between 0 and 1, not 1.2"),
        ("0,9", "0.2", r"real: 0,9 is a batch of two numbers; a decimal is written with a point, as 0\.9"),
        ("0.9", "0,2, 0,4", r"fake: 0,2 is a batch of two numbers; a decimal is written with a point"),
        ("nan", "0.2", r"real: nan is no"),
        ("inf", "0.2", r"real: inf"),
        ("0.5", "Infinity", r"fake: Infinity is no probability"),
        ("0.5, nan", "0.2", r"real: "),
        ("0.5, infinity", "0.2", r"real: infinity is no probability"),
        ("0.9", "0.5, 0, 1", r"fake: D\(G\(z\)\) = 0 and = 1 both need log 0"),
        ("0.9", "-0.5", r"fake: D\(G\(z\)\) is a probability between 0 and 1, not -0.5"),
    ],
)
def test_what_is_no_probability(real: str, fake: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        solve(real=real, fake=fake)


ALL = {"discriminator", "value", "generator-saturating", "generator-non-saturating"}


@pytest.mark.parametrize("base", ["e", 2, 10])
@pytest.mark.parametrize(
    ("real", "fake", "infinite", "named"),
    [
        ("1", "0.2", set(), ""),
        ("0.5, 1", "0.2, 0.3", set(), ""),
        ("1", "0", {"generator-non-saturating"}, "D(G(z)) = 0 needs log 0"),
        ("0.9", "0.5, 0", {"generator-non-saturating"}, "D(G(z)) = 0 needs log 0"),
        ("0", "0.2", {"discriminator", "value"}, "D(x) = 0 needs log 0"),
        ("1, 0", "0.2", {"discriminator", "value"}, "D(x) = 0 needs log 0"),
        ("0.9", "1", ALL - {"generator-non-saturating"}, "D(G(z)) = 1 needs log 0"),
        ("0", "0.2, 1", ALL - {"generator-non-saturating"}, "D(G(z)) = 1 needs log 0"),
    ],
)
def test_what_is_finite_is_computed_and_what_is_not_is_named(
    real: str, fake: str, infinite: set[str], named: str, base: object
) -> None:
    """0 · log 0 is the limit 0: a certain discriminator that is right costs nothing."""
    solution = solve(real=real, fake=fake, log_base=base)
    unit = 1.0 if base == "e" else math.log(base)  # type: ignore[arg-type]
    lost, caught, missed = (
        [-math.log(abs(float(each) - other)) if float(each) != other else math.inf for each in text.split(",")]
        for text, other in ((real, 0), (fake, 1), (fake, 0))
    )
    mean_lost, mean_caught, mean_missed = (sum(each) / len(each) / unit for each in (lost, caught, missed))
    wanted = {
        "discriminator": mean_lost + mean_caught,
        "value": -mean_lost - mean_caught,
        "generator-saturating": -mean_caught,
        "generator-non-saturating": mean_missed,
    }
    assert {word for word, value in wanted.items() if math.isinf(value)} == infinite
    assert values(solution) == pytest.approx({word: wanted[word] for word in ALL - infinite})
    told = " ".join(step.why for step in solution.steps)
    assert named in told
    assert ("infinite" in told) == bool(infinite)


def test_a_certain_discriminator_stays_certain_beside_letters() -> None:
    solution = solve(real="1", fake="p")
    assert solution.value("B_real") == 0
    assert exact.evaluate(solution.value("discriminator"), {"p": 0.25}) == pytest.approx(-math.log(0.75))


@pytest.mark.parametrize("letter", ["V", "y_real", "L_D", "D_fake", "B_real"])
def test_a_letter_that_means_something_here_is_refused(letter: str) -> None:
    with pytest.raises(InputError, match=f"the letter {letter} means something else"):
        solve(real=letter, fake="0.5")


def test_letters_are_probabilities() -> None:
    assert SOLVER.module.DOMAIN == {"D_real": (0, 1), "D_fake": (0, 1)}
    from revise.checking import check

    lines = check(SOLVER, SOLVER.arguments({"real": "p", "fake": "q"}), solve(real="p", fake="q"))
    assert len(lines) == 3
    assert all(right and line.startswith("✓") for line, right in lines)


def test_another_base_is_refused() -> None:
    with pytest.raises(InputError, match=r"log.base"):
        solve(real="0.5", fake="0.5", log_base="3")


def mistaken(name: str, label: str, word: str) -> float:
    """The answer `word` for D(x) = 0.9, D(G(z)) = 0.2 with that mistake made."""
    from revise.expression import FORMULA, parse

    solution = solve(real="0.9", fake="0.2")
    instead = {name: parse(SOLVER.module.MISTAKES[name][label], None, FORMULA)}
    env: dict[str, object] = {}
    for _, _, known in replay(solution, instead=instead):
        env = known
    return float(env[solution.answers[word]])  # type: ignore[arg-type]


def test_mistakes_are_what_their_labels_say() -> None:
    log = math.log
    assert mistaken("B_real", "the targets are swapped", "discriminator") == pytest.approx(-log(0.1) - log(0.8))
    assert mistaken("B_real", "the minus sign is forgotten", "discriminator") == pytest.approx(log(0.9) - log(0.8))
    assert mistaken("B_fake", "the fake is taken for real", "discriminator") == pytest.approx(-log(0.9) - log(0.2))
    assert mistaken("L_D", "the two terms are averaged", "discriminator") == pytest.approx(-log(0.72) / 2)
    (turned,) = SOLVER.module.MISTAKES["L_sat"]
    assert mistaken("L_sat", turned, "generator-saturating") == pytest.approx(-log(0.8))
    (turned,) = SOLVER.module.MISTAKES["L_ns"]
    assert mistaken("L_ns", turned, "generator-non-saturating") == pytest.approx(log(0.2))
