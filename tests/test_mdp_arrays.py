"""MDPs in arrays: published values, and the same by dense linear algebra, by enumeration and by plain loops."""

import itertools
import subprocess
import sys
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from revise.errors import InputError
from revise.mdp import MDP
from revise.mdp.arrays import (
    Tables,
    modified_policy_iteration,
    policy_evaluation,
    policy_iteration,
    tables,
    value_iteration,
)

FOUR_BY_THREE = MDP.TEMPLATES["world.txt"]
# Russell & Norvig 2010, figure 17.3, from the top row; ours agree to the three places printed
UTILITIES = [0.812, 0.868, 0.918, 1, 0.762, 0.660, -1, 0.705, 0.655, 0.611, 0.388]
# Sutton & Barto 2018, figure 3.5: the 5×5 grid with the jumps A → A' and B → B', γ = 0.9
JUMPS = [
    22.0, 24.4, 22.0, 19.4, 17.5,
    19.8, 22.0, 19.8, 17.8, 16.0,
    17.8, 19.8, 17.8, 16.0, 14.4,
    16.0, 17.8, 16.0, 14.4, 13.0,
    14.4, 16.0, 14.4, 13.0, 11.7,
]  # fmt: skip
# the same, figure 3.2: the random policy
JUMPS_AT_RANDOM = [
    3.3, 8.8, 4.4, 5.3, 1.5,
    1.5, 3.0, 2.3, 1.9, 0.5,
    0.1, 0.7, 0.7, 0.4, -0.4,
    -1.0, -0.4, -0.4, -0.6, -1.2,
    -1.9, -1.3, -1.2, -1.4, -2.0,
]  # fmt: skip
SOLVERS = [value_iteration, modified_policy_iteration, policy_iteration]


def jumps() -> MDP:
    rows: dict[Any, Any] = {}
    for row, column in itertools.product(range(5), range(5)):
        for action, (down, right) in {"n": (-1, 0), "s": (1, 0), "e": (0, 1), "w": (0, -1)}.items():
            after, reward = (row + down, column + right), 0
            if not (0 <= after[0] < 5 and 0 <= after[1] < 5):
                after, reward = (row, column), -1
            if (row, column) in ((0, 1), (0, 3)):
                after, reward = ((4, 1), 10) if column == 1 else ((2, 3), 5)
            rows[f"{row}{column}", action, f"{after[0]}{after[1]}"] = (1, reward)
    return MDP(tuple(f"{row}{column}" for row in range(5) for column in range(5)), rows, ("n", "s", "e", "w"))


def dense(mdp: MDP) -> tuple[Any, Any, Any, Any]:
    """P (A, N, N), r (A, N), which pairs there are, and the ends' worth, from the rows alone."""
    actions = mdp.actions or (None,)
    P = np.zeros((len(actions), len(mdp.states), len(mdp.states)))
    r, has = np.zeros(P.shape[:2]), np.zeros(P.shape[:2], bool)
    for (state, action, after), (probability, reward) in mdp.transitions.items():
        at = actions.index(action), mdp.states.index(state)
        P[at][mdp.states.index(after)] += float(probability)
        r[at] += float(probability * reward)
        has[at] = True
    return P, r, has, np.array([float(mdp.terminal.get(state, 0)) for state in mdp.states])


def policy_values(mdp: MDP, gamma: float, policy: Any) -> Any:
    P, r, has, worth = dense(mdp)
    followed = (policy[:, :, None] * P).sum(0)
    return np.linalg.solve(np.eye(len(worth)) - gamma * followed, (policy * r).sum(0) + worth * ~has.any(0))


def best_values(mdp: MDP, gamma: float) -> Any:
    """The best of all deterministic policies in every state."""
    _, _, has, worth = dense(mdp)
    best = np.full(len(worth), -np.inf)
    choices = [np.flatnonzero(each).tolist() or [0] for each in has.T]
    for chosen in itertools.product(*choices):
        policy = (np.arange(len(has))[:, None] == chosen) * 1.0
        best = np.maximum(best, policy_values(mdp, gamma, policy))
    return best


def in_order(mdp: MDP, gamma: float, sweeps: int) -> Any:
    """Gauss–Seidel, one state after the other."""
    P, r, has, worth = dense(mdp)
    values = worth.copy()
    for _ in range(sweeps):
        for state in np.flatnonzero(has.any(0)):
            values[state] = max(r[a, state] + gamma * P[a, state] @ values for a in np.flatnonzero(has[:, state]))
    return values


