"""Attention by hand: scores, softmax weights, context vector."""

from random import Random
from typing import Any, Literal

from revise.errors import InputError
from revise.parameters import Matrix, Number, Vector
from revise.solution import Solution, Work
from revise.solvers.sequences._tokens import check_shape, check_size, drawn, rows, torched

SERVES: dict[str, dict[str, object]] = {"attention": {}}
SOURCE = (
    "Bahdanau et al. 2015, appendix A.1.2 (additive); Luong et al. 2015, section 3.1, equation 8 (dot, general); "
    "Vaswani et al. 2017, equation 1 (scaled)"
)
_TOKENS = "0.43, 0.15, 0.89; 0.55, 0.87, 0.66; 0.57, 0.85, 0.64; 0.22, 0.58, 0.33; 0.77, 0.25, 0.10; 0.05, 0.80, 0.55"
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Raschka 2024, Build a large language model from scratch, section 3.3.1: "journey" asks, the tokens are the values
    (
        {"query": "0.55, 0.87, 0.66", "keys": _TOKENS},
        {
            "scores": ["0.9544", "1.4950", "1.4754", "0.8434", "0.7070", "1.0865"],
            "weights": ["0.1385", "0.2379", "0.2333", "0.1240", "0.1082", "0.1581"],
            "context": ["0.4419", "0.6515", "0.5683"],
        },
    ),
    # Alammar 2018, The illustrated transformer: scores 112 and 96, over √64 = 8; weights 0.88, 0.12
    (
        {"query": "16", "keys": "7; 6", "score": "scaled", "scale": "1/8"},
        {"scores": [14, 12], "weights": ["0.88", "0.12"]},
    ),
    # Zhang et al., Dive into deep learning, section 11.3: keys that are all alike share alike, so two rows are averaged
    (
        {
            "query": "1, 0", "keys": "1, 1; 1, 1", "values": "0, 1, 2, 3; 4, 5, 6, 7", "score": "additive",
            "w_query": "1, 0; 0, 1", "w_key": "1, 2; 3, 4", "v": "1, -1",
        },
        {"weights": ["0.5", "0.5"], "context": ["2.0", "3.0", "4.0", "5.0"]},
    ),
]  # fmt: skip
MISTAKES = {
    "alpha[i,j]": {
        "the scores shared out without the exponential": "e[i,j]/sum(e[i,l] for l in 1..n)",
        "logistic function of each score: the weights don't add up to 1": "sigmoid(e[i,j])",
        "shared out over all but this key": "exp(e[i,j])/sum(exp(e[i,l]) for l in 1..n if l != j)",
    },
    "context[i]": {
        "the plain average of the keys": "sum(k[j] for j in 1..n)/n",
        "the keys weighted with the scores, not with their softmax": "sum(e[i,j]*k[j] for j in 1..n)",
    },
}
MOST = 64  # rows or entries
_LARGE = 700  # the exponential of more than 709 is no double, that of less than −745 is 0


