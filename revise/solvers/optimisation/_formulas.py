"""The update rules: each line for a single parameter and for the parameter i of several."""

from typing import NamedTuple


class Line(NamedTuple):
    """`name[t] = single`, for one of several parameters `name[t,i] = several`."""

    name: str
    single: str
    several: str
    why: str


DECAYED = Line(
    "g", "q[t] + lambda*theta[t-1]", "q[t,i] + lambda*theta[t-1,i]", "L2: the gradient of (λ/2)θ² is added, λ times θ"
)
DESCENT = Line("theta", "theta[t-1] - eta*g[t]", "theta[t-1,i] - eta*g[t,i]", "a step against the gradient")

# -- momentum -----------------------------------------------------------------------------------------

_MOVED = "a step against the velocity"
SUM = (
    Line("v", "beta*v[t-1] + g[t]", "beta*v[t-1,i] + g[t,i]", "velocity: the old one decays, the gradient is added"),
    Line("theta", "theta[t-1] - eta*v[t]", "theta[t-1,i] - eta*v[t,i]", _MOVED),
)
AVERAGE = (
    Line(
        "v", "beta*v[t-1] + (1 - beta)*g[t]", "beta*v[t-1,i] + (1 - beta)*g[t,i]",
        "velocity: a moving average of the gradients",
    ),
    Line("theta", "theta[t-1] - eta*v[t]", "theta[t-1,i] - eta*v[t,i]", _MOVED),
)  # fmt: skip
VELOCITY = (
    Line("v", "beta*v[t-1] - eta*g[t]", "beta*v[t-1,i] - eta*g[t,i]", "velocity: the learning rate is inside it"),
    Line("theta", "theta[t-1] + v[t]", "theta[t-1,i] + v[t,i]", "the velocity is added"),
)
AHEAD = {
    "velocity": Line(
        "a", "theta[t-1] + beta*v[t-1]", "theta[t-1,i] + beta*v[t-1,i]",
        "the look-ahead point: where the velocity leads",
    ),
    "sum": Line(
        "a", "theta[t-1] - eta*beta*v[t-1]", "theta[t-1,i] - eta*beta*v[t-1,i]",
        "the look-ahead point: where the velocity leads",
    ),
}  # fmt: skip
NESTEROV_TORCH = (
    SUM[0],
    Line("p", "g[t] + beta*v[t]", "g[t,i] + beta*v[t,i]", "the gradient and once more the decayed velocity"),
    Line("theta", "theta[t-1] - eta*p[t]", "theta[t-1,i] - eta*p[t,i]", "a step against it"),
)
NESTEROV_SHIFTED = (
    VELOCITY[0],
    Line(
        "theta", "theta[t-1] - beta*v[t-1] + (1 + beta)*v[t]", "theta[t-1,i] - beta*v[t-1,i] + (1 + beta)*v[t,i]",
        "in the shifted variable: back by βv of before, on by (1 + β)v",
    ),
)  # fmt: skip

# -- a rate for each parameter ------------------------------------------------------------------------

