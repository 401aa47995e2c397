"""Graph Laplacians and GCN layers: what is typed, spectra, conventions, laws, bad input."""

from fractions import Fraction
from random import Random
from typing import Any

import contract
import numpy
import pytest

from revise import catalogue
from revise.engines.arrays import Array
from revise.engines.text import text
from revise.errors import InputError
from revise.numerals import Numerals
from revise.render.solution import solution_lines
from revise.replay import replay
from revise.solution import Solution
from revise.solvers.graphs._graph import Graph
from revise.solvers.graphs._spectrum import null_space, rotated, whole_eigenpairs


def solved(name: str, **given: Any) -> Solution:
    return catalogue.load(name).solve(**given)


def notes(solution: Solution) -> str:
    return " ".join(step.why for step in solution.steps if step.is_note)


def rows(array: Array) -> list[list[Any]]:
    return [list(array.flat[i * array.shape[1] : (i + 1) * array.shape[1]]) for i in range(array.shape[0])]


# -- graphs as typed ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed", ["1-2, 2-3", "(1-2); (2-3)", "{1-2, 2-3}", "2-1\n3-2", "1 -- 2, 2 – 3", "0 1 0; 1 0 1; 0 1 0",
              "[0, 1, 0; 1, 0, 1; 0, 1, 0]", "[[0,1,0],[1,0,1],[0,1,0]]"],
)  # fmt: skip
def test_the_same_path_written_in_several_ways(typed: str) -> None:
    graph = Graph.from_text(typed)
    assert (graph.nodes, graph.directed) == (("1", "2", "3"), False)
    assert set(graph.weights) == {("1", "2"), ("2", "1"), ("2", "3"), ("3", "2")}


def test_weights_directions_lone_nodes_and_order() -> None:
    graph = Graph.from_text("v10-v2:0.5, v1, v2-v3:2")
    assert graph.nodes == ("v1", "v2", "v3", "v10")
    assert graph.weights["v2", "v10"] == Fraction(1, 2)
    assert Graph.from_text("a>b, b>a, b->c").weights == {("a", "b"): 1, ("b", "a"): 1, ("b", "c"): 1}
    assert Graph.from_text("0, 1; 0, 0").directed
    assert Graph.from_text("1-2, 4-5, 3").components() == [["1", "2"], ["3"], ["4", "5"]]


# -- the Laplacian --------------------------------------------------------------------------------


def test_path_of_three_by_hand() -> None:
    solution = solved("laplacian", graph="1-2, 2-3")
    assert rows(solution.value("L")) == [[1, -1, 0], [-1, 2, -1], [0, -1, 1]]
    assert rows(solution.value("D")) == [[1, 0, 0], [0, 2, 0], [0, 0, 1]]
    assert rows(solution.value("L_rw")) == [[1, -1, 0], [Fraction(-1, 2), 1, Fraction(-1, 2)], [0, -1, 1]]
    assert list(solution.value("eigenvalues").flat) == [0, 1, 3]
    assert rows(solution.value("L_sym"))[0][1] == pytest.approx(-(0.5**0.5))
    screen = "\n".join(line.plain for line in solution_lines(solution, 80, Numerals()))
    assert "1/√(1 · 2)" in screen


@pytest.mark.parametrize(
    ("graph", "wanted"),
    [
        ("1-2, 2-3, 1-3", [0, 3, 3]),
        ("1-2, 2-3, 3-4, 1-4", [0, 2, 2, 4]),
        ("1-2, 1-3, 1-4, 2-3, 2-4, 3-4", [0, 4, 4, 4]),
        ("1-2, 1-3, 1-4", [0, 1, 1, 4]),
        ("1-2:1/2", [0, 1]),
        ("1-2:0.1, 2-3:0.1", [0, Fraction(1, 10), Fraction(3, 10)]),
        ("1-2, 3-4, 5", [0, 0, 0, 2, 2]),
    ],
)
def test_rational_eigenvalues_are_exact(graph: str, wanted: list[Any]) -> None:
    assert list(solved("laplacian", graph=graph).value("eigenvalues").flat) == wanted


