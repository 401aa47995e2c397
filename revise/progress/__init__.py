"""The record of what was answered: one SQLite file, only ever added to, each grade safe before the next question."""

from revise.progress.folder import data_folder, record_file, seen_keys

__all__ = ["data_folder", "record_file", "seen_keys"]
