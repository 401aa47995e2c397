"""Bellman equations of a Markov process, and their exact solution."""

from fractions import Fraction
from random import Random
from typing import Any

from revise.errors import InputError
from revise.expression import Node
from revise.mdp import MDP, check_gamma
from revise.parameters import Number
from revise.solution import Solution, Work, letters_of
from revise.solvers.reinforcement._policy import Followed, Policy, follow
from revise.solvers.reinforcement._typed import Process

SERVES: dict[str, dict[str, object]] = {"bellman": {}}
SOURCE = "Silver 2015, UCL course on reinforcement learning, lecture 2; Sutton & Barto 2018, section 3.5"

_STUDENT_PROCESS = MDP.from_toml("""
transition = [
    { from = "Facebook", to = "Facebook", p = 0.9, reward = -1 },
    { from = "Facebook", to = "Class 1", p = 0.1, reward = -1 },
    { from = "Class 1", to = "Facebook", p = 0.5, reward = -2 },
    { from = "Class 1", to = "Class 2", p = 0.5, reward = -2 },
    { from = "Class 2", to = "Class 3", p = 0.8, reward = -2 },
    { from = "Class 2", to = "Sleep", p = 0.2, reward = -2 },
    { from = "Class 3", to = "Pass", p = 0.6, reward = -2 },
    { from = "Class 3", to = "Pub", p = 0.4, reward = -2 },
    { from = "Pub", to = "Class 1", p = 0.2, reward = 1 },
    { from = "Pub", to = "Class 2", p = 0.4, reward = 1 },
    { from = "Pub", to = "Class 3", p = 0.4, reward = 1 },
    { from = "Pass", to = "Sleep", p = 1, reward = 10 },
    { from = "Sleep", to = "Sleep", p = 1, reward = 0 },
]
""")
_STUDENT_DECISIONS = MDP.from_toml("""
transition = [
    { from = "Facebook", action = "Facebook", to = "Facebook", p = 1, reward = -1 },
    { from = "Facebook", action = "quit", to = "Class 1", p = 1, reward = 0 },
    { from = "Class 1", action = "Facebook", to = "Facebook", p = 1, reward = -1 },
    { from = "Class 1", action = "study", to = "Class 2", p = 1, reward = -2 },
    { from = "Class 2", action = "sleep", to = "Sleep", p = 1, reward = 0 },
    { from = "Class 2", action = "study", to = "Class 3", p = 1, reward = -2 },
    { from = "Class 3", action = "study", to = "Sleep", p = 1, reward = 10 },
    { from = "Class 3", action = "pub", to = "Class 1", p = 0.2, reward = 1 },
    { from = "Class 3", action = "pub", to = "Class 2", p = 0.4, reward = 1 },
    { from = "Class 3", action = "pub", to = "Class 3", p = 0.4, reward = 1 },
]
states = { terminal = ["Sleep"] }
""")
_SMALL_GRID = MDP.from_world("""
living-reward = -1
reward = leaving
T = 0

T...
....
....
...T
""")
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Silver, lecture 2, the student Markov reward process: the slides' values, rounded as they show them
    (
        {"mdp": _STUDENT_PROCESS, "gamma": Fraction(9, 10)},
        {
            "Facebook": "-7.6", "Class 1": "-5.0", "Class 2": "0.9", "Class 3": "4.1", "Pub": "1.9", "Pass": 10,
            "Sleep": 0,
        },
    ),
    (
        {"mdp": _STUDENT_PROCESS, "gamma": 1},
        {"Facebook": "-23", "Class 1": "-13", "Class 2": "1.5", "Class 3": "4.3", "Pub": "0.8", "Pass": 10, "Sleep": 0},
    ),
    # The same with decisions: the uniform policy, undiscounted
    (
        {"mdp": _STUDENT_DECISIONS, "gamma": 1, "policy": "uniform"},
        {"Facebook": "-2.3", "Class 1": "-1.3", "Class 2": "2.7", "Class 3": "7.4", "Sleep": 0},
    ),
    # Sutton & Barto 2018, example 4.1 and figure 4.1: the random policy's values at k = ∞, from the top row
    (
        {"mdp": _SMALL_GRID, "gamma": 1},
        {"(1,4)": 0, "(2,4)": -14, "(3,4)": -20, "(4,4)": -22, "(2,3)": -18, "(3,3)": -20, "(4,1)": 0},
    ),
]  # fmt: skip
DOMAIN = {"gamma": (0, 1)}
MISTAKES = {
    "v": {
        "gamma is forgotten": "solve(eye(N) - P, R)",
        "the reward is discounted as well": "solve(M, gamma*R)",
        "the reward of the state entered is taken": "solve(M, P @ R)",
        "P is read by columns": "solve(eye(N) - gamma*P.T, R)",
        "only one step is looked ahead": "R + gamma*(P @ R)",
    }
}

