"""What `revise demo` says around a run: settings, what was seen and asked, figures beside their bounds; the knobs."""

import math
from typing import TYPE_CHECKING

from revise.demos._catalogue import Demo
from revise.demos._trial import Trial
from revise.topic import open_library

if TYPE_CHECKING:
    from revise.render.report import Report


def opening(trial: Trial) -> str:
    why = f" ({trial.device.why})" if trial.device.why else ""
    settings = [f"{name} {value:g}" for name, value in trial.knobs.items()]
    parts = [trial.demo.name, f"seed {trial.seed}", f"device {trial.device.name}{why}", *settings]
    return " · ".join([*parts, "1 step" if trial.steps == 1 else f"{trial.steps} steps"])


def close_early(trial: Trial, report: "Report") -> None:
    step = trial.last.step if trial.last is not None else 0
    report.say(f"Stopped at step {step} of {trial.steps}.")
    report.metrics(trial.metrics)


def close(trial: Trial, report: "Report") -> None:
    from revise.render.frame import joined, metric_lines

    demo, good, width = trial.demo, trial.met, report.console.width
    lines = report.wrapped(f"Seen: {demo.seen}" if good else f"With its own settings it shows: {demo.seen}")
    lines += report.wrapped(f"Asked: {demo.question}")
    library = open_library()
    pages = [entry.id for entry in library.entries if demo.name in entry.demo and library.has_page(entry.id)]
    if pages:
        lines += report.wrapped("Read: " + ", ".join(f"revise show {page}" for page in pages))
    knobs = ", ".join(demo.knobs)
    lines += report.wrapped(f"What if: --set changes {knobs}; `revise demo {demo.name} --help` says what they do")
    lines += metric_lines({name: value for name, value in trial.metrics.items() if name not in demo.expect}, width)
    for met, word in ((True, "Met: "), (False, "Not met: ")):
        judged = [_judged(trial, name) for name in demo.expect if trial.shows(name) is met]
        for number, line in enumerate(joined(judged, width - len(word))):
            lines += report.wrapped(line, first=" " * len(word) if number else word, rest=" " * len(word))
    verdict = "Expectation met" if good else "Expectation not met"
    report.close(trial.last, lines, verdict + (f" ({', '.join(trial.changed)})." if trial.changed else "."))


def _judged(trial: Trial, name: str) -> str:
    """A metric beside what is expected of it."""
    from revise.render.frame import figure, spoken

    value = figure(trial.metrics.get(name, math.nan))
    return f"{spoken(name)} {value} ({_bounds(trial.demo.expect[name])})"


def _bounds(bounds: tuple[float | None, float | None]) -> str:
    low, high = bounds
    if low is None or high is None:
        return f"at most {high:g}" if high is not None else f"at least {low:g}"
    if low == high:
        return f"{low:g}"
    return f"{low:g} to {high:g}"


def explain(demo: Demo) -> None:
    """`revise demo NAME --help`, above the options: its point, its question, what each knob does."""
    from revise.render.report import Report

    report = Report(None, plain=True)
    report.say(demo.point)
    report.say(f"Asked: {demo.question}")
    report.say("What if: --set KNOB=VALUE, several times for several knobs")
    knobs = {f"{name}={knob[0]:g}": (name, knob) for name, knob in demo.knobs.items()}
    wide = max(map(len, knobs), default=0)
    for setting, (knob_name, (_, least, most)) in knobs.items():
        what = f"{least:g} to {most:g}: {demo.what_if[knob_name]}"
        report.say(what, first=f"  {setting:<{wide}}  ", rest=" " * (wide + 4))
    report.line("")
