"""Policy evaluation by sweeps: V(s) ← the look-aheads weighed by π."""

from fractions import Fraction
from random import Random
from typing import Any, Literal

from revise.parameters import Number
from revise.solution import Solution
from revise.solvers.reinforcement._iteration import policy_values
from revise.solvers.reinforcement._samples import FIVE_BY_FIVE, RACING, SMALL_GRID, STUDENT, drawn_process
from revise.solvers.reinforcement._typed import Process, discount_of

SERVES: dict[str, dict[str, object]] = {"policy-evaluation": {}}
SOURCE = "Sutton & Barto 2018, section 4.1"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Silver 2015, lecture 2: the student under the uniform policy, undiscounted
    (
        {"mdp": STUDENT, "gamma": 1, "policy": "uniform"},
        {"Facebook": "-2.3", "Class1": "-1.3", "Class2": "2.7", "Class3": "7.4", "Sleep": 0},
    ),
    # Sutton & Barto 2018, figure 4.1: k = 1, 2, 3 and ∞. At k = 2 the book prints −1.7 for −1.75
    ({"mdp": SMALL_GRID, "sweeps": 1}, {"(2,4)": -1, "(4,4)": -1, "(1,4)": 0}),
    ({"mdp": SMALL_GRID, "sweeps": 2}, {"(2,4)": Fraction(-7, 4), "(3,4)": -2}),
    ({"mdp": SMALL_GRID, "sweeps": 3}, {"(2,4)": "-2.4", "(3,4)": "-2.9", "(4,4)": "-3.0"}),
    ({"mdp": SMALL_GRID}, {"(2,4)": "-14", "(3,4)": "-20", "(4,4)": "-22", "(2,3)": "-18"}),
    # Figure 3.2
    ({"mdp": FIVE_BY_FIVE}, {"(1,5)": "3.3", "(2,5)": "8.8", "(3,5)": "4.4", "(4,5)": "5.3", "(5,1)": "-2.0"}),
    # By hand: always slow. V(cool) = 1/(1 − 1/2) = 2, and warm earns as much
    ({"mdp": RACING, "gamma": "1/2", "policy": "cool=slow, warm=slow"}, {"cool": "2.0000", "warm": "2.0000"}),
]
MISTAKES = {
    "V[1,s]": {
        "the best action instead of the policy's": "max(q[k,s,a] for a in A)",
        "the actions summed, not weighed": "sum(q[k,s,a] for a in A)",
    },
    "V[2,s]": {"the best action instead of the policy's": "max(q[k,s,a] for a in A)"},
    "q[k,s,a]": {
        "the discount is forgotten": "r[s,a] + sum(p[s,a,n]*V[k-1,n] for n in S)",
        "the next states are not weighed": "r[s,a] + gamma*sum(V[k-1,n] for n in S if p[s,a,n] > 0)",
    },
    "B": {"gamma left out above": "1/(1 - gamma)*Delta[k]"},
}


def solve(
    mdp: Process,
    gamma: Number | None = None,
    policy: Literal["uniform", "given"] | str | None = None,
    sweeps: Number | None = None,
    tolerance: Number | None = None,
    in_place: bool = False,
    start: str | None = None,
) -> Solution:
    """Sweeps V(s) ← ∑ₐ π(a|s) (r + γ ∑ p V), the first two line by line; `bellman` has the exact solution.

    mdp        a TOML file, a drawn world (--template prints both), - for standard input, or rows
               "A go > B 0.5 -1; A go > A 0.5 0": state, action > next state, probability, reward. A state that
               no row starts from is terminal and worth 0
    gamma      the discount; without it the file's own
    policy     uniform: every action a state has, equally often; given: the file's table [policy]; or typed,
               "A=left, B=stay". Without it the file's table where there is one, else uniform
    sweeps     exactly so many; without it until no value changes by `tolerance`
    tolerance  the largest change (sup norm) at which to stop; without it 10⁻⁶
    in_place   use each new value at once; without it a sweep uses the old values only
    start      the values begun with: "A=0, B=5", or one number for all; without it 0

    After the last sweep: the largest change Δ, and γ/(1 − γ) Δ, which no value is farther from the true one.

    Raises InputError where the policy is incomplete, or its values grow without end.
    """
    return policy_values(mdp, gamma, policy, sweeps, tolerance, in_place, start)


def sample(rng: Random) -> dict[str, Any]:
    """Two or three states, one to four sweeps; uniform or typed."""
    given: dict[str, Any] = {"mdp": drawn_process(rng), "in_place": rng.random() < 0.2}
    if rng.random() < 0.8:
        given["sweeps"] = rng.randint(1, 4)
    if rng.random() < 0.4:
        given["policy"] = ", ".join(f"{state}=right" for state in given["mdp"].states if state != "end")
    return given


def reference(
    mdp: Any, gamma: Any = None, policy: str | None = None, sweeps: Any = None, tolerance: Any = None,
    in_place: bool = False, start: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Plain floats over the rows of the process, state by state."""
    from revise.solvers.reinforcement._plain import weighed_by_rows

    return dict(weighed_by_rows(mdp, float(discount_of(mdp, gamma)), policy, sweeps, tolerance, in_place, start))
