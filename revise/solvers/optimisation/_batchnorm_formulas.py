"""The formulas of batch normalisation, for one feature and for several, and what is written instead."""

# is there one feature only → the steps' formulas
MEAN = {True: "sum(x[i] for i in 0..m-1)/m", False: "sum(x, axis=0)/m"}
VARIANCE = {
    (True, "biased"): "sum((x[i] - mu)^2 for i in 0..m-1)/m",
    (True, "unbiased"): "sum((x[i] - mu)^2 for i in 0..m-1)/(m - 1)",
    (False, "biased"): "sum((x - mu).^2, axis=0)/m",
    (False, "unbiased"): "sum((x - mu).^2, axis=0)/(m - 1)",
}
HAT = {True: "(x - mu)/s", False: "(x - mu) ./ s"}
HAT_EVAL = {True: "(x - mu_run)/s", False: "(x - mu_run) ./ s"}
# is there one feature only, are γ and β given → the output
OUT = {
    (True, True): "gamma*x_hat + beta",
    (False, True): "gamma .* x_hat + beta",
    (True, False): "x_hat",
    (False, False): "x_hat",
}
SCALE = {
    (True, True): "gamma/s", (False, True): "gamma ./ s", (True, False): "1/s", (False, False): "1 ./ s",
}  # fmt: skip
SHIFT = {
    (True, True): "beta - a*mu_run",
    (False, True): "beta - a .* mu_run",
    (True, False): "-a*mu_run",
    (False, False): "-a .* mu_run",
}
FOLDED = {True: "y = a*x + b", False: "y = a .* x + b"}
ROOT = {False: "sqrt(sigma2)", True: "sqrt(sigma2 + eps)"}
ROOT_EVAL = {False: "sqrt(sigma2_run)", True: "sqrt(sigma2_run + eps)"}
# convention → the running mean and variance
RUNNING = {
    "torch": ("(1 - alpha)*mu_run + alpha*mu", "(1 - alpha)*sigma2_run + alpha*v"),
    "keras": ("alpha*mu_run + (1 - alpha)*mu", "alpha*sigma2_run + (1 - alpha)*v"),
}
UNBIASED = {True: VARIANCE[True, "unbiased"], False: VARIANCE[False, "unbiased"]}
SLIPS = {
    "sum((x[i] - mu)^2 for i in 0..m-1)/m": {
        "divided by m − 1: that is the unbiased variance": "sum((x[i] - mu)^2 for i in 0..m-1)/(m - 1)",
        "the differences are not squared": "sum(abs(x[i] - mu) for i in 0..m-1)/m",
    },
    "sum((x - mu).^2, axis=0)/m": {
        "divided by m − 1: that is the unbiased variance": "sum((x - mu).^2, axis=0)/(m - 1)"
    },
    "(x - mu)/s": {"divided by the variance, not by its root": "(x - mu)/s^2", "the mean is not subtracted": "x/s"},
    "(x - mu) ./ s": {
        "divided by the variance, not by its root": "(x - mu) ./ s.^2",
        "the mean is not subtracted": "x ./ s",
    },
    "gamma*x_hat + beta": {"γ scales β too": "gamma*(x_hat + beta)"},
    "gamma .* x_hat + beta": {"γ scales β too": "gamma .* (x_hat + beta)"},
    "(1 - alpha)*mu_run + alpha*mu": {"momentum the other way round": "alpha*mu_run + (1 - alpha)*mu"},
    "alpha*mu_run + (1 - alpha)*mu": {"momentum the other way round": "(1 - alpha)*mu_run + alpha*mu"},
    "(x - mu_run)/s": {"normalised by the test batch's own mean": "(x - mean(x))/s"},
    "(x - mu_run) ./ s": {"normalised by the test batch's own mean": "(x - mean(x, axis=0)) ./ s"},
}
