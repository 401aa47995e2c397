"""State values from listed episodes: TD(0), n-step TD, Monte Carlo."""

from fractions import Fraction
from random import Random
from typing import Any, Literal

from revise.errors import InputError
from revise.expression import FORMULA, Node, parse
from revise.parameters import Number, whole
from revise.solution import Solution
from revise.solvers.reinforcement._drawn_episodes import walked
from revise.solvers.reinforcement._episode import Episodes
from revise.solvers.reinforcement._evaluation import evaluation
from revise.solvers.reinforcement._starting import read_start, read_terminal

SERVES: dict[str, dict[str, object]] = {"td": {}, "monte-carlo": {"method": "monte-carlo"}}
SOURCE = "Sutton & Barto 2018, sections 5.1, 6.1 to 6.3 and 7.1, equations 6.2 and 7.1"
_WALK = "C 0 B 0 A 0 left"
_LECTURE = (
    "B east C -1; C east D -1; D exit x 10 | B east C -1; C east D -1; D exit x 10 |"
    "E north C -1; C east D -1; D exit x 10 | E north C -1; C east A -1; A exit x -10"
)
_PREDICTOR = "A 0 B 0 | B 1 | B 1 | B 1 | B 1 | B 1 | B 1 | B 0"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Berkeley CS188, lecture on reinforcement learning: TD, γ = 1, α = 1/2, V(D) = 8; then direct evaluation
    (
        {"episode": "B east C -2; C east D -2", "alpha": "1/2", "start": "D=8"},
        {"V(B)": -1, "V(C)": 3},
    ),
    (
        {"episode": _LECTURE, "method": "monte-carlo"},
        {"V(A)": -10, "V(B)": 8, "V(C)": 4, "V(D)": 10, "V(E)": -2},
    ),
    # Sutton & Barto 2018, exercise 6.3: the random walk's first episode ends on the left, all V = 0.5, α = 0.1
    (
        {"episode": _WALK, "alpha": "0.1", "start": "0.5"},
        {"V(A)": Fraction(9, 20), "V(B)": Fraction(1, 2), "V(C)": Fraction(1, 2)},
    ),
    # Example 6.4, You are the predictor: eight episodes; Monte Carlo gives V(A) = 0, batch TD 3/4, both V(B) = 3/4
    ({"episode": _PREDICTOR, "method": "monte-carlo"}, {"V(A)": 0, "V(B)": Fraction(3, 4)}),
    ({"episode": _PREDICTOR, "method": "batch"}, {"V(A)": Fraction(3, 4), "V(B)": Fraction(3, 4)}),
    # Exercise 5.5: one episode of ten steps, +1 each; the first visit gives 10, every visit (1 + … + 10)/10 = 5.5
    ({"episode": "s 1 " * 10 + "end", "method": "monte-carlo"}, {"V(s)": 10}),
    ({"episode": "s 1 " * 10 + "end", "method": "monte-carlo", "visits": "every"}, {"V(s)": Fraction(11, 2)}),
]  # fmt: skip
MISTAKES = {
    "y[t]": {
        "the discount is forgotten": "r[t] + V[n]",
        "the reward is forgotten": "gamma*V[n]",
        "the value of the state left": "r[t] + gamma*V[s]",
    },
    "delta[t]": {"the old value minus the target": "V[s] - y[t]"},
    "V[s]": {"the return itself instead of the mean": "G[t]", "the step size is forgotten": "V[s] + delta[t]"},
}
DOMAIN = {"alpha": (0, 1), "gamma": (0, 1)}


