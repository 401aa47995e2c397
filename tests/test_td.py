"""Q-learning, SARSA, TD, Monte Carlo, bandits and the range of γ: conventions, letters, bad input, by hand."""

from fractions import Fraction
from random import Random
from typing import Any

import contract
import pytest

from revise import catalogue
from revise.commands import solve as solve_command
from revise.engines.arrays import entries
from revise.engines.text import text
from revise.errors import InputError
from revise.numerals import Numerals
from revise.render.solution import solution_lines
from revise.replay import replay
from revise.solution import Solution
from revise.solvers.reinforcement._episode import Episodes
from revise.solvers.reinforcement._streams import roots

EPISODE = "A right 1 B; B left 0 A; A right 2 end"
PREDICTOR = "A 0 B 0 | B 1 | B 1 | B 1 | B 1 | B 1 | B 1 | B 0"


def solved(name: str, **given: Any) -> Solution:
    return catalogue.load(name).solve(**given)


def values(solution: Solution) -> dict[str, Any]:
    return {word: solution.value(word) for word in solution.answers}


def notes(solution: Solution) -> str:
    return " ".join(step.why for step in solution.steps if step.is_note)


def shown(solution: Solution, width: int = 80) -> str:
    return "\n".join(line.plain for line in solution_lines(solution, width, Numerals()))


def rows(typed: str) -> list[tuple[Any, ...]]:
    return [(row.state, row.action, row.reward, row.after) for row in Episodes.from_text(typed).rows]


# -- episodes as typed ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "A right 1 B; B left -2 end", "A, right, 1, B; B, left, −2, end", "(A, right, 1, B); (B, left, -2, end)",
        "A right B 1; B left end -2", "A right > B 1; B left > end -2", "A right 1 B\nB left -2 end",
    ],
)  # fmt: skip
def test_the_same_rows_written_in_several_ways(typed: str) -> None:
    assert rows(typed) == [("A", "right", 1, "B"), ("B", "left", -2, "end")]


def test_states_and_rewards_in_turn() -> None:
    assert rows("A 0 B 1/2") == [("A", None, 0, "B"), ("B", None, Fraction(1, 2), "end")]
    assert rows("C 0 B 0 left") == [("C", None, 0, "B"), ("B", None, 0, "left")]
    assert rows("1 5 100 5") == [("1", "5", 100, "5")]
    assert rows("(1, 1) up -1 (1,2)") == [("(1,1)", "up", -1, "(1,2)")]


@pytest.mark.parametrize("typed", ["A 1 B 2 | B 1", "A 1 B 2\n\nB 1", "A 1 B; B 2 end\nB 1"])
def test_episodes_are_parted_by_a_bar_or_a_line(typed: str) -> None:
    assert [len(each) for each in Episodes.from_text(typed).episodes] == [2, 1]


# -- Q-learning -----------------------------------------------------------------------------------


def test_q_learning_by_hand() -> None:
    """Q(A,right) = ½, Q(B,left) = ½ · 0.9 · ½ = 0.225, Q(A,right) = ½ + ½ (2 − ½) = 1.25."""
    solution = solved("q-learning", episode=EPISODE, alpha="1/2", gamma="0.9")
    assert values(solution) == {
        "Q(A,right)": Fraction(5, 4), "Q(B,left)": Fraction(9, 40), "pi(A)": "right", "pi(B)": "left",
    }  # fmt: skip
    assert [solution.value(f"y[{t}]") for t in (1, 2, 3)] == [1, Fraction(9, 20), 2]
    assert [list(entries(solution.value(f"T[{t}]"))) for t in (1, 3)] == [
        [Fraction(1, 2), 0, 0, 0],
        [Fraction(5, 4), 0, 0, Fraction(9, 40)],
    ]
    screen = shown(solution)
    assert "y₂ = r₂ + γ m₂ = 0 + 0.9 · 0.5 = 0.45" in screen
    assert "Q_(A,right) ← Q_(A,right) + α δ₃ = 0.5 + 0.5 · 1.5 = 1.25" in screen
    assert "the table after row 3: its rows A, B; its columns right, left" in screen
    assert "Off-policy" in notes(solution)
    assert "Terminal, so worth 0: end" in notes(solution)