MOVED = Line("theta", "theta[t-1] + Delta[t]", "theta[t-1,i] + Delta[t,i]", "the update is added")
SQUARES = Line("s", "s[t-1] + g[t]^2", "s[t-1,i] + g[t,i]^2", "all squared gradients so far, added")
# is epsilon inside the root → the update
ADAGRAD = {
    False: Line(
        "Delta", "-eta*g[t]/(sqrt(s[t]) + epsilon)", "-eta*g[t,i]/(sqrt(s[t,i]) + epsilon)",
        "update: the learning rate divided by the root of the sum",
    ),
    True: Line(
        "Delta", "-eta*g[t]/sqrt(s[t] + epsilon)", "-eta*g[t,i]/sqrt(s[t,i] + epsilon)",
        "update: the learning rate divided by the root of the sum",
    ),
}  # fmt: skip
ADAGRAD_MEAN = (
    Line("r", "eta/sqrt(t)", "eta/sqrt(t)", "the learning rate of step t"),
    Line("sigma", "sqrt(s[t]/t)", "sqrt(s[t,i]/t)", "root mean square of the gradients so far"),
    Line(
        "Delta", "-r[t]*g[t]/(sigma[t] + epsilon)", "-r[t,i]*g[t,i]/(sigma[t,i] + epsilon)",
        "update: √t cancels, so this is η divided by the root of the sum",
    ),
)  # fmt: skip
RMSPROP_AVERAGE = Line(
    "v", "alpha*v[t-1] + (1 - alpha)*g[t]^2", "alpha*v[t-1,i] + (1 - alpha)*g[t,i]^2",
    "moving average of the squared gradients",
)  # fmt: skip
RMSPROP = {
    False: Line(
        "Delta", "-eta*g[t]/(sqrt(v[t]) + epsilon)", "-eta*g[t,i]/(sqrt(v[t,i]) + epsilon)",
        "update: the learning rate divided by the root of the average",
    ),
    True: Line(
        "Delta", "-eta*g[t]/sqrt(v[t] + epsilon)", "-eta*g[t,i]/sqrt(v[t,i] + epsilon)",
        "update: the learning rate divided by the root of the average",
    ),
}  # fmt: skip
ADADELTA_AVERAGE = Line(
    "v", "rho*v[t-1] + (1 - rho)*g[t]^2", "rho*v[t-1,i] + (1 - rho)*g[t,i]^2",
    "moving average of the squared gradients",
)  # fmt: skip
ADADELTA = {
    True: Line(
        "Delta", "-sqrt(u[t-1] + epsilon)/sqrt(v[t] + epsilon)*g[t]",
        "-sqrt(u[t-1,i] + epsilon)/sqrt(v[t,i] + epsilon)*g[t,i]",
        "update: root mean square of the updates before, over that of the gradients",
    ),
    False: Line(
        "Delta", "-(sqrt(u[t-1]) + epsilon)/(sqrt(v[t]) + epsilon)*g[t]",
        "-(sqrt(u[t-1,i]) + epsilon)/(sqrt(v[t,i]) + epsilon)*g[t,i]",
        "update: root mean square of the updates before, over that of the gradients",
    ),
}  # fmt: skip
ADADELTA_UPDATES = Line(
    "u", "rho*u[t-1] + (1 - rho)*Delta[t]^2", "rho*u[t-1,i] + (1 - rho)*Delta[t,i]^2",
    "moving average of the squared updates, for the next step",
)  # fmt: skip
ADADELTA_MOVED = Line(
    "theta",
    "theta[t-1] + eta*Delta[t]",
    "theta[t-1,i] + eta*Delta[t,i]",
    "the update is added, times the learning rate",
)

# -- Adam ---------------------------------------------------------------------------------------------