def test_the_last_two_come_from_sum_and_squares() -> None:
    solution = solved("laplacian", graph="1-2, 2-3, 3-4")
    assert list(solution.value("eigenvalues").flat) == pytest.approx([0, 2 - 2**0.5, 2, 2 + 2**0.5])
    assert (solution.value("T"), solution.value("U")) == (4, 12)


def test_any_small_graph_has_numpy_s_spectrum() -> None:
    rng = Random(5)
    for _ in range(25):
        size = rng.randint(2, 8)
        edges = [
            f"{u}-{v}:{rng.choice(['1', '2', '0.3'])}" for u in range(size) for v in range(u) if rng.random() < 0.5
        ]
        solution = solved("laplacian", graph=", ".join([*edges, *map(str, range(size))]), normalised=False)
        laplacian = numpy.array([[float(entry) for entry in row] for row in rows(solution.value("L"))])
        mine = [float(entry) for entry in solution.value("eigenvalues").flat]
        assert mine == pytest.approx(list(numpy.linalg.eigvalsh(laplacian)), abs=1e-9)
        assert mine == sorted(mine)


def test_components_are_the_zeros() -> None:
    solution = solved("laplacian", graph="a-b, c-d, e")
    assert solution.value("components") == 3
    assert "3 components: a, b; c, d; e" in notes(solution)
    assert rows(solution.value("L_sym"))[4] == [0, 0, 0, 0, 0]


def test_quadratic_form_edge_by_edge() -> None:
    solution = solved("laplacian", graph="1-2:2, 2-3", x="1, 3, -1")
    assert solution.value("quadratic-form") == solution.value("Q") == 2 * 4 + 16
    assert (solution.value("e[1]"), solution.value("e[2]")) == (8, 16)
    assert solved("laplacian", graph="1-2, 3-4", x="5, 5, 2, 2").value("quadratic-form") == 0


def test_directions_leave_out_what_needs_symmetry() -> None:
    solution = solved("laplacian", graph="1>2, 2>3, 1>3")
    assert set(solution.answers) == {"A", "D", "L", "L_rw"}
    assert rows(solution.value("L")) == [[2, -1, -1], [0, 1, -1], [0, 0, 0]]


def test_letters_as_weights() -> None:
    solution = solved("laplacian", graph="1-2:a, 2-3:b")
    assert text(solution.value("L").flat[4]) == "a + b"
    assert "eigenvalues" not in solution.answers


def test_null_space_and_rotations() -> None:
    path = [[1, -1, 0], [-1, 2, -1], [0, -1, 1]]
    assert null_space(path) == [[1, 1, 1]]
    assert whole_eigenpairs(path, 4) == [(0, [1, 1, 1]), (1, [1, 0, -1]), (3, [1, -2, 1])]
    assert [value for value, _ in rotated(path)] == pytest.approx([0, 1, 3], abs=1e-12)


# -- a GCN layer ----------------------------------------------------------------------------------


def test_path_of_three_with_loops_by_hand() -> None:
    """Degrees with the loop 2, 3, 2; node 1 gathers ½ of its own and 1/√6 of node 2's."""
    solution = solved("gcn-layer", graph="1-2, 2-3", x="6; 0; 6", weight="1")
    assert [solution.value(f"d[{u}]") for u in "123"] == [2, 3, 2]
    assert list(solution.value("output").flat) == pytest.approx([3, 2 * 6 / 6**0.5, 3])
    assert solution.value("c[1,2]") == pytest.approx(6**-0.5)
    assert "node 2 gathers from 1, 2, 3" in solution.step("m[2]").why


def test_row_normalisation_is_the_mean() -> None:
    solution = solved("gcn-layer", graph="1-2, 2-3", x="6; 0; 3", normalisation="row")
    assert list(solution.value("output").flat) == [3, 3, Fraction(3, 2)]
    alone = solved("gcn-layer", graph="1-2, 2-3", x="6; 0; 3", normalisation="row", self_loops=False)
    assert list(alone.value("output").flat) == [0, Fraction(9, 2), 0]
    summed = solved("gcn-layer", graph="1-2, 2-3", x="6; 0; 3", normalisation="none")
    assert list(summed.value("output").flat) == [6, 9, 3]


