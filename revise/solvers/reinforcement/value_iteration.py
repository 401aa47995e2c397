"""Value iteration: V(s) ← maxₐ of one look ahead, sweep by sweep."""

from fractions import Fraction
from random import Random
from typing import Any

from revise.parameters import Number
from revise.solution import Solution
from revise.solvers.reinforcement._iteration import optimal_values
from revise.solvers.reinforcement._samples import RACING, STUDENT, drawn_process
from revise.solvers.reinforcement._typed import Process, discount_of

SERVES: dict[str, dict[str, object]] = {"value-iteration": {}}
SOURCE = "Sutton & Barto 2018, section 4.4; the bound: Puterman 1994, theorem 6.3.1"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Berkeley CS188, lecture on MDPs: the table V₁ and V₂ of the racing car, undiscounted
    ({"mdp": RACING, "gamma": 1, "sweeps": 1}, {"cool": 2, "warm": 1, "overheated": 0}),
    (
        {"mdp": RACING, "gamma": 1, "sweeps": 2},
        {"cool": Fraction(7, 2), "warm": Fraction(5, 2), "overheated": 0, "pi(cool)": "fast", "pi(warm)": "slow"},
    ),
    # Silver 2015, lecture 2: the student's optimal values and policy, undiscounted
    (
        {"mdp": STUDENT, "gamma": 1},
        {
            "Facebook": "6", "Class1": "6", "Class2": "8", "Class3": "10", "Sleep": 0,
            "pi(Facebook)": "quit", "pi(Class1)": "study", "pi(Class2)": "study", "pi(Class3)": "study",
        },
    ),
]  # fmt: skip
MISTAKES = {
    "q[k,s,a]": {
        "the discount is forgotten": "r[s,a] + sum(p[s,a,n]*V[k-1,n] for n in S)",
        "the reward is discounted as well": "gamma*(r[s,a] + sum(p[s,a,n]*V[k-1,n] for n in S))",
        "the best next state, not the expected one": "r[s,a] + gamma*max(V[k-1,n] for n in S if p[s,a,n] > 0)",
    },
    "V[1,s]": {
        "average over the actions": "mean(q[k,s,a] for a in A)",
        "the reward is left out of the maximum": "V[k-1,s]",
    },
    "V[2,s]": {
        "average over the actions": "mean(q[k,s,a] for a in A)",
        "the sweep before is added on": "V[k-1,s] + max(q[k,s,a] for a in A)",
    },
    "B": {"gamma left out above": "1/(1 - gamma)*Delta[k]", "gamma left out below": "gamma*Delta[k]"},
}


def solve(
    mdp: Process,
    gamma: Number | None = None,
    sweeps: Number | None = None,
    tolerance: Number | None = None,
    in_place: bool = False,
    start: str | None = None,
) -> Solution:
    """Sweeps V(s) ← maxₐ (r + γ ∑ p V), the first two line by line, then the greedy policy with all its ties.

    mdp        a TOML file, a drawn world (--template prints both), - for standard input, or rows
               "A go > B 0.5 -1; A go > A 0.5 0; B stay > end 1 10": state, action > next state, probability,
               reward. A state that no row starts from is terminal and worth 0
    gamma      the discount; without it the file's own
    sweeps     exactly so many; without it until no value changes by `tolerance`
    tolerance  the largest change (sup norm) at which to stop; without it 10⁻⁶
    in_place   use each new value at once; without it a sweep uses the old values only
    start      the values begun with: "A=0, B=5", or one number for all; without it 0

    After the last sweep: the largest change Δ, and γ/(1 − γ) Δ, which no value is farther from the true one.
    More than 16 states are swept in arrays, and the result is checked in a few states (three sweeps or fewer
    are written out for up to 64 states).

    Raises InputError where the sweeps don't settle.
    """
    return optimal_values(mdp, gamma, sweeps, tolerance, in_place, start)


def sample(rng: Random) -> dict[str, Any]:
    """Two or three states, one to four sweeps; some to the end."""
    given: dict[str, Any] = {"mdp": drawn_process(rng), "in_place": rng.random() < 0.2}
    if rng.random() < 0.8:
        given["sweeps"] = rng.randint(1, 4)
    if rng.random() < 0.3:
        given["start"] = "A=2, B=-1"
    return given


def reference(
    mdp: Any, gamma: Any = None, sweeps: Any = None, tolerance: Any = None, in_place: bool = False,
    start: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Plain floats over the rows of the process, state by state."""
    from revise.solvers.reinforcement._plain import best_by_rows

    return dict(best_by_rows(mdp, float(discount_of(mdp, gamma)), sweeps, tolerance, in_place, start))
