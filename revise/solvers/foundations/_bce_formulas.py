"""The formulas of the binary cross-entropy, for one example and for a batch, and what goes wrong in them."""

# the target, is the positive weight 1 → (one example, example n)
LOSS = {
    (1, True): ("-log(p)", "-log(p[n])"),
    (1, False): ("-w*log(p)", "-w*log(p[n])"),
    (0, True): ("-log(1 - p)", "-log(1 - p[n])"),
    (0, False): ("-log(1 - p)", "-log(1 - p[n])"),
    (None, True): (
        "-(y*log(p) + (1 - y)*log(1 - p))",
        "-(y[n]*log(p[n]) + (1 - y[n])*log(1 - p[n]))",
    ),
    (None, False): (
        "-(w*y*log(p) + (1 - y)*log(1 - p))",
        "-(w*y[n]*log(p[n]) + (1 - y[n])*log(1 - p[n]))",
    ),
}
# the same from a logit far from 0: ln p = −softplus(−z), ln(1 − p) = −softplus(z)
FROM_LOGIT = {
    (1, True): ("softplus(-z)", "softplus(-z[n])"),
    (1, False): ("w*softplus(-z)", "w*softplus(-z[n])"),
    (0, True): ("softplus(z)", "softplus(z[n])"),
    (0, False): ("softplus(z)", "softplus(z[n])"),
    (None, True): ("y*softplus(-z) + (1 - y)*softplus(z)", "y[n]*softplus(-z[n]) + (1 - y[n])*softplus(z[n])"),
    (None, False): ("w*y*softplus(-z) + (1 - y)*softplus(z)", "w*y[n]*softplus(-z[n]) + (1 - y[n])*softplus(z[n])"),
}
WHY = {
    1: "y = 1: −log p, the other term is 0",
    0: "y = 0: −log(1 − p), the first term is 0",
    None: "−(y log p + (1 − y) log(1 − p))",
}
FAR_WHY = {
    1: "y = 1: −log p = log(1 + e⁻ᶻ), without p, whose digits would be lost",
    0: "y = 0: −log(1 − p) = log(1 + eᶻ), without 1 − p, whose digits would be lost",
    None: "−log p = log(1 + e⁻ᶻ) and −log(1 − p) = log(1 + eᶻ): without p, whose digits would be lost",
}
# is the positive weight 1, "" of one example, else the reduction
BY_LOGIT = {
    (True, ""): "p - y",
    (True, "sum"): "p[n] - y[n]",
    (True, "mean"): "(p[n] - y[n])/N",
    (False, ""): "(1 - y)*p - w*y*(1 - p)",
    (False, "sum"): "(1 - y[n])*p[n] - w*y[n]*(1 - p[n])",
    (False, "mean"): "((1 - y[n])*p[n] - w*y[n]*(1 - p[n]))/N",
}
# target, is the positive weight 1, "" or the reduction
BY_PROBABILITY = {
    (1, True, ""): "-1/p",
    (1, True, "sum"): "-1/p[n]",
    (1, True, "mean"): "-1/(N*p[n])",
    (1, False, ""): "-w/p",
    (1, False, "sum"): "-w/p[n]",
    (1, False, "mean"): "-w/(N*p[n])",
    (0, True, ""): "1/(1 - p)",
    (0, True, "sum"): "1/(1 - p[n])",
    (0, True, "mean"): "1/(N*(1 - p[n]))",
    (0, False, ""): "1/(1 - p)",
    (0, False, "sum"): "1/(1 - p[n])",
    (0, False, "mean"): "1/(N*(1 - p[n]))",
    (None, True, ""): "(p - y)/(p*(1 - p))",
    (None, True, "sum"): "(p[n] - y[n])/(p[n]*(1 - p[n]))",
    (None, True, "mean"): "(p[n] - y[n])/(N*p[n]*(1 - p[n]))",
    (None, False, ""): "(1 - y)/(1 - p) - w*y/p",
    (None, False, "sum"): "(1 - y[n])/(1 - p[n]) - w*y[n]/p[n]",
    (None, False, "mean"): "((1 - y[n])/(1 - p[n]) - w*y[n]/p[n])/N",
}
TOTAL = {"mean": "sum(l[n] for n in 1..N)/N", "sum": "sum(l[n] for n in 1..N)"}

_NO_MINUS = "the minus is forgotten: a loss is not negative"
_INSIDE = "(1 − y)(1 − log p) instead of (1 − y) log(1 − p)"
SLIPS: dict[str, dict[str, str]] = {
    "-log(p)": {_NO_MINUS: "log(p)", "that of y = 0": "-log(1 - p)", "1 − p instead of −log p": "1 - p"},
    "-log(p[n])": {_NO_MINUS: "log(p[n])", "that of y = 0": "-log(1 - p[n])"},
    "-log(1 - p)": {"that of y = 1": "-log(p)", _INSIDE: "-(1 - log(p))", "nothing where y = 0": "0"},
    "-log(1 - p[n])": {
        "that of y = 1": "-log(p[n])", _INSIDE: "-(1 - log(p[n]))", "an example with y = 0 counts too": "0",
    },
    "-(y*log(p) + (1 - y)*log(1 - p))": {"the second term is forgotten": "-y*log(p)"},
    "-(y[n]*log(p[n]) + (1 - y[n])*log(1 - p[n]))": {"the second term is forgotten": "-y[n]*log(p[n])"},
    "p - y": {"the sign is turned": "y - p", "times σ′, as for squared error": "(p - y)*p*(1 - p)"},
    "(p[n] - y[n])/N": {"not divided by N, though the loss is a mean": "p[n] - y[n]"},
    "sigmoid(z)": {"the sign of the exponent": "sigmoid(-z)"},
    "sum(l[n] for n in 1..N)/N": {"added up, not averaged": "sum(l[n] for n in 1..N)"},
    "sum(l[n] for n in 1..N)": {"averaged, not added up": "sum(l[n] for n in 1..N)/N"},
}  # fmt: skip
