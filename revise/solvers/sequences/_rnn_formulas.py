"""The formulas of the plain recurrent cell, for single numbers and for matrices."""

from typing import Literal

Activation = Literal["tanh", "relu", "identity", "sigmoid", "step"]

# single numbers?, is there a bias? → the sum that goes into the activation
SUM = {
    (True, False): "w_hh*h[t-1] + w_xh*x[t]",
    (True, True): "w_hh*h[t-1] + w_xh*x[t] + b_h",
    (False, False): "W_hh @ h[t-1] + W_xh @ x[t]",
    (False, True): "W_hh @ h[t-1] + W_xh @ x[t] + b_h",
}
# the weights side by side, is there a bias? → the same
JOINED = {False: "W @ q[t]", True: "W @ q[t] + b_h"}
PAIR = {"hx": "concat(h[t-1], x[t])", "xh": "concat(x[t], h[t-1])"}
STATE = {
    "tanh": "tanh(a[t])",
    "relu": "relu(a[t])",
    "identity": "a[t]",
    "sigmoid": "sigmoid(a[t])",
    "step": "step(a[t])",
    "step, 0 at 0": "where(a[t] > 0, 1, 0)",
}
OUTPUT = {
    (True, False): "v*h[t]",
    (True, True): "v*h[t] + c",
    (False, False): "V @ h[t]",
    (False, True): "V @ h[t] + c",
}
FINISHED = {
    "softmax": "softmax(o[t])",
    "sigmoid": "sigmoid(o[t])",
    "tanh": "tanh(o[t])",
    "step": "step(o[t])",
    "step, 0 at 0": "where(o[t] > 0, 1, 0)",
}
# activation → its derivative at a, from the state h
SLOPE = {
    "tanh": ("1 - h[t]^2", "1 - h[t] .* h[t]", "tanh′(a) = 1 − tanh²(a) = 1 − h²"),
    "relu": ("sign(h[t])", "sign(h[t])", "relu′(a) is 1 where a is positive, else 0"),
    "identity": ("1", "ones(len(h[t]))", "h is a itself, its derivative is 1"),
    "sigmoid": ("h[t]*(1 - h[t])", "h[t] .* (1 - h[t])", "σ′(a) = σ(a)(1 − σ(a)) = h(1 − h)"),
}