@st.composite
def processes(draw: st.DrawFn, states: int = 5, actions: int = 3) -> MDP:
    names, does = [f"s{i}" for i in range(draw(st.integers(1, states)))], ("a", "b", "c")[:actions]
    ends = {name: Fraction(draw(st.integers(-20, 20)), 4) for name in names[1:] if draw(st.integers(0, 3)) == 0}
    rows: dict[Any, Any] = {}
    for name in names:
        if name in ends:
            continue
        for action in sorted(draw(st.sets(st.sampled_from(does), min_size=1))):
            after = draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True))
            weights = [draw(st.integers(1, 5)) for _ in after]
            for other, weight in zip(after, weights, strict=True):
                reward = Fraction(draw(st.integers(-20, 20)), 4)
                rows[name, action, other] = (Fraction(weight, sum(weights)), reward)
    return MDP(tuple(names), rows, does, None, ends)


# -- published values -------------------------------------------------------------------------------


@pytest.mark.parametrize("solver", SOLVERS)
def test_the_four_by_three_world_undiscounted(solver: Any) -> None:
    run = solver(tables(MDP.from_world(FOUR_BY_THREE)), 1.0)
    assert run.converged
    assert run.bound == np.inf
    assert run.values.round(3).tolist() == UTILITIES
    greedy = ["".join("URDL"[a] for a in np.flatnonzero(each)) for each in run.greedy.T]
    assert greedy == ["R", "R", "R", "", "U", "U", "", "U", "L", "L", "L"]


@pytest.mark.parametrize("solver", SOLVERS)
def test_the_grid_with_jumps(solver: Any) -> None:
    run = solver(tables(jumps()), 0.9, 1e-9)
    assert run.converged
    assert run.values.round(1).tolist() == JUMPS
    # figure 3.5: every direction leaves A and B; the lower left corner goes up or right
    assert run.greedy[:, 1].all()
    assert run.greedy[:, 3].all()
    assert run.greedy[:, 20].tolist() == [True, False, True, False]


def test_the_random_policy_on_the_grid_with_jumps() -> None:
    run = policy_evaluation(tables(jumps()), 0.9, np.full((4, 25), 0.25), 1e-9)
    assert run.values.round(1).tolist() == JUMPS_AT_RANDOM


def test_a_process_without_ends_or_actions_whose_last_state_is_quiet() -> None:
    """Silver 2015, lecture 2: the student reward process, undiscounted; Sleep leads to itself and earns nothing."""
    rows = """
        Facebook Facebook .9 -1; Facebook C1 .1 -1; C1 Facebook .5 -2; C1 C2 .5 -2; C2 C3 .8 -2; C2 Sleep .2 -2;
        C3 Pass .6 -2; C3 Pub .4 -2; Pub C1 .2 1; Pub C2 .4 1; Pub C3 .4 1; Pass Sleep 1 10; Sleep Sleep 1 0"""
    split = [row.split() for row in rows.split(";")]
    transitions = {(s, None, n): (Fraction(p), int(r)) for s, n, p, r in split}
    mdp = MDP(("Facebook", "C1", "C2", "C3", "Pub", "Pass", "Sleep"), transitions)
    for run in (value_iteration(tables(mdp), 1.0), policy_iteration(tables(mdp), 1.0)):
        assert run.converged
        assert run.values.round(1).tolist() == [-22.5, -12.5, 1.5, 4.3, 0.8, 10, 0]


# -- the same by other means ------------------------------------------------------------------------


def rows_of(t: Tables) -> Any:
    P = np.zeros((*t.available.shape, len(t.live)))
    share = np.broadcast_to(t.share, t.after.shape)
    for a, k, s in itertools.product(*map(range, t.after.shape)):
        P[a, s, t.after[a, k, s]] += share[a, k, s] * t.available[a, s]
    return P


@pytest.mark.parametrize("convention", ["leaving", "entering"])
@pytest.mark.parametrize("slip", ["0", "0.2", "1/3", "1"])
def test_a_drawing_and_its_rows_are_the_same_process(convention: str, slip: str) -> None:
    text = f"slip = {slip}\nliving-reward = -0.3\nreward = {convention}\nλ = 2.5\n\n..#.+\n.λ..#\n#...S\n-...."
    world = MDP.from_world(text)
    P, r, has, worth = dense(world)
    from_rows = MDP(world.states, world.transitions, world.actions, None, world.terminal)
    for t in (tables(world), tables(from_rows)):
        assert np.abs(rows_of(t) - P).max() < 1e-15
        assert np.abs(t.reward - r).max() < 1e-15
        assert (t.available == has).all()
        assert (t.worth == worth).all()
        assert (t.live == has.any(0)).all()
    for solver in SOLVERS:
        runs = [solver(tables(mdp), 0.9, 1e-9) for mdp in (world, from_rows)]
        assert np.abs(runs[0].values - runs[1].values).max() < 1e-7