_MOST_STATES = 60
_MOST_SYMBOLIC = 15
# (whose choice, is the reward known on leaving, is the next state certain) → the equation of a state
_EQUATIONS = {
    ("nobody", True, True): "V[s] = r[s] + gamma*V[to[s]]",
    ("nobody", True, False): "V[s] = r[s] + gamma*sum(p[s,n]*V[n] for n in S if p[s,n] > 0)",
    ("nobody", False, True): "V[s] = r[s,to[s]] + gamma*V[to[s]]",
    ("nobody", False, False): "V[s] = sum(p[s,n]*(r[s,n] + gamma*V[n]) for n in S if p[s,n] > 0)",
    ("one action", True, True): "V[s] = r[s,d[s]] + gamma*V[to[s,d[s]]]",
    ("one action", True, False): ("V[s] = r[s,d[s]] + gamma*sum(p[s,d[s],n]*V[n] for n in S if p[s,d[s],n] > 0)"),
    ("one action", False, True): "V[s] = r[s,d[s],to[s,d[s]]] + gamma*V[to[s,d[s]]]",
    ("one action", False, False): ("V[s] = sum(p[s,d[s],n]*(r[s,d[s],n] + gamma*V[n]) for n in S if p[s,d[s],n] > 0)"),
    ("several", True, True): "V[s] = sum(pi[s,a]*(r[s,a] + gamma*V[to[s,a]]) for a in A if pi[s,a] > 0)",
    ("several", True, False): (
        "V[s] = sum(pi[s,a]*(r[s,a] + gamma*sum(p[s,a,n]*V[n] for n in S if p[s,a,n] > 0)) for a in A if pi[s,a] > 0)"
    ),
    ("several", False, True): ("V[s] = sum(pi[s,a]*(r[s,a,to[s,a]] + gamma*V[to[s,a]]) for a in A if pi[s,a] > 0)"),
    ("several", False, False): (
        "V[s] = sum(pi[s,a]*sum(p[s,a,n]*(r[s,a,n] + gamma*V[n]) for n in S if p[s,a,n] > 0) for a in A if pi[s,a] > 0)"
    ),
}
# (are there actions, is the reward known on leaving) → the equations in general, as a textbook has them
_GENERAL = {
    (False, True): "V(s) = r(s) + γ ∑ₙ p(s,n) V(n)",
    (False, False): "V(s) = ∑ₙ p(s,n) (r(s,n) + γ V(n))",
    (True, True): "V(s) = ∑ₐ π(a|s) (r(s,a) + γ ∑ₙ p(n|s,a) V(n))",
    (True, False): "V(s) = ∑ₐ π(a|s) ∑ₙ p(n|s,a) (r(s,a,n) + γ V(n))",
}
# the same → the expected reward of every state
_REWARDS = {
    (False, True): "r[s]",
    (False, False): "sum(p[s,n]*r[s,n] for n in S if p[s,n] > 0)",
    (True, True): "sum(pi[s,a]*r[s,a] for a in A if pi[s,a] > 0)",
    (True, False): "sum(pi[s,a]*sum(p[s,a,n]*r[s,a,n] for n in S if p[s,a,n] > 0) for a in A if pi[s,a] > 0)",
}
_TRANSITIONS = {
    False: "[p[s,n] for n in S]",
    True: "[sum(pi[s,a]*p[s,a,n] for a in A) for n in S]",
}
_POLICIES = {
    "given": "The policy is the table [policy] of the file.",
    "uniform": "The policy is uniform: in every state each action it has is equally likely.",
}


def solve(mdp: Process, gamma: Number | None = None, policy: Policy | None = None) -> Solution:
    """One equation a state, then P and R of the policy, then V = (I − γP)⁻¹R.

    mdp      a TOML file, a drawn world (--template prints both), - for standard input, or rows
             "A go > B 0.5 -1; A go > A 0.5 0"; with actions a policy weighs them
    gamma    the discount; a letter keeps it symbolic; without it the file's own
    policy   uniform: every action a state has, equally often; given: the file's table [policy].
             Without it the file's table where there is one, else uniform

    Raises InputError naming the state and the reason, also where the equations have no single solution.
    """
    discount = mdp.gamma if gamma is None else gamma
    if discount is None:
        raise InputError("gamma: the file has none; give --gamma 0.9, or --gamma gamma to keep the letter")
    check_gamma(discount)
    _check_size(len(mdp.states), isinstance(discount, Node))
    followed = follow(mdp, policy, discount)
    work = Work(N=len(mdp.states), gamma=discount, **followed.tables())
    work.called(N="states", gamma="discount")
    if mdp.naming:
        work.note(mdp.naming)
    if followed.policy is not None:
        work.note(_POLICIES[followed.policy])
    _equations(work, followed)
    _system(work, followed)
    # The words are the states' names as they are: `answer` would turn their underscores into hyphens.
    return work.answer({state: f"V[{state}]" for state in mdp.states})


