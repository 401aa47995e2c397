"""Reference: sweeps in plain floats over the rows as they stand, sharing nothing with the tables or the arrays."""

import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from revise.errors import InputError
from revise.mdp import MDP

Values = dict[str, float]
Choose = Callable[[str, Values], float]

_MANY = 300  # states, beyond which NumPy sums the rows up


def best_by_rows(
    mdp: MDP, gamma: float, sweeps: Any = None, tolerance: Any = None, in_place: bool = False, start: str | None = None
) -> Values:
    """Value iteration; `tolerance` is 1e-6 where it is not given."""
    return _swept(mdp, gamma, sweeps, tolerance, in_place, start, None)


def weighed_by_rows(
    mdp: MDP, gamma: float, policy: str | None, sweeps: Any = None, tolerance: Any = None, in_place: bool = False,
    start: str | None = None,
) -> Values:  # fmt: skip
    """Policy evaluation; `policy` as it was typed."""
    return _swept(mdp, gamma, sweeps, tolerance, in_place, start, _shares(mdp, policy))


def q_by_rows(mdp: MDP, gamma: float, values: Mapping[str, float]) -> dict[str, Values]:
    """State → action → its value."""
    q: dict[str, Values] = {}
    for (state, action, after), (probability, reward) in mdp.transitions.items():
        of_state = q.setdefault(state, {})
        earned = float(probability) * (float(reward) + gamma * values[after])
        of_state[str(action)] = of_state.get(str(action), 0.0) + earned
    return q


def typed_values(mdp: MDP, text: str | None) -> Values:
    """`A=1, (1,2)=3` or one number for all; the rest are 0, ends have their worth."""
    found = dict.fromkeys(mdp.states, 0.0)
    if text and "=" not in text:
        found = dict.fromkeys(mdp.states, float(Fraction(text)))
    elif text:
        found |= {state: float(Fraction(number)) for state, number in _typed(text)}
    return found | {state: float(worth) for state, worth in mdp.terminal.items()}


def _typed(text: str) -> list[tuple[str, str]]:
    return re.findall(r"\s*([^=;]+?)\s*=\s*([^,;]+?)\s*(?:[,;]|$)", text)


def _shares(mdp: MDP, policy: str | None) -> dict[tuple[str, str], float]:
    has: dict[str, list[str]] = {}
    for state, action, _ in mdp.transitions:
        if str(action) not in has.setdefault(state, []):
            has[state].append(str(action))
    if policy == "given" or (policy is None and mdp.policy):
        return {(s, a): float(share) for s, each in mdp.policy.items() for a, share in each.items()}
    if policy in (None, "uniform"):
        return {(s, a): 1 / len(actions) for s, actions in has.items() for a in actions}
    return dict.fromkeys(_typed(str(policy)), 1.0)


def _swept(
    mdp: MDP, gamma: float, sweeps: Any, tolerance: Any, in_place: bool, start: str | None,
    shares: dict[tuple[str, str], float] | None,
) -> Values:  # fmt: skip
    count, least = None if sweeps is None else int(sweeps), float(tolerance or 1e-6)
    values = typed_values(mdp, start)
    if len(values) > _MANY:
        if in_place:
            raise InputError(f"in_place: the second engine sweeps in place over at most {_MANY} states")
        values, change = _summed(mdp, gamma, count, least, values, shares)
    else:
        values, change = _by_states(mdp, gamma, count, least, in_place, values, shares)
    bound = {"error bound": gamma / (1 - gamma) * change} if gamma != 1 else {}
    return {**values, "largest change": change, **bound}


def _by_states(
    mdp: MDP, gamma: float, count: int | None, least: float, in_place: bool, values: Values,
    shares: dict[tuple[str, str], float] | None,
) -> tuple[Values, float]:  # fmt: skip
    def chosen(state: str, q: Values) -> float:
        if shares is None:
            return max(q.values())
        return sum(shares.get((state, action), 0.0) * value for action, value in q.items())

    change, made = least, 0
    while made < count if count is not None else change >= least:
        before = dict(values)
        q = q_by_rows(mdp, gamma, before)
        for state in q:
            values[state] = chosen(state, q_by_rows(mdp, gamma, values)[state] if in_place else q[state])
        change = max(abs(values[state] - before[state]) for state in values)
        made += 1
    return values, change


def _summed(
    mdp: MDP, gamma: float, count: int | None, least: float, values: Values,
    shares: dict[tuple[str, str], float] | None,
) -> tuple[Values, float]:  # fmt: skip
    """The same with every row an entry of NumPy's arrays."""
    import numpy as np

    place = {state: i for i, state in enumerate(values)}
    pairs: dict[tuple[str, str], int] = {}
    which = np.array([pairs.setdefault((s, str(a)), len(pairs)) for s, a, _ in mdp.transitions])
    after = np.array([place[n] for _, _, n in mdp.transitions])
    odds, rewards = (np.array([float(row[i]) for row in mdp.transitions.values()]) for i in (0, 1))
    owner = np.array([place[state] for state, _ in pairs])
    weights = None if shares is None else np.array([shares.get(pair, 0.0) for pair in pairs])
    known, change, made = np.array(list(values.values())), least, 0
    while made < count if count is not None else change >= least:
        q = np.bincount(which, odds * (rewards + gamma * known[after]), len(pairs))
        new = known.copy()
        if weights is None:
            new[owner] = -np.inf
            np.maximum.at(new, owner, q)
        else:
            new[owner] = np.bincount(owner, weights * q, len(known))[owner]
        change, known, made = float(np.abs(new - known).max()), new, made + 1
    return dict(zip(values, known.tolist(), strict=True)), change
