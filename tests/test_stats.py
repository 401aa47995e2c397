"""The figures of `revise stats`, each counted another way here."""

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from itertools import pairwise
from pathlib import Path

import past
import pytest
from command import revise
from rich.cells import cell_len

from revise import catalogue, schedule
from revise.commands.stats import WEEKS, as_json, collect
from revise.progress.record import Record
from revise.render.stats import draw_stats
from revise.study.day import day_of
from revise.study.deck import FLASHCARDS, Deck, deck
from revise.study.history import Worked, forecast, history
from revise.study.telling import Stats
from revise.topic import open_library

NOW = datetime(2026, 11, 20, 18, tzinfo=UTC)
TODAY = day_of(NOW)


@pytest.fixture(scope="module")
def found() -> Deck:
    return deck(open_library(), None, catalogue.served)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory, found: Deck) -> Path:
    file = tmp_path_factory.mktemp("past") / "record.sqlite3"
    past.record(file, found.items, 40, NOW)
    return file


@pytest.fixture(scope="module")
def shown(path: Path, found: Deck) -> Stats:
    with Record(path, write=False) as record:
        return collect(found, record, NOW)


def test_the_days(path: Path, shown: Stats) -> None:
    with Record(path, write=False) as record:
        reviews = record.reviews()
    counted = Counter(day_of(review.at) for review in reviews)
    lately = {day: count for day, count in counted.items() if (TODAY - day).days < 30}
    assert {day: worked.answers for day, worked in shown.days.items()} == lately and 15 < len(lately) < len(counted)
    assert list(shown.days) == sorted(shown.days)
    seen: set[str] = set()
    new: Counter[date] = Counter()
    for review in reviews:
        new[day_of(review.at)] += review.key not in seen
        seen.add(review.key)
    assert {day: worked.new for day, worked in shown.days.items()} == {day: new[day] for day in shown.days}
    first = TODAY - timedelta(days=len(shown.heat) - 1)
    assert first.weekday() == 0 and len(shown.heat) == 7 * (WEEKS - 1) + TODAY.weekday() + 1
    assert shown.heat == [counted[first + timedelta(days=offset)] for offset in range(len(shown.heat))]
    assert (shown.answers, shown.days_studied) == (len(reviews), len(counted))
    assert shown.seconds == pytest.approx(sum(review.seconds for review in reviews))
    week = [review.seconds for review in reviews if 0 <= (TODAY - day_of(review.at)).days < 7]
    assert shown.week.seconds == pytest.approx(sum(week)) and 0 < len(week) < len(reviews)


def test_retention_is_of_cards_that_came_back(path: Path, shown: Stats) -> None:
    with Record(path, write=False) as record:
        quiz = {review.id for review, _ in record.answers()}
        by_key: dict[str, list[schedule.Review]] = {}
        for review in record.reviews():
            by_key.setdefault(review.key, []).append(review)
    back = [
        (day_of(after.at), after.grade > 1)
        for reviews in by_key.values()
        for before, after in pairwise(reviews)
        if day_of(before.at) < day_of(after.at) and after.id not in quiz
    ]
    lately = [known for day, known in back if (TODAY - day).days < 30]
    assert 300 < len(lately) < len(back) and (shown.lately.back, shown.lately.known) == (len(lately), sum(lately))


def test_what_comes_and_what_is_hard(path: Path, found: Deck, shown: Stats) -> None:
    with Record(path, write=False) as record:
        memories = schedule.replay(record.reviews())
    asked = {it.key: it for it in found.items if it.kind in FLASHCARDS}
    due = Counter(max(TODAY, day_of(it.due)) for key, it in memories.items() if key in asked)
    assert shown.ahead == [due[TODAY + timedelta(days=offset)] for offset in range(14)] and sum(shown.ahead) > 20
    lapses = sorted((it.lapses for key, it in memories.items() if key in asked), reverse=True)
    assert [it.lapses for it in shown.hardest] == lapses[:5] and lapses[0] >= 3
    assert all(it.lapses == memories[it.key].lapses and it.leech == (it.lapses >= 6) for it in shown.hardest)
    assert shown.leeches == sum(it >= 6 for it in lapses)
    for it in shown.standings:
        cards = [item.key for item in found.items if item.topic == it.topic and item.key in asked]
        known = [schedule.recall(memories[key], NOW) for key in cards if key in memories]
        assert (it.cards, it.seen) == (len(cards), len(known))
        assert it.recall == pytest.approx(sum(known) / len(cards))
    assert sum(it.weak for it in shown.standings) == sum(_weak(memories[key]) for key in asked if key in memories)


def _weak(memory: schedule.Memory) -> bool:
    end = datetime.combine(TODAY + timedelta(days=1), datetime.min.time().replace(hour=4)).astimezone(UTC)
    return memory.state == 3 or memory.lapses >= 6 or schedule.recall(memory, end) < 0.8


def test_the_quiz(found: Deck, shown: Stats) -> None:
    rows = [json.loads(line) for line in past.lines(found.items, 40, NOW)]
    answers = [row for row in rows if row.get("table") == "answer"]
    assert shown.quiz.outcomes == Counter(row["outcome"] for row in answers)
    named = Counter(row["mistake"] for row in answers if row["mistake"])
    assert dict(shown.quiz.mistakes) == named and set(named) == set(past.MISTAKES)
    assert [count for _, count in shown.quiz.mistakes] == sorted(named.values(), reverse=True)
    told = as_json(shown)["quiz"]
    judged = [row for row in answers if row["outcome"] in ("right", "imprecise", "wrong")]
    assert len(judged) < len(answers)
    assert told["right"] == pytest.approx(sum(row["outcome"] == "right" for row in judged) / len(judged), abs=1e-4)


