"""A question answered: here where that is quick, else by a child process that is stopped in time."""

import json
import os
import subprocess
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from queue import Empty, Queue
from time import monotonic
from typing import Any

from revise.calculator.evaluation import work_out
from revise.calculator.reading import Question
from revise.calculator.result import Result
from revise.errors import InputError, NothingFound
from revise.expression import TYPED, Limits
from revise.numerals import Numerals

START = 60.0  # seconds that Python and SymPy may take to start
_MOST_CHECKING = 2.0


def ask(
    question: Question, at: str | None = None, *, steps: bool = True, digits: int = 4, seconds: float = 5.0,
    limits: Limits = TYPED,
) -> tuple[Result, list[tuple[str, str]]]:  # fmt: skip
    """The result, and what numbers put into it say: pairs of a word and equal, different or open.

    Raises NothingFound where there is no answer, or none within `seconds`, and InputError as `work_out` does.
    """
    if not question.wanders:
        result, checks = work_out(question, steps, Numerals(digits=digits))
        return result, [check() for check in checks]
    message = {"text": question.text, "at": at, "steps": steps, "digits": digits, "limits": asdict(limits)}
    with _Child(message) as child:
        child.wait("ready", START)
        began = monotonic()
        result = Result.from_plain(child.wait("result", seconds))
        left = max(0.0, min(seconds - (monotonic() - began), _MOST_CHECKING))
        try:
            checks = child.wait("checks", left)
        except NothingFound:
            return result, [("", "open")]
        return result, [(word, verdict) for word, verdict in checks]


def _environment() -> dict[str, str]:
    """This one's, with the folder that `revise` was imported from: the child must find the same one."""
    folder = str(Path(__file__).parents[2])
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [folder, os.environ.get("PYTHONPATH")]))}


class _Child:
    """The process and a thread that reads its lines: pipes can't be waited for with a limit on Windows."""

    def __init__(self, message: dict[str, Any]) -> None:
        self.lines: Queue[str] = Queue()
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "revise.calculator.child"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8",
            env=_environment(),
        )  # fmt: skip
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(message) + "\n")
        self.process.stdin.flush()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def __enter__(self) -> "_Child":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.wait()
        self.reader.join(5)
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line)
        self.lines.put("")

    def wait(self, word: str, seconds: float) -> Any:
        """What the child says under `word`."""
        try:
            line = self.lines.get(timeout=seconds)
        except Empty:
            longer = max(30, round(seconds * 6))
            raise NothingFound(
                f"no answer within {seconds:g} s, so SymPy was stopped; --seconds {longer} waits longer"
            ) from None
        message = json.loads(line) if line else {"fault": "the process ended"}
        if "nothing" in message:
            raise NothingFound(message["nothing"])
        if "wrong" in message:
            raise InputError(message["wrong"])
        if word not in message:
            raise RuntimeError(f"calc: {message.get('fault', 'the process said something else')}")
        return message[word]
