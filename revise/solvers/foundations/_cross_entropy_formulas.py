"""The formulas of the cross-entropy, for one example and for a batch, and what goes wrong in them."""

Base = str | int

# what → (of one example, of example n of a batch)
EXPONENTIALS = {True: ("exp(z - m)", "exp(z[n] - m[n])"), False: ("exp(z)", "exp(z[n])")}
GREATEST = ("max(z)", "max(z[n])")
SUM = ("sum(E)", "sum(E[n])")
SHARED = ("E/S", "E[n]/S[n]")
RIGHT = "p[n][y[n]]"  # in a batch a step of its own
LOG_OF_RIGHT: dict[Base, tuple[str, str]] = {
    "e": ("-log(p[y])", "-log(q[n])"), 2: ("-log2(p[y])", "-log2(q[n])"), 10: ("-log10(p[y])", "-log10(q[n])"),
}  # fmt: skip
# the same from the logits, where p is too small for a double: −log p = log S − (z − m)
LOG_FROM_LOGITS: dict[Base, tuple[str, str]] = {
    "e": ("log(S) - (z[y] - m)", "log(S[n]) - (z[n][y[n]] - m[n])"),
    2: ("(log(S) - (z[y] - m))/log(2)", "(log(S[n]) - (z[n][y[n]] - m[n]))/log(2)"),
    10: ("(log(S) - (z[y] - m))/log(10)", "(log(S[n]) - (z[n][y[n]] - m[n]))/log(10)"),
}
# base, do all classes have a target
MEAN_LOG: dict[tuple[Base, bool], tuple[str, str]] = {
    ("e", True): ("-sum(t .* log(p))", "-sum(t[n] .* log(p[n]))"),
    (2, True): ("-sum(t .* log2(p))", "-sum(t[n] .* log2(p[n]))"),
    (10, True): ("-sum(t .* log10(p))", "-sum(t[n] .* log10(p[n]))"),
    ("e", False): ("-sum(t[c]*log(p[c]) for c in K)", "-sum(t[n][c]*log(p[n][c]) for c in K[n])"),
    (2, False): ("-sum(t[c]*log2(p[c]) for c in K)", "-sum(t[n][c]*log2(p[n][c]) for c in K[n])"),
    (10, False): ("-sum(t[c]*log10(p[c]) for c in K)", "-sum(t[n][c]*log10(p[n][c]) for c in K[n])"),
}
MEAN_FROM_LOGITS: dict[Base, tuple[str, str]] = {
    "e": ("log(S) - sum(t .* (z - m))", "log(S[n]) - sum(t[n] .* (z[n] - m[n]))"),
    2: ("(log(S) - sum(t .* (z - m)))/log(2)", "(log(S[n]) - sum(t[n] .* (z[n] - m[n])))/log(2)"),
    10: ("(log(S) - sum(t .* (z - m)))/log(10)", "(log(S[n]) - sum(t[n] .* (z[n] - m[n])))/log(10)"),
}
# smoothing → is the target a class → the smoothed target
SMOOTHED = {
    ("all", True): ("(1 - epsilon)*onehot(y, C) + epsilon/C", "(1 - epsilon)*onehot(y[n], C) + epsilon/C"),
    ("all", False): ("(1 - epsilon)*y + epsilon/C", "(1 - epsilon)*y[n] + epsilon/C"),
    ("others", True): (
        "(1 - epsilon)*onehot(y, C) + epsilon/(C - 1)*(1 - onehot(y, C))",
        "(1 - epsilon)*onehot(y[n], C) + epsilon/(C - 1)*(1 - onehot(y[n], C))",
    ),
    ("others", False): (
        "(1 - epsilon)*y + epsilon/(C - 1)*(1 - y)",
        "(1 - epsilon)*y[n] + epsilon/(C - 1)*(1 - y[n])",
    ),
}
TOTAL = {"mean": "sum(l[n] for n in 1..N)/N", "sum": "sum(l[n] for n in 1..N)"}
START: dict[Base, str] = {"e": "-log(1/C)", 2: "-log2(1/C)", 10: "-log10(1/C)"}

