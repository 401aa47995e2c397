"""The pictures of the README: what the commands really print, drawn to `docs/*.svg`.

    python -m docs.pictures [NAME …]

from the root of a checkout, Torch installed. The same program gives the same files, so a difference is one in what
students see. The frame of the demo comes from the code that draws the live screen.
"""

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from itertools import dropwhile
from pathlib import Path
from unittest.mock import patch

from rich.console import Console
from rich.text import Text

from revise.render.svg import picture

COLUMNS, ROWS = 84, 24
COMMANDS = {
    "solve": "revise solve conv --input 227x227x3 --kernel-size 11 --stride 4 --out-channels 96",
    "show": "revise show convolution formulas",
    "demo": "revise demo gan",
}
PAGE = 32  # rows of a page that are shown, in whole paragraphs
CONTROL = re.compile("\x1b\\[(?:\\?[0-9]+[hl]|H)")  # everything but colours


def printed(command: str) -> list[Text]:
    """What `command` prints on a terminal with colours."""
    fixed = {"FORCE_COLOR": "1", "COLUMNS": str(COLUMNS), "TERM": "xterm-256color", "PYTHONUTF8": "1"}
    env = {name: value for name, value in os.environ.items() if not name.startswith(("REVISE_", "NO_COLOR", "LC_"))}
    with tempfile.TemporaryDirectory() as folder:
        env |= {**fixed, "LANG": "C.UTF-8", "LANGUAGE": "en", "REVISE_DATA": folder}
        call = [sys.executable, "-m", *shlex.split(command)]
        done = subprocess.run(call, env=env, stdin=subprocess.DEVNULL, capture_output=True, check=True)
    return [Text.from_ansi(line) for line in done.stdout.decode("utf-8").rstrip("\n").split("\n")]


def first_paragraphs(lines: list[Text], most: int) -> list[Text]:
    """Whole paragraphs from the beginning, and no heading without its text."""
    if len(lines) <= most:
        return lines
    ends = [row for row, line in enumerate(lines[:most]) if not line.plain.strip()]
    end = next(row for row in reversed(ends) if not lines[row - 1].plain.startswith("▸"))
    return lines[:end]


def frame_of(name: str) -> list[Text]:
    """The live screen of a demo halfway through, as on a terminal that has keys."""
    from revise.demos import _catalogue
    from revise.render.live import watch
    from revise.render.live_keys import NoKeys

    class Silent(NoKeys):
        listening = True

    @contextmanager
    def silent() -> Iterator[NoKeys]:
        yield Silent()

    demo = _catalogue.read(_catalogue.names()[name])
    knobs = {knob: setting[0] for knob, setting in demo.knobs.items()}
    frames = demo.load()(0, demo.steps, "cpu", **knobs)
    halfway = next(dropwhile(lambda frame: 2 * frame.step < demo.steps, frames))
    screen = StringIO()
    console = Console(file=screen, force_terminal=True, color_system="standard", width=COLUMNS, height=ROWS)
    with patch("revise.render.live.live_keys", silent):
        watch([halfway], console, demo.look_at, demo.steps)
    return [Text.from_ansi(line) for line in CONTROL.sub("", screen.getvalue()).split("\n")]


def drawn(name: str) -> str:
    """The picture called `name` as SVG."""
    if name == "demo":
        lines = frame_of("gan")
    else:
        lines = first_paragraphs(printed(COMMANDS[name]), PAGE if name == "show" else 99)
    return picture(lines, COLUMNS, COMMANDS[name])


def main() -> None:
    for name in sys.argv[1:] or COMMANDS:
        file = Path(__file__).parent / f"{name}.svg"
        file.write_text(drawn(name), encoding="utf-8", newline="\n")
        print(f"{file}: {file.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