def grade(
    key: str, at: datetime, value: int = 3, quiz: int = 0, seconds: float = 10
) -> tuple[str, int, str, float, int]:
    return (key, value, at.astimezone(UTC).isoformat(), seconds, quiz)


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=5, minutes=45)), timezone(timedelta(hours=-8))])
def test_the_day_turns_at_four(zone: tzinfo) -> None:
    def at(day: int, hour: int, minute: int = 0) -> datetime:
        return datetime(2026, 11, day, hour, minute, tzinfo=zone)

    given = [grade("a", at(1, 22)), grade("a", at(2, 3, 59), 1), grade("a", at(2, 4), 1), grade("b", at(2, 4, 1))]
    assert history(given, zone=zone) == {
        date(2026, 11, 1): Worked(2, 1, 20, 0, 0),
        date(2026, 11, 2): Worked(2, 1, 20, 1, 0),
    }


def test_only_the_first_answer_of_a_day_tells_what_was_kept() -> None:
    days = [datetime(2026, 11, day, 9, tzinfo=UTC) for day in (1, 2, 3, 4)]
    given = [grade("a", days[0]), grade("a", days[1]), grade("a", days[1] + timedelta(minutes=9), 1)]
    assert history(given, zone=UTC)[date(2026, 11, 2)] == Worked(2, 0, 20, 1, 1)
    given += [grade("a", days[2], 1, quiz=1), grade("a", days[3], 1, seconds=4000)]
    assert history(given, zone=UTC)[date(2026, 11, 3)][3:] == (0, 0), "a quiz asks what is not due"
    assert history(given, zone=UTC)[date(2026, 11, 4)] == Worked(1, 0, 300, 1, 0)
    given.append(grade("a", days[0] + timedelta(hours=1)))
    found = history(given, zone=UTC)
    assert list(found) == [date(2026, 11, day) for day in (1, 2, 3, 4)], "a clock that went back"
    assert found[date(2026, 11, 1)] == Worked(2, 1, 20, 0, 0)


def test_a_taken_back_grade_counts_nowhere(path: Path, tmp_path: Path, found: Deck, shown: Stats) -> None:
    copy = tmp_path / "record.sqlite3"
    copy.write_bytes(path.read_bytes())
    with Record(copy) as record:
        taken = record.undo_last()
        less = collect(found, record, NOW)
    assert taken is not None and (less.answers, less.heat[-1]) == (shown.answers - 1, shown.heat[-1] - 1)
    assert less.seconds == pytest.approx(shown.seconds - taken.seconds)
    assert sum(less.quiz.outcomes.values()) == sum(shown.quiz.outcomes.values()) - 1


def test_the_forecast_counts_what_is_overdue_today() -> None:
    start = datetime(2026, 11, 20, 9, tzinfo=UTC)
    dues = [-30, 0, 0.5, 1, 13, 14, 90]
    memories = {
        str(it): schedule.Memory(2, None, 5, 5, start + timedelta(days=it), start - timedelta(days=40), 3, 0)
        for it in dues
    }
    assert forecast(memories, date(2026, 11, 20), 14, UTC) == [3, 1, *[0] * 11, 1]


@pytest.mark.parametrize("width", [30, 40, 80, 200])
@pytest.mark.parametrize("drawn", [True, False])
def test_no_line_is_wider_than_the_screen(shown: Stats, width: int, drawn: bool) -> None:
    lines = [line.plain for line in draw_stats(shown, width, drawn)]
    assert max(map(cell_len, lines)) <= width
    text = "\n".join(lines)
    assert f"{shown.answers:,}" in text and "forgotten" in text
    assert any(sign in text for sign in "█▓") == drawn


def test_an_empty_record(tmp_path: Path) -> None:
    done = revise("stats", env={"REVISE_DATA": str(tmp_path / "none")})
    assert (done.returncode, done.stderr) == (0, "")
    assert "Nothing is answered yet: revise cards" in done.stdout
    told = json.loads(revise("stats", "--json", env={"REVISE_DATA": str(tmp_path / "none")}).stdout)
    assert told["answers"]["all"] == 0 and told["retention"]["share"] is None
    assert told["quiz"] == {"outcomes": {}, "right": None, "mistakes": []}
    assert not (tmp_path / "none/record.sqlite3").exists()


def test_a_home_that_can_only_be_read(path: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "record.sqlite3").write_bytes(path.read_bytes())
    for file, mode in ((home / "record.sqlite3", 0o444), (home, 0o555)):
        file.chmod(mode)
    try:
        for command in (["stats"], ["stats", "--json"], [], ["plan"]):
            done = revise(*command, env={"REVISE_DATA": str(home)})
            assert (done.returncode, done.stderr) == (0, ""), command
        assert (home / "record.sqlite3").read_bytes() == path.read_bytes()
        assert {it.name for it in home.iterdir() if not it.name.startswith("deck-")} == {"record.sqlite3"}
    finally:
        home.chmod(0o755)
