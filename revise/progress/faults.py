"""What happened to the record and what to do, for a person."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3


def explain(path: Path, fault: "sqlite3.Error") -> str:
    """One sentence for what SQLite says of the file at `path`."""
    reason = str(fault)
    if "readonly" in reason or "unable to open" in reason:
        return f"the record {path} can't be written ({reason}): mend its permissions or set REVISE_DATA"
    if "locked" in reason or "busy" in reason:
        return f"another program holds the record {path}: the last grade was not saved; try again when it is done"
    if "full" in reason:
        return f"the disk of the record {path} is full: the last grade was not saved; make room and go on"
    if "not a database" in reason or "malformed" in reason or "no such column" in reason:
        backups = path.parent / "backups"
        copy = f"copy a newer one from {backups} over it" if backups.is_dir() else "put a copy back"
        return f"the record {path} is damaged ({reason}): nothing was changed; move the file away, or {copy}"
    return f"the record {path} failed ({reason}): the last grade was not saved"