def test_ties_are_said() -> None:
    solution = solved("q-learning", episode="A right 0 B", alpha="1", terminal="none", actions="left, right")
    assert "left and right tie" in solution.step("m[1]").why
    assert solution.value("pi(A)") == "left or right"


def test_a_terminal_state_is_worth_nothing_even_with_a_start_for_all() -> None:
    assert solved("q-learning", episode="A a 1 end", alpha="1/2", start="4").value("Q(A,a)") == Fraction(5, 2)
    assert solved("q-learning", episode="A a 1 end", alpha="1/2", start="4", terminal="none").value(
        "Q(A,a)"
    ) == 4 + Fraction(1, 2)


def test_a_state_with_a_start_of_its_own_is_not_terminal() -> None:
    assert solved("q-learning", episode="A a 1 B", alpha="1", start="B a=3").value("Q(A,a)") == 4


def test_actions_a_state_has_not_do_not_count() -> None:
    given = {"episode": "A go -1 B", "alpha": "1", "start": "B stay=-2, B go=-5", "terminal": "none"}
    assert solved("q-learning", **given).value("Q(A,go)") == -3
    only = solved("q-learning", episode="A go -1 B", alpha="1", start="B go=-5", actions="A: go, stay; B: go")
    assert only.value("Q(A,go)") == -6


def test_one_over_the_visits() -> None:
    solution = solved("q-learning", episode="A a 4 end | A a 1 end | A a 1 end", alpha="1/n")
    assert solution.value("Q(A,a)") == 2


def test_letters_stay() -> None:
    solution = solved("q-learning", episode=EPISODE, alpha="a", gamma="g")
    assert text(solution.value("Q(A,right)")) == "a + a·(2 − a)"
    assert "pi(A)" not in solution.answers


def test_rows_of_q_learning_need_not_follow_on_each_other() -> None:
    assert solved("q-learning", episode="A a 1 B; C a 1 D", alpha="1").value("Q(C,a)") == 1


# -- SARSA ----------------------------------------------------------------------------------------


def test_sarsa_takes_the_next_action_and_q_learning_the_best() -> None:
    given = {"episode": "A go 1 B; B bad 0 end", "alpha": "1", "start": "B bad=-4, B good=6"}
    assert solved("sarsa", **given).value("Q(A,go)") == -3
    assert solved("q-learning", **given).value("Q(A,go)") == 7
    assert "On-policy" in notes(solved("sarsa", **given))


def test_expected_sarsa_between_uniform_and_greedy() -> None:
    given = {"episode": "A go 0 B", "alpha": "1", "start": "B go=0, B bad=-4, B good=6", "target": "expected"}
    uniform, greedy = (solved("sarsa", **given, epsilon=e).value("Q(A,go)") for e in ("1", "0"))
    assert (uniform, greedy) == (Fraction(2, 3), 6)
    assert (
        solved("sarsa", **given, epsilon="1/2").value("Q(A,go)") == Fraction(1, 2) * uniform + Fraction(1, 2) * greedy
    )
    assert (
        solved("expected-sarsa", **{k: v for k, v in given.items() if k != "target"}, epsilon="0").value("Q(A,go)") == 6
    )


def test_with_epsilon_0_expected_sarsa_is_q_learning() -> None:
    for seed in range(10):
        given = catalogue.load("q-learning").sample(Random(seed))
        q = solved("q-learning", **given)
        expected = solved("expected-sarsa", **given, epsilon="0")
        assert values(q) == values(expected)


