"""Adjacency, degrees, Laplacian D − A, normalised forms, eigenvalues."""

from fractions import Fraction
from math import lcm
from random import Random
from typing import Any

from revise.engines.arrays import Array
from revise.errors import InputError
from revise.parameters import Vector
from revise.solution import Solution, Work
from revise.solvers.graphs._graph import Graph, fractions, named
from revise.solvers.graphs._spectrum import rotated, whole_eigenpairs

SERVES: dict[str, dict[str, object]] = {"laplacian": {}}
SOURCE = (
    "Chung 1997, Spectral graph theory, section 1.2; von Luxburg 2007, A tutorial on spectral clustering, section 3; "
    "Kipf & Welling 2017, section 2"
)
EXAMPLES: list[tuple[dict[str, Any], dict[str, Any]]] = [
    # Leskovec, Rajaraman & Ullman, Mining of massive datasets, figures 10.16 to 10.18: L and its eigenvalues
    (
        {"graph": "1-2, 1-3, 1-4, 2-3, 3-6, 4-5, 4-6, 5-6"},
        {
            "L": [
                [3, -1, -1, -1, 0, 0], [-1, 2, -1, 0, 0, 0], [-1, -1, 3, 0, 0, -1],
                [-1, 0, 0, 3, -1, -1], [0, 0, 0, -1, 2, -1], [0, 0, -1, -1, -1, 3],
            ],
            "eigenvalues": [0, 1, 3, 3, 4, 5], "components": 1,
        },
    ),
    # Macaulay2's documentation of laplacianMatrix
    (
        {"graph": "1-2, 2-3, 3-4, 3-5, 4-5"},
        {
            "L": [[1, -1, 0, 0, 0], [-1, 2, -1, 0, 0], [0, -1, 3, -1, -1], [0, 0, -1, 2, -1], [0, 0, -1, -1, 2]],
        },
    ),
]  # fmt: skip
MISTAKES = {
    "L": {"A − D instead of D − A": "A - D", "D + A instead of D − A": "D + A"},
    "A_sym": {"divided by both degrees, not by their roots": "[[adj[u,v]/(d[u]*d[v]) for v in V] for u in V]"},
    "A_rw": {"divided by the column's degree": "[[adj[u,v]/d[v] for v in V] for u in V]"},
    "e[k]": {"the square is forgotten": "adj[u,v]*(x[u] - x[v])", "the values are added": "adj[u,v]*(x[u] + x[v])^2"},
}
_MOST_EIGEN = 8
_MOST_GUESSES = 400
# may a node have no edge? → its entries of D^-1/2 A D^-1/2 and D^-1 A
_SYMMETRIC = {
    False: "[[adj[u,v]/sqrt(d[u]*d[v]) for v in V] for u in V]",
    True: "[[where(adj[u,v] == 0, 0, adj[u,v]/sqrt(d[u]*d[v])) for v in V] for u in V]",
}
_WALK = {
    False: "[[adj[u,v]/d[u] for v in V] for u in V]",
    True: "[[where(adj[u,v] == 0, 0, adj[u,v]/d[u]) for v in V] for u in V]",
}


def solve(graph: Graph, nodes: str | None = None, x: Vector | None = None, normalised: bool = True) -> Solution:
    """A, D, L = D − A; I − D^-1/2 A D^-1/2 and I − D⁻¹A; the eigenvalues of L and what they say; xᵀLx.

    graph       edges "1-2, 2-3:0.5, 4" (a weight behind the colon, a node without an edge), "1>2" with a direction;
                or an adjacency matrix "0, 1; 1, 0"; a file, or - for standard input
    nodes       their order, "a, b, c", if it is not by number or alphabet; also those without an edge
    x           a value for each node: the quadratic form xᵀLx, edge by edge
    normalised  also the symmetric normalised and the random-walk Laplacian

    A loop counts once in a degree. With directions D holds the row sums (out-degrees), and neither the symmetric
    form nor eigenvalues are worked out. Up to 8 nodes: eigenvalues. Raises InputError naming the edge.
    """
    found = named(graph, nodes)
    size = len(found.nodes)
    if x is not None and len(x.flat) != size:
        raise InputError(f"x: {len(x.flat)} values for {size} nodes")
    if x is not None and found.directed:
        raise InputError("x: the quadratic form needs a graph without directions")
    work = Work(
        adj=found.table(),
        V=found.nodes,
        n=size,
        x=dict(zip(found.nodes, x.flat, strict=True)) if x is not None else None,
    )
    work.called(adj="", V="", n="", x="values of the nodes")
    ones = "its weight" if found.weighted else "1"
    work.note(
        f"Rows and columns in the order {', '.join(found.nodes)}; adj(u,v) is {ones} where u has an edge to v, else 0."
    )
    _plain(work, found)
    words = {"A": "A", "D": "D", "L": "L"}
    if normalised:
        words |= _normalised(work, found)
    lettered = bool(work.letters)
    if not found.directed and size <= _MOST_EIGEN and not lettered:
        words |= _eigenvalues(work, found)
    _say_components(work, found)
    if x is not None:
        words |= _quadratic(work, found)
    return work.answer(words)


