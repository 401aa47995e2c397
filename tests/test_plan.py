"""`revise plan`: dates as people write them, what is stored, and the figures counted another way."""

import json
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import past
import pytest
from command import revise
from rich.cells import cell_len

from revise import catalogue, schedule
from revise.commands._dates import read_day
from revise.commands._day import Wanted, day_queue
from revise.commands.plan import as_json, outlook
from revise.errors import InputError
from revise.progress.record import Record
from revise.render.plan import draw_plan
from revise.study.day import day_of, exam_begins
from revise.study.deck import FLASHCARDS, Deck, deck
from revise.topic import open_library

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
TODAY = day_of(NOW)
EXAM = date(2027, 1, 15)


@pytest.fixture(scope="module")
def found() -> Deck:
    return deck(open_library(), None, catalogue.served)


@pytest.fixture
def path(tmp_path: Path, found: Deck) -> Path:
    file = tmp_path / "data/record.sqlite3"
    past.record(file, found.items, 20, NOW)
    return file


def settings(home: Path) -> dict[str, object]:
    with Record(home / "record.sqlite3", write=False) as record:
        return record.settings()


@pytest.mark.parametrize(
    "text",
    [
        "2027-01-15", "2027-1-15", "2027/01/15", "2027/1/15", "2027.1.15", "20270115", "15.1.2027", "15/1/2027",
        "1/15/2027", " 2027-01-15 ", "２０２７-０１-１５", "2027年1月15日", "2027–01–15", "15. 1. 2027",
    ],
)  # fmt: skip
def test_a_date_that_can_mean_one_day(text: str) -> None:
    assert read_day(text, TODAY, "--exam") == EXAM


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("3.4.2027", "can be read two ways: write 2027-04-03 or 2027-03-04"),
        ("2027-02-30", "there is no such day"),
        ("2027-13-01", "there is no such day"),
        ("15.13.2027", "there is no such day"),
        ("0000-01-01", "there is no such day"),
        ("2026-11-19", "is past: today is 2026-11-20"),
        ("2072-01-15", "more than three years away"),
        ("next week", "is no date: write it as year-month-day, such as 2027-01-19"),
        ("27-01-15", "is no date"),
        ("2027-01-15T09:00", "is no date"),
        ("", "is no date"),
        ("٣", "is no date"),
    ],
)
def test_what_is_no_date_is_said(text: str, fault: str) -> None:
    with pytest.raises(InputError, match=re.escape(fault)) as raised:
        read_day(text, TODAY, "--exam")
    assert str(raised.value).startswith("--exam ")


def test_today_and_the_same_day_twice() -> None:
    assert read_day(TODAY.isoformat(), TODAY, "--exam") == TODAY
    assert read_day("4.4.2027", TODAY, "--exam") == date(2027, 4, 4)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        (["--exam", "2020-01-01"], "--exam"),
        (["--exam", "soon"], "--exam"),
        (["--topics", "convolution,convolutoin-of"], "--topics"),
        (["--topics", " , "], "--topics"),
        (["--minutes", "0"], "--minutes"),
        (["--minutes", "x"], "--minutes"),
        (["--new-per-day", "-1"], "--new-per-day"),
    ],
)
def test_wrong_usage_stores_nothing(tmp_path: Path, wrong: list[str], named: str) -> None:
    done = revise("plan", "--course", "Deep Learning", *wrong, env={"REVISE_DATA": str(tmp_path)})
    assert (done.returncode, done.stdout) == (2, "")
    assert named in done.stderr and "Traceback" not in done.stderr
    assert settings(tmp_path) == {}


def test_what_is_said_is_stored_and_followed(tmp_path: Path, found: Deck) -> None:
    env = {"REVISE_DATA": str(tmp_path)}
    day = (datetime.now(UTC) + timedelta(days=40)).date().isoformat()
    said = [
        "--exam",
        day,
        "--course",
        "Deep  Learning",
        "--topics",
        "gan，Convolution and pooling",
        "--minutes",
        "12.5",
    ]
    done = revise("plan", *said, "--new-per-day", "7", env=env)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Deep Learning: exam in ")
    assert settings(tmp_path) == {
        "exam": day, "course": "Deep Learning", "topics": ["gan", "convolution"], "minutes-per-day": 12.5,
        "new-per-day": 7,
    }  # fmt: skip
    with Record(tmp_path / "record.sqlite3") as record:
        queue = day_queue(found, record, Wanted(), ())
        assert (queue.limits.new_per_day, queue.limits.minutes_per_day) == (7, 12.5)
        first = queue.next(datetime.now(UTC))
        assert first is not None and first.topic in ("gan", "convolution")
    assert revise("plan", env=env).stdout == done.stdout
    assert revise("plan", "--clear", env=env).stdout.startswith("No exam date; the next 14 days")
    assert set(settings(tmp_path).values()) == {None}
    with Record(tmp_path / "record.sqlite3") as record:
        queue = day_queue(found, record, Wanted(), ())
        assert (queue.limits.new_per_day, queue.limits.minutes_per_day) == (20, None)
        assert queue.next(datetime.now(UTC)) is not None


