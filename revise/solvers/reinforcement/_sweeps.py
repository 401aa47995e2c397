"""Sweeps over a decision process: the first two line by line, the next as rows, the last one from given values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from revise.mdp import Number
from revise.solution import Work
from revise.solvers.reinforcement._decisions import FEW_STATES, LOOK_AHEAD, Decisions, Form

Backup = Literal["best", "best of those it has", "weighed", "one action"]

DETAILED = 2  # sweeps that are worked out line by line
LISTED = 10  # sweeps that are all shown
_FIRST = 6  # of more, as many are shown before the last
MOST_DETAILED = 64
"""States whose first sweeps are written out where three sweeps or fewer are asked for."""

_LOOK: dict[Form, str] = {
    "certain": "r[s,a] + gamma*V[k-1,to[s,a]]",
    "leaving": "r[s,a] + gamma*sum(p[s,a,n]*V[k-1,n] for n in S if p[s,a,n] > 0)",
    "transition": "sum(p[s,a,n]*(r[s,a,n] + gamma*V[k-1,n]) for n in S if p[s,a,n] > 0)",
}
_BACKUP: dict[Backup, str] = {
    "best": "max(q[k,s,a] for a in A)",
    "best of those it has": "max(q[k,s,a] for a in A if has[s,a] > 0)",
    "weighed": "sum(pi[s,a]*q[k,s,a] for a in A if pi[s,a] > 0)",
    "one action": "q[k,s,pi[s]]",
}
# (is r known on leaving, how actions are put together) → all states at once
_ROW: dict[tuple[bool, Backup], str] = {
    (True, "best"): "[max(r[s,a] + gamma*(P[s,a] @ v[k-1]) for a in A) for s in S]",
    (True, "best of those it has"): "[max(r[s,a] + gamma*(P[s,a] @ v[k-1]) for a in A if has[s,a] > 0) for s in S]",
    (True, "weighed"): "[sum(pi[s,a]*(r[s,a] + gamma*(P[s,a] @ v[k-1])) for a in A if pi[s,a] > 0) for s in S]",
    (True, "one action"): "[r[s,pi[s]] + gamma*(P[s,pi[s]] @ v[k-1]) for s in S]",
    (False, "best"): "[max(R[s,a] + gamma*(P[s,a] @ v[k-1]) for a in A) for s in S]",
    (False, "best of those it has"): "[max(R[s,a] + gamma*(P[s,a] @ v[k-1]) for a in A if has[s,a] > 0) for s in S]",
    (False, "weighed"): "[sum(pi[s,a]*(R[s,a] + gamma*(P[s,a] @ v[k-1])) for a in A if pi[s,a] > 0) for s in S]",
    (False, "one action"): "[R[s,pi[s]] + gamma*(P[s,pi[s]] @ v[k-1]) for s in S]",
}
_CHANGE = "max(abs(v[k] - v[k-1]))"
_CONTRACTS = "Delta[k] <= gamma*Delta[k-1] + 1e-12"
_ORDER = {
    False: "Synchronous: a sweep uses the values of the sweep before only.",
    True: "In place: a new value is used at once, states in the order given.",
}
_WHY: dict[Backup, str] = {
    "best": "the best action",
    "best of those it has": "the best of its actions",
    "weighed": "the actions weighed by the policy",
    "one action": "the policy's action",
}


@dataclass(frozen=True)
class Plan:
    """What is swept and shown.

    count   sweeps in all
    before  the values after sweep count − 1, where sweeps before it are left out
    drawn   whether the values of a sweep are to be drawn: its ends are steps then too
    taken   state, action → how often; None where the best action is sought
    only    the one action of each state, where it is one
    """

    decisions: Decisions
    count: int
    start: Mapping[str, Number]
    in_place: bool = False
    taken: Mapping[tuple[str, str], Number] | None = None
    only: Mapping[str, str] | None = None
    before: tuple[Any, ...] | None = None
    drawn: bool = False

    @property
    def backup(self) -> Backup:
        if self.taken is None:
            return "best" if self.decisions.full else "best of those it has"
        return "weighed" if self.only is None else "one action"

    @property
    def rows(self) -> list[int]:
        """The sweeps shown as rows after those worked out line by line; without the last where some are left out."""
        last = 0 if self.in_place else (_FIRST if self.before is not None else self.count)
        return list(range(DETAILED + 1, last + 1))

    def given(self) -> dict[str, Any]:
        """The tables of the formulas."""
        mdp, ends = self.decisions.mdp, self.decisions.ends
        first = {state: ends.get(state, self.start.get(state, 0)) for state in mdp.states}
        v = None if self.before is None else {self.count - 1: list(self.before)}
        V: dict[Any, Any] = dict(first)
        if not self.in_place:
            V = {(0, state): value for state, value in first.items()}
            if not self.drawn:
                V |= {(k, state): worth for k in range(1, DETAILED + 1) for state, worth in ends.items()}
        given = self.decisions.tables() | {"V": V, "v": v}
        if self.rows or (self.before is not None and not self.in_place):
            given |= self.decisions.rows()
        # at an end the rows P and r are the same for all actions: any one stands for it
        first_action, with_ends = mdp.actions[0], ends if "P" in given else {}
        if self.only is not None:
            given |= {"pi": dict(self.only) | dict.fromkeys(with_ends, first_action)}
        elif self.taken is not None:
            pairs = {(s, a): self.taken.get((s, a), 0) for s in self.decisions.available for a in mdp.actions}
            given |= {"pi": pairs | {(s, a): int(a == first_action) for s in with_ends for a in mdp.actions}}
        return given


def detail_fits(states: int, sweeps: int | None) -> bool:
    """Whether the first sweeps are written out."""
    return states <= FEW_STATES or (sweeps is not None and sweeps <= 3 and states <= MOST_DETAILED)


def sweep(work: Work, plan: Plan) -> None:
    """All of `plan`: v[k] and Delta[k] of the sweeps shown; at the end V[s] of every state."""
    states = plan.decisions.mdp.states
    worth = ", at an end its worth" if any(plan.decisions.ends.values()) else ""
    begun = "as typed" if plan.start else "= 0 in every state"
    work.note(f"The sweeps start from V₀ {begun}{worth}. {_ORDER[plan.in_place]}")
    work.note(f"A vector vₖ lists Vₖ of {', '.join(states[:MOST_DETAILED])}, in this order.")
    most = DETAILED + (plan.in_place and plan.before is None)
    detailed = range(1, min(most, plan.count) + 1)
    if plan.in_place:
        _recorded(work, 0, "the start")
    for k in detailed:
        (_in_place if plan.in_place else _synchronous)(work, plan, k)
        if plan.in_place:
            _recorded(work, k, f"after sweep {k}")
    if not plan.in_place:
        for k in (0, *detailed):
            _recorded(work, k, "the first sweeps")
    for k in plan.rows:
        _row(work, plan, k, "the next sweeps", "the same for all states at once", _CONTRACTS)
    if plan.before is not None:
        _last(work, plan)
    for i, state in enumerate(states):
        title = f"values after sweep {plan.count}"
        work.let("V[s]", "v[k][i]", table=title, update=plan.in_place, s=state, k=plan.count, i=i)


def _row(work: Work, plan: Plan, k: int, title: str, why: str, law: str | None = None) -> None:
    leaving = plan.decisions.form != "transition"
    work.let("v[k]", _ROW[leaving, plan.backup], why, table=title, k=k)
    work.let("Delta[k]", _CHANGE, "largest change", table=title, holds=law, k=k)


def _recorded(work: Work, k: int, title: str) -> None:
    by_sweep = (k, work.env["S"][0]) in work.env["V"]
    work.let("v[k]", "[V[k,s] for s in S]" if by_sweep else "[V[s] for s in S]", table=title, k=k)
    if k:
        work.let("Delta[k]", _CHANGE, "largest change", table=title, k=k)


def _actions(plan: Plan, state: str) -> list[str]:
    """The actions whose look-ahead counts."""
    has = plan.decisions.available[state]
    return [action for action in has if plan.taken is None or plan.taken[state, action]]


def _synchronous(work: Work, plan: Plan, k: int) -> None:
    for state in plan.decisions.available:
        for action in _actions(plan, state):
            title = f"sweep {k}: look-aheads"
            work.let("q[k,s,a]", _LOOK[plan.decisions.form], "look ahead", table=title, k=k, s=state, a=action)
    for state in plan.decisions.available:
        name = f"V[{k},s]"  # the number stands in the name, so that a map can show one sweep
        work.let(name, _BACKUP[plan.backup], _WHY[plan.backup], table=f"sweep {k}: new values", k=k, s=state)
    for state in plan.decisions.ends if plan.drawn else ():
        work.let(f"V[{k},s]", "V[k-1,s]", "an end keeps its worth", table=f"sweep {k}: new values", k=k, s=state)


def _in_place(work: Work, plan: Plan, k: int) -> None:
    for state in plan.decisions.available:
        for action in _actions(plan, state):
            work.let("q[k,s,a]", LOOK_AHEAD[plan.decisions.form], table=f"sweep {k}", k=k, s=state, a=action)
        work.let("V[s]", _BACKUP[plan.backup], f"{_WHY[plan.backup]}, used from now on", update=True, k=k, s=state)


def _last(work: Work, plan: Plan) -> None:
    k = plan.count
    shown = plan.rows[-1] if plan.rows else DETAILED
    work.note(f"Sweeps {shown + 1} to {k - 1} ran in arrays and are left out; v of sweep {k - 1} is given.")
    if not plan.in_place:
        _row(work, plan, k, "the last sweep", "from the values given")
        return
    for i, state in enumerate(plan.decisions.mdp.states):
        if state in plan.decisions.available:
            work.let("V[s]", "v[k][i]", table=f"values after sweep {k - 1}", update=True, s=state, k=k - 1, i=i)
    _in_place(work, plan, k)
    _recorded(work, k, f"after sweep {k}")
