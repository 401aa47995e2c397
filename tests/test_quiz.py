"""A round of questions, as a student and as a script see it."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from pathlib import Path
from random import Random

import pytest

from revise.answers import value_text
from revise.commands._choosing import Sort, chosen, named_topics, topics_of
from revise.commands._desk import Desk
from revise.commands._round import Round
from revise.commands._tally import Answered, Done, next_command, totals
from revise.exercise.carrying import replayed
from revise.exercise.judge import Judgement
from revise.exercise.mistakes import formulas_of
from revise.exercise.question import Question
from revise.keys import Lines
from revise.numerals import Numerals
from revise.progress.record import Answer, Record
from revise.render.console import Pipe
from revise.study.deck import deck
from revise.topic import open_library
from tests.content_folder import environment, revise, write
from tests.test_cards import Terminal, grades, posix

HEAD = '+++\nid = "mine"\ntitle = "Mine"\n+++\n## Summary\nText.\n## Questions\n'
CHOICE = """\
### pick-{0} {{choice level=1}}
Q: Question {0}, 问题？
- [x] right {0} — because it is so
- [ ] wrong {0} — this is the other one
- [ ] worse {0} — nobody says so
"""
CALC = """\
### size {calc level=2}
Q: Which size comes out, and how many weights and multiply-adds has it?
solver: conv
ask: output, weights, multiply-adds
"""


def own(tmp_path: Path, text: str) -> str:
    return str(write(tmp_path / "own", "mine.md", HEAD + text).parent)


def choices(count: int) -> str:
    return "".join(CHOICE.format(number) for number in range(1, count + 1))


def asked(seed: int, number: int, topic: str, folder: str | None = None, **sort: object) -> list[Question]:
    """The questions that `--seed` gives."""
    library = open_library([Path(folder)] if folder else [])
    return list(islice(chosen(library, named_topics([topic]), Random(seed), Sort(**sort), "en"), number))


def right(question: Question, part: int = 0) -> str:
    if question.worked is None:
        return next(option.letter for option in question.options if option.right)
    step = question.worked.targets[part]
    text = value_text(step.value, Numerals(), step.unit)
    assert question.judge(text, part).outcome == "right", text
    return text


def named_wrong(question: Question, part: int = 0) -> str:
    """An answer that has a name: what one of the solver's MISTAKES gives, else twice the value."""
    if question.worked is None:
        return next(option.letter for option in question.options if not option.right)
    worked, target = question.worked, question.worked.targets[part]
    wrong = [
        replayed(worked.solution, {name: tree}, target) for name, _, tree in formulas_of(worked.solution, worked.module)
    ]
    values = [steps[-1][2] for steps in wrong if steps and steps[-1][1] is target]
    values += [target.value * 2] if isinstance(target.value, int) else []
    for value in values:
        text = value_text(value, Numerals(), target.unit)
        judged = question.judge(text, part)
        if judged.outcome == "wrong" and judged.named:
            return text
    raise AssertionError(f"no mistake of {question.key} has a name")


def answers(data: Path) -> list[tuple[int, Answer]]:
    with Record(data / "record.sqlite3") as record:
        return [(review.grade, answer) for review, answer in record.answers()]


def words(text: str) -> str:
    return " ".join(text.split())


