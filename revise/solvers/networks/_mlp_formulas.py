"""The formulas of a network of layers: forwards, its losses, backwards, and what is written wrongly instead."""

from typing import Literal

Hidden = Literal["sigmoid", "tanh", "relu", "leaky-relu", "linear"]
Output = Literal["linear", "sigmoid", "tanh", "relu", "leaky-relu", "softmax"]
Loss = Literal["mse", "bce", "ce"]

# convention, is there a bias → the layer
LAYER = {
    ("column", False): "W[k] @ a[j]",
    ("column", True): "W[k] @ a[j] + b[k]",
    ("row", False): "a[j] @ W[k]",
    ("row", True): "a[j] @ W[k] + b[k]",
}
ACTIVATION = {
    "sigmoid": "sigmoid(z[k])",
    "tanh": "tanh(z[k])",
    "relu": "relu(z[k])",
    "leaky-relu": "max(z[k], alpha*z[k])",
    "linear": "z[k]",
}
# each example is a column, or a row
SOFTMAX = {"column": "softmax(z[k], axis=0)", "row": "softmax(z[k], axis=1)"}
# activation → the gradient by z, from the one by a
BEFORE = {
    "sigmoid": ("dL_da[k] .* a[k] .* (1 - a[k])", "σ′(z) = σ(z)(1 − σ(z)) = a(1 − a)"),
    "tanh": ("dL_da[k] .* (1 - a[k] .* a[k])", "tanh′(z) = 1 − tanh²(z) = 1 − a²"),
    "relu": ("dL_da[k] .* sign(a[k])", "relu′(z) is 1 where z is positive, else 0: the sign of a"),
    "leaky-relu": ("dL_da[k] .* where(z[k] > 0, 1, alpha)", "the derivative is 1 where z is positive, else α"),
    "linear": ("dL_da[k]", "a is z itself, its derivative is 1"),
}
# convention → the gradients by W and by the layer's input
BY_WEIGHTS = {"column": "delta[k] @ a[j].T", "row": "a[j].T @ delta[k]"}
BY_INPUT = {"column": "W[k].T @ delta[k]", "row": "delta[k] @ W[k].T"}
BY_BIAS = {"column": "sum(delta[k], axis=1)", "row": "sum(delta[k], axis=0)"}
# loss, what is done with the batch → the loss
LOSS = {
    ("half", "sum"): "1/2*sum(err .* err)",
    ("half", "mean"): "1/(2*N)*sum(err .* err)",
    ("sum", "sum"): "sum(err .* err)",
    ("sum", "mean"): "1/N*sum(err .* err)",
    ("mean", "sum"): "1/m*sum(err .* err)",
    ("mean", "mean"): "1/(m*N)*sum(err .* err)",
    ("bce", "sum"): "-sum(y .* log(a[k]) + (1 - y) .* log(1 - a[k]))",
    ("bce", "mean"): "-1/N*sum(y .* log(a[k]) + (1 - y) .* log(1 - a[k]))",
    ("ce", "sum"): "-sum(y .* log(a[k]))",
    ("ce", "mean"): "-1/N*sum(y .* log(a[k]))",
}
# the same → the gradient by the output a, or, with the cross-entropies, by z at once
SLOPE = {
    ("half", "sum"): "err",
    ("half", "mean"): "err/N",
    ("sum", "sum"): "2*err",
    ("sum", "mean"): "2*err/N",
    ("mean", "sum"): "2*err/m",
    ("mean", "mean"): "2*err/(m*N)",
    ("bce", "sum"): "a[k] - y",
    ("bce", "mean"): "(a[k] - y)/N",
    ("ce", "sum"): "a[k] - y",
    ("ce", "mean"): "(a[k] - y)/N",
}
CALLED = {
    "half": "half the squared errors, added over the outputs",
    "sum": "the squared errors, added over the outputs",
    "mean": "the mean of the squared errors over the outputs",
    "bce": "binary cross-entropy, natural logarithm",
    "ce": "cross-entropy, natural logarithm",
}
_LEFT_OUT = "the derivative of the activation is left out"
_NOT_TURNED = "W is not transposed (only a square W lets it pass)"
# a right formula → what is written instead
SLIPS = {
    "dL_da[k] .* a[k] .* (1 - a[k])": {
        _LEFT_OUT: "dL_da[k]",
        "σ′ is taken of a, not of z": "dL_da[k] .* sigmoid(a[k]) .* (1 - sigmoid(a[k]))",
        "a instead of a(1 − a)": "dL_da[k] .* a[k]",
    },
    "dL_da[k] .* (1 - a[k] .* a[k])": {_LEFT_OUT: "dL_da[k]", "1 − a instead of 1 − a²": "dL_da[k] .* (1 - a[k])"},
    "dL_da[k] .* sign(a[k])": {_LEFT_OUT: "dL_da[k]", "relu itself instead of its derivative": "dL_da[k] .* a[k]"},
    "dL_da[k] .* where(z[k] > 0, 1, alpha)": {
        _LEFT_OUT: "dL_da[k]",
        "0 instead of α where z is negative: that is relu": "dL_da[k] .* where(z[k] > 0, 1, 0)",
    },
    "W[k].T @ delta[k]": {_NOT_TURNED: "W[k] @ delta[k]"},
    "delta[k] @ W[k].T": {_NOT_TURNED: "delta[k] @ W[k]"},
    "err": {"the sign is turned": "-err"},
    "2*err": {"the factor 2 is forgotten": "err"},
    "a[k] - y": {
        "the sign is turned": "y - a[k]",
        "multiplied by a(1 − a), which the cross-entropy has cancelled": "(a[k] - y) .* a[k] .* (1 - a[k])",
    },
    "(a[k] - y)/N": {"not divided by the size of the batch": "a[k] - y"},
    "W[k] - eta*dL_dW[k]": {
        "uphill: the gradient is added": "W[k] + eta*dL_dW[k]",
        "the learning rate is left out": "W[k] - dL_dW[k]",
    },
}
