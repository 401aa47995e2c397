"""One file per command, each with one `run(...) -> int` that returns the exit code."""