def test_a_scripted_student(tmp_path: Path) -> None:
    """Five right, two of them with a hint, three named mistakes, one answer that can't be read, an undo."""
    found = asked(5, 8, "convolution", kinds=frozenset({"calc", "next", "choice"}))
    lines: list[str] = []
    plan = iter("rhhrrwww")
    for number, question in enumerate(found):
        how = next(plan)
        if question.worked is None:  # a choice has no hints
            how = "r" if how == "h" else how
        if number == 0:
            lines += [")(" if question.worked else "zz", ""]
        if how == "h":
            lines.append("？")
        for part in range(len(question.parts)):
            lines.append(named_wrong(question, part) if how == "w" and part == 0 else right(question, part))
        if number == 2:  # taken back, and answered again in the same way
            lines += [
                "u",
                *(right(question, part) for part in range(len(question.parts))),
            ]
    done = revise("quiz", "convolution", "--seed", "5", "-n", "8", "--kinds", "calc,next,choice", data=tmp_path,
                  stdin="\n".join(lines) + "\n")  # fmt: skip
    assert done.returncode == 0, done.stderr
    hinted = sum(question.worked is not None for question in found[1:3])
    assert hinted, "another seed: nothing can be hinted"
    kept = answers(tmp_path)
    assert [grade for grade, _ in kept] == [3, *(2 if it.worked else 3 for it in found[1:3]), 3, 3, 1, 1, 1]
    assert [answer.outcome for _, answer in kept] == ["right"] * 5 + ["wrong"] * 3
    assert [answer.hints for _, answer in kept][:3] == [0, *(int(it.worked is not None) for it in found[1:3])]
    assert all(answer.mistake for _, answer in kept[5:]), "each wrong answer has a name in the record"
    said = words(done.stdout)
    assert said.count("I can't read this, so it costs nothing") == 1
    assert "Taken back:" in said and "5 of 8 right." in said
    end = done.stdout[done.stdout.index("Mistakes that have a name:") :]
    assert end.count("• ") >= 3 and "revise s" in end
    assert "Next: revise show convolution, then revise quiz convolution" in said
    assert "\x1b" not in done.stdout and max(map(len, done.stdout.splitlines())) <= 80


def test_the_same_seed_the_same_questions(tmp_path: Path) -> None:
    first = revise("quiz", "--seed", "4", "-n", "5", data=tmp_path, stdin="skip\n" * 5)
    again = revise("quiz", "--seed", "4", "-n", "5", data=tmp_path, stdin="skip\n" * 5)
    other = revise("quiz", "--seed", "5", "-n", "5", data=tmp_path / "b", stdin="skip\n" * 5)

    def prompts(text: str) -> list[str]:
        return [part.split("Enter")[0] for part in text.split("─" * 80)[1:]]

    assert prompts(first.stdout) == prompts(again.stdout) != prompts(other.stdout)
    assert len(prompts(first.stdout)) == 5 and answers(tmp_path)[0] == (1, Answer("skipped"))


def test_parts_go_on_with_the_students_own_value(tmp_path: Path) -> None:
    folder = own(tmp_path, CALC)
    (question,) = asked(2, 1, "mine", folder)
    assert question.worked is not None
    sides = list(question.worked.targets[0].value.flat)
    wrong = "x".join(map(str, [sides[0] + 1, sides[1] + 1, *sides[2:]]))
    weights = question.worked.targets[1].value
    own_cost = (sides[0] + 1) * (sides[1] + 1) * weights
    assert question.judge(str(own_cost), 2, [wrong, str(weights)]).carried
    lines = [wrong, str(weights), str(own_cost), "q"]
    done = revise("quiz", "mine", "--seed", "2", "--content", folder, data=tmp_path, stdin="\n".join(lines))
    said = words(done.stdout)
    assert "Part 1 of 3: output" in said and "Part 3 of 3: multiply-adds" in said
    assert "The next part is judged with your own value, too." in said
    assert "Right with your own output: it counts." in said
    assert f"I read {wrong.replace('x', '×')}. Not right." in said
    assert [(grade, answer.outcome) for grade, answer in answers(tmp_path)] == [(1, "wrong")]
    assert "0 of 1 right. Points: 2 of 3; lost: wrong answers 1." in said


def test_what_costs_nothing(tmp_path: Path) -> None:
    folder = own(tmp_path, choices(2))
    first, second = asked(1, 2, "mine", folder)
    lines = ["", "9", "help", "?", right(first).upper(), "ｕｎｄｏ", right(first), named_wrong(second)]
    done = revise("quiz", "mine", "--seed", "1", "--content", folder, data=tmp_path, stdin="\n".join(lines))
    said = words(done.stdout)
    assert "I can't read this, so it costs nothing: please answer with a letter" in said
    assert "There is no hint for this one." in said and "Answers as you would write them" in said
    assert "Saved: good, back in" in said and said.index("Taken back") < said.index("Saved: again")
    assert [(grade, answer.outcome, answer.hints) for grade, answer in answers(tmp_path)] == [
        (3, "right", 0),
        (1, "wrong", 0),
    ]
    assert "There are no more questions of this kind." in said and "1 of 2 right. Points: 1 of 2" in said
    assert "this is the other one" in said or "nobody says so" in said


