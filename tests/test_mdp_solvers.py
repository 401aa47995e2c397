"""Solvers of reward and decision processes: what is typed, sweeps, rounds, ties, bounds, large worlds."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from revise import catalogue
from revise.errors import InputError
from revise.mdp import MDP
from revise.numerals import Numerals
from revise.render.solution import solution_lines
from revise.solution import Solution
from revise.solvers.reinforcement._samples import FIVE_BY_FIVE, FOUR_BY_THREE, RACING, SMALL_GRID, STUDENT
from revise.solvers.reinforcement._typed import Transitions

CAR = (
    "cool slow > cool 1 1; cool fast > cool 0.5 2; cool fast > warm 0.5 2; warm slow > cool 0.5 1;"
    "warm slow > warm 0.5 1; warm fast > overheated 1 -10"
)
TIED = "A left > B 1 2; A right > C 1 2; A stay > A 1 1; B go > end 1 4; C go > end 1 4"


def solved(name: str, **given: Any) -> Solution:
    return catalogue.load(name).solve(**given)


def values(solution: Solution) -> dict[str, Any]:
    return {word: solution.value(word) for word in solution.answers}


def notes(solution: Solution) -> str:
    return " ".join(step.why for step in solution.steps if step.is_note)


def shown(solution: Solution, width: int = 100) -> str:
    return "\n".join(line.plain for line in solution_lines(solution, width, Numerals()))


# -- what is typed --------------------------------------------------------------------------------


def test_typed_rows_are_a_process() -> None:
    mdp = Transitions.from_text("A go > B 1/4 -1 ; A go > A .75 2\nB stay > end 1 10;")
    assert mdp.states == ("A", "B", "end")
    assert mdp.actions == ("go", "stay")
    assert mdp.transitions["A", "go", "B"] == (Fraction(1, 4), -1)
    assert mdp.terminal == {"end": 0}
    assert Transitions.from_text("A > B 1 2").actions == ()


@pytest.mark.parametrize(
    ("name", "given", "reason"),
    [
        ("value-iteration", {"mdp": "A go B"}, "neither a file"),
        ("value-iteration", {"mdp": "A go > B 1"}, "is no row"),
        ("value-iteration", {"mdp": "A go > B x 1"}, "x is no number"),
        ("value-iteration", {"mdp": "A go > B 1/0 1"}, "division by zero"),
        ("value-iteration", {"mdp": "A go > B 1 1; A go > B 1 1"}, "given twice"),
        ("value-iteration", {"mdp": "A go > B 0.5 1"}, "sum to 0.5"),
        ("value-iteration", {"mdp": "A > B 1 1", "gamma": "0.5"}, "no actions"),
        ("value-iteration", {"mdp": CAR}, "gamma"),
        ("value-iteration", {"mdp": CAR, "gamma": "g"}, "number"),
        ("value-iteration", {"mdp": CAR, "gamma": "1"}, "without end"),
        ("value-iteration", {"mdp": CAR, "gamma": "0.9", "sweeps": "0"}, "at least 1"),
        ("value-iteration", {"mdp": CAR, "gamma": "0.9", "sweeps": "2", "tolerance": "1"}, "one of the two"),
        ("value-iteration", {"mdp": CAR, "gamma": "0.9", "tolerance": "t"}, "a letter"),
        ("value-iteration", {"mdp": CAR, "gamma": "0.9", "start": "hot=1"}, "no state hot"),
        ("value-iteration", {"mdp": CAR, "gamma": "0.9", "start": "cool=1, cool=2"}, "given twice"),
        ("policy-evaluation", {"mdp": CAR, "gamma": "0.9", "policy": "cool=slow"}, "no action for warm"),
        ("policy-evaluation", {"mdp": CAR, "gamma": "0.9", "policy": "cool=slow, warm=fly"}, "no action fly"),
        ("policy-evaluation", {"mdp": CAR, "gamma": "0.9", "policy": "given"}, r"\[policy\]"),
        ("policy-iteration", {"mdp": CAR, "gamma": "1"}, "gamma below 1"),
        ("q-values", {"mdp": CAR, "gamma": "1"}, "gamma below 1"),
        ("mrp", {"P": "1/2, 1/2; 0, 1", "gamma": "0.5"}, "needs 2 rewards"),
        ("mrp", {"P": "1/2, 1/3; 0, 1", "R": "1, 2", "gamma": "0.5"}, "row 1 sums"),
        ("mrp", {"P": "1/2, 1/2; 0, 1", "R": "1, 2", "gamma": "1"}, "singular"),
        ("mrp", {"P": "A > B 1 1", "R": "1, 2", "gamma": "0.5"}, "go with a matrix"),
        ("gridworld", {"mdp": CAR, "gamma": "0.5"}, "no cell"),
    ],
)
def test_what_is_wrong_is_said(name: str, given: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        solved(name, **given)


# -- value iteration ------------------------------------------------------------------------------


def test_the_racing_car_line_by_line() -> None:
    """CS188: every candidate of every maximum of the first two sweeps is a step of its own."""
    solution = solved("value-iteration", mdp=CAR, gamma="1", sweeps="2")
    candidates = {step.shown: step.value for step in solution.steps if step.name == "q[k,s,a]"}
    assert candidates == {
        "q[1,cool,slow]": 1, "q[1,cool,fast]": 2, "q[1,warm,slow]": 1, "q[1,warm,fast]": -10,
        "q[2,cool,slow]": 3, "q[2,cool,fast]": Fraction(7, 2), "q[2,warm,slow]": Fraction(5, 2),
        "q[2,warm,fast]": -10,
    }  # fmt: skip
    assert list(solution.value("v[2]").flat) == [Fraction(7, 2), Fraction(5, 2), 0]
    assert solution.value("Delta[2]") == Fraction(3, 2)
    text = shown(solution)
    assert "max(3, 3.5) = 3.5" in text
    assert "2 + 1 · (0.5 · 2 + 0.5 · 1) = 3.5" in text
    assert "V₀ = 0 in every state" in text
    assert "no bound" in notes(solution)


def test_in_place_uses_new_values_at_once() -> None:
    """warm is looked ahead from with the new cool = 2: 1 + 0.9·(0.5·2 + 0.5·0) = 1.9."""
    together = solved("value-iteration", mdp=CAR, gamma="0.9", sweeps="1")
    in_place = solved("value-iteration", mdp=CAR, gamma="0.9", sweeps="1", in_place=True)
    assert together.value("warm") == 1
    assert in_place.value("warm") == Fraction(19, 10)


@pytest.mark.parametrize("in_place", [False, True])
@pytest.mark.parametrize("count", [3, 4, 10, 11, 40])
def test_left_out_sweeps_change_nothing(count: int, in_place: bool) -> None:
    solver = catalogue.load("value-iteration")
    given = {"mdp": CAR, "gamma": "0.9", "sweeps": str(count), "in_place": in_place}
    solution, expected = solver.solve(**given), solver.reference(given)
    assert float(solution.value("cool")) == pytest.approx(expected["cool"], abs=1e-12)
    assert float(solution.value("largest change")) == pytest.approx(expected["largest change"], abs=1e-12)
    assert ("left out" in notes(solution)) == (count > (3 if in_place else 10))
    assert len(solution.steps) < 60


def test_a_terminal_state_keeps_its_worth_whatever_is_begun_with() -> None:
    solution = solved("value-iteration", mdp=FOUR_BY_THREE, sweeps=1, start="7")
    assert solution.value("(4,3)") == 1
    assert solution.value("(4,2)") == -1
    assert solution.value("(1,3)") == 7 - Fraction(1, 25)


@pytest.mark.parametrize("gamma", ["1/2", "0.9", "0.99"])
@pytest.mark.parametrize("sweeps", [1, 2, 5, 30])
def test_the_bound_holds(gamma: str, sweeps: int) -> None:
    solution = solved("value-iteration", mdp=CAR, gamma=gamma, sweeps=sweeps)
    true = solved("policy-iteration", mdp=CAR, gamma=gamma)
    error = max(abs(solution.value(state) - true.value(state)) for state in ("cool", "warm", "overheated"))
    assert 0 < error <= solution.value("error bound")


def test_it_stops_below_the_tolerance_and_not_before() -> None:
    solution = solved("value-iteration", mdp=CAR, gamma="1/2", tolerance="0.01")
    changes = [float(step.value) for step in solution.steps if step.name == "Delta[k]"]
    assert changes[-1] < 0.01 <= changes[-2]


def test_fractions_stay_fractions() -> None:
    solution = solved("value-iteration", mdp="A go > B 1/3 1; A go > A 2/3 1", gamma="9/10", sweeps="3")
    assert solution.value("A") == 1 + Fraction(3, 5) + Fraction(9, 25)


# -- ties -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["value-iteration", "policy-iteration", "q-values"])
def test_all_tied_actions_are_shown(name: str) -> None:
    assert solved(name, mdp=TIED, gamma="1/2").value("pi(A)") == "left or right"


@pytest.mark.parametrize("policy", ["A=left, B=go, C=go", "A=right, B=go, C=go", "uniform", "first"])
def test_policy_iteration_keeps_an_action_that_is_as_good(policy: str) -> None:
    solution = solved("policy-iteration", mdp=TIED, gamma="1/2", policy=policy)
    rounds = {step.at["j"] for step in solution.steps if step.name == "pi[k,s]"}
    assert len(rounds) == (2 if policy == "uniform" else 1)
    if policy.startswith("A=right"):
        assert solution.value("pi[1,A]") == "right"
    assert solution.value("A") == 4


def test_all_ties_of_the_five_by_five_world() -> None:
    """Sutton & Barto 2018, figure 3.5."""
    solution = solved("gridworld", mdp=FIVE_BY_FIVE)
    arrows = [step.value for step in solution.steps if step.name == "pi[s]"]
    assert arrows[:5] == ["right", "up or right or down or left", "left", "up or right or down or left", "left"]
    assert arrows[5:10] == ["up or right", "up", "up or left", "left", "left"]
    assert all(each == "up or right" for each in (arrows[10], arrows[15], arrows[20]))


# -- policies -------------------------------------------------------------------------------------


def test_sweeps_lead_to_the_exact_values_of_the_policy() -> None:
    for policy in ("uniform", "cool=fast, warm=slow"):
        swept = solved("policy-evaluation", mdp=CAR, gamma="0.8", policy=policy, tolerance="1e-10")
        exact = solved("q-values", mdp=CAR, gamma="0.8", policy=policy)
        for state in ("cool", "warm"):
            assert float(swept.value(state)) == pytest.approx(float(exact.value(f"V[{state}]")), abs=1e-9)


def test_evaluation_by_sweeps_gives_the_same_policy() -> None:
    exact = solved("policy-iteration", mdp=STUDENT, gamma="0.9")
    swept = solved("policy-iteration", mdp=STUDENT, gamma="0.9", evaluation="sweeps")
    for word, value in values(exact).items():
        if word.startswith("pi"):
            assert swept.value(word) == value
        else:
            assert float(swept.value(word)) == pytest.approx(float(value), abs=1e-5)


def test_the_file_s_policy_comes_first() -> None:
    mdp = MDP(
        ("A", "end"), {("A", "a", "end"): (1, 2), ("A", "b", "end"): (1, 4)}, ("a", "b"), Fraction(1, 2), {"end": 0},
        {"A": {"a": Fraction(1, 4), "b": Fraction(3, 4)}},
    )  # fmt: skip
    assert solved("policy-evaluation", mdp=mdp, sweeps=1).value("A") == Fraction(7, 2)
    assert solved("policy-evaluation", mdp=mdp, sweeps=1, policy="uniform").value("A") == 3


def test_a_missing_action_is_no_candidate() -> None:
    """B has no right: an average over both actions, or a maximum with 0, would be wrong."""
    rows = "A left > A 1 -3; A right > B 1 -2; B left > A 1 -5"
    assert solved("value-iteration", mdp=rows, gamma="1/2", sweeps="1").value("B") == -5
    assert solved("policy-evaluation", mdp=rows, gamma="1/2", sweeps="1").value("B") == -5


# -- action values --------------------------------------------------------------------------------


def test_v_is_the_best_q_and_back() -> None:
    solution = solved("q-values", mdp=RACING, gamma="1/2")
    laws = [step.claim.holds for step in solution.steps if step.name == "W[s]"]
    assert laws == ["W[s] = V[s]"] * 2
    assert [step.value for step in solution.steps if step.name == "W[s]"] == [Fraction(7, 2), Fraction(5, 2)]


def test_a_letter_stays_with_a_policy() -> None:
    solution = solved("q-values", mdp="A go > A 1/2 1; A go > end 1/2 1", gamma="g", policy="uniform")
    from revise.equality import compare
    from revise.expression import parse

    assert compare(solution.value("Q(A,go)"), parse("2/(2 - g)")).outcome == "equal"


# -- reward processes -----------------------------------------------------------------------------


def test_a_process_of_a_file_and_its_matrix_agree() -> None:
    rows = solved("mrp", P="A > A 1/2 1; A > B 1/2 1; B > B 1 2", gamma="0.9")
    matrix = solved("mrp", P="1/2, 1/2; 0, 1", R="1, 2", gamma="0.9", states="A, B")
    assert values(rows) == values(matrix) == {"A": Fraction(200, 11), "B": 20}


def test_sweeps_of_a_reward_process() -> None:
    solution = solved("mrp", P="1/2, 1/2; 0, 1", R="1, 2", gamma="0.9", sweeps="2")
    assert solution.value("s1") == Fraction(47, 20)
    assert solution.value("s2") == Fraction(19, 5)


# -- grids ----------------------------------------------------------------------------------------


def test_a_grid_is_drawn_with_its_first_sweeps() -> None:
    solution = solved("gridworld", mdp=SMALL_GRID, policy="uniform", sweeps=2)
    assert [view.title for view in solution.views] == ["Sweep 1", "Sweep 2", "Values"]
    assert "│   0   │ −1.75 │  −2   │  −2   │" in shown(solution)
    best = shown(solved("gridworld", mdp=FOUR_BY_THREE))
    assert "│ 0.7616 │  ###   │ 0.6603 │   −1   │" in best
    assert "│   ↑    │   ←    │   ←    │   ←    │" in best


def test_the_convention_of_rewards_matters_and_is_said() -> None:
    header = "living-reward = -0.1\ngamma = 0.5\nreward = {}\n\nS+"
    leaving, entering = (
        solved("gridworld", mdp=MDP.from_world(header.format(each)), sweeps=1) for each in ("leaving", "entering")
    )
    assert leaving.value("(1,1)") == Fraction(-1, 10) + Fraction(1, 2)
    assert entering.value("(1,1)") == 1
    assert "V(2,1) = 1" in notes(leaving)
    assert "V(2,1) = 0" in notes(entering)
    assert "Reward on entering" in notes(entering)


# -- large worlds ---------------------------------------------------------------------------------


def world(side: int, gamma: str = "0.95") -> MDP:
    rows = ["." * (side - 1) + "+", *["." * side] * (side - 2), "S" + "." * (side - 1)]
    header = f"slip = 0.2\nliving-reward = -0.04\ngamma = {gamma}\nreward = leaving"
    return MDP.from_world(header + "\n\n" + "\n".join(rows))


def test_a_medium_world_agrees_with_plain_sweeps() -> None:
    mdp = world(6)
    solver = catalogue.load("value-iteration")
    solution = solver.solve(mdp=mdp)
    expected = solver.reference({"mdp": mdp})
    assert len(values(solution)) == 36 + 35 + 1
    for state in mdp.states:
        assert float(solution.value(state)) == pytest.approx(expected[state], abs=1e-12)
    assert all(step.value < 1e-6 for step in solution.steps if step.name == "change[s]")


@pytest.mark.parametrize("name", ["value-iteration", "policy-evaluation", "gridworld"])
def test_the_rows_of_a_large_world_are_never_listed(name: str) -> None:
    mdp = world(120)
    solution = solved(name, mdp=mdp, tolerance="1e-3")
    assert "transitions" not in vars(mdp)
    assert len(solution.steps) < 80
    assert "(1,1)" in values(solution)
    assert "14,400 states" in notes(solution)
    checked = [step.value for step in solution.steps if step.name == "V[s]" and step.at["s"] in values(solution)]
    arrays = [float(value) for value in solution.given["v"].values()]
    assert max(checked) <= 1
    assert len(checked) == 3
    assert min(map(float, checked)) == min(arrays)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("value-iteration", {"start": "cool=3, warm=1/2", "sweeps": "2"}),
        ("value-iteration", {"start": "3"}),
        ("policy-evaluation", {"policy": "cool=slow, warm=fast", "sweeps": "3", "in_place": True}),
        ("policy-iteration", {"evaluation": "sweeps"}),
        ("q-values", {"policy": "cool=slow; warm=fast"}),
        ("q-values", {"values": "2"}),
    ],
)
def test_the_second_engine_takes_every_option(name: str, given: dict[str, Any]) -> None:
    solver = catalogue.load(name)
    asked = {"mdp": CAR, "gamma": "0.9", **given}
    solution, expected = solver.solve(**asked), solver.reference(asked)
    shared = set(expected) & set(solution.answers)
    assert len(shared) >= 3
    for word in shared:
        assert float(solution.value(word)) == pytest.approx(expected[word], abs=1e-9)


def test_the_second_engine_takes_a_large_world() -> None:
    mdp, solver = world(20), catalogue.load("gridworld")
    for policy in ("optimal", "uniform"):
        solution, expected = (each(mdp=mdp, policy=policy) for each in (solver.solve, solver.module.reference))
        for state in mdp.states:
            assert float(solution.value(f"V[{state}]")) == pytest.approx(expected[state], abs=1e-9)


def test_a_state_without_a_way_out_is_named() -> None:
    header = "living-reward = -1\ngamma = 1\nreward = leaving\n\n"
    with pytest.raises(InputError, match=r"from \(1,1\) no end can be reached"):
        solved("value-iteration", mdp=MDP.from_world(header + "..+\n##.\n.#S"))


def test_policy_iteration_in_arrays_agrees_with_value_iteration() -> None:
    mdp = world(7)
    rounds, sweeps = solved("policy-iteration", mdp=mdp), solved("value-iteration", mdp=mdp, tolerance="1e-9")
    mine, theirs = (np.array([float(each.value(state)) for state in mdp.states]) for each in (rounds, sweeps))
    assert np.abs(mine - theirs).max() <= 1e-7
    policies = [[step.value for step in each.steps if step.name == "pi[s]"] for each in (rounds, sweeps)]
    assert policies[0] == policies[1]
