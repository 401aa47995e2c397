"""How long a command takes as a whole process, as a ratio to `python -c pass` in the same run.

Usage: python benchmarks/start_up.py [ROUNDS]. Prints a Markdown table of medians; exit code 1 if a target is missed.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COMMANDS: list[tuple[str, list[str], str, float]] = [
    ("--help", ["--help"], "", 8),
    ("numeric conv", "solve conv --input 227x227x3 --kernel-size 11 --stride 4 --out-channels 96".split(), "", 12),
    ("first card", ["cards", "convolution"], "", 12),
    ("page", ["show", "convolution", "--no-pager"], "", 16),
]


PYTHON = [sys.executable]
REVISE = [str(Path(sys.executable).with_name("revise"))]  # the command that a student types


def seconds(command: list[str], stdin: str, env: dict[str, str]) -> float:
    """Wall-clock time of one process."""
    started = time.perf_counter()
    subprocess.run(command, input=stdin, text=True, capture_output=True, env=env, check=True)
    return time.perf_counter() - started


def main() -> int:
    """Interleave the commands with the bare interpreter, so that both see the same machine."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    times: dict[str, list[float]] = {name: [] for name, *_ in COMMANDS}
    bare: list[float] = []
    missed = False
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "REVISE_DATA": folder}
        env.pop("PYTHONDONTWRITEBYTECODE", None)
        for _, arguments, stdin, _ in COMMANDS:
            seconds([*REVISE, *arguments], stdin, env)
        for _ in range(rounds):
            for name, arguments, stdin, _ in COMMANDS:
                bare.append(seconds([*PYTHON, "-c", "pass"], "", env))
                times[name].append(seconds([*REVISE, *arguments], stdin, env))
    pass_time = statistics.median(bare)
    print(f"python -c pass: {pass_time * 1000:.1f} ms (median of {len(bare)})\n")
    print("| command | ms | ratio | target |\n|---|---|---|---|")
    for name, _, _, target in COMMANDS:
        median = statistics.median(times[name])
        missed |= median / pass_time > target
        print(f"| {name} | {median * 1000:.0f} | {median / pass_time:.1f} | ≤ {target:g} |")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
