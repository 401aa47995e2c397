"""Copies of the record: one a day (the newest seven are kept), and one before anything large is done to it."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

KEPT = 7
_DAILY = "record-day-"


def daily(file: "sqlite3.Connection", path: Path, now: datetime | None = None) -> Path | None:
    """Copy the record once a day, before the day's first change; None where today's copy is there. Raises OSError."""
    day = (now or datetime.now(UTC)).astimezone().date()
    copy = folder(path) / f"{_DAILY}{day.isoformat()}.sqlite3"
    if copy.exists():
        return None
    _copy(file, copy)
    for old in sorted(copy.parent.glob(f"{_DAILY}*.sqlite3"))[:-KEPT]:
        old.unlink(missing_ok=True)
    return copy


def before(file: "sqlite3.Connection", path: Path, what: str, now: datetime | None = None) -> Path:
    """Copy the record before `what` (a word or two with hyphens); such copies are kept. Raises OSError."""
    stamp = (now or datetime.now(UTC)).strftime("%Y%m%dT%H%M%S%f")
    copy = folder(path) / f"record-before-{what}-{stamp}.sqlite3"
    _copy(file, copy)
    return copy


def moved(path: Path, now: datetime | None = None) -> Path:
    """Put the whole file away among the copies, whatever is in it. Raises OSError."""
    stamp = (now or datetime.now(UTC)).strftime("%Y%m%dT%H%M%S%f")
    copy = folder(path) / f"record-deleted-{stamp}.sqlite3"
    copy.parent.mkdir(parents=True, exist_ok=True)
    path.replace(copy)
    return copy


def folder(path: Path) -> Path:
    return path.parent / "backups"


def _copy(file: "sqlite3.Connection", copy: Path) -> None:
    """Never half a copy under the final name."""
    import sqlite3

    copy.parent.mkdir(parents=True, exist_ok=True)
    half = copy.with_suffix(".half")
    half.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(half)) as target:
            file.backup(target)
        half.replace(copy)
    except sqlite3.Error as fault:
        raise OSError(f"no copy of the record could be made: {fault}") from fault
    finally:
        half.unlink(missing_ok=True)
