"""Rounds of policy iteration: a policy evaluated, then improved, until it stays."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from revise.engines.exact import Undefined
from revise.errors import InputError
from revise.mdp import Number
from revise.solution import Work, letters_of
from revise.solvers.reinforcement._decisions import Decisions, Form
from revise.solvers.reinforcement._greedy import level_actions
from revise.solvers.reinforcement._runs import as_array

MOST_ROUNDS = 60

# (is one action taken in every state, what the reward depends on) → the equation of a state
_EQUATIONS: dict[tuple[bool, Form], str] = {
    (True, "certain"): "V[j,s] = r[s,pi[j,s]] + gamma*V[j,to[s,pi[j,s]]]",
    (True, "leaving"): ("V[j,s] = r[s,pi[j,s]] + gamma*sum(p[s,pi[j,s],n]*V[j,n] for n in S if p[s,pi[j,s],n] > 0)"),
    (True, "transition"): (
        "V[j,s] = sum(p[s,pi[j,s],n]*(r[s,pi[j,s],n] + gamma*V[j,n]) for n in S if p[s,pi[j,s],n] > 0)"
    ),
    (False, "certain"): "V[j,s] = sum(w[s,a]*(r[s,a] + gamma*V[j,to[s,a]]) for a in A if w[s,a] > 0)",
    (False, "leaving"): (
        "V[j,s] = sum(w[s,a]*(r[s,a] + gamma*sum(p[s,a,n]*V[j,n] for n in S if p[s,a,n] > 0)) for a in A if w[s,a] > 0)"
    ),
    (False, "transition"): (
        "V[j,s] = sum(w[s,a]*sum(p[s,a,n]*(r[s,a,n] + gamma*V[j,n]) for n in S if p[s,a,n] > 0) "
        "for a in A if w[s,a] > 0)"
    ),
}
_TRANSITIONS = {True: "[T[s,pi[j,s]] for s in S]", False: "[sum(w[s,a]*T[s,a] for a in A if w[s,a] > 0) for s in S]"}
_REWARDS = {
    (True, True): "[r[s,pi[j,s]] for s in S]",
    (True, False): "[E[s,pi[j,s]] for s in S]",
    (False, True): "[sum(w[s,a]*r[s,a] for a in A if w[s,a] > 0) for s in S]",
    (False, False): "[sum(w[s,a]*E[s,a] for a in A if w[s,a] > 0) for s in S]",
}
_LOOK: dict[Form, str] = {
    "certain": "r[s,a] + gamma*V[j,to[s,a]]",
    "leaving": "r[s,a] + gamma*sum(p[s,a,n]*V[j,n] for n in S if p[s,a,n] > 0)",
    "transition": "sum(p[s,a,n]*(r[s,a,n] + gamma*V[j,n]) for n in S if p[s,a,n] > 0)",
}
_BEST = {
    True: "ties[j,s,argmax(q[j,s,a] for a in A)]",
    False: "ties[j,s,argmax(q[j,s,a] for a in A if has[s,a] > 0)]",
}
_FIRST_BEST = {
    True: "argmax(q[j,s,a] for a in A)",
    False: "argmax(q[j,s,a] for a in A if has[s,a] > 0)",
}


@dataclass(frozen=True)
class Rounds:
    """Policy iteration on `decisions` from `first`, or from the shares `weights`.

    exact      whether a policy's equations are solved, or swept in arrays until no value changes by `tolerance`
    """

    decisions: Decisions
    first: Mapping[str, str] | None
    weights: Mapping[tuple[str, str], Number] | None
    exact: bool = True
    tolerance: float = 1e-6

    def given(self) -> dict[str, Any]:
        mdp, decisions = self.decisions.mdp, self.decisions
        rows = decisions.rows()
        given = decisions.tables() | {"N": len(mdp.states), "T": rows["P"]}
        given |= {"r": rows["r"]} if "r" in rows else {"E": rows["R"]}
        end = mdp.actions[0]
        if self.first is not None:
            given["pi"] = {(0, s): self.first.get(s, end) for s in mdp.states}
        else:
            given["pi"] = {(1, s): end for s in decisions.ends}
            shares = self.weights or {}
            given["w"] = {(s, a): shares.get((s, a), int(s in decisions.ends and a == end)) for s in mdp.states
                          for a in mdp.actions}  # fmt: skip
        return given

    def make(self, work: Work) -> int:
        """All rounds; gives the number of the last, whose policy is no longer improved."""
        for j in range(MOST_ROUNDS):
            self._evaluate(work, j)
            if self._improve(work, j):
                return j
        raise InputError(f"mdp: the policy still changes after {MOST_ROUNDS} rounds")

    def _single(self, j: int) -> bool:
        return j > 0 or self.first is not None

    def _evaluate(self, work: Work, j: int) -> None:
        states, ends, single = self.decisions.mdp.states, self.decisions.ends, self._single(j)
        unknown = {"V": {**letters_of("V", [(j, s) for s in states]), **{(j, s): x for s, x in ends.items()}}}
        for state in self.decisions.available:
            work.equation(_EQUATIONS[single, self.decisions.form], unknown=unknown,
                          table=f"round {j}: the equations of the policy", j=j, s=state)  # fmt: skip
        again = j > 0
        rows = "rows of the transition matrix under the policy"
        work.let("P", _TRANSITIONS[single], rows, update=again, j=j)
        work.let("R", _REWARDS[single, self.decisions.form != "transition"], "rewards under the policy; at an end its "
                 "worth", update=again, j=j)  # fmt: skip
        if self.exact:
            try:
                work.let("v", "solve(eye(N) - gamma*P, R)", "solved: V = (I − γP)⁻¹R", update=again,
                         holds="v = R + gamma*(P @ v)")  # fmt: skip
            except Undefined:
                raise InputError(
                    f"policy: with gamma = 1 the policy of round {j} goes on for ever from some state, so it has no "
                    f"values; {'begin with --policy uniform, or ' if self._single(0) else ''}"
                    f"take a gamma below 1"
                ) from None
        else:
            self._swept(work, j, again)
        for i, state in enumerate(states):
            work.let("V[j,s]", "v[i]", table=f"round {j}: values", j=j, s=state, i=i)

    def _swept(self, work: Work, j: int, again: bool) -> None:
        import numpy as np

        gamma, step = float(self.decisions.gamma), _floats(work.env["P"])
        earned, values = _floats(work.env["R"]), np.zeros(len(self.decisions.mdp.states))
        count = 0
        while count < 100_000:
            count += 1
            before, values = values, earned + gamma * step @ values
            if float(np.abs(values - before).max()) < self.tolerance:
                break
        else:
            raise InputError(f"policy: the values of the policy of round {j} don't settle in 100,000 sweeps")
        work.given["u"] = work.given.get("u", {}) | {j: _array(before)}
        work.env["u"] = dict(work.given["u"])
        work.note(f"The first {count - 1} sweeps from 0 ran in arrays and are left out; u of round {j} is their end.")
        work.let("v", "R + gamma*(P @ u[j])", f"sweep {count}", update=again, j=j)
        work.let("Delta", "max(abs(v - u[j]))", "largest change", update=again, j=j)

    def _improve(self, work: Work, j: int) -> bool:
        """q of every action, the best ones, and the next policy; True where the policy stays."""
        decisions, stays = self.decisions, True
        ties: dict[Any, str] = {}
        for state, actions in decisions.available.items():
            for action in actions:
                work.let("q[j,s,a]", _LOOK[decisions.form], "look ahead", table=f"round {j}: look-aheads", j=j, s=state,
                         a=action)  # fmt: skip
            level = level_actions({action: work.env["q"][j, state, action] for action in actions})
            ties |= {(j, state, action): tied for action, tied in level.items()}
        work.given["ties"] = work.env["ties"] = {**work.given.get("ties", {}), **ties}
        title = f"round {j}: a better policy"
        for state in decisions.available:
            best = work.let("best[j,s]", _BEST[decisions.full], "all best actions, to 10⁻¹⁰", table=title, j=j, k=j + 1,
                            s=state)  # fmt: skip
            old = work.env["pi"].get((j, state))
            kept = old is not None and ties[j, state, old] == best
            formula, why = ("pi[j,s]", "kept") if kept else ("best[j,s]", "new")
            if not kept and best not in decisions.available[state]:
                formula, why = _FIRST_BEST[decisions.full], "the first of them"
            work.let("pi[k,s]", formula, why, table=title, j=j, k=j + 1, s=state)
            stays = stays and kept
        for state in decisions.ends:  # an end has no choice: its rows are the same for every action
            for store in (work.given, work.env):
                store["pi"][j + 1, state] = decisions.mdp.actions[0]
        return stays


def _floats(array: Any) -> Any:
    return as_array([float(entry) for entry in array.flat]).reshape(array.shape)


def _array(values: Any) -> Any:
    from revise.solution import neutral

    return neutral([float(value) for value in values])
