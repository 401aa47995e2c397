"""Action values Q(s,a) from V, back to V, and the greedy action."""

from fractions import Fraction
from random import Random
from typing import Any, Literal

from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Number
from revise.solution import Solution, Work
from revise.solvers.reinforcement._decisions import LOOK_AHEAD, Decisions, told_rows
from revise.solvers.reinforcement._greedy import TIED, add_ties, policy_word
from revise.solvers.reinforcement._runs import check_ends
from revise.solvers.reinforcement._samples import RACING, STUDENT, drawn_process
from revise.solvers.reinforcement._typed import Process, discount_of, read_values

SERVES: dict[str, dict[str, object]] = {"q-values": {}}
SOURCE = "Sutton & Barto 2018, sections 3.5 and 3.6; Silver 2015, UCL course on reinforcement learning, lecture 2"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Silver 2015, lecture 2, slide "Optimal action-value function". It prints 8.4 for the pub, where the reward 1
    # is left out: 1 + 0.2·6 + 0.4·8 + 0.4·10 = 9.4
    (
        {"mdp": STUDENT, "gamma": 1},
        {
            "Q(Facebook,Facebook)": 5, "Q(Facebook,quit)": 6, "Q(Class1,Facebook)": 5, "Q(Class1,study)": 6,
            "Q(Class2,sleep)": 0, "Q(Class2,study)": 8, "Q(Class3,study)": 10, "Q(Class3,pub)": Fraction(47, 5),
            "pi(Class3)": "study",
        },
    ),
    # Berkeley CS188, the racing car: the look-aheads behind V₂ = 3.5, 2.5 from V₁ = 2, 1
    (
        {"mdp": RACING, "gamma": 1, "values": "cool=2, warm=1"},
        {
            "Q(cool,slow)": 3, "Q(cool,fast)": Fraction(7, 2), "Q(warm,slow)": Fraction(5, 2), "Q(warm,fast)": -10,
            "pi(cool)": "fast", "pi(warm)": "slow",
        },
    ),
]  # fmt: skip
DOMAIN = {"gamma": (0, 1)}
MISTAKES = {
    "Q[s,a]": {
        "the discount is forgotten": "r[s,a] + sum(p[s,a,n]*V[n] for n in S)",
        "the reward is left out": "gamma*sum(p[s,a,n]*V[n] for n in S)",
        "the value of the state left is taken": "r[s,a] + gamma*V[s]",
    },
    "W[s]": {"the average instead of the best": "mean(Q[s,a] for a in A)"},
}

_MOST_STATES = 60
_MOST_SYMBOLIC = 15
_BEST = {True: "max(Q[s,a] for a in A)", False: "max(Q[s,a] for a in A if has[s,a] > 0)"}
_GREEDY = {
    True: "ties[s,argmax(Q[s,a] for a in A)]",
    False: "ties[s,argmax(Q[s,a] for a in A if has[s,a] > 0)]",
}
# is one action taken in every state?
_WEIGHED = {True: "Q[s,b[s]]", False: "sum(w[s,a]*Q[s,a] for a in A if w[s,a] > 0)"}
_ROWS = {True: "[T[s,b[s]] for s in S]", False: "[sum(w[s,a]*T[s,a] for a in A if w[s,a] > 0) for s in S]"}
# (the same, is r known on leaving?)
_REWARDS = {
    (True, True): "[r[s,b[s]] for s in S]",
    (True, False): "[E[s,b[s]] for s in S]",
    (False, True): "[sum(w[s,a]*r[s,a] for a in A if w[s,a] > 0) for s in S]",
    (False, False): "[sum(w[s,a]*E[s,a] for a in A if w[s,a] > 0) for s in S]",
}


def solve(
    mdp: Process,
    gamma: Number | None = None,
    of: Literal["optimal", "policy"] = "optimal",
    policy: Literal["uniform", "given"] | str | None = None,
    values: str | None = None,
) -> Solution:
    """Q(s,a) = ∑ p (r + γ V(n)), a line each; back to V by maxₐ Q or ∑ₐ π(a|s) Q; the greedy action with its ties.

    mdp     a TOML file, a drawn world (--template prints both), - for standard input, or rows
            "A go > B 0.5 -1; A go > A 0.5 0": state, action > next state, probability, reward. A state that no
            row starts from is terminal and worth 0
    gamma   the discount; without it the file's own; a letter stays with a policy's values
    of      optimal: V* and Q*; policy: those of a policy
    policy  uniform: every action a state has, equally often; given: the file's table [policy]; or typed,
            "A=left, B=stay". It implies --of policy
    values  V to look ahead with, "A=0, B=5", instead of working it out; states left out are 0, an end its worth

    V is solved exactly: (I − γP)⁻¹R under the policy, or under the best one, which is found in arrays first.

    Raises InputError where a policy has no values, or there are more than 60 states.
    """
    weighed = of == "policy" or policy is not None
    discount = discount_of(mdp, gamma, letters=weighed)
    most = _MOST_SYMBOLIC if isinstance(discount, Node) else _MOST_STATES
    if len(mdp.states) > most:
        raise InputError(f"mdp: {len(mdp.states):,} states are more than {most}; value-iteration takes larger ones")
    decisions = Decisions(mdp, discount)
    typed = read_values(values, mdp, "values") if values else None
    weights, only, told = _taken(decisions, policy, weighed, typed is None)
    work = Work(gamma=discount, **_given(decisions, weights, only, typed))
    work.called(gamma="discount", **dict.fromkeys("N has w T E to".split(), ""))
    decisions.start(work)
    if told:
        work.note(told)
    if typed is None:
        _solve_values(work, decisions)
    _look_ahead(work, decisions, weighed, typed is None)
    words = {f"Q({state},{action})": f"Q[{state},{action}]" for state, action in decisions.pairs}
    if not isinstance(discount, Node):
        words |= {policy_word(state): f"pi[{state}]" for state in decisions.available}
    return work.answer(words)


