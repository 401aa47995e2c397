"""The process in which SymPy may wander: `python -m revise.calculator.child` answers one question and ends.

Standard input holds one JSON object; a line of JSON goes out when it is ready, one with the result, and one
with what the checks say. It never sees anything but the text that was typed, and reads it anew. When standard
input ends, as it does when the parent is gone, so does the process.
"""

import json
import os
import sys
import threading
from typing import Any


def main() -> int:
    """Exit code 0: whatever happened stands in the lines."""
    from revise.calculator.evaluation import work_out
    from revise.calculator.reading import read
    from revise.engines import sympy_
    from revise.errors import InputError, NothingFound
    from revise.expression import Limits
    from revise.numerals import Numerals

    asked = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_the_parent, daemon=True).start()
    _say({"ready": len(sympy_.FUNCTIONS)})
    try:
        question = read(asked["text"], asked["at"], Limits(**asked["limits"]))
        result, checks = work_out(question, asked["steps"], Numerals(digits=asked["digits"]))
        _say({"result": result.plain()})
        _say({"checks": [_checked(check) for check in checks]})
    except NothingFound as fault:
        _say({"nothing": str(fault)})
    except InputError as fault:
        _say({"wrong": str(fault)})
    except (RecursionError, MemoryError):
        _say({"nothing": "this is too deep for SymPy"})
    except Exception as fault:
        _say({"fault": f"{type(fault).__name__}: {fault}"})
    return 0


def _end_with_the_parent() -> None:
    sys.stdin.read()
    os._exit(1)


def _checked(check: Any) -> list[str]:
    try:
        return list(check())
    except Exception:
        return ["", "open"]


def _say(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
