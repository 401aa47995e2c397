"""Graphs typed as edges or as an adjacency matrix."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from revise.errors import InputError
from revise.expression import Node
from revise.parameters import read_matrix, read_number, read_source
from revise.untrusted import harmless

_MOST_NODES = 16
_MOST_EDGES = 120
_NAME = r"\w+(?:\.\w+)*"
_EDGE = re.compile(rf"({_NAME})(?:\s*(<->|->|→|--|[-–>])\s*({_NAME}))?(?:\s*:\s*(\S+))?")


@dataclass(frozen=True)
class Graph:
    """`weights`: (from, to) → weight, both ways where the edge has no direction; an edge not there has none."""

    nodes: tuple[str, ...]
    weights: Mapping[tuple[str, str], Any]
    directed: bool = False
    typed: bool = False
    """Whether a matrix was typed: its nodes are numbered from 1."""

    METAVAR: ClassVar[str] = '"1-2, 2-3, 1-3"'

    @classmethod
    def from_text(cls, text: str) -> "Graph":
        """Edges `1-2, 2-3:0.5, 4` (a weight behind a colon, a lone node), `1>2` with a direction; or a matrix.

        Raises InputError naming the edge, or the entry that makes it no adjacency matrix.
        """
        source, _ = read_source(text.strip())
        parts = [part.strip() for part in re.split(r"[,;\n，；]", source.strip().strip("{}")) if part.strip()]
        bare = source.replace(" ", "")
        if ";" in source or "\n" in source or bare.startswith("["):
            if all(_EDGE.fullmatch(part.strip("()[] ")) for part in parts) and any(_has_edge(part) for part in parts):
                return _of_edges(parts)
            return _of_matrix(source)
        return _of_edges(parts)

    @property
    def weighted(self) -> bool:
        return any(isinstance(weight, Node) or weight != 1 for weight in self.weights.values())

    def table(self) -> dict[tuple[str, str], Any]:
        """Every pair of nodes with its weight, 0 where there is no edge."""
        return {(u, v): self.weights.get((u, v), 0) for u in self.nodes for v in self.nodes}

    def edges(self) -> list[tuple[str, str]]:
        """Each edge once, loops left out; those without a direction in the order of the nodes."""
        place = {node: i for i, node in enumerate(self.nodes)}
        pairs = sorted(self.weights, key=lambda pair: (place[pair[0]], place[pair[1]]))
        return [(u, v) for u, v in pairs if u != v and (self.directed or place[u] < place[v])]

    def components(self) -> list[list[str]]:
        """The nodes that hang together, whichever way the edges point."""
        around: dict[str, set[str]] = {node: set() for node in self.nodes}
        for u, v in self.weights:
            around[u].add(v)
            around[v].add(u)
        left, found = list(self.nodes), []
        while left:
            part, waiting = set(), [left[0]]
            while waiting:
                node = waiting.pop()
                if node not in part:
                    part.add(node)
                    waiting += around[node]
            found.append([node for node in self.nodes if node in part])
            left = [node for node in left if node not in part]
        return found


def _has_edge(part: str) -> bool:
    match = _EDGE.fullmatch(part.strip("()[] "))
    return match is not None and match[3] is not None


def _of_edges(parts: list[str]) -> Graph:
    nodes: dict[str, None] = {}
    weights: dict[tuple[str, str], Any] = {}
    directed: set[bool] = set()
    for part in parts:
        match = _EDGE.fullmatch(part.strip("()[] "))
        if match is None or (match[4] and not match[3]):
            raise InputError(
                f"{harmless(part[:40])!r} is no edge; write 1-2, 2-3:0.5 (a weight), 1>2 (a direction), 4 (a lone node)"
            )
        u, sign, v = match[1], match[2], match[3]
        nodes |= {u: None} | ({v: None} if v else {})
        if not v:
            continue
        weight = _weight(match[4], part) if match[4] else 1
        one_way = sign in ("->", "→", ">")
        directed.add(one_way)
        for pair in ((u, v),) if one_way else ((u, v), (v, u)):
            if pair in weights and (one_way or u != v):
                raise InputError(f"{harmless(part[:40])!r}: this edge is given twice")
            weights[pair] = weight
    if not nodes:
        raise InputError('there is no edge; write "1-2, 2-3, 1-3"')
    if len(directed) > 1:
        raise InputError("some edges have a direction and some have none: write those without as two, 1>2, 2>1")
    if len(weights) > _MOST_EDGES:
        raise InputError(f"more than {_MOST_EDGES} edges")
    return _checked(Graph(tuple(sorted(nodes, key=_order)), weights, True in directed))


def _order(node: str) -> tuple[Any, ...]:
    """Numbers by size before words; v2 before v10."""
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in re.findall(r"\d+|\D+", node))


def _weight(text: str, part: str) -> Any:
    try:
        value = read_number(text)
    except InputError as fault:
        raise InputError(f"{harmless(part[:40])!r}: {str(fault).splitlines()[0]}") from None
    if not isinstance(value, Node) and not (0 < value < float("inf")):
        raise InputError(f"{harmless(part[:40])!r}: a weight is a number above 0; leave the edge out instead of 0")
    return value


def _of_matrix(source: str) -> Graph:
    matrix = read_matrix(source.replace("\n", ";"))
    size = matrix.shape[0]
    if matrix.shape[1] != size:
        raise InputError(f"an adjacency matrix is square, this one has {size} rows and {matrix.shape[1]} columns")
    nodes = tuple(str(i) for i in range(1, size + 1))
    weights: dict[tuple[str, str], Any] = {}
    for place, entry in enumerate(matrix.flat):
        u, v = nodes[place // size], nodes[place % size]
        if isinstance(entry, Node) or entry != 0:
            if not isinstance(entry, Node) and not (0 < entry < float("inf")):
                raise InputError(f"the entry in row {u}, column {v} is negative or no number: weights are above 0")
            weights[u, v] = entry
    both_ways = all(_same(weight, weights.get((v, u), 0)) for (u, v), weight in weights.items())
    return _checked(Graph(nodes, weights, not both_ways, typed=True))


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, Node) or isinstance(other, Node):
        from revise.engines.text import text

        return isinstance(one, Node) and isinstance(other, Node) and text(one) == text(other)
    return bool(one == other)


def _checked(graph: Graph) -> Graph:
    if len(graph.nodes) > _MOST_NODES:
        raise InputError(f"{len(graph.nodes)} nodes are more than {_MOST_NODES}, too many to be shown")
    return graph


def named(graph: Graph, nodes: str | None) -> Graph:
    """The graph with its nodes in the order given, and those without an edge. Raises InputError."""
    if nodes is None:
        return graph
    listed = re.findall(r"[^\s,;]+", nodes)
    if len(set(listed)) < len(listed):
        raise InputError("nodes: one is listed twice")
    if graph.typed:
        if len(listed) != len(graph.nodes):
            raise InputError(f"nodes: {len(listed)} names for {len(graph.nodes)} rows")
        new = dict(zip(graph.nodes, listed, strict=True))
        weights = {(new[u], new[v]): weight for (u, v), weight in graph.weights.items()}
        return Graph(tuple(listed), weights, graph.directed, True)
    if missing := [node for node in graph.nodes if node not in listed]:
        raise InputError(f"nodes: {missing[0]} has an edge and is not listed")
    return _checked(Graph(tuple(listed), graph.weights, graph.directed))


def fractions(graph: Graph) -> dict[tuple[str, str], Fraction]:
    """The weights as exact numbers. Raises InputError where there are letters."""
    if any(isinstance(weight, Node) for weight in graph.weights.values()):
        raise InputError("graph: numbers are needed as weights here")
    return {pair: Fraction(weight) for pair, weight in graph.weights.items()}