def test_a_row_without_a_next_action_waits() -> None:
    open_end = solved("sarsa", episode="A go 1 B; B go 1 C", alpha="1", terminal="none")
    assert "no next action" in notes(open_end)
    assert set(open_end.answers) == {"Q(A,go)", "pi(A)"}
    said = solved("sarsa", episode="A go 1 B; B go 1 C; C go", alpha="1", start="C go=5")
    assert said.value("Q(B,go)") == 6


def test_long_episodes_are_a_table() -> None:
    episode = "; ".join(f"S{i} go {i} S{i + 1}" for i in range(12))
    for name in ("sarsa", "q-learning"):
        screen = shown(solved(name, episode=episode, alpha="1/2"))
        assert "The updates" in screen
        assert all(len(line) <= 80 for line in screen.splitlines())


# -- TD and Monte Carlo ---------------------------------------------------------------------------


def test_td_uses_each_new_value_at_once() -> None:
    solution = solved("td", episode="A 2 A 2 end", alpha="1/2")
    assert [solution.value("y[1]"), solution.value("y[2]"), solution.value("V(A)")] == [2, 2, Fraction(3, 2)]
    again = solved("td", episode="A 2 B | B 4 A", alpha="1/2", terminal="none")
    assert [again.value("y[2]"), again.value("V(B)")] == [5, Fraction(5, 2)]


def test_two_steps_by_hand() -> None:
    """y₁ = 1 + 0.9 · 2 + 0.81 · V(C), V(C) = 10; the last row has only one reward left."""
    solution = solved("td", episode="A 1 B 2 C 3 end", gamma="0.9", alpha="1", n=2, start="C=10")
    assert solution.value("y[1]") == Fraction(109, 10)
    assert solution.value("y[3]") == 3
    assert "0.9² · 10" in shown(solution)


def test_n_beyond_the_episode_is_monte_carlo() -> None:
    given = {"episode": "A 1 B 2 C 3 end | B 1 end", "gamma": "1/2", "alpha": "0.1"}
    assert values(solved("td", **given, n=9)) == values(solved("monte-carlo", **given))


def test_unfinished_rows_are_not_updated() -> None:
    solution = solved("td", episode="A 1 B 2 C", alpha="1", n=2, terminal="none")
    assert set(solution.answers) == {"V(A)"}
    assert "row 2" in notes(solution)


def test_first_and_every_visit() -> None:
    given = {"episode": "A 1 B 2 A 3 end", "method": "monte-carlo"}
    assert solved("td", **given).value("V(A)") == 6
    assert solved("td", **given, visits="every").value("V(A)") == Fraction(9, 2)
    assert solved("td", **given, alpha="1/2").value("V(A)") == 3
    assert "Row 3" in notes(solved("td", **given))


def test_the_predictor() -> None:
    monte_carlo, batch = (solved("td", episode=PREDICTOR, method=method) for method in ("monte-carlo", "batch"))
    assert (monte_carlo.value("V(A)"), batch.value("V(A)")) == (0, Fraction(3, 4))


# -- bandits --------------------------------------------------------------------------------------


def test_exercise_2_2_says_why() -> None:
    solution = solved("bandit", actions="1, 2, 2, 2, 3", rewards="-1, 1, -2, 2, 0", arms=4)
    assert "Step 4: arms 3, 4 tie for the best; arm 2 is taken: surely exploratory" in notes(solution)
    assert "Possibly exploratory was every step" in notes(solution)


def test_no_step_surely_exploratory() -> None:
    solution = solved("bandit", actions="1, 1", rewards="1, 1", arms=2)
    assert "surely-exploratory" not in solution.answers
    assert "none" in notes(solution)


def test_a_constant_step_forgets() -> None:
    given = {"actions": "1, 1, 1", "rewards": "0, 0, 8", "arms": 2}
    assert list(solved("bandit", **given).value("estimates").flat) == [Fraction(8, 3), 0]
    assert list(solved("bandit", **given, alpha="1/2").value("estimates").flat) == [4, 0]
    assert text(solved("bandit", **given, alpha="a").value("estimates").flat[0]) == "8·a"