def _plain(work: Work, graph: Graph) -> None:
    what = "the weights" if graph.weighted else "1 where there is an edge"
    work.let("A", "[[adj[u,v] for v in V] for u in V]", f"adjacency: {what}")
    kind = "out-degree: the row's sum" if graph.directed else "degree: the row's sum"
    for node in graph.nodes:
        work.let("d[u]", "sum(adj[u,v] for v in V)", kind, table="degrees", u=node)
    work.let("D", "diag([d[v] for v in V])", "the degrees on the diagonal")
    work.let("L", "D - A", "Laplacian: every row sums to 0", holds="L @ ones(n) = zeros(n)")


def _normalised(work: Work, graph: Graph) -> dict[str, str]:
    around = {u for u, _ in graph.weights}
    alone = [node for node in graph.nodes if node not in around]
    lonely = bool(alone)
    if lonely:
        what = "no edge going out" if graph.directed else "no edge"
        work.note(f"{', '.join(alone)}: {what}, so 1/d is taken as 0, and its rows are 0.")
    words = {}
    if not graph.directed:
        law = ("A_sym = diag([where(d[v] == 0, 0, 1/sqrt(d[v])) for v in V]) @ A"
               " @ diag([where(d[v] == 0, 0, 1/sqrt(d[v])) for v in V])")  # fmt: skip
        work.let("A_sym", _SYMMETRIC[lonely], "D^-1/2 A D^-1/2, entry by entry: divided by the roots of both degrees",
                 holds=law)  # fmt: skip
        work.let("L_sym", "eye(n) - A_sym" if not lonely else "diag([where(d[v] == 0, 0, 1) for v in V]) - A_sym",
                 "symmetric normalised Laplacian I − D^-1/2 A D^-1/2")  # fmt: skip
        words["L_sym"] = "L_sym"
    work.let("A_rw", _WALK[lonely], "D⁻¹A, entry by entry: each row divided by its degree")
    work.let("L_rw", "eye(n) - A_rw" if not lonely else "diag([where(d[v] == 0, 0, 1) for v in V]) - A_rw",
             "random-walk Laplacian I − D⁻¹A: every row sums to 0", holds="L_rw @ ones(n) = zeros(n)")  # fmt: skip
    return words | {"L_rw": "L_rw"}


def _eigenvalues(work: Work, graph: Graph) -> dict[str, str]:
    size, weights = len(graph.nodes), fractions(graph)
    rows = [list(work.env["L"].flat[i * size : (i + 1) * size]) for i in range(size)]
    scale = lcm(*(weight.denominator for weight in weights.values())) if weights else 1
    most = int(2 * max(rows[i][i] for i in range(size)) * scale)
    pairs = [
        (Fraction(value, scale), vector)
        for value, vector in whole_eigenpairs(
            [[entry * scale for entry in row] for row in rows], most if most <= _MOST_GUESSES else 0
        )
    ]
    turned = rotated(rows) if len(pairs) < size else []
    spare = _unmatched([value for value, _ in turned], [value for value, _ in pairs])
    ranked = sorted([(float(value), vector) for value, vector in pairs] + [(turned[i][0], turned[i][1]) for i in spare],
                    key=lambda pair: pair[0])  # fmt: skip
    exact = {i for i, (_, vector) in enumerate(ranked, 1) if isinstance(vector[0], int)}
    work.given["z"] = work.env["z"] = {i: Array((size,), tuple(vector)) for i, (_, vector) in enumerate(ranked, 1)}
    work.called(z="")
    for i in sorted(exact):
        work.let("v[i]", "z[i]", table="eigenvalues of L: L v = λ v", i=i)
        work.let("lambda[i]", "dot(v[i], L @ v[i])/dot(v[i], v[i])", "vᵀLv / vᵀv of the eigenvector v",
                 table="eigenvalues of L: L v = λ v", holds="L @ v[i] = lambda[i]*v[i]", i=i)  # fmt: skip
    if size - len(exact) == 2:
        _last_two(work, exact, size)
    elif len(exact) < size:
        for i in sorted(set(range(1, size + 1)) - exact):
            work.let("lambda[i]", "dot(z[i], L @ z[i])/dot(z[i], z[i])", "irrational: by rotations, v of length 1",
                     table="irrational eigenvalues", holds="L @ z[i] = lambda[i]*z[i]", i=i)  # fmt: skip
    work.let("spectrum", "[lambda[i] for i in 1..n]", "the eigenvalues in ascending order",
             holds="sum(spectrum) = trace(L)")  # fmt: skip
    work.let("c", "sum(1 for i in 1..n if lambda[i] == 0)", "components: as many as eigenvalues are 0")
    return {"eigenvalues": "spectrum", "components": "c"}


