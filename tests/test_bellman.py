"""Bellman equations: published values, letters, policies, and when there is no solution."""

from cProfile import Profile
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from pstats import Stats
from random import Random

import numpy as np
import pytest

from revise import catalogue
from revise.engines import exact
from revise.engines.text import text
from revise.errors import InputError
from revise.expression import Node, name, number, parse, substitute
from revise.mdp import MDP
from revise.solution import Solution, neutral
from revise.solvers.reinforcement import bellman

TWO = """
gamma = 0.5
transition = [
    { from = "A", to = "B", p = 1, reward = 2 },
    { from = "B", to = "A", p = 0.5, reward = 0 },
    { from = "B", to = "B", p = 0.5, reward = 4 },
]
"""


def process(rows: str, rest: str = "") -> MDP:
    """Rows such as `A go B 1/2 -1` (or without an action) as an MDP."""
    lines = []
    for row in rows.split(";"):
        start, *action, after, p, reward = row.split()
        chosen = f'action = "{action[0]}", ' if action else ""
        lines.append(f'{{ from = "{start}", {chosen}to = "{after}", p = "{p}", reward = {reward} }}')
    return MDP.from_toml(f"transition = [{', '.join(lines)}]\n{rest}")


def values(solution: Solution) -> dict[str, object]:
    return {word: solution.value(word) for word in solution.answers}


def equations(solution: Solution) -> list[str]:
    lines = zip(solution.steps, solution.written(), strict=True)
    return [text(line) for step, line in lines if step.is_equation]


def notes(solution: Solution) -> str:
    return " ".join(step.why for step in solution.steps if step.is_note)


def matrix(solution: Solution) -> list[list[object]]:
    """The rows of P, in the order of the states."""
    return [solution.value(f"P[{i}]").nested() for i in range(len(solution.answers))]


def rewards(solution: Solution) -> list[object]:
    return [solution.value(f"R[{i}]") for i in range(len(solution.answers))]


def shown(solution: Solution) -> str:
    from revise.numerals import Numerals
    from revise.render.solution import solution_lines

    return "\n".join(line.plain for line in solution_lines(solution, 80, Numerals()))


# -- by hand ----------------------------------------------------------------------------------------


def test_two_states_by_hand() -> None:
    """V(A) = 2 + V(B)/2 and V(B) = (0 + V(A)/2)/2 + (4 + V(B)/2)/2 give V(B) = 2 + V(A)/4 + V(B)/4."""
    solution = bellman.solve(MDP.from_toml(TWO))
    assert values(solution) == {"A": 4, "B": 4}
    assert equations(solution) == ["V[A] = 2 + 0.5·V[B]", "V[B] = 0.5·(0 + 0.5·V[A]) + 0.5·(4 + 0.5·V[B])"]
    assert solution.step("v").claim.holds == "v = R + gamma*(P @ v)"
    assert matrix(solution) == [[0, 1], [Fraction(1, 2), Fraction(1, 2)]]
    assert rewards(solution) == [2, 2]


def test_a_loop_is_a_geometric_series() -> None:
    loop = process("A A 1 3")
    assert values(bellman.solve(loop, Fraction(9, 10))) == {"A": 30}
    symbolic = bellman.solve(loop, name("gamma")).value("A")
    assert [exact.evaluate(symbolic, {"gamma": Fraction(1, n)}) for n in (2, 3, 4)] == [6, Fraction(9, 2), 4]


def test_the_equations_of_a_policy_weigh_the_actions() -> None:
    mdp = process(
        "A go B 1 2; A stay A 1 -1; B go A 1/2 1; B go B 1/2 1", 'gamma = 0.5\nactions = { order = ["go", "stay"] }'
    )
    solution = bellman.solve(mdp)
    assert equations(solution) == [
        "V[A] = 0.5·(2 + 0.5·V[B]) + 0.5·(−1 + 0.5·V[A])",
        "V[B] = 1 + 0.5·(0.5·V[A] + 0.5·V[B])",
    ]
    assert "uniform" in notes(solution)
    assert matrix(solution) == [[Fraction(1, 2), Fraction(1, 2)]] * 2
    assert rewards(solution) == [Fraction(1, 2), 1]
    assert values(solution) == {"A": Fraction(5, 4), "B": Fraction(7, 4)}


