"""Learning-rate schedules: the rate of each epoch, by formula."""

from typing import Any

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.expression import FORMULA, Node, parse
from revise.parameters import Number, Vector, read, whole
from revise.solution import Solution, Work
from revise.solvers.optimisation._problem import at_least_zero, finite, rate
from revise.solvers.optimisation._schedule_cases import drawn, stepped
from revise.solvers.optimisation._schedules import LETTERS, PLATEAU, PLATEAU_SLIPS, RULES, Schedule

SERVES: dict[str, dict[str, object]] = {"lr-schedule": {}}
SOURCE = (
    "PyTorch, torch.optim.lr_scheduler; Loshchilov & Hutter 2017, SGDR, equation 5; "
    "Vaswani et al. 2017, Attention is all you need, equation 3"
)
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # PyTorch's documentation of each class, section Example (older editions print 0.005 for the end of
    # LinearLR's warm-up: a slip for 0.05)
    ({"schedule": "step", "lr": "0.05", "step_size": 30, "gamma": "0.1", "epoch": 29}, {"rate": "0.05"}),
    ({"schedule": "step", "lr": "0.05", "step_size": 30, "gamma": "0.1", "epoch": 30}, {"rate": "0.005"}),
    ({"schedule": "step", "lr": "0.05", "step_size": 30, "gamma": "0.1", "epoch": 60}, {"rate": "0.0005"}),
    ({"schedule": "multistep", "lr": "0.05", "milestones": "30, 80", "epoch": 79}, {"rate": "0.005"}),
    ({"schedule": "multistep", "lr": "0.05", "milestones": "30, 80", "epoch": 80}, {"rate": "0.0005"}),
    ({"schedule": "warmup", "lr": "0.05", "total_iters": 4, "start_factor": "0.5", "epoch": 1}, {"rate": "0.03125"}),
    ({"schedule": "warmup", "lr": "0.05", "total_iters": 4, "start_factor": "0.5", "epoch": 3}, {"rate": "0.04375"}),
    ({"schedule": "polynomial", "lr": "0.001", "total_iters": 4, "epoch": 1}, {"rate": "0.00075"}),
    ({"schedule": "polynomial", "lr": "0.001", "total_iters": 4, "epoch": 4}, {"rate": 0}),
]
_MOST_EPOCHS = 1000


def solve(
    schedule: Schedule,
    lr: Number,
    epoch: Number | None = None,
    epochs: Number | None = None,
    gamma: Number | None = None,
    step_size: Number | None = None,
    milestones: Vector | None = None,
    k: Number | None = None,
    t_max: Number | None = None,
    eta_min: Number | None = None,
    t_0: Number | None = None,
    t_mult: Number | None = None,
    total_iters: Number | None = None,
    power: Number | None = None,
    start_factor: Number | None = None,
    warmup: Number | None = None,
    d_model: Number | None = None,
    losses: Vector | None = None,
    factor: Number | None = None,
    patience: Number | None = None,
    threshold: Number | None = None,
    min_lr: Number | None = None,
) -> Solution:
    """The learning rate of one epoch, or of every epoch from 0 on; epochs count from 0, and epoch 0 has the first rate.

    schedule       step (--step-size, --gamma 0.1), multistep (--milestones, --gamma), exponential (--gamma),
                   exp: η₀e^(−kt) (--k), inverse-time: η₀/(1 + kt) (--k), inverse-sqrt: η₀/√(t + 1),
                   polynomial (--total-iters, --power 1), cosine (--t-max), warm-restarts (--t-0, --t-mult 1),
                   warmup: in a line up to the rate (--total-iters, --start-factor 0),
                   noam: the Transformer's (--d-model, --warmup; --lr is a factor in front, 1 in the paper; t from 1),
                   plateau (--losses, --factor 0.1, --patience 10, --threshold 1e-4, --min-lr 0)
    lr             η₀, the first rate (of warmup: the last)
    epoch          only this one; a letter is allowed
    epochs         how many epochs are shown, 10 by default
    eta-min        the least rate of polynomial, cosine and warm-restarts, 0 by default
    start-factor   c, the share of the rate that a warm-up starts from
    warmup         epochs of linear warm-up before any schedule, which then starts with its own epoch 0
    losses         one loss an epoch, for plateau: the rate falls once more than `patience` epochs in a row bring no
                   improvement by the share `threshold`

    Backwards: --find epoch --schedule step --lr 0.1 --step-size 30 --rate 0.001.

    Raises InputError naming the argument that the schedule needs or has no use for.
    """
    given = {
        "gamma": gamma, "step_size": step_size, "milestones": milestones, "k": k, "t_max": t_max, "eta_min": eta_min,
        "t_0": t_0, "t_mult": t_mult, "total_iters": total_iters, "power": power, "start_factor": start_factor,
        "warmup": warmup, "d_model": d_model, "losses": losses, "factor": factor, "patience": patience,
        "threshold": threshold, "min_lr": min_lr,
    }  # fmt: skip
    rate(lr, "lr")
    values = _fitted(schedule, given)
    if schedule == "plateau":
        if epoch is not None or epochs is not None:
            raise InputError("epoch: with plateau there is one epoch for each loss")
        return _plateau(lr, values)
    return _closed(schedule, lr, values, epoch, epochs)


