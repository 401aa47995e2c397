"""One question of a quiz, whatever its source: a page's choice or calculation, or drawn from a solver."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from revise.errors import InputError
from revise.exercise import lines
from revise.exercise.calculation import Calculation, draw
from revise.exercise.choice import Choice, judge_choice, options_of
from revise.exercise.judge import Judgement, Worked
from revise.exercise.leading import leading
from revise.exercise.next_line import NextLine
from revise.solution import Step
from revise.topic import Card

KINDS = ("choice", "true-false", "calc", "next")


@dataclass(frozen=True)
class Part:
    """One answer that is asked for: its word, and what is expected, in words."""

    word: str
    expects: str
    unit: str = ""


@dataclass(frozen=True)
class Question:
    """What the quiz asks. All texts are Markdown; `options` only where one is to be chosen.

    key        `topic/id` for a page's question, `solve/NAME` for a drawn one
    kind       choice, true-false, calc or next
    level      1 to 3; of a drawn question by the number of its steps
    answer     the right answer with the worked solution
    text_hash  for the record: changes when the question's own words do, not with fresh numbers
    """

    key: str
    topic: str
    kind: str
    level: int
    title: str
    prompt: str
    parts: tuple[Part, ...]
    answer: str
    text_hash: str
    options: tuple[Choice, ...] = ()
    worked: Worked | None = None
    shown: tuple[Step, ...] = field(default=(), repr=False)
    """Steps that the prompt shows."""

    def judge(self, text: str, part: int = 0, earlier: Sequence[str] = ()) -> Judgement:
        """What was typed for a part; `earlier` are the texts typed for the parts before it, for error carried on."""
        if self.worked is None:
            return judge_choice(self.options, text, self.kind == "true-false")
        return self.worked.judge(text, part, earlier)

    def hints(self, part: int = 0) -> tuple[str, ...]:
        """What to work out, the formula, the numbers put in; none for a choice."""
        if self.worked is None:
            return ()
        solution, targets = self.worked.solution, self.worked.targets
        known = [*self.shown, *(step for done in targets[:part] for step in leading(solution, done))]
        return lines.hints(solution, targets[part], known)

    def solution_from(self, step: int | None, part: int = 0) -> str:
        """The way to a part's answer from the step at that place on (`Judgement.step`); None: from the start."""
        if self.worked is None:
            return self.answer
        return lines.lines(self.worked.solution, self.worked.targets[part], step or 0)


def of_card(card: Card, title: str, rng: Random) -> Question | None:
    """The question of a page's block; None for kinds a quiz can't judge and for solvers that aren't built.

    Its numbers, or the order of its options, come from `rng`.
    """
    if card.kind in ("choice", "true-false"):
        return _chosen(card, title, rng)
    if card.kind != "calc":
        return None
    try:
        drawn = draw(card.solver, card.ask, rng, card.question)
    except InputError:
        return None
    words = "\0".join([card.solver, *card.ask, card.question])
    return calculated(drawn, card.key, card.topic, title, card.level, words)


def _chosen(card: Card, title: str, rng: Random) -> Question:
    options = options_of(card, rng)
    right = [option for option in options if option.right]
    answer = "\n\n".join(
        f"**{option.text if card.kind == 'true-false' else f'{option.letter}  {option.text}'}**: {option.why}"
        for option in right
    )
    true_false = card.kind == "true-false"
    many = len(right) > 1
    expects = "true or false" if true_false else "the letters of all that are right" if many else "a letter"
    words = "\0".join([card.question, *sorted(option.text for option in options)])
    return Question(
        card.key, card.topic, card.kind, card.level, title, card.question, (Part("answer", expects),), answer,
        _hash(words), options,
    )  # fmt: skip


def calculated(calculation: Calculation, key: str, topic: str, title: str, level: int, words: str) -> Question:
    worked = calculation.worked
    parts = tuple(
        Part(word, asked.expects, asked.unit) for word, asked in zip(calculation.ask, worked.asked, strict=True)
    )
    return Question(
        key, topic, "calc", level, title, calculation.question, parts, calculation.answer, _hash(words), worked=worked
    )


def next_question(drawn: NextLine, name: str, topic: str, title: str) -> Question:
    worked = drawn.worked
    part = Part(f"${lines.name_tex(drawn.step)}$", worked.asked[0].expects, drawn.step.unit)
    level = level_of(len(leading(drawn.solution, drawn.step)))
    return Question(
        f"solve/{name}", topic, "next", level, title, drawn.question, (part,), drawn.answer, _hash(name),
        worked=worked, shown=drawn.way,
    )  # fmt: skip


def _hash(words: str) -> str:
    import hashlib

    return hashlib.blake2b(words.encode("utf-8", "replace"), digest_size=8).hexdigest()


def level_of(steps: int) -> int:
    return 1 if steps <= 2 else 2 if steps <= 6 else 3