def solve(
    query: Matrix,
    keys: Matrix,
    values: Matrix | None = None,
    score: Literal["dot", "scaled", "general", "additive"] = "dot",
    scale: Number | None = None,
    w: Matrix | None = None,
    w_query: Matrix | None = None,
    w_key: Matrix | None = None,
    v: Vector | None = None,
) -> Solution:
    """Scores e, weights α = softmax(e), context Σ α v: each score and each weight its own line, query by query.

    query    one decoder state, or several as rows: they are gone through one after the other
    keys     a row for each encoder state (the h of a recurrent network)
    values   a row for each key; without it the keys are the values too
    score    dot q·k, scaled q·k/√d_k, general qᵀWk (Luong), additive vᵀtanh(W_q q + W_k k) (Bahdanau)
    scale    the factor of `scaled`; without it 1/√d_k
    w        the matrix of `general`, query size × key size
    w_query, w_key, v  those of `additive`: hidden size × query size, hidden size × key size, hidden size.
             W [q; k] on the two states joined is the same: W_query and W_key are its left and right part

    Raises InputError naming the two sizes that don't fit.
    """
    _check_chosen(score, scale=scale, w=w, w_query=w_query, w_key=w_key, v=v)
    of_query, of_key = query.shape[1], keys.shape[1]
    n, m = keys.shape[0], query.shape[0]
    for name, matrix in (("query", query), ("keys", keys), ("values", values)):
        if matrix is not None:
            check_size(matrix, name, MOST)
    if values is not None and values.shape[0] != n:
        raise InputError(f"values: {values.shape[0]} rows, but there are {n} keys")
    if score in ("dot", "scaled") and of_query != of_key:
        raise InputError(
            f"query: {of_query} entries against {of_key} of a key: a dot product needs as many; "
            "--score general puts a matrix between them"
        )
    _check_matrices(of_query, of_key, w, w_query, w_key, v)
    own = values is None or values == keys
    work = Work(
        q=rows(query), k=rows(keys), v=None if own or values is None else rows(values), n=n,
        W_a=w, W_q=w_query, W_k=w_key, v_a=v, s=scale, d_k=of_key if score == "scaled" and scale is None else None,
    )  # fmt: skip
    work.called(q="query" if m == 1 else "queries", k="keys", v="values", n="", s="scale", d_k="entries of a key")
    if own:
        work.note("The keys are the values too, as the encoder's states are in Bahdanau's and Luong's networks.")
    for i in range(1, m + 1):
        _scores(work, score, scale, i, n)
        scores = [work.env["e"][i, j] for j in range(1, n + 1)]
        large = not work.letters and abs(max(scores)) > _LARGE
        if large:
            why = "the largest score, subtracted everywhere: the exponentials stay moderate, the weights the same"
            work.let("z[i]", "max(e[i,l] for l in 1..n)", why, i=i)
        for j in range(1, n + 1):
            why, table = "softmax over the keys", f"weights of query {i}"
            if large:
                formula = "exp(e[i,j] - z[i])/sum(exp(e[i,l] - z[i]) for l in 1..n)"
                work.let("alpha[i,j]", formula, why, table=table, i=i, j=j)
            else:
                work.let("alpha[i,j]", "exp(e[i,j])/sum(exp(e[i,l]) for l in 1..n)", why, table=table, i=i, j=j)
        if own:
            work.let(
                "context[i]", "sum(alpha[i,j]*k[j] for j in 1..n)", "context: each key times its weight, added up", i=i
            )
        else:
            work.let(
                "context[i]",
                "sum(alpha[i,j]*v[j] for j in 1..n)",
                "context: each value times its weight, added up",
                i=i,
            )
    if m == 1:
        work.let("E", "[e[1,j] for j in 1..n]", "the scores together")
        work.let("A", "[alpha[1,j] for j in 1..n]", "the weights together: they add up to 1", holds="sum(A) = 1")
        return work.answer(scores="E", weights="A", context="context[1]")
    work.let("E", "[[e[i,j] for j in 1..n] for i in 1..m]", "all scores: a row for each query", m=m)
    why = "all weights: each row adds up to 1"
    work.let("A", "[[alpha[i,j] for j in 1..n] for i in 1..m]", why, holds="sum(A) = m", m=m)
    work.let("C", "[context[i] for i in 1..m]", "all contexts: a row for each query", m=m)
    return work.answer(scores="E", weights="A", context="C")


def _scores(work: Work, score: str, scale: Any, i: int, n: int) -> None:
    table = f"scores of query {i}"
    if score == "general":
        work.let("g[i]", "q[i] @ W_a", "qᵀW once, as long as a key", i=i)
    if score == "additive":
        work.let("p[i]", "W_q @ q[i]", "the query's part of the hidden layer, the same for all keys", i=i)
    for j in range(1, n + 1):
        if score == "dot":
            work.let("e[i,j]", "dot(q[i], k[j])", "query i times key j", table=table, i=i, j=j)
        elif score == "scaled":
            work.let("r[i,j]", "dot(q[i], k[j])", "query i times key j", table=table, i=i, j=j)
            if scale is None:
                work.let("e[i,j]", "r[i,j]/sqrt(d_k)", "so that it doesn't grow with the size", table=table, i=i, j=j)
            else:
                work.let("e[i,j]", "s*r[i,j]", "scaled as given", table=table, i=i, j=j)
        elif score == "general":
            work.let("e[i,j]", "dot(g[i], k[j])", "Luong's qᵀWk", table=table, i=i, j=j)
        else:
            work.let("u[i,j]", "tanh(p[i] + W_k @ k[j])", "hidden layer for this query and key", i=i, j=j)
    if score == "additive":
        for j in range(1, n + 1):
            work.let("e[i,j]", "dot(v_a, u[i,j])", "Bahdanau's vᵀtanh(W_q q + W_k k)", table=table, i=i, j=j)


