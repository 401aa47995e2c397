"""Schedules drawn at random, and the same schedules stepped by Torch."""

from random import Random
from typing import Any

from revise.solvers.optimisation._schedules import RULES


def drawn(rng: Random) -> dict[str, Any]:
    """Each schedule with easy numbers."""
    kind = rng.choice(list(RULES))
    given: dict[str, Any] = {"schedule": kind, "lr": rng.choice(["0.1", "0.01", "1"])}
    own = {
        "step": {"step_size": str(rng.randint(2, 4)), "gamma": rng.choice(["0.1", "0.5"])},
        "multistep": {"milestones": rng.choice(["2, 5", "3", "1, 4, 8"]), "gamma": rng.choice(["0.1", "0.5"])},
        "exponential": {"gamma": rng.choice(["0.9", "0.5"])},
        "exp": {"k": rng.choice(["0.1", "0.5"])},
        "inverse-time": {"k": rng.choice(["0.1", "1"])},
        "inverse-sqrt": {},
        "polynomial": {"total_iters": str(rng.randint(4, 8)), "power": rng.choice(["1", "2"])},
        "cosine": {"t_max": str(rng.randint(5, 10)), "eta_min": rng.choice(["0", "0.001"])},
        "warm-restarts": {"t_0": str(rng.randint(2, 4)), "t_mult": str(rng.randint(1, 2))},
        "warmup": {"total_iters": str(rng.randint(3, 5)), "start_factor": rng.choice(["0", "0.5", "1/3"])},
        "noam": {"d_model": "512", "warmup": str(rng.choice([4, 4000]))},
        "plateau": {
            "losses": ", ".join(str(rng.choice([1, 0.9, 0.8, 0.7, 0.5])) for _ in range(rng.randint(4, 8))),
            "patience": str(rng.randint(0, 2)), "factor": rng.choice(["0.1", "0.5"]),
        },
    }[kind]  # fmt: skip
    given |= own
    if kind != "plateau" and rng.random() < 0.6:
        given["epoch"] = str(rng.randint(1, 8))
    if kind not in ("plateau", "noam", "warmup") and rng.random() < 0.2:
        given |= {"warmup": str(rng.randint(1, 3))}
    return given


def stepped(**given: Any) -> dict[str, Any]:
    """torch.optim.lr_scheduler run epoch by epoch."""
    import math
    import warnings

    import torch
    from torch.optim import lr_scheduler as ready

    kind, first = given["schedule"], float(given["lr"])
    number = {
        name: float(value)
        for name, value in given.items()
        if isinstance(value, int | float) or hasattr(value, "numerator")
    }
    machine = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=first)
    if kind == "plateau":
        plateau = ready.ReduceLROnPlateau(
            machine, factor=number.get("factor", 0.1), patience=int(number.get("patience", 10)),
            threshold=number.get("threshold", 1e-4), min_lr=number.get("min_lr", 0.0), eps=0,
        )  # fmt: skip
        for loss in given["losses"].flat:
            plateau.step(float(loss))
        return {"rate": machine.param_groups[0]["lr"], "best": plateau.best}
    least, count = number.get("eta_min", 0.0), int(number.get("epoch", number.get("epochs", 10)))
    if kind == "noam":
        rise = count * number["warmup"] ** -1.5
        return {"rate": first * min(rise, 1 / math.sqrt(count)) / math.sqrt(number["d_model"])}
    ahead = int(number.get("warmup", 0))
    if count < ahead:
        share = number.get("start_factor", 0.0)
        return {"rate": float(torch.lerp(torch.tensor(share * first), torch.tensor(first), count / ahead).double())}
    gamma, k, total = number.get("gamma", 0.1), number.get("k", 0.0), int(number.get("total_iters", 1))
    share = number.get("start_factor", 0.0)
    made = {
        "step": lambda: ready.StepLR(machine, int(number["step_size"]), gamma),
        "multistep": lambda: ready.MultiStepLR(machine, [int(at) for at in given["milestones"].flat], gamma),
        "exponential": lambda: ready.ExponentialLR(machine, gamma),
        "exp": lambda: ready.ExponentialLR(machine, math.e**-k),
        "inverse-time": lambda: ready.LambdaLR(machine, lambda t: (1 + k * t) ** -1),
        "inverse-sqrt": lambda: ready.LambdaLR(machine, lambda t: (t + 1) ** -0.5),
        "polynomial": lambda: ready.PolynomialLR(machine, total, number.get("power", 1.0)),
        "cosine": lambda: ready.CosineAnnealingLR(machine, int(number["t_max"]), least),
        "warm-restarts": lambda: ready.CosineAnnealingWarmRestarts(
            machine, int(number["t_0"]), int(number.get("t_mult", 1)), least
        ),
        "warmup": lambda: ready.LambdaLR(machine, lambda t: share + (1 - share) * min(1, t / total)),
    }  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scheduler: Any = made[kind]()  # type: ignore[no-untyped-call]
        for _ in range(count - ahead):
            machine.step()
            scheduler.step()
    return {"rate": machine.param_groups[0]["lr"]}