# is the target a class, base, "" of one example, else the reduction → the gradient by the logits
BY_LOGITS: dict[tuple[bool, Base, str], str] = {
    (True, "e", ""): "p - onehot(y, C)",
    (True, "e", "sum"): "p[n] - onehot(y[n], C)",
    (True, "e", "mean"): "(p[n] - onehot(y[n], C))/N",
    (True, 2, ""): "(p - onehot(y, C))/log(2)",
    (True, 2, "sum"): "(p[n] - onehot(y[n], C))/log(2)",
    (True, 2, "mean"): "(p[n] - onehot(y[n], C))/(N*log(2))",
    (True, 10, ""): "(p - onehot(y, C))/log(10)",
    (True, 10, "sum"): "(p[n] - onehot(y[n], C))/log(10)",
    (True, 10, "mean"): "(p[n] - onehot(y[n], C))/(N*log(10))",
    (False, "e", ""): "p - t",
    (False, "e", "sum"): "p[n] - t[n]",
    (False, "e", "mean"): "(p[n] - t[n])/N",
    (False, 2, ""): "(p - t)/log(2)",
    (False, 2, "sum"): "(p[n] - t[n])/log(2)",
    (False, 2, "mean"): "(p[n] - t[n])/(N*log(2))",
    (False, 10, ""): "(p - t)/log(10)",
    (False, 10, "sum"): "(p[n] - t[n])/log(10)",
    (False, 10, "mean"): "(p[n] - t[n])/(N*log(10))",
}
# the same by the probabilities
BY_PROBABILITIES: dict[tuple[bool, Base, str], str] = {
    (True, "e", ""): "-onehot(y, C) ./ p",
    (True, "e", "sum"): "-onehot(y[n], C) ./ p[n]",
    (True, "e", "mean"): "-onehot(y[n], C) ./ p[n]/N",
    (True, 2, ""): "-onehot(y, C) ./ p/log(2)",
    (True, 2, "sum"): "-onehot(y[n], C) ./ p[n]/log(2)",
    (True, 2, "mean"): "-onehot(y[n], C) ./ p[n]/(N*log(2))",
    (True, 10, ""): "-onehot(y, C) ./ p/log(10)",
    (True, 10, "sum"): "-onehot(y[n], C) ./ p[n]/log(10)",
    (True, 10, "mean"): "-onehot(y[n], C) ./ p[n]/(N*log(10))",
    (False, "e", ""): "-t ./ p",
    (False, "e", "sum"): "-t[n] ./ p[n]",
    (False, "e", "mean"): "-t[n] ./ p[n]/N",
    (False, 2, ""): "-t ./ p/log(2)",
    (False, 2, "sum"): "-t[n] ./ p[n]/log(2)",
    (False, 2, "mean"): "-t[n] ./ p[n]/(N*log(2))",
    (False, 10, ""): "-t ./ p/log(10)",
    (False, 10, "sum"): "-t[n] ./ p[n]/log(10)",
    (False, 10, "mean"): "-t[n] ./ p[n]/(N*log(10))",
}
# and where one of them is 0: only the classes with a target count
WITH_ZEROS: dict[tuple[bool, Base, str], str] = {
    (True, "e", ""): "[where(c == y, -1/p[c], 0) for c in 0..C-1]",
    (True, "e", "sum"): "[where(c == y[n], -1/p[n][c], 0) for c in 0..C-1]",
    (True, "e", "mean"): "[where(c == y[n], -1/(N*p[n][c]), 0) for c in 0..C-1]",
    (True, 2, ""): "[where(c == y, -1/(p[c]*log(2)), 0) for c in 0..C-1]",
    (True, 2, "sum"): "[where(c == y[n], -1/(p[n][c]*log(2)), 0) for c in 0..C-1]",
    (True, 2, "mean"): "[where(c == y[n], -1/(N*p[n][c]*log(2)), 0) for c in 0..C-1]",
    (True, 10, ""): "[where(c == y, -1/(p[c]*log(10)), 0) for c in 0..C-1]",
    (True, 10, "sum"): "[where(c == y[n], -1/(p[n][c]*log(10)), 0) for c in 0..C-1]",
    (True, 10, "mean"): "[where(c == y[n], -1/(N*p[n][c]*log(10)), 0) for c in 0..C-1]",
    (False, "e", ""): "[where(t[c] > 0, -t[c]/p[c], 0) for c in 0..C-1]",
    (False, "e", "sum"): "[where(t[n][c] > 0, -t[n][c]/p[n][c], 0) for c in 0..C-1]",
    (False, "e", "mean"): "[where(t[n][c] > 0, -t[n][c]/(N*p[n][c]), 0) for c in 0..C-1]",
    (False, 2, ""): "[where(t[c] > 0, -t[c]/(p[c]*log(2)), 0) for c in 0..C-1]",
    (False, 2, "sum"): "[where(t[n][c] > 0, -t[n][c]/(p[n][c]*log(2)), 0) for c in 0..C-1]",
    (False, 2, "mean"): "[where(t[n][c] > 0, -t[n][c]/(N*p[n][c]*log(2)), 0) for c in 0..C-1]",
    (False, 10, ""): "[where(t[c] > 0, -t[c]/(p[c]*log(10)), 0) for c in 0..C-1]",
    (False, 10, "sum"): "[where(t[n][c] > 0, -t[n][c]/(p[n][c]*log(10)), 0) for c in 0..C-1]",
    (False, 10, "mean"): "[where(t[n][c] > 0, -t[n][c]/(N*p[n][c]*log(10)), 0) for c in 0..C-1]",
}

