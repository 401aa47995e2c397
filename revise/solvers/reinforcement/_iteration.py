"""Iterating to the values of a decision process: written out where it is small, in arrays where it is not."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from revise.errors import InputError
from revise.expression import Node
from revise.mdp import MDP
from revise.parameters import whole
from revise.solution import Solution, Work
from revise.solvers.reinforcement._decisions import Decisions
from revise.solvers.reinforcement._greedy import bound, greedy, look_ahead, policy_word
from revise.solvers.reinforcement._runs import as_array, planned, uniform
from revise.solvers.reinforcement._summary import summary
from revise.solvers.reinforcement._sweeps import detail_fits, sweep
from revise.solvers.reinforcement._typed import discount_of, read_values

Draw = Callable[[Work, int], None]
"""Adds maps to a work; the number is that of the sweeps worked out line by line."""

_SHORT = 4  # states whose rows of probabilities have room among what is given
_MOST_SWEEPS = 1_000_000
_MOST_UPDATES = 5 * 10**9  # states times sweeps


def optimal_values(
    mdp: MDP,
    gamma: Any,
    sweeps: Any = None,
    tolerance: Any = None,
    in_place: bool = False,
    start: str | None = None,
    draw: Draw | None = None,
) -> Solution:
    """Value iteration, then the greedy policy."""
    discount, count, least, begun = _read(mdp, gamma, sweeps, tolerance, start)
    _need_actions(mdp)
    if not detail_fits(len(mdp.states), count):
        return _swept_in_arrays(mdp, discount, count, least, in_place, begun, None, draw)
    decisions = Decisions(mdp, discount)
    plan = replace(planned(decisions, count, least, begun, in_place), drawn=draw is not None)
    work = Work(gamma=discount, **plan.given())
    work.called(**_words(mdp))
    decisions.start(work)
    sweep(work, plan)
    title = "the best action: one more look ahead with these values"
    look_ahead(work, decisions.form, decisions.available, title)
    greedy(work, decisions.full, decisions.available, "greedy policy")
    bound(work, plan.count)
    if draw:
        draw(work, 0 if in_place else min(plan.count, 2))
    words = {policy_word(state): f"pi[{state}]" for state in decisions.available}
    return _answered(work, mdp, plan.count, words)


def policy_values(
    mdp: MDP,
    gamma: Any,
    policy: str | None,
    sweeps: Any = None,
    tolerance: Any = None,
    in_place: bool = False,
    start: str | None = None,
    draw: Draw | None = None,
) -> Solution:
    """The values of a policy by sweeps."""
    discount, count, least, begun = _read(mdp, gamma, sweeps, tolerance, start)
    _need_actions(mdp)
    if not detail_fits(len(mdp.states), count):
        return _swept_in_arrays(mdp, discount, count, least, in_place, begun, policy or "", draw)
    decisions = Decisions(mdp, discount)
    taken, only, told = decisions.shares(policy)
    plan = replace(planned(decisions, count, least, begun, in_place, taken, only), drawn=draw is not None)
    work = Work(gamma=discount, **plan.given())
    work.called(**_words(mdp))
    decisions.start(work)
    work.note(told)
    sweep(work, plan)
    bound(work, plan.count)
    if draw:
        draw(work, 0 if in_place else min(plan.count, 2))
    return _answered(work, mdp, plan.count, {})


def _words(mdp: MDP) -> dict[str, str]:
    """What given letters stand for; what has no room among what is given is not listed."""
    words = {"gamma": "discount", "V": "", "has": "", "r": "rewards", "R": "expected rewards", "pi": "policy"}
    return words | {"P": "" if len(mdp.states) > _SHORT else "rows of probabilities"}


def _answered(work: Work, mdp: MDP, count: int, words: dict[str, str]) -> Solution:
    named = {state: f"V[{state}]" for state in mdp.states} | words
    extra = {"largest change": f"Delta[{count}]"} | ({"error bound": "B"} if work.given["gamma"] != 1 else {})
    # words with a blank: no state typed on the command line is called so; a file's state goes first
    return work.answer({**named, **{word: name for word, name in extra.items() if word not in named}})


def _need_actions(mdp: MDP) -> None:
    if not mdp.actions:
        raise InputError("mdp: a reward process has no actions to choose from; its values come from mrp or bellman")


def _read(mdp: MDP, gamma: Any, sweeps: Any, tolerance: Any, start: str | None) -> tuple[Any, int | None, float, Any]:
    discount = discount_of(mdp, gamma)
    count = None if sweeps is None else whole(sweeps, "sweeps")
    if count is not None and count > _MOST_SWEEPS:
        raise InputError(f"sweeps: {count:,} are more than {_MOST_SWEEPS:,}")
    if count is not None and tolerance is not None:
        raise InputError("tolerance: with a number of --sweeps there is none; give one of the two")
    if count is not None and count * len(mdp.states) > _MOST_UPDATES:
        raise InputError(f"sweeps: {count:,} of {len(mdp.states):,} states take too long")
    if isinstance(tolerance, Node) or (tolerance is not None and not 0 < tolerance <= 10**6):
        given = "a letter" if isinstance(tolerance, Node) else tolerance
        raise InputError(f"tolerance: a number above 0 is asked for, not {given}")
    least = 1e-6 if tolerance is None else float(tolerance)
    return discount, count, least, read_values(start, mdp, "start") if start else {}


def _swept_in_arrays(
    mdp: MDP, gamma: Any, count: int | None, tolerance: float, in_place: bool, start: Any, policy: str | None,
    draw: Draw | None,
) -> Solution:  # fmt: skip
    from revise.mdp.arrays import policy_evaluation, value_iteration

    most, least = (100_000, tolerance) if count is None else (count, 0.0)
    begun = as_array([start.get(state, 0) for state in mdp.states]) if start else None

    def run_arrays(arrays: Any, discount: float) -> tuple[Any, Any]:
        if policy is None:
            return value_iteration(arrays, discount, least, most, in_place, begun), None
        if policy == "uniform" or (not policy and not mdp.policy):
            shares = uniform(arrays)
        else:
            taken, _, _ = Decisions(mdp, gamma).shares(policy or None)
            shares = as_array([[taken.get((s, a), 0) for s in mdp.states] for a in mdp.actions])
        return policy_evaluation(arrays, discount, shares, least, most, in_place, begun), shares

    method = "value iteration" if policy is None else "policy evaluation"
    return summary(mdp, gamma, run_arrays, tolerance if count is None else None, method,
                   None if draw is None else lambda work: draw(work, 0))  # fmt: skip