def _fitted(schedule: str, given: dict[str, Any]) -> dict[str, Any]:
    """The schedule's own parameters, with their defaults. Raises InputError."""
    rule = RULES[schedule]
    ahead = ("warmup", "start_factor") if schedule not in ("plateau", "noam", "warmup") else ()
    allowed = {*rule.needs, *(name for name, _ in rule.takes), *ahead}
    for name, value in given.items():
        if value is not None and name not in allowed:
            raise InputError(f"{_option(name)}: the schedule {schedule} has no use for it")
    for name in rule.needs:
        if given[name] is None:
            raise InputError(f"{_option(name)}: the schedule {schedule} needs it")
    values = {name: given[name] for name in allowed if given[name] is not None}
    for name, default in rule.takes:
        values.setdefault(name, read(Number, default) if isinstance(default, str) else default)
    if "start_factor" in values and ahead and "warmup" not in values:
        raise InputError("start-factor: it goes with --warmup")
    for name, value in values.items():
        _check(name, value)
    if ahead and "warmup" in values:
        values.setdefault("start_factor", 0)
    return values


def _check(name: str, value: Any) -> None:
    shown = _option(name)
    if name == "milestones":
        places = [whole(entry, "milestones: each") for entry in value.flat]
        if places != sorted(set(places)):
            raise InputError("milestones: they must rise")
    elif name == "losses":
        for entry in value.flat:
            if isinstance(entry, Node):
                raise InputError("losses: numbers, not letters")
            finite(entry, "losses: each")
    elif name in ("step_size", "t_max", "t_0", "t_mult", "total_iters", "warmup", "d_model"):
        if not isinstance(value, Node):
            whole(value, shown)
        elif name in ("t_0", "t_mult", "warmup"):
            raise InputError(f"{shown} must be a number here, not a letter")
    elif name == "patience":
        whole(value, shown, 0)
    elif name in ("gamma", "factor"):
        rate(value, shown)
        if not isinstance(value, Node) and value > 1:
            raise InputError(f"{shown} lies above 0 and not above 1, and {value} does not")
    else:
        at_least_zero(value, shown)
        if name in ("start_factor", "threshold") and not isinstance(value, Node) and value > 1:
            raise InputError(f"{shown} lies from 0 to 1, and {value} does not")


def _closed(schedule: str, lr: Any, values: dict[str, Any], epoch: Any, epochs: Any) -> Solution:
    """A schedule whose rate follows from the epoch alone."""
    rule = RULES[schedule]
    letters = {LETTERS[name]: value for name, value in values.items() if name in LETTERS}
    if "M" in letters:
        letters |= {"M": dict(enumerate(letters["M"].flat)), "n": len(letters["M"].flat)}
    first = 1 if schedule == "noam" else 0
    ahead = 0 if schedule == "noam" else int(values.get("warmup", 0))
    if epoch is not None and epochs is not None:
        raise InputError("epochs: with --epoch only that one is shown; leave one of the two out")
    if isinstance(epoch, Node):
        if schedule in ("warm-restarts", "multistep") or ahead:
            raise InputError("epoch must be a number here, not a letter")
        work = _opened(schedule, lr, letters | {"t": epoch})
        work.let("eta_t", rule.formula, rule.why)
        return work.answer(rate="eta_t")
    if epoch is not None:
        places = [whole(epoch, "epoch", first)]
    else:
        count = whole(10 if epochs is None else epochs, "epochs")
        if count > _MOST_EPOCHS:
            raise InputError(f"epochs: at most {_MOST_EPOCHS:,}, not {count:,}")
        places = list(range(first, count + 1))
    work = _opened(schedule, lr, letters | ({"c": values["start_factor"]} if ahead else {}))
    if schedule == "cosine" and not isinstance(letters["T"], Node) and places[-1] - ahead > letters["T"]:
        work.note("Beyond T epochs the cosine rises again, as in PyTorch; to stay at the least rate, end there.")
    if ahead:
        work.note(f"Warm-up first: epoch {ahead} is epoch 0 of the schedule.")
    table = "" if len(places) == 1 else "the learning rate of each epoch"
    for place in places:
        at: dict[str, Any] = {"t": place}
        if place < ahead:
            work.let("eta[t]", "eta_0*(c + (1 - c)*t/W)", "warm-up in a line", table=table, **at)
            continue
        if schedule == "multistep":
            passed = _PASSED_LATER if ahead else _PASSED
            work.let("passed[t]", passed, "milestones passed: step is 1 from 0 on", table=table, **at)
        if schedule == "warm-restarts":
            at |= _cycle(place - ahead, int(values["t_0"]), int(values["t_mult"]), ahead)
            work.let("eta[t]", rule.formula, rule.why, table=table, **at)
        elif ahead:
            work.let("eta[t]", _LATER[schedule], rule.why + ", counted from the end of the warm-up", table=table, **at)
        else:
            work.let("eta[t]", rule.formula, rule.why, table=table, **at)
    return work.answer({"rate": f"eta[{places[-1]}]"})


