"""One look ahead, the best actions with their ties, and the bound on the error."""

from collections.abc import Mapping, Sequence
from typing import Any

from revise.solution import Work
from revise.solvers.reinforcement._decisions import LOOK_AHEAD, Form, bracketed

BEST = {
    True: "max(q[s,a] for a in A)",
    False: "max(q[s,a] for a in A if has[s,a] > 0)",
}
GREEDY = {
    True: "ties[s,argmax(q[s,a] for a in A)]",
    False: "ties[s,argmax(q[s,a] for a in A if has[s,a] > 0)]",
}
TIED = "the best action; ties(s,a) is a with all actions level with it, to 10⁻¹⁰"
_TIE = 1e-10


def level_actions(values: Mapping[str, Any]) -> dict[str, str]:
    """Action → the actions whose values are level with it within 1e-10 (of larger values: relative), joined by "or"."""
    return {
        action: " or ".join(
            other
            for other, theirs in values.items()
            if abs(float(theirs) - float(value)) <= _TIE * max(1, abs(float(value)))
        )
        for action, value in values.items()
    }


def look_ahead(
    work: Work, form: Form, available: Mapping[str, Sequence[str]], title: str, update: bool = False
) -> None:
    """q[s,a] of the actions of each state with the values V that stand, a step each."""
    for state, actions in available.items():
        for action in actions:
            work.let("q[s,a]", LOOK_AHEAD[form], "look ahead", table=title, update=update, s=state, a=action)


def greedy(work: Work, full: bool, available: Mapping[str, Sequence[str]], title: str) -> None:
    """pi[s] of each state: all actions whose q is the largest, as words."""
    add_ties(work, work.env["q"], available)
    for state in available:
        work.let("pi[s]", GREEDY[full], TIED, table=title, s=state)


def add_ties(work: Work, q: Mapping[Any, Any], available: Mapping[str, Sequence[str]]) -> None:
    """The table `ties`: (state, action) → the action with all that are level with it, as words."""
    ties: dict[tuple[str, str], str] = {}
    for state, actions in available.items():
        level = level_actions({action: q[state, action] for action in actions})
        ties |= {(state, action): tied for action, tied in level.items()}
    work.given["ties"] = work.env["ties"] = ties


def bound(work: Work, k: int | None = None) -> None:
    """How far V is from the true values at most, from the largest change of the last sweep."""
    if work.given["gamma"] == 1:
        work.note("With γ = 1 a sweep is no contraction: the largest change gives no bound on the error.")
    elif k is None:
        work.let("B", "gamma/(1 - gamma)*Delta", _BOUND)
    else:
        work.let("B", "gamma/(1 - gamma)*Delta[k]", _BOUND, k=k)


_BOUND = "bound on the error: no value is farther than this from the true one"


def policy_word(state: str) -> str:
    """How an answer calls the best actions of a state."""
    return f"pi{bracketed(state)}"