@given(mdp=processes(), gamma=st.sampled_from([0, 0.3, 0.9, 0.99]))
@settings(max_examples=60, deadline=None)
def test_every_solver_finds_the_best_of_all_policies_within_its_bound(mdp: MDP, gamma: float) -> None:
    best, t = best_values(mdp, gamma), tables(mdp)
    scale = 1e-11 * max(1, np.abs(best).max())
    runs = [solver(t, gamma, 1e-4) for solver in SOLVERS]
    runs += [value_iteration(t, gamma, 1e-4, in_place=True), value_iteration(t, gamma, most=3)]
    for run in runs:
        assert np.abs(run.values - best).max() <= run.bound + scale
    assert all(run.converged and run.bound <= 0.01 for run in runs[:-1])
    assert np.abs(runs[2].values - best).max() <= scale
    first = policy_iteration(t, gamma, most=1)
    assert np.abs(first.values - best).max() <= first.bound + scale
    P, r, has, _ = dense(mdp)
    q = np.where(has, r + gamma * P @ runs[2].values, -np.inf)
    assert np.allclose(runs[2].q, q, rtol=0, atol=scale)


@given(mdp=processes(), gamma=st.sampled_from([0, 0.9]))
@settings(max_examples=30, deadline=None)
def test_a_policy_is_evaluated_within_the_bound(mdp: MDP, gamma: float) -> None:
    t = tables(mdp)
    policy = t.available * np.array([[1.0], [2.0], [5.0]])
    policy /= np.maximum(policy.sum(0), 1)
    for in_place in (False, True):
        run = policy_evaluation(t, gamma, policy, 1e-4, in_place=in_place)
        assert np.abs(run.values - policy_values(mdp, gamma, policy)).max() <= run.bound + 1e-11


@given(mdp=processes(states=9), sweeps=st.integers(1, 6))
@settings(max_examples=60, deadline=None)
def test_in_place_is_state_by_state_in_their_order(mdp: MDP, sweeps: int) -> None:
    run = value_iteration(tables(mdp), 0.9, 0, sweeps, in_place=True)
    assert run.sweeps == sweeps
    assert np.allclose(run.values, in_order(mdp, 0.9, sweeps), rtol=1e-13, atol=1e-13)


def test_in_place_on_a_drawing_too() -> None:
    world = MDP.from_world("slip = 0.2\nliving-reward = -0.1\nreward = leaving\n\n..#.+.\n....#.\n#....S\n-...#.\n")
    for sweeps in (1, 2, 7):
        run = value_iteration(tables(world), 0.9, 0, sweeps, in_place=True)
        assert np.allclose(run.values, in_order(world, 0.9, sweeps), rtol=1e-13, atol=1e-13)


def test_a_policy_on_a_drawing() -> None:
    world = MDP.from_world("slip = 0.3\nliving-reward = -0.1\nreward = entering\n\n..#.+\n....#\n-...S\n")
    t = tables(world)
    policies = [np.array([[0.1], [0.2], [0.3], [0.4]]), np.array([[0.0], [1], [0], [0]])]
    for policy in [each * t.live for each in policies]:
        run = policy_evaluation(t, 0.9, policy, 1e-9)
        assert np.abs(run.values - policy_values(world, 0.9, policy)).max() <= run.bound + 1e-12


def test_more_states_than_one_block_and_than_are_solved() -> None:
    side = 100
    rows = ["." * side] * (side - 1) + ["+" + "." * (side - 2) + "-"]
    header = "slip = 0.2\nliving-reward = -0.04\nreward = leaving\n\n"
    t = tables(MDP.from_world(header + "\n".join(rows)))
    swept = value_iteration(t, 0.9)
    assert swept.converged
    runs = [value_iteration(t, 0.9, in_place=True), modified_policy_iteration(t, 0.9), policy_iteration(t, 0.9)]
    for run in runs:
        assert run.converged
        assert np.abs(run.values - swept.values).max() <= run.bound + swept.bound
        backed_up = np.where(t.live, run.q.max(0), t.worth)
        assert np.abs(backed_up - run.values).max() < 1e-6
    assert len(swept.residuals) == swept.sweeps
    assert len(runs[1].residuals) < runs[1].sweeps


# -- ties, and processes without an end -----------------------------------------------------------


def test_ties_are_all_greedy_and_policy_iteration_keeps_what_it_has() -> None:
    t = tables(MDP.from_world("reward = leaving\n\n+.+\n"))
    assert value_iteration(t, 0.5).greedy[:, 1].tolist() == [False, True, False, True]
    for solver in SOLVERS:
        assert not solver(t, 0.5).greedy[:, [0, 2]].any()
    left = np.array([[0, 0, 0], [0, 0, 0], [0, 0, 0], [1.0, 1, 1]])
    kept = policy_iteration(t, 0.5, policy=left)
    assert (kept.sweeps, kept.converged, kept.values.tolist()) == (1, True, [1, 0.5, 1])


