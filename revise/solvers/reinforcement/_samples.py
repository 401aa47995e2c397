"""Published processes the solvers are tried on, and small ones drawn at random."""

from fractions import Fraction
from random import Random
from typing import Any

from revise.mdp import MDP
from revise.solvers.reinforcement._typed import Transitions

# Berkeley CS188, lecture on MDPs: the racing car
RACING = Transitions.from_text(
    "cool slow > cool 1 1; cool fast > cool 0.5 2; cool fast > warm 0.5 2; warm slow > cool 0.5 1;"
    "warm slow > warm 0.5 1; warm fast > overheated 1 -10"
)
# Silver, UCL course on reinforcement learning 2015, lecture 2: the student with decisions
STUDENT = Transitions.from_text(
    "Facebook Facebook > Facebook 1 -1; Facebook quit > Class1 1 0; Class1 Facebook > Facebook 1 -1;"
    "Class1 study > Class2 1 -2; Class2 sleep > Sleep 1 0; Class2 study > Class3 1 -2; Class3 study > Sleep 1 10;"
    "Class3 pub > Class1 0.2 1; Class3 pub > Class2 0.4 1; Class3 pub > Class3 0.4 1"
)
# Sutton & Barto 2018, example 4.1
SMALL_GRID = MDP.from_world("living-reward = -1\nreward = leaving\ngamma = 1\nT = 0\n\nT...\n....\n....\n...T")
# Russell & Norvig, the 4×3 world: 3rd edition, and 4th
FOUR_BY_THREE, FOUR_BY_THREE_ENTERED = (
    MDP.from_world(f"slip = 0.2\nliving-reward = -0.04\ngamma = 1\nreward = {reward}\n\n...+\n.#.-\nS...")
    for reward in ("leaving", "entering")
)

_MOVES = {"up": (0, 1), "right": (1, 0), "down": (0, -1), "left": (-1, 0)}
_JUMPS = {(2, 5): ((2, 1), 10), (4, 5): ((4, 3), 5)}


def _five_by_five() -> MDP:
    """Sutton & Barto 2018, example 3.5: off the grid −1, from A (2,5) to A′ 10, from B (4,5) to B′ 5."""
    cells = [(column, row) for row in range(5, 0, -1) for column in range(1, 6)]
    rows: dict[Any, Any] = {}
    for cell in cells:
        for action, (right, up) in _MOVES.items():
            after, reward = _JUMPS.get(cell, ((cell[0] + right, cell[1] + up), 0))
            if after not in cells:
                after, reward = cell, -1
            rows[_named(cell), action, _named(after)] = (1, reward)
    naming = "A cell is (column, row), counted from the lower left."
    return MDP(tuple(map(_named, cells)), rows, tuple(_MOVES), Fraction(9, 10), naming=naming)


def _named(cell: tuple[int, int]) -> str:
    return f"({cell[0]},{cell[1]})"


FIVE_BY_FIVE = _five_by_five()


def drawn_process(rng: Random, gammas: tuple[Fraction, ...] = (Fraction(1, 2), Fraction(9, 10))) -> MDP:
    """Two or three states with two actions (sometimes one is missing), and an end."""
    states = ["A", "B", "C"][: rng.randint(2, 3)]
    line = [*states, "end"]
    by_pair = rng.random() < 0.7
    rows: dict[Any, Any] = {}
    for place, state in enumerate(states):
        for action in ("left", "right") if place or rng.random() < 0.7 else ("right",):
            onward = line[place + 1] if action == "right" else rng.choice(states)
            other = rng.choice([each for each in line if each != onward])
            share = rng.choice([Fraction(1), Fraction(1, 2), Fraction(3, 4)])
            reward = rng.randint(-4, 6)
            for after, probability in ((onward, share), (other, 1 - share)):
                if probability:
                    rows[state, action, after] = probability, reward if by_pair else rng.randint(-4, 6)
    return MDP(tuple(line), rows, ("left", "right"), rng.choice(gammas), {"end": rng.choice([0, 0, 5])})
