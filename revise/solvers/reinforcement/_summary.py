"""A process too large to write out: it is swept in arrays, and a few states are checked by hand."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from revise.errors import InputError
from revise.mdp import MDP
from revise.solution import Solution, Work
from revise.solvers.reinforcement._decisions import SOME_STATES, drawn_rewards
from revise.solvers.reinforcement._greedy import BEST, bound, greedy, look_ahead, policy_word
from revise.solvers.reinforcement._runs import check_converged, check_ends, uniform

if TYPE_CHECKING:
    from revise.mdp.arrays import Run
    from revise.mdp.tables import Floats, Tables

_WEIGHED = "sum(pi[s,a]*q[s,a] for a in A if pi[s,a] > 0)"
_MOST_ROUNDS = 10_000  # states of policy iteration
_CHECKED = 3  # states
_ANSWERED = 64  # states up to which all values are answers


def summary(
    mdp: MDP,
    gamma: Any,
    run_arrays: "Callable[[Tables, float], tuple[Run, Floats | None]]",
    tolerance: float | None,
    method: str,
    draw: Callable[[Work], None] | None = None,
) -> Solution:
    """The values after the sweeps of `run_arrays`, which gives its policy (A, N), or None where the best is sought."""
    from revise.mdp.arrays import tables

    arrays = tables(mdp)
    if tolerance is not None:
        check_ends(mdp, gamma, arrays)
    run, policy = run_arrays(arrays, float(gamma))
    if tolerance is not None:
        check_converged(run, float(gamma), tolerance)
    local = _Local(mdp, arrays, run, policy)
    work = Work(gamma=gamma, K=run.sweeps, Delta=run.residuals[-1], **local.given())
    work.called(gamma="discount", K="sweeps", Delta="largest change of the last sweep")
    local.show(work, method, f"values after sweep {run.sweeps}")
    bound(work)
    if policy is None:
        greedy(work, False, local.available, "greedy policy")
    if draw and local.everything:
        draw(work)
    return local.answer(work)


def rounds_summary(mdp: MDP, gamma: Any, uniform_first: bool) -> Solution:
    """Policy iteration in arrays, from each state's first action or from the uniform policy."""
    import numpy as np

    from revise.mdp.arrays import policy_iteration, tables

    if len(mdp.states) > _MOST_ROUNDS:
        raise InputError(f"mdp: {len(mdp.states):,} states are more than {_MOST_ROUNDS:,}; take value-iteration")
    arrays = tables(mdp)
    check_ends(mdp, gamma, arrays)
    run = policy_iteration(arrays, float(gamma), policy=uniform(arrays) if uniform_first else None)
    if not run.converged:
        raise InputError(
            f"policy: the rounds ended without a policy that stays, after {run.sweeps}"
            + (
                "; with gamma = 1 a policy on the way may never end: --policy uniform, or a gamma below 1"
                * (gamma == 1)
            )
        )
    change = np.where(arrays.live, run.q.max(axis=0), run.values) - run.values
    local = _Local(mdp, arrays, run, None)
    work = Work(gamma=gamma, K=run.sweeps, Delta=float(np.abs(change).max()), **local.given())
    work.called(gamma="discount", K="rounds", Delta="largest change by one more look ahead")
    local.show(work, "policy iteration", f"values of round {run.sweeps}")
    if gamma != 1:
        work.let("B", "Delta/(1 - gamma)", "bound on the error: no value is farther than this from the true one")
    greedy(work, False, local.available, "optimal policy")
    return local.answer(work)