_SIGN = "the minus is forgotten: a loss is not negative"
_TURNED = "the sign is turned"
SLIPS: dict[str, dict[str, str]] = {
    "-log(p[y])": {
        _SIGN: "log(p[y])",
        "1 − p instead of −log p": "1 - p[y]",
        "log₁₀ instead of ln": "-log10(p[y])",
        "the greatest probability, not the target's": "-log(max(p))",
        "classes are counted from 0, not from 1": "-log(p[max(y - 1, 0)])",
    },
    "-log(q[n])": {_SIGN: "log(q[n])", "1 − p instead of −log p": "1 - q[n]"},
    "-log2(p[y])": {_SIGN: "log2(p[y])", "ln instead of log₂": "-log(p[y])"},
    "-log10(p[y])": {_SIGN: "log10(p[y])", "ln instead of log₁₀": "-log(p[y])"},
    "-log2(q[n])": {"ln instead of log₂": "-log(q[n])"},
    "-sum(t .* log(p))": {
        _SIGN: "sum(t .* log(p))",
        "prediction and target are exchanged": "-sum(p .* log(t))",
        "the target's weights are forgotten": "-sum(log(p))",
    },
    "-sum(t[c]*log(p[c]) for c in K)": {
        _SIGN: "sum(t[c]*log(p[c]) for c in K)",
        "the target's weights are forgotten": "-sum(log(p[c]) for c in K)",
    },
    "-onehot(y, C) ./ p": {"p − y is the gradient by the logits, not by p": "p - onehot(y, C)"},
    "p[n][y[n]]": {"the greatest probability, not the target's": "max(p[n])"},
    "E/S": {"shares of the logits, not of their exponentials": "z/sum(z)"},
    "sum(l[n] for n in 1..N)/N": {"added up, not averaged": "sum(l[n] for n in 1..N)"},
    "sum(l[n] for n in 1..N)": {"averaged, not added up": "sum(l[n] for n in 1..N)/N"},
    "p - onehot(y, C)": {_TURNED: "onehot(y, C) - p", "the 1 is forgotten": "p"},
    "p - t": {_TURNED: "t - p"},
    "(p[n] - onehot(y[n], C))/N": {"not divided by N, though the loss is a mean": "p[n] - onehot(y[n], C)"},
    "(1 - epsilon)*onehot(y, C) + epsilon/C": {
        "ε is shared by the other classes only": "(1 - epsilon)*onehot(y, C) + epsilon/(C - 1)*(1 - onehot(y, C))",
    },
    "-log(1/C)": {"C itself": "C"},
}
