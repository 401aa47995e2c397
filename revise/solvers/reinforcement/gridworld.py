"""A grid world: the values of its cells, and the best moves as arrows."""

import re
from random import Random
from typing import Any, Literal

from revise.errors import InputError
from revise.mdp import MDP
from revise.parameters import Number
from revise.solution import Solution, Work
from revise.solvers.reinforcement._iteration import optimal_values, policy_values
from revise.solvers.reinforcement._samples import FIVE_BY_FIVE, FOUR_BY_THREE, FOUR_BY_THREE_ENTERED, SMALL_GRID
from revise.solvers.reinforcement._typed import Process, discount_of

SERVES: dict[str, dict[str, object]] = {"gridworld": {}}
SOURCE = "Sutton & Barto 2018, examples 3.5, 3.8 and 4.1; Russell & Norvig 2010, section 17.1"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Russell & Norvig, 3rd edition 2010, figure 17.3. The ends are worth ±1 on the way out
    (
        {"mdp": FOUR_BY_THREE},
        {
            "(1,3)": "0.812", "(2,3)": "0.868", "(3,3)": "0.918", "(1,2)": "0.762", "(3,2)": "0.660",
            "(1,1)": "0.705", "(2,1)": "0.655", "(3,1)": "0.611", "(4,1)": "0.388",
            "pi(1,3)": "right", "pi(1,1)": "up", "pi(2,1)": "left", "pi(3,1)": "left", "pi(4,1)": "left",
        },
    ),
    # The 4th edition (2021) pays ±1 for the move into an end instead of −0.04, so every value is 0.04 higher; its
    # figure could not be looked up again here, the values are recomputed
    (
        {"mdp": FOUR_BY_THREE_ENTERED},
        {
            "(1,3)": "0.8516", "(2,3)": "0.9078", "(3,3)": "0.9578", "(1,2)": "0.8016", "(3,2)": "0.7003",
            "(1,1)": "0.7453", "(2,1)": "0.6953", "(3,1)": "0.6514", "(4,1)": "0.4279",
        },
    ),
    # Sutton & Barto 2018, figure 3.2: the random policy, row by row from the top
    (
        {"mdp": FIVE_BY_FIVE, "policy": "uniform"},
        {
            "(1,5)": "3.3", "(2,5)": "8.8", "(3,5)": "4.4", "(4,5)": "5.3", "(5,5)": "1.5",
            "(1,4)": "1.5", "(2,4)": "3.0", "(3,4)": "2.3", "(4,4)": "1.9", "(5,4)": "0.5",
            "(1,3)": "0.1", "(2,3)": "0.7", "(3,3)": "0.7", "(4,3)": "0.4", "(5,3)": "-0.4",
            "(1,2)": "-1.0", "(2,2)": "-0.4", "(3,2)": "-0.4", "(4,2)": "-0.6", "(5,2)": "-1.2",
            "(1,1)": "-1.9", "(2,1)": "-1.3", "(3,1)": "-1.2", "(4,1)": "-1.4", "(5,1)": "-2.0",
        },
    ),
    # Figure 3.5: the best policy, with all its ties
    (
        {"mdp": FIVE_BY_FIVE},
        {
            "(1,5)": "22.0", "(2,5)": "24.4", "(3,5)": "22.0", "(4,5)": "19.4", "(5,5)": "17.5",
            "(1,4)": "19.8", "(2,4)": "22.0", "(3,4)": "19.8", "(4,4)": "17.8", "(5,4)": "16.0",
            "(1,3)": "17.8", "(2,3)": "19.8", "(3,3)": "17.8", "(4,3)": "16.0", "(5,3)": "14.4",
            "(1,2)": "16.0", "(2,2)": "17.8", "(3,2)": "16.0", "(4,2)": "14.4", "(5,2)": "13.0",
            "(1,1)": "14.4", "(2,1)": "16.0", "(3,1)": "14.4", "(4,1)": "13.0", "(5,1)": "11.7",
            "pi(1,5)": "right", "pi(2,5)": "up or right or down or left", "pi(1,4)": "up or right",
            "pi(5,5)": "left", "pi(5,1)": "up or left",
        },
    ),
    # Figure 4.1: the random policy after 1, 2, 3 and 10 sweeps. At k = 2 the book prints −1.7 for −1.75
    ({"mdp": SMALL_GRID, "policy": "uniform", "sweeps": 1}, {"(2,4)": -1, "(3,4)": -1, "(1,4)": 0}),
    ({"mdp": SMALL_GRID, "policy": "uniform", "sweeps": 2}, {"(2,4)": "-1.75", "(3,4)": -2, "(2,3)": -2}),
    (
        {"mdp": SMALL_GRID, "policy": "uniform", "sweeps": 3},
        {"(2,4)": "-2.4", "(3,4)": "-2.9", "(4,4)": "-3.0", "(2,3)": "-2.9", "(3,3)": "-3.0"},
    ),
    (
        {"mdp": SMALL_GRID, "policy": "uniform", "sweeps": 10},
        {"(2,4)": "-6.1", "(3,4)": "-8.4", "(4,4)": "-9.0", "(2,3)": "-7.7", "(3,3)": "-8.4"},
    ),
    (
        {"mdp": SMALL_GRID, "policy": "uniform"},
        {"(2,4)": "-14", "(3,4)": "-20", "(4,4)": "-22", "(2,3)": "-18", "(3,3)": "-20"},
    ),
]  # fmt: skip
MISTAKES = {
    "q[k,s,a]": {
        "slipping is forgotten": "r[s,a] + gamma*max(V[k-1,n] for n in S if p[s,a,n] > 0)",
        "the living reward is left out": "gamma*sum(p[s,a,n]*V[k-1,n] for n in S)",
        "the discount is forgotten": "r[s,a] + sum(p[s,a,n]*V[k-1,n] for n in S)",
    }
}
Policy = Literal["optimal", "uniform", "given"]