def test_the_file_s_policy_unless_uniform_is_asked_for() -> None:
    mdp = process("A go End 1 6; A stay A 1 0", 'gamma = 0.5\npolicy = { A = "go" }\nstates = { terminal = ["End"] }')
    given = bellman.solve(mdp)
    assert values(given) == values(bellman.solve(mdp, policy="given")) == {"A": 6, "End": 0}
    assert equations(given) == ["V[A] = 6 + 0.5·V[End]", "V[End] = 0"]
    assert "[policy]" in notes(given)
    assert values(bellman.solve(mdp, policy="uniform")) == {"A": 4, "End": 0}


def test_a_closing_reward_is_the_value_of_the_end() -> None:
    mdp = process("A End 1 -1", "gamma = 0.5\nstates = { terminal = { End = 10 } }")
    solution = bellman.solve(mdp)
    assert values(solution) == {"A": 4, "End": 10}
    assert equations(solution)[1] == "V[End] = 10"
    assert rewards(solution) == [-1, 10]
    assert "ending there" in solution.step("R[1]").why


def test_states_called_like_the_index_letters() -> None:
    """V(t) = 4 + V(t)/2 = 8 and V(s) = 1 + V(t)/2 = 5."""
    solution = bellman.solve(process("s t 1 1; t t 1 4", "gamma = 0.5"))
    assert values(solution) == {"s": 5, "t": 8}
    assert solution.step("s").at["s"] == "s"
    assert shown(solution).endswith("Answer\n  s  5\n  t  8")
    letters = ["s", "n", "a", "i", "V", "P", "R"]
    ring = "; ".join(f"{start} {after} 1 {place}" for place, (start, after) in enumerate(pairwise([*letters, "s"])))
    named = bellman.solve(process(ring, "gamma = 0.5"))
    plain = bellman.solve(process("0 1 1 0; 1 2 1 1; 2 3 1 2; 3 4 1 3; 4 5 1 4; 5 6 1 5; 6 0 1 6", "gamma = 0.5"))
    assert list(values(named).values()) == list(values(plain).values())


# -- what is shown ----------------------------------------------------------------------------------


def test_p_and_r_are_one_table_with_the_states_names() -> None:
    mdp = process("A go B 1 2; A stay A 1 -1; B go A 1 1", "gamma = 0.5")
    lines = shown(bellman.solve(mdp)).splitlines()
    start = lines.index("Transitions and rewards")
    assert lines[start + 1].strip().startswith("Pᵢ = (∑_(a∈A) π_(s,a) p_(s,a,n))_(n∈S)")
    table = [line.split(maxsplit=2) for line in lines[start:] if line[:2] in ("A ", "B ")][:2]
    assert table == [["A", "0", "[0.5, 0.5]  0.5 · 2 + 0.5 · (−1) = 0.5"], ["B", "1", "[1, 0]      1 · 1 = 1"]]
    assert "((" not in "".join(lines)
    assert "r_(B,stay)" not in "".join(lines), "B has no such action"


def test_values_are_fractions_with_their_decimals() -> None:
    assert "\n  A  28/9 ≈ 3.1111" in shown(bellman.solve(process("A A 3/4 1; A B 1/4 3; B A 1 2"), Fraction(1, 2)))


def test_cells_of_a_drawn_world_are_explained() -> None:
    world = MDP.from_world("gamma = 0.5\nreward = leaving\n\n.+\n")
    assert "A cell is (column, row), counted from the lower left." in notes(bellman.solve(world))
    assert "lower left" not in notes(bellman.solve(MDP.from_toml(TWO)))


# -- published --------------------------------------------------------------------------------------


