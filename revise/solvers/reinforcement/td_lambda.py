"""TD(λ) with eligibility traces (backward view), row by row."""

from fractions import Fraction
from random import Random
from typing import Any, Literal

from revise.errors import InputError
from revise.expression import FORMULA, Node, parse
from revise.parameters import Number
from revise.solution import Solution
from revise.solvers.reinforcement._drawn_episodes import walked
from revise.solvers.reinforcement._episode import Episodes
from revise.solvers.reinforcement._evaluation import Evaluation, evaluation
from revise.solvers.reinforcement._starting import read_start, read_terminal

SERVES: dict[str, dict[str, object]] = {"td-lambda": {}}
SOURCE = (
    "Sutton & Barto 2018, sections 12.2 and 12.5; Singh & Sutton 1996, Reinforcement learning with replacing traces"
)
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Sutton & Barto 2018, exercise 6.3: with λ = 0 it is TD(0), and the random walk's V(A) becomes 0.45 …
    (
        {"episode": "C 0 B 0 A 0 left", "alpha": "0.1", "decay": 0, "start": "0.5"},
        {"V(A)": Fraction(9, 20), "V(B)": Fraction(1, 2), "V(C)": Fraction(1, 2)},
    ),
    # … by hand: with λ = 1 every state of the walk moves by α (0 − 0.5), as with a constant-α Monte Carlo update
    (
        {"episode": "C 0 B 0 A 0 left", "alpha": "0.1", "decay": 1, "start": "0.5"},
        {"V(A)": Fraction(9, 20), "V(B)": Fraction(9, 20), "V(C)": Fraction(9, 20)},
    ),
]
MISTAKES = {
    "delta[t]": {
        "the discount is forgotten": "r[t] + V[n] - V[s]",
        "the old value minus the target": "V[s] - r[t] - gamma*V[n]",
    },
    "V[u]": {"the trace is forgotten": "V[u] + alpha*delta[t]", "the step size is forgotten": "V[u] + delta[t]*e[t,u]"},
}
DOMAIN = {"alpha": (0, 1), "gamma": (0, 1), "lambda": (0, 1)}
_HERE = {"accumulating": "gamma*lambda*e[t-1,u] + 1", "replacing": "1"}


def solve(
    episode: Episodes,
    decay: Number,
    alpha: Number,
    gamma: Number = 1,
    traces: Literal["accumulating", "replacing"] = "accumulating",
    start: str | None = None,
    terminal: str | None = None,
) -> Solution:
    """For each row the TD error δ, the trace e of every state seen in the episode, and V(u) ← V(u) + α δ e(u).

    episode   "A 0 B 1 end": states and rewards in turn; or rows "A right 1 B; B left 0 end"; | between episodes
    decay     λ, from 0 (TD(0)) to 1; a letter stays
    alpha     the step size; a letter stays
    gamma     the discount; a letter stays
    traces    in the state left: accumulating adds 1 to what is left of the trace; replacing sets it to 1
    start     the values to begin with: "A=1, B=2", or one for all; without it 0
    terminal  the states worth 0: "end"; `none` for none. Without it those that no row begins in

    Online: every row uses the values the one before it left. Traces start at 0 in each episode. Raises InputError.
    """
    if not isinstance(decay, Node) and not 0 <= decay <= 1:
        raise InputError(f"decay: λ is a number from 0 to 1, not {decay}")
    episode.check_joined("a trace needs the rows in the order in which they were lived")
    found = evaluation(episode, gamma, alpha, start, terminal, "td", False, decay)
    told = "adds 1 to its trace" if traces == "accumulating" else "sets its trace to 1"
    found.work.note(f"Leaving a state {told}; every other trace fades by γλ. A state not seen yet has none.")
    _traced(found, traces)
    return found.answer()


def _traced(found: Evaluation, traces: str) -> None:
    seen: list[str] = []
    for t, row in enumerate(found.rows, 1):
        let = found.work.let
        found.tell(t)
        why = "error: reward and next value, less the old value"
        let("delta[t]", "r[t] + gamma*V[n] - V[s]", why, t=t, s=row.state, n=row.after)
        title = f"row {t}: traces and values"
        fresh = row.state not in seen
        for state in [*seen, row.state] if fresh else seen:
            if state == row.state:
                formula, why = ("1", "the first visit") if fresh else (_HERE[traces], "the state just left")
            else:
                formula, why = "gamma*lambda*e[t-1,u]", "the others fade"
            let("e[t,u]", formula, why, table=title, t=t, u=state)
            let("V[u]", "V[u] + alpha*delta[t]*e[t,u]", "each by its trace", table=title, update=True, t=t, u=state)
        seen = [] if t == found.last[t - 1] else [*seen, row.state] if fresh else seen


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """A trace that fades → what is done wrong → the formula that does it."""
    wrong = {"λ is forgotten": "gamma*e[t-1,u]", "γ is forgotten": "lambda*e[t-1,u]", "it stays": "e[t-1,u]"}
    trees = {label: parse(formula, None, FORMULA) for label, formula in wrong.items()}
    return {step.shown: trees for step in solution.steps if step.formula == "gamma*lambda*e[t-1,u]"}


def sample(rng: Random) -> dict[str, Any]:
    """One or two short episodes."""
    return {
        "episode": " | ".join(walked(rng) for _ in range(rng.randint(1, 2))),
        "decay": rng.choice(["1/2", "0.9", "0", "1"]),
        "alpha": rng.choice(["0.1", "1/2"]),
        "gamma": rng.choice(["1", "0.9"]),
        "traces": rng.choice(["accumulating", "accumulating", "replacing"]),
        **({"start": "1/2"} if rng.random() < 0.4 else {}),
    }


def reference(
    episode: Episodes, decay: Any, alpha: Any, gamma: Any = 1, traces: str = "accumulating", start: str | None = None,
    terminal: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """NumPy: each trace at once, as the sum of (γλ)ᵃ over the ages a of its visits, or of the last one alone."""
    import numpy

    every, own = read_start(start)
    ends = read_terminal(terminal, episode, own)
    value = {state: 0.0 if state in ends else float(own.get(state, every)) for state in episode.states()}
    fade = float(gamma) * float(decay)
    for each in episode.episodes:
        for now, row in enumerate(each):
            error = float(row.reward) + float(gamma) * value[row.after] - value[row.state]
            for state in {past.state for past in each[: now + 1]}:
                ages = numpy.array([now - then for then, past in enumerate(each[: now + 1]) if past.state == state])
                trace = (fade ** ages[-1:]).sum() if traces == "replacing" else (fade**ages).sum()
                value[state] += float(alpha) * error * float(trace)
    return {f"V({state})": value[state] for state in episode.begun()}
