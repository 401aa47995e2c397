"""Back-propagation: what the contract of all solvers can't see."""

import math
import time
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from revise import catalogue
from revise.engines import exact
from revise.engines.text import text
from revise.errors import InputError
from revise.expression import Node, free_names, name, number, parse, postorder
from revise.solution import Solution, Step
from revise.solvers.networks import backprop

SOLVER = catalogue.load("backprop")
SIGMOID = "1/(1+exp(-(w0*x0+w1*x1+w2)))"
AT = "w0=2, x0=-1, w1=-3, x1=-2, w2=-3"


def solve(expression: str | Node, at: str | None = None, wrt: str | None = None) -> Solution:
    asked = {"expression": expression, "at": at, "wrt": wrt}
    return SOLVER.solve(**{key: value for key, value in asked.items() if value is not None})


def line(solution: Solution, word: str) -> str:
    """`df_dx = …`: the formula of a step, as text."""
    return text(solution.step(word).tree)


def notes(solution: Solution) -> list[str]:
    return [step.why for step in solution.steps if step.is_note]


def named(solution: Solution, title: str) -> list[Step]:
    return [step for step in solution.steps if step.key[0] == title] if solution.steps else []


# -- the graph ------------------------------------------------------------------------------------


def test_the_circuit_of_the_lecture_step_by_step() -> None:
    solution = solve("(x + y) z", "x=-2, y=5, z=-4")
    assert {word: solution.value(word) for word in solution.answers} == {
        "value": -12, "df/dx": -4, "df/dy": -4, "df/dz": 3,
    }  # fmt: skip
    assert line(solution, "v[1]") == "x + y"
    assert line(solution, "v[2]") == "v[1]·z"
    assert (line(solution, "g[2]"), solution.value("g[2]")) == ("1", 1)
    assert (line(solution, "g[1]"), solution.value("g[1]")) == ("g[2]·z", -4)
    assert line(solution, "df/dz") == "g[2]·v[1]"


def test_the_sigmoid_neuron_shows_forward_local_upstream_and_product() -> None:
    solution = solve(SIGMOID, AT)
    assert line(solution, "l[8]") == "−(1/v[7]²)"
    assert line(solution, "g[7]") == "g[8]·l[8]"
    assert line(solution, "g[5]") == "g[6]·v[6]"
    assert solution.value("g[7]") == pytest.approx(-1 / 1.3678794411714423**2)
    forward = [step for step in solution.steps if step.table == "forward"]
    assert [step.at["i"] for step in forward] == list(range(1, 9))
    assert len({step.at["i"] for step in solution.steps if step.name == "g[i]"}) == 8


def test_gradients_that_meet_are_shown_adding() -> None:
    solution = solve("x*y + x", "x=3, y=4")
    assert line(solution, "df/dx") == "g[1]·y + g[2]·1"
    assert solution.value("df/dx") == 5
    assert solution.step("df/dx").why == "two paths: their gradients add"


def test_a_square_typed_as_a_product_has_two_paths() -> None:
    solution = solve("x*x", "x=3")
    assert line(solution, "df/dx") == "g[1]·x + g[1]·x"
    assert solution.value("df/dx") == 6


def test_text_typed_twice_is_two_nodes_but_a_node_given_twice_is_one() -> None:
    twice = solve("(a+b)*(a+b)", "a=1, b=2")
    assert len([step for step in twice.steps if step.table == "forward"]) == 3
    shared = Node("+", (name("a"), name("b")))
    once = backprop.solve(Node("*", (shared, shared)), {"a": 1, "b": 2})
    assert len([step for step in once.steps if step.table == "forward"]) == 2
    assert line(once, "g[1]") == "g[2]·v[1] + g[2]·v[1]"
    assert once.step("g[1]").why == "two paths: their gradients add"
    assert once.value("df/da") == twice.value("df/da") == 6


def test_constants_stay_in_their_neighbours_formula_and_get_no_gradient() -> None:
    solution = solve("1/2*x^2 + (2+3*4)", "x=3")
    assert line(solution, "v[2]") == "1/2·v[1]"
    assert solution.value("value") == Fraction(37, 2)
    constants = {step.at["i"] for step in solution.steps if step.table == "forward" and not free_names(step.tree)}
    assert constants
    assert not constants & {step.at["i"] for step in solution.steps if step.table == "backward"}


