"""One graph convolution (GCN) layer by hand, node by node."""

from fractions import Fraction
from random import Random
from typing import Any, Literal

from revise.engines.arrays import Array, shape_text, take
from revise.errors import InputError
from revise.parameters import Matrix, Vector
from revise.solution import Solution, Work
from revise.solvers.graphs._graph import Graph, named

SERVES: dict[str, dict[str, object]] = {"gcn-layer": {}}
SOURCE = "Kipf & Welling 2017, Semi-supervised classification with graph convolutional networks, equations 2 and 8"
NO_EXAMPLE = "the paper prints accuracies, no layer with numbers"
LAWS = [
    "M = A_hat @ [x[v] for v in V]",
    "sum(sum(A_hat, axis=0)) = sum([sum(c[u,v] for v in V if B[u,v] != 0) for u in V])",
]
MISTAKES = {
    "c[u,v]": {
        "divided by both degrees, not by their roots": "B[u,v]/(d[u]*d[v])",
        "not normalised": "B[u,v]",
        "divided by the neighbour's degree": "B[u,v]/d[v]",
    },
    "d[u]": {"the loop is not counted": "sum(adj[u,v] for v in V)"},
    "m[u]": {
        "the neighbours are forgotten": "x[u]",
        "the sum without weights": "sum(x[v] for v in V if B[u,v] != 0)",
    },
    "h[u]": {"no activation": "z[u]"},
}
_WEIGHTS = {"symmetric": "B[u,v]/sqrt(d[u]*d[v])", "row": "B[u,v]/d[u]", "none": "B[u,v]"}
_ABOUT = {
    "symmetric": "an edge's entry over the roots of both nodes' degrees: D^-1/2 Ã D^-1/2",
    "row": "an edge's entry over the degree of the node that gathers: D⁻¹Ã, the mean over the neighbours",
    "none": "not normalised",
}
_ACTIVATION = {
    "relu": "relu(z[u])",
    "sigmoid": "sigmoid(z[u])",
    "tanh": "tanh(z[u])",
    "softmax": "softmax(z[u])",
    "none": "z[u]",
}


def solve(
    graph: Graph,
    x: Matrix,
    weight: Matrix | None = None,
    bias: Vector | None = None,
    normalisation: Literal["symmetric", "row", "none"] = "symmetric",
    self_loops: bool = True,
    activation: Literal["relu", "none", "sigmoid", "tanh", "softmax"] = "relu",
    nodes: str | None = None,
) -> Solution:
    """H′ = act(Â H W): the normalised matrix, then for each node what it gathers, times W, and the activation.

    graph          edges "1-2, 2-3:0.5, 4" (a weight behind the colon, a node without an edge), or an adjacency
                   matrix "0, 1; 1, 0"; a file, or - for standard input
    x              H, the features: a row for each node
    weight         W, features × outputs; without it Â H alone (W = I)
    bias           added to every row; without it none, as in the paper
    normalisation  symmetric: D^-1/2 Ã D^-1/2 (Kipf & Welling); row: D⁻¹Ã, the mean over the neighbours; none: Ã
    self_loops     Ã = A + I; with --no-self-loops Ã = A. D holds the row sums of Ã
    activation     softmax works along each row
    nodes          their order, "a, b, c", if it is not by number or alphabet; also those without an edge

    Raises InputError naming the matrix whose size does not fit.
    """
    found = named(graph, nodes)
    if found.directed and not found.typed:
        raise InputError("graph: with directions type the matrix whose row u says from which nodes u gathers")
    if found.directed and normalisation == "symmetric":
        raise InputError("normalisation: a matrix that is not symmetric goes with `row` or `none`")
    work = _given(found, x, weight, bias, self_loops)
    loops = "Ã" if self_loops else "A"
    about = _ABOUT[normalisation].replace("Ã", loops)
    work.let("A", "[[adj[u,v] for v in V] for u in V]", "adjacency")
    if self_loops:
        work.let("A_tilde", "A + eye(n)", "a loop at every node: Ã = A + I",
                 holds="A_tilde = [[B[u,v] for v in V] for u in V]")  # fmt: skip
    if normalisation != "none":
        for u in found.nodes:
            work.let("d[u]", "sum(B[u,v] for v in V)", f"the row's sum of {loops}", table="degrees", u=u)  # fmt: skip
    for u in found.nodes:
        for v in found.nodes:
            if not _is_zero(work.given["B"][u, v]):
                work.let("c[u,v]", _WEIGHTS[normalisation], about, table="weights of the edges",
                         u=u, v=v)  # fmt: skip
    work.let("A_hat", "[[where(B[u,v] == 0, 0, c[u,v]) for v in V] for u in V]", "the same as a matrix")
    _nodes(work, found, weight is not None, bias is not None, activation)
    return work.answer({"output": "H_out", "A_hat": "A_hat", "aggregated": "M"})


