"""Markov reward process: V = (I − γP)⁻¹R, or a number of sweeps."""

from fractions import Fraction
from random import Random
from typing import Any

from revise.engines.arrays import Array
from revise.engines.exact import Undefined
from revise.errors import InputError
from revise.expression import Node
from revise.mdp import MDP, check_gamma
from revise.parameters import Matrix, Number, Vector, whole
from revise.solution import Solution, Work, letters_of
from revise.solvers.reinforcement import bellman
from revise.solvers.reinforcement._typed import Transitions

SERVES: dict[str, dict[str, object]] = {"mrp": {}}
SOURCE = "Silver 2015, UCL course on reinforcement learning, lecture 2: Markov reward processes"
_STUDENT = {
    "P": (
        "0 1/2 0 0 0 1/2 0; 0 0 4/5 0 0 0 1/5; 0 0 0 3/5 2/5 0 0; 0 0 0 0 0 0 1; 1/5 2/5 2/5 0 0 0 0;"
        "1/10 0 0 0 0 9/10 0; 0 0 0 0 0 0 1"
    ),
    "R": "-2, -2, -2, 10, 1, -1, 0",
    "states": "C1, C2, C3, Pass, Pub, FB, Sleep",
}
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Silver 2015, lecture 2, the student's reward process: the slides for γ = 0.9, 1 and 0, as they round
    (
        _STUDENT | {"gamma": "0.9"},
        {"C1": "-5.0", "C2": "0.9", "C3": "4.1", "Pass": "10", "Pub": "1.9", "FB": "-7.6", "Sleep": 0},
    ),
    (
        _STUDENT | {"gamma": 1},
        {"C1": "-13", "C2": "1.5", "C3": "4.3", "Pass": 10, "Pub": "0.8", "FB": "-23", "Sleep": 0},
    ),
    (_STUDENT | {"gamma": 0}, {"C1": -2, "C2": -2, "C3": -2, "Pass": 10, "Pub": 1, "FB": -1, "Sleep": 0}),
    # By hand: V(1) = R/(1 − γp) where state 2 is an end worth nothing
    ({"P": "p, 1-p; 0, 0", "R": "r, 0", "gamma": "g"}, {"s1": "r/(1 - g*p)", "s2": 0}),
]
DOMAIN = {"gamma": (0, 1), "p": (0, 1), "g": (0, 1)}
MISTAKES = {
    "v": {
        "gamma is forgotten": "solve(eye(N) - P, R)",
        "the reward is discounted as well": "solve(M, gamma*R)",
        "P is read by columns": "solve(eye(N) - gamma*P.T, R)",
        "only one step is looked ahead": "R + gamma*(P @ R)",
        "the reward of the state entered is taken": "solve(M, P @ R)",
    },
    "v[k]": {"the discount is forgotten": "R + P @ v[k-1]", "the rewards are discounted": "gamma*(R + P @ v[k-1])"},
}

_MOST_STATES = 60
_MOST_SYMBOLIC = 8
_MOST_SWEEPS = 500
_EQUATION = {
    False: "V[s] = R[i] + gamma*sum(P[i,j]*V[S[j]] for j in 0..N-1 if P[i,j] > 0)",
    True: "V[s] = R[i] + gamma*sum(P[i,j]*V[S[j]] for j in 0..N-1)",
}


def solve(
    P: MDP | Matrix | Transitions,
    R: Vector | None = None,
    gamma: Number | None = None,
    states: str | None = None,
    sweeps: Number | None = None,
) -> Solution:
    """One equation a state, V = R + γPV in matrices, and V = (I − γP)⁻¹R; or V by sweeps.

    P       the matrix, row by row "0.5, 0.5; 0, 1" (letters too), with R; or a TOML file, - for standard input, or
            rows "A > B 0.5 -1; A > A 0.5 0; B > end 1 10" (state > next state, probability, reward): solved as
            `bellman` does, a decision process under its policy. A row of zeros is an end: nothing follows
    R       the reward on leaving each state, "-1, 2": at an end, its worth
    gamma   the discount, or a letter; without it the file's own
    states  names for the states of a matrix, "A, B"; without them s1, s2 …
    sweeps  so many sweeps V ← R + γPV from 0 instead of the exact solution

    Raises InputError where P is no matrix of probabilities, or there is no single solution.
    """
    if isinstance(P, MDP):
        if R is not None or states is not None or sweeps is not None:
            raise InputError("P: R, states and sweeps go with a matrix; the file has them (policy-evaluation sweeps)")
        return bellman.solve(P, gamma)
    names, symbolic = _checked(P, R, states, gamma)
    matrix, idle = _without_idle(P, R, gamma, names)
    work = Work(N=len(names), P=matrix, R=R, gamma=gamma, S=names, v=None if sweeps is None else {0: [0] * len(names)})
    work.called(N="", R="rewards", gamma="discount", v="")
    work.note("The reward belongs to the state left: V(s) = R(s) + γ ∑ₙ P(s,n) V(n).")
    if idle:
        work.note(
            f"{', '.join(idle)}: never left and nothing earned. With γ = 1, V = V would say nothing; V is 0 there."
        )
    if sweeps is None:
        unknown = {"V": letters_of("V", names)}
        for i, state in enumerate(names):
            work.equation(_EQUATION[symbolic], unknown=unknown, table="equations", s=state, i=i)
        _solved(work)
        for i, state in enumerate(names):
            work.let("V[s]", "v[i]", table="values", s=state, i=i)
        return work.answer({state: f"V[{state}]" for state in names})
    return _swept(work, names, whole(sweeps, "sweeps"))