def test_only_nodes_on_the_way_to_a_wanted_letter_are_visited() -> None:
    solution = solve("exp(a*b) + c*d", "a=1, b=2, c=3, d=4", "c")
    assert list(solution.answers) == ["value", "df/dc"]
    assert sorted(step.at["i"] for step in solution.steps if step.name == "g[i]") == [3, 4]


@pytest.mark.parametrize(
    ("expression", "slope"),
    [("x", 1), ("-x", -1), ("x + 0", 1), ("where(x > 1, 2, 3)", 0), ("where(x > 1, x^2, 3)", 6), ("max(x, 7)", 0)],
)
def test_the_smallest_graphs(expression: str, slope: int) -> None:
    assert solve(expression, "x=3").value("df/dx") == slope


def test_a_gate_that_routes_shows_one_and_nought() -> None:
    solution = solve("2*(x*y + max(z, w)) + relu(-x)", "x=3, y=-4, z=2, w=-1")
    assert (line(solution, "df/dz"), line(solution, "df/dw")) == ("g[2]·1", "g[2]·0")
    assert solution.step("df/dw").why == "max: 0, not the largest"
    assert solution.step("g[5]").why == "relu: 0, its input is not positive"


# -- names ----------------------------------------------------------------------------------------


def test_the_name_before_the_equals_sign_is_the_functions() -> None:
    solution = solve("L = (w*x - y)^2", "w=1, x=2, y=5")
    assert {word: solution.value(word) for word in solution.answers} == {
        "value": 9, "dL/dw": -12, "dL/dx": -6, "dL/dy": 6,
    }  # fmt: skip


def test_letters_called_like_the_steps_keep_their_values() -> None:
    solution = solve("v*i + g*f - l*r + j/(F + df_dx)", "v=2, i=3, g=5, f=7, l=11, r=13, j=1, F=1/2, df_dx=1/2")
    assert solution.value("value") == 2 * 3 + 5 * 7 - 11 * 13 + 1
    assert solution.value("dout/di" if "dout/di" in solution.answers else list(solution.answers)[2]) == 2
    for step, known in solution.walk():
        if step.name and not isinstance(step.value, Node):
            assert exact.evaluate(step.tree, known) == step.value


@pytest.mark.parametrize("letter", ["self", "x_1", "e", "pi", "lambda", "i", "name", "formula"])
def test_any_name_may_be_a_letter(letter: str) -> None:
    solution = solve(f"3*{letter}*y", f"{letter}=2, y=5")
    assert solution.value(f"df/d{letter}") == 15


def test_the_base_of_a_power_may_be_a_letter_called_e() -> None:
    solution = solve("e^x", "e=3, x=2")
    assert solution.value("df/dx") == pytest.approx(9 * math.log(3))
    assert (solution.value("df/de"), solution.value("df_de__")) == (6, 6)
    assert solution.value("df_dx__") == pytest.approx(9 * math.log(3))
    assert solve("e^x", "x=2").value("df/dx") == pytest.approx(math.e**2)


def test_e_is_a_number_unless_a_value_is_given() -> None:
    assert list(solve("e*x", "x=1").answers) == ["value", "df/dx"]


def test_the_gradient_as_one_formula_is_called_like_the_gradient() -> None:
    from revise.engines.latex import latex

    solution = solve("w_1*x0 + theta^2*w0", "w_1=2, x0=3, theta=1, w0=5")
    for letter in ("w_1", "x0", "theta", "w0"):
        (step,) = (step for step in solution.steps if step.name == f"df_d{letter}__")
        assert latex(name(step.name)) == latex(name(f"df_d{letter}"))
        assert latex(name(step.name)).startswith(r"\frac{\partial f}")
        assert step.value == solution.value(f"df/d{letter}")