def test_the_five_by_five_grid_of_sutton_and_barto() -> None:
    """Example 3.5 and figure 3.2: A → A' earns 10, B → B' earns 5, leaving the grid -1, gamma 0.9."""
    moves = {"north": (-1, 0), "south": (1, 0), "east": (0, 1), "west": (0, -1)}
    jumps = {(0, 1): ((4, 1), 10), (0, 3): ((2, 3), 5)}
    rows = {}
    cells = [(i, j) for i in range(5) for j in range(5)]
    for cell in cells:
        for action, (di, dj) in moves.items():
            reached = (cell[0] + di, cell[1] + dj)
            after, reward = jumps.get(cell, (reached, 0) if reached in cells else (cell, -1))
            rows[str(cell), action, str(after)] = (1, reward)
    solution = bellman.solve(MDP(tuple(map(str, cells)), rows, tuple(moves), Fraction(9, 10)))
    published = """
         3.3  8.8  4.4  5.3  1.5
         1.5  3.0  2.3  1.9  0.5
         0.1  0.7  0.7  0.4 -0.4
        -1.0 -0.4 -0.4 -0.6 -1.2
        -1.9 -1.3 -1.2 -1.4 -2.0
    """
    mine = [float(solution.value(str(cell))) for cell in cells]
    assert np.abs(np.array(published.split(), float) - mine).max() < 0.05 + 1e-9


def test_examples_are_the_slides() -> None:
    for given, expected in bellman.EXAMPLES:
        solution = bellman.solve(**given)
        for state, value in expected.items():
            decimals = len(value.partition(".")[2]) if isinstance(value, str) else 12
            assert abs(Fraction(solution.value(state)) - Fraction(value)) <= Fraction(1, 2 * 10**decimals)


# -- another road -----------------------------------------------------------------------------------


def test_against_a_linear_solve_on_processes_that_may_never_end() -> None:
    rng = Random(3)
    for _ in range(30):
        size = rng.randint(1, 5)
        names = [f"s_{i}" for i in range(size)]
        P, r = np.zeros((size, size)), np.zeros((size, size))
        rows = {}
        for i in range(size):
            ends = rng.sample(range(size), min(size, 2))
            shares = [Fraction(1)] if len(ends) == 1 else [Fraction(1, 4), Fraction(3, 4)]
            for j, share in zip(ends, shares, strict=True):
                reward = rng.randint(-5, 5)
                rows[names[i], None, names[j]] = (share, reward)
                P[i, j], r[i, j] = share, reward
        solution = bellman.solve(MDP(tuple(names), rows, (), Fraction(9, 10)))
        expected = np.linalg.solve(np.eye(size) - 0.9 * P, (P * r).sum(1))
        assert list(solution.answers) == names
        assert np.allclose([float(solution.value(state)) for state in names], expected)


def test_the_letter_gives_what_the_number_gives() -> None:
    for seed in range(8):
        given = bellman.sample(Random(seed))
        letter = bellman.solve(given["mdp"], name("g"))
        for gamma in (Fraction(1, 3), Fraction(9, 10)):
            numeric = bellman.solve(given["mdp"], gamma)
            for state in given["mdp"].states:
                value = letter.value(state)
                value = exact.evaluate(value, {"g": gamma}) if isinstance(value, Node) else value
                assert value == numeric.value(state), (seed, state)


def test_gamma_may_be_a_formula() -> None:
    value = bellman.solve(process("A A 1 1"), parse("1 - x")).value("A")
    assert exact.evaluate(substitute(value, {"x": number(Fraction(1, 4))}), {}) == 4


@pytest.mark.parametrize("mistake", list(bellman.MISTAKES["v"]))
def test_each_mistake_is_one(mistake: str) -> None:
    solution = bellman.solve(process("A B 1 2; B A 1/2 -1; B B 1/2 4"), Fraction(9, 10))
    env = {key: solution.value(key) for key in "Mv"} | dict(solution.given)
    env |= {"P": neutral(matrix(solution)), "R": neutral(rewards(solution))}
    formula = parse(bellman.MISTAKES["v"][mistake])
    try:
        assert exact.evaluate(formula, env) != solution.value("v")
    except exact.Undefined:
        assert mistake == "gamma is forgotten"  # without a discount this process has no finite value


