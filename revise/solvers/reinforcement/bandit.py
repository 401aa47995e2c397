"""Multi-armed bandits: estimates, exploration, ε-greedy, UCB."""

from fractions import Fraction
from random import Random
from typing import Any, Literal

from revise.errors import InputError
from revise.parameters import Matrix, Number, Vector
from revise.solution import Solution
from revise.solvers.reinforcement._arms import explored, followed, posed, read_arms
from revise.solvers.reinforcement._upper_bound import bounded

SERVES: dict[str, dict[str, object]] = {
    "bandit": {},
    "ucb": {"method": "ucb"},
    "epsilon-greedy": {"method": "epsilon-greedy"},
}
SOURCE = (
    "Sutton & Barto 2018, sections 2.2 to 2.7, equations 2.3, 2.5 and 2.10; UCB1: Auer, Cesa-Bianchi & Fischer 2002, "
    "Finite-time analysis of the multiarmed bandit problem, figure 1"
)
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Sutton & Barto 2018, exercise 2.2: four arms, sample averages; steps 4 and 5 were surely exploratory
    (
        {"actions": "1, 2, 2, 2, 3", "rewards": "-1, 1, -2, 2, 0", "arms": 4},
        {"estimates": [-1, Fraction(1, 3), 0, 0], "surely-exploratory": [4, 5]},
    ),
]
MISTAKES = {
    "Q[a]": {
        "the new reward counts as much as all before": "(Q[a] + r[t])/2",
        "the old estimate is forgotten": "r[t]",
        "divided by all steps, not by the arm's": "Q[a] + (r[t] - Q[a])/t",
    },
    "U[a]": {
        "the pulls of the arm are left out": "Q[a] + sqrt(2*log(n))",
        "the logarithm is left out": "Q[a] + sqrt(2*n/N[a])",
        "the root is left out": "Q[a] + 2*log(n)/N[a]",
    },
}
DOMAIN = {"alpha": (0, 1)}


def solve(
    rewards: Matrix | None = None,
    actions: Vector | None = None,
    method: Literal["value", "epsilon-greedy", "ucb"] = "value",
    arms: Number | None = None,
    alpha: Number | None = None,
    start: Vector | None = None,
    counts: Vector | None = None,
    epsilon: Number | None = None,
    draws: Vector | None = None,
    explore: Vector | None = None,
    bonus: Literal["auer", "sutton"] = "auer",
    c: Number | None = None,
) -> Solution:
    """The estimate of each arm, pull by pull; which pulls were surely exploratory; which arm a rule takes.

    rewards   what each step brought, "-1, 1, -2"; or a row for each arm, what it would bring at each step
    actions   the arms pulled, "1, 2, 2", counted from 1; the rules choose them themselves
    method    value: estimates of the given actions; epsilon-greedy: explores where the draw is below ε, else takes
              the best estimate; ucb: takes the largest estimate plus bonus, and names the next arm
    arms      how many there are, where the other arguments don't say it
    alpha     a constant step size; without it the mean of the arm's rewards
    start     the first estimates, one for all or one an arm; without it 0
    counts    how often each arm was pulled before, `start` being its mean so far
    epsilon   with draws, a number from 0 to 1 for each step, and explore, the arms taken where it is below ε
    bonus     auer: √(2 ln n / N), n pulls so far (UCB1); sutton: c √(ln t / N), t = n + 1 the step now
    c         of the bonus `sutton`; without it 2

    Of arms that tie the first is taken. In UCB an arm not pulled yet comes first. Raises InputError.
    """
    chosen, count = read_arms(actions, rewards, arms, start, counts)
    if c is not None and (method != "ucb" or bonus != "sutton"):
        raise InputError("c: it belongs to --method ucb --bonus sutton")
    for name, value in (("epsilon", epsilon), ("draws", draws), ("explore", explore)):
        if value is not None and method != "epsilon-greedy":
            raise InputError(f"{name}: it belongs to --method epsilon-greedy")
    if rewards is None and method != "ucb":
        raise InputError('rewards: what each step brought, --rewards "1, 0, 2", or a row for each arm')
    more = (
        {"epsilon": epsilon}
        if method == "epsilon-greedy"
        else {"c": 2 if c is None else c}
        if bonus == "sutton"
        else {}
    )
    found = posed(rewards, count, alpha, start, counts, **more)
    if method == "ucb":
        shown = "√(2 ln n / N), n all pulls so far" if bonus == "auer" else "c √(ln t / N), t the step now"
        found.work.note(f"The bonus is {shown}, N those of the arm; ln is the natural logarithm (log below).")
        return bounded(found, bonus, chosen)
    if method == "epsilon-greedy":
        if chosen:
            raise InputError("actions: ε-greedy chooses them itself")
        return explored(found, epsilon, draws, explore)
    if not chosen:
        raise InputError('actions: which arms were pulled, --actions "1, 2, 2"; or a --method that chooses them')
    return followed(found, chosen)


