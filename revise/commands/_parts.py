"""What else is installed: versions without importing anything; PyTorch is asked in a child that can be stopped."""

import json
import subprocess
import sys
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from revise.demos._device import WANTED

NEEDED = ("numpy", "sympy", "fsrs")
SECONDS = 60.0  # a first start from a slow disk takes half of it
_QUESTION = """\
import json, sys
sys.path.append(sys.argv[1])
from revise.demos import _device
torch = _device.load_torch()
chosen = _device.choose("auto", tiny=False)
print("revise:" + json.dumps({"version": str(torch.__version__), "device": chosen.name}))
"""


def installed(name: str) -> str | None:
    """The version of a package; None where it is not installed."""
    try:
        return str(version(name))
    except PackageNotFoundError:
        return None


def ask_torch(seconds: float | None = None) -> dict[str, Any]:
    """`version` and `device` of PyTorch, or `fault`: why it can't be used, or `install`: how to get it.

    It is imported in a child process; one that has not answered after `seconds` is stopped.
    """
    if find_spec("torch") is None:
        return {"version": None, "install": WANTED}
    found: dict[str, Any] = {"version": installed("torch"), "install": WANTED}
    seconds = SECONDS if seconds is None else seconds
    root = str(Path(__file__).resolve().parent.parent.parent)
    child = subprocess.Popen(
        [sys.executable, "-P", "-c", _QUESTION, root],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", errors="replace",
    )  # fmt: skip
    try:
        said, complaint = child.communicate(timeout=seconds)
    except BaseException as stopped:
        child.kill()
        for stream in (child.stdout, child.stderr):
            if stream is not None:
                stream.close()
        if not isinstance(stopped, subprocess.TimeoutExpired):
            raise
        with suppress(subprocess.TimeoutExpired):  # one that can't even be killed is not waited for
            child.wait(5)
        return {**found, "fault": f"it doesn't load: no answer after {seconds:g} seconds"}
    for line in said.splitlines():
        if line.startswith("revise:"):
            return dict(json.loads(line.removeprefix("revise:")))
    last = (complaint.strip().splitlines() or [f"exit code {child.returncode}"])[-1]
    return {**found, "fault": f"it doesn't load: {last.rpartition('NothingFound: ')[2]}"}
