"""Worked problems: a fence `revise` with a command and the answers that the page states."""

import re
import shlex
from collections.abc import Sequence

from revise.topic.lines import Fault, Line, fence_language, fences
from revise.topic.model import Answer, Place, Worked

_ANSWER = re.compile(r"\s*([\w\[\](),.'^*/ -]*?)\s*[=\uff1d](?!=)\s*(.*)")


def find_worked(lines: Sequence[Line], faults: Fault) -> tuple[Worked, ...]:
    """Every ```revise fence among `lines`; one that cannot be read is a problem and left out."""
    found = [read_worked(block, faults) for block in fences(lines) if fence_language(block[0]) == "revise"]
    return tuple(worked for worked in found if worked is not None)


def read_worked(block: Sequence[Line], faults: Fault) -> Worked | None:
    """The fence `block` (its ``` lines included) as a worked problem; None where it has no command."""
    body = [line for line in block[1:] if line.text.strip() and not line.text.strip().startswith(("```", "~~~"))]
    if not body:
        faults.add(block[0].number, "an empty worked problem: its first line is `$ revise solve …`")
        return None
    argv, rest = _command(body, faults)
    if argv is None:
        return None
    answers: list[Answer] = []
    for line in rest:
        match = _ANSWER.fullmatch(line.text)
        if match is None or not match[2].strip():
            faults.add(
                line.number,
                "an answer is a line `= 55x55x96`, or `output = 55x55x96` where there are several",
            )
            continue
        name, place = match[1], Place(faults.path, line.number)
        if any(answer.name == name for answer in answers):
            faults.add(
                line.number,
                f"the answer `{name}` is given twice" if name else "two lines `= …`: name the answers",
            )
            continue
        answers.append(Answer(name, match[2].strip(), place))
    if not answers:
        faults.add(body[0].number, "no answer: under the command write `= …`, or `name = …` for each answer")
    elif len(answers) > 1 and any(not answer.name for answer in answers):
        lone = next(answer for answer in answers if not answer.name)
        faults.add(lone.place.line, "give this answer its name: a line `= …` stands alone")
    return Worked(tuple(argv), tuple(answers), Place(faults.path, body[0].number))


def _command(body: Sequence[Line], faults: Fault) -> tuple[list[str] | None, Sequence[Line]]:
    """The words of the command, and the lines under the command; a line ending in \\ goes on."""
    text, used = body[0].text.strip(), 1
    while text.endswith("\\") and used < len(body):
        text = text[:-1] + " " + body[used].text.strip()
        used += 1
    if not text.startswith("$"):
        meant = " (the `$ ` is missing)" if text.startswith("revise") else ""
        faults.add(body[0].number, f"a worked problem begins with `$ revise solve …`{meant}")
        return None, []
    try:
        words = shlex.split(text[1:])
    except ValueError as wrong:
        faults.add(body[0].number, f"the command cannot be read: {str(wrong).lower()}")
        return None, []
    if words[:2] != ["revise", "solve"] or len(words) < 3:
        faults.add(body[0].number, "a worked problem runs a solver: `$ revise solve NAME …`")
        return None, []
    return words, body[used:]
