"""The formulas of self-attention: tokens as rows or as columns, one head or several; and what goes wrong in them."""

# how the tokens lie, are there several heads → step → formula; the weights by what they are the softmax of
FORMULAS: dict[tuple[str, bool], dict[str, str]] = {
    ("row", False): {
        "Q": "X @ W_Q", "K": "X @ W_K", "V": "X @ W_V", "S": "Q @ K.T", "Z": "A @ V", "O": "Z @ W_O",
        "A of S": "softmax(S, axis=1)", "A of E": "softmax(E, axis=1)", "A of F": "softmax(F, axis=1)",
    },
    ("row", True): {
        "Q": "X @ W_Q[h]", "K": "X @ W_K[h]", "V": "X @ W_V[h]", "S": "Q[h] @ K[h].T", "Z": "A[h] @ V[h]",
        "O": "H @ W_O",
        "A of S": "softmax(S[h], axis=1)", "A of E": "softmax(E[h], axis=1)", "A of F": "softmax(F[h], axis=1)",
    },
    ("column", False): {
        "Q": "W_Q @ X", "K": "W_K @ X", "V": "W_V @ X", "S": "K.T @ Q", "Z": "V @ A", "O": "W_O @ Z",
        "A of S": "softmax(S, axis=0)", "A of E": "softmax(E, axis=0)", "A of F": "softmax(F, axis=0)",
    },
    ("column", True): {
        "Q": "W_Q[h] @ X", "K": "W_K[h] @ X", "V": "W_V[h] @ X", "S": "K[h].T @ Q[h]", "Z": "V[h] @ A[h]",
        "O": "W_O @ H",
        "A of S": "softmax(S[h], axis=0)", "A of E": "softmax(E[h], axis=0)", "A of F": "softmax(F[h], axis=0)",
    },
}  # fmt: skip
# is there a factor of its own, are there several heads → the scaled scores
SCALED = {
    (False, False): "S/sqrt(d_k)",
    (False, True): "S[h]/sqrt(d_k)",
    (True, False): "s*S",
    (True, True): "s*S[h]",
}
# what the mask is put on, are there several heads
MASKED = {("S", False): "S + M", ("S", True): "S[h] + M", ("E", False): "E + M", ("E", True): "E[h] + M"}
MASK = {
    "row": "[[where(j <= i, 0, -inf) for j in 1..n] for i in 1..n]",
    "column": "[[where(i <= j, 0, -inf) for j in 1..n] for i in 1..n]",
}
JOINED = {
    "row": {
        2: "concat(Z[1].T, Z[2].T).T",
        3: "concat(Z[1].T, Z[2].T, Z[3].T).T",
        4: "concat(Z[1].T, Z[2].T, Z[3].T, Z[4].T).T",
    },
    "column": {
        2: "concat(Z[1], Z[2])",
        3: "concat(Z[1], Z[2], Z[3])",
        4: "concat(Z[1], Z[2], Z[3], Z[4])",
    },
}
_ALONG = "softmax over the queries, not over the keys"
_TURNED = "the weights are transposed"
_SIZE = "divided by d_k, not by its root"
_OTHER_WAY = "the mask hides the past, not the future"
# right formula → what was done wrong → the formula that does it
SLIPS: dict[str, dict[str, str]] = {
    "softmax(S, axis=1)": {_ALONG: "softmax(S, axis=0)"},
    "softmax(E, axis=1)": {_ALONG: "softmax(E, axis=0)"},
    "softmax(S[h], axis=1)": {_ALONG: "softmax(S[h], axis=0)"},
    "softmax(E[h], axis=1)": {_ALONG: "softmax(E[h], axis=0)"},
    "softmax(S, axis=0)": {_ALONG: "softmax(S, axis=1)"},
    "softmax(E, axis=0)": {_ALONG: "softmax(E, axis=1)"},
    "softmax(S[h], axis=0)": {_ALONG: "softmax(S[h], axis=1)"},
    "softmax(E[h], axis=0)": {_ALONG: "softmax(E[h], axis=1)"},
    "S/sqrt(d_k)": {"not scaled": "S", _SIZE: "S/d_k", "multiplied by the root": "S*sqrt(d_k)"},
    "S[h]/sqrt(d_k)": {"not scaled": "S[h]", _SIZE: "S[h]/d_k"},
    "A @ V": {_TURNED: "A.T @ V", "the keys are averaged, not the values": "A @ K"},
    "A[h] @ V[h]": {_TURNED: "A[h].T @ V[h]"},
    "V @ A": {_TURNED: "V @ A.T"},
    "V[h] @ A[h]": {_TURNED: "V[h] @ A[h].T"},
    MASK["row"]: {
        _OTHER_WAY: "[[where(j >= i, 0, -inf) for j in 1..n] for i in 1..n]",
        "zeros for what is hidden: e⁰ = 1 still counts": "[[0 for j in 1..n] for i in 1..n]",
    },
    MASK["column"]: {
        _OTHER_WAY: "[[where(i >= j, 0, -inf) for j in 1..n] for i in 1..n]",
        "zeros for what is hidden: e⁰ = 1 still counts": "[[0 for j in 1..n] for i in 1..n]",
    },
}
