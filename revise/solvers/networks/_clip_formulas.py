"""The formulas of clipping, for one part and for several, and what is written instead."""

from typing import Any

# is there one part only → the formulas; by norm_type where it matters
CUT = {True: "max(min(g, theta), -theta)", False: "max(min(g[i], theta), -theta)"}
SUM: dict[tuple[bool, Any], str] = {
    (True, 2): "sum(g .* g)",
    (True, 1): "sum(abs(g))",
    (True, "inf"): "max(abs(g))",
    (False, 2): "sum(g[i] .* g[i])",
    (False, 1): "sum(abs(g[i]))",
    (False, "inf"): "max(abs(g[i]))",
}
WHY_SUM: dict[Any, str] = {2: "the squares added up", 1: "the sizes added up", "inf": "the largest size"}
TOTAL: dict[Any, str] = {
    2: "sum(S[i] for i in 1..k)",
    1: "sum(S[i] for i in 1..k)",
    "inf": "max(S[i] for i in 1..k)",
}
ROOT = {(True, True): "sqrt(S)", (True, False): "S", (False, True): "sqrt(S[i])", (False, False): "S[i]"}
FACTOR = {
    (True, False): "min(1, theta/N)",
    (True, True): "min(1, theta/(N + eps))",
    (False, False): "min(1, theta/N[i])",
    (False, True): "min(1, theta/(N[i] + eps))",
}
HOLDS: dict[tuple[bool, Any], str] = {
    (True, 2): "sum(h .* h) <= theta^2*(1 + 1/10^9)",
    (True, 1): "sum(abs(h)) <= theta*(1 + 1/10^9)",
    (True, "inf"): "max(abs(h)) <= theta*(1 + 1/10^9)",
    (False, 2): "sum(sum(h[i] .* h[i]) for i in 1..k) <= theta^2*(1 + 1/10^9)",
    (False, 1): "sum(sum(abs(h[i])) for i in 1..k) <= theta*(1 + 1/10^9)",
    (False, "inf"): "max(max(abs(h[i])) for i in 1..k) <= theta*(1 + 1/10^9)",
}
SLIPS = {
    "max(min(g, theta), -theta)": {
        "negative entries are not clipped": "min(g, theta)",
        "scaled so that the largest is θ": "theta/max(abs(g))*g",
    },
    "sqrt(S)": {"the root is forgotten": "S"},
    "sqrt(T)": {"the root is forgotten": "T"},
    "min(1, theta/N)": {
        "scaled although the norm is below the threshold": "theta/N",
        "the fraction is upside down": "min(1, N/theta)",
        "divided by the norm only: that leaves length 1": "1/N",
    },
    "c*g": {"scaled by the threshold itself": "theta*g"},
    "c*g[i]": {"each part by its own norm": "min(1, theta/sqrt(S[i]))*g[i]"},
}
