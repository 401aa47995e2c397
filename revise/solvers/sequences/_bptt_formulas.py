"""The formulas of back-propagation through time: losses, their slopes, and the way back."""

from typing import Literal

Loss = Literal["half", "squared", "bce", "ce", "output"]

# loss, single numbers? → the loss of one step, from the output y (or its probability p) and the target d
LOSS = {
    ("half", True): "1/2*(y[t] - d[t])^2",
    ("half", False): "1/2*sum((y[t] - d[t]) .* (y[t] - d[t]))",
    ("squared", True): "(y[t] - d[t])^2",
    ("squared", False): "sum((y[t] - d[t]) .* (y[t] - d[t]))",
    ("bce", True): "-(d[t]*log(p[t]) + (1 - d[t])*log(1 - p[t]))",
    ("bce", False): "-sum(d[t] .* log(p[t]) + (1 - d[t]) .* log(1 - p[t]))",
    ("ce", False): "-sum(d[t] .* log(p[t]))",
    ("output", True): "y[t]",
    ("output", False): "sum(y[t])",
}
PROBABILITY = {"bce": "sigmoid(y[t])", "ce": "softmax(y[t])"}
# loss, is the mean over the steps taken? → ∂L/∂y
ERROR = {
    ("half", False): "y[t] - d[t]",
    ("half", True): "(y[t] - d[t])/T",
    ("squared", False): "2*(y[t] - d[t])",
    ("squared", True): "2*(y[t] - d[t])/T",
    ("bce", False): "p[t] - d[t]",
    ("bce", True): "(p[t] - d[t])/T",
    ("ce", False): "p[t] - d[t]",
    ("ce", True): "(p[t] - d[t])/T",
}
# L = y: single numbers?, mean?
ERROR_OF_OUTPUT = {
    (True, False): "1",
    (True, True): "1/T",
    (False, False): "ones(len(y[t]))",
    (False, True): "ones(len(y[t]))/T",
}
CALLED = {
    "half": "half the squared error",
    "squared": "the squared error",
    "bce": "binary cross-entropy, natural logarithm",
    "ce": "cross-entropy, natural logarithm",
    "output": "the output itself",
}
OUTPUT = {
    (True, False): "v*h[t]",
    (True, True): "v*h[t] + c",
    (False, False): "V @ h[t]",
    (False, True): "V @ h[t] + c",
}
# single numbers?, output weights?, a loss at this step?, a step after this one? → ∂L/∂h
BACK = {
    (True, True, True, True): "v*e[t] + w_hh*delta[t+1]",
    (True, True, True, False): "v*e[t]",
    (True, False, True, True): "e[t] + w_hh*delta[t+1]",
    (True, False, True, False): "e[t]",
    (True, True, False, True): "w_hh*delta[t+1]",
    (True, False, False, True): "w_hh*delta[t+1]",
    (False, True, True, True): "V.T @ e[t] + W_hh.T @ delta[t+1]",
    (False, True, True, False): "V.T @ e[t]",
    (False, False, True, True): "e[t] + W_hh.T @ delta[t+1]",
    (False, False, True, False): "e[t]",
    (False, True, False, True): "W_hh.T @ delta[t+1]",
    (False, False, False, True): "W_hh.T @ delta[t+1]",
}
DELTA = {True: "dL_dh[t]*s[t]", False: "dL_dh[t] .* s[t]"}
# what each step adds: to the state's weights, to the input's, to the output's
SHARE_STATE = {True: "delta[t]*h[t-1]", False: "outer(delta[t], h[t-1])"}
SHARE_INPUT = {True: "delta[t]*x[t]", False: "outer(delta[t], x[t])"}
SHARE_OUTPUT = {True: "e[t]*h[t]", False: "outer(e[t], h[t])"}
# output weights? → one path from the loss at step i back to the weight's use at step k
PATH = {
    True: "e[i]*v*prod(w_hh*s[j] for j in k+1..i)*s[k]*h[k-1]",
    False: "e[i]*prod(w_hh*s[j] for j in k+1..i)*s[k]*h[k-1]",
}
SLIPS = {
    "v*e[t] + w_hh*delta[t+1]": {
        "only the loss of this step: the way through the next state is missing": "v*e[t]",
        "only through the next state: this step's own loss is missing": "w_hh*delta[t+1]",
    },
    "e[t] + w_hh*delta[t+1]": {
        "only the loss of this step: the way through the next state is missing": "e[t]",
        "only through the next state: this step's own loss is missing": "w_hh*delta[t+1]",
    },
    "W_hh.T @ delta[t+1]": {"W_hh is not transposed": "W_hh @ delta[t+1]"},
    "V.T @ e[t] + W_hh.T @ delta[t+1]": {
        "W_hh is not transposed": "V.T @ e[t] + W_hh @ delta[t+1]",
        "only the loss of this step: the way through the next state is missing": "V.T @ e[t]",
    },
    "dL_dh[t]*s[t]": {"the derivative of the activation is left out": "dL_dh[t]"},
    "dL_dh[t] .* s[t]": {"the derivative of the activation is left out": "dL_dh[t]"},
    "1 - h[t]^2": {"1 − h instead of 1 − h²": "1 - h[t]"},
    "delta[t]*h[t-1]": {"the new state instead of the one before": "delta[t]*h[t]"},
    "outer(delta[t], h[t-1])": {"the new state instead of the one before": "outer(delta[t], h[t])"},
    "sum(A[t] for t in 1..T)": {"only the last step's share": "A[T]"},
}
