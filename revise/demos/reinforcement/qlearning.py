"""Q-learning on a cliff: epsilon falls, and it finds the shortest way at the edge."""

import math
import random
from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeVar

from revise.demos._device import begin
from revise.frame import Curve, Curves, Frame, Heatmap

if TYPE_CHECKING:
    from torch import Tensor

    from revise.mdp.tables import Floats

T = TypeVar("T")

LOOK_AT = (
    "Look at the arrows, the best moves learnt so far from the lower left to G, and at the return as epsilon falls."
)
SEEN = (
    "The greedy policy is the optimal one, 13 moves along the cliff, though many episodes fell off it: Q-learning "
    "values the best next move, not the one that exploring takes. SARSA (--set sarsa=1) keeps away from the edge."
)
QUESTION = (
    "Write down the updates of Q-learning and SARSA: which is off-policy and why, and which paths do they learn on "
    "the cliff with epsilon-greedy moves?"
)
STEPS = 300
KNOBS = {
    "epsilon": (0.5, 0.0, 1.0),  # probability of a random move in the first episode
    "decay": (0.98, 0.9, 1.0),  # factor on epsilon after each episode
    "sarsa": (0, 0, 1),  # 1: the target takes the move that is really made next
}
EXPECT = {
    "short_of_optimal": (0, 0),
    "start_value": (-13.1, -12.9),
    "best_moves": (0.75, None),
    "mean_return": (-25, -13),
}

# Sutton & Barto 2018, Reinforcement learning, example 6.6: -1 a move; the cliff -100, and back to the
# start; no discount.
ROWS, COLUMNS = 4, 12
START, GOAL = (ROWS - 1) * COLUMNS, ROWS * COLUMNS - 1
CLIFF = range(START + 1, GOAL)
ACTIONS = ("up", "right", "down", "left")
MOVES = ((-1, 0), (0, 1), (1, 0), (0, -1))  # rows and columns
ARROWS = "↑→↓←"
FALL = -100
ALPHA = 0.5
MOST = 300  # moves in an episode
MEAN = 20  # episodes that a mean is over
FRAME_EVERY = 3


def run(seed: int, steps: int, device: str, *, epsilon: float, decay: float, sarsa: int) -> Iterator[Frame]:
    """Yield a frame before the first episode, after every 3 and after the last; the seed draws what is explored.

    A step is an episode of at most 300 moves. The metrics: how much less the greedy policy earns from the start than
    the optimal one (exact, by `revise.mdp`; at most 100 moves); the largest Q of the start; the share of cells whose
    greedy move is optimal; the mean return and the falls in the last 20 episodes; epsilon.
    """
    import torch

    place, _ = begin(device, seed)
    dice = random.Random(seed)
    # No return is above 0: what was never tried looks better than it is, so that even epsilon = 0 explores.
    q = torch.zeros(ROWS * COLUMNS, len(ACTIONS)).to(place)
    watch = _Watch()
    yield watch.frame(0, q, epsilon)
    for step in range(1, steps + 1):
        explore = epsilon * decay ** (step - 1)
        here, visited, rewards = START, [START], list[int]()
        action = _chosen(q, here, explore, dice)
        while here != GOAL and len(rewards) < MOST:
            there, reward = _moved(here, action)
            following = _chosen(q, there, explore, dice)
            # Q(s,a) <- Q(s,a) + alpha (r + max Q(s',.) - Q(s,a)); SARSA: Q(s',a') for the maximum. Q(goal,.) stays 0.
            worth = q[there, following] if sarsa else q[there].max()
            q[here, action] += ALPHA * (reward + worth - q[here, action])
            here, action = there, following
            visited.append(here)
            rewards.append(reward)
        watch.episode(visited, rewards)
        if step % FRAME_EVERY == 0 or step == steps:
            yield watch.frame(step, q, explore)


def _chosen(q: "Tensor", cell: int, epsilon: float, dice: random.Random) -> int:
    """Epsilon-greedy."""
    return dice.randrange(len(ACTIONS)) if dice.random() < epsilon else int(q[cell].argmax())


