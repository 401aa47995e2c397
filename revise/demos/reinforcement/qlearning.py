"""Q-learning and SARSA on a cliff: one walks along the edge, one keeps away."""

import math
import random
from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeVar

from revise.demos._device import begin
from revise.frame import Curve, Curves, Frame, Heatmap

if TYPE_CHECKING:
    from torch import device as Place

T = TypeVar("T")

LOOK_AT = "Look at each one's greedy path from S to G, past the cliff #, and at what both earn as epsilon falls."
SEEN = (
    "Q-learning's target takes the best next move (off-policy): it learns the optimal path, at the edge, and falls "
    "while it explores. SARSA's takes the move really made (on-policy): a longer, safer path, and more earned while "
    "it learns. With --set epsilon=0 both take the edge."
)
QUESTION = (
    "Write down the updates of Q-learning and SARSA: which is off-policy and why, and which paths do they learn on "
    "the cliff with epsilon-greedy moves?"
)
STEPS = 300
KNOBS = {"epsilon": (0.5, 0.0, 1.0), "decay": (0.98, 0.9, 1.0), "alpha": (0.5, 0.05, 1.0)}
WHAT_IF = {
    "epsilon": "probability of a random move in the first episode",
    "decay": "factor on epsilon after each episode",
    "alpha": "step size",
}
EXPECT = {
    "Q_learning_path": (-13, -13),
    "SARSA_path": (-25, -15),
    "Q_learning_start": (-13.1, -12.9),
    "Q_learning_earned": (-25, -13),
    "SARSA_ahead": (0, None),
}

# Sutton & Barto 2018, Reinforcement learning, example 6.6: -1 a move; the cliff -100, and back to the
# start; no discount. There epsilon stays 0.1. The book adds that both would converge to the optimal policy if
# epsilon were gradually reduced; here it falls too fast for SARSA.
ROWS, COLUMNS = 4, 12
START, GOAL = (ROWS - 1) * COLUMNS, ROWS * COLUMNS - 1
CLIFF = range(START + 1, GOAL)
MOVES = ((-1, 0), (0, 1), (1, 0), (0, -1))  # up, right, down, left; rows and columns
ARROWS = "↑→↓←"
FALL = -100
OPTIMAL = -13  # the return of the path along the edge
MOST, MOST_GREEDY = 300, 100  # moves in an episode; in the greedy path
MEAN = 20  # episodes that a mean is over
FRAME_EVERY = 3


def run(seed: int, steps: int, device: str, *, epsilon: float, decay: float, alpha: float) -> Iterator[Frame]:
    """Yield a frame before the first episode, after every 3 and after the last; the seed draws what is explored.

    A step is an episode of at most 300 moves for each learner. The metrics: the return of the greedy path from the
    start, -100 where it does not arrive in 100 moves; the largest Q of the start; the mean return in the last 20
    episodes; how much more than Q-learning SARSA earned, in the mean of all episodes.
    """
    place, _ = begin(device, seed)
    learners = _Learner("Q-learning", seed, alpha, place), _Learner("SARSA", seed, alpha, place)
    history: list[tuple[float, ...]] = []
    yield _frame(0, learners, history)
    for step in range(1, steps + 1):
        explore = epsilon * decay ** (step - 1)
        for learner in learners:
            learner.play(explore)
        history.append((step, explore, *(learner.recent for learner in learners)))
        if step % FRAME_EVERY == 0 or step == steps:
            yield _frame(step, learners, history)


class _Learner:
    """A table of Q, how it learns, and what it has earned."""

    def __init__(self, name: str, seed: int, alpha: float, place: "Place") -> None:
        import torch

        self.name, self.on_policy, self.alpha = name, name == "SARSA", alpha
        self.dice = random.Random(seed)
        # No return is above 0: what was never tried looks better than it is, so that even epsilon = 0 explores.
        self.q = torch.zeros(ROWS * COLUMNS, len(MOVES)).to(place)
        self.returns: list[int] = []

    def play(self, epsilon: float) -> None:
        here, action, earned = START, self._chosen(START, epsilon), 0
        for _ in range(MOST):
            there, reward = _moved(here, action)
            # Q(s,a) <- Q(s,a) + alpha (r + worth - Q(s,a)); Q(goal,.) stays 0.
            if self.on_policy:
                following = self._chosen(there, epsilon)
                self._learn(here, action, reward + float(self.q[there, following]))
            else:
                self._learn(here, action, reward + float(self.q[there].max()))
                following = self._chosen(there, epsilon)
            here, action = there, following
            earned += reward
            if here == GOAL:
                break
        self.returns.append(earned)

    def _chosen(self, cell: int, epsilon: float) -> int:
        """Epsilon-greedy."""
        return self.dice.randrange(len(MOVES)) if self.dice.random() < epsilon else int(self.q[cell].argmax())

    def _learn(self, cell: int, action: int, target: float) -> None:
        self.q[cell, action] += self.alpha * (target - self.q[cell, action])

    @property
    def recent(self) -> float:
        last = self.returns[-MEAN:]
        return sum(last) / len(last)

    def path(self) -> list[tuple[int, int]]:
        """The greedy policy's cells and moves, from the start."""
        greedy: list[int] = self.q.argmax(1).tolist()
        here, path = START, list[tuple[int, int]]()
        while here != GOAL and len(path) < MOST_GREEDY:
            path.append((here, greedy[here]))
            here, _ = _moved(here, greedy[here])
        return path

    def map(self) -> Heatmap:
        worth = [math.nan if cell in CLIFF else value for cell, value in enumerate(self.q.amax(1).tolist())]
        marks = ["#" if cell in CLIFF else " " for cell in range(ROWS * COLUMNS)]
        for cell, move in self.path():
            marks[cell] = ARROWS[move]
        marks[START], marks[GOAL] = "S", "G"
        return Heatmap(f"{self.name}: largest Q", _rows(worth), -20, 0, ["".join(row) for row in _rows(marks)])


def _moved(cell: int, action: int) -> tuple[int, int]:
    """The next cell and the reward."""
    row, column = divmod(cell, COLUMNS)
    down, right = MOVES[action]
    row, column = min(max(row + down, 0), ROWS - 1), min(max(column + right, 0), COLUMNS - 1)
    there = row * COLUMNS + column
    return (START, FALL) if there in CLIFF else (there, -1)


def _frame(step: int, learners: tuple[_Learner, _Learner], history: list[tuple[float, ...]]) -> Frame:
    q_learning, sarsa = learners
    metrics = {
        "Q_learning_path": -len(q_learning.path()),
        "SARSA_path": -len(sarsa.path()),
        "Q_learning_start": float(q_learning.q[START].max()),
    }
    if step:
        metrics["Q_learning_earned"], metrics["SARSA_earned"] = q_learning.recent, sarsa.recent
        metrics["SARSA_ahead"] = (sum(sarsa.returns) - sum(q_learning.returns)) / step
    steps, epsilons, *returns = zip(*history, strict=True) if history else ((),) * 4
    earned = [Curve(name, steps, each) for name, each in zip(("Q", "SARSA"), returns, strict=True)]
    optimal = Curve("optimal", steps, [OPTIMAL] * len(steps))
    pictures = (
        q_learning.map(),
        sarsa.map(),
        Curves("return", (*earned, optimal), None, (-100, 0)),
        Curves("epsilon", (Curve("epsilon", steps, epsilons),), None, (0, 1)),
    )
    return Frame(step, metrics, pictures)


def _rows(cells: list[T]) -> list[list[T]]:
    return [cells[start : start + COLUMNS] for start in range(0, len(cells), COLUMNS)]