def _check_size(states: int, symbolic: bool) -> None:
    most = _MOST_SYMBOLIC if symbolic else _MOST_STATES
    if states > most:
        raise InputError(
            f"{states:,} states: the exact solution{' with a letter' * symbolic} is written out for at most {most}; "
            f"sweeps over more are the work of policy-evaluation"
        )


def _equations(work: Work, followed: Followed) -> None:
    actions, leaving = bool(followed.mdp.actions), followed.on_leaving
    work.note(f"The Bellman equation of each state, {_GENERAL[actions, leaving]}:")
    unknown = {"V": letters_of("V", followed.mdp.states)}
    for state in followed.mdp.states:
        if state in followed.ended:
            why = "terminal" if state in followed.mdp.terminal else "never left, nothing earned"
            formula = "V[s] = z[s]" if "z" in work.given else "V[s] = 0"
        else:
            choice = "nobody" if not actions else "several" if len(followed.shares[state]) > 1 else "one action"
            formula, why = _EQUATIONS[choice, leaving, state not in followed.branching], ""
        work.equation(formula, why, unknown=unknown, table="equations", s=state)


def _system(work: Work, followed: Followed) -> None:
    actions, of = bool(followed.mdp.actions), " under the policy" * bool(followed.mdp.actions)
    places = dict(enumerate(followed.mdp.states))
    work.note(f"As matrices V = R + γPV, with rows i and columns in the order {', '.join(places.values())}:")
    for i, state in places.items():
        row, reward = f"row of the transition matrix{of}", f"expected reward{of}"
        work.let("P[i]", _TRANSITIONS[actions], row, table="transitions and rewards", s=state, i=i)
        work.let("R[i]", _REWARDS[actions, followed.on_leaving], reward, table="transitions and rewards", s=state, i=i)
    for i, state in places.items():
        if followed.ended.get(state):
            why = "what ending there is worth"
            work.let("R[i]", "z[s]", why, table="closing rewards", update=True, s=state, i=i)
    work.let("M", "eye(N) - gamma*P", "every V brought to the left: (I − γP)V = R")
    work.let("v", "solve(M, R)", "solved: V = (I − γP)⁻¹R", holds="v = R + gamma*(P @ v)")
    for i, state in places.items():
        work.let("V[s]", "v[i]", table="values", s=state, i=i)


def sample(rng: Random) -> dict[str, Any]:
    """Two or three states and an end that all of them reach; half of the draws have actions."""
    states = ["A", "B", "C"][: rng.randint(2, 3)]
    line = [*states, "End"]
    actions = ("left", "right") if rng.random() < 0.5 else ()
    by_state = rng.random() < 0.7
    transitions: dict[Any, Any] = {}
    for place, state in enumerate(states):
        for action in actions or (None,):
            onward = line[place + 1] if action != "left" else rng.choice(line)
            other = rng.choice([each for each in line if each != onward])
            share = rng.choice([Fraction(1), Fraction(1, 2), Fraction(1, 4), Fraction(3, 4)])
            reward = rng.randint(-4, 6)
            for after, probability in ((onward, share), (other, 1 - share)):
                if probability:
                    transitions[state, action, after] = probability, reward if by_state else rng.randint(-4, 6)
    choices: list[dict[str, int | Fraction]] = [{"right": 1}, {"left": Fraction(1, 4), "right": Fraction(3, 4)}]
    policy = {state: rng.choice(choices) for state in states} if actions and rng.random() < 0.5 else {}
    mdp = MDP(
        tuple(line), transitions, actions, rng.choice([Fraction(1, 2), Fraction(9, 10)]),
        {"End": rng.choice([0, 0, 0, 5])}, policy,
    )  # fmt: skip
    return {"mdp": mdp, "gamma": rng.choice([None, None, None, 1])}


def reference(mdp: MDP, gamma: Any = None, policy: str | None = None) -> dict[str, float]:
    """The discounted rewards summed up over 2⁴⁰ steps, by doubling, in NumPy's floats."""
    import numpy as np

    discount = mdp.gamma if gamma is None else gamma
    if discount is None or isinstance(discount, Node):
        raise InputError("gamma: the sum of rewards needs a number")
    place = {state: i for i, state in enumerate(mdp.states)}
    earned, step = np.zeros(len(place)), np.zeros((len(place), len(place)))
    has: dict[str, set[Any]] = {}
    for state, action, _ in mdp.transitions:
        has.setdefault(state, set()).add(action)
    for (state, action, after), (probability, reward) in mdp.transitions.items():
        share = 1 / len(has[state])
        if mdp.policy and policy != "uniform":
            share = float(mdp.policy[state].get(action or "", 0))
        earned[place[state]] += share * float(probability) * float(reward)
        step[place[state], place[after]] += share * float(probability)
    for state, worth in mdp.terminal.items():
        earned[place[state]] = float(worth)
    step *= float(discount)
    for _ in range(40):
        earned, step = earned + step @ earned, step @ step
    return {state: float(earned[i]) for state, i in place.items()}