def test_ucb_from_counts_in_both_forms() -> None:
    given = {"counts": "3, 5, 2", "start": "0.5, 0.6, 0.3"}
    auer = solved("ucb", **given)
    assert auer.value("next") == 3
    assert auer.value("U[1]") == pytest.approx(0.5 + (2 * 2.302585092994046 / 3) ** 0.5)
    sutton = solved("ucb", **given, bonus="sutton", c="1")
    assert sutton.value("U[2]") == pytest.approx(0.6 + (2.3978952727983707 / 5) ** 0.5)
    assert solved("ucb", counts="3, 0", start="1, 0").value("next") == 2


def test_ucb_plays_by_itself() -> None:
    solution = solved("ucb", rewards="1, 1, 1; 0, 0, 0", arms=2)
    assert list(solution.value("actions").flat) == [1, 2, 1]


def test_epsilon_greedy_with_given_draws() -> None:
    given = {"rewards": "1, 2, 3; 5, 0, 1", "epsilon": "0.1", "draws": "0.5, 0.05, 0.1", "explore": "2"}
    solution = solved("epsilon-greedy", **given)
    assert list(solution.value("actions").flat) == [1, 2, 1]
    assert list(solution.value("estimates").flat) == [2, 0]


@pytest.mark.parametrize("law", catalogue.load("gradient-bandit").module.LAWS)
def test_laws_of_the_gradient_bandit(law: str) -> None:
    for _, solution in contract.cases(catalogue.load("gradient-bandit")):
        final: dict[str, Any] = {}
        for _, _, env in replay(solution):
            final = env
        assert contract.law_holds(law, final)


# -- the range of γ -------------------------------------------------------------------------------


def test_now_or_ten_times_as_much_in_three_steps() -> None:
    solution = solved("gamma-range", first="1", second="0, 0, 0, 10")
    assert solution.value("boundary") == pytest.approx(0.1 ** (1 / 3))
    assert (solution.value("first-better"), solution.value("second-better")) == ("0 ≤ γ < 0.4642", "0.4642 < γ ≤ 1")


def test_a_reward_for_ever() -> None:
    """1/(1 − γ) against 5: level at γ = 0.8; γ = 1 is left out."""
    solution = solved("gamma-range", first="1 ...", second="5")
    assert solution.value("boundary") == Fraction(4, 5)
    assert solution.value("first-better") == "0.8 < γ < 1"


def test_two_boundaries() -> None:
    """3/16 − γ + γ² is 0 at 1/4 and 3/4."""
    solution = solved("gamma-range", first="3, 0, 16", second="0, 16, 0")
    assert [solution.value("boundary-1"), solution.value("boundary-2")] == [Fraction(1, 4), Fraction(3, 4)]
    assert solution.value("first-better") == "0 ≤ γ < 0.25 or 0.75 < γ ≤ 1"


def test_level_at_the_ends_and_never() -> None:
    level = solved("gamma-range", first="1, 0, 1", second="1, 1")
    assert "At γ = 0 they are level" in notes(level)
    assert "At γ = 1 they are level" in notes(level)
    assert solved("gamma-range", first="2", second="1").value("second-better") == "nowhere"


def test_two_policies_of_a_process() -> None:
    process = "s stay > s 1 1; s leave > t 1 0; t rest > t 1 2"
    solution = solved("gamma-range", mdp=process, first="s=stay", second="s=leave")
    assert solution.value("boundary") == Fraction(1, 2)
    assert "(1) for ever" in notes(solution)