def sample(rng: Random) -> dict[str, Any]:
    """Three arms and four to six steps, by each method."""
    steps = rng.randint(4, 6)
    method = rng.choice(["value", "value", "epsilon-greedy", "ucb"])
    rows = 3 if method != "value" and rng.random() < 0.5 else 1
    lines = [", ".join(str(rng.randint(-2, 5)) for _ in range(steps)) for _ in range(rows)]
    given: dict[str, Any] = {"method": method, "arms": 3, "rewards": "; ".join(lines)}
    if method == "value":
        given["actions"] = ", ".join(str(rng.randint(1, 3)) for _ in range(steps))
    if method == "epsilon-greedy":
        draws = [rng.randint(0, 9) for _ in range(steps)]
        given |= {"epsilon": "0.3", "draws": ", ".join(f"0.{draw}5" for draw in draws)}
        arms = [rng.randint(1, 3) for draw in draws if draw < 3]
        given |= {"explore": ", ".join(map(str, arms))} if arms else {}
    if method == "ucb" and rng.random() < 0.3:
        given["bonus"] = "sutton"
    if rng.random() < 0.3:
        given["alpha"] = "1/2"
    if rng.random() < 0.3:
        given["start"] = "1, 2, 0"
    return given


def reference(
    rewards: Any = None, actions: Any = None, method: str = "value", arms: Any = None, alpha: Any = None,
    start: Any = None, counts: Any = None, epsilon: Any = None, draws: Any = None, explore: Any = None,
    bonus: str = "auer", c: Any = None,
) -> dict[str, Any]:  # fmt: skip
    """NumPy: each estimate from the list of its arm's rewards at once, as a mean or with the weights α(1 − α)ⁱ."""
    import numpy

    chosen, count = read_arms(actions, rewards, arms, start, counts)
    table = numpy.array(rewards.nested() if rewards is not None else numpy.zeros((1, 0)), dtype=float)
    first = numpy.zeros(count) + ([float(each) for each in start.flat] if start is not None else 0)
    before = numpy.array([float(each) for each in counts.flat]) if counts is not None else numpy.zeros(count)
    got: list[list[float]] = [[] for _ in range(count)]

    def estimate(arm: int) -> float:
        brought = numpy.array(got[arm])
        if alpha is None:
            pulls = before[arm] + len(brought)
            return (
                float((before[arm] * first[arm] + brought.sum()) / pulls)
                if pulls and len(brought)
                else float(first[arm])
            )
        ages = numpy.arange(len(brought))[::-1]
        rate = float(alpha)
        return float((1 - rate) ** len(brought) * first[arm] + (rate * (1 - rate) ** ages * brought).sum())

    def choose(step: int) -> int:
        values = numpy.array([estimate(arm) for arm in range(count)])
        if method == "epsilon-greedy":
            return waiting.pop(0) - 1 if draws.flat[step] < epsilon else int(values.argmax())
        pulls = before + numpy.array([len(each) for each in got])
        with numpy.errstate(divide="ignore", invalid="ignore"):
            total = pulls.sum() + (bonus == "sutton")
            width = (2 if c is None else float(c)) if bonus == "sutton" else numpy.sqrt(2)
            index = numpy.where(pulls > 0, values + width * numpy.sqrt(numpy.log(total) / pulls), numpy.inf)
        return int(index.argmax())

    waiting = [int(arm) for arm in explore.flat] if explore is not None else []
    taken, gaps = [], []
    for step in range(table.shape[1]):
        values = [estimate(arm) for arm in range(count)]
        arm = chosen[step] - 1 if chosen else choose(step)
        taken.append(arm + 1)
        gaps.append(max(values) - values[arm] > 1e-12)
        got[arm].append(float(table[arm if len(table) > 1 else 0, step]))
    found: dict[str, Any] = {"estimates": [estimate(arm) for arm in range(count)], "actions": taken}
    found["surely-exploratory"] = [step for step, far in enumerate(gaps, 1) if far]
    return found | ({"next": choose(table.shape[1]) + 1} if method == "ucb" else {})