_CELL = re.compile(r"\((\d{1,6}),\s?(\d{1,6})\)")
_WIDEST = 1000


def solve(
    mdp: Process,
    gamma: Number | None = None,
    policy: Policy | str = "optimal",
    sweeps: Number | None = None,
    tolerance: Number | None = None,
    in_place: bool = False,
    start: str | None = None,
) -> Solution:
    """Value iteration on a drawn world (or the values of a policy), drawn as a grid with arrows for all best moves.

    mdp        a drawn world (--template=world.txt prints one), or a file whose states are called (column,row);
               - for standard input
    gamma      the discount; without it the file's own
    policy     optimal: the best moves; uniform: every move equally often; given: the file's; or "(1,1)=up, …"
    sweeps     exactly so many, the first two line by line; without it until no value changes by `tolerance`
    tolerance  the largest change (sup norm) at which to stop; without it 10⁻⁶
    in_place   use each new value at once; without it a sweep uses the old values only
    start      the values begun with: "(1,1)=0, (2,1)=5", or one number for all; without it 0

    The drawing says `reward = leaving` (an end earns its worth on the way out, each move the living reward)
    or `reward = entering` (the move into an end earns the end's worth instead of the living reward).

    Raises InputError where the states are no cells.
    """
    rows = _rows(mdp)

    def draw(work: Work, detailed: int) -> None:
        best = policy == "optimal"
        for k in range(1, detailed + 1):
            numbered: list[list[Any]] = [[state and (k, state) for state in row] for row in rows]
            work.map(f"Sweep {k}", numbered, f"V[{k},s]")
        work.map("Values and best moves" if best else "Values", rows, "V[s]", "pi[s]" if best else "")

    if policy == "optimal":
        return optimal_values(mdp, gamma, sweeps, tolerance, in_place, start, draw)
    return policy_values(mdp, gamma, policy, sweeps, tolerance, in_place, start, draw)


def _rows(mdp: MDP) -> list[list[str | None]]:
    """The states where they lie, from the top; None where there is none. Large worlds are not drawn."""
    if len(mdp.states) > _WIDEST:
        return []
    cells: dict[tuple[int, int], str] = {}
    for state in mdp.states:
        match = _CELL.fullmatch(state)
        if match is None:
            raise InputError(f"mdp: the state {state} is no cell (column,row); value-iteration takes any process")
        cells[int(match[1]), int(match[2])] = state
    columns, heights = [column for column, _ in cells], [row for _, row in cells]
    if max(max(columns) - min(columns), max(heights) - min(heights)) >= _WIDEST:
        raise InputError(f"mdp: the cells lie more than {_WIDEST} apart")
    return [
        [cells.get((column, row)) for column in range(min(columns), max(columns) + 1)]
        for row in range(max(heights), min(heights) - 1, -1)
    ]


def sample(rng: Random) -> dict[str, Any]:
    """Four to six cells with an end at the right, sometimes slippery."""
    top, bottom = rng.choice(["..+", ".#+", ".+"]), rng.choice(["...", "..-"])
    slip, living = rng.choice(["0", "0.2", "1/2"]), rng.choice(["0", "-0.1", "-1"])
    reward, gamma = rng.choice(["leaving", "entering"]), rng.choice(["0.9", "1/2"])
    header = f"slip = {slip}\nliving-reward = {living}\ngamma = {gamma}\nreward = {reward}"
    drawn = MDP.from_world(f"{header}\n\n{top}\n{bottom[: len(top)]}\n")
    policy = rng.choice(["optimal", "optimal", "uniform"])
    given = {"mdp": drawn, "policy": policy, "in_place": rng.random() < 0.2}
    return given | ({"sweeps": rng.randint(1, 4)} if rng.random() < 0.8 else {})


def reference(
    mdp: Any, gamma: Any = None, policy: str = "optimal", sweeps: Any = None, tolerance: Any = None,
    in_place: bool = False, start: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Plain floats over the rows of the process, state by state."""
    from revise.solvers.reinforcement._plain import best_by_rows, weighed_by_rows

    discount = float(discount_of(mdp, gamma))
    if policy == "optimal":
        return dict(best_by_rows(mdp, discount, sweeps, tolerance, in_place, start))
    return dict(weighed_by_rows(mdp, discount, policy, sweeps, tolerance, in_place, start))
