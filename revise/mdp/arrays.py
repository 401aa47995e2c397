"""Value iteration, policy evaluation and policy iteration on arrays, for processes too large to write out."""

from dataclasses import dataclass
from math import inf, isfinite

import numpy as np  # noqa: TID253 (this module is imported lazily as a whole)

from revise.mdp.sweeps import Sweep
from revise.mdp.tables import Bools, Floats, Tables, endless, followed, look_ahead, quiet, tables

__all__ = [
    "Run", "Tables", "endless", "followed", "look_ahead", "modified_policy_iteration", "policy_evaluation",
    "policy_iteration", "quiet", "tables", "value_iteration",
]  # fmt: skip

_TIE = 1e-10
_FOLLOW = 8  # on slippery grids of 10⁵ states 5 to 15 take about the same time
_MOST_SOLVED = 2000  # states whose equations are solved at once


@dataclass(frozen=True, eq=False)
class Run:
    """
    values     (N,)
    residuals  the sup norm of the change in each sweep (policy iteration: in each round)
    q          (A, N): one step of look-ahead from `values`; -inf where the action is not available
    greedy     (A, N): every action within 1e-10, relative to max(1, |q|), of the best
    sweeps     how many were made (policy iteration: how many rounds)
    converged  the last change is below the tolerance (policy iteration: no action changes any more)
    bound      how far `values` are from the true ones at most, apart from rounding; inf for γ = 1
    """

    values: Floats
    residuals: list[float]
    q: Floats
    greedy: Bools
    sweeps: int
    converged: bool
    bound: float


def value_iteration(
    tables: Tables,
    gamma: float,
    tolerance: float = 1e-6,
    most: int = 100_000,
    in_place: bool = False,
    start: Floats | None = None,
) -> Run:
    """V(s) ← maxₐ (r(s,a) + γ ∑ p V) in all states, until no value changes by `tolerance`.

    most      sweeps at most; γ = 1 gives up earlier where the change stays the same. With tolerance 0 exactly so many
    in_place  each state uses the values already renewed in this sweep, in the order of the states
    start     the values begun with; without it 0

    Raises InputError where `in_place` would need more than 10,000 steps for one sweep.
    """
    return _run(tables, gamma, tolerance, *_swept(tables, gamma, tolerance, most, in_place, start))


def policy_evaluation(
    tables: Tables,
    gamma: float,
    policy: Floats,
    tolerance: float = 1e-6,
    most: int = 100_000,
    in_place: bool = False,
    start: Floats | None = None,
) -> Run:
    """V(s) ← ∑ₐ π(a|s) (r(s,a) + γ ∑ p V) in all states; `policy` is (A, N). See value_iteration."""
    process = followed(tables, policy)
    return _run(tables, gamma, tolerance, *_swept(process, gamma, tolerance, most, in_place, start))


def modified_policy_iteration(
    tables: Tables, gamma: float, tolerance: float = 1e-6, most: int = 100_000, start: Floats | None = None
) -> Run:
    """Value iteration with 8 sweeps of the policy found after each full sweep (none for γ = 1): for many states.

    The residuals are those of the full sweeps, ‖TV − V‖; `sweeps` counts both kinds.
    """
    follow = 0 if gamma == 1 else _FOLLOW
    return _run(tables, gamma, tolerance, *_swept(tables, gamma, tolerance, most, False, start, follow))


