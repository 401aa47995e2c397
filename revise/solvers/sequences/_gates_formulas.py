"""The sums that go into the gates of a gated cell: k and j call the weights, s those of a peephole, q the gate."""

# how the weights are given, biases a gate → the sum
SUM = {
    ("plain", 0): "W[k]*x[t] + W[j]*h[t-1]",
    ("plain", 1): "W[k]*x[t] + W[j]*h[t-1] + b[q]",
    ("plain", 2): "W[k]*x[t] + b[k] + W[j]*h[t-1] + b[j]",
    ("arrays", 0): "W[k] @ x[t] + W[j] @ h[t-1]",
    ("arrays", 1): "W[k] @ x[t] + W[j] @ h[t-1] + b[q]",
    ("arrays", 2): "W[k] @ x[t] + b[k] + W[j] @ h[t-1] + b[j]",
    ("joined", 0): "W[q] @ v[t]",
    ("joined", 1): "W[q] @ v[t] + b[q]",
}
# the same with a peephole on the cell before, and on the new one
PEEP_OLD = {
    ("plain", 0): "W[k]*x[t] + W[j]*h[t-1] + w[s]*c[t-1]",
    ("plain", 1): "W[k]*x[t] + W[j]*h[t-1] + w[s]*c[t-1] + b[q]",
    ("arrays", 0): "W[k] @ x[t] + W[j] @ h[t-1] + w[s] .* c[t-1]",
    ("arrays", 1): "W[k] @ x[t] + W[j] @ h[t-1] + w[s] .* c[t-1] + b[q]",
}
PEEP_NEW = {
    ("plain", 0): "W[k]*x[t] + W[j]*h[t-1] + w[s]*c[t]",
    ("plain", 1): "W[k]*x[t] + W[j]*h[t-1] + w[s]*c[t] + b[q]",
    ("arrays", 0): "W[k] @ x[t] + W[j] @ h[t-1] + w[s] .* c[t]",
    ("arrays", 1): "W[k] @ x[t] + W[j] @ h[t-1] + w[s] .* c[t] + b[q]",
}
PAIR = {"hx": "concat(h[t-1], x[t])", "xh": "concat(x[t], h[t-1])"}
# plain? → the cell of an LSTM, and its state from the cell
CELL = {True: "f[t]*c[t-1] + i[t]*g[t]", False: "f[t] .* c[t-1] + i[t] .* g[t]"}
STATE = {
    (True, "tanh"): "o[t]*tanh(c[t])",
    (False, "tanh"): "o[t] .* tanh(c[t])",
    (True, "identity"): "o[t]*c[t]",
    (False, "identity"): "o[t] .* c[t]",
}
GATE = "sigmoid(a[q,t])"
CANDIDATE = {"tanh": "tanh(a[q,t])", "sigmoid": "sigmoid(a[q,t])"}
# plain? → what the reset gate lets through of the state
RESET_STATE = {True: "r[t]*h[t-1]", False: "r[t] .* h[t-1]"}
# how the weights are given, biases → the sum of a GRU's candidate, reset before the product
RESET_BEFORE = {
    ("plain", 0): "W[k]*x[t] + W[j]*u[t]",
    ("plain", 1): "W[k]*x[t] + W[j]*u[t] + b[q]",
    ("plain", 2): "W[k]*x[t] + b[k] + W[j]*u[t] + b[j]",
    ("arrays", 0): "W[k] @ x[t] + W[j] @ u[t]",
    ("arrays", 1): "W[k] @ x[t] + W[j] @ u[t] + b[q]",
    ("arrays", 2): "W[k] @ x[t] + b[k] + W[j] @ u[t] + b[j]",
    ("joined", 0): "W[q] @ v_u[t]",
    ("joined", 1): "W[q] @ v_u[t] + b[q]",
}
PAIR_RESET = {"hx": "concat(u[t], x[t])", "xh": "concat(x[t], u[t])"}
# and after it: first the product with the state, then the reset gate on all of that
PRODUCT = {
    ("plain", False): "W[j]*h[t-1]",
    ("plain", True): "W[j]*h[t-1] + b[j]",
    ("arrays", False): "W[j] @ h[t-1]",
    ("arrays", True): "W[j] @ h[t-1] + b[j]",
}
RESET_AFTER = {
    ("plain", 0): "W[k]*x[t] + r[t]*u[t]",
    ("plain", 1): "W[k]*x[t] + b[q] + r[t]*u[t]",
    ("plain", 2): "W[k]*x[t] + b[k] + r[t]*u[t]",
    ("arrays", 0): "W[k] @ x[t] + r[t] .* u[t]",
    ("arrays", 1): "W[k] @ x[t] + b[q] + r[t] .* u[t]",
    ("arrays", 2): "W[k] @ x[t] + b[k] + r[t] .* u[t]",
}
# plain?, what z does → the new state of a GRU
MIXED = {
    (True, "keep"): "z[t]*h[t-1] + (1 - z[t])*n[t]",
    (False, "keep"): "z[t] .* h[t-1] + (1 - z[t]) .* n[t]",
    (True, "renew"): "(1 - z[t])*h[t-1] + z[t]*n[t]",
    (False, "renew"): "(1 - z[t]) .* h[t-1] + z[t] .* n[t]",
}
