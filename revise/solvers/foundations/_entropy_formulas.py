"""The formulas of entropy by base, and what goes wrong in them."""

Base = str | int

SURPRISE: dict[Base, str] = {"e": "-log(P[i])", 2: "-log2(P[i])", 10: "-log10(P[i])"}
MOST: dict[Base, str] = {"e": "log(n)", 2: "log2(n)", 10: "log10(n)"}
PERPLEXITY: dict[Base, str] = {"e": "exp(H)", 2: "2^H", 10: "10^H"}
CROSS: dict[Base, str] = {"e": "-P[i]*log(Q[i])", 2: "-P[i]*log2(Q[i])", 10: "-P[i]*log10(Q[i])"}
RATIO: dict[Base, str] = {"e": "P[i]*log(P[i]/Q[i])", 2: "P[i]*log2(P[i]/Q[i])", 10: "P[i]*log10(P[i]/Q[i])"}

# of a joint table: i runs over the values of X, j over those of Y; A and B hold the values that occur
OF_X: dict[Base, str] = {
    "e": "-sum(f[i]*log(f[i]) for i in A)", 2: "-sum(f[i]*log2(f[i]) for i in A)",
    10: "-sum(f[i]*log10(f[i]) for i in A)",
}  # fmt: skip
OF_Y: dict[Base, str] = {
    "e": "-sum(g[j]*log(g[j]) for j in B)", 2: "-sum(g[j]*log2(g[j]) for j in B)",
    10: "-sum(g[j]*log10(g[j]) for j in B)",
}  # fmt: skip
OF_PAIR: dict[Base, str] = {"e": "-P[i,j]*log(P[i,j])", 2: "-P[i,j]*log2(P[i,j])", 10: "-P[i,j]*log10(P[i,j])"}
OF_ROW: dict[Base, str] = {
    "e": "-sum(P[i,j]/f[i]*log(P[i,j]/f[i]) for j in C[i])", 2: "-sum(P[i,j]/f[i]*log2(P[i,j]/f[i]) for j in C[i])",
    10: "-sum(P[i,j]/f[i]*log10(P[i,j]/f[i]) for j in C[i])",
}  # fmt: skip
SHARED: dict[Base, str] = {
    "e": "I = sum(sum(P[i,j]*log(P[i,j]/(f[i]*g[j])) for j in C[i]) for i in A)",
    2: "I = sum(sum(P[i,j]*log2(P[i,j]/(f[i]*g[j])) for j in C[i]) for i in A)",
    10: "I = sum(sum(P[i,j]*log10(P[i,j]/(f[i]*g[j])) for j in C[i]) for i in A)",
}

_NO_MINUS = "the minus is forgotten: an entropy is not negative"
SLIPS: dict[str, dict[str, str]] = {
    "-log2(P[i])": {"ln instead of log₂": "-log(P[i])", _NO_MINUS: "log2(P[i])"},
    "-log(P[i])": {"log₂ instead of ln": "-log2(P[i])", _NO_MINUS: "log(P[i])"},
    "P[i]*s[i]": {"the weight P is forgotten": "s[i]"},
    "sum(u[i] for i in 1..n)": {"divided by the number of values": "sum(u[i] for i in 1..n)/n"},
    "sum(t[i] for i in 1..n)": {
        "that is H(Q, P), not H(P, Q)": "-sum(where(P[i] > 0, Q[i]*log2(P[i]), 0) for i in 1..n)"
    },
    "H_PQ - H": {"turned round": "H - H_PQ", "added": "H_PQ + H"},
    "sum(f[i]*h[i] for i in A)": {"not weighted with P(x)": "sum(h[i] for i in A)"},
    "H_XY - H_Y": {"H(X) is subtracted: that is H(Y | X)": "H_XY - H_X", "added": "H_XY + H_Y"},
    "H_X + H_Y - H_XY": {"H(X, Y) is added": "H_X + H_Y + H_XY", "turned round": "H_XY - H_X - H_Y"},
    "2^H": {"e instead of the base 2": "exp(H)"},
}