def test_bad_usage_and_nothing_to_ask(tmp_path: Path) -> None:
    folder = own(tmp_path, choices(1))
    done = revise("quiz", "mine", "--content", folder, "--kinds", "calc", data=tmp_path)
    assert done.returncode == 1 and "no questions for mine with --kinds calc" in done.stderr
    assert revise("quiz", "--kinds", "essay", data=tmp_path).returncode == 2
    assert revise("quiz", "--part", "cnnn", data=tmp_path).returncode == 2
    assert revise("quiz", "nonsense", data=tmp_path).returncode == 2
    done = revise("quiz", "mine", "--content", folder, data=tmp_path, stdin="")
    assert done.returncode == 0 and "Nothing answered." in done.stdout and answers(tmp_path) == []


@pytest.mark.parametrize("seed", range(3))
def test_narrow(tmp_path: Path, seed: int) -> None:
    done = revise("quiz", "--seed", str(seed), "--width", "40", "--plain", "-n", "6", data=tmp_path,
                  stdin="?\n(\nskip\n" * 6, NO_COLOR="1")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert max(map(len, done.stdout.splitlines())) <= 40 and "\x1b" not in done.stdout


class Scripted(Lines):
    """A student whose lines are known beforehand."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = iter(lines)

    def line(self, prompt: str) -> str:
        try:
            return next(self.lines)
        except StopIteration:
            raise EOFError from None

    def read(self) -> str:
        return self.line("")


def played(
    tmp_path: Path, questions: list[Question], lines: list[str], capsys: pytest.CaptureFixture[str], **more: object
):
    with Record(tmp_path / "record.sqlite3") as record:
        desk = Desk(Pipe(sys.stdout, 80, 24), Scripted(lines), False)
        sitting = Round(iter(questions), record, desk, len(questions), **more)  # type: ignore[arg-type]
        sitting.run()
    return sitting, words(capsys.readouterr().out)


def fixed(*outcomes: Judgement) -> Question:
    """A question that is judged as told, one judgement for each answer."""
    (question,) = asked(1, 1, "convolution", kinds=frozenset({"calc"}), level=1)
    assert len(question.parts) == 1
    left = iter(outcomes)

    class Fixed(Question):
        def judge(self, *_: object) -> Judgement:
            return next(left)

    return Fixed(**{name: getattr(question, name) for name in Question.__dataclass_fields__})


@pytest.mark.parametrize(("word", "grade"), [("y", 3), ("n", 1)])
def test_undecided_is_left_to_the_student(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], word: str, grade: int
) -> None:
    question = fixed(Judgement("undecided", "x + 1"))
    sitting, said = played(tmp_path, [question], ["x+1", "what", word], capsys)
    assert answers(tmp_path) == [(grade, Answer("undecided"))]
    assert "I can't decide whether this is the same. The answer:" in said
    assert said.count("Was yours the same?") == 2 and "Not right" not in said
    assert sitting.done[0].is_right == (word == "y") and "wrong answers" not in said


ALMOST, GOOD, BAD = Judgement("imprecise", "0.3"), Judgement("right", "0.3333"), Judgement("wrong", "7", named="So.")


@pytest.mark.parametrize(
    ("second", "outcome", "grade", "points"),
    [(GOOD, "right", 3, "1"), (ALMOST, "imprecise", 2, "½"), (BAD, "imprecise", 2, "½")],
)
def test_imprecise_gets_one_more_try_for_free(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], second: Judgement, outcome: str, grade: int, points: str
) -> None:
    _, said = played(tmp_path, [fixed(ALMOST, second)], ["0.3", "again", "no more"], capsys)
    assert answers(tmp_path) == [(grade, Answer(outcome))]
    assert said.count("One more try is free.") == 1 and f"Points: {points} of 1" in said


def test_the_counter_example_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    judged = Judgement("wrong", "x", counter="at x = 2: yours is 3, the answer 4")
    _, said = played(tmp_path, [fixed(judged)], ["x"], capsys)
    assert "They differ at x = 2: yours is 3, the answer 4." in said and "The solution" in said


def test_the_clock(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    now = count(0, 5)
    monkeypatch.setattr("revise.commands._round.time.monotonic", lambda: float(next(now)))
    questions = [fixed(*[GOOD] * 3) for _ in range(9)]
    sitting, said = played(tmp_path, questions, ["1"] * 9, capsys, minutes=1)
    assert re.search(r"level 1 · 0:[0-5]\d left", said)
    assert "The time is over." in said and 1 <= len(sitting.done) < 9
    assert len(answers(tmp_path)) == len(sitting.done)


def test_a_letter_of_the_question_is_no_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    question = fixed(GOOD)
    assert question.worked is not None
    worked = replace(question.worked)
    object.__setattr__(worked, "asked", (replace(question.worked.asked[0], value="q", labels=("q", "u")),))
    object.__setattr__(question, "worked", worked)
    _, said = played(tmp_path, [question], ["q"], capsys)
    assert answers(tmp_path) == [(3, Answer("right"))] and "undo quit help" in said


def test_points_and_what_comes_next() -> None:
    question = asked(1, 1, "convolution", kinds=frozenset({"choice"}))[0]
    parts = [Done("right"), Done("right", 1), Done("imprecise"), Done("wrong"), Done("right", carried=True)]
    round_ = [Answered(question, (part,)) for part in parts]
    assert totals(round_) == [
        "3 of 5 right.",
        "Points: 3 of 5; lost: wrong answers 1, hints ½, rounding ½.",
    ]
    assert [each.grade for each in round_] == [3, 2, 2, 1, 2]
    assert [Done("right", hints).lost for hints in (1, 2, 3)] == [[("hints", 1)], [("hints", 2)], [("hints", 2)]]
    assert Done("imprecise", 3).lost == [("rounding", 1), ("hints", 1)]
    assert "revise show convolution" in next_command(round_, [], None)
    assert next_command(round_[:1], ["rnn"], None) == "Next: revise quiz rnn --level 3"
    assert next_command(round_[:1], [], 3) == "Next: revise cards"


def test_begun_topics_first_and_weak_ones_more_often(tmp_path: Path) -> None:
    library = open_library()
    found = deck(library)
    cards = {
        topic: [it.key for it in found.items if it.topic == topic and it.kind == "basic"] for topic in ("rnn", "gan")
    }
    with Record(tmp_path / "record.sqlite3") as record:
        assert len(topics_of(library, found, record)) == 1, "at first all topics are alike"
        at = datetime.now(UTC) - timedelta(days=3)
        for key in cards["rnn"]:
            record.add(key, 4, 1, "x", at)
        for key in cards["gan"]:
            for grade in (4, 1):
                record.add(key, grade, 1, "x", at)
        record.set("topics", ["vae"])
        first, rest = topics_of(library, found, record)
        assert set(first.weights) == {"rnn", "gan", "vae"} and "convolution" in rest.weights
        assert first.weights["gan"] > 2 * first.weights["rnn"]
        topics = [it.topic for it in islice(chosen(library, [first, rest], Random(1), Sort(), "en"), 40)]
    assert set(topics) == {"rnn", "gan", "vae"} and topics.count("gan") > topics.count("rnn")


def test_kinds_are_mixed_and_nothing_comes_twice() -> None:
    found = asked(3, 30, "convolution")
    assert len({(it.prompt, it.options) for it in found}) == 30
    assert {it.kind for it in found[:8]} == {"choice", "true-false", "calc", "next"}
    library = open_library()
    turn = chosen(library, named_topics(["rnn", "gan", "vae"]), Random(0), Sort(), "en")
    assert [it.topic for it in islice(turn, 6)] == ["rnn", "gan", "vae"] * 2


def test_suspended_questions_are_not_asked(tmp_path: Path) -> None:
    folder = own(tmp_path, choices(2))
    with Record(tmp_path / "record.sqlite3") as record:
        record.suspend("own/mine/pick-1")
    done = revise("quiz", "mine", "--content", folder, data=tmp_path, stdin="skip\nskip\n")
    assert "Question 2" in done.stdout and "Question 1" not in done.stdout


@posix
def test_the_marker_at_a_terminal(tmp_path: Path) -> None:
    folder = own(tmp_path, choices(3))
    found = asked(1, 3, "mine", folder)
    screen = Terminal("quiz", "mine", "--seed", "1", "--content", folder, data=tmp_path)
    first = screen.until("? help")
    assert f"▸ a  {found[0].options[0].text}" in first and "Enter or a–c choose" in words(first)
    place = next(i for i, option in enumerate(found[0].options) if option.right)
    screen.press("\x1b[B" * place + "kj" + "\r")
    assert "Right." in screen.until("go on")
    screen.press("u")
    assert "Taken back" in screen.until("? help")
    assert grades(tmp_path) == []
    screen.press(right(found[0]))
    screen.until("go on")
    screen.press("\r")
    screen.until("? help")
    screen.press(named_wrong(found[1]))
    assert "Not right." in screen.until("go on")
    screen.press(" ")
    screen.until("? help")
    screen.press("?")
    screen.until("? help")
    screen.press("s")
    screen.until("Enter:")
    screen.press("\r")
    screen.until("Next: revise")
    assert screen.end() == 0
    assert [grade for _, grade in grades(tmp_path)] == [3, 1, 1]


@posix
def test_the_screen_is_not_drawn_again_for_a_move(tmp_path: Path) -> None:
    screen = Terminal("quiz", "mine", "--content", own(tmp_path, choices(1)), data=tmp_path)
    screen.until("? help")
    screen.press("j")
    assert "a  " not in screen.until("▸ "), "only the marker is written"
    screen.press("q")
    assert screen.end() == 0


@posix
def test_several_right_options_are_ticked(tmp_path: Path) -> None:
    text = "### two {choice level=1}\nQ: Which?\n- [x] one — a\n- [x] two — b\n- [ ] three — c\n"
    folder = own(tmp_path, text)
    (question,) = asked(1, 1, "mine", folder)
    screen = Terminal("quiz", "mine", "--seed", "1", "--content", folder, data=tmp_path)
    assert "Space or a–c tick" in words(screen.until("? help"))
    for option in question.options:
        if option.right:
            screen.press(option.letter)
            screen.until("[x]")
    screen.press("\r")
    assert "Right." in screen.until("Enter:")
    screen.press("q")
    assert screen.end() == 0 and grades(tmp_path) == [("two", 3)]


@posix
@pytest.mark.parametrize("kind", ["choice", "calc"])
def test_ctrl_c_keeps_what_was_graded(tmp_path: Path, kind: str) -> None:
    screen = Terminal("quiz", "convolution", "--seed", "1", "--kinds", kind, data=tmp_path)
    for _ in range(2):
        screen.until("q quit")
        screen.press("s" if kind == "choice" else "skip\n")
        screen.until("go on")
        screen.press("\r")
    screen.until("q quit")
    time.sleep(0.2)
    if kind == "choice":
        screen.press("\x03")
    else:  # the pseudo-terminal is nobody's controlling one, so it sends no signal
        screen.child.send_signal(signal.SIGINT)
    screen.until("0 of 2 right.")
    assert screen.end() == 130 and len(answers(tmp_path)) == 2
    assert "Traceback" not in screen.seen


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
@pytest.mark.parametrize("after", [1, 3])
def test_grades_survive_a_kill(tmp_path: Path, after: int) -> None:
    """Killed as soon as the program says that it saved a grade: the grade is there, with its answer."""
    folder = own(tmp_path, choices(6))
    found = asked(1, 6, "mine", folder)
    child = subprocess.Popen(
        [sys.executable, "-m", "revise", "quiz", "mine", "--seed", "1", "--content", folder],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", env=environment(tmp_path),
    )  # fmt: skip
    assert child.stdin and child.stdout
    for question in found[:after]:
        child.stdin.write(right(question) + "\n")
        child.stdin.flush()
        for line in _lines(child.stdout):
            if line.startswith("Saved: good"):
                break
    child.send_signal(signal.SIGKILL)
    child.wait(timeout=30)
    child.stdin.close()
    child.stdout.close()
    assert answers(tmp_path) == [(3, Answer("right"))] * after
    done = revise("quiz", "mine", "--content", folder, data=tmp_path, stdin="undo\nq\n")
    assert f"Taken back: {found[after - 1].key}, good." in done.stdout
    assert "It was no question of this round" in done.stdout and len(answers(tmp_path)) == after - 1


def _lines(stream: Iterator[str]) -> Iterator[str]:
    for line in stream:
        assert "Traceback" not in line
        yield line
