"""Discounted return of a sequence of rewards, term by term."""

from random import Random
from typing import Any

from revise.errors import InputError
from revise.expression import Node
from revise.parameters import Number, Vector
from revise.solution import Solution, Work

SERVES: dict[str, dict[str, object]] = {"discounted-return": {}}
SOURCE = "Sutton & Barto 2018, Reinforcement Learning, equations 3.8 and 3.9"
EXAMPLES = [
    # exercise 3.8: gamma 0.5, rewards -1, 2, 6, 3, 2 and then the end; the returns of their recursion by hand
    ({"rewards": "-1, 2, 6, 3, 2", "gamma": "0.5"}, {"return": 2}),
    # Silver, UCL course on reinforcement learning, lecture 2: the episode C1 C2 C3 Pass Sleep from C1
    ({"rewards": "-2, -2, -2, 10", "gamma": "1/2"}, {"return": "-2.25"}),
]
MISTAKES = {
    "G[t]": {
        "not discounted": "r[t] + G[t+1]",
        "the first reward is discounted too": "gamma*(r[t] + G[t+1])",
    }
}


def solve(rewards: Vector, gamma: Number) -> Solution:
    """G₀ of the rewards that follow, worked out from the last one back.

    rewards  r₁, r₂ … in the order they come; G₀ = r₁ + γ r₂ + γ² r₃ + …
    gamma    the discount, from 0 to 1, or a letter

    Raises InputError where gamma lies outside.
    """
    if not isinstance(gamma, Node) and not 0 <= gamma <= 1:
        raise InputError(f"gamma: {gamma} is no discount; it lies from 0 to 1")
    last = len(rewards.flat)
    work = Work(r=dict(enumerate(rewards.flat)), gamma=gamma, G={last: 0})
    work.called(r="rewards", gamma="discount")
    work.note("rₜ is the reward after step t, so the first one, r₀ here, is not discounted.")
    for t in reversed(range(last)):
        why = "this reward, and what follows discounted once"
        work.let("G[t]", "r[t] + gamma*G[t+1]", why, table="from the end", t=t)
    work.let("S", "sum(gamma^t*r[t] for t in 0..n-1)", "the same at once", holds="S = G[0]", n=last)
    return work.answer({"return": "G[0]"})


def sample(rng: Random) -> dict[str, Any]:
    """Three to five small rewards and an easy discount."""
    rewards = [rng.randint(-3, 5) for _ in range(rng.randint(3, 5))]
    return {"rewards": ", ".join(map(str, rewards)), "gamma": rng.choice(["1/2", "0.9", "1", "0"])}


def reference(rewards: Any, gamma: Any) -> dict[str, Any]:
    """NumPy's dot product with the powers of gamma."""
    import numpy

    values = numpy.array([float(reward) for reward in rewards.flat])
    return {"return": float(values @ (float(gamma) ** numpy.arange(len(values))))}
