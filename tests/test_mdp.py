"""MDP files: what they mean, and the sentence for each thing that can be wrong with one."""

import io
import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from revise.errors import InputError
from revise.expression import Node
from revise.mdp import MDP

CHAIN = """
gamma = 0.9
[[transition]]
from = "A"
to = "A"
p = "1/3"
reward = 0.1
[[transition]]
from = "A"
to = "B"
p = "2/3"
reward = -1
[states]
terminal = ["B"]
"""
CHOICE = """
gamma = "g"
transition = [
    { from = "A", action = "go", to = "B", p = 1, reward = 2 },
    { from = "A", action = "stay", to = "A", p = 1, reward = 0 },
    { from = "B", action = "go", to = "A", p = 0.25, reward = 1 },
    { from = "B", action = "go", to = "B", p = 0.75, reward = 1 },
]
actions = { order = ["stay", "go"] }
policy = { A = "go", B = { go = 1 } }
"""
WORLD = """
slip = 0.2
living-reward = -0.04
gamma = 1
reward = leaving

...+
.#.-
S...
"""


def test_decimals_and_fractions_are_exact() -> None:
    mdp = MDP.from_toml(CHAIN)
    assert mdp.gamma == Fraction(9, 10)
    assert mdp.states == ("A", "B")
    assert mdp.actions == ()
    assert mdp.terminal == {"B": 0}
    assert mdp.transitions == {
        ("A", None, "A"): (Fraction(1, 3), Fraction(1, 10)),
        ("A", None, "B"): (Fraction(2, 3), -1),
    }


def test_actions_policy_and_a_letter() -> None:
    mdp = MDP.from_toml(CHOICE)
    assert mdp.actions == ("stay", "go")
    assert mdp.policy == {"A": {"go": 1}, "B": {"go": 1}}
    assert isinstance(mdp.gamma, Node)
    assert mdp.available() == {"A": ("stay", "go"), "B": ("go",)}


def test_order_closing_rewards_numbered_states_and_no_gamma() -> None:
    mdp = MDP.from_toml(
        'transition = [{ from = 1, to = "end", p = 1, reward = 3 }]\n'
        '[states]\norder = ["end", 1]\nterminal = { end = 0.5 }'
    )
    assert mdp.states == ("end", "1")
    assert mdp.terminal == {"end": Fraction(1, 2)}
    assert mdp.gamma is None


def test_a_row_of_probability_zero_is_no_transition() -> None:
    mdp = MDP.from_toml(
        'transition = [{ from = "A", to = "A", p = 1, reward = 3 }, { from = "A", to = "B", p = 0, reward = 3 }]\n'
        'states = { terminal = ["B"] }'
    )
    assert list(mdp.transitions) == [("A", None, "A")]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('p = "2/3"', "p = 0.6", "from=A: the probabilities sum to 14/15, not 1"),
        ('p = "2/3"', "p = 0.667", 'from=A: the probabilities sum to 3001/3000, not 1 (thirds are written "1/3")'),
        ('p = "2/3"', "p = -0.1", "from=A, to=B: p = -0.1 is no probability"),
        ('p = "2/3"', "p = 1.5", "from=A, to=B: p = 1.5 is no probability"),
        ('p = "2/3"', 'p = "q"', "transition 2 (from=A, to=B): p: q is no number"),
        ('p = "2/3"', 'p = "sqrt(1/2)"', "is no number or fraction"),
        ('p = "2/3"\n', "", "transition 2 (from=A, to=B): p is missing"),
        ("reward = -1", "reward = inf", "transition 2 (from=A, to=B): reward: inf is no number"),
        ("reward = -1", "reward = 1e999999999", "reward: 1e999999999 is no number"),
        ("reward = -1", "reward = true", "reward: True is no number"),
        ("reward = -1", "rewrad = -1", "transition 2: there is no key rewrad; did you mean reward?"),
        ('to = "B"', 'to = "Bee"', "from=A, to=Bee: there is no state Bee"),
        ('to = "B"', 'to = "A"', "transition 2 (from=A, to=A): this row is there already"),
        ('terminal = ["B"]', 'order = ["A", "B"]', "from=B: nothing follows; give it a row, or list it"),
        ('terminal = ["B"]', 'terminal = ["A", "B"]', "A is terminal, so nothing follows it"),
        ('terminal = ["B"]', 'order = ["A"]\nterminal = ["B"]', "there is no state B"),
        ('terminal = ["B"]', 'terminal = "B"', "[states] terminal is a list"),
        ('terminal = ["B"]', 'end = ["B"]', "[states]: there is no key end"),
        ("gamma = 0.9", "gamma = 1.1", "gamma is a number from 0 to 1, not 11/10"),
        ("gamma = 0.9", "gamma = nan", "gamma: nan is no number"),
        ("gamma = 0.9", "gamma = -inf", "gamma: -inf is no number"),
        ("gamma = 0.9", 'gamma = "NaN"', "gamma: NaN is no"),
        ("gamma = 0.9", 'gamma = "Infinity"', "gamma: Infinity is no discount; it is a number from 0 to 1, or a let"),
        ("gamma = 0.9", 'gamma = "1 - infinity"', "gamma: infinity is no discount"),
        ("gamma = 0.9", "gamma = -1", "gamma is a number from 0 to 1, not -1"),
        ("gamma = 0.9", "gamma = ", "line 2: not TOML (Invalid value)"),
        ("gamma = 0.9", "gama = 0.9", "the file: there is no key gama; did you mean gamma?"),
        ('from = "A"\nto = "A"', 'from = ""\nto = "A"', "'' is no name for a state"),
        ('from = "A"\nto = "A"', 'from = "A\\u001b[2J"\nto = "A"', "is no name for a state"),
        ("[states]", '[policy]\nA = "go"\n[states]', "[policy]: a reward process has no actions"),
    ],
)
def test_what_is_wrong_with_a_reward_process(old: str, new: str, reason: str) -> None:
    assert old in CHAIN
    with pytest.raises(InputError) as fault:
        MDP.from_toml(CHAIN.replace(old, new, 1))
    assert reason in str(fault.value)
    assert "\x1b" not in str(fault.value)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("p = 0.25", "p = 0.2", "from=B, action=go: the probabilities sum to 0.95, not 1"),
        ('from = "B", action = "go", to = "A"', 'from = "B", to = "A"', "from=B, to=A: the action is missing"),
        ('order = ["stay", "go"]', 'order = ["stay"]', "action=go, to=B: there is no action go"),
        ("B = { go = 1 }", "B = { go = 0.5 }", "[policy] B: the probabilities sum to 0.5, not 1"),
        ("B = { go = 1 }", 'B = "stay"', "[policy] B: there is no action stay here (it has go)"),
        ("B = { go = 1 }", 'C = "go"', "[policy]: there is no state C"),
        (", B = { go = 1 }", "", "[policy]: no action for B"),
    ],
)
def test_what_is_wrong_with_a_decision_process(old: str, new: str, reason: str) -> None:
    assert old in CHOICE
    with pytest.raises(InputError) as fault:
        MDP.from_toml(CHOICE.replace(old, new, 1))
    assert reason in str(fault.value)


