"""SARSA and expected SARSA over listed episodes, row by row."""

from fractions import Fraction
from itertools import zip_longest
from random import Random
from typing import Any, Literal

from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Number
from revise.solution import Solution
from revise.solvers.reinforcement import _action_values
from revise.solvers.reinforcement._action_values import Learner, learner, place
from revise.solvers.reinforcement._drawn_episodes import drawn
from revise.solvers.reinforcement._episode import Episodes, Row
from revise.solvers.reinforcement._plain_rows import in_float

SERVES: dict[str, dict[str, object]] = {"sarsa": {}, "expected-sarsa": {"target": "expected"}}
SOURCE = "Sutton & Barto 2018, sections 6.4 and 6.6, equations 6.7 and 6.9"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Sutton & Barto 2018, exercise 6.3: the first episode of the random walk changes V(A) only, from 0.5 to 0.45.
    # With a single action in every state SARSA is TD(0), and so is expected SARSA
    *(
        (
            {"episode": "C go 0 B; B go 0 A; A go 0 left", "alpha": "0.1", "gamma": 1, "start": "0.5", **more},
            {"Q(A,go)": Fraction(9, 20), "Q(B,go)": Fraction(1, 2), "Q(C,go)": Fraction(1, 2)},
        )
        for more in ({}, {"target": "expected", "epsilon": "0.1"})
    ),
]  # fmt: skip
MISTAKES = {
    "m[t]": {
        "the best next action: that is Q-learning": "max(Q[n,b] for b in A)",
        "the worst next action": "min(Q[n,b] for b in A)",
    },
    **_action_values.MISTAKES,
}
DOMAIN = {"alpha": (0, 1), "gamma": (0, 1), "epsilon": (0, 1)}
_EXPECTED = {
    True: "epsilon*sum(Q[n,b] for b in A)/len(A) + (1 - epsilon)*max(Q[n,b] for b in A)",
    False: "epsilon*sum(Q[n,b] for b in A if has[n,b] > 0)/sum(has[n,b] for b in A)"
    " + (1 - epsilon)*max(Q[n,b] for b in A if has[n,b] > 0)",
}


def solve(
    episode: Episodes,
    alpha: Number | Literal["1/n"],
    gamma: Number = 1,
    start: str | None = None,
    target: Literal["taken", "expected"] = "taken",
    epsilon: Number | None = None,
    terminal: str | None = None,
    actions: str | None = None,
) -> Solution:
    """Q(s,a) ← Q(s,a) + α (r + γ Q(s′,a′) − Q(s,a)) for each row, a′ the action of the next row; the table after it.

    episode   "A right 1 B; B left 0 end": state, action, reward, next state; | between episodes. Where it breaks
              off, a last "B left" says the next action. A file, or - for standard input
    alpha     the step size; a letter; 1/n: one over the times the pair was updated
    gamma     the discount; a letter stays
    start     the table to begin with: "A right=1, B left=2", or one number for all; without it 0
    target    taken: the action that the episode takes next (SARSA); expected: the mean over the policy's actions
    epsilon   of the ε-greedy policy in the expected target: ε is shared by all actions, the best one has 1 − ε
              more; 1 is the uniform policy. Actions that tie share, which leaves the mean as it is
    terminal  the states worth 0: "end"; `none` for none. Without it those that no row begins in
    actions   "A: left, right; B: stay", or "left, right" for all; without it every state has every action seen

    Raises InputError naming the row where rows do not follow on each other.
    """
    following = _following(episode) if target == "taken" else {}
    found = learner(episode, alpha, gamma, start, terminal, actions, epsilon=epsilon, c=following or None)
    found.work.called(c="next actions" if found.table else "")
    if target == "taken":
        if epsilon is not None:
            raise InputError("epsilon: SARSA takes the next action from the episode; it belongs to --target expected")
        episode.check_joined("SARSA takes the next action from it")
        found.work.note("On-policy: the target takes the action that the episode takes next.")
        return found.run(_taken, alpha == "1/n")
    if epsilon is None or (not isinstance(epsilon, Node) and not 0 <= epsilon <= 1):
        raise InputError("epsilon: the expected target needs the ε of its ε-greedy policy, from 0 to 1")
    found.work.note("The target takes the mean over the ε-greedy policy's next actions; with ε = 0 it is Q-learning's.")
    return found.run(_expected, alpha == "1/n")


def _following(episode: Episodes) -> dict[int, str]:
    """Row → the action of the row after it, in the same episode."""
    found: dict[int, str] = {}
    t = 0
    for each in episode.episodes:
        for row, ahead in zip_longest(each, each[1:]):
            t += row.reward is not None
            if ahead is not None:
                found[t] = str(ahead.action)
    return found


def _taken(found: Learner, t: int, row: Row, ahead: Row | None) -> str | None:
    if row.after in found.terminal:
        found.work.let("m[t]", "0", "terminal: nothing follows", table=found.table, **place(t, row))
        return None
    if ahead is None:
        return f"Row {t} has no next action, so no update: a last row such as `{row.after} left` would say it."
    if found.table:
        found.work.let("m[t]", "Q[n,c[t]]", "c is the action of the next row", table=found.table, **place(t, row))
    else:
        found.work.let("m[t]", "Q[n,b]", f"the next row takes {ahead.action}", **place(t, row), b=str(ahead.action))
    return None


def _expected(found: Learner, t: int, row: Row, ahead: Row | None) -> None:
    if row.after in found.terminal:
        found.work.let("m[t]", "0", "terminal: nothing follows", table=found.table, **place(t, row))
        return
    why = "the mean over the policy's next actions: ε shared by all, the rest on the best"
    found.work.let("m[t]", _EXPECTED[found.full], why, table=found.table, **place(t, row))


def sample(rng: Random) -> dict[str, Any]:
    """Three to five rows among three states."""
    return drawn(rng) | (
        {"target": "expected", "epsilon": rng.choice(["0.1", "1/2", "1"])} if rng.random() < 0.4 else {}
    )


def reference(
    episode: Episodes, alpha: Any, gamma: Any = 1, start: str | None = None, target: str = "taken",
    epsilon: Any = None, terminal: str | None = None, actions: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Plain floats, row by row; the expected target from the policy's probabilities, ties sharing."""

    def taken(q: dict[str, dict[str, float]], row: Row, ahead: Row | None) -> float | None:
        return None if ahead is None else q[row.after][str(ahead.action)]

    def expected(q: dict[str, dict[str, float]], row: Row, ahead: Row | None) -> float:
        values = list(q[row.after].values())
        best = [value == max(values) for value in values]
        shares = [float(epsilon) / len(values) + (1 - float(epsilon)) * each / sum(best) for each in best]
        return sum(share * value for share, value in zip(shares, values, strict=True))

    follow = taken if target == "taken" else expected
    return in_float(episode, alpha, gamma, start, terminal, actions, follow)