def _checked(P: Any, R: Any, states: str | None, gamma: Any) -> tuple[tuple[str, ...], bool]:
    """The states' names, and whether letters occur in P."""
    size = len(P.flat) // P.shape[0]
    if size != P.shape[0]:
        raise InputError(f"P: {P.shape[0]} rows of {size} entries; a transition matrix is square")
    if R is None or len(R.flat) != size:
        raise InputError(f"R: a matrix P of {size} rows needs {size} rewards, such as --R '-1, 2'")
    if gamma is None:
        raise InputError("gamma: a matrix P needs the discount, such as --gamma 0.9")
    check_gamma(gamma)
    letters = isinstance(gamma, Node) or any(isinstance(entry, Node) for entry in (*P.flat, *R.flat))
    if size > (_MOST_SYMBOLIC if letters else _MOST_STATES):
        raise InputError(f"P: {size} states are more than {_MOST_SYMBOLIC if letters else _MOST_STATES}")
    names = tuple(name.strip() for name in states.split(",")) if states else tuple(f"s{i + 1}" for i in range(size))
    if len(names) != size or len(set(names)) != size or not all(names):
        raise InputError(f"states: {size} different names are needed, such as A, B")
    for i in range(size):
        row = P.flat[i * size : (i + 1) * size]
        numbers = [entry for entry in row if not isinstance(entry, Node)]
        if any(not 0 <= entry <= 1 for entry in numbers):
            raise InputError(f"P: row {i + 1} has entries that are no probabilities")
        if len(numbers) == size and abs(sum(numbers) - 1) > 1e-12 and any(numbers):
            raise InputError(f"P: row {i + 1} sums to {float(sum(numbers)):.10g}, not 1 (a row of zeros is an end)")
    return names, any(isinstance(entry, Node) for entry in P.flat)


def _without_idle(P: Any, R: Any, gamma: Any, names: tuple[str, ...]) -> tuple[Any, list[str]]:
    """With gamma = 1, P with the rows of states that stay for ever and earn nothing set to zero, and their names."""
    if isinstance(gamma, Node) or gamma != 1:
        return P, []
    size = len(names)
    idle = [i for i in range(size) if P.flat[i * size + i] == 1 and R.flat[i] == 0]
    flat = [0 if place // size in idle else entry for place, entry in enumerate(P.flat)]
    return Array(P.shape, tuple(flat)), [names[i] for i in idle]


def _solved(work: Work) -> None:
    work.let("M", "eye(N) - gamma*P", "every V brought to the left: (I − γP)V = R")
    try:
        work.let("v", "solve(M, R)", "solved: V = (I − γP)⁻¹R", holds="v = R + gamma*(P @ v)")
    except Undefined:
        raise InputError(
            "gamma: with gamma = 1, I − P is singular: from some state the rewards go on for ever; take it below 1"
        ) from None


def _swept(work: Work, names: tuple[str, ...], count: int) -> Solution:
    if count > _MOST_SWEEPS or (work.letters and count > 6):
        raise InputError(f"sweeps: at most {6 if work.letters else _MOST_SWEEPS} here")
    work.note("V₀ = 0 in every state; each sweep uses the values of the sweep before.")
    for k in range(1, count + 1):
        work.let("v[k]", "R + gamma*(P @ v[k-1])", "one sweep", table="sweeps", k=k)
        if not work.letters:
            work.let("Delta[k]", "max(abs(v[k] - v[k-1]))", "largest change", table="sweeps", k=k)
    for i, state in enumerate(names):
        work.let("V[s]", "v[k][i]", table=f"values after sweep {count}", s=state, k=count, i=i)
    if not work.letters and work.given["gamma"] != 1:
        why = "bound on the error: no value is farther than this from the true one"
        work.let("B", "gamma/(1 - gamma)*Delta[k]", why, k=count)
    return work.answer({state: f"V[{state}]" for state in names})


def sample(rng: Random) -> dict[str, Any]:
    """Two or three states, rows of easy fractions; some with sweeps."""
    size = rng.randint(2, 3)
    rows = []
    for i in range(size):
        row = [Fraction(0)] * size
        row[rng.randrange(size)] += Fraction(1, 2)
        row[(i + 1) % size] += Fraction(1, 2)
        rows.append(", ".join(map(str, row)))
    if rng.random() < 0.4:
        rows[-1] = ", ".join(["0"] * size)
    rewards = ", ".join(str(rng.randint(-3, 5)) for _ in range(size))
    given = {"P": "; ".join(rows), "R": rewards, "gamma": rng.choice(["1/2", "0.9", "0.8"])}
    return given | ({"sweeps": str(rng.randint(1, 4))} if rng.random() < 0.3 else {})


def reference(
    P: Any, R: Any = None, gamma: Any = None, states: str | None = None, sweeps: Any = None
) -> dict[str, Any]:
    """The discounted rewards summed up step by step in NumPy's floats, as many steps as sweeps, or until they end."""
    import numpy as np

    if isinstance(P, MDP):
        return dict(bellman.reference(P, gamma))
    step = np.array([float(entry) for entry in P.flat]).reshape(P.shape)
    earned = np.array([float(entry) for entry in R.flat])
    idle = (np.diag(step) == 1) & (earned == 0)
    step[idle] = 0
    names = [name.strip() for name in states.split(",")] if states else [f"s{i + 1}" for i in range(len(step))]
    total, weight = np.zeros(len(step)), np.eye(len(step))
    for _ in range(20_000 if sweeps is None else int(sweeps)):
        total, weight = total + weight @ earned, float(gamma) * weight @ step
    return {name: float(value) for name, value in zip(names, total, strict=True)}