def test_no_transition_at_all() -> None:
    with pytest.raises(InputError, match="there is no"):
        MDP.from_toml("gamma = 0.5")


def test_built_in_python_it_is_checked_too() -> None:
    with pytest.raises(InputError, match=r"from=A: the probabilities sum to 0\.5"):
        MDP(("A",), {("A", None, "A"): (Fraction(1, 2), 0)})


# -- files ----------------------------------------------------------------------------------------


def test_from_a_file_an_at_file_and_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "mdp.toml"
    path.write_bytes(b"\xef\xbb\xbf" + CHAIN.replace("\n", "\r\n").encode())
    assert MDP.from_text(str(path)).states == MDP.from_text(f"@{path}").states == ("A", "B")
    monkeypatch.setattr("sys.stdin", io.StringIO(CHAIN))
    assert MDP.from_text("-").gamma == Fraction(9, 10)
    monkeypatch.setattr("sys.stdin", io.StringIO(WORLD))
    assert len(MDP.from_text("-").states) == 11


def test_errors_name_the_file(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(CHAIN.replace("2/3", "1/2"))
    with pytest.raises(InputError, match=r"bad\.toml: from=A: the probabilities sum to 5/6, not 1"):
        MDP.from_text(str(path))
    with pytest.raises(InputError, match=r"there is no file no-such\.toml; .*--template"):
        MDP.from_text("no-such.toml")
    world = tmp_path / "bad.txt"
    world.write_text(WORLD.replace("S", "?"))
    with pytest.raises(InputError, match=r"bad\.txt: line 9, column 1: '\?' is not defined"):
        MDP.from_text(str(world))


def test_only_regular_files_are_read_and_only_so_far(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "mdp.toml"
    path.write_text(CHAIN)
    monkeypatch.setattr("revise.mdp.process._MOST_BYTES", len(CHAIN))
    assert MDP.from_text(str(path)).states == ("A", "B")
    monkeypatch.setattr("sys.stdin", io.StringIO(CHAIN))
    assert MDP.from_text("-").states == ("A", "B")
    monkeypatch.setattr("revise.mdp.process._MOST_BYTES", len(CHAIN) - 1)
    with pytest.raises(InputError, match=rf"mdp\.toml has more than {len(CHAIN) - 1} bytes"):
        MDP.from_text(str(path))
    monkeypatch.setattr("sys.stdin", io.StringIO(CHAIN * 2))
    with pytest.raises(InputError, match=rf"standard input has more than {len(CHAIN) - 1} characters"):
        MDP.from_text("-")
    assert sys.stdin.tell() == len(CHAIN)
    for odd in (str(tmp_path), "/dev/zero"):
        with pytest.raises(InputError, match="no file"):
            MDP.from_text(odd)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes on Windows")
def test_a_named_pipe_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    with pytest.raises(InputError, match=r"pipe\.toml is no file"):
        MDP.from_text(str(tmp_path / "pipe.toml"))


def test_the_templates_are_right(tmp_path: Path) -> None:
    for name, text in MDP.TEMPLATES.items():
        (tmp_path / name).write_text(f"# ---- {name} ----\n{text.strip()}\n")
        mdp = MDP.from_text(str(tmp_path / name))
        assert mdp.actions
        assert mdp.gamma is not None


def test_reading_imports_neither_numpy_nor_sympy() -> None:
    code = """
import sys
from revise.mdp import MDP
MDP.from_toml(sys.argv[1])
print({'numpy', 'sympy'} & set(sys.modules))
"""
    done = subprocess.run([sys.executable, "-c", code, CHAIN], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


# -- drawn worlds -----------------------------------------------------------------------------------


def outcomes(mdp: MDP, state: str, action: str) -> dict[str, tuple[object, object]]:
    return {n: outcome for (s, a, n), outcome in mdp.transitions.items() if (s, a) == (state, action)}


def test_the_four_by_three_world_slips_and_bumps() -> None:
    """Russell & Norvig, figure 17.1: up from (1,1) reaches (1,2) with 0.8, stays or goes to (2,1) with 0.1 each."""
    mdp = MDP.from_world(WORLD)
    assert len(mdp.states) == 11
    assert mdp.states[0] == "(1,3)"
    assert mdp.naming == "A cell is (column, row), counted from the lower left."
    assert MDP.from_toml(CHAIN).naming == ""
    assert mdp.terminal == {"(4,3)": 1, "(4,2)": -1}
    living = Fraction(-4, 100)
    assert outcomes(mdp, "(1,1)", "up") == {
        "(1,2)": (Fraction(8, 10), living), "(1,1)": (Fraction(1, 10), living), "(2,1)": (Fraction(1, 10), living),
    }  # fmt: skip
    # (3,2) has the wall (2,2) at its left: going up slips into it with 0.1
    assert outcomes(mdp, "(3,2)", "up") == {
        "(3,3)": (Fraction(8, 10), living), "(3,2)": (Fraction(1, 10), living), "(4,2)": (Fraction(1, 10), living),
    }  # fmt: skip
    assert outcomes(mdp, "(1,1)", "left")["(1,1)"][0] == Fraction(9, 10)


def test_reward_on_entering_pays_for_the_cell_reached() -> None:
    mdp = MDP.from_world(WORLD.replace("leaving", "entering"))
    assert mdp.terminal == {"(4,3)": 0, "(4,2)": 0}
    assert outcomes(mdp, "(3,3)", "right")["(4,3)"] == (Fraction(8, 10), 1)
    assert outcomes(mdp, "(3,3)", "right")["(3,3)"] == (Fraction(1, 10), Fraction(-4, 100))


def test_letters_no_slip_and_a_gamma_that_is_a_letter() -> None:
    mdp = MDP.from_world("gamma = gamma\nreward = leaving\na = -5\n\n.a\n")
    assert mdp.states == ("(1,1)", "(2,1)")
    assert mdp.terminal == {"(2,1)": -5}
    assert isinstance(mdp.gamma, Node)
    assert outcomes(mdp, "(1,1)", "right") == {"(2,1)": (1, 0)}
    assert outcomes(mdp, "(1,1)", "up") == {"(1,1)": (1, 0)}


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("reward = leaving\n", "", "must be said"),
        ("reward = leaving", "reward = both", "must be said"),
        ("slip = 0.2", "slip = 1.2", "slip is a number from 0 to 1"),
        ("slip = 0.2", "slip = x", "slip: x is no number"),
        ("slip = 0.2", "slop = 0.2", "line 2: there is no key slop"),
        ("slip = 0.2", "slip 0.2", "line 2: 'slip 0.2' is no header line"),
        ("slip = 0.2", "gamma = 1", "line 4: gamma is given twice"),
        ("gamma = 1", "gamma = nan", "nan is no number"),
        ("gamma = 1", "gamma = infinity", "gamma: infinity is no discount"),
        ("slip = 0.2", "slip = nan", "slip: nan is no number"),
        ("gamma = 1", "gamma = 2", "gamma is a number from 0 to 1, not 2"),
        (".#.-", ".#.", "line 8: 3 cells, the first row has 4"),
        (".#.-", ".#.x", "line 8, column 4: 'x' is not defined"),
        ("\n...+\n.#.-\nS...\n", "\n", "nothing is drawn"),
        ("...+\n.#.-\nS...", "++", "there is no free cell"),
    ],
)
def test_what_is_wrong_with_a_world(old: str, new: str, reason: str) -> None:
    assert old in WORLD
    with pytest.raises(InputError) as fault:
        MDP.from_world(WORLD.replace(old, new, 1))
    assert reason in str(fault.value)
