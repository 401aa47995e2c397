"""How many sweeps, and what they lead to: runs in arrays, so that a solution shows the first and the last only."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from revise.errors import InputError
from revise.mdp import MDP, Number
from revise.solvers.reinforcement._decisions import Decisions
from revise.solvers.reinforcement._sweeps import DETAILED, LISTED, Plan

if TYPE_CHECKING:
    from revise.mdp.arrays import Run
    from revise.mdp.tables import Tables


def planned(
    decisions: Decisions,
    sweeps: int | None,
    tolerance: float,
    start: Mapping[str, Number],
    in_place: bool,
    taken: Mapping[tuple[str, str], Number] | None = None,
    only: Mapping[str, str] | None = None,
) -> Plan:
    """The plan of `sweeps` sweeps, or of as many as bring the largest change below `tolerance`.

    Raises InputError where that never happens.
    """
    plan = Plan(decisions, sweeps or 0, start, in_place, taken, only)
    if sweeps is None:
        check_ends(decisions.mdp, decisions.gamma)
        plan = replace(plan, count=len(_run(plan, tolerance).residuals))
    if plan.count > (DETAILED + 1 if in_place else LISTED):
        before = _run(plan, 0, plan.count - 1).values
        plan = replace(plan, before=tuple(before.tolist()))
    return plan


def _run(plan: Plan, tolerance: float, most: int = 100_000) -> "Run":
    from revise.mdp.arrays import policy_evaluation, tables, value_iteration

    mdp, gamma = plan.decisions.mdp, float(plan.decisions.gamma)
    arrays, start = tables(mdp), as_array([plan.start.get(state, 0) for state in mdp.states])
    if plan.taken is None:
        run = value_iteration(arrays, gamma, tolerance, most, plan.in_place, start)
    else:
        shares = as_array([[plan.taken.get((s, a), 0) for s in mdp.states] for a in mdp.actions])
        run = policy_evaluation(arrays, gamma, shares, tolerance, most, plan.in_place, start)
    if tolerance:
        check_converged(run, gamma, tolerance)
    return run


def check_ends(mdp: MDP, gamma: Any, arrays: "Tables | None" = None) -> None:
    """Raise InputError naming a state in which rewards, undiscounted, go on for ever whatever is done."""
    if gamma != 1:
        return
    from revise.mdp.arrays import endless, followed, tables

    arrays = tables(mdp) if arrays is None else arrays
    lost = endless(followed(arrays, uniform(arrays))).nonzero()[0]
    if len(lost):
        state = mdp.states[int(lost[0])]
        raise InputError(
            f"gamma = 1: from {state} no end can be reached, so its rewards add up without end; "
            f"ask for a number of --sweeps, or a gamma below 1"
        )


def uniform(arrays: "Tables") -> Any:
    """(A, N): every action a state has, equally often."""
    return arrays.available / arrays.available.sum(axis=0).clip(1)


def as_array(numbers: Any) -> Any:
    import numpy as np

    return np.array(numbers, float)


def check_converged(run: "Run", gamma: float, tolerance: float) -> None:
    """Raise InputError where the sweeps ended without bringing the change below `tolerance`."""
    if not run.converged:
        raise InputError(
            f"tolerance: after {run.sweeps:,} sweeps the largest change is still {run.residuals[-1]:.3g}, not below "
            f"{tolerance:g}"
            + ("; with gamma = 1 the values grow without end where no end is reached" if gamma == 1 else "")
            + "; ask for a number of --sweeps" + (", or a gamma below 1" if gamma == 1 else "")
        )  # fmt: skip
