"""VGG-16's layer table as a whole process: `revise solve conv-stack --net vgg16` beside torch with torchinfo.

    python benchmarks/networks.py [ROUNDS]

runs both in turn and prints a Markdown table of medians: seconds and peak memory. The peer builds the same network
from torch's layers, as a student would, and prints torchinfo's summary; it comes with the extra `bench`. Also the
time in which a typed expression is read. Exit code 1 where a target is missed.
"""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

REVISE = [str(Path(sys.executable).with_name("revise")), "solve", "conv-stack", "--net", "vgg16"]
PEER = """
import torch.nn as nn
from torchinfo import summary
layers, channels = [], 3
for width in [64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512, 0]:
    if width:
        layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU()]
        channels = width
    else:
        layers.append(nn.MaxPool2d(2))
layers += [nn.Flatten(), nn.Linear(25088, 4096), nn.ReLU(), nn.Linear(4096, 4096),
           nn.ReLU(), nn.Linear(4096, 1000)]
print(summary(nn.Sequential(*layers), (1, 3, 224, 224)))
"""
FASTER, LEANER, READING = 12, 10, 1.0  # targets: ratios, milliseconds
EXPRESSION = "1/(1+exp(-(w0*x0+w1*x1+w2))) + lambda*(w0^2 + w1^2)/2"


def measured(command: list[str]) -> tuple[float, float, str]:
    """Seconds, peak MiB and standard output of one process."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env)
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    if status:
        raise SystemExit(f"{command[:3]} ended with {os.waitstatus_to_exitcode(status)}")
    return seconds, usage.ru_maxrss / 1024, output


def reading() -> float:
    """Milliseconds in which a typed expression becomes a tree."""
    from revise.expression import parse

    times = []
    for _ in range(200):
        started = time.perf_counter()
        parse(EXPRESSION)
        times.append(time.perf_counter() - started)
    return statistics.median(times) * 1000


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    runs: dict[str, list[tuple[float, float, str]]] = {"revise": [], "torch + torchinfo": []}
    commands = {"revise": REVISE, "torch + torchinfo": [sys.executable, "-c", PEER]}
    for command in commands.values():
        measured(command)
    for _ in range(rounds):
        for name, command in commands.items():
            runs[name].append(measured(command))
    for name, results in runs.items():
        if "138,357,544" not in results[0][2]:
            raise SystemExit(f"{name} does not count 138,357,544 parameters")
    medians = {
        name: [statistics.median(run[part] for run in results) for part in (0, 1)] for name, results in runs.items()
    }
    print("| VGG-16's table | seconds | peak MiB |\n|---|---|---|")
    for name, (seconds, memory) in medians.items():
        print(f"| {name} | {seconds:.2f} | {memory:.0f} |")
    faster, leaner = (medians["torch + torchinfo"][part] / medians["revise"][part] for part in (0, 1))
    milliseconds = reading()
    print(f"| ratio (target) | {faster:.1f} (≥ {FASTER}) | {leaner:.1f} (≥ {LEANER}) |")
    print(f"\n{len(EXPRESSION)} typed characters are read in {milliseconds:.2f} ms (target {READING:g} ms).")
    return 0 if faster >= FASTER and leaner >= LEANER and milliseconds < READING else 1


if __name__ == "__main__":
    sys.exit(main())
