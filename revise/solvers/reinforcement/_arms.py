"""A bandit's arms: which one is pulled, what it brings, and the estimates after it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.expression import Node
from revise.parameters import whole
from revise.solution import Solution, Work
from revise.solvers.reinforcement._starting import check_rate

_MOST_STEPS = 60
_MOST_ARMS = 12


@dataclass
class Arms:
    """The estimates being learnt. `steps` have rewards; `by_arm`: those of every arm are known."""

    work: Work
    count: int
    steps: int
    by_arm: bool
    constant: bool
    pulled: list[int] = field(default_factory=list)

    def best(self) -> list[int]:
        """The arms whose estimates are the largest."""
        q = self.work.env["Q"]
        return [arm for arm in q if q[arm] == max(q.values())]

    def pull(self, arm: int) -> None:
        """The next step's reward, and the estimate of the arm after it."""
        self.pulled.append(arm)
        t, let = len(self.pulled), self.work.let
        if self.by_arm:
            let("r[t]", "X[i,j]", f"what arm {arm} brings at step {t}", t=t, i=arm - 1, j=t - 1)
        let("N[a]", "N[a] + 1", f"pulls of arm {arm}", update=True, t=t, a=arm)
        if self.constant:
            why = f"estimate of arm {arm}: a share of the error, reward less estimate, is added"
            let("Q[a]", "Q[a] + alpha*(r[t] - Q[a])", why, update=True, t=t, a=arm)
        else:
            why = f"estimate of arm {arm}: the mean of its rewards so far"
            let("Q[a]", "Q[a] + (r[t] - Q[a])/N[a]", why, update=True, t=t, a=arm)

    def answer(self, more: dict[str, str] | None = None) -> Solution:
        """The last estimates, together, and what else is asked."""
        self.work.let("Q_end", "[Q[a] for a in K]", "the estimates in the end, arm by arm")
        return self.work.answer({"estimates": "Q_end", **(more or {})})

    def told(self) -> None:
        """The arms pulled, as a step."""
        known = {"l": dict(enumerate(self.pulled, 1)), "T": len(self.pulled)}
        self.work.given.update(known)
        self.work.env.update(known)
        self.work.called(l="", T="")
        self.work.let("L", "[l[t] for t in 1..T]", "the arms pulled, step by step")


def read_arms(
    actions: Array | None, rewards: Array | None, arms: Any, start: Array | None = None, counts: Array | None = None
) -> tuple[list[int], int]:
    """The arms pulled and how many there are. Raises InputError naming the argument whose size does not fit."""
    chosen = [] if actions is None else [whole(arm, "actions: an arm") for arm in actions.flat]
    rows, steps = rewards.shape if rewards is not None else (1, 0)
    known = [max(chosen, default=0), rows if rows > 1 else 0]
    known += [len(each.flat) for each in (start, counts) if each is not None and len(each.flat) > 1]
    count = whole(arms, "arms", 2) if arms is not None else max(known)
    if count < 2:
        raise InputError("arms: say how many there are, --arms 4")
    if count > _MOST_ARMS:
        raise InputError(f"arms: at most {_MOST_ARMS}, not {count}")
    if max(chosen, default=0) > count:
        raise InputError(f"actions: there is no arm {max(chosen)}; there are {count}")
    if rows not in (1, count):
        raise InputError(f"rewards: {rows} rows for {count} arms; give one row, or one for each arm")
    if chosen and len(chosen) != steps:
        raise InputError(f"rewards: {steps} for {len(chosen)} actions")
    if steps > _MOST_STEPS:
        raise InputError(f"rewards: at most {_MOST_STEPS} steps, not {steps}")
    for name, values in (("start", start), ("rewards", rewards)):
        if values is not None and any(not isinstance(each, Node) and abs(each) == float("inf") for each in values.flat):
            raise InputError(f"{name}: finite numbers are needed")
    return chosen, count


