"""UCB: the arm with the largest estimate plus bonus."""

from collections.abc import Sequence
from typing import Any

from revise.errors import InputError
from revise.expression import number
from revise.solution import Solution
from revise.solvers.reinforcement._arms import Arms

# what the bonus is called → the index of an arm
_INDEX = {"auer": "Q[a] + sqrt(2*log(n)/N[a])", "sutton": "Q[a] + c*sqrt(log(t)/N[a])"}


def bounded(found: Arms, bonus: str, chosen: Sequence[int]) -> Solution:
    """UCB: given pulls are followed, then the rule chooses while rewards last; the arm after that is the answer."""
    work = found.work
    if work.letters:
        raise InputError("rewards: UCB decides by the estimates, so it needs numbers")
    for arm in chosen:
        found.pull(arm)
    while True:
        arm = _chosen_by_bound(found, bonus)
        if len(found.pulled) == found.steps:
            break
        found.pull(arm)
    if found.pulled and not chosen:
        found.told()
        return found.answer({"actions": "L", "next": "A"})
    return found.answer({"next": "A"})


def _chosen_by_bound(found: Arms, bonus: str) -> int:
    work, step = found.work, sum(found.work.env["N"].values()) + 1
    if fresh := [arm for arm, pulls in work.env["N"].items() if pulls == 0]:
        why = f"step {step}: arm {fresh[0]} has not been pulled yet, so it comes before all others"
        work.let("A", number(fresh[0]), why, update="A" in work.env, holds="N[A] = 0")
        return int(fresh[0])
    total = int(work.let("n", "sum(N[a] for a in K)", "pulls so far", update="n" in work.env))
    at: dict[str, Any] = {"t": total + 1} if bonus == "sutton" else {}
    for each in range(1, found.count + 1):
        work.let("U[a]", _INDEX[bonus], "index: estimate plus bonus", table=f"step {step}: the index of each arm",
                 update="U" in work.env and each in work.env["U"], **at, a=each)  # fmt: skip
    index = work.env["U"]
    largest = [arm for arm in index if index[arm] == max(index.values())]
    tied = f" (arms {', '.join(map(str, largest))} tie)" if largest[1:] else ""
    work.let("A", number(largest[0]), f"step {step}: arm {largest[0]} has the largest index{tied}",
             update="A" in work.env, holds="U[A] = max(U[a] for a in K)")  # fmt: skip
    return int(largest[0])
