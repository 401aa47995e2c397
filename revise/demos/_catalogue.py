"""Which demos there are, read from file names and their text; a demo is imported only to be run."""

import ast
import importlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from revise.frame import Frame

HERE = Path(__file__).parent
Knob = tuple[float, float, float]  # default, least, most: all whole numbers for a whole-numbered knob


@dataclass(frozen=True, slots=True)
class Demo:
    """A demo as its file describes it; `point` is the first line of its docstring.

    `what_if` says of each knob what it is and what other values of it show.
    `expect` bounds metrics of the last frame (None: open at that end). `tiny` (the field TINY,
    True unless given) says that the CPU is the better place for it; `speed` (SPEED) is how many frames
    a second a live run shows unless asked otherwise, since many demos would be done in a blink.
    """

    name: str
    part: str
    point: str
    look_at: str
    seen: str
    question: str
    steps: int
    knobs: Mapping[str, Knob]
    what_if: Mapping[str, str]
    expect: Mapping[str, tuple[float | None, float | None]]
    tiny: bool = True
    speed: float = 20.0

    def load(self) -> Callable[..., Iterator[Frame]]:
        """Import the demo and return its `run(seed, steps, device, **knobs)`."""
        module = importlib.import_module(f"revise.demos.{self.part}.{_stem(self.name)}")
        run: Callable[..., Iterator[Frame]] = module.run
        return run


def names() -> dict[str, Path]:
    """Every demo's name and file, by part and name; only folders are read, no file is opened."""
    files = sorted(HERE.glob("[!_]*/[!_]*.py"))
    return {file.stem.replace("_", "-"): file for file in files}


def read(file: Path) -> Demo:
    """The demo in `file`, from its text alone. ValueError where a field is missing or no literal."""
    tree = ast.parse(file.read_text(encoding="utf-8"), filename=str(file))
    fields: dict[str, Any] = {}
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            name = statement.targets[0].id
            if name in _FIELDS:
                fields[name] = _literal(statement.value, name, file)
    missing = sorted(_FIELDS - _OPTIONAL - set(fields))
    docstring = ast.get_docstring(tree)
    if missing or not docstring:
        raise ValueError(f"{file}: missing {', '.join(missing) or 'a docstring'}")
    return Demo(
        name=file.stem.replace("_", "-"),
        part=file.parent.name,
        point=docstring.splitlines()[0],
        **{name.lower(): value for name, value in fields.items()},
    )


_FIELDS = {"LOOK_AT", "SEEN", "QUESTION", "STEPS", "KNOBS", "WHAT_IF", "EXPECT", "TINY", "SPEED"}
_OPTIONAL = {"TINY", "SPEED"}


def _literal(value: ast.expr, name: str, file: Path) -> Any:
    try:
        return ast.literal_eval(value)
    except ValueError:
        raise ValueError(f"{file}:{value.lineno}: {name} must be a literal") from None


def _stem(name: str) -> str:
    return name.replace("-", "_")