def posed(
    rewards: Array | None, count: int, alpha: Any, start: Array | None, counts: Array | None, **more: Any
) -> Arms:
    """The arms to begin with. Raises InputError naming the argument."""
    if alpha is not None:
        check_rate(alpha)
    first = start.flat if start is not None else (0,)
    if len(first) not in (1, count):
        raise InputError(f"start: {len(first)} estimates for {count} arms; give one for all, or one an arm")
    before = tuple(whole(each, "counts", 0) for each in counts.flat) if counts is not None else (0,) * count
    if len(before) != count:
        raise InputError(f"counts: {len(before)} for {count} arms")
    names = tuple(range(1, count + 1))
    rows, steps = rewards.shape if rewards is not None else (1, 0)
    given: dict[str, Any] = {"alpha": alpha, **more}
    if rewards is not None:
        given |= {"X": rewards} if rows > 1 else {"r": dict(enumerate(rewards.flat, 1))}
    starts = first if len(first) == count else first * count
    work = Work(
        **given, Q=dict(zip(names, starts, strict=True)), N=dict(zip(names, before, strict=True)),
        K=Array((count,), names),
    )  # fmt: skip
    work.called(
        alpha="step size", epsilon="exploration", r="rewards", X="rewards, a row an arm", K="",
        Q="estimates before" if start is not None else "", N="pulls before" if counts is not None else "",
    )  # fmt: skip
    if start is None:
        work.note("Every estimate Q starts at 0.")
    return Arms(work, count, steps, rows > 1, alpha is not None)


def followed(found: Arms, chosen: Sequence[int]) -> Solution:
    """The pulls as they were, and which of them the estimates can't explain."""
    work = found.work
    for t, arm in enumerate(chosen, 1):
        if not work.letters:
            best = found.best()
            tied = f"arms {', '.join(map(str, best))} tie for the best" if best[1:] else f"arm {best[0]} is the best"
            told = "greedy, or random and the same by chance" if arm in best else "surely exploratory"
            work.note(f"Step {t}: {tied}; arm {arm} is taken: {told}.")
            why = "how far its estimate lies below the best one"
            work.let("g[t]", "max(Q[b] for b in K) - Q[a]", why, t=t, a=arm)
        found.pull(arm)
    if work.letters:
        return found.answer()
    work.note("Possibly exploratory was every step: a random pull may also hit the best arm.")
    if not any(gap > 0 for gap in work.env["g"].values()):
        work.note("Surely exploratory was none.")
        return found.answer()
    work.given["T"] = work.env["T"] = len(chosen)
    work.called(T="")
    work.let("E", "[t for t in 1..T if g[t] > 0]", "surely exploratory: the steps whose arm was below the best one")
    return found.answer({"surely-exploratory": "E"})


def explored(found: Arms, epsilon: Any, draws: Array | None, explore: Array | None) -> Solution:
    """ε-greedy with the random numbers given. Raises InputError where they are not enough."""
    if epsilon is None or isinstance(epsilon, Node) or not 0 <= epsilon <= 1:
        raise InputError("epsilon: ε-greedy needs a number from 0 to 1")
    if draws is None or len(draws.flat) != found.steps:
        raise InputError(f"draws: a number for each of the {found.steps} steps is needed; below ε the step explores")
    if any(isinstance(draw, Node) or not 0 <= draw <= 1 for draw in draws.flat):
        raise InputError("draws: each is a number from 0 to 1")
    if found.work.letters:
        raise InputError("rewards: ε-greedy decides by the estimates, so it needs numbers")
    waiting = [whole(arm, "explore: an arm") for arm in explore.flat] if explore is not None else []
    needed = sum(draw < epsilon for draw in draws.flat)
    if len(waiting) < needed or any(arm > found.count for arm in waiting):
        raise InputError(f"explore: {needed} draws are below ε, so {needed} arms from 1 to {found.count} are needed")
    found.work.note("A draw below ε explores, else the best estimate is taken, of ties the first.")
    for t, draw in enumerate(draws.flat, 1):
        best = found.best()
        arm = waiting.pop(0) if draw < epsilon else best[0]
        tied = f" (arms {', '.join(map(str, best))} tie)" if best[1:] and draw >= epsilon else ""
        told = (
            f"{float(draw):g} < ε, explores: arm {arm}" if draw < epsilon else f"{float(draw):g} ≥ ε: arm {arm}{tied}"
        )
        found.work.note(f"Step {t}: {told}.")
        found.pull(arm)
    found.told()
    return found.answer({"actions": "L"})