def test_sixty_dense_states_are_little_work_and_stay_right() -> None:
    """Elimination in Fractions, and every row asking every row what the rewards depend on, took 30 million calls."""
    size, rng, rows = 60, Random(1), {}
    for i in range(size):
        weights = [rng.randint(1, 20) for _ in range(size)]
        for j, weight in enumerate(weights):
            rows[str(i), None, str(j)] = Fraction(weight, sum(weights)), rng.randint(-5, 9)
    mdp = MDP(tuple(map(str, range(size))), rows, (), Fraction(9, 10))
    with Profile() as profile:
        solution = bellman.solve(mdp)
    assert Stats(profile).total_calls < 6_000_000  # type: ignore[attr-defined]
    expected = bellman.reference(mdp)
    assert all(abs(float(solution.value(state)) - value) < 1e-9 for state, value in expected.items())


def test_a_singular_system_says_so() -> None:
    for rows in ([[1, 2], [2, 4]], [[Fraction(1, 3), 1], [1, 3]], [[0.5, 1], [1.0, 2]], [[0, 0], [0, 1]]):
        with pytest.raises(exact.Undefined, match="singular matrix: the equations have no single solution"):
            exact.FIELD.linear("solve", rows, [[1], [1]])
        assert exact.FIELD.linear("det", rows, []) == [[0]]


def test_elimination_is_exact_and_knows_its_limits() -> None:
    rng = Random(5)

    def drawn() -> Fraction:
        return Fraction(rng.randint(-9, 9), rng.randint(1, 9))

    for size in (1, 2, 3, 5, 8):
        for _ in range(10):
            rows = [[drawn() for _ in range(size)] for _ in range(size)]
            rows[0][0] = Fraction(0) if size > 1 else Fraction(2)
            x = [[drawn(), drawn()] for _ in range(size)]
            right = [
                [sum(a * b for a, b in zip(row, col, strict=True)) for col in zip(*x, strict=True)] for row in rows
            ]
            if np.linalg.matrix_rank(np.array(rows, float)) < size:
                continue
            assert exact.FIELD.linear("solve", rows, right) == x
            determinant = exact.FIELD.linear("det", rows, [])[0][0]
            assert float(determinant) == pytest.approx(np.linalg.det(np.array(rows, float)), rel=1e-9)
    long = [
        [Fraction(1, 3**k + 2 * j) + 2 * (j + 100 == k) for j in range(40)] for k in range(100, 140)
    ]  # too long for whole numbers
    assert all(isinstance(row[0], float) for row in exact.FIELD.linear("solve", long, [[1]] * 40)[:1])


# -- gamma = 1 --------------------------------------------------------------------------------------


def test_undiscounted_with_an_end_declared_or_absorbing() -> None:
    declared = process("A A 1/2 -1; A End 1/2 -1", 'states = { terminal = ["End"] }')
    absorbing = process("A A 1/2 -1; A End 1/2 -1; End End 1 0")
    assert values(bellman.solve(declared, 1)) == values(bellman.solve(absorbing, 1)) == {"A": -2, "End": 0}


def test_undiscounted_a_class_without_rewards_is_worth_nothing() -> None:
    idle = process("A B 1 5; B C 1 0; C B 1/2 0; C C 1/2 0")
    solution = bellman.solve(idle, 1)
    assert values(solution) == {"A": 5, "B": 0, "C": 0}
    assert bellman.reference(idle, 1) == {"A": 5, "B": 0, "C": 0}
    assert "never left" in " ".join(step.why for step in solution.steps)


def test_undiscounted_a_recurrent_class_that_earns_has_no_value() -> None:
    for rows in ("A B 1 5; B C 1 0; C B 1 1", "A B 1 5; B C 1 -1; C B 1 1"):
        with pytest.raises(InputError) as fault:
            bellman.solve(process(rows), 1)
        assert "gamma = 1" in str(fault.value)
        assert "Once in B, C, the process never leaves (a recurrent class)" in str(fault.value)
    assert "from=C" in str(fault.value) or "from=B" in str(fault.value)