def _unmatched(all_values: list[float], known: list[Fraction]) -> list[int]:
    """The places of `all_values` that are left once each known value has taken the nearest."""
    left = list(range(len(all_values)))
    for value in known if all_values else []:
        left.remove(min(left, key=lambda i: abs(all_values[i] - float(value))))
    return left


def _last_two(work: Work, exact: set[int], size: int) -> None:
    work.given["J"] = work.env["J"] = Array((len(exact),), tuple(sorted(exact)))
    work.called(J="")
    low, high = sorted(set(range(1, size + 1)) - exact)
    work.let("T", "trace(L) - sum(lambda[i] for i in J)", "the trace is the sum of all: what the last two sum to")
    work.let("U", "trace(L @ L) - sum(lambda[i]^2 for i in J)", "the same for the squares, with the trace of L²")
    law = "det(L - lambda[i]*eye(n)) = 0"
    work.let("lambda[i]", "(T - sqrt(2*U - T^2))/2", "from sum and squares of the two", holds=law, i=low)
    work.let("lambda[i]", "(T + sqrt(2*U - T^2))/2", "and the other one", holds=law, i=high)


def _say_components(work: Work, graph: Graph) -> None:
    parts = graph.components()
    if len(parts) == 1:
        work.note("The graph hangs together: one component." + (" (Directions left out.)" if graph.directed else ""))
        return
    listed = "; ".join(", ".join(part) for part in parts)
    work.note(f"{len(parts)} components: {listed}." + (" (Directions left out.)" if graph.directed else ""))


def _quadratic(work: Work, graph: Graph) -> dict[str, str]:
    work.let("y", "L @ [x[v] for v in V]", "Lx")
    work.let("q", "dot([x[v] for v in V], y)", "quadratic form xᵀLx")
    edges = graph.edges()
    for k, (u, v) in enumerate(edges, 1):
        work.let("e[k]", "adj[u,v]*(x[u] - x[v])^2", "weight times squared difference across the edge",
                 table="the same edge by edge", k=k, u=u, v=v)  # fmt: skip
    if edges:
        work.given["m"] = work.env["m"] = len(edges)
        work.called(m="")
        work.let("Q", "sum(e[k] for k in 1..m)", "xᵀLx = sum over the edges: 0 only if x is constant on each component",
                 holds="Q = q")  # fmt: skip
    return {"quadratic-form": "q"}


def sample(rng: Random) -> dict[str, Any]:
    """Three to five nodes with some edges; sometimes weights, and values for the quadratic form."""
    size = rng.randint(3, 5)
    pairs = [(u, v) for u in range(1, size + 1) for v in range(u + 1, size + 1)]
    chosen = [pair for pair in pairs if rng.random() < 0.6] or pairs[:1]
    weigh = rng.random() < 0.3
    edges = ", ".join(f"{u}-{v}" + (f":{rng.choice(['2', '0.5', '3'])}" if weigh else "") for u, v in chosen)
    given: dict[str, Any] = {"graph": edges}
    if rng.random() < 0.3:
        given["nodes"] = ", ".join(map(str, range(1, size + 1)))
    else:
        size = len({node for pair in chosen for node in pair})
    if rng.random() < 0.5:
        given["x"] = ", ".join(str(rng.randint(-2, 3)) for _ in range(size))
    return given


def reference(graph: Graph, nodes: str | None = None, x: Any = None, normalised: bool = True) -> dict[str, Any]:
    """NumPy: matrix products and eigvalsh; the components by powers of A + I."""
    import numpy

    found = named(graph, nodes)
    a = numpy.array([[float(found.weights.get((u, v), 0)) for v in found.nodes] for u in found.nodes])
    d = a.sum(axis=1)
    laplacian = numpy.diag(d) - a
    with numpy.errstate(divide="ignore"):
        inverse = numpy.where(d > 0, 1 / d, 0.0)
    half = numpy.diag(numpy.sqrt(inverse))
    answers: dict[str, Any] = {"A": a, "D": numpy.diag(d), "L": laplacian}
    answers |= {"L_sym": half @ laplacian @ half, "L_rw": numpy.diag(inverse) @ laplacian}
    if not found.directed:
        reached = numpy.linalg.matrix_power((a > 0) + numpy.eye(len(d)), len(d)) > 0
        answers |= {"eigenvalues": numpy.linalg.eigvalsh(laplacian), "components": len({tuple(row) for row in reached})}
    if x is not None:
        values = numpy.array([float(each) for each in x.flat])
        answers["quadratic-form"] = float((a * (values[:, None] - values[None, :]) ** 2).sum() / 2)
    return answers
