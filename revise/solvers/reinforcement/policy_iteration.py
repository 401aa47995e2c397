"""Policy iteration: evaluate the policy, act greedily, until it stays."""

from random import Random
from typing import Any, Literal

from revise.errors import InputError
from revise.parameters import Number
from revise.solution import Solution, Work
from revise.solvers.reinforcement._decisions import FEW_STATES, Decisions, told_rows
from revise.solvers.reinforcement._greedy import policy_word
from revise.solvers.reinforcement._rounds import Rounds
from revise.solvers.reinforcement._samples import FIVE_BY_FIVE, FOUR_BY_THREE, STUDENT, drawn_process
from revise.solvers.reinforcement._summary import rounds_summary
from revise.solvers.reinforcement._typed import Process, discount_of

SERVES: dict[str, dict[str, object]] = {"policy-iteration": {}}
SOURCE = "Sutton & Barto 2018, section 4.3; Howard 1960"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Silver 2015, lecture 2: the student's optimal values and policy, undiscounted
    (
        {"mdp": STUDENT, "gamma": 1},
        {
            "Facebook": 6, "Class1": 6, "Class2": 8, "Class3": 10, "Sleep": 0,
            "pi(Facebook)": "quit", "pi(Class1)": "study", "pi(Class2)": "study", "pi(Class3)": "study",
        },
    ),
    # Russell & Norvig, 3rd edition 2010, figures 17.2 and 17.3, ends worth ±1 on the way out
    (
        {"mdp": FOUR_BY_THREE},
        {
            "(1,3)": "0.812", "(2,3)": "0.868", "(3,3)": "0.918", "(1,2)": "0.762", "(3,2)": "0.660",
            "(1,1)": "0.705", "(2,1)": "0.655", "(3,1)": "0.611", "(4,1)": "0.388", "pi(3,1)": "left",
        },
    ),
    # Sutton & Barto 2018, figure 3.5, in arrays
    ({"mdp": FIVE_BY_FIVE}, {"(1,5)": "22.0", "(2,5)": "24.4", "(5,1)": "11.7", "pi(1,4)": "up or right"}),
]  # fmt: skip
MISTAKES = {
    "R": {"the reward of the next state is taken": "P @ [r[s,pi[j,s]] for s in S]"},
    "q[j,s,a]": {
        "the discount is forgotten": "r[s,a] + sum(p[s,a,n]*V[j,n] for n in S)",
        "the reward is left out": "gamma*sum(p[s,a,n]*V[j,n] for n in S)",
    },
    "v": {"gamma is forgotten": "solve(eye(N) - P, R)", "only one step is looked ahead": "R + gamma*(P @ R)"},
}


def solve(
    mdp: Process,
    gamma: Number | None = None,
    policy: Literal["first", "uniform", "given"] | str | None = None,
    evaluation: Literal["exact", "sweeps"] = "exact",
) -> Solution:
    """Rounds of V = (I − γP)⁻¹R under the policy and π(s) ← argmaxₐ q(s,a); equally good actions are kept.

    mdp         a TOML file, a drawn world (--template prints both), - for standard input, or rows
                "A go > B 0.5 -1; A go > A 0.5 0": state, action > next state, probability, reward. A state that
                no row starts from is terminal and worth 0
    gamma       the discount; without it the file's own
    policy      the one begun with. first: each state's first action; uniform: every action equally often;
                given: the file's table [policy]; or typed, "A=left, B=stay". Without it first, or where
                gamma = 1 uniform, which ends whenever an end can be reached
    evaluation  exact: the equations are solved; sweeps: swept from 0 until no value changes by 10⁻⁶

    More than 16 states are worked out in arrays, and the result is checked in a few of them.

    Raises InputError where a policy on the way has no values (gamma = 1, never ending).
    """
    discount = discount_of(mdp, gamma)
    kind = policy or ("uniform" if discount == 1 else "first")
    if len(mdp.states) > FEW_STATES:
        if kind not in ("first", "uniform") or evaluation == "sweeps":
            raise InputError(
                f"policy: with {len(mdp.states):,} states, more than {FEW_STATES}, rounds run in arrays from the first "
                f"actions or the uniform policy, evaluated exactly where that is possible"
            )
        return rounds_summary(mdp, discount, kind == "uniform")
    decisions = Decisions(mdp, discount)
    rounds = _begun(decisions, kind, evaluation == "exact")
    work = Work(gamma=discount, **rounds.given())
    work.called(gamma="discount", r="rewards", **dict.fromkeys("N has u w E to T".split(), ""))
    decisions.start(work)
    work.note(_told(rounds, kind))
    work.note(told_rows(work.given))
    last = rounds.make(work)
    work.note(f"Round {last} keeps every action: the policy is optimal, and no other rounds follow.")
    for state in mdp.states:
        work.let("V[s]", "V[j,s]", table="optimal values", j=last, s=state)
    for state in decisions.available:
        work.let("pi[s]", "best[j,s]", "all best actions", table="optimal policy", j=last, s=state)
    words = {state: f"V[{state}]" for state in mdp.states}
    return work.answer(words | {policy_word(state): f"pi[{state}]" for state in decisions.available})


def _begun(decisions: Decisions, kind: str, exact: bool) -> Rounds:
    if kind == "first":
        return Rounds(decisions, {s: has[0] for s, has in decisions.available.items()}, None, exact)
    weights, only, _ = decisions.shares(kind)
    return Rounds(decisions, only, None if only else weights, exact)


def _told(rounds: Rounds, kind: str) -> str:
    if rounds.first is None:
        return "The policy begun with is " + ("uniform." if kind == "uniform" else "the table [policy] of the file.")
    listed = ", ".join(f"{state} {action}" for state, action in rounds.first.items())
    return f"The policy begun with: {listed}" + (" (the first action of each)." if kind == "first" else ".")


def sample(rng: Random) -> dict[str, Any]:
    """Two or three states; any start."""
    return {"mdp": drawn_process(rng), "policy": rng.choice([None, "first", "uniform"])}


def reference(mdp: Any, gamma: Any = None, policy: str | None = None, evaluation: str = "exact") -> dict[str, Any]:
    """Value iteration in plain floats over the rows, to the last digits; then, where that is asked for, sweeps."""
    from revise.solvers.reinforcement._plain import best_by_rows, q_by_rows, weighed_by_rows

    discount = float(discount_of(mdp, gamma))
    values = best_by_rows(mdp, discount, tolerance=1e-13)
    if evaluation == "sweeps":
        best = {state: max(q, key=lambda action: q[action]) for state, q in q_by_rows(mdp, discount, values).items()}
        values = weighed_by_rows(mdp, discount, "; ".join(f"{state}={action}" for state, action in best.items()))
    return {state: values[state] for state in mdp.states}
