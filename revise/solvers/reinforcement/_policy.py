"""An MDP under a policy: what is taken where, where it ends, and the tables of the equations."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal

from revise.errors import InputError
from revise.expression import Node
from revise.mdp import MDP, Number, Row

Policy = Literal["uniform", "given"]


@dataclass(frozen=True)
class Followed:
    """`mdp` when a policy is followed.

    shares  state → {action: how often it is taken, above 0}; in a reward process the action is None
    ended   state → what ending there is worth; nothing follows these states
    rows    the transitions the policy can take
    """

    mdp: MDP
    policy: Policy | None
    shares: Mapping[str, Mapping[str | None, Number]]
    ended: Mapping[str, Number]
    rows: Mapping[Row, tuple[Number, Number]]

    @cached_property
    def on_leaving(self) -> bool:
        """Whether the reward is known before the next state is."""
        rewards: dict[Any, set[Number]] = {}
        for (state, action, _), (_, reward) in self.rows.items():
            rewards.setdefault((state, action), set()).add(reward)
        return all(len(each) == 1 for each in rewards.values())

    @cached_property
    def branching(self) -> frozenset[str]:
        """The states in which an action that is taken can lead to several states."""
        return frozenset(state for (state, _, _), (probability, _) in self.rows.items() if probability != 1)

    def tables(self) -> dict[str, Any]:
        """S, A and the tables p, r, to (where the next state is certain), pi or d (the one action), z (ends).

        p and pi have every entry; r has those of `rows`, and every state where it depends on nothing else.
        """
        states, actions = self.mdp.states, self.mdp.actions
        keys: list[Any] = [(s, n) for s in states for n in states]
        if actions:
            keys = [(s, a, n) for s in states for a in actions for n in states]
        p: dict[Any, Number] = dict.fromkeys(keys, 0)
        r: dict[Any, Number] = {} if actions or not self.on_leaving else dict.fromkeys(states, 0)
        to: dict[Any, str] = {}
        for (state, action, after), (probability, reward) in self.rows.items():
            pair: Any = (state, action) if actions else state
            full = (state, action, after) if actions else (state, after)
            p[full] = probability
            r[pair if self.on_leaving else full] = reward
            if probability == 1:
                to[pair] = after
        single = {state: next(iter(taken)) for state, taken in self.shares.items() if actions and len(taken) == 1}
        pi = {(s, a): self.shares.get(s, {}).get(a, 0) for s in states for a in actions}
        return {
            "S": states, "A": actions or None, "p": p, "r": r, "to": to or None, "pi": pi or None, "d": single or None,
            "z": {state: self.ended.get(state, 0) for state in states} if any(self.ended.values()) else None,
        }  # fmt: skip


def follow(mdp: MDP, policy: Policy | None, gamma: Any) -> Followed:
    """`mdp` under `policy` (None: the file's table where there is one, else uniform) at the discount `gamma`.

    Raises InputError where there is no such policy, and where gamma = 1 leaves the sum of rewards without end.
    """
    kind = policy or (None if not mdp.actions else "given" if mdp.policy else "uniform")
    shares = _shares(mdp, kind)
    rows = {row: outcome for row, outcome in mdp.transitions.items() if row[1] in shares.get(row[0], {})}
    ended = dict(mdp.terminal)
    if not isinstance(gamma, Node) and gamma == 1:
        ended |= dict.fromkeys(_quiet(mdp.states, shares, rows), 0)
    shares = {state: taken for state, taken in shares.items() if state not in ended}
    return Followed(mdp, kind, shares, ended, {row: outcome for row, outcome in rows.items() if row[0] not in ended})


def _shares(mdp: MDP, policy: Policy | None) -> dict[str, Mapping[str | None, Number]]:
    available = {state: has for state, has in mdp.available().items() if has}
    if not mdp.actions:
        if policy is not None:
            raise InputError("policy: this is a reward process; it has no actions to choose from")
        return {state: {None: 1} for state in available}
    if policy == "uniform":
        return {state: dict.fromkeys(has, Fraction(1, len(has))) for state, has in available.items()}
    if not mdp.policy:
        raise InputError("policy: the file has no table [policy]; --policy uniform needs none")
    return {
        state: {action: mdp.policy[state][action] for action in has if action and mdp.policy[state].get(action)}
        for state, has in available.items()
    }


def _quiet(
    states: tuple[str, ...],
    shares: Mapping[str, Mapping[str | None, Number]],
    rows: Mapping[Row, tuple[Number, Number]],
) -> list[str]:
    """The states of recurrent classes in which nothing is earned: undiscounted, they are worth 0."""
    after: dict[str, set[str]] = {state: set() for state in states}
    expected: dict[str, Number] = dict.fromkeys(states, 0)
    for (state, action, following), (probability, reward) in rows.items():
        after[state].add(following)
        expected[state] += shares[state][action] * probability * reward
    reached = {state: _reached(state, after) for state in states}
    recurrent = [state for state in states if after[state] and all(state in reached[n] for n in reached[state])]
    for state in recurrent:
        if expected[state] != 0:
            loop = [other for other in states if other in reached[state]]
            listed = ", ".join(loop[:6]) + (", …" if len(loop) > 6 else "")
            raise InputError(
                f"gamma = 1: I − P is singular. Once in {listed}, the process never leaves (a recurrent class) and "
                f"goes on earning: {expected[state]} from={state}, so the sum of rewards never ends. "
                f"Take gamma below 1, or let a terminal state be reached"
            )
    return recurrent


def _reached(start: str, after: Mapping[str, set[str]]) -> set[str]:
    """The states that can follow `start` after one step or more."""
    found: set[str] = set()
    waiting = list(after[start])
    while waiting:
        state = waiting.pop()
        if state not in found:
            found.add(state)
            waiting.extend(after[state])
    return found