@pytest.mark.parametrize(
    ("expression", "noted", "words"),
    [
        ("log(x)*y^x", True, {"multiplication swaps", "log x: 1/x", "a^x: a^x · log a", "power: n·x^(n − 1)"}),
        ("ln(x)*y^x", False, {"multiplication swaps", "ln x: 1/x", "a^x: a^x · ln a", "power: n·x^(n − 1)"}),
        ("ln(x) + log(y)", True, {"ln x: 1/x", "log x: 1/x"}),
        ("log2(x)", True, {"log₂ x: 1/(x log 2)"}),
        ("2^x", True, {"a^x: a^x · log a"}),
        ("x^2", False, {"x²: 2x"}),
    ],
)
def test_one_logarithm_in_formulas_and_words_and_which_one(expression: str, noted: bool, words: set[str]) -> None:
    given = {letter: 2 for letter in "xy" if letter in expression}
    solution = backprop.solve(parse(expression), given)
    assert ("log is the natural logarithm." in notes(solution)) is noted
    assert words <= {step.why for step in solution.steps} | {"multiplication swaps"}
    heads = {part.head for step in solution.steps if not step.is_note for part in postorder(step.tree)}
    assert ("log" in heads) is noted
    for word, value in backprop.reference(parse(expression), given).items():
        assert float(solution.value(word)) == pytest.approx(value)


# -- letters --------------------------------------------------------------------------------------


def test_letters_go_all_the_way() -> None:
    solution = solve("(x + y) z")
    shown = {word: solution.value(word) for word in ("df/dx", "df/dz")}
    assert {word: text(value) for word, value in shown.items()} == {"df/dx": "z", "df/dz": "x + y"}


def test_some_letters_may_be_left_out() -> None:
    solution = solve("(x + y) z", "z=-4")
    assert solution.value("df/dx") == -4
    assert text(solution.value("df/dz")) == "x + y"


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_with_letters_the_gradient_is_the_one_with_numbers(seed: int) -> None:
    question = SOLVER.sample(Random(seed))
    numeric = SOLVER.solve(**question)
    symbolic = SOLVER.solve(expression=question["expression"])
    for word in numeric.answers:
        tree = symbolic.value(word)
        value = exact.evaluate(tree, numeric.given) if isinstance(tree, Node) else tree
        assert float(value) == pytest.approx(float(numeric.value(word)), rel=1e-9, abs=1e-9), (question, word)


# -- the second opinion -----------------------------------------------------------------------------

_LEAVES = st.sampled_from(["x", "y", "z"]).map(name) | st.integers(1, 4).map(number)
_UNARY = st.sampled_from(["neg", "exp", "tanh", "sigmoid", "sin", "cos", "softplus", "erf"])
_BINARY = st.sampled_from(["+", "-", "*"])


def _grown(below: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    one = st.builds(lambda head, a: Node(head, (a,)), _UNARY, below)
    two = st.builds(lambda head, a, b: Node(head, (a, b)), _BINARY, below, below)
    quotient = st.builds(lambda a, b: Node("/", (a, Node("+", (number(2), Node("^", (b, number(2))))))), below, below)
    root = st.builds(lambda a: Node("sqrt", (Node("+", (number(1), Node("^", (a, number(2))))),)), below)
    raised = st.builds(lambda a, n: Node("^", (a, number(n))), below, st.integers(1, 3))
    return one | two | quotient | root | raised


EXPRESSIONS = st.recursive(_LEAVES, _grown, max_leaves=12)
POINTS = st.fractions(-2, 2, max_denominator=8).filter(bool)


@settings(max_examples=200, deadline=None)
@given(EXPRESSIONS, POINTS, POINTS, POINTS)
def test_random_graphs_agree_with_autograd(root: Node, x: Any, y: Any, z: Any) -> None:
    letters = [letter for letter in free_names(root) if letter in "xyz"]
    if not letters:
        return
    at = {letter: value for letter, value in {"x": x, "y": y, "z": z}.items() if letter in letters}
    try:
        solution = backprop.solve(root, at)
    except InputError as fault:
        assert "too large" in str(fault)
        return
    theirs = backprop.reference(root, at)
    assert set(theirs) == set(solution.answers)
    for word, value in theirs.items():
        if abs(value) < 1e12:
            assert float(solution.value(word)) == pytest.approx(value, rel=1e-7, abs=1e-7), (text(root), at, word)
    for letter in letters:
        beside = next((step.value for step in solution.steps if step.name == f"df_d{letter}__"), None)
        if beside is not None and abs(beside) < 1e12:
            assert float(beside) == pytest.approx(float(solution.value(f"df/d{letter}")), rel=1e-7, abs=1e-7)


# -- kinks ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "at", "head", "slopes"),
    [
        ("relu(x)*y", "x=0, y=2", "relu", {"x": 0, "y": 0}),
        ("abs(x - y)", "x=2, y=2", "abs", {"x": 0, "y": 0}),
        ("floor(x)*y", "x=2, y=1", "floor", {"x": 0, "y": 2}),
        ("round(x) + x", "x=5/2", "round", {"x": 1}),
        ("max(x, y)", "x=1, y=1", "max", {"x": 1, "y": 0}),
        ("min(x, y, 3)", "x=3, y=4", "min", {"x": 0, "y": 0}),
        ("max(0, 1 - x*y)", "x=2, y=1/2", "max", {"x": 0, "y": 0}),
        ("max(x, y, x*y/2)", "x=2, y=2", "max", {"x": 1, "y": 0}),
        ("max(x, x)", "x=3", "max", {"x": 1}),
    ],
)
def test_the_convention_at_a_kink_is_said(expression: str, at: str, head: str, slopes: dict[str, int]) -> None:
    solution = solve(expression, at)
    assert len([note for note in notes(solution) if note.startswith(f"{head} has no derivative")]) == 1
    assert {letter: solution.value(f"df/d{letter}") for letter in slopes} == slopes
    if head not in ("max", "min"):
        for word, value in SOLVER.reference({"expression": expression, "at": at}).items():
            assert float(solution.value(word)) == pytest.approx(value)


