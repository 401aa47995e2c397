"""One file a solver, `<part>/<name>.py`; a file that starts with `_` is none. See CONTRIBUTING.md."""
