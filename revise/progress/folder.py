"""Where the record lies, and what can be asked of it without opening it for writing."""

import os
from pathlib import Path

from revise.progress.tables import IN_FORCE


def data_folder() -> Path:
    """Where the record is kept: REVISE_DATA, else the system's folder for a user's data."""
    named = os.environ.get("REVISE_DATA")
    if named:
        return Path(named).expanduser()
    import platformdirs

    return Path(platformdirs.user_data_dir("revise", appauthor=False))


def record_file() -> Path:
    return data_folder() / "record.sqlite3"


def seen_keys() -> frozenset[str]:
    """Keys with a grade in force; none where there is no record yet or it can't be read."""
    import sqlite3

    path = record_file()
    if not path.is_file():
        return frozenset()
    try:
        file = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
        try:
            return frozenset(key for (key,) in file.execute(f"SELECT DISTINCT key {IN_FORCE}"))
        finally:
            file.close()
    except sqlite3.Error:
        return frozenset()
