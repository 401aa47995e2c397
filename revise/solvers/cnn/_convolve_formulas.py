"""The formulas of a convolution by hand, by channels and filters, number of axes, dilation and bias."""

SIZES = {
    (False, "rows"): "floor((n + 2*p - F)/s) + 1",
    (False, "columns"): "floor((m + 2*p - G)/s) + 1",
    (True, "rows"): "floor((n + 2*p - D*(F - 1) - 1)/s) + 1",
    (True, "columns"): "floor((m + 2*p - D*(G - 1) - 1)/s) + 1",
}
# (one channel and filter, several channels, several filters; axes; dilated) → the products of one kernel on one channel
PRODUCTS = {
    ("one", 2, False): "sum(sum(X[s*i + u, s*j + v]*W[u,v] for v in 0..G-1) for u in 0..F-1)",
    ("one", 2, True): "sum(sum(X[s*i + D*u, s*j + D*v]*W[u,v] for v in 0..G-1) for u in 0..F-1)",
    ("one", 1, False): "sum(X[s*j + v]*W[v] for v in 0..F-1)",
    ("one", 1, True): "sum(X[s*j + D*v]*W[v] for v in 0..F-1)",
    ("channels", 2, False): "sum(sum(X[c][s*i + u, s*j + v]*W[c][u,v] for v in 0..G-1) for u in 0..F-1)",
    ("channels", 2, True): "sum(sum(X[c][s*i + D*u, s*j + D*v]*W[c][u,v] for v in 0..G-1) for u in 0..F-1)",
    ("channels", 1, False): "sum(X[c][s*j + v]*W[c][v] for v in 0..F-1)",
    ("channels", 1, True): "sum(X[c][s*j + D*v]*W[c][v] for v in 0..F-1)",
    ("filters", 2, False): "sum(sum(X[c][s*i + u, s*j + v]*W[f,c][u,v] for v in 0..G-1) for u in 0..F-1)",
    ("filters", 2, True): "sum(sum(X[c][s*i + D*u, s*j + D*v]*W[f,c][u,v] for v in 0..G-1) for u in 0..F-1)",
    ("filters", 1, False): "sum(X[c][s*j + v]*W[f,c][v] for v in 0..F-1)",
    ("filters", 1, True): "sum(X[c][s*j + D*v]*W[f,c][v] for v in 0..F-1)",
}
# (one matrix or several, axes) → zeros around; (kind, axes) → the kernel turned
PADDED = {
    ("one", 2): "[[where(p <= u and u < n + p and p <= v and v < m + p, I[u - p, v - p], 0) for v in 0..m + 2*p - 1]"
    " for u in 0..n + 2*p - 1]",
    ("one", 1): "[where(p <= v and v < n + p, I[v - p], 0) for v in 0..n + 2*p - 1]",
    ("several", 2): "[[where(p <= u and u < n + p and p <= v and v < m + p, I[c][u - p, v - p], 0)"
    " for v in 0..m + 2*p - 1] for u in 0..n + 2*p - 1]",
    ("several", 1): "[where(p <= v and v < n + p, I[c][v - p], 0) for v in 0..n + 2*p - 1]",
}
TURNED = {
    ("one", 2): "[[V[F - 1 - u, G - 1 - v] for v in 0..G-1] for u in 0..F-1]",
    ("one", 1): "[V[F - 1 - v] for v in 0..F-1]",
    ("channels", 2): "[[V[c][F - 1 - u, G - 1 - v] for v in 0..G-1] for u in 0..F-1]",
    ("channels", 1): "[V[c][F - 1 - v] for v in 0..F-1]",
    ("filters", 2): "[[V[f,c][F - 1 - u, G - 1 - v] for v in 0..G-1] for u in 0..F-1]",
    ("filters", 1): "[V[f,c][F - 1 - v] for v in 0..F-1]",
}
# names of: the products, the sum over the channels
NAMES = {
    ("one", 2): ("Y[i,j]", ""), ("channels", 2): ("Q[c,i,j]", "Y[i,j]"), ("filters", 2): ("Q[f,c,i,j]", "Y[f,i,j]"),
    ("one", 1): ("Y[j]", ""), ("channels", 1): ("Q[c,j]", "Y[j]"), ("filters", 1): ("Q[f,c,j]", "Y[f,j]"),
}  # fmt: skip
# (what is added up, axes) → the sum over the channels; in groups filter f has the channels from r⌊f/q⌋ on
CHANNELS = {
    ("channels", 2): "sum(Q[c,i,j] for c in 0..C-1)",
    ("channels", 1): "sum(Q[c,j] for c in 0..C-1)",
    ("filters", 2): "sum(Q[f,c,i,j] for c in 0..C-1)",
    ("filters", 1): "sum(Q[f,c,j] for c in 0..C-1)",
    ("groups", 2): "sum(Q[f,c,i,j] for c in r*floor(f/q)..r*floor(f/q) + r - 1)",
    ("groups", 1): "sum(Q[f,c,j] for c in r*floor(f/q)..r*floor(f/q) + r - 1)",
}
# (several filters, axes, bias) → the outputs set out
RESULT = {
    (False, 2, False): "[[Y[i,j] for j in 0..t] for i in 0..g]",
    (False, 2, True): "[[Y[i,j] + b for j in 0..t] for i in 0..g]",
    (False, 1, False): "[Y[j] for j in 0..t]",
    (False, 1, True): "[Y[j] + b for j in 0..t]",
    (True, 2, False): "[[Y[f,i,j] for j in 0..t] for i in 0..g]",
    (True, 2, True): "[[Y[f,i,j] + b[f] for j in 0..t] for i in 0..g]",
    (True, 1, False): "[Y[f,j] for j in 0..t]",
    (True, 1, True): "[Y[f,j] + b[f] for j in 0..t]",
}
# a right formula → what is written instead
SLIPS = {
    TURNED["one", 2]: {"the kernel is left as it is": "V"},
    TURNED["one", 1]: {"the kernel is left as it is": "V"},
    SIZES[False, "rows"]: {
        "the +1 is missing": "floor((n + 2*p - F)/s)",
        "the padding is counted once": "floor((n + p - F)/s) + 1",
    },
    PRODUCTS["one", 2, False]: {
        "the kernel is turned by 180°": "sum(sum(X[s*i + u, s*j + v]*W[F - 1 - u, G - 1 - v] for v in 0..G-1)"
        " for u in 0..F-1)",
        "the stride is ignored": "sum(sum(X[i + u, j + v]*W[u,v] for v in 0..G-1) for u in 0..F-1)",
    },
    PRODUCTS["one", 2, True]: {"the dilation is ignored": PRODUCTS["one", 2, False]},
    PRODUCTS["one", 1, False]: {
        "the kernel is turned round": "sum(X[s*j + v]*W[F - 1 - v] for v in 0..F-1)",
        "the stride is ignored": "sum(X[j + v]*W[v] for v in 0..F-1)",
    },
    PRODUCTS["one", 1, True]: {"the dilation is ignored": PRODUCTS["one", 1, False]},
    PRODUCTS["channels", 2, False]: {
        "the kernel is turned by 180°": "sum(sum(X[c][s*i + u, s*j + v]*W[c][F - 1 - u, G - 1 - v] for v in 0..G-1)"
        " for u in 0..F-1)",
        "the stride is ignored": "sum(sum(X[c][i + u, j + v]*W[c][u,v] for v in 0..G-1) for u in 0..F-1)",
    },
    CHANNELS["channels", 2]: {
        "only the first channel is taken": "Q[0,i,j]",
        "averaged over the channels instead of added": "mean(Q[c,i,j] for c in 0..C-1)",
    },
    CHANNELS["filters", 2]: {"averaged over the channels instead of added": "mean(Q[f,c,i,j] for c in 0..C-1)"},
    RESULT[False, 2, True]: {
        "the bias is forgotten": RESULT[False, 2, False],
        "the bias is added once for each channel": "[[Y[i,j] + C*b for j in 0..t] for i in 0..g]",
        "the bias is added once for each product": "[[Y[i,j] + F*G*b for j in 0..t] for i in 0..g]",
    },
    RESULT[False, 1, True]: {"the bias is forgotten": RESULT[False, 1, False]},
    RESULT[True, 2, True]: {
        "the bias is forgotten": RESULT[True, 2, False],
        "every filter gets the first bias": "[[Y[f,i,j] + b[0] for j in 0..t] for i in 0..g]",
    },
}  # fmt: skip
