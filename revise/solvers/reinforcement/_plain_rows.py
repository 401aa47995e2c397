"""Q-learning's and SARSA's updates once more, in plain floats."""

from collections.abc import Callable
from typing import Any

from revise.solvers.reinforcement._action_values import available_actions
from revise.solvers.reinforcement._episode import Episodes, Row
from revise.solvers.reinforcement._starting import read_start, read_terminal


def in_float(
    episode: Episodes, alpha: Any, gamma: Any, start: str | None, terminal: str | None, actions: str | None,
    follow: Callable[[dict[str, dict[str, float]], Row, Row | None], float | None],
) -> dict[str, Any]:  # fmt: skip
    """Plain floats, row by row: the values of the pairs that were updated. `follow` is what the next state counts."""
    every, own = read_start(start)
    ends = set(read_terminal(terminal, episode, (key.split(" ")[0] for key in own)))
    states = {*episode.states(), *(key.split(" ")[0] for key in own)} - ends
    seen = tuple({*(str(row.action) for row in episode.rows), *(key.split(" ")[1] for key in own)})
    lists = available_actions(actions, sorted(states), seen)
    q = {s: {a: float(own.get(f"{s} {a}", every)) for a in lists[s]} for s in states}
    times: dict[tuple[str, str], int] = {}
    found: dict[str, Any] = {}
    for each in episode.episodes:
        for position, row in enumerate(each):
            ahead = each[position + 1] if position + 1 < len(each) else None
            if row.reward is None:
                continue
            worth = 0.0 if row.after in ends else follow(q, row, ahead)
            if worth is None:
                continue
            pair = row.state, str(row.action)
            times[pair] = times.get(pair, 0) + 1
            rate = 1 / times[pair] if alpha == "1/n" else float(alpha)
            q[pair[0]][pair[1]] = (1 - rate) * q[pair[0]][pair[1]] + rate * (float(row.reward) + float(gamma) * worth)
            found[f"Q({pair[0]},{pair[1]})"] = q[pair[0]][pair[1]]
    return found