@pytest.mark.parametrize("head", ["max", "min"])
@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(-2, 2), min_size=3, max_size=3))
def test_ties_hand_out_the_gradient_once(head: str, values: list[int]) -> None:
    """With the gradient of each operand 1, the sum of the shares is 1 whoever is equal."""
    at = dict(zip("xyz", values, strict=True))
    solution = backprop.solve(parse(f"{head}(x, y, z)"), at)
    shares = [solution.value(f"df/d{letter}") for letter in "xyz"]
    assert sorted(shares) == [0, 0, 1]
    assert values[shares.index(1)] == solution.value("value")


def test_a_gradient_that_does_not_exist_leaves_the_others() -> None:
    solution = solve("(-x)^y * x", "x=2, y=2")
    assert {word: solution.value(word) for word in solution.answers} == {"value": 8, "df/dx": 12}
    (note,) = [note for note in notes(solution) if "df/dy" in note]
    assert note.startswith("df/dy does not exist at this point: v[2] = v[1]^y = (−2)² has no derivative there")
    below = solve("sqrt(2*x*y)*z", "x=0, y=1, z=3")
    assert list(below.answers) == ["value", "df/dz"]
    assert [note[:5] for note in notes(below)] == ["df/dx", "df/dy"]
    assert not {step.at["i"] for step in below.steps if step.table == "backward"} & {1, 2}


def test_at_a_tie_the_reference_says_nothing_of_the_gradients() -> None:
    for expression, ties in [("max(x, y)*z", True), ("max(x, y)*min(z, 5)", True), ("max(x, z)", False)]:
        at = ", ".join(part for part in ("x=2", "y=2", "z=3") if part[0] in expression)
        answers = SOLVER.reference({"expression": expression, "at": at})
        assert (list(answers) == ["value"]) is ties
    assert any("--check compares the value only" in note for note in notes(solve("max(x, y)", "x=1, y=1")))


@pytest.mark.parametrize(
    ("expression", "at"), [("relu(x)", "x=1"), ("abs(x)", "x=-1"), ("max(x, y)", "x=1, y=2"), ("floor(x)", "x=1/2")]
)
def test_away_from_the_kink_nothing_is_said(expression: str, at: str) -> None:
    assert not notes(solve(expression, at))


def test_with_letters_the_convention_is_said() -> None:
    assert any("relu" in note for note in notes(solve("relu(x)*y")))


