"""A decision process as the tables that look-aheads, sweeps and policies are written with."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, Literal

from revise.errors import InputError
from revise.mdp import MDP, Number
from revise.solution import Work
from revise.solvers.reinforcement._typed import read_policy

Form = Literal["certain", "leaving", "transition"]

FEW_STATES = 16
"""Up to so many states every value is written out."""
SOME_STATES = 400
"""Up to so many every value is an answer."""

# how an action is valued, by what its reward depends on
LOOK_AHEAD: dict[Form, str] = {
    "certain": "r[s,a] + gamma*V[to[s,a]]",
    "leaving": "r[s,a] + gamma*sum(p[s,a,n]*V[n] for n in S if p[s,a,n] > 0)",
    "transition": "sum(p[s,a,n]*(r[s,a,n] + gamma*V[n]) for n in S if p[s,a,n] > 0)",
}
_REWARDS: dict[Form, str] = {
    "certain": "Each reward belongs to the state left and the action taken.",
    "leaving": "Each reward belongs to the state left and the action taken, wherever it leads.",
    "transition": "Each reward belongs to a transition: it depends on the state that is entered.",
}


@dataclass(frozen=True)
class Decisions:
    """`mdp` with a number as its discount, to be chosen in.

    Raises InputError where there is nothing to choose.
    """

    mdp: MDP
    gamma: Any

    def __post_init__(self) -> None:
        if not self.mdp.actions:
            raise InputError("mdp: a reward process has no actions to choose from; its values come from mrp or bellman")

    @cached_property
    def available(self) -> dict[str, tuple[str, ...]]:
        """The actions of every state that is not terminal."""
        found: dict[str, tuple[str, ...]] = {}
        for state, actions in self.mdp.available().items():
            if actions:
                found[state] = tuple(str(action) for action in actions)
        return found

    @cached_property
    def pairs(self) -> list[tuple[str, str]]:
        return [(state, action) for state, actions in self.available.items() for action in actions]

    @cached_property
    def full(self) -> bool:
        """Whether every state has every action."""
        return len(self.pairs) == len(self.available) * len(self.mdp.actions)

    @cached_property
    def form(self) -> Form:
        rewards: dict[tuple[str, Any], set[Number]] = {}
        certain = True
        for (state, action, _), (probability, reward) in self.mdp.transitions.items():
            if probability:
                rewards.setdefault((state, action), set()).add(reward)
                certain = certain and probability == 1
        if certain:
            return "certain"
        return "leaving" if all(len(each) == 1 for each in rewards.values()) else "transition"

    @property
    def ends(self) -> Mapping[str, Number]:
        return self.mdp.terminal

    def tables(self) -> dict[str, Any]:
        """S, A and p, r, to, has: what LOOK_AHEAD and BEST are written with."""
        mdp, form = self.mdp, self.form
        to: dict[Any, str] = {}
        r: dict[Any, Number] = {}
        p: dict[Any, Number] = {} if form == "certain" else {(s, a, n): 0 for s, a in self.pairs for n in mdp.states}
        for (state, action, after), (probability, reward) in mdp.transitions.items():
            if not probability:
                continue
            if form == "certain":
                to[state, action] = after
            else:
                p[state, action, after] = probability
            r[(state, action, after) if form == "transition" else (state, action)] = reward
        return {"S": mdp.states, "A": mdp.actions, "p": p or None, "r": r, "to": to or None, "has": self._has()}

    def _has(self) -> dict[Any, int] | None:
        if self.full:
            return None
        return {(s, a): int(a in self.available.get(s, self.mdp.actions)) for s in self.mdp.states
                for a in self.mdp.actions}  # fmt: skip

    def rows(self) -> dict[str, Any]:
        """P[s,a], a row of probabilities, and R[s,a], the expected reward. At an end: zeros, and its worth."""
        mdp = self.mdp
        place = {state: i for i, state in enumerate(mdp.states)}
        lines: dict[Any, list[Number]] = {(s, a): [0] * len(place) for s, a in self.pairs}
        expected: dict[Any, Number] = dict.fromkeys(self.pairs, 0)
        for (state, action, after), (probability, reward) in mdp.transitions.items():
            lines[state, action][place[after]] = probability
            expected[state, action] += probability * reward
        for state, worth in self.ends.items():
            for action in mdp.actions:
                lines[state, action], expected[state, action] = [0] * len(place), worth
        known = {"r": expected} if self.form != "transition" else {"R": expected}
        return {"P": lines, **known}

    def shares(self, policy: str | None) -> tuple[dict[tuple[str, str], Number], dict[str, str] | None, str]:
        """How often each action is taken, the one action of each state where it is one, and what to say of it.

        `policy`: uniform, given (the file's), or typed `A=left, B=stay`; None: the file's, else uniform.
        """
        mdp = self.mdp
        kind = policy or ("given" if mdp.policy else "uniform")
        weights: dict[tuple[str, str], Number]
        if kind == "uniform":
            weights = {(s, a): Fraction(1, len(self.available[s])) for s, a in self.pairs}
            told = "The policy is uniform: in every state each action it has is equally likely."
        elif kind == "given":
            if not mdp.policy:
                raise InputError("policy: the file has no table [policy]; --policy uniform needs none")
            weights = {(s, a): mdp.policy[s].get(a, 0) for s, a in self.pairs}
            told = "The policy is the table [policy] of the file"
        else:
            chosen = read_policy(kind, mdp, self.available)
            weights = {(s, a): int(chosen[s] == a) for s, a in self.pairs}
            told = "The policy is the one typed"
        single = {s: a for (s, a), weight in weights.items() if weight == 1}
        only = single if len(single) == len(self.available) else None
        if kind != "uniform":
            listed = ", ".join(f"{s} {a}" for s, a in (only or {}).items())
            told += f": {listed}." if listed and len(single) <= FEW_STATES else "."
        return weights, only, told

    def start(self, work: Work) -> None:
        """Say what the letters mean and which convention of rewards and ends holds."""
        if self.mdp.naming:
            work.note(self.mdp.naming)
        work.note(drawn_rewards(self.mdp) or _REWARDS[self.form])
        certain = "to(s,a) is the state that action a leads to from s"
        where = certain if self.form == "certain" else "p(s,a,n) is the probability that action a leads from s to n"
        has = "" if self.full else "; has(s,a) is 1 where s has the action a, else 0"
        work.note(f"r is the reward, and {where}{has}.")
        worth = [f"V{bracketed(state)} = {_plain(value)}" for state, value in self.ends.items()]
        if worth and len(worth) <= FEW_STATES:
            work.note(f"Terminal, so nothing follows, and V is its worth throughout: {', '.join(worth)}.")


def drawn_rewards(mdp: MDP) -> str:
    """What is said of the rewards of a drawn world; nothing of other processes."""
    entering = getattr(mdp, "entering", None)
    if entering is None:
        return ""
    if entering:
        return "Reward on entering: a move into an end earns the end's worth, any other move the living reward."
    return "Reward on leaving: every move earns the living reward; an end has its worth as its value."


def told_rows(given: Mapping[str, Any]) -> str:
    """What the letters of the matrices of a policy stand for, of those among `given`."""
    meanings = {"T": "the row of probabilities of an action", "E": "its expected reward", "w": "how often it is taken"}
    told = ", ".join(f"{letter}(s,a) is {meaning}" for letter, meaning in meanings.items() if letter in given)
    return f"{told}. Vectors and matrices have the states in the order {', '.join(given['S'])}."


def bracketed(state: str) -> str:
    """(A), and (1,2) as it is."""
    return state if state.startswith("(") and state.endswith(")") else f"({state})"


def _plain(value: Number) -> str:
    return f"{float(value):g}".replace("-", "−")