class _Local:
    """The states that are shown: all of a few hundred, else those that are checked and what follows them.

    checked    the first state, that of the highest and that of the lowest value
    available  state → actions, of the states whose policy is shown
    """

    def __init__(self, mdp: MDP, arrays: "Tables", run: "Run", policy: "Floats | None") -> None:
        self.mdp, self.arrays, self.run, self.policy = mdp, arrays, run, policy
        self.everything = len(mdp.states) <= SOME_STATES
        live = arrays.live.nonzero()[0]
        values = run.values[live]
        places = [int(live[place]) for place in (_start(mdp, arrays), values.argmax(), values.argmin())]
        self.places = list(dict.fromkeys(places))[:_CHECKED]
        self.checked = [mdp.states[place] for place in self.places]
        near = {int(n) for place in self.places for n in arrays.after[:, :, place].flat}
        shown = range(len(mdp.states)) if self.everything else sorted({*near, *self.places})
        self.numbers = {mdp.states[place]: place for place in shown}
        self.listed = list(self.numbers)
        chosen = [each for each in shown if arrays.live[each]] if self.everything else self.places
        self.available = {mdp.states[each]: self._actions(each) for each in chosen}

    def _actions(self, place: int) -> list[str]:
        return [self.mdp.actions[a] for a in self.arrays.available[:, place].nonzero()[0]]

    def given(self) -> dict[str, Any]:
        """v of the states listed; p, r and, with a policy, pi of those checked; q of the rest from the arrays."""
        arrays, run = self.arrays, self.run
        p = {(s, a, n): 0.0 for s in self.checked for a in self.mdp.actions for n in self.listed}
        r, pi = {}, {}
        share = arrays.share
        for state, place in zip(self.checked, self.places, strict=True):
            for i, action in enumerate(self.mdp.actions):
                r[state, action] = float(arrays.reward[i, place])
                if self.policy is not None:
                    pi[state, action] = float(self.policy[i, place])
                for j, after in enumerate(arrays.after[i, :, place]):
                    odds = share[i, j, place if share.shape[2] > 1 else 0]
                    p[state, action, self.mdp.states[after]] += float(odds)
        index = {action: i for i, action in enumerate(self.mdp.actions)}
        q = {(s, a): float(run.q[index[a], self.numbers[s]]) for s, has in self.available.items() for a in has}
        has = {(s, a): int(a in actions) for s, actions in self.available.items() for a in self.mdp.actions}
        return {
            "S": tuple(self.listed), "A": self.mdp.actions, "p": p, "r": r, "pi": pi or None, "has": has, "q": q,
            "v": {state: float(run.values[place]) for state, place in self.numbers.items()},
        }  # fmt: skip

    def show(self, work: Work, method: str, title: str) -> None:
        """The values listed, and one more look ahead in the states checked: what changes is next to nothing."""
        if self.mdp.naming:
            work.note(self.mdp.naming)
        if rewards := drawn_rewards(self.mdp):
            work.note(rewards)
        work.note(
            f"{len(self.mdp.states):,} states are too many to write out: {method} ran in arrays, v are its values, and "
            f"the equation is checked in {' and '.join(self.checked)}. r(s,a) is the expected reward."
        )
        for state in self.listed:
            work.let("V[s]", "v[s]", table=title, s=state)
        has = {state: self._actions(place) for state, place in zip(self.checked, self.places, strict=True)}
        look_ahead(work, "leaving", has, "one more look ahead", update=True)
        for state in has:
            formula = BEST[False] if self.policy is None else _WEIGHED
            work.let("W[s]", formula, "right side of the Bellman equation", table="the check", s=state)
            work.let("change[s]", "abs(W[s] - V[s])", table="the check", s=state)

    def answer(self, work: Work) -> Solution:
        """The values and best actions of all states where they are few, else of those checked."""
        named = self.listed if len(self.listed) <= _ANSWERED and self.everything else self.checked
        words = {state: f"V[{state}]" for state in named}
        if self.policy is None:
            words |= {policy_word(state): f"pi[{state}]" for state in named if state in self.available}
        if work.given["gamma"] != 1 and "error bound" not in words:
            words["error bound"] = "B"
        return work.answer(words)


def _start(mdp: MDP, arrays: "Tables") -> int:
    """Where among the live states the start of a drawn world is; else the first."""
    drawn = [char for row in getattr(mdp, "rows", ()) for char in row if char != "#"]
    place = drawn.index("S") if "S" in drawn else int(arrays.live.argmax())
    return int(arrays.live[:place].sum())
