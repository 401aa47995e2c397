"""Laws of the reinforcement demos that their last frames do not show."""

import random
from fractions import Fraction

import pytest

torch = pytest.importorskip("torch")

CPU = torch.device("cpu")


@pytest.mark.parametrize(("slip", "living"), [(0.25, -0.5), (1.0, 0.25), (0.0, -2.0)])
def test_a_sweep_is_that_of_the_listed_transitions(slip: float, living: float) -> None:
    from revise.demos.reinforcement import gridworld
    from revise.mdp.world import World

    rows = gridworld._drawn(random.Random(1))
    listed = World(rows, gridworld.ENDS, Fraction(slip), Fraction(living))
    world = gridworld._World(rows, 0.75, slip, living, CPU)
    values = torch.randn(len(listed.states), generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    worth = dict(zip(listed.states, values.tolist(), strict=True))
    actions = ("up", "right", "down", "left")
    expected = {(state, action): 0.0 for state in listed.states for action in actions if state not in listed.terminal}
    for (state, action, after), (probability, reward) in listed.transitions.items():
        expected[state, str(action)] += float(probability) * (float(reward) + 0.75 * worth[after])
    q = world.look_ahead(values).tolist()
    for place, state in enumerate(listed.states):
        assert bool(world.ends[place]) == (state in listed.terminal)
        for number, action in enumerate(actions):
            if state not in listed.terminal:
                assert q[number][place] == pytest.approx(expected[state, action], abs=1e-12)


@pytest.mark.parametrize("gamma", [0.0, 0.5, 0.9])
@pytest.mark.parametrize(("slip", "living"), [(0.2, -0.04), (1.0, 0.5), (0.5, -2.0)])
def test_sweeps_contract_and_the_bound_holds(gamma: float, slip: float, living: float) -> None:
    from revise.demos.reinforcement import gridworld

    before = None
    for frame in gridworld.run(3, 160, "cpu", gamma=gamma, slip=slip, living=living):
        error = frame.metrics["error"]
        if before is not None:
            assert error <= gamma * before + 1e-12
            assert error <= frame.metrics["error_bound"] + 1e-12
        before = error
    assert frame.metrics["error"] < 1e-6
    assert frame.metrics["best_moves"] == 1
    assert frame.metrics["worst_factor"] <= gamma


def test_arrows_ends_and_ties() -> None:
    from revise.demos.reinforcement import gridworld

    marks = [gridworld._mark(".", [False] * n + [True] + [False] * (3 - n)) for n in range(4)]
    assert marks == list("↑→↓←")
    assert gridworld._mark(".", [True] * 4) == "·"
    assert gridworld._mark(".", [False, True, True, False]) == "→"
    assert gridworld._mark("+", [True] * 4) == "+"


@pytest.mark.parametrize(("name", "target"), [("Q-learning", -1 - 3), ("SARSA", -1 - 4)])
def test_the_two_updates(name: str, target: float) -> None:
    """From the start, Q = -6, the first move leads up; there the best move has -3, the one made next -4."""
    from revise.demos.reinforcement import qlearning

    up, right = 0, 1

    class Told(random.Random):
        """Explores always: up, then right for ever."""

        told = 0

        def random(self) -> float:
            return 0.0

        def randrange(self, *_: object) -> int:
            self.told += 1
            return up if self.told == 1 else right

    learner = qlearning._Learner(name, 0, 0.5, CPU)
    learner.q[qlearning.START, up] = -6.0
    learner.q[qlearning.START - qlearning.COLUMNS] = torch.tensor([-3.0, -4.0, -5.0, -5.0])
    learner.dice = Told()
    learner.play(epsilon=1.0)
    assert float(learner.q[qlearning.START, up]) == 0.5 * -6 + 0.5 * target


def test_the_cliff_sends_back_and_the_edge_is_optimal() -> None:
    from revise.demos.reinforcement import qlearning

    assert qlearning._moved(qlearning.START, 1) == (qlearning.START, -100)
    assert qlearning._moved(qlearning.START - qlearning.COLUMNS + 5, 2) == (qlearning.START, -100)
    assert qlearning._moved(qlearning.START, 2) == (qlearning.START, -1)
    assert qlearning._moved(qlearning.GOAL - qlearning.COLUMNS, 2) == (qlearning.GOAL, -1)
    steps = {qlearning.GOAL: 0}  # from each cell, by breadth-first search backwards
    ring = [qlearning.GOAL]
    while ring:
        ring = [
            cell
            for cell in range(qlearning.GOAL)
            if cell not in qlearning.CLIFF and cell not in steps
            if any(
                qlearning._moved(cell, move)[0] in ring and qlearning._moved(cell, move)[1] == -1 for move in range(4)
            )
        ]
        steps |= dict.fromkeys(ring, max(steps.values()) + 1)
    assert -steps[qlearning.START] == qlearning.OPTIMAL


def test_q_learning_learns_the_values_of_the_optimal_path_while_it_falls() -> None:
    from revise.demos.reinforcement import qlearning

    *_, last = qlearning.run(1, 300, "cpu", epsilon=0.1, decay=1.0, alpha=0.5)
    assert last.metrics["Q_learning_start"] == pytest.approx(qlearning.OPTIMAL, abs=0.05)
    assert last.metrics["Q_learning_earned"] < last.metrics["SARSA_earned"] < last.metrics["SARSA_path"]


def test_without_exploring_sarsa_takes_the_edge_too() -> None:
    from revise.demos.reinforcement import qlearning

    *_, last = qlearning.run(0, 300, "cpu", epsilon=0.0, decay=1.0, alpha=0.5)
    assert last.metrics["SARSA_path"] == last.metrics["Q_learning_path"] == qlearning.OPTIMAL
