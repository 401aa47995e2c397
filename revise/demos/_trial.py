"""One run of a demo: its settings read, its frames kept, its last frame judged."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from revise.demos._catalogue import Demo
from revise.demos._device import Chosen
from revise.errors import InputError
from revise.frame import Frame


@dataclass
class Trial:
    """One run of a demo: what was asked for, and the last frame it came to."""

    demo: Demo
    seed: int
    steps: int
    knobs: Mapping[str, float]
    device: Chosen = field(default_factory=lambda: Chosen("cpu"))
    last: Frame | None = None
    finished: bool = False
    keep: bool = False
    kept: list[Frame] = field(default_factory=list)
    """Every frame where `keep` asks for it, without the pictures of all but the last."""

    def frames(self) -> Iterator[Frame]:
        """The demo's frames; the last one seen is kept, whatever interrupts."""
        for frame in self.demo.load()(self.seed, self.steps, self.device.name, **self.knobs):
            self.last = frame
            if self.keep:
                if self.kept:
                    self.kept[-1] = Frame(self.kept[-1].step, self.kept[-1].metrics)
                self.kept.append(frame)
            yield frame

    @property
    def metrics(self) -> Mapping[str, float]:
        return self.last.metrics if self.last is not None else {}

    @property
    def changed(self) -> list[str]:
        """What differs from the demo's own settings, in words."""
        words = [
            f"{knob} {value:g} instead of {self.demo.knobs[knob][0]:g}"
            for knob, value in self.knobs.items()
            if value != self.demo.knobs[knob][0]
        ]
        if self.steps != self.demo.steps:
            words.append(f"{self.steps} steps instead of {self.demo.steps}")
        return words

    @property
    def met(self) -> bool:
        """Does the last frame show what the demo is there to show?"""
        return all(map(self.shows, self.demo.expect))

    def shows(self, name: str) -> bool:
        """Is the metric `name` of the last frame within the bounds it is expected in?"""
        return within(self.metrics.get(name, math.nan), self.demo.expect[name])


def within(value: float, bounds: tuple[float | None, float | None]) -> bool:
    """Is `value` between the bounds (None: open)? Never, if it is not a number."""
    low, high = bounds
    return not math.isnan(value) and (low is None or value >= low) and (high is None or value <= high)


def read_knobs(demo: Demo, texts: Iterable[str]) -> dict[str, float]:
    """`["lr=0.01"]` as values for every knob. InputError names the knob, its range or the likely name."""
    values = {name: knob[0] for name, knob in demo.knobs.items()}
    for text in texts:
        name, equals, typed = text.partition("=")
        name = name.strip().replace("-", "_")
        if not equals:
            raise InputError(f"--set {text}: write a knob and its value, as in --set {_example(demo)}")
        if name not in demo.knobs:
            raise InputError(f"--set {text}: {demo.name} has {meant(name, demo.knobs, 'knob', _ranges(demo))}")
        default, least, most = demo.knobs[name]
        try:
            value: float = int(typed) if isinstance(default, int) else float(typed)
        except ValueError:
            value = math.nan
        if not least <= value <= most:
            raise InputError(f"--set {text}: {_range(name, demo)}")
        values[name] = value
    return values


def _range(name: str, demo: Demo) -> str:
    default, least, most = demo.knobs[name]
    kind = "a whole number" if isinstance(default, int) else "a number"
    return f"{name} is {kind} from {least:g} to {most:g} ({default:g} unless set)"


def _ranges(demo: Demo) -> str:
    return "; ".join(_range(name, demo) for name in demo.knobs) or "it has no knobs"


def _example(demo: Demo) -> str:
    return next((f"{name}={knob[0]:g}" for name, knob in demo.knobs.items()), "name=value")


def meant(word: str, known: Iterable[str], kind: str, otherwise: str) -> str:
    """`no knob 'lrr'; did you mean lr?`, or what to say `otherwise`."""
    near = get_close_matches(word.lower(), list(known), n=1)
    return f"no {kind} {word!r}; " + (f"did you mean {near[0]}?" if near else otherwise)