def test_a_node_without_neighbours() -> None:
    given = {"graph": "1-2, 3", "x": "1, 1; 2, 2; 5, 5", "self_loops": False}
    assert rows(solved("gcn-layer", **given).value("output"))[2] == [0, 0]
    assert rows(solved("gcn-layer", graph="1-2, 3", x="1, 1; 2, 2; 5, 5").value("output"))[2] == [5, 5]


def test_activations_and_bias() -> None:
    given = {"graph": "1-2", "x": "2; 0", "weight": "-1, 1", "bias": "0, 1"}
    assert rows(solved("gcn-layer", **given).value("output")) == [[0, 2], [0, 2]]
    assert rows(solved("gcn-layer", **given, activation="none").value("output")) == [[-1, 2], [-1, 2]]
    soft = solved("gcn-layer", **given, activation="softmax").value("output")
    assert sum(rows(soft)[0]) == pytest.approx(1)


def test_letters_in_features_and_weights() -> None:
    solution = solved("gcn-layer", graph="1-2", x="a; b", weight="w", activation="none", normalisation="row")
    assert "w" in text(solution.value("output").flat[0])


def test_a_matrix_with_directions_goes_by_rows() -> None:
    given = {"graph": "0, 1; 0, 0", "x": "1; 5", "self_loops": False, "normalisation": "row"}
    assert list(solved("gcn-layer", **given).value("output").flat) == [5, 0]


@pytest.mark.parametrize("law", catalogue.load("gcn-layer").module.LAWS)
def test_laws_of_the_layer(law: str) -> None:
    for _, solution in contract.cases(catalogue.load("gcn-layer")):
        final: dict[str, Any] = {}
        for _, _, env in replay(solution):
            final = env
        assert contract.law_holds(law, final)


# -- bad input ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "given", "reason"),
    [
        ("laplacian", {"graph": ""}, "there is no edge"),
        ("laplacian", {"graph": "1-2-3"}, "is no edge"),
        ("laplacian", {"graph": "1-2, 2-1"}, "given twice"),
        ("laplacian", {"graph": "1-2:0"}, "above 0"),
        ("laplacian", {"graph": "1-2:nan"}, "nan"),
        ("laplacian", {"graph": "1-2:inf"}, "1-2:inf"),
        ("laplacian", {"graph": "1-2, 2>3"}, "direction"),
        ("laplacian", {"graph": "0, 1; 1, 0; 1, 1"}, "square"),
        ("laplacian", {"graph": "0, -1; -1, 0"}, "row 1, column 2"),
        ("laplacian", {"graph": ", ".join(f"{i}-{i + 1}" for i in range(20))}, "21 nodes"),
        ("laplacian", {"graph": "1-2", "nodes": "1"}, "nodes: 2"),
        ("laplacian", {"graph": "1-2", "nodes": "1, 2, 2"}, "twice"),
        ("laplacian", {"graph": "1-2", "x": "1, 2, 3"}, "x: 3 values for 2 nodes"),
        ("laplacian", {"graph": "1>2", "x": "1, 2"}, "directions"),
        ("gcn-layer", {"graph": "1-2", "x": "1; 2; 3"}, "x: 3 rows"),
        ("gcn-layer", {"graph": "1-2", "x": "1; 2", "weight": "1; 2"}, "weight: 2×1"),
        ("gcn-layer", {"graph": "1-2", "x": "1; 2", "bias": "1, 2"}, "bias: 2 for 1"),
        ("gcn-layer", {"graph": "1>2", "x": "1; 2"}, "matrix"),
        ("gcn-layer", {"graph": "0, 1; 0, 0", "x": "1; 2"}, "normalisation"),
        ("gcn-layer", {"graph": "1-2"}, "needs --x"),
    ],
)
def test_bad_input_names_the_argument(name: str, given: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        solved(name, **given)