_PASSED = "sum(step(t - M[j]) for j in 0..n-1)"
_PASSED_LATER = "sum(step(t - W - M[j]) for j in 0..n-1)"
# the schedules after W epochs of warm-up
_LATER = {
    "step": "eta_0*gamma^floor((t - W)/k)",
    "multistep": "eta_0*gamma^passed[t]",
    "exponential": "eta_0*gamma^(t - W)",
    "exp": "eta_0*exp(-k*(t - W))",
    "inverse-time": "eta_0/(1 + k*(t - W))",
    "inverse-sqrt": "eta_0/sqrt(t - W + 1)",
    "polynomial": "eta_min + (eta_0 - eta_min)*(1 - min(t - W, T)/T)^p",
    "cosine": "eta_min + (eta_0 - eta_min)*(1 + cos(pi*(t - W)/T))/2",
}


def _opened(schedule: str, lr: Any, letters: dict[str, Any]) -> Work:
    work = Work(eta_0=lr, **letters)
    words = {"eta_0": "learning rate", "gamma": "factor", "M": "milestones", "n": "", "c": "start factor", "t": "epoch"}
    words |= {"d": "model size", "W": "warm-up", "p": "power"}
    words |= {"T": "length", "eta_min": "least rate"}
    words["k"] = "step size" if schedule == "step" else "decay"
    work.called(**words)
    return work


def _cycle(place: int, length: int, factor: int, ahead: int) -> dict[str, int]:
    """The last restart before epoch `place` and how long its cycle is."""
    start = 0
    if factor == 1:
        start = place - place % length
    while factor > 1 and place >= start + length:
        start, length = start + length, length * factor
    return {"s": start + ahead, "l": length}


def _plateau(lr: Any, values: dict[str, Any]) -> Solution:
    """The rate after each loss."""
    if isinstance(lr, Node):
        raise InputError("lr must be a number here, not a letter")
    losses: Array = values["losses"]
    count = len(losses.flat)
    if count > _MOST_EPOCHS:
        raise InputError(f"losses: at most {_MOST_EPOCHS:,}, not {count:,}")
    work = Work(
        L=dict(enumerate(losses.flat, 1)), eta={0: lr}, F=values["factor"], P=values["patience"],
        h=values["threshold"], eta_min=values["min_lr"],
    )  # fmt: skip
    work.called(L="losses", eta="learning rate", F="factor", P="patience", h="threshold", eta_min="least rate")
    work.note("ηₜ is the rate after the loss of epoch t; the first loss is the best so far.")
    why = "the first loss"
    work.let("best[t]", "L[t]", why, t=1)
    work.let("c[t]", "0", "no epoch without an improvement yet", t=1)
    work.let("eta[t]", "eta[t-1]", "the rate stays", t=1)
    for t in range(2, count + 1):
        for name in ("best", "bad", "eta", "c"):
            formula, why = PLATEAU[name]
            work.let(f"{name}[t]", formula, why, table="after each loss", t=t)
    return work.answer({"rate": f"eta[{count}]", "best": f"best[{count}]"})


def _option(name: str) -> str:
    return name.replace("_", "-")


def mistakes(solution: Solution) -> dict[str, dict[str, Node]]:
    """Step as written → what was done wrong → the formula that does it."""
    found: dict[str, dict[str, Node]] = {}
    for step in solution.steps:
        for rule in RULES.values():
            if step.formula == rule.formula and rule.slips:
                found[step.name] = {label: parse(wrong, None, FORMULA) for label, wrong in rule.slips}
        if step.formula == PLATEAU["eta"][0]:
            slips = PLATEAU_SLIPS["eta[t]"]
            found["eta[t]"] = {label: parse(wrong, None, FORMULA) for label, wrong in slips.items()}
    return found


sample = drawn
reference = stepped
