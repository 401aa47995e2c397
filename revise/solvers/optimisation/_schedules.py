"""The learning-rate schedules: formula, what each needs and takes, what is usually done wrong."""

from typing import Any, Literal, NamedTuple

Schedule = Literal[
    "step", "multistep", "exponential", "exp", "inverse-time", "inverse-sqrt", "polynomial", "cosine",
    "warm-restarts", "warmup", "noam", "plateau",
]  # fmt: skip


class Rule(NamedTuple):
    """The rate of epoch t; `needs` must be given, `takes` have a value of their own where they are not."""

    formula: str
    why: str
    needs: tuple[str, ...] = ()
    takes: tuple[tuple[str, Any], ...] = ()
    slips: tuple[tuple[str, str], ...] = ()


_COSINE = "eta_min + (eta_0 - eta_min)*(1 + cos(pi*t/T))/2"
RULES: dict[str, Rule] = {
    "step": Rule(
        "eta_0*gamma^floor(t/k)", "times γ after every k epochs", ("step_size",), (("gamma", "0.1"),),
        (("not rounded down", "eta_0*gamma^(t/k)"), ("γ times the steps", "eta_0*gamma*floor(t/k)")),
    ),
    "multistep": Rule(
        "eta_0*gamma^passed[t]", "times γ at every milestone passed", ("milestones",), (("gamma", "0.1"),),
        (("once only, however many are passed", "eta_0*where(passed[t] > 0, gamma, 1)"),),
    ),
    "exponential": Rule(
        "eta_0*gamma^t", "times γ every epoch", ("gamma",), (),
        (("γ times t", "eta_0*gamma*t"), ("one epoch too many", "eta_0*gamma^(t + 1)")),
    ),
    "exp": Rule(
        "eta_0*exp(-k*t)", "decays exponentially", ("k",), (),
        (("the minus is forgotten", "eta_0*exp(k*t)"), ("1/t decay", "eta_0/(1 + k*t)")),
    ),
    "inverse-time": Rule(
        "eta_0/(1 + k*t)", "1/t decay", ("k",), (),
        (("the 1 is forgotten", "eta_0/(k*t + 10^-9)"), ("exponential decay", "eta_0*exp(-k*t)")),
    ),
    "inverse-sqrt": Rule(
        "eta_0/sqrt(t + 1)", "divided by the root of the number of steps", (), (),
        (("the 1 is forgotten", "eta_0/sqrt(t + 10^-9)"), ("the root is forgotten", "eta_0/(t + 1)")),
    ),
    "polynomial": Rule(
        "eta_min + (eta_0 - eta_min)*(1 - min(t, T)/T)^p", "falls to η_min within T epochs", ("total_iters",),
        (("power", 1), ("eta_min", 0)),
        (("rises", "eta_min + (eta_0 - eta_min)*(min(t, T)/T)^p"),),
    ),
    "cosine": Rule(
        _COSINE, "half a cosine from η₀ down to η_min within T epochs", ("t_max",), (("eta_min", 0),),
        (
            ("the half is forgotten", "eta_min + (eta_0 - eta_min)*(1 + cos(pi*t/T))"),
            ("the 1 is forgotten", "eta_min + (eta_0 - eta_min)*cos(pi*t/T)/2"),
            ("a whole period instead of half", "eta_min + (eta_0 - eta_min)*(1 + cos(2*pi*t/T))/2"),
        ),
    ),
    "warm-restarts": Rule(
        "eta_min + (eta_0 - eta_min)*(1 + cos(pi*(t - s)/l))/2",
        "cosine from the last restart s on, over the l epochs to the next", ("t_0",), (("t_mult", 1), ("eta_min", 0)),
        (("counted from the beginning", "eta_min + (eta_0 - eta_min)*(1 + cos(pi*t/l))/2"),),
    ),
    "warmup": Rule(
        "eta_0*(c + (1 - c)*min(t, T)/T)", "rises in a line from cη₀ to η₀ within T epochs", ("total_iters",),
        (("start_factor", 0),),
        (("starts from 0", "eta_0*min(t, T)/T"), ("never ends", "eta_0*(c + (1 - c)*t/T)")),
    ),
    "noam": Rule(
        "eta_0*d^(-1/2)*min(t^(-1/2), t*W^(-3/2))", "rises for W steps, then falls with 1/√t", ("d_model", "warmup"),
        (), (("the maximum instead of the minimum", "eta_0*d^(-1/2)*max(t^(-1/2), t*W^(-3/2))"),),
    ),
    "plateau": Rule("", "", ("losses",), (("factor", "0.1"), ("patience", 10), ("threshold", "1e-4"), ("min_lr", 0))),
}  # fmt: skip
# parameter → the letter it has in the formulas
LETTERS = {
    "gamma": "gamma", "step_size": "k", "milestones": "M", "k": "k", "t_max": "T", "total_iters": "T", "power": "p",
    "eta_min": "eta_min", "start_factor": "c", "d_model": "d", "warmup": "W",
}  # fmt: skip
# the plateau's rows: best loss so far, epochs without an improvement, rate, those epochs once it is lowered
PLATEAU = {
    "best": ("where(L[t] < (1 - h)*best[t-1], L[t], best[t-1])", "best loss so far, where it is better by the share h"),
    "bad": ("where(L[t] < (1 - h)*best[t-1], 0, c[t-1] + 1)", "epochs in a row without an improvement"),
    "eta": ("where(bad[t] > P, max(F*eta[t-1], eta_min), eta[t-1])", "lowered where they are more than the patience"),
    "c": ("where(bad[t] > P, 0, bad[t])", "the count starts anew once the rate is lowered"),
}
PLATEAU_SLIPS = {
    "eta[t]": {
        "lowered one epoch too early": "where(bad[t] >= P, max(F*eta[t-1], eta_min), eta[t-1])",
        "never lowered": "eta[t-1]",
    }
}