def test_a_part_stands_for_its_topics(tmp_path: Path) -> None:
    assert revise("plan", "--topics", "cnn", env={"REVISE_DATA": str(tmp_path)}).returncode == 0
    parts = [entry.id for entry in open_library().entries if entry.part == "cnn"]
    assert settings(tmp_path)["topics"] == parts and len(parts) > 1
    revise("plan", "--topics", "all", env={"REVISE_DATA": str(tmp_path)})
    assert settings(tmp_path)["topics"] == []


def test_the_figures(path: Path, found: Deck) -> None:
    with Record(path) as record:
        record.set("exam", EXAM.isoformat())
        record.set("minutes-per-day", 15)
        shown = outlook(found, record, NOW)
        memories = schedule.replay(record.reviews())
    told = as_json(shown)
    cards = [item.key for item in found.items if item.kind in FLASHCARDS]
    for name, at in (("known_now", NOW), ("known_on_exam_as_it_is", exam_begins(EXAM))):
        known = sum(schedule.recall(memories[key], at) for key in cards if key in memories) / len(cards)
        assert told[name] == pytest.approx(known, abs=1e-4) and known > 0.05
    assert told["known_on_exam_by_plan"] > told["known_on_exam_as_it_is"] + 0.2
    assert [day["date"] for day in told["days"]] == [(TODAY + timedelta(days=it)).isoformat() for it in range(56)]
    assert told["days_left"] == 56 and told["days"][1]["weekday"] == "Saturday"
    new = sum(sum(day["new"].values()) for day in told["days"])
    unseen = sum(key not in memories for key in cards)
    assert new + sum(told["left"].values()) == unseen and sum(told["left"].values()) > 100
    assert told["more_minutes"] > 0
    by_topic = {it["topic"]: it for it in told["standings"]}
    assert sum(it["cards"] for it in by_topic.values()) == len(cards)
    text = "\n".join(line.plain for line in draw_plan(shown, 80))
    minutes = round(15 + shown.plan.more_minutes + 0.5)
    assert f"What does not fit: {sum(told['left'].values())} cards" in text
    assert f"revise plan --minutes {minutes}." in " ".join(text.split())


def test_without_a_date_two_weeks_and_no_prediction(path: Path, found: Deck) -> None:
    with Record(path) as record:
        told = as_json(shown := outlook(found, record, NOW))
    assert (told["exam"], told["known_on_exam_by_plan"], len(told["days"])) == (None, None, 14)
    assert all(sum(day["new"].values()) <= 20 for day in told["days"]) and told["minutes_per_day"] is None
    text = " ".join(" ".join(line.plain for line in draw_plan(shown, 80)).split())
    assert "revise plan --exam YEAR-MONTH-DAY" in text and "by this plan" not in text


def test_a_past_exam_is_no_exam(path: Path, found: Deck) -> None:
    with Record(path) as record:
        record.set("exam", (TODAY - timedelta(days=1)).isoformat())
        assert outlook(found, record, NOW).exam is None
        record.set("exam", TODAY.isoformat())
        shown = outlook(found, record, NOW)
    assert shown.exam == TODAY and shown.plan.days == []
    assert "Exam today, Friday 20 November 2026" in draw_plan(shown, 80)[0].plain


@pytest.mark.parametrize("width", [30, 40, 60, 80, 200])
@pytest.mark.parametrize("drawn", [True, False])
def test_no_line_is_wider_than_the_screen(path: Path, found: Deck, width: int, drawn: bool) -> None:
    with Record(path) as record:
        record.set("exam", EXAM.isoformat())
        record.set("course", "Deep Learning 深度学习 " * 3)
        lines = [line.plain for line in draw_plan(outlook(found, record, NOW), width, drawn)]
    assert max(map(cell_len, lines)) <= width
    assert any("··" in line for line in lines) == (drawn and width > 30)
    assert sum(line.startswith("Fri") for line in lines) == 8


def test_json_is_one_object(tmp_path: Path) -> None:
    told = json.loads(revise("plan", "--json", env={"REVISE_DATA": str(tmp_path)}).stdout)
    assert told["schema"] == 1 and len(told["days"]) == 14
    assert not (tmp_path / "record.sqlite3").exists(), "to look is not to write"
