"""A typed answer to a flashcard: asked for, judged, and turned into the grade that is proposed."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from revise import keys
from revise.commands._wording import judged_in_words
from revise.topic import Face

if TYPE_CHECKING:
    from revise.exercise.judge import Judgement
    from revise.exercise.question import Question

_PROPOSED = {"right": 3, "imprecise": 2, "wrong": 1}
_LONGEST = 200
"""Characters of a card's back beyond which nobody types it: the readers need not be loaded."""


def can_be_typed(face: Face, question: "Question | None") -> bool:
    """Whether an answer to `face` can be checked."""
    if question is not None:
        return True
    if face.card.kind != "cloze" and len(face.back) > _LONGEST:
        return False
    from revise.exercise.short_answer import expected

    return expected(face) is not None


def typed_grade(
    face: Face,
    question: "Question | None",
    reader: keys.Keyboard | keys.Lines,
    say: Callable[[str], None],
    line: str | None = None,
) -> int | None:
    """Let every part be typed (or take `line` for the first), judge it, propose a grade; None where that can't be said.

    What can't be read is asked for again; an empty line shows the answer instead.
    """
    parts = question.parts if question is not None else (None,)
    grades: list[int | None] = []
    said: list[str] = []
    for number, part in enumerate(parts):
        name = f"{part.word} ({part.expects})" if part is not None else "answer"
        while True:
            text, line = (reader.line(f"{name}: "), None) if line is None else (line, None)
            if not text.strip():
                return None
            judged = _judged(face, question, text, number, said)
            say(judged_in_words(judged))
            if judged.outcome != "unreadable" or isinstance(reader, keys.Lines):
                break
        said.append(text)
        grades.append(_PROPOSED.get(judged.outcome))
    known = [grade for grade in grades if grade is not None]
    return min(known) if len(known) == len(grades) else None


def _judged(face: Face, question: "Question | None", text: str, part: int, earlier: Sequence[str]) -> "Judgement":
    if question is not None:
        return question.judge(text, part, earlier)
    from revise.exercise.short_answer import expected, judge_short

    asked = expected(face)
    assert asked is not None
    return judge_short(asked, text)