def test_whether_it_ends_depends_on_the_policy() -> None:
    mdp = process("A go End 1 1; A stay A 1 1", 'states = { terminal = ["End"] }\npolicy = { A = "stay" }')
    assert values(bellman.solve(mdp, 1, "uniform")) == {"A": 2, "End": 0}
    with pytest.raises(InputError, match="Once in A, the process never leaves"):
        bellman.solve(mdp, 1, "given")


# -- what is refused --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gamma", "policy", "reason"),
    [
        (Fraction(11, 10), None, "gamma is a number from 0 to 1, not 11/10"),
        (-1, None, "gamma is a number from 0 to 1, not -1"),
        (None, "given", "policy: this is a reward process"),
        (None, "uniform", "policy: this is a reward process"),
    ],
)
def test_refused(gamma: object, policy: object, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        bellman.solve(MDP.from_toml(TWO), gamma, policy)


def test_no_gamma_and_no_policy_are_named() -> None:
    with pytest.raises(InputError, match=r"--gamma 0.9, or --gamma gamma"):
        bellman.solve(process("A A 1 1"))
    with pytest.raises(InputError, match=r"no table \[policy\]"):
        bellman.solve(process("A go A 1 1"), Fraction(1, 2), "given")


@pytest.mark.parametrize("letter", ["P", "V", "N", "S", "p", "r", "M", "v", "R"])
def test_a_letter_that_means_something_here_is_refused(letter: str) -> None:
    with pytest.raises(InputError, match=rf"the letter {letter} means something else"):
        bellman.solve(MDP.from_toml(TWO), name(letter))


@pytest.mark.parametrize("word", ["nan", "inf", "infinity", "Infinity", "NaN"])
def test_a_word_for_no_number_is_no_discount(word: str) -> None:
    with pytest.raises(InputError, match=f"gamma: {word} is no discount"):
        bellman.solve(MDP.from_toml(TWO), name(word))
    with pytest.raises(InputError, match="gamma is a number from 0 to 1, not nan"):
        bellman.solve(MDP.from_toml(TWO), float("nan"))


def test_a_number_is_taken_where_the_file_has_a_letter() -> None:
    mdp = process("A A 1 1", 'gamma = "gamma"')
    assert values(bellman.solve(mdp, Fraction(1, 2))) == {"A": 2}
    assert bellman.reference(mdp, Fraction(1, 2)) == {"A": 2}
    with pytest.raises(InputError, match="needs a number"):
        bellman.reference(mdp)
    assert bellman.DOMAIN["gamma"] == (0, 1)


def test_a_letter_in_the_file_is_checked_with_numbers_from_its_domain() -> None:
    from revise.checking import check

    solver, mdp = catalogue.load("bellman"), process("A A 1/2 1; A B 1/2 2; B A 1 3", 'gamma = "gamma"')
    lines = check(solver, {"mdp": mdp}, bellman.solve(mdp))
    assert len(lines) == 3
    assert all(right and line.startswith("✓") and "agree" in line for line, right in lines)


def test_too_many_states_point_elsewhere() -> None:
    ring = MDP(tuple(map(str, range(61))), {(str(i), None, str((i + 1) % 61)): (1, 1) for i in range(61)})
    with pytest.raises(InputError, match=r"61 states.*policy-evaluation"):
        bellman.solve(ring, Fraction(1, 2))
    smaller = MDP(tuple(map(str, range(16))), {(str(i), None, str((i + 1) % 16)): (1, 1) for i in range(16)})
    with pytest.raises(InputError, match=r"16 states.*with a letter.*15"):
        bellman.solve(smaller, name("gamma"))


def test_texts_are_read_as_the_command_line_gives_them(tmp_path: Path) -> None:
    path = tmp_path / "mdp.toml"
    path.write_text(TWO)
    solution = catalogue.load("bellman").solve(mdp=str(path), gamma="gamma")
    assert exact.evaluate(solution.value("A"), {"gamma": Fraction(1, 2)}) == 4


def test_undiscounted_rewards_that_cancel_on_average_are_worth_nothing() -> None:
    mdp = process("A A 1/4 3; A B 3/4 -1; B A 1 0")
    assert values(bellman.solve(mdp, 1)) == {"A": 0, "B": 0}
