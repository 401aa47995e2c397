"""`revise` alone: the figures of today, one suggestion, one key."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import past
import pytest
from command import revise
from rich.cells import cell_len
from study import card, cards

from revise import catalogue, schedule
from revise.commands import dashboard
from revise.commands.dashboard import look
from revise.progress.record import Record
from revise.render.dashboard import draw_dashboard, draw_keys
from revise.study.day import beginning, day_of, exam_begins
from revise.study.deck import FLASHCARDS, Deck, deck
from revise.study.mastery import is_weak, standings
from revise.topic import open_library
from tests.test_cards import Terminal, posix

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
TODAY = day_of(NOW)


@pytest.fixture(scope="module")
def found() -> Deck:
    return deck(open_library(), None, catalogue.served)


@pytest.fixture
def record(tmp_path: Path, found: Deck) -> Record:
    past.record(tmp_path / "record.sqlite3", found.items, 20, NOW)
    return Record(tmp_path / "record.sqlite3")


def small(count: int = 3) -> Deck:
    items = [*cards(count, "base"), card("q", "base", "choice"), *cards(2, "other")]
    return Deck(items, {}, {"base": "The base", "other": "The other"}, {}, [])


def test_the_figures(record: Record, found: Deck) -> None:
    exam = TODAY + timedelta(days=30)
    record.set("exam", exam.isoformat())
    shown = look(found, record, NOW)
    reviews = record.reviews()
    memories = schedule.replay(reviews)
    today = [review for review in reviews if day_of(review.at) == TODAY]
    before = {review.key for review in reviews if day_of(review.at) < TODAY}
    assert (shown.graded, shown.graded_new) == (
        len(today),
        len({it.key for it in today} - before),
    ) and shown.graded > 20
    assert shown.minutes == pytest.approx(sum(review.seconds for review in today) / 60)
    keys = [item.key for item in found.items if item.kind in FLASHCARDS]
    known = sum(schedule.recall(memories[key], exam_begins(exam)) for key in keys if key in memories) / len(keys)
    assert shown.exam is not None and shown.exam.days == 30
    assert shown.exam.known == pytest.approx(known) and known > 0.05
    assert (shown.cards, shown.seen) == (len(keys), sum(key in memories for key in keys))
    end = beginning(TODAY + timedelta(days=1))
    step = {key for key in keys if key in memories and memories[key].state != 2 and memories[key].due < end}
    assert shown.due >= len(step) > 0
    assert [it.weak for _, it in shown.weak] == sorted((it.weak for _, it in shown.weak), reverse=True)


def test_topics_that_the_exam_is_about(record: Record, found: Deck) -> None:
    record.set("topics", ["convolution", "gone"])
    shown = look(found, record, NOW)
    keys = [item.key for item in found.items if item.kind in FLASHCARDS and item.topic == "convolution"]
    assert shown.cards == len(keys)


def test_the_suggestion(tmp_path: Path) -> None:
    made = small()
    with Record(tmp_path / "r") as record:
        first = look(made, record, NOW)
        assert not first.started and first.suggestion == ("5 new cards from The base", ["cards", "--minutes", "20"])
        record.add("base/c0", 3, 400, "", NOW - timedelta(days=9))
        record.add("base/c0", 3, 400, "", NOW - timedelta(days=9) + timedelta(minutes=11))
        shown = look(made, record, NOW)
        assert shown.started and shown.suggestion.words == "1 due card, then 4 new cards"
        record.set("new-per-day", 0)
        assert look(made, record, NOW).suggestion.words == "1 due card"
        record.add("base/c0", 3, 20, "", NOW)
        rest = look(made, record, NOW).suggestion
        assert rest == ("no card waits today; a quiz on The base, your weakest", ["quiz", "base", "--minutes", "20"])
        record.set("new-per-day", 20)
        record.set("minutes-per-day", 0.1)
        used = look(made, record, NOW).suggestion
        assert used.words.startswith("today's minutes of cards are used up; a quiz on The base")


def test_a_setting_of_another_kind_does_no_harm(tmp_path: Path) -> None:
    with Record(tmp_path / "r") as record:
        for name in ("exam", "topics", "new-per-day", "minutes-per-day", "course"):
            record.set(name, {"odd": 1})
        shown = look(small(), record, NOW)
    assert shown.exam is None and shown.new == 5


@pytest.mark.parametrize("width", [24, 40, 80, 200])
@pytest.mark.parametrize("drawn", [True, False])
def test_it_fits_the_screen(record: Record, found: Deck, width: int, drawn: bool) -> None:
    record.set("exam", (TODAY + timedelta(days=56)).isoformat())
    record.set("course", "Deep Learning 深度学习")
    lines = [line.plain for line in [*draw_dashboard(look(found, record, NOW), width, drawn), *draw_keys(width)]]
    assert max(map(cell_len, lines)) <= width
    assert width < 80 or len(lines) <= 24
    assert any("··" in line or "█" in line for line in lines) == drawn
    text = " ".join(" ".join(lines).split())
    assert "Next 20 minutes:" in text and "revise cards --minutes 20" in text and "q quit" in text


def test_an_exam_that_is_past(record: Record, found: Deck) -> None:
    record.set("exam", (TODAY - timedelta(days=2)).isoformat())
    text = "\n".join(line.plain for line in draw_dashboard(look(found, record, NOW), 80))
    assert "was on 18 November 2026: revise plan --exam DATE" in text


def test_the_first_start(tmp_path: Path) -> None:
    start = revise(env={"REVISE_DATA": str(tmp_path)})
    assert (start.returncode, start.stderr, start.stdout.count("\n")) == (0, "", 5)
    commands = [line.split("revise ")[1].split() for line in start.stdout.splitlines()[1:]]
    assert [command[0] for command in commands] == ["show", "cards", "solve", "plan"]
    for command in commands:
        done = revise(*command, env={"REVISE_DATA": str(tmp_path)})
        assert (done.returncode, done.stderr) == (0, ""), command
    assert "Next 20 minutes" in revise("--plain", env={"REVISE_DATA": str(tmp_path)}).stdout


def test_options_stand_after_the_command(tmp_path: Path) -> None:
    done = revise("--plain", "topics", env={"REVISE_DATA": str(tmp_path)})
    assert done.returncode == 2 and "--plain stands after the command: revise topics --plain" in done.stderr


def test_no_page_is_read_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REVISE_DATA", str(tmp_path))
    assert dashboard.run(plain=True, width=80, content=None) == []

    def read(*_: object) -> None:
        raise AssertionError("a page is parsed")

    monkeypatch.setattr("revise.study.deck.read_topic", read)
    monkeypatch.setattr("revise.study.deck.read_syllabus", read)
    assert dashboard.run(plain=True, width=80, content=None) == []
    assert capsys.readouterr().out.count("Nothing is recorded yet") == 2


@posix
def test_one_key_starts_it(tmp_path: Path) -> None:
    screen = Terminal(data=tmp_path)
    screen.until("? help")
    screen.press("x")
    screen.until("? help")
    screen.press("？")
    assert "starts what is suggested" in screen.until("? help")
    screen.press("\r")
    assert " new" in screen.until("q quit")
    screen.press("q")
    assert screen.end() == 0
    screen = Terminal(data=tmp_path)
    screen.until("? help")
    screen.press("４")
    screen.until("Nothing is answered yet")
    assert screen.end() == 0
    screen = Terminal(data=tmp_path)
    screen.until("? help")
    screen.press("q")
    assert screen.end() == 0
    screen = Terminal(data=tmp_path)
    screen.until("? help")
    screen.press("\x03")
    assert screen.end() == 130


def faded(days: float, stability: float = 10) -> schedule.Memory:
    last = NOW - timedelta(days=days)
    return schedule.Memory(2, None, stability, 5.0, last + timedelta(days=10), last, 3, 0)


def test_what_is_weak_at_the_end_of_the_day_is_weak() -> None:
    memories = {f"t/c{number}": faded(number / 8) for number in range(400)}
    end = beginning(TODAY + timedelta(days=1))
    (standing,) = standings(cards(400), memories, NOW)
    weak = sum(is_weak(memory, end) for memory in memories.values())
    assert standing.weak == weak > sum(is_weak(memory, NOW) for memory in memories.values()) > 0
    assert standing.recall == pytest.approx(sum(schedule.recall(it, NOW) for it in memories.values()) / 400)


def test_the_topic_with_most_weak_cards_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    memories = {"base/c0": faded(90), "other/c0": faded(40), "other/c1": faded(40), "base/c1": faded(1)}
    with Record(tmp_path / "r") as record:
        monkeypatch.setattr(record, "memories", lambda: memories)
        shown = look(small(), record, NOW)
    assert [(name, it.weak) for name, it in shown.weak] == [("The other", 2), ("The base", 1)]
