"""The functions of the language: every engine has a row for each (a test compares the tables)."""

# name → least and greatest number of arguments
ARITY: dict[str, tuple[int, int]] = {
    **dict.fromkeys(
        "exp log ln log2 log10 sqrt abs sign floor ceil trunc round sin cos tanh sigmoid relu step "
        "softplus erf factorial".split(),
        (1, 1),
    ),
    **dict.fromkeys(["log_b", "binom"], (2, 2)),
    **dict.fromkeys("sum prod mean var argmax argmin any all softmax logsumexp".split(), (1, 2)),
    **dict.fromkeys(["max", "min"], (1, 64)),
    "norm": (1, 2),
    **dict.fromkeys(["dot", "outer", "kron", "solve", "matpow"], (2, 2)),
    **dict.fromkeys("inv det trace diag eye tril len shape".split(), (1, 1)),
    **dict.fromkeys(["zeros", "ones"], (1, 2)),
    "onehot": (2, 2),
    "concat": (1, 64),
    "where": (3, 3),
}

# scalar functions work entry by entry on arrays
ELEMENTWISE = frozenset(
    "exp log ln log2 log10 log_b sqrt abs sign floor ceil trunc round sin cos tanh sigmoid relu step "
    "softplus erf factorial binom".split()
)
# functions that take `axis=` and bind with `for`
REDUCTIONS = frozenset("sum prod mean var max min argmax argmin any all".split())
AXIS = REDUCTIONS | {"softmax", "logsumexp"}
BINDERS = frozenset("sum prod mean max min argmax argmin any all".split())
ARRAY_FUNCTIONS = frozenset(ARITY) - ELEMENTWISE
CONSTANTS = frozenset({"e", "pi", "inf"})