def _given(graph: Graph, x: Array, weight: Array | None, bias: Array | None, loops: bool) -> Work:
    size = len(graph.nodes)
    if x.shape[0] != size:
        raise InputError(f"x: {x.shape[0]} rows of features for {size} nodes ({', '.join(graph.nodes)})")
    if weight is not None and weight.shape[0] != x.shape[1]:
        raise InputError(f"weight: {shape_text(weight.shape)} does not fit the features, {shape_text(x.shape)}")
    outputs = weight.shape[1] if weight is not None else x.shape[1]
    if bias is not None and len(bias.flat) != outputs:
        raise InputError(f"bias: {len(bias.flat)} for {outputs} outputs")
    table = graph.table()
    with_loops = {(u, v): _plus_one(entry) if u == v and loops else entry for (u, v), entry in table.items()}
    rows = {node: take(x, (i,)) for i, node in enumerate(graph.nodes)}
    work = Work(x=rows, W=weight, beta=bias, adj=table, B=with_loops, V=graph.nodes, n=size, f=x.shape[1])
    work.called(x="features", W="weights", beta="bias", adj="", B="", V="", n="", f="")
    entries = ", B those of Ã = A + I" if loops else ", and so is B, for there are no loops"
    work.note(f"Rows and columns in the order {', '.join(graph.nodes)}; adj are the entries of A{entries}.")
    return work


def _nodes(work: Work, graph: Graph, weighted: bool, biased: bool, activation: str) -> None:
    for u in graph.nodes:
        if all(_is_zero(work.given["B"][u, v]) for v in graph.nodes):
            work.let("m[u]", "zeros(f)", f"node {u} has no neighbour: it gathers nothing", u=u)
        else:
            near = [v for v in graph.nodes if not _is_zero(work.given["B"][u, v])]
            why = f"node {u} gathers from {', '.join(near)}"
            work.let("m[u]", "sum(c[u,v]*x[v] for v in V if B[u,v] != 0)", why, u=u)
    work.let("M", "[m[u] for u in V]", "all nodes: ÂH, a row each", holds="M = A_hat @ [x[v] for v in V]")
    for u in graph.nodes:
        if weighted:
            formula = "m[u] @ W + beta" if biased else "m[u] @ W"
            work.let("z[u]", formula, f"node {u}: times the weights" + (", plus the bias" if biased else ""), u=u)
        else:
            work.let("z[u]", "m[u] + beta" if biased else "m[u]", f"node {u}: no weights, W = I", u=u)
        if activation != "none":
            work.let("h[u]", _ACTIVATION[activation], activation, u=u)
    last = "[z[u] for u in V]" if activation == "none" else "[h[u] for u in V]"
    work.let("H_out", last, "the layer's output, a row for each node")


def _plus_one(entry: Any) -> Any:
    from revise.expression import Node, number

    return Node("+", (entry, number(1))) if isinstance(entry, Node) else entry + 1


def _is_zero(entry: Any) -> bool:
    return isinstance(entry, int | Fraction | float) and entry == 0


def sample(rng: Random) -> dict[str, Any]:
    """Three or four nodes, one or two features and outputs."""
    size, features, outputs = rng.randint(3, 4), rng.randint(1, 2), rng.randint(1, 2)
    pairs = [(u, v) for u in range(1, size + 1) for v in range(u + 1, size + 1)]
    chosen = [pair for pair in pairs if rng.random() < 0.6] or pairs[:1]

    def drawn(rows: int, columns: int) -> str:
        return "; ".join(", ".join(str(rng.randint(-2, 3)) for _ in range(columns)) for _ in range(rows))

    given: dict[str, Any] = {
        "graph": ", ".join(f"{u}-{v}" for u, v in chosen),
        "nodes": ", ".join(map(str, range(1, size + 1))),
        "x": drawn(size, features),
        "weight": drawn(features, outputs),
        "normalisation": rng.choice(["symmetric", "symmetric", "row", "none"]),
        "activation": rng.choice(["relu", "relu", "none", "sigmoid"]),
    }
    if rng.random() < 0.3:
        given["self_loops"] = False
    if rng.random() < 0.3:
        given["bias"] = drawn(1, outputs)
    return given


def reference(
    graph: Graph, x: Any, weight: Any = None, bias: Any = None, normalisation: str = "symmetric",
    self_loops: bool = True, activation: str = "relu", nodes: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Torch: whole matrices at once."""
    import torch

    found = named(graph, nodes)
    a = torch.tensor([[float(found.weights.get((u, v), 0)) for v in found.nodes] for u in found.nodes]).double()
    a = a + torch.eye(len(a)) if self_loops else a
    degrees = a.sum(1)
    inverse = torch.where(degrees > 0, 1 / degrees, torch.zeros_like(degrees))
    if normalisation == "symmetric":
        a = inverse.sqrt().diag() @ a @ inverse.sqrt().diag()
    elif normalisation == "row":
        a = inverse.diag() @ a
    features = torch.tensor([[float(entry) for entry in row] for row in x.nested()]).double()
    z = a @ features
    if weight is not None:
        z = z @ torch.tensor([[float(entry) for entry in row] for row in weight.nested()]).double()
    if bias is not None:
        z = z + torch.tensor([float(entry) for entry in bias.flat]).double()
    acts: dict[str, Any] = {
        "relu": torch.relu,
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
        "softmax": lambda rows: rows.softmax(1),
    }
    return {"output": acts[activation](z) if activation in acts else z, "A_hat": a, "aggregated": a @ features}
