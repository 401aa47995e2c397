"""A sitting of flashcards, as a student and as a script see it."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from revise.keys import Keyboard
from revise.progress.record import Record
from revise.schedule import Review
from tests.content_folder import environment, revise, write

posix = pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")


def deck(tmp_path: Path, count: int = 3) -> str:
    blocks = "".join(f"### card-{i} {{basic}}\nQ: Question {i}, 问题？\nA: Answer {i}.\n" for i in range(1, count + 1))
    page = f'+++\nid = "mine"\ntitle = "Mine"\n+++\n## Summary\nText.\n## Cards\n{blocks}'
    write(tmp_path / "own", "mine.md", page)
    return str(tmp_path / "own")


def grades(data: Path) -> list[tuple[str, int]]:
    with Record(data / "record.sqlite3") as record:
        return [(review.key.rpartition("/")[2], review.grade) for review in record.reviews()]


def test_one_grade_a_line(tmp_path: Path) -> None:
    done = revise("cards", "mine", "--content", deck(tmp_path), data=tmp_path, stdin="3\nagain\n４\n")
    assert done.returncode == 0, done.stderr
    assert grades(tmp_path) == [("card-1", 3), ("card-2", 1), ("card-3", 4)]
    assert done.stdout.index("Question 1") < done.stdout.index("Answer 1.") < done.stdout.index("Question 2")
    assert "3 grades saved" in done.stdout and "\x1b" not in done.stdout


def test_it_ends_where_its_input_ends(tmp_path: Path) -> None:
    done = revise("cards", "mine", "--content", deck(tmp_path), data=tmp_path, stdin="3\n")
    assert done.returncode == 0 and grades(tmp_path) == [("card-1", 3)]
    assert "Question 2" in done.stdout and "1 grade saved" in done.stdout


def test_a_line_that_is_no_grade_costs_nothing(tmp_path: Path) -> None:
    done = revise("cards", "mine", "--content", deck(tmp_path), data=tmp_path, stdin="perhaps\n5\n2\nq\n3\n")
    assert grades(tmp_path) == [("card-1", 2)] and done.stdout.count("That is no grade") == 2


def test_undo_and_after_a_restart(tmp_path: Path) -> None:
    own = deck(tmp_path)
    done = revise("cards", "mine", "--content", own, data=tmp_path, stdin="3\n1\nu\n4\n")
    assert grades(tmp_path) == [("card-1", 3), ("card-2", 4)]
    assert "Taken back: own/mine/card-2, again." in done.stdout
    revise("cards", "mine", "--content", own, data=tmp_path, stdin="u\nu\nu\n")
    assert grades(tmp_path) == []


def test_due_before_new(tmp_path: Path) -> None:
    own = deck(tmp_path)
    with Record(tmp_path / "record.sqlite3") as record:
        record.add("own/mine/card-3", 1, 0, "changed", at=_long_ago())
        record.add("own/mine/card-2", 4, 0, "x")
    done = revise("cards", "mine", "--content", own, data=tmp_path, stdin="4\n4\n")
    assert "1 due, 1 new" in done.stdout
    assert grades(tmp_path)[2:] == [("card-3", 4), ("card-1", 4)]
    assert "changed since you saw it" in done.stdout
    done = revise("cards", "mine", "--content", own, data=tmp_path, stdin="")
    assert done.returncode == 1 and "next card is due in" in done.stdout


def _long_ago():
    from datetime import UTC, datetime

    return datetime(2020, 1, 1, tzinfo=UTC)


def test_siblings_are_not_asked_on_one_day(tmp_path: Path) -> None:
    page = (
        '+++\nid = "mine"\ntitle = "Mine"\n+++\n## Summary\nText.\n## Cards\n'
        "### gaps {cloze}\nC: {{1:one::a number}} and {{2:two}}\n### both {reverse}\nQ: front\nA: back\n"
    )
    write(tmp_path / "own", "mine.md", page)
    done = revise("cards", "mine", "--content", str(tmp_path / "own"), data=tmp_path, stdin="4\n4\n4\n4\n")
    assert [key for key, _ in grades(tmp_path)] == ["gaps#1", "both"]
    assert "[a number] and two" in done.stdout and "┃ one and two" in done.stdout and "one and […]" not in done.stdout
    assert "2 cards wait for tomorrow: another side was asked today" in " ".join(done.stdout.split())


def test_no_cards(tmp_path: Path) -> None:
    own = write(tmp_path / "own", "mine.md", '+++\nid = "mine"\ntitle = "Mine"\n+++\n## Summary\nText.\n').parent
    done = revise("cards", "mine", "--content", str(own), data=tmp_path)
    assert done.returncode == 1 and "no cards yet for mine" in done.stderr
    done = revise("cards", "nonsense", data=tmp_path)
    assert done.returncode == 2 and "no topic is called" in done.stderr


def test_shipped_cards(tmp_path: Path) -> None:
    done = revise("cards", "卷积", "--width", "40", data=tmp_path, stdin="4\n" * 80)
    assert done.returncode == 0, done.stderr
    assert "Convolution and pooling" in done.stdout
    assert len(grades(tmp_path)) >= 12


def test_an_unwritable_record_is_said_before_the_first_card(tmp_path: Path) -> None:
    (tmp_path / "record.sqlite3").mkdir()
    done = revise("cards", "mine", "--content", deck(tmp_path), data=tmp_path, stdin="3\n")
    assert done.returncode == 2 and "can't be written" in done.stderr and "Question" not in done.stdout


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
@pytest.mark.parametrize("after", range(1, 9, 2))
def test_grades_survive_a_kill(tmp_path: Path, after: int) -> None:
    """Killed as soon as the program says that it saved a grade: the grade is there."""
    child = subprocess.Popen(
        [sys.executable, "-u", "-m", "revise", "cards", "mine", "--content", deck(tmp_path, 20)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", env=environment(tmp_path),
    )  # fmt: skip
    assert child.stdin and child.stdout
    for _ in range(after):
        child.stdin.write("3\n")
        child.stdin.flush()
        for line in child.stdout:
            if line.startswith("good: back in"):
                break
    child.send_signal(signal.SIGKILL)
    child.wait(timeout=30)
    child.stdin.close()
    child.stdout.close()
    assert grades(tmp_path) == [(f"card-{i}", 3) for i in range(1, after + 1)]
    assert not list(tmp_path.glob("*-journal")) or grades(tmp_path)
    done = revise("cards", "mine", "--content", str(tmp_path / "own"), data=tmp_path, stdin="4\n")
    assert grades(tmp_path)[after:] == [(f"card-{after + 1}", 4)], done.stderr


class Terminal:
    """A program on a pseudo-terminal of 80×24."""

    def __init__(self, *words: str, data: Path, **more: str) -> None:
        import pty
        import termios

        self.leader, follower = pty.openpty()
        termios.tcsetwinsize(follower, (24, 80))
        self.before = termios.tcgetattr(follower)
        self.follower = follower
        kept = {name: value for name, value in environment(data).items() if name != "COLUMNS"}
        self.child = subprocess.Popen(
            [sys.executable, "-m", "revise", *words], stdin=follower, stdout=follower, stderr=follower,
            env={**kept, "TERM": "xterm", "PAGER": "cat", **more}, start_new_session=True,
        )  # fmt: skip
        self.seen = ""

    def until(self, words: str) -> str:
        """Read until `words` are shown; returns what came, without escape codes."""
        import select

        end = time.monotonic() + 20
        start = len(self.seen)
        while words not in self.seen[start:]:
            assert time.monotonic() < end, f"{words!r} did not come: {self.seen[start:]!r}"
            if select.select([self.leader], [], [], 0.1)[0]:
                text = os.read(self.leader, 65536).decode("utf-8", "replace")
                self.seen += re.sub("\x1b\\[[0-9;?]*[A-Za-z]", "", text).replace("\r", "")
        return self.seen[start:]

    def press(self, keys: str) -> None:
        time.sleep(0.05)
        os.write(self.leader, keys.encode())

    def end(self) -> int:
        import termios

        code = self.child.wait(timeout=20)
        after = termios.tcgetattr(self.follower)
        # Some systems turn these bits by themselves; what a student would notice is echo and line mode.
        assert after[3] & (termios.ECHO | termios.ICANON) == self.before[3] & (termios.ECHO | termios.ICANON)
        os.close(self.follower)
        os.close(self.leader)
        return code


@posix
def test_at_a_terminal(tmp_path: Path) -> None:
    screen = Terminal("cards", "mine", "--content", deck(tmp_path), data=tmp_path)
    assert "Answer 1" not in screen.until("any key")
    screen.press("\x1b[C")
    assert "Answer 1." in screen.until("1 again")
    screen.press("9")
    screen.until("That is no grade")
    screen.press("３")
    screen.until("any key")
    assert grades(tmp_path) == [("card-1", 3)]
    screen.press("?")
    assert "I didn't know it" in screen.until("any key")
    screen.press("u")
    assert "Question 1" in screen.until("any key")
    assert grades(tmp_path) == []
    screen.press(" 4")
    screen.until("any key")
    screen.press("  ")
    assert "good: back in 10 minutes" in screen.until("any key")
    screen.press(" 4")
    assert "Question 2" in screen.until("any key"), "it is still to be learnt: it comes back in the same sitting"
    screen.press(" 4")
    screen.until("any other key ends")
    screen.press("u")
    assert "Question 2" in screen.until("any key")
    screen.press("q")
    screen.until("3 grades saved")
    assert screen.end() == 0
    assert grades(tmp_path) == [("card-1", 4), ("card-2", 3), ("card-3", 4)]


@posix
def test_the_answer_is_as_wide_as_the_terminal_is_by_then(tmp_path: Path) -> None:
    import termios

    words = " ".join(["answer"] * 40)
    card = f"### a {{basic}}\nQ: Why?\nA: {words} end.\n"
    page = f'+++\nid = "mine"\ntitle = "Mine"\n+++\n## Summary\nText.\n## Cards\n{card}'
    write(tmp_path / "own", "mine.md", page)
    screen = Terminal("cards", "mine", "--content", str(tmp_path / "own"), data=tmp_path)
    screen.until("any key")
    termios.tcsetwinsize(screen.follower, (24, 40))
    os.kill(screen.child.pid, signal.SIGWINCH)
    front = screen.until("any key")
    assert "Why?" in front and max(map(len, front.splitlines())) <= 40, "it is drawn again, as wide as it is now"
    screen.press(" ")
    back = [line for line in screen.until("1 again").splitlines() if line.startswith("┃")]
    assert 30 <= max(map(len, back)) <= 40
    screen.press("q")
    assert screen.end() == 0


@posix
@pytest.mark.parametrize("keys", ["\x03", " \x03"])
def test_ctrl_c_keeps_what_was_graded(tmp_path: Path, keys: str) -> None:
    screen = Terminal("cards", "mine", "--content", deck(tmp_path), data=tmp_path)
    screen.until("any key")
    screen.press(" 3")
    screen.until("any key")
    for key in keys:
        screen.press(key)
        time.sleep(0.2)
    screen.until("1 grade saved")
    assert screen.end() == 130
    assert grades(tmp_path) == [("card-1", 3)]
    assert "Traceback" not in screen.seen


def test_keys_that_come_together(monkeypatch: pytest.MonkeyPatch) -> None:
    sent = iter(["1\x1b[A３ \r", "\xe0H", "\x1b", "Q"])
    monkeypatch.setattr("typer.getchar", lambda: next(sent))
    keyboard = Keyboard()
    assert [keyboard.read() for _ in range(8)] == ["1", "up", "3", "space", "enter", "up", "escape", "q"]


def test_reviews_carry_time_and_text(tmp_path: Path) -> None:
    revise("cards", "mine", "--content", deck(tmp_path), data=tmp_path, stdin="3\n")
    with Record(tmp_path / "record.sqlite3") as record:
        (review,) = record.reviews()
    assert isinstance(review, Review)
    assert 0 <= review.seconds < 30 and re.fullmatch("[0-9a-f]{16}", review.text_hash)


def test_a_typed_answer_proposes_the_grade(tmp_path: Path) -> None:
    cards = (
        "### number {basic}\nQ: How many?\nA: 34,944\n### word {basic}\nQ: Which?\nA: Adam\n"
        "### named {basic}\nQ: Which padding?\nA: $P = (F - 1)/2$\n"
        "### formula {cloze}\nC: $w$ is {{1:$w - \\eta g$}}\n"
        "### long {basic}\nQ: Why?\nA: It is so, and not otherwise.\n"
    )
    page = f'+++\nid = "mine"\ntitle = "Mine"\n+++\n## Summary\nText.\n## Cards\n{cards}'
    own = write(tmp_path / "own", "mine.md", page).parent
    lines = "= 34944\n\n= adam.\nEnter\n= P = F/2 - 0.5\n\n4\n= ２ (\n4\n4\n"
    done = revise("cards", "mine", "--content", str(own), data=tmp_path, stdin=lines.replace("Enter", ""))
    assert "I read 34,944. Right." in done.stdout and "I read adam. Right." in done.stdout
    assert grades(tmp_path)[:3] == [("number", 3), ("word", 3), ("named", 3)]
    done = revise("cards", "mine", "--content", str(own), data=tmp_path / "b", stdin="= 34943\n\n= SGD\n4\n")
    assert "I read 34,943. Not right." in done.stdout and "I can't decide" in done.stdout
    assert grades(tmp_path / "b") == [("number", 1), ("word", 4)]
    done = revise("cards", "mine", "--content", str(own), data=tmp_path / "c", stdin="= 2 (\n4\n")
    assert "I can't read this, so it costs nothing" in done.stdout and grades(tmp_path / "c") == [("number", 4)]


def test_two_grades_skip_suspend_and_limits(tmp_path: Path) -> None:
    own = deck(tmp_path, 6)
    done = revise("cards", "mine", "--content", own, "--two", data=tmp_path, stdin="s\nx\n1\nyes\n9\nq\n")
    assert "Skipped for today." in done.stdout and "That is no grade: 1 or 2." in done.stdout
    assert grades(tmp_path) == [("card-3", 1), ("card-4", 3)]
    assert "1 no   2 yes   Enter yes" in done.stdout
    again = revise("cards", "mine", "--content", own, "--limit", "2", data=tmp_path, stdin="4\n4\n4\n4\n")
    assert "That was the number of cards you wanted." in " ".join(again.stdout.split())
    assert len(grades(tmp_path)) == 4
    assert "own/mine/card-2" not in {key for key, _ in grades(tmp_path)}
    done = revise("cards", "--resume", "own/mine/card-2", data=tmp_path)
    assert done.returncode == 0 and "is asked again" in done.stdout
    done = revise("cards", "--resume", "own/mine/card-2", data=tmp_path)
    assert done.returncode == 2 and "isn't suspended" in done.stderr
    few = revise("cards", "mine", "--content", own, "--new-per-day", "2", data=tmp_path / "b", stdin="4\n" * 9)
    assert len(grades(tmp_path / "b")) == 2 and "--new-per-day asks more" in " ".join(few.stdout.split())
    both = revise("cards", "--due", "--new", data=tmp_path)
    assert both.returncode == 2 and "--due and --new" in both.stderr
    part = revise("cards", "--part", "cnnn", data=tmp_path)
    assert part.returncode == 2 and "--part cnnn" in part.stderr


def test_a_leech_is_told_and_not_suspended(tmp_path: Path) -> None:
    from datetime import UTC, datetime, timedelta

    own = deck(tmp_path, 1)
    with Record(tmp_path / "record.sqlite3") as record:
        at = datetime(2026, 1, 1, tzinfo=UTC)
        for _ in range(5):
            for grade in (4, 4, 1):
                at += timedelta(days=3)
                record.add("own/mine/card-1", grade, 1, "x", at)
        record.add("own/mine/card-1", 4, 1, "x", at + timedelta(minutes=15))
        record.add("own/mine/card-1", 4, 1, "x", at + timedelta(days=3))
    done = revise("cards", "mine", "--content", own, data=tmp_path, stdin="1\nq\n")
    words = " ".join(done.stdout.split())
    assert "forgotten this one 6 times" in words and "Nothing was suspended" in words
    with Record(tmp_path / "record.sqlite3") as record:
        assert record.suspended() == frozenset()


@posix
def test_the_solver_behind_a_card_is_opened(tmp_path: Path) -> None:
    screen = Terminal("cards", "convolution", data=tmp_path)
    screen.until("any key")
    screen.press("v")
    opened = screen.until("any key")
    assert "Usage: revise solve conv" in opened and "revise solve pool" in opened
    screen.press("q")
    assert screen.end() == 0


@posix
def test_beside_a_card(tmp_path: Path) -> None:
    own = deck(tmp_path)
    editor = write(tmp_path, "editor.sh", '#!/bin/sh\nsed -i s/Question/Riddle/ "$2"\n')
    editor.chmod(0o755)
    screen = Terminal("cards", "mine", "--content", own, data=tmp_path, EDITOR=str(editor))
    screen.until("any key")
    screen.press("t")
    screen.until("any key")
    screen.press("v")
    assert "mine has no solver" in screen.until("any key")
    screen.press("e")
    assert "Riddle 1" in screen.until("any key")
    screen.press("o")
    assert "Text." in screen.until("any key")
    screen.press("a")
    screen.until("answer: ")
    screen.press("the answer １\r")
    assert "Right." in screen.until("Enter good")
    screen.press("q")
    assert screen.end() == 0