# -- a long chain -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chain", "letters"),
    [("x" + " + x" * 5000, "x"), ("tanh(" * 5000 + "x*y" + ")" * 5000, "xy"), ("x" + "*1.0001" * 5000, "x")],
    ids=["a branch at each", "nested", "a product"],
)
def test_five_thousand_operations_from_a_file(tmp_path: Path, chain: str, letters: str) -> None:
    path = tmp_path / "chain.txt"
    path.write_text(chain, encoding="utf-8")
    question = {"expression": f"@{path}", "at": ", ".join(f"{letter}=1/2" for letter in letters)}
    start = time.perf_counter()
    solution = SOLVER.solve(**question)
    assert time.perf_counter() - start < 60  # seconds; a few on any machine of this decade
    for word, value in SOLVER.reference(question).items():
        assert float(solution.value(word)) == pytest.approx(value, rel=1e-9)
    assert any("not written out" in note for note in notes(solution))
    assert not any(step.name.endswith("__") for step in solution.steps)


def test_a_long_chain_with_letters_is_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "chain.txt"
    path.write_text("x" + "*x" * 5000, encoding="utf-8")
    with pytest.raises(InputError, match="give numbers for x with --at"):
        solve(f"@{path}")


# -- errors -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "at", "wrt", "said"),
    [
        ("x*y", "x=1, z=2", None, "at: z does not occur; the letters are x, y"),
        ("x*y", "x=1, y=2", "z", "wrt: z does not occur"),
        ("x*y", "x=1, y=2", "x, x", "named twice"),
        ("x*y", "x=2*a, y=2", None, "holds letters"),
        ("log(x - 1)", "x=1", None, "v[2] = log(v[1]) = log(0) has no value: a logarithm of zero"),
        ("y/(x - 1)", "x=1, y=2", None, "v[2] = y/v[1] = 2/0 has no value: a division by zero"),
        ("sqrt(x - 1)*y", "x=1, y=2", "x", "v[2] = sqrt(v[1])"),
        ("(-x)^y", "x=2, y=2", "y", "v[2] = v[1]^y = (−2)² has no derivative there: a logarithm of a number that"),
        ("√(−x²)", None, None, "v[3] = sqrt(v[2]) = sqrt(−x²) has no value: the square root of a negative number"),
        ("√(−x²)*y", None, None, "v[3] = sqrt(v[2])"),
        ("exp(x)", "x=1000", None, "too large"),
        ("2 + 3", None, None, "no letter"),
        ("x = x + 1", "x=1", None, "both sides"),
        ("x + 1 = 2", "x=1", None, "only a name"),
        ("x > 1", "x=1", None, "a comparison"),
        ("[x, 1] @ [2, 3]", "x=1", None, "each node here is a single number"),
        ("sum([x, 2])", "x=1", None, "sum works on arrays; each node here is a single number"),
        ("softmax([x, 2])", "x=1", None, "single number"),
        ("x[0]", "x=1", None, "single number"),
    ],
)
def test_errors_say_what_and_where(expression: str, at: str | None, wrt: str | None, said: str) -> None:
    with pytest.raises(InputError) as fault:
        solve(expression, at, wrt)
    assert said in str(fault.value)


# -- mistakes -----------------------------------------------------------------------------------------


def test_mistakes_are_named_and_give_other_values() -> None:
    solution = solve(SIGMOID, AT)
    found = backprop.mistakes(solution)
    assert text(found["l[8]"]["the minus is forgotten"]) == "1/v[7]²"
    assert text(found["df_dw0"]["multiplied by its own value, but a product swaps"]) == "g[1]·w₀"
    branch = backprop.mistakes(solve("x*y + x", "x=3, y=4"))
    assert text(branch["df_dx"]["only one path is counted, but gradients add at a branch"]) == "g[1]·y"
    for step, known in solution.walk():
        for wrong in found.get(f"{step.key[0]}[{step.key[1]}]" if step.name and step.at else step.name, {}).values():
            assert not math.isclose(exact.evaluate(wrong, known), step.value)


def test_a_plain_question_has_a_line_for_each_node_and_letter() -> None:
    """Seven operations and one for the minus: what is handed in stays on a page."""
    solution = solve(SIGMOID, AT)
    assert len(solution.steps) == 8 + 1 + 8 + 1 + 5 + 5
    assert parse("x").head == "name"