def _moved(cell: int, action: int) -> tuple[int, int]:
    """The next cell and the reward."""
    row, column = divmod(cell, COLUMNS)
    down, right = MOVES[action]
    row, column = min(max(row + down, 0), ROWS - 1), min(max(column + right, 0), COLUMNS - 1)
    there = row * COLUMNS + column
    return (START, FALL) if there in CLIFF else (there, -1)


def _optimal() -> "Floats":
    """Q*(s, a), actions × cells, solved by policy iteration; the cliff's cells, where nobody stands, have none."""
    import numpy as np

    from revise.mdp import MDP
    from revise.mdp.arrays import policy_iteration, tables

    cells = [cell for cell in range(ROWS * COLUMNS) if cell not in CLIFF]
    rows: dict[tuple[str, str | None, str], tuple[int, int]] = {}
    for cell in cells[:-1]:
        for place, action in enumerate(ACTIONS):
            there, reward = _moved(cell, place)
            rows[str(cell), action, str(there)] = 1, reward
    process = MDP(tuple(map(str, cells)), rows, ACTIONS, terminal={str(GOAL): 0})
    found = np.full((len(ACTIONS), ROWS * COLUMNS), -np.inf)
    found[:, cells] = policy_iteration(tables(process), 1.0).q
    return found


class _Watch:
    """What is measured and drawn."""

    def __init__(self) -> None:
        optimal = _optimal().T.tolist()
        self.cells = [cell for cell in range(GOAL) if cell not in CLIFF]
        self.worth = max(optimal[START])
        self.best = {cell: [q >= max(optimal[cell]) - 1e-9 for q in optimal[cell]] for cell in self.cells}
        self.episodes: list[tuple[list[int], list[int]]] = []
        self.history: list[tuple[float, ...]] = []

    def episode(self, visited: list[int], rewards: list[int]) -> None:
        self.episodes = [*self.episodes[1 - MEAN :], (visited, rewards)]

    def frame(self, step: int, q: "Tensor", epsilon: float) -> Frame:
        table: list[list[float]] = q.tolist()
        greedy = [row.index(max(row)) for row in table]
        metrics = {
            "short_of_optimal": self.worth - _earned(greedy),
            "start_value": max(table[START]),
            "best_moves": sum(self.best[cell][greedy[cell]] for cell in self.cells) / len(self.cells),
        }
        if count := len(self.episodes):
            metrics["mean_return"] = sum(sum(rewards) for _, rewards in self.episodes) / count
            metrics["falls"] = sum(rewards.count(FALL) for _, rewards in self.episodes) / count
            self.history.append((step, metrics["mean_return"], epsilon))
        metrics["epsilon"] = epsilon
        return Frame(step, metrics, self._pictures(table, greedy))

    def _pictures(self, table: list[list[float]], greedy: list[int]) -> tuple[Heatmap | Curves, ...]:
        steps, returns, epsilons = zip(*self.history, strict=True) if self.history else ((), (), ())
        been = [0.0] * len(table)
        for visited, _ in self.episodes:
            for cell in visited:
                been[cell] += 1 / len(self.episodes)
        worth = [math.nan if cell in CLIFF else max(row) for cell, row in enumerate(table)]
        marks = [ARROWS[move] if any(row) else "·" for move, row in zip(greedy, table, strict=True)]
        marks[GOAL] = "G"
        for cell in CLIFF:
            marks[cell] = "#"
        optimal = Curve("optimal", steps, [self.worth] * len(steps))
        return (
            Heatmap("largest Q", _rows(worth), -15, 0, ["".join(row) for row in _rows(marks)]),
            Curves(f"return, mean of {MEAN}", (Curve("earned", steps, returns), optimal), None, (-100, 0)),
            Heatmap(f"visits, mean of {MEAN}", _rows(been), 0, 2),
            Curves("epsilon", (Curve("epsilon", steps, epsilons),), None, (0, 1)),
        )


def _rows(cells: list[T]) -> list[list[T]]:
    return [cells[start : start + COLUMNS] for start in range(0, len(cells), COLUMNS)]


def _earned(greedy: list[int]) -> float:
    """The return of the greedy policy from the start, in 100 moves at most."""
    cell, total = START, 0
    for _ in range(100):
        cell, reward = _moved(cell, greedy[cell])
        total += reward
        if cell == GOAL:
            break
    return total
