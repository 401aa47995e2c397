"""The data folder and the record in it, opened for reading only: neither is made, nothing is written."""

import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from revise.progress import data_folder
from revise.progress.tables import SCHEMA

LEAST_FREE = 50_000_000
"""Bytes: the record of a year and seven copies of it take a fifth."""


def look(facts: dict[str, Any], wrong: Callable[[str, str], None]) -> None:
    """Fill in the facts; `wrong(what, remedy)` is told every fault. Raises OSError."""
    folder = data_folder()
    path = folder / "record.sqlite3"
    exists = os.path.exists  # Path's raises where a folder above can't be read
    facts |= {"folder": str(folder), "path": str(path), "exists": exists(path), "writable": False}
    there = next((above for above in (folder, *folder.parents) if exists(above)), None)
    if there is None:
        wrong(f"{folder.anchor} is not there", "Set REVISE_DATA to a folder on a disk that is.")
        return
    facts["free_bytes"] = shutil.disk_usage(there).free
    if facts["free_bytes"] < LEAST_FREE:
        wrong(f"the disk of {folder} is nearly full", "Make room, or set REVISE_DATA to another disk.")
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
        if facts["exists"]:
            path.open("r+b").close()
        facts["writable"] = True
    except OSError as fault:
        reason = fault.strerror if there.is_dir() else f"{there} is no folder"
        wrong(
            f"nothing can be saved in {folder} ({reason})",
            "Mend its permissions, or set REVISE_DATA to a folder that you may write to.",
        )
    if facts["exists"]:
        _look_inside(path, facts, wrong)


def _look_inside(path: Path, facts: dict[str, Any], wrong: Callable[[str, str], None]) -> None:
    """Size, grades in force and health of the file."""
    import sqlite3
    from contextlib import closing

    facts["bytes"] = path.stat().st_size if path.is_file() else 0
    if path.is_file() and not facts["bytes"]:
        facts["reviews"] = 0
        return
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=2)) as file:
            health = file.execute("PRAGMA quick_check(1)").fetchone()[0]
            if health != "ok":
                raise sqlite3.DatabaseError(health)
            (schema,) = file.execute("SELECT max(schema) FROM meta").fetchone()
            (given,) = file.execute("SELECT count(*) FROM review").fetchone()
            (taken_back,) = file.execute("SELECT count(*) FROM undo").fetchone()
    except sqlite3.Error as fault:
        wrong(*_explained(path, str(fault)))
        return
    facts["reviews"] = given - taken_back
    if schema is not None and schema > SCHEMA:
        wrong(f"the record {path} was written by a newer version of this program", "Update the program.")


def _explained(path: Path, reason: str) -> tuple[str, str]:
    """What is wrong with the record, and what to do."""
    if "locked" in reason or "busy" in reason:
        return f"another program holds the record {path}", "Close it, or wait until it is done."
    if "readonly" in reason:
        return f"the record {path} was left in the middle of a write", "Start revise cards once: that puts it right."
    if "unable to open" in reason or "disk I/O" in reason:
        return f"the record {path} can't be read ({reason})", "Mend its permissions, or the disk it is on."
    return (
        f"the record {path} is damaged ({reason})",
        f"Move it away and copy the newest file of {path.parent / 'backups'} over it; without one a new record begins.",
    )
