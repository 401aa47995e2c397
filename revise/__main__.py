"""`revise` and `python -m revise`: even Ctrl-C during the imports ends in silence."""

import sys


def main() -> None:
    """Run the command line."""
    try:
        from revise.cli import main as run
    except KeyboardInterrupt:
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
