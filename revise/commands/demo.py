"""`revise demo`: the list of live demos; one of them run, shown and judged."""

import gc
import json as json_text
import math
import sys
from collections.abc import Iterator
from difflib import get_close_matches
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from revise.commands import _lesson, _save
from revise.demos import _catalogue, _device
from revise.demos._catalogue import Demo
from revise.demos._trial import Trial, meant, read_knobs
from revise.errors import InputError, NothingFound
from revise.topic import Entry, open_library

if TYPE_CHECKING:
    pass

MOST_SEED = 2**63 - 1


def run(
    name: str | None,
    *,
    device: str,
    seed: int,
    steps: int | None,
    knobs: list[str],
    save: Path | None,
    speed: float | None,
    plain: bool,
    json: bool,
    width: int | None,
) -> int:
    if name is None:
        given = {"--seed": seed, "--steps": steps, "--set": knobs, "--save": save, "--speed": speed}
        if alone := [option for option, value in given.items() if value]:
            raise InputError(f"{alone[0]}: of which demo? `revise demo` lists them")
        return _list(plain=plain, json=json, width=width)
    demo = _find(name)
    if speed is not None and not math.isfinite(speed):
        raise InputError(f"--speed {speed}: a number of frames a second")
    if not 0 <= seed <= MOST_SEED:
        raise InputError(f"--seed {seed}: a seed is a whole number from 0 to {MOST_SEED}")
    trial = Trial(demo, seed, steps or demo.steps, read_knobs(demo, knobs), keep=save is not None)
    file = _save.writable(save) if save is not None else None
    _device.look_for_torch()
    gc.enable()
    if json:
        code = _run_json(trial, device, plain)
        _keep(trial, file)
        return code

    from revise.render.report import Report

    report = Report(width, plain)
    if device != "auto":
        trial.device = _device.choose(device, demo.tiny)
    report.say(demo.look_at, "bold")
    if device == "auto":  # there is always one, so there is something to read while Torch is loading
        trial.device = _device.choose(device, demo.tiny)
    report.say(_lesson.opening(trial))
    try:
        if report.live:
            trial.finished = report.watch(trial.frames(), demo.look_at, trial.steps, speed or demo.speed)
        else:
            for line in tenths(trial):
                report.line(line)
        code = 0
    except KeyboardInterrupt:
        code = 130
    if trial.finished:
        _lesson.close(trial, report)
    else:
        _lesson.close_early(trial, report)
    if _keep(trial, file):
        report.say(f"Saved: {file}")
    return code


def _keep(trial: Trial, file: Path | None) -> bool:
    """Save the run where that was asked for and there is something to save."""
    if file is None or not trial.kept:
        return False
    _save.save(file, f"revise demo {trial.demo.name}", trial.kept, _result(trial))
    return True


def tenths(trial: Trial) -> Iterator[str]:
    """A line for each tenth of the run, as it is reached."""
    from revise.render.frame import figure, spoken

    reached = 0
    for frame in trial.frames():
        tenth = frame.step * 10 // trial.steps
        if tenth > reached:
            reached = tenth
            figures = "  ".join(f"{spoken(name)} {figure(value)}" for name, value in frame.metrics.items())
            yield f"step {frame.step:>{len(str(trial.steps))}}/{trial.steps}  {figures}"
    trial.finished = True


def _find(name: str) -> Demo:
    files = _catalogue.names()
    wanted = name.strip().lower().replace("_", "-")
    if wanted in files:
        return _catalogue.read(files[wanted])
    planned = [demo for entry in _syllabus() for demo in entry.demo]
    if wanted in planned:
        raise NothingFound(f"the demo {wanted} is planned, not built yet; `revise demo` lists those there are")
    kept = files if get_close_matches(wanted, files) else planned
    raise InputError(f"there is {meant(name, kept, 'demo', '`revise demo` lists them')}")


def _syllabus() -> tuple[Entry, ...]:
    return open_library().syllabus[0]


def explain(name: str) -> None:
    """What `revise demo NAME --help` says above the options."""
    _lesson.explain(_find(name))


def _run_json(trial: Trial, device: str, plain: bool) -> int:
    """One object on standard output; with --plain the tenths go to standard error meanwhile."""
    trial.device = _device.choose(device, trial.demo.tiny)
    try:
        for line in tenths(trial):
            if plain:
                print(line, file=sys.stderr, flush=True)
    except KeyboardInterrupt:
        from revise.render.frame import metric_lines

        print("\n".join(metric_lines(trial.metrics, 80)), file=sys.stderr)
        return 130
    print(json_text.dumps(_result(trial), allow_nan=False))
    return 0


def _result(trial: Trial) -> dict[str, Any]:
    return {
        "name": trial.demo.name,
        "seed": trial.seed,
        "device": trial.device.name,
        "steps": trial.steps if trial.finished or trial.last is None else trial.last.step,
        "knobs": dict(trial.knobs),
        "metrics": _save.plain(dict(trial.metrics)),
        "expected": {name: list(bounds) for name, bounds in trial.demo.expect.items()},
        "met": trial.met,
    }


def _list(*, plain: bool, json: bool, width: int | None) -> int:
    demos = [_catalogue.read(file) for file in _catalogue.names().values()]
    entries = _syllabus()
    topics = {demo.name: [entry.id for entry in entries if demo.name in entry.demo] for demo in demos}
    if json:
        print(json_text.dumps([_listed(demo, topics[demo.name]) for demo in demos], indent=2))
        return 0
    from revise.render.outline import part_title
    from revise.render.report import Report

    report = Report(width, plain)
    order = list(dict.fromkeys(entry.part for entry in entries))
    demos.sort(key=lambda demo: (order.index(demo.part) if demo.part in order else len(order), demo.name))
    for part, group in groupby(demos, key=lambda demo: demo.part):
        report.say(part_title(part), "bold")
        for demo in group:
            report.say(demo.point, first=f"  {demo.name:<12}", rest=" " * 14)
            said = {"topics": topics[demo.name], "knobs": demo.knobs}
            line = " · ".join(f"{word}: {', '.join(names)}" for word, names in said.items() if names)
            report.say(line, first=" " * 14, rest=" " * 14)
    planned = dict.fromkeys(name for entry in entries for name in entry.demo if name not in topics)
    if planned:
        report.say(f"Planned: {', '.join(planned)}.")
    report.say("revise demo NAME runs one; --set KNOB=VALUE asks what if, and revise demo NAME --help says what.")
    return 0


def _listed(demo: Demo, topics: list[str]) -> dict[str, Any]:
    return {
        "name": demo.name,
        "part": demo.part,
        "topics": topics,
        "point": demo.point,
        "question": demo.question,
        "steps": demo.steps,
        "knobs": {
            name: {"default": default, "least": least, "most": most, "what": demo.what_if[name]}
            for name, (default, least, most) in demo.knobs.items()
        },
        "expected": {name: list(bounds) for name, bounds in demo.expect.items()},
    }
