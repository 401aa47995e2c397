"""The slopes, bounds and slips of a chain of layers."""

from typing import Literal

Activation = Literal["sigmoid", "tanh", "relu", "leaky-relu", "linear"]
VALUE = {
    "sigmoid": "sigmoid(z[l])",
    "tanh": "tanh(z[l])",
    "relu": "relu(z[l])",
    "leaky-relu": "where(z[l] > 0, z[l], c*z[l])",
    "linear": "z[l]",
}
# activation, is there a shortcut → the slope
SLOPE = {
    ("sigmoid", False): "a[l]*(1 - a[l])",
    ("sigmoid", True): "f[l]*(1 - f[l])",
    ("tanh", False): "1 - a[l]^2",
    ("tanh", True): "1 - f[l]^2",
    **dict.fromkeys([("relu", False), ("relu", True)], "where(z[l] > 0, 1, 0)"),
    **dict.fromkeys([("leaky-relu", False), ("leaky-relu", True)], "where(z[l] > 0, 1, c)"),
    **dict.fromkeys([("linear", False), ("linear", True)], "1"),
}
WHY_SLOPE = {
    "sigmoid": "σ′ = σ(1 − σ), never above 1/4",
    "tanh": "tanh′ = 1 − tanh², never above 1",
    "relu": "1 where z > 0, else 0",
    "leaky-relu": "1 where z > 0, else c",
    "linear": "no activation",
}
STEEPEST = {
    "sigmoid": ("1/4", "the sigmoid is steepest at 0, and there only 1/4"),
    "tanh": ("1", "tanh is steepest at 0, with slope 1"),
    "relu": ("1", "ReLU's slope is 1 where it is on"),
    "leaky-relu": ("max(1, abs(c))", "the steeper of its two sides"),
    "linear": ("1", "the identity's slope"),
}
BACK = {False: "w[l+1]*d[l+1]", True: "g[l+1] + w[l+1]*d[l+1]"}
BOUND = {False: "prod(abs(w[l])*m for l in 1..n)", True: "prod(1 + abs(w[l])*m for l in 1..n)"}
SLIPS = {
    "a[l]*(1 - a[l])": {"σ itself instead of its slope": "a[l]", "taken as 1, as if σ′ went up to 1": "1"},
    "1 - a[l]^2": {"the square is forgotten": "1 - a[l]"},
    "where(z[l] > 0, 1, 0)": {"z itself instead of the slope": "relu(z[l])"},
    "g[l]*s[l]": {"the slope is forgotten": "g[l]"},
    "w[l+1]*d[l+1]": {"the weight is forgotten": "d[l+1]", "added instead of multiplied": "w[l+1] + d[l+1]"},
    "g[l+1] + w[l+1]*d[l+1]": {"the shortcut is forgotten": "w[l+1]*d[l+1]"},
    "1/4": {"the slope taken to lie between 0 and 1": "1"},
    "prod(abs(w[l])*m for l in 1..n)": {"added up instead of multiplied": "sum(abs(w[l])*m for l in 1..n)"},
}