MOMENTS = (
    Line(
        "m", "beta1*m[t-1] + (1 - beta1)*g[t]", "beta1*m[t-1,i] + (1 - beta1)*g[t,i]",
        "first moment: moving average of the gradients",
    ),
    Line(
        "v", "beta2*v[t-1] + (1 - beta2)*g[t]^2", "beta2*v[t-1,i] + (1 - beta2)*g[t,i]^2",
        "second moment: moving average of the squared gradients",
    ),
)  # fmt: skip
LARGEST = Line("v_max", "max(v_max[t-1], v[t])", "max(v_max[t-1,i], v[t,i])", "AMSGrad: the largest v so far")
M_HAT = Line("m_hat", "m[t]/(1 - beta1^t)", "m[t,i]/(1 - beta1^t)", "bias correction: m started at 0")
# is it AMSGrad → the corrected second moment
V_HAT = {
    False: Line("v_hat", "v[t]/(1 - beta2^t)", "v[t,i]/(1 - beta2^t)", "bias correction: v started at 0"),
    True: Line("v_hat", "v_max[t]/(1 - beta2^t)", "v_max[t,i]/(1 - beta2^t)", "bias correction: v started at 0"),
}
_ADAM = "update: the corrected average, divided by the root of the squares'"
_UNCORRECTED = "update, without bias correction"
# (bias correction, AMSGrad, is epsilon inside the root) → the update
ADAM = {
    (True, False): Line(
        "Delta", "-eta*m_hat[t]/(sqrt(v_hat[t]) + epsilon)", "-eta*m_hat[t,i]/(sqrt(v_hat[t,i]) + epsilon)", _ADAM
    ),
    (True, True): Line(
        "Delta", "-eta*m_hat[t]/sqrt(v_hat[t] + epsilon)", "-eta*m_hat[t,i]/sqrt(v_hat[t,i] + epsilon)", _ADAM
    ),
}
ADAM_PLAIN = {
    (False, False): Line(
        "Delta", "-eta*m[t]/(sqrt(v[t]) + epsilon)", "-eta*m[t,i]/(sqrt(v[t,i]) + epsilon)", _UNCORRECTED
    ),
    (False, True): Line("Delta", "-eta*m[t]/sqrt(v[t] + epsilon)", "-eta*m[t,i]/sqrt(v[t,i] + epsilon)", _UNCORRECTED),
    (True, False): Line(
        "Delta", "-eta*m[t]/(sqrt(v_max[t]) + epsilon)", "-eta*m[t,i]/(sqrt(v_max[t,i]) + epsilon)", _UNCORRECTED
    ),
    (True, True): Line(
        "Delta", "-eta*m[t]/sqrt(v_max[t] + epsilon)", "-eta*m[t,i]/sqrt(v_max[t,i] + epsilon)", _UNCORRECTED
    ),
}
RATE = Line(
    "r", "eta*sqrt(1 - beta2^t)/(1 - beta1^t)", "eta*sqrt(1 - beta2^t)/(1 - beta1^t)",
    "the learning rate with both corrections in it",
)  # fmt: skip
# is it AMSGrad → the update with the corrected rate
ADAM_RATE = {
    False: Line("Delta", "-r[t]*m[t]/(sqrt(v[t]) + epsilon)", "-r[t,i]*m[t,i]/(sqrt(v[t,i]) + epsilon)", "update"),
    True: Line(
        "Delta", "-r[t]*m[t]/(sqrt(v_max[t]) + epsilon)", "-r[t,i]*m[t,i]/(sqrt(v_max[t,i]) + epsilon)", "update"
    ),
}
ADAM_AT_ONCE = Line(
    "theta", "theta[t-1] - eta*m_hat[t]/(sqrt(v_hat[t]) + epsilon)",
    "theta[t-1,i] - eta*m_hat[t,i]/(sqrt(v_hat[t,i]) + epsilon)",
    "corrected average over the root of the squares'",
)  # fmt: skip
ADAMW_AT_ONCE = Line(
    "theta", "theta[t-1] - eta*lambda*theta[t-1] - eta*m_hat[t]/(sqrt(v_hat[t]) + epsilon)",
    "theta[t-1,i] - eta*lambda*theta[t-1,i] - eta*m_hat[t,i]/(sqrt(v_hat[t,i]) + epsilon)",
    "decoupled decay: the weight shrinks by ηλθ too",
)  # fmt: skip
DECOUPLED = Line(
    "theta", "theta[t-1] - eta*lambda*theta[t-1] + Delta[t]", "theta[t-1,i] - eta*lambda*theta[t-1,i] + Delta[t,i]",
    "AdamW: the weight shrinks by ηλθ beside the update, not through the gradient",
)  # fmt: skip


def lines() -> list[Line]:
    """Every line there is."""
    found: list[Line] = []
    for value in globals().values():
        parts = value.values() if isinstance(value, dict) else (value,) if isinstance(value, Line) else value
        found += [part for part in parts if isinstance(part, Line)] if isinstance(value, dict | tuple) else []
    return found
