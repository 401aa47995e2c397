"""Small problems drawn at random, workable by hand."""

from random import Random
from typing import Any

_ONE = ["x^2", "(x - 3)^2", "x^2/2 + x", "2*x^2 - 4*x + 1", "x^4/4", "(2*x - 1)^2", "x^3/3 - x"]
_TWO = ["x^2 + 10*y^2", "x^2 + x*y + y^2", "(x - 1)^2 + 2*(y + 1)^2", "x*y + x^2 + 2*y^2", "0.1*x^2 + 2*y^2"]


def drawn(rng: Random) -> dict[str, Any]:
    """A quadratic of one or two letters, or a short list of gradients; one to three steps."""
    kind = rng.choice(["one", "one", "two", "list", "lists"])
    if kind == "one":
        start = rng.choice(["-2", "2", "4", "1/2"])
        return {"function": rng.choice(_ONE), "start": f"x={start}", "steps": str(rng.randint(1, 3))}
    if kind == "two":
        start = f"x={rng.choice([1, 2, 3])}, y={rng.choice([-1, 1, 2])}"
        return {"function": rng.choice(_TWO), "start": start, "steps": str(rng.randint(1, 3))}
    steps = rng.randint(1, 4)
    if kind == "list":
        return {
            "gradients": ", ".join(rng.choice(["1", "0.5", "-0.2", "2", "-1"]) for _ in range(steps)),
            "start": rng.choice(["0", "1", "w=2"]),
        }
    rows = [f"{rng.choice(['1', '-2', '0.5'])}, {rng.choice(['3', '-1', '0.1'])}" for _ in range(steps)]
    return {"gradients": "; ".join(rows), "start": rng.choice(["0, 0", "w=1, b=-1"])}


def quadratic(rng: Random) -> dict[str, Any]:
    """A function that curves upwards where it starts; one or two steps."""
    if rng.random() < 0.5:
        form = rng.choice(["x^2 - 4*x", "x^4/4 + x", "2*x^2 - 3*x + 1", "x^3/3 + x^2", "exp(x) - 2*x", "x - log(x)"])
        return {"function": form, "start": f"x={rng.choice(['1', '2', '1/2'])}", "steps": str(rng.randint(1, 3))}
    start = f"x={rng.choice([1, 2, 3])}, y={rng.choice([-1, 1, 2])}"
    return {"function": rng.choice([*_TWO, "x^4/4 + y^2 + x*y/4"]), "start": start, "steps": str(rng.randint(1, 2))}
