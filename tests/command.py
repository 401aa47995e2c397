"""Running `revise` as a student does: a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def revise(
    *args: str, stdin: str = "", env: dict[str, str] | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """The finished process; standard streams are pipes, 80 columns."""
    around = {**os.environ, "COLUMNS": "80", "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **(env or {})}
    around.pop("REVISE_DEBUG", None)
    return subprocess.run(
        [sys.executable, "-m", "revise", *args],
        input=stdin, capture_output=True, encoding="utf-8", timeout=120, env=around, cwd=cwd, check=False,
    )  # fmt: skip