_NEEDS = {"dot": (), "scaled": (), "general": ("w",), "additive": ("w_query", "w_key", "v")}


def _check_chosen(score: str, **given: Any) -> None:
    """That the matrices of this score are there, and no others."""
    allowed = (*_NEEDS[score], "scale") if score == "scaled" else _NEEDS[score]
    for name, value in given.items():
        if value is not None and name not in allowed:
            owner = next((kind for kind, names in _NEEDS.items() if name in names), "scaled")
            raise InputError(f"{name.replace('_', '-')}: the {score} score has none; it belongs to --score {owner}")
        if value is None and name in _NEEDS[score]:
            raise InputError(f"{name.replace('_', '-')}: the {score} score needs it")


def _check_matrices(of_query: int, of_key: int, w: Any, w_query: Any, w_key: Any, v: Any) -> None:
    if w is not None:
        check_shape(w, "w", (of_query, of_key), "a row for each entry of a query, a column for each of a key")
    if v is None:
        return
    hidden = len(v.flat)
    check_shape(w_query, "w-query", (hidden, of_query), "a row for each entry of v, a column for each of a query")
    check_shape(w_key, "w-key", (hidden, of_key), "a row for each entry of v, a column for each of a key")


def sample(rng: Random) -> dict[str, Any]:
    """One or two queries, two or three keys of two entries, small whole numbers; every score."""
    score = rng.choice(["dot", "scaled", "general", "additive"])
    n, of_key = rng.randint(2, 3), rng.choice([2, 2, 4]) if score == "scaled" else 2
    of_query = rng.randint(2, 3) if score in ("general", "additive") else of_key
    given: dict[str, Any] = {
        "query": drawn(rng, rng.choice([1, 1, 2]), of_query),
        "keys": drawn(rng, n, of_key),
        "score": score,
    }
    if rng.random() < 0.6:
        given["values"] = drawn(rng, n, rng.randint(1, 3), 0, 4)
    if score == "scaled" and rng.random() < 0.3:
        given["scale"] = "1/2"
    if score == "general":
        given["w"] = drawn(rng, of_query, of_key)
    if score == "additive":
        hidden = rng.randint(1, 2)
        given |= {"w_query": drawn(rng, hidden, of_query), "w_key": drawn(rng, hidden, of_key)}
        given["v"] = drawn(rng, 1, hidden)
    return given


def reference(
    query: Any, keys: Any, values: Any = None, score: str = "dot", scale: Any = None,
    w: Any = None, w_query: Any = None, w_key: Any = None, v: Any = None,
) -> dict[str, Any]:  # fmt: skip
    """Torch's scaled_dot_product_attention; the other scores by its bilinear layer and by batched matrices."""
    import torch
    from torch.nn.functional import bilinear, scaled_dot_product_attention

    asks, has = torched(query), torched(keys)
    gives = has if values is None else torched(values)
    if score in ("dot", "scaled"):
        factor = 1.0 if score == "dot" else None if scale is None else float(scale)
        eye = torch.eye(len(has), dtype=torch.float64)
        weights = scaled_dot_product_attention(asks[None], has[None], eye[None], scale=factor)[0]
        context = scaled_dot_product_attention(asks[None], has[None], gives[None], scale=factor)[0]
        scores = torch.einsum("md,nd->mn", asks, has) * (len(has[0]) ** -0.5 if factor is None else factor)
    else:
        pairs = [(a, b) for a in asks for b in has]
        left, right = (torch.stack(side) for side in zip(*pairs, strict=True))
        if score == "general":
            flat = bilinear(left, right, torched(w)[None])
        else:
            joined = torch.cat([left, right], dim=1) @ torch.cat([torched(w_query), torched(w_key)], dim=1).mT
            flat = torch.tanh(joined) @ torched(v)
        scores = flat.reshape(len(asks), len(has))
        weights = scores.softmax(dim=1)
        context = weights @ gives
    return {"scores": scores, "weights": weights, "context": context}