def _taken(decisions: Decisions, policy: str | None, weighed: bool, solved: bool) -> tuple[Any, Any, str]:
    """How often each action is taken, or the one that is, by the policy or by the best one; and what to say of it."""
    if weighed:
        return decisions.shares(policy)
    if not solved:
        return None, None, ""
    from revise.mdp.arrays import policy_iteration, tables

    mdp = decisions.mdp
    check_ends(mdp, decisions.gamma)
    run = policy_iteration(tables(mdp), float(decisions.gamma))
    if not run.converged:
        raise InputError("mdp: no policy with values is the best one; with gamma = 1 take a gamma below 1")
    best = {state: mdp.actions[int(run.q[:, i].argmax())] for i, state in enumerate(mdp.states)}
    listed = ", ".join(f"{state} {best[state]}" for state in decisions.available)
    return None, best, f"The best policy b, found by policy iteration: {listed}. Its equations give V*."


def _given(decisions: Decisions, weights: Any, only: Any, typed: Any) -> dict[str, Any]:
    mdp, given, end = decisions.mdp, decisions.tables(), decisions.mdp.actions[0]
    if only is not None:
        given["b"] = {state: only.get(state, end) for state in mdp.states}
    elif weights is not None:
        given["w"] = {(s, a): weights.get((s, a), int(s in decisions.ends and a == end)) for s in mdp.states
                      for a in mdp.actions}  # fmt: skip
    if typed is not None:
        return given | {"V": {s: decisions.ends.get(s, typed.get(s, 0)) for s in mdp.states}}
    rows = decisions.rows()
    return given | {"N": len(mdp.states), "T": rows["P"]} | ({"r": rows["r"]} if "r" in rows else {"E": rows["R"]})


def _solve_values(work: Work, decisions: Decisions) -> None:
    states = decisions.mdp.states
    work.note(told_rows(work.given))
    rows = "rows of the transition matrix under the policy"
    single = "b" in work.given
    work.let("P", _ROWS[single], rows)
    work.let("R", _REWARDS[single, decisions.form != "transition"], "rewards under the policy; at an end its worth")
    try:
        work.let("v", "solve(eye(N) - gamma*P, R)", "solved: V = (I − γP)⁻¹R", holds="v = R + gamma*(P @ v)")
    except InputError:
        raise InputError(
            "policy: with gamma = 1 it goes on for ever from some state, so it has no values; take a gamma below 1"
        ) from None
    for i, state in enumerate(states):
        work.let("V[s]", "v[i]", table="state values", s=state, i=i)


def _look_ahead(work: Work, decisions: Decisions, weighed: bool, solved: bool) -> None:
    for state, action in decisions.pairs:
        work.let("Q[s,a]", LOOK_AHEAD[decisions.form], "reward, and the discounted value of what follows",
                 table="action values", s=state, a=action)  # fmt: skip
    for state in decisions.available:
        weights = _WEIGHED["b" in work.given]
        formula, why = (weights, "weighed by the policy") if weighed else (_BEST[decisions.full], "the best action's")
        work.let("W[s]", formula, f"V back from Q: {why}", table="back to state values", s=state,
                 holds="W[s] = V[s]" if solved else None)  # fmt: skip
    if isinstance(decisions.gamma, Node):
        return
    add_ties(work, work.env["Q"], decisions.available)
    for state in decisions.available:
        work.let("pi[s]", _GREEDY[decisions.full], TIED, table="greedy action", s=state)


def sample(rng: Random) -> dict[str, Any]:
    """Two or three states; V* or a policy's, or typed values."""
    given: dict[str, Any] = {"mdp": drawn_process(rng)}
    draw = rng.random()
    if draw < 0.3:
        return given | {"values": "A=1, B=-2"}
    return given | ({"policy": "uniform"} if draw < 0.6 else {})


def reference(
    mdp: Any, gamma: Any = None, of: str = "optimal", policy: str | None = None, values: str | None = None
) -> dict[str, Any]:
    """Sweeps in plain floats to the last digits, and one more look ahead."""
    from revise.solvers.reinforcement._plain import best_by_rows, q_by_rows, typed_values, weighed_by_rows

    discount = float(discount_of(mdp, gamma))
    if values:
        known = typed_values(mdp, values)
    elif of == "policy" or policy:
        known = weighed_by_rows(mdp, discount, policy, tolerance=1e-13)
    else:
        known = best_by_rows(mdp, discount, tolerance=1e-13)
    q = q_by_rows(mdp, discount, known)
    return {f"Q({state},{action})": value for state, each in q.items() for action, value in each.items()}