@given(mdp=processes(states=6))
@settings(max_examples=40, deadline=None)
def test_policy_iteration_ends_where_all_is_tied(mdp: MDP) -> None:
    same = {row: (probability, 1) for row, (probability, _) in mdp.transitions.items()}
    run = policy_iteration(tables(MDP(mdp.states, same, mdp.actions, None, dict.fromkeys(mdp.terminal, 10))), 0.9)
    assert run.converged
    assert run.sweeps == 1
    assert np.allclose(run.values, 10)


def test_what_sweeps_cannot_tell_apart_is_tied() -> None:
    """Every policy is worth 10 in all of 2500 states, too many to be solved at once."""
    rows = ["." * 50] * 49 + ["a" + "." * 49]
    world = MDP.from_world("slip = 0.2\nliving-reward = 1\na = 10\nreward = leaving\n\n" + "\n".join(rows))
    run = policy_iteration(tables(world), 0.9)
    assert run.converged
    assert run.sweeps == 1
    assert np.abs(run.values - 10).max() < 1e-8


@pytest.mark.parametrize("in_place", [False, True])
def test_rewards_without_end_are_given_up(in_place: bool) -> None:
    rows: Any = {("A", "go", "B"): (1, 1), ("B", "go", "A"): (1, 1), ("A", "end", "Z"): (1, 0)}
    t = tables(MDP(("A", "B", "Z"), rows, ("go", "end"), None, {"Z": 0}))
    run = value_iteration(t, 1.0, in_place=in_place)
    assert not run.converged
    assert run.sweeps < 3000
    assert value_iteration(t, 1.0, 0, 2500, in_place=in_place).sweeps == 2500
    assert not modified_policy_iteration(t, 1.0).converged
    assert not policy_iteration(t, 1.0).converged
    for_ever = np.array([[1.0, 1, 0], [0, 0, 0]])
    assert not policy_evaluation(t, 1.0, for_ever, in_place=in_place).converged
    assert not policy_iteration(t, 1.0, policy=for_ever).converged


def test_policy_iteration_undiscounted_begins_with_a_policy_that_ends() -> None:
    """Up for ever is the first action, and never ends without a slip."""
    run = policy_iteration(tables(MDP.from_world("living-reward = -1\nreward = leaving\n\n...+\n")), 1.0)
    assert run.converged
    assert run.values.tolist() == [-2, -1, 0, 1]


def test_a_long_way_is_no_way_without_end() -> None:
    """Undiscounted, the change of a chain of 3000 states is −1 for 3000 sweeps, then 0."""
    names = [f"s{i}" for i in range(3001)]
    rows: Any = {(a, None, b): (1, -1) for a, b in itertools.pairwise(names)}
    t = tables(MDP(tuple(names), rows, terminal={"s3000": 0}))
    run = value_iteration(t, 1.0)
    assert run.converged
    assert run.values[0] == -3000
    assert policy_iteration(t, 1.0).values[0] == -3000


def test_a_start_counts_but_not_for_ends() -> None:
    t = tables(MDP.from_world(FOUR_BY_THREE))
    assert value_iteration(t, 0.9, 0, 1, start=np.full(11, 5.0)).values[[3, 6]].tolist() == [1, -1]
    assert value_iteration(t, 0.9, 0, 1, start=np.full(11, 5.0)).values[7] == pytest.approx(0.9 * 5 - 0.04)


# -- limits, and what is not done -----------------------------------------------------------------


def test_what_is_too_large_names_the_reason() -> None:
    names = tuple(f"s{i}" for i in range(10_002))
    rows: Any = {(a, None, b): (1, -1) for a, b in itertools.pairwise(names)}
    chain = tables(MDP(names, rows, terminal={names[-1]: 0}))
    with pytest.raises(InputError, match="in_place: 10,001 states are too many"):
        value_iteration(chain, 0.9, in_place=True)
    rows = {("s0", None, after): (Fraction(1, 8000), 0) for after in names[1:8001]}
    with pytest.raises(InputError, match="1 actions with 8,000 outcomes for 10,002 states are too many"):
        tables(MDP(names, rows, terminal=dict.fromkeys(names[1:], 0)))


def test_a_large_drawing_is_not_listed() -> None:
    world = MDP.from_world("gamma = 0.9\nreward = leaving\n\n" + "\n".join(["." * 300] * 299 + ["+" * 300]))
    t = tables(world)
    assert t.live.sum() == 299 * 300
    assert not {"states", "transitions", "terminal"} & set(vars(world))
    assert world.gamma == Fraction(9, 10)


def test_reading_a_drawing_imports_no_numpy() -> None:
    code = (
        "import sys; from revise.mdp import MDP; MDP.from_world(sys.argv[1]).transitions; print('numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code, FOUR_BY_THREE], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
