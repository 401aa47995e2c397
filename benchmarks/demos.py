"""Every demo: time to the first picture, run time, what drawing costs, its figures over five seeds.

    python benchmarks/demos.py [NAME …]

prints a Markdown table. Times are of this machine; what drawing adds is a ratio of processor times
on one live screen: outside the demo's own code to inside it. A run shorter than a second is followed
by those of the next seeds until a second is full, so that drawing is weighed at its ten pictures a
second and not by the first picture, which a run of a few milliseconds needs too.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from revise.frame import Frame

if TYPE_CHECKING:
    from revise.demos._catalogue import Demo

SEEDS = range(5)
REPEATS = 3
LEAST = 1.0  # seconds of training for which drawing is weighed

FIRST_PICTURE = """
import time
begin = time.perf_counter()
import os, sys
from rich.console import Console
from revise.demos import _catalogue, _device
from revise.render.frame import draw_frame, look_of
demo = _catalogue.read(_catalogue.names()[sys.argv[1]])
before = time.perf_counter()
import torch
loading = time.perf_counter() - before
chosen = _device.choose("auto", demo.tiny)
knobs = {name: knob[0] for name, knob in demo.knobs.items()}
frame = next(demo.load()(0, demo.steps, chosen.name, **knobs))
with open(os.devnull, "w") as nowhere:
    console = Console(file=nowhere, force_terminal=True, width=80, height=24)
    for line in draw_frame(frame, 80, 20, look_of(console)):
        console.print(line)
print(time.perf_counter() - begin - loading, loading)
"""


def first_picture(name: str) -> tuple[float, float]:
    """Seconds to the first picture beyond importing torch, and of importing torch; medians."""
    runs = []
    for _ in range(REPEATS):
        command = [sys.executable, "-c", FIRST_PICTURE, name]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        runs.append([float(word) for word in done.stdout.split()])
    beyond, loading = zip(*runs, strict=True)
    return median(beyond), median(loading)


def drawing(name: str) -> tuple[float, float]:
    """Seconds of the bare loop, and what the live screen adds to it as a share; medians."""
    from rich.console import Console

    from revise.demos import _catalogue, _device
    from revise.render.live import watch

    demo = _catalogue.read(_catalogue.names()[name])
    device = _device.choose("auto", demo.tiny).name
    knobs = {knob: setting[0] for knob, setting in demo.knobs.items()}
    walls, shares = [], []
    with Path(os.devnull).open("w") as nowhere:
        for _ in range(REPEATS):
            began = time.perf_counter()
            for _ in demo.load()(0, demo.steps, device, **knobs):
                pass
            walls.append(time.perf_counter() - began)
            console = Console(file=nowhere, force_terminal=True, color_system="truecolor", width=80, height=24)
            training = Timed(demo, device, knobs)
            began = time.process_time()
            watch(training.frames(), console, demo.look_at, demo.steps)
            shares.append((time.process_time() - began) / training.seconds - 1)
    return median(walls), median(shares)


class Timed:
    """A demo run with seed after seed for at least `LEAST` seconds, and the processor seconds it took."""

    def __init__(self, demo: "Demo", device: str, knobs: Mapping[str, float]) -> None:
        self.demo, self.device, self.knobs, self.seconds = demo, device, knobs, 0.0

    def frames(self) -> Iterator[Frame]:
        for seed in count():
            run = self.demo.load()(seed, self.demo.steps, self.device, **self.knobs)
            while True:
                began = time.process_time()
                frame = next(run, None)
                self.seconds += time.process_time() - began
                if frame is None:
                    break
                yield frame
            if self.seconds >= LEAST:
                return


def outcome(name: str, seed: int) -> dict[str, Any]:
    """What `revise demo NAME --json` says for one seed."""
    command = [sys.executable, "-m", "revise", "demo", name, "--seed", str(seed), "--json"]
    result: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return result


def row(name: str) -> str:
    beyond, loading = first_picture(name)
    wall, share = drawing(name)
    results = [outcome(name, seed) for seed in SEEDS]
    figures = []
    for metric, bounds in results[0]["expected"].items():
        values = sorted(result["metrics"][metric] for result in results)
        low, high = ("…" if bound is None else f"{bound:g}" for bound in bounds)
        figures.append(f"{metric} {values[0]:.3g} … {values[-1]:.3g} (expected {low} … {high})")
    met = sum(result["met"] for result in results)
    cells = [
        name,
        f"{beyond:.2f} s (torch {loading:.2f} s)",
        f"{wall:.1f} s",
        f"{share:.1%}",
        "; ".join(figures),
        f"{met} of {len(results)}",
    ]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    from revise.demos import _catalogue

    print("| demo | first picture beyond torch | run | drawing adds | last frame, seeds 0–4 | met |")
    print("|---|---|---|---|---|---|")
    for name in sys.argv[1:] or _catalogue.names():
        print(row(name), flush=True)


if __name__ == "__main__":
    main()
