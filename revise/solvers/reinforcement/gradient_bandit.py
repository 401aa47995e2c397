"""Gradient bandit: preferences, softmax probabilities, baseline."""

from random import Random
from typing import Any, Literal

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.parameters import Number, Vector
from revise.solution import Solution, Work
from revise.solvers.reinforcement._arms import read_arms

SERVES: dict[str, dict[str, object]] = {"gradient-bandit": {}}
SOURCE = "Sutton & Barto 2018, section 2.8, equations 2.11 and 2.12"
NO_EXAMPLE = "the book shows learning curves only; no worked step is published"
LAWS = ["sum(p) = 1", "sum(H[1]) = sum(H[0])"]
MISTAKES = {
    "H[t]": {
        "the probabilities are left out": "H[t-1] + alpha*(r[t] - B[t])*onehot(i, k)",
        "the baseline is forgotten": "H[t-1] + alpha*r[t]*(onehot(i, k) - pi[t])",
        "the other arms go up as well": "H[t-1] + alpha*(r[t] - B[t])*(onehot(i, k) + pi[t])",
    },
    "pi[t]": {"shares without the exponential": "H[t-1]/sum(H[t-1])"},
}


def solve(
    actions: Vector,
    rewards: Vector,
    alpha: Number,
    arms: Number | None = None,
    start: Vector | None = None,
    baseline: Literal["before", "with", "none"] = "before",
) -> Solution:
    """H ← H + α (r − B)(1ₐ − π) for each step: the arm taken up by (1 − π), all others down by π.

    actions   the arms pulled, "1, 2, 2", counted from 1
    rewards   what each step brought
    alpha     the step size
    arms      how many there are; without it the largest number in `actions`
    start     the first preferences, one an arm; without it 0
    baseline  before: the mean of the rewards before this step (the first step's own reward, so it changes nothing);
              with: the mean including this step's; none: 0

    Raises InputError naming the argument whose size does not fit.
    """
    row = Array((1, len(rewards.flat)), rewards.flat)
    chosen, count = read_arms(actions, row, arms, start)
    first = start.flat if start is not None else (0,) * count
    if len(first) != count:
        raise InputError(f"start: {len(first)} preferences for {count} arms")
    if not hasattr(alpha, "head") and not alpha > 0:
        raise InputError(f"alpha: {alpha} is no step size; it lies above 0")
    work = Work(r=dict(enumerate(rewards.flat, 1)), alpha=alpha, k=count, H={0: Array((count,), tuple(first))})
    work.called(r="rewards", alpha="step size", k="arms", H="first preferences")
    for t, arm in enumerate(chosen, 1):
        work.note(f"Step {t}: arm {arm} is taken.")
        work.let("pi[t]", "softmax(H[t-1])", "the probability of each arm", t=t)
        _baseline(work, t, baseline)
        work.let("H[t]", "H[t-1] + alpha*(r[t] - B[t])*(onehot(i, k) - pi[t])",
                 "a reward above the baseline raises the arm taken and lowers the others; onehot is 1 at that arm",
                 holds="sum(H[t]) = sum(H[t-1])", t=t, i=arm - 1)  # fmt: skip
    work.let("p", "softmax(H[t])", "the probabilities afterwards", t=len(chosen))
    return work.answer({"preferences": f"H[{len(chosen)}]", "probabilities": "p"})


def _baseline(work: Work, t: int, kind: str) -> None:
    if kind == "none":
        work.let("B[t]", "0", "no baseline", t=t)
    elif kind == "with":
        work.let("B[t]", "sum(r[j] for j in 1..t)/t", "baseline: the mean of the rewards, this one included", t=t)
    elif t == 1:
        work.let("B[t]", "r[t]", "baseline: nothing came before, so this reward itself, and nothing changes", t=t)
    else:
        work.let("B[t]", "sum(r[j] for j in 1..t-1)/(t - 1)", "baseline: the mean of the rewards before", t=t)


def sample(rng: Random) -> dict[str, Any]:
    """Two or three arms, three steps."""
    count = rng.randint(2, 3)
    return {
        "actions": ", ".join(str(rng.randint(1, count)) for _ in range(3)),
        "rewards": ", ".join(str(rng.randint(-1, 5)) for _ in range(3)),
        "alpha": rng.choice(["0.1", "1/2"]),
        "arms": count,
        "baseline": rng.choice(["before", "with", "none"]),
        **({"start": ", ".join(str(rng.randint(0, 2)) for _ in range(count))} if rng.random() < 0.4 else {}),
    }


def reference(
    actions: Any, rewards: Any, alpha: Any, arms: Any = None, start: Any = None, baseline: str = "before"
) -> dict[str, Any]:
    """Torch: the step along the gradient of (r − B) log π(a), by autograd."""
    import torch

    brought = [float(each) for each in rewards.flat]
    count = int(arms) if arms is not None else max(int(arm) for arm in actions.flat)
    h = torch.tensor([float(each) for each in start.flat] if start is not None else [0.0] * count, dtype=torch.float64)
    for t, arm in enumerate(actions.flat):
        seen = brought[: t + (baseline == "with")]
        base = 0.0 if baseline == "none" else sum(seen) / len(seen) if seen else brought[0]
        h = h.detach().requires_grad_()
        (slope,) = torch.autograd.grad((brought[t] - base) * torch.log_softmax(h, 0)[int(arm) - 1], h)
        h = h + float(alpha) * slope
    return {"preferences": h, "probabilities": torch.softmax(h, 0)}
