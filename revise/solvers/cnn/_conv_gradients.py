"""The formulas of a convolution's backward pass, by one or several channels, number of axes, and padding."""

SIZES = {"R": "floor((n + 2*p - F)/s) + 1", "T": "floor((m + 2*p - G)/s) + 1"}
PADDED = {
    ("one", 2): "[[where(p <= u and u < n + p and p <= v and v < m + p, X[u - p, v - p], 0) for v in 0..m + 2*p - 1]"
    " for u in 0..n + 2*p - 1]",
    ("one", 1): "[where(p <= v and v < n + p, X[v - p], 0) for v in 0..n + 2*p - 1]",
    ("several", 2): "[[where(p <= u and u < n + p and p <= v and v < m + p, X[c][u - p, v - p], 0)"
    " for v in 0..m + 2*p - 1] for u in 0..n + 2*p - 1]",
    ("several", 1): "[where(p <= v and v < n + p, X[c][v - p], 0) for v in 0..n + 2*p - 1]",
}
FORWARD = {
    ("one", 2, False): "[[sum(sum(X[s*i + u, s*j + v]*W[u,v] for v in 0..G-1) for u in 0..F-1)"
    " for j in 0..T-1] for i in 0..R-1]",
    ("one", 2, True): "[[sum(sum(P[s*i + u, s*j + v]*W[u,v] for v in 0..G-1) for u in 0..F-1)"
    " for j in 0..T-1] for i in 0..R-1]",
    ("one", 1, False): "[sum(X[s*j + v]*W[v] for v in 0..F-1) for j in 0..R-1]",
    ("one", 1, True): "[sum(P[s*j + v]*W[v] for v in 0..F-1) for j in 0..R-1]",
    ("several", 2, False): "[[sum(sum(sum(X[c][s*i + u, s*j + v]*W[f,c][u,v] for v in 0..G-1) for u in 0..F-1)"
    " for c in 0..C-1) for j in 0..T-1] for i in 0..R-1]",
    ("several", 2, True): "[[sum(sum(sum(P[c][s*i + u, s*j + v]*W[f,c][u,v] for v in 0..G-1) for u in 0..F-1)"
    " for c in 0..C-1) for j in 0..T-1] for i in 0..R-1]",
    ("several", 1, False): "[sum(sum(X[c][s*j + v]*W[f,c][v] for v in 0..F-1) for c in 0..C-1) for j in 0..R-1]",
    ("several", 1, True): "[sum(sum(P[c][s*j + v]*W[f,c][v] for v in 0..F-1) for c in 0..C-1) for j in 0..R-1]",
}
SHIFTED = {"one": "Q + b", "several": "Q[f] + b[f]"}
LOSS = {"one": "sum(delta .* Y)", "several": "sum(sum(delta[f] .* Y[f]) for f in 0..K-1)"}
KERNEL = {
    ("one", 2, False): "sum(sum(delta[i,j]*X[s*i + u, s*j + v] for j in 0..T-1) for i in 0..R-1)",
    ("one", 2, True): "sum(sum(delta[i,j]*P[s*i + u, s*j + v] for j in 0..T-1) for i in 0..R-1)",
    ("one", 1, False): "sum(delta[j]*X[s*j + v] for j in 0..R-1)",
    ("one", 1, True): "sum(delta[j]*P[s*j + v] for j in 0..R-1)",
    ("several", 2, False): "sum(sum(delta[f][i,j]*X[c][s*i + u, s*j + v] for j in 0..T-1) for i in 0..R-1)",
    ("several", 2, True): "sum(sum(delta[f][i,j]*P[c][s*i + u, s*j + v] for j in 0..T-1) for i in 0..R-1)",
    ("several", 1, False): "sum(delta[f][j]*X[c][s*j + v] for j in 0..R-1)",
    ("several", 1, True): "sum(delta[f][j]*P[c][s*j + v] for j in 0..R-1)",
}
KERNEL_GRADIENT = {
    ("one", 2): "[[dW[u,v] for v in 0..G-1] for u in 0..F-1]",
    ("one", 1): "[dW[v] for v in 0..F-1]",
    ("several", 2): "[[dW[f,c,u,v] for v in 0..G-1] for u in 0..F-1]",
    ("several", 1): "[dW[f,c,v] for v in 0..F-1]",
}
BIAS = {"one": "sum(delta)", "several": "sum(delta[f])"}
INPUT = {
    ("one", 2, False): "sum(sum(delta[i,j]*W[u - s*i, v - s*j]"
    " for j in 0..T-1 if 0 <= v - s*j and v - s*j < G) for i in 0..R-1 if 0 <= u - s*i and u - s*i < F)",
    ("one", 2, True): "sum(sum(delta[i,j]*W[u + p - s*i, v + p - s*j]"
    " for j in 0..T-1 if 0 <= v + p - s*j and v + p - s*j < G)"
    " for i in 0..R-1 if 0 <= u + p - s*i and u + p - s*i < F)",
    ("one", 1, False): "sum(delta[j]*W[v - s*j] for j in 0..R-1 if 0 <= v - s*j and v - s*j < F)",
    ("one", 1, True): "sum(delta[j]*W[v + p - s*j] for j in 0..R-1 if 0 <= v + p - s*j and v + p - s*j < F)",
    ("several", 2, False): "sum(sum(sum(delta[f][i,j]*W[f,c][u - s*i, v - s*j]"
    " for j in 0..T-1 if 0 <= v - s*j and v - s*j < G) for i in 0..R-1 if 0 <= u - s*i and u - s*i < F)"
    " for f in 0..K-1)",
    ("several", 2, True): "sum(sum(sum(delta[f][i,j]*W[f,c][u + p - s*i, v + p - s*j]"
    " for j in 0..T-1 if 0 <= v + p - s*j and v + p - s*j < G)"
    " for i in 0..R-1 if 0 <= u + p - s*i and u + p - s*i < F) for f in 0..K-1)",
    ("several", 1, False): "sum(sum(delta[f][j]*W[f,c][v - s*j]"
    " for j in 0..R-1 if 0 <= v - s*j and v - s*j < F) for f in 0..K-1)",
    ("several", 1, True): "sum(sum(delta[f][j]*W[f,c][v + p - s*j]"
    " for j in 0..R-1 if 0 <= v + p - s*j and v + p - s*j < F) for f in 0..K-1)",
}
INPUT_GRADIENT = {
    ("one", 2): "[[dX[u,v] for v in 0..m-1] for u in 0..n-1]",
    ("one", 1): "[dX[v] for v in 0..n-1]",
    ("several", 2): "[[dX[c,u,v] for v in 0..m-1] for u in 0..n-1]",
    ("several", 1): "[dX[c,v] for v in 0..n-1]",
}
# a right formula → what is written instead
SLIPS = {
    KERNEL["one", 2, False]: {
        "averaged over the outputs instead of added": "mean(mean(delta[i,j]*X[s*i + u, s*j + v] for j in 0..T-1)"
        " for i in 0..R-1)",
        "the stride is ignored": "sum(sum(delta[i,j]*X[i + u, j + v] for j in 0..T-1) for i in 0..R-1)",
        "only the first output is counted": "delta[0,0]*X[u,v]",
    },
    KERNEL["one", 2, True]: {
        "averaged over the outputs instead of added": "mean(mean(delta[i,j]*P[s*i + u, s*j + v] for j in 0..T-1)"
        " for i in 0..R-1)",
        "the stride is ignored": "sum(sum(delta[i,j]*P[i + u, j + v] for j in 0..T-1) for i in 0..R-1)",
    },
    KERNEL["one", 1, False]: {
        "averaged over the outputs instead of added": "mean(delta[j]*X[s*j + v] for j in 0..R-1)",
    },
    BIAS["one"]: {
        "averaged over the outputs instead of added": "mean(delta)",
        "1, as for a single output": "1",
    },
    INPUT["one", 2, False]: {
        "the kernel is not turned": "sum(sum(delta[i,j]*W[F - 1 - u + s*i, G - 1 - v + s*j]"
        " for j in 0..T-1 if 0 <= v - s*j and v - s*j < G) for i in 0..R-1 if 0 <= u - s*i and u - s*i < F)",
        "the stride is ignored": "sum(sum(delta[i,j]*W[u - i, v - j]"
        " for j in 0..T-1 if 0 <= v - j and v - j < G) for i in 0..R-1 if 0 <= u - i and u - i < F)",
    },
    INPUT["one", 2, True]: {
        "the kernel is not turned": "sum(sum(delta[i,j]*W[F - 1 - u - p + s*i, G - 1 - v - p + s*j]"
        " for j in 0..T-1 if 0 <= v + p - s*j and v + p - s*j < G)"
        " for i in 0..R-1 if 0 <= u + p - s*i and u + p - s*i < F)",
        "the padding is forgotten": "sum(sum(delta[i,j]*W[u - s*i, v - s*j]"
        " for j in 0..T-1 if 0 <= v - s*j and v - s*j < G) for i in 0..R-1 if 0 <= u - s*i and u - s*i < F)",
    },
    INPUT["one", 1, False]: {
        "the kernel is not turned": "sum(delta[j]*W[F - 1 - v + s*j] for j in 0..R-1 if 0 <= v - s*j and v - s*j < F)",
    },
}