def solve(
    episode: Episodes,
    gamma: Number = 1,
    alpha: Number | None = None,
    method: Literal["td", "monte-carlo", "batch"] = "td",
    n: Number = 1,
    visits: Literal["first", "every"] = "first",
    start: str | None = None,
    terminal: str | None = None,
) -> Solution:
    """V of the states, row by row: the target, the error and the update V(s) ← V(s) + α · error.

    episode   "A 0 B 1 end": states and rewards in turn; or rows "A right 1 B; B left 0 end": state, action,
              reward, next state; | between episodes. A file, or - for standard input
    gamma     the discount; a letter stays
    alpha     the step size; a letter stays. Monte Carlo without it takes the mean of the returns
    method    td: the target is reward + γ V(next); monte-carlo: it is the return up to the episode's end;
              batch: what TD(0) settles at when the same episodes are repeated for ever (certainty equivalence)
    n         rewards in a TD target: 1 is TD(0), 2 is r + γ r′ + γ² V and so on
    visits    Monte Carlo: returns of a state's first visit in each episode only, or of every visit
    start     the values to begin with: "A=1, B=2", or one for all; without it 0
    terminal  the states worth 0: "end"; `none` for none. Without it those that no row begins in

    TD updates in the order of the rows and uses each new value at once. Raises InputError naming the row.
    """
    rewards = whole(n, "n")
    if method == "td" and alpha is None:
        raise InputError("alpha: TD needs a step size, such as --alpha 0.1")
    if method != "td" and rewards != 1:
        raise InputError("n: only TD has a number of steps")
    if method == "batch" and (alpha is not None or start is not None):
        raise InputError(f"{'start' if alpha is None else 'alpha'}: the result of a batch does not depend on it")
    if visits == "every" and method != "monte-carlo":
        raise InputError("visits: only Monte Carlo counts visits; add --method monte-carlo")
    if method == "monte-carlo" and alpha is None and start is not None:
        raise InputError("start: a mean of returns has no start; it goes with --alpha")
    if method == "monte-carlo" or rewards > 1:
        episode.check_joined("the rewards after a row must be those that followed it")
    found = evaluation(episode, gamma, alpha, start, terminal, method, alpha is None)
    if method == "batch":
        found.work.note("Batch TD settles at the values of the process that fits the episodes best.")
        return found.batch()
    if method == "td":
        found.work.note(
            "TD bootstraps: the target uses a value that is itself an estimate." if rewards == 1
            else f"The target has {rewards} rewards and then a value, itself an estimate."
        )  # fmt: skip
        return found.temporal(rewards)
    kind = (
        "first visit: of each state only its first return in an episode counts" if visits == "first" else "every visit"
    )
    found.work.note(f"Monte Carlo, {kind}; t counts the rows of all episodes, and the values follow in that order.")
    return found.monte_carlo(visits == "first", alpha is None)


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """A return that does not come last in its episode → what is done wrong → the formula that does it."""
    wrong = {"not discounted": "r[t] + G[t+1]", "the reward is discounted too": "gamma*(r[t] + G[t+1])"}
    trees = {label: parse(formula, None, FORMULA) for label, formula in wrong.items()}
    return {step.shown: trees for step in solution.steps if step.formula == "r[t] + gamma*G[t+1]"}


def sample(rng: Random) -> dict[str, Any]:
    """One to three short episodes; TD, two steps, or Monte Carlo."""
    given: dict[str, Any] = {
        "episode": " | ".join(walked(rng) for _ in range(rng.randint(1, 3))),
        "gamma": rng.choice(["1", "0.9", "1/2"]),
        "method": rng.choice(["td", "td", "monte-carlo", "batch"]),
    }
    if given["method"] == "td":
        given |= {"alpha": rng.choice(["0.1", "1/2"]), "n": rng.choice([1, 1, 2, 3])}
        if rng.random() < 0.5:
            given["start"] = rng.choice(["1/2", "2"])
    if given["method"] == "monte-carlo":
        given["visits"] = rng.choice(["first", "every"])
        if rng.random() < 0.3:
            given["alpha"] = "1/2"
    return given


def reference(
    episode: Episodes, gamma: Any = 1, alpha: Any = None, method: str = "td", n: Any = 1, visits: str = "first",
    start: str | None = None, terminal: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """NumPy: returns by dot products with the powers of γ, the batch by sweeps over all rows until nothing moves."""
    import numpy

    every, own = read_start(start)
    ends = read_terminal(terminal, episode, own)
    value = {state: 0.0 if state in ends else float(own.get(state, every)) for state in episode.states()}
    g, rows = float(gamma), episode.rows
    if method == "batch":
        for _ in range(100_000):
            new = {
                state: float(
                    numpy.mean([float(row.reward) + g * value[row.after] for row in rows if row.state == state])
                )
                for state in episode.begun()
            }
            moved = max(abs(new[state] - value[state]) for state in new)
            value |= new
            if moved < 1e-14:
                break
        return {f"V({state})": value[state] for state in episode.begun()}
    times: dict[str, int] = {}
    for each in episode.episodes:
        rewards = numpy.array([float(row.reward) for row in each])
        for place, row in enumerate(each):
            tail = rewards[place:] if method == "monte-carlo" else rewards[place : place + n]
            goal = float(tail @ g ** numpy.arange(len(tail)))
            if method == "monte-carlo":
                if visits == "first" and row.state in [before.state for before in each[:place]]:
                    continue
            else:
                after = each[place + len(tail) - 1].after
                if len(tail) < n and after not in ends:
                    continue
                goal += g ** len(tail) * value[after]
            times[row.state] = times.get(row.state, 0) + 1
            rate = 1 / times[row.state] if alpha is None else float(alpha)
            value[row.state] += rate * (goal - value[row.state])
    return {f"V({state})": value[state] for state in times}
