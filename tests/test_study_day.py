"""The day turns at 4 am, wherever and whenever the clocks change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from revise.study.day import beginning, day_of, exam_begins

NAMES = ["Europe/Berlin", "America/New_York", "Asia/Shanghai", "Australia/Lord_Howe", "Asia/Kathmandu",
         "America/St_Johns", "Africa/Casablanca", "Antarctica/Troll", "Pacific/Apia", "America/Santiago"]  # fmt: skip
ZONES = [None, UTC, *(ZoneInfo(name) for name in NAMES if name in available_timezones())]
instants = st.datetimes(datetime(2000, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))


@given(instants, st.sampled_from(ZONES))
def test_every_instant_belongs_to_one_day(at: datetime, zone: ZoneInfo | None) -> None:
    day = day_of(at, zone)
    assert beginning(day, zone) <= at < beginning(day + timedelta(days=1), zone)


@given(st.dates(date(2000, 1, 1), date(2035, 1, 1)), st.sampled_from(ZONES))
def test_a_day_begins_where_the_one_before_ends(day: date, zone: ZoneInfo | None) -> None:
    turn = beginning(day, zone)
    assert day_of(turn - timedelta(microseconds=1), zone) < day_of(turn, zone)
    assert turn <= beginning(day + timedelta(days=1), zone)


@pytest.mark.skipif("Europe/Berlin" not in available_timezones(), reason="no time zones on this system")
@pytest.mark.parametrize("day,hours", [(date(2026, 3, 28), 23), (date(2026, 10, 24), 25), (date(2026, 7, 1), 24)])
def test_the_nights_of_summer_time(day: date, hours: int) -> None:
    zone = ZoneInfo("Europe/Berlin")
    assert beginning(day + timedelta(days=1), zone) - beginning(day, zone) == timedelta(hours=hours)
    for hour, minute, expected in ((3, 59, 0), (4, 0, 1)):
        at = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone) + timedelta(days=1)
        assert day_of(at, zone) == day + timedelta(days=expected)


def test_half_past_one_at_night_is_still_yesterday() -> None:
    assert day_of(datetime(2026, 11, 21, 1, 30, tzinfo=UTC), UTC) == date(2026, 11, 20)
    assert exam_begins(date(2027, 1, 15), UTC) == datetime(2027, 1, 15, 9, tzinfo=UTC)
