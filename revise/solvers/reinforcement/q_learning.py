"""Q-learning over listed episodes: target, error and update, row by row."""

from random import Random
from typing import Any, Literal

from revise.parameters import Number
from revise.solution import Solution
from revise.solvers.reinforcement import _action_values
from revise.solvers.reinforcement._action_values import BEST, Learner, learner, place
from revise.solvers.reinforcement._drawn_episodes import drawn
from revise.solvers.reinforcement._episode import Episodes, Row
from revise.solvers.reinforcement._greedy import level_actions
from revise.solvers.reinforcement._plain_rows import in_float

SERVES: dict[str, dict[str, object]] = {"q-learning": {}}
SOURCE = "Watkins & Dayan 1992, Q-learning; Sutton & Barto 2018, section 6.5, equation 6.8"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Mitchell 1997, Machine learning, figure 13.2: reward 0, γ = 0.9, the best next value 100: the entry becomes 90
    # (α = 1: the old entry and the smaller next values do not count)
    (
        {
            "episode": "s1 right 0 s2",
            "alpha": 1,
            "gamma": "0.9",
            "start": "s1 right=73, s2 left=63, s2 down=81, s2 right=100",
        },
        {"Q(s1,right)": 90},
    ),
    # Teknomo 2005, Q-Learning by examples: rooms 0 to 5, an action is the room gone to, α = 1; Q(1,5), then Q(3,1)
    (
        {
            "episode": "1 5 100 5 | 3 1 0 1; 1 5 100 5",
            "alpha": 1,
            "gamma": "0.8",
            "terminal": "none",
            "actions": "1: 3, 5; 3: 1, 2, 4; 5: 1, 4, 5",
        },
        {"Q(1,5)": 100, "Q(3,1)": 80, "pi(3)": "1"},
    ),
]
MISTAKES = {
    "m[t]": {
        "the state left, not the one entered": "max(Q[s,b] for b in A)",
        "the average over the actions": "sum(Q[n,b] for b in A)/len(A)",
    },
    **_action_values.MISTAKES,
}
DOMAIN = {"alpha": (0, 1), "gamma": (0, 1)}


def solve(
    episode: Episodes,
    alpha: Number | Literal["1/n"],
    gamma: Number = 1,
    start: str | None = None,
    terminal: str | None = None,
    actions: str | None = None,
) -> Solution:
    """Q(s,a) ← Q(s,a) + α (r + γ maxᵦ Q(s′,b) − Q(s,a)) for each row; the table after it; the greedy action.

    episode   "A right 1 B; B left 0 end": state, action, reward, next state; | between episodes. Also
              "A right B 1" or "A right > B 1", next state before the reward. A file, or - for standard input
    alpha     the step size; a letter; 1/n: one over the times the pair was updated
    gamma     the discount; a letter stays
    start     the table to begin with: "A right=1, B left=2", or one number for all; without it 0
    terminal  the states worth 0: "end"; `none` for none. Without it those that no row begins in
    actions   "A: left, right; B: stay", or "left, right" for all; without it every state has every action seen

    Rows need not follow on each other: each is a sample of its own. Raises InputError naming the row.
    """
    found = learner(episode, alpha, gamma, start, terminal, actions)
    found.work.note("Off-policy: the target takes the best next action, whichever one the episode takes next.")
    return found.run(_next, alpha == "1/n")


def _next(found: Learner, t: int, row: Row, ahead: Row | None) -> None:
    at, table = place(t, row), found.table
    if row.after in found.terminal:
        found.work.let("m[t]", "0", "terminal: nothing follows", table=table, **at)
        return
    why = "the best value in the next state"
    if not table and not found.work.letters:
        q = found.work.env["Q"]
        values = {action: q[row.after, action] for action in found.available[row.after]}
        best = level_actions(values)[max(values, key=lambda action: values[action])]
        tied = " tie" if " or " in best else ""
        why += f" {row.after}: {best.replace(' or ', ' and ')}{tied}"
    found.work.let("m[t]", BEST[found.full], why, table=table, **at)


def sample(rng: Random) -> dict[str, Any]:
    """Three to five rows among three states."""
    return drawn(rng)


def reference(
    episode: Episodes, alpha: Any, gamma: Any = 1, start: str | None = None, terminal: str | None = None,
    actions: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Plain floats, row by row, as a weighted mean of the old value and the target."""
    return in_float(episode, alpha, gamma, start, terminal, actions, lambda q, row, _: max(q[row.after].values()))
