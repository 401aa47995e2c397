"""`revise` and `python -m revise`: even Ctrl-C during the imports ends in silence."""

import gc
import os
import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    # A command is over before a collection pays; the demos, which last, switch it on again.
    gc.disable()
    try:
        from revise.cli import main as run

        code = run()
    except KeyboardInterrupt:
        code = 130
    _leave(code)


def _leave(code: int) -> None:
    """Everything is written and closed: taking the modules apart again would cost a tenth of the time.

    Torch keeps the interpreter's own way out, for what it has to give back to a device.
    """
    if "torch" in sys.modules or os.environ.get("REVISE_DEBUG") == "1":
        sys.exit(code)
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        pass
    os._exit(code)


if __name__ == "__main__":
    main()
