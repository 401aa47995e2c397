"""The formulas of the squared, the absolute and Huber's error, and what goes wrong in them."""

TERM = {"squared": ("e[i]^2", "e[n,i]^2"), "absolute": ("abs(e[i])", "abs(e[n,i])")}
HUBER = {
    True: ("e[i]^2/2", "e[n,i]^2/2"),
    False: ("delta*(abs(e[i]) - delta/2)", "delta*(abs(e[n,i]) - delta/2)"),
}
# number of columns over 1, reduction, half
TOTAL = {
    (False, "mean", False): "sum(h[i] for i in 1..N)/N",
    (False, "mean", True): "sum(h[i] for i in 1..N)/(2*N)",
    (False, "sum", False): "sum(h[i] for i in 1..N)",
    (False, "sum", True): "sum(h[i] for i in 1..N)/2",
    (True, "mean", False): "sum(sum(h[n,i] for i in 1..D) for n in 1..N)/(N*D)",
    (True, "mean", True): "sum(sum(h[n,i] for i in 1..D) for n in 1..N)/(2*N*D)",
    (True, "sum", False): "sum(sum(h[n,i] for i in 1..D) for n in 1..N)",
    (True, "sum", True): "sum(sum(h[n,i] for i in 1..D) for n in 1..N)/2",
    (True, "batchmean", False): "sum(sum(h[n,i] for i in 1..D) for n in 1..N)/N",
    (True, "batchmean", True): "sum(sum(h[n,i] for i in 1..D) for n in 1..N)/(2*N)",
}
# kind (of Huber: the near or the far part), several columns, reduction, half
SLOPE = {
    ("squared", False, "mean", False): "2*e[i]/N",
    ("squared", False, "mean", True): "e[i]/N",
    ("squared", False, "sum", False): "2*e[i]",
    ("squared", False, "sum", True): "e[i]",
    ("squared", True, "mean", False): "2*e[n,i]/(N*D)",
    ("squared", True, "mean", True): "e[n,i]/(N*D)",
    ("squared", True, "sum", False): "2*e[n,i]",
    ("squared", True, "sum", True): "e[n,i]",
    ("squared", True, "batchmean", False): "2*e[n,i]/N",
    ("squared", True, "batchmean", True): "e[n,i]/N",
    ("absolute", False, "mean", False): "sign(e[i])/N",
    ("absolute", False, "sum", False): "sign(e[i])",
    ("absolute", True, "mean", False): "sign(e[n,i])/(N*D)",
    ("absolute", True, "sum", False): "sign(e[n,i])",
    ("absolute", True, "batchmean", False): "sign(e[n,i])/N",
    ("near", False, "mean", False): "e[i]/N",
    ("near", False, "sum", False): "e[i]",
    ("near", True, "mean", False): "e[n,i]/(N*D)",
    ("near", True, "sum", False): "e[n,i]",
    ("near", True, "batchmean", False): "e[n,i]/N",
    ("far", False, "mean", False): "delta*sign(e[i])/N",
    ("far", False, "sum", False): "delta*sign(e[i])",
    ("far", True, "mean", False): "delta*sign(e[n,i])/(N*D)",
    ("far", True, "sum", False): "delta*sign(e[n,i])",
    ("far", True, "batchmean", False): "delta*sign(e[n,i])/N",
}
SLIPS: dict[str, dict[str, str]] = {
    "e[i]^2": {"not squared": "e[i]"},
    "abs(e[i])": {"the signs are kept": "e[i]"},
    "delta*(abs(e[i]) - delta/2)": {"squared though it is far": "e[i]^2/2", "− δ/2 is forgotten": "delta*abs(e[i])"},
    "sum(h[i] for i in 1..N)/N": {
        "added up, not averaged": "sum(h[i] for i in 1..N)", "the root is taken": "sqrt(sum(h[i] for i in 1..N)/N)",
        "there is no ½ here": "sum(h[i] for i in 1..N)/(2*N)",
    },
    "sum(h[i] for i in 1..N)": {"averaged, not added up": "sum(h[i] for i in 1..N)/N"},
    "sum(h[i] for i in 1..N)/(2*N)": {"the ½ is forgotten": "sum(h[i] for i in 1..N)/N"},
    "sum(h[i] for i in 1..N)/2": {"the ½ is forgotten": "sum(h[i] for i in 1..N)"},
    "2*e[i]/N": {"the 2 of the square is forgotten": "e[i]/N", "not divided by N": "2*e[i]"},
    "e[i]/N": {"the ½ has taken the 2 away": "2*e[i]/N"},
    "e[i]": {"the ½ has taken the 2 away": "2*e[i]"},
    "sum(sum(h[n,i] for i in 1..D) for n in 1..N)/(N*D)": {
        "divided by the examples only": "sum(sum(h[n,i] for i in 1..D) for n in 1..N)/N",
    },
}  # fmt: skip