def test_roots_are_found_and_rational_ones_exact() -> None:
    assert roots([3, -16, 16]) == [Fraction(1, 4), Fraction(3, 4)]
    assert roots([1, -4, 4]) == [Fraction(1, 2)]  # touches only
    assert roots([1, 0, -2]) == [pytest.approx(0.5**0.5)]
    assert roots([0, -1, 0, 10]) == [pytest.approx(0.1**0.5)]
    assert roots([1, 1]) == []
    wanted = [Fraction(k, 10) for k in (1, 4, 5, 8)]
    polynomial = [Fraction(1)]
    for root in wanted:
        polynomial = [
            low - root * high for low, high in zip([Fraction(0), *polynomial], [*polynomial, Fraction(0)], strict=True)
        ]
    assert roots(polynomial) == wanted


# -- bad input ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "given", "reason"),
    [
        ("q-learning", {"episode": "", "alpha": "1"}, "no row"),
        ("q-learning", {"episode": "A right B", "alpha": "1"}, "right is no reward"),
        ("q-learning", {"episode": "A 1 B", "alpha": "1"}, "no action"),
        ("q-learning", {"episode": "A a nan B", "alpha": "1"}, "can't be read"),
        ("q-learning", {"episode": "A a 1e999 B", "alpha": "1"}, "A a 1e999 B"),
        ("q-learning", {"episode": "A a 1 B C D", "alpha": "1"}, "is no row"),
        ("q-learning", {"episode": "A a 1 B; A a", "alpha": "0"}, "alpha: 0"),
        ("q-learning", {"episode": "A a 1 B", "alpha": "-1"}, "alpha: -1"),
        ("q-learning", {"episode": "A a 1 B", "alpha": "1", "gamma": "1.5"}, "gamma"),
        ("q-learning", {"episode": "A a 1 B", "alpha": "1", "terminal": "A"}, "terminal: a row begins in A"),
        ("q-learning", {"episode": "A a 1 B", "alpha": "1", "terminal": "C"}, "there is no state C"),
        ("q-learning", {"episode": "A a 1 B", "alpha": "1", "start": "A=1"}, "is no pair"),
        ("q-learning", {"episode": "A a 1 B", "alpha": "1", "start": "A a=x=1"}, "start"),
        ("q-learning", {"episode": "A a 1 B", "alpha": "1", "actions": "A: b"}, "which A has not"),
        ("q-learning", {"episode": "A a 1 B; " * 501, "alpha": "1"}, "more than 500"),
        ("q-learning", {"episode": "A a 1 B; " * 20, "alpha": "z"}, "with letters"),
        ("sarsa", {"episode": "A a 1 B; C a 1 D", "alpha": "1"}, "begins in C"),
        ("sarsa", {"episode": "A a 1 B", "alpha": "1", "epsilon": "0.1"}, "epsilon"),
        ("sarsa", {"episode": "A a 1 B", "alpha": "1", "target": "expected"}, "epsilon"),
        ("sarsa", {"episode": "A a 1 B", "alpha": "1", "target": "expected", "epsilon": "2"}, "epsilon"),
        ("sarsa", {"episode": "A a 1 B", "alpha": "1", "terminal": "none"}, "no row with an update"),
        ("td", {"episode": "A 1 B"}, "alpha"),
        ("td", {"episode": "A 1 B", "alpha": "1", "n": 0}, "n must be"),
        ("td", {"episode": "A 1 B", "alpha": "1", "visits": "every"}, "visits"),
        ("td", {"episode": "A 1 A", "method": "monte-carlo"}, "whole episodes"),
        ("td", {"episode": "A 1 A", "method": "batch"}, "gamma"),
        ("td", {"episode": "A 1 B", "method": "batch", "alpha": "1"}, "alpha"),
        ("td", {"episode": "A 1 B; C 1 D", "method": "monte-carlo"}, "begins in C"),
        ("td", {"episode": "A 1 B", "alpha": "1", "start": "Z=1"}, "start: Z"),
        ("bandit", {"rewards": "1, 2", "actions": "1, 2, 2"}, "2 for 3 actions"),
        ("bandit", {"rewards": "1, 2", "actions": "1, 5", "arms": 3}, "no arm 5"),
        ("bandit", {"rewards": "1, 2", "actions": "0, 1"}, "actions"),
        ("bandit", {"rewards": "1, 2", "actions": "1, 1"}, "arms"),
        ("bandit", {"rewards": "1, 2", "arms": 2}, "actions"),
        ("bandit", {"actions": "1, 2"}, "rewards"),
        ("bandit", {"rewards": "1, 2", "actions": "1, 2", "epsilon": "0.1"}, "epsilon"),
        ("ucb", {"arms": 99}, "at most 12"),
        ("ucb", {"counts": "1, 2", "start": "1, 2, 3"}, "counts"),
        ("epsilon-greedy", {"rewards": "1, 2", "arms": 2, "epsilon": "0.1"}, "draws"),
        ("epsilon-greedy", {"rewards": "1, 2", "arms": 2, "epsilon": "0.1", "draws": "0, 1"}, "explore"),
        ("epsilon-greedy", {"rewards": "1, 2", "arms": 2, "epsilon": "0.1", "draws": "0, 7"}, "draws"),
        ("gradient-bandit", {"rewards": "1, 2", "actions": "1, 2", "alpha": "0"}, "alpha"),
        ("gradient-bandit", {"rewards": "1, 2", "actions": "1, 2", "alpha": "1", "start": "1"}, "start"),
        ("gamma-range", {"first": "1", "second": "1"}, "the same"),
        ("gamma-range", {"first": "x", "second": "1"}, "first: rewards are numbers"),
        ("gamma-range", {"first": "1", "second": ""}, "second"),
        ("gamma-range", {"first": "1", "second": "2", "state": "A"}, "state"),
        (
            "gamma-range",
            {"first": "A=a", "second": "A=b", "mdp": "A a > A 0.5 1; A a > B 0.5 1; A b > B 1 2"},
            "chance",
        ),
        ("gamma-range", {"first": "A=a", "second": "A=c", "mdp": "A a > B 1 1; A b > B 1 2"}, "no action c"),
    ],
)
def test_bad_input_names_the_argument(name: str, given: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        solved(name, **given)


def test_bad_input_on_the_command_line_is_code_2() -> None:
    with pytest.raises(InputError):
        solve_command.run(["q-learning", "A right 1 B", "2"])


# -- TD(λ) ----------------------------------------------------------------------------------------


def test_traces_by_hand() -> None:
    """δ₁ = 1; δ₂ = 2 − 0 + 0.9 · 0.1; A's trace is 0.45, then 0.45 · 0.45 + 1."""
    solution = solved("td-lambda", episode="A 1 B 2 A 3 end", decay="1/2", alpha="0.1", gamma="0.9")
    assert [solution.value(f"delta[{t}]") for t in (1, 2)] == [1, Fraction(209, 100)]
    assert (solution.value("e[2,A]"), solution.value("e[3,A]")) == (Fraction(9, 20), Fraction(481, 400))
    replacing = solved(
        "td-lambda", episode="A 1 B 2 A 3 end", decay="1/2", alpha="0.1", gamma="0.9", traces="replacing"
    )
    assert replacing.value("e[3,A]") == 1


def test_without_traces_it_is_td() -> None:
    for seed in range(8):
        given = {
            k: v for k, v in catalogue.load("td-lambda").sample(Random(seed)).items() if k not in ("decay", "traces")
        }
        assert values(solved("td-lambda", **given, decay="0")) == values(solved("td", **given))


def test_traces_start_anew_in_each_episode() -> None:
    solution = solved("td-lambda", episode="A 0 B 0 end | C 1 end", decay=1, alpha="1/2")
    assert solution.value("V(A)") == 0


@pytest.mark.parametrize(
    ("given", "reason"),
    [({"decay": "2"}, "decay"), ({"decay": "-1"}, "decay"), ({"decay": "1", "episode": "A 1 B; C 1 D"}, "begins in C")],
)
def test_bad_traces(given: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        solved("td-lambda", **{"episode": "A 1 B", "alpha": "1/2", **given})
