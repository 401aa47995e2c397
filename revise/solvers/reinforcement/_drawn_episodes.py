"""Episodes drawn at random, small enough to be worked by hand."""

from random import Random
from typing import Any


def drawn(rng: Random) -> dict[str, Any]:
    """One or two episodes through A, B and C, with a step size and a discount that are easy."""
    given: dict[str, Any] = {
        "episode": " | ".join(_episode(rng, rng.randint(2, 4)) for _ in range(rng.choice([1, 1, 2]))),
        "alpha": rng.choice(["1/2", "0.1", "0.5", "1/4"]),
        "gamma": rng.choice(["1", "0.9", "1/2"]),
    }
    if rng.random() < 0.5:
        given["start"] = rng.choice(["A right=2, B left=-1", "B right=4, A left=1", "1"])
    return given


def _episode(rng: Random, rows: int) -> str:
    states = [rng.choice("ABC") for _ in range(rows)] + ["end"]
    return "; ".join(
        f"{states[i]} {rng.choice(['left', 'right'])} {rng.randint(-3, 6)} {states[i + 1]}" for i in range(rows)
    )


def walked(rng: Random) -> str:
    """An episode through A, B and C without actions: states and rewards in turn."""
    return " ".join(f"{rng.choice('ABC')} {rng.randint(-2, 6)}" for _ in range(rng.randint(2, 5))) + " end"