def policy_iteration(
    tables: Tables, gamma: float, tolerance: float = 1e-6, most: int = 1000, policy: Floats | None = None
) -> Run:
    """Evaluate the policy, take the best actions, until none changes; an action as good as the best is kept.

    policy  (A, N), the one begun with; without it the first action of each state, or, where γ = 1 and those
            never end, every action equally often

    Up to 2000 states the equations are solved; above that sweeps bring the values within a hundredth of
    `tolerance`, and what they can't tell apart counts as equally good. Gives up, not converged, at a policy
    that has no values (γ = 1, and it never ends).
    """
    chosen = _first(tables, gamma) if policy is None else policy
    values, residuals, settled = np.where(tables.live, 0.0, tables.worth), list[float](), False
    for _ in range(most):
        valued = _evaluated(tables, gamma, chosen, tolerance, values)
        if valued is None:
            break
        residuals.append(float(np.abs(valued - values).max()))
        values = valued
        q = look_ahead(tables, gamma, values)
        best = _greedy(q, 0.0 if _solved(tables) else tolerance / 50)
        kept = ((chosen == 0) | best).all(axis=0) | ~tables.live
        settled = bool(kept.all())
        if settled:
            break
        chosen = np.where(kept, chosen, np.arange(len(q))[:, None] == q.argmax(axis=0))
    q = look_ahead(tables, gamma, values)
    change = float(np.abs(np.where(tables.live, q.max(axis=0), values) - values).max())
    bound = inf if gamma == 1 else change / (1 - gamma)
    return Run(values, residuals, q, _greedy(q) & tables.live, len(residuals), settled, bound)


def _run(tables: Tables, gamma: float, tolerance: float, values: Floats, residuals: list[float], sweeps: int) -> Run:
    q = look_ahead(tables, gamma, values)
    last = residuals[-1] if residuals else inf
    bound = inf if gamma == 1 else gamma * last / (1 - gamma)
    return Run(values, residuals, q, _greedy(q) & tables.live, sweeps, last < tolerance, bound)


def _greedy(q: Floats, slack: float = 0.0) -> Bools:
    best = q.max(axis=0)
    with np.errstate(invalid="ignore"):
        found: Bools = q >= best - np.maximum(_TIE * np.maximum(1, np.abs(best)), slack)
    return found


def _first(tables: Tables, gamma: float) -> Floats:
    single: Floats = (np.arange(len(tables.available))[:, None] == tables.available.argmax(axis=0)).astype(float)
    if gamma < 1 or not endless(followed(tables, single)).any():
        return single
    every: Floats = tables.available / np.maximum(tables.available.sum(axis=0), 1)
    return every


def _solved(tables: Tables) -> bool:
    return len(tables.live) <= _MOST_SOLVED


def _evaluated(tables: Tables, gamma: float, policy: Floats, tolerance: float, start: Floats) -> Floats | None:
    """The values of `policy`, or None where it has none."""
    process = followed(tables, policy)
    if gamma == 1 and endless(process).any():
        return None
    if not _solved(tables):
        within = tolerance / 100 * (1 - gamma if gamma < 1 else 1)
        swept, residuals, _ = _swept(process, gamma, within, 100_000, False, start)
        return swept if residuals[-1] < within else None
    size = len(tables.live)
    matrix = np.eye(size)
    share = gamma * np.broadcast_to(process.share[0], process.after[0].shape) * tables.live
    if gamma == 1:
        share = share * ~quiet(process)
    np.subtract.at(matrix, (np.arange(size)[None].repeat(len(share), 0), process.after[0]), share)
    solved: Floats = np.linalg.solve(matrix, np.where(tables.live, process.reward[0], tables.worth)).astype(float)
    return solved


def _swept(
    tables: Tables, gamma: float, tolerance: float, most: int, in_place: bool, start: Floats | None, follow: int = 0
) -> tuple[Floats, list[float], int]:
    """Values, changes, number of sweeps; each full sweep comes before `follow` sweeps of the policy it finds."""
    sweep = Sweep(tables, gamma, in_place)
    values = np.where(tables.live, 0.0 if start is None else start, tables.worth)[sweep.order]
    other = values if in_place else values.copy()
    residuals: list[float] = []
    patience, made, may_stall = max(1000, len(values)), 0, gamma == 1 and tolerance > 0
    with np.errstate(over="ignore", invalid="ignore"):
        while made < most:
            residuals.append(sweep.renew(values, other, follow > 0))
            values, other, made = other, values, made + 1
            last = residuals[-1]
            if last < tolerance or not isfinite(last):
                break
            if may_stall and len(residuals) > patience and last >= residuals[-1 - patience] * (1 - 1e-9):
                break
            for _ in range(min(follow, most - made - 1)):
                sweep.follow(values, other)
                values, other, made = other, values, made + 1
    found = np.empty_like(values)
    found[sweep.order] = values
    return found, residuals, made
