"""A slippery grid of 10⁵ states solved by value iteration, beside quantecon's modified policy iteration.

Usage: python benchmarks/mdp.py [ROUNDS]. Prints a Markdown table of medians; exit code 1 if a target is missed.

Whole processes in turn, each from start-up to its last line: `revise solve value-iteration` reads the drawing;
quantecon (in the extra `bench`) gets the same transitions as a file of arrays in its fastest form, pairs of state and
action with a sparse matrix, and may iterate until it is done. Both stop where no value changes by 10⁻⁶; afterwards one
plain backup of the same sparse matrix measures ‖TV − V‖ for both, outside the timed part.
"""

import importlib.util
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SIDE, GAMMA, TOLERANCE = 324, 0.99, 1e-6
MOST_TIME, MOST_MEMORY, MOST_APART = 0.5, 0.5, 1e-4  # targets: ratios to quantecon, and the two results' distance

# A terminal state is one action back to itself that pays (1 − γ) times what the end is worth.
ARRAYS = """
import sys
import numpy as np
from revise.mdp import MDP
from revise.mdp.arrays import tables
world, out = sys.argv[1:]
t = tables(MDP.from_text(world))
actions, size = t.available.shape
states = np.repeat(np.arange(size), np.where(t.live, actions, 1))
first = np.searchsorted(states, states)
action = np.arange(len(states)) - first
share = np.broadcast_to(t.share, t.after.shape)[action, :, states] * t.live[states, None]
after = t.after[action, :, states]
share[~t.live[states], 0], after[~t.live[states]] = 1, states[~t.live[states], None]
reward = np.where(t.live[states], t.reward[action, states], (1 - GAMMA) * t.worth[states])
after, rows = (part.astype(np.int32) for part in (after, np.arange(len(states) + 1) * after.shape[1]))
np.savez(out, R=reward, data=share.ravel(), indices=after.ravel(), indptr=rows, states=states, actions=action)
"""
PEER = """
import sys
import numpy as np
from scipy.sparse import csr_matrix
from quantecon.markov import DiscreteDP
held = np.load(sys.argv[1])
Q = csr_matrix((held["data"], held["indices"], held["indptr"]))
ddp = DiscreteDP(held["R"], Q, GAMMA, held["states"], held["actions"])
found = ddp.solve("METHOD", epsilon=TOLERANCE * GAMMA / (1 - GAMMA), max_iter=10**6)
print(found.num_iter)
if len(sys.argv) > 2:
    np.save(sys.argv[2], found.v)
"""
# TV by the sparse matrix for the values of both; prints the two residuals, the distance, and the sizes.
COMPARED = """
import sys
import numpy as np
from scipy.sparse import csr_matrix
from revise.mdp import MDP
from revise.mdp.arrays import tables, value_iteration
world, arrays, *peers = sys.argv[1:]
held = np.load(arrays)
Q = csr_matrix((held["data"], held["indices"], held["indptr"]))
starts = np.flatnonzero(held["actions"] == 0)
ours = value_iteration(tables(MDP.from_text(world)), GAMMA, TOLERANCE).values
for v in (ours, *map(np.load, peers)):
    TV = np.maximum.reduceat(held["R"] + GAMMA * (Q @ v), starts)
    print(abs(TV - v).max(), abs(v - ours).max(), len(v), len(held["R"]))
"""
OURS = "revise solve value-iteration"
METHODS = ["modified_policy_iteration", "value_iteration"]


def drawn(chance: random.Random) -> str:
    """A square with one cell in twenty a wall, and two ends of each kind."""
    rows = [["#" if chance.random() < 0.05 else "." for _ in range(SIDE)] for _ in range(SIDE)]
    for end in "+-+-":
        rows[chance.randrange(SIDE)][chance.randrange(SIDE)] = end
    header = f"slip = 0.2\nliving-reward = -0.04\ngamma = {GAMMA}\nreward = leaving\n"
    return header + "\n" + "\n".join(map("".join, rows)) + "\n"


def script(text: str, method: str = "") -> list[str]:
    """`text` as a command; its capitals filled in."""
    filled = text.replace("GAMMA", str(GAMMA)).replace("TOLERANCE", str(TOLERANCE)).replace("METHOD", method)
    return [sys.executable, "-c", filled]


def output(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def measured(command: list[str]) -> tuple[float, float]:
    """Seconds and MiB at the most of one process.

    The parent imports nothing large: Linux counts what it had at the moment of the fork as the child's.
    """
    started = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - started
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{' '.join(command[:3])}: exit code {child.returncode}")
    return seconds, usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)


def compared(folder: str, rounds: int) -> tuple[dict[str, list[float]], list[list[float]]]:
    """Median seconds and MiB of each program; for each the residual, how far from ours, states, pairs."""
    world, arrays = f"{folder}/world.txt", f"{folder}/arrays.npz"
    Path(world).write_text(drawn(random.Random(5)), "utf-8")
    output([*script(ARRAYS), world, arrays])
    ours = [sys.executable, "-m", "revise", *OURS.split()[1:], "--mdp", world, "--tolerance", str(TOLERANCE)]
    commands, peers = {OURS: ours}, []
    for method in METHODS:
        commands[f"quantecon {method.replace('_', ' ')}"] = [*script(PEER, method), arrays]
        peers.append(f"{folder}/{method}.npy")
        output([*script(PEER, method), arrays, peers[-1]])  # Numba keeps what it compiles for the timed runs
    output(ours)
    lines = output([*script(COMPARED), world, arrays, *peers]).splitlines()
    runs: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            runs[name].append(measured(command))
    medians = {name: [statistics.median(each) for each in zip(*taken, strict=True)] for name, taken in runs.items()}
    return medians, [list(map(float, line.split())) for line in lines]


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    if not importlib.util.find_spec("quantecon"):
        raise SystemExit("quantecon is not installed (`pip install -e '.[bench]'`)")
    root = str(Path(__file__).parent.parent)
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
    with tempfile.TemporaryDirectory() as folder:
        medians, results = compared(folder, rounds)
    ours, peer = medians[OURS], medians["quantecon modified policy iteration"]
    print(f"{results[0][2]:,.0f} states, {results[0][3]:,.0f} pairs, γ = {GAMMA}, {rounds} rounds\n")
    print("| program | s | ratio | MiB | ratio | residual | values apart |\n|---|---|---|---|---|---|---|")
    for (name, (seconds, memory)), (residual, apart, *_) in zip(medians.items(), results, strict=True):
        cells = f"{seconds:.2f} | {seconds / peer[0]:.2f} | {memory:.0f} | {memory / peer[1]:.2f}"
        print(f"| {name} | {cells} | {residual:.1e} | {apart:.1e} |")
    missed = ours[0] > MOST_TIME * peer[0] or ours[1] > MOST_MEMORY * peer[1]
    wrong = any(residual >= TOLERANCE or apart > MOST_APART for residual, apart, *_ in results)
    print(f"\nTargets: {MOST_TIME:g} of the time, {MOST_MEMORY:g} of the memory: {'missed' if missed else 'met'}; "
          f"residuals below {TOLERANCE:g}, values within {MOST_APART:g}: {'no' if wrong else 'yes'}")  # fmt: skip
    return 1 if missed or wrong else 0


if __name__ == "__main__":
    sys.exit(main())
