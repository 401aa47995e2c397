"""The formulas of the hinge losses, for one example and for a batch, and what goes wrong in them."""

# multi-class: (of one example, of example n); j runs over the classes but the right one
MARGIN = ("s[j] - s[y] + Delta", "s[n,j] - s[n,y[n]] + Delta")
KEPT = {
    False: ("max(0, v[j])", "max(0, v[n,j])"),
    True: ("max(0, v[j])^2", "max(0, v[n,j])^2"),
}
LOSS = {
    False: ("sum(h[j] for j in 0..C-1 if j != y)", "sum(h[n,j] for j in 0..C-1 if j != y[n])"),
    True: ("sum(h[j] for j in 0..C-1 if j != y)/C", "sum(h[n,j] for j in 0..C-1 if j != y[n])/C"),
}
COUNT = (
    "sum(1 for j in 0..C-1 if j != y and v[j] > 0)",
    "sum(1 for j in 0..C-1 if j != y[n] and v[n,j] > 0)",
)
# squared, divided by C, "" of one example or the reduction → (by a wrong class's score, by the right one's)
SLOPE: dict[tuple[bool, bool, str], tuple[str, str]] = {
    (False, False, ""): ("1", "-k"),
    (False, False, "sum"): ("1", "-k[n]"),
    (False, False, "mean"): ("1/N", "-k[n]/N"),
    (False, True, ""): ("1/C", "-k/C"),
    (False, True, "sum"): ("1/C", "-k[n]/C"),
    (False, True, "mean"): ("1/(C*N)", "-k[n]/(C*N)"),
    (True, False, ""): ("2*v[j]", "-2*sum(max(0, v[j]) for j in 0..C-1 if j != y)"),
    (True, False, "sum"): ("2*v[n,j]", "-2*sum(max(0, v[n,j]) for j in 0..C-1 if j != y[n])"),
    (True, False, "mean"): ("2*v[n,j]/N", "-2/N*sum(max(0, v[n,j]) for j in 0..C-1 if j != y[n])"),
    (True, True, ""): ("2*v[j]/C", "-2/C*sum(max(0, v[j]) for j in 0..C-1 if j != y)"),
    (True, True, "sum"): ("2*v[n,j]/C", "-2/C*sum(max(0, v[n,j]) for j in 0..C-1 if j != y[n])"),
    (True, True, "mean"): ("2*v[n,j]/(C*N)", "-2/(C*N)*sum(max(0, v[n,j]) for j in 0..C-1 if j != y[n])"),
}
START = {
    (False, False): "(C - 1)*Delta", (False, True): "(C - 1)*Delta/C",
    (True, False): "(C - 1)*Delta^2", (True, True): "(C - 1)*Delta^2/C",
}  # fmt: skip
TOTAL = {"mean": "sum(l[n] for n in 1..N)/N", "sum": "sum(l[n] for n in 1..N)"}

# two classes, y = ±1
BINARY_MARGIN = ("Delta - y*s", "Delta - y[n]*s[n]")
BINARY = {False: ("max(0, v)", "max(0, v[n])"), True: ("max(0, v)^2", "max(0, v[n])^2")}
BINARY_SLOPE = {
    (False, ""): "-y", (False, "sum"): "-y[n]", (False, "mean"): "-y[n]/N",
    (True, ""): "-2*y*v", (True, "sum"): "-2*y[n]*v[n]", (True, "mean"): "-2*y[n]*v[n]/N",
}  # fmt: skip

_TURNED = "the right class's score minus the other's: turned round"
_NO_MARGIN = "the margin Δ is forgotten"
SLIPS: dict[str, dict[str, str]] = {
    "s[j] - s[y] + Delta": {_TURNED: "s[y] - s[j] + Delta", _NO_MARGIN: "s[j] - s[y]"},
    "s[n,j] - s[n,y[n]] + Delta": {_TURNED: "s[n,y[n]] - s[n,j] + Delta", _NO_MARGIN: "s[n,j] - s[n,y[n]]"},
    "max(0, v[j])": {"the maximum with 0 is forgotten": "v[j]"},
    "max(0, v[n,j])": {"the maximum with 0 is forgotten": "v[n,j]"},
    "max(0, v[j])^2": {"not squared": "max(0, v[j])"},
    "sum(h[j] for j in 0..C-1 if j != y)": {
        "the right class is counted too: that adds Δ": "sum(h[j] for j in 0..C-1 if j != y) + Delta",
        "only the worst class counts": "max(h[j] for j in 0..C-1 if j != y)",
    },
    "sum(h[n,j] for j in 0..C-1 if j != y[n])": {
        "the right class is counted too: that adds Δ": "sum(h[n,j] for j in 0..C-1 if j != y[n]) + Delta",
        "only the worst class counts": "max(h[n,j] for j in 0..C-1 if j != y[n])",
    },
    "-k": {"−1 only, however many margins are violated": "-1"},
    "-k[n]/N": {"−1 only, however many margins are violated": "-1/N", "not divided by N": "-k[n]"},
    "sum(l[n] for n in 1..N)/N": {"added up, not averaged": "sum(l[n] for n in 1..N)"},
    "Delta - y*s": {"the label is forgotten": "Delta - s", "the sign is turned": "Delta + y*s"},
    "Delta - y[n]*s[n]": {"the label is forgotten": "Delta - s[n]", "the sign is turned": "Delta + y[n]*s[n]"},
    "max(0, v)": {"the maximum with 0 is forgotten": "v"},
    "max(0, v[n])": {"the maximum with 0 is forgotten": "v[n]"},
    "-y": {"the sign is turned": "y"},
}
