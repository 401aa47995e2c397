"""How long a problem of hand-exam size takes in each solver, imports left aside.

Usage: python benchmarks/solvers.py [NAME …]. Solves each solver's examples and some samples, draws them at 80 columns,
and prints the slowest solvers as a Markdown table, in seconds and as a ratio to parsing a typed expression in the same
run. Exit code 1 where a problem takes longer than the target.
"""

import statistics
import sys
import time
from random import Random

from revise import catalogue
from revise.errors import InputError
from revise.expression import parse
from revise.numerals import Numerals
from revise.render.solution import solution_lines

MOST = 0.2  # seconds: the target
SAMPLES, SHOWN = 8, 12
LARGE = {"conv-stack", "architecture"}  # their examples are whole published networks, not problems by hand


def slowest(name: str) -> float:
    """Seconds for the solver's slowest problem, solved and drawn once all imports are done."""
    solver = catalogue.load(name)
    cases = [solver.sample(Random(seed)) for seed in range(SAMPLES)]
    if name not in LARGE:
        cases += [given for given, _ in getattr(solver.module, "EXAMPLES", [])]
    worst = 0.0
    for given in cases:
        try:
            solution_lines(solver.solve(**given), 80, Numerals())
        except InputError:
            continue
        times = []
        for _ in range(2):
            started = time.process_time()
            solution_lines(solver.solve(**given), 80, Numerals())
            times.append(time.process_time() - started)
        worst = max(worst, min(times))
    return worst


def main() -> int:
    names = sys.argv[1:] or catalogue.names()
    reading = []
    for _ in range(200):
        started = time.process_time()
        parse("1/(1+exp(-(w0*x0+w1*x1+w2)))")
        reading.append(time.process_time() - started)
    unit = statistics.median(reading)
    times = {name: slowest(name) for name in names}
    ranked = sorted(times.items(), key=lambda pair: -pair[1])
    print("| solver | seconds, slowest problem | ratio to reading an expression |\n|---|---|---|")
    for name, seconds in ranked[:SHOWN]:
        print(f"| {name} | {seconds:.3f} | {seconds / unit:.0f} |")
    print(f"\n{len(times)} solvers; median {statistics.median(times.values()) * 1000:.0f} ms; target {MOST:g} s.")
    return 1 if ranked and ranked[0][1] > MOST else 0


if __name__ == "__main__":
    sys.exit(main())
